"""What whoever supervises a commitment decides (效果关): accept, send back, another day, another body."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from governance.domain.refusals import FactMissing, NotInCharge, StepNotAllowed
from governance.models import Body, User
from issues.deliberation import bridge
from issues.deliberation.domain import commitment_news, due_days
from issues.deliberation.domain.carrying_out import PassedAlready, refuse_open_parts
from issues.deliberation.domain.committing import check_body
from issues.deliberation.domain.roles_in import role_in
from issues.deliberation.models import Commitment, CommitmentMove, CommitmentPart, CommitmentPhoto
from issues.deliberation.models.topics import bodies_close_to
from issues.deliberation.workflow import COMMITMENT

NOT_JUDGED = {"judged_at": None, "judged_by": None, "judged_as": "", "judged_words": "", "doubts_until": None}
NOT_REPORTED = {"reported_at": None, "reported_by": None}
NOT_ASKED = {"quit_asked_at": None, "quit_asked_by": None, "quit_because": ""}


class SecondPerson(NotInCharge):
    """Nobody grants what they have asked for themselves."""

    code = "second_person"
    sentence = _("You asked for this yourself: somebody else has to decide.")


class OwnReport(NotInCharge):
    """Nobody accepts what they have reported done themselves."""

    code = "own_report"
    sentence = _("You reported this done yourself: somebody else has to accept it.")


def accept(commitment: Commitment, *, words: str, actor: User, at: datetime) -> Commitment:
    """It is done as promised: with words that everybody reads. Its petitioners are told, and may say that it isn't.

    Raises `NotInCharge` for whoever belongs to the body that promised, `OwnReport`, `PartsOpen`, `StepNotAllowed`.
    """
    with bridge.alone_with(commitment):
        refuse_open_parts(commitment)
        if commitment.reported_by_id == actor.pk:
            raise OwnReport
        actor.scope(at)
        fields = {
            "judged_at": at,
            "judged_by": actor,
            "judged_as": role_in(actor, commitment),
            "judged_words": words.strip(),
            "doubts_until": due_days.open_for_days(at, commitment.doubt_days),
        }
        COMMITMENT.take_step(commitment, "accept", actor=actor, at=at, fields=fields, words=words.strip())
        bridge.close(commitment, at=at)
        commitment_news.tell_petitioners(commitment, at)
    return commitment


def send_back(
    commitment: Commitment, *, words: str, parts: Iterable[CommitmentPart] = (), actor: User, at: datetime
) -> Commitment:
    """It isn't done: why, and which parts aren't. The body gets an order again.

    Reported in time, it is due at the close of the next working day at the earliest; what was late stays late.
    Raises `StepNotAllowed` unless it was reported done.
    """
    return _again(commitment, "send_back", words=words, parts=parts, actor=actor, at=at)


def reopen(
    commitment: Commitment, *, words: str, parts: Iterable[CommitmentPart] = (), actor: User, at: datetime
) -> Commitment:
    """As `send_back`, of what was accepted: the people concerned were right."""
    return _again(commitment, "reopen", words=words, parts=parts, actor=actor, at=at)


def _again(
    commitment: Commitment, verb: str, *, words: str, parts: Iterable[CommitmentPart], actor: User, at: datetime
) -> Commitment:
    with bridge.alone_with(commitment):
        next_close = due_days.after_working_days(at, 1)
        due_at = commitment.due_at if commitment.was_late(at) else max(commitment.due_at, next_close)
        fields = {**NOT_REPORTED, **NOT_JUDGED, "due_at": due_at}
        COMMITMENT.take_step(commitment, verb, actor=actor, at=at, fields=fields, words=words.strip())
        undone = commitment.parts.filter(pk__in=[part.pk for part in parts])
        undone.update(done_at=None, done_by=None, words="")
        bridge.open_again(commitment, max(due_at, next_close), words=words.strip(), at=at)
    return commitment


def decide_move(
    move: CommitmentMove, *, is_agreed: bool, answer: str = "", actor: User, at: datetime
) -> CommitmentMove:
    """Agree to another day before the one that stands has passed, or keep it.

    Raises `PassedAlready`, `SecondPerson`, `NotInCharge`, `StepNotAllowed` once it was decided.
    """
    commitment = move.commitment
    with bridge.alone_with(commitment):
        move.refresh_from_db()
        if move.decided_at:
            raise StepNotAllowed
        if move.asked_by_id == actor.pk:
            raise SecondPerson
        if is_agreed and (commitment.due_at <= at or move.to_due_at <= at):
            raise PassedAlready
        actor.scope(at)
        fields = {"due_at": move.to_due_at} if is_agreed else {}
        verb = "move" if is_agreed else "refuse_to_move"
        COMMITMENT.take_step(commitment, verb, actor=actor, at=at, fields=fields, words=answer.strip())
        move.decided_at, move.decided_by, move.decided_as = at, actor, role_in(actor, commitment)
        move.is_agreed, move.answer = is_agreed, answer.strip()
        move.save(update_fields=["decided_at", "decided_by", "decided_as", "is_agreed", "answer"])
        if is_agreed:
            bridge.move(commitment, move.to_due_at)
        commitment_news.tell_of_move(move, at)
    return move


def quit_it(commitment: Commitment, *, words: str, actor: User, at: datetime) -> Commitment:
    """It is given up, as somebody else has asked. Raises `SecondPerson`, `StepNotAllowed` if nobody has asked."""
    with bridge.alone_with(commitment):
        _check_second(commitment, actor)
        fields = {"ended_at": at, "ended_by": actor}
        COMMITMENT.take_step(commitment, "quit", actor=actor, at=at, fields=fields, words=words.strip())
        bridge.drop(commitment, words=words.strip(), at=at)
    return commitment


def refuse_to_quit(commitment: Commitment, *, words: str, actor: User, at: datetime) -> Commitment:
    """It stays promised. Raises as `quit_it`."""
    with bridge.alone_with(commitment):
        _check_second(commitment, actor)
        return COMMITMENT.take_step(
            commitment, "refuse_to_quit", actor=actor, at=at, fields=NOT_ASKED, words=words.strip()
        )


def _check_second(commitment: Commitment, actor: User) -> None:
    if commitment.quit_asked_at is None:
        raise StepNotAllowed
    if commitment.quit_asked_by_id == actor.pk:
        raise SecondPerson


def show_photos(commitment: Commitment, *, photos: Iterable[CommitmentPhoto], actor: User, at: datetime) -> Commitment:
    """Everybody sees these photos of it from now on, and no others. Raises `NotInCharge`, `StepNotAllowed`."""
    with bridge.alone_with(commitment):
        shown = commitment.photos.filter(pk__in=[photo.pk for photo in photos])
        COMMITMENT.take_step(commitment, "show_photos", actor=actor, at=at, shown=shown.count())
        commitment.photos.exclude(pk__in=shown).update(released_at=None, released_by=None)
        shown.filter(released_at=None).update(released_at=at, released_by=actor)
    return commitment


def hand_over(commitment: Commitment, *, to: Body, post: str, words: str, actor: User, at: datetime) -> Commitment:
    """Another body takes it over, in its own words, with its order and its due date.

    Nobody gives it to a body of their own: they would supervise themselves. Raises `FactMissing`, `NotInCharge`.
    """
    with bridge.alone_with(commitment):
        if to.pk == commitment.body_id:
            raise FactMissing("body", _("This body has it already."))
        check_body(commitment.topic, to, at)
        if bodies_close_to(actor.scope(at)).filter(pk=to.pk).exists():
            raise FactMissing("body", _("You belong to this body: somebody else has to give it the commitment."))
        fields = {"body": to, "post": post.strip(), **NOT_ASKED}
        COMMITMENT.take_step(
            commitment, "hand_over", actor=actor, at=at, fields=fields, words=words.strip(), to=to.name
        )
        bridge.hand_over(commitment, to, at=at)
    return commitment
