import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skgen import IndependentGenerator
from skgen.base._missing_indicators import model_columns, refuse_extremes
from skgen.table import TableCodec

X = np.array([[1.5, np.nan, 3.0], [np.nan, np.nan, 4.0], [2.5, np.nan, 4.0]])


def test_columns_of_the_model():
    columns = model_columns(TableCodec().fit(X).columns_)
    assert [(column.name, column.indicator_of) for column in columns] == [
        (0, None),
        (2, None),
        (0, 0),
    ]
    assert columns[2].kind == "boolean"


def test_a_matrix_of_the_model_and_back():
    generator = IndependentGenerator().fit(X)
    Z = generator._model_matrix(X, missing=1.0, known=0.0)
    assert_array_equal(Z, [[1.5, 3, 0], [np.nan, 4, 1], [2.5, 4, 0]])
    drawn = np.array([[7.0, 3.0, 1.0], [8.0, 4.0, 0.0]])
    kept = drawn.copy()
    table = generator._table_matrix(drawn)
    assert_array_equal(table, [[np.nan, np.nan, 3], [8, np.nan, 4]])
    assert_array_equal(drawn, kept)
    whole = generator._table_matrix(drawn, blank=False)
    assert_array_equal(whole, [[7, np.nan, 3], [8, np.nan, 4]])
    assert_array_equal(np.isnan(generator._without_marks(Z)).sum(axis=0), [1, 0, 3])


@pytest.mark.parametrize(
    ("z", "told"),
    [([1e301, 0.5], "beyond 1e\\+300"), ([0.0, 1e-305], "spans less than 1e-300")],
)
def test_extremes_are_refused(z, told):
    columns = TableCodec().fit(np.array(z)[:, None]).columns_
    with pytest.raises(ValueError, match=f"Column 0 .*{told}"):
        refuse_extremes(columns)
