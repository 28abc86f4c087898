"""The factors of mixed rows given their observed cells, by importance sampling.

Given points (known scores) the factors are normal. Weighted draws are needed only for
levels and for cells, intervals in which a score is known to lie.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import logsumexp, ndtri
from scipy.stats import qmc

from skgen._math.columns.normal_cells import (
    log_cell_probability,
    truncated_moments,
)
from skgen._math.factor_analysis.model import (
    level_curvature,
    level_probabilities,
    level_ranges,
)

#: information of the levels, in nats, up to which proposals ignore them
MILD = 2.5
#: one in WIDE draws ignores the levels
WIDE = 4
#: Newton steps towards the mode: from the start, and from a mode found before
N_STEPS, N_STEPS_ON = 6, 2
#: size of the largest array in memory
BLOCK = 2**21


class Evidence(NamedTuple):
    """Observed cells of rows; build it with `gather_evidence`."""

    center: np.ndarray  # (n_rows, n_scores) less the mean, 0 where missing
    precision: np.ndarray  # (n_rows, n_scores) given the factors, 0 where missing
    low: np.ndarray  # (n_rows, n_scores) ends of the cells, less the mean
    high: np.ndarray
    cell: np.ndarray  # (n_rows, n_scores) whether it is a cell
    label: np.ndarray  # (n_rows, n_level_columns) among all levels, -1 if missing

    def take(self, rows):
        return Evidence(*(array[rows] for array in self))


class Draws(NamedTuple):
    """Weighted factors of some rows; the mean weight of a row is its density."""

    rows: np.ndarray  # positions of the rows
    f: np.ndarray  # (n_rows, n_draws, n_factors)
    log_weight: np.ndarray  # (n_rows, n_draws)


class _Normal(NamedTuple):
    """Normal distribution of the factors given the scores."""

    mean: np.ndarray  # (n_rows, n_factors)
    precision: np.ndarray  # (n_rows, n_factors, n_factors)
    root: np.ndarray  # Cholesky factor of the precision
    inverse: np.ndarray  # of the root
    information: np.ndarray  # (n_rows,) bound of that of the levels, in nats
    log_density: np.ndarray  # (n_rows,) of the scores

    def take(self, rows):
        return _Normal(*(array[rows] for array in self))


def gather_evidence(model, u, low, high, label):
    """Scores as normal observations of the factors, cells as less precise ones.

    A cell counts like a normal observation with the mean and variance that the score
    has inside it; the weights of draws correct for this approximation.

    Parameters
    ----------
    model : FactorModel
    u, low, high : ndarray of shape (n_rows, n_scores)
        Scores and the ends of their cells, NaN where missing; the ends equal u at
        points.
    label : ndarray of int of shape (n_rows, n_level_columns)
        Position among the levels of all columns; -1 where missing.
    """
    cell = low < high
    center = np.where(np.isnan(u), 0.0, u - model.mean)
    noise = np.where(np.isnan(u), np.inf, model.noise)
    low, high = low - model.mean, high - model.mean
    at = np.nonzero(cell)
    total = np.sqrt(model.noise + (model.loadings**2).sum(axis=1))[at[1]]
    middle, spread = truncated_moments(low[at] / total, high[at] / total)
    center[at] = total * middle
    noise[at] += total**2 * spread
    return Evidence(center, 1 / noise, low, high, cell, label)


def draw_factors(model, evidence, nodes, n_draws, *, adapt, start=None, width=1):
    """Draw factors of each row given its evidence, weighted but for the levels.

    Rows whose observed cells are all points need no weights, and get one draw.

    Parameters
    ----------
    model : FactorModel
    evidence : Evidence
    nodes : callable
        Result of `fixed_nodes`, `random_nodes` or `numbered_nodes`.
    n_draws : int
    adapt : bool
        Whether proposals always depend on the levels. If not, they ignore levels that
        can hold little information, judged by which columns are observed: then the
        densities of all combinations of levels sum to one exactly.
    start : ndarray of shape (n_rows, n_factors), default=None
        Start of the search for the mode, which is then short.
    width : int
        Size of the caller's arrays for each draw.

    Yields
    ------
    draws : Draws
        Of each row once, without `log_level_probability`.
    """
    has_level = (evidence.label >= 0).any(axis=1)
    plain = ~has_level & ~evidence.cell.any(axis=1)
    width = max(width, model.n_factors, len(model.mean))
    for rows, n in ((np.flatnonzero(plain), 1), (np.flatnonzero(~plain), n_draws)):
        size = max(1, BLOCK // max(n * width, model.n_factors**2, len(model.bias)))
        for first in range(0, len(rows), size):
            block = rows[first : first + size]
            part = evidence.take(block)
            normal = _given_scores(model, part)
            adapts = has_level[block]
            if not adapt:
                adapts &= _level_information(model, part.label, normal) > MILD
            for chosen in (np.flatnonzero(~adapts), np.flatnonzero(adapts)):
                if len(chosen):
                    found = block[chosen]
                    begin = start if start is None else start[found]
                    f, log_weight = _draw(
                        model,
                        part.take(chosen),
                        normal.take(chosen),
                        nodes(found, n),
                        adapts[chosen[0]],
                        begin,
                    )
                    yield Draws(found, f, log_weight)


def weighted_factors(model, evidence, nodes, n_draws, *, adapt):
    """`draw_factors` with the weights of the levels."""
    sizes = np.diff(model.starts, append=len(model.bias))
    width = max(1, *sizes) if len(sizes) else 1
    for draws in draw_factors(
        model, evidence, nodes, n_draws, adapt=adapt, width=width
    ):
        label = evidence.label[draws.rows]
        log_level = log_level_probability(model, label, draws.f)
        yield draws._replace(log_weight=draws.log_weight + log_level)


def log_row_density(model, evidence, n_draws):
    """Log-density (at points) or log-probability of the observed cells of each row.

    Parameters
    ----------
    model : FactorModel
    evidence : Evidence
    n_draws : int
        Number of nodes.
    """
    out = np.empty(len(evidence.center))
    nodes = fixed_nodes(model.n_factors)
    for draws in weighted_factors(model, evidence, nodes, n_draws, adapt=False):
        n = draws.log_weight.shape[1]
        out[draws.rows] = logsumexp(draws.log_weight, axis=1) - np.log(n)
    return out


def expected_factors(model, evidence, n_draws):
    """Mean of the factors of each row given its observed cells."""
    out = np.empty((len(evidence.center), model.n_factors))
    nodes = fixed_nodes(model.n_factors)
    for draws in weighted_factors(model, evidence, nodes, n_draws, adapt=True):
        log_sum = logsumexp(draws.log_weight, axis=1, keepdims=True)
        share = np.exp(draws.log_weight - log_sum)
        out[draws.rows] = np.matmul(share[:, None], draws.f)[:, 0]
    return out


def log_level_probability(model, label, f):
    """Log-probability of the levels of each row, given each draw of its factors.

    Parameters
    ----------
    model : FactorModel
    label : ndarray of int of shape (n_rows, n_level_columns)
        Position among the levels of all columns; -1 where missing.
    f : ndarray of shape (n_rows, n_draws, n_factors)

    Returns
    -------
    log_probability : ndarray of shape (n_rows, n_draws)
    """
    out = np.zeros(f.shape[:2])
    for column, (i, j) in enumerate(level_ranges(model)):
        rows = np.flatnonzero(label[:, column] >= 0)
        flat = f[rows].reshape(len(rows) * f.shape[1], f.shape[2])
        # levels first: sums over few of them are slow along the last axis
        logits = model.slopes[i:j] @ flat.T + model.bias[i:j, None]
        logits -= logits.max(axis=0)
        at = np.repeat(label[rows, column] - i, f.shape[1])
        held = logits[at, np.arange(len(at))]
        log_probability = held - np.log(np.exp(logits, out=logits).sum(axis=0))
        out[rows] += log_probability.reshape(len(rows), f.shape[1])
    return out


def _given_scores(model, evidence):
    """Distribution of the factors given points and cells as normal observations."""
    size, W = model.n_factors, model.loadings
    # rows with the same observed cells share matrices
    keys = np.hstack([evidence.precision, evidence.label >= 0])
    keys, which = np.unique(keys, axis=0, return_inverse=True)
    which = which.reshape(-1)
    outer = np.einsum("ji,jk->jik", W, W).reshape(len(W), size**2)
    precision = (keys[:, : len(W)] @ outer).reshape(len(keys), size, size)
    precision += np.eye(size)
    curvature = keys[:, len(W) :] @ level_curvature(model)
    bound = precision + curvature.reshape(precision.shape)
    root = np.linalg.cholesky(precision)
    inverse = np.linalg.inv(root)
    log_det = _log_det(root)
    information = _log_det(np.linalg.cholesky(bound)) - log_det
    precisions, center = evidence.precision, evidence.center
    shift = (precisions * center) @ W
    mean = _precision_solve(inverse[which], shift)
    rates = np.where(precisions > 0, precisions, 2 * np.pi) / (2 * np.pi)
    log_density = 0.5 * (np.log(rates) - precisions * center**2).sum(axis=1)
    log_density += 0.5 * (shift * mean).sum(axis=1) - log_det[which]
    shared = (precision, root, inverse, information)
    return _Normal(mean, *(array[which] for array in shared), log_density)


def _level_information(model, label, normal):
    """Bound of the information in the levels about the factors, whatever they are."""
    if not len(model.starts):
        return np.zeros(len(label))
    entropy = -model.shares * np.log(model.shares)
    entropy = np.add.reduceat(entropy, model.starts)
    return np.minimum(normal.information, (label >= 0) @ entropy)


def _draw(model, evidence, normal, nodes, adapts, start):
    """Draws, and their log-weights without the levels."""
    if adapts:
        f, log_weight = _propose(model, evidence.label, normal, nodes, start)
    else:
        f = normal.mean[:, None] + nodes @ normal.inverse
        log_weight = np.zeros(f.shape[:2])
    log_weight += normal.log_density[:, None]
    return f, log_weight + _log_cell_ratio(model, evidence, f)


def _propose(model, label, normal, points, start):
    """Draw from a normal distribution with the mode and curvature given the levels.

    Every fourth draw ignores the levels. This bounds the weights where the distribution
    is far from normal (Hesterberg, 1995, "Weighted average importance sampling and
    defensive mixture distributions").
    """
    size = model.n_factors
    mode = normal.mean if start is None else start
    outer = np.einsum("ki,kj->kij", model.slopes, model.slopes)
    outer = outer.reshape(len(outer), size**2)
    for _ in range(N_STEPS if start is None else N_STEPS_ON):
        gradient, probability = _gradient(model, label, normal, mode)
        centers = np.stack(
            [probability[:, i:j] @ model.slopes[i:j] for i, j in level_ranges(model)],
            axis=1,
        )
        curvature = (probability @ outer).reshape(normal.precision.shape)
        curvature -= np.matmul(centers.transpose(0, 2, 1), centers)
        root = np.linalg.cholesky(normal.precision + curvature)
        inverse = np.linalg.inv(root)
        step = _precision_solve(inverse, gradient)
        # damped Newton: the larger the decrement, the shorter the step
        decrement = (step * gradient).sum(axis=1, keepdims=True)
        mode = mode + step / (1 + np.sqrt(np.maximum(decrement, 0.0)))
    # the first draws: the start of a quasi-random sequence is evenly spread, too
    wide = np.arange(points.shape[1]) < points.shape[1] // WIDE
    f = mode[:, None] + points @ inverse
    f[:, wide] = normal.mean[:, None] + points[:, wide] @ normal.inverse
    distance = (((f - normal.mean[:, None]) @ normal.root) ** 2).sum(axis=2)
    radius = (((f - mode[:, None]) @ root) ** 2).sum(axis=2)
    # log-density at the mode less that given the scores
    log_ratio = (_log_det(root) - _log_det(normal.root))[:, None]
    log_ratio = log_ratio + 0.5 * (distance - radius)
    share = wide.mean()
    return f, -np.logaddexp(np.log1p(-share) + log_ratio, np.log(share))


def _gradient(model, label, normal, f):
    """Gradient of the log-density of the factors; probabilities of observed columns."""
    logits = model.bias + f @ model.slopes.T
    probability, _ = level_probabilities(logits, model.starts)
    sizes = np.diff(model.starts, append=len(model.bias))
    probability *= np.repeat(label >= 0, sizes, axis=1)
    residual = -probability
    rows, columns = np.nonzero(label >= 0)
    residual[rows, label[rows, columns]] += 1.0
    pull = np.matmul(normal.precision, (normal.mean - f)[..., None])[..., 0]
    return residual @ model.slopes + pull, probability


def _log_cell_ratio(model, evidence, f):
    """Log-probabilities of cells less the log-densities that approximate them."""
    out = np.zeros(f.shape[:2])
    for j in np.flatnonzero(evidence.cell.any(axis=0)):
        rows = np.flatnonzero(evidence.cell[:, j])
        expected = f[rows] @ model.loadings[j]
        deviation = np.sqrt(model.noise[j])
        out[rows] += log_cell_probability(
            (evidence.low[rows, j, None] - expected) / deviation,
            (evidence.high[rows, j, None] - expected) / deviation,
        )
        precision = evidence.precision[rows, j, None]
        error = evidence.center[rows, j, None] - expected
        out[rows] += 0.5 * (precision * error**2 - np.log(precision / (2 * np.pi)))
    return out


def _precision_solve(inverse, b):
    """Solve for the precision whose Cholesky factor has this inverse, row by row."""
    y = np.matmul(inverse, b[..., None])
    return np.matmul(inverse.transpose(0, 2, 1), y)[..., 0]


def _log_det(root):
    return np.log(np.diagonal(root, axis1=1, axis2=2)).sum(axis=1)


def fixed_nodes(n_factors):
    """Quasi-random nodes (Sobol), the same for each row; a single one is zero."""

    def nodes(rows, n_draws):
        if n_draws == 1 or not n_factors:
            return np.zeros((1, n_draws, n_factors))
        # the seed only has to be the same in every call
        points = qmc.Sobol(n_factors, rng=np.random.default_rng(0)).random(n_draws)
        return ndtri(np.clip(points, 1e-9, 1 - 1e-9))[None]

    return nodes


def random_nodes(n_factors, rng):
    """Independent nodes of each row, in antithetic pairs."""

    def nodes(rows, n_draws):
        shape = len(rows), -(-n_draws // 2), n_factors
        return _in_pairs(rng.standard_normal(shape))[:, :n_draws]

    return nodes


def numbered_nodes(n_factors, number, seed):
    """`random_nodes` that depend on the number of a row and the seed only.

    Parameters
    ----------
    n_factors : int
    number : ndarray of int of shape (n_rows,)
    seed : int
    """

    def nodes(rows, n_draws):
        shape = -(-n_draws // 2), n_factors
        return _in_pairs(_numbered_normal(number[rows], shape, seed))[:, :n_draws]

    return nodes


def _numbered_normal(number, shape, seed):
    """Standard normal numbers from a counter (SplitMix64, Steele, Lea & Flood 2014)."""
    size = int(np.prod(shape))
    start = np.random.default_rng(seed).integers(2**64, dtype=np.uint64)
    bits = number.astype(np.uint64)[:, None] * np.uint64(size)
    bits = bits + np.arange(size, dtype=np.uint64)
    bits *= np.uint64(0x9E3779B97F4A7C15)
    bits += start
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 1)):
        bits ^= bits >> np.uint64(shift)
        bits *= np.uint64(factor)
    # 53 bits, as a float64 holds, in the middle of their intervals
    uniform = ((bits >> np.uint64(11)) + 0.5) * 2.0**-53
    return ndtri(uniform).reshape(len(number), *shape)


def _in_pairs(half):
    n_rows, n_pairs, n_factors = half.shape
    pairs = np.stack([half, -half], axis=2)
    return pairs.reshape(n_rows, 2 * n_pairs, n_factors)
