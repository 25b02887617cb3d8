"""Cells of the workbooks that the portal gives out."""

from datetime import date, datetime
from decimal import Decimal

from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font

from governance import wording
from governance.imports.columns import neutralised

LONGEST_TITLE = 31
_HEADING = Font(bold=True)
_WRAPPED = Alignment(wrap_text=True, vertical="top")


def cell(sheet: object, value: str | int | float | Decimal | date | None, *, is_heading: bool = False) -> WriteOnlyCell:
    """Words that a spreadsheet program would take for a formula are none; an instant is told as people here tell it."""
    said = f"{wording.local(value):%Y-%m-%d %H:%M}" if isinstance(value, datetime) else value
    made = WriteOnlyCell(sheet, neutralised(said) if isinstance(said, str) else said)
    if isinstance(said, str):
        made.data_type, made.alignment = "s", _WRAPPED
    if isinstance(said, date):
        made.number_format = "yyyy-mm-dd"
    if is_heading:
        made.font = _HEADING
    return made
