"""The lives of an issue and of a work order, as tables. The database holds the same tables as triggers."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.domain.steps import SYSTEM, Step, Workflow

# An issue
OPEN = "open"
FINISHED = "finished"
CLOSED = "closed"
WITHDRAWN = "withdrawn"
DECLINED = "declined"
MERGED = "merged"

ISSUE = Workflow(
    noun="issue",
    steps=(
        Step("finish", (OPEN,), FINISHED, SYSTEM, _("Finish"), clocks="stops all"),
        Step("reopen", (FINISHED, CLOSED), OPEN, SYSTEM, _("Reopen"), clocks="a new epoch starts"),
        Step("close", (FINISHED,), CLOSED, SYSTEM, _("Close")),
        Step("withdraw", (OPEN,), WITHDRAWN, SYSTEM, _("Withdraw"), clocks="voids all"),
        Step(
            "triage",
            (OPEN,),
            None,
            "issues.may_triage",
            _("Sort"),
            clocks="another category or severity: new targets, counted from the start",
        ),
        Step(
            "decline",
            (OPEN,),
            DECLINED,
            "issues.may_triage",
            _("Don't take up"),
            needs=("reason", "words"),
            clocks="stops what is answered or past due, voids the rest",
        ),
        Step(
            "merge",
            (OPEN,),
            MERGED,
            "issues.may_triage",
            _("Merge"),
            clocks="voids all: the earliest start and strictest due time survive",
        ),
        Step(
            "unmerge",
            (MERGED,),
            OPEN,
            "issues.may_triage",
            _("Undo the merging"),
            clocks="those that merging had voided run on as they were",
        ),
        Step("verify", (FINISHED, CLOSED), None, "issues.may_verify", _("Checked on site")),
        Step(
            "not_fixed",
            (FINISHED,),
            OPEN,
            "issues.may_verify",
            _("Not put right"),
            needs=("words",),
            clocks="a new epoch starts",
        ),
        Step("mediate", (OPEN, FINISHED, CLOSED), None, "issues.may_mediate", _("Talk it over"), clocks="none"),
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
ANSWERED = "answered"
ACCEPTED_ANSWER = "accepted"
SETTLED = "settled"

SUPERVISION = Workflow(
    noun="supervision order",
    steps=(
        Step("answer", (ISSUED,), ANSWERED, "issues.may_answer", _("Answer"), needs=("words",)),
        Step("accept_answer", (ANSWERED,), ACCEPTED_ANSWER, "issues.may_accept_answer", _("Accept the answer")),
        Step("send_back", (ANSWERED,), ISSUED, "issues.may_accept_answer", _("Send the answer back"), needs=("words",)),
        # An account that was given is judged even when the matter is over: whoever gave it hears what became of it.
        Step("settle", (ISSUED,), SETTLED, SYSTEM, _("Settle")),
        Step("ask_again", (SETTLED,), ISSUED, SYSTEM, _("Ask again")),
    ),
)
