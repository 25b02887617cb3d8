"""A show of hands against a second counter in plain fractions, at and around every threshold."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from issues.deliberation.counting.count import Verdict
from issues.deliberation.counting.hands import HandRules, Hands, count_hands
from issues.deliberation.counting.rules import MajorityOf, Threshold

SHARES = st.sampled_from([Fraction(1, 2), Fraction(2, 3), Fraction(3, 4), Fraction(4, 5)])
THRESHOLDS = st.builds(Threshold, SHARES, st.booleans())
RULES = st.builds(HandRules, THRESHOLDS, THRESHOLDS, st.sampled_from(MajorityOf), st.none() | THRESHOLDS)


@st.composite
def rooms(draw) -> Hands:
    """Whoever is in a room, as it can be."""
    entitled = draw(st.integers(1, 60))
    present = draw(st.integers(1, entitled))
    parts = sorted(draw(st.lists(st.integers(0, present), min_size=4, max_size=4)))
    ayes, nays, abstained, aside = (b - a for a, b in zip([0, *parts], parts, strict=False))
    owners = draw(st.integers(0, entitled))
    return Hands(entitled, present, ayes, nays, abstained, aside, owners, draw(st.integers(0, owners)))


def reaches(reached: int, total: int, threshold: Threshold) -> bool:
    if not total:
        return False
    part = Fraction(reached, total)
    return part > threshold.share if threshold.strictly_more else part >= threshold.share


@given(rooms(), RULES)
def test_the_verdict_is_that_of_plain_fractions_and_what_is_missing_is_just_enough(hands, rules):
    counted = count_hands(hands, rules)
    assert hands.is_possible
    there = reaches(hands.present, hands.entitled, rules.quorum)
    there = there and (rules.owners is None or reaches(hands.owners_present, hands.owners, rules.owners))
    total = hands.entitled if rules.majority_of is MajorityOf.ENTITLED else hands.present
    agreed = reaches(hands.votes_for, total, rules.majority)
    expected = (Verdict.PASSED if agreed else Verdict.NOT_PASSED) if there else Verdict.NO_QUORUM
    assert counted.verdict is expected
    needed = hands.votes_for + counted.majority.short_by
    assert agreed or reaches(needed, total, rules.majority)
    assert agreed or not reaches(needed - 1, total, rules.majority)


@given(rooms(), st.integers(1, 5))
def test_one_hand_too_many_is_impossible(hands, more):
    spare = hands.may_vote - hands.raised
    assert not Hands(**{**vars(hands), "votes_for": hands.votes_for + spare + more}).is_possible
    assert not Hands(**{**vars(hands), "present": hands.entitled + more}).is_possible
