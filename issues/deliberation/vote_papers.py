"""What of a vote is on paper: the notice in the entrances, and the ballots that are taken to the doors.

As printed in Chinese, whoever prints it. The number on a ballot is that of its line on the frozen roll.
"""

from collections.abc import Iterable
from typing import Any

from django.utils import translation

from governance import wording
from issues.deliberation.domain.attending import LANGUAGE
from issues.deliberation.domain.papers import printed_serials
from issues.deliberation.domain.results import rule_of
from issues.deliberation.models import Motion, RollEntry
from issues.deliberation.templatetags.deliberation import WORTH, area, election_needs, needs
from issues.deliberation.typesetting import long_day, long_moment, typeset

CHOICES = ("同意", "反对", "弃权")
NONE_OF_THESE, ABSTAINING = "以上都不选", "弃权"


def notice_pdf(motion: Motion) -> bytes:
    """表决公告. Raises `ValueError` for a draft: nothing is announced yet."""
    if motion.published_at is None:
        raise ValueError("A draft has no notice.")
    with translation.override(LANGUAGE):
        return typeset("vote_notice.typ", _notice(motion))


def ballots_pdf(motion: Motion, entries: Iterable[RollEntry]) -> bytes:
    """表决票, one for each line of the roll, two on a sheet; with several options or candidates, one."""
    with translation.override(LANGUAGE):
        serials = printed_serials(motion)
        told = {
            **_head(motion),
            "choices": CHOICES,
            "options": _options(motion),
            "ballots": [_ballot(entry, serials[entry.pk]) for entry in entries],
        }
        return typeset("ballots.typ", told)


def _head(motion: Motion) -> dict[str, Any]:
    return {
        "place": str(motion.estate),
        "title": motion.title,
        "kind": str(motion.get_kind_display()),
        "when": _when(motion),
        "seats": motion.seats,
    }


def _notice(motion: Motion) -> dict[str, Any]:
    rule, election = rule_of(motion), motion.election_rule
    where = [
        str(motion.estate),
        str(motion.building or ""),
        wording.entrance(motion.stairwell) if motion.stairwell else "",
    ]
    return {
        **_head(motion),
        "matter": str(motion.get_matter_display()),
        "scope": " ".join(part for part in where if part),
        "how": "手机上投票，或者填写纸质表决票" if motion.takes_electronic_ballots else "填写纸质表决票，送到每一户",
        "lines": motion.words.splitlines(),
        "options": _options(motion),
        "errata": _errata(motion),
        "needs": [*needs(rule), *(election_needs(election, motion.seats) if election and motion.seats else [])],
        "sources": [{"article": each.article, "text": each.text} for each in (rule, election) if each],
        "worth": str(WORTH[motion.kind]),
        "by": str(motion.community),
        "on": long_day(motion.published_at) if motion.published_at else "",
    }


def _options(motion: Motion) -> list[dict[str, Any]]:
    """What can be chosen, where it isn't yes or no: the last two lines stand on every such ballot."""
    options = [
        {"title": option.title, "price": option.price, "lines": option.words.splitlines()}
        for option in motion.options.all()
    ]
    others = [{"title": title, "price": "", "lines": []} for title in (NONE_OF_THESE, ABSTAINING)]
    return options + others if options else []


def _errata(motion: Motion) -> list[dict[str, Any]]:
    return [
        {
            "number": each.number,
            "lines": each.words.splitlines(),
            "by": f"{each.writer}、{each.agreer}",
            "on": long_moment(each.agreed_at),
        }
        for each in motion.errata.agreed().select_related("written_by", "agreed_by")
    ]


def _ballot(entry: RollEntry, serial: str) -> dict[str, str]:
    door = f"{entry.building} {wording.entrance(entry.stairwell)} {entry.number}"
    return {"serial": serial, "door": door, "area": area(entry.area_m2)}


def _when(motion: Motion) -> str:
    if motion.opens_at is None or motion.closes_at is None:
        raise ValueError("A vote on paper says from when to when.")
    return f"{long_moment(motion.opens_at)} 至 {long_moment(motion.closes_at)}"
