"""The cast, built once for the run and written again for each test: one statement instead of eighteen questions.

Everybody keeps the numbers of the first time; the sequences have passed them, so nothing else is ever given one.
"""

from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Model

from governance import shipped as shipped_by_governance
from governance.models import Homes
from issues import shipped as shipped_by_issues
from issues.deliberation import shipped as shipped_by_deliberation
from issues.models import PolicyAssignment
from tests.cast import Cast

# What the database writes by itself when the rows are written again.
BY_TRIGGERS = (Homes,)


@dataclass(frozen=True)
class Recording:
    """A cast and the SQL that writes its rows."""

    cast: Cast
    statements: str

    def play(self) -> Cast:
        """Write the rows again; a copy of the cast that the test may change."""
        with connection.cursor() as cursor:
            cursor.execute(self.statements)
        return deepcopy(self.cast)


def record(build: Callable[[], Cast]) -> Recording:
    """Build the cast, keep what it wrote, and undo it. It may write only to tables that are empty before."""
    with transaction.atomic():
        every = apps.get_models(include_auto_created=True)
        filled = [model for model in every if model._base_manager.exists()]
        before = _counts(filled)
        cast = build()
        assert _counts(filled) == before
        written = [model for model in every if model not in (*filled, *BY_TRIGGERS) and model._base_manager.exists()]
        recording = Recording(cast, ";\n".join(_insert(model) for model in written))
        transaction.set_rollback(True)
    return recording


def _counts(models: Iterable[type[Model]]) -> list[int]:
    return [model._base_manager.count() for model in models]


def _insert(model: type[Model]) -> str:
    """The statement that writes the table's rows as they stand. Foreign keys are asked at the end of a transaction."""
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT quote_literal(json_agg(row)::text) FROM {table} row")
        (rows,) = cursor.fetchone()
    return f"INSERT INTO {table} SELECT * FROM json_populate_recordset(NULL::{table}, {rows})"


def ship_again() -> None:
    """What migrations ship. They wrote it once; a test with real commits empties every table after itself."""
    # What is shipped last; where it is, the rest is.
    if PolicyAssignment.objects.exists():
        return
    shipped_by_governance.ensure(apps.get_model, at=shipped_by_governance.SHIPPED_AT)
    shipped_by_issues.ensure(apps.get_model)
    shipped_by_deliberation.ensure(apps.get_model)
