"""Who isn't heard (谁没出声): petitions by estate, for a hundred homes; and what the rates leave out of them."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from issues.figures.asking import Rows
from issues.figures.choice import Choice
from issues.figures.narrowing import Narrowing
from issues.figures.rates import LeftOut


@dataclass(frozen=True)
class Heard:
    """Petitions filed in an estate, and the homes there are. Without homes in the register nothing can be said."""

    estate: int
    filed: int
    homes: int

    @cached_property
    def per_hundred(self) -> Fraction | None:
        return Fraction(self.filed * 100, self.homes) if self.homes else None


def filings_sql(narrowing: Narrowing) -> str:
    """Petitions filed in the period by estate, whatever became of them; imports without a place stand under none."""
    join, scope = narrowing.petition("p")
    return f"""
        SELECT p.estate_id AS estate, p.subdistrict_id AS street, count(*) AS filed,
               count(*) FILTER (WHERE p.state = 'withdrawn' AND p.channel <> 'import') AS withdrawn,
               count(*) FILTER (WHERE p.state = 'declined' AND p.channel <> 'import') AS declined,
               count(*) FILTER (WHERE p.channel = 'import') AS imported
        FROM residents_petition p {join}
        WHERE p.filed_at >= %(starts)s AND p.filed_at < %(ends)s {scope}
        GROUP BY 1, 2"""


def homes_sql(narrowing: Narrowing) -> str:
    """Dwellings by estate as the register has them today, in estates that haven't ended."""
    return """
        SELECT estate, sum(number)::int AS homes
        FROM (SELECT b.estate_id AS estate, h.number
              FROM governance_homes h JOIN governance_building b ON b.id = h.building_id
              UNION ALL
              SELECT b.estate_id, 1
              FROM governance_unit u JOIN governance_building b ON b.id = u.building_id
              WHERE u.kind = 'dwelling' AND u.ended_on >= %(today)s) d
        WHERE estate = ANY(%(estates)s)
        GROUP BY 1"""


def estates_of(choice: Choice) -> list[int]:
    """The estates that the figure names: those in sight that the choice leaves and that haven't ended."""
    registers, sight = choice.sight.registers, choice.sight
    return [
        pk
        for pk, estate in registers.estates.items()
        if not estate.has_ended
        and choice.estate in (None, pk)
        and choice.community in (None, estate.community_id)
        and (street := registers.communities[estate.community_id].street_id) in choice.streets
        and (street in sight.free | sight.own or estate.community_id in sight.communities)
    ]


def read_heard(filings: Rows, homes: Rows, choice: Choice) -> list[Heard]:
    """Those of whom least is heard first; estates without homes in the register at the end."""
    filed: dict[int, int] = {}
    for row in filings:
        filed[row["estate"]] = filed.get(row["estate"], 0) + row["filed"]
    there = {row["estate"]: row["homes"] for row in homes}
    heard = [Heard(pk, filed.get(pk, 0), there.get(pk, 0)) for pk in estates_of(choice)]
    return sorted(heard, key=lambda each: (each.per_hundred is None, each.per_hundred or 0, -each.homes, each.estate))


def read_left_out(filings: Rows, about: Rows) -> LeftOut:
    return LeftOut(
        withdrawn=sum(row["withdrawn"] for row in filings),
        declined=sum(row["declined"] for row in filings),
        imported=sum(row["imported"] for row in filings),
        merged=sum(row["merged"] for row in about),
    )
