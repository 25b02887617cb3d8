"""A vote among several options: one of them has the majority by both measures, or nothing is decided."""

import json
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from issues.deliberation.counting import saying
from issues.deliberation.counting.count import Count, Standing, Verdict, count
from issues.deliberation.counting.file import Choice
from issues.deliberation.counting.reading import BadTallyFile, read
from issues.deliberation.counting.result import as_json
from issues.deliberation.counting.writing import write
from tests.issues.deliberation.counting.second_counter import second_count
from tests.issues.deliberation.counting.votes import (
    SPECIAL_MATTER,
    Raw,
    ballot,
    both,
    choosing,
    entry,
    made_up,
    sums,
    vote,
    written,
)

COMPANIES = ["恒信物业", "嘉园物业", "万和物业"]


def offers(changed: Raw | None = None, **groups: tuple[int, int]) -> Raw:
    """As `sums`, among three companies: `first`, `second`, `third` are those who chose them."""
    raw = sums(changed, **groups)
    numbers = {"first": "1", "second": "2", "third": "3"}
    for each in raw["ballots"]:
        each["choice"] = numbers.get(each["choice"], each["choice"])
    return choosing(COMPANIES, raw)


def counted(raw: Raw) -> Count:
    return count(read(written(raw)))


@pytest.mark.parametrize(
    ("changed", "groups", "chosen"),
    [
        ({}, {"first": (500_001, 51), "second": (499_999, 49)}, "恒信物业"),
        ({}, {"first": (500_000, 51), "second": (500_000, 49)}, None),
        ({}, {"first": (500_001, 50), "second": (499_999, 50)}, None),
        ({}, {"first": (490_000, 48), "second": (500_001, 51), "against": (9_999, 1)}, "嘉园物业"),
        ({}, {"first": (499_999, 48), "second": (1, 1), "third": (500_000, 51)}, None),
        ({}, {"first": (400_000, 40), "second": (300_000, 30), "third": (300_000, 30)}, None),
        ({}, {"first": (500_000, 50), "against": (250_000, 25), "abstain": (250_000, 25)}, None),
        (SPECIAL_MATTER, {"first": (750_000, 75), "against": (250_000, 25)}, "恒信物业"),
        (SPECIAL_MATTER, {"first": (749_999, 75), "third": (250_001, 25)}, None),
        (SPECIAL_MATTER, {"first": (750_000, 74), "third": (250_000, 26)}, None),
    ],
)
def test_one_head_and_a_hundredth_of_a_square_metre_decide_between_options(changed, groups, chosen):
    result = counted(offers(changed, **groups))
    assert (result.chosen and result.chosen.title) == chosen
    assert result.verdict is (Verdict.PASSED if chosen else Verdict.NOT_PASSED)


@given(data=st.data(), special=st.booleans(), measure=st.sampled_from(["area", "heads"]), missed=st.booleans())
def test_an_option_has_the_majority_at_its_exact_fraction_and_misses_it_one_step_below(data, special, measure, missed):
    heads, area = data.draw(st.integers(8, 60)), data.draw(st.integers(1_000, 10**8))
    total = {"area": area, "heads": heads}
    mine = {"area": area - heads, "heads": heads - 1}
    least = -(-total[measure] * 3 // 4) if special else total[measure] // 2 + 1
    mine[measure] = least - missed
    groups = {"second": (mine["area"], mine["heads"]), "third": (area - mine["area"], heads - mine["heads"])}
    result = counted(offers(SPECIAL_MATTER if special else {}, **groups))
    step = Decimal("0.01") if measure == "area" else 1
    asked = getattr(result.options[1].majority, measure)
    assert (asked.met, asked.short_by) == (not missed, step if missed else 0)
    assert (result.chosen is None) == missed


@given(seed=st.integers(0, 2**32), units=st.integers(1, 120), options=st.integers(2, 9))
def test_another_counter_comes_to_the_same_result_and_at_most_one_option_is_chosen(seed, units, options):
    data = written(made_up(seed, units, options))
    file = read(data)
    result = count(file)
    told = as_json(file.motion, result)
    assert {key: value for key, value in told.items() if key not in {"format", "motion"}} == second_count(data)
    assert sum(option.has_majority for option in result.options) <= 1
    assert sum(option.part.area for option in result.options) == result.components[Standing.FOR].area
    assert sum(option.part.heads for option in result.options) == result.components[Standing.FOR].heads
    assert write(read(write(file))) == write(file)


def test_the_votes_made_up_reach_every_end():
    results = [counted(made_up(seed, 1 + seed % 60, 2 + seed % 4)) for seed in range(300)]
    assert {result.verdict for result in results} == set(Verdict)
    assert {str(side) for result in results if (side := result.followed)} >= {"1", "2", Choice.AGAINST}
    assert any(result.verdict is not result.verdict_without_silence for result in results)


def test_an_owner_whose_homes_choose_different_companies_is_a_head_that_agrees_to_none():
    roll = [entry("a", "60", "owner"), entry("b", "40", "owner"), entry("c", "10")]
    ballots = [ballot("1", "a", "1"), ballot("2", "b", "2"), ballot("3", "c", "1")]
    split = counted(choosing(COMPANIES, vote(roll, ballots)))
    assert [(option.part.area, option.part.heads) for option in split.options] == [
        (Decimal("70.00"), 1),
        (Decimal("40.00"), 0),
        (Decimal("0.00"), 0),
    ]
    assert split.components[Standing.SPLIT].heads == 1
    larger = counted(choosing(COMPANIES, vote(roll, ballots, split_head="larger_area")))
    assert larger.options[0].part.heads == 2


def refusal(raw: Raw) -> str:
    with translation.override("en"), pytest.raises(BadTallyFile) as refused:
        read(written(raw))
    return str(refused.value)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["恒信物业"], "motion.options: there must be 2 to 9."),
        ([f"方案{number}" for number in range(10)], "motion.options: there must be 2 to 9."),
        (["恒信物业", "恒信物业"], 'motion.options[1]: the option "恒信物业" stands there twice.'),
        (["恒信物业", ""], 'motion.options[1]: must be text without spaces around it, not "".'),
        (["恒信物业", " 恒信物业"], 'motion.options[1]: must be text without spaces around it, not " 恒信物业".'),
        ("恒信物业", 'motion.options: must be a list [ … ], not "恒信物业".'),
    ],
)
def test_a_list_of_options_that_is_no_choice_is_refused(options, sentence):
    assert refusal(choosing(options, sums(**{"against": (10, 1)}))) == sentence


@pytest.mark.parametrize("said", ["for", "0", "4", "01", "１", "恒信物业"])
def test_a_ballot_for_what_does_not_stand_there_is_refused(said):
    raw = choosing(COMPANIES, vote([entry("a", "10")], [ballot("1", "a", said)]))
    assert refusal(raw) == f'ballots[0].choice: must be one of 1, 2, 3, against, abstain, not "{said}".'


def test_a_number_is_no_answer_to_a_plain_question():
    raw = vote([entry("a", "10")], [ballot("1", "a", "1")])
    assert refusal(raw) == 'ballots[0].choice: must be one of for, against, abstain, not "1".'


def test_a_rule_by_which_two_options_could_pass_is_refused():
    assert refusal(offers({"majority": both("1/2")}, first=(10, 1))) == (
        "rules: two options could reach this majority at once."
    )


def test_the_verdict_says_what_each_option_lacked():
    groups = {"first": (430_000, 40), "second": (300_000, 45), "against": (270_000, 15)}
    result = counted(offers(**groups))
    with translation.override("zh-hans"):
        assert [saying.short_of(option) for option in result.options] == [
            "11 人 / 700.01 ㎡",
            "6 人 / 2,000.01 ㎡",
            "51 人 / 5,000.01 ㎡",
        ]
    with translation.override("en"):
        assert saying.summary(result) == (
            "No option has the majority, so nothing is decided. Closest is “恒信物业”. In favour, still missing: "
            "11 heads / 700.01 m²."
        )


@pytest.mark.parametrize("for_programs", [False, True])
def test_the_command_counts_it(tmp_path, capsys, for_programs):
    file = tmp_path / "vote.json"
    file.write_bytes(written(offers(first=(600_000, 55), second=(400_000, 45))))
    with translation.override("en"):
        call_command("tally", str(file), json=for_programs, for_programs=for_programs)
    said = capsys.readouterr().out
    if for_programs:
        assert (json.loads(said)["format"], json.loads(said)["chosen"]) == ("youying-count/2", "1")
        return
    assert "“恒信物业” has the majority of those who took part." in said
    assert "Heads for “嘉园物业”: 45 heads; needed: 51 heads" in said
    assert "None of these" in said
