"""What is written of a topic: when it is brought up, and at the gates."""

import re
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.models import OF_AN_ESTATE, Body, BodyKind, Community, Estate
from issues.deliberation.domain.proposing import Proposal
from issues.deliberation.domain.vetting import REASONS, Finding
from issues.deliberation.forms.places import InABuildingForm
from issues.deliberation.models import Topic, TopicOrigin, VettingReason
from residents.forms.filing import NamesSelect, OwnWordsField
from residents.models import Petition

LONGEST_WORDS = 1000
MOST_PETITIONS = 200


class BodiesField(forms.ModelMultipleChoiceField):
    """Bodies to tick, each by its full name."""

    def label_from_instance(self, body: Any) -> str:
        return body.name


class PetitionsField(forms.ModelMultipleChoiceField):
    """Petitions to tick, each by its receipt number and what it begins with."""

    def label_from_instance(self, petition: Any) -> str:
        return f"{petition.receipt_no} {Truncator(petition.words).chars(40)}"


class TopicForm(forms.Form):
    """A topic of an estate, as a resident brings it up."""

    title = forms.CharField(
        label=_("The topic"),
        max_length=60,
        help_text=_("In one line, for example: An e-bike shed behind building 3"),
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
        error_messages={"required": _("Write the topic in one line.")},
    )
    words = OwnWordsField(
        label=_("What it is about"),
        help_text=_("What is wrong, what should be done. Everybody may read it: no names, no door numbers."),
        max_characters=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 6}),
        error_messages={"required": _("Say what it is about.")},
    )
    costs = forms.CharField(
        label=_("What it would cost, and who would pay"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )
    estate = forms.ModelChoiceField(
        Estate.objects.none(),
        label=_("Estate"),
        empty_label=None,
        widget=NamesSelect(attrs={"class": "form-select"}),
        error_messages={"required": _("Please choose the estate.")},
    )
    concerns = BodiesField(
        Body.objects.none(),
        label=_("Is it a complaint about one of these?"),
        required=False,
        help_text=_("Whoever is complained about doesn't decide on it: it goes one level up."),
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )
    gather = forms.BooleanField(label=_("I am an owner and gather support for an owners' assembly"), required=False)

    def __init__(self, *args: Any, estates: QuerySet[Estate], **options: Any):
        super().__init__(*args, **options)
        self._choices("estate").queryset = estates
        self._choices("concerns").queryset = bodies_of(estates)

    def _choices(self, name: str) -> forms.ModelChoiceField:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - of this very class
        return field

    def proposal(self) -> Proposal:
        given = self.cleaned_data
        origin = TopicOrigin.OWNERS if given["gather"] else TopicOrigin.RESIDENT
        return Proposal(
            community=given["estate"].community, estate=given["estate"], origin=origin, title=given["title"].strip(),
            words=given["words"], costs=given["costs"].strip(), concerns=tuple(given["concerns"]),
        )  # fmt: skip


class DeskTopicForm(InABuildingForm, TopicForm):
    """A topic that the office makes of what people reported: of one estate or wider, with the petitions."""

    community = forms.ModelChoiceField(
        Community.objects.none(),
        label=_("Community"),
        empty_label=None,
        widget=NamesSelect(attrs={"class": "form-select"}),
        error_messages={"required": _("Please choose the community.")},
    )
    receipts = OwnWordsField(
        label=_("Receipt numbers of the petitions it comes from"),
        required=False,
        help_text=_("One or many. Each of these people is told what becomes of it."),
        max_characters=4000,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 3}),
    )

    def __init__(self, *args: Any, communities: QuerySet[Community], petitions: QuerySet[Petition], **options: Any):
        super().__init__(*args, **options)
        del self.fields["gather"]
        self.petitions = petitions
        self._choices("community").queryset = communities
        self._choices("estate").required = False
        self._choices("estate").empty_label = str(_("The whole community"))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        estate, community = given.get("estate"), given.get("community")
        if estate and community and estate.community_id != community.pk:
            self.add_error("estate", _("This estate lies in another community."))
        self.find_building(given)
        given["found_petitions"] = self._find_petitions(given.get("receipts", ""))
        return given

    def _find_petitions(self, receipts: str) -> tuple[Petition, ...]:
        found, unknown = petitions_by_receipt(receipts, self.petitions)
        if unknown:
            self.add_error("receipts", _("Not found among yours: %(numbers)s") % {"numbers": ", ".join(unknown)})
        return found

    def proposal(self) -> Proposal:
        given = self.cleaned_data
        return Proposal(
            community=given["community"],
            estate=given["estate"],
            building=given["found"],
            stairwell=given["stairwell"],
            origin=TopicOrigin.PETITIONS if given["found_petitions"] else TopicOrigin.OFFICE,
            title=given["title"].strip(),
            words=given["words"],
            costs=given["costs"].strip(),
            concerns=tuple(given["concerns"]),
            petitions=given["found_petitions"],
        )


class FindingForm(forms.Form):
    """What somebody says at a gate. Which reasons there are goes by what is decided."""

    reason = forms.ChoiceField(
        label=pgettext_lazy("gate", "Reason"),
        widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
        error_messages={"required": _("Please choose the reason.")},
    )
    words = OwnWordsField(
        label=_("In words"),
        help_text=_("Everybody reads it on the topic's page, with your role and surname."),
        max_characters=600,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 4}),
        error_messages={"required": _("Say why.")},
    )

    def __init__(self, data: Any = None, *, verb: str):
        super().__init__(data, prefix=verb)
        reason = self.fields["reason"]
        assert isinstance(reason, forms.ChoiceField)  # noqa: S101 - of this very class
        reason.choices = [(each.value, each.label) for each in REASONS[verb]]
        if len(REASONS[verb]) == 1:
            reason.initial = REASONS[verb][0].value
            reason.widget = forms.HiddenInput()
            reason.required = False

    def finding(self) -> Finding:
        given = self.cleaned_data
        return Finding(VettingReason(given["reason"] or self.fields["reason"].initial), given["words"])


class AnswerForm(FindingForm):
    """A topic that isn't taken up, or is passed on: others may read why, unless it names somebody."""

    show = forms.BooleanField(
        label=_("Everybody may read the topic and this answer"), required=False, initial=True
    )  # fmt: skip


class JoinForm(FindingForm):
    into = forms.ModelChoiceField(
        Topic.objects.none(),
        label=_("With which topic"),
        empty_label=_("Please choose"),
        widget=NamesSelect(attrs={"class": "form-select"}),
        error_messages={"required": _("Please choose the topic."), "invalid_choice": _("Please choose the topic.")},
    )

    def __init__(self, data: Any = None, *, verb: str, others: QuerySet[Topic]):
        super().__init__(data, verb=verb)
        into = self.fields["into"]
        assert isinstance(into, forms.ModelChoiceField)  # noqa: S101 - of this very class
        into.queryset = others


class SplitForm(FindingForm):
    title = forms.CharField(
        label=_("The other topic"),
        max_length=60,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
        error_messages={"required": _("Write the topic in one line.")},
    )
    about = OwnWordsField(
        label=_("What it is about"),
        max_characters=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 4}),
        error_messages={"required": _("Say what it is about.")},
    )
    petitions = PetitionsField(
        Petition.objects.none(),
        label=_("Which petitions go along"),
        required=False,
        to_field_name="receipt_no",
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )

    def __init__(self, data: Any = None, *, verb: str, petitions: QuerySet[Petition]):
        super().__init__(data, verb=verb)
        field = self.fields["petitions"]
        assert isinstance(field, forms.ModelMultipleChoiceField)  # noqa: S101 - of this very class
        field.queryset = petitions


class AttachForm(forms.Form):
    """More petitions that say the same."""

    receipts = OwnWordsField(
        label=_("Receipt numbers"),
        max_characters=4000,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 2}),
        error_messages={"required": _("Write at least one receipt number.")},
    )

    def __init__(self, data: Any = None, *, petitions: QuerySet[Petition]):
        super().__init__(data, prefix="attach")
        self.petitions = petitions

    def clean_receipts(self) -> tuple[Petition, ...]:
        found, unknown = petitions_by_receipt(self.cleaned_data["receipts"], self.petitions)
        if unknown:
            raise forms.ValidationError(_("Not found among yours: %(numbers)s") % {"numbers": ", ".join(unknown)})
        return found


class JudgeForm(forms.Form):
    """How somebody who lives there judges what came of it."""

    stars = forms.TypedChoiceField(
        label=_("How satisfied are you?"),
        coerce=int,
        choices=[
            (5, pgettext_lazy("satisfaction", "Very good")),
            (4, pgettext_lazy("satisfaction", "Good")),
            (3, pgettext_lazy("satisfaction", "Fair")),
            (2, pgettext_lazy("satisfaction", "Poor")),
            (1, pgettext_lazy("satisfaction", "Very poor")),
        ],
        widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
        error_messages={"required": _("Please choose how satisfied you are.")},
    )
    is_solved = forms.TypedChoiceField(
        label=_("Is it solved?"),
        coerce=lambda value: value == "yes",
        choices=[("yes", _("Solved")), ("no", _("Not solved"))],
        widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
        error_messages={"required": _("Please say whether it is solved.")},
    )


def bodies_of(estates: QuerySet[Estate]) -> QuerySet[Body]:
    """Those that could be complained about at these estates: who manages them, their committees, the offices above."""
    ids = estates.values("pk")
    managing = Q(managements__estate__in=ids, managements__valid_until=None)
    committees = Q(kind__in=OF_AN_ESTATE, estate__in=ids)
    offices = Q(kind=BodyKind.RESIDENTS_COMMITTEE, community__estates__in=ids) | Q(
        kind=BodyKind.STREET_OFFICE, subdistrict__communities__estates__in=ids
    )
    found = Body.objects.filter(managing | committees | offices, ended_on=None)
    return Body.objects.filter(pk__in=found.values("pk")).order_by("kind", "name")


def petitions_by_receipt(receipts: str, petitions: QuerySet[Petition]) -> tuple[tuple[Petition, ...], list[str]]:
    """Those of the petitions that have these numbers, and the numbers that none has. Case and dashes are forgiven."""
    asked = list(dict.fromkeys(_well_formed(word) for word in re.split(r"[\s,;、,;]+", receipts) if word))
    found = {each.receipt_no: each for each in petitions.filter(receipt_no__in=asked[:MOST_PETITIONS])}
    return tuple(found.values()), [number for number in asked if number not in found]


def _well_formed(number: str) -> str:
    bare = re.sub(r"[^0-9A-Z]", "", number.upper())
    return f"{bare[:2]}-{bare[2:6]}-{bare[6:]}" if len(bare) == 10 else number[:20]
