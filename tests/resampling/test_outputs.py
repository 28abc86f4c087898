"""Several targets: labels, classes and numbers, learned together with X."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from pandas.testing import assert_frame_equal
from sklearn.datasets import make_multilabel_classification
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import KernelDensity

from skgen.generators import IndependentGenerator
from skgen.resampling import (
    GenerativeAugmenter,
    GenerativeOverSampler,
    GenerativeReplacer,
)

SAMPLERS = [GenerativeOverSampler, GenerativeAugmenter, GenerativeReplacer]
N_SAMPLES = 400
#: All rows of the over-sampler are those of the generator.
PLAIN = {"gaussian_share": 0, "accept": None}


def make_rows(n_samples=N_SAMPLES):
    """Three columns; a label for each, about half, a fifth and a tenth of the rows."""
    X = np.random.default_rng(0).normal(size=(n_samples, 3))
    return X, (X > [0, 0.85, 1.3]).astype(int)


def make_mixed():
    """X, and a table of targets of many dtypes, each determined by a column of X."""
    X, labels = make_rows()
    cuts = np.digitize(X[:, 0], [-0.5, 1.2])
    sizes = pd.CategoricalDtype(["S", "M", "XL", "L"], ordered=True)
    y = pd.DataFrame(
        {
            "size": pd.Categorical(np.array(["S", "M", "L"])[cuts], dtype=sizes),
            "text": pd.Series(np.where(labels[:, 1], "rare", "usual"), dtype="str"),
            "flag": pd.Series(labels[:, 2] == 1, dtype="boolean"),
            "count": pd.Series(np.rint(40 * X[:, 0]), dtype="Int32"),
            "price": np.exp(X[:, 1]).astype("float32"),
        }
    )
    return X, y


def n_kept(sampler):
    return 0 if isinstance(sampler, GenerativeReplacer) else N_SAMPLES


def dtypes_of(y):
    if isinstance(y, list):
        return {type(cell) for row in y for cell in row}
    return list(getattr(y, "dtypes", [getattr(y, "dtype", None)]))


CONTAINERS = {
    "array": np.asarray,
    "int8": lambda y: y.astype("int8"),
    "float": lambda y: y.astype(float),
    "bool": lambda y: y.astype(bool),
    "objects": lambda y: y.astype(object),
    "list": np.ndarray.tolist,
    "pandas": lambda y: pd.DataFrame(y, columns=list("abc")),
    "boolean": lambda y: pd.DataFrame(y == 1, columns=list("abc")).astype("boolean"),
    "polars": lambda y: pl.DataFrame(y, schema=list("abc")),
}


# --- labels ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", CONTAINERS)
@pytest.mark.parametrize("make_sampler", SAMPLERS)
def test_containers_of_labels(make_sampler, name):
    X, labels = make_rows()
    y = CONTAINERS[name](labels)
    sampler = make_sampler(IndependentGenerator(), random_state=0)
    X_new, y_new = sampler.fit_resample(X, y)
    kept = n_kept(sampler)
    assert type(y_new) is type(y)
    assert dtypes_of(y_new) == dtypes_of(y)
    cells = np.asarray(y_new).astype(int)
    assert cells.shape == (len(X_new), 3)
    assert_array_equal(cells[:kept], labels[:kept])
    assert_array_equal(X_new[:kept], X[:kept])
    assert set(cells[kept:].ravel()) == {0, 1}
    expected = make_sampler(IndependentGenerator(), random_state=0)
    assert_array_equal(expected.fit_resample(X, labels)[1], cells)


@pytest.mark.slow
@pytest.mark.parametrize("pooling", ["none", "partial", "full"])
@pytest.mark.parametrize("strategy", ["auto", 1.0, {1: 150, 2: 120}])
def test_rare_labels_get_their_rows(strategy, pooling):
    X, y = make_rows()
    counts = y.sum(axis=0)
    sampler = GenerativeOverSampler(
        sampling_strategy=strategy, pooling=pooling, random_state=0
    ).fit(X, y)
    planned = sampler.sampling_strategy_
    _, y_new = sampler.fit_resample(X, y)
    assert sampler.sampling_strategy_ == planned
    n_new = len(y_new) - N_SAMPLES
    assert sum(planned.values()) == n_new > 0
    mean = 3 / np.sum(1 / counts)
    wanted = {"auto": mean, "1.0": counts.max()}.get(str(strategy), [0, 150, 120])
    # what one label brings of others is random: 4 standard deviations
    assert (y_new.sum(axis=0) >= wanted - 4 * np.sqrt(n_new / 4)).all()
    # each row has the label that it was drawn for
    rows = np.repeat(list(planned), list(planned.values()))
    assert y_new[N_SAMPLES:][np.arange(n_new), rows].all()


@pytest.mark.parametrize("make_sampler", SAMPLERS)
def test_labels_stay_with_the_columns_that_determine_them(make_sampler):
    X, y = make_rows()
    of_over_sampler = {"pooling": "partial", **PLAIN}
    params = of_over_sampler if make_sampler is GenerativeOverSampler else {}
    sampler = make_sampler(random_state=0, **params)
    X_new, y_new = sampler.fit_resample(X, y)
    X_new, y_new = X_new[sampler.is_synthetic_], y_new[sampler.is_synthetic_]
    # a label is 1 where its column is above a bound. Of rows whose labels are drawn
    # apart from X 50, 68 and 82 % agree in the three columns
    agrees = (X_new > [0, 0.85, 1.3]) == y_new
    assert (agrees.mean(axis=0) > [0.85, 0.85, 0.9]).all()


def test_labels_occur_together_as_they_did():
    rng = np.random.default_rng(0)
    X, first = rng.normal(size=(N_SAMPLES, 2)), rng.random(N_SAMPLES) < 0.3
    # the second label is that of the first, but for a tenth of the rows
    y = np.column_stack([first, first ^ (rng.random(N_SAMPLES) < 0.1)]).astype(int)
    for make_sampler in SAMPLERS[1:]:
        sampler = make_sampler(random_state=0)
        y_new = sampler.fit_resample(X, y)[1][n_kept(sampler) :]
        assert_allclose(y_new.mean(axis=0), y.mean(axis=0), atol=0.1)
        # 0.9 in y, .57 of labels drawn apart; 4 standard errors
        assert np.mean(y_new[:, 0] == y_new[:, 1]) > 0.9 - 4 * np.sqrt(0.09 / 400)


def test_pooled_rows_keep_the_labels_of_their_row():
    X, y = make_multilabel_classification(300, 6, n_classes=4, random_state=0)
    X = X + np.random.default_rng(0).random(X.shape)
    sampler = GenerativeOverSampler(
        pooling="full", sampling_strategy=1.0, random_state=0, **PLAIN
    )
    X_new, y_new = sampler.fit_resample(X, y)
    shared = (X_new[300:, None] == X).sum(axis=2)
    assert (shared.max(axis=1) == 4).all()
    assert_array_equal(y_new[300:], y[shared.argmax(axis=1)])


def test_label_that_no_row_has():
    X, y = make_rows()
    y = np.c_[y, np.zeros(N_SAMPLES, dtype=int)]
    for make_sampler in SAMPLERS:
        sampler = make_sampler(IndependentGenerator(), random_state=0)
        y_new = sampler.fit_resample(X, y)[1]
        assert not y_new[:, 3].any()


def test_balanced_labels_need_no_rows():
    X, y = make_rows()
    y = np.c_[y[:, 0], 1 - y[:, 0], np.ones(N_SAMPLES, dtype=int)]
    sampler = GenerativeOverSampler(sampling_strategy={0: y[:, 0].sum()})
    X_new, y_new = sampler.fit_resample(X, y)
    assert_array_equal(X_new, X)
    assert_array_equal(y_new, y)


# --- classes and numbers --------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("container", [pd.DataFrame, pl.from_pandas])
@pytest.mark.parametrize("make_sampler", SAMPLERS)
def test_mixed_targets(make_sampler, container):
    X, frame = make_mixed()
    if container is pl.from_pandas:
        frame = frame.astype({"size": "str"})
    y = container(frame)
    sampler = make_sampler(random_state=0)
    X_new, y_new = sampler.fit_resample(X, y)
    kept = n_kept(sampler)
    assert type(y_new) is type(y)
    if container is pl.from_pandas:
        assert y_new.schema == y.schema
        assert y_new[:kept].equals(y[:kept])
    else:
        assert y_new.dtypes.equals(y.dtypes)
        assert_frame_equal(y_new[:kept], y[:kept])
    new, X_new = y_new[kept:], X_new[kept:]
    for name in ("size", "text", "flag", "count"):
        assert set(new[name]) <= set(y[name])
    prices = np.asarray(new["price"])
    assert not np.isin(prices, y["price"]).all()
    # each target is determined by a column of X
    assert np.corrcoef(np.log(prices), X_new[:, 1])[0, 1] > 0.8
    counts = np.asarray(new["count"]).astype(float)
    assert np.corrcoef(counts, X_new[:, 0])[0, 1] > 0.8
    flags = np.asarray(new["flag"]).astype(bool)
    assert X_new[flags, 2].mean() > X_new[~flags, 2].mean() + 1


@pytest.mark.slow
def test_rare_classes_and_bins_of_outputs_get_their_rows():
    X, y = make_mixed()
    y = y[["size", "text", "price"]]
    sampler = GenerativeOverSampler(sampling_strategy=0.8, random_state=0)
    _, y_new = sampler.fit_resample(X, y)
    assert len(y_new) - N_SAMPLES == sum(sampler.sampling_strategy_.values())
    for (output, level), n in sampler.sampling_strategy_.items():
        values, of_new = y[output], y_new[output]
        if output == "price":
            found = of_new.between(*level).sum()
            largest = max(
                values.between(*key[1]).sum()
                for key in sampler.sampling_strategy_
                if key[0] == "price"
            )
        else:
            found, largest = (of_new == level).sum(), values.value_counts().max()
        # rows carry other classes at random, and prices may leave a bin
        assert found >= 0.8 * largest - 30
        assert n == 0 or found >= n


@pytest.mark.parametrize("make", [np.asarray, np.ndarray.tolist])
@pytest.mark.parametrize("make_sampler", SAMPLERS)
def test_arrays_of_texts_and_numbers(make_sampler, make):
    X, labels = make_rows()
    y = np.empty((N_SAMPLES, 2), dtype=object)
    y[:, 0], y[:, 1] = np.where(labels[:, 1], "rare", "usual"), X[:, 0].tolist()
    sampler = make_sampler(IndependentGenerator(), random_state=0)
    y_new = sampler.fit_resample(X, make(y))[1]
    assert type(y_new) is type(make(y))
    y_new = np.array(y_new, dtype=object)
    assert set(y_new[:, 0]) == {"rare", "usual"}
    assert {type(cell) for cell in y_new[:, 1]} == {float}
    assert_array_equal(y_new[: n_kept(sampler)], y[: n_kept(sampler)])


@pytest.mark.parametrize("container", [np.asarray, np.ndarray.tolist, pd.DataFrame])
def test_classes_that_are_distinct_in_a_class(container):
    X, _ = make_rows()
    y = np.empty((N_SAMPLES, 2), dtype=object)
    y[:, 0] = np.where(np.arange(N_SAMPLES) < 15, "rare", "usual")
    y[:, 1] = [f"town {i % 15}" for i in range(N_SAMPLES)]
    sampler = GenerativeOverSampler(
        pooling="none", sampling_strategy={(0, "rare"): 60}, random_state=0
    )
    _, y_new = sampler.fit_resample(container(X), y)
    assert (y_new[N_SAMPLES:, 0] == "rare").all()
    assert set(y_new[N_SAMPLES:, 1]) <= set(y[:15, 1])


@pytest.mark.parametrize(
    "generator", [None, KernelDensity(bandwidth=0.1), GaussianMixture()]
)
@pytest.mark.parametrize("make_sampler", SAMPLERS)
def test_two_numbers(make_sampler, generator):
    X, _ = make_rows()
    noise = 0.1 * np.random.default_rng(1).normal(size=(N_SAMPLES, 2))
    y = X[:, :2] @ [[1, 1], [1, -1]] + noise
    sampler = make_sampler(generator, random_state=0)
    X_new, y_new = sampler.fit_resample(X, y)
    new = sampler.is_synthetic_
    assert new.any()
    found = np.column_stack([X_new[new, :2] @ [1, 1], X_new[new, :2] @ [1, -1]])
    for j in (0, 1):
        assert np.corrcoef(found[:, j], y_new[new, j])[0, 1] > 0.75


@pytest.mark.parametrize("generator", [KernelDensity(), GaussianMixture()])
@pytest.mark.parametrize("make_sampler", SAMPLERS)
def test_generators_of_numbers_take_no_labels(make_sampler, generator):
    name = type(generator).__name__
    with pytest.raises(ValueError, match=f"y: .* 3 targets.* unlike {name}"):
        make_sampler(generator).fit(*make_rows())


def test_replacer_takes_no_strategy():
    for strategy in ("all", {0: 3}):
        sampler = GenerativeReplacer(sampling_strategy=strategy)
        with pytest.raises(ValueError, match="sampling_strategy: y holds 3 targets"):
            sampler.fit(*make_rows())


# --- what comes with the rows ---------------------------------------------------------


@pytest.mark.parametrize("make_sampler", SAMPLERS)
def test_weights_and_groups(make_sampler):
    X, y = make_rows()
    weights = 1 + y[:, 2] + np.random.default_rng(0).random(N_SAMPLES)
    groups = np.where(X[:, 0] > 0, "u", "v")
    sampler = make_sampler(random_state=0)
    X_new, y_new = sampler.fit_resample(X, y, sample_weight=weights, groups=groups)
    kept = n_kept(sampler)
    assert X_new.shape == y_new.shape == (len(sampler.is_synthetic_), 3)
    assert_array_equal(sampler.is_synthetic_, np.arange(len(X_new)) >= kept)
    assert_array_equal(sampler.sample_weight_[:kept], weights[:kept])
    assert_array_equal(sampler.groups_[:kept], groups[:kept])
    agree = []
    # 28 new rows a draw
    for seed in range(3):
        drawn = make_sampler(random_state=seed)
        X_drawn, _ = drawn.fit_resample(X, y, sample_weight=weights, groups=groups)
        expected = np.where(X_drawn[:, 0] > 0, "u", "v")
        agree.append(np.mean(drawn.groups_[kept:] == expected[kept:]))
    assert np.mean(agree) > 0.8
    means = {weights.mean()}
    if make_sampler is GenerativeOverSampler:
        wanted = sampler.sampling_strategy_
        means = {weights[y[:, label] == 1].mean() for label in wanted if wanted[label]}
    assert_allclose(np.unique(sampler.sample_weight_[kept:]), sorted(means))


@pytest.mark.slow
@pytest.mark.parametrize("make_sampler", SAMPLERS)
def test_seeds_repeat(make_sampler):
    X, y = make_mixed()
    first = make_sampler(random_state=3).fit_resample(X, y)
    again = make_sampler(random_state=3).fit_resample(X, y)
    assert_array_equal(first[0], again[0])
    assert_frame_equal(first[1], again[1])
    other = make_sampler(random_state=4).fit_resample(X, y)
    assert not np.array_equal(first[0], other[0])


def test_drawn_rows_are_those_of_a_replacer():
    X, y = make_rows()
    expected = GenerativeReplacer(random_state=3).fit_resample(X, y)
    found = GenerativeAugmenter(random_state=3).fit_resample(X, y)
    assert_array_equal(found[0][N_SAMPLES:], expected[0])
    assert_array_equal(found[1][N_SAMPLES:], expected[1])


@pytest.mark.parametrize(
    ("y", "error", "message"),
    [
        (make_rows()[1][:7], ValueError, "inconsistent numbers of samples"),
        (
            np.where(make_rows()[1] == 1, np.nan, 0.5),
            ValueError,
            r"y\[0\] contains NaN",
        ),
        (
            np.where(make_rows()[1] == 1, np.inf, 0.5),
            ValueError,
            r"y\[0\] contains inf",
        ),
        (
            make_mixed()[1].assign(text=lambda y: y["text"].mask(y["text"] == "rare")),
            ValueError,
            r"y\['text'\] contains NaN: \d+ of its 400 labels",
        ),
        (np.zeros((N_SAMPLES, 2)), ValueError, "more than 1 class"),
        (np.zeros((N_SAMPLES, 2, 2)), ValueError, "1d or 2d array"),
    ],
)
@pytest.mark.parametrize("make_sampler", SAMPLERS)
def test_wrong_targets(make_sampler, y, error, message):
    for method in ("fit", "fit_resample"):
        with pytest.raises(error, match=message):
            getattr(make_sampler(), method)(make_rows()[0], y)
