"""The registers of bodies and of who manages which estate."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from governance.admin.filters import Standing, yes_or_no
from governance.admin.imports import ImportExportAdmin
from governance.admin.site import registers
from governance.admin.waiting import ending_soon
from governance.models import Body, BodyKind, Management


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
    fields = ("subdistrict", "district", "kind", "name", "short_name", "phone", "promise", "community", "estate")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """What stands above the streets is for administrators to enter."""
        is_theirs = request.user.scope(request.now).is_administrator  # type: ignore[union-attr,attr-defined]
        return tuple(name for name in self.fields if is_theirs or name != "district")

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_choice_field(db_field, request, **kwargs)
        if db_field.name == "kind" and "district" not in self.get_fields(request):
            field.choices = [choice for choice in field.choices if choice[0] != BodyKind.DISTRICT_OFFICE]
        return field


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
