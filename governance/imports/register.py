"""What a register is to an import: its columns, what makes two rows the same, and what a file's row becomes."""

import copy
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.text import capfirst

from governance.domain.registers import noun_of
from governance.domain.registers_in_bulk import Entry
from governance.imports.columns import NOT_GIVEN, Column, Name, Reference, Text, Wrong, tidied
from governance.imports.shelves import Street
from governance.models import Subdistrict
from governance.models.registers import Versioned

Values = dict[str, Any]
Key = tuple[Any, ...]


@dataclass(frozen=True)
class Period:
    """Of rows alike in `same`, no two share a day from `since` to `until`."""

    same: tuple[str, ...]
    since: str
    until: str


@dataclass(eq=False)
class PlannedRow:
    """One row of a file: what its cells mean, what is wrong with it, and what it would write."""

    number: int
    cells: dict[str, Any]
    values: Values = field(default_factory=dict)
    problems: list[Wrong] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)

    @property
    def row(self) -> Any:
        """The register's row as it would be."""
        return self.entries[0].row

    @property
    def before(self) -> Any:
        return self.entries[0].before

    @property
    def written(self) -> list[Entry]:
        """What would really be written."""
        return [entry for entry in self.entries if entry.before is None or entry.changes()]


class Register:
    """One register. Subclasses name the model, its columns and the fields that make its natural key.

    `ends_more_than_itself`: with a row's last day others end, or must have ended: that is a verb of its own.
    `subdistrict_paths`: as `RegisterAdmin`'s. `narrowed_by`: the reference by which existing rows are looked up,
    so that a file about three buildings doesn't load the street. `private`: fields whose values stay off the record.
    """

    model: type[Versioned]
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    subdistrict_paths: tuple[str, ...]
    select: tuple[str, ...] = ()
    order: tuple[str, ...] = ("pk",)
    narrowed_by: str = ""
    period: Period | None = None
    private: frozenset[str] = frozenset()
    ends_more_than_itself = False

    @property
    def code(self) -> str:
        """The register's name in addresses and commands: “estate”."""
        return noun_of(self.model)

    def title(self) -> str:
        return capfirst(str(self.model._meta.verbose_name_plural))

    @property
    def holds_names(self) -> bool:
        """Whether the register holds people's names: RULES §3 asks two people for such a list."""
        return any(isinstance(column, Name) for column in self.columns)

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)

    # --- rows of the register ---

    def rows(self) -> QuerySet[Any]:
        return self.model._default_manager.select_related(*self.select).order_by(*self.order)  # type: ignore[no-any-return]

    def rows_in(self, subdistrict: Subdistrict) -> QuerySet[Any]:
        """The register's rows of one subdistrict."""
        mine = Q()
        for path in self.subdistrict_paths:
            mine |= Q(**{path: subdistrict})
        return self.rows().filter(mine)

    def subdistrict_of(self, row: Any) -> int | None:
        """Whose row it is: the id of its subdistrict."""
        for path in self.subdistrict_paths:
            *steps, last = path.split("__")
            place = row
            for step in steps:
                place = getattr(place, step, None)
            if (found := getattr(place, f"{last}_id", None)) is not None:
                return int(found)
        return None

    def existing(self, street: Street, brought: Iterable[Values]) -> list[Any]:
        """The rows in the register that `brought` may be about."""
        rows = self.rows_in(street.subdistrict)
        if self.narrowed_by:
            named = {values[self.narrowed_by].pk for values in brought if values.get(self.narrowed_by)}
            rows = rows.filter(**{f"{self.narrowed_by}__in": named})
        return list(rows)

    def key_of(self, values: Values) -> Key:
        """What makes a file's row the same as another."""
        return tuple(comparable(values.get(name)) for name in self.key)

    def keys_of_row(self, row: Any) -> set[Key]:
        """By which keys a row of the register is found: one, unless it is called in several ways."""
        return {tuple(comparable(_raw(row, name)) for name in self.key)}

    def tell_apart(self, brought: Iterable[Values], street: Street) -> None:
        """Complete what `key_of` reads, where that takes all rows of the file to know."""

    # --- what a file's row becomes ---

    def place_for(self, column: Reference, values: Values) -> Any:
        """In which place the name in `column` is searched: what the column before it names, if anything."""
        return values.get(column.within) if column.within else None

    def check(self, values: Values, street: Street) -> None:
        """Refuse with `Wrong` what no single cell shows."""

    def fixed(self, street: Street) -> Values:
        """What every new row of the street holds, beside its columns."""
        return {}

    def entries(self, values: Values, before: Any, street: Street) -> list[Entry]:
        """What a row whose cells were all understood would write; the row of this register first."""
        return [Entry(self.filled(values, before, street), before, self.private)]

    def connect(self, rows: "Iterable[PlannedRow]", street: Street) -> None:
        """Refuse or complete what only shows when all rows of the file are known."""

    def filled(self, values: Values, before: Any, street: Street) -> Any:
        row = self.model(**self.fixed(street)) if before is None else copy.copy(before)
        for column in self.columns:
            value = values.get(column.name, NOT_GIVEN)
            if column.is_field and value is not NOT_GIVEN:
                _set(row, column, value, is_new=before is None)
        return row

    # --- giving out ---

    def cells_of(self, row: Any, street: Street) -> list[Any]:
        """A row as the cells of an export."""
        return [column.written(self.value_of(row, column, street)) for column in self.columns]

    def value_of(self, row: Any, column: Column, street: Street) -> Any:
        if not isinstance(column, Reference):
            return getattr(row, column.name)
        named = row
        for step in (column.path or column.name).split("."):
            named = getattr(named, step, None)
        return self.named(named, column, street)

    def named(self, row: Any, column: Reference, street: Street) -> str:
        """What a row in another register is given out as: the name by which its shelf finds it again."""
        if row is None:
            return ""
        match column.shelf:
            case "branches":
                return street.branches.given_out(row)
            case "members":
                return str(row.number)
        return str(row.name)


def _set(row: Any, column: Column, value: Any, *, is_new: bool) -> None:
    if is_new or not column.is_same(getattr(row, column.name), value):
        setattr(row, column.name, value)


def _raw(row: Any, name: str) -> Any:
    field = row._meta.get_field(name)
    return getattr(row, field.attname)


def comparable(value: Any) -> Any:
    if isinstance(value, str):
        return tidied(value)
    return getattr(value, "pk", value)


def text_of(model: type[Versioned], name: str, **said: Any) -> Text:
    """A column of words, as long as the model's field allows."""
    longest = model._meta.get_field(name).max_length or 0  # type: ignore[union-attr]
    return Text(name=name, longest=longest, **said)
