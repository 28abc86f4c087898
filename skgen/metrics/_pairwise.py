"""Errors of pairs of columns: differences of their dependence."""

from itertools import combinations
from typing import NamedTuple

import numpy as np
from sklearn.utils._param_validation import StrOptions

from skgen._math.statistics.distances import (
    leave_out_correlations,
    leave_out_shares,
    pair_levels,
    total_variation,
)
from skgen._math.statistics.jackknife import row_groups
from skgen.metrics._fidelity import mean_of_leave_outs
from skgen.metrics._registry import metric

#: bins of a numeric column beside a category, as in the published error
_N_BINS = 10


class PairErrors(NamedTuple):
    """Mean error of the pairs of columns, and the error of each pair."""

    value: float
    standard_error: float
    pairs: np.ndarray  # (n_columns, n_columns), symmetric, NaN on the diagonal
    names: tuple  # of the columns, in the order of `pairs`


@metric(
    {"bins": [StrOptions({"quantile", "own_range"})]},
    group="fidelity",
    order=3,
    title="Pairs of columns",
    sentence="How far the relations of two columns are from the real ones, on average "
    "over pairs: 0 is equal, 1 is nothing in common.",
    fair=0.02,
    poor=0.06,
    words={
        "good": "pairs of columns are related as in real rows",
        "fair": "some relations of columns are weaker or stronger",
        "poor": "relations between columns are lost",
    },
    advice="Look at the plot of pairs: the model may be too simple for these columns.",
    min_columns=2,
)
def pairwise_error(columns, Z_real, Z_synthetic, rng, *, bins="quantile"):
    """Mean error of the dependence of two columns.

    The error of two columns of numbers, dates or durations is half the difference of
    their Pearson correlations. The error of other pairs is the total variation of their
    contingency tables, in which numbers are binned. With ``bins="own_range"`` and
    without missing cells, this is the published error of "column pair trends" [1]_.

    Missing cells are a further category of a contingency table. Correlations are
    computed over rows in which both cells are known, and are 0 for a constant. If the
    total variation of the missing indicators of the two columns is larger, it is the
    error of the pair.

    Parameters
    ----------
    real, synthetic : {array-like, dataframe} of shape (n_samples_i, n_features)
        Tables of the same columns, at least two, in any container.
    bins : {"quantile", "own_range"}, default="quantile"
        How a numeric column is binned beside a category: "quantile" by the deciles of
        the real column, "own_range", as published, in ten bins of equal width and a bin
        of the largest value, each table over its own range. With "own_range" a single
        outlier changes all bins, and most rows of a skewed column share one bin.
    categorical_features : "from_dtype", None or array-like, default="from_dtype"
        Which columns are categories: those of a dtype that says so, or names, positions
        or a mask. See :class:`~skgen.TableCodec`.
    random_state : int, RandomState instance or None, default=None
        Determines the groups of rows behind the standard error.

    Returns
    -------
    value : float
        Between 0, the best, and 1.
    standard_error : float
        By the jackknife; NaN where a table has a single row.
    pairs : ndarray of shape (n_features, n_features)
        The error of each pair; NaN on the diagonal.
    names : tuple of shape (n_features,)
        The columns, in the order of `pairs`.

    Raises
    ------
    TypeError, ValueError
        If a table cannot be read, the tables have different columns, or there are fewer
        than two.

    Notes
    -----
    Rows of the same distribution have an error above 0, which grows with the number of
    cells of the contingency tables. A second real table of the size of the synthetic
    one shows the best error that can be expected, and the synthetic table with every
    column permuted the error without any dependence.

    References
    ----------
    .. [1] Zhang et al. (2024), "Mixed-Type Tabular Data Synthesis with Score-based
       Diffusion in Latent Space", International Conference on Learning Representations.

    Examples
    --------
    >>> import numpy as np
    >>> from skgen.metrics import pairwise_error
    >>> x = np.arange(100.0)
    >>> real, synthetic = np.column_stack([x, x]), np.column_stack([x, -x])
    >>> error = pairwise_error(real, synthetic, random_state=0)
    >>> round(error.value, 3)
    1.0
    """
    n_real, n_columns = Z_real.shape
    groups, n_groups = row_groups([n_real, len(Z_synthetic)], rng)
    Z = np.vstack([Z_real, Z_synthetic])
    missing = np.isnan(Z)
    numeric = np.array([not column.discrete for column in columns])
    levels = [
        _levels(z, n_real, column, bins) for z, column in zip(Z.T, columns, strict=True)
    ]
    indicators = [(indicator.astype(np.intp), 2) for indicator in missing.T]
    errors = np.full((n_groups + 1, n_columns, n_columns), np.nan)
    errors[:, *np.ix_(numeric, numeric)] = _correlation_errors(
        Z[:, numeric], n_real, groups, n_groups
    )
    for i, j in combinations(range(n_columns), 2):
        if not (numeric[i] and numeric[j]):
            error = _contingency_errors(levels[i], levels[j], groups, n_groups)
        elif missing[:, [i, j]].any():
            of_missing = _contingency_errors(
                indicators[i], indicators[j], groups, n_groups
            )
            error = np.maximum(errors[:, i, j], of_missing)
        else:
            error = errors[:, i, j]
        errors[:, i, j] = errors[:, j, i] = error
    errors[:, range(n_columns), range(n_columns)] = np.nan
    upper = np.triu_indices(n_columns, k=1)
    return PairErrors(
        *mean_of_leave_outs(errors[:, *upper].T),
        errors[0],
        tuple(column.name for column in columns),
    )


def _levels(z, n_real, column, bins):
    """Codes of the cells of both tables, the last for missing cells; their number."""
    known = ~np.isnan(z)
    real = np.arange(len(z)) < n_real
    if column.discrete:
        return np.where(known, z, column.n_categories).astype(np.intp), (
            column.n_categories + 1
        )
    levels = np.full(len(z), _N_BINS + 2)
    if bins == "own_range":
        for rows in (known & real, known & ~real):
            levels[rows] = _range_bins(z[rows])
    elif (known & real).any():
        probabilities = np.arange(1, _N_BINS) / _N_BINS
        # each edge is an observed value, the last one of its bin
        edges = np.quantile(z[known & real], probabilities, method="inverted_cdf")
        levels[known] = np.searchsorted(np.unique(edges), z[known])
    else:
        levels[known] = 0
    return levels, _N_BINS + 3


def _range_bins(z):
    if not len(z):
        return np.empty(0, dtype=np.intp)
    edges = np.histogram_bin_edges(z, bins=_N_BINS)
    return np.searchsorted(edges, z, side="right")


def _correlation_errors(Z, n_real, groups, n_groups):
    """Half the differences of the correlations, of all rows and of each leave-out."""
    real, synthetic = (
        leave_out_correlations(rows, group, n_groups)
        for rows, group in zip((Z[:n_real], Z[n_real:]), groups, strict=True)
    )
    return np.abs(real - synthetic) / 2


def _contingency_errors(first, second, groups, n_groups):
    """Total variation of contingency tables, of all rows and of each leave-out."""
    levels, n_levels = pair_levels(first[0], second[0], second[1])
    n_real = len(groups[0])
    p, q = (
        leave_out_shares(part, n_levels, group, n_groups)
        for part, group in zip((levels[:n_real], levels[n_real:]), groups, strict=True)
    )
    return total_variation(p, q)
