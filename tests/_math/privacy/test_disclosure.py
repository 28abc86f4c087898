import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

from skgen._math.privacy.disclosure import (
    MIN_COUNT,
    bin_counts,
    frequent_levels,
    level_counts,
    merge_sparse,
    public_edges,
    public_range,
)

NAN = np.nan
NUMBERS = arrays(
    float,
    st.integers(0, 60),
    elements=st.one_of(
        st.floats(-1e6, 1e6, width=32), st.integers(-3, 3).map(float), st.just(NAN)
    ),
)


def test_categories_of_few_rows_are_left_out():
    codes = np.repeat([0.0, 1.0, 2.0, 3.0, NAN], [5, 4, 9, 5, 7])
    assert_array_equal(frequent_levels(codes, 6), [2, 0, 3])
    assert_array_equal(frequent_levels(codes, 6, min_count=9), [2])
    assert_array_equal(level_counts(codes, 6), [5, 4, 9, 5, 0, 0])


def test_a_category_of_no_row_is_never_frequent():
    assert_array_equal(frequent_levels(np.zeros(3), 2, min_count=0), [0])


def test_range_ends_at_the_fifth_number_from_each_end():
    z = np.random.default_rng(0).permutation(np.append(np.arange(100.0), [NAN] * 3))
    assert public_range(z) == (4, 95)
    assert public_range(z, min_count=1) == (0, 99)
    assert public_range(z, tail=0.1) == (9, 90)


@pytest.mark.parametrize(
    "z", [[], [NAN], [1.0] * 4, np.arange(8.0), [0.0] * 4 + [1.0] * 4]
)
def test_no_range_of_too_few_rows(z):
    assert np.isnan(public_range(np.array(z))).all()
    edges, width = public_edges(np.array(z), 10)
    assert len(edges) == 0
    assert np.isnan(width)


def test_range_of_one_value_that_enough_rows_hold():
    assert public_range(np.full(5, 3.0)) == (3, 3)
    edges, width = public_edges(np.full(5, 3.0), 10)
    assert_array_equal(edges, [1.5, 4.5])
    assert width == 3
    assert_array_equal(public_edges(np.zeros(5), 10)[0], [-0.5, 0.5])


def test_whole_numbers_are_in_the_middle_of_their_bins():
    z = np.repeat(np.arange(6.0), 5)
    edges, width = public_edges(z, 10, whole=True)
    assert_array_equal(edges, np.arange(7) - 0.5)
    assert width == 1
    # of 6 numbers two are in each of 3 bins
    assert_array_equal(public_edges(z, 4, whole=True)[0], [-0.5, 1.5, 3.5, 5.5])


def test_bins_of_few_rows_are_merged_and_empty_ones_stay():
    z = np.repeat(np.arange(8.0), [9, 5, 0, 0, 2, 2, 3, 8])
    edges = public_edges(z, 8, whole=True)[0]
    assert_array_equal(edges, [-0.5, 0.5, 1.5, 2.5, 3.5, 6.5, 7.5])
    assert_array_equal(bin_counts(z, edges), [9, 5, 0, 0, 7, 8])


@pytest.mark.parametrize(
    ("counts", "left"),
    [
        ([5, 0, 0, 7], [0, 1, 2, 3, 4]),
        ([1, 2, 2, 0, 9], [0, 3, 4, 5]),
        ([9, 0, 3], [0, 3]),
        ([9, 5, 3], [0, 1, 3]),
        ([4], [0, 1]),
        ([1, 0, 2], [0, 3]),
        ([0, 0], [0, 1, 2]),
    ],
)
def test_sparse_bins_are_merged(counts, left):
    edges = np.arange(len(counts) + 1)
    assert_array_equal(merge_sparse(edges, np.array(counts)), left)


@pytest.mark.slow
@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(st.integers(0, 8), min_size=1, max_size=12))
def test_merged_bins_are_empty_or_of_enough_rows(counts):
    total = np.append(0, np.cumsum(counts))
    left = merge_sparse(np.arange(len(counts) + 1), np.array(counts))
    assert_array_equal(left[[0, -1]], [0, len(counts)])
    merged = np.diff(total[left])
    assert len(merged) == 1 or np.isin(merged, range(1, MIN_COUNT)).sum() == 0


def test_bins_without_sparse_ones_are_equally_wide():
    z = np.linspace(0, 1, 1001)
    edges, width = public_edges(z, 10)
    assert_allclose(np.diff(edges), width)
    assert_allclose(edges[[0, -1]], [0.004, 0.996])


def test_what_is_beyond_the_edges_counts_in_the_last_bins():
    z = np.array([-9.0, 0.5, 1.5, 1.5, 2.0, 99.0, NAN])
    assert_array_equal(bin_counts(z, np.array([0.0, 1.0, 2.0])), [2, 4])


@pytest.mark.slow
@settings(max_examples=200, deadline=None, derandomize=True)
@given(NUMBERS, st.integers(1, 12), st.booleans(), st.sampled_from([0.0, 0.2]))
def test_no_bin_shows_a_few_rows(z, n_bins, whole, tail):
    z = np.rint(z) if whole else z
    edges, _ = public_edges(z, n_bins, whole=whole, tail=tail)
    if len(edges) == 0:
        return
    counts = bin_counts(z, edges)
    assert (np.diff(edges) > 0).all()
    assert len(counts) <= n_bins
    assert counts.sum() == np.count_nonzero(~np.isnan(z))
    assert np.isin(counts, range(1, MIN_COUNT)).sum() == 0
    # the outermost bins reach to where that many rows are, or half a unit on
    low, high = public_range(z, tail=tail)
    assert (counts[[0, -1]] >= MIN_COUNT).all()
    assert edges[0] <= low <= high <= edges[-1]
