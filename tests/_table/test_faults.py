import numpy as np
import pandas as pd
import pytest

from skgen import TableCodec, describe
from skgen._table.faults import Faults, faults_in
from skgen._table.joint_tables import read_tables

NAMES = [f"name {at}" for at in range(60)]
TABLE = pd.DataFrame(
    {
        "first": NAMES,
        "price": [1.5, 2.25, 2.5] * 20,
        "zip": np.arange(60) % 7,
        "plan": ["a", "b", None] * 20,
        "last": NAMES[::-1],
    }
)


def columns_in(error):
    head, faults = faults_in(error.value)
    assert head == f"{len(faults)} columns cannot be taken as they are"
    return [fault.split("'")[1] for fault in faults]


def test_all_columns_at_fault_are_in_one_error():
    schema = {"price": {"step": 0.4}, "zip": {"upper": 3}}
    with pytest.raises(ValueError, match="4 columns") as error:
        describe(TABLE, schema=schema, identifiers="refuse")
    assert columns_in(error) == ["first", "price", "zip", "last"]
    assert error.value.__cause__ is not None
    # what cannot be read at all, beside what does not fit the schema
    odd = TABLE.assign(lists=[[1]] * 60, huge=np.inf)
    with pytest.raises(ValueError, match="4 columns") as error:
        describe(odd, schema=schema)
    assert set(columns_in(error)) == {"lists", "huge", "price", "zip"}


def test_the_error_of_one_column_is_as_it_was():
    with pytest.raises(ValueError, match=r"^Column 'zip' holds numbers beyond 3"):
        describe(TABLE, schema={"zip": {"upper": 3}})
    with pytest.raises(TypeError, match=r"^2 columns .*\n- Column 'a'.*\n- Column 'b'"):
        describe(pd.DataFrame({"a": [[1]], "b": [{}]}))
    with pytest.raises(ValueError, match="'gone', 'lost', which X does not have"):
        describe(TABLE, schema={"gone": "integer", "lost": "integer"})
    with pytest.raises(ValueError, match="2 columns") as error:
        describe(TABLE, schema={"zip": {"stp": 1}, "price": {"kid": 1}})
    assert columns_in(error) == ["price", "zip"]


def test_a_fit_with_faults_changes_nothing():
    codec = TableCodec().fit(TABLE)
    before = dict(vars(codec))
    with pytest.raises(TypeError, match="2 columns"):
        codec.fit(pd.DataFrame({"a": [[1]], "b": [{}]}))
    assert vars(codec) == before


def test_all_columns_with_unknown_cells_are_in_one_error():
    codec = TableCodec(identifiers="learn").fit(TABLE)
    with pytest.raises(ValueError, match="3 columns") as error:
        codec.encode(TABLE.assign(first="x", last="y", plan="c"))
    assert columns_in(error) == ["first", "plan", "last"]


def test_tables_that_are_compared_have_all_faults_in_one_error():
    other = TABLE.assign(price="a", zip=pd.Timestamp(0))
    with pytest.raises(TypeError, match="2 columns") as error:
        read_tables({"real": TABLE, "other": other})
    assert columns_in(error) == ["price", "zip"]


def test_other_errors_pass():
    faults = Faults()
    with pytest.raises(ZeroDivisionError), faults:
        _ = 1 / 0
    faults.raise_all()
