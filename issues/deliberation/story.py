"""A topic's whole story as anybody may read it: who raised it, who vetted it and why, what was decided, how it ended.

Names are masked: residents appear by what they are, staff by role and surname.
"""

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db.models import Avg, Count, Min, Q
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from governance.models.roles import role_and_surname
from issues.deliberation import minutes_page
from issues.deliberation.commitments import Line, commitments_of
from issues.deliberation.counting import saying
from issues.deliberation.domain import demanding, minuting, topic_news, vetting
from issues.deliberation.domain.demanding import Demand
from issues.deliberation.domain.results import rule_of
from issues.deliberation.minutes_page import Point
from issues.deliberation.models import (
    AgendaItem,
    MatterRule,
    Meeting,
    Motion,
    MotionState,
    Topic,
    TopicOrigin,
    TopicState,
    Vetting,
)
from issues.deliberation.official_page import deciding_verdict, official_page
from issues.deliberation.verdict_page import VerdictPage

FEWEST_JUDGEMENTS = 5

DECIDED: dict[str, str | Promise] = {
    "accept": gettext_lazy("Taken up"),
    "decline": gettext_lazy("Not taken up"),
    "refer": gettext_lazy("Passed on"),
    "merge": gettext_lazy("Joined with the same matter"),
    "split": gettext_lazy("Made two topics of it"),
    "look_at_the_process": gettext_lazy("Looked at the way it is decided"),
    "close": gettext_lazy("Looked at what came of it, and closed it"),
}
RAISED: dict[str, str | Promise] = {
    TopicOrigin.FINDING: gettext_lazy("From what was found on site"),
    TopicOrigin.RESIDENT: gettext_lazy("A resident brought it up"),
    TopicOrigin.SURVEY: gettext_lazy("It came out of a survey of those who live there"),
    TopicOrigin.OWNERS: gettext_lazy("An owner brought it up and gathers support for an owners' assembly"),
}


@dataclass(frozen=True)
class GateSaid:
    """One look at a gate: what was decided, by whom, and why."""

    gate: str
    decided: str
    reason: str
    words: str
    who: str
    at: datetime


@dataclass(frozen=True)
class MeetingSaid:
    """A meeting at which the topic is talked over; once its minutes are public, what came of the point."""

    meeting: Meeting
    points: list[Point]
    visits: list[dict[str, Any]]


@dataclass(frozen=True)
class Side:
    """Those who agreed, who didn't, or who abstained."""

    name: str
    heads: str
    area: str


@dataclass(frozen=True)
class VoteSaid:
    """An owners' vote on the topic, with its verdict and how many were on which side once it is counted."""

    motion: Motion
    rule: MatterRule
    verdict: VerdictPage | None
    sides: list[Side]
    recorded_from: str


@dataclass(frozen=True)
class SurveySaid:
    """The survey that a topic comes from: how many answered it, and how many of them named this."""

    public_id: UUID
    title: str
    answered: int
    named_by: int


@dataclass(frozen=True)
class Judged:
    """How residents judged it. `average` is empty below the fewest that are published."""

    number: int
    solved: int
    average: str


@dataclass(frozen=True)
class Stage:
    """One station of the way, and whether it is behind, now or ahead."""

    name: str | Promise
    look: str


@dataclass(frozen=True)
class Story:
    topic: Topic
    raised: SafeString | str
    petitions: int
    first_reported_at: datetime | None
    survey: SurveySaid | None
    gates: list[GateSaid]
    waits_for: str
    demand: Demand | None
    assembly_is_late: bool
    meetings: list[MeetingSaid]
    votes: list[VoteSaid]
    commitments: list[Line]
    judged: Judged
    stages: list[Stage]


def story_of(topic: Topic, now: datetime) -> Story:
    """Everything that can be told of it. A fixed number of queries, and one for each vote."""
    reported = topic.petition_rows.filter(ended_at=None).aggregate(number=Count("pk"), first=Min("petition__filed_at"))
    gates = [_said(row) for row in topic.vettings.select_related("by")]
    votes = [_vote(motion) for motion in _motions(topic)]
    commitments = commitments_of(topic, now)
    return Story(
        topic=topic,
        raised=_raised(topic, reported["number"]),
        petitions=reported["number"],
        first_reported_at=reported["first"],
        survey=_survey(topic),
        gates=gates,
        waits_for=_waits_for(topic, now) if topic.state == TopicState.RAISED else "",
        demand=_demand(topic, now),
        assembly_is_late=bool(
            topic.state == TopicState.ACCEPTED
            and topic.demand_due_at
            and topic.demand_due_at <= now
            and not demanding.is_called(topic)
        ),
        meetings=_meetings(topic),
        votes=votes,
        commitments=commitments,
        judged=_judged(topic),
        stages=_stages(topic, is_decided=bool(commitments) or _is_voted(votes)),
    )


def _raised(topic: Topic, petitions: int) -> SafeString | str:
    if petitions:
        return ngettext(
            "%(number)s petition of residents said so", "%(number)s petitions of residents said so", petitions
        ) % {"number": petitions}
    return str(RAISED.get(topic.origin, _("The community brought it up")))


def _survey(topic: Topic) -> SurveySaid | None:
    rows = topic.survey_items.select_related("survey").annotate(answered=Count("survey__sheets"))
    return next((SurveySaid(row.survey.public_id, row.survey.title, row.answered, row.named_by) for row in rows), None)


def _said(row: Vetting) -> GateSaid:
    return GateSaid(
        gate=row.get_gate_display(),
        decided=str(DECIDED[row.verb]),
        reason=row.get_reason_display(),
        words=row.words,
        who=role_and_surname(row.by_role, row.by.surname_for_reader()),
        at=row.at,
    )


def _waits_for(topic: Topic, now: datetime) -> str:
    """The role and surname of whoever has to look at it now; empty where nobody holds such a post."""
    for person in topic_news.vetters(topic, now):
        return role_and_surname(vetting.role_of(person, topic, now), person.surname_for_reader())
    return ""


def _demand(topic: Topic, now: datetime) -> Demand | None:
    return demanding.demand_of(topic, now) if topic.origin == TopicOrigin.OWNERS else None


def _meetings(topic: Topic) -> list[MeetingSaid]:
    """Those that were called, and that anybody may hear of. One query more for each whose minutes are public."""
    related = ("meeting__mechanism", "meeting__venue")
    open_to_all = topic.agenda_items.filter(meeting__called_at__isnull=False, meeting__mechanism__is_public=True)
    return [_met(item) for item in open_to_all.select_related(*related).order_by("meeting__starts_at", "pk")]


def _met(item: AgendaItem) -> MeetingSaid:
    versions = minuting.public_versions(item.meeting)
    minutes = minutes_page.read(versions[-1]) if versions else None
    points = [point for point in minutes.points if point.item == str(item.public_id)] if minutes else []
    return MeetingSaid(item.meeting, points, minutes.visits if minutes else [])


def _motions(topic: Topic) -> list[Motion]:
    related = ("estate__community", "building", "rule_set")
    return list(topic.motions.public().knowing_the_city().select_related(*related).order_by("published_at", "pk"))


def _vote(motion: Motion) -> VoteSaid:
    official = official_page(motion)
    verdict = deciding_verdict(motion)
    parts = verdict.sides if verdict else []
    sides = [Side(said.name, saying.heads(said.part.heads), saying.area(said.part.area)) for said in parts]
    return VoteSaid(motion, rule_of(motion), verdict, sides, official.result.system if official else "")


def _judged(topic: Topic) -> Judged:
    sums = topic.judgements.aggregate(
        number=Count("pk"), solved=Count("pk", filter=Q(is_solved=True)), average=Avg("stars")
    )
    enough = sums["number"] >= FEWEST_JUDGEMENTS
    average = f"{float(Fraction(sums['average']).limit_denominator(1000)):.1f}" if enough else ""
    return Judged(sums["number"], sums["solved"], average)


def _is_voted(votes: list[VoteSaid]) -> bool:
    return bool(votes) and all(vote.motion.state in (MotionState.FINAL, MotionState.WITHDRAWN) for vote in votes)


def _stages(topic: Topic, *, is_decided: bool) -> list[Stage]:
    """反映 → 把关 → 商议和表决 → 落实 → 评价: how far it has come."""
    reached = {
        TopicState.RAISED: 1,
        TopicState.ACCEPTED: 3 if is_decided else 2,
        TopicState.CLOSED: 4,
    }.get(TopicState(topic.state), 1)
    names = (
        pgettext_lazy("stage of a topic", "Raised"),
        pgettext_lazy("stage of a topic", "Vetted"),
        pgettext_lazy("stage of a topic", "Talked over"),
        pgettext_lazy("stage of a topic", "Carried out"),
        pgettext_lazy("stage of a topic", "Judged"),
    )
    return [
        Stage(name, "done" if number < reached else "now" if number == reached else "")
        for number, name in enumerate(names)
    ]
