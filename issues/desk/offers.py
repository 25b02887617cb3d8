"""Where a matter would go if it were sorted so: the tiles to choose from, the body, its promise, whose phone rings."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.utils.translation import gettext

from governance import wording
from governance.models import Body, BodyKind, Category, DutyShift, Role, RoleAssignment
from governance.models.roles import role_and_surname, surname_for_reader
from issues.domain import clocks, people
from issues.domain.dispatching import bodies_to_hand_to
from issues.models import ClockKind, Handler, Issue, Severity, SlaPolicy, SlaTarget
from issues.queue.people import role_at
from residents.domain.finding import find_categories

TILES = 8
OFFICES = {Handler.COMMUNITY: BodyKind.RESIDENTS_COMMITTEE, Handler.STREET: BodyKind.STREET_OFFICE}
COMMITTEE, STREET = OFFICES[Handler.COMMUNITY], OFFICES[Handler.STREET]


class Tile(NamedTuple):
    """A category under its digit."""

    digit: int
    category: Category
    is_chosen: bool


@dataclass(frozen=True)
class Tiles:
    """Eight under the digits 1 to 8, and all the others; what the words suggest, and what is chosen."""

    chosen: Category
    suggested: Category | None
    first: list[Tile]
    others: list[Category]

    @property
    def is_among_the_others(self) -> bool:
        return self.chosen in self.others


def tiles_for(issue: Issue, words: str, asked: str) -> Tiles:
    """The categories to choose from. Chosen is what the address asks for, else what the words suggest. One query.

    A matter that came back stays what it was: it was only sent to the wrong body.
    """
    categories = list(Category.objects.offered().select_related("handling"))
    by_code = {category.code: category for category in categories}
    sortable = [category for category in categories if not category.handling.by_hand]
    suggested = next(iter(find_categories(words, sortable)), None)
    known = None if issue.category.handling.by_hand else by_code.get(issue.category.code, issue.category)
    chosen = by_code.get(asked) or known or suggested or by_code.get(issue.category.code, issue.category)
    shown = [category for category in categories if category.is_tile][:TILES]
    if suggested and suggested not in shown:
        shown = [*shown[: TILES - 1], suggested]
    tiles = [Tile(digit, category, category == chosen) for digit, category in enumerate(shown, start=1)]
    return Tiles(chosen, suggested, tiles, [category for category in categories if category not in shown])


@dataclass(frozen=True)
class Offer:
    """Who would have it, by which promise, and whose phones ring in which order."""

    category: Category
    severity: str
    body: Body | None
    line: list[str]
    is_on_duty: bool
    policy: SlaPolicy | None
    promises: list[str]
    departments: list[Body] = field(default_factory=list)
    bodies: list[Body] = field(default_factory=list)

    @property
    def rung_first(self) -> str:
        return self.line[0] if self.line else ""

    @property
    def rung_next(self) -> list[str]:
        return self.line[1:3]

    @property
    def severities(self) -> list[tuple[str, str, bool]]:
        return [(str(value), str(label), value == self.severity) for value, label in Severity.choices]


def offer_for(issue: Issue, category: Category, severity: str, now: datetime) -> Offer:
    """What sorting the matter as `category` would lead to. Three queries; saves nothing."""
    severity = severity if severity in Severity.values else str(category.handling.severity)
    as_sorted = Issue(
        subdistrict_id=issue.subdistrict_id,
        community_id=issue.community_id,
        estate_id=issue.estate_id,
        category=category,
        severity=severity,
    )
    bodies = list(_with_their_people(bodies_to_hand_to(as_sorted, now), issue, now))
    body = _whose(category.handling.handler, bodies)
    policy = _policy(as_sorted, category)
    return Offer(
        category=category,
        severity=severity,
        body=body,
        line=_line(body) if body else [],
        is_on_duty=bool(getattr(body, "on_duty", None)),
        policy=policy,
        promises=[_promise(target) for target in policy.targets.all()] if policy else [],
        departments=[one for one in bodies if one.kind == BodyKind.DEPARTMENT],
        bodies=bodies,
    )


def _policy(as_sorted: Issue, category: Category) -> SlaPolicy | None:
    """The policy that would apply; none where the office has assigned none: the step itself says so."""
    try:
        return clocks.policy_for(as_sorted, category.handling.handler)
    except clocks.NoPolicy:
        return None


def _whose(handler: str, bodies: list[Body]) -> Body | None:
    """As `issues.domain.dispatching.body_for` chooses, among bodies that are read already."""
    if handler == Handler.DISTRICT:
        return next((body for body in bodies if body.kind == BodyKind.DISTRICT_OFFICE), None)
    offices = {body.kind: body for body in reversed(bodies) if body.kind in (COMMITTEE, STREET)}
    managing = next((body for body in bodies if body.kind not in (COMMITTEE, STREET, BodyKind.DEPARTMENT)), None)
    if handler == Handler.MANAGER and managing:
        return managing
    wanted = (STREET, COMMITTEE) if handler == Handler.STREET else (COMMITTEE, STREET)
    return next((offices[kind] for kind in wanted if kind in offices), None)


def _with_their_people(bodies: QuerySet[Body], issue: Issue, now: datetime) -> QuerySet[Body]:
    """Each body with who is on duty there, whose shift comes next, its managers and its staff, as JSON rows."""
    here = Q(estate=issue.estate_id) | Q(estate=None)
    shifts = DutyShift.objects.filter(here, body=OuterRef("pk"), user__is_active=True)
    on_duty = shifts.filter(starts_at__lte=now, ends_at__gt=now).order_by("position", "starts_at", "id")
    next_up = shifts.filter(starts_at__gt=now).order_by("starts_at", "position", "id")[:1]
    held = RoleAssignment.objects.in_force(now).filter(user__is_active=True).order_by("id")
    managers = held.filter(role=Role.PROPERTY_MANAGER, body=OuterRef("pk"))
    staff = held.filter(
        Q(role__in=(Role.PROPERTY_STAFF, Role.PROPERTY_MANAGER, Role.DEPARTMENT_LIAISON), body=OuterRef("pk"))
        | Q(role=Role.COMMUNITY_STAFF, community=OuterRef("community"))
        | Q(role=Role.STREET_OFFICER, subdistrict=OuterRef("subdistrict"))
        | Q(role=Role.DISTRICT_OFFICER, district=OuterRef("district"))
    )
    return bodies.annotate(
        on_duty=_names(on_duty, now), next_up=_names(next_up, now), managers=_names(managers), staff=_names(staff)
    ).order_by("pk")


def _names(people_there: QuerySet[Any], now: datetime | None = None) -> ArraySubquery:
    if now:  # a shift doesn't say in which role
        people_there = people_there.annotate(role=role_at("user", now))
    row = JSONObject(
        id="user_id",
        role="role",
        surname="user__surname",
        full_name="user__full_name",
        latin="user__surname_latin",
    )
    return ArraySubquery(people_there.values(row=row))


def _line(body: Any) -> list[str]:
    """周管家, 刘管家, 郑经理: as `issues.domain.people.to_ring` rings them."""
    staff = [row for row in body.staff if _works_for(row["role"], body)]
    ringing = people.in_line(body.on_duty, body.next_up, body.managers) or staff
    return [_name(row) for row in {row["id"]: row for row in ringing}.values()]


def _works_for(role: str, body: Body) -> bool:
    offices = {
        COMMITTEE: Role.COMMUNITY_STAFF,
        STREET: Role.STREET_OFFICER,
        BodyKind.DISTRICT_OFFICE: Role.DISTRICT_OFFICER,
    }
    return role == offices[BodyKind(body.kind)] if body.kind in offices else role not in offices.values()


def _name(row: dict[str, str]) -> str:
    surname = surname_for_reader(row["surname"] or row["full_name"][:1], row["latin"])
    return role_and_surname(row["role"] or "", surname)


def _promise(target: SlaTarget) -> str:
    """“4 小时解决”, “1 个工作日首次回应”."""
    kind = str(ClockKind(target.kind).label)
    length = wording.target(target.minutes, target.working_days)
    return gettext("%(length)s to %(kind)s") % {"length": length, "kind": kind}
