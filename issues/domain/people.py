"""Who is meant: whose phone rings for an order, and whom a rung of the ladder tells."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple, TypeVar

from django.db.models import F

from governance.domain.moment import local_day
from governance.models import Body, BodyKind, Category, DutyShift, Management, Role, RoleAssignment, User
from governance.models.many import among, attach
from issues.models import Audience, Issue, SupervisionOrder, WorkOrder

T = TypeVar("T")

_OFFICES = (BodyKind.RESIDENTS_COMMITTEE, BodyKind.STREET_OFFICE, BodyKind.DISTRICT_OFFICE)


def present_order(issue: Issue) -> WorkOrder | None:
    """The issue's latest order, live or not: whoever had it last answers for it."""
    return (
        WorkOrder.objects.select_related("body", "holder", "issue__category", "issue__building", "issue__estate")
        .filter(issue=issue)
        .order_by("-id")
        .first()
    )


def present_orders(issues: Iterable[Issue]) -> dict[int, WorkOrder]:
    """The same for many issues, by their ids, each with its issue as it was given; one without orders isn't there."""
    by_id = {issue.pk: issue for issue in issues}
    of_these = WorkOrder.objects.filter(issue__in=among(by_id)).order_by("issue_id", "-id").distinct("issue_id")
    latest = list(of_these.only("issue", "public_id", "body", "holder"))
    attach(latest, "body")
    attach(latest, "holder")
    for order in latest:
        order.issue = by_id[order.issue_id]
    return {order.issue_id: order for order in latest}


def to_ring(order: WorkOrder, at: datetime) -> list[User]:
    """Whose phones ring, in order: on duty now, else whose shift comes next, then the manager, then the body's staff.

    Nobody twice. Somebody is always there as long as the body has any staff.
    """
    return Directory(at).to_ring(order)


def in_line(on_duty: list[T], next_up: list[T], managers: list[T]) -> list[T]:
    """In which order they are rung: one on duty alone is backed by whose shift comes next, and both by the manager."""
    return [*on_duty, *(next_up if len(on_duty) < 2 else []), *managers]


class Post(NamedTuple):
    """What people hold: one of these roles, of an area or body. `of`: its name on the assignment."""

    roles: tuple[Role, ...]
    of: str
    pk: int | None


def managers_of(body: Body, at: datetime) -> list[User]:
    return _holding(_managers(body), at)


def staff_of(body: Body, at: datetime) -> list[User]:
    """Everybody who works for the body: a company's own people, or the staff of a committee's or office's area."""
    return _holding(_staff(body), at)


def _managers(body: Body) -> Post:
    return Post((Role.PROPERTY_MANAGER,), "body", body.pk)


def _staff(body: Body) -> Post:
    match body.kind:
        case BodyKind.RESIDENTS_COMMITTEE:
            return _community_staff(body.community_id)
        case BodyKind.STREET_OFFICE:
            return _street_officers(body.subdistrict_id)
        case BodyKind.DISTRICT_OFFICE:
            return Post((Role.DISTRICT_OFFICER,), "district", body.district_id)
        case BodyKind.DEPARTMENT:
            return Post((Role.DEPARTMENT_LIAISON,), "body", body.pk)
        case _:
            return Post((Role.PROPERTY_STAFF, Role.PROPERTY_MANAGER), "body", body.pk)


def _community_staff(community_id: int | None) -> Post:
    return Post((Role.COMMUNITY_STAFF,), "community", community_id)


def _street_officers(subdistrict_id: int | None) -> Post:
    return Post((Role.STREET_OFFICER,), "subdistrict", subdistrict_id)


def _above_the_street(issue: Issue) -> Post:
    return Post((Role.DISTRICT_OFFICER,), "district__subdistricts", issue.subdistrict_id)


def _secretaries(issue: Issue) -> Post:
    return Post((Role.BRANCH_SECRETARY,), "party_branch__estate", issue.estate_id)


def _holding(post: Post, at: datetime) -> list[User]:
    return _holders({post}, at)[post]


def _holders(posts: Iterable[Post], at: datetime) -> dict[Post, list[User]]:
    """Who holds each of them, in one query for each kind of post.

    Whoever has left can't sign in any more: they neither answer nor stand in the way of those who can.
    """
    holders: dict[Post, list[User]] = {post: [] for post in posts}
    for roles, of in {post[:2] for post in holders}:
        areas = [post.pk for post in holders if post[:2] == (roles, of)]
        held = RoleAssignment.objects.in_force(at).filter(role__in=roles, user__is_active=True, **{f"{of}__in": areas})
        for assignment in held.annotate(held_of=F(of)).select_related("user").order_by("id"):
            holders[Post(roles, of, assignment.held_of)].append(assignment.user)
    return holders


def answerers(supervision: SupervisionOrder, at: datetime) -> list[User]:
    """Who has to give the account: as `issues.may_answer` says."""
    body = supervision.body
    if body.kind in (*_OFFICES, BodyKind.DEPARTMENT):
        return staff_of(body, at)
    managed = Management.objects.in_force(local_day(at)).filter(estate=supervision.issue.estate_id, body=body)
    return managers_of(body, at) if supervision.issue.is_commitment or managed.exists() else []


def judges(supervision: SupervisionOrder, at: datetime) -> list[User]:
    """Who accepts the account or sends it back: the community; the street, where the community or it gave it.

    Of a complaint about the street's own people nobody there hears: their district does.
    """
    if supervision.issue.goes_past_the_street:
        post = _above_the_street(supervision.issue)
    elif supervision.body.kind in _OFFICES or supervision.issue.goes_past_the_community:
        post = _street_officers(supervision.subdistrict_id)
    else:
        post = _community_staff(supervision.community_id)
    return [user for user in _holding(post, at) if user.pk != supervision.answered_by_id]


class Directory:
    """Who is meant at one instant: whoever is asked for by several orders is looked for once."""

    def __init__(self, at: datetime):
        self.at = at
        self._holders: dict[Post, list[User]] = {}
        self._shifts: dict[int, _Shifts] = {}
        self._past: dict[int, tuple[bool, bool]] = {}

    def audiences(self, asked: Sequence[tuple[Iterable[str], WorkOrder]]) -> list[list[User]]:
        """The people each rung tells about its order, nobody twice. For many orders that are alike, worked out once."""
        alike = [(tuple(tells), *self._all_that_counts(order)) for tells, order in asked]
        one_of_each = dict(zip(alike, asked, strict=True))
        self._look_up(one_of_each.values())
        found = {each: self._audience(tells, order) for each, (tells, order) in one_of_each.items()}
        return [found[each] for each in alike]

    def _all_that_counts(self, order: WorkOrder) -> tuple[int | bool | None, ...]:
        """Whom a rung tells of an order depends on nothing else of it."""
        issue = order.issue
        if issue.category_id not in self._past:
            self._past[issue.category_id] = issue.goes_past_the_street, issue.goes_past_the_community
        past = (issue.hides_petitioner, *self._past[issue.category_id])
        return order.body_id, order.holder_id, issue.estate_id, issue.community_id, issue.subdistrict_id, *past

    def _look_up(self, asked: Iterable[tuple[Iterable[str], WorkOrder]]) -> None:
        pairs = [(code, order) for tells, order in asked for code in tells]
        posts = {post for code, order in pairs for post in _posts(code, order)}
        self._holders |= _holders(posts - self._holders.keys(), self.at)
        bodies = {order.body_id for code, order in pairs if code == Audience.HOLDER and not order.holder_id}
        self._shifts |= _shifts_of(bodies - self._shifts.keys(), self.at)

    def _audience(self, tells: Iterable[str], order: WorkOrder) -> list[User]:
        people = [user for code in tells for user in self._of(code, order)]
        return list({user.pk: user for user in people if user.is_active}.values())

    def _of(self, code: str, order: WorkOrder) -> list[User]:
        if code == Audience.HOLDER:
            return [order.holder] if order.holder else self.to_ring(order)[:1]
        # The first post that anybody holds.
        return next((held for post in _posts(code, order) if (held := self._held(post))), [])

    def to_ring(self, order: WorkOrder) -> list[User]:
        """As the function of that name says."""
        if order.body_id not in self._shifts:
            self._shifts |= _shifts_of({order.body_id}, self.at)
        on_duty, next_up = self._shifts[order.body_id].at(order.issue.estate_id)
        line = in_line(on_duty, next_up, self._held(_managers(order.body)))
        ringing = [user for user in line if user.is_active] or self._held(_staff(order.body))
        return list({user.pk: user for user in ringing}.values())

    def _held(self, post: Post) -> list[User]:
        if post not in self._holders:
            self._holders |= _holders({post}, self.at)
        return self._holders[post]


class _Shifts(NamedTuple):
    """A body's shifts: those that run, in the order in which they are rung; and the next of each estate and of all."""

    now: list[DutyShift]
    next: list[DutyShift]

    def at(self, estate_id: int) -> tuple[list[User], list[User]]:
        """Who is on duty at an estate, and whose shift comes next."""
        on_duty, coming = (
            [shift for shift in shifts if shift.estate_id in (None, estate_id)] for shifts in (self.now, self.next)
        )
        soonest = sorted(coming, key=lambda shift: (shift.starts_at, shift.position, shift.pk))[:1]
        return [shift.user for shift in on_duty], [shift.user for shift in soonest]


def _shifts_of(bodies: set[int], at: datetime) -> dict[int, _Shifts]:
    found = {body: _Shifts([], []) for body in bodies}
    if bodies:
        for shift in DutyShift.objects.now(at).filter(body__in=bodies):
            found[shift.body_id].now.append(shift)
        for shift in DutyShift.objects.next_of_each(at).filter(body__in=bodies):
            found[shift.body_id].next.append(shift)
    return found


def _posts(code: str, order: WorkOrder) -> list[Post]:
    """Whom a rung tells: those of the first of these posts that anybody holds. The holder alone holds no post."""
    issue = order.issue
    match code:
        case Audience.HOLDER:
            return [] if order.holder_id else [_managers(order.body), _staff(order.body)]
        case Audience.MANAGER:
            # A committee or street office has no manager: its staff answer for it together.
            return [_managers(order.body), _staff(order.body)]
        case Audience.COMMUNITY:
            # Whoever is complained about isn't told that the complaint is late.
            return [] if issue.goes_past_the_community else [_community_staff(issue.community_id)]
        case Audience.SECRETARY:
            # A complaint about staff stays with those it was sent to.
            return [] if issue.hides_petitioner else [_secretaries(issue)]
        case Audience.STREET:
            past = issue.goes_past_the_street
            return [_above_the_street(issue) if past else _street_officers(issue.subdistrict_id)]
    return []


def category_params(category: Category) -> dict[str, object]:
    """The category's names as they are now, in every language: a page of notices asks the register nothing."""
    return {
        "category_zh": category.name_zh,
        "category_en": category.name_en,
        "category_ko": category.name_ko,
    }


def place_params(order: WorkOrder | SupervisionOrder) -> dict[str, object]:
    """What a notice needs to name the matter in the recipient's language: `issues.messages` makes words of it."""
    issue = order.issue
    return {
        **category_params(issue.category),
        "estate": issue.estate.name,
        "building": issue.building.name if issue.building else "",
        "stairwell": issue.stairwell,
    }
