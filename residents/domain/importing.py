"""Taking over what an office answered, or was asked, before the portal was there. Its only writer.

An imported petition belongs to nobody here: no account, no receipt, no notice, no clock. Source, number and content
say whether a row is there already (a constraint of the database), so a run that was killed is simply run again.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import uuid4

from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from governance.domain import audit
from governance.domain.refusals import FactMissing, NotInCharge, StepNotAllowed
from governance.models import Building, Category, Community, Estate, Subdistrict, User
from residents.domain import standing
from residents.domain.office_exports import (
    ANOTHER_CONTENT,
    ANOTHER_REPLY,
    COLUMNS,
    REPLY_ADDED,
    BadRow,
    Export,
    Exported,
)
from residents.domain.receipts import new_receipt_no
from residents.models import (
    ImportedPetition,
    NameVisibility,
    Petition,
    PetitionChannel,
    PetitionImport,
    PetitionStage,
    PetitionUpdate,
)
from residents.workflow import PETITION

PROGRAM = "import_petitions"
# So many rows a transaction: a run that is killed loses less than a second's work.
BATCH = 500
# Of the advisory lock: two runs for one street take turns, batch by batch.
_LOCK = 0x1A9047

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Changed:
    """A row that is not as it was brought before, taken in all the same."""

    row: int
    number: str
    what: str


@dataclass
class Outcome:
    """What became of the rows: each is `imported`, `unchanged` or `rejected`.

    `imported` are the rows that brought something new: a petition, or the reply to one that had none. The latter are
    counted once more in `replies_added`. `changed` lists them, and petitions whose number was there with other content.
    """

    rows: int = 0
    imported: int = 0
    unchanged: int = 0
    rejected: int = 0
    replies_added: int = 0
    changed: list[Changed] = field(default_factory=list)
    errors: list[BadRow] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        names = ("rows", "imported", "unchanged", "rejected", "replies_added")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True)
class Brought:
    """What is brought where: an export of `source`, for the records under the name and hash of its file."""

    export: Export
    subdistrict: Subdistrict
    source: str
    file_name: str
    file_sha256: str


Key = tuple[str, str]


@dataclass
class _Known:
    """What is there already, in the database and from earlier rows: reply hashes by key, and the numbers."""

    replies: dict[Key, str] = field(default_factory=dict)
    numbers: set[str] = field(default_factory=set)

    def note(self, number: str, content_hash: str, reply_hash: str) -> None:
        self.numbers.add(number)
        self.replies[number, content_hash] = reply_hash


@dataclass
class _Batch:
    """What a few rows come to, before anything is written."""

    outcome: Outcome = field(default_factory=Outcome)
    new: dict[Key, Exported] = field(default_factory=dict)
    replies: dict[Key, Exported] = field(default_factory=dict)


def import_petitions(
    brought: Brought, *, actor: User | str, at: datetime, dry_run: bool = False, progress: Progress = lambda row: None
) -> Outcome:
    """Take the rows over; a bad one is named in the outcome and keeps no other out. `dry_run` writes nothing.

    Rows go in batches, a transaction each, with the counts of the run (`PetitionImport`); the whole run leaves one
    audit entry. `progress` is called with the number of the last row of each batch. Raises `FileRefused` where the
    file breaks off.
    """
    total, known = Outcome(), _Known()
    run = None if dry_run else _begin(brought, at)
    for rows in _batches(brought.export.rows(at)):
        batch = _look_through(brought, rows, known) if run is None else _take_over(brought, rows, known, run, at)
        _add(total, batch.outcome)
        progress(rows[-1].row)
    if run:
        _end(run, brought, total, actor, at)
    return total


def _batches(rows: Iterator[Exported | BadRow]) -> Iterator[list[Exported | BadRow]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


def _add(total: Outcome, part: Outcome) -> None:
    for name, count in part.counts.items():
        setattr(total, name, getattr(total, name) + count)
    total.changed += part.changed
    total.errors += part.errors


# --- what the rows come to ---


def _look_through(brought: Brought, rows: Iterable[Exported | BadRow], known: _Known) -> _Batch:
    rows = list(rows)
    _recall(brought, {row.number for row in rows if isinstance(row, Exported)}, known)
    batch = _Batch()
    for row in rows:
        batch.outcome.rows += 1
        if isinstance(row, BadRow):
            _reject(batch, row)
        else:
            _place(batch, row, known)
    return batch


def _recall(brought: Brought, numbers: set[str], known: _Known) -> None:
    """Note what the database has under these numbers. What an earlier row of this run has added stays noted."""
    there = ImportedPetition.objects.filter(
        subdistrict=brought.subdistrict, source=brought.source, number__in=numbers
    ).values_list("number", "content_hash", "reply_hash")
    for number, content_hash, reply_hash in there:
        if not known.replies.get((number, content_hash)):
            known.note(number, content_hash, reply_hash)


def _place(batch: _Batch, row: Exported, known: _Known) -> None:
    key, outcome = (row.number, row.content_hash), batch.outcome
    there = known.replies.get(key)
    if there is None:
        if row.number in known.numbers:
            outcome.changed.append(Changed(row.row, row.number, _(ANOTHER_CONTENT)))
        outcome.imported += 1
        batch.new[key] = row
    elif row.reply_hash in ("", there):
        outcome.unchanged += 1
        return
    elif there:
        _reject(batch, BadRow(row.row, "replied_at", row.number, _(ANOTHER_REPLY)))
        return
    else:
        outcome.changed.append(Changed(row.row, row.number, _(REPLY_ADDED)))
        outcome.imported += 1
        outcome.replies_added += 1
        # The petition may be one of this very batch.
        (batch.new if key in batch.new else batch.replies)[key] = row
    known.note(row.number, row.content_hash, row.reply_hash)


def _reject(batch: _Batch, row: BadRow) -> None:
    batch.outcome.rejected += 1
    batch.outcome.errors.append(
        BadRow(row.row, COLUMNS[row.column][0] if row.column in COLUMNS else row.column, row.value, row.reason)
    )


# --- writing ---


def _begin(brought: Brought, at: datetime) -> PetitionImport:
    return PetitionImport.objects.create(
        subdistrict=brought.subdistrict,
        source=brought.source,
        file_name=brought.file_name[:120],
        file_sha256=brought.file_sha256,
        started_at=at,
    )


def _take_over(
    brought: Brought, rows: list[Exported | BadRow], known: _Known, run: PetitionImport, at: datetime
) -> _Batch:
    """One transaction. Should a random receipt number be taken already, the batch is written with others."""
    for _attempt in range(5):
        try:
            with transaction.atomic():
                _take_turns(brought.subdistrict)
                batch = _look_through(brought, rows, known)
                _write(brought, batch, run, at)
                return batch
        except IntegrityError as error:
            if "receipt_no" not in str(error):
                raise
            _forget(known, rows)
    raise RuntimeError("No free receipt numbers in five attempts: the random source is broken.")


def _forget(known: _Known, rows: list[Exported | BadRow]) -> None:
    """What was noted of rows that were not written after all: the database is asked again."""
    numbers = {row.number for row in rows if isinstance(row, Exported)}
    known.numbers -= numbers
    for key in [key for key in known.replies if key[0] in numbers]:
        del known.replies[key]


def _take_turns(subdistrict: Subdistrict) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, subdistrict.pk])


def _write(brought: Brought, batch: _Batch, run: PetitionImport, at: datetime) -> None:
    rows = list(batch.new.values())
    petitions = Petition.objects.bulk_create(_petition(brought.subdistrict, row) for row in rows)
    ImportedPetition.objects.bulk_create(
        ImportedPetition(
            petition=petition,
            brought_by=run,
            subdistrict=brought.subdistrict,
            source=brought.source,
            number=row.number,
            content_hash=row.content_hash,
            reply_hash=row.reply_hash,
        )
        for petition, row in zip(petitions, rows, strict=True)
    )
    PetitionUpdate.objects.bulk_create(
        PetitionUpdate(petition=petition, at=row.replied_at, kind="reply", words=row.reply)
        for petition, row in zip(petitions, rows, strict=True)
        if row.replied_at
    )
    for row in batch.replies.values():
        _add_reply(brought, row, at)
    PetitionImport.objects.filter(pk=run.pk).update(
        **{name: F(name) + count for name, count in batch.outcome.counts.items()}
    )


def _petition(subdistrict: Subdistrict, row: Exported) -> Petition:
    """Answered it is closed at the reply; unanswered it waits at the desk for somebody to say where it is and what."""
    return Petition(
        receipt_no=new_receipt_no(),
        draft_token=uuid4(),
        subdistrict=subdistrict,
        subject=row.subject,
        words=row.words,
        name_visibility=NameVisibility.NOBODY,
        channel=PetitionChannel.IMPORT,
        filed_at=row.filed_at,
        state=PetitionStage.CLOSED if row.replied_at else PetitionStage.FILED,
        finished_at=row.replied_at,
    )


def _add_reply(brought: Brought, row: Exported, at: datetime) -> None:
    """The office has answered meanwhile. What waits for a place is over by that; what is in hand here goes on."""
    imported = ImportedPetition.objects.select_related("petition").get(
        subdistrict=brought.subdistrict, source=brought.source, number=row.number, content_hash=row.content_hash
    )
    assert row.replied_at is not None  # noqa: S101 - a reply has its time
    standing.tell(imported.petition, "reply", at=row.replied_at, words=row.reply)
    imported.reply_hash = row.reply_hash
    imported.save(update_fields=["reply_hash"])
    try:
        answered: dict[str, Any] = {"finished_at": row.replied_at}
        PETITION.take_step(imported.petition, "answer", actor=PROGRAM, at=at, fields=answered)
    except StepNotAllowed:
        return


def _end(run: PetitionImport, brought: Brought, total: Outcome, actor: User | str, at: datetime) -> None:
    with transaction.atomic():
        PetitionImport.objects.filter(pk=run.pk).update(finished_at=at)
        audit.record(
            "import",
            "petition import",
            str(run.public_id),
            actor=actor,
            at=at,
            subdistrict_id=brought.subdistrict.pk,
            source=brought.source,
            file_sha256=brought.file_sha256,
            **total.counts,
        )


# --- at the desk ---


class WrongPlace(FactMissing):
    """A place of another street, or a building of another estate."""

    code = "wrong_place"


def give_to(petition: Petition, community: Community | None, *, actor: User, at: datetime) -> None:
    """Give what waits for a place to the desk of a community, or (None) back to the street's.

    The street gives; a community may only give back. Raises `NotInCharge`, `WrongPlace`, `StepNotAllowed` where it
    waits no more.
    """
    with _waiting(petition, actor, at) as locked:
        if community is not None and not _is_the_streets(locked, actor, at):
            raise NotInCharge
        if community is not None and community.subdistrict_id != locked.subdistrict_id:
            raise WrongPlace("community", _("Choose a community of this street."))
        Petition.objects.filter(pk=locked.pk).update(community=community)
        _note("give", locked, actor, at, community=community.name if community else "")
    petition.community = community


def give_place(
    petition: Petition,
    *,
    estate: Estate,
    category: Category,
    building: Building | None,
    stairwell: int | None,
    spot: str,
    actor: User,
    at: datetime,
) -> None:
    """Say where it is and what. The caller sees to it that it is taken in.

    Raises `NotInCharge`, `WrongPlace`, `StepNotAllowed` where it waits no more.
    """
    with _waiting(petition, actor, at) as locked:
        community = estate.community
        if community.subdistrict_id != locked.subdistrict_id:
            raise WrongPlace("estate", _("Choose an estate of this street."))
        if not (_is_the_streets(locked, actor, at) or community.pk in actor.scope(at).communities):
            raise WrongPlace("estate", _("Choose an estate of your community, or give it back to the street."))
        if building is not None and building.estate_id != estate.pk:
            raise WrongPlace("building", _("Choose a building of this estate."))
        place = {"community": community, "estate": estate, "building": building, "stairwell": stairwell, "spot": spot}
        Petition.objects.filter(pk=locked.pk).update(category=category, **place)
        _note("place", locked, actor, at, estate=estate.name, category=category.code)
    petition.refresh_from_db()


@contextmanager
def _waiting(petition: Petition, actor: User, at: datetime) -> Iterator[Petition]:
    with transaction.atomic():
        locked = Petition.objects.select_for_update(no_key=True, of=("self",)).get(pk=petition.pk)
        if not Petition.objects.filter(pk=locked.pk).at_the_desk_of(actor, at).exists():
            raise NotInCharge
        if not locked.awaits_a_place:
            raise StepNotAllowed
        yield locked


def _is_the_streets(petition: Petition, actor: User, at: datetime) -> bool:
    scope = actor.scope(at)
    return scope.is_administrator or petition.subdistrict_id in scope.subdistricts


def _note(verb: str, petition: Petition, actor: User, at: datetime, **facts: str) -> None:
    audit.record(
        verb, "petition", petition.audit_ref, actor=actor, at=at, subdistrict_id=petition.subdistrict_id, **facts
    )
