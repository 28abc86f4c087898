"""Number of rows drawn for classes that share rows."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from skgen.resampling import GenerativeOverSampler
from skgen.resampling._overlapping import count_new, read_overlapping
from skgen.resampling._targets import read_y

# labels of 40, 20 and 8 of 50 rows; half of the last carry the first, half the second
LABELS = np.zeros((50, 3), dtype=int)
LABELS[:40, 0] = LABELS[26:36, 1] = LABELS[40:, 1] = LABELS[36:44, 2] = 1


def classes_of(y, strategy):
    return read_overlapping(read_y(y), strategy, 10)


def test_classes_that_share_no_row_get_what_they_lack():
    levels = np.repeat([0, 1, 2], [30, 20, 5])
    holds = levels == np.arange(3)[:, None]
    assert_array_equal(count_new(holds, np.full(3, 30)), [0, 10, 25])


@pytest.mark.parametrize("seed", range(20))
def test_expected_counts_are_reached_and_each_row_is_needed(seed):
    rng = np.random.default_rng(seed)
    holds = rng.random((5, 200)) < rng.uniform(0.02, 0.7, size=(5, 1))
    holds[:, 0] = True
    totals = rng.integers(holds.sum(axis=1), 400)
    new = count_new(holds, totals)
    shares = np.array([holds[:, here].mean(axis=1) for here in holds])
    expected = holds.sum(axis=1) + new @ shares
    assert (expected >= totals - 1e-6).all()
    # one row fewer, for the class that was last to need some, is not enough
    last = [k for k in np.argsort(holds.sum(axis=1), kind="stable") if new[k]][-1:]
    for k in last:
        assert expected[k] - 1 < totals[k]


def test_what_a_rare_label_brings_is_not_drawn_again():
    rare, common = np.arange(20) < 4, np.arange(20) < 8
    # all rows of the rare one carry the other, so 6 rows serve both
    assert_array_equal(count_new(np.array([rare, common]), np.array([10, 14])), [6, 0])
    assert_array_equal(count_new(np.array([rare, common]), np.array([10, 16])), [6, 2])


def test_labels_rarer_than_the_mean_imbalance_ratio_allows_are_raised():
    counts = LABELS.sum(axis=0)
    assert_array_equal(counts, [40, 20, 8])
    classes, wanted = classes_of(LABELS, "auto")
    for label, rows in classes.items():
        assert_array_equal(rows, np.flatnonzero(LABELS[:, label]))
    # ratios 1, 2 and 5, of mean 8 / 3: up to 15 rows
    assert wanted == {0: 0, 1: 0, 2: 7}


def test_share_of_the_most_frequent_label():
    _, wanted = classes_of(LABELS, 0.5)
    assert wanted == {0: 0, 1: 0, 2: 12}
    # half of the 32 rows bring the second label
    assert classes_of(LABELS, 1.0)[1] == {0: 0, 1: 4, 2: 32}


def test_strings_name_labels():
    _, wanted = classes_of(LABELS, "minority")
    assert wanted == {0: 0, 1: 0, 2: 32}
    assert classes_of(LABELS, "not majority")[1] == classes_of(LABELS, 1.0)[1]
    frame = pd.DataFrame(LABELS, columns=["sports", "arts", "war"])
    assert list(classes_of(frame, "minority")[1]) == ["sports", "arts", "war"]


def test_classes_of_an_output_are_compared_with_each_other():
    y = pd.DataFrame({"a": ["u"] * 30 + ["v"] * 20, "b": ["x"] * 45 + ["y"] * 5})
    classes, wanted = classes_of(y, "auto")
    assert_array_equal(classes["b", "y"], np.arange(45, 50))
    # up to 2 / (1 / 45 + 1 / 5) = 9 rows, all of which bring v
    assert wanted == {("a", "u"): 0, ("a", "v"): 0, ("b", "x"): 0, ("b", "y"): 4}
    assert classes_of(y, 1.0)[1]["b", "y"] == 40
    assert classes_of(y, 1.0)[1]["a", "v"] == 0


def test_bins_are_the_classes_of_numbers():
    y = np.column_stack([np.linspace(0, 1, 100) ** 3, np.linspace(1, 0, 100)])
    classes, wanted = classes_of(y, 1.0)
    for output in (0, 1):
        bins = {key[1]: rows for key, rows in classes.items() if key[0] == output}
        assert sum(map(len, bins.values())) == 100
        for (low, high), rows in bins.items():
            assert (low, high) == (y[rows, output].min(), y[rows, output].max())
    assert sum(n for key, n in wanted.items() if key[0] == 0) > 50


def test_dicts():
    y = pd.DataFrame({"a": ["u"] * 30 + ["v"] * 20, "b": np.linspace(0, 1, 50) ** 2})
    classes, wanted = classes_of(y, {("a", "v"): 25, ("b", (0.5, 1)): 40})
    assert_array_equal(classes["b", (0.5, 1)], np.flatnonzero(y["b"] >= 0.5))
    # the 25 rows drawn for the range bring v
    assert wanted == {("a", "v"): 0, ("b", (0.5, 1)): 40 - (y["b"] >= 0.5).sum()}
    assert classes_of(LABELS, {2: 30})[1] == {2: 22}
    assert classes_of(LABELS, {})[1] == {}


def test_callable_takes_y_as_it_is():
    frame = pd.DataFrame(LABELS, columns=["sports", "arts", "war"])
    sampler = GenerativeOverSampler(sampling_strategy=lambda y: {"war": len(y)})
    sampler.fit(np.random.default_rng(0).normal(size=(50, 2)), frame)
    assert sampler.sampling_strategy_ == {"war": 42}


MIXED = pd.DataFrame({"a": ["u"] * 30 + ["v"] * 20, "b": np.linspace(0, 1, 50)})


@pytest.mark.parametrize(
    ("y", "strategy", "message"),
    [
        (LABELS, {"war": 30}, r"expected a label as a key, got 'war'.*\[0, 1, 2\]"),
        (LABELS, {2: 7}, "rows of 2, at least the 8 that are there; got 7"),
        (LABELS, {2: 9.5}, "a whole number of rows of 2.*got 9.5"),
        (np.c_[LABELS, 0 * LABELS], {4: 9}, "y has no row of 4"),
        (LABELS, [0, 1, 2], "edges of bins are for a single target"),
        (MIXED, {"a": 30}, "expected a pair of an output and its class or range"),
        (MIXED, {("c", "u"): 40}, r"got \('c', 'u'\)\. The columns of y are"),
        (MIXED, {("a", (0, 1)): 40}, "column 'a' of y holds no numbers"),
        (MIXED, {("a", "w"): 40}, r"y has no row of \('a', 'w'\)"),
        (MIXED, {("b", (2, 3)): 40}, "y has no row of"),
        (MIXED, {("b", (0, "x")): 40}, r"expected two numbers.*got \(0, 'x'\)"),
        (MIXED, {("b", (None, 1)): 40}, r"expected two numbers.*got \(None, 1\)"),
        (MIXED, {("b", (0, 1, 2)): 40}, "expected two numbers"),
    ],
)
def test_wrong_strategies(y, strategy, message):
    X = np.random.default_rng(0).normal(size=(50, 2))
    sampler = GenerativeOverSampler(sampling_strategy=strategy)
    for method in (sampler.fit, sampler.fit_resample):
        with pytest.raises(ValueError, match=message):
            method(X, y)
