"""What staff do with an order. Every verb is a step of `issues.workflow.WORK_ORDER`; its effects are in `effects`."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from governance.domain.refusals import FactMissing, StepNotAllowed
from governance.models import User
from issues.domain import people
from issues.domain.telling import lock_matter, teller
from issues.models import ArrivalProof, OrderPhoto, ReturnReason, WorkOrder, WorkOrderState
from issues.workflow import LIVE, WORK_ORDER

MAX_ORDER_PHOTOS = 3


class AlreadyTaken(StepNotAllowed):
    """Somebody else has it: who, since when, and what is due next instead."""

    code = "already_taken"
    sentence = _("Somebody else has taken this order.")

    def __init__(self, winner: User, taken_at: datetime, next_order: WorkOrder | None):
        self.winner, self.taken_at, self.next_order = winner, taken_at, next_order
        super().__init__()


@contextmanager
def _in_order(order: WorkOrder) -> Iterator[None]:
    """One transaction with the locks taken in the order that everybody takes them in."""
    with transaction.atomic():
        lock_matter(order.issue_id)
        yield


def _words(order: WorkOrder, actor: User, at: datetime, words: str) -> dict[str, Any]:
    """The fields by which a queue shows the last word said, and by which it knows that something changed."""
    fields: dict[str, Any] = {"changed_at": at}
    if words:
        by = teller(actor, order)
        fields["last_words"] = words if len(words) <= 200 else words[:199] + "…"
        fields["last_words_by"] = f"{by.role}:{by.surname}:{by.surname_latin}"
        fields["last_words_at"] = at
    return fields


def accept(order: WorkOrder, *, actor: User, at: datetime) -> WorkOrder:
    """Claim the order. Of several at once one wins; the others get `AlreadyTaken`. Claiming one's own again is fine."""
    actor.scope(at)
    try:
        with _in_order(order):
            fields = {"holder": actor, "accepted_at": at, "ring_next_at": None, "changed_at": at}
            return WORK_ORDER.take_step(order, "accept", actor=actor, at=at, fields=fields)
    except StepNotAllowed:
        taken = WorkOrder.objects.select_related("holder").get(pk=order.pk)
        if taken.state not in LIVE or taken.holder is None or taken.accepted_at is None:
            raise
        if taken.holder == actor:
            return taken
        unclaimed = WorkOrder.objects.visible_to(actor, at).filter(state=WorkOrderState.DISPATCHED)
        raise AlreadyTaken(taken.holder, taken.accepted_at, unclaimed.for_queue().due_next().first()) from None


def arrive(order: WorkOrder, *, actor: User, at: datetime, qr_token: str = "") -> WorkOrder:
    """Be on site. The QR code of the matter's own building proves it; a bare tap is recorded as claimed only."""
    building = order.issue.building
    is_proven = bool(building and qr_token and qr_token == building.qr_token)
    proof = ArrivalProof.QR if is_proven else ArrivalProof.CLAIMED
    with _in_order(order):
        order.refresh_from_db()
        if order.arrived_at:  # the resident has said so before
            at_site, proof = order.arrived_at, ArrivalProof(order.arrival_proof)
        else:
            at_site = at
        fields = {"arrived_at": at_site, "arrival_proof": proof, "changed_at": at}
        return WORK_ORDER.take_step(order, "arrive", actor=actor, at=at, fields=fields, proof=str(proof))


def finish(order: WorkOrder, *, actor: User, at: datetime, words: str, photos: Iterable[ContentFile] = ()) -> WorkOrder:
    """Say that it is put right, in words and up to three photos. Without an arrival before, arrived is now."""
    words = words.strip()
    with _in_order(order):
        order.refresh_from_db()
        fields = {**_words(order, actor, at, words), "finished_at": at}
        if order.arrived_at is None:
            fields |= {"arrived_at": at, "arrival_proof": ArrivalProof.WITH_FINISH}
        kept = list(photos)[:MAX_ORDER_PHOTOS]
        for photo in kept:
            row = OrderPhoto(work_order=order, taken_by=actor, added_at=at)
            row.file.save("photo.jpg", photo, save=False)
            row.save()
        return WORK_ORDER.take_step(order, "finish", actor=actor, at=at, fields=fields, words=words)


def return_order(order: WorkOrder, *, actor: User, at: datetime, reason: str, words: str = "") -> WorkOrder:
    """Hand the order back with a reason. The default duty holder gets it; the resident's clock keeps running."""
    if reason not in ReturnReason.values:
        raise FactMissing("reason", _("Choose why you return it."))
    with _in_order(order):
        fields = {**_words(order, actor, at, words.strip()), "return_reason": reason, "ring_next_at": None}
        return WORK_ORDER.take_step(
            order, "return", actor=actor, at=at, fields=fields, reason=reason, words=words.strip()
        )


def hand_in_plan(order: WorkOrder, *, actor: User, at: datetime, words: str, fulfil_by: date) -> WorkOrder:
    """Hand in the plan of a complex matter, with the day by which it will be fulfilled."""
    with _in_order(order):
        fields = _words(order, actor, at, words.strip())
        return WORK_ORDER.take_step(
            order, "plan", actor=actor, at=at, fields=fields, words=words.strip(), fulfil_by=fulfil_by
        )


def reassign(order: WorkOrder, *, actor: User, at: datetime, holder: User) -> WorkOrder:
    """Give the order to one of the body's staff. Raises `FactMissing` for anybody else."""
    if holder not in people.staff_of(order.body, at):
        raise FactMissing("holder", _("Choose somebody who works for the body in charge."))
    with _in_order(order):
        fields = {"holder": holder, "accepted_at": at, "ring_next_at": None, "changed_at": at}
        return WORK_ORDER.take_step(order, "reassign", actor=actor, at=at, fields=fields, holder=holder)


def add_note(order: WorkOrder, *, actor: User, at: datetime, words: str) -> WorkOrder:
    """Say a word that the residents concerned and the next on duty can read."""
    with _in_order(order):
        fields = _words(order, actor, at, words.strip())
        return WORK_ORDER.take_step(order, "note", actor=actor, at=at, fields=fields, words=words.strip())
