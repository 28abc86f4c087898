import warnings

import numpy as np
import pytest
from joblib import parallel_config
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import Ridge
from sklearn.model_selection import ParameterGrid
from sklearn.neural_network import MLPRegressor

from skgen._math.flow_matching import DIGIT_SCALE
from skgen.generators import _flow_matching
from skgen.generators._flow_matching import FlowMatchingGenerator


def network(**parameters):
    """The default network in larger batches, which small tables learn faster."""
    parameters = {
        "hidden_layer_sizes": (128, 64),
        "batch_size": 256,
        "learning_rate_init": 0.005,
        "max_iter": 40,
        **parameters,
    }
    return MLPRegressor(**parameters)


def flow(estimator=None, **parameters):
    if estimator is None:
        estimator, parameters = network(), {"n_noise": 4, **parameters}
    return FlowMatchingGenerator(estimator, random_state=0, **parameters)


def two_modes(n_samples, seed):
    rng = np.random.default_rng(seed)
    side = rng.choice([-2.0, 2.0], size=n_samples)
    return np.column_stack([side, -side]) + 0.5 * rng.normal(size=(n_samples, 2))


def mixed(n_samples, seed):
    """A number, a category that depends on it, a number that is zero for one level."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n_samples)
    level = np.digitize(x + 0.3 * rng.normal(size=n_samples), [-1.0, 0.5])
    z = np.where(level == 1, 0.0, x + rng.normal(size=n_samples))
    return np.column_stack([x, level, z])


@pytest.fixture(scope="module")
def mixed_drawn():
    generator = flow(categorical_features=[1]).fit(mixed(1500, 0))
    return generator, generator.sample(4000)


@pytest.mark.slow
def test_two_modes_are_separated():
    X = two_modes(1000, 0)
    drawn = flow(network(max_iter=80), n_noise=10).fit(X).sample(2000)
    # without the time as a feature: 0.12; two independent columns: 0.5
    assert np.mean(drawn[:, 0] * drawn[:, 1] > 0) < 0.08
    share = np.mean(X[:, 0] > 0)
    for side, expected in ((drawn, share), (-drawn, 1 - share)):
        side = side[side[:, 0] > 0]
        # five standard errors of a share, and 0.03 for the regressor
        assert abs(len(side) / 2000 - expected) < 5 * 0.011 + 0.03
        # five standard errors of a median of 900, and 0.1 for the regressor
        assert_allclose(np.median(side, axis=0), [2, -2], atol=5 * 0.02 + 0.1)


@pytest.mark.slow
def test_categories_are_as_frequent_as_they_were(mixed_drawn):
    _, drawn = mixed_drawn
    share = np.bincount(mixed(1500, 0)[:, 1].astype(int)) / 1500
    found = np.bincount(drawn[:, 1].astype(int)) / 4000
    # five standard errors of a share, and 0.03 for the regressor
    assert_allclose(found, share, atol=5 * 0.008 + 0.03)


@pytest.mark.slow
def test_categories_depend_on_numbers(mixed_drawn):
    _, drawn = mixed_drawn
    truth = mixed(20_000, 1)
    for level in range(3):
        x, expected = (rows[rows[:, 1] == level, 0] for rows in (drawn, truth))
        # five standard errors of the mean of at least 500, and 0.15 for the regressor
        assert abs(x.mean() - expected.mean()) < 5 * 0.03 + 0.15
        assert abs(x.std() - expected.std()) < 0.2


@pytest.mark.slow
def test_point_masses_are_drawn_where_they_belong(mixed_drawn):
    _, drawn = mixed_drawn
    truth = mixed(1500, 0)
    at_zero = drawn[:, 2] == 0
    # five standard errors of a share, and 0.03 for the regressor
    assert abs(at_zero.mean() - np.mean(truth[:, 2] == 0)) < 5 * 0.008 + 0.03
    assert np.mean(at_zero == (drawn[:, 1] == 1)) > 0.97
    # the rest keeps its distribution beside the point mass
    rest, expected = drawn[~at_zero, 2], truth[truth[:, 2] != 0, 2]
    quantiles = [0.1, 0.5, 0.9]
    assert_allclose(
        np.quantile(rest, quantiles), np.quantile(expected, quantiles), atol=0.35
    )


@pytest.mark.slow
def test_given_cells_decide_the_others(mixed_drawn):
    generator, _ = mixed_drawn
    truth = mixed(100_000, 1)
    for level in range(3):
        drawn = generator.sample(1000, given={1: float(level)}, random_state=0)
        expected = truth[truth[:, 1] == level]
        assert np.mean((drawn[:, 2] == 0) == (level == 1)) > 0.95
        # five standard errors of the mean, and 0.15 for the regressor
        assert abs(drawn[:, 0].mean() - expected[:, 0].mean()) < 5 * 0.02 + 0.15


@pytest.mark.slow
def test_imputed_numbers_follow_the_conditional_distribution():
    rng = np.random.default_rng(0)
    rho = 0.8
    X = rng.multivariate_normal([0, 0], [[1, rho], [rho, 1]], size=1500)
    generator = flow().fit(10 * X + 5)
    for x in (-1.5, 0.0, 1.5):
        known = np.tile([10 * x + 5, np.nan], (1500, 1))
        drawn = (generator.impute(known)[:, 1] - 5) / 10
        # standard errors are 0.016 and 0.011; 0.1 is granted to the regressor
        assert abs(drawn.mean() - rho * x) < 5 * 0.016 + 0.1
        assert abs(drawn.std() - np.sqrt(1 - rho**2)) < 5 * 0.011 + 0.1


@pytest.mark.slow
def test_numbers_of_few_values_keep_what_ties_them():
    rng = np.random.default_rng(0)
    grade = rng.integers(10, size=1500)
    X = np.column_stack([grade, 9.5 - grade, rng.normal(size=1500)])
    generator = flow().fit(X)
    drawn = generator.sample(2000)
    assert np.mean(drawn[:, 0] + drawn[:, 1] == 9.5) > 0.9
    given = generator.sample(200, given={1: 6.5})
    assert (given[:, 1] == 6.5).all()
    assert np.mean(given[:, 0] == 3) > 0.9
    with pytest.raises(ValueError, match="Column 1 is given a value that no row can"):
        generator.sample(200, given={1: 6.4})


@pytest.mark.slow
def test_many_levels_take_few_outputs():
    rng = np.random.default_rng(0)
    town = rng.geometric(0.01, size=3000) % 600
    X = np.column_stack([town, rng.normal(size=3000) + (town > 50)])
    generator = flow(network(max_iter=10), n_noise=1, categorical_features=[0]).fit(X)
    assert generator.estimators_[0].n_outputs_ < 60
    drawn = generator.sample(4000)
    assert set(drawn[:, 0]) <= set(town)
    high = np.mean(drawn[:, 0] > 50)
    # five standard errors of a share, and 0.03 for the regressor
    assert abs(high - np.mean(town > 50)) < 5 * 0.008 + 0.03
    gap = np.mean(drawn[drawn[:, 0] > 50, 1]) - np.mean(drawn[drawn[:, 0] <= 50, 1])
    assert 0.6 < gap < 1.4


@pytest.mark.slow
def test_a_regressor_of_one_output_is_fitted_for_each():
    generator = flow(
        HistGradientBoostingRegressor(), n_steps=20, categorical_features=[1]
    )
    drawn = generator.fit(mixed(1000, 0)).sample(2000)
    # two numbers, two bits of three levels, and the point mass
    assert len(generator.estimators_) == 5
    assert len({e.random_state for e in generator.estimators_}) == 1
    assert np.mean((drawn[:, 2] == 0) == (drawn[:, 1] == 1)) > 0.95
    truth = mixed(20_000, 1)
    for level in range(3):
        x, expected = (rows[rows[:, 1] == level, 0] for rows in (drawn, truth))
        # five standard errors of the mean of at least 300, and 0.15 for the regressor
        assert abs(x.mean() - expected.mean()) < 5 * 0.04 + 0.15


def test_a_regressor_of_many_outputs_is_fitted_once():
    generator = flow(Ridge(), n_noise=5).fit(two_modes(400, 0))
    assert len(generator.estimators_) == 1
    # linear dependence is learned if it does not change with time
    assert np.corrcoef(generator.sample(2000).T)[0, 1] < -0.3


def test_a_network_that_stops_early_is_fitted_once():
    estimator = network(early_stopping=True, max_iter=3)
    generator = flow(estimator, n_noise=3)
    with warnings.catch_warnings():
        # three epochs are too few to converge, of which nothing is said
        warnings.simplefilter("error")
        generator.fit(two_modes(300, 0))
    assert len(generator.estimators_[0].validation_scores_) == 3


def test_other_warnings_of_the_regressor_are_shown():
    with pytest.warns(UserWarning, match="batch_size"):
        flow(network(batch_size=5000, max_iter=1), n_noise=1).fit(two_modes(100, 0))


def test_each_epoch_is_a_step_of_the_fit():
    watch = _StopAfter(99)
    generator = flow(network(max_iter=3), n_noise=1).set_callbacks(watch)
    generator.fit(two_modes(400, 0))
    assert watch.names == ["fit", "epoch 1", "epoch 2", "epoch 3"]
    generator.set_callbacks(_StopAfter(1)).fit(two_modes(400, 0))
    assert len(generator.estimators_[0].loss_curve_) == 1
    assert generator.sample(3).shape == (3, 2)


def test_parameters_of_the_default_estimator_are_reached_by_name():
    generator = FlowMatchingGenerator()
    params = generator.get_params()
    assert params["estimator"] is None
    expected = {
        "hidden_layer_sizes": (128, 64),
        "activation": "relu",
        "solver": "adam",
        "loss": "squared_error",
        "max_iter": 100,
        "batch_size": 32,
    }
    assert {key: params[f"estimator__{key}"] for key in expected} == expected
    for grid in ParameterGrid({"estimator__max_iter": [1, 2], "n_steps": [5]}):
        fitted = clone(generator).set_params(**grid).fit(two_modes(60, 0))
        n_epochs = len(fitted.estimators_[0].loss_curve_)
        assert n_epochs == grid["estimator__max_iter"]
    assert generator.estimator is None


def test_there_is_no_density():
    assert not hasattr(FlowMatchingGenerator(), "score_samples")
    assert not hasattr(FlowMatchingGenerator(), "score")


@pytest.mark.slow
def test_steps_and_blocks_change_the_draws_but_not_their_law(monkeypatch, mixed_drawn):
    generator, drawn = mixed_drawn
    with monkeypatch.context() as patch:
        patch.setattr(_flow_matching, "_DRAWN_CELLS", 2000)
        blocks = generator.sample(4000)
    # five standard errors of the differences of two means and shares
    assert_allclose(blocks.mean(axis=0), drawn.mean(axis=0), atol=5 * 0.023)
    again = clone(generator).set_params(n_steps=1, estimator__max_iter=1)
    assert again.fit(mixed(100, 0)).sample(10).shape == (10, 3)


@pytest.mark.parametrize(
    "backend", ["threading", pytest.param("loky", marks=pytest.mark.slow)]
)
def test_jobs_and_backend_change_no_bit(backend, monkeypatch):
    monkeypatch.setattr(_flow_matching, "_DRAWN_CELLS", 1000)
    X = mixed(200, 0)
    X[::7, 1] = np.nan
    generator = flow(HistGradientBoostingRegressor(max_iter=3), n_steps=5, n_noise=2)
    found = []
    for generator.n_jobs in (1, 2):
        # workers get what is large as a file that they cannot write to
        with parallel_config(backend=backend, max_nbytes=1):
            generator.fit(X)
            drawn = generator.sample(300), *generator.impute(X, n_draws=2)
            found.append(np.vstack(drawn))
    assert_array_equal(*found)


def test_blocks_of_rows_have_random_numbers_of_their_own(monkeypatch):
    generator = flow(Ridge(), n_noise=1).fit(two_modes(100, 0))
    sizes = []
    block = generator._sample_block
    monkeypatch.setattr(_flow_matching, "_DRAWN_CELLS", 80)
    monkeypatch.setattr(
        generator,
        "_sample_block",
        lambda known, rng: sizes.append(len(known)) or block(known, rng),
    )
    drawn = generator._sample(np.full((25, 2), np.nan), np.random.default_rng(0))
    assert sizes == [10, 10, 5]
    assert len(np.unique(drawn[:, 0])) == 25


def test_integer_weights_are_repetitions():
    X, weight = two_modes(400, 0), np.ones(400)
    weight[X[:, 0] > 0] = 3
    drawn = flow(network(max_iter=10)).fit(X, sample_weight=weight).sample(3000)
    share = weight[X[:, 0] > 0].sum() / weight.sum()
    # five standard errors, and 0.03 for the regressor
    assert abs(np.mean(drawn[:, 0] > 0) - share) < 5 * 0.008 + 0.03


@pytest.mark.slow
def test_cells_go_missing_together_and_as_often_as_they_did():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(1500, 3))
    X[rng.random(1500) < 0.5, :2] = np.nan
    nothing = np.isnan(X)
    generator = flow().fit(X)
    drawn = np.isnan(generator.sample(8000))
    # five standard errors of a share, and 0.02 for the regressor
    assert_allclose(drawn.mean(axis=0), nothing.mean(axis=0), atol=5 * 0.0056 + 0.02)
    assert np.mean(drawn[:, 0] == drawn[:, 1]) > 0.97


def test_known_cells_do_not_reveal_what_is_missing():
    """Among pairs in which no cell is known, cells are missing at their usual rate."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(500, 1))
    X[:250] = np.nan
    generator = flow(Ridge()).fit(X)
    Z = np.hstack([X, np.isnan(X)])
    split = generator._flow_columns.split(Z)
    draw_pairs = generator._pairs(Z, split, np.ones(500), rng)
    features, targets, asked = draw_pairs(20_000)
    rows = asked[:, 1] & (features[:, 1] == 0)
    # five standard errors of a share
    error = DIGIT_SCALE * 5 * 0.5 / np.sqrt(rows.sum())
    assert abs(targets[rows, 1].mean()) < error


@pytest.mark.slow
def test_imputed_cells_are_drawn_as_those_that_were_observed():
    rng = np.random.default_rng(0)
    x = rng.normal(size=1500)
    X = np.column_stack([x, x + 0.3 * rng.normal(size=1500)])
    missing = rng.random(1500) < 0.5
    X[missing, 1] = np.nan
    drawn = flow().fit(X).impute(X)[missing, 1]
    # the correlation is 0.96; were half of the draws left to chance, 0.5
    assert np.corrcoef(x[missing], drawn)[0, 1] > 0.85


def test_columns_that_do_not_vary_need_no_regressor():
    generator = flow(Ridge()).fit(np.tile([3.5, 7.0], (60, 1)))
    assert generator.estimators_ == []
    assert_array_equal(generator.sample(2), [[3.5, 7.0], [3.5, 7.0]])


def test_few_rows_are_warned_of():
    with pytest.warns(UserWarning, match="8 rows are fewer than the 50"):
        flow(Ridge()).fit(two_modes(8, 0))


class _StopAfter:
    """Stops the fit after some epochs and counts the tasks."""

    def __init__(self, n_tasks):
        self.n_tasks = n_tasks
        self.names = []

    def setup(self, estimator, context):
        pass

    def teardown(self, estimator, context):
        pass

    def on_fit_task_begin(self, estimator, context):
        self.names.append(context.task_name)

    def on_fit_task_end(self, estimator, context):
        return len(self.names) > self.n_tasks
