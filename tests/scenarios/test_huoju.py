"""The figures that Huoju subdistrict reported in 2021, brought in as its office would, and what a day changes.

Of 9 companies, the 6 with three or more full members have a branch of their own and the 3 with fewer share 2 joint
branches; 28 estates have 28 committees with 28 party organisations. The workbooks: `tests.scenarios.huoju`.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command

from governance.domain import party, registers
from governance.models import (
    Body,
    CoverageRule,
    CoverageSnapshot,
    Management,
    Membership,
    Role,
    RoleAssignment,
    Standing,
    Subdistrict,
)
from issues.domain.sweep import sweep
from tests.cast import SHANGHAI, Cast, client_of
from tests.scenarios import huoju

pytestmark = pytest.mark.django_db

# The day on which all was in order; the sweep after its midnight keeps it.
IN_ORDER = date(2026, 5, 15)
NEXT_DAY = IN_ORDER + timedelta(days=1)
MORNING_AFTER = datetime(2026, 5, 16, 8, 30, tzinfo=SHANGHAI)
SHORT_OF_ONE = "万安物业"
LEFT_ALONE = "曙光新苑小区"


@pytest.fixture
def street(cast: Cast, tmp_path: Path) -> Subdistrict:
    """The street with its registers brought in from workbooks, and an officer: Sun."""
    street = Subdistrict.objects.create(district=cast.subdistrict.district, name=huoju.SUBDISTRICT)
    for register, path in huoju.write_workbooks(tmp_path):
        bring_in(register, path)
    RoleAssignment.objects.filter(user=cast.sun, role=Role.STREET_OFFICER).update(subdistrict=street)
    type(cast.sun).objects.filter(pk=cast.sun.pk).update(language="en")
    return street


def bring_in(register: str, path: Path) -> None:
    call_command("import_register", register, path, subdistrict=huoju.SUBDISTRICT)


def shown(cast: Cast, monkeypatch, at: datetime) -> dict[str, str]:
    """What the coverage page says at `at`, in plain words, by rule."""
    monkeypatch.setattr("governance.middleware.database_now", lambda: at)
    page = client_of(cast.sun).get("/coverage/").content.decode()
    sections = re.split(r'<section class="panel covered" aria-labelledby="figure-', page)[1:]
    return {
        section.split('"', 1)[0]: " ".join(re.sub(r"<[^>]+>", " ", section.split(">", 1)[1]).split())
        for section in sections
    }


def test_the_page_says_what_the_street_reported(cast: Cast, street, monkeypatch):
    said = shown(cast, monkeypatch, datetime(2026, 5, 15, 9, tzinfo=SHANGHAI))
    assert "9/9 100 %" in said["companies"]
    assert "6 with an organisation of their own, 3 sharing 2 joint branches" in said["companies"]
    assert "28/28 100 %" in said["committees"]
    assert "28/28 100 %" in said["committee_branches"]
    assert "28/28 100 %" in said["managed"]
    reported = ("companies", "committees", "committee_branches", "managed")
    assert [rule for rule in reported if "What is missing" in said[rule]] == []


def test_the_page_says_it_in_chinese_too(cast: Cast, street, monkeypatch):
    type(cast.sun).objects.filter(pk=cast.sun.pk).update(language="zh-hans")
    said = shown(cast, monkeypatch, datetime(2026, 5, 15, 9, tzinfo=SHANGHAI))
    assert [said[rule].count("28/28 100 %") for rule in ("committees", "committee_branches")] == [1, 1]
    assert "9/9 100 %" in said["companies"]


def by_verbs(cast: Cast, street: Subdistrict, folder: Path) -> None:
    one_becomes_probationary(cast, street, SHORT_OF_ONE)
    end(cast, Management.objects.get(estate__name=LEFT_ALONE))


def by_workbooks(cast: Cast, street: Subdistrict, folder: Path) -> None:
    bring_in(*huoju.write_member_on_probation(folder))
    bring_in(*huoju.write_ended_contract(folder, on=IN_ORDER.isoformat()))


@pytest.mark.parametrize("change", [by_verbs, by_workbooks])
def test_a_day_later_the_figures_move_the_gaps_are_named_and_yesterday_stays(
    cast: Cast, street, monkeypatch, tmp_path, change: Callable[[Cast, Subdistrict, Path], None]
):
    sweep(bell="test", now=datetime(2026, 5, 16, 0, 0, 10, tzinfo=SHANGHAI))
    kept = CoverageSnapshot.objects.filter(subdistrict=street)
    before = list(kept.order_by("rule").values_list("day", "rule", "numerator", "denominator", "gaps"))
    assert len(before) == len(CoverageRule)
    assert (IN_ORDER, "companies", 9, 9, []) in before

    change(cast, street, tmp_path)

    said = shown(cast, monkeypatch, MORNING_AFTER)
    assert "8/9 88.89 %" in said["companies"]
    assert "Yesterday 9/9 (100 %)" in said["companies"]
    assert "万安物业 万安物业党支部 has 2 full members; three are needed." in said["companies"]
    assert "5 with an organisation of their own, 3 sharing 2 joint branches" in said["companies"]
    assert "27/28 96.43 %" in said["managed"]
    assert "Yesterday 28/28 (100 %)" in said["managed"]
    assert f"{LEFT_ALONE} Nobody manages it; the last contract ended on Fri 15 May." in said["managed"]
    assert "28/28 100 %" in said["committees"]

    sweep(bell="test", now=MORNING_AFTER)
    assert list(kept.order_by("rule").values_list("day", "rule", "numerator", "denominator", "gaps")) == before
    sweep(bell="test", now=datetime(2026, 5, 17, 0, 0, 10, tzinfo=SHANGHAI))
    companies = kept.filter(rule=CoverageRule.COMPANIES).order_by("day").values_list("numerator", "gaps")
    assert list(companies) == [(9, []), (8, [SHORT_OF_ONE])]


def test_a_company_of_four_stays_covered_when_one_becomes_probationary(cast: Cast, street, monkeypatch):
    one_becomes_probationary(cast, street, "北方物业")
    assert "9/9 100 %" in shown(cast, monkeypatch, MORNING_AFTER)["companies"]


def test_a_company_whose_contracts_all_ended_is_no_longer_asked_for(cast: Cast, street, monkeypatch):
    for management in Management.objects.filter(body__name=SHORT_OF_ONE, body__subdistrict=street):
        end(cast, management)
    said = shown(cast, monkeypatch, MORNING_AFTER)
    assert "8/8 100 %" in said["companies"]
    assert "25/28 89.29 %" in said["managed"]


def one_becomes_probationary(cast: Cast, street: Subdistrict, company: str) -> None:
    body = Body.objects.get(subdistrict=street, name=company)
    full = Membership.objects.filter(branch__body=body, standing=Standing.FULL, ended_on=None)
    party.change_standing(full[0], Standing.PROBATIONARY, on=NEXT_DAY, actor=cast.sun, at=MORNING_AFTER)


def end(cast: Cast, management: Management) -> None:
    registers.end(
        management, field="valid_until", on=IN_ORDER, version=management.version, actor=cast.sun, at=MORNING_AFTER
    )
