"""Working time: when a clock runs, when a deadline falls, and which days were counted on the way.

The reckoning is pure. `calendar_of` takes a calendar out of the database (three queries at most); everything after it
works on that immutable `Calendar`. Instants go in aware and come out in UTC; weekdays and dates are those of the
calendar's own zone. Windows are half-open: the opening second is working time, the closing second no longer is.
What writes calendars and days is in `calendar_days`.

A calendar that never opens is refused with `CalendarGap`, and no walk goes on for more than `LONGEST_WALK_DAYS`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from types import MappingProxyType
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.domain.refusals import Refusal
from governance.models.working_time import (
    CalendarDay,
    CalendarYear,
    DayKind,
    WorkingCalendar,
    holiday_label,
)

ONE_DAY = timedelta(days=1)
SATURDAY = 5
# No holiday lasts longer: 400 days without an opening mean that the table of days is wrong.
LONGEST_GAP_DAYS = 400
LONGEST_WALK_DAYS = 3660


class CalendarGap(Refusal):
    """The calendar never opens, or not often enough for the deadline to be reached within ten years."""

    code = "calendar_gap"
    sentence = _("These working hours leave no time in which the deadline could be met. Check hours and holidays.")


class Window(NamedTuple):
    """Hours from `opens_at` until before `closes_at`, on the next day if that is no later."""

    opens_at: time
    closes_at: time

    @property
    def crosses_midnight(self) -> bool:
        return self.closes_at <= self.opens_at


class MarkedDay(NamedTuple):
    """A day that is not like its weekday, and the holiday that makes it so (as stored, not translated)."""

    kind: DayKind
    name: str = ""


class Due(NamedTuple):
    """A deadline in UTC. It is provisional if a year it was counted through has not been loaded yet."""

    at: datetime
    provisional: bool


@dataclass(frozen=True)
class Calendar:
    """Everything the reckoning needs to know, and unchangeable.

    Raises `CalendarGap` without a window, unless it is `always_open`; `ValueError` if two windows overlap.
    """

    zone: ZoneInfo
    windows: tuple[Window, ...] = ()
    always_open: bool = False
    days: Mapping[date, MarkedDay] = field(default_factory=dict)
    loaded_years: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        if not self.always_open and not self.windows:
            raise CalendarGap
        object.__setattr__(self, "windows", tuple(sorted(self.windows)))
        object.__setattr__(self, "days", MappingProxyType(dict(self.days)))
        self._refuse_overlaps()

    def _refuse_overlaps(self) -> None:
        round_the_clock = [_bounds(window) for window in self.windows]
        # The first window again, a day later: a night window may run into it.
        round_the_clock += [(opens + ONE_DAY, closes + ONE_DAY) for opens, closes in round_the_clock[:1]]
        for (_opens, closes), (next_opens, _closes) in pairwise(round_the_clock):
            if next_opens < closes:
                raise ValueError("Two windows of a calendar overlap.")

    @property
    def has_nights(self) -> bool:
        return any(window.crosses_midnight for window in self.windows)


class Shift(NamedTuple):
    """One window on one date, in UTC. `day` is the working day it belongs to: the one on which it starts."""

    day: date
    opens_at: datetime
    closes_at: datetime


class DayReason(models.TextChoices):
    """Why a day counts or doesn't, on the calendar that explains a deadline."""

    COUNTS = "counts", pgettext_lazy("day of a deadline", "Working day")
    WEEKEND = "weekend", pgettext_lazy("day of a deadline", "Weekend")
    HOLIDAY = "holiday", pgettext_lazy("day of a deadline", "Holiday")
    MAKEUP = "makeup", pgettext_lazy("day of a deadline", "Make-up workday")
    FILED = "filed", pgettext_lazy("day of a deadline", "Filed")
    DUE = "due", pgettext_lazy("day of a deadline", "Due")


class CountedDay(NamedTuple):
    """A day between filing and deadline. `number` is 1, 2, 3 … on days that count; `holiday` is its name, or empty."""

    on: date
    counts: bool
    reason: DayReason
    number: int | None
    holiday: str


# --- asking ---


def is_open(calendar: Calendar, at: datetime) -> bool:
    """Whether `at` (aware) is working time: 09:00:00 is, the closing second is not."""
    at = _in_utc(at)
    if calendar.always_open:
        return True
    days = (_local_date(calendar, at) - ONE_DAY, _local_date(calendar, at))
    return any(shift.opens_at <= at < shift.closes_at for day in days for shift in _shifts_on(calendar, day))


def is_working_day(calendar: Calendar, day: date) -> bool:
    """Whether people work on `day`: on weekdays but for holidays, and on make-up workdays."""
    marked = calendar.days.get(day)
    if calendar.always_open:
        return True
    return day.weekday() < SATURDAY if marked is None else marked.kind == DayKind.WORKDAY


def working_time_between(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """The working time from `start` until before `end` (both aware), exact; negative if `end` is the earlier."""
    start, end = _in_utc(start), _in_utc(end)
    if end < start:
        return -working_time_between(calendar, end, start)
    if calendar.always_open:
        return end - start
    first, last = _local_date(calendar, start) - ONE_DAY, _local_date(calendar, end)
    shifts = (shift for day in _dates(first, last) for shift in _shifts_on(calendar, day))
    return sum((_overlap(shift, start, end) for shift in shifts), timedelta())


# --- deadlines ---


def add_minutes(calendar: Calendar, start: datetime, minutes: int) -> Due:
    """The instant at which `minutes` of working time have passed since `start` (aware; its seconds are kept).

    One that lands exactly at closing is that closing, not the next opening. No minutes are no time: `start` itself.
    Raises `CalendarGap` if the calendar hardly ever opens, `ValueError` for negative minutes.
    """
    return add_working_time(calendar, start, timedelta(minutes=minutes))


def add_working_time(calendar: Calendar, start: datetime, duration: timedelta) -> Due:
    """As `add_minutes`, for any `duration`: what is left of a clock after a pause is rarely whole minutes."""
    start = _in_utc(start)
    if duration < timedelta():
        raise ValueError("Working time is added, not taken away.")
    if calendar.always_open or not duration:
        return Due(start + _within_reach(duration), provisional=False)
    for shift in _shifts_from(calendar, start):
        begins = max(start, shift.opens_at)
        if duration <= shift.closes_at - begins:
            return Due(begins + duration, _is_provisional(calendar, _first_day_asked(calendar, start), shift.day))
        duration -= shift.closes_at - begins
    raise CalendarGap


def add_working_days(calendar: Calendar, start: datetime, days: int) -> Due:
    """The close of the `days`-th working day after the one of `start` (aware).

    Counting begins with the next working day, whatever the hour of `start`, and ends with the last window's close of
    the last day. Where the calendar is always open a day is 24 hours from `start`: nothing ever closes there.
    Raises `CalendarGap` if there are not so many working days, `ValueError` for less than one day.
    """
    start = _in_utc(start)
    if days < 1:
        raise ValueError("A deadline is at least one working day away.")
    if calendar.always_open:
        return Due(start + _within_reach(days * ONE_DAY), provisional=False)
    first = _day_of(calendar, start) + ONE_DAY
    for number, day in enumerate(working_days(calendar, first), start=1):
        if number == days:
            return Due(_shifts_on(calendar, day)[-1].closes_at, _is_provisional(calendar, first, day))
    raise CalendarGap


def next_working_day(calendar: Calendar, start: datetime) -> Due:
    """The first opening of the working day after the one of `start` (aware); 24 hours on if always open."""
    start = _in_utc(start)
    if calendar.always_open:
        return Due(start + ONE_DAY, provisional=False)
    first = _day_of(calendar, start) + ONE_DAY
    for day in working_days(calendar, first):
        return Due(_shifts_on(calendar, day)[0].opens_at, _is_provisional(calendar, first, day))
    raise CalendarGap


def count_days(calendar: Calendar, start: datetime, due: datetime) -> list[CountedDay]:
    """Every day from the one of `start` to the one of `due`, and why it counts or doesn't: “why is it due then?”.

    Meant for deadlines set with `add_working_days`: the day of filing never counts, the last day that counts is the
    due one, and its number is the number of working days. Raises `ValueError` if `due` is before `start`.
    """
    start, due = _in_utc(start), _in_utc(due)
    if due < start:
        raise ValueError("A matter is not due before it is filed.")
    first, last = _day_of(calendar, start), _day_of(calendar, due, closing=True)
    counted: list[CountedDay] = []
    number = 0
    for day in _dates(first, last):
        counts = day != first and is_working_day(calendar, day)
        number += counts
        reason = DayReason.DUE if day == last else DayReason.FILED if day == first else _reason(calendar, day)
        counted.append(CountedDay(day, counts, reason, number if counts else None, _holiday(calendar, day)))
    return counted


# --- how ---


def _in_utc(at: datetime) -> datetime:
    if at.utcoffset() is None:
        raise ValueError("Working time needs an aware instant: 09:00 without a zone is 24 different moments.")
    return at.astimezone(UTC)


def _local_date(calendar: Calendar, at: datetime) -> date:
    return at.astimezone(calendar.zone).date()


def _within_reach(duration: timedelta) -> timedelta:
    if duration > LONGEST_WALK_DAYS * ONE_DAY:
        raise CalendarGap
    return duration


def _bounds(window: Window) -> tuple[timedelta, timedelta]:
    """Opening and closing, counted from the midnight before the opening."""
    opens, closes = (timedelta(hours=at.hour, minutes=at.minute, seconds=at.second) for at in window)
    return opens, closes + ONE_DAY if window.crosses_midnight else closes


def _dates(first: date, last: date) -> Iterator[date]:
    return (first + ONE_DAY * offset for offset in range((last - first).days + 1))


def _shifts_on(calendar: Calendar, day: date) -> list[Shift]:
    """The windows of `day` in order of time; none if it is no working day."""
    if not is_working_day(calendar, day):
        return []
    return [
        Shift(
            day,
            datetime.combine(day, window.opens_at, calendar.zone).astimezone(UTC),
            datetime.combine(day + ONE_DAY * window.crosses_midnight, window.closes_at, calendar.zone).astimezone(UTC),
        )
        for window in calendar.windows
    ]


def working_days(calendar: Calendar, first: date) -> Iterator[date]:
    """The working days from `first` on, for ten years at most. Raises `CalendarGap` after 400 days with none."""
    days_since_open = 0
    for day in _dates(first, first + ONE_DAY * LONGEST_WALK_DAYS):
        days_since_open = 0 if is_working_day(calendar, day) else days_since_open + 1
        if days_since_open > LONGEST_GAP_DAYS:
            raise CalendarGap
        if not days_since_open:
            yield day


def _shifts_from(calendar: Calendar, start: datetime) -> Iterator[Shift]:
    """The shifts that are open at `start` or open after it, in order of time."""
    # From the evening before: last night's shift may still be on.
    for day in working_days(calendar, _local_date(calendar, start) - ONE_DAY):
        yield from (shift for shift in _shifts_on(calendar, day) if shift.closes_at > start)


def _overlap(shift: Shift, start: datetime, end: datetime) -> timedelta:
    return max(timedelta(), min(end, shift.closes_at) - max(start, shift.opens_at))


def _day_of(calendar: Calendar, at: datetime, *, closing: bool = False) -> date:
    """The day that `at` belongs to: its local date, or the evening before if that day's night shift is still on.

    As a `closing`, six in the morning still belongs to the shift that ends at six.
    """
    today = _local_date(calendar, at)
    if calendar.always_open:
        return today
    for shift in _shifts_on(calendar, today - ONE_DAY):
        if shift.opens_at <= at < shift.closes_at or (closing and at == shift.closes_at):
            return shift.day
    return today


def _first_day_asked(calendar: Calendar, start: datetime) -> date:
    """The earliest day whose kind can matter at `start`: the evening before does only where there are night shifts."""
    return _local_date(calendar, start) - ONE_DAY * calendar.has_nights


def _is_provisional(calendar: Calendar, first: date, last: date) -> bool:
    return any(year not in calendar.loaded_years for year in range(first.year, last.year + 1))


def _reason(calendar: Calendar, day: date) -> DayReason:
    marked = calendar.days.get(day)
    if calendar.always_open:
        return DayReason.COUNTS
    if marked is not None:
        return DayReason.MAKEUP if marked.kind == DayKind.WORKDAY else DayReason.HOLIDAY
    return DayReason.COUNTS if day.weekday() < SATURDAY else DayReason.WEEKEND


def _holiday(calendar: Calendar, day: date) -> str:
    marked = calendar.days.get(day)
    return "" if marked is None or calendar.always_open else holiday_label(marked.name)


# --- out of the database ---


def calendar_of(calendar: WorkingCalendar) -> Calendar:
    """The immutable `Calendar` of a row, in three queries (none if it is always open).

    Raises `CalendarGap` if it has no windows.
    """
    zone = ZoneInfo(calendar.zone)
    if calendar.always_open:
        return Calendar(zone, always_open=True)
    return Calendar(
        zone,
        windows=tuple(Window(*hours) for hours in calendar.windows.values_list("opens_at", "closes_at")),
        days={
            day: MarkedDay(DayKind(kind), name)
            for day, kind, name in CalendarDay.objects.values_list("day", "kind", "name")
        },
        loaded_years=frozenset(CalendarYear.objects.values_list("year", flat=True)),
    )
