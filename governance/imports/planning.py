"""What a file would do to a register: each row new, changed, unchanged or bad, with the reason. Writes nothing."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from django.utils import translation
from django.utils.translation import gettext, gettext_lazy, gettext_noop
from django.utils.translation import gettext as _

from governance.domain import party
from governance.domain.registers import NotAccepted
from governance.domain.registers_in_bulk import would_be_refused
from governance.imports.columns import NOT_GIVEN, Column, Name, Reference, Wrong, in_all_languages, masked
from governance.imports.files import Damaged, FileRefused, Formula, SheetRow, Table, cell_name, folded
from governance.imports.register import Period, PlannedRow, Register, Values
from governance.imports.shelves import Street
from governance.models import Subdistrict

# Beside a register's own columns: the office's note, the reason why a row came back, and, where all streets'
# rows were given out, whose row it is.
NOTE = gettext_lazy("Note")
REASON = gettext_lazy("Reason")
SUBDISTRICT = gettext_lazy("Subdistrict")
EXAMPLE = gettext_lazy("Example: is not taken in")
EXPLANATION = gettext_lazy("Explanation")

LONGEST_SHOWN = 80
_ANOTHER_STREET = gettext_noop("This row belongs to another subdistrict.")
_STILL_THE_EXAMPLE = gettext_noop("This row is marked as the example. Empty its note if it is meant.")
_SAME_AS = gettext_noop("This says the same as row %(other)s.")
_CONTRADICTS = gettext_noop("Row %(other)s is about the same and says something else. Keep the right one.")
_TWICE = gettext_noop("The register has several entries called this, and the file doesn't say which is meant.")
_OVERLAPS_ROW = gettext_noop("In these days row %(other)s says something else.")
_OVERLAPS = gettext_noop("This overlaps with an entry of the register, %(since)s to %(until)s. End that one first.")
_OVERLAPS_OPEN = gettext_noop("This overlaps with an entry of the register, since %(since)s. End that one first.")
_ENDED_ELSEWHERE = gettext_noop("More ends together with this. End it on its own page, not by a file.")
_ENDS_TOO_EARLY = gettext_noop("The last day is before the first.")

Problem = dict[str, Any]


@dataclass
class Plan:
    """The rows of a file against the register as it is now. `left_out`: how many were the template's example."""

    register: Register
    rows: list[PlannedRow] = field(default_factory=list)
    left_out: int = 0
    # What the register holds beside the rows that the file speaks of, as far as it was looked at.
    others: list[Any] = field(default_factory=list)

    @property
    def good(self) -> list[PlannedRow]:
        return [row for row in self.rows if not row.problems]


@dataclass(frozen=True)
class Outcome:
    """What was found, to be kept and shown: JSON-able."""

    new: int
    changed: int
    unchanged: int
    problems: list[Problem]
    changes: list[dict[str, Any]]
    digest: str

    @property
    def bad(self) -> int:
        return len({problem["row"] for problem in self.problems})


# --- headings ---


@dataclass(frozen=True)
class Layout:
    """Which cell of a row belongs to which column. `given`: the columns that the file has."""

    given: tuple[tuple[Column, int], ...]
    note: int | None
    subdistrict: int | None


def known_sheets() -> frozenset[str]:
    """The folded titles of sheets that only explain."""
    return frozenset(folded(words) for words in in_all_languages(EXPLANATION))


def layout_of(register: Register, headings: tuple[str, ...]) -> Layout:
    """Match a file's headings, in any language. Raises `FileRefused`, naming what is missing, unknown or doubled."""
    own = {heading: column for column in register.columns for heading in column.headings()}
    ours = {"note": NOTE, "reason": REASON, "subdistrict": SUBDISTRICT}
    beside = {folded(words): name for name, title in ours.items() for words in in_all_languages(title)}
    given: dict[Column, int] = {}
    others: dict[str, int] = {}
    unknown, twice = [], []
    for position, heading in enumerate(headings):
        if not heading:
            continue
        if (column := own.get(folded(heading))) is not None:
            twice += [heading] if column in given else []
            given[column] = position
        elif folded(heading) in beside:
            others[beside[folded(heading)]] = position
        else:
            unknown.append(heading)
    missing = [column.title() for column in register.columns if column.required and column not in given]
    _refuse_headings(missing, unknown, twice)
    # In the register's order: a name is looked for in the place that the columns before it name.
    in_order = tuple((column, given[column]) for column in register.columns if column in given)
    return Layout(in_order, others.get("note"), others.get("subdistrict"))


def _refuse_headings(missing: list[str], unknown: list[str], twice: list[str]) -> None:
    said = [
        pattern % {"names": ", ".join(f"“{name[:LONGEST_SHOWN]}”" for name in names[:10])}
        for names, pattern in (
            (missing, _("Missing: %(names)s.")),
            (unknown, _("Unknown here: %(names)s.")),
            (twice, _("Twice there: %(names)s.")),
        )
        if names
    ]
    if said:
        whole = [_("The headings are not those of this register."), *said, _("Start from the template.")]
        raise FileRefused(" ".join(whole))


# --- reading rows ---


def plan_for(register: Register, table: Table, subdistrict: Subdistrict) -> Plan:
    """What the table would do in the subdistrict's register. A bounded number of questions, whatever the rows."""
    layout, street, plan = layout_of(register, table.headings), Street(subdistrict), Plan(register)
    for sheet_row in table.rows:
        if _is_example(register, layout, sheet_row):
            plan.left_out += 1
        else:
            plan.rows.append(_read(register, layout, sheet_row, street))
    register.tell_apart([planned.values for planned in plan.good], street)
    _refuse_duplicates(plan)
    _meet_the_register(plan, street)
    register.connect(plan.good, street)
    for planned in plan.good:
        _noting(planned, partial(_refuse_against_the_rules, register, planned))
    if register.period:
        _refuse_overlaps(plan, register.period)
    return plan


def _is_example(register: Register, layout: Layout, sheet_row: SheetRow) -> bool:
    """Whether it is the template's example as it was given out; changed, it may be meant."""
    return _is_marked(layout, sheet_row) and all(
        _says_the_example(column, sheet_row.cells[position]) for column, position in layout.given
    )


def _is_marked(layout: Layout, sheet_row: SheetRow) -> bool:
    said = sheet_row.cells[layout.note] if layout.note is not None else None
    return isinstance(said, str) and folded(said) in {folded(words) for words in in_all_languages(EXAMPLE)}


def _says_the_example(column: Column, cell: Any) -> bool:
    try:
        return bool(column.read(cell) == column.read(column.example))
    except Wrong:
        return False


def _read(register: Register, layout: Layout, sheet_row: SheetRow, street: Street) -> PlannedRow:
    planned = PlannedRow(sheet_row.number, {column.name: sheet_row.cells[at] for column, at in layout.given})
    if _is_marked(layout, sheet_row):
        planned.problems.append(Wrong(_STILL_THE_EXAMPLE))
    if layout.subdistrict is not None and not _is_of(street, sheet_row.cells[layout.subdistrict]):
        planned.problems.append(Wrong(_ANOTHER_STREET))
    for column, position in layout.given:
        try:
            value = column.read(sheet_row.cells[position])
            planned.values[column.name] = _found(register, column, value, planned.values, street)
        except Wrong as wrong:
            where = {"cell": cell_name(sheet_row.number, position + 1)}
            planned.problems.append(Wrong(wrong.sentence, column.name, **wrong.values | where))
    if not planned.problems:
        _noting(planned, lambda: register.check(planned.values, street))
    return planned


def _noting(planned: PlannedRow, ask: Callable[[], None]) -> None:
    try:
        ask()
    except Wrong as wrong:
        planned.problems.append(wrong)


def _is_of(street: Street, cell: Any) -> bool:
    return cell is None or folded(str(cell)) == folded(street.subdistrict.name)


def _found(register: Register, column: Column, value: Any, values: Values, street: Street) -> Any:
    if not (isinstance(column, Reference) and column.shelf and isinstance(value, str)):
        return value
    return street.shelf(column.shelf).find(value, register.place_for(column, values))


# --- rows against each other, and against the register ---


def _refuse_duplicates(plan: Plan) -> None:
    """Of rows that say the same the first is meant; of rows that contradict each other none is taken on trust."""
    alike: dict[Any, list[PlannedRow]] = defaultdict(list)
    for planned in plan.good:
        alike[plan.register.key_of(planned.values)].append(planned)
    for rows in alike.values():
        if len(rows) > 1:
            _refuse_alike(rows)


def _refuse_alike(rows: list[PlannedRow]) -> None:
    first = rows[0]
    if all(row.values == first.values for row in rows):
        for row in rows[1:]:
            row.problems.append(Wrong(_SAME_AS, other=first.number))
        return
    for row in rows:
        other = next(each for each in rows if each is not row)
        row.problems.append(Wrong(_CONTRADICTS, _where_they_differ(row, other), other=other.number))


def _where_they_differ(row: PlannedRow, other: PlannedRow) -> str:
    return next((name for name, value in row.values.items() if other.values.get(name) != value), "")


def _meet_the_register(plan: Plan, street: Street) -> None:
    """Find each row's counterpart in the register, and what would be written."""
    known: dict[Any, list[Any]] = defaultdict(list)
    for row in plan.register.existing(street, [planned.values for planned in plan.good]):
        for key in plan.register.keys_of_row(row):
            known[key].append(row)
    for planned in plan.good:
        counterparts = known.get(plan.register.key_of(planned.values), [])
        if len(counterparts) > 1:
            planned.problems.append(Wrong(_TWICE))
            continue
        before = counterparts[0] if counterparts else None
        try:
            planned.entries = plan.register.entries(planned.values, before, street)
        except Wrong as wrong:
            planned.problems.append(wrong)
    spoken_of = {planned.before.pk for planned in plan.rows if planned.entries and planned.before}
    found = {row.pk: row for rows in known.values() for row in rows}
    plan.others = [row for pk, row in found.items() if pk not in spoken_of]


def _refuse_against_the_rules(register: Register, planned: PlannedRow) -> None:
    """What no constraint sees, and what only a verb of its own does."""
    is_ended_here = planned.before is not None and "ended_on" in planned.entries[0].changes()
    if register.ends_more_than_itself and is_ended_here and planned.before.ended_on is None:
        raise Wrong(_ENDED_ELSEWHERE, "ended_on")
    for entry in planned.written:
        try:
            party.check(entry.row)
        except NotAccepted as refusal:
            raise Wrong(in_english(refusal.sentence)) from refusal


def _refuse_overlaps(plan: Plan, period: Period) -> None:
    """Two contracts of one estate in the same days: in the file, or one in the file and one in the register."""
    spans = [Span.of(planned.row, period, planned) for planned in plan.good]
    for span in spans:
        if span.until is not None and span.until < span.since:
            span.planned.problems.append(Wrong(_ENDS_TOO_EARLY, period.until))  # type: ignore[union-attr]
    spans += [Span.of(row, period) for row in plan.others]
    groups: dict[Any, list[Span]] = defaultdict(list)
    for span in spans:
        groups[span.group].append(span)
    for group in groups.values():
        for one, other in _overlapping(group):
            _note_overlap(one, other, period.since)
            _note_overlap(other, one, period.since)


@dataclass(frozen=True)
class Span:
    """The days of one row, of the file or of the register."""

    group: tuple[Any, ...]
    since: date
    until: date | None
    planned: PlannedRow | None

    @classmethod
    def of(cls, row: Any, period: Period, planned: PlannedRow | None = None) -> "Span":
        group = tuple(getattr(row, f"{name}_id") for name in period.same)
        return cls(group, getattr(row, period.since), getattr(row, period.until), planned)


def _overlapping(spans: list[Span]) -> Iterator[tuple[Span, Span]]:
    """Pairs that share a day, found along the calendar: each with the one that lasts longest of those before it."""
    longest: Span | None = None
    for span in sorted(spans, key=lambda each: (each.since, each.until or date.max)):
        if longest is not None and (longest.until is None or longest.until >= span.since):
            yield longest, span
        if longest is None or (span.until or date.max) >= (longest.until or date.max):
            longest = span


def _note_overlap(span: Span, other: Span, column: str) -> None:
    if span.planned is None or span.planned.problems:
        return
    if other.planned is not None:
        span.planned.problems.append(Wrong(_OVERLAPS_ROW, column, other=other.planned.number))
    else:
        sentence = _OVERLAPS if other.until else _OVERLAPS_OPEN
        span.planned.problems.append(Wrong(sentence, column, since=other.since, until=other.until))


# --- what was found ---


def tried(plan: Plan) -> Outcome:
    """The outcome of the plan, with what the database itself would refuse. Nothing stays written."""
    entries = {entry: planned for planned in plan.good for entry in planned.written}
    for entry, sentence in would_be_refused(list(entries)).items():
        entries[entry].problems.append(Wrong(in_english(sentence)))
    return outcome_of(plan)


def outcome_of(plan: Plan) -> Outcome:
    """Each row's standing, without asking the database anything."""
    standings = Counter[str]()
    changes = []
    told = hashlib.sha256()
    for planned in plan.rows:
        standing = _standing_of(planned)
        standings[standing] += 1
        if standing == "changed":
            changes.append(_change(plan.register, planned))
        told.update(f"{planned.number} {standing} ".encode())
    problems = [_problem(plan.register, planned, wrong) for planned in plan.rows for wrong in planned.problems]
    told.update(json.dumps([problems, changes], sort_keys=True, ensure_ascii=False).encode())
    return Outcome(standings["new"], standings["changed"], standings["unchanged"], problems, changes, told.hexdigest())


def _standing_of(planned: PlannedRow) -> str:
    if planned.problems:
        return "bad"
    if planned.before is None:
        return "new"
    return "changed" if planned.written else "unchanged"


def _problem(register: Register, planned: PlannedRow, wrong: Wrong) -> Problem:
    return {
        "row": planned.number,
        "column": wrong.column,
        "value": _shown(register, wrong.column, planned.cells.get(wrong.column)),
        "sentence": wrong.sentence,
        "values": wrong.values,
    }


def _shown(register: Register, column: str, cell: Any) -> str:
    """A cell for people to recognise: short, and a person's name masked."""
    words = cell.text if isinstance(cell, Formula | Damaged) else "" if cell is None else str(cell)
    words = words.removesuffix(" 00:00:00") if isinstance(cell, date) else words
    if isinstance(register.column(column), Name):
        words = masked(words.strip())
    return words if len(words) <= LONGEST_SHOWN else f"{words[:LONGEST_SHOWN]}…"


def _change(register: Register, planned: PlannedRow) -> dict[str, Any]:
    fields = [[name, *(pair or (None, None))] for entry in planned.written for name, pair in entry.changes().items()]
    return {"row": planned.number, "called": called(register, planned), "fields": fields}


def called(register: Register, planned: PlannedRow) -> str:
    """How a row is called by its natural key: 春和社区 · 春和苑小区. Never by a person's name."""
    named = (planned.values.get(name) for name in register.key)
    return " · ".join(str(getattr(each, "number", each)) for each in named if each not in (None, "", NOT_GIVEN))


def in_english(sentence: Any) -> str:
    """The msgid of a sentence that is already lazy: it is put into words again when somebody reads it."""
    with translation.override("en"):
        return str(sentence)


def in_words(register: Register, problem: Problem) -> str:
    """Why a row is bad, in the reader's language."""
    column = register.column(problem["column"])
    values = problem["values"] | {"allowed": column.allowed() if column else ""}
    return gettext(problem["sentence"]) % values
