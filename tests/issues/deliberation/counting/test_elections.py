"""An election: each candidate is asked by itself, the seats go by the ranking, equals at the last one are left open."""

import json
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from issues.deliberation.counting import saying
from issues.deliberation.counting.count import Count, Standing, Verdict, count
from issues.deliberation.counting.reading import BadTallyFile, read
from issues.deliberation.counting.result import as_json
from issues.deliberation.counting.writing import write
from tests.issues.deliberation.counting.second_counter import second_count
from tests.issues.deliberation.counting.votes import (
    Raw,
    ballot,
    electing,
    election_made_up,
    entry,
    made_up,
    sums,
    vote,
    written,
)


def named(seats: int, rule: Raw | None = None, **groups: tuple[int, int]) -> Count:
    """As `sums`, of three candidates: `c1`, `c13`, … are those who named the first, the first and the third, …"""
    raw = sums(**groups)
    for each in raw["ballots"]:
        said = each["choice"] or ""
        each["choice"] = ",".join(said[1:]) if said.startswith("c") else each["choice"]
        if said == "too_many":
            each |= {"choice": None, "invalid": said}
    return count(read(written(electing(3, seats, raw, **(rule or {})))))


def numbers(result: Count) -> tuple[str, str]:
    assert result.seating
    return tuple("".join(each.number for each in them) for them in (result.seating.elected, result.seating.run_off))


@pytest.mark.parametrize(
    ("seats", "groups", "elected", "run_off", "verdict"),
    [
        (1, {"c1": (500_001, 51), "c2": (499_999, 49)}, "1", "", "passed"),
        (1, {"c1": (500_000, 51), "c2": (500_000, 49)}, "", "", "not_passed"),
        (1, {"c1": (500_001, 50), "c2": (499_999, 50)}, "", "", "not_passed"),
        # Whoever is named by more than half, in whatever company; the third finds no seat.
        (2, {"c12": (300_001, 31), "c13": (200_000, 20), "c23": (499_999, 49)}, "23", "", "passed"),
        # One of two is half of the seats, one of three isn't.
        (2, {"c12": (300_001, 31), "c1": (200_000, 20), "against": (499_999, 49)}, "1", "", "passed"),
        (3, {"c12": (300_001, 31), "c1": (200_000, 20), "against": (499_999, 49)}, "1", "", "not_passed"),
        # Two behind the first: by heads, then by area, then not at all.
        (2, {"c12": (400_000, 40), "c13": (400_000, 41), "c23": (200_000, 19)}, "13", "", "passed"),
        (2, {"c12": (400_001, 40), "c13": (399_999, 40), "c23": (200_000, 20)}, "12", "", "passed"),
        (2, {"c12": (400_000, 40), "c13": (400_000, 40), "c23": (200_000, 20)}, "1", "23", "passed"),
        (2, {"c12": (300_000, 30), "c13": (300_000, 30), "c23": (300_000, 30)}, "", "123", "not_passed"),
        (2, {"c12": (400_000, 40), "silent": (600_000, 60)}, "", "", "no_quorum"),
        (2, {"c12": (400_000, 40), "too_many": (600_000, 60)}, "", "", "no_quorum"),
    ],
)
def test_one_head_and_a_hundredth_of_a_square_metre_decide_who_is_elected(seats, groups, elected, run_off, verdict):
    result = named(seats, **groups)
    assert (*numbers(result), result.verdict) == (elected, run_off, verdict)


@pytest.mark.parametrize(
    ("ranking", "elected", "run_off"),
    [("heads_then_area", "13", ""), ("area_then_heads", "12", ""), ("heads", "13", "")],
)
def test_the_rule_set_says_who_comes_first(ranking, elected, run_off):
    groups = {"c12": (400_001, 40), "c13": (399_999, 41), "c23": (200_000, 19)}
    assert numbers(named(2, {"ranking": ranking}, **groups)) == (elected, run_off)


def test_by_heads_alone_the_larger_area_breaks_no_tie():
    groups = {"c12": (400_001, 40), "c13": (399_999, 40), "c23": (200_000, 20)}
    assert numbers(named(2, {"ranking": "heads"}, **groups)) == ("1", "23")


@given(seats=st.integers(1, 11), fewest=st.sampled_from(["1/2", "2/3", "1/1", "1/5"]), data=st.data())
def test_there_is_a_committee_from_the_exact_share_of_the_seats_on(seats, fewest, data):
    elected = data.draw(st.integers(0, seats))
    everybody = ",".join(str(number) for number in range(1, elected + 1)) or "against"
    roll, ballots = [entry(f"u{n}", "10") for n in range(3)], [ballot(f"u{n}", f"u{n}", everybody) for n in range(3)]
    result = count(read(written(electing(seats, seats, vote(roll, ballots), fewest_elected=fewest))))
    above, below = (int(part) for part in fewest.split("/"))
    assert (result.verdict is Verdict.PASSED) == (elected * below >= seats * above)
    assert (len(result.seating.elected), result.seating.vacant) == (elected, seats - elected)


@given(seed=st.integers(0, 2**32), units=st.integers(1, 80), candidates=st.integers(1, 20), data=st.data())
def test_another_counter_elects_the_same(seed, units, candidates, data):
    written_down = written(election_made_up(seed, units, candidates, data.draw(st.integers(1, candidates))))
    file = read(written_down)
    result = count(file)
    told = as_json(file.motion, result)
    assert {key: value for key, value in told.items() if key not in {"format", "motion"}} == second_count(written_down)
    seating = result.seating
    assert len(seating.elected) <= seating.seats
    assert not seating.run_off or len(seating.run_off) > seating.vacant > 0
    assert all(each.has_majority for each in (*seating.elected, *seating.run_off))
    assert sum(part.area for part in result.components.values()) == result.roll.area
    assert write(read(write(file))) == write(file)


def test_the_elections_made_up_reach_every_end():
    made = [count(read(written(election_made_up(seed, 1 + seed % 40, 5, 1 + seed % 4)))) for seed in range(300)]
    assert {result.verdict for result in made} == set(Verdict)
    assert any(result.seating.run_off for result in made)
    assert any(sum(each.has_majority for each in result.options) > result.seating.seats for result in made)


def test_an_owner_of_several_homes_is_a_head_for_whom_all_their_ballots_name():
    roll = [entry("a", "60", "owner"), entry("b", "40", "owner"), entry("c", "10")]
    ballots = [ballot("1", "a", "1,2"), ballot("2", "b", "1,3"), ballot("3", "c", "1")]
    result = count(read(written(electing(3, 2, vote(roll, ballots)))))
    assert [(each.part.area, each.part.heads, each.part.units) for each in result.options] == [
        (Decimal("110.00"), 2, 3),
        (Decimal("60.00"), 0, 1),
        (Decimal("40.00"), 0, 1),
    ]
    assert result.components[Standing.FOR].heads == 2
    larger = count(read(written(electing(3, 2, vote(roll, ballots, split_head="larger_area")))))
    assert [each.part.heads for each in larger.options] == [2, 1, 0]


def refusal(raw: Raw) -> str:
    with translation.override("en"), pytest.raises(BadTallyFile) as refused:
        read(written(raw))
    return str(refused.value)


@pytest.mark.parametrize("said", ["for", "0", "4", "01", "1,2,3", "2,1", "1,1", "1,", ",1", "1, 2", "１", ""])
def test_a_ballot_that_names_too_many_or_nobody_there_is_refused(said):
    raw = electing(3, 2, vote([entry("a", "10")], [ballot("1", "a", said)]))
    words = 'must be up to 2 of 1 to 3 as "1,4", against or abstain'
    assert refusal(raw) == f'ballots[0].choice: {words}, not "{said}".'


def test_an_election_that_is_none_is_refused():
    plain = sums(against=(10, 1))
    assert refusal(electing(2, 3, plain)) == "motion.seats: there are more seats than candidates."
    assert refusal(electing(21, 3, plain)) == "motion.options: there must be 1 to 20."
    assert refusal(electing(3, 2, plain, fewest_elected="3/2")) == (
        "rules.election.fewest_elected: nobody could reach more than everything."
    )
    assert refusal(electing(3, 2, plain, ranking="age")).startswith("rules.election.ranking: must be one of heads_")
    silent = sums({"silence": "follows_majority"}, against=(10, 1))
    assert refusal(electing(3, 2, silent)) == "rules: in an election nobody's silence names anybody."


def test_too_many_names_are_a_reason_in_an_election_alone():
    raw = vote([entry("a", "10")], [ballot("1", "a", None, invalid="too_many")])
    assert refusal(raw).startswith("ballots[0].invalid: must be one of blank, unclear, unsigned,")
    for plain in (made_up(3, 9), made_up(4, 9, 3)):
        file = read(written(plain))
        assert "too_many" not in as_json(file.motion, count(file))["components"]["invalid_by_reason"]


def test_the_example_of_the_guide():
    result = named(2, c12=(400_000, 40), c13=(400_000, 40), c23=(200_000, 20))
    assert [(each.part.area, each.part.heads) for each in result.options] == [
        (Decimal("8000.00"), 80), (Decimal("6000.00"), 60), (Decimal("6000.00"), 60),
    ]  # fmt: skip
    assert (*numbers(result), result.verdict) == ("1", "23", "passed")


def test_the_result_says_who_is_elected_what_is_open_and_what_is_missing():
    tied = named(2, c12=(400_000, 40), c13=(400_000, 40), c23=(200_000, 20))
    few = named(3, c1=(600_000, 60), against=(400_000, 40))
    none = named(3, c1=(400_000, 40), silent=(600_000, 60))
    with translation.override("en"):
        assert saying.summary(tied) == (
            "Elected, 1 of 2: 候选人1. Equal votes at the last seat: 候选人2, 候选人3. "
            "None of them is elected, these seats stay empty: 1."
        )
        assert saying.summary(few) == (
            "Elected, 1 of 3: 候选人1. Seats that stay empty: 2. "
            "At least 2 have to be elected, 1 are missing: a new election is needed."
        )
        assert saying.summary(none) == "Nobody is elected. Taking part, still missing: 27 heads / 2,666.67 m²."
        assert [saying.outcome(each) for each in (tied, few, none)] == ["Elected", "Not enough elected", "No quorum"]
        assert [saying.led_to(each, tied) for each in tied.options] == [
            "Elected", *["Equal votes at the last seat: not elected"] * 2,
        ]  # fmt: skip
        said = "Has the majority of those taking part, but too few took part."
        assert [saying.led_to(each, none) for each in none.options] == [said, "", ""]


@pytest.mark.parametrize("for_programs", [False, True])
def test_the_command_counts_it(tmp_path, capsys, for_programs):
    file = tmp_path / "vote.json"
    raw = sums(c12=(600_000, 55), c3=(400_000, 45))
    for each in raw["ballots"]:
        each["choice"] = ",".join(each["choice"][1:])
    file.write_bytes(written(electing(3, 2, raw)))
    with translation.override("en"):
        call_command("tally", str(file), json=for_programs, for_programs=for_programs)
    said = capsys.readouterr().out
    if for_programs:
        assert (json.loads(said)["format"], json.loads(said)["elected"]) == ("youying-count/3", ["1", "2"])
        return
    for words in (
        "Elected, 2 of 2: 候选人1, 候选人2.",
        "Area for “候选人3”",
        "Seats filled: 2 of 2",
        "Named one candidate",
    ):
        assert words in said
