"""Cells: read forgivingly, refused clearly, written so that they come back the same."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from governance.imports.catalogue import REGISTERS
from governance.imports.columns import (
    NOT_GIVEN,
    Amount,
    Choice,
    Day,
    Name,
    Text,
    Whole,
    Wrong,
    YesNo,
    as_typed,
    masked,
    neutralised,
    tidied,
)
from governance.imports.files import Damaged, Formula, folded
from governance.imports.planning import NOTE, REASON, SUBDISTRICT
from governance.models.places import UnitKind

HEADING = {"name": "x", "heading": "X"}
KINDS = tuple((kind.value, kind.label) for kind in UnitKind)


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        (Text(**HEADING), "  春和苑　小区 ", "春和苑 小区"),
        (Text(**HEADING), "３０１", "301"),
        (Text(**HEADING), 301, "301"),
        (Text(**HEADING), 301.0, "301"),
        (Text(**HEADING), "恒信（北京）", "恒信（北京）"),
        (Text(**HEADING), "'=1+1", "=1+1"),
        (Text(**HEADING), "'平安'里", "'平安'里"),
        (Text(**HEADING), None, ""),
        (Text(**HEADING, has_default=True), " ", NOT_GIVEN),
        (Whole(**HEADING), " １ ２ ", 12),
        (Whole(**HEADING), 3.0, 3),
        (Whole(**HEADING), "1,200", 1200),
        (Amount(**HEADING), "８９．５６", Decimal("89.56")),
        (Amount(**HEADING), 89.56, Decimal("89.56")),
        (Amount(**HEADING), 90, Decimal("90.00")),
        (Day(**HEADING), datetime(2026, 5, 15), date(2026, 5, 15)),  # noqa: DTZ001 - as a spreadsheet has it
        (Day(**HEADING), "2026-05-15", date(2026, 5, 15)),
        (Day(**HEADING), "２０２６／５／１５", date(2026, 5, 15)),
        (Day(**HEADING), "2026年5月15日", date(2026, 5, 15)),
        (Day(**HEADING), "2026.5.15", date(2026, 5, 15)),
        (Day(**HEADING), 20260515, NotImplemented),
        (Day(**HEADING), "20260515", date(2026, 5, 15)),
        (YesNo(**HEADING), "yes", True),
        (YesNo(**HEADING), "No", False),
        (YesNo(**HEADING), True, True),
        (Choice(**HEADING, choices=KINDS), "dwelling", "dwelling"),
        (Choice(**HEADING, choices=KINDS), " Parking　Space ", "parking"),
    ],
)
def test_what_a_cell_means(column, cell, value):
    if value is NotImplemented:
        with pytest.raises(Wrong):
            column.read(cell)
    else:
        assert column.read(cell) == value


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        (Text(**HEADING, required=True), "  "),
        (Text(**HEADING, longest=3), "四个字了"),
        (Text(**HEADING), datetime(2026, 3, 1)),  # noqa: DTZ001 - 3-1, a door number, which Excel made a date of
        (Text(**HEADING), Formula("=A1")),
        (Text(**HEADING), Damaged("#REF!")),
        (Whole(**HEADING), "三"),
        (Whole(**HEADING), 2.5),
        (Whole(**HEADING), 0),
        (Whole(**HEADING), "1e9"),
        (Whole(**HEADING), True),
        (Whole(**HEADING), "NaN"),
        (Amount(**HEADING), -1),
        (Amount(**HEADING), 0),
        (Amount(**HEADING), "12.345"),
        (Amount(**HEADING), "1e30"),
        (Amount(**HEADING), "Infinity"),
        (Day(**HEADING), "2026-02-30"),
        (Day(**HEADING), "0202-05-15"),
        (Day(**HEADING), "明天"),
        (Day(**HEADING), 46157),
        (Day(**HEADING), datetime(2026, 5, 15, 8)),  # noqa: DTZ001 - an hour is no day
        (YesNo(**HEADING), "也许"),
        (Choice(**HEADING, choices=KINDS), "villa"),
    ],
)
def test_what_no_cell_may_say(column, cell):
    with pytest.raises(Wrong):
        column.read(cell)


def test_all_languages_headings_and_values_are_known():
    unit = REGISTERS["unit"]
    kind = unit.column("kind")
    for language in ("zh-hans", "en", "ko"):
        with translation.override(language):
            assert folded(kind.title()) in kind.headings()
            assert kind.read(str(UnitKind.SHOP.label)) == "shop"


@pytest.mark.parametrize("register", REGISTERS.values(), ids=REGISTERS)
def test_no_two_columns_share_a_heading_in_any_language(register):
    seen: dict[str, str] = {}
    for language in ("zh-hans", "en", "ko"):
        with translation.override(language):
            for name, title in [*((c.name, c.title()) for c in register.columns), ("+n", NOTE), ("+r", REASON)]:
                assert seen.setdefault(folded(str(title)), name) == name
            assert seen.setdefault(folded(str(SUBDISTRICT)), "+s") == "+s"


@pytest.mark.parametrize("dangerous", ["=1+1", "+86", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1", "''+"])
def test_what_a_program_would_work_out_is_neutralised(dangerous):
    assert neutralised(dangerous).startswith("'")
    assert as_typed(neutralised(dangerous)) == dangerous


@given(st.text())
def test_neutralising_is_taken_back_exactly(text):
    assert as_typed(neutralised(text)) == text
    assert neutralised(text)[:1] not in ("=", "+", "-", "@", "\t", "\r")


@given(st.text())
def test_tidying_once_is_enough(text):
    assert tidied(tidied(text)) == tidied(text)


@pytest.mark.parametrize(("name", "mask"), [("王小明", "王**"), ("李", "李"), ("", ""), ("欧阳震华", "欧***")])
def test_names_are_masked(name, mask):
    assert masked(name) == mask


def test_a_mask_is_the_name_it_masks():
    column = Name(**HEADING)
    assert column.is_same("王小明", "王**")
    assert not column.is_same("王小明", "王*")
    assert not column.is_same("李小明", "王**")
