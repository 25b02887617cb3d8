"""Whose it is today, and whose phone rings."""

from datetime import date, timedelta

import pytest

from governance.models import Body, Management, ManagementKind, Notice
from issues.domain import dispatching
from issues.domain.sweep import ring_unaccepted
from issues.models import CategoryHandling, WorkOrder
from tests.cast import NOW, Cast, file, take_in

pytestmark = pytest.mark.django_db

TODAY = date(2026, 5, 15)


def managed(cast: Cast, **changes) -> None:
    Management.objects.filter(estate=cast.estate).update(**changes)


def dispatched(cast: Cast, category: str = "electricity") -> tuple[str, str]:
    order = take_in(file(cast.li, cast.building, category=category))
    return order.body.short_name, order.why_here


def test_the_company_under_contract_gets_it(cast: Cast):
    assert dispatched(cast) == ("恒信物业", "contract")


def test_the_owners_own_committee_gets_it_where_they_manage_themselves(cast: Cast):
    order = take_in(file(cast.xu, cast.self_managed_building))
    assert (order.body, order.why_here) == (cast.committee, "owners")


def test_the_interim_manager_gets_it(cast: Cast):
    managed(cast, kind=ManagementKind.INTERIM, valid_until=TODAY)
    assert dispatched(cast) == ("恒信物业", "interim")


@pytest.mark.parametrize(
    ("changes", "body"),
    [
        ({"valid_until": TODAY}, "恒信物业"),
        ({"valid_until": TODAY - timedelta(days=1)}, "春和社区"),
        ({"valid_from": TODAY}, "恒信物业"),
        ({"valid_from": TODAY + timedelta(days=1)}, "春和社区"),
    ],
)
def test_a_contract_counts_its_first_and_its_last_day(cast: Cast, changes, body):
    managed(cast, **changes)
    assert dispatched(cast)[0] == body


def test_a_contract_ends_at_local_midnight_not_at_that_of_greenwich(cast: Cast):
    managed(cast, valid_until=TODAY)
    past_midnight = NOW.replace(hour=0, minute=1) + timedelta(days=1)  # 16:01 of the same day in UTC
    assert take_in(file(cast.li, cast.building, at=past_midnight)).body == cast.residents_committee


@pytest.mark.parametrize(
    ("category", "body", "why"),
    [
        # The company never sees a complaint about itself: it goes one level up.
        ("complaint", "春和社区", "category"),
        ("dispute", "春和社区", "category"),
        ("unauthorised", "安和街道", "category"),
        ("deeds", "安和街道", "category"),
    ],
)
def test_some_categories_go_past_the_company(cast: Cast, category, body, why):
    assert dispatched(cast, category) == (body, why)


def test_a_complaint_doesnt_reach_whoever_it_is_about_even_if_the_register_says_so(cast: Cast):
    CategoryHandling.objects.filter(category__code="complaint").update(handler="manager")
    assert dispatched(cast, "complaint")[0] == "春和社区"


def test_with_no_committee_entered_the_street_answers(cast: Cast):
    managed(cast, valid_until=TODAY - timedelta(days=1))
    Body.objects.filter(pk=cast.residents_committee.pk).delete()
    assert dispatched(cast) == ("安和街道", "default")


def test_with_nobody_entered_at_all_the_register_is_incomplete(cast: Cast):
    issue = take_in(file(cast.li, cast.building)).issue
    managed(cast, valid_until=TODAY - timedelta(days=1))
    Body.objects.filter(pk__in=[cast.residents_committee.pk, cast.street_office.pk]).delete()
    with pytest.raises(dispatching.NobodyAnswers):
        dispatching.body_for(issue, NOW)


def rung() -> list[str]:
    calls = Notice.objects.filter(message_key="order_rings", channel="voice").order_by("id")
    return list(calls.values_list("recipient__username", flat=True))


def test_phones_ring_one_after_the_other_each_a_minute_later_and_then_no_more(cast: Cast):
    order = take_in(file(cast.li, cast.building))
    assert rung() == ["zhou"]
    for seconds, expected in [(59, 1), (60, 2), (119, 2), (120, 3), (180, 3), (9999, 3)]:
        ring_unaccepted(NOW + timedelta(seconds=seconds))
        assert len(rung()) == expected, seconds
    assert rung() == ["zhou", "liu", "zheng"]
    assert WorkOrder.objects.get(pk=order.pk).ring_next_at is None


def test_at_night_the_night_shift_is_in_the_line(cast: Cast):
    evening = NOW.replace(hour=22)
    take_in(file(cast.li, cast.building, at=evening))
    for minute in range(1, 5):
        ring_unaccepted(evening + timedelta(minutes=minute))
    assert rung() == ["zhou", "liu", "ma", "zheng"]
