"""The queue before its rows are read: every live order in sight as a stamp, sorted, filtered and counted."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from django.core.paginator import Paginator
from django.utils.translation import get_language

from governance import wording
from governance.models import User
from governance.models.scope import Scope
from issues import workflow
from issues.models import WorkOrder
from issues.queue.asked import Asked, Whose
from issues.queue.duty import OnDuty, on_duty
from issues.queue.rows import group_of
from issues.queue.stamps import STAMP_FIELDS, Stamp, is_ours

PAGE_SIZE = 50


class Choice(NamedTuple):
    value: str
    label: str


class NoSuchPage(LookupError):
    """The address asks for a page after the last one."""


@dataclass
class Outline:
    """What is known of the queue before its rows are read: enough to answer “nothing has changed”."""

    user: User
    now: datetime
    scope: Scope
    asked: Asked
    stamps: list[Stamp]
    shown: list[Stamp]
    pages: int
    remaining: int
    duty: list[OnDuty]
    buildings: list[Choice]
    body: str

    def etag(self) -> str:
        """Moves with everything the page shows, time included: an order that becomes overdue changes group."""
        facts = (
            self.user.pk,
            get_language(),
            self.user.elder_mode,
            self.asked,
            wording.local(self.now).date(),
            [(stamp.pk, stamp.changed_at, self._figure(stamp)) for stamp in self.shown],
            [group_of(stamp.due, self.now) for stamp in self.stamps],
            [(one.shift.pk, one.orders, one.is_now) for one in self.duty],
            self.offer_pk,
        )
        return f'"{sha256(repr(facts).encode()).hexdigest()[:32]}"'

    def _figure(self, stamp: Stamp) -> tuple[str, str]:
        """The group, and the clock's figure where no script on the page keeps it true."""
        group = group_of(stamp.due, self.now)
        if stamp.due is None:
            return group, ""
        clock = wording.queue_clock(stamp.due, self.now, "")
        return group, "" if clock.ticks else clock.figure

    @property
    def offer_pk(self) -> int | None:
        """The order to offer to somebody whose claim was lost: the first that nobody has accepted."""
        if not self.asked.taken:
            return None
        return next((stamp.pk for stamp in self.stamps if stamp.state == workflow.DISPATCHED), None)


def outline_of(user: User, now: datetime, asked: Asked) -> Outline:
    """Two queries: the stamps of every live order in sight, and the duty shifts.

    Raises `NoSuchPage` past the last page. A building that nothing is open for gives an empty queue.
    """
    scope = user.scope(now)
    in_sight = WorkOrder.objects.live().visible_to(user, now).due_next()
    stamps = [Stamp(*values) for values in in_sight.values_list(*STAMP_FIELDS)]
    ours = [stamp for stamp in stamps if is_ours(stamp, scope)]
    wanted = _wanted(stamps if asked.whose == Whose.AREA else ours, asked, user, scope)
    pages = Paginator(wanted, PAGE_SIZE)
    if asked.page > pages.num_pages:
        raise NoSuchPage(asked.page)
    page = pages.page(asked.page)
    duty = on_duty(now, scope, ours)
    return Outline(
        user=user,
        now=now,
        scope=scope,
        asked=asked,
        stamps=wanted,
        shown=list(page.object_list),
        pages=pages.num_pages,
        remaining=pages.count - page.end_index(),
        duty=duty,
        buildings=_buildings(stamps if asked.whose == Whose.AREA else ours),
        body=duty[0].shift.body.short_name if duty else (ours[0].body_name if ours else ""),
    )


def _wanted(stamps: list[Stamp], asked: Asked, user: User, scope: Scope) -> list[Stamp]:
    keep = {
        Whose.OURS: lambda stamp: True,
        Whose.MINE: lambda stamp: stamp.holder_id == user.pk,
        Whose.UNACCEPTED: lambda stamp: stamp.state == workflow.DISPATCHED,
        Whose.AREA: lambda stamp: not is_ours(stamp, scope),
    }[asked.whose]
    return [stamp for stamp in stamps if keep(stamp) and asked.building in ("", stamp.where)]


def _buildings(stamps: list[Stamp]) -> list[Choice]:
    """The buildings something is open for, by estate where there are several."""
    estates = {stamp.estate for stamp in stamps}
    places = sorted({(stamp.estate, stamp.building) for stamp in stamps if stamp.building})
    return [
        Choice(f"{estate}/{building}", f"{estate} {building}" if len(estates) > 1 else building)
        for estate, building in places
    ]
