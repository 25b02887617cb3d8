"""A stored value as people read it: in the list, in the history, and where two versions stand side by side."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from governance import wording
from governance.admin.wording import LABELS
from governance.templatetags.words import own_words

_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
_ASIAN = re.compile(r"[\u3400-\u9fff\uac00-\ud7af]")


def field_name(model: type[models.Model], name: str) -> str:
    """What a field is called in the reader's language; a field that is no more, by its old name."""
    label = LABELS.get((model._meta.model_name or "", name))
    if label is None:
        field = next((field for field in model._meta.get_fields() if field.name == name), None)
        label = getattr(field, "verbose_name", name)
    return capfirst(str(label))


def spoken(value: Any, field: models.Field | None, now: datetime) -> SafeString:
    """`value` as stored in a field, or as `governance.domain.registers.recorded` wrote it; empty for nothing."""
    choices = dict(getattr(field, "flatchoices", None) or ())
    if value in (None, ""):
        return SafeString("")
    if value in choices:
        return own_words(str(choices[value]))
    if isinstance(value, str) and not isinstance(field, models.DateField):
        return in_its_language(value)
    return own_words(_plain(_parsed(value, field), now))


def in_its_language(text: str) -> SafeString:
    """What somebody wrote, marked where it is in another script than the page's: Chinese, or Latin letters."""
    is_english_page = (get_language() or "").startswith("en")
    if is_english_page or _ASIAN.search(text) or not _LATIN_WORD.search(text):
        return own_words(text)
    return format_html('<span lang="en">{}</span>', text)


def _plain(value: Any, now: datetime) -> str:
    match value:
        case bool():
            return _("Yes") if value else _("No")
        case datetime():
            return wording.moment(value, now)
        case date():
            return wording.day(value, wording.local(now).date())
        case Decimal():
            return f"{value:f}"
        case _:
            return str(value)


def _parsed(value: Any, field: models.Field | None) -> Any:
    """Days and instants out of the record are text; read them again."""
    if not isinstance(value, str):
        return value
    try:
        if isinstance(field, models.DateTimeField):
            return parse_datetime(value) or value
        if isinstance(field, models.DateField):
            return parse_date(value) or value
    except ValueError:
        return value
    return value
