"""What an officer writes into a policy: its promises, its ladder, its hours; and what is wrong with them, in sentences.

The same promises are kept by constraints of the database; here each has its sentence.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from governance.domain.refusals import Refusal
from governance.domain.working_time import Calendar, CalendarGap, Window, calendar_of
from governance.models import WorkingCalendar
from governance.models.working_time import validate_zone
from issues.domain.clocks import due_of
from issues.models import Audience, ClockKind, EscalationRung, SlaPolicy, SlaTarget

# A promise of more than a year, or an escalation after one, is a slip of the finger.
MOST_MINUTES = 366 * 24 * 60
MOST_WORKING_DAYS = 366
LONGEST_NAME = {"zh": 40, "en": 60, "ko": 60}
LONGEST_CALENDAR_NAME = {"zh": 30, "en": 60, "ko": 60}
LONGEST_WORDS = 200


class NotSound(Refusal):
    """What was written can't be a policy or a calendar. `problems` are the reasons, a sentence each."""

    code = "not_sound"
    status = 400

    def __init__(self, problems: Sequence[str]):
        self.problems = list(problems)
        super().__init__(" ".join(self.problems))


class Names(NamedTuple):
    """A name in the three languages of the portal."""

    zh: str
    en: str
    ko: str


class Target(NamedTuple):
    """A promise: something happens within so many minutes, or so many working days, of the policy's calendar."""

    kind: str
    minutes: int | None = None
    working_days: int | None = None


class Rung(NamedTuple):
    """A rung: one of the three times, and whom it tells. `code` stays with a rung through all versions."""

    code: str
    tells: tuple[str, ...]
    at_percent: int | None = None
    after_minutes: int | None = None
    next_working_day: bool = False
    opens_supervision: bool = False

    def in_order(self) -> "Rung":
        """The same rung, those told in the order of the list: who was ticked first makes no difference."""
        rank = {code: number for number, code in enumerate(Audience.values)}
        return self._replace(tells=tuple(sorted(self.tells, key=lambda code: rank.get(code, len(rank)))))


def targets_of(policy: SlaPolicy) -> tuple[Target, ...]:
    """The promises of a version, in the order in which they are usually kept."""
    rows = sorted(policy.targets.all(), key=lambda row: ClockKind.values.index(row.kind))
    return tuple(_target(row) for row in rows)


def _target(row: SlaTarget) -> Target:
    return Target(row.kind, row.minutes, row.working_days)


def rungs_of(policy: SlaPolicy) -> tuple[Rung, ...]:
    """The ladder of a version, from its lowest rung up."""
    return tuple(_rung(row) for row in sorted(policy.rungs.all(), key=lambda row: row.position))


def _rung(row: EscalationRung) -> Rung:
    return Rung(
        row.code, tuple(row.tells), row.at_percent, row.after_minutes, row.next_working_day, row.opens_supervision
    )


# --- what is wrong with it ---


def refuse_unsound(problems: Iterable[str | Promise]) -> None:
    """Raise `NotSound` with all of the problems, if there is one."""
    found = [str(problem) for problem in problems]
    if found:
        raise NotSound(found)


def problems_of_names(names: Names, longest: dict[str, int]) -> Iterator[str | Promise]:
    if not all(name.strip() for name in names):
        yield _("The name is needed in all three languages.")
    for language, limit in longest.items():
        if len(getattr(names, language)) > limit:
            yield gettext("A name is too long: at most %(limit)s characters.") % {"limit": limit}


def problems_of_words(source: str, reason: str) -> Iterator[str | Promise]:
    if not source.strip():
        yield _("Say where the times come from: the source is shown to residents.")
    if not reason.strip():
        yield _("Say why it is changed: the reason stays with the new version.")
    if max(len(source), len(reason)) > LONGEST_WORDS:
        yield gettext("Source and reason have at most %(limit)s characters each.") % {"limit": LONGEST_WORDS}


def problems_of_targets(targets: Sequence[Target]) -> Iterator[str | Promise]:
    kinds = [target.kind for target in targets]
    if not targets:
        yield _("A policy promises one thing at least.")
    if set(kinds) - set(ClockKind.values):
        yield _("Choose what is promised from the list.")
    if len(kinds) != len(set(kinds)):
        yield _("The same thing is promised twice.")
    if ClockKind.ARRIVE in kinds and not {ClockKind.RESOLVE, ClockKind.PLAN} & set(kinds):
        yield _("Whoever promises to come also promises to put it right, or to hand in a plan.")
    if not all(_has_one_length(target) for target in targets):
        yield _("Each promise has minutes or working days: one of the two, at least 1, and a year at most.")


def problems_of_coming_late(targets: Sequence[Target], calendar: WorkingCalendar) -> Iterator[str | Promise]:
    """Whether somebody may be there in time only after the matter had to be put right. Whatever the hour of filing.

    Minutes beside working days are compared at their worst: the days that somebody has to come within begin early in
    the morning, those to put it right within begin at closing time.
    """
    by_kind = {target.kind: target for target in targets}
    arrive, resolve = by_kind.get(ClockKind.ARRIVE), by_kind.get(ClockKind.RESOLVE)
    if arrive is None or resolve is None:
        return
    a_day = _minutes_a_day(calendar)
    if arrive.working_days and resolve.working_days:
        is_late = arrive.working_days > resolve.working_days
    else:
        latest = arrive.minutes or ((arrive.working_days or 0) + 1) * a_day
        earliest = resolve.minutes or (resolve.working_days or 0) * a_day
        is_late = latest > earliest
    if is_late:
        yield _("Whoever comes does so before it has to be put right: promise to come sooner, or to solve it later.")


def _minutes_a_day(calendar: WorkingCalendar) -> int:
    """How long it is open on a working day."""
    day = 24 * 60
    if calendar.always_open:
        return day
    windows = [(one.opens_at, one.closes_at) for one in calendar.windows.all()]
    return sum(
        ((closes.hour - opens.hour) * 60 + closes.minute - opens.minute) % day or day for opens, closes in windows
    )


def _has_one_length(target: Target) -> bool:
    if target.working_days is None:
        return target.minutes is not None and 1 <= target.minutes <= MOST_MINUTES
    return target.minutes is None and 1 <= target.working_days <= MOST_WORKING_DAYS


def problems_of_rungs(rungs: Sequence[Rung]) -> Iterator[str | Promise]:
    if not rungs:
        yield _("The ladder has one rung at least.")
        return
    if not all(_has_one_time(rung) for rung in rungs):
        yield _(
            "Each rung has one time: a percentage from 1 to 99, minutes after the time is up, or the next working day."
        )
        return
    if not all(rung.tells for rung in rungs):
        yield _("Each rung tells somebody.")
    if any(set(rung.tells) - set(Audience.values) for rung in rungs):
        yield _("Choose who is told from the list.")
    codes = [rung.code for rung in rungs]
    if len(codes) != len(set(codes)) or not all(codes):
        yield _("The same rung stands there twice.")
    yield from _problems_of_order(rungs)


def _has_one_time(rung: Rung) -> bool:
    given = (rung.at_percent is not None) + (rung.after_minutes is not None) + rung.next_working_day
    percent_fits = rung.at_percent is None or 1 <= rung.at_percent <= 99
    minutes_fit = rung.after_minutes is None or 0 <= rung.after_minutes <= MOST_MINUTES
    return given == 1 and percent_fits and minutes_fit


def _problems_of_order(rungs: Sequence[Rung]) -> Iterator[str | Promise]:
    percents = [rung.at_percent for rung in rungs if rung.at_percent is not None]
    minutes = [rung.after_minutes for rung in rungs if rung.after_minutes is not None]
    if not _ascend(percents):
        yield _("The percentages go up from rung to rung.")
    if not _ascend(minutes):
        yield _("The minutes after the time is up go up from rung to rung.")
    if any(later.at_percent is not None and earlier.at_percent is None for earlier, later in pairwise(rungs)):
        yield _("Rungs before the time is up stand below those after it.")
    if sum(rung.next_working_day for rung in rungs) > 1:
        yield _("One rung waits for the next working day, not several.")
    if 0 not in minutes:
        yield _("A rung for the moment when the time is up is needed: with it the residents are told.")


def _ascend(numbers: Sequence[int]) -> bool:
    return all(low < high for low, high in pairwise(numbers))


def problems_of_calendar(calendar: WorkingCalendar, targets: Sequence[Target], at: datetime) -> Iterator[str | Promise]:
    """Whether the promises can fall due on the calendar at all, counted from `at`."""
    if calendar.superseded_at is not None:
        yield _("These hours have a newer version. Choose that one.")
        return
    try:
        hours = calendar_of(calendar)
        for target in targets:
            due_of(hours, at, minutes=target.minutes, working_days=target.working_days)
    except CalendarGap as gap:
        yield str(gap)


def problems_of_hours(code: str, zone: str, windows: Sequence[Window], *, always_open: bool) -> Iterator[str | Promise]:
    """What is wrong with the hours of a calendar. Without a window it is open at all times, or never."""
    try:
        validate_zone(zone)
    except ValidationError as unknown:
        yield from unknown.messages
        return
    if code == "always" and not always_open:
        yield _("The calendar “always” never closes: five minutes are five minutes at night, too.")
    if always_open and windows:
        yield _("Open at all times or at certain hours: one of the two.")
    if always_open:
        return
    if not windows:
        yield _("A calendar that never opens can't count: it needs one window at least.")
        return
    if any(window.opens_at == window.closes_at for window in windows):
        yield _("A window closes at another time than it opens.")
        return
    try:
        Calendar(ZoneInfo(zone), windows=tuple(windows))
    except ValueError:
        yield _("Two of the windows overlap: the time in both would be counted twice.")
