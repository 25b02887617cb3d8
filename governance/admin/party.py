"""The registers of party organisations."""

from governance.admin.base import RegisterAdmin
from governance.admin.filters import Standing
from governance.admin.site import registers
from governance.models import PartyBranch


@registers(PartyBranch)
class PartyBranchAdmin(RegisterAdmin):
    group = "bodies"
    subdistrict_paths = (
        "subdistrict",
        "community__subdistrict",
        "estate__community__subdistrict",
        "body__subdistrict",
    )
    list_display = ("name", "kind", "parent", "community", "estate", "body", "ended_on")
    list_select_related = ("parent", "community", "estate", "body")
    list_filter = ("kind", Standing)
    search_fields = ("name",)
    autocomplete_fields = ("parent", "community", "estate", "body")
    ordering = ("name",)
    fields = ("kind", "name", "parent", "subdistrict", "community", "estate", "body")
