"""The dashboard as a workbook: what it is made of and how on the first sheet, then one sheet a figure."""

import io

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from governance import wording
from governance.workbooks import LONGEST_TITLE, cell
from issues.dashboard_page import TITLES, Board
from issues.dashboard_tables import Table
from issues.figures.definitions import DEFINITIONS


def workbook(board: Board, place: str, filters: list[str]) -> bytes:
    """Every figure of the page as numbers. Words that a spreadsheet program would take for a formula are none."""
    book = Workbook(write_only=True)
    _definitions(book, board, place, filters)
    _sheet(book, str(_("Three rates")), board.rates_table)
    for panel in board.panels:
        _sheet(book, str(panel.title), panel.whole() if panel.whole else panel.table)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _definitions(book: Workbook, board: Board, place: str, filters: list[str]) -> None:
    sheet = book.create_sheet(str(_("Definitions")))
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 90
    now = wording.local(board.choice.now)
    tally = board.tally
    lines: list[tuple[str, str]] = [
        (_("Where"), place),
        (_("As of"), f"{now:%Y-%m-%d %H:%M}"),
        (_("Period"), board.period_words),
        *((_("Filter"), said) for said in filters),
        (_("Open matters"), str(tally.open)),
        (_("Overdue"), str(tally.overdue)),
        *((str(TITLES[key]), str(words)) for key, words in DEFINITIONS.items()),
        *((_("Not counted in the rates"), said) for said in board.left_out),
        (_("Three rates"), board.about_the_rates),
    ]
    for name, words in lines:
        sheet.append([cell(sheet, name, is_heading=True), cell(sheet, words)])


def _sheet(book: Workbook, title: str, table: Table) -> None:
    sheet = book.create_sheet(title[:LONGEST_TITLE])
    sheet.freeze_panes = "A2"
    for position in range(1, len(table.headings) + 1):
        sheet.column_dimensions[get_column_letter(position)].width = 26 if position == 1 else 18
    sheet.append([cell(sheet, heading, is_heading=True) for heading in table.headings])
    for row in table.rows:
        sheet.append([cell(sheet, value) for value in row])
