import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skgen.conditionals._stack_inputs import fit_inputs
from skgen.table import Column

NUMBER = Column(name="x", kind="continuous")


def _category(n_categories):
    return Column(name="c", kind="categorical", n_categories=n_categories)


def _table(n_rows=80):
    rng = np.random.default_rng(0)
    X = np.column_stack([rng.gamma(1, size=n_rows), rng.integers(4, size=n_rows)])
    X[rng.random(n_rows) < 0.2, 0] = np.nan
    return X


def _fit(X, predictors, n_landmarks=10, weights=None):
    weights = np.ones(len(X)) if weights is None else weights
    return fit_inputs(X, weights, predictors, n_landmarks, np.random.default_rng(0))


def test_the_training_rows_are_seen_as_other_rows_are():
    X = _table()
    layout, inputs = _fit(X, [NUMBER, _category(4)])
    for one, other in zip(inputs, layout.see(X), strict=True):
        assert_array_equal(one, other)
    for one, other in zip(inputs.take(np.arange(5)), layout.see(X[:5]), strict=True):
        assert_allclose(one, other, atol=1e-12)


def test_numbers_far_away_are_taken_for_the_ends():
    X = _table()
    layout, _ = _fit(X, [NUMBER, _category(4)])
    far = np.array([[np.nanmax(X[:, 0]), 1.0], [1e300, 1.0]])
    for part in layout.see(far):
        assert_allclose(part[0], part[1], atol=1e-12)


def test_all_inputs_are_finite_but_missing_ranks():
    X = np.column_stack([_table(), np.full(80, np.nan), np.full(80, 3.0)])
    layout, inputs = _fit(X, [NUMBER, _category(4), NUMBER, NUMBER])
    assert np.isfinite(inputs.linear).all()
    assert np.isfinite(inputs.kernel).all()
    empty = layout.see(np.full((2, 4), np.nan))
    assert np.isfinite(empty.kernel).all()
    assert_array_equal(np.isnan(inputs.ranks[:, 0]), np.isnan(X[:, 0]))


def test_categories_of_many_levels_share_a_limited_number_of_indicators():
    rng = np.random.default_rng(1)
    X = rng.integers(200, size=(500, 8)).astype(float)
    _, inputs = _fit(X, [_category(200)] * 8, n_landmarks=0)
    assert inputs.linear.shape[1] <= 8 * 30
    assert inputs.kernel is inputs.linear


@pytest.mark.parametrize("n_landmarks", [1, 500])
def test_landmarks_are_at_most_the_rows(n_landmarks):
    X = _table()
    _, inputs = _fit(X, [NUMBER, _category(4)], n_landmarks)
    added = inputs.kernel.shape[1] - inputs.linear.shape[1]
    assert 1 <= added <= min(n_landmarks, 80)
