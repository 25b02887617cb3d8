"""The lives of an issue and of a work order, as tables. The database holds the same tables as triggers."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.domain.steps import SYSTEM, Step, Workflow

# An issue
OPEN = "open"
FINISHED = "finished"
CLOSED = "closed"
WITHDRAWN = "withdrawn"

ISSUE = Workflow(
    noun="issue",
    steps=(
        Step("finish", (OPEN,), FINISHED, SYSTEM, _("Finish"), clocks="stops all"),
        Step("reopen", (FINISHED, CLOSED), OPEN, SYSTEM, _("Reopen"), clocks="a new epoch starts"),
        Step("close", (FINISHED,), CLOSED, SYSTEM, _("Close")),
        Step("withdraw", (OPEN,), WITHDRAWN, SYSTEM, _("Withdraw"), clocks="voids all"),
    ),
)

# A work order
DISPATCHED = "dispatched"
ACCEPTED = "accepted"
ARRIVED = "arrived"
DONE = "done"
RETURNED = "returned"
CANCELLED = "cancelled"
LIVE = (DISPATCHED, ACCEPTED, ARRIVED)

WORK_ORDER = Workflow(
    noun="work order",
    steps=(
        Step("accept", (DISPATCHED,), ACCEPTED, "issues.may_work_on", _("Accept"), clocks="stops accept and respond"),
        Step("arrive", (ACCEPTED,), ARRIVED, "issues.is_holder", _("I'm here"), clocks="stops arrive"),
        Step(
            "plan",
            (ACCEPTED, ARRIVED),
            None,
            "issues.is_holder",
            _("Hand in the plan"),
            needs=("words", "fulfil_by"),
            clocks="stops plan; resolve is due on the plan's date",
        ),
        Step(
            "finish",
            (ACCEPTED, ARRIVED),
            DONE,
            "issues.is_holder",
            pgettext_lazy("button", "Finished"),
            needs=("words",),
            clocks="stops all; without an arrival, arrive too",
        ),
        Step(
            "return",
            (DISPATCHED, ACCEPTED),
            RETURNED,
            "issues.may_return",
            _("Return"),
            needs=("reason",),
            clocks="none: the resident's clock keeps running",
        ),
        Step(
            "reassign",
            (DISPATCHED, ACCEPTED, ARRIVED),
            ACCEPTED,
            "issues.may_reassign",
            _("Reassign"),
            needs=("holder",),
            clocks="none",
        ),
        Step("note", (DISPATCHED, ACCEPTED, ARRIVED), None, "issues.may_work_on", _("Add a word"), needs=("words",)),
        Step("ring_next", (DISPATCHED,), None, SYSTEM, _("Ring the next on duty")),
        Step("cancel", LIVE, CANCELLED, SYSTEM, _("Cancel")),
    ),
)

# A supervision order
ISSUED = "issued"
SETTLED = "settled"

SUPERVISION = Workflow(
    noun="supervision order",
    steps=(Step("settle", (ISSUED,), SETTLED, SYSTEM, _("Settle")),),
)
