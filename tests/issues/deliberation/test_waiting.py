"""How many ballots the first page says are waiting: as many as the person could fill in."""

from uuid import uuid4

import pytest

from governance.models import User
from issues.deliberation.domain import casting, mandates, opening, setting_up
from issues.deliberation.models import Choice, RollEntry
from issues.deliberation.waiting import count_waiting_ballots
from tests.cast import client_of
from tests.issues.deliberation.conftest import CLOSES, OPENS, VOTING

pytestmark = pytest.mark.django_db


def vote(motion, user, door, at=VOTING):
    paper = casting.paper_with(user, motion.roll.get(number=door))
    casting.cast(motion, entries=list(paper.entries), choice=Choice.FOR, sending=uuid4(), actor=user, at=at)


def test_units_of_one_head_are_one_ballot_and_what_is_owned_together_another(motion, house):
    waiting = {name: count_waiting_ballots(user, VOTING) for name, user in house.owners.items()}
    assert waiting == {"ann": 1, "ben": 2, "cai": 1, "outsider": 0}


def test_a_ballot_handed_in_waits_no_more_neither_for_the_co_owner(motion, house):
    vote(motion, house.owners["ben"], "804")
    assert count_waiting_ballots(house.owners["ben"], VOTING) == 1
    assert count_waiting_ballots(house.owners["cai"], VOTING) == 0


def test_a_mandate_brings_a_ballot_until_it_is_taken_back(motion, house):
    ann, outsider = house.owners["ann"], house.owners["outsider"]
    mandate = mandates.give(motion, house.unit("801"), to=outsider, actor=ann, at=VOTING)
    assert count_waiting_ballots(outsider, VOTING) == 1
    mandates.revoke(mandate, actor=ann, at=VOTING)
    assert count_waiting_ballots(outsider, VOTING) == 0


def test_a_mandate_of_somebody_who_owns_nothing_there_brings_none(motion, house):
    mandate = mandates.give(
        motion, house.unit("801"), to=house.owners["outsider"], actor=house.owners["ann"], at=VOTING
    )
    RollEntry.objects.get(motion=motion, number="801").owner_rows.all().delete()
    assert mandate.revoked_at is None
    assert count_waiting_ballots(house.owners["outsider"], VOTING) == 0


def test_what_is_disputed_waits_for_nobody(motion, house):
    RollEntry.objects.filter(motion=motion, number="802").update(is_disputed=True)
    assert count_waiting_ballots(house.owners["ben"], VOTING) == 1


@pytest.mark.parametrize(("at", "waiting"), [(OPENS, 1), (CLOSES, 0)])
def test_only_while_the_vote_is_open(motion, house, at, waiting):
    assert count_waiting_ballots(house.owners["ann"], at) == waiting


def test_two_votes_are_two_ballots_and_cost_one_query(motion, make_motion, house, cast, django_assert_num_queries):
    other = setting_up.publish(make_motion(title="更换门禁"), actor=cast.wu, at=motion.published_at)
    opening.bring_up_to_date(other, VOTING)
    with django_assert_num_queries(1):
        assert count_waiting_ballots(house.owners["ben"], VOTING) == 4


@pytest.mark.parametrize(("choosing", "said"), [(False, "1 waits for your ballot"), (True, "Nothing to vote on now")])
def test_the_first_page_says_how_many_wait_and_leads_to_the_votes(motion, house, monkeypatch, choosing, said):
    monkeypatch.setattr("governance.middleware.database_now", lambda: VOTING)
    User.objects.filter(pk=house.owners["ann"].pk).update(language="en")
    if choosing:
        vote(motion, house.owners["ann"], "801")
    page = client_of(User.objects.get(pk=house.owners["ann"].pk)).get("/").content.decode()
    assert said in page.split('href="/votes/"')[1].split("</a>")[0]
