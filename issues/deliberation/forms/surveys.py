"""What the office writes of a survey, and what those say who are asked."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.models import Building, Estate, Unit
from governance.models.places import UnitKind
from governance.models.scope import Scope
from issues.deliberation.domain.answering import Said, Sheet
from issues.deliberation.domain.surveying import FEWEST_OPTIONS, MOST_OPTIONS, Question, SurveyPlan
from issues.deliberation.forms.meetings import NUMBER, line_field, words_field
from issues.deliberation.forms.organising import MomentField, on_the_clock
from issues.deliberation.forms.places import key_of, places_of
from issues.deliberation.models import (
    AsksFor,
    CountedBy,
    QuestionKind,
    Survey,
    SurveyChannel,
    SurveyOption,
    SurveyQuestion,
)
from issues.deliberation.models.surveys import HIGHEST, LARGEST_NUMBER, LOWEST
from residents.forms.filing import NamesSelect

RADIO = {"class": "form-check-input"}
LONGEST_OPTION = 60


class SurveyForm(forms.Form):
    """A survey as it is being drawn up. A draft may be unfinished: what is missing is said on its page."""

    title = line_field(pgettext_lazy("survey", "What it is about"), 60, _("Write in one line what it is about."))
    words = words_field(
        _("Why it is asked"), 1000, _("Say why it is asked, and what becomes of the answers."), rows=4,
        help_text=_("What you want to know, and what becomes of the answers. Everybody who is asked reads it."),
    )  # fmt: skip
    place = forms.ChoiceField(
        label=pgettext_lazy("survey", "Who is asked"),
        widget=NamesSelect(attrs={"class": "form-select"}),
        error_messages={"required": _("Choose an estate or a community.")},
    )
    buildings = line_field(
        _("Only these buildings"), 300, "", required=False,
        help_text=_("Their names in the register, for example 3栋、5栋. Empty: all of them."),
    )  # fmt: skip
    counted_by = forms.ChoiceField(
        label=_("How answers are counted"), choices=CountedBy.choices, initial=CountedBy.HOME,
        widget=forms.RadioSelect(attrs=RADIO),
        error_messages={"required": _("Say whether homes or persons answer.")},
    )  # fmt: skip
    starts_at = MomentField(label=pgettext_lazy("survey", "Open from"))
    ends_at = MomentField(
        label=pgettext_lazy("survey", "Open until"),
        help_text=_("At this minute it is too late. What came on paper has to be typed by then."),
    )

    def __init__(self, *args: Any, scope: Scope, **options: Any):
        super().__init__(*args, **options)
        self.places = places_of(scope)
        place = self.fields["place"]
        assert isinstance(place, forms.ChoiceField)  # noqa: S101 - of this very class
        place.choices = [("", _("Please choose")), *((key, str(row)) for key, row in self.places.items())]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        starts, ends = given.get("starts_at"), given.get("ends_at")
        if bool(starts) != bool(ends):
            self.add_error("ends_at" if starts else "starts_at", _("Give both: from when and until when."))
        elif starts and ends and ends <= starts:
            self.add_error("ends_at", _("It ends after it begins."))
        given["found"] = self._find(given.get("buildings", ""), self.places.get(given.get("place", "")))
        return given

    def _find(self, names: str, place: Any) -> tuple[Building, ...]:
        asked = list(dict.fromkeys(name for name in re.split(r"[\s,,、;;]+", names) if name))
        if not asked or place is None:
            return ()
        if not isinstance(place, Estate):
            self.add_error("buildings", _("Single buildings are asked in one estate: choose it."))
            return ()
        found = {each.name: each for each in Building.objects.filter(estate=place, name__in=asked, ended_on=None)}
        if unknown := [name for name in asked if name not in found]:
            self.add_error("buildings", _("There is no such building here: %(names)s") % {"names": "、".join(unknown)})
        return tuple(found.values())

    def plan(self) -> SurveyPlan:
        given = self.cleaned_data
        return SurveyPlan(
            place=self.places[given["place"]], title=given["title"], words=given["words"],
            counted_by=CountedBy(given["counted_by"]), starts_at=given["starts_at"], ends_at=given["ends_at"],
            buildings=given["found"],
        )  # fmt: skip

    @staticmethod
    def as_written(survey: Survey) -> dict[str, Any]:
        """The draft as the form's first values."""
        names = survey.building_rows.order_by("pk").values_list("building__name", flat=True)
        return {
            "title": survey.title, "words": survey.words, "place": key_of(survey.estate or survey.community),
            "buildings": "" if survey.is_whole else "、".join(names), "counted_by": survey.counted_by,
            "starts_at": on_the_clock(survey.starts_at), "ends_at": on_the_clock(survey.ends_at),
        }  # fmt: skip


class QuestionForm(forms.Form):
    """One question of a draft."""

    words = line_field(_("Question"), 120, pgettext_lazy("survey", "Write the question."))
    kind = forms.ChoiceField(
        label=_("How it is answered"), choices=QuestionKind.choices,
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={"required": _("Choose how it is answered.")},
    )  # fmt: skip
    options = words_field(
        _("Answers to choose"), 2000, "", required=False, rows=4,
        help_text=_("One a line, two at least. Only where answers are chosen."),
    )  # fmt: skip
    at_most = forms.IntegerField(
        label=_("Of several answers, at most"), required=False, min_value=1, max_value=MOST_OPTIONS,
        widget=forms.TextInput(attrs=NUMBER),
    )  # fmt: skip
    asks_for = forms.ChoiceField(
        label=_("What it asks for"), required=False,
        choices=[("", _("neither problems nor needs")), *AsksFor.choices],
        help_text=_("The answers can then be taken over into the list of problems, or of needs."),
        widget=forms.Select(attrs={"class": "form-select"}),
    )  # fmt: skip
    is_required = forms.BooleanField(label=_("It has to be answered"), required=False)

    def clean_options(self) -> tuple[str, ...]:
        lines = [" ".join(line.split()) for line in self.cleaned_data["options"].splitlines()]
        options = tuple(dict.fromkeys(line for line in lines if line))
        if len(options) > MOST_OPTIONS:
            raise forms.ValidationError(_("Twenty answers at most."))
        if any(len(option) > LONGEST_OPTION for option in options):
            raise forms.ValidationError(_("An answer has sixty characters at most."))
        return options

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        kind, options = given.get("kind"), given.get("options", ())
        if kind in (QuestionKind.ONE, QuestionKind.SEVERAL):
            if "options" in given and len(options) < FEWEST_OPTIONS:
                self.add_error("options", _("Write at least two answers to choose."))
        elif kind and options:
            self.add_error("options", _("Here nothing is chosen: take the answers out, or choose another kind."))
        if given.get("at_most") and kind != QuestionKind.SEVERAL:
            self.add_error("at_most", _("Only of several answers there can be a most."))
        return given

    def question(self) -> Question:
        given = self.cleaned_data
        return Question(
            kind=QuestionKind(given["kind"]), words=given["words"], options=given["options"],
            asks_for=given["asks_for"], is_required=given["is_required"], at_most=given["at_most"],
        )  # fmt: skip

    @staticmethod
    def as_written(question: SurveyQuestion) -> dict[str, Any]:
        return {
            "words": question.words, "kind": question.kind, "asks_for": question.asks_for,
            "options": "\n".join(option.words for option in question.options.all()),
            "is_required": question.is_required, "at_most": question.at_most,
        }  # fmt: skip


class OptionsField(forms.ModelMultipleChoiceField):
    """Options to tick; with `numbers`, by their ids, each says how many chose it."""

    numbers: dict[int, int] = {}

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.words}（{self.numbers[obj.pk]}）" if obj.pk in self.numbers else obj.words


class SheetForm(forms.Form):
    """The questions of a survey, to be answered on one page."""

    def __init__(self, *args: Any, questions: Iterable[SurveyQuestion], said: Sheet | None = None, **options: Any):
        super().__init__(*args, **options)
        self.questions = {f"q{question.position}": question for question in questions}
        for name, question in self.questions.items():
            self.fields[name] = _field_of(question)
            self.fields[name].initial = _shown((said or {}).get(question.pk))

    def asked(self) -> list[tuple[SurveyQuestion, forms.BoundField]]:
        """Each question with its field, in order."""
        return [(question, self[name]) for name, question in self.questions.items()]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for name, question in self.questions.items():
            if question.at_most and len(given.get(name) or ()) > question.at_most:
                told = {"number": question.position, "most": question.at_most}
                self.add_error(name, _("Question %(number)s: tick %(most)s at most.") % told)
        return given

    def sheet(self) -> Sheet:
        """What is answered; what is left empty isn't there."""
        said: dict[int, Said] = {}
        for name, question in self.questions.items():
            value = self.cleaned_data[name]
            match question.kind:
                case QuestionKind.ONE:
                    value = [value] if value else []
                case QuestionKind.SEVERAL:
                    value = list(value)
                case QuestionKind.SCALE:
                    value = int(value) if value else ""
            if value not in ("", None, []):
                said[question.pk] = value
        return said


class DeskSheetForm(SheetForm):
    """A sheet that came on paper, at a visit or by phone, with the home it is of."""

    channel = forms.ChoiceField(
        label=pgettext_lazy("survey", "How it came"),
        choices=[(each.value, each.label) for each in SurveyChannel if each != SurveyChannel.PORTAL],
        initial=SurveyChannel.PAPER, widget=forms.RadioSelect(attrs=RADIO),
        error_messages={"required": _("Say how it came.")},
    )  # fmt: skip
    building = forms.ModelChoiceField(
        Building.objects.none(), label=_("Building"), empty_label=_("Please choose"),
        widget=NamesSelect(attrs={"class": "form-select"}),
        error_messages={"required": _("Choose the building."), "invalid_choice": _("Choose the building.")},
    )  # fmt: skip
    stairwell = forms.IntegerField(
        label=_("Entrance"), min_value=1, max_value=99, initial=1, widget=forms.TextInput(attrs=NUMBER)
    )
    number = line_field(_("Door number"), 20, _("Type the door number."))

    def __init__(self, *args: Any, buildings: QuerySet[Building], **options: Any):
        super().__init__(*args, **options)
        field = self.fields["building"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - of this very class
        field.queryset = buildings

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        door = {name: given.get(name) for name in ("building", "stairwell", "number")}
        if all(door.values()):
            given["unit"] = Unit.objects.filter(**door, kind=UnitKind.DWELLING).select_related("building").first()
            if given["unit"] is None:
                self.add_error("number", _("There is no such home. Check building, entrance and door."))
        return given


class WithdrawForm(forms.Form):
    words = words_field(
        _("Why it is withdrawn"), 300, _("Say why."), help_text=_("Those who were asked read it on its page.")
    )


class TakeOverForm(forms.Form):
    """Answers that are to stand on the lists."""

    options = OptionsField(
        SurveyOption.objects.none(), label=_("Put these on the lists"), to_field_name="public_id",
        widget=forms.CheckboxSelectMultiple(attrs=RADIO), error_messages={"required": _("Tick at least one.")},
    )  # fmt: skip

    def __init__(self, *args: Any, numbers: dict[int, int], **options: Any):
        """`numbers`: by the option's id, how many chose it."""
        super().__init__(*args, **options)
        field = self.fields["options"]
        assert isinstance(field, OptionsField)  # noqa: S101 - of this very class
        field.queryset = SurveyOption.objects.filter(pk__in=numbers).order_by("question__position", "position")
        field.numbers = numbers


class ItemForm(forms.Form):
    """Something for a list that was said in words."""

    kind = forms.ChoiceField(
        label=_("Which list"), choices=[(AsksFor.PROBLEMS, _("Problems")), (AsksFor.NEEDS, _("Needs"))],
        widget=forms.RadioSelect(attrs=RADIO), error_messages={"required": _("Choose the list.")},
    )  # fmt: skip
    words = line_field(_("In one line"), 60, _("Write it in one line."))
    named_by = forms.IntegerField(
        label=_("How many named it"), min_value=1, max_value=LARGEST_NUMBER, widget=forms.TextInput(attrs=NUMBER),
        error_messages={"required": _("Say how many named it.")},
    )  # fmt: skip


class SettleForm(forms.Form):
    words = words_field(
        _("What became of it"), 300, _("Say what became of it."), help_text=_("Everybody reads it on the list.")
    )


def _field_of(question: SurveyQuestion) -> forms.Field:
    # The summary above the page names the question: there it doesn't stand beside it.
    number = {"number": question.position}
    missing = {"required": _("Please answer question %(number)s.") % number}
    given: dict[str, Any] = {
        "label": question.words, "required": question.is_required, "error_messages": missing,
    }  # fmt: skip
    match question.kind:
        case QuestionKind.ONE:
            one = ModelOptionField(question.options.all(), to_field_name="public_id", empty_label=None,
                                   widget=forms.RadioSelect(attrs=RADIO), **given)  # fmt: skip
            one.error_messages["invalid_choice"] = _("Please choose one of these.")
            return one
        case QuestionKind.SEVERAL:
            return OptionsField(question.options.all(), to_field_name="public_id",
                                widget=forms.CheckboxSelectMultiple(attrs=RADIO), **given)  # fmt: skip
        case QuestionKind.SCALE:
            steps = [(str(step), str(step)) for step in range(LOWEST, HIGHEST + 1)]
            return forms.ChoiceField(choices=steps, widget=forms.RadioSelect(attrs=RADIO), **given)
        case QuestionKind.NUMBER:
            widget = forms.TextInput(attrs=NUMBER)
            wrong = _("Question %(number)s: write a whole number, 0 or more.") % number
            missing |= dict.fromkeys(("invalid", "min_value", "max_value"), wrong)
            return forms.IntegerField(min_value=0, max_value=LARGEST_NUMBER, widget=widget, **given)
    return words_field(given["label"], 500, missing["required"], required=question.is_required)


class ModelOptionField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return obj.words


def _shown(said: Said | None) -> Any:
    if isinstance(said, list):
        return [str(option.public_id) for option in said]
    return said
