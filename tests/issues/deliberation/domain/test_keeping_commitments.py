"""From the promise to the supervisor's word: reported, accepted or sent back, moved, handed over, given up."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from governance.domain.refusals import FactMissing, NotInCharge, StepNotAllowed
from governance.models import Body, Management, Notice, PartyBranch, Role, RoleAssignment, User
from governance.models.party import BranchKind
from issues.deliberation.commitments import commitments_of
from issues.deliberation.domain import carrying_out, due_days, supervising
from issues.deliberation.domain.carrying_out import AskedAlready, PartDoneAlready, PartsOpen, PassedAlready
from issues.deliberation.domain.committing import Part
from issues.deliberation.domain.supervising import OwnReport, SecondPerson
from issues.deliberation.models import Commitment, CommitmentState, Light, Topic
from issues.domain import handling, supervision
from issues.domain.supervision import Account
from issues.domain.sweep import sweep
from issues.models import Escalation, Issue, IssueState, SlaClock, SupervisionOrder, WorkOrder, WorkOrderState
from issues.models.orders import SupervisionState
from tests.cast import LONG_AGO, NOW, SHANGHAI, Cast
from tests.issues.deliberation.promises import make_topic, order_of, promise
from tests.photos import jpeg

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def topic(cast: Cast) -> Topic:
    return make_topic(cast)


@pytest.fixture
def commitment(cast: Cast, topic: Topic) -> Commitment:
    return promise(cast, topic)


@pytest.fixture
def fans(cast: Cast, topic: Topic) -> Commitment:
    """One decision, three lifts in two buildings."""
    lifts = [Part(cast.building, "1单元电梯"), Part(cast.building, "2单元电梯"), Part(cast.other_building, "1单元电梯")]
    return promise(cast, topic, what="给电梯装风扇", parts=lifts)


def report(commitment: Commitment, by: User, at: datetime = NOW + DAY) -> Commitment:
    return carrying_out.report_done(commitment, words="护栏装好了。", photos=[jpeg()], actor=by, at=at)


def accept(commitment: Commitment, by: User, at: datetime = NOW + 2 * DAY) -> Commitment:
    return supervising.accept(commitment, words="到现场看过，两侧都装好了。", actor=by, at=at)


def state_of(commitment: Commitment) -> str:
    return Commitment.objects.values_list("state", flat=True).get(pk=commitment.pk)


def line_of(commitment: Commitment, now: datetime):
    return next(line for line in commitments_of(commitment.topic, now) if line.public_id == commitment.public_id)


# --- the order in the queue and the commitment go together ---


def test_accepting_the_order_in_the_queue_begins_it(cast, commitment):
    handling.accept(order_of(commitment), actor=cast.zhou, at=NOW + HOUR)
    assert state_of(commitment) == CommitmentState.UNDER_WAY


def test_the_manager_giving_the_order_to_somebody_begins_it(cast, commitment):
    handling.reassign(order_of(commitment), actor=cast.zheng, at=NOW + HOUR, holder=cast.liu)
    assert state_of(commitment) == CommitmentState.UNDER_WAY


def test_finishing_the_order_in_the_queue_reports_it_with_its_photo(cast, commitment):
    order = order_of(commitment)
    handling.accept(order, actor=cast.zhou, at=NOW + HOUR)
    handling.finish(order, actor=cast.zhou, at=NOW + DAY, words="护栏装好了。", photos=[jpeg()])
    commitment.refresh_from_db()
    assert (commitment.state, commitment.reported_by, commitment.reported_at) == (
        CommitmentState.REPORTED, cast.zhou, NOW + DAY,
    )  # fmt: skip
    assert (commitment.photos.count(), commitment.photos.get().file.name) == (1, order.photos.get().file.name)
    assert Notice.objects.filter(recipient=cast.chen, message_key="commitment_reported").count() == 1


def test_without_the_photo_that_was_promised_it_is_not_reported(cast, commitment):
    order = order_of(commitment)
    handling.accept(order, actor=cast.zhou, at=NOW + HOUR)
    with pytest.raises(FactMissing) as refused:
        handling.finish(order, actor=cast.zhou, at=NOW + DAY, words="护栏装好了。")
    assert refused.value.fact == "photos"
    order.refresh_from_db()
    assert (order.state, state_of(commitment)) == (WorkOrderState.ACCEPTED, CommitmentState.UNDER_WAY)


def test_where_no_photo_is_needed_words_are_enough(cast, topic):
    commitment = promise(cast, topic, needs_photo=False)
    carrying_out.report_done(commitment, words="说明会开过了。", photos=[], actor=cast.zhou, at=NOW + DAY)
    assert state_of(commitment) == CommitmentState.REPORTED


def test_what_is_promised_is_not_handed_back(cast, commitment):
    with pytest.raises(NotInCharge):
        handling.return_order(order_of(commitment), actor=cast.zhou, at=NOW + HOUR, reason="not_ours")
    assert order_of(commitment).body == cast.hengxin


@pytest.mark.parametrize("who", ["gao", "luo", "wu", "chen", "strange_steward", "li"])
def test_only_the_body_that_promised_reports(cast, commitment, who):
    with pytest.raises(NotInCharge):
        report(commitment, getattr(cast, who))
    assert state_of(commitment) == CommitmentState.PROMISED


# --- part by part ---


def test_parts_are_reported_one_by_one_and_the_first_begins_it(cast, fans):
    first, second, third = fans.parts.all()
    carrying_out.report_part(first, photos=[jpeg()], actor=cast.zhou, at=NOW + HOUR)
    line = line_of(fans, NOW + DAY)
    assert (line.state, line.done, line.of) == (CommitmentState.UNDER_WAY, 1, 3)
    assert order_of(fans).holder == cast.zhou
    for part in (second, third):
        carrying_out.report_part(part, photos=[jpeg()], actor=cast.liu, at=NOW + DAY)
    assert [(one.building, one.done, one.of) for one in line_of(fans, NOW + DAY).by_building] == [
        ("3栋", 2, 2), ("5栋", 1, 1),
    ]  # fmt: skip
    carrying_out.report_done(fans, words="全部装好。", photos=[], actor=cast.zhou, at=NOW + DAY)
    assert state_of(fans) == CommitmentState.REPORTED


def test_a_part_is_reported_once(cast, fans):
    part = fans.parts.first()
    carrying_out.report_part(part, photos=[jpeg()], actor=cast.zhou, at=NOW + HOUR)
    carrying_out.report_part(fans.parts.first(), photos=[jpeg()], actor=cast.zhou, at=NOW + 2 * HOUR)
    with pytest.raises(PartDoneAlready):
        carrying_out.report_part(fans.parts.first(), photos=[jpeg()], actor=cast.liu, at=NOW + 2 * HOUR)
    part.refresh_from_db()
    assert (part.done_at, part.done_by, part.photos.count()) == (NOW + HOUR, cast.zhou, 1)


def test_a_part_shows_its_own_photo(cast, fans):
    with pytest.raises(FactMissing) as refused:
        carrying_out.report_part(fans.parts.first(), actor=cast.zhou, at=NOW + HOUR)
    assert refused.value.fact == "photos"
    assert state_of(fans) == CommitmentState.PROMISED


def test_while_a_part_is_open_neither_the_page_nor_the_queue_reports_the_whole(cast, fans):
    carrying_out.report_part(fans.parts.first(), photos=[jpeg()], actor=cast.zhou, at=NOW + HOUR)
    with pytest.raises(PartsOpen, match="3栋 2单元电梯, 5栋 1单元电梯"):
        report(fans, cast.zhou)
    with pytest.raises(PartsOpen):
        handling.finish(order_of(fans), actor=cast.zhou, at=NOW + DAY, words="装好了。", photos=[jpeg()])
    with pytest.raises(DatabaseError), transaction.atomic():
        Commitment.objects.filter(pk=fans.pk).update(
            state=CommitmentState.REPORTED, reported_at=NOW + DAY, reported_by=cast.zhou
        )


# --- the supervisor's word ---


def test_the_secretary_accepts_in_words_and_the_matter_is_closed(cast, commitment):
    report(commitment, cast.zhou)
    accept(commitment, cast.chen)
    line = line_of(commitment, NOW + 3 * DAY)
    assert (line.state, line.light, line.accepted_by) == (CommitmentState.KEPT, Light.OUT, "陈书记")
    assert (line.accepted_at, line.accepted_words) == (NOW + 2 * DAY, "到现场看过，两侧都装好了。")
    assert line.was_late is False
    assert Issue.objects.get(pk=commitment.issue_id).state == IssueState.CLOSED
    # Seven days after the day of the acceptance, to their end.
    assert line.doubts_until == datetime(2026, 5, 24, 23, 59, 59, tzinfo=SHANGHAI)


@pytest.mark.parametrize("who", ["zheng", "zhou", "wu", "luo", "li", "zhao", "strange_officer", "administrator"])
def test_nobody_else_accepts_least_of_all_the_bodys_own_manager(cast, commitment, who):
    report(commitment, cast.zhou)
    with pytest.raises(NotInCharge):
        accept(commitment, getattr(cast, who))
    assert state_of(commitment) == CommitmentState.REPORTED


def test_whoever_works_for_the_body_as_well_does_not_accept(cast, commitment):
    report(commitment, cast.zhou)
    RoleAssignment.objects.create(user=cast.chen, role=Role.PROPERTY_MANAGER, body=cast.hengxin, valid_from=LONG_AGO)
    with pytest.raises(NotInCharge):
        accept(commitment, User.objects.get(pk=cast.chen.pk))
    accept(commitment, cast.sun)


def test_what_the_community_promised_the_secretary_beside_it_does_not_accept(cast, topic):
    above = PartyBranch.objects.get(kind=BranchKind.COMMITTEE, community=cast.community)
    RoleAssignment.objects.create(user=cast.tian, role=Role.BRANCH_SECRETARY, party_branch=above, valid_from=LONG_AGO)
    commitment = promise(cast, topic, body=cast.residents_committee, post="社区工作者", needs_photo=False)
    carrying_out.report_done(commitment, words="说明会开过了。", photos=[], actor=cast.wu, at=NOW + DAY)
    for person in (cast.tian, cast.chen, cast.wu):
        with pytest.raises(NotInCharge):
            accept(commitment, person)
    assert accept(commitment, cast.sun).judged_as == Role.STREET_OFFICER


def test_what_the_street_office_promised_goes_to_the_branch_or_the_district(cast, topic):
    commitment = promise(cast, topic, body=cast.street_office, post="城管办", needs_photo=False)
    carrying_out.report_done(commitment, words="标线画好了。", photos=[], actor=cast.sun, at=NOW + DAY)
    with pytest.raises(NotInCharge):
        accept(commitment, cast.sun)
    assert accept(commitment, cast.shen).judged_as == Role.DISTRICT_OFFICER


def test_nobody_accepts_what_they_reported_themselves(cast, commitment):
    report(commitment, cast.zhou)
    Commitment.objects.filter(pk=commitment.pk).update(reported_by=cast.chen)
    with pytest.raises(OwnReport):
        accept(commitment, cast.chen)


def test_acceptance_needs_words(cast, commitment):
    report(commitment, cast.zhou)
    with pytest.raises(FactMissing):
        supervising.accept(commitment, words="  ", actor=cast.chen, at=NOW + 2 * DAY)


def test_sending_back_gives_the_body_an_order_again(cast, commitment):
    report(commitment, cast.zhou)
    supervising.send_back(commitment, words="北侧还缺一段。", actor=cast.chen, at=NOW + DAY + HOUR)
    commitment.refresh_from_db()
    issue = Issue.objects.get(pk=commitment.issue_id)
    assert (commitment.state, commitment.reported_at) == (CommitmentState.UNDER_WAY, None)
    assert (issue.state, issue.epoch) == (IssueState.OPEN, 2)
    assert (order_of(commitment).state, order_of(commitment).body) == (WorkOrderState.DISPATCHED, cast.hengxin)
    assert (order_of(commitment).next_due_at, commitment.due_at) == (commitment.due_at, commitment.promised_due_at)
    (sent_back,) = line_of(commitment, NOW + 2 * DAY).happened
    assert (sent_back.verb, sent_back.by, sent_back.words) == ("send_back", "陈书记", "北侧还缺一段。")
    # The photo of the first round doesn't show the second.
    with pytest.raises(FactMissing):
        carrying_out.report_done(commitment, words="补好了。", photos=[], actor=cast.zhou, at=NOW + 2 * DAY)
    report(commitment, cast.zhou, NOW + 2 * DAY)
    accept(commitment, cast.chen, NOW + 3 * DAY)
    assert state_of(commitment) == CommitmentState.KEPT


def test_reported_in_time_and_sent_back_late_it_has_until_the_next_working_day(cast, commitment):
    # Due Friday 22 May at 18:00, reported ten minutes before, sent back on Saturday.
    report(commitment, cast.zhou, commitment.due_at - timedelta(minutes=10))
    saturday = commitment.due_at + 14 * HOUR
    supervising.send_back(commitment, words="北侧还缺一段。", actor=cast.chen, at=saturday)
    line = line_of(commitment, saturday)
    assert line.due_at == datetime(2026, 5, 25, 18, tzinfo=SHANGHAI)
    assert (line.light, line.promised_due_at) == (Light.YELLOW, datetime(2026, 5, 22, 18, tzinfo=SHANGHAI))


def test_what_was_reported_late_stays_late_when_it_is_sent_back(cast, commitment):
    report(commitment, cast.zhou, commitment.due_at + HOUR)
    assert line_of(commitment, commitment.due_at + HOUR).light == Light.RED
    supervising.send_back(commitment, words="北侧还缺一段。", actor=cast.chen, at=commitment.due_at + 2 * HOUR)
    assert line_of(commitment, commitment.due_at + 3 * HOUR).light == Light.RED
    assert commitment.due_at == commitment.promised_due_at


def test_parts_that_are_not_done_are_named_when_it_is_sent_back(cast, fans):
    for part in fans.parts.all():
        carrying_out.report_part(part, photos=[jpeg()], actor=cast.zhou, at=NOW + HOUR)
    carrying_out.report_done(fans, words="全部装好。", photos=[], actor=cast.zhou, at=NOW + DAY)
    broken = fans.parts.last()
    supervising.send_back(fans, words="5栋的不转。", parts=[broken], actor=cast.chen, at=NOW + 2 * DAY)
    assert (line_of(fans, NOW + 2 * DAY).done, fans.parts.get(done_at=None)) == (2, broken)


# --- lights, and the ladder ---


def test_the_light_is_worked_out_from_instants(cast, commitment):
    assert commitment.due_at == datetime(2026, 5, 22, 18, tzinfo=SHANGHAI)
    lights = {
        NOW: Light.GREEN,
        datetime(2026, 5, 19, 23, 59, tzinfo=SHANGHAI): Light.GREEN,
        datetime(2026, 5, 20, 0, 0, tzinfo=SHANGHAI): Light.YELLOW,
        commitment.due_at: Light.YELLOW,
        commitment.due_at + timedelta(seconds=1): Light.RED,
    }
    assert {now: line_of(commitment, now).light for now in lights} == lights


def test_reported_in_time_it_stays_green_while_the_supervisor_has_it(cast, commitment):
    report(commitment, cast.zhou)
    assert line_of(commitment, commitment.due_at + 9 * DAY).light == Light.GREEN


def test_an_overdue_one_climbs_the_ladder_once_and_asks_for_an_account(cast, commitment):
    for _run in range(2):
        sweep(bell="test", now=commitment.due_at + HOUR)
    fired = Escalation.objects.filter(clock__issue=commitment.issue_id)
    assert list(fired.order_by("rung__position").values_list("rung__code", flat=True)) == [
        "warning", "breach", "half_hour",
    ]  # fmt: skip
    supervision = SupervisionOrder.objects.get(issue=commitment.issue_id)
    assert supervision.body == cast.hengxin
    assert Notice.objects.filter(recipient=cast.chen, message_key="rung_supervision").exists()


def test_the_ladder_may_climb_again_after_it_was_sent_back(cast, commitment):
    report(commitment, cast.zhou, commitment.due_at + HOUR)
    at = commitment.due_at + 2 * HOUR
    supervising.send_back(commitment, words="北侧还缺一段。", actor=cast.chen, at=at)
    due_again = SlaClock.objects.get(issue=commitment.issue_id, epoch=2).due_at
    assert due_again == due_days.after_working_days(at, 1)
    sweep(bell="test", now=due_again + timedelta(minutes=1))
    assert Escalation.objects.filter(clock__issue=commitment.issue_id, epoch=2, rung__code="breach").count() == 1


# --- what stands in the way ---


def test_a_blocker_has_an_owner_and_a_date_and_moves_no_due_date(cast, commitment):
    due = due_days.end_of(date(2026, 5, 19))
    blocker = carrying_out.block(
        commitment, what="占道施工许可", owner=cast.street_office, due_at=due, actor=cast.zhou, at=NOW
    )
    before, after = line_of(commitment, due), line_of(commitment, due + timedelta(seconds=1))
    assert (before.light, after.light, after.due_at) == (Light.GREEN, Light.YELLOW, commitment.promised_due_at)
    assert [(one.what, one.owner, one.is_late) for one in after.in_the_way] == [("占道施工许可", "安和街道", True)]
    carrying_out.unblock(blocker, words="许可证已领到。", actor=cast.wu, at=due + HOUR)
    line = line_of(commitment, due + 2 * HOUR)
    assert (line.in_the_way, line.blockers[0].lifted_words) == ([], "许可证已领到。")
    with pytest.raises(StepNotAllowed):
        carrying_out.unblock(blocker, words="再说一次。", actor=cast.wu, at=due + 3 * HOUR)


def test_a_blocker_in_the_past_or_of_nobody_here_is_refused(cast, commitment):
    with pytest.raises(FactMissing):
        carrying_out.block(commitment, what="许可", owner=cast.street_office, due_at=NOW, actor=cast.zhou, at=NOW)
    with pytest.raises(FactMissing):
        carrying_out.block(
            commitment, what="许可", owner=cast.strange_company, due_at=NOW + DAY, actor=cast.zhou, at=NOW
        )


# --- another day ---

JUNE = datetime(2026, 6, 5, 23, 59, 59, tzinfo=SHANGHAI)


def ask(commitment: Commitment, by: User, at: datetime = NOW + DAY):
    return carrying_out.ask_to_move(commitment, to_due_at=JUNE, reason="栏杆要重新订做。", actor=by, at=at)


def test_another_day_needs_the_supervisor_and_is_on_record(cast, commitment):
    move = ask(commitment, cast.zhou)
    assert line_of(commitment, NOW + DAY).due_at == commitment.promised_due_at
    supervising.decide_move(move, is_agreed=True, answer="只此一次。", actor=cast.chen, at=NOW + 2 * DAY)
    line = line_of(commitment, NOW + 3 * DAY)
    assert (line.due_at, line.was_moved, line.light) == (JUNE, True, Light.GREEN)
    (said,) = line.moves
    assert (said.reason, said.is_agreed, said.decided_by, said.answer) == (
        "栏杆要重新订做。", True, "陈书记", "只此一次。",
    )  # fmt: skip
    clock = SlaClock.objects.get(issue=commitment.issue_id)
    assert (clock.due_at, order_of(commitment).next_due_at) == (JUNE, JUNE)
    sweep(bell="test", now=commitment.promised_due_at + HOUR)
    assert not Escalation.objects.filter(clock=clock, rung__code="breach").exists()


def test_a_day_that_is_kept_stays(cast, commitment):
    move = ask(commitment, cast.zhou)
    supervising.decide_move(move, is_agreed=False, actor=cast.chen, at=NOW + 2 * DAY)
    assert line_of(commitment, NOW + 2 * DAY).due_at == commitment.promised_due_at
    assert Notice.objects.filter(recipient=cast.zhou, message_key="commitment_not_moved").exists()
    with pytest.raises(StepNotAllowed):
        supervising.decide_move(move, is_agreed=True, actor=cast.chen, at=NOW + 2 * DAY)


def test_a_day_that_has_passed_is_not_moved(cast, commitment):
    move = ask(commitment, cast.zhou)
    late = commitment.due_at + timedelta(seconds=1)
    with pytest.raises(PassedAlready):
        supervising.decide_move(move, is_agreed=True, actor=cast.chen, at=late)
    with pytest.raises(PassedAlready):
        ask(commitment, cast.zhou, late)
    assert line_of(commitment, late).light == Light.RED


def test_nobody_moves_their_own_day_and_one_is_asked_for_at_a_time(cast, commitment):
    move = ask(commitment, cast.chen)
    with pytest.raises(SecondPerson):
        supervising.decide_move(move, is_agreed=True, actor=cast.chen, at=NOW + 2 * DAY)
    with pytest.raises(NotInCharge):
        supervising.decide_move(move, is_agreed=True, actor=cast.zheng, at=NOW + 2 * DAY)
    with pytest.raises(AskedAlready):
        ask(commitment, cast.zhou)


# --- cost ---


def test_what_was_paid_stands_beside_what_was_decided(cast, topic):
    commitment = promise(cast, topic, decided_yuan=Decimal("12600.00"), payer="恒信物业")
    carrying_out.note_cost(commitment, paid_yuan=Decimal("12600.10"), paid_by="恒信物业", actor=cast.zheng, at=NOW)
    line = line_of(commitment, NOW)
    assert (line.decided_yuan, line.paid_yuan, line.overspent_yuan) == (
        Decimal("12600.00"), Decimal("12600.10"), Decimal("0.10"),
    )  # fmt: skip


@pytest.mark.parametrize(("yuan", "by"), [("1.005", "恒信物业"), ("-0.01", "恒信物业"), ("5", " ")])
def test_a_cost_is_exact_and_somebody_paid_it(cast, commitment, yuan, by):
    with pytest.raises(FactMissing):
        carrying_out.note_cost(commitment, paid_yuan=Decimal(yuan), paid_by=by, actor=cast.zheng, at=NOW)
    assert line_of(commitment, NOW).paid_yuan is None


# --- given up, handed over ---


def test_giving_up_takes_a_reason_and_a_second_person(cast, commitment):
    carrying_out.ask_to_quit(commitment, reason="路段已划归市政。", actor=cast.chen, at=NOW + HOUR)
    with pytest.raises(SecondPerson):
        supervising.quit_it(commitment, words="同意。", actor=cast.chen, at=NOW + DAY)
    with pytest.raises(NotInCharge):
        supervising.quit_it(commitment, words="同意。", actor=cast.zheng, at=NOW + DAY)
    supervising.quit_it(commitment, words="市政已接手。", actor=cast.sun, at=NOW + DAY)
    line = line_of(commitment, NOW + 30 * DAY)
    assert (line.state, line.light) == (CommitmentState.GIVEN_UP, Light.OUT)
    assert Issue.objects.get(pk=commitment.issue_id).state == IssueState.WITHDRAWN
    assert order_of(commitment).state == WorkOrderState.CANCELLED
    sweep(bell="test", now=NOW + 30 * DAY)
    assert not Escalation.objects.filter(clock__issue=commitment.issue_id).exists()


def test_giving_up_what_is_overdue_leaves_the_breach(cast, commitment):
    late = commitment.due_at + DAY
    carrying_out.ask_to_quit(commitment, reason="做不到。", actor=cast.zheng, at=late)
    supervising.quit_it(commitment, words="转由街道办理。", actor=cast.chen, at=late + HOUR)
    clock = SlaClock.objects.get(issue=commitment.issue_id)
    assert (clock.stopped_at, clock.was_missed(late + HOUR)) == (late + HOUR, True)


def test_asked_for_in_vain_it_stays_promised(cast, commitment):
    with pytest.raises(StepNotAllowed):
        supervising.quit_it(commitment, words="同意。", actor=cast.chen, at=NOW + DAY)
    carrying_out.ask_to_quit(commitment, reason="太贵。", actor=cast.zheng, at=NOW + HOUR)
    supervising.refuse_to_quit(commitment, words="会上已经定下。", actor=cast.chen, at=NOW + DAY)
    commitment.refresh_from_db()
    assert (commitment.state, commitment.quit_asked_at) == (CommitmentState.PROMISED, None)


def test_a_company_whose_contract_has_ended_stays_responsible(cast, commitment):
    Management.objects.filter(estate=cast.estate).update(valid_until=date(2026, 5, 16))
    later = NOW + 3 * DAY
    sweep(bell="test", now=later)
    order = order_of(commitment)
    assert (order.body, order.state) == (cast.hengxin, WorkOrderState.DISPATCHED)
    zhou = User.objects.get(pk=cast.zhou.pk)
    assert WorkOrder.objects.visible_to(zhou, later).filter(pk=order.pk).exists()
    assert report(commitment, zhou, later).state == CommitmentState.REPORTED


def test_it_gives_account_of_the_delay_although_its_contract_has_ended(cast, commitment):
    """Of what it has promised alone: of a petition's matter whoever manages the estate today answers."""
    Management.objects.filter(estate=cast.estate).update(valid_until=date(2026, 5, 16))
    late = commitment.due_at + HOUR
    for now in (commitment.due_at + timedelta(minutes=1), late):
        sweep(bell="test", now=now)
    asked = SupervisionOrder.objects.get(issue=commitment.issue_id)
    told = Notice.objects.filter(recipient=cast.zheng, message_key="supervision_issued")
    zheng = User.objects.get(pk=cast.zheng.pk)
    assert (asked.body, told.exists()) == (cast.hengxin, True)
    assert SupervisionOrder.objects.visible_to(zheng, late).get() == asked
    supervision.answer(asked, Account("缺料。", "已到货。", date(2026, 6, 1)), actor=zheng, at=late + HOUR)
    assert asked.state == SupervisionState.ANSWERED


def test_another_body_takes_it_over_with_its_due_date(cast, commitment):
    handling.accept(order_of(commitment), actor=cast.zhou, at=NOW + HOUR)
    supervising.hand_over(
        commitment, to=cast.department, post="社区民警", words="派出所：我们来装。", actor=cast.chen, at=NOW + DAY
    )
    line = line_of(commitment, NOW + DAY)
    assert (line.body, line.post, line.state) == ("安和派出所", "社区民警", CommitmentState.PROMISED)
    assert line.due_at == commitment.promised_due_at
    assert (order_of(commitment).body, order_of(commitment).next_due_at) == (cast.department, commitment.due_at)
    assert report(commitment, cast.luo, NOW + 2 * DAY).state == CommitmentState.REPORTED
    with pytest.raises(NotInCharge):
        report(commitment, cast.zhou, NOW + 2 * DAY)


def test_nobody_takes_a_commitment_into_their_own_body(cast, commitment):
    with pytest.raises(FactMissing):
        supervising.hand_over(
            commitment, to=cast.street_office, post="城管办", words="我们来。", actor=cast.sun, at=NOW + DAY
        )
    Body.objects.filter(pk=cast.department.pk).update(ended_on=NOW.date())
    with pytest.raises(FactMissing):
        supervising.hand_over(
            commitment, to=cast.department, post="民警", words="我们来。", actor=cast.chen, at=NOW + DAY
        )
