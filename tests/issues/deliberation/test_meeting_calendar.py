"""Calendars, read back by their parser: one entry for one meeting, raised with each change, cancelled at last."""

from dataclasses import replace
from datetime import timedelta

import pytest
from icalendar import Calendar

from issues.deliberation.domain import meetings
from issues.deliberation.meeting_calendar import feed_of, invitation_of
from tests.cast import NOW
from tests.issues.deliberation.meeting import ENDS, STARTS, a_called, a_draft, plan

pytestmark = pytest.mark.django_db


def read(content: bytes):
    calendar = Calendar.from_ical(content)
    return str(calendar["METHOD"]), calendar.walk("VEVENT")


def entry(content: bytes):
    _method, (event,) = read(content)
    return event


def test_the_invitation_says_when_and_where(cast):
    meeting = a_called(cast)
    method, (event,) = read(invitation_of(meeting))
    assert (method, str(event["UID"]), int(event["SEQUENCE"])) == ("REQUEST", str(meeting.public_id), 0)
    assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (STARTS, ENDS)
    assert str(event["SUMMARY"]) == "说事议事会：学校路停车怎么办"
    assert str(event["LOCATION"]) == "党群服务站议事厅，学校路 18 号一层"
    assert str(event["STATUS"]) == "CONFIRMED"


def test_a_change_is_the_same_entry_with_a_higher_sequence(cast):
    meeting = a_called(cast)
    later = replace(plan(cast), starts_at=STARTS + timedelta(hours=1), ends_at=ENDS + timedelta(hours=1))
    changed = meetings.rewrite(meeting, later, version=1, actor=cast.wu, at=NOW + timedelta(hours=1))
    before, after = entry(invitation_of(meeting)), entry(invitation_of(changed))
    assert before["UID"] == after["UID"]
    assert (int(before["SEQUENCE"]), int(after["SEQUENCE"])) == (0, 1)
    assert after.decoded("DTSTART") == STARTS + timedelta(hours=1)
    assert after.decoded("DTSTAMP") > before.decoded("DTSTAMP")


def test_a_cancelled_meeting_is_cancelled_in_the_calendar_and_in_the_feed(cast):
    meeting = meetings.cancel(a_called(cast), words="停电", actor=cast.wu, at=NOW)
    method, (event,) = read(invitation_of(meeting))
    assert (method, str(event["STATUS"]), int(event["SEQUENCE"])) == ("CANCEL", "CANCELLED", 1)
    assert str(entry(feed_of(cast.li, NOW))["STATUS"]) == "CANCELLED"


def test_the_feed_has_the_persons_meetings_and_no_drafts_or_strangers(cast):
    mine = a_called(cast)
    a_draft(cast)
    assert [str(event["UID"]) for event in read(feed_of(cast.li, NOW))[1]] == [str(mine.public_id)]
    assert read(feed_of(cast.stranger, NOW))[1] == []
    assert read(feed_of(cast.xu, NOW))[1] == []


def test_signs_of_the_format_in_a_title_stay_words(cast):
    title = "一；二，三:\nBEGIN:VEVENT\\n;,"
    assert len(read(invitation_of(a_called(cast, title=title)))[1]) == 1
