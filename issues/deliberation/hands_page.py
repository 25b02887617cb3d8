"""A show of hands as minutes, pages and papers tell it: the verdict, what it needed and missed, who said what."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from issues.deliberation.counting import saying
from issues.deliberation.counting.count import Requirement
from issues.deliberation.counting.hands import HandCount, Hands, count_hands
from issues.deliberation.counting.rules import MajorityOf
from issues.deliberation.domain.hands import rules_as_told
from issues.deliberation.models import HandSaid, Mark, Matter


@dataclass(frozen=True)
class SaidDecision:
    """One show of hands in the reader's words. `why` are its sentences, `named` who did what, where that is noted."""

    question: str
    has_passed: bool
    verdict: str
    counted: str
    why: list[str]
    named: list[tuple[str | Promise, str]]
    matter: str
    rule: str

    @property
    def sentences(self) -> list[str]:
        """All of it, a paragraph each."""
        head = pgettext("show of hands", "Put to the vote: %(question)s") % {"question": self.question}
        result = pgettext("show of hands", "%(verdict)s: %(counted)s") % {
            "verdict": self.verdict, "counted": self.counted,
        }  # fmt: skip
        named = [
            pgettext("minutes", "%(outcome)s: %(words)s") % {"outcome": said, "words": who} for said, who in self.named
        ]
        return [head, result, *self.why, *named, *([self.matter] if self.matter else []), self.rule]


def said(told: Mapping[str, Any]) -> SaidDecision:
    """From what the minutes have sealed."""
    hands, rules = Hands(**told["hands"]), rules_as_told(told["rule"])
    count = count_hands(hands, rules)
    return SaidDecision(
        question=told["question"],
        has_passed=count.has_passed,
        verdict=saying.verdict(count.verdict),
        counted=_("%(ayes)s for, %(nays)s against, %(abstained)s abstained")
        % {"ayes": hands.votes_for, "nays": hands.votes_against, "abstained": hands.abstained},
        why=list(_why(count, hands, rules.majority_of)),
        named=_named(told["said"]),
        matter=_left_to_the_owners(told["matter"]) if told["matter"] else "",
        rule=_("By the rules of: %(name)s, version %(version)s. %(source)s (%(mark)s)")
        % {**told["rule"], "mark": Mark(told["rule"]["mark"]).label},
    )


def _why(count: HandCount, hands: Hands, majority_of: MajorityOf) -> list[str]:
    told = [_majority(count.majority, majority_of), _quorum(count.quorum)]
    if count.owners:
        told.append(_quorum_of_owners(count.owners))
    if hands.aside:
        told.append(_stood_aside(hands.aside))
    silent = hands.may_vote - hands.raised
    if silent:
        told.append(
            ngettext(
                "%(silent)s member who was there raised no hand.",
                "%(silent)s members who were there raised no hand.",
                silent,
            )
            % {"silent": silent}
        )
    return told


def _majority(it: Requirement, majority_of: MajorityOf) -> str:
    words = {"share": it.threshold.share, "total": it.total, "needed": it.needed, "reached": it.reached}
    of_all = majority_of is MajorityOf.ENTITLED
    if it.threshold.strictly_more:
        sentence = (
            _("More than %(share)s of all %(total)s members: %(needed)s have to be in favour, %(reached)s are.")
            if of_all
            else _(
                "More than %(share)s of the %(total)s members there: %(needed)s have to be in favour, %(reached)s are."
            )
        )
    else:
        sentence = (
            _("At least %(share)s of all %(total)s members: %(needed)s have to be in favour, %(reached)s are.")
            if of_all
            else _(
                "At least %(share)s of the %(total)s members there: %(needed)s have to be in favour, %(reached)s are."
            )
        )
    if it.met:
        return sentence % words
    short = ngettext("%(short)s vote is missing.", "%(short)s votes are missing.", int(it.short_by))
    return pgettext("two sentences", "%(first)s %(second)s") % {
        "first": sentence % words, "second": short % {"short": it.short_by},
    }  # fmt: skip


def _quorum(it: Requirement) -> str:
    return ngettext(
        "%(reached)s of %(total)s members was there; %(needed)s were needed.",
        "%(reached)s of %(total)s members were there; %(needed)s were needed.",
        int(it.reached),
    ) % {"reached": it.reached, "total": it.total, "needed": it.needed}


def _quorum_of_owners(it: Requirement) -> str:
    return ngettext(
        "%(reached)s of %(total)s owner members was there; %(needed)s were needed.",
        "%(reached)s of %(total)s owner members were there; %(needed)s were needed.",
        int(it.reached),
    ) % {"reached": it.reached, "total": it.total, "needed": it.needed}


def _stood_aside(aside: int) -> str:
    return ngettext(
        "%(aside)s member whom it concerns stood aside, and is still counted among the members.",
        "%(aside)s members whom it concerns stood aside, and are still counted among the members.",
        aside,
    ) % {"aside": aside}


def _named(rows: list[dict[str, str]]) -> list[tuple[str | Promise, str]]:
    """Each side that somebody is named on, with its names."""
    between = pgettext("between clauses", ", ")
    by_side = [(side.label, between.join(row["who"] for row in rows if row["said"] == side)) for side in HandSaid]
    return [(label, names) for label, names in by_side if names]


def _left_to_the_owners(matter: str) -> str:
    return _("The law leaves this to the owners: %(matter)s. A yes here is a proposal to them and decides nothing.") % {
        "matter": Matter(matter).label
    }
