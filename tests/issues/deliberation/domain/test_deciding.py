"""A body's show of hands: who may raise one, what is refused, how it is counted and told, what stays the owners'."""

import json

import pytest
from django.db import DatabaseError, transaction

from governance.domain.refusals import NotInCharge, StepNotAllowed
from governance.models import Membership, Standing
from issues.deliberation import minutes_page
from issues.deliberation.domain import attending, deciding, final_check, inviting, meetings, minuting, setting_up
from issues.deliberation.domain.deciding import NoShowOfHands, Raised, StandsAside, TooManyHands
from issues.deliberation.domain.owners_matters import NothingDecided, OwnersDecide
from issues.deliberation.domain.setting_up import Plan
from issues.deliberation.meeting_papers import minutes_pdf
from issues.deliberation.models import (
    Consensus,
    Decision,
    HandSaid,
    Invitation,
    Matter,
    Meeting,
    MotionKind,
    Outcome,
    Part,
    TopicConcern,
)
from issues.deliberation.story import story_of
from tests.cast import NOW, Cast
from tests.issues.deliberation.meeting import (
    AFTERWARDS,
    ENDS,
    IN_THE_ROOM,
    STARTS,
    a_called,
    a_draft,
    a_held,
    a_topic,
    enter_members,
    item_of,
)
from tests.issues.deliberation.test_meeting_papers import text_of

pytestmark = pytest.mark.django_db

FOR, AGAINST, ABSTAINED = HandSaid.FOR, HandSaid.AGAINST, HandSaid.ABSTAINED


def gathered(cast: Cast, kind: str, people: list, *, absent: int = 0, topic=None) -> Meeting:
    """A meeting of this body that is open; all but the last `absent` of its members came."""
    actor = cast.chen if kind == "branch" else cast.wu
    meeting = a_called(cast, kind=kind, people=people, actor=actor)
    if topic:
        meeting.items.update(topic=topic)
    asked = list(meeting.invitations.order_by("pk"))
    for each in asked[: len(asked) - absent]:
        arrive(each, actor=actor)
    return meetings.hold(meeting, actor=actor, at=IN_THE_ROOM)


def arrive(asked: Invitation, *, actor) -> None:
    if asked.user:
        attending.check_in_by_hand(asked.meeting, asked.user, actor=actor, at=STARTS)
    else:
        attending.check_in_by_name(asked, actor=actor, at=STARTS)


def committee(cast: Cast, said: list[HandSaid | None], **given) -> Decision:
    """The owners' committee of five decides by name; None has left the room."""
    meeting = gathered(cast, "owners-committee", [cast.li, cast.xu, "孙一", "周二", "吴三"], **given)
    hands = {each: hand for each, hand in zip(asked_of(meeting), said, strict=False) if hand}
    return deciding.decide_by_name(
        item_of(meeting), question="护栏先装南侧", hands=hands, actor=cast.wu, at=IN_THE_ROOM
    )


def asked_of(meeting: Meeting) -> list[Invitation]:
    return list(meeting.invitations.order_by("pk"))


def concluded(item, outcome: Outcome, *, actor, version: int = 1):
    return minuting.write_outcome(
        item, consensus=Consensus.MOSTLY, outcome=outcome, words="按表决办。", version=version, actor=actor,
        at=IN_THE_ROOM,
    )  # fmt: skip


def told_of(decision: Decision) -> list[str]:
    """In the minutes, in Chinese."""
    item = decision.item
    if not item.outcome:
        concluded(item, Outcome.DECIDED if not decision.matter else Outcome.VOTE, actor=decision.noted_by)
    version = minuting.draw_up(item.meeting, actor=decision.noted_by, at=ENDS)
    return minutes_page.read(version).points[0].decisions[0].sentences


# --- whose members, and how many ---


def test_one_press_asks_the_full_members_of_the_branch_and_by_name_who_has_no_account(cast):
    meeting = a_draft(cast, kind="branch", actor=cast.chen)
    enter_members(cast, "branch", [cast.bai, "孙一", "周二"])
    Membership.objects.filter(member__full_name="周二").update(standing=Standing.PROBATIONARY)
    inviting.ask(meeting, [cast.bai, cast.li], part=Part.RESIDENT, actor=cast.chen, at=NOW)
    assert {each.code for each in final_check.check(meeting, cast.chen, NOW).obstacles} == {"not_all_asked"}
    assert inviting.ask_members(meeting, actor=cast.chen, at=NOW) == 2
    with pytest.raises(inviting.NobodyToAsk):
        inviting.ask_members(meeting, actor=cast.chen, at=NOW)
    voting = meeting.invitations.filter(has_vote=True).order_by("pk")
    assert [(each.user, each.name, each.post) for each in voting] == [(cast.bai, "", "党员"), (None, "孙一", "党员")]
    assert meetings.presence(meeting).with_vote == 2
    assert meetings.call(meeting, actor=cast.chen, at=NOW).is_called


def test_of_a_whole_community_no_estates_committee_meets(cast):
    """A committee that isn't written down at any estate is nobody's at a meeting of none."""
    enter_members(cast, "owners_committee", ["孙一"])
    cast.committee.posts.create(title="委员", full_name="周二", since=NOW.date())
    meeting = a_draft(cast, kind="owners-committee", place=cast.community)
    assert {each.code for each in final_check.check(meeting, cast.wu, NOW).obstacles} == {"nobody", "no_members"}


def test_a_management_committee_is_not_opened_without_its_owner_members(cast):
    meeting = a_draft(cast, kind="management-committee")
    enter_members(cast, "management_committee", ["业甲", "业乙", cast.tian, cast.bai, "社区丙"], owners=2)
    inviting.ask_members(meeting, actor=cast.wu, at=NOW)
    meetings.call(meeting, actor=cast.wu, at=NOW)
    asked = asked_of(meeting)
    for each in asked[1:]:
        arrive(each, actor=cast.wu)
    here = meetings.presence(meeting)
    assert (here.missing, here.owners, here.owners_here, here.owners_needed, here.has_quorum) == (0, 2, 1, 2, False)
    with pytest.raises(meetings.NoQuorum):
        meetings.hold(meeting, actor=cast.wu, at=IN_THE_ROOM)
    attending.check_in_by_name(asked[0], actor=cast.wu, at=STARTS)
    meetings.hold(meeting, actor=cast.wu, at=IN_THE_ROOM)
    item, hands = item_of(meeting), dict.fromkeys(asked[1:], FOR)
    with pytest.raises(meetings.NoQuorum):
        deciding.decide_by_name(item, question="换保安", hands=hands, actor=cast.wu, at=IN_THE_ROOM)
    decision = deciding.decide_by_name(
        item, question="换保安", hands=dict.fromkeys(asked, FOR), actor=cast.wu, at=IN_THE_ROOM
    )
    assert "业主委员应到 2 人，实到 2 人，须到 2 人。" in told_of(decision)


# --- by name ---


def test_a_committee_decides_by_name_and_the_minutes_say_who_dissented(cast):
    decision = committee(cast, [FOR, FOR, AGAINST, ABSTAINED, FOR])
    assert told_of(decision) == [
        "表决事项：护栏先装南侧",
        "通过：同意 3 票，反对 1 票，弃权 1 票",
        "须超过全体成员 5 人的 1/2 同意，即 3 票；同意 3 票。",
        "应到 5 人，实到 5 人，须到 3 人。",
        "同意：李委员，许委员，吴委员",
        "反对：孙委员",
        "弃权：周委员",
        "按《业主委员会会议》第 1 版的规则。依据：惯例，各地规定不一，须由当地规则替换（未经核对）",
    ]
    paper = text_of(minutes_pdf(minutes_page.read(minuting.latest_of(decision.item.meeting))))
    assert "反对：孙委员" in paper
    assert "孙一" not in paper


def test_missing_votes_are_said_exactly_and_whoever_left_is_not_there(cast):
    decision = committee(cast, [FOR, AGAINST, ABSTAINED, None, None])
    concluded(decision.item, Outcome.PUT_OFF, actor=cast.wu)
    told = told_of(decision)
    assert told[1:4] == [
        "未通过：同意 1 票，反对 1 票，弃权 1 票",
        "须超过全体成员 5 人的 1/2 同意，即 3 票；同意 1 票。还差 2 票。",
        "应到 5 人，实到 3 人，须到 3 人。",
    ]


def test_who_is_complained_of_or_runs_the_company_stands_aside(cast):
    """The manager of the company that has the contract, and whoever works for a body that the topic complains of."""
    topic = a_topic(cast, title="违停没人管")
    TopicConcern.objects.create(topic=topic, body=cast.department)
    people = [cast.li, cast.zheng, cast.luo, "孙一", "周二"]
    meeting = gathered(cast, "owners-committee", people, topic=topic)
    item, (li, zheng, luo, sun, zhou) = item_of(meeting), asked_of(meeting)
    asked = {"question": "请派出所每天巡逻", "actor": cast.wu, "at": IN_THE_ROOM}
    with pytest.raises(StandsAside):
        deciding.decide_by_name(item, hands={li: FOR, zheng: FOR}, **asked)
    decision = deciding.decide_by_name(item, hands={li: FOR, sun: FOR, zhou: FOR}, **asked)
    assert (decision.entitled, decision.present, decision.aside) == (5, 5, 2)
    assert {hand.invitation for hand in decision.hands.filter(said=HandSaid.ASIDE)} == {zheng, luo}
    told = told_of(decision)
    assert "2 名成员与本事项有关，回避表决，仍计入成员总数。" in told
    assert "回避：郑委员，罗委员" in told


# --- by numbers ---


@pytest.mark.parametrize(
    ("raised", "refused"),
    [
        (Raised(6, 0, 0), TooManyHands),
        (Raised(2, 2, 2), TooManyHands),
        (Raised(-1, 2, 0), TooManyHands),
        (Raised(4, 1, 0, gone=1), TooManyHands),
        (Raised(3, 0, 0, gone=6), TooManyHands),
        (Raised(3, 0, 0, gone=2), meetings.NoQuorum),
    ],
)
def test_hands_that_cannot_be_are_refused(cast, raised, refused):
    """Six representatives, of whom five came: four are needed."""
    meeting = gathered(cast, "representatives", [cast.li, cast.xu, cast.bai, "孙一", "周二", "吴三"], absent=1)
    with pytest.raises(refused):
        deciding.decide(item_of(meeting), question="几点熄灯", raised=raised, actor=cast.wu, at=IN_THE_ROOM)
    assert not Decision.objects.exists()


def test_representatives_decide_by_more_than_half_of_those_there(cast):
    meeting = gathered(cast, "representatives", [cast.li, cast.xu, cast.bai, "孙一", "周二", "吴三"])
    asked = {"question": "几点熄灯", "actor": cast.wu, "at": IN_THE_ROOM}
    half = deciding.decide(item_of(meeting), raised=Raised(2, 1, 0, gone=2), **asked)
    asked["question"] = "几点熄灯（第二次表决）"
    passed = deciding.decide(item_of(meeting), raised=Raised(3, 1, 1, gone=1), **asked)
    concluded(passed.item, Outcome.DECIDED, actor=cast.wu)
    version = minuting.draw_up(meeting, actor=cast.wu, at=ENDS)
    first, second = minutes_page.read(version).points[0].decisions
    assert (first.has_passed, second.has_passed) == (False, True)
    assert first.why[0] == "须超过到会成员 4 人的 1/2 同意，即 3 票；同意 2 票。还差 1 票。"
    assert "1 名在场成员没有举手。" in first.why
    with pytest.raises(DatabaseError), transaction.atomic():
        Decision.objects.filter(pk=half.pk).update(votes_for=5)
    deciding.strike(half, actor=cast.wu, at=ENDS)
    with pytest.raises(minuting.ChangedSince):
        minuting.check_minutes(meeting, actor=cast.chen, at=AFTERWARDS)


def test_the_database_refuses_more_hands_than_members(cast):
    meeting = gathered(cast, "representatives", [cast.li, cast.xu])
    seen = {"entitled": 2, "present": 2, "votes_for": 1, "votes_against": 0, "abstained": 0}
    for wrong in ({"votes_for": 3}, {"present": 3}, {"aside": 2}, {"owners": 1, "owners_present": 2}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Decision.objects.create(
                item=item_of(meeting), question="?", noted_by=cast.wu, noted_at=NOW, **{**seen, **wrong}
            )


def test_only_whoever_runs_the_meeting_notes_it_and_only_while_it_is_written(cast):
    meeting = gathered(cast, "branch", [cast.bai, cast.tian])
    item, asked = item_of(meeting), {"question": "党员带头", "raised": Raised(2, 0, 0)}
    for person in (cast.li, cast.strange_worker, cast.zheng):
        with pytest.raises(NotInCharge):
            deciding.decide(item, **asked, actor=person, at=IN_THE_ROOM)
    with pytest.raises(StepNotAllowed):
        deciding.decide_by_name(item, question="党员带头", hands={}, actor=cast.chen, at=IN_THE_ROOM)
    decision = deciding.decide(item, **asked, actor=cast.chen, at=IN_THE_ROOM)
    concluded(item, Outcome.DECIDED, actor=cast.chen)
    minuting.draw_up(meeting, actor=cast.chen, at=ENDS)
    minuting.check_minutes(meeting, actor=cast.sun, at=AFTERWARDS)
    with pytest.raises(StepNotAllowed):
        deciding.strike(decision, actor=cast.chen, at=AFTERWARDS)


def test_where_people_only_talk_nothing_is_decided_by_hands(cast):
    with pytest.raises(NoShowOfHands):
        deciding.decide(item_of(a_held(cast)), question="装不装", raised=Raised(1, 0, 0), actor=cast.wu, at=IN_THE_ROOM)


# --- what stays the owners' ---


def test_a_committee_decides_nothing_in_the_owners_place(cast, house, rule_set):
    """A vote of the owners is being prepared on the topic: the portal knows the matter by itself."""
    topic = a_topic(cast, title="加装电梯")
    setting_up.draft(
        Plan(cast.estate, rule_set, Matter.REBUILD, MotionKind.LEGAL, "加装电梯", "六层六站。", topic=topic),
        actor=cast.wu, at=NOW,
    )  # fmt: skip
    decision = committee(cast, [FOR, FOR, FOR, FOR, AGAINST], topic=topic)
    assert decision.matter == Matter.REBUILD
    for outcome in (Outcome.DECIDED, Outcome.FIXED, Outcome.RECOMMENDED, Outcome.COMMITMENTS, Outcome.PUT_OFF):
        with pytest.raises(OwnersDecide):
            concluded(decision.item, outcome, actor=cast.wu)
    told = told_of(decision)
    assert "依法由业主共同决定：（七）改建、重建建筑物及其附属设施。这里同意只是向业主提出建议，不作决定。" in told
    minuting.check_minutes(decision.item.meeting, actor=cast.chen, at=AFTERWARDS)
    (met,) = story_of(topic, AFTERWARDS).meetings
    (point,) = met.points
    assert point.goes_to_a_vote
    assert point.decisions[0].named[1] == (AGAINST.label, "吴委员")


def test_what_the_secretary_says_is_the_owners_cannot_become_something_else(cast):
    meeting = gathered(cast, "branch", [cast.bai, cast.tian])
    item, asked = item_of(meeting), {"actor": cast.chen, "at": IN_THE_ROOM, "question": "动用维修资金"}
    with pytest.raises(NothingDecided):
        concluded(item, Outcome.DECIDED, actor=cast.chen)
    item = concluded(item, Outcome.RECOMMENDED, actor=cast.chen)
    with pytest.raises(OwnersDecide):
        deciding.decide(item, matter=Matter.FUND_USE, raised=Raised(2, 0, 0), **asked)
    assert not item.decisions.exists()
    rejected = deciding.decide(
        concluded(item, Outcome.PUT_OFF, actor=cast.chen, version=2), matter=Matter.FUND_USE, raised=Raised(1, 1, 0),
        **asked,
    )  # fmt: skip
    deciding.strike(rejected, actor=cast.chen, at=IN_THE_ROOM)


def test_minutes_from_before_bodies_decided_are_read_as_they_were_sealed(cast):
    decision = committee(cast, [FOR, FOR, FOR, FOR, AGAINST])
    told_of(decision)
    version = minuting.latest_of(decision.item.meeting)
    content = json.loads(version.content)
    assert content["items"][0]["decisions"][0]["verdict"] == "passed"
    del content["items"][0]["decisions"]
    version.content = json.dumps(content)
    assert minutes_page.read(version).points[0].decisions == []
