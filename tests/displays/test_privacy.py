import numpy as np
import pytest
from matplotlib.colors import same_color
from numpy.testing import assert_allclose, assert_array_equal

from skgen._table.joint_tables import read_tables
from skgen.displays import PrivacyDisplay
from skgen.displays._style import COLORS
from skgen.metrics._membership import ATTACKS

from .conftest import texts

DISTANCES = {"synthetic": np.array([0.0, 0.0, 0.2, 0.4]), "holdout": np.full(5, 0.5)}
LABEL = np.repeat([1, 0], [30, 20])


def lines(ax):
    return {line.get_label(): line for line in ax.lines}


def test_held_out_rows_are_needed(real, synthetic):
    with pytest.raises(ValueError, match="holdout must be a table of real rows"):
        PrivacyDisplay.from_tables(real, synthetic)


def test_distances_are_those_to_training_rows():
    real = np.array([[0.0], [10.0]])
    synthetic = np.array([[0.0], [1.0], [7.0]])
    holdout = np.array([[5.0], [9.0], [10.0], [12.0]])
    made = PrivacyDisplay.from_tables(real, synthetic, holdout=holdout, random_state=0)
    assert_allclose(np.sort(made.distances["synthetic"]), [0, 0.1, 0.3])
    assert_allclose(np.sort(made.distances["holdout"]), [0, 0.1, 0.2, 0.5])


def test_curves_are_the_shares_of_rows_within_a_distance():
    ax = PrivacyDisplay(DISTANCES, {"a": (LABEL, np.zeros(50))}).plot().axes_[0]
    curve = lines(ax)["synthetic"]
    assert curve.get_drawstyle() == "steps-post"
    x, y = curve.get_data()
    assert_array_equal(x[1:-1], [0, 0.2, 0.4])
    assert_array_equal(y, [0, 0.5, 0.75, 1, 1])
    # from one end of the axis to the other
    assert_allclose(x[[0, -1]], ax.get_xlim())
    assert x[0] < 0
    assert "Gower distance" in ax.get_xlabel()
    assert "share of rows" in ax.get_ylabel()


def test_copies_are_counted():
    made = PrivacyDisplay(DISTANCES, {"a": (LABEL, np.zeros(50))}).plot()
    assert "copies: 0.500 synthetic, 0.000 holdout" in texts(made.figure_)


def test_tables_that_hold_nothing_but_copies_are_seen():
    nothing = {"synthetic": np.zeros(4), "holdout": np.zeros(5)}
    ax = PrivacyDisplay(nothing, {"a": (LABEL, np.zeros(50))}).plot().axes_[0]
    assert ax.get_xlim() == (-0.03, 1.05)


def test_each_table_has_its_colour():
    ax = PrivacyDisplay(DISTANCES, {"a": (LABEL, np.zeros(50))}).plot().axes_[0]
    found = lines(ax)
    for name in ("synthetic", "holdout"):
        assert same_color(found[name].get_color(), COLORS[name])
    assert found["holdout"].get_linestyle() == "--"


def test_attacks_are_drawn_on_log_axes():
    rng = np.random.default_rng(0)
    attacks = {
        "sure": (LABEL, LABEL.astype(float)),
        "blind": (LABEL, np.zeros(50)),
        "some": (LABEL, LABEL + rng.normal(size=50)),
    }
    ax = PrivacyDisplay(DISTANCES, attacks).plot().axes_[1]
    assert ax.get_xscale() == ax.get_yscale() == "log"
    # one false alarm in 20 is the lowest rate that is known
    assert ax.get_xlim() == ax.get_ylim() == (0.05, 1)
    found = lines(ax)
    assert_allclose(found["sure: AUC 1.000"].get_ydata(), 1)
    x, y = found["blind: AUC 0.500"].get_data()
    assert_allclose(x, y)
    assert_allclose(found["chance"].get_data(), [[0.05, 1], [0.05, 1]])
    assert len({line.get_color() for line in ax.lines}) == 4
    assert len({str(line.get_linestyle()) for line in ax.lines}) == 4


def test_scores_are_those_of_the_measure(real, synthetic, holdout):
    made = PrivacyDisplay.from_tables(real, synthetic, holdout=holdout, random_state=0)
    assert set(made.attacks) == set(ATTACKS)
    words = texts(made.figure_)
    assert "150 training rows, 50 held-out ones" in words


def test_copies_give_themselves_away(real, holdout):
    made = PrivacyDisplay.from_tables(real, real, holdout=holdout, random_state=0)
    assert_array_equal(made.distances["synthetic"], 0)
    assert np.mean(made.distances["holdout"] == 0) < 0.2
    found = [line.get_label() for line in made.axes_[1].lines]
    assert max(float(label[-5:]) for label in found if "AUC" in label) > 0.9


def test_few_rows_of_large_tables_are_taken(real, synthetic, holdout):
    tables = read_tables({"real": real, "synthetic": synthetic, "holdout": holdout})
    made = PrivacyDisplay._from_matrices(tables, np.random.default_rng(0), max_rows=40)
    assert [len(d) for d in made.distances.values()] == [40, 40]
    for label, score in made.attacks.values():
        assert len(label) == len(score) <= 80
    assert not hasattr(made, "figure_")
