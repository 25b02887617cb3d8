"""The whole loop, from what a resident says to the rating, and what happens to what is left alone."""

from datetime import timedelta

import pytest

from governance.domain import audit
from governance.models import Notice, User
from issues.domain import handling
from issues.domain.sweep import sweep
from issues.models import Escalation, Issue, IssueState, SlaClock, SupervisionOrder, WorkOrder, WorkOrderState
from residents.domain import petitions
from residents.models import PetitionStage
from tests.cast import NOW, Cast, file

pytestmark = pytest.mark.django_db


@pytest.fixture
def petition(cast: Cast):
    petition = file(cast.li, cast.building)
    petitions.ask_who_has_it(petition, at=NOW)
    petition.refresh_from_db()
    return petition


def order_of(petition) -> WorkOrder:
    return WorkOrder.objects.select_related("body", "issue").get(
        issue__links__petition=petition, state__in=("dispatched", "accepted", "arrived")
    )


def kinds_of(petition) -> list[str]:
    return list(petition.updates.order_by("at", "id").values_list("kind", flat=True))


def told(user: User) -> list[str]:
    return list(
        Notice.objects.filter(recipient=user, channel="in_app")
        .order_by("created_at", "id")
        .values_list("message_key", flat=True)
    )


def test_filing_gives_an_order_to_the_company_and_rings_the_steward_on_duty(cast: Cast, petition):
    order = order_of(petition)

    assert petition.state == PetitionStage.IN_HAND
    assert order.body == cast.hengxin
    assert petition.holder_body == "恒信物业"
    assert petition.next_kind == "arrive"
    assert petition.next_due_at == NOW + timedelta(minutes=5)
    assert set(Notice.objects.filter(recipient=cast.zhou).values_list("channel", flat=True)) == {"in_app", "voice"}
    assert told(cast.liu) == []


def test_a_petition_goes_through_the_whole_loop_to_a_good_rating(cast: Cast, petition):
    order = order_of(petition)
    handling.accept(order, actor=cast.zhou, at=NOW + timedelta(minutes=1))
    handling.arrive(order, actor=cast.zhou, at=NOW + timedelta(minutes=4), qr_token=cast.building.qr_token)
    handling.finish(order, actor=cast.zhou, at=NOW + timedelta(minutes=26), words="换了灯管。")
    petition.refresh_from_db()

    assert petition.state == PetitionStage.FINISHED
    assert petition.holder_surname == "周"
    assert petition.arrival_proof == "qr"
    assert petition.next_why["missed"] is False
    assert not SlaClock.objects.running().exists()

    petitions.evaluate(
        petition,
        was_contacted=True,
        is_solved=True,
        satisfaction=5,
        words="快",
        actor=cast.li,
        at=NOW + timedelta(hours=1),
    )

    assert petition.state == PetitionStage.CLOSED
    assert Issue.objects.get().state == IssueState.CLOSED
    assert kinds_of(petition) == ["filed", "taken_in", "dispatched", "accepted", "arrived", "finished", "evaluated"]
    assert told(cast.li) == ["petition_received", "petition_accepted", "petition_arrived", "petition_finished"]


def test_not_solved_reopens_in_a_new_epoch_with_clocks_from_now(cast: Cast, petition):
    order = order_of(petition)
    handling.accept(order, actor=cast.zhou, at=NOW + timedelta(minutes=1))
    handling.finish(order, actor=cast.zhou, at=NOW + timedelta(minutes=9), words="换了灯管。")
    again = NOW + timedelta(hours=2)
    petition.refresh_from_db()
    petitions.evaluate(
        petition, was_contacted=True, is_solved=False, satisfaction=1, words="又不亮了", actor=cast.li, at=again
    )
    petition.refresh_from_db()

    issue = Issue.objects.get()
    assert (issue.state, issue.epoch) == (IssueState.OPEN, 2)
    assert petition.state == PetitionStage.IN_HAND
    assert petition.next_due_at == again + timedelta(minutes=5)
    assert order_of(petition).state == WorkOrderState.DISPATCHED
    assert set(SlaClock.objects.filter(epoch=1).values_list("stopped_at", flat=True)) == {NOW + timedelta(minutes=9)}


def test_what_is_left_alone_breaches_and_climbs_each_rung_once(cast: Cast, petition):
    for minute in range(0, 60):
        sweep(bell="loop", now=NOW + timedelta(minutes=minute))
        sweep(bell="beat", now=NOW + timedelta(minutes=minute))

    fired = list(Escalation.objects.order_by("due_at", "id").values_list("clock__kind", "rung__code", "due_at"))
    assert fired == [
        ("arrive", "warning", NOW + timedelta(minutes=4)),
        ("arrive", "breach", NOW + timedelta(minutes=5)),
        ("resolve", "warning", NOW + timedelta(minutes=24)),
        ("resolve", "breach", NOW + timedelta(minutes=30)),
        ("arrive", "half_hour", NOW + timedelta(minutes=35)),
    ]
    supervision = SupervisionOrder.objects.get()
    assert supervision.issued_at == NOW + timedelta(minutes=35)
    assert supervision.body == cast.hengxin
    assert told(cast.zhou) == ["order_rings", "rung_warning", "rung_breach", "rung_warning", "rung_breach"]
    assert told(cast.liu) == ["order_rings"]
    assert told(cast.zheng) == ["order_rings", "rung_breach", "rung_breach", "supervision_issued"]
    assert told(cast.wu) == ["rung_supervision"]
    assert told(cast.chen) == ["rung_supervision"]
    assert kinds_of(petition).count("breached") == 2
    assert kinds_of(petition).count("supervised") == 1


def test_after_an_outage_every_rung_is_on_record_and_each_person_gets_one_digest(cast: Cast, petition):
    late = NOW + timedelta(hours=20)
    sweep(bell="loop", now=late)

    assert Escalation.objects.count() == 8
    assert set(Escalation.objects.values_list("acted_at", flat=True)) == {late}
    assert told(cast.zheng).count("rung_digest") == 1
    assert not [key for key in told(cast.zheng) if key.startswith("rung_") and key != "rung_digest"]


def test_the_audit_trail_of_the_loop_holds(cast: Cast, petition):
    from django.db import connection

    handling.accept(order_of(petition), actor=cast.zhou, at=NOW + timedelta(minutes=1))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    held, flaw = audit.verify_chain(cast.subdistrict.pk)

    assert flaw is None
    assert held == 5  # filed, taken in, opened, dispatched, accepted
