"""The demo's street: two estates of one community, who lives there, and who answers for what."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db.models import Model

from governance.domain import roles
from governance.domain.sign_in import ACCOUNT_TEXT_VERSION
from governance.models import (
    ROLE_HELD_AT,
    Body,
    BodyKind,
    Building,
    Category,
    Community,
    Consent,
    ConsentPurpose,
    District,
    Estate,
    GridUnit,
    Management,
    ManagementKind,
    PartyBranch,
    Role,
    Subdistrict,
    Unit,
    User,
)
from governance.models.party import BranchKind
from governance.models.places import QR_ALPHABET
from issues.models import PolicyAssignment
from issues.shipped import QUICK_HELP
from residents.models import Occupancy, OccupancyRelation, OccupancyState, Resident

PASSWORD = "youying-demo"  # noqa: S105 - printed for everybody to see, and refused outside the demo
PROGRAM = "load_demo"
CONTRACT_SINCE = date(2022, 7, 1)
SELF_MANAGED_SINCE = date(2020, 9, 1)
FLOORS = 6

# Estate, building, stairwells, grid unit.
BUILDINGS = (
    ("春和苑小区", "1栋", 2, "第一网格"),
    ("春和苑小区", "2栋", 2, "第一网格"),
    ("春和苑小区", "3栋", 3, "第一网格"),
    ("春和苑小区", "4栋", 2, "第一网格"),
    ("春和苑小区", "5栋", 3, "第二网格"),
    ("春和苑小区", "6栋", 2, "第二网格"),
    ("春和苑小区", "7栋", 2, "第二网格"),
    ("星湖家园", "1号楼", 2, "第三网格"),
    ("星湖家园", "2号楼", 2, "第三网格"),
    ("星湖家园", "3号楼", 3, "第三网格"),
)


@dataclass(frozen=True)
class Worker:
    """Somebody with work to do in the portal: signs in by username."""

    username: str
    full_name: str
    surname_latin: str
    role: Role
    place: str = ""
    also: tuple[tuple[Role, str], ...] = ()


WORKERS = (
    Worker("zhou", "周强", "Zhou", Role.PROPERTY_STAFF, "恒信物业"),
    Worker("liu", "刘洋", "Liu", Role.PROPERTY_STAFF, "恒信物业"),
    Worker("ma", "马军", "Ma", Role.PROPERTY_STAFF, "恒信物业"),
    Worker("zheng", "郑海波", "Zheng", Role.PROPERTY_MANAGER, "恒信物业"),
    Worker("gao", "高建平", "Gao", Role.PROPERTY_STAFF, "星湖业委会"),
    Worker("song", "宋玉梅", "Song", Role.PROPERTY_STAFF, "星湖业委会"),
    # The retired members' committee runs this estate: its secretary is also the manager, for all to see.
    Worker(
        "he", "何长林", "He", Role.PROPERTY_MANAGER, "星湖业委会",
        also=((Role.BRANCH_SECRETARY, "星湖家园党支部"),),
    ),
    Worker("zhao", "赵敏", "Zhao", Role.GRID_LEADER, "第一网格", also=((Role.GRID_LEADER, "第二网格"),)),
    Worker("yu", "于洋", "Yu", Role.GRID_WORKER, "第一网格", also=((Role.GRID_WORKER, "第二网格"),)),
    Worker("ding", "丁晓燕", "Ding", Role.GRID_WORKER, "第三网格"),
    Worker("bai", "白淑芬", "Bai", Role.BUILDING_STEWARD, "3栋"),
    Worker("tian", "田野", "Tian", Role.RED_STEWARD, "春和苑小区"),
    Worker("fan", "范卫东", "Fan", Role.DEPARTMENT_LIAISON, "安和派出所"),
    Worker("chen", "陈国华", "Chen", Role.BRANCH_SECRETARY, "春和苑党支部"),
    Worker("qin", "秦玉兰", "Qin", Role.BRANCH_SECRETARY, "春和社区党委"),
    Worker("wu", "吴婷", "Wu", Role.COMMUNITY_STAFF, "春和社区"),
    Worker("luo", "罗文斌", "Luo", Role.COMMUNITY_STAFF, "春和社区"),
    Worker("sun", "孙志远", "Sun", Role.STREET_OFFICER, "安和街道"),
    Worker("shen", "沈怀远", "Shen", Role.DISTRICT_OFFICER, "云溪区"),
    Worker("admin", "林岚", "Lin", Role.ADMINISTRATOR),
)  # fmt: skip


@dataclass(frozen=True)
class Neighbour:
    """A resident with a part in the stories: signs in by phone. `phone` of 0 means none: messages don't reach them."""

    username: str
    full_name: str
    surname_latin: str
    phone: int
    building: str
    stairwell: int
    number: str
    relation: OccupancyRelation = OccupancyRelation.OWNER
    state: OccupancyState = OccupancyState.VERIFIED
    language: str = "zh-hans"
    elder_mode: bool = False


OWNER, TENANT, FAMILY = OccupancyRelation.OWNER, OccupancyRelation.TENANT, OccupancyRelation.FAMILY
EVIDENCE = {OWNER: "不动产权证", TENANT: "租房合同，到明年六月", FAMILY: "户口本，与业主同住"}
NEIGHBOURS = (
    Neighbour("li", "李秀英", "Li", 21, "3栋", 2, "301"),
    Neighbour("wang", "王磊", "Wang", 22, "3栋", 2, "402", TENANT, OccupancyState.CLAIMED),
    Neighbour("zhang", "张伟", "Zhang", 23, "5栋", 2, "501"),
    Neighbour("yang", "杨桂芳", "Yang", 24, "3栋", 1, "201", elder_mode=True),
    Neighbour("jin", "김영철", "Kim", 25, "5栋", 1, "302", TENANT, language="ko"),
    Neighbour("weber", "Anna Weber", "Weber", 26, "1栋", 1, "601", TENANT, language="en"),
    Neighbour("huang", "黄志强", "Huang", 27, "6栋", 1, "602"),
    Neighbour("zhu", "朱婷婷", "Zhu", 28, "3栋", 2, "501", FAMILY),
    Neighbour("hu", "胡德全", "Hu", 0, "2栋", 1, "101"),
    Neighbour("lin", "林小雨", "Lin", 30, "4栋", 2, "302", TENANT),
    Neighbour("xu", "许桂兰", "Xu", 31, "1号楼", 1, "201", elder_mode=True),
    Neighbour("deng", "邓建国", "Deng", 32, "2号楼", 2, "401"),
    Neighbour("cao", "曹雪", "Cao", 33, "3号楼", 1, "502", FAMILY),
    Neighbour("peng", "彭勇", "Peng", 34, "3号楼", 3, "102"),
)
SURNAMES = (
    ("王", "Wang"), ("李", "Li"), ("张", "Zhang"), ("刘", "Liu"), ("陈", "Chen"), ("杨", "Yang"), ("赵", "Zhao"),
    ("黄", "Huang"), ("吴", "Wu"), ("徐", "Xu"), ("孙", "Sun"), ("朱", "Zhu"), ("郭", "Guo"), ("梁", "Liang"),
    ("谢", "Xie"), ("韩", "Han"), ("唐", "Tang"), ("冯", "Feng"), ("董", "Dong"), ("袁", "Yuan"), ("苏", "Su"),
)  # fmt: skip
GIVEN_NAMES = (
    "桂英", "建军", "丽华", "秀兰", "国强", "晓东", "玉珍", "志明", "春梅", "海燕", "文静", "立新", "凤霞", "俊杰",
    "淑芬", "永强", "佳怡", "子涵", "雪梅", "振华", "红梅", "庆国", "美玲", "浩然", "爱民", "秋菊",
)  # fmt: skip
MORE_HOUSEHOLDS = 36


@dataclass
class Street:
    """What was built, by name."""

    subdistrict: Subdistrict
    community: Community
    estates: dict[str, Estate] = field(default_factory=dict)
    grid_units: dict[str, GridUnit] = field(default_factory=dict)
    buildings: dict[str, Building] = field(default_factory=dict)
    bodies: dict[str, Body] = field(default_factory=dict)
    branches: dict[str, PartyBranch] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)


def build_street(rng: random.Random, at: datetime) -> Street:
    """Write the whole street. The people have been there since two years before `at`."""
    since = at - timedelta(days=730)
    district = District.objects.create(name="云溪区")
    subdistrict = Subdistrict.objects.create(district=district, name="安和街道")
    community = Community.objects.create(subdistrict=subdistrict, name="春和社区")
    street = Street(subdistrict, community)
    _build_places(street, rng)
    _build_bodies(street)
    _build_branches(street)
    password = make_password(PASSWORD)
    _employ_workers(street, password, since)
    _settle_neighbours(street, password, since)
    _settle_households(street, password, since, rng)
    return street


def _build_places(street: Street, rng: random.Random) -> None:
    for name, address in (("春和苑小区", "学校路 18 号"), ("星湖家园", "湖滨路 6 号")):
        street.estates[name] = Estate.objects.create(community=street.community, name=name, address=address)
    for name in ("第一网格", "第二网格", "第三网格"):
        street.grid_units[name] = GridUnit.objects.create(community=street.community, name=name)
    buildings = [
        Building(
            estate=street.estates[estate],
            name=name,
            stairwells=stairwells,
            grid_unit=street.grid_units[grid_unit],
            qr_token="".join(rng.choices(QR_ALPHABET, k=12)),
        )
        for estate, name, stairwells, grid_unit in BUILDINGS
    ]
    street.buildings = {building.name: building for building in Building.objects.bulk_create(buildings)}
    Unit.objects.bulk_create(unit for building in buildings for unit in _units_of(building, rng))


def _units_of(building: Building, rng: random.Random) -> list[Unit]:
    """Two dwellings a floor; the two sizes are the building's own."""
    sizes = [Decimal(rng.randint(5200, 11800)) / 100 for _side in (1, 2)]
    return [
        Unit(building=building, stairwell=stairwell, number=f"{floor}0{side}", exclusive_area_m2=sizes[side - 1])
        for stairwell in range(1, building.stairwells + 1)
        for floor in range(1, FLOORS + 1)
        for side in (1, 2)
    ]


def _build_bodies(street: Street) -> None:
    rows = (
        (BodyKind.PROPERTY_COMPANY, "恒信物业服务有限公司", "恒信物业", "0531-55510001", "5 分钟到场，30 分钟解决"),
        (BodyKind.OWNERS_COMMITTEE, "星湖家园业主委员会", "星湖业委会", "0531-55510002", "喊一声，十分钟到家"),
        (BodyKind.RESIDENTS_COMMITTEE, "春和社区居民委员会", "春和社区", "0531-55510003", ""),
        (BodyKind.STREET_OFFICE, "安和街道办事处", "安和街道", "0531-55510004", ""),
        (BodyKind.DEPARTMENT, "安和派出所", "安和派出所", "0531-55510005", ""),
    )
    for kind, name, short_name, phone, promise in rows:
        street.bodies[short_name] = Body.objects.create(
            kind=kind,
            name=name,
            short_name=short_name,
            phone=phone,
            promise=promise,
            subdistrict=street.subdistrict,
            community=street.community if kind == BodyKind.RESIDENTS_COMMITTEE else None,
        )
    # Whoever complains about the street's own people is answered one level up.
    street.bodies["区委社工部"] = Body.objects.create(
        kind=BodyKind.DISTRICT_OFFICE,
        name="云溪区委社会工作部",
        short_name="区委社工部",
        phone="0531-55510009",
        district=street.subdistrict.district,
    )
    managed, own = street.estates["春和苑小区"], street.estates["星湖家园"]
    Management.objects.bulk_create(
        [
            Management(
                estate=managed,
                body=street.bodies["恒信物业"],
                kind=ManagementKind.CONTRACT,
                valid_from=CONTRACT_SINCE,
            ),
            Management(
                estate=own,
                body=street.bodies["星湖业委会"],
                kind=ManagementKind.OWNERS,
                valid_from=SELF_MANAGED_SINCE,
            ),
        ]
    )
    _promise_ten_minutes(own)


def _promise_ten_minutes(estate: Estate) -> None:
    """The estate that helps itself has made the ten-minute promise its own."""
    PolicyAssignment.objects.bulk_create(
        PolicyAssignment(policy_code="ten-minute", estate=estate, category=category)
        for category in Category.objects.filter(code__in=QUICK_HELP)
    )


def _build_branches(street: Street) -> None:
    street_committee = PartyBranch.objects.create(
        kind=BranchKind.COMMITTEE, name="安和街道党工委", subdistrict=street.subdistrict
    )
    committee = PartyBranch.objects.create(
        kind=BranchKind.COMMITTEE, name="春和社区党委", community=street.community, parent=street_committee
    )
    street.branches[committee.name] = committee
    rows = (
        ("春和苑党支部", {"estate": street.estates["春和苑小区"]}),
        ("星湖家园党支部", {"estate": street.estates["星湖家园"]}),
        ("恒信物业党支部", {"body": street.bodies["恒信物业"]}),
    )
    for name, place in rows:
        street.branches[name] = PartyBranch.objects.create(kind=BranchKind.BRANCH, name=name, parent=committee, **place)


def _employ_workers(street: Street, password: str, since: datetime) -> None:
    for number, worker in enumerate(WORKERS, start=1):
        user = new_person(
            username=worker.username,
            full_name=worker.full_name,
            surname=worker.full_name[0],
            surname_latin=worker.surname_latin,
            phone=phone_number(number),
            phone_verified_at=since,
            password=password,
        )
        user.save()
        street.people[worker.username] = user
        for role, place in ((worker.role, worker.place), *worker.also):
            roles.grant(user, role, _held_at(street, role, place), actor=PROGRAM, at=since)


def _held_at(street: Street, role: Role, place: str) -> Model | None:
    found: dict[str | None, Any] = {
        "body": street.bodies,
        "grid_unit": street.grid_units,
        "building": street.buildings,
        "estate": street.estates,
        "party_branch": street.branches,
        "community": {place: street.community},
        "subdistrict": {place: street.subdistrict},
        "district": {place: street.subdistrict.district},
        None: {place: None},
    }
    return found[ROLE_HELD_AT[role]][place]


def _settle_neighbours(street: Street, password: str, since: datetime) -> None:
    for neighbour in NEIGHBOURS:
        user = new_person(
            username=neighbour.username,
            full_name=neighbour.full_name,
            surname="Weber" if neighbour.username == "weber" else neighbour.full_name[0],
            surname_latin=neighbour.surname_latin,
            phone=phone_number(neighbour.phone) if neighbour.phone else None,
            phone_verified_at=since if neighbour.phone else None,
            password=password,
            language=neighbour.language,
            elder_mode=neighbour.elder_mode,
        )
        user.save()
        street.people[neighbour.username] = user
        building = street.buildings[neighbour.building]
        unit = building.units.get(stairwell=neighbour.stairwell, number=neighbour.number)
        settle(street, [(user, unit, neighbour.relation, neighbour.state)], since)


def _settle_households(street: Street, password: str, since: datetime, rng: random.Random) -> None:
    """Some dozens more who live here, most of them confirmed, a few still waiting to be."""
    taken = set(Occupancy.objects.values_list("unit_id", flat=True))
    free = [unit for unit in Unit.objects.select_related("building").order_by("id") if unit.pk not in taken]
    homes = []
    for number, unit in enumerate(rng.sample(free, MORE_HOUSEHOLDS), start=1):
        surname, latin = rng.choice(SURNAMES)
        user = new_person(
            username=f"resident{number:02}",
            full_name=surname + rng.choice(GIVEN_NAMES),
            surname=surname,
            surname_latin=latin,
            phone=phone_number(100 + number),
            phone_verified_at=since,
            password=password,
            elder_mode=rng.random() < 0.2,
        )
        relation = rng.choices((OWNER, TENANT, FAMILY), weights=(6, 3, 1))[0]
        state = OccupancyState.CLAIMED if number % 9 == 0 else OccupancyState.VERIFIED
        homes.append((user, unit, relation, state))
    for user in User.objects.bulk_create(user for user, *_home in homes):
        street.people[user.username] = user
    settle(street, homes, since)


def settle(street: Street, homes: Sequence[tuple[User, Unit, str, str]], since: datetime) -> None:
    """Their homes, where pages begin, and their consent to be reached by phone."""
    verifier = street.people["wu"]
    # Whoever has two homes begins with the first.
    first_homes = {user.pk: (user, unit) for user, unit, *_rest in reversed(homes)}.values()
    Resident.objects.bulk_create(
        Resident(user=user, building=unit.building, stairwell=unit.stairwell) for user, unit in first_homes
    )
    Occupancy.objects.bulk_create(
        Occupancy(
            user=user,
            unit=unit,
            relation=relation,
            evidence=EVIDENCE[OccupancyRelation(relation)],
            **_standing(state, verifier, since),
        )
        for user, unit, relation, state in homes
    )
    Consent.objects.bulk_create(
        Consent(user=user, purpose=ConsentPurpose.ACCOUNT, text_version=ACCOUNT_TEXT_VERSION, given_at=since)
        for user, _unit in first_homes
        if user.phone
    )


def _standing(state: str, verifier: User, since: datetime) -> dict[str, Any]:
    """A home confirmed long ago, or a claim of the week before today that nobody has looked at."""
    if state == OccupancyState.CLAIMED:
        return {"state": state, "claimed_at": since + timedelta(days=726, hours=9)}
    decided_at = since + timedelta(days=1)
    words = "在窗口看过原件。"
    return {
        "state": state, "claimed_at": since, "decided_at": decided_at, "decided_by": verifier, "decision_words": words,
    }  # fmt: skip


def new_person(*, phone: str | None, **fields: Any) -> User:
    user = User(**fields)
    user.phone = phone
    return user


def phone_number(number: int) -> str:
    return f"+861380013{number:04}"
