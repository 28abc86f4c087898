import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.stats import mannwhitneyu, norm
from sklearn.metrics import roc_auc_score

from skgen._math.statistics.auc import (
    chance_error,
    cross_validated_auc,
    delong,
    equal_row_folds,
    equal_rows,
)


def slow_delong(label, score):
    """The formulas of DeLong et al. (1988), pair by pair."""
    x, y = score[label == 1], score[label == 0]
    psi = (x[:, None] > y) + (x[:, None] == y) / 2
    variance = psi.mean(1).var(ddof=1) / len(x) + psi.mean(0).var(ddof=1) / len(y)
    return psi.mean(), np.sqrt(variance)


@pytest.mark.parametrize("decimals", [0, 1, 8])
def test_delong_is_that_of_all_pairs(decimals):
    rng = np.random.default_rng(decimals)
    label = rng.integers(0, 2, 150)
    score = np.round(rng.normal(size=150) + 0.7 * label, decimals)
    auc, error = delong(label, score)
    assert_allclose((auc, error), slow_delong(label, score))
    assert_allclose(auc, roc_auc_score(label, score))


def test_delong_covers_the_truth():
    # normal scores one standard deviation apart: the area is P(N(1, 2) > 0)
    rng, truth, inside = np.random.default_rng(0), 0.760250, 0
    label = np.repeat([0, 1], [60, 90])
    for _ in range(400):
        auc, error = delong(label, rng.normal(size=150) + label)
        inside += abs(auc - truth) < 1.96 * error
    # 95 %, three standard errors of 400 coins, and 1 % as the formula is of large n
    assert 0.907 < inside / 400 < 0.983


def test_a_single_row_of_a_label_has_no_standard_error():
    auc, error = delong(np.array([1, 0, 0]), np.array([2.0, 1.0, 3.0]))
    assert auc == 0.5
    assert np.isnan(error)


@pytest.mark.parametrize("decimals", [0, 8])
def test_chance_error_is_that_of_mann_and_whitney(decimals):
    rng = np.random.default_rng(0)
    label = np.repeat([0, 1], [40, 70])
    score = np.round(rng.normal(size=110) + 0.3 * label, decimals)
    z = (delong(label, score)[0] - 0.5) / chance_error(label, score)
    expected = mannwhitneyu(
        score[label == 1], score[label == 0], use_continuity=False, method="asymptotic"
    ).pvalue
    assert_allclose(2 * norm.sf(abs(z)), expected)
    assert chance_error(label, np.zeros(110)) == 0


def test_folds_are_not_compared_with_each_other():
    label = np.tile([0, 1], 20)
    fold = np.repeat([0, 1], 20)
    score = label + 10.0 * fold
    score[fold == 1] *= -1
    auc, error, chance = cross_validated_auc(label, score, fold)
    assert auc == 0.5  # one fold in order, the other in reverse
    assert error == 0
    assert_allclose(chance, chance_error(label[:20], score[:20]) / np.sqrt(2))


def test_errors_of_folds_are_those_of_a_mean():
    rng = np.random.default_rng(0)
    label, fold = np.tile([0, 1], 60), np.repeat([0, 1, 2], 40)
    score = rng.normal(size=120) + label
    auc, error, chance = cross_validated_auc(label, score, fold)
    parts = [delong(label[fold == k], score[fold == k]) for k in range(3)]
    assert_allclose(auc, np.mean([part[0] for part in parts]))
    assert_allclose(error, np.sqrt(sum(part[1] ** 2 for part in parts)) / 3)
    # 20 of each in each of three folds, without ties
    assert_allclose(chance, np.sqrt(41 / (12 * 400) / 3))


def test_copies_that_are_most_of_a_table_are_dealt():
    rng = np.random.default_rng(0)
    X = np.vstack([rng.normal(size=(9, 2)), np.zeros((9, 2))])
    fold = equal_row_folds(X, np.repeat([0, 1], 9), 5, rng)
    assert set(fold[9:]) == set(range(5))


def test_equal_rows_have_equal_numbers():
    X = np.array([[0, 1], [np.nan, 1], [0, 1], [np.nan, 1], [1, 0], [0, -0.0]])
    group = equal_rows(X)
    assert group[0] == group[2]
    assert group[1] == group[3]
    assert len(set(group)) == 4


def test_rare_copies_are_kept_together():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 2))
    X = np.vstack([X, X[:100], X[:50], rng.normal(size=(150, 2))])
    label = np.repeat([0, 1], 300)
    fold = equal_row_folds(X, label, 5, rng)
    for k in np.unique(equal_rows(X)):
        assert len(set(fold[equal_rows(X) == k])) == 1
    counts = np.array([np.bincount(fold[label == k], minlength=5) for k in (0, 1)])
    # 60 rows each; one group more or less of each of the six make-ups
    assert np.abs(counts - 60).max() <= 6


def test_common_rows_are_dealt_by_label():
    rng = np.random.default_rng(0)
    X = rng.integers(0, 3, (600, 1)).astype(float)
    label = np.repeat([0, 1], [200, 400])
    fold = equal_row_folds(X, label, 5, rng)
    for value in (0, 1):
        for k in range(3):
            rows = (label == value) & (X[:, 0] == k)
            counts = np.bincount(fold[rows], minlength=5)
            assert counts.max() - counts.min() <= 1


def test_distinct_rows_make_even_folds():
    rng = np.random.default_rng(0)
    label = np.repeat([0, 1], [23, 41])
    fold = equal_row_folds(rng.normal(size=(64, 3)), label, 5, rng)
    for value in (0, 1):
        counts = np.bincount(fold[label == value], minlength=5)
        assert counts.max() - counts.min() <= 1


def test_a_single_row_of_a_label_leaves_the_error_unknown():
    label, score = np.array([1, 1, 1, 0]), np.array([0.3, 0.1, 0.9, 0.2])
    for one in (label, 1 - label):
        auc, error = delong(one, score)
        assert_allclose(auc, roc_auc_score(one, score))
        assert np.isnan(error)


def test_two_rows_of_each_label_have_an_error():
    label, score = np.array([1, 0, 1, 0]), np.array([0.3, 0.1, 0.9, 0.4])
    assert_allclose(delong(label, score), slow_delong(label, score))
