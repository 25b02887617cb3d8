"""Several at the community desk, and residents beside them, at once: one decides, the others learn of it."""

import threading
from datetime import time, timedelta
from functools import partial

import pytest

from governance.domain.refusals import StepNotAllowed
from governance.domain.working_time import Window
from governance.models import Category, WorkingCalendar
from issues.domain import deciding, declining, handling, linking, policies, triage
from issues.domain.promising import Names
from issues.domain.sweep import sweep
from issues.models import Escalation, Issue, SlaClock, SlaPolicy, WorkOrder
from residents.domain import petitions
from residents.models import Petition
from tests.cast import NOW, Cast, take_in
from tests.faults.office import filed, fresh
from tests.faults.outside import Outside
from tests.faults.together import PATIENCE_SECONDS, errors, together

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

    assert errors(outcomes, deciding.Overtaken) == []
    assert len([outcome for outcome in outcomes if isinstance(outcome, deciding.Overtaken)]) == 1
    assert outside.value("SELECT count(*) FROM issues_workorder WHERE state = 'dispatched'") == 1
    assert outside.value("SELECT count(*) FROM issues_issuestep WHERE verb = 'triage'") == 1
    assert outside.half_states() == []


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_two_who_merge_two_matters_into_each_other_leave_one(cast: Cast, outside: Outside, turn):
    _first, one = unsorted(cast, cast.li)
    _second, other = unsorted(cast, cast.wang)

    outcomes = together(
        partial(linking.merge, fresh(one), fresh(other), actor=cast.wu, at=LATER),
        partial(linking.merge, fresh(other), fresh(one), actor=cast.sun, at=LATER),
    )

    assert errors(outcomes, deciding.Overtaken) == []
    assert len([outcome for outcome in outcomes if isinstance(outcome, deciding.Overtaken)]) == 1
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
        partial(linking.merge, fresh(one), fresh(other), actor=cast.wu, at=LATER),
        partial(petitions.withdraw, fresh(petition), actor=cast.li, at=LATER),
        partial(handling.accept, order, actor=cast.zhou, at=LATER),
    )

    assert errors(outcomes, deciding.Overtaken) == []
    assert fresh(petition).state == "withdrawn"
    assert (fresh(other).state, fresh(order).state) == ("open", "accepted")
    assert outside.half_states() == []


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_declined_finished_or_nudged_at_once_is_one_or_the_other(cast: Cast, outside: Outside, turn):
    petition, issue = unsorted(cast, cast.li, category="leak")
    order = handling.accept(WorkOrder.objects.live().get(issue=issue), actor=cast.zhou, at=NOW)

    outcomes = together(
        partial(declining.decline, fresh(issue), reason="not_ours", words="不归这里管。", actor=cast.wu, at=LATER),
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


SUMMER = (Window(time(8), time(12)), Window(time(14, 30), time(17, 30)))
OFFICE = Names("办公时间", "Office hours", "근무 시간")


def hours(cast: Cast) -> WorkingCalendar:
    return policies.new_calendar_version(
        "office",
        names=OFFICE,
        zone="Asia/Shanghai",
        windows=SUMMER,
        reason="夏季作息",
        actor=cast.administrator,
        at=LATER,
        expects_version=1,
        apply_to_open=True,
    )


def test_new_hours_hold_no_matter_while_they_wait_for_an_older_one(cast: Cast, outside: Outside):
    """The younger matter is under the policy that comes first by name: its turn comes by its number all the same."""
    _petition, older = unsorted(cast, cast.li, category="deeds")
    _petition, younger = unsorted(cast, cast.wang, category="fees")
    SlaClock.objects.filter(issue=younger).update(policy=another_office_policy())
    edit = threading.Thread(target=together, args=(partial(hours, cast),))
    with outside.holding(f"SELECT 1 FROM issues_issue WHERE id = {older.pk} FOR NO KEY UPDATE"):
        edit.start()
        outside.wait_for_somebody_stuck_on("issues_issue")
        # Free: whoever has the older one gets the younger, too, and nobody waits in a circle.
        free = outside.rows(f"SELECT id FROM issues_issue WHERE id = {younger.pk} FOR NO KEY UPDATE SKIP LOCKED")
    edit.join(PATIENCE_SECONDS)
    assert free == [(younger.pk,)]
    assert set(SlaClock.objects.running().values_list("calendar__version", flat=True)) == {2}


def another_office_policy() -> SlaPolicy:
    """A policy that counts by the office's hours, before all others in the alphabet."""
    policy = SlaPolicy.objects.get(code="office", superseded_at=None)
    targets, rungs = list(policy.targets.all()), list(policy.rungs.all())
    policy.pk, policy.code = None, "a-office"
    policy.save(force_insert=True)
    for row in (*targets, *rungs):
        row.pk, row.policy = None, policy
        row.save(force_insert=True)
    return policy


def test_new_hours_beside_a_new_policy_two_sweeps_and_the_desk_come_to_an_end(cast: Cast, outside: Outside):
    matters = [unsorted(cast, user, category="deeds")[1] for user in (cast.li, cast.wang, cast.chen, cast.sun)]
    SlaClock.objects.filter(issue__in=matters[::2]).update(policy=another_office_policy())
    late = NOW + timedelta(days=5)
    policy = SlaPolicy.objects.get(code="5341-ordinary", superseded_at=None)
    written = vars(policies.Written.of(policy)) | {"source": "街道办会议纪要"}

    outcomes = together(
        partial(hours, cast),
        partial(
            policies.new_version,
            "5341-ordinary",
            **written,
            reason="人手不足",
            apply_to_open=True,
            actor=cast.administrator,
            at=LATER,
            expects_version=1,
        ),
        partial(sweep, bell="loop", now=late),
        partial(sweep, bell="command", now=late),
        partial(linking.merge, fresh(matters[3]), fresh(matters[0]), actor=cast.wu, at=LATER),
    )

    assert errors(outcomes) == []
    assert outside.fired_twice() == []
    assert outside.half_states() == []


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_of_two_who_undo_one_merging_one_does(cast: Cast, outside: Outside, turn):
    _first, child = unsorted(cast, cast.li)
    _second, parent = unsorted(cast, cast.wang)
    linking.merge(fresh(child), fresh(parent), actor=cast.wu, at=LATER)

    outcomes = together(
        partial(linking.undo, actor=cast.wu, at=LATER),
        partial(linking.undo, actor=cast.wu, at=LATER),
    )

    assert errors(outcomes, linking.NothingToUndo) == []
    assert len([outcome for outcome in outcomes if isinstance(outcome, Issue)]) == 1
    assert outside.rows("SELECT state FROM issues_issue") == [("open",), ("open",)]
    assert outside.value("SELECT count(DISTINCT issue_id) FROM issues_issuepetition WHERE undone_at IS NULL") == 2
    assert outside.value("SELECT count(*) FROM issues_workorder WHERE state = 'dispatched'") == 2
    assert outside.half_states() == []
