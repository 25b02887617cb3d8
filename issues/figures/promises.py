"""Promises kept (说到做到): of the clocks that came due in a week, how many had stopped by then."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from governance.domain.moment import local_day
from issues.figures.asking import Rows
from issues.figures.choice import Choice
from issues.figures.narrowing import Narrowing
from issues.figures.shares import Share
from issues.figures.stretches import WEEKS


@dataclass(frozen=True)
class Week:
    """A local week by its first day that counts: a Monday, or the first day of the period."""

    starts_on: date
    kept: Share
    is_running: bool = False


@dataclass(frozen=True)
class Promises:
    """By week, and over the whole period for each street."""

    weeks: list[Week]
    streets: dict[int, Share]

    @property
    def kept(self) -> Share:
        return sum((week.kept for week in self.weeks), Share())


def promises_sql(narrowing: Narrowing) -> str:
    """Clocks due in the period, before now, that weren't voided. Stopping at the due time itself keeps a promise.

    A clock that still runs past its time is one that wasn't kept. `week` counts from one.
    """
    join, scope = narrowing.of_matter("c")
    return WEEKS.counted(
        "c.subdistrict_id AS street, count(*) AS due, count(*) FILTER (WHERE c.stopped_at <= c.due_at) AS kept",
        "issues_slaclock c",
        join,
        f"c.voided_at IS NULL {scope}",
        at="c.due_at",
        by="c.subdistrict_id",
    )


def read_promises(rows: Rows, choice: Choice) -> Promises:
    period = choice.period
    weeks = [
        Week(
            local_day(starts_at),
            _sum(row for row in rows if row["week"] == number),
            is_running=period.is_running and number == len(period.weeks),
        )
        for number, starts_at in enumerate(period.weeks, start=1)
    ]
    return Promises(weeks, {street: _sum(row for row in rows if row["street"] == street) for street in choice.streets})


def _sum(rows: Iterable[dict[str, int]]) -> Share:
    return sum((Share(row["kept"], row["due"]) for row in rows), Share())
