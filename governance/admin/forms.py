"""The form of a register's row, and the plain fields it is made of."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.domain.registers import sentence_of_constraint
from governance.templatetags.words import is_chinese_elsewhere


class NamesSelect(forms.Select):
    """A choice among names from the registers: each is marked as Chinese on a page in another language."""

    def create_option(self, name: str, value: Any, label: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, label, *args, **kwargs)
        if is_chinese_elsewhere(str(label)):
            option["attrs"]["lang"] = "zh-Hans"
        return option


class NamesSearch(forms.Widget):
    """A name from a long register, found by typing: a combobox drawn by `static/console/console.js`.

    `choices` are set by the form field: the rows that may be named.
    """

    template_name = "governance/widgets/choose.html"
    choices: Any = ()

    def __init__(self, field: Any, label_of: Callable[[Any], str]):
        super().__init__()
        self.field = field
        self.label_of = label_of

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        row = self._row(value)
        label = self.label_of(row) if row is not None else ""
        meta = self.field.model._meta
        context["widget"] |= {
            "label": label,
            "is_chinese": is_chinese_elsewhere(label),
            "url": reverse("admin:autocomplete"),
            "app_label": meta.app_label,
            "model_name": meta.model_name,
            "field_name": self.field.name,
        }
        return context

    def _row(self, value: Any) -> Any:
        """The row that is named now; None where the value names none of those that may be."""
        try:
            return self.choices.queryset.filter(pk=value).first() if value else None
        except (TypeError, ValueError):
            return None


DAY: dict[str, Any] = {"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
INSTANT: dict[str, Any] = {
    "form_class": forms.DateTimeField,
    "widget": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
}
PLAIN_FIELDS: dict[type[models.Field], dict[str, Any]] = {
    models.DateField: DAY,
    models.DateTimeField: INSTANT,
    models.TimeField: {"widget": forms.TimeInput(attrs={"type": "time"}, format="%H:%M")},
    models.BooleanField: {"widget": forms.CheckboxInput},
    models.CharField: {"widget": forms.TextInput},
    models.EmailField: {"widget": forms.EmailInput},
    models.TextField: {"widget": forms.Textarea(attrs={"rows": 4})},
    models.IntegerField: {"widget": forms.NumberInput},
    models.BigIntegerField: {"widget": forms.NumberInput},
    models.DecimalField: {"widget": forms.NumberInput},
}


class RegisterForm(forms.ModelForm):
    """Says in a sentence which promise a row would break. `refused_for` is what the database said the first time."""

    refused_for: str = ""
    _get_validation_exclusions: Any

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.refused_for:
            self.add_error(None, self.refused_for)
        return cleaned

    def validate_unique(self) -> None:
        """Fields that stand alone; what several fields promise together is a constraint's."""
        try:
            self.instance.validate_unique(exclude=self._get_validation_exclusions())
        except ValidationError as taken:
            for name in taken.message_dict:
                self.add_error(name if name in self.fields else None, _("This is taken already."))

    def _post_clean(self) -> None:
        row: Any = self.instance
        # Django would check the constraints here, too, with sentences made of the names of models and fields.
        row.validate_constraints = lambda exclude=None: None
        try:
            super()._post_clean()  # type: ignore[misc]
        finally:
            del row.validate_constraints
        self._check_constraints()

    def _check_constraints(self) -> None:
        """Each constraint, with its own sentence."""
        exclude = self._get_validation_exclusions()
        model = type(self.instance)
        for constraint in model._meta.constraints:
            try:
                constraint.validate(model, self.instance, exclude=exclude)
            except ValidationError:
                self.add_error(None, str(sentence_of_constraint(constraint.name, model)))


class ConfirmForm(forms.Form):
    """That a row is to be ended, at once; with the version the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class EndForm(ConfirmForm):
    """The last day of a row."""

    on = forms.DateField(label=gettext_lazy("Last day"), **DAY)
