import re

import numpy as np
import pytest

from skgen._table.identifiers.fresh.words import FreeText, Words, case_of, hold_words

rng = np.random.default_rng(0)
FIRST = ["Anna", "Bruno", "Clara", "Dmitri", "Ella", "Farid", "Grace", "Hugo"]
LAST = ["Meyer", "Rossi", "Smith", "Okafor", "Lindqvist", "Garcia"]
NAMES = [f"{last}, Mr. {first}" for first in FIRST for last in LAST]
WORDS = ["the", "screen", "broke", "after", "two", "days", "but", "support", "was"]
REVIEWS = [
    " ".join(rng.choice(WORDS, 5 + i % 30)).capitalize() + "!" for i in range(300)
]


def made_up(text):
    return all(c.lower() in "qxzwjaeiou" for c in text if c.isalpha())


def test_order_signs_and_frequent_words_are_kept():
    [(share, words)] = Words.fit_all(NAMES)
    assert share == 1
    assert words.mask == "Aaaaa, Mr. Aaaaa"
    drawn = words.draw(500, 0, np.random.default_rng(0))
    assert all(re.fullmatch(r"[QX]\w+, Mr\. [QX]\w+", text) for text in drawn)
    assert all(made_up(text.replace("Mr", "")) for text in drawn)
    assert {len(text.split(",")[0]) for text in drawn} == {len(last) for last in LAST}


def test_numbers_few_of_which_are_all_frequent_are_kept():
    texts = [f"/{year}/{i:04}/" for year in (2013, 2014) for i in range(400)]
    [(_, words)] = Words.fit_all(texts)
    drawn = words.draw(200, 0, rng)
    assert {text[1:5] for text in drawn} == {"2013", "2014"}


def test_names_grow_by_their_words():
    [(_, words)] = Words.fit_all([f"{a.lower()}{i}" for a in FIRST for i in range(10)])
    assert all(re.fullmatch(r"[a-z]{6,9}\d", text) for text in words.draw(99, 3, rng))


def test_texts_that_are_always_the_same_get_a_number():
    [(_, words)] = Words.fit_all(["Main Street"] * 30)
    assert all(re.fullmatch(r"Main Street-\d", t) for t in words.draw(20, 0, rng))


def test_free_text_has_the_numbers_of_words():
    form = FreeText.fit(REVIEWS)
    drawn = form.draw(2000, 0, np.random.default_rng(0))
    assert all(map(made_up, drawn))
    assert all(text.endswith("!") and text.count("!") == 1 for text in drawn)
    real, new = (
        np.quantile([len(t.split()) for t in texts], [0.1, 0.5, 0.9])
        for texts in (REVIEWS, drawn)
    )
    np.testing.assert_allclose(new, real, atol=2)


def test_texts_without_words():
    form = FreeText.fit(["...", "", "?!"])
    assert len(form.draw(4, 0, rng)) == 4


@pytest.mark.parametrize(
    ("texts", "verdict"),
    [
        (NAMES, True),
        (REVIEWS, True),
        (["Иван Петров", "Мария Попова"], True),
        (["ÉLODIE", "Åsa"], True),
        (["7590-VHVEG", "5575-GNVDE", "3668-QPYBK"], False),
        (["deadbeef01", "facade2299"], False),
        (["N725MQ", "N1"], False),
        (["+49 1", "2"], False),
    ],
)
def test_words_of_a_language(texts, verdict):
    assert hold_words(texts) == verdict


def test_cases():
    tokens = "abc", "Abc", "ABC", "A", "12", "李", ","
    cases = ["lower", "title", "upper", "title", "digits", "signs", ","]
    assert list(map(case_of, tokens)) == cases
