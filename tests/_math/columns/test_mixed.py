import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import ndtr
from scipy.stats import cauchy, norm

from skgen._math.columns.mixed import (
    FIRST_MASS,
    POINT,
    fit_mixed,
    fit_score_transform,
    from_score,
    join_mixed,
    log_cell_probability,
    log_derivative,
    outside_range,
    score_range,
    split_mixed,
    to_score,
)
from skgen.table import Column

MARGINALS = ["linear", "quantile"]


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


def test_kinds_of_values_have_levels(mixed_rows):
    Z, columns = mixed_rows
    mixed = fit_mixed(Z, np.ones(len(Z)), columns, marginals="linear")
    assert_array_equal(mixed.score_columns, [0, 1, 2])
    assert_array_equal(mixed.transforms[0].kinds, [POINT, FIRST_MASS])
    assert_array_equal(mixed.transforms[0].point_masses, [0.0])
    assert POINT not in mixed.transforms[1].kinds
    assert_array_equal(mixed.n_levels[mixed.level_columns == 3], [4])


def test_a_repeated_value_alone_on_its_grid_is_a_point_mass():
    z = np.append(np.random.default_rng(0).normal(size=400), [7.0, 7.0, 7.0])
    transform = fit_score_transform(z, np.ones(403), _number([7.0]), "quantile")
    assert_array_equal(transform.point_masses, [7.0])
    assert not len(transform.grid)


@pytest.mark.parametrize("marginals", MARGINALS)
def test_cells_are_side_by_side(mixed_rows, marginals):
    Z, columns = mixed_rows
    mixed = fit_mixed(Z, np.ones(len(Z)), columns, marginals=marginals)
    for i, j in ((1, 1), (2, 2)):
        z = np.arange(-150.0, 151.0) if j == 2 else mixed.transforms[j].grid
        block = np.full((len(z), 4), np.nan)
        block[:, j] = z
        split = split_mixed(mixed, block)
        low, high = split.low[:, i], split.high[:, i]
        keep = ~np.isnan(low)
        inside = (low <= split.u[:, i]) & (split.u[:, i] <= high)
        assert inside[keep].all()
        if j == 1:
            assert_allclose(low[keep][1:], high[keep][:-1])
            assert low[keep][0] == -np.inf
            assert high[keep][-1] == np.inf


@pytest.mark.parametrize("marginals", MARGINALS)
def test_log_derivative_is_the_slope_of_the_score(marginals):
    z = np.random.default_rng(0).gamma(2.0, size=400)
    _, mixed = _fitted(z, _number(), marginals)
    transform = mixed.transforms[0]
    at = np.linspace(z.min() - 1, z.max() + 1, 301)
    step = 1e-7
    slope = (to_score(transform, at + step) - to_score(transform, at - step)) / (
        2 * step
    )
    found = np.exp(log_derivative(mixed, at[:, None]))
    # but where a bend of T lies between the two
    wrong = np.abs(found / slope - 1) > 1e-4
    assert wrong.sum() <= 2


@pytest.mark.parametrize("marginals", MARGINALS)
def test_density_of_a_number_integrates_to_one(marginals):
    z = np.random.default_rng(0).gamma(2.0, size=400)
    _, mixed = _fitted(z, _number(), marginals)
    at = np.linspace(-20, 40, 600_001)
    u = split_mixed(mixed, at[:, None]).u[:, 0]
    density = np.exp(norm.logpdf(u) + log_derivative(mixed, at[:, None]))
    assert_allclose(density.sum() * (at[1] - at[0]), 1.0, atol=1e-3)


def test_quantile_scores_are_normal_and_smooth():
    z = np.random.default_rng(0).gamma(2.0, size=1000)
    transform = fit_score_transform(z, np.ones(1000), _number(), "quantile")
    u = np.sort(to_score(transform, z))
    assert np.abs(ndtr(u) - (np.arange(1000) + 0.5) / 1000).max() < 0.02
    # no piece follows the gap between two rows
    assert len(transform.z) <= 2 * 1000**0.4 + 1
    assert_allclose(from_score(transform, u), np.sort(z), rtol=1e-9)


def test_linear_scores_are_standardised_at_any_scale():
    x = np.random.default_rng(0).normal(size=300)
    for scale in (1e-200, 1.0, 1e200):
        transform = fit_score_transform(scale * x, np.ones(300), _number(), "linear")
        expected = (x - x.mean()) / x.std()
        assert_allclose(to_score(transform, scale * x), expected, atol=1e-9)


def test_weights_count_like_repetition():
    z = np.random.default_rng(0).normal(size=100)
    weights = np.arange(100) % 3 + 1
    for marginals in MARGINALS:
        weighted = fit_score_transform(z, weights * 1.0, _number(), marginals)
        repeated = np.repeat(z, weights)
        repeated = fit_score_transform(
            repeated, np.ones(len(repeated)), _number(), marginals
        )
        at = np.linspace(-4, 4, 50)
        assert_allclose(to_score(weighted, at), to_score(repeated, at))


def test_score_range_is_that_of_the_observed_values(mixed_rows):
    Z, columns = mixed_rows
    for marginals in MARGINALS:
        mixed = fit_mixed(Z, np.ones(len(Z)), columns, marginals=marginals)
        low, high = score_range(mixed)
        u = split_mixed(mixed, Z).u
        assert np.all(np.nanmin(u, axis=0) >= low - 1e-12)
        assert np.all(np.nanmax(u, axis=0) <= high + 1e-12)


def test_values_of_a_kind_that_never_occurred_are_improbable():
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


@pytest.mark.parametrize("center", [-30.0, -3.0, 0.0, 0.4, 5.0, 35.0])
@pytest.mark.parametrize("width", [1e-13, 1e-7, 1e-5, 1e-3, 0.3])
def test_log_cell_probability_is_exact_in_tails_and_narrow_cells(center, width):
    low, high = center - width / 2, center + width / 2
    # Gauss-Legendre on a narrow interval is as good as exact
    nodes, weights = np.polynomial.legendre.leggauss(20)
    integral = np.sum(weights * norm.pdf(center + nodes * width / 2))
    with np.errstate(divide="ignore"):
        expected = np.log(integral * width / 2)
    found = log_cell_probability(np.array([low]), np.array([high]))[0]
    # the ends themselves are rounded: they differ by width up to one part in 1000
    assert_allclose(
        found, expected, atol=2 * np.spacing(abs(center) + 1) / width + 1e-6
    )


def test_log_cell_probability_of_the_line_is_zero():
    ends = np.array([-np.inf, 0.0, np.inf])
    found = log_cell_probability(ends[:-1], ends[1:])
    assert_allclose(found, np.log(0.5))
    assert log_cell_probability(ends[:1], ends[-1:])[0] == 0.0


def test_log_cell_probability_of_cells_narrower_than_rounding():
    width = np.array([1e-17, 1e-100])
    found = log_cell_probability(-width / 2, width / 2)
    assert_allclose(found, np.log(width) + norm.logpdf(0.0))


def test_rows_outside_the_range_are_those_with_a_drawn_score_there():
    z = np.concatenate([np.zeros(50), np.arange(1.0, 51.0) + 0.5])
    _, mixed = _fitted(z, _number([0.0]), "linear")
    low, high = score_range(mixed)
    inside = (low[0] + high[0]) / 2
    u = np.array([inside, high[0] + 1, low[0] - 1, high[0] + 1, high[0] + 1])[:, None]
    at_zero = list(mixed.transforms[0].kinds).index(FIRST_MASS)
    level = np.array([0, 0, 0, at_zero, 0])[:, None]
    drawn = np.array([True, True, True, True, False])[:, None]
    found = outside_range(mixed, u, level, drawn)
    assert found.tolist() == [False, True, True, False, False]


def test_one_value_off_the_grid_has_a_level_beside_it():
    grid = np.arange(60.0)
    z = np.append(np.repeat(grid, 2), 20.3)
    Z, mixed = _fitted(z, _number(grid), "quantile")
    split = split_mixed(mixed, Z)
    at_grid, alone = split.level[:-1, 0], split.level[-1, 0]
    assert alone == POINT
    assert (at_grid != POINT).all()
    nothing = np.full(Z.shape, np.nan)
    assert_allclose(join_mixed(mixed, nothing, split.u, split.level), Z)


@pytest.mark.parametrize("marginals", MARGINALS)
def test_scores_go_on_outside_with_the_mean_slope_inside(marginals):
    z = np.random.default_rng(0).gamma(2.0, size=300)
    transform = fit_score_transform(z, np.ones(300), _number(), marginals)
    ends = to_score(transform, np.array([z.min(), z.max()]))
    slope = (ends[1] - ends[0]) / (z.max() - z.min())
    beyond = to_score(transform, np.array([z.min() - 2.0, z.max() + 2.0]))
    assert_allclose(beyond - ends, [-2 * slope, 2 * slope])
