"""Laws of all conditionals."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.stats import chisquare, iqr

from skgen import BoostedConditional, StackedConditional, TreeConditional
from skgen._math.columns.point_masses import find_point_masses
from skgen.table import Column

from .fitting import NUMBER, categorical, fit

ALPHA = 1e-6


def _places(conditional):
    """Values between which the density hardly bends."""
    if not isinstance(conditional, StackedConditional):
        return conditional._marginal.knots
    marginals = [
        part.marginal for part in conditional._parts if hasattr(part, "marginal")
    ]
    knots = np.unique(np.concatenate([marginal.knots for marginal in marginals]))
    # normal densities bend within the pieces
    return np.unique(np.linspace(knots[:-1], knots[1:], 9))


each = pytest.mark.parametrize(
    "conditional",
    [
        TreeConditional(max_bins=20),
        TreeConditional(1, smoothing=0.0),
        BoostedConditional(),
        BoostedConditional(32, max_leaf_nodes=4),
        StackedConditional(boosting=False),
        StackedConditional(n_landmarks=0, boosting=True),
    ],
    ids=repr,
)


@each
def test_density_integrates_to_one_in_every_row(conditional):
    rng = np.random.default_rng(0)
    X = rng.random((400, 2))
    z = np.where(rng.random(400) < X[:, 0] / 2, 0.0, rng.gamma(1 + 3 * X[:, 1]))
    counted = np.unique(z, return_counts=True)
    atoms = find_point_masses(*counted, integer_valued=False).atoms
    target = Column(name="z", kind="continuous", atoms=atoms)
    fit(conditional, X, z, [NUMBER, NUMBER], target)
    knots = _places(conditional)
    middle = (knots[1:] + knots[:-1]) / 2
    for row in X[:3]:
        there = np.tile(row, (len(middle), 1))
        density = np.exp(conditional.log_prob(there, middle)) @ np.diff(knots)
        atom = np.exp(conditional.log_prob(row[None], np.zeros(1)))[0]
        # the floor carries half a row's weight, part of it outside of the range
        assert_allclose(density + atom, 1.0, atol=0.5 / 401)


@each
def test_probabilities_of_categories_sum_to_one_and_draws_follow_them(conditional):
    rng = np.random.default_rng(1)
    X = rng.random((500, 1))
    z = rng.binomial(4, X[:, 0]).astype(float)
    fit(conditional, X, z, [NUMBER], categorical(5))
    row = np.full((5, 1), 0.3)
    probability = np.exp(conditional.log_prob(row, np.arange(5.0)))
    assert_allclose(probability.sum(), 1.0)
    drawn = conditional.sample(np.full((20_000, 1), 0.3), rng)
    counts = np.bincount(drawn.astype(int), minlength=5)
    assert chisquare(counts, 20_000 * probability).pvalue > ALPHA


@each
@pytest.mark.parametrize("n_predictors", [0, 2])
def test_a_category_that_no_row_holds_is_not_drawn(conditional, n_predictors):
    rng = np.random.default_rng(8)
    X = rng.random((500, 2))
    z = np.where(X[:, 0] > 0.5, 5.0, 1.0)
    X = X[:, :n_predictors]
    fit(conditional, X, z, [NUMBER] * n_predictors, categorical(8))
    assert set(conditional.sample(X, rng)) == {1.0, 5.0}
    row = np.tile(X[:1], (8, 1))
    probability = np.exp(conditional.log_prob(row, np.arange(8.0)))
    assert_allclose(probability.sum(), 1.0)
    assert probability[[0, 2, 3, 4, 6, 7]].max() < 1 / 500


@each
def test_shape_is_learned_where_means_are_equal(conditional):
    rng = np.random.default_rng(2)
    wide = rng.integers(0, 2, 2000).astype(float)
    z = rng.normal(size=2000) * np.where(wide == 1, 5.0, 0.5)
    column = Column(name="wide", kind="boolean", n_categories=2)
    fit(conditional, wide[:, None], z, [column], NUMBER)
    for value, spread in ((0.0, 0.5), (1.0, 5.0)):
        drawn = conditional.sample(np.full((2000, 1), value), rng)
        assert_allclose(iqr(drawn, scale="normal"), spread, rtol=0.15)


@each
def test_categories_in_any_order_are_distinguished(conditional):
    rng = np.random.default_rng(3)
    category = rng.integers(0, 40, 4000).astype(float)
    odd = np.isin(category, rng.permutation(40)[:20]).astype(float)
    fit(conditional, category[:, None], odd, [categorical(40)], categorical(2))
    correct = np.exp(conditional.log_prob(category[:, None], odd))
    assert correct.mean() > 0.97


@each
def test_missing_predictors_carry_information(conditional):
    rng = np.random.default_rng(4)
    X = rng.random((1000, 1))
    X[:300] = np.nan
    z = np.isnan(X[:, 0]).astype(float)
    fit(conditional, X, z, [NUMBER], categorical(2))
    drawn = conditional.sample(X, rng)
    assert (drawn == z).mean() > 0.99


@each
def test_draws_stay_in_range_and_on_the_grid(conditional):
    rng = np.random.default_rng(6)
    z = rng.poisson(50, 300).astype(float)
    target = Column(name="z", kind="integer", atoms=np.empty(0))
    fit(conditional, rng.random((300, 1)), z, [NUMBER], target)
    drawn = conditional.sample(rng.random((5000, 1)), rng)
    assert drawn.min() >= z.min()
    assert drawn.max() <= z.max()
    assert (drawn == np.round(drawn)).all()
