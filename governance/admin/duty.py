"""The register of duty shifts: whose phone rings."""

from governance.admin.base import RegisterAdmin
from governance.admin.site import registers
from governance.models import DutyShift


@registers(DutyShift)
class DutyShiftAdmin(RegisterAdmin):
    group = "people"
    subdistrict_paths = ("body__subdistrict",)
    list_display = ("user", "body", "estate", "starts_at", "ends_at", "position")
    list_select_related = ("user", "body", "estate")
    list_filter = ("body",)
    search_fields = ("user__full_name", "body__name", "body__short_name")
    autocomplete_fields = ("user", "body", "estate")
    ordering = ("-ends_at", "position")
    private_fields = frozenset({"user"})
    fields = ("body", "estate", "user", "starts_at", "ends_at", "position")
