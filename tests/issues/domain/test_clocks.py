"""Which promise applies, and when it falls due."""

from datetime import datetime, timedelta

import pytest

from governance.models import Category
from issues.domain import clocks
from issues.models import Handler, Issue, PolicyAssignment, SlaClock
from tests.cast import NOW, SHANGHAI, Cast, file, take_in

pytestmark = pytest.mark.django_db

FRIDAY = NOW  # 15 May 2026, 14:17:12


def local(month: int, day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, second, tzinfo=SHANGHAI)


def clocks_of(cast: Cast, category: str, filed_at: datetime) -> dict[str, datetime]:
    take_in(file(cast.li, cast.building, category=category, at=filed_at))
    return {clock.kind: clock.due_at for clock in SlaClock.objects.all()}


@pytest.mark.parametrize(
    ("category", "filed_at", "due"),
    [
        ("electricity", FRIDAY, {"arrive": local(5, 15, 14, 22, 12), "resolve": local(5, 15, 14, 47, 12)}),
        ("leak", FRIDAY, {"resolve": local(5, 15, 18, 17, 12)}),
        ("wall_crack", FRIDAY, {"plan": local(5, 16, 14, 17, 12)}),
        (
            "gas",
            FRIDAY,
            {
                "accept": local(5, 15, 14, 18, 12),
                "arrive": local(5, 15, 14, 22, 12),
                "resolve": local(5, 15, 18, 17, 12),
            },
        ),
        # Fifteen working days from Monday the 18th: three whole weeks.
        ("deeds", FRIDAY, {"respond": local(5, 18, 18), "answer": local(6, 5, 18)}),
        # The company's, but nobody explains a year's accounts in thirty minutes.
        ("fees", FRIDAY, {"respond": local(5, 18, 18), "answer": local(6, 5, 18)}),
        ("complaint", FRIDAY, {"respond": local(5, 18, 18), "answer": local(6, 5, 18)}),
        # A night, a Sunday, a holiday: 5341 is always on.
        ("electricity", local(10, 1, 23, 58), {"arrive": local(10, 2, 0, 3), "resolve": local(10, 2, 0, 28)}),
        # The eve of May Day: the 1st to the 5th are off; Saturday the 9th is worked.
        ("deeds", local(4, 30, 16), {"respond": local(5, 6, 18), "answer": local(5, 25, 18)}),
    ],
)
def test_each_shipped_policy_falls_due_when_it_says(cast: Cast, category, filed_at, due):
    assert clocks_of(cast, category, filed_at) == due


def test_the_ten_minute_circle_is_the_promise_of_the_estate_that_made_it(cast: Cast):
    PolicyAssignment.objects.create(
        policy_code="ten-minute", estate=cast.self_managed, category=Category.objects.get(code="electricity")
    )
    take_in(file(cast.xu, cast.self_managed_building))
    assert {clock.kind: clock.due_at - NOW for clock in SlaClock.objects.all()} == {
        "arrive": timedelta(minutes=10),
        "resolve": timedelta(hours=2),
    }


@pytest.mark.parametrize(
    ("assignments", "chosen"),
    [
        ([], "5341-ordinary"),
        ([{"category": True}], "office"),
        ([{"estate": True}], "office"),
        ([{"estate": True, "code": "emergency"}, {"category": True}], "emergency"),
        ([{"estate": True}, {"estate": True, "category": True, "code": "emergency"}], "emergency"),
        ([{"handler": Handler.MANAGER}], "office"),
        ([{"category": True, "code": "no-such-policy"}], "5341-ordinary"),
    ],
)
def test_the_most_specific_assignment_wins(cast: Cast, assignments, chosen):
    issue = take_in(file(cast.li, cast.building)).issue
    for given in assignments:
        row = dict(given)
        PolicyAssignment.objects.create(
            policy_code=row.get("code", "office"),
            estate=cast.estate if row.get("estate") else None,
            category=issue.category if row.get("category") else None,
            handler=row.get("handler", ""),
        )
    assert clocks.policy_for(issue, Handler.MANAGER).code == chosen


def test_another_estate_s_promise_is_not_this_one_s(cast: Cast):
    PolicyAssignment.objects.create(policy_code="office", estate=cast.strange_estate)
    assert clocks.policy_for(take_in(file(cast.li, cast.building)).issue, Handler.MANAGER).code == "5341-ordinary"


def test_without_any_assignment_the_office_is_told_that_one_is_missing(cast: Cast):
    issue = take_in(file(cast.li, cast.building)).issue
    PolicyAssignment.objects.all().delete()
    with pytest.raises(clocks.NoPolicy):
        clocks.policy_for(issue, Handler.MANAGER)


def test_clocks_count_from_filing_however_late_the_intake_is(cast: Cast):
    take_in(file(cast.li, cast.building), at=NOW + timedelta(hours=3))
    assert set(SlaClock.objects.values_list("starts_at", flat=True)) == {NOW}


@pytest.mark.parametrize(("after", "is_missed"), [(-1, False), (0, False), (1, True)])
def test_stopping_at_the_due_time_itself_keeps_the_promise(cast: Cast, after, is_missed):
    take_in(file(cast.li, cast.building))
    clock = SlaClock.objects.get(kind="arrive")
    clock.stopped_at = clock.due_at + timedelta(microseconds=after)
    assert clock.was_missed(NOW + timedelta(days=1)) is is_missed


def test_stopping_twice_keeps_the_first_instant(cast: Cast):
    issue = take_in(file(cast.li, cast.building)).issue
    clocks.stop(issue, ["arrive"], at=NOW + timedelta(minutes=1))
    clocks.stop(issue, ["arrive"], at=NOW + timedelta(minutes=2))
    assert SlaClock.objects.get(kind="arrive").stopped_at == NOW + timedelta(minutes=1)


def test_a_new_version_of_a_policy_leaves_running_clocks_alone(cast: Cast):
    issue = take_in(file(cast.li, cast.building)).issue
    clock = clocks.outlook_of(Issue.objects.get(pk=issue.pk)).due_next
    assert clock is not None
    clock.policy.targets.filter(kind="arrive").update(minutes=20)
    clock.refresh_from_db()
    assert clocks.explain(clock)["target_minutes"] == 5
    assert clock.due_at == NOW + timedelta(minutes=5)
