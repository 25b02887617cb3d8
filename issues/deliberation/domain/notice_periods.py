"""Days that must pass: between a notice and the vote, and between a count and the final result."""

from datetime import datetime, timedelta

from governance.domain.moment import day_ends_at, local_day
from governance.domain.working_time import calendar_of, working_days
from governance.models import WorkingCalendar


def ends_after_days(start: datetime, days: int) -> datetime:
    """The end of the period of so many days whose first is the day after that of `start`.

    Where the last is a day off it ends with the first working day after it. Source: Civil Code 201 and 203. Whether
    weekends are days off in that sense is disputed; counting them so can't make a notice too short. Raises
    `CalendarGap` if the office never opens.
    """
    office = calendar_of(WorkingCalendar.objects.current("office"))
    return day_ends_at(next(working_days(office, local_day(start) + timedelta(days=days))))
