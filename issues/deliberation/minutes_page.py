"""Minutes as pages and papers show them: paragraphs in the reader's words, and what differs between two versions."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from governance import wording
from issues.deliberation import hands_page
from issues.deliberation.hands_page import SaidDecision
from issues.deliberation.models import Consensus, ForWhom, LineKind, Meeting, MinutesVersion, Outcome


@dataclass(frozen=True)
class Line:
    """One statement: who, for whom, what, and whether it is a promise or a dissent."""

    kind: str
    label: str | Promise
    who: str
    party: str
    words: str


@dataclass(frozen=True)
class Point:
    """One point with all that the minutes say of it. `number` from 1; `item` is the agenda item's public id."""

    item: str
    number: int
    title: str
    raised_in_the_room: bool
    lines: list[Line]
    consensus: str | Promise
    outcome: str
    outcome_label: str | Promise
    outcome_words: str
    put_off_to: datetime | None
    additions: list[dict[str, Any]]
    decisions: list[SaidDecision]

    @property
    def goes_to_a_vote(self) -> bool:
        return self.outcome == Outcome.VOTE

    @property
    def binds_nobody(self) -> str:
        """Said of what goes to the owners' vote, else empty. Source: Civil Code 278, Residents' Committee Law 32."""
        if not self.goes_to_a_vote:
            return ""
        return _("The owners decide this in a vote of their own (Civil Code 278). What was said here binds nobody.")

    @property
    def dissents(self) -> list[Line]:
        return [line for line in self.lines if line.kind == LineKind.DISSENT]


@dataclass(frozen=True)
class Minutes:
    """The content of one version, read back."""

    version: MinutesVersion
    title: str
    mechanism: str
    place: str
    room: str
    starts_at: datetime | None
    opened_at: datetime | None
    present: list[str]
    quorum: dict[str, int] | None
    visits: list[dict[str, Any]]
    points: list[Point]
    additions: list[dict[str, Any]]


@dataclass(frozen=True)
class Difference:
    """A paragraph that is new (`is_new`), gone, or the same (None)."""

    is_new: bool | None
    words: str


def read(version: MinutesVersion) -> Minutes:
    told = json.loads(version.content)
    return Minutes(
        version=version,
        title=told["title"],
        mechanism=told["mechanism"],
        place=told["place"],
        room=told["room"],
        starts_at=_instant(told["starts_at"]),
        opened_at=_instant(told["opened_at"]),
        present=told["present"],
        quorum=told["quorum"],
        visits=[{**visit, "at": _instant(visit["at"])} for visit in told["visits"]],
        points=[_point(number, item) for number, item in enumerate(told["items"], start=1)],
        additions=told["additions"],
    )


def versions_of(meeting: Meeting) -> list[MinutesVersion]:
    return list(meeting.minutes_versions.select_related("made_by").order_by("number"))


def difference(before: MinutesVersion, after: MinutesVersion) -> list[Difference]:
    """Paragraph by paragraph, in the reader's language; only what is near a change."""
    old, new = list(paragraphs(read(before))), list(paragraphs(read(after)))
    found: list[Difference] = []
    for tag, a1, a2, b1, b2 in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if tag == "equal":
            found += [Difference(None, words) for words in old[a1:a2]]
        else:
            found += [Difference(False, words) for words in old[a1:a2]]
            found += [Difference(True, words) for words in new[b1:b2]]
    return found


def paragraphs(minutes: Minutes) -> Iterator[str]:
    """What the minutes say, a paragraph each: what is compared, and what is printed."""
    yield minutes.title
    yield _("Here were: %(names)s") % {"names": pgettext("between clauses", ", ").join(minutes.present)}
    if minutes.quorum:
        yield said_quorum(minutes.quorum)
    for visit in minutes.visits:
        yield _("Looked at on site: %(where)s. %(seen)s") % visit
    for point in minutes.points:
        yield from _of_point(point)
    for addition in minutes.additions:
        yield said_addition(addition)


def said_quorum(quorum: dict[str, int]) -> str:
    sentence = ngettext(
        "%(here)s of %(with_vote)s with a vote was here; %(needed)s were needed.",
        "%(here)s of %(with_vote)s with a vote were here; %(needed)s were needed.",
        quorum["here"],
    )
    return sentence % quorum


def said_line(line: Line) -> str:
    speaker = _("%(who)s, for %(party)s,") % {"who": line.who, "party": line.party} if line.party else line.who
    return pgettext("minutes", "%(who)s %(kind)s: %(words)s") % {
        "who": speaker, "kind": line.label, "words": line.words,
    }  # fmt: skip


def said_addition(addition: dict[str, Any]) -> str:
    return _("Change no. %(number)s: %(words)s") % addition


def said_outcome(point: Point) -> str:
    """What came of it; of what is put off, until when."""
    facts = {"outcome": point.outcome_label, "words": point.outcome_words}
    told = pgettext("minutes", "%(outcome)s: %(words)s") % facts
    if point.put_off_to is None:
        return told
    on = wording.local(point.put_off_to).date()
    again = _("It is talked over again on %(day)s.") % {"day": wording.day(on, on)}
    return f"{told} {again}"


def _of_point(point: Point) -> Iterator[str]:
    yield f"{point.number}. {point.title}"
    for decision in point.decisions:
        yield from decision.sentences
    for line in point.lines:
        yield said_line(line)
    for addition in point.additions:
        yield said_addition(addition)
    yield _("How far people agree: %(level)s") % {"level": point.consensus}
    yield said_outcome(point)
    if point.goes_to_a_vote:
        yield point.binds_nobody


def _point(number: int, told: dict[str, Any]) -> Point:
    return Point(
        item=told["id"],
        number=number,
        title=told["title"],
        raised_in_the_room=told["raised_in_the_room"],
        lines=[_line(line) for line in told["lines"]],
        consensus=Consensus(told["consensus"]).label,
        outcome=told["outcome"],
        outcome_label=Outcome(told["outcome"]).label,
        outcome_words=told["outcome_words"],
        put_off_to=_instant(told["put_off_to"]),
        additions=told["additions"],
        # Minutes that were sealed before bodies decided here have none.
        decisions=[hands_page.said(decision) for decision in told.get("decisions", [])],
    )


def _line(told: dict[str, Any]) -> Line:
    party = told["party"]
    if told["for"] == ForWhom.NEIGHBOURS:
        party = _("the neighbours of %(building)s") % {"building": party}
    return Line(told["kind"], LineKind(told["kind"]).label, told["who"], party, told["words"])


def _instant(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
