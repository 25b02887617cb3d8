"""Workbooks as the office would bring them, built in memory; and how the tests look at what comes back."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile

from governance.imports.catalogue import REGISTERS
from governance.imports.register import Register
from governance.imports.sheets import XLSX


def headings(register: Register, *names: str) -> list[str]:
    """The headings of these columns in the language of the moment; of all columns if none is named."""
    columns = [register.column(name) for name in names] if names else register.columns
    return [column.title() for column in columns]  # type: ignore[union-attr]


def xlsx(rows: Iterable[Sequence[Any]], *, title: str = "Sheet") -> io.BytesIO:
    """A workbook of one sheet with these rows, the first of them the headings."""
    book = openpyxl.Workbook()
    book.active.title = title  # type: ignore[union-attr]
    for row in rows:
        book.active.append(list(row))  # type: ignore[union-attr]
    return saved(book)


def saved(book: openpyxl.Workbook) -> io.BytesIO:
    written = io.BytesIO()
    book.save(written)
    written.seek(0)
    return written


def of(code: str, names: Sequence[str], *rows: Sequence[Any]) -> io.BytesIO:
    """A workbook for the register `code`, with the columns `names` and these rows below the headings."""
    return xlsx([headings(REGISTERS[code], *names), *rows])


def upload(file: io.BytesIO, name: str = "登记册.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, file.getvalue(), content_type=XLSX)


def opened(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def rows_of(content: bytes) -> list[tuple[Any, ...]]:
    """The first sheet's rows, headings included."""
    return list(opened(content).worksheets[0].iter_rows(values_only=True))
