"""Who works here, and where: what the bar at the desk says of the person."""

from collections.abc import Sequence
from datetime import datetime

from governance.models import Role, User
from governance.models.people import ROLE_HELD_AT
from governance.models.roles import role_and_surname

AT_ANY_DESK = tuple(role for role in Role if role != Role.RESIDENT)


def who_works_here(user: User, now: datetime, roles: Sequence[Role] = AT_ANY_DESK) -> dict[str, str]:
    """`desk_name` (周管家) and `desk_body` (恒信物业), of the first of these roles that the person holds. One query."""
    held = user.assignments.in_force(now).filter(role__in=roles)
    rows = held.select_related("body", "community", "subdistrict", "party_branch", "grid_unit", "building")
    first = min(rows, key=lambda row: roles.index(Role(row.role)), default=None)
    if first is None:
        return {"desk_name": role_and_surname("", user.surname_for_reader()), "desk_body": ""}
    where = getattr(first, ROLE_HELD_AT[Role(first.role)] or "", None)
    return {
        "desk_name": role_and_surname(first.role, user.surname_for_reader()),
        "desk_body": getattr(where, "short_name", "") or getattr(where, "name", ""),
    }
