"""A survey on its pages: drawn up at the desk, answered at home and on paper, its result and its lists."""

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from issues.deliberation.models import Survey, SurveyAnswer, SurveyItem, SurveySheet, Topic
from tests.cast import NOW, client_of
from tests.issues.deliberation.survey import DURING, ENDS, a_closed, a_draft, a_published, answers, doors, home_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def moment(monkeypatch):
    """Sets the instant at which pages are asked for."""

    def to(at):
        monkeypatch.setattr("governance.middleware.database_now", lambda: at)

    to(NOW)
    return to


def desk(survey, verb=""):
    return f"/desk/surveys/{survey.public_id}/{verb}"


def page(survey, part=""):
    return f"/surveys/{survey.public_id}/{part}"


def text_of(response):
    return response.content.decode()


def sheet(survey, user, **given):
    """What the page of the survey sends: the first two problems, as the form has them."""
    several = survey.questions.get(position=1)
    options = [str(each) for each in several.options.values_list("public_id", flat=True)[:2]]
    return {"home": str(home_of(user).public_id), "q1": options, "q3": "4", "q4": "", "q5": "太暗"} | given


def test_a_survey_from_the_form_to_a_topic_with_its_story(cast, moment):
    """Every press on its page, by those whose press it is."""
    wu, li = client_of(cast.wu), client_of(cast.li)
    begun = wu.post(
        "/desk/surveys/new/",
        {"title": "接管前的需求调查", "words": "先问问大家。", "place": f"estate-{cast.estate.pk}", "buildings": "3栋",
         "counted_by": "home", "starts_at": "2026-05-16T09:00", "ends_at": "2026-05-30T09:00"},
    )  # fmt: skip
    survey = Survey.objects.get()
    assert begun.url == desk(survey)
    assert wu.post(desk(survey, "publish/")).status_code == 409
    assert wu.post(desk(survey, "ask/"), {"words": "最急的问题？", "kind": "one", "options": "路灯"}).status_code == 400
    asked = {
        "words": "最急的问题？",
        "kind": "one",
        "options": "路灯\n停车",
        "asks_for": "problems",
        "is_required": "on",
    }
    wu.post(desk(survey, "ask/"), asked)
    wu.post(desk(survey, "ask/"), {"words": "还想说什么？", "kind": "words"})
    assert wu.post(desk(survey, "publish/")).status_code == 302
    moment(DURING)
    lamp = survey.questions.get(position=1).options.get(words="路灯")
    sent = {"home": str(home_of(cast.li).public_id), "q1": str(lamp.public_id), "q2": "太暗"}
    assert li.post(page(survey, "answer/"), sent).status_code == 302
    assert "checked" in text_of(li.get(page(survey)))
    for unit in doors(cast.building, 5):
        typed = {"channel": "visit", "building": cast.building.pk, "stairwell": "1", "number": unit.number,
                 "q1": str(lamp.public_id), "q2": "", "sending": uuid4()}  # fmt: skip
        assert wu.post(desk(survey, "sheet/"), typed).status_code == 302
    moment(ENDS)
    shown = text_of(wu.get(desk(survey)))
    assert "太暗" in shown
    assert "太暗" not in text_of(li.get(page(survey)))
    wu.post(desk(survey, "release/"), {"answer": str(SurveyAnswer.objects.words_of(survey).get().public_id)})
    assert "太暗" in text_of(li.get(page(survey)))
    wu.post(desk(survey, "take_over/"), {"options": [str(lamp.public_id)]})
    wu.post(desk(survey, "add_item/"), {"kind": "needs", "words": "楼道扶手", "named_by": "2"})
    item, need = SurveyItem.objects.order_by("-kind")
    wu.post(desk(survey, "settle/"), {"item": str(need.public_id), "words": "六月装好"})
    make = f"/desk/topics/new/?item={item.public_id}"
    assert "路灯" in text_of(wu.get(make))
    made = wu.post(
        make,
        {"title": "3栋路灯", "words": "六户都说暗。", "community": cast.community.pk, "estate": cast.estate.pk,
         "sending": "00000000-0000-4000-8000-000000000009"},
    )  # fmt: skip
    topic = Topic.objects.get()
    assert made.url == f"/desk/topics/{topic.public_id}/"
    told = text_of(li.get(page(survey)))
    assert "六月装好" in told
    assert topic.title not in told
    Topic.objects.filter(pk=topic.pk).update(is_public=True)
    assert f"/topics/{topic.public_id}/" in text_of(client_of(cast.stranger).get(page(survey)))
    assert survey.title in text_of(li.get(f"/topics/{topic.public_id}/"))


@pytest.mark.parametrize(
    "given",
    [
        {"q1": []},
        {"q1": "foreign"},
        {"q1": "all"},
        {"q1": "漏水"},
        {"q3": "9"},
        {"q4": "-1"},
        {"q4": "很多"},
        {"q5": "长" * 100_000},
        {"q5": "楼道太\x00暗"},
    ],
    ids=["missing", "foreign", "too_many", "no_id", "scale", "negative", "words", "long", "nul"],
)
def test_a_mistake_is_said_and_nothing_is_lost(cast, moment, given):
    survey, other = a_published(cast), a_published(cast, title="另一份调查")
    moment(DURING)
    (wrong,) = given
    options = {"foreign": other.questions.first(), "all": survey.questions.first()}
    if chosen := options.get(str(given.get("q1"))):
        given = {"q1": [str(each) for each in chosen.options.values_list("public_id", flat=True)]}
    sent = sheet(survey, cast.li, **{"q5": "楼道太暗", "q3": "4"} | given)
    response = client_of(cast.li).post(page(survey, "answer/"), sent)
    assert response.status_code == 400
    assert re.findall(r'href="#id_(q\d)"', text_of(response)) == [wrong]
    assert sent["q5"].replace("\x00", "") in text_of(response)
    assert "checked" in text_of(response)
    assert not SurveySheet.objects.exists()


def test_of_another_estate_or_not_published_there_is_no_survey(cast, moment):
    survey, draft = a_published(cast), a_draft(cast)
    moment(DURING)
    for who in (cast.stranger, cast.xu, cast.zheng, cast.strange_worker):
        assert client_of(who).get(page(survey)).status_code == 404
        assert client_of(who).post(page(survey, "answer/"), sheet(survey, cast.li)).status_code == 404
        assert survey.title not in text_of(client_of(who).get("/surveys/"))
        assert client_of(who).get(desk(survey)).status_code == 404
    for who in (cast.li, cast.wu):
        assert client_of(who).get(page(draft)).status_code == 404
    assert client_of(cast.wu).get(page(survey)).status_code == 200
    assert client_of(cast.wu).post(page(survey, "answer/"), sheet(survey, cast.li)).status_code == 403
    assert not SurveySheet.objects.exists()


def test_two_taps_are_one_answer_and_after_the_close_there_is_none(cast, moment):
    survey = a_published(cast)
    moment(DURING)
    li = client_of(cast.li)
    for _tap in range(2):
        assert li.post(page(survey, "answer/"), sheet(survey, cast.li)).status_code == 302
    assert SurveySheet.objects.count() == 1
    moment(ENDS)
    assert li.post(page(survey, "answer/"), sheet(survey, cast.li)).status_code == 409


def test_what_a_home_said_itself_is_said_beside_the_door(cast, moment):
    survey = a_published(cast)
    answers(survey, cast.li, "路灯")
    moment(DURING)
    typed = sheet(survey, cast.li) | {
        "channel": "paper", "building": cast.building.pk, "stairwell": "2", "number": "301",
        "sending": "00000000-0000-4000-8000-000000000001",
    }  # fmt: skip
    response = client_of(cast.wu).post(desk(survey, "sheet/"), typed)
    assert 'href="#id_number"' in text_of(response)
    assert SurveySheet.objects.get().by == cast.li


def test_the_desk_sees_no_answer_before_the_close_and_never_whose(cast, moment):
    survey = a_published(cast)
    answers(survey, cast.li, "路灯", words="楼道太暗")
    moment(DURING)
    assert "楼道太暗" not in text_of(client_of(cast.wu).get(desk(survey)))
    closed = a_closed(cast)
    moment(ENDS)
    # Of the page what is read: the ids in it may hold any number.
    shown = re.sub(r"<[^>]*>", " ", text_of(client_of(cast.wu).get(desk(closed))))
    assert "李家老人摔过" in shown
    assert cast.li.full_name not in shown
    assert cast.unit.number not in shown


def test_a_long_survey_costs_as_many_queries_as_a_short_one(cast, moment):
    survey = a_closed(cast)
    moment(ENDS)

    def queries(client, address):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(address).status_code == 200
        return len(asked)

    wu, li = client_of(cast.wu), client_of(cast.li)
    addresses = ((wu, "/desk/surveys/"), (li, "/surveys/"), (li, page(survey)))
    before = [queries(*each) for each in addresses]
    for number in range(4):
        a_published(cast, title=f"调查{number}")
    assert [queries(*each) for each in addresses] == before
