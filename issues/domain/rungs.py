"""When the rungs of a policy's ladder fire for a clock: worked out from the clock's own instants."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from governance.domain.working_time import Calendar, calendar_of, next_working_day
from governance.models import WorkingCalendar
from issues.models import EscalationRung


class RungTime(NamedTuple):
    at: datetime
    rung: EscalationRung


class Office:
    """When the office opens next: its calendar is read once, and only if anybody asks; each day is looked up once."""

    def __init__(self) -> None:
        self._opens: dict[date, datetime] = {}

    @cached_property
    def _calendar(self) -> Calendar:
        return calendar_of(WorkingCalendar.objects.current("office"))

    def opens_after(self, at: datetime) -> datetime:
        if self._calendar.always_open:
            return next_working_day(self._calendar, at).at
        day = at.astimezone(self._calendar.zone).date()
        if day not in self._opens:
            self._opens[day] = next_working_day(self._calendar, at).at
        return self._opens[day]


def rung_times(
    starts_at: datetime, due_at: datetime, rungs: Iterable[EscalationRung], office: Office | None = None
) -> list[RungTime]:
    """When each rung fires, the soonest first. Whoever asks for many clocks passes one `office`."""
    office = office or Office()
    times = [RungTime(_time_of(rung, starts_at, due_at, office), rung) for rung in rungs]
    return sorted(times, key=lambda time: (time.at, time.rung.position))


def _time_of(rung: EscalationRung, starts_at: datetime, due_at: datetime, office: Office) -> datetime:
    if rung.at_percent is not None:
        return starts_at + (due_at - starts_at) * rung.at_percent / 100
    if rung.after_minutes is not None:
        return due_at + timedelta(minutes=rung.after_minutes)
    return office.opens_after(due_at)


def waiting(rungs: Iterable[EscalationRung], fired: Iterable[EscalationRung]) -> list[EscalationRung]:
    """The rungs still to fire, of the ladder that the clock is on now.

    One that fired on the ladder of another policy or version, by its code, doesn't fire again; and once the time is up
    nobody is warned that it will be.
    """
    fired = list(fired)
    codes = {rung.code for rung in fired}
    is_up = any(rung.at_percent is None for rung in fired)
    return [rung for rung in rungs if rung.code not in codes and not (is_up and rung.at_percent is not None)]


def next_rung_at(
    starts_at: datetime,
    due_at: datetime,
    rungs: Iterable[EscalationRung],
    fired: Iterable[EscalationRung] = (),
    office: Office | None = None,
) -> datetime | None:
    """When the first rung that hasn't fired is due; None when the ladder is climbed."""
    left = waiting(rungs, fired)
    return rung_times(starts_at, due_at, left, office)[0].at if left else None
