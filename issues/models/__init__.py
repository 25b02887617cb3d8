"""The nouns of issues: what is wrong, the orders to put it right, the clocks, and what happens when they run out."""

from issues.models.issues import (
    DeclineReason,
    Issue,
    IssuePhoto,
    IssueState,
    IssueStep,
    Mediation,
    Verification,
)
from issues.models.links import IssuePetition, IssueRelation
from issues.models.orders import (
    ArrivalProof,
    OrderPhoto,
    ReturnReason,
    SupervisionOrder,
    SupervisionState,
    WorkOrder,
    WorkOrderState,
)
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
    "DeclineReason",
    "Escalation",
    "EscalationRung",
    "Handler",
    "Issue",
    "IssuePetition",
    "IssuePhoto",
    "IssueRelation",
    "IssueState",
    "IssueStep",
    "Mediation",
    "OrderPhoto",
    "PolicyAssignment",
    "ReturnReason",
    "Severity",
    "SlaClock",
    "SlaPolicy",
    "SlaTarget",
    "SupervisionOrder",
    "SupervisionState",
    "SweepRun",
    "Verification",
    "WorkOrder",
    "WorkOrderState",
]
