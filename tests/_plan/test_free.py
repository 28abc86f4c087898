from numpy.testing import assert_array_equal

from skgen._plan.fit import fit_plan
from skgen._plan.free import FreeColumns
from skgen.table import TableCodec

from .examples import RULES, broken, orders


def free_of(X):
    codec = TableCodec().fit(X)
    Z = codec.encode(X)
    return FreeColumns(codec, fit_plan(RULES, codec, Z)), codec, Z


def test_free_cells_give_the_rows_back():
    X = orders(200)
    free, codec, Z = free_of(X)
    cells = free.select(Z)
    assert cells.shape == (200, len(free.columns)) == (200, len(free.positions))
    assert_array_equal(free.join(cells), Z)
    assert not broken(codec.decode(free.join(cells)))
    assert free.passes(Z).all()


def test_without_rules_all_columns_are_free():
    codec = TableCodec().fit(orders(50))
    free = FreeColumns(codec, None)
    Z = codec.encode(orders(50))
    assert_array_equal(free.select(Z), Z)
    assert_array_equal(free.join(Z), Z)
    assert free.unclipped == ()
