"""Fifty hands at one order, twenty taps on one button."""

from functools import partial

import pytest

from governance.models import Role, RoleAssignment, User
from issues.domain import handling
from issues.domain.handling import AlreadyTaken
from issues.domain.sweep import sweep
from residents.domain import petitions
from tests.cast import LONG_AGO, NOW, Cast, draft, take_in
from tests.faults.office import filed, fresh
from tests.faults.outside import Outside
from tests.faults.together import errors, together

pytestmark = pytest.mark.django_db(transaction=True)


def stewards(cast: Cast, number: int) -> list[User]:
    people = User.objects.bulk_create(User(username=f"steward-{n}", surname="管", password="!") for n in range(number))
    RoleAssignment.objects.bulk_create(
        RoleAssignment(user=person, role=Role.PROPERTY_STAFF, body=cast.hengxin, valid_from=LONG_AGO)
        for person in people
    )
    return people


def test_of_fifty_who_claim_an_order_at_once_one_wins_and_the_others_are_told_who(cast: Cast, outside: Outside):
    order = take_in(filed(cast.li, cast.building))
    other = take_in(filed(cast.wang, cast.building))
    people = stewards(cast, 50)

    outcomes = together(*(partial(handling.accept, fresh(order), actor=person, at=NOW) for person in people))

    assert errors(outcomes, AlreadyTaken) == []
    (winner,) = [person for person, outcome in zip(people, outcomes, strict=True) if outcome.__class__ is type(order)]
    told = [outcome for outcome in outcomes if isinstance(outcome, AlreadyTaken)]
    assert len(told) == 49
    assert {refusal.winner for refusal in told} == {winner}
    assert {refusal.next_order for refusal in told} == {other}
    assert outside.rows("SELECT state, holder_id FROM issues_workorder WHERE id = %s", order.pk) == [
        ("accepted", winner.pk)
    ]
    assert outside.value("SELECT count(*) FROM issues_issuestep WHERE verb = 'accept'") == 1
    assert outside.value("SELECT count(*) FROM residents_petitionupdate WHERE kind = 'accepted'") == 1
    assert outside.value("SELECT count(*) FROM governance_notice WHERE message_key = 'petition_accepted'") == 1


def test_twenty_filings_of_one_draft_are_one_petition_with_one_number(cast: Cast, outside: Outside):
    ready = draft(cast.li, cast.building)

    outcomes = together(*(partial(petitions.file_petition, fresh(ready), actor=cast.li, at=NOW) for _n in range(20)))

    assert errors(outcomes) == []
    acknowledged = {petition.receipt_no for petition in outcomes}
    assert [(number,) for number in acknowledged] == outside.rows("SELECT receipt_no FROM residents_petition")
    assert outside.value("SELECT count(*) FROM residents_petitionupdate WHERE kind = 'filed'") == 1
    assert outside.value("SELECT count(*) FROM governance_notice WHERE message_key = 'petition_received'") == 1


def test_twenty_who_ask_at_once_who_has_it_are_all_told_and_it_is_taken_in_once(cast: Cast, outside: Outside):
    petition = petitions.file_petition(draft(cast.li, cast.building), actor=cast.li, at=NOW)
    assert outside.value("SELECT count(*) FROM issues_issue") == 0

    def asked() -> str:
        petitions.ask_who_has_it(fresh(petition), at=NOW)
        return fresh(petition).holder_body

    assert together(*(asked for _n in range(20))) == ["恒信物业"] * 20
    assert outside.value("SELECT count(*) FROM issues_issue") == 1
    assert outside.value("SELECT count(*) FROM issues_workorder") == 1


def test_every_number_that_was_given_out_has_its_petition_and_its_order(cast: Cast, outside: Outside):
    def file_ten(person: User) -> list[str]:
        ready = [draft(person, cast.building) for _n in range(10)]
        return [petitions.file_petition(each, actor=person, at=NOW).receipt_no for each in ready]

    outcomes = together(*(partial(file_ten, person) for person in (cast.li, cast.wang) * 4))

    assert errors(outcomes) == []
    acknowledged = sorted(number for numbers in outcomes for number in numbers)
    assert acknowledged == [row[0] for row in outside.rows("SELECT receipt_no FROM residents_petition ORDER BY 1")]
    together(*(partial(sweep, bell=bell) for bell in ("doorbell", "beat")))
    assert outside.value("SELECT count(*) FROM issues_workorder WHERE state = 'dispatched'") == len(acknowledged)
