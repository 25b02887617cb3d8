"""A building with owners who can decide: of one unit, of several, together, through others, and the developer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from governance.models import Unit, User
from issues.deliberation.domain import opening, setting_up
from issues.deliberation.domain.setting_up import Plan
from issues.deliberation.models import Matter, Motion, MotionKind, RuleSet
from residents.models import Occupancy, OccupancyRelation, OccupancyState
from tests.cast import LONG_AGO, NOW, Cast

OPENS = (NOW + timedelta(days=20)).replace(hour=9, minute=0, second=0)
CLOSES = OPENS + timedelta(days=7)
VOTING = OPENS + timedelta(hours=3)


@dataclass
class House:
    """3栋: six doors of 100 m², and what the developer has not sold."""

    units: list[Unit]
    owners: dict[str, User]

    def unit(self, number: str) -> Unit:
        return next(unit for unit in self.units if unit.number == number)


def owns(user: User, unit: Unit) -> None:
    Occupancy.objects.create(
        user=user, unit=unit, relation=OccupancyRelation.OWNER, state=OccupancyState.VERIFIED, claimed_at=LONG_AGO,
        decided_at=LONG_AGO, decided_by=user,
    )  # fmt: skip


@pytest.fixture
def house(cast: Cast) -> House:
    """801 is Ann's, 802 and 803 Ben's, 804 Ben's and Cai's, 805 nobody's who is known, 806 and 807 the developer's."""
    Unit.objects.filter(building__estate=cast.estate).update(ended_on=LONG_AGO.date())
    units = [
        Unit.objects.create(
            building=cast.building, stairwell=1, number=f"80{door}", exclusive_area_m2=Decimal("100.00"),
            held_by_developer=door > 5,
        )
        for door in range(1, 8)
    ]  # fmt: skip
    owners = {
        name: User.objects.create(username=name, full_name=f"{surname}某", surname=surname)
        for name, surname in {"ann": "安", "ben": "边", "cai": "蔡", "outsider": "魏"}.items()
    }
    house = House(units, owners)
    for name, door in (("ann", "801"), ("ben", "802"), ("ben", "803"), ("ben", "804"), ("cai", "804")):
        owns(owners[name], house.unit(door))
    return house


@pytest.fixture
def rule_set(cast: Cast) -> RuleSet:
    """The shipped rules of the owners' assembly, as a city's lawyer has signed them."""
    RuleSet.objects.filter(code="owners-assembly").update(signed_by="方律师", signed_on=NOW.date())
    return RuleSet.objects.get(code="owners-assembly")


@pytest.fixture
def small_committees(rule_set: RuleSet) -> RuleSet:
    """The same for a place where a committee may have one member, or two."""
    small = RuleSet.objects.create(
        code="small", version=1, name="业主大会（小委员会）", body=rule_set.body, source="test",
        valid_from=LONG_AGO.date(), notice_days=15, objection_days=7, signed_by="方律师", signed_on=NOW.date(),
    )  # fmt: skip
    rule, election = rule_set.matters.get(matter=Matter.COMMITTEE), rule_set.election
    election.fewest_members, election.is_odd = 1, False
    for row in (rule, election):
        row.pk, row.rule_set, row._state.adding = None, small, True
        row.save()
    return small


@pytest.fixture
def make_motion(cast: Cast, house: House, rule_set: RuleSet) -> Callable[..., Motion]:
    def make(**given) -> Motion:
        plan = {
            "estate": cast.estate, "rule_set": rule_set, "matter": Matter.FUND_USE, "kind": MotionKind.LEGAL,
            "title": "动用维修资金更换3栋水泵", "words": "费用12,600元，从维修资金列支。", "opens_at": OPENS,
            "closes_at": CLOSES,
        } | given  # fmt: skip
        return setting_up.draft(Plan(**plan), actor=cast.wu, at=NOW)

    return make


@pytest.fixture
def motion(make_motion: Callable[..., Motion], cast: Cast) -> Motion:
    """Announced, and by `VOTING` open."""
    motion = setting_up.publish(make_motion(), actor=cast.wu, at=NOW)
    return opening.bring_up_to_date(motion, VOTING)


def at(day: int, hour: int = 9) -> datetime:
    return OPENS + timedelta(days=day, hours=hour - 9)
