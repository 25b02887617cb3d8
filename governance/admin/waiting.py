"""What waits in governance's registers, for the work list on the console's first page."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Concat
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
from governance.work_list import WaitingRows, WorkItem, work_item

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


@work_item
def messages_not_reached(scope: Scope, now: datetime) -> WaitingRows:
    return WaitingRows(
        _mine(Notice.objects.not_reached(), scope, "subdistrict"),
        lambda count: ngettext(
            "%(count)s message has reached nobody: phone that person",
            "%(count)s messages have reached nobody: phone those people",
            count,
        ),
        reverse("not_reached"),
        "overdue",
    )


@work_item
def estates_unmanaged(scope: Scope, now: datetime) -> WaitingRows:
    return WaitingRows(
        unmanaged(_mine(Estate.objects.order_by("name"), scope, "community__subdistrict"), now),
        lambda count: ngettext(
            "%(count)s estate is managed by nobody", "%(count)s estates are managed by nobody", count
        ),
        _list("estate", "?managed=no"),
        "overdue",
        name="name",
    )


@work_item
def contracts_ending(scope: Scope, now: datetime) -> WaitingRows:
    managements = _mine(Management.objects.all(), scope, "estate__community__subdistrict")
    return WaitingRows(
        ending_soon(managements, now).order_by("valid_until"),
        lambda count: ngettext(
            "%(count)s estate's management ends within 30 days",
            "%(count)s estates' managements end within 30 days",
            count,
        ),
        _list("management", "?lasts=no"),
        "soon",
        name="estate__name",
    )


@work_item
def grid_units_without_leader(scope: Scope, now: datetime) -> WaitingRows:
    return WaitingRows(
        without(Role.GRID_LEADER, _grid_units(scope), now),
        lambda count: ngettext("%(count)s grid unit has no leader", "%(count)s grid units have no leader", count),
        _list("gridunit", "?leader=no&standing=yes"),
        "soon",
        name=_within("community__name"),
    )


@work_item
def grid_units_without_worker(scope: Scope, now: datetime) -> WaitingRows:
    return WaitingRows(
        without(Role.GRID_WORKER, _grid_units(scope), now),
        lambda count: ngettext("%(count)s grid unit has no worker", "%(count)s grid units have no worker", count),
        _list("gridunit", "?worker=no&standing=yes"),
        name=_within("community__name"),
    )


def _grid_units(scope: Scope) -> QuerySet[GridUnit]:
    return _mine(GridUnit.objects.order_by("community__name", "name"), scope, "community__subdistrict")


@work_item
def buildings_in_no_grid_unit(scope: Scope, now: datetime) -> WaitingRows:
    buildings = Building.objects.filter(grid_unit=None, ended_on=None).order_by("estate__name", "name")
    return WaitingRows(
        _mine(buildings, scope, "estate__community__subdistrict"),
        lambda count: ngettext(
            "%(count)s building is in no grid unit", "%(count)s buildings are in no grid unit", count
        ),
        _list("building", "?grid_unit__isnull=True&standing=yes"),
        name=_within("estate__name"),
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


def _mine(rows: QuerySet[Any], scope: Scope, lookup: str) -> QuerySet[Any]:
    return rows if scope.is_administrator else rows.filter(**{f"{lookup}__in": scope.subdistricts})


def _list(register: str, question: str = "") -> str:
    return reverse(f"admin:governance_{register}_changelist") + question


def _within(place: str) -> Combinable:
    """春和苑小区 3栋: a name after that of the place it lies in."""
    return Concat(F(place), Value(" "), F("name"))
