"""Scores that are normal around a prediction, with the column's own shares of bins.

Given its mean m and spread s, the score v of a row has the density

    q(v) = exp(a_t) sum_k w_k N(v; m, (f_k s)^2) / normaliser,     v in bin t,

on the line between the first and the last edge. Narrow and wide components make the
tails of the residuals; the tilts a_t make the mean predicted share of each bin its
observed share, as iterative proportional fitting does [1]_.

References
----------
.. [1] Deming & Stephan (1940), "On a least squares adjustment of a sampled frequency
   table when the expected marginal totals are known", Annals of Mathematical
   Statistics 11(4).
"""

from typing import NamedTuple

import numpy as np
from scipy.special import ndtr, ndtri

from skgen._math.columns.normal_cells import log_cell_probability
from skgen._math.probabilities.mixture_weights import mixture_weights
from skgen._math.sampling import even_uniforms

#: widths of the components, in spreads
FACTORS = np.array([0.35, 0.7, 1.0, 1.6])
#: rows spread evenly over the components while their weights are found
_PRIOR_ROWS = 1.0
_PRECISION = 1e-3
_N_ROUNDS = 8
_LARGEST_TILT = 8.0
_LOG_ROOT = 0.5 * np.log(2 * np.pi)


class TiltedNormal(NamedTuple):
    """Distribution of scores around a prediction; build it with `fit_tilted_normal`."""

    edges: np.ndarray  # (n_bins + 1,), scores between bins
    factors: np.ndarray  # (n_components,), widths in spreads
    weights: np.ndarray  # (n_components,)
    tilts: np.ndarray  # (n_bins,)


def fit_tilted_normal(edges, cells, shares, mean, spread, row_weights):
    """Fit weights of the components, then tilts.

    Parameters
    ----------
    edges : ndarray of shape (n_bins + 1,)
    cells : ScoreCells
        Of the observed values.
    shares : ndarray of shape (n_bins,)
        Observed share of each bin.
    mean, spread : ndarray of shape (n_rows,)
        Predicted by models that have not seen the row.
    row_weights : ndarray of shape (n_rows,)
    """
    mean = np.clip(mean, edges[0], edges[-1])
    ends = _masses(edges[[0, -1]], mean, spread, FACTORS)[:, 0]
    with np.errstate(divide="ignore"):
        log_prob = np.log(_density(cells, mean, spread, FACTORS) / ends)
    weights = mixture_weights(
        log_prob, row_weights, prior_rows=_PRIOR_ROWS, precision=_PRECISION
    )
    tilts = np.zeros(len(shares))
    masses = _masses(edges, mean, spread, FACTORS) @ weights
    with np.errstate(divide="ignore"):
        log_share = np.log(shares)
    for _ in range(_N_ROUNDS):
        tilted = masses * np.exp(tilts)
        tilted /= np.maximum(tilted.sum(axis=1, keepdims=True), 1e-300)
        predicted = row_weights @ tilted / row_weights.sum()
        step = log_share - np.log(np.maximum(predicted, 1e-300))
        tilts = np.clip(tilts + step, -_LARGEST_TILT, _LARGEST_TILT)
    return TiltedNormal(edges, FACTORS, weights, tilts)


def tilted_log_prob(model, cells, mean, spread):
    """Log-probability of cells, or log-density of points, in each row."""
    edges, factors, weights, tilts = model
    mean = np.clip(mean, edges[0], edges[-1])
    total = _masses(edges, mean, spread, factors) @ weights @ np.exp(tilts)
    density = _density(cells, mean, spread, factors) @ weights
    middle = (cells.low + cells.high) / 2
    at = np.clip(np.searchsorted(edges, middle) - 1, 0, len(tilts) - 1)
    with np.errstate(divide="ignore"):
        return np.log(density) - np.log(total) + tilts[at] + cells.log_gain


def tilted_mass(model, start, end, mean, spread):
    """Probability of the scores between two ends, which differ from row to row."""
    edges, factors, weights, tilts = model
    mean = np.clip(mean, edges[0], edges[-1])
    total = _masses(edges, mean, spread, factors) @ weights @ np.exp(tilts)
    inner = np.clip(edges, start[:, None], np.maximum(start, end)[:, None])
    return _masses(inner, mean, spread, factors) @ weights @ np.exp(tilts) / total


def draw_tilted(model, mean, spread, rng, *, ends=None):
    """Draw one score for each row; bins are drawn evenly over the rows.

    Parameters
    ----------
    model : TiltedNormal
    mean, spread : ndarray of shape (n_rows,)
    rng : numpy.random.Generator
    ends : sequence of two ndarrays of shape (n_rows,), default=None
        Scores lie between them.
    """
    edges, factors, weights, tilts = model
    mean = np.clip(mean, edges[0], edges[-1])
    rows, one_group = np.arange(len(mean)), np.zeros(len(mean), dtype=np.intp)
    edges = np.tile(edges, (len(mean), 1))
    if ends is not None:
        edges = np.clip(edges, ends[0][:, None], ends[1][:, None])
    masses = _masses(edges, mean, spread, factors) * weights
    below = np.cumsum(masses.sum(axis=2) * np.exp(tilts), axis=1)
    wanted = even_uniforms(one_group, rng) * below[:, -1]
    at = np.minimum((below <= wanted[:, None]).sum(axis=1), len(tilts) - 1)
    below = np.cumsum(masses[rows, at], axis=1)
    wanted = rng.random(len(mean)) * below[:, -1]
    component = np.minimum((below <= wanted[:, None]).sum(axis=1), len(factors) - 1)
    scale = spread * factors[component]
    return _draw_between(edges[rows, at], edges[rows, at + 1], mean, scale, rng)


def _draw_between(low, high, mean, scale, rng):
    """Draw normal numbers within intervals."""
    start, end = (low - mean) / scale, (high - mean) / scale
    # above the mean probabilities are near one: mirrored, they are exact
    mirrored = start > 0
    start, end = np.where(mirrored, -end, start), np.where(mirrored, -start, end)
    share = ndtr(start) + rng.random(len(mean)) * (ndtr(end) - ndtr(start))
    with np.errstate(divide="ignore"):
        u = np.clip(ndtri(share), start, end)
    u = np.where(np.isfinite(u), u, np.clip(0.0, start, end))
    return np.clip(mean + scale * np.where(mirrored, -u, u), low, high)


def _masses(edges, mean, spread, factors):
    """Probability of each bin: (n_rows, n_bins, n_components).

    Edges are those of all rows, or one row of edges for each of them.
    """
    scale = (spread[:, None] * factors)[:, None, :]
    return np.diff(ndtr((edges[..., None] - mean[:, None, None]) / scale), axis=1)


def _density(cells, mean, spread, factors):
    """Probability of each row's cell, or density at its point, in each component."""
    scale = spread[:, None] * factors
    low, high = (
        (ends[:, None] - mean[:, None]) / scale for ends in (cells.low, cells.high)
    )
    density = np.exp(-0.5 * low**2 - _LOG_ROOT) / scale
    cell = cells.low < cells.high
    density[cell] = np.exp(log_cell_probability(low[cell], high[cell]))
    return density
