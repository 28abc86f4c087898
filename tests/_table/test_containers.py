"""The law decode(encode(X)) = X, for every container and dtype."""

import datetime as dt
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from sklearn.base import clone

from skgen._table.cells import object_array
from skgen.table import TableCodec

pd = pytest.importorskip("pandas")
from pandas.testing import assert_frame_equal  # noqa: E402

law = settings(deadline=None, derandomize=True, max_examples=80)
quick = settings(deadline=None, derandomize=True, max_examples=40)

CITIES = ("Oslo", "Rome", "", "Zürich")
BIG = 2**62


@pytest.mark.slow
def test_arrays_need_no_dataframe_library():
    code = """if True:
        import sys
        sys.modules.update(dict.fromkeys(["pandas", "polars", "pyarrow"]))
        from skgen.table import TableCodec
        codec = TableCodec().fit([[1, "a"]])
        print(codec.decode(codec.encode([[1, "a"]])))
    """
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[[1 'a']]"


# --- cells of each dtype ----------------------------------------------------------


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

# name: (cells, can be missing, list of cells -> Series)
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


# --- pandas -----------------------------------------------------------------------


@st.composite
def pandas_tables(draw):
    names = draw(st.lists(st.sampled_from(sorted(PANDAS)), min_size=1, max_size=4))
    n_samples = draw(st.integers(0, 12))
    columns = [draw(cells(PANDAS, name, n_samples)) for name in names]
    X = pd.concat(columns, axis=1)
    X.columns = [f"{name}-{at}" for at, name in enumerate(names)]
    X.index = pd.Index(range(100, 100 + n_samples), name="row")
    return X


@pytest.mark.slow
@law
@given(pandas_tables())
def test_law_for_pandas(X):
    kept = X.copy()
    codec = TableCodec().fit(X)
    Z = codec.encode(X)
    assert_matrix_fits(codec, Z, X.isna().to_numpy())
    back = codec.decode(Z)
    assert_frame_equal(back, X.reset_index(drop=True), check_exact=True)
    assert isinstance(back.index, pd.RangeIndex)
    everywhere = np.ones(X.shape, dtype=bool)
    assert_frame_equal(codec.replace(X, Z, everywhere), X, check_exact=True)
    assert_frame_equal(X, kept, check_exact=True)


@pytest.mark.parametrize("name", sorted(PANDAS))
def test_law_for_each_pandas_dtype(name):
    @settings(deadline=None, derandomize=True, max_examples=4)
    @given(cells(PANDAS, name, 7))
    def check(column):
        X = column.to_frame("a")
        codec = TableCodec().fit(X)
        assert_frame_equal(codec.decode(codec.encode(X)), X, check_exact=True)
        for some in (X.iloc[:0], X.iloc[:1]):
            codec = clone(codec).fit(some)
            assert_frame_equal(codec.decode(codec.encode(some)), some, check_exact=True)
        nothing = X.iloc[np.flatnonzero(X["a"].isna())].reset_index(drop=True)
        codec = clone(codec).fit(nothing)
        assert len(nothing) == 0 or codec.columns_[0].kind == "missing"
        back = codec.decode(codec.encode(nothing))
        assert_frame_equal(back, nothing, check_exact=True)

    check()


@pytest.mark.parametrize("nothing", [None, np.nan, pd.NA, pd.NaT])
def test_object_columns_keep_their_first_missing_object(nothing):
    X = objects(["a", nothing]).to_frame("a")
    codec = TableCodec().fit(X)
    assert codec.decode(codec.encode(X))["a"].iloc[1] is nothing


def test_names_and_their_index_are_kept():
    names = pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["u", "v"])
    tables = [
        pd.DataFrame([[1, 2.5]], columns=names),
        pd.DataFrame([[1, 2.5]], columns=pd.Index([7, 3], name="k")),
        pd.DataFrame([[1, 2.5]], columns=pd.Index(["x", "y"], dtype=object)),
    ]
    for X in tables:
        codec = TableCodec().fit(X)
        assert_frame_equal(codec.decode(codec.encode(X)), X)
        assert [column.name for column in codec.columns_] == X.columns.tolist()


@pytest.mark.parametrize("dtype", ["Int64", "boolean", "str", "category", "string"])
def test_nullable_dtypes_take_missing_cells(dtype):
    text = dtype in ("str", "string")
    X = pd.DataFrame({"a": pd.Series(["1", "0"] if text else [1, 0]).astype(dtype)})
    back = TableCodec().fit(X).decode([[1], [np.nan]])
    assert back["a"].isna().tolist() == [False, True]
    assert back["a"].dtype == X["a"].dtype


@pytest.mark.parametrize("dtype", ["int64", "bool", "uint8"])
def test_missing_in_a_dtype_without_names_the_column(dtype):
    X = pd.DataFrame({"a": np.array([1, 0], dtype=dtype)})
    with pytest.raises(ValueError, match=r"Column 'a' is of dtype .* 1 of the 2 cells"):
        TableCodec().fit(X).decode([[1], [np.nan]])


@pytest.mark.parametrize(
    ("values", "error", "message"),
    [
        ([1.0, np.inf], ValueError, "holds infinity.*NaN"),
        ([[1], [2]], TypeError, "cells of type list"),
        ([{"k": 1}, {}], TypeError, "cells of type dict"),
        ([np.zeros(2), None], TypeError, "cells of type ndarray"),
        ([1j, 2], ValueError, "Complex data not supported"),
        ([2**63 - 1, 1], ValueError, r"more than 2\*\*53 whole numbers.*str"),
        (np.array([2**64 - 1, 1], dtype="u8"), ValueError, r"more than 2\*\*53"),
        (["a", 1], TypeError, "mixes int and str.*one type"),
        (
            np.array([0, 2**62 + 1]).view("M8[ns]"),
            ValueError,
            r"2\*\*53 steps.*microseconds",
        ),
        (pd.arrays.SparseArray([0, 1]), TypeError, "dense"),
        (pd.period_range("2020", periods=2), TypeError, "unsupported dtype period"),
        (pd.interval_range(0, 2).array, TypeError, "unsupported dtype interval"),
    ],
)
def test_refused_pandas_columns_are_named(values, error, message):
    X = pd.DataFrame({"ok": [1, 2], "bad": values})
    with pytest.raises(error, match=f"(?s)^Column 'bad' .*{message}"):
        TableCodec().fit(X)


def test_refused_arrow_columns_are_named():
    pa = pytest.importorskip("pyarrow")
    values = {
        "list": pa.array([[1]]),
        "struct": pa.array([{"a": 1}]),
        "decimal": pa.array([None], pa.decimal128(5, 2)),
        "time": pa.array([1], pa.time32("s")),
        "binary": pa.array([b"a"]),
    }
    for name, array in values.items():
        X = pd.DataFrame({name: pd.array(array, dtype=pd.ArrowDtype(array.type))})
        with pytest.raises(TypeError, match=f"Column '{name}' has the unsupported"):
            TableCodec().fit(X)


# --- polars -----------------------------------------------------------------------


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
    from polars.testing import assert_frame_equal

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
    assert_array_equal(codec.encode(X).ravel(), [0.5, np.nan, np.nan])
    assert codec.decode(codec.encode(X))["a"].to_list() == [0.5, None, None]
    column = TableCodec().fit(X[:2]).columns_[0]
    assert (column.lower, column.upper, column.has_missing) == (0.5, 0.5, True)


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


# --- arrays -----------------------------------------------------------------------


ARRAYS = {
    "f8": floats(64) | st.just(np.nan),
    "f4": floats(32) | st.just(np.nan),
    "i4": integers(32),
    "u8": st.integers(2**64 - 2**50, 2**64 - 1),
    "?": st.booleans(),
    "U6": text,
    "M8[ms]": instants("ms") | st.just(np.datetime64("NaT")),
    "m8[s]": spans("s"),
}


@st.composite
def arrays(draw):
    dtype = draw(st.sampled_from(sorted(ARRAYS)))
    shape = draw(st.integers(0, 9)), draw(st.integers(1, 3))
    size = shape[0] * shape[1]
    values = draw(st.lists(ARRAYS[dtype], min_size=size, max_size=size))
    return np.array(values, dtype=dtype).reshape(shape)


def is_missing(X):
    return X != X


@law
@given(arrays())
def test_law_for_arrays(X):
    kept = X.copy()
    codec = TableCodec().fit(X)
    Z = codec.encode(X)
    assert_matrix_fits(codec, Z, is_missing(X))
    back = codec.decode(Z)
    assert back.dtype == X.dtype
    assert_array_equal(back, X)
    assert_array_equal(codec.replace(X, Z, np.ones(X.shape, dtype=bool)), X)
    assert_array_equal(X, kept)


OBJECTS = [name for name in PANDAS if name.startswith("object-")]


@quick
@given(st.data(), st.lists(st.sampled_from(OBJECTS), min_size=1, max_size=4))
def test_law_for_object_arrays_and_lists(data, names):
    columns = [data.draw(cells(PANDAS, name, 6)) for name in names]
    X = np.column_stack([column.to_numpy() for column in columns])
    for table in (X, X.tolist()):
        codec = TableCodec().fit(table)
        back = codec.decode(codec.encode(table))
        assert isinstance(back, np.ndarray)
        assert back.tolist() == X.tolist()
        if back.dtype == object:
            same = [type(a) is type(b) for a, b in zip(back.flat, X.flat, strict=True)]
            assert all(same)


@pytest.mark.parametrize(
    ("rows", "dtype"),
    [
        ([[1, 2.5], [3, 4.5]], float),
        ([[1, 2], [3, 4]], int),
        ([[True], [False]], bool),
        ([["a", 1], ["b", 2]], object),
        ([["a"], [None]], object),
        (((1, 2), (3, 4)), int),
    ],
)
def test_lists_of_rows_come_back_as_arrays(rows, dtype):
    codec = TableCodec().fit(rows)
    back = codec.decode(codec.encode(rows))
    assert back.dtype == dtype
    assert back.tolist() == [list(row) for row in rows]
    assert not hasattr(codec, "feature_names_in_")
