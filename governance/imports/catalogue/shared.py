"""Columns that several registers have, and what several refuse."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from governance.imports.columns import Day, Reference, Wrong
from governance.imports.register import Values

LAST_DAY = _("Last day")
FIRST_DAY = _("First day")
ONLY_WHERE_SEVERAL = _("Only needed where several have the same name.")
LEAVE_EMPTY = _("Left empty while it goes on.")


def choices_of(kinds: Any) -> tuple[tuple[str, Any], ...]:
    return tuple((kind.value, kind.label) for kind in kinds)


def community_column(**said: Any) -> Reference:
    return Reference(name="community", heading=_("Community"), shelf="communities", example="春和社区", **said)


def narrowing_community_column(path: str) -> Reference:
    return community_column(is_field=False, path=path, help=ONLY_WHERE_SEVERAL)


def estate_column(**said: Any) -> Reference:
    return Reference(
        name="estate", heading=_("Estate"), shelf="estates", within="community", example="春和苑小区", **said
    )


def ends_column(name: str = "ended_on") -> Day:
    return Day(name=name, heading=LAST_DAY, help=LEAVE_EMPTY)


def begins_column(name: str = "since") -> Day:
    return Day(name=name, heading=FIRST_DAY, required=True, example="2026-01-01")


def refuse_unless_one(values: Values, one: str, other: str, sentence: str) -> None:
    if bool(values.get(one)) == bool(values.get(other)):
        raise Wrong(sentence, one)
