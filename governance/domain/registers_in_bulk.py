"""The door of `governance.domain.registers` for many rows at once: few questions, the same audit, the same refusals.

The rows are written in a few statements; where the database refuses one of them, the statement is halved until the row
that is to blame stands alone.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction
from django.utils.functional import Promise

from governance.domain import audit, registers
from governance.domain.refusals import Refusal
from governance.domain.registers import Changes, NotAccepted, StaleVersion
from governance.models import User
from governance.models.registers import Versioned

_AT_ONCE = 500


@dataclass(eq=False)
class Entry:
    """A row to enter, or, with what was read `before`, to change. `follows`: what must be in the register first.

    `on_saving` writes on the row who saves it, and when: a plan knows neither.
    """

    row: Versioned
    before: Versioned | None = None
    private: frozenset[str] = frozenset()
    follows: "tuple[Entry, ...]" = ()
    on_saving: Callable[[Any, User | str, datetime], None] | None = None

    def changes(self) -> Changes:
        """As `registers.differences`; a reference to a row that is still to be saved is a change, too."""
        changes = registers.differences(self.before, self.row, self.private)
        for entry in self.follows:
            changes |= {field.name: self._pair(field) for field in _references(self.row, entry.row)}
        return changes

    def _pair(self, field: models.Field) -> list[Any] | None:
        if field.name in self.private:
            return None
        before = registers.recorded(self.before, field) if self.before else None
        return [before, registers.recorded(self.row, field)]


def _references(row: models.Model, to: models.Model) -> Iterator[models.Field]:
    for field in row._meta.concrete_fields:
        if field.remote_field and field.is_cached(row) and getattr(row, field.name) is to:  # type: ignore[attr-defined]
            yield field


class OneRefused(Refusal):
    """One of many rows can't be saved, so none of them has been. `entry` says which."""

    code = "one_refused"

    def __init__(self, entry: Entry, sentence: str | Promise):
        self.entry = entry
        super().__init__(sentence)


Refused = dict[Entry, str | Promise]


def would_be_refused(entries: Sequence[Entry]) -> Refused:
    """Which of the entries the database would refuse, and why. Everything is tried, and nothing stays written."""
    with transaction.atomic():
        refused = _write(entries)
        transaction.set_rollback(True)
    for entry in entries:
        if not entry.before:
            entry.row.pk, entry.row._state.adding = None, True
    return refused


def save_all(
    entries: Sequence[Entry],
    *,
    actor: User | str,
    at: datetime,
    subdistrict_id: int | None,
    verb_of_new: str = "add",
    **facts: Any,
) -> None:
    """Save all of the entries with one audit entry each, or none. Raises `OneRefused`."""
    for entry in entries:
        if entry.on_saving:
            entry.on_saving(entry.row, actor, at)
    with transaction.atomic():
        for entry, sentence in _write(entries).items():
            raise OneRefused(entry, sentence)
        audit.record_many(
            [_fact(entry, verb_of_new, facts) for entry in entries], actor=actor, at=at, subdistrict_id=subdistrict_id
        )


def _fact(entry: Entry, verb_of_new: str, facts: dict[str, Any]) -> audit.Fact:
    about = {"changes": entry.changes(), "version": entry.row.version, **facts}
    verb = "change" if entry.before else verb_of_new
    return audit.Fact(verb, registers.noun_of(entry.row), str(entry.row.pk), about)


def _write(entries: Sequence[Entry]) -> Refused:
    """Write what can be written. What is refused may only wait for another (a contract that ends first): once more."""
    waiting, saved, refused = list(entries), set[Entry](), Refused()
    while waiting:
        ready = [entry for entry in waiting if saved.issuperset(entry.follows)]
        refused = dict.fromkeys(waiting, NotAccepted.sentence)
        refused |= (turned_down := _attempt(ready))
        if len(turned_down) == len(ready):
            return refused
        saved.update(entry for entry in ready if entry not in turned_down)
        waiting = [entry for entry in waiting if entry not in saved]
    return Refused()


def _attempt(entries: Iterable[Entry]) -> Refused:
    """Changes first: they make room for what is new."""
    entries = list(entries)
    changed = [entry for entry in entries if entry.before]
    new = [entry for entry in entries if not entry.before]
    refused: Refused = {}
    for same in (*_by_model(changed), *_by_model(new)):
        for start in range(0, len(same), _AT_ONCE):
            refused |= _halved(same[start : start + _AT_ONCE])
    return refused


def _by_model(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    models_in_order: dict[type[models.Model], list[Entry]] = {}
    for entry in entries:
        models_in_order.setdefault(type(entry.row), []).append(entry)
    yield from models_in_order.values()


def _halved(entries: list[Entry]) -> Refused:
    """Save the entries, of one model and all new or all changed; those refused are found by halving."""
    try:
        with registers.refusals_in_words(type(entries[0].row)):
            _save_alike(entries)
    except (NotAccepted, StaleVersion) as refusal:
        if len(entries) == 1:
            return {entries[0]: refusal.sentence}
        middle = len(entries) // 2
        return _halved(entries[:middle]) | _halved(entries[middle:])
    return {}


def _save_alike(entries: list[Entry]) -> None:
    rows, manager = [entry.row for entry in entries], type(entries[0].row)._base_manager
    for entry in entries:
        for followed in entry.follows:
            for field in list(_references(entry.row, followed.row)):
                setattr(entry.row, field.name, followed.row)  # its id is known only now
    if not entries[0].before:
        manager.bulk_create(rows)
        return
    _refuse_stale(entries)
    for entry in entries:
        entry.row.version = entry.before.version + 1  # type: ignore[union-attr]
    _update(rows, sorted({name for entry in entries for name in entry.changes()} | {"version"}))


def _refuse_stale(entries: list[Entry]) -> None:
    """Lock the rows, and see whether each is what was read. Raises `StaleVersion` for the first that isn't."""
    ids = sorted(entry.row.pk for entry in entries)
    rows = type(entries[0].row)._base_manager.filter(pk__in=ids).order_by("pk").select_for_update()
    versions = dict(rows.values_list("pk", "version"))
    for entry in entries:
        if versions.get(entry.row.pk) != entry.before.version:  # type: ignore[union-attr]
            raise StaleVersion(entry.before, [])  # type: ignore[arg-type]


def _update(rows: Sequence[models.Model], names: Sequence[str]) -> None:
    """Store the fields `names` of rows of one model in one statement.

    Django's `bulk_update` writes a CASE per row and field: ten thousand rows took fifteen seconds longer.
    """
    meta = type(rows[0])._meta
    fields: list[Any] = [meta.pk, *(meta.get_field(name) for name in names)]
    quoted, table = connection.ops.quote_name, connection.ops.quote_name(meta.db_table)
    columns = [quoted(field.column) for field in fields]
    pk, *others = columns
    sql = (
        f"UPDATE {table} SET {', '.join(f'{column} = brought.{column}' for column in others)} "  # noqa: S608 - our own names
        f"FROM unnest({', '.join(f'%s::{_array_type(field)}' for field in fields)}) AS brought ({', '.join(columns)}) "
        f"WHERE {table}.{pk} = brought.{pk}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [[_stored(row, field) for row in rows] for field in fields])


def _array_type(field: Any) -> str:
    """Without its length: a cast to varchar(60) would cut silently where the column refuses."""
    return (
        f"{field.rel_db_type(connection) if field.primary_key else field.db_type(connection)}".partition("(")[0] + "[]"
    )


def _stored(row: models.Model, field: Any) -> Any:
    return field.get_db_prep_save(getattr(row, field.attname), connection)
