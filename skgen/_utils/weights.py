"""Weights of rows, checked."""

from numbers import Real

import numpy as np
from sklearn.utils.validation import _check_sample_weight

from skgen._table.numbers import float_array
from skgen._table.rows import take_rows


def check_weights(sample_weight, X):
    """Weights of the rows of X as an array of shape (n_samples,).

    Raises
    ------
    TypeError, ValueError
        If weights are no numbers, or negative, or their number is another one.
    """
    if not isinstance(sample_weight, Real):
        sample_weight = float_array(sample_weight, "sample_weight")
    return _check_sample_weight(
        sample_weight, X, dtype=np.float64, ensure_non_negative=True
    )


def drop_weightless_rows(X, sample_weight):
    """Rows of positive weight, and their weights.

    Parameters
    ----------
    X : {array-like, dataframe} of shape (n_samples, n_features)
    sample_weight : array-like of shape (n_samples,) or None

    Raises
    ------
    ValueError
        If a weight is negative, or none is positive.
    """
    if sample_weight is None:
        return X, None
    sample_weight = check_weights(sample_weight, X)
    kept = np.flatnonzero(sample_weight > 0)
    if len(kept) == len(sample_weight):
        return X, sample_weight
    return take_rows(X, kept), sample_weight[kept]
