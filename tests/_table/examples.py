"""Cells of each dtype and tables of each container, for the tests of several files."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from skgen._table.cells import object_array

pd = pytest.importorskip("pandas")
pl = pytest.importorskip("polars")


law = settings(deadline=None, derandomize=True, max_examples=80)


quick = settings(deadline=None, derandomize=True, max_examples=40)


CITIES = ("Oslo", "Rome", "", "Zürich")


BIG = 2**62


def floats(width):
    return st.one_of(
        st.floats(width=width, allow_nan=False, allow_infinity=False),
        st.integers(-500, 500).map(lambda number: number / 4),
    )


def integers(bits, signed=True):
    lowest = -(2 ** (bits - 1)) if signed else 0
    return st.integers(max(lowest, -(2**53)), min(lowest + 2**bits - 1, 2**53))


def instants(unit, span=10**15):
    return st.integers(-span, span).map(lambda ticks: np.datetime64(ticks, unit))


def spans(unit):
    return st.integers(-(10**15), 10**15).map(lambda n: np.timedelta64(n, unit))


def arrow(name):
    pa = pytest.importorskip("pyarrow")
    types = {
        "int": pa.int16(),
        "float": pa.float32(),
        "bool": pa.bool_(),
        "string": pa.string(),
        "large": pa.large_string(),
        "date": pa.date32(),
        "time": pa.timestamp("ms"),
        "zoned": pa.timestamp("us", "Asia/Tokyo"),
        "span": pa.duration("us"),
        "dictionary": pa.dictionary(pa.int32(), pa.string()),
    }
    return pd.ArrowDtype(types[name])


def objects(values):
    return pd.Series(object_array(values), dtype=object)


def times(code):
    def build(values):
        nothing = np.datetime64("NaT") if code[0] == "M" else np.timedelta64("NaT")
        filled = [nothing if value is None else value for value in values]
        return pd.Series(np.array(filled, dtype=code))

    return build


def zoned(unit, zone):
    def build(values):
        return times(f"M8[{unit}]")(values).dt.tz_localize("UTC").dt.tz_convert(zone)

    return build


def of_dtype(dtype):
    def build(values):
        resolved = arrow(dtype.removeprefix("arrow-")) if "arrow-" in dtype else dtype
        return pd.Series(pd.array(values, dtype=resolved))

    return build


def category(levels, ordered=False):
    return lambda values: pd.Series(
        pd.Categorical(values, categories=levels, ordered=ordered)
    )


def numbers(dtype):
    return lambda values: pd.Series(
        np.array([np.nan if v is None else v for v in values], dtype=dtype)
    )


text = st.sampled_from(CITIES)


dates = st.dates()


small_times = st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2100, 1, 1))


whole_times = small_times.map(lambda time: time.replace(microsecond=0))


utc_times = small_times.map(lambda time: time.replace(tzinfo=dt.UTC))


short_spans = st.timedeltas(dt.timedelta(-9), dt.timedelta(9))


bins = pd.interval_range(0, 3)


PANDAS = {
    "float64": (floats(64), True, numbers("f8")),
    "float32": (floats(32), True, numbers("f4")),
    "float16": (floats(16), True, numbers("f2")),
    "whole": (integers(30).map(float), True, numbers("f8")),
    "int8": (integers(8), False, numbers("i1")),
    "int64": (integers(64), False, numbers("i8")),
    "huge": (st.integers(BIG, BIG + 2**53), False, numbers("i8")),
    "uint16": (integers(16, False), False, numbers("u2")),
    "uint64": (st.integers(2**64 - 2**50, 2**64 - 1), False, numbers("u8")),
    "bool": (st.booleans(), False, numbers("?")),
    "Int64": (st.integers(-(2**63), 2**52 - 2**63), True, of_dtype("Int64")),
    "Int8": (integers(8), True, of_dtype("Int8")),
    "Float32": (floats(32), True, of_dtype("Float32")),
    "boolean": (st.booleans(), True, of_dtype("boolean")),
    "str": (text, True, of_dtype("str")),
    "string": (text, True, of_dtype("string")),
    "string-python": (text, True, of_dtype("string[python]")),
    "object-str": (text, True, objects),
    "object-int": (integers(54), True, objects),
    "object-float": (floats(64), True, objects),
    "object-bool": (st.booleans(), True, objects),
    "object-date": (dates, True, objects),
    "object-datetime": (small_times, True, objects),
    "object-Timestamp": (small_times.map(pd.Timestamp), True, objects),
    "object-timedelta": (short_spans, True, objects),
    "category": (text, True, category(["Rome", "never", *CITIES[:1], *CITIES[2:]])),
    "category-ordered": (text, True, category(sorted(CITIES), ordered=True)),
    "category-int": (st.integers(0, 3), True, category([3, 1, 0, 2, 9])),
    "category-float": (st.sampled_from([0.5, -1]), True, category([0.5, 7, -1])),
    "category-mixed": (st.sampled_from([1, "a"]), True, category(["a", 1])),
    "category-bins": (st.sampled_from(list(bins)), True, category(bins, True)),
    "category-bool": (st.booleans(), True, category([True, False])),
    "datetime-s": (instants("s", 10**10), True, times("M8[s]")),
    "datetime-ms": (instants("ms"), True, times("M8[ms]")),
    "datetime-ns": (instants("ns"), True, times("M8[ns]")),
    "datetime-days": (instants("D", 10**5), True, times("M8[us]")),
    "zoned-ns": (instants("ns"), True, zoned("ns", "Europe/Paris")),
    "zoned-s": (instants("s", 10**9), True, zoned("s", "America/New_York")),
    "timedelta": (spans("ns"), True, times("m8[ns]")),
    "timedelta-s": (spans("s"), True, times("m8[s]")),
    "arrow-int": (integers(16), True, of_dtype("arrow-int")),
    "arrow-float": (floats(32), True, of_dtype("arrow-float")),
    "arrow-bool": (st.booleans(), True, of_dtype("arrow-bool")),
    "arrow-string": (text, True, of_dtype("arrow-string")),
    "arrow-large": (text, True, of_dtype("arrow-large")),
    "arrow-date": (dates, True, of_dtype("arrow-date")),
    "arrow-time": (whole_times, True, of_dtype("arrow-time")),
    "arrow-zoned": (utc_times, True, of_dtype("arrow-zoned")),
    "arrow-span": (short_spans, True, of_dtype("arrow-span")),
    "arrow-dictionary": (text, True, of_dtype("arrow-dictionary")),
}


def cells(kinds, name, n_samples):
    values, can_be_missing, build = kinds[name]
    if can_be_missing:
        values = st.one_of(st.none(), values, values, values)
    column = st.lists(values, min_size=n_samples, max_size=n_samples)
    return column.map(build)


def assert_matrix_fits(codec, Z, missing):
    """What models rely on."""
    assert Z.dtype == np.float64
    assert_array_equal(np.isnan(Z), missing)
    for column, z in zip(codec.columns_, Z.T, strict=True):
        observed = z[~np.isnan(z)]
        assert column.has_missing == (len(observed) < len(z))
        if column.kind == "missing" or len(observed) == 0:
            continue
        assert column.discrete == (column.n_categories > 0)
        if column.discrete:
            assert set(observed) == set(range(column.n_categories))
            continue
        assert (observed.min(), observed.max()) == (column.lower, column.upper)
        if column.integer_valued:
            assert_array_equal(observed, np.rint(observed))


def make_table():
    return pd.DataFrame(
        {
            "f": [0.5, np.nan, 2.5, 3.5],
            "i": [1, 2, 3, 4],
            "b": [True, False, True, True],
            "s": ["x", "y", None, "x"],
            "c": pd.Categorical(["u", "v", "u", None], ["w", "v", "u"]),
            "t": pd.to_datetime(["2020-01-01", "2020-01-03", None, "2020-01-09"]),
            "z": pd.to_datetime(["2020-01-01", None] * 2).tz_localize("Europe/Oslo"),
        },
        index=[7, 7, 8, 9],
    )


def containers():
    X = make_table()
    plain = X.drop(columns=["c", "z"]).reset_index(drop=True)
    numbers = X[["i", "i", "i"]].to_numpy()
    return [
        X,
        X.convert_dtypes(),
        pl.from_pandas(plain),
        numbers,
        numbers.astype("float32"),
        numbers > 2,
        numbers.astype("U3"),
        X[["i", "b", "s"]].to_numpy(dtype=object),
    ]
