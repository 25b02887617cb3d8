"""Clocks: which promise applies, when each one is due, and why. They start at filing and stop at what was promised."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q

from governance.domain.refusals import Refusal
from governance.domain.working_time import Calendar, Due, add_minutes, add_working_days, calendar_of
from issues.domain.rungs import next_rung_at
from issues.models import ClockKind, EscalationRung, Issue, PolicyAssignment, SlaClock, SlaPolicy


class NoPolicy(Refusal):
    """No policy covers this case: the office has to assign one."""

    code = "no_policy"


def policy_for(issue: Issue, handler: str) -> SlaPolicy:
    """The policy in force for the issue: the most specific assignment by estate, then category, then handler, severity.

    Raises `NoPolicy` if the office has assigned none.
    """
    fitting = PolicyAssignment.objects.filter(
        Q(estate=issue.estate_id) | Q(estate=None),
        Q(category=issue.category_id) | Q(category=None),
        severity__in=("", issue.severity),
        handler__in=("", handler),
    )
    ranked = sorted(
        fitting,
        key=lambda row: (row.estate_id is None, row.category_id is None, not row.handler, not row.severity),
    )
    for assignment in ranked:
        policy = SlaPolicy.objects.filter(code=assignment.policy_code, superseded_at=None).first()
        if policy:
            return policy
    raise NoPolicy(f"no policy for {issue.category} at {issue.estate}")


def due_of(calendar: Calendar, starts_at: datetime, *, minutes: int | None, working_days: int | None) -> Due:
    """When a target is due on a calendar: so many minutes, or so many working days, after `starts_at`."""
    if working_days:
        return add_working_days(calendar, starts_at, working_days)
    return add_minutes(calendar, starts_at, minutes or 0)


def start_clocks(issue: Issue, policy: SlaPolicy, *, starts_at: datetime) -> list[SlaClock]:
    """Start one clock for each target of the policy, in the issue's present epoch, counted from `starts_at`."""
    calendar = calendar_of(policy.calendar)
    rungs = list(policy.rungs.all())
    clocks = []
    for target in policy.targets.all():
        due = due_of(calendar, starts_at, minutes=target.minutes, working_days=target.working_days)
        clocks.append(
            SlaClock(
                subdistrict_id=issue.subdistrict_id,
                issue=issue,
                kind=target.kind,
                epoch=issue.epoch,
                policy=policy,
                calendar=policy.calendar,
                target_minutes=target.minutes,
                target_working_days=target.working_days,
                starts_at=starts_at,
                due_at=due.at,
                is_provisional=due.provisional,
                next_rung_at=next_rung_at(starts_at, due.at, rungs),
            )
        )
    return SlaClock.objects.bulk_create(clocks)


def start_fulfilment(issue: Issue, policy: SlaPolicy, *, starts_at: datetime, due: Due) -> SlaClock:
    """Start the clock that a plan sets for itself: solve by the date that was promised in it."""
    rungs = list(policy.rungs.all())
    clock, _created = SlaClock.objects.update_or_create(
        issue=issue,
        kind=ClockKind.RESOLVE,
        epoch=issue.epoch,
        defaults={
            "subdistrict_id": issue.subdistrict_id,
            "policy": policy,
            "calendar": policy.calendar,
            "starts_at": starts_at,
            "due_at": due.at,
            "is_provisional": due.provisional,
            "next_rung_at": next_rung_at(starts_at, due.at, rungs),
        },
    )
    return clock


def set_next_rung(clock: SlaClock) -> None:
    """Save a clock whose instants have moved; rungs that fired already don't fire again."""
    clock.next_rung_at = next_rung_at(clock.starts_at, clock.due_at, clock.policy.rungs.all(), fired_rungs(clock))
    clock.save(update_fields=["starts_at", "due_at", "is_provisional", "next_rung_at"])


def fired_rungs(clock: SlaClock) -> list[EscalationRung]:
    """The rungs that have fired in the clock's epoch, of whichever policy it was under then."""
    return [escalation.rung for escalation in clock.escalations.filter(epoch=clock.epoch).select_related("rung")]


def stop(issue: Issue, kinds: Iterable[str], *, at: datetime) -> None:
    """What these clocks asked for has happened at `at`. Stopping a stopped clock changes nothing."""
    issue.clocks.running().filter(epoch=issue.epoch, kind__in=list(kinds)).update(stopped_at=at)


def stop_all(issue: Issue, *, at: datetime) -> None:
    stop(issue, ClockKind.values, at=at)


def void_all(issue: Issue, *, at: datetime) -> None:
    """The matter is gone: its running clocks are neither met nor missed."""
    issue.clocks.running().update(voided_at=at)


def due_next(issue: Issue) -> SlaClock | None:
    """The running clock that is due first, or was."""
    return issue.clocks.running().select_related("policy", "calendar").order_by("due_at", "id").first()


def final_clock(issue: Issue) -> SlaClock | None:
    """The clock whose result is the answer to “was it solved in time?”: the last one due of the present epoch."""
    return (
        issue.clocks.filter(epoch=issue.epoch, voided_at=None)
        .select_related("policy", "calendar")
        .order_by("-due_at", "-id")
        .first()
    )


def expect_arrival(issue: Issue) -> bool:
    """Whether somebody comes for it: it is put right at the place. An office matter ends with an answer."""
    return issue.clocks.filter(
        epoch=issue.epoch, kind__in=(ClockKind.ARRIVE, ClockKind.RESOLVE, ClockKind.PLAN)
    ).exists()


def explain(clock: SlaClock) -> dict[str, Any]:
    """Why the clock is due then, as the resident's page shows it: JSON-able, instants in ISO 8601."""
    return {
        "kind": clock.kind,
        "policy_zh": clock.policy.name_zh,
        "policy_en": clock.policy.name_en,
        "policy_ko": clock.policy.name_ko,
        "policy_version": clock.policy.version,
        "source": clock.policy.source,
        "calendar": clock.calendar.code,
        "calendar_version": clock.calendar.version,
        "starts_at": clock.starts_at.isoformat(),
        "due_at": clock.due_at.isoformat(),
        "target_minutes": clock.target_minutes,
        "target_working_days": clock.target_working_days,
        "provisional": clock.is_provisional,
        "stopped_at": clock.stopped_at.isoformat() if clock.stopped_at else None,
        "missed": clock.stopped_at > clock.due_at if clock.stopped_at else None,
    }
