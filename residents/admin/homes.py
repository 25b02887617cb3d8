"""The register of homes: which doors somebody has claimed, and how it was decided. Who lives there isn't shown here.

The community desk decides; a person's name stands on its page, for those who check the papers.
"""

from typing import Any

from django.contrib.admin import display
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.admin.base import RegisterAdmin
from governance.admin.site import registers
from governance.domain import registers as registers_domain
from residents.models import Occupancy


@registers(Occupancy)
class OccupancyAdmin(RegisterAdmin):
    group = "matters"
    subdistrict_paths = ("unit__building__estate__community__subdistrict",)
    may_add = False
    may_change = False
    list_display = ("home", "relation", "state", "claimed_at", "decided_at")
    list_select_related = ("unit__building__estate",)
    list_filter = ("state", "relation", "unit__building__estate", "claimed_at")
    search_fields = ("unit__number", "unit__building__name", "unit__building__estate__name")
    ordering = ("-claimed_at", "-pk")
    fields = ("home", "relation", "state", "claimed_at", "decided_at", "decline_reason", "ended_at")

    @display(description=gettext_lazy("home"), ordering="unit__building__estate__name")
    def home(self, row: Occupancy) -> str:
        return self.admin_site.label_of(row.unit)

    def label_of(self, row: Any) -> str:
        return self.home(row)

    def entries_of(self, row: Any) -> QuerySet[Any]:
        return registers_domain.entries_about("occupancy", str(row.public_id))

    def unnamed_in(self, row: Any) -> dict[str, Any]:
        return {str(row.user.public_id): _("The resident")}
