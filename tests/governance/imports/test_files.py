"""Files that are no register: each refused with a sentence, before anything heavy is done with it."""

import io
import zipfile
from datetime import date

import openpyxl
import pytest

from governance.imports import files
from governance.imports.files import Damaged, FileRefused, Formula, read_table
from tests.governance.imports.workbooks import saved, xlsx

HEADING = ["社区", "小区"]
OLD_XLS = bytes.fromhex("d0cf11e0a1b11ae1")


def repacked(file: io.BytesIO, **parts: bytes) -> io.BytesIO:
    """The same workbook with some parts put in the place of others; `sheet` is its first sheet."""
    names = {"sheet": "xl/worksheets/sheet1.xml", "strings": "xl/sharedStrings.xml", "styles": "xl/styles.xml"}
    replaced = {names.get(name, name): content for name, content in parts.items()}
    written = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part.filename, replaced.pop(part.filename, None) or old.read(part.filename))
        for name, content in replaced.items():
            new.writestr(name, content)
    written.seek(0)
    return written


def sheet(rows: bytes, rest: bytes = b"") -> bytes:
    space = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return b'<worksheet xmlns="%s"><sheetData>%s</sheetData>%s</worksheet>' % (space, rows, rest)


def plain() -> io.BytesIO:
    return xlsx([HEADING, ["春和社区", "春和苑小区"]])


def refused(file: io.BytesIO) -> str:
    with pytest.raises(FileRefused) as refusal:
        read_table(file)
    return str(refusal.value)


def test_a_plain_table_is_read_with_the_numbers_of_its_rows():
    table = read_table(xlsx([HEADING, ["春和社区", 3], [None, None], ["", date(2026, 5, 15)]]))
    assert table.headings == ("社区", "小区")
    assert [row.number for row in table.rows] == [2, 4]
    assert table.rows[0].cells == ("春和社区", 3)
    assert table.rows[1].cells[1].date() == date(2026, 5, 15)


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04 not really", "社区,小区\n春和社区,春和苑".encode(), b"%PDF-1.7", bytes(1000)],
)
def test_what_is_no_xlsx_is_refused(content):
    assert refused(io.BytesIO(content))


def test_a_zip_that_is_no_workbook_is_refused():
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("readme.xml", "<hello/>")
    written.seek(0)
    assert ".xlsx" in refused(written)


def test_the_old_format_is_told_from_a_protected_file():
    assert ".xls" in refused(io.BytesIO(OLD_XLS + bytes(2000)))
    protected = refused(io.BytesIO(OLD_XLS + bytes(512) + "EncryptedPackage".encode("utf-16-le")))
    assert protected != refused(io.BytesIO(OLD_XLS + bytes(2000)))


def test_a_file_over_the_limit_is_refused_before_it_is_opened(monkeypatch):
    monkeypatch.setattr(files, "LARGEST_FILE", 1000)
    monkeypatch.setattr(files, "_outline_of", lambda *args: pytest.fail("it was opened"))
    assert "10 MB" in refused(plain())


def test_a_bomb_is_known_by_what_it_declares():
    bomb = repacked(plain(), sheet=sheet(b"<row><c><v>1</v></c></row>" * 5_000_000))
    assert len(bomb.getvalue()) < 1_000_000
    assert refused(bomb)


def test_a_bomb_that_lies_about_its_size_is_known_while_it_is_unpacked(monkeypatch):
    file = repacked(plain(), sheet=sheet(b"<row><c><v>1</v></c></row>" * 20_000))
    monkeypatch.setattr(files, "_refuse_a_bomb", lambda *args: None)
    monkeypatch.setattr(files, "LARGEST_UNPACKED", 100_000)
    assert refused(file)


def test_a_directory_that_understates_a_part_is_refused():
    """The size in the directory is what unpacking stops at: what was cut off no longer fits its checksum."""
    content = sheet(b"<row><c><v>1</v></c></row>" * 1000)
    packed = repacked(plain(), sheet=content).getvalue()
    size = len(content).to_bytes(4, "little")
    assert size in packed
    assert refused(io.BytesIO(packed.replace(size, (200).to_bytes(4, "little"))))


def test_many_parts_are_refused(monkeypatch):
    assert refused(repacked(plain(), **{f"xl/extra{number}.xml": b"<a/>" for number in range(files.MOST_PARTS)}))


@pytest.mark.parametrize(
    ("limit", "parts"),
    [
        ("MOST_CELLS", {"sheet": sheet(b"<row r='1'>" + b"<c/>" * 50 + b"</row>")}),
        ("MOST_STRINGS", {"xl/sharedStrings.xml": b"<sst>" + b"<si><t>a</t></si>" * 50 + b"</sst>"}),
        ("MOST_ELEMENTS_AT_ONCE", {"styles": b"<styleSheet>" + b"<xf/>" * 50 + b"</styleSheet>"}),
    ],
)
def test_what_openpyxl_would_make_objects_of_is_counted_before(monkeypatch, limit, parts):
    monkeypatch.setattr(files, limit, 40)
    monkeypatch.setattr(openpyxl, "load_workbook", lambda *args, **how: pytest.fail("it was loaded"))
    assert refused(repacked(plain(), **parts))


def test_entities_are_refused():
    lol = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    assert refused(repacked(plain(), sheet=lol + sheet(b"<row r='1'><c r='A1' t='str'><v>&b;</v></c></row>")))


@pytest.mark.parametrize(
    "rows",
    [
        b"<row r='2'/><row r='1'><c r='A1'><v>1</v></c></row>",  # openpyxl would pass over the second
        b"<row r='1'/><row r='1'><c r='A1'><v>1</v></c></row>",
        b"<row r='2000000'><c r='A2000000'><v>1</v></c></row>",  # it would make two million rows in between
        b"<row r='1'><c r='A7'><v>1</v></c></row>",
        b"<row r='1'><c r='ZZZ1'><v>1</v></c></row>",
        b"<row r='x'/>",
        b"<row r='1'><c r='A1'><v>1</v>",
    ],
)
def test_rows_that_no_program_writes_are_refused(rows):
    assert ".xlsx" in refused(repacked(plain(), sheet=sheet(rows)))


def test_merged_cells_are_named():
    book = openpyxl.load_workbook(plain())
    book.active.merge_cells("A2:A3")
    assert "A2:A3" in refused(saved(book))


def test_two_filled_sheets_are_named_and_empty_ones_passed_over():
    book = openpyxl.load_workbook(plain())
    book.create_sheet("Sheet2")
    assert read_table(saved(book)).headings == ("社区", "小区")
    book["Sheet2"]["A1"] = "备份"
    sentence = refused(saved(book))
    assert "Sheet2" in sentence


def test_a_sheet_that_only_explains_is_passed_over():
    book = openpyxl.load_workbook(plain())
    book.create_sheet("说明")["A1"] = "怎么填"
    assert read_table(saved(book), beside=frozenset({"说明"})).headings == ("社区", "小区")
    assert "说明" in refused(saved(book))


@pytest.mark.parametrize("rows", [[], [[None, " "]], [HEADING], [HEADING, ["", None]]])
def test_a_sheet_without_rows_is_refused(rows):
    assert refused(xlsx(rows))


def test_headings_must_stand_in_the_first_row():
    assert "3" in refused(xlsx([[None], [None], HEADING, ["春和社区", "春和苑小区"]]))


def test_too_many_rows_and_columns_are_refused(monkeypatch):
    monkeypatch.setattr(files, "MOST_ROWS", 3)
    assert read_table(xlsx([HEADING, *[["春和社区", "A"]] * 3]))
    assert "5" in refused(xlsx([HEADING, *[["春和社区", "A"]] * 4]))
    far = openpyxl.Workbook()
    far.active["A1"], far.active["BJ2"] = "社区", 1
    assert "BJ" in refused(saved(far))


def test_a_row_far_below_an_empty_stretch_is_not_lost():
    far = openpyxl.Workbook()
    far.active["A1"], far.active["A900000"] = "社区", "春和社区"
    assert "900000" in refused(saved(far))


def test_formulas_and_errors_are_told_from_values():
    table = read_table(xlsx([HEADING, ["=B2&C2", "#REF!"]]))
    assert table.rows[0].cells == (Formula("=B2&C2"), Damaged("#REF!"))


def test_a_date_beyond_the_calendar_is_damaged():
    book = openpyxl.load_workbook(plain())
    book.active["B2"].number_format = "yyyy-mm-dd"
    book.active["B2"] = 99_999_999
    book.active["B2"].number_format = "yyyy-mm-dd"
    with pytest.warns(UserWarning, match="date"):
        assert isinstance(read_table(saved(book)).rows[0].cells[1], Damaged)


def test_a_formula_in_the_headings_is_named():
    assert "B1" in refused(xlsx([["社区", "=A1"], ["春和社区", "x"]]))
