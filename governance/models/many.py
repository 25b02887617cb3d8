"""Thousands of ids or rows at once: each statement takes them as one value, where Django quotes every single one."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models
from django.db.models import Func, Value


def among(ids: Iterable[int]) -> Func:
    """For `filter(issue__in=among(ids))`."""
    listed = "{" + ",".join(map(str, ids)) + "}"
    return Func(
        Value(listed), template="(SELECT unnest(%(expressions)s::bigint[]))", output_field=models.BigIntegerField()
    )


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
