"""Registers of places: communities, estates, grid units, buildings, units."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from governance.imports.catalogue.shared import (
    choices_of,
    community_column,
    ends_column,
    estate_column,
    narrowing_community_column,
)
from governance.imports.columns import NOT_GIVEN, Amount, Choice, Column, Reference, Whole
from governance.imports.register import Key, Register, Values, text_of
from governance.imports.shelves import Street
from governance.models import Building, Community, Estate, GridUnit, Unit
from governance.models.places import UnitKind


class Communities(Register):
    model = Community
    subdistrict_paths = ("subdistrict",)
    key = ("name",)
    order = ("name",)
    columns: tuple[Column, ...] = (
        text_of(Community, "name", heading=_("Community"), required=True, example="春和社区"),
        ends_column(),
    )

    def fixed(self, street: Street) -> Values:
        return {"subdistrict": street.subdistrict}


class Estates(Register):
    model = Estate
    subdistrict_paths = ("community__subdistrict",)
    key = ("community", "name")
    select = ("community",)
    order = ("community__name", "name")
    columns: tuple[Column, ...] = (
        community_column(required=True),
        text_of(Estate, "name", heading=_("Estate"), required=True, example="春和苑小区"),
        text_of(Estate, "address", heading=_("Address"), example="学校路 18 号", width=30),
        ends_column(),
    )


class GridUnits(Register):
    model = GridUnit
    subdistrict_paths = ("community__subdistrict",)
    key = ("community", "name")
    select = ("community", "party_group")
    order = ("community__name", "name")
    columns: tuple[Column, ...] = (
        community_column(required=True),
        text_of(GridUnit, "name", heading=_("Grid unit"), required=True, example="第三网格"),
        Reference(name="party_group", heading=_("Party group"), shelf="branches"),
        ends_column(),
    )


class Buildings(Register):
    model = Building
    subdistrict_paths = ("estate__community__subdistrict",)
    key = ("estate", "name")
    select = ("estate__community", "grid_unit")
    order = ("estate__community__name", "estate__name", "name")
    columns: tuple[Column, ...] = (
        narrowing_community_column("estate.community"),
        estate_column(required=True),
        text_of(Building, "name", heading=_("Building"), required=True, example="3栋", width=12),
        Whole(name="stairwells", heading=_("Entrances"), has_default=True, most=99, example=3),
        Reference(
            name="grid_unit",
            heading=_("Grid unit"),
            shelf="grid_units",
            within="estate",
            example="第三网格",
            help=_("One of the same community; a building is in one grid unit at most."),
        ),
        ends_column(),
    )

    def place_for(self, column: Reference, values: Values) -> Any:
        estate = values.get("estate")
        if column.name == "grid_unit":
            return estate.community if estate else None
        return super().place_for(column, values)


class Units(Register):
    model = Unit
    subdistrict_paths = ("building__estate__community__subdistrict",)
    key = ("building", "stairwell", "number")
    select = ("building__estate__community",)
    order = ("building__estate__community__name", "building__estate__name", "building__name", "stairwell", "number")
    narrowed_by = "building"
    columns: tuple[Column, ...] = (
        narrowing_community_column("building.estate.community"),
        estate_column(required=True, is_field=False, path="building.estate"),
        Reference(
            name="building",
            heading=_("Building"),
            shelf="buildings",
            within="estate",
            required=True,
            example="3栋",
            width=12,
        ),
        Whole(
            name="stairwell", heading=_("Entrance"), has_default=True, most=99, example=2, help=_("1 if left empty.")
        ),
        text_of(Unit, "number", heading=_("Door number"), required=True, example="301", width=10),
        Choice(
            name="kind",
            heading=_("Kind"),
            has_default=True,
            choices=choices_of(UnitKind),
            example=UnitKind.DWELLING,
            help=_("A dwelling if left empty."),
        ),
        Amount(name="exclusive_area_m2", heading=_("Area (m²)"), example=89.56),
        ends_column(),
    )

    def key_of(self, values: Values) -> Key:
        stairwell = values.get("stairwell", NOT_GIVEN)
        return super().key_of(values | {"stairwell": 1 if stairwell is NOT_GIVEN else stairwell})
