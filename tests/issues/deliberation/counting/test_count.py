"""The counter at and around every threshold, what becomes of each kind of ballot, and another counter beside it."""

from copy import deepcopy
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issues.deliberation.counting.count import Count, Part, Standing, Verdict, count
from issues.deliberation.counting.file import Choice, InvalidReason
from issues.deliberation.counting.reading import read
from issues.deliberation.counting.result import as_json
from issues.deliberation.counting.rules import SHIPPED, Threshold
from tests.issues.deliberation.counting.second_counter import second_count
from tests.issues.deliberation.counting.votes import (
    SPECIAL_MATTER,
    Raw,
    ballot,
    both,
    entry,
    made_up,
    sums,
    threshold,
    vote,
    written,
)

FOLLOWING = {"silence": "follows_majority"}


def counted(raw: Raw) -> Count:
    return count(read(written(raw)))


def met(result: Count) -> tuple[bool, bool, bool, bool]:
    """Quorum by area, by heads; majority by area, by heads."""
    return result.quorum.area.met, result.quorum.heads.met, result.majority.area.met, result.majority.heads.met


# --- thresholds ---


@given(
    share=st.fractions(min_value=Fraction(1, 1000), max_value=1, max_denominator=1000),
    strictly_more=st.booleans(),
    total=st.integers(1, 10**9),
)
def test_the_least_amount_meets_a_threshold_and_one_step_less_does_not(share, strictly_more, total):
    if strictly_more and share == 1:
        share = Fraction(1, 2)
    asked = Threshold(share, strictly_more)
    least = asked.least(total)
    assert asked.is_met(least, total)
    assert not asked.is_met(least - 1, total)
    assert Fraction(least, total) > share if strictly_more else Fraction(least, total) >= share


@pytest.mark.parametrize(("share", "strictly_more"), [("0", False), ("-1/2", False), ("4/3", False), ("1", True)])
def test_a_threshold_that_nobody_could_miss_or_reach_is_none(share, strictly_more):
    with pytest.raises(ValueError, match="No threshold"):
        Threshold(Fraction(share), strictly_more)


def test_of_the_shipped_rules_only_items_6_to_8_need_three_quarters():
    special = Threshold(Fraction(3, 4))
    assert {matter for matter, rules in SHIPPED.items() if rules.majority.area == special} == {
        "278-6",
        "278-7",
        "278-8",
    }
    for rules in SHIPPED.values():
        assert (rules.quorum.area, rules.quorum.heads) == (Threshold(Fraction(2, 3)),) * 2
        assert rules.majority.area == rules.majority.heads
        assert rules.majority.area in (special, Threshold(Fraction(1, 2), strictly_more=True))


# By measure: what takes part or agrees, what is asked, then whether it is met.
AT_THE_QUORUM = [
    ({"for": (666_666, 80), "silent": (333_334, 20)}, (False, True, True, True)),
    ({"for": (666_667, 80), "silent": (333_333, 20)}, (True, True, True, True)),
    ({"for": (800_000, 66), "silent": (200_000, 34)}, (True, False, True, True)),
    ({"for": (800_000, 67), "silent": (200_000, 33)}, (True, True, True, True)),
    ({"for": (600_000, 60), "silent": (300_000, 30)}, (True, True, True, True)),
    ({"for": (599_999, 60), "silent": (300_001, 30)}, (False, True, True, True)),
    ({"for": (600_000, 59), "silent": (300_000, 31)}, (True, False, True, True)),
]
AT_HALF = [
    ({"for": (500_000, 51), "against": (500_000, 49)}, (True, True, False, True)),
    ({"for": (500_001, 51), "against": (499_999, 49)}, (True, True, True, True)),
    ({"for": (500_001, 50), "against": (499_999, 50)}, (True, True, True, False)),
    ({"for": (500_001, 50), "against": (400_000, 40), "abstain": (99_999, 10)}, (True, True, True, False)),
    ({"for": (500_001, 51), "against": (1, 1), "abstain": (499_998, 48)}, (True, True, True, True)),
]
AT_THREE_QUARTERS = [
    ({"for": (750_000, 75), "against": (250_000, 25)}, (True, True, True, True)),
    ({"for": (749_999, 75), "against": (250_001, 25)}, (True, True, False, True)),
    ({"for": (750_000, 74), "against": (250_000, 26)}, (True, True, True, False)),
    ({"for": (750_000, 74), "against": (100_000, 10), "abstain": (150_000, 16)}, (True, True, True, False)),
]


@pytest.mark.parametrize(
    ("changed", "groups", "expected"),
    [
        *(({}, *case) for case in AT_THE_QUORUM),
        *((SPECIAL_MATTER, *case) for case in AT_THE_QUORUM),
        *(({}, *case) for case in AT_HALF),
        *((SPECIAL_MATTER, *case) for case in AT_THREE_QUARTERS),
    ],
)
def test_one_head_and_a_hundredth_of_a_square_metre_decide(changed, groups, expected):
    assert met(counted(sums(changed, **groups))) == expected


@given(data=st.data(), special=st.booleans(), measure=st.sampled_from(["area", "heads"]), missed=st.booleans())
def test_the_quorum_is_met_at_its_exact_fraction_and_missed_one_step_below(data, special, measure, missed):
    heads, area = data.draw(st.integers(4, 60)), data.draw(st.integers(1_000, 10**8))
    total = {"area": area, "heads": heads}
    there = {"area": area - heads, "heads": heads - 1}
    there[measure] = -(-total[measure] * 2 // 3) - missed
    raw = sums(
        SPECIAL_MATTER if special else {},
        **{"for": (there["area"], there["heads"]), "silent": (area - there["area"], heads - there["heads"])},
    )
    result = counted(raw)
    asked, exact = getattr(result.quorum, measure), Fraction(total[measure] * 2, 3)
    step = Decimal("0.01") if measure == "area" else 1
    assert asked.exact == (exact / 100 if measure == "area" else exact)
    assert (asked.met, asked.short_by) == (not missed, step if missed else 0)
    assert asked.needed - asked.reached == (step if missed else 0)
    assert result.verdict is (Verdict.NO_QUORUM if missed else Verdict.PASSED)


@given(data=st.data(), special=st.booleans(), measure=st.sampled_from(["area", "heads"]), missed=st.booleans())
def test_the_majority_is_met_at_its_exact_fraction_and_missed_one_step_below(data, special, measure, missed):
    heads, area = data.draw(st.integers(8, 60)), data.draw(st.integers(1_000, 10**8))
    total = {"area": area, "heads": heads}
    agree = {"area": area - heads, "heads": heads - 1}
    share = Fraction(3, 4) if special else Fraction(1, 2)
    # At least three quarters; but more than half.
    least = -(-total[measure] * 3 // 4) if special else total[measure] // 2 + 1
    agree[measure] = least - missed
    raw = sums(
        SPECIAL_MATTER if special else {},
        **{"for": (agree["area"], agree["heads"]), "abstain": (area - agree["area"], heads - agree["heads"])},
    )
    result = counted(raw)
    asked = getattr(result.majority, measure)
    step = Decimal("0.01") if measure == "area" else 1
    assert asked.exact == share * total[measure] / (100 if measure == "area" else 1)
    assert (asked.met, asked.short_by) == (not missed, step if missed else 0)
    assert result.verdict is (Verdict.NOT_PASSED if missed else Verdict.PASSED)


def test_two_thirds_of_ten_thousand_is_said_exactly():
    asked = counted(sums(**{"for": (666_666, 8), "silent": (333_334, 2)})).quorum.area
    assert asked.exact == Fraction(20_000, 3)
    assert (asked.reached, asked.needed, asked.short_by) == (Decimal("6666.66"), Decimal("6666.67"), Decimal("0.01"))


@pytest.mark.parametrize("groups", [{"silent": (1_000, 10)}, {"blank": (500, 5), "silent": (500, 5)}])
@pytest.mark.parametrize("changed", [{}, SPECIAL_MATTER, FOLLOWING, {"majority_of": "entitled"}])
def test_where_nobody_takes_part_nothing_is_met(groups, changed):
    result = counted(sums(changed, **groups))
    assert met(result) == (False,) * 4
    assert result.verdict is Verdict.NO_QUORUM
    if changed.get("majority_of") != "entitled":
        assert (result.majority.area.needed, result.majority.heads.needed) == (Decimal("0.01"), 1)


def test_a_majority_of_those_entitled_counts_the_silent_too():
    groups = {"for": (500_000, 50), "against": (200_000, 20), "silent": (300_000, 30)}
    of_them_all = both("1/2") | {"heads": threshold("1/2", strictly_more=True)}
    result = counted(sums({"majority": of_them_all, "majority_of": "entitled"}, **groups))
    assert met(result) == (True, True, True, False)
    assert (result.majority.area.total, result.majority.heads.total) == (Decimal("10000.00"), 100)
    assert result.majority.heads.short_by_newcomers is None


def test_unanimity_is_missed_by_a_single_abstention():
    everybody = {"quorum": both("1/1"), "majority": both("1/1")}
    assert counted(sums(everybody, **{"for": (500, 5)})).verdict is Verdict.PASSED
    result = counted(sums(everybody, **{"for": (500, 5), "abstain": (1, 1)}))
    assert met(result) == (True, True, False, False)
    assert result.majority.heads.short_by_newcomers is None


@given(groups=st.tuples(*[st.integers(0, 30)] * 4), special=st.booleans())
def test_so_many_newcomers_in_favour_and_no_fewer_would_have_met_it(groups, special):
    agree, against, abstain, silent = groups
    changed = SPECIAL_MATTER if special else {}

    def heads(more: int) -> Count:
        groups = {"for": agree + more, "against": against, "abstain": abstain, "silent": silent - more}
        return counted(
            sums(changed, **{"unclear": (1, 1)}, **{said: (number, number) for said, number in groups.items()})
        )

    asked = heads(0).majority.heads
    # The invalid ballot's owner could come, too: one more than the silent.
    if asked.short_by_newcomers is None:
        assert not heads(silent).majority.heads.met
    elif asked.short_by_newcomers <= silent:
        assert heads(asked.short_by_newcomers).majority.heads.met
        if asked.short_by_newcomers:
            assert not heads(asked.short_by_newcomers - 1).majority.heads.met


# --- what becomes of each ballot ---


def test_an_invalid_ballot_neither_takes_part_nor_agrees_even_if_its_choice_can_be_read():
    roll = [entry(unit, "100") for unit in "abc"]
    ballots = [ballot("1", "a", "for"), ballot("2", "b", "for", invalid="unsigned"), ballot("3", "c", "against")]
    result = counted(vote(roll, ballots))
    assert result.components[Standing.FOR] == Part(Decimal("100.00"), 1, 1)
    assert result.participating == Part(Decimal("200.00"), 2, 2)
    assert {reason for reason, part in result.invalid.items() if part.units} == {InvalidReason.UNSIGNED}


def test_a_superseded_ballot_counts_only_as_a_duplicate():
    roll = [entry("a", "100")]
    ballots = [
        ballot("1", "a", "for", superseded_by="3", channel="door"),
        ballot("2", "a", "for", superseded_by="1", channel="paper"),
        ballot("3", "a", "against"),
    ]
    result = counted(vote(roll, ballots))
    assert (result.ballots, result.superseded) == (3, 2)
    assert result.components[Standing.AGAINST] == result.roll


def test_an_invalid_ballot_that_is_effective_does_not_revive_the_one_it_superseded():
    ballots = [ballot("1", "a", "for", superseded_by="2"), ballot("2", "a", None, invalid="blank")]
    assert counted(vote([entry("a", "100")], ballots)).components[Standing.INVALID].units == 1


def heads_of(said: dict[str, str | None], areas: dict[str, str], **changed) -> dict[str, int]:
    """The places of one owner's head: by unit what was voted, None for silence, a reason for an invalid ballot."""
    roll = [entry(unit, areas[unit], "owner", delivered=True) for unit in said]
    ballots = []
    for unit, word in said.items():
        if word in set(InvalidReason):
            ballots.append(ballot(unit, unit, None, invalid=word))
        elif word:
            ballots.append(ballot(unit, unit, word))
    result = counted(vote(roll, ballots, **changed))
    return {standing: part.heads for standing, part in result.components.items() if part.heads}


@pytest.mark.parametrize(
    ("a", "b", "abstains", "larger_area"),
    [
        ("for", "for", "for", "for"),
        ("for", "against", "split", "for"),
        ("against", "for", "split", "against"),
        ("for", "abstain", "split", "for"),
        ("abstain", "for", "split", "abstained"),
        ("for", None, "for", "for"),
        (None, "for", "for", "for"),
        ("blank", "for", "for", "for"),
        ("blank", "late", "invalid", "invalid"),
        ("blank", None, "invalid", "invalid"),
        (None, None, "silent", "silent"),
    ],
)
def test_the_head_of_an_owner_of_a_larger_unit_a_and_a_smaller_b(a, b, abstains, larger_area):
    areas = {"a": "100.01", "b": "100"}
    assert heads_of({"a": a, "b": b}, areas) == {abstains: 1}
    assert heads_of({"a": a, "b": b}, areas, split_head="larger_area") == {larger_area: 1}


def test_a_split_head_with_equal_areas_is_on_no_side():
    same = {"a": "100", "b": "100", "c": "0.01"}
    assert heads_of({"a": "for", "b": "against", "c": "abstain"}, same, split_head="larger_area") == {"split": 1}


def test_a_head_with_several_reasons_is_counted_under_the_first_of_the_list():
    roll = [entry("a", "1", "x"), entry("b", "1", "x")]
    ballots = [ballot("1", "a", None, invalid="late"), ballot("2", "b", None, invalid="unsigned")]
    invalid = counted(vote(roll, ballots)).invalid
    assert (invalid[InvalidReason.UNSIGNED].heads, invalid[InvalidReason.LATE].heads) == (1, 0)
    assert (invalid[InvalidReason.UNSIGNED].units, invalid[InvalidReason.LATE].units) == (1, 1)


# --- silence ---


def with_delivery(raw: Raw, *proven: str) -> Raw:
    for row in raw["roll"]:
        row["delivered"] = row["unit"].startswith(proven)
    return raw


def test_silence_follows_the_majority_only_where_delivery_is_proven_and_stands_apart():
    groups = {"for": (417, 417), "abstain": (8, 8), "against": (282, 282), "silent": (584, 584)}
    raw = with_delivery(sums(FOLLOWING, **groups), "silent-")
    result = counted(raw)
    assert (result.majority.heads.reached, result.majority.heads.total) == (417 + 584, 1291)
    assert result.components[Standing.FOR].heads == 417
    assert result.components[Standing.SILENCE_ADDED] == Part(Decimal("5.84"), 584, 584)
    assert (result.verdict, result.verdict_without_silence, result.followed) == (
        Verdict.PASSED,
        Verdict.NO_QUORUM,
        Choice.FOR,
    )
    assert counted(with_delivery(raw, "nowhere")).verdict is Verdict.NO_QUORUM
    raw["rules"]["silence"] = "absent"
    assert counted(with_delivery(raw, "silent-")).components[Standing.SILENCE_ADDED] == Part()


def test_silence_that_follows_a_majority_against_takes_part_and_does_not_agree():
    groups = {"for": (10, 10), "against": (20, 20), "silent": (70, 70)}
    result = counted(with_delivery(sums(FOLLOWING, **groups), "silent-"))
    assert result.followed is Choice.AGAINST
    assert (result.quorum.heads.reached, result.majority.heads.reached) == (100, 10)


@pytest.mark.parametrize(
    "groups",
    [
        {"for": (20, 20), "against": (20, 20)},
        {"for": (40, 20), "against": (20, 20)},
        {"for": (20, 20), "against": (10, 5), "abstain": (20, 20)},
        {"abstain": (20, 20), "for": (10, 10)},
        {"for": (40, 10), "against": (20, 20)},
    ],
)
def test_without_a_majority_by_both_measures_silence_stays_silence(groups):
    result = counted(with_delivery(sums(FOLLOWING, **groups, silent=(30, 30)), "silent-"))
    assert result.followed is None
    assert result.components[Standing.SILENT].heads == 30


def test_what_a_head_voted_goes_before_what_its_silent_unit_follows():
    roll = [entry("a", "10", "x"), entry("b", "10", "x", delivered=True), entry("c", "100", "y"), entry("d", "9", "z")]
    ballots = [ballot("1", "a", "against"), ballot("2", "c", "for"), ballot("3", "d", "for")]
    result = counted(vote(roll, ballots, **FOLLOWING))
    assert result.components[Standing.SILENCE_ADDED] == Part(Decimal("10.00"), 0, 1)
    assert result.components[Standing.AGAINST] == Part(Decimal("10.00"), 1, 1)


# --- in general ---


@given(seed=st.integers(0, 2**32), units=st.integers(1, 60))
def test_every_column_adds_up_to_the_roll(seed, units):
    raw = made_up(seed, units)
    result = counted(raw)
    assert sum(result.components.values(), Part()) == result.roll
    assert sum(result.invalid.values(), Part()) == result.components[Standing.INVALID]
    assert (result.roll.units, result.roll.heads) == (units, len({row["head"] for row in raw["roll"]}))
    assert result.components[Standing.SPLIT].units == 0


@given(seed=st.integers(0, 2**32), units=st.integers(1, 40), chosen=st.integers(0, 2**32))
def test_one_more_vote_in_favour_never_loses_a_motion(seed, units, chosen):
    raw = made_up(seed, units)
    raw["rules"]["silence"] = "absent"
    passed_before = counted(raw).verdict is Verdict.PASSED
    changed = deepcopy(raw)
    unit = Random(chosen).choice(raw["roll"])["unit"]
    changed["ballots"] = [each for each in changed["ballots"] if each["unit"] != unit] + [ballot("new", unit, "for")]
    assert counted(changed).verdict is Verdict.PASSED or not passed_before


@given(seed=st.integers(0, 2**32), units=st.integers(1, 40))
def test_how_split_heads_count_touches_neither_areas_nor_who_takes_part(seed, units):
    raw = made_up(seed, units)
    raw["rules"] |= {"silence": "absent"}
    results = [counted({**raw, "rules": {**raw["rules"], "split_head": rule}}) for rule in ("abstains", "larger_area")]
    first, second = results
    assert first.participating == second.participating
    assert first.majority.area == second.majority.area
    assert all(first.components[each].area == second.components[each].area for each in Standing)
    assert first.majority.heads.reached <= second.majority.heads.reached


@given(seed=st.integers(0, 2**32), units=st.integers(1, 40))
def test_a_head_agrees_where_all_that_it_voted_agrees(seed, units):
    raw = made_up(seed, units)
    raw["rules"] |= {"silence": "absent", "split_head": "abstains"}
    effective = {each["unit"]: each for each in raw["ballots"] if each["superseded_by"] is None}
    voted: dict[str, set[str]] = {}
    for row in raw["roll"]:
        cast = effective.get(row["unit"])
        if cast and cast["invalid"] is None:
            voted.setdefault(row["head"], set()).add(cast["choice"])
    assert counted(raw).majority.heads.reached == sum(choices == {"for"} for choices in voted.values())


@given(seed=st.integers(0, 2**32), units=st.integers(1, 300))
def test_another_counter_comes_to_the_same_result(seed, units):
    data = written(made_up(seed, units))
    file = read(data)
    result = as_json(file.motion, count(file))
    assert {key: value for key, value in result.items() if key not in {"format", "motion"}} == second_count(data)


def test_the_votes_made_up_reach_every_verdict_and_every_place():
    results = [counted(made_up(seed, 1 + seed % 90)) for seed in range(300)]
    assert {result.verdict for result in results} == set(Verdict)
    assert {side for result in results if (side := result.followed)} == {Choice.FOR, Choice.AGAINST}
    for standing in Standing:
        assert any(result.components[standing].heads for result in results)
    assert any(result.verdict is not result.verdict_without_silence for result in results)


def test_an_estate_of_three_thousand_units_is_counted_alike_by_both():
    data = written(made_up(7, 3000))
    file = read(data)
    assert {**as_json(file.motion, count(file)), "format": 0, "motion": 0} == {
        **second_count(data),
        "format": 0,
        "motion": 0,
    }
