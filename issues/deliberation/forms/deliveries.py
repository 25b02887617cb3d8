"""Noting which homes got the notice of a vote."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.domain.moment import local_day
from governance.models import Unit
from issues.deliberation.domain import delivering
from issues.deliberation.forms.commitments import SaidForm, date_field, line_field
from issues.deliberation.models import DeliveryWay, Motion

STRUCK = "struck"
MOST_DOORS = 60


class DeliveriesForm(SaidForm):
    """Several doors of one entrance at once. `cleaned_data["units"]` are the homes."""

    building = line_field(_("Building"), most=40)
    stairwell = forms.IntegerField(
        label=_("Entrance"), min_value=1, max_value=99, initial=1,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off", "inputmode": "numeric"}),
    )  # fmt: skip
    doors = line_field(_("Doors"), most=400, help_text=_("With spaces between them: 101 102 201"))
    way = forms.ChoiceField(
        label=pgettext_lazy("delivery", "How it arrived"),
        choices=[*DeliveryWay.choices, (STRUCK, pgettext_lazy("delivery", "it didn't arrive after all"))],
        initial=DeliveryWay.HANDED,
        widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
        error_messages={"required": _("Choose how it arrived.")},
    )
    on = date_field(pgettext_lazy("delivery", "On which day"), required=False, help_text=_("Empty: today."))
    by = line_field(_("Who brought it"), most=60, required=False, help_text=_("A post and a surname, or the carrier."))

    def __init__(self, *args: Any, motion: Motion, now: datetime, **options: Any):
        super().__init__(*args, **options)
        self.motion, self.now = motion, now
        if motion.seats:
            self.fields["by"].help_text = _("A post and a surname, or the carrier. Candidates bring none.")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("way") in DeliveryWay.values and not given.get("by"):
            self.add_error("by", _("Say who brought it."))
        given["on"] = given.get("on") or local_day(self.now)
        if all(given.get(name) for name in ("building", "stairwell", "doors")):
            given["units"] = self._units(given)
        return given

    def _units(self, given: dict[str, Any]) -> list[Unit]:
        doors = dict.fromkeys(given["doors"].replace(",", " ").replace("，", " ").replace("、", " ").split())
        if len(doors) > MOST_DOORS:
            self.add_error("doors", _("At most 60 doors at once."))
            return []
        homes = delivering.homes_of(self.motion, self.now).filter(
            building__name=given["building"], stairwell=given["stairwell"], number__in=list(doors)
        )
        found = {unit.number: unit for unit in homes}
        unknown = [door for door in doors if door not in found]
        if unknown:
            self.add_error("doors", _("Not on the roll: %(doors)s") % {"doors": " ".join(unknown)[:200]})
        return list(found.values())
