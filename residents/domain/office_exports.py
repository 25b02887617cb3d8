"""Reading what an office exports of its petitions: a sheet, its columns by their names, a row at a time.

Nothing is written here. A row that can't be taken over is a `BadRow`, with the reason in words.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import IO, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from governance.domain.moment import LOCAL_ZONE
from governance.domain.plain_words import plain
from governance.encryption import lookup_hash
from governance.imports.files import Damaged, FileRefused, Formula, Limits, Sheet, SheetRow, folded, long_sheets

LIMITS = Limits(packed=200 * 1024**2, unpacked=1024**3, rows=200_000)
# What a spreadsheet can hold in one cell: more than that was not written by one.
LONGEST_CELL = 32_767
LONGEST_NUMBER = 40
HEADINGS_WITHIN = 20
FIRST_YEAR = 1990
SHORTEST_ID = 4
HIDDEN_ID = "***"

# The names by which offices call a column; the first is how we call it ourselves.
COLUMNS: dict[str, tuple[str, ...]] = {
    "number": ("留言编号", "编号", "诉求编号", "工单编号", "信件编号", "number"),
    "author": ("留言用户", "用户", "留言人", "诉求人", "author"),
    "subject": ("留言主题", "主题", "标题", "诉求标题", "subject"),
    "filed_at": ("留言时间", "时间", "诉求时间", "提交时间", "filed at"),
    "words": ("留言详情", "详情", "留言内容", "内容", "诉求内容", "words"),
    "reply": ("答复意见", "答复", "答复内容", "回复内容", "reply"),
    "replied_at": ("答复时间", "回复时间", "办结时间", "replied at"),
}
REQUIRED = ("number", "subject", "filed_at", "words")
_KNOWN = {folded(name): key for key, names in COLUMNS.items() for name in names}

_MOMENT = re.compile(
    r"(\d{4})\s*(?:[-/.]|年)\s*(\d{1,2})\s*(?:[-/.]|月)\s*(\d{1,2})日?"
    r"(?:[T\s]\s*(\d{1,2})[:：](\d{1,2})(?:[:：](\d{1,2})(?:\.\d+)?)?)?"
)
# How XML writes what it can't hold: `_x000D_`.
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_END_OF_DAY = timedelta(days=1) - timedelta(seconds=1)


@dataclass(frozen=True)
class Exported:
    """One petition of an export. `row` counts as the sheet does. Who wrote it is in `content_hash` alone.

    `content_hash` is keyed and made of subject, words, author and time; `reply_hash` is empty without a reply.
    """

    row: int
    number: str
    subject: str
    words: str
    filed_at: datetime
    reply: str
    replied_at: datetime | None
    content_hash: str
    reply_hash: str


@dataclass(frozen=True)
class BadRow:
    """A row that stays out: which column is to blame, what it holds in short, and why."""

    row: int
    column: str
    value: str
    reason: str


class Wrong(Exception):
    def __init__(self, column: str, cell: Any, reason: str):
        self.column, self.cell, self.reason = column, cell, reason
        super().__init__(reason)


@dataclass(frozen=True)
class Export:
    """The sheet that holds the petitions. `unknown`: headings that mean nothing to us; their cells are left out."""

    sheet: Sheet
    heading_row: int
    places: dict[str, int]
    unknown: tuple[str, ...]

    @property
    def last_row(self) -> int:
        return self.sheet.last_row

    def rows(self, now: datetime) -> Iterator[Exported | BadRow]:
        """One for each filled row below the headings. What lies after `now` is wrong."""
        for row in self.sheet.rows():
            if row.number > self.heading_row and any(_is_filled(cell) for cell in row.cells):
                yield self._read(row, now)

    def _read(self, row: SheetRow, now: datetime) -> Exported | BadRow:
        cells = {key: row.cells[place] if place < len(row.cells) else None for key, place in self.places.items()}
        try:
            return _exported(row.number, cells, now)
        except Wrong as wrong:
            return BadRow(row.number, COLUMNS[wrong.column][0], _shortened(wrong.cell), wrong.reason)


# --- the sheet and its columns ---


def open_export(file: IO[bytes], *, sheet: str = "") -> Export:
    """The export in the one filled sheet, or in the one called `sheet`. The headings may stand below a title.

    Raises `FileRefused` for what isn't an XLSX, is too large, has several filled sheets and none is named, or lacks a
    column that is needed.
    """
    chosen = _chosen(long_sheets(file, LIMITS), sheet)
    for row in _first_rows(chosen):
        places = _places(row)
        if all(key in places for key in REQUIRED):
            _refuse_twins(row)
            unknown = tuple(
                str(cell).strip()[:40]
                for place, cell in enumerate(row.cells)
                if _is_filled(cell) and place not in places.values()
            )
            return Export(chosen, row.number, places, unknown)
    raise FileRefused(_what_is_missing(chosen))


def _chosen(sheets: list[Sheet], named: str) -> Sheet:
    if not sheets:
        raise FileRefused(_("The file is empty."))
    titles = _(", ").join(sheet.title for sheet in sheets)
    if named:
        for sheet in sheets:
            if sheet.title == named:
                return sheet
        raise FileRefused(
            _("There is no filled sheet “%(name)s”. There are: %(titles)s.") % {"name": named, "titles": titles}
        )
    if len(sheets) > 1:
        raise FileRefused(
            _("The file has several filled sheets: %(titles)s. Say which one with --sheet.") % {"titles": titles}
        )
    return sheets[0]


def _first_rows(sheet: Sheet) -> Iterator[SheetRow]:
    for row in sheet.rows():
        if row.number > HEADINGS_WITHIN:
            return
        yield row


def _places(row: SheetRow) -> dict[str, int]:
    """Where each column stands that we know; of two with one name the first."""
    places: dict[str, int] = {}
    for place, key in enumerate(_known(row)):
        if key:
            places.setdefault(key, place)
    return places


def _known(row: SheetRow) -> list[str | None]:
    return [_KNOWN.get(folded(cell)) if isinstance(cell, str) else None for cell in row.cells]


def _refuse_twins(row: SheetRow) -> None:
    """Two columns of one meaning would leave it to chance which of them counts."""
    known = _known(row)
    for key in COLUMNS:
        if known.count(key) > 1:
            twins = (str(cell).strip() for cell, its in zip(row.cells, known, strict=True) if its == key)
            raise FileRefused(_("Several columns mean the same: %(names)s.") % {"names": _(", ").join(twins)})


def _what_is_missing(sheet: Sheet) -> str:
    """Which columns are needed and which are there, by the row that comes nearest."""
    rows = list(_first_rows(sheet))
    best = max(rows, key=lambda row: len(_places(row)), default=None)
    found = _places(best) if best else {}
    there = [str(cell).strip()[:20] for cell in best.cells if _is_filled(cell)] if best else []
    return _("Columns are missing: %(missing)s. These are there: %(there)s.") % {
        "missing": _(", ").join(COLUMNS[key][0] for key in REQUIRED if key not in found),
        "there": _(", ").join(there[:12]) or "—",
    }


# --- one row ---


def _exported(row: int, cells: dict[str, Any], now: datetime) -> Exported:
    number = _number(cells["number"])
    subject = " ".join(_text("subject", cells["subject"]).split())
    words = _text("words", cells["words"])
    if not (subject or words):
        raise Wrong("words", cells["words"], _("Neither a subject nor any words."))
    filed_at = _moment("filed_at", cells["filed_at"], now)
    if filed_at is None:
        raise Wrong("filed_at", cells["filed_at"], _("It doesn't say when it was filed."))
    reply, replied_at = _reply(cells, filed_at, now)
    author = _text("author", cells.get("author"))
    content = "\x1f".join((subject, words, author, filed_at.isoformat()))
    answered = f"{reply}\x1f{replied_at.isoformat()}" if replied_at else ""
    subject, words, reply = (_without(author, text) for text in (subject, words, reply))
    return Exported(
        row, number, subject, words, filed_at, reply, replied_at,
        content_hash=lookup_hash(content),
        reply_hash=lookup_hash(answered) if answered else "",
    )  # fmt: skip


def _reply(cells: dict[str, Any], filed_at: datetime, now: datetime) -> tuple[str, datetime | None]:
    reply, said_at = _text("reply", cells.get("reply")), cells.get("replied_at")
    replied_at = _moment("replied_at", said_at, now, is_end=True)
    if reply and replied_at is None:
        raise Wrong("replied_at", said_at, _("There is a reply, but it doesn't say when it was given."))
    if replied_at and not reply:
        raise Wrong("reply", cells.get("reply"), _("It says when it was answered, but not what."))
    if replied_at and replied_at < filed_at:
        raise Wrong("replied_at", said_at, _("It was answered before it was filed."))
    return reply, replied_at


def _without(author: str, text: str) -> str:
    """The text without the id of whoever wrote: offices put it into their replies (“网友 A00045581：您好”)."""
    is_an_id = len(author) >= SHORTEST_ID and any(sign.isdigit() for sign in author)
    return text.replace(author, HIDDEN_ID) if is_an_id else text


def _number(cell: Any) -> str:
    whole = isinstance(cell, float) and cell.is_integer()
    number = " ".join(_text("number", int(cell) if whole else cell).split())
    if not number:
        raise Wrong("number", cell, _("It has no number."))
    if len(number) > LONGEST_NUMBER:
        raise Wrong("number", cell, _("The number is longer than %(most)s characters.") % {"most": LONGEST_NUMBER})
    return number


def _text(column: str, cell: Any) -> str:
    """What somebody wrote: whole, without control characters, lines without white space around them."""
    if cell is None:
        return ""
    _refuse_broken(column, cell)
    text = _as_text(cell)
    if len(text) > LONGEST_CELL:
        raise Wrong(column, cell, _("It is longer than any spreadsheet holds in a cell."))
    lines = "\n".join(line.strip() for line in plain(text).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip()


def _as_text(cell: Any) -> str:
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), str(cell))


def _refuse_broken(column: str, cell: Any) -> None:
    if isinstance(cell, Formula):
        raise Wrong(column, cell.text, _("It is a formula: write its result instead."))
    if isinstance(cell, Damaged):
        raise Wrong(column, cell.text, _("It holds an error, or a date that no calendar knows."))


def _moment(column: str, cell: Any, now: datetime, *, is_end: bool = False) -> datetime | None:
    """The instant that a cell names in local time; none where it is empty.

    A day without a time is its beginning; with `is_end` its last second (or `now`): an office is never flattered.
    """
    if not _is_filled(cell):
        return None
    _refuse_broken(column, cell)
    local = _local(column, cell)
    moment = (local if isinstance(local, datetime) else datetime.combine(local, time())).replace(tzinfo=LOCAL_ZONE)
    if moment > now:
        raise Wrong(column, cell, _("It lies in the future."))
    if moment.year < FIRST_YEAR:
        raise Wrong(column, cell, _("It lies before %(year)s.") % {"year": FIRST_YEAR})
    if is_end and not isinstance(local, datetime):
        moment = min(moment + _END_OF_DAY, now)
    return moment


def _local(column: str, cell: Any) -> datetime | date:
    """The local day, or the local time of it where one is said."""
    if isinstance(cell, datetime):
        # A date cell comes with midnight: that is a day, nobody's hour.
        return cell.date() if cell.time() == time() else cell.replace(tzinfo=None)
    if isinstance(cell, date):
        return cell
    match = _MOMENT.fullmatch(plain(_as_text(cell))) if isinstance(cell, str) else None
    if match is None:
        raise Wrong(column, cell, _("This is no date: write it like 2019/4/25 9:32:09."))
    year, month, day, hour, minute, second = (None if part is None else int(part) for part in match.groups())
    try:
        on = date(year or 0, month or 0, day or 0)
        return on if hour is None else datetime.combine(on, time(hour, minute or 0, second or 0))
    except ValueError as error:
        raise Wrong(column, cell, _("No calendar and no clock knows this.")) from error


def _is_filled(cell: Any) -> bool:
    return cell is not None and not (isinstance(cell, str) and not plain(_as_text(cell)))


def _shortened(cell: Any) -> str:
    """As a line of a report shows it: no word of it can be mistaken for the report's own."""
    text = " ".join(plain("" if cell is None else _as_text(cell)).split())
    return text if len(text) <= 30 else f"{text[:29]}…"


# Said of what is listed as changed.
ANOTHER_CONTENT = gettext_noop("The number is there already with other content: taken in as another petition.")
REPLY_ADDED = gettext_noop("It was there without a reply: the reply has been added.")
ANOTHER_REPLY = gettext_noop("There is another reply already: the first one stays.")
