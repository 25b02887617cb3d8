"""How instants and spans are said. Every sentence below can be read aloud to a resident."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from governance import wording

SHANGHAI = ZoneInfo("Asia/Shanghai")
# A Friday, in the middle of the day.
NOW = datetime(2026, 5, 15, 14, 17, 12, tzinfo=SHANGHAI)


def at(month, day, hour=0, minute=0, second=0, year=2026):
    return datetime(year, month, day, hour, minute, second, tzinfo=SHANGHAI)


def said(language, words, *args, **kwargs):
    with translation.override(language):
        return str(words(*args, **kwargs))


@pytest.mark.parametrize(
    ("instant", "zh", "en", "ko"),
    [
        (at(5, 15, 14, 35), "今天 14:35", "today 14:35", "오늘 14:35"),
        (at(5, 15), "今天 00:00", "today 00:00", "오늘 00:00"),
        (at(5, 14, 17, 40), "昨天 17:40", "yesterday 17:40", "어제 17:40"),
        (at(5, 16, 9), "明天 09:00", "tomorrow 09:00", "내일 09:00"),
        (at(5, 25, 18), "5月25日 周一 18:00", "Mon 25 May 18:00", "5월 25일 (월) 18:00"),
        (
            at(12, 31, 18, year=2025),
            "2025年12月31日 周三 18:00",
            "Wed 31 Dec 2025 18:00",
            "2025년 12월 31일 (수) 18:00",
        ),
        (
            at(5, 15, 14, 35, year=2027),
            "2027年5月15日 周六 14:35",
            "Sat 15 May 2027 14:35",
            "2027년 5월 15일 (토) 14:35",
        ),
    ],
)
def test_a_moment_has_its_weekday_and_its_year_only_when_needed(instant, zh, en, ko):
    assert said("zh-hans", wording.moment, instant, NOW) == zh
    assert said("en", wording.moment, instant, NOW) == en
    assert said("ko", wording.moment, instant, NOW) == ko


@pytest.mark.parametrize(
    ("due", "zh", "en", "ko"),
    [
        (at(5, 15, 12, 7), "今天 12:07 前", "by 12:07 today", "오늘 12:07까지"),
        (at(5, 14, 12, 7), "昨天 12:07 前", "by 12:07 yesterday", "어제 12:07까지"),
        (at(5, 16, 12, 7), "明天 12:07 前", "by 12:07 tomorrow", "내일 12:07까지"),
        (at(5, 25, 18), "5月25日 周一 18:00 前", "by Mon 25 May 18:00", "5월 25일 (월) 18:00까지"),
    ],
)
def test_a_deadline_says_by_when(due, zh, en, ko):
    assert said("zh-hans", wording.by_moment, due, NOW) == zh
    assert said("en", wording.by_moment, due, NOW) == en
    assert said("ko", wording.by_moment, due, NOW) == ko


def test_days_turn_at_the_estates_midnight_not_at_greenwichs():
    just_after_midnight = datetime(2026, 5, 15, 16, 5, tzinfo=UTC)
    assert said("en", wording.moment, just_after_midnight, just_after_midnight) == "today 00:05"
    assert said("en", wording.moment, just_after_midnight, NOW) == "tomorrow 00:05"


def test_seconds_are_said_where_a_sum_needs_them():
    assert said("zh-hans", wording.moment, at(5, 1, 14, 5, 12), NOW, seconds=True) == "5月1日 周五 14:05:12"


@pytest.mark.parametrize(
    ("length", "zh", "en", "ko"),
    [
        (timedelta(0), "0 秒", "0 seconds", "0초"),
        (timedelta(seconds=1), "1 秒", "1 second", "1초"),
        (timedelta(seconds=59), "59 秒", "59 seconds", "59초"),
        (timedelta(minutes=1, seconds=59), "1 分钟", "1 minute", "1분"),
        (timedelta(minutes=18), "18 分钟", "18 minutes", "18분"),
        (timedelta(hours=1), "1 小时", "1 hour", "1시간"),
        (timedelta(hours=2, minutes=10), "2 小时 10 分", "2 h 10 min", "2시간 10분"),
        (timedelta(hours=23, minutes=59, seconds=59), "23 小时 59 分", "23 h 59 min", "23시간 59분"),
        (timedelta(days=1), "1 天", "1 day", "1일"),
        (timedelta(days=3, hours=4, minutes=50), "3 天 4 小时", "3 days 4 h", "3일 4시간"),
        (-timedelta(minutes=18), "18 分钟", "18 minutes", "18분"),
    ],
)
def test_a_span_has_two_units_at_most_and_is_rounded_down(length, zh, en, ko):
    assert said("zh-hans", wording.span, length) == zh
    assert said("en", wording.span, length) == en
    assert said("ko", wording.span, length) == ko


@pytest.mark.parametrize(
    ("due", "working_days", "zh", "en", "ko"),
    [
        (NOW + timedelta(minutes=18), None, "还有 18 分钟", "18 minutes left", "18분 남음"),
        (NOW - timedelta(hours=2, minutes=10), None, "已超时 2 小时 10 分", "Overdue by 2 h 10 min", "2시간 10분 초과"),
        (at(5, 25, 18), 6, "还有 6 个工作日", "6 working days left", "근무일 6일 남음"),
        (NOW + timedelta(days=1), 1, "还有 1 个工作日", "1 working day left", "근무일 1일 남음"),
        (at(5, 15, 18), 1, "还有 3 小时 42 分", "3 h 42 min left", "3시간 42분 남음"),
        (NOW - timedelta(seconds=1), 6, "已超时 1 秒", "Overdue by 1 second", "1초 초과"),
    ],
)
def test_what_is_left_is_said_in_the_clocks_own_days(due, working_days, zh, en, ko):
    assert said("zh-hans", wording.remaining, due, NOW, working_days=working_days) == zh
    assert said("en", wording.remaining, due, NOW, working_days=working_days) == en
    assert said("ko", wording.remaining, due, NOW, working_days=working_days) == ko


@pytest.mark.parametrize(
    ("due", "state"),
    [
        (NOW - timedelta(microseconds=1), "overdue"),
        (NOW, "soon"),
        (NOW + timedelta(hours=1), "soon"),
        (NOW + timedelta(hours=1, microseconds=1), "normal"),
    ],
)
def test_the_instant_itself_is_still_in_time(due, state):
    assert wording.due_state(due, NOW) == state


@pytest.mark.parametrize(
    ("length", "figure"),
    [
        (timedelta(hours=2, minutes=10), "2:10:00"),
        (timedelta(minutes=4, seconds=48), "4:48"),
        (timedelta(seconds=7), "0:07"),
        (timedelta(hours=49), "49:00:00"),
    ],
)
def test_the_countdown_is_a_clock(length, figure):
    assert wording.countdown(length) == figure


@pytest.mark.parametrize(
    ("due", "zh", "en", "ko", "ticks"),
    [
        (
            NOW - timedelta(hours=2, minutes=10),
            ("2:10:00", "修好超时"),
            ("2:10:00", "repair overdue"),
            ("2:10:00", "수리 지연"),
            True,
        ),
        (
            NOW - timedelta(days=2, hours=3),
            ("2 天 3 小时", "修好超时"),
            ("2 days 3 h", "repair overdue"),
            ("2일 3시간", "수리 지연"),
            False,
        ),
        (NOW + timedelta(seconds=288), ("4:48", "修好还有"), ("4:48", "until repair"), ("4:48", "수리까지"), True),
        (at(5, 15, 17, 20), ("17:20", "今天修好"), ("17:20", "repair today"), ("17:20", "오늘 수리"), False),
        (at(5, 16, 18), ("5月16日", "周六 18:00"), ("16 May", "Sat 18:00"), ("5월 16일", "(토) 18:00"), False),
    ],
)
def test_the_queue_counts_within_the_hour_and_names_the_day_later(due, zh, en, ko, ticks):
    for language, step, expected in [("zh-hans", "修好", zh), ("en", "repair", en), ("ko", "수리", ko)]:
        with translation.override(language):
            assert tuple(wording.queue_clock(due, NOW, step)) == (*expected, ticks)


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=400)))
def test_a_span_never_promises_more_than_there_is(length):
    units = {"second": 1, "seconds": 1, "minute": 60, "minutes": 60, "min": 60, "hour": 3600, "hours": 3600, "h": 3600}
    units |= {"day": 86_400, "days": 86_400}
    parts = re.findall(r"(\d+) (\w+)", said("en", wording.span, length))
    total = sum(int(number) * units[unit] for number, unit in parts)
    smallest = units[parts[-1][1]] if total else 1
    assert 0 <= length.total_seconds() - total < max(smallest, 3600 if total >= 86_400 else 60 if total >= 60 else 1)


@given(st.dates(min_value=date(2020, 1, 1), max_value=date(2035, 12, 31)))
def test_every_day_of_the_year_has_its_own_words(on):
    assert said("en", wording.day, on, NOW.date()).split()[:3] == on.strftime("%a %-d %b").split()
    assert said("zh-hans", wording.short_day, on) == f"{on.month}月{on.day}日"


@pytest.mark.parametrize(
    ("language", "left"), [("zh-hans", "还有 %(span)s"), ("en", "%(span)s left"), ("ko", "%(span)s 남음")]
)
def test_the_ticking_page_is_given_the_same_words(language, left):
    with translation.override(language):
        words = wording.ticking_words()
    assert words["left"] == left
    assert [len(words[unit]) for unit in ("seconds", "minutes", "hours")] == [2, 2, 2]
    assert all("%(minutes)s" in form for form in words["minutes"])
