import numpy as np
from numpy.testing import assert_allclose, assert_array_equal

from skgen._plan.fit import fit_plan
from skgen._plan.shares import LargestPart, PartsCheck
from skgen._plan.units import Units
from skgen.rules import Linear
from skgen.table import TableCodec

X = np.array([[50.5, 30.0, 19.5], [10.5, 80.0, 9.5], [20.0, 30.5, 49.5]])
RULE = Linear(0, {1: -1, 2: -1}, constant=100)


def plan_of(X):
    codec = TableCodec().fit(X)
    Z = codec.encode(X)
    plan = fit_plan([RULE], codec, Z)
    wide = np.full((len(Z), plan.n_columns), np.nan)
    wide[:, :3] = Z
    plan.measure(wide)
    return plan, wide


def test_the_largest_part_is_what_is_left():
    plan, wide = plan_of(X)
    assert plan.kept == [RULE]
    assert_array_equal(wide[:, 3], [0, 1, 2])
    # it is not among the parts that are drawn
    assert_array_equal(np.isnan(wide[:, 4:]), np.eye(3, dtype=bool))
    drawn = wide.copy()
    drawn[:, :3] = np.nan
    assert_allclose(plan.complete(drawn)[:, :3], wide[:, :3])


def test_a_part_that_is_missing_follows_from_the_others():
    plan, wide = plan_of(X)
    known = wide.copy()
    known[[0, 1, 2], [0, 0, 1]] = np.nan
    known[:, 3:] = np.nan
    plan.measure(known)
    assert_allclose(plan.deduce(known)[:, :3], wide[:, :3])


def test_rows_with_another_largest_part_or_below_the_range_are_drawn_again():
    codec = TableCodec().fit(X)
    units, Z = Units(codec), codec.encode(X)
    check = PartsCheck((0, 1, 2), 3, (10.5, 30.0, 9.5), (4, 5, 6), 100.0)
    assert_array_equal(LargestPart((0, 1, 2), 100.0).measure(Z, units), [0, 1, 2])
    right = np.column_stack([Z, [0, 1, 2]])
    assert check.holds(right, units).all()
    assert_array_equal(
        check.holds(np.column_stack([Z, [1, 1, 2]]), units), [False, True, True]
    )
    below = right.copy()
    below[0, 1] -= 10
    assert not check.holds(below, units)[0]


def test_a_part_may_be_as_large_as_what_is_left_for_the_largest():
    # .45 + .1 + 0 leaves .45, up to a rounding error
    shares = np.array([[0.45, 0.45, 0.1, 0.0], [0.3, 0.25, 0.25, 0.2]])
    codec = TableCodec().fit(shares)
    units, Z = Units(codec), codec.encode(shares)
    check = PartsCheck((0, 1, 2, 3), 4, (0.0,) * 4, (5, 6, 7, 8), 1.0)
    wide = np.column_stack([Z, [0, 0], Z])
    wide[:, 5] = np.nan
    for position in (6, 7, 8):
        known = wide.copy()
        known[:, position] = np.nan
        _, high = check.limits(known, position, units)
        assert (wide[:, position] <= high).all()
