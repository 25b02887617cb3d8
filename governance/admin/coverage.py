"""Targets of coverage, and the days that are kept. The figures themselves are a page of their own: /coverage/."""

from typing import Any

from django.contrib.admin import display
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.admin.base import RegisterAdmin
from governance.admin.site import registers
from governance.domain import coverage
from governance.models import CoverageSnapshot, CoverageTarget


@registers(CoverageTarget)
class CoverageTargetAdmin(RegisterAdmin):
    group = "clocks"
    subdistrict_paths = ("subdistrict",)
    list_display = ("rule", "subdistrict", "due_on", "target_percent", "baseline_on", "baseline_percent", "source")
    list_select_related = ("subdistrict",)
    list_filter = ("rule",)
    search_fields = ("source",)
    ordering = ("rule", "due_on", "pk")
    fields = ("subdistrict", "rule", "due_on", "target_percent", "baseline_on", "baseline_percent", "source")


@registers(CoverageSnapshot)
class CoverageSnapshotAdmin(RegisterAdmin):
    """Written once a day by the sweep; to be read."""

    group = "records"
    subdistrict_paths = ("subdistrict",)
    may_add = False
    may_change = False
    list_display = ("day", "rule", "subdistrict", "numerator", "denominator", "share", "missing")
    list_select_related = ("subdistrict",)
    list_filter = ("rule", "day")
    ordering = ("-day", "rule", "pk")
    fields = ("day", "rule", "subdistrict", "numerator", "denominator", "share", "missing", "taken_at")

    def register_name(self) -> str:
        return str(_("Coverage day by day"))

    def label_of(self, row: Any) -> str:
        return f"{row.get_rule_display()} {row.day}"

    @display(description=gettext_lazy("Share"))
    def share(self, row: CoverageSnapshot) -> str:
        part = coverage.share(row.numerator, row.denominator)
        return _("none") if part is None else f"{coverage.percent(part)} %"

    @display(description=gettext_lazy("What was missing"))
    def missing(self, row: CoverageSnapshot) -> str:
        return _(", ").join(row.gaps)
