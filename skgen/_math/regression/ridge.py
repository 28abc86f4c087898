"""Weighted ridge regression, and its leave-one-out residuals in closed form.

With centred features A = W^(1/2) (F - mean) = U D V', the leverage of row i at penalty
p is

    h_i = w_i / sum(w) + sum_j u_ij^2 d_j^2 / (d_j^2 + p),

and the prediction of row i by a model that is fitted to all other rows misses y_i by
e_i / (1 - h_i), where e_i is the residual [1]_. A row of weight two is left out as a
whole, both copies of it. The intercept is not penalised.

References
----------
.. [1] Golub, Heath & Wahba (1979), "Generalized cross-validation as a method for
   choosing a good ridge parameter", Technometrics 21(2), equation 1.4.
"""

from typing import NamedTuple

import numpy as np

#: penalties that are tried, in mean squared singular values
PENALTIES = 10.0 ** np.array([-8, -6, -4.5, -3.5, -3, -2.5, -2, -1.5, -1, -0.5, 0, 1])
#: least distance of leverages from 1
_LEAST_FREEDOM = 1e-12
#: squared singular values below this share of the largest are zero
_NEGLIGIBLE = 1e-12


class Decomposition(NamedTuple):
    """Centred, weighted features as U D V'; build it with `decompose`."""

    left: np.ndarray  # (n_rows, rank), U
    squares: np.ndarray  # (rank,), D squared
    right: np.ndarray  # (n_features, rank), V
    mean: np.ndarray  # (n_features,)
    weights: np.ndarray  # (n_rows,)


class Ridge(NamedTuple):
    """A fitted regression."""

    coef: np.ndarray  # (n_features,)
    intercept: float
    left_out: np.ndarray  # (n_rows,), predictions by models of all other rows


def decompose(F, weights):
    """Decompose features once for all targets and penalties.

    Parameters
    ----------
    F : ndarray of shape (n_rows, n_features)
    weights : ndarray of shape (n_rows,)
        Positive.
    """
    mean = weights @ F / weights.sum()
    A = np.sqrt(weights)[:, None] * (F - mean)
    wide = A.shape[1] > len(A)
    squares, vectors = np.linalg.eigh(A @ A.T if wide else A.T @ A)
    kept = squares > _NEGLIGIBLE * max(squares.max(initial=0.0), 1e-300)
    squares, vectors = squares[kept], vectors[:, kept]
    other = (A.T if wide else A) @ vectors / np.sqrt(squares)
    left, right = (vectors, other) if wide else (other, vectors)
    return Decomposition(left, squares, right, mean, weights)


def fit_ridge(decomposition, y):
    """Fit a ridge regression; its penalty has the least leave-one-out error.

    Parameters
    ----------
    decomposition : Decomposition
    y : ndarray of shape (n_rows,)

    Returns
    -------
    ridge : Ridge
    """
    left, squares, right, mean, weights = decomposition
    root, total = np.sqrt(weights), weights.sum()
    center = weights @ y / total
    target = root * (y - center)
    if not len(squares):
        return Ridge(np.zeros(len(mean)), center, y - _held_out(y - center, 1, weights))
    penalties = PENALTIES * (squares.sum() / len(mean))
    # what is left of a direction, of a row's residual, and of its freedom: differences
    # of nearly equal numbers would be lost to rounding where features outnumber rows
    kept = penalties / (squares[:, None] + penalties)
    along = left.T @ target
    beyond = 1 - weights / total - (left**2).sum(axis=1)
    outside = np.where(beyond > _NEGLIGIBLE, target - left @ along, 0.0)
    residual = (outside[:, None] + left @ (along[:, None] * kept)) / root[:, None]
    freedom = np.where(beyond > _NEGLIGIBLE, beyond, 0.0)[:, None] + left**2 @ kept
    held_out = residual / np.maximum(freedom, _LEAST_FREEDOM)
    best = np.argmin(weights @ held_out**2)
    coef = right @ (along * (1 - kept[:, best]) / np.sqrt(squares))
    return Ridge(coef, center - mean @ coef, y - held_out[:, best])


def _held_out(residual, share, weights):
    """Leave-one-out residuals of the mean alone."""
    freedom = 1 - share * weights / weights.sum()
    return residual / np.maximum(freedom, _LEAST_FREEDOM)
