import numpy as np
import pytest

from skgen._table.values import ValueColumn
from skgen.rules._labels import is_equal, label_of, number_of, positions_of

LEVEL = ValueColumn("x", "level", categories=("a", "b"))
TIME = ValueColumn("x", "time", "s", 1.0)
NUMBER = ValueColumn("x", "number")


@pytest.mark.parametrize(
    ("column", "number", "label"),
    [
        (LEVEL, 1.0, "b"),
        (NUMBER, 2.5, 2.5),
        (TIME, 86_400.0, "1970-01-02"),
        (TIME, -0.5, "1969-12-31T23:59:59.500000"),
        (TIME, 3_600.0, "1970-01-01T01:00:00"),
    ],
)
def test_labels_and_numbers_are_inverse(column, number, label):
    assert label_of(column, number) == label
    assert number_of(column, label) == number


def test_missing_and_unknown_labels():
    assert label_of(LEVEL, np.nan) is None
    assert np.isnan(number_of(LEVEL, None))
    assert np.isnan(number_of(LEVEL, "z"))


def test_no_date_is_an_error():
    with pytest.raises(ValueError, match="a date of ISO 8601"):
        number_of(TIME, "soon")


def test_positions_of_numbers_with_rounding_errors():
    find = positions_of(NUMBER, [0.3, None, -7.0])
    cells = np.array([0.1 + 0.2, -7.0, 0.31, np.nan])
    assert find(cells).tolist() == [0, 2, -1, -1]


def test_nothing_is_listed():
    assert positions_of(LEVEL, ["z"])(np.array([0.0, 1.0])).tolist() == [-1, -1]


def test_equal_up_to_rounding():
    assert is_equal(np.array([0.1 + 0.2, 0.3001, 0.0]), 0.3).tolist() == [
        True,
        False,
        False,
    ]
