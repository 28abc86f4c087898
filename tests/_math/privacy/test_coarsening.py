import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skgen._math.privacy.coarsening import (
    allowed_numbers,
    frequent_counts,
    nearest_allowed,
    rare_numbers,
    replace_rare_levels,
)

NAN = np.nan


def as_is(z):
    return z


def test_counts_of_rare_categories_are_zero():
    codes = np.array([0, 0, 0, 1, 1, 2, NAN, NAN, NAN])
    assert_array_equal(frequent_counts(codes, 4, 2), [3, 2, 0, 0])


def test_rare_codes_are_replaced_in_proportion_to_counts():
    codes = np.repeat([0.0, 1.0, 2.0, NAN], [10, 30, 4000, 5])
    before = codes.copy()
    counts = np.array([10, 30, 0])
    out = replace_rare_levels(codes, counts, np.random.default_rng(0))
    assert_array_equal(codes, before)
    assert_array_equal(out[:40], codes[:40])
    assert np.isnan(out[-5:]).all()
    # a share of 1/4 of 4000, standard deviation 27
    assert abs((out[40:-5] == 0).sum() - 1000) < 4.5 * 27
    assert set(out[40:-5]) == {0, 1}


def test_rare_numbers():
    z = np.array([3.0, 1.0, 1.0, 2.0, 2.0, 2.0, NAN, NAN])
    assert_array_equal(rare_numbers(z, 3), [1, 3])
    assert_array_equal(rare_numbers(z, 1), [])


def test_allowed_are_repeated_numbers_and_gaps_between_the_tails():
    z = np.array([0.0, 1.0, 2.0, 2.0, 4.0, 9.0, 10.0, NAN])
    # tails of two cells end at 1 and 9; of the midpoints 1.5, 3 and 6.5 inside them,
    # the first has two cells before it and the last is more than two cells further on
    assert_array_equal(allowed_numbers(z, 2, as_is), [1.5, 2.0])
    z = np.append(z, [2.0, 2.0])
    assert_array_equal(allowed_numbers(z, 2, as_is), [1.5, 2.0])


def test_whole_numbers_without_a_gap_allow_none():
    z = np.arange(50.0)
    assert len(allowed_numbers(z, 2, np.rint)) == 0
    assert_array_equal(allowed_numbers(2 * z[:4], 2, np.rint), [3])
    assert_array_equal(allowed_numbers(np.repeat(z, 3), 3, np.rint), z)


@pytest.mark.parametrize("n_samples", [0, 1, 4, 6])
def test_few_numbers_allow_none(n_samples):
    z = np.random.default_rng(0).random(n_samples)
    assert len(allowed_numbers(z, 5, as_is)) == 0


@pytest.mark.parametrize("min_count", [2, 3, 5, 10])
@pytest.mark.parametrize("scale", [0.01, 30, 1e9])
def test_allowed_numbers_identify_no_single_row(min_count, scale):
    rng = np.random.default_rng(0)
    z = np.rint(scale * rng.standard_t(2, size=500))
    allowed = allowed_numbers(z, min_count, np.rint)
    assert len(allowed)
    assert not np.isin(allowed, rare_numbers(z, min_count)).any()
    ordered = np.sort(z)
    assert ordered[min_count - 1] <= allowed[0]
    assert allowed[-1] <= ordered[-min_count]
    between = np.searchsorted(ordered, allowed[~np.isin(allowed, z)])
    assert (np.diff(between) > min_count).all()
    # or they would be of no use
    if scale == 1e9:
        assert len(between) > 500 / (3 * min_count + 3) - 3


def test_nearest_allowed():
    z = np.array([-5.0, 0.9, 1.1, 2.0, 99.0, NAN])
    assert_array_equal(
        nearest_allowed(z, np.array([0.0, 2.0, 3.0])), [0, 0, 2, 2, 3, NAN]
    )
    assert_array_equal(nearest_allowed(z, np.array([7.0]))[:5], 7)


def test_every_second_block_of_numbers_gives_the_midpoint_after_it_starts():
    # midpoints at 1.5, 2.5, ...; of blocks of three, each block's first counts
    allowed = allowed_numbers(np.arange(40.0), 2, as_is)
    assert_array_equal(allowed, np.arange(1.5, 38, 6))
