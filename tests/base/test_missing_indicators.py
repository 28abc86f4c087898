import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skgen.base._missing_indicators import fit_missing_pattern
from skgen.table import TableCodec


def fit(Z, sample_weight=None):
    columns = TableCodec().fit(Z).columns_
    weights = np.ones(len(Z)) if sample_weight is None else sample_weight
    return fit_missing_pattern(Z, columns, weights)


def test_an_exact_rule_is_found_and_chains():
    """The second column is missing where the first is high, the third where it is."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=300)
    Z = np.column_stack([x, rng.normal(size=300), rng.normal(size=300)])
    complete = Z.copy()
    Z[x > 1, 1:] = np.nan
    drawn = fit(Z).draw(complete, np.full(Z.shape, True), rng)
    assert_array_equal(np.isnan(drawn), np.isnan(Z))


def test_given_cells_stay():
    Z = np.array([[1.0, np.nan]] * 20)
    Z[::2, 1] = 5.0
    free = np.full((1000, 2), True)
    free[:500, 1] = False
    drawn = fit(Z).draw(np.full((1000, 2), 5.0), free, np.random.default_rng(0))
    assert not np.isnan(drawn[:500]).any()
    # 500 fair coins; outside of five standard deviations once in 1.7 million runs
    assert np.isnan(drawn[500:, 1]).sum() == pytest.approx(250, abs=5 * 11.2)


def test_weights_count_as_rows():
    Z = np.array([[0.0, np.nan], [0.0, 1.0]] * 10)
    drawn = fit(Z, np.array([3.0, 1.0] * 10)).draw(
        np.ones((4000, 2)), np.full((4000, 2), True), np.random.default_rng(0)
    )
    # five standard deviations of the share
    assert np.isnan(drawn[:, 1]).mean() == pytest.approx(0.75, abs=5 * 0.0069)


def test_a_table_of_one_incomplete_column():
    Z = np.array([[np.nan], [1.0]] * 50)
    drawn = fit(Z).draw(
        np.ones((1000, 1)), np.full((1000, 1), True), np.random.default_rng(0)
    )
    assert np.isnan(drawn).mean() == pytest.approx(0.5, abs=5 * 0.016)


def test_no_rows():
    Z = np.array([[np.nan, 2.0], [1.0, 3.0]])
    drawn = fit(Z).draw(
        np.empty((0, 2)), np.full((0, 2), True), np.random.default_rng(0)
    )
    assert drawn.shape == (0, 2)


@pytest.mark.parametrize(("offset", "scale"), [(0.0, 1e299), (2e9, 1.0), (-5.0, 1e-9)])
def test_numbers_of_any_size_decide_what_is_missing(offset, scale):
    """In float32, the first would overflow and the second be one value."""
    rng = np.random.default_rng(0)
    x = offset + scale * rng.normal(size=400)
    Z = np.column_stack([x, rng.normal(size=400)])
    complete = Z.copy()
    Z[x > np.median(x), 1] = np.nan
    drawn = fit(Z).draw(complete, np.full(Z.shape, True), rng)
    assert_array_equal(np.isnan(drawn), np.isnan(Z))
