"""The pages of supervision orders: whose they are, in which order and light, and what a press does."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from governance.domain import roles
from governance.models import Body, BodyKind, Role, User
from governance.work_list import waiting
from issues.domain import ladder, supervision
from issues.models import IssueStep, SupervisionOrder, WorkOrder
from tests.cast import NOW, client_of, file, take_in

pytestmark = pytest.mark.django_db

MISSING = "00000000-0000-0000-0000-000000000000"
ANSWER = {"what_went_wrong": "备件缺货，没有及时告知。", "what_was_done": "已从同行调货。", "by_when": "2026-05-20"}


class Clock:
    """The time on the pages, moved by hand."""

    now = NOW + timedelta(hours=1)

    def __call__(self):
        return self.now


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr("governance.middleware.database_now", clock)
    return clock


@pytest.fixture
def petition(cast):
    return file(cast.li, cast.building)


@pytest.fixture
def asked(cast, petition, clock):
    """Of Hengxin."""
    take_in(petition)
    ladder.fire_due(clock.now, bell="loop")
    return SupervisionOrder.objects.get()


def press(client, one, verb, **facts):
    one.refresh_from_db()
    if verb != "answer" and one.answered_at:
        facts.setdefault("answer_seen_at", one.answered_at.isoformat())
    return client.post(f"/supervisions/{one.public_id}/{verb}/", facts)


def shown(page):
    return [(row["supervision"].pk, row["light"]) for row in page.context["rows"]]


def copies(asked, how_many, **fields):
    """More of them, each for a matter of its own."""
    made = []
    for _number in range(how_many):
        issue = asked.issue
        issue.pk, issue.public_id, issue._state.adding = None, None, True
        issue.public_id = uuid4()
        issue.save()
        escalation = asked.escalation
        clock = escalation.clock
        clock.pk, clock.issue, clock._state.adding = None, issue, True
        clock.save()
        escalation.pk, escalation.clock, escalation._state.adding = None, clock, True
        escalation.save()
        asked.pk, asked.issue, asked.escalation, asked._state.adding = None, issue, escalation, True
        asked.public_id = uuid4()
        for name, value in fields.items():
            setattr(asked, name, value)
        asked.save()
        made.append(SupervisionOrder.objects.get(pk=asked.pk))
    return made


# --- the list ---


def test_the_late_stand_first_then_what_is_due_today_then_what_is_to_be_judged(cast, asked, clock):
    late, today, answered, later, closed = copies(asked, 5)
    now, by = clock.now, {"answered_by": cast.zheng, "answered_at": clock.now, "answer_words": "缺备件"}
    for one, fields in (
        (late, {"answer_due_at": now - timedelta(hours=1)}),
        (today, {"answer_due_at": now + timedelta(hours=1)}),
        (answered, {"state": "answered", **by}),
        (later, {"answer_due_at": now + timedelta(days=9)}),
    ):
        SupervisionOrder.objects.filter(pk=one.pk).update(**fields)
    SupervisionOrder.objects.filter(pk=closed.pk).update(state="settled", settled_at=now)
    first = SupervisionOrder.objects.exclude(pk__in=[each.pk for each in (late, today, answered, later, closed)]).get()
    page = client_of(cast.wu).get("/supervisions/")
    expected = [(late.pk, 0), (today.pk, 1), (answered.pk, 2), (first.pk, 3), (later.pk, 3)]
    assert shown(page) == expected
    assert [tab["count"] for tab in page.context["tabs"]] == [1, 1, 1, 1]
    for tab, row in (("late", expected[0]), ("today", expected[1]), ("judge", expected[2]), ("closed", (closed.pk, 4))):
        assert shown(client_of(cast.wu).get(f"/supervisions/?show={tab}")) == [row]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("?body=恒信物业服务有限公司", 1),
        ("?body=春和社区居民委员会", 0),
        ("?body=嘉润物业服务有限公司", 0),
        ("?show=nonsense", 1),
        ("?page=99999999999999999999", 1),
        ("?page=-1", 1),
        ("?show=late", 0),
    ],
)
def test_the_address_chooses(cast, asked, query, count):
    page = client_of(cast.wu).get(f"/supervisions/{query}")
    assert (page.status_code, len(page.context["rows"])) == (200, count)


def test_a_nul_in_the_address_is_refused(cast):
    assert client_of(cast.wu).get("/supervisions/?body=%00").status_code == 400


@pytest.mark.parametrize("query", ["", "?body=恒信物业服务有限公司"])
def test_thirty_cost_as_many_queries_as_one(cast, asked, django_assert_max_num_queries, query):
    client = client_of(cast.wu)
    counts = []
    for more in (0, 29):
        copies(asked, more)
        with django_assert_max_num_queries(12) as seen:
            page = client.get(f"/supervisions/{query}")
        counts.append(len(seen))
    assert page.context["page"].paginator.count == 30
    assert counts[0] == counts[1]


# --- whose they are ---


@pytest.mark.parametrize(
    ("who", "count"), [("zheng", 1), ("wu", 1), ("sun", 1), ("administrator", 1), ("he", 0), ("strange_worker", 0)]
)
def test_each_sees_what_is_theirs(cast, asked, who, count):
    assert len(client_of(getattr(cast, who)).get("/supervisions/").context["rows"]) == count


@pytest.mark.parametrize("who", ["li", "zhou", "chen", "zhao", "strange_steward"])
def test_for_everybody_else_the_list_is_not_there(cast, asked, who):
    client = client_of(getattr(cast, who))
    assert client.get("/supervisions/").status_code == 404
    assert client.get(f"/supervisions/{asked.public_id}/").status_code == 404
    assert press(client, asked, "answer", **ANSWER).status_code == 404


@pytest.mark.parametrize("who", ["he", "strange_manager", "strange_worker", "strange_officer"])
def test_somebody_elses_looks_like_a_missing_one(cast, asked, who):
    client = client_of(getattr(cast, who))
    for ref in (asked.public_id, MISSING):
        assert client.get(f"/supervisions/{ref}/").status_code == 404
        assert client.post(f"/supervisions/{ref}/answer/", ANSWER).status_code == 404


def test_a_stranger_is_led_to_sign_in(asked):
    for address in ("", f"{asked.public_id}/", f"{MISSING}/"):
        assert Client().get(f"/supervisions/{address}").url == f"/account/login/?next=/supervisions/{address}"


def test_steps_are_pressed_never_followed_and_unknown_ones_are_missing(cast, asked):
    client = client_of(cast.zheng)
    assert client.get(f"/supervisions/{asked.public_id}/answer/").status_code == 405
    assert press(client, asked, "settle").status_code == 404


# --- giving an account, and judging it ---


def test_the_account_goes_its_way(cast, asked, petition):
    manager, community = client_of(cast.zheng), client_of(cast.wu)
    assert press(manager, asked, "answer", **ANSWER).url == f"/supervisions/{asked.public_id}/"
    page = community.get(f"/supervisions/{asked.public_id}/")
    assert ANSWER["what_went_wrong"] in page.content.decode()
    assert [step["verb"] for step in page.context["steps"]] == ["accept_answer", "send_back"]
    press(community, asked, "send_back", words="没有说为什么没人到场。")
    again = manager.get(f"/supervisions/{asked.public_id}/")
    assert "没有说为什么没人到场。" in again.content.decode()
    (step,) = again.context["steps"]
    assert step["form"]["what_was_done"].value() == ANSWER["what_was_done"]
    press(manager, asked, "answer", **ANSWER | {"by_when": "２０２６－０５－２１".replace("－", "-")})
    press(community, asked, "accept_answer")
    asked.refresh_from_db()
    assert (asked.state, asked.judged_by) == ("accepted", cast.wu)
    timeline = client_of(cast.li).get(f"/petitions/{petition.receipt_no}/").content.decode()
    assert ANSWER["what_went_wrong"] not in timeline


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"what_went_wrong": " "}, "what_went_wrong"),
        ({"what_was_done": ""}, "what_was_done"),
        ({"what_was_done": "长" * 2001}, "what_was_done"),
        ({"by_when": ""}, "by_when"),
        ({"by_when": "tomorrow"}, "by_when"),
        ({"by_when": "2026-05-14"}, "by_when"),
        ({"by_when": "2036-05-14"}, "by_when"),
    ],
)
def test_what_is_missing_is_said_on_top_and_what_was_typed_is_kept(cast, asked, changes, field):
    answer = press(client_of(cast.zheng), asked, "answer", **ANSWER | changes)
    text = answer.content.decode()
    assert (answer.status_code, list(answer.context["bound"].errors)) == (400, [field])
    assert "data-error-summary" in text
    kept = next(words for name, words in ANSWER.items() if name != field)
    assert kept in text
    asked.refresh_from_db()
    assert asked.state == "issued"


def test_sending_back_without_words_is_answered_at_the_field(cast, asked):
    press(client_of(cast.zheng), asked, "answer", **ANSWER)
    assert press(client_of(cast.wu), asked, "send_back", words="").status_code == 400


@pytest.mark.parametrize("who", ["zheng", "administrator"])
def test_whoever_may_look_but_not_judge_is_told_so(cast, asked, who):
    press(client_of(cast.zheng), asked, "answer", **ANSWER)
    client = client_of(getattr(cast, who))
    assert client.get(f"/supervisions/{asked.public_id}/").context["steps"] == []
    assert press(client, asked, "accept_answer").status_code == 403


def test_the_second_of_two_judges_learns_who_was_first_and_loses_no_words(cast, asked):
    press(client_of(cast.zheng), asked, "answer", **ANSWER)
    press(client_of(cast.sun), asked, "accept_answer")
    second = press(client_of(cast.wu), asked, "send_back", words="我认为不够清楚")
    assert second.status_code == 409
    assert "孙" in second.context["meanwhile"]["heading"]
    assert "我认为不够清楚" in second.content.decode()


def test_an_answer_given_anew_meanwhile_is_not_judged_unread(cast, asked, clock):
    first, wu = clock.now, client_of(cast.wu)
    press(client_of(cast.zheng), asked, "answer", **ANSWER)
    press(client_of(cast.sun), asked, "send_back", words="不够")
    clock.now += timedelta(minutes=5)
    press(client_of(cast.zheng), asked, "answer", **ANSWER)
    stale = press(wu, asked, "accept_answer", answer_seen_at=first.isoformat())
    assert stale.status_code == 409
    asked.refresh_from_db()
    assert asked.state == "answered"


def test_pressed_twice_it_is_given_once_and_nobody_is_alarmed(cast, asked):
    for _time in range(2):
        assert press(client_of(cast.zheng), asked, "answer", **ANSWER).status_code == 302
    assert IssueStep.objects.filter(verb="supervision_answer").count() == 1


def test_a_departments_liaison_answers_for_the_department(cast, asked, clock):
    police = Body.objects.create(kind=BodyKind.DEPARTMENT, name="云溪派出所", subdistrict=cast.subdistrict)
    liaison = User.objects.create_user("liaison", full_name="尹航", phone="+8613900000001")
    roles.grant(liaison, Role.DEPARTMENT_LIAISON, police, actor="test", at=NOW)
    SupervisionOrder.objects.filter(pk=asked.pk).update(body=police)
    assert press(client_of(liaison), asked, "answer", **ANSWER).status_code == 302
    assert press(client_of(cast.wu), asked, "accept_answer").status_code == 302


def test_the_orders_history_says_that_there_is_an_account_and_not_what_it_says(cast, asked):
    press(client_of(cast.zheng), asked, "answer", **ANSWER)
    order = WorkOrder.objects.get(issue=asked.issue)
    page = client_of(cast.zhou).get(f"/queue/{order.public_id}/").content.decode()
    assert ANSWER["what_went_wrong"] not in page
    said = client_of(cast.zheng).get(f"/supervisions/{asked.public_id}/").context["history"][0]["heading"]
    assert str(said) in page


def test_what_is_past_its_time_stands_on_the_streets_work_list(cast, asked, clock):
    clock.now = asked.answer_due_at + timedelta(seconds=1)
    found = {item.url: item for item in waiting(cast.sun.scope(clock.now), clock.now)}
    item = found["/supervisions/?show=late"]
    assert (item.count, item.urgency, item.names) == (1, "overdue", ("恒信物业",))
    elsewhere = waiting(cast.strange_officer.scope(clock.now), clock.now)
    assert "/supervisions/?show=late" not in {item.url for item in elsewhere}
    assert supervision.link_to(asked) == f"/supervisions/{asked.public_id}/"
