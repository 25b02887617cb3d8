"""Bad rows: each named with its column and a reason, and the good ones beside it untouched."""

from datetime import date

import pytest
from django.utils import translation

from governance.domain import party
from governance.domain.moment import database_now
from governance.imports import checking
from governance.imports.catalogue import REGISTERS
from governance.imports.files import FileRefused
from governance.imports.planning import in_words
from governance.models import (
    AuditPayload,
    Body,
    Building,
    CommitteeTerm,
    Consent,
    Estate,
    GridUnit,
    JointUnit,
    Management,
    Membership,
    PartyBranch,
    PartyMember,
    Unit,
)
from tests.cast import NOW
from tests.governance.imports.workbooks import headings, of, xlsx

LATER = "2030-01-01"


def found(cast, code, names, *rows):
    return checking.look_at(REGISTERS[code], of(code, names, *rows), cast.subdistrict)


def bad(cast, code, names, *rows) -> dict[int, tuple[str, ...]]:
    """The columns complained about, by row."""
    problems: dict[int, tuple[str, ...]] = {}
    outcome = found(cast, code, names, *rows).outcome
    for problem in outcome.problems:
        assert in_words(REGISTERS[code], problem)
        problems[problem["row"]] = (*problems.get(problem["row"], ()), problem["column"])
    return problems


def written(cast, code, names, *rows):
    """Take the rows in; none of them may be bad."""
    look = found(cast, code, names, *rows)
    assert look.outcome.problems == []
    checking.write_good_rows(look, subdistrict=cast.subdistrict, actor=cast.sun, at=NOW)
    return look.outcome


# --- headings ---


def test_missing_unknown_and_doubled_headings_are_named(cast):
    register = REGISTERS["estate"]
    community, name = headings(register, "community", "name")
    for row, said in [([community, "楼号"], ["楼号", name]), ([community, name, name], [name])]:
        with pytest.raises(FileRefused) as refused:
            checking.look_at(register, xlsx([row, ["春和社区", "A", "B"]]), cast.subdistrict)
        assert all(word in str(refused.value) for word in said)


@pytest.mark.parametrize("language", ["zh-hans", "en", "ko"])
def test_headings_are_known_in_each_language_and_any_order(cast, language):
    with translation.override(language):
        file = of("estate", ("name", "community"), ["柳荫里小区", "春和社区"])
    assert checking.look_at(REGISTERS["estate"], file, cast.subdistrict).outcome.new == 1


# --- cells and names ---


def test_seven_bad_rows_are_named_and_the_rest_is_good(cast):
    rows = [["春和苑小区", "3栋", 1, f"{number}"] for number in range(100, 140)]
    rows[0][0] = "没有的小区"
    rows[5][0] = "桃园里小区"  # it lies in another street
    rows[9][1] = "99栋"
    rows[14][2] = "一"
    rows[20][3] = ""
    rows[30][3] = "=ROW()"
    rows[39] = rows[38]
    look = found(cast, "unit", ("estate", "building", "stairwell", "number"), *rows)
    assert (look.outcome.new, look.outcome.bad) == (33, 7)
    said = {problem["row"]: (problem["column"], problem["value"]) for problem in look.outcome.problems}
    assert said[2] == ("estate", "没有的小区")
    assert said[7] == ("estate", "桃园里小区")
    assert said[11] == ("building", "99栋")
    assert said[16] == ("stairwell", "一")
    assert said[22] == ("number", "")
    assert said[32] == ("number", "=ROW()")
    assert said[41] == ("", "")
    formula = next(problem for problem in look.outcome.problems if problem["row"] == 32)
    assert "D32" in in_words(REGISTERS["unit"], formula)


def test_a_long_value_is_cut_and_reads_as_text(cast):
    look = found(cast, "estate", ("community", "name"), ["<script>alert(1)</script>" * 20, "甲"])
    assert len(look.outcome.problems[0]["value"]) == 81


def test_a_name_that_several_have_needs_the_column_before_it(cast):
    other = cast.community.subdistrict.communities.create(name="秋实社区")
    Estate.objects.create(community=other, name="春和苑小区")
    names = ("community", "estate", "name")
    assert bad(cast, "building", names, ["", "春和苑小区", "8栋"]) == {2: ("estate",)}
    assert bad(cast, "building", names, ["秋实社区", "春和苑小区", "8栋"]) == {}
    assert bad(cast, "building", names, ["秋实社区", "星湖家园", "8栋"]) == {2: ("estate",)}


def test_what_a_file_leaves_out_stays(cast):
    written(cast, "building", ("estate", "name", "stairwells"), ["春和苑小区", "3栋", 4])
    building = Building.objects.get(pk=cast.building.pk)
    assert (building.stairwells, building.grid_unit) == (4, cast.grid_unit)


def test_a_note_or_a_reason_beside_the_columns_is_no_error(cast):
    head = [*headings(REGISTERS["estate"], "community", "name"), "Note", "Reason"]
    look = checking.look_at(
        REGISTERS["estate"], xlsx([head, ["春和社区", "柳荫里小区", "问过居委会", "上次写错"]]), cast.subdistrict
    )
    assert look.outcome.new == 1


def test_an_example_that_was_changed_is_not_passed_over(cast):
    head = [*headings(REGISTERS["estate"], "community", "name"), "Note"]
    marked = "Example: is not taken in"
    rows = [["春和社区", "春和苑小区", marked], ["春和社区", "柳荫里小区", marked]]
    look = checking.look_at(REGISTERS["estate"], xlsx([head, *rows]), cast.subdistrict)
    assert look.plan.left_out == 1
    assert [problem["row"] for problem in look.outcome.problems] == [3]


def test_a_row_of_another_street_is_refused(cast):
    head = [*headings(REGISTERS["estate"], "community", "name"), "Subdistrict"]
    rows = [["春和社区", "柳荫里小区", "东湖街道"], ["春和社区", "松风里小区", "安和街道"]]
    look = checking.look_at(REGISTERS["estate"], xlsx([head, *rows]), cast.subdistrict)
    assert (look.outcome.new, [problem["row"] for problem in look.outcome.problems]) == (1, [2])


# --- rows against each other ---


def test_of_two_rows_that_say_the_same_the_first_is_taken(cast):
    row = ["春和社区", "柳荫里小区"]
    assert bad(cast, "estate", ("community", "name"), row, row) == {3: ("",)}


def test_a_building_in_two_grid_units_is_taken_in_none(cast):
    GridUnit.objects.create(community=cast.community, name="第四网格")
    names = ("estate", "name", "grid_unit")
    rows = [["春和苑小区", "8栋", "第三网格"], ["春和苑小区", "８栋", "第四网格"], ["春和苑小区", "9栋", "第四网格"]]
    assert bad(cast, "building", names, *rows) == {2: ("grid_unit",), 3: ("grid_unit",)}


def test_a_grid_unit_of_another_community_is_not_found(cast):
    other = cast.subdistrict.communities.create(name="秋实社区")
    GridUnit.objects.create(community=other, name="第七网格")
    row = ["春和苑小区", "8栋", "第七网格"]
    assert bad(cast, "building", ("estate", "name", "grid_unit"), row) == {2: ("grid_unit",)}


CONTRACT = ("estate", "body", "kind", "valid_from", "valid_until")


def test_a_contract_that_overlaps_one_in_the_register_is_refused(cast):
    row = ["春和苑小区", "恒信物业", "contract", "2026-06-01", ""]
    assert bad(cast, "management", CONTRACT, row) == {2: ("valid_from",)}


def test_the_old_contract_may_end_in_the_same_file(cast):
    rows = [
        ["春和苑小区", "星湖业委会", "owners", "2026-06-01", ""],
        ["春和苑小区", "恒信物业", "contract", "2020-01-01", "2026-05-31"],
    ]
    outcome = written(cast, "management", CONTRACT, *rows)
    assert (outcome.new, outcome.changed) == (1, 1)
    assert set(Management.objects.filter(estate=cast.estate).values_list("valid_from", "valid_until")) == {
        (date(2020, 1, 1), date(2026, 5, 31)),
        (date(2026, 6, 1), None),
    }


def test_contracts_that_overlap_in_the_file_name_each_other(cast):
    estate = Estate.objects.create(community=cast.community, name="柳荫里小区")
    rows = [
        [estate.name, "恒信物业", "contract", "2026-01-01", "2026-12-31"],
        [estate.name, "恒信物业", "contract", "2027-01-01", "2027-12-31"],
        [estate.name, "恒信物业", "contract", "2026-12-31", "2026-12-31"],
    ]
    assert bad(cast, "management", CONTRACT, *rows) == {2: ("valid_from",), 4: ("valid_from",)}


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (["星湖家园", "恒信物业", "interim", LATER, ""], "valid_until"),
        (["星湖家园", "恒信物业", "contract", LATER, "2029-01-01"], "valid_until"),
        (["星湖家园", "嘉润物业", "contract", LATER, ""], "body"),
    ],
)
def test_half_a_contract_is_refused(cast, row, column):
    Management.objects.filter(estate=cast.self_managed).update(valid_until=date(2026, 5, 1))
    assert bad(cast, "management", CONTRACT, row) == {2: (column,)}


def test_terms_that_overlap_are_refused(cast):
    CommitteeTerm.objects.create(body=cast.committee, number=1, starts_on=date(2024, 1, 1), ends_on=date(2026, 12, 31))
    names = ("body", "branch", "number", "starts_on", "ends_on")
    rows = [
        ["星湖家园业主委员会", "", 2, "2026-12-31", "2029-12-30"],
        ["", "春和苑党支部", 1, "2024-01-01", "2026-12-31"],
        ["", "春和苑党支部", 2, "2026-06-01", "2028-12-31"],
        ["星湖家园业主委员会", "春和苑党支部", 3, LATER, "2031-12-31"],
    ]
    assert bad(cast, "committeeterm", names, *rows) == {
        2: ("starts_on",),
        3: ("starts_on",),
        4: ("starts_on",),
        5: ("body",),
    }


# --- bodies ---


def test_two_committees_of_one_estate_are_refused_by_the_database_with_a_sentence(cast):
    names = ("name", "short_name", "kind", "estate")
    rows = [["春和苑业主委员会", "春和苑业委会", "owners_committee", "春和苑小区"]]
    written(cast, "body", names, *rows)
    look = found(cast, "body", names, ["春和苑物业管理委员会", "春和苑物管会", "management_committee", "春和苑小区"])
    assert [problem["sentence"] for problem in look.outcome.problems] == [
        "This estate has a committee already. End that one first."
    ]
    assert not Body.objects.filter(short_name="春和苑物管会").exists()


def test_a_company_does_not_belong_to_an_estate(cast):
    row = ["新新物业有限公司", "新新物业", "property_company", "春和苑小区"]
    assert bad(cast, "body", ("name", "short_name", "kind", "estate"), row) == {2: ("estate",)}


# --- the party's net ---

BRANCH = ("name", "kind", "parent", "community", "estate", "body")


def test_a_line_may_stand_further_down_in_the_file(cast):
    rows = [
        ["第一党小组", "group", "柳荫里党支部", "春和社区", "春和苑小区", ""],
        ["柳荫里党支部", "branch", "春和社区党委", "春和社区", "", ""],
    ]
    written(cast, "partybranch", BRANCH, *rows)
    group = PartyBranch.objects.get(name="第一党小组")
    assert (group.estate, group.community) == (cast.estate, None)
    assert group.parent.name == "柳荫里党支部"
    assert group.parent.parent.name == "春和社区党委"


def test_a_branch_moves_under_a_line_that_the_file_brings(cast):
    rows = [
        ["春和苑党支部", "branch", "安和街道物业党委", "", "春和苑小区", ""],
        ["安和街道物业党委", "industry_committee", "", "", "", ""],
    ]
    outcome = written(cast, "partybranch", BRANCH, *rows)
    cast.branch.refresh_from_db()
    assert (cast.branch.parent.name, cast.branch.version) == ("安和街道物业党委", 2)
    assert cast.branch.parent.subdistrict == cast.subdistrict
    assert outcome.changes[0]["fields"] == [["parent", "春和社区党委", "安和街道物业党委"]]


def test_a_circle_in_the_file_is_refused(cast):
    rows = [
        ["甲党支部", "branch", "乙党支部", "春和社区", "", ""],
        ["乙党支部", "branch", "丙党支部", "春和社区", "", ""],
        ["丙党支部", "branch", "甲党支部", "春和社区", "", ""],
        ["丁党支部", "branch", "春和社区党委", "春和社区", "", ""],
    ]
    assert bad(cast, "partybranch", BRANCH, *rows) == {2: ("parent",), 3: ("parent",), 4: ("parent",)}


def test_a_circle_with_the_register_is_refused(cast):
    row = ["春和社区党委", "committee", "春和苑党支部", "春和社区", "", ""]
    assert bad(cast, "partybranch", BRANCH, row) == {2: ("parent",)}


def test_a_line_down_is_refused_as_in_the_form(cast):
    PartyBranch.objects.create(name="甲党小组", kind="group", parent=cast.branch, estate=cast.estate)
    rows = [
        ["乙党支部", "branch", "甲党小组", "春和社区", "", ""],
        ["丙党支部", "branch", "乙党小组", "春和社区", "", ""],
        ["乙党小组", "group", "春和苑党支部", "春和社区", "", ""],
    ]
    assert bad(cast, "partybranch", BRANCH, *rows) == {2: ("",), 3: ("",)}


def test_what_ends_more_than_itself_is_not_ended_by_a_file(cast):
    row = ["春和苑党支部", "branch", "春和社区党委", "春和社区", "春和苑小区", "", "2026-05-01"]
    assert bad(cast, "partybranch", (*BRANCH, "ended_on"), row) == {2: ("ended_on",)}
    written(cast, "partymember", MEMBER, member("0001"))
    row = [*member("0001"), "2026-05-01"]
    assert bad(cast, "partymember", (*MEMBER, "ended_on"), row) == {2: ("ended_on",)}


def test_only_a_joint_branch_is_shared(cast):
    row = ["春和苑党支部", "恒信物业", "2026-01-01"]
    assert bad(cast, "jointunit", ("branch", "body", "since"), row) == {2: ("",)}


def test_no_name_of_a_member_goes_on_record(cast):
    written(cast, "partymember", MEMBER, member("0001", name="王小明"))
    facts = AuditPayload.objects.values_list("facts", flat=True)
    assert len(facts) == 2
    assert not [fact for fact in facts if "王小明" in str(fact) or "0001" in str(fact)]


def test_a_branch_belongs_to_one_place(cast):
    row = ["恒信党支部", "branch", "", "", "春和苑小区", "恒信物业"]
    assert bad(cast, "partybranch", BRANCH, row) == {2: ("body",)}


def test_a_name_that_two_lines_have_needs_the_whole_line(cast):
    above = cast.branch.parent
    for name in ("甲党支部", "乙党支部"):
        branch = PartyBranch.objects.create(name=name, kind="branch", parent=above, community=cast.community)
        PartyBranch.objects.create(name="第一党小组", kind="group", parent=branch, community=cast.community)
    names = ("community", "name", "party_group")
    assert bad(cast, "gridunit", names, ["春和社区", "第九网格", "第一党小组"]) == {2: ("party_group",)}
    written(cast, "gridunit", names, ["春和社区", "第九网格", "春和社区党委>乙党支部 ＞ 第一党小组"])
    assert GridUnit.objects.get(name="第九网格").party_group.parent.name == "乙党支部"


def test_a_sixth_unit_of_a_joint_branch_is_refused(cast):
    joint = PartyBranch.objects.create(name="第一联合党支部", kind="joint_branch", subdistrict=cast.subdistrict)
    companies = [
        Body.objects.create(
            name=f"第{number}物业公司",
            short_name=f"第{number}物业",
            kind="property_company",
            subdistrict=cast.subdistrict,
        )
        for number in range(6)
    ]
    rows = [[joint.name, company.name, "2026-01-01"] for company in companies]
    assert bad(cast, "jointunit", ("branch", "body", "since"), *rows) == {7: ("",)}
    assert not JointUnit.objects.exists()


MEMBER = ("community", "number", "full_name", "kind", "branch", "standing", "since")


def member(number, *, name="王小明", branch="春和苑党支部", standing="full", since="2024-01-01"):
    return ["春和社区", number, name, "resident", branch, standing, since]


def test_a_member_comes_with_the_membership(cast):
    written(cast, "partymember", MEMBER, member("0001"), member("0002", branch="", standing="", since=""))
    membership = Membership.objects.get()
    assert (membership.member.number, membership.branch, membership.standing) == ("0001", cast.branch, "full")
    assert PartyMember.objects.count() == 2


def test_a_member_full_in_two_branches_is_refused(cast):
    other = PartyBranch.objects.create(
        name="乙党支部", kind="branch", parent=cast.branch.parent, community=cast.community
    )
    rows = [member("0001"), member("0001", branch="乙党支部"), member("0002")]
    assert bad(cast, "partymember", MEMBER, *rows) == {2: ("branch",), 3: ("branch",)}
    written(cast, "partymember", MEMBER, member("0001"))
    again = member("0001", branch=other.name, since="2025-01-01")
    assert bad(cast, "partymember", MEMBER, again) == {2: ("branch",)}
    rows = [
        ["0001", other.name, "full", "2025-01-01", ""],
        ["0001", "春和苑党支部", "full", "2024-01-01", "2024-12-31"],
    ]
    written(cast, "membership", ("member", "branch", "standing", "since", "ended_on"), *rows)
    assert Membership.objects.count() == 2


def test_a_full_member_becomes_probationary(cast):
    written(cast, "partymember", MEMBER, member("0001"))
    outcome = written(cast, "partymember", MEMBER, member("0001", standing="probationary"))
    assert outcome.changes == [
        {"row": 2, "called": "春和社区 · 0001", "fields": [["standing", "full", "probationary"]]}
    ]
    assert Membership.objects.get().standing == "probationary"


AGREED = (*MEMBER, "agrees_to_be_shown")


def test_a_yes_is_a_consent_noted_by_whoever_takes_the_file_in_and_a_no_takes_it_back(cast):
    written(
        cast, "partymember", AGREED, [*member("0001"), "是"], [*member("0002", branch="", standing="", since=""), "否"]
    )
    consent = Consent.objects.get()
    assert (consent.member.number, consent.text_version) == ("0001", party.SHOWN_TEXT_VERSION)
    assert consent.noted_at is not None
    assert found(cast, "partymember", AGREED, [*member("0001"), "是"]).outcome.unchanged == 1
    assert found(cast, "partymember", AGREED, [*member("0001"), ""]).outcome.unchanged == 1
    assert found(cast, "partymember", MEMBER, member("0001")).outcome.unchanged == 1
    outcome = written(cast, "partymember", AGREED, [*member("0001"), "否"])
    assert [name for name, _old, _new in outcome.changes[0]["fields"]] == ["withdrawn_at"]
    assert not party.shown_consents(database_now()).exists()
    written(cast, "partymember", AGREED, [*member("0001"), "是"])
    assert Consent.objects.filter(withdrawn_at=None).count() == 1


def test_a_masked_name_changes_nothing_and_names_nobody_new(cast):
    written(cast, "partymember", MEMBER, member("0001", name="王小明"))
    assert found(cast, "partymember", MEMBER, member("0001", name="王**")).outcome.unchanged == 1
    assert bad(cast, "partymember", MEMBER, member("0001", name="李**")) == {2: ("full_name",)}
    assert bad(cast, "partymember", MEMBER, member("0002", name="王**")) == {2: ("full_name",)}
    written(cast, "partymember", MEMBER, member("0001", name="王大明"))
    assert PartyMember.objects.get().full_name == "王大明"


def test_what_is_shown_and_kept_of_names_is_masked(cast):
    look = found(cast, "partymember", MEMBER, member("0001", name="王小明" * 30), member("0002", name=""))
    assert [problem["value"][:3] for problem in look.outcome.problems] == ["王**", ""]
    written(cast, "partymember", MEMBER, member("0001", name="王小明"))
    outcome = found(cast, "partymember", MEMBER, member("0001", name="王大明")).outcome
    assert outcome.changes == [{"row": 2, "called": "春和社区 · 0001", "fields": [["full_name", None, None]]}]


def test_a_membership_is_whole_or_not_there(cast):
    assert bad(cast, "partymember", MEMBER, member("0001", standing="")) == {2: ("standing",)}
    assert bad(cast, "partymember", MEMBER, member("0001", branch="")) == {2: ("branch",)}


def test_a_member_of_another_street_is_not_found(cast):
    PartyMember.objects.create(community=cast.strange_community, number="9001", full_name="钱伟", kind="resident")
    row = ["9001", "春和苑党支部", "full", "2025-01-01"]
    assert bad(cast, "membership", ("member", "branch", "standing", "since"), row) == {2: ("member",)}


def test_a_member_or_a_unit_checks_in_not_both(cast):
    written(cast, "partymember", MEMBER, member("0001"))
    names = ("community", "body", "member", "offers", "since")
    rows = [
        ["春和社区", "恒信物业", "", "巡楼", "2025-01-01"],
        ["春和社区", "", "0001", "巡楼", "2025-01-01"],
        ["春和社区", "恒信物业", "0001", "", "2025-02-01"],
        ["春和社区", "", "", "", "2025-02-01"],
    ]
    assert bad(cast, "dualregistration", names, *rows) == {4: ("body",), 5: ("body",)}


def test_an_organisation_joins_another(cast):
    names = ("branch", "committee", "since")
    rows = [["春和苑党支部", "春和社区党委", "2025-01-01"], ["春和苑党支部", "春和苑党支部", "2025-01-01"]]
    assert bad(cast, "joins", names, *rows) == {3: ("committee",)}


def test_the_same_door_twice_in_the_register_is_for_people_to_mend(cast):
    Unit.objects.create(building=cast.building, stairwell=1, number="3 01")
    Unit.objects.create(building=cast.building, stairwell=1, number="3  01")
    row = ["春和苑小区", "3栋", 1, "3 01"]
    assert bad(cast, "unit", ("estate", "building", "stairwell", "number"), row) == {2: ("",)}
