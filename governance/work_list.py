"""What waits for the street office: the first thing on the console. Each storey registers its own items.

All items together ask the database once: how many rows each has, and the names of its first three. An item that counts
something else than rows may answer for itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db.models import Count, F, QuerySet, TextField, Value, Window
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, RowNumber

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


@dataclass(frozen=True)
class WaitingRows:
    """Rows that wait, in the order in which they are named.

    `words` gives the sentence for a number, with a place `%(count)s`, mostly by `ngettext`. `name` is a field of the
    rows, or an expression, that says what each is called; without it none is named.
    """

    rows: QuerySet[Any]
    words: Callable[[int], str]
    url: str
    urgency: Pressing = "ordinary"
    name: str | Combinable | None = None


Asked = Callable[[Scope, datetime], WorkItem | WaitingRows | None]
_asked: list[Asked] = []


def work_item(ask: Asked) -> Asked:
    """Register a function that says what waits in a scope at an instant, or None where nothing can."""
    _asked.append(ask)
    return ask


def waiting(scope: Scope, now: datetime) -> list[WorkItem]:
    """All that waits in the scope, the most pressing first."""
    answers = [answer for ask in _asked if (answer := ask(scope, now)) is not None]
    found = [answer for answer in answers if isinstance(answer, WorkItem) and answer.count]
    found += _counted([answer for answer in answers if isinstance(answer, WaitingRows)])
    return sorted(found, key=lambda item: _RANK[item.urgency])


def _counted(waits: list[WaitingRows]) -> list[WorkItem]:
    """The items of those that have rows, asked for in one question."""
    if not waits:
        return []
    first, *others = [_first_rows(wait, at) for at, wait in enumerate(waits)]
    counts: dict[int, int] = {}
    names: dict[int, list[str]] = {}
    for at, _number, name, count in sorted(first.union(*others, all=True)):
        counts[at] = count
        names.setdefault(at, []).append(name)
    return [
        WorkItem(
            wait.words(counts[at]) % {"count": counts[at]},
            counts[at],
            wait.url,
            wait.urgency,
            tuple(names[at]) if wait.name else (),
        )
        for at, wait in enumerate(waits)
        if at in counts
    ]


def _first_rows(wait: WaitingRows, at: int) -> QuerySet[Any]:
    called = F(wait.name) if isinstance(wait.name, str) else wait.name or Value("")
    order: list[Any] = [*wait.rows.query.order_by, "pk"]
    return (
        wait.rows.order_by(*order)
        .values_list(
            Value(at),
            Window(RowNumber(), order_by=order),
            Cast(called, TextField()),
            Window(Count("pk")),
        )[:NAMED]
    )  # fmt: skip
