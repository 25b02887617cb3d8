"""A meeting on its pages: called at the desk, answered at home, held, minuted; and what never was there for others."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from governance.models import User
from issues.deliberation.domain import attending, inviting, meetings
from issues.deliberation.models import Answer, CalendarFeed, Mechanism, Meeting, Part, TopicConcern, TopicPetition
from tests.cast import NOW, client_of, file
from tests.issues.deliberation.meeting import (
    AFTERWARDS,
    ENDS,
    IN_THE_ROOM,
    STARTS,
    a_called,
    a_checked,
    a_draft,
    a_drawn_up,
    a_hall,
    a_held,
    a_minuted,
    a_topic,
    enter_members,
    item_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def moment(monkeypatch):
    """Sets the instant at which pages are asked for."""

    def to(at):
        monkeypatch.setattr("governance.middleware.database_now", lambda: at)

    to(NOW)
    return to


def desk(meeting, verb=""):
    return f"/desk/meetings/{meeting.public_id}/{verb}"


def page(meeting, part=""):
    return f"/meetings/{meeting.public_id}/{part}"


def text_of(response):
    return response.content.decode()


def test_a_meeting_from_the_form_to_the_final_minutes(cast, moment):
    """Every press on its page, by those whose press it is."""
    wu, chen, li = (client_of(each) for each in (cast.wu, cast.chen, cast.li))
    hall, kind = a_hall(cast), Mechanism.objects.get(code="discussion")
    begun = wu.post(
        "/desk/meetings/new/",
        {"title": "停车", "words": "", "place": f"estate-{cast.estate.pk}", "mechanism": kind.pk,
         "starts_at": "2026-05-25T19:00", "ends_at": "2026-05-25T21:00", "venue": str(hall.public_id)},
    )  # fmt: skip
    meeting = Meeting.objects.get()
    assert begun.url == desk(meeting)
    wu.post(desk(meeting, "add_item/"), {"title": "路口", "minutes": "30"})
    wu.post(desk(meeting, "ask_building/"), {"building": "3栋"})
    wu.post(desk(meeting, "ask_body/"), {"body": cast.hengxin.pk})
    assert wu.post(desk(meeting, "call/")).status_code == 302
    li.post(page(meeting, "answer/"), {"comes": "yes"})
    assert meeting.invitations.get(user=cast.li).answer == Answer.YES
    meeting.refresh_from_db()

    moment(STARTS)
    li.post(page(meeting, "here/"), {"door": attending.door_code(meeting)})
    wu.post(desk(meeting, "check_in/"), {"invitation": meeting.invitations.get(user=cast.zheng).public_id})
    wu.post(desk(meeting, "walk_in/"), {"name": "老吴", "building": "3栋"})
    assert "老吴" in text_of(wu.get(desk(meeting, "room/")))
    wu.post(desk(meeting, "hold/"))
    point = f"points/{item_of(meeting).public_id}/"
    speaker = meeting.attendances.get(number=2)
    said = {
        "speaker": speaker.public_id,
        "kind": "commitment",
        "for_whom": "body",
        "party": "恒信物业",
        "words": "我们装护栏",
    }
    assert wu.post(desk(meeting, f"{point}say/"), said).status_code == 302
    concluded = {"consensus": "agreed", "outcome": "vote", "words": "交业主投票", "version": "1"}
    assert wu.post(desk(meeting, f"{point}conclude/"), concluded).status_code == 302
    moment(ENDS)
    wu.post(desk(meeting, "draft_minutes/"))
    assert "我们装护栏" not in text_of(li.get(page(meeting)))
    chen.post(desk(meeting, "check_minutes/"))
    shown = text_of(li.get(page(meeting)))
    for words in ("我们装护栏", "恒信物业 郑经理", "交业主投票", "278"):
        assert words in shown
    assert "郑海波" not in shown
    li.post(page(meeting, "changes/"), {"words": "是两米高"})
    amendment = meeting.amendments.get()
    assert (
        wu.post(
            desk(meeting, f"changes/{amendment.public_id}/"), {"1-is_taken_in": "yes", "1-words": "属实"}
        ).status_code
        == 302
    )
    assert "是两米高" in text_of(li.get(page(meeting, "minutes/3/")))
    meeting.refresh_from_db()
    moment(meeting.amend_until)
    wu.post(desk(meeting, "finish_minutes/"))
    meeting.refresh_from_db()
    assert meeting.state == "minuted"


def test_the_final_check_names_every_obstacle_on_the_page(cast, moment):
    meeting = a_draft(cast, venue=None, starts_at=NOW, ends_at=ENDS)
    refused = client_of(cast.wu).post(desk(meeting, "call/"))
    shown = text_of(refused)
    assert refused.status_code == 409
    assert shown.count("<li>", shown.index("error-summary"), shown.index("</ul>", shown.index("error-summary"))) == 2


STRANGERS = ["li", "zheng", "zhou", "luo", "strange_worker", "strange_officer", "shen", "administrator"]


@pytest.mark.parametrize("who", STRANGERS)
def test_for_others_the_desks_pages_never_were(cast, moment, who):
    meeting = a_drawn_up(cast)
    client = client_of(getattr(cast, who))
    for part in ("", "edit/", "room/", f"points/{item_of(meeting).public_id}/"):
        assert client.get(desk(meeting, part)).status_code == 404, part
    for verb in ("call", "cancel", "hold", "draft_minutes", "check_minutes", "finish_minutes", "walk_in"):
        assert client.post(desk(meeting, f"{verb}/"), {"words": "x", "name": "x"}).status_code == 404


def test_drafts_of_meetings_and_of_minutes_are_not_the_residents(cast, moment):
    li = client_of(cast.li)
    draft = a_draft(cast)
    assert li.get(page(draft)).status_code == 404
    drawn_up = a_drawn_up(cast)
    assert li.get(page(drawn_up)).status_code == 200
    assert li.get(page(drawn_up, "minutes/1/")).status_code == 404
    assert li.get(page(drawn_up, "minutes.pdf")).status_code == 404
    assert client_of(cast.chen).get(page(drawn_up, "minutes/1/")).status_code == 200


def test_a_show_of_hands_is_noted_by_name_at_the_desk_and_read_by_residents(cast, moment):
    """Who has no account is asked by hand, and checked in by the secretary; bad hands are said on the form."""
    meeting = a_draft(cast, kind="owners-committee")
    enter_members(cast, "owners_committee", [cast.li, "孙一", "周二"])
    wu = client_of(cast.wu)
    wu.post(desk(meeting, "ask_members/"))
    shown = text_of(wu.get(desk(meeting)))
    assert "没有账号" in shown
    assert "孙一" not in shown
    wu.post(desk(meeting, "call/"))
    moment(STARTS)
    for each in meeting.invitations.order_by("pk")[:2]:
        wu.post(desk(meeting, "check_in/"), {"invitation": each.public_id})
    wu.post(desk(meeting, "hold/"))
    point = desk(meeting, f"points/{item_of(meeting).public_id}/")
    li, sun = (f"hand_{each.public_id.hex}" for each in meeting.invitations.order_by("pk")[:2])
    asked = {"question": "先修北门", "matter": ""}
    assert "孙委员" in text_of(wu.get(point))
    assert wu.post(f"{point}decide/", {**asked, li: "for"}).status_code == 400
    gone = wu.post(f"{point}decide/", {**asked, li: "for", sun: "gone"})
    assert (gone.status_code, "不足，现在不能表决" in text_of(gone)) == (400, True)
    wu.post(f"{point}decide/", {**asked, "question": "把绿地改成停车位", li: "for", sun: "against"})
    assert "这一事项像是" in text_of(wu.get(point))
    wu.post(f"{point}strike_decision/", {"decision": item_of(meeting).decisions.get().public_id})
    for _tapped_twice in range(2):
        wu.post(f"{point}decide/", {**asked, li: "for", sun: "for"})
    assert item_of(meeting).decisions.count() == 1
    assert "已经记过" in text_of(wu.post(f"{point}decide/", {**asked, li: "for", sun: "against"}))
    wu.post(f"{point}conclude/", {"consensus": "agreed", "outcome": "decided", "words": "先修北门。", "version": "1"})
    wu.post(desk(meeting, "draft_minutes/"))
    client_of(cast.chen).post(desk(meeting, "check_minutes/"))
    read = text_of(client_of(cast.li).get(page(meeting)))
    for words in ("表决决定", "先修北门", "同意 2 票，反对 0 票，弃权 0 票", "李委员，孙委员"):
        assert words in read, words


def test_a_branch_meeting_is_its_members_alone(cast, moment):
    meeting = a_called(cast, kind="branch", actor=cast.chen, people=[cast.bai], part=Part.MEMBER)
    assert client_of(cast.bai).get(page(meeting)).status_code == 200
    assert client_of(cast.li).get(page(meeting)).status_code == 404
    assert meeting.title not in text_of(client_of(cast.li).get("/meetings/"))


def test_a_cancelled_meetings_address_says_so(cast, moment):
    meeting = a_called(cast)
    meetings.cancel(meeting, words="停电了", actor=cast.wu, at=NOW)
    shown = client_of(cast.li).get(page(meeting))
    assert shown.status_code == 200
    assert "停电了" in text_of(shown)
    press = {"comes": "yes", "door": attending.door_code(meeting)}
    for part in ("answer/", "here/"):
        assert client_of(cast.li).post(page(meeting, part), press).status_code == 409


def test_a_forged_or_old_code_is_refused_on_the_page(cast, moment):
    meeting = a_called(cast)
    li = client_of(cast.li)
    moment(STARTS)
    assert li.post(page(meeting, "here/"), {"door": "forged"}).status_code == 403
    door = attending.door_code(meeting)
    assert 'name="door"' in text_of(li.get(page(meeting, f"here/?door={door}")))
    assert 'name="door"' not in text_of(li.get(page(meeting, "here/?door=x")))
    moment(AFTERWARDS)
    assert li.post(page(meeting, "here/"), {"door": door}).status_code == 409


def test_a_walk_in_with_markup_is_shown_as_text(cast, moment):
    meeting = a_held(cast)
    moment(IN_THE_ROOM)
    client_of(cast.wu).post(desk(meeting, "walk_in/"), {"name": "<b>某</b>", "building": ""})
    shown = text_of(client_of(cast.wu).get(desk(meeting, "room/")))
    assert "&lt;b&gt;某&lt;/b&gt;" in shown
    assert "<b>某" not in shown


def test_the_second_of_two_who_write_keeps_the_words_and_is_told(cast, moment):
    meeting = a_held(cast)
    moment(IN_THE_ROOM)
    address = desk(meeting, f"points/{item_of(meeting).public_id}/conclude/")
    said = {"consensus": "agreed", "outcome": "fixed", "words": "第一人写的", "version": "1"}
    assert client_of(cast.wu).post(address, said).status_code == 302
    second = client_of(cast.chen).post(address, said | {"words": "第二人写的"})
    assert second.status_code == 400
    assert "第二人写的" in text_of(second)
    assert item_of(meeting).outcome_words == "第一人写的"


def test_who_reported_is_asked_by_one_press_and_is_a_neighbour_like_others(cast, moment):
    topic = a_topic(cast, title="路口违停")
    TopicPetition.objects.create(topic=topic, petition=file(cast.li, cast.building), linked_at=NOW, linked_by=cast.wu)
    meeting = a_draft(cast)
    wu = client_of(cast.wu)
    assert wu.post(desk(meeting, "ask_petitioners/")).status_code == 409
    assert (
        wu.post(desk(meeting, "add_item/"), {"title": "违停", "minutes": "9", "topic": topic.public_id}).status_code
        == 302
    )
    assert wu.post(desk(meeting, "ask_petitioners/")).status_code == 302
    asked = meeting.invitations.get()
    assert (asked.user, asked.part, asked.body) == (cast.li, Part.RESIDENT, None)


def test_nobody_organises_a_meeting_on_a_complaint_about_the_own_body(cast, moment):
    topic = a_topic(cast, title="居委会不公开账目")
    TopicConcern.objects.create(topic=topic, body=cast.residents_committee)
    meeting = a_draft(cast, actor=cast.sun)
    added = {"title": "账目", "minutes": "9", "topic": topic.public_id}
    assert client_of(cast.wu).post(desk(meeting, "add_item/"), added).status_code == 400
    assert client_of(cast.sun).post(desk(meeting, "add_item/"), added).status_code == 302
    for who in (cast.wu, cast.chen):
        assert client_of(who).get(desk(meeting)).status_code == 404
    assert client_of(cast.sun).get(desk(meeting)).status_code == 200


def test_changes_after_the_days_are_refused_on_the_page(cast, moment):
    meeting = a_checked(cast)
    moment(meeting.amend_until)
    assert client_of(cast.li).post(page(meeting, "changes/"), {"words": "晚了"}).status_code == 409
    moment(AFTERWARDS)
    assert client_of(cast.xu).post(page(meeting, "changes/"), {"words": "我没去"}).status_code == 404


def test_lists_and_pages_ask_as_often_for_thirty_as_for_one(cast, moment):
    meeting = a_minuted(cast)
    open_one = a_called(cast, starts_at=ENDS, ends_at=ENDS.replace(hour=22), people=[cast.li])
    addresses = {
        cast.wu: ["/desk/meetings/", desk(meeting), desk(open_one), desk(open_one, "room/")],
        cast.li: ["/meetings/", page(meeting), page(meeting, "minutes/3/")],
    }
    queries_of(addresses)
    one = queries_of(addresses)
    for number in range(30):
        person = User.objects.create(username=f"n{number}", full_name="某", surname="某")
        inviting.ask(open_one, [person], part=Part.RESIDENT, actor=cast.wu, at=NOW)
        morning = {"starts_at": ENDS.replace(day=26, hour=8), "ends_at": ENDS.replace(day=26, hour=9)}
        a_called(cast, people=[], venue=a_hall(cast, name=f"第{number}间"), **morning)
    assert queries_of(addresses) == one


def queries_of(addresses):
    found = {}
    for who, places in addresses.items():
        for address in places:
            client = client_of(who)
            with CaptureQueriesContext(connection) as asked:
                assert client.get(address).status_code == 200
            found[address] = len(asked)
    return found


# --- calendars ---


def test_the_calendars_address_is_read_without_signing_in_until_it_is_revoked(cast, moment):
    meeting = a_called(cast)
    li = client_of(cast.li)
    li.post("/meetings/calendar/make/")
    feed = CalendarFeed.objects.get(user=cast.li)
    address = reverse("calendar_feed", args=[feed.token])
    assert address in text_of(li.get("/meetings/"))
    assert str(meeting.public_id) in text_of(Client().get(address))
    li.post("/meetings/calendar/make/")
    assert Client().get(address).status_code == 404
    li.post("/meetings/calendar/revoke/")
    assert not CalendarFeed.objects.filter(user=cast.li, revoked_at=None).exists()
