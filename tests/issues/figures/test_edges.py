"""Where a figure turns: the instants and words at which one more or one less is counted. Told as stories."""

from datetime import datetime, timedelta

import pytest

from issues.domain import handling
from issues.figures import Choice, Figures, Narrowing, burning, figures_of, sight_of
from issues.figures.shares import Share
from issues.models import SlaClock, WorkOrder
from residents.domain import petitions
from residents.models import Petition
from tests.cast import NOW, SHANGHAI, Cast, file, take_in

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def figures(cast: Cast, *, now: datetime = NOW, **query: str) -> Figures:
    return figures_of(Choice.read(query, sight_of(cast.sun.read_scope(now)), now))


def one_clock(cast: Cast, due_at: datetime, **fields) -> SlaClock:
    """A matter with a single promise, due at `due_at`."""
    order = take_in(file(cast.li, cast.building, at=due_at - timedelta(hours=9)))
    clock = SlaClock.objects.filter(issue=order.issue).earliest("pk")
    SlaClock.objects.filter(issue=order.issue).exclude(pk=clock.pk).delete()
    SlaClock.objects.filter(pk=clock.pk).update(due_at=due_at, **fields)
    return clock


def finished(cast: Cast, petition: Petition, order: WorkOrder, *, at: datetime) -> None:
    handling.accept(order, actor=cast.zhou, at=at - MINUTE)
    handling.finish(order, actor=cast.zhou, at=at, words="换了灯管")
    petition.refresh_from_db()


def rate(petition: Petition, *, at: datetime, contacted: bool = True, solved: bool = True, stars: int = 5) -> None:
    petition.refresh_from_db()
    petitions.evaluate(
        petition,
        was_contacted=contacted,
        is_solved=solved,
        satisfaction=stars,
        words="",
        actor=petition.petitioner,
        at=at,
    )


# --- instants ---


@pytest.mark.parametrize(
    ("due_at", "week"),
    [
        (datetime(2026, 5, 11, tzinfo=SHANGHAI), "2026-05-11"),
        (datetime(2026, 5, 11, tzinfo=SHANGHAI) - timedelta(microseconds=1), "2026-05-04"),
    ],
)
def test_what_is_due_at_midnight_on_monday_is_the_new_weeks(cast: Cast, due_at, week):
    one_clock(cast, due_at)
    weeks = figures(cast).promises.weeks
    assert [week.starts_on.isoformat() for week in weeks if week.kept.n] == [week]


@pytest.mark.parametrize(("late", "kept"), [(timedelta(), 1), (timedelta(microseconds=1), 0)])
def test_stopping_at_the_due_time_itself_keeps_the_promise(cast: Cast, late, kept):
    due_at = NOW - timedelta(days=1)
    one_clock(cast, due_at, stopped_at=due_at + late)
    assert figures(cast).promises.kept == Share(kept, 1)


def test_a_promise_that_is_due_now_has_not_come_due(cast: Cast):
    one_clock(cast, NOW)
    told = figures(cast)
    assert told.promises.kept == Share(0, 0)
    assert (told.pile.tally.overdue, told.pile.tally.within_the_hour) == (0, 1)
    later = figures(cast, now=NOW + timedelta(microseconds=1))
    assert later.promises.kept == Share(0, 1)
    assert later.pile.tally.overdue == 1


@pytest.mark.parametrize(("ahead", "listed"), [(timedelta(hours=2), 1), (timedelta(hours=2, microseconds=1), 0)])
def test_what_is_due_in_two_hours_burns(cast: Cast, ahead, listed):
    one_clock(cast, NOW + ahead)
    choice = Choice.read({}, sight_of(cast.sun.read_scope(NOW)), NOW)
    assert burning(Narrowing(choice)).total == listed


@pytest.mark.parametrize(("age", "bucket"), [(timedelta(days=1), 1), (timedelta(days=1) - timedelta(seconds=1), 0)])
def test_a_day_is_over_after_a_day(cast: Cast, age, bucket):
    take_in(file(cast.li, cast.building, at=NOW - age))
    assert figures(cast).pile.ages["to_accept"][bucket] == 1


# --- rounds ---


def test_nobody_came_is_said_of_the_round_that_was_over_not_of_the_one_that_runs(cast: Cast):
    """Her neighbour has had it opened again; what she says is about the time before."""
    at = NOW - timedelta(hours=5)
    hers = file(cast.li, cast.building, at=at)
    order = take_in(hers)
    his = file(cast.wang, cast.building, at=at + MINUTE, same_as=hers)
    take_in(his)
    finished(cast, hers, order, at=at + 3 * MINUTE)
    rate(his, at=NOW - 2 * MINUTE, solved=False, stars=1)
    rate(hers, at=NOW - MINUTE, contacted=False)
    told = figures(cast)
    assert (told.response.rate.now, told.response.denied) == (Share(1, 2), 1)


def test_nobody_came_leaves_an_earlier_round_as_it_was(cast: Cast):
    at = NOW - timedelta(hours=5)
    hers = file(cast.li, cast.building, at=at)
    finished(cast, hers, take_in(hers), at=at + 3 * MINUTE)
    rate(hers, at=at + timedelta(hours=1), solved=False, stars=2)
    again = WorkOrder.objects.live().get()
    finished(cast, hers, again, at=at + timedelta(hours=1) + 3 * MINUTE)
    rate(hers, at=NOW - MINUTE, contacted=False)
    told = figures(cast)
    assert (told.response.rate.now, told.response.denied) == (Share(1, 2), 1)
    assert told.resolution.rate.now == Share(1, 2)
    assert told.resolution.not_solved == 1
    assert told.reopened == Share(1, 2)


def test_whoever_joins_after_somebody_came_was_not_contacted_by_it(cast: Cast):
    at = NOW - timedelta(hours=5)
    hers = file(cast.li, cast.building, at=at)
    order = take_in(hers)
    handling.accept(order, actor=cast.zhou, at=at + MINUTE)
    handling.arrive(order, actor=cast.zhou, at=at + 2 * MINUTE)
    take_in(file(cast.wang, cast.building, at=at + timedelta(hours=1), same_as=hers))
    assert figures(cast).response.rate.now == Share(1, 1)


def test_a_withdrawn_petition_is_in_no_rate_and_is_counted_beside_them(cast: Cast):
    petition = file(cast.li, cast.building, at=NOW - timedelta(hours=5))
    take_in(petition)
    petitions.withdraw(petition, actor=cast.li, at=NOW - timedelta(hours=4))
    told = figures(cast)
    assert told.response.rate.now.n == told.resolution.rate.now.n == told.promises.kept.n == 0
    assert told.left_out.withdrawn == 1


def test_a_finished_petition_without_a_word_is_no_answer(cast: Cast):
    petition = file(cast.li, cast.building, at=NOW - timedelta(hours=5))
    finished(cast, petition, take_in(petition), at=NOW - timedelta(hours=4))
    told = figures(cast)
    assert told.resolution.rate.now == Share(0, 1)
    assert (told.resolution.no_answer, told.resolution.staff_only) == (1, 0)
    assert told.satisfaction.now == Share(0, 0)


# --- shares ---


@pytest.mark.parametrize(
    ("part", "n", "words"),
    [
        (0, 0, ""),
        (0, 7, "0 %"),
        (7, 7, "100 %"),
        (9999, 10000, "99.9 %"),
        (1, 10000, "0.1 %"),
        (2, 3, "66.7 %"),
        (1, 2, "50 %"),
    ],
)
def test_a_percentage_is_whole_only_of_what_is_whole(part, n, words):
    assert Share(part, n).percent == words
