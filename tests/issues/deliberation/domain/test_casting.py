"""Handing in a ballot: one for each unit, in time, by whoever may, and whatever else is tried."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from governance.models import AuditEntry, Role, RoleAssignment
from issues.deliberation.domain import casting, results
from issues.deliberation.domain.casting import Disputed, NotOnTheRoll, VotedAlready, VoteNotOpen
from issues.deliberation.domain.sealing import BrokenSeal, StillSealed, opened, sealed
from issues.deliberation.models import Ballot, Channel, Choice, Motion, RollEntry
from tests.cast import LONG_AGO
from tests.issues.deliberation.conftest import CLOSES, OPENS, VOTING, House

pytestmark = pytest.mark.django_db


def vote(motion: Motion, house: House, who: str, *doors: str, choice=Choice.FOR, at=VOTING, sending=None):
    entries = [entry_of(motion, door) for door in doors]
    return casting.cast(
        motion, entries=entries, choice=choice, sending=sending or uuid4(), actor=house.owners[who], at=at
    )


def entry_of(motion: Motion, door: str) -> RollEntry:
    return motion.roll.get(number=door)


def test_the_roll_has_every_unit_and_counts_heads_by_their_owners(motion, house):
    heads = {entry.number: entry.head for entry in motion.roll.all()}
    assert list(heads) == ["801", "802", "803", "804", "805", "806", "807"]
    assert heads["802"] == heads["803"]
    assert heads["806"] == heads["807"]
    assert len(set(heads.values())) == 5


def test_an_owner_of_several_units_has_one_paper_for_them_and_another_for_what_is_owned_together(motion, house):
    papers = casting.papers_of(house.owners["ben"], motion)
    assert [[entry.number for entry in paper.entries] for paper in papers] == [["802", "803"], ["804"]]
    assert papers[0].area_m2 == 200
    assert casting.papers_of(house.owners["outsider"], motion) == []


def test_a_ballot_gives_a_receipt_for_each_unit_by_which_the_voter_finds_it(motion, house):
    receipts = vote(motion, house, "ben", "802", "803")
    assert [casting.hash_of_receipt(receipt.number.lower()) for receipt in receipts] == [
        receipt.ballot.receipt_hash for receipt in receipts
    ]
    assert len({receipt.number for receipt in receipts}) == 2


@pytest.mark.parametrize("at", [OPENS - timedelta(microseconds=1), CLOSES, CLOSES + timedelta(days=1)])
def test_a_ballot_out_of_time_is_not_taken(motion, house, at):
    with pytest.raises(VoteNotOpen):
        vote(motion, house, "ann", "801", at=at)
    assert not Ballot.objects.exists()


@pytest.mark.parametrize("at", [OPENS, CLOSES - timedelta(microseconds=1)])
def test_the_first_and_the_last_instant_are_in_time(motion, house, at):
    assert vote(motion, house, "ann", "801", at=at)


@pytest.mark.parametrize(
    ("who", "doors"), [("outsider", ["801"]), ("ann", ["802"]), ("ann", ["801", "802"]), ("cai", ["805"])]
)
def test_nobody_votes_for_what_isnt_theirs_by_the_roll(motion, house, who, doors):
    with pytest.raises(NotOnTheRoll):
        vote(motion, house, who, *doors)
    assert not Ballot.objects.exists()


def test_units_of_two_heads_are_never_one_ballot(motion, house):
    with pytest.raises(NotOnTheRoll):
        vote(motion, house, "ben", "802", "804")
    assert not Ballot.objects.exists()


def test_pressed_twice_it_is_one_ballot(motion, house):
    sending = uuid4()
    first = vote(motion, house, "ann", "801", sending=sending)
    second = vote(motion, house, "ann", "801", sending=sending)
    assert (second[0].ballot, second[0].number) == (first[0].ballot, first[0].number)
    assert Ballot.objects.count() == 1


def test_from_a_second_tab_it_is_refused(motion, house):
    vote(motion, house, "ann", "801")
    with pytest.raises(VotedAlready, match="您已于"):
        vote(motion, house, "ann", "801", choice=Choice.AGAINST)


def test_the_second_co_owner_is_told_who_was_first_and_no_more_than_a_surname(motion, house):
    vote(motion, house, "cai", "804")
    with pytest.raises(VotedAlready) as refusal:
        vote(motion, house, "ben", "804", choice=Choice.AGAINST)
    assert refusal.value.by == "蔡*"
    assert refusal.value.ballot.cast_at == VOTING


def test_for_a_unit_that_is_disputed_no_ballot_is_taken(motion, house):
    RollEntry.objects.filter(motion=motion, number="801").update(is_disputed=True)
    with pytest.raises(Disputed):
        vote(motion, house, "ann", "801")


# --- the database ---


def test_there_is_one_effective_ballot_a_unit(motion, house):
    ballot = vote(motion, house, "ann", "801")[0].ballot
    Ballot.objects.filter(pk=ballot.pk)
    fields = {
        "entry": ballot.entry, "channel": Channel.ELECTRONIC, "cast_at": VOTING, "recorded_at": VOTING,
        "cast_by": ballot.cast_by, "sending": uuid4(), "is_effective": True, "receipt_hash": "other",
    }  # fmt: skip
    with pytest.raises(DatabaseError, match="one_effective_ballot_a_unit"), transaction.atomic():
        Ballot.objects.create(choice=sealed(Choice.FOR, uuid4()), **fields)


@pytest.mark.parametrize("cast_at", [OPENS - timedelta(seconds=1), CLOSES])
def test_the_database_takes_no_ballot_out_of_time(motion, house, cast_at):
    with pytest.raises(DatabaseError, match="no vote is open"), transaction.atomic():
        Ballot.objects.create(
            entry=entry_of(motion, "801"), channel=Channel.ELECTRONIC, choice=sealed(Choice.FOR, uuid4()),
            cast_at=cast_at, recorded_at=cast_at, cast_by=house.owners["ann"], sending=uuid4(), receipt_hash="x",
        )  # fmt: skip


def test_a_ballot_is_never_changed_nor_deleted(motion, house):
    ballot = vote(motion, house, "ann", "801")[0].ballot
    for change in ({"choice": sealed(Choice.AGAINST, ballot.public_id)}, {"cast_at": VOTING + timedelta(seconds=1)}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Ballot.objects.filter(pk=ballot.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        ballot.delete()


def test_the_roll_takes_nobody_in_once_it_is_frozen(motion, house):
    entry = entry_of(motion, "801")
    with pytest.raises(DatabaseError, match="the roll is frozen"), transaction.atomic():
        RollEntry.objects.create(
            motion=motion, unit=house.units[0], building="3栋", stairwell=1, number="999", kind="dwelling",
            area_m2=1, head="new",
        )  # fmt: skip
    with pytest.raises(DatabaseError), transaction.atomic():
        RollEntry.objects.filter(pk=entry.pk).update(area_m2=999)


# --- the seal ---


def test_nothing_in_the_database_tells_what_was_chosen(motion, house):
    vote(motion, house, "ann", "801", choice=Choice.AGAINST)
    vote(motion, house, "ben", "802", "803", choice=Choice.FOR)
    with connection.cursor() as cursor:
        cursor.execute("SELECT b::text, length(choice) FROM deliberation_ballot b")
        rows = cursor.fetchall()
    assert len({length for _row, length in rows}) == 1
    for row, _length in rows:
        assert "against" not in row
        assert b"against".hex() not in row
    facts = str(list(AuditEntry.objects.filter(noun="motion").values_list("payload__facts", flat=True)))
    assert "against" not in facts
    assert "'for'" not in facts


def test_the_seal_isnt_broken_before_the_close(motion, house):
    vote(motion, house, "ann", "801")
    with pytest.raises(StillSealed):
        opened(motion, Ballot.objects.all(), CLOSES - timedelta(microseconds=1))
    with pytest.raises(StillSealed):
        results.tally_file(motion, VOTING)
    assert list(opened(motion, Ballot.objects.all(), CLOSES).values()) == [Choice.FOR]


def test_a_choice_that_was_moved_to_another_ballot_is_noticed(motion, house):
    first = vote(motion, house, "ann", "801")[0].ballot
    second = vote(motion, house, "cai", "804", choice=Choice.AGAINST)[0].ballot
    first.refresh_from_db(), second.refresh_from_db()
    first.choice = second.choice
    with pytest.raises(BrokenSeal):
        opened(motion, [first], CLOSES)


def test_the_trail_says_that_somebody_voted_but_not_who(motion, house):
    vote(motion, house, "ann", "801")
    entry = AuditEntry.objects.filter(verb="cast").get()
    assert entry.actor_ref == "voter"


def test_staff_of_the_community_may_own_a_home_and_vote_like_anybody(cast, motion, house):
    RoleAssignment.objects.create(
        user=house.owners["ann"], role=Role.COMMUNITY_STAFF, community=cast.community, valid_from=LONG_AGO
    )
    assert vote(motion, house, "ann", "801")
