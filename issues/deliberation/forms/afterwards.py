"""What the office writes beside a published vote: an erratum, the result of the city's own system, a new term."""

import hashlib
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from issues.deliberation.domain.official import Figure, Reported
from issues.deliberation.forms.commitments import SaidForm, date_field, line_field, words_field
from issues.deliberation.forms.papers import ticks_of
from issues.deliberation.models import Motion
from issues.deliberation.turnout import turnout

MOST_BYTES = 20 * 1024 * 1024
CONTROL = {"class": "form-control", "autocomplete": "off"}
WRONG = ("required", "invalid", "min_value", "max_value", "max_digits", "max_decimal_places", "max_whole_digits")


class ErratumForm(SaidForm):
    words = words_field(
        _("What is wrong, and what is right"),
        most=600,
        help_text=_("It stands beside the text once a colleague has agreed. The text itself is never changed."),
    )


class EnterForm(SaidForm):
    """From when until when those elected sit there: the longest term that the rule set allows, if nobody says less."""

    since = date_field(_("First day of the new term"))
    until = date_field(_("Last day of the new term"))

    def __init__(self, data: Any = None, *, motion: Motion, today: date):
        rule = motion.election_rule
        initial = {"since": today, "until": rule.last_day(today)} if rule else {}
        super().__init__(data, initial=initial)
        self.auto_id = "enter_%s"
        if rule:
            most = _("As the owners have decided it in the text of the vote. By the rule set: %(years)s years at most.")
            self.fields["until"].help_text = most % {"years": rule.term_years}


class ResultForm(SaidForm):
    """The figures of the city's document. `rows` are those for each choice, as the page shows them."""

    system = line_field(_("Which system has counted"), most=120)
    reference = line_field(_("Reference number of its document"), most=60)
    reported_on = date_field(_("Day of the document"))
    document = forms.FileField(
        label=_("The document"),
        required=False,
        help_text=_("Its SHA-256 is worked out and kept, the file isn't. Or type the SHA-256 below."),
        widget=forms.FileInput(attrs={"class": "form-control"}),
        error_messages={"empty": _("This file is empty.")},
    )
    sha256 = forms.RegexField(
        r"^\s*[0-9a-fA-F]{64}\s*$",
        label=_("SHA-256 of the document"),
        required=False,
        widget=forms.TextInput(attrs=CONTROL),
        error_messages={"invalid": _("A SHA-256 has 64 digits from 0 to 9 and a to f.")},
    )

    def __init__(self, *args: Any, motion: Motion, **options: Any):
        super().__init__(*args, **options)
        self.auto_id = "result_%s"
        self.ticks = ticks_of(motion)
        ours = turnout(motion)
        self.named = [("roll", _("Roll")), ("cast", pgettext_lazy("vote", "Taking part")), *self.ticks]
        for name, label in self.named:
            self._add(name, label)
        self.fields["roll_area_m2"].initial, self.fields["roll_heads"].initial = ours.area_m2, ours.heads

    def _add(self, name: str, label: str | Promise) -> None:
        """A row's two figures. Whatever is wrong with one, the same is said: which it is, and what it must be."""
        self.fields[f"{name}_area_m2"] = forms.DecimalField(
            label=_("Area, m²"), min_value=Decimal(0), max_digits=14, decimal_places=2,
            widget=forms.TextInput(attrs=CONTROL | {"inputmode": "decimal"}),
            error_messages=dict.fromkeys(
                WRONG, format_lazy(_("{row}, area: in m² as in the document, with at most two decimals."), row=label)
            ),
        )  # fmt: skip
        self.fields[f"{name}_heads"] = forms.IntegerField(
            label=_("Heads"), min_value=0, max_value=999_999,
            widget=forms.TextInput(attrs=CONTROL | {"inputmode": "numeric"}),
            error_messages=dict.fromkeys(
                WRONG, format_lazy(_("{row}, heads: a whole number, as in the document."), row=label)
            ),
        )  # fmt: skip

    @property
    def rows(self) -> list[tuple[str | Promise, forms.BoundField, forms.BoundField]]:
        return [(label, self[f"{name}_area_m2"], self[f"{name}_heads"]) for name, label in self.named]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        document = given.get("document")
        if document and document.size > MOST_BYTES:
            self.add_error("document", _("It is larger than 20 MB: type its SHA-256 instead."))
        elif not document and not given.get("sha256") and "sha256" not in self.errors:
            self.add_error("document", _("Choose the document, or type its SHA-256."))
        return given

    def reported(self) -> Reported:
        given = self.cleaned_data
        return Reported(
            system=given["system"], reference=given["reference"], reported_on=given["reported_on"],
            document_sha256=self._hash(), roll=self._figure("roll"), cast=self._figure("cast"),
            figures={choice: self._figure(choice) for choice, _label in self.ticks},
        )  # fmt: skip

    def _figure(self, name: str) -> Figure:
        return Figure(self.cleaned_data[f"{name}_area_m2"], self.cleaned_data[f"{name}_heads"])

    def _hash(self) -> str:
        document = self.cleaned_data["document"]
        if not document:
            return str(self.cleaned_data["sha256"]).strip().lower()
        found = hashlib.sha256()
        for chunk in document.chunks():
            found.update(chunk)
        return found.hexdigest()
