"""The nouns of deliberation: topics, rule sets, motions, rolls and ballots."""

from issues.deliberation.models.ballots import (
    Ballot,
    Channel,
    Choice,
    InvalidReason,
    Mandate,
    RollEntry,
    RollOwner,
)
from issues.deliberation.models.motions import Motion, MotionKind, MotionState, Objection
from issues.deliberation.models.rule_sets import BY_OWNERS, CountedOf, DecidingBody, Mark, Matter, MatterRule, RuleSet
from issues.deliberation.models.topics import (
    Gate,
    Topic,
    TopicConcern,
    TopicJudgement,
    TopicOrigin,
    TopicPetition,
    TopicState,
    TopicSupport,
    Vetting,
    VettingReason,
)

__all__ = [
    "BY_OWNERS",
    "Ballot",
    "Channel",
    "Choice",
    "CountedOf",
    "DecidingBody",
    "Gate",
    "InvalidReason",
    "Mandate",
    "Mark",
    "Matter",
    "MatterRule",
    "Motion",
    "MotionKind",
    "MotionState",
    "Objection",
    "RollEntry",
    "RollOwner",
    "RuleSet",
    "Topic",
    "TopicConcern",
    "TopicJudgement",
    "TopicOrigin",
    "TopicPetition",
    "TopicState",
    "TopicSupport",
    "Vetting",
    "VettingReason",
]
