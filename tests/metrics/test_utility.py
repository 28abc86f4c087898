"""Models trained on synthetic rows, or on these too, are tested on unseen real rows."""

import io

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy.stats import norm
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_iris, load_wine
from sklearn.dummy import DummyClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import (
    LinearRegression,
    LogisticRegression,
    Perceptron,
    Ridge,
)
from sklearn.metrics import accuracy_score, f1_score, make_scorer, roc_auc_score
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from skgen._table.joint_tables import read_tables
from skgen._utils.random import make_rng
from skgen.datasets import make_customers
from skgen.metrics._tasks import read_matrix_task
from skgen.metrics._utility import (
    augmentation_gain,
    train_synthetic_test_real,
)

BOTH = [train_synthetic_test_real, augmentation_gain]


def customers(n_samples, seed):
    X, y = make_customers(n_samples, weights=[0.7, 0.3], random_state=seed)
    keep = ["country", "income", "plan", "visits", "refunds", "newsletter"]
    return X[keep].assign(churned=np.where(y == 1, "yes", "no"))


def permuted(X, share=1.0, seed=0):
    """The rows with a share of them permuted, each column by itself."""
    rng = np.random.default_rng(seed)
    rows = np.flatnonzero(rng.random(len(X)) < share)
    X = X.copy()
    for column in X:
        X.loc[rows, column] = X.loc[rng.permutation(rows), column].to_numpy()
    return X


def line(n_samples, slope, seed, noise=1.0):
    """Rows of a standard normal x, and y = slope * x + noise."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n_samples)
    return np.column_stack([x, slope * x + noise * rng.normal(size=n_samples)])


def two_classes(n_samples, distance, seed):
    rng = np.random.default_rng(seed)
    y = rng.integers(2, size=n_samples)
    return np.column_stack([rng.normal(size=n_samples) + distance * y, y])


@pytest.fixture(scope="module")
def tables():
    """Real rows, other ones of the same distribution, and held-out ones."""
    return tuple(customers(n, seed) for seed, n in enumerate([400, 400, 500]))


class Seen(ClassifierMixin, BaseEstimator):
    """A classifier that keeps what it is fitted to."""

    fits = []

    def fit(self, X, y):
        self.fits.append((X, y))
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        return np.repeat(self.classes_[:1], len(X))

    def predict_proba(self, X):
        return np.full((len(X), len(self.classes_)), 1 / len(self.classes_))


@pytest.fixture
def seen():
    Seen.fits.clear()
    return Seen()


# --- oracles ------------------------------------------------------------------------


def test_copies_are_worth_what_real_rows_are(tables):
    real, _, holdout = tables
    utility = train_synthetic_test_real(
        real, real, target="churned", holdout=holdout, random_state=0
    )
    assert utility.value == utility.real
    assert 0.6 < utility.real < 1
    # half of the standard errors of the AUC of 150 against 350 rows are within this
    assert 0.01 < utility.standard_error < 0.05


@pytest.mark.slow
def test_rows_of_the_same_distribution_are_worth_about_as_much(tables):
    real, same, holdout = tables
    utility = train_synthetic_test_real(
        real, same, target="churned", holdout=holdout, random_state=0
    )
    # standard errors, of two models on 500 test rows, are about .03
    assert abs(utility.value - utility.real) < 0.1
    assert utility.real - utility.floor > 0.15


def test_independent_columns_are_at_the_floor(tables):
    real, same, holdout = tables
    utility = train_synthetic_test_real(
        real, permuted(same), target="churned", holdout=holdout, random_state=0
    )
    # 4 standard errors of the AUC of 150 against 350 rows by chance
    assert abs(utility.value - 0.5) < 0.12
    assert abs(utility.floor - 0.5) < 0.12


@pytest.mark.slow
@pytest.mark.parametrize("target", ["churned", "refunds"])
def test_the_more_is_broken_the_less_the_rows_are_worth(target):
    real, same, holdout = (customers(900, seed) for seed in range(3))
    if target == "refunds":
        # a number that others determine in part
        real, same, holdout = (
            t.assign(refunds=5.0 * t["visits"] + 10 * t["newsletter"] + t["refunds"])
            for t in (real, same, holdout)
        )
    values = [
        train_synthetic_test_real(
            real, permuted(same, share), target=target, holdout=holdout, random_state=0
        ).value
        for share in (0, 0.6, 1)
    ]
    assert all(np.diff(values) < -0.01)


@pytest.mark.slow
def test_one_broken_column_costs_its_part():
    real, same, holdout = (two_classes(2000, 2.0, seed) for seed in range(3))
    broken = same.copy()
    broken[:, 0] = np.random.default_rng(0).permutation(broken[:, 0])
    for rows, low, high in ((same, 0.88, 0.95), (broken, 0.4, 0.6)):
        utility = train_synthetic_test_real(
            real, rows, target=1, holdout=holdout, random_state=0
        )
        assert low < utility.value < high


def test_auc_of_two_normal_classes():
    real, same, holdout = (two_classes(4000, 1.0, seed) for seed in range(3))
    utility = train_synthetic_test_real(
        real, same, target=-1, holdout=holdout, estimator=GaussianNB()
    )
    expected = norm.cdf(1 / np.sqrt(2))
    # 4 standard errors of the AUC of twice 2,000 rows
    assert utility.value == pytest.approx(expected, abs=0.03)
    assert utility.real == pytest.approx(expected, abs=0.03)
    # Hanley and McNeil's standard error
    q1, q2 = expected / (2 - expected), 2 * expected**2 / (1 + expected)
    variance = (
        expected * (1 - expected) + 1999 * (q1 + q2 - 2 * expected**2)
    ) / 2000**2
    # ten groups estimate a standard error with a relative one of .24
    assert 0.4 < utility.standard_error / np.sqrt(variance) < 2


def test_r_squared_of_a_wrong_slope():
    real, wrong, holdout = (line(4000, b, seed) for seed, b in enumerate([2, 1.5, 2]))
    utility = train_synthetic_test_real(
        real, wrong, target=1, holdout=holdout, estimator=LinearRegression()
    )
    assert utility.value == pytest.approx(1 - (0.5**2 + 1) / 5, abs=0.03)
    assert utility.real == pytest.approx(0.8, abs=0.03)
    # a slope of chance, of standard error .035, moves it by .8 times as much
    assert utility.floor == pytest.approx(0, abs=0.12)


def test_rows_beside_few_real_ones_gain_and_wrong_ones_cost():
    real, holdout = line(4, 2, 0), line(2000, 2, 1)
    gains = [
        augmentation_gain(
            real,
            line(500, b, 2),
            target=1,
            holdout=holdout,
            estimator=LinearRegression(),
        )
        for b in (2, -2)
    ]
    for gain, best in zip(gains, (0.8, 1 - (16 + 1) / 5), strict=True):
        assert gain.augmented == pytest.approx(best, abs=0.15)
        assert gain.value == pytest.approx(gain.augmented - gain.real, abs=1e-12)
        assert gain.standard_error > 0
    assert gains[0].real == gains[1].real
    assert gains[0].value > 0 > gains[1].value


def test_error_of_a_difference_is_that_of_pairs():
    real, same, holdout = (two_classes(2000, 1.0, seed) for seed in range(3))
    options = {"target": 1, "holdout": holdout, "estimator": GaussianNB()}
    gain = augmentation_gain(real, same, random_state=0, **options)
    utility = train_synthetic_test_real(real, same, random_state=0, **options)
    assert gain.standard_error < utility.standard_error / 10


@pytest.mark.slow
def test_standard_error_of_a_share_is_binomial():
    real, same, holdout = (two_classes(1000, 1.0, seed) for seed in range(3))
    errors = [
        train_synthetic_test_real(
            real,
            same,
            target=1,
            holdout=holdout,
            estimator=GaussianNB(),
            scoring="accuracy",
            random_state=seed,
        )
        for seed in range(20)
    ]
    p = errors[0].value
    expected = np.sqrt(p * (1 - p) / 1000)
    # one has a relative standard error of .24, the root of the mean square .05
    found = np.sqrt(np.mean([e.standard_error**2 for e in errors]))
    assert found == pytest.approx(expected, rel=0.25)
    model = GaussianNB().fit(same[:, :1], same[:, 1])
    assert p == accuracy_score(holdout[:, 1], model.predict(holdout[:, :1]))


# --- classes ------------------------------------------------------------------------


@pytest.mark.slow
def test_a_class_that_is_lacking_counts_one_half():
    X, y = load_iris(return_X_y=True)
    rows = np.column_stack([X, y])
    real, holdout = rows[::2], rows[1::2]
    options = {"target": 4, "holdout": holdout, "random_state": 0}
    whole, without, alone = (
        train_synthetic_test_real(real, synthetic, estimator=GaussianNB(), **options)
        for synthetic in (real, real[real[:, 4] > 0], real[real[:, 4] == 1])
    )
    assert whole.value == whole.real > 0.98
    known = real[real[:, 4] > 0]
    model = GaussianNB().fit(known[:, :4], known[:, 4])
    scores = model.predict_proba(holdout[:, :4])
    aucs = [roc_auc_score(holdout[:, 4] == c, scores[:, c - 1]) for c in (1, 2)]
    assert without.value == pytest.approx((0.5 + sum(aucs)) / 3)
    assert alone.value == 0.5
    assert alone.real == whole.real
    for estimator in (LogisticRegression(), None):
        one_row = train_synthetic_test_real(
            real, real[:1], estimator=estimator, **options
        )
        assert one_row.value == 0.5


def test_rare_classes_are_in_every_group():
    real, same = (
        np.column_stack([line(300, 1, s), np.arange(300) % 3]) for s in (0, 1)
    )
    holdout = np.r_[real[:200:3], real[1:200:3], real[2:9:3]]
    utility = train_synthetic_test_real(
        real,
        same,
        target=2,
        holdout=holdout,
        estimator=GaussianNB(),
        scoring="roc_auc_ovr",  # an error where a class is lacking
        random_state=0,
    )
    assert np.isfinite(utility.standard_error)
    few = np.r_[real[:9]]
    utility = train_synthetic_test_real(
        real, same, target=2, holdout=few, estimator=GaussianNB(), random_state=0
    )
    assert np.isnan(utility.standard_error)
    assert 0 <= utility.value <= 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cells", "is_class"),
    [
        (np.arange(40) % 10, True),
        (np.arange(40) % 11, False),
        (np.arange(40) % 2 + 0.5, False),
        (np.arange(40) % 2 == 0, True),
        (np.array(["a", "b"] * 20, dtype=object), True),
        (pd.date_range("2024-01-01", periods=40), False),
    ],
    ids=["ten", "eleven", "halves", "bool", "text", "dates"],
)
def test_what_the_target_holds_decides_what_is_predicted(cells, is_class):
    X = pd.DataFrame({"x": np.arange(40.0) % 7, "y": cells})
    utility = train_synthetic_test_real(X, X, target="y", holdout=X, random_state=0)
    # R² of a constant model, and trees of 20 rows have no split here, is 0
    assert utility.floor == pytest.approx(0.5 if is_class else 0.0, abs=0.25)
    scoring = "accuracy" if is_class else "neg_mean_absolute_error"
    score = train_synthetic_test_real(
        X, X, target="y", holdout=X, scoring=scoring, random_state=0
    ).value
    assert (score > 0) == is_class


@pytest.mark.slow
def test_listed_columns_and_classifiers_make_numbers_classes(seen):
    X = np.column_stack([np.arange(60.0), np.arange(60) % 12])
    for options in ({"categorical_features": [1]}, {}):
        train_synthetic_test_real(X, X, target=1, holdout=X, estimator=seen, **options)
    for _, y in Seen.fits:
        assert set(y) == set(range(12))
    result = train_synthetic_test_real(
        X, X, target=1, holdout=X, categorical_features=[1], random_state=0
    )
    assert 0 <= result.floor <= 1


# --- tables -------------------------------------------------------------------------


def test_an_estimator_gets_tables_in_the_dtypes_of_the_real_one(tables, seen):
    real, same, holdout = (t.astype({"visits": "int32"}) for t in tables)
    csv = same[same.columns[::-1]].to_csv(index=False)
    for metric in BOTH:
        metric(
            real,
            pd.read_csv(io.StringIO(csv)),
            target="churned",
            holdout=holdout,
            estimator=seen,
        )
    (X_synthetic, _), _, _, (X_real, _), (X_both, y) = Seen.fits
    features, drawn = (t.drop(columns="churned") for t in (real, same))
    pd.testing.assert_frame_equal(X_synthetic, drawn)
    pd.testing.assert_frame_equal(X_real, features)
    both = pd.concat([features, drawn], ignore_index=True)
    pd.testing.assert_frame_equal(X_both, both)
    assert y.tolist() == [*real["churned"], *same["churned"]]


def test_gradient_boosting_gets_categories_unless_they_are_too_many(tables):
    real = tables[0].assign(code=np.arange(400).astype(str), none=np.nan)
    real["code"] = real["code"].astype("category")
    read = read_tables({"real": real, "synthetic": real})
    task, rows = read_matrix_task(read, real.columns.get_loc("churned"))
    # country, income, plan, visits, refunds, newsletter, code
    expected = [True, False, True, False, False, True, False]
    assert task.estimator.categorical_features == expected
    assert rows[0].X.shape == (400, 7)


@pytest.mark.slow
@pytest.mark.parametrize("container", ["pandas", "polars"])
def test_pipelines_take_raw_columns(tables, container):
    frames = tables if container == "pandas" else map(pl.from_pandas, tables)
    real, same, holdout = frames
    prepare = make_column_transformer(
        (OneHotEncoder(sparse_output=False), ["country", "plan", "newsletter"]),
        (SimpleImputer(), ["income"]),
        ("passthrough", ["visits", "refunds"]),
    )
    linear = make_pipeline(prepare, DecisionTreeClassifier(max_depth=3))
    results = [
        metric(
            real,
            same,
            target="churned",
            holdout=holdout,
            estimator=linear,
            scoring=scoring,
            random_state=0,
        )
        for metric in BOTH
        for scoring in (None, make_scorer(f1_score, pos_label="yes"))
    ]
    for result in results:
        assert np.isfinite(result).all()
        assert 0 < result.real < 1


@pytest.mark.slow
def test_containers_and_dtypes_give_the_same_figures(tables):
    options = {"target": "churned", "random_state": 0}
    frames = [list(tables), [pl.from_pandas(t) for t in tables]]
    frames.append([tables[0], frames[1][1], tables[2].astype({"plan": object})])
    results = [
        train_synthetic_test_real(*f[:2], holdout=f[2], **options) for f in frames
    ]
    assert results[0] == results[1] == results[2]
    arrays = [load_wine().data[k::3] for k in range(3)]
    named = [pd.DataFrame(X, columns=list("abcdefghijklm")) for X in arrays]
    by_name = augmentation_gain(
        *named[:2], holdout=named[2], target="c", random_state=0
    )
    for position in (2, -11):
        by_position = augmentation_gain(
            *arrays[:2], holdout=arrays[2], target=position, random_state=0
        )
        assert by_position == by_name


@pytest.mark.slow
@pytest.mark.parametrize("metric", BOTH)
def test_inputs_stay_as_they_are_and_seeds_repeat(metric, tables):
    before = [t.copy() for t in tables]
    real, same, holdout = tables
    options = {"target": "churned", "holdout": holdout, "max_rows": 100}
    first, second, other = (
        metric(real, same, random_state=seed, **options) for seed in (0, 0, 1)
    )
    assert first == second != other
    for table, copy in zip(tables, before, strict=True):
        pd.testing.assert_frame_equal(table, copy)


@pytest.mark.slow
def test_order_of_test_rows_and_units_do_not_matter(tables):
    real, same, holdout = tables
    options = {"target": "churned", "random_state": 0}
    expected = train_synthetic_test_real(real, same, holdout=holdout, **options)
    other = train_synthetic_test_real(real, same, holdout=holdout[::-1], **options)
    assert other.value == pytest.approx(expected.value)
    assert other.floor == pytest.approx(expected.floor)
    cents = [t.assign(refunds=t["refunds"] * 128 - 1024) for t in tables]
    other = train_synthetic_test_real(*cents[:2], holdout=cents[2], **options)
    assert other == pytest.approx(expected)
    # as a target too
    options = {"target": "refunds", "random_state": 0}
    expected = train_synthetic_test_real(real, same, holdout=holdout, **options)
    other = train_synthetic_test_real(*cents[:2], holdout=cents[2], **options)
    assert other == pytest.approx(expected)


@pytest.mark.slow
def test_rows_whose_target_is_missing_are_left_out(tables):
    blank = [t.copy() for t in tables]
    for seed, t in enumerate(blank):
        t.loc[np.random.default_rng(seed).random(len(t)) < 0.3, "churned"] = None
    dropped = [t.dropna(subset="churned") for t in blank]
    with_blanks, without = (
        train_synthetic_test_real(
            *t[:2], target="churned", holdout=t[2], random_state=0
        )
        for t in (blank, dropped)
    )
    assert with_blanks == without


@pytest.mark.slow
def test_cores_of_matrices_give_the_same_figures(tables):
    names = ("real", "synthetic", "holdout")
    read = read_tables(dict(zip(names, tables, strict=True)))
    real, same, holdout = tables
    for metric in BOTH:
        for target in ("churned", "income"):
            last = [(holdout, read.matrices[2]), (None, None)]
            for held, Z in last[: 1 + (target == "income")]:
                expected = metric(
                    real, same, target=target, holdout=held, random_state=0
                )
                found = metric.core(
                    read.columns, *read.matrices[:2], Z, target, make_rng(0)
                )
                assert found == pytest.approx(expected)


def test_a_quarter_of_each_class_is_held_out_where_nothing_else_is(seen):
    X = np.column_stack([np.arange(80.0), np.repeat([0, 1, 2], [40, 32, 8])])
    scored = []

    def score(model, X, y):
        scored.append((X, y))
        return 0.0

    augmentation_gain(X, X[:1], target=1, estimator=seen, scoring=score, random_state=0)
    train, y = Seen.fits[0]
    test, y_test = scored[0]
    assert np.bincount(y).tolist() == [30, 24, 6]
    assert np.bincount(y_test).tolist() == [10, 8, 2]
    assert sorted([*train.ravel(), *test.ravel()]) == list(range(80))
    np.testing.assert_array_equal(y, X[train.ravel().astype(int), 1])


def test_large_tables_are_thinned(seen):
    X = np.column_stack([np.arange(50.0), np.arange(50) % 2])
    train_synthetic_test_real(
        X, X[:30], target=1, holdout=X, estimator=seen, max_rows=20
    )
    for rows, _ in Seen.fits:
        assert len(np.unique(rows)) == 20


@pytest.mark.slow
def test_columns_without_cells_and_few_rows_suffice():
    X = customers(60, 0)
    X = X.assign(income=np.nan, country="DE")
    for synthetic in (X, X.assign(income=1.0), X[:2], X[X["churned"] == "no"]):
        for metric in BOTH:
            result = metric(X, synthetic, target="churned", random_state=0)
            assert np.isfinite(result.value)
    single = X[["visits", "churned"]]
    assert train_synthetic_test_real(single, single, target="visits").real <= 1


# --- errors -------------------------------------------------------------------------


@pytest.mark.parametrize("metric", BOTH)
def test_impossible_requests_are_refused(metric, tables):
    real, same, holdout = tables
    cases = [
        ({"target": "churn"}, "there is no column 'churn' in real"),
        ({"target": 7}, "there is no column 7"),
        ({"estimator": Ridge()}, "'churned' holds classes, but Ridge"),
        ({"target": "income", "estimator": GaussianNB()}, "numbers that are not whole"),
        ({"holdout": holdout[:1]}, r"'churned' has the same value in all 1 test rows"),
        ({"synthetic": same.assign(churned=None)}, "no observed cell in synthetic"),
        ({"holdout": holdout.assign(churned=None)}, "no observed cell in holdout"),
        ({"real": real.assign(churned=None)}, "'churned' is the target, but"),
        ({"holdout": None, "real": real[:7]}, "real has 7 rows .* pass `holdout`"),
        ({"scoring": "accurate"}, "'scoring' parameter"),
        ({"estimator": SimpleImputer()}, "'estimator' parameter"),
        ({"max_rows": 1}, "'max_rows' parameter"),
        (
            {
                "synthetic": same.astype({"plan": str}).replace("pro", "gold"),
                "estimator": DummyClassifier(),
            },
            "synthetic: Column 'plan' is of dtype category",
        ),
    ]
    for change, message in cases:
        options = {"real": real, "synthetic": same, "target": "churned"}
        options |= {"holdout": holdout} | change
        with pytest.raises(ValueError, match=message):
            metric(options.pop("real"), options.pop("synthetic"), **options)
    alone = [t[["churned"]] for t in tables]
    with pytest.raises(ValueError, match="no other column has an observed cell"):
        metric(*alone[:2], target="churned", holdout=alone[2])


def test_classifiers_without_scores_need_another_scoring(tables):
    class Plain(ClassifierMixin, BaseEstimator):
        def fit(self, X, y):
            self.classes_ = np.unique(y)
            return self

        def predict(self, X):
            return np.repeat(self.classes_[:1], len(X))

    real, same, holdout = tables
    options = {"target": "churned", "holdout": holdout, "estimator": Plain()}
    with pytest.raises(ValueError, match=r"Plain has neither.*balanced_accuracy"):
        train_synthetic_test_real(real, same, **options)
    utility = train_synthetic_test_real(
        real, same, scoring="balanced_accuracy", **options
    )
    assert utility.value == 0.5


@pytest.mark.parametrize("model", [SVC(), Perceptron()])
def test_decisions_serve_as_scores(model):
    for n_classes, best in ((2, 0.95), (3, 0.85)):
        X, y = load_iris(return_X_y=True)
        rows = np.column_stack([X, y])[y < n_classes]
        utility = train_synthetic_test_real(
            rows[::3],
            rows[1::3],
            target=4,
            holdout=rows[2::3],
            estimator=model,
            random_state=0,
        )
        assert utility.value > best
