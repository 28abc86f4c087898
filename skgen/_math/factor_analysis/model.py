"""Factor analysis of mixed rows: normal scores and levels share latent factors.

Given the factors f, standard normal, the scores of a row are independent normal
variables (Rubin & Thayer, 1982, "EM algorithms for ML factor analysis"), and its levels
are independent with logits linear in f (Khan, Marlin, Bouchard & Murphy, 2010,
"Variational bounds for mixed-data factor analysis"). Missing ones drop out of the
products.
"""

from typing import NamedTuple

import numpy as np
from scipy import sparse

#: least variance of a score given the factors, in units of its variance
MIN_NOISE = 1e-4
#: precision of the normal prior of slopes, and of intercepts around log-frequencies
PRIOR_PRECISION = 1.0
#: weight of all rows in the curvature of a level, in rows
CAUTION = 10.0
#: longest step of the logits of a level
MAX_STEP = 1.0
#: subspace iteration: number of extra directions, and of iterations
OVERSAMPLING, N_POWER = 10, 8


class FactorModel(NamedTuple):
    """Parameters; `n_levels` is the number of levels of all columns together."""

    mean: np.ndarray  # (n_scores,) of each score
    loadings: np.ndarray  # (n_scores, n_factors)
    noise: np.ndarray  # (n_scores,) variances given the factors
    bias: np.ndarray  # (n_levels,) logits where the factors are zero
    slopes: np.ndarray  # (n_levels, n_factors)
    starts: np.ndarray  # (n_level_columns,) position of each column's first level
    shares: np.ndarray  # (n_levels,) frequency of each level in its column

    @property
    def n_factors(self):
        return self.loadings.shape[1]


class FactorRows(NamedTuple):
    """Rows sorted by observed cells; build it with `sort_factor_rows`."""

    u: np.ndarray  # (n_rows, n_scores), 0 where missing
    label: np.ndarray  # (n_rows, n_level_columns) among all levels, -1 if missing
    weights: np.ndarray  # (n_rows,)
    which: np.ndarray  # (n_rows,) pattern of each row, sorted
    patterns: np.ndarray  # (n_patterns, n_scores + n_level_columns), 1.0 if observed
    masks: np.ndarray  # (n_patterns, n_masks) distinct columns of `patterns`, and ones
    mask_of: np.ndarray  # (n_scores + n_level_columns,) which of them
    number: np.ndarray  # (n_rows,) of each row; its draws depend on it


class Moments(NamedTuple):
    """Weighted sums over rows; parts of the rows add up. x stands for (1, f).

    The log-likelihood is that of the parameters of the E-step.
    """

    log_likelihood: float
    # of x x', over rows in which each column is observed; the last one over all rows
    second: np.ndarray  # (n_scores + n_level_columns + 1, 1 + n_factors, 1 + n_factors)
    square: np.ndarray  # (n_scores,) of u u
    cross: np.ndarray  # (n_scores, 1 + n_factors) of u x'
    residual: np.ndarray  # (n_levels, 1 + n_factors) of (indicator - probability) x'
    held: np.ndarray  # (n_levels, 1 + n_factors, 1 + n_factors) of x x' in the level

    def __add__(self, other):
        return Moments(*map(np.add, self, other))

    @property
    def total(self):
        """Weight of the rows."""
        return self.second[-1, 0, 0]


def sort_factor_rows(u, label, weights, first=0):
    """Sort rows by which cells are observed.

    Parameters
    ----------
    u : ndarray of shape (n_rows, n_scores)
        NaN where missing.
    label : ndarray of int of shape (n_rows, n_level_columns)
        Position among the levels of all columns; -1 where missing.
    weights : ndarray of shape (n_rows,)
    first : int, default=0
        Number of the first row, if these are a part of all rows.
    """
    seen = np.hstack([~np.isnan(u), label >= 0])
    packed, which = np.unique(np.packbits(seen, axis=1), axis=0, return_inverse=True)
    which = which.reshape(-1)
    patterns = np.unpackbits(packed, axis=1, count=seen.shape[1]).astype(np.float64)
    with_ones = np.hstack([patterns, np.ones((len(patterns), 1))])
    masks, mask_of = np.unique(with_ones, axis=1, return_inverse=True)
    order = np.argsort(which, kind="stable")
    u = np.where(np.isnan(u), 0.0, u)[order]
    mask_of = mask_of.reshape(-1)[:-1]
    return FactorRows(
        u,
        label[order],
        weights[order],
        which[order],
        patterns,
        masks,
        mask_of,
        first + order,
    )


def start_factors(rows, n_levels, n_factors, rng):
    """Start with factors along the directions in which rows vary most.

    Scores are scaled by their deviation and level indicators by the root of their
    frequency: the directions are those of principal components and, for levels, of
    multiple correspondence analysis. Loadings and noise follow from these as in
    probabilistic principal component analysis (Tipping & Bishop, 1999, equations 7
    and 8). A score that is never observed stays standard normal whatever the factors
    are, here and in `maximize_factors`; a level that is never observed gets its prior.

    Parameters
    ----------
    rows : FactorRows
    n_levels : ndarray of int of shape (n_level_columns,)
        Number of levels of each column.
    n_factors : int
        At most the number of scores and levels less that of columns with levels.
    rng : numpy.random.Generator
    """
    n_scores = rows.u.shape[1]
    seen = rows.patterns[rows.which, :n_scores]
    weights = rows.weights[:, None] * seen
    total = weights.sum(axis=0)
    unseen = total == 0
    total = np.where(unseen, 1.0, total)
    mean = (weights * rows.u).sum(axis=0) / total
    variance = (weights * (rows.u - mean) ** 2).sum(axis=0) / total
    variance = np.where(variance > 0, variance, 1.0)
    scores = (rows.u - mean) * seen / np.sqrt(variance)
    starts, shares = np.cumsum(n_levels) - n_levels, _table_level_shares(rows, n_levels)
    scale = np.sqrt(shares)
    values, vectors = _principal_directions(rows, scores, starts, scale, n_factors, rng)
    n_left = n_scores + len(shares) - len(starts) - n_factors
    left = n_scores + len(shares) - len(starts) - values.sum()
    # with a factor for each direction, no variance is left to estimate the noise
    floor = left / n_left if n_left > 0 else 0.5 * values.min(initial=1.0)
    vectors = vectors * np.sqrt(np.maximum(values - np.clip(floor, 0.0, 1.0), 0.0))
    vectors[:n_scores][unseen] = 0.0
    loadings = vectors[:n_scores] * np.sqrt(variance)[:, None]
    noise = np.maximum(variance - (loadings**2).sum(axis=1), MIN_NOISE * variance)
    slopes = np.clip(vectors[n_scores:] / scale[:, None], -2.0, 2.0)
    slopes = _center_slopes(slopes, starts)
    return FactorModel(mean, loadings, noise, np.log(shares), slopes, starts, shares)


def zero_moments(model, n_seconds):
    """Moments of no rows, with `n_seconds` second moments."""
    size, n_levels = 1 + model.n_factors, len(model.bias)
    return Moments(
        0.0,
        np.zeros((n_seconds, size, size)),
        np.zeros(len(model.mean)),
        np.zeros((len(model.mean), size)),
        np.zeros((n_levels, size)),
        np.zeros((n_levels, size, size)),
    )


def maximize_factors(model, moments):
    """M-step: parameters that fit the moments better.

    Scores are regressed on the factors (Rubin & Thayer, 1982). The logits of each level
    take one Newton step of bounded length.
    """
    return _maximize_levels(_maximize_scores(model, moments), moments)


def _maximize_scores(model, moments):
    """Regress each score that is observed at all on the factors."""
    seen = moments.second[: len(model.mean)]
    known = seen[:, 0, 0] > 0
    seen, cross = seen[known], moments.cross[known]
    theta = np.linalg.solve(seen, cross[..., None])[..., 0]
    square, total = moments.square[known], seen[:, 0, 0]
    variance = square / total - (cross[:, 0] / total) ** 2
    least = MIN_NOISE * np.where(variance > 0, variance, 1.0)
    left = (square - (theta * cross).sum(axis=1)) / total
    mean, loadings, noise = (part.copy() for part in model[:3])
    mean[known], loadings[known] = theta[:, 0], theta[:, 1:]
    noise[known] = np.maximum(left, least)
    return model._replace(mean=mean, loadings=loadings, noise=noise)


def whiten_factors(model, moments, means=None):
    """Let the prior of the factors have the mean and covariance found in the E-step.

    Parameter expansion (Liu, Rubin & Wu, 1998, "Parameter expansion to accelerate EM"):
    this gains likelihood, and an equal change of the parameters keeps the factors
    standard normal. If the prior of the slopes loses more than is gained, nothing
    changes. The expected factors of rows, if passed, change with them.
    """
    n_rows, center = moments.second[-1][0, 0], moments.second[-1][0, 1:]
    second = moments.second[-1][1:, 1:] / n_rows
    center = center / n_rows
    root = np.linalg.cholesky(second - np.outer(center, center))
    log_det = 2 * np.log(np.diag(root)).sum()
    gain = 0.5 * n_rows * (np.trace(second) - len(second) - log_det)
    fresh = model._replace(
        mean=model.mean + model.loadings @ center,
        loadings=model.loadings @ root,
        bias=model.bias + model.slopes @ center,
        slopes=model.slopes @ root,
    )
    if gain + log_prior(fresh) - log_prior(model) < 0:
        return model, means
    if means is None:
        return fresh, None
    return fresh, np.linalg.solve(root, (means - center).T).T


def rotate_factors(model):
    """Rotate factors so that they are independent given a row, without other change.

    They are sorted by how well rows determine them. The largest loading of each (of
    logits where there are no scores), in units of the noise, is positive.
    """
    scaled = model.loadings / np.sqrt(model.noise)[:, None]
    information = scaled.T @ scaled + 0.5 * model.slopes.T @ model.slopes
    turn = np.linalg.eigh(information)[1][:, ::-1]
    decisive = (scaled if len(scaled) else model.slopes) @ turn
    if decisive.size:
        largest = np.abs(decisive).argmax(axis=0)
        sign = np.sign(decisive[largest, np.arange(len(largest))])
        turn = turn * np.where(sign == 0, 1.0, sign)
    return model._replace(loadings=model.loadings @ turn, slopes=model.slopes @ turn)


def log_prior(model):
    """Log-prior of intercepts and slopes, up to a constant."""
    shift = model.bias - np.log(model.shares)
    return -0.5 * PRIOR_PRECISION * ((shift**2).sum() + (model.slopes**2).sum())


def level_probabilities(logits, starts):
    """Softmax within each column.

    Parameters
    ----------
    logits : ndarray of shape (n_rows, n_levels)
    starts : ndarray of int of shape (n_level_columns,)

    Returns
    -------
    probability : ndarray of shape (n_rows, n_levels)
    log_sum : ndarray of shape (n_rows, n_level_columns)
        Logarithm of the sum of the exponentials of the logits.
    """
    if not len(starts):
        return np.zeros(logits.shape), np.zeros((len(logits), 0))
    sizes = np.diff(starts, append=logits.shape[1])
    top = np.maximum.reduceat(logits, starts, axis=1)
    probability = np.exp(logits - np.repeat(top, sizes, axis=1))
    total = np.add.reduceat(probability, starts, axis=1)
    return probability / np.repeat(total, sizes, axis=1), top + np.log(total)


def level_curvature(model):
    """Bound of the curvature of each column in f: (n_level_columns, n_factors**2).

    The curvature of the softmax in its logits is at most half the identity (Böhning,
    1992, "Multinomial logistic regression algorithm").
    """
    curvature = [
        0.5 * model.slopes[i:j].T @ model.slopes[i:j] for i, j in level_ranges(model)
    ]
    return np.reshape(curvature, (len(curvature), model.n_factors**2))


def level_ranges(model):
    """First level of each column and the one after its last."""
    ends = np.append(model.starts, len(model.bias))[1:]
    return list(zip(model.starts, ends, strict=True))


def _maximize_levels(model, moments):
    theta = np.column_stack([model.bias, model.slopes])
    prior = np.column_stack([np.log(model.shares), np.zeros(model.slopes.shape)])
    # The curvature of a level is at most the moment of the factors weighted by its
    # probability, estimated from rows that hold it. All rows are added with a small
    # weight, so that rare levels do not take steps that are too long.
    expected = moments.held[:, 0, 0] - moments.residual[:, 0]
    curvature = moments.held + PRIOR_PRECISION * np.eye(theta.shape[1])
    for column, (i, j) in enumerate(level_ranges(model)):
        second = moments.second[len(model.mean) + column]
        if second[0, 0] > 0:
            extra = np.minimum(expected[i:j], CAUTION) / second[0, 0]
            curvature[i:j] += extra[:, None, None] * second
    gradient = moments.residual - PRIOR_PRECISION * (theta - prior)
    step = np.linalg.solve(curvature, gradient[..., None])[..., 0]
    length = np.sqrt((step**2).sum(axis=1, keepdims=True))
    theta = theta + step * np.minimum(1.0, MAX_STEP / np.maximum(length, MAX_STEP))
    return model._replace(bias=theta[:, 0], slopes=theta[:, 1:])


def _principal_directions(rows, scores, starts, scale, n_factors, rng):
    """Leading eigenvalues and eigenvectors of the covariance matrix.

    By randomised subspace iteration (Halko, Martinsson & Tropp, 2011, "Finding
    structure with randomness", algorithm 4.4).
    """
    n_scores, n_levels = scores.shape[1], len(scale)
    seen = rows.patterns[rows.which, n_scores:]
    at, columns = np.nonzero(rows.label >= 0)
    ones = np.ones(len(at))
    place = at, rows.label[at, columns]
    held = sparse.csr_array((ones, place), shape=(len(scores), n_levels))
    column_of = np.zeros((n_levels, len(starts)))
    column_of[
        np.arange(n_levels),
        np.searchsorted(starts, np.arange(n_levels), side="right") - 1,
    ] = 1.0
    weights = rows.weights[:, None] / rows.weights.sum()

    def multiply(Q):
        inner = Q[n_scores:] / scale[:, None]
        Y = scores @ Q[:n_scores] + held @ inner
        Y -= seen @ (column_of.T @ (Q[n_scores:] * scale[:, None]))
        Y *= weights
        level = held.T @ Y / scale[:, None]
        level -= (column_of @ (seen.T @ Y)) * scale[:, None]
        return np.vstack([scores.T @ Y, level])

    n_rows = n_scores + n_levels
    Q = rng.standard_normal((n_rows, min(n_rows, n_factors + OVERSAMPLING)))
    for _ in range(N_POWER):
        Q = np.linalg.qr(multiply(np.linalg.qr(Q)[0]))[0]
    values, inner = np.linalg.eigh(Q.T @ multiply(Q))
    return values[::-1][:n_factors], (Q @ inner)[:, ::-1][:, :n_factors]


def _table_level_shares(rows, n_levels):
    """Frequency of each level in its column, with one row spread over all levels."""
    at, columns = np.nonzero(rows.label >= 0)
    count = np.bincount(
        rows.label[at, columns], weights=rows.weights[at], minlength=n_levels.sum()
    )
    total = np.bincount(columns, weights=rows.weights[at], minlength=len(n_levels))
    count = count + np.repeat(1 / n_levels, n_levels)
    return count / np.repeat(total + 1, n_levels)


def _center_slopes(slopes, starts):
    if not len(starts):
        return slopes
    sizes = np.diff(starts, append=len(slopes))
    mean = np.add.reduceat(slopes, starts, axis=0) / sizes[:, None]
    return slopes - np.repeat(mean, sizes, axis=0)
