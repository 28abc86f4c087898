import numpy as np
from numpy.testing import assert_array_equal

from skgen._plan.fit import fit_plan
from skgen._plan.free import FreeColumns
from skgen.table import TableCodec

from .examples import RULES, broken, orders, with_missing


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


def test_rows_of_random_cells_keep_rules_and_shares_of_missing_cells():
    X = with_missing(orders(200), 0.2)
    free, codec, Z = free_of(X)
    assert not free.draws_missing
    cells, rng = free.select(Z), np.random.default_rng(0)
    for z in cells.T:
        unknown = np.isnan(z)
        z[unknown] = rng.choice(z[~unknown], unknown.sum())
    rows = free.join(cells)
    assert_array_equal(np.isnan(rows), np.isnan(Z))
    rows = free.join(rng.permuted(cells, axis=0))
    assert not broken(codec.decode(rows[free.passes(rows)], unclipped=free.unclipped))


def test_without_rules_all_columns_are_free():
    codec = TableCodec().fit(orders(50))
    free = FreeColumns(codec, None)
    Z = codec.encode(orders(50))
    assert_array_equal(free.select(Z), Z)
    assert_array_equal(free.join(Z), Z)
    assert free.unclipped == ()
    assert free.draws_missing
