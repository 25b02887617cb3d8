"""What those who walk the grid write: what they found, what they checked, what was agreed, whose petition they file."""

import json
import unicodedata
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import uuid4

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from governance import wording
from governance.domain.moment import local_day
from governance.domain.phones import mobile_number, readable
from governance.models import Building, Category, User
from issues.domain.findings import Finding
from issues.domain.mediation import Talk
from issues.forms.orders import PhotosField, StepForm, WordsField
from residents.domain.finding import find_categories
from residents.domain.on_behalf import Told
from residents.forms.filing import MAX_SPOT, NamesSelect, OwnWordsField
from residents.models import NameVisibility, PetitionChannel

SUGGESTED = 4
LOOK_IN_AT_MOST_DAYS = 366
NO_PEOPLE = _("Up to 3, 10 MB each. No people and no door numbers, please.")


class OutdoorsForm(StepForm):
    """A form of this room: nobody is chosen in it. `now` is the request's instant."""

    def __init__(self, *args: Any, now: datetime, **options: Any):
        super().__init__(*args, now=now, colleagues=[], **options)
        self.prepare()
        if self.is_bound:
            super()._mark_errors()

    def prepare(self) -> None:
        """Fill in what can be chosen: before anything is checked."""

    def _mark_errors(self) -> None:
        """Not yet: marking checks the form, and the choices aren't there."""

    def sentences(self) -> list[tuple[str, str]]:
        """What is wrong, as (anchor, sentence) for the summary on top, in the order of the page."""
        found = [
            (self[name].id_for_label or self[name].auto_id, str(sentence))
            for name in self.fields
            for sentence in self.errors.get(name, ())
        ]
        return found + [("main", str(sentence)) for sentence in self.non_field_errors()]


# --- checks ---


class VerifyForm(OutdoorsForm):
    prefix_of_ids = "verify"
    qr_token = forms.CharField(max_length=12, required=False, widget=forms.HiddenInput)
    words = WordsField(label=_("What you saw"), required=False, help_text=_("The resident reads this."))
    photos = PhotosField(label=_("Photos"), help_text=NO_PEOPLE)


class NotFixedForm(OutdoorsForm):
    prefix_of_ids = "not_fixed"
    qr_token = forms.CharField(max_length=12, required=False, widget=forms.HiddenInput)
    words = WordsField(
        label=_("What is not put right"),
        help_text=_("The resident and the staff read this."),
        error_messages={"required": _("Write what is not put right: the resident and the staff read it.")},
    )
    photos = PhotosField(label=_("Photos"), help_text=NO_PEOPLE)


# --- talks ---


class TalkForm(OutdoorsForm):
    """A talk on the spot. What is written here is stored encrypted and read by the community only."""

    prefix_of_ids = "mediate"
    parties = WordsField(
        label=_("Who was there"),
        help_text=_("In your own words, for example: the family of 301 and the tenant of 402."),
        error_messages={"required": _("Write who was there.")},
    )
    is_agreed = forms.TypedChoiceField(
        label=_("Was it agreed?"),
        choices=[("yes", pgettext_lazy("talk", "Agreed")), ("no", pgettext_lazy("talk", "Not agreed"))],
        coerce=lambda answer: answer == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether it was agreed."), "invalid_choice": _("Say whether it was agreed.")},
    )
    agreement = WordsField(
        label=_("What was agreed; or, if nothing was, why"),
        help_text=_("Residents and the company never see this."),
        error_messages={"required": _("Write what was agreed; or, if nothing was, why.")},
    )
    settles = forms.BooleanField(label=_("That settles it: nothing more is to be done"), required=False)
    follow_up_on = forms.DateField(
        label=_("Look in again on"),
        required=False,
        help_text=_("On this day it stands on your list. For example 2026-05-29."),
        widget=forms.DateInput(attrs={"class": "form-control", "type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日"],
        error_messages={"invalid": _("Write the day like 2026-05-29.")},
    )

    def __init__(self, data: Any = None, *args: Any, may_settle: bool = True, **options: Any):
        self.may_settle = may_settle
        super().__init__(_forgiving(data, "follow_up_on"), *args, **options)

    def prepare(self) -> None:
        if not self.may_settle:
            del self.fields["settles"]

    def clean_follow_up_on(self) -> date | None:
        day, today = self.cleaned_data["follow_up_on"], local_day(self.now)
        if day and day < today:
            raise forms.ValidationError(_("This day has passed. Choose today or a later day."))
        if day and (day - today).days > LOOK_IN_AT_MOST_DAYS:
            raise forms.ValidationError(_("That is more than a year ahead. Please check the year."))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("settles") and cleaned.get("is_agreed") is False:
            self.add_error("settles", _("Only what was agreed can settle the matter."))
        return cleaned

    def talk(self) -> Talk:
        return Talk(**{"settles": False} | self.cleaned_data)


def _forgiving(data: Any, *names: str) -> Any:
    """Full-width digits and spaces are forgiven, as they come from a Chinese keyboard."""
    if data is None or not any(name in data for name in names):
        return data
    data = data.copy()
    for name in names:
        if name in data:
            data[name] = unicodedata.normalize("NFKC", data[name]).replace(" ", "")
    return data


# --- what and where ---


class MatterForm(OutdoorsForm):
    """What it is, in words and by kind, and where among the buildings that the person walks.

    Without a kind the words are asked which kinds they may mean: `suggested`, to be chosen from.
    """

    token = forms.UUIDField(widget=forms.HiddenInput)
    building = forms.ModelChoiceField(
        Building.objects.none(),
        label=_("Building"),
        widget=NamesSelect(attrs={"class": "form-select"}),
        error_messages={
            "required": _("Choose the building."),
            "invalid_choice": _("You don't walk this building. Please choose one from the list."),
        },
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
        max_characters=MAX_SPOT,
        too_long=_("You wrote %(count)d characters; 60 fit. Tell the rest below."),
        required=False,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )
    words = WordsField(label=_("What you found"), error_messages={"required": _("Write what you found.")})
    category = forms.ModelChoiceField(
        Category.objects.none(),
        label=_("What kind of matter"),
        required=False,
        empty_label=_("By my words"),
        to_field_name="code",
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={"invalid_choice": _("Choose what kind of matter it is.")},
    )
    suggested = forms.ModelChoiceField(
        Category.objects.none(), required=False, to_field_name="code", widget=forms.HiddenInput
    )
    photos = PhotosField(label=_("Photos"), help_text=NO_PEOPLE)

    def __init__(self, *args: Any, buildings: list[Building], **options: Any):
        self.buildings = buildings
        super().__init__(*args, auto_id="id_%s", **options)

    def prepare(self) -> None:
        self.categories = list(
            Category.objects.offered().filter(is_about_staff=False, handling__isnull=False).select_related("handling")
        )
        self.suggestions: list[Category] = []
        self._offer_buildings()
        self._offer_categories()
        if not self.is_bound:
            self.initial.setdefault("token", uuid4())

    def _offer_buildings(self) -> None:
        fields: dict[str, Any] = self.fields
        building, stairwell = fields["building"], fields["stairwell"]
        building.queryset = Building.objects.filter(pk__in=[row.pk for row in self.buildings]).select_related(
            "estate__community"
        )
        several = len({row.estate_id for row in self.buildings}) > 1
        offered = [(row.pk, f"{row.estate.name} {row.name}" if several else row.name) for row in self.buildings]
        building.choices = offered if len(offered) == 1 else [("", _("Please choose")), *offered]
        building.widget.attrs["data-stairwells"] = json.dumps({row.pk: row.stairwells for row in self.buildings})
        most = max((row.stairwells for row in self.buildings), default=0)
        stairwell.choices = [("", pgettext("stairwell", "Not sure, or the whole building"))] + [
            (number, wording.entrance(number)) for number in range(1, most + 1)
        ]

    def _offer_categories(self) -> None:
        fields: dict[str, Any] = self.fields
        offered = Category.objects.filter(pk__in=[row.pk for row in self.categories]).select_related("handling")
        fields["category"].queryset = fields["suggested"].queryset = offered
        fields["category"].choices = [("", fields["category"].empty_label)] + [
            (row.code, row.name) for row in self.categories
        ]

    def suggest(self, words: str) -> None:
        """Which kinds the words may mean, where no kind was chosen."""
        self.suggestions = find_categories(words, self.categories)[:SUGGESTED]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        building, stairwell = cleaned.get("building"), cleaned.get("stairwell")
        if building and stairwell and stairwell > building.stairwells:
            sentence = ngettext(
                "%(building)s has only %(number)d entrance.",
                "%(building)s has only %(number)d entrances.",
                building.stairwells,
            )
            self.add_error("stairwell", sentence % {"building": building.name, "number": building.stairwells})
        chosen = cleaned.get("category") or cleaned.get("suggested")
        if chosen is None and "category" not in self.errors:
            self.suggest(cleaned.get("words", ""))
            self.add_error("category", self._choose_kind())
        cleaned["category"] = chosen
        return cleaned

    def _choose_kind(self) -> Any:
        if self.suggestions:
            return _("Choose what kind of matter it is: the words may mean one of these.")
        return _("Choose what kind of matter it is.")

    @property
    def lost_photos(self) -> bool:
        """Whether photos came with what was refused: a browser can't fill them in again."""
        return self.is_bound and bool(self.files)

    def _place(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("building", "stairwell", "spot")}


class FindForm(MatterForm):
    """A patrol finding; ticked, it was put right on the spot."""

    is_put_right = forms.BooleanField(label=_("Already put right on the spot"), required=False)
    put_right = WordsField(label=_("What was done"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("is_put_right") and not cleaned.get("put_right"):
            self.add_error("put_right", _("Write what was done on the spot."))
        return cleaned

    def finding(self) -> Finding:
        data = self.cleaned_data
        return Finding(token=data["token"], category=data["category"], words=data["words"], **self._place())

    def done(self) -> str:
        """What was done on the spot; empty unless it is said to be put right."""
        return self.cleaned_data["put_right"] if self.cleaned_data["is_put_right"] else ""


class HowTold(TextChoices):
    """How the person asked, as the channels of petitions."""

    DOOR = PetitionChannel.PATROL, _("At the door, on the way")
    PHONE = PetitionChannel.PHONE, _("On the phone")
    COUNTER = PetitionChannel.COUNTER, _("At the counter")


class FileForForm(MatterForm):
    """A petition for somebody who asked for it and agrees that it be filed in their name.

    A number that nobody is known by opens an account: it is typed a second time, as one digit is soon wrong.
    """

    field_order = [
        "name", "phone", "phone_again", "channel", "building", "stairwell", "spot", "words", "category", "photos",
    ]  # fmt: skip
    name = OwnWordsField(
        label=_("Name"),
        max_characters=60,
        error_messages={"required": _("Write whose petition it is.")},
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )
    phone = forms.CharField(
        label=_("Mobile number"),
        required=False,
        max_length=40,
        help_text=_("The receipt number goes there. Whoever has none gets it from you on paper."),
        widget=forms.TextInput(attrs={"class": "form-control", "type": "tel", "autocomplete": "off"}),
    )
    phone_again = forms.CharField(
        label=_("The mobile number once more"),
        required=False,
        max_length=40,
        help_text=_("Have them say it again: with one wrong digit the receipt number goes to a stranger."),
        error_messages={"required": _("This number isn't known here yet. Please type it once more.")},
        widget=forms.TextInput(attrs={"class": "form-control", "type": "tel", "autocomplete": "off"}),
    )
    channel = forms.ChoiceField(
        label=_("How were you told?"),
        choices=HowTold.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Say how you were told."),
            "invalid_choice": _("Say how you were told."),
        },
    )
    name_visibility = forms.ChoiceField(
        label=_("Who may see their name?"),
        choices=NameVisibility.choices,
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Ask who may see their name.")},
    )
    has_agreed = forms.BooleanField(
        label=_("They agree that I file it in their name"),
        error_messages={"required": _("Ask first: it is filed in their name only if they agree.")},
    )

    def prepare(self) -> None:
        super().prepare()
        self.fields["words"].label = _("What they said")
        self.fields["words"].error_messages["required"] = _("Write what they said, as they said it.")
        self.fields["phone_again"].required = bool(self.new_number)

    @cached_property
    def new_number(self) -> str:
        """The number that nobody is known by yet, in the groups that people say; empty where it needn't be repeated."""
        number = mobile_number(self["phone"].value() or "")
        return readable(number) if number and not User.objects.with_phone(number).exists() else ""

    def clean_phone(self) -> str:
        typed = self.cleaned_data["phone"].strip()
        number = mobile_number(typed) if typed else ""
        if number is None:
            raise forms.ValidationError(_("A mobile number has 11 digits and begins with 1. Please check it."))
        return number

    def clean_phone_again(self) -> str:
        again = self.cleaned_data["phone_again"]
        if self.new_number and mobile_number(again) != self.cleaned_data.get("phone"):
            raise forms.ValidationError(_("The two numbers differ. Ask them again which one is right."))
        return again

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        category = cleaned.get("category")
        if category and category.hides_petitioner:
            cleaned["name_visibility"] = NameVisibility.NOBODY
        elif not cleaned.get("name_visibility") and "name_visibility" not in self.errors:
            self.add_error("name_visibility", _("Ask who may see their name."))
        return cleaned

    def told(self) -> Told:
        names = ("token", "name", "phone", "has_agreed", "category", "words", "name_visibility")
        facts = {name: self.cleaned_data[name] for name in names}
        return Told(channel=PetitionChannel(self.cleaned_data["channel"]), **facts, **self._place())
