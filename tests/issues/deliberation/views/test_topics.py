"""Topics as people use them: brought up on a phone, made at the desk, looked at, supported, followed and judged."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from governance.models import User
from issues.deliberation.domain import vetting
from issues.deliberation.models import Motion, Topic, TopicOrigin, TopicState, VettingReason
from tests.cast import NOW, Cast, client_of, file, take_in
from tests.issues.deliberation.conftest import House
from tests.issues.deliberation.domain.test_topics import COMMON, OVER, raised

pytestmark = pytest.mark.django_db
WORDS = {"title": "3栋后面建车棚", "words": "电动车在楼道里充电，去年烧过一回。", "costs": "约6万元"}


@pytest.fixture(autouse=True)
def _at_the_moment_of_the_cast(monkeypatch):
    monkeypatch.setattr("governance.middleware.database_now", lambda: NOW)


def text_of(user: User | None, path: str) -> str:
    response = (client_of(user) if user else Client()).get(path)
    assert response.status_code == 200, path
    return response.content.decode()


def press(user: User, path: str, **data) -> str:
    """Where the press leads."""
    response = client_of(user).post(path, data)
    assert response.status_code == 302, response.content.decode()[:3000]
    return response["Location"]


class TestBringingUp:
    def test_a_resident_brings_one_up_and_a_second_press_changes_nothing(self, cast: Cast):
        sent = {**WORDS, "estate": cast.estate.pk, "sending": uuid4()}
        first, second = (press(cast.li, "/topics/new/", **sent) for _each in range(2))
        assert first == second == f"/topics/{Topic.objects.get().public_id}/"
        page = text_of(cast.li, first)
        assert "陈书记把关" in page
        assert "5月22日" in page

    def test_what_is_missing_is_said_and_the_words_stay(self, cast: Cast):
        response = client_of(cast.li).post(
            "/topics/new/", {**WORDS, "title": "", "estate": cast.estate.pk, "sending": uuid4()}
        )
        page = response.content.decode()
        assert "错误：" in page
        assert WORDS["words"] in page
        assert not Topic.objects.exists()

    def test_nobody_brings_up_a_topic_of_an_estate_where_they_have_no_home(self, cast: Cast):
        sent = {**WORDS, "estate": cast.estate.pk, "sending": uuid4()}
        assert client_of(cast.xu).post("/topics/new/", sent).status_code == 200
        assert "请先选您的住处" in text_of(cast.zhou, "/topics/new/")
        assert not Topic.objects.exists()

    def test_a_tenant_cannot_gather_support_and_is_told_so(self, cast: Cast):
        sent = {**WORDS, "estate": cast.estate.pk, "sending": uuid4(), "gather": "on"}
        page = client_of(cast.wang).post("/topics/new/", sent).content.decode()
        assert "已核实的业主" in page
        assert not Topic.objects.exists()

    def test_the_desk_makes_one_of_a_matter_with_its_petitions(self, cast: Cast):
        petition = file(cast.li, cast.building)
        matter = take_in(petition).issue
        form = text_of(cast.wu, f"/desk/topics/new/?matter={matter.public_id}")
        assert petition.receipt_no in form
        sent = {**WORDS, "community": cast.community.pk, "estate": cast.estate.pk, "building": "3栋", "stairwell": "1",
                "receipts": petition.receipt_no.lower().replace("-", " ", 0), "sending": uuid4()}  # fmt: skip
        press(cast.wu, "/desk/topics/new/", **sent)
        topic = Topic.objects.get()
        assert (topic.origin, topic.building, topic.stairwell) == (TopicOrigin.PETITIONS, cast.building, 1)
        assert topic.petition_rows.get().petition == petition

    @pytest.mark.parametrize("receipt", ["SQ-2222-2222", "someone", "' OR 1=1"])
    def test_a_receipt_number_that_is_nobodys_is_named(self, cast: Cast, receipt: str):
        sent = {**WORDS, "community": cast.community.pk, "estate": "", "receipts": receipt, "sending": uuid4()}
        page = client_of(cast.wu).post("/desk/topics/new/", sent).content.decode()
        assert "您这里没有这些编号" in page
        assert not Topic.objects.exists()

    def test_a_petition_of_another_street_is_as_unknown_as_one_that_is_not_there(self, cast: Cast):
        petition = file(cast.stranger, cast.strange_building)
        take_in(petition)
        sent = {**WORDS, "community": cast.community.pk, "estate": "", "receipts": petition.receipt_no,
                "sending": uuid4()}  # fmt: skip
        assert "您这里没有这些编号" in client_of(cast.wu).post("/desk/topics/new/", sent).content.decode()

    def test_a_complaint_about_the_community_s_people_is_not_the_community_s_to_make_a_topic_of(self, cast: Cast):
        petition = file(cast.li, cast.building, category="complaint_community")
        take_in(petition)
        sent = {**WORDS, "community": cast.community.pk, "estate": "", "receipts": petition.receipt_no,
                "sending": uuid4()}  # fmt: skip
        assert "您这里没有这些编号" in client_of(cast.wu).post("/desk/topics/new/", sent).content.decode()


class TestVetting:
    def test_the_secretary_takes_it_up_and_everybody_reads_who_and_why(self, cast: Cast):
        topic = raised(cast)
        address = f"/topics/{topic.public_id}/"
        assert Client().get(address).status_code == 404
        press(
            cast.chen, f"/desk/topics/{topic.public_id}/accept/",
            **{"accept-reason": "common", "accept-words": "三个楼道都有人反映，<b>要</b>大家商量。"},
        )  # fmt: skip
        page = text_of(None, address)
        for said in ("陈书记", "关系到这里的很多人。", "&lt;b&gt;要&lt;/b&gt;大家商量", "通过把关"):
            assert said in page
        assert cast.chen.full_name not in page

    def test_without_a_reason_nothing_is_decided_and_the_words_stay(self, cast: Cast):
        topic = raised(cast)
        response = client_of(cast.chen).post(
            f"/desk/topics/{topic.public_id}/decline/", {"decline-words": "说清楚再来。"}
        )
        assert response.status_code == 400
        assert "请选理由" in response.content.decode()
        assert "说清楚再来。" in response.content.decode()
        topic.refresh_from_db()
        assert topic.state == TopicState.RAISED

    def test_a_reason_that_nobody_offers_is_refused(self, cast: Cast):
        topic = raised(cast)
        sent = {"accept-reason": "private", "accept-words": "好"}
        assert client_of(cast.chen).post(f"/desk/topics/{topic.public_id}/accept/", sent).status_code == 400

    def test_joined_and_split_on_the_page(self, cast: Cast):
        petitions = [file(user, cast.building) for user in (cast.li, cast.wang)]
        one, other = raised(cast, *petitions), raised(cast, title="学校路停车")
        press(
            cast.chen, f"/desk/topics/{one.public_id}/split/",
            **{"split-title": "校门口护栏", "split-about": "装护栏。", "split-words": "两件事。",
               "split-petitions": [petitions[0].receipt_no]},
        )  # fmt: skip
        led_to = press(
            cast.chen, f"/desk/topics/{one.public_id}/merge/",
            **{"merge-into": other.pk, "merge-words": "同一件事。"},
        )  # fmt: skip
        assert led_to == f"/desk/topics/{other.public_id}/"
        part = Topic.objects.get(split_from=one)
        assert [row.petition for row in part.petition_rows.filter(ended_at=None)] == petitions[:1]
        assert [row.petition for row in other.petition_rows.filter(ended_at=None)] == petitions[1:]

    def test_petitions_are_attached_later_once_each(self, cast: Cast):
        topic, petition = raised(cast), file(cast.li, cast.building)
        take_in(petition)
        for _each in range(2):
            press(cast.wu, f"/desk/topics/{topic.public_id}/attach/", **{"attach-receipts": petition.receipt_no})
        assert topic.petition_rows.count() == 1

    def test_two_secretaries_at_once_the_second_is_told(self, cast: Cast):
        topic = raised(cast)
        vetting.accept(topic, COMMON, actor=cast.sun, at=NOW)
        sent = {"accept-reason": "common", "accept-words": "好"}
        response = client_of(cast.chen).post(f"/desk/topics/{topic.public_id}/accept/", sent)
        assert response.status_code == 409
        assert topic.vettings.count() == 1

    def test_a_vote_is_prepared_from_the_topic(self, cast: Cast, house: House, rule_set):
        topic = raised(cast)
        vetting.accept(topic, COMMON, actor=cast.chen, at=NOW)
        form = text_of(cast.wu, f"/desk/votes/new/?topic={topic.public_id}")
        assert topic.words in form
        press(
            cast.wu, f"/desk/votes/new/?topic={topic.public_id}", topic=topic.pk, estate=cast.estate.pk, title="装护栏",
            words="装护栏。", matter="278-5", rule_set=rule_set.pk, kind="consultative",
        )  # fmt: skip
        assert Motion.objects.get().topic == topic


class TestTheStory:
    def test_before_somebody_has_looked_at_it_only_those_concerned_read_it(self, cast: Cast):
        petition = file(cast.li, cast.building)
        topic = raised(cast, petition)
        statuses = {
            name: client_of(getattr(cast, name)).get(f"/topics/{topic.public_id}/").status_code
            for name in ("li", "wu", "chen", "sun", "wang", "zheng", "stranger")
        }
        assert statuses == {"li": 200, "wu": 200, "chen": 200, "sun": 200, "wang": 404, "zheng": 404, "stranger": 404}

    def test_no_name_of_a_resident_stands_on_it(self, cast: Cast):
        topic = raised(cast, file(cast.li, cast.building), file(cast.wang, cast.building))
        vetting.accept(topic, COMMON, actor=cast.chen, at=NOW)
        page = text_of(None, f"/topics/{topic.public_id}/")
        assert "居民提出 2 件诉求" in page
        for person in (cast.li, cast.wang, cast.chen):
            assert person.full_name not in page

    def test_an_owner_supports_it_and_takes_it_back(self, cast: Cast, house: House, rule_set):
        topic = raised(cast, origin=TopicOrigin.OWNERS, by=house.owners["ann"])
        ann = house.owners["ann"]
        address = f"/topics/{topic.public_id}/"
        assert "撤回附议" in text_of(ann, address)
        press(ann, f"{address}support/", back="yes")
        assert "我也要求" in text_of(ann, address)
        press(house.owners["ben"], f"{address}support/")
        assert "要由业主大会" in text_of(None, address)

    def test_residents_judge_a_closed_one_and_an_average_stands_only_from_five_on(self, cast: Cast):
        topic = raised(cast)
        vetting.accept(topic, COMMON, actor=cast.chen, at=NOW)
        vetting.close(topic, OVER, actor=cast.chen, at=NOW)
        address = f"/topics/{topic.public_id}/"
        assert client_of(cast.li).post(f"{address}judge/", {"stars": "9"}).status_code == 400
        press(cast.li, f"{address}judge/", stars="4", is_solved="yes")
        page = text_of(cast.li, address)
        assert "您已评价" in page
        assert "满五人才显示平均分" in page

    @pytest.mark.parametrize("language", ["en", "ko"])
    def test_in_other_languages(self, cast: Cast, language: str):
        topic = raised(cast, file(cast.li, cast.building))
        vetting.accept(topic, COMMON, actor=cast.chen, at=NOW)
        with translation.override(language):
            expected = translation.gettext("Who vetted it, and why")
        browser = Client()
        browser.cookies["django_language"] = language
        assert expected in browser.get(f"/topics/{topic.public_id}/").content.decode()


@pytest.mark.parametrize(("name", "address"), [("li", "/topics/"), ("chen", "/desk/topics/")])
def test_thirty_topics_cost_no_more_queries_than_one(cast: Cast, name: str, address: str):
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            text_of(getattr(cast, name), address)
        return len(asked)

    vetting.accept(raised(cast), COMMON, actor=cast.chen, at=NOW)
    one = cost()
    for number in range(29):
        vetting.accept(raised(cast, title=f"议题 {number}"), COMMON, actor=cast.chen, at=NOW)
    assert cost() <= one + 1


def test_why_it_was_passed_on_may_stay_between_those_concerned(cast: Cast):
    topic = raised(cast, by=cast.li, origin=TopicOrigin.RESIDENT)
    sent = {"refer-reason": VettingReason.ELSEWHERE.value, "refer-words": "已转交警大队。"}
    press(cast.chen, f"/desk/topics/{topic.public_id}/refer/", **sent)
    assert Client().get(f"/topics/{topic.public_id}/").status_code == 404
    assert "已转交警大队。" in text_of(cast.li, f"/topics/{topic.public_id}/")


def test_the_estates_ledger_leads_to_what_everybody_may_read(cast: Cast):
    hidden, shown, wide = (
        raised(cast, title="还没看过"),
        raised(cast, title="校门口"),
        raised(cast, title="全社区", estate=None),
    )
    for topic in (shown, wide):
        vetting.accept(topic, COMMON, actor=cast.sun, at=NOW)
    page = text_of(None, f"/estates/{cast.estate.public_id}/ledger/")
    assert [str(each.public_id) in page for each in (hidden, shown, wide)] == [False, True, True]
    assert str(shown.public_id) not in text_of(None, f"/estates/{cast.self_managed.public_id}/ledger/")
