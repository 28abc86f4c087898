import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy import integrate

from skgen import IndependentGenerator
from skgen.base._matrix import floor_log_density, indicator_column, refuse_extremes
from skgen.table import Column, TableCodec

X = np.array([[1.5, np.nan, 3.0], [np.nan, np.nan, 4.0], [2.5, np.nan, 4.0]])


def test_a_matrix_of_the_model_and_back():
    generator = IndependentGenerator().fit(X)
    Z = generator._model_matrix(X, missing=1.0, known=0.0)
    assert_array_equal(Z, [[1.5, 3, 0], [np.nan, 4, 1], [2.5, 4, 0]])
    drawn = np.array([[7, np.nan, 3, 1], [8, np.nan, 4, 0]])
    kept, unknown = drawn.copy(), np.full((2, 4), np.nan)
    blanked = generator._blank_missing(drawn, unknown, None, None)
    table = generator._table_matrix(blanked)
    assert_array_equal(table, [[np.nan, np.nan, 3], [8, np.nan, 4]])
    assert_array_equal(drawn, kept)


@pytest.mark.parametrize(
    ("z", "problem"),
    [([1e301, 0.5], "beyond 1e\\+300"), ([0.0, 1e-305], "spans less than 1e-300")],
)
def test_extremes_are_refused(z, problem):
    columns = TableCodec().fit(np.array(z)[:, None]).columns_
    with pytest.raises(ValueError, match=f"Column 0 .*{problem}"):
        refuse_extremes(columns)


def test_the_floor_is_a_density():
    number = Column("x", "continuous", lower=-1.0, upper=3.0)
    constant = Column("x", "continuous", lower=5.0, upper=5.0)
    for column in (number, constant):

        def density(x, column=column):
            return np.exp(floor_log_density(np.array([[x]]), [column])[0])

        mass, _ = integrate.quad(density, -np.inf, np.inf)
        assert mass == pytest.approx(1.0, abs=1e-6)


def test_the_floor_of_categories_is_uniform_and_sums_out_unknown_cells():
    columns = [Column("a", "categorical", n_categories=4), Column("b", "boolean", 2)]
    found = floor_log_density(np.array([[1.0, np.nan], [1.0, 0.0]]), columns)
    assert_array_equal(found, -np.log([4.0, 8.0]))


def test_an_indicator_for_each_incomplete_column():
    Z = np.array([[1.5, 3.0], [np.nan, 4.0], [2.5, 4.0]])
    indicator = indicator_column(TableCodec().fit(Z).columns_[0], 0)
    assert (indicator.name, indicator.indicator_of) == (0, 0)
    assert indicator.discrete
    assert indicator.n_categories == 2
