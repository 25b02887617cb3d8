"""Giving and ending roles."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from governance.domain import roles
from governance.models import ROLE_HELD_AT, AuditEntry, Role, RoleAssignment
from tests.cast import NOW, Cast

pytestmark = pytest.mark.django_db


def test_a_role_given_twice_is_held_once_and_on_record_once(cast: Cast):
    for _again in range(2):
        roles.grant(cast.li, Role.PROPERTY_STAFF, cast.hengxin, actor=cast.zheng, at=NOW)
    assert RoleAssignment.objects.filter(user=cast.li).count() == 1
    assert AuditEntry.objects.filter(verb="grant").count() == 1


def test_a_role_that_ended_may_be_given_again(cast: Cast):
    first = roles.grant(cast.li, Role.PROPERTY_STAFF, cast.hengxin, actor="test", at=NOW)
    for _again in range(2):
        roles.revoke(first, actor="test", at=NOW + timedelta(days=1))
    assert AuditEntry.objects.filter(verb="revoke").count() == 1
    again = roles.grant(cast.li, Role.PROPERTY_STAFF, cast.hengxin, actor="test", at=NOW + timedelta(days=2))
    assert again != first
    assert cast.hengxin.pk in cast.li.scope(NOW + timedelta(days=2)).bodies
    assert cast.hengxin.pk not in cast.li.scope(NOW + timedelta(days=1)).bodies


@pytest.mark.parametrize("role", list(Role))
def test_each_role_is_held_where_it_belongs_and_nowhere_else(cast: Cast, role):
    places = {
        "estate": cast.estate,
        "body": cast.hengxin,
        "grid_unit": cast.grid_unit,
        "party_branch": cast.branch,
        "community": cast.community,
        "subdistrict": cast.subdistrict,
        None: None,
    }
    for key, place in places.items():
        held_at = {key: place} if key else {}
        if ROLE_HELD_AT[role] == key:
            RoleAssignment.objects.create(user=cast.li, role=role, valid_from=NOW, **held_at)
            continue
        with pytest.raises(IntegrityError), transaction.atomic():
            RoleAssignment.objects.create(user=cast.li, role=role, valid_from=NOW, **held_at)
