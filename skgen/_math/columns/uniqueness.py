"""How rarely the values of a column repeat, by measures that any part of it shares."""

import numpy as np


def collision_probability(counts):
    """Unbiased estimate of the probability that two cells hold the same value.

    It is Simpson's index [1]_, sum_v n_v (n_v - 1) / (n (n - 1)), whose mean does not
    depend on the number of cells. Its reciprocal is the number of values that a column
    of equally frequent values would have.

    Parameters
    ----------
    counts : ndarray of shape (n_values,)
        Number of cells of each value.

    Returns
    -------
    probability : float
        0 if there are fewer than two cells.

    References
    ----------
    .. [1] Simpson (1949), "Measurement of Diversity", Nature 163.
    """
    counts = np.asarray(counts, dtype=np.float64)
    n = counts.sum()
    return float((counts * (counts - 1)).sum() / (n * (n - 1))) if n > 1 else 0.0


def tied_pairs(counts):
    """Number of pairs of cells that hold the same value."""
    counts = np.asarray(counts, dtype=np.float64)
    return float((counts * (counts - 1)).sum() / 2)


def expected_tied_pairs(z):
    """Estimate the tied pairs of the same number of draws from a smooth distribution.

    The density is taken as constant within bins of equal width. A pair within a bin of
    w whole numbers is tied with probability 1/w, so the estimate is the sum over bins
    of n_b (n_b - 1) / (2 w_b). A density that varies within bins has more ties.

    Parameters
    ----------
    z : ndarray of shape (n_samples,)
        Whole numbers.

    Returns
    -------
    pairs : float
    """
    z = np.asarray(z, dtype=np.float64)
    if len(z) < 2:
        return 0.0
    start, width = z.min(), np.ptp(z) + 1
    # at least 20 whole numbers to a bin, or ties would be counted, not expected
    n_bins = int(max(1, min(np.sqrt(len(z)), width // 20)))
    edges = np.ceil(np.arange(n_bins + 1) * (width / n_bins))
    bins = np.searchsorted(edges, z - start, side="right") - 1
    counts = np.bincount(bins.clip(0, n_bins - 1), minlength=n_bins)
    return float((counts * (counts - 1.0) / (2 * np.diff(edges))).sum())
