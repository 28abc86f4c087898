import numpy as np
import pytest
from matplotlib.colors import to_hex
from numpy.testing import assert_allclose

from skgen._table.joint_tables import read_tables
from skgen.displays import PairwiseDisplay
from skgen.metrics._pairwise import pairwise_error

from .conftest import texts


def test_cells_are_the_errors_of_pairs(real, synthetic):
    error = pairwise_error(real, synthetic)
    made = PairwiseDisplay.from_tables(real, synthetic)
    assert made.names == error.names == tuple(real)
    assert_allclose(made.pairs, error.pairs, atol=1e-12)
    drawn = np.ma.filled(made.im_.get_array(), np.nan)
    assert_allclose(drawn, error.pairs, atol=1e-12)
    assert f"mean error {error.value:.3f}" in made.ax_.get_title()


def test_bins_are_those_of_the_measure(real, synthetic):
    made = PairwiseDisplay.from_tables(real, synthetic, bins="own_range")
    error = pairwise_error(real, synthetic, bins="own_range")
    assert_allclose(made.pairs, error.pairs, atol=1e-12)


def test_axes_are_labelled(real, synthetic):
    made = PairwiseDisplay.from_tables(real, synthetic)
    for ticks in (made.ax_.get_xticklabels(), made.ax_.get_yticklabels()):
        assert [label.get_text() for label in ticks] == list(real)
    assert made.colorbar_.ax.get_ylabel() == "error of the pair (0 to 1)"


def test_colours_have_a_scale():
    pairs = np.array([[np.nan, 0.02], [0.02, np.nan]])
    made = PairwiseDisplay(pairs, ("a", "b"))
    assert made.plot().im_.get_clim() == (0, 0.1)
    assert made.plot(vmax=0.5).im_.get_clim() == (0, 0.5)
    assert PairwiseDisplay(10 * pairs, ("a", "b")).plot().im_.get_clim() == (0, 0.2)
    bare = PairwiseDisplay(pairs, ("a", "b")).plot(colorbar=False)
    assert bare.figure_.axes == [bare.ax_]


@pytest.mark.parametrize(("n", "written"), [(12, 132), (13, 0)])
def test_figures_are_written_where_there_is_room(n, written):
    pairs = np.full((n, n), 0.25)
    np.fill_diagonal(pairs, np.nan)
    pairs[0, 1] = 1.0
    made = PairwiseDisplay(pairs, tuple(range(n))).plot()
    found = [text.get_text() for text in made.ax_.texts]
    assert len(found) == written
    assert set(found) <= {".25", "1.00"}
    # dark on bright, bright on dark
    colors = {text.get_text(): to_hex(text.get_color()) for text in made.ax_.texts}
    assert colors in ({}, {".25": "#ffffff", "1.00": "#000000"})


@pytest.mark.slow
def test_long_names_are_shortened_and_figures_grow():
    sizes = []
    for n in (3, 14, 30):
        names = tuple(f"{k} is a name that is much too long" for k in range(n))
        made = PairwiseDisplay(np.zeros((n, n)), names).plot()
        assert max(map(len, texts(made.figure_))) < 40
        sizes.append(made.figure_.get_size_inches())
    assert (np.diff(sizes, axis=0) > 0).all()


def test_matrices_of_the_report(real, synthetic):
    tables = read_tables({"real": real, "synthetic": synthetic})
    made = PairwiseDisplay._from_matrices(tables)
    assert not hasattr(made, "figure_")
    assert_allclose(made.pairs, pairwise_error(real, synthetic).pairs, atol=1e-12)
