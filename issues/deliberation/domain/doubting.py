"""“没办到”: the people concerned may say, for some days, that what was accepted as done isn't."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from governance.domain import audit
from governance.domain.refusals import FactMissing, NotInCharge, Refusal, StepNotAllowed
from governance.models import User
from issues.deliberation import bridge
from issues.deliberation.domain import commitment_news, supervising
from issues.deliberation.models import Commitment, CommitmentDoubt, CommitmentPart, CommitmentState
from issues.deliberation.rules import is_concerned, supervises


class NotInDoubt(Refusal):
    """It isn't accepted, or the days are over."""

    code = "no_doubts_now"
    sentence = _("“Not done” can be said in the days after something was accepted as done. They are over.")


class OnlyConcerned(Refusal):
    """Only whoever lives there, or has petitioned for it."""

    code = "only_concerned"
    status = 403
    sentence = _("Only people who live there, or who asked for it, can say that it isn't done.")


def is_open_to_doubt(commitment: Commitment, at: datetime) -> bool:
    """Whether “not done” can be said at `at`."""
    return bool(commitment.state == CommitmentState.KEPT and commitment.doubts_until and at <= commitment.doubts_until)


def may_doubt(user: User, commitment: Commitment, at: datetime) -> bool:
    """Whether the person is concerned, in time, and hasn't said so yet."""
    if commitment.judged_at is None or not is_open_to_doubt(commitment, at) or not is_concerned(user, commitment):
        return False
    return not commitment.doubts.filter(by=user, of_acceptance=commitment.judged_at).exists()


def doubt(commitment: Commitment, *, words: str, actor: User, at: datetime) -> CommitmentDoubt:
    """Say what isn't done. Said again by the same person, the first stands. Raises `NotInDoubt`, `OnlyConcerned`."""
    with bridge.alone_with(commitment):
        if not is_open_to_doubt(commitment, at) or commitment.judged_at is None:
            raise NotInDoubt
        if not is_concerned(actor, commitment):
            raise OnlyConcerned
        earlier = commitment.doubts.filter(by=actor, of_acceptance=commitment.judged_at).first()
        if earlier:
            return earlier
        if not words.strip():
            raise FactMissing("words", _("Write what isn't done."))
        said = CommitmentDoubt.objects.create(
            commitment=commitment, of_acceptance=commitment.judged_at, by=actor, words=words.strip(), said_at=at
        )
        _note("doubt", said, actor, at)
        commitment_news.tell_supervisors(commitment, "commitment_doubted", at, event=str(said.public_id), but=actor)
    return said


def answer(
    said: CommitmentDoubt,
    *,
    words: str,
    takes_up_again: bool = False,
    parts: tuple[CommitmentPart, ...] = (),
    actor: User,
    at: datetime,
) -> CommitmentDoubt:
    """Answer it in public, or take the commitment up again with these words. Raises `NotInCharge`, `StepNotAllowed`."""
    commitment = said.commitment
    actor.scope(at)
    with bridge.alone_with(commitment):
        said.refresh_from_db()
        if said.answered_at:
            raise StepNotAllowed
        if said.by_id == actor.pk or not supervises(actor, commitment):
            raise NotInCharge
        if not words.strip():
            raise FactMissing("words", _("Write the answer."))
        said.answer, said.answered_at, said.answered_by = words.strip(), at, actor
        said.save(update_fields=["answer", "answered_at", "answered_by"])
        _note("answer_doubt", said, actor, at)
        if takes_up_again and commitment.state == CommitmentState.KEPT:
            supervising.reopen(commitment, words=words, parts=parts, actor=actor, at=at)
        commitment_news.tell_of_answer(said, at)
    return said


def _note(verb: str, said: CommitmentDoubt, actor: User, at: datetime) -> None:
    commitment = said.commitment
    audit.record(
        verb, "commitment", commitment.audit_ref, actor=actor, at=at, subdistrict_id=commitment.subdistrict_id,
        doubt=str(said.public_id),
    )  # fmt: skip
