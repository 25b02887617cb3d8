"""Filters over a question that a QuerySet answers: yes or no; versions in force, or all of them."""

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


def in_force_unless_all(over: Narrow) -> type[SimpleListFilter]:
    """A filter for registers of versions: without those that `over` finds, unless `?versions=all` asks for all."""

    class InForce(SimpleListFilter):
        title = gettext_lazy("Versions")
        parameter_name = "versions"

        def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
            return [("all", _("All versions"))]

        def choices(self, changelist: Any) -> Any:
            for choice in super().choices(changelist):
                is_default = choice["display"] != _("All versions")
                yield choice | {"display": _("In force")} if is_default else choice

        def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
            if self.value() == "all":
                return queryset
            return queryset.exclude(pk__in=over(queryset, request.now).values("pk"))  # type: ignore[attr-defined]

    return InForce


# `?standing=yes` hides what has a last day, `=no` shows nothing else.
Standing = yes_or_no(gettext_lazy("Still standing"), "standing", lacking=lambda rows, at: rows.exclude(ended_on=None))
