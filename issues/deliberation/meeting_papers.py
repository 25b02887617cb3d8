"""Notices and minutes on paper, in Chinese: typeset by typst from a template of ours and the words as data.

Words never become part of the template: they come as JSON, which typst reads as text. Without the font a glyph would be
left out in silence, so fonts don't fall back and any warning is an error.
"""

import json
import logging
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from governance import wording
from governance.domain.refusals import Refusal
from issues.deliberation.domain.attending import LANGUAGE
from issues.deliberation.minutes_page import Minutes, consults_only, said_addition, said_line, said_outcome, said_quorum
from issues.deliberation.models import Meeting

TEMPLATES = Path(__file__).parent / "papers"
ROWS_TO_SIGN = 12


log = logging.getLogger(__name__)


class NotPrintable(Refusal):
    """The font is missing, and the paper would lack words."""

    code = "not_printable"
    status = 503
    sentence = _("The paper can't be made on this machine just now. The page says the same.")


def notice_pdf(meeting: Meeting) -> bytes:
    """会议通知: what is hung up in the entrances."""
    with translation.override(LANGUAGE):
        return _typeset("notice.typ", _notice(meeting))


def minutes_pdf(minutes: Minutes) -> bytes:
    """会议纪要, with the sheet that those who were there sign."""
    with translation.override(LANGUAGE):
        return _typeset("minutes.typ", _minutes(minutes))


def _notice(meeting: Meeting) -> dict[str, Any]:
    if meeting.starts_at is None or meeting.ends_at is None or meeting.called_at is None:
        raise ValueError("Only a meeting that was called has a notice.")
    room = meeting.venue
    return {
        "place": str(meeting.estate or meeting.community),
        "mechanism": meeting.mechanism.name_zh,
        "title": meeting.title,
        "words": meeting.words,
        "when": f"{_long_moment(meeting.starts_at)}–{wording.clock_time(meeting.ends_at)}",
        "where": f"{room.name}（{room.where}）" if room else "",
        "agenda": [{"title": item.title, "minutes": item.minutes} for item in meeting.items.order_by("position")],
        "is_open": meeting.mechanism.is_open,
        "cancelled": meeting.cancelled_because,
        "called_on": _long_day(meeting.called_at),
        "called_by": str(meeting.community),
    }


def _minutes(minutes: Minutes) -> dict[str, Any]:
    version = minutes.version
    return {
        "place": minutes.place,
        "mechanism": minutes.mechanism,
        "title": minutes.title,
        "when": _long_moment(minutes.opened_at) if minutes.opened_at else "",
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
                "lines": [{"kind": line.kind, "words": said_line(line)} for line in point.lines],
                "additions": [said_addition(addition) for addition in point.additions],
                "consensus": gettext("How far people agree: %(level)s") % {"level": point.consensus},
                "outcome": said_outcome(point),
                "vote": consults_only() if point.goes_to_a_vote else "",
            }
            for point in minutes.points
        ],
        "additions": [said_addition(addition) for addition in minutes.additions],
        "rows": max(len(minutes.present), ROWS_TO_SIGN),
    }


def _long_moment(at: datetime) -> str:
    return f"{_long_day(at)} {wording.clock_time(at)}"


def _long_day(at: datetime) -> str:
    """2026年5月25日 周一: on paper the year is always said."""
    on = wording.local(at).date()
    return wording.day(on, on.replace(year=on.year - 1, day=1))


def _typeset(template: str, told: dict[str, Any]) -> bytes:
    """The paper as PDF. Raises `NotPrintable` rather than leave words out."""
    inputs = {"told": json.dumps(told, ensure_ascii=False), "font": settings.PAPER_FONT}
    paper, warnings = typst.compile_with_warnings(
        TEMPLATES / template, root=TEMPLATES, font_paths=_fonts(), format="pdf", sys_inputs=inputs
    )
    if warnings:
        log.error("A paper could not be typeset: %s", "; ".join(str(warning) for warning in warnings))
        raise NotPrintable
    return paper


@cache
def _fonts() -> typst.Fonts:
    """Read once: looking through the system's fonts takes longer than the paper."""
    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=False)
