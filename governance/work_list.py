"""What waits for the street office: the first thing on the console. Each storey registers its own items.

An item asks the database once: how many, and the names of the first three.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db.models import Count, QuerySet, Window

from governance.models.scope import Scope

NAMED = 3
Pressing = Literal["overdue", "soon", "ordinary"]
_RANK: dict[str, int] = {"overdue": 0, "soon": 1, "ordinary": 2}


@dataclass(frozen=True)
class WorkItem:
    """One line of the list: a sentence with its count, where to go, and the names of the first few."""

    sentence: str
    count: int
    url: str
    urgency: Pressing = "ordinary"
    names: tuple[str, ...] = ()

    @property
    def others(self) -> int:
        """How many there are beside those named."""
        return self.count - len(self.names)


Asked = Callable[[Scope, datetime], WorkItem | None]
_items: list[Asked] = []


def work_item(ask: Asked) -> Asked:
    """Register a function that says what waits in a scope at an instant: an item, or None where nothing does."""
    _items.append(ask)
    return ask


def waiting(scope: Scope, now: datetime) -> list[WorkItem]:
    """All that waits in the scope, the most pressing first."""
    found = [item for ask in _items if (item := ask(scope, now)) is not None and item.count]
    return sorted(found, key=lambda item: _RANK[item.urgency])


def count_and_first(rows: QuerySet[Any]) -> tuple[int, list[Any]]:
    """How many rows there are, and the first three of them: in one question."""
    first = list(rows.annotate(how_many=Window(Count("pk")))[:NAMED])
    return (first[0].how_many if first else 0), first
