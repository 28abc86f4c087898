"""Search of dependencies on two columns."""

from itertools import combinations

import numpy as np

from skgen._math.rules.evidence import label_evidence
from skgen.rules._dependency import Dependency
from skgen.rules._search.dependencies import (
    N_QUICK,
    confirmed_rows,
    is_confirmed,
    is_determinant,
    values_of,
)
from skgen.rules._search.implied import closure, linked_columns

#: columns that are tried as determinants, those of labels first
MOST_DETERMINANTS = 60
#: numbers with more distinct values are no determinants in a pair
MOST_NUMBERS = 100
#: pairs of values that tell more than one of them
FEWEST_INFORMATIVE = 4


def find_pairs(table):
    """Add dependencies on two columns, of which neither is enough, to `table.found`.

    Parameters
    ----------
    table : SearchTable
    """
    determinants = _determinants(table)
    targets = np.array(
        [
            at
            for at, n in enumerate(table.n_distinct)
            if n > 1 and at not in table.copies
        ],
        dtype=np.intp,
    )
    n_candidates = len(determinants) ** 2 * len(targets) // 2 + 1
    determined = closure(table)
    rows = np.arange(min(N_QUICK, table.n_first))
    some = table.codes[rows]
    candidates = []
    for pair in combinations(determinants, 2):
        known = np.union1d(determined[pair[0]], determined[pair[1]])
        if pair[0] in determined[pair[1]] or pair[1] in determined[pair[0]]:
            continue
        for y in _quickly_determined(some, pair, targets):
            if y not in known and y not in pair:
                nats = _evidence(table, pair, y, n_candidates)
                if nats:
                    candidates.append((nats, pair, y))
    _add_strongest(table, candidates, n_candidates)


def _determinants(table):
    usable = [
        at
        for at, column in enumerate(table.columns)
        if table.n_distinct[at] > 1
        and at not in table.copies
        and is_determinant(table, at)
        and (column.discrete or table.n_distinct[at] <= MOST_NUMBERS)
    ]
    usable.sort(key=lambda at: not table.columns[at].discrete)
    return sorted(usable[:MOST_DETERMINANTS])


def _quickly_determined(some, pair, targets):
    first, second = some[:, pair[0]], some[:, pair[1]]
    known = (first >= 0) & (second >= 0)
    x = first[known] * (second.max(initial=0) + 1) + second[known]
    _, x = np.unique(x, return_inverse=True)
    y = some[known][:, targets]
    image = np.zeros((len(x), y.shape[1]), dtype=y.dtype)
    image[x] = y
    found = image[x]
    return targets[~((found != y) & (found >= 0) & (y >= 0)).any(axis=0)]


def _evidence(table, pair, y, n_candidates):
    """Nats of a dependency beyond what the better one of two columns says."""
    if any(linked_columns(table, x, y) for x in pair):
        return 0.0
    first, second = (table.codes[:, at] for at in pair)
    missing = (first < 0) | (second < 0)
    codes = np.where(missing, -1, first * table.n_distinct[pair[1]] + second)
    distinct, cells = np.unique(codes, return_inverse=True)
    cells = cells.reshape(-1) - (distinct[0] == -1)
    target = table.codes[:, y]
    rows = confirmed_rows(cells, target, table.n_first)
    if rows is None or not is_confirmed(table, rows, *pair):
        return 0.0
    shares = np.maximum(
        *(_conditional_share(table.codes[:, at], target)[rows] for at in pair)
    )
    in_cells = np.bincount(cells[rows], weights=-np.log(shares))
    nats = label_evidence(shares)
    enough = nats >= np.log(n_candidates) + 9
    return nats if enough and (in_cells >= 1).sum() >= FEWEST_INFORMATIVE else 0.0


def _conditional_share(x, y):
    """Share of the rows with the same x that have the same y."""
    known = (x >= 0) & (y >= 0)
    pair = x[known] * (y.max(initial=0) + 1) + y[known]
    _, of_row, counts = np.unique(pair, return_inverse=True, return_counts=True)
    out = np.ones(len(x))
    total = np.bincount(x[known])
    out[known] = counts[of_row.reshape(-1)] / total[x[known]]
    return out


def _add_strongest(table, candidates, n_candidates):
    """Add for each column the dependency that is most surprising."""
    done = set()
    for nats, pair, y in sorted(candidates, key=lambda found: -found[0]):
        if y in done:
            continue
        names = tuple(table.names[at] for at in pair)
        rule = Dependency(table.names[y], names, values=values_of(table, list(pair), y))
        if table.verify(rule, lambda rows, nats=nats: nats, n_candidates):
            done.add(y)
