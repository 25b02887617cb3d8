"""The figures that Huoju subdistrict reported in 2021 (MISSION M2), as the workbooks its office would bring.

Of 9 property companies 6 have three or more full members and a branch of their own; 3 have fewer and share 2 joint
branches. 28 estates, each with a committee and in it a party organisation. The numbers are the reported ones; every
name of an estate, a company or a person is made up.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from governance.models import BodyKind, BranchKind, ManagementKind, MemberKind, Standing
from tests.governance.imports.workbooks import of

SUBDISTRICT = "火炬街道"
SINCE = "2021-01-01"
COMMUNITIES = ("曙光社区", "林机社区", "裕民社区", "江滨社区")
ESTATES = (
    *("曙光新苑小区", "林海家园小区", "松涛苑小区", "北辰里小区", "向阳花园小区", "通达小筑小区", "红星里小区"),
    *("机修里小区", "白桦苑小区", "铁东新村小区", "绿源里小区", "学府里小区", "泰和苑小区", "翠湖里小区"),
    *("裕民新村小区", "金秋里小区", "安居苑小区", "阳光里小区", "朝晖苑小区", "和顺家园小区", "宝山里小区"),
    *("江滨苑小区", "柳岸里小区", "水韵家园小区", "望江里小区", "鹭岛苑小区", "长虹里小区", "平安里小区"),
)
JOINT_BRANCHES = ("第一物业联合党支部", "第二物业联合党支部")
INDUSTRY_COMMITTEE = f"{SUBDISTRICT}物业行业党委"
STATIONED_UNIT = "裕民幼儿园"
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
_GIVEN = ("建国", "淑芬", "志强", "桂英", "永福", "丽华", "长海")


@dataclass(frozen=True)
class Company:
    """A property company: its members in full and on probation, and the joint branch it shares if it has no own."""

    name: str
    full: int
    probationary: int = 0
    joint_branch: str = ""

    @property
    def branch(self) -> str:
        return self.joint_branch or f"{self.name}党支部"


COMPANIES = (
    Company("双河物业", 7, 1),
    Company("林海物业", 5),
    Company("北方物业", 4, 2),
    Company("鑫源物业", 3, 1),
    Company("万安物业", 3),
    Company("惠民物业", 3, 1),
    Company("晨光物业", 2, joint_branch=JOINT_BRANCHES[0]),
    Company("顺达物业", 1, 2, joint_branch=JOINT_BRANCHES[0]),
    Company("宏业物业", 2, 1, joint_branch=JOINT_BRANCHES[1]),
)

Rows = list[Sequence[Any]]


def write_workbooks(folder: Path) -> list[tuple[str, Path]]:
    """Write all workbooks into `folder`. Returns, in the order in which they must come in, register and file."""
    written = []
    for code, names, rows in _registers():
        path = folder / f"{len(written) + 1:02}-{code}.xlsx"
        path.write_bytes(of(code, names, *rows).getvalue())
        written.append((code, path))
    return written


def write_member_on_probation(folder: Path) -> tuple[str, Path]:
    """One of the three full members of 万安物业 is entered on probation."""
    names, rows = MEMBER, [row for row in _members() if row[4] == "万安物业党支部"][:1]
    row = [Standing.PROBATIONARY if value == Standing.FULL else value for value in rows[0]]
    path = folder / "member-on-probation.xlsx"
    path.write_bytes(of("partymember", names, row).getvalue())
    return "partymember", path


def write_ended_contract(folder: Path, *, on: str) -> tuple[str, Path]:
    """The contract of 曙光新苑小区 ends on the day `on`; nobody follows."""
    path = folder / "ended-contract.xlsx"
    path.write_bytes(of("management", MANAGEMENT, [*_managements()[0][:-1], on]).getvalue())
    return "management", path


MANAGEMENT = ("estate", "body", "kind", "valid_from", "valid_until")
MEMBER = ("community", "number", "full_name", "kind", "branch", "standing", "since", "body")
BRANCH = ("name", "kind", "parent", "community", "estate", "body")


def _registers() -> Iterator[tuple[str, Sequence[str], Rows]]:
    yield "community", ("name",), [[name] for name in COMMUNITIES]
    yield "estate", ("community", "name"), [[community_of(estate), estate] for estate in ESTATES]
    yield "body", ("name", "short_name", "kind", "estate"), _bodies()
    yield "management", MANAGEMENT, _managements()
    yield "partybranch", BRANCH, _branches()
    yield "jointunit", ("branch", "body", "since"), _joint_units()
    yield "joins", ("branch", "committee", "since"), _joinings()
    yield "partymember", MEMBER, _members()


def community_of(estate: str) -> str:
    """Seven estates to each of the four communities."""
    return COMMUNITIES[ESTATES.index(estate) * len(COMMUNITIES) // len(ESTATES)]


def committee_of(estate: str) -> str:
    """Every fourth estate has a property management committee, the others elected owners' committees."""
    return estate.removesuffix("小区") + ("物管会" if ESTATES.index(estate) % 4 == 3 else "业委会")


def _bodies() -> Rows:
    companies = [[company.name, company.name, BodyKind.PROPERTY_COMPANY, ""] for company in COMPANIES]
    committees = [[committee_of(estate), committee_of(estate), _kind(estate), estate] for estate in ESTATES]
    return [*companies, *committees, [STATIONED_UNIT, STATIONED_UNIT, BodyKind.STATIONED_UNIT, ""]]


def _kind(estate: str) -> BodyKind:
    is_appointed = committee_of(estate).endswith("物管会")
    return BodyKind.MANAGEMENT_COMMITTEE if is_appointed else BodyKind.OWNERS_COMMITTEE


def _managements() -> Rows:
    return [
        [estate, COMPANIES[position % len(COMPANIES)].name, ManagementKind.CONTRACT, SINCE, ""]
        for position, estate in enumerate(ESTATES)
    ]


def _branches() -> Rows:
    """From the street down; the last rows name lines that stand above them."""
    street = f"{SUBDISTRICT}党工委"
    rows: Rows = [
        [street, BranchKind.COMMITTEE, "", "", "", ""],
        [INDUSTRY_COMMITTEE, BranchKind.INDUSTRY_COMMITTEE, street, "", "", ""],
    ]
    rows += [[f"{name}党委", BranchKind.COMMITTEE, street, name, "", ""] for name in COMMUNITIES]
    rows += [[name, BranchKind.JOINT_BRANCH, INDUSTRY_COMMITTEE, "", "", ""] for name in JOINT_BRANCHES]
    rows += [
        [company.branch, BranchKind.BRANCH, INDUSTRY_COMMITTEE, "", "", company.name]
        for company in COMPANIES
        if not company.joint_branch
    ]
    rows += [
        [f"{committee_of(estate)}党组织", BranchKind.GROUP, f"{community_of(estate)}党委", "", "", committee_of(estate)]
        for estate in ESTATES
    ]
    return rows


def _joint_units() -> Rows:
    companies = [[company.branch, company.name, SINCE] for company in COMPANIES if company.joint_branch]
    return [*companies, [JOINT_BRANCHES[1], STATIONED_UNIT, SINCE]]


def _joinings() -> Rows:
    own = [company for company in COMPANIES if not company.joint_branch]
    return [[company.branch, f"{COMMUNITIES[at % len(COMMUNITIES)]}党委", SINCE] for at, company in enumerate(own)]


def _members() -> Rows:
    people: list[tuple[str, str, Standing]] = []
    for company in COMPANIES:
        people += [(company.name, company.branch, Standing.FULL)] * company.full
        people += [(company.name, company.branch, Standing.PROBATIONARY)] * company.probationary
    people.append((STATIONED_UNIT, JOINT_BRANCHES[1], Standing.FULL))
    return [
        [COMMUNITIES[0], f"HJ{at:04}", _name(at), MemberKind.IN_SERVICE, branch, standing, SINCE, body]
        for at, (body, branch, standing) in enumerate(people, start=1)
    ]


def _name(at: int) -> str:
    return _SURNAMES[at % len(_SURNAMES)] + _GIVEN[at % len(_GIVEN)]
