"""Days and hours of the demo's stories, counted from today."""

from datetime import date, datetime, time, timedelta

from governance.domain.moment import LOCAL_ZONE


def at_hour(today: date, days: int, hour: int) -> datetime:
    """The full hour so many days from today: before it where negative."""
    return datetime.combine(today + timedelta(days=days), time(hour), tzinfo=LOCAL_ZONE)
