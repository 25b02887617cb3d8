"""Writing down what a body promises: it has its order and its clock at once, and nothing unsound is written."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from governance.domain.refusals import FactMissing, NotInCharge, StepNotAllowed
from governance.models import AuditEntry, Body, BodyKind, Notice
from issues.deliberation.commitments import commitments_of
from issues.deliberation.domain import committing
from issues.deliberation.domain.committing import Part
from issues.deliberation.models import Commitment, CommitmentState, Light, Topic, TopicState
from issues.models import ClockKind, Issue, IssueState, SlaClock, WorkOrderState
from tests.cast import NOW, SHANGHAI, Cast
from tests.issues.deliberation.promises import a_promise, make_topic, order_of, promise

pytestmark = pytest.mark.django_db


@pytest.fixture
def topic(cast: Cast) -> Topic:
    return make_topic(cast)


def test_a_commitment_is_an_order_of_the_body_with_its_own_due_time(cast, topic):
    commitment = promise(cast, topic, working_days=5)
    order = order_of(commitment)
    clock = SlaClock.objects.get(issue=commitment.issue_id)
    # Friday 15 May: five working days on is Friday 22, at the office's close.
    assert commitment.due_at == datetime(2026, 5, 22, 18, tzinfo=SHANGHAI)
    assert (order.body, order.state, order.why_here) == (cast.hengxin, WorkOrderState.DISPATCHED, "commitment")
    assert (clock.kind, clock.due_at, clock.policy.code) == (ClockKind.RESOLVE, commitment.due_at, "commitment")
    assert order.next_due_at == commitment.due_at
    assert (order.issue.public_id, order.issue.is_commitment) == (commitment.public_id, True)
    assert order.issue.state == IssueState.OPEN


def test_its_manager_is_told_and_no_phone_rings_for_what_has_days(cast, topic):
    promise(cast, topic)
    told = Notice.objects.filter(message_key="commitment_ordered", urgency="prompt")
    assert set(told.values_list("recipient", flat=True)) == {cast.zheng.pk}
    assert not Notice.objects.filter(urgency="ring").exists()


def test_of_a_body_without_a_manager_its_people_are_told(cast, topic):
    promise(cast, topic, body=cast.residents_committee, post="社区工作者")
    told = Notice.objects.filter(message_key="commitment_ordered").values_list("recipient", flat=True)
    assert set(told) == {cast.wu.pk}


def test_the_three_bodies_of_one_decision_have_an_order_each(cast, topic):
    promise(cast, topic, what="在校门两侧装好护栏")
    promise(cast, topic, what="上下学时段派人巡逻", body=cast.department, post="社区民警")
    promise(cast, topic, what="向家长说明接送路线", body=cast.residents_committee, post="社区工作者")
    lines = commitments_of(topic, NOW)
    assert [(line.body, line.post, line.light) for line in lines] == [
        ("恒信物业", "项目经理", Light.GREEN),
        ("安和派出所", "社区民警", Light.GREEN),
        ("春和社区", "社区工作者", Light.GREEN),
    ]
    assert {order_of(one).body for one in topic.commitments.all()} == {
        cast.hengxin, cast.department, cast.residents_committee,
    }  # fmt: skip


def test_a_date_counts_to_its_end(cast, topic):
    commitment = promise(cast, topic, due_on=date(2026, 6, 1))
    assert commitment.due_at == datetime(2026, 6, 1, 23, 59, 59, tzinfo=SHANGHAI)
    assert (commitment.working_days, commitment.promised_due_at) == (None, commitment.due_at)


@pytest.mark.parametrize(
    ("given", "fact"),
    [
        ({"due_on": date(2026, 5, 14)}, "due_on"),
        ({"due_on": date(2026, 5, 15)}, "due_on"),
        ({"working_days": None}, "working_days"),
        ({"decided_yuan": Decimal("12.345"), "payer": "恒信物业"}, "decided_yuan"),
        ({"decided_yuan": Decimal("-1"), "payer": "恒信物业"}, "decided_yuan"),
        ({"decided_yuan": Decimal("100")}, "payer"),
        ({"payer": "恒信物业"}, "payer"),
    ],
)
def test_what_is_unsound_is_refused_and_nothing_is_written(cast, topic, given, fact):
    with pytest.raises(FactMissing) as refused:
        promise(cast, topic, **given)
    assert refused.value.fact == fact
    assert (Commitment.objects.count(), Issue.objects.count()) == (0, 0)


def test_only_bodies_that_work_here_and_have_not_ended_promise(cast, topic):
    Body.objects.filter(pk=cast.department.pk).update(ended_on=date(2026, 5, 1))
    empty = Body.objects.create(
        kind=BodyKind.STATIONED_UNIT, name="学校路小学", short_name="学校路小学", subdistrict=cast.subdistrict
    )
    for body in (cast.department, cast.strange_company, cast.committee, empty):
        with pytest.raises(FactMissing) as refused:
            promise(cast, topic, body=body)
        assert refused.value.fact == "body"


def test_the_owners_committee_promises_for_its_own_estate(cast):
    topic = make_topic(cast, estate=cast.self_managed)
    commitment = promise(cast, topic, body=cast.committee, estate=cast.self_managed)
    assert order_of(commitment).body == cast.committee


@pytest.mark.parametrize("state", [TopicState.RAISED, TopicState.DECLINED])
def test_nothing_is_promised_about_a_topic_that_is_not_deliberated(cast, state):
    topic = Topic.objects.create(
        sending="8b2f6f6e-6a3a-4e57-9d6f-0d8f5c1f0a11", subdistrict=cast.subdistrict, community=cast.community,
        estate=cast.estate, origin="resident", title="路灯", words="路灯不亮", raised_by=cast.li, raised_at=NOW,
        vet_due_at=NOW,
    )  # fmt: skip
    if state != TopicState.RAISED:
        Topic.objects.filter(pk=topic.pk).update(state=state)
        topic.refresh_from_db()
    with pytest.raises(StepNotAllowed):
        promise(cast, topic)


@pytest.mark.parametrize("who", ["zheng", "zhou", "li", "zhao", "strange_worker", "strange_officer", "luo"])
def test_only_those_who_organise_the_topic_write_down(cast, topic, who):
    with pytest.raises(NotInCharge):
        committing.promise(topic, a_promise(cast), actor=getattr(cast, who), at=NOW)
    assert not Commitment.objects.exists()


@pytest.mark.parametrize("who", ["chen", "wu", "sun"])
def test_the_secretary_the_community_and_the_street_write_down(cast, topic, who):
    assert committing.promise(topic, a_promise(cast), actor=getattr(cast, who), at=NOW).body == cast.hengxin


def test_a_page_sent_twice_is_one_commitment(cast, topic):
    given = a_promise(cast)
    first, second = (committing.promise(topic, given, actor=cast.wu, at=NOW) for _press in range(2))
    assert first == second
    assert (Commitment.objects.count(), Issue.objects.count()) == (1, 1)


def test_parts_and_helpers_are_written_with_it(cast, topic):
    lifts = [Part(cast.building, f"{door}单元电梯") for door in (1, 2, 3)] + [
        Part(cast.other_building),
        Part(None, "门卫室"),
    ]
    commitment = promise(cast, topic, parts=lifts, helpers=[cast.department, cast.hengxin, cast.department])
    (line,) = commitments_of(topic, NOW)
    assert (line.done, line.of, line.helpers) == (0, 5, ["安和派出所"])
    assert [(one.building, one.done, one.of) for one in line.by_building] == [("3栋", 0, 3), ("5栋", 0, 1), ("", 0, 1)]
    assert [str(part) for part in commitment.parts.all()] == [
        "3栋 1单元电梯", "3栋 2单元电梯", "3栋 3单元电梯", "5栋", "门卫室",
    ]  # fmt: skip


def test_it_is_on_the_audit_trail(cast, topic):
    commitment = promise(cast, topic)
    entry = AuditEntry.objects.get(verb="promise")
    assert (entry.noun, entry.object_ref) == ("commitment", str(commitment.public_id))


def test_the_database_keeps_what_was_promised(cast, topic):
    commitment = promise(cast, topic, decided_yuan=Decimal("12600.00"), payer="恒信物业")
    for change in ({"what": "什么也不做"}, {"decided_yuan": 1}, {"promised_due_at": NOW + timedelta(days=99)}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Commitment.objects.filter(pk=commitment.pk).update(**change)
    for change in (
        {"paid_yuan": 5},
        {"due_at": NOW - timedelta(days=1)},
        {"state": CommitmentState.KEPT},
        {"doubt_days": 0},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            Commitment.objects.filter(pk=commitment.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        commitment.delete()
