import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import GradientBoostingRegressor, HistGradientBoostingRegressor
from sklearn.linear_model import QuantileRegressor, Ridge
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import QuantileTransformer
from sklearn.tree import DecisionTreeRegressor

from skgen.conditionals._quantile_models import (
    QuantileShape,
    ResidualShape,
    level_parameter,
)

BOOSTING = HistGradientBoostingRegressor


@pytest.mark.parametrize(
    ("regressor", "expected"),
    [
        (QuantileRegressor(), "quantile"),
        (BOOSTING(loss="quantile"), "quantile"),
        (GradientBoostingRegressor(loss="quantile"), "alpha"),
        (
            make_pipeline(QuantileTransformer(), BOOSTING(loss="quantile")),
            "histgradientboostingregressor__quantile",
        ),
        (TransformedTargetRegressor(QuantileRegressor()), "regressor__quantile"),
        (BOOSTING(), None),
        (GradientBoostingRegressor(), None),
        (Ridge(), None),
        (make_pipeline(QuantileTransformer(), Ridge()), None),
    ],
)
def test_quantile_regressors_are_recognised(regressor, expected):
    assert level_parameter(regressor) == expected


def test_quantile_regressors_of_xgboost_are_recognised():
    xgboost = pytest.importorskip("xgboost")
    plain = xgboost.XGBRegressor()
    assert level_parameter(plain) is None
    plain.set_params(objective="reg:quantileerror")
    assert level_parameter(plain) == "quantile_alpha"


def _fan(n_rows):
    """A number whose location and spread depend on the first of two features."""
    rng = np.random.default_rng(0)
    F = rng.uniform(-1, 1, size=(n_rows, 2))
    return F, F[:, 0] + np.exp(F[:, 0]) * rng.normal(size=n_rows), rng


@pytest.mark.parametrize(
    "shape",
    [
        ResidualShape(Ridge(), 5),
        QuantileShape(QuantileRegressor(alpha=0), "quantile", 19),
    ],
)
def test_location_and_spread_follow_the_features(shape):
    F, u, rng = _fan(500)
    shape.fit(F, u, np.ones(500), rng)
    at = np.array([[-0.8, 0.0], [0.8, 0.0]])
    knots, levels = shape.predict(at)
    middle, upper, lower = (
        np.argmin(np.abs(levels - level)) for level in (0.5, 0.84, 0.16)
    )
    assert_allclose((knots[:, middle] - at[:, 0]) / np.exp(at[:, 0]), 0, atol=0.3)
    spread = (knots[:, upper] - knots[:, lower]) / 2
    assert_allclose(spread, np.exp(at[:, 0]), rtol=0.35)


@pytest.mark.parametrize(
    "regressor", [DecisionTreeRegressor(min_samples_leaf=3), KNeighborsRegressor(3)]
)
def test_residuals_of_a_regressor_that_overfits_stay_wide(regressor):
    rng = np.random.default_rng(0)
    F, u = rng.normal(size=(500, 1)), rng.normal(size=500)
    shape = ResidualShape(regressor, 5).fit(F, u, np.ones(500), rng)
    knots, levels = shape.predict(rng.normal(size=(500, 1)))
    low, high = (np.searchsorted(levels, level) for level in (0.1, 0.9))
    fresh = rng.normal(size=500)
    covered = np.mean((knots[:, low] <= fresh) & (fresh <= knots[:, high]))
    # nominally 0.8; residuals of the rows fitted to would cover 0.6 or less
    assert covered > 0.7
    # the spread cannot be predicted, and predictions are shrunk
    assert shape.slope < 0.5


def test_weights_count_like_repeated_rows():
    F, u, rng = _fan(300)
    weights = rng.integers(1, 3, 300)
    rows = np.repeat(np.arange(300), weights)
    weighted = ResidualShape(Ridge(), 5).fit(F, u, weights * 1.0, rng)
    repeated = ResidualShape(Ridge(), 5).fit(F[rows], u[rows], np.ones(len(rows)), rng)
    inner = slice(len(weighted.levels) // 10, -len(weighted.levels) // 10)
    found, expected = (shape.predict(F)[0][:, inner] for shape in (weighted, repeated))
    assert_allclose(found, expected, atol=0.3)


@pytest.mark.parametrize(
    "shape",
    [ResidualShape(Ridge(), 5), QuantileShape(QuantileRegressor(), "quantile", 9)],
)
def test_without_features_all_rows_are_alike(shape):
    rng = np.random.default_rng(0)
    u = rng.normal(size=1000)
    shape.fit(np.empty((1000, 0)), u, np.ones(1000), rng)
    knots, levels = shape.predict(np.empty((2, 0)))
    assert_allclose(knots, np.tile(np.quantile(u, levels), (2, 1)), atol=0.05)
