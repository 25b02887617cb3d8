"""Writing a petition, step by step, until it is filed. Filing itself is `residents.domain.petitions.file_petition`.

Every answer is stored at once, so that a draft survives a dead battery. The draft's row is locked while it is written
to: one that has become a petition in the meantime is left as it is, and `DraftFiled` says which petition it became.
"""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from governance.domain import stored_files
from governance.domain.images import PhotoNotKept, PhotoRefused, admit_photo
from governance.domain.keeping import Term
from governance.domain.refusals import StepNotAllowed
from governance.models import Building, Category, Estate, User
from residents.models import NameVisibility, Occupancy, OccupancyState, Petition, PetitionDraft, PetitionPhoto, Resident
from residents.models.petitions import MAX_PHOTOS

DRAFTS = Term("draft", _("Petitions that you have begun"), _("after you last wrote in them"), days=30)
LOOK_ALIKE_WITHIN = timedelta(hours=24)
logger = logging.getLogger(__name__)


class DraftFiled(StepNotAllowed):
    """The draft has become `petition`: it can't be written to any more."""

    code = "draft_filed"
    sentence = _("You have submitted this already.")

    def __init__(self, petition: Petition):
        self.petition = petition
        super().__init__()


class TooManyPhotos(PhotoRefused):
    code = "too_many_photos"
    sentence = _("A petition takes six photos. This one was left out; the first six are kept.")


@dataclass(frozen=True)
class RefusedPhoto:
    """The `ordinal`-th file of an upload, by its own name, and why it was left out."""

    ordinal: int
    name: str
    sentence: str | Promise


@dataclass
class Upload:
    """What became of the files of one upload."""

    added: list[PetitionPhoto] = field(default_factory=list)
    refused: list[RefusedPhoto] = field(default_factory=list)


@dataclass(frozen=True)
class Home:
    """Where a person lives, as far as the portal knows."""

    estate: Estate | None = None
    building: Building | None = None
    stairwell: int | None = None


# --- finding drafts ---


def unfiled(user: User) -> QuerySet[PetitionDraft]:
    """The user's drafts that haven't become petitions, newest first."""
    filed = Petition.objects.filter(draft_token=OuterRef("token"))
    return PetitionDraft.objects.filter(~Exists(filed), user=user).order_by("-updated_at", "-id")


def draft_to_continue(user: User) -> PetitionDraft | None:
    """The newest unfiled draft with something in it: what “continue your draft” leads to. One query."""
    photos = PetitionPhoto.objects.filter(draft=OuterRef("pk"))
    begun = Q(category__isnull=False) | ~Q(words="") | Exists(photos)
    return unfiled(user).filter(begun).select_related("category", "estate", "building").first()


def filed_as(token: UUID) -> Petition | None:
    """The petition that the draft has become, if it has."""
    return Petition.objects.filter(draft_token=token).first()


def home_of(user: User) -> Home:
    """The confirmed home, else the claimed one, else the building the person chose for their pages. One query."""
    # Confirmed before claimed, then the newest: people move.
    confirmed_first = Case(When(state=OccupancyState.VERIFIED, then=0), default=1)
    stands = Occupancy.objects.standing().filter(user=user).order_by(confirmed_first, "-claimed_at", "-pk")
    chosen = Resident.objects.filter(user=user)
    building = (
        Building.objects.select_related("estate")
        .filter(pk=_first_of(stands.values("unit__building"), chosen.values("building")))
        .annotate(entrance=_first_of(stands.values("unit__stairwell"), chosen.values("stairwell")))
        .first()
    )
    return Home(building.estate, building, building.entrance) if building else Home()


def _first_of(wanted: QuerySet[Any, Any], otherwise: QuerySet[Any, Any]) -> Coalesce:
    return Coalesce(Subquery(wanted[:1]), Subquery(otherwise[:1]))


# --- writing ---


def start_draft(user: User, *, at: datetime, building: Building | None = None) -> PetitionDraft:
    """A draft at the user's home, or at `building`, whose card was scanned. An untouched one is taken up again."""
    home = Home(building.estate, building) if building else home_of(user)
    with transaction.atomic():
        # Two taps on “report a problem” at once: the second waits for the first one's draft and takes it up.
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        draft = _untouched(user) or PetitionDraft(user=user, created_at=at)
        draft.estate, draft.building, draft.stairwell = home.estate, home.building, home.stairwell
        draft.updated_at = at
        draft.save()
    return draft


def _untouched(user: User) -> PetitionDraft | None:
    photos = PetitionPhoto.objects.filter(draft=OuterRef("pk"))
    return unfiled(user).filter(~Exists(photos), category=None, words="", spot="").first()


@contextmanager
def _open_for_writing(draft: PetitionDraft, at: datetime) -> Iterator[PetitionDraft]:
    """The draft's locked row, saved at the end. Raises `DraftFiled`."""
    with transaction.atomic():
        locked = PetitionDraft.objects.select_for_update(no_key=True).get(pk=draft.pk)
        petition = filed_as(locked.token)
        if petition:
            raise DraftFiled(petition)
        yield locked
        locked.updated_at = at
        locked.save()


def choose_category(draft: PetitionDraft, category: Category, *, at: datetime) -> None:
    """Say what is wrong. Quarrels and complaints about staff fix “nobody sees my name”; leaving them asks again."""
    with _open_for_writing(draft, at) as locked:
        was_fixed = bool(locked.category and locked.category.hides_petitioner)
        locked.category = category
        locked.same_as = None
        if category.hides_petitioner:
            locked.name_visibility = NameVisibility.NOBODY
        elif was_fixed:
            locked.name_visibility = ""


def choose_place(
    draft: PetitionDraft,
    *,
    estate: Estate,
    building: Building | None,
    stairwell: int | None,
    spot: str,
    at: datetime,
) -> None:
    """Say where. `building` must belong to `estate` and have that stairwell, else `ValueError`."""
    if building and building.estate_id != estate.pk:
        raise ValueError("the building is in another estate")
    if stairwell and (building is None or stairwell > building.stairwells):
        raise ValueError("the building has no such stairwell")
    with _open_for_writing(draft, at) as locked:
        locked.estate, locked.building, locked.stairwell, locked.spot = estate, building, stairwell, spot
        locked.same_as = None


def write_down(draft: PetitionDraft, *, words: str, name_visibility: str, at: datetime) -> None:
    with _open_for_writing(draft, at) as locked:
        locked.words = words
        fixed = locked.category and locked.category.hides_petitioner
        locked.name_visibility = NameVisibility.NOBODY if fixed else name_visibility


def follow(draft: PetitionDraft, petition: Petition | None, *, at: datetime) -> None:
    """Say that it is the same matter as a neighbour's `petition`; with None, that it is one of its own."""
    with _open_for_writing(draft, at) as locked:
        locked.same_as = petition


def look_alike(draft: PetitionDraft, *, at: datetime) -> Petition | None:
    """The newest open petition of the last day about the same kind of thing at the same building, if there is one."""
    if draft.category is None or draft.building is None:
        return None
    since = at - LOOK_ALIKE_WITHIN
    alike = Petition.objects.look_alikes(draft.category, draft.building, since).exclude(draft_token=draft.token)
    return alike.select_related("category", "building").first()


# --- photos ---


def add_photos(draft: PetitionDraft, uploads: Iterable[UploadedFile], *, at: datetime) -> Upload:
    """Take in the files one by one. A file that can't be taken is named in `refused`, and the others are kept.

    Raises `DraftFiled`.
    """
    outcome = Upload()
    for ordinal, upload in enumerate(uploads, start=1):
        try:
            outcome.added.append(_add_photo(draft, upload, at))
        except PhotoRefused as refusal:
            outcome.refused.append(RefusedPhoto(ordinal, upload.name or "", refusal.sentence))
    return outcome


def _add_photo(draft: PetitionDraft, upload: UploadedFile, at: datetime) -> PetitionPhoto:
    # Looked at before the slow decoding, and again under the lock: two uploads may run at once.
    if draft.photos.count() >= MAX_PHOTOS:
        raise TooManyPhotos
    jpeg = admit_photo(upload)
    with _open_for_writing(draft, at) as locked:
        taken = set(locked.photos.values_list("position", flat=True))
        free = [position for position in range(1, MAX_PHOTOS + 1) if position not in taken]
        if not free:
            raise TooManyPhotos
        return keep_photo(locked, jpeg, free[0], at)


def keep_photo(draft: PetitionDraft, jpeg: ContentFile, position: int, at: datetime) -> PetitionPhoto:
    """Store an admitted photo at its place in the draft. Raises `PhotoNotKept` where our storage fails."""
    photo = PetitionPhoto(draft=draft, position=position, added_at=at)
    try:
        photo.file.save("photo.jpg", jpeg, save=False)
    except OSError as error:
        logger.exception("A photo could not be stored")
        raise PhotoNotKept from error
    photo.save()
    return photo


def remove_photo(draft: PetitionDraft, public_id: UUID, *, at: datetime) -> None:
    """Take a photo out of the draft, its file too. Taken out twice changes nothing."""
    with _open_for_writing(draft, at) as locked:
        for photo in locked.photos.filter(public_id=public_id):
            forget_photo(photo)


def forget_photo(photo: PetitionPhoto) -> None:
    """Delete the row now and the file once that is certain; a file left over by a crash is found as an orphan."""
    name, storage = str(photo.file.name), photo.file.storage
    photo.delete()
    transaction.on_commit(lambda: stored_files.let_go(name, storage), robust=True)


# --- forgetting ---


def old_drafts(at: datetime) -> QuerySet[PetitionDraft]:
    """Drafts that nobody has touched for so long. What was filed is in its petition, which stays."""
    return PetitionDraft.objects.filter(updated_at__lt=DRAFTS.before(at))


def forget_old_drafts(*, at: datetime, limit: int | None = None) -> int:
    """Delete drafts whose time is over, with the photos that no petition has; `limit`: so many at most.

    Returns how many.
    """
    old = old_drafts(at).order_by("updated_at").values_list("pk", flat=True)[:limit]
    return sum(_forget_draft(pk, at) for pk in list(old))


def forget_drafts_of(user: User) -> None:
    """Delete all that the person began to write, with the photos that no petition has. Filing is waited for."""
    with transaction.atomic():
        for draft in PetitionDraft.objects.filter(user=user).order_by("pk").select_for_update():
            _delete_draft(draft)


def _forget_draft(pk: int, at: datetime) -> bool:
    with transaction.atomic():
        draft = old_drafts(at).select_for_update(skip_locked=True).filter(pk=pk).first()
        if draft is None:  # somebody has taken it up again since it was listed
            return False
        _delete_draft(draft)
        return True


def _delete_draft(draft: PetitionDraft) -> None:
    draft.photos.filter(petition__isnull=False).update(draft=None)
    for photo in draft.photos.all():
        forget_photo(photo)
    draft.delete()
