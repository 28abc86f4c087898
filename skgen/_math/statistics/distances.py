"""Distances between two samples: of single columns, and of the dependence of pairs.

Cells are numbered by their position among the distinct values of both samples,
and samples are summarised as shares of levels. The last axis of shares is that of the
levels, so the leave-one-group-out samples of a jackknife are further rows of an array.
"""

import numpy as np


def joint_levels(*samples):
    """Find the distinct values of all samples, and the position of each cell in them.

    Parameters
    ----------
    *samples : ndarray of shape (n_samples_i,)
        NaN where a cell is missing.

    Returns
    -------
    values : ndarray of shape (n_values,)
        Sorted.
    levels : list of ndarray of int
        ``n_values`` where a cell is missing.
    """
    pooled = np.concatenate(samples)
    known = ~np.isnan(pooled)
    values, inverse = np.unique(pooled[known], return_inverse=True)
    levels = np.full(len(pooled), len(values))
    levels[known] = inverse
    return values, np.split(levels, np.cumsum([len(x) for x in samples])[:-1])


def leave_out_shares(levels, n_levels, group, n_groups):
    """Shares of levels among all rows, and among the rows outside each group.

    Parameters
    ----------
    levels, group : ndarray of int of shape (n_rows,)
        No group may hold all rows.
    n_levels, n_groups : int
        If `n_groups` is 0, `group` is ignored.

    Returns
    -------
    shares : ndarray of shape (n_groups + 1, n_levels)
        The first row is of all rows.
    """
    n_cells = max(n_groups, 1) * n_levels
    counts = np.bincount(group * n_levels + levels, minlength=n_cells)
    counts = counts.reshape(-1, n_levels)
    total = counts.sum(axis=0)
    kept = np.vstack([total, (total - counts)[:n_groups]])
    return kept / kept.sum(axis=1, keepdims=True)


def total_variation(p, q):
    """Total variation distance: half the sum of absolute differences, from 0 to 1."""
    return np.abs(p - q).sum(axis=-1) / 2


def kolmogorov_smirnov(p, q):
    """Two-sample Kolmogorov-Smirnov statistic, extended to missing cells.

    It is the largest difference between the samples in the share of cells that are at
    most some value, above some value, or missing.

    Parameters
    ----------
    p, q : ndarray of shape (..., n_values + 1)
        Shares of values in increasing order, the last one of missing cells.
    """
    # the last of these is also the difference of the shares of missing cells
    below = np.cumsum(p[..., :-1] - q[..., :-1], axis=-1)
    above = below[..., -1:] - below
    return np.maximum(np.abs(below), np.abs(above)).max(axis=-1, initial=0.0)


def scaled_wasserstein(p, q, values):
    """1-Wasserstein distance in units of the mean absolute deviation of p.

    The deviation is that from the median of p. A missing cell is one unit away from
    every value. If p is constant, it has no such unit; the distance is then the total
    variation. Formula on the line: Vallender (1974), "Calculation of the Wasserstein
    Distance Between Probability Distributions on the Line".

    Parameters
    ----------
    p, q : ndarray of shape (..., n_values + 1)
        Shares of `values`, the last one of missing cells.
    values : ndarray of shape (n_values,)
        Sorted.
    """
    known = 1 - np.maximum(p[..., -1], q[..., -1])
    missing = np.abs(p[..., -1] - q[..., -1])
    F, G = _distribution(p), _distribution(q)
    gaps = np.diff(values)
    moved = np.abs(F - G)[..., :-1] @ gaps
    # the mean absolute deviation is the area between F and the step at the median
    unit = np.minimum(F, 1 - F)[..., :-1].clip(0) @ gaps
    varies = np.count_nonzero(p[..., :-1], axis=-1) > 1
    distance = known * moved / np.where(varies, unit, 1.0) + missing
    return np.where(varies, distance, total_variation(p, q))


def _distribution(p):
    """Distribution function of the known cells at each value."""
    known = 1 - p[..., -1:]
    return np.cumsum(p[..., :-1], axis=-1) / np.where(known > 0, known, 1.0)


def pair_levels(first, second, n_second):
    """Combine the levels of two columns into one level for each pair.

    Parameters
    ----------
    first, second : ndarray of int of shape (n_rows,)
    n_second : int
        Number of levels of the second column.

    Returns
    -------
    levels : ndarray of int of shape (n_rows,)
    n_levels : int
        At most four times the number of rows: if there are many possible pairs, those
        that occur are renumbered to save memory.
    """
    levels = first * n_second + second
    n_levels = int(levels.max()) + 1
    if n_levels <= 4 * len(levels):
        return levels, n_levels
    distinct, levels = np.unique(levels, return_inverse=True)
    return levels, len(distinct)


def leave_out_correlations(Z, group, n_groups):
    """Pearson correlations among all rows, and among the rows outside each group.

    For each pair of columns, rows with a missing cell in one of them are left out. The
    correlation with a constant column is 0.

    Parameters
    ----------
    Z : ndarray of shape (n_rows, n_columns)
        NaN where a cell is missing.
    group : ndarray of int of shape (n_rows,)

    Returns
    -------
    correlations : ndarray of shape (n_groups + 1, n_columns, n_columns)
    """
    known = ~np.isnan(Z)
    X, known = _standardised(Z, known), known.astype(np.float64)
    sums = []
    for k in range(max(n_groups, 1)):
        x, w = X[group == k], known[group == k]
        sums.append(np.array([w.T @ w, x.T @ w, (x * x).T @ w, x.T @ x]))
    sums = np.array(sums)
    total = sums.sum(axis=0)
    sums = np.concatenate([total[None], total - sums[:n_groups]])
    n, x, xx, xy = np.moveaxis(sums, 1, 0)
    covariance = n * xy - x * x.swapaxes(-1, -2)
    variance = n * xx - x * x
    spread = np.sqrt(variance.clip(0) * variance.swapaxes(-1, -2).clip(0))
    # a remainder of cancellation is not a variance
    varies = (variance > 1e-10 * n * xx) & (n > 1)
    varies &= varies.swapaxes(-1, -2)
    return np.where(varies, covariance / np.where(varies, spread, 1.0), 0.0)


def _standardised(Z, known):
    """Scale columns to mean 0 and largest deviation 1; missing cells become 0."""
    n_known = np.maximum(known.sum(axis=0), 1)
    X = np.where(known, Z, 0.0)
    scale = np.abs(X).max(axis=0)
    X = X / np.where(scale > 0, scale, 1.0)
    X = np.where(known, X - X.sum(axis=0) / n_known, 0.0)
    scale = np.abs(X).max(axis=0)
    return X / np.where(scale > 0, scale, 1.0)
