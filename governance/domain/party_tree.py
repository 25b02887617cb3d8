"""Reading the party organisations of a street: how many members each has, what stands above, below and beside it.

Of members only numbers are here. What is unusual about a number is said by `warnings_of` and enforced by nobody.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance import wording
from governance.domain.moment import local_day
from governance.models import (
    Body,
    BranchKind,
    CommitteeTerm,
    Joins,
    JointUnit,
    Membership,
    PartyBranch,
    Role,
    RoleAssignment,
    Standing,
    Subdistrict,
    User,
)
from governance.models.party import FEWEST_FULL_MEMBERS_OF_A_BRANCH, LEVEL

# 支部工作条例: at most 50 in a branch, generally. From 100 on a committee, and a general branch between, are practice.
MOST_MEMBERS_OF_A_BRANCH = 50
FEWEST_MEMBERS_OF_A_COMMITTEE = 100
# A term is a matter for today when this few days are left.
ENDS_SOON = timedelta(days=60)

# An organisation has the members of those below it. A body's organisation has not those of other bodies' or of joint
# branches that happen to stand below it.
_ORGANISATIONS = """
WITH RECURSIVE below(top, id, body_id) AS (
    SELECT b.id, b.id, b.body_id FROM governance_partybranch b
    WHERE (b.ended_on IS NULL OR b.ended_on >= %(day)s)
      AND (b.id = ANY(%(tops)s) OR b.body_id = ANY(%(bodies)s) OR EXISTS (
          SELECT 1 FROM governance_jointunit u WHERE u.branch_id = b.id AND u.body_id = ANY(%(bodies)s)
          AND b.kind = 'joint_branch' AND u.since <= %(day)s AND (u.ended_on IS NULL OR u.ended_on >= %(day)s)))
    UNION ALL
    SELECT below.top, b.id, below.body_id FROM governance_partybranch b JOIN below ON b.parent_id = below.id
    WHERE (b.ended_on IS NULL OR b.ended_on >= %(day)s)
      AND (below.body_id IS NULL
           OR b.kind <> 'joint_branch' AND (b.body_id IS NULL OR b.body_id = below.body_id))
)
SELECT top.id, top.name, top.kind, top.body_id,
       (SELECT array_agg(u.body_id) FROM governance_jointunit u
        WHERE u.branch_id = top.id AND top.kind = 'joint_branch'
          AND u.since <= %(day)s AND (u.ended_on IS NULL OR u.ended_on >= %(day)s)),
       member.body_id,
       count(m.id) FILTER (WHERE m.standing = 'full'),
       count(m.id) FILTER (WHERE m.standing = 'probationary')
FROM below
JOIN governance_partybranch top ON top.id = below.top
LEFT JOIN governance_membership m ON m.branch_id = below.id
      AND m.since <= %(day)s AND (m.ended_on IS NULL OR m.ended_on >= %(day)s)
LEFT JOIN governance_partymember member ON member.id = m.member_id
GROUP BY top.id, member.body_id
ORDER BY top.id
"""


@dataclass
class Organisation:
    """A party organisation on a day, with the organisations below it: how many members, and of which bodies.

    `units` are the bodies that share a joint branch. Of its members only numbers are here.
    """

    pk: int
    name: str
    kind: str
    body_id: int | None
    units: frozenset[int]
    full_members_by_body: Counter[int | None] = field(default_factory=Counter)
    probationary_members: int = 0

    @property
    def full_members(self) -> int:
        return self.full_members_by_body.total()


def organisations_of(bodies: Iterable[int], day: date, *, also: Iterable[int] = ()) -> list[Organisation]:
    """The organisations that stand on the day: those of the `bodies`, the joint branches that these share, and `also`.

    Asks the database once.
    """
    facts: dict[str, Any] = {"bodies": sorted(bodies), "tops": sorted(also), "day": day}
    with connection.cursor() as cursor:
        cursor.execute(_ORGANISATIONS, facts)
        rows = cursor.fetchall()
    found: dict[int, Organisation] = {}
    for pk, name, kind, body_id, units, works_for, full, probationary in rows:
        organisation = found.setdefault(pk, Organisation(pk, name, kind, body_id, frozenset(units or ())))
        organisation.full_members_by_body[works_for] += full
        organisation.probationary_members += probationary
    return list(found.values())


# --- the tree ---


@dataclass
class Branch:
    """An organisation in the tree, with what stands below it and what belongs to it from the side."""

    branch: PartyBranch
    secretary: User | None = None
    joins: list[PartyBranch] = field(default_factory=list)
    joined_by: list[PartyBranch] = field(default_factory=list)
    units: list[Body] = field(default_factory=list)
    full: int = 0
    probationary: int = 0
    below: list["Branch"] = field(default_factory=list)

    @property
    def needs_secretary(self) -> bool:
        return self.branch.kind != BranchKind.GROUP

    @property
    def has_numbers(self) -> bool:
        """Whether its own members are worth a word: always a branch's, elsewhere where it has some."""
        is_branch = self.branch.kind in (BranchKind.BRANCH, BranchKind.JOINT_BRANCH)
        return is_branch or bool(self.full or self.probationary)


def tree(subdistrict: Subdistrict, at: datetime, *, communities: Iterable[int] | None = None) -> list[Branch]:
    """The organisations of a street, from the district's committee down, or those of some communities of it.

    With communities, only what belongs to them, what joins their committees, and the lines above. Members are numbers.
    Asks the database five times.
    """
    day = local_day(at)
    rows = PartyBranch.objects.filter(_standing(day), _in_subdistrict(subdistrict)).select_related(
        "community", "estate__community", "body__community", "body__estate__community"
    )
    found = {row.pk: Branch(row) for row in sorted(rows, key=lambda row: (LEVEL[BranchKind(row.kind)], row.name))}
    _name_secretaries(found, at)
    _name_joins(found, day)
    _name_units(found, day)
    _count_members(found, day)
    if communities is not None:
        found = _of_communities(found, set(communities))
    tops: list[Branch] = []
    for node in found.values():
        above = found.get(node.branch.parent_id or 0)
        (above.below if above else tops).append(node)
    return tops


def _standing(day: date, path: str = "") -> Q:
    return Q(**{f"{path}ended_on": None}) | Q(**{f"{path}ended_on__gte": day})


def _in_force(day: date) -> Q:
    return Q(since__lte=day) & _standing(day)


def _in_subdistrict(subdistrict: Subdistrict) -> Q:
    """Organisations of the street, of places and bodies in it, and of the district above it."""
    return (
        Q(district=subdistrict.district_id)
        | Q(subdistrict=subdistrict)
        | Q(community__subdistrict=subdistrict)
        | Q(estate__community__subdistrict=subdistrict)
        | Q(body__subdistrict=subdistrict)
    )


def _name_secretaries(found: dict[int, Branch], at: datetime) -> None:
    held = RoleAssignment.objects.in_force(at).filter(role=Role.BRANCH_SECRETARY, party_branch__in=found)
    for assignment in held.select_related("user").order_by("valid_from"):
        found[assignment.party_branch_id or 0].secretary = assignment.user


def _name_joins(found: dict[int, Branch], day: date) -> None:
    joined = Joins.objects.filter(_in_force(day), Q(branch__in=found) | Q(committee__in=found))
    for row in joined.select_related("branch", "committee").order_by("branch__name", "committee__name"):
        if row.branch_id in found:
            found[row.branch_id].joins.append(row.committee)
        if row.committee_id in found:
            found[row.committee_id].joined_by.append(row.branch)


def _name_units(found: dict[int, Branch], day: date) -> None:
    units = JointUnit.objects.filter(_in_force(day), branch__in=found).select_related("body")
    for unit in units.order_by("body__name"):
        found[unit.branch_id].units.append(unit.body)


def _count_members(found: dict[int, Branch], day: date) -> None:
    """Of each organisation itself: those below it have their own."""
    members = Membership.objects.filter(_in_force(day), branch__in=found).values("branch", "standing")
    for row in members.annotate(how_many=Count("pk")):
        name = "full" if row["standing"] == Standing.FULL else "probationary"
        setattr(found[row["branch"]], name, row["how_many"])


def _of_communities(found: dict[int, Branch], communities: set[int]) -> dict[int, Branch]:
    mine = {pk for pk, node in found.items() if community_of(node.branch) in communities}
    mine |= {joining.pk for pk in mine for joining in found[pk].joined_by} & found.keys()
    for pk in list(mine):
        above = found[pk].branch.parent_id
        while above in found and above not in mine:
            mine.add(above)
            above = found[above].branch.parent_id
    return {pk: node for pk, node in found.items() if pk in mine}


def community_of(branch: PartyBranch) -> int | None:
    """The community that the organisation belongs to by its place or body; None for those of a street or above."""
    for place in (branch.community, branch.estate and branch.estate.community):
        if place:
            return place.pk
    body = branch.body
    if body is None:
        return None
    return body.community_id or (body.estate.community_id if body.estate else None)


# --- what is usual, and said where it isn't ---


def warnings_of(branches: Iterable[PartyBranch], day: date) -> dict[int, list[str]]:
    """By organisation, what somebody should look at: numbers of members that are unusual, a term that runs out.

    Only organisations with something to be said are in it. Asks the database twice. Nothing of it is enforced: three
    full members and fifty at most are 支部工作条例, the other numbers are practice.
    """
    standing = [branch for branch in branches if branch.ended_on is None or branch.ended_on >= day]
    members = {each.pk: each for each in organisations_of((), day, also=[branch.pk for branch in standing])}
    terms = _last_days(standing, day)
    found = {}
    for branch in standing:
        said = [*_about_numbers(branch, members[branch.pk]), *_about_the_term(terms.get(branch.pk), day)]
        if said:
            found[branch.pk] = said
    return found


def _last_days(branches: list[PartyBranch], day: date) -> dict[int, date]:
    """Of organisations that have terms: the last day of the last one."""
    terms = CommitteeTerm.objects.filter(branch__in=branches, starts_on__lte=day)
    return dict(terms.values_list("branch").annotate(last=Max("ends_on")))


def _about_numbers(branch: PartyBranch, members: Organisation) -> Iterator[str]:
    full, everybody = members.full_members, members.full_members + members.probationary_members
    match branch.kind:
        case BranchKind.BRANCH | BranchKind.JOINT_BRANCH if full < FEWEST_FULL_MEMBERS_OF_A_BRANCH:
            words = ngettext(
                "%(count)s full member; a branch has three or more",
                "%(count)s full members; a branch has three or more",
                full,
            )
            yield words % {"count": full}
        case BranchKind.BRANCH | BranchKind.JOINT_BRANCH if everybody > MOST_MEMBERS_OF_A_BRANCH:
            yield _("%(count)s members; a branch generally has 50 at most") % {"count": everybody}
        case BranchKind.GENERAL_BRANCH if not MOST_MEMBERS_OF_A_BRANCH <= everybody <= FEWEST_MEMBERS_OF_A_COMMITTEE:
            yield _("%(count)s members; a general branch usually has 50 to 100") % {"count": everybody}
        case BranchKind.COMMITTEE if everybody < FEWEST_MEMBERS_OF_A_COMMITTEE and not _is_of_an_area(branch):
            yield _("%(count)s members; a committee usually begins at 100") % {"count": everybody}


def _is_of_an_area(branch: PartyBranch) -> bool:
    """Committees of districts, streets and communities are set up with the area, whatever their number."""
    return bool(branch.district_id or branch.subdistrict_id or branch.community_id)


def _about_the_term(ends_on: date | None, day: date) -> Iterator[str]:
    if ends_on is None or ends_on > day + ENDS_SOON:
        return
    pattern = _("the term ends on %(day)s") if ends_on >= day else _("the term ended on %(day)s")
    yield pattern % {"day": wording.day(ends_on, day)}
