"""Where an order stands in the queue, and what an address may ask of it."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from issues.queue import HOUR, LATER, OVERDUE, TODAY, Asked, BadFilter, Taken, group_of
from tests.cast import NOW, SHANGHAI


@pytest.mark.parametrize(
    ("due", "group"),
    [
        (NOW - timedelta(days=30), OVERDUE),
        (NOW - timedelta(microseconds=1), OVERDUE),
        (NOW, HOUR),
        (NOW + timedelta(hours=1), HOUR),
        (NOW + timedelta(hours=1, microseconds=1), TODAY),
        (datetime(2026, 5, 15, 23, 59, 59, tzinfo=SHANGHAI), TODAY),
        (datetime(2026, 5, 16, tzinfo=SHANGHAI), LATER),
        (None, LATER),
    ],
)
def test_an_order_stands_where_its_due_time_puts_it(due, group):
    assert group_of(due, NOW) == group


def test_within_the_hour_goes_before_tomorrow():
    late = datetime(2026, 5, 15, 23, 30, tzinfo=SHANGHAI)
    assert group_of(late + timedelta(minutes=45), late) == HOUR


@pytest.mark.parametrize(
    ("asked", "address"),
    [
        (Asked(), ""),
        (Asked(page=3), "?page=3"),
        (Asked(whose="mine", page=2), "?whose=mine&page=2"),
        (Asked(building="春和苑/3栋"), "?building=%E6%98%A5%E5%92%8C%E8%8B%91%2F3%E6%A0%8B"),
    ],
)
def test_an_address_says_what_was_asked_and_no_more(asked, address):
    assert asked.address() == address


@pytest.mark.parametrize("text", ["", "1", "~3", "x~3", "60364c89-e71a-4edc-8845-90aff404702e~x"])
def test_a_note_of_a_lost_claim_that_cannot_be_read_is_refused(text):
    with pytest.raises(BadFilter):
        Taken.parse(text)


def test_a_note_of_a_lost_claim_survives_the_way_through_the_page():
    note = Taken(uuid4(), 3)
    assert Taken.parse(str(note)) == note
