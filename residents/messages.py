"""The words of this storey's notices."""

from django.utils.translation import gettext_lazy as _

from governance.messages import Params, register
from residents.models import DeclineReason

register(
    "petition_received",
    _("Your petition has been received"),
    _("Receipt number %(receipt_no)s. Keep it: with it you can ask after the matter at any counter."),
)

# --- homes ---


def _with_reason(params: Params) -> dict[str, object]:
    """`because`: the reason's own sentence. What was posted before there were reasons has none."""
    reason = params.get("reason")
    return {**params, "because": str(DeclineReason(str(reason)).told) if reason else ""}


register(
    "home_verified",
    _("Your home has been confirmed"),
    _("%(estate)s %(building)s %(number)s: the community office has confirmed that this is your home."),
)
register(
    "home_declined",
    _("Your home could not be confirmed"),
    _(
        "%(estate)s %(building)s %(number)s: the community office could not confirm this. %(because)s Please call or "
        "drop in with a paper that shows it. You can file petitions all the same."
    ),
    _with_reason,
)
register(
    "home_disputed",
    _("There are different statements about your home"),
    _(
        "%(estate)s %(building)s %(number)s: the community office has been told different things about who lives here "
        "or owns it. Until this is settled, nobody's home counts as confirmed here; nothing is decided by it. Please "
        "call or drop in with a paper that shows it. You can file petitions all the same."
    ),
)
register(
    "home_ended",
    _("A home has been removed from your account"),
    _("%(estate)s %(building)s %(number)s: the community office has noted that you don't live here any more."),
)
