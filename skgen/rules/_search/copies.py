"""Search of copies: columns that are linear in one other column."""

import numpy as np

from skgen._math.rules.evidence import equality_evidence
from skgen._math.rules.nice_numbers import simplest_number
from skgen.rules._copy import Copy


def find_copies(table):
    """Add the columns that are a linear function of an earlier one to `table.found`.

    Of two copies the finer one is kept, the earlier one if none is.

    Parameters
    ----------
    table : SearchTable
    """
    columns = table.numeric(kinds=("number", "duration", "level", "boolean", "time"))
    columns = columns[table.n_distinct[columns] > 2]
    finest_first = sorted(columns, key=lambda at: -min(table.n_distinct[at], 10**9))
    finest_first.sort(key=lambda at: (-_fineness(table, at), at))
    n_candidates = len(columns) ** 2
    for i, of in enumerate(finest_first):
        if of in table.copies:
            continue
        later = np.array([at for at in finest_first[i + 1 :] if at not in table.copies])
        if len(later) == 0:
            break
        for column in later[_quickly_linear(table, of, later)]:
            rule = fit_copy(table, column, of)
            if rule is not None and _add(table, rule, n_candidates):
                table.copies.add(int(column))


def _fineness(table, at):
    """Number of distinct values to the nearest power of 2."""
    return int(np.log2(table.n_distinct[at]) * 2)


def _quickly_linear(table, of, columns):
    """Which columns are nearly linear in another one in a few rows."""
    x = table.first[:, of]
    rows = np.flatnonzero(~np.isnan(x))
    if len(rows) < 4:
        return np.zeros(len(columns), dtype=bool)
    low, high = rows[np.argmin(x[rows])], rows[np.argmax(x[rows])]
    some = np.unique(np.append(rows[:: max(1, len(rows) // 64)], [low, high]))
    y = table.first[np.ix_(some, columns)]
    width = _width(table, columns)
    with np.errstate(all="ignore"):
        slope = (table.first[high, columns] - table.first[low, columns]) / (
            x[high] - x[low]
        )
        width = width + np.abs(slope) * _width(table, of)
        residual = y - table.first[low, columns] - slope * (x[some] - x[low])[:, None]
    near = (np.abs(residual) <= 3 * width) | np.isnan(residual)
    # where an end is missing, other rows decide
    unknown = np.isnan(slope) & (~np.isnan(y)).any(axis=0)
    return (near.all(axis=0) & (slope != 0)) | unknown


def _width(table, at):
    return table.noise[at] + table.half_steps[at] + 4 * table.roundoff[at]


def fit_copy(table, column, of):
    """The simplest line through the cells of the first half, None if there is none.

    Parameters
    ----------
    table : SearchTable
    column, of : int
        Positions of the columns.
    """
    x, y = table.first[:, of], table.first[:, column]
    both = ~np.isnan(x) & ~np.isnan(y)
    x, y = x[both], y[both]
    if len(x) < 4 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return None
    x_mean = x.mean()
    slope = ((x - x_mean) @ (y - y.mean())) / ((x - x_mean) @ (x - x_mean))
    rest = y - y.mean() - slope * (x - x_mean)
    for tolerance in _tolerances(table, column, of, abs(slope)):
        width = tolerance + 4 * _roundoff(table, column, of, abs(slope))
        if np.abs(rest).max() > 2 * width:
            continue
        for part in (1, 50):  # the simplest factor may be too simple
            off = 2 * width / np.ptp(x) / part
            factor = simplest_number(slope - off, slope + off)
            residual = y - factor * x
            low, high = residual.max() - width, residual.min() + width
            if factor and low <= high:
                offset = simplest_number(low, high)
                names = table.names[column], table.names[of]
                return Copy(
                    *names, factor=factor, offset=offset, tolerance=float(tolerance)
                )
    return None


def _tolerances(table, column, of, slope):
    """Differences to allow: of computed numbers, and if one or both were rounded."""
    exact = table.noise[column] + slope * table.noise[of]
    rounded = exact + table.half_steps[column]
    return exact, rounded, rounded + slope * table.half_steps[of]


def _roundoff(table, column, of, slope):
    return table.roundoff[column] + slope * table.roundoff[of]


def _add(table, rule, n_candidates):
    column, of = (table.position[name] for name in rule.columns)
    factor = abs(rule.factor)

    def evidence(rows):
        return min(
            equality_evidence(table.ordered[at], table.cells[rows, at], width)
            for at, width in ((column, rule.tolerance), (of, rule.tolerance / factor))
        )

    return table.verify(rule, evidence, n_candidates)
