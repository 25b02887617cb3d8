"""How far the net of branches and grid units reaches on a day, worked out by rule from the registers.

Each figure is a numerator over a denominator with its gaps by name; what is counted and what isn't is said in
`DEFINITIONS`, which stand on the page beside the figures. Only full members count. Figures name organisations, places
and grid units, never a person. Days gone by are kept as snapshots, written once by the sweep.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from governance import wording
from governance.domain import party_tree
from governance.domain.moment import day_ends_at, local_day
from governance.models import (
    OF_AN_ESTATE,
    BodyKind,
    BranchKind,
    Building,
    CommitteeTerm,
    CoverageRule,
    CoverageSnapshot,
    CoverageTarget,
    Estate,
    GridUnit,
    Management,
    PartyBranch,
    Role,
    RoleAssignment,
    Subdistrict,
)
from governance.models.party import FEWEST_FULL_MEMBERS_OF_A_BRANCH, MOST_UNITS_OF_A_JOINT_BRANCH

log = logging.getLogger(__name__)

OWN_ORGANISATION = (BranchKind.BRANCH, BranchKind.GENERAL_BRANCH, BranchKind.COMMITTEE)
# A snapshot keeps this many names of what was missing; how many there were, its two numbers say.
MOST_NAMES_KEPT = 200
_HUNDREDTH = Decimal("0.01")

DEFINITIONS: dict[str, str | Promise] = {
    CoverageRule.COMPANIES: gettext_lazy(
        "Of the property companies that manage an estate here on the day: those with an organisation of their own and"
        " three or more full members, and those with a full member in a joint branch of three or more full members and"
        " five units at most. Probationary members don't count."
    ),
    CoverageRule.COMMITTEES: gettext_lazy(
        "Of all estates: those with an owners' or a property management committee. Where terms are on record, one must"
        " be running."
    ),
    CoverageRule.COMMITTEE_BRANCHES: gettext_lazy(
        "Of the committees counted above: those with a party organisation of their own, a party group included, or a"
        " share in a joint branch."
    ),
    CoverageRule.MANAGED: gettext_lazy(
        "Of all estates: those that a company, the owners themselves or an interim manager looks after on the day."
    ),
    CoverageRule.GRID_BUILDINGS: gettext_lazy("Of all buildings: those that belong to a grid unit."),
    CoverageRule.GRID_LEADERS: gettext_lazy("Of all grid units: those whose leader's role is in force."),
    CoverageRule.GRID_GROUPS: gettext_lazy("Of all grid units: those with a party group."),
    CoverageRule.STEWARDS: gettext_lazy("Of all buildings: those whose steward's role is in force."),
}


@dataclass(frozen=True)
class Gap:
    """What is missing: an organisation or a place by its name, why it isn't counted, and its row in which register."""

    name: str
    why: str
    register: str
    pk: int


@dataclass(frozen=True)
class Figure:
    """`numerator` of `denominator`, and what is missing. `note` tells the numerator apart where it has parts."""

    rule: CoverageRule
    numerator: int
    denominator: int
    gaps: tuple[Gap, ...] = ()
    note: str = ""

    @property
    def share(self) -> Fraction | None:
        return share(self.numerator, self.denominator)


def share(numerator: int, denominator: int) -> Fraction | None:
    """The exact share; None where there is nothing to be covered."""
    return Fraction(numerator, denominator) if denominator else None


def share_of(percentage: Decimal) -> Fraction:
    """70.00 as 7/10."""
    return Fraction(percentage) / 100


def percent(part: Fraction, *, line: Decimal | None = None) -> str:
    """A share as it is shown: “96.43”, and “100” or “50” where it is exactly that.

    Never contradicts what it is measured against: rounding makes no “100” of what isn't whole, no “0” of what isn't
    nothing, and doesn't lift it onto a target `line` (in percent) that it hasn't reached.
    """
    exact = part * 100
    if exact.denominator == 1:
        return str(exact.numerator)
    rounded = _rounded(exact, ROUND_HALF_UP)
    contradicts = rounded >= 100 or (line is not None and exact < Fraction(line) <= rounded)
    return str(max(_rounded(exact, ROUND_FLOOR) if contradicts else rounded, _HUNDREDTH))


def _rounded(exact: Fraction, rounding: str) -> Decimal:
    hundredths = Decimal(exact.numerator * 100) / Decimal(exact.denominator)
    return hundredths.quantize(Decimal(1), rounding=rounding) * _HUNDREDTH


def reaches(part: Fraction | None, target: CoverageTarget) -> bool:
    """Whether the target is reached, compared exactly. Where there is nothing to cover, nothing is reached."""
    return part is not None and part * 100 >= Fraction(target.target_percent)


# --- figures ---


def figures(subdistrict_id: int, day: date, *, communities: Iterable[int] | None = None) -> list[Figure]:
    """All rules for a street, or for some `communities` of it, as the registers stand at the end of the local `day`.

    Asks the database four times, however many rows there are.
    """
    within = _within(subdistrict_id, communities)
    estates = _estates(within, day)
    companies = {
        row["company_pk"]: row["company"] for row in estates if row["company_kind"] == BodyKind.PROPERTY_COMPANY
    }
    committees = {row["committee_pk"]: row for row in estates if row["committee_pk"] and not _out_of_term(row, day)}
    organisations = party_tree.organisations_of({*companies, *committees}, day)
    buildings = list(_buildings(within, day))
    grid_units = list(_grid_units(within, day))
    return [
        _companies(companies, organisations),
        _committees(estates, day),
        _committee_branches(committees, organisations),
        _managed(estates, day),
        _grid_buildings(buildings),
        _counted(CoverageRule.GRID_LEADERS, grid_units, "has_leader", _("Has no leader."), "gridunit"),
        _counted(CoverageRule.GRID_GROUPS, grid_units, "has_group", _("Has no party group."), "gridunit"),
        _counted(CoverageRule.STEWARDS, buildings, "has_steward", _("Has no building steward."), "building"),
    ]


def _within(subdistrict_id: int, communities: Iterable[int] | None) -> Callable[[str], Q]:
    """The area as a condition on a path to the community."""

    def within(community: str) -> Q:
        narrowed = Q() if communities is None else Q(**{f"{community}__in": set(communities)})
        return narrowed & Q(**{f"{community}__subdistrict": subdistrict_id})

    return within


def _standing(day: date, path: str = "") -> Q:
    return Q(**{f"{path}ended_on": None}) | Q(**{f"{path}ended_on__gte": day})


_ABOUT_AN_ESTATE = (
    "company_pk",
    "company",
    "company_kind",
    "committee_pk",
    "committee_name",
    "has_terms",
    "term_ends_on",
    "managed_until",
)


def _estates(within: Callable[[str], Q], day: date) -> list[dict[str, Any]]:
    """Each standing estate with who manages it, its committee and that committee's latest term."""
    managed = Q(managements__valid_from__lte=day) & (
        Q(managements__valid_until=None) | Q(managements__valid_until__gte=day)
    )
    speaking = Q(bodies__kind__in=OF_AN_ESTATE) & _standing(day, "bodies__")
    terms = CommitteeTerm.objects.filter(body=OuterRef("committee__id"))
    last = Management.objects.filter(estate=OuterRef("pk"), valid_until__lt=day).order_by("-valid_until")
    rows = (
        Estate.objects.filter(within("community"))
        .standing_on(day)
        .annotate(
            manager=FilteredRelation("managements", condition=managed),
            committee=FilteredRelation("bodies", condition=speaking),
        )
        .annotate(
            company_pk=F("manager__body"),
            company=F("manager__body__name"),
            company_kind=F("manager__body__kind"),
            committee_pk=F("committee__id"),
            committee_name=F("committee__name"),
            has_terms=Exists(terms),
            term_ends_on=Subquery(terms.filter(starts_on__lte=day).order_by("-starts_on").values("ends_on")[:1]),
            managed_until=Subquery(last.values("valid_until")[:1]),
        )
        # Where one committee ends and the next begins on the same day, the next one comes last and stays.
        .order_by("name", "pk", F("committee__ended_on").asc(nulls_last=True))
        .values("pk", "name", *_ABOUT_AN_ESTATE)
    )
    return list({row["pk"]: row for row in rows}.values())


def _out_of_term(estate: dict[str, Any], day: date) -> bool:
    ends_on = estate["term_ends_on"]
    return bool(estate["has_terms"]) and (ends_on is None or ends_on < day)


def _buildings(within: Callable[[str], Q], day: date) -> QuerySet[Any, dict[str, Any]]:
    """Each standing building of a standing estate: whether it is in a grid unit and has a steward."""
    steward = RoleAssignment.objects.in_force(_end_of(day)).filter(
        role=Role.BUILDING_STEWARD, building=OuterRef("pk"), user__is_active=True
    )
    in_grid = GridUnit.objects.standing_on(day).filter(pk=OuterRef("grid_unit"))
    return (
        Building.objects.filter(within("estate__community"), _standing(day, "estate__"))
        .standing_on(day)
        .annotate(place=F("estate__name"), has_steward=Exists(steward), is_in_grid=Exists(in_grid))
        .order_by("estate__name", "name")
        .values("pk", "name", "place", "has_steward", "is_in_grid")
    )


def _grid_units(within: Callable[[str], Q], day: date) -> QuerySet[Any, dict[str, Any]]:
    """Each standing grid unit: whether it has a leader and a party group."""
    leader = RoleAssignment.objects.in_force(_end_of(day)).filter(
        role=Role.GRID_LEADER, grid_unit=OuterRef("pk"), user__is_active=True
    )
    group = PartyBranch.objects.filter(_standing(day), pk=OuterRef("party_group"))
    return (
        GridUnit.objects.filter(within("community"))
        .standing_on(day)
        .annotate(place=F("community__name"), has_leader=Exists(leader), has_group=Exists(group))
        .order_by("community__name", "name")
        .values("pk", "name", "place", "has_leader", "has_group")
    )


def _end_of(day: date) -> datetime:
    """The last instant of the local day: a role ended on the day no longer counts, one given on it does."""
    return day_ends_at(day).astimezone(UTC) - timedelta(microseconds=1)


# --- rule by rule ---


def _companies(companies: dict[int, str], organisations: list[party_tree.Organisation]) -> Figure:
    own, joint_branches, sharing, gaps = 0, set(), 0, []
    for pk, name in sorted(companies.items(), key=lambda company: company[1]):
        standing = [organisation for organisation in organisations if organisation.body_id == pk]
        joint = [organisation for organisation in organisations if pk in organisation.units]
        shared = next((branch for branch in joint if not _what_a_joint_branch_lacks(branch, pk)), None)
        if any(_stands_alone(organisation) for organisation in standing):
            own += 1
        elif shared:
            sharing += 1
            joint_branches.add(shared.pk)
        else:
            gaps.append(Gap(name, _why_not_covered(pk, standing, joint), "body", pk))
    return Figure(
        CoverageRule.COMPANIES,
        own + sharing,
        len(companies),
        tuple(gaps),
        _own_and_joint(own, sharing, len(joint_branches)) if companies else "",
    )


def _stands_alone(organisation: party_tree.Organisation) -> bool:
    return organisation.kind in OWN_ORGANISATION and organisation.full_members >= FEWEST_FULL_MEMBERS_OF_A_BRANCH


def _own_and_joint(own: int, sharing: int, branches: int) -> str:
    words = ngettext(
        "%(own)s with an organisation of their own, %(sharing)s sharing %(branches)s joint branch",
        "%(own)s with an organisation of their own, %(sharing)s sharing %(branches)s joint branches",
        branches,
    )
    return words % {"own": own, "sharing": sharing, "branches": branches}


def _what_a_joint_branch_lacks(branch: party_tree.Organisation, company: int) -> str:
    """Why the company isn't covered by the joint branch that it shares; empty where it is."""
    if branch.full_members < FEWEST_FULL_MEMBERS_OF_A_BRANCH:
        words = ngettext(
            "Shares %(branch)s, which has %(count)s full member in all; three are needed.",
            "Shares %(branch)s, which has %(count)s full members in all; three are needed.",
            branch.full_members,
        )
        return words % {"branch": branch.name, "count": branch.full_members}
    if len(branch.units) > MOST_UNITS_OF_A_JOINT_BRANCH:
        return _("Shares %(branch)s, which has more than five units.") % {"branch": branch.name}
    if not branch.full_members_by_body.get(company):
        return _("Shares %(branch)s, but none of its full members works there.") % {"branch": branch.name}
    return ""


def _why_not_covered(company: int, own: list[party_tree.Organisation], joint: list[party_tree.Organisation]) -> str:
    counted = [organisation for organisation in own if organisation.kind in OWN_ORGANISATION]
    if counted:
        most = max(counted, key=lambda organisation: organisation.full_members)
        words = ngettext(
            "%(branch)s has %(count)s full member; three are needed.",
            "%(branch)s has %(count)s full members; three are needed.",
            most.full_members,
        )
        return words % {"branch": most.name, "count": most.full_members}
    if joint:
        return _what_a_joint_branch_lacks(joint[0], company)
    return _("Has no party organisation and shares no joint branch.")


def _committees(estates: list[dict[str, Any]], day: date) -> Figure:
    gaps = tuple(
        Gap(row["name"], _why_no_committee(row, day), "estate", row["pk"])
        for row in estates
        if not row["committee_pk"] or _out_of_term(row, day)
    )
    return Figure(CoverageRule.COMMITTEES, len(estates) - len(gaps), len(estates), gaps)


def _why_no_committee(estate: dict[str, Any], day: date) -> str:
    if not estate["committee_pk"]:
        return _("Has neither an owners' nor a property management committee.")
    if estate["term_ends_on"] is None:
        return _("The committee's first term hasn't begun.")
    return _("The committee's term ended on %(day)s.") % {"day": wording.day(estate["term_ends_on"], day)}


def _committee_branches(committees: dict[int, dict[str, Any]], organisations: list[party_tree.Organisation]) -> Figure:
    organised = {organisation.body_id for organisation in organisations}
    organised |= {unit for organisation in organisations for unit in organisation.units}
    gaps = tuple(
        Gap(row["committee_name"], _("Has no party organisation."), "body", pk)
        for pk, row in committees.items()
        if pk not in organised
    )
    return Figure(CoverageRule.COMMITTEE_BRANCHES, len(committees) - len(gaps), len(committees), gaps)


def _managed(estates: list[dict[str, Any]], day: date) -> Figure:
    gaps = tuple(
        Gap(row["name"], _why_unmanaged(row, day), "estate", row["pk"]) for row in estates if row["company_pk"] is None
    )
    return Figure(CoverageRule.MANAGED, len(estates) - len(gaps), len(estates), gaps)


def _why_unmanaged(estate: dict[str, Any], day: date) -> str:
    if estate["managed_until"] is None:
        return _("Nobody manages it.")
    return _("Nobody manages it; the last contract ended on %(day)s.") % {
        "day": wording.day(estate["managed_until"], day)
    }


def _grid_buildings(buildings: list[dict[str, Any]]) -> Figure:
    return _counted(CoverageRule.GRID_BUILDINGS, buildings, "is_in_grid", _("Is in no grid unit."), "building")


def _counted(rule: CoverageRule, rows: list[dict[str, Any]], has: str, why: str, register: str) -> Figure:
    gaps = tuple(Gap(f"{row['place']} {row['name']}", why, register, row["pk"]) for row in rows if not row[has])
    return Figure(rule, len(rows) - len(gaps), len(rows), gaps)


# --- days gone by ---


def take_snapshots(now: datetime, failed: set[int] | None = None) -> int:
    """Write what yesterday came to, once for each street. Returns how many rows were written.

    Called by every sweep; the first one after local midnight finds something to do. A street for which it goes wrong is
    logged, put into `failed` by its id, and keeps no other waiting: the next sweep tries it again.
    """
    failed = set() if failed is None else failed
    written = 0
    for pk in without_snapshot(now).order_by("pk").values_list("pk", flat=True):
        try:
            written += keep(pk, _yesterday(now), now)
        except Exception:
            failed.add(pk)
            log.exception("the coverage of subdistrict %s can't be kept; the next sweep tries it again", pk)
    return written


def without_snapshot(now: datetime) -> QuerySet[Subdistrict]:
    """The streets whose yesterday isn't kept yet."""
    taken = CoverageSnapshot.objects.filter(subdistrict=OuterRef("pk"), day=_yesterday(now))
    return Subdistrict.objects.filter(~Exists(taken))


def _yesterday(now: datetime) -> date:
    return local_day(now) - timedelta(days=1)


def keep(subdistrict_id: int, day: date, now: datetime) -> int:
    """Write a street's figures of a day, all or none; what another sweep has written stays. Returns how many rows."""
    with transaction.atomic():
        rows = [
            CoverageSnapshot(
                subdistrict_id=subdistrict_id,
                day=day,
                rule=figure.rule,
                numerator=figure.numerator,
                denominator=figure.denominator,
                gaps=[gap.name for gap in figure.gaps[:MOST_NAMES_KEPT]],
                taken_at=now,
            )
            for figure in figures(subdistrict_id, day)
        ]
        return len(CoverageSnapshot.objects.bulk_create(rows, ignore_conflicts=True))
