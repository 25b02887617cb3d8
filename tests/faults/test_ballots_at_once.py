"""Many hands at one unit: of two hundred ballots one counts, and what opens at nine is frozen once."""

from functools import partial
from uuid import uuid4

import pytest

from issues.deliberation.domain import casting, mandates, opening, setting_up
from issues.deliberation.domain.casting import NotOnTheRoll, VotedAlready
from issues.deliberation.models import Choice, Motion
from tests.cast import NOW, Cast
from tests.faults.office import fresh
from tests.faults.outside import Outside
from tests.faults.together import errors, together
from tests.issues.deliberation.conftest import CLOSES, OPENS, VOTING, House, house, make_motion, motion, rule_set

__all__ = ["house", "make_motion", "motion", "rule_set"]
pytestmark = pytest.mark.django_db(transaction=True)
HANDS, TIMES = 40, 5


def test_of_two_hundred_ballots_for_one_unit_one_counts(motion: Motion, house: House, outside: Outside):
    entry = motion.roll.get(number="804")

    def press(number: int) -> list[object]:
        outcomes: list[object] = []
        for time in range(TIMES):
            who = house.owners["ben" if (number + time) % 2 else "cai"]
            choice = Choice.FOR if number % 3 else Choice.AGAINST
            try:
                outcomes += casting.cast(
                    fresh(motion), entries=[entry], choice=choice, sending=uuid4(), actor=who, at=VOTING
                )
            except VotedAlready as refusal:
                outcomes.append(refusal)
        return outcomes

    outcomes = together(*(partial(press, number) for number in range(HANDS)))

    assert errors(outcomes) == []
    flat = [each for some in outcomes for each in some]
    taken = [each for each in flat if isinstance(each, casting.Receipt)]
    assert (len(flat), len(taken)) == (HANDS * TIMES, 1)
    assert outside.value("SELECT count(*) FROM deliberation_ballot") == 1
    assert outside.value("SELECT count(*) FROM deliberation_ballot WHERE is_effective") == 1


def test_one_page_sent_forty_times_gives_one_ballot_and_one_receipt(motion: Motion, house: House, outside: Outside):
    entry, sending = motion.roll.get(number="801"), uuid4()
    deed = partial(
        casting.cast, motion, entries=[entry], choice=Choice.FOR, sending=sending, actor=house.owners["ann"], at=VOTING
    )
    outcomes = together(*([deed] * HANDS))
    assert errors(outcomes) == []
    assert len({receipts[0].number for receipts in outcomes}) == 1
    assert outside.value("SELECT count(*) FROM deliberation_ballot") == 1


def test_opened_and_counted_by_many_at_once_it_is_frozen_once_and_has_one_result(
    make_motion, cast: Cast, outside: Outside
):
    announced = setting_up.publish(make_motion(), actor=cast.wu, at=NOW)
    for instant, state in ((OPENS, "opened"), (CLOSES, "counted")):
        outcomes = together(*(partial(opening.bring_up_to_date, fresh(announced), instant) for _hand in range(HANDS)))
        assert errors(outcomes) == []
        assert {motion.state for motion in outcomes} == {state}
    assert outside.value("SELECT count(*) FROM deliberation_rollentry") == 7
    assert len({bytes(motion.result) for motion in outcomes}) == 1


def test_a_mandate_revoked_in_the_moment_of_casting_either_counted_or_did_not(motion: Motion, house: House):
    entry, ann, ben = motion.roll.get(number="801"), house.owners["ann"], house.owners["ben"]
    given = mandates.give(motion, house.unit("801"), to=ben, actor=ann, at=OPENS)
    outcomes = together(
        partial(mandates.revoke, given, actor=ann, at=VOTING),
        partial(casting.cast, motion, entries=[entry], choice=Choice.FOR, sending=uuid4(), actor=ben, at=VOTING),
    )
    assert errors(outcomes, NotOnTheRoll) == []
    given.refresh_from_db()
    assert given.revoked_at == VOTING
    assert given.ballots.count() == (0 if isinstance(outcomes[1], NotOnTheRoll) else 1)
