"""The factors of mixed rows given what the rows show, by importance sampling.

Points, known coordinates, leave the factors normal. Weights are only needed for codes
and for cells, intervals in which a coordinate is known to lie.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import logsumexp

from skgen._math.columns.mixed import log_cell_probability
from skgen._math.factor_analysis.model import (
    class_probabilities,
    class_ranges,
    code_curvature,
)
from skgen._math.factor_analysis.nodes import fixed_nodes

#: nats up to which codes may tell of the factors for proposals that ignore them
MILD = 2.5
#: one draw in so many ignores the codes
WIDE = 4
#: steps of Newton's method towards the mode, at first and from a mode found before
N_STEPS, N_STEPS_ON = 6, 2
#: numbers that are held in memory at once, for one array
BLOCK = 2**21


class Evidence(NamedTuple):
    """What rows show; build it with `gather_evidence`."""

    center: np.ndarray  # (n_rows, n_real) less the mean, 0 where missing
    precision: np.ndarray  # (n_rows, n_real) given the factors, 0 where missing
    low: np.ndarray  # (n_rows, n_real) ends of the cells, less the mean
    high: np.ndarray
    cell: np.ndarray  # (n_rows, n_real) whether it is a cell
    label: np.ndarray  # (n_rows, n_codes) position among all classes, -1 if missing

    def take(self, rows):
        return Evidence(*(array[rows] for array in self))


class Draws(NamedTuple):
    """Weighted factors of some rows; the mean weight of a row is its density."""

    rows: np.ndarray  # positions of the rows
    z: np.ndarray  # (n_rows, n_draws, n_factors)
    log_weight: np.ndarray  # (n_rows, n_draws)


class _Normal(NamedTuple):
    """Distribution of the factors given the coordinates."""

    mean: np.ndarray  # (n_rows, n_factors)
    precision: np.ndarray  # (n_rows, n_factors, n_factors)
    root: np.ndarray  # Cholesky factor of the precision
    inverse: np.ndarray  # of the root
    nats: np.ndarray  # (n_rows,) bound of what codes can tell beside
    log_density: np.ndarray  # (n_rows,) of the coordinates

    def take(self, rows):
        return _Normal(*(array[rows] for array in self))


def gather_evidence(factors, u, low, high, label):
    """Coordinates as normal observations of the factors, cells as vaguer ones.

    A cell counts like a normal observation with the mean and variance that the
    coordinate has inside it; the weights of draws make up for what this misses.

    Parameters
    ----------
    factors : Factors
    u, low, high : ndarray of shape (n_rows, n_real)
        Coordinates and the ends of their cells, NaN where missing; the ends equal u at
        points.
    label : ndarray of int of shape (n_rows, n_codes)
        Position among the classes of all codes; -1 where missing.
    """
    cell = low < high
    center = np.where(np.isnan(u), 0.0, u - factors.mean)
    noise = np.where(np.isnan(u), np.inf, factors.noise)
    low, high = low - factors.mean, high - factors.mean
    at = np.nonzero(cell)
    total = np.sqrt(factors.noise + (factors.loadings**2).sum(axis=1))[at[1]]
    middle, spread = _truncated_moments(low[at] / total, high[at] / total)
    center[at] = total * middle
    noise[at] += total**2 * spread
    return Evidence(center, 1 / noise, low, high, cell, label)


def draw_factors(factors, evidence, nodes, n_draws, *, adapt, start=None, width=1):
    """Factors of each row given its evidence, weighted but for the codes.

    Rows that show nothing but points need no weights, and get one draw.

    Parameters
    ----------
    factors : Factors
    evidence : Evidence
    nodes : callable
        Of positions of rows and the number of draws, as `skgen._math.factor_analysis.nodes` makes them.
    n_draws : int
    adapt : bool
        Whether proposals look at codes in any case. If not, they do not where codes can
        tell little, as seen from which codes are shown: then the densities of all
        combinations of codes sum to one exactly.
    start : ndarray of shape (n_rows, n_factors), default=None
        Where the search for the mode begins; it is then short.
    width : int
        Numbers that the caller holds for each draw.

    Yields
    ------
    draws : Draws
        Of each row once. `log_code_probability` is left to be added.
    """
    coded = (evidence.label >= 0).any(axis=1)
    plain = ~coded & ~evidence.cell.any(axis=1)
    width = max(width, factors.n_factors, len(factors.mean))
    for rows, n in ((np.flatnonzero(plain), 1), (np.flatnonzero(~plain), n_draws)):
        size = max(1, BLOCK // max(n * width, factors.n_factors**2, len(factors.bias)))
        for first in range(0, len(rows), size):
            block = rows[first : first + size]
            part = evidence.take(block)
            normal = _given_coordinates(factors, part)
            looks = coded[block]
            if not adapt:
                looks &= _nats_of_codes(factors, part.label, normal) > MILD
            for chosen in (np.flatnonzero(~looks), np.flatnonzero(looks)):
                if len(chosen):
                    found = block[chosen]
                    begin = start if start is None else start[found]
                    z, log_weight = _draw(
                        factors,
                        part.take(chosen),
                        normal.take(chosen),
                        nodes(found, n),
                        looks[chosen[0]],
                        begin,
                    )
                    yield Draws(found, z, log_weight)


def weighted_factors(factors, evidence, nodes, n_draws, *, adapt):
    """`draw_factors` with the weights of codes."""
    sizes = np.diff(factors.starts, append=len(factors.bias))
    width = max(1, *sizes) if len(sizes) else 1
    for draws in draw_factors(
        factors, evidence, nodes, n_draws, adapt=adapt, width=width
    ):
        label = evidence.label[draws.rows]
        log_code = log_code_probability(factors, label, draws.z)
        yield draws._replace(log_weight=draws.log_weight + log_code)


def log_density(factors, evidence, n_draws):
    """Logarithm of the density (at points) or probability of what each row shows.

    Parameters
    ----------
    factors : Factors
    evidence : Evidence
    n_draws : int
        Number of nodes.
    """
    out = np.empty(len(evidence.center))
    nodes = fixed_nodes(factors.n_factors)
    for draws in weighted_factors(factors, evidence, nodes, n_draws, adapt=False):
        n = draws.log_weight.shape[1]
        out[draws.rows] = logsumexp(draws.log_weight, axis=1) - np.log(n)
    return out


def expected_factors(factors, evidence, n_draws):
    """Mean of the factors of each row given what it shows."""
    out = np.empty((len(evidence.center), factors.n_factors))
    nodes = fixed_nodes(factors.n_factors)
    for draws in weighted_factors(factors, evidence, nodes, n_draws, adapt=True):
        log_sum = logsumexp(draws.log_weight, axis=1, keepdims=True)
        share = np.exp(draws.log_weight - log_sum)
        out[draws.rows] = np.matmul(share[:, None], draws.z)[:, 0]
    return out


def log_code_probability(factors, label, z):
    """Log-probability of the codes of each row, given each of its draws.

    Parameters
    ----------
    factors : Factors
    label : ndarray of int of shape (n_rows, n_codes)
        Position among the classes of all codes; -1 where missing.
    z : ndarray of shape (n_rows, n_draws, n_factors)

    Returns
    -------
    log_probability : ndarray of shape (n_rows, n_draws)
    """
    out = np.zeros(z.shape[:2])
    for code, (i, j) in enumerate(class_ranges(factors)):
        rows = np.flatnonzero(label[:, code] >= 0)
        flat = z[rows].reshape(len(rows) * z.shape[1], z.shape[2])
        # classes first: sums over few of them are slow along the last axis
        logits = factors.slopes[i:j] @ flat.T + factors.bias[i:j, None]
        logits -= logits.max(axis=0)
        at = np.repeat(label[rows, code] - i, z.shape[1])
        held = logits[at, np.arange(len(at))]
        log_probability = held - np.log(np.exp(logits, out=logits).sum(axis=0))
        out[rows] += log_probability.reshape(len(rows), z.shape[1])
    return out


def _given_coordinates(factors, evidence):
    """Distribution of the factors given points, and cells as normal observations."""
    size, W = factors.n_factors, factors.loadings
    # rows that show the same cells share the matrices
    keys = np.hstack([evidence.precision, evidence.label >= 0])
    keys, which = np.unique(keys, axis=0, return_inverse=True)
    which = which.reshape(-1)
    outer = np.einsum("ji,jk->jik", W, W).reshape(len(W), size**2)
    precision = (keys[:, : len(W)] @ outer).reshape(len(keys), size, size)
    precision += np.eye(size)
    curvature = keys[:, len(W) :] @ code_curvature(factors)
    bound = precision + curvature.reshape(precision.shape)
    root = np.linalg.cholesky(precision)
    inverse = np.linalg.inv(root)
    log_det = _log_det(root)
    nats = _log_det(np.linalg.cholesky(bound)) - log_det
    precisions, center = evidence.precision, evidence.center
    shift = (precisions * center) @ W
    mean = _precision_solve(inverse[which], shift)
    rates = np.where(precisions > 0, precisions, 2 * np.pi) / (2 * np.pi)
    log_density = 0.5 * (np.log(rates) - precisions * center**2).sum(axis=1)
    log_density += 0.5 * (shift * mean).sum(axis=1) - log_det[which]
    shared = (precision, root, inverse, nats)
    return _Normal(mean, *(array[which] for array in shared), log_density)


def _nats_of_codes(factors, label, normal):
    """Bound of what codes can tell of the factors, whatever their classes are."""
    if not len(factors.starts):
        return np.zeros(len(label))
    entropy = -factors.shares * np.log(factors.shares)
    entropy = np.add.reduceat(entropy, factors.starts)
    return np.minimum(normal.nats, (label >= 0) @ entropy)


def _draw(factors, evidence, normal, nodes, looks, start):
    """Draws, and their log-weights but for the codes."""
    if looks:
        z, log_weight = _propose(factors, evidence.label, normal, nodes, start)
    else:
        z = normal.mean[:, None] + nodes @ normal.inverse
        log_weight = np.zeros(z.shape[:2])
    log_weight += normal.log_density[:, None]
    return z, log_weight + _log_cell_ratio(factors, evidence, z)


def _propose(factors, label, normal, points, start):
    """Draws of a normal distribution at the mode given the codes, as curved there.

    Every fourth draw ignores the codes: this bounds the weights where the distribution
    is far from normal, as that beyond a threshold is.
    """
    size = factors.n_factors
    mode = normal.mean if start is None else start
    outer = np.einsum("ki,kj->kij", factors.slopes, factors.slopes)
    outer = outer.reshape(len(outer), size**2)
    for _ in range(N_STEPS if start is None else N_STEPS_ON):
        gradient, probability = _gradient(factors, label, normal, mode)
        centers = np.stack(
            [
                probability[:, i:j] @ factors.slopes[i:j]
                for i, j in class_ranges(factors)
            ],
            axis=1,
        )
        curvature = (probability @ outer).reshape(normal.precision.shape)
        curvature -= np.matmul(centers.transpose(0, 2, 1), centers)
        root = np.linalg.cholesky(normal.precision + curvature)
        inverse = np.linalg.inv(root)
        step = _precision_solve(inverse, gradient)
        # damped: the decrement of Newton's method tells how far to trust a step
        decrement = (step * gradient).sum(axis=1, keepdims=True)
        mode = mode + step / (1 + np.sqrt(np.maximum(decrement, 0.0)))
    # the first draws, since parts of a quasi-random sequence are spread evenly too
    wide = np.arange(points.shape[1]) < points.shape[1] // WIDE
    z = mode[:, None] + points @ inverse
    z[:, wide] = normal.mean[:, None] + points[:, wide] @ normal.inverse
    distance = (((z - normal.mean[:, None]) @ normal.root) ** 2).sum(axis=2)
    radius = (((z - mode[:, None]) @ root) ** 2).sum(axis=2)
    # logarithm of the density at the mode over that given the coordinates
    log_ratio = (_log_det(root) - _log_det(normal.root))[:, None]
    log_ratio = log_ratio + 0.5 * (distance - radius)
    share = wide.mean()
    return z, -np.logaddexp(np.log1p(-share) + log_ratio, np.log(share))


def _gradient(factors, label, normal, z):
    """Gradient of the log-density of the factors; probabilities of the shown codes."""
    logits = factors.bias + z @ factors.slopes.T
    probability, _ = class_probabilities(logits, factors.starts)
    sizes = np.diff(factors.starts, append=len(factors.bias))
    probability *= np.repeat(label >= 0, sizes, axis=1)
    residual = -probability
    rows, codes = np.nonzero(label >= 0)
    residual[rows, label[rows, codes]] += 1.0
    pull = np.matmul(normal.precision, (normal.mean - z)[..., None])[..., 0]
    return residual @ factors.slopes + pull, probability


def _log_cell_ratio(factors, evidence, z):
    """What the probabilities of cells are to the densities they were taken for."""
    out = np.zeros(z.shape[:2])
    for j in np.flatnonzero(evidence.cell.any(axis=0)):
        rows = np.flatnonzero(evidence.cell[:, j])
        expected = z[rows] @ factors.loadings[j]
        deviation = np.sqrt(factors.noise[j])
        out[rows] += log_cell_probability(
            (evidence.low[rows, j, None] - expected) / deviation,
            (evidence.high[rows, j, None] - expected) / deviation,
        )
        precision = evidence.precision[rows, j, None]
        error = evidence.center[rows, j, None] - expected
        out[rows] += 0.5 * (precision * error**2 - np.log(precision / (2 * np.pi)))
    return out


def _truncated_moments(low, high):
    """Mean and variance of a standard normal variable inside each interval."""
    log_mass = log_cell_probability(low, high)
    ends = np.stack([low, high])
    finite = np.where(np.isfinite(ends), ends, 0.0)
    with np.errstate(over="ignore", invalid="ignore"):
        rate = np.exp(-0.5 * ends**2 - 0.5 * np.log(2 * np.pi) - log_mass)
        mean = rate[0] - rate[1]
        variance = 1 + finite[0] * rate[0] - finite[1] * rate[1] - mean**2
    width = high - low
    # differences of almost equal numbers say nothing
    narrow = (width < 0.1) | ~np.isfinite(mean) | ~np.isfinite(variance)
    middle = np.where(np.isfinite(width), finite.mean(axis=0), finite.sum(axis=0))
    mean = np.where(narrow, middle, np.clip(mean, low, high))
    variance = np.where(narrow, np.minimum(width, 1.0) ** 2 / 12, variance)
    return mean, np.clip(variance, 0.0, 1.0)


def _precision_solve(inverse, b):
    """Solve for the precision whose Cholesky factor has this inverse, row by row."""
    y = np.matmul(inverse, b[..., None])
    return np.matmul(inverse.transpose(0, 2, 1), y)[..., 0]


def _log_det(root):
    return np.log(np.diagonal(root, axis1=1, axis2=2)).sum(axis=1)
