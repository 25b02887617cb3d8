"""Receipt numbers that survive being read aloud, written down and typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from residents.domain.receipts import ALPHABET, check_sign, new_receipt_no, read_receipt_no

signs = st.text(ALPHABET, min_size=7, max_size=7)


def written(seven: str) -> str:
    whole = seven + check_sign(seven)
    return f"SQ-{whole[:4]}-{whole[4:]}"


@given(signs)
def test_every_single_wrong_sign_is_caught(seven):
    number = written(seven)
    for place in (3, 4, 5, 6, 8, 9, 10, 11):
        for wrong in ALPHABET:
            if wrong != number[place]:
                assert read_receipt_no(number[:place] + wrong + number[place + 1 :]) is None


@given(signs)
def test_every_swap_of_two_neighbours_is_caught(seven):
    whole = seven + check_sign(seven)
    for place in range(7):
        swapped = whole[:place] + whole[place + 1] + whole[place] + whole[place + 2 :]
        if swapped != whole:
            assert read_receipt_no(f"SQ-{swapped}") is None


@given(signs, st.sampled_from(["SQ-{0}-{1}", "sq{0}{1}", " SQ {0} {1} ", "ＳＱ－{0}－{1}", "SQ—{0}–{1}"]))
def test_however_it_is_typed_it_is_read(seven, form):
    number = written(seven)
    assert read_receipt_no(form.format(number[3:7], number[8:])) == number


@pytest.mark.parametrize("text", ["", "SQ", "SQ-0000-0000", "SQ-IIII-OOOO", "XX-2222-2222", "SQ-2222-22222", "SQ\x00"])
def test_what_can_not_be_one_is_none(text):
    assert read_receipt_no(text) is None


def test_new_ones_are_well_formed_and_differ():
    numbers = {new_receipt_no() for _n in range(500)}
    assert len(numbers) == 500
    assert all(read_receipt_no(number) == number for number in numbers)
