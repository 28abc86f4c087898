import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import norm

from skgen._math import gaussian_resampling
from skgen._math.gaussian_resampling import draw_normal, fit_normal, fold_back

N_DRAWS = 40_000
#: Standard errors: of each comparison, a false alarm in 1.7 million runs.
Z_MAX = 5


def make_numbers(n_rows=60, n_columns=3, seed=0):
    """Correlated numbers of different scales."""
    rng = np.random.default_rng(seed)
    mix = rng.normal(size=(n_columns, n_columns))
    return rng.normal(size=(n_rows, n_columns)) @ mix + 10 * np.arange(n_columns)


def fit(Z, discrete=(), weights=None, **params):
    """A normal distribution of rows whose columns `discrete` hold levels."""
    weights = np.ones(len(Z)) if weights is None else weights
    return fit_normal(Z, np.isin(np.arange(Z.shape[1]), discrete), weights, **params)


def draw(normal, n_rows=N_DRAWS, seed=1):
    return draw_normal(normal, n_rows, np.random.default_rng(seed))


def assert_share(found, share):
    """Draws have the expected share of True, within the noise of sampling."""
    error = np.sqrt(share * (1 - share) / len(found))
    assert_allclose(found.mean(axis=0), share, atol=Z_MAX * np.max(error))


# --- numbers --------------------------------------------------------------------------


@pytest.mark.parametrize("weighted", [False, True])
def test_numbers_have_the_mean_and_covariance_of_the_rows(weighted):
    Z = make_numbers()
    weights = np.random.default_rng(2).integers(0, 5, 60).astype(float)
    weights = weights if weighted else np.ones(60)
    mean = np.average(Z, axis=0, weights=weights)
    covariance = np.cov(Z.T, aweights=weights, ddof=0)
    drawn = draw(fit(Z, weights=weights))
    variance = np.diag(covariance)
    error = np.sqrt(variance / N_DRAWS)
    assert (np.abs(drawn.mean(axis=0) - mean) < Z_MAX * error).all()
    error = np.sqrt((np.outer(variance, variance) + covariance**2) / N_DRAWS)
    assert (np.abs(np.cov(drawn.T) - covariance) < Z_MAX * error).all()


def test_whole_weights_are_repetitions():
    Z = np.c_[make_numbers(), np.arange(60) % 4]
    Z[::3, 1], Z[::4, 3] = np.nan, np.nan
    weights = np.random.default_rng(2).integers(0, 4, 60)
    weighted = fit(Z, [3], weights.astype(float))
    repeated = fit(np.repeat(Z, weights, axis=0), [3])
    assert_allclose(weighted.mean, repeated.mean)
    # but for the order of equally frequent levels
    assert_allclose(
        np.sort((weighted.root**2).sum(axis=0)), np.sort((repeated.root**2).sum(axis=0))
    )


def test_rows_stay_in_the_space_that_few_rows_span():
    Z = make_numbers(4, 9)
    drawn = draw(fit(Z), 50) - Z.mean(axis=0)
    centred = Z - Z.mean(axis=0)
    part = np.linalg.lstsq(centred.T, drawn.T, rcond=None)[0]
    assert_allclose((centred.T @ part).T, drawn, atol=1e-9)
    assert np.linalg.matrix_rank(drawn, tol=1e-9) == 3


def test_one_row_is_copied():
    Z = np.array([[1.5, np.nan, 2.0, -3.0]])
    assert_array_equal(draw(fit(Z, [2]), 20), np.repeat(Z, 20, axis=0))


def test_observed_cells_determine_mean_and_variance_of_a_number():
    Z = make_numbers(200, 2)
    Z[np.random.default_rng(1).random(200) < 0.4, 0] = np.nan
    seen = Z[~np.isnan(Z[:, 0]), 0]
    normal = fit(Z)
    # the dimensions: a number, its missing indicator, a number
    assert_allclose(normal.mean[0], seen.mean())
    assert_allclose((normal.root**2).sum(axis=0)[0], seen.var())


def test_covariance_may_be_borrowed():
    Z, others = make_numbers(), make_numbers(90, seed=5)
    weights = np.random.default_rng(6).random(90)
    own = np.cov(Z.T, ddof=0)
    for other_weights in (np.ones(90), weights):
        theirs = np.cov(others.T, aweights=other_weights, ddof=0)
        for pooled in (0.0, 0.3, 1.0):
            normal = fit(Z, others=others, other_weights=other_weights, pooled=pooled)
            assert_allclose(normal.mean, Z.mean(axis=0))
            expected = (1 - pooled) * own + pooled * theirs
            assert_allclose(normal.root.T @ normal.root, expected, atol=1e-9)


# --- categories and missing cells -----------------------------------------------------


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("share", [0.01, 0.3, 0.5, 0.98])
def test_columns_of_two_levels_keep_their_shares(share, weighted):
    n_ones = round(200 * share)
    Z = np.c_[make_numbers(200, 1), np.where(np.arange(200) < n_ones, 4, 2)]
    weights = np.where(Z[:, 1] == 4, 3.0, 1.0) if weighted else np.ones(200)
    drawn = draw(fit(Z, [1], weights))[:, 1]
    assert set(drawn) == {2, 4}
    assert_share(drawn == 4, np.average(Z[:, 1] == 4, weights=weights))


@pytest.mark.parametrize("weighted", [False, True])
def test_cells_are_missing_at_the_same_rate(weighted):
    rng = np.random.default_rng(3)
    Z = np.c_[make_numbers(200, 2), rng.integers(0, 3, 200)]
    Z[rng.random((200, 3)) < [0.05, 0.6, 0.3]] = np.nan
    weights = 1 + np.isnan(Z[:, 0]) + rng.random(200) if weighted else np.ones(200)
    drawn = draw(fit(Z, [2], weights))
    wanted = np.average(np.isnan(Z), axis=0, weights=weights)
    for j in range(3):
        assert_share(np.isnan(drawn[:, j]), wanted[j])


def test_cells_that_are_missing_together_stay_so():
    Z = np.c_[make_numbers(200, 2), np.arange(200) % 3]
    Z[:50] = np.nan
    missing = np.isnan(draw(fit(Z, [2]), 2000))
    assert missing.any()
    # but for rounding at a threshold
    assert (missing == missing[:, :1]).all()


def test_columns_without_a_cell_stay_empty():
    Z = np.c_[make_numbers(60, 1), np.full((60, 2), np.nan), np.arange(60) % 2]
    drawn = draw(fit(Z, [2, 3]), 500)
    assert np.isnan(drawn[:, 1:3]).all()
    assert not np.isnan(drawn[:, [0, 3]]).any()


def test_cells_without_weight_are_not_seen():
    Z = np.c_[np.full((60, 2), np.nan), np.arange(60) % 2]
    Z[:10] = [7, 3, 5]
    drawn = draw(fit(Z, [1, 2], (np.arange(60) >= 10).astype(float)), 500)
    assert np.isnan(drawn[:, :2]).all()
    assert set(drawn[:, 2]) == {0, 1}


@pytest.mark.parametrize("n_levels", [1, 3, 30, 31, 80])
def test_only_seen_levels_are_drawn(n_levels):
    rng = np.random.default_rng(4)
    seen = np.sort(rng.choice(200, n_levels, replace=False))
    Z = np.r_[seen, rng.choice(seen, 400)][:, None].astype(float)
    drawn = draw(fit(Z, [0]))
    assert set(drawn[:, 0]) == set(seen)


def test_frequent_levels_stay_frequent():
    counts = np.array([200, 100, 50, 25])
    Z = np.repeat(np.arange(4.0), counts)[:, None]
    found = np.bincount(draw(fit(Z, [0]))[:, 0].astype(int)) / N_DRAWS
    # the one that exceeds its threshold by most is drawn at about this rate
    assert_allclose(found, counts / 375, atol=0.06)
    assert (np.diff(found) < 0).all()


def test_rare_levels_share_an_indicator():
    # 29 levels have an indicator of their own, those after them share one
    counts = np.r_[np.full(29, 10), [5] * 3, [1] * 5]
    Z = np.repeat(np.arange(37.0), counts)[:, None]
    drawn = draw(fit(Z, [0]))[:, 0]
    rare = drawn[drawn >= 29]
    # indicators are about as frequent as they should be
    assert 0.5 < len(rare) / N_DRAWS / (20 / 310) < 2
    assert_share(rare[:, None] == np.arange(29, 37), counts[29:] / 20)


def test_numbers_depend_on_levels_as_in_a_probit_model():
    rng = np.random.default_rng(5)
    level = rng.random(300) < 0.3
    x = rng.normal(size=300) + 1.5 * level
    drawn = draw(fit(np.c_[x, level], [1]))
    share, spread = level.mean(), level.std()
    # of a standard normal number, whose level says whether it exceeds a threshold
    expected = np.cov(x, level, ddof=0)[0, 1] / spread * norm.pdf(norm.isf(share))
    products = (drawn[:, 0] - x.mean()) * (drawn[:, 1] - share)
    error = products.std() / np.sqrt(N_DRAWS)
    assert abs(products.mean() - expected) < Z_MAX * error
    assert expected > 20 * error


def test_numbers_depend_on_each_of_many_levels():
    level = np.arange(400) % 40
    x = 3 * np.random.default_rng(6).normal(size=400) + 10.0 * (level % 4)
    drawn = draw(fit(np.c_[x, level], [1]))
    own = level < 29  # with an indicator of their own
    means = [drawn[drawn[:, 1] == k, 0].mean() for k in level[own][:29]]
    expected = [x[level == k].mean() for k in level[own][:29]]
    assert np.corrcoef(means, expected)[0, 1] > 0.95


# --- draws ----------------------------------------------------------------------------


def test_blocks_do_not_matter(monkeypatch):
    Z = np.c_[make_numbers(100), np.arange(100) % 3]
    Z[::5, 0] = np.nan
    normal = fit(Z, [3])
    whole = draw(normal, 1000)
    for block in (1, 64, 7000):
        monkeypatch.setattr(gaussian_resampling, "BLOCK", block)
        assert_allclose(draw(normal, 1000), whole)


def test_draws_follow_the_seed():
    normal = fit(make_numbers())
    assert_array_equal(draw(normal, 10, seed=3), draw(normal, 10, seed=3))
    assert (draw(normal, 10, seed=3) != draw(normal, 10, seed=4)).all()
    assert draw(normal, 0).shape == (0, 3)


# --- folding --------------------------------------------------------------------------

LIMITS = np.array([[-2.0, 0.0], [np.nan, 7.0], [4.0, 3.0]])


def test_numbers_within_the_limits_stay():
    Z = np.array([[-2.0, 0.0], [4.0, 7.0], [1.3, 5.0]])
    assert_allclose(fold_back(Z, LIMITS), Z, rtol=1e-15)


def test_numbers_beyond_an_end_are_mirrored_there():
    inside = np.random.default_rng(0).uniform([-2, 0], [4, 7], size=(50, 2))
    for outside in (2 * np.array([-2, 0]) - inside, 2 * np.array([4, 7]) - inside):
        assert_allclose(fold_back(outside, LIMITS), inside, atol=1e-12)
    # and there and back again
    assert_allclose(fold_back(inside - 10 * np.array([6, 7]), LIMITS), inside)


def test_no_number_leaves_the_limits():
    Z = 1e3 * np.random.default_rng(0).standard_cauchy(size=(20_000, 2))
    folded = fold_back(Z, LIMITS)
    assert (folded >= [-2, 0]).all()
    assert (folded <= [4, 7]).all()
    # so wide a distribution is even when it is folded
    assert_allclose(folded.mean(axis=0), [1, 3.5], atol=0.1)


def test_limits_of_one_number_leave_only_it():
    Z = np.random.default_rng(0).normal(size=(50, 1))
    assert_array_equal(fold_back(Z, [[0.3], [0.3]]), np.full((50, 1), 0.3))


def test_levels_beyond_the_limit_share_an_indicator():
    most = gaussian_resampling.MAX_LEVELS
    for n_levels, n_rare in [(most, 0), (most + 1, 2)]:
        # level k occurs k + 1 times
        z = np.repeat(np.arange(n_levels), np.arange(1, n_levels + 1)).astype(float)
        [column] = fit(z[:, None], discrete=[0]).columns
        assert_array_equal(
            column.levels, np.arange(n_levels)[::-1][: n_levels - n_rare]
        )
        assert_array_equal(
            column.others, np.arange(n_levels)[::-1][n_levels - n_rare :]
        )
