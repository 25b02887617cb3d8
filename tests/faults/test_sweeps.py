"""Sweepers and workers that die, and bells that ring together: every rung once, every person told once."""

import uuid
from datetime import timedelta
from functools import partial

import pytest
from celery import Celery
from django.db import connection

from governance.domain.moment import database_now
from issues.domain.sweep import sweep
from issues.models import SlaClock
from tests.cast import Cast, take_in
from tests.config.processes import eventually
from tests.faults.conftest import Redis, Started, kill
from tests.faults.office import accepted, copies, filed
from tests.faults.outside import Outside
from tests.faults.together import errors, together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

# Long enough ago that warning, breach and supervision are due for both clocks, and four hours later isn't.
AGO = timedelta(hours=2)
NO_NOTICES = "LOCK TABLE governance_notice IN SHARE ROW EXCLUSIVE MODE"
DIGESTS = "SELECT count(*) FROM governance_notice WHERE message_key = 'rung_digest' AND channel = 'in_app'"


def overdue(cast: Cast, number: int) -> None:
    """`number` accepted matters, each with six rungs due: three for the arrival, three for the solution."""
    copies(accepted(cast, at=database_now() - AGO), number)


def all_is_well(outside: Outside, matters: int) -> None:
    assert outside.fired_twice() == []
    assert outside.left_out(str(database_now())) == []
    assert outside.told_twice() == []
    assert outside.breaches_untold() == []
    assert outside.value("SELECT count(*) FROM issues_escalation") == 6 * matters
    assert outside.value("SELECT count(*) FROM issues_supervisionorder") == matters
    assert outside.value("SELECT count(*) FROM residents_petitionupdate WHERE kind = 'supervised'") == matters


def backends_gone(outside: Outside) -> bool:
    """Whether the server has noticed that the killed process is no more: nothing runs or waits for it."""
    busy = "datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle' AND application_name = %s"
    return outside.value(f"SELECT count(*) FROM pg_stat_activity WHERE {busy}", "doomed") == 0


def doomed(started: Started, *command: str, **more):
    """A process whose sessions in the database can be told from all others'."""
    return started(*command, PGAPPNAME="doomed", **more)


def test_a_sweeper_killed_between_insert_and_commit_leaves_nothing_and_the_next_does_it_all(
    cast: Cast, outside: Outside, started: Started
):
    overdue(cast, 10)
    with outside.holding(NO_NOTICES):
        sweeper = doomed(started, "manage.py", "sweep")
        # Its escalations are written; it waits to write the notices, and then would commit.
        outside.wait_for_somebody_stuck_on("governance_notice")
        kill(sweeper)
    assert eventually(lambda: backends_gone(outside))
    assert outside.value("SELECT count(*) FROM issues_escalation") == 0
    assert outside.value("SELECT count(*) FROM residents_petitionupdate WHERE kind = 'breached'") == 0

    said = started.finishes(started("manage.py", "sweep"))

    assert "escalated 60" in said
    all_is_well(outside, 10)
    assert {outside.value(f"{DIGESTS} AND recipient_id = %s", who.pk) for who in (cast.zheng, cast.wu, cast.chen)} == {
        1
    }


def test_a_sweeper_killed_in_the_middle_of_its_commit_has_done_it_and_the_next_adds_nothing(
    cast: Cast, outside: Outside, started: Started
):
    overdue(cast, 10)
    with outside.holding(f"SELECT pg_advisory_xact_lock(7241, {cast.subdistrict.pk})"):
        sweeper = doomed(started, "manage.py", "sweep")
        outside.wait_for_somebody_stuck_on("COMMIT")
        kill(sweeper)
    assert eventually(lambda: backends_gone(outside))
    assert outside.value("SELECT count(*) FROM issues_escalation") == 60

    said = started.finishes(started("manage.py", "sweep"))

    assert "escalated 0" in said
    all_is_well(outside, 10)
    assert outside.value(f"{DIGESTS} AND recipient_id = %s", cast.zheng.pk) == 1


def test_a_sweeper_killed_while_taking_in_leaves_the_petition_to_the_next(
    cast: Cast, outside: Outside, started: Started
):
    petition = filed(cast.li, cast.building, at=database_now())
    with outside.holding(NO_NOTICES):
        sweeper = doomed(started, "manage.py", "sweep")
        outside.wait_for_somebody_stuck_on("governance_notice")
        kill(sweeper)
    assert eventually(lambda: backends_gone(outside))
    assert outside.rows("SELECT receipt_no, state FROM residents_petition") == [(petition.receipt_no, "filed")]
    assert outside.value("SELECT count(*) FROM issues_issue") == 0

    started.finishes(started("manage.py", "sweep"))

    assert outside.rows("SELECT receipt_no, state FROM residents_petition") == [(petition.receipt_no, "in_hand")]
    assert outside.value("SELECT count(*) FROM issues_workorder") == 1
    assert outside.rows(
        "SELECT channel, state FROM governance_notice WHERE message_key = 'order_rings' ORDER BY 1"
    ) == [
        ("in_app", "delivered"),
        ("voice", "delivered"),
    ]


def test_many_sweeps_at_once_over_three_hundred_clocks_fire_each_rung_once(
    cast: Cast, outside: Outside, started: Started
):
    overdue(cast, 150)
    assert SlaClock.objects.running().filter(next_rung_at__lte=database_now()).count() == 300
    others = [started("manage.py", "sweep", "--even-so") for _number in range(3)]

    outcomes = together(*[partial(sweep, bell=bell, even_so=True) for bell in ("beat", "loop", "doorbell", "beat")])
    for process in others:
        started.finishes(process)

    assert errors(outcomes) == []
    assert outside.rows("SELECT DISTINCT failures, halted FROM issues_sweeprun") == [(0, "")]
    all_is_well(outside, 150)
    fired = "SELECT sum(rungs_fired) FROM issues_sweeprun"
    assert outside.value(fired) == outside.value("SELECT count(*) FROM issues_escalation")


def test_two_sweeps_that_get_one_clock_each_of_many_matters_do_not_wait_in_a_circle(cast: Cast, outside: Outside):
    """Eight sweeps of small batches interleave the two clocks of every matter."""
    from issues.domain import ladder

    overdue(cast, 40)
    before, ladder.BATCH = ladder.BATCH, 7
    try:
        outcomes = together(*[partial(sweep, bell="loop", even_so=True)] * 8)
    finally:
        ladder.BATCH = before

    assert errors(outcomes) == []
    assert outside.rows("SELECT DISTINCT failures FROM issues_sweeprun") == [(0,)]
    # A sweep that saw less than a batch left the rest to whoever held it.
    sweep(bell="loop", even_so=True)
    all_is_well(outside, 40)


def test_a_clock_in_somebody_s_hands_keeps_no_other_waiting(cast: Cast, outside: Outside):
    overdue(cast, 5)
    one = "SELECT id FROM issues_slaclock WHERE kind = 'resolve' ORDER BY id LIMIT 1 FOR NO KEY UPDATE"
    with outside.holding(one), connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '1s'")
        try:
            run = sweep(bell="loop")
        finally:
            cursor.execute("RESET lock_timeout")

    assert (run.failures, run.rungs_fired) == (0, 27)
    assert sweep(bell="loop").rungs_fired == 3
    all_is_well(outside, 5)


def test_two_bells_at_once_ring_the_next_phone_once(cast: Cast, outside: Outside):
    order = take_in(filed(cast.li, cast.building))

    outcomes = together(*[partial(sweep, bell=bell, now=order.ring_next_at) for bell in ("beat", "loop") * 4])

    assert errors(outcomes) == []
    rung = "SELECT recipient_id, channel FROM governance_notice WHERE message_key = 'order_rings' ORDER BY id"
    assert [row[0] for row in outside.rows(rung) if row[1] == "voice"] == [cast.zhou.pk, cast.liu.pk]
    assert outside.value("SELECT attempts FROM governance_notice WHERE channel = 'voice' ORDER BY id LIMIT 1") == 1


def test_a_celery_worker_killed_with_tasks_in_flight_loses_nothing_and_does_nothing_twice(
    cast: Cast, outside: Outside, started: Started, redis: Redis
):
    overdue(cast, 10)
    app = Celery("faults", broker=f"redis+socket://{redis.socket}")
    worker = ("-m", "celery", "-A", "config.celery", "worker", "--concurrency", "2", "--loglevel", "WARNING")

    def ring() -> None:
        app.send_task("issues.tasks.ring_sweep", kwargs={"bell": "beat"}, task_id=str(uuid.uuid4()), expires=60)

    with outside.holding(NO_NOTICES):
        first = doomed(started, *worker, redis=redis)
        for _number in range(6):
            ring()
        outside.wait_for_somebody_stuck_on("governance_notice")
        kill(first)
    assert eventually(lambda: backends_gone(outside))
    assert outside.value("SELECT count(*) FROM issues_escalation") == 0

    # One at a time: two sweeps side by side may share the matters, and each sends a digest of its own.
    second = started(*worker, "--concurrency", "1", redis=redis)
    ring()

    fired = "SELECT count(*) FROM issues_escalation"
    assert eventually(lambda: outside.value(fired) == 60, 60), started.said_by(second)
    done = "SELECT count(*) FROM issues_sweeprun WHERE finished_at IS NOT NULL AND rungs_fired > 0"
    assert eventually(lambda: outside.value(done) > 0, 30), started.said_by(second)
    all_is_well(outside, 10)
    assert outside.value(f"{DIGESTS} AND recipient_id = %s", cast.zheng.pk) == 1
    app.close()


def test_a_killed_sender_s_notice_is_sent_by_the_next_once_the_lease_is_over(cast: Cast, outside: Outside):
    take_in(filed(cast.li, cast.building))
    leased = "UPDATE governance_notice SET lease_until = now() + interval '1 hour' WHERE channel = 'voice' RETURNING id"
    assert len(outside.rows(leased)) == 1

    sweep(bell="loop")
    assert outside.value("SELECT state FROM governance_notice WHERE channel = 'voice'") == "pending"
    outside.rows("UPDATE governance_notice SET lease_until = now() WHERE channel = 'voice' RETURNING id")
    sweep(bell="loop")

    assert outside.value("SELECT DISTINCT state FROM governance_notice WHERE channel = 'voice'") == "delivered"
