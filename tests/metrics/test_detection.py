import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import norm
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from skgen._utils.random import make_rng
from skgen.datasets import make_customers
from skgen.metrics._detection import (
    area,
    detect,
    detection_auc,
    thin_to_same_size,
)
from skgen.table import Column

from .ruled_tables import RULES, break_rule, ruled

FAST = HistGradientBoostingClassifier(
    max_iter=20, learning_rate=0.3, early_stopping=False
)
NUMBERS = [Column(j, "continuous") for j in range(3)]


def customers(n, seed):
    return make_customers(n, random_state=seed)[0]


def permuted(X, seed):
    rng = np.random.default_rng(seed)
    return X.apply(lambda column: column.iloc[rng.permutation(len(X))].to_numpy())


@pytest.mark.slow
@pytest.mark.parametrize(
    "classifier",
    [
        GaussianNB(),
        KNeighborsClassifier(15),
        DecisionTreeClassifier(max_depth=3),
    ],
    ids=lambda c: type(c).__name__,
)
def test_false_alarms_are_as_rare_as_stated(classifier):
    p_values = []
    for seed in range(100):
        rng = np.random.default_rng(seed)
        Z = rng.normal(size=(200, 3))
        found = detect(NUMBERS, Z[:100], Z[100:], rng, classifier=classifier, cv=3)
        p_values.append(area(found).p_value)
    # at the stated rates, more are found in one of 90 and one of 300 runs
    assert np.sum(np.array(p_values) < 0.05) <= 10
    assert np.sum(np.array(p_values) < 0.01) <= 4


@pytest.mark.slow
def test_rows_of_the_same_distribution_are_not_detected():
    found = detection_auc(customers(1500, 0), customers(1500, 1), random_state=0)
    # the error of 2 x 1500 rows is 0.0105, and up to 1.4 times that of classifiers
    assert abs(found.value - 0.5) < 0.045
    assert found.standard_error == pytest.approx(0.0105, abs=0.001)
    assert found.p_value > 0.001


def test_a_shift_is_detected_as_well_as_possible():
    rng = np.random.default_rng(0)
    real, other = rng.normal(size=(3000, 2)), rng.normal(size=(3000, 2))
    other[:, 0] += 0.5
    found = detection_auc(real, other, classifier=LogisticRegression(), random_state=0)
    best = norm.cdf(0.5 / np.sqrt(2))
    # normal scores are no more than monotone in the cells; four standard errors
    assert abs(found.value - best) < 4 * found.standard_error < 0.03
    assert found.p_value < 1e-10


@pytest.mark.slow
def test_dependence_is_seen_by_the_default_only():
    real, other = customers(1500, 0), permuted(customers(1500, 1), 0)
    strict = detection_auc(real, other, random_state=0)
    assert strict.value > 0.85
    linear = detection_auc(
        real, other, classifier=LogisticRegression(max_iter=500), random_state=0
    )
    assert linear.value < 0.6


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_copies_are_not_detected_in_either_direction(share):
    real = customers(800, 0)
    fresh = customers(800, 1)
    n_copies = int(800 * share)
    other = pd.concat([real[:n_copies], fresh[n_copies:]])
    memory = DecisionTreeClassifier(random_state=0)
    found = detection_auc(real, other, classifier=memory, random_state=0)
    # 0.02 is the error of 2 x 800 rows, by classifiers too
    assert abs(found.value - 0.5) < 0.06
    if share == 1:
        assert found.value == 0.5


def test_repeated_synthetic_rows_are_not_detected_by_their_copies():
    rng = np.random.default_rng(0)
    real, pool = rng.normal(size=(600, 3)), rng.normal(size=(600, 3))
    other = pool[rng.integers(0, 600, 600)]
    memory = DecisionTreeClassifier(random_state=0)
    found = detection_auc(real, other, classifier=memory, random_state=0)
    assert abs(found.value - 0.5) < 0.07


def test_shares_of_few_different_rows_are_detected():
    real = pd.DataFrame({"c": list("ab") * 300})
    other = pd.DataFrame({"c": list("aaab") * 150})
    found = detection_auc(real, other, random_state=0)
    assert found.value == pytest.approx(0.625, abs=0.001)


@pytest.mark.slow
def test_more_damage_is_detected_better():
    real, values = customers(1000, 0), []
    for share in (0.0, 0.3, 0.6, 1.0):
        other = customers(1000, 1)
        rows = other.index < 1000 * share
        other.loc[rows, "total_paid"] *= 1.5
        found = detection_auc(real, other, classifier=FAST, random_state=0)
        values.append(found.value)
    assert np.all(np.diff(values) > 0.05)


def test_importance_finds_the_broken_column():
    rng = np.random.default_rng(0)
    real, other = rng.normal(size=(800, 3)), rng.normal(size=(800, 3))
    other[:, 1] += 1
    found = detect(NUMBERS, real, other, rng, classifier=FAST, importance=True)
    assert found.importance.shape == (3,)
    assert found.importance[1] > 0.15
    assert np.abs(found.importance[[0, 2]]).max() < 0.03
    assert detect(NUMBERS, real, other, rng, classifier=FAST).importance is None


def test_scores_are_of_synthetic_rows_and_of_folds():
    rng = np.random.default_rng(0)
    real, other = rng.normal(size=(300, 3)), rng.normal(3, size=(300, 3))
    found = detect(NUMBERS, real, other, rng, classifier=FAST, cv=3)
    assert_array_equal(found.label, np.repeat([0, 1], 300))
    assert set(found.fold) == {0, 1, 2}
    assert found.score[300:].mean() > found.score[:300].mean()
    assert area(found).value > 0.99


@pytest.mark.parametrize(
    "classifier",
    [LogisticRegression(max_iter=500), LinearSVC(), KNeighborsClassifier()],
    ids=lambda c: type(c).__name__,
)
def test_any_classifier_takes_mixed_tables(classifier):
    real, other = customers(300, 0), customers(300, 1)
    other["refunds"] = np.nan
    other["country"] = "FR"
    found = detection_auc(real, other, classifier=classifier, random_state=0)
    assert found.value > 0.95
    assert not hasattr(classifier, "classes_")


def test_missing_cells_are_seen():
    rng = np.random.default_rng(0)
    real, other = rng.normal(size=(400, 2)), rng.normal(size=(400, 2))
    other[:200, 0] = np.nan
    for classifier in (FAST, LogisticRegression()):
        found = detection_auc(real, other, classifier=classifier, random_state=0)
        # half of the rows are known for certain
        assert found.value == pytest.approx(0.75, abs=0.06)


def test_units_do_not_matter():
    real, other = customers(300, 0), customers(300, 1)
    expected = detection_auc(real, other, classifier=FAST, random_state=0)
    for table in (real, other):
        table["income"] = table["income"] * 1024
    found = detection_auc(real, other, classifier=FAST, random_state=0)
    assert_allclose(found, expected)


@pytest.mark.slow
def test_order_of_rows_matters_by_chance_only():
    real, other = customers(600, 0), customers(600, 1)
    other["visits"] += 1
    expected = detection_auc(real, other, classifier=FAST, random_state=0)
    found = detection_auc(real[::-1], other[::-1], classifier=FAST, random_state=0)
    assert abs(found.value - expected.value) < 3 * found.standard_error


def test_containers_agree_and_are_left_alone():
    real, other = customers(200, 0), customers(150, 1)
    names = ["income", "monthly_fee", "months", "visits", "refunds"]
    real, other = real[names], other[names]
    copy = real.copy()
    expected = detection_auc(real, other, classifier=FAST, random_state=0)
    arrays = (X.to_numpy(float) for X in (real, other))
    for tables in (map(pl.from_pandas, (real, other)), arrays):
        found = detection_auc(*tables, classifier=FAST, random_state=0)
        assert found == expected
    pd.testing.assert_frame_equal(real, copy)


def test_tables_are_thinned_to_the_same_size():
    rng = np.random.default_rng(0)
    a, b = np.arange(10.0)[:, None], np.arange(7.0)[:, None]
    for max_rows, n in ((None, 7), (20, 7), (4, 4)):
        found = thin_to_same_size(a, b, rng, max_rows)
        assert [len(np.unique(x)) for x in found] == [n, n]
    Z = rng.normal(size=(500, 3))
    few = detection_auc.core(
        NUMBERS, Z, Z + 9, make_rng(0), classifier=FAST, max_rows=50
    )
    assert few.value > 0.9


def test_columns_without_cells_are_passed_over():
    rng = np.random.default_rng(0)
    real, other = rng.normal(size=(100, 3)), rng.normal(2, size=(100, 3))
    for Z in (real, other):
        Z[:, 1] = np.nan
    other[1:, 2] = real[:, 2] = np.nan  # a single cell
    for classifier in (FAST, LogisticRegression()):
        found = detect(
            NUMBERS, real, other, rng, classifier=classifier, importance=True
        )
        assert area(found).value > 0.8
        assert found.importance[1] == 0
    nothing = pd.DataFrame({"x": [np.nan] * 30})
    found = detection_auc(nothing, nothing, random_state=0)
    assert found.value == 0.5
    assert found.p_value == 1


def test_errors_name_what_is_wrong():
    few = np.arange(3.0)[:, None]
    with pytest.raises(ValueError, match=r"cv=5 folds .* 3 rows of real and 3"):
        detection_auc(few, few + 10)
    with pytest.raises(ValueError, match="cv"):
        detection_auc(few, few, cv=1)
    with pytest.raises(ValueError, match="classifier"):
        detection_auc(few, few, classifier=object())


@pytest.mark.parametrize("classifier", [None, LogisticRegression()])
def test_rules_are_seen_if_they_are_passed(classifier):
    real, other = ruled(300, 0), break_rule(ruled(300, 1), 6, 1.0, 0)
    options = {"classifier": classifier, "random_state": 0}
    plain = detection_auc(real, other, **options).value
    # a cent in a hundred: only the difference shows it
    assert plain < 0.6
    assert detection_auc(real, other, rules=RULES, **options).value > 0.99
    kept = detection_auc(real, ruled(300, 2), rules=RULES, **options)
    assert abs(kept.value - 0.5) < 4 * kept.standard_error


def test_no_rules_change_nothing():
    real, other = ruled(100, 0), break_rule(ruled(100, 1), 0, 0.5, 0)
    plain = detection_auc(real, other, random_state=0)
    assert detection_auc(real, other, rules=[], random_state=0) == plain
    assert detection_auc(real, other, rules=None, random_state=0) == plain
