"""Targets as columns of a table."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skgen._table.target_columns import read_targets

pd = pytest.importorskip("pandas")
pl = pytest.importorskip("polars")


@pytest.mark.parametrize(
    ("y", "kind", "codes"),
    [
        ([-3, 1, -3], "categorical", [-3, 1, -3]),
        (range(11), "continuous", range(11)),
        ([*range(11)] * 11, "categorical", [*range(11)] * 11),
        ([0.5, np.nan, 1], "continuous", [0.5, np.nan, 1]),
        (["b", "a", "b"], "categorical", [1, 0, 1]),
        ([True, False, True], "categorical", [1, 0, 1]),
        (pd.Series(["b", None, "a"], dtype=object), "categorical", [1, np.nan, 0]),
        (pd.Series([4, None, 5], dtype="Int64"), "categorical", [4, np.nan, 5]),
        (pd.Series(pd.Categorical(["b", "a", "b"])), "categorical", [1, 0, 1]),
        (pl.Series([2.0, 1.5, 2]), "continuous", [2, 1.5, 2]),
    ],
)
def test_targets(y, kind, codes):
    targets = read_targets(y)
    assert [found.name for found in targets.kinds] == [kind]
    assert_array_equal(targets.Z[:, 0], codes)
    textual = kind == "categorical"
    assert all(isinstance(cell, str) for cell in targets.columns[0] if cell) == textual
    if textual:
        # names of classes are nobody's business
        assert not set(targets.columns[0]) & {"a", "b", True}


def test_several_targets():
    targets = read_targets(np.array([[1.5, 2.5], [3.0, 4.0], [5.0, 6.0]]))
    assert targets.Z.shape == (3, 2)
    assert targets.columns == [[1.5, 3.0, 5.0], [2.5, 4.0, 6.0]]
    with pytest.raises(ValueError, match="1d or 2d"):
        read_targets(np.ones((2, 2, 2)))
    with pytest.raises(ValueError, match="'y' holds infinity"):
        read_targets([1.0, np.inf])
