"""Several tables of the same columns as matrices."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from skgen import describe
from skgen._table.joint_tables import read_tables
from skgen.table import TableCodec


def table(**columns):
    return pd.DataFrame(columns)


def test_columns_are_matched_by_name_and_containers_may_differ():
    real = table(a=[1.5, 2.5], b=["x", "y"])
    other = pl.DataFrame({"b": ["y", "z"], "a": [3, 4]})
    tables = read_tables({"real": real, "synthetic": other})
    assert [c.kind for c in tables.columns] == ["continuous", "categorical"]
    np.testing.assert_array_equal(tables.matrices[0], [[1.5, 0], [2.5, 1]])
    np.testing.assert_array_equal(tables.matrices[1], [[3, 1], [4, 2]])
    assert tables.categories[0] is None
    assert tables.categories[1].tolist() == ["x", "y", "z"]
    assert tables.columns[1].n_categories == 3


def test_the_first_table_decides_the_kind():
    tables = read_tables({"real": table(a=[1, 2, 2]), "other": table(a=[1.5, 2.0])})
    assert tables.columns[0].kind == "integer"
    assert tables.matrices[1].ravel().tolist() == [1.5, 2.0]


def test_a_schema_corrects_what_is_found():
    days = [f"0{1 + at % 9}/0{1 + at % 7}/2024" for at in range(40)]
    keys = [f"k{at}" for at in range(40)]
    real = table(day=days, zip=np.arange(40) % 3, key=keys)
    schema = {"day": {"written": "%d/%m/%Y"}, "zip": "categorical", "key": "identifier"}
    with pytest.warns(UserWarning, match="'day'"):
        found = read_tables({"real": real, "other": real}).columns
    assert [c.kind for c in found] == ["categorical", "integer", "categorical"]
    for declared in (schema, describe(real, schema=schema)):
        tables = read_tables({"real": real, "other": real[::-1]}, schema=declared)
        kinds = [c.kind for c in tables.columns]
        # keys of real rows show which rows were copied
        assert kinds == ["datetime", "categorical", "categorical"]
        np.testing.assert_array_equal(tables.matrices[0], tables.matrices[1][::-1])
    with pytest.raises(ValueError, match="'gone', which X does not have"):
        read_tables({"real": real}, schema={"gone": "integer"})


def test_an_order_is_kept_with_categories_that_only_others_have():
    dtype = pd.CategoricalDtype(["low", "mid", "high"], ordered=True)
    real = table(a=pd.Series(["low", "high"], dtype=dtype))
    other = table(a=pd.Series(["mid", None], dtype=dtype))
    tables = read_tables({"real": real, "other": other})
    assert tables.categories[0].tolist() == ["low", "mid", "high"]
    np.testing.assert_array_equal(tables.matrices[1].ravel(), [1, np.nan])


def test_numbers_of_categories_do_not_reveal_the_table():
    rng = np.random.default_rng(0)
    names = np.array([f"name {i}" for i in range(10**4)])
    some = [pd.Series(rng.choice(names, 500), dtype="category") for _ in range(2)]
    parts = {"real": table(a=some[0]), "b": table(a=some[1])}
    first, second = read_tables(parts).matrices
    # three standard errors of a mean rank
    assert abs(np.mean(first > np.median(second)) - 0.5) < 0.1
    turned = read_tables(dict(reversed(parts.items()))).matrices
    np.testing.assert_array_equal(turned, [second, first])


def test_booleans_agree_with_zeros_and_ones():
    tables = read_tables({"real": table(a=[True, False]), "other": table(a=[1, 0])})
    assert tables.columns[0].kind == "boolean"
    assert tables.matrices[0].tolist() == tables.matrices[1].tolist()


def test_a_column_without_cells_takes_the_kind_of_another_table():
    tables = read_tables({"real": table(a=[None, None]), "other": table(a=[1.5, None])})
    assert tables.columns[0].kind == "continuous"
    assert np.isnan(tables.matrices[0]).all()
    nothing = read_tables({"real": table(a=[None]), "other": table(a=[None])})
    assert nothing.columns[0].kind == "missing"


def test_dates_are_steps_since_the_first_of_the_first_table():
    real = table(a=pd.to_datetime(["2024-01-02", "2024-01-05"]))
    other = table(a=pd.to_datetime(["2024-01-01T12:00"]))
    tables = read_tables({"real": real, "other": other})
    assert tables.matrices[1].ravel().tolist() == [-0.5]
    days = tables.times(0, np.array([0.0, 3.0])).astype("M8[D]")
    assert days.astype(str).tolist() == ["2024-01-02", "2024-01-05"]


def test_arrays_are_matched_by_position():
    tables = read_tables({"real": np.eye(2), "other": table(p=[1.0], q=[2.0])})
    assert tables.matrices[1].tolist() == [[1, 2]]


@pytest.mark.parametrize(
    ("other", "error", "message"),
    [
        (table(a=["x"]), TypeError, "text or categories in synthetic, but numbers"),
        (table(a=pd.to_datetime(["2024-01-01"])), TypeError, "datetimes in synthetic"),
        (table(b=[1]), ValueError, r"synthetic must have the columns.*lacks \['a'\]"),
        (table(a=[1], b=[1]), ValueError, r"also has \['b'\]"),
        (table(a=[]), ValueError, "synthetic has no rows"),
        ([1, 2], ValueError, "synthetic: Expected 2D array"),
        (np.ones((1, 2)), ValueError, "synthetic has 2 columns"),
    ],
)
def test_what_cannot_be_compared_is_named(other, error, message):
    with pytest.raises(error, match=message):
        read_tables({"real": table(a=[1.5, 2.5]), "synthetic": other})


def test_identifiers_are_not_compared():
    real = table(a=[f"id {i}" for i in range(20)], b=np.arange(20.0) / 3)
    fresh = real.assign(a=[f"id {i}" for i in range(100, 120)])
    tables = read_tables({"real": real, "synthetic": fresh})
    assert [column.modelled for column in tables.columns] == [False, True]
    assert np.isnan(tables.matrices[0][:, 0]).all()
    # unless they are real ones
    tables = read_tables({"real": real, "synthetic": real})
    assert tables.columns[0].kind == "categorical"


def test_values_are_those_of_a_codec_of_each_table():
    rng = np.random.default_rng(0)
    n = 50
    real = table(
        price=rng.integers(1, 999, n) / 100,
        steps=rng.integers(1, 9, n) * 0.1,
        raw=rng.normal(size=n),
        count=rng.integers(0, 9, n),
        day=pd.Timestamp("1969-12-25") + pd.to_timedelta(rng.integers(0, 20, n), "D"),
        wait=pd.to_timedelta(rng.integers(0, 90, n), "s"),
        paid=(rng.random(n) < 0.5).astype(object),
        text=np.array([f"${x:,.2f}" for x in rng.integers(1, 10**6, n) / 100]),
    )
    real.loc[3:6] = None
    tables = read_tables({"real": real, "other": real[::-1]})
    values = tables.values(tables.matrices[0])
    codec = TableCodec().fit(real)
    expected = codec.values(codec.encode(real))
    assert values.columns == expected.columns
    np.testing.assert_array_equal(values.numbers, expected.numbers)
    reversed_rows = tables.values(tables.matrices[1]).numbers
    np.testing.assert_array_equal(reversed_rows, expected.numbers[::-1])


def test_values_of_cells_that_only_another_table_has():
    day = pd.Series(pd.to_datetime(["2024-01-01", "2024-01-03"]))
    real = table(a=[0.25, 0.75], day=day, b=["x", "y"])
    real = pd.concat([real] * 20, ignore_index=True)
    real["c"] = [*(f"{k} kg" for k in range(1, 36)), *["varies"] * 5]
    other = table(
        a=[0.3, 2.0],
        day=day + pd.Timedelta(hours=6),
        b=["w", "y"],
        c=["varies", "70 kg"],
    )
    tables = read_tables({"real": real, "other": other})
    values = tables.values(tables.matrices[1])
    assert values.columns[2].categories == ("w", "x", "y")
    assert values.numbers[:, 0].tolist() == [0.3, 2.0]
    seconds = (other["day"] - pd.Timestamp("1970-01-01")).dt.total_seconds()
    assert values.numbers[:, 1].tolist() == seconds.tolist()
    assert values.numbers[:, 2].tolist() == [0, 2]
    np.testing.assert_array_equal(values.numbers[:, 3], [np.nan, 70])


def test_identifiers_and_huge_numbers_have_no_values():
    rng = np.random.default_rng(0)
    real = table(
        id=[f"C-{k:04d}" for k in range(40)],
        huge=2**60 + rng.integers(0, 9, 40),
        empty=[None] * 40,
    )
    other = real.assign(id=[f"D-{k:04d}" for k in range(40)])
    tables = read_tables({"real": real, "other": other})
    values = tables.values(tables.matrices[0])
    assert [column.kind for column in values.columns] == ["none"] * 3
    assert np.isnan(values.numbers).all()


def test_what_is_beside_zero_and_one_is_unknown():
    real = table(a=list("0110"), b=[True, False] * 2, c=list("0123"))
    other = table(a=list("0?1-"), b=[True, True, None, None], c=list("0?13"))
    tables = read_tables({"real": real, "other": other})
    values = tables.values(tables.matrices[1])
    assert [column.is_numeric for column in values.columns] == [True, True, False]
    np.testing.assert_array_equal(values.as_numbers(0), [0, np.nan, 1, np.nan])
    np.testing.assert_array_equal(values.as_numbers(1), [1, 1, np.nan, np.nan])
    labels = [values.columns[2].categories[int(z)] for z in values.numbers[:, 2]]
    assert labels == list("0?13")
