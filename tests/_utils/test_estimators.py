import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn import config_context
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.cluster import KMeans
from sklearn.compose import TransformedTargetRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import KernelDensity, KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeRegressor

from skgen import AutoregressiveGenerator, IndependentGenerator, RefinedGenerator
from skgen._utils.estimators import (
    change_parameter,
    check_regressor,
    clone_seeded,
    copied_rows,
    cross_predict,
    draw_rows,
    draws_given,
    drop_weightless_rows,
    fit_weighted,
    predict_column,
    takes_tables,
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


X = np.random.default_rng(0).normal(size=(60, 2))


def test_own_generators_draw_given_cells_and_foreign_ones_do_not():
    assert draws_given(AutoregressiveGenerator())
    assert not draws_given(KernelDensity())


@pytest.mark.parametrize(
    "generator", [IndependentGenerator(), KernelDensity(), GaussianMixture()]
)
def test_rows_of_any_generator(generator):
    generator.fit(X)
    assert draw_rows(generator, 5, np.random.default_rng(0)).shape == (5, 2)


def test_draws_are_seeded_and_given_cells_are_passed_on():
    generator = IndependentGenerator().fit(X)
    draws = [
        draw_rows(generator, 5, np.random.default_rng(seed), given={0: 0.5})
        for seed in (0, 0, 1)
    ]
    assert (draws[0] == draws[1]).all()
    assert (draws[0] != draws[2]).any()
    assert (draws[0][:, 0] == 0.5).all()


def test_too_few_rows_are_an_error():
    class Lazy(IndependentGenerator):
        def sample(self, n_samples=1, *, given=None, random_state=None):
            return super().sample(n_samples - 1)

    with pytest.raises(ValueError, match="Lazy was asked for 5 rows and sampled 4"):
        draw_rows(Lazy().fit(X), 5, np.random.default_rng(0))


def test_parameters_are_changed_in_generators_within_generators_only():
    inner = AutoregressiveGenerator()
    outer = RefinedGenerator(inner)
    change_parameter(outer, "given", lambda value: ["y"] if value is None else value)
    assert inner.given == ["y"]
    change_parameter(outer, "given", lambda value: [*value, "z"])
    assert inner.given == ["y", "z"]
    change_parameter(outer, "nothing", lambda value: 1 / 0)


def test_foreign_generators_take_no_tables_unless_they_say_so():
    assert takes_tables(IndependentGenerator())
    assert not takes_tables(KernelDensity())
    assert not takes_tables(object())


X_of_weights = np.array([[1.0], [2.0], [3.0]])


def test_rows_without_weight_are_left_out():
    kept, weights = drop_weightless_rows(X_of_weights, [2, 0, 0.5])
    assert_array_equal(kept, [[1], [3]])
    assert_array_equal(weights, [2, 0.5])


def test_nothing_is_copied_where_all_rows_count():
    assert drop_weightless_rows(X_of_weights, None) == (X_of_weights, None)
    assert drop_weightless_rows(X_of_weights, [1, 2, 3])[0] is X_of_weights


@pytest.mark.parametrize(
    ("weights", "message"),
    [([0, 0, 0], "non-zero"), ([1, -1, 1], "egative"), ([1, 1], "shape")],
)
def test_impossible_weights_are_refused(weights, message):
    with pytest.raises(ValueError, match=message):
        drop_weightless_rows(X_of_weights, weights)
