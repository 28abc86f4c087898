"""How far pairs of columns of a synthetic table depend otherwise than real ones."""

from itertools import combinations
from typing import NamedTuple

import numpy as np
from sklearn.utils._param_validation import StrOptions, validate_params

from skgen._math.statistics.distances import (
    leave_out_correlations,
    leave_out_shares,
    pair_codes,
    total_variation,
)
from skgen._math.statistics.jackknife import row_groups
from skgen._utils.random import make_rng
from skgen.metrics._fidelity import mean_with_jackknife_error, read_pair

#: bins of a numeric column beside a category, as in the published error
_N_BINS = 10


class PairErrors(NamedTuple):
    """Mean error of the pairs of columns, and the error of each pair."""

    value: float
    standard_error: float
    pairs: np.ndarray  # (n_columns, n_columns), symmetric, NaN on the diagonal
    names: tuple  # of the columns, in the order of `pairs`


@validate_params(
    {"bins": [StrOptions({"quantile", "own_range"})], "random_state": ["random_state"]},
    prefer_skip_nested_validation=True,
)
def pairwise_error(
    real,
    synthetic,
    *,
    bins="quantile",
    categorical_features="from_dtype",
    random_state=None,
):
    """Mean distance of the dependence of two columns.

    The error of two columns of numbers, dates or durations is half the difference of
    their Pearson correlations, of other pairs the total variation of their contingency
    tables, in which numbers are binned. With ``bins="own_range"`` and no missing cells
    this is the published error of "column pair trends" [1]_.

    Missing cells are one more category of a contingency table. Correlations are those
    of the rows that know both cells, and 0 for a constant; if the total variation of
    which of the two cells are missing is larger, it is the error of the pair.

    Parameters
    ----------
    real, synthetic : {array-like, dataframe} of shape (n_samples_i, n_features)
        Tables of the same columns, at least two, of any container.
    bins : {"quantile", "own_range"}, default="quantile"
        How a numeric column is binned beside a category: by the deciles of the real
        column; or, as published, in ten bins of equal width and the largest value, each
        table over its own range. A single outlier there changes all bins, and in skewed
        columns most rows share one.
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
    Rows of the very same distribution have an error above 0, the more so the more cells
    a contingency table has: a second real table of the size of the synthetic one tells
    what can be reached, and the synthetic table with every column permuted what is
    reached without any dependence.

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
    tables = read_pair(real, synthetic, categorical_features)
    if len(tables.columns) < 2:
        raise ValueError(
            "real has a single column, which makes no pair: pass tables of at least "
            "two columns."
        )
    rng = make_rng(random_state)
    return _pairwise_error(tables.columns, *tables.matrices, rng, bins=bins)


def _pairwise_error(columns, Z_real, Z_synthetic, rng, *, bins="quantile"):
    """`pairwise_error` of encoded tables; NaN for a single column."""
    n_real, n_columns = Z_real.shape
    groups, n_groups = row_groups([n_real, len(Z_synthetic)], rng)
    Z = np.vstack([Z_real, Z_synthetic])
    missing = np.isnan(Z)
    numeric = np.array([not column.discrete for column in columns])
    codes = [
        _codes(z, n_real, column, bins) for z, column in zip(Z.T, columns, strict=True)
    ]
    flags = [(flag.astype(np.intp), 2) for flag in missing.T]
    errors = np.full((n_groups + 1, n_columns, n_columns), np.nan)
    errors[:, *np.ix_(numeric, numeric)] = _correlation_errors(
        Z[:, numeric], n_real, groups, n_groups
    )
    for i, j in combinations(range(n_columns), 2):
        if not (numeric[i] and numeric[j]):
            error = _contingency_errors(codes[i], codes[j], groups, n_groups)
        elif missing[:, [i, j]].any():
            of_indicators = _contingency_errors(flags[i], flags[j], groups, n_groups)
            error = np.maximum(errors[:, i, j], of_indicators)
        else:
            error = errors[:, i, j]
        errors[:, i, j] = errors[:, j, i] = error
    errors[:, range(n_columns), range(n_columns)] = np.nan
    upper = np.triu_indices(n_columns, k=1)
    return PairErrors(
        *mean_with_jackknife_error(errors[:, *upper].T),
        errors[0],
        tuple(column.name for column in columns),
    )


def _codes(z, n_real, column, bins):
    """Codes of the cells of both tables, the last one of missing cells; how many."""
    known = ~np.isnan(z)
    real = np.arange(len(z)) < n_real
    if column.discrete:
        return np.where(known, z, column.n_categories).astype(np.intp), (
            column.n_categories + 1
        )
    codes = np.full(len(z), _N_BINS + 2)
    if bins == "own_range":
        for rows in (known & real, known & ~real):
            codes[rows] = _range_bins(z[rows])
    elif (known & real).any():
        probabilities = np.arange(1, _N_BINS) / _N_BINS
        # each edge is an observed value, the last one of its bin
        edges = np.quantile(z[known & real], probabilities, method="inverted_cdf")
        codes[known] = np.searchsorted(np.unique(edges), z[known])
    else:
        codes[known] = 0
    return codes, _N_BINS + 3


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
    codes, n_codes = pair_codes(first[0], second[0], second[1])
    n_real = len(groups[0])
    p, q = (
        leave_out_shares(part, n_codes, group, n_groups)
        for part, group in zip((codes[:n_real], codes[n_real:]), groups, strict=True)
    )
    return total_variation(p, q)
