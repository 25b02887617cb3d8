"""What ships about times: each category handled by somebody, under a promise with a source."""

import pytest
from django.apps import apps

from governance.models import Category
from issues import shipped as tables
from issues.domain.clocks import policy_for
from issues.models import (
    CategoryHandling,
    ClockKind,
    EscalationRung,
    Handler,
    Issue,
    PolicyAssignment,
    Severity,
    SlaPolicy,
    SlaTarget,
)
from tests.cast import NOW

PROMISES = {
    "5341-ordinary": {"arrive": 5, "resolve": 30},
    "5341-major": {"resolve": 240},
    "5341-complex": {"plan": 1440},
    "ten-minute": {"arrive": 10, "resolve": 120},
    "emergency": {"accept": 1, "arrive": 5, "resolve": 240},
    "office": {"respond": 1, "answer": 15},
    # Of what is promised for a day: where no day was agreed.
    tables.COMMITMENT: {"resolve": 10},
}
MANAGER, COMMUNITY, STREET = Handler.MANAGER, Handler.COMMUNITY, Handler.STREET


def issue_about(cast, code: str) -> Issue:
    category = Category.objects.select_related("handling").get(code=code)
    return Issue(
        subdistrict=cast.subdistrict,
        community=cast.community,
        estate=cast.estate,
        building=cast.building,
        category=category,
        severity=category.handling.severity,
        filed_at=NOW,
        opened_at=NOW,
    )


def test_every_category_is_handled_by_somebody(shipped):
    assert not Category.objects.filter(handling=None).exists()
    assert set(tables.HANDLING) == set(Category.objects.values_list("code", flat=True))


@pytest.mark.parametrize(
    ("code", "handler", "policy"),
    [
        ("electricity", MANAGER, "5341-ordinary"),
        ("other", COMMUNITY, "office"),
        ("lift", MANAGER, "5341-major"),
        ("wall_crack", MANAGER, "5341-complex"),
        ("lift_trapped", MANAGER, "emergency"),
        ("gas", MANAGER, "emergency"),
        ("dispute", COMMUNITY, "office"),
        ("complaint", COMMUNITY, "office"),
        ("old_people", COMMUNITY, "office"),
        ("unauthorised", STREET, "office"),
        ("deeds", STREET, "office"),
        ("fumes", STREET, "office"),
        ("fees", MANAGER, "office"),
    ],
)
def test_a_category_goes_to_its_handler_under_its_promise(cast, code, handler, policy):
    issue = issue_about(cast, code)
    assert issue.category.handling.handler == handler
    assert policy_for(issue, handler).code == policy


@pytest.mark.parametrize("code", sorted(tables.HANDLING))
def test_a_policy_applies_to_every_category_by_every_handler(cast, code):
    issue = issue_about(cast, code)
    assert {policy_for(issue, handler).code for handler in Handler} <= set(PROMISES) - {tables.COMMITMENT}


def test_what_is_called_an_emergency_is_one_on_the_clock(shipped):
    called = set(Category.objects.filter(is_emergency=True).values_list("code", flat=True))
    clocked = set(CategoryHandling.objects.filter(severity=Severity.EMERGENCY).values_list("category__code", flat=True))
    assert called == clocked


def test_nobody_handles_a_complaint_about_themselves(shipped):
    hidden = CategoryHandling.objects.filter(category__hides_petitioner=True)
    assert dict(hidden.values_list("category__code", "handler")) == {
        "dispute": COMMUNITY,
        "complaint": COMMUNITY,
        "complaint_community": STREET,
        "complaint_street": Handler.DISTRICT,
    }


def test_an_estates_own_promise_stands_before_the_rest(cast):
    heating = Category.objects.get(code="heating")
    PolicyAssignment.objects.create(policy_code="ten-minute", estate=cast.estate, category=heating)
    assert policy_for(issue_about(cast, "heating"), MANAGER).code == "ten-minute"
    assert policy_for(issue_about(cast, "lift"), MANAGER).code == "5341-major"


@pytest.mark.parametrize(("code", "clocks"), PROMISES.items())
def test_a_policy_promises_what_the_rules_say(shipped, code, clocks):
    targets = SlaTarget.objects.filter(policy__code=code)
    amounts = {target.kind: target.minutes or target.working_days for target in targets}
    assert amounts == clocks
    assert {bool(target.working_days) for target in targets} == {code in ("office", tables.COMMITMENT)}


def test_no_other_policy_ships(shipped):
    assert set(SlaPolicy.objects.values_list("code", flat=True)) == set(PROMISES)


@pytest.mark.parametrize("row", tables.POLICIES, ids=lambda row: row.code)
def test_a_policy_that_says_arrive_also_says_resolve_or_plan(row):
    kinds = set(row.targets)
    assert ClockKind.ARRIVE not in kinds or kinds & {ClockKind.RESOLVE, ClockKind.PLAN}


@pytest.mark.parametrize("row", tables.POLICIES, ids=lambda row: row.code)
def test_a_policy_is_named_in_three_languages_and_names_its_source(row):
    assert all((row.name_zh, row.name_en, row.name_ko))
    assert any(mark in row.source for mark in ("新闻报道", "本平台自定", "示例值"))


def test_figures_that_are_our_own_reading_say_so():
    sources = {row.code: row.source for row in tables.POLICIES}
    ours = [code for code, source in sources.items() if "本平台的理解" in source or "本平台自定" in source]
    assert ours == ["5341-ordinary", "5341-major", "5341-complex", "ten-minute", "emergency", tables.COMMITMENT]


def test_every_policy_climbs_the_whole_ladder_and_opens_one_supervision_order(shipped):
    rungs = EscalationRung.objects.order_by("policy", "position")
    for policy in SlaPolicy.objects.all():
        climbed = [rung for rung in rungs if rung.policy_id == policy.pk]
        assert [rung.code for rung in climbed] == ["warning", "breach", "half_hour", "four_hours", "next_day"]
        assert [rung.code for rung in climbed if rung.opens_supervision] == ["half_hour"]
        assert [rung.after_minutes for rung in climbed] == [None, 0, 30, 240, None]


def test_shipping_again_changes_nothing_that_the_office_has_changed(shipped):
    CategoryHandling.objects.filter(category__code="fumes").update(handler=COMMUNITY)
    SlaTarget.objects.filter(policy__code="5341-ordinary", kind=ClockKind.ARRIVE).update(minutes=7)
    counts = [model.objects.count() for model in (CategoryHandling, SlaPolicy, SlaTarget, EscalationRung)]
    tables.ensure(apps.get_model)
    assert CategoryHandling.objects.get(category__code="fumes").handler == COMMUNITY
    assert SlaTarget.objects.get(policy__code="5341-ordinary", kind=ClockKind.ARRIVE).minutes == 7
    assert [model.objects.count() for model in (CategoryHandling, SlaPolicy, SlaTarget, EscalationRung)] == counts
    assert PolicyAssignment.objects.count() == len(tables.ASSIGNMENTS)
