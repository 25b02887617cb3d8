"""Telling people of a meeting: that it was called, changed or cancelled, and that its minutes can be read."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse

from governance.domain import outbox
from governance.models import Urgency, User
from issues.deliberation.models import Meeting
from issues.deliberation.workflow import MEETING
from residents.models import Occupancy, OccupancyState

TOLD = {
    "call": "meeting_called",
    "change": "meeting_changed",
    "cancel": "meeting_cancelled",
    "check_minutes": "minutes_published",
    "finish_minutes": "minutes_final",
}
ABOUT_MINUTES = ("check_minutes", "finish_minutes")


def tell_invited(meeting: Meeting, people: Iterable[User], *, at: datetime) -> None:
    """Those who are asked once it was called."""
    _tell(meeting, "meeting_called", people, Urgency.PROMPT, at)


def tell_of(verb: str, meeting: Meeting, at: datetime) -> None:
    """Those who were asked or came; of an open meeting all who live there, in their inboxes."""
    if meeting.called_at is None:
        return
    asked = User.objects.filter(pk__in=meeting.invitations.values("user"))
    if verb in ABOUT_MINUTES:
        here = User.objects.filter(pk__in=meeting.attendances.values("user"))
        _tell(meeting, TOLD[verb], asked | here, Urgency.ORDINARY, at)
        return
    proxies = User.objects.filter(pk__in=meeting.invitations.values("proxy"))
    named = {person.pk: person for person in asked | proxies}
    _tell(meeting, TOLD[verb], named.values(), Urgency.PROMPT, at)
    if meeting.mechanism.is_open:
        neighbours = _neighbours(meeting).exclude(pk__in=named)
        _tell(meeting, TOLD[verb], neighbours, Urgency.ORDINARY, at)


def _neighbours(meeting: Meeting) -> Any:
    place = (
        {"unit__building__estate": meeting.estate_id}
        if meeting.estate_id
        else {"unit__building__estate__community": meeting.community_id}
    )
    homes = Occupancy.objects.filter(**place, state=OccupancyState.VERIFIED)
    return User.objects.filter(pk__in=homes.values("user"), is_active=True)


def _tell(meeting: Meeting, key: str, people: Iterable[User], urgency: Urgency, at: datetime) -> None:
    if meeting.starts_at is None:
        raise ValueError("Nobody is told of a meeting without a time.")
    told: dict[str, object] = {
        "title": meeting.title,
        "starts": meeting.starts_at.isoformat(),
        "room": meeting.venue.name if meeting.venue else "",
        "until": meeting.amend_until.isoformat() if meeting.amend_until else "",
    }
    outbox.post_to_each(
        people,
        key,
        told,
        dedupe=f"{key}:{meeting.public_id}:{meeting.sequence}",
        at=at,
        urgency=urgency,
        link=reverse("meeting", args=[meeting.public_id]),
        subdistrict_id=meeting.subdistrict_id,
        community_id=meeting.community_id,
    )


def _telling(verb: str) -> Any:
    def effect(meeting: Meeting, *, at: datetime, **_facts: Any) -> None:
        tell_of(verb, meeting, at)

    return effect


for each in TOLD:
    MEETING.on(each)(_telling(each))
