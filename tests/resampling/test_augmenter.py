"""GenerativeAugmenter: what it promises for any table, target and generator."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from pandas.testing import assert_frame_equal, assert_series_equal
from scipy import sparse
from sklearn.neighbors import KernelDensity

from skgen import GenerativeOverSampler
from skgen.resampling import GenerativeAugmenter, GenerativeReplacer
from skgen.resampling._target_bins import cut_groups

SIZES = {"a": 70, "b": 28, "c": 22}


def make_labels():
    labels = np.repeat(list(SIZES), list(SIZES.values())).astype(object)
    return np.random.default_rng(0).permutation(labels)


def make_array():
    """Classes differ in the first column, by 60 units."""
    X = 10 * np.random.default_rng(0).normal(size=(120, 3))
    X[:, 0] += 60 * np.searchsorted(list(SIZES), make_labels().astype(str))
    return X


def test_pandas_rows_come_first_and_untouched(pandas_table):
    before = pandas_table.copy(deep=True)
    y = pd.Series(make_labels(), name="y0", index=pandas_table.index)
    X_new, y_new = GenerativeAugmenter(random_state=0).fit_resample(pandas_table, y)
    assert_frame_equal(pandas_table, before)
    assert_frame_equal(X_new[:120], before.reset_index(drop=True))
    assert_series_equal(y_new[:120], y.reset_index(drop=True))
    assert X_new.index.equals(pd.RangeIndex(240))
    assert Counter(y_new[120:]) == SIZES


def test_polars_rows_come_first_and_untouched(polars_table):
    X_new, y_new = GenerativeAugmenter(ratio=0.5, random_state=0).fit_resample(
        polars_table, make_labels().tolist()
    )
    assert X_new.schema == polars_table.schema
    assert X_new[:120].equals(polars_table)
    assert (len(X_new), type(y_new)) == (180, list)


@pytest.mark.parametrize(
    ("ratio", "added"),
    [
        (2, {"a": 140, "b": 56, "c": 44}),
        # 17.5, 7 and 5.5 rows
        (0.25, {"a": 18, "b": 7, "c": 5}),
        (1e-6, {"a": 1, "b": 0, "c": 0}),
    ],
)
@pytest.mark.parametrize("generator", [None, KernelDensity()])
def test_class_balance_is_kept(ratio, added, generator):
    X, y = make_array(), make_labels()
    augmenter = GenerativeAugmenter(generator, ratio=ratio, random_state=0)
    X_new, y_new = augmenter.fit_resample(X, y)
    assert augmenter.sampling_strategy_ == added
    assert_array_equal(X_new[:120], X)
    new, labels = X_new[120:], y_new[120:]
    assert Counter(labels) == {label: n for label, n in added.items() if n}
    # rows belong to their class: few lie beyond halfway to the next
    homes = 60 * np.searchsorted(list(SIZES), labels.astype(str))
    near = np.mean(np.abs(new[:, 0] - homes) < 30)
    assert near > 0.75 or len(new) == 1


@pytest.mark.parametrize("strategy", ["separate", "joint"])
def test_drawn_rows_are_those_of_a_replacer(strategy):
    X, y = make_array(), make_labels()
    params = {"strategy": strategy, "random_state": 3}
    expected = GenerativeReplacer(**params).fit_resample(X, y)
    found = GenerativeAugmenter(**params).fit_resample(X, y)
    assert_array_equal(found[0][120:], expected[0])
    assert_array_equal(found[1][120:], expected[1])


def test_rows_of_classes_are_those_of_an_over_sampler():
    X, y = make_array(), make_labels()
    augmenter = GenerativeAugmenter(random_state=3)
    found = augmenter.fit_resample(X, y)[0][120:]
    totals = {label: 2 * size for label, size in SIZES.items()}
    over = GenerativeOverSampler(sampling_strategy=totals, random_state=3)
    expected = over.fit_resample(X, y)[0][120:]
    # in random order, so that batches hold all classes
    assert not np.array_equal(found, expected)
    assert_array_equal(np.sort(found, axis=0), np.sort(expected, axis=0))


@pytest.mark.parametrize("whole", [False, True])
def test_groups_of_numbers(whole):
    X = make_array()
    y = X[:, 0] / 10 + np.random.default_rng(1).normal(size=120)
    y = np.rint(10 * y).astype(int) if whole else y
    augmenter = GenerativeAugmenter(ratio=1.5, random_state=0)
    X_new, y_new = augmenter.fit_resample(X, y)
    assert not hasattr(augmenter, "sampling_strategy_")
    assert len(y_new) == 300
    # thirds of the numbers stay so
    for low, high in cut_groups(y, 10)[1]:
        n_new = ((low <= y_new[120:]) & (y_new[120:] <= high)).sum()
        assert n_new == pytest.approx(60, abs=3)
    assert np.corrcoef(X_new[120:, 0], y_new[120:])[0, 1] > 0.9


@pytest.mark.parametrize("whole", [False, True])
def test_numbers_learned_jointly(whole):
    X = make_array()
    y = np.rint(X[:, 0]).astype(int) if whole else X[:, 0] / 10
    augmenter = GenerativeAugmenter(strategy="joint", random_state=0)
    X_new, y_new = augmenter.fit_resample(X, y)
    assert_array_equal(y_new[:120], y)
    assert y_new.dtype == y.dtype
    assert np.corrcoef(X_new[120:, 0], y_new[120:])[0, 1] > 0.9
    assert not hasattr(augmenter, "sampling_strategy_")


@pytest.mark.parametrize(
    ("X", "y", "params", "error", "message"),
    [
        (make_array(), make_labels(), {"ratio": 0}, ValueError, "'ratio' parameter"),
        (make_array(), make_labels(), {"strategy": "y"}, ValueError, "'strategy' par"),
        (make_array(), np.zeros(120), {}, ValueError, "more than 1 class"),
        (sparse.csr_array(make_array()), make_labels(), {}, TypeError, "dense data"),
    ],
)
def test_wrong_input(X, y, params, error, message):
    for method in ("fit", "fit_resample"):
        with pytest.raises(error, match=message):
            getattr(GenerativeAugmenter(**params), method)(X, y)


def test_small_classes_are_named_to_the_caller():
    X, y = make_array()[:60], np.repeat([0, 1], [55, 5])
    with pytest.warns(UserWarning, match=r"fewer than \d+ rows .*: 1 \(5\)") as caught:
        GenerativeAugmenter(random_state=0).fit_resample(X, y)
    assert [warning.filename for warning in caught] == [__file__]
