"""What is written about a supervision order: the account, and what is missing in it."""

import unicodedata
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.domain.moment import local_day
from issues.domain.supervision import Account
from issues.forms.orders import StepForm, WordsField
from issues.models import SupervisionOrder

AT_MOST_DAYS = 366


class SupervisionForm(StepForm):
    """The facts of one step. `answer_seen_at`: which answer was on the page, so that no other one is judged unseen."""

    use_required_attribute = False

    def __init__(self, data: Any = None, *, now: datetime, supervision: SupervisionOrder):
        super().__init__(
            _forgiving_day(data), now=now, colleagues=[], label_suffix="", initial=self.known_of(supervision)
        )

    def known_of(self, supervision: SupervisionOrder) -> dict[str, Any]:
        return {"answer_seen_at": supervision.answered_at.isoformat() if supervision.answered_at else ""}


class SeenAnswerField(forms.CharField):
    """The instant of the answer that was shown, to the microsecond; nothing if it can't be read."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> datetime | None:
        try:
            seen_at = datetime.fromisoformat(str(value or ""))
        except ValueError:
            return None
        return seen_at if seen_at.tzinfo else None


class AnswerForm(SupervisionForm):
    """Filled in with the answer before, where that one was sent back."""

    prefix_of_ids = "answer"
    what_went_wrong = WordsField(
        label=_("What went wrong"),
        help_text=_("Why the time limit was missed. Facts, not promises."),
        error_messages={"required": _("Write what went wrong.")},
    )
    what_was_done = WordsField(
        label=_("What was done"),
        help_text=_("What has been done since, and what is still to be done."),
        error_messages={"required": _("Write what was done.")},
    )
    by_when = forms.DateField(
        label=_("By when it is put right"),
        help_text=_("For example 2026-05-29."),
        widget=forms.DateInput(attrs={"class": "form-control", "type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日"],
        error_messages={
            "required": _("Choose the day by which it is put right."),
            "invalid": _("Write the day like 2026-05-29."),
        },
    )

    def known_of(self, supervision: SupervisionOrder) -> dict[str, Any]:
        before = Account.read(supervision.answer_words)
        return before._asdict() if before else {}

    def clean_by_when(self) -> date:
        day, today = self.cleaned_data["by_when"], local_day(self.now)
        if day < today:
            raise forms.ValidationError(_("This day has passed. Choose today or a later day."))
        if (day - today).days > AT_MOST_DAYS:
            raise forms.ValidationError(_("That is more than a year ahead. Please check the year."))
        return day

    def facts(self) -> dict[str, Any]:
        return {"account": Account(**self.cleaned_data)}


class AcceptAnswerForm(SupervisionForm):
    prefix_of_ids = "accept_answer"
    answer_seen_at = SeenAnswerField(required=False)


class SendBackForm(SupervisionForm):
    prefix_of_ids = "send_back"
    answer_seen_at = SeenAnswerField(required=False)
    words = WordsField(
        label=_("What is missing"),
        help_text=_("Whoever answers reads this. The new answer is due at the close of the next working day."),
        error_messages={"required": _("Write what is missing: else they can't answer any better.")},
    )


FORMS: dict[str, type[SupervisionForm]] = {
    form.prefix_of_ids: form for form in (AnswerForm, AcceptAnswerForm, SendBackForm)
}


def _forgiving_day(data: Any) -> Any:
    """Full-width digits and spaces are forgiven, as they come from a Chinese keyboard."""
    if data is None or "by_when" not in data:
        return data
    data = data.copy()
    data["by_when"] = unicodedata.normalize("NFKC", data["by_when"]).replace(" ", "")
    return data
