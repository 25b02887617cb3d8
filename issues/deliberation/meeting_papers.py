"""A meeting on paper, in Chinese: its notice, and its minutes with the sheet that those who were there sign."""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext

from governance import wording
from issues.deliberation.domain.attending import LANGUAGE
from issues.deliberation.minutes_page import Minutes, said_addition, said_line, said_outcome, said_quorum
from issues.deliberation.models import Meeting
from issues.deliberation.typesetting import long_day, long_moment, typeset

ROWS_TO_SIGN = 12


def notice_pdf(meeting: Meeting) -> bytes:
    """会议通知: what is hung up in the entrances."""
    with translation.override(LANGUAGE):
        return typeset("notice.typ", _notice(meeting))


def minutes_pdf(minutes: Minutes) -> bytes:
    """会议纪要, with the sheet that those who were there sign."""
    with translation.override(LANGUAGE):
        return typeset("minutes.typ", _minutes(minutes))


def _notice(meeting: Meeting) -> dict[str, Any]:
    if meeting.starts_at is None or meeting.ends_at is None or meeting.called_at is None:
        raise ValueError("Only a meeting that was called has a notice.")
    room = meeting.venue
    return {
        "place": str(meeting.estate or meeting.community),
        "mechanism": meeting.mechanism.name_zh,
        "title": meeting.title,
        "words": meeting.words,
        "when": f"{long_moment(meeting.starts_at)}–{wording.clock_time(meeting.ends_at)}",
        "where": f"{room.name}（{room.where}）" if room else "",
        "agenda": [{"title": item.title, "minutes": item.minutes} for item in meeting.items.order_by("position")],
        "is_open": meeting.mechanism.is_open,
        "cancelled": meeting.cancelled_because,
        "called_on": long_day(meeting.called_at),
        "called_by": str(meeting.community),
    }


def _minutes(minutes: Minutes) -> dict[str, Any]:
    version = minutes.version
    return {
        "place": minutes.place,
        "mechanism": minutes.mechanism,
        "title": minutes.title,
        "when": long_moment(minutes.opened_at) if minutes.opened_at else "",
        "room": minutes.room,
        "stage": str(version.get_stage_display()),
        "number": version.number,
        "hash": version.hash,
        "present": minutes.present,
        "quorum": said_quorum(minutes.quorum) if minutes.quorum else "",
        "visits": [gettext("Looked at on site: %(where)s. %(seen)s") % visit for visit in minutes.visits],
        "points": [
            {
                "title": f"{point.number}. {point.title}",
                "raised": point.raised_in_the_room,
                "decisions": [{"passed": each.has_passed, "words": each.sentences} for each in point.decisions],
                "lines": [{"kind": line.kind, "words": said_line(line)} for line in point.lines],
                "additions": [said_addition(addition) for addition in point.additions],
                "consensus": gettext("How far people agree: %(level)s") % {"level": point.consensus},
                "outcome": said_outcome(point),
                "vote": point.binds_nobody,
            }
            for point in minutes.points
        ],
        "additions": [said_addition(addition) for addition in minutes.additions],
        "rows": max(len(minutes.present), ROWS_TO_SIGN),
    }
