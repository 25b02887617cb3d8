"""The registers of bodies and of who manages which estate."""

from django.utils.translation import gettext_lazy as _

from governance.admin.filters import Standing, yes_or_no
from governance.admin.imports import ImportExportAdmin
from governance.admin.site import registers
from governance.admin.waiting import ending_soon
from governance.models import Body, Management


@registers(Body)
class BodyAdmin(ImportExportAdmin):
    group = "bodies"
    subdistrict_paths = ("subdistrict",)
    list_display = ("name", "short_name", "kind", "community", "estate", "phone", "ended_on")
    list_select_related = ("community", "estate")
    list_filter = ("kind", "community", Standing)
    search_fields = ("name", "short_name")
    autocomplete_fields = ("community", "estate")
    ordering = ("name",)
    fields = ("subdistrict", "kind", "name", "short_name", "phone", "promise", "community", "estate")


@registers(Management)
class ManagementAdmin(ImportExportAdmin):
    group = "bodies"
    subdistrict_paths = ("estate__community__subdistrict",)
    list_display = ("estate", "body", "kind", "valid_from", "valid_until")
    list_select_related = ("estate", "body")
    list_filter = (
        yes_or_no(_("Goes on beyond 30 days"), "lasts", lacking=ending_soon),
        "kind",
        "body",
    )
    search_fields = ("estate__name", "body__name", "body__short_name")
    autocomplete_fields = ("estate", "body")
    ordering = ("estate__name", "-valid_from")
    fields = ("estate", "body", "kind", "valid_from", "valid_until")
