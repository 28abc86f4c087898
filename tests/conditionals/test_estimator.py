import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import (
    LogisticRegression,
    QuantileRegressor,
    Ridge,
    RidgeClassifier,
)
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import SplineTransformer, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from skgen import AutoregressiveGenerator, EstimatorConditional
from skgen._math.columns.marginals import find_atoms, fit_ranks
from skgen.table import Column

NUMBER = Column(name="x", kind="continuous")

CONDITIONALS = [
    EstimatorConditional(),
    EstimatorConditional(LogisticRegression(max_iter=1000)),
    EstimatorConditional(KNeighborsClassifier(25), max_bins=8),
    EstimatorConditional(make_pipeline(StandardScaler(), KNeighborsRegressor(20))),
    EstimatorConditional(QuantileRegressor(alpha=0.01), n_quantiles=7),
    EstimatorConditional(
        HistGradientBoostingRegressor(loss="quantile", max_iter=10), n_quantiles=5
    ),
]
each_conditional = pytest.mark.parametrize("conditional", CONDITIONALS, ids=str)


def _fit(conditional, X, z, target, weights=None, n_categories=0):
    ranked = X.copy()
    predictors = [NUMBER] * X.shape[1]
    if n_categories:
        predictors[-1] = Column("c", "categorical", n_categories=n_categories)
    for j, column in enumerate(predictors):
        if not column.discrete:
            ranked[:, j] = np.interp(X[:, j], *fit_ranks(X[:, j], np.ones(len(X))))
    fitted = clone(conditional).fit(
        ranked,
        z,
        predictors=predictors,
        target=target,
        sample_weight=np.ones(len(z)) if weights is None else weights,
        rng=np.random.default_rng(0),
    )
    return fitted, ranked


def _number(z, kind="continuous"):
    return Column("z", kind, lower=z.min(), upper=z.max(), atoms=find_atoms(z))


def _draws_follow_density(fitted, row, z, nodes, draws=10_000):
    """Total mass, and distance of the distribution functions of draws and density."""
    rng = np.random.default_rng(1)
    drawn = fitted.sample(np.tile(row, (draws, 1)), rng)
    middle, width = (nodes[1:] + nodes[:-1]) / 2, np.diff(nodes)
    there = np.tile(row, (len(middle), 1))
    mass = np.exp(fitted.log_prob(there, middle)) * width
    atoms = find_atoms(z)
    atom_mass = np.exp(fitted.log_prob(np.tile(row, (len(atoms), 1)), atoms))
    total = mass.sum() + atom_mass.sum()
    cumulative = np.concatenate([[0.0], np.cumsum(mass)])
    cumulative += (atom_mass[:, None] * (atoms[:, None] <= nodes)).sum(axis=0)
    empirical = np.searchsorted(np.sort(drawn), nodes, side="right") / draws
    return drawn, total, np.abs(empirical - cumulative).max()


@each_conditional
def test_density_with_atoms_integrates_to_one_and_draws_follow_it(conditional):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 1))
    z = np.exp(X[:, 0]) * rng.gamma(3.0, 5.0, 400) - 10
    z[rng.random(400) < 0.3] = 0.0
    # a grid of tenths beside single values
    z[:60] = np.round(z[:60])
    fitted, ranked = _fit(conditional, X, z, _number(z))
    nodes = np.linspace(z.min() - 1, z.max() + 1, 40_001) + 1e-4
    for row in ranked[np.argsort(X[:, 0])[[20, -20]]]:
        drawn, total, found = _draws_follow_density(fitted, row, z, nodes)
        # the floor has half a row's weight, part of it out of range
        assert_allclose(total, 1.0, atol=0.006)
        # Dvoretzky-Kiefer-Wolfowitz bound of 10,000 draws at 1e-6, and the floor
        assert found < 0.027 + 0.006
        assert drawn.min() >= z.min()
        assert drawn.max() <= z.max()


@each_conditional
def test_whole_numbers_stay_whole_and_probabilities_sum_to_one(conditional):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 1))
    z = np.floor(30 * np.exp(0.5 * X[:, 0]) * rng.gamma(4.0, 0.25, 400))
    fitted, ranked = _fit(conditional, X, z, _number(z, "integer"))
    grid = np.arange(z.min() - 300, z.max() + 300)
    for row in ranked[[np.argmin(X), np.argmax(X)]]:
        probability = np.exp(fitted.log_prob(np.tile(row, (len(grid), 1)), grid))
        assert_allclose(probability.sum(), 1.0, atol=0.006)
        drawn = fitted.sample(np.tile(row, (10_000, 1)), rng)
        assert_array_equal(drawn, np.round(drawn))
        empirical = (drawn[:, None] <= grid[::20]).mean(axis=0)
        assert np.abs(empirical - np.cumsum(probability)[::20]).max() < 0.033
        assert drawn.min() >= z.min()
        assert drawn.max() <= z.max()


@each_conditional
def test_categories_follow_the_features(conditional):
    rng = np.random.default_rng(0)
    category = rng.integers(0, 40, 1500).astype(float)
    X = np.column_stack([rng.normal(size=1500), category])
    z = np.where(rng.random(1500) < 1 / (1 + np.exp(-3 * X[:, 0])), 1.0, 0.0)
    z[category == 3] = 2.0
    target = Column("z", "categorical", n_categories=4)
    conditional = clone(conditional).set_params(max_categories=50)
    fitted, ranked = _fit(conditional, X, z, target, n_categories=40)
    each = [fitted.log_prob(ranked, np.full(1500, k)) for k in range(4)]
    assert_allclose(np.exp(each).sum(axis=0), 1.0)
    drawn = fitted.sample(ranked, rng)
    assert np.mean(drawn[X[:, 0] > 1] == 1) > np.mean(drawn[X[:, 0] < -1] == 1) + 0.5
    assert 3.0 not in drawn


def test_a_classifier_distinguishes_neighbouring_numbers():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(2000, 1))
    z = X[:, 0] ** 2 + 0.1 * rng.normal(size=2000)
    conditional = EstimatorConditional(KNeighborsClassifier(15), max_bins=20)
    fitted, ranked = _fit(conditional, X, z, _number(z))
    drawn = fitted.sample(ranked, rng)
    assert np.corrcoef(drawn, X[:, 0] ** 2)[0, 1] > 0.85


def test_point_masses_far_from_the_prediction_keep_their_share():
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, size=(600, 1))
    z = X[:, 0] + 1e-3 * rng.normal(size=600)
    # single values below zero, a few repeated ones above
    z[z > 0] = np.ceil(5 * z[z > 0]) / 5
    conditional = EstimatorConditional(Ridge(1e-6), classifier=DummyClassifier())
    fitted, ranked = _fit(conditional, X, z, _number(z))
    atoms = find_atoms(z)
    for row in ranked[[np.argmin(X), np.argmax(X)]]:
        log_prob = fitted.log_prob(np.tile(row, (len(atoms), 1)), atoms)
        assert_allclose(np.exp(log_prob).sum(), np.mean(z > 0), atol=0.006)
        drawn = fitted.sample(np.tile(row, (5000, 1)), rng)
        # five standard errors
        assert abs(np.mean(np.isin(drawn, atoms)) - np.mean(z > 0)) < 0.036


def test_repeated_values_follow_the_prediction_like_those_around_them():
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, size=(2000, 1))
    z = X[:, 0] + 0.1 * rng.normal(size=2000)
    # each has a fortieth of the rows
    z[z > 0] = np.ceil(20 * z[z > 0]) / 20
    fitted, ranked = _fit(EstimatorConditional(), X, z, _number(z))
    drawn = [
        fitted.sample(np.tile(ranked[row], (5000, 1)), rng)
        for row in np.abs(X - [-0.5, 0.5]).argmin(axis=0)
    ]
    share = [np.mean(np.isin(rows, find_atoms(z))) for rows in drawn]
    assert share[0] < 0.05
    assert share[1] > 0.9


def test_spread_follows_the_features():
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, size=(3000, 1))
    z = 3 * X[:, 0] + np.exp(1.5 * X[:, 0]) * rng.normal(size=3000)
    splines = make_pipeline(SplineTransformer(), Ridge())
    fitted, ranked = _fit(EstimatorConditional(splines), X, z, _number(z))
    drawn = fitted.sample(ranked, rng)
    for low, high in ((-1, -0.8), (0.8, 1)):
        here = (X[:, 0] > low) & (X[:, 0] < high)
        found, expected = (
            np.diff(np.quantile(values[here], [0.25, 0.75])) for values in (drawn, z)
        )
        assert_allclose(found, expected, rtol=0.3)


@pytest.mark.slow
def test_a_pipeline_of_any_kind_and_a_network_serve():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 3))
    X[:, 2] = np.sin(2 * X[:, 0]) + 0.1 * rng.normal(size=300)
    network = MLPRegressor(
        hidden_layer_sizes=(32,), solver="lbfgs", alpha=1.0, max_iter=2000
    )
    generator = AutoregressiveGenerator(EstimatorConditional(network, n_folds=2))
    drawn = generator.set_params(random_state=0).fit(X).sample(500)
    assert np.corrcoef(np.sin(2 * drawn[:, 0]), drawn[:, 2])[0, 1] > 0.8


def test_estimators_of_xgboost_serve():
    xgboost = pytest.importorskip("xgboost")
    X = np.random.default_rng(0).normal(size=(200, 2))
    X[:, 1] += X[:, 0]
    for estimator in (
        xgboost.XGBRegressor(n_estimators=10, n_jobs=1),
        xgboost.XGBClassifier(n_estimators=10, n_jobs=1),
        xgboost.XGBRegressor(objective="reg:quantileerror", n_estimators=10, n_jobs=1),
    ):
        generator = AutoregressiveGenerator(EstimatorConditional(estimator))
        drawn = generator.set_params(random_state=0).fit(X).sample(500)
        assert np.corrcoef(drawn.T)[0, 1] > 0.3


def test_a_regressor_that_memorises_copies_no_value():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 1))
    z = rng.normal(size=400)
    conditional = EstimatorConditional(KNeighborsRegressor(1))
    fitted, ranked = _fit(conditional, X, z, _number(z))
    drawn = fitted.sample(ranked, rng)
    nearest = np.abs(drawn[:, None] - z).min(axis=1)
    chance = np.abs(rng.normal(size=(400, 1)) - z).min(axis=1)
    assert np.mean(nearest < 1e-4) <= np.mean(chance < 1e-4) + 0.03


@pytest.mark.parametrize("n_rows", [1, 2, 19])
def test_few_rows_are_drawn_from_their_own_distribution(n_rows):
    X = np.linspace(0, 1, n_rows)[:, None]
    conditional = EstimatorConditional(KNeighborsRegressor(50))
    fitted, ranked = _fit(conditional, X, X[:, 0], _number(X[:, 0]))
    assert fitted.n_samples_needed == 20
    alike = fitted.log_prob(ranked, np.full(n_rows, X[0, 0]))
    assert np.ptp(alike) == 0


def test_weights_count_like_repeated_rows():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 1))
    z = (rng.random(300) < 0.5).astype(float)
    weights = np.where(z == 1, 3.0, 1.0)
    rows = np.repeat(np.arange(300), weights.astype(int))
    target = Column("z", "boolean", n_categories=2)
    for classifier in (LogisticRegression(), KNeighborsClassifier(40)):
        conditional = EstimatorConditional(classifier)
        weighted, ranked = _fit(conditional, X, z, target, weights)
        found = np.exp(weighted.log_prob(ranked, np.ones(300))).mean()
        assert_allclose(found, np.mean(z[rows]), atol=0.03)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"estimator": RidgeClassifier()}, "estimator: expected .* RidgeClassifier"),
        ({"estimator": StandardScaler()}, "'estimator' parameter .* must be"),
        (
            {
                "estimator": LogisticRegression(),
                "classifier": DecisionTreeClassifier(),
            },
            "classifier: the estimator LogisticRegression is a classifier already",
        ),
        ({"n_folds": 1}, "'n_folds' parameter"),
    ],
)
def test_wrong_parameters_are_named(parameters, message):
    X = np.random.default_rng(0).normal(size=(50, 2))
    with pytest.raises(ValueError, match=message):
        AutoregressiveGenerator(EstimatorConditional(**parameters)).fit(X)


def test_parameters_of_the_default_estimators_are_reachable():
    conditional = EstimatorConditional()
    conditional.set_params(estimator__alpha=3.0, classifier__C=0.5)
    assert conditional.estimator.alpha == 3.0
    assert clone(conditional).classifier.C == 0.5
