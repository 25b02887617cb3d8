"""What waits in governance's registers, for the work list on the console's first page."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance.domain.moment import local_day
from governance.models import (
    Building,
    CalendarYear,
    Estate,
    GridUnit,
    Management,
    Notice,
    Role,
    RoleAssignment,
)
from governance.models.scope import Scope
from governance.work_list import WorkItem, count_and_first, work_item

# A contract is a matter for today when this few days are left.
ENDS_SOON = timedelta(days=30)
# The State Council publishes the next year's holidays in November or December.
NEXT_YEAR_FROM_MONTH = 12


def unmanaged(estates: QuerySet[Estate], at: datetime) -> QuerySet[Estate]:
    """Standing estates that nobody manages on the day."""
    day = local_day(at)
    managed = Management.objects.in_force(day).filter(estate=OuterRef("pk"))
    return estates.filter(~Exists(managed), ended_on=None)


def ending_soon(managements: QuerySet[Management], at: datetime) -> QuerySet[Management]:
    """Managements in force that end within thirty days."""
    day = local_day(at)
    return managements.filter(valid_from__lte=day, valid_until__range=(day, day + ENDS_SOON))


def without(role: Role, grid_units: QuerySet[GridUnit], at: datetime) -> QuerySet[GridUnit]:
    """Standing grid units where nobody holds `role`."""
    held = RoleAssignment.objects.in_force(at).filter(role=role, grid_unit=OuterRef("pk"))
    return grid_units.filter(~Exists(held), ended_on=None)


def _mine(rows: QuerySet[Any], scope: Scope, lookup: str) -> QuerySet[Any]:
    return rows if scope.is_administrator else rows.filter(**{f"{lookup}__in": scope.subdistricts})


def _list(register: str, question: str = "") -> str:
    return reverse(f"admin:governance_{register}_changelist") + question


def _item(rows: QuerySet[Any], words: Callable[[int], str], url: str, **more: Any) -> WorkItem:
    count, first = count_and_first(rows)
    names = tuple(str(getattr(row, "named", row)) for row in first)
    return WorkItem(words(count) % {"count": count}, count, url, names=names, **more)


@work_item
def messages_not_reached(scope: Scope, now: datetime) -> WorkItem:
    notices = _mine(Notice.objects.not_reached(), scope, "subdistrict")
    words = lambda count: ngettext(  # noqa: E731
        "%(count)s message has reached nobody: phone that person",
        "%(count)s messages have reached nobody: phone those people",
        count,
    )
    count = notices.count()
    return WorkItem(words(count) % {"count": count}, count, reverse("not_reached"), "overdue")


@work_item
def estates_unmanaged(scope: Scope, now: datetime) -> WorkItem:
    estates = unmanaged(_mine(Estate.objects.order_by("name"), scope, "community__subdistrict"), now)
    return _item(
        estates,
        lambda count: ngettext(
            "%(count)s estate is managed by nobody", "%(count)s estates are managed by nobody", count
        ),
        _list("estate", "?managed=no"),
        urgency="overdue",
    )


@work_item
def contracts_ending(scope: Scope, now: datetime) -> WorkItem:
    managements = _mine(Management.objects.select_related("estate", "body"), scope, "estate__community__subdistrict")
    return _item(
        ending_soon(managements, now).order_by("valid_until"),
        lambda count: ngettext(
            "%(count)s management contract ends within 30 days",
            "%(count)s management contracts end within 30 days",
            count,
        ),
        _list("management", "?lasts=no"),
        urgency="soon",
    )


@work_item
def grid_units_without_leader(scope: Scope, now: datetime) -> WorkItem:
    grid_units = _mine(GridUnit.objects.order_by("name"), scope, "community__subdistrict")
    return _item(
        without(Role.GRID_LEADER, grid_units, now),
        lambda count: ngettext("%(count)s grid unit has no leader", "%(count)s grid units have no leader", count),
        _list("gridunit", "?leader=no"),
        urgency="soon",
    )


@work_item
def grid_units_without_worker(scope: Scope, now: datetime) -> WorkItem:
    grid_units = _mine(GridUnit.objects.order_by("name"), scope, "community__subdistrict")
    return _item(
        without(Role.GRID_WORKER, grid_units, now),
        lambda count: ngettext("%(count)s grid unit has no worker", "%(count)s grid units have no worker", count),
        _list("gridunit", "?worker=no"),
    )


@work_item
def buildings_in_no_grid_unit(scope: Scope, now: datetime) -> WorkItem:
    buildings = Building.objects.filter(grid_unit=None, ended_on=None).select_related("estate").order_by("name")
    return _item(
        _mine(buildings, scope, "estate__community__subdistrict"),
        lambda count: ngettext(
            "%(count)s building is in no grid unit", "%(count)s buildings are in no grid unit", count
        ),
        _list("building", "?grid_unit__isnull=True"),
    )


@work_item
def holidays_missing(scope: Scope, now: datetime) -> WorkItem | None:
    today = local_day(now)
    wanted = {today.year, today.year + 1} if today.month >= NEXT_YEAR_FROM_MONTH else {today.year}
    missing = sorted(wanted - set(CalendarYear.objects.filter(year__in=wanted).values_list("year", flat=True)))
    if not missing:
        return None
    words = _("The holidays of %(year)s are not loaded: due times in it are provisional") % {"year": missing[0]}
    return WorkItem(words, len(missing), _list("calendaryear"), "soon")
