"""Text columns that hold categories, found and declared."""

import numpy as np
import pytest

from skgen._table.rows import concat_rows, take_rows
from skgen._table.text_columns import declare_categories, text_columns
from skgen.table import TableCodec

from .examples import objects

pd = pytest.importorskip("pandas")
pl = pytest.importorskip("polars")
from pandas.testing import assert_frame_equal  # noqa: E402


def test_declare_categories_of_pandas():
    X = pd.DataFrame(
        {
            "text": pd.Series(["b", "a"] * 10, dtype="string"),
            "object": objects(["b", None] * 10),
            "mixed": objects(["b", 1] * 10),
            "id": [f"key-{at}" for at in range(20)],
            "n": range(20),
            "c": pd.Categorical([1, 2] * 10),
            "surrogate": objects(["b", "\ud800"] * 10),
        }
    )
    out = declare_categories(X)
    assert out["text"].dtype == pd.CategoricalDtype(
        pd.Index(["a", "b"], dtype="string")
    )
    assert out["object"].dtype == "category"
    assert out["object"].isna().equals(X["object"].isna())
    same = ["mixed", "id", "n", "c", "surrogate"]
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


def test_text_columns_that_no_dtype_declares():
    X = pd.DataFrame(
        {
            "n": range(20),
            "text": ["b", "a"] * 10,
            "id": [f"key {i}" for i in range(20)],
            "mixed": pd.Series([0.5, None] * 10, dtype=object),
            "surrogate": pd.Series(["b", "\ud800"] * 10, dtype=object),
        }
    )
    assert text_columns(declare_categories(X)) == {4: "surrogate"}
    assert text_columns(X.to_numpy(dtype=object)) == {1: 1, 4: 4}
    assert text_columns(X[["n"]].to_numpy()) == {}
    polars = pl.from_pandas(X.drop(columns="surrogate"))
    assert text_columns(declare_categories(polars)) == {}
