import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse

from skgen._math.columns.mixed import Split
from skgen._math.mixture import density
from skgen._math.mixture.density import sort_parts
from skgen.generators import _mixture_start
from skgen.generators._mixture_start import cluster_rows, search_sizes, start_features


def test_search_doubles_and_then_halves_the_gaps():
    curve = {size: (size - 11) ** 2 for size in range(1, 40)}
    for best, largest in ((11, 39), (5, 5), (1, 1)):
        bics = {}
        for size in search_sizes(bics, largest):
            assert size not in bics
            bics[size] = curve[size]
        found = min(bics, key=bics.get)
        assert abs(found - best) <= best / 4
        assert max(bics) <= largest


@pytest.mark.parametrize("dense", [True, False])
def test_features_are_those_of_the_rows_of_all_parts(dense, monkeypatch):
    monkeypatch.setattr(density, "PART_ROWS", 2)
    monkeypatch.setattr(_mixture_start, "_DENSE_CODES", 3 if dense else 1)
    u = np.array([[1.0], [np.nan], [3.0], [5.0], [np.nan]])
    code = np.array([[0.0], [1.0], [np.nan], [2.0], [0.0]])
    parts, order = sort_parts(Split(u, u, u, code), np.array([3]))
    found = start_features(parts)
    assert sparse.issparse(found) is not dense
    found = found if dense else found.toarray()
    # the mean where nothing is known
    assert_array_equal(found[:, 0], np.array([1.0, 3, 3, 5, 3])[order])
    indicators = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 0], [0, 0, 1], [1, 0, 0]])
    assert_array_equal(found[:, 1:], indicators[order])


def test_clusters_are_told_by_indicators():
    features = np.repeat([[0.0], [10.0], [20.0]], 5, axis=0)
    found = cluster_rows(features, np.ones(15), 3, np.random.default_rng(0))
    assert_array_equal(found.sum(axis=1), 1)
    assert_array_equal(found.sum(axis=0), 5)
    assert (found[:5] == found[0]).all()
    # nothing to tell rows apart by
    empty = cluster_rows(np.empty((4, 0)), np.ones(4), 2, np.random.default_rng(0))
    assert_array_equal(empty, 0.5)
