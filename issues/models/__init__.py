"""The nouns of issues: what is wrong, the orders to put it right, the clocks, and what happens when they run out."""

from issues.models.issues import Issue, IssuePetition, IssueState, IssueStep
from issues.models.orders import ArrivalProof, OrderPhoto, ReturnReason, SupervisionOrder, WorkOrder, WorkOrderState
from issues.models.sla import (
    Audience,
    CategoryHandling,
    ClockKind,
    Escalation,
    EscalationRung,
    Handler,
    PolicyAssignment,
    Severity,
    SlaClock,
    SlaPolicy,
    SlaTarget,
)
from issues.models.sweeps import SweepRun

__all__ = [
    "ArrivalProof",
    "Audience",
    "CategoryHandling",
    "ClockKind",
    "Escalation",
    "EscalationRung",
    "Handler",
    "Issue",
    "IssuePetition",
    "IssueState",
    "IssueStep",
    "OrderPhoto",
    "PolicyAssignment",
    "ReturnReason",
    "Severity",
    "SlaClock",
    "SlaPolicy",
    "SlaTarget",
    "SupervisionOrder",
    "SweepRun",
    "WorkOrder",
    "WorkOrderState",
]
