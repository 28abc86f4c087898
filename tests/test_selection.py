"""Grid searches choose generators, of one family or several, by held-out density."""

import numpy as np
import pytest
from scipy.special import logsumexp
from scipy.stats import norm
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline

from skgen import (
    AutoregressiveGenerator,
    BoostedConditional,
    GaussianMixtureGenerator,
    IndependentGenerator,
    LatentFactorGenerator,
    TreeConditional,
)

WEIGHTS = np.array([0.5, 0.3, 0.2])
MEANS = np.array([[-2.0, 0.0], [1.0, 2.0], [2.0, -2.0]])
SPREADS = np.array([[0.5, 1.5], [1.0, 0.4], [0.7, 0.7]])
ONES = np.array([0.9, 0.5, 0.1])


def _draw(n_samples, seed):
    """Two numbers and a category of a mixture that is known."""
    rng = np.random.default_rng(seed)
    k = rng.choice(3, size=n_samples, p=WEIGHTS)
    numbers = MEANS[k] + SPREADS[k] * rng.normal(size=(n_samples, 2))
    return np.column_stack([numbers, rng.random(n_samples) < ONES[k]])


def _log_density(X):
    parts = np.log(WEIGHTS) + np.log(np.where(X[:, 2:] == 1, ONES, 1 - ONES))
    for j in range(2):
        parts = parts + norm.logpdf(X[:, j, None], MEANS[:, j], SPREADS[:, j])
    return logsumexp(parts, axis=1)


FAMILIES = [
    IndependentGenerator(random_state=0),
    LatentFactorGenerator(1, random_state=0),
    AutoregressiveGenerator(TreeConditional(), random_state=0),
    AutoregressiveGenerator(BoostedConditional(), random_state=0),
    GaussianMixtureGenerator(3, random_state=0),
]


@pytest.fixture(scope="module")
def divergences():
    """Kullback-Leibler divergence of each family, fitted to 1,000 rows, in nats."""
    train, fresh = _draw(1000, 0), _draw(20_000, 1)
    truth = _log_density(fresh).mean()
    return [
        truth - clone(f).set_params(categorical_features=[2]).fit(train).score(fresh)
        for f in FAMILIES
    ]


@pytest.mark.slow
def test_families_are_ranked_as_by_their_divergence_from_the_truth(divergences):
    # they lie too far apart for chance: the standard error of a mean of 1,000
    # log-densities is about 0.05
    gaps = np.diff(np.sort(divergences))
    assert gaps.min() > 0.02
    assert min(divergences) > -0.02
    models = [clone(f).set_params(categorical_features=[2]) for f in FAMILIES]
    search = GridSearchCV(Pipeline([("model", models[0])]), {"model": models}, cv=5)
    search.fit(_draw(1000, 0))
    ranks = search.cv_results_["rank_test_score"]
    assert list(np.argsort(ranks)) == list(np.argsort(divergences))


@pytest.mark.slow
def test_conditionals_are_parameters_of_a_search():
    grid = {"conditional": [TreeConditional(), BoostedConditional(32)]}
    search = GridSearchCV(AutoregressiveGenerator(random_state=0), grid, cv=3)
    search.fit(_draw(1000, 2))
    assert isinstance(search.best_params_["conditional"], BoostedConditional)


def test_the_number_of_components_is_found():
    grid = {"n_components": [1, 3]}
    search = GridSearchCV(GaussianMixtureGenerator(random_state=0), grid, cv=3)
    assert search.fit(_draw(600, 3)).best_params_ == {"n_components": 3}
