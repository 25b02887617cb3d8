"""The life of a matter: set going, taken up again in a new epoch, closed once nobody waits for anything any more."""

from collections.abc import Container
from datetime import datetime
from typing import Any, NamedTuple

from issues.domain import clocks, people
from issues.domain.dispatching import BY_DEFAULT, BY_HAND, Answerable, bodies_to_hand_to, body_for, dispatch
from issues.models import Issue, IssueState, SlaPolicy, WorkOrder
from issues.workflow import ISSUE
from residents.domain import standing
from residents.models import Petition, PetitionStage


class Started(NamedTuple):
    """By when, and whose it is."""

    policy: SlaPolicy
    answerable: Answerable


def start(issue: Issue, *, at: datetime, starts_at: datetime | None = None) -> Started:
    """Start the clocks of a new matter and find whoever answers for it. The order itself is dispatched by the caller.

    Counted from `filed_at`, not from intake: the resident has waited since then. A matter that begins in a later epoch,
    being taken out of one that was opened again, counts from `starts_at`. Raises `NoPolicy`, `NobodyAnswers`.
    """
    handling = issue.category.handling
    answerable = body_for(issue, at)
    if not handling.by_hand and answerable.why != BY_DEFAULT:
        issue.triaged_at = issue.opened_at
        issue.save(update_fields=["triaged_at"])
    policy = clocks.policy_for(issue, handling.handler)
    clocks.start_clocks(issue, policy, starts_at=starts_at or issue.filed_at)
    return Started(policy, answerable)


def next_epoch(issue: Issue) -> dict[str, Any]:
    """The fields that open a locked matter again. Its earlier results stay in the statistics."""
    return {"epoch": issue.epoch + 1, "finished_at": None}


def start_again(issue: Issue, *, actor: str, at: datetime) -> WorkOrder:
    """New clocks from now on, and a new order: time while it was finished doesn't count.

    It goes back to whomever the desk had sent it to by hand, a department say; else to whoever answers today.
    """
    policy = clocks.policy_for(issue, issue.category.handling.handler)
    clocks.start_clocks(issue, policy, starts_at=at)
    return dispatch(issue, whose_again(issue, at, kept=(BY_HAND,)), actor=actor, at=at)


def whose_again(issue: Issue, at: datetime, *, kept: Container[str]) -> Answerable:
    """The body that had it last, if it was sent there for one of the reasons `kept` and may still be; else today's."""
    last = people.present_order(issue)
    if last and last.why_here in kept and last.body in bodies_to_hand_to(issue, at):
        return Answerable(last.body, last.why_here)
    return body_for(issue, at)


def close_if_nobody_waits(issue: Issue, *, actor: str, at: datetime) -> None:
    """Close a finished matter whose petitioners have all had their say; with none, whoever checked it had it.

    What was imported waits for nobody's rating, and is closed with it.
    """
    waiting = Petition.objects.filter(
        links__issue=issue,
        links__undone_at=None,
        state__in=(PetitionStage.FILED, PetitionStage.IN_HAND, PetitionStage.FINISHED),
    )
    if issue.state == IssueState.FINISHED and not waiting.from_residents().exists():
        ISSUE.take_step(issue, "close", actor=actor, at=at)
        for petition in waiting.imported().filter(state=PetitionStage.FINISHED):
            standing.close(petition, at=at)
