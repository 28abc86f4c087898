import numpy as np
import pytest
from numpy.testing import assert_allclose

from skgen import GaussianMixtureGenerator, LatentFactorGenerator
from skgen.generators import _own_marginals

MODELS = [GaussianMixtureGenerator(3), LatentFactorGenerator(2)]


def _related(n=1000):
    rng = np.random.default_rng(0)
    z = rng.normal(size=(n, 1))
    X = np.exp(z + 0.5 * rng.normal(size=(n, 3)))
    X[rng.random(n) < 0.3, 2] = 0.0
    return X


@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
def test_all_columns_have_their_own_marginals_where_that_costs_nothing(model):
    generator = model.set_params(random_state=0, marginals="quantile").fit(_related())
    assert generator._is_own.all()
    assert all(
        generator._scores.transforms[j].curve for j in generator._mixed.score_columns
    )


@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
def test_standardised_values_have_the_marginals_of_the_model(model):
    generator = model.set_params(random_state=0, marginals="linear").fit(_related())
    assert not any(
        generator._scores.transforms[j].curve for j in generator._mixed.score_columns
    )


def test_no_column_changes_where_that_costs_likelihood(monkeypatch):
    X = _related()
    kept = GaussianMixtureGenerator(3, random_state=0).fit(X)
    plain = GaussianMixtureGenerator(3, random_state=0)
    # nothing may be lost, and each column loses something
    monkeypatch.setattr(_own_marginals, "_TOLERANCE", -np.inf)
    plain.fit(X)
    assert not plain._is_own.any()
    assert_allclose(plain.score(X), kept.score(X), atol=0.1)
    assert_allclose(plain.means_, kept.means_)
