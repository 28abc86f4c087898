"""Weights of a mixture of given densities, by expectation maximisation.

The weights w maximise the penalised likelihood of rows that no part has seen,

    sum_i v_i log(sum_k w_k p_k(z_i)) + sum_k (c / K) log w_k,

which is concave [1]_. The second term stands for c rows spread evenly over the parts.

References
----------
.. [1] Smyth & Wolpert (1999), "Linearly combining density estimators via stacking",
   Machine Learning 36, section 3.
"""

import numpy as np

_MAX_STEPS = 1_000
_PRECISION = 1e-5


def mixture_weights(log_prob, row_weights, *, prior_rows=0.0, precision=_PRECISION):
    """Find the weights of the parts of a mixture.

    Parameters
    ----------
    log_prob : ndarray of shape (n_rows, n_parts)
        Log-density of each row in each part; may be -inf. A row that is impossible in
        all parts does not count.
    row_weights : ndarray of shape (n_rows,)
    prior_rows : float, default=0.0
        Number of rows that are spread evenly over the parts.
    precision : float, default=1e-5
        Largest change of a weight in the last step.

    Returns
    -------
    weights : ndarray of shape (n_parts,)
        They sum to one.
    """
    n_parts = log_prob.shape[1]
    best = log_prob.max(axis=1)
    possible = np.isfinite(best)
    density = np.ascontiguousarray(np.exp(log_prob[possible] - best[possible, None]).T)
    row_weights = row_weights[possible]
    weights = np.full(n_parts, 1 / n_parts)
    total = row_weights.sum() + prior_rows
    if total == 0:
        return weights
    for _ in range(_MAX_STEPS):
        counts = weights * (density @ (row_weights / (weights @ density)))
        updated = (counts + prior_rows / n_parts) / total
        done = np.abs(updated - weights).max() < precision
        weights = updated
        if done:
            break
    return weights
