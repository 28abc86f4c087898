"""Search of sums of two columns, and of absolute values."""

import numpy as np

from skgen._math.rules.evidence import equality_evidence
from skgen._math.rules.nice_numbers import simplest_number
from skgen.rules._linear import Absolute, Linear
from skgen.rules._search.implied import is_determined
from skgen.rules._search.table import N_QUICK

#: columns up to which all triples are tried
MOST_COLUMNS = 150
#: sums in which a few rows do not differ, at most
MOST_CANDIDATES = 20_000
FEWEST_OBSERVED = 4
#: share of the rows that may break a sum of fine numbers
MOST_EXCEPTIONS = 0.005
#: share of a few rows in which a sum must be constant
FEWEST_CONSTANT = 0.97


def find_sums(table):
    """Add the rules y = a + b + constant and y = abs(a - b) to `table.found`.

    Of each three columns a few rows show whether one is the sum of the others.

    Parameters
    ----------
    table : SearchTable
    """
    columns = table.numeric()
    if not 3 <= len(columns) <= MOST_COLUMNS:
        return
    n_candidates = 2 * len(columns) ** 3
    for triple, signs in _candidates(table, columns):
        names = [table.names[at] for at in triple]
        if is_determined(table, names):
            continue
        if signs is None:
            rule = _absolute_sum(table, triple)
        else:
            rule = fit_signs(table, triple, signs)
        if rule is not None:
            verify_equality(table, rule, n_candidates)


def quick_rows(table, columns):
    """Rows of the first half in which most of some columns are observed and unusual.

    Returns
    -------
    few, more : ndarray of int
        A few, and more others.
    """
    observed = table.observed[table.telling_rows][:, columns].sum(axis=1)
    order = np.argsort(-observed, kind="stable")
    few, more, _ = np.split(table.telling_rows[order], [N_QUICK, 10 * N_QUICK])
    return few, more if len(more) else few


def _candidates(table, columns):
    """Triples of columns, with signs of a sum that is constant in a few rows."""
    few, more = quick_rows(table, columns)
    x = table.first[np.ix_(few, columns)].T
    again = table.first[np.ix_(more, columns)].T
    width = (table.noise + table.half_steps + 4 * table.roundoff)[columns]
    found = []
    for j in range(len(columns) - 1):
        for signs in ((1, 1, 1), (1, 1, -1), (1, -1, 1), (1, -1, -1)):
            k, i = np.triu_indices(len(columns) - j - 1, 1)
            k, i = k + j + 1, i + j + 1
            for z, is_constant in ((x, _is_constant), (again, _is_mostly_constant)):
                rest = z[j] + signs[1] * z[k] + signs[2] * z[i]
                near = is_constant(rest, 2 * (width[j] + width[k] + width[i]))
                k, i = k[near], i[near]
            found += [
                ((int(columns[j]), int(columns[b]), int(columns[c])), signs)
                for b, c in zip(k, i, strict=True)
            ]
        found += _absolute_candidates(columns, (x, again), width, j)
    return found[:MOST_CANDIDATES]


def _absolute_candidates(columns, cells, width, j):
    """Columns that are the distance of a column j from a later one, in a few rows."""
    few = cells[0]
    mixed = (few[j] > few[j + 1 :]).any(axis=1) & (few[j] < few[j + 1 :]).any(axis=1)
    k = np.flatnonzero(mixed) + j + 1
    k, i = (part.ravel() for part in np.meshgrid(k, np.arange(len(few))))
    different = (i != j) & (i != k)
    k, i = k[different], i[different]
    for z in cells:
        rest = np.abs(z[i] - np.abs(z[j] - z[k]))
        near = _is_small(rest, width[j] + width[k] + width[i])
        k, i = k[near], i[near]
    return [
        ((int(columns[y]), int(columns[j]), int(columns[other])), None)
        for y, other in zip(i, k, strict=True)
    ]


def _is_constant(rest, width):
    spread = np.fmax.reduce(rest, axis=1) - np.fmin.reduce(rest, axis=1)
    enough = (~np.isnan(rest)).sum(axis=1) >= FEWEST_OBSERVED
    return (spread <= width) & enough


def _is_mostly_constant(rest, width):
    known = ~np.isnan(rest)
    if len(rest) == 0:
        return np.zeros(0, dtype=bool)
    middle = np.nanmedian(np.where(known.any(axis=1)[:, None], rest, 0.0), axis=1)
    near = np.abs(rest - middle[:, None]) <= width[:, None]
    enough = known.sum(axis=1) >= FEWEST_OBSERVED
    return (near.sum(axis=1) >= FEWEST_CONSTANT * known.sum(axis=1)) & enough


def _is_small(rest, width):
    enough = (~np.isnan(rest)).sum(axis=1) >= FEWEST_OBSERVED
    return (np.fmax.reduce(rest, axis=1) <= width) & enough


def fit_signs(table, positions, signs):
    """Rule that a sum of columns is constant, None if the first half breaks it.

    Parameters
    ----------
    table : SearchTable
    positions : sequence of int
    signs : sequence of float
        What each column is multiplied by.

    Returns
    -------
    rule : Linear or None
    """
    positions, signs = np.asarray(positions), np.asarray(signs, dtype=np.float64)
    cells = table.first[:, positions]
    total = cells[~np.isnan(cells).any(axis=1)] @ signs
    if len(total) < FEWEST_OBSERVED:
        return None
    size = np.abs(signs)
    exact, steps = size @ table.noise[positions], table.half_steps[positions] * size
    roundoff = 4 * size @ table.roundoff[positions]
    # the sum was rounded itself, or so were its parts
    tolerances = exact, exact + steps.max(), exact + steps.sum()
    total = np.sort(total)
    parts = (total, _densest(total)) if is_fine(table, positions) else (total,)
    for tolerance in tolerances:
        for some in parts:
            width = tolerance + roundoff
            low, high = some[-1] - width, some[0] + width
            if low <= high:
                constant = simplest_number(low, high)
                if tolerance > exact and constant:
                    tolerance += max(constant - low, high - constant)
                return _oriented(table, positions, signs, constant, tolerance)
    return None


def is_fine(table, positions):
    """Whether all of some columns are so fine that a few exceptions prove no chance."""
    steps = np.array([table.columns[at].step is None for at in positions])
    return bool((steps | (table.half_steps[positions] > 0)).all())


def _densest(total):
    """The shortest run of sorted numbers that is all but a few exceptions."""
    kept = len(total) - int(MOST_EXCEPTIONS * len(total))
    start = np.argmin(total[kept - 1 :] - total[: len(total) - kept + 1])
    return total[start : start + kept]


def _oriented(table, positions, signs, constant, tolerance):
    """The rule solved for a column that is a sum of the others, if there is one."""
    at = _best_target(table, positions, signs, constant)
    factor = -signs[at]
    coefficients = {
        table.names[position]: float(sign / factor)
        for position, sign in zip(positions, signs, strict=True)
        if position != positions[at]
    }
    return Linear(
        table.names[positions[at]],
        coefficients,
        constant=float(-constant / factor) + 0.0,
        tolerance=float(tolerance / abs(factor)),
    )


def _best_target(table, positions, signs, constant):
    def merit(at):
        others = np.delete(signs, at) / -signs[at]
        unit = abs(signs[at]) == np.abs(signs).min()
        return unit, (others > 0).sum(), -constant / -signs[at] >= 0, positions[at]

    return max(range(len(positions)), key=merit)


def _absolute_sum(table, triple):
    y, a, b = triple
    exact = table.noise[list(triple)].sum()
    coefficients = {table.names[a]: 1.0, table.names[b]: -1.0}
    for tolerance in (exact, exact + table.half_steps[list(triple)].sum()):
        rule = Absolute(table.names[y], coefficients, tolerance=float(tolerance))
        if rule.check(table.rows).all():
            return rule
    return None


def verify_equality(table, rule, n_candidates):
    """Add an equality if it holds, and is surprising for each of up to three columns.

    A part that hardly varies adds nothing, however surprising the sum is.

    Parameters
    ----------
    table : SearchTable
    rule : Linear
    n_candidates : int
    """
    factors = {rule.column: 1.0, **rule.coefficients}
    if len(factors) > 3:
        factors = {rule.column: 1.0}

    def evidence(rows):
        return min(
            equality_evidence(
                table.ordered[table.position[name]],
                table.cells[rows, table.position[name]],
                (rule.tolerance + table.roundoff[table.position[name]]) / abs(factor),
            )
            for name, factor in factors.items()
        )

    positions = [table.position[name] for name in factors]
    exact = type(rule) is Linear and is_fine(table, positions)
    fewest = 1 - MOST_EXCEPTIONS if exact else 1.0
    return table.verify(rule, evidence, n_candidates, fewest=fewest)


def find_absolute_values(table):
    """Add the rules y = abs(x - constant) to `table.found`.

    Parameters
    ----------
    table : SearchTable
    """
    columns = table.numeric(fewest=4)
    lowest = np.array([table.ordered[at][0] for at in columns])
    n_candidates = 2 * len(columns) ** 2
    for y in columns[lowest >= 0]:
        for x, centre in _centres(table, y, columns[columns != y]):
            names = table.names[y], {table.names[x]: 1.0}
            tolerance = float(table.noise[y] + table.noise[x])
            rule = Absolute(*names, constant=-centre + 0.0, tolerance=tolerance)
            if verify_equality(table, rule, n_candidates):
                break


def _centres(table, y, columns):
    """Columns x of which y is the distance from a constant, on both sides of it."""
    rows, _ = quick_rows(table, np.append(columns, y))
    x, distance = table.first[np.ix_(rows, columns)], table.first[rows, y]
    width = table.noise[columns] + table.noise[y] + 4 * table.roundoff[columns]
    first = np.flatnonzero(~np.isnan(distance))
    if len(first) < FEWEST_OBSERVED:
        return
    start = first[0]
    for sign in (1, -1):
        centre = x[start] + sign * distance[start]
        rest = np.abs(np.abs(x - centre) - distance[:, None]).T
        for i in np.flatnonzero(_is_small(rest, width)):
            cells = table.first[:, columns[i]]
            half = 2 * width[i]
            nice = simplest_number(centre[i] - half, centre[i] + half)
            if (cells > nice).any() and (cells < nice).any():
                yield columns[i], float(nice)
