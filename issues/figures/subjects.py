"""By category: what matters are about, beside the period before; and how long they took."""

from dataclasses import dataclass
from datetime import timedelta

from issues.figures.asking import Rows
from issues.figures.narrowing import Narrowing


@dataclass(frozen=True)
class About:
    category: int
    now: int
    before: int

    @property
    def change(self) -> int:
        return self.now - self.before


@dataclass(frozen=True)
class Length:
    """Of `n` matters half took no longer than `median`, nine in ten no longer than `p90`."""

    category: int
    n: int
    median: timedelta
    p90: timedelta


def about_sql(narrowing: Narrowing) -> str:
    """What about (说的什么事): matters filed in the period, by the category under which they were sorted.

    A matter is filed when the first of its petitions was. Thirty who report one leak make one matter.
    """
    return f"""
        SELECT i.category_id AS category,
               count(*) FILTER (WHERE i.filed_at >= %(starts)s) AS now,
               count(*) FILTER (WHERE i.filed_at < %(before_ends)s) AS before,
               count(*) FILTER (WHERE i.filed_at >= %(starts)s AND i.state = 'merged') AS merged
        FROM issues_issue i
        WHERE NOT i.is_commitment
          AND i.filed_at >= %(before_starts)s AND i.filed_at < %(ends)s {narrowing.matter()}
        GROUP BY 1"""


def lengths_sql(narrowing: Narrowing) -> str:
    """How long (要多久): matters that stand finished since an instant in the period, from filing to that instant.

    Not imports, of which nothing was promised. On the wall's clock, with nights and with rounds that were no good: as
    long as it was for whoever waited. Between two of them the percentile is interpolated.
    """
    return f"""
        SELECT i.category_id AS category, count(*) AS n,
               percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (
                 ORDER BY date_part('epoch', i.finished_at - i.filed_at)) AS seconds
        FROM issues_issue i
        WHERE i.state IN ('finished', 'closed') AND i.finished_at IS NOT NULL AND i.is_promised
          AND NOT i.is_commitment
          AND i.finished_at >= %(starts)s AND i.finished_at < %(ends)s {narrowing.matter()}
        GROUP BY 1"""


def read_about(rows: Rows) -> list[About]:
    """The most frequent first; those there are none of any more, last."""
    said = [About(row["category"], row["now"], row["before"]) for row in rows]
    return sorted(
        (each for each in said if each.now or each.before), key=lambda each: (-each.now, -each.before, each.category)
    )


def read_lengths(rows: Rows) -> list[Length]:
    """The slowest first."""
    said = [
        Length(row["category"], row["n"], *(timedelta(seconds=seconds) for seconds in row["seconds"])) for row in rows
    ]
    return sorted(said, key=lambda each: (-each.median, -each.p90, each.category))
