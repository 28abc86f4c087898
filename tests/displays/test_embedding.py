import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from numpy.testing import assert_allclose, assert_array_equal

from skgen._table.joint_tables import read_tables
from skgen.displays import EmbeddingDisplay
from skgen.displays._style import COLORS

from .conftest import texts


def points(ax):
    """Coordinates by colour."""
    cloud = ax.collections[0]
    colors = np.array([to_hex(color).upper() for color in cloud.get_facecolors()])
    return {
        name: np.asarray(cloud.get_offsets())[colors == COLORS[name]]
        for name in ("real", "synthetic")
    }


def ordered(rows):
    return rows[np.lexsort(rows.T)]


def test_points_are_all_rows_in_their_colours(real, synthetic):
    made = EmbeddingDisplay.from_tables(real, synthetic)
    found = points(made.axes_[0])
    for name, rows in (("real", real), ("synthetic", synthetic)):
        assert len(found[name]) == len(rows)
        assert_allclose(ordered(found[name]), ordered(getattr(made, name)))
    assert {"real", "synthetic"} <= set(texts(made.figure_))


def test_none_of_the_tables_hides_the_other(real, synthetic):
    made = EmbeddingDisplay.from_tables(real, synthetic)
    colors = [to_hex(c).upper() for c in made.axes_[0].collections[0].get_facecolors()]
    place = np.flatnonzero(np.array(colors) == COLORS["synthetic"])
    # the mean place of 120 among 270 rows, four standard errors
    assert abs(place.mean() - 134.5) < 4 * 78 / np.sqrt(120)


def test_side_by_side_with_the_same_limits(real, synthetic):
    made = EmbeddingDisplay.from_tables(real, synthetic, side_by_side=True)
    left, right = made.axes_
    assert [left.get_title(), right.get_title()] == ["real", "synthetic"]
    assert left.get_xlim() == right.get_xlim()
    assert left.get_ylim() == right.get_ylim()
    assert_array_equal(points(left)["real"], made.real)
    assert_array_equal(points(right)["synthetic"], made.synthetic)
    assert len(points(left)["synthetic"]) == 0


def test_components_are_those_of_the_real_rows():
    rng = np.random.default_rng(0)
    factor = rng.normal(size=500)
    real = np.column_stack([factor, factor, rng.normal(size=500)])
    made = EmbeddingDisplay.from_tables(real, real[:100])
    # normal scores of three columns, two of which are one
    assert_allclose(made.explained, [2 / 3, 1 / 3], atol=0.02)
    assert "67%" in made.axes_[0].get_xlabel() or "66%" in made.axes_[0].get_xlabel()
    assert abs(np.corrcoef(made.real[:, 0], factor)[0, 1]) > 0.98
    assert_allclose(made.real.mean(axis=0), 0, atol=1e-12)
    assert_allclose(np.cov(made.real.T)[0, 1], 0, atol=1e-12)
    # rows that are in both tables are on the same points
    assert_allclose(made.synthetic, made.real[:100])


def test_points_do_not_depend_on_units_or_extremes():
    rng = np.random.default_rng(0)
    real, synthetic = rng.normal(size=(2, 80, 2))
    made = EmbeddingDisplay.from_tables(real, synthetic)
    other = EmbeddingDisplay.from_tables(1e3 * real - 7, 1e3 * synthetic - 7)
    assert_allclose(made.real, other.real)
    assert_allclose(made.synthetic, other.synthetic)
    real[real.argmax(axis=0), [0, 1]] = 1e9
    other = EmbeddingDisplay.from_tables(real, np.minimum(synthetic, 1e9))
    assert_allclose(made.real, other.real)


def test_another_distribution_is_elsewhere(real, synthetic):
    same = EmbeddingDisplay.from_tables(real, synthetic)
    other = EmbeddingDisplay.from_tables(
        real, synthetic.assign(income=1e3, since=pd.Timestamp("2025-06-01"))
    )
    shift = [
        np.linalg.norm(made.synthetic.mean(axis=0) - made.real.mean(axis=0))
        for made in (same, other)
    ]
    assert shift[1] > 5 * shift[0]


def test_few_rows_of_large_tables_are_drawn(real, synthetic):
    tables = read_tables({"real": real, "synthetic": synthetic})
    every = EmbeddingDisplay._from_matrices(tables, np.random.default_rng(0))
    some = EmbeddingDisplay._from_matrices(
        tables, np.random.default_rng(0), max_rows=30
    )
    assert some.real.shape == some.synthetic.shape == (30, 2)
    # products of other numbers of rows may be rounded otherwise
    apart = np.abs(some.real[:, :1] - every.real[:, 0]).min(axis=1)
    assert_allclose(apart, 0, atol=1e-9)
    assert_array_equal(some.explained, every.explained)
    assert not plt.get_fignums()


@pytest.mark.parametrize("z", [np.ones((20, 1)), np.full((20, 2), np.nan)])
def test_rows_that_are_all_alike(z):
    made = EmbeddingDisplay.from_tables(z, z)
    assert_array_equal(made.real, 0)
    assert_array_equal(made.explained, 0)
    assert len(texts(made.figure_)) > 0
