"""The register of rooms that people meet in."""

from governance.admin.base import RegisterAdmin
from governance.admin.filters import Standing
from governance.admin.site import registers
from governance.models import Venue


@registers(Venue)
class VenueAdmin(RegisterAdmin):
    group = "places"
    subdistrict_paths = ("community__subdistrict",)
    list_display = ("name", "kind", "community", "estate", "where", "area_m2", "capacity", "ended_on")
    list_select_related = ("community", "estate")
    list_filter = ("kind", "community", Standing)
    search_fields = ("name", "where")
    autocomplete_fields = ("community", "estate")
    ordering = ("community__name", "name")
    fields = ("community", "estate", "kind", "name", "where", "area_m2", "capacity")
