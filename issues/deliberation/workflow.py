"""The lives of a topic, a meeting, a survey, a motion and a commitment, as tables.

The database holds them as triggers, too.
"""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.domain.steps import SYSTEM, Step, Workflow

RAISED = "raised"
ACCEPTED = "accepted"
DECLINED = "declined"
REFERRED = "referred"
MERGED = "merged"
CLOSED = "closed"

CALLED = "called"
HELD = "held"
MINUTED = "minuted"
CANCELLED = "cancelled"

DRAFT = "draft"
PUBLISHED = "published"
OPENED = "opened"
COUNTED = "counted"
FINAL = "final"
WITHDRAWN = "withdrawn"

PROMISED = "promised"
UNDER_WAY = "under_way"
REPORTED = "reported"
KEPT = "kept"
GIVEN_UP = "given_up"

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

MEETING = Workflow(
    noun="meeting",
    steps=(
        Step("call", (DRAFT,), CALLED, "deliberation.may_run_meeting", pgettext_lazy("meeting", "Call the meeting")),
        Step("change", (CALLED,), None, "deliberation.may_run_meeting", pgettext_lazy("meeting", "Change it")),
        Step(
            "cancel",
            (DRAFT, CALLED),
            CANCELLED,
            "deliberation.may_run_meeting",
            pgettext_lazy("meeting", "Cancel it"),
            needs=("words",),
        ),
        Step("hold", (CALLED,), HELD, "deliberation.may_run_meeting", pgettext_lazy("meeting", "Open the meeting")),
        Step("draft_minutes", (HELD,), None, "deliberation.may_run_meeting", _("Draw up the minutes")),
        Step(
            "check_minutes", (HELD,), None, "deliberation.may_check_minutes", _("The minutes are right: publish them")
        ),
        Step("finish_minutes", (HELD,), MINUTED, "deliberation.may_run_meeting", _("Make the minutes final")),
    ),
)

SURVEY = Workflow(
    noun="survey",
    steps=(
        Step("publish", (DRAFT,), PUBLISHED, "deliberation.may_run_survey", pgettext_lazy("survey", "Publish it")),
        Step("close", (PUBLISHED,), CLOSED, SYSTEM, pgettext_lazy("survey", "Close it: nobody answers any more")),
        Step(
            "withdraw",
            (DRAFT, PUBLISHED),
            WITHDRAWN,
            "deliberation.may_run_survey",
            pgettext_lazy("survey", "Withdraw it"),
            needs=("words",),
        ),
    ),
)

MOTION = Workflow(
    noun="motion",
    steps=(
        Step("add_option", (DRAFT,), None, "deliberation.may_organise", _("Put an option on the ballot")),
        Step("drop_option", (DRAFT,), None, "deliberation.may_organise", _("Take an option off the ballot")),
        Step(
            "publish", (DRAFT,), PUBLISHED, "deliberation.may_run_vote", pgettext_lazy("motion", "Publish the notice")
        ),
        Step("open", (PUBLISHED,), OPENED, SYSTEM, _("Open the vote: roll, rules and text are frozen")),
        Step("count", (OPENED,), COUNTED, SYSTEM, _("Count: a preliminary result")),
        Step("confirm", (COUNTED,), FINAL, SYSTEM, _("Final: the days for objections are over, each is answered")),
        Step(
            "write_erratum",
            (PUBLISHED, OPENED, COUNTED),
            None,
            "deliberation.may_run_vote",
            _("Write an erratum"),
            needs=("words",),
        ),
        Step(
            "publish_erratum",
            (PUBLISHED, OPENED, COUNTED),
            None,
            "deliberation.may_publish_erratum",
            _("Publish the erratum"),
        ),
        Step("drop_erratum", (PUBLISHED, OPENED, COUNTED), None, "deliberation.may_run_vote", _("Drop the erratum")),
        Step("enter_result", (COUNTED,), None, "deliberation.may_run_vote", _("Enter the city's result")),
        Step("confirm_result", (COUNTED,), None, "deliberation.may_confirm_result", _("Confirm the city's result")),
        Step("drop_result", (COUNTED,), None, "deliberation.may_run_vote", _("Drop the city's result")),
        Step("enter_elected", (FINAL,), None, "deliberation.may_run_vote", _("Enter those elected in the register")),
        Step(
            "ask_to_withdraw",
            (PUBLISHED, OPENED, COUNTED),
            None,
            "deliberation.may_run_vote",
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

COMMITMENT = Workflow(
    noun="commitment",
    steps=(
        # What is said with `SYSTEM` follows from the order by which it is carried out.
        Step("begin", (PROMISED, UNDER_WAY), UNDER_WAY, SYSTEM, pgettext_lazy("commitment", "Begin")),
        Step(
            "report_part",
            (PROMISED, UNDER_WAY),
            UNDER_WAY,
            "deliberation.may_carry_out",
            pgettext_lazy("commitment", "Report one part done"),
        ),
        Step("report", (UNDER_WAY,), REPORTED, SYSTEM, pgettext_lazy("commitment", "Report it done")),
        Step(
            "accept",
            (REPORTED,),
            KEPT,
            "deliberation.may_judge",
            pgettext_lazy("commitment", "Accept it as done"),
            needs=("words",),
            clocks="the people concerned may say “not done” from now on",
        ),
        Step(
            "send_back",
            (REPORTED,),
            UNDER_WAY,
            "deliberation.may_judge",
            pgettext_lazy("commitment", "Send it back"),
            needs=("words",),
            clocks="a new round; until the close of the next working day, if it was reported in time",
        ),
        Step(
            "reopen",
            (KEPT,),
            UNDER_WAY,
            "deliberation.may_judge",
            pgettext_lazy("commitment", "Take it up again"),
            needs=("words",),
            clocks="as sending back",
        ),
        Step(
            "ask_to_move",
            (PROMISED, UNDER_WAY),
            None,
            "deliberation.may_ask",
            pgettext_lazy("commitment", "Ask for another day"),
            needs=("words",),
        ),
        Step(
            "move",
            (PROMISED, UNDER_WAY),
            None,
            "deliberation.may_judge",
            pgettext_lazy("commitment", "Agree to the other day"),
            clocks="due on the new day",
        ),
        Step(
            "refuse_to_move",
            (PROMISED, UNDER_WAY),
            None,
            "deliberation.may_judge",
            pgettext_lazy("commitment", "Keep the day"),
        ),
        Step(
            "block",
            (PROMISED, UNDER_WAY),
            None,
            "deliberation.may_ask",
            pgettext_lazy("commitment", "Say what stands in the way"),
            needs=("words",),
            clocks="none: no blocker moves a due date",
        ),
        Step(
            "unblock",
            (PROMISED, UNDER_WAY),
            None,
            "deliberation.may_ask",
            pgettext_lazy("commitment", "It is cleared"),
            needs=("words",),
        ),
        Step(
            "note_cost",
            (PROMISED, UNDER_WAY, REPORTED),
            None,
            "deliberation.may_ask",
            pgettext_lazy("commitment", "Note what it cost"),
        ),
        Step(
            "show_photos",
            (UNDER_WAY, REPORTED, KEPT),
            None,
            "deliberation.may_judge",
            pgettext_lazy("commitment", "Choose the photos that everybody sees"),
        ),
        Step(
            "hand_over",
            (PROMISED, UNDER_WAY),
            PROMISED,
            "deliberation.may_judge",
            pgettext_lazy("commitment", "Another body takes it over"),
            needs=("words",),
            clocks="none: it stays due",
        ),
        Step(
            "ask_to_quit",
            (PROMISED, UNDER_WAY),
            None,
            "deliberation.may_ask",
            pgettext_lazy("commitment", "Ask to give it up"),
            needs=("words",),
        ),
        Step(
            "refuse_to_quit",
            (PROMISED, UNDER_WAY),
            None,
            "deliberation.may_judge",
            pgettext_lazy("commitment", "It stays promised"),
            needs=("words",),
        ),
        Step(
            "quit",
            (PROMISED, UNDER_WAY),
            GIVEN_UP,
            "deliberation.may_judge",
            pgettext_lazy("commitment", "Give it up"),
            needs=("words",),
            clocks="a breach stays one, the rest is void",
        ),
    ),
)
