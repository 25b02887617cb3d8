"""What the console's templates ask for: the table of a register's list, its filters, and the fields of a form."""

from datetime import datetime
from typing import Any, NamedTuple

from django import template
from django.contrib.admin.templatetags.admin_list import result_headers
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import lookup_field
from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from governance.admin.spoken import field_name, in_its_language, spoken
from governance.templatetags.words import own_words

register = template.Library()


class Cell(NamedTuple):
    """One value of a row, under the name of its column."""

    name: str
    value: SafeString


@register.simple_tag(takes_context=True)
def register_table(context: Any, cl: Any) -> dict[str, Any]:
    """The list as `headers` and `rows` of cells, the first of which leads to the row's page at `url`."""
    headers = [
        header | {"text": _column_name(cl.model, column, header["text"])}
        for column, header in zip(cl.list_display, result_headers(cl), strict=True)
    ]
    names = [header["text"] for header in headers]
    return {"headers": headers, "rows": [_row(context, cl, row, names) for row in cl.result_list]}


def _column_name(model: type[models.Model], column: str, text: Any) -> str:
    is_field = any(field.name == column for field in model._meta.fields)
    return field_name(model, column) if is_field else capfirst(str(text))


@register.filter
def title_of(spec: Any) -> str:
    """What a filter of a list is called."""
    asked = getattr(spec, "field", None)
    return field_name(asked.model, asked.name) if asked is not None else capfirst(str(spec.title))


@register.filter
def label_of(field: Any) -> str:
    """What a read-only field of an admin form is called."""
    name = field.field["name"]
    is_field = any(found.name == name for found in field.form.instance._meta.fields)
    return field_name(type(field.form.instance), name) if is_field else capfirst(str(field.field["label"]))


register.filter(in_its_language)


@register.filter
def help_of(field: Any) -> str:
    """What is to be known about a read-only field; notes for programmers are not."""
    text = field.field["help_text"]
    return str(text) if isinstance(text, Promise) else ""


def _row(context: Any, cl: Any, row: models.Model, names: list[Any]) -> dict[str, Any]:
    meta = cl.model._meta
    page = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])
    cells = [Cell(name, _cell(context, cl, row, column)) for name, column in zip(names, cl.list_display, strict=True)]
    return {"url": add_preserved_filters(context, page), "cells": cells}


def _cell(context: Any, cl: Any, row: models.Model, column: str) -> SafeString:
    try:
        field, _attribute, value = lookup_field(column, row, cl.model_admin)
    except ObjectDoesNotExist:
        return SafeString("")
    return _said(row, field, value, context["request"].now)


@register.simple_tag
def filter_choices(cl: Any, spec: Any) -> list[dict[str, Any]]:
    """What a filter offers, with the address of each."""
    return list(spec.choices(cl))


@register.filter
def chosen(choices: list[dict[str, Any]]) -> Any:
    """The choice in force, to be said on the closed filter; nothing while the first, “all”, is."""
    selected = [choice["display"] for choice in choices[1:] if choice["selected"]]
    return selected[0] if selected else ""


@register.filter
def page_of_list(cl: Any) -> Any:
    """The page of a list as Django's paginator knows it."""
    return cl.paginator.page(cl.page_num)


@register.filter
def has_input(field: Any) -> bool:
    """Whether a field of an admin form can be filled in."""
    return not field.is_readonly


@register.simple_tag(takes_context=True)
def said(context: Any, field: Any) -> SafeString:
    """What a read-only field of an admin form holds, as people read it."""
    row, name = field.form.instance, field.field["field"]
    try:
        found, _attribute, value = lookup_field(name, row, field.model_admin)
    except (AttributeError, ObjectDoesNotExist):
        return SafeString("")
    return _said(row, found, value, context["request"].now)


def _said(row: models.Model, field: models.Field | None, value: Any, now: datetime) -> SafeString:
    """A value of a row. What is marked up says itself which of its words are in which language."""
    if field is not None and field.remote_field:
        related = getattr(row, field.name)
        return own_words(str(related)) if related is not None else SafeString("")
    if isinstance(value, SafeString):
        return value
    return spoken(value, field, now)
