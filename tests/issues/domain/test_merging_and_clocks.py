"""What merging does to clocks, and that undoing it leaves nothing behind, on the one matter or the other."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from governance.domain.calendar_days import mark_day
from governance.models import CalendarDay, Category, Notice, User
from issues.domain import findings, handling, intake, linking, policies, triage, verification
from issues.domain.findings import Finding
from issues.domain.policies import Written
from issues.domain.promising import Target
from issues.domain.sweep import sweep
from issues.models import Escalation, Issue, SlaClock, SlaPolicy, SupervisionOrder, WorkOrder
from issues.order_page import clock_lines
from residents.domain import petitions
from residents.models import Petition
from tests.cast import NOW, SHANGHAI, Cast, file, take_in

pytestmark = pytest.mark.django_db


def after(**length: float) -> datetime:
    return NOW + timedelta(**length)


def local(month: int, day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, second, tzinfo=SHANGHAI)


def category(code: str) -> Category:
    return Category.objects.select_related("handling").get(code=code)


def filed(cast: Cast, user: User, code: str, *, at: datetime = NOW) -> Issue:
    return take_in(file(user, cast.building, category=code, at=at), at=at).issue


def found(cast: Cast, token: str, code: str, *, at: datetime) -> Issue:
    finding = Finding(token, category(code), cast.building, "楼道里又漏水了。")  # type: ignore[arg-type]
    return findings.report(finding, actor=cast.yu, at=at)


def fresh(issue: Issue) -> Issue:
    return Issue.objects.get(pk=issue.pk)


def live(issue: Issue) -> WorkOrder:
    return WorkOrder.objects.live().select_related("body").get(issue=issue)


def petition_of(issue: Issue) -> Petition:
    return Petition.objects.get(links__issue=issue, links__undone_at=None)


def running(issue: Issue) -> dict[str, datetime]:
    return {clock.kind: clock.due_at for clock in issue.clocks.running()}


def clocks_of(issue: Issue) -> list[dict[str, Any]]:
    return list(issue.clocks.order_by("pk").values())


def finish(cast: Cast, issue: Issue, *, at: datetime) -> None:
    order = live(issue)
    if order.state == "dispatched":
        handling.accept(order, actor=cast.zhou, at=at)
    handling.finish(order, actor=cast.zhou, at=at, words="处理好了。")


def not_solved(petition: Petition, *, at: datetime) -> None:
    petitions.evaluate(
        Petition.objects.get(pk=petition.pk),
        actor=petition.petitioner,
        at=at,
        was_contacted=True,
        is_solved=False,
        satisfaction=1,
        words="还在漏",
    )


@pytest.fixture
def reopened(cast: Cast) -> Issue:
    """Li's leak: solved after an hour, “not solved” after five, in its second epoch since then."""
    issue = filed(cast, cast.li, "leak")
    finish(cast, issue, at=after(hours=1))
    not_solved(petition_of(issue), at=after(hours=5))
    return fresh(issue)


# --- what was merged comes back as it was ---


def test_a_matter_that_was_opened_again_comes_back_in_that_epoch_with_all_its_results(cast: Cast, reopened: Issue):
    before = clocks_of(reopened)
    other = filed(cast, cast.wang, "leak", at=after(hours=5))
    linking.merge(reopened, other, actor=cast.wu, at=after(hours=6))
    assert running(reopened) == {}
    apart = linking.undo(actor=cast.wu, at=after(hours=7))
    assert (apart, apart.state, apart.epoch, apart.merged_into, apart.filed_at) == (reopened, "open", 2, None, NOW)
    # Due four hours after the “not solved”, not after the filing: the four hours while it was solved never count.
    assert running(apart) == {"resolve": after(hours=9)}
    assert clocks_of(apart) == before
    assert petition_of(apart).next_due_at == after(hours=9)
    assert live(apart).body == cast.hengxin


def test_taking_its_only_petition_out_brings_it_back_in_that_epoch_too(cast: Cast, reopened: Issue):
    before = clocks_of(reopened)
    other = filed(cast, cast.wang, "leak", at=after(hours=5))
    linking.merge(reopened, other, actor=cast.wu, at=after(hours=6))
    petition = Petition.objects.get(petitioner=cast.li)
    own = linking.unlink(petition, actor=cast.wu, at=after(days=3))
    assert (own, own.epoch, clocks_of(own)) == (reopened, 2, before)
    assert petition_of(own) == petition


def test_who_was_linked_away_alone_comes_back_in_that_epoch_too(cast: Cast, reopened: Issue):
    before = clocks_of(reopened)
    other = filed(cast, cast.wang, "leak", at=after(hours=5))
    petition = petition_of(reopened)
    linking.link(petition, other, actor=cast.wu, at=after(hours=6))
    own = linking.unlink(Petition.objects.get(pk=petition.pk), actor=cast.wu, at=after(hours=7))
    assert (own, clocks_of(own)) == (reopened, before)


def test_a_neighbour_who_lived_through_the_reopening_gets_a_matter_of_that_epoch(cast: Cast):
    first = file(cast.li, cast.building, category="leak")
    issue = take_in(first).issue
    second = file(cast.wang, cast.building, category="leak", same_as=first, at=after(minutes=5))
    intake.take_in(second.pk, at=after(minutes=5))
    finish(cast, issue, at=after(hours=1))
    verification.not_fixed(fresh(issue), actor=cast.yu, at=after(hours=5), words="还在滴水。")
    own = linking.unlink(Petition.objects.get(pk=second.pk), actor=cast.wu, at=after(hours=6))
    assert (own.epoch, own.filed_at, running(own)) == (2, after(minutes=5), {"resolve": after(hours=9)})
    assert running(issue) == {"resolve": after(hours=9)}


def test_a_neighbour_who_came_after_the_reopening_counts_from_the_own_filing(cast: Cast, reopened: Issue):
    late = file(cast.wang, cast.building, category="leak", same_as=petition_of(reopened), at=after(hours=6))
    intake.take_in(late.pk, at=after(hours=6))
    own = linking.unlink(Petition.objects.get(pk=late.pk), actor=cast.wu, at=after(hours=7))
    assert (own.epoch, running(own)) == (1, {"resolve": after(hours=10)})


def test_what_had_fired_before_the_merging_does_not_fire_again(cast: Cast):
    issue = filed(cast, cast.li, "electricity")
    sweep(bell="loop", now=after(minutes=6))
    fired = set(Escalation.objects.filter(clock__issue=issue).values_list("clock__kind", "rung__code"))
    other = filed(cast, cast.wang, "leak", at=after(minutes=6))
    linking.merge(issue, other, actor=cast.wu, at=after(minutes=7))
    linking.undo(actor=cast.wu, at=after(minutes=8))
    sweep(bell="loop", now=after(minutes=9))
    assert fired == {("arrive", "warning"), ("arrive", "breach")}
    assert set(Escalation.objects.filter(clock__issue=issue).values_list("clock__kind", "rung__code")) == fired


def test_the_account_that_merging_had_settled_is_asked_for_again(cast: Cast):
    issue = filed(cast, cast.li, "electricity")
    sweep(bell="loop", now=after(minutes=61))
    asked = SupervisionOrder.objects.get(issue=issue)
    other = filed(cast, cast.wang, "leak", at=after(minutes=61))
    linking.merge(issue, other, actor=cast.wu, at=after(minutes=62))
    asked.refresh_from_db()
    assert asked.state == "settled"
    linking.undo(actor=cast.wu, at=after(minutes=63))
    asked.refresh_from_db()
    assert (asked.state, asked.settled_at, asked.answer_due_at) == ("issued", None, local(5, 18, 18))
    again = Notice.objects.filter(message_key="supervision_issued", created_at=after(minutes=63))
    assert set(again.values_list("recipient", flat=True)) == {cast.zheng.pk}


def test_a_finding_comes_back_as_itself_with_its_photos_and_its_finder(cast: Cast):
    finding = found(cast, "3f0c2b1e-5a50-4b0e-9c39-2f0b7e4f0a01", "leak", at=NOW)
    before = clocks_of(finding)
    other = filed(cast, cast.wang, "leak", at=after(hours=1))
    linking.merge(finding, other, actor=cast.wu, at=after(hours=2))
    apart = linking.undo(actor=cast.wu, at=after(hours=3))
    assert (apart, apart.found_by, apart.words, clocks_of(apart)) == (finding, cast.yu, finding.words, before)


def test_what_was_opened_again_since_can_not_be_taken_apart_any_more(cast: Cast):
    child, parent = filed(cast, cast.li, "leak"), filed(cast, cast.wang, "leak")
    linking.merge(child, parent, actor=cast.wu, at=after(minutes=10))
    finish(cast, parent, at=after(hours=1))
    not_solved(Petition.objects.get(petitioner=cast.li), at=after(hours=2))
    with pytest.raises(linking.NothingToUndo):
        linking.undo(actor=cast.wu, at=after(hours=3))
    # Its petition is in the epoch that its “not solved” has begun.
    lis = Petition.objects.get(petitioner=cast.li)
    neighbour = file(cast.chen, cast.building, category="leak", same_as=lis, at=after(hours=3))
    intake.take_in(neighbour.pk, at=after(hours=3))
    own = linking.unlink(Petition.objects.get(petitioner=cast.li), actor=cast.wu, at=after(hours=4))
    assert (own.epoch, running(own)) == (2, {"resolve": after(hours=6)})


def test_merged_again_after_it_was_undone_it_can_be_undone_again_by_whoever_did_it(cast: Cast):
    child, parent = filed(cast, cast.li, "leak"), filed(cast, cast.wang, "leak")
    linking.merge(child, parent, actor=cast.wu, at=after(minutes=1))
    linking.undo(actor=cast.wu, at=after(minutes=2))
    linking.merge(fresh(child), fresh(parent), actor=cast.sun, at=after(minutes=3))
    with pytest.raises(linking.NothingToUndo):
        linking.undo(actor=cast.wu, at=after(minutes=4))
    assert linking.undo(actor=cast.sun, at=after(minutes=4)) == child
    assert running(child) == running(parent) == {"resolve": after(hours=4)}


# --- the one it was merged into stands as if nothing had been ---


@pytest.fixture
def strict(cast: Cast) -> Issue:
    """Li's lamp, half an hour to solve it: filed two hours after the leak, and due before it."""
    return filed(cast, cast.li, "electricity", at=after(hours=2))


@pytest.fixture
def leak(cast: Cast) -> Issue:
    return filed(cast, cast.wang, "leak")


def test_a_younger_but_stricter_child_takes_its_due_time_away_with_it(cast: Cast, strict: Issue, leak: Issue):
    before = clocks_of(leak)
    linking.merge(strict, leak, actor=cast.wu, at=after(hours=2, minutes=5))
    assert running(leak) == {"resolve": after(hours=2, minutes=30)}
    linking.undo(actor=cast.wu, at=after(hours=2, minutes=6))
    assert running(leak) == {"resolve": after(hours=4)}
    assert clocks_of(leak) == before
    assert Petition.objects.get(petitioner=cast.wang).next_due_at == after(hours=4)


def test_of_two_children_only_the_one_that_goes_takes_its_due_time(cast: Cast, strict: Issue, leak: Issue):
    stricter = filed(cast, cast.chen, "electricity", at=after(hours=1, minutes=50))
    linking.merge(strict, leak, actor=cast.wu, at=after(hours=2, minutes=1))
    linking.merge(stricter, leak, actor=cast.sun, at=after(hours=2, minutes=2))
    assert running(leak) == {"resolve": after(hours=2, minutes=20)}
    linking.undo(actor=cast.sun, at=after(hours=2, minutes=3))
    assert running(leak) == {"resolve": after(hours=2, minutes=30)}


def test_a_finding_that_something_was_merged_into_gets_its_own_start_and_due_time_back(cast: Cast):
    finding = found(cast, "3f0c2b1e-5a50-4b0e-9c39-2f0b7e4f0a02", "leak", at=after(hours=2))
    before = clocks_of(finding)
    early = filed(cast, cast.li, "leak")
    linking.merge(early, finding, actor=cast.wu, at=after(hours=3))
    assert (fresh(finding).filed_at, running(finding)) == (NOW, {"resolve": after(hours=4)})
    linking.undo(actor=cast.wu, at=after(hours=3, minutes=1))
    assert (fresh(finding).filed_at, clocks_of(finding)) == (after(hours=2), before)


def test_a_matter_in_its_second_epoch_gets_its_due_time_back(cast: Cast, reopened: Issue):
    before = clocks_of(reopened)
    lamp = filed(cast, cast.wang, "electricity", at=after(hours=5))
    linking.merge(lamp, reopened, actor=cast.wu, at=after(hours=5, minutes=2))
    assert running(reopened) == {"resolve": after(hours=5, minutes=30)}
    linking.undo(actor=cast.wu, at=after(hours=5, minutes=3))
    assert clocks_of(reopened) == before


def test_what_was_met_by_itself_is_not_late_by_a_child_that_has_gone(cast: Cast):
    """Arrived in time for itself, too late for the child: with the child gone, in time."""
    parent = filed(cast, cast.li, "electricity", at=after(minutes=4))
    child = filed(cast, cast.wang, "electricity")
    linking.merge(child, parent, actor=cast.wu, at=after(minutes=4, seconds=30))
    order = handling.accept(live(parent), actor=cast.zhou, at=after(minutes=5))
    handling.arrive(order, actor=cast.zhou, at=after(minutes=7))
    arrival = SlaClock.objects.get(issue=parent, kind="arrive")
    assert arrival.was_missed(after(minutes=8))
    linking.undo(actor=cast.wu, at=after(minutes=8))
    arrival.refresh_from_db()
    assert (arrival.due_at, arrival.was_missed(after(minutes=8))) == (after(minutes=9), False)


def test_what_stopped_before_the_merging_keeps_its_result(cast: Cast):
    parent = filed(cast, cast.li, "electricity", at=after(minutes=4))
    order = handling.accept(live(parent), actor=cast.zhou, at=after(minutes=5))
    handling.arrive(order, actor=cast.zhou, at=after(minutes=7))
    late, other = filed(cast, cast.wang, "electricity"), filed(cast, cast.chen, "electricity")
    linking.merge(late, parent, actor=cast.wu, at=after(minutes=8))
    linking.merge(other, parent, actor=cast.sun, at=after(minutes=9))
    linking.undo(actor=cast.sun, at=after(minutes=10))
    arrival = SlaClock.objects.get(issue=parent, kind="arrive")
    assert (arrival.due_at, arrival.was_missed(after(minutes=10))) == (after(minutes=9), False)


# --- the strictest due time survives whatever comes later ---


def test_the_strictest_due_time_survives_a_later_sorting(cast: Cast, strict: Issue, leak: Issue):
    linking.merge(strict, leak, actor=cast.wu, at=after(hours=2, minutes=5))
    triage.triage(fresh(leak), category=category("gas"), actor=cast.wu, at=after(hours=2.1))
    assert running(leak)["resolve"] == after(hours=2, minutes=30)
    linking.undo(actor=cast.wu, at=after(hours=2.3))
    assert running(leak)["resolve"] == after(hours=4)


def longer(cast: Cast, code: str, *targets: Target, at: datetime) -> None:
    current = SlaPolicy.objects.get(code=code, superseded_at=None)
    policies.new_version(
        code,
        **{**vars(Written.of(current)), "targets": targets},
        reason="人手不足",
        apply_to_open=True,
        actor=cast.administrator,
        at=at,
        expects_version=current.version,
    )


def test_the_strictest_due_time_survives_a_new_policy_for_open_matters(cast: Cast, strict: Issue, leak: Issue):
    linking.merge(strict, leak, actor=cast.wu, at=after(hours=2, minutes=5))
    longer(cast, "5341-major", Target("resolve", 600), at=after(hours=2, minutes=6))
    assert running(leak) == {"resolve": after(hours=2, minutes=30)}
    linking.undo(actor=cast.wu, at=after(hours=2, minutes=7))
    assert running(leak) == {"resolve": after(hours=10)}


def test_the_strictest_due_time_moves_with_the_holidays_it_was_counted_by_and_stays_the_strictest(cast: Cast):
    early = filed(cast, cast.li, "deeds", at=after(days=-1))
    late = filed(cast, cast.wang, "deeds")
    linking.merge(early, late, actor=cast.wu, at=NOW)
    assert running(late)["answer"] == local(6, 4, 18)
    day = CalendarDay(day=local(5, 20, 0).date(), kind="holiday", name="停电检修", source="区政府通知 2026 第 7 号")
    mark_day(day, version=None, actor=cast.administrator, at=NOW)
    assert running(late)["answer"] == local(6, 5, 18)
    linking.undo(actor=cast.wu, at=NOW)
    assert (running(late)["answer"], running(early)["answer"]) == (local(6, 8, 18), local(6, 5, 18))


def test_another_policy_s_due_time_survives_a_recount_of_the_calendar(cast: Cast):
    """The child was promised an answer in ten days around the clock, its parent in fifteen working days."""
    late = filed(cast, cast.wang, "deeds")
    child = filed(cast, cast.li, "deeds")
    clock = SlaClock.objects.get(issue=child, kind="answer")
    policy = SlaPolicy.objects.get(code="5341-ordinary", superseded_at=None)
    minutes = 10 * 24 * 60
    SlaClock.objects.filter(pk=clock.pk).update(
        policy=policy, calendar=policy.calendar, target_minutes=minutes, target_working_days=None, due_at=after(days=10)
    )
    linking.merge(child, late, actor=cast.wu, at=NOW)
    day = CalendarDay(day=local(5, 20, 0).date(), kind="holiday", name="停电检修", source="区政府通知 2026 第 7 号")
    mark_day(day, version=None, actor=cast.administrator, at=NOW)
    assert running(late)["answer"] == after(days=10)


def test_what_survives_is_handed_on_when_that_matter_is_merged_itself(cast: Cast, strict: Issue, leak: Issue):
    """And comes back with it."""
    last = filed(cast, cast.chen, "leak", at=after(hours=2))
    linking.merge(strict, leak, actor=cast.wu, at=after(hours=2, minutes=1))
    linking.merge(fresh(leak), last, actor=cast.sun, at=after(hours=2, minutes=2))
    assert running(last) == {"resolve": after(hours=2, minutes=30)}
    linking.undo(actor=cast.sun, at=after(hours=2, minutes=3))
    assert running(last) == {"resolve": after(hours=6)}
    assert running(leak) == {"resolve": after(hours=2, minutes=30)}
    linking.undo(actor=cast.wu, at=after(hours=2, minutes=4))
    assert running(leak) == {"resolve": after(hours=4)}


def test_a_reopening_is_a_new_promise_that_nothing_merged_before_binds(cast: Cast, strict: Issue, leak: Issue):
    linking.merge(strict, leak, actor=cast.wu, at=after(hours=2, minutes=5))
    finish(cast, leak, at=after(hours=2, minutes=10))
    not_solved(Petition.objects.get(petitioner=cast.wang), at=after(hours=5))
    assert running(leak) == {"resolve": after(hours=9)}
    longer(cast, "5341-major", Target("resolve", 300), at=after(hours=5, minutes=1))
    assert running(leak) == {"resolve": after(hours=10)}


def test_the_page_counts_by_the_promise_that_has_survived(cast: Cast, strict: Issue, leak: Issue):
    linking.merge(strict, leak, actor=cast.wu, at=after(hours=2, minutes=5))
    why = Petition.objects.get(petitioner=cast.wang).next_why
    assert (why["policy_zh"], why["target_minutes"]) == ("5341 快速反应", 30)
    (line,) = (line for line in clock_lines(leak, after(hours=2, minutes=6)) if line.is_running)
    assert "“5341 快速反应”：今天 16:17 起 30 分钟内" in line.why
    assert datetime.fromisoformat(why["starts_at"]) + timedelta(minutes=30) == datetime.fromisoformat(why["due_at"])


# --- the clocks of a shared matter, of which one petition goes elsewhere ---


def test_who_is_linked_out_of_a_shared_matter_leaves_its_start_to_the_others(cast: Cast):
    first = file(cast.li, cast.building, category="leak")
    shared = take_in(first).issue
    second = file(cast.wang, cast.building, category="leak", same_as=first, at=after(hours=1))
    intake.take_in(second.pk, at=after(hours=1))
    other = filed(cast, cast.chen, "leak", at=after(hours=2))
    linking.link(Petition.objects.get(pk=second.pk), other, actor=cast.wu, at=after(hours=3))
    assert (running(shared), running(other)) == ({"resolve": after(hours=4)}, {"resolve": after(hours=5)})
    own = linking.unlink(Petition.objects.get(pk=second.pk), actor=cast.wu, at=after(hours=3.5))
    assert (running(own), running(other)) == ({"resolve": after(hours=5)}, {"resolve": after(hours=6)})
    assert fresh(shared).state == "open"
