"""Ballots on paper: two people type each, owners are told, and their own ballot goes before one from the door."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import DatabaseError, transaction

from governance.domain.refusals import NotInCharge
from governance.models import AuditEntry, Notice, Role, RoleAssignment
from issues.deliberation.domain import opening, papers, results, setting_up
from issues.deliberation.domain.casting import VoteNotOpen
from issues.deliberation.domain.papers import CollectedByTheCompany, PrintedForAnother, SerialUsed
from issues.deliberation.domain.sealing import StillSealed, says
from issues.deliberation.models import Ballot, Channel, Choice, InvalidReason, Matter, Motion, PaperScan
from tests.cast import LONG_AGO, NOW
from tests.issues.deliberation.conftest import CLOSES, VOTING
from tests.issues.deliberation.domain.test_casting import entry_of, vote

pytestmark = pytest.mark.django_db


def typed(
    motion: Motion, cast, door: str, said=Choice.FOR, *, serial="A-001", channel=Channel.PAPER, **given
) -> Ballot:
    facts = {"cast_at": VOTING, "actor": cast.wu, "at": VOTING} | given
    return papers.record(entry_of(motion, door), said=said, serial=serial, channel=channel, **facts)


def counted(motion: Motion, cast, door: str, said=Choice.FOR, **given) -> Ballot:
    paper = typed(motion, cast, door, said, **given)
    assert papers.check(paper, said=said, actor=cast.sun, at=VOTING)
    return Ballot.objects.get(pk=paper.pk)


def test_a_paper_counts_once_two_people_have_typed_the_same(motion, cast):
    paper = typed(motion, cast, "805")
    assert not Ballot.objects.effective().exists()
    assert papers.check(paper, said=Choice.FOR, actor=cast.sun, at=VOTING)
    assert Ballot.objects.effective().get() == paper


def test_where_the_two_differ_it_never_counts_and_is_typed_anew(motion, cast):
    paper = typed(motion, cast, "805")
    assert not papers.check(paper, said=Choice.AGAINST, actor=cast.sun, at=VOTING)
    with pytest.raises(NotInCharge):
        papers.check(paper, said=Choice.FOR, actor=cast.sun, at=VOTING)
    assert counted(motion, cast, "805").is_effective
    assert Ballot.objects.effective().count() == 1


def test_nobody_checks_their_own_typing(motion, cast):
    with pytest.raises(NotInCharge):
        papers.check(typed(motion, cast, "805"), said=Choice.FOR, actor=cast.wu, at=VOTING)


def test_a_number_is_typed_once(motion, cast):
    typed(motion, cast, "805")
    with pytest.raises(SerialUsed):
        typed(motion, cast, "801")


def test_a_number_printed_for_one_home_is_not_typed_for_another(motion, cast):
    printed = papers.printed_serials(motion)
    assert len(set(printed.values())) == 7
    number = printed[entry_of(motion, "805").pk]
    with pytest.raises(PrintedForAnother):
        typed(motion, cast, "801", serial=number)
    assert typed(motion, cast, "805", serial=f" {number.lower()} ").serial == number


@pytest.mark.parametrize("late", [CLOSES, CLOSES + timedelta(hours=1)])
def test_a_paper_handed_in_too_late_is_not_typed_as_if_it_were_in_time(motion, cast, late):
    with pytest.raises(VoteNotOpen):
        typed(motion, cast, "805", cast_at=late, at=late)


def test_nobody_types_a_ballot_that_is_handed_in_in_the_future(motion, cast):
    with pytest.raises(VoteNotOpen):
        typed(motion, cast, "805", cast_at=VOTING + timedelta(hours=1))


@pytest.mark.parametrize("who", ["zhou", "zheng", "li", "strange_worker"])
def test_papers_are_typed_by_whoever_organises_the_vote(motion, cast, who):
    with pytest.raises(NotInCharge):
        typed(motion, cast, "805", actor=getattr(cast, who))


def test_nobody_of_the_company_types_ballots_on_its_own_contract(make_motion, cast, house):
    motion = setting_up.publish(make_motion(matter=Matter.MANAGER), actor=cast.wu, at=NOW)
    motion = opening.bring_up_to_date(motion, VOTING)
    RoleAssignment.objects.create(user=cast.wu, role=Role.PROPERTY_STAFF, body=cast.hengxin, valid_from=LONG_AGO)
    wu = type(cast.wu).objects.get(pk=cast.wu.pk)
    with pytest.raises(CollectedByTheCompany):
        typed(motion, cast, "805", actor=wu)


def test_owners_are_told_of_a_ballot_in_their_name(motion, cast, house):
    counted(motion, cast, "804", channel=Channel.DOOR)
    told = Notice.objects.filter(message_key="ballot_recorded", channel="in_app").values_list("recipient", flat=True)
    assert set(told) == {house.owners["ben"].pk, house.owners["cai"].pk}


def test_a_co_owner_is_told_of_the_others_ballot_but_nobody_of_their_own(motion, house):
    vote(motion, house, "cai", "804")
    vote(motion, house, "ann", "801")
    told = Notice.objects.filter(message_key="ballot_recorded", channel="in_app").values_list("recipient", flat=True)
    assert list(told) == [house.owners["ben"].pk]


def test_the_owners_own_ballot_replaces_the_one_from_the_door(motion, cast, house):
    collected = counted(motion, cast, "801", Choice.AGAINST, channel=Channel.DOOR)
    own = vote(motion, house, "ann", "801", choice=Choice.FOR)[0].ballot
    collected.refresh_from_db()
    assert (collected.is_effective, collected.replaced_by) == (False, own)
    assert Ballot.objects.effective().get() == own


def test_a_paper_that_comes_after_the_owners_own_ballot_counts_as_a_duplicate(motion, cast, house):
    own = vote(motion, house, "ann", "801")[0].ballot
    late = counted(motion, cast, "801", Choice.AGAINST)
    assert (late.is_effective, late.replaced_by) == (False, own)


def test_an_invalid_paper_takes_no_part_and_says_why(motion, cast, house):
    counted(motion, cast, "805", InvalidReason.UNSIGNED)
    file = results.tally_file(opening.bring_up_to_date(motion, CLOSES), CLOSES)
    assert b'"unsigned"' in file
    assert not motion.has_passed


def test_what_nobody_has_checked_is_not_in_the_file(motion, cast):
    paper = typed(motion, cast, "805")
    file = results.tally_file(opening.bring_up_to_date(motion, CLOSES), CLOSES)
    assert str(paper.public_id).encode() not in file


def test_the_second_reader_can_ask_about_no_other_ballot(motion, cast, house):
    own = vote(motion, house, "ann", "801")[0].ballot
    checked = counted(motion, cast, "805")
    for ballot in (own, checked):
        with pytest.raises(StillSealed):
            says(ballot, Choice.FOR)


def test_the_database_lets_no_unchecked_paper_count(motion, cast):
    paper = typed(motion, cast, "805")
    with pytest.raises(DatabaseError, match="paper_counts_once_checked"), transaction.atomic():
        Ballot.objects.filter(pk=paper.pk).update(is_effective=True)
    with pytest.raises(DatabaseError, match="paper_checked_by_a_second_person"), transaction.atomic():
        Ballot.objects.filter(pk=paper.pk).update(checked_by=cast.wu, checked_at=VOTING)


# --- pictures of papers ---


def scanned(motion, cast, typist, serial="B-1"):
    return papers.record(
        entry_of(motion, "805"), said=Choice.FOR, serial=serial, channel=Channel.PAPER, cast_at=VOTING, actor=typist,
        at=VOTING, scan=ContentFile(b"a picture that shows FOR"),
    )  # fmt: skip


def test_a_picture_of_a_paper_is_sealed_and_opened_only_for_those_who_type_and_check(motion, cast, house):
    colleague = house.owners["outsider"]
    RoleAssignment.objects.create(
        user=colleague, role=Role.COMMUNITY_STAFF, community=cast.community, valid_from=LONG_AGO
    )
    scan = scanned(motion, cast, cast.wu).scan
    assert b"picture" not in bytes(PaperScan.objects.get().picture)
    assert papers.look_at(PaperScan.objects.get(), actor=cast.sun, at=VOTING) == b"a picture that shows FOR"
    assert AuditEntry.objects.filter(verb="look_at_a_paper", actor_ref=cast.sun.public_id).count() == 1
    papers.check(scan.ballot, said=Choice.FOR, actor=cast.sun, at=VOTING)
    for who in (colleague, cast.zheng, cast.chen):
        with pytest.raises(NotInCharge):
            papers.look_at(PaperScan.objects.get(), actor=who, at=VOTING)
    for who in (cast.wu, cast.sun):
        assert papers.look_at(PaperScan.objects.get(), actor=who, at=VOTING)
    opening.bring_up_to_date(motion, CLOSES)
    assert papers.look_at(PaperScan.objects.get(), actor=colleague, at=CLOSES)
    with pytest.raises(DatabaseError), transaction.atomic():
        PaperScan.objects.all().delete()
