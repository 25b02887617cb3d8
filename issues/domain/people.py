"""Who is meant: whose phone rings for an order, and whom a rung of the ladder tells."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TypeVar

from django.db.models import Q

from governance.domain.moment import local_day
from governance.models import Body, BodyKind, Category, DutyShift, Management, Role, RoleAssignment, User
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
    latest = WorkOrder.objects.filter(issue__in=by_id).order_by("issue_id", "-id").distinct("issue_id")
    found = {}
    for order in latest.prefetch_related("holder"):
        order.issue = by_id[order.issue_id]
        found[order.issue_id] = order
    return found


def to_ring(order: WorkOrder, at: datetime) -> list[User]:
    """Whose phones ring, in order: on duty now, else whose shift comes next, then the manager, then the body's staff.

    Nobody twice. Somebody is always there as long as the body has any staff.
    """
    on_duty = [shift.user for shift in DutyShift.objects.on_duty(order.body, order.issue.estate, at)]
    next_up = [shift.user for shift in DutyShift.objects.next_up(order.body, order.issue.estate, at)[:1]]
    line = in_line(on_duty, next_up, managers_of(order.body, at))
    ringing = [user for user in line if user.is_active] or staff_of(order.body, at)
    return list({user.pk: user for user in ringing}.values())


def in_line(on_duty: list[T], next_up: list[T], managers: list[T]) -> list[T]:
    """In which order they are rung: one on duty alone is backed by whose shift comes next, and both by the manager."""
    return [*on_duty, *(next_up if len(on_duty) < 2 else []), *managers]


def managers_of(body: Body, at: datetime) -> list[User]:
    return _holding(Q(role=Role.PROPERTY_MANAGER, body=body), at)


def staff_of(body: Body, at: datetime) -> list[User]:
    """Everybody who works for the body: a company's own people, or the staff of a committee's or office's area."""
    match body.kind:
        case BodyKind.RESIDENTS_COMMITTEE:
            return _holding(Q(role=Role.COMMUNITY_STAFF, community=body.community_id), at)
        case BodyKind.STREET_OFFICE:
            return _holding(Q(role=Role.STREET_OFFICER, subdistrict=body.subdistrict_id), at)
        case BodyKind.DISTRICT_OFFICE:
            return _holding(Q(role=Role.DISTRICT_OFFICER, district=body.district_id), at)
        case BodyKind.DEPARTMENT:
            return _holding(Q(role=Role.DEPARTMENT_LIAISON, body=body), at)
        case _:
            return _holding(Q(role__in=(Role.PROPERTY_STAFF, Role.PROPERTY_MANAGER), body=body), at)


def answerers(supervision: SupervisionOrder, at: datetime) -> list[User]:
    """Who has to give the account: as `issues.may_answer` says. A company only while it manages the estate."""
    body = supervision.body
    if body.kind in (*_OFFICES, BodyKind.DEPARTMENT):
        return staff_of(body, at)
    managed = Management.objects.in_force(local_day(at)).filter(estate=supervision.issue.estate_id, body=body)
    return managers_of(body, at) if managed.exists() else []


def judges(supervision: SupervisionOrder, at: datetime) -> list[User]:
    """Who accepts the account or sends it back: the community; the street, where the community or it gave it.

    Of a complaint about the street's own people nobody there hears: their district does.
    """
    if supervision.issue.goes_past_the_street:
        found = _above_the_street(supervision.issue, at)
    elif supervision.body.kind in _OFFICES or supervision.issue.goes_past_the_community:
        found = _holding(Q(role=Role.STREET_OFFICER, subdistrict=supervision.subdistrict_id), at)
    else:
        found = _holding(Q(role=Role.COMMUNITY_STAFF, community=supervision.community_id), at)
    return [user for user in found if user.pk != supervision.answered_by_id]


class Directory:
    """Whom rungs tell at one instant: whoever is asked for by several orders is looked for once."""

    def __init__(self, at: datetime):
        self.at = at
        self._known: dict[tuple[object, ...], list[User]] = {}

    def audience(self, tells: Iterable[str], order: WorkOrder) -> list[User]:
        """The people a rung tells about an order, nobody twice."""
        people = [user for code in tells for user in self._of(code, order)]
        return list({user.pk: user for user in people if user.is_active}.values())

    def _of(self, code: str, order: WorkOrder) -> list[User]:
        whose = (code, *_depends_on(code, order))
        if whose not in self._known:
            self._known[whose] = list(_audience(code, order, self.at))
        return self._known[whose]


def _depends_on(code: str, order: WorkOrder) -> tuple[object, ...]:
    """What of an order `_audience` looks at: two that are alike in it have the same people."""
    issue = order.issue
    match code:
        case Audience.HOLDER:
            return (order.holder_id,) if order.holder_id else (None, order.body_id, issue.estate_id)
        case Audience.MANAGER:
            return (order.body_id,)
        case Audience.COMMUNITY:
            return issue.community_id, issue.goes_past_the_community
        case Audience.SECRETARY:
            return issue.estate_id, issue.hides_petitioner
    return issue.subdistrict_id, issue.goes_past_the_street


def _audience(code: str, order: WorkOrder, at: datetime) -> Iterator[User]:
    issue = order.issue
    match code:
        case Audience.HOLDER:
            yield from [order.holder] if order.holder else to_ring(order, at)[:1]
        case Audience.MANAGER:
            # A committee or street office has no manager: its staff answer for it together.
            yield from managers_of(order.body, at) or staff_of(order.body, at)
        case Audience.COMMUNITY:
            # Whoever is complained about isn't told that the complaint is late.
            if not issue.goes_past_the_community:
                yield from _holding(Q(role=Role.COMMUNITY_STAFF, community=issue.community_id), at)
        case Audience.SECRETARY:
            # A complaint about staff stays with those it was sent to.
            if not issue.hides_petitioner:
                yield from _holding(Q(role=Role.BRANCH_SECRETARY, party_branch__estate=issue.estate_id), at)
        case Audience.STREET:
            if issue.goes_past_the_street:
                yield from _above_the_street(issue, at)
            else:
                yield from _holding(Q(role=Role.STREET_OFFICER, subdistrict=issue.subdistrict_id), at)


def _above_the_street(issue: Issue, at: datetime) -> list[User]:
    return _holding(Q(role=Role.DISTRICT_OFFICER, district__subdistricts=issue.subdistrict_id), at)


def _holding(condition: Q, at: datetime) -> list[User]:
    """Whoever has left can't sign in any more: they neither answer nor stand in the way of those who can."""
    held = RoleAssignment.objects.in_force(at).filter(condition, user__is_active=True).select_related("user")
    return [assignment.user for assignment in held.order_by("id")]


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
