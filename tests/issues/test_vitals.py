"""What watchers are told of the sweep and of what waits."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config import metrics
from governance.domain.moment import database_now
from governance.models import Channel, Notice, NoticeState
from issues.domain import intake
from issues.domain.sweep import sweep
from issues.models import Escalation, SweepRun, WorkOrder
from issues.models.sweeps import Bell
from issues.vitals import Vitals, Waiting, read_vitals
from residents.models import Petition
from tests.cast import Cast
from tests.faults.office import accepted, filed

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
SOON = timedelta(seconds=30)


def near(age: timedelta) -> object:
    return pytest.approx(age.total_seconds(), abs=SOON.total_seconds())


def notice(cast: Cast, number: int, state: str, at) -> Notice:
    return Notice.objects.create(
        recipient=cast.li, channel=Channel.SMS, message_key="k", dedupe_key=f"test-{number}", state=state,
        created_at=at, next_attempt_at=at, settled_by=cast.li if state == NoticeState.PHONED else None,
        delivered_at=at if state == NoticeState.DELIVERED else None,
    )  # fmt: skip


def test_a_portal_in_which_nothing_has_happened_has_no_ages(db):
    assert read_vitals() == Vitals(None, None, Waiting(0, None), 0, Waiting(0, None), Waiting(0, None))
    text = metrics.exposition(read_vitals()).decode()
    # No sweep yet is no sample, not an age of nought.
    assert "youying_sweep_age_seconds" not in text
    assert "youying_rung_late_seconds" not in text
    assert "youying_petitions_awaiting_intake_oldest_seconds 0.0" in text


def test_the_last_sweep_that_ended_counts_and_not_one_that_hangs(db):
    at = database_now()
    SweepRun.objects.create(
        bell=Bell.LOOP, started_at=at - 2 * HOUR, finished_at=at - HOUR, failures=3, halted="too many"
    )
    SweepRun.objects.create(bell=Bell.LOOP, started_at=at)
    found = read_vitals().sweep
    assert found.age.total_seconds() == near(HOUR)
    assert (found.took, found.failures, found.is_halted) == (HOUR, 3, True)


def test_a_rung_that_fired_late_says_how_late(cast: Cast):
    accepted(cast, at=database_now() - 2 * HOUR)
    sweep(bell=Bell.COMMAND)
    last = Escalation.objects.order_by("-id").first()
    assert read_vitals().latest_rung_late == last.acted_at - last.due_at


def test_what_waits_is_counted_with_the_age_of_the_oldest(cast: Cast):
    at = database_now()
    Notice.objects.all().delete()
    for number, (state, age) in enumerate(
        [("pending", 3), ("pending", 5), ("not_reached", 9), ("phoned", 9), ("delivered", 9), ("sent", 9)]
    ):
        notice(cast, number, state, at - age * HOUR)
    for person in (cast.li, cast.wang):
        intake.take_in(filed(person, cast.building, at=at).pk, at=at)
    first = filed(cast.li, cast.building)
    WorkOrder.objects.update(dispatched_at=at - 2 * HOUR)
    Petition.objects.filter(pk=first.pk).update(filed_at=at - 4 * HOUR)
    found = read_vitals()
    assert (found.unsent_notices.count, found.unsent_notices.oldest.total_seconds()) == (
        2 + Notice.objects.filter(state="pending").exclude(dedupe_key__startswith="test-").count(), near(5 * HOUR)
    )  # fmt: skip
    assert found.not_reached == 1
    assert (found.petitions.count, found.petitions.oldest.total_seconds()) == (1, near(4 * HOUR))
    assert (found.orders.count, found.orders.oldest.total_seconds()) == (2, near(2 * HOUR))


def test_six_queries_each_on_an_index(cast: Cast):
    filed(cast.li, cast.building)
    with CaptureQueriesContext(connection) as asked:
        read_vitals()
    assert len(asked) == 6
    used = set()
    with connection.cursor() as cursor:
        # A table of three rows is read whole, whatever indexes it has; what counts is that there is one to use.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        for query in asked.captured_queries:
            cursor.execute(f"EXPLAIN {query['sql']}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
            assert "Seq Scan" not in plan, plan
            used |= {word for word in plan.replace("on ", " ").split() if word in INDEXES | OF_LIVE_ORDERS}
    assert used - OF_LIVE_ORDERS == INDEXES
    assert used & OF_LIVE_ORDERS


INDEXES = {
    "sweeps_by_time", "issues_escalation_pkey", "notices_due", "notices_not_reached", "petitions_awaiting_intake",
}  # fmt: skip
# Each holds the live orders alone. On three rows they cost the same, and which one is taken is chance.
OF_LIVE_ORDERS = {
    *("queue_of_a_body", "queue_of_a_community", "queue_of_a_street"),
    *("orders_to_ring", "live_orders_by_manager", "one_live_order_an_issue"),
}
