"""Search of dependencies on two columns."""

from collections import Counter
from itertools import combinations

import numpy as np

from skgen._math.rules.evidence import needed_evidence
from skgen.rules._dependency import Dependency
from skgen.rules._search.dependencies import (
    N_QUICK,
    confirmed_rows,
    determined,
    is_confirmed,
    is_determinant,
    values_of,
)
from skgen.rules._search.entities import evidence_of_entities
from skgen.rules._search.implied import closure, linked_columns

#: columns that are tried as determinants, those of labels first
MOST_DETERMINANTS = 60
#: numbers with more distinct values are no determinants in a pair
MOST_NUMBERS = 100
#: pairs of values that are more informative than one of them
FEWEST_INFORMATIVE = 4
#: columns that two numbers determine if they are a key of something, no rule
MOST_TARGETS = 2
#: rows in which a column must not hold its most frequent value
FEWEST_UNUSUAL = 30


def find_pairs(table):
    """Add dependencies on two columns, of which neither is enough, to `table.found`.

    Parameters
    ----------
    table : SearchTable
    """
    determinants, targets = _determinants(table), _targets(table)
    n_candidates = len(determinants) ** 2 * len(targets) // 2 + 1
    needed = needed_evidence(n_candidates)
    known = closure(table)
    candidates = []
    for pair in combinations(determinants, 2):
        if pair[0] in known[pair[1]] or pair[1] in known[pair[0]]:
            continue
        codes = _pair_codes(table, pair)
        for y in _determined(table, pair, codes, targets, needed):
            implied = y in known[pair[0]] | known[pair[1]] or set(pair) <= known[y]
            if not implied and y not in pair:
                nats = _evidence(table, pair, codes, y, needed)
                if nats:
                    candidates.append((nats, pair, y))
    _add_strongest(table, candidates, n_candidates)


def _determinants(table):
    usable = [
        at
        for at in table.varied()
        if is_determinant(table, at)
        and (table.columns[at].discrete or table.n_distinct[at] <= MOST_NUMBERS)
    ]
    usable.sort(key=lambda at: not table.columns[at].discrete)
    return sorted(usable[:MOST_DETERMINANTS])


def _targets(table):
    columns = table.varied()
    unusual = [table.counts[at].sum() - table.counts[at].max() for at in columns]
    return columns[np.array(unusual, dtype=np.int64) >= FEWEST_UNUSUAL]


def _pair_codes(table, pair):
    """Codes of pairs of values, -1 where one of them is missing."""
    first, second = (table.codes[:, at] for at in pair)
    missing = (first < 0) | (second < 0)
    codes = np.where(missing, -1, first * table.n_distinct[pair[1]] + second)
    if table.n_distinct[list(pair)].prod() <= len(codes):
        return codes
    distinct, codes = np.unique(codes, return_inverse=True)
    return codes.reshape(-1) - (distinct[0] == -1)


def _determined(table, pair, codes, columns, needed):
    """Columns that a pair determines in the first half, and that may be evidence."""
    rows = np.flatnonzero(codes[: table.n_first] >= 0)
    for some in (rows[:N_QUICK], rows[N_QUICK : 4 * N_QUICK], rows):
        if some is rows:
            columns = [y for y in columns if _surprise(table, pair, y).sum() >= needed]
            columns = np.array(columns, dtype=np.intp)
        if len(columns):
            columns = determined(codes, table.first_codes, some, columns)
    return columns


def _surprise(table, pair, y):
    """Nats of y in rows of the second half, given the better one of two columns."""
    return np.minimum(*(table.surprise(at, y) for at in pair))


def _evidence(table, pair, codes, y, needed):
    """Nats of a dependency beyond what the better one of two columns says."""
    if any(linked_columns(table, x, y) for x in pair):
        return 0.0
    rows = confirmed_rows(codes, table.codes[:, y], table.n_first)
    if rows is None or not is_confirmed(table, rows, *pair):
        return 0.0
    surprise = _surprise(table, pair, y)[rows - table.n_first].astype(np.float64)
    in_cells = np.bincount(codes[rows], weights=surprise)
    if surprise.sum() < needed or (in_cells >= 1).sum() < FEWEST_INFORMATIVE:
        return 0.0
    nats = evidence_of_entities(table, [*pair, y], codes, rows, surprise)
    return nats if nats >= needed else 0.0


def _add_strongest(table, candidates, n_candidates):
    """Add for each column the dependency that is most surprising."""
    done = set()
    n_targets = Counter(pair for _, pair, _ in candidates)
    for nats, pair, y in sorted(candidates, key=lambda found: -found[0]):
        labels = all(table.columns[at].discrete for at in pair)
        if y in done or (n_targets[pair] > MOST_TARGETS and not labels):
            continue
        names = tuple(table.names[at] for at in pair)
        rule = Dependency(table.names[y], names, values=values_of(table, [*pair], y))
        if table.verify(rule, lambda rows, nats=nats: nats, n_candidates, by_row=False):
            done.add(y)
