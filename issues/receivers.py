"""What issues do on hearing from below. From residents: all but intake happens in the resident's own transaction."""

import json
import logging
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import Error, transaction
from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.dispatch import receiver

from governance.domain import outbox
from governance.domain.doorbell import doorbell
from governance.models import Urgency
from governance.models.scope import Scope
from governance.signals import figures_asked
from issues.domain import clocks, dispatching, intake, lifetime, people
from issues.domain.telling import desk, link_to, lock_matter, petitions_of, tell_what_is_next, teller
from issues.figures import Choice, figures_of, sight_of
from issues.models import (
    ArrivalProof,
    ClockKind,
    Issue,
    IssuePetition,
    IssueState,
    WorkOrder,
    WorkOrderState,
)
from issues.workflow import ISSUE, WORK_ORDER
from residents import signals
from residents.domain import standing
from residents.models import Petition

log = logging.getLogger(__name__)

PROGRAM = "residents"
# The confirmation wants to say who has it; but the resident doesn't wait for a database that is busy elsewhere.
INTAKE_WITHIN_MS = 1500


@receiver(signals.petition_filed)
def call_whoever_takes_it_in(**_news: Any) -> None:
    """Filing is done with: nobody who files waits for the office, however many file at once."""
    doorbell.ring()


@receiver(signals.receipt_asked)
def take_it_in_now(petition: Petition, at: datetime, **_news: Any) -> None:
    """The worker hasn't come to it yet, or there is none: try the intake. Whatever goes wrong, the sweep does it."""
    try:
        intake.take_in(petition.pk, at=at, within_ms=INTAKE_WITHIN_MS)
    except dispatching.NobodyAnswers as refusal:
        log.warning("petition %s waits for somebody to answer it: %s", petition.receipt_no, refusal)
    except Error as error:
        # Never the error's own words: PostgreSQL's DETAIL quotes the row, with what a resident has said.
        sqlstate = getattr(error.__cause__, "sqlstate", None)
        log.warning(
            "petition %s waits for the sweep: %s, SQLSTATE %s", petition.receipt_no, type(error).__name__, sqlstate
        )
    doorbell.ring()


@receiver(signals.petition_about_to_change)
def lock_its_matter(petition: Petition, **_news: Any) -> None:
    """Lock the matter that the petition speaks of. The desk may just be merging it into another one: then that one."""
    while True:
        link = IssuePetition.objects.filter(petition=petition, undone_at=None).first()
        if link is None:
            return
        held = transaction.savepoint()
        lock_matter(link.issue_id)
        if IssuePetition.objects.filter(pk=link.pk, undone_at=None).exists():
            transaction.savepoint_commit(held)
            return
        # Lets the lock go: held together with the right one it could make two wait for each other.
        transaction.savepoint_rollback(held)


def _issue_of(petition: Petition) -> Issue | None:
    """The issue the petition speaks of, locked. It was locked before the petition, unless intake came in between."""
    link = IssuePetition.objects.filter(petition=petition, undone_at=None).first()
    if link is None:
        return None
    return (
        Issue.objects.select_for_update(no_key=True, of=("self",))
        .select_related("category__handling")
        .get(pk=link.issue_id)
    )


def _live_order(issue: Issue) -> WorkOrder | None:
    return WorkOrder.objects.live().select_related("body", "holder").filter(issue=issue).first()


@receiver(signals.petition_supplemented)
def show_the_last_word(petition: Petition, at: datetime, words: str, **_news: Any) -> None:
    issue = _issue_of(petition)
    order = _live_order(issue) if issue else None
    if order:
        order.last_words = words if len(words) <= 200 else words[:199] + "…"
        order.last_words_by, order.last_words_at, order.changed_at = "resident", at, at
        order.save(update_fields=["last_words", "last_words_by", "last_words_at", "changed_at"])
        _post_to_whoever_has_it(order, "order_supplemented", petition, at)


@receiver(signals.petition_nudged)
def press_whoever_has_it(petition: Petition, at: datetime, **_news: Any) -> None:
    issue = _issue_of(petition)
    order = _live_order(issue) if issue else None
    if order:
        _post_to_whoever_has_it(order, "order_nudged", petition, at)


def _post_to_whoever_has_it(order: WorkOrder, key: str, petition: Petition, at: datetime) -> None:
    recipients = [order.holder] if order.holder else people.to_ring(order, at)[:1]
    for recipient in recipients:
        outbox.post(
            recipient,
            key,
            people.place_params(order),
            dedupe=f"{key}:{petition.receipt_no}:{at.isoformat()}",
            at=at,
            urgency=Urgency.PROMPT,
            link=link_to(order),
            subdistrict_id=order.issue.phoning_subdistrict_id,
            community_id=order.issue.phoning_community_id,
        )


@receiver(signals.someone_is_here)
def prove_the_arrival(petition: Petition, at: datetime, **_news: Any) -> None:
    """The resident's word proves an arrival; one that was only claimed keeps its time and gains its proof."""
    issue = _issue_of(petition)
    order = _live_order(issue) if issue else None
    if issue is None or order is None or order.arrival_proof in (ArrivalProof.QR, ArrivalProof.RESIDENT):
        return
    arrived_at = order.arrived_at or at
    fields = {"arrived_at": arrived_at, "arrival_proof": ArrivalProof.RESIDENT, "changed_at": at}
    if order.state == WorkOrderState.ACCEPTED:
        WORK_ORDER.take_step(order, "arrive", actor=PROGRAM, at=at, fields=fields)
        return
    WorkOrder.objects.filter(pk=order.pk).update(**fields)
    clocks.stop(issue, (ClockKind.ARRIVE,), at=arrived_at)
    standing.set_arrival(petitions_of(issue), arrived_at, ArrivalProof.RESIDENT)
    order.refresh_from_db()
    tell_what_is_next(issue, order)


@receiver(signals.petition_withdrawn)
def withdraw_with_the_last(petition: Petition, at: datetime, **_news: Any) -> None:
    issue = _issue_of(petition)
    if issue:
        intake.withdraw_if_empty(issue, actor=PROGRAM, at=at)


@receiver(signals.petition_closed)
def close_with_the_last(petition: Petition, at: datetime, **_news: Any) -> None:
    issue = _issue_of(petition)
    if issue:
        lifetime.close_if_nobody_waits(issue, actor=PROGRAM, at=at)


@receiver(signals.petition_reopened)
def begin_a_new_epoch(petition: Petition, at: datetime, **_news: Any) -> None:
    """“Not solved”: a new epoch with new clocks from now on and a new order. A neighbour may have done so before."""
    issue = _issue_of(petition)
    if issue is None:
        return
    if issue.state == IssueState.OPEN:
        order = _live_order(issue)
        if order:
            holder = teller(order.holder, order) if order.holder else desk(order)
            standing.set_holder([petition], holder, phone=order.body.phone, since=at)
        tell_what_is_next(issue, order)
        return
    if issue.state not in (IssueState.FINISHED, IssueState.CLOSED):
        # It was declined or withdrawn since: whoever still rates the earlier result has a matter of their own.
        intake.open_anew(petition, issue, actor=PROGRAM, at=at)
        return
    ISSUE.take_step(issue, "reopen", actor=PROGRAM, at=at, fields=lifetime.next_epoch(issue))
    lifetime.start_again(issue, actor=PROGRAM, at=at)


@receiver(figures_asked)
def tell_the_dashboard(at: datetime, **_news: Any) -> dict[str, object]:
    """What the dashboard says of everything, as an administrator would read it at `at`."""
    choice = Choice.read({}, sight_of(Scope(at, is_administrator=True)), at)
    plain = json.loads(json.dumps(asdict(figures_of(choice)), cls=DjangoJSONEncoder))
    return {f"dashboard, {name}": value for name, value in plain.items()}


@receiver(signals.petitions_forgotten)
def forget_what_was_copied(petitions: list[int], at: datetime, **_news: Any) -> None:
    """The place in people's own words, the last word on an order.

    Where somebody else's petition still speaks of the matter, the place is in their words, and the rest stays.
    """
    others = IssuePetition.objects.filter(undone_at=None).exclude(petition__in=petitions).exclude(petition__words="")
    others_spot = others.filter(issue=OuterRef("pk")).order_by("linked_at", "pk").values("petition__spot")[:1]
    matters = Issue.objects.filter(links__petition__in=petitions)
    Issue.objects.filter(pk__in=matters.values("pk")).update(spot=Coalesce(Subquery(others_spot), Value("")))
    spoken_of = matters.exclude(pk__in=others.values("issue")).values("pk")
    said = WorkOrder.objects.filter(issue__in=spoken_of, last_words_by="resident")
    said.update(last_words="", last_words_by="", last_words_at=None)
