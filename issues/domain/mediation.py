"""调解: a quarrel talked over on the spot. What was said stays with those who walk there, the community, the street."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from governance.domain import outbox
from governance.domain.moment import local_day
from governance.domain.refusals import FactMissing
from governance.models import Urgency, User
from issues.domain import clocks, people, supervision
from issues.domain.telling import link_to, lock_matter, petitions_of, tell_petitioners, tell_what_is_next, walker
from issues.models import Issue, IssueState, Mediation, WorkOrder
from issues.workflow import ISSUE, WORK_ORDER
from residents.domain import standing

PROGRAM = "mediation"
# The same words by the same person within so long are the same press.
SAME_PRESS = timedelta(minutes=2)


@dataclass(frozen=True)
class Talk:
    """Who was there, what came of it, whether that settles the matter, and when somebody looks in again."""

    parties: str
    agreement: str
    is_agreed: bool
    settles: bool = False
    follow_up_on: date | None = None


def mediate(issue: Issue, talk: Talk, *, actor: User, at: datetime) -> Mediation:
    """Write down a talk on the spot. One that settles an open matter finishes it: residents hear that it was agreed.

    Only an agreement settles anything, and the day to look in again isn't past: `FactMissing`. Pressed twice it is
    written once. Raises `StepNotAllowed` on a matter that is gone.
    """
    _check(talk, at)
    with transaction.atomic():
        lock_matter(issue.pk)
        issue.refresh_from_db()
        earlier = _same_press(issue, talk, actor, at)
        if earlier:
            return earlier
        ISSUE.take_step(issue, "mediate", actor=actor, at=at, is_agreed=talk.is_agreed)
        mediation = Mediation.objects.create(
            issue=issue,
            parties=talk.parties.strip(),
            agreement=talk.agreement.strip(),
            is_agreed=talk.is_agreed,
            follow_up_on=talk.follow_up_on,
            mediated_by=actor,
            mediated_at=at,
        )
        if issue.state == IssueState.OPEN:
            _tell(issue, talk, actor, at)
        return mediation


def _check(talk: Talk, at: datetime) -> None:
    if not talk.parties.strip():
        raise FactMissing("parties", _("Write who was there."))
    if not talk.agreement.strip():
        raise FactMissing("agreement", _("Write what was agreed; or, if nothing was, why."))
    if talk.settles and not talk.is_agreed:
        raise FactMissing("settles", _("Only what was agreed can settle the matter."))
    if talk.follow_up_on and talk.follow_up_on < local_day(at):
        raise FactMissing("follow_up_on", _("This day has passed. Choose today or a later day."))


def _same_press(issue: Issue, talk: Talk, actor: User, at: datetime) -> Mediation | None:
    last = issue.mediations.order_by("-id").first()
    if last is None or last.mediated_by_id != actor.pk or at - last.mediated_at > SAME_PRESS:
        return None
    written = (last.parties, last.agreement, last.is_agreed)
    return last if written == (talk.parties.strip(), talk.agreement.strip(), talk.is_agreed) else None


def _tell(issue: Issue, talk: Talk, actor: User, at: datetime) -> None:
    if talk.settles:
        settle(issue, by=actor, at=at)
    else:
        tell_petitioners(issue, "talked_over", at=at, by=walker(actor, issue), is_agreed=talk.is_agreed)


def settle(issue: Issue, *, by: User, at: datetime) -> None:
    """Finish the matter by what was agreed, as the end of an order would: clocks stop, everybody is told and rates."""
    _call_back_order(issue, at)
    clocks.stop_all(issue, at=at)
    ISSUE.take_step(issue, "finish", actor=PROGRAM, at=at, fields={"finished_at": at})
    petitions = petitions_of(issue)
    tell_what_is_next(issue, None)
    tell_petitioners(issue, "settled", at=at, by=walker(by, issue))
    for petition in petitions:
        standing.finish(petition, at=at)
    supervision.settle(issue, actor=PROGRAM, at=at)


def _call_back_order(issue: Issue, at: datetime) -> None:
    """Nobody needs to come for it any more; whoever had it is told."""
    order = WorkOrder.objects.live().for_queue().filter(issue=issue).first()
    if order is None:
        return
    WORK_ORDER.take_step(order, "cancel", actor=PROGRAM, at=at, fields={"changed_at": at, "ring_next_at": None})
    if order.holder:
        outbox.post(
            order.holder,
            "order_settled",
            people.place_params(order),
            dedupe=f"settled:{order.pk}",
            at=at,
            urgency=Urgency.ORDINARY,
            link=link_to(order),
            subdistrict_id=order.issue.phoning_subdistrict_id,
            community_id=order.issue.phoning_community_id,
        )
