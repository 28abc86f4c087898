"""Mixed columns as a numeric matrix without missing cells, for any estimator."""

from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

#: ranks are clipped to this distance from 0 and 1
_MIN_RANK = 1e-4


class FeatureLayout(NamedTuple):
    """How columns become features; build it with `fit_features`."""

    kept: tuple  # for each column its categories with an indicator; None for numbers
    n_categories: tuple  # for each column
    with_missing: tuple  # for each column, whether it has a missing indicator


def fit_features(X, weights, columns, max_categories):
    """Decide which features stand for each column.

    A number becomes its normal score, the standard normal quantile at its rank, or 0
    where it is missing. A category becomes indicators: of the most frequent categories,
    and of all others together. Columns with missing cells get a missing indicator.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_columns)
        Ranks between 0 and 1 of numeric columns, categories as whole numbers from 0;
        NaN where a cell is missing.
    weights : ndarray of shape (n_samples,)
    columns : sequence of Column
        `discrete` and `n_categories` are used.
    max_categories : int
        Largest number of indicators of a column.

    Returns
    -------
    layout : FeatureLayout
    """
    kept, with_missing = [], []
    for x, column in zip(X.T, columns, strict=True):
        missing = np.isnan(x)
        with_missing.append(bool(missing.any()))
        if not column.discrete:
            kept.append(None)
            continue
        mass = np.bincount(
            x[~missing].astype(np.intp),
            weights=weights[~missing],
            minlength=column.n_categories,
        )
        n_seen = np.count_nonzero(mass)
        # one of the indicators is for all other categories
        n_kept = n_seen if n_seen <= max_categories else max_categories - 1
        kept.append(np.sort(np.argsort(-mass, kind="stable")[:n_kept]))
    n_categories = tuple(column.n_categories for column in columns)
    return FeatureLayout(tuple(kept), n_categories, tuple(with_missing))


def normal_scores(ranks):
    """Standard normal quantiles at ranks; finite also at 0 and 1."""
    return ndtri(np.clip(ranks, _MIN_RANK, 1 - _MIN_RANK))


def feature_matrix(layout, X, *, scored=True):
    """Features of each row.

    Parameters
    ----------
    layout : FeatureLayout
    X : ndarray of shape (n_samples, n_columns)
        As in `fit_features`; without `scored`, any numbers may replace the ranks.
    scored : bool, default=True
        Whether ranks become normal scores. Otherwise numbers are not changed.

    Returns
    -------
    matrix : ndarray of shape (n_samples, n_features)
        Without missing cells; float64, or float32 unless `scored`.
    """
    # writing feature by feature is several times faster than row by row
    parts = [np.empty((0, len(X)))]
    for x, kept, n_categories, with_missing in zip(X.T, *layout, strict=True):
        missing = np.isnan(x)
        if kept is None:
            score = normal_scores(x) if scored else x
            parts.append(np.where(missing, 0.0, score)[None])
        else:
            # the last place is for all other categories
            place = np.full(n_categories + 1, len(kept))
            place[kept] = np.arange(len(kept))
            indicator = place[np.where(missing, n_categories, x).astype(np.intp)]
            table = np.eye(len(kept) + 1)[:, : len(kept) + (n_categories > len(kept))]
            parts.append(table.T[:, indicator] * ~missing)
        if with_missing:
            parts.append(missing[None].astype(np.float64))
    if not scored:
        return np.vstack(parts, dtype=np.float32, casting="same_kind").T
    return np.ascontiguousarray(np.vstack(parts).T)
