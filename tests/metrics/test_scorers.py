"""Scorers evaluate the rows that generators draw, and searches use them."""

import pickle
from copy import deepcopy
from typing import NamedTuple

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import BaseEstimator, clone
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV, KFold, cross_validate
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

import skgen
from skgen import (
    AutoregressiveGenerator,
    BaseGenerator,
    GaussianMixtureGenerator,
    IndependentGenerator,
    TreeConditional,
)
from skgen._table.rows import take_rows
from skgen.datasets import make_customers
from skgen.metrics._pairwise import pairwise_error
from skgen.metrics._records import nearest_record_share
from skgen.metrics._scorers import (
    detection_scorer,
    fidelity_scorer,
    make_generation_scorer,
    privacy_scorer,
)

READY = [detection_scorer, fidelity_scorer, privacy_scorer]
few_rows = pytest.mark.filterwarnings("ignore:.*rows:UserWarning")


class Memory(BaseEstimator):
    """Draws its training rows with replacement."""

    def __init__(self, stream=0):
        self.stream = stream

    def fit(self, X, y=None, sample_weight=None):
        self.rows_ = X
        return self

    def sample(self, n_samples, random_state):
        rng = np.random.default_rng([self.stream, random_state])
        return take_rows(self.rows_, rng.integers(len(self.rows_), size=n_samples))


class Value(NamedTuple):
    value: float
    standard_error: float


class Recorder:
    """A metric that keeps what it is called with and returns the sizes of tables."""

    def __init__(self):
        self.calls = []

    def __call__(self, real, synthetic, *, factor=1.0):
        self.calls.append((real, synthetic))
        return factor * len(synthetic)


def share_of_ones(real, synthetic, *, random_state):
    return Value(float(np.random.RandomState(random_state).random_sample()), 0.0)


def table(n_samples, seed=0):
    """Mixed, with missing cells; every row distinct."""
    X, y = make_customers(n_samples, random_state=seed)
    return X[["country", "income", "plan", "visits", "refunds"]].assign(churned=y)


@pytest.fixture(scope="module")
def memory():
    return Memory().fit(table(120))


# --- what is compared with what -----------------------------------------------------


def test_rows_that_are_held_out_are_compared_with_as_many_drawn_ones(memory):
    metric, X = Recorder(), table(70, 1)
    assert make_generation_scorer(metric)(memory, X) == 70
    assert make_generation_scorer(metric, n_samples=11)(memory, X, "ignored") == 11
    assert metric.calls[0][0] is X
    assert len(metric.calls[1][1]) == 11
    assert set(metric.calls[1][1].index) <= set(memory.rows_.index)


def test_larger_scores_are_better(memory):
    X = table(7, 1)

    def score(**options):
        return make_generation_scorer(Recorder(), **options)(memory, X)

    assert score(factor=2.0) == 14.0
    assert score(greater_is_better=False) == -7.0
    assert score(ideal=5) == score(ideal=9) == -2.0
    assert score(ideal=9, greater_is_better=False) == -2.0


def test_seeds_are_the_same_for_all_candidates(memory):
    metric, X = Recorder(), table(60, 1)
    scorer = make_generation_scorer(metric)
    scorer(memory, X)
    scorer(memory, X)
    pd.testing.assert_frame_equal(metric.calls[0][1], metric.calls[1][1])
    make_generation_scorer(metric, random_state=1)(memory, X)
    assert not metric.calls[0][1].equals(metric.calls[2][1])
    # and the metric is seeded, in another way than the draws
    scorer = make_generation_scorer(share_of_ones)
    assert scorer(memory, X) == scorer(memory, X)
    other = make_generation_scorer(share_of_ones, random_state=1)
    assert scorer(memory, X) != other(memory, X)
    fresh = make_generation_scorer(share_of_ones, random_state=None)
    assert fresh(memory, X) != fresh(memory, X)


@pytest.mark.parametrize("container", ["pandas", "polars", "numpy"])
def test_the_rest_of_the_table_are_the_training_rows(container):
    X = table(60)
    # pairs of equal rows, of which the folds hold one, both or none
    X = pd.concat([X, X[:30]], ignore_index=True)
    if container == "polars":
        X = pl.from_pandas(X)
    if container == "numpy":
        X = X[["income", "visits", "refunds"]].to_numpy()
    found = []

    def metric(real, synthetic, *, holdout):
        found.append((real, holdout))
        return 0.0

    scorer = make_generation_scorer(metric, real=X)
    for train, test in KFold(3, shuffle=True, random_state=0).split(X):
        held = take_rows(X, test)
        scorer(Memory().fit(take_rows(X, train)), held)
        real, holdout = found.pop()
        assert holdout is held
        assert type(real) is type(X)
        assert len(real) == len(train)
        expected = pd.DataFrame(take_rows(X, train))
        got = pd.DataFrame(real)
        order = list(expected.columns)
        pd.testing.assert_frame_equal(
            *(t.sort_values(order, ignore_index=True) for t in (got, expected))
        )


def test_rows_that_are_not_in_the_table_are_an_error(memory):
    X = table(40)
    scorer = make_generation_scorer(nearest_record_share, real=X)
    with pytest.raises(ValueError, match="real: 2 of the 5 rows that are scored"):
        scorer(memory, pd.concat([X[:3], table(2, seed=5)]))
    # held out more often than it is there
    with pytest.raises(ValueError, match="real: 1 of the 2 rows"):
        scorer(memory, X.iloc[[0, 0]])


# --- errors -------------------------------------------------------------------------


def test_metrics_that_compare_training_rows_need_them():
    with pytest.raises(ValueError, match=r"nearest_record_share.*as `real`"):
        make_generation_scorer(nearest_record_share)
    with pytest.raises(ValueError, match="pairwise_error has no parameter `holdout`"):
        make_generation_scorer(pairwise_error, real=table(5))


@pytest.mark.parametrize(
    "options", [{"n_samples": 0}, {"ideal": "half"}, {"greater_is_better": None}]
)
def test_impossible_options_are_refused(options):
    with pytest.raises(ValueError, match=f"'{next(iter(options))}' parameter"):
        make_generation_scorer(pairwise_error, **options)


def test_what_cannot_be_scored_is_an_error(memory):
    X = table(20)
    with pytest.raises(TypeError, match="StandardScaler has no method `sample`"):
        detection_scorer(StandardScaler(), X)
    steps = [("scale", StandardScaler()), ("model", IndependentGenerator())]
    with pytest.raises(TypeError, match="Pipeline has no method `sample`"):
        detection_scorer(Pipeline(steps), X)
    scorer = make_generation_scorer(lambda real, synthetic: "good")
    with pytest.raises(TypeError, match=r"metric: <lambda> returned str"):
        scorer(memory, X)
    with pytest.raises(ValueError, match="X has 2 rows; privacy_scorer"):
        privacy_scorer(memory, X[:2])


# --- objects ------------------------------------------------------------------------


def test_repr_shows_options_and_no_cells():
    assert [repr(scorer) for scorer in READY] == [
        "detection_scorer",
        "fidelity_scorer",
        "privacy_scorer",
    ]
    scorer = make_generation_scorer(pairwise_error, greater_is_better=False, bins=5)
    assert repr(scorer) == (
        "make_generation_scorer(pairwise_error, greater_is_better=False, bins=5)"
    )
    scorer = make_generation_scorer(
        nearest_record_share, ideal=0.5, real=table(5), random_state=None
    )
    assert repr(scorer) == (
        "make_generation_scorer(nearest_record_share, ideal=0.5, random_state=None, "
        "real=...)"
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "scorer",
    [
        *READY,
        make_generation_scorer(nearest_record_share, ideal=0.5, real=table(120)),
    ],
    ids=repr,
)
def test_copies_score_alike_and_tables_stay_as_they_are(scorer, memory):
    X = take_rows(memory.rows_, np.arange(40))
    before = X.copy()
    score = scorer(memory, X)
    assert type(score) is float
    for copy in (pickle.loads(pickle.dumps(scorer)), deepcopy(scorer)):
        assert copy(memory, X) == score
    search = clone(GridSearchCV(memory, {}, scoring={"a": scorer}, refit=False))
    assert search.scoring["a"](memory, X) == score
    pd.testing.assert_frame_equal(X, before)


@pytest.mark.parametrize("scorer", READY, ids=repr)
def test_containers_score_alike(scorer):
    X = table(90)
    scores = []
    for frame in (X, pl.from_pandas(X)):
        model = AutoregressiveGenerator(TreeConditional(), random_state=0)
        scores.append(scorer(model.fit(frame[:60]), frame[60:]))
    assert scores[0] == scores[1]


# --- what the scores mean -----------------------------------------------------------


@pytest.mark.slow
def test_scores_are_near_one_for_rows_of_the_same_distribution():
    X = table(3000)
    # it draws rows of the distribution that no other table of the test has
    generator = Memory().fit(X[:2000])
    held = X[2000:]
    # standard errors: .024 of 1 - 2 |AUC - .5|, .01 of the mean ratio of distances
    assert detection_scorer(generator, held) > 0.88
    assert fidelity_scorer(generator, held) > 0.95
    broken = Memory().fit(X[:2000].assign(refunds=5.0))
    assert detection_scorer(broken, held) < 0.9 * detection_scorer(generator, held)
    assert fidelity_scorer(broken, held) < fidelity_scorer(generator, held) - 0.05


def test_fidelity_of_a_single_column_is_that_of_its_distribution():
    X = np.arange(200.0)[:, None]
    assert fidelity_scorer(Memory().fit(X), X) == pytest.approx(0.95, abs=0.05)
    assert fidelity_scorer(Memory().fit(X + 100), X) == pytest.approx(0.5, abs=0.05)


def test_fidelity_sees_columns_that_depend_on_each_other():
    rng = np.random.default_rng(0)
    X = np.repeat(rng.normal(size=(600, 1)), 2, axis=1)
    permuted = np.column_stack([X[:300, 0], rng.permutation(X[:300, 1])])
    scores = [fidelity_scorer(Memory().fit(Z), X[300:]) for Z in (X[:300], permuted)]
    assert scores[0] > scores[1] + 0.1


@pytest.mark.parametrize("n_columns", [2, 6])
@pytest.mark.parametrize("n_train", [200, 400, 1600])
def test_privacy_measures_the_share_of_rows_that_are_drawn_again(n_train, n_columns):
    scores = []
    for seed in range(30):
        X = np.random.default_rng(seed).normal(size=(n_train + 400, n_columns))
        # the scorer's seed is the same each time
        generator = Memory(stream=seed).fit(X[:n_train])
        scores.append(privacy_scorer(generator, X[n_train:]))
    # a row of the first 400 is among the second 400 with this probability
    repeats = 1 - (1 - 1 / n_train) ** 400
    # four standard errors: that of one score is .034
    assert np.mean(scores) == pytest.approx(1 - repeats, abs=0.025)


@pytest.mark.slow
def test_privacy_ranks_generators_by_their_memory():
    X = make_customers(900, random_state=0)[0]

    def score(generator):
        return np.mean(
            cross_validate(generator, X, scoring=privacy_scorer, cv=3)["test_score"]
        )

    def trees(leaf, n_trees=10, smoothing=1.0):
        conditional = TreeConditional(
            n_trees, min_samples_leaf=leaf, smoothing=smoothing
        )
        return AutoregressiveGenerator(conditional, random_state=0)

    remembered, single, deep, shallow = map(
        score, (Memory(), trees(1, 1, 0.0), trees(1), trees(20))
    )
    # the standard error of a mean of three folds of 300 rows is about .015
    assert remembered < single - 0.05
    assert single < deep - 0.1
    assert deep < shallow - 0.02
    assert shallow > 0.97


def test_privacy_is_not_lost_by_a_bad_fit():
    X = table(900)
    score = cross_validate(
        IndependentGenerator(random_state=0), X, scoring=privacy_scorer, cv=3
    )["test_score"]
    assert score.min() > 0.95


def test_privacy_of_rows_that_are_equal_by_chance():
    rng = np.random.default_rng(0)
    X = rng.poisson(1, size=(8000, 3)).astype(float)
    held = X[:1000]
    assert np.mean(equal_to_another(held)) > 0.6
    # .13 of the drawn rows come again; the standard error is .02
    assert privacy_scorer(Memory().fit(X[1000:]), held) > 0.85
    constant = np.ones((30, 2))
    assert privacy_scorer(Memory().fit(constant), constant) == 1.0
    one_row = Memory().fit(X[:1])
    assert privacy_scorer(one_row, rng.normal(size=(50, 3))) == 0.0


def equal_to_another(X):
    _, group, count = np.unique(X, axis=0, return_inverse=True, return_counts=True)
    return count[group.ravel()] > 1


# --- searches -----------------------------------------------------------------------


FASTER = {"FlowMatchingGenerator": {"estimator": Ridge(), "n_steps": 5}}


def public_generators():
    found = [getattr(skgen, name) for name in skgen.__all__]
    classes = [c for c in found if isinstance(c, type) and issubclass(c, BaseGenerator)]
    return [
        c(random_state=0, **FASTER.get(c.__name__, {}))
        for c in classes
        if c is not BaseGenerator
    ]


@pytest.mark.slow
@few_rows
@pytest.mark.parametrize(
    "generator", public_generators(), ids=lambda g: type(g).__name__
)
def test_every_generator_can_be_searched(generator):
    X = table(100)[["plan", "income", "visits"]]
    scoring = {repr(scorer): scorer for scorer in READY}
    scoring["memory"] = make_generation_scorer(nearest_record_share, ideal=0.5, real=X)
    if hasattr(generator, "score"):
        scoring["likelihood"] = None
    search = GridSearchCV(
        generator,
        {"random_state": [0]},
        scoring=scoring,
        refit="detection_scorer",
        cv=2,
        error_score="raise",
    ).fit(X)
    for name in scoring:
        assert np.isfinite(search.cv_results_[f"mean_test_{name}"]).all()
    assert search.best_estimator_.sample(3).shape == (3, 3)


@pytest.mark.slow
@few_rows
def test_searches_run_in_parallel_and_pass_weights_to_the_fit_alone():
    X = table(100)
    grid = {"conditional": [TreeConditional(min_samples_leaf=leaf) for leaf in (1, 9)]}
    scoring = {
        "privacy": privacy_scorer,
        "memory": make_generation_scorer(nearest_record_share, ideal=0.5, real=X),
    }
    results = [
        GridSearchCV(
            AutoregressiveGenerator(random_state=0),
            grid,
            scoring=scoring,
            refit="privacy",
            cv=2,
            n_jobs=n_jobs,
        )
        .fit(X)
        .cv_results_
        for n_jobs in (1, 2)
    ]
    for name in scoring:
        first, second = (r[f"mean_test_{name}"] for r in results)
        np.testing.assert_array_equal(first, second)
    del scoring["memory"]
    search = GridSearchCV(Memory(), {}, scoring=scoring, refit="privacy", cv=3)
    with pytest.warns(UserWarning, match="privacy_scorer does not support sample_w"):
        search.fit(X, sample_weight=np.ones(100))


@pytest.mark.slow
def test_detection_finds_the_columns_that_depend_on_each_other():
    rng = np.random.default_rng(0)
    x = rng.normal(size=400)
    X = np.column_stack([x, x + 0.3 * rng.normal(size=400)])
    models = [
        IndependentGenerator(random_state=0),
        AutoregressiveGenerator(TreeConditional(), random_state=0),
    ]
    search = GridSearchCV(
        Pipeline([("model", models[0])]),
        {"model": models},
        scoring={"detection": detection_scorer, "fidelity": fidelity_scorer},
        refit="detection",
        cv=2,
    ).fit(pl.DataFrame(X, schema=["a", "b"]))
    assert isinstance(search.best_params_["model"], AutoregressiveGenerator)
    ranks = search.cv_results_["rank_test_fidelity"]
    assert list(ranks) == [2, 1]


@pytest.mark.slow
def test_detection_finds_the_number_of_components():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(450, 2)) + 6.0 * rng.integers(3, size=450)[:, None]
    search = GridSearchCV(
        GaussianMixtureGenerator(random_state=0),
        {"n_components": [1, 3]},
        scoring=detection_scorer,
        cv=2,
    ).fit(X)
    assert search.best_params_ == {"n_components": 3}
