"""“Why is it due then?”: the sum, the counted calendar, and what is left of the working days."""

from datetime import datetime, timedelta

import pytest
from django.utils import translation

from governance.domain.working_time import add_working_days, calendar_of
from governance.models.working_time import WorkingCalendar
from residents import explain
from residents.models import Petition
from tests.cast import NOW, SHANGHAI, Cast

MINUTE = timedelta(minutes=1)
THURSDAY = datetime(2026, 4, 30, 16, 20, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def why(starts_at: datetime, due_at: datetime, **facts) -> dict:
    return {
        "policy_zh": "5341 快速反应",
        "policy_en": "5341 quick response",
        "policy_ko": "5341 신속 대응",
        "source": "2021 年新闻报道",
        "calendar": "always",
        "starts_at": starts_at.isoformat(),
        "due_at": due_at.isoformat(),
        "target_minutes": 30,
        "target_working_days": None,
        "provisional": False,
        "stopped_at": None,
        "missed": None,
        **facts,
    }


def petition(starts_at: datetime, due_at: datetime, *, filed_at: datetime | None = None, kind="resolve", **facts):
    return Petition(
        filed_at=filed_at or starts_at, next_kind=kind, next_due_at=due_at, next_why=why(starts_at, due_at, **facts)
    )


@pytest.fixture
def fifteen_days(shipped) -> Petition:
    """The street's matter of the drawing: filed on the eve of the holidays, an answer due in 15 working days."""
    due = add_working_days(calendar_of(WorkingCalendar.objects.current("office")), THURSDAY, 15).at
    return petition(THURSDAY, due, kind="answer", calendar="office", target_minutes=None, target_working_days=15)


def rows(explanation) -> list[tuple[str, str]]:
    return [(str(row.label), row.value) for row in explanation.rows]


# --- the sum ---


def test_elapsed_time_is_a_sum_to_the_second():
    filed_at = NOW - 12 * MINUTE

    explanation = explain.explain(petition(filed_at, filed_at + 30 * MINUTE), NOW)

    assert rows(explanation) == [
        ("You filed it", "15 May 14:05:12"),
        ("By “5341 quick response”", "+ 30 minutes"),
        ("To put it right by", "15 May 14:35:12"),
    ]
    assert explanation.weeks == []


@pytest.mark.parametrize(
    ("filed_at", "facts", "first"),
    [
        (NOW, {}, "You filed it"),
        (NOW + MINUTE, {}, "A neighbour reported it first"),
        (NOW - MINUTE, {}, "It was not solved"),
        (NOW - MINUTE, {"target_minutes": None}, "The plan was given"),
    ],
)
def test_the_sum_begins_with_what_set_the_clock_going(filed_at, facts, first):
    explanation = explain.explain(petition(NOW, NOW + 30 * MINUTE, filed_at=filed_at, **facts), NOW)

    assert rows(explanation)[0][0] == first


def test_minutes_of_working_time_are_named_as_such():
    explanation = explain.explain(petition(NOW, NOW + 30 * MINUTE, calendar="office"), NOW)

    assert rows(explanation)[1][1] == "+ 30 minutes of working time"


def test_a_petition_without_a_clock_has_nothing_to_explain():
    assert explain.explain(Petition(filed_at=NOW), NOW) is None


@pytest.mark.parametrize(
    ("passed", "on"), [(0, "0.00%"), (12, "40.00%"), (30, "100.00%"), (300, "100.00%"), (-1, "0.00%")]
)
def test_the_track_shows_the_share_of_the_time_that_is_gone(passed, on):
    explanation = explain.explain(petition(NOW, NOW + 30 * MINUTE), NOW + passed * MINUTE)

    assert explanation.track.segments[0].width == on
    assert explanation.track.reached == "30 minutes in all"


# --- the calendar ---


def test_working_days_are_counted_day_by_day(fifteen_days):
    explanation = explain.explain(fifteen_days, NOW)
    cells = {cell.label: cell for week in explanation.weeks[:2] for cell in week}

    assert explanation.caption == "27 Apr to 31 May"
    assert [len(week) for week in explanation.weeks] == [7] * 5
    assert (cells["30"].css, cells["30"].mark) == ("start", "filed")
    assert (cells["1/5"].css, cells["1/5"].mark) == ("", "off")
    assert (cells["6"].css, cells["6"].number) == ("c", "①")
    assert (cells["9"].css, cells["9"].mark) == ("c", "work")
    assert cells["9"].spoken == "Make-up workday, day 4"
    assert cells["10"].mark == "off"


def test_today_and_the_due_day_stand_out(fifteen_days):
    weeks = explain.explain(fifteen_days, NOW).weeks

    assert (weeks[2][4].css, weeks[2][4].mark) == ("c today", "today")
    assert (weeks[4][0].label, weeks[4][0].css, weeks[4][0].mark) == ("25", "c end", "due")
    assert weeks[4][1] == explain.Cell("26")


def test_the_reasons_name_the_holiday_and_the_make_up_day(fifteen_days):
    sentences = [str(sentence) for sentence in explain.explain(fifteen_days, NOW).sentences]

    assert sentences == [
        "You filed it on <b>Thu 30 Apr 16:20</b>: it counts from that moment.",
        "“5341 quick response” gives <b>15 working days</b>: counted from the next working day until work ends on the"
        " last one, at 18:00.",
        "Labour Day: 5 days off, not counted.",
        "<b>Sat 9 May</b> is a make-up workday and counts.",
    ]


def test_a_week_without_holidays_says_that_weekends_do_not_count(shipped):
    filed_at = datetime(2026, 5, 14, 10, tzinfo=SHANGHAI)
    due = datetime(2026, 5, 18, 18, tzinfo=SHANGHAI)
    street = petition(filed_at, due, kind="answer", calendar="office", target_minutes=None, target_working_days=2)

    assert "Saturdays and Sundays are not counted." in explain.explain(street, NOW).sentences


@pytest.mark.parametrize(
    ("now", "left", "reached", "states"),
    [
        (THURSDAY, 15, "15 working days", "off" * 15),
        (datetime(2026, 5, 6, 8, tzinfo=SHANGHAI), 14, "day 1 of 15", "now" + "off" * 14),
        (NOW, 6, "day 9 of 15", "on" * 8 + "now" + "off" * 6),
        (datetime(2026, 5, 17, 12, tzinfo=SHANGHAI), 6, "day 9 of 15", "on" * 9 + "off" * 6),
        (datetime(2026, 5, 25, 12, tzinfo=SHANGHAI), 0, "day 15 of 15", "on" * 14 + "now"),
        (datetime(2026, 5, 28, 12, tzinfo=SHANGHAI), 0, "day 15 of 15", "on" * 15),
    ],
)
def test_days_gone_and_days_left(fifteen_days, now, left, reached, states):
    explanation = explain.explain(fifteen_days, now)

    assert explanation.working_days_left == left
    assert explanation.track.reached == reached
    assert "".join(segment.css for segment in explanation.track.segments) == states


def test_a_list_learns_its_working_days_left_in_two_queries(fifteen_days, django_assert_num_queries):
    minutes = petition(NOW, NOW + 30 * MINUTE)
    both = [fifteen_days, minutes]
    for number, one in enumerate(both, start=1):
        one.pk = number

    with django_assert_num_queries(2):
        explain.count_working_days_left(both, NOW)

    assert [one.working_days_left for one in both] == [6, None]


def test_a_list_without_working_days_asks_nothing(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        explain.count_working_days_left([petition(NOW, NOW + MINUTE)], NOW)


@pytest.mark.parametrize(("number", "sign"), [(1, "①"), (20, "⑳"), (21, "㉑"), (35, "㉟"), (36, "㊱"), (51, "51")])
def test_numbers_are_circled_as_far_as_there_are_circles(number, sign):
    assert explain.circled(number) == sign


def test_a_policy_is_named_in_the_readers_language():
    with translation.override("ko"):
        assert explain.why_of(petition(NOW, NOW + MINUTE)).policy == "5341 신속 대응"


def test_the_page_shows_the_calendar_of_a_street_matter(cast: Cast):
    """The shipped policy for the street's matters, from filing to the page's markup."""
    from tests.cast import client_of, file, take_in

    street = file(cast.li, cast.building, category="unauthorised")
    take_in(street)

    page = client_of(cast.li).get(f"/petitions/{street.receipt_no}/").content.decode()

    assert '<table class="cal">' in page
