"""The forms of a petition that is under way or done: adding something, and the rating."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from residents.forms.filing import OwnWordsField, described
from residents.models.petitions import MAX_WORDS
from residents.sentences import SATISFACTION

TOO_LONG = _("You wrote %(count)d characters; 2,000 fit. Please shorten it. Nothing is lost.")
YES, NO = "yes", "no"


def _yes_or_no(answer: str) -> bool:
    return answer == YES


class SupplementForm(forms.Form):
    """Something to add to what was said."""

    words = OwnWordsField(
        label=_("What would you like to add?"),
        max_characters=MAX_WORDS,
        too_long=TOO_LONG,
        widget=forms.Textarea(attrs={"rows": 6, "class": "form-control"}),
        error_messages={"required": _("Write what you would like to add.")},
    )

    def full_clean(self):
        super().full_clean()
        described(self)


class EvaluationForm(forms.Form):
    """The petitioner's word: solved, satisfied, contacted, and words if there are any.

    `epoch` is the one that was on the page: a stale page must not rate what has been done since.
    """

    epoch = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=32_767)
    is_solved = forms.TypedChoiceField(
        label=_("Is it solved?"),
        choices=[(YES, _("Solved")), (NO, _("Not solved, do it again"))],
        coerce=_yes_or_no,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether it is solved.")},
    )
    satisfaction = forms.TypedChoiceField(
        label=_("Are you satisfied?"),
        choices=list(SATISFACTION.items()),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say how satisfied you are, from 1 to 5.")},
    )
    was_contacted = forms.TypedChoiceField(
        label=_("Did anybody contact you?"),
        choices=[(YES, pgettext_lazy("contacted", "Yes")), (NO, pgettext_lazy("contacted", "No"))],
        coerce=_yes_or_no,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether anybody contacted you.")},
    )
    words = OwnWordsField(
        label=_("Anything you would like to say"),
        max_characters=MAX_WORDS,
        too_long=TOO_LONG,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"}),
    )

    def full_clean(self):
        super().full_clean()
        described(self)
