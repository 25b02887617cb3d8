"""The party's registers in the console: verbs with pages of their own, refusals in words, names off the record."""

import html
import re
from datetime import date

import pytest
from django.utils import translation

from governance.domain import party
from governance.models import (
    AuditEntry,
    AuditPayload,
    BranchKind,
    CommitteeTerm,
    CoverageSnapshot,
    CoverageTarget,
    DualRegistration,
    JointUnit,
    MemberKind,
    Membership,
    PartyBranch,
    PartyMember,
    Role,
    RoleAssignment,
    Standing,
)
from tests import net
from tests.cast import LONG_AGO, NOW, Cast, client_of
from tests.governance.admin.registry import page

pytestmark = pytest.mark.django_db

DAY = date(2026, 5, 15)


@pytest.fixture(autouse=True)
def _at_the_moment_of_the_cast(monkeypatch):
    monkeypatch.setattr("governance.middleware.database_now", lambda: NOW)


@pytest.fixture(autouse=True)
def _officers_read_english(cast: Cast):
    type(cast.sun).objects.update(language="en")
    with translation.override("en"):
        yield


def post(cast: Cast, address: str, who: str = "sun", **data):
    return client_of(getattr(cast, who)).post(address, data)


def read(cast: Cast, address: str, who: str = "sun") -> str:
    answer = client_of(getattr(cast, who)).get(address)
    assert answer.status_code == 200, address
    return re.sub(r"[ \n]+", " ", answer.content.decode())


def member(cast: Cast, **fields) -> PartyMember:
    values = {"number": "D-1", "full_name": "沈静", "kind": MemberKind.IN_SERVICE, "community": cast.community}
    return PartyMember.objects.create(**values | fields)


# --- organisations ---


def test_the_list_reads_as_the_tree(cast: Cast):
    street = net.branch("安和街道党工委", BranchKind.COMMITTEE, subdistrict=cast.subdistrict)
    PartyBranch.objects.filter(name="春和社区党委").update(parent=street)
    net.branch("阿波罗党小组", BranchKind.GROUP, parent=cast.branch, estate=cast.estate)
    net.branch("星湖党支部", parent=street, estate=cast.self_managed)
    text = read(cast, page("PartyBranch", "changelist"))
    # By code point, as the database sorts: 星 comes before 春.
    names = ["0 安和街道党工委", "1 星湖党支部", "1 春和社区党委", "2 春和苑党支部", "3 阿波罗党小组"]
    places = [text.index(in_line(*name.split())) for name in names]
    assert places == sorted(places)


def in_line(depth: str, name: str) -> str:
    return f'<span class="in-line in-line-{depth}"><span lang="zh-Hans">{name}</span></span>'


def test_what_is_unusual_stands_in_the_list_and_on_the_page_and_stops_nobody(cast: Cast):
    net.members(cast.branch, 2, community=cast.community)
    for address in (page("PartyBranch", "changelist"), page("PartyBranch", "change", cast.branch.pk)):
        assert "2 full members; a branch has three or more" in read(cast, address)
    assert in_line("1", "春和苑党支部") in read(cast, page("PartyBranch", "changelist") + "?three=no")
    net.members(
        net.branch("小组", BranchKind.GROUP, parent=cast.branch, estate=cast.estate), 1, community=cast.community
    )
    assert "春和苑党支部" not in read(cast, page("PartyBranch", "changelist") + "?three=no")


def test_a_line_that_goes_down_is_refused_in_the_form(cast: Cast):
    data = {"kind": "committee", "name": "新党委", "parent": cast.branch.pk, "community": cast.community.pk}
    answer = post(cast, page("PartyBranch", "add"), **data)
    assert answer.status_code == 200
    assert str(party.WrongLine.sentence) in answer.content.decode()
    assert not PartyBranch.objects.filter(name="新党委").exists()
    assert post(cast, page("PartyBranch", "add"), **data | {"kind": "group"}).status_code == 302


def test_a_circle_is_refused_in_the_form(cast: Cast):
    above = PartyBranch.objects.get(name="春和社区党委")
    below = net.branch("第二党委", BranchKind.COMMITTEE, parent=above, community=cast.community)
    answer = post(
        cast,
        page("PartyBranch", "change", above.pk),
        kind="committee", name=above.name, parent=below.pk, community=cast.community.pk, version=1,
    )  # fmt: skip
    assert "The line above it would lead back to itself." in answer.content.decode()
    above.refresh_from_db()
    assert above.parent is None


def test_an_organisation_that_is_needed_is_not_ended(cast: Cast):
    net.members(cast.branch, 1, community=cast.community)
    address = page("PartyBranch", "end", cast.branch.pk)
    answer = post(cast, address, on="2026-05-15", version=1)
    assert "It still has members" in answer.content.decode()
    Membership.objects.update(ended_on=DAY)
    assert post(cast, address, on="2026-05-15", version=1).status_code == 302
    cast.branch.refresh_from_db()
    assert cast.branch.ended_on == DAY


def test_a_secretary_is_appointed_and_the_one_before_stops(cast: Cast):
    address = f"{page('PartyBranch', 'changelist')}{cast.branch.pk}/secretary/"
    assert "Appoint a secretary" in read(cast, page("PartyBranch", "change", cast.branch.pk))
    assert "Choose the person or write the number." in post(cast, address, version=1).content.decode()
    assert post(cast, address, version=1, phone="12345").status_code == 200
    number = cast.li.phone.removeprefix("+86")
    assert post(cast, address, version=1, phone=number).status_code == 302
    held = RoleAssignment.objects.in_force(NOW).filter(role=Role.BRANCH_SECRETARY)
    assert [assignment.user for assignment in held] == [cast.li]
    RoleAssignment.objects.filter(user=cast.li).update(valid_from=LONG_AGO)
    assert post(cast, address, version=1, user=cast.wu.pk).status_code == 302
    assert cast.branch.pk in cast.wu.scope(NOW).party_branches
    assert post(cast, address, version=1, user=cast.strange_worker.pk).status_code == 200


def test_only_joint_branches_are_offered_to_be_shared(cast: Cast):
    joint = net.branch("联合党支部", BranchKind.JOINT_BRANCH, community=cast.community)
    data = {"body": cast.hengxin.pk, "since": "2026-05-15"}
    assert post(cast, page("JointUnit", "add"), branch=cast.branch.pk, **data).status_code == 200
    assert post(cast, page("JointUnit", "add"), branch=joint.pk, **data).status_code == 302
    assert JointUnit.objects.get().body == cast.hengxin


def test_terms_that_run_out_are_found(cast: Cast):
    for number, ends_on in ((1, date(2026, 7, 14)), (2, date(2026, 7, 15))):
        body = net.company(cast.community, f"委员会{number}")
        CommitteeTerm.objects.create(body=body, number=1, starts_on=net.SINCE, ends_on=ends_on)
    text = read(cast, page("CommitteeTerm", "changelist") + "?lasts=no")
    assert "委员会1" in text
    assert "委员会2" not in text


# --- members ---


def test_a_member_is_entered_with_a_name_that_stays_off_the_record(cast: Cast):
    data = {"full_name": "沈静", "number": "D-9", "kind": "floating", "community": cast.community.pk}
    number = cast.li.phone.removeprefix("+86")
    assert post(cast, page("PartyMember", "add"), contact=cast.wu.pk, phone=number, **data).status_code == 302
    entered = PartyMember.objects.get()
    assert (entered.contact, entered.user) == (cast.wu, cast.li)
    entry = AuditEntry.objects.get(noun="partymember")
    assert entry.payload.facts["changes"]["full_name"] is None
    assert entry.payload.facts["changes"]["contact"] is None
    assert "沈静" not in str(list(AuditPayload.objects.values_list("facts", flat=True)))
    history = read(cast, page("PartyMember", "history", entered.pk))
    assert "Officer Sun added this" in history or "孙" in history


def test_the_form_notes_a_consent_with_its_day_its_text_and_who_noted_it_and_takes_it_back(cast: Cast):
    row = member(cast)
    address = page("PartyMember", "change", row.pk)
    form = {"full_name": "沈静", "number": "D-1", "kind": "in_service", "community": cast.community.pk}
    assert str(party.SHOWN_TEXT) in html.unescape(read(cast, address))
    assert post(cast, address, **form, version=1, agreed_on="2026-05-12").status_code == 302
    consent = row.consents.get()
    assert (consent.noted_by, consent.text_version) == (cast.sun, party.SHOWN_TEXT_VERSION)
    shown = read(cast, address)
    assert 'value="2026-05-12"' in shown
    assert f"Text {party.SHOWN_TEXT_VERSION}, noted by" in shown
    # Saved again with the same day, nothing is noted twice.
    assert post(cast, address, **form, version=1, agreed_on="2026-05-12").status_code == 302
    assert row.consents.count() == 1
    assert post(cast, address, **form, version=1, agreed_on="").status_code == 302
    assert not party.shown_consents(NOW).exists()
    told = read(cast, page("PartyMember", "history", row.pk))
    assert "noted that the member agreed on" in told
    assert "took this consent back" in told


def test_a_day_that_lies_ahead_is_refused_in_the_form_and_nothing_is_saved(cast: Cast):
    row = member(cast)
    form = {"full_name": "沈静静", "number": "D-1", "kind": "in_service", "community": cast.community.pk}
    answer = post(cast, page("PartyMember", "change", row.pk), **form, version=1, agreed_on="2026-05-16")
    assert answer.status_code == 200
    assert str(party.NotYetGiven.sentence) in answer.content.decode()
    row.refresh_from_db()
    assert (row.full_name, row.consents.count()) == ("沈静", 0)


def test_an_account_belongs_to_one_member(cast: Cast):
    member(cast, user=cast.li)
    data = {"full_name": "沈静", "number": "D-9", "kind": "floating", "community": cast.community.pk}
    answer = post(cast, page("PartyMember", "add"), phone=cast.li.phone.removeprefix("+86"), **data)
    assert "This is taken already." in answer.content.decode()


def test_members_are_listed_with_where_they_belong_and_who_keeps_contact(cast: Cast):
    found = member(cast, kind=MemberKind.FLOATING)
    net.members(cast.branch, 1, community=cast.community)
    Membership.objects.create(member=found, branch=cast.branch, standing=Standing.PROBATIONARY, since=net.SINCE)
    text = read(cast, page("PartyMember", "changelist") + "?kind__exact=floating&contacted=no")
    assert "沈静" in text
    assert "春和苑党支部</span> · probationary member" in text
    assert "党员1" not in text
    PartyMember.objects.update(contact=cast.wu)
    assert "沈静" not in read(cast, page("PartyMember", "changelist") + "?contacted=no")
    assert "吴婷" in read(cast, page("PartyMember", "changelist") + "?contacted=yes")


def test_a_standing_changes_by_a_verb_and_not_in_the_form(cast: Cast):
    (membership,) = net.members(cast.branch, 1, community=cast.community)
    changed = page("Membership", "change", membership.pk)
    post(cast, changed, standing="probationary", branch=cast.branch.pk, since="2021-01-01", version=1)
    membership.refresh_from_db()
    assert membership.standing == Standing.FULL
    assert "Make a probationary member" in read(cast, changed)
    address = f"{page('Membership', 'changelist')}{membership.pk}/standing/"
    assert str(party.TooEarly.sentence) in post(cast, address, version=1, on="2021-01-01").content.decode()
    assert post(cast, address, version=1, on="2026-05-15").status_code == 302
    assert list(Membership.objects.order_by("since").values_list("standing", flat=True)) == ["full", "probationary"]


# --- checking in ---


def test_a_role_is_given_out_of_a_check_in_and_ends_with_it(cast: Cast):
    registration = party.check_in(member(cast, user=cast.li), cast.community, since=DAY, actor=cast.sun, at=NOW)
    address = f"{page('DualRegistration', 'changelist')}{registration.pk}/role/"
    text = read(cast, address)
    assert [place in text for place in ("第三网格", "春和苑小区 3栋", "桃园里")] == [True, True, False]
    strange = post(cast, address, version=1, what=f"grid_leader-{cast.strange_building.grid_unit_id}")
    assert strange.status_code == 200
    assert post(cast, address, version=1, what=f"grid_leader-{cast.grid_unit.pk}").status_code == 302
    assert "grid leader" in read(cast, page("DualRegistration", "changelist"))
    assert cast.grid_unit.pk in cast.li.scope(NOW).grid_units
    assert post(cast, page("DualRegistration", "end", registration.pk), on="2026-05-14", version=1).status_code == 200
    assert post(cast, page("DualRegistration", "end", registration.pk), on="2026-05-15", version=1).status_code == 302
    given = RoleAssignment.objects.get(registration=registration)
    assert given.valid_until is not None


def test_for_a_unit_the_person_is_named_by_number(cast: Cast):
    registration = party.check_in(cast.hengxin, cast.community, since=DAY, actor=cast.sun, at=NOW)
    address = f"{page('DualRegistration', 'changelist')}{registration.pk}/role/"
    what = f"red_steward-{cast.estate.pk}"
    assert post(cast, address, version=1, what=what).status_code == 200
    assert post(cast, address, version=1, what=what, phone=cast.zhou.phone.removeprefix("+86")).status_code == 302
    assert RoleAssignment.objects.get(registration=registration).user == cast.zhou


def test_either_a_member_or_a_unit_checks_in(cast: Cast):
    found = member(cast)
    data = {"community": cast.community.pk, "since": "2026-05-15"}
    both = post(cast, page("DualRegistration", "add"), member=found.pk, body=cast.hengxin.pk, **data)
    assert "Name either the member or the unit." in both.content.decode()
    assert post(cast, page("DualRegistration", "add"), member=found.pk, **data).status_code == 302
    assert DualRegistration.objects.get().member == found


@pytest.mark.parametrize("verb", ["PartyBranch/secretary", "Membership/standing", "DualRegistration/role"])
def test_a_verb_on_a_row_of_another_street_is_not_there(cast: Cast, verb):
    register, deed = verb.split("/")
    branch = net.branch("桃园里党支部", estate=cast.strange_estate)
    (membership,) = net.members(branch, 1, community=cast.strange_estate.community)
    registration = DualRegistration.objects.create(
        member=membership.member, community=cast.strange_estate.community, since=net.SINCE
    )
    row = {"PartyBranch": branch, "Membership": membership, "DualRegistration": registration}[register]
    address = f"{page(register, 'changelist')}{row.pk}/{deed}/"
    assert [client_of(who).get(address).status_code for who in (cast.sun, cast.strange_officer, cast.wu)] == [
        404,
        200,
        404,
    ]
    assert post(cast, address, version=1, on="2026-05-15").status_code == 404


# --- coverage ---


def test_targets_are_entered_and_days_gone_by_are_read_only(cast: Cast):
    data = {
        "subdistrict": cast.subdistrict.pk, "rule": "companies", "due_on": "2026-12-31", "target_percent": "70",
        "baseline_on": "2020-01-01", "baseline_percent": "33.33",
    }  # fmt: skip
    refused = post(cast, page("CoverageTarget", "add"), **data | {"due_on": "2019-12-31"})
    assert "The target&#x27;s day must come after the baseline&#x27;s." in refused.content.decode()
    assert post(cast, page("CoverageTarget", "add"), **data).status_code == 302
    assert CoverageTarget.objects.get().target_percent == 70
    kept = CoverageSnapshot.objects.create(
        subdistrict=cast.subdistrict,
        day=DAY,
        rule="companies",
        numerator=27,
        denominator=28,
        gaps=["某公司"],
        taken_at=NOW,
    )
    text = read(cast, page("CoverageSnapshot", "change", kept.pk))
    assert [said in text for said in ("96.43 %", "某公司", 'name="_save"')] == [True, True, False]
    assert client_of(cast.sun).get(page("CoverageSnapshot", "add")).status_code == 404


# --- what waits ---


def test_the_work_list_says_what_the_net_is_short_of(cast: Cast):
    net.members(cast.branch, 2, community=cast.community)
    member(cast, kind=MemberKind.FLOATING)
    CommitteeTerm.objects.create(body=cast.committee, number=1, starts_on=net.SINCE, ends_on=DAY)
    text = read(cast, "/console/")
    assert "1 party branch has fewer than three full members" in text
    assert "1 committee&#x27;s term ends within 60 days" in text
    assert "Nobody keeps contact with 1 floating member" in text
    assert "沈静" not in text
    away = read(cast, "/console/", who="strange_officer")
    assert [said in away for said in ("party branch", "committee&#x27;s term", "floating")] == [False] * 3
