"""Who may vote on a motion: read from the registers once, at the opening, and never again."""

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from django.db.models import Q, QuerySet

from governance.domain.moment import local_day
from governance.models import Building, Estate, Unit, User
from governance.models.places import UnitKind
from issues.deliberation.models import Motion, RollEntry, RollOwner, RuleSet
from residents.models import Occupancy, OccupancyRelation, OccupancyState

THE_DEVELOPER = "developer"


class Electorate(Protocol):
    """Whose units count, and by which rules: a motion, or the whole estate for whoever demands an assembly."""

    @property
    def estate(self) -> Estate: ...
    @property
    def building(self) -> Building | None: ...
    @property
    def building_id(self) -> int | None: ...
    @property
    def stairwell(self) -> int | None: ...
    @property
    def rule_set(self) -> RuleSet: ...


@dataclass(frozen=True)
class Line:
    """One unit as the registers have it now, with the accounts of its owners."""

    unit: Unit
    owners: tuple[User, ...]
    is_disputed: bool

    @property
    def area_m2(self) -> Decimal:
        """Raises `ValueError` without one: such a roll is refused before it is announced."""
        if self.unit.exclusive_area_m2 is None:
            raise ValueError(f"unit {self.unit.pk} has no area")
        return self.unit.exclusive_area_m2

    @property
    def head(self) -> str:
        """Units of the same owners are one head, and so is all that the developer still holds.

        A unit whose owners nobody knows here is a head of its own. Source: interpretation of the Supreme People's Court
        on owners' exclusive parts (2020), 9.
        """
        if self.unit.held_by_developer:
            return THE_DEVELOPER
        if not self.owners:
            return f"unit-{self.unit.pk}"
        together = ",".join(sorted(str(owner.public_id) for owner in self.owners))
        return "owners-" + hashlib.sha256(together.encode()).hexdigest()[:24]


@dataclass(frozen=True)
class Totals:
    units: int
    heads: int
    area_m2: Decimal
    without_area: tuple[Unit, ...]


def units_in_scope(electorate: Electorate, at: datetime) -> QuerySet[Unit]:
    """The exclusive parts that vote: of the estate, a building or a stairwell, as they stand on the day of `at`."""
    units = Unit.objects.standing_on(local_day(at)).filter(building__estate=electorate.estate)
    if electorate.building_id:
        units = units.filter(building=electorate.building)
    if electorate.stairwell:
        units = units.filter(stairwell=electorate.stairwell)
    return units if electorate.rule_set.parking_votes else units.exclude(kind=UnitKind.PARKING)


def read(electorate: Electorate, at: datetime) -> list[Line]:
    """Every unit of the scope with its confirmed owners at `at`, in the order of the doors. Two queries."""
    units = units_in_scope(electorate, at).select_related("building")
    owners: dict[int, list[User]] = defaultdict(list)
    disputed: set[int] = set()
    ties = Occupancy.objects.filter(unit__in=units, relation=OccupancyRelation.OWNER).filter(
        Q(state=OccupancyState.VERIFIED) | Q(state=OccupancyState.DISPUTED)
    )
    for tie in ties.select_related("user").order_by("pk"):
        if tie.state == OccupancyState.DISPUTED:
            disputed.add(tie.unit_id)
        else:
            owners[tie.unit_id].append(tie.user)
    return [
        Line(unit, tuple(owners[unit.pk]), unit.pk in disputed)
        for unit in units.order_by("building_id", "stairwell", "number", "pk")
    ]


def totals(lines: list[Line]) -> Totals:
    """What the roll adds up to. Units without an area can't be weighed: they are named."""
    return Totals(
        units=len(lines),
        heads=len({line.head for line in lines}),
        area_m2=sum((line.unit.exclusive_area_m2 or Decimal(0) for line in lines), Decimal("0.00")),
        without_area=tuple(line.unit for line in lines if line.unit.exclusive_area_m2 is None),
    )


def write(motion: Motion, lines: list[Line]) -> str:
    """Keep the roll as it is now, and return its hash (SHA-256, hex). In the transaction that opens the vote."""
    entries = RollEntry.objects.bulk_create(
        RollEntry(
            motion=motion,
            unit=line.unit,
            building=line.unit.building.name,
            stairwell=line.unit.stairwell,
            number=line.unit.number,
            kind=line.unit.kind,
            area_m2=line.area_m2,
            head=line.head,
            is_disputed=line.is_disputed,
        )
        for line in lines
    )
    RollOwner.objects.bulk_create(
        RollOwner(entry=entry, user=owner) for entry, line in zip(entries, lines, strict=True) for owner in line.owners
    )
    return hash_of(entries)


def hash_of(entries: list[RollEntry]) -> str:
    """Over every line in the order of the doors: who counts, as what, with which area."""
    told = "\n".join(f"{each.unit_id} {each} {each.kind} {each.area_m2} {each.head}" for each in entries)
    return hashlib.sha256(told.encode()).hexdigest()
