import matplotlib.dates as mdates
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import same_color
from matplotlib.patches import StepPatch
from numpy.testing import assert_allclose, assert_array_equal

from skgen._table.joint_tables import read_tables
from skgen.displays import MarginalsDisplay
from skgen.displays._style import COLORS
from skgen.metrics._fidelity import marginal_error

from .conftest import EXTREME, RARE, make_table, texts


def panel(real, synthetic, column, **kwargs):
    """The axes of a column, and what is drawn there."""
    made = MarginalsDisplay.from_tables(real, synthetic, columns=[column], **kwargs)
    return made.axes_[0], made.marginals[0]


def stairs(ax):
    """Heights and edges of the histograms of a panel."""
    found = [p for p in ax.patches if isinstance(p, StepPatch)]
    return [patch.get_data().values for patch in found], found[0].get_data().edges


def bars(ax):
    """Lengths of bars, of each table those of all labels."""
    return [[bar.get_width() for bar in group] for group in ax.containers]


def labels(ax):
    return [label.get_text() for label in ax.get_yticklabels()]


def test_bars_are_the_shares_of_rows(real, synthetic):
    ax, _ = panel(real, synthetic, "town")
    assert labels(ax) == ["Bonn", "Köln", "others"]
    for found, table in zip(bars(ax), (real, synthetic), strict=True):
        n = [(table["town"] == name).sum() for name in ("Bonn", "Köln", RARE)]
        assert_allclose(found, np.array(n) / len(table))
    assert ax.get_xlabel() == "share of rows"


def test_missing_cells_have_a_bar_of_their_own(real, synthetic):
    gone = synthetic.assign(town=synthetic["town"].where(synthetic.index >= 30))
    ax, _ = panel(real, gone, "town")
    assert labels(ax)[-2:] == ["others", "missing"]
    assert [found[-1] for found in bars(ax)] == [0, 0.25]


def test_histograms_are_the_shares_of_rows(real, synthetic):
    ax, marginal = panel(real, synthetic, "visits")
    heights, edges = stairs(ax)
    assert_array_equal(edges, np.arange(5) - 0.5)
    for found, table in zip(heights, (real, synthetic), strict=True):
        assert_allclose(found, np.bincount(table["visits"]) / len(table))
    assert_array_equal(marginal.shares, heights)


def test_scale_ends_where_some_rows_are(real, synthetic):
    ax, _ = panel(real, synthetic, "income")
    heights, edges = stairs(ax)
    known = np.sort(real["income"].dropna())
    assert_allclose(edges[[0, -1]], [known[4], known[-5]])
    assert ax.get_xlim()[1] < 100 < EXTREME
    # all of the known cells are counted
    widths = np.diff(edges) / np.diff(edges).min()
    for found, table in zip(heights, (real, synthetic), strict=True):
        known = table["income"].notna().mean()
        assert_allclose(found @ np.rint(widths), known)


def test_bins_stand_for_at_least_five_rows_of_people(real, synthetic, holdout):
    made = MarginalsDisplay.from_tables(real, synthetic, holdout=holdout)
    for marginal in made.marginals:
        if marginal.labels is None:
            for share, table in zip(
                marginal.shares[[0, 2]], (real, holdout), strict=True
            ):
                counts = np.rint(share * len(table))
                assert np.isin(counts, range(1, 5)).sum() == 0


def test_a_thousandth_does_not_stretch_the_scale():
    x = np.append(np.random.default_rng(0).uniform(size=5000), np.full(10, 1e6))
    table = pd.DataFrame({"x": x})
    _, edges = stairs(panel(table, table, "x")[0])
    assert edges[-1] < 1


def test_dates_are_dates(real, synthetic):
    ax, marginal = panel(real, synthetic, "since")
    _, edges = stairs(ax)
    assert marginal.edges.dtype.kind == "M"
    assert_allclose(edges, mdates.date2num(marginal.edges))
    days = np.sort(real["since"].to_numpy())
    half = np.timedelta64(12, "h")
    assert marginal.edges[0] == days[4] - half
    # a bin of several days may reach beyond the last one shown
    width = np.diff(marginal.edges).min()
    assert days[-5] < marginal.edges[-1] <= days[-5] + width
    assert isinstance(ax.xaxis.get_major_locator(), mdates.AutoDateLocator)


def test_bins_of_months_are_as_long_as_their_months():
    starts = pd.date_range("2000-01-01", periods=12, freq="MS")
    table = pd.DataFrame({"t": starts.repeat(40)})
    _, marginal = panel(table, table, "t", max_bins=12)
    halves = starts[:-1] + (starts[1:] - starts[:-1]) / 2
    assert_array_equal(marginal.edges[1:-1], halves)


@pytest.mark.parametrize(
    ("step", "unit"), [("D", "days"), ("h", "hours"), ("s", "seconds"), ("us", "ms")]
)
def test_durations_have_a_unit(step, unit):
    steps = 3 + np.arange(40) * (100 if step == "us" else 1)
    table = pd.DataFrame({"x": steps.astype(f"m8[{step}]").astype("m8[ns]")})
    ax, marginal = panel(table, table, "x", max_bins=50)
    size = {"D": 1, "h": 1, "s": 1, "us": 1e-3}[step]
    low, high = steps[4] * size, steps[-5] * size
    if step == "h":
        unit, low, high = "hours", low, high
    assert ax.get_xlabel() == unit
    assert marginal.edges[0] <= low <= high <= marginal.edges[-1]
    assert marginal.edges[-1] - marginal.edges[0] < 1.5 * (high - low)


def test_only_frequent_categories_have_bars():
    names = np.repeat([f"c{k:02}" for k in range(12)], np.arange(40, 4, -3))
    table = pd.DataFrame({"x": names})
    ax, _ = panel(table, table, "x", max_categories=4)
    assert labels(ax) == ["c00", "c01", "c02", "c03", "others"]
    assert_allclose(sum(bars(ax)[0]), 1)


def test_ordered_categories_keep_their_order():
    x = pd.Categorical(
        np.repeat(["low", "mid", "high"], [5, 20, 10]), ["low", "mid", "high"], True
    )
    table = pd.DataFrame({"x": x, "yes": np.arange(35) < 30})
    assert labels(panel(table, table, "x")[0]) == ["low", "mid", "high"]
    assert labels(panel(table, table, "yes")[0]) == ["False", "True"]


def test_a_category_that_is_only_synthetic_is_among_the_others(real, synthetic):
    ax, _ = panel(real, synthetic.assign(town="nowhere"), "town")
    assert labels(ax) == ["Bonn", "Köln", "others"]
    assert bars(ax)[1] == [0, 0, 1]


def test_a_few_known_numbers_are_not_shown():
    table = make_table(8, 0, extreme=None)
    ax, marginal = panel(table, table, "visits")
    assert labels(ax) == ["not shown", "missing"]
    assert bars(ax) == [[1, 0], [1, 0]]
    assert marginal.edges is None


def test_titles_show_the_error(real, synthetic):
    errors = marginal_error(real, synthetic).columns
    made = MarginalsDisplay.from_tables(real, synthetic)
    for ax, name in zip(made.axes_, real, strict=True):
        measure = "TV" if name in ("town", "member") else "KS"
        assert ax.get_title() == f"{name}: {measure} {errors[name]:.3f}"
    note = f"missing: {real['income'].isna().mean():.3f} real, "
    assert any(text.startswith(note) for text in texts(made.figure_))


def test_worst_columns_first(real, synthetic):
    errors = marginal_error(real, synthetic).columns
    made = MarginalsDisplay.from_tables(real, synthetic, by_error=True, max_columns=3)
    shown = [marginal.name for marginal in made.marginals]
    assert shown == sorted(errors, key=errors.get)[:-4:-1]


def test_columns_by_name_or_position(real, synthetic):
    made = MarginalsDisplay.from_tables(real, synthetic, columns=["town", 0])
    assert [marginal.name for marginal in made.marginals] == ["town", "income"]
    with pytest.raises(ValueError, match="columns: 'city' is no column"):
        MarginalsDisplay.from_tables(real, synthetic, columns=["city"])
    with pytest.raises(ValueError, match="columns is empty"):
        MarginalsDisplay.from_tables(real, synthetic, columns=[])


def test_each_table_has_its_colour(real, synthetic, holdout):
    made = MarginalsDisplay.from_tables(real, synthetic, holdout=holdout)
    histogram, bar = made.axes_[:2]
    names = ["real", "synthetic", "holdout"]
    assert histogram.get_legend_handles_labels()[1] == names
    for patch, group, name in zip(
        histogram.patches, bar.containers, names, strict=True
    ):
        filled = patch.get_fill()
        color = patch.get_facecolor() if filled else patch.get_edgecolor()
        assert filled == (name == "real")
        assert same_color(color[:3], COLORS[name])
        assert same_color(group[0].get_facecolor(), COLORS[name])
    assert histogram.patches[2].get_linestyle() == "--"
    assert [t.get_text() for t in made.figure_.legends[0].texts] == names


@pytest.mark.slow
def test_figures_grow_with_the_number_of_columns():
    sizes = []
    for n in (1, 5, 26):
        table = np.random.default_rng(0).normal(size=(60, n))
        made = MarginalsDisplay.from_tables(table, table)
        assert len(made.axes_) == n
        sizes.append(made.figure_.get_size_inches())
        width, height = sizes[-1]
        assert n / 1.6 <= (width / 3.3) * (height / 2.7) <= n * 1.3
    assert (np.diff(sizes, axis=0) >= 0).all()


def test_errors_of_the_report_are_taken(real, synthetic):
    tables = read_tables({"real": real, "synthetic": synthetic})
    errors = dict.fromkeys(real, 0.25)
    made = MarginalsDisplay._from_matrices(tables, errors=errors)
    assert {marginal.error for marginal in made.marginals} == {0.25}
    assert not hasattr(made, "figure_")
