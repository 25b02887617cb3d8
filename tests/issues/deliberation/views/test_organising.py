"""Setting a vote up at the desk: a draft, what stands in its way, the notice, a withdrawal by two."""

from datetime import datetime

import pytest
from django.test import Client

from issues.deliberation.models import Motion, MotionState
from tests.cast import NOW, client_of
from tests.issues.deliberation.conftest import VOTING

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def moment(monkeypatch) -> list[datetime]:
    instants = [NOW]
    monkeypatch.setattr("governance.middleware.database_now", lambda: instants[0])
    return instants


def written(cast, rule_set, **changes) -> dict:
    return {
        "title": "动用维修资金更换3栋水泵", "words": "费用12,600元，从维修资金列支。", "estate": cast.estate.pk,
        "building": "", "stairwell": "", "matter": "278-5", "rule_set": rule_set.pk, "kind": "legal",
        "opens_at": "2026-06-04T09:00", "closes_at": "2026-06-11T18:00",
    } | changes  # fmt: skip


def page(client: Client, motion: Motion, verb: str = "") -> str:
    return f"/desk/votes/{motion.public_id}/{verb}"


def test_a_vote_is_drafted_looked_over_and_announced(cast, house, rule_set):
    client = client_of(cast.wu)
    made = client.post("/desk/votes/new/", written(cast, rule_set), follow=True)
    motion = Motion.objects.get()
    shown = made.content.decode()
    assert "700.00" in shown
    assert motion.title in client.get("/desk/votes/").content.decode()
    client.post(page(client, motion, "publish/"))
    motion.refresh_from_db()
    assert motion.state == MotionState.PUBLISHED
    assert client_of(house.owners["ann"]).get(f"/votes/{motion.public_id}/").status_code == 200


def test_what_is_unlawful_is_said_and_nothing_is_announced(cast, house, rule_set):
    client = client_of(cast.wu)
    client.post("/desk/votes/new/", written(cast, rule_set, opens_at="2026-05-20T09:00"))
    motion = Motion.objects.get()
    answer = client.post(page(client, motion, "publish/"))
    assert answer.status_code == 409
    assert "6月2日" in answer.content.decode()
    motion.refresh_from_db()
    assert motion.state == MotionState.DRAFT


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "长" * 81}, "title"),
        ({"words": " "}, "words"),
        ({"estate": ""}, "estate"),
        ({"building": "99栋"}, "building"),
        ({"stairwell": "2"}, "building"),
        ({"stairwell": "-1", "building": "3栋"}, "stairwell"),
        ({"matter": "278-99"}, "matter"),
        ({"kind": "binding"}, "kind"),
        ({"closes_at": ""}, "closes_at"),
        ({"closes_at": "2026-06-04T09:00"}, "closes_at"),
        ({"opens_at": "tomorrow", "closes_at": ""}, "opens_at"),
    ],
)
def test_what_is_written_wrongly_is_named_and_kept(cast, house, rule_set, changes, field):
    answer = client_of(cast.wu).post("/desk/votes/new/", written(cast, rule_set, **changes))
    assert field in answer.context["form"].errors
    assert "费用12,600元" in answer.content.decode() or "words" in changes
    assert not Motion.objects.exists()


def test_an_estate_of_another_street_is_no_choice(cast, house, rule_set):
    answer = client_of(cast.wu).post("/desk/votes/new/", written(cast, rule_set, estate=cast.strange_estate.pk))
    assert "estate" in answer.context["form"].errors


def test_of_two_at_one_draft_the_second_is_told_and_keeps_the_words(cast, make_motion, rule_set):
    motion = make_motion()
    first = client_of(cast.wu).post(page(None, motion, "edit/"), written(cast, rule_set, version="1", title="先改的"))
    assert first.status_code == 302
    second = client_of(cast.sun).post(page(None, motion, "edit/"), written(cast, rule_set, version="1", title="后改的"))
    assert "后改的" in second.content.decode()
    assert second.context["form"].non_field_errors()
    motion.refresh_from_db()
    assert motion.title == "先改的"


def test_two_people_withdraw_a_vote_and_its_page_says_why(cast, house, motion, moment):
    moment[0] = VOTING
    first, second = client_of(cast.wu), client_of(cast.sun)
    assert first.post(page(first, motion, "ask_to_withdraw/"), {"words": ""}).status_code == 400
    first.post(page(first, motion, "ask_to_withdraw/"), {"words": "票样印错了金额"})
    assert first.post(page(first, motion, "withdraw/")).status_code == 403
    second.post(page(second, motion, "withdraw/"))
    motion.refresh_from_db()
    assert motion.state == MotionState.WITHDRAWN
    assert "票样印错了金额" in client_of(house.owners["ann"]).get(f"/votes/{motion.public_id}/").content.decode()


@pytest.mark.parametrize("who", ["li", "zhou", "zheng", "chen", "shen", "stranger"])
@pytest.mark.parametrize("path", ["", "new/", "{}/", "{}/edit/"])
def test_for_those_who_organise_no_votes_there_is_no_such_page(cast, make_motion, who, path):
    motion = make_motion()
    assert client_of(getattr(cast, who)).get(f"/desk/votes/{path.format(motion.public_id)}").status_code == 404


def test_another_streets_officer_sees_nothing_of_it(cast, make_motion):
    motion = make_motion()
    client = client_of(cast.strange_officer)
    assert motion.title not in client.get("/desk/votes/").content.decode()
    for verb in ("", "edit/"):
        assert client.get(page(client, motion, verb)).status_code == 404
    assert client.post(page(client, motion, "publish/")).status_code == 404
