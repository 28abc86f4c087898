"""What the documentation of imbalanced-learn says of over-samplers, held by ours.

From the pages of RandomOverSampler, SMOTE and SMOTENC. Differences that are meant: new
rows are no copies, so there are no `sample_indices_` beside them, and sparse rows are
refused.
"""

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from imblearn.over_sampling import RandomOverSampler
from imblearn.pipeline import make_pipeline
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KernelDensity
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder
from sklearn.tree import DecisionTreeClassifier

from skgen import GenerativeAugmenter, GenerativeOverSampler, GenerativeReplacer
from skgen.generators import IndependentGenerator

SIZES = {1: 50, 2: 100, 3: 25}
SAMPLERS = [GenerativeOverSampler, GenerativeAugmenter, GenerativeReplacer]


def make_classes(dtype=int):
    y = np.repeat(list(SIZES), list(SIZES.values()))
    X = np.random.default_rng(0).normal(size=(len(y), 3)) + y[:, None]
    return X, y.astype(dtype)


def over_sampler(**params):
    return GenerativeOverSampler(IndependentGenerator(), random_state=0, **params)


@pytest.mark.parametrize(
    "strategy",
    [
        *("auto", "minority", "not minority", "not majority", "all"),
        {1: 60, 3: 40},
        lambda y: {3: 2 * np.sum(y == 3)},
    ],
)
@pytest.mark.parametrize("dtype", [int, float, str])
def test_sizes_are_those_of_random_copies(strategy, dtype):
    X, y = make_classes(dtype)
    if isinstance(strategy, dict):
        strategy = {y.dtype.type(label): n for label, n in strategy.items()}
    elif callable(strategy) and dtype is str:
        strategy = {"3": 50}
    found = over_sampler(sampling_strategy=strategy).fit_resample(X, y)
    copies = RandomOverSampler(sampling_strategy=strategy).fit_resample(X, y)
    assert Counter(found[1].tolist()) == Counter(copies[1].tolist())
    assert found[1].dtype == y.dtype
    assert_array_equal(found[0][: len(X)], X)


@pytest.mark.parametrize("share", [0.5, 0.8, 1.0])
def test_ratio_of_two_classes(share):
    X, y = make_classes()
    X, y = X[50:], y[50:]
    counts = Counter(over_sampler(sampling_strategy=share).fit_resample(X, y)[1])
    assert counts == {2: 100, 3: int(share * 100)}
    with pytest.raises(ValueError, match="ratio"):
        over_sampler(sampling_strategy=0.1).fit_resample(X, y)
    with pytest.raises(ValueError, match=r"only when.*binary|multi-class"):
        over_sampler(sampling_strategy=0.5).fit_resample(*make_classes())


@pytest.mark.parametrize("container", [list, tuple, np.asarray])
@pytest.mark.parametrize("dtype", [int, float, str, object])
def test_list_of_classes(container, dtype):
    X, y = make_classes(dtype)
    label = y[-1]
    found = over_sampler(sampling_strategy=container([label])).fit_resample(X, y)[1]
    assert list(Counter(found.tolist()).values()) == [50, 100, 100]
    every = over_sampler(sampling_strategy=container(list(np.unique(y))))
    found = every.fit_resample(X, y)[1]
    assert set(Counter(found.tolist()).values()) == {100}
    if dtype in (str, object):
        with pytest.raises(ValueError, match="lists 'x', which is no class of y"):
            over_sampler(sampling_strategy=container(["x"])).fit(X, y.astype(str))


@pytest.mark.parametrize("make_sampler", SAMPLERS)
@pytest.mark.parametrize("value", [0.5, "minority", {1: 3}])
def test_strategy_in_the_place_of_a_generator(make_sampler, value):
    X, y = make_classes()
    for method in ("fit", "fit_resample"):
        with pytest.raises(ValueError, match="by name: sampling_strategy="):
            getattr(make_sampler(value), method)(X, y)


@pytest.mark.parametrize("make_sampler", SAMPLERS)
@pytest.mark.parametrize("container", [sparse.csr_array, sparse.csc_matrix])
def test_sparse_rows_are_refused_with_advice(make_sampler, container):
    X, y = make_classes()
    with pytest.raises(TypeError, match=r"sampler before the encoder.*sparse_output"):
        make_sampler(random_state=0).fit_resample(container(X), y)


@pytest.mark.parametrize("make_sampler", SAMPLERS)
def test_indices_give_the_result_or_are_missing(make_sampler):
    X, y = make_classes()
    sampler = make_sampler(IndependentGenerator(), random_state=0)
    sampler.fit_resample(X, y)
    assert not hasattr(sampler, "sample_indices_")
    if make_sampler is GenerativeOverSampler:
        balanced = np.r_[0:25, 50:75, 150:175]
        X_new, y_new = sampler.fit_resample(X[balanced], y[balanced])
        assert_array_equal(X_new, X[balanced][sampler.sample_indices_])
        assert_array_equal(y_new, y[balanced][sampler.sample_indices_])
        sampler.fit_resample(X, y)
        assert not hasattr(sampler, "sample_indices_")


# --- categories, as for SMOTENC -------------------------------------------------------


@pytest.mark.parametrize("listed", [[1], [False, True, False], ["b"]])
def test_categories_that_are_written_as_numbers(listed):
    X, y = make_classes()
    X[:, 1] = np.random.default_rng(1).choice([10.0, 20.0, 40.0, 45.0], len(X))
    table = pd.DataFrame(X, columns=["a", "b", "c"]) if listed == ["b"] else X
    sampler = over_sampler(categorical_features=listed)
    before = clone(sampler)
    found = np.asarray(sampler.fit_resample(table, y)[0])
    assert set(found[:, 1]) == {10.0, 20.0, 40.0, 45.0}
    assert repr(sampler.get_params()) == repr(before.get_params())
    assert sampler.generator.categorical_features == "from_dtype"


def test_categories_by_dtype():
    X, y = make_classes()
    table = pd.DataFrame(X, columns=["a", "b", "c"])
    table["b"] = pd.Categorical(np.random.default_rng(1).choice(["u", "v"], len(X)))
    found = over_sampler(categorical_features="auto").fit_resample(table, y)[0]
    assert found.dtypes.equals(table.dtypes)


def test_wrong_categories():
    X, y = make_classes()
    with pytest.raises(ValueError, match=r"positions must be in \[0, 2\]"):
        over_sampler(categorical_features=[7]).fit(X, y)
    with pytest.raises(ValueError, match="'categorical_features' parameter"):
        over_sampler(categorical_features="some").fit(X, y)
    sampler = GenerativeOverSampler(KernelDensity(), categorical_features=[1])
    with pytest.raises(ValueError, match="KernelDensity takes no tables"):
        sampler.fit(X, y)


# --- encoders before the sampler ------------------------------------------------------


# without one of its columns, a group is known by pairs that never are both 1, which
# few rows do not show
@pytest.mark.parametrize(("n_rare", "drop"), [(60, None), (520, None), (520, "first")])
@pytest.mark.parametrize("dtype", [float, int])
def test_encoded_categories_stay_so(n_rare, drop, dtype):
    rng = np.random.default_rng(0)
    n = 2 * n_rare + 200
    colours = rng.choice(
        ["red", "green", "blue", "grey"], size=(n, 1), p=[0.4, 0.3, 0.2, 0.1]
    )
    y = (np.arange(n) < n_rare).astype(int)
    encoder = OneHotEncoder(sparse_output=False, drop=drop, dtype=dtype)
    hot = encoder.fit_transform(colours)
    codes = OrdinalEncoder().fit_transform(colours)
    X = np.column_stack([rng.normal(size=n) + y, hot, codes])
    new = GenerativeOverSampler(random_state=0).fit_resample(X, y)[0][n:]
    hot, codes = new[:, 1:-1], new[:, -1]
    assert np.isin(hot, [0, 1]).all()
    assert hot.sum(axis=1).max() == 1
    if drop is None:
        assert hot.sum(axis=1).min() == 1
    assert set(codes) <= {0, 1, 2, 3}


def test_search_over_a_pipeline():
    X, y = make_classes()
    pipeline = make_pipeline(over_sampler(), DecisionTreeClassifier(max_depth=2))
    name = "generativeoversampler__sampling_strategy"
    grid = {name: ["minority", "auto", [1, 3]]}
    search = GridSearchCV(pipeline, grid, cv=2, error_score="raise").fit(X, y)
    assert len(search.cv_results_["params"]) == 3
