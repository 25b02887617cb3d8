"""Clocks: which promise applies, when each one is due, and why. They start at filing and stop at what was promised."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Case, OuterRef, Q, Subquery, Value, When

from governance.domain.refusals import Refusal
from governance.domain.working_time import Calendar, Due, add_minutes, add_working_days, calendar_of
from issues.domain.rungs import next_rung_at
from issues.models import (
    ClockKind,
    EscalationRung,
    Issue,
    PolicyAssignment,
    SlaClock,
    SlaPolicy,
    SlaTarget,
    WorkOrder,
)

# What an assignment may name, what it says where it names nothing, and how much naming it counts: more than the rest.
SPECIFIC = (("estate", None, 8), ("category", None, 4), ("handler", "", 2), ("severity", "", 1))


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
        policy_code=OuterRef("code"),
    )
    weight = sum((_weight(*named) for named in SPECIFIC), Value(0))
    ranked = SlaPolicy.objects.filter(superseded_at=None).annotate(
        weight=Subquery(fitting.annotate(weight=weight).order_by("-weight").values("weight")[:1])
    )
    policy = ranked.filter(weight__isnull=False).select_related("calendar").order_by("-weight", "pk").first()
    if policy:
        return policy
    raise NoPolicy(f"no policy for {issue.category} at {issue.estate}")


def _weight(field: str, nobody: str | None, weight: int) -> Case:
    return Case(When(**{field: nobody}, then=Value(0)), default=Value(weight))


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


def change_policy(issue: Issue, policy: SlaPolicy, *, at: datetime) -> list[SlaClock]:
    """Put the issue's present epoch under another promise at `at`. As `put_under`, but no new version of the same."""
    clocks = issue.clocks.filter(epoch=issue.epoch, voided_at=None)
    if clocks.filter(policy__code=policy.code).exists():
        return []
    return put_under(issue, policy, at=at)


def put_under(issue: Issue, policy: SlaPolicy, *, at: datetime) -> list[SlaClock]:
    """Count the issue's present epoch anew by another promise, from the epoch's original start (RULES.md §1).

    What isn't promised any more is void, but a breach that happened stays one. A clock that has stopped, or was missed
    before `at`, keeps its time. What would be past already is due at `at`: nobody broke a promise before it was made.
    Returns those clocks, for `issues.domain.ladder.fire_breaches`. Runs inside the caller's transaction.
    """
    running = {clock.kind: clock for clock in _of_this_epoch(issue)}
    starts_at = min((clock.starts_at for clock in running.values()), default=issue.filed_at)
    targets = {target.kind: target for target in policy.targets.all()}
    for kind in running.keys() - targets.keys():
        if not (_is_of_a_plan(running[kind]) and ClockKind.PLAN in targets):
            _let_go(running[kind], at)
    order = issue.orders.order_by("-id").first()
    overtaken = []
    for kind, target in targets.items():
        clock = running.get(kind) or SlaClock(issue=issue, subdistrict_id=issue.subdistrict_id, kind=kind)
        if clock.pk and clock.voided_at is None and (clock.stopped_at or clock.was_missed(at)):
            continue
        _promise(clock, policy, target, starts_at)
        clock.epoch, clock.stopped_at, clock.voided_at = issue.epoch, _happened_at(kind, order, starts_at), None
        if clock.stopped_at is None and clock.was_missed(at):
            clock.due_at = at
            overtaken.append(clock)
        clock.save()
        set_next_rung(clock)
    return overtaken


def _is_of_a_plan(clock: SlaClock) -> bool:
    """Whether it is due on the date that a plan has set: nobody counted it."""
    return clock.kind == ClockKind.RESOLVE and not clock.target_minutes and not clock.target_working_days


def _of_this_epoch(issue: Issue) -> list[SlaClock]:
    clocks = issue.clocks.filter(epoch=issue.epoch).select_for_update(of=("self",), no_key=True)
    return list(clocks.select_related("policy", "calendar").order_by("pk"))


def _let_go(clock: SlaClock, at: datetime) -> None:
    """Nobody promises it any more: void, unless it had happened or was missed before."""
    if clock.stopped_at or clock.voided_at:
        return
    if clock.was_missed(at):
        clock.stopped_at = at
    else:
        clock.voided_at = at
    clock.save(update_fields=["stopped_at", "voided_at"])


def _promise(clock: SlaClock, policy: SlaPolicy, target: SlaTarget, starts_at: datetime) -> None:
    """Copy what the policy promises onto the clock, counted from `starts_at`."""
    due = due_of(calendar_of(policy.calendar), starts_at, minutes=target.minutes, working_days=target.working_days)
    clock.policy, clock.calendar = policy, policy.calendar
    clock.target_minutes, clock.target_working_days = target.minutes, target.working_days
    clock.starts_at, clock.due_at, clock.is_provisional = starts_at, due.at, due.provisional


def _happened_at(kind: str, order: WorkOrder | None, starts_at: datetime) -> datetime | None:
    """When what a clock of `kind` asks for has happened already, on the order that is there."""
    if order is None:
        return None
    happened = order.arrived_at if kind == ClockKind.ARRIVE else None
    if kind in (ClockKind.ACCEPT, ClockKind.RESPOND):
        happened = order.accepted_at
    return max(happened, starts_at) if happened else None


def keep_strictest(issue: Issue, merged: Issue, *, at: datetime) -> list[SlaClock]:
    """Running clocks of `issue` take over the earlier start and the strictest due time of `merged` (RULES.md §1).

    Where `merged` promises nothing of the kind, an earlier start counts all the same. Returns the clocks that this has
    put past their time.
    """
    theirs = list(merged.clocks.running().filter(epoch=merged.epoch))
    stricter = {clock.kind: clock for clock in theirs}
    begun_at = min((clock.starts_at for clock in theirs), default=None)
    overtaken = []
    for clock in _of_this_epoch(issue):
        if clock.stopped_at or clock.voided_at or begun_at is None:
            continue
        was_missed = clock.was_missed(at)
        if _take_over(clock, stricter.get(clock.kind), begun_at):
            set_next_rung(clock)
            if clock.was_missed(at) and not was_missed:
                overtaken.append(clock)
    return overtaken


def count_from(issue: Issue, starts_at: datetime) -> None:
    """Count the running clocks of the present epoch that began before `starts_at` from there: the earlier has gone.

    A rung that has fired stays on record and doesn't fire again. Runs inside the caller's transaction.
    """
    for clock in _of_this_epoch(issue):
        is_counted = clock.target_minutes or clock.target_working_days
        if clock.stopped_at or clock.voided_at or not is_counted or clock.starts_at >= starts_at:
            continue
        due = due_of(
            calendar_of(clock.calendar), starts_at, minutes=clock.target_minutes, working_days=clock.target_working_days
        )
        clock.starts_at, clock.due_at, clock.is_provisional = starts_at, due.at, due.provisional
        set_next_rung(clock)


def _take_over(clock: SlaClock, other: SlaClock | None, begun_at: datetime) -> bool:
    """Move the clock to the earlier start and due time. Returns whether anything moved."""
    due = Due(clock.due_at, provisional=clock.is_provisional)
    is_counted = clock.target_minutes or clock.target_working_days
    if begun_at < clock.starts_at and is_counted:
        counted = due_of(
            calendar_of(clock.calendar),
            begun_at,
            minutes=clock.target_minutes,
            working_days=clock.target_working_days,
        )
        due = min(due, counted, key=lambda one: one.at)
    if other and other.due_at < due.at:
        due = Due(other.due_at, provisional=other.is_provisional)
    starts_at = min(clock.starts_at, begun_at)
    has_moved = (starts_at, due.at) != (clock.starts_at, clock.due_at)
    clock.starts_at, clock.due_at, clock.is_provisional = starts_at, due.at, due.provisional
    return has_moved


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


def decline_all(issue: Issue, *, at: datetime) -> None:
    """The matter isn't taken up at `at`: an answer is given, a breach stays one, and nothing else is promised now.

    The first response, the answer and the acceptance stop: saying no is one. What was missed stops and stays missed.
    """
    answered = Q(kind__in=(ClockKind.RESPOND, ClockKind.ANSWER, ClockKind.ACCEPT)) | Q(due_at__lt=at)
    issue.clocks.running().filter(answered).update(stopped_at=at)
    void_all(issue, at=at)


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


def policy_params(policy: SlaPolicy) -> dict[str, str]:
    """The policy's names in every language, for a line that residents read."""
    return {"policy_zh": policy.name_zh, "policy_en": policy.name_en, "policy_ko": policy.name_ko}


def explain(clock: SlaClock) -> dict[str, Any]:
    """Why the clock is due then, as the resident's page shows it: JSON-able, instants in ISO 8601."""
    return {
        "kind": clock.kind,
        **policy_params(clock.policy),
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
