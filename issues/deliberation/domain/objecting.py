"""Objections to a preliminary result: numbered, answered by a person, before it can be final."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from governance.domain import audit
from governance.domain.refusals import NotInCharge, Refusal, StepNotAllowed
from governance.models import User
from issues.deliberation.domain.papers import StandsOnTheBallot
from issues.deliberation.models import Motion, MotionState, Objection, RollEntry
from issues.deliberation.rules import is_candidate, organises


class NotInTime(Refusal):
    """There is no preliminary result, or its days for objections are over."""

    code = "no_objections_now"
    sentence = _("Objections are taken between the preliminary result and the end of its public notice.")


class OnlyOwners(Refusal):
    """Only whoever is on the roll objects to what the roll decided."""

    code = "only_owners"
    status = 403
    sentence = _("Only owners on the roll of this vote can object to its result.")


def may_object(user: User, motion: Motion, at: datetime) -> bool:
    return _is_in_time(motion, at) and RollEntry.objects.filter(motion=motion, owner_rows__user=user).exists()


def object_to(motion: Motion, *, words: str, actor: User, at: datetime) -> Objection:
    """Write an objection down under the next number. Raises `NotInTime`, `OnlyOwners`."""
    with transaction.atomic():
        # Two at once wait for each other here: numbers have no gaps.
        locked = Motion.objects.select_for_update(no_key=True).get(pk=motion.pk)
        if not _is_in_time(locked, at):
            raise NotInTime
        if not may_object(actor, locked, at):
            raise OnlyOwners
        number = locked.objections.count() + 1
        objection = Objection.objects.create(motion=locked, number=number, by=actor, words=words, raised_at=at)
        _note("object", objection, actor, at)
    return objection


def answer(objection: Objection, *, words: str, actor: User, at: datetime) -> Objection:
    """Answer it, in public.

    Raises `NotInCharge`, also for whoever objected; `StandsOnTheBallot`; `StepNotAllowed` for a second answer.
    """
    actor.scope(at)
    if objection.by_id == actor.pk or not organises(actor, objection.motion):
        raise NotInCharge
    if is_candidate(actor.full_name, objection.motion):
        raise StandsOnTheBallot
    with transaction.atomic():
        locked = Objection.objects.select_for_update(no_key=True).select_related("motion").get(pk=objection.pk)
        if locked.answered_at:
            raise StepNotAllowed
        Objection.objects.filter(pk=locked.pk).update(answer=words, answered_by=actor, answered_at=at)
        locked.refresh_from_db()
        _note("answer_objection", locked, actor, at)
    return locked


def _is_in_time(motion: Motion, at: datetime) -> bool:
    if motion.state != MotionState.COUNTED or motion.objections_until is None or at >= motion.objections_until:
        return False
    return Motion.objects.with_result().filter(pk=motion.pk).exists()


def _note(verb: str, objection: Objection, actor: User, at: datetime) -> None:
    motion = objection.motion
    audit.record(
        verb, "motion", motion.audit_ref, actor=actor, at=at, subdistrict_id=motion.subdistrict_id,
        number=objection.number,
    )  # fmt: skip
