"""The forms by which an officer writes the next version of a policy or of the hours it counts by.

What is wrong with the whole is said by the domain (`NotSound`); here only what isn't a number, a time or a choice.
"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.domain.working_time import Window
from governance.models import WorkingCalendar
from issues.domain.policies import Written
from issues.domain.promising import (
    LONGEST_CALENDAR_NAME,
    LONGEST_NAME,
    LONGEST_WORDS,
    MOST_MINUTES,
    Names,
    Rung,
    Target,
)
from issues.models import Audience, ClockKind
from issues.policy_words import WHAT_MUST_HAVE_HAPPENED

MOST_RUNGS = 8
MOST_WINDOWS = 4
PERCENT, MINUTES, NEXT_DAY = "percent", "minutes", "next_day"
UNITS = [("minutes", pgettext_lazy("unit of time", "minutes")), ("working_days", _("working days"))]
TIMES = [
    ("", _("not used")),
    (PERCENT, _("per cent of the time has passed")),
    (MINUTES, _("minutes after the time is up")),
    (NEXT_DAY, _("on the next working day")),
]
TELLS = [
    (Audience.HOLDER, _("holder")),
    (Audience.MANAGER, _("manager")),
    (Audience.COMMUNITY, _("community")),
    (Audience.SECRETARY, _("secretary")),
    (Audience.STREET, _("street office")),
]


class VersionForm(forms.Form):
    """What each edit into a new version says: names, the version that the officer saw, the reason."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    name_zh = forms.CharField(label=_("Name in Chinese"), required=False)
    name_en = forms.CharField(label=_("Name in English"), required=False)
    name_ko = forms.CharField(label=_("Name in Korean"), required=False)
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=LONGEST_WORDS,
        help_text=_("Stays with the new version, for everybody in the office to read."),
    )
    apply_to_open = forms.BooleanField(
        label=_("Apply to open matters, too"),
        required=False,
        help_text=_(
            "Their time is counted anew from when they were filed; the residents are told. Otherwise they keep theirs."
        ),
    )

    longest_name: Mapping[str, int] = LONGEST_NAME

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for language, limit in self.longest_name.items():
            self.fields[f"name_{language}"].widget.attrs["maxlength"] = limit

    @property
    def names(self) -> Names:
        return Names(*(self.cleaned_data[f"name_{language}"] for language in Names._fields))


class PolicyForm(VersionForm):
    """The policy but for its promises and its ladder."""

    calendar = forms.ModelChoiceField(
        label=pgettext_lazy("calendar", "Hours"),
        queryset=WorkingCalendar.objects.none(),
        empty_label=_("Please choose"),
    )
    source = forms.CharField(label=_("Source"), required=False, max_length=LONGEST_WORDS)

    field_order = ("version", "name_zh", "name_en", "name_ko", "calendar", "source", "reason", "apply_to_open")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["calendar"].queryset = WorkingCalendar.objects.filter(superseded_at=None).order_by("code")  # type: ignore[attr-defined]


class TargetForm(forms.Form):
    """One thing that can be promised, and within how long; empty where it isn't."""

    kind = forms.ChoiceField(choices=ClockKind.choices, widget=forms.HiddenInput)
    amount = forms.IntegerField(label=pgettext_lazy("promise", "Within"), required=False, min_value=1)
    unit = forms.ChoiceField(label=pgettext_lazy("of a time limit", "Unit"), choices=UNITS, required=False)

    @property
    def label(self) -> Any:
        return WHAT_MUST_HAVE_HAPPENED.get(self["kind"].value(), "")

    @property
    def target(self) -> Target | None:
        amount, unit = self.cleaned_data["amount"], self.cleaned_data["unit"] or "minutes"
        return Target(self.cleaned_data["kind"], **{unit: amount}) if amount is not None else None


class RungForm(forms.Form):
    """One rung; unused ones stay empty."""

    code = forms.SlugField(required=False, max_length=20, widget=forms.HiddenInput)
    amount = forms.IntegerField(
        label=pgettext_lazy("rung", "Number"), required=False, min_value=0, max_value=MOST_MINUTES
    )
    time = forms.ChoiceField(label=pgettext_lazy("rung", "When"), choices=TIMES, required=False)
    tells = forms.MultipleChoiceField(
        label=_("Who is told"), choices=TELLS, required=False, widget=forms.CheckboxSelectMultiple
    )
    opens_supervision = forms.BooleanField(label=_("Opens a supervision order"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("time") in (PERCENT, MINUTES) and cleaned.get("amount") is None and "amount" not in self.errors:
            self.add_error("amount", _("A number is missing."))
        return cleaned

    @property
    def rung(self) -> Rung | None:
        """The rung as written, its code perhaps empty; None where the row isn't used."""
        said = self.cleaned_data
        if not said["time"]:
            return None
        return Rung(
            code=said["code"],
            tells=tuple(said["tells"]),
            at_percent=said["amount"] if said["time"] == PERCENT else None,
            after_minutes=said["amount"] if said["time"] == MINUTES else None,
            next_working_day=said["time"] == NEXT_DAY,
            opens_supervision=said["opens_supervision"],
        )


TargetFormSet = forms.formset_factory(TargetForm, extra=0, max_num=len(ClockKind), absolute_max=len(ClockKind))
RungFormSet = forms.formset_factory(RungForm, extra=0, max_num=MOST_RUNGS, absolute_max=MOST_RUNGS)


class WholePolicyForm:
    """The policy, its promises and its ladder, filled in together."""

    def __init__(self, data: Any = None, *, written: Written, version: int):
        names = {f"name_{language}": name for language, name in written.names._asdict().items()}
        initial = {"version": version, "calendar": written.calendar, "source": written.source, **names}
        self.policy = PolicyForm(data, initial=initial)
        self.targets = TargetFormSet(data, prefix="targets", initial=_rows_of_targets(written.targets))
        self.rungs = RungFormSet(data, prefix="rungs", initial=_rows_of_rungs(written.rungs))

    @property
    def parts(self) -> list[Any]:
        return [self.policy, *self.targets, *self.rungs]

    def is_valid(self) -> bool:
        return all([self.policy.is_valid(), self.targets.is_valid(), self.rungs.is_valid()])

    @property
    def problems(self) -> list[tuple[str, str]]:
        """What is wrong, with the address of the field within the page; the address is empty for the whole."""
        found = [("", str(error)) for error in self.policy.non_field_errors()]
        for form in self.parts:
            for bound in form:
                found += [(bound.id_for_label, f"{bound.label}: {error}") for error in bound.errors]
        whole = [*self.targets.non_form_errors(), *self.rungs.non_form_errors()]
        return found + [("", str(error)) for error in whole]

    @property
    def written(self) -> Written:
        """What the officer has written; rungs in the order in which they fire, new ones with a code of their own."""
        said = self.policy.cleaned_data
        rungs = sorted((form.rung for form in self.rungs if form.rung), key=_when)
        return Written(
            self.policy.names,
            said["calendar"],
            said["source"].strip(),
            tuple(form.target for form in self.targets if form.target),
            _coded(rungs),
        )


def _rows_of_targets(targets: tuple[Target, ...]) -> list[dict[str, Any]]:
    by_kind = {target.kind: target for target in targets}
    rows = []
    for kind in ClockKind.values:
        target = by_kind.get(kind)
        unit = "working_days" if target and target.working_days else "minutes"
        rows.append({"kind": kind, "amount": getattr(target, unit, None), "unit": unit})
    return rows


def _rows_of_rungs(rungs: tuple[Rung, ...]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [
        {
            "code": rung.code,
            "amount": rung.at_percent if rung.at_percent is not None else rung.after_minutes,
            "time": PERCENT if rung.at_percent is not None else NEXT_DAY if rung.next_working_day else MINUTES,
            "tells": list(rung.tells),
            "opens_supervision": rung.opens_supervision,
        }
        for rung in rungs
    ]
    return [*rows, *({} for _empty in range(min(3, MOST_RUNGS - len(rows))))]


def _when(rung: Rung) -> tuple[int, int]:
    """Before the time is up by percentage, then by minutes; the next working day last."""
    if rung.at_percent is not None:
        return 0, rung.at_percent
    return (2, 0) if rung.next_working_day else (1, rung.after_minutes or 0)


def _coded(rungs: list[Rung]) -> tuple[Rung, ...]:
    taken = {rung.code for rung in rungs if rung.code}
    coded = []
    for rung in rungs:
        code = rung.code
        if not code:
            rank, number = _when(rung)
            code = base = f"{('at', 'after', 'next_day')[rank]}_{number}"
            turn = 1
            while code in taken:
                turn += 1
                code = f"{base}_{turn}"
            taken.add(code)
        coded.append(rung._replace(code=code))
    return tuple(coded)


class HoursForm(VersionForm):
    """A calendar but for its windows."""

    zone = forms.CharField(label=_("Time zone"), max_length=40)
    always_open = forms.BooleanField(
        label=_("Open day and night"), required=False, help_text=_("Then there are no windows, and no holidays.")
    )

    longest_name = LONGEST_CALENDAR_NAME
    field_order = ("version", "name_zh", "name_en", "name_ko", "zone", "always_open", "reason", "apply_to_open")


class WindowForm(forms.Form):
    """One window; both empty where it isn't used."""

    opens_at = forms.TimeField(
        label=_("Opens"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    closes_at = forms.TimeField(
        label=_("Closes"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        given = [cleaned.get("opens_at") is not None, cleaned.get("closes_at") is not None]
        if any(given) and not all(given) and not self.errors:
            self.add_error("opens_at" if given[1] else "closes_at", _("The other end of the window is missing."))
        return cleaned

    @property
    def window(self) -> Window | None:
        opens_at, closes_at = self.cleaned_data["opens_at"], self.cleaned_data["closes_at"]
        return Window(opens_at, closes_at) if opens_at is not None else None


WindowFormSet = forms.formset_factory(WindowForm, extra=0, max_num=MOST_WINDOWS, absolute_max=MOST_WINDOWS)


class WholeHoursForm:
    """A calendar and its windows, filled in together."""

    def __init__(self, data: Any = None, *, calendar: WorkingCalendar):
        names = {f"name_{language}": getattr(calendar, f"name_{language}") for language in Names._fields}
        initial = {
            "version": calendar.version,
            "zone": calendar.zone,
            "always_open": calendar.always_open,
            **names,
        }
        rows: list[dict[str, Any]] = [
            {"opens_at": window.opens_at, "closes_at": window.closes_at} for window in calendar.windows.all()
        ]
        rows += [{} for _empty in range(MOST_WINDOWS - len(rows))]
        self.hours = HoursForm(data, initial=initial)
        self.windows = WindowFormSet(data, prefix="windows", initial=rows)

    @property
    def parts(self) -> list[Any]:
        return [self.hours, *self.windows]

    def is_valid(self) -> bool:
        return all([self.hours.is_valid(), self.windows.is_valid()])

    @property
    def problems(self) -> list[tuple[str, str]]:
        """As of `WholePolicyForm`."""
        found = [("", str(error)) for error in self.hours.non_field_errors()]
        for form in self.parts:
            for bound in form:
                found += [(bound.id_for_label, f"{bound.label}: {error}") for error in bound.errors]
        return found + [("", str(error)) for error in self.windows.non_form_errors()]

    @property
    def written(self) -> tuple[Window, ...]:
        return tuple(sorted(form.window for form in self.windows if form.window))
