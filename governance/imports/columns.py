"""What the cells of one column mean: read forgivingly, written so that reading gives the same again."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache, cached_property
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_noop as _

from governance.imports.files import Damaged, Formula, folded

Words = str | Promise

# A spreadsheet program would work these out, or hand them to another program.
_STARTS_A_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_QUOTED_START = re.compile(r"''*[=+\-@\t\r]")
_IN_FULL_WIDTH = {0xFF10 + digit: str(digit) for digit in range(10)}
# XML has no way to write these; a spreadsheet program would call the file damaged.
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_YEARS = range(1900, 2200)
_DAY = re.compile(r"(\d{4})(?:[-/.]|年)(\d{1,2})(?:[-/.]|月)(\d{1,2})日?$")
_DAY_IN_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})$")


class Wrong(Exception):
    """A cell, or a row, that can't be taken in. `sentence` is an English msgid: words come when somebody reads."""

    def __init__(self, sentence: str, column: str = "", **values: Any):
        self.sentence = sentence
        self.column = column
        self.values = {name: str(value) for name, value in values.items()}
        super().__init__(sentence)


class NotGiven:
    """The cell is empty and the column has a default: the row keeps what it has."""


NOT_GIVEN = NotGiven()


def neutralised(text: str) -> str:
    """`text` as a cell that no spreadsheet program takes for a formula. `as_typed` gives exactly `text` again."""
    return f"'{text}" if _STARTS_A_FORMULA.match(text) else text


def as_typed(cell: str) -> str:
    """What `neutralised` was given."""
    return cell[1:] if _QUOTED_START.match(cell) else cell


def tidied(text: str) -> str:
    """As it is kept: spaces in and around it made single or none, full-width digits made plain."""
    return " ".join(_UNWRITABLE.sub("", text).translate(_IN_FULL_WIDTH).split())


@cache
def _languages() -> tuple[str, ...]:
    return tuple(code for code, _name in settings.LANGUAGES)


def in_all_languages(words: Words) -> Iterator[str]:
    """`words` in each of the portal's languages."""
    for language in _languages():
        with translation.override(language):
            yield str(words)


@dataclass(frozen=True, kw_only=True, eq=False)
class Column:
    """One column. `name` is the field of the register's row that it fills, unless `is_field` says it only narrows.

    `required`: a row without it is refused. `has_default`: an empty cell leaves what is there.
    """

    name: str
    heading: Words
    required: bool = False
    has_default: bool = False
    is_field: bool = True
    example: Any = ""
    help: Words = ""
    width: int = 14

    def headings(self) -> set[str]:
        """The folded headings by which the column is known, in every language."""
        return {folded(words) for words in in_all_languages(self.heading)}

    def title(self) -> str:
        return capfirst(str(self.heading))

    def read(self, cell: Any) -> Any:
        """The value a cell stands for. Raises `Wrong`."""
        if isinstance(cell, Formula):
            raise Wrong(_("Cell %(cell)s holds a formula. Write its result instead."), self.name)
        if isinstance(cell, Damaged):
            raise Wrong(_("Cell %(cell)s holds an error, or a date that no calendar knows."), self.name)
        if isinstance(cell, str):
            cell = as_typed(cell)
        if cell is None or (isinstance(cell, str) and not cell.strip()):
            return self.without()
        return self.meant(cell)

    def without(self) -> Any:
        """What an empty cell stands for."""
        if self.required:
            raise Wrong(_("This must be filled in."), self.name)
        return NOT_GIVEN if self.has_default else self.nothing

    @property
    def nothing(self) -> Any:
        return None

    def meant(self, cell: Any) -> Any:
        raise NotImplementedError

    def written(self, value: Any) -> Any:
        """`value` as a cell."""
        return value

    def example_cell(self) -> Any:
        """The example as the template shows it."""
        return self.written(self.read(self.example))

    def is_same(self, old: Any, new: Any) -> bool:
        return bool(old == new)

    def shown(self, value: Any) -> str:
        """A recorded value in words, for the page that shows what would change."""
        return "" if value is None else str(value)

    def allowed(self) -> str:
        """What the cells may hold, for the sheet that explains the columns."""
        return ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Text(Column):
    """Words of at most `longest` characters."""

    longest: int = 60
    width: int = 20

    @property
    def nothing(self) -> Any:
        return ""

    def meant(self, cell: Any) -> str:
        text = tidied(self.plain(cell))
        if len(text) > self.longest:
            raise Wrong(_("This is too long: %(most)s characters at most."), self.name, most=self.longest)
        return text

    def plain(self, cell: Any) -> str:
        if isinstance(cell, date):
            raise Wrong(
                _("The spreadsheet program has made a date of this. Format the column as text and write it again."),
                self.name,
            )
        if isinstance(cell, float) and cell.is_integer():
            cell = int(cell)
        return str(cell)

    def written(self, value: Any) -> Any:
        return neutralised(_UNWRITABLE.sub("", value or "").strip())

    def is_same(self, old: Any, new: Any) -> bool:
        return tidied(old or "") == new

    def allowed(self) -> str:
        return gettext("At most %(most)s characters") % {"most": self.longest}


@dataclass(frozen=True, kw_only=True, eq=False)
class Name(Text):
    """A person's name. Given out masked, as 王**; the mask brought back leaves the name as it is."""

    def written(self, value: Any) -> Any:
        return neutralised(masked(tidied(value or "")))

    def example_cell(self) -> Any:
        return self.example

    def is_same(self, old: Any, new: Any) -> bool:
        return new in (tidied(old or ""), masked(tidied(old or "")))

    def shown(self, value: Any) -> str:
        return masked(value or "")

    def allowed(self) -> str:
        return gettext("Given out masked, like 王**: a masked name brought back changes nothing")


def masked(name: str) -> str:
    """王** for 王小明: as many stars as the name has further characters."""
    return name[:1] + "*" * (len(name) - 1)


def is_masked(name: str) -> bool:
    return "*" in name or "＊" in name


@dataclass(frozen=True, kw_only=True, eq=False)
class Whole(Column):
    """A whole number from `least` to `most`. Full-width digits and spaces are forgiven."""

    least: int = 1
    most: int = 32_767
    width: int = 10

    def meant(self, cell: Any) -> int:
        number = _number(cell, self.name)
        if number != number.to_integral_value() or not self.least <= number <= self.most:
            raise Wrong(
                _("This must be a whole number from %(least)s to %(most)s."),
                self.name,
                least=self.least,
                most=self.most,
            )
        return int(number)

    def allowed(self) -> str:
        return gettext("A whole number from %(least)s to %(most)s") % {"least": self.least, "most": self.most}


@dataclass(frozen=True, kw_only=True, eq=False)
class Amount(Column):
    """An exact number above nothing, with two places behind the point at most."""

    below: Decimal = Decimal(10_000_000)
    width: int = 12

    def meant(self, cell: Any) -> Decimal:
        number = _number(cell, self.name)
        exact = number.quantize(Decimal("0.01")) if abs(number) < self.below else number
        if exact != number or not 0 < number < self.below:
            raise Wrong(_("This must be a number above 0, with two decimal places at most."), self.name)
        return exact

    def allowed(self) -> str:
        return gettext("A number above 0, with two decimal places at most")


def _number(cell: Any, column: str) -> Decimal:
    try:
        if isinstance(cell, bool | date):
            raise InvalidOperation
        written = repr(cell) if isinstance(cell, float) else str(cell)
        text = "".join(unicodedata.normalize("NFKC", written).split()).replace(",", "")
        number = Decimal(text)
        if not number.is_finite():
            raise InvalidOperation
    except InvalidOperation:
        raise Wrong(_("This is not a number."), column) from None
    return number


@dataclass(frozen=True, kw_only=True, eq=False)
class Day(Column):
    """A calendar day, as a date cell or in words: 2026-05-15, 2026/5/15, 2026年5月15日."""

    width: int = 13

    def meant(self, cell: Any) -> date:
        day = _midnight(cell) if isinstance(cell, datetime) else cell
        if isinstance(day, str):
            day = _day_in_words(day)
        if type(day) is not date or day.year not in _YEARS:
            raise Wrong(_("This is not a day that the calendar knows. Write it as 2026-05-15."), self.name)
        return day

    def shown(self, value: Any) -> str:
        return str(value or "")

    def allowed(self) -> str:
        return gettext("A day, as 2026-05-15")


def _midnight(instant: datetime) -> date | None:
    return instant.date() if instant.time() == datetime.min.time() else None


def _day_in_words(words: str) -> date | None:
    text = "".join(unicodedata.normalize("NFKC", words).split())
    found = _DAY.match(text) or _DAY_IN_DIGITS.match(text)
    try:
        return date(*(int(part) for part in found.groups())) if found else None
    except ValueError:
        return None


@dataclass(frozen=True, kw_only=True, eq=False)
class YesNo(Column):
    """是 or 否, in any of the languages."""

    width: int = 8

    def meant(self, cell: Any) -> bool:
        answer = self._answers.get(folded(str(cell)))
        if answer is None:
            raise Wrong(_("Write yes or no."), self.name)
        return answer

    @cached_property
    def _answers(self) -> dict[str, bool]:
        answers = {"1": True, "true": True, "0": False, "false": False}
        answers |= {folded(words): True for words in in_all_languages(gettext_lazy("Yes"))}
        return answers | {folded(words): False for words in in_all_languages(gettext_lazy("No"))}

    def written(self, value: Any) -> Any:
        return gettext("Yes") if value else gettext("No")

    def shown(self, value: Any) -> str:
        return "" if value is None else self.written(value)

    def allowed(self) -> str:
        return " / ".join([gettext("Yes"), gettext("No")])


@dataclass(frozen=True, kw_only=True, eq=False)
class Choice(Column):
    """One of a few: by its name in any of the languages, or by its code."""

    choices: tuple[tuple[str, Words], ...] = ()
    width: int = 16

    def meant(self, cell: Any) -> str:
        code = self._codes.get(folded(str(cell)))
        if code is None:
            raise Wrong(_("This is none of the allowed values: %(allowed)s."), self.name)
        return code

    @cached_property
    def _codes(self) -> dict[str, str]:
        return {folded(words): code for code, said in self.choices for words in (code, *in_all_languages(said))}

    def written(self, value: Any) -> Any:
        return str(dict(self.choices).get(value, value or ""))

    def shown(self, value: Any) -> str:
        return str(self.written(value))

    def allowed(self) -> str:
        return " / ".join(str(words) for _code, words in self.choices)


@dataclass(frozen=True, kw_only=True, eq=False)
class Reference(Column):
    """The name of a row in another register, found on a shelf; `within` is the column that narrows the search.

    `path`: from a row of this register to what is named, dotted; the column's own name where it is left out.
    """

    shelf: str
    within: str = ""
    path: str = ""
    width: int = 22

    def meant(self, cell: Any) -> str:
        if isinstance(cell, date | bool):
            raise Wrong(_("This is not a name."), self.name)
        return tidied(str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell))

    def written(self, value: Any) -> Any:
        return neutralised(_UNWRITABLE.sub("", value or "").strip())
