"""Search of orders: columns that are never above another one."""

from itertools import pairwise

import numpy as np

from skgen._math.rules.evidence import needed_evidence
from skgen._math.rules.order import expected_violations, independent_violations
from skgen.rules._linear import Absolute, Linear
from skgen.rules._order import Order
from skgen.rules._product import Product

#: share of the rows that a rough model of two columns must break
FEWEST_BROKEN = 0.001
#: rows of the second half that it would break, so that none would be a surprise
FEWEST_EXPECTED = 5
#: equal cells that would be expected, if the order is strict
FEWEST_TIES = 9
#: distinct values from which on numbers have an order that is more than an implication
FEWEST_DISTINCT = 5
FEWEST_ROWS = 30
N_QUICK = 200


def find_orders(table):
    """Add chains of columns that are in order in every row to `table.found`.

    Orders that follow from others, or from sums, are left out.

    Parameters
    ----------
    table : SearchTable
    """
    for kinds in (("number",), ("time",), ("duration",)):
        columns = table.numeric(fewest=FEWEST_DISTINCT, kinds=kinds)
        if len(columns) > 1:
            _find_in(table, columns)


def _find_in(table, columns):
    n_candidates = len(columns) ** 2
    nats = np.zeros((len(columns),) * 2)
    strict = np.zeros(nats.shape, dtype=bool)
    implied = np.zeros(nats.shape, dtype=bool)
    for i, j in np.argwhere(_quickly_ordered(table, columns)):
        pair = columns[i], columns[j]
        implied[i, j] = _follows_from_sum(table, *pair)
        implied[i, j] |= _follows_from_product(table, *pair)
        nats[i, j], strict[i, j] = _evidence(table, *pair, n_candidates)
    holds = _reduced(nats > 0) & ~implied
    for is_strict in (True, False):
        for chain in _chains(holds & (strict == is_strict)):
            least = min(nats[step] for step in pairwise(chain))
            names = tuple(table.names[columns[at]] for at in chain)
            rule = Order(names, strict=is_strict)
            table.verify(rule, lambda rows, nats=least: nats, n_candidates)


def _quickly_ordered(table, columns):
    """Which pairs of columns are in order in a few rows."""
    x = table.first[:N_QUICK][:, columns]
    out = np.zeros((len(columns),) * 2, dtype=bool)
    for i in range(len(columns)):
        out[i] = ~(x[:, [i]] > x).any(axis=0)
    np.fill_diagonal(out, False)
    return out


def _evidence(table, low, high, n_candidates):
    """Nats of low <= high, 0 if it is broken or means nothing; and whether it is <."""
    a, b = table.cells[:, low], table.cells[:, high]
    both = ~np.isnan(a) & ~np.isnan(b)
    if (a[both] > b[both]).any():
        return 0.0, False
    second = both.copy()
    second[: table.n_first] = False
    a_rows, b_rows = a[second], b[second]
    n = len(a_rows)
    if n < FEWEST_ROWS:
        return 0.0, False
    nats = -n * np.log(max(1e-12, 1 - independent_violations(a_rows, b_rows)))
    if nats < needed_evidence(n_candidates):
        return 0.0, False
    fewest, ties = max(FEWEST_BROKEN, FEWEST_EXPECTED / n), np.inf
    # -b below -a is the same order, with b shuffled among rows of similar a
    for lower, upper in ((a_rows, b_rows), (-b_rows, -a_rows)):
        broken, equal = expected_violations(lower, upper)
        ties = min(ties, both.sum() * equal)
        if broken < fewest:
            return 0.0, False
    never_equal = not (a[both] == b[both]).any()
    return nats, bool(never_equal and ties >= FEWEST_TIES)


def _follows_from_sum(table, low, high):
    """Whether high = low + parts that are never negative, or an absolute value."""
    names = table.names[low], table.names[high]
    for found in table.found:
        rule = found.rule
        if not isinstance(rule, Linear) or not set(names) <= set(rule.columns):
            continue
        if isinstance(rule, Absolute):
            return True
        factors = {rule.column: -1.0, **rule.coefficients}
        # high - low >= the lowest that the other terms can be
        factor = factors[names[1]]
        terms = {name: -value / factor for name, value in factors.items()}
        if abs(terms[names[0]] - 1) > 1e-9:
            continue
        lowest = -rule.constant / factor
        for name in set(terms) - set(names):
            ends = table.ordered[table.position[name]][[0, -1]]
            lowest += (terms[name] * ends).min()
        if lowest >= -rule.tolerance:
            return True
    return False


def _follows_from_product(table, low, high):
    """Whether a product says it, because a third column is never below or above 1."""
    names = table.names[low], table.names[high]
    for found in table.found:
        rule = found.rule
        if not isinstance(rule, Product) or not set(names) <= set(rule.columns):
            continue
        ends = {
            name: table.ordered[table.position[name]][[0, -1]] for name in rule.columns
        }
        if min(lowest for lowest, _ in ends.values()) < 0 or rule.column not in names:
            continue
        # column = part * ratio
        part = names[1] if rule.column == names[0] else names[0]
        if part not in rule.factors:
            continue
        factors = list(rule.factors)
        factors.remove(part)
        with np.errstate(divide="ignore"):
            bounds = rule.coefficient * np.ones(2)
            for name in factors:
                bounds = bounds * ends[name]
            for name in rule.divisors:
                bounds = bounds / ends[name][::-1]
        if (bounds[0] >= 1) if rule.column == names[1] else (bounds[1] <= 1):
            return True
    return False


def _reduced(holds):
    """Orders that do not follow from two others."""
    if not holds.any():
        return holds
    # counts of columns between; float64 holds them exactly and multiplies fast
    through = holds.astype(np.float64) @ holds.astype(np.float64)
    return holds & (through == 0)


def _chains(holds):
    """Longest paths first, until every order is in one."""
    holds = holds.copy()
    while holds.any():
        path = max(
            (_longest(holds, start, {}) for start in np.flatnonzero(holds.any(axis=1))),
            key=len,
        )
        for step in pairwise(path):
            holds[step] = False
        yield path


def _longest(holds, start, known):
    if start not in known:
        paths = [_longest(holds, at, known) for at in np.flatnonzero(holds[start])]
        known[start] = [start, *max(paths, key=len, default=[])]
    return known[start]
