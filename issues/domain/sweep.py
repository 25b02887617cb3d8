"""The sweep: asks for everything that is due and not done, and does it. Anybody may run it, several at once.

Mostly nothing is due: one question finds that out. Else each kind of work is done by itself: what goes wrong in one is
counted and logged, and keeps no other waiting.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import QuerySet

from governance.domain import coverage, outbox
from governance.domain.moment import LOCAL_ZONE, database_now, local_day
from governance.models import Notice
from issues.domain import dispatching, intake, ladder
from issues.models import SlaClock, SweepRun, WorkOrder
from issues.workflow import WORK_ORDER
from residents.models import Petition

log = logging.getLogger(__name__)


class Part(NamedTuple):
    """Work that another room has done with each sweep: what waits at an instant, and the doing of it."""

    waiting: Callable[[datetime], Iterable[QuerySet[Any]]]
    work: Callable[[datetime], int]


_parts: list[Part] = []


def take_part(waiting: Callable[[datetime], Iterable[QuerySet[Any]]], work: Callable[[datetime], int]) -> None:
    """Let each sweep ask for `waiting`, too, which an index finds; and do `work` whenever anything waits anywhere."""
    _parts.append(Part(waiting, work))


BATCH = 200


def sweep(*, bell: str, now: datetime | None = None, even_so: bool = False) -> SweepRun:
    """Do everything due at `now` (else by the database's clock). `even_so`: a person has looked at an absurd share."""
    now = now or database_now()
    run = SweepRun(bell=bell, started_at=now)
    if _guarded(run, lambda at: _find_out(run, at), now) or run.failures:
        # Before the work: of a sweep that dies in it the record says that it never ended.
        run.finished_at = None
        run.save(force_insert=True)
        _do_what_is_due(run, now, even_so=even_so)
        run.finished_at = database_now()
    run.save()
    return run


def _find_out(run: SweepRun, now: datetime) -> bool:
    """Whether any part of the sweep has something to do; and when that was known, at which an empty sweep has ended.

    One query, for each of whose parts there is an index.
    """
    sql, parameters = _question(local_day(now))
    with connection.cursor() as cursor:
        cursor.execute(sql, [now + each if isinstance(each, timedelta) else each for each in parameters])
        is_due, run.finished_at = cursor.fetchone()
    return bool(is_due)


@lru_cache(maxsize=1)
def _question(day: date) -> tuple[str, list[Any]]:
    """What is asked on a local day, and with what; a span of time stands for the instant that is so far from now.

    Kept, because Django takes longer to put it together than PostgreSQL to answer it.
    """
    noon = datetime.combine(day, time(12), LOCAL_ZONE)
    asked = [rows.order_by().values("pk").query.sql_with_params() for rows in _waiting(noon)]
    parameters = [each - noon if isinstance(each, datetime) else each for _sql, of_rows in asked for each in of_rows]
    is_due = " OR ".join(f"EXISTS ({sql})" for sql, _of_rows in asked)
    return f"SELECT {is_due}, clock_timestamp()", parameters


def _waiting(now: datetime) -> Iterable[QuerySet[Any]]:
    """What the parts of the sweep ask for."""
    yield Petition.objects.awaiting_intake()
    yield WorkOrder.objects.unmanaged(now)
    yield WorkOrder.objects.to_ring(now)
    yield SlaClock.objects.with_rung_due(now)
    yield Notice.objects.due(now)
    yield coverage.without_snapshot(now)
    for part in _parts:
        yield from part.waiting(now)


def _do_what_is_due(run: SweepRun, now: datetime, *, even_so: bool) -> None:
    """All parts, each in turn: what one has done may be due in the next."""
    run.taken_in = _guarded(run, lambda at: take_in_waiting(at, run), now)
    _guarded(run, lambda at: pass_on_unmanaged(at, run), now)
    run.orders_rung = _guarded(run, lambda at: _ring(run, at), now)
    run.rungs_fired = _guarded(run, lambda at: _climb(run, at, even_so=even_so), now)
    run.notices_tried = _guarded(run, lambda at: outbox.deliver_due(at, limit=BATCH), now)
    _guarded(run, lambda at: _keep_coverage(run, at), now)
    for part in _parts:
        _guarded(run, part.work, now)


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
        except dispatching.NobodyAnswers as refusal:
            # Nothing broke: the register lacks an office, and the work list says so until somebody enters it.
            log.warning("petition %s waits: %s", petition_id, refusal)
        except Exception:
            run.failures += 1
            log.exception("petition %s can't be taken in", petition_id)
    return taken


def pass_on_unmanaged(now: datetime, run: SweepRun) -> int:
    """Take orders from bodies that don't manage the estate any more to whoever answers for it today.

    Their staff don't see these orders from the day on which the contract ended, so nobody else would.
    """
    passed_on = 0
    for order_id in WorkOrder.objects.unmanaged(now).order_by("id").values_list("id", flat=True)[:BATCH]:
        try:
            passed_on += dispatching.pass_on(order_id, now)
        except Exception:
            run.failures += 1
            log.exception("order %s can't be passed on; the next sweep tries it again", order_id)
    return passed_on


def ring_unaccepted(now: datetime, failed: set[int] | None = None) -> int:
    """Ring the next phone for each order that nobody has accepted in time.

    An order for which that goes wrong is logged, put into `failed` by its id, and keeps no other waiting.
    """
    failed = set() if failed is None else failed
    rung = 0
    waiting = WorkOrder.objects.to_ring(now)
    for order_id in waiting.order_by("ring_next_at", "id").values_list("id", flat=True)[:BATCH]:
        try:
            rung += _ring_next(order_id, now)
        except Exception:
            failed.add(order_id)
            log.exception("nobody can be rung for order %s; the next sweep tries it again", order_id)
    return rung


def _ring_next(order_id: int, now: datetime) -> bool:
    """Ring the next phone for an order, unless another sweep is at it or somebody has accepted it by now."""
    with transaction.atomic():
        order = (
            WorkOrder.objects.to_ring(now)
            .select_for_update(of=("self",), skip_locked=True, no_key=True)
            .select_related("body", "issue__category", "issue__building", "issue__estate")
            .filter(pk=order_id)
            .first()
        )
        if order is None:
            return False
        WORK_ORDER.take_step(order, "ring_next", actor="sweep", at=now)
        return True


def _ring(run: SweepRun, now: datetime) -> int:
    failed: set[int] = set()
    rung = ring_unaccepted(now, failed)
    run.failures += len(failed)
    return rung


def _keep_coverage(run: SweepRun, now: datetime) -> int:
    failed: set[int] = set()
    written = coverage.take_snapshots(now, failed)
    run.failures += len(failed)
    return written


def _climb(run: SweepRun, now: datetime, *, even_so: bool) -> int:
    if not even_so:
        try:
            if not ladder.refuse_absurd_share(now):
                return 0
        except ladder.AbsurdShare as refusal:
            run.halted = str(refusal)[:200]
            log.error("escalation halted: %s. Look, then run: manage.py sweep --even-so", refusal)
            return 0
    failed: set[int] = set()
    fired = ladder.fire_due(now, bell=run.bell, failed=failed)
    run.failures += len(failed)
    return fired
