"""Who may do what with an order. The instant asked about is the one of the person's scope: the request's."""

import rules

from governance.models import BodyKind, Community, User
from issues.models import WorkOrder, WorkOrderState


@rules.predicate
def is_of_the_body(user: User, order: WorkOrder) -> bool:
    """Whether the person works for the order's body, and the body still manages the estate."""
    scope = user.scope()
    match order.body.kind:
        case BodyKind.RESIDENTS_COMMITTEE:
            return order.community_id in scope.communities
        case BodyKind.STREET_OFFICE:
            return order.subdistrict_id in scope.subdistricts
        case _:
            return order.body_id in scope.bodies and (order.body_id, order.issue.estate_id) in scope.manages


@rules.predicate
def holds_it(user: User, order: WorkOrder) -> bool:
    return order.holder_id == user.pk


@rules.predicate
def is_unclaimed(_user: User, order: WorkOrder) -> bool:
    return order.state == WorkOrderState.DISPATCHED


@rules.predicate
def leads_the_body(user: User, order: WorkOrder) -> bool:
    """The company's manager; a committee and the street office lead themselves."""
    if order.body.kind in (BodyKind.RESIDENTS_COMMITTEE, BodyKind.STREET_OFFICE):
        return True
    return order.body_id in user.scope().managed_bodies


@rules.predicate
def has_the_community(user: User, community: Community) -> bool:
    scope = user.scope()
    return scope.is_administrator or community.pk in scope.communities or community.subdistrict_id in scope.subdistricts


rules.add_rule("issues.may_work_on", is_of_the_body)
rules.add_rule("issues.is_holder", is_of_the_body & holds_it)
rules.add_rule("issues.may_return", is_of_the_body & (is_unclaimed | holds_it))
rules.add_rule("issues.may_reassign", is_of_the_body & leads_the_body)
rules.add_rule("issues.may_link", has_the_community)
