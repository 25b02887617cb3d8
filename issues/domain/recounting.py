"""Due times that move while the clock runs, because holidays become known or a day becomes another.

Counted anew is always from the clock's own start. What has happened stays: a rung that fired doesn't fire again, a
promise that is broken stays broken; and time that would be up before the change is up at the change.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.dispatch import receiver

from governance.domain import audit
from governance.domain.moment import LOCAL_ZONE
from governance.models import User
from governance.signals import days_changed, year_loaded
from issues.domain import ladder
from issues.domain.clocks import reckon, set_next_rung, surviving
from issues.domain.people import present_order
from issues.domain.telling import lock_matter, tell_what_is_next
from issues.models import Issue, SlaClock
from issues.models.sweeps import Bell

PROGRAM = "load_calendar"
# A rung may wait for the next working day: over the longest holidays that is not farther off.
LONGEST_HOLIDAYS = timedelta(days=12)


@receiver(year_loaded)
def recount_provisional(at: datetime, **_news: Any) -> None:
    """Count every running provisional clock anew; its issue's petitions and order show the new time."""
    _recount_all(SlaClock.objects.running().filter(is_provisional=True), actor=PROGRAM, at=at)


@receiver(days_changed)
def recount_around(days: Iterable[date], actor: User | str, at: datetime, **_news: Any) -> None:
    """Count the running clocks anew that may run over one of `days`, or have a rung that waits for a working day.

    All days in one go: whoever changes them holds the locks of the matters, which are taken in their order once.
    """
    touched = reduce(or_, [_may_run_over(day) for day in days], Q(pk__in=[]))
    _recount_all(SlaClock.objects.running().filter(touched), actor=actor, at=at)


def _may_run_over(day: date) -> Q:
    midnight = datetime.combine(day, time(), tzinfo=LOCAL_ZONE)
    return Q(starts_at__lt=midnight + timedelta(days=2), due_at__gte=midnight - LONGEST_HOLIDAYS)


def _recount_all(clocks: QuerySet[SlaClock], *, actor: User | str, at: datetime) -> None:
    for issue in Issue.objects.filter(pk__in=clocks.values("issue")).order_by("pk"):
        with transaction.atomic():
            lock_matter(issue.pk)
            of_issue = _locked(clocks.filter(issue=issue))
            before = {clock.pk: clock.due_at for clock in of_issue}
            _recount_merged(issue, at)
            overtaken = [clock for clock in of_issue if _recount(clock, at)]
            ladder.fire_breaches(overtaken, at=at, bell=Bell.DOORBELL)
            tell_what_is_next(issue, present_order(issue))
            audit.record(
                "recount",
                "issue",
                issue.audit_ref,
                actor=actor,
                at=at,
                subdistrict_id=issue.subdistrict_id,
                moved=[clock.kind for clock in of_issue if clock.due_at != before[clock.pk]],
            )


def _locked(clocks: QuerySet[SlaClock]) -> list[SlaClock]:
    """With the row locks that a sweep takes, too: neither overwrites the other's next rung."""
    return list(
        clocks.select_for_update(of=("self",), no_key=True)
        .select_related("policy", "calendar", "issue__category", "issue__building", "issue__estate")
        .order_by("pk")
    )


def _recount_merged(issue: Issue, at: datetime) -> None:
    """What survives of the matters merged into it was counted by the same days: it moves with them."""
    for clock in surviving(issue):
        _recount_merged(clock.issue, at)
        _recount(clock, at)


def _recount(clock: SlaClock, at: datetime) -> bool:
    """Count one clock anew from what was copied onto it. Returns whether its time is up by that."""
    before = clock.due_at
    survivors = surviving(clock.issue)
    reckon(clock, survivors)
    if clock.due_at < min(before, at):
        clock.promised_at = min(before, at)
        reckon(clock, survivors)
    set_next_rung(clock)
    return before > at >= clock.due_at
