"""The terms of what residents say, and of where they live. What was said goes; what figures count stays as it was."""

from collections.abc import Iterable
from datetime import datetime

import pgtrigger
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from governance.domain import audit
from governance.domain.keeping import Term, register_term
from residents import signals
from residents.domain.drafts import DRAFTS, forget_old_drafts, forget_photo
from residents.models import Evaluation, Occupancy, Petition, PetitionPhoto, PetitionUpdate, PhotoKind

PETITIONS = Term(
    "petition",
    _("What you said in petitions and ratings: words, photos and the spot; and what was written to you"),
    _("after they were finished, withdrawn or declined"),
    years=3,
    stays=_("Their numbers, kinds, buildings, times and stars stay, for the figures."),
)
HOMES = Term("home", _("Homes: that you lived in them or owned them"), _("after that has ended"), years=3)


def register() -> None:
    register_term(PETITIONS, _let_petitions_go)
    register_term(HOMES, _let_homes_go)
    register_term(DRAFTS, lambda at, limit: forget_old_drafts(at=at, limit=limit))


def old_petitions(at: datetime) -> QuerySet[Petition]:
    """That nobody will rate any more; what was noted of them later moves nothing."""
    return Petition.objects.over_before(PETITIONS.before(at))


def old_homes(at: datetime) -> QuerySet[Occupancy]:
    return Occupancy.objects.over_before(HOMES.before(at))


def petition_until(petition: Petition) -> datetime | None:
    """Until when its words are kept; None as long as it is handled."""
    over_at = petition.finished_at or petition.ended_at
    return PETITIONS.after(over_at) if over_at else None


def home_until(home: Occupancy, at: datetime) -> datetime:
    """A home that stands is counted as if it ended at `at`."""
    return HOMES.after(home.ended_at or (at if home.stands else home.decided_at or home.claimed_at))


def _let_petitions_go(at: datetime, limit: int) -> int:
    with transaction.atomic():
        rows = old_petitions(at).select_for_update(skip_locked=True, no_key=True)
        some = list(rows.values_list("pk", flat=True)[:limit])
        forget_petitions(some, at=at)
    return len(some)


def forget_petitions(ids: list[int], *, at: datetime) -> None:
    """Let go of all that was said, by whomever: the petition stays as a number that figures count."""
    if not ids:
        return
    theirs = Petition.objects.filter(pk__in=ids)
    theirs.update(words="", subject="", spot="", forgotten_at=at)
    photos = PetitionPhoto.objects.filter(petition__in=ids)
    for photo in photos.filter(kind=PhotoKind.BEFORE):
        forget_photo(photo)
    # Their files are the staff's own, with the order.
    photos.delete()
    with pgtrigger.ignore("residents.PetitionUpdate:append_only", "residents.Evaluation:never_changed"):
        PetitionUpdate.objects.filter(petition__in=ids).update(words="", params={})
        Evaluation.objects.filter(petition__in=ids).update(words="")
    audit.forget("petition", theirs.values_list("receipt_no", flat=True))
    signals.petitions_forgotten.send(sender=Petition, petitions=ids, at=at)


def _let_homes_go(at: datetime, limit: int) -> int:
    with transaction.atomic():
        some = list(old_homes(at).select_for_update(skip_locked=True)[:limit])
        forget_homes(some)
    return len(some)


def forget_homes(homes: Iterable[Occupancy]) -> None:
    homes = list(homes)
    if homes:
        audit.forget("occupancy", [str(home.public_id) for home in homes])
        Occupancy.objects.filter(pk__in=[home.pk for home in homes]).delete()
