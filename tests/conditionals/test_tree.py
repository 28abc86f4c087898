"""What holds for trees alone."""

import numpy as np
from numpy.testing import assert_allclose

from skgen import TreeConditional
from skgen.table import Column

NUMBER = Column(name="x", kind="continuous")


def _category(n_categories):
    return Column(name="c", kind="categorical", n_categories=n_categories)


def _fit(conditional, X, z, predictors, target, weights=None):
    return conditional.fit(
        X,
        z,
        predictors=predictors,
        target=target,
        sample_weight=np.ones(len(z)) if weights is None else weights,
        rng=np.random.default_rng(0),
    )


def test_many_levels_do_not_blow_up():
    rng = np.random.default_rng(5)
    X = rng.random((6000, 1))
    z = np.floor(X[:, 0] * 3000)
    conditional = _fit(TreeConditional(2), X, z, [NUMBER], _category(3000))
    values = conditional._trees[0][0].value
    assert values.size < 20 * 6000
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
    weighted = _fit(conditional, X, z, [column], _category(2), weights)
    repeated = _fit(TreeConditional(1), X[twice], z[twice], [column], _category(2))
    assert_allclose(weighted.log_prob(X, z), repeated.log_prob(X, z))
