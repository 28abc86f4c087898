import numpy as np
import pytest
from imblearn.base import BaseSampler
from numpy.testing import assert_allclose
from sklearn import config_context
from sklearn.ensemble import RandomForestRegressor, StackingRegressor
from sklearn.exceptions import UnsetMetadataPassedError
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.linear_model import Ridge
from sklearn.naive_bayes import GaussianNB
from sklearn.utils.estimator_checks import parametrize_with_checks

from skgen import GenerativeOverSampler, ResampledRegressor
from skgen._table.rows import n_rows, take_rows


class Twice(BaseSampler):
    """Every row twice, whatever y is."""

    _sampling_type = "bypass"

    def fit_resample(self, X, y):
        self.sample_indices_ = np.repeat(np.arange(n_rows(X)), 2)
        return take_rows(X, self.sample_indices_), take_rows(y, self.sample_indices_)

    def _fit_resample(self, X, y):
        raise NotImplementedError


@parametrize_with_checks([ResampledRegressor(sampler=Twice())])
def test_sklearn_contract(estimator, check):
    check(estimator)


def test_estimator_must_be_a_regressor():
    with pytest.raises(ValueError, match="expected a regressor, got GaussianNB"):
        ResampledRegressor(GaussianNB()).fit(np.zeros((4, 1)), np.arange(4.0))


def test_there_are_no_probabilities():
    assert not hasattr(ResampledRegressor(), "predict_proba")


@pytest.mark.slow
@pytest.mark.parametrize("sampler", [None, GenerativeOverSampler()])
def test_two_outputs(sampler):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 3))
    Y = np.column_stack([X[:, 0] + X[:, 1], np.exp(X[:, 2])])
    forest = RandomForestRegressor(50, random_state=0)
    model = ResampledRegressor(forest, sampler, random_state=0).fit(X[:250], Y[:250])
    # the mean R2 is .88 without a sampler
    assert model.score(X[250:], Y[250:]) > 0.75
    model.fit(X[:250], Y[:250], sample_weight=np.linspace(1, 2, 250))
    assert model.predict(X[250:]).shape == (150, 2)


def test_regressor():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 3))
    y = X @ [1.0, 2.0, 3.0] + rng.normal(size=60)
    model = ResampledRegressor(Ridge(alpha=0.1), Twice()).fit(X, y)
    plain = Ridge(alpha=0.1).fit(np.repeat(X, 2, axis=0), np.repeat(y, 2))
    assert_allclose(model.predict(X), plain.predict(X))
    weights = rng.exponential(size=60)
    model.fit(X, y, sample_weight=weights)
    plain = Ridge(alpha=0.05).fit(X, y, weights)
    assert_allclose(model.predict(X), plain.predict(X))
    stacked = StackingRegressor([("a", model)], cv=2).fit(X, y)
    assert stacked.score(X, y) > 0.8
    Y = np.column_stack([y, X[:, 0]])
    assert model.fit(X, Y).predict(X).shape == (60, 2)


def test_default_regressor():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 2))
    y = X @ [1.0, 2.0] + 0.3 * rng.normal(size=200)
    assert ResampledRegressor(random_state=0).fit(X, y).score(X, y) > 0.8


@pytest.mark.parametrize("routing", [True, False])
def test_parameters_of_predict(routing):
    X = np.arange(6.0)[:, None]
    process = GaussianProcessRegressor(alpha=0.1)
    with config_context(enable_metadata_routing=routing):
        if routing:
            process.set_predict_request(return_std=True)
        model = ResampledRegressor(process, Twice()).fit(X, X[:, 0])
        mean, std = model.predict(X, return_std=True)
    assert mean.shape == std.shape == (6,)


@config_context(enable_metadata_routing=True)
def test_parameters_of_predict_must_be_requested():
    X = np.arange(6.0)[:, None]
    process = GaussianProcessRegressor(alpha=0.1)
    model = ResampledRegressor(process, Twice()).fit(X, X[:, 0])
    with pytest.raises(UnsetMetadataPassedError, match="return_std"):
        model.predict(X, return_std=True)
