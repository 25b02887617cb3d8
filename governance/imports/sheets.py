"""Workbooks that the office downloads: a register, its template, and the bad rows of an import with the reasons."""

import io
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from governance.imports.columns import Column, neutralised
from governance.imports.files import MOST_ROWS, Damaged, Formula, Table
from governance.imports.planning import EXAMPLE, EXPLANATION, NOTE, REASON, SUBDISTRICT, Problem, in_words, layout_of
from governance.imports.register import Register
from governance.imports.shelves import Street
from governance.models import Subdistrict

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_HEADING = Font(bold=True)
_REQUIRED = PatternFill("solid", fgColor="E5F1F4")
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_LONGEST_TITLE = 31
_FORBIDDEN_IN_TITLES = str.maketrans(dict.fromkeys("[]:*?/\\"))


def exported(register: Register, rows: Iterable[Any], subdistricts: Sequence[Subdistrict]) -> bytes:
    """The rows as a workbook that brings back nothing new and nothing changed.

    With rows of several `subdistricts` a column says whose each is; what belongs to none of them, as a district's own
    committee does, could not be brought back and is left out. People's names are masked.
    """
    streets = {subdistrict.pk: Street(subdistrict) for subdistrict in subdistricts}
    names_streets = len(subdistricts) > 1
    beside = (SUBDISTRICT,) if names_streets else ()
    book, sheet = _book(register, beside)
    for row in rows:
        street = streets.get(register.subdistrict_of(row) or 0)
        if street is None:
            continue
        cells = register.cells_of(row, street)
        _append(sheet, register.columns, [*cells, street.subdistrict.name] if names_streets else cells)
    return _saved(book, register)


def template(register: Register) -> bytes:
    """The headings, one row marked as the example, and the sheet that explains the columns."""
    book, sheet = _book(register, (NOTE,))
    example = [column.example_cell() for column in register.columns]
    _append(sheet, register.columns, [*example, str(EXAMPLE)])
    return _saved(book, register)


def bad_rows(register: Register, table: Table, problems: Sequence[Problem]) -> bytes:
    """The rows that were not good, as they were brought, each with its reason: to be mended and brought again."""
    reasons: dict[int, list[str]] = {}
    for problem in problems:
        column = register.column(problem["column"])
        said = in_words(register, problem)
        reasons.setdefault(problem["row"], []).append(f"{column.title()}: {said}" if column else said)
    layout = layout_of(register, table.headings)
    columns = tuple(column for column, _position in layout.given)
    book, sheet = _book(register, (REASON,), columns)
    for row in table.rows:
        if row.number in reasons:
            cells = [_as_brought(row.cells[position]) for _column, position in layout.given]
            _append(sheet, columns, [*cells, " ".join(reasons[row.number])])
    return _saved(book, register)


def _as_brought(cell: Any) -> Any:
    if isinstance(cell, Formula | Damaged):
        return neutralised(cell.text)
    return neutralised(cell) if isinstance(cell, str) and not cell.startswith("'") else cell


def _book(register: Register, beside: Sequence[Any], columns: Sequence[Column] | None = None) -> tuple[Workbook, Any]:
    columns = register.columns if columns is None else columns
    book = Workbook(write_only=True)
    sheet = book.create_sheet(register.title().translate(_FORBIDDEN_IN_TITLES)[:_LONGEST_TITLE])
    sheet.freeze_panes = "A2"
    widths = [column.width for column in columns] + [30 for _title in beside]
    for position, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(position)].width = width
    headings = [_heading(sheet, column.title(), required=column.required) for column in columns]
    sheet.append([*headings, *(_heading(sheet, str(title)) for title in beside)])
    return book, sheet


def _heading(sheet: Any, title: str, *, required: bool = False) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, title)
    cell.font = _HEADING
    if required:
        cell.fill = _REQUIRED
    return cell


def _append(sheet: Any, columns: Sequence[Column], cells: Sequence[Any]) -> None:
    sheet.append([_styled(sheet, cell, columns[at] if at < len(columns) else None) for at, cell in enumerate(cells)])


def _styled(sheet: Any, value: Any, column: Column | None) -> Any:
    """Days look like days, and words stay words: `301` typed into the cell beside stays a door number."""
    if value is None or value == "":
        return None
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
    elif isinstance(value, Decimal):
        cell.number_format = "0.00"
    elif isinstance(value, str):
        cell.data_type = "s"
        cell.number_format = "@"
    return cell


def _explain(book: Workbook, register: Register) -> None:
    sheet = book.create_sheet(str(EXPLANATION))
    for letter, width in zip("ABCD", (24, 12, 50, 50), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.append([_heading(sheet, title) for title in (_("Column"), _("Needed"), _("Allowed"), _("Meaning"))])
    for column in register.columns:
        needed = _("Yes") if column.required else _("No")
        said = (column.title(), needed, column.allowed(), str(column.help))
        sheet.append([_wrapped(sheet, words) for words in said])
    for words in _rules(register):
        sheet.append([None, None, _wrapped(sheet, words)])


def _rules(register: Register) -> list[str]:
    rules = [
        _("A file may have %(most)s rows. Rows of the register that it leaves out stay as they are.")
        % {"most": MOST_ROWS},
        _("An empty cell empties the field; leave a column out to leave it alone."),
        _("Text that begins with = + - or @ is given out with an apostrophe in front, which is taken off again."),
    ]
    if register.holds_names:
        rules.append(_("Names are masked: a list of people with their names needs two people, so none is given out."))
    return rules


def _wrapped(sheet: Any, words: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, neutralised(words))
    cell.alignment = _WRAPPED
    return cell


def _saved(book: Workbook, register: Register) -> bytes:
    _explain(book, register)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()
