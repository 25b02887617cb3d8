"""What a step does beside changing a state."""

from datetime import timedelta

import pytest

from governance.domain.refusals import NotInCharge, StepNotAllowed
from governance.models import Notice
from issues.domain import handling, intake, ladder, linking
from issues.models import Issue, SlaClock, SupervisionOrder, WorkOrder
from residents.domain import petitions
from tests.cast import NOW, Cast, file, take_in

pytestmark = pytest.mark.django_db


def at(minutes: float):
    return NOW + timedelta(minutes=minutes)


def live(petition) -> WorkOrder:
    return WorkOrder.objects.live().get(issue__links__petition=petition, issue__links__undone_at=None)


def kinds(petition) -> list[str]:
    return list(petition.updates.order_by("id").values_list("kind", flat=True))


def neighbour(cast: Cast, petition, minutes: float = 0):
    """Wang's petition that says it is the same as `petition`."""
    other = file(cast.wang, cast.building, same_as=petition, at=at(minutes))
    intake.take_in(other.pk, at=at(minutes))
    other.refresh_from_db()
    return other


@pytest.fixture
def petition(cast: Cast):
    petition = file(cast.li, cast.building)
    take_in(petition)
    return petition


def test_a_returned_order_keeps_the_clock_running_and_goes_to_the_community(cast: Cast, petition):
    before = list(SlaClock.objects.values_list("kind", "starts_at", "due_at", "stopped_at"))
    handling.return_order(live(petition), actor=cast.zhou, at=at(2), reason="not_ours", words="归供电公司")
    petition.refresh_from_db()

    assert list(SlaClock.objects.values_list("kind", "starts_at", "due_at", "stopped_at")) == before
    assert live(petition).body == cast.residents_committee
    assert (petition.holder_body, petition.next_due_at) == ("春和社区", at(5))
    assert kinds(petition)[-2:] == ["returned", "default_holder"]
    assert Notice.objects.filter(recipient=cast.wu, channel="voice", message_key="order_rings").count() == 1


def test_what_the_community_returns_goes_one_level_up(cast: Cast, petition):
    handling.return_order(live(petition), actor=cast.zhou, at=at(1), reason="not_ours")
    handling.return_order(live(petition), actor=cast.wu, at=at(2), reason="not_ours")
    assert live(petition).body == cast.street_office


def test_the_resident_s_word_proves_an_arrival(cast: Cast, petition):
    handling.accept(live(petition), actor=cast.zhou, at=at(1))
    petitions.confirm_arrival(petition, actor=cast.li, at=at(3))
    order = live(petition)
    assert (order.state, order.arrived_at, order.arrival_proof) == ("arrived", at(3), "resident")
    assert SlaClock.objects.get(kind="arrive").stopped_at == at(3)


def test_the_resident_s_word_counts_even_before_anybody_accepted(cast: Cast, petition):
    petitions.confirm_arrival(petition, actor=cast.li, at=at(3))
    handling.accept(live(petition), actor=cast.zhou, at=at(6))
    order = handling.arrive(live(petition), actor=cast.zhou, at=at(7))
    assert (order.arrived_at, order.arrival_proof) == (at(3), "resident")
    assert SlaClock.objects.get(kind="arrive").stopped_at == at(3)


@pytest.mark.parametrize(
    ("token", "proof"), [("", "claimed"), ("wrong", "claimed"), ("own", "qr"), ("other", "claimed")]
)
def test_only_the_building_s_own_code_proves_an_arrival(cast: Cast, petition, token, proof):
    handling.accept(live(petition), actor=cast.zhou, at=at(1))
    tokens = {"own": cast.building.qr_token, "other": cast.other_building.qr_token}
    order = handling.arrive(live(petition), actor=cast.zhou, at=at(2), qr_token=tokens.get(token, token))
    assert order.arrival_proof == proof


def test_a_claimed_arrival_keeps_its_time_and_gains_its_proof(cast: Cast, petition):
    handling.accept(live(petition), actor=cast.zhou, at=at(1))
    handling.arrive(live(petition), actor=cast.zhou, at=at(2))
    petitions.confirm_arrival(petition, actor=cast.li, at=at(9))
    petition.refresh_from_db()
    order = live(petition)
    assert (order.arrived_at, order.arrival_proof) == (at(2), "resident")
    assert (petition.arrived_at, petition.arrival_proof) == (at(2), "resident")
    assert SlaClock.objects.get(kind="arrive").stopped_at == at(2)


def test_finished_without_an_arrival_is_arrived_at_that_instant(cast: Cast, petition):
    handling.accept(live(petition), actor=cast.zhou, at=at(1))
    order = handling.finish(live(petition), actor=cast.zhou, at=at(9), words="换了灯管。")
    assert (order.arrived_at, order.arrival_proof) == (at(9), "with_finish")
    assert set(SlaClock.objects.values_list("stopped_at", flat=True)) == {at(9)}


def test_finishing_settles_the_supervision_order(cast: Cast, petition):
    ladder.fire_due(at(40), bell="loop")
    handling.accept(live(petition), actor=cast.zhou, at=at(41))
    handling.finish(live(petition), actor=cast.zhou, at=at(42), words="换了灯管。")
    assert SupervisionOrder.objects.values_list("state", "settled_at").get() == ("settled", at(42))


def test_withdrawing_the_matter_settles_the_supervision_order(cast: Cast, petition):
    ladder.fire_due(at(40), bell="loop")
    petition.refresh_from_db()
    petitions.withdraw(petition, actor=cast.li, at=at(41))
    assert SupervisionOrder.objects.values_list("state", "settled_at").get() == ("settled", at(41))


def test_reopening_is_a_new_epoch_that_may_be_supervised_again(cast: Cast, petition):
    ladder.fire_due(at(40), bell="loop")
    handling.accept(live(petition), actor=cast.zhou, at=at(41))
    handling.finish(live(petition), actor=cast.zhou, at=at(42), words="换了灯管。")
    petition.refresh_from_db()
    petitions.evaluate(
        petition, was_contacted=False, is_solved=False, satisfaction=1, words="", actor=cast.li, at=at(100)
    )
    ladder.fire_due(at(140), bell="loop")

    assert Issue.objects.get().epoch == 2
    assert dict(SlaClock.objects.filter(epoch=2).values_list("kind", "due_at")) == {
        "arrive": at(105),
        "resolve": at(130),
    }
    assert list(SupervisionOrder.objects.order_by("epoch").values_list("epoch", "state")) == [
        (1, "settled"),
        (2, "issued"),
    ]


def test_a_neighbour_gets_a_receipt_and_no_second_clock(cast: Cast, petition):
    other = neighbour(cast, petition, minutes=2)
    assert other.receipt_no != petition.receipt_no
    assert (other.state, other.holder_body, other.next_due_at) == ("in_hand", "恒信物业", at(5))
    assert Issue.objects.count() == 1
    assert SlaClock.objects.count() == 2
    assert live(petition).supporters == 1
    assert kinds(other) == ["filed", "linked"]


def test_everybody_linked_is_answered_and_rates_for_themselves(cast: Cast, petition):
    other = neighbour(cast, petition)
    handling.accept(live(petition), actor=cast.zhou, at=at(1))
    handling.finish(live(petition), actor=cast.zhou, at=at(2), words="换了灯管。")
    for each in (petition, other):
        each.refresh_from_db()
        assert each.state == "finished"
        petitions.evaluate(
            each, was_contacted=True, is_solved=True, satisfaction=4, words="", actor=each.petitioner, at=at(9)
        )
        assert Issue.objects.get().state == ("finished" if each == petition else "closed")


def test_a_neighbour_who_withdraws_supports_no_more(cast: Cast, petition):
    other = neighbour(cast, petition)
    petitions.withdraw(other, actor=cast.wang, at=at(1))
    assert live(petition).supporters == 0
    assert Issue.objects.get().state == "open"


def test_the_last_to_withdraw_takes_the_matter_along(cast: Cast, petition):
    petitions.withdraw(petition, actor=cast.li, at=at(1))
    assert Issue.objects.get().state == "withdrawn"
    assert WorkOrder.objects.get().state == "cancelled"
    assert set(SlaClock.objects.values_list("voided_at", "stopped_at")) == {(at(1), None)}
    assert ladder.fire_due(at(9999), bell="loop") == 0


def test_merging_keeps_the_earliest_start_and_the_strictest_due_time_and_voids_the_rest(cast: Cast, petition):
    later = file(cast.wang, cast.building, at=at(20))
    target = take_in(later).issue
    linking.link(petition, target, actor=cast.wu, at=at(21))
    petition.refresh_from_db()

    kept = dict(SlaClock.objects.running().values_list("kind", "due_at"))
    assert kept == {"arrive": at(5), "resolve": at(30)}
    assert set(SlaClock.objects.running().values_list("issue", "starts_at")) == {(target.pk, NOW)}
    assert SlaClock.objects.exclude(voided_at=None).count() == 2
    assert petition.next_due_at == at(5)
    assert live(later).supporters == 1
    assert Issue.objects.exclude(pk=target.pk).get().state == "merged"


def test_unlinking_gives_an_issue_of_its_own_counted_from_its_own_filing(cast: Cast, petition):
    other = neighbour(cast, petition, minutes=2)
    own = linking.unlink(other, actor=cast.wu, at=at(3))
    assert dict(own.clocks.values_list("kind", "due_at")) == {"arrive": at(7), "resolve": at(32)}
    assert live(petition).supporters == 0
    assert kinds(other)[-3:] == ["unlinked", "taken_in", "dispatched"]


@pytest.mark.parametrize("name", ["zhou", "zheng", "li", "chen", "strange_worker", "strange_officer"])
def test_only_the_community_and_the_street_say_what_is_the_same(cast: Cast, petition, name):
    other = neighbour(cast, petition)
    with pytest.raises(NotInCharge):
        linking.unlink(other, actor=getattr(cast, name), at=at(3))


def test_what_is_alone_can_not_be_unlinked_nor_linked_to_itself(cast: Cast, petition):
    with pytest.raises(StepNotAllowed):
        linking.unlink(petition, actor=cast.wu, at=at(3))
    with pytest.raises(StepNotAllowed):
        linking.link(petition, Issue.objects.get(), actor=cast.wu, at=at(3))


def test_a_plan_meets_its_clock_and_sets_the_next_promise(cast: Cast):
    petition = file(cast.li, cast.building, category="wall_crack")
    take_in(petition)
    handling.accept(live(petition), actor=cast.zhou, at=at(1))
    by = NOW.date() + timedelta(days=20)
    handling.hand_in_plan(live(petition), actor=cast.zhou, at=at(60), words="搭架补墙", fulfil_by=by)
    petition.refresh_from_db()
    assert SlaClock.objects.get(kind="plan").stopped_at == at(60)
    assert (petition.next_kind, petition.next_due_at) == (
        "resolve",
        NOW.replace(hour=23, minute=59, second=59) + timedelta(days=20),
    )


def test_what_residents_are_told_never_holds_a_full_name(cast: Cast, petition):
    handling.accept(live(petition), actor=cast.zhou, at=at(1))
    handling.add_note(live(petition), actor=cast.zhou, at=at(2), words="马上到")
    petition.refresh_from_db()
    said = [str(vars(update)) for update in petition.updates.all()] + [str(vars(petition))]
    assert not [words for words in said if cast.zhou.full_name in words]
    assert petition.holder_surname == "周"


def test_party_membership_changes_neither_priority_nor_routing_nor_clock(cast: Cast):
    """RULES: two people with the same matter, one of them secretary of the branch and sole one with a role in it."""
    plain = file(cast.li, cast.building)
    party = file(cast.chen, cast.building)
    orders = [take_in(petition) for petition in (plain, party)]

    def treated(order: WorkOrder) -> tuple:
        clocks = list(order.issue.clocks.order_by("kind").values_list("kind", "policy", "starts_at", "due_at"))
        return order.body, order.why_here, order.issue.severity, order.next_due_at, order.rings, clocks

    assert treated(orders[0]) == treated(orders[1])
    assert list(WorkOrder.objects.live().due_next()) == orders
