"""Supervision orders: opened by the ladder, settled when their matter is finished or gone."""

from datetime import datetime

from issues.models import Issue, SupervisionOrder
from issues.models.orders import SupervisionState
from issues.workflow import SUPERVISION


def settle(issue: Issue, *, actor: str, at: datetime) -> None:
    """Settle what is still issued for the matter. Runs inside the caller's transaction."""
    for supervision in SupervisionOrder.objects.filter(issue=issue, state=SupervisionState.ISSUED):
        SUPERVISION.take_step(supervision, "settle", actor=actor, at=at, fields={"settled_at": at})
