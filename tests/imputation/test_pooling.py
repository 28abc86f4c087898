import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from skgen.imputation import GenerativeImputer, pool


def test_pool_of_a_worked_example():
    pooled = pool([1.0, 2.0, 3.0], [0.5, 0.25, 0.75])
    assert (pooled.estimate, pooled.within, pooled.between) == (2.0, 0.5, 1.0)
    assert pooled.variance == pytest.approx(11 / 6)
    assert pooled.standard_error == pytest.approx(np.sqrt(11 / 6))
    assert pooled.relative_increase == pytest.approx(8 / 3)
    # 2 * (1 + 3 / 8) ** 2
    assert pooled.degrees_of_freedom == pytest.approx(121 / 32)
    # (8 / 3 + 2 / (121 / 32 + 3)) / (8 / 3 + 1)
    assert pooled.missing_information == pytest.approx(1928 / 2387)
    reach = stats.t.ppf(0.95, 121 / 32) * np.sqrt(11 / 6)
    assert_allclose(pooled.confidence_interval(0.9), [2 - reach, 2 + reach])
    # 1 / (32 / 121 + 1 / (11 / 13 * 10 * 3 / 11))
    adjusted = pool([1.0, 2.0, 3.0], [0.5, 0.25, 0.75], complete_dof=10)
    assert adjusted.degrees_of_freedom == pytest.approx(1 / (32 / 121 + 13 / 30))
    assert adjusted.missing_information == pooled.missing_information
    assert GenerativeImputer.pool([1, 2], [1, 1]) == pool([1, 2], [1, 1])


def test_pool_of_several_estimates_is_that_of_each():
    rng = np.random.default_rng(0)
    estimates, variances = rng.normal(size=(5, 3)), rng.random((5, 3))
    dof = np.array([10.0, 20.0, 30.0])
    together = pool(estimates, variances, complete_dof=dof)
    for k in range(3):
        alone = pool(estimates[:, k], variances[:, k], complete_dof=dof[k])
        assert_allclose(alone, [field[k] for field in together])
        assert_allclose(
            alone.confidence_interval(),
            [end[k] for end in together.confidence_interval()],
        )


def test_pool_where_nothing_is_missing_or_everything():
    pooled = pool([2.0, 2.0], [0.25, 0.25])
    assert pooled.degrees_of_freedom == np.inf
    assert pooled.missing_information == pooled.relative_increase == 0.0
    low, high = pooled.confidence_interval()
    assert (low, high) == pytest.approx((2 - 0.98, 2 + 0.98), abs=1e-4)
    # (n + 1) / (n + 3) * n, as with Barnard & Rubin
    assert pool([2, 2], [1, 1], complete_dof=7).degrees_of_freedom == pytest.approx(5.6)
    unknown = pool([1.0, 3.0], [0.0, 0.0])
    assert unknown.relative_increase == np.inf
    assert unknown.missing_information == unknown.degrees_of_freedom == 1.0
    certain = pool([1.0, 1.0], [0.0, 0.0])
    assert certain.variance == certain.missing_information == 0.0


def test_intervals_of_small_tables_cover_as_they_should():
    """Draws from the exact posterior of normal data, 8 of 20 cells missing."""
    rng = np.random.default_rng(0)
    n_tables, n_repeats, n_seen, n_missing = 5, 20_000, 12, 8
    seen = rng.normal(size=(n_seen, n_repeats))
    shape = (n_tables, 1, n_repeats)
    scale = seen.std(axis=0, ddof=1) * np.sqrt(
        (n_seen - 1) / rng.chisquare(n_seen - 1, shape)
    )
    mean = seen.mean(axis=0) + scale / np.sqrt(n_seen) * rng.normal(size=shape)
    drawn = mean + scale * rng.normal(size=(n_tables, n_missing, n_repeats))
    seen = np.broadcast_to(seen, (n_tables, n_seen, n_repeats))
    complete = np.concatenate([seen, drawn], axis=1)
    pooled = pool(
        complete.mean(axis=1), complete.var(axis=1, ddof=1) / 20, complete_dof=19
    )
    low, high = pooled.confidence_interval()
    # the standard error of the share is 0.0015; the rules are not exact
    assert np.mean((low < 0) & (high > 0)) == pytest.approx(0.95, abs=0.01)
    assert np.mean(pooled.missing_information) == pytest.approx(0.4, abs=0.1)


@pytest.mark.parametrize(
    ("estimates", "variances", "message"),
    [
        ([1.0], [1.0], "at least 2 completed tables, got 1.*multiple"),
        ([1.0, 2.0], [1.0], r"same shape.*\(2,\) and \(1,\)"),
        (1.0, 1.0, "same shape"),
        ([1.0, np.nan], [1.0, 1.0], "finite"),
        ([1.0, 2.0], [1.0, -1.0], "must not be negative; got -1.0"),
    ],
)
def test_impossible_estimates_raise_an_error(estimates, variances, message):
    with pytest.raises(ValueError, match=message):
        pool(estimates, variances)


def test_impossible_degrees_of_freedom_and_levels_raise_an_error():
    with pytest.raises(ValueError, match="complete_dof must be positive"):
        pool([1.0, 2.0], [1.0, 1.0], complete_dof=0)
    with pytest.raises(ValueError, match="level == 95"):
        pool([1.0, 2.0], [1.0, 1.0]).confidence_interval(95)
