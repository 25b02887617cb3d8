"""When each rung of the ladder fires."""

from datetime import datetime, timedelta

import pytest

from issues.domain.rungs import next_rung_at, rung_times
from issues.models import SlaPolicy
from tests.cast import NOW, SHANGHAI

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shipped")]


def local(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


def ladder():
    return list(SlaPolicy.objects.get(code="5341-ordinary").rungs.all())


def test_a_ladder_is_climbed_in_the_order_of_its_times():
    due = NOW + timedelta(minutes=30)
    assert [(time.rung.code, time.at) for time in rung_times(NOW, due, ladder())] == [
        ("warning", NOW + timedelta(minutes=24)),
        ("breach", due),
        ("half_hour", due + timedelta(minutes=30)),
        ("four_hours", due + timedelta(hours=4)),
        ("next_day", local(5, 18, 9)),
    ]


@pytest.mark.parametrize(
    ("due", "opens"),
    [
        (local(5, 15, 14, 47), local(5, 18, 9)),  # Friday to Monday
        (local(5, 8, 20), local(5, 9, 9)),  # Friday to the Saturday that is worked
        (local(9, 30, 17), local(10, 8, 9)),  # over the National Day week
        (local(10, 9, 17), local(10, 10, 9)),  # and the Saturday that pays for it
        (local(5, 18, 0, 30), local(5, 19, 9)),  # in the night: the next day, not this one's opening
    ],
)
def test_the_last_rung_waits_for_the_next_working_day(due, opens):
    assert {time.rung.code: time.at for time in rung_times(due - timedelta(minutes=30), due, ladder())}[
        "next_day"
    ] == opens


def test_rungs_that_fired_are_not_waited_for():
    rungs, due = ladder(), NOW + timedelta(minutes=30)
    at = [next_rung_at(NOW, due, rungs, rungs[:fired]) for fired in range(6)]
    assert at == [time.at for time in rung_times(NOW, due, rungs)] + [None]
