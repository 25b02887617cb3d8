"""Thousands of ids or rows at once: each statement takes them as one value, where Django quotes every single one."""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Self, cast

from django.db import connection, models
from django.db.models import Func, Value
from django.db.models.base import ModelState


class QuicklyRead(models.Model):
    """Of which thousands are read at once: a row becomes an object in a fifth of the time.

    Django hands each value to `__init__`, which sets them one by one and sends two signals. What is read from the
    database needs none of that; so such a model has no `__init__` of its own, and nobody listens to its `post_init`.
    """

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any]) -> Self:  # type: ignore[override]
        """As Django's own: a field that isn't named is read when somebody asks for it."""
        row = cls.__new__(cls)
        row._state = ModelState()
        row._state.adding, row._state.db = False, db
        row.__dict__.update(zip(field_names, values, strict=True))
        return row


def attach(rows: Sequence[QuicklyRead], name: str) -> None:
    """As `prefetch_related` of a foreign key to few objects: each row gets its own, all in one query."""
    if not rows:
        return
    field = cast("models.ForeignKey[Any, Any]", rows[0]._meta.get_field(name))
    meant = {getattr(row, field.attname) for row in rows} - {None}
    found = field.related_model._base_manager.in_bulk(meant)
    for row in rows:
        row._state.fields_cache[name] = found.get(getattr(row, field.attname))


def among(ids: Iterable[int]) -> Func:
    """For `filter(issue__in=among(ids))`."""
    listed = "{" + ",".join(map(str, ids)) + "}"
    return Func(
        Value(listed), template="(SELECT unnest(%(expressions)s::bigint[]))", output_field=models.BigIntegerField()
    )


@contextmanager
def meanwhile() -> Iterator[None]:
    """The database carries out each statement while Python puts the next together, and says at the end how it went.

    For statements of which nothing is read; whatever is read in between waits for all before it. In a transaction only:
    what goes wrong is raised at the end, or by a later statement, and all of them are undone together.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("What goes wrong is known at the end only: that needs a transaction around it.")
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield


def insert(model: type[models.Model], rows: Sequence[dict[str, Any]], *, once: bool = False) -> None:
    """Write the rows in their order; all have the same columns, by their names in the database, JSON-able.

    `once`: a row that a unique constraint knows already is left out.
    """
    if not rows:
        return
    conflict = "ON CONFLICT DO NOTHING" if once else ""
    quote = connection.ops.quote_name
    table, columns = quote(model._meta.db_table), ", ".join(quote(name) for name in rows[0])
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({columns})"  # noqa: S608 - our own names
            f" SELECT {columns} FROM json_populate_recordset(NULL::{table}, %s) {conflict}",
            [json.dumps(rows)],
        )
