"""The first page, for somebody with matters, for a newcomer and for a stranger."""

from datetime import timedelta

import pytest
from django.test import Client

from governance.models import Management, PartyBranch, User
from residents.models import Occupancy, Petition, Resident
from tests.cast import NOW, client_of, draft, file


def home(user):
    return client_of(user).get("/").content.decode()


def file_for(cast, words, **standing):
    """A petition of Li's, with what the storey above would have written down."""
    petition = file(cast.li, cast.building, words=words)
    if standing:
        Petition.objects.filter(pk=petition.pk).update(state="in_hand", **standing)
    return petition


def test_a_stranger_reads_what_this_is_and_whom_to_call(db):
    page = Client().get("/").content.decode()
    for link in ('href="/petitions/new/"', 'href="/account/login/"', 'href="tel:110"', 'href="tel:119"'):
        assert link in page


def test_the_place_and_those_responsible_for_the_door_are_named_by_role_and_surname(cast):
    page = home(cast.li)
    assert "春和苑小区" in page
    assert "3栋" in page
    main = page.split('id="h-who"')[1]
    assert "恒信物业" in main
    assert "0531-55510001" in main
    for surname in ("郑", "赵", "陈"):
        assert surname in main
    for private in (cast.zheng.full_name, cast.zhao.full_name, cast.chen.full_name, cast.zhao.phone):
        assert private not in main
    for elsewhere in ("嘉润物业", "冯"):
        assert elsewhere not in main


def test_without_a_contract_in_force_the_community_answers(cast):
    Management.objects.filter(estate=cast.estate).update(valid_until="2021-01-01")
    main = home(cast.li).split('id="h-who"')[1]
    assert "春和社区" in main
    assert "恒信物业" not in main


def test_the_three_due_next_are_shown_with_their_clock_and_holder(cast):
    for hours, words in ((4, "第四件"), (1, "第一件"), (3, "第三件"), (2, "第二件")):
        file_for(
            cast,
            words,
            next_kind="resolve",
            next_due_at=NOW + timedelta(hours=hours),
            holder_body="恒信物业",
            holder_role="property_staff",
            holder_surname="周",
        )
    file(cast.wang, cast.building, words="别人的事")
    response = client_of(cast.li).get("/")
    page = response.content.decode()
    assert [matter["petition"].words for matter in response.context["matters"]] == ["第一件", "第二件", "第三件"]
    assert response.context["open_count"] == 4
    assert page.count("data-due-box") == 3
    assert "周" in page.split('id="h-mine"')[1]
    assert "别人的事" not in page


@pytest.mark.parametrize("state", ["closed", "withdrawn"])
def test_what_is_over_is_not_open(cast, state):
    over = file_for(cast, "已经好了", finished_at=None)
    if state == "closed":
        Petition.objects.filter(pk=over.pk).update(state="finished", finished_at=NOW + timedelta(hours=1))
    Petition.objects.filter(pk=over.pk).update(state=state, ended_at=NOW if state == "withdrawn" else None)
    assert "已经好了" not in home(cast.li)


def test_a_finished_matter_asks_for_the_persons_word_and_shows_no_clock(cast):
    petition = file_for(cast, "灯修好了", next_kind="resolve", next_due_at=NOW)
    Petition.objects.filter(pk=petition.pk).update(state="finished", finished_at=NOW)
    file_for(cast, "还在办的")
    response = client_of(cast.li).get("/")
    page = response.content.decode()
    assert "灯修好了" in page
    assert "data-due-box" not in page
    assert response.context["open_count"] == 1


def test_a_draft_is_offered_to_go_on_with_and_a_filed_one_is_not(cast):
    begun = draft(cast.li, cast.building, words="还没写完")
    assert f"/petitions/new/{begun.token}/check/" in home(cast.li)
    assert "还没写完" not in home(cast.wang)
    file_for(cast, "写完了")
    assert home(cast.li).count("/petitions/new/") == 2


def test_a_newcomer_is_asked_where_the_door_is_and_can_report_at_once(cast):
    newcomer = User.objects.create_user(phone="+8613912345678")
    page = home(newcomer)
    assert page.count('href="/homes/claim/"') == 2
    assert 'href="/petitions/new/"' in page
    assert 'href="tel:120"' in page


def test_markup_in_words_is_shown_as_text(cast):
    file_for(cast, "<script>alert(1)</script>")
    assert "<script>alert(1)" not in home(cast.li)


@pytest.mark.parametrize("language", ["zh-hans", "en", "ko"])
def test_the_page_is_there_in_each_language_and_mode(cast, language):
    User.objects.filter(pk=cast.li.pk).update(language=language, elder_mode=True)
    file_for(cast, "楼道灯不亮", next_kind="arrive", next_due_at=NOW, holder_body="恒信物业")
    response = client_of(cast.li).get("/")
    assert response.status_code == 200
    assert 'data-mode="elder"' in response.content.decode()


def test_without_a_claimed_home_the_page_costs_no_more(cast, django_assert_max_num_queries):
    Occupancy.objects.all().delete()
    Resident.objects.update_or_create(user=cast.li, defaults={"building": cast.building})
    file_for(cast, "路灯坏了")
    draft(cast.li, cast.building)
    client = client_of(cast.li)
    with django_assert_max_num_queries(11):
        page = client.get("/").content.decode()
    assert "春和苑小区" in page
    assert "恒信物业" in page


def test_thirty_matters_cost_as_many_queries_as_one(cast, django_assert_max_num_queries):
    client = client_of(cast.li)
    draft(cast.li, cast.building, words="草稿")
    counts = []
    for many in (1, 29):
        for number in range(many):
            file_for(cast, f"第{number}件", next_kind="resolve", next_due_at=NOW)
        with django_assert_max_num_queries(11) as seen:
            client.get("/")
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_a_branch_of_another_estate_does_not_answer_for_the_door(cast):
    Occupancy.objects.filter(user=cast.xu).update(state="ended", ended_at=NOW)
    Resident.objects.filter(user=cast.xu).update(building=cast.self_managed_building)
    assert PartyBranch.objects.filter(estate=cast.self_managed).count() == 0
    main = home(cast.xu).split('id="h-who"')[1]
    assert "陈" not in main
    assert "星湖业委会" in main
