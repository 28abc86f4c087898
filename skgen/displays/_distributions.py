"""Distribution of a column in several tables, without values of a few rows."""

from typing import NamedTuple

import numpy as np

from skgen._math.privacy.disclosure import (
    bin_counts,
    frequent_levels,
    level_counts,
    merge_sparse,
    public_edges,
)

#: share of the real cells beyond each end of the scale of a number
_TAIL = 0.005
#: smallest mean number of real rows per bin
_PER_BIN = 10
#: seconds of the units of durations
_UNITS = {"days": 86_400, "hours": 3600, "minutes": 60, "seconds": 1, "ms": 1e-3}


class ColumnDistribution(NamedTuple):
    """Distribution of one column in each table, without values of a few rows."""

    name: object
    labels: tuple | None  # of bars; None for bins
    edges: np.ndarray | None  # of bins; datetime64 for dates
    span: np.ndarray | None  # width of each bin, in units of the usual width
    unit: str | None  # of edges that were durations
    whole: bool  # whether the edges separate whole numbers
    shares: np.ndarray  # of the rows of each table, of shape (n_tables, n_parts)
    missing: np.ndarray  # share of missing cells of each table
    error: float
    measure: str  # short name of the error

    @property
    def heights(self):
        """Share of rows per bin of usual width, or of each bar."""
        return self.shares if self.span is None else self.shares / self.span


def column_distribution(tables, position, error, *, max_categories, max_bins):
    """Distribution of one column in each of the tables.

    Parameters
    ----------
    tables : Tables
        The first one is that of the real rows, which determine what is shown.
    position : int
        Of the column.
    error : float
        Of the column.
    max_categories, max_bins : int

    Returns
    -------
    distribution : ColumnDistribution
    """
    column = tables.columns[position]
    z = [Z[:, position] for Z in tables.matrices]
    if column.discrete:
        parts = _bar_parts(column, tables.categories[position], z, max_categories)
    else:
        parts = _bin_parts(tables, position, z, max_bins)
    missing = np.array([np.isnan(values).mean() for values in z])
    measure = "TV" if column.discrete else "KS"
    return ColumnDistribution(column.name, *parts, missing, float(error), measure)


def _bar_parts(column, categories, z, max_categories):
    """Labels of bars and shares of rows; other and missing cells come last."""
    kept = frequent_levels(z[0], column.n_categories)[:max_categories]
    if column.ordered or column.kind_class.natural_order:
        kept = np.sort(kept)
    counts = np.array([level_counts(values, column.n_categories) for values in z])
    n_rows = np.array([[len(values)] for values in z])
    others = counts.sum(axis=1, keepdims=True) - counts[:, kept].sum(
        axis=1, keepdims=True
    )
    missing = n_rows - counts.sum(axis=1, keepdims=True)
    labels, parts = [str(categories[level]) for level in kept], [counts[:, kept]]
    for label, part in (("others", others), ("missing", missing)):
        if part.any():
            labels.append(label)
            parts.append(part)
    return tuple(labels), None, None, None, False, np.hstack(parts) / n_rows


def _bin_parts(tables, position, z, max_bins):
    """Edges of bins and shares of rows; bars if too few real cells are known."""
    n_known = np.count_nonzero(~np.isnan(z[0]))
    n_bins = int(np.clip(n_known // _PER_BIN, 5, max_bins))
    whole = tables.columns[position].kind_class.integer_valued
    edges, width = public_edges(z[0], n_bins, whole=whole, tail=_TAIL)
    if len(edges) == 0:
        missing = np.array([np.isnan(values).mean() for values in z])
        shares = np.column_stack([1 - missing, missing])
        return ("not shown", "missing"), None, None, None, False, shares
    for others in z[2:]:
        # held-out rows are confidential, too
        edges = merge_sparse(edges, bin_counts(others, edges))
    shares = np.array([bin_counts(values, edges) / len(values) for values in z])
    span = np.rint(np.diff(edges) / width)
    edges, unit = _edges_in_units(tables, position, edges)
    return None, edges, span, unit, whole and unit is None, shares


def _edges_in_units(tables, position, edges):
    """Edges as numbers, as dates, or in a suitable unit of time."""
    if not tables.columns[position].kind_class.temporal:
        return edges, None
    # edges may lie between two times of the grid, whose steps may differ
    below = np.floor(edges)
    start, after = (tables.times(position, below + step) for step in (0, 1))
    ns = (edges - below) * ((after - start) / np.timedelta64(1, "ns"))
    if start.dtype.kind == "M":
        return start.astype("M8[us]") + np.rint(ns / 1e3).astype("m8[us]"), None
    seconds = (start / np.timedelta64(1, "ns") + ns) / 1e9
    width = seconds[-1] - seconds[0]
    unit = next((unit for unit, size in _UNITS.items() if width >= 2 * size), "ms")
    return seconds / _UNITS[unit], unit
