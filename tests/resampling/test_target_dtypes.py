"""Targets of every dtype: each sampler gives back what it was given."""

from collections import Counter

import numpy as np
import pandas as pd
import polars as pl
import pytest
from pandas.testing import assert_series_equal

from skgen.generators import IndependentGenerator
from skgen.resampling import (
    GenerativeAugmenter,
    GenerativeOverSampler,
    GenerativeReplacer,
)

SAMPLERS = [GenerativeOverSampler, GenerativeAugmenter, GenerativeReplacer]
CODES = np.random.default_rng(0).permutation(np.repeat([0, 1], [40, 20]))
TOWNS = np.array(["Rome", "Oslo"])[CODES]
ORDERED = pd.CategoricalDtype(["Rome", "Bern", "Oslo"], ordered=True)

SERIES = {
    "str": pd.Series(TOWNS, dtype="str"),
    "object": pd.Series(TOWNS, dtype=object),
    "string[pyarrow]": pd.Series(TOWNS, dtype="string[pyarrow]"),
    "category": pd.Series(pd.Categorical(TOWNS, ["Rome", "Bern", "Oslo"])),
    "ordered": pd.Series(TOWNS, dtype=ORDERED),
    "category of numbers": pd.Series(CODES, dtype=pd.CategoricalDtype([7, 1, 0])),
    "bool": pd.Series(CODES == 1),
    "objects that are bool": pd.Series(CODES == 1, dtype=object),
    "boolean": pd.Series(CODES == 1, dtype="boolean"),
    "bool[pyarrow]": pd.Series(CODES == 1, dtype="bool[pyarrow]"),
    "Int64": pd.Series(CODES, dtype="Int64"),
    "UInt8": pd.Series(CODES, dtype="UInt8"),
    "Float32": pd.Series(CODES, dtype="Float32"),
    "int16[pyarrow]": pd.Series(CODES, dtype="int16[pyarrow]"),
}
NUMBERS = np.random.default_rng(1).exponential(size=60).round(3)
CONTINUOUS = {
    "float32": pd.Series(NUMBERS, dtype="float32"),
    "Float64": pd.Series(NUMBERS, dtype="Float64"),
    "double[pyarrow]": pd.Series(NUMBERS, dtype="double[pyarrow]"),
    "Int64": pd.Series(np.rint(100 * NUMBERS), dtype="Int64"),
    "uint16": pd.Series(np.rint(100 * NUMBERS), dtype="uint16"),
}
POLARS = {
    "String": pl.Series(TOWNS),
    "Categorical": pl.Series(TOWNS, dtype=pl.Categorical),
    "Enum": pl.Series(TOWNS, dtype=pl.Enum(["Rome", "Bern", "Oslo"])),
    "Boolean": pl.Series(CODES == 1),
    "Int8": pl.Series(CODES, dtype=pl.Int8),
    "Float32": pl.Series(NUMBERS, dtype=pl.Float32),
    "UInt32": pl.Series(np.rint(100 * NUMBERS), dtype=pl.UInt32),
}


def resample(make_sampler, y):
    X = np.random.default_rng(2).normal(size=(60, 2))
    sampler = make_sampler(IndependentGenerator(), random_state=0)
    y_new = sampler.fit_resample(X, y)[1]
    return sampler, y_new, 0 if make_sampler is GenerativeReplacer else 60


@pytest.mark.parametrize("name", SERIES)
@pytest.mark.parametrize("make_sampler", SAMPLERS)
def test_pandas_classes(make_sampler, name):
    y = SERIES[name].rename("town").set_axis(np.arange(60) + 7)
    _, y_new, n_kept = resample(make_sampler, y)
    assert (y_new.dtype, y_new.name) == (y.dtype, "town")
    assert_series_equal(y_new[:n_kept], y.reset_index(drop=True)[:n_kept])
    first, second = y.iloc[CODES.argmin()], y.iloc[CODES.argmax()]
    added = {second: 20} if make_sampler is GenerativeOverSampler else dict(Counter(y))
    assert Counter(y_new[n_kept:]) == added
    assert {first, second} == set(y_new)


@pytest.mark.parametrize("name", CONTINUOUS)
@pytest.mark.parametrize("make_sampler", SAMPLERS)
def test_pandas_numbers(make_sampler, name):
    y = CONTINUOUS[name].rename("size")
    sampler, y_new, n_kept = resample(make_sampler, y)
    assert (y_new.dtype, y_new.name) == (y.dtype, "size")
    assert_series_equal(y_new[:n_kept], y[:n_kept])
    assert len(y_new) == len(sampler.is_synthetic_) > n_kept
    assert y_new.between(y.min(), y.max()).all()
    if "int" in name.lower():
        assert set(y_new) <= set(y)


@pytest.mark.parametrize("name", POLARS)
@pytest.mark.parametrize("make_sampler", SAMPLERS)
def test_polars(make_sampler, name):
    y = POLARS[name].alias("town")
    sampler, y_new, n_kept = resample(make_sampler, y)
    assert (y_new.dtype, y_new.name) == (y.dtype, "town")
    assert y_new[:n_kept].equals(y[:n_kept])
    assert len(y_new) == len(sampler.is_synthetic_) > n_kept
    if name != "Float32":
        assert set(y_new) <= set(y)
