"""The words of this storey's notices. Stored params are codes and names; here they become the reader's words."""

from datetime import datetime
from typing import cast

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from governance import wording
from governance.messages import Params, register
from governance.models import role_and_surname, surname_for_reader
from issues.models import ClockKind
from issues.queue.rows import NEXT_STEPS


def _matter(params: Params) -> dict[str, object]:
    """`matter`, `step` and `by` for a notice about an order or a clock."""
    stairwell = params.get("stairwell")
    place = [
        str(params.get("building") or params.get("estate") or ""),
        wording.entrance(str(stairwell)) if stairwell else "",
    ]
    category = str(params.get(f"category_{(get_language() or 'zh-hans')[:2]}") or "")
    kind, due_at = str(params.get("kind", "")), str(params.get("due_at", ""))
    return {
        **params,
        "matter": wording.at_place(" ".join(part for part in place if part), category),
        "step": str(NEXT_STEPS[ClockKind(kind)]) if kind else "",
        "by": wording.moment(datetime.fromisoformat(due_at), timezone.now()) if due_at else "",
    }


def _petition(params: Params) -> dict[str, object]:
    """`matter` and `who` for a notice to a petitioner."""
    surname = surname_for_reader(str(params.get("surname", "")), str(params.get("surname_latin", "")))
    person = role_and_surname(str(params.get("role", "")), surname)
    return {**_matter(params), "who": " ".join(part for part in (str(params.get("body", "")), person) if part)}


def _counted(refs: Params) -> dict[str, object]:
    """How many there are of what a digest refers to."""
    return {name: len(cast(list[str], found)) for name, found in refs.items()}


# To staff
register(
    "order_rings",
    _("New order: %(matter)s"),
    _("%(matter)s. Due %(by)s: %(step)s. Please accept it now; if nobody does within a minute the next phone rings."),
    _matter,
)
register(
    "commitment_ordered",
    _("What you promised is an order now"),
    _("%(what)s. %(matter)s. Due %(by)s; accept it, or give it to whoever does it."),
    _matter,
)
register("order_given", _("An order was given to you"), _("%(matter)s. Due %(by)s: %(step)s."), _matter)
register(
    "order_nudged",
    _("A resident is asking: %(matter)s"),
    _("%(matter)s. The resident asks when it is done."),
    _matter,
)
register(
    "order_supplemented",
    _("A resident has added something"),
    _("%(matter)s. Read what was added on the order."),
    _matter,
)
register(
    "order_settled",
    _("An order is settled: %(matter)s"),
    _("%(matter)s. It was talked over on the spot and agreed, so nothing more is to be done."),
    _matter,
)
register(
    "supervision_issued",
    _("Give an account: %(matter)s"),
    _(
        "%(matter)s, %(body)s. It is long overdue, so an account is asked for by %(by)s: what went wrong, what was "
        "done, and by when it is put right."
    ),
    _matter,
)
register(
    "supervision_answered",
    _("An account to judge: %(body)s"),
    _("%(matter)s. %(body)s says what went wrong and what was done. Please accept the account or send it back."),
    _matter,
)
register(
    "supervision_sent_back",
    _("The account was sent back: %(matter)s"),
    _("%(matter)s, %(body)s. It was not enough; the page says what is missing. Please answer again by %(by)s."),
    _matter,
)
register(
    "supervision_accepted",
    _("The account was accepted: %(matter)s"),
    _("%(matter)s, %(body)s. The matter itself stays open until it is finished."),
    _matter,
)
register("rung_warning", _("Due soon: %(matter)s"), _("%(matter)s, %(body)s. Due %(by)s: %(step)s."), _matter)
register("rung_breach", _("Overdue: %(matter)s"), _("%(matter)s, %(body)s. Was due %(by)s: %(step)s."), _matter)
register(
    "rung_supervision",
    _("Supervision order: %(matter)s"),
    _("%(matter)s, %(body)s. Was due %(by)s: %(step)s. A supervision order has been issued."),
    _matter,
)
register(
    "rung_digest",
    _("Matters that need you: %(matters)s"),
    _("Reminders that fell due together: %(rungs)s. Matters: %(matters)s, under supervision: %(supervisions)s."),
    _counted,
)

# To petitioners
register(
    "petition_accepted", _("%(who)s is handling your petition"), _("%(who)s has accepted it: %(matter)s."), _petition
)
register("petition_arrived", _("%(who)s is on site"), _("%(who)s reports being on site: %(matter)s."), _petition)
register("petition_planned", _("There is a plan"), _("%(who)s has handed in a plan for: %(matter)s."), _petition)
register(
    "petition_breached",
    _("A promise was not kept"),
    _("%(matter)s. Was due %(by)s: %(step)s. The manager has been told; you needn't do anything."),
    _petition,
)
register(
    "petition_supervised",
    _("Your matter is under supervision"),
    _("%(matter)s: the community now demands an account of the delay."),
    _petition,
)
register(
    "petition_finished",
    _("Finished: is it really solved?"),
    _("%(who)s says it is done: %(matter)s. Please look and rate it; if it isn't solved, it is done again."),
    _petition,
)
register(
    "petition_not_fixed",
    _("It is being done again"),
    _("%(who)s has looked at it: %(matter)s. It is not put right, so it is handled again. You needn't do anything."),
    _petition,
)
register(
    "petition_settled",
    _("Talked over and agreed: is it settled for you?"),
    _("%(who)s talked it over on the spot, and it was agreed: %(matter)s. Please say whether it is settled."),
    _petition,
)
register(
    "petition_declined",
    _("Your petition was not taken up"),
    _(
        "%(matter)s. The page of the petition says why, and where to go instead. "
        "What was filed in error can be filed anew."
    ),
    _petition,
)
