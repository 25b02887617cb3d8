"""What migrations are written with beside Django's own operations."""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation, OperationCategory
from django.db.migrations.state import ProjectState


class Together(Operation):
    """Changes to models that are there already, one after another in the database, and at once in the models' state.

    Django builds the model that changes, and all that refer to it, anew after each operation: twenty models for one
    constraint, which took most of the time of a portal's first start. Each operation here is given the state before the
    first one and after the last. So none may need what another one of them does, nor touch what another one touches;
    models are created in one of their own.
    """

    category = OperationCategory.MIXED

    def __init__(self, *operations: Operation):
        self.operations = operations

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        # Without its models, a state keeps account of what changes and builds nothing until somebody asks.
        state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return "; ".join(operation.describe() for operation in self.operations)
