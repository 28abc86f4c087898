import numpy as np
import pytest
from numpy.testing import assert_allclose

from skgen._math.columns.quantiles import (
    cdf,
    logpdf,
    ppf,
    separate,
    slope_within_unit,
    weighted_quantiles,
)

LEVELS = np.array([0.1, 0.4, 0.7, 0.9])
KNOTS = np.array([[-1.0, 0.0, 0.5, 3.0], [2.0, 2.5, 7.0, 8.0]])


def _rows(row, n_rows):
    return np.tile(KNOTS[row], (n_rows, 1))


@pytest.mark.parametrize("row", [0, 1])
def test_distribution_passes_through_the_quantiles(row):
    assert_allclose(cdf(_rows(row, 4), LEVELS, KNOTS[row]), LEVELS)
    ends = np.array([-np.inf, np.inf])
    assert_allclose(cdf(_rows(row, 2), LEVELS, ends), [0.0, 1.0])


@pytest.mark.parametrize("row", [0, 1])
def test_quantile_is_the_inverse_of_the_distribution(row):
    p = np.linspace(0.001, 0.999, 997)
    x = ppf(_rows(row, len(p)), LEVELS, p)
    assert (np.diff(x) > 0).all()
    assert_allclose(cdf(_rows(row, len(p)), LEVELS, x), p)


@pytest.mark.parametrize("row", [0, 1])
def test_density_is_the_derivative_of_the_distribution(row):
    x = np.linspace(-30, 30, 499)
    x = x[np.abs(x[:, None] - KNOTS[row]).min(axis=1) > 1e-3]
    knots, step = _rows(row, len(x)), 1e-5
    rise = cdf(knots, LEVELS, x + step) - cdf(knots, LEVELS, x - step)
    density = np.exp(logpdf(knots, LEVELS, x))
    assert_allclose(density, rise / (2 * step), rtol=1e-4, atol=1e-10)


def test_separated_quantiles_increase_and_hardly_move():
    crossed = np.array([[0.0, 2.0, 1.0, 3.0], [1.0, 1.0, 1.0, 4.0], [5.0] * 4])
    apart = separate(crossed)
    assert (np.diff(apart, axis=1) > 0).all()
    assert_allclose(apart, np.sort(crossed, axis=1), atol=0.03)


@pytest.mark.parametrize("value", [0.1, -5.0, 1e4])
def test_ties_are_separated_by_more_than_the_precision_of_floats(value):
    apart = separate(np.full((1, 5), value))
    # a hundredth of a millionth of the value, or of one
    expected = value + 1e-8 * max(1.0, abs(value)) * np.linspace(0, 1, 5)
    assert_allclose(apart[0] - value, expected - value, rtol=1e-3)


def test_separated_quantiles_are_a_hundredth_nearer_to_even_ones():
    knots = np.array([[1.0, 1.0, 2.0, 5.0]])
    expected = 0.99 * knots + 0.01 * np.linspace(1, 5, 4)
    assert_allclose(separate(knots), expected)


def test_weighted_quantiles_are_those_of_repeated_values():
    rng = np.random.default_rng(0)
    x, weights = rng.normal(size=500), rng.integers(1, 4, 500)
    levels = np.linspace(0.1, 0.9, 9)
    repeated = np.quantile(np.repeat(x, weights), levels)
    assert_allclose(weighted_quantiles(x, weights * 1.0, levels), repeated, atol=0.03)


def test_slope_is_that_of_least_squares_clipped_to_one():
    rng = np.random.default_rng(0)
    x, weights = rng.normal(size=200), rng.random(200)
    y = 0.4 * x + rng.normal(size=200)
    expected = np.polyfit(x, y, 1, w=np.sqrt(weights))[0]
    assert_allclose(slope_within_unit(x, y, weights), expected)
    assert slope_within_unit(x, 3 * x, weights) == 1.0
    assert slope_within_unit(x, -x, weights) == 0.0
    assert slope_within_unit(np.ones(200), y, weights) == 0.0
