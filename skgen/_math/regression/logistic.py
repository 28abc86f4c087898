"""Multinomial logistic regression of several folds at once.

The penalised negative log-likelihood of fold f,

    -sum_i w_if log softmax(F_i B_f + c_f)[y_i] + p/2 |B_f|^2,

is minimised by L-BFGS [1]_. All folds have the same features, and differ in the
weights of the rows; so one product of matrices serves all of them. Features are first
rotated and scaled by the eigenvectors of a bound of the Hessian [2]_.

References
----------
.. [1] Liu & Nocedal (1989), "On the limited memory BFGS method for large scale
   optimization", Mathematical Programming 45.
.. [2] Boehning (1992), "Multinomial logistic regression algorithm", Annals of the
   Institute of Statistical Mathematics 44(1).
"""

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax

#: iterations of L-BFGS, at most
MAX_ITER = 100
#: largest gradient at the end, per row and in preconditioned coordinates
TOLERANCE = 1e-5


def fit_logistic(F, y, weights, n_classes, penalty):
    """Fit one model for each column of weights.

    Parameters
    ----------
    F : ndarray of shape (n_rows, n_features)
    y : ndarray of int of shape (n_rows,)
        Class of each row.
    weights : ndarray of shape (n_rows, n_folds)
        0 in rows that a fold leaves out.
    n_classes : int
    penalty : float
        Positive; of the squared coefficients, not of the intercepts.

    Returns
    -------
    coef : ndarray of shape (n_features, n_folds, n_classes)
    intercept : ndarray of shape (n_folds, n_classes)
    """
    n_folds, total = weights.shape[1], weights.sum(axis=0)
    mean = weights.mean(axis=1) @ F / weights.mean(axis=1).sum()
    centred = F - mean
    bound = 0.25 * (centred * weights.max(axis=1)[:, None]).T @ centred
    squares, vectors = np.linalg.eigh(bound)
    scale = np.sqrt(np.maximum(squares, 0.0) + penalty)
    rotation = vectors / scale
    # the last feature is the intercept
    at_intercept = 0.5 * np.sqrt(total.mean())
    A = np.column_stack([centred @ rotation, np.full(len(F), 1 / at_intercept)])
    shrink = np.append(penalty / scale**2, 0.0)[:, None, None]
    shape = (A.shape[1], n_folds, n_classes)
    rows = np.arange(len(F))

    def loss(theta):
        B = theta.reshape(shape)
        logits = (A @ B.reshape(len(B), -1)).reshape(len(A), n_folds, n_classes)
        log_p = log_softmax(logits, axis=2)
        value = 0.5 * (shrink * B**2).sum() - (weights * log_p[rows, :, y]).sum()
        error = np.exp(log_p)
        error[rows, :, y] -= 1.0
        error *= weights[:, :, None]
        gradient = A.T @ error.reshape(len(A), -1)
        return value, gradient.ravel() + (shrink * B).ravel()

    start = np.zeros(shape)
    shares = np.array([np.bincount(y, w, minlength=n_classes) for w in weights.T])
    shares = (shares + 0.5) / (shares + 0.5).sum(axis=1, keepdims=True)
    start[-1] = at_intercept * np.log(shares)
    options = {
        "maxiter": MAX_ITER,
        "gtol": TOLERANCE * np.sqrt(total.mean()),
        "ftol": 0,
    }
    found = minimize(loss, start.ravel(), jac=True, method="L-BFGS-B", options=options)
    B = found.x.reshape(shape)
    coef = np.einsum("ij,jfk->ifk", rotation, B[:-1])
    intercept = B[-1] / at_intercept - np.einsum("i,ifk->fk", mean, coef)
    return coef, intercept
