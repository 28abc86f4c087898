import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.optimize import minimize
from scipy.stats import kstest

from skgen._math import flow_matching
from skgen._math.flow_matching import HIDDEN


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def layout(rng):
    """Two scores; columns of 2, 5 and 500 levels (these in two digits of 23)."""
    digits = [
        flow_matching.fit_digits(np.arange(n) * 1.0, rng.random(n) + 0.1, n, 32)
        for n in (2, 5, 500)
    ]
    return flow_matching.make_layout(2, digits)


def all_digits(layout, n, rng):
    values = np.full((n, len(layout.size)), HIDDEN)
    nothing = np.zeros((n, layout.n_outputs))
    flow_matching.draw_digits(layout, values, values == HIDDEN, nothing, rng)
    return values


def test_paths_begin_in_noise_and_end_in_data(rng):
    x0, x1 = rng.normal(size=(2, 4, 3))
    assert_allclose(flow_matching.interpolant(x0, x1, np.zeros((4, 1)))[0], x0)
    assert_allclose(flow_matching.interpolant(x0, x1, np.ones((4, 1)))[0], x1)


def test_velocity_is_the_derivative(rng):
    x0, x1 = rng.normal(size=(2, 4, 3))
    t, h = rng.random((4, 1)), 1e-6
    x, velocity = flow_matching.interpolant(x0, x1, t)
    slope = (flow_matching.interpolant(x0, x1, t + h)[0] - x) / (np.pi / 2 * h)
    assert_allclose(velocity, slope, atol=1e-5)


def test_one_rotation_reaches_the_data(rng):
    x0, x1 = rng.normal(size=(2, 4, 3))
    t = np.full((4, 1), 0.3)
    x, velocity = flow_matching.interpolant(x0, x1, t)
    assert_allclose(flow_matching.rotate(x, velocity, np.pi / 2 * 0.7), x1)


@pytest.mark.parametrize("max_base", [2, 3, 32])
@pytest.mark.parametrize("n_levels", [1, 2, 3, 4, 33, 500, 1025])
def test_digits_represent_every_seen_level(n_levels, max_base, rng):
    level = np.append(np.arange(n_levels) + 1.0, np.nan)
    digits = flow_matching.fit_digits(
        level, rng.random(n_levels + 1), n_levels + 2, max_base
    )
    values = flow_matching.to_digits(digits, level)
    assert (values[-1] == HIDDEN).all()
    assert_array_equal(flow_matching.from_digits(digits, values[:-1]), level[:-1])
    assert digits.base <= max(2, max_base)
    n_digits = len(digits.shares)
    assert max_base**n_digits >= n_levels
    assert n_digits == 0 or max_base ** (n_digits - 1) < n_levels
    unseen = flow_matching.to_digits(digits, np.array([0.0, n_levels + 1.0]))
    assert (unseen == HIDDEN).all()


@pytest.mark.parametrize("max_base", [2, 4, 32])
def test_digits_drawn_from_their_shares_have_the_frequencies_of_the_levels(
    max_base, rng
):
    mass = np.array([5.0, 0.0, 1.0, 2.0, 8.0, 3.0, 1.0])
    digits = flow_matching.fit_digits(np.arange(7.0), mass, 7, max_base)
    layout = flow_matching.make_layout(0, [digits])
    level = flow_matching.from_digits(digits, all_digits(layout, 20_000, rng)).astype(
        int
    )
    counts = np.bincount(level, minlength=7)
    p = mass / mass.sum()
    # five standard errors of a binomial
    assert (np.abs(counts - 20_000 * p) <= 5 * np.sqrt(20_000 * p * (1 - p))).all()


def test_digits_are_drawn_from_predictions(rng):
    """Predicted errors of the shares that add up to a distribution give it exactly."""
    digits = [
        flow_matching.fit_digits(np.arange(n) * 1.0, np.ones(n), n, 8) for n in (2, 4)
    ]
    layout = flow_matching.make_layout(0, digits)
    two, four = np.array([0.9, 0.1]), np.array([0.0, 0.2, 0.3, 0.5])
    predicted = flow_matching.DIGIT_SCALE * np.concatenate([two[1:] - 0.5, four - 0.25])
    values = np.full((20_000, 2), HIDDEN)
    due = np.ones(values.shape, dtype=bool)
    flow_matching.draw_digits(layout, values, due, np.tile(predicted, (20_000, 1)), rng)
    for k, p in enumerate((two, four)):
        found = np.bincount(values[:, k], minlength=len(p)) / 20_000
        # five standard errors of a share
        assert_allclose(found, p, atol=5 * np.sqrt(0.25 / 20_000))


def test_only_digits_that_are_due_are_drawn(layout, rng):
    values = all_digits(layout, 50, rng)
    before = values.copy()
    due = np.zeros(values.shape, dtype=bool)
    due[:, 1] = True
    values[due] = HIDDEN
    flow_matching.draw_digits(
        layout, values, due, np.zeros((50, layout.n_outputs)), rng
    )
    others = [0, 2, 3]
    assert_array_equal(values[:, others], before[:, others])
    assert (values[:, 1] >= 0).all()


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


def test_reveal_times_are_uniform_and_in_order_within_a_column(layout, rng):
    times = flow_matching.reveal_times(layout, 4000, rng)
    # false-alarm rate of 1e-6 each
    assert kstest(times[:, 0], "uniform").pvalue > 1e-6
    assert kstest(times[:, 1], "uniform").pvalue > 1e-6
    assert (times[:, 2] < times[:, 3]).all()
    assert_allclose(np.diff(np.sort(times, axis=1), axis=1), 1 / 4)


@pytest.mark.parametrize("n_steps", [2, 3, 4, 50])
def test_two_digits_of_a_column_are_never_drawn_in_one_step(layout, n_steps, rng):
    steps = flow_matching.reveal_steps(layout, 1000, n_steps, rng)
    assert (steps[:, 2] < steps[:, 3]).all()
    assert steps.min() >= 0
    assert steps.max() == n_steps - 1


def test_eight_bits_fit_into_eight_steps(rng):
    digits = flow_matching.fit_digits(np.arange(200.0), np.ones(200), 200, 2)
    layout = flow_matching.make_layout(0, [digits])
    assert_array_equal(
        flow_matching.reveal_steps(layout, 3, 8, rng), np.tile(range(8), (3, 1))
    )


def test_features_show_what_is_known_and_hide_the_rest(layout, rng):
    u, t = rng.normal(size=(6, 2)), rng.random((6, 1))
    values = all_digits(layout, 6, rng)
    known = rng.random((6, 2)) < 0.5
    X = flow_matching.flow_features(layout, u, known, values, t)
    assert X.dtype == np.float32
    assert X.shape == (6, 2 + 2 + 1 + 5 + 23 + 23 + 2)
    assert_allclose(X[:, :2], u, rtol=1e-6)
    assert_array_equal(X[:, 2:4], known)
    assert_array_equal(X[:, 4], 2 * values[:, 0] - 1)
    for k, first in ((1, 5), (2, 10), (3, 33)):
        shown = X[:, first : first + layout.size[k]]
        assert_array_equal(shown.argmax(axis=1), values[:, k])
        assert_array_equal(shown.sum(axis=1), 1)
    hidden = flow_matching.flow_features(
        layout, u, known, np.full_like(values, HIDDEN), t
    )
    assert (hidden[:, 4:-2] == 0).all()
    # time is shown
    assert len(np.unique(X[:, -2])) == 6


def test_targets_of_digits_are_zero_on_average(layout, rng):
    n = 20_000
    Y = flow_matching.flow_targets(layout, np.ones((n, 2)), all_digits(layout, n, rng))
    assert Y.shape == (n, layout.n_outputs)
    assert (Y[:, :2] == 1).all()
    # five standard errors
    mean, error = Y[:, 2:].mean(axis=0), Y[:, 2:].std(axis=0) / np.sqrt(n)
    assert (np.abs(mean) <= 5 * error).all()
    assert (error > 0).sum() >= 50


def test_perfect_predictions_are_drawn(layout, rng):
    """Predicting the targets of a row exactly draws the digits of that row."""
    values = all_digits(layout, 300, rng)
    predicted = flow_matching.flow_targets(layout, np.zeros((300, 2)), values)
    for k in range(4):
        drawn = values.copy()
        drawn[:, k] = HIDDEN
        due = np.zeros(values.shape, dtype=bool)
        due[:, k] = True
        flow_matching.draw_digits(layout, drawn, due, predicted, rng)
        assert_array_equal(drawn, values)


def test_outputs_are_undecided_where_cells_are_unknown(layout):
    known = np.array([[True, False]])
    hidden = np.array([[False, True, False, True]])
    found = flow_matching.undecided_outputs(layout, known, hidden)
    expected = np.repeat([False, True, False, True, False, True], [1, 1, 1, 5, 23, 23])
    assert_array_equal(found, [expected])


def test_rows_are_drawn_in_proportion_to_weights(rng):
    rows = flow_matching.rows_by_weight(np.array([1.0, 2.0, 0.5]), 35, rng)
    assert_array_equal(np.bincount(rows), [10, 20, 5])
    rows = flow_matching.rows_by_weight(np.ones(7), 24, rng)
    assert set(np.bincount(rows, minlength=7)) <= {3, 4}
