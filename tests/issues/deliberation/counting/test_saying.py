"""What the verdict says: every figure of it, in three languages, and no percentage against it."""

from decimal import Decimal
from fractions import Fraction

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from issues.deliberation.counting import saying
from issues.deliberation.counting.count import Count, Requirement, Standing, Verdict
from issues.deliberation.counting.file import InvalidReason, MotionKind
from issues.deliberation.counting.rules import Rules, Threshold
from tests.issues.deliberation.counting.votes import (
    SPECIAL_MATTER,
    both,
    counted,
    sums,
    threshold,
)

# The vote of the design: passed by three requirements of four.
PARKING = {
    "for": (5_418_538, 592),
    "against": (1_590_477, 163),
    "abstain": (242_825, 26),
    "blank": (65_591, 7),
    "silent": (2_323_827, 224),
}


def parking() -> tuple[Count, Rules]:
    return counted(sums(SPECIAL_MATTER, **PARKING))


@pytest.fixture(autouse=True)
def in_chinese():
    with translation.override("zh-hans"):
        yield


# --- percentages ---


def requirement(asked: Threshold, reached: int, total: int) -> Requirement:
    needed = asked.least(total)
    return Requirement(
        asked, total, reached, needed, asked.share * total, max(0, needed - reached), asked.is_met(reached, total)
    )


@given(
    share=st.sampled_from(["1/2", "2/3", "3/4", "1/5", "1/3", "3/7", "999/1000", "1/1"]),
    strictly_more=st.booleans(),
    total=st.integers(1, 10**9),
    off=st.integers(-3, 3),
)
def test_no_percentage_contradicts_whether_it_is_met(share, strictly_more, total, off):
    asked = Threshold(Fraction(share), strictly_more and share != "1/1")
    it = requirement(asked, min(max(asked.least(total) + off, 0), total), total)
    shown = Fraction(saying.percentage(it).removesuffix(" %")) / 100
    assert (shown > asked.share if asked.strictly_more else shown >= asked.share) == it.met
    assert abs(shown - Fraction(it.reached, total)) < Fraction(1, 10_000)


@given(reached=st.integers(0, 10**6), more=st.integers(1, 10**6))
def test_far_from_its_threshold_a_percentage_is_the_nearest(reached, more):
    total = reached + more
    it = requirement(Threshold(Fraction(2, 3)), reached, total)
    exact = Fraction(reached, total)
    if abs(exact - it.threshold.share) > Fraction(1, 10_000):
        assert abs(Fraction(saying.percentage(it).removesuffix(" %")) / 100 - exact) <= Fraction(1, 20_000)


@pytest.mark.parametrize(
    ("asked", "reached", "total", "shown"),
    [
        (Threshold(Fraction(2, 3)), 666_666, 1_000_000, "66.66 %"),
        (Threshold(Fraction(2, 3)), 666_667, 1_000_000, "66.67 %"),
        (Threshold(Fraction(2, 3)), 2, 3, "66.67 %"),
        (Threshold(Fraction(1, 2), True), 1, 2, "50.00 %"),
        (Threshold(Fraction(1, 2), True), 500_001, 1_000_000, "50.01 %"),
        (Threshold(Fraction(3, 4)), 749_999, 1_000_000, "74.99 %"),
        (Threshold(Fraction(1)), 999_999, 1_000_000, "99.99 %"),
        (Threshold(Fraction(1)), 7, 7, "100.00 %"),
        (Threshold(Fraction(1, 2)), 0, 7, "0.00 %"),
        (Threshold(Fraction(1, 2)), 0, 0, "—"),
    ],
)
def test_a_percentage_is_rounded_towards_the_truth(asked, reached, total, shown):
    assert saying.percentage(requirement(asked, reached, total)) == shown


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (Fraction(20_000, 3), "20,000/3"),
        (Fraction(2_343, 4), "585.75"),
        (Fraction(781, 2), "390.5"),
        (Fraction(5_000), "5,000"),
        (Fraction(1, 7), "1/7"),
        (Fraction(200_010, 4_000), "50.0025"),
    ],
)
def test_an_exact_share_is_never_rounded(amount, said):
    assert saying.exactly(amount) == said


# --- the verdict ---


def test_the_vote_of_the_design_is_told_as_there():
    result, rules = parking()
    assert (saying.verdict(result.verdict), saying.summary(result)) == (
        "未通过",
        "四项要求达到 3 项。同意还差 203.42 ㎡。",
    )
    rows = saying.requirements(result, rules)
    assert [(row.name, row.threshold, row.percentage, row.short_by, row.met) for row in rows] == [
        ("参与面积", "至少名册的 2/3", "75.22 %", "0.00 ㎡", True),
        ("参与人数", "至少名册的 2/3", "77.17 %", "0 人", True),
        ("同意面积", "至少参与的 3/4", "74.72 %", "203.42 ㎡", False),
        ("同意人数", "至少参与的 3/4", "75.80 %", "0 人", True),
    ]
    assert [row.explained for row in rows[2:]] == [
        "同意面积：54,185.38 ㎡，须到 54,388.80 ㎡（72,518.40 ㎡的 3/4 是 54,388.8），差 203.42 ㎡。",
        "同意人数：592 人，须到 586 人（781 人的 3/4 是 585.75），多 6 人。",
    ]
    assert saying.cross_multiplied(result.majority.area) == (
        "54,185.38 × 4 = 216,741.52，小于 72,518.40 × 3 = 217,555.20。"
    )
    assert saying.from_newcomers(result.majority.area) == (
        "已投票的业主改为同意，差 203.42 ㎡；换成没参与的业主来投同意，要 813.68 ㎡，因为参与的总数也会变大。"
    )
    assert saying.from_newcomers(result.majority.heads) == ""


def test_every_component_stands_apart():
    result, _rules = parking()
    assert [(it.depth, it.name, f"{it.part.area:,}", it.part.heads) for it in saying.parts(result)] == [
        (0, "名册", "96,412.58", 1012),
        (0, "参与", "72,518.40", 781),
        (1, "同意", "54,185.38", 592),
        (1, "反对", "15,904.77", 163),
        (1, "弃权", "2,428.25", 26),
        (0, "未参与", "23,894.18", 231),
        (1, "没有投票", "23,238.27", 224),
        (1, "无效票", "655.91", 7),
        (2, "空白票", "655.91", 7),
    ]


def test_what_was_missing_is_said_by_both_measures():
    # 1,000 heads and 100,000.00 m² take part; more than half must agree.
    result, _rules = counted(sums(**{"for": (4_916_361, 489), "against": (5_083_639, 511)}))
    assert saying.missing(result) == "同意还差 12 人 / 836.40 ㎡。"
    assert saying.summary(result) == "四项要求达到 2 项。同意还差 12 人 / 836.40 ㎡。"


def test_without_a_quorum_it_is_the_quorum_that_was_missing():
    result, _rules = counted(sums(**{"for": (100, 2), "against": (200, 4), "silent": (700, 4)}))
    assert saying.verdict(result.verdict) == "参与未达到要求"
    assert saying.missing(result) == "参与还差 1 人 / 3.67 ㎡。"


def test_a_motion_that_passed_lacks_nothing():
    result, _rules = counted(sums(**{"for": (500, 5)}))
    assert (saying.missing(result), saying.summary(result)) == ("", "四项要求全部达到。")


@pytest.mark.parametrize(
    ("language", "verdict", "summary"),
    [
        ("zh-hans", "未通过", "四项要求达到 2 项。同意还差 1 人 / 1.01 ㎡。"),
        ("en", "Not passed", "2 of the 4 requirements are met. In favour, still missing: 1 head / 1.01 m²."),
        ("ko", "부결", "네 가지 요건 중 2가지를 채웠습니다. 찬성 부족: 1명 / 1.01㎡."),
    ],
)
def test_the_verdict_is_told_in_the_readers_language(language, verdict, summary):
    result, _rules = counted(sums(**{"for": (400, 5), "against": (600, 5)}))
    with translation.override(language):
        assert (saying.verdict(result.verdict), saying.summary(result)) == (verdict, summary)


@pytest.mark.parametrize(
    ("groups", "area", "heads"),
    [
        (
            {"for": (500, 5), "against": (500, 5)},
            "同意面积：5.00 ㎡，须到 5.01 ㎡（10.00 ㎡的 1/2 是 5，必须超过），差 0.01 ㎡。",
            "5 × 2 = 10，等于 10 × 1 = 10。",
        ),
        (
            {"for": (501, 6), "against": (499, 4)},
            "同意面积：5.01 ㎡，须到 5.01 ㎡（10.00 ㎡的 1/2 是 5，必须超过），刚好达到。",
            "6 × 2 = 12，大于 10 × 1 = 10。",
        ),
        (
            {"silent": (500, 5)},
            "同意面积：0.00 ㎡，须到 0.01 ㎡（0.00 ㎡的 1/2 是 0，必须超过），差 0.01 ㎡。",
            "没有人参与，什么也没有达到。",
        ),
    ],
)
def test_at_the_threshold_the_sentence_says_which_side_of_it(groups, area, heads):
    result, rules = counted(sums(**groups))
    assert saying.requirements(result, rules)[2].explained == area
    assert saying.cross_multiplied(result.majority.heads) == heads


def test_a_majority_of_those_entitled_says_so():
    changed = {"majority_of": "entitled", "majority": both("1/2") | {"heads": threshold("1/2", strictly_more=True)}}
    result, rules = counted(sums(changed, **{"for": (500, 5), "silent": (100, 1)}))
    assert [row.threshold for row in saying.requirements(result, rules)[2:]] == ["至少名册的 1/2", "超过名册的 1/2"]


@pytest.mark.parametrize("language", ["zh-hans", "en", "ko"])
@pytest.mark.parametrize(
    ("kinds", "say"),
    [
        (Verdict, saying.verdict),
        (MotionKind, saying.kind),
        (Standing, saying.standing),
        (InvalidReason, saying.reason),
    ],
)
def test_every_kind_has_words_of_its_own_in_every_language(language, kinds, say):
    with translation.override(language):
        words = {say(kind) for kind in kinds}
    assert len(words) == len(kinds)
    with translation.override("en"):
        assert (words == {say(kind) for kind in kinds}) == (language == "en")


def test_amounts_are_said_with_their_unit():
    assert (saying.area(Decimal("96412.58")), saying.heads(1012)) == ("96,412.58 ㎡", "1,012 人")
    with translation.override("en"):
        assert (saying.heads(1), saying.heads(0)) == ("1 head", "0 heads")
