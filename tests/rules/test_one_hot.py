import numpy as np
import pandas as pd
import pytest

from skgen.rules import OneHot


def test_booleans_numbers_and_texts_of_zero_and_one():
    X = pd.DataFrame(
        {"a": [True, False, True], "b": [0, 1, 1], "c": ["0", "0", "0"]},
    )
    assert OneHot(("a", "b", "c")).holds(X).tolist() == [True, True, False]


def test_a_missing_cell_may_be_the_one():
    X = pd.DataFrame({"a": [np.nan, np.nan], "b": [0, 1], "c": [0, 1]})
    assert OneHot(("a", "b", "c")).holds(X).tolist() == [True, False]


def test_two_is_no_share_of_one():
    X = pd.DataFrame({"a": [2, 0], "b": [-1, 1]})
    assert OneHot(("a", "b")).holds(X).tolist() == [False, True]


def test_one_column_is_refused():
    with pytest.raises(ValueError, match="two columns or more"):
        OneHot(("a",))
