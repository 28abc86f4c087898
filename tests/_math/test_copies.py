from types import SimpleNamespace

import numpy as np
from numpy.testing import assert_array_equal

from skgen._math.copies import merge_copies


def _columns(*discrete):
    return [SimpleNamespace(discrete=kind) for kind in discrete]


def _rows(n=300):
    rng = np.random.default_rng(0)
    Z = np.column_stack(
        [rng.normal(size=n), rng.integers(3, size=n), rng.poisson(3, n)]
    )
    Z[::7, 2] = np.nan
    return Z, rng.integers(1, 4, size=n)


def test_copies_become_weights_in_the_order_of_their_rows():
    Z, weights = _rows()
    columns = _columns(False, True, False)
    repeated = np.repeat(Z, weights, axis=0)
    found, total = merge_copies(repeated, np.ones(len(repeated)), columns)
    assert_array_equal(found, Z)
    assert_array_equal(total, weights)
    # also of rows that have weights already
    found, total = merge_copies(np.vstack([Z, Z]), np.tile(weights, 2), columns)
    assert_array_equal(found, Z)
    assert_array_equal(total, 2 * weights)


def test_rows_without_copies_are_left_alone():
    Z, weights = _rows()
    found = merge_copies(Z, weights, _columns(False, True, False))
    assert found[0] is Z
    assert found[1] is weights


def test_equal_rows_of_few_values_are_no_copies():
    rng = np.random.default_rng(0)
    Z = np.column_stack([rng.poisson(30, 400), rng.integers(2, size=400)]) * 1.0
    assert len(np.unique(Z, axis=0)) < 100
    assert merge_copies(Z, np.ones(400), _columns(False, True))[0] is Z
    # prices that happen to be equal, and a flag that is nearly always the same
    Z = np.column_stack([rng.integers(0, 400, 400), rng.random(400) < 0.05]) * 1.0
    assert merge_copies(Z, np.ones(400), _columns(False, True))[0] is Z


def test_a_single_column_tells_no_copies_from_repeated_values():
    z = np.repeat(np.random.default_rng(0).normal(size=(100, 1)), 2, axis=0)
    assert merge_copies(z, np.ones(200), _columns(False))[0] is z


def test_a_frequent_row_is_no_copy():
    Z, _ = _rows()
    Z[:50] = 0.0
    Z = np.vstack([Z[:50], np.repeat(Z[50:], 2, axis=0)])
    found, total = merge_copies(Z, np.ones(len(Z)), _columns(False, True, False))
    assert len(found) == 300
    assert_array_equal(total, np.repeat([1.0, 2.0], [50, 250]))
