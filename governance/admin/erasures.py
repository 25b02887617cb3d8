"""Those who have had their accounts closed, by reference alone: what is kept under lock, and until when."""

from typing import Any

from django.contrib.admin import display
from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from governance import wording
from governance.admin.base import RegisterAdmin
from governance.admin.site import registers
from governance.domain.erasing import reason_for
from governance.models import Erasure


@registers(Erasure)
class ErasureAdmin(RegisterAdmin):
    """There is nothing to press: what is due is erased by the sweep."""

    group = "records"
    subdistrict_paths = ("subdistrict",)
    may_add = False
    may_change = False
    list_display = ("asked_at", "reference", "erased_at", "kept", "done_at")
    list_filter = ("asked_at",)
    ordering = ("-asked_at", "-id")
    fields = ("asked_at", "reference", "erased_at", "kept", "done_at")

    def get_queryset(self, request: Any) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("holds")

    def label_of(self, row: Any) -> str:
        return f"{wording.local(row.asked_at):%F %R}"

    @display(description=_("reference"))
    def reference(self, row: Erasure) -> SafeString:
        return format_html('<span lang="en">{}</span>', row.public_id)

    @display(description=_("kept under lock"))
    def kept(self, row: Erasure) -> str:
        return "; ".join(f"{reason_for(hold.kind).what} ({_until(hold)})" for hold in row.holds.all())


def _until(hold: Any) -> str:
    return f"{wording.local(hold.until):%F}" if hold.until else pgettext("erasure", "not known yet")
