"""Opening an XLSX that somebody brought, without trusting it. Nothing here knows what the cells mean.

An XLSX is a ZIP of XML parts. Before openpyxl, which reads styles and shared strings whole, gets to see it, every part
is unpacked in small pieces and its outline is taken: how large it really is, how far its cells reach, what it declares.
"""

import io
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import partial
from typing import IO, Any
from xml.etree.ElementTree import ParseError
from xml.parsers import expat

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from governance.domain.refusals import Refusal

LARGEST_FILE = 10 * 1024 * 1024
LARGEST_UNPACKED = 100 * 1024 * 1024
# Real workbooks pack to a tenth, tables of one word over and over to a fiftieth.
MOST_TIMES_SMALLER = 200
MOST_PARTS = 500
MOST_ROWS = 20_000
MOST_COLUMNS = 60
# openpyxl makes an object of each element of the styles; a sheet's cells pass one by one.
MOST_ELEMENTS_AT_ONCE = 60_000
MOST_CELLS = 4_000_000
MOST_STRINGS = MOST_ROWS * MOST_COLUMNS
# What a spreadsheet can hold at all.
LAST_ROW = 1_048_576
LAST_COLUMN = 16_384

_PIECE = 256 * 1024
_OLD_FORMAT = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_BROKEN = (
    InvalidFileException,
    zipfile.BadZipFile,
    ParseError,
    expat.ExpatError,
    zlib.error,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    EOFError,
    NotImplementedError,
    OSError,
)


class FileRefused(Refusal):
    """The file as a whole can't be read as a register. Nothing has been written."""

    code = "file_refused"
    status = 400


@dataclass(frozen=True)
class Formula:
    """A cell that would be worked out by a spreadsheet program: we don't, and take no result on trust."""

    text: str


@dataclass(frozen=True)
class Damaged:
    """A cell that holds an error, like #REF! or a date that no calendar knows."""

    text: str


Cell = str | int | float | bool | datetime | date | time | Formula | Damaged | None


@dataclass(frozen=True)
class SheetRow:
    """A row that isn't empty, under its number in the sheet; as many cells as the heading has."""

    number: int
    cells: tuple[Any, ...]


@dataclass(frozen=True)
class Table:
    """The one filled sheet of a file: its headings, and the rows below them."""

    headings: tuple[str, ...]
    rows: tuple[SheetRow, ...]


@dataclass(frozen=True)
class Sheet:
    """A filled sheet of a long file. `rows()` reads it from the start, one row at a time; empty rows are left out.

    No sheet of the file goes further down than `last_row`.
    """

    title: str
    last_row: int
    rows: Callable[[], Iterator[SheetRow]]


@dataclass(frozen=True)
class Limits:
    """How large a file may be, packed and unpacked (bytes), and how far down its rows may go."""

    packed: int
    unpacked: int
    rows: int


def cell_name(row: int, column: int) -> str:
    """C5, for the fifth row's third column."""
    return f"{get_column_letter(column)}{row}"


def read_table(file: IO[bytes], *, beside: frozenset[str] = frozenset()) -> Table:
    """The table in the file's one sheet. Sheets whose folded title is in `beside`, and empty ones, are passed over.

    Raises `FileRefused` with a sentence for anything that isn't one plain table: too large, packed to explode,
    encrypted, in the old format, with merged cells, several sheets or none.
    """
    content = _content_of(file)
    try:
        outline = _outline_of(io.BytesIO(content), len(content), LARGEST_UNPACKED)
        _refuse_unlike_a_table(outline)
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        return _table_in(book, outline, beside)
    except _BROKEN as broken:
        raise FileRefused(_not_an_xlsx()) from broken


def long_sheets(file: IO[bytes], limits: Limits) -> list[Sheet]:
    """The filled sheets of a file that may be too long to hold. `file` stays open as long as their rows are read.

    Nothing is said of headings; merged cells hold what their first cell holds, the others nothing. Raises
    `FileRefused`, as `read_table` does, before the first row is read.
    """
    size = file.seek(0, io.SEEK_END)
    if size > limits.packed:
        raise FileRefused(
            _("The file is larger than %(most)s MB. Split it into several.") % {"most": limits.packed // 1024**2}
        )
    file.seek(0)
    _refuse_unlike_an_xlsx(file.read(LARGEST_FILE))
    try:
        outline = _outline_of(file, size, limits.unpacked)
        if outline.last_row > limits.rows:
            raise FileRefused(
                _("The table goes down to row %(last)s. A file may have %(most)s rows: split it into several.")
                % {"last": outline.last_row, "most": limits.rows}
            )
        book = openpyxl.load_workbook(file, read_only=True, data_only=False, keep_links=False)
        sheets = [Sheet(sheet.title, outline.last_row, partial(_safely, sheet, outline)) for sheet in book.worksheets]
        return [sheet for sheet in sheets if next(sheet.rows(), None)]
    except _BROKEN as broken:
        raise FileRefused(_not_an_xlsx()) from broken


def _safely(sheet: Any, outline: "Outline") -> Iterator[SheetRow]:
    try:
        yield from _rows_of(sheet, outline)
    except _BROKEN as broken:
        raise FileRefused(_not_an_xlsx()) from broken


def _not_an_xlsx() -> str:
    return _("This is not an XLSX file, or it is damaged. Open it in a spreadsheet program and save it as .xlsx.")


def _content_of(file: IO[bytes]) -> bytes:
    content = file.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise FileRefused(_("The file is larger than 10 MB. Split it into several."))
    _refuse_unlike_an_xlsx(content)
    return content


def _refuse_unlike_an_xlsx(content: bytes) -> None:
    """By how the file begins."""
    if not content:
        raise FileRefused(_("The file is empty."))
    if content.startswith(_OLD_FORMAT):
        if _ENCRYPTED in content:
            raise FileRefused(_("The file is protected by a password. Save it without one, then bring it again."))
        raise FileRefused(_("This is the old .xls format. Open the file and save it as .xlsx, then bring it again."))


# --- the outline ---


@dataclass
class Outline:
    """How far the filled cells of all sheets reach, and what else was seen in the parts."""

    last_row: int = 0
    last_column: int = 0
    cells: int = 0
    merged: list[str] = field(default_factory=list)


def _outline_of(file: IO[bytes], size: int, most_unpacked: int) -> Outline:
    outline = Outline()
    with zipfile.ZipFile(file) as archive:
        _refuse_a_bomb(archive, size, most_unpacked)
        unpacked = 0
        for part in archive.infolist():
            reader = _PartReader(outline) if part.filename.lower().endswith((".xml", ".rels", ".vml")) else None
            for piece in _pieces(archive, part):
                unpacked += len(piece)
                if unpacked > most_unpacked:
                    raise FileRefused(_too_large_unpacked())
                if reader:
                    reader.read(piece)
            if reader:
                reader.close()
    return outline


def _refuse_a_bomb(archive: zipfile.ZipFile, size: int, most_unpacked: int) -> None:
    """By what the archive declares; what it really holds is counted while it is unpacked."""
    parts = archive.infolist()
    declared = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or declared > most_unpacked or declared > size * MOST_TIMES_SMALLER:
        raise FileRefused(_too_large_unpacked())
    if any(part.flag_bits & 0x1 for part in parts):
        raise FileRefused(_("The file is protected by a password. Save it without one, then bring it again."))


def _too_large_unpacked() -> str:
    return _("Unpacked, this file is far too large for a register. It was not opened.")


def _pieces(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(part) as unpacking:
        while piece := unpacking.read(_PIECE):
            yield piece


class _PartReader:
    """Takes the outline of one XML part, piece by piece. Refuses a document type: XLSX has none, bombs do."""

    def __init__(self, outline: Outline):
        self.outline = outline
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self.start
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.root = ""
        self.elements = self.row = self.column = 0

    def read(self, piece: bytes) -> None:
        self.parser.Parse(piece, False)

    def close(self) -> None:
        self.parser.Parse(b"", True)

    def doctype(self, *_declared: Any) -> None:
        raise FileRefused(_not_an_xlsx())

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(" ")[2]
        self.root = self.root or tag
        if self.root == "worksheet":
            self.in_sheet(tag, attributes)
        elif self.root == "sst":
            self.count(tag == "si", MOST_STRINGS)
        else:
            self.count(True, MOST_ELEMENTS_AT_ONCE)

    def count(self, counts: bool, most: int) -> None:
        self.elements += counts
        if self.elements > most:
            raise FileRefused(_too_large_unpacked())

    def in_sheet(self, tag: str, attributes: dict[str, str]) -> None:
        match tag:
            case "row":
                self.next_row(int(attributes.get("r") or self.row + 1))
            case "c":
                self.next_cell(attributes.get("r", ""))
            case "v" | "f" | "t":
                self.outline.last_row = max(self.outline.last_row, self.row)
                self.outline.last_column = max(self.outline.last_column, self.column)
            case "mergeCell":
                self.outline.merged.append(attributes.get("ref", ""))

    def next_row(self, number: int) -> None:
        # openpyxl passes silently over a row that comes too late, and fills any gap with rows of its own.
        if not self.row < number <= LAST_ROW:
            raise FileRefused(_not_an_xlsx())
        self.row, self.column = number, 0

    def next_cell(self, reference: str) -> None:
        letters = reference.rstrip("0123456789")
        self.column = column_index_from_string(letters) if letters else self.column + 1
        self.outline.cells += 1
        if self.column > LAST_COLUMN or (reference and reference != f"{letters}{self.row}"):
            raise FileRefused(_not_an_xlsx())
        if self.outline.cells > MOST_CELLS:
            raise FileRefused(_too_large_unpacked())


def _refuse_unlike_a_table(outline: Outline) -> None:
    if outline.merged:
        raise FileRefused(
            _("Cells are merged in this file: %(cells)s. Split them, so that each row stands for itself.")
            % {"cells": ", ".join(outline.merged[:5])}
        )
    if outline.last_row > MOST_ROWS + 1:
        raise FileRefused(
            _("The table goes down to row %(last)s. A file may have %(most)s rows: split it into several.")
            % {"last": outline.last_row, "most": MOST_ROWS}
        )
    if outline.last_column > MOST_COLUMNS:
        raise FileRefused(
            _("The table has cells in column %(last)s. No register has so many columns: start from the template.")
            % {"last": get_column_letter(outline.last_column)}
        )


# --- the table ---


def _table_in(book: openpyxl.Workbook, outline: Outline, beside: frozenset[str]) -> Table:
    filled = []
    for sheet in book.worksheets:
        if folded(sheet.title) in beside:
            continue
        rows = list(_rows_of(sheet, outline))
        if rows:
            filled.append((sheet.title, rows))
    if len(filled) > 1:
        titles = ", ".join(title for title, _rows in filled)
        raise FileRefused(
            _("The file has several filled sheets: %(titles)s. Keep the one with the register.") % {"titles": titles}
        )
    if not filled:
        raise FileRefused(_("The sheet is empty. Start from the template."))
    return _under_headings(filled[0][1])


def _rows_of(sheet: Any, outline: Outline) -> Iterator[SheetRow]:
    if not (outline.last_row and outline.last_column):
        return
    rows = sheet.iter_rows(min_row=1, max_row=outline.last_row, min_col=1, max_col=outline.last_column)
    for number, row in enumerate(rows, start=1):
        cells = tuple(_value(cell) for cell in row)
        if any(cell is not None for cell in cells):
            yield SheetRow(number, cells)


def _value(cell: Any) -> Cell:
    value = cell.value
    if value is None:
        return None
    match cell.data_type:
        case "f":
            return Formula(value if isinstance(value, str) else "=")
        case "e":
            return Damaged(str(value))
    if isinstance(value, str) and not value.strip():
        return None
    return value


def _under_headings(rows: list[SheetRow]) -> Table:
    top, below = rows[0], rows[1:]
    if top.number != 1:
        raise FileRefused(
            _("The first row must hold the headings, but it is empty: they stand in row %(row)s.") % {"row": top.number}
        )
    headings = tuple("" if cell is None else _heading(cell, position) for position, cell in enumerate(top.cells, 1))
    if not below:
        raise FileRefused(_("Below the headings there is nothing."))
    return Table(headings, tuple(below))


def _heading(cell: Any, position: int) -> str:
    if isinstance(cell, Formula):
        raise FileRefused(
            _("Cell %(cell)s holds a formula. Headings must be plain words, as in the template.")
            % {"cell": cell_name(1, position)}
        )
    return cell.text if isinstance(cell, Damaged) else str(cell).strip()


def folded(words: str) -> str:
    """How words are compared: full-width and half-width, spaces, and large and small letters make no difference."""
    return "".join(unicodedata.normalize("NFKC", words).split()).casefold()
