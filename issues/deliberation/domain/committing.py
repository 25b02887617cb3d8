"""Writing down what a body promises when a topic was talked over: it has its order and its clock from that moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID, uuid4

import rules
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from governance.domain import audit
from governance.domain.doorbell import doorbell
from governance.domain.moment import local_day
from governance.domain.refusals import FactMissing, NotInCharge, StepNotAllowed
from governance.models import Body, BodyKind, Building, Category, Estate, Management, User
from issues.deliberation import bridge
from issues.deliberation.domain import due_days
from issues.deliberation.domain.roles_in import role_in
from issues.deliberation.models import (
    Commitment,
    CommitmentHelper,
    CommitmentPart,
    CommitmentStep,
    Motion,
    Topic,
    TopicState,
)

MOST_PARTS = 400


@dataclass(frozen=True)
class Part:
    """A building, or one of several things there, or a thing elsewhere: which by `name`."""

    building: Building | None
    name: str = ""


@dataclass(frozen=True)
class Promise:
    """Who does what by when. `working_days` or `due_on`, one of them. `token`: of the form, sent twice it is one."""

    token: UUID
    body: Body
    post: str
    what: str
    category: Category
    estate: Estate
    working_days: int | None = None
    due_on: date | None = None
    helpers: Sequence[Body] = ()
    parts: Sequence[Part] = ()
    needs_photo: bool = True
    decided_yuan: Decimal | None = None
    payer: str = ""
    motion: Motion | None = None

    def due_at(self, at: datetime) -> datetime:
        """Raises `FactMissing` for what is past, and unless exactly one of the two is given."""
        if (self.working_days is None) == (self.due_on is None):
            raise FactMissing("working_days", _("Give either the working days or a date."))
        if self.working_days is not None:
            return due_days.after_working_days(at, self.working_days)
        due_at = due_days.end_of(self.due_on or local_day(at))
        if due_at <= at or self.due_on == local_day(at):
            raise FactMissing("due_on", _("The date must be later than today."))
        return due_at


def bodies_here(topic: Topic, at: datetime) -> QuerySet[Body]:
    """Who can promise something about a topic: whoever manages or speaks for an estate there, and the offices.

    Only bodies that haven't ended. Of a topic wider than an estate: of all estates of the community.
    """
    estates = Estate.objects.filter(pk=topic.estate_id) if topic.estate_id else topic.community.estates.all()
    managing = Management.objects.in_force(local_day(at)).filter(estate__in=estates.values("pk"))
    here = (
        Q(pk__in=managing.values("body"))
        | Q(estate__in=estates.values("pk"))
        | Q(kind=BodyKind.RESIDENTS_COMMITTEE, community=topic.community_id)
        | Q(kind__in=(BodyKind.STREET_OFFICE, BodyKind.DEPARTMENT, BodyKind.STATIONED_UNIT))
    )
    standing = Body.objects.standing_on(local_day(at)).filter(subdistrict=topic.subdistrict_id)
    return standing.filter(here).order_by("kind", "name")


def check_body(topic: Topic, body: Body, at: datetime) -> None:
    """Raises `FactMissing` for a body that can't promise anything here, or in which nobody would hear of it."""
    if not bodies_here(topic, at).filter(pk=body.pk).exists():
        raise FactMissing("body", _("Choose one of the bodies that work here today."))
    if not bridge.has_staff(body, at):
        raise FactMissing("body", _("Nobody of this body works with the portal yet: name it among those who help."))


def promise(topic: Topic, given: Promise, *, actor: User, at: datetime) -> Commitment:
    """Write the commitment down and give the body its order. The same token again returns the same commitment.

    Raises `NotInCharge`, `StepNotAllowed` unless the topic is being deliberated, `FactMissing`.
    """
    actor.scope(at)
    if not rules.test_rule("deliberation.may_write_down", actor, topic):
        raise NotInCharge
    earlier = _sent(given, topic, actor)
    if earlier:
        return earlier
    _check(topic, given, at)
    try:
        with transaction.atomic():
            commitment = _write(topic, given, actor, at)
    except IntegrityError:
        # Two taps at once: the other was faster, and its commitment stands.
        earlier = _sent(given, topic, actor)
        if earlier is None:
            raise
        return earlier
    doorbell.ring_on_commit()
    return commitment


def _sent(given: Promise, topic: Topic, actor: User) -> Commitment | None:
    commitment = Commitment.objects.filter(sending=given.token).first()
    if commitment and (commitment.promised_by_id, commitment.topic_id) != (actor.pk, topic.pk):
        raise StepNotAllowed
    return commitment


def _check(topic: Topic, given: Promise, at: datetime) -> None:
    if topic.state != TopicState.ACCEPTED:
        raise StepNotAllowed
    if topic.estate_id not in (None, given.estate.pk) or given.estate.community_id != topic.community_id:
        raise FactMissing("estate", _("Choose an estate that the topic is about."))
    check_body(topic, given.body, at)
    if given.category.hides_petitioner or given.category.is_archived:
        raise FactMissing("category", _("Choose what it is about."))
    if given.motion and given.motion.topic_id != topic.pk:
        raise FactMissing("motion", _("Choose a vote about this topic."))
    if (given.decided_yuan is None) != (not given.payer.strip()):
        raise FactMissing("payer", _("Give both: what it costs and who pays."))
    if given.decided_yuan is not None and (given.decided_yuan < 0 or given.decided_yuan.as_tuple().exponent < -2):  # type: ignore[operator]
        raise FactMissing("decided_yuan", _("Give the cost in yuan, with at most two decimals."))
    if len(given.parts) > MOST_PARTS:
        raise FactMissing("parts", _("At most 400 parts fit into one commitment."))
    if any(part.building and part.building.estate.community_id != topic.community_id for part in given.parts):
        raise FactMissing("parts", _("A building isn't in this community."))


def _write(topic: Topic, given: Promise, actor: User, at: datetime) -> Commitment:
    public_id, due_at = uuid4(), given.due_at(at)
    task = bridge.Task(
        public_id=public_id, body=given.body, category=given.category, estate=given.estate, words=given.what.strip(),
        due_at=due_at, building=topic.building,
    )  # fmt: skip
    commitment = Commitment.objects.create(
        public_id=public_id,
        sending=given.token,
        subdistrict_id=topic.subdistrict_id,
        community_id=topic.community_id,
        topic=topic,
        motion=given.motion,
        estate=given.estate,
        category=given.category,
        issue_id=bridge.open_task(task, actor=actor, at=at),
        body=given.body,
        post=given.post.strip(),
        what=given.what.strip(),
        promised_by=actor,
        promised_at=at,
        working_days=given.working_days,
        promised_due_at=due_at,
        due_at=due_at,
        needs_photo=given.needs_photo,
        decided_yuan=given.decided_yuan,
        payer=given.payer.strip(),
    )
    _write_rows(commitment, given)
    CommitmentStep.objects.create(
        commitment=commitment, verb="promise", to_state=commitment.state, at=at, actor=actor,
        actor_as=role_in(actor, commitment), body=given.body, due_at=due_at,
    )  # fmt: skip
    audit.record(
        "promise", "commitment", commitment.audit_ref, actor=actor, at=at, subdistrict_id=topic.subdistrict_id,
        topic=topic.audit_ref, body=given.body.name, due_at=due_at.isoformat(),
    )  # fmt: skip
    return commitment


def _write_rows(commitment: Commitment, given: Promise) -> None:
    helpers = {body.pk: body for body in given.helpers if body.pk != given.body.pk}.values()
    CommitmentHelper.objects.bulk_create(CommitmentHelper(commitment=commitment, body=body) for body in helpers)
    CommitmentPart.objects.bulk_create(
        CommitmentPart(commitment=commitment, position=position, building=part.building, name=part.name.strip())
        for position, part in enumerate(given.parts, start=1)
    )
