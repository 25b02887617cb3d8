"""What is given out comes back unchanged, whatever stands in it; nothing in it does anything when opened."""

import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from governance.domain import party
from governance.imports import sheets
from governance.imports.catalogue import REGISTERS
from governance.imports.checking import look_at, write_good_rows
from governance.models import (
    Body,
    Building,
    CommitteeTerm,
    DualRegistration,
    Estate,
    Joins,
    JointUnit,
    Membership,
    PartyBranch,
    PartyMember,
    Unit,
)
from tests.cast import NOW
from tests.governance.imports.workbooks import opened, rows_of


@pytest.fixture
def full(cast):
    """The cast, with something in every register, and names that look like formulas."""
    above = cast.branch.parent
    joint = PartyBranch.objects.create(name="第一联合党支部", kind="joint_branch", subdistrict=cast.subdistrict)
    for name in ("甲党支部", "乙党支部"):
        branch = PartyBranch.objects.create(name=name, kind="branch", parent=above, community=cast.community)
        PartyBranch.objects.create(name="第一党小组", kind="group", parent=branch, estate=cast.self_managed)
    own = PartyBranch.objects.create(name="恒信党支部", kind="branch", parent=above, body=cast.hengxin)
    JointUnit.objects.create(branch=joint, body=cast.committee, since=date(2025, 1, 1))
    Joins.objects.create(branch=own, committee=above, since=date(2025, 1, 1), ended_on=date(2025, 12, 31))
    CommitteeTerm.objects.create(body=cast.committee, number=1, starts_on=date(2024, 1, 1), ends_on=date(2026, 12, 31))
    CommitteeTerm.objects.create(branch=own, number=1, starts_on=date(2024, 1, 1), ends_on=date(2026, 12, 31))
    for number in ("=1", "0002", "0003"):
        PartyMember.objects.create(community=cast.community, number=number, full_name="王小明", kind="retired")
    first, second, _third = PartyMember.objects.order_by("pk")
    Membership.objects.create(
        member=first, branch=joint, standing="full", since=date(2020, 1, 1), ended_on=date(2023, 12, 31)
    )
    Membership.objects.create(member=first, branch=own, standing="full", since=date(2024, 1, 1))
    Membership.objects.create(member=second, branch=own, standing="probationary", since=date(2024, 1, 1))
    party.note_consent(second, given_on=date(2025, 3, 1), actor=cast.sun, at=NOW)
    DualRegistration.objects.create(member=first, community=cast.community, offers="+巡楼", since=date(2025, 1, 1))
    DualRegistration.objects.create(body=cast.hengxin, community=cast.community, since=date(2025, 1, 1))
    Estate.objects.create(community=cast.community, name="@家园", address="-1 号", ended_on=date(2025, 12, 31))
    Body.objects.create(
        name="=物业", short_name="'=物业", kind="owners_committee", subdistrict=cast.subdistrict, estate=cast.estate
    )
    Unit.objects.create(building=cast.building, number="P-01", kind="parking", exclusive_area_m2=Decimal("12.50"))
    Building.objects.create(estate=cast.estate, name="－7栋", stairwells=1)
    return cast


def round_trip(cast, code):
    register = REGISTERS[code]
    rows = list(register.rows_in(cast.subdistrict))
    content = sheets.exported(register, rows, [cast.subdistrict])
    return look_at(register, io.BytesIO(content), cast.subdistrict), len(rows)


@pytest.mark.parametrize("code", REGISTERS)
def test_what_is_given_out_comes_back_unchanged(full, code):
    found, count = round_trip(full, code)
    assert count, "a register without rows would prove nothing"
    assert found.outcome.problems == []
    assert (found.outcome.new, found.outcome.changes, found.outcome.unchanged) == (0, [], count)


def test_a_row_put_in_by_the_file_is_the_one_that_was_given_out(full):
    """The other way round: what is exported of one register makes the same rows where there are none."""
    register = REGISTERS["unit"]
    content = sheets.exported(register, list(register.rows_in(full.subdistrict)), [full.subdistrict])
    before = set(
        Unit.objects.filter(building__estate=full.estate).values_list(
            "stairwell", "number", "kind", "exclusive_area_m2"
        )
    )
    Unit.objects.filter(building__estate=full.estate, occupancies=None).delete()
    found = look_at(register, io.BytesIO(content), full.subdistrict)
    write_good_rows(found, subdistrict=full.subdistrict, actor=full.sun, at=NOW)
    after = set(
        Unit.objects.filter(building__estate=full.estate).values_list(
            "stairwell", "number", "kind", "exclusive_area_m2"
        )
    )
    assert (before, found.outcome.new > 0) == (after, True)


TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), min_size=1, max_size=20)


@example(names=["0"], address="\r")
@given(names=st.lists(TEXT.map(str.strip).filter(bool), unique=True, max_size=6), address=TEXT)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_any_words_survive_the_round_trip(cast, names, address):
    from governance.imports.columns import tidied

    Estate.objects.filter(community=cast.community, buildings=None, managements=None).delete()
    alone = {tidied(name): name for name in names if tidied(name)}
    Estate.objects.bulk_create(Estate(community=cast.community, name=name, address=address) for name in alone.values())
    found, count = round_trip(cast, "estate")
    assert found.outcome.problems == []
    assert (found.outcome.new, found.outcome.changes, found.outcome.unchanged) == (0, [], count)


def test_no_cell_begins_a_formula(full):
    for code, register in REGISTERS.items():
        content = sheets.exported(register, list(register.rows_in(full.subdistrict)), [full.subdistrict])
        for sheet in opened(content).worksheets:
            for row in sheet.iter_rows():
                for cell in row:
                    assert cell.data_type != "f", code
                    assert not (isinstance(cell.value, str) and cell.value[:1] in "=+-@\t\r"), code


def test_an_export_has_a_frozen_heading_widths_real_days_and_an_explanation(full):
    register = REGISTERS["management"]
    book = openpyxl.load_workbook(
        io.BytesIO(sheets.exported(register, list(register.rows_in(full.subdistrict)), [full.subdistrict]))
    )
    sheet, explanation = book.worksheets
    assert sheet.freeze_panes == "A2"
    assert sheet.column_dimensions["B"].width > 15
    assert sheet["E2"].is_date
    assert sheet["E2"].number_format == "yyyy-mm-dd"
    assert [row[0].value for row in explanation.iter_rows(min_row=2)][:6] == [c.title() for c in register.columns]


def test_no_name_of_a_member_leaves_the_house_and_the_sheet_says_so(full):
    register = REGISTERS["partymember"]
    content = sheets.exported(register, list(register.rows_in(full.subdistrict)), [full.subdistrict])
    words = [
        str(cell.value)
        for sheet in opened(content).worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value
    ]
    assert "王**" in words
    assert not [word for word in words if "王小明" in word]
    assert [word for word in words if "two people" in word or "两个人" in word or "两人" in word]


@pytest.mark.parametrize("code", REGISTERS)
def test_an_export_asks_no_more_for_many_rows_than_for_few(full, code, django_assert_max_num_queries):
    register = REGISTERS[code]
    with django_assert_max_num_queries(4):
        sheets.exported(register, list(register.rows_in(full.subdistrict)), [full.subdistrict])


@pytest.mark.parametrize("code", REGISTERS)
def test_every_template_explains_itself_and_its_example_is_ignored(cast, code):
    register = REGISTERS[code]
    content = sheets.template(register)
    found = look_at(register, io.BytesIO(content), cast.subdistrict)
    assert (found.plan.rows, found.plan.left_out) == ([], 1)
    assert len(rows_of(content)) == 2


def test_what_belongs_to_no_street_is_left_out(full):
    district = PartyBranch.objects.create(name="云溪区委", kind="committee", district=full.subdistrict.district)
    full.branch.parent.parent = district
    full.branch.parent.save()
    content = sheets.exported(REGISTERS["partybranch"], list(REGISTERS["partybranch"].rows()), [full.subdistrict])
    names = {row[0]: row[2] for row in rows_of(content)[1:]}
    assert "云溪区委" not in names
    assert names["春和社区党委"] == "云溪区委"
    outcome = look_at(REGISTERS["partybranch"], io.BytesIO(content), full.subdistrict).outcome
    assert (outcome.new, outcome.changes, outcome.problems) == (0, [], [])


def test_an_administrators_export_comes_back_street_by_street(full):
    register = REGISTERS["estate"]
    streets = [full.subdistrict, full.strange_community.subdistrict]
    content = sheets.exported(register, list(register.rows()), streets)
    for street, count in zip(streets, (3, 1), strict=True):
        outcome = look_at(register, io.BytesIO(content), street).outcome
        assert (outcome.new, outcome.changes, outcome.unchanged) == (0, [], count)
        assert outcome.bad == 4 - count
