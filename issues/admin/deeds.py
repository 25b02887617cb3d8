"""How this storey's verbs are said in the histories of the console."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.admin.history import ALSO_SAID, DEEDS, TOLD_FIELD_BY_FIELD
from issues import policy_words
from issues.domain.policies import CALENDAR, POLICY, VERB
from issues.domain.promising import Rung, Target

DEEDS |= {
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
    (POLICY, "calendar"): (_("Hours"), str),
    (POLICY, "source"): (_("Source"), str),
    (CALENDAR, "windows"): (_("Windows"), windows),
    (CALENDAR, "name_zh"): (_("Name in Chinese"), str),
    (CALENDAR, "name_en"): (_("Name in English"), str),
    (CALENDAR, "name_ko"): (_("Name in Korean"), str),
}
