"""The written form that the numbers in a column of texts have."""

import numpy as np

from skgen._table.cells import object_array
from skgen._table.written.numbers.recognition import INFERRED, recognise_numbers


def ones(texts):
    return np.ones(len(texts), dtype=int)


def test_long_columns_are_read_whole():
    texts = object_array([f"${number:,}.50" for number in range(3 * INFERRED)])
    texts[1] = "$1.125"
    form = recognise_numbers(texts, ones(texts))
    values, parsed = form.read(texts)
    assert parsed.all()
    assert form.write(values)[1] == "$1.125"


def test_commonest_texts_of_long_columns_are_seen():
    texts = object_array([f"{number:,}+" for number in range(3 * INFERRED)])
    texts[1] = "0"
    counts = ones(texts)
    counts[1] = 10**6
    assert recognise_numbers(texts, counts).zero == "0"


def test_aligned_numbers_keep_their_width():
    rng = np.random.default_rng(0)
    texts = object_array(sorted({f"{v:12,.2f}" for v in rng.lognormal(5, 3, 200)}))
    form = recognise_numbers(texts, ones(texts))
    assert form.to_dict() == {"number": "#,##0.00", "width": 12}
    np.testing.assert_array_equal(form.write(form.read(texts)[0]), texts)


def test_blanks_of_accounts():
    rng = np.random.default_rng(0)
    values = rng.normal(0, 1e4, 200)
    texts = [f" $({-v:,.2f})" if v < 0 else f" ${v:,.2f} " for v in values]
    texts = object_array([*texts, " $-   "])
    form = recognise_numbers(texts, ones(texts))
    values, parsed = form.read(texts)
    assert parsed[:-1].all()
    assert not parsed[-1]
    np.testing.assert_array_equal(form.write(values[:-1]), texts[:-1])


def test_single_letters_are_not_rand():
    whole = object_array([f"R{number}" for number in range(50)])
    assert recognise_numbers(whole, ones(whole)) is None
    money = object_array([f"R{number}.50" for number in range(50)])
    assert recognise_numbers(money, ones(money)).prefix == "R"


def test_metres_are_no_millions():
    texts = object_array([f"{number} m" for number in range(50)] + ["60", "70"])
    form = recognise_numbers(texts, ones(texts))
    assert form.read(["5 m"])[0] == [5.0]
    assert not form.read(["60"])[1][0]
