"""The law decode(encode(X)) = X for polars dataframes."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from skgen.table import TableCodec

from ..examples import (
    BIG,
    CITIES,
    assert_matrix_fits,
    cells,
    dates,
    floats,
    integers,
    law,
    short_spans,
    small_times,
    text,
    utc_times,
    whole_times,
)

pl = pytest.importorskip("polars")
from polars.testing import assert_frame_equal  # noqa: E402


def polars_cells():
    pl = pytest.importorskip("polars")

    def of(dtype):
        return lambda values: pl.Series(values, dtype=dtype, strict=False)

    return {
        "Float64": (floats(64), True, of(pl.Float64)),
        "Float32": (floats(32), True, of(pl.Float32)),
        "Int8": (integers(8), True, of(pl.Int8)),
        "Int64": (st.integers(BIG, BIG + 2**53), True, of(pl.Int64)),
        "UInt64": (st.integers(2**64 - 2**50, 2**64 - 1), True, of(pl.UInt64)),
        "Boolean": (st.booleans(), True, of(pl.Boolean)),
        "String": (text, True, of(pl.String)),
        "Categorical": (text, True, of(pl.Categorical)),
        "Enum": (text, True, of(pl.Enum([*reversed(CITIES), "never"]))),
        "Date": (dates, True, of(pl.Date)),
        "Datetime": (small_times, True, of(pl.Datetime("us"))),
        "Datetime-ms": (whole_times, True, of(pl.Datetime("ms"))),
        "Zoned": (
            utc_times,
            True,
            lambda values: pl.Series(
                values, dtype=pl.Datetime("us", "UTC")
            ).dt.convert_time_zone("Europe/Paris"),
        ),
        "Duration": (short_spans, True, of(pl.Duration("us"))),
        "Null": (st.none(), True, of(pl.Null)),
    }


@st.composite
def polars_tables(draw):
    pl = pytest.importorskip("polars")
    kinds = polars_cells()
    names = draw(st.lists(st.sampled_from(sorted(kinds)), min_size=1, max_size=4))
    n_samples = draw(st.integers(0, 12))
    columns = [draw(cells(kinds, name, n_samples)) for name in names]
    return pl.DataFrame({f"{at}": column for at, column in enumerate(columns)})


@pytest.mark.slow
@law
@given(polars_tables())
def test_law_for_polars(X):

    kept = X.clone()
    codec = TableCodec().fit(X)
    Z = codec.encode(X)
    missing = np.column_stack([column.is_null().to_numpy() for column in X])
    assert_matrix_fits(codec, Z, missing)
    assert_frame_equal(codec.decode(Z), X)
    assert_frame_equal(codec.replace(X, Z, np.ones(X.shape, dtype=bool)), X)
    assert_frame_equal(X, kept)


def test_polars_nan_is_missing_and_comes_back_as_null():
    pl = pytest.importorskip("polars")
    X = pl.DataFrame({"a": [0.5, float("nan"), None]})
    codec = TableCodec().fit(X)
    assert_array_equal(codec.encode(X).ravel(), [5, np.nan, np.nan])
    assert codec.decode(codec.encode(X))["a"].to_list() == [0.5, None, None]
    column = TableCodec().fit(X[:2]).columns_[0]
    assert (column.lower, column.upper, column.has_missing) == (5, 5, True)


def test_refused_polars_columns_are_named():
    pl = pytest.importorskip("polars")
    values = {
        "list": [[1]],
        "struct": [{"a": 1}],
        "time": [dt.time(1)],
        "binary": [b"a"],
        "decimal": pl.Series([1], dtype=pl.Decimal(5, 2)),
    }
    if hasattr(pl, "Int128"):
        values["wide"] = pl.Series([1], dtype=pl.Int128)
    for name, column in values.items():
        with pytest.raises(TypeError, match=f"Column '{name}' has the unsupported"):
            TableCodec().fit(pl.DataFrame({name: column}))
