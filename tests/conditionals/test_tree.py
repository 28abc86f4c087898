"""What holds for trees alone."""

import pickle

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skgen import TreeConditional
from skgen.table import Column

from .fitting import NUMBER, categorical, fit


def test_many_categories_do_not_need_much_memory():
    rng = np.random.default_rng(5)
    X = rng.random((6000, 1))
    z = np.floor(X[:, 0] * 3000)
    conditional = fit(TreeConditional(2), X, z, [NUMBER], categorical(3000))
    assert len(pickle.dumps(conditional._trees)) < 2 * 20 * 6000
    drawn = conditional.sample(X, rng)
    assert np.median(np.abs(drawn - z)) < 10


def test_weights_count_like_repeated_rows():
    rng = np.random.default_rng(7)
    X = np.repeat([[0.0], [1.0]], 50, axis=0)
    z = rng.integers(0, 2, 100).astype(float)
    weights = np.where(z == 1, 3.0, 1.0)
    column = Column(name="x", kind="boolean", n_categories=2)
    twice = np.repeat(np.arange(100), weights.astype(int))
    conditional = TreeConditional(1)
    weighted = fit(conditional, X, z, [column], categorical(2), weights)
    repeated = fit(TreeConditional(1), X[twice], z[twice], [column], categorical(2))
    assert_allclose(weighted.log_prob(X, z), repeated.log_prob(X, z))


def test_leaves_are_larger_where_few_columns_are_given_by_auto():
    rng = np.random.default_rng(0)
    sizes = []
    for n_columns in (1, 4, 20):
        X, z = rng.random((400, n_columns)), rng.random(400)
        conditional = TreeConditional(5, min_samples_leaf="auto", smoothing=0.0)
        fit(conditional, X, z, [NUMBER] * n_columns, NUMBER)
        sizes.append(conditional._trees[0].__getstate__()["counts"].min())
    assert sizes == [16, 4, 2]


def test_draws_of_many_trees_on_one_column_are_as_wide_as_they_should_be():
    rng = np.random.default_rng(0)
    X, noise = rng.random((600, 1)), rng.normal(size=600)
    conditional = TreeConditional(50, min_samples_leaf="auto", smoothing=0.0)
    fit(conditional, X, noise, [NUMBER], NUMBER)
    X, truth = rng.random((1000, 1)), rng.normal(size=1000)
    draws = np.sort([conditional.sample(X, rng) for _ in range(39)], axis=0)
    inside = (draws[1] <= truth) & (truth <= draws[-2])
    # 0.9 of an exact sampler; leaves of two rows hold 0.6
    assert 0.83 < inside.mean() < 0.95


@pytest.mark.parametrize(("n_samples", "n_trees"), [(400, 5), (700, 2), (2500, 1)])
def test_large_samples_get_fewer_trees_by_auto(n_samples, n_trees):
    rng = np.random.default_rng(0)
    X = rng.random((n_samples, 2))
    z = X[:, 0] + rng.normal(size=n_samples)
    log_prob = [
        fit(TreeConditional(n), X, z, [NUMBER] * 2, NUMBER).log_prob(X, z)
        for n in ("auto", n_trees)
    ]
    assert_array_equal(*log_prob)
