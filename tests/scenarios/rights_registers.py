"""For each register of the console a row of this street and one of the other; the same one for what all share."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.db.models import Model

from governance.models import (
    AuditEntry,
    Body,
    CalendarDay,
    CalendarYear,
    Category,
    CommitteeTerm,
    Community,
    CoverageSnapshot,
    CoverageTarget,
    DualRegistration,
    DutyShift,
    Erasure,
    GridUnit,
    Joins,
    JointUnit,
    Management,
    Membership,
    Notice,
    PartyBranch,
    PartyMember,
    Post,
    RegisterImport,
    RoleAssignment,
    Subdistrict,
    Unit,
    Venue,
    WorkingCalendar,
)
from governance.models.party import BranchKind, MemberKind, Standing
from issues.deliberation.models import Mechanism, RuleSet
from issues.models import (
    CategoryHandling,
    Escalation,
    Issue,
    PolicyAssignment,
    SlaClock,
    SlaPolicy,
    SupervisionOrder,
    SweepRun,
    WorkOrder,
)
from residents.models import Evaluation, Occupancy, Petition
from tests.cast import NOW

SINCE = date(2020, 1, 1)
Row = Callable[[Any, Subdistrict], Model | None]


def _in(model: type[Model], lookup: str) -> Row:
    """The street's first row, by the path from a row to its street."""
    return lambda _world, street: model._base_manager.filter(**{lookup: street.pk}).order_by("pk").first()


def _shared(model: type[Model], **which: Any) -> Row:
    return lambda _world, _street: model._base_manager.filter(**which).order_by("pk").first()


REGISTERS: dict[str, Row] = {
    "deliberation_mechanism": _shared(Mechanism),
    "deliberation_ruleset": _shared(RuleSet),
    "governance_auditentry": _in(AuditEntry, "chain"),
    "governance_body": _in(Body, "subdistrict"),
    "governance_building": lambda world, street: _site(world, street)["building"],
    "governance_calendarday": _shared(CalendarDay),
    "governance_calendaryear": _shared(CalendarYear),
    "governance_category": _shared(Category),
    "governance_committeeterm": _in(CommitteeTerm, "branch__estate__community__subdistrict"),
    "governance_community": _in(Community, "subdistrict"),
    "governance_coveragesnapshot": _in(CoverageSnapshot, "subdistrict"),
    "governance_coveragetarget": _in(CoverageTarget, "subdistrict"),
    "governance_district": lambda _world, street: street.district,
    "governance_dualregistration": _in(DualRegistration, "community__subdistrict"),
    "governance_dutyshift": _in(DutyShift, "body__subdistrict"),
    "governance_erasure": _in(Erasure, "subdistrict"),
    "governance_estate": lambda world, street: _site(world, street)["building"].estate,
    "governance_gridunit": _in(GridUnit, "community__subdistrict"),
    "governance_joins": _in(Joins, "committee__community__subdistrict"),
    "governance_jointunit": _in(JointUnit, "body__subdistrict"),
    "governance_management": _in(Management, "estate__community__subdistrict"),
    "governance_membership": _in(Membership, "member__community__subdistrict"),
    "governance_notice": _in(Notice, "subdistrict"),
    "governance_partybranch": _in(PartyBranch, "estate__community__subdistrict"),
    "governance_partymember": _in(PartyMember, "community__subdistrict"),
    "governance_post": _in(Post, "body__subdistrict"),
    "governance_registerimport": _in(RegisterImport, "subdistrict"),
    "governance_roleassignment": _in(RoleAssignment, "community__subdistrict"),
    "governance_subdistrict": lambda _world, street: street,
    "governance_unit": _in(Unit, "building__estate__community__subdistrict"),
    "governance_user": lambda world, street: world.people["wu" if _is_here(world, street) else "strange_worker"],
    "governance_venue": _in(Venue, "community__subdistrict"),
    "governance_workingcalendar": _shared(WorkingCalendar, superseded_at=None),
    "issues_categoryhandling": _shared(CategoryHandling),
    "issues_escalation": _in(Escalation, "clock__subdistrict"),
    "issues_issue": _in(Issue, "subdistrict"),
    "issues_policyassignment": _in(PolicyAssignment, "estate__community__subdistrict"),
    "issues_slaclock": _in(SlaClock, "subdistrict"),
    "issues_slapolicy": _shared(SlaPolicy, superseded_at=None),
    "issues_supervisionorder": _in(SupervisionOrder, "subdistrict"),
    "issues_sweeprun": _shared(SweepRun),
    "issues_workorder": _in(WorkOrder, "subdistrict"),
    "residents_evaluation": _in(Evaluation, "petition__subdistrict"),
    "residents_occupancy": _in(Occupancy, "unit__building__estate__community__subdistrict"),
    "residents_petition": _in(Petition, "subdistrict"),
}


def build_registers(world: Any) -> None:
    """A row in each street for the registers that the world's things don't fill by themselves."""
    SweepRun.objects.create(bell="test", started_at=NOW, finished_at=NOW)
    for site, officer in (("own", "sun"), ("other_street", "strange_officer")):
        _net_at(world.sites[site]["branch"], world.people[officer])
        finished = world.sites[site]["finished"]
        Evaluation.objects.create(
            petition=finished, epoch=99, given_by=finished.petitioner, was_contacted=True, is_solved=True,
            satisfaction=5, given_at=NOW,
        )  # fmt: skip


def _net_at(branch: PartyBranch, officer: Any) -> None:
    """Around an estate's branch: a joint branch with its unit, what joins, a member, a term, targets and an import."""
    community, estate = branch.estate.community, branch.estate
    street, company = community.subdistrict, Management.objects.get(estate=estate).body
    joint = PartyBranch.objects.create(kind=BranchKind.JOINT_BRANCH, name=f"{company}联合党支部", body=company)
    JointUnit.objects.create(branch=joint, body=company, since=SINCE)
    Joins.objects.create(branch=joint, committee=branch.parent, since=SINCE)
    member = PartyMember.objects.create(
        number="1", full_name=f"{community}党员", kind=MemberKind.RESIDENT, community=community
    )
    Membership.objects.create(member=member, branch=branch, standing=Standing.FULL, since=SINCE)
    DualRegistration.objects.create(member=member, community=community, since=SINCE)
    Post.objects.create(body=company, title="委员", full_name=f"{community}委员", since=SINCE)
    CommitteeTerm.objects.create(branch=branch, number=1, starts_on=SINCE, ends_on=SINCE + timedelta(days=4000))
    figures = {"subdistrict": street, "rule": "managed"}
    CoverageTarget.objects.create(
        baseline_on=SINCE, baseline_percent=10, due_on=SINCE + timedelta(days=1), target_percent=50, **figures
    )
    CoverageSnapshot.objects.create(day=SINCE, numerator=1, denominator=2, taken_at=NOW, **figures)
    PolicyAssignment.objects.create(estate=estate, policy_code=SlaPolicy.objects.earliest("pk").code)
    brought = RegisterImport(
        register="estate", subdistrict=street, file_name=f"{estate}.xlsx", file_sha256="0" * 64, uploaded_by=officer,
        uploaded_at=NOW,
    )  # fmt: skip
    brought.file.save("estates.xlsx", ContentFile(b"PK"))


def _is_here(world: Any, street: Subdistrict) -> bool:
    return street == world.cast.subdistrict


def _site(world: Any, street: Subdistrict) -> dict[str, Any]:
    return world.sites["own" if _is_here(world, street) else "other_street"]


def street_at(world: Any, site: str) -> Subdistrict:
    return world.cast.strange_community.subdistrict if site == "other_street" else world.cast.subdistrict


def row_at(world: Any, model: str, site: str) -> Model | None:
    """The register's row at the place. A register that isn't in the table above is an error: say where its rows are."""
    return REGISTERS[model](world, street_at(world, site))
