"""The registers of places, from the district down to one unit, and of the grid units over buildings."""

from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from governance.admin.base import RegisterAdmin
from governance.admin.filters import Standing, yes_or_no
from governance.admin.imports import ImportExportAdmin
from governance.admin.site import registers
from governance.admin.waiting import unmanaged, without
from governance.models import Building, Community, District, Estate, GridUnit, Role, Subdistrict, Unit
from governance.models.scope import Scope


@registers(District)
class DistrictAdmin(RegisterAdmin):
    group = "places"
    administrators_only = True
    list_display = ("name",)
    search_fields = ("name",)

    def in_scope(self, rows: QuerySet[Any], scope: Scope) -> QuerySet[Any]:
        return rows if scope.is_administrator else rows.filter(subdistricts__in=scope.subdistricts).distinct()


@registers(Subdistrict)
class SubdistrictAdmin(RegisterAdmin):
    group = "places"
    administrators_only = True
    subdistrict_paths = ("pk",)
    list_display = ("name", "district")
    list_select_related = ("district",)
    list_filter = ("district",)
    search_fields = ("name",)


@registers(Community)
class CommunityAdmin(ImportExportAdmin):
    group = "places"
    subdistrict_paths = ("subdistrict",)
    list_display = ("name", "subdistrict", "ended_on")
    list_select_related = ("subdistrict",)
    list_filter = (Standing,)
    search_fields = ("name",)
    ordering = ("name",)
    fields = ("subdistrict", "name")


@registers(Estate)
class EstateAdmin(ImportExportAdmin):
    group = "places"
    subdistrict_paths = ("community__subdistrict",)
    list_display = ("name", "community", "address", "ended_on")
    list_select_related = ("community",)
    list_filter = (
        yes_or_no(_("Managed by somebody"), "managed", lacking=unmanaged),
        "community",
        Standing,
    )
    search_fields = ("name", "address")
    autocomplete_fields = ("community",)
    ordering = ("name",)
    fields = ("community", "name", "address")


@registers(Building)
class BuildingAdmin(ImportExportAdmin):
    group = "places"
    subdistrict_paths = ("estate__community__subdistrict",)
    list_display = ("name", "estate", "grid_unit", "stairwells", "ended_on")
    list_select_related = ("estate", "grid_unit")
    list_filter = ("grid_unit", "estate", Standing)
    search_fields = ("name", "estate__name")
    autocomplete_fields = ("estate", "grid_unit")
    ordering = ("estate__name", "name")
    fields = ("estate", "name", "stairwells", "grid_unit")

    def label_of(self, row: models.Model) -> str:
        return f"{row.estate} {row}"  # type: ignore[attr-defined]


@registers(Unit)
class UnitAdmin(ImportExportAdmin):
    group = "places"
    subdistrict_paths = ("building__estate__community__subdistrict",)
    list_display = ("number", "building", "stairwell", "kind", "exclusive_area_m2", "ended_on")
    list_select_related = ("building__estate",)
    list_filter = ("kind", "building__estate", Standing)
    search_fields = ("number", "building__name", "building__estate__name")
    autocomplete_fields = ("building",)
    ordering = ("building__estate__name", "building__name", "stairwell", "number")
    fields = ("building", "stairwell", "number", "kind", "exclusive_area_m2", "held_by_developer")

    def label_of(self, row: models.Model) -> str:
        return f"{row.building.estate} {row.building} {row.stairwell}-{row}"  # type: ignore[attr-defined]


@registers(GridUnit)
class GridUnitAdmin(ImportExportAdmin):
    group = "places"
    subdistrict_paths = ("community__subdistrict",)
    list_display = ("name", "community", "party_group", "ended_on")
    list_select_related = ("community", "party_group")
    list_filter = (
        yes_or_no(_("Has a leader"), "leader", lacking=lambda rows, at: without(Role.GRID_LEADER, rows, at)),
        yes_or_no(_("Has a worker"), "worker", lacking=lambda rows, at: without(Role.GRID_WORKER, rows, at)),
        "community",
        Standing,
    )
    search_fields = ("name", "community__name")
    autocomplete_fields = ("community", "party_group")
    ordering = ("community__name", "name")
    fields = ("community", "name", "party_group")

    def label_of(self, row: models.Model) -> str:
        return f"{row.community} {row}"  # type: ignore[attr-defined]
