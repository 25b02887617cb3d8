"""What organisers write: a vote before its notice, and why one should not go on."""

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.domain.moment import local_day
from governance.models import Body, Estate
from governance.models.bodies import BodyKind
from governance.models.scope import Scope
from issues.deliberation.counting.file import MOST_CANDIDATES
from issues.deliberation.domain.setting_up import Offer, Plan
from issues.deliberation.forms.places import InABuildingForm
from issues.deliberation.models import BY_OWNERS, Matter, Motion, MotionKind, RuleSet, Topic, TopicState
from residents.forms.filing import NamesSelect, OwnWordsField

MOMENT = "%Y-%m-%dT%H:%M"


class MomentField(forms.DateTimeField):
    """A day and a minute on the clock of the place."""

    def __init__(self, **options: Any):
        widget = forms.DateTimeInput(attrs={"type": "datetime-local", "class": "form-control"}, format=MOMENT)
        messages = {"invalid": _("Write a day and a time, for example 2026-06-02 09:00.")}
        super().__init__(widget=widget, error_messages=messages, required=False, **options)


class RuleSetField(forms.ModelChoiceField):
    """Rule sets in force: by their names alone, as no two versions of one are in force on one day."""

    def label_from_instance(self, obj: Any) -> str:
        return obj.name


class PlanForm(InABuildingForm):
    """A vote as it is being prepared. A draft may be unfinished: what makes it unlawful is said on its page."""

    # As on the page, so that its errors are listed from top to bottom.
    field_order = (
        "title", "words", "topic", "estate", "building", "stairwell", "matter", "seats", "rule_set", "kind",
        "opens_at", "closes_at",
    )  # fmt: skip

    estate = forms.ModelChoiceField(
        Estate.objects.none(),
        label=_("Estate"),
        empty_label=_("Please choose"),
        widget=NamesSelect(attrs={"class": "form-select"}),
        error_messages={"required": _("Please choose the estate.")},
    )
    topic = forms.ModelChoiceField(
        Topic.objects.none(),
        label=_("On which topic"),
        required=False,
        empty_label=_("None of those being deliberated"),
        widget=NamesSelect(attrs={"class": "form-select"}),
        error_messages={"invalid_choice": _("This topic isn't being deliberated any more.")},
    )
    title = forms.CharField(
        label=_("The question"),
        max_length=80,
        help_text=_("In one line, as owners read it on the ballot."),
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
        error_messages={"required": _("Write the question.")},
    )
    words = OwnWordsField(
        label=_("The text"),
        help_text=_("What is done, what it costs each household, who pays. Nothing that isn't in it can be voted on."),
        max_characters=4000,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 8}),
        error_messages={"required": _("Write what is put to the vote.")},
    )
    matter = forms.ChoiceField(
        label=_("Which matter it is by law"),
        choices=[("", _("Please choose")), *Matter.choices],
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={"required": _("Please choose the matter.")},
    )
    seats = forms.IntegerField(
        label=_("How many are elected"),
        required=False,
        min_value=1,
        max_value=MOST_CANDIDATES,
        help_text=_("Only where members of the owners' committee are elected. The candidates come after this page."),
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off", "inputmode": "numeric"}),
    )
    rule_set = RuleSetField(
        RuleSet.objects.none(),
        label=_("Rule set"),
        empty_label=None,
        widget=NamesSelect(attrs={"class": "form-select"}),
        error_messages={"required": _("Please choose the rule set.")},
    )
    kind = forms.ChoiceField(
        label=_("What the vote is worth"),
        choices=MotionKind.choices,
        initial=MotionKind.CONSULTATIVE,
        widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
        error_messages={"required": _("Please say what the vote is worth.")},
    )
    opens_at = MomentField(label=pgettext_lazy("vote", "Voting begins"))
    closes_at = MomentField(label=pgettext_lazy("vote", "Voting ends"), help_text=_("At this minute it is too late."))

    def __init__(self, *args: Any, scope: Scope, now: datetime, **options: Any):
        super().__init__(*args, **options)
        area = Q(community__in=scope.communities) | Q(community__subdistrict__in=scope.subdistricts)
        self._choices("estate").queryset = (
            Estate.objects.filter(area).select_related("community").order_by("name", "pk")
        )
        deliberated = Topic.objects.organised_by(scope).filter(state=TopicState.ACCEPTED)
        self._choices("topic").queryset = deliberated.order_by("-raised_at", "-pk")
        self._choices("rule_set").queryset = (
            RuleSet.objects.in_force(local_day(now)).filter(body__in=BY_OWNERS).order_by("name", "-version")
        )

    def _choices(self, name: str) -> forms.ModelChoiceField:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - of this very class
        return field

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        opens, closes = given.get("opens_at"), given.get("closes_at")
        if bool(opens) != bool(closes):
            self.add_error("closes_at" if opens else "opens_at", _("Give both: when voting begins and when it ends."))
        elif opens and closes and closes <= opens:
            self.add_error("closes_at", _("Voting ends after it begins."))
        self.find_building(given)
        if given.get("seats") and given["found"]:
            self.add_error("building", _("The whole estate elects its committee: leave the building empty."))
        if given.get("seats") and given.get("matter") not in (None, Matter.COMMITTEE):
            self.add_error("seats", _("Only in matter (3) somebody is elected. Leave it empty, or choose that matter."))
        topic = given.get("topic")
        if topic and topic.estate_id and given.get("estate") and topic.estate_id != given["estate"].pk:
            self.add_error("topic", _("This topic belongs to another estate."))
        return given

    def plan(self) -> Plan:
        given = self.cleaned_data
        return Plan(
            estate=given["estate"], rule_set=given["rule_set"], matter=given["matter"], kind=given["kind"],
            title=given["title"].strip(), words=given["words"], opens_at=given["opens_at"],
            closes_at=given["closes_at"], building=given["found"], stairwell=given["stairwell"], topic=given["topic"],
            seats=given["seats"],
        )  # fmt: skip

    @staticmethod
    def as_written(motion: Motion) -> dict[str, Any]:
        """The draft as the form's first values."""
        return {
            "estate": motion.estate_id, "building": motion.building.name if motion.building else "",
            "stairwell": motion.stairwell, "title": motion.title, "words": motion.words, "matter": motion.matter,
            "rule_set": motion.rule_set_id, "kind": motion.kind, "opens_at": on_the_clock(motion.opens_at),
            "closes_at": on_the_clock(motion.closes_at), "topic": motion.topic_id,
            "seats": motion.seats,
        }  # fmt: skip

    @staticmethod
    def on_topic(topic: Topic) -> dict[str, Any]:
        """A vote on the topic, as the form begins with it."""
        return {
            "topic": topic.pk, "estate": topic.estate_id, "building": topic.building.name if topic.building else "",
            "stairwell": topic.stairwell, "title": topic.title, "words": topic.words,
        }  # fmt: skip


class OptionForm(forms.Form):
    """One more option of a draft: most often what a company offers; of an election a candidate, by name and a text."""

    title = OwnWordsField(
        label=_("The option"),
        help_text=_("As it stands on the ballot: a company's name, a place, a design."),
        max_characters=60,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
        error_messages={"required": _("Name the option.")},
    )
    price = OwnWordsField(
        label=_("Price"),
        required=False,
        help_text=_("With its unit, so that the options can be compared."),
        max_characters=80,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )
    words = OwnWordsField(
        label=_("What it offers"),
        required=False,
        max_characters=600,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 3}),
    )
    body = forms.ModelChoiceField(
        Body.objects.none(),
        label=_("Which company of the register it is"),
        required=False,
        empty_label=_("None of them"),
        help_text=_("Its people hold no mandates in this vote and type no ballots."),
        widget=NamesSelect(attrs={"class": "form-select"}),
        error_messages={"invalid_choice": _("Choose one in the list.")},
    )

    def __init__(self, *args: Any, motion: Motion, now: datetime, **options: Any):
        super().__init__(*args, **options)
        self.auto_id = "option_%s"
        if motion.seats:
            self._ask_for_a_candidate()
            return
        body = self.fields["body"]
        assert isinstance(body, forms.ModelChoiceField)  # noqa: S101 - of this very class
        standing = Body.objects.standing_on(local_day(now)).filter(subdistrict=motion.subdistrict_id)
        body.queryset = standing.filter(kind=BodyKind.PROPERTY_COMPANY).order_by("name", "pk")

    def _ask_for_a_candidate(self) -> None:
        del self.fields["price"], self.fields["body"]
        title, words = self.fields["title"], self.fields["words"]
        title.label, title.help_text = _("The candidate's name"), _("The full name, as it stands on the ballot.")
        title.error_messages["required"] = _("Write the candidate's name.")
        words.label = _("Who that is")
        words.help_text = _("In the candidate's own words. Everybody reads it: no phone number, no door.")

    def offer(self) -> Offer:
        return Offer(**self.cleaned_data)


class WhyForm(forms.Form):
    words = OwnWordsField(
        label=_("Why it should not go on"),
        help_text=_("Everybody reads it on the vote's page, which stays."),
        max_characters=300,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 3}),
        error_messages={"required": _("Say why.")},
    )


class AnswerForm(forms.Form):
    words = OwnWordsField(
        label=_("The answer"),
        help_text=_("Everybody reads it on the vote's page."),
        max_characters=1000,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 4}),
        error_messages={"required": _("Write the answer.")},
    )


def on_the_clock(at: datetime | None) -> datetime | None:
    return timezone.localtime(at).replace(tzinfo=None) if at else None
