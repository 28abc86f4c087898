"""Plot of the distribution of each column in real and synthetic rows."""

import numpy as np
from sklearn.utils._param_validation import validate_params

from skgen._table.joint_tables import read_tables
from skgen.displays._distributions import column_distribution
from skgen.displays._from_generator import FromGeneratorMixin
from skgen.displays._style import (
    COLORS,
    LINES,
    POSITIVE,
    SMALL,
    TABLES,
    chosen,
    figure_text,
    grid_axes,
    named_tables,
    plain,
    require_matplotlib,
    set_title,
    words,
)
from skgen.metrics._fidelity import marginal_error

#: the fewest bars that fill a panel
_MIN_PLACES = 3


class MarginalsDisplay(FromGeneratorMixin):
    """Distribution of every column in real and synthetic rows.

    Numbers and dates are shown as histograms, categories and booleans as bars. Use
    `from_tables` or `from_generator` to create a display.

    Parameters
    ----------
    marginals : sequence of ColumnDistribution
        One for each column that is shown.
    tables : sequence of {"real", "synthetic", "holdout"}
        Names of the tables.

    Attributes
    ----------
    figure_ : Figure
    axes_ : ndarray of Axes
        One for each column.

    Notes
    -----
    Values of only a few rows are not shown. A category is named if at least 5 real rows
    have it; all others share the bar ``others``. At least 5 real rows, and one in 200,
    are at or beyond either end of the scale of a number; cells beyond it are counted in
    the outermost bins. Bins of 1 to 4 real or held-out rows are merged with the next
    bins, and have their mean height.

    Heights are shares of all rows, including rows with a missing cell. The title of a
    column has its error in :func:`skgen.metrics.marginal_error`: the Kolmogorov-Smirnov
    distance (KS) or the total variation (TV), between 0, the best, and 1.

    Examples
    --------
    >>> from skgen import IndependentGenerator
    >>> from skgen.datasets import make_customers
    >>> from skgen.displays import MarginalsDisplay
    >>> X, y = make_customers(500, random_state=0)
    >>> generator = IndependentGenerator(random_state=0).fit(X)
    >>> display = MarginalsDisplay.from_generator(
    ...     generator, X, columns=["income", "country"]
    ... )
    >>> len(display.axes_)
    2
    """

    _random = False

    def __init__(self, marginals, tables=("real", "synthetic")):
        self.marginals = marginals
        self.tables = tables

    def plot(self, ax=None):
        """Draw a panel for each column.

        Parameters
        ----------
        ax : Axes, array-like of Axes or None, default=None
            One axes for each column, or a single one that is divided. None makes a new
            figure, whose size depends on the number of columns.

        Returns
        -------
        self : MarginalsDisplay

        Raises
        ------
        ImportError
            Without matplotlib.
        ValueError
            If `ax` does not hold one axes for each column.
        """
        require_matplotlib(self)
        n_columns = int(np.clip(np.ceil(np.sqrt(len(self.marginals))), 1, 5))
        self.figure_, self.axes_ = grid_axes(
            ax, len(self.marginals), n_columns=n_columns, size=(3.3, 2.7)
        )
        for at, (panel, one) in enumerate(zip(self.axes_, self.marginals, strict=True)):
            draw = _draw_bins if one.labels is None else _draw_bars
            draw(panel, one, self.tables)
            if at % n_columns == 0 and one.labels is None:
                panel.set_ylabel("share of rows", fontsize=SMALL)
            _entitle(panel, one, self.tables)
        self._draw_legend(of_figure=ax is None)
        return self

    def _draw_legend(self, of_figure):
        handles, labels = self.axes_[0].get_legend_handles_labels()
        if not of_figure:
            self.axes_[0].legend(handles, labels, fontsize=SMALL)
            return
        self.figure_.legend(
            handles, labels, loc="outside upper center", ncols=len(handles)
        )
        if any(one.labels is None for one in self.marginals):
            self.figure_.supxlabel(
                "The outermost bins also hold what lies beyond them.",
                fontsize="x-small",
            )

    @classmethod
    @validate_params(
        {
            "max_columns": [POSITIVE, None],
            "by_error": ["boolean"],
            "max_categories": [POSITIVE],
            "max_bins": [POSITIVE],
        },
        prefer_skip_nested_validation=True,
    )
    def from_tables(
        cls,
        real,
        synthetic,
        *,
        holdout=None,
        categorical_features="from_dtype",
        columns=None,
        max_columns=None,
        by_error=False,
        max_categories=10,
        max_bins=30,
        ax=None,
    ):
        """Compare the columns of two or three tables.

        Parameters
        ----------
        real : table of shape (n_samples, n_features)
        synthetic : table of shape (n_synthetic, n_features)
        holdout : table of shape (n_holdout, n_features) or None, default=None
            Other real rows, which show how much distributions vary by chance.
        categorical_features : "from_dtype", None or array-like, default="from_dtype"
            Columns of numbers that are categories, as in :class:`~skgen.TableCodec`.
        columns : array-like of str or int, default=None
            Names or positions of the columns to show, in this order; None for all.
        max_columns : int or None, default=None
            Largest number of columns; the first ones are shown.
        by_error : bool, default=False
            Whether the columns with the largest errors come first.
        max_categories : int, default=10
            Largest number of categories with bars of their own: the most frequent.
        max_bins : int, default=30
            Largest number of bins of a histogram. There are fewer if bins would hold
            less than 10 real rows on average.
        ax : Axes, array-like of Axes or None, default=None
            As in `plot`.

        Returns
        -------
        display : MarginalsDisplay

        Raises
        ------
        TypeError, ValueError
            If the tables do not have the same columns, or one cannot be read; if
            `columns` holds an unknown column.
        """
        tables = read_tables(
            named_tables(real, synthetic, holdout),
            categorical_features=categorical_features,
        )
        display = cls._from_matrices(
            tables,
            columns=columns,
            max_columns=max_columns,
            by_error=by_error,
            max_categories=max_categories,
            max_bins=max_bins,
        )
        return display.plot(ax)

    @classmethod
    def _from_matrices(
        cls,
        tables,
        *,
        errors=None,
        columns=None,
        max_columns=None,
        by_error=False,
        max_categories=10,
        max_bins=30,
    ):
        """The display, not yet plotted, of `Tables`: real, synthetic, maybe holdout.

        `errors` is a dict of the error of each column by its name; None to compute it.
        """
        if errors is None:
            # only standard errors depend on it
            rng = np.random.default_rng(0)
            errors = marginal_error.core(
                tables.columns, *tables.matrices[:2], rng
            ).columns
        shown = chosen(tables.columns, columns)
        if by_error:
            # a column without known cells has no error
            shown = sorted(
                shown, key=lambda j: -np.nan_to_num(errors[tables.columns[j].name])
            )
        marginals = [
            column_distribution(
                tables,
                j,
                errors[tables.columns[j].name],
                max_categories=max_categories,
                max_bins=max_bins,
            )
            for j in shown[:max_columns]
        ]
        return cls(tuple(marginals), TABLES[: len(tables.matrices)])


# --- drawing -------------------------------------------------------------------------


def _draw_bins(ax, one, tables):
    import matplotlib.dates as mdates
    from matplotlib.ticker import MaxNLocator

    dates = one.edges.dtype.kind == "M"
    edges = mdates.date2num(one.edges) if dates else one.edges
    for name, heights in zip(tables, one.heights, strict=True):
        filled = name == "real"
        ax.stairs(
            heights,
            edges,
            fill=filled,
            color=COLORS[name],
            alpha=0.5 if filled else 1,
            linestyle=LINES[name],
            linewidth=1.4,
            label=name,
        )
    ax.margins(x=0.02)
    ax.set_ylim(bottom=0)
    if dates:
        locator = mdates.AutoDateLocator(minticks=2, maxticks=5)
        ax.xaxis.set_major_locator(locator)
        ax.xaxis.set_major_formatter(mdates.ConciseDateFormatter(locator))
    else:
        ax.xaxis.set_major_locator(MaxNLocator(3, integer=one.whole))
    ax.yaxis.set_major_locator(MaxNLocator(4))
    if one.unit:
        ax.set_xlabel(one.unit, fontsize=SMALL)
    plain(ax)


def _draw_bars(ax, one, tables):
    place = np.arange(len(one.labels))
    height = 0.8 / len(tables)
    for at, (name, shares) in enumerate(zip(tables, one.shares, strict=True)):
        shift = (at - (len(tables) - 1) / 2) * height
        ax.barh(place + shift, shares, height, color=COLORS[name], label=name)
    plain(ax)
    ax.set_yticks(place, [words(label, 16) for label in one.labels], parse_math=False)
    # a few bars do not fill the panel
    ax.set_ylim(max(len(place), _MIN_PLACES) - 0.5, -0.5)
    ax.set_xlabel("share of rows", fontsize=SMALL)
    ax.tick_params("y", labelsize="x-small", length=0)


def _entitle(ax, one, tables):
    note = None
    if one.labels is None and one.missing.any():
        shares = [
            f"{figure_text(share)} {name}"
            for share, name in zip(one.missing, tables, strict=True)
        ]
        note = "missing: " + ", ".join(shares)
    error = f"{one.measure} {figure_text(one.error)}"
    set_title(ax, f"{words(one.name)}: {error}", note)
