"""Tables of every container and dtype, coded and given back."""

import datetime as dt
import pickle
import subprocess
import sys
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.base import clone

from skgen.table import (
    TableCodec,
    concat_rows,
    declare_categories,
    n_rows,
    table_from_columns,
    take_rows,
)

pd = pytest.importorskip("pandas")
from pandas.testing import assert_frame_equal, assert_series_equal  # noqa: E402

law = settings(deadline=None, derandomize=True, max_examples=80)
quick = settings(deadline=None, derandomize=True, max_examples=40)

CITIES = ("Oslo", "Rome", "", "Zürich")
BIG = 2**62


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


# --- the law: decode(encode(X)) equals X --------------------------------------------


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
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return pd.Series(out, dtype=object)


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


@st.composite
def pandas_tables(draw):
    names = draw(st.lists(st.sampled_from(sorted(PANDAS)), min_size=1, max_size=4))
    n_samples = draw(st.integers(0, 12))
    columns = [draw(cells(PANDAS, name, n_samples)) for name in names]
    X = pd.concat(columns, axis=1)
    X.columns = [f"{name}-{at}" for at, name in enumerate(names)]
    X.index = pd.Index(range(100, 100 + n_samples), name="row")
    return X


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
        if column.lattice:
            assert_array_equal(observed, np.rint(observed))


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


def test_polars_nan_is_missing_and_comes_back_as_null():
    pl = pytest.importorskip("polars")
    X = pl.DataFrame({"a": [0.5, float("nan"), None]})
    codec = TableCodec().fit(X)
    assert_array_equal(codec.encode(X).ravel(), [0.5, np.nan, np.nan])
    assert codec.decode(codec.encode(X))["a"].to_list() == [0.5, None, None]
    column = TableCodec().fit(X[:2]).columns_[0]
    assert (column.lower, column.upper, column.has_missing) == (0.5, 0.5, True)


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


def test_codec_pickles_and_clones():
    X = pd.DataFrame(
        {"a": pd.Categorical(["x", "y"]), "b": pd.to_datetime(["2020"] * 2)}
    )
    codec = pickle.loads(pickle.dumps(TableCodec(extrapolate=True).fit(X)))
    assert_frame_equal(codec.decode(codec.encode(X)), X)
    assert clone(codec).extrapolate is True
    assert not hasattr(clone(codec), "columns_")


def test_repr_holds_no_cells():
    codec = TableCodec().fit(pd.DataFrame({"a": ["secret", "s"], "b": [8675, 309]}))
    for shown in (repr(codec), repr(codec.columns_)):
        assert "secret" not in shown
        assert "8675" not in shown


# --- decode -------------------------------------------------------------------------


def test_decode_rounds_and_clips_by_dtype():
    X = pd.DataFrame(
        {
            "cents": [0.25, 1.5],
            "int": [10, 20],
            "bool": [True, False],
            "city": ["Oslo", "Rome"],
            "day": pd.to_datetime(["2020-01-01", "2020-01-11"]),
        }
    )
    codec = TableCodec().fit(X)
    low = codec.decode(np.full((1, 5), -1e9)).iloc[0]
    assert low.tolist() == [0.25, 10, False, "Oslo", pd.Timestamp("2020-01-01")]
    inside = codec.decode([[0.7449, 12.6, 0.6, 0.4, 3.6]]).iloc[0]
    assert inside.tolist() == [0.74, 13, True, "Oslo", pd.Timestamp("2020-01-05")]
    out = TableCodec(extrapolate=True).fit(X).decode([[2.349, 9.4, 5, 5, -1.4]])
    expected = [2.35, 9, True, "Rome", pd.Timestamp("2019-12-31")]
    assert out.iloc[0].tolist() == expected
    assert out.dtypes.tolist() == X.dtypes.tolist()


@pytest.mark.parametrize("dtype", ["int64", "bool", "uint8"])
def test_missing_in_a_dtype_without_names_the_column(dtype):
    X = pd.DataFrame({"a": np.array([1, 0], dtype=dtype)})
    with pytest.raises(ValueError, match=r"Column 'a' is of dtype .* 1 of the 2 cells"):
        TableCodec().fit(X).decode([[1], [np.nan]])


@pytest.mark.parametrize("dtype", ["Int64", "boolean", "str", "category", "string"])
def test_nullable_dtypes_take_missing_cells(dtype):
    text = dtype in ("str", "string")
    X = pd.DataFrame({"a": pd.Series(["1", "0"] if text else [1, 0]).astype(dtype)})
    back = TableCodec().fit(X).decode([[1], [np.nan]])
    assert back["a"].isna().tolist() == [False, True]
    assert back["a"].dtype == X["a"].dtype


@pytest.mark.parametrize(
    ("Z", "message"),
    [
        (np.zeros((3, 2)), r"shape \(3, 1\), one column for each.*got \(3, 2\)"),
        (np.zeros(3), r"got \(3,\)"),
        (np.array([[np.inf]]), "Column 0 is infinite in Z"),
    ],
)
def test_decode_refuses_other_matrices(Z, message):
    codec = TableCodec().fit(np.zeros((2, 1)))
    with pytest.raises(ValueError, match=message):
        codec.decode(Z)


def test_decode_is_exact_for_floats_without_grid():
    X = np.random.default_rng(0).normal(size=(50, 3)) * [1e-9, 1, 1e9]
    codec = TableCodec().fit(X)
    assert_array_equal(codec.decode(codec.encode(X)), X)
    between = X[:1] * 0.3 + X[1:2] * 0.7
    assert_array_equal(codec.decode(between), between)


# --- categorical_features -----------------------------------------------------------


FEATURES = {"a": [1, 2, 1], "b": [0.5, 1.5, 0.5], "c": ["x", "y", "x"]}


@pytest.mark.parametrize(
    ("listed", "kinds"),
    [
        ("from_dtype", ["integer", "continuous", "categorical"]),
        (None, ["integer", "continuous", "categorical"]),
        ([], ["integer", "continuous", "categorical"]),
        (["b"], ["integer", "categorical", "categorical"]),
        ([0, 1], ["categorical", "categorical", "categorical"]),
        ([True, False, False], ["categorical", "continuous", "categorical"]),
        (np.array([False, True, True]), ["integer", "categorical", "categorical"]),
    ],
)
def test_categorical_features(listed, kinds):
    X = pd.DataFrame(FEATURES)
    codec = TableCodec(categorical_features=listed).fit(X)
    assert [column.kind for column in codec.columns_] == kinds
    assert_frame_equal(codec.decode(codec.encode(X)), X)


@pytest.mark.parametrize(
    ("listed", "message"),
    [
        (["z"], r"names the column 'z', which X does not have.*'a', 'b', 'c'"),
        ([True, False], r"boolean mask must have shape \(3,\)"),
        ([3], r"positions must be in \[0, 2\]"),
        ([-1], r"positions must be in \[0, 2\]"),
        ([["a"]], "one-dimensional"),
        ("b", "categorical_features"),
    ],
)
def test_wrong_categorical_features(listed, message):
    with pytest.raises(ValueError, match=message):
        TableCodec(categorical_features=listed).fit(pd.DataFrame(FEATURES))


def test_identifier_may_be_listed_as_a_category():
    X = pd.DataFrame({"id": [f"key-{i}" for i in range(30)]})
    with pytest.raises(ValueError, match=r"Column 'id' holds 30 texts.*Drop") as caught:
        TableCodec().fit(X)
    assert "key-" not in str(caught.value)
    codec = TableCodec(categorical_features=["id"]).fit(X)
    assert_frame_equal(codec.decode(codec.encode(X)), X)
    assert TableCodec().fit(X.astype("category")).columns_[0].n_categories == 30


# --- refusals -----------------------------------------------------------------------


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


def test_refused_polars_columns_are_named():
    pl = pytest.importorskip("polars")
    values = {
        "list": [[1]],
        "struct": [{"a": 1}],
        "time": [dt.time(1)],
        "binary": [b"a"],
        "decimal": pl.Series([1], dtype=pl.Decimal(5, 2)),
        "wide": pl.Series([1], dtype=pl.Int128),
    }
    for name, column in values.items():
        with pytest.raises(TypeError, match=f"Column '{name}' has the unsupported"):
            TableCodec().fit(pl.DataFrame({name: column}))


@pytest.mark.parametrize(
    "make", [sparse.csr_array, sparse.csr_matrix, sparse.coo_array]
)
def test_sparse_matrices_are_refused(make):
    with pytest.raises(TypeError, match=r"Sparse data was passed.*toarray"):
        TableCodec().fit(make(np.eye(3)))


@pytest.mark.parametrize(
    ("X", "error", "message"),
    [
        (np.zeros(3), ValueError, "Expected 2D array, got 1D array.*Reshape your data"),
        (np.zeros(()), ValueError, "got scalar array.*Reshape your data"),
        ([1, 2], ValueError, "Expected 2D array, got 1D array.*Reshape your data"),
        ([], ValueError, "Expected 2D array"),
        (np.zeros((2, 2, 2)), ValueError, "dim 3, while dim <= 2 is required"),
        ([[1, 2], [3]], ValueError, "different numbers of cells"),
        (np.zeros((3, 0)), ValueError, r"0 feature\(s\) \(shape=\(3, 0\)\) while"),
        (pd.Series([1]), ValueError, "2-dimensional container"),
        (np.ma.masked_array(np.eye(2)), TypeError, "MaskedArray"),
        (np.zeros((2, 1), dtype=complex), ValueError, "Complex data not supported"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), ValueError, "'a' has the name"),
        (pd.DataFrame([[1, 2]], columns=["a", 1]), TypeError, "Feature names are only"),
    ],
)
def test_refused_tables(X, error, message):
    with pytest.raises(error, match=f"(?s){message}"):
        TableCodec().fit(X)


def test_other_dataframes_are_refused():
    pl = pytest.importorskip("polars")
    pa = pytest.importorskip("pyarrow")
    with pytest.raises(TypeError, match=r"LazyFrame.*collect"):
        TableCodec().fit(pl.LazyFrame({"a": [1]}))
    with pytest.raises(TypeError, match="convert it to pandas or polars"):
        TableCodec().fit(pa.table({"a": [1]}))


# --- encode -------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["int8", "float32", "Int64", "bool", "object"])
def test_encode_takes_any_numeric_dtype(dtype):
    codec = TableCodec().fit(pd.DataFrame({"a": [0.5, 1.0]}))
    X = pd.DataFrame({"a": pd.Series([1, 0]).astype(dtype)})
    assert_array_equal(codec.encode(X), [[1], [0]])


def test_encode_takes_another_container():
    pl = pytest.importorskip("polars")
    columns = {"a": [1.5, None], "b": ["x", "y"], "c": [True, False]}
    X, other = pd.DataFrame(columns), pl.DataFrame(columns)
    codec = TableCodec().fit(X)
    assert_array_equal(codec.encode(other), codec.encode(X))
    assert_array_equal(TableCodec().fit(other).encode(X), codec.encode(X))
    new = codec.replace(other, np.zeros((2, 3)), np.ones((2, 3), dtype=bool))
    assert new.rows() == [(1.5, "x", False)] * 2


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["b", "a"], "in the same order"),
        (["a"], "seen at fit time, yet now missing:\n- b"),
        (["a", "b", "c"], "unseen at fit time:\n- c"),
    ],
)
def test_encode_refuses_other_names(names, message):
    codec = TableCodec().fit(pd.DataFrame({"a": [1], "b": [2]}))
    with pytest.raises(ValueError, match=message):
        codec.encode(pd.DataFrame([range(len(names))], columns=names))


def test_encode_refuses_other_names_that_are_no_strings():
    codec = TableCodec().fit(pd.DataFrame({0: [1], 1: [2]}))
    with pytest.raises(ValueError, match=r"\[0, 1\]; got \[1, 0\]"):
        codec.encode(pd.DataFrame({1: [1], 0: [2]}))
    with pytest.raises(
        ValueError, match="X has 3 features, but TableCodec is expecting"
    ):
        codec.encode(np.zeros((2, 3)))


def test_encode_refuses_text_among_numbers_and_unseen_categories():
    codec = TableCodec().fit(pd.DataFrame({"a": [1], "b": ["x"]}))
    with pytest.raises(TypeError, match=r"Column 'a' is integer .* text"):
        codec.encode(pd.DataFrame({"a": ["1"], "b": ["x"]}))
    with pytest.raises(
        ValueError, match="Column 'b' holds the category 'z', which was"
    ):
        codec.encode(pd.DataFrame({"a": [1], "b": ["z"]}))


def test_codec_must_be_fitted():
    from sklearn.exceptions import NotFittedError

    for call in ("encode", "decode"):
        with pytest.raises(NotFittedError):
            getattr(TableCodec(), call)(np.zeros((1, 1)))


# --- replace ------------------------------------------------------------------------


def mixed_table():
    X = pd.DataFrame(
        {
            "f": [0.1, np.nan, 0.3],
            "i": np.array([1, 2, 3], dtype="i2"),
            "I": pd.array([1, None, 3], dtype="Int8"),
            "c": pd.Categorical(["x", None, "y"], categories=["y", "w", "x"]),
            "s": pd.Series(["x", None, "y"], dtype="str"),
            "o": objects([True, None, False]),
            "d": pd.to_datetime(["2020-01-01", None, "2020-01-02"]),
            "z": pd.to_datetime(["2020-01-01", None, "2020-01-02"], utc=True),
        }
    )
    return X.set_axis(["r", "s", "s"])


def test_replace_changes_the_cells_alone():
    X = mixed_table()
    kept = X.copy()
    codec = TableCodec().fit(X)
    cells = X.isna().to_numpy()
    Z = np.where(cells, 1.0, np.inf)
    new = codec.replace(X, Z, cells)
    assert_frame_equal(X, kept)
    assert new.index.equals(X.index)
    assert new.dtypes.tolist() == X.dtypes.tolist()
    assert not new.isna().any(axis=None)
    assert_frame_equal(new.iloc[[0, 2]], X.iloc[[0, 2]], check_exact=True)
    day = pd.Timestamp("2020-01-02")
    expected = [0.3, 2, 1, "x", "y", True, day, day.tz_localize("UTC")]
    assert new.iloc[1].tolist() == expected


def test_replace_keeps_bits_of_other_cells():
    X = np.array([[-0.0, np.nan], [1e-320, 1.0]])
    codec = TableCodec().fit(X)
    cells = np.array([[False, True], [False, False]])
    new = codec.replace(X, np.ones((2, 2)), cells)
    assert new[:, 0].tobytes() == X[:, 0].tobytes()
    assert_array_equal(new[:, 1], [1, 1])


def test_replace_of_lists_gives_an_array():
    codec = TableCodec().fit([[1, "a"], [2, "b"]])
    new = codec.replace([[1, None]], [[0, 1]], [[False, True]])
    assert new.tolist() == [[1, "b"]]


def test_replace_reads_the_dtypes_of_its_own_table():
    codec = TableCodec().fit(pd.DataFrame({"a": [0.5, 2.0], "c": ["x", "y"]}))
    cells = np.array([[True, True]])
    X = pd.DataFrame({"a": [1], "c": pd.Categorical(["y"], categories=["y", "x"])})
    new = codec.replace(X, [[2.0, 0.0]], cells)
    assert new.dtypes.tolist() == X.dtypes.tolist()
    assert new.iloc[0].tolist() == [2, "x"]
    with pytest.raises(ValueError, match="Column 'a' is of dtype int64 here"):
        codec.replace(X, [[0.5, 0.0]], cells)
    with pytest.raises(ValueError, match="Column 'c' lacks in its category dtype"):
        codec.replace(X.assign(c=pd.Categorical(["y"])), [[2.0, 0.0]], cells)


@pytest.mark.parametrize(
    ("Z", "cells", "message"),
    [
        (
            np.zeros((2, 2)),
            np.zeros((2, 1), dtype=bool),
            r"boolean.*got shape \(2, 1\)",
        ),
        (np.zeros((2, 2)), np.zeros((2, 2)), "boolean.*dtype float64"),
        (
            np.zeros((1, 2)),
            np.ones((2, 2), dtype=bool),
            r"shape \(2, 2\).*got \(1, 2\)",
        ),
        (np.full((2, 2), np.inf), np.ones((2, 2), dtype=bool), "Column 0 is infinite"),
    ],
)
def test_replace_refuses_other_shapes(Z, cells, message):
    codec = TableCodec().fit(np.zeros((2, 2)))
    with pytest.raises(ValueError, match=message):
        codec.replace(np.zeros((2, 2)), Z, cells)


# --- given --------------------------------------------------------------------------


@pytest.fixture
def fitted():
    X = pd.DataFrame(
        {
            "n": [1.5, 2.5],
            "c": ["x", "y"],
            "b": [True, False],
            "d": pd.to_datetime(["2020-01-01", "2020-01-03"]),
            "k": pd.Categorical([1, 2]),
            "bin": pd.cut([0.5, 1.5], [0, 1, 2]),
        }
    )
    return TableCodec().fit(X)


@pytest.mark.parametrize(
    ("given", "position", "z"),
    [
        ({"n": 7}, 0, [7, 7]),
        ({"n": np.float32(0.5)}, 0, [0.5, 0.5]),
        ({"n": [1, None]}, 0, [1, np.nan]),
        ({"n": np.array([1, 2])}, 0, [1, 2]),
        ({"n": pd.Series([3, 4], index=[9, 9])}, 0, [3, 4]),
        ({"c": "y"}, 1, [1, 1]),
        ({"c": ["y", "x"]}, 1, [1, 0]),
        ({"c": np.array(["y", "x"])}, 1, [1, 0]),
        ({"c": pd.Categorical(["y", None])}, 1, [1, np.nan]),
        ({"c": None}, 1, [np.nan, np.nan]),
        ({"c": np.array("y")}, 1, [1, 1]),
        ({"b": True}, 2, [1, 1]),
        ({"b": np.array([False, True])}, 2, [0, 1]),
        ({"d": dt.date(2020, 1, 2)}, 3, [1, 1]),
        ({"d": pd.Timestamp("2020-01-02")}, 3, [1, 1]),
        ({"d": np.datetime64("2020-01-02")}, 3, [1, 1]),
        ({"k": 2}, 4, [1, 1]),
        ({"k": np.array([2, 1])}, 4, [1, 0]),
        ({"bin": pd.Interval(1, 2)}, 5, [1, 1]),
        (pd.DataFrame({"c": ["y", "x"]}), 1, [1, 0]),
        ({}, 0, [np.nan, np.nan]),
    ],
)
def test_given(fitted, given, position, z):
    Z = fitted.encode_given(given, 2)
    assert Z.shape == (2, 6)
    assert_array_equal(Z[:, position], z)
    assert np.isnan(np.delete(Z, position, axis=1)).all()


def test_given_by_position_of_arrays_and_by_polars():
    codec = TableCodec().fit(np.array([[1.0, 2.0]]))
    assert_array_equal(codec.encode_given({1: 5}, 1), [[np.nan, 5]])
    pl = pytest.importorskip("polars")
    codec = TableCodec().fit(pl.DataFrame({"a": ["x", "y"], "b": [1, 2]}))
    table = pl.DataFrame({"a": ["y", None]})
    assert_array_equal(codec.encode_given(table, 2)[:, 0], [1, np.nan])
    assert_array_equal(
        codec.encode_given({"a": pl.Series(["y", "x"])}, 2)[:, 0], [1, 0]
    )


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"nope": 1}, ValueError, "the column 'nope', which .*'n', 'c', 'b'"),
        ({"c": "zz"}, ValueError, "Column 'c' holds the category 'zz'"),
        ({"n": [1, 2, 3]}, ValueError, "Column 'n' is given for 3 rows, but 2 are"),
        ({"n": [1]}, ValueError, "Column 'n' is given for 1 rows"),
        ({"n": "a"}, TypeError, "Column 'n' is continuous .* text"),
        ({"n": np.inf}, ValueError, "Column 'n' holds infinity"),
        ({"d": 3}, TypeError, "Column 'd' is datetime .* numbers"),
        ({"n": [[1], [2, 3]]}, TypeError, "Column 'n' holds cells of type list"),
        (pd.DataFrame({"n": [1]}), ValueError, "Column 'n' is given for 1 rows"),
        (np.zeros((2, 6)), ValueError, "dict .* or a dataframe"),
    ],
)
def test_wrong_given(fitted, given, error, message):
    with pytest.raises(error, match=message):
        fitted.encode_given(given, 2)


# --- size ---------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["category", "str", object])
def test_memory_is_linear_in_rows_and_levels(dtype):
    n_levels, n_samples = 20_000, 60_000
    names = np.array([f"level-{at}" for at in range(n_levels)], dtype=object)
    X = pd.DataFrame({"a": pd.Series(names[np.arange(n_samples) % n_levels])})
    X = X.astype(dtype)
    tracemalloc.start()
    codec = TableCodec().fit(X)
    back = codec.decode(codec.encode(X))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert codec.columns_[0].n_categories == n_levels
    assert_frame_equal(back, X)
    assert peak < 400 * (n_samples + n_levels)  # bytes; one-hot would take 1.2e9


# --- helpers ------------------------------------------------------------------------


def test_n_rows_and_take_rows():
    X = mixed_table()
    assert n_rows(X) == n_rows(X["f"]) == n_rows(X.to_numpy()) == n_rows([1, 2, 3]) == 3
    assert_frame_equal(take_rows(X, [2, 0, 0]), X.iloc[[2, 0, 0]])
    assert_frame_equal(take_rows(X, np.array([False, True, False])), X.iloc[[1]])
    assert_frame_equal(take_rows(X, []), X.iloc[:0])
    assert_series_equal(take_rows(X["i"], [1]), X["i"].iloc[[1]])
    assert take_rows(["a", "b"], [1, 1]) == ["b", "b"]
    assert take_rows([[1], [2]], np.array([True, False])) == [[1]]
    assert_array_equal(take_rows(np.arange(6).reshape(3, 2), [2]), [[4, 5]])
    assert take_rows(np.arange(3), np.array([], dtype=int)).shape == (0,)


def test_n_rows_and_take_rows_of_polars():
    pl = pytest.importorskip("polars")
    X = pl.DataFrame({"a": [1, 2, 3]})
    assert n_rows(X) == n_rows(X["a"]) == 3
    assert take_rows(X, [2, 0]).rows() == [(3,), (1,)]
    assert take_rows(X["a"], np.array([False, True, True])).to_list() == [2, 3]


def test_concat_rows_keeps_dtypes_and_starts_a_fresh_index():
    X = mixed_table()
    new = X.iloc[:2].astype({"i": "f8", "c": "string", "s": "category", "f": object})
    out = concat_rows(X, new)
    expected = pd.concat([X, X.iloc[:2]], ignore_index=True)
    assert_frame_equal(out, expected, check_exact=True)
    assert isinstance(out.index, pd.RangeIndex)
    assert out.dtypes.tolist() == X.dtypes.tolist()


def test_concat_rows_of_arrays_and_lists():
    X = np.array([[1, 2]], dtype="i1")
    out = concat_rows(X, [[3.0, 4.0]])
    assert out.dtype == np.int8
    assert_array_equal(out, [[1, 2], [3, 4]])
    assert concat_rows([0, 1], np.array([1, 1])) == [0, 1, 1, 1]
    assert concat_rows([["a", 1]], [["b", 2]]) == [["a", 1], ["b", 2]]
    out = concat_rows(np.array([[1, "a"]], dtype=object), [[2.5, "b"]])
    assert out.dtype == object


@pytest.mark.parametrize(
    "y",
    [
        pd.Series([1, 0], name="y", dtype="i1", index=[5, 6]),
        pd.Series(["a", "b"], name="y", dtype="category"),
        pd.Series(["a", "b"], name=None, dtype="str"),
        pd.Series([True, False], name="y", dtype="boolean"),
        pd.Series([0.5, 1.5], name=3, dtype="f4"),
    ],
)
def test_concat_rows_of_pandas_targets(y):
    expected = pd.concat([y, y], ignore_index=True)
    for new in (y, y.to_numpy(), y.tolist()):
        assert_series_equal(concat_rows(y, new), expected)


def test_concat_rows_of_polars():
    pl = pytest.importorskip("polars")
    X = pl.DataFrame({"a": pl.Series([1], dtype=pl.Int8), "c": ["x"]})
    new = pl.DataFrame({"a": [2.0], "c": pl.Series(["y"], dtype=pl.Categorical)})
    out = concat_rows(X, new)
    assert out.schema == X.schema
    assert out.rows() == [(1, "x"), (2, "y")]
    y = pl.Series("y", ["a"], dtype=pl.Enum(["a", "b"]))
    for other in (pl.Series(["b"]), ["b"], np.array(["b"])):
        out = concat_rows(y, other)
        assert (out.name, out.dtype, out.to_list()) == ("y", y.dtype, ["a", "b"])
    for bad in (["c"], [7]):
        with pytest.raises(ValueError, match="Column 'y' is of dtype Enum"):
            concat_rows(y, bad)
    with pytest.raises(ValueError, match="Column 'a' is of dtype Int8"):
        concat_rows(X, new.with_columns(a=pl.lit(0.5)))


@pytest.mark.parametrize(
    ("X", "new"),
    [
        (pd.Series([1]), [1.5]),
        (pd.Series([1], dtype="i1"), [300]),
        (pd.Series([1]), ["secret"]),
        (pd.Series([1]), [None]),
        (pd.Series(["a"], dtype="category"), ["secret"]),
        (pd.Series([True]), ["secret"]),
        (pd.Series(np.array(["2020"], dtype="M8[s]")), [pd.Timestamp(1)]),
        (pd.DataFrame({"a": [1]}), pd.DataFrame({"b": [1]})),
        (np.array([1]), [1.5]),
        (np.array([1]), ["secret"]),
        (np.array(["ab"]), ["secret"]),
        (np.array([1.0]), ["secret"]),
    ],
)
def test_concat_rows_refuses_what_does_not_fit(X, new):
    with pytest.raises(ValueError, match=r"fit|columns of X") as caught:
        concat_rows(X, new)
    assert "secret" not in str(caught.value)


def test_declare_categories_of_pandas():
    X = pd.DataFrame(
        {
            "text": pd.Series(["b", "a"] * 10, dtype="string"),
            "object": objects(["b", None] * 10),
            "mixed": objects(["b", 1] * 10),
            "id": [f"key-{at}" for at in range(20)],
            "n": range(20),
            "c": pd.Categorical([1, 2] * 10),
        }
    )
    out = declare_categories(X)
    assert out["text"].dtype == pd.CategoricalDtype(
        pd.Index(["a", "b"], dtype="string")
    )
    assert out["object"].dtype == "category"
    assert out["object"].isna().equals(X["object"].isna())
    same = ["mixed", "id", "n", "c"]
    assert_frame_equal(out[same], X[same])
    assert X["text"].dtype == "string"


def test_declared_subset_is_no_identifier():
    X = pd.DataFrame({"name": [f"key-{at % 12}" for at in range(24)]})
    with pytest.raises(ValueError, match="'name' holds 12 texts"):
        TableCodec().fit(X.iloc[:12])
    some = take_rows(declare_categories(X), np.arange(12))
    codec = TableCodec().fit(some)
    drawn = concat_rows(X, codec.decode(codec.encode(some)))
    assert_frame_equal(drawn, pd.concat([X, X.iloc[:12]], ignore_index=True))


def test_declare_categories_of_other_containers():
    array = np.array([["a"]])
    assert declare_categories(array) is array
    pl = pytest.importorskip("polars")
    X = pl.DataFrame(
        {
            "text": ["b", "a", None] * 10,
            "id": [f"key-{at}" for at in range(30)],
            "nothing": pl.Series([None] * 30, dtype=pl.String),
            "n": range(30),
        }
    )
    out = declare_categories(X)
    assert out.schema["text"] == pl.Enum(["a", "b"])
    assert out["text"].to_list() == X["text"].to_list()
    assert out["id"].dtype == pl.String
    codec = TableCodec().fit(out.drop("id"))
    assert [column.kind for column in codec.columns_][:2] == ["categorical", "missing"]


def test_table_from_columns():
    columns = {"a": np.arange(2), "b": np.array(["x", "y"], dtype=object)}
    assert_frame_equal(table_from_columns(columns), pd.DataFrame(columns))
    pl = pytest.importorskip("polars")
    out = table_from_columns(columns, container="polars")
    assert out.schema == {"a": pl.Int64, "b": pl.String}
    with pytest.raises(ValueError, match="container must be 'pandas' or 'polars'"):
        table_from_columns(columns, container="arrow")


def test_table_from_columns_without_the_library(monkeypatch):
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(ImportError, match=r'pip install "skgen-tabular\[polars\]"'):
        table_from_columns({"a": np.arange(2)}, container="polars")
