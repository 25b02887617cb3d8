"""One page of the queue as it is shown: its groups with their rows, and what stands beside them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from issues.models import WorkOrder
from issues.queue.asked import Asked
from issues.queue.duty import OnDuty
from issues.queue.outline import Outline
from issues.queue.people import with_holder_role
from issues.queue.rows import LATER, Group, Row, row_of
from issues.queue.sight import Choice


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
    places: list[Choice]
    spans_estates: bool
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
    sight, tally = outline.sight, outline.tally
    return Queue(
        asked=outline.asked,
        groups=_groups(outline),
        total=tally.total,
        pages=outline.pages,
        remaining=outline.remaining,
        etag=outline.etag(),
        duty=outline.duty,
        places=tally.choices(outline.asked.place[0]),
        spans_estates=len(tally.places) > 1,
        body=outline.body,
        sees_area=bool(sight.scope.communities or sight.scope.subdistricts),
        next_due=tally.next_due,
    )


def _groups(outline: Outline) -> list[Group]:
    groups = {key: Group(key, total) for key, total in outline.tally.totals.items()}
    for row in _rows(outline):
        groups[row.group].rows.append(row)
    return list(groups.values())


def _rows(outline: Outline) -> list[Row]:
    """The rows of the page, and in their places those that somebody else has just taken. One query."""
    user, now = outline.sight.user, outline.sight.now
    on_page = {stamp.pk for stamp in outline.shown}
    notes = {note.public_id: note for note in outline.asked.taken}
    wanted = Q(pk__in=on_page)
    if notes:
        wanted |= Q(public_id__in=notes) | Q(pk=outline.offer_pk)
    orders = WorkOrder.objects.visible_to(user, now).filter(wanted).due_next().for_queue()
    rows = [row_of(order, user, now) for order in with_holder_role(orders, now)]
    offer = next((row for row in rows if row.order.pk == outline.offer_pk), None)
    for row in rows:
        note = notes.get(row.order.public_id)
        if note and row.order.holder_id not in (None, user.pk):
            row.taken, row.offer = note, offer
    return [row for row in rows if row.taken or row.order.pk in on_page]
