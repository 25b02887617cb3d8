"""One page of the queue as it is shown: its groups with their rows, and what stands beside them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from issues.models import WorkOrder
from issues.queue.asked import Asked
from issues.queue.duty import OnDuty
from issues.queue.outline import Choice, Outline
from issues.queue.people import with_holder_role
from issues.queue.rows import LATER, TITLES, Group, Row, group_of, row_of


@dataclass
class Queue:
    """One page of the queue at an instant, and what tells whether it has changed since.

    `remaining` orders stand on the pages after this one.
    """

    asked: Asked
    groups: list[Group]
    total: int
    pages: int
    remaining: int
    etag: str
    duty: list[OnDuty]
    buildings: list[Choice]
    body: str
    sees_area: bool
    next_due: datetime | None

    @property
    def is_empty(self) -> bool:
        return not any(group.rows for group in self.groups)

    @property
    def is_calm(self) -> bool:
        """Whether nothing is due today: the page says so, with what comes next."""
        return not any(group.total for group in self.groups if group.key != LATER)

    @property
    def earlier(self) -> str:
        return self.asked.address(page=self.asked.page - 1) if self.asked.page > 1 else ""

    @property
    def onward(self) -> str:
        return self.asked.address(page=self.asked.page + 1) if self.remaining else ""

    @property
    def address(self) -> str:
        return self.asked.address()

    @property
    def on_duty_now(self) -> list[OnDuty]:
        return [one for one in self.duty if one.is_now]

    @property
    def on_duty_next(self) -> list[OnDuty]:
        return [one for one in self.duty if not one.is_now][:2]


def queue_of(outline: Outline) -> Queue:
    """The page itself: one query more than its outline, whatever its length."""
    return Queue(
        asked=outline.asked,
        groups=_groups(outline),
        total=len(outline.stamps),
        pages=outline.pages,
        remaining=outline.remaining,
        etag=outline.etag(),
        duty=outline.duty,
        buildings=outline.buildings,
        body=outline.body,
        sees_area=bool(outline.scope.communities or outline.scope.subdistricts),
        next_due=next((stamp.due for stamp in outline.stamps if stamp.due and stamp.due >= outline.now), None),
    )


def _groups(outline: Outline) -> list[Group]:
    totals = dict.fromkeys(TITLES, 0)
    for stamp in outline.stamps:
        totals[group_of(stamp.due, outline.now)] += 1
    groups = {key: Group(key, total) for key, total in totals.items()}
    for row in _rows(outline):
        groups[row.group].rows.append(row)
    return list(groups.values())


def _rows(outline: Outline) -> list[Row]:
    """The rows of the page, and in their places those that somebody else has just taken. One query."""
    notes = {note.public_id: note for note in outline.asked.taken}
    wanted = Q(pk__in=[stamp.pk for stamp in outline.shown])
    if notes:
        wanted |= Q(public_id__in=notes) | Q(pk=outline.offer_pk)
    orders = WorkOrder.objects.visible_to(outline.user, outline.now).filter(wanted).due_next().for_queue()
    rows = [row_of(order, outline.user, outline.now) for order in with_holder_role(orders, outline.now)]
    offer = next((row for row in rows if row.order.pk == outline.offer_pk), None)
    on_page = {stamp.pk for stamp in outline.shown}
    for row in rows:
        note = notes.get(row.order.public_id)
        if note and row.order.holder_id not in (None, outline.user.pk):
            row.taken, row.offer = note, offer
    return [row for row in rows if row.taken or row.order.pk in on_page]
