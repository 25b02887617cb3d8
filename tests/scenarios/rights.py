"""Reads `docs/rights.md`, and says by it what a person may expect of an address.

The oracle knows who holds which role where, and where and whose a thing is. It shares nothing with the portal's own
scopes, rules and querysets: what they say is compared with what it says.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from fnmatch import fnmatchcase
from pathlib import Path

RIGHTS = Path(__file__).resolve().parents[2] / "docs" / "rights.md"

NOTHING = "–"
PERSON = "person"
ADDRESS = re.compile(r"`(GET|POST) ([^`]+)`")
METHODS = ("GET", "POST")


class Unreadable(Exception):
    """The file says something that has no meaning here. The message names the line."""


# --- what the file says ---


@dataclass(frozen=True)
class Cell:
    """`may`: the words of scope in which it is allowed; `sees`: where the thing is seen, and the press refused."""

    may: frozenset[str] = frozenset()
    sees: frozenset[str] = frozenset()

    @property
    def words(self) -> frozenset[str]:
        return self.may | self.sees


@dataclass(frozen=True)
class Address:
    """One method of one address: `name` as in the urls, `facet` the verb or step that its last part names."""

    method: str
    name: str
    facet: str = ""

    @property
    def is_pattern(self) -> bool:
        return "*" in self.name and "<" not in self.name

    def __str__(self) -> str:
        return f"{self.method} {self.name}" + (f"/{self.facet}" if self.facet else "")


@dataclass(frozen=True)
class Row:
    """One line of a table: what is done with which thing, at which addresses, by whom."""

    line: int
    section: str
    thing: str
    action: str
    addresses: tuple[Address, ...]
    cells: dict[str, Cell] = field(hash=False)

    @property
    def is_for_everyone(self) -> bool:
        return "everyone" in self.cells[PERSON].may


@dataclass(frozen=True)
class Rights:
    """The whole file: the words of scope, the columns with the roles they stand for, the rows."""

    words: frozenset[str]
    columns: dict[str, str]  # by the heading: the role in the code; empty for “person”
    rows: tuple[Row, ...]

    def column_of(self, role: str) -> str:
        return next(heading for heading, code in self.columns.items() if code == role)

    def rows_for(self, method: str, name: str) -> list[Row]:
        """The rows that speak of this method of the address. One that names it outright beats one with a star."""
        outright = [row for row in self.rows if any(a.method == method and a.name == name for a in row.addresses)]
        return outright or [
            row
            for row in self.rows
            if any(a.method == method and a.is_pattern and fnmatchcase(name, a.name) for a in row.addresses)
        ]

    def cases(self, names: Iterable[str]) -> Iterator[tuple[Row, Address]]:
        """Each row with each address it decides, stars filled in by `names`."""
        for name in sorted(names):
            for method in METHODS:
                for row in self.rows_for(method, name):
                    for facet in sorted({a.facet for a in row.addresses if a.method == method and names_it(a, name)}):
                        yield row, Address(method, name, facet)


def names_it(address: Address, name: str) -> bool:
    return fnmatchcase(name, address.name) if address.is_pattern else address.name == name


def read(text: str | None = None) -> Rights:
    """The file, or `text` in its place. Raises `Unreadable`."""
    text = RIGHTS.read_text(encoding="utf-8") if text is None else text
    words: set[str] = set()
    columns: dict[str, str] = {}
    rows: list[Row] = []
    section = ""
    heading: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("#"):
            section, heading = line.lstrip("# "), []
        elif not line.startswith("|"):
            heading = []
        elif not heading:
            heading = _split(line)
        elif set(line) <= set("|-: "):
            continue
        elif heading[0] == "scope":
            words.add(_split(line)[0].strip("*"))
        elif heading[0] == "column":
            called, code = _split(line)[:2]
            columns[called.strip("*")] = code.strip("`").replace(NOTHING, "")
        elif heading[0] == "thing":
            rows.append(_row(number, section, heading, _split(line), words, columns))
    return Rights(frozenset(words), columns, tuple(rows))


def _split(line: str) -> list[str]:
    return [part.strip() for part in line.strip().strip("|").split("|")]


def _row(
    number: int, section: str, heading: list[str], parts: list[str], words: set[str], columns: dict[str, str]
) -> Row:
    if heading[3:] != list(columns):
        raise Unreadable(f"line {number}: the columns are {heading[3:]}, not {list(columns)}")
    if len(parts) != len(heading):
        raise Unreadable(f"line {number}: {len(parts)} cells under {len(heading)} headings")
    addresses = tuple(
        _address(method, name) for method, where in ADDRESS.findall(parts[2]) for name in _spelled_out(where)
    )
    if not addresses or ADDRESS.sub("", parts[2]).strip(" ,"):
        raise Unreadable(f"line {number}: {parts[2]!r} isn't a list of addresses")
    cells = {column: _cell(number, cell, words) for column, cell in zip(columns, parts[3:], strict=True)}
    return Row(number, section, parts[0], parts[1], addresses, cells)


def _spelled_out(where: str) -> list[str]:
    """`order_{read,list}` as order_read and order_list."""
    opened = re.fullmatch(r"(.*?)\{([^}]*)\}(.*)", where)
    if not opened:
        return [where]
    before, choices, after = opened.groups()
    return [name for choice in choices.split(",") for name in _spelled_out(f"{before}{choice}{after}")]


def _address(method: str, where: str) -> Address:
    # What goes by its pattern has slashes of its own.
    return Address(method, where) if "<" in where else Address(method, *where.split("/", 1))


def _cell(number: int, cell: str, words: set[str]) -> Cell:
    """`–`; `street`; `grid, own`; `holder; no: body`; `no: community`."""
    if cell == NOTHING:
        return Cell()
    allowed, _separator, seen = cell.partition("no:")
    may, sees = (frozenset(re.split(r"\s*,\s*", part.strip(" ;"))) - {""} for part in (allowed, seen))
    unknown = (may | sees) - words
    if unknown or not (may | sees):
        raise Unreadable(f"line {number}: {cell!r} is not made of words of scope")
    return Cell(may, sees)


# --- what the cast's facts make of it ---


@dataclass(frozen=True)
class Facts:
    """Where and whose a thing is; nothing where that makes no sense. Ids, and usernames of people."""

    owner: str = ""
    holder: str = ""
    body: int | None = None
    building: int | None = None
    grid_unit: int | None = None
    estate: int | None = None
    community: int | None = None
    subdistrict: int | None = None


@dataclass(frozen=True)
class Post:
    """A role held somewhere: `column` of the file, and the place or body with what lies above it."""

    column: str
    body: int | None = None
    building: int | None = None
    grid_unit: int | None = None
    estates: frozenset[int] = frozenset()
    community: int | None = None
    subdistrict: int | None = None


@dataclass(frozen=True)
class Person:
    """Somebody who has signed in: a name, the posts they hold, the estates they live in."""

    name: str
    posts: tuple[Post, ...] = ()
    homes: frozenset[int] = frozenset()


MAY, SEES = "may", "sees"

# Each word of scope, as a question about a person's post and a thing. For `person` the post is empty.
ASKED = {
    "everyone": lambda _who, _post, _thing: True,
    "signed in": lambda _who, _post, _thing: True,
    "own": lambda who, _post, thing: thing.owner == who.name,
    "home": lambda who, _post, thing: thing.estate in who.homes,
    "holder": lambda who, _post, thing: thing.holder == who.name,
    "body": lambda _who, post, thing: thing.body is not None and thing.body == post.body,
    "building": lambda _who, post, thing: thing.building is not None and thing.building == post.building,
    "grid": lambda _who, post, thing: thing.grid_unit is not None and thing.grid_unit == post.grid_unit,
    "estate": lambda _who, post, thing: thing.estate in post.estates,
    "community": lambda _who, post, thing: thing.community is not None and thing.community == post.community,
    "street": lambda _who, post, thing: thing.subdistrict is not None and thing.subdistrict == post.subdistrict,
    "all": lambda _who, _post, _thing: True,
}


def expected(row: Row, who: Person, thing: Facts | None) -> str:
    """`MAY`, `SEES` (and is refused), or `NOTHING`: for this person the address isn't there.

    Without a `thing` the question is whether there is such a page at all. What several roles give adds up.
    """
    answers = {_by_post(row.cells[post.column], who, post, thing) for post in (Post(PERSON), *who.posts)}
    return next((answer for answer in (MAY, SEES) if answer in answers), NOTHING)


def _by_post(cell: Cell, who: Person, post: Post, thing: Facts | None) -> str:
    for words, answer in ((cell.may, MAY), (cell.sees, SEES)):
        if any(thing is None or ASKED[word](who, post, thing) for word in words):
            return answer
    return NOTHING


def is_nothing_known(thing: Facts) -> bool:
    return all(getattr(thing, each.name) in ("", None) for each in fields(thing))
