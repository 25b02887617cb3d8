"""The places, bodies and people of the street: who lives there, and who answers for what."""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import cycle, islice, product
from typing import NamedTuple

from django.contrib.auth.hashers import make_password

from governance.encryption import lookup_hash
from governance.models import (
    Body,
    BodyKind,
    Building,
    Community,
    District,
    DutyShift,
    Estate,
    GridUnit,
    Management,
    ManagementKind,
    Role,
    RoleAssignment,
    Subdistrict,
    Unit,
    User,
)
from governance.models.places import QR_ALPHABET
from issues.volume.sheets import Sheet, number_on
from residents.models import Occupancy, OccupancyRelation, OccupancyState, Resident

PASSWORD = "youying-demo"  # noqa: S105 - of people who are made up, in a portal that is there to be measured
SINCE = date(2020, 1, 1)
COMPANIES = 20
STEWARDS = 6
BUILDINGS_A_GRID_UNIT = 12
# What is written by the hundred thousand.
TABLES = (User, RoleAssignment, Unit, Resident, Occupancy)
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗"
GIVEN = ("秀英", "建国", "桂兰", "志强", "丽", "伟", "淑珍", "海燕", "明", "玉梅", "军", "晓东")
COMMUNITY_WORDS = tuple(a + b for a, b in product("春夏秋冬东南西北", "和湖山桥"))
ESTATE_WORDS = tuple(
    a + b
    for a, b in product(
        ("锦绣", "阳光", "翠湖", "金桂", "书香", "景明", "和顺", "民安", "永乐", "福康", "新城", "学府"),
        ("花园", "家园", "苑", "里", "小区", "名居", "新村", "公寓", "雅居", "府", "庭", "城"),
    )
)


class Size(NamedTuple):
    """How many of each. The defaults are those of a large street office."""

    communities: int = 26
    estates: int = 123
    buildings: int = 3_000
    units: int = 60_000
    people: int = 100_000
    issues: int = 200_000


class Home(NamedTuple):
    """A resident and the door that is theirs."""

    user: int
    unit: int
    building: int
    stairwell: int
    estate: int


class Managed(NamedTuple):
    """An estate, its community, and the body that manages it with its stewards."""

    estate: int
    community: int
    body: int
    stewards: tuple[int, ...]


@dataclass
class Street:
    """The ids by which matters are told."""

    subdistrict: int
    office: int
    officers: list[int] = field(default_factory=list)
    committees: dict[int, int] = field(default_factory=dict)  # community: its residents' committee
    workers: dict[int, int] = field(default_factory=dict)  # community: one of its staff
    estates: dict[int, Managed] = field(default_factory=dict)
    homes: list[Home] = field(default_factory=list)


def build(size: Size, now: datetime, rng: random.Random) -> Street:
    """Write the street into an empty portal."""
    return _Builder(size, now, rng).build()


class _Builder:
    def __init__(self, size: Size, now: datetime, rng: random.Random):
        self.size, self.now, self.rng = size, now, rng
        self.long_ago = now - timedelta(days=2200)
        district = District.objects.create(name="云溪区")
        here = Subdistrict.objects.create(district=district, name="安和街道")
        office = Body.objects.create(
            kind=BodyKind.STREET_OFFICE, name="安和街道办事处", short_name="安和街道", subdistrict=here
        )
        self.street = Street(here.pk, office.pk)
        self.password = make_password(PASSWORD)
        self.users = Sheet(
            User, "username", "full_name", "surname", "phone_encrypted", "phone_hash", "phone_verified_at", "password",
            "date_joined", rng=rng,
        )  # fmt: skip
        self.roles = Sheet(
            RoleAssignment, "user", "role", "subdistrict", "community", "estate", "grid_unit", "body", "valid_from",
            rng=rng,
        )  # fmt: skip

    def build(self) -> Street:
        self._offices()
        self._companies()
        self._estates()
        self._doors()
        self._residents()
        return self.street

    # --- people at work ---

    def _person(self, username: str, phone: int, *, works: bool) -> int:
        surname, number = self.rng.choice(SURNAMES), f"+86{phone}"
        return self.users.add(
            username, surname + self.rng.choice(GIVEN), surname, number, lookup_hash(number), self.long_ago,
            self.password if works else "!", self.long_ago,
        )  # fmt: skip

    def _worker(self, username: str, role: Role, **at: int) -> int:
        user = self._person(username, 13_000_000_000 + self.users.next_id, works=True)
        self._role(user, role, **at)
        return user

    def _role(self, user: int, role: Role, **at: int) -> None:
        held_at = (at.get(key) for key in ("subdistrict", "community", "estate", "grid_unit", "body"))
        self.roles.add(user, role, *held_at, self.long_ago)

    def _offices(self) -> None:
        here = self.street.subdistrict
        self._worker("administrator", Role.ADMINISTRATOR)
        self.street.officers = [self._worker(f"officer{n}", Role.STREET_OFFICER, subdistrict=here) for n in range(1, 4)]
        communities = Sheet(Community, "subdistrict", "name", rng=self.rng)
        bodies = Sheet(Body, "kind", "name", "short_name", "phone", "subdistrict", "community", rng=self.rng)
        bodies.next_id = self.street.office + 1
        for name in islice(_numbered(COMMUNITY_WORDS), self.size.communities):
            community = communities.add(here, f"{name}社区")
            committee = bodies.add(
                BodyKind.RESIDENTS_COMMITTEE, f"{name}社区居民委员会", f"{name}社区", "", here, community
            )
            self.street.committees[community] = committee
            self.street.workers[community] = self._worker(
                f"community{community}", Role.COMMUNITY_STAFF, community=community
            )
        self.bodies = bodies
        communities.write()
        number_on([communities])

    def _companies(self) -> None:
        self.companies: list[tuple[int, tuple[int, ...]]] = []
        for n in range(1, COMPANIES + 1):
            body = self.bodies.add(
                BodyKind.PROPERTY_COMPANY,
                f"安和第{n}物业服务有限公司",
                f"安和物业{n}",
                "",
                self.street.subdistrict,
                None,
            )
            self._worker(f"manager{n}", Role.PROPERTY_MANAGER, body=body)
            stewards = (self._worker(f"steward{n}-{m}", Role.PROPERTY_STAFF, body=body) for m in range(1, STEWARDS + 1))
            self.companies.append((body, tuple(stewards)))
        self.bodies.write()
        number_on([self.bodies])

    # --- places ---

    def _estates(self) -> None:
        estates = Sheet(Estate, "community", "name", "address", rng=self.rng)
        managing = Sheet(Management, "estate", "body", "kind", "valid_from", rng=self.rng)
        shifts = Sheet(DutyShift, "body", "user", "starts_at", "ends_at", "position", rng=self.rng)
        for body, stewards in self.companies:
            shifts.add(body, stewards[0], self.long_ago, self.now + timedelta(days=365), 1)
        names = islice(_numbered(ESTATE_WORDS), self.size.estates)
        for name, community, company in zip(names, cycle(self.street.committees), cycle(self.companies), strict=False):
            estate = estates.add(community, name, f"云溪路 {estates.next_id} 号")
            body, stewards = company
            managing.add(estate, body, ManagementKind.CONTRACT, SINCE)
            self.street.estates[estate] = Managed(estate, community, body, stewards)
        self.users.write()
        for sheet in (estates, managing, shifts):
            sheet.write()
        number_on([estates, managing, shifts, self.users])

    def _doors(self) -> None:
        grids = Sheet(GridUnit, "community", "name", rng=self.rng)
        buildings = Sheet(Building, "estate", "name", "stairwells", "grid_unit", "qr_token", rng=self.rng)
        units = Sheet(Unit, "building", "stairwell", "number", "exclusive_area_m2", rng=self.rng)
        self.doors: list[tuple[int, int, int, int]] = []
        each = self.size.units // self.size.buildings
        grid_of: dict[int, int] = {}
        in_grid: dict[int, int] = {}
        for n, estate in zip(range(self.size.buildings), cycle(self.street.estates.values()), strict=False):
            community = estate.community
            if in_grid.get(community, 0) % BUILDINGS_A_GRID_UNIT == 0:
                grid = grids.add(community, f"第{in_grid.get(community, 0) // BUILDINGS_A_GRID_UNIT + 1}网格")
                grid_of[community] = grid
                self._worker(f"grid{grid}", Role.GRID_WORKER, grid_unit=grid)
            in_grid[community] = in_grid.get(community, 0) + 1
            name = f"{n // self.size.estates + 1}栋"
            building = buildings.add(estate.estate, name, 2, grid_of[community], self._token())
            for door in range(each):
                stairwell, floor = door % 2 + 1, door // 4 + 1
                area = Decimal(self.rng.randrange(4_500, 14_000)) / 100
                unit = units.add(building, stairwell, f"{floor}{door // 2 % 2 + 1:02}", area)
                self.doors.append((unit, building, stairwell, estate.estate))
        self.users.write()
        for sheet in (grids, buildings, units):
            sheet.write()
        number_on([grids, buildings, units, self.users])

    def _token(self) -> str:
        return "".join(self.rng.choices(QR_ALPHABET, k=12))

    def _residents(self) -> None:
        residents = Sheet(Resident, "user", "building", "stairwell", rng=self.rng)
        homes = Sheet(
            Occupancy, "user", "unit", "relation", "state", "claimed_at", "decided_at", "decided_by", rng=self.rng
        )
        relations = (OccupancyRelation.OWNER, OccupancyRelation.FAMILY, OccupancyRelation.TENANT)
        for n, door in zip(range(self.size.people), cycle(self.doors), strict=False):
            unit, building, stairwell, estate = door
            user = self._person(f"resident{n + 1}", 15_000_000_000 + n, works=False)
            residents.add(user, building, stairwell)
            worker = self.street.workers[self.street.estates[estate].community]
            homes.add(user, unit, relations[n % 3], OccupancyState.VERIFIED, self.long_ago, self.long_ago, worker)
            self._role(user, Role.RESIDENT, estate=estate)
            self.street.homes.append(Home(user, unit, building, stairwell, estate))
        for sheet in (self.users, residents, homes, self.roles):
            sheet.write()
        number_on([self.users, residents, homes, self.roles])


def _numbered(names: tuple[str, ...]):
    """The names, and once they are used up the same with a number."""
    for turn in range(1, 1000):
        for name in names:
            yield name if turn == 1 else f"{name}{turn}期"
