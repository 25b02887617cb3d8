"""The rest of the demo's street: more communities, estates and companies, and the net of branches and grids over them.

With gaps, as in life: an estate that nobody manages, a contract about to end, a company without an organisation, a grid
unit without a leader. Nobody lives in these estates; the stories happen in the first two.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from governance.domain.coverage import figures
from governance.domain.moment import local_day
from governance.models import (
    Body,
    BodyKind,
    BranchKind,
    Building,
    CommitteeTerm,
    Community,
    CoverageRule,
    CoverageSnapshot,
    CoverageTarget,
    DualRegistration,
    Estate,
    GridUnit,
    Joins,
    JointUnit,
    Management,
    ManagementKind,
    MemberKind,
    Membership,
    PartyBranch,
    PartyMember,
    Standing,
)
from governance.models.places import QR_ALPHABET
from issues.demo.street import GIVEN_NAMES, SURNAMES, Street

WEEKS_OF_SNAPSHOTS = 16


@dataclass(frozen=True)
class Company:
    """A property company with so many members, and its branch: its own, a joint one, or none."""

    name: str
    short_name: str
    full_members: int
    on_probation: int = 0
    joint_branch: str = ""
    has_branch: bool = False


COMPANIES = (
    Company("恒信物业服务有限公司", "恒信物业", 6, 1, has_branch=True),
    Company("锦和物业管理有限公司", "锦和物业", 4, 1, has_branch=True),
    Company("安居物业服务有限公司", "安居物业", 3, has_branch=True),
    Company("邻安物业服务有限公司", "邻安物业", 2, joint_branch="物业企业第一联合党支部"),
    Company("宜邦物业管理有限公司", "宜邦物业", 1, 1, joint_branch="物业企业第一联合党支部"),
    Company("新程物业服务有限公司", "新程物业", 2, 1),
)


@dataclass(frozen=True)
class OtherEstate:
    """An estate beside the two of the stories. `ends_in` days its management ends; `committee` is 业委会 or 物管会."""

    community: str
    name: str
    address: str
    buildings: int
    grid_unit: str
    manager: str = ""
    kind: ManagementKind = ManagementKind.CONTRACT
    ends_in: int | None = None
    committee: str = ""
    has_branch: bool = True


ESTATES = (
    OtherEstate("湖滨社区", "湖滨一号", "湖滨路 21 号", 4, "湖滨第一网格", "锦和物业", committee="业委会"),
    OtherEstate("湖滨社区", "锦绣花园", "湖滨路 35 号", 3, "湖滨第一网格", "锦和物业", ends_in=18, committee="业委会"),
    OtherEstate("湖滨社区", "教工宿舍", "师院街 4 号", 2, "湖滨第二网格", committee="", has_branch=False),
    OtherEstate("学府社区", "学府名邸", "学府路 9 号", 4, "学府第一网格", "安居物业", committee="业委会"),
    OtherEstate("学府社区", "安居苑", "学府路 30 号", 3, "学府第一网格", "邻安物业", committee="物管会"),
    OtherEstate(
        "学府社区", "铁路家属院", "站前街 2 号", 2, "", "宜邦物业", ManagementKind.INTERIM, ends_in=75,
        committee="物管会", has_branch=False,
    ),
    OtherEstate("学府社区", "新程嘉园", "学府路 52 号", 3, "学府第二网格", "新程物业"),
)  # fmt: skip
# Of a rule: percent a year ago, to be reached by some weeks ago, and to be reached in the end.
TARGETS = {
    CoverageRule.COMPANIES: ("33.33", "70.00", "100.00"),
    CoverageRule.COMMITTEES: ("44.44", "70.00", "90.00"),
    CoverageRule.GRID_LEADERS: ("50.00", "80.00", "100.00"),
}


def weave(street: Street, rng: random.Random, at: datetime) -> None:
    """Write it all around a street that is built and staffed."""
    today = local_day(at)
    _build_companies(street)
    _build_estates(street, rng, today)
    _build_tree(street, today)
    _enter_members(street, rng, today)
    _check_in(street, today)
    _set_targets(street, today)
    _remember(street, at, today)


def _build_companies(street: Street) -> None:
    for number, company in enumerate(COMPANIES, start=1):
        if company.short_name not in street.bodies:
            street.bodies[company.short_name] = Body.objects.create(
                kind=BodyKind.PROPERTY_COMPANY,
                name=company.name,
                short_name=company.short_name,
                phone=f"0531-555102{number:02}",
                subdistrict=street.subdistrict,
            )
    for name, short_name, phone in (("安和街道综合行政执法队", "安和执法队", "0531-55510006"),):
        street.bodies[short_name] = Body.objects.create(
            kind=BodyKind.DEPARTMENT, name=name, short_name=short_name, phone=phone, subdistrict=street.subdistrict
        )
    street.bodies["云溪实验学校"] = Body.objects.create(
        kind=BodyKind.STATIONED_UNIT, name="云溪实验学校", short_name="云溪实验学校", subdistrict=street.subdistrict
    )


def _build_estates(street: Street, rng: random.Random, today: date) -> None:
    communities = {street.community.name: street.community}
    for other in ESTATES:
        community = communities.get(other.community)
        if community is None:
            community = communities[other.community] = _build_community(street, other.community)
        estate = Estate.objects.create(community=community, name=other.name, address=other.address)
        street.estates[other.name] = estate
        grid_unit = _grid_unit(street, community, other.grid_unit) if other.grid_unit else None
        Building.objects.bulk_create(
            Building(
                estate=estate,
                name=f"{number}号楼",
                stairwells=rng.randint(2, 4),
                grid_unit=grid_unit,
                qr_token="".join(rng.choices(QR_ALPHABET, k=12)),
            )
            for number in range(1, other.buildings + 1)
        )
        if other.manager:
            _manage(street, estate, other, today)
        if other.committee:
            _elect(street, estate, f"{other.name}{other.committee}", other.committee, today)
    _elect(street, street.estates["春和苑小区"], "春和苑业委会", "业委会", today)
    own_committee = street.bodies["星湖业委会"]
    own_committee.estate = street.estates["星湖家园"]
    own_committee.save(update_fields=["estate"])
    _begin_term(own_committee, today)


def _build_community(street: Street, name: str) -> Community:
    community = Community.objects.create(subdistrict=street.subdistrict, name=name)
    street.bodies[name] = Body.objects.create(
        kind=BodyKind.RESIDENTS_COMMITTEE,
        name=f"{name}居民委员会",
        short_name=name,
        phone=f"0531-555103{community.pk % 100:02}",
        subdistrict=street.subdistrict,
        community=community,
    )
    return community


def _grid_unit(street: Street, community: Community, name: str) -> GridUnit:
    if name not in street.grid_units:
        street.grid_units[name] = GridUnit.objects.create(community=community, name=name)
    return street.grid_units[name]


def _manage(street: Street, estate: Estate, other: OtherEstate, today: date) -> None:
    Management.objects.create(
        estate=estate,
        body=street.bodies[other.manager],
        kind=other.kind,
        valid_from=today - timedelta(days=800),
        valid_until=today + timedelta(days=other.ends_in) if other.ends_in else None,
    )


def _elect(street: Street, estate: Estate, name: str, committee: str, today: date) -> None:
    kind = BodyKind.OWNERS_COMMITTEE if committee == "业委会" else BodyKind.MANAGEMENT_COMMITTEE
    body = Body.objects.create(
        kind=kind, name=name, short_name=name, subdistrict=street.subdistrict, community=estate.community, estate=estate
    )
    street.bodies[name] = body
    _begin_term(body, today)


def _begin_term(body: Body, today: date) -> None:
    CommitteeTerm.objects.create(
        body=body, number=2, starts_on=today - timedelta(days=400), ends_on=today + timedelta(days=1426)
    )


def _build_tree(street: Street, today: date) -> None:
    """From the district's committee down to the groups; the industry's committee beside the communities' ones."""
    district = street.subdistrict.district
    top = PartyBranch.objects.create(kind=BranchKind.COMMITTEE, name=f"中共{district}委员会", district=district)
    street_committee = PartyBranch.objects.get(subdistrict=street.subdistrict)
    street_committee.parent = top
    street_committee.save(update_fields=["parent"])
    industry = PartyBranch.objects.create(
        kind=BranchKind.INDUSTRY_COMMITTEE,
        name="安和街道物业行业党委",
        subdistrict=street.subdistrict,
        parent=street_committee,
    )
    committees = {street.community.name: PartyBranch.objects.get(community=street.community)}
    for community in Community.objects.filter(subdistrict=street.subdistrict).exclude(pk=street.community.pk):
        committees[community.name] = PartyBranch.objects.create(
            kind=BranchKind.COMMITTEE, name=f"{community}党委", community=community, parent=street_committee
        )
    CommitteeTerm.objects.create(
        branch=committees[street.community.name],
        number=3,
        starts_on=today - timedelta(days=1780),
        ends_on=today + timedelta(days=46),
    )
    _branches_of_estates(street, committees)
    _branches_of_companies(street, industry, committees, today)
    _groups_of_grid_units(street)


def _branches_of_estates(street: Street, committees: dict[str, PartyBranch]) -> None:
    for other in ESTATES:
        if other.has_branch:
            street.branches[f"{other.name}党支部"] = PartyBranch.objects.create(
                kind=BranchKind.BRANCH,
                name=f"{other.name}党支部",
                estate=street.estates[other.name],
                parent=committees[other.community],
            )
    for name, body in list(street.bodies.items()):
        if body.estate is not None and name not in ("安居苑物管会",):
            PartyBranch.objects.create(
                kind=BranchKind.GROUP,
                name=f"{name}党小组",
                body=body,
                parent=committees[body.estate.community.name],
            )


def _branches_of_companies(
    street: Street, industry: PartyBranch, committees: dict[str, PartyBranch], today: date
) -> None:
    """A company's branch stands under the industry's committee and joins the committee of the community it works in."""
    own = street.branches["恒信物业党支部"]
    own.parent = industry
    own.save(update_fields=["parent"])
    joint: dict[str, PartyBranch] = {}
    for company in COMPANIES:
        body = street.bodies[company.short_name]
        if company.has_branch and f"{company.short_name}党支部" not in street.branches:
            street.branches[f"{company.short_name}党支部"] = PartyBranch.objects.create(
                kind=BranchKind.BRANCH, name=f"{company.short_name}党支部", body=body, parent=industry
            )
        if company.joint_branch:
            if company.joint_branch not in joint:
                joint[company.joint_branch] = street.branches[company.joint_branch] = PartyBranch.objects.create(
                    kind=BranchKind.JOINT_BRANCH,
                    name=company.joint_branch,
                    subdistrict=street.subdistrict,
                    parent=industry,
                )
            JointUnit.objects.create(branch=joint[company.joint_branch], body=body, since=today - timedelta(days=300))
    for branch, community in (
        ("恒信物业党支部", "春和社区"), ("锦和物业党支部", "湖滨社区"), ("安居物业党支部", "学府社区"),
    ):  # fmt: skip
        Joins.objects.create(
            branch=street.branches[branch], committee=committees[community], since=today - timedelta(days=280)
        )


def _groups_of_grid_units(street: Street) -> None:
    """A party group for each grid unit of the two estates of the stories, and for some of the others."""
    above = {
        "第一网格": "春和苑党支部", "第二网格": "春和苑党支部", "第三网格": "星湖家园党支部",
        "湖滨第一网格": "湖滨一号党支部", "学府第一网格": "学府名邸党支部",
    }  # fmt: skip
    for name, branch in above.items():
        grid_unit = street.grid_units[name]
        grid_unit.party_group = PartyBranch.objects.create(
            kind=BranchKind.GROUP,
            name=f"{name}党小组",
            community=grid_unit.community,
            parent=street.branches[branch],
        )
        grid_unit.save(update_fields=["party_group"])


def _enter_members(street: Street, rng: random.Random, today: date) -> None:
    numbers = (f"AH{number:04}" for number in range(1, 1000))
    members = list(_members(street))
    for number, (branch, standing, kind, body) in zip(numbers, members, strict=False):
        surname, _latin = rng.choice(SURNAMES)
        member = PartyMember.objects.create(
            number=number,
            full_name=surname + rng.choice(GIVEN_NAMES),
            kind=kind,
            community=branch.estate.community if branch.estate else street.community,
            body=body,
            contact=street.people["chen"] if kind == MemberKind.FLOATING else None,
        )
        Membership.objects.create(
            member=member, branch=branch, standing=standing, since=today - timedelta(days=rng.randint(200, 2000))
        )


def _members(street: Street) -> Iterator[tuple[PartyBranch, Standing, MemberKind, Body | None]]:
    """Those who work for the companies, then those who live here: where each belongs, and how."""
    for company in COMPANIES:
        # Where the company has no organisation they belong where they live.
        name = f"{company.short_name}党支部" if company.has_branch else company.joint_branch or "春和苑党支部"
        standings = [Standing.FULL] * company.full_members + [Standing.PROBATIONARY] * company.on_probation
        for standing in standings:
            yield street.branches[name], standing, MemberKind.IN_SERVICE, street.bodies[company.short_name]
    kinds = (MemberKind.RESIDENT, MemberKind.RETIRED, MemberKind.RETIRED, MemberKind.FLOATING)
    for name in ("春和苑党支部", "星湖家园党支部", "湖滨一号党支部", "学府名邸党支部"):
        for kind in kinds * 2:
            yield street.branches[name], Standing.FULL, kind, None


def _check_in(street: Street, today: date) -> None:
    """双报到: a school checks in with the community, and some members in service elsewhere."""
    since = today - timedelta(days=200)
    DualRegistration.objects.create(
        body=street.bodies["云溪实验学校"], community=street.community, offers="周末开放操场；暑期托管", since=since
    )
    in_service = PartyMember.objects.filter(kind=MemberKind.IN_SERVICE).order_by("number")[:4]
    for member, offers in zip(in_service, ("楼道电路检查", "每周三晚值守充电棚", "", "陪老人看病"), strict=True):
        DualRegistration.objects.create(member=member, community=street.community, offers=offers, since=since)


def _set_targets(street: Street, today: date) -> None:
    for rule, (baseline, half_way, at_last) in TARGETS.items():
        for due_on, percent in ((today - timedelta(days=20), half_way), (today + timedelta(days=220), at_last)):
            CoverageTarget.objects.create(
                subdistrict=street.subdistrict,
                rule=rule,
                baseline_on=today - timedelta(days=365),
                baseline_percent=Decimal(baseline),
                due_on=due_on,
                target_percent=Decimal(percent),
                source="安和街道红色物业三年行动计划（演示）",
            )


def _remember(street: Street, at: datetime, today: date) -> None:
    """What the rules came to in the weeks before: a net that was closed hole by hole."""
    CoverageSnapshot.objects.bulk_create(_snapshots(street, at, today))


def _snapshots(street: Street, at: datetime, today: date) -> Iterator[CoverageSnapshot]:
    covered_today = figures(street.subdistrict.pk, today)
    for weeks_ago in range(WEEKS_OF_SNAPSHOTS, 0, -1):
        # Four more holes sixteen weeks ago, mended one after another.
        more_holes = round(4 * weeks_ago / WEEKS_OF_SNAPSHOTS)
        for figure in covered_today:
            yield CoverageSnapshot(
                subdistrict=street.subdistrict,
                day=today - timedelta(days=7 * weeks_ago),
                rule=figure.rule,
                numerator=max(figure.numerator - more_holes, 0),
                denominator=figure.denominator,
                taken_at=at - timedelta(days=7 * weeks_ago - 1),
            )
