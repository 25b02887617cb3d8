"""Who answers for a building: what anybody may know of it. People by role and surname, phones only of bodies."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from governance.domain import party
from governance.domain.moment import local_day
from governance.models import Body, BodyKind, Building, DutyShift, Management, Role, RoleAssignment, User


@dataclass(frozen=True)
class Answerable:
    """Somebody, or a body, that answers for a door. `phone` is a body's public number, never a person's.

    `is_shown_as_member`: a party member who has agreed that residents may know.
    """

    role: str = ""
    surname: str = ""
    surname_latin: str = ""
    body: str = ""
    promise: str = ""
    phone: str = ""
    is_shown_as_member: bool = False


@dataclass(frozen=True)
class OnDuty:
    """A steward on duty, or the next one. `until` is left out where the shift has no end worth saying."""

    steward: Answerable
    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class Responsible:
    """Everybody who answers for a building. A body that there is none of is None, a post nobody holds has no row."""

    managing: Body | None
    managers: tuple[Answerable, ...]
    on_duty: tuple[OnDuty, ...]
    next_on_duty: OnDuty | None
    grid: tuple[Answerable, ...]
    secretaries: tuple[Answerable, ...]
    community: Body | None
    street_office: Body | None


# In the order in which a resident would turn to them.
GRID_ROLES = (Role.GRID_WORKER, Role.GRID_LEADER, Role.BUILDING_STEWARD, Role.RED_STEWARD)
# A shift that goes on for longer is no shift but an office.
LONGEST_SHIFT = timedelta(days=2)
ON_DUTY_SHOWN = 3


def responsible_for(building: Building, at: datetime) -> Responsible:
    """Everybody who answers for the building at `at`. `building.estate.community` should be loaded. Four queries."""
    managing, community, street_office = _bodies(building, at)
    held = list(_held_here(building, managing, at))
    on_duty, next_on_duty = _duty(managing, building, held, at) if managing else ((), None)
    return Responsible(
        managing=managing,
        managers=_people(held, (Role.PROPERTY_MANAGER,)),
        on_duty=on_duty,
        next_on_duty=next_on_duty,
        grid=_people(held, GRID_ROLES),
        secretaries=_people(held, (Role.BRANCH_SECRETARY,)),
        community=community,
        street_office=street_office,
    )


def _bodies(building: Building, at: datetime) -> tuple[Body | None, Body | None, Body | None]:
    """Who manages the estate on the day, its residents' committee, its street office."""
    manages = Management.objects.in_force(local_day(at)).filter(estate=building.estate_id, body=OuterRef("pk"))
    community = building.estate.community
    offices = Q(kind=BodyKind.RESIDENTS_COMMITTEE, community=community) | Q(
        kind=BodyKind.STREET_OFFICE, subdistrict=community.subdistrict_id
    )
    rows = list(Body.objects.annotate(manages=Exists(manages)).filter(Q(manages=True) | offices))
    return (
        next((row for row in rows if row.manages), None),
        next((row for row in rows if row.kind == BodyKind.RESIDENTS_COMMITTEE), None),
        next((row for row in rows if row.kind == BodyKind.STREET_OFFICE), None),
    )


def _held_here(building: Building, managing: Body | None, at: datetime) -> QuerySet[RoleAssignment]:
    wanted = Q(role=Role.BUILDING_STEWARD, building=building) | Q(role=Role.RED_STEWARD, estate=building.estate_id)
    wanted |= Q(
        role=Role.BRANCH_SECRETARY, party_branch__estate=building.estate_id, party_branch__ended_on__isnull=True
    )
    wanted |= _of_the_grid_unit(building)
    if managing:
        wanted |= Q(role=Role.PROPERTY_MANAGER, body=managing)
    held = RoleAssignment.objects.in_force(at).filter(wanted, user__is_active=True)
    agreed = party.shown_consents(at).filter(member__user=OuterRef("user"))
    return held.select_related("user").annotate(agrees=Exists(agreed)).order_by("valid_from", "pk")


def _people(held: list[RoleAssignment], roles: tuple[Role, ...]) -> tuple[Answerable, ...]:
    return tuple(
        # Only with a consent in force: who belongs to the party is for the person to say.
        _named(each.user, each.role, is_shown_as_member=each.agrees)  # type: ignore[attr-defined]
        for role in roles
        for each in held
        if each.role == role
    )


def _duty(
    body: Body, building: Building, held: list[RoleAssignment], at: datetime
) -> tuple[tuple[OnDuty, ...], OnDuty | None]:
    """Who is on duty for the estate now, in the order in which they are rung; and whose shift begins next."""
    managers = {each.user_id for each in held if each.role == Role.PROPERTY_MANAGER}
    now = DutyShift.objects.on_duty(body, building.estate, at).filter(user__is_active=True)[:ON_DUTY_SHOWN]
    coming = DutyShift.objects.next_up(body, building.estate, at).filter(user__is_active=True).first()
    return tuple(_shift(each, managers) for each in now), _shift(coming, managers) if coming else None


def _shift(shift: DutyShift, managers: set[int]) -> OnDuty:
    role = Role.PROPERTY_MANAGER if shift.user_id in managers else Role.PROPERTY_STAFF
    is_a_shift = shift.ends_at - shift.starts_at <= LONGEST_SHIFT
    return OnDuty(_named(shift.user, role), shift.starts_at, shift.ends_at if is_a_shift else None)


_ORDER = (Role.PROPERTY_MANAGER, Role.GRID_WORKER, Role.GRID_LEADER, Role.BRANCH_SECRETARY)


def who_answers_for(building: Building, at: datetime) -> list[Answerable]:
    """The body that manages the estate on the day of `at` (else its community) with its manager, then the grid workers
    and their leader, then the branch secretary. `building.estate` should be loaded. Two queries."""
    body = _managing_body(building, at)
    of_the_door = _of_the_grid_unit(building)
    of_the_door |= Q(role=Role.BRANCH_SECRETARY, party_branch__estate=building.estate_id)
    if body:
        of_the_door |= Q(role=Role.PROPERTY_MANAGER, body=body)
    held = RoleAssignment.objects.in_force(at).filter(of_the_door, user__is_active=True).select_related("user")
    people = sorted(held.order_by("valid_from", "pk"), key=lambda each: _ORDER.index(Role(each.role)))
    manager = next((each for each in people if each.role == Role.PROPERTY_MANAGER), None)
    first = [_body_with(body, manager)] if body else []
    return first + [_person(each) for each in people if each.role != Role.PROPERTY_MANAGER]


def _of_the_grid_unit(building: Building) -> Q:
    roles = (Role.GRID_WORKER, Role.GRID_LEADER)
    return Q(role__in=roles, grid_unit=building.grid_unit_id) if building.grid_unit_id else Q(pk=None)


def _managing_body(building: Building, at: datetime) -> Body | None:
    manages = Management.objects.in_force(local_day(at)).filter(estate=building.estate_id, body=OuterRef("pk"))
    community = Q(kind=BodyKind.RESIDENTS_COMMITTEE, community=building.estate.community_id)
    return (
        Body.objects.annotate(manages=Exists(manages)).filter(Q(manages=True) | community).order_by("-manages").first()
    )


def _body_with(body: Body, manager: RoleAssignment | None) -> Answerable:
    person = _person(manager) if manager else Answerable()
    return Answerable(
        role=person.role,
        surname=person.surname,
        surname_latin=person.surname_latin,
        body=body.short_name or body.name,
        promise=body.promise,
        phone=body.phone,
    )


def _person(assignment: RoleAssignment) -> Answerable:
    return _named(assignment.user, assignment.role)


def _named(user: User, role: str, *, is_shown_as_member: bool = False) -> Answerable:
    return Answerable(
        role=role,
        surname=user.surname or user.full_name[:1],
        surname_latin=user.surname_latin,
        is_shown_as_member=is_shown_as_member,
    )
