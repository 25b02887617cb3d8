"""The form of a register's row, and the plain fields it is made of."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError
from django.db import models
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


class NamesSearch(AutocompleteSelect):
    """A name from a long register, found by typing. `static/console/console.js` says what it is to screen readers."""


DAY = {"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
INSTANT = {
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

    def validate_constraints(self) -> None:
        """Each constraint with its own sentence: Django's would name the model's fields in English."""
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
