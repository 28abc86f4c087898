import numpy as np
from numpy.testing import assert_allclose
from scipy.special import ndtr, ndtri, softmax

from skgen._math.factor_analysis.marginal import factor_curve
from skgen._math.factor_analysis.model import FactorModel


def _model():
    return FactorModel(
        mean=np.array([0.2, -0.1]),
        loadings=np.array([[0.9, 0.0], [0.3, -0.6]]),
        noise=np.array([0.19, 0.5]),
        bias=np.array([0.5, -0.5, 0.0, 0.2, -0.1]),
        slopes=np.array(
            [[2.0, 0.5], [-2.0, -0.5], [0.0, 1.0], [0.5, -1.0], [0.0, 0.0]]
        ),
        starts=np.array([0, 2]),
        shares=np.array([0.5, 0.5, 0.4, 0.3, 0.3]),
    )


def test_a_score_of_its_own_is_normal():
    u, v = factor_curve(_model(), 1, [])
    assert_allclose(u, -0.1 + v * np.sqrt(0.45 + 0.5), atol=1e-9)


def test_a_score_given_levels_is_weighted_by_their_probability():
    model, rng = _model(), np.random.default_rng(0)
    f = rng.normal(size=(400_000, 2))
    x = model.mean[0] + f @ model.loadings[0] + np.sqrt(0.19) * rng.normal(size=len(f))
    weight = softmax(model.bias[:2] + f @ model.slopes[:2].T, axis=1)[:, 0]
    weight *= softmax(model.bias[2:] + f @ model.slopes[2:].T, axis=1)[:, 1]
    u, v = factor_curve(model, 0, [(0, 0), (1, 1)])
    order = np.argsort(x)
    cumulative = np.cumsum(weight[order]) / weight.sum()
    at = ndtri(cumulative[::1000])
    # five standard errors of the simulated share
    assert_allclose(
        ndtr(np.interp(x[order][::1000], u, v)), ndtr(at), atol=5 * 0.5 / 400
    )
