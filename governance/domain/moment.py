"""The one clock: the database's. The edge reads it once per request or sweep and passes it in; tests pass their own."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import connection

LOCAL_ZONE = ZoneInfo("Asia/Shanghai")


def database_now() -> datetime:
    """The database's wall clock, aware, UTC. Unlike `now()` in SQL it moves on within a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def local_day(at: datetime) -> date:
    """The calendar day that people in the estate call it."""
    return at.astimezone(LOCAL_ZONE).date()


def day_ends_at(day: date) -> datetime:
    """The midnight after that day, in the estate."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=LOCAL_ZONE)
