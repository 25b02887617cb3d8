"""What the community desk writes when it doesn't take a matter up, or hands it to a department."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from issues.forms.orders import StepForm, WordsField
from issues.models import DeclineReason
from residents.forms.filing import NamesSelect


class DeclineForm(StepForm):
    prefix_of_ids = "decline"
    reason = forms.ChoiceField(
        label=pgettext_lazy("of not taking a petition up", "Why"),
        choices=[("", _("Please choose")), *DeclineReason.choices],
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={
            "required": _("Choose why it isn't taken up."),
            "invalid_choice": _("Choose one of the reasons in the list."),
        },
    )
    words = WordsField(
        label=_("What the resident reads"),
        help_text=_("Why, and whom to turn to, in a sentence or two. Where to go instead is added by itself."),
        error_messages={"required": _("Write to the resident why, in a sentence or two.")},
    )


class HandOverForm(StepForm):
    """To a department of the street, as one of `colleagues` (id, name)."""

    prefix_of_ids = "hand_over"
    among_colleagues = "body"
    body = forms.ChoiceField(
        label=pgettext_lazy("whom a matter is handed to", "Department"),
        widget=NamesSelect(attrs={"class": "form-select"}),
        error_messages={
            "required": _("Choose whom it goes to."),
            "invalid_choice": _("This can't be sent there: choose somebody in the list."),
        },
    )
