"""Huoju's figures come out of its registers, brought in by file (MISSION M2); and they move when the registers do."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command

from governance.domain.coverage import figures
from governance.models import CoverageRule, District, Subdistrict
from tests.scenarios import huoju

DAY = date(2026, 5, 15)


@pytest.fixture
def street(db) -> Subdistrict:
    return Subdistrict.objects.create(district=District.objects.create(name="东安区"), name=huoju.SUBDISTRICT)


def bring(code, path) -> None:
    call_command("import_register", code, str(path), "--subdistrict", huoju.SUBDISTRICT, stdout=StringIO())


@pytest.fixture
def reported(street, tmp_path) -> Subdistrict:
    for code, path in huoju.write_workbooks(tmp_path):
        bring(code, path)
    return street


def counted(street, day=DAY) -> dict[str, tuple[int, int]]:
    return {figure.rule: (figure.numerator, figure.denominator) for figure in figures(street.pk, day)}


def gaps(street, rule) -> list[str]:
    return [gap.name for figure in figures(street.pk, DAY) if figure.rule == rule for gap in figure.gaps]


def test_the_registers_say_what_was_reported(reported):
    said = counted(reported)
    assert said[CoverageRule.COMPANIES] == (9, 9)
    assert said[CoverageRule.COMMITTEES] == (28, 28)
    assert said[CoverageRule.COMMITTEE_BRANCHES] == (28, 28)
    assert said[CoverageRule.MANAGED] == (28, 28)
    companies = next(figure for figure in figures(reported.pk, DAY) if figure.rule == CoverageRule.COMPANIES)
    assert [number for number in companies.note if number.isdigit()] == ["6", "3", "2"]


def test_a_member_on_probation_leaves_a_gap_with_a_name(reported, tmp_path):
    bring(*huoju.write_member_on_probation(tmp_path))
    assert counted(reported)[CoverageRule.COMPANIES] == (8, 9)
    assert gaps(reported, CoverageRule.COMPANIES) == ["万安物业"]


def test_a_contract_that_ends_leaves_a_gap_from_the_next_day(reported, tmp_path):
    bring(*huoju.write_ended_contract(tmp_path, on="2026-05-14"))
    assert counted(reported)[CoverageRule.MANAGED] == (27, 28)
    assert gaps(reported, CoverageRule.MANAGED) == ["曙光新苑小区"]
    assert counted(reported, date(2026, 5, 14))[CoverageRule.MANAGED] == (28, 28)


def test_brought_a_second_time_the_files_change_nothing(reported, tmp_path):
    for code, path in huoju.write_workbooks(tmp_path):
        said = StringIO()
        call_command("import_register", code, str(path), "--subdistrict", huoju.SUBDISTRICT, stdout=said)
        assert said.getvalue().startswith("0 new, 0 changed, "), code
