"""Where it piles up (卡在哪一步): open matters by the stage they are at, and for how long they have been there to see.

Also the tally beside the filters: open, overdue, due within the hour, due today.
"""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.domain.moment import LOCAL_ZONE, local_day
from issues.figures.asking import Rows
from issues.figures.narrowing import Narrowing

TO_SORT, TO_ACCEPT, TO_ARRIVE, IN_WORK = "to_sort", "to_accept", "to_arrive", "in_work"
STAGES: dict[str, str | Promise] = {
    TO_SORT: pgettext_lazy("stage", "To be sorted"),
    TO_ACCEPT: pgettext_lazy("stage", "To be accepted"),
    TO_ARRIVE: pgettext_lazy("stage", "To be started"),
    IN_WORK: pgettext_lazy("stage", "In work"),
}
# Whole days since the matter was first filed, from this many on.
AGE_DAYS = (0, 1, 4, 8, 16)
AGES: tuple[str | Promise, ...] = (
    _("less than 1 day"),
    _("1–3 days"),
    _("4–7 days"),
    _("8–15 days"),
    _("16 days and more"),
)


@dataclass(frozen=True)
class Tally:
    """Open matters, and among them by the promise that is due first. What is due within the hour may be due today."""

    open: int = 0
    overdue: int = 0
    within_the_hour: int = 0
    today: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.open + other.open,
            self.overdue + other.overdue,
            self.within_the_hour + other.within_the_hour,
            self.today + other.today,
        )


@dataclass(frozen=True)
class Pile:
    """`ages` counts by stage, the youngest first; `streets` has a tally for each street."""

    ages: dict[str, list[int]] = field(default_factory=dict)
    streets: dict[int, Tally] = field(default_factory=dict)

    @property
    def tally(self) -> Tally:
        return sum(self.streets.values(), Tally())


def pile_facts(now: datetime) -> dict[str, Any]:
    midnight = datetime.combine(local_day(now) + timedelta(days=1), time(), tzinfo=LOCAL_ZONE)
    return {
        "in_an_hour": now + timedelta(hours=1),
        "midnight": midnight,
        "ages": [timedelta(days=days) for days in AGE_DAYS[1:]],
    }


def pile_sql(narrowing: Narrowing) -> str:
    """Open matters by street, stage and age. Exactly one day ago is a day, and a promise due now isn't overdue.

    Without a live order, or unsorted, it waits at the desk; then for somebody to accept it; then to be on site.
    """
    return f"""
        SELECT i.subdistrict_id AS street,
               CASE WHEN o.state IS NULL OR i.triaged_at IS NULL THEN '{TO_SORT}'
                    WHEN o.state = 'dispatched' THEN '{TO_ACCEPT}'
                    WHEN o.state = 'accepted' THEN '{TO_ARRIVE}' ELSE '{IN_WORK}' END AS stage,
               width_bucket(%(now)s - i.filed_at, %(ages)s::interval[]) AS age,
               count(*) AS open,
               count(*) FILTER (WHERE c.due_at < %(now)s) AS overdue,
               count(*) FILTER (WHERE c.due_at >= %(now)s AND c.due_at <= %(in_an_hour)s) AS hour,
               count(*) FILTER (WHERE c.due_at >= %(now)s AND c.due_at < %(midnight)s) AS today
        FROM issues_issue i
        LEFT JOIN issues_workorder o ON o.issue_id = i.id AND o.state IN ('dispatched', 'accepted', 'arrived')
        LEFT JOIN (
            SELECT r.issue_id, min(r.due_at) AS due_at FROM issues_slaclock r
            WHERE r.subdistrict_id = ANY(%(streets)s) AND r.stopped_at IS NULL AND r.voided_at IS NULL
            GROUP BY r.issue_id) c ON c.issue_id = i.id
        WHERE i.state = 'open' AND NOT i.is_commitment {narrowing.matter()}
        GROUP BY 1, 2, 3"""


def read_pile(rows: Rows) -> Pile:
    ages = {stage: [0] * len(AGES) for stage in STAGES}
    streets: dict[int, Tally] = {}
    for row in rows:
        ages[row["stage"]][row["age"]] += row["open"]
        one = Tally(row["open"], row["overdue"], row["hour"], row["today"])
        streets[row["street"]] = streets.get(row["street"], Tally()) + one
    return Pile(ages, streets)
