"""What staff write when they take a step of an order. One form a verb; what a step needs, `issues.workflow` says."""

import unicodedata
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from governance.domain.images import PhotoRefused, admit_photo
from governance.domain.moment import local_day
from governance.domain.plain_words import plain
from issues.models import ReturnReason

MAX_WORDS = 2000
MAX_PHOTOS = 3
PLAN_AT_MOST_DAYS = 366


class WordsField(forms.CharField):
    """Somebody's own words: invisible marks are dropped, line breaks stay."""

    def __init__(self, **options: Any):
        widget = forms.Textarea(attrs={"class": "form-control", "rows": 3})
        super().__init__(max_length=MAX_WORDS, widget=widget, **options)

    def to_python(self, value: Any) -> str:
        return plain(super().to_python(value) or "")


class ManyPhotosInput(forms.ClearableFileInput):
    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class PhotosField(forms.FileField):
    """Up to three photos, each re-encoded on arrival. A photo that can't be used is named, with the reason."""

    def __init__(self, **options: Any):
        widget = ManyPhotosInput(
            attrs={"class": "form-control", "accept": "image/jpeg,image/png,image/webp,image/heic,image/heif"}
        )
        super().__init__(widget=widget, required=False, **options)

    def clean(self, data: Any, initial: Any = None) -> list[ContentFile]:
        uploads: list[UploadedFile] = [upload for upload in data or [] if upload]
        if len(uploads) > MAX_PHOTOS:
            sentence = ngettext("At most %(most)s photo.", "At most %(most)s photos.", MAX_PHOTOS)
            raise forms.ValidationError(sentence % {"most": MAX_PHOTOS})
        return [self._admitted(upload) for upload in uploads]

    def _admitted(self, upload: UploadedFile) -> ContentFile:
        try:
            return admit_photo(upload)
        except PhotoRefused as refused:
            raise forms.ValidationError(f"{upload.name}: {refused.sentence}") from refused


class PictureField(PhotosField):
    """At most one photo, re-encoded on arrival: its content, or None."""

    def __init__(self, **options: Any):
        super().__init__(**options)
        self.widget = forms.FileInput(attrs={name: self.widget.attrs[name] for name in ("class", "accept")})

    def clean(self, data: Any, initial: Any = None) -> ContentFile | None:  # type: ignore[override]
        return self._admitted(data) if data else None


class StepForm(forms.Form):
    """The facts of one step. `now` is the request's instant; `colleagues` (value, name) are those who may hold it."""

    def __init__(self, *args: Any, now: datetime, colleagues: list[tuple[str, str]], **options: Any):
        self.now, self.colleagues = now, colleagues
        options.setdefault("auto_id", f"{self.prefix_of_ids}_%s")
        super().__init__(*args, **options)
        holder = self.fields.get(self.among_colleagues)
        if isinstance(holder, forms.ChoiceField):
            holder.choices = [("", _("Please choose")), *colleagues]
        if self.is_bound:
            self._mark_errors()

    prefix_of_ids = "step"
    # The field that is a choice among `colleagues`.
    among_colleagues = "holder"

    def _mark_errors(self) -> None:
        """Fields with an error point at their sentences, for those who hear the page."""
        for name in self.errors:
            if name in self.fields:
                attributes = self.fields[name].widget.attrs
                attributes["class"] = f"{attributes.get('class', '')} is-invalid".strip()
                attributes["aria-invalid"] = "true"
                attributes["aria-describedby"] = f"{self[name].auto_id}_error"

    def facts(self) -> dict[str, Any]:
        """The keyword arguments of the verb in `issues.domain.handling`."""
        return dict(self.cleaned_data)


class AcceptForm(StepForm):
    prefix_of_ids = "accept"


class ArriveForm(StepForm):
    """A building's QR token proves the arrival; without one it is the staff's word."""

    prefix_of_ids = "arrive"
    qr_token = forms.CharField(max_length=12, required=False, widget=forms.HiddenInput)


class NoteForm(StepForm):
    prefix_of_ids = "note"
    words = WordsField(
        label=pgettext_lazy("of staff", "Your words"),
        help_text=_("What you found or agreed. The resident reads this, too."),
        error_messages={"required": _("Write a few words first.")},
    )


class FinishForm(StepForm):
    prefix_of_ids = "finish"
    words = WordsField(
        label=_("What was done"),
        help_text=_("The resident reads this. One or two sentences."),
        error_messages={"required": _("Write what was done: the resident reads it.")},
    )
    photos = PhotosField(
        label=_("Photos of the result"), help_text=_("Up to 3, 10 MB each. No people and no door numbers, please.")
    )


class ReturnForm(StepForm):
    prefix_of_ids = "return"
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[("", _("Please choose")), *ReturnReason.choices],
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={
            "required": _("Choose why it goes back."),
            "invalid_choice": _("Choose one of the reasons in the list."),
        },
    )
    words = WordsField(
        label=_("What the next person should know"),
        required=False,
        help_text=_("The resident's clock keeps running."),
    )


class PlanForm(StepForm):
    prefix_of_ids = "plan"
    words = WordsField(
        label=_("The plan"),
        help_text=_("What will be done, by whom, in which order. The resident reads this."),
        error_messages={"required": _("Write the plan: the resident reads it.")},
    )
    fulfil_by = forms.DateField(
        label=_("To be finished on"),
        help_text=_("This day becomes the deadline. For example 2026-05-29."),
        widget=forms.DateInput(attrs={"class": "form-control", "type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日"],
        error_messages={
            "required": _("Choose the day by which it will be finished."),
            "invalid": _("Write the day like 2026-05-29."),
        },
    )

    def __init__(self, data: Any = None, *args: Any, **options: Any):
        super().__init__(_forgiving_day(data), *args, **options)

    def clean_fulfil_by(self) -> date:
        day, today = self.cleaned_data["fulfil_by"], local_day(self.now)
        if day < today:
            raise forms.ValidationError(_("This day has passed. Choose today or a later day."))
        if (day - today).days > PLAN_AT_MOST_DAYS:
            raise forms.ValidationError(_("That is more than a year ahead. Please check the year."))
        return day


def _forgiving_day(data: Any) -> Any:
    """Full-width digits and spaces are forgiven, as they come from a Chinese keyboard."""
    if data is None or "fulfil_by" not in data:
        return data
    data = data.copy()
    data["fulfil_by"] = unicodedata.normalize("NFKC", data["fulfil_by"]).replace(" ", "")
    return data


class ReassignForm(StepForm):
    prefix_of_ids = "reassign"
    holder = forms.ChoiceField(
        label=_("Who takes it over"),
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={
            "required": _("Choose who takes it over."),
            "invalid_choice": _("Choose somebody from the list."),
        },
    )
