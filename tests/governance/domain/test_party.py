"""What may be done to the net of party organisations, what is refused and in which words, and what goes on record."""

import json
from datetime import date, datetime, timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import IntegrityError
from django.utils import translation

from governance.domain import party, party_tree, registers, roles
from governance.domain.moment import local_day
from governance.models import (
    AuditEntry,
    AuditPayload,
    BranchKind,
    Consent,
    DualRegistration,
    GridUnit,
    MemberKind,
    Membership,
    PartyBranch,
    PartyMember,
    Role,
    RoleAssignment,
    Standing,
)
from governance.models.people import UNVERSIONED
from tests import net
from tests.cast import NOW, SHANGHAI, Cast

pytestmark = pytest.mark.django_db

DAY = date(2026, 5, 15)
TOMORROW = DAY + timedelta(days=1)
YESTERDAY = DAY - timedelta(days=1)


def by(cast: Cast) -> dict:
    return {"actor": cast.sun, "at": NOW}


def committee_of(cast: Cast) -> PartyBranch:
    return PartyBranch.objects.get(name="春和社区党委")


def a_member(cast: Cast, **fields) -> PartyMember:
    values = {"number": "D-1", "full_name": "沈静", "kind": MemberKind.IN_SERVICE, "community": cast.community}
    return PartyMember.objects.create(**values | fields)


def facts() -> list[dict]:
    return [payload.facts for payload in AuditPayload.objects.order_by("entry_id")]


# --- lines ---


@pytest.mark.parametrize(
    ("kind", "above", "is_refused"),
    [
        (BranchKind.BRANCH, BranchKind.COMMITTEE, False),
        (BranchKind.BRANCH, BranchKind.GENERAL_BRANCH, False),
        (BranchKind.BRANCH, BranchKind.INDUSTRY_COMMITTEE, False),
        (BranchKind.COMMITTEE, BranchKind.COMMITTEE, False),
        (BranchKind.GROUP, BranchKind.BRANCH, False),
        (BranchKind.GROUP, BranchKind.JOINT_BRANCH, False),
        (BranchKind.COMMITTEE, BranchKind.BRANCH, True),
        (BranchKind.GENERAL_BRANCH, BranchKind.BRANCH, True),
        (BranchKind.BRANCH, BranchKind.GROUP, True),
        (BranchKind.JOINT_BRANCH, BranchKind.GROUP, True),
    ],
)
def test_a_line_goes_to_the_same_level_or_a_higher_one(cast: Cast, kind, above, is_refused):
    line = net.branch("上级", above, community=cast.community)
    branch = PartyBranch(kind=kind, name="下级", estate=cast.estate, parent=line)
    if is_refused:
        with pytest.raises(party.WrongLine):
            party.add_branch(branch, **by(cast))
        assert not PartyBranch.objects.filter(name="下级").exists()
    else:
        assert party.add_branch(branch, **by(cast)).pk


def test_an_organisation_is_on_record_in_its_streets_chain(cast: Cast):
    party.add_branch(PartyBranch(kind="group", name="一组", parent=cast.branch, estate=cast.estate), **by(cast))
    entry = AuditEntry.objects.get(noun="partybranch")
    assert (entry.verb, entry.chain, entry.actor_ref) == ("add", cast.subdistrict.pk, str(cast.sun.public_id))


def test_a_kind_that_no_longer_fits_those_below_is_refused(cast: Cast):
    committee = committee_of(cast)
    committee.kind = BranchKind.GROUP
    with pytest.raises(party.WrongLine):
        party.change(committee, version=1, **by(cast))


def test_a_circle_is_refused_in_words(cast: Cast):
    top = net.branch("甲", BranchKind.COMMITTEE, community=cast.community)
    below = net.branch("乙", BranchKind.COMMITTEE, community=cast.community, parent=top)
    with pytest.raises(registers.NotAccepted) as refused:
        party.move_branch(top, below, **by(cast))
    assert refused.value.sentence == registers.SENTENCES["branch_above_itself"]
    top.refresh_from_db()
    assert (top.parent, top.version) == (None, 1)


def test_a_line_to_an_organisation_that_ended_is_refused(cast: Cast):
    line = net.branch("旧", BranchKind.COMMITTEE, community=cast.community)
    PartyBranch.objects.filter(pk=line.pk).update(ended_on=YESTERDAY)
    line.refresh_from_db()
    with pytest.raises(party.HasEnded):
        party.move_branch(cast.branch, line, **by(cast))


def test_the_second_of_two_who_move_a_branch_is_told(cast: Cast):
    first, second = (PartyBranch.objects.get(pk=cast.branch.pk) for _each in range(2))
    party.move_branch(first, None, **by(cast))
    with pytest.raises(registers.StaleVersion):
        party.move_branch(second, net.branch("甲", "committee", community=cast.community), **by(cast))


@pytest.mark.parametrize("what", ["members", "child", "units", "grid"])
def test_an_organisation_that_is_needed_is_not_ended(cast: Cast, what):
    branch = net.branch("联合党支部", BranchKind.JOINT_BRANCH, community=cast.community)
    match what:
        case "members":
            net.members(branch, 1, community=cast.community)
        case "child":
            net.branch("小组", BranchKind.GROUP, parent=branch, community=cast.community)
        case "units":
            net.share(branch, [cast.hengxin])
        case "grid":
            GridUnit.objects.update(party_group=branch)
    with pytest.raises(party.StillNeeded):
        party.end(branch, on=DAY, version=1, **by(cast))
    branch.refresh_from_db()
    assert branch.ended_on is None


def test_an_empty_organisation_is_ended(cast: Cast):
    net.members(cast.branch, 1, community=cast.community)
    Membership.objects.update(ended_on=DAY)
    party.end(cast.branch, on=DAY, version=1, **by(cast))
    cast.branch.refresh_from_db()
    assert cast.branch.ended_on == DAY


# --- joint branches, joinings, terms, secretaries ---


def test_only_a_joint_branch_is_shared(cast: Cast):
    with pytest.raises(party.NotAJointBranch):
        party.share_joint_branch(cast.branch, cast.hengxin, since=DAY, **by(cast))


def test_a_sixth_unit_is_refused_in_words_until_one_leaves(cast: Cast):
    joint = net.branch("联合党支部", BranchKind.JOINT_BRANCH, community=cast.community)
    bodies = [net.company(cast.community, f"公司{number}") for number in range(6)]
    units = [party.share_joint_branch(joint, body, since=DAY, **by(cast)) for body in bodies[:5]]
    with pytest.raises(registers.NotAccepted) as refused:
        party.share_joint_branch(joint, bodies[5], since=DAY, **by(cast))
    assert refused.value.sentence == registers.SENTENCES["joint_branch_of_five_units"]
    party.leave_joint_branch(units[0], on=DAY, **by(cast))
    assert party.share_joint_branch(joint, bodies[5], since=DAY, **by(cast)).pk


def test_a_body_shares_one_joint_branch_at_a_time(cast: Cast):
    one, other = (net.branch(name, BranchKind.JOINT_BRANCH, community=cast.community) for name in ("甲", "乙"))
    unit = party.share_joint_branch(one, cast.hengxin, since=DAY, **by(cast))
    with pytest.raises(registers.NotAccepted):
        party.share_joint_branch(other, cast.hengxin, since=TOMORROW, **by(cast))
    party.leave_joint_branch(unit, on=DAY, **by(cast))
    assert party.share_joint_branch(other, cast.hengxin, since=TOMORROW, **by(cast)).pk


def test_a_joint_branch_in_use_stays_one(cast: Cast):
    joint = net.branch("联合党支部", BranchKind.JOINT_BRANCH, community=cast.community)
    net.share(joint, [cast.hengxin])
    joint.kind = BranchKind.BRANCH
    with pytest.raises(party.NotAJointBranch):
        party.change(joint, version=1, **by(cast))


def test_a_companys_branch_joins_a_committee_for_a_time(cast: Cast):
    branch = net.branch("恒信物业党支部", body=cast.hengxin)
    joining = party.join(branch, committee_of(cast), since=YESTERDAY, **by(cast))
    with pytest.raises(registers.NotAccepted):
        party.join(branch, committee_of(cast), since=DAY, **by(cast))
    party.leave(joining, on=DAY, **by(cast))
    assert party.join(branch, committee_of(cast), since=TOMORROW, **by(cast)).pk


def test_only_committees_are_joined(cast: Cast):
    with pytest.raises(party.NotACommittee):
        party.join(committee_of(cast), cast.branch, since=DAY, **by(cast))
    with pytest.raises(registers.NotAccepted):
        party.join(committee_of(cast), committee_of(cast), since=DAY, **by(cast))


def test_a_committees_terms_do_not_overlap(cast: Cast):
    party.begin_term(cast.committee, 1, starts_on=date(2021, 1, 1), ends_on=DAY, **by(cast))
    with pytest.raises(registers.NotAccepted):
        party.begin_term(cast.committee, 2, starts_on=DAY, ends_on=date(2030, 1, 1), **by(cast))
    assert party.begin_term(cast.committee, 2, starts_on=TOMORROW, ends_on=date(2030, 1, 1), **by(cast)).pk
    assert party.begin_term(committee_of(cast), 1, starts_on=DAY, ends_on=date(2030, 1, 1), **by(cast)).pk


def test_a_new_secretary_replaces_the_one_before_at_the_same_instant(cast: Cast):
    for _twice in range(2):
        party.appoint_secretary(cast.branch, cast.zhao, **by(cast))
    assert cast.branch.pk not in cast.chen.scope(NOW).party_branches
    assert cast.branch.pk in cast.zhao.scope(NOW).party_branches
    held = RoleAssignment.objects.filter(role=Role.BRANCH_SECRETARY).order_by("valid_from")
    assert [assignment.user for assignment in held] == [cast.chen, cast.zhao]
    assert list(AuditEntry.objects.values_list("verb", flat=True)) == ["revoke", "grant"]


# --- members ---


def test_a_member_belongs_to_one_organisation_at_a_time(cast: Cast):
    member = a_member(cast)
    other = net.branch("另一支部", estate=cast.self_managed)
    membership = party.begin_membership(member, cast.branch, Standing.FULL, since=YESTERDAY, **by(cast))
    with pytest.raises(registers.NotAccepted) as refused:
        party.begin_membership(member, other, Standing.FULL, since=DAY, **by(cast))
    assert "沈静" not in str(refused.value.sentence)
    party.end_membership(membership, on=YESTERDAY, **by(cast))
    assert party.begin_membership(member, other, Standing.FULL, since=DAY, **by(cast)).pk


def test_a_change_of_standing_ends_one_row_and_begins_another(cast: Cast):
    (membership,) = net.members(cast.branch, 1, community=cast.community)
    changed = party.change_standing(membership, Standing.PROBATIONARY, on=DAY, **by(cast))
    rows = Membership.objects.order_by("since").values_list("standing", "since", "ended_on")
    assert list(rows) == [("full", net.SINCE, YESTERDAY), ("probationary", DAY, None)]
    assert changed.version == 1
    assert list(AuditEntry.objects.values_list("verb", flat=True)) == ["end", "add"]


@pytest.mark.parametrize(
    ("standing", "on", "refusal"),
    [
        (Standing.FULL, DAY, party.SameStanding),
        (Standing.PROBATIONARY, net.SINCE, party.TooEarly),
    ],
)
def test_a_change_that_is_none_or_comes_too_early_is_refused(cast: Cast, standing, on, refusal):
    (membership,) = net.members(cast.branch, 1, community=cast.community)
    with pytest.raises(refusal):
        party.change_standing(membership, standing, on=on, **by(cast))
    assert Membership.objects.get().ended_on is None


def test_a_membership_that_is_over_changes_no_more(cast: Cast):
    (membership,) = net.members(cast.branch, 1, community=cast.community)
    party.end_membership(membership, on=DAY, **by(cast))
    with pytest.raises(party.HasEnded):
        party.change_standing(membership, Standing.PROBATIONARY, on=TOMORROW, **by(cast))


def test_who_leaves_the_register_belongs_nowhere_and_gives_back_what_came_of_it(cast: Cast):
    member = a_member(cast, user=cast.li)
    party.begin_membership(member, cast.branch, Standing.FULL, since=YESTERDAY, **by(cast))
    registration = party.check_in(member, cast.community, since=YESTERDAY, **by(cast))
    party.give_role(registration, Role.BUILDING_STEWARD, cast.building, **by(cast))
    party.end(member, on=DAY, version=1, **by(cast))
    assert Membership.objects.get().ended_on == DAY
    assert DualRegistration.objects.get().ended_on == DAY
    assert not RoleAssignment.objects.in_force(NOW + timedelta(days=1)).filter(user=cast.li, role="building_steward")
    with pytest.raises(party.MemberHasLeft):
        party.begin_membership(member, cast.branch, Standing.FULL, since=TOMORROW, **by(cast))


def test_no_name_number_or_account_of_a_member_goes_on_record(cast: Cast):
    member = PartyMember(
        number="D-77801", full_name="沈静", kind="in_service", community=cast.community, contact=cast.wu, user=cast.li
    )
    party.enter(member, **by(cast))
    membership = party.begin_membership(member, cast.branch, Standing.FULL, since=YESTERDAY, **by(cast))
    party.change_standing(membership, Standing.PROBATIONARY, on=DAY, **by(cast))
    registration = party.check_in(member, cast.community, since=YESTERDAY, **by(cast))
    party.give_role(registration, Role.BUILDING_STEWARD, cast.building, **by(cast))
    member.full_name, member.number = "沈静静", "D-77802"
    party.change(member, version=1, **by(cast))
    party.end(member, on=DAY, version=2, **by(cast))
    said = json.dumps(facts(), ensure_ascii=False)
    assert len(facts()) == 11
    for secret in ("沈静", "D-7780", "吴婷", "李秀英", cast.wu.username):
        assert secret not in said
    assert "registration" not in said


# --- checking in, and roles given out of it ---


def test_a_member_who_has_checked_in_is_given_a_role_that_ends_with_the_check_in(cast: Cast):
    registration = party.check_in(a_member(cast, user=cast.li), cast.community, since=YESTERDAY, **by(cast))
    given = party.give_role(registration, Role.GRID_LEADER, cast.grid_unit, **by(cast))
    assert (given.user, given.registration) == (cast.li, registration)
    registration.refresh_from_db()
    party.check_out(registration, on=DAY, **by(cast))
    given.refresh_from_db()
    assert given.valid_until == datetime(2026, 5, 16, tzinfo=SHANGHAI)
    assert list(AuditEntry.objects.filter(noun="role").values_list("verb", flat=True)) == ["grant", "revoke"]


def test_a_check_in_that_ended_long_ago_takes_its_roles_back_now(cast: Cast):
    registration = party.check_in(a_member(cast, user=cast.li), cast.community, since=net.SINCE, **by(cast))
    given = party.give_role(registration, Role.RED_STEWARD, cast.estate, **by(cast))
    party.check_out(registration, on=YESTERDAY, actor=cast.sun, at=NOW + timedelta(hours=1))
    given.refresh_from_db()
    assert given.valid_until == NOW + timedelta(hours=1)


def test_roles_that_came_of_something_else_stay(cast: Cast):
    registration = party.check_in(a_member(cast, user=cast.li), cast.community, since=YESTERDAY, **by(cast))
    other = roles.grant(cast.li, Role.BUILDING_STEWARD, cast.other_building, **by(cast))
    party.check_out(registration, on=DAY, **by(cast))
    other.refresh_from_db()
    assert other.valid_until is None


def test_a_unit_names_the_person_who_does_it(cast: Cast):
    registration = party.check_in(cast.hengxin, cast.community, since=YESTERDAY, offers="义诊", **by(cast))
    with pytest.raises(party.NoAccount):
        party.give_role(registration, Role.BUILDING_STEWARD, cast.building, **by(cast))
    assert party.give_role(registration, Role.BUILDING_STEWARD, cast.building, user=cast.zhou, **by(cast)).pk


def test_a_role_is_given_to_nobody_else_than_the_member_who_checked_in(cast: Cast):
    registration = party.check_in(a_member(cast, user=cast.li), cast.community, since=YESTERDAY, **by(cast))
    with pytest.raises(party.NoAccount):
        party.give_role(registration, Role.RED_STEWARD, cast.estate, user=cast.wang, **by(cast))


@pytest.mark.parametrize(
    "role", [role for role in Role if role not in ("grid_leader", "building_steward", "red_steward")]
)
def test_only_volunteers_roles_come_of_a_check_in(cast: Cast, role):
    registration = party.check_in(a_member(cast, user=cast.li), cast.community, since=YESTERDAY, **by(cast))
    with pytest.raises(party.NotGivenToRegistered):
        party.give_role(registration, role, cast.grid_unit, **by(cast))


@pytest.mark.parametrize(("since", "ended_on"), [(TOMORROW, None), (net.SINCE, YESTERDAY)])
def test_nothing_is_given_out_of_a_check_in_that_is_not_in_force(cast: Cast, since, ended_on):
    member = a_member(cast, user=cast.li)
    registration = DualRegistration.objects.create(
        member=member, community=cast.community, since=since, ended_on=ended_on
    )
    with pytest.raises(party.NotCheckedIn):
        party.give_role(registration, Role.RED_STEWARD, cast.estate, **by(cast))


def test_a_role_lies_in_the_community_checked_in_with(cast: Cast):
    registration = party.check_in(a_member(cast, user=cast.li), cast.community, since=YESTERDAY, **by(cast))
    for role, place in [
        (Role.RED_STEWARD, cast.strange_estate),
        (Role.BUILDING_STEWARD, cast.strange_building),
        (Role.GRID_LEADER, cast.strange_building.grid_unit),
    ]:
        with pytest.raises(party.PlaceElsewhere):
            party.give_role(registration, role, place, **by(cast))


def test_one_checks_in_with_a_community_once(cast: Cast):
    party.check_in(cast.hengxin, cast.community, since=YESTERDAY, **by(cast))
    with pytest.raises(registers.NotAccepted):
        party.check_in(cast.hengxin, cast.community, since=DAY, **by(cast))


# --- what is said and not enforced ---


@pytest.mark.parametrize(
    ("kind", "full", "probationary", "said"),
    [
        (BranchKind.BRANCH, 3, 0, []),
        (BranchKind.BRANCH, 2, 9, ["2 full members; a branch has three or more"]),
        (BranchKind.JOINT_BRANCH, 1, 0, ["1 full member; a branch has three or more"]),
        (BranchKind.BRANCH, 48, 2, []),
        (BranchKind.BRANCH, 48, 3, ["51 members; a branch generally has 50 at most"]),
        (BranchKind.GENERAL_BRANCH, 49, 0, ["49 members; a general branch usually has 50 to 100"]),
        (BranchKind.GENERAL_BRANCH, 50, 0, []),
        (BranchKind.GENERAL_BRANCH, 100, 1, ["101 members; a general branch usually has 50 to 100"]),
        (BranchKind.COMMITTEE, 99, 0, ["99 members; a committee usually begins at 100"]),
        (BranchKind.COMMITTEE, 100, 0, []),
        (BranchKind.GROUP, 0, 0, []),
    ],
)
def test_unusual_numbers_are_said_and_not_refused(cast: Cast, kind, full, probationary, said):
    branch = net.branch("恒信物业党组织", kind, body=cast.hengxin)
    net.members(branch, full, community=cast.community)
    net.members(branch, probationary, community=cast.community, standing=Standing.PROBATIONARY)
    with translation.override("en"):
        assert party_tree.warnings_of([branch], DAY).get(branch.pk, []) == said


@pytest.mark.parametrize(
    ("ends_on", "said"),
    [
        (DAY + timedelta(days=61), []),
        (DAY + timedelta(days=60), ["the term ends on Tue 14 Jul"]),
        (DAY, ["the term ends on Fri 15 May"]),
        (YESTERDAY, ["the term ended on Thu 14 May"]),
    ],
)
def test_a_term_that_runs_out_is_said(cast: Cast, ends_on, said):
    committee = committee_of(cast)
    party.begin_term(committee, 1, starts_on=date(2021, 1, 1), ends_on=ends_on, **by(cast))
    with translation.override("en"):
        assert party_tree.warnings_of([committee], DAY).get(committee.pk, []) == said


def test_a_committee_counts_the_members_of_all_below_it(cast: Cast):
    branch = net.branch("恒信物业党支部", body=cast.hengxin, parent=committee_of(cast))
    net.members(branch, 3, community=cast.community)
    net.members(cast.branch, 2, community=cast.community)
    (found,) = party_tree.organisations_of((), DAY, also=[committee_of(cast).pk])
    assert found.full_members == 5


# --- that residents may know ---


def test_a_consent_says_to_which_text_on_which_day_and_who_noted_it(cast):
    row = a_member(cast)
    consent = party.note_consent(row, given_on=YESTERDAY, **by(cast))
    assert (consent.purpose, consent.text_version) == ("shown_as_member", party.SHOWN_TEXT_VERSION)
    assert (local_day(consent.given_at), consent.noted_by, consent.noted_at) == (YESTERDAY, cast.sun, NOW)
    entry = AuditEntry.objects.get(verb="note_consent")
    assert (entry.noun, entry.object_ref) == ("partymember", str(row.pk))
    assert facts()[-1] == {"text_version": party.SHOWN_TEXT_VERSION, "given_on": YESTERDAY.isoformat()}


def test_noted_twice_it_is_held_once_and_taken_back_twice_it_is_taken_back_once(cast):
    row = a_member(cast)
    assert party.note_consent(row, given_on=DAY, **by(cast)) == party.note_consent(row, given_on=YESTERDAY, **by(cast))
    for _press in range(2):
        party.withdraw_consent(row, **by(cast))
    assert Consent.objects.get().withdrawn_at == NOW
    assert list(AuditEntry.objects.order_by("id").values_list("verb", flat=True)) == [
        "note_consent",
        "withdraw_consent",
    ]
    assert not party.shown_consents(NOW).exists()


def test_what_was_taken_back_may_be_given_anew_and_both_stay_on_record(cast):
    row = a_member(cast)
    party.note_consent(row, given_on=YESTERDAY, **by(cast))
    party.withdraw_consent(row, **by(cast))
    later = NOW + timedelta(days=1)
    party.note_consent(row, given_on=TOMORROW, actor=cast.sun, at=later)
    assert [each.withdrawn_at for each in row.consents.order_by("pk")] == [NOW, None]
    assert party.shown_consents(later).count() == 1


@pytest.mark.parametrize(
    ("given_on", "ended_on", "refusal"),
    [(TOMORROW, None, party.NotYetGiven), (DAY, YESTERDAY, party.MemberHasLeft)],
)
def test_a_consent_that_nobody_can_have_given_is_refused(cast, given_on, ended_on, refusal):
    row = a_member(cast, ended_on=ended_on)
    with pytest.raises(refusal):
        party.note_consent(row, given_on=given_on, **by(cast))
    assert not Consent.objects.exists()


@pytest.mark.parametrize(
    ("purpose", "has_user", "has_member"),
    [
        ("shown_as_member", False, False),
        ("shown_as_member", True, True),
        ("account", False, True),
        ("account", True, True),
    ],
)
def test_a_consent_is_a_users_or_a_members(cast, purpose, has_user, has_member):
    who = {"user": cast.li if has_user else None, "member": a_member(cast) if has_member else None}
    with pytest.raises(IntegrityError, match="consent_of_a_user_or_a_member"):
        Consent.objects.create(purpose=purpose, text_version="1", given_at=NOW, **who)


def test_the_ticks_of_before_become_consents_to_a_text_that_nobody_can_name_any_more(cast):
    migration = import_module("governance.migrations.0016_ticks_become_consents")
    ticked, other = a_member(cast), a_member(cast, number="D-2")
    with_the_tick = SimpleNamespace(filter=lambda **_tick: PartyMember.objects.filter(pk=ticked.pk))
    then = {"PartyMember": SimpleNamespace(objects=with_the_tick), "Consent": Consent}
    migration.make_consents(SimpleNamespace(get_model=lambda _app, name: then[name]), None)
    consent = Consent.objects.get()
    assert (consent.member, consent.text_version, consent.withdrawn_at) == (ticked, UNVERSIONED, None)
    assert not other.consents.exists()
