"""Distances between two samples: of one column, and of the dependence of two.

The cells of a column become codes, the positions of its values among all values of
both samples, and samples become shares of codes. Every distance takes shares whose last
axis are the codes, so that the leave-outs of a jackknife are further rows of the same
arrays.
"""

import numpy as np


def joint_codes(*samples):
    """Distinct values of some samples, and the position of each cell among them.

    Parameters
    ----------
    *samples : ndarray of shape (n_samples_i,)
        NaN where a cell is missing.

    Returns
    -------
    values : ndarray of shape (n_values,)
        Sorted.
    codes : list of ndarray of int
        ``n_values`` where a cell is missing.
    """
    pooled = np.concatenate(samples)
    known = ~np.isnan(pooled)
    values, inverse = np.unique(pooled[known], return_inverse=True)
    codes = np.full(len(pooled), len(values))
    codes[known] = inverse
    return values, np.split(codes, np.cumsum([len(x) for x in samples])[:-1])


def leave_out_shares(codes, n_codes, group, n_groups):
    """Shares of codes among all rows, and among those outside of each group.

    Parameters
    ----------
    codes, group : ndarray of int of shape (n_rows,)
        No group may hold all rows; with `n_groups` 0 there are none.

    Returns
    -------
    shares : ndarray of shape (n_groups + 1, n_codes)
        The first row is that of all.
    """
    n_cells = max(n_groups, 1) * n_codes
    counts = np.bincount(group * n_codes + codes, minlength=n_cells)
    counts = counts.reshape(-1, n_codes)
    total = counts.sum(axis=0)
    kept = np.vstack([total, (total - counts)[:n_groups]])
    return kept / kept.sum(axis=1, keepdims=True)


def total_variation(p, q):
    """Half the sum of absolute differences of shares, from 0 to 1."""
    return np.abs(p - q).sum(axis=-1) / 2


def kolmogorov_smirnov(p, q):
    """Largest difference of the share of cells on one side of any value, or missing.

    Without missing cells it is the two-sample statistic of Kolmogorov and Smirnov.

    Parameters
    ----------
    p, q : ndarray of shape (..., n_values + 1)
        Shares of values in increasing order, the last one of missing cells.
    """
    # the last one is what the shares of missing cells differ by
    below = np.cumsum(p[..., :-1] - q[..., :-1], axis=-1)
    above = below[..., -1:] - below
    return np.maximum(np.abs(below), np.abs(above)).max(axis=-1, initial=0.0)


def scaled_wasserstein(p, q, values):
    """1-Wasserstein distance in units of the mean absolute deviation of p.

    The deviation is that from the median of p: the distance between p and a constant
    there. A missing cell is one unit away from every value. Where p is constant, and
    there is no unit, it is the total variation.

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


def pair_codes(first, second, n_second):
    """One code for each pair of codes of two columns.

    Parameters
    ----------
    first, second : ndarray of int of shape (n_rows,)
    n_second : int
        Number of codes of the second column.

    Returns
    -------
    codes : ndarray of int of shape (n_rows,)
        At most four times as many different ones as rows: pairs that no row has cost
        no memory.
    n_codes : int
    """
    codes = first * n_second + second
    n_codes = int(codes.max()) + 1
    if n_codes <= 4 * len(codes):
        return codes, n_codes
    distinct, codes = np.unique(codes, return_inverse=True)
    return codes, len(distinct)


def leave_out_correlations(Z, group, n_groups):
    """Pearson correlations among all rows, and among those outside of each group.

    Of each pair of columns the rows that know both count. A column that is constant
    there says nothing of another: the correlation is 0.

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
    # what is left by cancellation is no variance
    varies = (variance > 1e-10 * n * xx) & (n > 1)
    varies &= varies.swapaxes(-1, -2)
    return np.where(varies, covariance / np.where(varies, spread, 1.0), 0.0)


def _standardised(Z, known):
    """Columns with mean 0 and largest deviation 1, and 0 where a cell is missing."""
    n_known = np.maximum(known.sum(axis=0), 1)
    X = np.where(known, Z, 0.0)
    scale = np.abs(X).max(axis=0)
    X = X / np.where(scale > 0, scale, 1.0)
    X = np.where(known, X - X.sum(axis=0) / n_known, 0.0)
    scale = np.abs(X).max(axis=0)
    return X / np.where(scale > 0, scale, 1.0)
