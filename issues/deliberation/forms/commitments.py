"""What is written down about a commitment: the promise, and what its body and its supervisor do about it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import uuid4

from django import forms
from django.db.models import Model, QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.models import Body, Building, Category, Estate
from issues.deliberation import bridge
from issues.deliberation.domain import due_days
from issues.deliberation.domain.committing import Part, Promise, bodies_here
from issues.deliberation.models import Commitment, CommitmentPhoto, Motion, Topic
from issues.forms.orders import PhotosField
from residents.forms.filing import NamesSelect, OwnWordsField, described

# A sentence, translated when it is shown.
Lazy = Any
NOT_LISTED = {"invalid_choice": _("Choose one in the list."), "invalid_pk_value": _("Choose one in the list.")}
TICK = {"class": "form-check-input"}
CONTROL = {"class": "form-control", "autocomplete": "off"}


def missing(label: Lazy) -> Lazy:
    """By its label, so that the list of errors above the page says which field is meant."""
    return format_lazy(_("Please fill in: {field}"), field=label)


def words_field(label: Lazy, *, most: int, help_text: Lazy = "", rows: int = 3) -> OwnWordsField:
    return OwnWordsField(
        label=label,
        help_text=help_text,
        max_characters=most,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": rows}),
        error_messages={"required": missing(label)},
    )


def line_field(label: Lazy, *, most: int, help_text: Lazy = "", required: bool = True) -> OwnWordsField:
    return OwnWordsField(
        label=label,
        help_text=help_text,
        required=required,
        max_characters=most,
        widget=forms.TextInput(attrs=CONTROL),
        error_messages={"required": missing(label)},
    )


def yuan_field(label: Lazy, *, required: bool = False, help_text: Lazy = "") -> forms.DecimalField:
    two_decimals = _("Give the cost in yuan, with at most two decimals.")
    return forms.DecimalField(
        label=label,
        required=required,
        help_text=help_text,
        min_value=0,
        max_digits=12,
        decimal_places=2,
        widget=forms.TextInput(attrs={**CONTROL, "inputmode": "decimal"}),
        error_messages={
            "required": _("Give the cost in yuan."),
            "invalid": two_decimals,
            "min_value": _("A cost isn't less than nothing."),
            "max_decimal_places": two_decimals,
            "max_digits": _("That is too much for one commitment."),
            "max_whole_digits": _("That is too much for one commitment."),
        },
    )


def date_field(label: Lazy, *, required: bool = True, help_text: Lazy = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Give a day."),
            "invalid": _("Write a day, for example 2026-06-02."),
        },
    )


class SaidForm(forms.Form):
    """A form whose errors point at their fields."""

    def full_clean(self) -> None:
        super().full_clean()
        described(self)

    def refuse(self, fact: str, sentence: str) -> None:
        """Show what the domain has refused at its field, else on top."""
        self.add_error(fact if fact in self.fields else None, sentence)
        described(self)


class PromiseForm(SaidForm):
    token = forms.UUIDField(widget=forms.HiddenInput)
    body = forms.ModelChoiceField(
        Body.objects.none(),
        label=_("Who promises it"),
        empty_label=_("Please choose"),
        widget=NamesSelect(attrs={"class": "form-select"}),
        error_messages={"required": _("Choose who promises it."), "invalid_choice": _("Choose one in the list.")},
    )
    post = line_field(
        _("Responsible there"), most=40, help_text=_("A post, no name: “project manager”. Everybody reads it.")
    )
    what = line_field(_("What is promised"), most=200, help_text=_("In one sentence, so that it can be checked."))
    category = forms.ModelChoiceField(
        Category.objects.none(),
        label=_("What it is about"),
        empty_label=_("Please choose"),
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={"required": _("Choose what it is about."), "invalid_choice": _("Choose one in the list.")},
    )
    estate = forms.ModelChoiceField(
        Estate.objects.none(),
        label=_("Estate"),
        empty_label=_("Please choose"),
        widget=NamesSelect(attrs={"class": "form-select"}),
        error_messages={"required": _("Please choose the estate."), "invalid_choice": _("Choose one in the list.")},
    )
    working_days = forms.IntegerField(
        label=_("Within so many working days"),
        required=False,
        min_value=1,
        max_value=500,
        widget=forms.TextInput(attrs={**CONTROL, "inputmode": "numeric"}),
        error_messages={
            "invalid": _("Give a whole number of days."),
            "min_value": _("At least one working day."),
            "max_value": _("At most 500 working days: give a date instead."),
        },
    )
    due_on = date_field(_("Or by this day"), required=False, help_text=_("Then leave the working days empty."))
    parts = OwnWordsField(
        label=_("Building by building"),
        required=False,
        help_text=_("One line for each: 3栋, or 3栋 2单元电梯. Each is reported by itself. Empty: it is one thing."),
        max_characters=12000,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 4}),
    )
    helpers = forms.ModelMultipleChoiceField(
        Body.objects.none(), label=_("Who helps"), required=False, widget=forms.CheckboxSelectMultiple(attrs=TICK),
        error_messages=NOT_LISTED,
    )  # fmt: skip
    needs_photo = forms.BooleanField(
        label=_("A photo has to show that it is done"), required=False, initial=True,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )  # fmt: skip
    decided_yuan = yuan_field(_("Cost decided, in yuan"), help_text=_("For example 12600.00"))
    payer = line_field(_("Who pays"), most=60, required=False)
    motion = forms.ModelChoiceField(
        Motion.objects.none(),
        label=_("The owners' vote that it carries out"),
        required=False,
        empty_label=_("None"),
        widget=NamesSelect(attrs={"class": "form-select"}),
        error_messages={"invalid_choice": _("Choose one in the list.")},
    )

    def __init__(self, *args: Any, topic: Topic, now: datetime, **options: Any):
        self.topic = topic
        options.setdefault("initial", {})
        options["initial"] |= {"token": uuid4(), "working_days": bridge.usual_working_days()}
        super().__init__(*args, **options)
        bodies = bodies_here(topic, now)
        self._among("body", bodies)
        self._among("helpers", bodies)
        self._among("category", Category.objects.offered().filter(hides_petitioner=False))
        self._among("motion", topic.motions.public().order_by("-drafted_at"))
        if topic.estate_id:
            del self.fields["estate"]
        else:
            self._among("estate", topic.community.estates.filter(ended_on=None).order_by("name"))
        if not topic.motions.public().exists():
            del self.fields["motion"]

    def _among(self, name: str, rows: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - of this very class
        field.queryset = rows

    def promise(self) -> Promise:
        given = self.cleaned_data
        estate: Any = given.get("estate") or self.topic.estate
        return Promise(
            token=given["token"],
            body=given["body"],
            post=given["post"],
            what=given["what"],
            category=given["category"],
            estate=estate,
            working_days=given["working_days"],
            due_on=given["due_on"],
            helpers=list(given["helpers"]),
            parts=read_parts(given["parts"], self._buildings(estate)),
            needs_photo=given["needs_photo"],
            decided_yuan=given["decided_yuan"],
            payer=given["payer"],
            motion=given.get("motion"),
        )

    @staticmethod
    def _buildings(estate: Estate) -> list[Building]:
        return list(Building.objects.filter(estate=estate, ended_on=None).select_related("estate"))


def read_parts(lines: str, buildings: Iterable[Building]) -> list[Part]:
    """One line, one part: a building by its name, with what there is meant behind it; else a name. No doubles."""
    by_length = sorted(buildings, key=lambda one: -len(one.name))
    parts = []
    for line in filter(None, (each.strip()[:60] for each in lines.splitlines())):
        building = next((one for one in by_length if line.startswith(one.name)), None)
        parts.append(Part(building, line[len(building.name) if building else 0 :].strip()[:40]))
    return list(dict.fromkeys(parts))


class Ticks(forms.ModelMultipleChoiceField):
    """Which of the rows of a commitment; which rows there are, `StepForm.prepare` says."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            queryset=None,
            required=False,
            to_field_name="public_id",
            widget=forms.CheckboxSelectMultiple(attrs=TICK),
            error_messages=NOT_LISTED,
            **options,
        )  # fmt: skip


class PhotoTicks(Ticks):
    def label_from_instance(self, photo: Model) -> str:
        assert isinstance(photo, CommitmentPhoto)  # noqa: S101 - of this very field
        return photo.caption


class StepForm(SaidForm):
    """The facts of one step about a commitment."""

    def __init__(self, *args: Any, commitment: Commitment, now: datetime, **options: Any):
        self.commitment, self.now = commitment, now
        super().__init__(*args, **options)
        self.prepare()

    def prepare(self) -> None:
        """Fill what is to choose from."""

    def facts(self) -> dict[str, Any]:
        """The keyword arguments of the verb in the domain."""
        return dict(self.cleaned_data)

    def _rows(self, name: str, rows: QuerySet[Any]) -> None:
        """What the ticks choose from."""
        field = self.fields[name]
        assert isinstance(field, Ticks)  # noqa: S101 - of this very class
        field.queryset = rows

    def _bodies(self, name: str, *, but: int | None = None) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - of this very class
        field.queryset = bodies_here(self.commitment.topic, self.now).exclude(pk=but or 0)


class AcceptForm(StepForm):
    words = words_field(
        _("What you have seen"), most=600, help_text=_("Everybody reads it, with your role, your surname and the day.")
    )


class AgainForm(StepForm):
    words = words_field(_("What isn't done"), most=600, help_text=_("Everybody reads it."))
    parts = Ticks(label=_("Which of them aren't done"))

    def prepare(self) -> None:
        parts = self.commitment.parts.select_related("building")
        self._rows("parts", parts)
        if not parts:
            del self.fields["parts"]


class DecideForm(StepForm):
    answer = line_field(_("A word on it"), most=300, required=False, help_text=_("Everybody reads it."))


class MoveForm(StepForm):
    to_due_on = date_field(_("The new day"))
    reason = line_field(_("Why"), most=300, help_text=_("Everybody reads it."))

    def facts(self) -> dict[str, Any]:
        return {"to_due_at": due_days.end_of(self.cleaned_data["to_due_on"]), "reason": self.cleaned_data["reason"]}


class QuitForm(StepForm):
    reason = words_field(_("Why it can't be done"), most=600, help_text=_("Everybody reads it."))


class WhyForm(StepForm):
    words = words_field(_("Why"), most=600, help_text=_("Everybody reads it."))


class BlockForm(StepForm):
    what = line_field(_("What stands in the way"), most=200, help_text=_("For example: a permit for public road."))
    owner = forms.ModelChoiceField(
        Body.objects.none(),
        label=_("Who clears it"),
        empty_label=_("Please choose"),
        widget=NamesSelect(attrs={"class": "form-select"}),
        error_messages={"required": _("Choose who clears it."), "invalid_choice": _("Choose one in the list.")},
    )
    due_on = date_field(_("To be cleared by"))

    def prepare(self) -> None:
        self._bodies("owner")

    def facts(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {"what": given["what"], "owner": given["owner"], "due_at": due_days.end_of(given["due_on"])}


class UnblockForm(StepForm):
    words = line_field(_("How it was cleared"), most=200, help_text=_("Everybody reads it."))


class CostForm(StepForm):
    paid_yuan = yuan_field(_("Cost paid so far, in yuan"), required=True, help_text=_("All of it, not the last bill."))
    paid_by = line_field(_("Who paid"), most=60, help_text=_("A body or a fund, no person."))


class ShowPhotosForm(StepForm):
    photos = PhotoTicks(
        label=_("Everybody sees these photos"), help_text=_("None with faces, doors with names or number plates.")
    )

    def prepare(self) -> None:
        photos = self.commitment.photos.numbered()
        self._rows("photos", photos)
        self.initial["photos"] = [photo.public_id for photo in photos if photo.released_at]


class HandOverForm(StepForm):
    to = forms.ModelChoiceField(
        Body.objects.none(),
        label=_("Who takes it over"),
        empty_label=_("Please choose"),
        widget=NamesSelect(attrs={"class": "form-select"}),
        error_messages={"required": _("Choose who takes it over."), "invalid_choice": _("Choose one in the list.")},
    )
    post = line_field(_("Responsible there"), most=40, help_text=_("A post, no name."))
    words = words_field(
        _("In their words"), most=600, help_text=_("That they take it over, and why. Everybody reads it.")
    )

    def prepare(self) -> None:
        self._bodies("to", but=self.commitment.body_id)


class ReportForm(StepForm):
    words = words_field(_("What was done"), most=2000, help_text=_("One or two sentences."))
    photos = PhotosField(
        label=_("Photos of the result"), help_text=_("Up to 3, 10 MB each. No people and no door numbers, please.")
    )


class PartForm(StepForm):
    words = line_field(pgettext_lazy("of staff", "Your words"), most=200, required=False)
    photos = PhotosField(
        label=_("Photos of the result"), help_text=_("Up to 3, 10 MB each. No people and no door numbers, please.")
    )


class NotDoneForm(SaidForm):
    words = words_field(
        _("What isn't done"), most=500, help_text=_("The supervisor reads it and answers; your name isn't shown.")
    )


class AnswerDoubtForm(StepForm):
    words = words_field(_("The answer"), most=500, help_text=_("Everybody reads it."))
