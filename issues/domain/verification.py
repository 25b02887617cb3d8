"""核实: whoever walks the grid, or keeps the desk, looks whether a finished matter is really put right."""

from collections.abc import Iterable
from datetime import datetime

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from governance.domain.refusals import FactMissing, Refusal, StepNotAllowed
from governance.models import User
from issues.domain import lifetime
from issues.domain.telling import lock_matter, tell_petitioners, waiting_to_be_rated, walker
from issues.models import Issue, IssuePhoto, Verification, WorkOrderState
from issues.workflow import ISSUE
from residents.domain import standing
from residents.models import Petition, PetitionStage

PROGRAM = "verification"
MAX_ISSUE_PHOTOS = 3


class AlreadyChecked(StepNotAllowed):
    """Somebody has looked since it was finished; each epoch is looked at once."""

    code = "already_checked"
    sentence = _("Somebody has looked at this already. What they found is written below.")


class OwnWork(Refusal):
    """Nobody checks what they did themselves: one person may hold posts in several bodies."""

    code = "own_work"
    status = 403
    sentence = _("You did this work yourself, so somebody else has to look at it.")


def verify(
    issue: Issue, *, actor: User, at: datetime, words: str = "", photos: Iterable[ContentFile] = (), qr_token: str = ""
) -> Verification:
    """Say that it is put right. Residents read it; a finding, on which nobody else waits, is closed by it.

    Once an epoch: `AlreadyChecked`. Pressed twice by one person, the first stands. Raises `OwnWork`.
    """
    with transaction.atomic():
        earlier = _look_first(issue, actor, holds=True)
        if earlier:
            return earlier
        ISSUE.take_step(issue, "verify", actor=actor, at=at, words=words.strip())
        check = _write(issue, actor, at, holds=True, words=words, photos=photos, qr_token=qr_token)
        over = Petition.objects.filter(
            links__issue=issue, links__undone_at=None, state__in=(PetitionStage.FINISHED, PetitionStage.CLOSED)
        )
        by = walker(actor, issue)
        standing.tell_all(over, "verified", at=at, words=check.words, by=by, is_on_site=check.is_on_site)
        lifetime.close_if_nobody_waits(issue, actor=PROGRAM, at=at)
        return check


def not_fixed(
    issue: Issue, *, actor: User, at: datetime, words: str, photos: Iterable[ContentFile] = (), qr_token: str = ""
) -> Verification:
    """Say that it is not put right, and what is wrong: it is handled again in a new epoch, with new clocks.

    Petitions that wait to be rated are in hand again; what its person has rated stays as it is. Once an epoch:
    `AlreadyChecked`. Raises `FactMissing` without words, `StepNotAllowed` unless it is finished, `OwnWork`.
    """
    if not words.strip():
        raise FactMissing("words", _("Write what is not put right: the resident and the staff read it."))
    with transaction.atomic():
        earlier = _look_first(issue, actor, holds=False)
        if earlier:
            return earlier
        epoch = issue.epoch
        fields = lifetime.next_epoch(issue)
        ISSUE.take_step(issue, "not_fixed", actor=actor, at=at, fields=fields, words=words.strip())
        check = _write(issue, actor, at, holds=False, words=words, photos=photos, qr_token=qr_token, epoch=epoch)
        for petition in waiting_to_be_rated(issue):
            standing.take_up_again(petition, at=at)
        tell_petitioners(issue, "not_fixed", at=at, words=check.words, by=walker(actor, issue))
        lifetime.start_again(issue, actor=PROGRAM, at=at)
        return check


def _look_first(issue: Issue, actor: User, *, holds: bool) -> Verification | None:
    """Lock the matter and bring it up to date. The check that `actor` has written just like this already, if any.

    A matter that was opened again has left the epoch that was checked: the last check is looked at then.
    """
    lock_matter(issue.pk)
    issue.refresh_from_db()
    last = issue.verifications.order_by("-epoch").first()
    if last and (last.epoch == issue.epoch or _opened_again_by(issue, last)):
        if last.verified_by_id == actor.pk and last.holds == holds:
            return last
        raise AlreadyChecked
    if is_own_work(issue, actor):
        raise OwnWork
    return None


def is_own_work(issue: Issue, person: User) -> bool:
    """Whether the person put it right: held the order that did, or did so on the spot where they found it."""
    done = issue.orders.filter(state=WorkOrderState.DONE).order_by("-id").values_list("holder_id", flat=True).first()
    return (done or issue.found_by_id) == person.pk


def _opened_again_by(issue: Issue, check: Verification) -> bool:
    """Whether it was this check that opened the present epoch, in which nothing is finished yet."""
    return not check.holds and check.epoch == issue.epoch - 1 and issue.finished_at is None


def _write(
    issue: Issue,
    actor: User,
    at: datetime,
    *,
    holds: bool,
    words: str,
    photos: Iterable[ContentFile],
    qr_token: str,
    epoch: int | None = None,
) -> Verification:
    """The row with its photos. The QR code of the matter's own building shows that somebody was there."""
    building = issue.building
    check = Verification.objects.create(
        issue=issue,
        epoch=epoch or issue.epoch,
        holds=holds,
        words=words.strip(),
        verified_by=actor,
        verified_at=at,
        is_on_site=bool(building and qr_token and qr_token.upper() == building.qr_token),
    )
    keep_photos(issue, photos, actor=actor, at=at, verification=check)
    return check


def keep_photos(
    issue: Issue,
    photos: Iterable[ContentFile],
    *,
    actor: User,
    at: datetime,
    verification: Verification | None = None,
) -> None:
    """Keep at most three photos with the matter, of a check or of what was found."""
    for photo in list(photos)[:MAX_ISSUE_PHOTOS]:
        row = IssuePhoto(issue=issue, verification=verification, taken_by=actor, added_at=at)
        row.file.save("photo.jpg", photo, save=False)
        row.save()
