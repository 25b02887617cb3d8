"""When what was promised is due: so many working days of the office, or the end of a day."""

from datetime import date, datetime, time, timedelta

from governance.domain.moment import LOCAL_ZONE
from governance.domain.working_time import Calendar, add_working_days, calendar_of
from governance.models import WorkingCalendar

# So many working days before a promise is due its light is yellow (ours).
NEAR_WORKING_DAYS = 2


def _office() -> Calendar:
    return calendar_of(WorkingCalendar.objects.current("office"))


def after_working_days(at: datetime, days: int) -> datetime:
    """The close of the `days`-th working day after that of `at`. Source: RULES.md §1."""
    return add_working_days(_office(), at, days).at


def end_of(day: date) -> datetime:
    """The last second of a local day: what is promised for a day is in time on all of it."""
    return datetime.combine(day, time(23, 59, 59), tzinfo=LOCAL_ZONE)


def near_until(now: datetime) -> datetime:
    """What is due by then is due within two working days."""
    return after_working_days(now, NEAR_WORKING_DAYS)


def open_for_days(at: datetime, days: int) -> datetime:
    """The end of the `days`-th day after that of `at`."""
    return end_of((at.astimezone(LOCAL_ZONE) + timedelta(days=days)).date())
