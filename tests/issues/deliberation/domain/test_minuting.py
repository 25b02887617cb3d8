"""Minutes: who may write, what two at once learn, four stages, seals, changes of those who were there."""

import json
from datetime import timedelta

import pgtrigger
import pytest
from django.db import DatabaseError, transaction

from governance.domain.refusals import NotInCharge, StepNotAllowed
from issues.deliberation.domain import agenda, attending, minuting
from issues.deliberation.domain.minuting import ChangedSince, NoMoreChanges, NoOutcome, OnlyThoseThere, StillOpen
from issues.deliberation.domain.setting_up import WrittenMeanwhile
from issues.deliberation.minutes_page import difference
from issues.deliberation.models import Consensus, MinutesStage, MinutesVersion, Outcome
from tests.issues.deliberation.meeting import (
    AFTERWARDS,
    ENDS,
    IN_THE_ROOM,
    MUCH_LATER,
    a_called,
    a_checked,
    a_drawn_up,
    a_held,
    a_minuted,
    item_of,
    says,
)

pytestmark = pytest.mark.django_db


def test_before_the_meeting_is_open_nothing_is_written(cast):
    meeting = a_called(cast)
    with pytest.raises(StepNotAllowed):
        minuting.write_outcome(
            item_of(meeting), consensus=Consensus.AGREED, outcome=Outcome.FIXED, words="好了", version=1,
            actor=cast.wu, at=IN_THE_ROOM,
        )  # fmt: skip


def test_of_two_who_write_at_once_the_second_is_told_and_the_first_stands(cast):
    meeting = a_held(cast)
    line = says(meeting, 1, "一", actor=cast.wu)
    minuting.rewrite_line(line, words="二", version=1, actor=cast.wu, at=IN_THE_ROOM)
    with pytest.raises(WrittenMeanwhile):
        minuting.rewrite_line(line, words="三", version=1, actor=cast.chen, at=IN_THE_ROOM)
    with pytest.raises(WrittenMeanwhile):
        minuting.strike_line(line, version=1, actor=cast.chen, at=IN_THE_ROOM)
    line.refresh_from_db()
    assert line.words == "二"
    concluded = {"consensus": Consensus.AGREED, "outcome": Outcome.FIXED, "words": "好", "version": 1}
    concluded["at"] = IN_THE_ROOM
    minuting.write_outcome(item_of(meeting), **concluded, actor=cast.wu)
    with pytest.raises(WrittenMeanwhile):
        minuting.write_outcome(item_of(meeting), **concluded, actor=cast.chen)


def test_minutes_without_an_outcome_are_not_drawn_up(cast):
    with pytest.raises(NoOutcome):
        minuting.draw_up(a_held(cast), actor=cast.wu, at=ENDS)


def test_whoever_drew_them_up_does_not_check_them(cast):
    meeting = a_drawn_up(cast)
    with pytest.raises(NotInCharge):
        minuting.check_minutes(meeting, actor=cast.wu, at=AFTERWARDS)
    version = minuting.check_minutes(meeting, actor=cast.sun, at=AFTERWARDS)
    assert (version.number, version.stage) == (2, MinutesStage.CHECKED)


def test_what_was_written_after_the_draft_is_not_checked_unseen(cast):
    meeting = a_drawn_up(cast)
    says(meeting, 1, "还有一句", actor=cast.wu)
    with pytest.raises(ChangedSince):
        minuting.check_minutes(meeting, actor=cast.chen, at=AFTERWARDS)
    assert minuting.draw_up(meeting, actor=cast.sun, at=AFTERWARDS).number == 2
    assert minuting.check_minutes(meeting, actor=cast.wu, at=AFTERWARDS).number == 3


def test_three_working_days_for_changes_begin_the_day_after(cast):
    """Checked on Tuesday 26 May 2026: Wednesday, Thursday, Friday."""
    meeting = a_checked(cast)
    assert AFTERWARDS.date().isoformat() == "2026-05-26"
    assert meeting.amend_until.astimezone(AFTERWARDS.tzinfo).isoformat() == "2026-05-30T00:00:00+08:00"


def test_after_the_check_nobody_writes_any_more(cast):
    meeting = a_checked(cast)
    with pytest.raises(StepNotAllowed):
        says(meeting, 1, "补一句", actor=cast.wu)
    with pytest.raises(StepNotAllowed):
        minuting.draw_up(meeting, actor=cast.wu, at=AFTERWARDS)
    with pytest.raises(StepNotAllowed):
        minuting.check_minutes(meeting, actor=cast.sun, at=AFTERWARDS)
    with pytest.raises(StepNotAllowed):
        agenda.add_item(meeting, title="补一项", minutes=5, actor=cast.wu, at=AFTERWARDS)


def test_only_those_who_were_there_ask_for_changes_and_only_in_time(cast):
    meeting = a_checked(cast)
    with pytest.raises(OnlyThoseThere):
        minuting.ask_for_a_change(meeting, words="不对", actor=cast.xu, at=AFTERWARDS)
    last = meeting.amend_until - timedelta(microseconds=1)
    assert minuting.ask_for_a_change(meeting, words="不对", actor=cast.li, at=last).number == 1
    with pytest.raises(NoMoreChanges):
        minuting.ask_for_a_change(meeting, words="不对", actor=cast.li, at=meeting.amend_until)


def test_a_change_that_is_taken_in_stands_in_the_next_version_and_the_difference_shows_it(cast):
    meeting = a_checked(cast)
    of_item = {"item": item_of(meeting), "actor": cast.li, "at": AFTERWARDS}
    asked = minuting.ask_for_a_change(meeting, words="护栏是两米高。", **of_item)
    minuting.answer_change(asked, take_in=True, words="属实，已写入。", actor=cast.wu, at=AFTERWARDS)
    _draft, checked, amended = meeting.minutes_versions.order_by("number")
    assert amended.stage == MinutesStage.AMENDED
    assert json.loads(amended.content)["items"][0]["additions"] == [{"number": 1, "words": "护栏是两米高。"}]
    changed = [each for each in difference(checked, amended) if each.is_new is not None]
    assert [(each.is_new, "护栏是两米高。" in each.words) for each in changed] == [(True, True)]
    with pytest.raises(StepNotAllowed):
        minuting.answer_change(asked, take_in=False, words="不", actor=cast.sun, at=AFTERWARDS)


def test_nobody_answers_the_change_that_they_asked_for(cast):
    meeting = a_held(cast)
    attending.check_in_by_hand(meeting, cast.wu, actor=cast.wu, at=IN_THE_ROOM)
    minuting.write_outcome(
        item_of(meeting), consensus=Consensus.NONE, outcome=Outcome.PUT_OFF, words="再谈", version=1, actor=cast.wu,
        at=IN_THE_ROOM,
    )  # fmt: skip
    minuting.draw_up(meeting, actor=cast.wu, at=ENDS)
    minuting.check_minutes(meeting, actor=cast.chen, at=AFTERWARDS)
    asked = minuting.ask_for_a_change(meeting, words="改一处", actor=cast.wu, at=AFTERWARDS)
    with pytest.raises(NotInCharge):
        minuting.answer_change(asked, take_in=True, words="好", actor=cast.wu, at=AFTERWARDS)
    minuting.answer_change(asked, take_in=False, words="记录无误", actor=cast.chen, at=AFTERWARDS)


def test_they_are_final_once_the_days_are_over_and_every_change_is_answered(cast):
    meeting = a_checked(cast)
    asked = minuting.ask_for_a_change(meeting, words="不对", actor=cast.li, at=AFTERWARDS)
    for at in (AFTERWARDS, MUCH_LATER):
        with pytest.raises(StillOpen):
            minuting.finish(meeting, actor=cast.wu, at=at)
    minuting.answer_change(asked, take_in=False, words="录音如此", actor=cast.wu, at=MUCH_LATER)
    assert minuting.finish(meeting, actor=cast.wu, at=MUCH_LATER).stage == MinutesStage.FINAL
    meeting.refresh_from_db()
    assert (meeting.state, meeting.minuted_at) == ("minuted", MUCH_LATER)


def test_dissent_is_in_them_and_no_residents_name(cast):
    meeting = a_minuted(cast)
    content = minuting.latest_of(meeting).content
    assert "护栏会挡住轮椅。" in content
    assert json.loads(content)["items"][0]["lines"][2]["kind"] == "dissent"
    for name in ("李秀英", "老吴", "郑海波"):
        assert name not in content
    assert "郑经理" in content


def test_versions_are_sealed_one_after_the_other_and_never_changed(cast):
    meeting = a_minuted(cast)
    versions = list(meeting.minutes_versions.order_by("number"))
    assert [version.stage for version in versions] == ["draft", "checked", "final"]
    assert [version.previous_hash for version in versions] == ["", versions[0].hash, versions[1].hash]
    assert minuting.hold_together(meeting)
    for change in ({"content": "{}"}, {"hash": "0" * 64}):
        with pytest.raises(DatabaseError), transaction.atomic():
            MinutesVersion.objects.filter(pk=versions[1].pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        versions[1].delete()


def test_a_version_that_was_changed_behind_the_triggers_back_is_found(cast):
    meeting = a_minuted(cast)
    with pgtrigger.ignore("deliberation.MinutesVersion:never_changed"):
        MinutesVersion.objects.filter(meeting=meeting, number=2).update(content="{}")
    assert not minuting.hold_together(meeting)
