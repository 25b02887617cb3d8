"""Policies, hours and holidays as the office changes them: each edit of a policy or calendar is a new version.

Running clocks keep the version they were started under, unless the officer says that open matters follow; then they
are counted anew, which is on record. Two officers at one policy: the second is refused and told what the first wrote.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from governance.domain import audit, registers
from governance.domain.refusals import Refusal
from governance.domain.working_time import Window, calendar_of
from governance.models import AuditEntry, User, WorkingCalendar, WorkingWindow
from issues.domain import clocks, ladder
from issues.domain.people import present_order
from issues.domain.promising import (
    LONGEST_CALENDAR_NAME,
    LONGEST_NAME,
    Names,
    Rung,
    Target,
    problems_of_calendar,
    problems_of_coming_late,
    problems_of_hours,
    problems_of_names,
    problems_of_rungs,
    problems_of_targets,
    problems_of_words,
    refuse_unsound,
    rungs_of,
    targets_of,
)
from issues.domain.telling import lock_matter, tell_petitioners, tell_what_is_next
from issues.models import EscalationRung, Issue, PolicyAssignment, SlaClock, SlaPolicy, SlaTarget
from issues.models.sweeps import Bell

POLICY, CALENDAR = "slapolicy", "workingcalendar"
VERB = "new_version"
LOOKED_BACK = timedelta(days=30)
# A busy street's month. What lies before the latest so many isn't asked for: the preview says how many it counted.
MOST_CLOCKS = 3000


class NothingChanged(Refusal):
    """What was written is what is in force already."""

    code = "nothing_changed"
    sentence = _("Nothing is different from the version in force, so no new one was made.")


class NewVersion(NamedTuple):
    """The version now in force, and how many open clocks were counted anew by it."""

    policy: SlaPolicy
    counted_anew: int


@dataclass(frozen=True)
class Written:
    """What an officer has written as the next version of a policy."""

    names: Names
    calendar: WorkingCalendar
    source: str
    targets: tuple[Target, ...]
    rungs: tuple[Rung, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "rungs", tuple(rung.in_order() for rung in self.rungs))

    @classmethod
    def of(cls, policy: SlaPolicy) -> "Written":
        """A version as it stands."""
        names = Names(policy.name_zh, policy.name_en, policy.name_ko)
        return cls(names, policy.calendar, policy.source, targets_of(policy), rungs_of(policy))


class Kept(NamedTuple):
    """How promises of one kind were kept, of `n` that are decided."""

    met: int
    missed: int

    @property
    def n(self) -> int:
        return self.met + self.missed


class Compared(NamedTuple):
    """One kind of promise over the last month: as it was, and as it would have been. None where it isn't promised."""

    kind: str
    before: Kept | None
    after: Kept | None


class Preview(NamedTuple):
    """What the last month would have looked like, and what applying it to open matters would do now."""

    since: datetime
    clocks: int
    is_all: bool
    compared: tuple[Compared, ...]
    open_clocks: int
    up_at_once: int


# --- a new version of a policy ---


def new_version(
    policy_code: str,
    *,
    names: Names,
    calendar: WorkingCalendar,
    source: str,
    targets: Sequence[Target],
    rungs: Sequence[Rung],
    reason: str,
    apply_to_open: bool,
    actor: User | str,
    at: datetime,
    expects_version: int,
) -> NewVersion:
    """Put a new version of the policy in force from `at`, in the place of the one that the officer saw.

    Open clocks keep theirs unless `apply_to_open`: then those of the policy are counted anew from their original
    start, as after a change of severity. Raises `registers.StaleVersion` where another officer was faster, `NotSound`
    with a sentence for each thing that is wrong, `NothingChanged`, and `SlaPolicy.DoesNotExist`. Then nothing is
    written.
    """
    written = Written(Names(*(name.strip() for name in names)), calendar, source.strip(), tuple(targets), tuple(rungs))
    refuse_unsound(_problems(written, reason, at))
    with transaction.atomic(), registers.refusals_in_words(SlaPolicy):
        current = _current(policy_code, expects_version)
        before = Written.of(current)
        if before == written and not apply_to_open:
            raise NothingChanged
        policy = _put_in_force(current, written, reason=reason.strip(), actor=actor, at=at)
        counted_anew = _apply_to_open([policy], actor=actor, at=at) if apply_to_open else Counter[str]()
        edit = _Edit(before, written, policy, apply_to_open, counted_anew[policy_code])
        _record(edit, reason=reason.strip(), actor=actor, at=at)
    return NewVersion(policy, counted_anew[policy_code])


class _Edit(NamedTuple):
    """A version that was put in force: what it differs by, and what became of the open clocks."""

    before: Written
    after: Written
    policy: SlaPolicy
    applied_to_open: bool
    counted_anew: int


def _record(edit: _Edit, *, reason: str, actor: User | str, at: datetime) -> None:
    audit.record(
        VERB,
        POLICY,
        edit.policy.code,
        actor=actor,
        at=at,
        version=edit.policy.version,
        reason=reason,
        changes=_changes(edit.before, edit.after),
        applied_to_open=edit.applied_to_open,
        counted_anew=edit.counted_anew,
    )


def _problems(written: Written, reason: str, at: datetime) -> Iterable[Any]:
    yield from problems_of_names(written.names, LONGEST_NAME)
    yield from problems_of_words(written.source, reason)
    of_targets = list(problems_of_targets(written.targets))
    yield from of_targets
    if not of_targets:
        yield from problems_of_coming_late(written.targets, written.calendar)
    yield from problems_of_rungs(written.rungs)
    yield from problems_of_calendar(written.calendar, () if of_targets else written.targets, at)


def _current(policy_code: str, expects_version: int) -> SlaPolicy:
    """The version in force, locked. Raises `registers.StaleVersion` if it isn't the expected one any more."""
    # The first version's row is the lock: it stays whichever of two is first, as the one in force doesn't.
    list(SlaPolicy.objects.filter(code=policy_code, version=1).select_for_update(no_key=True))
    current = SlaPolicy.objects.select_related("calendar").get(code=policy_code, superseded_at=None)
    if current.version != expects_version:
        raise registers.StaleVersion(current, entries_since(POLICY, policy_code, expects_version))  # type: ignore[arg-type]
    return current


def entries_since(noun: str, code: str, version: int) -> list[AuditEntry]:
    """The entries by which a policy or calendar left `version` behind, the earliest first."""
    latest = registers.entries_about(noun, code)[:20]
    return [entry for entry in reversed(latest) if registers.facts_of(entry).get("version", 0) > version]


def _put_in_force(current: SlaPolicy, written: Written, *, reason: str, actor: User | str, at: datetime) -> SlaPolicy:
    SlaPolicy.objects.filter(pk=current.pk).update(superseded_at=at)
    policy = SlaPolicy.objects.create(
        code=current.code,
        version=current.version + 1,
        name_zh=written.names.zh,
        name_en=written.names.en,
        name_ko=written.names.ko,
        calendar=written.calendar,
        source=written.source,
        valid_from=at,
        made_by=actor if isinstance(actor, User) else None,
        change_reason=reason,
    )
    SlaTarget.objects.bulk_create(SlaTarget(policy=policy, **target._asdict()) for target in written.targets)
    EscalationRung.objects.bulk_create(
        EscalationRung(policy=policy, position=position, **{**rung._asdict(), "tells": list(rung.tells)})
        for position, rung in enumerate(written.rungs, start=1)
    )
    return policy


def _apply_to_open(policies: Sequence[SlaPolicy], *, actor: User | str, at: datetime) -> Counter[str]:
    """Count the open clocks of these policies anew by their new versions; returns how many, by the policy's code.

    All matters are locked first, in the order of their ids, whichever policy they are under: two such edits, or one
    beside whoever handles a matter, never wait for each other in a circle. Whoever's time has moved is told.
    """
    counted: Counter[str] = Counter()
    by_code = {policy.code: policy for policy in policies}
    open_clocks = _open_clocks(by_code, at)
    for issue_id in sorted(set(open_clocks.values_list("issue", flat=True))):
        lock_matter(issue_id)
    # Asked again under the locks: what was finished or gone while we waited is promised nothing any more.
    promised = defaultdict(list)
    for issue_id, code in open_clocks.order_by("issue", "pk").values_list("issue", "policy__code"):
        promised[issue_id].append(code)
    issues = Issue.objects.select_related("category", "building", "estate").in_bulk(promised)
    for issue_id, codes in promised.items():
        counted.update(codes)
        _put_under(issues[issue_id], by_code[codes[0]], actor=actor, at=at)
    return counted


def _put_under(issue: Issue, policy: SlaPolicy, *, actor: User | str, at: datetime) -> None:
    before = _due_times(issue)
    overtaken = clocks.put_under(issue, policy, at=at)
    ladder.fire_breaches(overtaken, at=at, bell=Bell.DOORBELL)
    tell_what_is_next(issue, present_order(issue))
    if _due_times(issue) != before:
        tell_petitioners(issue, "promise_changed", at=at, **clocks.policy_params(policy))  # type: ignore[arg-type]
    audit.record(
        "recount",
        "issue",
        issue.audit_ref,
        actor=actor,
        at=at,
        subdistrict_id=issue.subdistrict_id,
        policy=policy.code,
        version=policy.version,
    )


def _due_times(issue: Issue) -> dict[str, datetime]:
    """What is still promised, and by when."""
    return dict(issue.clocks.running().filter(epoch=issue.epoch).values_list("kind", "due_at"))


def _open_clocks(policy_codes: Iterable[str], at: datetime) -> QuerySet[SlaClock]:
    """Clocks of the policies that run, of the epoch their matter is in. What is late by `at` keeps its time."""
    running = SlaClock.objects.running().filter(policy__code__in=policy_codes, epoch=F("issue__epoch"))
    return running.filter(due_at__gte=at, dated_at=None)


def _changes(before: Written, after: Written) -> dict[str, list[Any]]:
    """What differs between two versions, old and new, as JSON: the console puts it into words."""
    old, new = _recorded(before), _recorded(after)
    return {name: [old[name], new[name]] for name in old if old[name] != new[name]}


def _recorded(written: Written) -> dict[str, Any]:
    return {
        **{f"name_{language}": name for language, name in written.names._asdict().items()},
        "calendar": f"{written.calendar.name_zh} v{written.calendar.version}",
        "source": written.source,
        "targets": [target._asdict() for target in written.targets],
        "rungs": [{**rung._asdict(), "tells": list(rung.tells)} for rung in written.rungs],
    }


# --- what would last month have looked like? ---


def preview(policy_code: str, *, calendar: WorkingCalendar, targets: Sequence[Target], at: datetime) -> Preview:
    """Compare the promises of the last 30 days as they were kept with the same deeds measured by `targets`.

    Clocks started since then under any version of the policy, the latest `MOST_CLOCKS`; void ones and dates set by
    plans don't count, nor does what is neither done nor late yet. Two queries, and the calendar's.
    """
    since = at - LOOKED_BACK
    rows = list(_of_last_month(policy_code, since)[: MOST_CLOCKS + 1])
    counted = rows[:MOST_CLOCKS]
    new = {target.kind: target for target in targets}
    hours = calendar_of(calendar)

    def newly_due(kind: str, starts_at: datetime) -> datetime:
        target = new[kind]
        return clocks.due_of(hours, starts_at, minutes=target.minutes, working_days=target.working_days).at

    kinds = list(dict.fromkeys([*(row.kind for row in counted), *new]))
    compared = []
    for kind in kinds:
        of_kind = [row for row in counted if row.kind == kind]
        before = _kept([(row.due_at, row.stopped_at) for row in of_kind], at)
        after = _kept([(newly_due(kind, row.starts_at), row.stopped_at) for row in of_kind] if kind in new else [], at)
        compared.append(Compared(kind, before if of_kind else None, after if kind in new else None))
    still_open = list(_open_clocks([policy_code], at).values_list("kind", "starts_at")[:MOST_CLOCKS])
    up_at_once = sum(kind in new and newly_due(kind, starts_at) < at for kind, starts_at in still_open)
    return Preview(since, len(counted), len(rows) <= MOST_CLOCKS, tuple(compared), len(still_open), up_at_once)


def _of_last_month(policy_code: str, since: datetime) -> QuerySet[SlaClock]:
    return (
        SlaClock.objects.filter(policy__code=policy_code, starts_at__gte=since, voided_at=None, dated_at=None)
        .only("kind", "starts_at", "due_at", "stopped_at")
        .order_by("-starts_at", "-pk")
    )


def _kept(promises: list[tuple[datetime, datetime | None]], at: datetime) -> Kept:
    missed = sum((stopped_at or at) > due_at for due_at, stopped_at in promises)
    met = sum(stopped_at is not None and stopped_at <= due_at for due_at, stopped_at in promises)
    return Kept(met, missed)


# --- hours ---


def new_calendar_version(
    code: str,
    *,
    names: Names,
    zone: str,
    windows: Sequence[Window],
    reason: str,
    actor: User | str,
    at: datetime,
    expects_version: int,
    always_open: bool = False,
    apply_to_open: bool = False,
) -> WorkingCalendar:
    """Put new hours in force. Policies that count by the old ones get a new version each, which counts by these.

    Refused as `new_version` refuses; besides hours that never open, windows that overlap, and an `always` that closes.
    """
    names = Names(*(name.strip() for name in names))
    windows = tuple(sorted(windows))
    refuse_unsound(
        [
            *problems_of_names(names, LONGEST_CALENDAR_NAME),
            *problems_of_words(code, reason),
            *problems_of_hours(code, zone, windows, always_open=always_open),
        ]
    )
    with transaction.atomic(), registers.refusals_in_words(WorkingCalendar):
        current = _current_calendar(code, expects_version)
        changes = _calendar_changes(current, names, zone, windows, always_open=always_open)
        if not changes:
            raise NothingChanged
        WorkingCalendar.objects.filter(pk=current.pk).update(superseded_at=at)
        calendar = WorkingCalendar.objects.create(
            code=code,
            version=current.version + 1,
            name_zh=names.zh,
            name_en=names.en,
            name_ko=names.ko,
            zone=zone,
            always_open=always_open,
        )
        WorkingWindow.objects.bulk_create(WorkingWindow(calendar=calendar, **one._asdict()) for one in windows)
        followed = _follow(current, calendar, reason=reason, apply_to_open=apply_to_open, actor=actor, at=at)
        audit.record(
            VERB,
            CALENDAR,
            code,
            actor=actor,
            at=at,
            version=calendar.version,
            reason=reason.strip(),
            changes=changes,
            policies=followed,
        )
    return calendar


def _current_calendar(code: str, expects_version: int) -> WorkingCalendar:
    list(WorkingCalendar.objects.filter(code=code, version=1).select_for_update(no_key=True))
    current = WorkingCalendar.objects.current(code)
    if current.version != expects_version:
        raise registers.StaleVersion(current, entries_since(CALENDAR, code, expects_version))  # type: ignore[arg-type]
    return current


def _calendar_changes(
    current: WorkingCalendar, names: Names, zone: str, windows: Sequence[Window], *, always_open: bool
) -> dict[str, list[Any]]:
    old = {
        "name_zh": current.name_zh,
        "name_en": current.name_en,
        "name_ko": current.name_ko,
        "zone": current.zone,
        "always_open": current.always_open,
        "windows": [str(one) for one in current.windows.all()],
    }
    said = [f"{one.opens_at:%H:%M}–{one.closes_at:%H:%M}" for one in windows]
    new = {f"name_{language}": name for language, name in names._asdict().items()}
    new |= {"zone": zone, "always_open": always_open, "windows": said}
    return {name: [old[name], new[name]] for name in old if old[name] != new[name]}


def _follow(
    old: WorkingCalendar, new: WorkingCalendar, *, reason: str, apply_to_open: bool, actor: User | str, at: datetime
) -> list[str]:
    """Give every policy in force that counts by the old hours a version that counts by the new; returns their codes.

    The versions first, the open matters of all of them together then: see `_apply_to_open`.
    """
    edits = []
    codes = SlaPolicy.objects.filter(calendar=old, superseded_at=None).order_by("code").values_list("code", "version")
    for code, version in list(codes):
        current = _current(code, version)
        before = Written.of(current)
        after = replace(before, calendar=new)
        refuse_unsound(_problems(after, reason, at))
        policy = _put_in_force(current, after, reason=reason.strip(), actor=actor, at=at)
        edits.append(_Edit(before, after, policy, apply_to_open, 0))
    policies = [edit.policy for edit in edits]
    counted = _apply_to_open(policies, actor=actor, at=at) if apply_to_open else Counter[str]()
    for edit in edits:
        _record(edit._replace(counted_anew=counted[edit.policy.code]), reason=reason.strip(), actor=actor, at=at)
    return [policy.code for policy in policies]


# --- which policy applies where ---


def assign(assignment: PolicyAssignment, *, version: int | None, actor: User | str, at: datetime) -> None:
    """Enter or change which policy applies to a case; it counts for what is filed from now on.

    `version` is the one the officer saw, None for a new row. Raises `NotSound` for a policy that isn't in force, and
    what `registers.add` and `registers.change` raise.
    """
    if not SlaPolicy.objects.filter(code=assignment.policy_code, superseded_at=None).exists():
        refuse_unsound([_("Choose a policy that is in force.")])
    estate = assignment.estate
    subdistrict_id = estate.community.subdistrict_id if estate else None
    if version is None:
        registers.add(assignment, actor=actor, at=at, subdistrict_id=subdistrict_id)
    else:
        registers.change(assignment, version=version, actor=actor, at=at, subdistrict_id=subdistrict_id)
