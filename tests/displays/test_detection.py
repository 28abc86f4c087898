import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.integrate import trapezoid
from sklearn.linear_model import LogisticRegression

from skgen._table.joint_tables import read_tables
from skgen.displays import DetectionDisplay
from skgen.displays._style import COLORS
from skgen.metrics._detection import Detection, detection_auc

from .conftest import texts

NAMES = ("a", "b", "c")


def detection(scores, importance=(0.1, 0.3, -0.2)):
    """Two folds, whose scores have nothing in common."""
    label = np.array([0, 0, 1, 1] * 2)
    fold = np.repeat([0, 1], 4)
    return Detection(label, np.array(scores, float), fold, np.array(importance))


def made_of(found, **kwargs):
    return DetectionDisplay._from_detection(found, NAMES).plot(**kwargs)


def test_curve_is_the_mean_of_those_of_the_folds():
    # in one fold all are detected, in the other one none; scores of the second one
    # are all higher, which means nothing
    made = made_of(detection([1, 2, 3, 4, 103, 104, 101, 102]))
    assert_allclose(made.roc_auc, 0.5)
    (curve,) = [line for line in made.axes_[0].lines if line.get_label() != "chance"]
    fpr, tpr = curve.get_data()
    assert_array_equal(curve.get_xdata(), made.fpr)
    assert_array_equal(tpr[[0, -1]], [0, 1])
    # half way up at once, and up only at the end
    assert_allclose(tpr[(fpr > 0) & (fpr < 1)], 0.5)
    assert_allclose(trapezoid(tpr, fpr), 0.5, atol=0.005)


def test_area_is_that_of_the_measure(real, synthetic):
    made = DetectionDisplay.from_tables(
        real, synthetic, classifier=LogisticRegression(), cv=3, random_state=0
    )
    auc = detection_auc(
        real, synthetic, classifier=LogisticRegression(), cv=3, random_state=0
    )
    assert_allclose(made.roc_auc, auc.value)
    assert_allclose(made.standard_error, auc.standard_error)
    assert_allclose(trapezoid(made.tpr, made.fpr), auc.value, atol=0.02)
    expected = f"detection: AUC {auc.value:.3f} ± {auc.standard_error:.3f}"
    assert made.axes_[0].get_title() == expected


def test_columns_are_in_order_of_importance():
    made = made_of(detection(range(8)))
    ax = made.axes_[1]
    assert [bar.get_width() for bar in ax.patches] == [0.3, 0.1, -0.2]
    assert [t.get_text() for t in ax.get_yticklabels()] == ["b", "a", "c"]
    # the first one on top
    assert ax.get_ylim()[0] > ax.get_ylim()[1]
    assert "AUC lost" in ax.get_xlabel()


def test_only_the_first_columns_are_shown():
    made = made_of(detection(range(8)), max_columns=2)
    assert len(made.axes_[1].patches) == 2
    assert "(first 2 of 3)" in made.axes_[1].get_title()


def test_the_column_that_gives_rows_away_is_first(real, synthetic):
    worse = synthetic.assign(visits=synthetic["visits"] + 2)
    made = DetectionDisplay.from_tables(real, worse, cv=2, random_state=0)
    assert made.names[np.argmax(made.importance)] == "visits"
    assert made.axes_[1].get_yticklabels()[0].get_text() == "visits"
    assert made.roc_auc > 0.8


def test_the_line_of_chance_looks_different(real, synthetic):
    made = made_of(detection(range(8)))
    chance, curve = made.axes_[0].lines
    assert chance.get_label() == "chance"
    assert_array_equal(chance.get_data(), [[0, 1], [0, 1]])
    assert chance.get_color() != curve.get_color() == COLORS["synthetic"]
    assert chance.get_linestyle() != curve.get_linestyle()
    assert {"chance", "classifier"} <= set(texts(made.figure_))


def test_too_few_rows_are_refused(real, synthetic):
    with pytest.raises(ValueError, match="fewer folds"):
        DetectionDisplay.from_tables(real[:3], synthetic[:3], cv=5)


def test_matrices_of_the_report(real, synthetic):
    tables = read_tables({"real": real, "synthetic": synthetic})
    made = DetectionDisplay._from_matrices(
        tables, np.random.default_rng(0), classifier=LogisticRegression(), cv=2
    )
    assert made.importance.shape == (5,)
    assert not hasattr(made, "figure_")
