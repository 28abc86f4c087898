from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.optimize import minimize
from scipy.stats import kstest

from skgen._math import flow_matching
from skgen._math.columns.mixed import fit_mixed, split_mixed
from skgen._math.flow_matching import HIDDEN


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def layout(rng):
    """Two coordinates; codes of 2, 5 and 500 levels (these in two digits of 23)."""
    digits = [
        flow_matching.fit_digits(np.arange(n) * 1.0, rng.random(n) + 0.1, n, 32)
        for n in (2, 5, 500)
    ]
    return flow_matching.make_layout(2, digits)


def levels(layout, n, rng):
    written = np.full((n, len(layout.size)), HIDDEN)
    nothing = np.zeros((n, layout.n_outputs))
    flow_matching.draw_digits(layout, written, written == HIDDEN, nothing, rng)
    return written


def test_paths_begin_in_noise_and_end_in_data(rng):
    x0, x1 = rng.normal(size=(2, 4, 3))
    assert_allclose(flow_matching.interpolate(x0, x1, np.zeros((4, 1)))[0], x0)
    assert_allclose(flow_matching.interpolate(x0, x1, np.ones((4, 1)))[0], x1)


def test_velocity_is_the_derivative(rng):
    x0, x1 = rng.normal(size=(2, 4, 3))
    t, h = rng.random((4, 1)), 1e-6
    x, velocity = flow_matching.interpolate(x0, x1, t)
    slope = (flow_matching.interpolate(x0, x1, t + h)[0] - x) / (np.pi / 2 * h)
    assert_allclose(velocity, slope, atol=1e-5)


def test_one_turn_reaches_the_data(rng):
    x0, x1 = rng.normal(size=(2, 4, 3))
    t = np.full((4, 1), 0.3)
    x, velocity = flow_matching.interpolate(x0, x1, t)
    assert_allclose(flow_matching.turn(x, velocity, np.pi / 2 * 0.7), x1)


def test_stairs_make_repeated_values_normal_and_give_them_back(rng):
    u = rng.choice([-1.0, 0.0, 0.5, 4.0], p=[0.1, 0.5, 0.1, 0.3], size=4000)
    stairs = flow_matching.fit_stairs(u, np.ones(4000))
    x = flow_matching.climb(stairs, u, rng)
    # false-alarm rate below 1e-6: the shares are those of the sample itself
    assert kstest(x, "norm").pvalue > 1e-6
    assert_array_equal(flow_matching.descend(stairs, x, exact=True), u)


def test_stairs_of_distinct_values_are_monotone_and_invertible(rng):
    u = np.sort(rng.exponential(size=1000))
    weights = rng.random(1000) + 0.5
    stairs = flow_matching.fit_stairs(u, weights)
    x = flow_matching.climb(stairs, u, rng)
    assert (np.diff(x) > 0).all()
    back = flow_matching.descend(stairs, x, exact=False)
    # no further than half-way to a neighbour
    gaps = np.diff(u, prepend=u[0] - 1, append=u[-1] + 1)
    assert (np.abs(back - u) <= np.maximum(gaps[1:], gaps[:-1])).all()
    between = (u[10:20] + u[11:21]) / 2
    x = flow_matching.climb(stairs, between, rng)
    assert_allclose(flow_matching.descend(stairs, x, exact=False), between, rtol=1e-6)
    outside = flow_matching.climb(stairs, np.array([-50.0, 50.0]), rng)
    assert np.isfinite(outside).all()


def test_weights_of_stairs_count_as_repetitions():
    once = flow_matching.fit_stairs(
        np.array([0.0, 1.0, 3.0]), np.array([1.0, 2.0, 3.0])
    )
    rows = np.array([0.0, 1.0, 1.0, 3.0, 3.0, 3.0])
    for a, b in zip(once, flow_matching.fit_stairs(rows, np.ones(6)), strict=True):
        assert_allclose(a, b)


def test_numbers_of_few_values_are_levels():
    z = np.append(np.tile([0.0, 2.5, 10.0], 10), np.nan)
    ones = np.ones(31)
    assert_array_equal(flow_matching.find_levels(z, ones, 3), [0.0, 2.5, 10.0])
    assert flow_matching.find_levels(z, ones, 2) is None
    assert flow_matching.find_levels(z, 0.9 * ones, 3) is None
    at = flow_matching.nearest_level(
        np.array([0.0, 2.5, 10.0]), np.array([-9, 2, 99, np.nan])
    )
    assert_array_equal(at, [0, 1, 2, np.nan])
    assert_array_equal(
        flow_matching.nearest_level(np.array([7.0]), np.array([3.0])), [0.0]
    )


@pytest.mark.parametrize("max_levels", [2, 3, 32])
@pytest.mark.parametrize("n_codes", [1, 2, 3, 4, 33, 500, 1025])
def test_digits_write_every_seen_code(n_codes, max_levels, rng):
    code = np.append(np.arange(n_codes) + 1.0, np.nan)
    digits = flow_matching.fit_digits(
        code, rng.random(n_codes + 1), n_codes + 2, max_levels
    )
    written = flow_matching.to_digits(digits, code)
    assert (written[-1] == HIDDEN).all()
    assert_array_equal(flow_matching.from_digits(digits, written[:-1]), code[:-1])
    assert digits.base <= max(2, max_levels)
    n_digits = len(digits.shares)
    assert max_levels**n_digits >= n_codes
    assert n_digits == 0 or max_levels ** (n_digits - 1) < n_codes
    unseen = flow_matching.to_digits(digits, np.array([0.0, n_codes + 1.0]))
    assert (unseen == HIDDEN).all()


@pytest.mark.parametrize("max_levels", [2, 4, 32])
def test_digits_drawn_from_their_shares_have_the_frequencies_of_the_codes(
    max_levels, rng
):
    mass = np.array([5.0, 0.0, 1.0, 2.0, 8.0, 3.0, 1.0])
    digits = flow_matching.fit_digits(np.arange(7.0), mass, 7, max_levels)
    layout = flow_matching.make_layout(0, [digits])
    code = flow_matching.from_digits(digits, levels(layout, 20_000, rng)).astype(int)
    counts = np.bincount(code, minlength=7)
    p = mass / mass.sum()
    # five standard errors of a binomial
    assert (np.abs(counts - 20_000 * p) <= 5 * np.sqrt(20_000 * p * (1 - p))).all()


def test_digits_are_drawn_from_what_is_told(rng):
    """Errors of the shares that add up to a distribution give just that."""
    digits = [
        flow_matching.fit_digits(np.arange(n) * 1.0, np.ones(n), n, 8) for n in (2, 4)
    ]
    layout = flow_matching.make_layout(0, digits)
    two, four = np.array([0.9, 0.1]), np.array([0.0, 0.2, 0.3, 0.5])
    told = flow_matching.CODE_SCALE * np.concatenate([two[1:] - 0.5, four - 0.25])
    written = np.full((20_000, 2), HIDDEN)
    due = np.ones(written.shape, dtype=bool)
    flow_matching.draw_digits(layout, written, due, np.tile(told, (20_000, 1)), rng)
    for k, p in enumerate((two, four)):
        found = np.bincount(written[:, k], minlength=len(p)) / 20_000
        # five standard errors of a share
        assert_allclose(found, p, atol=5 * np.sqrt(0.25 / 20_000))


def test_only_digits_that_are_due_are_drawn(layout, rng):
    written = levels(layout, 50, rng)
    before = written.copy()
    due = np.zeros(written.shape, dtype=bool)
    due[:, 1] = True
    written[due] = HIDDEN
    flow_matching.draw_digits(
        layout, written, due, np.zeros((50, layout.n_outputs)), rng
    )
    others = [0, 2, 3]
    assert_array_equal(written[:, others], before[:, others])
    assert (written[:, 1] >= 0).all()


def test_nearest_probabilities_are_those_of_an_optimiser(rng):
    values = rng.normal(size=(20, 4))
    possible = rng.random((20, 4)) < 0.7
    possible[:, 0] = True
    found = flow_matching.nearest_probabilities(values, possible)
    assert_allclose(found.sum(axis=1), 1)
    assert (found[~possible] == 0).all()
    for value, may, p in zip(values, possible, found, strict=True):
        expected = minimize(
            lambda q, v=value: ((q - v) ** 2).sum(),
            may / may.sum(),
            bounds=[(0, int(m)) for m in may],
            constraints={"type": "eq", "fun": lambda q: q.sum() - 1},
            method="SLSQP",
            tol=1e-12,
        )
        assert_allclose(p, expected.x, atol=1e-5)


def test_reveal_times_are_uniform_and_in_order_within_a_code(layout, rng):
    times = flow_matching.reveal_times(layout, 4000, rng)
    # false-alarm rate of 1e-6 each
    assert kstest(times[:, 0], "uniform").pvalue > 1e-6
    assert kstest(times[:, 1], "uniform").pvalue > 1e-6
    assert (times[:, 2] < times[:, 3]).all()
    assert_allclose(np.diff(np.sort(times, axis=1), axis=1), 1 / 4)


@pytest.mark.parametrize("n_steps", [2, 3, 4, 50])
def test_two_digits_of_a_code_are_never_drawn_in_one_step(layout, n_steps, rng):
    steps = flow_matching.reveal_steps(layout, 1000, n_steps, rng)
    assert (steps[:, 2] < steps[:, 3]).all()
    assert steps.min() >= 0
    assert steps.max() == n_steps - 1


def test_bits_fit_into_as_many_steps_as_there_are(rng):
    digits = flow_matching.fit_digits(np.arange(200.0), np.ones(200), 200, 2)
    layout = flow_matching.make_layout(0, [digits])
    assert_array_equal(
        flow_matching.reveal_steps(layout, 3, 8, rng), np.tile(range(8), (3, 1))
    )


def test_features_show_what_is_known_and_hide_the_rest(layout, rng):
    u, t = rng.normal(size=(6, 2)), rng.random((6, 1))
    written = levels(layout, 6, rng)
    known = rng.random((6, 2)) < 0.5
    X = flow_matching.features(layout, u, known, written, t)
    assert X.dtype == np.float32
    assert X.shape == (6, 2 + 2 + 1 + 5 + 23 + 23 + 2)
    assert_allclose(X[:, :2], u, rtol=1e-6)
    assert_array_equal(X[:, 2:4], known)
    assert_array_equal(X[:, 4], 2 * written[:, 0] - 1)
    for k, first in ((1, 5), (2, 10), (3, 33)):
        shown = X[:, first : first + layout.size[k]]
        assert_array_equal(shown.argmax(axis=1), written[:, k])
        assert_array_equal(shown.sum(axis=1), 1)
    hidden = flow_matching.features(layout, u, known, np.full_like(written, HIDDEN), t)
    assert (hidden[:, 4:-2] == 0).all()
    # time is told
    assert len(np.unique(X[:, -2])) == 6


def test_targets_of_codes_are_zero_on_average(layout, rng):
    n = 20_000
    Y = flow_matching.targets(layout, np.ones((n, 2)), levels(layout, n, rng))
    assert Y.shape == (n, layout.n_outputs)
    assert (Y[:, :2] == 1).all()
    # five standard errors
    mean, error = Y[:, 2:].mean(axis=0), Y[:, 2:].std(axis=0) / np.sqrt(n)
    assert (np.abs(mean) <= 5 * error).all()
    assert (error > 0).sum() >= 50


def test_what_is_told_in_full_is_drawn(layout, rng):
    """Told the very targets of a row, each digit takes its level in that row."""
    written = levels(layout, 300, rng)
    told = flow_matching.targets(layout, np.zeros((300, 2)), written)
    for k in range(4):
        drawn = written.copy()
        drawn[:, k] = HIDDEN
        due = np.zeros(written.shape, dtype=bool)
        due[:, k] = True
        flow_matching.draw_digits(layout, drawn, due, told, rng)
        assert_array_equal(drawn, written)


def test_outputs_are_asked_where_cells_are_open(layout):
    known = np.array([[True, False]])
    hidden = np.array([[False, True, False, True]])
    found = flow_matching.asked(layout, known, hidden)
    expected = np.repeat([False, True, False, True, False, True], [1, 1, 1, 5, 23, 23])
    assert_array_equal(found, [expected])


def test_weighted_rows_come_as_often_as_they_weigh(rng):
    rows = flow_matching.weighted_rows(np.array([1.0, 2.0, 0.5]), 35, rng)
    assert_array_equal(np.bincount(rows), [10, 20, 5])
    rows = flow_matching.weighted_rows(np.ones(7), 24, rng)
    assert set(np.bincount(rows, minlength=7)) <= {3, 4}


def test_kinds_part_the_rows_that_have_a_coordinate(rng):
    z = np.round(rng.normal(size=400), 4)
    z[:100] = rng.choice([0.25, 0.5, 0.75, 1.0, 1.5, 1.75, 2.0, 2.25, 2.5, 3.0], 100)
    z[100:150] = -7.0
    atoms = np.array([-7.0, 0.25, 0.5, 0.75, 1.0, 1.5, 1.75, 2.0, 2.25, 2.5, 3.0])
    column = SimpleNamespace(
        discrete=False, integer_valued=False, n_categories=0, atoms=atoms
    )
    mixed = fit_mixed(z[:, None], np.ones(400), [column], marginals="quantile")
    split = split_mixed(mixed, z[:, None])
    there = ~np.isnan(split.u)
    found = {
        kind: rows for _, kind, rows in flow_matching.kinds(mixed, split.code, there)
    }
    assert set(found) == {flow_matching.POINT, flow_matching.GRID}
    assert np.isin(z[found[flow_matching.GRID]], atoms[1:]).all()
    assert not np.isin(z[found[flow_matching.POINT]], atoms).any()
    assert sum(map(len, found.values())) == np.sum(z != -7.0)


def test_the_nearest_level_is_found():
    levels = np.array([0.0, 1.0, 4.0])
    z = np.array([-9.0, 0.4, 0.6, 2.4, 2.6, 9.0, np.nan])
    assert_array_equal(
        flow_matching.nearest_level(levels, z), [0, 0, 1, 1, 2, 2, np.nan]
    )
