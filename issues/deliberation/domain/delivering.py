"""Proof, home by home, that the notice of a vote arrived: where rules let silence follow the majority, only there."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from governance.domain import audit
from governance.domain.moment import local_day
from governance.domain.refusals import Refusal, StepNotAllowed
from governance.models import Unit, User
from issues.deliberation.domain import papers, rolls
from issues.deliberation.domain.errata import lock
from issues.deliberation.models import Delivery, DeliveryWay, Motion, MotionState
from issues.deliberation.rules import is_candidate


class NotOnThatDay(Refusal):
    """Nothing was delivered before there was a notice, nor on a day that is still to come."""

    code = "not_on_that_day"
    status = 400
    sentence = _("The notice can have arrived from the day of its announcement until today.")


class DeliveredByACandidate(Refusal):
    """Nobody who stands on the ballot hands out the papers of that election."""

    code = "delivered_by_a_candidate"
    sentence = _("This name stands on the ballot. Candidates hand out no papers of their election.")


def homes_of(motion: Motion, at: datetime) -> QuerySet[Unit]:
    """Whose delivery is proven: by the frozen roll, before it by the registers."""
    if motion.frozen_at:
        return Unit.objects.filter(pk__in=motion.roll.values("unit"))
    return rolls.units_in_scope(motion, at)


def record(
    motion: Motion, units: Iterable[Unit], *, way: DeliveryWay, on: date, by: str, actor: User, at: datetime
) -> int:
    """Note for each home how, when and by whom it got the notice. One with a proof keeps it. Returns how many are new.

    Raises what `papers.check_charge` raises; `StepNotAllowed` before the notice and after the close; `NotOnThatDay`,
    `DeliveredByACandidate`.
    """
    with transaction.atomic():
        motion = _taking(motion, actor, at)
        if motion.published_at is None or not local_day(motion.published_at) <= on <= local_day(at):
            raise NotOnThatDay
        if is_candidate(by, motion):
            raise DeliveredByACandidate
        proven = set(motion.deliveries.standing().values_list("unit", flat=True))
        fresh = [
            Delivery(motion=motion, unit=unit, way=way, delivered_on=on, by=by, recorded_by=actor, recorded_at=at)
            for unit in units
            if unit.pk not in proven
        ]
        Delivery.objects.bulk_create(fresh)
        _note("record_delivery", motion, len(fresh), actor, at)
    return len(fresh)


def strike(motion: Motion, units: Iterable[Unit], *, actor: User, at: datetime) -> int:
    """Those homes didn't get it after all. Both stay on record. Returns how many; raises as `record`."""
    with transaction.atomic():
        motion = _taking(motion, actor, at)
        struck = motion.deliveries.standing().filter(unit__in=list(units)).update(struck_at=at, struck_by=actor)
        _note("strike_delivery", motion, struck, actor, at)
    return struck


def _taking(motion: Motion, actor: User, at: datetime) -> Motion:
    motion = lock(motion)
    papers.check_charge(motion, actor, at)
    in_time = motion.closes_at is not None and at < motion.closes_at
    if motion.state not in (MotionState.PUBLISHED, MotionState.OPENED) or not in_time:
        raise StepNotAllowed
    return motion


def _note(verb: str, motion: Motion, homes: int, actor: User, at: datetime) -> None:
    audit.record(
        verb, "motion", motion.audit_ref, actor=actor, at=at, subdistrict_id=motion.subdistrict_id, homes=homes
    )
