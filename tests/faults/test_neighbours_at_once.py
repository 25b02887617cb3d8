"""Several people at one matter in the same instant: nobody waits in a circle, and no half of anything stays behind."""

from datetime import datetime, timedelta
from functools import partial

import pytest

from governance.domain.refusals import StepNotAllowed
from issues.domain import handling, intake
from issues.models import IssuePetition, WorkOrder
from residents.domain import petitions
from residents.models import Petition
from tests.cast import NOW, Cast, take_in
from tests.faults.office import filed, fresh
from tests.faults.outside import Outside
from tests.faults.together import errors, together

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 6
LATER = NOW + timedelta(minutes=3)


def two_neighbours(cast: Cast) -> tuple[Petition, Petition, WorkOrder]:
    """Li and Wang with one matter, and the order that comes of it."""
    first = filed(cast.li, cast.building)
    order = take_in(first)
    second = filed(cast.wang, cast.building, same_as=first)
    intake.take_in(second.pk, at=NOW)
    return fresh(first), fresh(second), WorkOrder.objects.get(pk=order.pk)


def finished(order: WorkOrder, cast: Cast, at: datetime = LATER) -> None:
    handling.accept(order, actor=cast.zhou, at=at)
    handling.finish(order, actor=cast.zhou, at=at, words="换了灯管。")


def rating(petition: Petition, *, is_solved: bool):
    return partial(
        petitions.evaluate,
        fresh(petition),
        was_contacted=True,
        is_solved=is_solved,
        satisfaction=5 if is_solved else 1,
        words="",
        actor=petition.petitioner,
        at=LATER + timedelta(hours=1),
    )


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_two_neighbours_who_see_somebody_arrive_at_once_prove_one_arrival(cast: Cast, outside: Outside, turn):
    first, second, order = two_neighbours(cast)
    handling.accept(order, actor=cast.zhou, at=NOW)

    outcomes = together(
        *(partial(petitions.confirm_arrival, fresh(p), actor=p.petitioner, at=LATER) for p in (first, second)),
        partial(handling.arrive, fresh(order), actor=cast.zhou, at=LATER),
    )

    assert errors(outcomes, StepNotAllowed) == []
    assert outside.rows("SELECT state, arrival_proof, arrived_at FROM issues_workorder") == [
        ("arrived", "resident", LATER)
    ]
    assert outside.rows("SELECT DISTINCT arrival_proof, arrived_at FROM residents_petition") == [("resident", LATER)]


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_two_neighbours_whom_it_did_not_help_reopen_one_matter_once(cast: Cast, outside: Outside, turn):
    first, second, order = two_neighbours(cast)
    finished(order, cast)

    outcomes = together(rating(first, is_solved=False), rating(second, is_solved=False))

    assert errors(outcomes) == []
    assert outside.rows("SELECT state, epoch FROM issues_issue") == [("open", 2)]
    assert outside.rows("SELECT DISTINCT state, holder_body, next_due_at FROM residents_petition") == [
        ("in_hand", "恒信物业", LATER + timedelta(hours=1, minutes=5))
    ]
    assert outside.value("SELECT count(*) FROM issues_workorder WHERE state = 'dispatched'") == 1
    assert outside.half_states() == []


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_one_neighbour_content_and_one_not_leave_it_open_for_the_one(cast: Cast, outside: Outside, turn):
    first, second, order = two_neighbours(cast)
    finished(order, cast)

    outcomes = together(rating(first, is_solved=True), rating(second, is_solved=False))

    assert errors(outcomes) == []
    assert outside.rows("SELECT state FROM issues_issue") == [("open",)]
    assert outside.rows("SELECT state FROM residents_petition ORDER BY id") == [("closed",), ("in_hand",)]


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_the_same_rating_sent_twice_at_once_counts_once(cast: Cast, outside: Outside, turn):
    first, _second, order = two_neighbours(cast)
    finished(order, cast)

    outcomes = together(rating(first, is_solved=True), rating(first, is_solved=True))

    assert len([outcome for outcome in outcomes if isinstance(outcome, petitions.AlreadyRated)]) == 1
    assert errors(outcomes, petitions.AlreadyRated) == []
    assert outside.rows("SELECT epoch, satisfaction FROM residents_evaluation") == [(1, 5)]


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_withdrawing_while_it_is_finished_is_one_or_the_other(cast: Cast, outside: Outside, turn):
    petition = filed(cast.li, cast.building)
    order = take_in(petition)
    handling.accept(order, actor=cast.zhou, at=NOW)

    outcomes = together(
        partial(petitions.withdraw, fresh(petition), actor=cast.li, at=LATER),
        partial(handling.finish, fresh(order), actor=cast.zhou, at=LATER, words="换了灯管。"),
    )

    assert errors(outcomes, StepNotAllowed) == []
    assert len([outcome for outcome in outcomes if isinstance(outcome, StepNotAllowed)]) == 1
    assert outside.half_states() == []


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_what_is_added_while_it_is_finished_is_kept_or_refused(cast: Cast, outside: Outside, turn):
    first, second, order = two_neighbours(cast)
    handling.accept(order, actor=cast.zhou, at=NOW)

    outcomes = together(
        partial(petitions.supplement, first, "还有一盏", actor=cast.li, at=LATER),
        partial(handling.finish, fresh(order), actor=cast.zhou, at=LATER, words="换了灯管。"),
        partial(petitions.confirm_arrival, second, actor=cast.wang, at=LATER),
    )

    assert errors(outcomes, StepNotAllowed) == []
    kept = outside.value("SELECT count(*) FROM residents_petitionupdate WHERE kind = 'supplemented'")
    assert kept == (0 if isinstance(outcomes[0], StepNotAllowed) else 1)
    assert outside.half_states() == []


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_following_a_matter_while_it_is_finished_joins_it_or_opens_another(cast: Cast, outside: Outside, turn):
    first = filed(cast.li, cast.building)
    order = take_in(first)
    handling.accept(order, actor=cast.zhou, at=NOW)
    second = filed(cast.wang, cast.building, same_as=first)

    outcomes = together(
        partial(intake.take_in, second.pk, at=LATER),
        partial(handling.finish, fresh(order), actor=cast.zhou, at=LATER, words="换了灯管。"),
        partial(petitions.supplement, fresh(first), "还有一盏", actor=cast.li, at=LATER),
    )

    assert errors(outcomes, StepNotAllowed) == []
    assert outside.half_states() == []
    alone = IssuePetition.objects.get(petition=second).issue_id != order.issue_id
    assert fresh(second).state == ("in_hand" if alone else "finished")


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_a_nudge_tapped_twice_is_one_nudge(cast: Cast, outside: Outside, turn):
    petition = filed(cast.li, cast.building)
    take_in(petition)

    outcomes = together(*[partial(petitions.nudge, fresh(petition), actor=cast.li, at=LATER)] * 2)

    assert errors(outcomes) == []
    assert outside.value("SELECT count(*) FROM residents_petitionupdate WHERE kind = 'nudged'") == 1
