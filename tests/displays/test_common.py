"""What holds for every display."""

import sys

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.text import Text
from numpy.testing import assert_array_equal

from skgen import IndependentGenerator
from skgen.displays import (
    DetectionDisplay,
    EmbeddingDisplay,
    MarginalsDisplay,
    PairwiseDisplay,
    PrivacyDisplay,
)

from .conftest import EXTREME, RARE, OnlySamples, texts

SEEDED = (DetectionDisplay, EmbeddingDisplay, PrivacyDisplay)
DISPLAYS = (*SEEDED, MarginalsDisplay, PairwiseDisplay)
N_PANELS = {
    DetectionDisplay: 2,
    EmbeddingDisplay: 1,
    MarginalsDisplay: 5,
    PairwiseDisplay: 1,
    PrivacyDisplay: 2,
}


def settings(Display, holdout):
    """Settings that make a display quick."""
    found = {"random_state": 0} if Display in SEEDED else {}
    if Display is DetectionDisplay:
        found |= {"cv": 2}
    if Display is PrivacyDisplay:
        found |= {"holdout": holdout}
    return found


@pytest.fixture(scope="module")
def displays(real, synthetic, holdout):
    """Of each class a display that is only to be plotted."""
    return {
        Display: Display.from_tables(real, synthetic, **settings(Display, holdout))
        for Display in DISPLAYS
    }


def panels(display):
    """The axes of a display."""
    return list(display.axes_) if hasattr(display, "axes_") else [display.ax_]


@pytest.mark.parametrize("Display", DISPLAYS)
class TestDisplay:
    def test_a_figure_of_its_own(self, Display, real, synthetic, holdout):
        before = real.copy(), synthetic.copy()
        plt.close("all")
        made = Display.from_tables(real, synthetic, **settings(Display, holdout))
        assert isinstance(made, Display)
        assert plt.get_fignums() == [made.figure_.number]
        assert len(panels(made)) == N_PANELS[Display]
        assert all(ax.figure is made.figure_ for ax in panels(made))
        assert made.plot() is made
        for table, same in zip((real, synthetic), before, strict=True):
            assert table.equals(same)

    def test_axes_that_are_given_are_used(self, Display, real, synthetic, holdout):
        figure, axes = plt.subplots(1, N_PANELS[Display], squeeze=False)
        made = Display.from_tables(
            real, synthetic, ax=axes, **settings(Display, holdout)
        )
        assert made.figure_ is figure
        assert panels(made) == list(axes[0])
        assert plt.get_fignums() == [figure.number]

    @pytest.mark.slow
    def test_one_axes_is_divided(self, Display, displays):
        figure, (left, right) = plt.subplots(1, 2)
        made = displays[Display].plot(right)
        assert made.figure_ is figure
        assert not left.has_data()
        assert right.axison == (N_PANELS[Display] == 1)
        figure.canvas.draw()
        for ax in panels(made):
            assert ax.get_position().x0 > left.get_position().x1

    def test_other_numbers_of_axes_are_refused(self, Display, displays):
        axes = plt.subplots(1, N_PANELS[Display] + 1)[1]
        with pytest.raises(ValueError, match=r"ax: . axes were passed for . panels"):
            displays[Display].plot(axes)

    def test_rows_of_a_fitted_generator(self, Display, real, holdout):
        generator = IndependentGenerator(random_state=0).fit(real)
        given = settings(Display, holdout) | {"random_state": 0}
        made = Display.from_generator(generator, real, n_samples=60, **given)
        again = Display.from_generator(generator, real, n_samples=60, **given)
        assert_same(made, again)

    def test_rows_of_whatever_samples(self, Display, real, synthetic, holdout):
        given = settings(Display, holdout) | {"random_state": 0}
        made = Display.from_generator(OnlySamples(synthetic), real, **given)
        assert isinstance(made, Display)

    def test_nothing_of_a_single_row_is_shown(self, Display, displays):
        for text in texts(displays[Display].plot().figure_):
            assert RARE not in text
            assert str(int(EXTREME))[:4] not in text

    def test_words_have_the_colours_of_the_page(self, Display, displays):
        names = ["text.color", "axes.labelcolor", "xtick.color", "ytick.color"]
        with plt.rc_context(dict.fromkeys(names, "#ff0000")):
            made = displays[Display].plot()
            words = texts(made.figure_)
        # figures in the cells of a heat map stand on the colours of these
        inside = made.ax_.texts if Display is PairwiseDisplay else []
        colors = {
            to_hex(text.get_color())
            for text in made.figure_.findobj(Text)
            if text not in inside
        }
        assert len(words) > 3
        assert colors == {"#ff0000"}

    def test_dollars_are_no_formulas(self, Display, real, synthetic, holdout):
        names = {"income": "cost_$ \\frac{$", "town": "$^$"}
        tables = [
            t[list(names)].rename(columns=names) for t in (real, synthetic, holdout)
        ]
        made = Display.from_tables(*tables[:2], **settings(Display, tables[2]))
        words = " ".join(texts(made.figure_))
        if Display not in (EmbeddingDisplay, PrivacyDisplay):
            assert "cost_$ \\frac{$" in words
            assert "$^$" in words

    def test_arrays_are_tables_too(self, Display, real, synthetic, holdout):
        names = ["income", "visits"]
        arrays = [t[names].to_numpy(float) for t in (real, synthetic, holdout)]
        frames = [t[names].astype(float) for t in (real, synthetic, holdout)]
        made = [
            Display.from_tables(*three[:2], **settings(Display, three[2]))
            for three in (arrays, frames)
        ]
        assert_same(*made)

    def test_without_matplotlib(self, Display, displays, monkeypatch):
        monkeypatch.setitem(sys.modules, "matplotlib", None)
        with pytest.raises(ImportError, match=f"{Display.__name__}.plot requires"):
            displays[Display].plot()

    @pytest.mark.slow
    @pytest.mark.parametrize("column", ["income", "town", "since"])
    def test_a_single_column(self, Display, real, synthetic, holdout, column):
        three = [t[[column]] for t in (real, synthetic, holdout)]
        if Display is PairwiseDisplay:
            with pytest.raises(ValueError, match="single column"):
                Display.from_tables(*three[:2])
            return
        made = Display.from_tables(*three[:2], **settings(Display, three[2]))
        assert len(texts(made.figure_)) > 0

    def test_columns_that_hold_nothing(self, Display, real, synthetic, holdout):
        tables = [
            t.assign(visits=1, town="Bonn", income=income)
            for t, income in zip(
                (real, synthetic, holdout), (np.nan, 1.0, np.nan), strict=True
            )
        ]
        made = Display.from_tables(*tables[:2], **settings(Display, tables[2]))
        assert len(texts(made.figure_)) > 0


@pytest.mark.parametrize(
    ("Display", "name", "value"),
    [
        (DetectionDisplay, "cv", 1),
        (DetectionDisplay, "max_columns", 0),
        (EmbeddingDisplay, "max_rows", 0),
        (MarginalsDisplay, "max_bins", 0),
        (MarginalsDisplay, "by_error", "yes"),
        (PairwiseDisplay, "bins", "equal"),
        (PrivacyDisplay, "max_rows", 2.5),
    ],
)
def test_what_is_out_of_range_is_refused(Display, name, value, real, synthetic):
    with pytest.raises(ValueError, match=f"The '{name}' parameter of"):
        Display.from_tables(real, synthetic, **{name: value})


def assert_same(made, other):
    """Whether two displays have the same figures."""
    for name, value in vars(made).items():
        if name.endswith("_") or name == "names":
            continue
        pairs = flat(value), flat(getattr(other, name))
        for a, b in zip(*pairs, strict=True):
            assert_array_equal(a, b)


def flat(value):
    """Arrays and numbers of nested containers."""
    if isinstance(value, dict):
        value = list(value.values())
    if hasattr(value, "heights"):
        value = [value.heights, value.missing, value.error]
    if isinstance(value, list | tuple):
        return [part for each in value for part in flat(each)]
    return [value]
