"""The life of a motion, as a table. The database holds the same table as a trigger."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.domain.steps import SYSTEM, Step, Workflow

DRAFT = "draft"
PUBLISHED = "published"
OPENED = "opened"
COUNTED = "counted"
FINAL = "final"
WITHDRAWN = "withdrawn"

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
