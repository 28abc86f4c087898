"""How surprising it is that independent columns obey a rule."""

import numpy as np

#: evidence beyond the logarithm of the number of candidates, so that a table of
#: independent columns shows a rule of a kind with probability exp(-9)
MIN_EVIDENCE = 9.0
#: possible pairs of values for each row up to which they are counted without sorting
DENSE = 20


def needed_evidence(n_candidates):
    """Nats that a rule needs that was chosen among candidates.

    Under independence, evidence e has probability at most exp(-e); by the union bound
    none of n candidates reaches log(n) + 9 but with probability exp(-9).

    Parameters
    ----------
    n_candidates : int
    """
    return np.log(max(1, n_candidates)) + MIN_EVIDENCE


def share_within(ordered, values, width):
    """Share of numbers that are within some width of each value.

    Parameters
    ----------
    ordered : ndarray of shape (n,)
        The numbers, sorted.
    values : ndarray of shape (m,)
    width : float or ndarray of shape (m,)

    Returns
    -------
    share : ndarray of shape (m,)
        At least 1 / n.
    """
    low = np.searchsorted(ordered, values - width, side="left")
    high = np.searchsorted(ordered, values + width, side="right")
    return np.maximum(high - low, 1) / len(ordered)


def equality_evidence(ordered, values, width):
    """Evidence that a column equals what is computed from others, in nats.

    Minus the sum of the logarithms of P(abs(Y - y_i) <= width), where Y follows the
    margin of the column: a constant column is no evidence, one without ties gives
    log(n) for each row.

    Parameters
    ----------
    ordered : ndarray of shape (n,)
        Numbers of the column, sorted.
    values : ndarray of shape (m,)
        Those of the rows in which the equality was verified.
    width : float or ndarray of shape (m,)
        Difference up to which it counts as verified.
    """
    return float(-np.log(share_within(ordered, values, width)).sum())


def label_evidence(shares):
    """Evidence that labels are as predicted, of which each has a share of the rows.

    Parameters
    ----------
    shares : ndarray of shape (m,)
        Probability that a row holds the label that it was predicted to hold.
    """
    return float(-np.log(np.maximum(shares, 1e-300)).sum())


def conditional_share(x, y):
    """Share of the rows with the same x that have the same y.

    Parameters
    ----------
    x, y : ndarray of int of shape (n_rows,)
        Codes, -1 where a cell is missing.

    Returns
    -------
    share : ndarray of shape (n_rows,)
        1 where a cell is missing.
    """
    known = (x >= 0) & (y >= 0)
    x = x[known]
    pair = x * (y.max(initial=0) + 1) + y[known]
    if pair.max(initial=0) > DENSE * len(known):
        pair = np.unique(pair, return_inverse=True)[1].reshape(-1)
    out = np.ones(len(known))
    out[known] = np.bincount(pair)[pair] / np.bincount(x)[x]
    return out
