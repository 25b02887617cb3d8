"""Somebody asks that what is held about them be erased: what goes at once, what waits for its day, and what stays."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from io import StringIO
from uuid import uuid4

import pgtrigger
import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, models, transaction

from governance.domain import audit, erasing, field_keys, outbox, party, roles, sign_in
from governance.domain.keeping import years_on
from governance.domain.moment import local_day
from governance.domain.own_data import InOffice
from governance.encryption import decrypt
from governance.models import (
    AuditEntry,
    Category,
    Erasure,
    Hold,
    Notice,
    PartyBranch,
    PartyMember,
    Post,
    Role,
    RoleAssignment,
    SignInCode,
    Standing,
    User,
)
from issues.deliberation.domain import answering, casting, feeds, mandates, objecting, opening, proposing, results
from issues.deliberation.domain.proposing import Proposal
from issues.deliberation.models import (
    Ballot,
    Choice,
    Mandate,
    Motion,
    MotionKind,
    SurveySheet,
    Topic,
    TopicOrigin,
    TopicSupport,
)
from issues.domain import handling
from issues.domain.sweep import sweep
from issues.models import IssuePetition
from residents.domain import drafts, names, occupancy, petitions
from residents.models import Occupancy, OccupancyRelation, OccupancyState, Petition, Resident
from residents.signals import petitions_forgotten
from tests.cast import NOW, PASSWORD, Cast, client_of, draft, file, take_in
from tests.issues.deliberation.conftest import CLOSES, VOTING, House, house, make_motion, motion, rule_set
from tests.issues.deliberation.survey import DURING, a_published, says
from tests.photos import jpeg

__all__ = ["house", "make_motion", "motion", "rule_set"]
pytestmark = pytest.mark.django_db

NAME, LATIN, NUMBER, ADDRESS = "上官澜溪", "Shangguanlanxi", "+8613912340987", "lanxi.sg@example.org"
WORDS = "独角鲸"
WHO = (NAME, LATIN, NUMBER, NUMBER[3:], ADDRESS)


@pytest.fixture
def ann(motion: Motion, house: House, cast: Cast) -> User:
    """The owner of 801, with something of everything that the portal holds of a person."""
    ann = house.owners["ann"]
    ann.full_name, ann.surname, ann.surname_latin, ann.email, ann.phone = NAME, NAME[:2], LATIN, ADDRESS, NUMBER
    ann.phone_verified_at = NOW
    ann.save()
    sign_in.welcome(NUMBER, language="zh-hans", elder_mode=False, at=NOW)
    Occupancy.objects.filter(user=ann).update(evidence=f"{WORDS}的房产证", decision_words=f"看过{NAME}的房产证")
    Resident.objects.create(user=ann, building=cast.building)
    roles.grant(ann, Role.RESIDENT, cast.estate, actor=cast.wu, at=NOW)
    _said_something(ann, cast)
    _deliberated(ann, cast, house)
    SignInCode.objects.create(
        phone_encrypted=NUMBER, code_hash="0", sent_at=VOTING, expires_at=VOTING + timedelta(minutes=5)
    )
    return User.objects.get(pk=ann.pk)


def _said_something(ann: User, cast: Cast) -> None:
    closed = file(ann, cast.building, words=f"{WORDS}一", spot=f"{WORDS}门口")
    order = take_in(closed)
    petitions.supplement(closed, f"{WORDS}二", actor=ann, at=NOW)
    names.open_name(closed, actor=cast.sun, at=NOW, reason=f"找{NAME}")
    handling.accept(order, actor=cast.zhou, at=NOW)
    handling.finish(order, actor=cast.zhou, at=NOW, words="换了灯管。")
    closed.refresh_from_db()
    petitions.evaluate(
        closed, was_contacted=True, is_solved=True, satisfaction=5, words=f"{WORDS}三", actor=ann, at=NOW
    )
    take_in(file(ann, cast.other_building, words=f"{WORDS}四"))
    draft(ann, cast.building, words=f"{WORDS}五")


def _deliberated(ann: User, cast: Cast, house: House) -> None:
    proposal = Proposal(cast.community, TopicOrigin.RESIDENT, f"{WORDS}六", f"{WORDS}七", estate=cast.estate)
    proposing.propose(proposal, sending=uuid4(), actor=ann, at=NOW)
    gathering = Proposal(cast.community, TopicOrigin.OWNERS, "换物业", "换一家", estate=cast.estate)
    proposing.propose(gathering, sending=uuid4(), actor=ann, at=NOW)
    survey = a_published(cast)
    home = Occupancy.objects.standing().get(user=ann)
    answering.answer(survey, home, says(survey, "路灯", words=f"{WORDS}八"), actor=ann, at=DURING)
    feeds.make(actor=ann, at=NOW)


def erase(user: User, at: datetime) -> Erasure:
    erasure = erasing.ask(user, at=at)
    erasing.carry_out(erasure, at=at)
    return erasure


def tables_with(*planted: str) -> set[str]:
    """Every table with a row that says one of these, in whichever column, encrypted ones opened."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" t WHERE t::text LIKE ANY(%s)', [[f"%{p}%" for p in planted]])
            found |= {table} if cursor.fetchone() else set()
    return found | {table for table, text in encrypted() if any(each in text for each in planted)}


def encrypted() -> Iterator[tuple[str, str]]:
    for column in field_keys.encrypted_columns():
        for _key, token in field_keys.tokens(column):
            yield column.table, decrypt(token)


# --- what goes, what waits, what stays ---


def test_at_once_nobody_finds_the_name_and_what_is_not_needed_is_gone(ann: User):
    erase(ann, VOTING)
    # Locked as long as a vote of theirs can be challenged.
    assert tables_with(*WHO) == {"governance_erasure"}
    # Petitions, the place of them in people's own words as those who handle them know it, a topic yet to be looked at.
    assert tables_with(WORDS) == {
        "residents_petition", "residents_petitionupdate", "residents_evaluation", "issues_issue", "governance_notice",
        "deliberation_topic",
    }  # fmt: skip


def test_when_every_day_has_come_nothing_says_who_it_was_or_what_they_said(ann: User, motion: Motion, cast: Cast):
    erasure = erase(ann, VOTING)
    Petition.objects.filter(petitioner=ann, state="in_hand").update(state="withdrawn", ended_at=VOTING)
    Topic.objects.filter(raised_by=ann, state="raised", is_public=False).update(state="declined")
    opening.bring_up_to_date(opening.bring_up_to_date(motion, CLOSES), CLOSES + timedelta(days=60))

    half_a_year, two_years, four_years = (VOTING + timedelta(days=days) for days in (180, 730, 1461))
    sweep(bell="test", now=half_a_year)
    assert {hold.kind for hold in erasure.holds.all()} == {"petition", "home", "vote"}
    sweep(bell="test", now=two_years)
    assert {hold.kind for hold in erasure.holds.all()} == {"petition", "home"}
    assert tables_with(*WHO) == set()
    sweep(bell="test", now=four_years)
    assert (tables_with(*WHO), tables_with(WORDS)) == (set(), set())

    erasure.refresh_from_db()
    assert (erasure.done_at, erasure.look_again_at, erasure.identity, erasure.carried_out_by) == (
        four_years, None, None, "sweep",
    )  # fmt: skip
    assert not Occupancy.objects.filter(user=ann).exists()
    assert User.objects.get(pk=ann.pk).public_id == ann.public_id
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        Erasure.objects.filter(pk=erasure.pk).update(done_at=None, look_again_at=four_years)


def test_forgotten_petitions_lose_their_photos_and_orders_keep_the_staffs(
    cast: Cast, django_capture_on_commit_callbacks
):
    begun = draft(cast.li, cast.building)
    before = drafts.keep_photo(begun, jpeg(), 1, NOW)
    petition = petitions.file_petition(begun, actor=cast.li, at=NOW)
    order = handling.accept(take_in(petition), actor=cast.zhou, at=NOW)
    handling.finish(order, actor=cast.zhou, at=NOW, words="换了灯管。", photos=[jpeg()])
    with django_capture_on_commit_callbacks(execute=True):
        erase(cast.li, NOW)
        assert petition.photos.count() == 2
        sweep(bell="test", now=NOW + timedelta(days=1461))
    assert petition.photos.count() == 0
    kept = order.photos.get().file.name
    assert (default_storage.exists(before.file.name), default_storage.exists(kept)) == (False, True)


def test_the_reference_says_what_is_kept_and_until_when(ann: User, motion: Motion):
    assert [hold.kind for hold in erasing.what_stays(ann, at=VOTING)] == [
        hold.kind for hold in erase(ann, VOTING).holds.all()
    ]
    held = {hold.kind: (hold.number, hold.until) for hold in Hold.objects.all()}
    assert held == {
        "petition_in_hand": (1, None),
        "petition": (1, years_on(NOW, 3)),
        "home": (1, years_on(VOTING, 3)),
        "vote": (1, None),
        "unanswered": (1, None),
    }


def test_the_audit_trail_holds_to_the_last_entry(ann: User, cast: Cast):
    erase(ann, VOTING)
    connection.check_constraints()  # deferred triggers link the entries
    told = AuditEntry.objects.filter(noun="account", object_ref=str(ann.public_id)).order_by("id")
    assert [entry.verb for entry in told] == ["ask_erasure", "erase_in_part"]
    for chain in (audit.SYSTEM_CHAIN, cast.subdistrict.pk):
        assert audit.verify_chain(chain)[1] is None


# What a row calls the officer, steward or volunteer who did it: that is the office's own record.
OF_THE_OFFICE = {
    "CommitmentBlocker.raised_by", "DutyShift.user", "LogEntry.user", "Vetting.by", "actor", "agreed_by",
    "answered_by", "asked_by", "booked_by", "called_by", "checked_by", "contact", "decided_by", "done_by",
    "drafted_by", "ended_by", "entered_by", "filed_by", "found_by", "holder", "invited_by", "judged_by",
    "lifted_by", "linked_by", "listed_by", "made_by", "mediated_by", "noted_by", "promised_by", "quit_asked_by",
    "recorded_by", "related_by", "released_by", "reported_by", "settled_by", "struck_by", "taken_by",
    "taken_down_by", "undone_by", "uploaded_by", "verified_by", "withdrawn_by", "withdrawn_with", "written_by",
}  # fmt: skip
# All others: each is thought of in the `own_data` of its storey.
OF_RESIDENTS = {
    "Amendment.by", "Attendance.user", "Ballot.cast_by", "CalendarFeed.user", "CommitmentDoubt.by", "Consent.user",
    "EmailAddress.user", "Erasure.user", "Evaluation.given_by", "Invitation.proxy", "Invitation.user",
    "Mandate.given_by", "Mandate.held_by", "Notice.recipient", "Objection.by", "Occupancy.user", "PartyMember.user",
    "Petition.petitioner", "PetitionDraft.user", "Post.user", "Resident.user", "RoleAssignment.user",
    "RollOwner.user", "SurveySheet.by", "Topic.raised_by", "TopicJudgement.by", "TopicSupport.by",
}  # fmt: skip


def test_a_new_table_that_names_a_person_is_thought_of():
    """Whoever adds one says here, and in an `own_data`, whether it is a resident's and what becomes of it."""
    naming = {
        (field.name, f"{model.__name__}.{field.name}")
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey) and field.related_model is User
    }
    assert {path for name, path in naming if not OF_THE_OFFICE & {name, path}} == OF_RESIDENTS


# --- the account ---


def test_the_sessions_are_over_and_the_number_begins_anew(ann: User, cast: Cast):
    client = client_of(ann)
    assert client.get("/account/").status_code == 200
    erase(ann, VOTING)
    assert client.get("/account/").status_code == 302
    anew = sign_in.welcome(NUMBER, language="ko", elder_mode=False, at=VOTING)
    assert anew.pk != ann.pk
    assert (anew.full_name, anew.petitions.count(), anew.occupancies.count()) == ("", 0, 0)
    old = Petition.objects.filter(petitioner=ann)[0]
    assert client_of(anew).get(f"/petitions/{old.receipt_no}/").status_code == 404
    assert sign_in.user_with_password(NUMBER, "youying-demo", address="", at=VOTING) is None


def test_asked_twice_it_is_one_and_staff_must_put_their_role_down_first(ann: User, cast: Cast):
    assert erase(ann, VOTING) == erase(ann, VOTING + timedelta(hours=1))
    for name in ("wu", "zhou", "bai", "administrator"):
        with pytest.raises(InOffice):
            erasing.ask(getattr(cast, name), at=VOTING)
    for assignment in RoleAssignment.objects.filter(user=cast.bai):
        roles.revoke(assignment, actor=cast.sun, at=NOW)
    assert erase(cast.bai, VOTING).done_at == VOTING


@pytest.mark.parametrize(
    "change", [{"full_name": "某"}, {"is_active": True}, {"erased_at": None}, {"email": "a@b.cn"}, {"username": "ann"}]
)
def test_somebody_erased_is_nobody_for_good(ann: User, change):
    erase(ann, VOTING)
    with pytest.raises(Exception, match=r"erased_person_is_nobody|Cannot update"), transaction.atomic():
        User.objects.filter(pk=ann.pk).update(**change)


def test_nothing_new_names_whoever_is_erased_and_messages_to_others_go_out(ann: User, motion: Motion, cast: Cast):
    unit = Occupancy.objects.get(user=ann).unit
    erase(ann, VOTING)
    gone = User.objects.get(pk=ann.pk)
    outbox.post_to_each([gone, cast.li], "vote_final", {"title": "x"}, dedupe="x", at=VOTING)
    assert [notice.recipient for notice in Notice.objects.filter(message_key="vote_final")] == [cast.li]
    for deed in (
        partial(Occupancy.objects.create, user=gone, unit=unit, relation=OccupancyRelation.OWNER, claimed_at=VOTING),
        partial(casting.cast, motion, entries=[motion.roll.get(number="801")], choice=Choice.FOR, sending=uuid4(),
                actor=gone, at=VOTING),
        partial(roles.grant, gone, Role.RESIDENT, cast.estate, actor=cast.wu, at=VOTING),
    ):  # fmt: skip
        with pytest.raises(IntegrityError, match="erased_person"), transaction.atomic():
            deed()


# --- a vote that is going on ---


def test_a_vote_comes_out_the_same_to_the_last_byte(ann: User, motion: Motion, house: House):
    ben = house.owners["ben"]
    for who, door in ((ann, "801"), (ben, "802")):
        casting.cast(
            motion, entries=[motion.roll.get(number=door)], choice=Choice.FOR, sending=uuid4(), actor=who, at=VOTING
        )
    before = results.tally_file(motion, CLOSES), _receipts(motion)
    erase(ann, VOTING)
    assert (results.tally_file(motion, CLOSES), _receipts(motion)) == before

    counted = opening.bring_up_to_date(motion, CLOSES)
    objecting.object_to(counted, words="票数不对。", actor=ben, at=CLOSES)
    erase(ben, CLOSES)
    assert results.counted_anew(counted, CLOSES).result == bytes(counted.result)


def _receipts(motion: Motion) -> list[str]:
    return list(Ballot.objects.filter(entry__motion=motion).order_by("pk").values_list("receipt_hash", flat=True))


def test_mandates_end_on_both_sides_and_support_is_taken_back(ann: User, motion: Motion, house: House, cast: Cast):
    ben = house.owners["ben"]
    mandates.give(motion, house.unit("801"), to=ben, actor=ann, at=VOTING)
    mandates.give(motion, house.unit("802"), to=ann, actor=ben, at=VOTING)
    assert TopicSupport.objects.filter(by=ann, taken_back_at=None).count() == 1
    erase(ann, VOTING)
    assert not Mandate.objects.in_force().exists()
    assert not TopicSupport.objects.filter(by=ann, taken_back_at=None).exists()
    assert Occupancy.objects.get(user=ann).state == OccupancyState.ENDED


def test_the_copy_has_all_that_was_said_and_no_choice(ann: User, motion: Motion):
    casting.cast(
        motion, entries=[motion.roll.get(number="801")], choice=Choice.AGAINST, sending=uuid4(), actor=ann, at=VOTING
    )
    copy = str(erasing.copy_of(ann))
    theirs = (NAME, NUMBER, ADDRESS, *(f"{WORDS}{number}" for number in "一二三四五六七八"))
    assert [part for part in theirs if part not in copy] == []
    assert Ballot.objects.get().receipt_hash in copy
    assert str(Choice.AGAINST.label) not in copy


def test_after_a_restore_the_list_erases_them_once_more_under_the_same_reference(ann: User, tmp_path):
    listed, reference = tmp_path / "erasures.txt", uuid4()
    listed.write_text(f"{ann.public_id} {reference} {VOTING.isoformat()}\n{uuid4()} {uuid4()} {NOW.isoformat()}\n")
    told = StringIO()
    for _time in range(2):
        call_command("erasures", again=str(listed), stdout=told)
    assert [line.split()[0] for line in told.getvalue().splitlines()] == ["1", "0"]
    erasure = Erasure.objects.get(user=ann)
    assert (erasure.public_id, erasure.asked_at, erasure.carried_out_by) == (reference, VOTING, "restore")
    told = StringIO()
    call_command("erasures", stdout=told)
    assert [datetime.fromisoformat(told.getvalue().split()[2])] == [VOTING]
    assert told.getvalue().split()[:2] == [str(ann.public_id), str(reference)]
    listed.write_text("x y z")
    with pytest.raises(CommandError):
        call_command("erasures", again=str(listed))


def test_after_a_restore_whoever_held_office_then_goes_too_and_a_failure_keeps_no_other_waiting(
    ann: User, cast: Cast, tmp_path, monkeypatch
):
    seat = Post.objects.create(
        body=cast.committee, title="委员", full_name=cast.wu.full_name, user=cast.wu, since=VOTING.date()
    )
    whole = erasing.carry_out

    def breaks_for_li(erasure: Erasure, **facts) -> bool:
        if erasure.user_id == cast.li.pk:
            raise RuntimeError(NAME)
        return whole(erasure, **facts)

    monkeypatch.setattr(erasing, "carry_out", breaks_for_li)
    listed, said = tmp_path / "erasures.txt", StringIO()
    people = (cast.wu, cast.li, ann)
    listed.write_text("".join(f"{each.public_id} {uuid4()} {VOTING.isoformat()}\n" for each in people))
    with pytest.raises(CommandError, match="1 failed"):
        call_command("erasures", again=str(listed), stdout=StringIO(), stderr=said)
    assert (str(cast.li.public_id) in said.getvalue(), NAME in said.getvalue()) == (True, False)
    assert Erasure.objects.filter(user__in=(cast.wu, ann), erased_at__isnull=False).count() == 2
    seat.refresh_from_db()
    assert seat.ended_on is not None
    assert not RoleAssignment.objects.filter(user=cast.wu, valid_until=None).exists()


def test_one_that_fails_is_counted_and_lets_the_others_go_first(cast: Cast, monkeypatch):
    broken, sound = (erasing.ask(each, at=NOW) for each in (cast.li, cast.wang))
    whole = erasing.carry_out

    def breaks_once(erasure: Erasure, **facts) -> bool:
        if erasure.pk == broken.pk:
            raise RuntimeError("broken")
        return whole(erasure, **facts)

    with monkeypatch.context() as patched:
        patched.setattr(erasing, "carry_out", breaks_once)
        patched.setattr(erasing, "AT_ONCE", 1)
        assert sweep(bell="test", now=NOW).failures == 1
        assert sweep(bell="test", now=NOW + timedelta(seconds=10)).failures == 0
    sound.refresh_from_db()
    assert sound.erased_at
    assert erasing.carry_out_all(NOW + timedelta(minutes=11)) == 1
    assert Erasure.objects.get(pk=broken.pk).erased_at


def test_a_sheet_in_a_running_survey_goes_with_the_person(ann: User):
    assert SurveySheet.objects.filter(by=ann).count() == 1
    erase(ann, DURING)
    assert not SurveySheet.objects.exists()


def test_a_petition_of_photos_alone_is_held_and_forgotten(cast: Cast):
    begun = draft(cast.li, cast.building, words="", spot=f"{WORDS}门口")
    drafts.keep_photo(begun, jpeg(), 1, NOW)
    petition = petitions.file_petition(begun, actor=cast.li, at=NOW)
    petitions.withdraw(petition, actor=cast.li, at=NOW)
    erasure = erase(cast.li, NOW + timedelta(days=9))
    assert erasure.holds.get(kind="petition").until == years_on(NOW, 3)
    sweep(bell="test", now=NOW + timedelta(days=1461))
    assert (petition.photos.count(), tables_with(WORDS)) == (0, set())


def test_the_place_of_a_matter_is_then_in_the_words_of_whoever_still_speaks_of_it(cast: Cast):
    gone, stays = file(cast.li, cast.building, spot=f"{WORDS}门口"), file(cast.wang, cast.building, spot="车棚边")
    issue = take_in(gone).issue
    take_in(stays)
    IssuePetition.objects.filter(petition=stays).update(issue=issue)
    petitions_forgotten.send(sender=Petition, petitions=[gone.pk], at=VOTING)
    issue.refresh_from_db()
    assert issue.spot == "车棚边"


def test_what_only_asks_for_opinions_is_held_by_nothing(ann: User, motion: Motion):
    with pgtrigger.ignore():
        Motion.objects.filter(pk=motion.pk).update(kind=MotionKind.CONSULTATIVE)
    assert "vote" not in {hold.kind for hold in erasing.what_stays(ann, at=VOTING)}


def test_others_read_what_it_means_that_somebody_has_just_gone(ann: User, motion: Motion, house: House, cast: Cast):
    claim = occupancy.claim(cast.stranger, house.unit("802"), OccupancyRelation.OWNER, at=VOTING)
    for person in (cast.stranger, ann):
        erasing.ask(person, at=VOTING)
    with pytest.raises(occupancy.PersonGone):
        occupancy.verify(claim, words="看过", actor=cast.wu, at=VOTING)
    with pytest.raises(mandates.NobodyThere), transaction.atomic():
        mandates.give(motion, house.unit("802"), to=ann, actor=house.owners["ben"], at=VOTING)
    with pytest.raises(IntegrityError, match="erased_person"), transaction.atomic():
        occupancy.claim(ann, house.unit("802"), OccupancyRelation.OWNER, at=VOTING)


def open_name(reference: object, by: str, reason: str, monkeypatch, *, password: str = PASSWORD) -> str:
    told = StringIO()
    monkeypatch.setattr("sys.stdin", StringIO(f"{password}\n"))
    call_command("erasures", open=str(reference), by=by, reason=reason, stdout=told)
    return told.getvalue()


def test_a_court_is_told_the_name_as_long_as_a_vote_can_be_challenged_and_the_trail_knows(
    ann: User, cast: Cast, monkeypatch
):
    reference, name = str(erase(ann, VOTING).public_id), cast.administrator.username
    assert open_name(reference, name, "法院 2026-1", monkeypatch) == f"{NAME} {NUMBER}\n"
    entry = AuditEntry.objects.get(noun="erasure", object_ref=reference)
    assert (entry.verb, entry.actor_ref) == ("open_identity", str(cast.administrator.public_id))
    with pytest.raises(CommandError, match="已删除"):
        open_name(erase(cast.wang, VOTING).public_id, name, "x", monkeypatch)


@pytest.mark.parametrize(
    ("by", "password", "reason", "why"),
    [
        ("nobody", PASSWORD, "法院", "names no account"),
        ("", PASSWORD, "法院", "names no account"),
        ("sun", PASSWORD, "法院", "doesn't administer"),
        ("li", PASSWORD, "法院", "doesn't administer"),
        ("administrator", "guessed", "法院", "isn't the password"),
        ("administrator", "", "法院", "isn't the password"),
        ("administrator", PASSWORD, " ", "."),
    ],
)
def test_a_typed_name_alone_opens_nothing(ann: User, cast: Cast, monkeypatch, by, password, reason, why):
    reference = erase(ann, VOTING).public_id
    name = getattr(cast, by).username if hasattr(cast, by) else by
    with pytest.raises(CommandError, match=why):
        open_name(reference, name, reason, monkeypatch, password=password)
    assert not AuditEntry.objects.filter(verb="open_identity").exists()


def test_passwords_at_the_terminal_are_tried_as_often_as_at_signing_in(ann: User, cast: Cast, monkeypatch):
    reference, name = erase(ann, VOTING).public_id, cast.administrator.username
    for _try in range(5):
        with pytest.raises(CommandError, match="isn't the password"):
            open_name(reference, name, "法院", monkeypatch, password="guessed")
    with pytest.raises(CommandError, match="太多"):
        open_name(reference, name, "法院", monkeypatch)


# --- asked for in writing, by whoever can't sign in ---


@pytest.fixture
def told(cast: Cast) -> Petition:
    """What Granny Hu told a steward at the door: she has no phone, and her account was opened for her."""
    granny = User.objects.create_user(full_name="胡 德全")
    petition = file(granny, cast.building, words=WORDS)
    petitions.withdraw(petition, actor=granny, at=NOW)
    return petition


PAPER = "2026-05-15 书面申请，存街道档案 12 号"
ADD = "/console/governance/erasure/add/"


def on_paper(cast: Cast, petition: Petition, by: str = "sun", **typed: str):
    given = {"receipt_no": petition.receipt_no, "full_name": "胡德全", "paper": PAPER, "was_seen": "on"} | typed
    return client_of(getattr(cast, by)).post(ADD, given)


@pytest.mark.parametrize("by", ["sun", "administrator"])
def test_the_office_closes_the_account_of_somebody_who_asks_in_writing(
    cast: Cast, told: Petition, by, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        answer = on_paper(cast, told, by)
    erasure = Erasure.objects.get(user=told.petitioner)
    assert answer.url == f"/account/erased/{erasure.public_id}/"
    assert (erasure.erased_at is not None, erasure.subdistrict) == (True, cast.subdistrict)
    assert User.objects.get(pk=told.petitioner_id).full_name == ""
    entry = AuditEntry.objects.get(noun="erasure", verb="ask_on_paper")
    assert (entry.actor_ref, entry.payload.facts["paper"]) == (str(getattr(cast, by).public_id), PAPER)
    assert AuditEntry.objects.get(verb="ask_erasure").actor_ref == entry.actor_ref
    said = client_of(cast.sun).get(f"/console/governance/erasure/{erasure.pk}/history/").content.decode()
    assert "书面" in said


@pytest.mark.parametrize(
    "typed",
    [
        {"full_name": "胡德"}, {"full_name": ""}, {"receipt_no": "SQ-2222-2222"}, {"receipt_no": "\x00"},
        {"paper": " "}, {"was_seen": ""},
    ],
)  # fmt: skip
def test_a_slip_on_the_form_erases_nobody(cast: Cast, told: Petition, typed):
    assert on_paper(cast, told, **typed).status_code in (200, 400)
    assert not Erasure.objects.exists()


def test_whoever_signs_in_is_asked_themselves_and_a_strange_office_finds_nobody(cast: Cast, told: Petition):
    mine = file(cast.li, cast.building)
    assert "本人" in on_paper(cast, mine, full_name=cast.li.full_name).content.decode()
    with pytest.raises(erasing.NobodyOnPaper):
        erasing.ask_on_paper(told.receipt_no, name="胡德全", paper=PAPER, actor=cast.strange_officer, at=NOW)
    for nobody in (cast.wu, cast.zhou, cast.li):
        with pytest.raises(erasing.NobodyOnPaper):
            erasing.ask_on_paper(told.receipt_no, name="胡德全", paper=PAPER, actor=nobody, at=NOW)
    assert not Erasure.objects.exists()


def test_what_is_about_the_street_s_own_people_is_found_by_administrators_alone(cast: Cast, told: Petition):
    Petition.objects.filter(pk=told.pk).update(category=Category.objects.get(is_about_street=True))
    with pytest.raises(erasing.NobodyOnPaper):
        erasing.ask_on_paper(told.receipt_no, name="胡德全", paper=PAPER, actor=cast.sun, at=NOW)
    assert erasing.ask_on_paper(told.receipt_no, name="胡德全", paper=PAPER, actor=cast.administrator, at=NOW)


# --- the party's register ---


def test_the_party_s_register_stays_by_name_unlinked_and_residents_see_nothing_of_it(cast: Cast):
    branch = PartyBranch.objects.filter(community=cast.community).first() or PartyBranch.objects.first()
    member = PartyMember.objects.create(
        number="1", full_name=NAME, kind="resident", community=cast.community, user=cast.li
    )
    party.begin_membership(member, branch, Standing.FULL, since=local_day(NOW), actor=cast.sun, at=NOW)
    party.note_consent(member, given_on=local_day(NOW), actor=cast.sun, at=NOW)
    assert NAME in str(erasing.copy_of(cast.li))
    erase(cast.li, VOTING)
    member.refresh_from_db()
    assert (member.full_name, member.user, member.memberships.count()) == (NAME, None, 1)
    assert not party.shown_consents(VOTING).filter(member=member).exists()
