import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skgen._utils.weights import drop_weightless_rows

X = np.array([[1.0], [2.0], [3.0]])


def test_rows_without_weight_are_left_out():
    kept, weights = drop_weightless_rows(X, [2, 0, 0.5])
    assert_array_equal(kept, [[1], [3]])
    assert_array_equal(weights, [2, 0.5])


def test_nothing_is_copied_where_all_rows_count():
    assert drop_weightless_rows(X, None) == (X, None)
    assert drop_weightless_rows(X, [1, 2, 3])[0] is X


@pytest.mark.parametrize(
    ("weights", "message"),
    [([0, 0, 0], "non-zero"), ([1, -1, 1], "egative"), ([1, 1], "shape")],
)
def test_impossible_weights_are_refused(weights, message):
    with pytest.raises(ValueError, match=message):
        drop_weightless_rows(X, weights)
