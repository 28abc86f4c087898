import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skgen._math.flow_matching import HIDDEN
from skgen._table.cells import Column
from skgen.generators._flow_coordinates import Coordinates


@pytest.fixture
def columns():
    return [
        Column("x", "continuous"),
        Column("level", "categorical", n_categories=5),
        Column("step", "continuous"),
    ]


@pytest.fixture
def cells():
    """A number, a category, a number of few values; some are missing."""
    rng = np.random.default_rng(0)
    Z = np.column_stack(
        [rng.normal(size=400), rng.integers(0, 5, 400), rng.choice([0.5, 2, 7], 400)]
    )
    Z[::9, 0] = Z[1::9, 1] = Z[2::9, 2] = np.nan
    return Z


@pytest.mark.parametrize("many_levels", [False, True])
def test_known_cells_stay_and_others_are_what_the_coordinates_say(
    columns, cells, many_levels
):
    rng = np.random.default_rng(0)
    coordinates = Coordinates(many_levels=many_levels)
    split = coordinates.fit(cells, np.ones(400), columns)
    full = cells[~np.isnan(cells).any(axis=1)]
    of_full = coordinates.split(full)
    x = coordinates.climb(of_full.u, of_full.code, rng)
    written = coordinates.write(of_full.code)
    back = coordinates.join(np.full(full.shape, np.nan), x, written)
    assert_array_equal(back[:, 1:], full[:, 1:])
    # a number is told but roughly, and worst in the tails
    assert np.abs(back[:, 0] - full[:, 0]).mean() < 0.02
    # what is missing has neither coordinate nor digit
    assert_array_equal(np.isnan(split.u[:, 0]), np.isnan(cells[:, 0]))
    hidden = coordinates.write(split.code) == HIDDEN
    owner = np.repeat(coordinates.mixed.coded, np.diff(coordinates.layout.first))
    for j in (1, 2):
        assert_array_equal(hidden[:, owner == j].any(axis=1), np.isnan(cells[:, j]))


def test_levels_are_split_where_each_is_a_model_of_its_own(columns, cells):
    found = []
    for many_levels in (False, True):
        coordinates = Coordinates(many_levels=many_levels)
        coordinates.fit(cells, np.ones(400), columns)
        found.append(max(coordinates.layout.size))
    assert found == [1, 5]


def test_coordinates_are_normally_distributed(columns, cells):
    coordinates = Coordinates(many_levels=True)
    split = coordinates.fit(cells, np.ones(400), columns)
    x = coordinates.climb(split.u, split.code, np.random.default_rng(0))
    known = x[~np.isnan(x)]
    # of 355 numbers: five standard errors
    assert abs(known.mean()) < 5 / np.sqrt(355)
    assert abs(known.std() - 1) < 5 / np.sqrt(2 * 355)
