"""Deadlines counted without a year's holidays are worked out again when the year is loaded (RULES of working time)."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.dispatch import receiver

from governance.domain import audit
from governance.domain.working_time import calendar_of
from governance.signals import year_loaded
from issues.domain.clocks import due_of, set_next_rung
from issues.domain.people import present_order
from issues.domain.telling import lock_matter, tell_what_is_next
from issues.models import Issue, SlaClock

PROGRAM = "load_calendar"


@receiver(year_loaded)
def recount_provisional(at: datetime, **_news: Any) -> None:
    """Count every running provisional clock anew; its issue's petitions and order show the new time."""
    provisional = SlaClock.objects.running().filter(is_provisional=True)
    for issue in Issue.objects.filter(pk__in=provisional.values("issue")).order_by("pk"):
        with transaction.atomic():
            lock_matter(issue.pk)
            moved = [clock.kind for clock in provisional.filter(issue=issue).order_by("pk") if _recount(clock)]
            tell_what_is_next(issue, present_order(issue))
            audit.record(
                "recount",
                "issue",
                issue.audit_ref,
                actor=PROGRAM,
                at=at,
                subdistrict_id=issue.subdistrict_id,
                moved=moved,
            )


def _recount(clock: SlaClock) -> bool:
    """Count one clock anew from what was copied onto it. Returns whether its due time moved."""
    minutes, days = clock.target_minutes, clock.target_working_days
    if not minutes and not days:
        return False  # a plan's own date: nobody counted it
    due = due_of(calendar_of(clock.calendar), clock.starts_at, minutes=minutes, working_days=days)
    has_moved = due.at != clock.due_at
    clock.due_at, clock.is_provisional = due.at, due.provisional
    set_next_rung(clock)
    return has_moved
