"""What a person is in charge of at an instant. Read on every request: a role or a contract that ended ends access."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from governance.models.roles import Role

if TYPE_CHECKING:
    from governance.models.places import Building

HELD_KEYS = (
    "body_id", "community_id", "subdistrict_id", "district_id", "grid_unit_id", "building_id", "party_branch_id",
)  # fmt: skip


@dataclass(frozen=True)
class Scope:
    """Ids of what the roles in force at `at` are held at.

    `bodies` are those the person works for, `managed_bodies` those among them whose manager (or a department's liaison)
    the person is, `manages` the (body, estate) pairs that are under management on the local day of `at`. `grid_units`
    are walked by its workers and leaders, `buildings` by their stewards.

    `districts` are those whose office the person works for, and `overseen` their subdistricts. That is not being in
    charge of these: of a street the district sees what complains about the street's own people, and nothing else.
    """

    at: datetime
    roles: frozenset[str] = frozenset()
    bodies: frozenset[int] = frozenset()
    managed_bodies: frozenset[int] = frozenset()
    manages: frozenset[tuple[int, int]] = frozenset()
    communities: frozenset[int] = frozenset()
    subdistricts: frozenset[int] = frozenset()
    districts: frozenset[int] = frozenset()
    overseen: frozenset[int] = frozenset()
    grid_units: frozenset[int] = frozenset()
    buildings: frozenset[int] = frozenset()
    party_branches: frozenset[int] = frozenset()
    is_administrator: bool = False

    @property
    def is_staff(self) -> bool:
        """Whether the person has work to do in the portal, beside being a resident."""
        return bool(self.roles - {Role.RESIDENT})

    @property
    def handles_orders(self) -> bool:
        return bool(self.bodies or self.communities or self.subdistricts or self.districts)

    @property
    def works_outdoors(self) -> bool:
        """Whether there are grid units or buildings that the person walks."""
        return bool(self.grid_units or self.buildings)

    def walks(self, building: "Building") -> bool:
        """Whether the building is one that the person walks."""
        return building.pk in self.buildings or building.grid_unit_id in self.grid_units

    @property
    def works_at_desk(self) -> bool:
        """Whether the community desk is this person's work."""
        return bool(self.communities)

    @property
    def runs_console(self) -> bool:
        """Whether the registers are this person's to keep: the street office's officers, and administrators."""
        return bool(self.subdistricts or self.is_administrator)

    @property
    def sees_the_net(self) -> bool:
        """Whether the net of branches and grid units is this person's to read: its coverage, the party's tree."""
        return bool(self.runs_console or self.communities or self.party_branches)

    @property
    def reads_figures(self) -> bool:
        """Whether the dashboard is this person's: the figures of the own streets, communities or districts."""
        return bool(self.runs_console or self.communities or self.districts)

    @property
    def gives_or_judges_accounts(self) -> bool:
        """Whether supervision orders are this person's to answer, to judge or to look at."""
        return bool(
            self.managed_bodies or self.communities or self.subdistricts or self.districts or self.is_administrator
        )

    @property
    def deliberates(self) -> bool:
        """Whether topics are this person's to look at or to bring up: branches, communities, the offices above them."""
        return bool(self.party_branches or self.communities or self.subdistricts or self.districts)

    @property
    def organises_votes(self) -> bool:
        """Whether votes of owners are this person's to set up: the community's staff, and the street's officers."""
        return bool(self.communities or self.subdistricts)

    @property
    def organises_meetings(self) -> bool:
        """Whether meetings are this person's to call, and surveys to run: as votes, and the branches' secretaries."""
        return bool(self.organises_votes or self.party_branches)

    @property
    def phones_people(self) -> bool:
        """Whether the list of people whom no message reached is this person's work."""
        return bool(self.communities or self.subdistricts or self.is_administrator)

    @property
    def prints_cards(self) -> bool:
        """Whether there are buildings whose cards are this person's to print."""
        return bool(
            self.manages or self.works_outdoors or self.communities or self.subdistricts or self.is_administrator
        )

    @classmethod
    def of(
        cls,
        at: datetime,
        held: Iterable[Mapping[str, Any]],
        *,
        manages: frozenset[tuple[int, int]],
        overseen: frozenset[int] = frozenset(),
    ) -> "Scope":
        """The scope of whoever holds these roles: rows of `role` and `HELD_KEYS`. The others as the fields say."""
        held = list(held)

        def ids(key: str, *roles: str) -> frozenset[int]:
            return frozenset(row[key] for row in held if row["role"] in roles)

        return cls(
            at=at,
            roles=frozenset(row["role"] for row in held),
            bodies=ids("body_id", Role.PROPERTY_STAFF, Role.PROPERTY_MANAGER, Role.DEPARTMENT_LIAISON),
            manages=manages,
            managed_bodies=ids("body_id", Role.PROPERTY_MANAGER, Role.DEPARTMENT_LIAISON),
            communities=ids("community_id", Role.COMMUNITY_STAFF),
            subdistricts=ids("subdistrict_id", Role.STREET_OFFICER),
            districts=ids("district_id", Role.DISTRICT_OFFICER),
            overseen=overseen,
            grid_units=ids("grid_unit_id", Role.GRID_WORKER, Role.GRID_LEADER),
            buildings=ids("building_id", Role.BUILDING_STEWARD),
            party_branches=ids("party_branch_id", Role.BRANCH_SECRETARY),
            is_administrator=any(row["role"] == Role.ADMINISTRATOR for row in held),
        )
