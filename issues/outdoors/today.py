"""Today's list: four sections, each beginning with what has waited longest or is due first."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Window
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.domain.moment import local_day
from governance.models import Building, User
from issues.models import Issue, IssueState, Mediation, Verification, WorkOrder, WorkOrderState
from issues.queue import row_of, with_holder_role

SHOWN = 5
PAGE_SIZE = 20
CHECK, OPEN, QUARRELS, FOUND = "check", "open", "quarrels", "found"
GONE = (IssueState.WITHDRAWN, IssueState.DECLINED, IssueState.MERGED)


@dataclass
class Section:
    """One part of the list: its first rows, and how many there are in all."""

    key: str
    rows: list[Any] = field(default_factory=list)
    total: int = 0

    @property
    def title(self) -> str | Promise:
        return TITLES[self.key]

    @property
    def short_title(self) -> str | Promise:
        return SHORT_TITLES[self.key]

    @property
    def has_more(self) -> bool:
        return self.total > len(self.rows)


@dataclass
class Today:
    """The whole list in short. One query for each section, however long."""

    sections: list[Section]

    @property
    def is_empty(self) -> bool:
        return not any(section.total for section in self.sections)

    @property
    def is_calm(self) -> bool:
        """Whether nothing waits for this person: nothing to check, nobody to look in on."""
        return not any(section.total for section in self.sections if section.key in (CHECK, QUARRELS))


TITLES: dict[str, str | Promise] = {
    CHECK: _("To check on site"),
    QUARRELS: _("Quarrels to look in on"),
    OPEN: _("Open in my grid"),
    FOUND: _("What I found"),
}
SHORT_TITLES: dict[str, str | Promise] = {
    CHECK: pgettext_lazy("outdoors", "To check"),
    QUARRELS: pgettext_lazy("outdoors", "Look in"),
    OPEN: pgettext_lazy("outdoors", "Open"),
    FOUND: pgettext_lazy("outdoors", "Found"),
}


def to_check(user: User, now: datetime) -> QuerySet[Issue]:
    """Finished matters that somebody has to look at, in the person's buildings, the longest finished first.

    Those whose category asks for it; and what a patrol found, on which no resident has a word.
    """
    looked_at = Verification.objects.filter(issue=OuterRef("pk"), epoch=OuterRef("epoch"))
    asks_for_it = Q(category__handling__verify_on_site=True) | Q(found_by__isnull=False)
    done = WorkOrder.objects.filter(issue=OuterRef("pk"), state=WorkOrderState.DONE).order_by("-id")
    return (
        Issue.objects.walked_by(user, now)
        .of_people()
        .filter(asks_for_it, ~Exists(looked_at), state=IssueState.FINISHED)
        .select_related("category", "building", "estate")
        .annotate(done_by=Subquery(done.values("body__short_name")[:1]))
        .order_by("finished_at", "id")
    )


def open_here(user: User, now: datetime) -> QuerySet[WorkOrder]:
    """The live orders of open matters in the person's buildings, what is due next first."""
    walked = Issue.objects.walked_by(user, now).open()
    return with_holder_role(WorkOrder.objects.live().filter(issue__in=walked).due_next().for_queue(), now)


def quarrels(user: User, now: datetime) -> QuerySet[Mediation]:
    """Talks after which somebody was to look in by today, and nobody has since."""
    later = Mediation.objects.filter(issue=OuterRef("issue"), id__gt=OuterRef("pk"))
    walked = Issue.objects.walked_by(user, now).exclude(state__in=GONE)
    return (
        Mediation.objects.filter(~Exists(later), issue__in=walked, follow_up_on__lte=local_day(now))
        .select_related("issue__category", "issue__building", "issue__estate")
        .defer("parties", "agreement")
        .order_by("follow_up_on", "id")
    )


def found_by_me(user: User, now: datetime) -> QuerySet[Issue]:
    mine = Issue.objects.walked_by(user, now).filter(found_by=user)
    return mine.select_related("category", "building", "estate").order_by("-filed_at", "-id")


SECTIONS: dict[str, Callable[[User, datetime], QuerySet[Any]]] = {
    CHECK: to_check,
    QUARRELS: quarrels,
    OPEN: open_here,
    FOUND: found_by_me,
}


def today_of(user: User, now: datetime) -> Today:
    return Today([_short(key, rows(user, now), user, now) for key, rows in SECTIONS.items()])


def _short(key: str, rows: QuerySet[Any], user: User, now: datetime) -> Section:
    shown = list(rows.annotate(in_all=Window(Count("pk")))[:SHOWN])
    return Section(key, _as_rows(key, shown, user, now), shown[0].in_all if shown else 0)


def section_of(key: str, page: str, user: User, now: datetime) -> Page:
    """One page of one section. A page that isn't there is the nearest one that is."""
    shown = Paginator(SECTIONS[key](user, now), PAGE_SIZE).get_page(page)
    shown.object_list = _as_rows(key, list(shown.object_list), user, now)
    return shown


def at_building(building: Building, user: User, now: datetime) -> list[Section]:
    """What there is to do at this building: what to check, and what is open."""
    rows = {
        CHECK: to_check(user, now).filter(building=building),
        OPEN: open_here(user, now).filter(issue__building=building),
    }
    return [_short(key, found, user, now) for key, found in rows.items()]


def _as_rows(key: str, rows: list[Any], user: User, now: datetime) -> list[Any]:
    return [row_of(order, user, now) for order in rows] if key == OPEN else rows
