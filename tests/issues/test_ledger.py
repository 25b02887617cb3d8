"""What the public ledger of an estate says, and what it never says."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from governance.domain.moment import local_day
from governance.models import Category, Unit
from issues import ledger
from issues.domain import handling, linking, triage
from issues.models import SlaClock
from tests.cast import NOW, Cast, file, take_in

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _moment(monkeypatch) -> None:
    monkeypatch.setattr("governance.middleware.database_now", lambda: NOW)


@pytest.fixture
def street(cast: Cast) -> Cast:
    """Five households in 3栋, two of which were there already; one in 5栋."""
    Unit.objects.bulk_create(Unit(building=cast.building, stairwell=3, number=f"10{n}") for n in (1, 2, 3))
    Unit.objects.create(building=cast.other_building, stairwell=1, number="101")
    return cast


def entries(cast: Cast, now: datetime = NOW) -> list[ledger.Entry]:
    return ledger.entries(ledger.listed(cast.estate), ledger.buildings_told(cast.estate), now)


def page(cast: Cast, **asked: str) -> str:
    response = Client().get(reverse("ledger", args=[cast.estate.public_id]), asked)
    assert response.status_code == 200
    return response.content.decode()


def put_right(cast: Cast, *, filed_at: datetime, minutes: int, **fields):
    """A matter that 周强 accepts at once, comes to after four minutes and finishes after `minutes`."""
    order = take_in(file(cast.li, cast.building, at=filed_at, **fields))
    handling.accept(order, actor=cast.zhou, at=filed_at + MINUTE)
    handling.arrive(order, actor=cast.zhou, at=filed_at + 4 * MINUTE)
    handling.finish(order, actor=cast.zhou, at=filed_at + minutes * MINUTE, words="换了灯泡")
    return order


# --- what it says ---


def test_a_matter_stands_with_its_kind_building_body_promise_and_time(street):
    put_right(street, filed_at=NOW - timedelta(hours=2), minutes=22)
    (entry,) = entries(street)
    assert (entry.issue.category.code, entry.building, entry.body) == ("electricity", street.building, "恒信物业")
    assert (entry.reported_on, entry.took, entry.is_done) == (local_day(NOW), 22 * MINUTE, True)
    assert [(each.kind, each.target, each.took, each.is_kept) for each in entry.promises] == [
        ("arrive", "5 分钟", 4 * MINUTE, True),
        ("resolve", "30 分钟", 22 * MINUTE, True),
    ]


def test_what_took_too_long_says_how_long_and_what_runs_over_says_by_how_much(street):
    put_right(street, filed_at=NOW - timedelta(hours=3), minutes=90)
    take_in(file(street.li, street.building, at=NOW - 40 * MINUTE))
    running, late = entries(street)
    assert [(each.kind, each.took, each.late_by) for each in running.promises] == [
        ("arrive", None, 35 * MINUTE),
        ("resolve", None, 10 * MINUTE),
    ]
    assert late.promises[1].late_by == 60 * MINUTE
    shown = page(street)
    assert "用了 1 小时 30 分" in shown
    assert "已超时 10 分钟" in shown


def test_what_a_plan_has_promised_stands_with_its_day_and_without_an_hour(street):
    order = take_in(file(street.li, street.building, category="wall_crack"))
    handling.accept(order, actor=street.zhou, at=NOW)
    handling.hand_in_plan(order, actor=street.zhou, at=NOW, words="请检测机构来看", fulfil_by=date(2026, 6, 1))
    (entry,) = entries(street)
    assert [(each.kind, each.target, each.by) for each in entry.promises] == [
        ("plan", "1 天", None),
        ("resolve", "", date(2026, 6, 1)),
    ]
    shown = page(street)
    assert "承诺最晚 6月1日 周一 解决" in shown
    assert "23:59" not in shown


def test_a_plans_promise_that_a_merged_matter_has_brought_forward_stands_with_the_earlier_day(street):
    order = take_in(file(street.li, street.building, category="wall_crack", at=NOW - 3 * MINUTE))
    handling.accept(order, actor=street.zhou, at=NOW - 2 * MINUTE)
    handling.hand_in_plan(order, actor=street.zhou, at=NOW, words="请检测机构来看", fulfil_by=date(2026, 6, 1))
    lamp = take_in(file(street.wang, street.building, at=NOW))
    linking.merge(lamp.issue, order.issue, actor=street.wu, at=NOW + MINUTE)
    (entry,) = entries(street, NOW + 40 * MINUTE)
    promised = {each.kind: (each.by, each.late_by) for each in entry.promises}
    assert promised["resolve"] == (local_day(NOW), 10 * MINUTE)


def test_a_matter_that_was_sent_on_stands_with_whoever_has_it_now(street):
    order = take_in(file(street.li, street.building))
    triage.dispatch_to(order.issue, street.department, actor=street.wu, at=NOW + MINUTE)
    (entry,) = entries(street, NOW + 2 * MINUTE)
    assert entry.body == street.department.short_name != order.body.short_name


def test_a_reopened_matter_shows_its_last_round_and_a_void_clock_is_no_promise(street):
    order = put_right(street, filed_at=NOW - timedelta(hours=2), minutes=22)
    SlaClock.objects.filter(issue=order.issue, kind="arrive").update(stopped_at=None, voided_at=NOW)
    (entry,) = entries(street)
    assert [each.kind for each in entry.promises] == ["resolve"]


def test_filters_and_paging_are_kept_in_the_address(street):
    for n in range(21):
        take_in(file(street.li, street.building, at=NOW - n * MINUTE))
    put_right(street, filed_at=NOW - timedelta(hours=5), minutes=20)
    assert page(street).count("<article") == 20
    assert page(street, page="2").count("<article") == 2
    assert page(street, show="done").count("<article") == 1
    assert page(street, show="open", page="2").count("<article") == 1
    assert "show=open&amp;page=2" in page(street, show="open")


def test_the_last_ninety_days_are_summed_up_and_too_few_are_not_told(street):
    for n in range(4):
        put_right(street, filed_at=NOW - timedelta(days=1, hours=n), minutes=20)
    assert ledger.summary(street.estate, NOW) == ledger.Summary(None, None, None, None, None)
    put_right(street, filed_at=NOW - timedelta(days=2), minutes=50)
    put_right(street, filed_at=NOW - timedelta(days=91), minutes=20)
    summed = ledger.summary(street.estate, NOW)
    assert (summed.reported, summed.done, summed.kept, summed.due, summed.kept_percent) == (5, 5, 4, 5, "80 %")
    assert "5 件中 4 件" in page(street)


def test_a_share_is_rounded_down(street):
    assert ledger.Summary(300, 300, 299, 300, None).kept_percent == "99 %"


# --- what it never says ---


@pytest.mark.parametrize(
    "category", ["dispute", "deeds", "old_people", "complaint", "complaint_community", "noise", "pets", "other"]
)
def test_quarrels_complaints_care_and_deeds_are_never_itemised(street, category):
    take_in(file(street.li, street.building, category=category, words="楼上半夜跺脚"))
    take_in(file(street.li, street.building))
    assert [each.issue.category.code for each in entries(street)] == ["electricity"]
    shown = page(street)
    assert shown.count("<article") == 1
    assert "跺脚" not in shown


def test_nobody_can_make_a_quarrel_public(street):
    with pytest.raises(IntegrityError, match="quarrels_are_never_listed"), transaction.atomic():
        Category.objects.filter(code="dispute").update(is_listed=True)


def test_neither_words_nor_names_nor_doors_nor_instants_are_on_the_page(street):
    at = NOW - timedelta(hours=2)
    put_right(street, filed_at=at, minutes=22, words="我家 301 门口的灯坏了", stairwell=2, spot="三层 301 门口")
    shown = page(street)
    assert "灯不亮" in shown
    for secret in ("301", "单元", "门口", "李", "秀英", "周强", "周管家", "换了灯泡", "12:17", "12:39"):
        assert secret not in shown, secret


def test_a_building_with_fewer_than_five_households_is_neither_named_nor_offered(street):
    take_in(file(street.li, street.other_building))
    (entry,) = entries(street)
    assert entry.building is None
    assert "5栋" not in page(street)
    # Asked for by name it is no filter either: who asks learns nothing.
    assert page(street, building="5栋").count("<article") == 1
    assert page(street, building="3栋").count("<article") == 0


@pytest.mark.parametrize(("neighbours", "told"), [(4, None), (5, 5)])
def test_how_many_said_the_same_is_told_from_five_on(street, neighbours, told):
    first = file(street.li, street.building)
    issue = take_in(first).issue
    for person in (street.wang, street.xu, street.bai, street.tian)[: neighbours - 1]:
        take_in(file(person, street.building, same_as=first, at=NOW + MINUTE))
    (entry,) = entries(street, NOW + 2 * MINUTE)
    assert (entry.issue, entry.voices) == (issue, told)


def test_somebody_who_was_taken_off_a_matter_is_no_voice_of_it(street):
    first = file(street.li, street.building)
    take_in(first)
    neighbours = [
        file(person, street.building, same_as=first, at=NOW + MINUTE)
        for person in (street.wang, street.xu, street.bai, street.tian)
    ]
    for petition in neighbours:
        take_in(petition)
    linking.unlink(neighbours[0], actor=street.wu, at=NOW + 2 * MINUTE)
    assert {each.voices for each in entries(street, NOW + 3 * MINUTE)} == {None}


def test_what_was_withdrawn_declined_or_merged_is_not_listed(street):
    from residents.domain.petitions import withdraw

    petition = file(street.li, street.building)
    take_in(petition)
    withdraw(petition, actor=street.li, at=NOW + MINUTE)
    assert entries(street) == []


def test_another_estates_matters_stand_in_its_own_ledger(street):
    take_in(file(street.stranger, street.strange_building))
    assert entries(street) == []


# --- the pages ---


def test_an_unknown_estate_is_missing(db):
    assert Client().get("/estates/00000000-0000-4000-8000-000000000000/ledger/").status_code == 404


def test_estates_are_found_by_name_address_or_community(cast):
    found = {
        words: [each.name for each in ledger.estates_told(words)]
        for words in ("", "春和", "湖滨", "桃园社区", "没有这个")
    }
    assert found == {
        "": ["桃园里小区", "星湖家园", "春和苑小区"],
        "春和": ["星湖家园", "春和苑小区"],
        "湖滨": ["星湖家园"],
        "桃园社区": ["桃园里小区"],
        "没有这个": [],
    }


def test_an_ended_estate_is_offered_no_more(cast):
    cast.estate.ended_on = local_day(NOW)
    cast.estate.save()
    assert "春和苑小区" not in Client().get("/estates/").content.decode()


@pytest.mark.parametrize(
    "asked", [{"page": "0"}, {"page": "9" * 30}, {"show": "late"}, {"building": "9栋"}, {"q": "%_\\"}]
)
def test_bad_addresses_are_answered_with_a_page(street, asked):
    take_in(file(street.li, street.building))
    assert page(street, **asked).count("<article") == 1
    assert Client().get("/estates/", asked).status_code == 200


def test_thirty_matters_cost_no_more_queries_than_one(street):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            page(street)
        return len(captured)

    take_in(file(street.li, street.building))
    with_one = queries()
    for n in range(1, 30):
        take_in(file(street.li, street.building, at=NOW - n * MINUTE))
    assert queries() == with_one <= 12
