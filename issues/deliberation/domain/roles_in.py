"""In which role somebody acts on a commitment or a vote: as the public reads it, beside the surname."""

from governance.models import BodyKind, PartyBranch, Role, User
from issues.deliberation.models import Commitment, Motion


def role_in(person: User, commitment: Commitment) -> str:
    """Of the body that promised, if the person works for it; else of the branch, the street, the community, above."""
    scope, body = person.scope(), commitment.body
    if body.pk in scope.bodies:
        if body.kind == BodyKind.DEPARTMENT:
            return Role.DEPARTMENT_LIAISON
        return Role.PROPERTY_MANAGER if body.pk in scope.managed_bodies else Role.PROPERTY_STAFF
    if _is_secretary(scope.party_branches, commitment):
        return Role.BRANCH_SECRETARY
    if commitment.subdistrict_id in scope.subdistricts:
        return Role.STREET_OFFICER
    if commitment.community_id in scope.communities:
        return Role.COMMUNITY_STAFF
    return Role.DISTRICT_OFFICER if scope.districts else ""


def organiser_role(person: User, motion: Motion) -> str:
    """Of the two that organise votes."""
    return Role.STREET_OFFICER if motion.subdistrict_id in person.scope().subdistricts else Role.COMMUNITY_STAFF


def _is_secretary(branches: frozenset[int], commitment: Commitment) -> bool:
    here = PartyBranch.objects.filter(pk__in=branches)
    return (here.filter(estate=commitment.topic.estate_id) | here.filter(community=commitment.community_id)).exists()
