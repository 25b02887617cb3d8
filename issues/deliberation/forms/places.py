"""Where something belongs: the estates and communities in somebody's charge, a building by its name, one entrance."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from governance.models import Building, Community, Estate
from governance.models.scope import Scope


class InABuildingForm(forms.Form):
    """Of a whole estate, which the form itself asks for, or of one building or entrance there."""

    building = forms.CharField(
        label=_("Only this building"),
        required=False,
        max_length=40,
        help_text=_("Its name in the register, for example 3栋. Empty: the whole estate."),
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )
    stairwell = forms.IntegerField(
        label=_("Only this entrance"),
        required=False,
        min_value=1,
        max_value=99,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off", "inputmode": "numeric"}),
    )

    def find_building(self, given: dict[str, Any]) -> None:
        """Put the building that is meant into `given["found"]`; what can't be meant is said at its field."""
        name, estate = (given.get("building") or "").strip(), given.get("estate")
        given["found"] = Building.objects.filter(estate=estate, name=name).first() if name and estate else None
        if name and given["found"] is None and (estate or "estate" not in self.errors):
            self.add_error("building", _("There is no building of this name in the estate."))
        if given.get("stairwell") and not name:
            self.add_error("building", _("An entrance belongs to a building: name it."))


def places_of(scope: Scope) -> dict[str, Estate | Community]:
    """Where the person may call a meeting or draw up a survey, by the form's value: estates first."""
    estates = Estate.objects.filter(
        Q(community__in=scope.communities)
        | Q(community__subdistrict__in=scope.subdistricts)
        | Q(partybranch__in=scope.party_branches)
        | Q(community__partybranch__in=scope.party_branches)
    )
    communities = Community.objects.filter(
        Q(pk__in=scope.communities) | Q(subdistrict__in=scope.subdistricts) | Q(partybranch__in=scope.party_branches)
    )
    rows: Sequence[Estate | Community] = [
        *estates.select_related("community").order_by("name", "pk").distinct(),
        *communities.order_by("name", "pk").distinct(),
    ]
    return {key_of(row): row for row in rows}


def key_of(place: Estate | Community) -> str:
    return f"{'estate' if isinstance(place, Estate) else 'community'}-{place.pk}"
