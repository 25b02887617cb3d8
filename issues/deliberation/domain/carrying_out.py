"""What the body that promised does about it: begin, report parts and the whole, say what stands in the way, the cost.

The whole is reported by finishing its order, here or in the queue; `bridge` tells us of both.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from governance.domain.refusals import FactMissing, NotInCharge, StepNotAllowed
from governance.models import Body, User
from issues.deliberation import bridge
from issues.deliberation.domain import commitment_news
from issues.deliberation.domain.committing import bodies_here
from issues.deliberation.domain.roles_in import role_in
from issues.deliberation.models import (
    Commitment,
    CommitmentBlocker,
    CommitmentMove,
    CommitmentPart,
    CommitmentPhoto,
    CommitmentStep,
)
from issues.deliberation.rules import carries_out
from issues.deliberation.workflow import COMMITMENT

MOST_PHOTOS = 3


class PartDoneAlready(StepNotAllowed):
    """A colleague has reported this part."""

    code = "part_done_already"
    sentence = _("A colleague has reported this part done already.")


class PartsOpen(FactMissing):
    """Parts that aren't done keep the whole from being reported or accepted: which ones."""

    code = "parts_open"

    def __init__(self, parts: list[CommitmentPart]):
        self.parts = parts
        named = ", ".join(str(part) for part in parts[:5])
        n = len(parts)
        sentence = ngettext("%(n)s part isn't done yet: %(named)s", "%(n)s parts aren't done yet: %(named)s", n)
        super().__init__("parts", sentence % {"n": n, "named": named} + ("…" if n > 5 else ""))


class AskedAlready(StepNotAllowed):
    """Asked for or decided meanwhile: one at a time."""

    code = "asked_already"
    sentence = _("This has been asked for already. The supervisor decides on it first.")


def refuse_open_parts(commitment: Commitment) -> None:
    """Raises `PartsOpen`."""
    still_open = list(commitment.parts.filter(done_at=None).select_related("building"))
    if still_open:
        raise PartsOpen(still_open)


# --- heard of its order ---


@bridge.on("begun")
def begin(issue_id: int, *, actor: User, at: datetime) -> None:
    commitment = Commitment.objects.get(issue=issue_id)
    COMMITMENT.take_step(commitment, "begin", actor="commitments", at=at, by=actor)


@bridge.on("finished")
def report(issue_id: int, *, actor: User, at: datetime, words: str, photos: list[str], since: datetime) -> None:
    """The order was reported done: so is the commitment. Raises `PartsOpen`, and `FactMissing` without its photo.

    Of one with parts each part has shown its own photo.
    """
    commitment = Commitment.objects.select_related("topic", "body").get(issue=issue_id)
    refuse_open_parts(commitment)
    CommitmentPhoto.objects.bulk_create(
        _of_the_order(CommitmentPhoto(commitment=commitment, file=name, taken_by=actor, added_at=at)) for name in photos
    )
    has_parts = commitment.parts.exists()
    if commitment.needs_photo and not has_parts and not commitment.photos.filter(added_at__gte=since).exists():
        raise FactMissing("photos", _("A photo was promised: add one that shows the result."))
    fields = {"reported_at": at, "reported_by": actor, "quit_asked_at": None, "quit_asked_by": None, "quit_because": ""}
    COMMITMENT.take_step(commitment, "report", actor="commitments", at=at, fields=fields, words=words, by=actor)
    commitment_news.tell_supervisors(commitment, "commitment_reported", at, event=at.isoformat())


def _of_the_order(photo: CommitmentPhoto) -> CommitmentPhoto:
    """The very file that was added to the order."""
    photo.width, photo.height = photo.file.width, photo.file.height
    return photo


# --- done here ---


def report_done(
    commitment: Commitment, *, words: str, photos: Iterable[ContentFile], actor: User, at: datetime
) -> Commitment:
    """Report the whole done by finishing its order. Raises `PartsOpen`, `FactMissing`, `NotInCharge`."""
    actor.scope(at)
    if not words.strip():
        raise FactMissing("words", _("Write what was done."))
    with bridge.alone_with(commitment):
        if not carries_out(actor, commitment):
            raise NotInCharge
        refuse_open_parts(commitment)
        bridge.finish(commitment, words=words, photos=photos, actor=actor, at=at)
        commitment.refresh_from_db()
    return commitment


def report_part(
    part: CommitmentPart, *, words: str = "", photos: Iterable[ContentFile] = (), actor: User, at: datetime
) -> CommitmentPart:
    """One part is done. Whoever reports the first accepts the order. Of two at once the second is told.

    Raises `FactMissing` without the photo that was promised, `PartDoneAlready`, `NotInCharge`, `StepNotAllowed`.
    """
    actor.scope(at)
    commitment = part.commitment
    kept = list(photos)[:MOST_PHOTOS]
    with bridge.alone_with(commitment):
        part.refresh_from_db(fields=["done_at", "done_by"])
        if part.done_at:
            if part.done_by_id == actor.pk:
                return part
            raise PartDoneAlready
        if not carries_out(actor, commitment):
            raise NotInCharge
        if commitment.needs_photo and not kept:
            raise FactMissing("photos", _("A photo was promised: add one that shows the result."))
        bridge.claim(commitment, actor=actor, at=at)
        COMMITMENT.take_step(commitment, "report_part", actor=actor, at=at, part=str(part), words=words.strip())
        part.done_at, part.done_by, part.words = at, actor, words.strip()
        part.save(update_fields=["done_at", "done_by", "words"])
        for photo in kept:
            row = CommitmentPhoto(commitment=commitment, part=part, taken_by=actor, added_at=at)
            row.file.save("photo.jpg", photo, save=False)
            row.save()
    return part


def note_cost(commitment: Commitment, *, paid_yuan: Decimal, paid_by: str, actor: User, at: datetime) -> Commitment:
    """What it has cost so far and who paid: the last word counts, every earlier one is on record."""
    if paid_yuan < 0 or paid_yuan.as_tuple().exponent < -2:  # type: ignore[operator]
        raise FactMissing("paid_yuan", _("Give the cost in yuan, with at most two decimals."))
    if not paid_by.strip():
        raise FactMissing("paid_by", _("Write who paid."))
    with bridge.alone_with(commitment):
        fields = {"paid_yuan": paid_yuan, "paid_by": paid_by.strip()}
        said = f"{paid_yuan} · {paid_by.strip()}"
        return COMMITMENT.take_step(commitment, "note_cost", actor=actor, at=at, fields=fields, words=said)


def block(
    commitment: Commitment, *, what: str, owner: Body, due_at: datetime, actor: User, at: datetime
) -> CommitmentBlocker:
    """Something stands in the way: which body clears it, and by when. The due date stays what it is."""
    if due_at <= at:
        raise FactMissing("due_on", _("The date must be later than today."))
    if not bodies_here(commitment.topic, at).filter(pk=owner.pk).exists():
        raise FactMissing("owner", _("Choose one of the bodies that work here today."))
    with bridge.alone_with(commitment):
        COMMITMENT.take_step(commitment, "block", actor=actor, at=at, words=what.strip(), owner=owner.name)
        return CommitmentBlocker.objects.create(
            commitment=commitment, what=what.strip(), owner=owner, due_at=due_at, raised_at=at, raised_by=actor
        )


def unblock(blocker: CommitmentBlocker, *, words: str, actor: User, at: datetime) -> CommitmentBlocker:
    """It is cleared: how. Once; a second word changes nothing (`StepNotAllowed`)."""
    commitment = blocker.commitment
    with bridge.alone_with(commitment):
        blocker.refresh_from_db(fields=["lifted_at"])
        if blocker.lifted_at:
            raise StepNotAllowed
        COMMITMENT.take_step(commitment, "unblock", actor=actor, at=at, words=words.strip())
        blocker.lifted_at, blocker.lifted_by, blocker.lifted_words = at, actor, words.strip()
        blocker.save(update_fields=["lifted_at", "lifted_by", "lifted_words"])
        return blocker


class PassedAlready(FactMissing):
    """A day that has passed isn't moved any more: it was missed, and stays so."""

    code = "passed_already"

    def __init__(self) -> None:
        super().__init__("to_due_on", _("The day has passed: it isn't moved any more."))


def ask_to_move(
    commitment: Commitment, *, to_due_at: datetime, reason: str, actor: User, at: datetime
) -> CommitmentMove:
    """Ask the supervisor for another day, with a reason that everybody reads. Raises `PassedAlready`, `FactMissing`."""
    with bridge.alone_with(commitment):
        if commitment.due_at <= at:
            raise PassedAlready
        if to_due_at <= at or to_due_at == commitment.due_at:
            raise FactMissing("to_due_on", _("Choose another day, later than today."))
        if commitment.moves.filter(decided_at=None).exists():
            raise AskedAlready
        COMMITMENT.take_step(
            commitment, "ask_to_move", actor=actor, at=at, words=reason.strip(), to=to_due_at.isoformat()
        )
        move = CommitmentMove.objects.create(
            commitment=commitment, from_due_at=commitment.due_at, to_due_at=to_due_at, reason=reason.strip(),
            asked_at=at, asked_by=actor,
        )  # fmt: skip
        commitment_news.tell_supervisors(commitment, "commitment_move_asked", at, event=str(move.public_id), but=actor)
        return move


def ask_to_quit(commitment: Commitment, *, reason: str, actor: User, at: datetime) -> Commitment:
    """Ask to give it up, with a reason that everybody reads; a second person decides. Raises `AskedAlready`."""
    with bridge.alone_with(commitment):
        if commitment.quit_asked_at:
            raise AskedAlready
        fields = {"quit_asked_at": at, "quit_asked_by": actor, "quit_because": reason.strip()}
        COMMITMENT.take_step(commitment, "ask_to_quit", actor=actor, at=at, fields=fields, words=reason.strip())
        commitment_news.tell_supervisors(commitment, "commitment_quit_asked", at, event=at.isoformat(), but=actor)
        return commitment


def _write_row(
    commitment: Commitment, step: Any, before: str, *, actor: User | str, at: datetime, facts: dict[str, Any]
) -> CommitmentStep:
    person = actor if isinstance(actor, User) else facts.get("by")
    return CommitmentStep.objects.create(
        commitment=commitment,
        verb=step.verb,
        from_state=before,
        to_state=commitment.state,
        at=at,
        actor=person,
        actor_as=role_in(person, commitment) if person else "",
        body_id=commitment.body_id,
        due_at=commitment.due_at,
        words=facts.get("words") or "",
    )


COMMITMENT.write_row = _write_row
