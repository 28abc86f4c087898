import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import norm

from skgen._math import gaussian_resampling
from skgen._math.columns.score_scale import fit_score_scale, to_scores
from skgen._math.gaussian_resampling import draw_normal, fit_normal
from skgen.table import Column

N_DRAWS = 40_000
#: Standard errors: of each comparison, a false alarm in 1.7 million runs.
Z_MAX = 5


def make_numbers(n_rows=60, n_columns=3, seed=0):
    """Correlated numbers of different scales."""
    rng = np.random.default_rng(seed)
    mix = rng.normal(size=(n_columns, n_columns))
    return rng.normal(size=(n_rows, n_columns)) @ mix + 10 * np.arange(n_columns)


def scales_of(Z, discrete=(), whole=False):
    """Scales of the columns of a table, None for those of levels."""
    column = Column("x", "continuous", integer_valued=whole)
    known = [z[~np.isnan(z)] for z in Z.T]
    return [
        None
        if j in discrete or not len(z)
        else fit_score_scale(z, np.ones(len(z)), column)
        for j, z in enumerate(known)
    ]


def fit(Z, discrete=(), weights=None, *, table=None, whole=False, **params):
    """A normal distribution of rows whose columns `discrete` hold levels.

    Scales are those of the table, or of the rows themselves.
    """
    weights = np.ones(len(Z)) if weights is None else weights
    scales = scales_of(Z if table is None else table, discrete, whole)
    return fit_normal(Z, scales, weights, **params)


def scores_of(Z, table):
    """Scores and variances within cells, each of the shape of Z."""
    pairs = [to_scores(*pair) for pair in zip(scales_of(table), Z.T, strict=True)]
    return [np.column_stack(part) for part in zip(*pairs, strict=True)]


def draw(normal, n_rows=N_DRAWS, seed=1):
    return draw_normal(normal, n_rows, np.random.default_rng(seed))


def assert_share(found, share):
    """Draws have the expected share of True, within the noise of sampling."""
    error = np.sqrt(share * (1 - share) / len(found))
    assert_allclose(found.mean(axis=0), share, atol=Z_MAX * np.max(error))


# --- numbers --------------------------------------------------------------------------


@pytest.mark.parametrize("weighted", [False, True])
def test_scores_have_the_mean_and_covariance_of_the_rows(weighted):
    table = make_numbers(2000)
    Z = table[:60]
    weights = np.random.default_rng(2).integers(0, 5, 60).astype(float)
    weights = weights if weighted else np.ones(60)
    scores, within = scores_of(Z, table)
    normal = fit(Z, weights=weights, table=table)
    assert_allclose(normal.mean, np.average(scores, axis=0, weights=weights))
    covariance = np.cov(scores.T, aweights=weights, ddof=0)
    # wider by what lies within the cells, at the same correlation
    variance = np.diag(covariance)
    wider = np.sqrt(1 + np.average(within, axis=0, weights=weights) / variance)
    expected = covariance * np.outer(wider, wider)
    assert_allclose(normal.root.T @ normal.root, expected, rtol=1e-6)
    drawn = draw(normal)
    for j in range(3):
        bound = np.sort(table[:, j])[1500]
        z = (scores_of(table, table)[0][:, j][table[:, j] == bound]).item()
        expected = norm.cdf((z - normal.mean[j]) / np.sqrt(variance[j]) / wider[j])
        # the bound lies within a cell of one in 2,000 rows
        assert abs(np.mean(drawn[:, j] < bound) - expected) < 0.001 + Z_MAX * 0.0025


def test_draws_reach_beyond_the_rows_but_not_beyond_the_table():
    table = make_numbers(2000)
    rows = table[np.abs(table[:, 0] - np.median(table[:, 0])) < 0.3][:30]
    drawn = draw(fit(rows, table=table))
    assert (drawn.min(axis=0) < rows.min(axis=0)).all()
    assert (drawn.max(axis=0) > rows.max(axis=0)).all()
    assert (drawn.min(axis=0) >= table.min(axis=0)).all()
    assert (drawn.max(axis=0) <= table.max(axis=0)).all()
    # nor far beyond the rows in a column in which they are close together
    assert drawn[:, 0].std() < 2 * rows[:, 0].std()


def test_whole_weights_are_repetitions():
    Z = np.c_[make_numbers(), np.arange(60) % 4]
    Z[::3, 1], Z[::4, 3] = np.nan, np.nan
    weights = np.random.default_rng(2).integers(0, 4, 60)
    weighted = fit(Z, [3], weights.astype(float))
    repeated = fit(np.repeat(Z, weights, axis=0), [3], table=Z)
    assert_allclose(weighted.mean, repeated.mean)
    # but for the order of equally frequent levels
    assert_allclose(
        np.sort((weighted.root**2).sum(axis=0)), np.sort((repeated.root**2).sum(axis=0))
    )


def test_rows_stay_in_the_space_that_few_rows_span():
    table = make_numbers(500, 9)
    normal = fit(table[:4], table=table)
    scores, within = scores_of(table[:4], table)
    centred = (scores - scores.mean(axis=0)) * np.sqrt(
        1 + within.mean(axis=0) / scores.var(axis=0)
    )
    part = np.linalg.lstsq(centred.T, normal.root.T, rcond=None)[0]
    assert_allclose(centred.T @ part, normal.root.T, atol=1e-9)
    assert np.linalg.matrix_rank(normal.root, tol=1e-9) == 3


def test_one_row_is_copied():
    Z = np.array([[1.5, np.nan, 2.0, -3.0]])
    table = np.vstack([Z, make_numbers(40, 4)])
    assert_array_equal(draw(fit(Z, [2], table=table), 20), np.repeat(Z, 20, axis=0))


def test_observed_cells_determine_mean_and_variance_of_a_number():
    table = make_numbers(3000, 2)
    Z = table[:200].copy()
    Z[np.random.default_rng(1).random(200) < 0.4, 0] = np.nan
    scores, within = scores_of(Z, table)
    seen = ~np.isnan(Z[:, 0])
    normal = fit(Z, table=table)
    # the dimensions: a number, its missing indicator, a number
    assert_allclose(normal.mean[0], scores[seen, 0].mean())
    variance = scores[seen, 0].var() + within[seen, 0].mean()
    assert_allclose((normal.root**2).sum(axis=0)[0], variance)


def test_covariance_may_be_borrowed():
    # 5,000 rows: nothing lies within cells of so few
    table = np.vstack([make_numbers(), make_numbers(90, seed=5), make_numbers(5000)])
    Z, others = table[:60], table[60:150]
    weights = np.random.default_rng(6).random(90)
    (own_scores, _), (scores, _) = scores_of(Z, table), scores_of(others, table)
    own = np.cov(own_scores.T, ddof=0)
    for other_weights in (np.ones(90), weights):
        theirs = np.cov(scores.T, aweights=other_weights, ddof=0)
        for pooled in (0.0, 0.3, 1.0):
            normal = fit(
                Z,
                table=table,
                others=others,
                other_weights=other_weights,
                pooled=pooled,
            )
            assert_allclose(normal.mean, own_scores.mean(axis=0))
            expected = (1 - pooled) * own + pooled * theirs
            assert_allclose(normal.root.T @ normal.root, expected, atol=1e-9)


def test_a_number_that_the_rows_share_is_drawn_alone_unless_others_lend_spread():
    table = make_numbers(300, 2)
    Z = np.c_[np.full(20, table[5, 0]), table[:20, 1]]
    assert set(draw(fit(Z, table=table), 200)[:, 0]) == {table[5, 0]}
    lent = {"others": table, "other_weights": np.ones(300), "pooled": 0.5}
    assert len(set(draw(fit(Z, table=table, **lent), 200)[:, 0])) > 150


# --- point masses ---------------------------------------------------------------------


def make_ages(n_rows, share, seed):
    """Ages, of which a share is unknown and coded by -999, and a number."""
    rng = np.random.default_rng(seed)
    unknown = rng.random(n_rows) < share
    x = rng.normal(size=n_rows)
    ages = np.where(unknown, -999, np.rint(45 + 10 * x).clip(18, 80))
    return np.c_[ages, x + 2 * unknown]


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("share", [0.05, 0.2, 0.7])
def test_point_masses_keep_their_shares_and_empty_gaps(share, weighted):
    table = make_ages(2000, 0.3, 0)
    Z = make_ages(200, share, 1)
    weights = np.where(Z[:, 0] < 0, 1.5, 1.0) if weighted else np.ones(200)
    [drawn, other] = draw(fit(Z, weights=weights, table=table, whole=True)).T
    known, ages = drawn != -999, table[table[:, 0] > 0, 0]
    assert set(drawn[known]) <= set(range(int(ages.min()), int(ages.max()) + 1))
    assert_share(~known, np.average(Z[:, 0] == -999, weights=weights))
    # they depend on the other column in a way of their own
    assert other[~known].mean() > other[known].mean() + 0.6
    # cells without a score count as the mean, which lessens the covariance
    lessened = np.sqrt(np.average(Z[:, 0] > 0, weights=weights))
    assert np.corrcoef(drawn[known], other[known])[0, 1] > 0.8 * lessened


def test_rows_that_hold_point_masses_only_draw_these():
    table = make_ages(2000, 0.3, 0)
    Z = make_ages(40, 1, 1)
    assert set(draw(fit(Z, table=table, whole=True))[:, 0]) == {-999}


def test_columns_of_two_numbers_keep_their_shares():
    rng = np.random.default_rng(7)
    table = np.c_[rng.normal(size=2000), np.where(rng.random(2000) < 0.05, 2.5, -1)]
    Z = np.c_[table[:50, 0], np.where(np.arange(50) < 15, 2.5, -1)]
    drawn = draw(fit(Z, table=table))[:, 1]
    assert set(drawn) == {-1, 2.5}
    assert_share(drawn == 2.5, 0.3)


def test_columns_of_few_numbers_keep_about_their_shares():
    rng = np.random.default_rng(8)
    ratings = rng.choice(5, 3000, p=[0.1, 0.2, 0.4, 0.2, 0.1])
    table = np.c_[rng.normal(size=3000), ratings]
    for shares in ([0.1, 0.2, 0.4, 0.2, 0.1], [0.02, 0.08, 0.25, 0.3, 0.35]):
        counts = np.rint(np.multiply(400, shares)).astype(int)
        Z = np.c_[rng.normal(size=400), np.repeat(range(5), counts)]
        drawn = draw(fit(Z, table=table))[:, 1]
        assert set(drawn) == set(range(5))
        found = np.bincount(drawn.astype(int)) / N_DRAWS
        # two figures, mean and variance, stand for all shares
        assert_allclose(found, shares, atol=0.06)


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


def test_unknown_cells_need_not_be_drawn_as_missing():
    Z = np.random.default_rng(0).normal(size=(60, 2))
    Z[:20, 0] = np.nan
    Z[40:, 1] = np.nan
    drawn = draw(fit(Z, draws_missing=False))
    assert not np.isnan(drawn).any()
    # the median of the known cells, within five standard errors
    assert abs((drawn[:, 0] < np.median(Z[20:, 0])).mean() - 0.5) < 2.5 / np.sqrt(
        N_DRAWS
    )


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
