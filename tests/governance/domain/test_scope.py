"""What a person is in charge of, from the first to the last instant."""

from datetime import date, timedelta

import pytest

from governance.domain.managing import management_of
from governance.models import Management, PartyBranch, RoleAssignment
from issues.models import WorkOrder
from tests.cast import NOW, PEOPLE, Cast, file, take_in

pytestmark = pytest.mark.django_db

TODAY = date(2026, 5, 15)


def seen_by(cast: Cast, at=NOW) -> set[str]:
    return {name for name in PEOPLE if WorkOrder.objects.visible_to(getattr(cast, name), at).exists()}


def test_an_order_is_seen_by_its_body_its_community_and_its_street(cast: Cast):
    take_in(file(cast.li, cast.building))
    assert seen_by(cast) == {"zhou", "liu", "ma", "zheng", "wu", "sun", "administrator"}


def test_a_complaint_is_seen_by_nobody_it_is_about(cast: Cast):
    take_in(file(cast.li, cast.building, category="complaint"))
    assert seen_by(cast) == {"wu", "sun", "administrator"}


def test_what_the_street_handles_is_not_the_community_s(cast: Cast):
    take_in(file(cast.li, cast.building, category="unauthorised"))
    assert seen_by(cast) == {"sun", "administrator"}


@pytest.mark.parametrize(
    ("days", "staff_sees_it"),
    [(1, True), (0, True), (-1, False)],
)
def test_a_contract_that_ended_ends_access_at_once(cast: Cast, days, staff_sees_it):
    take_in(file(cast.li, cast.building))
    Management.objects.filter(estate=cast.estate).update(valid_until=TODAY + timedelta(days=days))
    assert ("zhou" in seen_by(cast)) is staff_sees_it
    assert bool(cast.zhou.read_scope(NOW).manages) is staff_sees_it
    assert (management_of(cast.estate.pk, NOW) is not None) is staff_sees_it


@pytest.mark.parametrize(
    ("valid_from", "valid_until", "holds"),
    [
        (timedelta(0), None, True),
        (timedelta(microseconds=1), None, False),
        (timedelta(days=-1), timedelta(microseconds=1), True),
        (timedelta(days=-1), timedelta(0), False),
    ],
)
def test_a_role_begins_at_its_first_instant_and_is_over_at_its_last(cast: Cast, valid_from, valid_until, holds):
    RoleAssignment.objects.filter(user=cast.zhou).update(
        valid_from=NOW + valid_from, valid_until=None if valid_until is None else NOW + valid_until
    )
    assert (cast.hengxin.pk in cast.zhou.read_scope(NOW).bodies) is holds


def test_somebody_who_may_not_sign_in_any_more_is_in_charge_of_nothing(cast: Cast):
    cast.zheng.is_active = False
    scope = cast.zheng.read_scope(NOW)
    assert (scope.bodies, scope.roles, scope.is_staff) == (frozenset(), frozenset(), False)


def test_a_role_in_another_street_shows_nothing_here(cast: Cast):
    take_in(file(cast.stranger, cast.strange_building))
    assert seen_by(cast) == {
        "strange_steward",
        "strange_manager",
        "strange_worker",
        "strange_officer",
        "administrator",
    }


def test_a_secretary_s_branch_gives_no_order_to_see(cast: Cast):
    take_in(file(cast.li, cast.building))
    assert PartyBranch.objects.filter(pk__in=cast.chen.read_scope(NOW).party_branches).exists()
    assert "chen" not in seen_by(cast)


def test_a_scope_costs_two_queries(cast: Cast, django_assert_num_queries):
    with django_assert_num_queries(2):
        cast.zheng.read_scope(NOW)
