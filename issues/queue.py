"""What the ticket queue shows: whose orders, grouped by what is due next, each row with the one right action.

Reads only, and says nothing about looks. Steps are taken in `issues.domain.handling`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

import rules
from django.core.paginator import Paginator
from django.db.models import OuterRef, Q, Subquery
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from governance import wording
from governance.domain.scope import Scope
from governance.models import BodyKind, DutyShift, Role, RoleAssignment, User
from governance.models.people import role_and_surname, surname_for_reader
from issues import workflow
from issues.models import ClockKind, WorkOrder
from issues.models.orders import WorkOrderQuerySet

PAGE_SIZE = 50
TAKEN_AT_MOST = 5
OVERDUE, HOUR, TODAY, LATER = "overdue", "hour", "today", "later"
TITLES = {
    OVERDUE: pgettext_lazy("queue group", "Overdue"),
    HOUR: pgettext_lazy("queue group", "Within the hour"),
    TODAY: pgettext_lazy("queue group", "Today"),
    LATER: pgettext_lazy("queue group", "Later"),
}
NEXT_STEPS: dict[str, str | Promise] = {
    ClockKind.RESPOND: pgettext_lazy("queue step", "reply"),
    ClockKind.ACCEPT: pgettext_lazy("queue step", "acceptance"),
    ClockKind.ARRIVE: pgettext_lazy("queue step", "arrival"),
    ClockKind.RESOLVE: pgettext_lazy("queue step", "completion"),
    ClockKind.PLAN: pgettext_lazy("queue step", "plan"),
    ClockKind.ANSWER: pgettext_lazy("queue step", "answer"),
}


class BadFilter(ValueError):
    """The address asks for something that no filter of the queue offers."""


class Whose:
    OURS, MINE, UNACCEPTED, AREA = "", "mine", "unaccepted", "area"


class Taken(NamedTuple):
    """A claim that somebody else won, kept on the page until it is left: which order, and how many seconds late."""

    public_id: UUID
    late_seconds: int

    def __str__(self) -> str:
        return f"{self.public_id}~{self.late_seconds}"

    @classmethod
    def parse(cls, text: str) -> "Taken":
        order, _separator, seconds = text.partition("~")
        try:
            return cls(UUID(order), min(max(int(seconds or "0"), 0), 86_400))
        except ValueError as error:
            raise BadFilter(text) from error


@dataclass(frozen=True)
class Asked:
    """What the address asks for. Raises `BadFilter` when it can't be read."""

    whose: str = Whose.OURS
    building: str = ""
    page: int = 1
    taken: tuple[Taken, ...] = ()

    @classmethod
    def read(cls, query: Mapping[str, Any], taken: Iterable[str] = ()) -> "Asked":
        whose, page = query.get("whose", ""), query.get("page", "1")
        if whose not in (Whose.OURS, Whose.MINE, Whose.UNACCEPTED, Whose.AREA):
            raise BadFilter(whose)
        if not (page.isascii() and page.isdigit() and len(page) <= 6 and int(page) >= 1):
            raise BadFilter(page)
        notes = tuple(Taken.parse(text) for text in list(taken)[-TAKEN_AT_MOST:])
        return cls(whose, query.get("building", "")[:120], int(page), notes)

    @property
    def is_filtered(self) -> bool:
        return bool(self.whose or self.building)

    def address(self, *, page: int | None = None) -> str:
        """The query string of this view, `?whose=mine&page=2`, or nothing for the plain queue."""
        number = page or self.page
        pairs = {"whose": self.whose, "building": self.building, "page": str(number) if number > 1 else ""}
        said = urlencode({name: value for name, value in pairs.items() if value})
        return f"?{said}" if said else ""


class Stamp(NamedTuple):
    """As much of an order as sorting, counting and “did anything change?” need."""

    pk: int
    due: datetime | None
    changed_at: datetime
    state: str
    holder_id: int | None
    body_id: int
    body_kind: str
    body_name: str
    body_community_id: int | None
    body_subdistrict_id: int
    building: str | None
    estate: str

    @property
    def where(self) -> str:
        return f"{self.estate}/{self.building}" if self.building else ""


STAMP_FIELDS = (
    "pk", "next_due_at", "changed_at", "state", "holder_id", "body_id", "body__kind", "body__short_name",
    "body__community_id", "body__subdistrict_id", "issue__building__name", "issue__estate__name",
)  # fmt: skip


class Action(NamedTuple):
    """The one right thing to do with a row. `verb` is pressed there; without it, `anchor` opens the order's page."""

    label: str | Promise
    icon: str
    verb: str = ""
    anchor: str = ""


ACCEPT = Action(_("Accept"), "check", verb="accept")
ARRIVE = Action(_("I'm here"), "arrived", verb="arrive")
FINISH = Action(pgettext_lazy("button", "Finished"), "camera", anchor="finish")
PLAN = Action(_("Hand in the plan"), "book", anchor="plan")
REASSIGN = Action(_("Reassign"), "swap", anchor="reassign")
LOOK = Action(_("Take a look"), "chevron-right")


@dataclass
class Row:
    order: WorkOrder
    group: str
    action: Action
    is_mine: bool
    taken: Taken | None = None
    offer: "Row | None" = None

    @property
    def is_urgent(self) -> bool:
        """Whether the button is solid: only where it is due within the hour, or was."""
        return self.group in (OVERDUE, HOUR)

    @property
    def is_slim(self) -> bool:
        """Later, and nothing to press: one line is enough."""
        return self.group == LATER and not self.action.verb and not self.taken

    @property
    def look(self) -> str:
        return {OVERDUE: "is-late", HOUR: "is-soon"}.get(self.group, "")

    @property
    def step(self) -> str | Promise:
        return NEXT_STEPS.get(self.order.next_kind, "")

    @property
    def winner(self) -> str:
        return holder_name(self.order)


@dataclass
class Group:
    key: str
    total: int = 0
    rows: list[Row] = field(default_factory=list)

    @property
    def title(self) -> str | Promise:
        return TITLES[self.key]

    @property
    def look(self) -> str:
        return {OVERDUE: "is-late", HOUR: "is-soon"}.get(self.key, "")

    @property
    def is_first(self) -> bool:
        return self.key == OVERDUE


class OnDuty(NamedTuple):
    """A shift, and how many live orders the person holds."""

    shift: DutyShift
    name: str
    orders: int
    is_now: bool

    @property
    def hours(self) -> str:
        """08:00–20:00; empty for a shift longer than a day, of which the hours say nothing."""
        if self.shift.ends_at - self.shift.starts_at > wording.DAY:
            return ""
        return f"{wording.clock_time(self.shift.starts_at)}–{wording.clock_time(self.shift.ends_at)}"


class Choice(NamedTuple):
    value: str
    label: str


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


class NoSuchPage(LookupError):
    """The address asks for a page after the last one."""


def queue_of(outline: "Outline") -> Queue:
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
    duty = _duty(now, scope, ours)
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


def is_ours(stamp: Stamp, scope: Scope) -> bool:
    """Whether the order is for a body that the person works for. The office sees more than that: its whole area."""
    return (
        stamp.body_id in scope.bodies
        or (stamp.body_kind == BodyKind.RESIDENTS_COMMITTEE and stamp.body_community_id in scope.communities)
        or (stamp.body_kind == BodyKind.STREET_OFFICE and stamp.body_subdistrict_id in scope.subdistricts)
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


def _duty(now: datetime, scope: Scope, stamps: list[Stamp]) -> list[OnDuty]:
    """Who is on duty for the person's bodies now, and who within the next day, in the order of their beginning."""
    bodies = (
        Q(body__in=scope.bodies)
        | Q(body__kind=BodyKind.RESIDENTS_COMMITTEE, body__community__in=scope.communities)
        | Q(body__kind=BodyKind.STREET_OFFICE, body__subdistrict__in=scope.subdistricts)
    )
    shifts = (
        DutyShift.objects.filter(bodies, ends_at__gt=now, starts_at__lte=now + wording.DAY)
        .select_related("user", "body")
        .annotate(role=role_at("user", now))
        .order_by("starts_at", "position", "id")[:12]
    )
    return [
        OnDuty(
            shift=shift,
            name=role_and_surname(shift.role or "", shift.user.surname_for_reader()),
            orders=sum(stamp.holder_id == shift.user_id for stamp in stamps),
            is_now=shift.starts_at <= now,
        )
        for shift in shifts
    ]


def role_at(person: str, now: datetime) -> Subquery:
    """The role in which the person in the field `person` works at `now`: nobody is shown as a resident here."""
    held = RoleAssignment.objects.in_force(now).filter(user=OuterRef(person)).exclude(role=Role.RESIDENT)
    return Subquery(held.order_by("valid_from").values("role")[:1])


def with_holder_role(orders: WorkOrderQuerySet, now: datetime) -> WorkOrderQuerySet:
    return orders.annotate(holder_role=role_at("holder", now))


def holder_name(order: WorkOrder) -> str:
    """周管家: the holder by role and surname. Needs `with_holder_role`."""
    if order.holder is None:
        return ""
    return role_and_surname(getattr(order, "holder_role", None) or "", order.holder.surname_for_reader())


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


def row_of(order: WorkOrder, user: User, now: datetime) -> Row:
    return Row(
        order=order,
        group=group_of(order.next_due_at, now),
        action=next_action(order, user),
        is_mine=order.holder_id == user.pk,
    )


def group_of(due: datetime | None, now: datetime) -> str:
    """Where an order stands. What has no clock running stands last."""
    if due is None:
        return LATER
    state = wording.due_state(due, now)
    if state == "normal":
        return TODAY if wording.local(due).date() == wording.local(now).date() else LATER
    return OVERDUE if state == "overdue" else HOUR


def next_action(order: WorkOrder, user: User) -> Action:
    """The one right thing: accept, arrive, hand in the plan, finish; for somebody else's order, reassign or look."""
    if order.state == workflow.DISPATCHED:
        return ACCEPT if rules.test_rule("issues.may_work_on", user, order) else LOOK
    if order.state not in workflow.LIVE:
        return LOOK
    if not rules.test_rule("issues.is_holder", user, order):
        return REASSIGN if rules.test_rule("issues.may_reassign", user, order) else LOOK
    if order.next_kind == ClockKind.PLAN:
        return PLAN
    return ARRIVE if order.state == workflow.ACCEPTED else FINISH


def spoken_by(order: WorkOrder) -> str:
    """Who said the last word: 居民, or 周管家, out of `last_words_by` (“role:surname:latin form”)."""
    role, _first, rest = order.last_words_by.partition(":")
    surname, _second, latin = rest.partition(":")
    if not surname:
        return gettext("Resident")
    return role_and_surname(role, surname_for_reader(surname, latin))
