import numpy as np
import pytest

from skgen._table.identifiers.fresh.placeholders import (
    CASES,
    DIGITS,
    HEX,
    alphabet_of,
    draw_words,
    join_characters,
)


@pytest.mark.parametrize("case", CASES)
def test_words_have_the_lengths_and_the_case(case):
    lengths = np.array([1, 4, 7, 4] * 50)
    words = draw_words(lengths, case, np.random.default_rng(0))
    assert list(map(len, words)) == lengths.tolist()
    long = [word for word in words if len(word) > 1]
    looks = {
        "lower": str.islower,
        "title": str.istitle,
        "upper": str.isupper,
        "digits": str.isdecimal,
        "signs": lambda word: set(word) <= set("○△□◇☆"),
    }
    assert all(map(looks[case], long))
    assert len(set(words)) > 20


def test_words_are_evidently_made_up_and_can_be_read():
    words = draw_words(np.full(1000, 6), "title", np.random.default_rng(0))
    assert {word[0] for word in words} == {"Q", "X"}
    assert all(set(word[1::2]) <= set("aeiou") for word in words)
    assert all(set(word[2::2]) <= set("qxzwj") for word in words)


def test_numbers_begin_with_zero_where_real_ones_do():
    rng = np.random.default_rng(0)
    plain = draw_words(np.full(500, 3), "digits", rng)
    assert not any(word[0] == "0" for word in plain)
    padded = draw_words(np.full(500, 3), "digits", rng, zero_first=True)
    assert any(word[0] == "0" for word in padded)


def test_alphabets():
    assert alphabet_of(set("019")) == DIGITS
    assert alphabet_of(set("0f")) == HEX
    assert alphabet_of(set("äb")) == "bä"


def test_characters_are_joined_row_by_row():
    assert join_characters(np.array([["a", "b"], ["c", "d"]])) == ["ab", "cd"]
    assert join_characters(np.empty((2, 0), dtype="U1")) == ["", ""]
