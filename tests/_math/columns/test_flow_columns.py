from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import kstest

from skgen._math.columns.flow_columns import (
    FlowColumns,
    find_few_values,
    fit_empirical,
    from_normal,
    nearest_position,
    rows_by_kind,
    to_normal,
)
from skgen._math.columns.mixed import GRID, POINT, fit_mixed, split_mixed
from skgen._math.flow_matching import HIDDEN
from skgen._table.cells import Column


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def columns():
    return [
        Column("x", "continuous"),
        Column("level", "categorical", n_categories=5),
        Column("step", "continuous"),
    ]


@pytest.fixture
def cells():
    """A number, a category, a number with few values; some are missing."""
    rng = np.random.default_rng(0)
    Z = np.column_stack(
        [rng.normal(size=400), rng.integers(0, 5, 400), rng.choice([0.5, 2, 7], 400)]
    )
    Z[::9, 0] = Z[1::9, 1] = Z[2::9, 2] = np.nan
    return Z


@pytest.mark.parametrize("multi_output", [False, True])
def test_known_cells_stay_and_others_follow_from_the_scores(
    columns, cells, multi_output
):
    rng = np.random.default_rng(0)
    flow = FlowColumns(multi_output=multi_output)
    split = flow.fit(cells, np.ones(400), columns)
    full = cells[~np.isnan(cells).any(axis=1)]
    of_full = flow.split(full)
    x = flow.normal_scores(of_full.u, of_full.level, rng)
    digits = flow.digits(of_full.level)
    back = flow.join(np.full(full.shape, np.nan), x, digits)
    assert_array_equal(back[:, 1:], full[:, 1:])
    # a number comes back roughly, and least exactly in the tails
    assert np.abs(back[:, 0] - full[:, 0]).mean() < 0.02
    # missing cells have neither score nor digit
    assert_array_equal(np.isnan(split.u[:, 0]), np.isnan(cells[:, 0]))
    hidden = flow.digits(split.level) == HIDDEN
    owner = np.repeat(flow.mixed.level_columns, np.diff(flow.layout.first))
    for j in (1, 2):
        assert_array_equal(hidden[:, owner == j].any(axis=1), np.isnan(cells[:, j]))


def test_digits_are_binary_where_each_output_is_a_model(columns, cells):
    found = []
    for multi_output in (False, True):
        flow = FlowColumns(multi_output=multi_output)
        flow.fit(cells, np.ones(400), columns)
        found.append(max(flow.layout.size))
    assert found == [1, 5]


def test_scores_are_normally_distributed(columns, cells):
    flow = FlowColumns(multi_output=True)
    split = flow.fit(cells, np.ones(400), columns)
    x = flow.normal_scores(split.u, split.level, np.random.default_rng(0))
    known = x[~np.isnan(x)]
    # of 355 numbers: five standard errors
    assert abs(known.mean()) < 5 / np.sqrt(355)
    assert abs(known.std() - 1) < 5 / np.sqrt(2 * 355)


def test_repeated_values_become_normal_and_back(rng):
    u = rng.choice([-1.0, 0.0, 0.5, 4.0], p=[0.1, 0.5, 0.1, 0.3], size=4000)
    distribution = fit_empirical(u, np.ones(4000))
    x = to_normal(distribution, u, rng)
    # false-alarm rate below 1e-6: the shares are those of the sample itself
    assert kstest(x, "norm").pvalue > 1e-6
    assert_array_equal(from_normal(distribution, x, exact=True), u)


def test_transform_of_distinct_values_is_monotone_and_invertible(rng):
    u = np.sort(rng.exponential(size=1000))
    weights = rng.random(1000) + 0.5
    distribution = fit_empirical(u, weights)
    x = to_normal(distribution, u, rng)
    assert (np.diff(x) > 0).all()
    back = from_normal(distribution, x, exact=False)
    # no further than half-way to a neighbour
    gaps = np.diff(u, prepend=u[0] - 1, append=u[-1] + 1)
    assert (np.abs(back - u) <= np.maximum(gaps[1:], gaps[:-1])).all()
    between = (u[10:20] + u[11:21]) / 2
    x = to_normal(distribution, between, rng)
    assert_allclose(from_normal(distribution, x, exact=False), between, rtol=1e-6)
    outside = to_normal(distribution, np.array([-50.0, 50.0]), rng)
    assert np.isfinite(outside).all()


def test_weights_count_as_repetitions():
    once = fit_empirical(np.array([0.0, 1.0, 3.0]), np.array([1.0, 2.0, 3.0]))
    rows = np.array([0.0, 1.0, 1.0, 3.0, 3.0, 3.0])
    for a, b in zip(once, fit_empirical(rows, np.ones(6)), strict=True):
        assert_allclose(a, b)


def test_numbers_with_few_values_are_found():
    z = np.append(np.tile([0.0, 2.5, 10.0], 10), np.nan)
    ones = np.ones(31)
    assert_array_equal(find_few_values(z, ones, 3), [0.0, 2.5, 10.0])
    assert find_few_values(z, ones, 2) is None
    assert find_few_values(z, 0.9 * ones, 3) is None
    at = nearest_position(np.array([0.0, 2.5, 10.0]), np.array([-9, 2, 99, np.nan]))
    assert_array_equal(at, [0, 1, 2, np.nan])
    assert_array_equal(nearest_position(np.array([7.0]), np.array([3.0])), [0.0])


def test_kinds_divide_the_rows_that_have_a_score(rng):
    z = np.round(rng.normal(size=400), 4)
    z[:100] = rng.choice([0.25, 0.5, 0.75, 1.0, 1.5, 1.75, 2.0, 2.25, 2.5, 3.0], 100)
    z[100:150] = -7.0
    atoms = np.array([-7.0, 0.25, 0.5, 0.75, 1.0, 1.5, 1.75, 2.0, 2.25, 2.5, 3.0])
    column = SimpleNamespace(
        discrete=False, integer_valued=False, n_categories=0, atoms=atoms
    )
    mixed = fit_mixed(z[:, None], np.ones(400), [column], marginals="quantile")
    split = split_mixed(mixed, z[:, None])
    selected = ~np.isnan(split.u)
    found = {kind: rows for _, kind, rows in rows_by_kind(mixed, split.level, selected)}
    assert set(found) == {POINT, GRID}
    assert np.isin(z[found[GRID]], atoms[1:]).all()
    assert not np.isin(z[found[POINT]], atoms).any()
    assert sum(map(len, found.values())) == np.sum(z != -7.0)


def test_the_nearest_value_is_found():
    values = np.array([0.0, 1.0, 4.0])
    z = np.array([-9.0, 0.4, 0.6, 2.4, 2.6, 9.0, np.nan])
    assert_array_equal(nearest_position(values, z), [0, 0, 1, 1, 2, 2, np.nan])
