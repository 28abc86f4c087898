import numpy as np
import pytest
from joblib import parallel_config
from numpy.testing import assert_allclose, assert_array_equal

from skgen import TreeConditional
from skgen.generators import _chained
from skgen.generators._chained import ChainedGenerator

LEVELS = (2, 3, 2)
#: keeps the frequencies of the training rows as they are
EXACT = TreeConditional(5, min_samples_leaf=1, smoothing=0.0)


class Watched(TreeConditional):
    """Keeps the rows that it was fitted to."""

    def fit(self, X, z, *, target, sample_weight, **parts):
        self.seen_, self.weight_ = X, sample_weight
        return super().fit(X, z, target=target, sample_weight=sample_weight, **parts)


class Constant(Watched):
    """Draws nothing but zeros, and wants cells as they are."""

    ranked_predictors = False

    def sample(self, X, rng):
        return np.zeros(len(X))


class StopAfter:
    """Stops a fit after some of its tasks, of which it notes the names."""

    max_propagation_depth = None

    def __init__(self, n_tasks):
        self.n_tasks = n_tasks
        self.names = []

    def setup(self, estimator, context):
        pass

    def teardown(self, estimator, context):
        pass

    def on_fit_task_begin(self, estimator, context):
        self.names.append(context.task_name)

    def on_fit_task_end(self, estimator, context):
        return len(self.names) > self.n_tasks


@pytest.fixture
def categories():
    """Three dependent columns of 2, 3 and 2 levels."""
    rng = np.random.default_rng(0)
    a = rng.integers(0, 2, 3000)
    b = np.where(rng.random(3000) < 0.8, a, rng.integers(0, 3, 3000))
    c = (rng.random(3000) < np.array([0.1, 0.6, 0.9])[b]).astype(int)
    return np.column_stack([a, b, c]).astype(float)


@pytest.fixture
def twins():
    """Two columns that nearly determine each other, and a third, rho = 0.8 to both."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=800)
    nearly = x + 0.02 * rng.normal(size=800)
    return np.column_stack([x, nearly, 0.8 * x + 0.6 * rng.normal(size=800)])


def fitted(X, conditional=None, **parameters):
    return ChainedGenerator(conditional, random_state=0, **parameters).fit(X)


def with_missing(X, share=0.2):
    return np.where(np.random.default_rng(1).random(X.shape) < share, np.nan, X)


def frequencies(X):
    counts = np.zeros(LEVELS)
    np.add.at(counts, tuple(X.astype(int).T), 1)
    return counts / len(X)


@pytest.mark.parametrize("share", [0.0, 0.2])
def test_sweeps_keep_the_joint_distribution(categories, share):
    X = with_missing(categories, share)
    generator = fitted(X, EXACT, categorical_features=[0, 1, 2], n_sweeps=10)
    blank = np.full((20_000, 3), np.nan)
    drawn = generator.impute(blank)
    # twelve shares, each with a standard error below 0.012 from either sample
    assert_allclose(frequencies(drawn), frequencies(categories), atol=0.04)


def test_unknown_cells_follow_their_joint_conditional(categories):
    generator = fitted(categories, EXACT, categorical_features=[0, 1, 2])
    rows = np.tile([np.nan, np.nan, 1.0], (10_000, 1))
    expected = frequencies(categories)[:, :, 1]
    found = frequencies(generator.impute(rows))[:, :, 1]
    # five standard errors of a share of 10,000 draws, and 0.01 for the trees
    assert_allclose(found, expected / expected.sum(), atol=0.035)


def test_columns_that_determine_each_other_follow_the_others(twins):
    generator = fitted(with_missing(twins))
    rows = np.random.default_rng(2).normal(size=(1000, 3))
    rows[:, :2] = np.nan
    x, nearly, given = generator.impute(rows).T
    assert np.corrcoef(x, nearly)[0, 1] > 0.9
    # 0.8 in truth; independent starts make it 0 to 0.3
    assert np.corrcoef(x, given)[0, 1] > 0.65


def test_draws_cover_the_truth(twins):
    X, truth = twins[:600], twins[600:]
    generator = fitted(with_missing(X))
    rows = truth.copy()
    rows[:, :2] = np.nan
    draws = np.stack(generator.impute(rows, n_draws=40))[:, :, 0]
    low, high = np.quantile(draws, [0.05, 0.95], axis=0)
    inside = np.mean((low <= truth[:, 0]) & (truth[:, 0] <= high))
    # 200 rows: five standard errors; draws of a single chain cover 0.2
    assert inside > 0.75


@pytest.mark.parametrize("block", [1, 70, 10**6])
def test_blocks_of_draws_keep_known_cells(twins, block, monkeypatch):
    monkeypatch.setattr(_chained, "_BLOCK", block)
    X = with_missing(twins[:60])
    tables = fitted(X).impute(X, n_draws=3)
    known = ~np.isnan(X)
    assert len(tables) == 3
    for table in tables:
        assert_array_equal(table[known], X[known])
        assert not np.isnan(table).any()
    assert not np.allclose(tables[0], tables[1])


def test_a_single_unknown_cell_takes_one_sweep(twins):
    one, many = fitted(twins, n_sweeps=1), fitted(twins, n_sweeps=9)
    rows = twins[:50].copy()
    rows[:, 1] = np.nan
    assert_array_equal(one.impute(rows), many.impute(rows))
    rows[:, 0] = np.nan
    assert (one.impute(rows) != many.impute(rows)).any()


@pytest.mark.parametrize("n_fit_sweeps", [0, 2])
def test_conditionals_see_complete_rows_and_no_mark(twins, n_fit_sweeps):
    X = with_missing(twins)
    generator = fitted(X, Watched(), n_fit_sweeps=n_fit_sweeps)
    for j in range(3):
        conditional = generator.conditionals_[j]
        assert len(conditional.seen_) == np.sum(~np.isnan(X[:, j]))
        assert not np.isnan(conditional.seen_).any()
    for j, column in enumerate(generator.columns_):
        own = j if column.indicator_of is None else column.indicator_of
        assert set(generator.predictors_[j]) == {0, 1, 2} - {own}


@pytest.mark.parametrize(("limit", "n_rows"), [(100, 100), (None, 800)])
def test_max_samples_limits_the_rows_of_a_conditional(twins, limit, n_rows):
    weight = np.arange(800.0) + 1
    generator = ChainedGenerator(Watched(), max_samples=limit, random_state=0)
    generator.fit(twins, sample_weight=weight)
    assert len(np.unique(generator.conditionals_[0].weight_)) == n_rows


def test_max_predictors_keeps_the_strongest():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 12))
    X[:, 11] = X[:, 3] + 0.1 * rng.normal(size=400)
    X[:40, 5] = np.nan
    generator = fitted(X, max_predictors=2)
    assert [len(p) for p in generator.predictors_] == [2] * 13
    assert 3 in generator.predictors_[11]
    assert 11 in generator.predictors_[3]


def test_missing_exactly_where_another_column_says_so():
    rng = np.random.default_rng(0)
    tenure = rng.integers(0, 12, 600).astype(float)
    charges = np.where(tenure == 0, np.nan, 20 * tenure + rng.normal(size=600))
    for order in ([0, 1], [1, 0]):
        X = np.column_stack([tenure, charges])[:, order]
        drawn = fitted(X).sample(2000)[:, order]
        missing = np.isnan(drawn[:, 1])
        assert 0.03 < missing.mean() < 0.2
        assert_array_equal(missing, drawn[:, 0] == 0)


def test_cells_that_miss_together_are_drawn_so():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(500, 3))
    X[rng.random(500) < 0.3, :2] = np.nan
    missing = np.isnan(fitted(X).sample(2000))
    assert_array_equal(missing[:, 0], missing[:, 1])
    # five standard errors
    assert abs(missing[:, 0].mean() - 0.3) < 0.1


def test_a_given_cell_is_never_missing(twins):
    X = with_missing(twins, 0.5)
    drawn = fitted(X).sample(200, given={0: 0.5})
    assert_array_equal(drawn[:, 0], 0.5)
    assert 0.3 < np.isnan(drawn[:, 1]).mean() < 0.7


def test_what_is_drawn_comes_from_the_conditionals(twins):
    X = with_missing(twins)
    generator = fitted(X, Constant(), n_sweeps=1)
    assert_array_equal(generator.impute(X), np.nan_to_num(X))
    # so were the rows filled that they were fitted to
    rows = ~np.isnan(X[:, 0])
    seen = generator.conditionals_[0].seen_
    assert_array_equal(seen, np.nan_to_num(X[rows, 1:]))


def test_parameters_of_the_default_conditional_can_be_set(twins):
    generator = ChainedGenerator().set_params(conditional__min_samples_leaf=3)
    assert generator.n_samples_needed == 6
    generator.fit(twins)
    assert generator.conditionals_[0].min_samples_leaf == 3


def test_too_few_rows_are_warned_of(twins):
    with pytest.warns(UserWarning, match="5 rows are fewer than the 20 that TreeCond"):
        fitted(twins[:5])


def test_there_is_no_density(twins):
    assert not hasattr(fitted(twins), "score_samples")


@pytest.mark.slow
def test_processes_change_no_bit(categories):
    X = with_missing(categories[:300])
    generator = ChainedGenerator(max_samples=200, random_state=0)
    found = []
    for generator.n_jobs in (1, 2):
        # workers get what is large as a file that they cannot write to
        with parallel_config(backend="loky", max_nbytes=1):
            drawn = generator.fit(X).sample(50), *generator.impute(X, n_draws=2)
        found.append(np.vstack(drawn))
    assert_array_equal(*found)


def test_a_callback_sees_every_column_and_may_stop_the_fit(categories):
    categories[::4, 1] = np.nan
    watch = StopAfter(100)
    generator = ChainedGenerator(n_fit_sweeps=2, random_state=0).set_callbacks(watch)
    generator.fit(categories)
    every = [f"column {j}" for j in range(3)]
    assert watch.names == [
        "fit",
        *(f"start: {name}" for name in every),
        "sweep 1: column 1",
        "sweep 2: column 1",
        *(f"end: {name}" for name in [*every, "column 1"]),
    ]
    for n_tasks in (1, 3, 4, 6):
        generator.set_callbacks(StopAfter(n_tasks)).fit(categories)
        alone = [len(predictors) == 0 for predictors in generator.predictors_]
        assert alone == [n_tasks < 3] * 3 + [True]
        drawn = generator.sample(3000)
        # five standard errors
        assert_allclose(
            np.nanmean(drawn, axis=0), np.nanmean(categories, axis=0), atol=0.08
        )
