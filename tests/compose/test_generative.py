"""GenerativeClassifier: Bayes' rule against closed forms, tables, parameters."""

import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy.special import softmax
from scipy.stats import norm
from sklearn.base import BaseEstimator, clone
from sklearn.discriminant_analysis import QuadraticDiscriminantAnalysis
from sklearn.mixture import GaussianMixture
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KernelDensity

from skgen.compose._generative import GenerativeClassifier
from skgen.conditionals import TreeConditional
from skgen.generators import (
    AutoregressiveGenerator,
    GaussianMixtureGenerator,
    IndependentGenerator,
)

ONE_GAUSSIAN = GaussianMixtureGenerator(
    1, marginals="linear", shrinkage=0.0, reg_covar=0.0
)
QUICK = AutoregressiveGenerator(TreeConditional())
STRATEGIES = pytest.mark.parametrize("strategy", ["joint", "separate"])


def make_blobs(n_samples=300, seed=0):
    """Three classes of unequal size and spread, correlated columns."""
    rng = np.random.default_rng(seed)
    y = rng.choice(3, size=n_samples, p=[0.2, 0.3, 0.5])
    X = rng.normal(size=(n_samples, 3)) @ rng.normal(size=(3, 3))
    return X * (1 + y[:, None]) + y[:, None], y


def make_table(n_samples=150, seed=0):
    """A raw table: the class shows in all columns, and cells are missing."""
    rng = np.random.default_rng(seed)
    y = rng.choice(["no", "yes"], size=n_samples)
    is_yes = y == "yes"
    days = np.datetime64("2024-01-01") + rng.integers(0, 50, n_samples) + 30 * is_yes
    table = pd.DataFrame(
        {
            "size": rng.normal(size=n_samples) + 2 * is_yes,
            "whole": rng.integers(0, 5, n_samples) + 2 * is_yes,
            "town": np.where(is_yes, rng.choice(["Rome", "Oslo"], n_samples), "Bern"),
            "member": is_yes & (rng.random(n_samples) < 0.7),
            "day": days,
        }
    )
    table.loc[rng.random(n_samples) < 0.2, "size"] = np.nan
    return table, y


# --- Bayes' rule --------------------------------------------------------------------


@pytest.mark.parametrize("priors", [None, [0.5, 0.1, 0.4]])
def test_one_gaussian_for_each_class_is_quadratic_discriminant_analysis(priors):
    X, y = make_blobs()
    classifier = GenerativeClassifier(ONE_GAUSSIAN, strategy="separate", priors=priors)
    qda = QuadraticDiscriminantAnalysis(priors=priors).fit(X, y)
    classifier.fit(X, y)
    np.testing.assert_allclose(
        classifier.predict_log_proba(X), qda.predict_log_proba(X), atol=1e-6
    )
    assert np.array_equal(classifier.predict(X), qda.predict(X))


def test_weights_count_rows_of_each_class():
    X, y = make_blobs()
    weights = np.random.default_rng(1).integers(0, 4, size=len(y))
    classifier = GenerativeClassifier(ONE_GAUSSIAN, strategy="separate")
    classifier.fit(X, y, sample_weight=weights)
    qda = QuadraticDiscriminantAnalysis()
    qda.fit(np.repeat(X, weights, axis=0), np.repeat(y, weights))
    np.testing.assert_allclose(
        classifier.predict_log_proba(X), qda.predict_log_proba(X), atol=1e-6
    )


def test_missing_cells_are_marginalised():
    X, y = make_blobs()
    classifier = GenerativeClassifier(ONE_GAUSSIAN, strategy="separate").fit(X, y)
    without = QuadraticDiscriminantAnalysis().fit(X[:, 1:], y)
    hidden = X.copy()
    hidden[:, 0] = np.nan
    np.testing.assert_allclose(
        classifier.predict_proba(hidden), without.predict_proba(X[:, 1:]), atol=1e-6
    )
    nothing = np.full((1, 3), np.nan)
    [proba] = classifier.predict_proba(nothing)
    np.testing.assert_allclose(proba, classifier.class_prior_)


def test_joint_model_of_independent_columns_gives_the_priors():
    X, y = make_blobs()
    weights = np.where(y == 0, 4.0, 1.0)
    classifier = GenerativeClassifier(IndependentGenerator())
    shares = np.bincount(y, weights=weights) / weights.sum()
    proba = classifier.fit(X, y, sample_weight=weights).predict_proba(X[:2])
    # up to the floor of the categories
    np.testing.assert_allclose(proba, [shares, shares], atol=2e-3)
    np.testing.assert_allclose(classifier.class_prior_, shares)
    classifier.set_params(priors=[0.7, 0.2, 0.1])
    proba = classifier.fit(X, y, sample_weight=weights).predict_proba(X[:2])
    np.testing.assert_allclose(proba, [[0.7, 0.2, 0.1]] * 2, atol=2e-3)


def test_joint_model_follows_the_true_probabilities():
    """Mean errors over a grid are .05 and .04, in twenty seeds at most .09."""
    rng = np.random.default_rng(0)
    y = rng.random(2000) < 0.3
    X = np.column_stack([rng.normal(size=2000), rng.normal(size=2000) + 2 * y])
    X[rng.random(2000) < 0.3, 0] = np.nan
    classifier = GenerativeClassifier(random_state=0).fit(X, y)
    x = np.linspace(-1, 3, 30)
    likelihoods = np.column_stack([0.7 * norm.pdf(x), 0.3 * norm.pdf(x - 2)])
    truth = likelihoods[:, 1] / likelihoods.sum(axis=1)
    # the first column is independent noise: its missing cells change nothing
    for first in (0.0, np.nan):
        grid = np.column_stack([np.full(30, first), x])
        proba = classifier.predict_proba(grid)[:, 1]
        assert np.abs(proba - truth).mean() < 0.12


def test_densities_of_any_estimator_serve():
    X, y = make_blobs()
    classifier = GenerativeClassifier(KernelDensity(), strategy="separate")
    log_joint = [
        KernelDensity().fit(X[y == k]).score_samples(X) + np.log(np.mean(y == k))
        for k in range(3)
    ]
    proba = classifier.fit(X, y).predict_proba(X)
    np.testing.assert_allclose(proba, softmax(log_joint, axis=0).T, atol=1e-12)


def test_row_without_density_gets_the_priors():
    X, y = make_blobs()
    generator = KernelDensity(kernel="tophat")
    classifier = GenerativeClassifier(generator, strategy="separate").fit(X, y)
    [proba] = classifier.predict_proba([[1e6, 0.0, 0.0]])
    np.testing.assert_allclose(proba, classifier.class_prior_)


# --- one measure for all classes ----------------------------------------------------


@pytest.mark.parametrize("scale", [1000.0, 1.0, 0.001])
@pytest.mark.parametrize("generator", [IndependentGenerator(), ONE_GAUSSIAN])
def test_repeated_value_counts_as_one_in_all_classes(scale, generator):
    # zero is a point mass of the first class and has a density in the other
    rng = np.random.default_rng(0)
    many = np.where(rng.random(300) < 0.6, 0.0, rng.lognormal(size=300))
    none = rng.normal(size=300)
    X, y = scale * np.append(many, none)[:, None], np.repeat([0, 1], 300)
    classifier = GenerativeClassifier(generator, strategy="separate").fit(X, y)
    at_zero, above, below = classifier.predict_proba([[0], [scale], [-scale]])[:, 0]
    assert at_zero > 0.99
    assert below < above < 0.8


def test_units_do_not_matter():
    rng = np.random.default_rng(0)
    X = np.append(rng.normal(size=200), rng.normal(1, 1, size=40)).round(1)[:, None]
    y = np.repeat([0, 1], [200, 40])
    classifier = GenerativeClassifier(ONE_GAUSSIAN, strategy="separate")
    grid = np.linspace(-2, 3, 51).round(1)[:, None]
    proba = classifier.fit(X, y).predict_proba(grid)
    scaled = classifier.fit(X * 1024, y).predict_proba(grid * 1024)
    np.testing.assert_allclose(proba, scaled, atol=1e-9)


def test_classes_share_the_measure_of_the_whole_table():
    rng = np.random.default_rng(0)
    broken, whole = 1e4 * rng.normal(size=300), (1e4 * rng.normal(size=300)).round()
    X, y = np.append(broken, whole)[:, None], np.repeat([0, 1], 300)
    classifier = GenerativeClassifier(ONE_GAUSSIAN, strategy="separate").fit(X, y)
    # on its own, the class of whole numbers would have probabilities
    probability = classifier.predict_proba([[7.0], [7.25]])[:, 1]
    assert np.all((probability > 0.4) & (probability < 0.6))


def test_category_of_another_class_pays_the_floor():
    X = pd.DataFrame({"town": ["Oslo"] * 30 + ["Rome"] * 10 + ["Bern"] * 20})
    y = np.repeat(["a", "b"], [40, 20])
    classifier = GenerativeClassifier(IndependentGenerator(), strategy="separate")
    towns = pd.DataFrame({"town": ["Rome", "Bern"]})
    rome, bern = classifier.fit(X, y).predict_proba(towns)[:, 0]
    # shares within the class times shares of the class; floors 1/2 row in 3 categories
    floors = {"a": 0.5 / 41 / 3, "b": 0.5 / 21 / 3}
    assert rome == pytest.approx(10 / (10 + 20 * floors["b"]), rel=0.01)
    assert bern == pytest.approx(40 * floors["a"] / (40 * floors["a"] + 20), rel=0.05)
    classifier.set_params(handle_unknown="error")
    with pytest.raises(ValueError, match=r"'town' holds the category 'Lima'"):
        classifier.predict(pd.DataFrame({"town": ["Lima"]}))


def test_column_that_a_class_does_not_know_is_left_out():
    X, y = make_blobs()
    hidden = X.copy()
    hidden[y == 2, 0] = np.nan
    classifier = GenerativeClassifier(ONE_GAUSSIAN, strategy="separate")
    with pytest.warns(UserWarning, match=r"columns \[0\]: they are left out"):
        classifier.fit(hidden, y)
    without = QuadraticDiscriminantAnalysis().fit(X[:, 1:], y)
    np.testing.assert_allclose(
        classifier.predict_proba(X), without.predict_proba(X[:, 1:]), atol=1e-6
    )
    with pytest.raises(ValueError, match="an observed cell, but X has none"):
        classifier.fit(hidden[:, :1], y)


# --- tables -------------------------------------------------------------------------


@STRATEGIES
@pytest.mark.filterwarnings("ignore:.*rows:UserWarning")
def test_raw_tables_of_any_library(strategy):
    X, y = make_table()
    classifier = GenerativeClassifier(QUICK, strategy=strategy, random_state=0)
    proba = classifier.fit(X, y).predict_proba(X)
    assert classifier.score(X, y) > 0.9
    assert classifier.classes_.tolist() == ["no", "yes"]
    assert classifier.feature_names_in_.tolist() == X.columns.tolist()
    of_polars = clone(classifier).fit(pl.from_pandas(X), pl.Series(y))
    np.testing.assert_allclose(of_polars.predict_proba(pl.from_pandas(X)), proba)
    array = X.drop(columns="day").to_numpy(dtype=object)
    assert clone(classifier).fit(array, y).score(array, y) > 0.9
    # dtypes that hold no missing cells make no difference
    nothing = X.astype(object).iloc[:100].assign(**dict.fromkeys(X.columns))
    # equal rows share 400 particles or more; standard error .025
    prior = classifier.predict_proba(nothing).mean(axis=0)
    np.testing.assert_allclose(prior, classifier.class_prior_, atol=0.1)


@STRATEGIES
def test_names_reach_the_generator(strategy):
    X, y = make_table()
    generator = clone(QUICK).set_params(given=["town"])
    classifier = GenerativeClassifier(generator, strategy=strategy).fit(X, y)
    fitted = classifier.generators_[0]
    assert fitted.columns_[fitted.order_[0]].name == "town"
    assert [c.kind for c in fitted.codec_.columns_[:4]] == [
        "continuous",
        "integer",
        "categorical",
        "categorical",
    ]


@STRATEGIES
@pytest.mark.filterwarnings("ignore:.*rows:UserWarning")
def test_class_of_one_row(strategy):
    X, y = make_blobs(60)
    y = np.append(np.zeros(59), 1)
    classifier = GenerativeClassifier(QUICK, strategy=strategy, random_state=0)
    proba = classifier.fit(X, y).predict_proba(X)
    assert np.isfinite(proba).all()
    assert proba[:-1, 1].mean() < 0.1


def test_pickles_searches_and_weightless_rows():
    X, y = make_table()
    grid = {"generator__n_components": [1, 2]}
    search = GridSearchCV(GenerativeClassifier(strategy="separate"), grid, cv=2)
    search.estimator.set_params(generator=GaussianMixtureGenerator(), random_state=0)
    search.fit(X, y)
    again = pickle.loads(pickle.dumps(search.best_estimator_))
    assert np.array_equal(again.predict_proba(X), search.predict_proba(X))
    assert "generator__order" in GenerativeClassifier().get_params()
    # a class whose rows all have weight zero is ignored
    weights = np.where(y == "yes", 0.0, 1.0)
    fitted = GenerativeClassifier(QUICK).fit(X, y, sample_weight=weights)
    assert fitted.classes_.tolist() == ["no"]


class Recording:
    """Callback that records which fits begin."""

    max_propagation_depth = None

    def __init__(self):
        self.begun = []

    def setup(self, estimator, context):
        pass

    def teardown(self, estimator, context):
        pass

    def on_fit_task_begin(self, estimator, context):
        name = context.source_task_name or context.task_name
        self.begun.append((type(estimator).__name__, name))

    def on_fit_task_end(self, estimator, context):
        pass


def test_callbacks_reach_the_generators():
    recording = Recording()
    X, y = make_blobs()
    classifier = GenerativeClassifier(IndependentGenerator(), strategy="separate")
    classifier.set_callbacks(recording).fit(X, y)
    assert recording.begun == [
        ("GenerativeClassifier", "fit"),
        *[("IndependentGenerator", f"class {k}") for k in range(3)],
    ]


# --- errors -------------------------------------------------------------------------


class Sampler(BaseEstimator):
    """A generator without densities."""

    def fit(self, X):
        return self


def test_unsuitable_generators_raise_an_error():
    X, y = make_blobs()
    with pytest.raises(TypeError, match=r"generator: Sampler has no `score_samples`"):
        GenerativeClassifier(Sampler()).fit(X, y)
    with pytest.raises(TypeError, match=r"generator: .*strategy='joint'"):
        GenerativeClassifier(GaussianMixture()).fit(X, y)
    of_class = GenerativeClassifier(GaussianMixture(), strategy="separate")
    with pytest.raises(ValueError, match=r"sample_weight was passed.*GaussianMixture"):
        of_class.fit(X, y, sample_weight=np.ones(len(y)))


@pytest.mark.parametrize(
    "priors", [[0.5, 0.5], [0.2, 0.2, 0.2], [1.2, -0.4, 0.2], [np.nan, 0.5, 0.5]]
)
def test_priors_are_probabilities_of_the_classes(priors):
    X, y = make_blobs()
    with pytest.raises(ValueError, match="priors: expected 3 probabilities"):
        GenerativeClassifier(QUICK, priors=priors).fit(X, y)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        ([0.5, 1.5, 2.5, 3.25], "Unknown label type"),
        (["a", "b", None, "a"], "1 of its 4 labels are missing"),
        ([0, 1, 0], "inconsistent numbers of samples"),
    ],
)
def test_targets_that_are_no_classes_raise_an_error(y, message):
    with pytest.raises(ValueError, match=message):
        GenerativeClassifier(QUICK).fit(np.eye(4), y)
