import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy.stats import kstest

from skgen._math.columns.flow_columns import (
    FlowColumns,
    find_few_values,
    nearest_position,
)
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
    x = flow.normal_scores(of_full, rng)
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
    x = flow.normal_scores(split, np.random.default_rng(0))
    known = x[~np.isnan(x)]
    # of 355 numbers: five standard errors
    assert abs(known.mean()) < 5 / np.sqrt(355)
    assert abs(known.std() - 1) < 5 / np.sqrt(2 * 355)


def test_repeated_values_become_normal_and_back(rng):
    values = np.arange(40.0) ** 2
    z = rng.choice(values, p=np.linspace(1, 4, 40) / 100, size=4000)
    column = Column("x", "integer", atoms=values)
    flow = FlowColumns(multi_output=False)
    split = flow.fit(z[:, None], np.ones(4000), [column])
    x = flow.normal_scores(split, rng)
    # false-alarm rate below 1e-6: the shares are those of the sample itself
    assert kstest(x[:, 0], "norm").pvalue > 1e-6
    back = flow.join(np.full((4000, 1), np.nan), x, np.zeros((4000, 0), dtype=int))
    # the ends, which are not drawn, move a little
    assert np.mean(back[:, 0] == z) > 0.99
    assert set(back[:, 0]) <= set(z)


def test_marginals_of_drawn_rows_are_corrected(rng):
    z = rng.exponential(size=(3000, 1))
    column = Column("x", "continuous")
    flow = FlowColumns(multi_output=True)
    flow.fit(z, np.ones(3000), [column])
    nothing, values = np.full((3000, 1), np.nan), np.zeros((3000, 0), dtype=int)
    drawn = 0.3 + 0.8 * rng.normal(size=(3000, 1))
    biased = flow.join(nothing, drawn, values)
    flow.fit_model_marginals(drawn, values, [column])
    corrected = flow.join(nothing, drawn, values)
    levels = np.linspace(0.05, 0.95, 19)
    error = [
        np.abs(np.quantile(rows, levels) - np.quantile(z, levels)).max()
        for rows in (biased, corrected)
    ]
    assert error[0] > 0.2
    assert error[1] < 0.1


def test_few_drawn_rows_correct_nothing(rng):
    z = rng.exponential(size=(300, 1))
    flow = FlowColumns(multi_output=True)
    flow.fit(z, np.ones(300), [Column("x", "continuous")])
    nothing, values = np.full((50, 1), np.nan), np.zeros((50, 0), dtype=int)
    x = rng.normal(size=(50, 1))
    before = flow.join(nothing, x, values)
    flow.fit_model_marginals(x + 5, values, [Column("x", "continuous")])
    assert_array_equal(flow.join(nothing, x, values), before)


def test_numbers_with_few_values_are_found():
    z = np.append(np.tile([0.0, 2.5, 10.0], 10), np.nan)
    ones = np.ones(31)
    assert_array_equal(find_few_values(z, ones, 3), [0.0, 2.5, 10.0])
    assert find_few_values(z, ones, 2) is None
    assert find_few_values(z, 0.9 * ones, 3) is None
    at = nearest_position(np.array([0.0, 2.5, 10.0]), np.array([-9, 2, 99, np.nan]))
    assert_array_equal(at, [0, 1, 2, np.nan])
    assert_array_equal(nearest_position(np.array([7.0]), np.array([3.0])), [0.0])


def test_the_nearest_value_is_found():
    values = np.array([0.0, 1.0, 4.0])
    z = np.array([-9.0, 0.4, 0.6, 2.4, 2.6, 9.0, np.nan])
    assert_array_equal(nearest_position(values, z), [0, 0, 1, 1, 2, 2, np.nan])
