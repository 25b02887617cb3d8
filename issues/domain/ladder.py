"""The ladder: firing every rung that is due, each once. When a rung is due is worked out in `issues.domain.rungs`.

The sweep only tells people; our own lag is on record beside the due time.
"""

import gc
import json
import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import F

from governance.domain import audit, outbox
from governance.models import Urgency, User, read_scopes
from governance.models.many import among, attach, meanwhile
from issues.domain import people, supervision
from issues.domain.clocks import set_next_rung
from issues.domain.rungs import Office, RungTime, rung_times, waiting
from issues.domain.telling import link_to, petitions_of_each, tell_each, tell_petitioners
from issues.models import Escalation, EscalationRung, SlaClock, SupervisionOrder, WorkOrder

log = logging.getLogger(__name__)

BATCH = 5000
# More than this share of all running clocks at once, and more than this many, means a wrong clock or holiday table.
ABSURD_SHARE = 0.5
ABSURD_NUMBER = 200
# What is read of a clock and its matter; the rest of them is wide.
READ = (
    *("subdistrict", "issue", "kind", "epoch", "policy", "starts_at", "due_at"),
    *(f"issue__{name}" for name in ("public_id", "subdistrict", "community", "estate", "building", "stairwell")),
    *(f"issue__{name}" for name in ("category", "hides_petitioner")),
)


class AbsurdShare(Exception):
    """So much is due at once that a person must look before anybody is told."""


class Told(NamedTuple):
    """One thing people have to be told in this batch. `account`: the account that is asked of this very person.

    `matter`, `step`: what a digest counts it by.
    """

    clock: SlaClock
    rung: EscalationRung
    order: WorkOrder
    matter: str
    step: str
    account: SupervisionOrder | None = None


class Firing(NamedTuple):
    """A rung that fires now, on its clock."""

    clock: SlaClock
    time: RungTime


Telling = tuple[User, Told]


def refuse_absurd_share(now: datetime) -> int:
    """How many running clocks have a rung due. Raises `AbsurdShare` if that is an absurd part of all (RULES.md §1)."""
    due = SlaClock.objects.with_rung_due(now).order_by().count()
    # So few are never absurd, whatever their share is: the others needn't be counted.
    if due > ABSURD_NUMBER and due > (running := SlaClock.objects.running().count()) * ABSURD_SHARE:
        raise AbsurdShare(f"{due} of {running} running clocks are due for escalation at once")
    return due


def fire_due(now: datetime, *, bell: str, failed: set[int] | None = None) -> int:
    """Fire every rung due by `now`, in batches; returns how many. Several may run at once: each rung fires once.

    A clock that can't be escalated is logged, put into `failed` by its id, and keeps no other waiting.
    """
    failed = set() if failed is None else failed
    directory = people.Directory(now)
    total = 0
    while True:
        with _no_garbage_collected():
            fired, clocks = _fire_batch(now, bell, failed, directory)
        total += fired
        if clocks < BATCH:
            return total


@contextmanager
def _no_garbage_collected() -> Iterator[None]:
    """What is read for a batch is needed to its end: looking for garbage in it took a third of the batch's time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _fire_batch(now: datetime, bell: str, failed: set[int], directory: people.Directory) -> tuple[int, int]:
    with transaction.atomic():
        clocks = _lock_due(now, failed)
        if not clocks:
            return 0, 0
        try:
            with transaction.atomic():
                fired, to_tell = _fire_clocks(clocks, now, bell, directory)
        except Exception:
            log.exception("a batch of %s clocks can't be escalated at once; one by one", len(clocks))
            fired, to_tell = _fire_one_by_one(clocks, now, bell, failed, directory)
        _tell(to_tell, now)
    return fired, len(clocks)


def _lock_due(now: datetime, failed: set[int]) -> list[SlaClock]:
    """The clocks to fire, in our hands. Mostly there are none, and then nothing but their index is read."""
    due = SlaClock.objects.with_rung_due(now).exclude(pk__in=failed)
    locked = due.select_for_update(of=("self",), skip_locked=True, no_key=True)
    # The categories are few and aren't joined; where it is is read for those who are told of one alone.
    clocks = list(locked.select_related("issue").only(*READ)[:BATCH])
    attach([clock.issue for clock in clocks], "category")
    # Two clocks of one issue may be in the hands of two sweeps, and only one opens its supervision order: if all
    # go through the issues in the same order, none waits for another in a circle.
    return sorted(clocks, key=lambda clock: (clock.issue_id, clock.pk))


def _fire_one_by_one(
    clocks: list[SlaClock], now: datetime, bell: str, failed: set[int], directory: people.Directory
) -> tuple[int, list[Telling]]:
    fired, to_tell = 0, []
    for clock in clocks:
        try:
            with transaction.atomic():
                of_clock, tellings = _fire_clocks([clock], now, bell, directory)
        except Exception:
            failed.add(clock.pk)
            log.exception("clock %s can't be escalated; the next sweep tries it again", clock.pk)
            continue
        fired += of_clock
        to_tell += tellings
    return fired, to_tell


def _fire_clocks(
    clocks: list[SlaClock], now: datetime, bell: str, directory: people.Directory
) -> tuple[int, list[Telling]]:
    """Fire the clocks' due rungs, and set each clock to the one after them: how many, and who is told of which."""
    climbs = _climbs(clocks)
    firing = [Firing(climb.clock, time) for climb in climbs for time in climb.times if time.at <= now]
    later = {climb.clock.pk: next((time.at for time in climb.times if time.at > now), None) for climb in climbs}
    return len(firing), _fire_all(firing, now, bell, directory, later)


def fire_breaches(clocks: Iterable[SlaClock], *, at: datetime, bell: str) -> int:
    """Fire at once, on clocks whose time is up at `at`, the rungs for that very moment; returns how many.

    For clocks that a change of what is promised has put past their time: nobody could be warned of it, so nobody is.
    Runs inside the caller's transaction, which holds the locks of the clocks' issues.
    """
    clocks = list(clocks)
    if not clocks:
        return 0
    breaches = [
        Firing(climb.clock, time)
        for climb in _climbs(clocks)
        for time in climb.times
        if time.at == climb.clock.due_at and time.rung.at_percent is None
    ]
    to_tell = _fire_all(breaches, at, bell, people.Directory(at))
    for clock in clocks:
        set_next_rung(clock)
    _tell(to_tell, at)
    return len(breaches)


class _Climb(NamedTuple):
    """A clock and when each rung that is still before it fires, the soonest first."""

    clock: SlaClock
    times: list[RungTime]


def _climbs(clocks: list[SlaClock]) -> list[_Climb]:
    """For however many clocks, in three queries; two more where the office's next day matters."""
    fired: dict[int, list[int]] = defaultdict(list)
    done = Escalation.objects.filter(clock__in=among(clock.pk for clock in clocks), epoch=F("clock__epoch"))
    for clock_id, rung_id in done.values_list("clock_id", "rung_id"):
        fired[clock_id].append(rung_id)
    known = EscalationRung.objects.in_bulk({rung for rungs in fired.values() for rung in rungs})
    ladders: dict[int, list[EscalationRung]] = defaultdict(list)
    for rung in EscalationRung.objects.filter(policy__in={clock.policy_id for clock in clocks}):
        ladders[rung.policy_id].append(rung)
    office = Office()
    return [
        _Climb(
            clock,
            rung_times(
                clock.starts_at,
                clock.due_at,
                waiting(ladders[clock.policy_id], [known[rung] for rung in fired[clock.pk]]),
                office,
            ),
        )
        for clock in clocks
    ]


def _fire_all(
    firing: list[Firing],
    now: datetime,
    bell: str,
    directory: people.Directory,
    later: dict[int, datetime | None] | None = None,
) -> list[Telling]:
    """Write the rungs, their entries on the trail and the residents' lines; who is told of which.

    `later`: the rung after these, of each clock. All that has to be read is read before anything is written.
    """
    breached = [clock for clock, time in firing if time.rung.after_minutes == 0]
    petitions = petitions_of_each({clock.issue_id for clock in breached})
    orders = people.present_orders([clock.issue for clock, _time in firing])
    of_orders = [(each, orders[each.clock.issue_id]) for each in firing if each.clock.issue_id in orders]
    audiences = directory.audiences([(each.time.rung.tells, order) for each, order in of_orders])
    with meanwhile():
        _set_next_rungs(later or {})
        _record(firing, now)
        _write(firing, now, bell)
        news = [(clock.issue, {"kind": clock.kind, "due_at": clock.due_at.isoformat()}) for clock in breached]
        tell_each(news, petitions, "breached", at=now)
    opening = _escalations_of([each for each, _order in of_orders if each.time.rung.opens_supervision])
    return [
        telling
        for (each, order), audience in zip(of_orders, audiences, strict=True)
        for telling in _to_tell(each, order, audience, opening.get((each.clock.pk, each.time.rung.pk)), now)
    ]


def _set_next_rungs(later: dict[int, datetime | None]) -> None:
    if not later:
        return
    with connection.cursor() as cursor:
        # As JSON: Python would quote thousands of values one by one.
        cursor.execute(
            "UPDATE issues_slaclock SET next_rung_at = later.at "
            "FROM json_to_recordset(%s) AS later (id bigint, at timestamptz) WHERE issues_slaclock.id = later.id",
            [json.dumps([{"id": pk, "at": at and at.isoformat()} for pk, at in later.items()])],
        )


def _write(firing: list[Firing], now: datetime, bell: str) -> None:
    """The rows. The clocks are in our hands and what has fired was read after that: none is there yet."""
    rows = [
        {"clock_id": clock.pk, "epoch": clock.epoch, "rung_id": time.rung.pk, "due_at": time.at.isoformat()}
        for clock, time in firing
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO issues_escalation (clock_id, epoch, rung_id, due_at, acted_at, bell) "
            "SELECT clock_id, epoch, rung_id, due_at, greatest(due_at, %s), %s FROM json_to_recordset(%s) "
            "AS firing (clock_id bigint, epoch int, rung_id bigint, due_at timestamptz)",
            [now, bell, json.dumps(rows)],
        )


def _record(firing: list[Firing], now: datetime) -> None:
    by_street: dict[int, list[audit.Fact]] = defaultdict(list)
    for clock, time in firing:
        facts: dict[str, object] = {
            "rung": time.rung.code,
            "kind": clock.kind,
            "due_at": clock.due_at.isoformat(),
        }
        by_street[clock.subdistrict_id].append(audit.Fact("escalate", "issue", clock.issue.audit_ref, facts))
    for street, told in sorted(by_street.items()):
        audit.record_many(told, actor="sweep", at=now, subdistrict_id=street)


def _escalations_of(firing: list[Firing]) -> dict[tuple[int, int], int]:
    """The ids of what was just written, by clock and rung."""
    if not firing:
        return {}
    clocks, rungs = among(each.clock.pk for each in firing), {each.time.rung.pk for each in firing}
    written = Escalation.objects.filter(clock__in=clocks, rung__in=rungs, epoch=F("clock__epoch"))
    return {(clock, rung): pk for clock, rung, pk in written.values_list("clock_id", "rung_id", "id")}


def _to_tell(
    firing: Firing, order: WorkOrder, audience: list[User], escalation_id: int | None, now: datetime
) -> list[Telling]:
    """Whom the rung tells; and whoever has to give the account that is now asked for, of that."""
    clock, rung = firing.clock, firing.time.rung
    told = Told(clock, rung, order, clock.issue.audit_ref, f"{clock.pk}/{rung.code}")
    asked = _open_supervision(clock, escalation_id, order, now) if escalation_id else None
    if not asked:
        return [(person, told) for person in audience]
    accountable = people.answerers(asked, now)
    everybody = dict.fromkeys([*audience, *accountable])
    return [(person, told._replace(account=asked) if person in accountable else told) for person in everybody]


def _open_supervision(clock: SlaClock, escalation_id: int, order: WorkOrder, now: datetime) -> SupervisionOrder | None:
    """Open the supervision order of this epoch. A second clock that gets so far finds it open already: None."""
    opened, is_new = SupervisionOrder.objects.get_or_create(
        issue=clock.issue,
        epoch=clock.epoch,
        defaults={
            "subdistrict_id": clock.subdistrict_id,
            "community_id": clock.issue.community_id,
            "escalation_id": escalation_id,
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


def _tell(to_tell: list[Telling], now: datetime) -> None:
    """One notice for one thing; for several one digest a sweep, so that the morning after an outage brings no storm."""
    told: dict[int, tuple[User, list[Told]]] = {}
    for person, thing in to_tell:
        told.setdefault(person.pk, (person, []))[1].append(thing)
    event = f"digest:{now.isoformat()}"
    posted = outbox.posted_to([person for person, _things in told.values()], event)
    read_scopes([person for person, things in told.values() if len(things) > 1 and person.pk not in posted], now)
    digests: list[outbox.Sum] = []
    for person, things in told.values():
        if len(things) > 1 or person.pk in posted:
            link = "" if person.pk in posted else _link_to_queue(person, now)
            digests.append(outbox.Sum(person, _refs(things), {"link": link, **_where(things[0], now)}))
        else:
            _tell_one(person, things[0], now)
    outbox.add_up_all(digests, "rung_digest", event, posted)


def _refs(things: list[Told]) -> dict[str, set[str]]:
    return {
        "matters": {thing.matter for thing in things},
        "rungs": {thing.step for thing in things},
        "supervisions": {thing.matter for thing in things if thing.rung.opens_supervision},
    }


def _where(thing: Told, now: datetime) -> dict[str, Any]:
    return {
        "at": now,
        "urgency": Urgency.PROMPT,
        "subdistrict_id": thing.order.issue.phoning_subdistrict_id,
        "community_id": thing.order.issue.phoning_community_id,
    }


def _tell_one(person: User, thing: Told, now: datetime) -> None:
    where = _where(thing, now)
    if thing.account:
        key, params = "supervision_issued", supervision.notice_params(thing.account)
        dedupe = f"{key}:{thing.account.public_id}"
        outbox.post(person, key, params, dedupe=dedupe, link=supervision.link_to(thing.account), **where)
        return
    code = "supervision" if thing.rung.opens_supervision else "breach"
    outbox.post(
        person,
        "rung_warning" if thing.rung.at_percent is not None else f"rung_{code}",
        {
            **people.place_params(thing.order),
            "kind": thing.clock.kind,
            "due_at": thing.clock.due_at.isoformat(),
            "body": thing.order.body.short_name,
        },
        dedupe=f"rung:{thing.clock.pk}:{thing.clock.epoch}:{thing.rung.pk}",
        link=_link_for(person, thing.order, now),
        **where,
    )


def _link_for(person: User, order: WorkOrder, now: datetime) -> str:
    """Where the person can look at it; none for a secretary, who is told but doesn't handle orders."""
    return link_to(order) if WorkOrder.objects.visible_to(person, now).filter(pk=order.pk).exists() else ""


def _link_to_queue(person: User, now: datetime) -> str:
    return "/queue/" if person.scope(now).handles_orders else ""
