"""What a person is in charge of at an instant. Read on every request: a role or a contract that ended ends access."""

from dataclasses import dataclass
from datetime import datetime

from governance.domain.moment import local_day
from governance.models import Management, Role, RoleAssignment, User


@dataclass(frozen=True)
class Scope:
    """Ids of what the roles in force at `at` are held at.

    `bodies` are those the person works for, `managed_bodies` those among them whose manager the person is, `manages`
    the (body, estate) pairs that are under management on the local day of `at`.
    """

    at: datetime
    roles: frozenset[str] = frozenset()
    bodies: frozenset[int] = frozenset()
    managed_bodies: frozenset[int] = frozenset()
    manages: frozenset[tuple[int, int]] = frozenset()
    communities: frozenset[int] = frozenset()
    subdistricts: frozenset[int] = frozenset()
    grid_units: frozenset[int] = frozenset()
    party_branches: frozenset[int] = frozenset()
    is_administrator: bool = False

    @property
    def is_staff(self) -> bool:
        """Whether the person has work to do in the portal, beside being a resident."""
        return bool(self.roles - {Role.RESIDENT})

    @property
    def handles_orders(self) -> bool:
        return bool(self.bodies or self.communities or self.subdistricts)

    @property
    def phones_people(self) -> bool:
        """Whether the list of people whom no message reached is this person's work."""
        return bool(self.communities or self.subdistricts or self.is_administrator)

    @property
    def prints_cards(self) -> bool:
        """Whether there are buildings whose cards are this person's to print."""
        return bool(self.manages or self.grid_units or self.communities or self.subdistricts or self.is_administrator)


def scope_of(user: User, at: datetime) -> Scope:
    """The scope of `user` at `at`; an inactive or anonymous user has an empty one. At most two queries."""
    if not user.is_authenticated or not user.is_active:
        return Scope(at)
    held = list(RoleAssignment.objects.in_force(at).filter(user=user))

    def ids(key: str, *roles: str) -> frozenset[int]:
        return frozenset(getattr(row, key) for row in held if row.role in roles)

    bodies = ids("body_id", Role.PROPERTY_STAFF, Role.PROPERTY_MANAGER)
    return Scope(
        at=at,
        roles=frozenset(row.role for row in held),
        bodies=bodies,
        manages=_manages(bodies, at),
        managed_bodies=ids("body_id", Role.PROPERTY_MANAGER),
        communities=ids("community_id", Role.COMMUNITY_STAFF),
        subdistricts=ids("subdistrict_id", Role.STREET_OFFICER),
        grid_units=ids("grid_unit_id", Role.GRID_WORKER),
        party_branches=ids("party_branch_id", Role.BRANCH_SECRETARY),
        is_administrator=any(row.role == Role.ADMINISTRATOR for row in held),
    )


def _manages(bodies: frozenset[int], at: datetime) -> frozenset[tuple[int, int]]:
    if not bodies:
        return frozenset()
    in_force = Management.objects.in_force(local_day(at)).filter(body__in=bodies)
    return frozenset(in_force.values_list("body_id", "estate_id"))


def management_of(estate_id: int, at: datetime) -> Management | None:
    """Who manages the estate on the local day of `at`, or None: then the community answers for it."""
    return Management.objects.in_force(local_day(at)).select_related("body").filter(estate_id=estate_id).first()
