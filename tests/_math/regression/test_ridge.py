import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.linear_model import Ridge

from skgen._math.regression.ridge import PENALTIES, decompose, fit_ridge


def _problem(n_rows, n_features, seed=0):
    rng = np.random.default_rng(seed)
    F = rng.normal(size=(n_rows, n_features)) @ rng.normal(size=(n_features,) * 2)
    y = F @ rng.normal(size=n_features) / n_features + rng.normal(size=n_rows)
    return F, y, rng.choice([0.5, 1.0, 2.0], n_rows)


@pytest.mark.parametrize("shape", [(40, 5), (12, 30), (5, 1)])
def test_left_out_predictions_are_those_of_models_fitted_again(shape):
    F, y, weights = _problem(*shape)
    mean = weights @ F / weights.sum()
    squares = (weights[:, None] * (F - mean) ** 2).sum()
    found = fit_ridge(decompose(F, weights), y)
    errors = []
    for penalty in PENALTIES * squares / F.shape[1]:
        left_out = np.empty(len(y))
        for i in range(len(y)):
            rest = np.arange(len(y)) != i
            model = Ridge(penalty, solver="svd")
            model.fit(F[rest], y[rest], sample_weight=weights[rest])
            left_out[i] = model.predict(F[[i]])[0]
        errors.append((weights @ (y - left_out) ** 2, penalty, left_out))
    _, penalty, left_out = min(errors, key=lambda found: found[0])
    whole = Ridge(penalty, solver="svd").fit(F, y, sample_weight=weights)
    assert_allclose(found.left_out, left_out, rtol=1e-6, atol=1e-8)
    assert_allclose(found.coef, whole.coef_, rtol=1e-6, atol=1e-8)
    assert_allclose(found.intercept, whole.intercept_, rtol=1e-6, atol=1e-8)


def test_equal_columns_and_constants_do_no_harm():
    F, y, weights = _problem(30, 3)
    twice = np.column_stack([F, F[:, 0], np.ones(30)])
    found = fit_ridge(decompose(twice, weights), y)
    assert np.isfinite(found.coef).all()
    assert found.coef[4] == pytest.approx(0.0, abs=1e-9)
    assert_allclose(found.coef[0], found.coef[3])


def test_without_a_feature_that_varies_the_mean_of_the_other_rows_is_predicted():
    y, weights = np.array([1.0, 2.0, 6.0]), np.array([1.0, 1.0, 2.0])
    found = fit_ridge(decompose(np.ones((3, 2)), weights), y)
    assert found.intercept == pytest.approx(15 / 4)
    assert_allclose(found.left_out, [14 / 3, 13 / 3, 3 / 2])


def test_a_line_without_noise_is_found():
    x = np.linspace(0, 1, 20)
    found = fit_ridge(decompose(x[:, None], np.ones(20)), 3 * x - 1)
    assert_allclose(found.coef, 3.0, rtol=1e-5)
    assert_allclose(found.left_out, 3 * x - 1, atol=1e-4)
