"""Several figures in one statement: one way to the database, and one instant at which all of them are true."""

import json
from collections.abc import Mapping
from typing import Any

from django.db import connection

Rows = list[dict[str, Any]]


def ask(facts: Mapping[str, Any], prelude: str = "", **figures: str) -> dict[str, Rows]:
    """The rows of each figure's SQL, by its name; all parameters out of `facts`. They may read what `prelude` finds."""
    parts = ", ".join(
        f"(SELECT coalesce(json_agg(f_), '[]') FROM ({sql}) f_) AS {name}" for name, sql in figures.items()
    )
    with connection.cursor() as cursor:
        cursor.execute(f"{prelude}SELECT {parts}", dict(facts))
        said = cursor.fetchone()
    return {name: _read(rows) for name, rows in zip(figures, said, strict=True)}


def _read(rows: Any) -> Rows:
    return json.loads(rows) if isinstance(rows, str) else rows
