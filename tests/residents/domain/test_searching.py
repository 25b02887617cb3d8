"""What can be looked for, and that the database finds what a plain look through the texts finds."""

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from residents.domain.searching import LONGEST, Asked, NotSearchable, Piece, asked_for, folded, pairs_of
from residents.models import Petition
from tests.exports import bring, row


def database_pairs(text):
    with connection.cursor() as cursor:
        cursor.execute("SELECT tsvector_to_array(word_pairs(%s))", [text])
        return cursor.fetchone()[0]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    [
        "楼道漏水",
        "WiFi信号",
        "ÄÖÜß",
        "ΑΣ",
        "İstanbul",
        "👨‍👩‍👧漏",
        "100%_a\\b'c",
        "漏",
        "",
        "ДОМ",
        "ＷＩＦＩ",
        "𠮷野家",
    ],
)
def test_the_database_makes_the_same_pairs_of_a_word(text):
    assert sorted(database_pairs(text)) == sorted(set(pairs_of(text)))


@pytest.mark.django_db
def test_white_space_ends_a_pair():
    assert sorted(database_pairs("ab cd\nef\tgh\rij")) == ["ab", "cd", "ef", "gh", "ij"]


class EveryText(TestCase):
    @settings(max_examples=60)
    @given(st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc", "Zs", "Cn", "Co")), min_size=2, max_size=20))
    def test_the_database_makes_the_same_pairs_of_any_word(self, text):
        assert set(database_pairs(text)) == set(pairs_of(text))


@pytest.fixture
def said(cast):
    """Finds by what is said in each: (subject, words)."""
    texts = {
        "leak": ("屋顶板漏水", "三楼楼板漏，下雨就滴水。"),
        "wifi": ("WiFi信号差", "小区WIFI连不上 50%的时间"),
        "path": ("报错", "路径 C:\\data\\50_a 打不开 100%_b"),
        "fire": ("🔥🔥", "楼下烧烤🔥🔥冒烟，it's smoky"),
        "lift": ("电梯坏", "电\n梯"),
    }
    bring(cast, *(row(number=name, subject=subject, words=words) for name, (subject, words) in texts.items()))

    def find(typed):
        found = Petition.objects.filter(asked_for(typed).found_in("subject", "words"))
        return sorted(found.values_list("imported__number", flat=True))

    return find


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("漏水", ["leak"]),
        ("板漏", ["leak"]),
        ("屋顶板漏水", ["leak"]),
        # All its pairs are there, but nowhere together.
        ("楼板漏水", []),
        ("漏水 下雨", ["leak"]),
        ("漏水 电梯", []),
        ("水漏", []),
        ("wifi", ["wifi"]),
        ("WIFI信号", ["wifi"]),
        ("WiFi", ["wifi"]),
        ("50%", ["wifi"]),
        ("50_", ["path"]),
        ("%_b", ["path"]),
        ("data\\50", ["path"]),
        ("C:\\", ["path"]),
        ("it's", ["fire"]),
        ("🔥🔥", ["fire"]),
        ("烧烤🔥", ["fire"]),
        ("电梯", ["lift"]),
        ("漏\x00水", ["leak"]),
        ("  漏水\t", ["leak"]),
        ("漏水 楼", ["leak"]),
        ("漏" * LONGEST, []),
    ],
)
def test_it_finds_what_stands_there_and_nothing_else(said, typed, found):
    assert said(typed) == found


@pytest.mark.parametrize(
    "typed",
    [
        "漏",
        "a",
        "🔥",
        "漏 水",
        "%",
        "_",
        "\\",
        "\x00",
        "，。！？",
        "%%%",
        "__",
        "\\\\\\\\",
        " ",
        "漏" * 500,
        "$$ ++",
        "\u202e\u202e",
    ],
)
def test_what_finds_nothing_or_everything_is_answered_with_a_sentence(typed):
    with pytest.raises(NotSearchable) as refusal:
        asked_for(typed)
    assert str(refusal.value.sentence)


def test_hits_are_marked_whatever_their_case():
    assert Asked(("wifi", "信号")).marked("我家WiFi没信号") == [
        Piece("我家", False), Piece("WiFi", True), Piece("没", False), Piece("信号", True),
    ]  # fmt: skip


def test_an_excerpt_begins_before_its_first_hit_and_says_what_is_left_out():
    pieces = Asked(("漏水",)).excerpt("甲" * 200 + "漏水" + "乙" * 200, length=40)
    text = "".join(piece.text for piece in pieces)
    assert (text[0], text[-1], len(text)) == ("…", "…", 42)
    assert [piece.text for piece in pieces if piece.is_hit] == ["漏水"]


@pytest.mark.parametrize("text", ["", "漏", "短"])
def test_an_excerpt_of_a_short_text_is_the_text(text):
    assert "".join(piece.text for piece in Asked(("漏水",)).excerpt(text)) == text


def test_folding_keeps_every_place():
    text = "İSTANBUL ẞ Σ"
    assert len(folded(text)) == len(text)


@pytest.mark.django_db
def test_the_pairs_are_never_read_back(cast):
    bring(cast, row())
    assert Petition.objects.get().pairs is None
