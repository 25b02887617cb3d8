"""Who is meant: an account that was closed neither answers nor keeps others from answering."""

import pytest

from governance.models import DutyShift
from issues.domain import people
from issues.models import Audience, WorkOrder
from tests.cast import NOW, Cast, file, take_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(cast: Cast) -> WorkOrder:
    return take_in(file(cast.li, cast.building))


def close_account(user) -> None:
    user.is_active = False
    user.save(update_fields=["is_active"])


def test_a_manager_who_has_left_is_not_told_and_the_staff_is(cast: Cast, order):
    staff = people.staff_of(order.body, NOW)
    told = [([Audience.MANAGER], order)]
    assert people.Directory(NOW).audiences(told) == [[cast.zheng]]

    close_account(cast.zheng)

    assert people.managers_of(order.body, NOW) == []
    assert people.Directory(NOW).audiences(told) == [[user for user in staff if user != cast.zheng]]


def test_with_everybody_in_line_gone_the_phones_of_the_staff_ring(cast: Cast, order):
    staff = people.staff_of(order.body, NOW)
    DutyShift.objects.exclude(user=cast.zhou).delete()
    for user in (cast.zhou, cast.zheng):
        close_account(user)

    assert people.to_ring(order, NOW) == [user for user in staff if user not in (cast.zhou, cast.zheng)] != []
