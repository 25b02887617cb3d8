"""What waits for a person in open votes."""

from datetime import datetime

from django.db.models import Exists, F, OuterRef, QuerySet, Value

from governance.models import User
from issues.deliberation.models import Ballot, Motion, MotionState, RollEntry


def count_waiting_ballots(user: User, at: datetime) -> int:
    """The ballots the person may fill in at `at` and hasn't: those of `casting.papers_of` in open votes. One query."""
    own = RollEntry.objects.filter(owner_rows__user=user)
    held = RollEntry.objects.filter(
        motion__mandates__held_by=user,
        motion__mandates__revoked_at=None,
        motion__mandates__unit=F("unit"),
        owner_rows__user=F("motion__mandates__given_by"),
    )
    papers: dict[tuple[int, str], bool] = {}
    lines = _lines(own, at, own=True).union(_lines(held, at, own=False))
    for motion, head, unit, is_own, is_disputed, was_cast in lines:
        paper = (motion, head if is_own else str(unit))
        papers[paper] = papers.get(paper, False) or is_disputed or was_cast
    return sum(not is_done for is_done in papers.values())


def _lines(entries: QuerySet[RollEntry], at: datetime, *, own: bool) -> QuerySet[RollEntry, tuple]:
    """Each unit in a vote open at `at`: its motion, head and id, and whether it is the person's own, disputed, cast."""
    is_open = Motion.objects.taking_electronic_ballots().filter(
        state=MotionState.OPENED, opens_at__lte=at, closes_at__gt=at
    )
    cast = Exists(Ballot.objects.effective().filter(entry=OuterRef("pk")))
    return (
        entries.filter(motion__in=is_open)
        .annotate(own=Value(own), cast=cast)
        .values_list("motion_id", "head", "unit_id", "own", "is_disputed", "cast")
    )
