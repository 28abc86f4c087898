import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import ndtr
from scipy.stats import norm

from skgen._math.columns.score_transform import (
    fit_score_transform,
    score_cells,
    score_ends,
    values_of_scores,
    within_range,
)
from skgen.table import Column

MARGINALS = ["linear", "quantile", "empirical"]


def _number(atoms=(), kind="continuous"):
    return Column("x", kind, atoms=np.array(atoms, dtype=float))


def _fit(z, marginals, column=None):
    return fit_score_transform(z, np.ones(len(z)), column or _number(), marginals)


def _score(transform, z):
    return score_cells(transform, np.asarray(z, dtype=float))[0]


def _draws(transform, n, seed=1):
    u = np.random.default_rng(seed).normal(size=n)
    return values_of_scores(transform, within_range(transform, u))


@pytest.mark.parametrize("marginals", MARGINALS)
def test_gain_is_the_slope_of_the_score(marginals):
    z = np.random.default_rng(0).gamma(2.0, size=400)
    transform = _fit(z, marginals)
    at, step = np.linspace(z.min() - 1, z.max() + 1, 301), 1e-7
    slope = (_score(transform, at + step) - _score(transform, at - step)) / (2 * step)
    found = np.exp(score_cells(transform, at)[3])
    # but where a bend of T lies between the two
    assert (np.abs(found / slope - 1) > 1e-4).sum() <= 2


def test_quantile_scores_are_normal_and_smooth():
    z = np.random.default_rng(0).gamma(2.0, size=1000)
    transform = _fit(z, "quantile")
    u = np.sort(_score(transform, z))
    assert np.abs(ndtr(u) - (np.arange(1000) + 0.5) / 1000).max() < 0.02
    # no piece follows the gap between two rows, but at the ends
    assert len(transform.z) <= 2 * 1000**0.4 + 1 + 2 * 10
    assert_allclose(values_of_scores(transform, u), np.sort(z), rtol=1e-9)


@pytest.mark.parametrize("kind", ["continuous", "integer"])
@pytest.mark.parametrize("marginals", ["quantile", "empirical"])
def test_draws_have_the_quantiles_of_the_column_up_to_the_extremes(kind, marginals):
    rng = np.random.default_rng(0)
    z = np.exp(rng.normal(3, 1, size=5000))
    z = np.rint(100 * z) if kind == "integer" else z
    drawn = _draws(_fit(z, marginals, _number(kind=kind)), 400_000)
    levels = [0.002, 0.01, 0.5, 0.99, 0.998]
    # down to ten rows, a row or two apart
    assert_allclose(np.quantile(drawn, levels), np.quantile(z, levels), rtol=0.06)
    assert_allclose(drawn.std(), z.std(), rtol=0.03)
    assert z.min() <= drawn.min()
    assert drawn.max() <= z.max()
    # nearly all drawn numbers of a continuous column are new
    assert kind == "integer" or not np.isin(drawn, z).any()


def test_weights_and_repetitions_have_the_same_tails():
    rng = np.random.default_rng(0)
    z, weights = np.exp(rng.normal(size=300)), rng.integers(1, 4, size=300)
    weighted = fit_score_transform(z, weights * 1.0, _number(), "quantile")
    drawn = _draws(weighted, 200_000)
    repeated = np.repeat(z, weights)
    for level in (0.02, 0.5, 0.98, 0.995):
        ends = np.quantile(repeated, [level - 0.004, level + 0.004])
        assert ends[0] * 0.98 <= np.quantile(drawn, level) <= ends[1] * 1.02


@pytest.mark.parametrize("marginals", ["quantile", "empirical"])
def test_whole_steps_score_like_numbers_times_their_width(marginals):
    rng = np.random.default_rng(0)
    z, unseen = np.exp(rng.normal(size=(2, 3000)))
    step = np.ptp(z) / 1e6
    score = []
    for kind, cells in (("continuous", 1.0), ("integer", step)):
        one, other = z / cells, unseen / cells
        if kind == "integer":
            one, other = np.rint(one), np.rint(other)
        transform = _fit(one, marginals, _number(kind=kind))
        u, low, high, gain = score_cells(transform, other)
        # where rows are dense, cells are points
        assert np.mean(low < high) < 0.01
        score.append((norm.logpdf(u) + gain)[low == high].mean())
    assert_allclose(score[1], score[0] + np.log(step), atol=0.02)


def test_linear_scores_are_standardised_at_any_scale():
    x = np.random.default_rng(0).normal(size=300)
    for scale in (1e-200, 1.0, 1e200):
        expected = (x - x.mean()) / x.std()
        found = _score(_fit(scale * x, "linear"), scale * x)
        assert_allclose(found, expected, atol=1e-9)


@pytest.mark.parametrize("marginals", MARGINALS)
def test_weights_count_like_repetition(marginals):
    z, weights = np.random.default_rng(0).normal(size=100), np.arange(100) % 3 + 1
    weighted = fit_score_transform(z, weights * 1.0, _number(), marginals)
    repeated = _fit(np.repeat(z, weights), marginals)
    at = np.linspace(-4, 4, 50)
    assert_allclose(_score(weighted, at), _score(repeated, at))


@pytest.mark.parametrize("marginals", MARGINALS)
def test_scores_go_on_outside_with_the_mean_slope_inside(marginals):
    z = np.random.default_rng(0).gamma(2.0, size=300)
    transform = _fit(z, marginals)
    ends = score_ends(transform)
    assert_allclose(_score(transform, [z.min(), z.max()]), ends)
    slope = (ends[1] - ends[0]) / (z.max() - z.min())
    beyond = _score(transform, [z.min() - 2.0, z.max() + 2.0])
    assert_allclose(beyond - ends, [-2 * slope, 2 * slope])


def test_repeated_values_of_a_continuous_column_are_cells_as_wide_as_their_share():
    rng = np.random.default_rng(0)
    z = np.concatenate([rng.normal(size=400), np.repeat([0.25, 2.0, 7.0], [3, 12, 3])])
    transform = _fit(z, "quantile", _number([0.25, 2.0, 7.0]))
    assert_array_equal(transform.atoms, [0.25, 2.0, 7.0])
    assert not len(transform.point_masses)
    share = np.diff(ndtr(transform.atom_ends), axis=1)[:, 0] * 419 / 418
    assert_allclose(share, np.array([3, 12, 3]) / 418)
    drawn = _draws(transform, 100_000)
    # five standard errors
    assert abs(np.mean(drawn == 2.0) - 12 / 418) < 5 * np.sqrt(0.03 / 100_000)
    assert not ((drawn > z[:400].max()) & (drawn < 7.0)).any()


@pytest.mark.parametrize("counts", [[20, 20, 20, 20], [20, 15, 60, 30]])
def test_nothing_is_drawn_between_whole_numbers_that_stand_alone(counts):
    # no value has a twentieth of the rows
    values = np.array([1.0, 5.0, 25.0, 100.0])
    many = np.concatenate([values + 1000 * i for i in range(8)])
    z = np.repeat(many, np.tile(counts, 8))
    transform = _fit(z, "quantile", _number(many, "integer"))
    assert set(_draws(transform, 20_000)) <= set(z)
    cells = score_cells(transform, np.array([5.0, 6.0]))
    assert cells[2][0] - cells[1][0] > 0.01
    assert np.isfinite(cells[3]).all()


def test_a_column_of_few_values_has_point_masses_only():
    z = np.repeat([0.5, 2.0], 40)
    transform = _fit(z, "quantile", _number([0.5, 2.0]))
    assert not transform.has_score
    assert_array_equal(transform.point_masses, [0.5, 2.0])
    one = _fit(np.append(np.zeros(99), 7.0), "quantile", _number([0.0]))
    assert_array_equal(one.point_masses, [0.0, 7.0])


@pytest.mark.parametrize("marginals", MARGINALS)
def test_absurd_values_have_finite_scores(marginals):
    z = np.random.default_rng(0).normal(size=50)
    u, low, high, gain = score_cells(_fit(z, marginals), np.array([-1e300, 1e300]))
    assert np.isfinite([u, low, high, gain]).all()
    assert np.isfinite(u**2).all()
