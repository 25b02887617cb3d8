"""The words of this storey's notices."""

from django.utils.translation import gettext_lazy as _

from governance.messages import register

register(
    "petition_received",
    _("Your petition has been received"),
    _("Receipt number %(receipt_no)s. Keep it: with it you can ask after the matter at any counter."),
)
