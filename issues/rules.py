"""Who may do what with an order. The instant asked about is the one of the person's scope: the request's."""

import rules

from governance.models import BodyKind, Community, User
from issues.models import Issue, IssuePetition, SupervisionOrder, WorkOrder, WorkOrderState
from issues.models.orders import BY_COMMITMENT
from residents.models import Occupancy

# Those whose staff answer for it together: nobody is their manager.
OFFICES = (BodyKind.RESIDENTS_COMMITTEE, BodyKind.STREET_OFFICE, BodyKind.DISTRICT_OFFICE)


@rules.predicate
def is_of_the_body(user: User, order: WorkOrder) -> bool:
    """Whether the person works for the order's body, and the body still manages the estate, or has promised it."""
    scope = user.scope()
    match order.body.kind:
        case BodyKind.RESIDENTS_COMMITTEE:
            return order.community_id in scope.communities
        case BodyKind.STREET_OFFICE:
            return order.subdistrict_id in scope.subdistricts
        case BodyKind.DISTRICT_OFFICE:
            return order.body.district_id in scope.districts
        case BodyKind.DEPARTMENT:
            return order.body_id in scope.bodies
        case _:
            manages = (order.body_id, order.issue.estate_id) in scope.manages
            return order.body_id in scope.bodies and (manages or order.why_here == BY_COMMITMENT)


@rules.predicate
def holds_it(user: User, order: WorkOrder) -> bool:
    return order.holder_id == user.pk


@rules.predicate
def is_unclaimed(_user: User, order: WorkOrder) -> bool:
    return order.state == WorkOrderState.DISPATCHED


@rules.predicate
def leads_the_body(user: User, order: WorkOrder) -> bool:
    """The company's manager; a committee and the offices of street and district lead themselves."""
    if order.body.kind in OFFICES:
        return True
    return order.body_id in user.scope().managed_bodies


@rules.predicate
def has_the_community(user: User, community: Community) -> bool:
    scope = user.scope()
    return scope.is_administrator or community.pk in scope.communities or community.subdistrict_id in scope.subdistricts


@rules.predicate
def keeps_the_desk(user: User, issue: Issue) -> bool:
    """Whether the matter lies at the desk of the person: of its community, unless it goes past it, or of the street."""
    scope = user.scope()
    if issue.subdistrict_id in scope.subdistricts:
        return not issue.goes_past_the_street
    return issue.community_id in scope.communities and not issue.goes_past_the_community


@rules.predicate
def walks_there(user: User, issue: Issue) -> bool:
    """Whether the matter is at a building that the person walks, and isn't about people in charge.

    A quarrel isn't for the building's steward, who lives among those at odds.
    """
    building, scope = issue.building, user.scope()
    if building is None or issue.category.is_about_staff:
        return False
    return building.grid_unit_id in scope.grid_units if issue.is_a_quarrel else scope.walks(building)


@rules.predicate
def is_party(user: User, issue: Issue) -> bool:
    """Whether the matter is the person's own: filed in their name, or a quarrel at a building where they have a home.

    Whose words stand behind a petition isn't asked of anybody else: this is about the person who wants to act.
    """
    return _has_asked_for(user, issue, issue.pk) or (issue.is_a_quarrel and has_a_home_there(user, issue))


def _has_asked_for(user: User, told: Issue | WorkOrder, issue_id: int) -> bool:
    """A row read with its `petitioner_ids` knows it: neither a list nor each step of a page asks for itself."""
    asked_by: list[int] | None = getattr(told, "petitioner_ids", None)
    if asked_by is not None:
        return user.pk in asked_by
    return IssuePetition.objects.filter(issue=issue_id, undone_at=None, petition__petitioner=user).exists()


@rules.predicate
def is_commitment(_user: User, issue: Issue) -> bool:
    """What a body has committed itself to is neither sorted nor checked here: whoever supervises it judges it."""
    return issue.is_commitment


@rules.predicate
def has_committed_itself(_user: User, order: WorkOrder) -> bool:
    """Nobody hands back what they have promised themselves; whoever supervises it may give it to somebody else."""
    return order.why_here == BY_COMMITMENT


@rules.predicate
def has_a_home_there(user: User, issue: Issue) -> bool:
    homes = Occupancy.objects.standing().filter(user=user, unit__building=issue.building_id)
    return issue.building_id is not None and homes.exists()


@rules.predicate
def is_own_order(user: User, order: WorkOrder) -> bool:
    """Whether somebody would put right, and call finished, what they have asked for themselves."""
    return _has_asked_for(user, order, order.issue_id)


@rules.predicate
def is_of_the_body_supervised(user: User, supervision: SupervisionOrder) -> bool:
    """Whoever leads the body that must give the account: a company while it manages the estate.

    Of what it has committed itself to also afterwards: it stays responsible for that.
    """
    scope = user.scope()
    match supervision.body.kind:
        case BodyKind.RESIDENTS_COMMITTEE:
            return supervision.body.community_id in scope.communities
        case BodyKind.STREET_OFFICE:
            return supervision.subdistrict_id in scope.subdistricts
        case BodyKind.DISTRICT_OFFICE:
            return supervision.body.district_id in scope.districts
        case BodyKind.DEPARTMENT:
            return supervision.body_id in scope.managed_bodies
        case _:
            manages = (supervision.body_id, supervision.issue.estate_id) in scope.manages
            return supervision.body_id in scope.managed_bodies and (manages or supervision.issue.is_commitment)


@rules.predicate
def judges_the_answer(user: User, supervision: SupervisionOrder) -> bool:
    """The community judges a company's or a department's account, the street the community's; nobody their own.

    Of a complaint about the street's people the district judges, as the street does of its own matters: a colleague.
    """
    scope = user.scope()
    if supervision.answered_by_id == user.pk:
        return False
    if supervision.issue.goes_past_the_street:
        return supervision.body.district_id in scope.districts
    if supervision.subdistrict_id in scope.subdistricts:
        return True
    is_theirs = supervision.body.kind not in OFFICES and not supervision.issue.goes_past_the_community
    return supervision.community_id in scope.communities and is_theirs


rules.add_rule("issues.may_triage", keeps_the_desk & ~is_party & ~is_commitment)
rules.add_rule("issues.may_verify", (walks_there | keeps_the_desk) & ~is_party & ~is_commitment)
rules.add_rule("issues.may_mediate", (walks_there | keeps_the_desk) & ~is_party & ~is_commitment)
rules.add_rule("issues.may_answer", is_of_the_body_supervised)
rules.add_rule("issues.may_accept_answer", judges_the_answer)
rules.add_rule("issues.may_work_on", is_of_the_body & ~is_own_order)
rules.add_rule("issues.is_holder", is_of_the_body & holds_it & ~is_own_order)
rules.add_rule("issues.may_return", is_of_the_body & (is_unclaimed | holds_it) & ~has_committed_itself)
rules.add_rule("issues.may_reassign", is_of_the_body & leads_the_body)
rules.add_rule("issues.may_link", has_the_community)
