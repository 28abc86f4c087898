"""Kind of columns whose texts or numbers identify the rows."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from pandas.testing import assert_frame_equal

from skgen._table.identifiers.columns import warn_of_identifiers
from skgen.table import TableCodec

CODES = [f"K-{i:05}" for i in range(3, 700, 7)]
N = len(CODES)
COLUMNS = {
    "code": CODES,
    "customer_id": np.random.default_rng(0).permutation(10 * N)[:N],
    "row_id": pd.array([*range(N - 1), None], dtype="Int64"),
    "key": [*map(float, range(N - 1)), np.nan],
}


@pytest.mark.parametrize("name", COLUMNS)
def test_identifiers_are_not_encoded_and_decoded_to_fresh_ones(name):
    X = pd.DataFrame({name: COLUMNS[name], "x": np.arange(N) / 7})
    codec = TableCodec().fit(X)
    assert [c.kind for c in codec.columns_] == ["identifier", "continuous"]
    assert codec.found_identifiers_ == [name]
    Z = codec.encode(X)
    assert np.isnan(Z[:, 0]).all()
    new = codec.decode(Z, rng=np.random.default_rng(0))
    assert new[name].dtype == X[name].dtype
    drawn = new[name].dropna()
    assert not drawn.isin(X[name]).any()
    assert drawn.is_unique
    assert new[name].isna().mean() == pytest.approx(X[name].isna().mean(), abs=0.05)
    again = codec.decode(Z, rng=np.random.default_rng(0))
    assert_frame_equal(again, new)


def test_identifiers_are_refused_without_printing_one():
    X = pd.DataFrame({"code": CODES})
    with pytest.raises(ValueError, match="Column 'code' identifies the rows") as caught:
        TableCodec(identifiers="refuse").fit(X)
    assert "K-0" not in str(caught.value)


@pytest.mark.parametrize("name", COLUMNS)
def test_identifiers_are_learned_if_asked_for(name):
    X = pd.DataFrame({name: COLUMNS[name]})
    for codec in (
        TableCodec(identifiers="learn"),
        TableCodec(schema={name: "categorical"}),
    ):
        codec.fit(X)
        assert codec.columns_[0].kind != "identifier"
        assert_frame_equal(codec.decode(codec.encode(X)), X)


@pytest.mark.parametrize("copies", [2, 5])
def test_halves_and_copies_of_a_table_get_the_same_verdict(copies):
    X = pd.DataFrame({**COLUMNS, "x": np.arange(N) / 7, "c": list("ab") * (N // 2)})
    kinds = [c.kind for c in TableCodec().fit(X).columns_]
    assert kinds.count("identifier") == 4
    for part in (X[::2], X[1::2], X[: N // 2], pd.concat([X] * copies)):
        assert [c.kind for c in TableCodec().fit(part).columns_] == kinds


def test_a_declared_kind_is_no_find():
    X = pd.DataFrame({"code": CODES})
    codec = TableCodec(schema={"code": "identifier"}).fit(X)
    assert codec.columns_[0].kind == "identifier"
    warn_of_identifiers(codec)  # warnings are errors here
    with pytest.warns(UserWarning, match="not learned: 'code'"):
        warn_of_identifiers(TableCodec().fit(X))


def test_given_identifiers_are_kept():
    X = pd.DataFrame({"code": CODES, "x": np.arange(N) / 7})
    codec = TableCodec().fit(X)
    given = codec.read_given({"code": ["a", None]}, 2)
    assert np.isnan(given.matrix()).all()
    new = codec.put(codec.decode(np.full((2, 2), 0.5)), given.kept)
    assert new["code"][0] == "a"
    assert new["code"][1].startswith("K-")
    shared = codec.read_given({"code": "b"}, 3).kept
    assert_array_equal(codec.put(X[:3], shared)["code"], ["b"] * 3)
