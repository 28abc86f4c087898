"""Colours, labels and axes of all displays."""

from numbers import Integral

import numpy as np
from sklearn.utils._optional_dependencies import check_matplotlib_support
from sklearn.utils._param_validation import Interval

from skgen._table.inputs import check_name

#: blue, vermilion and green of Okabe & Ito, which the colour-blind can distinguish
COLORS = {"real": "#0072B2", "synthetic": "#D55E00", "holdout": "#009E73"}
LINES = {"real": "-", "synthetic": "-", "holdout": "--"}
#: for secondary lines and labels; visible on white and on black
MUTED = "#808080"
TABLES = ("real", "synthetic", "holdout")
SMALL = "small"
#: constraint of a parameter
POSITIVE = Interval(Integral, 1, None, closed="left")


def require_matplotlib(display):
    """Raise ImportError without matplotlib, before anything is drawn."""
    check_matplotlib_support(f"{type(display).__name__}.plot")


def named_tables(real, synthetic, holdout):
    """The given tables by their names; `holdout` may be None."""
    tables = {"real": real, "synthetic": synthetic}
    return tables if holdout is None else tables | {"holdout": holdout}


def chosen(columns, wanted):
    """Positions of columns that are given by name or position; None for all."""
    names = [column.name for column in columns]
    if wanted is None:
        return list(range(len(names)))
    positions = []
    if isinstance(wanted, str | Integral):
        wanted = [wanted]
    if len(wanted) == 0:
        raise ValueError("columns is empty: name at least one column, or pass None.")
    for name in wanted:
        check_name("columns", name)
        if name in names:
            positions.append(names.index(name))
        elif isinstance(name, Integral) and 0 <= name < len(names):
            positions.append(int(name))
        else:
            raise ValueError(
                f"columns: {name!r} is no column of the tables. Pass names or "
                f"positions below {len(names)}."
            )
    return positions


def words(name, width=28):
    """A name on one line, shortened in the middle."""
    text = " ".join(str(name).split())
    if len(text) <= width:
        return text
    tail = (width - 1) // 3
    return f"{text[: width - 1 - tail]}…{text[len(text) - tail :]}"


def figure_text(value):
    """A figure between -1 and 1 with three decimals."""
    return "?" if np.isnan(value) else f"{value:.3f}"


def grid_axes(ax, n_panels, *, n_columns, size):
    """A figure and axes for a number of panels.

    Parameters
    ----------
    ax : Axes, array-like of Axes or None
        None for a new figure, one axes for each panel, or a single one that is divided.
    n_panels : int
    n_columns : int
        Number of columns of the grid.
    size : (float, float)
        Of a panel of a new figure, in inches.

    Returns
    -------
    figure : Figure
    axes : ndarray of shape (n_panels,)
    """
    import matplotlib.pyplot as plt
    from matplotlib.axes import Axes

    n_columns = min(n_columns, n_panels)
    n_lines = -(-n_panels // n_columns)
    if ax is None:
        figure = plt.figure(
            figsize=(n_columns * size[0], n_lines * size[1]), layout="constrained"
        )
        grid = figure.add_gridspec(n_lines, n_columns)
    elif not isinstance(ax, Axes):
        return _given_axes(ax, n_panels)
    elif n_panels == 1:
        return ax.figure, np.array([ax], dtype=object)
    else:
        figure = ax.figure
        grid = _divided(ax, n_lines, n_columns)
    panels = [figure.add_subplot(grid[divmod(k, n_columns)]) for k in range(n_panels)]
    return figure, np.array(panels, dtype=object)


def _divided(ax, n_lines, n_columns):
    place = ax.get_subplotspec()
    if place is None:
        raise ValueError(
            "ax: axes that are divided into panels must be part of a grid, such as "
            "those of plt.subplots. Pass such axes, or None for a new figure."
        )
    ax.set_axis_off()
    return place.subgridspec(n_lines, n_columns, hspace=0.6, wspace=0.4)


def _given_axes(ax, n_panels):
    axes = np.array(ax, dtype=object).ravel()
    if len(axes) != n_panels:
        raise ValueError(
            f"ax: {len(axes)} axes were passed for {n_panels} panels. Pass one for "
            "each panel, a single one that is divided, or None for a new figure."
        )
    return axes[0].figure, axes


def set_title(ax, text, note=None):
    """Title of a panel, with a note in a smaller line above the plot."""
    # a dollar sign in the name of a column starts no formula
    ax.set_title(text, parse_math=False, fontsize="medium", pad=16 if note else 6)
    if note:
        ax.annotate(
            note,
            (0.5, 1),
            (0, 4),
            xycoords="axes fraction",
            textcoords="offset points",
            ha="center",
            fontsize="x-small",
            parse_math=False,
        )


def legend_above(ax):
    """Legend on a line between the plot and its title."""
    handles, _ = ax.get_legend_handles_labels()
    ax.legend(
        loc="lower center",
        bbox_to_anchor=(0.5, 1),
        ncols=len(handles),
        frameon=False,
        fontsize=SMALL,
        borderaxespad=0.1,
    )


def plain(ax):
    """Remove the top and right lines around a panel."""
    ax.spines[["top", "right"]].set_visible(False)
    ax.tick_params(labelsize=SMALL)
