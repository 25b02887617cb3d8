"""Firing what is due: once, in order, in digests, and not at all when it would be absurd."""

from datetime import timedelta

import pytest

from governance.models import Notice
from issues.domain import handling, ladder
from issues.domain.sweep import sweep
from issues.models import Escalation, SlaClock, SupervisionOrder, SweepRun
from tests.cast import NOW, Cast, file, take_in

pytestmark = pytest.mark.django_db


def at(**after) -> object:
    return NOW + timedelta(**after)


def told(user) -> list[str]:
    rows = Notice.objects.filter(recipient=user, channel="in_app", message_key__startswith="rung").order_by("id")
    return list(rows.values_list("message_key", flat=True))


@pytest.fixture
def order(cast: Cast):
    return take_in(file(cast.li, cast.building))


@pytest.mark.parametrize(("after", "fired"), [(239.999, []), (240, ["warning"]), (299.999, ["warning"]), (300, None)])
def test_a_rung_fires_at_its_time_and_not_before(order, after, fired):
    ladder.fire_due(at(seconds=after), bell="loop")
    assert list(Escalation.objects.order_by("due_at").values_list("rung__code", flat=True)) == (
        fired if fired is not None else ["warning", "breach"]
    )


def test_firing_again_fires_nothing(order):
    assert ladder.fire_due(at(minutes=35), bell="loop") == 5
    assert ladder.fire_due(at(minutes=35), bell="beat") == 0
    assert Escalation.objects.count() == 5


def test_a_stopped_clock_climbs_no_further(cast: Cast, order):
    handling.accept(order, actor=cast.zhou, at=at(minutes=1))
    handling.finish(order, actor=cast.zhou, at=at(minutes=2), words="换了灯管。")
    assert ladder.fire_due(at(days=9), bell="loop") == 0


def test_the_due_time_and_the_time_we_acted_are_both_kept(order):
    ladder.fire_due(at(hours=1), bell="loop")
    breach = Escalation.objects.get(rung__code="breach", clock__kind="arrive")
    assert (breach.due_at, breach.acted_at, breach.bell) == (at(minutes=5), at(hours=1), "loop")


def test_two_clocks_of_one_matter_open_one_supervision_order(order):
    ladder.fire_due(at(hours=2), bell="loop")
    assert Escalation.objects.filter(rung__opens_supervision=True).count() == 2
    assert SupervisionOrder.objects.count() == 1


def test_one_thing_is_told_by_itself_and_several_in_one_digest(cast: Cast, order):
    ladder.fire_due(at(minutes=4), bell="loop")
    assert told(cast.zhou) == ["rung_warning"]
    ladder.fire_due(at(hours=2), bell="loop")
    assert told(cast.zhou) == ["rung_warning", "rung_digest"]
    assert told(cast.zheng) == ["rung_digest"]
    digest = Notice.objects.get(recipient=cast.zheng, channel="in_app", message_key="rung_digest")
    assert {name: len(refs) for name, refs in digest.params.items()} == {"matters": 1, "rungs": 4, "supervisions": 1}


def test_a_sweep_of_many_batches_still_tells_a_person_once(cast: Cast, order, monkeypatch):
    monkeypatch.setattr(ladder, "BATCH", 1)
    ladder.fire_due(at(hours=2), bell="loop")

    digest = Notice.objects.get(recipient=cast.zheng, channel="in_app", message_key="rung_digest")
    assert told(cast.zheng) == ["rung_digest"]
    assert {name: len(refs) for name, refs in digest.params.items()} == {"matters": 1, "rungs": 4, "supervisions": 1}


def test_a_complaint_about_staff_is_not_told_to_the_secretary(cast: Cast):
    take_in(file(cast.li, cast.building, category="complaint"))
    ladder.fire_due(at(days=60), bell="loop")
    assert Escalation.objects.count() == 10
    assert told(cast.chen) == []
    assert told(cast.sun) != []


def test_a_late_complaint_about_the_community_is_told_to_nobody_of_it(cast: Cast):
    """One rung a sweep, as it really goes: a digest would name nothing."""
    order = take_in(file(cast.li, cast.building, category="complaint_community"))
    due_at = order.issue.clocks.get(kind="respond").due_at
    for later in (timedelta(0), timedelta(minutes=30), timedelta(hours=4), timedelta(days=3)):
        ladder.fire_due(due_at + later, bell="loop")
    assert {who.username for who in (cast.wu, cast.chen, cast.yu, cast.zhao) if told(who)} == set()
    assert told(cast.sun) != []


def test_the_secretary_is_told_without_a_link_to_an_order_that_would_not_open(cast: Cast, order):
    ladder.fire_due(at(hours=1), bell="loop")
    notices = Notice.objects.filter(message_key__startswith="rung")
    assert {notice.link for notice in notices.filter(recipient=cast.chen)} == {""}
    assert {notice.link for notice in notices.filter(recipient=cast.zheng)} == {"/queue/"}


def absurd(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    monkeypatch.setattr(ladder, "ABSURD_NUMBER", number)


def test_an_absurd_share_halts_the_ladder_and_says_so_until_a_person_has_looked(order, monkeypatch):
    absurd(monkeypatch, 1)
    run = sweep(bell="loop", now=at(hours=1))
    assert (run.rungs_fired, run.halted) == (0, "2 of 2 running clocks are due for escalation at once")
    assert sweep(bell="command", now=at(hours=1), even_so=True).rungs_fired == 6
    assert SweepRun.objects.get(bell="command").halted == ""


def test_many_due_of_many_more_are_not_absurd(cast: Cast, order, monkeypatch):
    absurd(monkeypatch, 1)
    for _neighbour in range(2):
        take_in(file(cast.wang, cast.building, at=at(hours=2)))
    assert SlaClock.objects.running().count() == 6
    ladder.refuse_absurd_share(at(hours=1))


def test_a_matter_that_can_not_be_taken_in_keeps_no_other_waiting(cast: Cast):
    from issues.models import CategoryHandling

    file(cast.li, cast.building, category="leak")
    good = file(cast.li, cast.building)
    CategoryHandling.objects.filter(category__code="leak").delete()
    run = sweep(bell="loop", now=at(seconds=1))
    good.refresh_from_db()
    assert (run.taken_in, run.failures, good.state) == (1, 1, "in_hand")
