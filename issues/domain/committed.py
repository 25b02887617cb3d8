"""What a body has committed itself to: a matter that nobody petitioned for, with an order and a clock of its own.

Queue, ladder and supervision orders treat it like any other. It differs in three things: its due time is the day that
the body has said; the order stays with that body, whoever manages the estate; and whether it is done is judged by
whoever supervises it, not by a petitioner. What it came out of is not known here.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from governance.domain import audit
from governance.domain.refusals import StepNotAllowed
from governance.domain.working_time import Due
from governance.models import Body, Building, Category, Estate, User
from issues.domain import clocks, people, supervision
from issues.domain.dispatching import Answerable, call_back, dispatch
from issues.domain.telling import lock_matter, tell_what_is_next
from issues.models import Issue, IssueState, IssueStep, SlaPolicy, WorkOrder
from issues.models.orders import BY_COMMITMENT
from issues.shipped import COMMITMENT
from issues.workflow import ISSUE

PROGRAM = "commitments"


@dataclass(frozen=True)
class Task:
    """What is to be done where, by whom and by when. `public_id` is that of what it carries out."""

    public_id: UUID
    body: Body
    category: Category
    estate: Estate
    words: str
    due_at: datetime
    building: Building | None = None


def policy() -> SlaPolicy:
    """The policy in force whose ladder commitments climb."""
    return SlaPolicy.objects.select_related("calendar").get(code=COMMITMENT, superseded_at=None)


def open_task(task: Task, *, actor: User, at: datetime) -> Issue:
    """Open the matter, start its clock and tell the body. Runs inside the caller's transaction."""
    community = task.estate.community
    issue = Issue.objects.create(
        public_id=task.public_id,
        subdistrict_id=community.subdistrict_id,
        community=community,
        estate=task.estate,
        building=task.building,
        category=task.category,
        severity=task.category.handling.severity,
        filed_at=at,
        opened_at=at,
        triaged_at=at,
        words=task.words,
        is_commitment=True,
    )
    IssueStep.objects.create(issue=issue, verb="commit", to_state=issue.state, at=at, actor=actor)
    audit.record("commit", "issue", issue.audit_ref, actor=actor, at=at, subdistrict_id=issue.subdistrict_id)
    _start_clock(issue, task.due_at, at)
    dispatch(issue, Answerable(task.body, BY_COMMITMENT), actor=actor, at=at)
    return issue


def move(issue: Issue, due_at: datetime) -> None:
    """It is due on another day. A rung that has fired doesn't fire again. Runs inside the caller's transaction."""
    lock_matter(issue.pk)
    for clock in issue.clocks.running().filter(epoch=issue.epoch).select_related("policy"):
        clock.due_at = clock.dated_at = due_at
        clock.save(update_fields=["due_at", "dated_at"])
        clocks.set_next_rung(clock)
    tell_what_is_next(issue, WorkOrder.objects.live().filter(issue=issue).first())


def open_again(issue: Issue, body: Body, due_at: datetime, *, words: str, at: datetime) -> None:
    """It isn't done: a new round with a new order of `body`. What was missed before stays in the statistics.

    Runs inside the caller's transaction. Raises `StepNotAllowed` unless it was reported done.
    """
    fields = {"epoch": issue.epoch + 1, "finished_at": None}
    ISSUE.take_step(issue, "reopen", actor=PROGRAM, at=at, fields=fields, words=words)
    _start_clock(issue, due_at, at)
    dispatch(issue, Answerable(body, BY_COMMITMENT), actor=PROGRAM, at=at)


def close(issue: Issue, *, at: datetime) -> None:
    """Whoever supervises it has accepted it as done. Runs inside the caller's transaction."""
    ISSUE.take_step(issue, "close", actor=PROGRAM, at=at)


def drop(issue: Issue, *, words: str, at: datetime) -> None:
    """It isn't promised any more: a breach stays one, what still ran is void. Runs inside the caller's transaction."""
    call_back(issue, actor=PROGRAM, at=at)
    clocks.decline_all(issue, at=at)
    ISSUE.take_step(issue, "withdraw", actor=PROGRAM, at=at, words=words)
    supervision.settle(issue, actor=PROGRAM, at=at)


def hand_over(issue: Issue, body: Body, *, at: datetime) -> None:
    """Another body has taken it over; it stays due when it was. Runs inside the caller's transaction."""
    lock_matter(issue.pk)
    issue.refresh_from_db()
    if issue.state != IssueState.OPEN:
        raise StepNotAllowed
    call_back(issue, actor=PROGRAM, at=at)
    dispatch(issue, Answerable(body, BY_COMMITMENT), actor=PROGRAM, at=at)


def has_staff(body: Body, at: datetime) -> bool:
    """Whether anybody is there to be told of an order of the body."""
    return bool(people.staff_of(body, at))


def live_order(issue_id: int) -> WorkOrder | None:
    return WorkOrder.objects.live().for_queue().filter(issue=issue_id).first()


def _start_clock(issue: Issue, due_at: datetime, at: datetime) -> None:
    clocks.start_fulfilment(issue, policy(), starts_at=at, due=Due(due_at, provisional=False))
