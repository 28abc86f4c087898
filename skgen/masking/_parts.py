"""Which columns are masked, and which are drawn together given which."""

from typing import NamedTuple

import numpy as np
from sklearn.utils._indexing import _get_column_indices

from skgen._table.containers import as_table


class Part(NamedTuple):
    """Columns that one generator learns: sorted positions in X."""

    columns: np.ndarray  # all of them
    kept: np.ndarray  # those of which no cell is masked
    drawn: np.ndarray  # the others
    evidence: np.ndarray  # those of the others of which unmasked cells are given


def make_parts(X, masked, condition_on, whole):
    """Parts of a table that are drawn independently of each other.

    Parameters
    ----------
    X : table of shape (n_samples, n_features)
    masked : ndarray of int
        Positions of the columns to mask.
    condition_on : object
        As `GenerativeMasker` takes it.
    whole : bool
        Whether all cells of these columns are masked.

    Returns
    -------
    parts : list of Part
    """
    nothing = masked[:0]
    if is_word(condition_on, "none"):
        return [Part(j[None], nothing, j[None], nothing) for j in masked]
    given, listed = np.arange(X.shape[1]), not is_word(condition_on, "all")
    if listed:
        given = positions_of(X, condition_on, "condition_on")
    kept, evidence = np.setdiff1d(given, masked), np.intersect1d(given, masked)
    if whole and listed and len(evidence):
        name = _names(X)[evidence[0]]
        raise ValueError(
            f"condition_on: the column {name!r} is masked itself, so it cannot be "
            "given. Leave it out of one of the two: masked columns stay related to "
            "each other anyway."
        )
    evidence = nothing if whole else evidence
    return [Part(np.union1d(kept, masked), kept, masked, evidence)]


def positions_of(X, columns, parameter):
    """Sorted positions of the columns that a parameter names."""
    columns = columns(X) if callable(columns) else columns
    try:
        found = _get_column_indices(X, columns)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{parameter}: {error}. The columns of X are {_names(X)[:10]}."
        ) from error
    return np.unique(np.array(found, dtype=np.intp))


def is_word(value, word):
    """Whether a parameter is this word, which an array never is."""
    return isinstance(value, str) and value == word


def _names(X):
    return as_table(X)[0].names(X)
