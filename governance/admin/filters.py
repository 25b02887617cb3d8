"""Filters with two answers, yes and no, over a question that a QuerySet answers."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

Narrow = Callable[[QuerySet[Any], datetime], QuerySet[Any]]


def yes_or_no(title: Any, parameter: str, *, lacking: Narrow) -> type[SimpleListFilter]:
    """A filter `?parameter=no` for the rows that `lacking` finds, and `=yes` for all others."""

    class YesOrNo(SimpleListFilter):
        def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
            return [("yes", _("Yes")), ("no", _("No"))]

        def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
            if self.value() not in ("yes", "no"):
                return queryset
            lacks = lacking(queryset, request.now)  # type: ignore[attr-defined]
            return lacks if self.value() == "no" else queryset.exclude(pk__in=lacks.values("pk"))

    YesOrNo.title = title
    YesOrNo.parameter_name = parameter
    return YesOrNo


# `?standing=yes` hides what has a last day, `=no` shows nothing else.
Standing = yes_or_no(gettext_lazy("Still standing"), "standing", lacking=lambda rows, at: rows.exclude(ended_on=None))
