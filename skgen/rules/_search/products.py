"""Search of products and quotients of two columns."""

import numpy as np

from skgen._math.rules.nice_numbers import simplest_number
from skgen.rules._product import Product
from skgen.rules._search.implied import is_determined
from skgen.rules._search.sums import FEWEST_OBSERVED, quick_rows

#: columns up to which all triples are tried
MOST_COLUMNS = 120
MOST_CANDIDATES = 5_000
#: powers of the first and of the second column
POWERS = ((1, 1), (1, -1), (-1, 1), (1, 2), (2, 1), (1, -2), (-2, 1))
#: largest relative rounding error of a column in half of its rows
MOST_ROUNDED = 0.2
FEWEST_DISTINCT = 8


def find_products(table):
    """Add the rules y = factor * a * b, y = factor * a / b and the like.

    Parameters
    ----------
    table : SearchTable
    """
    columns = _usable(table)
    if not 3 <= len(columns) <= MOST_COLUMNS:
        return
    n_candidates = len(POWERS) * len(columns) ** 3 // 2
    found = _candidates(table, columns)[:MOST_CANDIDATES]
    # rather no rounding than that of the column, rather that than of its inputs
    for rounded in ("nothing", "column", "all"):
        for y, pair, powers in found:
            names = [table.names[at] for at in (y, *pair)]
            if not is_determined(table, names):
                rule = fit_product(table, y, pair, powers, rounded=rounded)
                if rule is not None:
                    _verify(table, rule, n_candidates)


def _usable(table):
    """Columns of numbers that are seldom 0 and have enough digits."""
    columns = table.numeric(fewest=FEWEST_DISTINCT, kinds=("number", "duration"))
    out = []
    for at in columns:
        sizes = np.abs(table.ordered[at])
        steps = table.columns[at].step or 0.0
        if (sizes > 0).mean() >= 0.1 and steps / 2 <= MOST_ROUNDED * np.median(
            sizes[sizes > 0]
        ):
            out.append(at)
    return np.array(out, dtype=np.intp)


def _errors(table, at):
    """Largest rounding error of a column, with that of coarse grids."""
    return table.noise[at] + (table.columns[at].step or 0.0) / 2


def _candidates(table, columns):
    """Columns and powers of two others whose quotient is constant in a few rows."""
    few, more = quick_rows(table, columns)
    quick, again = (_logarithms(table, rows, columns) for rows in (few, more))
    found = []
    everything = np.arange(len(columns))
    for j in range(len(columns) - 1):
        for powers in POWERS:
            k, i = everything[j + 1 :, None], everything[None, :]
            k, i = np.nonzero(_agree(*quick, i, j, k, powers) & (i != j) & (i != k))
            k += j + 1
            near = _agree(*again, i, j, k, powers)
            found += [
                (int(columns[y]), (int(columns[j]), int(columns[other])), powers)
                for y, other in zip(i[near], k[near], strict=True)
            ]
    # simple products first, and of these columns that are fine for their spread
    fineness = np.array([_errors(table, at) for at in range(len(table.columns))])
    spread = {at: table.ordered[at].std() for at in columns.tolist()}
    return sorted(
        found,
        key=lambda of: (np.abs(of[2]).sum(), fineness[of[0]] / spread[of[0]]),
    )


def _logarithms(table, rows, columns):
    """Logarithms of sizes, and their rounding errors, of shape (n_columns, n_rows)."""
    x = np.abs(table.first[np.ix_(rows, columns)].T)
    errors = np.array([_errors(table, at) for at in columns])
    with np.errstate(all="ignore"):
        relative = errors[:, None] / x + 1e-12
        x = np.log(np.where(relative < 1, x, np.nan))
        return x, -np.log1p(-np.where(relative < 1, relative, np.nan))


def _agree(x, errors, i, j, k, powers):
    """Whether x_i is a constant more than multiples of x_j and x_k in all rows."""
    a, b = powers
    rest = x[i] - (a * x[j] + b * x[k])
    width = errors[i] + (abs(a) * errors[j] + abs(b) * errors[k])
    low = np.fmax.reduce(rest - width, axis=-1)
    high = np.fmin.reduce(rest + width, axis=-1)
    return (low <= high) & ((~np.isnan(rest)).sum(axis=-1) >= FEWEST_OBSERVED)


def fit_product(table, y, pair, powers, *, rounded):
    """The product with the simplest factor, None if the first half breaks it.

    Parameters
    ----------
    table : SearchTable
    y : int
    pair : tuple of int
    powers : tuple of int
        Of the two columns of `pair`.
    rounded : {"nothing", "column", "all"}
        What may have been rounded: `y` only, or the columns of `pair`, too.

    Returns
    -------
    rule : Product or None
    """
    sides = {1: (), -1: ()}
    for at, power in zip(pair, powers, strict=True):
        sides[np.sign(power)] += (table.names[at],) * abs(power)
    tolerance = table.noise[y] if rounded == "nothing" else _errors(table, y)
    rounding = {}
    if rounded == "all":
        rounding = {table.names[at]: float(_errors(table, at)) for at in pair}
    rule = Product(
        table.names[y],
        sides[1],
        divisors=sides[-1],
        tolerance=float(tolerance),
        rounding={name: error for name, error in rounding.items() if error},
    )
    coefficient = _coefficient(table, rule, y)
    if not coefficient:
        return None
    return Product(
        rule.column,
        rule.factors,
        divisors=rule.divisors,
        coefficient=coefficient,
        tolerance=rule.tolerance,
        rounding=rule.rounding,
    )


def _coefficient(table, rule, y):
    """The simplest factor with which a product is within rounding errors of y."""
    values = table.rows.take(slice(0, table.n_first))
    target = table.first[:, y]
    with np.errstate(all="ignore"):
        product, allowed = rule.product(values)
        known = np.isfinite(product) & ~np.isnan(target) & (product != 0)
        product, target = product[known], target[known]
        relative = (allowed[known] - rule.tolerance) / np.abs(product)
    if len(product) < FEWEST_OBSERVED:
        return None
    ratio = target / product
    own = rule.tolerance + 4 * table.roundoff[y]
    width = np.abs(ratio) * relative + own / np.abs(product)
    low, high = (ratio - width).max(), (ratio + width).min()
    return simplest_number(low, high) if low <= high and low * high > 0 else None


def _verify(table, rule, n_candidates):
    y = table.position[rule.column]

    def evidence(rows):
        _, allowed = rule.product(table.rows.take(rows))
        allowed = allowed + table.roundoff[y]
        own = -np.log(table.share_within(y, table.cells[rows, y], allowed))
        return own.sum()

    return table.verify(rule, evidence, n_candidates)
