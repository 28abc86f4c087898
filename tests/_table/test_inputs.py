"""What users pass: tables, lists of columns, given cells."""

import datetime as dt

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skgen._table.inputs import read_targets
from skgen.table import TableCodec

pd = pytest.importorskip("pandas")


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
        ({"n": 7}, 0, [70, 70]),
        ({"n": np.float32(0.5)}, 0, [5, 5]),
        ({"n": [1, None]}, 0, [10, np.nan]),
        ({"n": np.array([1, 2])}, 0, [10, 20]),
        ({"n": pd.Series([3, 4], index=[9, 9])}, 0, [30, 40]),
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
    Z = fitted.read_given(given, 2).matrix()
    assert Z.shape == (2, 6)
    assert_array_equal(Z[:, position], z)
    assert np.isnan(np.delete(Z, position, axis=1)).all()


def test_given_by_position_of_arrays_and_by_polars():
    codec = TableCodec().fit(np.array([[1.0, 2.0]]))
    assert_array_equal(codec.read_given({1: 5}, 1).matrix(), [[np.nan, 5]])
    pl = pytest.importorskip("polars")
    codec = TableCodec().fit(pl.DataFrame({"a": ["x", "y"], "b": [1, 2]}))
    table = pl.DataFrame({"a": ["y", None]})
    assert_array_equal(codec.read_given(table, 2).matrix()[:, 0], [1, np.nan])
    assert_array_equal(
        codec.read_given({"a": pl.Series(["y", "x"])}, 2).matrix()[:, 0], [1, 0]
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
        fitted.read_given(given, 2).matrix()


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
    assert_array_equal(
        codec.read_given({"signup": given}, 3).matrix().ravel(), [4, 0.5, 10]
    )


def test_given_date_of_text_for_all_rows_and_containers():
    day = np.array([["2024-01-01"], ["2024-01-11"]], dtype="M8[D]")
    dates = np.array([[dt.date(2024, 1, 1)], [dt.date(2024, 1, 11)]], dtype=object)
    pl = pytest.importorskip("polars")
    tables = [day, dates, dates.tolist(), pl.DataFrame({"a": day.ravel()})]
    for X in tables:
        codec = TableCodec().fit(X)
        name = codec.columns_[0].name
        assert_array_equal(
            codec.read_given({name: "2024-01-05"}, 2).matrix(), [[4], [4]]
        )
        some = codec.read_given({name: ["2024-01-05", None]}, 2).matrix()
        assert_array_equal(some, [[4], [np.nan]])
        assert np.isnan(codec.read_given({name: [None, None]}, 2).matrix()).all()
    table = pl.DataFrame({"a": ["2024-01-05", None]})
    assert_array_equal(codec.read_given(table, 2).matrix(), [[4], [np.nan]])


def test_given_dates_of_text_are_exact_to_the_nanosecond():
    X = np.array([["2024-01-01"], ["2024-01-01T00:00:00.000000001"]], dtype="M8[ns]")
    codec = TableCodec().fit(X)
    Z = codec.read_given({0: "2024-01-01T00:00:00.000000007"}, 1).matrix()
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
    assert codec.read_given({"t": text}, 1).matrix() == hours


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
        codec.read_given({"signup": ["2024-01-05", text]}, 2).matrix()
    assert repr(text) in str(caught.value)
    zoned = TableCodec().fit(X.assign(signup=X["signup"].dt.tz_localize("UTC")))
    with pytest.raises(ValueError, match=r"with a time zone, such as .*\+01:00"):
        zoned.read_given({"signup": "2024-01-05T12:00"}, 1).matrix()


def test_text_is_a_date_only_where_given():
    X = pd.DataFrame({"signup": pd.to_datetime(["2024-01-01"]), "n": [0.5]})
    codec = TableCodec().fit(X)
    with pytest.raises(TypeError, match=r"Column 'signup' is datetime .* text"):
        codec.encode(X.astype({"signup": "str"}))
    with pytest.raises(TypeError, match=r"Column 'n' is continuous .* text"):
        codec.read_given({"n": "2024-01-01"}, 1).matrix()
    with pytest.raises(TypeError, match=r"Column 'signup' is datetime .* categories"):
        codec.read_given({"signup": pd.Series([5], dtype="category")}, 1).matrix()


pd_of_target_columns = pytest.importorskip("pandas")
pl = pytest.importorskip("polars")


@pytest.mark.parametrize(
    ("y", "kind", "codes"),
    [
        ([-3, 1, -3], "categorical", [-3, 1, -3]),
        (range(11), "continuous", range(11)),
        ([*range(11)] * 11, "categorical", [*range(11)] * 11),
        ([0.5, np.nan, 1], "continuous", [0.5, np.nan, 1]),
        (["b", "a", "b"], "categorical", [1, 0, 1]),
        ([True, False, True], "categorical", [1, 0, 1]),
        (
            pd_of_target_columns.Series(["b", None, "a"], dtype=object),
            "categorical",
            [1, np.nan, 0],
        ),
        (
            pd_of_target_columns.Series([4, None, 5], dtype="Int64"),
            "categorical",
            [4, np.nan, 5],
        ),
        (
            pd_of_target_columns.Series(
                pd_of_target_columns.Categorical(["b", "a", "b"])
            ),
            "categorical",
            [1, 0, 1],
        ),
        (pl.Series([2.0, 1.5, 2]), "continuous", [2, 1.5, 2]),
    ],
)
def test_targets(y, kind, codes):
    targets = read_targets(y)
    assert [found.name for found in targets.kinds] == [kind]
    assert_array_equal(targets.Z[:, 0], codes)
    textual = kind == "categorical"
    assert all(isinstance(cell, str) for cell in targets.columns[0] if cell) == textual
    if textual:
        # names of classes are nobody's business
        assert not set(targets.columns[0]) & {"a", "b", True}


def test_several_targets():
    targets = read_targets(np.array([[1.5, 2.5], [3.0, 4.0], [5.0, 6.0]]))
    assert targets.Z.shape == (3, 2)
    assert targets.columns == [[1.5, 3.0, 5.0], [2.5, 4.0, 6.0]]
    with pytest.raises(ValueError, match="1d or 2d"):
        read_targets(np.ones((2, 2, 2)))
    with pytest.raises(ValueError, match="'y' holds infinity"):
        read_targets([1.0, np.inf])
