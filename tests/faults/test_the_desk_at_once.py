"""Several at the community desk, and residents beside them, at once: one decides, the others learn of it."""

from datetime import timedelta
from functools import partial

import pytest

from governance.domain.refusals import StepNotAllowed
from governance.models import Category
from issues.domain import handling, triage
from issues.domain.sweep import sweep
from issues.models import Escalation, Issue, WorkOrder
from residents.domain import petitions
from residents.models import Petition
from tests.cast import NOW, Cast, take_in
from tests.faults.office import filed, fresh
from tests.faults.outside import Outside
from tests.faults.together import errors, together

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 6
LATER = NOW + timedelta(minutes=3)


def unsorted(cast: Cast, user, **fields) -> tuple[Petition, Issue]:
    petition = filed(user, cast.building, **{"category": "other"} | fields)
    return petition, take_in(petition).issue


def category(code: str) -> Category:
    return Category.objects.select_related("handling").get(code=code)


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_of_two_who_sort_one_matter_one_does(cast: Cast, outside: Outside, turn):
    _petition, issue = unsorted(cast, cast.li)

    outcomes = together(
        partial(triage.sort, fresh(issue), category=category("leak"), actor=cast.wu, at=LATER),
        partial(triage.sort, fresh(issue), category=category("noise"), actor=cast.sun, at=LATER),
    )

    assert errors(outcomes, triage.Overtaken) == []
    assert len([outcome for outcome in outcomes if isinstance(outcome, triage.Overtaken)]) == 1
    assert outside.value("SELECT count(*) FROM issues_workorder WHERE state = 'dispatched'") == 1
    assert outside.value("SELECT count(*) FROM issues_issuestep WHERE verb = 'triage'") == 1
    assert outside.half_states() == []


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_two_who_merge_two_matters_into_each_other_leave_one(cast: Cast, outside: Outside, turn):
    _first, one = unsorted(cast, cast.li)
    _second, other = unsorted(cast, cast.wang)

    outcomes = together(
        partial(triage.merge, fresh(one), fresh(other), actor=cast.wu, at=LATER),
        partial(triage.merge, fresh(other), fresh(one), actor=cast.sun, at=LATER),
    )

    assert errors(outcomes, triage.Overtaken) == []
    assert len([outcome for outcome in outcomes if isinstance(outcome, triage.Overtaken)]) == 1
    assert outside.rows("SELECT state FROM issues_issue ORDER BY state") == [("merged",), ("open",)]
    assert outside.value("SELECT count(DISTINCT issue_id) FROM issues_issuepetition WHERE undone_at IS NULL") == 1
    assert outside.value("SELECT count(*) FROM issues_issuepetition WHERE undone_at IS NULL") == 2
    assert outside.half_states() == []


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_what_is_withdrawn_while_it_is_merged_is_withdrawn_and_the_other_goes_on(cast: Cast, outside: Outside, turn):
    petition, one = unsorted(cast, cast.li)
    _second, other = unsorted(cast, cast.wang, category="leak")
    order = WorkOrder.objects.live().get(issue=other)

    outcomes = together(
        partial(triage.merge, fresh(one), fresh(other), actor=cast.wu, at=LATER),
        partial(petitions.withdraw, fresh(petition), actor=cast.li, at=LATER),
        partial(handling.accept, order, actor=cast.zhou, at=LATER),
    )

    assert errors(outcomes, triage.Overtaken) == []
    assert fresh(petition).state == "withdrawn"
    assert (fresh(other).state, fresh(order).state) == ("open", "accepted")
    assert outside.half_states() == []


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_declined_finished_or_nudged_at_once_is_one_or_the_other(cast: Cast, outside: Outside, turn):
    petition, issue = unsorted(cast, cast.li, category="leak")
    order = handling.accept(WorkOrder.objects.live().get(issue=issue), actor=cast.zhou, at=NOW)

    outcomes = together(
        partial(triage.decline, fresh(issue), reason="not_ours", words="不归这里管。", actor=cast.wu, at=LATER),
        partial(handling.finish, fresh(order), actor=cast.zhou, at=LATER, words="补好了。"),
        partial(petitions.nudge, fresh(petition), actor=cast.li, at=LATER),
    )

    assert errors(outcomes, StepNotAllowed) == []
    assert (fresh(issue).state, fresh(petition).state) in {("declined", "declined"), ("finished", "finished")}
    assert outside.half_states() == []


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_sorting_while_the_ladder_climbs_fires_each_rung_once(cast: Cast, outside: Outside, turn):
    _petition, issue = unsorted(cast, cast.li)
    late = NOW + timedelta(hours=5)

    outcomes = together(
        partial(triage.sort, fresh(issue), category=category("leak"), actor=cast.wu, at=late),
        partial(sweep, bell="loop", now=late),
        partial(sweep, bell="command", now=late),
    )

    assert errors(outcomes) == []
    assert outside.fired_twice() == []
    assert Escalation.objects.filter(rung__code="breach").count() == 1
