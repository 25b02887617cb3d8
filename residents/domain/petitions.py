"""Filing a petition and following it: what its person does. What the person is told is `residents.domain.standing`."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from governance.domain import audit, outbox
from governance.domain.refusals import Refusal, StepNotAllowed
from governance.models import Urgency, User
from residents import signals
from residents.domain import standing
from residents.domain.receipts import new_receipt_no
from residents.models import Evaluation, NameVisibility, Petition, PetitionChannel, PetitionDraft, PetitionStage
from residents.models.petitions import MAX_WORDS
from residents.workflow import PETITION

NUDGE_AT_MOST_EVERY = timedelta(minutes=1)


class NotReady(Refusal):
    """The draft can't be filed yet. `problems` gives a sentence for each field that is missing something."""

    code = "not_ready"
    status = 400

    def __init__(self, problems: dict[str, str | Promise]):
        self.problems = problems
        super().__init__(_("Something is still missing before this can be submitted."))


class AlreadyRated(StepNotAllowed):
    code = "already_rated"
    sentence = _("You have rated this already. Thank you.")


def what_is_missing(draft: PetitionDraft) -> dict[str, str | Promise]:
    """A sentence for each field that keeps the draft from being filed; empty when it is ready."""
    problems: dict[str, str | Promise] = {}
    if draft.category is None or draft.category.is_archived:
        problems["category"] = _("Choose what is wrong.")
    if draft.estate is None:
        problems["place"] = _("Say where it is: choose at least the estate.")
    if not draft.words.strip() and not draft.photos.exists():
        problems["words"] = _("Write one sentence about the problem, or add a photo.")
    elif len(draft.words) > MAX_WORDS:
        problems["words"] = _("Shorten your words to 2,000 characters.")
    if draft.name_visibility not in NameVisibility.values:
        problems["name_visibility"] = _("Choose who may see your name.")
    return problems


@dataclass(frozen=True)
class WrittenDown:
    """Somebody else wrote it down for the person, who has agreed to that: who, as residents know them, and how told."""

    filed_by: User
    teller: standing.Teller
    channel: PetitionChannel


def file_petition(
    draft: PetitionDraft, *, actor: User, at: datetime, written_down: WrittenDown | None = None
) -> Petition:
    """File the draft: petition, first update, audit entry and notice in one transaction.

    One draft makes one petition: filed again, twice at once or after a crash, the same petition is returned.
    Raises `NotReady`. After the commit the office is told; that failing doesn't touch the filing. What was
    `written_down` for its person is told to them by text message, with the receipt number.
    """
    filed = Petition.objects.filter(draft_token=draft.token)
    return _file_one(PetitionDraft.objects.filter(pk=draft.pk), filed, actor, at, written_down)


def file_own(token: UUID, *, actor: User, at: datetime) -> Petition:
    """As `file_petition`, for the own draft of this token, as a matter of its own: nobody had to read it before.

    When a whole estate files at once, each question that isn't asked counts. Raises `PetitionDraft.DoesNotExist`, too.
    """
    own = PetitionDraft.objects.filter(user=actor, token=token)
    return _file_one(own, Petition.objects.filter(petitioner=actor, draft_token=token), actor, at, None, alone=True)


def _file_one(
    draft: QuerySet[PetitionDraft],
    filed: QuerySet[Petition],
    actor: User,
    at: datetime,
    written_down: WrittenDown | None,
    *,
    alone: bool = False,
) -> Petition:
    for _attempt in range(5):
        try:
            with transaction.atomic():
                return _file(draft, actor, at, written_down, alone=alone) or _filed_long_ago(filed)
        except IntegrityError as error:
            # Not asked for before writing: hardly any is filed twice.
            if "draft_token" in str(error):
                return filed.get()
            if "receipt_no" not in str(error):
                raise
    raise RuntimeError("No free receipt number in five attempts: the random source is broken.")


def _file(
    draft: QuerySet[PetitionDraft], actor: User, at: datetime, written_down: WrittenDown | None, *, alone: bool
) -> Petition | None:
    # With all that is asked of it, in one query. Filed long ago, it may be gone.
    drafts = draft.select_related("category", "estate__community")
    locked = drafts.select_for_update(no_key=True, of=("self",)).first()
    if locked is None:
        return None
    if locked.user_id == actor.pk:
        locked.user = actor
    if alone:
        locked.same_as_id = None
    problems = what_is_missing(locked)
    if problems:
        raise NotReady(problems)
    petition = _write_petition(locked, at, written_down)
    locked.photos.update(petition=petition)
    _tell_that_it_is_filed(petition, written_down, at)
    audit.record(
        "file",
        "petition",
        petition.receipt_no,
        actor=actor,
        at=at,
        subdistrict_id=petition.subdistrict_id,
        channel=petition.channel,
    )
    transaction.on_commit(
        lambda: signals.petition_filed.send_robust(sender=Petition, petition=petition, at=at), robust=True
    )
    return petition


def _filed_long_ago(filed: QuerySet[Petition]) -> Petition:
    petition = filed.first()
    if petition is None:
        raise PetitionDraft.DoesNotExist
    return petition


def ask_who_has_it(petition: Petition, *, at: datetime) -> bool:
    """Somebody reads the receipt: if nobody has taken the petition in yet, have that tried now. Returns whether it was.

    What goes wrong with it is no concern of the reader's: the sweep makes it good.
    """
    if petition.state != PetitionStage.FILED:
        return False
    signals.receipt_asked.send_robust(sender=Petition, petition=petition, at=at)
    return True


def _tell_that_it_is_filed(petition: Petition, written_down: WrittenDown | None, at: datetime) -> None:
    assert petition.petitioner is not None  # noqa: S101 - it was filed here
    by = written_down.teller if written_down else standing.NOBODY
    if written_down:
        standing.tell(petition, "filed_for_you", at=at, by=by, channel=str(written_down.channel))
    else:
        standing.tell(petition, "filed", at=at)
    outbox.post(
        petition.petitioner,
        "petition_written_down" if written_down else "petition_received",
        {
            "receipt_no": petition.receipt_no,
            "role": by.role,
            "surname": by.surname,
            "surname_latin": by.surname_latin,
            outbox.HIDES_RECIPIENT: petition.hides_its_person,
        },
        dedupe=f"received:{petition.receipt_no}",
        at=at,
        # Who filed it alone has the number on the screen.
        urgency=Urgency.PROMPT if written_down else Urgency.ORDINARY,
        link=f"/petitions/{petition.receipt_no}/",
        # Nor does the street phone about its own people: the administrators do.
        subdistrict_id=None if petition.is_about_street else petition.subdistrict_id,
        # The office above phones whoever complains about staff: the community may be who is meant.
        community_id=None if petition.is_about_staff else petition.community_id,
    )


def _write_petition(draft: PetitionDraft, at: datetime, written_down: WrittenDown | None) -> Petition:
    """Write the row under a fresh receipt number. Raises `IntegrityError` where it is taken, or the draft is filed."""
    assert draft.estate is not None  # noqa: S101 - what_is_missing has seen to both
    assert draft.category is not None  # noqa: S101
    community = draft.estate.community
    return Petition.objects.create(
        receipt_no=new_receipt_no(),
        draft_token=draft.token,
        subdistrict_id=community.subdistrict_id,
        community=community,
        estate=draft.estate,
        building_id=draft.building_id,
        stairwell=draft.stairwell,
        spot=draft.spot,
        petitioner=draft.user,
        category=draft.category,
        words=draft.words.strip(),
        name_visibility=NameVisibility.NOBODY if draft.category.hides_petitioner else draft.name_visibility,
        same_as_id=draft.same_as_id,
        filed_at=at,
        channel=written_down.channel if written_down else PetitionChannel.PORTAL,
        filed_by=written_down.filed_by if written_down else None,
        consent_noted_at=at if written_down else None,
    )


@contextmanager
def _alone_with(petition: Petition, at: datetime) -> Iterator[Petition]:
    """One transaction in which nobody else changes the petition: its locked row. Its matter is locked before it."""
    with transaction.atomic():
        signals.petition_about_to_change.send(sender=Petition, petition=petition, at=at)
        yield Petition.objects.select_for_update(no_key=True).get(pk=petition.pk)


def supplement(petition: Petition, words: str, *, actor: User, at: datetime) -> None:
    """Add something to what was said. Raises `FactMissing` without words, `StepNotAllowed` once it is finished."""
    with _alone_with(petition, at):
        PETITION.take_step(petition, "supplement", actor=actor, at=at, words=words.strip()[:MAX_WORDS])
        standing.tell(petition, "supplemented", at=at, words=words.strip()[:MAX_WORDS])
        signals.petition_supplemented.send(sender=Petition, petition=petition, at=at, words=words)


def nudge(petition: Petition, *, actor: User, at: datetime) -> None:
    """Press. Always answered at once with the holder and the due time; within a minute the answer still stands."""
    with _alone_with(petition, at) as locked:
        if locked.nudged_at and timedelta(0) <= at - locked.nudged_at < NUDGE_AT_MOST_EVERY:
            return
        PETITION.take_step(petition, "nudge", actor=actor, at=at, fields={"nudged_at": at})
        standing.tell(petition, "nudged", at=at)
        standing.tell(
            petition,
            "nudge_answered",
            at=at,
            by=standing.Teller(
                petition.holder_role, petition.holder_surname, petition.holder_surname_latin, petition.holder_body
            ),
            next_kind=petition.next_kind,
            due_at=petition.next_due_at.isoformat() if petition.next_due_at else "",
        )
        signals.petition_nudged.send(sender=Petition, petition=petition, at=at)


def confirm_arrival(petition: Petition, *, actor: User, at: datetime) -> None:
    """The resident says that somebody has come: that proves an arrival. `StepNotAllowed` where nobody is to come."""
    with _alone_with(petition, at) as locked:
        PETITION.take_step(petition, "confirm_arrival", actor=actor, at=at)
        if not locked.may_be_come_to:
            raise StepNotAllowed
        standing.tell(petition, "confirmed_arrival", at=at)
        signals.someone_is_here.send(sender=Petition, petition=petition, at=at)


def withdraw(petition: Petition, *, actor: User, at: datetime) -> None:
    """Take it back. From now on nothing is due to this person, whatever becomes of the matter."""
    with _alone_with(petition, at):
        nothing_is_due: dict[str, object] = {"next_kind": "", "next_due_at": None, "next_why": {}}
        PETITION.take_step(petition, "withdraw", actor=actor, at=at, fields={**nothing_is_due, "ended_at": at})
        standing.tell(petition, "withdrawn", at=at)
        signals.petition_withdrawn.send(sender=Petition, petition=petition, at=at)


def evaluate(
    petition: Petition,
    *,
    was_contacted: bool,
    is_solved: bool,
    satisfaction: int,
    words: str,
    actor: User,
    at: datetime,
) -> Evaluation:
    """Rate the epoch that has finished. “Not solved” reopens the matter in a new one.

    Only the petitioner may: `NotInCharge`. Raises `AlreadyRated` the second time, `StepNotAllowed` before the finish.
    """
    with _alone_with(petition, at) as locked:
        if locked.evaluations.filter(epoch=locked.epoch).exists():
            raise AlreadyRated
        rated_epoch = locked.epoch
        if is_solved:
            # Something is said anew: it is forgotten in its turn.
            anew: dict[str, object] = {"forgotten_at": None}
            PETITION.take_step(petition, "accept_result", actor=actor, at=at, satisfaction=satisfaction, fields=anew)
        else:
            changes = {
                "epoch": rated_epoch + 1,
                "finished_at": None,
                "forgotten_at": None,
                "arrived_at": None,
                "arrival_proof": "",
            }
            PETITION.take_step(petition, "reopen", actor=actor, at=at, satisfaction=satisfaction, fields=changes)
        evaluation = Evaluation.objects.create(
            petition=petition,
            epoch=rated_epoch,
            given_by=actor,
            was_contacted=was_contacted,
            is_solved=is_solved,
            satisfaction=satisfaction,
            words=words.strip(),
            given_at=at,
        )
        standing.tell(petition, "evaluated", at=at, words=words.strip(), satisfaction=satisfaction, is_solved=is_solved)
        if is_solved:
            signals.petition_closed.send(sender=Petition, petition=petition, at=at)
        else:
            standing.tell(petition, "reopened", at=at)
            signals.petition_reopened.send(sender=Petition, petition=petition, at=at)
    return evaluation
