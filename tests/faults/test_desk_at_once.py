"""Two people in the office decide in the same instant: one is first, the other learns it, and nobody waits for ever."""

from datetime import date, timedelta
from functools import partial

import pytest

from governance.domain import roles
from governance.domain.refusals import StepNotAllowed
from governance.models import Role, RoleAssignment, User
from issues.domain import ladder, supervision
from issues.domain.supervision import Account
from issues.models import IssueStep, SupervisionOrder
from residents.domain import occupancy
from residents.models import DeclineReason, Occupancy, OccupancyRelation, OccupancyState
from tests.cast import LONG_AGO, NOW, take_in
from tests.faults.office import filed
from tests.faults.together import errors, together

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 4
LATER = NOW + timedelta(hours=2)
ACCOUNT = Account("备件缺货。", "已调货。", date(2026, 5, 20))


@pytest.fixture
def colleague(cast) -> User:
    person = User.objects.create_user("colleague", full_name="贺兰", phone="+8613900000000")
    roles.grant(person, Role.COMMUNITY_STAFF, cast.community, actor="test", at=LONG_AGO)
    return person


def mine(home: Occupancy) -> Occupancy:
    """The row as each person's page has it."""
    return Occupancy.objects.get(pk=home.pk)


def test_one_confirms_while_the_other_does_not(cast, colleague):
    for number in range(ROUNDS):
        home = occupancy.claim(cast.zhao, cast.unit, OccupancyRelation.OWNER, at=NOW + timedelta(minutes=number))
        outcomes = together(
            partial(occupancy.verify, mine(home), words="房产证", actor=cast.wu, at=LATER),
            partial(
                occupancy.decline,
                mine(home),
                reason=DeclineReason.NO_EVIDENCE,
                words="没有材料",
                actor=colleague,
                at=LATER,
            ),
        )
        assert errors(outcomes, occupancy.AlreadyDecided) == []
        assert len([each for each in outcomes if isinstance(each, Exception)]) == 1
        home.refresh_from_db()
        first = cast.wu if outcomes[0] is None else colleague
        assert home.decided_by == first
        if home.stands:
            occupancy.end(home, words="搬走了", actor=cast.wu, at=LATER + timedelta(minutes=1 + number))


def test_two_owners_are_disputed_from_both_sides(cast, colleague):
    lis = Occupancy.objects.get(user=cast.li)
    zhaos = occupancy.claim(cast.zhao, cast.unit, OccupancyRelation.OWNER, at=NOW)
    for number in range(ROUNDS):
        at = LATER + timedelta(hours=number)
        outcomes = together(
            partial(occupancy.dispute, mine(lis), against=[mine(zhaos)], words="各说各的", actor=cast.wu, at=at),
            partial(occupancy.dispute, mine(zhaos), against=[mine(lis)], words="各说各的", actor=colleague, at=at),
        )
        assert errors(outcomes, occupancy.AlreadyDecided) == []
        states = {mine(home).state for home in (lis, zhaos)}
        assert states == {OccupancyState.DISPUTED}
        for home in (lis, zhaos):
            occupancy.settle(
                mine(home), OccupancyState.VERIFIED, words="看过证", actor=cast.wu, at=at + timedelta(minutes=9)
            )


def test_an_account_is_accepted_and_sent_back_at_once(cast):
    take_in(filed(cast.li, cast.building))
    ladder.fire_due(NOW + timedelta(hours=1), bell="loop")
    asked = SupervisionOrder.objects.get()
    supervision.answer(asked, ACCOUNT, actor=cast.zheng, at=LATER)

    def page() -> SupervisionOrder:
        return SupervisionOrder.objects.get(pk=asked.pk)

    outcomes = together(
        partial(supervision.accept_answer, page(), actor=cast.wu, at=LATER),
        partial(supervision.send_back, page(), words="不够", actor=cast.sun, at=LATER),
    )
    assert errors(outcomes, StepNotAllowed) == []
    judged = IssueStep.objects.filter(verb__in=("supervision_accept_answer", "supervision_send_back"))
    assert judged.count() == 1
    assert page().judged_by == judged.get().actor


def two_homes_of(person: User, cast, number: int) -> list[Occupancy]:
    at = NOW + timedelta(minutes=number)
    return [occupancy.claim(person, unit, OccupancyRelation.OWNER, at=at) for unit in (cast.unit, cast.other_unit)]


def is_resident(person: User, cast) -> bool:
    held = RoleAssignment.objects.filter(user=person, role=Role.RESIDENT, estate=cast.estate, valid_until=None)
    return held.exists()


def test_one_home_is_confirmed_while_the_other_one_of_the_same_person_ends(cast, colleague):
    for number in range(ROUNDS):
        kept, left = two_homes_of(cast.zhao, cast, number)
        at = LATER + timedelta(minutes=10 * number)
        occupancy.verify(left, words="房产证", actor=cast.wu, at=at)
        # Whoever is counted first may come last: the instants of two requests say nothing about their locks.
        outcomes = together(
            partial(occupancy.verify, mine(kept), words="房产证", actor=cast.wu, at=at + timedelta(seconds=2)),
            partial(occupancy.end, mine(left), words="卖了", actor=colleague, at=at + timedelta(seconds=1)),
        )
        assert errors(outcomes) == []
        assert (mine(kept).state, is_resident(cast.zhao, cast)) == (OccupancyState.VERIFIED, True)
        occupancy.end(mine(kept), words="搬走了", actor=cast.wu, at=at + timedelta(minutes=1))
        assert not is_resident(cast.zhao, cast)


def test_two_homes_of_one_person_are_confirmed_at_once_and_the_role_is_held_once(cast, colleague):
    for number in range(ROUNDS):
        homes = two_homes_of(cast.zhao, cast, number)
        at = LATER + timedelta(minutes=10 * number)
        outcomes = together(
            partial(occupancy.verify, mine(homes[0]), words="房产证", actor=cast.wu, at=at + timedelta(seconds=1)),
            partial(occupancy.verify, mine(homes[1]), words="合同", actor=colleague, at=at),
        )
        assert errors(outcomes) == []
        held = RoleAssignment.objects.filter(user=cast.zhao, role=Role.RESIDENT, estate=cast.estate, valid_until=None)
        assert held.count() == 1
        for home in homes:
            occupancy.end(mine(home), words="搬走了", actor=cast.wu, at=at + timedelta(minutes=1))
