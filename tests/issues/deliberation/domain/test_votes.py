"""A vote from its draft to its final result: what is refused, what is frozen, and what comes out."""

import dataclasses
import json
from datetime import datetime, timedelta
from io import StringIO
from uuid import uuid4

import pgtrigger
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from governance.domain.refusals import NotInCharge, StepNotAllowed
from governance.messages import render
from governance.models import Notice, Unit
from issues.deliberation.domain import opening, results, setting_up
from issues.deliberation.domain.casting import OnPaperOnly, VoteNotOpen
from issues.deliberation.domain.sealing import sealed
from issues.deliberation.domain.setting_up import NotLawful, Plan, WrittenMeanwhile
from issues.deliberation.models import Ballot, Choice, Matter, Motion, MotionKind, MotionState, Objection, RuleSet
from issues.deliberation.waiting import count_waiting_ballots
from issues.domain.sweep import sweep
from tests.cast import NOW, SHANGHAI
from tests.issues.deliberation.conftest import CLOSES, OPENS, VOTING
from tests.issues.deliberation.domain.test_casting import vote

pytestmark = pytest.mark.django_db


def codes(refused: NotLawful) -> list[str]:
    return [obstacle.code for obstacle in refused.obstacles]


# --- the notice ---


@pytest.mark.parametrize(
    ("announced", "earliest"),
    [
        # The fifteenth day after Friday 15 May is Saturday the 30th: the period ends with Monday.
        (datetime(2026, 5, 15, 14, 17, tzinfo=SHANGHAI), datetime(2026, 6, 2, tzinfo=SHANGHAI)),
        # The minute of the day doesn't matter: the day of the notice isn't counted.
        (datetime(2026, 5, 15, 0, 0, tzinfo=SHANGHAI), datetime(2026, 6, 2, tzinfo=SHANGHAI)),
        (datetime(2026, 5, 18, 23, 59, tzinfo=SHANGHAI), datetime(2026, 6, 3, tzinfo=SHANGHAI)),
        # The fifteenth day is 1 October: the week's holiday, then Thursday the 8th.
        (datetime(2026, 9, 16, 9, 0, tzinfo=SHANGHAI), datetime(2026, 10, 9, tzinfo=SHANGHAI)),
        # Saturday 10 October is a make-up workday: the period ends with it.
        (datetime(2026, 9, 25, 9, 0, tzinfo=SHANGHAI), datetime(2026, 10, 11, tzinfo=SHANGHAI)),
    ],
)
def test_notice_is_given_fifteen_whole_days_before(make_motion, announced, earliest):
    assert setting_up.earliest_opening(make_motion(), announced) == earliest


def test_too_early_a_vote_is_refused_with_the_earliest_day(make_motion, cast):
    motion = make_motion(opens_at=datetime(2026, 6, 1, 23, 59, 59, tzinfo=SHANGHAI))
    with pytest.raises(NotLawful) as refused:
        setting_up.publish(motion, actor=cast.wu, at=NOW)
    assert codes(refused.value) == ["too_early"]
    assert "6月2日" in str(refused.value)
    Motion.objects.filter(pk=motion.pk).update(opens_at=datetime(2026, 6, 2, tzinfo=SHANGHAI))
    assert setting_up.publish(motion, actor=cast.wu, at=NOW).state == MotionState.PUBLISHED


def test_a_binding_vote_needs_a_rule_set_that_a_lawyer_has_signed(make_motion, cast, rule_set):
    with pgtrigger.ignore("deliberation.RuleSet:signed_once"):
        type(rule_set).objects.update(signed_by="", signed_on=None)
    with pytest.raises(NotLawful) as refused:
        setting_up.publish(make_motion(), actor=cast.wu, at=NOW)
    assert codes(refused.value) == ["unsigned"]
    asking = make_motion(kind=MotionKind.CONSULTATIVE)
    assert setting_up.publish(asking, actor=cast.wu, at=NOW).state == MotionState.PUBLISHED


def test_units_without_an_area_can_not_be_weighed(make_motion, cast, house):
    Unit.objects.filter(pk=house.units[0].pk).update(exclusive_area_m2=None)
    with pytest.raises(NotLawful) as refused:
        setting_up.publish(make_motion(), actor=cast.wu, at=NOW)
    assert codes(refused.value) == ["areas"]


def test_every_obstacle_is_named_at_once(make_motion, cast, house):
    motion = make_motion(matter=Matter.BUSINESS, stairwell=9, building=cast.building, opens_at=None, closes_at=None)
    with pytest.raises(NotLawful) as refused:
        setting_up.publish(motion, actor=cast.wu, at=NOW)
    assert codes(refused.value) == ["matter", "nobody", "times"]


def test_a_rehearsal_says_what_the_vote_would_be(make_motion):
    rehearsal = setting_up.rehearse(make_motion(), NOW)
    assert (rehearsal.totals.units, rehearsal.totals.heads, str(rehearsal.totals.area_m2)) == (7, 5, "700.00")
    assert rehearsal.by_building == {"3栋": 7}
    assert rehearsal.obstacles == []
    assert [warning.code for warning in rehearsal.warnings] == ["guessable"]


# --- frozen ---


@pytest.mark.parametrize(
    "change",
    [{"title": "别的"}, {"words": "别的"}, {"closes_at": CLOSES + timedelta(days=1)}, {"kind": "consultative"}],
)
def test_from_its_notice_nobody_changes_it(motion, change):
    with pytest.raises(DatabaseError), transaction.atomic():
        Motion.objects.filter(pk=motion.pk).update(**change)


def test_opened_twice_the_roll_is_written_once(motion):
    assert opening.bring_up_to_date(motion, VOTING).roll.count() == 7
    assert motion.frozen_at == VOTING
    assert len(motion.roll_hash) == len(motion.text_hash) == len(motion.rules_hash) == 64


# --- the result ---


def result_of(motion: Motion) -> dict:
    return json.loads(bytes(motion.result))


def test_a_vote_is_counted_by_whoever_comes_first_after_the_close(motion, house):
    vote(motion, house, "ann", "801")
    vote(motion, house, "ben", "802", "803")
    vote(motion, house, "cai", "804")
    assert opening.bring_up_to_date(motion, CLOSES - timedelta(microseconds=1)).state == MotionState.OPENED
    counted = opening.bring_up_to_date(motion, CLOSES)
    assert counted.state == MotionState.COUNTED
    told = result_of(counted)
    # 400 of 700 m²: two thirds are 466.67. Three of five heads: two thirds are four.
    assert (told["quorum"]["area"]["reached"], told["quorum"]["area"]["short_by"]) == ("400.00", "66.67")
    assert (told["quorum"]["heads"]["reached"], told["quorum"]["heads"]["needed"]) == (3, 4)
    assert (told["verdict"], counted.has_passed) == ("no_quorum", False)
    assert results.counted_anew(counted, CLOSES).result == bytes(counted.result)


def test_a_result_is_final_once_the_days_are_over_and_each_objection_is_answered(motion, house, cast):
    counted = opening.bring_up_to_date(motion, CLOSES)
    until = counted.objections_until
    objection = Objection.objects.create(
        motion=counted,
        number=1,
        by=house.owners["ann"],
        words="801没有收到表决票。",
        raised_at=until - timedelta(hours=4),
    )
    assert opening.bring_up_to_date(counted, until - timedelta(seconds=1)).state == MotionState.COUNTED
    assert opening.bring_up_to_date(counted, until).state == MotionState.COUNTED
    Objection.objects.filter(pk=objection.pk).update(answer="已核对。", answered_by=cast.wu, answered_at=until)
    assert opening.bring_up_to_date(counted, until).state == MotionState.FINAL


def test_after_the_count_no_ballot_changes(motion, house):
    ballot = vote(motion, house, "ann", "801")[0].ballot
    opening.bring_up_to_date(motion, CLOSES)
    with pytest.raises(DatabaseError, match="the vote is counted"), transaction.atomic():
        type(ballot).objects.filter(pk=ballot.pk).update(is_effective=False)


def test_a_result_is_never_written_over(motion):
    counted = opening.bring_up_to_date(motion, CLOSES)
    with pytest.raises(DatabaseError), transaction.atomic():
        Motion.objects.filter(pk=counted.pk).update(has_passed=True)


def test_a_vote_that_nobody_looked_at_opens_and_closes_all_the_same(make_motion, cast):
    motion = setting_up.publish(make_motion(), actor=cast.wu, at=NOW)
    assert opening.bring_all_up_to_date(OPENS - timedelta(seconds=1)) == 0
    assert opening.bring_all_up_to_date(CLOSES) == 1
    motion.refresh_from_db()
    assert motion.state == MotionState.COUNTED
    assert motion.roll.count() == 7


def test_a_split_head_and_an_abstention_take_part_and_do_not_agree(motion, house):
    vote(motion, house, "ann", "801", choice=Choice.ABSTAIN)
    vote(motion, house, "ben", "802", choice=Choice.FOR, sending=uuid4())
    vote(motion, house, "ben", "803", choice=Choice.AGAINST, sending=uuid4())
    told = result_of(opening.bring_up_to_date(motion, CLOSES))
    assert told["components"]["abstained"] == {"area": "100.00", "heads": 1, "units": 1}
    assert (told["components"]["split"]["heads"], told["components"]["participating"]["heads"]) == (1, 2)
    assert (told["majority"]["area"]["reached"], told["majority"]["heads"]["reached"]) == ("100.00", 0)


# --- drafting and withdrawing ---


def test_a_draft_is_written_by_whoever_organises_votes_there(make_motion, cast, rule_set):
    plan = Plan(cast.strange_estate, rule_set, Matter.FUND_USE, MotionKind.LEGAL, "修门", "修门")
    with pytest.raises(NotInCharge):
        setting_up.draft(plan, actor=cast.wu, at=NOW)
    with pytest.raises(NotInCharge):
        setting_up.draft(dataclasses.replace(plan, estate=cast.estate), actor=cast.zheng, at=NOW)


def test_the_second_of_two_at_one_draft_is_told(make_motion, cast, rule_set):
    motion = make_motion()
    plan = Plan(cast.estate, rule_set, Matter.FUND_USE, MotionKind.LEGAL, "换两台水泵", "新的说明", OPENS, CLOSES)
    changed = setting_up.rewrite(motion, plan, version=1, actor=cast.wu, at=NOW)
    assert (changed.title, changed.version) == ("换两台水泵", 2)
    with pytest.raises(WrittenMeanwhile):
        setting_up.rewrite(motion, plan, version=1, actor=cast.sun, at=NOW)


def test_what_is_announced_is_not_rewritten(motion, cast, rule_set):
    plan = Plan(cast.estate, rule_set, Matter.FUND_USE, MotionKind.LEGAL, "别的", "别的", OPENS, CLOSES)
    with pytest.raises(StepNotAllowed):
        setting_up.rewrite(motion, plan, version=motion.version, actor=cast.wu, at=VOTING)


def test_nobody_withdraws_a_vote_alone(motion, cast):
    with pytest.raises(NotInCharge):
        setting_up.withdraw(motion, actor=cast.sun, at=VOTING)
    setting_up.ask_to_withdraw(motion, words="票样印错了金额", actor=cast.wu, at=VOTING)
    with pytest.raises(NotInCharge):
        setting_up.withdraw(motion, actor=cast.wu, at=VOTING)
    withdrawn = setting_up.withdraw(motion, actor=cast.sun, at=VOTING)
    assert (withdrawn.state, withdrawn.withdrawn_because) == (MotionState.WITHDRAWN, "票样印错了金额")


def test_a_withdrawn_vote_takes_no_ballots_and_is_never_counted(motion, cast, house):
    setting_up.ask_to_withdraw(motion, words="票样印错了金额", actor=cast.wu, at=VOTING)
    setting_up.withdraw(motion, actor=cast.sun, at=VOTING)
    with pytest.raises(VoteNotOpen):
        vote(motion, house, "ann", "801")
    assert opening.bring_up_to_date(motion, CLOSES).state == MotionState.WITHDRAWN


def test_the_sweep_opens_counts_and_confirms(make_motion, cast, house):
    motion = setting_up.publish(make_motion(), actor=cast.wu, at=NOW)
    for moment, state in ((OPENS, "opened"), (CLOSES, "counted"), (CLOSES + timedelta(days=12), "final")):
        sweep(bell="test", now=moment)
        motion.refresh_from_db()
        assert motion.state == state


def recount(motion: Motion, *options: str) -> str:
    out = StringIO()
    call_command("recount", str(motion.public_id), *options, stdout=out)
    return out.getvalue()


def test_a_recount_gives_the_stored_result_byte_for_byte(motion, house):
    vote(motion, house, "ann", "801")
    vote(motion, house, "ben", "802", "803", choice=Choice.AGAINST)
    counted = opening.bring_up_to_date(motion, CLOSES)
    assert recount(counted).encode() == bytes(counted.result)
    assert recount(counted, "--file").encode() == bytes(counted.tally_file)


def test_a_recount_notices_a_result_that_the_rows_do_not_give(motion, house):
    ballot = vote(motion, house, "ann", "801")[0].ballot
    counted = opening.bring_up_to_date(motion, CLOSES)
    with pgtrigger.ignore(
        *(f"deliberation.Ballot:{name}" for name in ("as_it_was_handed_in", "nothing_after_the_count"))
    ):
        other = sealed(Choice.AGAINST, ballot.public_id)
        type(ballot).objects.filter(pk=ballot.pk).update(choice=other)
    with pytest.raises(CommandError, match="stored result"):
        recount(counted)


def test_what_is_not_counted_is_not_recounted(motion):
    with pytest.raises(CommandError, match="not been counted"):
        recount(motion)


def test_owners_and_the_residents_committee_are_told_of_each_stage(make_motion, cast, house):
    motion = setting_up.publish(make_motion(), actor=cast.wu, at=NOW)
    for moment in (OPENS, CLOSES, CLOSES + timedelta(days=12)):
        motion = opening.bring_up_to_date(motion, moment)
    told = Notice.objects.filter(channel="in_app", message_key__startswith="vote_").order_by("pk")
    everybody = {house.owners[name].pk for name in ("ann", "ben", "cai")} | {cast.wu.pk}
    for key in ("vote_announced", "vote_opened", "vote_counted", "vote_final"):
        assert set(told.filter(message_key=key).values_list("recipient", flat=True)) == everybody
    assert told.count() == 4 * len(everybody)


def test_owners_are_told_that_a_vote_was_withdrawn(motion, cast, house):
    setting_up.ask_to_withdraw(motion, words="票样印错了金额", actor=cast.wu, at=VOTING)
    setting_up.withdraw(motion, actor=cast.sun, at=VOTING)
    told = Notice.objects.filter(channel="in_app", message_key="vote_withdrawn", recipient=house.owners["ann"])
    subject, body = render(told.get().message_key, told.get().params, "zh-hans")
    assert motion.title in body
    assert subject


@pytest.mark.parametrize(
    ("words", "matter", "warned"),
    [
        ("3栋2单元加装电梯，一层不出钱。", Matter.FUND_USE, ["sounds_like_another"]),
        ("3栋2单元加装电梯，一层不出钱。", Matter.REBUILD, []),
        ("南侧绿地改为停车位，按月出租。", Matter.OTHER, ["sounds_like_another"]),
        ("更换两台水泵。", Matter.FUND_USE, []),
    ],
)
def test_the_rehearsal_warns_of_a_special_matter_that_is_typed_as_ordinary(make_motion, words, matter, warned):
    warnings = setting_up.rehearse(make_motion(words=words, title="是否同意", matter=matter), NOW).warnings
    assert [each.code for each in warnings if each.code != "guessable"] == warned


def test_where_only_paper_counts_a_legal_vote_takes_no_ballot_from_the_portal(motion, house, rule_set, cast):
    with pgtrigger.ignore("deliberation.RuleSet:a_change_is_a_new_version"):
        RuleSet.objects.filter(pk=rule_set.pk).update(electronic=False)
    motion = Motion.objects.select_related("rule_set").get(pk=motion.pk)
    with pytest.raises(OnPaperOnly):
        vote(motion, house, "ann", "801")
    assert count_waiting_ballots(house.owners["ann"], VOTING) == 0
    assert not Ballot.objects.exists()
