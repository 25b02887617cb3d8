"""Dispatch: whose it is today, and whose phone rings."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q, QuerySet

from governance.domain import audit, outbox
from governance.domain.doorbell import doorbell
from governance.domain.managing import management_of
from governance.domain.moment import local_day
from governance.domain.refusals import Refusal
from governance.models import Body, BodyKind, Management, Urgency, User
from issues.domain import people
from issues.domain.telling import desk, link_to, petitions_of, tell_petitioners, tell_what_is_next
from issues.models import Handler, Issue, IssueStep, WorkOrder
from issues.models.sla import HANDLED_BY
from issues.workflow import WORK_ORDER
from residents.domain import standing

# Unaccepted for so long, the next phone rings (RULES.md §1: somebody's phone must ring).
RING_NEXT_AFTER = timedelta(seconds=60)
BY_DEFAULT = "default"
BY_HAND = "by_hand"
PROGRAM = "dispatching"


class NobodyAnswers(Refusal):
    """No office is entered as a body to which the matter may go: the register is incomplete.

    A complaint about people in charge waits as it was filed, rather than fall to those it is about; the work list of
    the console says so.
    """

    code = "nobody_answers"


class Answerable(NamedTuple):
    """The body that answers for an issue today, and why it is that one."""

    body: Body
    why: str


def body_for(issue: Issue, at: datetime) -> Answerable:
    """Whoever manages the estate on the day of `at`, or the body its category goes to; else the default duty holder."""
    if issue.goes_past_the_street:
        return Answerable(_office_above_the_street(issue, at), "category")
    handler = issue.category.handling.handler
    if handler == Handler.MANAGER and issue.category.is_about_staff:
        # Whatever the register says: whoever is complained about doesn't get the complaint.
        handler = Handler.COMMUNITY
    if handler == Handler.MANAGER:
        management = management_of(issue.estate_id, at)
        if management:
            return Answerable(management.body, management.kind)
        return Answerable(default_duty_holder(issue), BY_DEFAULT)
    return Answerable(_office(issue, handler), "category")


def bodies_to_hand_to(issue: Issue, at: datetime) -> QuerySet[Body]:
    """Whom a person at the desk may send the matter to: whoever manages the estate, its community, its street office,
    and the departments of its street. Never those whom it complains about: past the street goes to the district."""
    if issue.goes_past_the_street:
        return _standing(_offices(issue).filter(kind=BodyKind.DISTRICT_OFFICE), at)
    allowed = Q(kind__in=(BodyKind.STREET_OFFICE, BodyKind.DEPARTMENT), subdistrict=issue.subdistrict_id)
    handler, is_about_staff = issue.category.handling.handler, issue.category.is_about_staff
    if not is_about_staff or handler == Handler.COMMUNITY:
        allowed |= Q(kind=BodyKind.RESIDENTS_COMMITTEE, community=issue.community_id)
    if not is_about_staff:
        managing = Management.objects.in_force(local_day(at)).filter(estate=issue.estate_id)
        allowed |= Q(pk__in=managing.values("body"))
    return _standing(Body.objects.filter(allowed), at)


def _standing(bodies: QuerySet[Body], at: datetime) -> QuerySet[Body]:
    return bodies.filter(pk__in=Body.objects.standing_on(local_day(at)))


def default_duty_holder(issue: Issue, *, above: Body | None = None) -> Body:
    """兜底: the community; one level up, the street office, if the community can't, or is complained about; above
    that the district's."""
    if issue.goes_past_the_street:
        return _office(issue, Handler.DISTRICT)
    if issue.goes_past_the_community:
        return _office(issue, Handler.STREET)
    community = _office(issue, Handler.COMMUNITY)
    return _office(issue, Handler.STREET) if above == community else community


def street_office(issue: Issue) -> Body:
    """Whom a resident may phone about what isn't taken up: above the street, its district. Raises `NobodyAnswers`."""
    return _office(issue, Handler.DISTRICT if issue.goes_past_the_street else Handler.STREET)


def _offices(issue: Issue) -> QuerySet[Body]:
    """The community's committee, the street's office and the district's."""
    return Body.objects.filter(
        Q(kind=BodyKind.RESIDENTS_COMMITTEE, community=issue.community_id)
        | Q(kind=BodyKind.STREET_OFFICE, subdistrict=issue.subdistrict_id)
        | Q(kind=BodyKind.DISTRICT_OFFICE, district__subdistricts=issue.subdistrict_id)
    )


def _office(issue: Issue, handler: str) -> Body:
    """The office that `handler` names; where it isn't entered, another one, but none of those complained about."""
    by_kind = {body.kind: body for body in _offices(issue).order_by("-pk")}
    body = next((by_kind[kind] for kind in _in_turn(issue, handler) if kind in by_kind), None)
    if body is None:
        raise NobodyAnswers(f"no office for {issue.estate}")
    return body


def _in_turn(issue: Issue, handler: str) -> tuple[str, ...]:
    """The kinds of office to ask, the right one first. A complaint about people in charge only ever goes up."""
    committee, street, district = (HANDLED_BY[level] for level in (Handler.COMMUNITY, Handler.STREET, Handler.DISTRICT))
    match handler:
        case Handler.COMMUNITY:
            return committee, street
        case Handler.STREET:
            return (street, district) if issue.goes_past_the_community else (street, committee)
    return (district,)


def _office_above_the_street(issue: Issue, at: datetime) -> Body:
    """The district's office, if anybody works there: an order that no phone rings for would wait unseen."""
    office = _office(issue, Handler.DISTRICT)
    if not people.staff_of(office, at):
        raise NobodyAnswers(f"nobody works for {office}")
    return office


def dispatch(issue: Issue, answerable: Answerable, *, actor: User | str, at: datetime) -> WorkOrder:
    """Write the work order and ring the first phone. Runs inside the caller's transaction.

    What comes to the community by default lies in its inbox: a person has to look whose it really is.
    """
    if answerable.why == BY_DEFAULT and answerable.body.kind == BodyKind.RESIDENTS_COMMITTEE and issue.triaged_at:
        issue.triaged_at = None
        issue.save(update_fields=["triaged_at"])
    petitions = petitions_of(issue)
    order = WorkOrder.objects.create(
        subdistrict_id=issue.subdistrict_id,
        community_id=issue.community_id,
        issue=issue,
        body=answerable.body,
        why_here=answerable.why,
        dispatched_at=at,
        changed_at=at,
        supporters=supporters(issue, len(petitions)),
    )
    IssueStep.objects.create(
        issue=issue,
        work_order=order,
        verb="dispatch",
        to_state=order.state,
        at=at,
        actor=actor if isinstance(actor, User) else None,
        program="" if isinstance(actor, User) else actor,
    )
    audit.record(
        "dispatch",
        "work order",
        order.audit_ref,
        actor=actor,
        at=at,
        subdistrict_id=issue.subdistrict_id,
        body=answerable.body.name,
        why=answerable.why,
    )
    standing.set_holder(petitions, desk(order), phone=answerable.body.phone, since=at)
    kind = "default_holder" if answerable.why == BY_DEFAULT else "dispatched"
    tell_petitioners(issue, kind, at=at, body=answerable.body.short_name, petitions=petitions)
    tell_what_is_next(issue, order, petitions)
    if issue.is_commitment:
        _tell_of_commitment(order, at)
    else:
        ring(order, at)
    return order


def _tell_of_commitment(order: WorkOrder, at: datetime) -> None:
    """It has days, so no phone rings, at night least of all: its managers are told; where there are none, its staff."""
    outbox.post_to_each(
        people.managers_of(order.body, at) or people.staff_of(order.body, at),
        "commitment_ordered",
        {**people.place_params(order), "what": order.issue.words, "due_at": _iso(order.next_due_at)},
        dedupe=f"ordered:{order.pk}",
        at=at,
        urgency=Urgency.PROMPT,
        link=link_to(order),
        subdistrict_id=order.issue.phoning_subdistrict_id,
        community_id=order.issue.phoning_community_id,
    )


def supporters(issue: Issue, petitions: int) -> int:
    """How many say the same beside the first. Of what a patrol found, the first was the patrol."""
    return petitions if issue.found_by_id else max(petitions - 1, 0)


def pass_on(order_id: int, at: datetime) -> bool:
    """The body's contract has ended: whoever answers for the estate today gets the order. The clocks keep running."""
    with transaction.atomic():
        issue = Issue.objects.select_for_update(no_key=True, of=("self",)).filter(orders=order_id).first()
        order = WorkOrder.objects.unmanaged(at).filter(pk=order_id).first()
        if issue is None or order is None:
            return False
        WORK_ORDER.take_step(order, "cancel", actor=PROGRAM, at=at, fields={"changed_at": at, "ring_next_at": None})
        dispatch(issue, body_for(issue, at), actor=PROGRAM, at=at)
        return True


def call_back(issue: Issue, *, actor: str, at: datetime) -> None:
    """Cancel the issue's live order, if it has one. Runs inside the caller's transaction."""
    order = WorkOrder.objects.live().filter(issue=issue).first()
    if order:
        WORK_ORDER.take_step(order, "cancel", actor=actor, at=at, fields={"changed_at": at, "ring_next_at": None})


def ring(order: WorkOrder, at: datetime) -> User | None:
    """Ring the next phone in line, and note when the one after it rings. None when all have been rung."""
    line = people.to_ring(order, at)
    ringing = line[order.rings] if order.rings < len(line) else None
    if ringing:
        order.rings += 1
        outbox.post(
            ringing,
            "order_rings",
            {**people.place_params(order), "kind": order.next_kind, "due_at": _iso(order.next_due_at)},
            dedupe=f"ring:{order.pk}:{order.rings}",
            at=at,
            urgency=Urgency.RING,
            link=link_to(order),
            subdistrict_id=order.issue.phoning_subdistrict_id,
            community_id=order.issue.phoning_community_id,
        )
        doorbell.ring_on_commit()
    order.ring_next_at = at + RING_NEXT_AFTER if order.rings < len(line) else None
    order.changed_at = at
    order.save(update_fields=["rings", "ring_next_at", "changed_at"])
    return ringing


def _iso(at: datetime | None) -> str:
    return at.isoformat() if at else ""
