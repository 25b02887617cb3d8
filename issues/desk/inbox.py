"""The inbox: what a person has to sort, what is due first on top."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import get_language, pgettext

from governance import wording
from governance.models import User
from issues.models import ClockKind, Issue, IssuePetition, SlaClock
from issues.queue.rows import NEXT_STEPS
from residents.models import Petition, PetitionChannel

PAGE_SIZE = 30
# More than this no desk has; whoever stands further back comes up as the first are sorted.
AT_MOST = 600


@dataclass(frozen=True)
class Row:
    """One matter of the list: in its own first words, where, by which way it came, how many said it, by when."""

    issue: Issue
    words: str
    channel: str
    petitions: int
    due: datetime | None
    kind: str

    @property
    def subject(self) -> str:
        return Petition(words=self.words).subject_words

    @property
    def supporters(self) -> int:
        return max(self.petitions - 1, 0)

    def look(self, now: datetime) -> str:
        state = wording.due_state(self.due, now) if self.due else "normal"
        return {"overdue": "is-late", "soon": "is-soon"}.get(state, "")

    def by(self, now: datetime) -> str:
        """18:12 today, 周一 18:00 within the week, else the day."""
        if self.due is None:
            return ""
        on, today = wording.local(self.due).date(), wording.local(now).date()
        if on == today:
            return wording.clock_time(self.due)
        if 0 < (on - today).days < 7:
            words = {"weekday": wording.WEEKDAYS[on.weekday()], "time": wording.clock_time(self.due)}
            return pgettext("queue", "%(weekday)s %(time)s") % words
        return wording.short_day(on)

    @property
    def step(self) -> str:
        return str(NEXT_STEPS[ClockKind(self.kind)]) if self.kind else ""

    def far(self, now: datetime) -> str:
        """“已超时 2 天”: how long it has been due, from a day on. Shorter spans are filled in on the page."""
        is_long = self.due is not None and now - self.due >= wording.DAY
        return wording.remaining(self.due, now) if self.due and is_long else ""

    def shown(self, now: datetime) -> tuple[Any, ...]:
        """Everything that its line in the list is made of."""
        issue = self.issue
        building = issue.building.name if issue.building else ""
        where = (issue.estate.name, building, issue.stairwell, issue.spot)
        what = (issue.public_id, issue.category.name, self.words, self.channel, self.petitions)
        return (*what, *where, self.due, self.look(now), self.by(now), self.far(now))


@dataclass(frozen=True)
class Inbox:
    """The whole list, and the page of it that is shown."""

    rows: list[Row]
    page: Page

    @property
    def total(self) -> int:
        return len(self.rows)

    def place_of(self, matter: UUID | None) -> int:
        """“第 5 件”, of the matter with this public id: counted from one; 0 for what isn't in the inbox."""
        return next((place for place, row in enumerate(self.rows, start=1) if row.issue.public_id == matter), 0)

    def beside(self, matter: UUID | None) -> tuple[Row | None, Row | None]:
        """The one before and the one after it."""
        place = self.place_of(matter)
        if not place:
            return None, self.rows[0] if self.rows else None
        before = self.rows[place - 2] if place > 1 else None
        return before, self.rows[place] if place < len(self.rows) else None

    def etag(self, user: User, now: datetime, matter: UUID | None) -> str:
        """Moves with everything the list shows beside this matter, time included: what becomes late looks late."""
        facts = (
            user.pk,
            get_language(),
            user.elder_mode,
            (self.total, self.page.number, self.page.paginator.num_pages),
            (matter, self.place_of(matter)),
            [row.issue.public_id if row else None for row in self.beside(matter)],
            [row.shown(now) for row in self.page],
        )
        return f'"{sha256(repr(facts).encode()).hexdigest()[:32]}"'


def inbox_of(user: User, now: datetime, *, page: str = "", showing: UUID | None = None) -> Inbox:
    """Everything that waits at the person's desk; the page asked for, or the one that `showing` (a public id) is on.

    One query.
    """
    links = IssuePetition.objects.filter(issue=OuterRef("pk"), undone_at=None).order_by("petition__filed_at", "id")
    running = SlaClock.objects.running().filter(issue=OuterRef("pk")).order_by("due_at", "id")
    scope = user.scope(now)
    waiting = (
        Issue.objects.awaiting_triage()
        .visible_to(user, now)
        .filter(Q(community__in=scope.communities) | Q(subdistrict__in=scope.subdistricts))
        .select_related("category", "estate", "building")
        .annotate(
            due=Subquery(running.values("due_at")[:1]),
            due_kind=Subquery(running.values("kind")[:1]),
            first_words=Subquery(links.values("petition__words")[:1]),
            channel=Subquery(links.values("petition__channel")[:1]),
            petitions=Coalesce(Subquery(links.order_by().values("issue").annotate(n=Count("id")).values("n")), 0),
        )
        .order_by(F("due").asc(nulls_last=True), "filed_at", "pk")[:AT_MOST]
    )
    rows = [_row(issue) for issue in waiting]
    pages = Paginator(rows, PAGE_SIZE)
    if not page and showing:
        place = next((at for at, row in enumerate(rows) if row.issue.public_id == showing), 0)
        page = str(place // PAGE_SIZE + 1)
    return Inbox(rows, pages.get_page(page))


def _row(issue: Any) -> Row:
    channel = PetitionChannel(issue.channel) if issue.channel else PetitionChannel.PATROL
    return Row(
        issue=issue,
        words=issue.first_words or issue.words,
        channel=str(channel.label),
        petitions=issue.petitions,
        due=issue.due,
        kind=issue.due_kind or "",
    )
