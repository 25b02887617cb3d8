"""Somebody has their account closed while something of theirs is on its way: it is there and kept, or it never was."""

from functools import partial
from uuid import uuid4

import pytest
from django.db import IntegrityError

from governance.domain import erasing
from governance.models import Erasure, User
from issues.deliberation.domain import casting, mandates
from issues.deliberation.models import Ballot, Choice, Mandate, Motion
from residents.domain.petitions import file_petition
from residents.models import Petition, PetitionDraft
from tests.cast import Cast, draft
from tests.faults.office import fresh
from tests.faults.outside import Outside
from tests.faults.together import errors, together
from tests.issues.deliberation.conftest import VOTING, House, house, make_motion, motion, rule_set

__all__ = ["house", "make_motion", "motion", "rule_set"]
pytestmark = pytest.mark.django_db(transaction=True)
HANDS = 6


def erase(user: User) -> Erasure:
    erasure = erasing.ask(user, at=VOTING)
    erasing.carry_out(erasure, at=VOTING)
    return erasure


def refused_unless_erased(outcomes: list[object]) -> list[Exception]:
    return [
        each for each in errors(outcomes) if not (isinstance(each, IntegrityError) and "erased_person" in str(each))
    ]


def test_a_ballot_cast_in_that_moment_counts_and_is_held_or_was_refused(motion: Motion, house: House):
    ann, entry = house.owners["ann"], motion.roll.get(number="801")
    cast_it = partial(casting.cast, motion, entries=[entry], choice=Choice.FOR, sending=uuid4(), actor=ann, at=VOTING)
    outcomes = together(*([cast_it] * HANDS), *([partial(erase, ann)] * HANDS))
    assert refused_unless_erased(outcomes) == []
    erasure = Erasure.objects.get()
    assert erasure.erased_at == VOTING
    assert {hold.kind for hold in erasure.holds.all()} == {"home", "vote"}
    assert Ballot.objects.count() == len({each[0].number for each in outcomes[:HANDS] if isinstance(each, list)})


def test_a_mandate_given_in_that_moment_is_over_with_it(motion: Motion, house: House):
    ann, ben, unit = house.owners["ann"], house.owners["ben"], house.unit("801")
    outcomes = together(partial(mandates.give, motion, unit, to=ben, actor=ann, at=VOTING), partial(erase, ann))
    assert [each for each in refused_unless_erased(outcomes) if not isinstance(each, mandates.TooManyMandates)] == []
    erasing.carry_out_all(VOTING)
    assert not Mandate.objects.in_force().exists()


def test_a_petition_filed_in_that_moment_is_kept_without_a_name_or_was_never_there(cast: Cast, outside: Outside):
    begun = draft(cast.wang, cast.building)
    filings = [partial(file_petition, fresh(begun), actor=cast.wang, at=VOTING)] * HANDS
    outcomes = together(*filings, partial(erase, cast.wang))
    assert errors(outcomes, PetitionDraft.DoesNotExist) == []
    filed = Petition.objects.count()
    assert filed == len({each.pk for each in outcomes[:HANDS] if isinstance(each, Petition)})
    assert not PetitionDraft.objects.exists()
    held = {hold.kind: hold.number for hold in Erasure.objects.get().holds.all()}
    assert held.get("petition_in_hand", 0) == filed
    assert outside.value("SELECT count(*) FROM governance_notice WHERE recipient_id = %s", cast.wang.pk) == 0
