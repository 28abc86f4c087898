"""Metadata of rows, such as weights, carried over to resampled rows."""

import numpy as np
from imblearn.over_sampling.base import BaseOverSampler
from sklearn.utils.validation import _num_samples

from skgen._table.rows import take_rows


def follow_rows(params, sampler, groups, new_groups):
    """Convert parameters of `fit` to the resampled rows.

    Arrays with one entry for each row are resampled, others are unchanged. If the
    sampler has resampled an array itself, its attribute is used. Otherwise a synthetic
    row gets the mean weight of the rows of its group.

    Parameters
    ----------
    params : dict
        Parameter names mapped to values.
    sampler : object
        Fitted sampler.
    groups : ndarray of shape (n_samples,)
        Group of each row, such as its class.
    new_groups : ndarray of shape (n_samples_new,)
        Group of each resampled row.

    Returns
    -------
    params : dict

    Raises
    ------
    ValueError
        If the sampler does not record the origin of its rows, or an array other than
        ``sample_weight`` would need entries for synthetic rows.
    """
    n_samples, followed = len(groups), dict(params)
    for name, value in params.items():
        if not _has_rows(value, n_samples):
            continue
        last = name.split("__")[-1]
        if hasattr(sampler, f"{last}_"):
            # the sampler resampled this array
            followed[name] = getattr(sampler, f"{last}_")
            continue
        origin = _row_origin(sampler, n_samples, len(new_groups), name)
        if _is_weight(name):
            weights = np.asarray(value, dtype=np.float64)
            followed[name] = _carry_weights(weights, origin, groups, new_groups)
        elif (origin < 0).any():
            raise ValueError(
                f"{name}: it has a value for each row of X, but the sampler, "
                f"{type(sampler).__name__}, adds synthetic rows, which have none. Pass "
                "it to the sampler only, or use a sampler that selects rows of X."
            )
        else:
            followed[name] = take_rows(value, origin)
    return followed


def take_params(params, n_samples, indices):
    """Select rows of those parameters of `fit` that have an entry for each row."""
    return {
        name: take_rows(value, indices) if _has_rows(value, n_samples) else value
        for name, value in params.items()
    }


def weights_among(params):
    """The sample weights among parameters of `fit`, or None."""
    return next((v for name, v in params.items() if _is_weight(name)), None)


def _is_weight(name):
    # a pipeline has the prefix of a step
    return name.split("__")[-1] == "sample_weight"


def _has_rows(value, n_samples):
    return np.ndim(value) > 0 and _num_samples(value) == n_samples


def _row_origin(sampler, n_samples, n_new, name):
    """Position of each resampled row among the original ones, -1 if synthetic."""
    indices = getattr(sampler, "sample_indices_", None)
    synthetic = getattr(sampler, "is_synthetic_", None)
    if synthetic is None and indices is not None:
        return np.asarray(indices, dtype=np.intp)
    if synthetic is None and isinstance(sampler, BaseOverSampler):
        # over-samplers of imbalanced-learn append synthetic rows to the original ones
        synthetic = np.arange(n_new) >= n_samples
    if synthetic is not None:
        kept = np.flatnonzero(~np.asarray(synthetic))
        origin = np.full(n_new, -1)
        origin[kept] = np.arange(len(kept)) if indices is None else indices
        return origin
    raise ValueError(
        f"{name}: the sampler, {type(sampler).__name__}, does not record which of its "
        f"rows are rows of X. Leave {name} out, or use an over-sampler or another "
        "sampler that has `sample_indices_` or `is_synthetic_`."
    )


def _carry_weights(weights, origin, groups, new_groups):
    """Weights of the original rows; synthetic rows get the mean of their group."""
    names, group_of_row = np.unique(groups, return_inverse=True)
    means = np.bincount(group_of_row, weights) / np.bincount(group_of_row)
    new_means = means[np.searchsorted(names, new_groups)]
    return np.where(origin < 0, new_means, weights[origin])
