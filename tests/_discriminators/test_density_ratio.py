import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from skgen._discriminators.density_ratio import DensityRatio
from skgen._discriminators.extra_trees import FastTrees
from skgen.table import Column

COLUMNS = [
    Column(name="x", kind="continuous"),
    Column(name="c", kind="categorical", n_categories=3),
]
BOOSTING = HistGradientBoostingClassifier(max_iter=20, learning_rate=0.2)


def _cells(n_rows, shares, shift, rng):
    x = rng.normal(shift, size=n_rows)
    x[rng.random(n_rows) < 0.2] = np.nan
    return np.column_stack([x, rng.choice(3, n_rows, p=shares)])


@pytest.mark.parametrize(
    "discriminator",
    [BOOSTING, LogisticRegression(), FastTrees(50, min_samples_leaf=50)],
)
def test_ratio_of_known_densities_is_found(discriminator):
    rng = np.random.default_rng(0)
    true, drawn = np.array([0.2, 0.2, 0.6]), np.array([0.4, 0.4, 0.2])
    cells = np.vstack([_cells(4000, true, 0.5, rng), _cells(4000, drawn, 0.0, rng)])
    label = np.repeat([1, 0], 4000)
    ratio = DensityRatio(discriminator, COLUMNS, 3)
    odds = ratio.fit(cells, label, np.ones(8000), rng)
    assert odds.shape == (8000,)
    ratio.slope = 1.0
    at = np.array([[0.25, 0], [1.0, 2], [-0.5, 1], [np.nan, 2]])
    shift = np.where(np.isnan(at[:, 0]), 0.0, 0.5 * at[:, 0] - 0.125)
    expected = shift + np.log(true / drawn)[at[:, 1].astype(int)]
    assert_allclose(ratio.log_ratio(at), expected, atol=0.5)


def test_categories_are_told_to_gradient_boosting():
    rng = np.random.default_rng(0)
    ratio = DensityRatio(BOOSTING, COLUMNS, 2)
    ratio.fit(
        _cells(200, np.full(3, 1 / 3), 0.0, rng), np.arange(200) % 2, np.ones(200), rng
    )
    assert [list(fitted.is_categorical_) for fitted in ratio.fitted] == [
        [False, True]
    ] * 2
    assert BOOSTING.categorical_features == "from_dtype"


@pytest.mark.slow
def test_odds_are_those_of_a_discriminator_that_did_not_see_the_row():
    rng = np.random.default_rng(0)
    cells = np.column_stack([rng.normal(size=400), np.zeros(400)])
    label = rng.integers(0, 2, 400)
    memory = HistGradientBoostingClassifier(
        max_iter=50, min_samples_leaf=1, max_leaf_nodes=None
    )
    odds = DensityRatio(memory, COLUMNS, 4).fit(cells, label, np.ones(400), rng)
    # 400 coins: more than 60 % right has a probability of one in 30,000
    assert np.mean((odds > 0) == label) < 0.6
