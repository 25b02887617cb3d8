"""Three gates (三关): the party organisation vets the topic, looks at the way it is decided, and at what came of it.

Each has a name, a reason and a date in public. None of them can stop what the law gives the owners: see `demanding`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from governance.domain.refusals import FactMissing, Refusal
from governance.models import Role, User
from issues.deliberation.domain import proposing, topic_news
from issues.deliberation.models import (
    Commitment,
    Gate,
    MotionState,
    Topic,
    TopicConcern,
    TopicPetition,
    TopicState,
    Vetting,
    VettingReason,
)
from issues.deliberation.models.commitments import OPEN
from issues.deliberation.workflow import TOPIC
from residents.models import Petition

# Which reason goes with which decision.
REASONS: dict[str, tuple[VettingReason, ...]] = {
    "accept": (VettingReason.COMMON, VettingReason.SAFETY, VettingReason.REPEATED),
    "decline": (VettingReason.PRIVATE, VettingReason.DECIDED, VettingReason.UNLAWFUL, VettingReason.UNCLEAR),
    "refer": (VettingReason.ELSEWHERE, VettingReason.TO_REPAIR, VettingReason.IN_HAND, VettingReason.PRIVATE),
    "merge": (VettingReason.SAME,),
    "split": (VettingReason.TWO_MATTERS,),
    "look_at_the_process": (VettingReason.IN_ORDER, VettingReason.NOT_IN_ORDER),
    "close": (VettingReason.KEPT, VettingReason.NOT_POSSIBLE, VettingReason.NOT_WANTED),
}
GATES = {"look_at_the_process": Gate.PROCESS, "close": Gate.OUTCOME}
RUNNING_VOTES = (MotionState.PUBLISHED, MotionState.OPENED, MotionState.COUNTED)


class CannotJoin(Refusal):
    """The other topic isn't one that this one can be joined with."""

    code = "cannot_join"
    sentence = _("It can only be joined with another topic of this community that isn't closed.")


class StillRunning(Refusal):
    """A topic is to be closed before it is over. The sentence says what is still open."""

    code = "still_running"


@dataclass(frozen=True)
class Finding:
    """What somebody says at a gate: the reason in a word, and in words that everybody reads."""

    reason: VettingReason
    words: str


def accept(topic: Topic, finding: Finding, *, actor: User, at: datetime) -> Topic:
    """Take it up for deliberation, in public. Raises as `take_step`, `FactMissing` for a reason that doesn't fit."""
    return _decide(topic, "accept", finding, actor=actor, at=at, fields={"is_public": True})


def decline(topic: Topic, finding: Finding, *, show: bool, actor: User, at: datetime) -> Topic:
    """Don't take it up. `show`: others may read the topic and the answer. What is public stays so."""
    return _decide(topic, "decline", finding, actor=actor, at=at, fields={"is_public": show or topic.is_public})


def refer(topic: Topic, finding: Finding, *, show: bool, actor: User, at: datetime) -> Topic:
    """Pass it on: the words say to whom. As `decline`."""
    return _decide(topic, "refer", finding, actor=actor, at=at, fields={"is_public": show or topic.is_public})


def merge(topic: Topic, into: Topic, finding: Finding, *, actor: User, at: datetime) -> Topic:
    """Join it with another: every petitioner stays attached, to that one. Raises `CannotJoin`."""
    with transaction.atomic():
        # In one order, whoever joins what with what: two at once wait for each other, none for ever.
        rows = Topic.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=(topic.pk, into.pk))
        locked = {row.pk: row for row in rows.order_by("pk")}
        other = locked[into.pk]
        if (
            other.pk == topic.pk
            or other.community_id != topic.community_id
            or other.state not in (TopicState.RAISED, TopicState.ACCEPTED)
            or not Topic.objects.organised_by(actor.scope(at)).filter(pk=other.pk).exists()
        ):
            raise CannotJoin
        rest = TopicPetition.objects.filter(topic=topic, ended_at=None).select_related("petition")
        proposing.attach(other, [row.petition for row in rest], actor=actor, at=at)
        _decide(topic, "merge", finding, actor=actor, at=at, fields={"merged_into": other})
        rest.update(ended_at=at)
    return topic


def split(
    topic: Topic,
    finding: Finding,
    *,
    title: str,
    words: str,
    petitions: Sequence[Petition],
    actor: User,
    at: datetime,
) -> Topic:
    """Make a topic of its own of a part, and return it. The chosen petitions go along; the others stay."""
    with transaction.atomic():
        _decide(topic, "split", finding, actor=actor, at=at)
        part = Topic.objects.create(
            sending=uuid4(), subdistrict_id=topic.subdistrict_id, community=topic.community, estate=topic.estate,
            building=topic.building, stairwell=topic.stairwell, origin=topic.origin, title=title, words=words,
            raised_by=topic.raised_by, raised_at=at, vet_due_at=proposing.vetted_by(at), split_from=topic,
            is_public=topic.is_public,
        )  # fmt: skip
        TopicConcern.objects.bulk_create(
            TopicConcern(topic=part, body_id=body) for body in topic.concern_rows.values_list("body_id", flat=True)
        )
        moved = TopicPetition.objects.filter(topic=topic, ended_at=None, petition__in=petitions)
        gone = proposing.attach(part, [row.petition for row in moved.select_related("petition")], actor=actor, at=at)
        moved.update(ended_at=at)
        topic_news.tell_petitioners_it_is_a_topic(part, gone, at)
        topic_news.ask_to_vet(part, at)
    return part


def look_at_the_process(topic: Topic, finding: Finding, *, actor: User, at: datetime) -> Topic:
    """Say whether the way it is decided is in order. It is said in public, and stops nothing."""
    return _decide(topic, "look_at_the_process", finding, actor=actor, at=at)


def close(topic: Topic, finding: Finding, *, actor: User, at: datetime) -> Topic:
    """It is over: from now on residents judge what came of it. Raises `StillRunning`."""
    with transaction.atomic():
        locked = Topic.objects.select_for_update(of=("self",), no_key=True).get(pk=topic.pk)
        for sentence in what_is_open(locked):
            raise StillRunning(sentence)
        return _decide(topic, "close", finding, actor=actor, at=at, fields={"closed_at": at})


def what_is_open(topic: Topic) -> list[Any]:
    """Why the topic can't be closed yet: one sentence each."""
    open_yet: list[Any] = []
    if topic.motions.filter(state__in=RUNNING_VOTES).exists():
        open_yet.append(_("The owners' vote on it isn't over."))
    if Commitment.objects.filter(topic=topic, state__in=OPEN).exists():
        open_yet.append(_("Not everything that was promised is done."))
    if topic.demanded_at and not topic.motions.filter(state=MotionState.FINAL).exists():
        open_yet.append(_("The owners demanded an assembly: it is over when they have voted."))
    return open_yet


def _decide(
    topic: Topic, verb: str, finding: Finding, *, actor: User, at: datetime, fields: dict[str, Any] | None = None
) -> Topic:
    """Take the step, and keep in public who found what, and in which role."""
    if finding.reason not in REASONS[verb]:
        raise FactMissing("reason")
    with transaction.atomic():
        TOPIC.take_step(
            topic, verb, actor=actor, at=at, fields=fields, reason=finding.reason.value, words=finding.words
        )
        vetting = Vetting.objects.create(
            topic=topic, gate=GATES.get(verb, Gate.TOPIC), verb=verb, reason=finding.reason, words=finding.words,
            by=actor, by_role=role_of(actor, topic, at), at=at,
        )  # fmt: skip
        topic_news.tell_of(vetting)
    return topic


def role_of(actor: User, topic: Topic, at: datetime) -> Role:
    """As whom the person decides: secretary of the place's branch, else the street's or the district's officer."""
    scope = actor.scope(at)
    if topic.subdistrict_id in scope.subdistricts:
        return Role.STREET_OFFICER
    return Role.BRANCH_SECRETARY if scope.party_branches else Role.DISTRICT_OFFICER
