import json

import numpy as np
import pandas as pd
import pytest

import skgen
from skgen._cli.messages import Misuse
from skgen._cli.schemas import read_schema, schema_for

TABLE = pd.DataFrame(
    {
        "price": [1.5, 2.25, 2.5] * 20,
        "zip": np.arange(60) % 7,
        "paid": [True, False, True] * 20,
        "day": pd.to_datetime(["2024-01-01", "2024-01-15", "2024-02-01"] * 20),
        "plan": ["a", "b", None] * 20,
    }
)


def write(path, content):
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_a_written_schema_is_read_back(tmp_path):
    schema = skgen.describe(TABLE)
    path = write(tmp_path / "s.json", schema.to_dict())
    declared, whole = read_schema(path)
    assert whole
    again = skgen.describe(
        TABLE, schema=schema_for(declared, whole, list(TABLE), "in.csv")
    )
    assert again == schema
    # a table may have fewer columns
    part = TABLE[["zip", "price"]]
    known = schema_for(declared, whole, list(part), "in.csv")
    assert skgen.describe(part, schema=known)["price"] == schema["price"]


def test_corrections_are_read(tmp_path):
    path = write(tmp_path / "s.json", {"zip": "categorical", " price ": {"step": 0.05}})
    declared, whole = read_schema(path, categorical=["paid"])
    assert not whole
    schema = schema_for(declared, whole, list(TABLE), "in.csv")
    assert schema == {
        "zip": {"kind": "categorical"},
        "price": {"step": 0.05},
        "paid": {"kind": "categorical"},
    }
    found = skgen.describe(TABLE, schema=schema)
    assert (found["zip"].kind, found["price"].step) == ("categorical", 0.05)


def test_corrections_of_unknown_columns_are_named(tmp_path):
    declared, whole = read_schema(None, categorical=["zipp", "gone", "dropped"])
    with pytest.raises(Misuse, match=r"'zipp' \(did you mean 'zip'\?\), 'gone'; use"):
        schema_for(declared, whole, list(TABLE), "in.csv", besides=["dropped"])
    declared, whole = read_schema(None, categorical=["zip", "dropped"])
    schema = schema_for(declared, whole, list(TABLE), "in.csv", besides=["dropped"])
    assert list(schema) == ["zip"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "is no JSON"),
        ("[1]", "has no schema"),
        ("7", "has no schema"),
        ({"zip": 3}, "'zip' has 3"),
        ({"columns": [{"name": "a", "knd": "integer"}]}, "knd"),
        ({"columns": [3]}, "has no schema"),
    ],
)
def test_other_files_are_refused(tmp_path, content, words):
    with pytest.raises(Misuse, match=words):
        read_schema(write(tmp_path / "s.json", content))
    with pytest.raises(Misuse, match="No such file"):
        read_schema(tmp_path / "gone.json")
