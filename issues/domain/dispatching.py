"""Dispatch: whose it is today, and whose phone rings."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction

from governance.domain import audit, outbox
from governance.domain.doorbell import doorbell
from governance.domain.managing import management_of
from governance.domain.refusals import Refusal
from governance.models import Body, Urgency, User
from issues.domain import people
from issues.domain.telling import desk, link_to, petitions_of, tell_petitioners, tell_what_is_next
from issues.models import Handler, Issue, IssueStep, WorkOrder
from issues.models.sla import HANDLED_BY
from issues.workflow import WORK_ORDER
from residents.domain import standing

# Unaccepted for so long, the next phone rings (RULES.md §1: somebody's phone must ring).
RING_NEXT_AFTER = timedelta(seconds=60)
BY_DEFAULT = "default"
PROGRAM = "dispatching"


class NobodyAnswers(Refusal):
    """Neither the community nor the street office is entered as a body: the register is incomplete."""

    code = "nobody_answers"


class Answerable(NamedTuple):
    """The body that answers for an issue today, and why it is that one."""

    body: Body
    why: str


def body_for(issue: Issue, at: datetime) -> Answerable:
    """Whoever manages the estate on the day of `at`, or the body its category goes to; else the default duty holder."""
    handler = issue.category.handling.handler
    if handler == Handler.MANAGER:
        management = management_of(issue.estate_id, at)
        if management:
            return Answerable(management.body, management.kind)
    elif handler == Handler.STREET:
        return Answerable(_office(issue, Handler.STREET), "category")
    else:
        return Answerable(_office(issue, Handler.COMMUNITY), "category")
    return Answerable(default_duty_holder(issue), BY_DEFAULT)


def default_duty_holder(issue: Issue, *, above: Body | None = None) -> Body:
    """兜底: the community; one level up, the street office, if it is the community that can't."""
    community = _office(issue, Handler.COMMUNITY)
    return _office(issue, Handler.STREET) if above == community else community


def _office(issue: Issue, handler: str) -> Body:
    bodies = Body.objects.filter(subdistrict_id=issue.subdistrict_id)
    committee = bodies.filter(kind=HANDLED_BY[Handler.COMMUNITY], community_id=issue.community_id).first()
    street = bodies.filter(kind=HANDLED_BY[Handler.STREET]).first()
    body = (committee or street) if handler == Handler.COMMUNITY else (street or committee)
    if body is None:
        raise NobodyAnswers(f"no residents' committee or street office for {issue.estate}")
    return body


def dispatch(issue: Issue, answerable: Answerable, *, actor: User | str, at: datetime) -> WorkOrder:
    """Write the work order and ring the first phone. Runs inside the caller's transaction."""
    order = WorkOrder.objects.create(
        subdistrict_id=issue.subdistrict_id,
        community_id=issue.community_id,
        issue=issue,
        body=answerable.body,
        why_here=answerable.why,
        dispatched_at=at,
        changed_at=at,
        supporters=supporters(issue, len(petitions_of(issue))),
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
    standing.set_holder(petitions_of(issue), desk(order), phone=answerable.body.phone, since=at)
    kind = "default_holder" if answerable.why == BY_DEFAULT else "dispatched"
    tell_petitioners(issue, kind, at=at, body=answerable.body.short_name)
    tell_what_is_next(issue, order)
    ring(order, at)
    return order


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
            subdistrict_id=order.subdistrict_id,
            community_id=order.community_id,
        )
        doorbell.ring_on_commit()
    order.ring_next_at = at + RING_NEXT_AFTER if order.rings < len(line) else None
    order.changed_at = at
    order.save(update_fields=["rings", "ring_next_at", "changed_at"])
    return ringing


def _iso(at: datetime | None) -> str:
    return at.isoformat() if at else ""
