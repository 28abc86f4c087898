import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.integrate import quad
from scipy.stats import norm

from skgen._math.columns.score_scale import (
    fit_score_scale,
    from_scores,
    has_few_values,
    narrow,
    to_scores,
)
from skgen.table import Column

N_DRAWS = 40_000


def scale_of(z, weights=None, *, whole=False, atoms=()):
    z = np.asarray(z, dtype=float)
    weights = np.ones(len(z)) if weights is None else weights
    column = Column("x", "continuous", integer_valued=whole, atoms=np.array(atoms))
    return fit_score_scale(z, weights, column)


def draw(scale, mean=0.0, spread=1.0, seed=0):
    rng = np.random.default_rng(seed)
    return from_scores(scale, mean + spread * rng.standard_normal(N_DRAWS))


# --- scores ---------------------------------------------------------------------------


def test_two_equally_frequent_values_are_halves_of_a_normal_distribution():
    scores, variances = to_scores(scale_of([1.0, 5.0]), np.array([1.0, 5.0, np.nan]))
    half = np.sqrt(2 / np.pi)
    assert_allclose(scores, [-half, half, np.nan])
    assert_allclose(variances, [1 - half**2, 1 - half**2, np.nan])


def test_scores_are_means_and_variances_of_a_normal_number_in_the_cell():
    weights = np.array([0.1, 0.3, 0.02, 0.5, 0.08])
    found = to_scores(scale_of(np.arange(5), weights), np.arange(5.0))
    ends = norm.ppf(np.append(0, np.cumsum(weights)))
    ends[-1] = np.inf

    def moment(power, k):
        integral = quad(lambda s: s**power * norm.pdf(s), ends[k], ends[k + 1])[0]
        return integral / weights[k]

    for k, (mean, variance) in enumerate(zip(*found, strict=True)):
        assert_allclose(mean, moment(1, k), rtol=1e-7)
        assert_allclose(variance, moment(2, k) - moment(1, k) ** 2, rtol=1e-6)


@pytest.mark.parametrize("n_values", [1, 2, 7, 900, 30_000])
def test_scores_and_what_they_stand_for_have_mean_0_and_variance_1(n_values):
    z = np.random.default_rng(0).integers(0, n_values, 30_000)
    scores, variances = to_scores(scale_of(z), z)
    assert abs(scores.mean()) < 1e-5
    assert abs(scores.var() + variances.mean() - 1) < 2e-3


def test_values_come_back_from_their_scores():
    z = np.random.default_rng(1).normal(size=300)
    for scale in (scale_of(z), scale_of(np.rint(10 * z), whole=True)):
        scores, _ = to_scores(scale, scale.values)
        found = from_scores(scale, scores)
        nearest = np.abs(found[:, None] - scale.values).argmin(axis=1)
        assert_array_equal(nearest, np.arange(len(scale.values)))


def test_weights_are_repetitions():
    z = np.random.default_rng(2).normal(size=50)
    weights = np.random.default_rng(3).integers(1, 4, 50)
    weighted = scale_of(z, weights.astype(float))
    repeated = scale_of(np.repeat(z, weights))
    assert_allclose(weighted.shares, repeated.shares)
    assert_allclose(to_scores(weighted, z)[0], to_scores(repeated, z)[0])


def test_weights_may_be_tiny():
    z = np.arange(8.0)
    scale = scale_of(z, np.array([1e-30, 1, 1e-30, 1e-9, 1, 1, 1, 1e-30]))
    scores, variances = to_scores(scale, z)
    assert np.isfinite(scores).all()
    assert np.isfinite(variances).all()
    found = from_scores(scale, np.array([-40.0, -2.0, 0.0, 9.0, 40.0]))
    assert ((found >= 0) & (found <= 7)).all()


# --- values ---------------------------------------------------------------------------


def test_shares_come_back_from_a_normal_distribution():
    z = np.random.default_rng(4).choice([0, 50, 100, 700], 400, p=[0.6, 0.1, 0.2, 0.1])
    scale = scale_of(z)
    drawn = draw(scale)
    assert set(drawn) == set(z)
    found = (drawn[:, None] == scale.values).mean(axis=0)
    # 5 standard errors of the most frequent: a false alarm in a million runs
    assert_allclose(found, scale.shares, atol=5 * 0.5 / np.sqrt(N_DRAWS))


def test_ranges_and_forms_of_a_column_come_back():
    z = np.exp(np.random.default_rng(5).normal(size=500))
    drawn = draw(scale_of(z))
    assert z.min() <= drawn.min()
    assert drawn.max() <= z.max()
    levels = np.linspace(0.05, 0.95, 19)
    assert_allclose(np.quantile(drawn, levels), np.quantile(z, levels), rtol=0.06)
    # between observed numbers, too
    assert np.isin(drawn, z).mean() < 0.01


def test_gap_beside_a_code_is_empty():
    rng = np.random.default_rng(6)
    ages = rng.integers(18, 80, 600)
    z = np.append(ages, np.full(12, -999))
    drawn = draw(scale_of(z, whole=True), spread=2)
    assert set(drawn[drawn < 18]) == {-999}
    # and that beside zeros
    pay = 20 + rng.exponential(size=300)
    drawn = draw(scale_of(np.append(pay, np.zeros(40))))
    assert ((drawn == 0) | (drawn >= pay.min())).all()


def test_gap_between_groups_is_empty():
    rng = np.random.default_rng(7)
    z = np.concatenate([rng.normal(size=200), rng.normal(100, 1, size=100)])
    drawn = draw(scale_of(z))
    first = drawn < 50
    assert drawn[first].max() < 6
    assert drawn[~first].min() > 94
    assert_allclose(first.mean(), 2 / 3, atol=0.02)


def test_whole_numbers_that_no_row_has_are_drawn_inside_the_range():
    z = np.random.default_rng(8).integers(0, 200, 150)
    drawn = draw(scale_of(z, whole=True))
    assert (drawn == np.rint(drawn)).all()
    assert len(set(drawn) - set(z)) > 20


def test_the_last_of_a_long_tail_is_no_code():
    z = np.append(np.random.default_rng(9).exponential(size=100), 12.0)
    scale = scale_of(z)
    assert not scale.is_mass.any()
    assert scale.low[-1] < 12


def test_odd_numbers_off_the_grid_stay():
    z = np.append(np.repeat(np.arange(30), 20), 3.5)
    drawn = draw(scale_of(z, whole=True), spread=0.5)
    assert set(drawn) <= set(z)


def test_declared_point_masses_stand_alone():
    z = np.random.default_rng(10).normal(size=200)
    atom = np.sort(z)[100]
    scale = scale_of(z, atoms=[atom])
    assert (scale.low == scale.high)[scale.values == atom].all()


# --- point masses ---------------------------------------------------------------------


@pytest.mark.parametrize("copies", [1, 4])
def test_point_masses_stand_above_their_neighbours(copies):
    rng = np.random.default_rng(11)
    count = np.where(rng.random(900) < 0.6, 0, rng.poisson(30, 900))
    ages = np.append(rng.integers(18, 80, 900), np.full(30, -999))
    pay = np.append(rng.normal(size=900), np.full(60, 0.1))
    for z, mass, whole in ((count, 0, True), (ages, -999, True), (pay, 0.1, False)):
        scale = scale_of(np.repeat(z, copies), whole=whole)
        assert_array_equal(scale.values[scale.is_mass], [mass])


def test_frequent_values_among_others_are_no_point_masses():
    rng = np.random.default_rng(12)
    for z in (rng.integers(18, 80, 3000), rng.poisson(3, 500), rng.integers(1, 6, 500)):
        assert not scale_of(z, whole=True).is_mass.any()


def test_repeating_the_table_changes_no_cell():
    z = np.random.default_rng(13).normal(size=90)
    for whole, x in ((False, z), (True, np.rint(50 * z))):
        once, often = scale_of(x, whole=whole), scale_of(np.tile(x, 12), whole=whole)
        assert_array_equal(once.low, often.low)
        assert_array_equal(once.high, often.high)


@pytest.mark.parametrize(
    ("counts", "few"),
    [
        ([100, 100], True),
        ([300, 150, 20, 1], True),
        ([3, 2, 1], False),
        (np.full(20, 9), True),
        (np.full(21, 9), False),
    ],
)
def test_few_values(counts, few):
    assert has_few_values(np.array(counts)) == few


# --- parts of a scale -----------------------------------------------------------------


def test_narrow_scales_draw_nothing_else():
    z = np.random.default_rng(14).normal(size=400)
    scale = scale_of(z)
    part = narrow(scale, (scale.values > -0.5) & (scale.values < 1.2))
    drawn = draw(part)
    inside = z[(z > -0.5) & (z < 1.2)]
    assert inside.min() <= drawn.min()
    assert drawn.max() <= inside.max()
    assert_allclose(np.median(drawn), np.median(inside), atol=0.05)
