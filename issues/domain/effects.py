"""What a step does beside changing a state: clocks, people, the resident's timeline. In the step's own transaction."""

from datetime import date, datetime, time
from typing import Any

from django.utils.translation import gettext_lazy as _

from governance.domain import outbox
from governance.domain.doorbell import doorbell
from governance.domain.moment import LOCAL_ZONE
from governance.domain.refusals import FactMissing
from governance.domain.steps import Step
from governance.domain.working_time import Due
from governance.models import Urgency, User
from issues.domain import clocks, people, supervision
from issues.domain.dispatching import Answerable, default_duty_holder, dispatch, ring
from issues.domain.telling import link_to, petitions_of, tell_petitioners, tell_what_is_next, teller
from issues.models import ClockKind, Issue, IssueStep, WorkOrder
from issues.workflow import ISSUE, WORK_ORDER
from residents.domain import standing
from residents.domain.standing import Teller

PROGRAM = "handling"


def _write_row(
    obj: Any, step: Step, before: str, *, actor: User | str, at: datetime, facts: dict[str, Any]
) -> IssueStep:
    person = actor if isinstance(actor, User) else None
    order = obj if isinstance(obj, WorkOrder) else None
    return IssueStep.objects.create(
        issue=obj if isinstance(obj, Issue) else obj.issue,
        work_order=order,
        verb=step.verb,
        from_state=before,
        to_state=obj.state,
        at=at,
        actor=person,
        program="" if person else str(actor),
        words=facts.get("words") or "",
        reason=facts.get("reason") or "",
    )


ISSUE.write_row = _write_row
WORK_ORDER.write_row = _write_row


def _by(actor: User | str, order: WorkOrder) -> Teller:
    return teller(actor, order) if isinstance(actor, User) else standing.NOBODY


@WORK_ORDER.on("accept")
def show_the_holder(order: WorkOrder, *, actor: User, at: datetime, **_facts: Any) -> None:
    clocks.stop(order.issue, (ClockKind.ACCEPT, ClockKind.RESPOND), at=at)
    by = teller(actor, order)
    standing.set_holder(petitions_of(order.issue), by, phone=order.body.phone, since=at)
    tell_petitioners(order.issue, "accepted", at=at, by=by)
    tell_what_is_next(order.issue, order)


@WORK_ORDER.on("arrive")
def stop_the_arrival_clock(order: WorkOrder, *, actor: User | str, at: datetime, **_facts: Any) -> None:
    assert order.arrived_at is not None  # noqa: S101 - the constraint arrival_says_how_it_is_known
    clocks.stop(order.issue, (ClockKind.ARRIVE,), at=order.arrived_at)
    standing.set_arrival(petitions_of(order.issue), order.arrived_at, order.arrival_proof)
    by = teller(order.holder, order) if order.holder else standing.NOBODY
    tell_petitioners(order.issue, "arrived", at=at, by=by, proof=order.arrival_proof)
    tell_what_is_next(order.issue, order)


@WORK_ORDER.on("plan")
def promise_the_plans_date(
    order: WorkOrder, *, actor: User, at: datetime, words: str, fulfil_by: date, **_facts: Any
) -> None:
    """The plan clock is met; the plan's own date becomes the next promise, until the end of that day."""
    plan_clock = (
        order.issue.clocks.filter(kind=ClockKind.PLAN, epoch=order.issue.epoch).select_related("policy").first()
    )
    due_at = datetime.combine(fulfil_by, time(23, 59, 59), tzinfo=LOCAL_ZONE)
    if plan_clock is None:
        raise FactMissing("plan", _("This matter needs no plan."))
    if due_at <= at:
        raise FactMissing("fulfil_by", _("The plan's date is past."))
    clocks.stop(order.issue, (ClockKind.PLAN,), at=at)
    clocks.start_fulfilment(order.issue, plan_clock.policy, starts_at=at, due=Due(due_at, provisional=False))
    tell_petitioners(
        order.issue, "planned", at=at, words=words, by=teller(actor, order), fulfil_by=fulfil_by.isoformat()
    )
    tell_what_is_next(order.issue, order)


@WORK_ORDER.on("note")
def pass_the_word_on(order: WorkOrder, *, actor: User, at: datetime, words: str, **_facts: Any) -> None:
    tell_petitioners(order.issue, "note", at=at, words=words, by=teller(actor, order))


@WORK_ORDER.on("finish")
def answer_everybody(order: WorkOrder, *, actor: User, at: datetime, words: str, **_facts: Any) -> None:
    issue = order.issue
    clocks.stop_all(issue, at=at)
    ISSUE.take_step(issue, "finish", actor=PROGRAM, at=at, fields={"finished_at": at})
    petitions = petitions_of(issue)
    if order.arrived_at:
        standing.set_arrival(petitions, order.arrived_at, order.arrival_proof)
    tell_what_is_next(issue, order)
    tell_petitioners(issue, "finished", at=at, words=words, by=_by(actor, order))
    photos = [photo.file for photo in order.photos.order_by("id")]
    for petition in petitions:
        standing.show_after(petition, photos, at=at)
        standing.finish(petition, at=at)
    supervision.settle(issue, actor=PROGRAM, at=at)


@WORK_ORDER.on("return")
def pass_to_the_default_holder(order: WorkOrder, *, actor: User, at: datetime, reason: str, **facts: Any) -> None:
    """The clock keeps running: nobody's hands are a place to wait in."""
    tell_petitioners(
        order.issue, "returned", at=at, words=facts.get("words", ""), by=teller(actor, order), reason=reason
    )
    default = default_duty_holder(order.issue, above=order.body)
    dispatch(order.issue, Answerable(default, "default"), actor=actor, at=at)


@WORK_ORDER.on("reassign")
def show_the_new_holder(order: WorkOrder, *, actor: User, at: datetime, holder: User, **_facts: Any) -> None:
    clocks.stop(order.issue, (ClockKind.ACCEPT, ClockKind.RESPOND), at=at)
    holder.scope(at)
    by = teller(holder, order)
    standing.set_holder(petitions_of(order.issue), by, phone=order.body.phone, since=at)
    tell_petitioners(order.issue, "reassigned", at=at, by=by)
    tell_what_is_next(order.issue, order)
    if holder != actor:
        outbox.post(
            holder,
            "order_given",
            {**people.place_params(order), "kind": order.next_kind, "due_at": _iso(order.next_due_at)},
            dedupe=f"given:{order.pk}:{at.isoformat()}",
            at=at,
            urgency=Urgency.PROMPT if order.issue.is_commitment else Urgency.RING,
            link=link_to(order),
            subdistrict_id=order.issue.phoning_subdistrict_id,
            community_id=order.issue.phoning_community_id,
        )
        doorbell.ring_on_commit()


@WORK_ORDER.on("ring_next")
def ring_the_next_phone(order: WorkOrder, *, at: datetime, **_facts: Any) -> None:
    ringing = ring(order, at)
    if ringing:
        ringing.scope(at)
        tell_petitioners(order.issue, "rung", at=at, by=teller(ringing, order))


def _iso(at: datetime | None) -> str:
    return at.isoformat() if at else ""
