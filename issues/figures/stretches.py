"""Rows counted by the stretch of time in which an instant of theirs lies: one of the two periods, or a week."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Stretches:
    """Stretches of time by `name`: as rows of where each begins, ends and is called; and as what says it of `at`."""

    name: str
    rows: str
    of: str
    within: str

    def counted(self, what: str, table: str, join: str, where: str, *, at: str, by: str = "") -> str:
        """SQL that counts `what` in each stretch, and by the column `by`. Where nothing was, a row may be missing.

        What an index alone can tell is read stretch by stretch, so that no row is asked in which it lies: that takes
        half the time. A join would be made anew for each stretch.
        """
        groups = ", ".join(filter(None, ("1" if join else "", by)))
        group_by = f"GROUP BY {groups}" if groups else ""
        if join:
            return f"""
        SELECT {self.of.format(at=at)} AS {self.name}, {what}
        FROM {table} {join}
        WHERE {self.within.format(at=at)} AND {where}
        {group_by}"""
        return f"""
        SELECT stretch.{self.name}, counted.*
        FROM ({self.rows}) stretch (from_at, until_at, {self.name}), LATERAL (
            SELECT {what} FROM {table}
            WHERE {at} >= stretch.from_at AND {at} < stretch.until_at AND {where}
            {group_by}) counted"""


# An instant lies in one of the two periods, or isn't counted: between them. `is_now` says of each row in which.
PERIODS = Stretches(
    "is_now",
    rows="VALUES (%(starts)s, %(ends)s, true), (%(before_starts)s, %(before_ends)s, false)",
    of="{at} >= %(starts)s",
    within="{at} >= %(before_starts)s AND {at} < %(ends)s AND ({at} < %(before_ends)s OR {at} >= %(starts)s)",
)
# Those of the period, counted from one.
WEEKS = Stretches(
    "week",
    rows="SELECT * FROM unnest(%(weeks)s::timestamptz[], %(weeks_end)s::timestamptz[]) WITH ORDINALITY",
    of="width_bucket({at}, %(weeks)s::timestamptz[])",
    within="{at} >= %(starts)s AND {at} < %(ends)s",
)
