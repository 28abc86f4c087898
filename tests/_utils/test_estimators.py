import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn import config_context
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.cluster import KMeans
from sklearn.compose import TransformedTargetRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeRegressor

from skgen._utils.estimators import (
    check_regressor,
    clone_seeded,
    copied_rows,
    cross_predict,
    fit_weighted,
    predict_column,
)


def _data():
    rng = np.random.default_rng(0)
    X, weights = rng.normal(size=(60, 2)), rng.integers(1, 4, 60)
    return X, X[:, 0] ** 2 + rng.normal(size=60), weights


@pytest.mark.parametrize(
    "estimator",
    [
        LinearRegression(),
        TransformedTargetRegressor(LinearRegression()),
        make_pipeline(make_pipeline(LinearRegression())),
        KNeighborsRegressor(1),
    ],
)
@pytest.mark.parametrize("routing", [False, True])
def test_weights_count_like_repeated_rows(estimator, routing):
    X, y, weights = _data()
    rows = np.repeat(np.arange(60), weights)
    rng = np.random.default_rng(0)
    with config_context(enable_metadata_routing=routing):
        weighted = fit_weighted(estimator, X, y, weights * 1.0, rng)
        repeated = fit_weighted(estimator, X[rows], y[rows], np.ones(len(rows)), rng)
    assert_allclose(weighted.predict(X), repeated.predict(X))


def test_an_estimator_without_weights_gets_copies_of_rows():
    X, y, weights = _data()
    scaler_sees_weights = make_pipeline(StandardScaler(), KNeighborsRegressor(1))
    fitted = fit_weighted(
        scaler_sees_weights, X, y, weights * 1.0, np.random.default_rng(0)
    )
    assert fitted[-1].n_samples_fit_ == weights.sum()


@pytest.mark.parametrize("scale", [1e-3, 0.5, 1.0, 1e6])
def test_copies_are_in_proportion_to_weights(scale):
    weights = np.tile([1.0, 2.0, 3.0, 4.0], 50)
    rows = copied_rows(scale * weights, np.random.default_rng(0))
    counts = np.bincount(rows, minlength=200)
    assert 200 <= len(rows) <= 2000
    expected = weights * len(rows) / weights.sum()
    assert np.abs(counts - expected).max() <= 1


def test_seeds_come_from_the_generator():
    forest = make_pipeline(DecisionTreeRegressor(random_state=5))
    seeds = [
        clone_seeded(forest, np.random.default_rng(seed))[0].random_state
        for seed in (0, 0, 1)
    ]
    assert seeds[0] == seeds[1] != seeds[2]
    assert forest[0].random_state == 5


def test_no_row_is_predicted_by_a_model_that_saw_it():
    X = np.arange(40.0)[:, None]
    y = np.random.default_rng(0).normal(size=40)
    predicted = cross_predict(
        KNeighborsRegressor(1), X, y, np.ones(40), 4, np.random.default_rng(0)
    )
    assert (predicted != y).all()
    assert np.isin(predicted, y).all()


class _Diverging(RegressorMixin, BaseEstimator):
    def fit(self, X, y):
        self.fitted_ = True
        return self

    def predict(self, X):
        return np.full((len(X), 1), np.nan)


def test_predictions_that_are_not_finite_are_refused():
    with pytest.raises(ValueError, match="_Diverging: expected finite predictions"):
        predict_column(_Diverging().fit(None, None), np.ones((3, 1)))


def test_predictions_of_one_column_are_flattened():
    X, y, _ = _data()
    fitted = LinearRegression().fit(X, y[:, None])
    assert_array_equal(predict_column(fitted, X), fitted.predict(X)[:, 0])


@pytest.mark.parametrize(
    ("estimator", "found"),
    [
        (LogisticRegression(), "LogisticRegression, of the type 'classifier'"),
        (make_pipeline(StandardScaler(), LogisticRegression()), "'classifier'"),
        (KMeans(), "KMeans, of the type 'clusterer'"),
    ],
)
def test_what_is_no_regressor_is_refused(estimator, found):
    with pytest.raises(TypeError, match=f"^model: expected a regressor, got .*{found}"):
        check_regressor("model", estimator)


@pytest.mark.parametrize(
    "estimator",
    [make_pipeline(StandardScaler(), LinearRegression()), BaseEstimator()],
)
def test_what_may_be_a_regressor_is_taken(estimator):
    check_regressor("model", estimator)
