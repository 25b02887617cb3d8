"""The forms of the filing steps: spaces forgiven, invisible marks dropped, sentences that say what to do."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext_lazy as _

from governance import wording
from governance.domain.plain_words import plain
from governance.models import Building, Estate
from residents.models import NameVisibility, PetitionDraft
from residents.models.petitions import MAX_WORDS

MAX_SPOT = 60


TOO_LONG = _("You wrote %(count)d characters; %(most)s fit.")


class OwnWordsField(forms.CharField):
    """Free words in plain text. A NUL is refused, not dropped: it means that the text was damaged on its way."""

    default_error_messages = {
        "nul": _("Your words contain a character that can't be stored. Please delete it or type the words again."),
    }

    def __init__(
        self,
        *,
        max_characters: int,
        too_long: str | Promise = TOO_LONG,
        **options,
    ):
        # No max_length: the browser would silently cut what is pasted. Better to say how much is too much.
        super().__init__(**options)
        self.max_characters = max_characters
        self.too_long = too_long

    def to_python(self, value):
        text = super().to_python(value) or ""
        if "\x00" in text:
            raise forms.ValidationError(self.error_messages["nul"], code="nul")
        text = plain(text)
        if len(text) > self.max_characters:
            told = {"count": len(text), "most": f"{self.max_characters:,}"}
            raise forms.ValidationError(str(self.too_long) % told, code="too_long")
        return text

    def bound_data(self, data, initial):
        """What is shown again after an error: all of it but the NUL, which no page can carry."""
        return (data or "").replace("\x00", "")


class NamesSelect(forms.Select):
    """A choice among names from the registers: Chinese also where the page is not, and marked as such."""

    def create_option(self, name, value, *args, **options):
        option = super().create_option(name, value, *args, **options)
        if value and not (get_language() or "zh-hans").startswith("zh"):
            option["attrs"]["lang"] = "zh-Hans"
        return option


def described(form: forms.Form) -> None:
    """Tie each field with an error to its sentence, for screen readers."""
    for name in form.errors:
        if name in form.fields:
            bound = form[name]
            described_by = f"{bound.auto_id}_error"
            bound.field.widget.attrs |= {"aria-invalid": "true", "aria-describedby": described_by}
            if isinstance(bound.field.widget, forms.Textarea | forms.TextInput | forms.Select):
                classes = bound.field.widget.attrs.get("class", "")
                bound.field.widget.attrs["class"] = f"{classes} is-invalid".strip()


class WordsForm(forms.Form):
    """What happened, and who may see my name. On the way back nothing has to be chosen yet."""

    use_required_attribute = False

    words = OwnWordsField(
        label=_("What happened?"),
        max_characters=MAX_WORDS,
        too_long=_("You wrote %(count)d characters; 2,000 fit. Please shorten it. Nothing is lost."),
        error_messages={"required": _("Write one sentence about the problem, or add a photo.")},
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 5, "data-limit": MAX_WORDS}),
    )
    name_visibility = forms.ChoiceField(
        label=_("Who may see my name?"),
        choices=NameVisibility.choices,
        required=False,
        error_messages={"invalid_choice": _("Choose who may see your name.")},
    )

    def __init__(self, *args, draft: PetitionDraft, is_going_back: bool = False, **options):
        super().__init__(*args, **options)
        self.draft = draft
        self.is_going_back = is_going_back
        self.is_fixed = bool(draft.category and draft.category.hides_petitioner)
        # Photos may speak for themselves.
        self.fields["words"].required = not is_going_back and not draft.photos.exists()

    def clean_name_visibility(self) -> str:
        chosen = self.cleaned_data["name_visibility"]
        if self.is_fixed:
            return NameVisibility.NOBODY
        if not chosen and not self.is_going_back:
            raise forms.ValidationError(_("Choose who may see your name."))
        return chosen


class EstateForm(forms.Form):
    """Which estate, where the portal doesn't know it."""

    estate = forms.ModelChoiceField(
        Estate.objects.all(),
        error_messages={
            "required": _("Say where it is: choose at least the estate."),
            "invalid_choice": _("We don't know this estate. Please choose one from the list."),
        },
    )


class PlaceForm(forms.Form):
    """Where in the estate: a building or the shared grounds, perhaps an entrance, perhaps the spot in own words."""

    building = forms.ModelChoiceField(
        Building.objects.none(),
        label=_("Building"),
        required=False,
        empty_label=_("Not in a building: shared grounds"),
        widget=NamesSelect(attrs={"class": "form-select"}),
        error_messages={"invalid_choice": _("This building is not in the estate. Please choose one from the list.")},
    )
    stairwell = forms.TypedChoiceField(
        label=_("Entrance"),
        required=False,
        coerce=int,
        empty_value=None,
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={"invalid_choice": _("There is no such entrance. Please choose one from the list.")},
    )
    spot = OwnWordsField(
        label=_("Where exactly"),
        help_text=_("For example: front door on the ground floor, west side of the pond"),
        max_characters=MAX_SPOT,
        too_long=_("You wrote %(count)d characters; 60 fit. Tell the rest in the next step."),
        required=False,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )

    def __init__(self, *args, estate: Estate, **options):
        super().__init__(*args, **options)
        self.estate = estate
        self.buildings = estate.buildings_in_order()
        fields: dict[str, Any] = self.fields
        building, stairwell, spot = fields["building"], fields["stairwell"], fields["spot"]
        building.queryset = estate.buildings.all()
        building.choices = [("", building.empty_label), *((row.pk, row.name) for row in self.buildings)]
        most = max((row.stairwells for row in self.buildings), default=0)
        stairwell.choices = [("", pgettext("stairwell", "Not sure, or the whole building"))] + [
            (number, wording.entrance(number)) for number in range(1, most + 1)
        ]
        spot.widget.attrs["aria-describedby"] = "id_spot_helptext"

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        building, stairwell = cleaned.get("building"), cleaned.get("stairwell")
        if building is None:
            # The entrance says nothing without its building; the select may simply have been left as it was.
            cleaned["stairwell"] = None
        elif stairwell and stairwell > building.stairwells:
            sentence = ngettext(
                "%(building)s has only %(number)d entrance.",
                "%(building)s has only %(number)d entrances.",
                building.stairwells,
            )
            self.add_error("stairwell", sentence % {"building": building.name, "number": building.stairwells})
        return cleaned
