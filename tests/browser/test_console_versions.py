"""A policy edited into a new version in the browser, by two officers; and a name opened with a reason."""

import pytest
from django.urls import reverse

from governance.models import WorkingCalendar
from issues.domain import policies
from issues.domain.policies import Written
from issues.domain.promising import Target
from issues.models import SlaClock, SlaPolicy
from tests.browser.checks import barriers, sideways
from tests.browser.conftest import DESK, PHONE, keep_picture
from tests.cast import NOW, Cast, file

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _world(cast: Cast, moment) -> None:
    """The cast is there and it is `NOW` before anybody looks."""


def problems_of(page, name: str) -> list[str]:
    """Barriers, and what doesn't fit, at a desk and on a phone."""
    found = []
    for size, kind in ((PHONE, "phone"), (DESK, "desk")):
        page.set_viewport_size(size)
        keep_picture(page, f"{name}-{kind}")
        found += [(name, kind, problem) for problem in barriers(page) + sideways(page)]
    return found


def test_a_policy_is_looked_back_on_put_in_force_and_met_by_a_second_officer(screen, cast: Cast):
    file(cast.li, cast.building)
    policy = SlaPolicy.objects.get(code="5341-ordinary")
    edit = reverse("admin:issues_slapolicy_edit", args=[policy.pk])
    page = screen(cast.administrator, viewport=DESK, has_errors=True)
    page.goto(reverse("admin:issues_slapolicy_change", args=[policy.pk]))
    found = problems_of(page, "policy")
    page.goto(edit)
    found += problems_of(page, "policy-edit")

    page.fill("[name=targets-2-amount]", "8")
    page.fill("[name=reason]", "雨季到场慢")
    page.check("[name=apply_to_open]")
    page.click("[name=_preview]")
    page.wait_for_selector("#preview")
    found += problems_of(page, "policy-preview")

    written = {**vars(Written.of(policy)), "targets": (Target("arrive", 6), Target("resolve", 40))}
    facts = {"apply_to_open": False, "actor": cast.sun, "at": NOW, "expects_version": 1, "reason": "人手不足"}
    policies.new_version(policy.code, **written, **facts)
    page.click("[name=_save]")
    page.wait_for_selector(".both")
    found += problems_of(page, "policy-second-officer")

    page.click("[name=_save]")
    page.wait_for_url("**/issues/slapolicy/")
    page.goto(reverse("admin:issues_slapolicy_history", args=[policy.pk]))
    found += problems_of(page, "policy-history")
    now_in_force = SlaPolicy.objects.get(code=policy.code, superseded_at=None)
    assert (now_in_force.version, now_in_force.change_reason) == (3, "雨季到场慢")
    assert {target.kind: target.minutes for target in now_in_force.targets.all()} == {"arrive": 8, "resolve": 30}
    assert set(SlaClock.objects.values_list("policy__version", flat=True)) == {3}
    assert found == []


def test_hours_are_written_in_windows(screen, cast: Cast):
    hours = WorkingCalendar.objects.current("office")
    page = screen(cast.administrator, viewport=DESK)
    page.goto(reverse("admin:governance_workingcalendar_edit", args=[hours.pk]))
    page.fill("[name=windows-1-opens_at]", "11:00")
    page.click("[name=_save]")
    page.wait_for_selector("#problems")
    found = problems_of(page, "hours-wrong")
    page.fill("[name=windows-1-opens_at]", "14:30")
    page.fill("[name=reason]", "夏季作息")
    page.click("[name=_save]")
    page.wait_for_url("**/governance/workingcalendar/")
    assert WorkingCalendar.objects.current("office").version == 2
    assert found == []


def test_a_name_is_opened_with_a_reason_and_the_resident_reads_of_it(screen, cast: Cast):
    petition = file(cast.li, cast.building)
    page = screen(cast.sun, viewport=DESK)
    page.goto(reverse("admin:residents_petition_name", args=[petition.pk]))
    found = problems_of(page, "name")
    page.fill("[name=reason]", "电话核实漏水的位置")
    page.click("main button[type=submit]")
    page.wait_for_selector("text=李秀英")
    found += problems_of(page, "name-opened")
    mine = screen(cast.li)
    mine.goto(f"/petitions/{petition.receipt_no}/")
    assert mine.get_by_text("电话核实漏水的位置").is_visible()
    assert found == []
