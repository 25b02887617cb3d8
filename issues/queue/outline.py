"""The queue before its rows are read: how much is due when, who is on duty, and which orders one page shows."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from math import ceil
from typing import NamedTuple

from django.utils.translation import get_language

from governance import wording
from governance.models import User
from issues import workflow
from issues.queue.asked import Asked
from issues.queue.duty import OnDuty, on_duty
from issues.queue.rows import group_of
from issues.queue.sight import Sight, Tally

PAGE_SIZE = 30


class NoSuchPage(LookupError):
    """The address asks for a page after the last one."""


class Stamp(NamedTuple):
    """As much of an order on the page as “did anything change?” needs."""

    pk: int
    due: datetime | None
    changed_at: datetime
    body_name: str

    def figure(self, now: datetime) -> tuple[str, str]:
        """The group, and the clock's figure where no script on the page keeps it true."""
        group = group_of(self.due, now)
        if self.due is None:
            return group, ""
        clock = wording.queue_clock(self.due, now, "")
        return group, "" if clock.ticks else clock.figure


@dataclass
class Outline:
    """What is known of the queue before its rows are read: enough to answer “nothing has changed”."""

    sight: Sight
    tally: Tally
    shown: list[Stamp]
    pages: int
    remaining: int
    duty: list[OnDuty]

    @property
    def asked(self) -> Asked:
        return self.sight.asked

    @property
    def body(self) -> str:
        """Whose queue it is, as far as the shifts or the orders tell."""
        return self.duty[0].shift.body.short_name if self.duty else (self.shown[0].body_name if self.shown else "")

    def etag(self) -> str:
        """Moves with everything the page shows, time included: an order that becomes overdue changes group."""
        user, now = self.sight.user, self.sight.now
        facts = (
            user.pk,
            get_language(),
            user.elder_mode,
            self.asked,
            wording.local(now).date(),
            [(stamp.pk, stamp.changed_at, stamp.figure(now)) for stamp in self.shown],
            self.tally.totals,
            self.tally.next_due,
            [(one.shift.pk, one.orders, one.is_now) for one in self.duty],
            self.offer_pk,
        )
        return f'"{sha256(repr(facts).encode()).hexdigest()[:32]}"'

    @cached_property
    def offer_pk(self) -> int | None:
        """The order to offer to somebody whose claim was lost: the first that nobody has accepted."""
        if not self.asked.taken:
            return None
        return self.sight.wanted().filter(state=workflow.DISPATCHED).values_list("pk", flat=True).first()


def outline_of(user: User, now: datetime, asked: Asked) -> Outline:
    """Three queries, and one more where a claim was lost: how many there are, those of the page, and the shifts.

    Raises `NoSuchPage` past the last page. A building that nothing is open for gives an empty queue.
    """
    sight = Sight(user, now, asked)
    tally = sight.tally()
    pages = max(ceil(tally.total / PAGE_SIZE), 1)
    if asked.page > pages:
        raise NoSuchPage(asked.page)
    first = (asked.page - 1) * PAGE_SIZE
    stamps = sight.wanted().values_list("pk", "next_due_at", "changed_at", "body__short_name")
    return Outline(
        sight=sight,
        tally=tally,
        shown=[Stamp(*values) for values in stamps[first : first + PAGE_SIZE]],
        pages=pages,
        remaining=max(tally.total - first - PAGE_SIZE, 0),
        duty=on_duty(now, sight.scope, sight.ours()),
    )
