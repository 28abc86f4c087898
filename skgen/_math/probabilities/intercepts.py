"""Intercepts of groups, so that predicted shares are the observed ones.

A penalty on the leaves of boosted trees shrinks the scores of a rare class more than
those of a common one, so that its mean predicted share falls below its observed share.
In a logistic regression with an intercept for each group, whose penalty leaves the
intercepts out, the two are equal at the maximum of the likelihood. So the intercept d
of group v solves

    sum_i w_i expit(f_i + d) = sum_i w_i y_i    over the rows i of the group.

The left side increases with d. Newton's method finds the root [1]_.

References
----------
.. [1] Hosmer, Lemeshow & Sturdivant (2013), "Applied Logistic Regression", section 1.3.
"""

import numpy as np
from scipy.special import expit

#: intercepts are at most this large: a group may hold one class only
LARGEST = 6.0
_MOST_STEPS = 50
_PRECISION = 1e-9


def group_intercepts(scores, group, positive, weights, n_groups):
    """Intercepts by which the mean probability of each group is its observed share.

    Parameters
    ----------
    scores : ndarray of shape (n_samples,)
        Log-odds.
    group : ndarray of int of shape (n_samples,)
    positive : array-like of bool of shape (n_samples,)
    weights : ndarray of shape (n_samples,)
    n_groups : int

    Returns
    -------
    intercepts : ndarray of shape (n_groups,)
        At most `LARGEST` in absolute value; 0 for groups without rows.
    """
    intercepts = np.zeros(n_groups)
    for _ in range(_MOST_STEPS):
        p = expit(scores + intercepts[group])
        missing = np.bincount(
            group, weights * (np.asarray(positive) - p), minlength=n_groups
        )
        slope = np.bincount(group, weights * p * (1 - p), minlength=n_groups)
        step = np.divide(missing, slope, out=np.sign(missing), where=slope > 0)
        moved = np.clip(intercepts + step.clip(-1, 1), -LARGEST, LARGEST)
        done = np.abs(moved - intercepts).max(initial=0) < _PRECISION
        intercepts = moved
        if done:
            break
    return intercepts
