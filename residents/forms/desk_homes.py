"""What the community's staff write when they decide about a home. One form a verb of `residents.domain.occupancy`."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.models import User
from residents.forms.filing import OwnWordsField, described
from residents.models import DeclineReason, Occupancy, OccupancyState

MAX_WORDS = 300


def _words(label: str | Promise, help_text: str | Promise, missing: str | Promise) -> OwnWordsField:
    return OwnWordsField(
        label=label,
        help_text=help_text,
        max_characters=MAX_WORDS,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 3}),
        error_messages={"required": missing},
    )


def _reason(*, required: bool) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Reason"),
        help_text=_("The person reads the reason, in their own language."),
        choices=[("", _("Please choose")), *DeclineReason.choices],
        required=required,
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={
            "required": _("Choose why it isn't confirmed."),
            "invalid_choice": _("Choose one of the reasons in the list."),
        },
    )


class DecisionForm(forms.Form):
    """The facts of one decision. `seen_as` is the state that the page showed: by it shows what was decided since."""

    use_required_attribute = False
    verb = ""

    seen_as = forms.CharField(max_length=10, required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, home: Occupancy, others: Sequence[Occupancy]):
        super().__init__(
            data, label_suffix="", auto_id=f"{self.verb}_%s", initial={"seen_as": home.state}, empty_permitted=False
        )
        self.offer(others)

    def offer(self, others: Sequence[Occupancy]) -> None:
        """Take up who else has to do with the unit, where the form asks for it."""

    def full_clean(self) -> None:
        super().full_clean()
        described(self)

    def facts(self) -> dict[str, Any]:
        """The keyword arguments of the verb."""
        return dict(self.cleaned_data)


class VerifyForm(DecisionForm):
    verb = "verify"
    words = _words(
        _("What was seen"),
        _("For example: title deed, shown at the counter. No ID numbers. Only the community's staff read this."),
        _("Write what was seen: a home is confirmed by something."),
    )


class DeclineForm(DecisionForm):
    verb = "decline"
    reason = _reason(required=True)
    words = _words(
        _("How you know"),
        _("For example: called twice, no paper was brought. Only the community's staff read this."),
        _("Write how you know."),
    )


class TiesField(forms.MultipleChoiceField):
    """Some of the other ties to the unit, by their public ids; gives back the ties."""

    ties: dict[str, Occupancy] = {}

    def offer(self, others: Sequence[Occupancy]) -> None:
        self.ties = {str(each.public_id): each for each in others if each.state != OccupancyState.DISPUTED}
        self.choices = [(public_id, _tie_in_words(each)) for public_id, each in self.ties.items()]

    def clean(self, value: Any) -> list[Occupancy]:
        return [self.ties[public_id] for public_id in super().clean(value)]


def _tie_in_words(tie: Occupancy) -> str:
    return f"{name_of(tie.user)} · {tie.get_relation_display()} · {tie.get_state_display()}"


def name_of(user: User) -> str:
    """How the desk calls somebody who may have given no name."""
    return user.full_name or user.masked_phone or user.username


class DisputeForm(DecisionForm):
    verb = "dispute"
    against = TiesField(
        label=_("Who else is concerned"),
        help_text=_("Their home stops counting as confirmed, too, until it is settled. All of them are told."),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
        error_messages={"invalid_choice": _("One of these ties has ended meanwhile. Please look again.")},
    )
    words = _words(
        _("Who says what"),
        _("For example: two people claim to be the owner. The people concerned don't read this."),
        _("Write who says what."),
    )

    def offer(self, others: Sequence[Occupancy]) -> None:
        ties = self.fields["against"]
        assert isinstance(ties, TiesField)  # noqa: S101 - as declared above
        ties.offer(others)
        if not ties.ties:
            del self.fields["against"]


class SettleForm(DecisionForm):
    verb = "settle"
    outcome = forms.ChoiceField(
        label=_("What is right"),
        choices=[
            (OccupancyState.VERIFIED, pgettext_lazy("dispute", "This home is confirmed")),
            (OccupancyState.DECLINED, pgettext_lazy("dispute", "This home is not confirmed")),
            (OccupancyState.ENDED, pgettext_lazy("dispute", "It was theirs and has ended")),
        ],
        widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
        error_messages={
            "required": _("Say how it is settled."),
            "invalid_choice": _("Say how it is settled."),
        },
    )
    reason = _reason(required=False)
    words = _words(
        _("What shows it"),
        _("For example: court ruling, deed from the register. Only the community's staff read this."),
        _("Write what shows it."),
    )

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        self.fields["reason"].label = _("Reason, if it is not confirmed")

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("outcome") == OccupancyState.DECLINED and not given.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("Choose why it isn't confirmed."))
        return given


class EndForm(DecisionForm):
    verb = "end"
    words = _words(
        _("How you know"),
        _("For example: handed in the keys on 3 May. Only the community's staff read this."),
        _("Write how you know that it has ended."),
    )


FORMS: dict[str, type[DecisionForm]] = {
    form.verb: form for form in (VerifyForm, DeclineForm, SettleForm, DisputeForm, EndForm)
}
