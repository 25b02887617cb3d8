"""The one cast that every test knows: a street, its estates, and the people who live and work there.

春和苑 is under contract with the Hengxin company; 星湖家园 manages itself; 桃园里 lies in another street, with people,
staff and a company of its own, so that a test of what must not be seen has something that could be.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password
from django.test import Client

from governance.models import (
    Body,
    BodyKind,
    Building,
    Category,
    Community,
    District,
    DutyShift,
    Erasure,
    Estate,
    GridUnit,
    Management,
    ManagementKind,
    PartyBranch,
    Role,
    RoleAssignment,
    Subdistrict,
    Unit,
    User,
)
from governance.models.party import BranchKind
from issues.models import WorkOrder
from residents.models import (
    NameVisibility,
    Occupancy,
    OccupancyRelation,
    OccupancyState,
    Petition,
    PetitionDraft,
    Resident,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
# The moment of all pictures and most tests: Friday 15 May 2026, 14:17:12 in the estate.
NOW = datetime(2026, 5, 15, 14, 17, 12, tzinfo=SHANGHAI)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
FAR_AHEAD = datetime(2100, 1, 1, tzinfo=UTC)
PASSWORD = "youying-demo"


@cache
def hashed_password() -> str:
    """Hashed once for everybody: forty hashes a test would be most of its time."""
    return make_password(PASSWORD)


@dataclass
class Cast:
    """Who and what there is. Everybody's password is `PASSWORD`; everybody has a phone."""

    subdistrict: Subdistrict
    community: Community
    estate: Estate
    self_managed: Estate
    building: Building
    other_building: Building
    self_managed_building: Building
    unit: Unit
    other_unit: Unit
    grid_unit: GridUnit
    branch: PartyBranch
    hengxin: Body
    committee: Body
    residents_committee: Body
    street_office: Body
    district_office: Body
    chen: User  # the branch's secretary
    zhao: User  # grid leader
    yu: User  # grid worker beside him
    bai: User  # building steward of 3栋
    tian: User  # red steward of 春和苑, a volunteer
    luo: User  # liaison of the police station
    li: User  # owner in 春和苑, confirmed
    wang: User  # tenant in 春和苑, whose claim is being checked
    xu: User  # owner in 星湖家园, confirmed
    zhou: User  # steward of Hengxin, rung first
    liu: User  # steward of Hengxin, rung next
    ma: User  # steward of Hengxin, night shift
    zheng: User  # manager of Hengxin
    gao: User  # steward of the self-managing committee
    he: User  # its manager
    wu: User  # community worker
    sun: User  # street officer
    shen: User  # officer of the district, above the street
    administrator: User
    department: Body  # the police station
    stranger: User  # owner in another street
    strange_estate: Estate
    strange_building: Building
    strange_company: Body
    strange_steward: User
    strange_manager: User
    strange_worker: User  # of the community there
    strange_officer: User  # of the street there
    strange_walker: User  # grid worker there
    strange_department: Body
    strange_liaison: User
    strange_grid_unit: GridUnit
    strange_community: Community


PEOPLE = {
    "chen": ("陈国华", "Chen"),
    "zhao": ("赵敏", "Zhao"),
    "li": ("李秀英", "Li"),
    "wang": ("王磊", "Wang"),
    "xu": ("许桂兰", "Xu"),
    "zhou": ("周强", "Zhou"),
    "liu": ("刘洋", "Liu"),
    "ma": ("马军", "Ma"),
    "zheng": ("郑海波", "Zheng"),
    "gao": ("高建平", "Gao"),
    "he": ("何长林", "He"),
    "wu": ("吴婷", "Wu"),
    "sun": ("孙志远", "Sun"),
    "administrator": ("林岚", "Lin"),
    "stranger": ("钱伟", "Qian"),
    "strange_steward": ("唐勇", "Tang"),
    "strange_manager": ("冯丽", "Feng"),
    "strange_worker": ("邓杰", "Deng"),
    "strange_officer": ("曹明", "Cao"),
    "yu": ("于洋", "Yu"),
    "bai": ("白淑芬", "Bai"),
    "tian": ("田野", "Tian"),
    "luo": ("罗刚", "Luo"),
    "strange_walker": ("石磊", "Shi"),
    "strange_liaison": ("尹航", "Yin"),
    "shen": ("沈怀远", "Shen"),
}


def build_cast() -> Cast:
    """Write the whole cast. In force from `LONG_AGO`, so that both `NOW` and the database's clock find them at work."""
    people = _people()
    district = District.objects.create(name="云溪区")
    here, away = Subdistrict.objects.bulk_create(
        [Subdistrict(district=district, name="安和街道"), Subdistrict(district=district, name="东湖街道")]
    )
    community, strange_community = Community.objects.bulk_create(
        [Community(subdistrict=here, name="春和社区"), Community(subdistrict=away, name="桃园社区")]
    )
    estate, self_managed, strange_estate = Estate.objects.bulk_create(
        [
            Estate(community=community, name="春和苑小区", address="学校路 18 号"),
            Estate(community=community, name="星湖家园", address="湖滨路 6 号"),
            Estate(community=strange_community, name="桃园里小区", address="桃园路 2 号"),
        ]
    )
    grid_unit, strange_grid_unit = GridUnit.objects.bulk_create(
        [GridUnit(community=community, name="第三网格"), GridUnit(community=strange_community, name="第一网格")]
    )
    building, other_building, self_managed_building, strange_building = Building.objects.bulk_create(
        [
            Building(estate=estate, name="3栋", stairwells=3, grid_unit=grid_unit),
            Building(estate=estate, name="5栋", stairwells=2, grid_unit=grid_unit),
            Building(estate=self_managed, name="1号楼", stairwells=2, grid_unit=grid_unit),
            Building(estate=strange_estate, name="3栋", stairwells=2, grid_unit=strange_grid_unit),
        ]
    )
    unit, other_unit, self_managed_unit, strange_unit = Unit.objects.bulk_create(
        [
            Unit(building=building, stairwell=2, number="301", exclusive_area_m2="89.56"),
            Unit(building=building, stairwell=2, number="402", exclusive_area_m2="76.20"),
            Unit(building=self_managed_building, stairwell=1, number="201", exclusive_area_m2="68.40"),
            Unit(building=strange_building, stairwell=1, number="101", exclusive_area_m2="91.00"),
        ]
    )
    hengxin, committee, residents_committee, street_office, department, strange_company, *rest = (
        Body.objects.bulk_create(
            [
                _body(BodyKind.PROPERTY_COMPANY, "恒信物业服务有限公司", "恒信物业", "0531-55510001", here),
                _body(BodyKind.OWNERS_COMMITTEE, "星湖家园业主委员会", "星湖业委会", "0531-55510002", here),
                _body(BodyKind.RESIDENTS_COMMITTEE, "春和社区居民委员会", "春和社区", "0531-55510003", here, community),
                _body(BodyKind.STREET_OFFICE, "安和街道办事处", "安和街道", "0531-55510004", here),
                _body(BodyKind.DEPARTMENT, "安和派出所", "安和派出所", "0531-55510005", here),
                _body(BodyKind.PROPERTY_COMPANY, "嘉润物业服务有限公司", "嘉润物业", "0531-55520001", away),
                _body(
                    BodyKind.RESIDENTS_COMMITTEE,
                    "桃园社区居民委员会",
                    "桃园社区",
                    "0531-55520003",
                    away,
                    strange_community,
                ),
                _body(BodyKind.STREET_OFFICE, "东湖街道办事处", "东湖街道", "0531-55520004", away),
                _body(BodyKind.DEPARTMENT, "东湖派出所", "东湖派出所", "0531-55520005", away),
            ]
        )
    )
    district_office = Body.objects.create(
        kind=BodyKind.DISTRICT_OFFICE, name="云溪区委社会工作部", short_name="区委社工部",
        phone="0531-55510009", district=district,
    )  # fmt: skip
    since = date(2020, 1, 1)
    Management.objects.bulk_create(
        [
            Management(estate=estate, body=hengxin, kind=ManagementKind.CONTRACT, valid_from=since),
            Management(estate=self_managed, body=committee, kind=ManagementKind.OWNERS, valid_from=since),
            Management(estate=strange_estate, body=strange_company, kind=ManagementKind.CONTRACT, valid_from=since),
        ]
    )
    branch = _branches(community, estate)
    _roles(
        people,
        (Role.BRANCH_SECRETARY, "party_branch", branch, "chen"),
        (Role.GRID_LEADER, "grid_unit", grid_unit, "zhao"),
        (Role.GRID_WORKER, "grid_unit", grid_unit, "yu"),
        (Role.BUILDING_STEWARD, "building", building, "bai"),
        (Role.RED_STEWARD, "estate", estate, "tian"),
        (Role.DEPARTMENT_LIAISON, "body", department, "luo"),
        (Role.PROPERTY_STAFF, "body", hengxin, "zhou", "liu", "ma"),
        (Role.PROPERTY_MANAGER, "body", hengxin, "zheng"),
        (Role.PROPERTY_STAFF, "body", committee, "gao"),
        (Role.PROPERTY_MANAGER, "body", committee, "he"),
        (Role.COMMUNITY_STAFF, "community", community, "wu"),
        (Role.STREET_OFFICER, "subdistrict", here, "sun"),
        (Role.DISTRICT_OFFICER, "district", district, "shen"),
        (Role.ADMINISTRATOR, "", None, "administrator"),
        (Role.PROPERTY_STAFF, "body", strange_company, "strange_steward"),
        (Role.PROPERTY_MANAGER, "body", strange_company, "strange_manager"),
        (Role.COMMUNITY_STAFF, "community", strange_community, "strange_worker"),
        (Role.STREET_OFFICER, "subdistrict", away, "strange_officer"),
        (Role.GRID_WORKER, "grid_unit", strange_grid_unit, "strange_walker"),
        (Role.DEPARTMENT_LIAISON, "body", rest[-1], "strange_liaison"),
    )
    _shifts(hengxin, people["zhou"], people["liu"], night=people["ma"])
    _shifts(committee, people["gao"])
    _shifts(strange_company, people["strange_steward"])
    _homes(
        people["wu"],
        (people["li"], unit, OccupancyRelation.OWNER, OccupancyState.VERIFIED),
        (people["wang"], other_unit, OccupancyRelation.TENANT, OccupancyState.CLAIMED),
        (people["xu"], self_managed_unit, OccupancyRelation.OWNER, OccupancyState.VERIFIED),
        (people["stranger"], strange_unit, OccupancyRelation.OWNER, OccupancyState.VERIFIED),
    )
    return Cast(
        subdistrict=here,
        community=community,
        estate=estate,
        self_managed=self_managed,
        building=building,
        other_building=other_building,
        self_managed_building=self_managed_building,
        unit=unit,
        other_unit=other_unit,
        grid_unit=grid_unit,
        branch=branch,
        hengxin=hengxin,
        committee=committee,
        residents_committee=residents_committee,
        street_office=street_office,
        district_office=district_office,
        department=department,
        strange_department=rest[-1],
        strange_grid_unit=strange_grid_unit,
        strange_community=strange_community,
        strange_estate=strange_estate,
        strange_building=strange_building,
        strange_company=strange_company,
        **people,
    )


def _people() -> dict[str, User]:
    rows = [
        User(
            username=name,
            full_name=full_name,
            surname=full_name[0],
            surname_latin=latin,
            phone=f"+861380013{number:04}",
            phone_verified_at=LONG_AGO,
            password=hashed_password(),
        )
        for number, (name, (full_name, latin)) in enumerate(PEOPLE.items(), start=1)
    ]
    return {user.username: user for user in User.objects.bulk_create(rows)}


def _body(kind, name, short_name, phone, subdistrict, community=None) -> Body:
    return Body(kind=kind, name=name, short_name=short_name, phone=phone, subdistrict=subdistrict, community=community)


def _branches(community: Community, estate: Estate) -> PartyBranch:
    """The community's committee and below it the estate's branch, which is returned."""
    above = PartyBranch.objects.create(kind=BranchKind.COMMITTEE, name="春和社区党委", community=community)
    return PartyBranch.objects.create(kind=BranchKind.BRANCH, name="春和苑党支部", estate=estate, parent=above)


def _roles(people: dict[str, User], *rows: tuple) -> None:
    RoleAssignment.objects.bulk_create(
        RoleAssignment(user=people[name], role=role, valid_from=LONG_AGO, **({key: place} if key else {}))
        for role, key, place, *names in rows
        for name in names
    )


def _shifts(body: Body, *on_duty: User, night: User | None = None) -> None:
    """`on_duty` without end, rung in this order; `night` from eight in the evening of `NOW` for twelve hours."""
    shifts = [
        DutyShift(body=body, user=user, starts_at=LONG_AGO, ends_at=FAR_AHEAD, position=position)
        for position, user in enumerate(on_duty, start=1)
    ]
    if night:
        evening, morning = datetime(2026, 5, 15, 20, tzinfo=SHANGHAI), datetime(2026, 5, 16, 8, tzinfo=SHANGHAI)
        shifts.append(DutyShift(body=body, user=night, starts_at=evening, ends_at=morning, position=3))
    DutyShift.objects.bulk_create(shifts)


def _homes(verifier: User, *rows: tuple) -> None:
    Resident.objects.bulk_create(
        Resident(user=user, building=unit.building, stairwell=unit.stairwell) for user, unit, _relation, _state in rows
    )
    Occupancy.objects.bulk_create(
        Occupancy(
            user=user,
            unit=unit,
            relation=relation,
            state=state,
            claimed_at=LONG_AGO,
            decided_at=LONG_AGO if state == OccupancyState.VERIFIED else None,
            decided_by=verifier if state == OccupancyState.VERIFIED else None,
        )
        for user, unit, relation, state in rows
    )


# --- what people do ---


def draft(
    user: User,
    building: Building,
    *,
    category: str = "electricity",
    words: str = "楼道灯不亮，晚上看不见台阶。",
    name_visibility: str = NameVisibility.HANDLERS,
    at: datetime = NOW,
    **fields: object,
) -> PetitionDraft:
    """A draft that is ready to be filed, unless `fields` say otherwise."""
    values = {
        "user": user,
        "estate": building.estate,
        "building": building,
        "stairwell": 1,
        "category": Category.objects.get(code=category),
        "words": words,
        "name_visibility": name_visibility,
        "created_at": at,
        "updated_at": at,
    }
    return PetitionDraft.objects.create(**values | fields)


def file(user: User, building: Building, *, at: datetime = NOW, **fields: object) -> Petition:
    """A petition of `user`, filed at `at` through the front door; `fields` as for `draft`. Not yet taken in."""
    from residents.domain.petitions import file_petition

    return file_petition(draft(user, building, at=at, **fields), actor=user, at=at)


def take_in(petition: Petition, *, at: datetime | None = None) -> WorkOrder:
    """The office takes it in, at its filing unless `at` says later: the live order that comes of it."""
    from issues.domain import intake

    issue = intake.take_in(petition.pk, at=at or petition.filed_at)
    assert issue is not None, "it was taken in before"
    petition.refresh_from_db()
    return WorkOrder.objects.live().get(issue=issue)


def closed_account(street: Subdistrict, *, at: datetime = NOW) -> Erasure:
    """Somebody of the street has had their account closed, and left nothing that must be kept."""
    from governance.domain import erasing

    erasure = erasing.ask(User.objects.create_user(), at=at)
    Erasure.objects.filter(pk=erasure.pk).update(subdistrict=street)
    erasing.carry_out(erasure, at=at)
    return erasure


def client_of(user: User) -> Client:
    """A browser in which `user` has signed in."""
    client = Client()
    client.force_login(user)
    return client
