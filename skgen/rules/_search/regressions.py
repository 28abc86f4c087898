"""Search of longer sums: each column as a linear function of earlier ones."""

from fractions import Fraction

import numpy as np

from skgen.rules._linear import Linear
from skgen.rules._search.implied import is_determined
from skgen.rules._search.sums import fit_signs, verify_equality

MOST_ROWS = 900
#: rows beyond the number of columns
SPARE_ROWS = 8
#: length of what is left of a column that earlier ones explain, relative to its own
EXPLAINED = 1e-7
#: half steps of parts, in standard deviations of the sum, that may have been rounded
FINE_STEP = 0.02
LARGEST_DENOMINATOR = 20
#: columns of a sum whose factors are not all 1 or -1
MOST_FACTORS = 6
#: share of missing cells up to which a column joins in the first or the second pass
MISSING_SHARES = (0.05, 0.6)


def find_regressions(table):
    """Add sums of any number of columns to `table.found`.

    Columns that rules found so far compute from others are left out.

    Parameters
    ----------
    table : SearchTable
    """
    computed = {
        found.rule.column for found in table.found if isinstance(found.rule, Linear)
    }
    columns = [at for at in table.numeric() if table.names[at] not in computed]
    missing = 1 - table.observed[: table.n_first].mean(axis=0)
    done = None
    for share in MISSING_SHARES:
        joining = [at for at in columns if missing[at] <= share]
        if joining != done:
            _pass_over(table, joining)
        done = joining


def _pass_over(table, columns):
    rows = np.flatnonzero(table.observed[: table.n_first][:, columns].all(axis=1))
    rows = rows[:MOST_ROWS]
    columns = columns[: max(0, len(rows) - SPARE_ROWS)]
    if not columns:
        return
    columns = [at for at in columns if np.ptp(table.first[rows, at]) > 0]
    x = table.first[np.ix_(rows, columns)]
    scale = x.std(axis=0)
    x = (x - x.mean(axis=0)) / scale
    steps = table.half_steps[columns]
    basis, kept = np.empty((len(rows), 0)), []
    n_candidates = 2 * len(columns) ** 2
    for j in range(len(columns)):
        rest = x[:, j] - basis @ (basis.T @ x[:, j])
        rest = rest - basis @ (basis.T @ rest)
        length = np.sqrt((rest @ rest) / len(rest))
        joined = steps[[*kept, j]]
        # of parts that are fine beside the sum, one may have been rounded
        width = joined[joined <= FINE_STEP * scale[j]].max(initial=0.0) / scale[j]
        if length <= max(EXPLAINED, 2 * width) and len(kept) > 1:
            rule = _fit(table, rows, columns[j], [columns[i] for i in kept])
            is_new = rule is not None and not is_determined(table, rule.columns)
            if is_new and verify_equality(table, rule, n_candidates):
                continue
        if length > EXPLAINED / 100:
            basis = np.column_stack([basis, rest / np.linalg.norm(rest)])
            kept.append(j)


def _fit(table, rows, column, others):
    """Sum of some other columns that a column equals, None if there is none."""
    y, X = table.first[rows, column], table.first[np.ix_(rows, others)]
    support, scale = np.arange(len(others)), X.std(axis=0)
    centred = y - y.mean()
    while len(support) > 1:
        design = (X[:, support] - X[:, support].mean(axis=0)) / scale[support]
        inverse = np.linalg.pinv(design)
        slopes = inverse @ centred
        rest = centred - design @ slopes
        error = 4 * rest.std() * np.sqrt((inverse**2).sum(axis=1)) + 1e-9 * y.std()
        kept = np.abs(slopes) > error
        if kept.all():
            break
        support = support[kept]
    if len(support) < 2:
        return None
    factors = [
        _small_fraction(slope / scale[at], wide / scale[at])
        for slope, at, wide in zip(slopes, support, error, strict=True)
    ]
    if any(factor is None for factor in factors):
        return None
    if len(factors) > MOST_FACTORS and set(np.abs(factors)) != {1.0}:
        return None
    positions = [*(others[at] for at in support), column]
    return fit_signs(table, positions, [*factors, -1.0])


def _small_fraction(value, error):
    """A simple number within an error of a factor, None if there is none."""
    error = max(error, 1e-9 * abs(value))
    for size in (1, 10, 100, 1000):
        whole = round(value * size) / size
        if whole and abs(whole - value) <= error:
            return float(whole)
    fraction = Fraction(value).limit_denominator(LARGEST_DENOMINATOR)
    return float(fraction) if abs(float(fraction) - value) <= error else None
