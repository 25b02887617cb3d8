"""From a noted show of hands, or from what the minutes say of one, to its count."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from issues.deliberation.counting.hands import HandCount, HandRules, Hands, count_hands
from issues.deliberation.counting.rules import MajorityOf, Threshold
from issues.deliberation.models import Decision, Mechanism

COUNTED = (
    "entitled", "present", "votes_for", "votes_against", "abstained", "aside", "owners", "owners_present",
)  # fmt: skip
# Of the kind of meeting: what a vote is counted by.
RULE = (
    "quorum", "quorum_needs_more", "quorum_owners", "majority", "majority_of", "majority_needs_more", "source", "mark",
)  # fmt: skip


def rules_of(by: Mechanism) -> HandRules:
    return rules_as_told({name: getattr(by, name) for name in RULE})


def rules_as_told(rule: Mapping[str, Any]) -> HandRules:
    """By what is in `RULE`, of a mechanism or from sealed minutes."""
    needs_more = rule["quorum_needs_more"]
    return HandRules(
        quorum=Threshold(Fraction(rule["quorum"]), needs_more),
        majority=Threshold(Fraction(rule["majority"]), rule["majority_needs_more"]),
        majority_of=MajorityOf(rule["majority_of"]),
        owners=Threshold(Fraction(rule["quorum_owners"]), needs_more) if rule["quorum_owners"] else None,
    )


def count_of(decision: Decision, by: Mechanism) -> HandCount:
    return count_hands(Hands(**{name: getattr(decision, name) for name in COUNTED}), rules_of(by))
