"""Changes that are made together: the same columns, indexes and constraints as one by one, and back again."""

import pytest
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState

from governance.migrating import Together

NAMES = {"long_enough", "by_height"}


def created(state: ProjectState) -> ProjectState:
    """A table of trees, in the state and in the database."""
    tree = migrations.CreateModel("Tree", [("id", models.BigAutoField(primary_key=True))])
    before = state.clone()
    tree.state_forwards("governance", state)
    with connection.schema_editor() as editor:
        tree.database_forwards("governance", editor, before, state)
    return state


def there_is() -> tuple[set[str], set[str]]:
    """The columns of the table, and which of our indexes and constraints it has."""
    with connection.cursor() as cursor:
        columns = {column.name for column in connection.introspection.get_table_description(cursor, "governance_tree")}
        return columns, NAMES & connection.introspection.get_constraints(cursor, "governance_tree").keys()


@pytest.mark.django_db
def test_what_changes_together_is_there_afterwards_and_is_gone_when_it_is_undone():
    before = created(ProjectState())
    together = Together(
        migrations.AddField("tree", "height", models.IntegerField(default=0)),
        migrations.AddIndex("tree", models.Index(fields=["height"], name="by_height")),
        migrations.AddConstraint("tree", models.CheckConstraint(condition=models.Q(height__gte=0), name="long_enough")),
    )
    after = before.clone()
    together.state_forwards("governance", after)
    assert "apps" not in after.__dict__, "the models have been built, though nobody has asked for one"
    with connection.schema_editor() as editor:
        together.database_forwards("governance", editor, before, after)
    assert there_is() == ({"id", "height"}, NAMES)
    with connection.schema_editor() as editor:
        together.database_backwards("governance", editor, after, before)
    assert there_is() == ({"id"}, set())
