"""Weighted particles, against sums over all rows."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skgen.base._conditional_sampling import Proposal
from skgen.conditionals._base import PredictorTable
from skgen.generators._sequential_monte_carlo import (
    Factorization,
    fill_by_particles,
    log_evidence_by_particles,
    refuse_impossible,
)

# p(a), p(b | a), p(c | b) of binary columns
A = np.array([0.3, 0.7])
B = np.array([[0.9, 0.1], [0.2, 0.8]])
C = np.array([[0.95, 0.05], [0.5, 0.5]])
JOINT = A[:, None, None] * B[:, :, None] * C[None]


def _probability(cells, j, rows):
    if j == 0:
        return np.full(len(rows), A[1])
    before = cells.Z[rows, j - 1].astype(int)
    return (B if j == 1 else C)[before, 1]


def _draw(cells, j, rows, rng):
    cells.put(j, rows, (rng.random(len(rows)) < _probability(cells, j, rows)) * 1.0)
    return np.zeros(len(rows))


def _log_prob(cells, j, rows):
    one = _probability(cells, j, rows)
    return np.log(np.where(cells.Z[rows, j] == 1, one, 1 - one))


def _deduce(cells, j, rows):
    return np.zeros((len(rows), cells.Z.shape[1]), dtype=bool)


MODEL = Factorization(
    [0, 1, 2], lambda Z: PredictorTable(Z, [None] * 3), _draw, _log_prob, _deduce
)


def _fill(Z, n_particles=500, proposals=None):
    Z, rng = np.array(Z, dtype=float), np.random.default_rng(0)
    return fill_by_particles(Z, MODEL, proposals or {}, n_particles, rng)


@pytest.mark.parametrize("n_rows", [1, 2000])
def test_evidence_is_the_sum_over_unknown_cells(n_rows):
    filled = _fill([[np.nan, np.nan, 1]] * n_rows, n_particles=20_000 // n_rows)
    expected = np.log(JOINT[:, :, 1].sum())
    # 8,000 particles or more: relative standard error below 1.2 %, so five of them
    assert_allclose(filled.log_evidence, expected, atol=0.06)


def test_filled_cells_follow_the_conditional():
    filled = _fill([[np.nan, np.nan, 1]] * 4000)
    counts = np.bincount((2 * filled.Z[:, 0] + filled.Z[:, 1]).astype(int), minlength=4)
    expected = JOINT[:, :, 1].ravel() / JOINT[:, :, 1].sum()
    # five standard errors, for the effective number of particles
    bound = 5 * np.sqrt(expected * (1 - expected) / 4000)
    assert (np.abs(counts / 4000 - expected) < bound).all()


def test_rows_that_know_other_cells_have_pools_of_their_own():
    Z = [[np.nan, 0, np.nan], [np.nan, np.nan, 1], [np.nan, 0, np.nan], [1, np.nan, 0]]
    filled = _fill(Z * 300)
    expected = np.log([JOINT[:, 0].sum(), JOINT[:, :, 1].sum(), JOINT[1, :, 0].sum()])
    found = filled.log_evidence.reshape(300, 4)
    assert_allclose(found, np.tile(expected[[0, 1, 0, 2]], (300, 1)), atol=0.1)
    known = ~np.isnan(Z * 300)
    assert_array_equal(filled.Z[known], np.array(Z * 300)[known])


def test_cells_after_the_last_known_one_are_left():
    filled = _fill([[np.nan, 1, np.nan]] * 5)
    assert np.isnan(filled.Z[:, 2]).all()
    assert not np.isnan(filled.Z[:, :2]).any()


def test_large_pools_stop_when_particles_are_enough():
    likely = _fill([[np.nan, np.nan, 0]] * 1000, n_particles=32)
    rare = _fill([[np.nan, np.nan, 1]] * 1000, n_particles=4)
    assert 2 <= likely.ess[0] <= 4
    assert rare.ess[0] < 4


def test_proposed_cells_are_weighted_like_drawn_ones():
    proposal = Proposal(
        lambda n, rng: (rng.random(n) < 0.9) * 1.0,
        lambda z: np.log(np.where(z == 1, 0.9, 0.1)),
        lambda z: np.ones(len(z), dtype=bool),
    )
    filled = _fill([[np.nan, np.nan, np.nan]] * 4000, proposals={1: proposal})
    shares = np.bincount((2 * filled.Z[:, 0] + filled.Z[:, 1]).astype(int)) / 4000
    expected = JOINT.sum(axis=2).ravel()
    assert (np.abs(shares - expected) < 5 * np.sqrt(expected / 4000)).all()
    assert_allclose(filled.log_evidence, 0.0, atol=0.1)


def test_cells_beyond_their_limit_have_no_weight():
    ones = Proposal(
        lambda n, rng: np.ones(n),
        lambda z: np.where(z == 1, 0.0, -np.inf),
        lambda z: z == 1,
    )
    filled = _fill([[np.nan, np.nan, 0]] * 4000, proposals={1: ones})
    assert (filled.Z[:, 1] == 1).all()
    expected = JOINT[:, 1, 0]
    assert_allclose(filled.log_evidence, np.log(expected.sum()), atol=0.1)
    share = expected[1] / expected.sum()
    bound = 5 * np.sqrt(share * (1 - share) / 4000)
    assert abs(filled.Z[:, 0].mean() - share) < bound


def test_cells_without_any_density_are_an_error():
    def never(cells, j, rows):
        return np.full(len(rows), -np.inf)

    model = MODEL._replace(order=[0, 1], log_prob=never)
    filled = fill_by_particles(
        np.array([[np.nan, 1.0]]), model, {}, 10, np.random.default_rng(0)
    )
    with pytest.raises(ValueError, match="no probability under the model"):
        refuse_impossible(filled.log_evidence)


def _evidence(Z, n_particles=32, seed=0):
    rng = np.random.default_rng(seed)
    return log_evidence_by_particles(np.array(Z, dtype=float), MODEL, n_particles, rng)


def test_evidence_by_shared_particles_is_the_sum_over_unknown_cells():
    nan = np.nan
    Z = [[nan, nan, 1], [nan, 0, nan], [1, nan, 0], [nan, 1, 1], [0, 1, nan], [0, 0, 1]]
    expected = [
        JOINT[:, :, 1].sum(),
        JOINT[:, 0].sum(),
        JOINT[1, :, 0].sum(),
        JOINT[:, 1, 1].sum(),
        JOINT[0, 1].sum(),
        JOINT[0, 0, 1],
    ]
    found = np.exp(_evidence(Z, 20_000))
    # five standard errors of a mean of 20,000 numbers between 0 and 1
    assert_allclose(found, expected, atol=5 * 0.5 / np.sqrt(20_000))
    # exact where nothing is drawn before a known cell
    assert_allclose(found[-2:], expected[-2:])


@pytest.mark.parametrize("n_particles", [1, 7, 32])
def test_evidence_of_all_values_sums_to_one_whatever_the_particles(n_particles):
    nan = np.nan
    pairs = [[nan, b, c] for b in (0, 1) for c in (0, 1)]
    outer = [[a, nan, c] for a in (0, 1) for c in (0, 1)]
    last = [[nan, nan, c] for c in (0, 1)]
    found = np.exp(_evidence(pairs + outer + last, n_particles))
    assert_allclose(found[:4].sum(), 1.0)
    assert_allclose(found[4:8].sum(), 1.0)
    assert_allclose(found[8:].sum(), 1.0)
    # and where each of them is asked for on its own
    alone = [np.exp(_evidence([row], n_particles))[0] for row in last]
    assert_allclose(sum(alone), 1.0)


def test_equal_rows_have_equal_evidence_in_any_order():
    nan = np.nan
    Z = np.array([[nan, 0, 1], [nan, nan, 1], [nan, 0, 1], [1, nan, -0.0], [1, nan, 0]])
    found = _evidence(Z)
    assert found[0] == found[2]
    assert found[3] == found[4]
    assert_array_equal(_evidence(Z[::-1])[::-1], found)
