"""How this storey's verbs are said in the histories of the console."""

from typing import Any

from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.admin.audit import KEPT_BACK, VERBS
from governance.admin.base import KEPT_BACK as KEPT_BACK_ROWS
from governance.admin.history import ALSO_SAID, DEEDS, TOLD_FIELD_BY_FIELD
from issues import order_page, policy_words
from issues.domain.policies import CALENDAR, POLICY, VERB
from issues.domain.promising import Rung, Target
from issues.models import Issue, SupervisionOrder, WorkOrder
from issues.workflow import ISSUE, SUPERVISION, WORK_ORDER
from residents.models import Petition

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


def _refs(about_the_street: QuerySet[Any]) -> QuerySet[Any, Any]:
    return about_the_street.annotate(ref=Cast("public_id", CharField())).values("ref")


# A petition that the desk has sorted as a complaint about the street's people goes past them, too, whatever the person
# called it; and whoever is complained about doesn't learn of it from the trail either.
KEPT_BACK_ROWS["residents.petition"] = [Q(links__issue__category__is_about_street=True)]
KEPT_BACK_ROWS["residents.evaluation"] = [Q(petition__links__issue__category__is_about_street=True)]
KEPT_BACK |= {
    "petition": lambda: Petition.objects.filter(
        Q(category__is_about_street=True) | Q(links__issue__category__is_about_street=True)
    ).values("receipt_no"),
    "issue": lambda: _refs(Issue.objects.filter(category__is_about_street=True)),
    "work order": lambda: _refs(WorkOrder.objects.filter(issue__category__is_about_street=True)),
    "supervision order": lambda: _refs(SupervisionOrder.objects.filter(issue__category__is_about_street=True)),
}


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
