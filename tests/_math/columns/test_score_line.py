"""The line of scores of a column: cells and points have the column's own shares."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.special import ndtr
from scipy.stats import norm

from skgen._math.columns.marginals import assign_bins, fit_marginal, log_density_in_bin
from skgen._math.columns.point_masses import find_point_masses
from skgen._math.columns.score_line import (
    edge_shares,
    is_smooth,
    middle_scores,
    score_cells,
    score_line,
    score_range,
    values_at,
)
from skgen._math.columns.supports import Range, share_within
from skgen.table import Column

N_ROWS = 400


def _column(name):
    rng = np.random.default_rng(0)
    z = {
        "smooth": rng.gamma(2, size=N_ROWS),
        "zeros": np.where(rng.random(N_ROWS) < 0.3, 0.0, rng.gamma(2, size=N_ROWS)),
        "two masses": np.where(
            rng.random(N_ROWS) < 0.5,
            rng.choice([-9.0, 5.0], N_ROWS),
            rng.normal(size=N_ROWS),
        ),
        "counts": rng.poisson(3, N_ROWS).astype(float),
        "whole": np.round(rng.normal(size=N_ROWS) * 40),
        "constant": np.full(N_ROWS, 2.0),
    }[name]
    integer = name in ("counts", "whole", "constant")
    counted = np.unique(z, return_counts=True)
    atoms = find_point_masses(*counted, integer_valued=integer).atoms
    kind = "integer" if integer else "continuous"
    target = Column(name="z", kind=kind, atoms=atoms)
    return z, fit_marginal(z, np.ones(N_ROWS), target)


NAMES = ["smooth", "zeros", "two masses", "counts", "whole"]
each = pytest.mark.parametrize("name", NAMES)


def _marginal_log_prob(marginal, z):
    bins = assign_bins(marginal, z)
    return np.log(marginal.masses[bins]) + log_density_in_bin(marginal, z, bins)


@each
def test_standard_normal_scores_are_the_marginal_distribution(name):
    z, marginal = _column(name)
    line = score_line(marginal, N_ROWS)
    cells = score_cells(line, z)
    with np.errstate(divide="ignore"):
        cell = np.log(ndtr(cells.high) - ndtr(cells.low))
    point = norm.logpdf(cells.low) + cells.log_gain
    found = np.where(cells.low < cells.high, cell, point)
    # half a row lies beyond either end
    expected = _marginal_log_prob(marginal, z) + np.log1p(-line.rare)
    assert_allclose(found, expected, atol=1e-6)


@each
@pytest.mark.parametrize("raw", [False, True])
def test_the_value_at_the_middle_of_a_cell_is_its_own(name, raw):
    z, marginal = _column(name)
    if raw and not is_smooth(marginal):
        pytest.skip("values have no line of their own beside point masses")
    line = score_line(marginal, N_ROWS, raw=raw)
    if name == "two masses":
        # both sides of a gap have the same score
        between = np.abs(z) < 4
        z = z[~np.isin(z, [z[between].min(), z[between].max()])]
    assert_allclose(values_at(line, middle_scores(line, score_cells(line, z))), z)


@each
def test_values_far_out_on_the_line_are_the_ends_of_the_column(name):
    z, marginal = _column(name)
    line = score_line(marginal, N_ROWS)
    assert_allclose(values_at(line, np.array([-50.0, 50.0])), [z.min(), z.max()])


@each
def test_shares_between_edges_are_those_of_the_bins(name):
    z, marginal = _column(name)
    line = score_line(marginal, N_ROWS)
    assert_allclose(np.diff(edge_shares(line)).sum(), 1.0)
    middles = middle_scores(line, score_cells(line, z))
    at = np.clip(np.searchsorted(line.edges, middles) - 1, 0, len(line.edges) - 2)
    counted = np.bincount(at, minlength=len(line.edges) - 1) / N_ROWS
    assert_allclose(counted, np.diff(edge_shares(line)), atol=2 / N_ROWS)


def test_smooth_columns_are_distinguished_from_those_with_point_masses():
    assert is_smooth(_column("smooth")[1])
    assert is_smooth(_column("whole")[1])
    assert not is_smooth(_column("zeros")[1])


def test_values_beyond_the_ends_and_in_gaps_are_impossible():
    rng = np.random.default_rng(1)
    z = np.concatenate([rng.random(50), rng.random(50) + 1e6])
    marginal = fit_marginal(z, np.ones(100), Column(name="z", kind="continuous"))
    for raw in (False, True):
        cells = score_cells(score_line(marginal, 100, raw=raw), np.array([-1.0, 2e6]))
        assert (cells.log_gain == -np.inf).all()


def test_a_constant_column_is_one_cell():
    z, marginal = _column("constant")
    cells = score_cells(score_line(marginal, N_ROWS), z[:1])
    assert_allclose(ndtr(cells.high) - ndtr(cells.low), 1 - 1 / (N_ROWS + 1))


@each
def test_a_range_has_the_share_of_its_values(name):
    z, marginal = _column(name)
    line, rng = score_line(marginal, N_ROWS), np.random.default_rng(2)
    low, high = np.sort(rng.choice(np.unique(z), (2, 40)), axis=0)
    low[:4], high[2:6] = -np.inf, np.inf
    start, end = score_range(line, low, high)
    support = Range(low, high, np.empty((40, 0)))
    of_bins = [
        mass * share_within(marginal, np.full(40, k), support)
        for k, mass in enumerate(marginal.masses)
    ]
    # half a row lies beyond either end of the line
    beyond = line.rare / 2 * (np.isinf(start) * 1.0 + np.isinf(end))
    expected = (1 - line.rare) * np.sum(of_bins, axis=0) + beyond
    assert_allclose(ndtr(end) - ndtr(start), expected, atol=1e-9)


def test_ranges_beside_the_line_and_empty_ones_have_no_mass():
    _, marginal = _column("counts")
    line = score_line(marginal, N_ROWS)
    low = np.array([-9.0, 50.0, 2.0, 1.2])
    high = np.array([-1.0, 60.0, 1.0, 1.8])
    start, end = score_range(line, low, high)
    assert (ndtr(np.maximum(start, end)) - ndtr(start) == 0).all()
