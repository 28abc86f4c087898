import numpy as np
from numpy.testing import assert_array_equal

from skgen._plan.checks import ImpliedCheck, OrderCheck, SignCheck, directions
from skgen._plan.units import Units
from skgen.table import TableCodec

X = np.array([[1.0, 2.0], [3.0, 3.0], [5.0, 4.0]])


def units_of(X):
    codec = TableCodec().fit(X)
    return Units(codec), codec.encode(X)


def test_orders():
    units, Z = units_of(X)
    assert_array_equal(OrderCheck(0, 1, False).holds(Z, units), [True, True, False])
    assert_array_equal(OrderCheck(0, 1, True).holds(Z, units), [True, False, False])
    unknown = np.where([True, False], Z, np.nan)
    assert OrderCheck(0, 1, True).holds(unknown, units).all()
    low, high = OrderCheck(0, 1, False).limits(Z, 1, units)
    assert_array_equal(low, Z[:, 0])
    assert np.isposinf(high).all()


def test_implications_and_signs():
    units, Z = units_of(X)
    assert_array_equal(ImpliedCheck(1, 0, 3.0, 3.0).holds(Z, units), True)
    assert_array_equal(
        ImpliedCheck(1, 0, 3.0, 4.0).holds(Z, units), [True, False, True]
    )
    units, Z = units_of(X - 2)
    assert_array_equal(SignCheck(0).holds(Z, units), [False, True, True])


def test_what_a_distance_describes_best():
    rng = np.random.default_rng(0)
    day = rng.integers(0, 300, 2000).astype(float)
    # a delivery takes few days: the later date is best told by them
    assert directions(day, day + rng.integers(0, 5, 2000))[0] in ("upper", "lower")
    # few round limits, and what is used of them: the limit is kept as it is
    limit = rng.choice([1000.0, 5000.0, 20_000.0], 2000)
    used = np.round(limit * rng.random(2000), 2)
    assert directions(used, limit) == ["lower"]
    # neither: few values on both sides, and more distances
    low, high = rng.choice([1.0, 4.0], 2000), rng.choice([5.0, 9.0, 20.0], 2000)
    assert directions(low, high) == []
    assert directions(np.full(3, np.nan), high[:3]) == []
