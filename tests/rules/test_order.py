import numpy as np
import pandas as pd
import pytest

from skgen.rules import Order


def test_a_missing_cell_does_not_part_its_neighbours():
    X = pd.DataFrame({"a": [1.0, 5.0], "b": [np.nan] * 2, "c": [2.0, 2.0]})
    assert Order(("a", "b", "c")).holds(X).tolist() == [True, False]


@pytest.mark.parametrize(("strict", "expected"), [(True, False), (False, True)])
def test_equal_cells(strict, expected):
    X = pd.DataFrame({"a": [1, 1], "b": [1, 2]})
    assert Order(("a", "b"), strict=strict).holds(X).tolist() == [expected, True]


def test_dates_of_different_grids_compare():
    X = pd.DataFrame(
        {
            "day": pd.to_datetime(["2024-01-01", "2024-03-01", "2024-02-01"]),
            "time": pd.to_datetime(
                ["2024-01-01 00:00:01", "2024-02-29 23:59:59", "2024-02-01"],
                format="mixed",
            ),
        }
    )
    assert Order(("day", "time")).holds(X).tolist() == [True, False, True]


def test_dates_and_numbers_do_not_compare():
    X = pd.DataFrame({"a": pd.to_datetime(["2024-01-01"] * 2), "b": [1, 2]})
    with pytest.raises(ValueError, match="needs the column 'b' to be 'time'"):
        Order(("a", "b")).holds(X)


def test_one_column_is_refused():
    with pytest.raises(ValueError, match="two different columns"):
        Order(("a", "a"))
