"""The lives of a topic and of a motion, as tables. The database holds the same tables as triggers."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.domain.steps import SYSTEM, Step, Workflow

RAISED = "raised"
ACCEPTED = "accepted"
DECLINED = "declined"
REFERRED = "referred"
MERGED = "merged"
CLOSED = "closed"

DRAFT = "draft"
PUBLISHED = "published"
OPENED = "opened"
COUNTED = "counted"
FINAL = "final"
WITHDRAWN = "withdrawn"

TOPIC = Workflow(
    noun="topic",
    steps=(
        Step(
            "accept",
            (RAISED,),
            ACCEPTED,
            "deliberation.may_vet",
            pgettext_lazy("topic", "Take it up"),
            needs=("reason", "words"),
        ),
        Step(
            "decline",
            (RAISED,),
            DECLINED,
            "deliberation.may_vet",
            pgettext_lazy("topic", "Don't take it up"),
            needs=("reason", "words"),
        ),
        Step(
            "refer",
            (RAISED,),
            REFERRED,
            "deliberation.may_vet",
            pgettext_lazy("topic", "Pass it on"),
            needs=("reason", "words"),
        ),
        Step(
            "merge",
            (RAISED, ACCEPTED),
            MERGED,
            "deliberation.may_merge",
            pgettext_lazy("topic", "Join it with another"),
            needs=("reason", "words"),
        ),
        Step(
            "split",
            (RAISED, ACCEPTED),
            None,
            "deliberation.may_vet",
            pgettext_lazy("topic", "Make two of it"),
            needs=("reason", "words"),
        ),
        # What the law gives the owners nobody can stop at a gate: 物业管理条例 13.
        Step("demand", (RAISED, ACCEPTED, DECLINED, REFERRED), ACCEPTED, SYSTEM, _("Enough owners demand it")),
        Step(
            "look_at_the_process",
            (ACCEPTED,),
            None,
            "deliberation.may_vet",
            _("Look at the way it is decided"),
            needs=("reason", "words"),
        ),
        Step(
            "close",
            (ACCEPTED,),
            CLOSED,
            "deliberation.may_vet",
            pgettext_lazy("topic", "Close it"),
            needs=("reason", "words"),
        ),
    ),
)

MOTION = Workflow(
    noun="motion",
    steps=(
        Step(
            "publish", (DRAFT,), PUBLISHED, "deliberation.may_organise", pgettext_lazy("motion", "Publish the notice")
        ),
        Step("open", (PUBLISHED,), OPENED, SYSTEM, _("Open the vote: roll, rules and text are frozen")),
        Step("count", (OPENED,), COUNTED, SYSTEM, _("Count: a preliminary result")),
        Step("confirm", (COUNTED,), FINAL, SYSTEM, _("Final: the days for objections are over, each is answered")),
        Step(
            "ask_to_withdraw",
            (PUBLISHED, OPENED, COUNTED),
            None,
            "deliberation.may_organise",
            _("Ask for its withdrawal"),
            needs=("words",),
        ),
        Step(
            "withdraw",
            (PUBLISHED, OPENED, COUNTED),
            WITHDRAWN,
            "deliberation.may_confirm_withdrawal",
            pgettext_lazy("motion", "Withdraw"),
        ),
    ),
)
