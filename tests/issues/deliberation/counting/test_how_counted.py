"""What is said of how it was counted: silence, replaced ballots, divided heads, and the articles."""

import pytest
from django.utils import translation

from issues.deliberation.counting import how_counted, saying
from issues.deliberation.counting.rules import ORDINARY
from tests.issues.deliberation.counting.votes import ballot, counted, entry, sums, vote


@pytest.fixture(autouse=True)
def in_chinese():
    with translation.override("zh-hans"):
        yield


def test_silence_that_was_added_is_said_with_what_the_ballots_alone_decide():
    raw = sums({"silence": "follows_majority"}, **{"for": (417, 417), "abstain": (8, 8), "silent": (584, 584)})
    for row in raw["roll"]:
        row["delivered"] = True
    result, rules = counted(raw)
    assert how_counted.sentences(result, rules)[-1] == (
        "规则集规定，能证明已送达而未投票的计入多数：“同意”因此增加 5.84 ㎡、584 人。只算投出的票：参与未达到要求。"
    )
    assert ("未投票，计入多数", 584) in [(it.name, it.part.heads) for it in saying.parts(result)]


def test_silence_without_a_majority_to_follow_is_said():
    raw = sums({"silence": "follows_majority"}, **{"for": (4, 4), "against": (4, 4), "silent": (2, 2)})
    assert how_counted.sentences(*counted(raw))[-1].endswith("没有一方在面积和人数上都占多数，因此没有计入。")


def test_ballots_replaced_and_split_heads_are_said():
    roll = [entry("a", "60", "owner"), entry("b", "40", "owner")]
    ballots = [ballot("1", "a", "for"), ballot("2", "b", "for", superseded_by="3"), ballot("3", "b", "against")]
    result, rules = counted(vote(roll, ballots))
    assert how_counted.sentences(result, rules) == [
        "弃权算参与，不算同意。无效票不算参与，也不算同意。",
        "收到表决票 3 张，其中被同一户的另一张票替代、不计入的 1 张。",
        "名下各户投票不一致的业主按一人计入参与，人数上不计入任何一方。",
        "没投票的不推定为同意。",
    ]
    assert ("名下各户投票不一致的业主", 1) in [(it.name, it.part.heads) for it in saying.parts(result)]
    larger = counted(vote(roll, ballots, split_head="larger_area"))
    assert how_counted.sentences(*larger)[2].startswith("名下各户投票不一致的业主按一人计入面积较大的一方")


def test_the_basis_names_each_article_with_its_words():
    said = how_counted.basis(ORDINARY)
    assert said[0] == "规则集：民法典第 278 条：一般事项，第 1 版。"
    assert said[2] == "民法典第 1259 条：民法所称的“以上”“以下”“以内”“届满”，包括本数。"
    assert len(said) == 4
