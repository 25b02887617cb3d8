"""Claiming a home: which unit, in which relation, and what shows it."""

import re
import unicodedata
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from governance.models import Building, Estate, Unit
from residents.forms.filing import EstateForm, NamesSelect, OwnWordsField
from residents.models import OccupancyRelation

__all__ = ["ClaimForm", "EstateForm"]


class ClaimForm(forms.Form):
    """One unit of one estate. `cleaned_data["unit"]` is the unit."""

    building = forms.ModelChoiceField(
        Building.objects.none(),
        label=_("Building"),
        empty_label=_("Please choose"),
        widget=NamesSelect(attrs={"class": "form-select"}),
        error_messages={
            "required": _("Please choose the building."),
            "invalid_choice": _("This building is not in the estate. Please choose one from the list."),
        },
    )
    stairwell = forms.CharField(
        label=_("Entrance"),
        max_length=10,
        help_text=_("A number: 2 for the second entrance. If there is only one, write 1."),
        widget=forms.TextInput(attrs={"class": "form-control", "inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": _("Please enter the number of the entrance.")},
    )
    number = forms.CharField(
        label=_("Door number"),
        max_length=20,
        help_text=_("For example 301"),
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
        error_messages={"required": _("Please enter the door number.")},
    )
    relation = forms.ChoiceField(
        label=_("I am"),
        choices=OccupancyRelation.choices,
        widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
        error_messages={
            "required": _("Please say whether you are the owner, a tenant or family."),
            "invalid_choice": _("Please say whether you are the owner, a tenant or family."),
        },
    )
    evidence = OwnWordsField(
        label=_("What shows it"),
        help_text=_("For example: a tenancy until June 2027, or the title deed is at the counter. No ID numbers."),
        max_characters=300,
        required=False,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 3}),
    )

    def __init__(self, data: QueryDict | None = None, *, estate: Estate):
        super().__init__(data, label_suffix="")
        choice = cast("forms.ModelChoiceField[Building]", self.fields["building"])
        choice.queryset = estate.buildings.all()
        choice.choices = [("", _("Please choose")), *((each.pk, each.name) for each in estate.buildings_in_order())]

    def clean_stairwell(self) -> int:
        typed = re.sub(r"(单元|门|号)$", "", _squeezed(self.cleaned_data["stairwell"]))
        if not re.fullmatch(r"[0-9]{1,3}", typed):
            raise forms.ValidationError(_("Please write the entrance as a number, for example 2."))
        return int(typed)

    def clean_number(self) -> str:
        return re.sub(r"(室|号)$", "", _squeezed(self.cleaned_data["number"]))

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if {"building", "stairwell", "number"} <= given.keys():
            building = given["building"]
            given["unit"] = (
                Unit.objects.select_related("building__estate__community")
                .filter(building=building, stairwell=given["stairwell"], number__iexact=given["number"])
                .first()
            )
            if given["unit"] is None:
                self.add_error("number", self._no_such_door(given))
        return given

    @staticmethod
    def _no_such_door(given: dict[str, Any]) -> str:
        building, stairwell = given["building"], given["stairwell"]
        if stairwell < 1 or stairwell > building.stairwells:
            return _("Building %(building)s has %(count)s entrances. Please check the number of the entrance.") % {
                "building": building.name,
                "count": building.stairwells,
            }
        return _(
            "We don't know door %(number)s at entrance %(stairwell)s of %(building)s. Please check, or ask the "
            "community office to add it."
        ) % {"number": given["number"], "stairwell": stairwell, "building": building.name}


def _squeezed(typed: str) -> str:
    """Without spaces, full-width digits as plain ones."""
    return "".join(unicodedata.normalize("NFKC", typed).split())
