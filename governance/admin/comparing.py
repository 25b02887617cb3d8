"""Two people at one record: what the other wrote beside what this one typed, and a form that goes on from both."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.forms import ModelForm
from django.http import QueryDict
from django.utils.safestring import SafeString

from governance.admin.spoken import field_name, spoken
from governance.domain.registers import StaleVersion, facts_of, recorded


@dataclass(frozen=True)
class Both:
    """One field on which the two differ."""

    field: str
    theirs: SafeString
    yours: SafeString


def both_versions(typed: ModelForm, stored: models.Model, now: datetime) -> list[Both]:
    """The fields on which `typed` and what is `stored` differ."""
    typed.is_valid()
    model = type(stored)
    return [
        Both(field_name(model, field.name), _said(stored, field, now), _said(typed.instance, field, now))
        for field in _written_in(typed)
        if getattr(stored, field.attname) != getattr(typed.instance, field.attname)
    ]


def untouched_taken_over(typed: ModelForm, stale: StaleVersion) -> QueryDict:
    """What was typed, with the other's value in each field where this person's is what stood there before.

    Values that are off the record can't be told apart: there, what was typed stays.
    """
    typed.is_valid()
    data: QueryDict = typed.data.copy()  # type: ignore[attr-defined]
    before = _before(stale)
    for field in _written_in(typed):
        is_untouched = field.name in before and recorded(typed.instance, field) == before[field.name]
        if is_untouched:
            _take_over(data, typed, field, stale.row)
    return data


def _before(stale: StaleVersion) -> dict[str, Any]:
    """What each field held that has been changed since, on the record as of the version this person saw."""
    before: dict[str, Any] = {}
    for entry in stale.since:
        for name, pair in (facts_of(entry).get("changes") or {}).items():
            if pair is not None:
                before.setdefault(name, pair[0])
    return before


def _take_over(data: QueryDict, form: ModelForm, field: models.Field, row: models.Model) -> None:
    asked, name = form.fields[field.name], form.add_prefix(field.name)
    value = asked.prepare_value(field.value_from_object(row))
    if isinstance(value, bool):
        data.setlist(name, ["on"] if value else [])
        return
    written = asked.widget.format_value(value)
    data.setlist(name, written if isinstance(written, list) else ["" if written is None else str(written)])


def _written_in(form: ModelForm) -> list[models.Field]:
    return [field for field in form.instance._meta.concrete_fields if field.name in form.fields]


def _said(row: models.Model, field: models.Field, now: datetime) -> SafeString:
    value = getattr(row, field.name) if field.remote_field else getattr(row, field.attname)
    return spoken(value, field, now)
