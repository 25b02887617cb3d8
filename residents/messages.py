"""The words of this storey's notices."""

from django.utils.translation import gettext_lazy as _

from governance.messages import register

register(
    "petition_received",
    _("Your petition has been received"),
    _("Receipt number %(receipt_no)s. Keep it: with it you can ask after the matter at any counter."),
)

# --- homes ---

register(
    "home_verified",
    _("Your home has been confirmed"),
    _("%(estate)s %(building)s %(number)s: the community office has confirmed that this is your home."),
)
register(
    "home_declined",
    _("Your home could not be confirmed"),
    _(
        "%(estate)s %(building)s %(number)s: the community office could not confirm this. Please call or drop in "
        "with a paper that shows it. You can file petitions all the same."
    ),
)
register(
    "home_ended",
    _("A home has been removed from your account"),
    _("%(estate)s %(building)s %(number)s: the community office has noted that you don't live here any more."),
)
