"""Who answers for a building: what a resident may know of it, by role and surname."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from governance.domain.moment import local_day
from governance.models import Body, BodyKind, Building, Management, Role, RoleAssignment


@dataclass(frozen=True)
class Answerable:
    """Somebody, or a body, that answers for a door. `phone` is a body's public number, never a person's."""

    role: str = ""
    surname: str = ""
    surname_latin: str = ""
    body: str = ""
    promise: str = ""
    phone: str = ""


_ORDER = (Role.PROPERTY_MANAGER, Role.GRID_WORKER, Role.BRANCH_SECRETARY)


def who_answers_for(building: Building, at: datetime) -> list[Answerable]:
    """The body that manages the estate on the day of `at` (else its community) with its manager, then the grid workers,
    then the branch secretary. `building.estate` should be loaded. Two queries."""
    body = _managing_body(building, at)
    of_the_door = Q(role=Role.GRID_WORKER, grid_unit=building.grid_unit_id) if building.grid_unit_id else Q(pk=None)
    of_the_door |= Q(role=Role.BRANCH_SECRETARY, party_branch__estate=building.estate_id)
    if body:
        of_the_door |= Q(role=Role.PROPERTY_MANAGER, body=body)
    held = RoleAssignment.objects.in_force(at).filter(of_the_door, user__is_active=True).select_related("user")
    people = sorted(held.order_by("valid_from", "pk"), key=lambda each: _ORDER.index(Role(each.role)))
    manager = next((each for each in people if each.role == Role.PROPERTY_MANAGER), None)
    first = [_body_with(body, manager)] if body else []
    return first + [_person(each) for each in people if each.role != Role.PROPERTY_MANAGER]


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
    user = assignment.user
    return Answerable(
        role=assignment.role, surname=user.surname or user.full_name[:1], surname_latin=user.surname_latin
    )
