"""Working time: hours, holidays, make-up workdays, and the deadlines that are counted through them."""

import datetime as dt
from datetime import UTC, date, time, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.domain.calendar_days import YearNotPublished, load_year, seed_calendars
from governance.domain.working_time import (
    Calendar,
    CalendarGap,
    DayReason,
    Due,
    MarkedDay,
    Window,
    add_minutes,
    add_working_days,
    add_working_time,
    calendar_of,
    count_days,
    is_open,
    is_working_day,
    next_working_day,
    working_time_between,
)
from governance.models import AuditEntry, CalendarDay, CalendarYear, WorkingCalendar, WorkingWindow
from governance.models.working_time import DayKind

SHANGHAI = ZoneInfo("Asia/Shanghai")
LUNCH_BREAK_HOURS = (Window(time(9), time(12)), Window(time(13, 30), time(18)))
NIGHT_SHIFT = (Window(time(22), time(6)),)


def days_of(kind: DayKind, *spans: tuple[str, str]) -> dict[date, MarkedDay]:
    """The days from the first to the last of each span, both included, written as month-day of 2026."""
    marked = {}
    for first, last in spans:
        day = date.fromisoformat(f"2026-{first}")
        while day <= date.fromisoformat(f"2026-{last}"):
            marked[day] = MarkedDay(kind)
            day += timedelta(days=1)
    return marked


# As the State Council announced them for 2026, typed here by hand: the package is what these tests check.
OFF_2026 = days_of(
    DayKind.HOLIDAY,
    ("01-01", "01-03"),
    ("02-15", "02-23"),
    ("04-04", "04-06"),
    ("05-01", "05-05"),
    ("06-19", "06-21"),
    ("09-25", "09-27"),
    ("10-01", "10-07"),
)
MAKE_UP_2026 = days_of(
    DayKind.WORKDAY,
    *((day, day) for day in ("01-04", "02-14", "02-28", "05-09", "09-20", "10-10")),
)
DAYS_2026 = OFF_2026 | MAKE_UP_2026

OFFICE = Calendar(SHANGHAI, LUNCH_BREAK_HOURS, days=DAYS_2026, loaded_years=frozenset({2026}))
NIGHTS = Calendar(SHANGHAI, NIGHT_SHIFT, days=DAYS_2026, loaded_years=frozenset({2026}))
ALWAYS = Calendar(SHANGHAI, always_open=True)
NEVER_AGAIN = Calendar(
    SHANGHAI,
    LUNCH_BREAK_HOURS,
    days={date(2026, 1, 1) + timedelta(days=n): MarkedDay(DayKind.HOLIDAY) for n in range(5000)},
)


def local(written: str, zone: ZoneInfo = SHANGHAI) -> dt.datetime:
    """An instant as people write it: "2026-05-15 14:17", or only "05-15 14:17" in 2026."""
    return dt.datetime.fromisoformat(written if written.startswith("20") else f"2026-{written}").replace(tzinfo=zone)


def shown(due: Due) -> str:
    return due.at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S").removeprefix("2026-")


# --- open or closed ---


@pytest.mark.parametrize(
    ("at", "is_working_time"),
    [
        ("05-15 08:59:59", False),
        ("05-15 09:00:00", True),
        ("05-15 11:59:59", True),
        ("05-15 12:00:00", False),
        ("05-15 13:29:59", False),
        ("05-15 13:30:00", True),
        ("05-15 17:59:59.999999", True),
        ("05-15 18:00:00", False),
        ("05-16 10:00:00", False),  # a Saturday
        ("05-09 10:00:00", True),  # a Saturday that people work
        ("05-05 10:00:00", False),  # a Tuesday, and Labour Day
    ],
)
def test_windows_are_half_open_on_working_days_only(at, is_working_time):
    assert is_open(OFFICE, local(at)) is is_working_time


@pytest.mark.parametrize(
    ("at", "is_working_time"),
    [
        ("05-15 21:59:59", False),
        ("05-15 22:00:00", True),
        ("05-16 05:59:59", True),  # Saturday morning still belongs to Friday's shift
        ("05-16 06:00:00", False),
        ("05-16 22:00:00", False),
        ("05-18 05:00:00", False),  # Monday morning would belong to Sunday's
        ("05-01 03:00:00", True),  # Thursday's shift, although Friday is a holiday
    ],
)
def test_a_window_across_midnight_belongs_to_the_day_it_starts_on(at, is_working_time):
    assert is_open(NIGHTS, local(at)) is is_working_time


def test_always_is_open_on_the_night_of_a_holiday():
    assert is_open(ALWAYS, local("02-17 03:00"))


def test_weekday_and_date_are_those_of_the_calendars_zone():
    friday_evening_in_utc = dt.datetime(2026, 5, 17, 23, 30, tzinfo=UTC)  # Monday 07:30 in Shanghai, 08:30 in Seoul
    early = (Window(time(8), time(9)),)
    assert is_open(Calendar(ZoneInfo("Asia/Seoul"), early), friday_evening_in_utc)
    assert not is_open(Calendar(SHANGHAI, early), friday_evening_in_utc)


@pytest.mark.parametrize("day", sorted(OFF_2026))
def test_nobody_works_on_a_holiday(day):
    assert not is_working_day(OFFICE, day)


@pytest.mark.parametrize("day", sorted(MAKE_UP_2026))
def test_people_work_on_a_make_up_workday_at_the_weekend(day):
    assert day.weekday() >= 5
    assert is_working_day(OFFICE, day)


# --- minutes ---


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        ("05-15 09:00", 30, "05-15 09:30:00"),
        ("05-15 09:00", 180, "05-15 12:00:00"),  # exactly at closing: not 13:30
        ("05-15 09:00", 181, "05-15 13:31:00"),
        ("05-15 11:50", 20, "05-15 13:40:00"),  # over lunch
        ("05-15 12:00", 10, "05-15 13:40:00"),
        ("05-15 12:30", 10, "05-15 13:40:00"),
        ("05-15 17:50", 10, "05-15 18:00:00"),  # Friday evening, not Monday morning
        ("05-15 17:50", 11, "05-18 09:01:00"),
        ("05-15 18:00", 1, "05-18 09:01:00"),
        ("05-15 14:17:12", 5, "05-15 14:22:12"),  # seconds are kept
        ("05-15 11:59:48", 5, "05-15 13:34:48"),
        ("05-08 17:50", 20, "05-09 09:10:00"),  # into a Saturday that people work
        ("04-30 17:50", 20, "05-06 09:10:00"),  # over Labour Day
        ("02-13 17:50", 460, "02-14 18:00:00"),  # into the Saturday before Spring Festival, to its close
        ("02-14 17:00", 120, "02-24 10:00:00"),  # over the nine days of Spring Festival
        ("05-15 03:00", 450, "05-15 18:00:00"),
        ("05-15 09:00", 0, "05-15 09:00:00"),
    ],
)
def test_minutes_run_only_in_working_time(start, minutes, due):
    assert shown(add_minutes(OFFICE, local(start), minutes)) == due


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        ("05-14 23:00", 120, "05-15 01:00:00"),
        ("05-14 21:00", 60, "05-14 23:00:00"),
        ("05-15 05:30", 30, "05-15 06:00:00"),
        ("05-15 05:30", 31, "05-15 22:01:00"),
        ("05-16 05:30", 31, "05-18 22:01:00"),  # Friday's shift ends on Saturday; the next is Monday's
        ("05-18 03:00", 1, "05-18 22:01:00"),
    ],
)
def test_minutes_run_through_the_night_in_a_window_across_midnight(start, minutes, due):
    assert shown(add_minutes(NIGHTS, local(start), minutes)) == due


def test_five_minutes_are_five_minutes_where_the_calendar_is_always_open():
    assert add_minutes(ALWAYS, local("02-16 23:58:07"), 5) == Due(local("02-17 00:03:07").astimezone(UTC), False)


def test_a_due_time_is_in_utc():
    due = add_minutes(OFFICE, local("05-15 09:00"), 30)
    assert (due.at.isoformat(), due.at.tzinfo) == ("2026-05-15T01:30:00+00:00", UTC)


@pytest.mark.parametrize(
    ("first", "night"),
    [("2026-03-27 22:00", timedelta(hours=8)), ("2026-03-28 22:00", timedelta(hours=7))],
    ids=["an ordinary night", "the night in which the clocks go forward"],
)
def test_where_clocks_change_a_night_is_as_long_as_it_really_was(first, night):
    berlin = ZoneInfo("Europe/Berlin")
    saturday_counts = {date(2026, 3, 28): MarkedDay(DayKind.WORKDAY)}
    calendar = Calendar(berlin, NIGHT_SHIFT, days=saturday_counts)
    start = local(first, berlin)
    assert working_time_between(calendar, start, start + timedelta(hours=12)) == night


# --- working days ---


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("04-30 16:20", 15, "05-25 18:00:00"),  # Labour Day doesn't count, Saturday 9 May does
        ("04-30 16:20", 1, "05-06 18:00:00"),
        ("04-30 16:20", 4, "05-09 18:00:00"),
        ("05-15 00:00", 1, "05-18 18:00:00"),  # before opening too, counting begins with the next working day
        ("05-15 14:17:12", 1, "05-18 18:00:00"),
        ("05-15 23:59:59", 1, "05-18 18:00:00"),
        ("05-16 10:00", 1, "05-18 18:00:00"),
        ("05-17 23:59", 1, "05-18 18:00:00"),
        ("05-18 00:00", 1, "05-19 18:00:00"),
        ("02-13 10:00", 1, "02-14 18:00:00"),
        ("02-14 10:00", 1, "02-24 18:00:00"),
        ("02-27 10:00", 1, "02-28 18:00:00"),
        ("09-18 10:00", 1, "09-20 18:00:00"),  # a Sunday that people work
        ("09-30 10:00", 3, "10-10 18:00:00"),
    ],
)
def test_working_days_count_from_the_next_one_to_its_close(start, days, due):
    assert add_working_days(OFFICE, local(start), days) == Due(local(due).astimezone(UTC), False)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("05-14 23:00", 1, "05-16 06:00:00"),  # Friday's shift, which closes on Saturday
        ("05-15 03:00", 1, "05-16 06:00:00"),  # still in Thursday's shift
        ("05-15 06:00", 1, "05-19 06:00:00"),  # Thursday's is over: Friday is today, Monday comes next
    ],
)
def test_a_night_shifts_working_day_closes_on_the_next_morning(start, days, due):
    assert shown(add_working_days(NIGHTS, local(start), days)) == due


def test_a_working_day_is_24_hours_where_nothing_ever_closes():
    assert shown(add_working_days(ALWAYS, local("04-30 16:20:05"), 2)) == "05-02 16:20:05"


@pytest.mark.parametrize(
    ("calendar", "start", "opening"),
    [
        (OFFICE, "05-15 08:00", "05-18 09:00:00"),
        (OFFICE, "05-08 17:00", "05-09 09:00:00"),
        (OFFICE, "02-14 17:00", "02-24 09:00:00"),
        (NIGHTS, "05-15 03:00", "05-15 22:00:00"),
        (ALWAYS, "05-15 14:17:12", "05-16 14:17:12"),
    ],
)
def test_the_next_working_day_begins_at_its_first_opening(calendar, start, opening):
    assert shown(next_working_day(calendar, local(start))) == opening


# --- working time between ---


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("05-15 09:00", "05-15 18:00", 7.5),
        ("05-15 11:30", "05-15 14:00", 1),
        ("05-15 12:00", "05-15 13:30", 0),
        ("05-15 18:00", "05-18 09:00", 0),
        ("05-08 00:00", "05-11 00:00", 15),  # Friday and the Saturday that people work
        ("05-01 00:00", "05-06 00:00", 0),
        ("05-15 18:00", "05-15 09:00", -7.5),
    ],
)
def test_working_time_between_two_instants_leaves_out_what_is_closed(start, end, hours):
    assert working_time_between(OFFICE, local(start), local(end)) == timedelta(hours=hours)


def test_a_night_shift_that_began_yesterday_still_counts_this_morning():
    assert working_time_between(NIGHTS, local("05-16 01:00"), local("05-16 12:00")) == timedelta(hours=5)


def test_always_open_working_time_is_elapsed_time():
    assert working_time_between(ALWAYS, local("02-14 23:00"), local("02-16 01:00:01")) == timedelta(hours=26, seconds=1)


# --- years without their holidays ---


@pytest.mark.parametrize(
    ("due", "provisional"),
    [
        (add_minutes(OFFICE, local("12-31 17:00"), 60), False),
        (add_minutes(OFFICE, local("12-31 17:00"), 61), True),
        (add_working_days(OFFICE, local("12-30 17:00"), 1), False),
        (add_working_days(OFFICE, local("12-31 17:00"), 1), True),
        (next_working_day(OFFICE, local("12-31 17:00")), True),
        (add_working_days(OFFICE, local("2025-12-31 10:00"), 1), False),  # no day of 2025 is asked about
        (add_minutes(OFFICE, local("01-01 10:00"), 1), False),  # nor the evening before, where nobody works nights
        (add_minutes(OFFICE, local("2025-12-31 17:59"), 2), True),
        (add_minutes(NIGHTS, local("01-01 02:00"), 10), True),  # belongs to the last night of 2025
        (add_minutes(ALWAYS, local("2027-01-01 10:00"), 10), False),
    ],
)
def test_a_due_time_counted_through_a_year_not_loaded_is_provisional(due, provisional):
    assert due.provisional is provisional


def test_a_year_not_loaded_falls_back_to_weekdays():
    friday_new_year = local("2027-01-01 10:00")
    assert is_open(OFFICE, friday_new_year)
    assert shown(add_working_days(OFFICE, friday_new_year, 1)) == "2027-01-04 18:00:00"


# --- why is it due then? ---


def test_the_calendar_of_a_deadline_says_why_each_day_counts_or_does_not():
    with translation.override("en"):
        days = count_days(OFFICE, local("04-30 16:20"), local("05-25 18:00"))
    expected = """
        04-30 filed, 05-01 holiday, 05-02 holiday, 05-03 holiday, 05-04 holiday, 05-05 holiday,
        05-06 counts 1, 05-07 counts 2, 05-08 counts 3, 05-09 makeup 4, 05-10 weekend,
        05-11 counts 5, 05-12 counts 6, 05-13 counts 7, 05-14 counts 8, 05-15 counts 9, 05-16 weekend, 05-17 weekend,
        05-18 counts 10, 05-19 counts 11, 05-20 counts 12, 05-21 counts 13, 05-22 counts 14, 05-23 weekend,
        05-24 weekend, 05-25 due 15
    """
    assert [f"{day.on:%m-%d} {day.reason} {day.number or ''}".strip() for day in days] == [
        entry.strip() for entry in expected.split(",")
    ]
    assert [day.counts for day in days] == [day.number is not None for day in days]


def test_a_day_filed_on_a_weekend_is_shown_as_the_day_of_filing():
    days = count_days(OFFICE, local("05-16 10:00"), local("05-18 18:00"))
    assert [day.reason for day in days] == [DayReason.FILED, DayReason.WEEKEND, DayReason.DUE]


def test_a_night_shifts_deadline_is_shown_on_the_day_whose_shift_it_closes():
    days = count_days(NIGHTS, local("05-14 23:00"), local("05-16 06:00"))
    assert [(day.on.day, day.reason, day.number) for day in days] == [(14, "filed", None), (15, "due", 1)]


def test_where_nothing_closes_every_day_after_filing_counts():
    days = count_days(ALWAYS, local("05-01 10:00"), local("05-03 10:00"))
    assert [(day.reason, day.number) for day in days] == [("filed", None), ("counts", 1), ("due", 2)]


def test_a_holiday_and_its_make_up_workday_carry_the_holidays_name():
    named = {
        date(2026, 5, 8): MarkedDay(DayKind.HOLIDAY, "运动会"),
        date(2026, 5, 9): MarkedDay(DayKind.WORKDAY, "运动会"),
    }
    calendar = Calendar(SHANGHAI, LUNCH_BREAK_HOURS, days=named)
    days = count_days(calendar, local("05-07 10:00"), local("05-09 18:00"))
    assert [day.holiday for day in days] == ["", "运动会", "运动会"]


# --- refused ---


@pytest.mark.parametrize(
    "reckon",
    [
        lambda naive: is_open(OFFICE, naive),
        lambda naive: add_minutes(OFFICE, naive, 5),
        lambda naive: add_working_days(ALWAYS, naive, 5),
        lambda naive: next_working_day(OFFICE, naive),
        lambda naive: working_time_between(OFFICE, naive, local("05-15 10:00")),
        lambda naive: working_time_between(ALWAYS, local("05-15 10:00"), naive),
        lambda naive: count_days(OFFICE, naive, local("05-15 10:00")),
    ],
)
def test_an_instant_without_a_zone_is_refused(reckon):
    with pytest.raises(ValueError, match="aware"):
        reckon(dt.datetime(2026, 5, 14, 9))  # noqa: DTZ001


@pytest.mark.parametrize(
    "reckon",
    [
        lambda: add_minutes(OFFICE, local("05-15 10:00"), -1),
        lambda: add_working_days(OFFICE, local("05-15 10:00"), 0),
        lambda: add_working_days(ALWAYS, local("05-15 10:00"), -1),
        lambda: count_days(OFFICE, local("05-15 10:00"), local("05-15 09:59")),
    ],
)
def test_a_deadline_before_its_start_is_refused(reckon):
    with pytest.raises(ValueError, match=r"."):
        reckon()


def test_a_calendar_without_windows_is_refused():
    with pytest.raises(CalendarGap):
        Calendar(SHANGHAI)


@pytest.mark.parametrize(
    "reckon",
    [
        lambda: add_minutes(NEVER_AGAIN, local("05-15 10:00"), 1),
        lambda: add_working_days(NEVER_AGAIN, local("05-15 10:00"), 1),
        lambda: next_working_day(NEVER_AGAIN, local("05-15 10:00")),
        lambda: add_minutes(OFFICE, local("05-15 10:00"), 10_000_000),
        lambda: add_working_days(OFFICE, local("05-15 10:00"), 10_000_000),
        lambda: add_minutes(ALWAYS, local("05-15 10:00"), 10_000_000),
    ],
)
def test_a_deadline_that_never_comes_is_refused_instead_of_looked_for_without_end(reckon):
    with pytest.raises(CalendarGap):
        reckon()


def closed_until(opening: date, closed_days: int) -> Calendar:
    closed = {opening - timedelta(days=n): MarkedDay(DayKind.HOLIDAY) for n in range(1, closed_days + 1)}
    return Calendar(SHANGHAI, LUNCH_BREAK_HOURS, days=closed | {opening: MarkedDay(DayKind.WORKDAY)})


def test_the_longest_gap_that_is_still_believed_is_400_days():
    opening, start = date(2027, 2, 5), local("2025-12-31 10:00")
    assert opening - start.date() == timedelta(days=401)  # the day of filing, which isn't asked about, and 400 more
    assert shown(add_working_days(closed_until(opening, 400), start, 1)) == "2027-02-05 18:00:00"
    with pytest.raises(CalendarGap):
        add_working_days(closed_until(opening + timedelta(days=1), 401), start, 1)


@pytest.mark.parametrize(
    "windows",
    [
        (Window(time(9), time(12)), Window(time(11), time(14))),
        (Window(time(22), time(6)), Window(time(5), time(9))),
        (Window(time(22), time(6)), Window(time(23), time(23, 30))),
    ],
)
def test_windows_that_overlap_are_refused(windows):
    with pytest.raises(ValueError, match="overlap"):
        Calendar(SHANGHAI, windows)


def test_windows_that_only_touch_are_taken_in_any_order():
    calendar = Calendar(SHANGHAI, (Window(time(22), time(6)), Window(time(6), time(22))))
    assert working_time_between(calendar, local("05-13 00:00"), local("05-14 00:00")) == timedelta(hours=24)


def test_a_calendar_can_not_be_changed_behind_its_back():
    days = dict(DAYS_2026)
    calendar = Calendar(SHANGHAI, LUNCH_BREAK_HOURS, days=days)
    days.clear()
    assert not is_open(calendar, local("05-05 10:00"))
    with pytest.raises(TypeError):
        calendar.days[date(2026, 5, 5)] = MarkedDay(DayKind.WORKDAY)


# --- what holds for any hours, any start, any target ---

NIGHT_AND_NOON = Calendar(
    SHANGHAI,
    (Window(time(20, 15, 30), time(2)), Window(time(11), time(13)), Window(time(13), time(13, 45))),
    days=DAYS_2026,
)
CALENDARS = st.sampled_from([OFFICE, NIGHTS, ALWAYS, NIGHT_AND_NOON])
STARTS = st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2027, 2, 1), timezones=st.just(SHANGHAI))  # noqa: DTZ001
MINUTES = st.integers(0, 6000)
DAYS = st.integers(1, 40)


@given(CALENDARS, STARTS, MINUTES, MINUTES)
def test_adding_twice_is_adding_the_sum(calendar, start, first, second):
    in_two_steps = add_minutes(calendar, add_minutes(calendar, start, first).at, second).at
    assert in_two_steps == add_minutes(calendar, start, first + second).at


@given(CALENDARS, STARTS, MINUTES)
def test_as_much_working_time_lies_before_the_deadline_as_was_added(calendar, start, minutes):
    due = add_minutes(calendar, start, minutes).at
    assert working_time_between(calendar, start, due) == timedelta(minutes=minutes)
    assert working_time_between(calendar, due, start) == -timedelta(minutes=minutes)


@given(CALENDARS, STARTS, st.timedeltas(timedelta(microseconds=1), timedelta(days=20)))
def test_a_deadline_lies_in_working_time_or_at_its_close(calendar, start, duration):
    due = add_working_time(calendar, start, duration).at
    assert is_open(calendar, due - timedelta(microseconds=1))


@given(CALENDARS, STARTS, st.timedeltas(timedelta(), timedelta(days=30)), MINUTES, MINUTES, DAYS)
def test_who_files_later_or_has_longer_is_never_due_earlier(calendar, start, later, minutes, more, days):
    assert add_minutes(calendar, start, minutes).at <= add_minutes(calendar, start + later, minutes).at
    assert add_minutes(calendar, start, minutes).at <= add_minutes(calendar, start, minutes + more).at
    assert add_working_days(calendar, start, days).at <= add_working_days(calendar, start + later, days).at
    assert add_working_days(calendar, start, days).at < add_working_days(calendar, start, days + 1).at


@given(CALENDARS, STARTS, DAYS)
def test_the_calendar_shown_counts_the_very_days_that_were_promised(calendar, start, days):
    shown_days = count_days(calendar, start, add_working_days(calendar, start, days).at)
    assert (shown_days[-1].reason, shown_days[-1].number) == (DayReason.DUE, days)
    assert sum(day.counts for day in shown_days) == days


# Counting is slow: each of a few goes over a night and up to three, with a weekend or a holiday more often than not.
@settings(max_examples=30)
@given(STARTS, st.integers(0, 3 * 24 * 60))
def test_working_time_is_what_a_minute_by_minute_count_would_find(start, minutes):
    start = start.replace(second=0, microsecond=0)
    counted = sum(is_open(OFFICE, start + timedelta(minutes=n)) for n in range(minutes))
    assert working_time_between(OFFICE, start, start + timedelta(minutes=minutes)) == timedelta(minutes=counted)


# --- rows ---


@pytest.fixture
def no_years(db) -> None:
    """No year is in force: not even those that ship."""
    CalendarDay.objects.all().delete()
    CalendarYear.objects.all().delete()


@pytest.fixture
def office(no_years) -> WorkingCalendar:
    seed_calendars()
    return WorkingCalendar.objects.current("office")


LOADED_AT = local("2025-11-20 09:00")


def test_the_two_shipped_calendars_are_seeded_once(office):
    office.windows.filter(opens_at=time(9)).update(opens_at=time(8, 30))
    seed_calendars()
    assert list(WorkingCalendar.objects.values_list("code", "always_open")) == [("always", True), ("office", False)]
    assert [str(window) for window in office.windows.all()] == ["08:30–12:00", "13:30–18:00"]


@pytest.mark.parametrize(("language", "name"), [("zh-hans", "工作时间"), ("en", "Office hours"), ("ko", "근무 시간")])
def test_a_calendar_is_named_in_the_readers_language(office, language, name):
    with translation.override(language):
        assert str(office) == name


def test_2026_as_loaded_is_2026_as_announced(office):
    loaded = load_year(2026, at=LOADED_AT)
    assert (loaded.holidays, loaded.make_up_workdays, loaded.kept) == (33, 6, ())
    kinds = dict(CalendarDay.objects.values_list("day", "kind"))
    assert kinds == {day: marked.kind for day, marked in DAYS_2026.items()}


def test_the_streets_fifteen_working_days_end_when_the_petition_says(office):
    load_year(2026, at=LOADED_AT)
    due = add_working_days(calendar_of(office), local("04-30 16:20"), 15)
    assert due == Due(local("05-25 18:00").astimezone(UTC), provisional=False)


def test_before_a_year_is_loaded_its_due_times_are_provisional(office):
    load_year(2026, at=LOADED_AT)
    due = add_working_days(calendar_of(office), local("12-31 10:00"), 1)
    assert due == Due(local("2027-01-01 18:00").astimezone(UTC), provisional=True)


def test_a_calendar_is_taken_out_in_three_queries(office, django_assert_num_queries):
    load_year(2026, at=LOADED_AT)
    with django_assert_num_queries(3):
        calendar_of(office)
    always = WorkingCalendar.objects.get(code="always")
    with django_assert_num_queries(0):
        assert calendar_of(always).always_open


def test_a_calendar_whose_windows_are_gone_is_refused(office):
    office.windows.all().delete()
    with pytest.raises(CalendarGap):
        calendar_of(office)


def test_loading_a_year_again_changes_nothing(office):
    first = load_year(2026, at=LOADED_AT)
    before = list(CalendarDay.objects.values())
    assert load_year(2026, at=LOADED_AT + timedelta(days=1)) == first
    assert list(CalendarDay.objects.values()) == before
    assert CalendarYear.objects.get().loaded_at == LOADED_AT + timedelta(days=1)


def test_loading_a_year_again_corrects_the_packages_days_and_keeps_the_offices(office):
    load_year(2026, at=LOADED_AT)
    CalendarDay.objects.filter(day="2026-05-09").update(kind=DayKind.HOLIDAY)
    CalendarDay.objects.create(day="2026-05-11", kind=DayKind.HOLIDAY, source="chinesecalendar 1.10.0")
    CalendarDay.objects.filter(day="2026-10-10").update(kind=DayKind.HOLIDAY, source="安和街道通知")
    CalendarDay.objects.create(day="2026-08-03", kind=DayKind.HOLIDAY, name="台风停工", source="安和街道通知")
    loaded = load_year(2026, at=LOADED_AT)
    assert loaded.kept == (date(2026, 8, 3), date(2026, 10, 10))
    calendar = calendar_of(office)
    changed = [is_working_day(calendar, date(2026, *day)) for day in [(5, 9), (5, 11), (8, 3), (10, 10)]]
    assert changed == [True, True, False, False]


def test_loading_a_year_leaves_other_years_alone(office):
    load_year(2025, at=LOADED_AT)
    days_2025 = CalendarDay.objects.count()
    load_year(2026, at=LOADED_AT)
    assert CalendarDay.objects.filter(day__year=2025).count() == days_2025 > 0
    assert list(CalendarYear.objects.values_list("year", flat=True)) == [2025, 2026]


def test_loading_a_year_is_on_the_audit_trail(office):
    load_year(2026, at=LOADED_AT)
    entry = AuditEntry.objects.get(noun="calendar_year")
    assert (entry.verb, entry.object_ref, entry.actor_ref, entry.at) == ("load", "2026", "load_calendar", LOADED_AT)


@pytest.mark.parametrize("year", [2003, 2027])
def test_a_year_the_package_does_not_know_is_refused_and_leaves_no_trace(office, year):
    with translation.override("en"), pytest.raises(YearNotPublished, match=f"holidays of {year} are not known yet"):
        load_year(year, at=LOADED_AT)
    assert not CalendarYear.objects.exists()
    assert not CalendarDay.objects.exists()


def test_a_known_holidays_name_is_translated_and_an_offices_own_stands_as_written():
    with translation.override("en"):
        assert CalendarDay(name="Anti-Fascist 70th Day").label == "70th anniversary of victory in the War of Resistance"
        assert CalendarDay(name="台风停工").label == "台风停工"


# --- the command ---


def load_calendar(*years: int) -> str:
    printed = StringIO()
    with translation.override("en"):
        call_command("load_calendar", *years, stdout=printed, no_color=True)
    return printed.getvalue()


@pytest.mark.usefixtures("no_years")
def test_the_command_loads_this_year_and_says_that_the_next_stays_provisional(monkeypatch):
    monkeypatch.setattr("governance.management.commands.load_calendar.database_now", lambda: local("05-15 14:17"))
    printed = load_calendar()
    assert "2026: 33 days off, 6 make-up workdays." in printed
    assert "The holidays of 2027 are not known yet" in printed
    assert list(CalendarYear.objects.values_list("year", flat=True)) == [2026]


@pytest.mark.django_db
def test_the_command_seeds_the_calendars_and_may_run_twice():
    assert load_calendar(2025, 2026) == load_calendar(2025, 2026)
    assert WorkingCalendar.objects.count() == 2
    assert WorkingWindow.objects.count() == 2


@pytest.mark.usefixtures("no_years")
def test_the_command_fails_for_a_year_that_was_asked_for_and_loads_the_others():
    with pytest.raises(CommandError, match=r"provisional until it is: 2027$"):
        load_calendar(2027, 2026)
    assert list(CalendarYear.objects.values_list("year", flat=True)) == [2026]


@pytest.mark.django_db
def test_the_command_names_the_days_that_it_left_to_the_office():
    CalendarDay.objects.create(day="2026-08-03", kind=DayKind.HOLIDAY, source="安和街道通知")
    assert "Left as the office has entered them: 2026-08-03" in load_calendar(2026)


# --- what the database refuses ---


def refused(constraint: str, write) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        write()


@pytest.mark.parametrize(
    ("opens", "closes", "constraint"),
    [
        ("09:00", "10:00", "window_opens_once|windows_do_not_overlap"),
        ("19:00", "19:00", "window_is_open_for_a_while"),
        ("08:00", "09:01", "windows_do_not_overlap"),
        ("17:59", "20:00", "windows_do_not_overlap"),
        ("22:00", "09:30", "windows_do_not_overlap"),  # into the next morning
    ],
)
def test_the_database_refuses_windows_that_overlap_or_never_open(office, opens, closes, constraint):
    refused(constraint, lambda: WorkingWindow.objects.create(calendar=office, opens_at=opens, closes_at=closes))


def test_the_database_takes_windows_that_touch_and_the_same_hours_in_another_calendar(office):
    WorkingWindow.objects.create(calendar=office, opens_at="18:00", closes_at="00:00")
    WorkingWindow.objects.create(calendar=office, opens_at="00:00", closes_at="09:00")
    other = WorkingCalendar.objects.create(code="counter", name_zh="柜台", name_en="Counter", name_ko="창구")
    WorkingWindow.objects.create(calendar=other, opens_at="09:00", closes_at="12:00")
    assert working_time_between(calendar_of(office), local("05-14 12:00"), local("05-15 12:00")) == timedelta(
        hours=22.5
    )


def test_a_form_says_that_windows_overlap_before_the_database_does(office):
    with pytest.raises(ValidationError):
        WorkingWindow(calendar=office, opens_at=time(11), closes_at=time(14)).full_clean()
    WorkingWindow(calendar=office, opens_at=time(20), closes_at=time(8)).full_clean()


def test_the_database_refuses_calendars_and_days_that_make_no_sense(office):
    day = date(2026, 8, 3)
    CalendarDay.objects.create(day=day, kind=DayKind.HOLIDAY, source="安和街道通知")
    refused(
        "calendar_always_is_always_open",
        lambda: WorkingCalendar.objects.filter(code="always").update(always_open=False),
    )
    refused("calendar_named_in_three_languages", lambda: WorkingCalendar.objects.update(name_ko=""))
    refused("calendar_day_kind_known", lambda: CalendarDay.objects.update(kind="half day"))
    refused("calendar_day_has_a_source", lambda: CalendarDay.objects.update(source=""))
    refused("day", lambda: CalendarDay.objects.create(day=day, kind=DayKind.WORKDAY, source="安和街道通知"))
    refused("calendar_year_plausible", lambda: CalendarYear.objects.create(year=26, source="x", loaded_at=LOADED_AT))


def test_a_zone_that_does_not_exist_is_refused():
    with pytest.raises(ValidationError) as refusal:
        WorkingCalendar(code="x", name_zh="x", name_en="x", name_ko="x", zone="Asia/Peking").full_clean(
            validate_unique=False, validate_constraints=False
        )
    assert list(refusal.value.message_dict) == ["zone"]
