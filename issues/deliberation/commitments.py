"""What everybody may read of a topic's commitments: who promised what by when, how far it is, and what became of it.

Bodies by their names, people by role and surname, days and sums; no petitioner, no resident, no account. Reads only.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet

from governance.models import User
from governance.models.roles import role_and_surname
from issues.deliberation.domain import due_days
from issues.deliberation.models import (
    Commitment,
    CommitmentBlocker,
    CommitmentHelper,
    CommitmentMove,
    CommitmentPart,
    CommitmentPhoto,
    CommitmentState,
    CommitmentStep,
    Light,
    Topic,
)

# Steps that everybody may follow, with the words said; the others are told by what they have changed.
TOLD = ("send_back", "reopen", "hand_over", "quit")


@dataclass(frozen=True)
class Progress:
    """How many of the parts are done: of one building, or of those elsewhere (`building` is empty)."""

    building: str
    done: int
    of: int

    @property
    def is_done(self) -> bool:
        return self.done == self.of


@dataclass(frozen=True)
class Blocker:
    """What stands or stood in the way: which body clears it by when; how it was cleared."""

    public_id: UUID
    what: str
    owner: str
    due_at: datetime
    is_late: bool
    lifted_at: datetime | None
    lifted_words: str


@dataclass(frozen=True)
class Move:
    """Another day that was asked for, and what the supervisor said: `is_agreed` is None as long as nobody has."""

    public_id: UUID
    from_due_at: datetime
    to_due_at: datetime
    reason: str
    asked_at: datetime
    is_agreed: bool | None
    answer: str
    decided_by: str
    decided_at: datetime | None


@dataclass(frozen=True)
class Happened:
    """A step with its words: sent back, taken up again, handed over, given up."""

    verb: str
    at: datetime
    by: str
    words: str


@dataclass(frozen=True)
class Picture:
    """A photo that everybody sees, and what stands under it."""

    public_id: UUID
    caption: str


@dataclass(frozen=True)
class Line:
    """One commitment as everybody reads it. `light` is `out` once nobody has to look any more."""

    public_id: UUID
    what: str
    body: str
    post: str
    helpers: list[str]
    state: str
    state_in_words: str
    light: Light
    promised_at: datetime
    working_days: int | None
    promised_due_at: datetime
    due_at: datetime
    reported_at: datetime | None
    was_late: bool
    done: int
    of: int
    by_building: list[Progress]
    blockers: list[Blocker]
    moves: list[Move]
    happened: list[Happened]
    pictures: list[Picture]
    decided_yuan: Decimal | None
    payer: str
    paid_yuan: Decimal | None
    paid_by: str
    accepted_by: str
    accepted_at: datetime | None
    accepted_words: str
    doubts_until: datetime | None
    takes_doubts: bool
    doubts: int
    doubts_unanswered: int
    motion: UUID | None
    motion_title: str

    @property
    def was_moved(self) -> bool:
        return self.due_at != self.promised_due_at

    @property
    def in_the_way(self) -> list[Blocker]:
        return [blocker for blocker in self.blockers if blocker.lifted_at is None]

    @property
    def overspent_yuan(self) -> Decimal | None:
        """By how much more was paid than decided; None where that isn't so."""
        if self.decided_yuan is None or self.paid_yuan is None or self.paid_yuan <= self.decided_yuan:
            return None
        return self.paid_yuan - self.decided_yuan


def commitments_of(topic: Topic, now: datetime) -> list[Line]:
    """The topic's commitments at `now`, the first promised first. Seven queries, however many; one for none."""
    rows = loaded(Commitment.objects.filter(topic=topic), now)
    return [line_of(row, now) for row in rows.order_by("promised_at", "pk")]


def loaded(rows: QuerySet[Commitment], now: datetime) -> QuerySet[Commitment]:
    """With all that a line is made of. The office's calendar is read to say what is near."""
    doubts = Count("doubts", distinct=True)
    unanswered = Count("doubts", filter=Q(doubts__answered_at=None), distinct=True)
    return (
        rows.with_light(now, due_days.near_until(now))  # type: ignore[attr-defined]
        .select_related("body", "motion", "judged_by")
        .annotate(doubts_said=doubts, doubts_open=unanswered)
        .prefetch_related(
            Prefetch("helper_rows", CommitmentHelper.objects.select_related("body").order_by("pk")),
            Prefetch("parts", CommitmentPart.objects.select_related("building")),
            Prefetch("blockers", CommitmentBlocker.objects.select_related("owner")),
            Prefetch("moves", CommitmentMove.objects.select_related("decided_by")),
            Prefetch("photos", CommitmentPhoto.objects.released().numbered(), to_attr="pictures"),
            Prefetch("steps", CommitmentStep.objects.filter(verb__in=TOLD).select_related("actor")),
        )
    )


def line_of(row: Any, now: datetime) -> Line:
    """Of a row as `loaded` reads it."""
    parts = list(row.parts.all())
    return Line(
        public_id=row.public_id,
        what=row.what,
        body=row.body.short_name,
        post=row.post,
        helpers=[one.body.short_name for one in row.helper_rows.all()],
        state=row.state,
        state_in_words=row.get_state_display(),
        light=Light(row.light),
        promised_at=row.promised_at,
        working_days=row.working_days,
        promised_due_at=row.promised_due_at,
        due_at=row.due_at,
        reported_at=row.reported_at,
        was_late=row.was_late(now),
        done=sum(part.done_at is not None for part in parts),
        of=len(parts),
        by_building=by_building(parts),
        blockers=[_blocker(one, now) for one in row.blockers.all()],
        moves=[_move(one) for one in row.moves.all()],
        happened=[_happened(one) for one in row.steps.all()],
        pictures=[Picture(one.public_id, one.caption) for one in row.pictures],
        decided_yuan=row.decided_yuan,
        payer=row.payer,
        paid_yuan=row.paid_yuan,
        paid_by=row.paid_by,
        accepted_by=said_by(row.judged_as, row.judged_by),
        accepted_at=row.judged_at,
        accepted_words=row.judged_words,
        doubts_until=row.doubts_until,
        takes_doubts=row.state == CommitmentState.KEPT and now <= row.doubts_until,
        doubts=row.doubts_said,
        doubts_unanswered=row.doubts_open,
        motion=row.motion.public_id if row.motion else None,
        motion_title=row.motion.title if row.motion else "",
    )


def by_building(parts: Iterable[CommitmentPart]) -> list[Progress]:
    """In the order of the parts; what is in no building, last."""
    counts: dict[str, list[int]] = {}
    for part in parts:
        count = counts.setdefault(part.building.name if part.building else "", [0, 0])
        count[0] += part.done_at is not None
        count[1] += 1
    progress = [Progress(name, done, of) for name, (done, of) in counts.items()]
    return sorted(progress, key=lambda one: not one.building)


def said_by(role: str, person: User | None) -> str:
    """“陈书记”: staff appear to residents by role and surname."""
    return role_and_surname(role, person.surname_for_reader()) if person else ""


def _blocker(row: CommitmentBlocker, now: datetime) -> Blocker:
    return Blocker(
        public_id=row.public_id,
        what=row.what,
        owner=row.owner.short_name,
        due_at=row.due_at,
        is_late=(row.lifted_at or now) > row.due_at,
        lifted_at=row.lifted_at,
        lifted_words=row.lifted_words,
    )


def _move(row: CommitmentMove) -> Move:
    return Move(
        public_id=row.public_id,
        from_due_at=row.from_due_at,
        to_due_at=row.to_due_at,
        reason=row.reason,
        asked_at=row.asked_at,
        is_agreed=row.is_agreed,
        answer=row.answer,
        decided_by=said_by(row.decided_as, row.decided_by),
        decided_at=row.decided_at,
    )


def _happened(row: CommitmentStep) -> Happened:
    return Happened(verb=row.verb, at=row.at, by=said_by(row.actor_as, row.actor), words=row.words)
