"""Which columns and cells are masked, and which are drawn together."""

from typing import NamedTuple

import numpy as np
from sklearn.utils._indexing import _get_column_indices

from skgen._table.containers.tables import as_table


class ColumnGroup(NamedTuple):
    """Columns that one generator models jointly: sorted positions in X."""

    columns: np.ndarray  # all of them
    kept: np.ndarray  # those without masked cells
    drawn: np.ndarray  # the others
    evidence: np.ndarray  # those of `drawn` whose unmasked cells are given

    def given(self, masked):
        """Mask of the cells that are given when the masked cells are drawn."""
        given = np.zeros(masked.shape, dtype=bool)
        given[:, self.kept] = True
        given[:, self.evidence] = ~masked[:, self.evidence]
        return given


def find_masked(X, columns):
    """Sorted positions of the columns to mask; None stands for all of them."""
    masked = np.arange(X.shape[1])
    if columns is not None:
        masked = chosen_positions(X, columns, "columns")
    if not len(masked):
        raise ValueError(
            "columns: none is chosen, so nothing would be masked. Choose others, or "
            "replace this step by 'passthrough'."
        )
    return masked


def make_groups(X, masked, condition_on, all_cells):
    """Split the columns into groups that are drawn independently of each other.

    Parameters
    ----------
    X : table of shape (n_samples, n_features)
    masked : ndarray of int
        Positions of the columns to mask.
    condition_on : object
        Parameter of `GenerativeMasker`.
    all_cells : bool
        Whether all cells of these columns are masked.

    Returns
    -------
    groups : list of ColumnGroup
    """
    nothing = masked[:0]
    if is_word(condition_on, "none"):
        return [ColumnGroup(j[None], nothing, j[None], nothing) for j in masked]
    given, listed = np.arange(X.shape[1]), not is_word(condition_on, "all")
    if listed:
        given = chosen_positions(X, condition_on, "condition_on")
    kept, evidence = np.setdiff1d(given, masked), np.intersect1d(given, masked)
    if all_cells and listed and len(evidence):
        name = _column_names(X)[evidence[0]]
        raise ValueError(
            f"condition_on: the column {name!r} is masked itself, so it cannot be "
            "given. Remove it from `condition_on` or from `columns`. Masked columns "
            "are drawn jointly, so relations between them are kept anyway."
        )
    evidence = nothing if all_cells else evidence
    return [ColumnGroup(np.union1d(kept, masked), kept, masked, evidence)]


def chosen_positions(X, columns, parameter):
    """Sorted positions of the columns that a parameter selects."""
    columns = columns(X) if callable(columns) else columns
    try:
        found = _get_column_indices(X, columns)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{parameter}: {error}. The columns of X are {_column_names(X)[:10]}."
        ) from error
    return np.unique(np.array(found, dtype=np.intp))


def is_word(value, word):
    """Whether a parameter equals this word; an array never does."""
    return isinstance(value, str) and value == word


def _column_names(X):
    return as_table(X)[0].names(X)


def choose_cells(shape, columns, fraction, rng):
    """Mask of the cells to replace: a share of those of some columns."""
    chosen, n_cells = np.zeros(shape, dtype=bool), shape[0]
    if fraction not in (None, 1):
        n_cells = max(1, round(fraction * shape[0]))
    for j in columns:
        chosen[rng.permutation(shape[0])[:n_cells], j] = True
    return chosen
