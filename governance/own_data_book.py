"""The copy of what is held about a person as a workbook: a sheet for each kind, in the person's language."""

import io
from datetime import datetime

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from governance import wording
from governance.domain.erasing import Cell, Section
from governance.imports.columns import neutralised

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LONGEST_TITLE = 31


def workbook(sections: list[Section]) -> bytes:
    """Words that a spreadsheet program would take for a formula are none."""
    book = Workbook(write_only=True)
    for number, section in enumerate(sections, start=1):
        sheet = book.create_sheet(f"{number} {section.title}"[:_LONGEST_TITLE])
        sheet.freeze_panes = "A2"
        for position in range(1, len(section.headings) + 1):
            sheet.column_dimensions[get_column_letter(position)].width = 26
        sheet.append([_cell(sheet, heading, is_heading=True) for heading in section.headings])
        for row in section.rows:
            sheet.append([_cell(sheet, value) for value in row])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _cell(sheet: object, value: Cell, *, is_heading: bool = False) -> WriteOnlyCell:
    said = f"{wording.local(value):%Y-%m-%d %H:%M}" if isinstance(value, datetime) else value
    cell = WriteOnlyCell(sheet, neutralised(said) if isinstance(said, str) else said)
    if isinstance(said, str):
        cell.data_type, cell.alignment = "s", Alignment(wrap_text=True, vertical="top")
    if is_heading:
        cell.font = Font(bold=True)
    return cell
