"""How this storey's verbs are said in the histories of the console."""

from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.admin.audit import VERBS
from governance.admin.history import ALSO_SAID, DEEDS, TOLD_FIELD_BY_FIELD
from issues import order_page, policy_words
from issues.domain.policies import CALENDAR, POLICY, VERB
from issues.domain.promising import Rung, Target
from issues.workflow import ISSUE, SUPERVISION, WORK_ORDER

# The words on a step's button say what was done, too.
STEP = pgettext_lazy("history", "%(who)s: {step}")
for table in (ISSUE, WORK_ORDER, SUPERVISION):
    own = [step for step in table.steps if step.verb not in DEEDS]
    DEEDS |= {step.verb: format_lazy(STEP, step=step.label) for step in own}
    VERBS |= {step.verb: step.label for step in own}
# What the desk does with petitions and matters is said as on the page of the order.
DEEDS |= {verb: order_page.HISTORY[verb] for verb in ("link", "unlink", "unmerge", "relate", "unrelate")}
DEEDS |= {
    "open": pgettext_lazy("history", "%(who)s opened this"),
    "find": pgettext_lazy("history", "%(who)s found this on patrol"),
    "dispatch": pgettext_lazy("history", "%(who)s sent this out"),
    "escalate": pgettext_lazy("history", "%(who)s escalated this"),
    "recount": pgettext_lazy("history", "%(who)s counted the due times anew"),
    "issue": pgettext_lazy("history", "%(who)s issued this"),
    "load": pgettext_lazy("history", "%(who)s loaded the year"),
    VERB: pgettext_lazy("history", "%(who)s put version %(version)s in force: %(reason)s"),
}
TOLD_FIELD_BY_FIELD.add(VERB)


def targets(recorded: list[dict[str, Any]]) -> str:
    return policy_words.in_short(Target(**one) for one in recorded)


def rungs(recorded: list[dict[str, Any]]) -> str:
    lines = policy_words.ladder(Rung(**one) for one in recorded)
    return " ".join(f"{line.label}: {line.words}" for line in lines)


def windows(recorded: list[str]) -> str:
    return " ".join(recorded)


ALSO_SAID |= {
    (POLICY, "targets"): (_("Promises"), targets),
    (POLICY, "rungs"): (_("Ladder"), rungs),
    (POLICY, "name_zh"): (_("Name in Chinese"), str),
    (POLICY, "name_en"): (_("Name in English"), str),
    (POLICY, "name_ko"): (_("Name in Korean"), str),
    (POLICY, "calendar"): (pgettext_lazy("calendar", "Hours"), str),
    (POLICY, "source"): (_("Source"), str),
    (CALENDAR, "windows"): (_("Windows"), windows),
    (CALENDAR, "name_zh"): (_("Name in Chinese"), str),
    (CALENDAR, "name_en"): (_("Name in English"), str),
    (CALENDAR, "name_ko"): (_("Name in Korean"), str),
}
