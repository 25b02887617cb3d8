"""Meetings for people's calendars: one by one, and all of a person's. The same meeting is the same entry everywhere."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.urls import reverse
from icalendar import Calendar, Event

from governance.models import User
from issues.deliberation.models import Meeting, MeetingState

PRODUCT = "-//Youying//Meetings//ZH"
# What is longer over than this leaves the feed, and a feed has an end.
KEPT = timedelta(days=180)
MOST_ENTRIES = 500


def invitation_of(meeting: Meeting) -> bytes:
    """An invitation, or that the meeting doesn't take place: with the sequence of what was told last."""
    is_off = meeting.state == MeetingState.CANCELLED
    return _calendar([meeting], method="CANCEL" if is_off else "REQUEST").to_ical()


def feed_of(user: User, now: datetime) -> bytes:
    """All called meetings that the person sees, those that were cancelled included."""
    rows = Meeting.objects.visible_to(user, user.scope(now)).filter(ends_at__gte=now - KEPT)
    rows = rows.select_related("estate", "community", "mechanism", "venue").order_by("starts_at", "pk")
    return _calendar(list(rows[:MOST_ENTRIES]), method="PUBLISH").to_ical()


def _calendar(meetings: list[Meeting], *, method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    for meeting in meetings:
        calendar.add_component(_event(meeting))
    return calendar


def _event(meeting: Meeting) -> Event:
    if meeting.starts_at is None or meeting.ends_at is None or meeting.changed_at is None:
        raise ValueError("A meeting that was called has its times.")
    room, place = meeting.venue, meeting.estate or meeting.community
    event = Event()
    event.add("uid", str(meeting.public_id))
    event.add("sequence", meeting.sequence)
    event.add("status", "CANCELLED" if meeting.state == MeetingState.CANCELLED else "CONFIRMED")
    event.add("summary", f"{meeting.mechanism.name_zh}：{meeting.title}")
    event.add("location", f"{room.name}，{room.where}" if room else str(place))
    # In UTC: a calendar needs no definition of our zone to show it right.
    event.add("dtstart", meeting.starts_at.astimezone(UTC))
    event.add("dtend", meeting.ends_at.astimezone(UTC))
    event.add("dtstamp", meeting.changed_at.astimezone(UTC))
    event.add("last-modified", meeting.changed_at.astimezone(UTC))
    event.add("url", f"{settings.PORTAL_URL.rstrip('/')}{reverse('meeting', args=[meeting.public_id])}")
    return event
