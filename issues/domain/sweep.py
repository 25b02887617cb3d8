"""The sweep: asks for everything that is due and not done, and does it. Anybody may run it, several at once.

Each kind of work is done by itself: what goes wrong in one is counted and logged, and keeps no other waiting.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from governance.domain import outbox
from governance.domain.moment import database_now
from governance.domain.refusals import StepNotAllowed
from issues.domain import intake, ladder
from issues.models import SweepRun, WorkOrder, WorkOrderState
from issues.workflow import WORK_ORDER
from residents.domain.drafts import forget_old_drafts
from residents.models import Petition

log = logging.getLogger(__name__)

BATCH = 200
KEEP_RUNS = timedelta(days=14)


def sweep(*, bell: str, now: datetime | None = None, even_so: bool = False) -> SweepRun:
    """Do everything due at `now` (else by the database's clock). `even_so`: a person has looked at an absurd share."""
    now = now or database_now()
    run = SweepRun.objects.create(bell=bell, started_at=now)
    run.taken_in = _guarded(run, lambda at: take_in_waiting(at, run), now)
    run.orders_rung = _guarded(run, ring_unaccepted, now)
    run.rungs_fired = _guarded(run, lambda at: _climb(run, at, even_so=even_so), now)
    run.notices_tried = _guarded(run, lambda at: outbox.deliver_due(at, limit=BATCH), now)
    _guarded(run, tidy, now)
    run.finished_at = database_now()
    run.save()
    return run


def _guarded(run: SweepRun, work: Callable[[datetime], int], now: datetime) -> int:
    try:
        return work(now)
    except Exception:
        run.failures += 1
        log.exception("a part of the sweep failed; the next sweep tries it again")
        return 0


def take_in_waiting(now: datetime, run: SweepRun) -> int:
    """Take in what was filed and not yet taken in; one that can't be is logged and doesn't keep the others waiting."""
    taken = 0
    for petition_id in Petition.objects.awaiting_intake().values_list("id", flat=True)[:BATCH]:
        try:
            taken += intake.take_in(petition_id, at=now) is not None
        except Exception:
            run.failures += 1
            log.exception("petition %s can't be taken in", petition_id)
    return taken


def ring_unaccepted(now: datetime) -> int:
    """Ring the next phone for each order that nobody has accepted in time."""
    rung = 0
    waiting = WorkOrder.objects.filter(state=WorkOrderState.DISPATCHED, ring_next_at__lte=now)
    for order_id in waiting.order_by("ring_next_at", "id").values_list("id", flat=True)[:BATCH]:
        with transaction.atomic():
            order = (
                waiting.select_for_update(of=("self",), skip_locked=True, no_key=True)
                .select_related("body", "issue__category", "issue__building", "issue__estate")
                .filter(pk=order_id)
                .first()
            )
            if order is None:
                continue
            try:
                WORK_ORDER.take_step(order, "ring_next", actor="sweep", at=now)
                rung += 1
            except StepNotAllowed:
                continue
    return rung


def tidy(now: datetime) -> int:
    """Let go of what has served its time: old runs, and drafts that nobody came back to. Returns how many rows."""
    runs, _by_model = SweepRun.objects.filter(started_at__lt=now - KEEP_RUNS).delete()
    return runs + forget_old_drafts(at=now)


def _climb(run: SweepRun, now: datetime, *, even_so: bool) -> int:
    if not even_so:
        try:
            ladder.refuse_absurd_share(now)
        except ladder.AbsurdShare as refusal:
            run.halted = str(refusal)[:200]
            log.error("escalation halted: %s. Look, then run: manage.py sweep --even-so", refusal)
            return 0
    return ladder.fire_due(now, bell=run.bell)
