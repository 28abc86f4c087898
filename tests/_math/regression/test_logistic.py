import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.special import softmax
from sklearn.linear_model import LogisticRegression

from skgen._math.regression.logistic import fit_logistic


@pytest.mark.parametrize("n_classes", [2, 4])
def test_each_fold_has_the_minimum_that_another_solver_finds(n_classes):
    rng = np.random.default_rng(0)
    F = rng.normal(size=(150, 4)) * [1.0, 1.0, 10.0, 0.1] + [0.0, 5.0, 0.0, 0.0]
    y = rng.integers(n_classes, size=150)
    y[F[:, 0] > 0.8] = 1
    weights = rng.choice([1.0, 2.0], 150)[:, None] * (rng.random((150, 3)) < 0.7)
    coef, intercept = fit_logistic(F, y, weights, n_classes, 2.0)
    for fold, w in enumerate(weights.T):
        # the penalty is shared by symmetric coefficients of two classes
        model = LogisticRegression(C=1 / 2.0 if n_classes > 2 else 1.0, tol=1e-9)
        model.set_params(max_iter=2_000).fit(F[w > 0], y[w > 0], sample_weight=w[w > 0])
        found = softmax(F @ coef[:, fold] + intercept[fold], axis=1)
        assert_allclose(found, model.predict_proba(F), atol=2e-3)


def test_a_class_that_a_fold_has_not_seen_is_possible_and_rare():
    rng = np.random.default_rng(1)
    F, y = rng.normal(size=(90, 2)), np.repeat([0, 1, 2], 30)
    weights = np.column_stack([np.ones(90), np.where(y < 2, 1.0, 0.0)])
    coef, intercept = fit_logistic(F, y, weights, 3, 1.0)
    unseen = softmax(F @ coef[:, 1] + intercept[1], axis=1)[:, 2]
    assert unseen.min() > 0
    assert unseen.max() < 0.02


def test_weights_count_like_repeated_rows():
    rng = np.random.default_rng(2)
    F, y = rng.normal(size=(60, 3)), rng.integers(3, size=60)
    times = rng.integers(1, 4, 60)
    weighed = fit_logistic(F, y, times[:, None].astype(float), 3, 1.0)
    repeated = np.repeat(F, times, axis=0), np.repeat(y, times)
    ones = np.ones((times.sum(), 1))
    for one, other in zip(weighed, fit_logistic(*repeated, ones, 3, 1.0), strict=True):
        assert_allclose(one, other, atol=1e-3)
