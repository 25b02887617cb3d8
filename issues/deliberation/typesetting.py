"""Papers in Chinese: typeset by typst from a template of ours and the words as data.

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
from django.utils.translation import gettext_lazy as _

from governance import wording
from governance.domain.refusals import Refusal

TEMPLATES = Path(__file__).parent / "papers"
log = logging.getLogger(__name__)


class NotPrintable(Refusal):
    """The font is missing, and the paper would lack words."""

    code = "not_printable"
    status = 503
    sentence = _("The paper can't be made on this machine just now. The page says the same.")


def typeset(template: str, told: dict[str, Any]) -> bytes:
    """The paper as PDF. Raises `NotPrintable` rather than leave words out."""
    inputs = {"told": json.dumps(told, ensure_ascii=False), "font": settings.PAPER_FONT}
    paper, warnings = typst.compile_with_warnings(
        TEMPLATES / template, root=TEMPLATES, font_paths=_fonts(), format="pdf", sys_inputs=inputs
    )
    if warnings:
        log.error("A paper could not be typeset: %s", "; ".join(str(warning) for warning in warnings))
        raise NotPrintable
    return paper


def long_moment(at: datetime) -> str:
    return f"{long_day(at)} {wording.clock_time(at)}"


def long_day(at: datetime) -> str:
    """2026年5月25日 周一: on paper the year is always said."""
    on = wording.local(at).date()
    return wording.day(on, on.replace(year=on.year - 1, day=1))


@cache
def _fonts() -> typst.Fonts:
    """Read once: looking through the system's fonts takes longer than the paper."""
    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=False)
