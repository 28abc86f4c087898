import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import cauchy, norm

from skgen._math.columns.mixed import (
    Mixed,
    draw_within_range,
    fit_mixed,
    join_mixed,
    log_derivative,
    outside_range,
    score_conditions,
    score_range,
    split_mixed,
    spread_within_range,
    with_model_marginals,
)
from skgen.table import Column

MARGINALS = ["linear", "quantile", "empirical"]


def _number(atoms=(), kind="continuous"):
    return Column("x", kind, atoms=np.array(atoms, dtype=float))


def _fitted(z, column, marginals):
    Z = np.asarray(z, dtype=float)[:, None]
    return Z, fit_mixed(Z, np.ones(len(Z)), [column], marginals=marginals)


@pytest.fixture
def mixed_rows():
    """A gamma column with zeros, tenths, whole numbers and a category; gaps."""
    rng = np.random.default_rng(0)
    zeros = np.where(rng.random(500) < 0.4, 0.0, rng.gamma(2.0, size=500))
    tenths = np.round(rng.normal(size=500), 1)
    whole = np.round(50 * rng.normal(size=500))
    Z = np.column_stack([zeros, tenths, whole, rng.integers(3, size=500)])
    Z[rng.random(Z.shape) < 0.1] = np.nan
    columns = [
        _number([0.0]),
        _number(np.unique(tenths)),
        _number(kind="integer"),
        Column("c", "categorical", n_categories=4),
    ]
    return Z, columns


@pytest.mark.parametrize("marginals", MARGINALS)
def test_join_undoes_split(mixed_rows, marginals):
    Z, columns = mixed_rows
    mixed = fit_mixed(Z, np.ones(len(Z)), columns, marginals=marginals)
    split = split_mixed(mixed, Z)
    complete = Z[~np.isnan(Z).any(axis=1)]
    part = split_mixed(mixed, complete)
    u = np.nan_to_num(part.u)
    found = join_mixed(mixed, np.full(complete.shape, np.nan), u, part.level)
    assert_allclose(found, complete, rtol=1e-9, atol=1e-12)
    kept = join_mixed(mixed, complete, 0 * u, 0 * part.level)
    assert_array_equal(kept, complete)
    for i, j in enumerate(mixed.score_columns):
        missing = np.isnan(Z[:, j]) | np.isin(Z[:, j], mixed.transforms[j].point_masses)
        assert_array_equal(np.isnan(split.u[:, i]), missing)


def test_point_masses_have_levels(mixed_rows):
    Z, columns = mixed_rows
    mixed = fit_mixed(Z, np.ones(len(Z)), columns, marginals="linear")
    assert_array_equal(mixed.score_columns, [0, 1, 2])
    assert mixed.transforms[0].n_kinds == 2
    assert_array_equal(mixed.transforms[0].point_masses, [0.0])
    # the tenths with the largest shares, and all others together
    tenths = mixed.transforms[1]
    values, counts = np.unique(Z[~np.isnan(Z[:, 1]), 1], return_counts=True)
    expected = values[counts >= 0.05 * counts.sum()]
    assert_array_equal(tenths.point_masses, expected)
    assert_array_equal(mixed.n_levels, [2, 1 + len(expected), 4])
    level = split_mixed(mixed, Z).level
    assert_array_equal(level[:, 0] == 1, Z[:, 0] == 0.0)
    assert_array_equal(np.isnan(level), np.isnan(Z[:, mixed.level_columns]))


@pytest.mark.parametrize("marginals", MARGINALS)
def test_cells_are_side_by_side(mixed_rows, marginals):
    Z, columns = mixed_rows
    mixed = fit_mixed(Z, np.ones(len(Z)), columns, marginals=marginals)
    z = np.arange(-150.0, 151.0)
    block = np.full((len(z), 4), np.nan)
    block[:, 2] = z
    split = split_mixed(mixed, block)
    low, high, u = split.low[:, 2], split.high[:, 2], split.u[:, 2]
    keep = ~np.isnan(low)
    assert ((low <= u) & (u <= high))[keep].all()
    both = (low < high) & keep
    both = both[1:] & both[:-1]
    assert both.sum() > 50
    assert_allclose(low[1:][both], high[:-1][both])


@pytest.mark.parametrize("marginals", MARGINALS)
def test_probabilities_of_whole_numbers_sum_to_one(marginals):
    rng = np.random.default_rng(0)
    z = np.round(40 * rng.gamma(2.0, size=400)) + 100 * (rng.random(400) < 0.2)
    _, mixed = _fitted(z, _number(kind="integer"), marginals)
    assert not len(mixed.level_columns)
    grid = np.arange(-3000.0, 4000.0)[:, None]
    split = split_mixed(mixed, grid)
    low, high = split.low[:, 0], split.high[:, 0]
    log_prob = np.where(
        low < high,
        np.log(np.maximum(norm.cdf(high) - norm.cdf(low), 1e-300)),
        norm.logpdf(split.u[:, 0]),
    )
    total = np.exp(log_prob + log_derivative(mixed, grid)).sum()
    # values without a row share the weight of one
    assert_allclose(total, 1.0, atol=1.5 / 401)


@pytest.mark.parametrize("marginals", MARGINALS)
def test_density_of_a_number_integrates_to_one(marginals):
    z = np.random.default_rng(0).gamma(2.0, size=400)
    _, mixed = _fitted(z, _number(), marginals)
    at = np.linspace(-20, 40, 600_001)
    u = split_mixed(mixed, at[:, None]).u[:, 0]
    density = np.exp(norm.logpdf(u) + log_derivative(mixed, at[:, None]))
    assert_allclose(density.sum() * (at[1] - at[0]), 1.0, atol=1.5 / 401)


def test_score_range_is_that_of_the_observed_values(mixed_rows):
    Z, columns = mixed_rows
    for marginals in MARGINALS:
        mixed = fit_mixed(Z, np.ones(len(Z)), columns, marginals=marginals)
        low, high = score_range(mixed)
        u = split_mixed(mixed, Z).u
        assert np.all(np.nanmin(u, axis=0) >= low - 1e-12)
        assert np.all(np.nanmax(u, axis=0) <= high + 1e-12)


def test_other_values_beside_point_masses_are_improbable():
    Z, mixed = _fitted([2.5] * 30, _number([2.5]), "linear")
    assert not len(mixed.score_columns)
    assert log_derivative(mixed, Z[:1])[0] == 0.0
    assert log_derivative(mixed, np.array([[3.0]]))[0] < np.log(1 / 50)


def test_values_between_point_masses_are_as_probable_as_a_cauchy_makes_them():
    _, mixed = _fitted([2.5, 10.5] * 20, _number([2.5, 10.5]), "linear")
    z = np.array([3.3, 6.5, 40.25])
    found = log_derivative(mixed, z[:, None])
    expected = cauchy(6.5, 8).logpdf(z)
    # but for the probability of any such value
    assert_allclose(found - found[1], expected - expected[1])


def test_rows_outside_the_range_are_those_with_a_drawn_score_there():
    z = np.concatenate([np.zeros(50), np.arange(1.0, 51.0) + 0.5])
    _, mixed = _fitted(z, _number([0.0]), "linear")
    low, high = score_range(mixed)
    inside = (low[0] + high[0]) / 2
    u = np.array([inside, high[0] + 1, low[0] - 1, high[0] + 1, high[0] + 1])[:, None]
    at_zero = 1
    level = np.array([0, 0, 0, at_zero, 0])[:, None]
    drawn = np.array([True, True, True, True, False])[:, None]
    found = outside_range(mixed, u, level, drawn)
    assert found.tolist() == [False, True, True, False, False]


def test_rows_outside_the_range_are_drawn_again():
    _, mixed = _fitted([0.0, 1.0, 2.0, 3.0], _number(), "linear")
    low, high = score_range(mixed)[:, 0]
    known, drawn_rows = np.full((3, 1), np.nan), []

    def draw(rows):
        drawn_rows.append(rows.tolist())
        n_draws = np.array([sum(row in each for each in drawn_rows) for row in rows])
        # row 0 is within the range at once, row 1 at its second draw, row 2 never
        inside = (rows == 0) | ((rows == 1) & (n_draws == 2))
        return np.where(inside, low, high + 1.0)[:, None], np.empty((len(rows), 0))

    def all_drawn(rows, level):
        return np.ones((len(rows), 1), dtype=bool)

    Z = draw_within_range(mixed, known, draw, all_drawn, 4)
    assert drawn_rows == [[0, 1, 2], [1, 2], [2], [2]]
    assert_allclose(Z[:, 0], [0.0, 0.0, 3.0])


@pytest.mark.parametrize("marginals", ["quantile", "empirical"])
def test_drawn_scores_of_any_size_are_spread_within_the_range(marginals):
    z = np.random.default_rng(0).gamma(2.0, size=50)
    _, mixed = _fitted(z, _number(), marginals)
    u = np.random.default_rng(1).normal(size=(20_000, 1))
    within = spread_within_range(mixed, u)
    low, high = score_range(mixed)
    assert np.all((within > low) & (within < high))
    assert_array_equal(np.argsort(within[:, 0]), np.argsort(u[:, 0]))
    assert not outside_range(mixed, u, np.zeros((20_000, 0)), np.ones(u.shape)).any()
    drawn = join_mixed(mixed, np.full(u.shape, np.nan), within, np.zeros((20_000, 0)))
    # no piling up at the ends
    assert not np.isin(drawn, [z.min(), z.max()]).any()


def test_a_score_is_drawn_where_a_value_is_no_point_mass_and_not_missing(mixed_rows):
    Z, columns = mixed_rows
    hidden = np.isnan(Z[:, :1]) * 1.0
    Z = np.hstack([Z, hidden])
    columns = [
        *columns,
        Column("hidden", "boolean", n_categories=2, indicator_of=0),
    ]
    mixed = fit_mixed(Z, np.ones(len(Z)), columns, marginals="quantile")
    found = score_conditions(mixed, columns)
    n_tenths = len(mixed.transforms[1].point_masses)
    assert found == [[(0, 0), (3, 0)], [(1, 0)] if n_tenths else [], []]


def test_scores_of_a_model_stand_for_normal_scores():
    z = np.random.default_rng(0).gamma(2.0, size=400)
    Z, mixed = _fitted(z, _number(), "quantile")
    # the model makes scores twice as wide
    v = np.linspace(-9, 9, 400)
    wide = with_model_marginals(mixed, [(2 * v + 1, v)])
    assert isinstance(wide, Mixed)
    before, after = split_mixed(mixed, Z), split_mixed(wide, Z)
    assert_allclose(after.u, 2 * before.u + 1)
    gain = log_derivative(wide, Z) - log_derivative(mixed, Z)
    assert_allclose(gain, np.log(2))
    back = join_mixed(wide, np.full(Z.shape, np.nan), after.u, after.level)
    assert_allclose(back, Z)
