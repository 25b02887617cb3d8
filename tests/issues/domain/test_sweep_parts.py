"""The sweep's parts: what goes wrong with one matter keeps no other waiting, and what is due is found by an index."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from governance.models import Management, Notice
from issues.domain import handling, ladder
from issues.domain.sweep import ring_unaccepted, sweep
from issues.models import Escalation, Issue, SlaClock, WorkOrder
from tests.cast import NOW, Cast, file, take_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_orders(cast: Cast) -> tuple[WorkOrder, WorkOrder]:
    """The first one's petition can't be told anything: its row is broken in a way that no check foresaw."""
    return take_in(file(cast.li, cast.building)), take_in(file(cast.xu, cast.self_managed_building))


def break_telling_about(order: WorkOrder, monkeypatch) -> None:
    whole = ladder.people.place_params
    told = ladder.tell_each

    def place_params(each: WorkOrder) -> dict[str, object]:
        if each.pk == order.pk:
            raise RuntimeError("broken")
        return whole(each)

    def tell_each(news, petitions, kind, /, **facts) -> None:
        if any(issue.pk == order.issue_id for issue, _params in news):
            raise RuntimeError("broken")
        told(news, petitions, kind, **facts)

    monkeypatch.setattr("issues.domain.people.place_params", place_params)
    monkeypatch.setattr("issues.domain.ladder.tell_each", tell_each)


def test_an_order_for_which_nobody_can_be_rung_keeps_no_other_waiting(two_orders, monkeypatch):
    broken, sound = two_orders
    break_telling_about(broken, monkeypatch)
    WorkOrder.objects.filter(pk=sound.pk).update(rings=0)
    failed: set[int] = set()
    assert ring_unaccepted(NOW + timedelta(seconds=61), failed) == 1
    assert failed == {broken.pk}
    assert WorkOrder.objects.get(pk=sound.pk).rings == 1


def test_a_clock_that_cannot_be_escalated_keeps_no_other_waiting(two_orders, monkeypatch):
    broken, sound = two_orders
    WorkOrder.objects.update(ring_next_at=None)
    break_telling_about(broken, monkeypatch)
    monkeypatch.setattr(ladder, "BATCH", 1)
    run = sweep(bell="test", now=NOW + timedelta(minutes=11))
    assert run.failures >= 1
    assert set(Escalation.objects.values_list("clock__issue_id", flat=True)) == {sound.issue_id}
    assert SlaClock.objects.with_rung_due(NOW + timedelta(minutes=11)).filter(issue=broken.issue_id).exists()


@pytest.mark.parametrize("state", ["dispatched", "accepted", "arrived"])
def test_when_a_contract_ends_its_orders_go_to_whoever_answers_now(cast, state):
    """However far the company had come; the resident's clocks know nothing of it."""
    petition = file(cast.li, cast.building, category="leak")
    order = take_in(petition)
    if state != "dispatched":
        handling.accept(order, actor=cast.zhou, at=NOW)
    if state == "arrived":
        handling.arrive(order, actor=cast.zhou, at=NOW)
    clocks = list(SlaClock.objects.filter(issue=order.issue).values("kind", "epoch", "due_at", "stopped_at"))
    Management.objects.filter(body=cast.hengxin).update(valid_until=NOW.date())
    tomorrow = NOW + timedelta(hours=12)
    sweep(bell="test", now=NOW)
    assert WorkOrder.objects.live().get(issue=order.issue) == order
    sweep(bell="test", now=tomorrow, even_so=True)
    now_at = WorkOrder.objects.live().get(issue=order.issue)
    assert now_at.body == cast.residents_committee
    assert Notice.objects.filter(recipient=cast.wu, message_key="order_rings").exists()
    assert list(SlaClock.objects.filter(issue=order.issue).values("kind", "epoch", "due_at", "stopped_at")) == clocks
    petition.refresh_from_db()
    assert (petition.holder_body, petition.holder_surname) == (cast.residents_committee.short_name, "")
    company = Notice.objects.filter(recipient__in=(cast.zhou, cast.liu, cast.ma, cast.zheng), created_at=tomorrow)
    assert not company.exists()
    assert sweep(bell="test", now=tomorrow, even_so=True).failures == 0
    assert WorkOrder.objects.filter(issue=order.issue).count() == 2


def test_a_sweep_with_nothing_to_do_asks_once_what_is_due(two_orders, django_assert_num_queries):
    sweep(bell="test", now=NOW + timedelta(seconds=1), even_so=True)
    with django_assert_num_queries(2):  # the question, and the run itself
        run = sweep(bell="test", now=NOW + timedelta(seconds=2))
    assert (run.orders_rung, run.failures) == (0, 0)
    run.refresh_from_db()
    assert run.finished_at is not None


@pytest.mark.parametrize(("after", "rung"), [(timedelta(seconds=59), 0), (timedelta(seconds=60), 2)])
def test_what_is_asked_is_asked_as_of_now(two_orders, after, rung):
    """The question is put together once a day: what was due at the first sweep's time isn't what is due at the next."""
    sweep(bell="test", now=NOW + timedelta(seconds=1), even_so=True)
    assert sweep(bell="test", now=NOW + after).orders_rung == rung


def test_where_it_can_not_be_asked_everything_is_done(two_orders, monkeypatch):
    def breaks(run, now):
        raise RuntimeError("broken")

    monkeypatch.setattr("issues.domain.sweep._find_out", breaks)
    run = sweep(bell="test", now=NOW + timedelta(seconds=60))
    assert (run.orders_rung, run.failures) == (2, 1)


def test_an_order_stands_at_its_issue_s_estate_whatever_is_written(cast: Cast, two_orders):
    order, _other = two_orders
    WorkOrder.objects.filter(pk=order.pk).update(estate=cast.strange_estate)
    order.refresh_from_db()
    assert order.estate == order.issue.estate
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        Issue.objects.filter(pk=order.issue_id).update(estate=cast.strange_estate)


def test_what_is_due_is_found_by_an_index_among_a_hundred_thousand_clocks(two_orders):
    order, _other = two_orders
    clock = SlaClock.objects.filter(issue=order.issue).first()
    columns = "subdistrict_id, issue_id, policy_id, calendar_id"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO issues_slaclock ({columns}, kind, epoch, target_minutes, own_starts_at, starts_at, due_at,"
            f" is_provisional, stopped_at, next_rung_at)"
            f" SELECT {columns}, kinds, n, 30, starts_at, starts_at, due_at, false,"
            " CASE WHEN mod(n, 50) = 0 THEN NULL ELSE due_at END, starts_at + interval '1 year'"
            " FROM issues_slaclock, generate_series(100, 25099) n,"
            " unnest(array['respond', 'accept', 'plan', 'answer']) kinds WHERE id = %s",
            [clock.pk],
        )
        cursor.execute("ANALYZE issues_slaclock")
    assert SlaClock.objects.count() > 100_000
    due = SlaClock.objects.with_rung_due(NOW + timedelta(minutes=11))
    assert "clocks_with_a_rung_due" in due[:200].explain()
    assert "clocks_with_a_rung_due" in due.order_by().explain()
    assert "Seq Scan" not in SlaClock.objects.running().filter(issue=order.issue).explain()
