"""The demo's neighbourhood: what is in it, that it really happened, and where it is refused."""

import re
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import override_settings
from django.utils import translation

from governance import shipped as shipped_by_governance
from governance.domain.audit import verify_chain
from governance.models import (
    AuditEntry,
    DutyShift,
    ManagementKind,
    Notice,
    NoticeState,
    PartyBranch,
    Role,
    RoleAssignment,
    Subdistrict,
    Unit,
    User,
)
from issues import shipped as shipped_by_issues
from issues.deliberation import shipped as shipped_by_deliberation
from issues.deliberation.counting import count as counting
from issues.deliberation.counting.reading import read
from issues.deliberation.domain import electing, results, setting_up
from issues.deliberation.models import Ballot, Commitment, Decision, Motion, Survey, Topic
from issues.deliberation.waiting import count_waiting_ballots
from issues.demo import loading
from issues.demo.playing import STORIES
from issues.models import Escalation, Issue, Mediation, OrderPhoto, SlaClock, SupervisionOrder, Verification, WorkOrder
from residents.models import Evaluation, Occupancy, Petition, PetitionDraft, PetitionPhoto
from tests.cast import NOW


@pytest.fixture(scope="module")
def loaded_once(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Path]:
    """One load for the whole module, undone at its end; where its photos lie."""
    media = tmp_path_factory.mktemp("media")
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=media), transaction.atomic():
        shipped_by_governance.ensure(apps.get_model, at=shipped_by_governance.SHIPPED_AT)
        shipped_by_issues.ensure(apps.get_model)
        shipped_by_deliberation.ensure(apps.get_model)
        loading.load(now=NOW)
        # Nothing is committed here: ask for what a commit would do.
        connection.check_constraints()
        yield media
        transaction.set_rollback(True)


@pytest.fixture
def demo(loaded_once, db) -> Path:
    return loaded_once


def petition_that_says(words: str) -> Petition:
    return Petition.objects.get(words__contains=words)


def matters_of(words: str) -> list[Issue]:
    """What came of the petition, the latest last: its own matter, and the one it was put to."""
    return [link.issue for link in petition_that_says(words).links.order_by("linked_at", "id")]


def what_anybody_could_see() -> dict[str, list]:
    """The neighbourhood without its random receipt numbers and public ids."""
    petitions = Petition.objects.order_by("filed_at")
    return {
        "people": list(User.objects.order_by("username").values_list("username", "full_name", "phone_hash")),
        "homes": list(Occupancy.objects.order_by("user__username").values_list("unit__number", "relation", "state")),
        "areas": list(Unit.objects.order_by("id").values_list("number", "exclusive_area_m2")),
        "petitions": list(petitions.values_list("filed_at", "words", "state", "holder_surname", "next_due_at")),
        "clocks": list(SlaClock.objects.order_by("id").values_list("kind", "due_at", "stopped_at", "voided_at")),
        "rungs": list(Escalation.objects.order_by("id").values_list("rung__code", "due_at", "acted_at")),
        "votes": list(Motion.objects.order_by("id").values_list("title", "state", "closes_at", "has_passed")),
        "ballots": list(Ballot.objects.order_by("id").values_list("entry__number", "cast_by__username", "cast_at")),
        "ratings": list(Evaluation.objects.order_by("id").values_list("satisfaction", "given_at")),
        "notices": list(Notice.objects.order_by("id").values_list("message_key", "recipient__username", "created_at")),
    }


def test_the_neighbourhood_is_whole(demo):
    """One long look, for loading takes seconds."""
    kinds = Subdistrict.objects.values_list("communities__estates__managements__kind", flat=True)
    assert set(kinds) == {ManagementKind.CONTRACT, ManagementKind.OWNERS, ManagementKind.INTERIM, None}
    assert Occupancy.objects.filter(state="verified").values("unit").distinct().count() >= 36
    assert set(RoleAssignment.objects.values_list("role", flat=True)) == set(Role.values) - {Role.RESIDENT}
    estates_with_secretary = RoleAssignment.objects.filter(
        role=Role.BRANCH_SECRETARY, party_branch__estate__isnull=False
    )
    assert estates_with_secretary.count() == 2
    assert PartyBranch.objects.filter(parent=None).count() == 1

    assert set(Petition.objects.values_list("state", flat=True)) == {
        "in_hand", "finished", "closed", "withdrawn", "declined",
    }  # fmt: skip
    states = set(WorkOrder.objects.values_list("state", flat=True))
    assert states == {"dispatched", "accepted", "arrived", "done", "returned", "cancelled"}
    assert set(WorkOrder.objects.values_list("arrival_proof", flat=True)) == {
        "",
        "claimed",
        "qr",
        "resident",
        "with_finish",
    }
    assert set(Escalation.objects.values_list("rung__code", flat=True)) == {
        "warning", "breach", "half_hour", "four_hours", "next_day",
    }  # fmt: skip
    assert set(SupervisionOrder.objects.values_list("state", flat=True)) == {
        "issued", "answered", "accepted", "settled",
    }  # fmt: skip
    assert set(SlaClock.objects.values_list("policy__code", flat=True)) == {
        "5341-ordinary", "5341-major", "5341-complex", "ten-minute", "emergency", "office", "commitment",
    }  # fmt: skip
    assert set(Evaluation.objects.values_list("satisfaction", flat=True)) == {1, 2, 3, 4, 5}
    assert PetitionDraft.objects.filter(words__startswith="阳台").exists()


def test_topics_stand_at_each_gate_and_promises_are_being_kept(demo):
    assert set(Topic.objects.values_list("state", flat=True)) == {"raised", "accepted", "declined"}
    assert Decision.objects.get().item.outcome == "vote"
    gathering = Topic.objects.get(origin="owners")
    assert gathering.supports.count() >= 20
    assert gathering.demanded_at is None
    promised = Commitment.objects.values_list("body__short_name", flat=True)
    assert sorted(promised) == sorted(["恒信物业", "恒信物业", "安和派出所", "春和社区"])
    assert Commitment.objects.exclude(parts=None).distinct().get().parts.filter(done_at__isnull=False).count() == 4


def test_a_survey_led_to_a_topic_and_another_is_open(demo):
    closed, running = Survey.objects.order_by("drafted_at")
    assert (closed.state, running.state) == ("closed", "published")
    assert closed.sheets.count() == 60
    assert set(closed.items.values_list("state", flat=True)) == {"open", "topic", "settled"}
    assert (closed.items.get(state="topic").topic.origin, closed.items.get(state="topic").named_by > 5) == (
        "survey",
        True,
    )


def test_the_people_behind_the_counter_have_been_at_work(demo):
    waiting = Issue.objects.awaiting_triage()
    assert waiting.filter(community__name="春和社区").count() >= 4
    assert set(Verification.objects.values_list("holds", flat=True)) == {True, False}
    assert Mediation.objects.get().is_agreed
    # A matter that was the same as another; and a petition put to a neighbour's matter, which takes its own along.
    for said_later, said_first in (("楼下垃圾桶没人清", "二栋门口的垃圾桶"), ("六栋电梯坏了", "电梯关不上门")):
        own, shared = matters_of(said_later)
        assert (own.state, own.merged_into) == ("merged", shared)
        assert matters_of(said_first) == [shared]
    assert Issue.objects.filter(state="merged").count() == 2
    assert Issue.objects.get(state="declined").decline_reason == "private"
    assert Petition.objects.get(filed_by__username="zhao").petitioner.username == "hu"
    at_the_police = WorkOrder.objects.get(body__kind="department", issue__is_commitment=False)
    assert (at_the_police.state, at_the_police.holder.username) == ("accepted", "fan")


def test_each_story_has_come_to_where_it_says(demo):
    just_filed = petition_that_says("三楼到四楼的楼道灯全黑了")
    assert (just_filed.state, just_filed.holder_body, just_filed.holder_surname) == ("in_hand", "恒信物业", "")
    assert just_filed.next_due_at == NOW + timedelta(minutes=4)

    late = petition_that_says("一楼声控灯怎么拍都不亮")
    assert (late.holder_surname, late.next_kind) == ("郑", "resolve")
    assert late.next_due_at == NOW - timedelta(minutes=130)
    assert SupervisionOrder.objects.filter(issue__links__petition=late, state="issued").exists()

    returned = petition_that_says("孩子上学只能走机动车道")
    assert (returned.holder_body, returned.holder_surname) == ("春和社区", "吴")

    again = petition_that_says("地下泵房")
    assert (again.state, again.epoch, again.holder_surname) == ("in_hand", 2, "刘")

    one, other = petition_that_says("地漏往上返水"), petition_that_says("一楼厕所也返水了")
    assert one.links.get().issue_id == other.links.get().issue_id
    linked = petition_that_says("门开开关关就是不走")
    assert linked.links.get(undone_at=None).linked_by.surname == "吴"

    complaint = petition_that_says("没说两句就挂了")
    assert (complaint.holder_body, complaint.name_visibility) == ("春和社区", "nobody")
    office = petition_that_says("烧烤店")
    assert (office.holder_body, office.next_kind, office.next_why["calendar"]) == ("安和街道", "answer", "office")
    planned = petition_that_says("外墙从二楼裂到四楼")
    assert (planned.next_kind, planned.next_due_at > NOW) == ("resolve", True)
    quick = petition_that_says("主卧暖气片")
    assert (quick.next_why["policy_zh"], quick.arrival_proof) == ("十分钟办事圈", "qr")


def test_the_history_agrees_with_the_clock_and_the_chain(demo):
    assert not Escalation.objects.filter(acted_at__gt=NOW).exists()
    late = [row for row in Escalation.objects.all() if row.acted_at - row.due_at > timedelta(seconds=1)]
    assert late == []
    chains = AuditEntry.objects.values_list("chain", flat=True).distinct()
    assert [verify_chain(chain)[1] for chain in chains] == [None, None]
    filed = [story for story in STORIES if not story.is_finding]
    assert AuditEntry.objects.filter(verb="file").count() == len(filed) == Petition.objects.count()
    assert Issue.objects.exclude(found_by=None).count() == len(STORIES) - len(filed)


def test_everybody_was_told_but_the_one_who_has_no_phone(demo):
    unreached = Notice.objects.exclude(state=NoticeState.DELIVERED)
    assert set(unreached.values_list("recipient__username", "state")) == {("hu", NoticeState.NOT_REACHED)}
    assert not Notice.objects.filter(state=NoticeState.PENDING).exists()


def test_the_owners_are_asked_five_things(demo):
    parking, pumps, lift, manager, committee = asked = list(Motion.objects.order_by("id"))
    assert [motion.state for motion in asked] == ["counted", "opened", "draft", "final", "final"]
    assert (manager.seats, committee.seats) == (None, 5)
    assert pumps.is_open_at(NOW)
    assert {motion.rule_set.signed_by for motion in (parking, pumps, lift)} == {"方律师（演示）"}
    assert [each.code for each in setting_up.rehearse(lift, NOW).obstacles] == ["too_early"]
    handed_in = Ballot.objects.filter(entry__motion=pumps)
    assert 50 < handed_in.count() < pumps.roll.count() / 2
    assert count_waiting_ballots(User.objects.get(username="li"), NOW) == 1


def test_the_vote_on_the_parking_failed_by_some_square_metres(demo):
    """Two thirds took part and three quarters of the people agreed, who own a little too little."""
    parking = Motion.objects.get(state="counted")
    counted = counting.count(read(bytes(parking.tally_file)))
    requirements = (counted.quorum.area, counted.quorum.heads, counted.majority.area, counted.majority.heads)
    assert [each.met for each in requirements] == [True, True, False, True]
    assert 0 < counted.majority.area.short_by < 100
    assert parking.objections.get().answered_by.username == "luo"
    assert results.counted_anew(parking, NOW).result == bytes(parking.result)


def test_of_three_companies_the_owners_have_chosen_one(demo):
    manager = Motion.objects.get(state="final", seats=None)
    counted = counting.count(read(bytes(manager.tally_file)))
    assert [option.has_majority for option in counted.options] == [True, False, False]
    assert all(option.body for option in manager.options.all())


def test_of_seven_candidates_five_are_elected_and_one_finds_no_seat(demo):
    election = Motion.objects.get(state="final", seats=5)
    counted = counting.count(read(bytes(election.tally_file)))
    assert [option.has_majority for option in counted.options] == [True] * 6 + [False]
    assert [option.title for option in electing.to_enter(election)] == [each.title for each in counted.seating.elected]
    assert (len(counted.seating.elected), counted.seating.run_off) == (5, ())


def test_somebody_is_on_duty_at_every_hour_of_the_next_thirty_days(demo):
    """In each body whose phone rings by night, too; the district's, since complaints about the street go there."""
    bodies = {"恒信物业", "星湖业委会", "春和社区", "安和街道", "区委社工部"}
    for hour in range(30 * 24):
        at = NOW + timedelta(hours=hour)
        on_duty = DutyShift.objects.filter(starts_at__lte=at, ends_at__gt=at).values_list("body__short_name", flat=True)
        assert set(on_duty) == bodies, f"at {at}"


def test_the_photos_are_real_and_in_their_places(demo):
    photos = [*PetitionPhoto.objects.all(), *OrderPhoto.objects.all()]
    assert {photo.kind for photo in PetitionPhoto.objects.all()} == {"before", "after"}
    assert all((demo / photo.file.name).stat().st_size > 5000 for photo in photos)


def run(command: str, **options) -> str:
    printed = StringIO()
    with translation.override("en"):
        call_command(command, stdout=printed, **options)
    return printed.getvalue()


def test_a_second_load_is_refused_and_with_if_empty_does_nothing(demo):
    before = what_anybody_could_see()
    with pytest.raises(CommandError):
        run("load_demo")
    run("load_demo", if_empty=True)
    assert what_anybody_could_see() == before


def test_the_rota_is_renewed_without_entering_a_shift_twice(demo):
    DutyShift.objects.all().delete()
    assert re.search(r"\d+ duty shifts added", run("load_demo", shifts=True))
    added = DutyShift.objects.count()
    assert run("load_demo", shifts=True) == ""
    assert DutyShift.objects.count() == added > 0


def test_the_accounts_printed_can_sign_in(demo):
    printed = run("demo_accounts")
    for username in ("zhou", "zheng", "wu", "sun", "chen", "zhao", "admin"):
        assert f"{username} / youying-demo" in printed
        assert User.objects.get(username=username).check_password("youying-demo")
    assert User.objects.with_phone("+8613800130021").get().full_name in printed
