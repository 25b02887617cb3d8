"""The audit trail, to be read: what was done by whom and when. What it said stays with the thing's own history."""

from typing import Any

from django.contrib.admin import display
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from governance.admin.base import RegisterAdmin
from governance.admin.site import registers
from governance.models import AuditEntry
from governance.models.scope import Scope


@registers(AuditEntry)
class AuditEntryAdmin(RegisterAdmin):
    group = "records"
    may_add = False
    may_change = False
    list_display = ("at", "verb", "noun", "object_ref", "chain_name")
    list_filter = ("at",)
    search_fields = ("verb", "noun", "object_ref")
    ordering = ("-id",)
    fields = ("at", "verb", "noun", "object_ref", "chain", "sequence", "hash")

    def in_scope(self, rows: QuerySet[Any], scope: Scope) -> QuerySet[Any]:
        # A chain is a subdistrict's; the system's chain is read by administrators.
        return rows if scope.is_administrator else rows.filter(chain__in=scope.subdistricts)

    @display(description=_("Entry"))
    def chain_name(self, row: AuditEntry) -> str:
        return f"{row.chain}/{row.sequence or ''}"
