"""Topics from being brought up to being judged: the gates, who stays attached, and the owners' own way."""

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pgtrigger
import pytest
from django.db import DatabaseError, transaction

from governance.domain.refusals import FactMissing, NotInCharge, StepNotAllowed
from governance.models import AuditEntry, Notice, RoleAssignment, User
from issues.deliberation.domain import demanding, judging, proposing, setting_up, topic_news, vetting
from issues.deliberation.domain.proposing import Proposal
from issues.deliberation.domain.setting_up import Plan
from issues.deliberation.domain.vetting import Finding
from issues.deliberation.models import (
    Gate,
    Matter,
    MotionKind,
    RuleSet,
    Topic,
    TopicOrigin,
    TopicPetition,
    TopicState,
    VettingReason,
)
from residents.models import Petition, PetitionUpdate
from tests.cast import NOW, Cast, file
from tests.issues.deliberation.conftest import CLOSES, OPENS, House

pytestmark = pytest.mark.django_db
COMMON = Finding(VettingReason.COMMON, "三个楼道都有人反映，要大家商量。")
OVER = Finding(VettingReason.KEPT, "护栏装好了，交警每天巡一次。")


def raised(cast: Cast, *petitions: Petition, by: User | None = None, sending: UUID | None = None, **given) -> Topic:
    words = {
        "community": cast.community, "estate": cast.estate, "origin": TopicOrigin.PETITIONS, "title": "校门口乱停车",
        "words": "上学放学时车停在人行道上，孩子走到马路中间。", "petitions": petitions,
    } | given  # fmt: skip
    return proposing.propose(Proposal(**words), sending=sending or uuid4(), actor=by or cast.wu, at=NOW)


def filed(cast: Cast, user: User) -> Petition:
    return file(user, cast.building)


def attached(topic: Topic) -> list[Petition]:
    return topic_news.petitions_of(topic)


def told(user: User) -> list[str]:
    return list(
        Notice.objects.filter(recipient=user, channel="in_app").order_by("pk").values_list("message_key", flat=True)
    )


@pytest.fixture
def petitions(cast: Cast) -> list[Petition]:
    return [filed(cast, user) for user in (cast.li, cast.wang)]


def test_a_topic_made_of_petitions_tells_each_of_their_people_and_asks_the_secretary(cast: Cast, petitions):
    topic = raised(cast, *petitions)
    assert topic.state == TopicState.RAISED
    assert not topic.is_public
    assert attached(topic) == petitions
    for petition in petitions:
        update = PetitionUpdate.objects.filter(petition=petition).latest("pk")
        assert (update.kind, update.params) == ("topic", {"title": "校门口乱停车"})
    assert [told(user)[-1] for user in (cast.li, cast.wang, cast.chen)] == ["topic_made", "topic_made", "topic_to_vet"]
    assert "topic_to_vet" not in told(cast.sun)


def test_a_topic_is_to_be_looked_at_within_five_working_days(cast: Cast):
    # Friday 15 May 2026 in the afternoon: the fifth working day after it ends on the Friday after.
    assert raised(cast).vet_due_at == datetime(2026, 5, 22, 18, tzinfo=NOW.tzinfo)


def test_sent_twice_it_is_one_topic(cast: Cast):
    sending = uuid4()
    assert raised(cast, sending=sending) == raised(cast, sending=sending)
    assert Topic.objects.count() == 1


def test_taken_up_it_is_public_with_a_name_a_reason_and_a_date(cast: Cast, petitions):
    topic = raised(cast, *petitions)
    vetting.accept(topic, COMMON, actor=cast.chen, at=NOW + timedelta(days=1))
    assert (topic.state, topic.is_public) == (TopicState.ACCEPTED, True)
    (said,) = topic.vettings.all()
    assert (said.gate, said.verb, said.reason, said.by, said.by_role, said.at) == (
        Gate.TOPIC, "accept", VettingReason.COMMON, cast.chen, "branch_secretary", NOW + timedelta(days=1),
    )  # fmt: skip
    assert PetitionUpdate.objects.filter(petition=petitions[0]).latest("pk").params == {"verb": "accept"}
    assert told(cast.wang)[-1] == "topic_accept"
    assert AuditEntry.objects.filter(noun="topic", verb="accept").exists()


def test_not_taken_up_it_stays_between_those_concerned_unless_it_may_be_shown(cast: Cast):
    hidden, shown = raised(cast), raised(cast)
    why = Finding(VettingReason.PRIVATE, "两家的事，调解更合适。")
    vetting.decline(hidden, why, show=False, actor=cast.chen, at=NOW)
    vetting.decline(shown, why, show=True, actor=cast.chen, at=NOW)
    assert (hidden.is_public, shown.is_public) == (False, True)
    assert told(cast.wu)[-2:] == ["topic_decline", "topic_decline"]


@pytest.mark.parametrize("name", ["wu", "li", "zheng", "administrator", "strange_officer", "zhao"])
def test_only_the_secretary_and_the_street_vet(cast: Cast, name: str):
    topic = raised(cast)
    with pytest.raises(NotInCharge):
        vetting.accept(topic, COMMON, actor=getattr(cast, name), at=NOW)


def test_the_street_may_vet_as_well(cast: Cast):
    topic = raised(cast)
    vetting.accept(topic, COMMON, actor=cast.sun, at=NOW)
    assert topic.vettings.get().by_role == "street_officer"


def test_nobody_vets_what_they_brought_up(cast: Cast):
    topic = raised(cast, by=cast.chen, origin=TopicOrigin.OFFICE)
    with pytest.raises(NotInCharge):
        vetting.accept(topic, COMMON, actor=cast.chen, at=NOW)


def test_nobody_vets_what_comes_from_a_petition_of_their_own(cast: Cast):
    topic = raised(cast, filed(cast, cast.chen))
    with pytest.raises(NotInCharge):
        vetting.accept(topic, COMMON, actor=cast.chen, at=NOW)


@pytest.mark.parametrize(
    ("concerned", "goes_to", "not_to"),
    [("residents_committee", "sun", "chen"), ("street_office", "shen", "sun"), ("hengxin", "chen", "shen")],
)
def test_what_complains_of_a_body_goes_one_level_up_past_it(cast: Cast, concerned: str, goes_to: str, not_to: str):
    topic = raised(cast, concerns=(getattr(cast, concerned),), by=cast.li, origin=TopicOrigin.RESIDENT)
    vetter, kept_out = getattr(cast, goes_to), getattr(cast, not_to)
    assert "topic_to_vet" in told(vetter)
    assert "topic_to_vet" not in told(kept_out)
    with pytest.raises(NotInCharge):
        vetting.accept(topic, COMMON, actor=kept_out, at=NOW)
    assert vetting.accept(topic, COMMON, actor=vetter, at=NOW).state == TopicState.ACCEPTED


def test_a_secretary_who_works_for_the_company_complained_about_does_not_vet(cast: Cast):
    RoleAssignment.objects.create(user=cast.chen, role="property_manager", body=cast.hengxin, valid_from=NOW)
    topic = raised(cast, concerns=(cast.hengxin,))
    assert not Topic.objects.vetted_by(cast.chen.scope(NOW)).exists()
    with pytest.raises(NotInCharge):
        vetting.accept(topic, COMMON, actor=cast.chen, at=NOW)


def test_a_reason_has_to_fit_what_is_decided(cast: Cast):
    topic = raised(cast)
    with pytest.raises(FactMissing):
        vetting.accept(topic, Finding(VettingReason.PRIVATE, "私事"), actor=cast.chen, at=NOW)
    with pytest.raises(FactMissing):
        vetting.accept(topic, Finding(VettingReason.COMMON, ""), actor=cast.chen, at=NOW)
    topic.refresh_from_db()
    assert topic.state == TopicState.RAISED
    assert not topic.vettings.exists()


def test_joined_with_another_every_petitioner_stays_attached(cast: Cast, petitions):
    both = filed(cast, cast.xu)
    one, other = raised(cast, *petitions, both), raised(cast, both, title="学校路停车")
    vetting.merge(one, other, Finding(VettingReason.SAME, "说的是同一条路。"), actor=cast.chen, at=NOW)
    assert (one.state, one.merged_into) == (TopicState.MERGED, other)
    assert attached(one) == []
    assert {petition.pk for petition in attached(other)} == {each.pk for each in [*petitions, both]}
    assert TopicPetition.objects.filter(topic=one).count() == 3


def test_a_topic_is_not_joined_with_what_is_over_or_lies_elsewhere(cast: Cast):
    topic, over = raised(cast), raised(cast)
    vetting.decline(over, Finding(VettingReason.DECIDED, "上个月刚定过。"), show=True, actor=cast.chen, at=NOW)
    same = Finding(VettingReason.SAME, "同一件事。")
    with pytest.raises(vetting.CannotJoin):
        vetting.merge(topic, over, same, actor=cast.chen, at=NOW)
    with pytest.raises(vetting.CannotJoin):
        vetting.merge(topic, topic, same, actor=cast.chen, at=NOW)


def test_made_two_each_petition_goes_with_one(cast: Cast, petitions):
    topic = raised(cast, *petitions)
    part = vetting.split(
        topic, Finding(VettingReason.TWO_MATTERS, "护栏和巡逻是两件事。"), title="校门口装护栏", words="装120米护栏。",
        petitions=petitions[:1], actor=cast.chen, at=NOW,
    )  # fmt: skip
    assert (attached(topic), attached(part)) == (petitions[1:], petitions[:1])
    assert (part.split_from, part.raised_by, part.state) == (topic, topic.raised_by, TopicState.RAISED)
    assert PetitionUpdate.objects.filter(petition=petitions[0]).latest("pk").params == {"title": "校门口装护栏"}


def test_nobody_looked_at_it_in_time_and_the_level_above_hears_of_it_once(cast: Cast):
    topic = raised(cast)
    before, after = topic.vet_due_at - timedelta(seconds=1), topic.vet_due_at
    assert demanding.tell_what_is_late(before) == 0
    assert demanding.tell_what_is_late(after) == 1
    assert demanding.tell_what_is_late(after) == 0
    assert told(cast.sun).count("topic_late") == 1


def test_closed_it_is_judged_by_those_who_live_there_once(cast: Cast, petitions):
    topic = raised(cast, *petitions)
    vetting.accept(topic, COMMON, actor=cast.chen, at=NOW)
    with pytest.raises(StepNotAllowed):
        judging.judge(topic, stars=5, is_solved=True, actor=cast.li, at=NOW)
    vetting.close(topic, OVER, actor=cast.chen, at=NOW)
    judging.judge(topic, stars=4, is_solved=True, actor=cast.li, at=NOW)
    judging.judge(topic, stars=1, is_solved=False, actor=cast.li, at=NOW)
    assert topic.judgements.get().stars == 4
    for outsider in (cast.stranger, cast.xu, cast.zheng):
        with pytest.raises(judging.NotTheirsToJudge):
            judging.judge(topic, stars=1, is_solved=False, actor=outsider, at=NOW)


def test_a_topic_is_not_closed_while_its_vote_runs(cast: Cast, rule_set: RuleSet, house: House):
    topic = raised(cast)
    vetting.accept(topic, COMMON, actor=cast.chen, at=NOW)
    motion = setting_up.draft(plan_on(topic, cast, rule_set), actor=cast.wu, at=NOW)
    setting_up.publish(motion, actor=cast.wu, at=NOW)
    with pytest.raises(vetting.StillRunning):
        vetting.close(topic, OVER, actor=cast.chen, at=NOW)


def plan_on(topic: Topic, cast: Cast, rule_set: RuleSet) -> Plan:
    return Plan(
        estate=cast.estate, rule_set=rule_set, matter=Matter.FUND_USE, kind=MotionKind.LEGAL, title="装护栏",
        words="装120米护栏，费用从公共收益列支。", opens_at=OPENS, closes_at=CLOSES, topic=topic,
    )  # fmt: skip


class TestTheOwnersOwnWay:
    """物业管理条例 13: one owner in five can demand an assembly, and no gate stops that.

    The house has seven doors of 100 m²: 801 Ann's, 802 and 803 Ben's, 804 Ben's and Cai's, 805 nobody's who is known,
    806 and 807 the developer's. That is five heads with 700 m²: needed are one head and 140 m².
    """

    @pytest.fixture
    def topic(self, cast: Cast, house: House, rule_set: RuleSet) -> Topic:
        return raised(cast, origin=TopicOrigin.OWNERS, by=house.owners["ann"])

    def test_whoever_brings_it_up_is_the_first_to_support_it(self, topic: Topic):
        demand = demanding.demand_of(topic, NOW)
        assert (demand.heads, demand.area_m2) == (1, Decimal("100.00"))
        assert (demand.heads_of, demand.area_of_m2) == (5, Decimal("700.00"))
        assert (demand.heads_needed, demand.area_needed_m2) == (1, Decimal("140.00"))
        assert not demand.is_reached
        assert topic.is_public

    def test_with_the_one_that_makes_it_enough_it_goes_to_the_assembly(self, topic: Topic, cast: Cast, house: House):
        assert demanding.support(topic, actor=house.owners["cai"], at=NOW).is_reached
        topic.refresh_from_db()
        assert (topic.state, topic.demanded_at, topic.demanded_under.code) == (
            TopicState.ACCEPTED, NOW, "owners-assembly",
        )  # fmt: skip
        # Thirty days from Saturday 16 May end on Sunday 14 June: the first working day after it is the last.
        assert topic.demand_due_at == datetime(2026, 6, 16, tzinfo=NOW.tzinfo)
        for person in (house.owners["ann"], cast.wu, cast.sun):
            assert told(person)[-1] == "topic_demanded"

    def test_a_gate_that_says_no_does_not_stop_it(self, topic: Topic, cast: Cast, house: House):
        vetting.decline(
            topic, Finding(VettingReason.DECIDED, "去年定过。"), show=False, actor=cast.chen, at=NOW
        )  # fmt: skip
        topic.refresh_from_db()
        assert topic.is_public
        demanding.support(topic, actor=house.owners["ben"], at=NOW)
        topic.refresh_from_db()
        assert topic.state == TopicState.ACCEPTED

    def test_it_is_joined_with_nothing_else(self, topic: Topic, cast: Cast):
        other = raised(cast)
        with pytest.raises(NotInCharge):
            vetting.merge(topic, other, Finding(VettingReason.SAME, "一样。"), actor=cast.chen, at=NOW)

    def test_it_is_not_closed_before_the_owners_have_voted(self, topic: Topic, cast: Cast, house: House):
        demanding.support(topic, actor=house.owners["ben"], at=NOW)
        topic.refresh_from_db()
        with pytest.raises(vetting.StillRunning):
            vetting.close(topic, OVER, actor=cast.chen, at=NOW)

    def test_supporting_twice_counts_once_and_what_is_taken_back_does_not_count(self, topic: Topic, house: House):
        ann = house.owners["ann"]
        assert demanding.support(topic, actor=ann, at=NOW).units == 1
        assert demanding.take_back(topic, actor=ann, at=NOW).units == 0
        assert demanding.support(topic, actor=ann, at=NOW).units == 1

    @pytest.mark.parametrize("name", ["wang", "wu", "zheng", "stranger", "administrator"])
    def test_only_confirmed_owners_of_the_estate_support_it(self, topic: Topic, cast: Cast, name: str):
        with pytest.raises(demanding.OnlyOwnersSupport):
            demanding.support(topic, actor=getattr(cast, name), at=NOW)

    def test_only_owners_begin_it(self, cast: Cast, house: House, rule_set: RuleSet):
        with pytest.raises(proposing.OnlyOwnersGather):
            raised(cast, origin=TopicOrigin.OWNERS, by=cast.wang)
        assert not Topic.objects.exists()

    @pytest.mark.parametrize(
        ("share", "by_area", "reached"), [("1/5", False, True), ("2/5", False, False), ("1/7", True, True)]
    )
    def test_how_many_are_enough_is_the_rule_sets(self, topic, rule_set, share: str, by_area: bool, reached: bool):
        with pgtrigger.ignore("deliberation.RuleSet:a_change_is_a_new_version"):
            RuleSet.objects.filter(pk=rule_set.pk).update(demand_share=share, demand_by_area=by_area)
        assert demanding.demand_of(topic, NOW).is_reached == reached

    def test_without_an_assembly_by_the_day_the_street_hears_of_it(self, topic: Topic, cast: Cast, house: House):
        demanding.support(topic, actor=house.owners["ben"], at=NOW)
        topic.refresh_from_db()
        assert demanding.tell_what_is_late(topic.demand_due_at) == 1
        assert told(cast.sun)[-1] == "topic_assembly_late"
        assert demanding.tell_what_is_late(topic.demand_due_at) == 0

    def test_with_an_announced_vote_nobody_is_told(self, topic: Topic, cast: Cast, house: House, rule_set: RuleSet):
        demanding.support(topic, actor=house.owners["ben"], at=NOW)
        topic.refresh_from_db()
        motion = setting_up.draft(plan_on(topic, cast, rule_set), actor=cast.wu, at=NOW)
        setting_up.publish(motion, actor=cast.wu, at=NOW)
        demanding.tell_what_is_late(topic.demand_due_at)
        assert "topic_assembly_late" not in told(cast.sun)


@pytest.mark.parametrize(
    "change",
    [
        {"title": "另一件事"}, {"words": "别的话"}, {"state": "closed"}, {"is_public": True, "state": "merged"},
        {"demanded_at": NOW}, {"stairwell": 2},
    ],
)  # fmt: skip
def test_the_database_keeps_a_topic_as_it_was_raised(cast: Cast, change: dict):
    topic = raised(cast)
    with pytest.raises(DatabaseError), transaction.atomic():
        Topic.objects.filter(pk=topic.pk).update(**change)


def test_what_was_said_at_a_gate_is_never_changed(cast: Cast):
    topic = raised(cast)
    vetting.accept(topic, COMMON, actor=cast.chen, at=NOW)
    with pytest.raises(DatabaseError), transaction.atomic():
        topic.vettings.update(words="其实不是")
    with pytest.raises(DatabaseError), transaction.atomic():
        topic.vettings.all().delete()
