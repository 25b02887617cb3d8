"""Pieces of the net of party branches and grid units, for tests that need more of it than the cast has."""

from collections.abc import Iterable
from datetime import date
from itertools import count

from governance.models import (
    Body,
    BodyKind,
    BranchKind,
    Community,
    Estate,
    JointUnit,
    Management,
    ManagementKind,
    MemberKind,
    Membership,
    PartyBranch,
    PartyMember,
    Standing,
)

SINCE = date(2021, 1, 1)
_numbers = count(1)


def company(community: Community, name: str, *estates: Estate, until: date | None = None) -> Body:
    """A property company with a contract for each of the estates, until the last day `until`."""
    body = Body.objects.create(
        kind=BodyKind.PROPERTY_COMPANY, name=name, short_name=name[:20], subdistrict=community.subdistrict
    )
    for estate in estates:
        Management.objects.create(
            estate=estate, body=body, kind=ManagementKind.CONTRACT, valid_from=SINCE, valid_until=until
        )
    return body


def committee(estate: Estate, *, organised: bool = True) -> Body:
    """The estate's owners' committee, with a party organisation unless told otherwise."""
    body = Body.objects.create(
        kind=BodyKind.OWNERS_COMMITTEE,
        name=f"{estate.name}业委会",
        short_name=f"{estate.name}业委会"[:20],
        subdistrict=estate.community.subdistrict,
        estate=estate,
    )
    if organised:
        branch(f"{estate.name}业委会党小组", BranchKind.GROUP, body=body)
    return body


def branch(name: str, kind: str = BranchKind.BRANCH, *, parent: PartyBranch | None = None, **attached) -> PartyBranch:
    return PartyBranch.objects.create(name=name, kind=kind, parent=parent, **attached)


def members(
    of: PartyBranch,
    how_many: int,
    *,
    community: Community,
    body: Body | None = None,
    standing: str = Standing.FULL,
    since: date = SINCE,
) -> list[Membership]:
    """So many members of the organisation, who work for `body`."""
    found = []
    for number in range(how_many):
        member = PartyMember.objects.create(
            number=f"D{next(_numbers):05}",
            full_name=f"党员{number + 1}",
            kind=MemberKind.IN_SERVICE if body else MemberKind.RESIDENT,
            community=community,
            body=body,
        )
        found.append(Membership.objects.create(member=member, branch=of, standing=standing, since=since))
    return found


def share(joint: PartyBranch, bodies: Iterable[Body], *, since: date = SINCE) -> None:
    for body in bodies:
        JointUnit.objects.create(branch=joint, body=body, since=since)
