from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import chisquare, kstest

from skgen._math.columns.marginals import (
    assign_bins,
    draw_values,
    fast_interp,
    fit_marginal,
    fit_ranks,
    log_density_in_bin,
    mix_with_floor,
)
from skgen._math.columns.point_masses import find_point_masses

ALPHA = 1e-6


def find_atoms(z):
    """Point masses of a column off any grid."""
    counted = np.unique(z, return_counts=True)
    return find_point_masses(*counted, integer_valued=False).atoms


def _column(z, *, discrete=False, integer_valued=False):
    return SimpleNamespace(
        discrete=discrete,
        n_categories=int(z.max()) + 1 if discrete else 0,
        integer_valued=integer_valued,
        atoms=np.empty(0) if discrete else find_atoms(z),
    )


def _log_prob(marginal, z):
    bins = assign_bins(marginal, z)
    with np.errstate(divide="ignore"):
        log_prob = np.log(marginal.masses[bins])
    return log_prob + log_density_in_bin(marginal, z, bins)


def _sample(marginal, n_samples, rng):
    bins = rng.choice(marginal.n_bins, size=n_samples, p=marginal.masses)
    return draw_values(marginal, bins, rng)


@pytest.mark.parametrize("max_bins", [2, 16, 256])
def test_density_of_a_zero_inflated_column_integrates_to_one(max_bins):
    rng = np.random.default_rng(0)
    z = np.where(rng.random(500) < 0.3, 0.0, rng.lognormal(size=500))
    marginal = fit_marginal(z, np.ones(500), _column(z), max_bins=max_bins)
    # the density is constant between knots, so the rule of midpoints is exact
    middle = (marginal.knots[1:] + marginal.knots[:-1]) / 2
    integral = np.exp(_log_prob(marginal, middle)) @ np.diff(marginal.knots)
    mass = np.exp(_log_prob(marginal, np.array([0.0])))[0]
    assert_allclose(mass, np.mean(z == 0))
    assert_allclose(integral + mass, 1.0)


@pytest.mark.parametrize("max_bins", [2, 64])
def test_probabilities_of_a_grid_sum_to_one(max_bins):
    rng = np.random.default_rng(1)
    z = np.concatenate([rng.integers(0, 8, 300), rng.integers(100, 5000, 200)]) * 1.0
    marginal = fit_marginal(
        z, np.ones(500), _column(z, integer_valued=True), max_bins=max_bins
    )
    assert 0 < len(marginal.atoms) < 10
    grid = np.arange(-10.0, 6000.0)
    assert_allclose(np.exp(_log_prob(marginal, grid)).sum(), 1.0)


def test_draws_of_a_grid_follow_its_probabilities():
    rng = np.random.default_rng(2)
    z = np.concatenate([np.full(60, 3), rng.integers(0, 12, 30)]).astype(float)
    marginal = fit_marginal(z, np.ones(90), _column(z, integer_valued=True), max_bins=4)
    drawn = _sample(marginal, 20_000, rng)
    grid = np.arange(z.min(), z.max() + 1)
    assert set(drawn) <= set(grid)
    expected = np.exp(_log_prob(marginal, grid))
    expected, grid = expected[expected > 0], grid[expected > 0]
    counts = (drawn[:, None] == grid).sum(axis=0)
    assert chisquare(counts, 20_000 * expected).pvalue > ALPHA


def test_draws_of_a_continuous_column_follow_its_distribution():
    rng = np.random.default_rng(3)
    z = rng.gamma(2.0, size=400)
    marginal = fit_marginal(z, np.ones(400), _column(z), max_bins=20)
    drawn = _sample(marginal, 5_000, rng)
    assert z.min() <= drawn.min()
    assert drawn.max() <= z.max()
    uniform = np.interp(drawn, marginal.knots, marginal.cumulative)
    assert kstest(uniform, "uniform").pvalue > ALPHA


def test_bins_hold_equal_weight():
    z = np.random.default_rng(4).normal(size=1000)
    marginal = fit_marginal(z, np.ones(1000), _column(z), max_bins=10)
    # edges lie between pieces of at most nine rows
    assert_allclose(marginal.masses, 0.1, atol=0.0091)


def test_weights_count_like_repeated_rows():
    rng = np.random.default_rng(5)
    z, weights = rng.normal(size=60), rng.integers(1, 3, 60)
    column = _column(z)
    weighted = fit_marginal(z, weights * 1.0, column, max_bins=8)
    repeated = np.repeat(z, weights)
    other = fit_marginal(repeated, np.ones(len(repeated)), column, max_bins=8)
    for a, b in zip(weighted, other, strict=True):
        assert_allclose(a, b)


def test_categories_are_their_own_bins():
    z = np.array([0.0, 2.0, 2.0, 3.0])
    marginal = fit_marginal(z, np.ones(4), _column(z, discrete=True), max_bins=8)
    assert_array_equal(assign_bins(marginal, z), z)
    assert_allclose(marginal.masses, [0.25, 0, 0.5, 0.25])


@pytest.mark.parametrize("z", [[4.0], [4.0, 4.0], [1.0, 1.0, 1.0, 1.5]])
@pytest.mark.parametrize("integer_valued", [False, True])
def test_columns_without_a_neighbour_to_interpolate_to(z, integer_valued):
    z = np.floor(np.array(z)) if integer_valued else np.array(z)
    marginal = fit_marginal(
        z, np.ones(len(z)), _column(z, integer_valued=integer_valued), max_bins=8
    )
    drawn = _sample(marginal, 50, np.random.default_rng(0))
    assert set(drawn) <= set(z)
    assert np.isfinite(_log_prob(marginal, z)).all()


@pytest.mark.slow
@pytest.mark.parametrize("integer_valued", [False, True])
def test_the_floor_makes_every_value_possible_and_keeps_the_total(integer_valued):
    rng = np.random.default_rng(6)
    z = rng.integers(0, 40, 50) * 1.0 if integer_valued else rng.normal(size=50)
    column = _column(z, integer_valued=integer_valued)
    marginal = fit_marginal(z, np.ones(50), column, max_bins=8)
    far = np.array([-1e9, 1e9])
    assert np.isfinite(
        mix_with_floor(marginal.floor, far, _log_prob(marginal, far))
    ).all()
    grid = np.arange(-1e5, 1e5) if integer_valued else np.linspace(-1e4, 1e4, 2_000_001)
    log_prob = _log_prob(marginal, grid)
    mixed = np.exp(mix_with_floor(marginal.floor, grid, log_prob))
    share = marginal.floor.share
    floor = mixed - (1 - share) * np.exp(log_prob)
    assert_allclose(floor.sum() * (grid[1] - grid[0]), share, rtol=1e-3)


def test_adjacent_floats_have_a_finite_density():
    z = 1e8 + np.spacing(1e8) * np.array([1.0, 5, 9, 19, 20])
    marginal = fit_marginal(z, np.ones(5), _column(z), max_bins=8)
    assert np.isfinite(_log_prob(marginal, z)).all()


def test_weights_of_any_ratio_have_a_finite_density():
    z, weights = np.arange(40) * 1.1, np.repeat([1e17, 1.0], 20)
    marginal = fit_marginal(z, weights, _column(z), max_bins="auto")
    log_prob = mix_with_floor(marginal.floor, z, _log_prob(marginal, z))
    assert np.isfinite(log_prob).all()


def test_chance_gaps_between_rows_do_not_show():
    rng = np.random.default_rng(7)
    z = rng.normal(size=2000)
    marginal = fit_marginal(z, np.ones(2000), _column(z), max_bins="auto")
    unseen = rng.normal(size=5000)
    log_prob = mix_with_floor(marginal.floor, unseen, _log_prob(marginal, unseen))
    entropy = 0.5 * np.log(2 * np.pi * np.e)
    assert -log_prob.mean() < entropy + 0.12


def test_ranks_are_mid_distribution_values():
    values, rank = fit_ranks(np.array([5.0, 1.0, 5.0, 9.0]), np.ones(4))
    assert_array_equal(values, [1.0, 5.0, 9.0])
    assert_allclose(rank, [0.125, 0.5, 0.875])


def test_a_value_on_an_edge_belongs_to_the_bin_above():
    z = np.arange(200.0) ** 2 / 7
    marginal = fit_marginal(z, np.ones(200), _column(z), max_bins=8)
    edges = marginal.knots[marginal.edges]
    n_bins = len(edges) - 1
    assert_array_equal(assign_bins(marginal, edges), [*range(n_bins), n_bins - 1])


def test_the_floor_is_in_the_middle_of_the_range_and_half_as_wide():
    z = np.array([2.0, 3.5, 4.0, 8.0])
    marginal = fit_marginal(z, np.ones(4), _column(z), max_bins="auto")
    assert marginal.floor[:2] == (5.0, 3.0)


@pytest.mark.parametrize("n_samples", [0, 1, 5, 300])
@pytest.mark.parametrize("n_knots", [1, 2, 50])
def test_interpolated_numbers_are_those_of_numpy(n_samples, n_knots):
    rng = np.random.default_rng(0)
    knots = np.sort(rng.normal(size=n_knots))
    values = rng.normal(size=n_knots)
    x = rng.normal(size=n_samples)
    x[::4] = np.nan
    x[1::4] = knots[0]
    assert_array_equal(fast_interp(x, knots, values), np.interp(x, knots, values))


def test_a_single_number_is_interpolated():
    assert fast_interp(0.25, [0.0, 1.0], [0.0, 4.0]) == 1.0
    assert np.isnan(fast_interp(np.nan, [0.0, 1.0], [0.0, 4.0]))
