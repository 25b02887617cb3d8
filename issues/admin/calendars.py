"""The register of hours: edited into new versions, as the policies that count by them are."""

from typing import Any

from django.contrib.admin import display
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from governance.admin.site import registers
from governance.models import WorkingCalendar
from issues import policy_words
from issues.admin.versions import InForce, VersionedAdmin
from issues.domain import policies
from issues.domain.promising import problems_of_hours, refuse_unsound
from issues.forms.policies import WholeHoursForm
from issues.models import SlaPolicy


@registers(WorkingCalendar)
class WorkingCalendarAdmin(VersionedAdmin):
    noun = policies.CALENDAR
    edit_template = "issues/console/hours_edit.html"
    change_form_template = "issues/console/hours.html"
    list_display = ("calendar_name", "when_open", "zone", "version", "superseded_at")
    list_filter = (InForce, "always_open")
    search_fields = ("code", "name_zh", "name_en", "name_ko")
    ordering = ("code", "-version")
    fields = ("zone", "superseded_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("windows")

    @display(description=pgettext_lazy("calendar", "Hours"), ordering="code")
    def calendar_name(self, row: WorkingCalendar) -> str:
        return row.name

    @display(description=gettext_lazy("Open"))
    def when_open(self, row: WorkingCalendar) -> str:
        return policy_words.hours(row)

    def in_words(self, row: WorkingCalendar) -> dict[str, Any]:
        in_force = SlaPolicy.objects.filter(calendar=row, superseded_at=None).order_by("code")
        return {"hours": policy_words.hours(row), "policies": [policy.name for policy in in_force]}

    # --- the edit ---

    def form_of(self, data: Any, row: WorkingCalendar) -> WholeHoursForm:
        return WholeHoursForm(data, calendar=row)

    def preview(self, request: HttpRequest, in_force: WorkingCalendar, form: WholeHoursForm) -> dict[str, Any]:
        """Which policies would count by the hours."""
        said = form.hours.cleaned_data
        refuse_unsound(problems_of_hours(in_force.code, said["zone"], form.written, always_open=said["always_open"]))
        return self.in_words(in_force)

    def make_version(self, request: HttpRequest, in_force: WorkingCalendar, form: WholeHoursForm) -> WorkingCalendar:
        said = form.hours.cleaned_data
        return policies.new_calendar_version(
            in_force.code,
            names=form.hours.names,
            zone=said["zone"],
            windows=form.written,
            always_open=said["always_open"],
            reason=said["reason"],
            apply_to_open=said["apply_to_open"],
            actor=request.user,  # type: ignore[arg-type]
            at=request.now,  # type: ignore[attr-defined]
            expects_version=said["version"],
        )

    def said_of(self, made: WorkingCalendar) -> str:
        return _("Version %(version)s of “%(name)s” is in force.") % {"version": made.version, "name": made.name}

    def going_on(self, data: Any, in_force: WorkingCalendar, form: WholeHoursForm) -> WholeHoursForm:
        """What was typed, by the version now in force."""
        typed = data.copy()
        typed["version"] = str(in_force.version)
        return WholeHoursForm(typed, calendar=in_force)

    def differences(self, in_force: WorkingCalendar, form: WholeHoursForm) -> list[tuple[str, str, str]]:
        said = form.hours.cleaned_data
        both = [
            (_("Name"), " · ".join(_names(in_force)), " · ".join(form.hours.names)),
            (_("Time zone"), in_force.zone, said["zone"]),
            (_("Open day and night"), _said(in_force.always_open), _said(said["always_open"])),
            (
                _("Windows"),
                " ".join(str(window) for window in in_force.windows.all()),
                " ".join(f"{one.opens_at:%H:%M}–{one.closes_at:%H:%M}" for one in form.written),
            ),
        ]
        return [one for one in both if one[1] != one[2]]


def _names(calendar: WorkingCalendar) -> tuple[str, str, str]:
    return calendar.name_zh, calendar.name_en, calendar.name_ko


def _said(answer: bool) -> str:
    return _("Yes") if answer else _("No")
