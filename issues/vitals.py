"""Whether the portal does what it promises, for whoever watches it: how late the bells are, and what lies waiting.

Numbers and ages only; nothing here names a person, a place or a matter. Not here: the figures of the office.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, DurationField, ExpressionWrapper, F, Min
from django.db.models.expressions import Combinable
from django.db.models.functions import Now

from governance.models import Notice, NoticeState
from issues.models import Escalation, SweepRun, WorkOrder, WorkOrderState
from residents.models import Petition

# Six bells: the loop and the beat each ring every ten seconds.
SILENT_AFTER = timedelta(seconds=60)


@dataclass(frozen=True)
class Sweep:
    """The last sweep that came to its end."""

    age: timedelta
    took: timedelta
    failures: int
    is_halted: bool


@dataclass(frozen=True)
class Waiting:
    """How much waits for the same thing, and for how long the oldest of it has. None waits: no age."""

    count: int
    oldest: timedelta | None


@dataclass(frozen=True)
class Vitals:
    """`sweep` and `latest_rung_late` are None before the first sweep and the first escalation."""

    sweep: Sweep | None
    latest_rung_late: timedelta | None
    unsent_notices: Waiting
    not_reached: int
    petitions: Waiting
    orders: Waiting


def read_vitals() -> Vitals:
    """Six queries, each on an index; ages by the database's clock."""
    return Vitals(
        sweep=last_sweep(),
        latest_rung_late=_latest_rung_late(),
        unsent_notices=_waiting(Notice.objects.filter(state=NoticeState.PENDING), "created_at"),
        not_reached=Notice.objects.filter(state=NoticeState.NOT_REACHED).count(),
        petitions=_waiting(Petition.objects.awaiting_intake(), "filed_at"),
        orders=_waiting(WorkOrder.objects.filter(state=WorkOrderState.DISPATCHED), "dispatched_at"),
    )


def last_sweep() -> Sweep | None:
    ended = SweepRun.objects.filter(finished_at__isnull=False).order_by("-started_at")
    age, took = _age(F("finished_at")), ExpressionWrapper(F("finished_at") - F("started_at"), DurationField())
    row = ended.values_list(age, took, "failures", "halted").first()
    return Sweep(row[0], row[1], row[2], bool(row[3])) if row else None


def is_silent(sweep: Sweep | None) -> bool:
    """Whether no sweep has ended for so long that somebody should look."""
    return sweep is None or sweep.age > SILENT_AFTER


def _latest_rung_late() -> timedelta | None:
    latest = Escalation.objects.order_by("-id").values_list("due_at", "acted_at").first()
    return latest and latest[1] - latest[0]


def _waiting(rows, since: str) -> Waiting:
    found = rows.aggregate(count=Count("pk"), oldest=_age(Min(since)))
    return Waiting(found["count"], found["oldest"])


def _age(since: Combinable) -> ExpressionWrapper:
    return ExpressionWrapper(Now() - since, output_field=DurationField())
