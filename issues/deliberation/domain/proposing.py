"""Bringing a topic up: by a resident, by the community from petitions, or by owners who gather support for it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from governance.domain import audit
from governance.domain.refusals import Refusal, StepNotAllowed
from governance.domain.working_time import add_working_days, calendar_of
from governance.models import Body, Building, Community, Estate, User, WorkingCalendar
from governance.models.scope import Scope
from issues.deliberation.domain import demanding, topic_news
from issues.deliberation.models import Topic, TopicConcern, TopicOrigin, TopicPetition, TopicState
from residents.models import Occupancy, Petition

# Ours: no rule says how long a branch may take to look at a topic.
WORKING_DAYS_TO_VET = 5


class NotTheirPlace(Refusal):
    """Somebody brings up a topic of a place where they neither live nor work."""

    code = "not_their_place"
    status = 403
    sentence = _("You can bring up a topic of an estate in which you have a home.")


class OnlyOwnersGather(Refusal):
    code = "only_owners_gather"
    status = 403
    sentence = _("Only an owner whose home here is confirmed can gather support for an owners' assembly.")


@dataclass(frozen=True)
class Proposal:
    """A topic as somebody writes it down. `concerns` are the bodies that it complains about."""

    community: Community
    origin: TopicOrigin
    title: str
    words: str
    costs: str = ""
    estate: Estate | None = None
    building: Building | None = None
    stairwell: int | None = None
    concerns: tuple[Body, ...] = ()
    petitions: tuple[Petition, ...] = ()


def propose(proposal: Proposal, *, sending: UUID, actor: User, at: datetime) -> Topic:
    """Write the topic down, with the day by which somebody looks at it. Sent twice it is one topic.

    Raises `NotTheirPlace`; `OnlyOwnersGather` where support is to be gathered by somebody who can't.
    """
    if known := Topic.objects.filter(sending=sending, raised_by=actor).first():
        return known
    _check(proposal, actor, at)
    try:
        with transaction.atomic():
            return _write(proposal, sending, actor, at)
    except IntegrityError:
        # Pressed twice at once: the other was first.
        if known := Topic.objects.filter(sending=sending, raised_by=actor).first():
            return known
        raise


def vetted_by(at: datetime) -> datetime:
    """By when somebody has to have looked at a topic that is brought up at `at`."""
    office = calendar_of(WorkingCalendar.objects.current("office"))
    return add_working_days(office, at, WORKING_DAYS_TO_VET).at


def attach(topic: Topic, petitions: Iterable[Petition], *, actor: User, at: datetime) -> list[Petition]:
    """Attach those that aren't yet, and return them: their people are told by the caller."""
    there = set(topic.petition_rows.filter(ended_at=None).values_list("petition_id", flat=True))
    new = [petition for petition in petitions if petition.pk not in there]
    TopicPetition.objects.bulk_create(
        TopicPetition(topic=topic, petition=petition, linked_at=at, linked_by=actor) for petition in new
    )
    return new


def attach_more(topic: Topic, petitions: Iterable[Petition], *, actor: User, at: datetime) -> list[Petition]:
    """Attach petitions that say the same, and tell their people. Those that are there already stay as they are."""
    with transaction.atomic():
        locked = Topic.objects.select_for_update(of=("self",), no_key=True).get(pk=topic.pk)
        if locked.state not in (TopicState.RAISED, TopicState.ACCEPTED):
            raise StepNotAllowed
        new = attach(locked, petitions, actor=actor, at=at)
        if new:
            audit.record(
                "attach", "topic", topic.audit_ref, actor=actor, at=at, subdistrict_id=topic.subdistrict_id,
                petitions=len(new),
            )  # fmt: skip
        topic_news.tell_petitioners_it_is_a_topic(locked, new, at)
    return new


def _check(proposal: Proposal, actor: User, at: datetime) -> None:
    if proposal.origin == TopicOrigin.OWNERS:
        if proposal.estate is None or not demanding.units_of(actor, proposal.estate):
            raise OnlyOwnersGather
    elif proposal.origin == TopicOrigin.RESIDENT:
        homes = Occupancy.objects.standing().filter(user=actor, unit__building__estate=proposal.estate)
        if proposal.estate is None or not homes.exists():
            raise NotTheirPlace
    elif not communities_of(actor.scope(at)).filter(pk=proposal.community.pk).exists():
        raise NotTheirPlace


def communities_of(scope: Scope) -> QuerySet[Community]:
    """Those of whose people's reports it is the person's work to make topics: by office, or by a branch there."""
    branches = scope.party_branches
    theirs = Community.objects.filter(
        Q(pk__in=scope.communities)
        | Q(subdistrict__in=scope.subdistricts)
        | Q(partybranch__in=branches)
        | Q(estates__partybranch__in=branches)
    )
    return Community.objects.filter(pk__in=theirs.values("pk"))


def _write(proposal: Proposal, sending: UUID, actor: User, at: datetime) -> Topic:
    topic = Topic.objects.create(
        sending=sending,
        subdistrict_id=proposal.community.subdistrict_id,
        community=proposal.community,
        estate=proposal.estate,
        building=proposal.building,
        stairwell=proposal.stairwell,
        origin=proposal.origin,
        title=proposal.title,
        words=proposal.words,
        costs=proposal.costs,
        raised_by=actor,
        raised_at=at,
        vet_due_at=vetted_by(at),
        is_public=proposal.origin == TopicOrigin.OWNERS,
    )
    TopicConcern.objects.bulk_create(TopicConcern(topic=topic, body=body) for body in proposal.concerns)
    audit.record(
        "raise", "topic", topic.audit_ref, actor=actor, at=at, subdistrict_id=topic.subdistrict_id,
        after=topic.state, origin=topic.origin, petitions=len(proposal.petitions),
    )  # fmt: skip
    topic_news.tell_petitioners_it_is_a_topic(topic, attach(topic, proposal.petitions, actor=actor, at=at), at)
    topic_news.ask_to_vet(topic, at)
    if topic.origin == TopicOrigin.OWNERS:
        demanding.support(topic, actor=actor, at=at)
    return topic
