import numpy as np
import pandas as pd
from numpy.testing import assert_array_equal

from skgen._plan.lookup import fit_lookup
from skgen._plan.units import Units
from skgen.table import TableCodec

nan = np.nan


def units_of(X):
    codec = TableCodec(identifiers="learn").fit(X)
    return Units(codec), codec.encode(X)


def test_a_lookup_knows_seen_levels_and_what_they_leave():
    X = pd.DataFrame({"city": list("abcd"), "state": ["s", "s", "t", "t"]})
    units, Z = units_of(X)
    step = fit_lookup(Z, 1, (0,))
    assert_array_equal(step.compute(Z, units), Z[:, 1])
    unknown = np.array([[nan, 0.0], [nan, 1.0], [nan, nan]])
    found = step.allows(unknown, 0, 4, units, None)
    assert_array_equal(found, [[1, 1, 0, 0], [0, 0, 1, 1], [1, 1, 1, 1]])


def test_a_lookup_takes_the_most_frequent_of_different_rows():
    X = pd.DataFrame({"city": list("aaab"), "state": list("stts")})
    units, Z = units_of(X)
    step = fit_lookup(Z, 1, (0,))
    assert_array_equal(step.compute(Z, units), [1, 1, 1, 0])
