"""The outbox, to be read: what was sent to whom, and whether it arrived. What a message says is between the two."""

from typing import Any

from django.contrib.admin import display
from django.utils.translation import gettext_lazy as _

from governance import wording
from governance.admin.base import RegisterAdmin
from governance.admin.site import registers
from governance.models import Notice


@registers(Notice)
class NoticeAdmin(RegisterAdmin):
    group = "records"
    subdistrict_paths = ("subdistrict", "community__subdistrict")
    may_add = False
    may_change = False
    list_display = ("created_at", "masked_recipient", "channel", "urgency", "state", "attempts", "delivered_at")
    list_select_related = ("recipient",)
    list_filter = ("state", "channel", "urgency")
    ordering = ("-created_at", "-id")
    fields = ("created_at", "masked_recipient", "channel", "urgency", "state", "attempts", "delivered_at")

    def label_of(self, row: Any) -> str:
        return f"{row.get_channel_display()} {wording.local(row.created_at):%F %R}"

    @display(description=_("Phone"))
    def masked_recipient(self, row: Notice) -> str:
        return row.recipient.masked_phone
