"""The owners' own way to an assembly: enough of them demand it, and no gate stops it (物业管理条例 13).

How many are enough, and within how many days the assembly has to begin, is the rule set's. Support is counted on the
roll as it is at that moment, by units and heads, exactly.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from governance.domain import audit
from governance.domain.moment import local_day
from governance.domain.refusals import Refusal, StepNotAllowed
from governance.models import Building, Estate, Unit, User
from issues.deliberation.domain import rolls, topic_news
from issues.deliberation.domain.notice_periods import ends_after_days
from issues.deliberation.models import DecidingBody, MotionState, RuleSet, Topic, TopicOrigin, TopicState, TopicSupport
from issues.deliberation.models.rule_sets import share
from issues.deliberation.workflow import TOPIC
from residents.models import Occupancy, OccupancyRelation, OccupancyState

PROGRAM = "topics"
log = logging.getLogger(__name__)
GATHERING = (TopicState.RAISED, TopicState.ACCEPTED, TopicState.DECLINED, TopicState.REFERRED)


class NotGathering(Refusal):
    code = "not_gathering"
    sentence = _("No support is gathered for this topic, or enough owners demand it already.")


class OnlyOwnersSupport(Refusal):
    code = "only_owners_support"
    status = 403
    sentence = _("Only an owner whose home in this estate is confirmed can demand an owners' assembly.")


class NoRulesForIt(Refusal):
    """No rule set of an owners' assembly is in force: nobody can say how many are enough."""

    code = "no_rules_for_it"
    sentence = _("No rules for an owners' assembly are in force here. Please tell the street office.")


@dataclass(frozen=True)
class AllOwners:
    """The electorate of an owners' assembly: the whole estate."""

    estate: Estate
    rule_set: RuleSet
    building_id: None = None
    building: Building | None = None
    stairwell: None = None


@dataclass(frozen=True)
class Demand:
    """How far the support has come: of how many, how many are needed (rounded up to what can be reached)."""

    units: int
    heads: int
    heads_of: int
    heads_needed: int
    area_m2: Decimal
    area_of_m2: Decimal
    area_needed_m2: Decimal
    share: str
    by_area: bool

    @property
    def is_reached(self) -> bool:
        return self.heads >= self.heads_needed and (not self.by_area or self.area_m2 >= self.area_needed_m2)


def units_of(user: User, estate: Estate) -> QuerySet[Unit]:
    """The units of the estate that the person owns, as far as that is confirmed and nobody disputes it."""
    owned = Occupancy.objects.filter(
        user=user, relation=OccupancyRelation.OWNER, state=OccupancyState.VERIFIED, unit__building__estate=estate
    )
    disputed = Occupancy.objects.filter(
        unit=OuterRef("pk"), state=OccupancyState.DISPUTED, relation=OccupancyRelation.OWNER
    )
    return Unit.objects.filter(~Exists(disputed), pk__in=owned.values("unit"))


def rules_for(at: datetime) -> RuleSet:
    """The newest rules of an owners' assembly in force. Raises `NoRulesForIt`."""
    in_force = RuleSet.objects.in_force(local_day(at)).filter(body=DecidingBody.OWNERS)
    if found := in_force.order_by("-valid_from", "-version").first():
        return found
    raise NoRulesForIt


def support(topic: Topic, *, actor: User, at: datetime) -> Demand:
    """Demand, for all units that the person owns here, that the assembly decide. Twice changes nothing.

    With the one that makes it enough, the topic goes to the assembly. Raises `NotGathering`, `OnlyOwnersSupport`,
    `NoRulesForIt`.
    """
    with transaction.atomic():
        locked = _gathering(topic)
        units = list(units_of(actor, _estate(locked)))
        if not units:
            raise OnlyOwnersSupport
        there = set(locked.supports.filter(taken_back_at=None, unit__in=units).values_list("unit", flat=True))
        new = TopicSupport.objects.bulk_create(
            TopicSupport(topic=locked, unit=unit, by=actor, given_at=at) for unit in units if unit.pk not in there
        )
        if new:
            _note("support", locked, actor, at)
        demand = demand_of(locked, at)
        if demand.is_reached:
            _to_the_assembly(locked, at)
        topic.__dict__.update(locked.__dict__)
    return demand


def take_back(topic: Topic, *, actor: User, at: datetime) -> Demand:
    """As long as it isn't enough, everybody may take their own support back. Raises `NotGathering`."""
    with transaction.atomic():
        locked = _gathering(topic)
        if locked.supports.filter(by=actor, taken_back_at=None).update(taken_back_at=at):
            _note("take_support_back", locked, actor, at)
        return demand_of(locked, at)


def take_back_all_of(person: User, *, at: datetime) -> None:
    """Whoever leaves takes back what doesn't suffice yet. What has reached enough stays: it is the estate's demand."""
    backed = TopicSupport.objects.filter(by=person, taken_back_at=None).values("topic")
    gathering = Topic.objects.filter(pk__in=backed, demanded_at=None, state__in=GATHERING)
    for topic in gathering.select_for_update(no_key=True).order_by("pk"):
        for given in topic.supports.filter(by=person, taken_back_at=None):
            TopicSupport.objects.filter(pk=given.pk).update(taken_back_at=max(at, given.given_at))
        _note("take_support_back", topic, person, at)


def demand_of(topic: Topic, at: datetime) -> Demand:
    """What the support comes to, on the roll as the registers have it at `at`, by the rules that are in force."""
    rule_set = topic.demanded_under or rules_for(at)
    lines = rolls.read(AllOwners(_estate(topic), rule_set), at)
    supporting = set(topic.supports.filter(taken_back_at=None).values_list("unit_id", flat=True))
    theirs = [line for line in lines if line.unit.pk in supporting]
    whole, part = rolls.totals(lines), rolls.totals(theirs)
    needed = share(rule_set.demand_share)
    return Demand(
        units=part.units,
        heads=part.heads,
        heads_of=whole.heads,
        heads_needed=-(-whole.heads * needed.numerator // needed.denominator),
        area_m2=part.area_m2,
        area_of_m2=whole.area_m2,
        area_needed_m2=_hundredths_up(Fraction(whole.area_m2) * needed),
        share=rule_set.demand_share,
        by_area=rule_set.demand_by_area,
    )


def waiting(now: datetime) -> tuple[QuerySet[Topic], ...]:
    """Topics that nobody looked at in time, and demanded assemblies that nobody called in time."""
    assemblies = Topic.objects.filter(state=TopicState.ACCEPTED, demand_due_at__lte=now, told_overdue_at=None)
    return Topic.objects.late_at(now).filter(told_late_at=None), assemblies


def tell_what_is_late(now: datetime) -> int:
    """Tell the level above, once each."""
    done = 0
    late, assemblies = waiting(now)
    for topic in [*late, *assemblies]:
        try:
            done += _tell(topic, now)
        except Exception:
            log.exception("topic %s: nobody could be told that it is late; the next sweep tries again", topic.public_id)
    return done


def _tell(topic: Topic, now: datetime) -> int:
    with transaction.atomic():
        if topic.state == TopicState.RAISED:
            mine = Topic.objects.filter(pk=topic.pk, told_late_at=None).update(told_late_at=now)
            if mine:
                topic_news.tell_it_is_late(topic, now)
            return mine
        mine = Topic.objects.filter(pk=topic.pk, told_overdue_at=None).update(told_overdue_at=now)
        if mine and not is_called(topic):
            topic_news.tell_no_assembly_was_called(topic, now)
        return mine


def is_called(topic: Topic) -> bool:
    """Whether the owners' vote on it is announced, or more."""
    return topic.motions.exclude(state__in=(MotionState.DRAFT, MotionState.WITHDRAWN)).exists()


def _gathering(topic: Topic) -> Topic:
    """Locked: with two at once the second sees what the first did."""
    locked = Topic.objects.select_for_update(of=("self",), no_key=True).select_related("estate").get(pk=topic.pk)
    if locked.origin != TopicOrigin.OWNERS or locked.demanded_at or locked.state not in GATHERING:
        raise NotGathering
    return locked


def _to_the_assembly(topic: Topic, at: datetime) -> None:
    rule_set = rules_for(at)
    fields = {
        "is_public": True,
        "demanded_at": at,
        "demanded_under": rule_set,
        "demand_due_at": ends_after_days(at, rule_set.demand_days),
    }
    TOPIC.take_step(topic, "demand", actor=PROGRAM, at=at, is_locked=True, fields=fields)
    topic_news.tell_it_is_demanded(topic, at)


def _estate(topic: Topic) -> Estate:
    if topic.estate is None:
        raise StepNotAllowed
    return topic.estate


def _hundredths_up(area: Fraction) -> Decimal:
    """The smallest area in hundredths of a square metre that isn't less."""
    return Decimal(-(-area.numerator * 100 // area.denominator)) / 100


def _note(verb: str, topic: Topic, actor: User, at: datetime) -> None:
    audit.record(verb, "topic", topic.audit_ref, actor=actor, at=at, subdistrict_id=topic.subdistrict_id)
