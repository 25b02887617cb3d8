"""The life of a petition as its person sees it. The database holds the same table as a trigger."""

from django.utils.translation import gettext_lazy as _

from governance.domain.steps import SYSTEM, Step, Workflow

FILED = "filed"
IN_HAND = "in_hand"
FINISHED = "finished"
CLOSED = "closed"
WITHDRAWN = "withdrawn"
DECLINED = "declined"

PETITION = Workflow(
    noun="petition",
    steps=(
        Step("take_in", (FILED,), IN_HAND, SYSTEM, _("Take in")),
        Step("finish", (IN_HAND,), FINISHED, SYSTEM, _("Finish")),
        Step("decline", (FILED, IN_HAND), DECLINED, SYSTEM, _("Decline"), needs=("reason",)),
        Step("supplement", (FILED, IN_HAND), None, "residents.is_petitioner", _("Add something"), needs=("words",)),
        Step("nudge", (FILED, IN_HAND), None, "residents.is_petitioner", _("Nudge")),
        Step("confirm_arrival", (IN_HAND,), None, "residents.is_petitioner", _("Someone is here")),
        Step("withdraw", (FILED, IN_HAND), WITHDRAWN, "residents.is_petitioner", _("Withdraw")),
        Step("accept_result", (FINISHED,), CLOSED, "residents.is_petitioner", _("Solved")),
        Step("reopen", (FINISHED,), IN_HAND, "residents.is_petitioner", _("Not solved, do it again")),
        # Of imported petitions: nobody is there who could rate them.
        Step("answer", (FILED,), CLOSED, SYSTEM, _("Answered by the office it came from")),
        Step("close", (FINISHED,), CLOSED, SYSTEM, _("Close: nobody rates it")),
        Step("not_fixed", (FINISHED,), IN_HAND, SYSTEM, _("Checked on site: not put right")),
    ),
)
