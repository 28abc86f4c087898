"""How many decimals written numbers have."""

import numpy as np
import pytest

from skgen._table.written.numbers.digits import Decimals, Exponent
from skgen._table.written.numbers.spelling import spell, starts_of


def spelled(numbers, scaled=False, counts=None):
    counts = np.ones(len(numbers), dtype=int) if counts is None else np.array(counts)
    return spell(numbers, [""] * len(numbers), counts, ".", scaled)


@pytest.mark.parametrize(
    ("numbers", "digits"),
    [
        (["1", "12"], Decimals(0, 0)),
        (["1.10", "2.25"], Decimals(2, 2)),
        (["1.1", "2.25", "3"], Decimals(0, 2)),
        (["1.0", "2.25", "3.5"], Decimals(1, 2)),
        (["1.10", "2.20", "4.3"], Decimals(2, 2)),
    ],
)
def test_decimals_are_those_of_most_rows(numbers, digits):
    assert spelled(numbers) == digits


def test_rows_are_counted_not_texts():
    assert spelled(["1.10", "2.1", "3.1"], counts=[9, 1, 1]) == Decimals(2, 2)
    assert spelled(["1.10", "2.1", "3.1"], counts=[1, 1, 1]) == Decimals(1, 2)


def test_decimals_of_floats_are_left_out_if_rare():
    numbers = [f"{at}.5" for at in range(999)]
    assert spelled([*numbers, "0.30000000000000004"]) == Decimals(1, 1)
    assert spelled(["0.30000000000000004", "0.1"]) == Decimals(1, 17)


def test_abbreviated_numbers_have_significant_digits():
    numbers = ["9.2", "8.0", "19", "200"]
    assert spelled(numbers, scaled=True) == Decimals(1, 1, 2)
    assert spelled(["9.2", "8.0", "19.1"], scaled=True) == Decimals(1, 1)


def test_exponents_of_most_rows():
    exponents = ["E+11", "E-02", ""]
    counts = np.ones(3, dtype=int)
    assert spell(["3.10", "1.00", "5"], exponents, counts, ".", False) == Exponent(2)
    few = spell(["3.1", "1", "5"], ["E+11", "", ""], counts, ".", False)
    assert few == Decimals(0, 1)


def test_units_start_where_fewest_rows_are_in_another():
    ones = [np.ones(3, dtype=int)] * 2
    small, large = np.array([10.0, 500.0, 900.0]), np.array([1e3, 5e3, 9e3])
    assert starts_of([small, large], ones, [1.0, 1e3]) == [0.0, 1e3]
    assert starts_of([small, large + 500], ones, [1.0, 1e3]) == [0.0, 1e3]
    mixed = np.array([800.0, 5e3, 9e3])
    assert starts_of([small, mixed], ones, [1.0, 1e3]) == [0.0, 1e3]
    earlier = np.array([600.0, 5e3, 9e3])
    weights = [np.array([1, 1, 1]), np.array([5, 1, 1])]
    assert starts_of([small, earlier], weights, [1.0, 1e3]) == [0.0, 600.0]
