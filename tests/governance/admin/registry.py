"""Every register of the console, with rows to look at: what the tests below go through one by one."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import Model
from django.test import RequestFactory
from django.urls import reverse

from governance.admin import RegisterAdmin, console
from governance.domain import audit
from governance.models import (
    AuditEntry,
    Body,
    BodyKind,
    BranchKind,
    Building,
    CalendarDay,
    CalendarYear,
    Category,
    Channel,
    CommitteeTerm,
    Community,
    CoverageRule,
    CoverageSnapshot,
    CoverageTarget,
    DualRegistration,
    DutyShift,
    Estate,
    GridUnit,
    Joins,
    JointUnit,
    Management,
    ManagementKind,
    MemberKind,
    Membership,
    Notice,
    NoticeState,
    PartyBranch,
    PartyMember,
    Post,
    RegisterImport,
    Role,
    RoleAssignment,
    Standing,
    Subdistrict,
    Unit,
    User,
    Venue,
    VenueKind,
    WorkingCalendar,
)
from tests.cast import LONG_AGO, NOW, Cast, closed_account

SINCE = date(2020, 1, 1)

REGISTERS = {model.__name__: model for model in console._registry if model._meta.app_label == "governance"}


def admin_of(name: str) -> RegisterAdmin:
    return console._registry[REGISTERS[name]]


def page(model: type[Model] | str, kind: str, *args: Any) -> str:
    """The address of a register's page: changelist, add, change, history, end."""
    meta = (REGISTERS[model] if isinstance(model, str) else model)._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{kind}", args=args)


def request_of(user: User | AnonymousUser) -> Any:
    """A request by `user` at `NOW`, outside of the middleware."""
    request = RequestFactory().get("/console/")
    request.user, request.now = user, NOW
    return request


def a_notice(cast: Cast, recipient: User, subdistrict: Subdistrict, key: str) -> Notice:
    return Notice.objects.create(
        subdistrict=subdistrict, recipient=recipient, channel=Channel.SMS, message_key="order_dispatched",
        dedupe_key=key, state=NoticeState.NOT_REACHED, created_at=NOW, next_attempt_at=NOW,
    )  # fmt: skip


def strange_rows(cast: Cast) -> dict[str, Model]:
    """For each register with streets of its own, a row of the other street."""
    street = cast.strange_estate.community.subdistrict
    estate = cast.strange_estate
    return {
        "Community": estate.community,
        "Estate": estate,
        "Building": cast.strange_building,
        "Unit": Unit.objects.get(building=cast.strange_building),
        "GridUnit": GridUnit.objects.get(community=estate.community),
        "Body": cast.strange_company,
        "Management": Management.objects.get(estate=estate),
        "PartyBranch": PartyBranch.objects.create(kind=BranchKind.BRANCH, name="桃园里党支部", estate=estate),
        "User": cast.strange_steward,
        "RoleAssignment": RoleAssignment.objects.get(user=cast.strange_worker),
        "DutyShift": DutyShift.objects.get(user=cast.strange_steward),
        "AuditEntry": an_entry(street.pk, "strange"),
        **_strange_net(cast),
        "Notice": a_notice(cast, cast.stranger, street, "strange"),
        "Erasure": closed_account(street),
    }


def _strange_net(cast: Cast) -> dict[str, Model]:
    """Of the registers of party organisations and of what was brought in: a row each of the other street."""
    street, company = cast.strange_estate.community.subdistrict, cast.strange_company
    above = PartyBranch.objects.create(
        kind=BranchKind.COMMITTEE, name="桃园里党委", community=cast.strange_estate.community
    )
    joint = PartyBranch.objects.create(kind=BranchKind.JOINT_BRANCH, name="嘉润联合党支部", body=company)
    member = PartyMember.objects.create(
        number="T-1", full_name="桃园里的党员", kind=MemberKind.RESIDENT, community=cast.strange_estate.community
    )
    return {
        "Joins": Joins.objects.create(branch=joint, committee=above, since=SINCE),
        "JointUnit": JointUnit.objects.create(branch=joint, body=company, since=SINCE),
        "PartyMember": member,
        "Membership": Membership.objects.create(member=member, branch=above, standing=Standing.FULL, since=SINCE),
        "DualRegistration": DualRegistration.objects.create(
            member=member, community=cast.strange_estate.community, since=SINCE
        ),
        "CommitteeTerm": CommitteeTerm.objects.create(
            branch=above, number=1, starts_on=SINCE, ends_on=SINCE + timedelta(1000)
        ),
        "Post": _post(company, "桃园里的委员"),
        "Venue": _venue(cast.strange_estate.community, 1),
        "CoverageTarget": _target(street, 1),
        "CoverageSnapshot": _snapshot(street, 1),
        "RegisterImport": _import(street, cast.strange_officer, "桃园里小区.xlsx"),
    }


def _post(body: Body, name: str) -> Post:
    return Post.objects.create(body=body, title="委员", full_name=name, since=SINCE)


def _venue(community: Community, n: int) -> Venue:
    return Venue.objects.create(
        community=community, kind=VenueKind.HALL, name=f"第{n}议事厅", where="一层", capacity=20
    )


def _target(street: Subdistrict, n: int) -> CoverageTarget:
    return CoverageTarget.objects.create(
        subdistrict=street, rule=CoverageRule.MANAGED, baseline_on=SINCE, baseline_percent=10,
        due_on=SINCE + timedelta(n), target_percent=50,
    )  # fmt: skip


def _snapshot(street: Subdistrict, n: int) -> CoverageSnapshot:
    return CoverageSnapshot.objects.create(
        subdistrict=street, day=SINCE + timedelta(n), rule=CoverageRule.MANAGED, numerator=1, denominator=2,
        taken_at=NOW,
    )  # fmt: skip


def _import(street: Subdistrict, who: User, name: str) -> RegisterImport:
    return RegisterImport.objects.create(
        register="estate", subdistrict=street, file="imports/none.xlsx", file_name=name, file_sha256="0" * 64,
        uploaded_by=who, uploaded_at=NOW,
    )  # fmt: skip


def an_entry(chain: int, ref: str) -> Model:
    with transaction.atomic():
        audit.record("open", "door", ref, actor="test", at=NOW, subdistrict_id=chain)
    return AuditEntry.objects.latest("pk")


def more_rows(cast: Cast, name: str, number: int) -> None:
    """`number` more rows in the first street, each with references of its own where the register's columns show any."""
    make: dict[str, Callable[[int], object]] = {
        "Community": lambda n: Community.objects.create(subdistrict=cast.subdistrict, name=f"第{n}社区"),
        "Estate": lambda n: _estate(cast, n),
        "Building": lambda n: _building(cast, n),
        "Unit": lambda n: Unit.objects.create(building=_building(cast, n), number=str(n)),
        "GridUnit": lambda n: GridUnit.objects.create(community=_estate(cast, n).community, name=f"第{n}网格"),
        "Body": lambda n: _body(cast, n),
        "Management": lambda n: Management.objects.create(
            estate=_estate(cast, n), body=_body(cast, n), kind=ManagementKind.CONTRACT, valid_from=date(2020, 1, 1)
        ),
        "PartyBranch": lambda n: _branch(cast, n),
        "User": lambda n: _worker(cast, n),
        "RoleAssignment": lambda n: _worker(cast, n),
        "DutyShift": lambda n: DutyShift.objects.create(
            body=_body(cast, n), estate=_estate(cast, n), user=_worker(cast, n), starts_at=NOW,
            ends_at=NOW + timedelta(hours=8),
        ),
        "AuditEntry": lambda n: an_entry(cast.subdistrict.pk, str(n)),
        "Notice": lambda n: a_notice(cast, _worker(cast, n), cast.subdistrict, f"dedupe-{n}"),
        "Erasure": lambda n: closed_account(cast.subdistrict),
        "District": lambda n: type(cast.subdistrict.district).objects.create(name=f"第{n}区"),
        "Subdistrict": lambda n: Subdistrict.objects.create(
            district=type(cast.subdistrict.district).objects.create(name=f"{n}区"), name=f"第{n}街道"
        ),
        "Category": lambda n: Category.objects.create(
            code=f"c{n}", name_zh=f"第{n}", name_en=f"No. {n}", name_ko=f"제{n}"
        ),
        "CalendarDay": lambda n: CalendarDay.objects.create(
            day=date(1990, 1, 1) + timedelta(n), kind="holiday", source="test"
        ),
        "Joins": lambda n: Joins.objects.create(branch=_branch(cast, n), committee=_branch(cast, n + 500), since=SINCE),
        "JointUnit": lambda n: JointUnit.objects.create(branch=_branch(cast, n), body=_body(cast, n), since=SINCE),
        "PartyMember": lambda n: _member(cast, n),
        "Membership": lambda n: Membership.objects.create(
            member=_member(cast, n), branch=_branch(cast, n), standing=Standing.FULL, since=SINCE
        ),
        "DualRegistration": lambda n: DualRegistration.objects.create(
            member=_member(cast, n), community=_estate(cast, n + 500).community, since=SINCE
        ),
        "CommitteeTerm": lambda n: CommitteeTerm.objects.create(
            branch=_branch(cast, n), number=n, starts_on=SINCE, ends_on=SINCE + timedelta(1000)
        ),
        "Post": lambda n: _post(_body(cast, n), f"委员{n}"),
        "Venue": lambda n: _venue(_estate(cast, n).community, n),
        "CoverageTarget": lambda n: _target(cast.subdistrict, n),
        "CoverageSnapshot": lambda n: _snapshot(cast.subdistrict, n),
        "RegisterImport": lambda n: _import(cast.subdistrict, _worker(cast, n), f"{n}.xlsx"),
        "WorkingCalendar": lambda n: WorkingCalendar.objects.create(
            code=f"c{n}", name_zh=f"第{n}", name_en=f"No. {n}", name_ko=f"제{n}"
        ),
        "CalendarYear": lambda n: CalendarYear.objects.create(year=1950 + n, source="test", loaded_at=NOW),
    }  # fmt: skip
    for n in range(100, 100 + number):
        make[name](n)


def _estate(cast: Cast, n: int) -> Estate:
    community, _new = Community.objects.get_or_create(subdistrict=cast.subdistrict, name=f"{n}社区")
    return Estate.objects.get_or_create(community=community, name=f"第{n}小区")[0]


def _building(cast: Cast, n: int) -> Building:
    estate = _estate(cast, n)
    grid_unit, _new = GridUnit.objects.get_or_create(community=estate.community, name=f"{n}网格")
    return Building.objects.create(estate=estate, name=f"{n}栋", grid_unit=grid_unit)


def _body(cast: Cast, n: int) -> Body:
    return Body.objects.create(
        kind=BodyKind.PROPERTY_COMPANY, name=f"第{n}物业公司", short_name=f"{n}物业", subdistrict=cast.subdistrict
    )


def _branch(cast: Cast, n: int) -> PartyBranch:
    return PartyBranch.objects.create(
        kind=BranchKind.JOINT_BRANCH, name=f"第{n}党支部", parent=cast.branch, estate=_estate(cast, n)
    )


def _member(cast: Cast, n: int) -> PartyMember:
    return PartyMember.objects.create(
        number=f"M-{n}", full_name=f"党员{n}", kind=MemberKind.RESIDENT, community=_estate(cast, n).community,
        body=_body(cast, n + 1000), contact=_worker(cast, n + 2000),
    )  # fmt: skip


def _worker(cast: Cast, n: int) -> User:
    user = User.objects.create(username=f"worker-{n}", full_name=f"职员{n}", phone=f"+861390000{n:04}")
    RoleAssignment.objects.create(user=user, role=Role.PROPERTY_STAFF, body=_body(cast, n + 500), valid_from=LONG_AGO)
    return user
