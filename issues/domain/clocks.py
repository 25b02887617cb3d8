"""Clocks: which promise applies, when each one is due, and why. They start at filing and stop at what was promised.

What survives of a merged matter is nowhere copied: its clocks, void since the merging, say it as long as it is merged.
`reckon` reads them whenever something is counted anew; undoing the merging takes them away, and nothing else.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Case, Max, Min, OuterRef, Q, Subquery, Value, When

from governance.domain.refusals import Refusal
from governance.domain.working_time import Calendar, Due, add_minutes, add_working_days, calendar_of
from issues.domain.rungs import Office, next_rung_at
from issues.models import (
    ClockKind,
    EscalationRung,
    Issue,
    PolicyAssignment,
    SlaClock,
    SlaPolicy,
    SlaTarget,
)

# The steps by which somebody takes an order: the first response, too.
ACCEPTING = ("accept", "reassign")
# The steps that begin a new epoch.
REOPENING = ("reopen", "not_fixed")
# Somebody comes for what these promise.
ARRIVED_FOR = (ClockKind.ARRIVE, ClockKind.RESOLVE, ClockKind.PLAN)
# What an assignment may name, what it says where it names nothing, and how much naming it counts: more than the rest.
SPECIFIC = (("estate", None, 8), ("category", None, 4), ("handler", "", 2), ("severity", "", 1))


class Round(NamedTuple):
    """An epoch of a matter, and since when it counts: the first from filing, each other from its reopening."""

    epoch: int
    starts_at: datetime


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
    """Start one clock for each target of the policy, in the issue's present epoch, counted from `starts_at`.

    None for what was only imported: nobody was promised anything.
    """
    if not issue.is_promised:
        return []
    calendar = calendar_of(policy.calendar)
    rungs, office = list(policy.rungs.all()), Office()
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
                own_starts_at=starts_at,
                starts_at=starts_at,
                due_at=due.at,
                is_provisional=due.provisional,
                next_rung_at=next_rung_at(starts_at, due.at, rungs, office=office),
            )
        )
    return SlaClock.objects.bulk_create(clocks)


def round_at(issue: Issue, at: datetime) -> Round:
    """The epoch that the issue was in at `at`, and since when that counted by itself."""
    began = issue.clocks.filter(own_starts_at__lte=at).order_by("-epoch", "own_starts_at")
    first = began.values_list("epoch", "own_starts_at").first()
    return Round(*first) if first else Round(1, issue.filed_at)


# --- when a clock is due: what it promises by itself, and what survives of merged matters ---


def surviving(issue: Issue) -> list[SlaClock]:
    """The promises of the matters that are merged into `issue`, as they stood when these were merged."""
    return list(SlaClock.objects.surviving_in(issue).select_related("issue", "policy", "calendar").order_by("pk"))


def reckon(clock: SlaClock, survivors: Iterable[SlaClock]) -> bool:
    """Set the clock's start and due time: the earliest start and the strictest due time survive (RULES.md §1).

    The start is the earliest of its own and of the survivors', whatever those promised. The due time is counted from
    that start (or is the plan's date), and not later than a survivor of its kind was due. So a milder policy, another
    severity or other holidays never stretch a promise that came in by a merging.

    A survivor binds the epoch into which it was merged. A reopening is a new promise, counted from the reopening; so
    is the date of a plan: neither is bound by what was merged before. What was merged after a clock had stopped
    changes nothing of its result. Where the promise was changed (`promised_at`) it is due at the change at the
    earliest, by a survivor from before, too; what is merged later counts as it stands, even if that is past.

    A pause is one of the whole matter: its credit belongs to the survivors as to the clock itself, each in its own
    calendar, before the strictest is taken. Returns whether anything moved; saves nothing.
    """
    binding = [one for one in survivors if _binds(one, clock)]
    starts_at = min([clock.own_starts_at, *(one.starts_at for one in binding)])
    dues = [_by_itself(clock, starts_at), *(_no_earlier(one, clock) for one in binding if one.kind == clock.kind)]
    due = min(dues, key=lambda one: one.at)
    has_moved = (starts_at, due.at) != (clock.starts_at, clock.due_at)
    clock.starts_at, clock.due_at, clock.is_provisional = starts_at, due.at, due.provisional
    return has_moved


def _binds(survivor: SlaClock, clock: SlaClock) -> bool:
    merged_at = survivor.issue.merged_at
    is_anew = clock.epoch > 1 or clock.dated_at is not None
    if merged_at is None or (is_anew and merged_at < clock.own_starts_at):
        return False
    return clock.stopped_at is None or merged_at <= clock.stopped_at


def _by_itself(clock: SlaClock, starts_at: datetime) -> Due:
    """When the clock is due by what it promises itself, counted from `starts_at`."""
    if clock.dated_at:
        return Due(clock.dated_at, provisional=False)
    due = due_of(
        calendar_of(clock.calendar), starts_at, minutes=clock.target_minutes, working_days=clock.target_working_days
    )
    return due._replace(at=max(due.at, clock.promised_at or due.at))


def _no_earlier(survivor: SlaClock, clock: SlaClock) -> Due:
    """When the survivor makes the clock due: not before the promise was changed, if it was merged before that."""
    due = Due(survivor.due_at, provisional=survivor.is_provisional)
    if clock.promised_at and survivor.issue.merged_at and survivor.issue.merged_at <= clock.promised_at:
        return due._replace(at=max(due.at, clock.promised_at))
    return due


def keep_strictest(issue: Issue, *, at: datetime) -> list[SlaClock]:
    """Another matter has been merged into `issue` at `at`: what survives of it binds the clocks that run.

    Returns those that this has put past their time. Runs inside the caller's transaction.
    """
    survivors = surviving(issue)
    overtaken = []
    for clock in _of_this_epoch(issue):
        if clock.stopped_at or clock.voided_at:
            continue
        was_missed = clock.was_missed(at)
        if reckon(clock, survivors):
            set_next_rung(clock)
            if clock.was_missed(at) and not was_missed:
                overtaken.append(clock)
    return overtaken


def let_go_of_merged(issue: Issue) -> None:
    """A matter merged into `issue` goes its own way again: the clocks stand as if it had never been merged.

    Those that have stopped, too: whether they were in time is measured by what binds them now. A rung that has fired
    stays on record and doesn't fire again. Runs inside the caller's transaction.
    """
    survivors = surviving(issue)
    for clock in _of_this_epoch(issue):
        if clock.voided_at is None and reckon(clock, survivors):
            set_next_rung(clock)


def run_again(issue: Issue, *, since: datetime) -> None:
    """The issue was merged at `since` and is its own again: its clocks run on as they were, in the epoch they were in.

    What had fired doesn't fire again, what had stopped or was void before stays so. Inside the caller's transaction.
    """
    for clock in _of_this_epoch(issue):
        if clock.voided_at == since:
            clock.voided_at = None
            clock.save(update_fields=["voided_at"])
            set_next_rung(clock)


def count_from(issue: Issue, starts_at: datetime) -> None:
    """Count the clocks of the present epoch that run and began before `starts_at` from there: the earlier has gone.

    A rung that has fired stays on record and doesn't fire again. Runs inside the caller's transaction.
    """
    survivors = surviving(issue)
    for clock in _of_this_epoch(issue):
        if clock.stopped_at or clock.voided_at or clock.dated_at or clock.own_starts_at >= starts_at:
            continue
        clock.own_starts_at = starts_at
        reckon(clock, survivors)
        set_next_rung(clock)


# --- another promise ---


def change_policy(issue: Issue, policy: SlaPolicy, *, at: datetime) -> list[SlaClock]:
    """Put the issue's present epoch under another promise at `at`. As `put_under`, but no new version of the same."""
    clocks = issue.clocks.filter(epoch=issue.epoch, voided_at=None)
    if clocks.filter(policy__code=policy.code).exists():
        return []
    return put_under(issue, policy, at=at)


def put_under(issue: Issue, policy: SlaPolicy, *, at: datetime, starts_at: datetime | None = None) -> list[SlaClock]:
    """Count the issue's present epoch anew by another promise, from the epoch's original start (RULES.md §1).

    What isn't promised any more is void, but a breach that happened stays one. A clock that has stopped, or was missed
    before `at`, keeps its time. What would be past already is due at `at`: nobody broke a promise before it was made.
    For the same reason what has happened already is met if it was in time by the new promise, and isn't promised at
    all if it was not. What survives of merged matters binds the new promise as it bound the old.

    Returns the clocks whose time is up at `at`, for `issues.domain.ladder.fire_breaches`. Runs inside the caller's
    transaction.
    """
    if not issue.is_promised or issue.is_commitment:
        # What a body has committed itself to is due on the day it said, whatever policy holds by now.
        return []
    running = {clock.kind: clock for clock in _of_this_epoch(issue)}
    starts_at = starts_at or min((clock.own_starts_at for clock in running.values()), default=issue.filed_at)
    targets = {target.kind: target for target in policy.targets.all()}
    for kind in running.keys() - targets.keys():
        if not (running[kind].dated_at and ClockKind.PLAN in targets):
            _let_go(running[kind], at)
    survivors = surviving(issue)
    overtaken = []
    for kind, target in targets.items():
        clock = running.get(kind) or SlaClock(issue=issue, subdistrict_id=issue.subdistrict_id, kind=kind)
        if clock.pk and clock.voided_at is None and (clock.stopped_at or clock.was_missed(at)):
            continue
        clock.epoch, clock.stopped_at = issue.epoch, _happened_at(issue, kind, starts_at)
        _promise(clock, policy, target, starts_at=starts_at, at=at)
        reckon(clock, survivors)
        if clock.stopped_at and clock.stopped_at > clock.due_at:
            issue.clocks.running().filter(pk=clock.pk).update(voided_at=at)
            continue
        clock.voided_at = None
        clock.save()
        set_next_rung(clock)
        if clock.stopped_at is None and clock.due_at <= at:
            overtaken.append(clock)
    return overtaken


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


def _promise(clock: SlaClock, policy: SlaPolicy, target: SlaTarget, *, starts_at: datetime, at: datetime) -> None:
    """Copy what the policy promises from `at` on onto the clock. When that is due, `reckon` says."""
    clock.policy, clock.calendar = policy, policy.calendar
    clock.target_minutes, clock.target_working_days, clock.dated_at = target.minutes, target.working_days, None
    # What has happened already is measured by the promise itself: the change can't make it come any later.
    clock.own_starts_at, clock.promised_at = starts_at, None if clock.stopped_at else at


def make_promise(issue: Issue, *, starts_at: datetime, at: datetime) -> list[SlaClock]:
    """Somebody whom something was promised joins what was only imported: from now on its clocks run.

    Counted from `starts_at`, their own start. Returns as `put_under`. Raises `NoPolicy`.
    """
    issue.is_promised = True
    issue.save(update_fields=["is_promised"])
    return put_under(issue, policy_for(issue, issue.category.handling.handler), at=at, starts_at=starts_at)


def take_back_promise(issue: Issue, *, at: datetime) -> None:
    """Whoever was promised something is gone, and what was imported is left: its running clocks are void."""
    void_all(issue, at=at)
    issue.is_promised = False
    issue.save(update_fields=["is_promised"])


def _happened_at(issue: Issue, kind: str, starts_at: datetime) -> datetime | None:
    """When what a clock of `kind` asks for has first happened in this epoch, whoever had the order then.

    What had happened before the promise counts (`starts_at`) has happened at once.
    """
    opened_again = issue.steps.filter(verb__in=REOPENING).aggregate(last=Max("at"))["last"]
    since = opened_again or issue.filed_at
    happened = None
    if kind == ClockKind.ARRIVE:
        happened = issue.orders.filter(dispatched_at__gte=since).aggregate(first=Min("arrived_at"))["first"]
    if kind in (ClockKind.ACCEPT, ClockKind.RESPOND):
        happened = issue.steps.filter(verb__in=ACCEPTING, at__gte=since).aggregate(first=Min("at"))["first"]
    return max(happened, starts_at) if happened else None


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
            "target_minutes": None,
            "target_working_days": None,
            "own_starts_at": starts_at,
            "promised_at": None,
            "dated_at": due.at,
            "starts_at": starts_at,
            "due_at": due.at,
            "is_provisional": due.provisional,
            "voided_at": None,
            "next_rung_at": next_rung_at(starts_at, due.at, rungs),
        },
    )
    return clock


def set_next_rung(clock: SlaClock) -> None:
    """Save a clock whose instants have moved; rungs that fired already don't fire again."""
    clock.next_rung_at = next_rung_at(clock.starts_at, clock.due_at, clock.policy.rungs.all(), fired_rungs(clock))
    clock.save(update_fields=["own_starts_at", "promised_at", "starts_at", "due_at", "is_provisional", "next_rung_at"])


def fired_rungs(clock: SlaClock) -> list[EscalationRung]:
    """The rungs that have fired in the clock's epoch, of whichever policy it was under then."""
    return [escalation.rung for escalation in clock.escalations.filter(epoch=clock.epoch).select_related("rung")]


# --- what has happened, and what is gone ---


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


class Outlook(NamedTuple):
    """What the clocks of a matter's present epoch say of what comes."""

    due_next: SlaClock | None
    """The running clock that is due first, or was."""
    final: SlaClock | None
    """The clock whose result is the answer to “was it solved in time?”: the last one due."""
    expects_arrival: bool
    """Whether somebody comes for it: it is put right at the place. An office matter ends with an answer."""


def outlook_of(issue: Issue) -> Outlook:
    """All three from one query."""
    rows = issue.clocks.select_related("policy", "calendar").order_by("due_at", "id")
    known = list(rows.filter(Q(epoch=issue.epoch) | Q(stopped_at=None, voided_at=None)))
    of_epoch = [clock for clock in known if clock.epoch == issue.epoch]
    return Outlook(
        due_next=next((clock for clock in known if clock.stopped_at is None and clock.voided_at is None), None),
        final=next((clock for clock in reversed(of_epoch) if clock.voided_at is None), None),
        expects_arrival=any(clock.kind in ARRIVED_FOR for clock in of_epoch),
    )


def policy_params(policy: SlaPolicy) -> dict[str, str]:
    """The policy's names in every language, for a line that residents read."""
    return {"policy_zh": policy.name_zh, "policy_en": policy.name_en, "policy_ko": policy.name_ko}


def promise_behind(clock: SlaClock, survivors: Iterable[SlaClock] | None = None) -> SlaClock:
    """The clock whose promise makes this one due when it is: itself, or what survives of a merged matter.

    `survivors`: those of the clock's matter, where the caller has read them already.
    """
    survivors = surviving(clock.issue) if survivors is None else survivors
    strict = [one for one in survivors if one.kind == clock.kind and one.due_at == clock.due_at]
    if not strict or clock.due_at == _by_itself(clock, clock.starts_at).at:
        return clock
    return promise_behind(strict[0])


def explain(clock: SlaClock) -> dict[str, Any]:
    """Why the clock is due then, as the resident's page shows it: JSON-able, instants in ISO 8601.

    Where a promise that survives of a merged matter makes it due then, that one is named, and counted from its start.
    """
    promise = promise_behind(clock)
    return {
        "kind": clock.kind,
        **policy_params(promise.policy),
        "policy_version": promise.policy.version,
        "source": promise.policy.source,
        "calendar": promise.calendar.code,
        "calendar_version": promise.calendar.version,
        "starts_at": promise.starts_at.isoformat(),
        "due_at": clock.due_at.isoformat(),
        "target_minutes": promise.target_minutes,
        "target_working_days": promise.target_working_days,
        "provisional": clock.is_provisional,
        "stopped_at": clock.stopped_at.isoformat() if clock.stopped_at else None,
        "missed": clock.stopped_at > clock.due_at if clock.stopped_at else None,
    }
