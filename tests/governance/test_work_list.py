"""The work list: what waits, in whose scope, in which order, in how few questions."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from governance import work_list
from governance.models import (
    Building,
    CalendarYear,
    Estate,
    GridUnit,
    Management,
    MemberKind,
    Membership,
    Notice,
    PartyMember,
    Role,
    RoleAssignment,
    Standing,
)
from governance.work_list import WaitingRows, WorkItem
from issues.models import SweepRun
from tests.cast import LONG_AGO, NOW, Cast, client_of
from tests.governance.admin.registry import a_notice


def items_of(user) -> dict[str, WorkItem]:
    """What waits for `user`, by the address it leads to."""
    return {item.url: item for item in work_list.waiting(user.read_scope(NOW), NOW)}


@pytest.fixture
def governed(cast: Cast) -> Cast:
    """Everything is in order in the cast's street, its branch and the portal."""
    SweepRun.objects.create(bell="loop", started_at=timezone.now(), finished_at=timezone.now())
    for number in range(3):
        member = PartyMember.objects.create(
            community=cast.community, number=str(number), full_name="党员", kind=MemberKind.RESIDENT
        )
        Membership.objects.create(member=member, branch=cast.branch, standing=Standing.FULL, since=date(2020, 1, 1))
    for role in (Role.GRID_LEADER, Role.GRID_WORKER):
        for grid_unit in GridUnit.objects.filter(community__subdistrict=cast.subdistrict):
            RoleAssignment.objects.get_or_create(
                role=role, grid_unit=grid_unit, user=cast.zhao, defaults={"valid_from": LONG_AGO}
            )
    Estate.objects.filter(community__subdistrict=cast.subdistrict).exclude(
        managements__in=Management.objects.in_force(NOW.date())
    ).update(ended_on=date(2026, 1, 1))
    return cast


def test_with_all_in_order_the_page_says_so(governed):
    assert items_of(governed.sun) == {}
    page = client_of(governed.sun).get("/console/").content.decode()
    assert '<ol class="work">' not in page
    assert 'class="empty"' in page


@pytest.mark.parametrize(
    ("break_it", "url", "urgency", "names"),
    [
        (
            lambda cast: Management.objects.filter(estate=cast.estate).update(valid_until=NOW.date() - timedelta(1)),
            "/console/governance/estate/?managed=no", "overdue", ("春和苑小区",),
        ),
        (
            lambda cast: Management.objects.filter(estate=cast.estate).update(valid_until=NOW.date() + timedelta(30)),
            "/console/governance/management/?lasts=no", "soon", ("春和苑小区",),
        ),
        (
            lambda cast: cast.grid_unit.assignments.filter(role=Role.GRID_LEADER).update(valid_until=NOW),
            "/console/governance/gridunit/?leader=no&standing=yes", "soon", ("春和社区 第三网格",),
        ),
        (
            lambda cast: cast.grid_unit.assignments.filter(role=Role.GRID_WORKER).update(valid_until=NOW),
            "/console/governance/gridunit/?worker=no&standing=yes", "ordinary", ("春和社区 第三网格",),
        ),
        (
            lambda cast: Building.objects.filter(pk=cast.building.pk).update(grid_unit=None),
            "/console/governance/building/?grid_unit__isnull=True&standing=yes", "ordinary", ("春和苑小区 3栋",),
        ),
        (
            lambda cast: a_notice(cast, cast.li, cast.subdistrict, "one"),
            "/not-reached/", "overdue", (),
        ),
        (
            lambda cast: CalendarYear.objects.filter(year=2026).delete(),
            "/console/governance/calendaryear/", "soon", (),
        ),
    ],
)  # fmt: skip
def test_what_is_amiss_waits_for_the_street_it_is_in(governed, break_it, url, urgency, names):
    theirs = items_of(governed.strange_officer)
    break_it(governed)
    found = items_of(governed.sun)
    assert list(found) == [url]
    assert (found[url].count, found[url].urgency, found[url].names) == (1, urgency, names)
    is_of_all_streets = "calendaryear" in url
    assert (items_of(governed.strange_officer) == theirs) != is_of_all_streets
    assert client_of(governed.sun).get(url).status_code == 200


def test_a_contract_that_ends_in_31_days_does_not_wait_yet(governed):
    Management.objects.filter(estate=governed.estate).update(valid_until=NOW.date() + timedelta(31))
    assert items_of(governed.sun) == {}


def test_three_are_named_and_the_others_counted(governed):
    for number in range(5):
        Estate.objects.create(community=governed.community, name=f"小区{number}")
    item = items_of(governed.sun)["/console/governance/estate/?managed=no"]
    assert (item.count, item.names, item.others) == (5, ("小区0", "小区1", "小区2"), 2)


def test_the_most_pressing_comes_first(governed):
    Building.objects.filter(pk=governed.building.pk).update(grid_unit=None)
    RoleAssignment.objects.filter(role=Role.GRID_LEADER).update(valid_until=NOW)
    a_notice(governed, governed.li, governed.subdistrict, "one")
    assert [item.urgency for item in items_of(governed.sun).values()] == ["overdue", "soon", "ordinary"]


def test_all_rows_that_wait_are_asked_for_at_once(governed, monkeypatch):
    monkeypatch.setattr(work_list, "_asked", [])
    for number in range(6):
        rows = Notice.objects.filter(attempts=number)
        work_list.work_item(lambda scope, now, rows=rows: WaitingRows(rows, lambda count: "%(count)s", "/"))
    a_notice(governed, governed.li, governed.subdistrict, "one")
    scope = governed.sun.read_scope(NOW)
    with CaptureQueriesContext(connection) as asked:
        found = work_list.waiting(scope, NOW)
    assert [(item.sentence, item.names) for item in found] == [("1", ())]
    assert len(asked) == 1


def test_the_first_page_asks_the_same_however_much_waits(governed):
    browser = client_of(governed.sun)
    browser.get("/console/")
    with CaptureQueriesContext(connection) as few:
        browser.get("/console/")
    for number in range(30):
        Estate.objects.create(community=governed.community, name=f"小区{number}")
    with CaptureQueriesContext(connection) as many:
        browser.get("/console/")
    assert len(few) == len(many)
    assert len(many) <= 12
