import pickle

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from skgen._table.containers.storage import from_plain, to_plain
from skgen.table import TableCodec

VALUES = [
    pd.NA,
    pd.NaT,
    pd.RangeIndex(2, 9, 3, name="n"),
    pd.Index(["a", "b"], name="columns"),
    pd.Index(["a", 3], dtype=object),
    pd.CategoricalDtype(["low", "high"], ordered=True),
    pd.CategoricalDtype([3, 1]),
    pd.CategoricalDtype(pd.Index([True, False])),
    pd.Series(["a"]).dtype,
    pd.Int8Dtype(),
    pd.BooleanDtype(),
    pd.DatetimeTZDtype("us", "Europe/Paris"),
    pd.ArrowDtype(pa.int32()),
    pd.ArrowDtype(pa.timestamp("ms")),
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_what_pandas_has_is_plain_and_comes_back(value):
    plain = to_plain(value)
    assert set(types_in(plain)) <= {dict, list, str, int, bool, type(None)}
    back = from_plain(plain)
    assert type(back) is type(value)
    if isinstance(value, pd.Index):
        pd.testing.assert_index_equal(back, value, exact=True)
    elif value is pd.NA or value is pd.NaT:
        assert back is value
    else:
        assert back == value


def types_in(value):
    """Types of a nest of dicts and lists; a numpy dtype is one that tools know."""
    if isinstance(value, dict):
        yield dict
        for item in value.values():
            yield from types_in(item)
    elif isinstance(value, list):
        yield list
        for item in value:
            yield from types_in(item)
    elif not isinstance(value, np.dtype):
        yield type(value)


@pytest.mark.parametrize("value", [None, 3.5, np.dtype("f4"), "text", pl.Int64()])
def test_other_things_stay_as_they_are(value):
    assert to_plain(value) is value
    assert from_plain(value) is value


def test_what_no_name_tells_stays_as_it_is():
    value = pd.ArrowDtype(pa.decimal128(5, 2))
    assert from_plain(to_plain(value)) == value
    columns = pd.MultiIndex.from_tuples([("a", 1), ("b", 2)])
    assert to_plain(columns) is columns


def test_a_stored_codec_decodes_the_same():
    X = pd.DataFrame(
        {
            "n": pd.array([1, None, 3], dtype="Int64"),
            "c": pd.Categorical(["x", "y", None], ["y", "x"], ordered=True),
            "o": pd.Series(["a", pd.NA, "b"], dtype=object),
            "d": pd.to_datetime(["2024-01-01", None, "2024-01-03"], utc=True),
        }
    ).rename_axis(columns="name")
    codec = TableCodec().fit(X)
    stored = pickle.loads(pickle.dumps(codec))
    pd.testing.assert_frame_equal(stored.decode(codec.encode(X)), X)
    pd.testing.assert_frame_equal(codec.decode(codec.encode(X)), X)
