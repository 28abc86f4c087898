"""Mixed columns as a matrix of plain numbers, for estimators that take nothing else."""

from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

#: ranks nearer to 0 and 1 than this are as good as this
_MIN_RANK = 1e-4


class Features(NamedTuple):
    """How columns become features; build it with `fit_features`."""

    kept: tuple  # of each column the categories told apart; None for numbers
    n_categories: tuple  # of each column
    marked: tuple  # of each column, whether missing cells have a feature


def fit_features(X, weights, columns, max_categories):
    """Decide which features stand for each column.

    A number is its normal score, the standard normal quantile at its rank; where it is
    missing, 0, with a second feature that says so. Categories are indicators: of the
    most frequent ones, of all others together, and of missing cells.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_columns)
        Ranks between 0 and 1 of numeric columns, codes of the others; NaN where a cell
        is missing.
    weights : ndarray of shape (n_samples,)
    columns : sequence of Column
        `discrete` and `n_categories` are used.
    max_categories : int
        Largest number of indicators of a column.
    """
    kept, marked = [], []
    for x, column in zip(X.T, columns, strict=True):
        missing = np.isnan(x)
        marked.append(bool(missing.any()))
        if not column.discrete:
            kept.append(None)
            continue
        mass = np.bincount(
            x[~missing].astype(np.intp),
            weights=weights[~missing],
            minlength=column.n_categories,
        )
        n_seen = np.count_nonzero(mass)
        # one of the indicators is that of all others
        n_kept = n_seen if n_seen <= max_categories else max_categories - 1
        kept.append(np.sort(np.argsort(-mass, kind="stable")[:n_kept]))
    return Features(
        tuple(kept), tuple(column.n_categories for column in columns), tuple(marked)
    )


def normal_scores(ranks):
    """Standard normal quantiles at ranks; finite, at 0 and 1, too."""
    return ndtri(np.clip(ranks, _MIN_RANK, 1 - _MIN_RANK))


def feature_matrix(features, X, *, scored=True):
    """Features of each row.

    Parameters
    ----------
    features : Features
    X : ndarray of shape (n_samples, n_columns)
        As in `fit_features`, or other numbers in place of ranks unless `scored`.
    scored : bool, default=True
        Whether numbers become normal scores, or stay as they are.

    Returns
    -------
    matrix : ndarray of shape (n_samples, n_features)
        Without missing cells; float64, or float32 unless `scored`.
    """
    # feature by feature, which is written several times as fast as row by row
    parts = [np.empty((0, len(X)))]
    for x, kept, n_categories, marked in zip(X.T, *features, strict=True):
        missing = np.isnan(x)
        if kept is None:
            score = normal_scores(x) if scored else x
            parts.append(np.where(missing, 0.0, score)[None])
        else:
            # the last place is that of all others
            place = np.full(n_categories + 1, len(kept))
            place[kept] = np.arange(len(kept))
            code = place[np.where(missing, n_categories, x).astype(np.intp)]
            table = np.eye(len(kept) + 1)[:, : len(kept) + (n_categories > len(kept))]
            parts.append(table.T[:, code] * ~missing)
        if marked:
            parts.append(missing[None].astype(np.float64))
    if not scored:
        return np.vstack(parts, dtype=np.float32, casting="same_kind").T
    return np.ascontiguousarray(np.vstack(parts).T)
