"""Whose rows a person's figures are made of, and the places, bodies and categories that they may be narrowed to."""

import json
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from django.db import connection

from governance.domain.moment import local_day
from governance.models.categories import in_readers_language
from governance.models.scope import Scope

Row = TypeVar("Row")


@dataclass(frozen=True)
class Street:
    pk: int
    district: str
    name: str

    @property
    def key(self) -> str:
        """How an address calls it, and a heading where there are several."""
        return f"{self.district}{self.name}"


@dataclass(frozen=True)
class Community:
    pk: int
    street_id: int
    name: str


@dataclass(frozen=True)
class Estate:
    pk: int
    community_id: int
    key: str
    name: str
    has_ended: bool


@dataclass(frozen=True)
class Company:
    """A body: company, committee or office."""

    pk: int
    name: str
    short_name: str
    kind: str


@dataclass(frozen=True)
class Subject:
    """A category. `passes` says whom a complaint about staff goes past: "community", "street" or nobody."""

    pk: int
    key: str
    name_zh: str
    name_en: str
    name_ko: str
    passes: str
    is_archived: bool

    @property
    def name(self) -> str:
        return in_readers_language(self, "name")  # type: ignore[arg-type]


@dataclass(frozen=True)
class Registers:
    """The places, bodies and categories in a person's sight, in the order in which they are offered."""

    streets: dict[int, Street] = field(default_factory=dict)
    communities: dict[int, Community] = field(default_factory=dict)
    estates: dict[int, Estate] = field(default_factory=dict)
    bodies: dict[int, Company] = field(default_factory=dict)
    subjects: dict[int, Subject] = field(default_factory=dict)


@dataclass(frozen=True)
class Sight:
    """What somebody may count: streets as a whole, or single communities; and the matters that go past them.

    `free` are streets of which everything counts (an administrator's, a district's), `own` those of a street's own
    officers, `communities` those of community staff, whose street is in `around`. As `Issue.visible_to` says, nobody
    counts complaints that go past them.
    """

    free: frozenset[int] = frozenset()
    own: frozenset[int] = frozenset()
    communities: frozenset[int] = frozenset()
    around: frozenset[int] = frozenset()
    past_the_street: frozenset[int] = frozenset()
    past_the_community: frozenset[int] = frozenset()
    lists_free: bool = False
    registers: Registers = field(default_factory=Registers)

    @property
    def streets(self) -> frozenset[int]:
        """Every street of which at least a part is in sight."""
        return self.free | self.own | self.around

    @property
    def listed(self) -> "Sight":
        """The part of it whose matters are named one by one: for those in whose charge they are.

        A district's officers get sums of its streets. An administrator, who has `lists_free`, gets the list, too.
        """
        return self if self.lists_free or not self.free else replace(self, free=frozenset())


def sight_of(scope: Scope) -> Sight:
    """What the person may count at the scope's instant. Asks the database once."""
    registers, past = _read_registers(scope)
    free = frozenset(registers.streets) if scope.is_administrator else scope.overseen - scope.subdistricts
    own = scope.subdistricts - free
    street_of = {pk: each.street_id for pk, each in registers.communities.items()}
    communities = frozenset(pk for pk in scope.communities if pk in street_of and street_of[pk] not in free | own)
    return Sight(
        free=free,
        own=own,
        communities=communities,
        around=frozenset(street_of[pk] for pk in communities),
        past_the_street=frozenset(past["street"]),
        past_the_community=frozenset(past["street"] + past["community"]),
        lists_free=scope.is_administrator,
        registers=registers,
    )


# What complains about staff goes past them, as `issues.models.issues.goes_past_the_community` and `…_street` say.
_REGISTERS = """
SELECT json_build_object(
  'streets', (SELECT coalesce(json_agg(json_build_array(s.id, d.name, s.name) ORDER BY d.name, s.name), '[]')
    FROM governance_subdistrict s JOIN governance_district d ON d.id = s.district_id
    WHERE s.id IN (SELECT id FROM here)),
  'communities', (SELECT coalesce(json_agg(json_build_array(c.id, c.subdistrict_id, c.name) ORDER BY c.name), '[]')
    FROM governance_community c WHERE c.id IN (SELECT id FROM part)),
  'estates', (SELECT coalesce(json_agg(
    json_build_array(e.id, e.community_id, e.public_id, e.name, coalesce(e.ended_on < %(today)s, false))
    ORDER BY e.name), '[]') FROM governance_estate e WHERE e.community_id IN (SELECT id FROM part)),
  'bodies', (SELECT coalesce(json_agg(json_build_array(b.id, b.name, b.short_name, b.kind) ORDER BY b.name), '[]')
    FROM governance_body b
    LEFT JOIN governance_estate e ON e.id = b.estate_id
    WHERE b.subdistrict_id IN (SELECT id FROM here)
      AND (b.community_id IS NULL OR b.community_id IN (SELECT id FROM part))
      AND (b.estate_id IS NULL OR e.community_id IN (SELECT id FROM part))),
  'subjects', (SELECT json_agg(json_build_array(k.id, k.code, k.name_zh, k.name_en, k.name_ko, CASE
      WHEN k.is_about_street THEN 'street'
      WHEN k.is_about_staff AND h.handler = 'street' THEN 'community' ELSE '' END, k.is_archived)
    ORDER BY k.position, k.code) FROM governance_category k
    LEFT JOIN issues_categoryhandling h ON h.category_id = k.id))
FROM (SELECT 1) one
"""
_HERE = """
WITH part AS (
  SELECT c.id, c.subdistrict_id FROM governance_community c
  WHERE %(all)s OR c.subdistrict_id = ANY(%(streets)s) OR c.id = ANY(%(communities)s)
), here AS (
  SELECT s.id FROM governance_subdistrict s
  WHERE %(all)s OR s.id = ANY(%(streets)s) OR s.id IN (SELECT subdistrict_id FROM part)
)
"""


def _read_registers(scope: Scope) -> tuple[Registers, dict[str, list[int]]]:
    facts: dict[str, Any] = {
        "today": local_day(scope.at),
        "all": scope.is_administrator,
        "streets": list(scope.subdistricts | scope.overseen),
        "communities": list(scope.communities),
    }
    with connection.cursor() as cursor:
        cursor.execute(_HERE + _REGISTERS, facts)
        (said,) = cursor.fetchone()
    read = json.loads(said) if isinstance(said, str) else said
    registers = Registers(
        streets=_by_key(Street, read["streets"]),
        communities=_by_key(Community, read["communities"]),
        estates=_by_key(Estate, read["estates"]),
        bodies=_by_key(Company, read["bodies"]),
        subjects=_by_key(Subject, read["subjects"] or []),
    )
    past = {
        who: [each.pk for each in registers.subjects.values() if each.passes == who] for who in ("street", "community")
    }
    return registers, past


def _by_key(kind: type[Row], rows: list[list[Any]]) -> dict[int, Row]:
    return {row[0]: kind(*row) for row in rows}
