"""What a resident is told of a petition. Called by the storey above, in its own transactions; nothing else of the back
office reaches a resident."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.base import File

from governance.models.many import insert
from residents.models import NameVisibility, Petition, PetitionPhoto, PetitionUpdate, PhotoKind
from residents.models.petitions import MAX_PHOTOS
from residents.sentences import KINDS
from residents.workflow import PETITION


@dataclass(frozen=True)
class Teller:
    """Staff as residents see them: role, surname and body."""

    role: str = ""
    surname: str = ""
    surname_latin: str = ""
    body: str = ""


NOBODY = Teller()


def tell(
    petition: Petition, kind: str, /, *, at: datetime, words: str = "", by: Teller = NOBODY, **params: Any
) -> None:
    """Write one line of the timeline. `kind` must be one of `residents.sentences.KINDS`, else `ValueError`."""
    tell_all([petition], kind, at=at, words=words, by=by, **params)


def tell_all(
    petitions: Iterable[Petition], kind: str, /, *, at: datetime, words: str = "", by: Teller = NOBODY, **params: Any
) -> None:
    """Write the same line on the timeline of each petition, all at once. Refuses what `tell` refuses."""
    tell_each([(petition, params) for petition in petitions], kind, at=at, words=words, by=by)


def tell_each(
    told: Iterable[tuple[Petition, dict[str, Any]]],
    kind: str,
    /,
    *,
    at: datetime,
    words: str = "",
    by: Teller = NOBODY,
) -> None:
    """Write a line on the timeline of each petition, each with its own params, all at once. Refuses as `tell`."""
    if kind not in KINDS:
        raise ValueError(f"“{kind}” is no kind of update")
    same = {
        "at": at.isoformat(),
        "kind": kind,
        "words": words,
        "actor_role": by.role,
        "actor_surname": by.surname,
        "actor_surname_latin": by.surname_latin,
        "actor_body": by.body,
    }
    insert(PetitionUpdate, [{"petition_id": petition.pk, "params": params, **same} for petition, params in told])


def take_in(petition: Petition, *, at: datetime, is_locked: bool = False) -> None:
    """Somebody has it now. Raises `StepNotAllowed` if it was taken in or withdrawn already."""
    PETITION.take_step(petition, "take_in", actor="intake", at=at, is_locked=is_locked)


def set_holder(petitions: Iterable[Petition], holder: Teller, *, phone: str, since: datetime) -> None:
    """Say who has it. A teller without a surname means the duty desk of the body: nobody has accepted yet."""
    Petition.objects.filter(pk__in=[petition.pk for petition in petitions]).update(
        holder_body=holder.body,
        holder_role=holder.role,
        holder_surname=holder.surname,
        holder_surname_latin=holder.surname_latin,
        holder_phone=phone,
        held_since=since,
    )


def set_next(
    petitions: Iterable[Petition], kind: str, due_at: datetime | None, why: dict[str, Any], *, expects_arrival: bool
) -> None:
    """Say what comes next, by when, how that was worked out, and whether somebody comes for it."""
    Petition.objects.filter(pk__in=[petition.pk for petition in petitions]).update(
        next_kind=kind, next_due_at=due_at, next_why=why, expects_arrival=expects_arrival
    )


def set_arrival(petitions: Iterable[Petition], arrived_at: datetime, proof: str) -> None:
    Petition.objects.filter(pk__in=[petition.pk for petition in petitions]).update(
        arrived_at=arrived_at, arrival_proof=proof
    )


def finish(petition: Petition, *, at: datetime) -> None:
    """It is said to be done: now the person rates."""
    PETITION.take_step(petition, "finish", actor="handling", at=at, fields={"finished_at": at})


def close(petition: Petition, *, at: datetime) -> None:
    """Of an imported petition: its matter is closed, and nobody is there to rate it."""
    PETITION.take_step(petition, "close", actor="handling", at=at)


def take_up_again(petition: Petition, *, at: datetime) -> None:
    """Somebody has looked, and it isn't put right: it is handled again without waiting for the person's own word."""
    changes = {
        "epoch": petition.epoch + 1,
        "finished_at": None,
        "forgotten_at": None,
        "arrived_at": None,
        "arrival_proof": "",
    }
    PETITION.take_step(petition, "not_fixed", actor="verification", at=at, fields=changes)


def decline(petition: Petition, *, reason: str, at: datetime) -> None:
    """The office doesn't take it up (不予受理). From now on nothing is due to this person."""
    nothing_is_due: dict[str, object] = {"next_kind": "", "next_due_at": None, "next_why": {}, "expects_arrival": False}
    nothing_is_due["ended_at"] = at
    PETITION.take_step(petition, "decline", actor="triage", at=at, fields=nothing_is_due, reason=reason)


def hide_names(petitions: Iterable[Petition]) -> None:
    """What it turned out to be hides who said it: nobody learns the names from now on."""
    Petition.objects.filter(pk__in=[petition.pk for petition in petitions]).update(
        name_visibility=NameVisibility.NOBODY
    )


def show_after(petition: Petition, photos: Iterable[File], *, at: datetime) -> None:
    """Show the staff's photos beside the resident's own. `photos` are stored files, shared and not copied."""
    taken = petition.photos.filter(kind=PhotoKind.AFTER).count()
    for position, photo in enumerate(photos, start=taken + 1):
        if position <= MAX_PHOTOS:
            PetitionPhoto.objects.create(
                petition=petition, kind=PhotoKind.AFTER, file=photo.name, position=position, added_at=at
            )
