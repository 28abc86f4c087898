"""What is known of the columns of a table, in the user's own units."""

import datetime as dt
import json

import numpy as np
import pandas as pd
import pytest

from skgen import ColumnSchema, IndependentGenerator, Schema, describe
from skgen.table import TableCodec

N = 200
RNG = np.random.default_rng(0)


def make_table():
    X = pd.DataFrame(
        {
            "dose": np.repeat([0.1, 0.5, 2.5, 10.0], N // 4),
            "price": RNG.integers(1, 400, N) / 4,
            "income": np.where(RNG.random(N) < 0.3, 0.0, RNG.gamma(2, 1e4, N)),
            "visits": RNG.poisson(3, N),
            "size": pd.Categorical.from_codes(RNG.integers(0, 3, N), list("SML"), True),
            "town": RNG.choice(["Oslo", "Rome"], N),
            "member": RNG.random(N) < 0.2,
            "day": pd.date_range("2024-01-01", periods=N, freq="D"),
            "stay": pd.to_timedelta(RNG.integers(1, 9, N), unit="h"),
            "customer_id": [f"C-{i:04}" for i in RNG.permutation(50 * N)[:N]],
            "nothing": [None] * N,
        }
    )
    X.loc[:9, "price"] = np.nan
    return X


def test_facts_of_each_kind():
    schema = describe(make_table())
    assert {name: column.kind for name, column in schema.items()} == {
        "dose": "continuous",
        "price": "continuous",
        "income": "continuous",
        "visits": "integer",
        "size": "categorical",
        "town": "categorical",
        "member": "boolean",
        "day": "datetime",
        "stay": "timedelta",
        "customer_id": "identifier",
        "nothing": "missing",
    }
    assert list(schema["dose"].point_masses) == [0.1, 0.5, 2.5, 10.0]
    assert set(schema["dose"].point_masses.values()) == {0.25}
    assert (schema["price"].step, schema["price"].missing) == (0.25, 0.05)
    assert schema["income"].step is None
    assert list(schema["income"].point_masses) == [0.0]
    assert list(schema["size"].categories) == ["S", "M", "L"]
    assert schema["size"].ordered
    assert schema["day"].step == "day"
    assert schema["day"].lower == dt.datetime(2024, 1, 1)
    assert schema["customer_id"].pattern == "C-####"


def test_printed_schema_is_as_a_user_reads_it():
    lines = str(describe(make_table())).splitlines()
    assert lines[0].split(maxsplit=2) == [
        "dose",
        "continuous",
        "only 0.1 (25 %), 0.5 (25 %), 2.5 (25 %), 10 (25 %)",
    ]
    assert lines[1].split(maxsplit=2)[2].startswith("in steps of 0.25, from ")
    assert lines[1].endswith("missing in 5 %")
    assert repr(describe(make_table())).startswith("<Schema of 11 columns: 3 cont")
    html = describe(make_table().rename(columns={"dose": "<b>"}))._repr_html_()
    assert html.startswith("<table")
    assert "&lt;b&gt;" in html


def test_json_there_and_back():
    X = make_table()
    schema = describe(X)
    text = json.dumps(schema.to_dict())
    back = Schema.from_dict(json.loads(text))
    assert back == schema
    assert describe(X, schema=back) == schema
    assert back != schema.replace(dose="categorical")


def test_the_schema_of_a_part_can_be_that_of_the_whole():
    X = make_table()
    schema = describe(X)
    for part in (X[:30], X[30:], X[::2]):
        found = describe(part, schema=schema)
        for name in ("dose", "price", "income", "day", "customer_id"):
            assert found[name].kind == schema[name].kind
            assert found[name].step == schema[name].step
            assert found[name].lower == schema[name].lower
            assert set(found[name].point_masses) <= set(schema[name].point_masses)


@pytest.mark.parametrize("copies", [2, 7])
def test_copies_and_order_of_rows_change_nothing(copies):
    X = make_table()
    schema = describe(X)
    for again in (pd.concat([X] * copies), X.loc[X.index.repeat(copies)], X[::-1]):
        found = describe(again.reset_index(drop=True))
        for name, column in schema.items():
            assert found[name].step == column.step
            assert found[name].kind == column.kind
            assert found[name].lower == column.lower
            assert found[name].point_masses == pytest.approx(column.point_masses)
            assert found[name].categories == pytest.approx(column.categories)


@pytest.mark.parametrize(
    ("correction", "fact", "value"),
    [
        ({"visits": "categorical"}, "kind", "categorical"),
        ({"visits": "continuous"}, "kind", "continuous"),
        ({"customer_id": "categorical"}, "kind", "categorical"),
        ({"town": "identifier"}, "kind", "identifier"),
        ({"price": {"step": 0.05}}, "step", 0.05),
        ({"price": {"step": None}}, "step", None),
        ({"price": {"lower": 0}}, "lower", 0.0),
        ({"income": {"upper": 1e6}}, "upper", 1e6),
        ({"income": {"point_masses": []}}, "point_masses", {}),
        ({"day": {"step": "7 days"}}, "step", "every 7 days"),
        ({"day": {"upper": "2025-12-31"}}, "upper", dt.datetime(2025, 12, 31)),
    ],
)
def test_any_part_can_be_corrected(correction, fact, value):
    X = make_table()
    if correction.get("day", {}).get("step"):
        X["day"] = pd.date_range("2024-01-01", periods=N, freq="7D")
    [name] = correction
    X = X[[name]]
    for schema in (correction, describe(X).replace(correction)):
        found = IndependentGenerator(schema=schema).fit(X).schema_[name]
        assert getattr(found, fact) == value


@pytest.mark.parametrize(
    ("schema", "error", "message"),
    [
        ({"nope": "categorical"}, ValueError, "schema names the column 'nope'"),
        ({"visits": 3}, TypeError, "Column 'visits' has 3 as its schema"),
        ({"visits": {"steps": 3}}, ValueError, "'visits' has the fact 'steps'"),
        ({"visits": "number"}, ValueError, "'visits' has the kind 'number'"),
        ({"visits": "datetime"}, ValueError, "'visits' is datetime in schema, but"),
        ({"town": "continuous"}, ValueError, "'town' is continuous in schema, but"),
        ({"price": {"step": -1}}, ValueError, "'price' has the step -1"),
        ({"price": {"step": 3}}, ValueError, "'price' has the step 3 .*round"),
        ({"price": {"lower": 50}}, ValueError, "'price' holds numbers beyond 50"),
        ({"day": {"step": "1 moon"}}, ValueError, "'day'.*'1 moon'"),
    ],
)
def test_corrections_that_do_not_fit_are_named(schema, error, message):
    with pytest.raises(error, match=message):
        TableCodec(schema=schema).fit(make_table())


def test_a_schema_of_more_columns_serves_a_part_of_them():
    X = make_table()
    schema = describe(X)
    generator = IndependentGenerator(schema=schema).fit(X[["town", "price"]])
    assert generator.schema_["price"] == schema["price"]


def test_columns_of_arrays_are_named_by_position():
    X = np.column_stack([np.repeat([1, 2], 10), np.arange(20) / 7])
    schema = describe(X)
    assert list(schema) == [0, 1]
    found = IndependentGenerator(schema={0: "categorical"}).fit(X).schema_
    assert found[0].kind == "categorical"


def test_a_column_schema_is_its_dict():
    column = ColumnSchema(
        "a", "timedelta", lower=dt.timedelta(minutes=1), step="minute"
    )
    assert column.to_dict() == {
        "name": "a",
        "kind": "timedelta",
        "step": "minute",
        "lower": 60.0,
    }
