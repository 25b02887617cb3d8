"""Rows for many tables, gathered and written by COPY: a hundred thousand at a time."""

import random
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.core.management.color import no_style
from django.db import connection, models
from psycopg import sql
from psycopg.types.json import Jsonb

FOREIGN_KEYS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE contype = 'f' AND conrelid::regclass::text = ANY(%s) ORDER BY conname
"""


class Sheet:
    """Rows of one table. Columns that aren't named get their field's default, a UUID one of its own."""

    def __init__(self, model: type[models.Model], *names: str, rng: random.Random):
        fields = [each for each in model._meta.local_concrete_fields if not each.generated]
        by_name = {each.name: each for each in fields}
        self.model = model
        self.rows: list[tuple[Any, ...]] = []
        given = [by_name[name] for name in names]
        rest = [each for each in fields if each not in given and not each.primary_key]
        self._columns = ["id", *(each.column for each in (*given, *rest))]
        self._prepare = [_preparing(each) for each in given]
        self._defaults = [_default_of(each, rng) for each in rest]
        self.next_id = 1

    def add(self, *values: Any) -> int:
        """One row, in the order of the names given. Returns its id."""
        row_id = self.next_id
        self.next_id += 1
        prepared = (prepare(value) if prepare else value for prepare, value in zip(self._prepare, values, strict=True))
        self.rows.append((row_id, *prepared, *(default() for default in self._defaults)))
        return row_id

    def write(self) -> None:
        """Write what was gathered since the last time, and forget it."""
        table = connection.ops.quote_name(self.model._meta.db_table)
        columns = ", ".join(connection.ops.quote_name(column) for column in self._columns if column)
        with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            for row in self.rows:
                copy.write_row(row)
        self.rows.clear()


def number_on(sheets: Iterable[Sheet]) -> None:
    """Let what is written after these sheets get ids of its own."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [sheet.model for sheet in sheets]):
            cursor.execute(statement)


def _preparing(field: "models.Field[Any, Any]") -> Callable[[Any], Any] | None:
    """How a value of the field goes to the database; None where it goes as it is."""
    if isinstance(field, models.JSONField):
        return Jsonb
    if type(field).__module__.startswith("governance."):
        return lambda value: field.get_db_prep_save(value, connection)
    return None


def _default_of(field: "models.Field[Any, Any]", rng: random.Random) -> Callable[[], Any]:
    if isinstance(field, models.UUIDField) and field.has_default():
        return lambda: UUID(int=rng.getrandbits(128), version=4)
    prepare = _preparing(field)
    value = field.get_default()
    value = prepare(value) if prepare and value is not None else value
    return lambda: value


@contextmanager
def foreign_keys_checked_at_the_end(sheets_of: Iterable[type[models.Model]]) -> Iterator[None]:
    """Inside a transaction: check what the rows of these tables point at once for each table, not once for each row.

    The constraints are taken away and put back, which checks every row; a wrong one is an error, and nothing is kept.
    """
    with connection.cursor() as cursor:
        # What was planned while the tables were empty would read them from end to end for every row that comes.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(FOREIGN_KEYS, [[model._meta.db_table for model in sheets_of]])
        keys = cursor.fetchall()
        for table, name, _definition in keys:
            cursor.execute(
                sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(sql.Identifier(table), sql.Identifier(name))
            )
    yield
    with connection.cursor() as cursor:
        # What is due at the end is due now: a table with checks outstanding can't be altered.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL enable_seqscan = on")
        for table, name, definition in keys:
            added = sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {}")
            cursor.execute(added.format(sql.Identifier(table), sql.Identifier(name), sql.SQL(definition)))
