"""The copy of what is held about a person as a workbook: a sheet for each kind, in the person's language."""

import io

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from governance.domain.erasing import Section
from governance.workbooks import LONGEST_TITLE, cell


def workbook(sections: list[Section]) -> bytes:
    book = Workbook(write_only=True)
    for number, section in enumerate(sections, start=1):
        sheet = book.create_sheet(f"{number} {section.title}"[:LONGEST_TITLE])
        sheet.freeze_panes = "A2"
        for position in range(1, len(section.headings) + 1):
            sheet.column_dimensions[get_column_letter(position)].width = 26
        sheet.append([cell(sheet, heading, is_heading=True) for heading in section.headings])
        for row in section.rows:
            sheet.append([cell(sheet, value) for value in row])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()
