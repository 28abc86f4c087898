"""Which drawn rows are kept, and those drawn from a normal distribution."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import spearmanr
from sklearn.base import BaseEstimator
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KernelDensity, KNeighborsClassifier
from sklearn.svm import SVC, LinearSVC
from sklearn.utils.validation import check_is_fitted

from skgen.generators import IndependentGenerator
from skgen.resampling import GenerativeOverSampler
from skgen.resampling._per_class import (
    MANY_ROWS,
    N_CANDIDATES,
    acceptance_classifier,
    class_log_odds,
    resolve_auto,
)
from skgen.table import TableCodec

CLASSIFIERS = [
    acceptance_classifier(),
    LogisticRegression(),
    HistGradientBoostingClassifier(max_iter=20, min_samples_leaf=5),
    KNeighborsClassifier(15),  # takes no weights
    ExtraTreesClassifier(20, min_samples_leaf=3),
]


def odds_of(X, inside, drawn, classifier=None, weights=None, seed=0):
    """Log-odds of the rows of a table to be like those inside."""
    codec = TableCodec().fit(X)
    return class_log_odds(
        acceptance_classifier() if classifier is None else classifier,
        codec.columns_,
        codec.encode(X),
        np.flatnonzero(inside),
        weights,
        codec.encode(drawn),
        np.random.default_rng(seed),
    )


def make_shifted(n_samples=400, shift=1.5, seed=0):
    """Rows of which a quarter, the rare class, has a larger first column."""
    X = np.random.default_rng(seed).normal(size=(n_samples, 3))
    inside = np.arange(n_samples) % 4 == 0
    X[inside, 0] += shift
    return X, inside


def drawn_rows(X, y, **params):
    """The sampler, and what it draws: rows and their y."""
    sampler = GenerativeOverSampler(random_state=0, **params)
    X_new, y_new = sampler.fit_resample(X, y)
    return sampler, X_new[len(X) :], y_new[len(X) :]


# --- class_log_odds -------------------------------------------------------------------


@pytest.mark.parametrize("classifier", CLASSIFIERS)
def test_rows_like_those_of_the_class_have_higher_odds(classifier):
    X, inside = make_shifted()
    drawn = np.random.default_rng(1).normal(scale=2, size=(500, 3))
    odds = odds_of(X, inside, drawn, classifier)
    # the true log-odds are 1.5 x - 1.125
    truth = 1.5 * drawn[:, 0] - 1.125
    assert spearmanr(odds, truth).statistic > 0.8
    check_raises_unfitted(classifier)


def check_raises_unfitted(classifier):
    with pytest.raises(Exception, match="not fitted"):
        check_is_fitted(classifier)


@pytest.mark.slow
@pytest.mark.parametrize("classifier", [*CLASSIFIERS, ExtraTreesClassifier(50)])
def test_a_class_that_cannot_be_separated_makes_all_rows_equally_likely(classifier):
    spread = {}
    for shift in (0, 1.5):
        X, inside = make_shifted(600, shift=shift)
        drawn = np.random.default_rng(1).normal(size=(500, 3))
        spread[shift] = np.std(odds_of(X, inside, drawn, classifier))
    assert spread[0] < 0.3 * spread[1.5]


def test_weights_set_which_rows_of_the_class_count():
    X, inside = make_shifted(shift=0)
    X[inside, 0] += np.where(np.arange(100) % 2, 4, -4)
    drawn = np.random.default_rng(1).normal(scale=0.3, size=(200, 3))
    drawn[:, 0] += np.repeat([-4, 4], 100)
    for heavy in (-1, 1):
        weights = np.where(inside & (np.sign(X[:, 0]) != heavy), 1e-3, 1.0)
        odds = odds_of(X, inside, drawn, weights=weights)
        assert (np.median(odds[100:]) > np.median(odds[:100])) == (heavy == 1)


@pytest.mark.parametrize("classifier", CLASSIFIERS)
def test_rows_without_weight_are_as_good_as_absent(classifier):
    X, inside = make_shifted()
    weights = np.ones(400)
    weights[np.random.default_rng(2).permutation(400)[:150]] = 0
    X[weights == 0] *= 7
    used = weights > 0
    # the numbers of a column are counted alike
    codec = TableCodec().fit(X)
    Z, rng = codec.encode(X), np.random.default_rng
    found = class_log_odds(
        classifier, codec.columns_, Z, np.flatnonzero(inside), weights, Z, rng(0)
    )
    rows = np.flatnonzero(inside[used])
    expected = class_log_odds(
        classifier, codec.columns_, Z[used], rows, weights[used], Z, rng(0)
    )
    assert_array_equal(found, expected)


def test_both_sides_weigh_the_same():
    X, inside = make_shifted(shift=0)
    inside = np.arange(400) < 20
    odds = odds_of(X, inside, X, LogisticRegression())
    # 20 of 400 rows, but half of the weight; the prior odds are log(1 / 19) = -2.9
    assert abs(odds.mean()) < 0.3


def make_mixed(n_samples=300, seed=0):
    """The class has more of category b, and of missing cells of the column x."""
    rng = np.random.default_rng(seed)
    inside = np.arange(n_samples) % 3 == 0
    towns = np.where(rng.random(n_samples) < np.where(inside, 0.8, 0.2), "b", "a")
    x = pd.Series(rng.normal(size=n_samples))
    table = pd.DataFrame(
        {
            "town": pd.Series(towns, dtype="str").mask(rng.random(n_samples) < 0.2),
            "x": x.mask(rng.random(n_samples) < np.where(inside, 0.7, 0.1)),
            "constant": 3.5,
            "empty": np.nan,
            "no town": pd.Series([None] * n_samples, dtype="category"),
            "one town": pd.Series(["Oslo"] * n_samples, dtype="category"),
        }
    )
    return table, inside


@pytest.mark.parametrize("classifier", CLASSIFIERS[:3])
def test_categories_and_missing_cells_separate_the_class(classifier):
    X, inside = make_mixed()
    odds = odds_of(X, inside, X, classifier)
    assert np.isfinite(odds).all()
    known, empty = X["town"].notna(), X["x"].isna()
    for here in (known & empty, known & ~empty):
        of_b = here & (X["town"] == "b")
        assert odds[of_b].mean() > odds[here & ~of_b].mean() + 0.5
    for town in ("a", "b"):
        here = X["town"] == town
        assert odds[here & empty].mean() > odds[here & ~empty].mean() + 0.5


class Watching(LogisticRegression):
    """Remembers how many rows of each side it is fitted to."""

    seen = []

    def fit(self, X, y, sample_weight=None):
        self.seen.append(np.bincount(y))
        return super().fit(X, y, sample_weight)


def test_classifiers_see_at_most_a_thousand_rows_of_each_side():
    X, inside = make_shifted(6000)
    Watching.seen = []
    odds = odds_of(X, inside, X[:500], Watching())
    # two of three folds
    assert_allclose(Watching.seen, [[667, 667]] * 3, atol=1)
    assert spearmanr(odds, X[:500, 0]).statistic > 0.8


def test_few_rows_are_enough_for_a_classifier():
    X, inside = make_shifted(12)
    inside = np.arange(12) < 6
    for classifier in CLASSIFIERS[:3]:
        assert np.isfinite(odds_of(X, inside, X, classifier)).all()


# --- which rows the sampler keeps -----------------------------------------------------


def make_sided(n_samples=600, seed=0):
    """The rare class has first columns above 0.8."""
    X = np.random.default_rng(seed).normal(size=(n_samples, 3))
    return X, (X[:, 0] > 0.8).astype(int)


@pytest.mark.slow
@pytest.mark.parametrize("gaussian_share", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("accept", ["plausible", *CLASSIFIERS[1:3]])
def test_accepted_rows_lie_on_the_side_of_their_class(accept, gaussian_share):
    X, y = make_sided()
    # what it draws reaches beyond the class
    params = {"gaussian_share": gaussian_share, "generator": KernelDensity()}
    plain = drawn_rows(X, y, accept=None, **params)[1]
    chosen = drawn_rows(X, y, accept=accept, **params)[1]
    assert len(chosen) == len(plain)
    wrongly = np.mean(chosen[:, 0] <= 0.8)
    # 1.5 standard errors of the difference of two shares of 388 rows
    assert wrongly < np.mean(plain[:, 0] <= 0.8) - 0.03
    assert wrongly < 0.2


def test_rows_near_the_border():
    X, y = make_sided(1500)
    distance = {
        accept: np.abs(drawn_rows(X, y, accept=accept)[1][:, 0] - 0.8).mean()
        for accept in ("plausible", "border", None)
    }
    assert distance["border"] < distance[None]
    assert distance["border"] < 0.9 * distance["plausible"]


@pytest.mark.parametrize("classifier", CLASSIFIERS)
def test_classifier_is_used_and_left_as_it_is(classifier):
    X, y = make_sided(200)
    before = repr(classifier.get_params())
    chosen = drawn_rows(X, y, accept=classifier)[1]
    assert repr(classifier.get_params()) == before
    check_raises_unfitted(classifier)
    assert np.isin(chosen, drawn_rows(X, y, accept="border")[1]).mean() < 1


def test_classifier_is_fitted_crosswise_for_each_class():
    X, y = make_sided(300)
    Watching.seen = []
    drawn_rows(X, np.where(X[:, 1] > 1, 2, y), accept=Watching())
    assert len(Watching.seen) == 2 * 3


def test_the_classifier_named_plausible():
    X, y = make_sided(300)
    expected = drawn_rows(X, y)[1]
    assert_array_equal(drawn_rows(X, y, accept=acceptance_classifier())[1], expected)
    seeded = acceptance_classifier().set_params(random_state=5)
    assert_array_equal(drawn_rows(X, y, accept=seeded)[1], expected)


@pytest.mark.parametrize("accept", ["all", LinearSVC(), SVC(), 3, KernelDensity()])
def test_what_accepts_nothing_is_refused(accept):
    X, y = make_sided(100)
    with pytest.raises(ValueError, match="'accept' parameter of GenerativeOverSampler"):
        GenerativeOverSampler(accept=accept).fit(X, y)


@pytest.mark.parametrize("gaussian_share", [-0.1, 1.1, "half", None])
def test_what_is_no_share_is_refused(gaussian_share):
    X, y = make_sided(100)
    sampler = GenerativeOverSampler(gaussian_share=gaussian_share)
    with pytest.raises(ValueError, match="'gaussian_share' parameter"):
        sampler.fit(X, y)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("gaussian_share", "accept", "pooling"),
    # all pairs of values
    [
        (0.0, "plausible", "none"),
        (0.0, "border", "partial"),
        (0.0, None, "full"),
        (0.37, "plausible", "partial"),
        (0.37, "border", "full"),
        (0.37, None, "none"),
        (1.0, "plausible", "full"),
        (1.0, "border", "none"),
        (1.0, None, "partial"),
    ],
)
def test_each_class_gets_its_rows(gaussian_share, accept, pooling):
    X, _ = make_sided(80)
    y = np.repeat(["a", "b", "c", "d"], [33, 12, 18, 17])
    wanted = {"b": 13, "c": 41, "d": 90}
    params = {
        "generator": IndependentGenerator(),
        "sampling_strategy": wanted,
        "gaussian_share": gaussian_share,
        "accept": accept,
        "pooling": pooling,
    }
    _, X_new, y_new = drawn_rows(X, y, **params)
    assert Counter(y_new) == {"b": 1, "c": 23, "d": 73}
    assert X_new.shape == (97, 3)
    assert len(np.unique(X_new, axis=0)) == 97
    assert_array_equal(drawn_rows(X, y, **params)[1], X_new)


# --- where the candidates come from ---------------------------------------------------


class Counting(BaseEstimator):
    """Draws copies of the first row, and remembers how many."""

    asked = []

    def fit(self, X):
        self.first_ = np.asarray(X)[:1]
        return self

    def sample(self, n_samples=1):
        self.asked.append(n_samples)
        return np.repeat(self.first_, n_samples, axis=0)


@pytest.mark.parametrize("accept", ["plausible", None])
@pytest.mark.parametrize("gaussian_share", [0.0, 0.25, 1.0])
def test_how_many_rows_the_generator_draws(gaussian_share, accept):
    X, y = make_shifted(200, shift=3)
    Counting.asked = []
    new = drawn_rows(
        X, y, generator=Counting(), gaussian_share=gaussian_share, accept=accept
    )[1]
    n_drawn = 100 * (1 if accept is None else N_CANDIDATES)
    expected = n_drawn - round(gaussian_share * n_drawn)
    assert Counting.asked[-1:] == ([] if gaussian_share == 1 else [expected])
    copies = (new == X[0]).all(axis=1).sum()
    if accept is None:
        assert copies == expected
    assert len(new) == 100


@pytest.mark.parametrize("n_inside", [MANY_ROWS - 1, MANY_ROWS])
def test_classes_of_many_rows_come_from_the_generator(n_inside):
    X = np.random.default_rng(0).normal(size=(1300, 2))
    y = (np.arange(1300) < n_inside).astype(int)
    # rows without weight do not count
    X, y = np.vstack([X, X[:50]]), np.append(y, np.ones(50, dtype=int))
    weights = np.repeat([1.0, 0.0], [1300, 50])

    def resample(**params):
        sampler = GenerativeOverSampler(
            Counting(),
            sampling_strategy={1: n_inside + 70},
            random_state=0,
            **params,
        )
        Counting.asked = []
        return sampler.fit_resample(X, y, sample_weight=weights)[0][1350:]

    new = resample()
    if n_inside < MANY_ROWS:
        assert Counting.asked == [20 * N_CANDIDATES // 2]
        expected = resample(gaussian_share=0.5, accept="plausible")
    else:
        assert Counting.asked == [20]
        expected = resample(gaussian_share=0, accept=None)
    assert_array_equal(new, expected)
    # what is set holds at any size
    resample(gaussian_share=0, accept="border")
    assert Counting.asked == [20 * N_CANDIDATES]


@pytest.mark.parametrize("accept", ["plausible", "border", None, LogisticRegression()])
@pytest.mark.parametrize("n_rows", [0, MANY_ROWS - 1, MANY_ROWS, 10**6])
def test_what_is_set_is_no_default(accept, n_rows):
    assert resolve_auto(0.3, accept, n_rows) == (0.3, accept)


class Unused(Counting):
    def fit(self, X):
        raise AssertionError("it was to draw no rows")


def test_normal_rows_need_no_generator():
    X, y = make_shifted(200)
    assert len(drawn_rows(X, y, generator=Unused(), gaussian_share=1)[1]) == 100
    with pytest.raises(AssertionError):
        drawn_rows(X, y, generator=Unused(), gaussian_share=0.9)


@pytest.mark.parametrize("weighted", [False, True])
def test_normal_rows_are_correlated_as_those_of_the_class(weighted):
    rng = np.random.default_rng(0)
    X = rng.normal(scale=20, size=(3000, 2))  # no number leaves this range
    X[2960:] = rng.multivariate_normal([1, 2], [[1, 0.8], [0.8, 1]], size=40)
    y = np.repeat([0, 1], [2960, 40])
    weights = rng.integers(1, 9, 3000).astype(float) if weighted else np.ones(3000)
    sampler = GenerativeOverSampler(gaussian_share=1, accept=None, random_state=0)
    new = sampler.fit_resample(X, y, sample_weight=weights)[0][3000:]
    covariance = np.cov(X[2960:].T, aweights=weights[2960:], ddof=0)
    spread = np.sqrt(np.diag(covariance))
    expected = covariance[0, 1] / spread.prod()
    # 5 standard errors: a false alarm in a million runs each
    error = (1 - expected**2) / np.sqrt(len(new))
    assert abs(np.corrcoef(new.T)[0, 1] - expected) < 5 * error
    mean = np.average(X[2960:], axis=0, weights=weights[2960:])
    assert (np.abs(new.mean(axis=0) - mean) < 5 * spread / np.sqrt(len(new))).all()


@pytest.mark.parametrize("weighted", [False, True])
def test_pooled_normal_rows_have_the_covariance_of_the_others(weighted):
    rng = np.random.default_rng(0)
    X = rng.multivariate_normal([0, 0], [[1, -0.9], [-0.9, 1]], size=2000)
    X[:1000] = rng.multivariate_normal([0, 0], [[1, 0.9], [0.9, 1]], size=1000)
    y = np.repeat([0, 1], [1960, 40])
    # of the weighted others those of one kind count
    weights = np.where(np.arange(2000) < 1000, 1e-6, 1.0) if weighted else np.ones(2000)
    sampler = GenerativeOverSampler(
        gaussian_share=1, accept=None, pooling="full", random_state=0
    )
    new = sampler.fit_resample(X, y, sample_weight=weights)[0][2000:]
    expected = np.cov(X[:1960].T, aweights=weights[:1960])
    expected = expected[0, 1] / np.sqrt(expected[0, 0] * expected[1, 1])
    # .02 for numbers that are held to the range of X
    error = 5 * (1 - expected**2) / np.sqrt(len(new)) + 0.02
    assert abs(np.corrcoef(new.T)[0, 1] - expected) < error


@pytest.mark.slow
@pytest.mark.parametrize("gaussian_share", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("accept", ["plausible", "border", LogisticRegression()])
def test_cells_of_mixed_tables_stay_valid(pandas_table, accept, gaussian_share):
    X, y = pandas_table, np.repeat([0, 1], [85, 35])
    _, new, _ = drawn_rows(X, y, accept=accept, gaussian_share=gaussian_share)
    assert new.dtypes.equals(X.dtypes)
    for name in X:
        known = X[name].dropna()
        cells = new[name].dropna()
        assert new[name].isna().any() <= X[name].isna().any()
        if name in ("text", "object", "category", "ordered", "bool", "boolean"):
            assert set(cells) <= set(known)
        else:
            assert known.min() <= cells.min()
            assert cells.max() <= known.max()


@pytest.mark.parametrize("gaussian_share", [0.0, 0.5, 1.0])
def test_polars_and_columns_without_a_cell_in_the_class(polars_table, gaussian_share):
    pl = pytest.importorskip("polars")
    y = np.repeat([0, 1], [85, 35])
    rare = pl.Series(y == 1)
    X = polars_table.with_columns(
        pl.when(rare).then(None).otherwise(pl.col(name)).alias(name)
        for name in ("float", "text", "enum", "category", "date", "bool")
    )
    _, new, _ = drawn_rows(X, y, gaussian_share=gaussian_share)
    assert new.schema == X.schema
    for name in ("float", "text", "enum", "category", "date", "bool"):
        assert new[name].is_null().all()
    assert not new["int"].is_null().any()


# --- targets --------------------------------------------------------------------------


def make_skewed(n_samples=400, seed=0):
    X = np.random.default_rng(seed).normal(size=(n_samples, 3))
    return X, np.exp(X[:, 0])


def drawn_for(sampler):
    """The class that each row was drawn for."""
    wanted = sampler.sampling_strategy_
    return [level for level, n in wanted.items() for _ in range(n)]


@pytest.mark.slow
@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("gaussian_share", [0.5, 1.0])
@pytest.mark.parametrize(
    "strategy", ["auto", 0.7, [0.5, 1.5, 4, 20], {(1.5, 2.5): 120, (3, 9): 150}]
)
def test_numbers_of_y_stay_in_their_bin(strategy, gaussian_share, whole):
    X, y = make_skewed()
    if whole:
        y = np.rint(100 * y).astype(int)
        if isinstance(strategy, list):
            strategy = [100 * edge for edge in strategy]
        if isinstance(strategy, dict):
            strategy = {(100 * a, 100 * b): n for (a, b), n in strategy.items()}
    sampler, X_new, y_new = drawn_rows(
        X, y, sampling_strategy=strategy, gaussian_share=gaussian_share
    )
    low, high = np.array(drawn_for(sampler)).T
    assert len(y_new) > 50
    assert (low <= y_new).all()
    assert (y_new <= high).all()
    assert y_new.dtype == y.dtype
    # within a bin, too, y depends on the first column
    places = X_new[:, 0], np.log(np.maximum(y_new / (100 if whole else 1), 0.01))
    assert np.corrcoef(*places)[0, 1] > 0.6


@pytest.mark.slow
@pytest.mark.parametrize("accept", ["plausible", "border", None])
def test_labels_and_outputs_keep_the_level_they_are_drawn_for(accept):
    X, price = make_skewed()
    y = (X > [0.5, 0.85, 1.3]).astype(int)
    sampler, _, y_new = drawn_rows(X, y, accept=accept)
    assert y_new[np.arange(len(y_new)), drawn_for(sampler)].all()
    assert set(y_new.ravel()) == {0, 1}
    y = pd.DataFrame({"town": np.where(y[:, 1], "Oslo", "Rome"), "price": price})
    sampler, _, y_new = drawn_rows(X, y, accept=accept, sampling_strategy=0.8)
    y_new = y_new.reset_index(drop=True)
    for place, (output, level) in enumerate(drawn_for(sampler)):
        cell = y_new.loc[place, output]
        if output == "town":
            assert cell == level
        else:
            assert level[0] <= cell <= level[1]


@pytest.mark.slow
@pytest.mark.parametrize("size", [1, 2, 5, 6])
@pytest.mark.parametrize("gaussian_share", [0.0, 0.5, 1.0])
def test_classes_of_a_few_rows(size, gaussian_share):
    X, _ = make_mixed(60)
    y = np.repeat([0, 1], [60 - size, size])
    with pytest.warns(UserWarning, match="fewer than 10 rows"):
        _, new, y_new = drawn_rows(X, y, gaussian_share=gaussian_share)
    assert (y_new == 1).all()
    assert len(new) == 60 - 2 * size
    assert set(new["town"].dropna()) <= {"a", "b"}


@pytest.mark.parametrize("gaussian_share", [0.0, 0.5, 1.0])
def test_few_rows_outside_of_a_class(gaussian_share):
    X, _ = make_shifted(60)
    y = np.repeat([0, 1], [55, 5])
    sampler = GenerativeOverSampler(
        gaussian_share=gaussian_share, sampling_strategy={0: 80}, random_state=0
    )
    assert len(sampler.fit_resample(X, y)[0]) == 85


# --- weights and groups ---------------------------------------------------------------


@pytest.mark.parametrize("pooling", ["none", "partial"])
@pytest.mark.parametrize("n_others", [0, 5, 6])
def test_other_classes_may_weigh_nothing(n_others, pooling):
    X, y = make_sided(200)
    weights = y.astype(float)
    weights[np.flatnonzero(y == 0)[:n_others]] = 2
    sampler = GenerativeOverSampler(pooling=pooling, random_state=0)
    X_new, _ = sampler.fit_resample(X, y, sample_weight=weights)
    assert np.isfinite(X_new).all()
    assert np.mean(X_new[200:, 0] > 0.5) > 0.8


def test_weights_reach_the_choice():
    X, y = make_sided(600)
    # those of the other class that are like the rare one in the second column, too
    weights = np.where((y == 0) & (X[:, 1] > 0), 50.0, 1.0)
    means = []
    for given in (None, weights, weights[::-1] * 0 + 1):
        sampler = GenerativeOverSampler(KernelDensity(), random_state=0)
        X_new, _ = sampler.fit_resample(X, y, sample_weight=given)
        means.append(X_new[600:, 1].mean())
    # the rare class is less likely where the others weigh most
    assert means[1] < means[0] - 0.1
    assert_allclose(means[2], means[0])


@pytest.mark.parametrize("gaussian_share", [0.5, 1.0])
@pytest.mark.parametrize("target", ["classes", "numbers"])
def test_groups_stay_with_the_numbers_that_determine_them(target, gaussian_share):
    X, y = make_sided(400)
    groups = np.where(X[:, 1] > 0.5, "rare group", "usual group")
    y = y if target == "classes" else np.exp(X[:, 0])
    sampler = GenerativeOverSampler(gaussian_share=gaussian_share, random_state=0)
    X_new, _ = sampler.fit_resample(X, y, groups=groups)
    drawn, found = X_new[400:, 1], sampler.groups_[400:]
    assert_array_equal(sampler.groups_[:400], groups)
    assert set(found) == set(groups)
    rare = found == "rare group"
    assert drawn[rare].mean() > drawn[~rare].mean() + 0.8


def test_without_a_known_cell_all_rows_have_equal_odds():
    X = np.full((20, 2), np.nan)
    assert_array_equal(odds_of(X, np.arange(8), X[:5]), np.zeros(5))
