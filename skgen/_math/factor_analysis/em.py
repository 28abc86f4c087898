"""EM for the factor analysis of mixed rows.

Without codes the E-step is exact. Codes have no conjugate prior: there expectations are
means over a few weighted draws of the factors (Wei & Tanner, 1990, "A Monte Carlo
implementation of the EM algorithm"), made from the same random numbers in each step,
so that the likelihood rises up to a small error that does not change.
"""

import numpy as np
from scipy import sparse
from scipy.special import logsumexp

from skgen._math.factor_analysis.model import (
    class_ranges,
    log_prior,
    maximize,
    whiten_factors,
    zero_moments,
)
from skgen._math.factor_analysis.nodes import numbered_nodes
from skgen._math.factor_analysis.posterior import (
    BLOCK,
    draw_factors,
    gather_evidence,
)


def em_step(factors, means, rows, *, n_draws, seed):
    """One step of EM.

    Parameters
    ----------
    factors : Factors
    means : ndarray of shape (n_rows, n_factors) or None
        Expected factors found in the step before.
    rows : Rows
    n_draws : int
        Number of draws for each row.
    seed : int
        Of the draws; the same in all steps.

    Returns
    -------
    factors : Factors
    means : ndarray of shape (n_rows, n_factors)
    objective : float
        Mean log-likelihood of the rows, with the prior's share, of the factors passed.
    """
    moments, means = expect(factors, rows, means, n_draws=n_draws, seed=seed)
    fresh, means = whiten_factors(maximize(factors, moments), moments, means)
    return fresh, means, objective(factors, moments)


def objective(factors, moments):
    """Mean log-likelihood of the rows, with the prior's share, in `em_step`."""
    return float((moments.log_likelihood + log_prior(factors)) / moments.total)


def expect(factors, rows, means=None, *, n_draws, seed):
    """E-step: moments and expected factors.

    Without the expected factors of the step before, what is found for a row depends
    on its cells and its number alone, up to rounding, and not on the other rows.
    """
    n_seconds = rows.masks.shape[1]
    find = _expect_by_draws if len(factors.starts) else _expect_exactly
    moments, means = find(
        factors, rows, zero_moments(factors, n_seconds), means, n_draws, seed
    )
    # `masks` ends with the column of ones, the largest in the order of its columns
    second = moments.second[np.append(rows.mask_of, n_seconds - 1)]
    # coordinates are zero where they are missing
    return moments._replace(second=second, square=rows.weights @ rows.u**2), means


def _expect_by_draws(factors, rows, moments, means, n_draws, seed):
    """E-step of rows with codes."""
    seen = rows.patterns[rows.which, : len(factors.mean)] > 0
    u = np.where(seen, rows.u, np.nan)
    evidence = gather_evidence(factors, u, u, u, rows.label)
    out = np.empty((len(u), factors.n_factors))
    nodes = numbered_nodes(factors.n_factors, rows.number, seed)
    options = {"adapt": True, "start": means, "width": len(factors.bias)}
    total = 0.0
    for draws in draw_factors(factors, evidence, nodes, n_draws, **options):
        weights, label = rows.weights[draws.rows], rows.label[draws.rows]
        log_weight, classes = _class_weights(factors, label, draws)
        log_sum = logsumexp(log_weight, axis=1)
        total += weights @ (log_sum - np.log(log_weight.shape[1]))
        share = np.exp(log_weight - log_sum[:, None])
        x = np.concatenate([np.ones((*share.shape, 1)), draws.z], axis=2)
        weighted = x * share[..., None]
        mean = weighted.sum(axis=1)
        out[draws.rows] = mean[:, 1:]
        second = np.matmul(weighted.transpose(0, 2, 1), x)
        _add_rows(moments, rows, draws.rows, mean, second)
        _add_probabilities(moments, factors, classes, weighted * weights[:, None, None])
    return moments._replace(log_likelihood=total), out


def _expect_exactly(factors, rows, moments, *_):
    """E-step of rows without codes."""
    size = factors.n_factors
    W = factors.loadings / np.sqrt(factors.noise)[:, None]
    outer = np.einsum("ji,jk->jik", W, W).reshape(len(W), size**2)
    log_noise = np.log(2 * np.pi * factors.noise)
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
        error = (u - factors.mean) * patterns[which]
        shift = (error / factors.noise) @ factors.loadings
        mean = np.matmul(covariance[which], shift[..., None])[..., 0]
        log_density = (error**2 / factors.noise).sum(axis=1) + patterns[
            which
        ] @ log_noise
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


def _class_weights(factors, label, draws):
    """Log-weights with those of the codes, and probabilities of classes."""
    log_weight, classes = draws.log_weight.copy(), []
    # means over thousands of rows do not need more digits
    z = draws.z.astype(np.float32)
    slopes, bias = factors.slopes.astype(np.float32), factors.bias.astype(np.float32)
    for code, (i, j) in enumerate(class_ranges(factors)):
        rows = np.flatnonzero(label[:, code] >= 0)
        # classes first: sums over few of them are slow along the last axis
        logits = (
            slopes[i:j] @ z[rows].reshape(len(rows) * z.shape[1], z.shape[2]).T
            + bias[i:j, None]
        )
        logits -= logits.max(axis=0)
        at = np.repeat(label[rows, code] - i, z.shape[1])
        held = logits[at, np.arange(len(at))]
        np.exp(logits, out=logits)
        total = logits.sum(axis=0)
        log_weight[rows] += (held - np.log(total)).reshape(len(rows), z.shape[1])
        logits /= total
        classes.append((rows, logits))
    return log_weight, classes


def _add_rows(moments, rows, chosen, mean, second):
    """Add the moments of some rows, but for the probabilities of classes."""
    size = second.shape[1]
    weights, label = rows.weights[chosen], rows.label[chosen]
    flat = second.reshape(len(chosen), size**2) * weights[:, None]
    masks = rows.masks[rows.which[chosen]]
    moments.second[:] += (masks.T @ flat).reshape(moments.second.shape)
    # coordinates are zero where they are missing
    moments.cross[:] += rows.u[chosen].T @ (mean * weights[:, None])
    at, codes = np.nonzero(label >= 0)
    place = label[at, codes], at
    held = sparse.csr_array(
        (np.ones(len(at)), place), shape=(len(moments.residual), len(chosen))
    )
    moments.residual[:] += held @ (mean * weights[:, None])
    moments.held[:] += (held @ flat).reshape(moments.held.shape)


def _add_probabilities(moments, factors, classes, weighted):
    """Subtract the probabilities of classes from their residuals."""
    weighted = weighted.astype(np.float32)
    for (i, j), (rows, probability) in zip(class_ranges(factors), classes, strict=True):
        x = weighted[rows].reshape(probability.shape[1], weighted.shape[2])
        moments.residual[i:j] -= probability @ x
