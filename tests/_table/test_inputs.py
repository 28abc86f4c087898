"""What users pass: tables, lists of columns, given cells."""

import datetime as dt

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse

from skgen.table import TableCodec

pd = pytest.importorskip("pandas")
from pandas.testing import assert_frame_equal  # noqa: E402

# --- tables -----------------------------------------------------------------------


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
    with pytest.raises(TypeError, match="X is a list of dataframes: pass one"):
        TableCodec().fit([pl.DataFrame({"a": [1]})])


def test_groups_of_rows_are_refused():
    pd = pytest.importorskip("pandas")
    groups = pd.DataFrame({"a": [1, 1, 2], "b": [1, 2, 3]}).groupby("a")
    with pytest.raises(TypeError, match="X is a DataFrameGroupBy, which is no table"):
        TableCodec().fit(groups)


def test_tables_of_dask_are_not_read_into_an_array():
    pd = pytest.importorskip("pandas")
    frames = pytest.importorskip("dask.dataframe")
    X = frames.from_pandas(pd.DataFrame({"a": [1, 2]}), npartitions=1)
    with pytest.raises(TypeError, match=r"dask DataFrame.*compute\(\).*fit_dask"):
        TableCodec().fit(X)


# --- categorical_features ---------------------------------------------------------


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


# --- given ------------------------------------------------------------------------


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


# --- given dates ------------------------------------------------------------------


DAYS = ["2024-01-05", "2024-01-01T12:00", "2024-01-11 00:00:00"]


@pytest.mark.parametrize(
    "given",
    [
        DAYS,
        np.array(DAYS),
        pd.Series(DAYS),
        pd.Series(DAYS, dtype="category"),
        list(map(np.str_, DAYS)),
    ],
)
def test_given_dates_of_text(given):
    X = pd.DataFrame({"signup": pd.to_datetime(["2024-01-01", "2024-01-11"])})
    codec = TableCodec().fit(X)
    assert_array_equal(codec.encode_given({"signup": given}, 3).ravel(), [4, 0.5, 10])


def test_given_date_of_text_for_all_rows_and_containers():
    day = np.array([["2024-01-01"], ["2024-01-11"]], dtype="M8[D]")
    dates = np.array([[dt.date(2024, 1, 1)], [dt.date(2024, 1, 11)]], dtype=object)
    pl = pytest.importorskip("polars")
    tables = [day, dates, dates.tolist(), pl.DataFrame({"a": day.ravel()})]
    for X in tables:
        codec = TableCodec().fit(X)
        name = codec.columns_[0].name
        assert_array_equal(codec.encode_given({name: "2024-01-05"}, 2), [[4], [4]])
        some = codec.encode_given({name: ["2024-01-05", None]}, 2)
        assert_array_equal(some, [[4], [np.nan]])
        assert np.isnan(codec.encode_given({name: [None, None]}, 2)).all()
    table = pl.DataFrame({"a": ["2024-01-05", None]})
    assert_array_equal(codec.encode_given(table, 2), [[4], [np.nan]])


def test_given_dates_of_text_are_exact_to_the_nanosecond():
    X = np.array([["2024-01-01"], ["2024-01-01T00:00:00.000000001"]], dtype="M8[ns]")
    codec = TableCodec().fit(X)
    Z = codec.encode_given({0: "2024-01-01T00:00:00.000000007"}, 1)
    assert_array_equal(Z, [[7]])


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("2024-01-01T05:00Z", 5),
        ("2024-01-01 05:00:00+01:00", 4),
        ("2024-01-01T05:00-05:30", 10.5),
        (str(pd.Timestamp("2024-01-01T05", tz="Asia/Tokyo")), -4),
    ],
)
def test_given_dates_of_text_with_a_time_zone(text, hours):
    times = pd.to_datetime(["2024-01-01T00", "2024-01-01T03"], utc=True)
    codec = TableCodec().fit(pd.DataFrame({"t": times.tz_convert("Europe/Paris")}))
    assert codec.encode_given({"t": text}, 1) == hours


@pytest.mark.parametrize(
    "text",
    [
        "",
        "NaT",
        "now",
        "5",
        "2024",
        "20240105",
        "2024-13-01",
        "2024-1-5",
        "05/01/2024",
        " 2024-01-05",
        "2024-01-05T25:00",
        "2024-01-05T12:00Z",
    ],
)
def test_given_text_that_is_no_date_names_the_column(text):
    X = pd.DataFrame({"signup": pd.to_datetime(["2024-01-01", "2024-01-11"])})
    codec = TableCodec().fit(X)
    message = r"Column 'signup' is given the text .*without a time zone, such as '2024"
    with pytest.raises(ValueError, match=message) as caught:
        codec.encode_given({"signup": ["2024-01-05", text]}, 2)
    assert repr(text) in str(caught.value)
    zoned = TableCodec().fit(X.assign(signup=X["signup"].dt.tz_localize("UTC")))
    with pytest.raises(ValueError, match=r"with a time zone, such as .*\+01:00"):
        zoned.encode_given({"signup": "2024-01-05T12:00"}, 1)


def test_text_is_a_date_only_where_given():
    X = pd.DataFrame({"signup": pd.to_datetime(["2024-01-01"]), "n": [0.5]})
    codec = TableCodec().fit(X)
    with pytest.raises(TypeError, match=r"Column 'signup' is datetime .* text"):
        codec.encode(X.astype({"signup": "str"}))
    with pytest.raises(TypeError, match=r"Column 'n' is continuous .* text"):
        codec.encode_given({"n": "2024-01-01"}, 1)
    with pytest.raises(TypeError, match=r"Column 'signup' is datetime .* categories"):
        codec.encode_given({"signup": pd.Series([5], dtype="category")}, 1)
