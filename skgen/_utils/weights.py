"""Validation of ``sample_weight``."""

from numbers import Real

import numpy as np
from sklearn.utils.validation import _check_sample_weight

from skgen._table.numbers import float_array
from skgen._table.rows import take_rows


def check_weights(sample_weight, X):
    """Check the weights of the rows of X; return an array of shape (n_samples,).

    Raises
    ------
    TypeError, ValueError
        If weights are not numeric or negative, or not one for each row.
    """
    if not isinstance(sample_weight, Real):
        sample_weight = float_array(sample_weight, "sample_weight")
    return _check_sample_weight(
        sample_weight, X, dtype=np.float64, ensure_non_negative=True
    )


def drop_weightless_rows(X, sample_weight):
    """Drop rows of weight zero; return the other rows and their weights.

    Parameters
    ----------
    X : {array-like, dataframe} of shape (n_samples, n_features)
    sample_weight : array-like of shape (n_samples,) or None

    Raises
    ------
    TypeError, ValueError
        As `check_weights`; also if no weight is positive.
    """
    if sample_weight is None:
        return X, None
    sample_weight = check_weights(sample_weight, X)
    kept = np.flatnonzero(sample_weight > 0)
    if len(kept) == len(sample_weight):
        return X, sample_weight
    return take_rows(X, kept), sample_weight[kept]
