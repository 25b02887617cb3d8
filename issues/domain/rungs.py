"""When the rungs of a policy's ladder fire for a clock: worked out from the clock's own instants."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from governance.domain.working_time import calendar_of, next_working_day
from governance.models import WorkingCalendar
from issues.models import EscalationRung


class RungTime(NamedTuple):
    at: datetime
    rung: EscalationRung


def rung_times(starts_at: datetime, due_at: datetime, rungs: Iterable[EscalationRung]) -> list[RungTime]:
    """When each rung fires, the soonest first."""
    times = [RungTime(_time_of(rung, starts_at, due_at), rung) for rung in rungs]
    return sorted(times, key=lambda time: (time.at, time.rung.position))


def _time_of(rung: EscalationRung, starts_at: datetime, due_at: datetime) -> datetime:
    if rung.at_percent is not None:
        return starts_at + (due_at - starts_at) * rung.at_percent / 100
    if rung.after_minutes is not None:
        return due_at + timedelta(minutes=rung.after_minutes)
    office = calendar_of(WorkingCalendar.objects.current("office"))
    return next_working_day(office, due_at).at


def next_rung_at(
    starts_at: datetime, due_at: datetime, rungs: Iterable[EscalationRung], fired: Iterable[int] = ()
) -> datetime | None:
    """When the first rung that hasn't fired is due; None when the ladder is climbed."""
    waiting = [rung for rung in rungs if rung.pk not in set(fired)]
    return rung_times(starts_at, due_at, waiting)[0].at if waiting else None
