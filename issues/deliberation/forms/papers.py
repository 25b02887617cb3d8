"""Typing a ballot from paper: which unit, which number, what it says."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from issues.deliberation.domain.papers import Said
from issues.deliberation.forms.organising import MomentField
from issues.deliberation.models import Channel, Choice, InvalidReason, Motion, RollEntry, as_said, reasons_of
from issues.forms.orders import PictureField

INVALID = "invalid"
NONE_OF_THESE = pgettext_lazy("ballot", "None of these")


def ticks_of(motion: Motion) -> list[tuple[str, str | Promise]]:
    """What can be ticked on the motion's paper, in its order."""
    options = [(str(option.number), option.title) for option in motion.options.all()]
    if not options:
        return list(Choice.choices)
    return [*options, (Choice.AGAINST.value, NONE_OF_THESE), (Choice.ABSTAIN.value, Choice.ABSTAIN.label)]


class SaysForm(forms.Form):
    """What a paper of the motion says, or why it says nothing that counts. Several names may be ticked in elections."""

    said = forms.ChoiceField(
        label=_("What is ticked"),
        widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
        error_messages={"required": _("Choose what the paper says.")},
    )
    reason = forms.ChoiceField(
        label=_("Why it is not valid"),
        required=False,
        widget=forms.Select(attrs={"class": "form-select"}),
    )

    def __init__(self, *args: Any, motion: Motion, **options: Any):
        super().__init__(*args, **options)
        self.motion = motion
        lines = [*ticks_of(motion), (INVALID, _("It is not valid"))]
        said, reason = self.fields["said"], self.fields["reason"]
        assert isinstance(said, forms.ChoiceField)  # noqa: S101 - of this very class
        assert isinstance(reason, forms.ChoiceField)  # noqa: S101
        reason.choices = [("", "–"), *reasons_of(motion).items()]
        if motion.seats:
            self.fields["said"] = forms.MultipleChoiceField(
                label=_("What is ticked"), choices=lines,
                widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
                error_messages={"required": _("Choose what the paper says.")},
            )  # fmt: skip
            return
        said.choices = lines

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("said"):
            return given
        ticked = given["said"] if isinstance(given["said"], list) else [given["said"]]
        given["ticked"] = as_said(self.motion, ticked)
        if ticked == [INVALID]:
            if not given.get("reason"):
                self.add_error("reason", _("Choose why it is not valid."))
        elif not given["ticked"]:
            self.add_error("said", self._cannot_stand(ticked))
        return given

    def _cannot_stand(self, ticked: list[str]) -> str:
        if INVALID not in ticked and len(ticked) > (self.motion.seats or 1):
            return gettext("More names than seats: such a ballot is not valid. Choose that alone, with the reason.")
        return gettext("These can't stand together: such a ballot is not valid. Choose that alone, with the reason.")

    def what(self) -> Said:
        if not self.cleaned_data["ticked"]:
            return InvalidReason(self.cleaned_data["reason"])
        return str(self.cleaned_data["ticked"])


class PaperForm(SaysForm):
    """A whole paper, as the first person types it. `cleaned_data["entry"]` is the unit on the roll."""

    serial = forms.CharField(
        label=_("Number printed on the ballot"),
        max_length=20,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
        error_messages={"required": _("Type the number on the ballot.")},
    )
    building = forms.CharField(
        label=_("Building"),
        max_length=40,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
        error_messages={"required": _("Type the building, for example 3栋.")},
    )
    stairwell = forms.IntegerField(
        label=_("Entrance"),
        min_value=1,
        max_value=99,
        initial=1,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off", "inputmode": "numeric"}),
    )
    number = forms.CharField(
        label=_("Door number"),
        max_length=20,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
        error_messages={"required": _("Type the door number.")},
    )
    channel = forms.ChoiceField(
        label=pgettext_lazy("ballot", "How it came"),
        choices=[(channel.value, channel.label) for channel in (Channel.PAPER, Channel.DOOR)],
        initial=Channel.PAPER,
        widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
    )
    cast_at = MomentField(label=_("Handed in"), help_text=_("As noted on the paper. Empty: now."))

    scan = PictureField(
        label=_("Picture of the ballot"),
        help_text=_("If there is one. Only those who type and check see it, and each look is on record."),
    )

    field_order = ("serial", "building", "stairwell", "number", "channel", "cast_at", "said", "reason", "scan")

    def __init__(self, *args: Any, motion: Motion, now: datetime, **options: Any):
        super().__init__(*args, motion=motion, **options)
        self.now = now

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        place = {name: given.get(name) for name in ("building", "stairwell", "number")}
        if all(place.values()):
            given["entry"] = RollEntry.objects.filter(motion=self.motion, **place).select_related("motion").first()
            if given["entry"] is None:
                self.add_error("number", _("This unit is not on the roll. Check building, entrance and door."))
        given["cast_at"] = given.get("cast_at") or self.now
        return given
