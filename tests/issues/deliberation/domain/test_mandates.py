"""Letting somebody vote: by owners, to people, one at a time, taken back at will, and never passed on."""

from datetime import timedelta

import pgtrigger
import pytest
from django.db import DatabaseError, transaction

from governance.domain.limits import TooManyTries
from issues.deliberation.domain import casting, mandates, setting_up
from issues.deliberation.domain.casting import NotOnTheRoll, VoteNotOpen
from issues.deliberation.domain.mandates import (
    HandedInAlready,
    MandatedAlready,
    NobodyThere,
    NoProxyHere,
    TooManyMandates,
)
from issues.deliberation.models import Ballot, Mandate, Matter, Motion
from tests.cast import NOW
from tests.issues.deliberation.conftest import CLOSES, OPENS, VOTING, House
from tests.issues.deliberation.domain.test_casting import vote

pytestmark = pytest.mark.django_db


def mandate(motion: Motion, house: House, giver: str, holder: str, door: str) -> Mandate:
    actor, to = house.owners[giver], house.owners[holder]
    return mandates.give(motion, house.unit(door), to=to, actor=actor, at=OPENS)


def test_whoever_holds_a_mandate_votes_for_that_unit_on_a_paper_of_its_own(motion, house):
    mandate(motion, house, "ann", "ben", "801")
    papers = casting.papers_of(house.owners["ben"], motion)
    assert [[entry.number for entry in paper.entries] for paper in papers] == [["802", "803"], ["804"], ["801"]]
    vote(motion, house, "ben", "801")
    assert Ballot.objects.get().mandate.given_by == house.owners["ann"]


def test_a_mandate_revoked_while_the_page_was_open_is_worth_nothing(motion, house):
    given = mandate(motion, house, "ann", "ben", "801")
    mandates.revoke(given, actor=house.owners["ann"], at=VOTING)
    with pytest.raises(NotOnTheRoll):
        vote(motion, house, "ben", "801")


def test_a_mandate_can_be_revoked_by_nobody_else(motion, house):
    given = mandate(motion, house, "ann", "ben", "801")
    with pytest.raises(NotOnTheRoll):
        mandates.revoke(given, actor=house.owners["cai"], at=VOTING)


def test_whoever_isnt_an_owner_there_gives_no_mandate(motion, house):
    with pytest.raises(NotOnTheRoll):
        mandate(motion, house, "outsider", "ben", "801")


def test_a_mandate_isnt_passed_on(motion, house):
    mandate(motion, house, "ann", "outsider", "801")
    with pytest.raises(NotOnTheRoll):
        mandate(motion, house, "outsider", "cai", "801")


def test_the_company_holds_no_mandates_on_its_own_contract(cast, make_motion, house):
    motion = setting_up.publish(make_motion(matter=Matter.MANAGER), actor=cast.wu, at=NOW)
    with pytest.raises(NoProxyHere):
        mandates.give(motion, house.unit("801"), to=cast.zheng, actor=house.owners["ann"], at=OPENS)


def test_nobody_holds_more_mandates_than_the_rule_set_allows(motion, house, rule_set):
    with pgtrigger.ignore("deliberation.RuleSet:a_change_is_a_new_version"):
        type(rule_set).objects.filter(pk=rule_set.pk).update(proxy_cap=1)
    mandate(motion, house, "ann", "outsider", "801")
    with pytest.raises(TooManyMandates):
        mandate(motion, house, "ben", "outsider", "802")
    with pytest.raises(DatabaseError, match="no more mandates"), transaction.atomic():
        Mandate.objects.create(
            motion=motion, unit=house.unit("802"), given_by=house.owners["ben"], held_by=house.owners["outsider"],
            given_at=OPENS,
        )  # fmt: skip


def test_before_the_opening_owners_give_mandates_by_the_registers_of_the_day(make_motion, cast, house):
    motion = setting_up.publish(make_motion(), actor=cast.wu, at=NOW)
    give = {"to": house.owners["outsider"], "at": NOW + timedelta(days=1)}
    assert mandates.give(motion, house.unit("801"), actor=house.owners["ann"], **give)
    with pytest.raises(NotOnTheRoll):
        mandates.give(motion, house.unit("802"), actor=house.owners["ann"], **give)


def test_a_second_mandate_takes_the_first_back(motion, house):
    first = mandate(motion, house, "ann", "ben", "801")
    second = mandate(motion, house, "ann", "outsider", "801")
    first.refresh_from_db()
    assert (first.revoked_at, second.revoked_at) == (OPENS, None)


def test_a_co_owner_gives_no_second_one(motion, house):
    mandate(motion, house, "ben", "outsider", "804")
    with pytest.raises(MandatedAlready):
        mandate(motion, house, "cai", "ann", "804")


def test_after_the_ballot_no_mandate_is_given(motion, house):
    vote(motion, house, "ann", "801")
    with pytest.raises(HandedInAlready):
        mandate(motion, house, "ann", "ben", "801")


def test_after_the_close_no_mandate_is_given(motion, house):
    with pytest.raises(VoteNotOpen):
        mandates.give(motion, house.unit("801"), to=house.owners["ben"], actor=house.owners["ann"], at=CLOSES)


def test_people_are_found_by_their_number_and_looking_many_up_is_stopped(cast, house):
    ann = house.owners["ann"]
    assert mandates.holder_by_phone(cast.li.phone, asked_by=ann, at=NOW) == cast.li
    for _time in range(9):
        with pytest.raises(NobodyThere):
            mandates.holder_by_phone("+8613999999999", asked_by=ann, at=NOW)
    with pytest.raises(TooManyTries):
        mandates.holder_by_phone("+8613999999999", asked_by=ann, at=NOW)
