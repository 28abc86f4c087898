from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skgen._math.statistics import gower as module
from skgen._math.statistics.gower import Gower, count_within, fit_gower, nearest

DISCRETE = [False, True, False, True]
COLUMNS = [SimpleNamespace(discrete=discrete) for discrete in DISCRETE]


def mixed_rows(n, seed, missing=0.1):
    """Rows of few values, so that distances tie."""
    rng = np.random.default_rng(seed)
    Z = np.column_stack(
        [
            rng.integers(0, 5, n) / 4,
            rng.integers(0, 3, n),
            1e6 + 1e3 * rng.normal(size=n),
            rng.integers(0, 300, n),
        ]
    )
    Z[rng.random(Z.shape) < missing] = np.nan
    return Z


def slow_distance(scale, a, b):
    total = 0.0
    for j in range(len(a)):
        if np.isnan(a[j]) or np.isnan(b[j]):
            total += np.isnan(a[j]) != np.isnan(b[j])
        elif DISCRETE[j]:
            total += a[j] != b[j]
        else:
            total += min(1.0, abs(a[j] - b[j]) / scale[j])
    return total / len(a)


def slow_euclidean(scale, a, b):
    total = 0.0
    for j in range(len(a)):
        if np.isnan(a[j]) or np.isnan(b[j]):
            missing = np.isnan(a[j]) != np.isnan(b[j])
            total += missing * (2 if DISCRETE[j] else 1)
        elif DISCRETE[j]:
            total += 2 * (a[j] != b[j])
        else:
            total += min(1.0, ((a[j] - b[j]) / scale[j]) ** 2)
    return np.sqrt(total)


def slow_nearest(scale, queries, reference, k, exclude=None, measure=slow_distance):
    D = np.array([[measure(scale, a, b) for b in reference] for a in queries])
    if exclude is not None:
        for i, j in enumerate(exclude):
            if j >= 0:
                D[i, j] = np.inf
    D = np.round(D, 12)
    position = np.argsort(D, axis=1, kind="stable")[:, :k]
    return np.take_along_axis(D, position, axis=1), position


@pytest.mark.parametrize("block", [1, 150, module.BLOCK])
@pytest.mark.parametrize("n_neighbors", [1, 4])
def test_rows_found_are_those_of_all_pairs(block, n_neighbors, monkeypatch):
    monkeypatch.setattr(module, "BLOCK", block)
    reference, queries = mixed_rows(60, 0), mixed_rows(40, 1)
    queries[3, 2] = 1e12  # a wild cell
    gower = fit_gower(COLUMNS, reference)
    distance, position = nearest(gower, queries, reference, n_neighbors=n_neighbors)
    expected = slow_nearest(gower.scale, queries, reference, n_neighbors)
    assert_allclose(distance, expected[0], atol=1e-12)
    assert_array_equal(position, expected[1])


def test_euclidean_distances_are_those_of_all_pairs():
    reference, queries = mixed_rows(60, 11), mixed_rows(40, 12)
    gower = fit_gower(COLUMNS, reference)
    found = nearest(gower, queries, reference, n_neighbors=3, euclidean=True)
    expected = slow_nearest(gower.scale, queries, reference, 3, measure=slow_euclidean)
    assert_allclose(found[0], expected[0], atol=1e-12)
    assert_array_equal(found[1], expected[1])


def test_rows_on_the_sphere_are_counted():
    reference, queries = mixed_rows(80, 13), mixed_rows(50, 14)
    gower = fit_gower(COLUMNS, reference)
    radius = nearest(gower, queries, reference, n_neighbors=6)[0][:, 5]
    exclude = np.where(np.arange(50) % 2, np.arange(50), -1)
    found = count_within(gower, queries, reference, radius, exclude=exclude)
    D = np.array(
        [[slow_distance(gower.scale, a, b) for b in reference] for a in queries]
    )
    inside = radius[:, None] + 1e-9 >= D
    inside[np.arange(1, 50, 2), np.arange(1, 50, 2)] = False
    assert_array_equal(found, inside.sum(axis=1))
    assert (found[::2] >= 6).all()


def test_a_row_does_not_find_what_is_excluded(monkeypatch):
    monkeypatch.setattr(module, "BLOCK", 500)  # ten queries at a time
    Z = mixed_rows(50, 2)
    gower = fit_gower(COLUMNS, Z)
    own = np.arange(50)
    own[::3] = -1
    distance, position = nearest(gower, Z, Z, n_neighbors=3, exclude=own)
    expected = slow_nearest(gower.scale, Z, Z, 3, own)
    assert_allclose(distance, expected[0], atol=1e-12)
    assert_array_equal(position, expected[1])
    assert (distance[::3, 0] == 0).all()
    assert not (position == np.where(own < 0, -5, own)[:, None]).any()


def test_equal_rows_are_at_no_distance_and_the_first_is_found():
    Z = mixed_rows(30, 3)
    gower = fit_gower(COLUMNS, Z)
    distance, position = nearest(gower, Z, np.concatenate([Z, Z]), n_neighbors=2)
    assert_array_equal(distance, 0)
    assert_array_equal(position, np.arange(30)[:, None] + [0, 30])


def test_the_scale_is_the_range_of_known_cells():
    Z = np.array([[1.0, 0, 5, 1], [4.0, 1, 5, 2], [np.nan, 1, np.nan, 3]])
    gower = fit_gower(COLUMNS, Z)
    # the third column is constant: there is no range to compare by
    assert_array_equal(gower.discrete, [False, True, True, True])
    assert_array_equal(gower.scale, [3, 1, 1, 1])


def test_a_cell_counts_one_at_most_and_missing_cells_equal_each_other():
    gower = Gower(np.array([False, False, True]), np.array([2.0, 1.0, 1.0]))
    reference = np.array([[0.0, np.nan, 0.0]])
    queries = np.array(
        [[1.0, np.nan, 0], [1e300, np.nan, np.nan], [np.nan, 0, 1], [-1e9, 0, 0]]
    )
    distance, _ = nearest(gower, queries, reference)
    assert_allclose(distance[:, 0], np.array([0.5, 2, 3, 2]) / 3, atol=1e-12)


def test_missing_columns_and_codes_that_the_reference_lacks():
    reference, queries = mixed_rows(20, 4), mixed_rows(20, 5)
    reference[:, 0] = np.nan
    queries[:, 1] = 7
    gower = fit_gower(COLUMNS, reference)
    distance, _ = nearest(gower, queries, reference)
    expected, _ = slow_nearest(gower.scale, queries, reference, 1)
    assert_allclose(distance, expected, atol=1e-12)
    assert (distance >= 0.25).all()
    assert (distance <= 1).all()


def test_too_few_rows_leave_infinite_distances():
    Z = mixed_rows(2, 6)
    gower = fit_gower(COLUMNS, Z)
    distance, position = nearest(gower, Z, Z, n_neighbors=3, exclude=np.arange(2))
    assert_array_equal(position[:, 1:], -1)
    assert np.isinf(distance[:, 1:]).all()
    assert_array_equal(position[:, 0], [1, 0])


def test_the_matrix_of_all_pairs_is_never_held(monkeypatch):
    held = []

    class Recorded(module._Space):
        def distances(self, *args):
            D = super().distances(*args)
            held.append(D.shape)
            return D

    monkeypatch.setattr(module, "_Space", Recorded)
    monkeypatch.setattr(module, "BLOCK", 1000)
    reference, queries = mixed_rows(90, 7), mixed_rows(105, 8)
    nearest(fit_gower(COLUMNS, reference), queries, reference)
    assert max(rows * columns for rows, columns in held) <= 1000
    assert sum(rows for rows, _ in held) == 105


def test_numbers_far_from_zero_keep_their_digits():
    # single precision holds steps of 128 near 2 ** 30
    reference = 2.0**30 + np.arange(100.0)[:, None]
    gower = fit_gower([SimpleNamespace(discrete=False)], reference)
    distance, position = nearest(gower, reference + 0.2, reference)
    assert_array_equal(position[:, 0], np.arange(100))
    assert_allclose(distance[:, 0], 0.2 / 99, atol=1e-9)


def test_inputs_are_unchanged():
    reference, queries = mixed_rows(20, 9), mixed_rows(20, 10)
    copies = reference.copy(), queries.copy()
    nearest(fit_gower(COLUMNS, reference), queries, reference, n_neighbors=2)
    assert_array_equal(reference, copies[0])
    assert_array_equal(queries, copies[1])


def test_more_categories_than_a_byte_holds_are_distinguished():
    # one row for each of them, and another column to be misled by
    Z = np.column_stack([np.arange(600.0), np.arange(600.0) % 2])
    gower = Gower(np.ones(2, dtype=bool), np.ones(2))
    distance, position = nearest(gower, Z, Z[::-1])
    assert_array_equal(distance, 0)
    assert_array_equal(position[:, 0], np.arange(600)[::-1])
