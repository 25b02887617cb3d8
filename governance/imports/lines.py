"""The lines between party organisations in one file: whom each row names above it, found among old and new."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_noop as _

from governance.imports.columns import NOT_GIVEN, Wrong
from governance.imports.files import folded
from governance.imports.register import PlannedRow
from governance.imports.shelves import NOT_FOUND, SEVERAL_BRANCHES, STEP, Street

CIRCLE = _("The line above it would lead back to itself: %(line)s.")


class Lines:
    """Draws the lines of `rows`: sets each one's parent, what must be saved before it, and refuses circles."""

    def __init__(self, rows: Iterable[PlannedRow], street: Street):
        self.rows = list(rows)
        self.shelf = street.branches
        self.brought: dict[str, list[PlannedRow]] = defaultdict(list)
        # By the id of what is in the register: the row of the file that changes it.
        self.changing = {planned.before.pk: planned for planned in self.rows if planned.before}
        for planned in self.rows:
            if planned.before is None:
                self.brought[folded(planned.row.name)].append(planned)

    def draw(self) -> None:
        for planned in self.rows:
            if planned.values.get("parent", NOT_GIVEN) is not NOT_GIVEN:
                self._set_parent(planned, planned.values["parent"])
        circles = [(planned, line) for planned in self.rows if (line := self._circle_from(planned))]
        for planned, line in circles:
            planned.problems.append(Wrong(CIRCLE, "parent", line=line))

    def _set_parent(self, planned: PlannedRow, name: str | None) -> None:
        try:
            parent = self._find(name) if name else None
        except Wrong as wrong:
            planned.problems.append(Wrong(wrong.sentence, "parent", **wrong.values))
            return
        entry = planned.entries[0]
        if isinstance(parent, PlannedRow):
            entry.row.parent, entry.follows = parent.row, (parent.entries[0],)  # type: ignore[attr-defined]
        elif (parent.pk if parent else None) != entry.row.parent_id:  # type: ignore[attr-defined]
            entry.row.parent = parent  # type: ignore[attr-defined]

    def _find(self, name: str) -> Any:
        """An organisation of the register, or a row of the file that brings a new one."""
        known = self.shelf.by_name.get(folded(name), [])
        new = self.brought.get(folded(name), [])
        if not (known or new) and STEP.strip() in name:
            new = self.brought.get(folded(name.rpartition(STEP.strip())[2]), [])
        found = [*known, *new]
        if len(found) > 1:
            raise Wrong(SEVERAL_BRANCHES, name=name)
        if not found:
            raise Wrong(NOT_FOUND, name=name)
        return found[0]

    def _circle_from(self, planned: PlannedRow) -> str:
        """The names of the circle that leads from a row back to it; empty if its line ends at the top."""
        names, above = [planned.row.name], self._above(planned)
        for _step in range(len(self.rows) + len(self.shelf.by_id) + 1):
            if above is None:
                return ""
            names.append(above.row.name if isinstance(above, PlannedRow) else above.name)
            if above is planned:
                return STEP.join(reversed(names))
            above = self._above(above)
        return ""

    def _above(self, branch: Any) -> Any:
        """What stands above, as it would be: the file's row where the file says something of it."""
        if not isinstance(branch, PlannedRow):
            return self._as_planned(branch.parent_id)
        entry = branch.entries[0]
        if entry.follows:
            return next(each for each in self.rows if each.entries[0] is entry.follows[0])
        return self._as_planned(entry.row.parent_id)  # type: ignore[attr-defined]

    def _as_planned(self, pk: int | None) -> Any:
        return self.changing.get(pk) or self.shelf.by_id.get(pk) if pk else None
