"""What makes two matters alike: the place, the words, the time; and which words both have."""

from dataclasses import replace
from datetime import timedelta

import pytest

from issues.look_alikes import Described, Piece, is_same_place, likeness, marked, terms
from tests.cast import NOW

GARAGE = Described(
    words="地下车库顶上一直滴水，B09 车位，车顶全是水印。",
    category_id=None,
    building_id=11,
    stairwell=None,
    spot="地下车库",
    filed_at=NOW,
)
BEFORE = replace(
    GARAGE, words="车库顶板漏，滴水滴在车上，B07 车位。", category_id=1, filed_at=NOW - timedelta(minutes=52)
)
PIPE = replace(
    GARAGE, words="地下一层消防管接头渗水，墙湿了一片。", category_id=1, spot="", filed_at=NOW - timedelta(days=9)
)
NOISE = replace(GARAGE, words="楼上装修太吵。", category_id=2, spot="")


def test_the_likelier_has_more_points():
    points = [likeness(GARAGE, other).points for other in (BEFORE, PIPE, NOISE)]
    assert points == sorted(points, reverse=True)
    assert [likeness(GARAGE, other).is_worth_a_look for other in (BEFORE, PIPE, NOISE)] == [True, True, False]


def test_it_does_not_matter_which_of_the_two_is_asked_about():
    for other in (BEFORE, PIPE, NOISE):
        assert likeness(GARAGE, other) == likeness(other, GARAGE)


def test_the_same_building_on_the_same_day_is_not_enough():
    lamp = replace(GARAGE, words="灯坏了。")
    assert likeness(GARAGE, lamp).points == 0


def test_the_same_kind_of_thing_in_the_same_building_is_worth_a_look_in_other_words():
    one, other = replace(GARAGE, category_id=1, words="漏。"), replace(GARAGE, category_id=1, words="滴。")
    assert likeness(one, other).is_worth_a_look


@pytest.mark.parametrize(
    ("apart", "shown"),
    [
        (timedelta(minutes=52), timedelta(minutes=52)),
        (timedelta(hours=23, minutes=59), timedelta(hours=23, minutes=59)),
        (timedelta(days=1), timedelta(days=1)),
        (timedelta(days=8, hours=23), timedelta(days=9)),
        (timedelta(days=8, hours=1), timedelta(days=8)),
    ],
)
def test_how_far_apart_they_were_said(apart, shown):
    assert likeness(GARAGE, replace(BEFORE, filed_at=NOW - apart)).apart_in_short == shown


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ({"building_id": 3, "stairwell": 1}, {"building_id": 3, "stairwell": 1}, True),
        ({"building_id": 3, "stairwell": 1}, {"building_id": 3, "stairwell": 2}, False),
        ({"building_id": 3, "stairwell": 1}, {"building_id": 3, "stairwell": None}, True),
        ({"building_id": 3}, {"building_id": 5}, False),
        ({"building_id": 3}, {"building_id": None}, False),
        ({"building_id": None, "spot": "南门外"}, {"building_id": None, "spot": "小区南门"}, True),
        ({"building_id": None, "spot": "南门"}, {"building_id": None, "spot": "广场"}, False),
        ({"building_id": None, "spot": ""}, {"building_id": None, "spot": ""}, False),
    ],
)
def test_what_is_the_same_place(one, other, is_same):
    assert is_same_place(replace(GARAGE, **one), replace(GARAGE, **other)) is is_same


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("车库漏水", {"车库", "库漏", "漏水"}),
        ("没有水", {"有水"}),  # 没有 says nothing of what is wrong
        ("水。电", set()),
        ("B09 Leak in the LIFT", {"b09", "leak", "lift"}),
        ("엘리베이터 고장", {"엘리베이터", "고장"}),
        ("", set()),
        ("𠀀", set()),
    ],
)
def test_what_words_are_made_of(words, found):
    assert terms(words) == found


@pytest.mark.parametrize(
    ("words", "others", "pieces"),
    [
        ("地下车库滴水。", ["车库漏水"], [("地下", False), ("车库", True), ("滴水。", False)]),
        ("地下车库", ["地下室", "车库"], [("地下车库", True)]),
        ("漏水", ["没电"], [("漏水", False)]),
        ("漏水", [], [("漏水", False)]),
        ("", ["漏水"], []),
        ("LEAK here", ["a leak"], [("LEAK", True), (" here", False)]),
    ],
)
def test_what_both_say_is_marked_and_nothing_is_lost(words, others, pieces):
    found = marked(words, others)
    assert found == [Piece(*piece) for piece in pieces]
    assert "".join(piece.text for piece in found) == words
