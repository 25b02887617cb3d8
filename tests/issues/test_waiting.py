"""What this storey puts on the first page of the console, and when it goes from there."""

from datetime import datetime, timedelta

import pytest

from governance.work_list import waiting
from issues import waiting as items
from issues.models import CategoryHandling, Issue, SlaClock, SupervisionOrder, SweepRun
from tests.cast import NOW, SHANGHAI
from tests.issues.admin.matters import elsewhere, here


def said(person, at: datetime = NOW) -> dict[str, int]:
    """How much waits, by where it leads."""
    return {item.url.removeprefix("/console/"): item.count for item in waiting(person.scope(at), at)}


@pytest.fixture
def swept(db) -> SweepRun:
    return SweepRun.objects.create(bell="loop", started_at=NOW - timedelta(seconds=10))


UNANSWERED = "/supervisions/?show=late"
UNSORTED = "issues/issue/?sorted=no&state__exact=open"
UNHANDLED = "issues/categoryhandling/"
PROVISIONAL = "governance/calendaryear/"


def test_where_all_is_well_nothing_of_this_storey_waits(cast, swept):
    here(cast)
    assert {url for url in said(cast.sun) if url.startswith("issues/")} == set()


def test_a_supervision_order_waits_once_its_answer_is_overdue(cast, swept):
    supervision = here(cast)["SupervisionOrder"]
    SupervisionOrder.objects.filter(pk=supervision.pk).update(answer_due_at=NOW)
    assert UNANSWERED not in said(cast.sun)
    assert said(cast.sun, NOW + timedelta(seconds=1))[UNANSWERED] == 1
    assert UNANSWERED not in said(cast.strange_officer, NOW + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("opened", "now", "waits"),
    [
        # Friday morning: through the whole of the next working day, Monday, and no longer.
        ((5, 15, 9), (5, 18, 17, 59), False),
        ((5, 15, 9), (5, 18, 18), True),
        # Sunday: through Monday.
        ((5, 17, 12), (5, 18, 18), True),
        ((5, 18, 0, 1), (5, 18, 18), False),
        # Before the May holidays: through the 6th.
        ((4, 30, 16), (5, 6, 17, 59), False),
        ((4, 30, 16), (5, 6, 18), True),
    ],
)
def test_a_matter_waits_once_a_whole_working_day_has_gone_by(cast, opened, now, waits):
    def at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
        return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)

    issue = here(cast, at=at(*opened))["Issue"]
    Issue.objects.filter(pk=issue.pk).update(triaged_at=None)
    assert (said(cast.sun, at(*now)).get(UNSORTED) == 1) is waits


def test_another_street_s_inbox_is_not_mine(cast, swept):
    issue = elsewhere(cast)["Issue"]
    Issue.objects.filter(pk=issue.pk).update(triaged_at=None)
    later = NOW + timedelta(days=9)
    assert UNSORTED not in said(cast.sun, later)
    assert said(cast.strange_officer, later)[UNSORTED] == 1


def test_a_category_without_handling_waits_until_it_has_one(cast, swept):
    handling = CategoryHandling.objects.get(category__code="pets")
    handling.delete()
    assert said(cast.sun)[UNHANDLED] == 1
    category = handling.category
    category.is_archived = True
    category.save()
    assert UNHANDLED not in said(cast.sun)


def test_provisional_times_wait_for_the_year(cast, swept):
    clock = here(cast)["SlaClock"]
    SlaClock.objects.filter(pk=clock.pk).update(is_provisional=True)
    assert said(cast.sun)[PROVISIONAL] == 1
    SlaClock.objects.filter(pk=clock.pk).update(stopped_at=NOW)
    assert PROVISIONAL not in said(cast.sun)


@pytest.mark.parametrize(
    ("runs", "waits"),
    [
        ([], True),
        ([{"ago": 121}], True),
        ([{"ago": 120}], False),
        ([{"ago": 10, "halted": "201 of 300"}], True),
        ([{"ago": 20, "halted": "201 of 300"}, {"ago": 10}], False),
        ([{"ago": 3000, "failures": 2}, {"ago": 10}], True),
        ([{"ago": 3700, "failures": 2}, {"ago": 10}], False),
    ],
)
def test_a_sweep_that_is_silent_stopped_or_failing_is_looked_at(cast, runs, waits):
    for run in runs:
        facts = dict(run)
        SweepRun.objects.create(bell="loop", started_at=NOW - timedelta(seconds=facts.pop("ago")), **facts)
    assert (items.sweeps_in_trouble(cast.sun.scope(NOW), NOW) is not None) is waits
