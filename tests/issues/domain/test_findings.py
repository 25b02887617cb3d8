"""What a patrol finds: a matter without a petition, through its whole life."""

from datetime import timedelta
from uuid import uuid4

import pytest

from governance.domain.refusals import FactMissing, NotInCharge, StepNotAllowed
from governance.models import Building, Category, Notice
from issues import order_page
from issues.domain import findings, handling, ladder, linking, verification
from issues.domain.findings import Finding
from issues.domain.mediation import Talk
from issues.domain.sweep import sweep
from issues.models import Escalation, Issue, IssuePetition, IssuePhoto, IssueStep, Mediation, SlaClock, WorkOrder
from tests.cast import NOW, Cast, file, take_in
from tests.photos import jpeg

pytestmark = pytest.mark.django_db


def at(minutes: float):
    return NOW + timedelta(minutes=minutes)


def finding(building: Building, category: str = "rubbish", words: str = "单元门口堆了装修垃圾。", **facts) -> Finding:
    facts = {"token": uuid4(), "stairwell": 1, "spot": "门口右侧"} | facts
    return Finding(category=Category.objects.get(code=category), building=building, words=words, **facts)


def steps(issue: Issue) -> list[str]:
    return list(issue.steps.order_by("id").values_list("verb", flat=True))


@pytest.fixture
def found(cast: Cast) -> Issue:
    return findings.report(finding(cast.building), actor=cast.yu, at=NOW)


def test_a_finding_has_clocks_from_now_and_goes_to_whoever_manages_the_estate(cast: Cast, found):
    order = WorkOrder.objects.live().get(issue=found)
    assert (order.body, order.supporters, order.next_due_at) == (cast.hengxin, 0, at(5))
    assert set(found.clocks.values_list("kind", "starts_at")) == {("arrive", NOW), ("resolve", NOW)}
    assert (found.found_by, found.filed_at, found.triaged_at) == (cast.yu, NOW, NOW)
    assert steps(found) == ["find", "dispatch"]
    assert Notice.objects.filter(recipient=cast.zhou, message_key="order_rings", channel="voice").count() == 1


def test_the_same_press_makes_one_finding(cast: Cast):
    one = finding(cast.building)
    first = findings.report(one, actor=cast.yu, at=NOW, photos=[jpeg()])
    again = findings.report(one, actor=cast.yu, at=at(1), photos=[jpeg()])
    assert (again, Issue.objects.count(), IssuePhoto.objects.count()) == (first, 1, 1)


def test_somebody_elses_token_is_refused(cast: Cast):
    one = finding(cast.building)
    findings.report(one, actor=cast.yu, at=NOW)
    with pytest.raises(StepNotAllowed):
        findings.report(one, actor=cast.zhao, at=NOW)


def test_what_was_put_right_while_a_talk_settled_nothing_is_over_all_the_same(cast: Cast):
    talk = Talk(parties="两户", agreement="没谈拢", is_agreed=False)
    issue = findings.report(finding(cast.building), actor=cast.yu, at=NOW, put_right="垃圾已清走。", talk=talk)
    assert (issue.state, Mediation.objects.filter(issue=issue).count()) == ("closed", 1)


@pytest.mark.parametrize("who", ["bai", "strange_walker", "li", "zhou", "wu"])
def test_only_whoever_walks_the_building_reports_there(cast: Cast, who):
    with pytest.raises(NotInCharge):
        findings.report(finding(cast.other_building), actor=getattr(cast, who), at=NOW)
    assert not Issue.objects.exists()


@pytest.mark.parametrize("category", ["complaint", "complaint_community"])
def test_a_complaint_about_staff_is_no_finding(cast: Cast, category):
    with pytest.raises(FactMissing):
        findings.report(finding(cast.building, category), actor=cast.yu, at=NOW)


def test_a_finding_says_what_was_found(cast: Cast):
    with pytest.raises(FactMissing):
        findings.report(finding(cast.building, words=" "), actor=cast.yu, at=NOW)


def test_a_finding_keeps_three_photos(cast: Cast):
    issue = findings.report(finding(cast.building), actor=cast.yu, at=NOW, photos=[jpeg() for _ in range(5)])
    assert issue.photos.filter(taken_by=cast.yu, verification=None).count() == 3


def test_what_was_put_right_on_the_spot_is_closed_and_rings_nobody(cast: Cast):
    issue = findings.report(finding(cast.building), actor=cast.yu, at=NOW, put_right="和住户一起搬走了。")
    assert (issue.state, issue.finished_at) == ("closed", NOW)
    assert steps(issue) == ["find", "finish", "close"]
    assert IssueStep.objects.get(verb="finish").words == "和住户一起搬走了。"
    assert not WorkOrder.objects.exists()
    assert not SlaClock.objects.exists()
    assert not Notice.objects.exists()


def test_a_finding_goes_all_the_way_to_a_check_that_closes_it(cast: Cast, found):
    order = WorkOrder.objects.live().get(issue=found)
    handling.accept(order, actor=cast.zhou, at=at(1))
    handling.arrive(order, actor=cast.zhou, at=at(3))
    handling.finish(order, actor=cast.zhou, at=at(20), words="清走了。")
    found.refresh_from_db()
    assert found.state == "finished"
    assert not found.clocks.running().exists()

    verification.verify(found, actor=cast.yu, at=at(60))
    found.refresh_from_db()
    assert found.state == "closed"


def test_the_ladder_climbs_for_a_finding_as_for_a_petition(cast: Cast, found):
    ladder.fire_due(at(60), bell="loop")
    assert Escalation.objects.filter(clock__issue=found, rung__code="breach").count() == 2
    assert found.supervisions.count() == 1
    run = sweep(bell="loop", now=at(61))
    assert run.failures == 0


def test_the_orders_page_shows_the_patrols_words_by_role_and_surname(cast: Cast, found):
    said, besides = order_page.what_was_said(found, NOW, names_may_be_seen=False)
    assert [(one.words, one.name, one.phone, one.is_finding) for one in said] == [
        ("单元门口堆了装修垃圾。", "于网格员", "", True)
    ]
    assert besides == 0
    assert "于网格员" in order_page.history(found, NOW)[-1].heading


# --- petitions that join a finding ---


@pytest.fixture
def joined(cast: Cast, found):
    """Li's petition about the same, which Wu has linked to the finding."""
    petition = file(cast.li, cast.building, category="rubbish", at=at(2))
    take_in(petition)
    linking.link(petition, found, actor=cast.wu, at=at(3))
    petition.refresh_from_db()
    return petition


def test_a_petition_beside_a_finding_counts_as_one_more(cast: Cast, found, joined):
    assert WorkOrder.objects.live().get(issue=found).supporters == 1


def test_a_finding_stands_when_the_only_petition_is_withdrawn(cast: Cast, found, joined):
    from residents.domain import petitions

    petitions.withdraw(joined, actor=cast.li, at=at(4))
    found.refresh_from_db()
    assert found.state == "open"
    assert WorkOrder.objects.live().get(issue=found).supporters == 0


def test_a_finding_stands_when_the_only_petition_is_taken_out_of_it(cast: Cast, found, joined):
    own = linking.unlink(joined, actor=cast.wu, at=at(4))
    found.refresh_from_db()
    assert own != found
    assert (found.state, own.state) == ("open", "open")
    assert IssuePetition.objects.get(undone_at=None).issue == own


# --- with a talk ---


def talk(**facts) -> Talk:
    return Talk(**{"parties": "301 和 402", "agreement": "晚上十点后不拖椅子。", "is_agreed": True} | facts)


def test_a_quarrel_that_was_settled_on_the_spot_is_closed_and_rings_nobody(cast: Cast):
    quarrel = finding(cast.building, "dispute", "楼上楼下为噪音吵起来。")
    issue = findings.report(quarrel, actor=cast.yu, at=NOW, talk=talk(settles=True))
    assert issue.state == "closed"
    assert steps(issue) == ["find", "mediate", "finish", "close"]
    assert Mediation.objects.get().agreement == "晚上十点后不拖椅子。"
    assert not WorkOrder.objects.exists()


def test_a_quarrel_that_is_not_settled_goes_to_the_community(cast: Cast):
    quarrel = finding(cast.building, "dispute", "楼上楼下为噪音吵起来。")
    issue = findings.report(quarrel, actor=cast.yu, at=NOW, talk=talk(is_agreed=False))
    assert (issue.state, Mediation.objects.count()) == ("open", 1)
    assert WorkOrder.objects.live().get(issue=issue).body == cast.residents_committee


QUARREL = {"category": "dispute", "words": "两家为了楼道里的鞋柜吵起来。"}


def test_the_buildings_steward_reports_a_quarrel_and_leaves_the_rest_to_others(cast: Cast):
    issue = findings.report(finding(cast.building, **QUARREL), actor=cast.bai, at=NOW)
    assert issue.orders.get().body == cast.residents_committee
    assert [Issue.objects.walked_by(who, NOW).exists() for who in (cast.yu, cast.bai)] == [True, False]


@pytest.mark.parametrize(
    "more", [{"talk": Talk(parties="两家", agreement="各退一步", is_agreed=True)}, {"put_right": "劝开了"}]
)
def test_the_buildings_steward_doesnt_settle_a_quarrel_on_the_spot(cast: Cast, more):
    with pytest.raises(FactMissing) as refused:
        findings.report(finding(cast.building, **QUARREL), actor=cast.bai, at=NOW, **more)
    assert (refused.value.fact, Issue.objects.count()) == ("category", 0)
    findings.report(finding(cast.building, **QUARREL), actor=cast.yu, at=NOW, **more)
