"""The life of a matter: set going, taken up again in a new epoch, closed once nobody waits for anything any more."""

from datetime import datetime
from typing import Any, NamedTuple

from issues.domain import clocks
from issues.domain.dispatching import BY_DEFAULT, Answerable, body_for, dispatch
from issues.models import Issue, IssueState, SlaPolicy, WorkOrder
from issues.workflow import ISSUE
from residents.models import Petition, PetitionStage


class Started(NamedTuple):
    """By when, and whose it is."""

    policy: SlaPolicy
    answerable: Answerable


def start(issue: Issue, *, at: datetime) -> Started:
    """Start the clocks of a new matter and find whoever answers for it. The order itself is dispatched by the caller.

    Counted from `filed_at`, not from intake: the resident has waited since then. Raises `NoPolicy`, `NobodyAnswers`.
    """
    handling = issue.category.handling
    answerable = body_for(issue, at)
    if not handling.by_hand and answerable.why != BY_DEFAULT:
        issue.triaged_at = issue.opened_at
        issue.save(update_fields=["triaged_at"])
    policy = clocks.policy_for(issue, handling.handler)
    clocks.start_clocks(issue, policy, starts_at=issue.filed_at)
    return Started(policy, answerable)


def next_epoch(issue: Issue) -> dict[str, Any]:
    """The fields that open a locked matter again. Its earlier results stay in the statistics."""
    return {"epoch": issue.epoch + 1, "finished_at": None}


def start_again(issue: Issue, *, actor: str, at: datetime) -> WorkOrder:
    """New clocks from now on, and a new order to whoever answers today: time while it was finished doesn't count."""
    policy = clocks.policy_for(issue, issue.category.handling.handler)
    clocks.start_clocks(issue, policy, starts_at=at)
    return dispatch(issue, body_for(issue, at), actor=actor, at=at)


def close_if_nobody_waits(issue: Issue, *, actor: str, at: datetime) -> None:
    """Close a finished matter whose petitioners have all had their say; with none, whoever checked it had it."""
    waiting = Petition.objects.filter(
        links__issue=issue,
        links__undone_at=None,
        state__in=(PetitionStage.FILED, PetitionStage.IN_HAND, PetitionStage.FINISHED),
    )
    if issue.state == IssueState.FINISHED and not waiting.exists():
        ISSUE.take_step(issue, "close", actor=actor, at=at)
