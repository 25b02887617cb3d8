"""A meeting from its draft to its opening: what is refused, what people are told, who may run it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from governance.domain.refusals import NotInCharge, StepNotAllowed
from governance.domain.venues import RoomTaken
from governance.models import Notice
from issues.deliberation.domain import agenda, attending, final_check, inviting, meetings
from issues.deliberation.domain.setting_up import NotLawful, WrittenMeanwhile
from issues.deliberation.models import Mechanism, Meeting, MeetingState, Part
from tests.cast import NOW
from tests.issues.deliberation.meeting import ENDS, IN_THE_ROOM, STARTS, a_called, a_draft, a_hall, a_held, plan

pytestmark = pytest.mark.django_db


def codes(obstacles) -> set[str]:
    return {each.code for each in obstacles}


def told(meeting: Meeting, key: str) -> set[str]:
    link = f"/meetings/{meeting.public_id}/"
    return set(Notice.objects.filter(message_key=key, link=link).values_list("recipient__username", flat=True))


def test_all_obstacles_are_named_at_once_with_the_earliest_lawful_time(cast):
    tomorrow = NOW + timedelta(days=1)
    unfinished = plan(cast, kind="branch", starts_at=tomorrow, ends_at=tomorrow + timedelta(hours=1), venue=None)
    meeting = meetings.draft(unfinished, actor=cast.wu, at=NOW)
    with pytest.raises(NotLawful) as refused:
        meetings.call(meeting, actor=cast.wu, at=NOW)
    assert codes(refused.value.obstacles) == {"caller", "too_early", "place", "agenda", "nobody", "no_members"}
    # Three days, the day of the call not counted: Monday is the third, so it may begin on Tuesday.
    assert final_check.check(meeting, cast.wu, NOW).earliest.isoformat() == "2026-05-19T00:00:00+08:00"


def test_a_room_too_small_and_an_agenda_too_long_are_only_warned_of(cast):
    meeting = a_draft(cast, venue=a_hall(cast, name="小屋", capacity=1), ends_at=STARTS + timedelta(minutes=30))
    inviting.ask(meeting, [cast.li, cast.zheng], part=Part.RESIDENT, actor=cast.wu, at=NOW)
    found = final_check.check(meeting, cast.wu, NOW)
    assert (codes(found.obstacles), codes(found.warnings)) == (set(), {"crowded", "too_long"})


def test_called_it_is_told_to_those_asked_by_phone_and_to_the_neighbours_in_their_inboxes(cast):
    meeting = a_called(cast, people=[cast.zheng])
    assert meeting.state == MeetingState.CALLED
    assert told(meeting, "meeting_called") == {"zheng", "li"}
    by_phone = Notice.objects.filter(message_key="meeting_called", channel="sms").values_list("recipient__username")
    assert set(by_phone) == {("zheng",)}


@pytest.mark.parametrize("who", ["zheng", "li", "strange_worker", "strange_officer", "zhou"])
def test_nobody_else_calls_it(cast, who):
    meeting = a_draft(cast)
    with pytest.raises(NotInCharge):
        meetings.call(meeting, actor=getattr(cast, who), at=NOW)
    with pytest.raises(NotInCharge):
        meetings.draft(plan(cast), actor=getattr(cast, who), at=NOW)
    assert Meeting.objects.count() == 1


def test_a_change_after_the_call_raises_the_sequence_frees_the_old_room_and_is_told(cast):
    meeting = a_called(cast)
    later = replace(plan(cast), starts_at=STARTS + timedelta(days=1), ends_at=ENDS + timedelta(days=1))
    meetings.rewrite(meeting, replace(later, title="别的"), version=1, actor=cast.wu, at=NOW + timedelta(days=1))
    meeting.refresh_from_db()
    assert (meeting.sequence, meeting.version, meeting.starts_at) == (1, 2, later.starts_at)
    assert meeting.title == "学校路停车怎么办"
    assert told(meeting, "meeting_changed") == {"li"}
    assert meetings.call(a_draft(cast), actor=cast.wu, at=NOW).state == MeetingState.CALLED


def test_an_earlier_time_needs_the_whole_notice_again_a_later_one_does_not(cast):
    meeting = a_called(cast)
    day_before = STARTS - timedelta(days=1)
    earlier = replace(plan(cast), starts_at=STARTS - timedelta(minutes=30))
    with pytest.raises(NotLawful) as refused:
        meetings.rewrite(meeting, earlier, version=1, actor=cast.wu, at=day_before)
    assert codes(refused.value.obstacles) == {"too_early"}
    later = replace(plan(cast), starts_at=STARTS + timedelta(minutes=30))
    assert meetings.rewrite(meeting, later, version=1, actor=cast.wu, at=day_before).sequence == 1


def test_of_two_who_change_it_the_second_is_told(cast):
    meeting = a_draft(cast)
    meetings.rewrite(meeting, plan(cast, title="一"), version=1, actor=cast.wu, at=NOW)
    with pytest.raises(WrittenMeanwhile):
        meetings.rewrite(meeting, plan(cast, title="二"), version=1, actor=cast.sun, at=NOW)
    meeting.refresh_from_db()
    assert meeting.title == "一"


def test_cancelled_it_says_why_and_gives_the_room_back(cast):
    meeting = a_called(cast)
    meeting = meetings.cancel(meeting, words="学校临时有活动", actor=cast.chen, at=NOW)
    assert (meeting.state, meeting.cancelled_because, meeting.sequence) == ("cancelled", "学校临时有活动", 1)
    assert told(meeting, "meeting_cancelled") == {"li"}
    assert a_called(cast).state == MeetingState.CALLED
    for verb in (meetings.call, meetings.hold):
        with pytest.raises((StepNotAllowed, RoomTaken, NotLawful)):
            verb(meeting, actor=cast.wu, at=IN_THE_ROOM)


def test_a_draft_that_is_given_up_is_told_to_nobody(cast):
    meetings.cancel(a_draft(cast), words="不开了", actor=cast.wu, at=NOW)
    assert not Notice.objects.filter(message_key="meeting_cancelled").exists()


def test_the_room_is_nobodys_twice(cast):
    a_called(cast)
    second = a_draft(cast, starts_at=ENDS - timedelta(minutes=1), ends_at=ENDS + timedelta(hours=1))
    with pytest.raises(NotLawful) as refused:
        meetings.call(second, actor=cast.wu, at=NOW)
    assert codes(refused.value.obstacles) == {"room_taken"}
    beside = a_draft(cast, starts_at=ENDS, ends_at=ENDS + timedelta(hours=1))
    assert meetings.call(beside, actor=cast.wu, at=NOW).state == MeetingState.CALLED


def test_it_is_opened_from_an_hour_before_its_time(cast):
    meeting = a_called(cast)
    with pytest.raises(meetings.TooEarly):
        meetings.hold(meeting, actor=cast.wu, at=STARTS - timedelta(minutes=61))
    assert meetings.hold(meeting, actor=cast.wu, at=STARTS - timedelta(minutes=60)).state == MeetingState.HELD


def test_without_its_quorum_it_is_not_opened(cast):
    meeting = a_called(cast, kind="representatives", people=[cast.li, cast.xu, cast.bai], part=Part.MEMBER)
    by_hand = {"actor": cast.wu, "at": STARTS}
    attending.check_in_by_hand(meeting, cast.li, **by_hand)
    with pytest.raises(meetings.NoQuorum):
        meetings.hold(meeting, actor=cast.wu, at=STARTS)
    attending.check_in_by_hand(meeting, cast.bai, **by_hand)
    here = meetings.presence(meeting)
    assert (here.with_vote, here.with_vote_here, here.needed, here.missing) == (3, 2, 2, 0)
    assert meetings.hold(meeting, actor=cast.wu, at=STARTS).state == MeetingState.HELD


@pytest.mark.parametrize(
    ("code", "entitled", "needed"),
    [
        ("discussion", 9, 0),
        ("joint", 5, 3),
        ("branch", 4, 2),
        ("branch", 5, 3),
        ("owners-committee", 4, 3),
        ("owners-committee", 5, 3),
        ("representatives", 6, 4),
        ("representatives", 7, 5),
        ("owners-assembly", 100, 0),
    ],
)
def test_quorums_are_counted_exactly(shipped, code, entitled, needed):
    assert Mechanism.objects.get(code=code).needed_of(entitled) == needed


def test_the_agenda_is_put_in_order_while_it_is_a_draft_and_told_as_it_is(cast):
    meeting = a_draft(cast)
    second = agenda.add_item(meeting, title="护栏", minutes=20, actor=cast.wu, at=NOW)
    agenda.move_item(second, up=True, actor=cast.wu, at=NOW)
    assert list(meeting.items.values_list("title", "position")) == [("护栏", 1), ("路口违停", 2)]
    agenda.move_item(second, up=True, actor=cast.wu, at=NOW)
    agenda.remove_item(second, actor=cast.wu, at=NOW)
    assert list(meeting.items.values_list("title", "position")) == [("路口违停", 1)]
    meetings.call(meeting, actor=cast.wu, at=NOW)
    with pytest.raises(StepNotAllowed):
        agenda.add_item(meeting, title="临时加的", minutes=5, actor=cast.wu, at=NOW)
    with pytest.raises(StepNotAllowed):
        agenda.remove_item(meeting.items.get(), actor=cast.wu, at=NOW)


def test_what_comes_up_in_the_room_is_marked_as_such(cast):
    meeting = a_held(cast)
    item = agenda.add_item(meeting, title="门口的垃圾桶", minutes=5, actor=cast.wu, at=IN_THE_ROOM)
    assert (item.raised_in_the_room, item.position) == (True, 2)


def test_the_database_keeps_a_meeting_to_its_table(cast):
    meeting = a_held(cast)
    for change in (
        {"state": "draft"}, {"title": "改"}, {"starts_at": NOW}, {"state": "minuted"}, {"booking": None},
    ):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic():
            Meeting.objects.filter(pk=meeting.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Mechanism.objects.filter(code="discussion").update(notice_days=0)
