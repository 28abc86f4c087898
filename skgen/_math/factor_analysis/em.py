"""EM for the factor analysis of mixed rows.

Without levels the E-step is exact (Rubin & Thayer, 1982, "EM algorithms for ML factor
analysis"). With levels, expectations are means over a few weighted draws of the factors
(Wei & Tanner, 1990, "A Monte Carlo implementation of the EM algorithm"). Each step uses
the same random numbers, so that the likelihood rises up to a small constant error.
"""

import numpy as np
from scipy import sparse
from scipy.special import logsumexp

from skgen._math.factor_analysis.model import (
    level_ranges,
    log_prior,
    maximize_factors,
    whiten_factors,
    zero_moments,
)
from skgen._math.factor_analysis.posterior import (
    BLOCK,
    draw_factors,
    gather_evidence,
    numbered_nodes,
)


def fit_factors(model, rows, *, n_draws, seed, max_iter, tol, track=None):
    """Repeat steps of EM until one gains less than `tol`.

    Parameters
    ----------
    model : FactorModel
        To start from.
    rows : FactorRows
    n_draws : int
        Number of draws for each row.
    seed : int
        Seed of the draws; the same in all steps.
    max_iter : int
        Largest number of steps.
    tol : float
        In nats per row.
    track : callable, default=None
        Takes an iterator of steps and one of their names, and yields the steps.

    Returns
    -------
    model : FactorModel
    history : list of float
        `factor_objective` before each step.
    converged : bool
        Whether the last step gained less than `tol`.
    """
    state, history = (model, None), []

    def has_converged():
        return len(history) > 1 and history[-1] - history[-2] < tol

    def steps():
        nonlocal state
        while True:
            *state, objective = em_step(*state, rows, n_draws=n_draws, seed=seed)
            history.append(objective)
            yield

    def names():
        while len(history) < max_iter and not has_converged():
            yield f"iteration {len(history) + 1}"

    for _ in (track or _untracked)(steps(), names()):
        pass
    return state[0], history, has_converged()


def _untracked(steps, names):
    for _ in names:
        yield next(steps)


def em_step(model, means, rows, *, n_draws, seed):
    """One step of EM.

    Parameters
    ----------
    model : FactorModel
    means : ndarray of shape (n_rows, n_factors) or None
        Expected factors from the step before.
    rows : FactorRows
    n_draws : int
        Number of draws for each row.
    seed : int
        Seed of the draws; the same in all steps.

    Returns
    -------
    model : FactorModel
    means : ndarray of shape (n_rows, n_factors)
    objective : float
        `factor_objective` of the model passed.
    """
    moments, means = expect(model, rows, means, n_draws=n_draws, seed=seed)
    fresh, means = whiten_factors(maximize_factors(model, moments), moments, means)
    return fresh, means, factor_objective(model, moments)


def factor_objective(model, moments):
    """Log-likelihood of the rows plus log-prior of the model, per row."""
    return float((moments.log_likelihood + log_prior(model)) / moments.total)


def expect(model, rows, means=None, *, n_draws, seed):
    """E-step: moments and expected factors.

    Without the expected factors of the step before, the result for a row depends on its
    cells and its number only, up to rounding, and not on other rows.
    """
    n_seconds = rows.masks.shape[1]
    find = _expect_by_draws if len(model.starts) else _expect_exactly
    moments, means = find(
        model, rows, zero_moments(model, n_seconds), means, n_draws, seed
    )
    # the last of the sorted columns of `masks` are the ones
    second = moments.second[np.append(rows.mask_of, n_seconds - 1)]
    # scores are zero where they are missing
    return moments._replace(second=second, square=rows.weights @ rows.u**2), means


def _expect_by_draws(model, rows, moments, means, n_draws, seed):
    """E-step of rows with levels."""
    seen = rows.patterns[rows.which, : len(model.mean)] > 0
    u = np.where(seen, rows.u, np.nan)
    evidence = gather_evidence(model, u, u, u, rows.label)
    out = np.empty((len(u), model.n_factors))
    nodes = numbered_nodes(model.n_factors, rows.number, seed)
    options = {"adapt": True, "start": means, "width": len(model.bias)}
    total = 0.0
    for draws in draw_factors(model, evidence, nodes, n_draws, **options):
        weights, label = rows.weights[draws.rows], rows.label[draws.rows]
        log_weight, probabilities = _level_weights(model, label, draws)
        log_sum = logsumexp(log_weight, axis=1)
        total += weights @ (log_sum - np.log(log_weight.shape[1]))
        share = np.exp(log_weight - log_sum[:, None])
        x = np.concatenate([np.ones((*share.shape, 1)), draws.f], axis=2)
        weighted = x * share[..., None]
        mean = weighted.sum(axis=1)
        out[draws.rows] = mean[:, 1:]
        second = np.matmul(weighted.transpose(0, 2, 1), x)
        _add_rows(moments, rows, draws.rows, mean, second)
        _add_probabilities(
            moments, model, probabilities, weighted * weights[:, None, None]
        )
    return moments._replace(log_likelihood=total), out


def _expect_exactly(model, rows, moments, *_):
    """E-step of rows without levels."""
    size = model.n_factors
    W = model.loadings / np.sqrt(model.noise)[:, None]
    outer = np.einsum("ji,jk->jik", W, W).reshape(len(W), size**2)
    log_noise = np.log(2 * np.pi * model.noise)
    out = np.empty((len(rows.u), size))
    total = 0.0
    step = max(1, BLOCK // max(1, size**2, len(W)))
    for start in range(0, len(rows.u), step):
        block = slice(start, start + step)
        which = rows.which[block] - rows.which[start]
        span = slice(rows.which[start], rows.which[start] + which[-1] + 1)
        patterns, masks = rows.patterns[span], rows.masks[span]
        precision = (patterns @ outer).reshape(len(patterns), size, size)
        precision += np.eye(size)
        covariance = np.linalg.inv(precision)
        log_det = np.linalg.slogdet(precision)[1]
        weights, u = rows.weights[block], rows.u[block]
        error = (u - model.mean) * patterns[which]
        shift = (error / model.noise) @ model.loadings
        mean = np.matmul(covariance[which], shift[..., None])[..., 0]
        log_density = (error**2 / model.noise).sum(axis=1) + patterns[which] @ log_noise
        log_density += log_det[which] - (shift * mean).sum(axis=1)
        total -= 0.5 * weights @ log_density
        out[block] = mean
        x = np.hstack([np.ones((len(mean), 1)), mean])
        for second, mask in zip(moments.second, masks.T, strict=True):
            second += (x * (weights * mask[which])[:, None]).T @ x
        count = np.bincount(which, weights=weights)
        spread = (masks.T * count) @ covariance.reshape(len(patterns), size**2)
        moments.second[:, 1:, 1:] += spread.reshape(len(spread), size, size)
        moments.cross[:] += (u * weights[:, None]).T @ x
    return moments._replace(log_likelihood=total), out


def _level_weights(model, label, draws):
    """Log-weights including the levels, and probabilities of the levels."""
    log_weight, probabilities = draws.log_weight.copy(), []
    # single precision is enough for means over thousands of rows
    f = draws.f.astype(np.float32)
    slopes, bias = model.slopes.astype(np.float32), model.bias.astype(np.float32)
    for column, (i, j) in enumerate(level_ranges(model)):
        rows = np.flatnonzero(label[:, column] >= 0)
        # levels first: sums over few of them are slow along the last axis
        logits = (
            slopes[i:j] @ f[rows].reshape(len(rows) * f.shape[1], f.shape[2]).T
            + bias[i:j, None]
        )
        logits -= logits.max(axis=0)
        at = np.repeat(label[rows, column] - i, f.shape[1])
        held = logits[at, np.arange(len(at))]
        np.exp(logits, out=logits)
        total = logits.sum(axis=0)
        log_weight[rows] += (held - np.log(total)).reshape(len(rows), f.shape[1])
        logits /= total
        probabilities.append((rows, logits))
    return log_weight, probabilities


def _add_rows(moments, rows, chosen, mean, second):
    """Add the moments of some rows, without the probabilities of levels."""
    size = second.shape[1]
    weights, label = rows.weights[chosen], rows.label[chosen]
    flat = second.reshape(len(chosen), size**2) * weights[:, None]
    masks = rows.masks[rows.which[chosen]]
    moments.second[:] += (masks.T @ flat).reshape(moments.second.shape)
    # scores are zero where they are missing
    moments.cross[:] += rows.u[chosen].T @ (mean * weights[:, None])
    at, columns = np.nonzero(label >= 0)
    place = label[at, columns], at
    held = sparse.csr_array(
        (np.ones(len(at)), place), shape=(len(moments.residual), len(chosen))
    )
    moments.residual[:] += held @ (mean * weights[:, None])
    moments.held[:] += (held @ flat).reshape(moments.held.shape)


def _add_probabilities(moments, model, probabilities, weighted):
    """Subtract the probabilities of levels from their residuals."""
    weighted = weighted.astype(np.float32)
    for (i, j), (rows, probability) in zip(
        level_ranges(model), probabilities, strict=True
    ):
        x = weighted[rows].reshape(probability.shape[1], weighted.shape[2])
        moments.residual[i:j] -= probability @ x
