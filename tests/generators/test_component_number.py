import numpy as np
import pytest
from numpy.testing import assert_allclose

from skgen._math.columns.mixed import Split
from skgen._math.mixture.density import Mixture
from skgen.generators._component_number import (
    held_out_log_likelihood,
    make_folds,
    sizes_to_try,
)


@pytest.mark.parametrize(
    ("n_rows", "largest", "sizes"),
    [
        (8, 64, [1]),
        (39, 64, [1]),
        (40, 64, [1, 2]),
        (240, 64, [1, 2, 4, 8]),
        (10_000, 64, [1, 2, 4, 8, 16, 32, 64]),
        (10_000, 3, [1, 2]),
    ],
)
def test_sizes_leave_twenty_rows_for_each_component(n_rows, largest, sizes):
    assert sizes_to_try(n_rows, largest) == sizes


def _folds(n_rows):
    """Folds of rows of one score, with weights of 1 and 2, and what was prepared."""
    u = np.random.default_rng(0).normal(size=(n_rows, 1))
    u[::7] = np.nan
    split = Split(u, u, u, np.zeros((n_rows, 0)))
    seen = []

    def prepare(parts, weights):
        seen.append((np.concatenate([rows.x for rows in parts]), weights))
        return None, None, None

    weights = np.arange(n_rows) % 2 + 1.0
    nothing, rng = np.zeros(0, dtype=int), np.random.default_rng(0)
    folds = list(make_folds(split, weights, nothing, 0.2, rng, prepare))
    return folds, seen, np.nan_to_num(u[:, 0]), weights


@pytest.mark.parametrize(("n_rows", "n_folds"), [(50, 5), (1000, 2), (3000, 1)])
def test_no_row_is_fitted_and_held_out(n_rows, n_folds):
    folds, seen, x, weights = _folds(n_rows)
    assert len(folds) == n_folds
    for fold, (fitted, fitted_weights) in zip(folds, seen, strict=True):
        held, held_weights = fold.held_out
        assert len(held.x) == n_rows // 5
        both = np.concatenate([fitted[:, 0], held.x[:, 0]])
        assert_allclose(np.sort(both), np.sort(x))
        # weights stay with their rows
        total = fitted_weights @ fitted[:, 0] + held_weights @ held.x[:, 0]
        assert_allclose(total, weights @ x)


def test_the_likelihood_is_the_weighted_mean_over_held_out_rows():
    folds, _, _, _ = _folds(50)
    one = Mixture(np.ones(1), np.zeros((1, 1)), np.ones((1, 1, 1)), np.ones((1, 0)))
    found = held_out_log_likelihood(folds, lambda fold: (one, "full"))
    total = size = 0.0
    for fold in folds:
        rows, weights = fold.held_out
        log_density = -0.5 * (rows.x[:, 0] ** 2 + np.log(2 * np.pi))
        total += weights @ (log_density * rows.observed[:, 0])
        size += weights.sum()
    assert_allclose(found, total / size)
