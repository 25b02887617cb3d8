"""Due times that move while the clock runs, because holidays become known or a day becomes another.

Counted anew is always from the clock's own start. What has happened stays: a rung that fired doesn't fire again, a
promise that is broken stays broken; and time that would be up before the change is up at the change.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.dispatch import receiver

from governance.domain import audit
from governance.domain.moment import LOCAL_ZONE
from governance.domain.working_time import calendar_of
from governance.models import User
from governance.signals import days_changed, year_loaded
from issues.domain import ladder
from issues.domain.clocks import due_of, set_next_rung
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
    """Count the running clocks anew that may run over one of `days`, or have a rung that waits for a working day."""
    for day in days:
        midnight = datetime.combine(day, time(), tzinfo=LOCAL_ZONE)
        touched = SlaClock.objects.running().filter(
            starts_at__lt=midnight + timedelta(days=2), due_at__gte=midnight - LONGEST_HOLIDAYS
        )
        _recount_all(touched, actor=actor, at=at)


def _recount_all(clocks: QuerySet[SlaClock], *, actor: User | str, at: datetime) -> None:
    for issue in Issue.objects.filter(pk__in=clocks.values("issue")).order_by("pk"):
        with transaction.atomic():
            lock_matter(issue.pk)
            of_issue = _locked(clocks.filter(issue=issue))
            before = {clock.pk: clock.due_at for clock in of_issue}
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


def _recount(clock: SlaClock, at: datetime) -> bool:
    """Count one clock anew from what was copied onto it. Returns whether its time is up by that."""
    minutes, days = clock.target_minutes, clock.target_working_days
    if not minutes and not days:
        set_next_rung(clock)
        return False  # a plan's own date: nobody counted it
    due = due_of(calendar_of(clock.calendar), clock.starts_at, minutes=minutes, working_days=days)
    before = clock.due_at
    clock.due_at, clock.is_provisional = max(due.at, min(before, at)), due.provisional
    set_next_rung(clock)
    return before > at >= clock.due_at
