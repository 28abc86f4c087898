"""What comes with the rows: provenance, weights and groups, for each sampler."""

from functools import reduce
from numbers import Integral

import numpy as np
import pandas as pd
import polars as pl
import pytest
import sklearn
from imblearn.pipeline import make_pipeline
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.linear_model import LogisticRegression
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import KernelDensity
from sklearn.utils._param_validation import HasMethods, Interval

from skgen._table.rows import concat_rows, take_rows
from skgen._utils.estimators import draw_rows
from skgen.generators import IndependentGenerator
from skgen.resampling import (
    GenerativeAugmenter,
    GenerativeOverSampler,
    GenerativeReplacer,
)
from skgen.resampling._base import BaseGenerativeSampler, as_rows
from skgen.resampling._targets import rows_of_classes


class RowAdder(BaseGenerativeSampler):
    """Adds the same number of rows to each class: the template's two hooks."""

    _parameter_constraints: dict = {
        "generator": [HasMethods(["fit", "sample"]), None],
        "n_rows": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
    }

    def __init__(self, generator=None, *, n_rows=40, random_state=None):
        self.generator = generator
        self.n_rows = n_rows
        self.random_state = random_state

    def _count_rows(self, target, strategy):
        classes = rows_of_classes(target)
        return classes, dict.fromkeys(classes, self.n_rows)

    def _draw(self, training, rng):
        with_target = not training.target.is_class
        table = training.table(with_target=with_target)
        generator, _ = self._prepare(training, table)
        parts, weights = [], training.weights
        with self._reporting(training.X, training, len(training.classes)) as context:
            for name, rows in training.classes.items():
                inside = take_rows(table, rows)
                of_class = None if weights is None else weights[rows]
                fitted = self._fit_generator(
                    context, str(name), generator, inside, of_class, rng
                )
                parts.append(draw_rows(fitted, self.n_rows, rng))
        drawn_for = np.repeat(np.arange(len(parts)), self.n_rows)
        return reduce(concat_rows, parts), drawn_for


SAMPLERS = [GenerativeOverSampler, GenerativeAugmenter, GenerativeReplacer, RowAdder]
N_SAMPLES = 120
#: All rows of the over-sampler are those of the generator.
PLAIN = {"gaussian_share": 0, "accept": None}


def make_rows(seed=0):
    """Three columns, one of which determines a group; classes of 90 and 30 rows."""
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(N_SAMPLES, 3)), np.repeat([0, 1], [90, 30])
    y = rng.permutation(y)
    groups = rng.choice(["u", "v", "w"], size=N_SAMPLES)
    X[:, 1] = 100 * np.searchsorted(["u", "v", "w"], groups) + rng.random(N_SAMPLES)
    return X, y, groups


def number_of_rows_kept(sampler):
    return 0 if isinstance(sampler, GenerativeReplacer) else N_SAMPLES


@pytest.mark.parametrize("target", ["classes", "numbers"])
@pytest.mark.parametrize("make_sampler", SAMPLERS)
def test_provenance(make_sampler, target):
    X, y, _ = make_rows()
    y = y if target == "classes" else X[:, 0] ** 3
    sampler = make_sampler(random_state=0).fit(X, y)
    assert not hasattr(sampler, "is_synthetic_")
    X_new, y_new = sampler.fit_resample(X, y)
    n_kept = number_of_rows_kept(sampler)
    assert sampler.is_synthetic_.dtype == bool
    assert_array_equal(sampler.is_synthetic_, np.arange(len(X_new)) >= n_kept)
    assert sampler.is_synthetic_.any()
    # drawn rows have no position in X
    assert not hasattr(sampler, "sample_indices_")
    if n_kept:
        kept = ~sampler.is_synthetic_
        assert_array_equal(X, X_new[kept])
        assert_array_equal(y, y_new[kept])


@pytest.mark.parametrize("make_sampler", SAMPLERS)
def test_drawn_rows_weigh_as_their_class(make_sampler):
    X, y, _ = make_rows()
    weights = np.random.default_rng(1).uniform(0.5, 2, size=N_SAMPLES) + 5 * y
    sampler = make_sampler(random_state=0)
    _, y_new = sampler.fit_resample(X, y, sample_weight=weights)
    n_kept, found = number_of_rows_kept(sampler), sampler.sample_weight_
    assert_array_equal(found[:n_kept], weights[:n_kept])
    means = np.array([weights[y == 0].mean(), weights[y == 1].mean()])
    assert_allclose(found[n_kept:], means[y_new[n_kept:]])
    sampler.fit_resample(X, y)
    assert not hasattr(sampler, "sample_weight_")


@pytest.mark.parametrize("make_sampler", [GenerativeAugmenter, GenerativeReplacer])
def test_rows_drawn_with_numbers_weigh_as_all(make_sampler):
    X, _, _ = make_rows()
    weights = np.linspace(1, 3, N_SAMPLES)
    sampler = make_sampler(random_state=0)
    sampler.fit_resample(X, X[:, 0] ** 3, sample_weight=weights)
    assert_allclose(sampler.sample_weight_[number_of_rows_kept(sampler) :], 2)


@pytest.mark.parametrize(
    "generator", [None, IndependentGenerator(), KernelDensity(), GaussianMixture()]
)
@pytest.mark.parametrize("make_sampler", SAMPLERS)
def test_generators_learn_the_weighted_rows(make_sampler, generator):
    # half of the rows, near 1000, weigh almost nothing; GaussianMixture has no weights
    X, y, _ = make_rows()
    light = np.random.default_rng(2).permutation(N_SAMPLES) % 2 == 0
    X[light, 0] += 1000
    sampler = make_sampler(generator, random_state=0)
    X_new, _ = sampler.fit_resample(X, y, sample_weight=np.where(light, 1e-9, 1.0))
    new = X_new[sampler.is_synthetic_]
    # half without weights; trees interpolate between two neighbours
    assert np.mean(new[:, 0] < 500) > 0.9


@pytest.mark.parametrize("pooling", ["none", "full"])
@pytest.mark.parametrize("generator", [None, GaussianMixture()])
def test_class_without_weight_is_refused(generator, pooling):
    X, y, _ = make_rows()
    sampler = GenerativeOverSampler(generator, pooling=pooling)
    with pytest.raises(ValueError, match="all weigh 0"):
        sampler.fit_resample(X, y, sample_weight=1 - y)


def test_pooled_rows_are_made_from_rows_as_their_weights_say():
    X, y, _ = make_rows()
    rare = np.flatnonzero(y)
    weights = np.where(np.isin(np.arange(N_SAMPLES), rare[:10]), 4.0, 1.0)
    weights[rare[10:15]] = 0
    sampler = GenerativeOverSampler(pooling="full", random_state=0, **PLAIN)
    X_new, _ = sampler.fit_resample(X, y, sample_weight=weights)
    parents = (X_new[N_SAMPLES:, None] == X).sum(axis=2).argmax(axis=1)
    # 60 rows for a weight of 55
    found = np.bincount(parents, minlength=N_SAMPLES)[rare]
    assert np.abs(found - weights[rare] * 60 / 55).max() < 1
    assert (found[10:15] == 0).all()


@pytest.mark.parametrize("target", ["classes", "numbers"])
@pytest.mark.parametrize(
    "container", [np.asarray, np.ndarray.tolist, pd.Series, pl.Series]
)
@pytest.mark.parametrize("make_sampler", SAMPLERS)
def test_groups_are_drawn_with_the_rows(make_sampler, container, target):
    X, y, groups = make_rows()
    y = y if target == "classes" else X[:, 0] ** 3
    params = PLAIN if make_sampler is GenerativeOverSampler else {}
    sampler = make_sampler(random_state=0, **params)
    X_new, y_new = sampler.fit_resample(X, y, groups=container(groups))
    assert X_new.shape == (len(y_new), 3)
    assert type(sampler.groups_) is type(container(groups))
    found, n_kept = np.asarray(sampler.groups_), number_of_rows_kept(sampler)
    assert_array_equal(found[:n_kept], groups[:n_kept])
    expected = np.array(["u", "v", "w"])[np.clip(X_new[:, 1] // 100, 0, 2).astype(int)]
    # a third by chance; the default generator of the over-sampler smooths
    assert np.mean(found[n_kept:] == expected[n_kept:]) > 0.55
    sampler.fit_resample(X, y)
    assert not hasattr(sampler, "groups_")


@pytest.mark.parametrize("target", ["classes", "numbers"])
def test_pooled_rows_keep_the_group_of_their_row(target):
    X, y, groups = make_rows()
    y = y if target == "classes" else X[:, 0] ** 3
    sampler = GenerativeOverSampler(pooling="full", random_state=0, **PLAIN)
    X_new, _ = sampler.fit_resample(X, y, groups=groups)
    shared = (X_new[:, None] == X).sum(axis=2)[N_SAMPLES:]
    assert (shared.max(axis=1) == 2).all()
    assert_array_equal(sampler.groups_[N_SAMPLES:], groups[shared.argmax(axis=1)])


def test_mask_of_categorical_columns_goes_with_more_columns():
    X, _, groups = make_rows()
    X[:, 2] = np.rint(X[:, 2])
    generator = IndependentGenerator(categorical_features=[False, False, True])
    for make_sampler in SAMPLERS:
        sampler = make_sampler(generator, random_state=0)
        X_new, _ = sampler.fit_resample(X, X[:, 0] ** 3, groups=groups)
        assert set(X_new[:, 2]) <= set(X[:, 2])


class Unconditional(IndependentGenerator):
    """Cannot draw cells given others."""

    def sample(self, n_samples=1, *, random_state=None):
        return super().sample(n_samples, random_state=random_state)


@pytest.mark.slow
@pytest.mark.parametrize(
    "listed", ["from_dtype", [2], [False, False, True]], ids=["none", "place", "mask"]
)
@pytest.mark.parametrize("container", [np.asarray, np.ndarray.tolist, pd.DataFrame])
@pytest.mark.parametrize(
    ("make_sampler", "params"),
    [
        (GenerativeOverSampler, {"pooling": "none"}),
        (GenerativeOverSampler, {"pooling": "full"}),
        (GenerativeReplacer, {"sampling_strategy": "all"}),
    ],
)
def test_groups_that_are_distinct_in_a_class(make_sampler, params, container, listed):
    X, y, _ = make_rows()
    X[:, 2] = np.rint(X[:, 2])
    groups = np.where(y == 1, np.cumsum(y), np.arange(N_SAMPLES) % 40)
    pooled = params.get("pooling") == "full"
    make_generator = IndependentGenerator if pooled else Unconditional
    generator = make_generator(categorical_features=listed)
    sampler = make_sampler(generator, random_state=0, **params)
    X_new, y_new = sampler.fit_resample(container(X), y, groups=groups)
    n_kept = number_of_rows_kept(sampler)
    rare = np.asarray(y_new)[n_kept:] == 1
    assert set(sampler.groups_[n_kept:][rare]) <= set(groups[y == 1])
    if listed != "from_dtype":
        assert set(np.asarray(X_new)[:, 2]) <= set(X[:, 2])


@pytest.mark.parametrize(
    ("metadata", "generator", "message"),
    [
        ({"sample_weight": np.ones(7)}, None, "sample_weight.shape"),
        ({"sample_weight": -np.ones(120)}, None, "Negative values"),
        ({"groups": np.ones(7)}, None, "inconsistent numbers of samples"),
        ({"groups": np.ones((120, 2))}, None, "groups should be a 1d array"),
        ({"groups": [None, "a"] * 60}, None, "Input groups contains NaN: 60 of"),
        ({"groups": np.ones(120)}, KernelDensity(), "take tables with categories"),
    ],
)
@pytest.mark.parametrize("make_sampler", SAMPLERS)
def test_wrong_metadata(make_sampler, metadata, generator, message):
    X, y, _ = make_rows()
    with pytest.raises(ValueError, match=message):
        make_sampler(generator).fit_resample(X, y, **metadata)


@pytest.mark.parametrize("make_sampler", SAMPLERS)
def test_metadata_are_routed(make_sampler):
    X, y, groups = make_rows()
    weights = np.linspace(1, 2, N_SAMPLES)
    with sklearn.config_context(enable_metadata_routing=True):
        sampler = make_sampler(random_state=0).set_fit_resample_request(
            sample_weight=True, groups=True
        )
        model = LogisticRegression().set_fit_request(sample_weight=False)
        pipeline = make_pipeline(sampler, model)
        pipeline.fit(X, y, sample_weight=weights, groups=groups)
    found = pipeline[0]
    assert len(found.sample_weight_) == len(found.groups_) == len(found.is_synthetic_)


def test_as_rows():
    X = make_rows()[0]
    for table in (X, X.tolist(), pd.DataFrame(X), pl.DataFrame(X)):
        assert as_rows(table) is table
    mixed = as_rows(((1, "a"), (2, "b")))
    assert mixed.dtype == object
    with pytest.raises(TypeError, match="X is None"):
        as_rows(None)


@pytest.mark.parametrize("gaussian_share", [0, 0.5])
@pytest.mark.parametrize("listed", ["from_dtype", ["plan"]])
@pytest.mark.parametrize("make_sampler", SAMPLERS)
def test_texts_that_pandas_holds_in_no_category(make_sampler, listed, gaussian_share):
    # all distinct within the rare class
    names = pd.Series([f"\ud800{i % 16}" for i in range(80)], dtype=object)
    X = pd.DataFrame({"name": names, "plan": np.arange(80) % 2})
    y = np.arange(80) < 15
    sampler = make_sampler(
        IndependentGenerator(categorical_features=listed), random_state=0
    )
    if make_sampler is GenerativeOverSampler:
        sampler.set_params(gaussian_share=gaussian_share)
    X_new, _ = sampler.fit_resample(X, y)
    assert X_new.dtypes.tolist() == X.dtypes.tolist()
    assert set(X_new["name"]) <= set(names)
    assert set(X_new["plan"]) <= {0, 1}
