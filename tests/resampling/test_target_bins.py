"""Bins of a target of numbers, and over-sampling them."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.neighbors import KernelDensity

from skgen.resampling import GenerativeOverSampler
from skgen.resampling._target_bins import cut_groups, read_target_bins


def make_skewed(n_samples=400, seed=0):
    """A long right tail."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_samples, 3))
    return X, np.exp(X[:, 0] + 0.1 * rng.normal(size=n_samples))


def sizes(bins, wanted):
    return np.bincount(bins), np.array(list(wanted.values()))


def test_bins_are_intervals_with_a_minimum_of_rows():
    _, y = make_skewed()
    bins, wanted = read_target_bins(y, "auto", 10)
    counts, added = sizes(bins, wanted)
    assert len(counts) > 2
    assert counts.min() >= 10
    assert_array_equal(counts + added, counts.max())
    for k, (low, high) in enumerate(wanted):
        assert_array_equal(bins == k, (low <= y) & (y <= high))


def test_bins_are_equally_wide_between_robust_ends():
    y = np.append(np.linspace(0, 6, 601), 1e6)
    bins, wanted = read_target_bins(y, "auto", 10)
    bounds = np.array(list(wanted))
    assert len(bounds) == 6
    # the ends lie at 0.06 and 5.95
    assert np.abs(bounds[:-1, 1] - np.linspace(0.06, 5.95, 7)[1:-1]).max() < 0.02
    assert bins[-1] == 5


def test_small_bins_are_merged_towards_the_largest():
    y = np.r_[np.linspace(0, 1, 100), np.linspace(4, 4.1, 4), np.linspace(5.9, 6, 8)]
    bins, wanted = read_target_bins(y, "auto", 10)
    assert_array_equal(np.bincount(bins), [100, 12])
    assert list(wanted.values()) == [0, 88]


@pytest.mark.parametrize("share", [0.2, 1.0])
def test_share_of_the_largest_bin(share):
    bins, wanted = read_target_bins(make_skewed()[1], share, 10)
    counts, added = sizes(bins, wanted)
    expected = np.maximum(counts, np.round(share * counts.max()))
    assert_array_equal(counts + added, expected)


def test_rarest_bin_only():
    bins, wanted = read_target_bins(make_skewed()[1], "minority", 10)
    counts, added = sizes(bins, wanted)
    assert_array_equal(np.flatnonzero(added), [counts.argmin()])


@pytest.mark.parametrize("make", [dict, lambda ranges: lambda y: ranges])
def test_ranges(make):
    X, y = make_skewed()
    strategy = make({(2.0, 3.0): 100, (3.5, np.inf): 80})
    sampler = GenerativeOverSampler(sampling_strategy=strategy, random_state=0)
    _, y_new = sampler.fit_resample(X, y)
    assert ((y_new >= 2) & (y_new <= 3)).sum() == 100
    assert (y_new >= 3.5).sum() == 80
    assert list(sampler.sampling_strategy_) == [(2.0, 3.0), (3.5, np.inf)]
    assert sum(sampler.sampling_strategy_.values()) == len(y_new) - len(y)


@pytest.mark.parametrize(
    ("strategy", "message"),
    [
        ({3.0: 100}, r"maps ranges \(low, high\) .* got the key 3.0"),
        ({(50, 90): 100}, r"y has no value in \(50, 90\)"),
        ({(1, 2): 200, (1.5, 3): 200}, r"\(1.5, 3\) shares values"),
        ({(0, 100): 399}, r"at least the 400 that are there; got 399"),
        ({("a", "b"): 500}, r"expected two numbers.*got \('a', 'b'\)"),
        ({(None, 3): 500}, r"expected two numbers, or minus .*got \(None, 3\)"),
        ({(0, True): 500}, "expected two numbers"),
    ],
)
def test_wrong_ranges(strategy, message):
    X, y = make_skewed()
    sampler = GenerativeOverSampler(sampling_strategy=strategy)
    for method in (sampler.fit, sampler.fit_resample):
        with pytest.raises(ValueError, match=message):
            method(X, y)


def test_bins_are_made_as_large_as_the_largest():
    X, y = make_skewed()
    edges = [0.5, 1, 2, 4]
    sampler = GenerativeOverSampler(sampling_strategy=edges, random_state=0)
    _, y_new = sampler.fit_resample(X, y)
    assert list(sampler.sampling_strategy_) == [(0.5, 1), (1, 2), (2, 4)]
    counts = np.histogram(y, edges)[0]
    assert len(set(counts)) == 3
    assert_array_equal(np.histogram(y_new, edges)[0], counts.max())
    assert len(y_new) - len(y) == 3 * counts.max() - counts.sum()


@pytest.mark.parametrize("container", [list, tuple, np.asarray])
def test_edges_belong_to_the_bin_above_but_for_the_last(container):
    y = np.repeat([-1.0, 0.0, 1.0, 2.0, 3.0], [7, 20, 30, 10, 9])
    bins, wanted = read_target_bins(y, container([0, 1, 2]), 10)
    assert_array_equal(bins, np.repeat([-1, 0, 1, 1, -1], [7, 20, 30, 10, 9]))
    assert wanted == {(0, 1): 20, (1, 2): 0}


def test_bins_make_few_whole_values_numbers():
    X, y = make_skewed()
    y = np.clip(np.rint(y), 0, 7).astype(int)
    sampler = GenerativeOverSampler(sampling_strategy=[0, 4, np.inf], random_state=0)
    _, y_new = sampler.fit_resample(X, y)
    assert (y_new >= 4).sum() == (y < 4).sum() == (y_new < 4).sum()
    assert set(y_new) <= set(range(8))


def test_callable_that_gives_ranges_of_few_whole_values():
    X, y = make_skewed()
    y = np.clip(np.rint(y), 0, 7).astype(int)
    sampler = GenerativeOverSampler(
        sampling_strategy=lambda y: {(4, y.max()): np.sum(y < 4)}, random_state=0
    )
    _, y_new = sampler.fit_resample(X, y)
    assert (y_new >= 4).sum() == (y < 4).sum()


@pytest.mark.parametrize(
    ("edges", "message"),
    [
        ([0, 1], r"at least three increasing numbers.*got \[0, 1\]"),
        ([0, 2, 1], "at least three increasing numbers"),
        (["a", "b", "c"], "at least three increasing numbers"),
        ([0, 1, np.nan], "at least three increasing numbers"),
        ([[0, 1], [2]], "at least three increasing numbers"),
        ([0, 1, 500, 1000], "no value in the bin from 500.* to 1000"),
    ],
)
def test_wrong_bins(edges, message):
    X, y = make_skewed()
    with pytest.raises(ValueError, match=message):
        GenerativeOverSampler(sampling_strategy=edges).fit(X, y)


def test_ranges_may_be_open():
    X, y = make_skewed()
    sampler = GenerativeOverSampler(sampling_strategy={(-np.inf, np.inf): 401})
    assert list(sampler.fit(X, y).sampling_strategy_.values()) == [1]


def test_bins_of_classes_are_refused():
    X, y = make_skewed()
    sampler = GenerativeOverSampler(sampling_strategy=[0, 1, 2])
    with pytest.raises(ValueError, match="lists 0, which is no class of y"):
        sampler.fit(X, np.where(y > 1, "high", "low"))


def test_one_bin_is_refused():
    # both quantiles of y between which the bins lie are 0
    y = np.append(np.zeros(5000), np.linspace(1.5, 2, 30))
    for strategy in ("auto", 0.5):
        with pytest.raises(ValueError, match="two bins of at least 10 rows"):
            read_target_bins(y, strategy, 10)
    _, wanted = read_target_bins(y, {(1, 3): 100}, 10)
    assert wanted == {(1, 3): 70}


@pytest.mark.slow
@pytest.mark.parametrize("pooling", ["none", "partial", "full"])
def test_rare_values_are_filled_with_rows_that_fit_them(pooling):
    X, y = make_skewed()
    sampler = GenerativeOverSampler(pooling=pooling, random_state=1)
    X_new, y_new = sampler.fit_resample(X, y)
    assert_array_equal(X_new[:400], X)
    assert_array_equal(y_new[:400], y)
    n_each = []
    for low, high in sampler.sampling_strategy_:
        n_each.append(((low <= y_new) & (y_new <= high)).sum())
    assert len(set(n_each)) == 1
    # y depends on the first column
    assert np.corrcoef(X_new[400:, 0], np.log(y_new[400:]))[0, 1] > 0.6


def test_whole_numbers_and_dtypes():
    X, y = make_skewed()
    X = pd.DataFrame(X, columns=["y0", "y1", "text"])
    X["text"] = np.where(X["text"] > 0, "high", "low")
    y = pd.Series(np.rint(30 * y), name="y0", dtype="Int32")
    X_new, y_new = GenerativeOverSampler(random_state=0).fit_resample(X, y)
    assert X_new.dtypes.equals(X.dtypes)
    assert (y_new.dtype, y_new.name) == (y.dtype, "y0")
    assert set(y_new) <= set(y)
    assert len(y_new) > len(y)


def test_dict_of_numbers_makes_them_classes():
    X, y = make_skewed()
    y = np.rint(10 * y).astype(int)
    rare = int(y.max())
    sampler = GenerativeOverSampler(sampling_strategy={rare: 30}, random_state=0)
    with pytest.warns(UserWarning, match="fewer than 10 rows"):
        _, y_new = sampler.fit_resample(X, y)
    assert (y_new == rare).sum() == 30


def test_dict_of_ranges_makes_few_whole_values_numbers():
    X, y = make_skewed()
    y = np.clip(np.rint(y), 0, 7).astype(int)
    sampler = GenerativeOverSampler(sampling_strategy={(4, 7): 90}, random_state=0)
    _, y_new = sampler.fit_resample(X, y)
    assert (y_new >= 4).sum() == 90
    assert set(y_new) <= set(range(8))


def test_generators_of_arrays():
    X, y = make_skewed()
    X_new, y_new = GenerativeOverSampler(
        KernelDensity(bandwidth=0.1), random_state=0
    ).fit_resample(X, y)
    assert np.corrcoef(X_new[400:, 0], np.log(np.maximum(y_new[400:], 0.1)))[0, 1] > 0.8


def test_one_value_is_refused():
    with pytest.raises(ValueError, match="more than 1 class"):
        GenerativeOverSampler().fit(make_skewed()[0], np.full(400, 0.5))


def test_groups_have_about_the_same_number_of_rows():
    y = np.random.default_rng(0).lognormal(size=100)
    groups, bounds = cut_groups(y, 10)
    assert sorted(np.bincount(groups)) == [33, 33, 34]
    for k, (low, high) in enumerate(bounds):
        assert (low, high) == (y[groups == k].min(), y[groups == k].max())


@pytest.mark.parametrize(("n", "n_groups"), [(30, 3), (29, 2), (20, 2), (19, 1)])
def test_fewer_rows_have_fewer_groups(n, n_groups):
    groups, bounds = cut_groups(np.arange(float(n)), 10)
    assert groups.max() + 1 == len(bounds) == n_groups


def test_equal_numbers_are_in_one_group():
    groups, bounds = cut_groups(np.repeat([0.0, 1.0, 5.0], [80, 15, 5]), 10)
    assert bounds == [(0.0, 0.0), (1.0, 5.0)] or bounds == [(0.0, 5.0)]
    assert len(np.unique(groups[:80])) == 1
