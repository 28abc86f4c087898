"""Decimal points and separators of thousands."""

import numpy as np
import pytest

from skgen._table.written.numbers.separators import separators_of

PLAIN = (".", "", False)
THOUSANDS = (".", ",", False)


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        (["5", "120"], PLAIN),
        (["5.5", "120"], PLAIN),
        (["1,234", "12"], THOUSANDS),
        (["1,234.5", "12.0"], THOUSANDS),
        (["0,345", "1,234"], (",", "", False)),
        (["12,5", "1,234"], (",", "", False)),
        (["1.234,5", "12,0"], (",", ".", False)),
        (["1.234.567", "12"], (",", ".", False)),
        (["1,23,456", "1,234"], (".", ",", True)),
        (["1 234", "12"], (".", " ", False)),
        (["1\u202f234,5", "12"], (",", "\u202f", False)),
        (["1'234.50"], (".", "'", False)),
        (["1.234", "5.678"], PLAIN),  # decimals, for all that is known
        (["1234", "12345", "1,234"], PLAIN),  # not most thousands are grouped
    ],
)
def test_separators(numbers, expected):
    assert separators_of(numbers, np.ones(len(numbers), dtype=int)) == expected


def test_dots_before_three_digits_group_thousands_if_small_numbers_have_none():
    thousands = [f"{at}.{at + 100}" for at in range(1, 60)]
    ones = np.ones(99, dtype=int)
    assert separators_of([*thousands, "850", "12"], ones[:61]) == (",", ".", False)
    assert separators_of(thousands, ones[:59]) == PLAIN
    assert separators_of([*thousands, "850", "0.125"], ones[:61]) == PLAIN


def test_most_rows_decide():
    numbers = ["1,5", "2.5"]
    assert separators_of(numbers, np.array([3, 1]))[0] == ","
    assert separators_of(numbers, np.array([1, 3]))[0] == "."
