"""Shares of bins within sets of values, and draws from these."""

import numpy as np
import pytest

from skgen._math.columns.marginals import (
    assign_bins,
    fit_marginal,
    log_density_in_bin,
    mix_with_floor,
)
from skgen._math.columns.supports import (
    LevelSet,
    Range,
    bin_ends,
    draw_within,
    floor_mass,
    share_within,
)
from skgen.table import Column


def _whole_numbers():
    rng = np.random.default_rng(0)
    z = np.rint(rng.gamma(2.0, 8.0, 600))
    z[:100] = 7.0
    column = Column("z", "integer", integer_valued=True, atoms=np.array([7.0]))
    return fit_marginal(z, np.ones(600), column, max_bins=8), np.arange(-3.0, 90.0)


def _ranges(rng, n):
    ends = np.sort(rng.integers(0, 40, (2, n)), axis=0).astype(float)
    ends[0, ::3], ends[1, 1::3] = -np.inf, np.inf
    without = rng.integers(0, 40, (n, 2)).astype(float)
    without[::2, 1] = np.nan
    return Range(ends[0], ends[1] + 0.5, without)


def test_shares_of_whole_numbers_are_sums_over_what_a_bin_holds():
    marginal, values = _whole_numbers()
    support = _ranges(np.random.default_rng(1), 40)
    for b in range(marginal.n_bins):
        bins = np.full(40, b)
        expected = np.zeros(40)
        for value in values[assign_bins(marginal, values) == b]:
            z = np.full(40, value)
            density = np.exp(log_density_in_bin(marginal, z, bins))
            expected += density * support.holds(z)
        assert share_within(marginal, bins, support) == pytest.approx(expected)


def test_shares_of_a_density_are_those_of_many_draws():
    rng = np.random.default_rng(0)
    z = np.round(rng.normal(size=2_000), 1) + 0.01 * rng.normal(size=2_000)
    z[:300] = 0.5
    column = Column("z", "continuous", atoms=np.array([0.5]))
    marginal = fit_marginal(z, np.ones(2_000), column, max_bins=5)
    for b in range(marginal.n_bins):
        bins = np.full(4_000, b)
        everything = Range(
            *np.array([[-np.inf], [np.inf]]) * np.ones(4_000), bins[:, None] * np.nan
        )
        drawn = draw_within(marginal, bins, everything, rng)
        ends = np.sort(rng.choice(z, 2))
        support = Range(np.full(4_000, ends[0]), np.full(4_000, ends[1]), everything[2])
        share = share_within(marginal, bins, support)[0]
        # five standard errors
        error = 5 * np.sqrt(share * (1 - share) / 4_000) + 1e-9
        assert abs(support.holds(drawn).mean() - share) < error


@pytest.mark.parametrize("rows", [1, 40])
def test_draws_are_within_their_support_and_their_bin(rows):
    marginal, _ = _whole_numbers()
    rng = np.random.default_rng(2)
    support = _ranges(rng, rows)
    low, high = bin_ends(marginal)
    for b in range(marginal.n_bins):
        bins = np.full(rows, b)
        some = np.flatnonzero(share_within(marginal, bins, support))
        z = draw_within(marginal, bins[some], support.take(some), rng)
        assert support.take(some).holds(z).all()
        assert (assign_bins(marginal, z) == b).all()
        assert ((z >= low[b]) & (z <= high[b])).all()


def test_the_floor_is_summed_over_the_support():
    marginal, _ = _whole_numbers()
    support = _ranges(np.random.default_rng(3), 30)
    support.low[np.isinf(support.low)] = -50.0
    support.high[np.isinf(support.high)] = 150.0
    values = np.arange(-60.0, 160.0)
    density = [
        np.exp(mix_with_floor(marginal.floor, np.full(30, v), np.full(30, -np.inf)))
        * support.holds(np.full(30, v))
        for v in values
    ]
    expected = np.sum(density, axis=0) / marginal.floor.share
    assert floor_mass(marginal.floor, support) == pytest.approx(expected)


def test_supports_join():
    first = Range(np.array([0.0]), np.array([5.0]), np.array([[2.0]]))
    second = Range(np.array([1.0]), np.array([np.inf]), np.empty((1, 0)))
    both = first.within(second)
    holds = [both.holds(np.array([z]))[0] for z in range(7)]
    assert holds == [False, True, False, True, True, True, False]
    assert not first.is_everything.any()
    assert LevelSet(np.ones((1, 3), dtype=bool)).is_everything.all()
