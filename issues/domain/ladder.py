"""The ladder: firing every rung that is due, each once. When a rung is due is worked out in `issues.domain.rungs`.

The sweep only tells people; our own lag is on record beside the due time.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction

from governance.domain import audit, outbox
from governance.models import Urgency, User
from issues.domain import people, supervision
from issues.domain.clocks import fired_rungs, set_next_rung
from issues.domain.rungs import RungTime, rung_times, waiting
from issues.domain.telling import link_to, tell_petitioners
from issues.models import Escalation, EscalationRung, SlaClock, SupervisionOrder, WorkOrder

log = logging.getLogger(__name__)

BATCH = 200
# More than this share of all running clocks at once, and more than this many, means a wrong clock or holiday table.
ABSURD_SHARE = 0.5
ABSURD_NUMBER = 200


class AbsurdShare(Exception):
    """So much is due at once that a person must look before anybody is told."""


class Told(NamedTuple):
    """One thing one person has to be told in this batch. `account`: the account that is asked of this very person."""

    clock: SlaClock
    rung: EscalationRung
    order: WorkOrder
    account: SupervisionOrder | None = None


def refuse_absurd_share(now: datetime) -> None:
    """Raise `AbsurdShare` if an absurd part of all running clocks has a rung due at once (RULES.md §1)."""
    due = SlaClock.objects.with_rung_due(now).count()
    running = SlaClock.objects.running().count()
    if due > ABSURD_NUMBER and due > running * ABSURD_SHARE:
        raise AbsurdShare(f"{due} of {running} running clocks are due for escalation at once")


def fire_due(now: datetime, *, bell: str, failed: set[int] | None = None) -> int:
    """Fire every rung due by `now`, in batches; returns how many. Several may run at once: each rung fires once.

    A clock that can't be escalated is logged, put into `failed` by its id, and keeps no other waiting.
    """
    failed = set() if failed is None else failed
    total = 0
    while True:
        fired, clocks = _fire_batch(now, bell, failed)
        total += fired
        if clocks < BATCH:
            return total


def _fire_batch(now: datetime, bell: str, failed: set[int]) -> tuple[int, int]:
    with transaction.atomic():
        clocks = list(
            SlaClock.objects.with_rung_due(now)
            .exclude(pk__in=failed)
            .select_for_update(of=("self",), skip_locked=True, no_key=True)
            .select_related("issue__category", "issue__building", "issue__estate", "policy")[:BATCH]
        )
        # Two clocks of one issue may be in the hands of two sweeps, and only one opens its supervision order: if all
        # go through the issues in the same order, none waits for another in a circle.
        clocks.sort(key=lambda clock: clock.issue_id)
        told: dict[User, list[Told]] = defaultdict(list)
        fired = 0
        for clock in clocks:
            try:
                with transaction.atomic():
                    of_clock, to_tell = _fire_clock(clock, now, bell)
            except Exception:
                failed.add(clock.pk)
                log.exception("clock %s can't be escalated; the next sweep tries it again", clock.pk)
                continue
            fired += of_clock
            for person, thing in to_tell:
                told[person].append(thing)
        _tell(told, now)
    return fired, len(clocks)


def fire_breaches(clocks: Iterable[SlaClock], *, at: datetime, bell: str) -> int:
    """Fire at once, on clocks whose time is up at `at`, the rungs for that very moment; returns how many.

    For clocks that a change of what is promised has put past their time: nobody could be warned of it, so nobody is.
    Runs inside the caller's transaction, which holds the locks of the clocks' issues.
    """
    told: dict[User, list[Told]] = defaultdict(list)
    fired = 0
    for clock in clocks:
        times = rung_times(clock.starts_at, clock.due_at, waiting(clock.policy.rungs.all(), fired_rungs(clock)))
        breaches = [time for time in times if time.at == clock.due_at and time.rung.at_percent is None]
        of_clock, to_tell = _fire_all(clock, breaches, at, bell)
        set_next_rung(clock)
        fired += of_clock
        for person, thing in to_tell:
            told[person].append(thing)
    _tell(told, at)
    return fired


def _tell(told: dict[User, list[Told]], now: datetime) -> None:
    for person, things in told.items():
        _tell_person(person, things, now)


def _fire_clock(clock: SlaClock, now: datetime, bell: str) -> tuple[int, list[tuple[User, Told]]]:
    """Fire the clock's due rungs: how many, and who has to be told of which."""
    return _fire_all(clock, _due_rungs(clock, now), now, bell)


def _fire_all(
    clock: SlaClock, times: Iterable[RungTime], now: datetime, bell: str
) -> tuple[int, list[tuple[User, Told]]]:
    order = people.present_order(clock.issue)
    fired, to_tell = 0, []
    for time in times:
        escalation = _fire(clock, time, now, bell)
        if escalation is None:
            continue
        fired += 1
        if order:
            asked = _open_supervision(clock, escalation, order, now) if time.rung.opens_supervision else None
            to_tell += _to_tell(clock, time.rung, order, asked, now)
    return fired, to_tell


def _to_tell(
    clock: SlaClock, rung: EscalationRung, order: WorkOrder, asked: SupervisionOrder | None, now: datetime
) -> list[tuple[User, Told]]:
    """Whom the rung tells; and whoever has to give the account that is now asked for, of that."""
    accountable = people.answerers(asked, now) if asked else []
    everybody = dict.fromkeys([*people.audience(rung.tells, order, now), *accountable])
    return [(person, Told(clock, rung, order, asked if person in accountable else None)) for person in everybody]


def _due_rungs(clock: SlaClock, now: datetime) -> list[RungTime]:
    """The clock's rungs due by `now` that haven't fired; sets the clock to the one after them."""
    left = waiting(clock.policy.rungs.all(), fired_rungs(clock))
    times = rung_times(clock.starts_at, clock.due_at, left)
    due = [time for time in times if time.at <= now]
    later = times[len(due) :]
    clock.next_rung_at = later[0].at if later else None
    clock.save(update_fields=["next_rung_at"])
    return due


def _fire(clock: SlaClock, time: RungTime, now: datetime, bell: str) -> Escalation | None:
    """Write the rung. None if it had fired already."""
    escalation, is_new = Escalation.objects.get_or_create(
        clock=clock,
        epoch=clock.epoch,
        rung=time.rung,
        defaults={"due_at": time.at, "acted_at": max(now, time.at), "bell": bell},
    )
    if not is_new:
        return None
    facts = {"rung": time.rung.code, "kind": clock.kind, "due_at": clock.due_at.isoformat()}
    audit.record(
        "escalate",
        "issue",
        clock.issue.audit_ref,
        actor="sweep",
        at=now,
        subdistrict_id=clock.subdistrict_id,
        **facts,
    )
    if time.rung.after_minutes == 0:
        tell_petitioners(clock.issue, "breached", at=now, kind=clock.kind, due_at=clock.due_at.isoformat())
    return escalation


def _open_supervision(
    clock: SlaClock, escalation: Escalation, order: WorkOrder, now: datetime
) -> SupervisionOrder | None:
    """Open the supervision order of this epoch. A second clock that gets so far finds it open already: None."""
    opened, is_new = SupervisionOrder.objects.get_or_create(
        issue=clock.issue,
        epoch=clock.epoch,
        defaults={
            "subdistrict_id": clock.subdistrict_id,
            "community_id": clock.issue.community_id,
            "escalation": escalation,
            "body": order.body,
            "issued_at": now,
            # Called only where there is none yet.
            "answer_due_at": lambda: supervision.answer_due_at(now),  # type: ignore[misc]
        },
    )
    if not is_new:
        return None
    audit.record(
        "issue",
        "supervision order",
        opened.audit_ref,
        actor="sweep",
        at=now,
        subdistrict_id=clock.subdistrict_id,
        body=order.body.name,
    )
    tell_petitioners(clock.issue, "supervised", at=now, body=order.body.short_name)
    return opened


def _tell_person(person: User, things: list[Told], now: datetime) -> None:
    """One notice for one thing; for several one digest a sweep, so that the morning after an outage brings no storm."""
    first = things[0]
    event = f"digest:{now.isoformat()}"
    where: dict[str, Any] = {
        "at": now,
        "urgency": Urgency.PROMPT,
        "subdistrict_id": first.order.issue.phoning_subdistrict_id,
        "community_id": first.order.issue.phoning_community_id,
    }
    if len(things) > 1 or outbox.is_posted(person, event):
        refs = {
            "matters": {thing.clock.issue.audit_ref for thing in things},
            "rungs": {f"{thing.clock.pk}/{thing.rung.code}" for thing in things},
            "supervisions": {thing.clock.issue.audit_ref for thing in things if thing.rung.opens_supervision},
        }
        outbox.add_up(person, "rung_digest", refs, dedupe=event, link=_link_to_queue(person, now), **where)
        return
    if first.account:
        key, params = "supervision_issued", supervision.notice_params(first.account)
        dedupe = f"{key}:{first.account.public_id}"
        outbox.post(person, key, params, dedupe=dedupe, link=supervision.link_to(first.account), **where)
        return
    code = "supervision" if first.rung.opens_supervision else "breach"
    outbox.post(
        person,
        "rung_warning" if first.rung.at_percent is not None else f"rung_{code}",
        {
            **people.place_params(first.order),
            "kind": first.clock.kind,
            "due_at": first.clock.due_at.isoformat(),
            "body": first.order.body.short_name,
        },
        dedupe=f"rung:{first.clock.pk}:{first.clock.epoch}:{first.rung.pk}",
        link=_link_for(person, first.order, now),
        **where,
    )


def _link_for(person: User, order: WorkOrder, now: datetime) -> str:
    """Where the person can look at it; none for a secretary, who is told but doesn't handle orders."""
    return link_to(order) if WorkOrder.objects.visible_to(person, now).filter(pk=order.pk).exists() else ""


def _link_to_queue(person: User, now: datetime) -> str:
    return "/queue/" if person.scope(now).handles_orders else ""
