"""Who came: by the code at the door, by hand, without an account; and how the minutes name them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from governance.domain.refusals import NotInCharge, StepNotAllowed
from issues.deliberation.domain import attending, inviting, meetings
from issues.deliberation.domain.attending import DoorsClosed, NotAtTheDoor, door_code
from issues.deliberation.domain.inviting import NoProxies, NotAsked, ProxyOfAnother
from issues.deliberation.models import Answer, Arrival, Attendance, Part
from tests.cast import NOW
from tests.issues.deliberation.meeting import ENDS, STARTS, a_called, plan

pytestmark = pytest.mark.django_db


def test_the_code_at_the_door_checks_in_once(cast):
    meeting = a_called(cast)
    code = door_code(meeting)
    first = attending.check_in(meeting, code=code, actor=cast.li, at=STARTS)
    again = attending.check_in(meeting, code=code, actor=cast.li, at=STARTS + timedelta(minutes=1))
    assert (first, first.how, first.known_as, first.number) == (again, Arrival.QR, "3栋一位业主", 1)


@pytest.mark.parametrize("code", ["", "x", "漏" * 100, ":", "\x00"])
def test_a_forged_code_is_none(cast, code):
    with pytest.raises(NotAtTheDoor):
        attending.check_in(a_called(cast), code=code, actor=cast.li, at=STARTS)


def test_the_code_of_another_meeting_and_of_the_time_before_it_was_moved_is_none(cast):
    meeting = a_called(cast)
    other = a_called(cast, starts_at=ENDS, ends_at=ENDS + timedelta(hours=1))
    old = door_code(meeting)
    later = replace(plan(cast), starts_at=STARTS + timedelta(days=1), ends_at=ENDS + timedelta(days=1))
    meetings.rewrite(meeting, later, version=1, actor=cast.wu, at=NOW)
    meeting.refresh_from_db()
    for code in (old, door_code(other)):
        with pytest.raises(NotAtTheDoor):
            attending.check_in(meeting, code=code, actor=cast.li, at=meeting.starts_at)
    attending.check_in(meeting, code=door_code(meeting), actor=cast.li, at=meeting.starts_at)


@pytest.mark.parametrize(
    ("minutes", "is_on"), [(-61, False), (-60, True), (0, True), (149, True), (150, False), (60 * 24, False)]
)
def test_the_doors_are_open_around_the_meeting_and_at_no_other_time(cast, minutes, is_on):
    meeting, at = a_called(cast), STARTS + timedelta(minutes=minutes)
    if is_on:
        attending.check_in(meeting, code=door_code(meeting), actor=cast.li, at=at)
        return
    with pytest.raises(DoorsClosed):
        attending.check_in(meeting, code=door_code(meeting), actor=cast.li, at=at)


def test_nobody_comes_to_a_meeting_that_was_cancelled(cast):
    meeting = a_called(cast)
    code = door_code(meeting)
    meetings.cancel(meeting, words="停电", actor=cast.wu, at=NOW)
    with pytest.raises(DoorsClosed):
        attending.check_in(meeting, code=code, actor=cast.li, at=STARTS)


def test_the_secretary_checks_in_whom_they_asked_and_nobody_else(cast):
    meeting = a_called(cast)
    with pytest.raises(StepNotAllowed):
        attending.check_in_by_hand(meeting, cast.wang, actor=cast.wu, at=STARTS)
    with pytest.raises(NotInCharge):
        attending.check_in_by_hand(meeting, cast.li, actor=cast.zheng, at=STARTS)
    assert attending.check_in_by_hand(meeting, cast.li, actor=cast.chen, at=STARTS).how == Arrival.HAND


@pytest.mark.parametrize(
    ("who", "part", "known_as"),
    [
        ("li", Part.RESIDENT, "3栋一位业主"),
        ("zheng", Part.BODY, "恒信物业 郑经理"),
        ("chen", Part.GUEST, "陈书记"),
        ("wang", Part.RESIDENT, "一位居民"),  # whose home isn't confirmed
        ("luo", Part.GUEST, "安和派出所 罗联络员"),
    ],
)
def test_minutes_name_staff_by_post_and_residents_by_building(cast, who, part, known_as):
    person = getattr(cast, who)
    meeting = a_called(cast, people=[])
    inviting.ask(meeting, [person], part=part, body=cast.hengxin if part == Part.BODY else None, actor=cast.wu, at=NOW)
    said = attending.known_as(person, meeting, NOW)
    assert said == known_as
    assert person.full_name not in said


def test_a_walk_ins_markup_is_text_and_the_name_stays_out_of_the_minutes(cast):
    meeting = a_called(cast)
    row = attending.walk_in(meeting, name="<b>老吴</b>", building=cast.building, actor=cast.wu, at=STARTS)
    assert (row.name, row.known_as, row.user) == ("<b>老吴</b>", "3栋一位居民", None)


def test_whoever_came_is_not_rewritten(cast):
    meeting = a_called(cast)
    row = attending.check_in_by_hand(meeting, cast.li, actor=cast.wu, at=STARTS)
    with pytest.raises(DatabaseError), transaction.atomic():
        Attendance.objects.filter(pk=row.pk).update(known_as="别人")
    with pytest.raises(DatabaseError), transaction.atomic():
        row.delete()


# --- answers ---


def test_said_again_the_later_word_counts(cast):
    meeting = a_called(cast)
    inviting.answer(meeting, comes=True, actor=cast.li, at=NOW)
    assert inviting.answer(meeting, comes=False, actor=cast.li, at=NOW).answer == Answer.NO
    assert meeting.invitations.count() == 1
    with pytest.raises(StepNotAllowed):
        inviting.answer(meeting, comes=True, actor=cast.li, at=STARTS)


def test_to_an_open_meeting_anybody_may_come_to_another_only_those_asked(cast):
    open_meeting = a_called(cast, people=[])
    came = inviting.answer(open_meeting, comes=True, actor=cast.li, at=NOW)
    assert (came.part, came.has_vote) == (Part.RESIDENT, False)
    afterwards = {"starts_at": ENDS, "ends_at": ENDS + timedelta(hours=1)}
    joint = a_called(cast, kind="joint", people=[cast.zheng], part=Part.MEMBER, **afterwards)
    with pytest.raises(NotAsked):
        inviting.answer(joint, comes=True, actor=cast.li, at=NOW)


def test_where_proxies_are_allowed_one_stands_in_for_one(cast):
    """The owners' assembly takes them; those with a vote of their own are nobody's proxy."""
    long_ahead = {"starts_at": STARTS + timedelta(days=20), "ends_at": ENDS + timedelta(days=20)}
    meeting = a_called(cast, kind="owners-assembly", people=[cast.li, cast.bai], part=Part.RESIDENT, **long_ahead)
    assert inviting.send_proxy(meeting, to=cast.tian, actor=cast.li, at=NOW).proxy == cast.tian
    for to in (cast.tian, cast.li):
        with pytest.raises(ProxyOfAnother):
            inviting.send_proxy(meeting, to=to, actor=cast.bai, at=NOW)
    inviting.send_proxy(meeting, to=None, actor=cast.li, at=NOW)
    assert inviting.send_proxy(meeting, to=cast.tian, actor=cast.bai, at=NOW).proxy == cast.tian
    attending.check_in(meeting, code=door_code(meeting), actor=cast.tian, at=meeting.starts_at)
    assert meetings.presence(meeting).with_vote_here == 1


def test_elsewhere_nobody_stands_in(cast):
    meeting = a_called(cast, kind="representatives", people=[cast.li], part=Part.MEMBER)
    with pytest.raises(NoProxies):
        inviting.send_proxy(meeting, to=cast.tian, actor=cast.li, at=NOW)


def test_a_bodys_people_are_its_managers_liaisons_and_staff(cast):
    asked = {
        body: set(inviting.people_of_body(getattr(cast, body), NOW).values_list("username", flat=True))
        for body in ("hengxin", "department", "residents_committee", "street_office")
    }
    assert asked == {
        "hengxin": {"zheng"}, "department": {"luo"}, "residents_committee": {"wu"}, "street_office": {"sun"},
    }  # fmt: skip
