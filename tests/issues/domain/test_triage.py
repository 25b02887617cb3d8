"""Sorting at the community desk: what it is, whose it is, the same as another, or nothing for the office."""

from datetime import datetime, timedelta

import pytest

from governance.domain.refusals import FactMissing, NotInCharge, StepNotAllowed
from governance.models import Category, Notice
from issues.domain import deciding, declining, handling, intake, linking, triage
from issues.domain.sweep import sweep
from issues.models import (
    DeclineReason,
    Escalation,
    Issue,
    IssueRelation,
    IssueStep,
    SlaClock,
    SupervisionOrder,
    WorkOrder,
)
from residents.domain import petitions
from residents.models import Petition, PetitionUpdate
from tests.cast import NOW, SHANGHAI, Cast, file, take_in

pytestmark = pytest.mark.django_db

SOON = NOW + timedelta(minutes=10)


def local(month: int, day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, second, tzinfo=SHANGHAI)


def category(code: str) -> Category:
    return Category.objects.select_related("handling").get(code=code)


def by_hand(cast: Cast, *, at: datetime = NOW, **fields) -> Issue:
    """A matter of Li's that says too little for a rule: it lies in the inbox."""
    values = {"category": "other", "words": "地下室往下滴水，车上全是。"} | fields
    return take_in(file(cast.li, cast.building, at=at, **values)).issue


def fresh(issue: Issue) -> Issue:
    return Issue.objects.get(pk=issue.pk)


def running(issue: Issue) -> dict[str, datetime]:
    return {clock.kind: clock.due_at for clock in issue.clocks.running()}


def live(issue: Issue) -> WorkOrder:
    return WorkOrder.objects.live().select_related("body").get(issue=issue)


def in_the_inbox(cast: Cast) -> set[Issue]:
    return set(Issue.objects.awaiting_triage().visible_to(cast.wu, NOW))


def told(petition: Petition) -> list[str]:
    return list(PetitionUpdate.objects.filter(petition=petition).order_by("id").values_list("kind", flat=True))


def petition_of(issue: Issue) -> Petition:
    return Petition.objects.get(links__issue=issue, links__undone_at=None)


# --- the inbox ---


def test_the_inbox_holds_what_no_rule_could_sort_and_what_came_by_default(cast: Cast):
    unclear = by_hand(cast)
    take_in(file(cast.li, cast.building))
    cast.hengxin.managements.update(valid_until=NOW.date() - timedelta(days=1))
    unmanaged = take_in(file(cast.wang, cast.other_building)).issue
    assert in_the_inbox(cast) == {unclear, unmanaged}


def test_what_the_company_returns_is_back_in_the_inbox(cast: Cast):
    order = take_in(file(cast.li, cast.building))
    assert in_the_inbox(cast) == set()
    handling.return_order(order, actor=cast.zhou, at=NOW, reason="not_ours")
    assert in_the_inbox(cast) == {order.issue}


def test_what_the_community_returns_is_the_street_s_and_not_back_in_the_inbox(cast: Cast):
    issue = by_hand(cast)
    triage.sort(issue, category=category("other"), actor=cast.wu, at=NOW)
    handling.return_order(live(issue), actor=cast.wu, at=SOON, reason="not_ours")
    assert live(issue).body == cast.street_office
    assert in_the_inbox(cast) == set()


# --- what it is ---


@pytest.mark.parametrize(
    ("code", "severity", "due"),
    [
        # 14:17:12 is the filing; sorting comes ten minutes later and changes nothing of that.
        ("leak", None, {"resolve": local(5, 15, 18, 17, 12)}),
        # Five minutes after the filing would be past: nobody broke that promise before it was made.
        ("leak", "ordinary", {"arrive": SOON, "resolve": local(5, 15, 14, 47, 12)}),
        ("wall_crack", None, {"plan": local(5, 16, 14, 17, 12)}),
        ("deeds", None, {"respond": local(5, 18, 18), "answer": local(6, 5, 18)}),
        ("other", "emergency", {"respond": local(5, 18, 18), "answer": local(6, 5, 18)}),
    ],
)
def test_another_category_counts_its_promise_from_the_filing(cast: Cast, code, severity, due):
    issue = by_hand(cast)
    triage.triage(issue, category=category(code), severity=severity, actor=cast.wu, at=SOON)
    issue = fresh(issue)
    assert running(issue) == due
    assert (issue.category.code, issue.triaged_at) == (code, SOON)
    assert issue.severity == (severity or category(code).handling.severity)
    petition = petition_of(issue)
    assert petition.next_due_at == min(due.values())


def test_what_is_no_longer_promised_is_void(cast: Cast):
    issue = by_hand(cast)
    triage.triage(issue, category=category("leak"), actor=cast.wu, at=SOON)
    voided = dict(issue.clocks.exclude(voided_at=None).values_list("kind", "voided_at"))
    assert voided == {"respond": SOON, "answer": SOON}


def test_a_breach_that_happened_stays_one(cast: Cast):
    issue = by_hand(cast)
    late = local(5, 19, 9)
    sweep(bell="loop", now=late)
    triage.triage(fresh(issue), category=category("leak"), actor=cast.wu, at=late)
    clock = issue.clocks.get(kind="respond")
    assert (clock.stopped_at, clock.voided_at, clock.was_missed(late)) == (late, None, True)


def test_a_promise_of_the_same_kind_that_was_broken_is_not_mended_by_a_milder_one(cast: Cast):
    issue = take_in(file(cast.li, cast.building)).issue
    late = NOW + timedelta(minutes=31)
    triage.triage(issue, category=category("leak"), actor=cast.wu, at=late)
    clock = issue.clocks.get(kind="resolve")
    assert (clock.due_at, clock.was_missed(late)) == (NOW + timedelta(minutes=30), True)


def test_past_already_it_is_one_breach_dated_at_the_change_and_nobody_is_warned(cast: Cast):
    issue = by_hand(cast)
    late = NOW + timedelta(hours=4, minutes=10)
    triage.sort(issue, category=category("leak"), actor=cast.wu, at=late)
    fired = list(Escalation.objects.values_list("rung__code", "due_at", "acted_at"))
    assert fired == [("breach", late, late)]
    assert told(petition_of(issue)).count("breached") == 1
    assert set(Notice.objects.filter(message_key="rung_breach").values_list("recipient", flat=True)) == {
        cast.zhou.pk,
        cast.zheng.pk,
    }
    sweep(bell="loop", now=late + timedelta(seconds=10))
    assert Escalation.objects.count() == 1


def test_rungs_that_fired_do_not_fire_again(cast: Cast):
    issue = take_in(file(cast.li, cast.building)).issue
    at = NOW + timedelta(minutes=25)
    sweep(bell="loop", now=at)
    warned = Escalation.objects.filter(clock__kind="resolve").count()
    triage.triage(fresh(issue), category=category("leak"), actor=cast.wu, at=at)
    sweep(bell="loop", now=NOW + timedelta(hours=3, minutes=50))
    assert warned == 1
    assert Escalation.objects.filter(clock__kind="resolve").count() == 1


def test_what_has_been_accepted_and_arrived_at_is_met_under_the_new_promise(cast: Cast):
    order = take_in(file(cast.li, cast.building, category="leak"))
    handling.accept(order, actor=cast.zhou, at=NOW + timedelta(seconds=30))
    handling.arrive(order, actor=cast.zhou, at=NOW + timedelta(minutes=3))
    triage.triage(fresh(order.issue), category=category("gas"), actor=cast.wu, at=SOON)
    met = dict(order.issue.clocks.exclude(stopped_at=None).values_list("kind", "stopped_at"))
    assert met == {"accept": NOW + timedelta(seconds=30), "arrive": NOW + timedelta(minutes=3)}


def test_the_same_promise_under_another_category_moves_nothing(cast: Cast):
    issue = by_hand(cast)
    before = list(issue.clocks.order_by("pk").values())
    triage.triage(issue, category=category("deeds"), actor=cast.wu, at=SOON)
    assert list(issue.clocks.order_by("pk").values()) == before


def test_what_hides_its_petitioner_hides_the_petitions_and_nothing_un_hides_them(cast: Cast):
    issue = by_hand(cast)
    triage.triage(issue, category=category("dispute"), actor=cast.wu, at=NOW)
    assert (fresh(issue).hides_petitioner, petition_of(issue).name_visibility) == (True, "nobody")
    triage.triage(fresh(issue), category=category("leak"), actor=cast.wu, at=SOON)
    assert (fresh(issue).hides_petitioner, petition_of(issue).name_visibility) == (True, "nobody")


def test_the_name_on_a_petition_that_was_closed_before_is_hidden_too(cast: Cast):
    first, minute = file(cast.li, cast.building), timedelta(minutes=1)
    order = take_in(first)
    second = file(cast.wang, cast.building, same_as=first, at=NOW + minute)
    intake.take_in(second.pk, at=NOW + minute)
    handling.accept(order, actor=cast.zhou, at=NOW + 2 * minute)
    handling.finish(order, actor=cast.zhou, at=NOW + 3 * minute, words="换好了。")
    for petition, person, is_solved in ((first, cast.li, True), (second, cast.wang, False)):
        petition.refresh_from_db()
        said = {"was_contacted": True, "is_solved": is_solved, "satisfaction": 3, "words": ""}
        petitions.evaluate(petition, actor=person, at=NOW + 4 * minute, **said)
    triage.triage(fresh(order.issue), category=category("dispute"), actor=cast.wu, at=NOW + 5 * minute)
    first.refresh_from_db()
    assert (first.state, first.name_visibility) == ("closed", "nobody")


@pytest.mark.parametrize("name", ["li", "zhou", "zheng", "chen", "zhao", "strange_worker", "strange_officer"])
def test_only_the_community_and_the_street_sort(cast: Cast, name):
    issue = by_hand(cast)
    actor = getattr(cast, name)
    for deed in (
        lambda: triage.triage(issue, category=category("leak"), actor=actor, at=NOW),
        lambda: triage.dispatch_to(issue, cast.hengxin, actor=actor, at=NOW),
        lambda: declining.decline(issue, reason="not_ours", words="不归这里管。", actor=actor, at=NOW),
        lambda: linking.relate(issue, issue, actor=actor, at=NOW),
    ):
        with pytest.raises(NotInCharge):
            deed()
    assert fresh(issue).triaged_at is None


# --- whose it is ---


def test_sorting_sends_it_to_whoever_answers_for_that_today(cast: Cast):
    issue = by_hand(cast)
    old = live(issue)
    triage.sort(issue, category=category("leak"), actor=cast.wu, at=SOON)
    order = live(issue)
    assert (old.body, order.body, order.why_here) == (cast.residents_committee, cast.hengxin, "contract")
    old.refresh_from_db()
    assert (old.state, order.next_due_at) == ("cancelled", NOW + timedelta(hours=4))
    assert IssueStep.objects.filter(work_order=old, verb="cancel").count() == 1
    petition = petition_of(issue)
    assert (petition.holder_body, told(petition)[-2:]) == ("恒信物业", ["sorted", "dispatched"])
    assert Notice.objects.filter(message_key="order_rings", recipient=cast.zhou).exists()
    assert in_the_inbox(cast) == set()


def test_what_the_body_has_already_is_not_sent_to_it_again(cast: Cast):
    issue = by_hand(cast)
    before = live(issue)
    assert triage.sort(issue, category=category("other"), actor=cast.wu, at=SOON) == before
    assert WorkOrder.objects.filter(issue=issue).count() == 1
    assert told(petition_of(issue)).count("dispatched") == 1


def test_a_department_gets_it_and_the_clocks_keep_running(cast: Cast):
    issue = by_hand(cast)
    before = running(issue)
    order = triage.dispatch_to(issue, cast.department, actor=cast.wu, at=SOON)
    assert (order.body, order.why_here) == (cast.department, "by_hand")
    assert Notice.objects.filter(message_key="order_rings", recipient=cast.luo).exists()
    assert running(issue) == before
    assert in_the_inbox(cast) == set()
    handling.accept(order, actor=cast.luo, at=SOON)
    assert petition_of(issue).holder_body == "安和派出所"


@pytest.mark.parametrize(
    ("code", "body", "goes"),
    [
        ("leak", "hengxin", True),
        ("leak", "committee", False),  # of another estate
        ("leak", "strange_company", False),
        ("leak", "strange_department", False),
        ("complaint", "hengxin", False),
        ("complaint", "residents_committee", True),
        ("complaint_community", "residents_committee", False),
        ("complaint_community", "street_office", True),
    ],
)
def test_nobody_gets_what_they_do_not_answer_for_or_are_complained_about_in(cast: Cast, code, body, goes):
    issue = by_hand(cast)
    send = lambda: triage.sort(  # noqa: E731
        issue, category=category(code), body=getattr(cast, body), actor=cast.wu, at=NOW
    )
    if goes:
        assert send().body == getattr(cast, body)
        return
    with pytest.raises(triage.WrongBody):
        send()
    assert fresh(issue).category.code == "other"


def test_a_complaint_about_the_community_stays_out_of_its_sight_whoever_has_it(cast: Cast):
    """The street asks a department; the department hands it back, and so does the street."""
    issue = take_in(file(cast.li, cast.building, category="complaint_community")).issue
    triage.dispatch_to(issue, cast.department, actor=cast.sun, at=NOW)
    handling.return_order(live(issue), actor=cast.luo, at=SOON, reason="not_ours")
    assert live(issue).body == cast.street_office
    handling.return_order(live(issue), actor=cast.sun, at=SOON, reason="unclear")
    assert live(issue).body == cast.street_office
    assert WorkOrder.objects.filter(issue=issue).count() == 4
    assert not WorkOrder.objects.visible_to(cast.wu, SOON).exists()
    assert not Notice.objects.filter(recipient=cast.wu).exists()


@pytest.mark.parametrize("is_undone", [False, True])
def test_whoever_has_still_to_rate_comes_along_and_may_say_that_it_is_not_solved(cast: Cast, is_undone):
    """Li's neighbour had the matter opened again, and the desk has merged it meanwhile."""
    mine = file(cast.li, cast.building, category="leak")
    order = take_in(mine)
    neighbour = file(cast.wang, cast.building, category="leak", same_as=mine)
    intake.take_in(neighbour.pk, at=NOW)
    handling.accept(order, actor=cast.zhou, at=NOW)
    handling.finish(order, actor=cast.zhou, at=NOW, words="补好了")
    rate = {"was_contacted": True, "is_solved": False, "satisfaction": 1, "words": ""}
    petitions.evaluate(neighbour, actor=cast.wang, at=SOON, **rate)
    other = take_in(file(cast.sun, cast.building, category="leak"), at=NOW).issue
    linking.merge(fresh(order.issue), fresh(other), actor=cast.wu, at=SOON)
    if is_undone:
        other = linking.undo(actor=cast.wu, at=SOON)
    petitions.evaluate(Petition.objects.get(pk=mine.pk), actor=cast.li, at=SOON, **rate)
    assert Petition.objects.get(pk=mine.pk).state == "in_hand"
    assert mine.links.get(undone_at=None).issue == neighbour.links.get(undone_at=None).issue == other


def test_of_two_who_sort_the_second_learns_what_the_first_did(cast: Cast):
    issue = by_hand(cast)
    seen = fresh(issue)
    triage.sort(issue, category=category("leak"), actor=cast.wu, at=NOW)
    with pytest.raises(deciding.Overtaken) as refused:
        triage.sort(seen, category=category("noise"), actor=cast.sun, at=SOON)
    assert all(fact in str(refused.value) for fact in ("吴婷", "恒信物业", "14:17"))
    assert fresh(issue).category.code == "leak"


# --- the same as another ---


@pytest.mark.parametrize("other", ["dispute", "complaint_community"])
def test_a_complaint_about_the_company_is_put_together_with_its_own_kind_only(cast: Cast, other):
    """Both hide who said it; but a quarrel may be sent to the company, and is seen by those who walk the grid."""
    complaint, same, quarrel = (
        take_in(file(person, cast.building, category=code)).issue
        for person, code in ((cast.li, "complaint"), (cast.wang, "complaint"), (cast.wang, other))
    )
    for put in (linking.merge, linking.relate):
        with pytest.raises(linking.NotTogether):
            put(complaint, quarrel, actor=cast.sun, at=NOW)
        with pytest.raises(linking.NotTogether):
            put(quarrel, complaint, actor=cast.sun, at=NOW)
    with pytest.raises(StepNotAllowed):
        linking.link(petition_of(complaint), quarrel, actor=cast.sun, at=NOW)
    assert linking.merge(same, complaint, actor=cast.wu, at=NOW) == complaint


def two(cast: Cast, *, apart: timedelta = timedelta(minutes=52)) -> tuple[Issue, Issue]:
    """What came in now and isn't sorted, and a leak that came before it."""
    older = take_in(file(cast.wang, cast.building, category="leak", at=NOW - apart)).issue
    return by_hand(cast), older


def test_merging_moves_every_petition_and_keeps_the_strictest(cast: Cast):
    newer, older = two(cast, apart=timedelta(hours=-1))
    leak_due = NOW + timedelta(hours=5)
    assert running(older) == {"resolve": leak_due}
    linking.merge(newer, older, actor=cast.wu, at=SOON)
    newer, older = fresh(newer), fresh(older)
    assert (newer.state, newer.merged_into, older.filed_at) == ("merged", older, NOW)
    # Counted from the earlier of the two, by the promise that goes on.
    assert running(older) == {"resolve": NOW + timedelta(hours=4)}
    assert running(newer) == {}
    assert set(newer.clocks.values_list("voided_at", flat=True)) == {SOON}
    petition = Petition.objects.get(petitioner=cast.li)
    assert petition.links.get(undone_at=None).issue == older
    assert (petition.holder_body, petition.next_due_at) == ("恒信物业", NOW + timedelta(hours=4))
    assert told(petition)[-1] == "linked"
    assert live(older).supporters == 1
    assert not WorkOrder.objects.live().filter(issue=newer).exists()


def test_merging_of_the_same_promise_takes_the_strictest_due_time(cast: Cast):
    early = take_in(file(cast.li, cast.building, category="leak")).issue
    late = take_in(file(cast.wang, cast.building, category="leak", at=SOON)).issue
    linking.merge(early, late, actor=cast.wu, at=SOON)
    clock = late.clocks.get(kind="resolve")
    assert (clock.starts_at, clock.due_at) == (NOW, NOW + timedelta(hours=4))


def test_merging_what_is_late_makes_the_other_late_at_once(cast: Cast):
    early = take_in(file(cast.li, cast.building, category="leak")).issue
    late = take_in(file(cast.wang, cast.building, category="leak", at=NOW + timedelta(hours=3))).issue
    at = NOW + timedelta(hours=4, minutes=5)
    linking.merge(early, late, actor=cast.wu, at=at)
    fired = Escalation.objects.filter(clock__issue=late).values_list("rung__code", "acted_at")
    assert list(fired) == [("breach", at)]


@pytest.mark.parametrize("case", ["hidden", "finished", "itself", "elsewhere"])
def test_what_can_not_be_put_together(cast: Cast, case):
    newer, older = two(cast)
    if case == "hidden":
        older = take_in(file(cast.wang, cast.building, category="dispute")).issue
    elif case == "finished":
        order = live(older)
        handling.accept(order, actor=cast.zhou, at=NOW)
        handling.finish(order, actor=cast.zhou, at=NOW, words="修好了。")
    elif case == "itself":
        older = newer
    else:
        older = take_in(file(cast.stranger, cast.strange_building)).issue
    refusals = {"hidden": linking.NotTogether, "finished": deciding.Overtaken, "itself": linking.NotTogether}
    with pytest.raises(refusals.get(case, NotInCharge)):
        linking.merge(newer, older, actor=cast.wu, at=SOON)
    assert fresh(newer).state == "open"
    assert petition_of(newer).petitioner == cast.li


def test_undoing_a_merge_brings_the_matter_back_to_the_inbox(cast: Cast):
    newer, older = two(cast)
    linking.merge(newer, older, actor=cast.wu, at=SOON)
    apart = linking.undo(actor=cast.wu, at=SOON)
    assert in_the_inbox(cast) == {apart}
    assert (apart.category, apart.filed_at, apart.spot) == (newer.category, newer.filed_at, newer.spot)
    assert petition_of(apart).petitioner == cast.li
    assert petition_of(older).petitioner == cast.wang
    assert running(apart) == {"respond": local(5, 18, 18), "answer": local(6, 5, 18)}
    assert live(older).supporters == 0
    with pytest.raises(linking.NothingToUndo):
        linking.undo(actor=cast.wu, at=SOON)


def test_undoing_a_merge_gives_the_other_matter_its_own_start_back(cast: Cast):
    early = take_in(file(cast.li, cast.building, category="leak")).issue
    late = take_in(file(cast.wang, cast.building, category="leak", at=NOW + timedelta(hours=3))).issue
    at = NOW + timedelta(hours=3, minutes=5)
    linking.merge(early, late, actor=cast.wu, at=at)
    assert running(late) == {"resolve": NOW + timedelta(hours=4)}
    apart = linking.undo(actor=cast.wu, at=at)
    assert (fresh(late).filed_at, running(late)) == (
        NOW + timedelta(hours=3),
        {"resolve": NOW + timedelta(hours=7)},
    )
    assert Petition.objects.get(petitioner=cast.wang).next_due_at == NOW + timedelta(hours=7)
    assert running(apart) == {"resolve": NOW + timedelta(hours=4)}


def test_taking_the_first_petition_out_counts_from_the_next(cast: Cast):
    first = file(cast.li, cast.building, category="leak")
    issue = take_in(first).issue
    intake.take_in(file(cast.wang, cast.building, category="leak", same_as=first, at=SOON).pk, at=SOON)
    linking.unlink(Petition.objects.get(pk=first.pk), actor=cast.wu, at=SOON)
    # The matter was opened with the first one: nobody waited for it before.
    assert (fresh(issue).filed_at, running(issue)) == (NOW, {"resolve": NOW + timedelta(hours=4)})


def test_undoing_brings_back_all_that_was_merged_and_nobody_else(cast: Cast):
    newer, older = two(cast)
    with_it = file(cast.chen, cast.building, category="other", same_as=petition_of(newer))
    intake.take_in(with_it.pk, at=NOW)
    linking.merge(fresh(newer), older, actor=cast.wu, at=SOON)
    apart = linking.undo(actor=cast.wu, at=SOON)
    linked = set(
        Petition.objects.filter(links__issue=apart, links__undone_at=None).values_list("petitioner", flat=True)
    )
    assert linked == {cast.li.pk, cast.chen.pk}
    assert petition_of(older).petitioner == cast.wang


def test_only_one_s_own_last_step_is_undone(cast: Cast):
    newer, older = two(cast)
    linking.merge(newer, older, actor=cast.wu, at=SOON)
    for actor, at in ((cast.sun, SOON), (cast.wu, SOON + timedelta(days=1, seconds=1))):
        with pytest.raises(linking.NothingToUndo):
            linking.undo(actor=actor, at=at)


def test_a_merge_into_what_is_finished_since_can_not_be_undone(cast: Cast):
    newer, older = two(cast)
    linking.merge(newer, older, actor=cast.wu, at=SOON)
    handling.accept(live(older), actor=cast.zhou, at=SOON)
    handling.finish(live(older), actor=cast.zhou, at=SOON, words="修好了。")
    with pytest.raises(linking.NothingToUndo):
        linking.undo(actor=cast.wu, at=SOON)


def test_a_petition_taken_out_of_what_it_was_merged_into_is_sorted_as_it_was(cast: Cast):
    newer, older = two(cast)
    linking.merge(newer, older, actor=cast.wu, at=SOON)
    apart = linking.unlink(Petition.objects.get(petitioner=cast.li), actor=cast.wu, at=SOON)
    assert (apart.category.code, apart.triaged_at) == ("other", None)


def test_related_matters_stay_apart_and_relating_twice_is_relating_once(cast: Cast):
    newer, older = two(cast)
    linking.relate(newer, older, actor=cast.wu, at=SOON)
    relation = linking.relate(older, newer, actor=cast.sun, at=SOON)
    assert (relation.first, relation.second, relation.related_by) == (older, newer, cast.wu)
    assert in_the_inbox(cast) == {newer}
    linking.undo(actor=cast.wu, at=SOON)
    assert not IssueRelation.objects.filter(undone_at=None).exists()
    assert relation.related_at == SOON


def test_what_is_over_can_be_related_to(cast: Cast):
    newer, older = two(cast)
    handling.accept(live(older), actor=cast.zhou, at=NOW)
    handling.finish(live(older), actor=cast.zhou, at=NOW, words="修好了。")
    assert linking.relate(newer, older, actor=cast.wu, at=SOON).second == newer


# --- nothing for the office ---


@pytest.mark.parametrize("reason", DeclineReason.values)
def test_declining_answers_everybody_with_the_reason_and_where_to_go(cast: Cast, reason):
    issue = by_hand(cast)
    neighbour = file(cast.wang, cast.building, category="other", same_as=petition_of(issue))
    intake.take_in(neighbour.pk, at=NOW)
    declining.decline(fresh(issue), reason=reason, words="请直接联系供电公司。", actor=cast.wu, at=SOON)
    issue = fresh(issue)
    assert (issue.state, issue.decline_reason) == ("declined", reason)
    assert in_the_inbox(cast) == set()
    assert not WorkOrder.objects.live().filter(issue=issue).exists()
    for petition in Petition.objects.filter(links__issue=issue):
        line = petition.updates.order_by("-id").first()
        assert (petition.state, petition.next_due_at) == ("declined", None)
        assert (line.kind, line.words) == ("declined", "请直接联系供电公司。")
        assert line.params == {"reason": reason, "office": "安和街道", "phone": "0531-55510004"}
        notice = Notice.objects.filter(recipient=petition.petitioner, message_key="petition_declined")
        assert notice.filter(link=f"/petitions/{petition.receipt_no}/").exists()


def test_declining_stops_the_answers_keeps_the_breaches_and_voids_the_rest(cast: Cast):
    issue = take_in(file(cast.li, cast.building, category="gas")).issue
    at = NOW + timedelta(minutes=6)  # accept and arrive are past, resolve isn't
    declining.decline(fresh(issue), reason="nothing_there", words="看过了，没有漏气。", actor=cast.wu, at=at)
    clocks = {clock.kind: clock for clock in SlaClock.objects.filter(issue=issue)}
    assert {kind: (clock.stopped_at, clock.voided_at, clock.was_missed(at)) for kind, clock in clocks.items()} == {
        "accept": (at, None, True),
        "arrive": (at, None, True),
        "resolve": (None, at, False),
    }


def test_declining_in_time_is_an_answer_in_time(cast: Cast):
    issue = by_hand(cast)
    declining.decline(issue, reason="in_court", words="法院已经受理。", actor=cast.wu, at=SOON)
    clocks = SlaClock.objects.filter(issue=issue)
    assert {clock.kind: (clock.stopped_at, clock.was_missed(SOON)) for clock in clocks} == {
        "respond": (SOON, False),
        "answer": (SOON, False),
    }


def test_declining_settles_the_supervision_order(cast: Cast):
    issue = take_in(file(cast.li, cast.building)).issue
    at = NOW + timedelta(minutes=40)
    sweep(bell="loop", now=at)
    declining.decline(fresh(issue), reason="private", words="双方自行协商。", actor=cast.wu, at=at)
    assert SupervisionOrder.objects.get().state == "settled"


@pytest.mark.parametrize(("reason", "words"), [("", "不归我们管。"), ("whatever", "不归我们管。"), ("private", "  ")])
def test_nothing_is_declined_without_a_reason_and_words(cast: Cast, reason, words):
    issue = by_hand(cast)
    with pytest.raises(FactMissing):
        declining.decline(issue, reason=reason, words=words, actor=cast.wu, at=SOON)
    assert fresh(issue).state == "open"


def test_what_was_declined_in_error_is_filed_anew(cast: Cast):
    issue = by_hand(cast)
    declining.decline(issue, reason="unclear", words="看不明白。", actor=cast.wu, at=SOON)
    again = take_in(file(cast.li, cast.building, category="leak", at=SOON))
    assert (again.issue.state, again.body) == ("open", cast.hengxin)


def test_the_resident_withdraws_before_the_desk_has_decided(cast: Cast):
    issue = by_hand(cast)
    seen = fresh(issue)
    petitions.withdraw(petition_of(issue), actor=cast.li, at=NOW)
    with pytest.raises(deciding.Overtaken):
        triage.sort(seen, category=category("leak"), actor=cast.wu, at=SOON)
