"""Predicates that single out one row of a table, as in singling-out attacks.

A predicate is a conjunction of conditions, each on one column: the cell equals a value,
is at most or at least that value, or is missing [1]_.

References
----------
.. [1] Cohen & Nissim (2020), "Towards Formalizing the GDPR's Notion of Singling Out",
   Proceedings of the National Academy of Sciences 117.
"""

from typing import NamedTuple

import numpy as np

AT_MOST, EQUAL, AT_LEAST, MISSING = -1, 0, 1, 2
#: largest number of candidates drawn for each predicate that is searched
MAX_TRIES = 200
#: number of rows on which candidates are screened: most match several of them
SCREEN = 500


class Predicates(NamedTuple):
    """Conjunctions of conditions; each array is of shape (n_predicates, n_columns)."""

    column: np.ndarray
    relation: np.ndarray
    value: np.ndarray  # 0 where the relation is `MISSING`

    def take(self, at):
        """Select predicates by their positions."""
        return Predicates(*(part[at] for part in self))


def count_matches(Z, predicates):
    """Count the rows for which each predicate holds.

    Parameters
    ----------
    Z : ndarray of shape (n_samples, n_features)
        NaN is a missing cell: it satisfies no condition on a value.
    predicates : Predicates

    Returns
    -------
    count : ndarray of int of shape (n_predicates,)
    """
    cells = np.ascontiguousarray(Z.T)
    count = np.empty(len(predicates.column), dtype=np.intp)
    lists = (part.tolist() for part in predicates)
    for i, conditions in enumerate(zip(*lists, strict=True)):
        holds = True
        for column, relation, value in zip(*conditions, strict=True):
            holds = holds & _holds(cells[column], relation, value)
        count[i] = np.count_nonzero(holds)
    return count


def _holds(z, relation, value):
    if relation == MISSING:
        return np.isnan(z)
    if relation == EQUAL:
        return z == value
    return z <= value if relation == AT_MOST else z >= value


def single_out(Z, discrete, n_columns, size, rng):
    """Find distinct predicates, each of which holds for exactly one row.

    Parameters
    ----------
    Z : ndarray of shape (n_samples, n_features)
    discrete : ndarray of bool of shape (n_features,)
        Columns of levels, which are compared for equality only.
    n_columns : int
        Number of conditions of each predicate. If 1, smallest and largest numbers and
        single missing cells come first, then values that occur once. If more, each is
        drawn from the cells of a random row in random columns: a number is at least or
        at most that of the row, whichever points away from the median.
    size : int
        Number of predicates. Fewer are returned if no more exist, or `MAX_TRIES * size`
        candidates did not suffice.
    rng : numpy.random.Generator

    Returns
    -------
    predicates : Predicates
    """
    if n_columns == 1:
        return _rare_cells(Z, discrete, size, rng)
    found, part = np.empty((3, 0, n_columns)), rng.permutation(Z)[:SCREEN]
    median = _medians(Z)
    for _ in range(MAX_TRIES):
        drawn = _draw_predicates(Z, discrete, median, n_columns, size, rng)
        rare = drawn.take(count_matches(part, drawn) <= 1)
        alone = rare.take(count_matches(Z, rare) == 1)
        found = np.concatenate([found, np.stack(alone)], axis=1)
        rows = found.transpose(1, 0, 2).reshape(-1, 3 * n_columns)
        first = np.sort(np.unique(rows, axis=0, return_index=True)[1])
        found = found[:, first[:size]]
        if found.shape[1] == size:
            break
    return Predicates(*found[:2].astype(np.intp), found[2])


def _rare_cells(Z, discrete, size, rng):
    """Conditions on one column that hold for exactly one row."""
    extreme, rare = [], []
    for j, z in enumerate(Z.T):
        known = ~np.isnan(z)
        if np.count_nonzero(~known) == 1:
            extreme.append((j, MISSING, 0.0))
        values, count = np.unique(z[known], return_counts=True)
        for end, relation in ((0, AT_MOST), (-1, AT_LEAST)):
            if len(values) and not discrete[j] and count[end] == 1:
                extreme.append((j, relation, values[end]))
        alone = values[count == 1]
        rare.append(np.column_stack(np.broadcast_arrays(j, EQUAL, alone)))
    parts = [np.array(extreme).reshape(-1, 3), np.concatenate(rare)]
    column, relation, value = np.concatenate(
        [part[rng.permutation(len(part))] for part in parts]
    )[:size, :, None].transpose(1, 0, 2)
    return Predicates(column.astype(np.intp), relation.astype(np.intp), value)


def _draw_predicates(Z, discrete, median, n_columns, size, rng):
    """Draw predicates, each of which holds for a random row."""
    column, value = _draw_random_cells(Z, n_columns, size, rng, together=True)
    relation = np.where(value > median[column], AT_LEAST, AT_MOST)
    return _as_predicates(column, relation, value, discrete)


def _medians(Z):
    known = (z[~np.isnan(z)] for z in Z.T)
    return np.array([np.median(z) if len(z) else np.nan for z in known])


def guess_predicates(Z, discrete, n_columns, size, rng):
    """Draw predicates of cells of independent random rows, with random relations."""
    column, value = _draw_random_cells(Z, n_columns, size, rng, together=False)
    relation = rng.integers(AT_MOST, AT_LEAST + 1, size=column.shape)
    return _as_predicates(column, relation, value, discrete)


def _draw_random_cells(Z, n_columns, size, rng, *, together):
    order = rng.random((size, Z.shape[1])).argsort(axis=1)
    column = np.sort(order[:, :n_columns], axis=1)
    row = rng.integers(len(Z), size=(size, 1 if together else n_columns))
    return column, Z[row, column]


def _as_predicates(column, relation, value, discrete):
    missing = np.isnan(value)
    relation = np.where(discrete[column], EQUAL, relation)
    return Predicates(
        column, np.where(missing, MISSING, relation), np.where(missing, 0.0, value)
    )
