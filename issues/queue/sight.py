"""The orders that a person's view of the queue is about: narrowed by its filters, and counted by the database."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Count, Min, Q

from governance.models import Body, User
from governance.models.scope import Scope
from issues import workflow
from issues.models import WorkOrder
from issues.models.orders import WorkOrderQuerySet
from issues.queue.asked import Asked, Whose
from issues.queue.rows import TITLES, due_in_groups

ESTATE, BUILDING = "estate__name", "issue__building__name"


class Choice(NamedTuple):
    """An estate or a building that something is open for, to choose by."""

    value: str
    label: str


@dataclass(frozen=True)
class Tally:
    """How many orders the filters leave in each group, when the next of them is due, and what there is to choose from.

    `places` are the names of the estates, each with those of its buildings as far as they were asked for.
    """

    totals: dict[str, int]
    next_due: datetime | None
    places: dict[str, list[str]]

    @property
    def total(self) -> int:
        return sum(self.totals.values())

    def choices(self, chosen: str) -> list[Choice]:
        """The estates, the buildings of the one that is `chosen` after it; only buildings where there is one estate."""
        if len(self.places) == 1:
            return [Choice(f"{estate}/{name}", name) for estate, names in self.places.items() for name in names]
        choices = []
        for estate, names in self.places.items():
            choices.append(Choice(estate, estate))
            if estate == chosen:
                choices += [Choice(f"{estate}/{name}", f"{estate} {name}") for name in names]
        return choices


@dataclass(frozen=True)
class Sight:
    """What one person sees of the queue at an instant, as the address asks for it."""

    user: User
    now: datetime
    asked: Asked

    @property
    def scope(self) -> Scope:
        return self.user.scope(self.now)

    def ours(self) -> WorkOrderQuerySet:
        """The live orders of the bodies that the person works for. The office sees more than that: its whole area."""
        return self._live().filter(body__in=Body.of_scope(self.scope))

    def wanted(self) -> WorkOrderQuerySet:
        """What the filters leave, in the order in which it is due."""
        return self._to_choose_from().filter(self._narrowed()).due_next()

    def tally(self) -> Tally:
        """One query, whose rows are estates; and buildings, where those of one estate are to be chosen from."""
        narrowed = self._narrowed()
        groups = {group: Count("pk", filter=narrowed & due) for group, due in due_in_groups(self.now).items()}
        next_due = Min("next_due_at", filter=narrowed & Q(next_due_at__gte=self.now))
        where = (ESTATE, "issue__building", BUILDING) if self._names_buildings() else (ESTATE,)
        counted = self._to_choose_from().order_by(*where).values(*where).annotate(**groups, next_due=next_due)
        return _added_up(list(counted))

    def _live(self) -> WorkOrderQuerySet:
        return WorkOrder.objects.live().visible_to(self.user, self.now)

    def _to_choose_from(self) -> WorkOrderQuerySet:
        if self.asked.whose == Whose.AREA:
            return self._live().exclude(body__in=Body.of_scope(self.scope))
        return self.ours()

    def _narrowed(self) -> Q:
        estate, building = self.asked.place
        narrowed = {
            Whose.MINE: Q(holder=self.user),
            Whose.UNACCEPTED: Q(state=workflow.DISPATCHED),
        }.get(self.asked.whose, Q())
        if estate:
            narrowed &= Q(**{ESTATE: estate})
        return narrowed & Q(**{BUILDING: building}) if building else narrowed

    def _names_buildings(self) -> bool:
        """Whether an estate is chosen, or the person's body manages but one."""
        return bool(self.asked.place[0]) or len({estate for _body, estate in self.scope.manages}) == 1


def _added_up(rows: list[dict[str, Any]]) -> Tally:
    places: dict[str, list[str]] = {}
    for row in rows:
        names = places.setdefault(row[ESTATE], [])
        if row.get(BUILDING):
            names.append(row[BUILDING])
    return Tally(
        totals={group: sum(row[group] for row in rows) for group in TITLES},
        next_due=min((row["next_due"] for row in rows if row["next_due"]), default=None),
        places=places,
    )
