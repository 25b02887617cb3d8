"""The words of this storey's notices."""

from django.utils.translation import gettext_lazy as _

from governance.messages import Params, register
from governance.models.roles import role_and_surname, surname_for_reader
from residents.models import DeclineReason


def _who(params: Params) -> dict[str, object]:
    """`who` wrote it down, by role and surname."""
    surname = surname_for_reader(str(params["surname"]), str(params["surname_latin"]))
    return {**params, "who": role_and_surname(str(params["role"]), surname)}


register(
    "petition_received",
    _("Your petition has been received"),
    _("Receipt number %(receipt_no)s. Keep it: with it you can ask after the matter at any counter."),
)

register(
    "petition_written_down",
    _("A petition was filed in your name"),
    _(
        "%(who)s wrote it down for you, as you agreed. Receipt number %(receipt_no)s. Sign in with this phone number "
        "to follow it. If you didn't agree, sign in and withdraw it, or tell the community office."
    ),
    _who,
)

register(
    "petition_name_seen",
    _("Your name was looked at"),
    _("%(who)s looked at the name on your petition %(receipt_no)s. The petition's page says why."),
    _who,
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
