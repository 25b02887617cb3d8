"""A show of hands counted by the same thresholds as an owners' vote: exactly, by heads alone."""

from dataclasses import dataclass

from issues.deliberation.counting.count import Requirement, Verdict, by_heads
from issues.deliberation.counting.rules import MajorityOf, Threshold


@dataclass(frozen=True)
class Hands:
    """What was seen in the room. `present` are those with a vote who were there, who stood `aside` included.

    `owners` are the body's members who own a home there, `owners_present` those of them in the room.
    """

    entitled: int
    present: int
    votes_for: int
    votes_against: int
    abstained: int
    aside: int = 0
    owners: int = 0
    owners_present: int = 0

    @property
    def may_vote(self) -> int:
        return self.present - self.aside

    @property
    def raised(self) -> int:
        return self.votes_for + self.votes_against + self.abstained

    @property
    def is_possible(self) -> bool:
        """No more hands than members who may vote and are there, no more of these than are entitled."""
        least = min(self.votes_for, self.votes_against, self.abstained, self.aside, self.may_vote, self.owners_present)
        fits = self.raised <= self.may_vote and self.present <= self.entitled
        return least >= 0 and fits and self.owners_present <= self.owners <= self.entitled


@dataclass(frozen=True)
class HandRules:
    """What a body's vote needs; `owners` where its owner members need a quorum of their own."""

    quorum: Threshold
    majority: Threshold
    majority_of: MajorityOf
    owners: Threshold | None = None


@dataclass(frozen=True)
class HandCount:
    """The verdict, and each requirement with what was reached, needed and missing."""

    verdict: Verdict
    quorum: Requirement
    majority: Requirement
    owners: Requirement | None

    @property
    def has_passed(self) -> bool:
        return self.verdict is Verdict.PASSED


def count_hands(hands: Hands, rules: HandRules) -> HandCount:
    """Whoever stands aside, abstains or raises no hand is counted among those of whom the majority is a share."""
    of = hands.entitled if rules.majority_of is MajorityOf.ENTITLED else hands.present
    quorum = by_heads(rules.quorum, hands.present, hands.entitled)
    owners = by_heads(rules.owners, hands.owners_present, hands.owners) if rules.owners else None
    majority = by_heads(rules.majority, hands.votes_for, of)
    if not quorum.met or (owners and not owners.met):
        return HandCount(Verdict.NO_QUORUM, quorum, majority, owners)
    return HandCount(Verdict.PASSED if majority.met else Verdict.NOT_PASSED, quorum, majority, owners)
