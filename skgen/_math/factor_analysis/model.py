"""Factor analysis of mixed rows: normal coordinates and codes share latent factors.

Given the factors z, standard normal, the coordinates of a row are independent normal
variables and its codes independent categories, whose logits are linear in z. What is
missing is left out of the products.
"""

from typing import NamedTuple

import numpy as np
from scipy import sparse

#: least variance of a coordinate given the factors, in units of its variance
MIN_NOISE = 1e-4
#: precision of the normal prior of slopes, and of intercepts around log-frequencies
PRIOR_PRECISION = 1.0
#: rows of any kind that count with those of a class
CAUTION = 10.0
#: longest step of the logits of a class
MAX_STEP = 1.0
#: directions beyond those wanted, and rounds, of subspace iteration
OVERSAMPLING, N_POWER = 10, 8


class Factors(NamedTuple):
    """Parameters; `n_classes` counts the classes of all codes together."""

    mean: np.ndarray  # (n_real,) of each coordinate
    loadings: np.ndarray  # (n_real, n_factors)
    noise: np.ndarray  # (n_real,) variances given the factors
    bias: np.ndarray  # (n_classes,) logits where the factors are zero
    slopes: np.ndarray  # (n_classes, n_factors)
    starts: np.ndarray  # (n_codes,) position of the first class of each code
    shares: np.ndarray  # (n_classes,) frequency of each class in its code

    @property
    def n_factors(self):
        return self.loadings.shape[1]


class Rows(NamedTuple):
    """Rows sorted by what they show; build it with `group_rows`."""

    u: np.ndarray  # (n_rows, n_real), 0 where missing
    label: np.ndarray  # (n_rows, n_codes) position among all classes, -1 if missing
    weights: np.ndarray  # (n_rows,)
    which: np.ndarray  # (n_rows,) pattern of each row, sorted
    patterns: np.ndarray  # (n_patterns, n_real + n_codes), 1.0 where seen
    masks: np.ndarray  # (n_patterns, n_masks) distinct columns of `patterns`, and ones
    mask_of: np.ndarray  # (n_real + n_codes,) which of them
    number: np.ndarray  # (n_rows,) of each row, on which its draws depend


class Moments(NamedTuple):
    """Weighted sums over rows; those of parts of the rows add up. x stands for (1, z).

    The log-likelihood is that of the parameters that the moments were found with.
    """

    log_likelihood: float
    # of x x', of the rows that show a coordinate or a code, and at last of all rows
    second: np.ndarray  # (n_real + n_codes + 1, 1 + n_factors, 1 + n_factors)
    square: np.ndarray  # (n_real,) of u u
    cross: np.ndarray  # (n_real, 1 + n_factors) of u x'
    residual: np.ndarray  # (n_classes, 1 + n_factors) of (class - probability) x'
    held: np.ndarray  # (n_classes, 1 + n_factors, 1 + n_factors) of x x' in the class

    def __add__(self, other):
        return Moments(*map(np.add, self, other))

    @property
    def total(self):
        """Weight of the rows."""
        return self.second[-1, 0, 0]


def group_rows(u, label, weights, first=0):
    """Sort rows by the cells that they show.

    Parameters
    ----------
    u : ndarray of shape (n_rows, n_real)
        NaN where missing.
    label : ndarray of int of shape (n_rows, n_codes)
        Position among the classes of all codes; -1 where missing.
    weights : ndarray of shape (n_rows,)
    first : int, default=0
        Number of the first row, where these are a part of all rows.
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
    return Rows(
        u,
        label[order],
        weights[order],
        which[order],
        patterns,
        masks,
        mask_of,
        first + order,
    )


def start_factors(rows, n_classes, n_factors, rng):
    """Factors along the directions in which rows vary most.

    Coordinates are scaled by their deviation and class indicators by the root of their
    frequency: so the directions are those of principal components and, for codes, of
    multiple correspondence analysis. A coordinate that no row shows stays standard
    normal whatever the factors are, here and in `maximize`, which draws a code that no
    row shows to its prior.

    Parameters
    ----------
    rows : Rows
    n_classes : ndarray of int of shape (n_codes,)
        Number of classes of each code.
    n_factors : int
        At most the number of coordinates and classes less the number of codes.
    rng : numpy.random.Generator
    """
    n_real = rows.u.shape[1]
    seen = rows.patterns[rows.which, :n_real]
    weights = rows.weights[:, None] * seen
    total = weights.sum(axis=0)
    unseen = total == 0
    total = np.where(unseen, 1.0, total)
    mean = (weights * rows.u).sum(axis=0) / total
    variance = (weights * (rows.u - mean) ** 2).sum(axis=0) / total
    variance = np.where(variance > 0, variance, 1.0)
    real = (rows.u - mean) * seen / np.sqrt(variance)
    starts, shares = np.cumsum(n_classes) - n_classes, _class_shares(rows, n_classes)
    scale = np.sqrt(shares)
    values, vectors = _principal_directions(rows, real, starts, scale, n_factors, rng)
    n_left = n_real + len(shares) - len(starts) - n_factors
    left = n_real + len(shares) - len(starts) - values.sum()
    # with a factor for each direction, what is left may be as small as one likes
    floor = left / n_left if n_left > 0 else 0.5 * values.min(initial=1.0)
    vectors = vectors * np.sqrt(np.maximum(values - np.clip(floor, 0.0, 1.0), 0.0))
    vectors[:n_real][unseen] = 0.0
    loadings = vectors[:n_real] * np.sqrt(variance)[:, None]
    noise = np.maximum(variance - (loadings**2).sum(axis=1), MIN_NOISE * variance)
    slopes = np.clip(vectors[n_real:] / scale[:, None], -2.0, 2.0)
    slopes = _center(slopes, starts)
    return Factors(mean, loadings, noise, np.log(shares), slopes, starts, shares)


def zero_moments(factors, n_seconds):
    """Moments of no rows, with so many second ones."""
    size, n_classes = 1 + factors.n_factors, len(factors.bias)
    return Moments(
        0.0,
        np.zeros((n_seconds, size, size)),
        np.zeros(len(factors.mean)),
        np.zeros((len(factors.mean), size)),
        np.zeros((n_classes, size)),
        np.zeros((n_classes, size, size)),
    )


def maximize(factors, moments):
    """M-step: the parameters that fit the moments better.

    Coordinates are regressed on the factors. Logits take one step of Newton's method
    for each class, of bounded length.
    """
    return _maximize_codes(_maximize_coordinates(factors, moments), moments)


def _maximize_coordinates(factors, moments):
    """Regress each coordinate that rows show on the factors."""
    seen = moments.second[: len(factors.mean)]
    known = seen[:, 0, 0] > 0
    seen, cross = seen[known], moments.cross[known]
    theta = np.linalg.solve(seen, cross[..., None])[..., 0]
    square, total = moments.square[known], seen[:, 0, 0]
    variance = square / total - (cross[:, 0] / total) ** 2
    least = MIN_NOISE * np.where(variance > 0, variance, 1.0)
    left = (square - (theta * cross).sum(axis=1)) / total
    mean, loadings, noise = (part.copy() for part in factors[:3])
    mean[known], loadings[known] = theta[:, 0], theta[:, 1:]
    noise[known] = np.maximum(left, least)
    return factors._replace(mean=mean, loadings=loadings, noise=noise)


def whiten_factors(factors, moments, means=None):
    """Let the factors have the mean and covariance that they were found to have.

    Parameter expansion (Liu, Rubin & Wu, 1998, "Parameter expansion to accelerate EM"):
    the likelihood gains, and the same change of the parameters keeps the factors
    standard normal. The prior of the slopes may lose more than is gained; then nothing
    is changed. The expected factors of rows are changed alike, if there are some.
    """
    n_rows, center = moments.second[-1][0, 0], moments.second[-1][0, 1:]
    second = moments.second[-1][1:, 1:] / n_rows
    center = center / n_rows
    root = np.linalg.cholesky(second - np.outer(center, center))
    log_det = 2 * np.log(np.diag(root)).sum()
    gain = 0.5 * n_rows * (np.trace(second) - len(second) - log_det)
    fresh = factors._replace(
        mean=factors.mean + factors.loadings @ center,
        loadings=factors.loadings @ root,
        bias=factors.bias + factors.slopes @ center,
        slopes=factors.slopes @ root,
    )
    if gain + log_prior(fresh) - log_prior(factors) < 0:
        return factors, means
    if means is None:
        return fresh, None
    return fresh, np.linalg.solve(root, (means - center).T).T


def rotate_factors(factors):
    """The same distribution, with factors that rows tell about independently.

    The first factor is the one that rows tell most about; the largest of its loadings
    (of logits where there are no coordinates), in units of the noise, is positive.
    """
    scaled = factors.loadings / np.sqrt(factors.noise)[:, None]
    information = scaled.T @ scaled + 0.5 * factors.slopes.T @ factors.slopes
    turn = np.linalg.eigh(information)[1][:, ::-1]
    decisive = (scaled if len(scaled) else factors.slopes) @ turn
    if decisive.size:
        largest = np.abs(decisive).argmax(axis=0)
        sign = np.sign(decisive[largest, np.arange(len(largest))])
        turn = turn * np.where(sign == 0, 1.0, sign)
    return factors._replace(
        loadings=factors.loadings @ turn, slopes=factors.slopes @ turn
    )


def log_prior(factors):
    """Logarithm of the prior of intercepts and slopes, but for a constant."""
    shift = factors.bias - np.log(factors.shares)
    return -0.5 * PRIOR_PRECISION * ((shift**2).sum() + (factors.slopes**2).sum())


def class_probabilities(logits, starts):
    """Softmax within each code.

    Parameters
    ----------
    logits : ndarray of shape (n_rows, n_classes)
    starts : ndarray of int of shape (n_codes,)

    Returns
    -------
    probability : ndarray of shape (n_rows, n_classes)
    log_sum : ndarray of shape (n_rows, n_codes)
        Logarithm of the sum of the exponentials of the logits.
    """
    if not len(starts):
        return np.zeros(logits.shape), np.zeros((len(logits), 0))
    sizes = np.diff(starts, append=logits.shape[1])
    top = np.maximum.reduceat(logits, starts, axis=1)
    probability = np.exp(logits - np.repeat(top, sizes, axis=1))
    total = np.add.reduceat(probability, starts, axis=1)
    return probability / np.repeat(total, sizes, axis=1), top + np.log(total)


def code_curvature(factors):
    """Bound of the curvature of each code in z, of shape (n_codes, n_factors**2).

    The curvature of the softmax in its logits is at most half the identity (Böhning,
    1992, "Multinomial logistic regression algorithm").
    """
    curvature = [
        0.5 * factors.slopes[i:j].T @ factors.slopes[i:j]
        for i, j in class_ranges(factors)
    ]
    return np.reshape(curvature, (len(curvature), factors.n_factors**2))


def class_ranges(factors):
    """First class of each code and the one after its last."""
    ends = np.append(factors.starts, len(factors.bias))[1:]
    return list(zip(factors.starts, ends, strict=True))


def _maximize_codes(factors, moments):
    theta = np.column_stack([factors.bias, factors.slopes])
    prior = np.column_stack([np.log(factors.shares), np.zeros(factors.slopes.shape)])
    # The curvature of a class is at most the moment of the factors weighted by its
    # probability, which the rows that hold it tell if they are many. Rows of any kind
    # keep classes that few rows hold from steps that are too long.
    expected = moments.held[:, 0, 0] - moments.residual[:, 0]
    curvature = moments.held + PRIOR_PRECISION * np.eye(theta.shape[1])
    for code, (i, j) in enumerate(class_ranges(factors)):
        second = moments.second[len(factors.mean) + code]
        if second[0, 0] > 0:
            extra = np.minimum(expected[i:j], CAUTION) / second[0, 0]
            curvature[i:j] += extra[:, None, None] * second
    gradient = moments.residual - PRIOR_PRECISION * (theta - prior)
    step = np.linalg.solve(curvature, gradient[..., None])[..., 0]
    length = np.sqrt((step**2).sum(axis=1, keepdims=True))
    theta = theta + step * np.minimum(1.0, MAX_STEP / np.maximum(length, MAX_STEP))
    return factors._replace(bias=theta[:, 0], slopes=theta[:, 1:])


def _principal_directions(rows, real, starts, scale, n_factors, rng):
    """Leading eigenvalues and eigenvectors of the covariance, by subspace iteration."""
    n_real, n_classes = real.shape[1], len(scale)
    seen = rows.patterns[rows.which, n_real:]
    at, codes = np.nonzero(rows.label >= 0)
    ones = np.ones(len(at))
    place = at, rows.label[at, codes]
    held = sparse.csr_array((ones, place), shape=(len(real), n_classes))
    code_of = np.zeros((n_classes, len(starts)))
    code_of[
        np.arange(n_classes),
        np.searchsorted(starts, np.arange(n_classes), side="right") - 1,
    ] = 1.0
    weights = rows.weights[:, None] / rows.weights.sum()

    def multiply(Q):
        inner = Q[n_real:] / scale[:, None]
        Y = real @ Q[:n_real] + held @ inner
        Y -= seen @ (code_of.T @ (Q[n_real:] * scale[:, None]))
        Y *= weights
        code = held.T @ Y / scale[:, None]
        code -= (code_of @ (seen.T @ Y)) * scale[:, None]
        return np.vstack([real.T @ Y, code])

    n_rows = n_real + n_classes
    Q = rng.standard_normal((n_rows, min(n_rows, n_factors + OVERSAMPLING)))
    for _ in range(N_POWER):
        Q = np.linalg.qr(multiply(np.linalg.qr(Q)[0]))[0]
    values, inner = np.linalg.eigh(Q.T @ multiply(Q))
    return values[::-1][:n_factors], (Q @ inner)[:, ::-1][:, :n_factors]


def _class_shares(rows, n_classes):
    """Frequency of each class in its code, with one row spread over all classes."""
    at, codes = np.nonzero(rows.label >= 0)
    count = np.bincount(
        rows.label[at, codes], weights=rows.weights[at], minlength=n_classes.sum()
    )
    total = np.bincount(codes, weights=rows.weights[at], minlength=len(n_classes))
    count = count + np.repeat(1 / n_classes, n_classes)
    return count / np.repeat(total + 1, n_classes)


def _center(slopes, starts):
    if not len(starts):
        return slopes
    sizes = np.diff(starts, append=len(slopes))
    mean = np.add.reduceat(slopes, starts, axis=0) / sizes[:, None]
    return slopes - np.repeat(mean, sizes, axis=0)
