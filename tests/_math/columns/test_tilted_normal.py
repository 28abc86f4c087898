"""Tilted normal scores: normalised, drawn as they are weighed, shares kept."""

import itertools

import numpy as np
from numpy.testing import assert_allclose
from scipy.integrate import quad
from scipy.stats import chisquare

from skgen._math.columns.score_line import ScoreCells
from skgen._math.columns.tilted_normal import (
    draw_tilted,
    fit_tilted_normal,
    tilted_log_prob,
    tilted_mass,
)

ALPHA = 1e-6
EDGES = np.array([-3.0, -1.0, 0.2, 0.5, 3.0])
SHARES = np.array([0.1, 0.5, 0.3, 0.1])


def _points(v):
    return ScoreCells(v, v, np.zeros(len(v)))


def _fitted(seed=0, n_rows=800):
    rng = np.random.default_rng(seed)
    mean = rng.normal(size=n_rows)
    spread = np.exp(0.3 * rng.normal(size=n_rows))
    v = np.clip(mean + spread * rng.standard_t(3, n_rows), -2.99, 2.99)
    weights = rng.choice([1.0, 2.0], n_rows)
    model = fit_tilted_normal(EDGES, _points(v), SHARES, mean, spread, weights)
    return model, mean, spread, weights


def _probability_of_bins(model, mean, spread):
    cells = ScoreCells(
        *(np.repeat(ends, len(mean)) for ends in (EDGES[:-1], EDGES[1:])), 0
    )
    cells = cells._replace(log_gain=np.zeros(len(cells.low)))
    repeated = np.tile(mean, len(SHARES)), np.tile(spread, len(SHARES))
    log_prob = tilted_log_prob(model, cells, *repeated)
    return np.exp(log_prob).reshape(len(SHARES), -1).T


def test_bins_have_probability_one_and_their_observed_shares_on_average():
    model, mean, spread, weights = _fitted()
    probability = _probability_of_bins(model, mean, spread)
    assert_allclose(probability.sum(axis=1), 1.0)
    assert_allclose(weights @ probability / weights.sum(), SHARES, rtol=0.02)


def test_the_density_of_points_integrates_to_the_probability_of_their_bin():
    model, mean, spread, _ = _fitted()
    row = mean[:1], spread[:1]
    probability = _probability_of_bins(model, *row)[0]
    for t, (low, high) in enumerate(itertools.pairwise(EDGES)):
        found = quad(
            lambda v: np.exp(tilted_log_prob(model, _points(np.full(1, v)), *row))[0],
            low + 1e-9,
            high,
            epsabs=1e-8,
        )[0]
        assert_allclose(found, probability[t], atol=1e-6)


def test_draws_follow_the_density():
    model, mean, spread, _ = _fitted()
    row = np.full(40_000, mean[3]), np.full(40_000, spread[3])
    drawn = draw_tilted(model, *row, np.random.default_rng(1))
    places = np.unique(np.concatenate([EDGES, np.linspace(-3, 3, 13)]))
    cells = ScoreCells(places[:-1], places[1:], np.zeros(len(places) - 1))
    one = mean[[3]].repeat(len(cells.low)), spread[[3]].repeat(len(cells.low))
    expected = np.exp(tilted_log_prob(model, cells, *one))
    counts = np.histogram(drawn, places)[0]
    # bins are drawn evenly, so counts vary less than independent ones
    assert chisquare(counts, expected * len(drawn)).pvalue > ALPHA


def test_predictions_far_outside_of_the_line_stay_on_it():
    model, *_ = _fitted()
    far = np.array([-1e6, 1e6]), np.full(2, 1e-5)
    drawn = draw_tilted(model, *far, np.random.default_rng(2))
    assert np.isfinite(drawn).all()
    assert EDGES[0] <= drawn.min() < drawn.max() <= EDGES[-1]
    assert np.isfinite(tilted_log_prob(model, _points(EDGES[[0, -1]]), *far)).all()


def test_masses_between_ends_are_integrals():
    model, mean, spread, _ = _fitted()
    start = np.array([-np.inf, -0.4, 0.3, 2.0, 1.0])
    end = np.array([np.inf, 1.7, 0.4, np.inf, -1.0])
    found = tilted_mass(model, start, end, mean[:5], spread[:5])
    for i, (low, high) in enumerate(zip(start, end, strict=True)):
        row = mean[[i]], spread[[i]]
        inner = [edge for edge in EDGES if low < edge < high]
        ends = np.clip([low, high], EDGES[0] + 1e-9, EDGES[-1])
        expected = quad(
            lambda v, row: np.exp(tilted_log_prob(model, _points(np.full(1, v)), *row))[
                0
            ],
            ends[0],
            max(ends),
            args=(row,),
            points=inner or None,
        )[0]
        assert_allclose(found[i], expected if high > low else 0.0, atol=1e-6)


def test_draws_between_ends_follow_the_density_there():
    model, mean, spread, _ = _fitted()
    row = np.full(20_000, mean[3]), np.full(20_000, spread[3])
    ends = np.full(20_000, -0.7), np.full(20_000, 0.9)
    drawn = draw_tilted(model, *row, np.random.default_rng(3), ends=ends)
    places = np.array([-0.7, -0.3, 0.2, 0.4, 0.5, 0.9])
    mass = tilted_mass(model, places[:-1], places[1:], *(x[:5] for x in row))
    counts = np.histogram(drawn, places)[0]
    assert chisquare(counts, 20_000 * mass / mass.sum()).pvalue > ALPHA
