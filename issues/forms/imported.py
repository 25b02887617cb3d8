"""What the desk writes about an imported petition: where it is and what, or whose desk it goes to."""

import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.domain.plain_words import plain
from governance.models import Building, Category, Community, Estate
from residents.forms.filing import NamesSelect, described

MOST_STAIRWELLS = 99


def _name(typed: str) -> str:
    """As the register writes it: without spaces, full-width signs made plain."""
    return "".join(unicodedata.normalize("NFKC", plain(typed)).split())


class _ImportedForm(forms.Form):
    use_required_attribute = False
    prefix_of_ids = ""

    def __init__(self, data: Any = None):
        super().__init__(data, label_suffix="", auto_id=f"{self.prefix_of_ids}_%s", empty_permitted=False)

    def full_clean(self) -> None:
        super().full_clean()
        described(self)


class PlaceForm(_ImportedForm):
    """Of `estates` one; the building by its name, as people write it. `place()` gives what the domain wants."""

    prefix_of_ids = "place"
    estate = forms.ChoiceField(
        label=_("Estate"),
        widget=NamesSelect(attrs={"class": "form-select"}),
        error_messages={
            "required": _("Choose the estate."),
            "invalid_choice": _("Choose one of the estates in the list."),
        },
    )
    building = forms.CharField(
        label=_("Building"),
        required=False,
        max_length=40,
        help_text=_("As it is called in the register, like 3栋. Leave it empty for the whole estate."),
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )
    stairwell = forms.IntegerField(
        label=_("Stairwell"),
        required=False,
        min_value=1,
        max_value=MOST_STAIRWELLS,
        widget=forms.TextInput(attrs={"class": "form-control", "inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid": _("Write the stairwell's number in digits.")},
    )
    category = forms.ChoiceField(
        label=_("What it is"),
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={
            "required": _("Choose what it is."),
            "invalid_choice": _("Choose one of the kinds in the list."),
        },
    )

    def __init__(self, data: Any = None, *, estates: list[Estate], categories: list[Category]):
        super().__init__(data)
        self.estates = {str(estate.pk): estate for estate in estates}
        self.categories = {category.code: category for category in categories}
        please = [("", _("Please choose"))]
        self.fields["estate"].choices = please + [(key, estate.name) for key, estate in self.estates.items()]  # type: ignore[attr-defined]
        self.fields["category"].choices = please + [(key, each.name) for key, each in self.categories.items()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        estate, typed = self.estates.get(cleaned.get("estate", "")), _name(cleaned.get("building", ""))
        cleaned["building"] = None
        if estate and typed:
            cleaned["building"] = Building.objects.filter(estate=estate, name__iexact=typed).first()
            if cleaned["building"] is None:
                self.add_error("building", _("This estate has no building of that name."))
        if cleaned.get("stairwell") and not typed:
            self.add_error("building", _("Write the building of this stairwell."))
        return cleaned

    def place(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        return {
            "estate": self.estates[cleaned["estate"]],
            "category": self.categories[cleaned["category"]],
            "building": cleaned["building"],
            "stairwell": cleaned["stairwell"],
        }


class GiveForm(_ImportedForm):
    """To one of `communities`."""

    prefix_of_ids = "give"
    community = forms.ChoiceField(
        label=pgettext_lazy("whose desk an imported petition goes to", "Community"),
        widget=NamesSelect(attrs={"class": "form-select"}),
        error_messages={
            "required": _("Choose the community."),
            "invalid_choice": _("Choose one of the communities in the list."),
        },
    )

    def __init__(self, data: Any = None, *, communities: list[Community]):
        super().__init__(data)
        self.communities = {str(community.pk): community for community in communities}
        please = [("", _("Please choose"))]
        named = [(key, community.name) for key, community in self.communities.items()]
        self.fields["community"].choices = please + named  # type: ignore[attr-defined]

    def chosen(self) -> Community:
        return self.communities[self.cleaned_data["community"]]
