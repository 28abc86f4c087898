import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skgen._math.columns.marginals import interpolate


@pytest.mark.parametrize("n_samples", [0, 1, 5, 300])
@pytest.mark.parametrize("n_knots", [1, 2, 50])
def test_numbers_are_those_of_numpy(n_samples, n_knots):
    rng = np.random.default_rng(0)
    knots = np.sort(rng.normal(size=n_knots))
    values = rng.normal(size=n_knots)
    x = rng.normal(size=n_samples)
    x[::4] = np.nan
    x[1::4] = knots[0]
    assert_array_equal(interpolate(x, knots, values), np.interp(x, knots, values))


def test_a_single_number():
    assert interpolate(0.25, [0.0, 1.0], [0.0, 4.0]) == 1.0
    assert np.isnan(interpolate(np.nan, [0.0, 1.0], [0.0, 4.0]))
