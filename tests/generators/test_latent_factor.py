import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import norm, rankdata
from sklearn.decomposition import FactorAnalysis
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from skgen.generators._latent_factor import LatentFactorGenerator


@pytest.fixture
def two_factors():
    """Continuous rows of 8 columns, and the 2 factors that they share."""
    rng = np.random.default_rng(0)
    f = rng.normal(size=(700, 2))
    X = 3 * f @ rng.normal(size=(2, 8)) + rng.normal(size=(700, 8)) + 10
    return X, f


def mixed_rows(n_samples, rng):
    """A category and two numbers that share a factor, as an array."""
    f = rng.normal(size=n_samples)
    level = np.digitize(f + 0.3 * rng.normal(size=n_samples), [-0.7, 0.7])
    numbers = f[:, None] * [1.0, -2.0] + 0.5 * rng.normal(size=(n_samples, 2))
    return np.column_stack([level, numbers]), f


def implied_covariance(generator):
    W = generator.components_
    return W.T @ W + np.diag(generator.noise_variance_)


def test_linear_marginals_are_factor_analysis(two_factors):
    X, _ = two_factors
    generator = LatentFactorGenerator(2, marginals="linear", max_iter=1000, tol=1e-9)
    generator.fit(X)
    peer = FactorAnalysis(2, tol=1e-10, max_iter=10_000)
    peer.fit((X - X.mean(axis=0)) / X.std(axis=0))
    assert_allclose(implied_covariance(generator), peer.get_covariance(), atol=1e-3)
    expected = peer.score((X - X.mean(axis=0)) / X.std(axis=0))
    expected -= np.log(X.std(axis=0)).sum()
    assert_allclose(generator.score(X), expected, atol=1e-6)
    assert generator.components_.shape == (2, 8)
    assert generator.n_iter_ < 1000
    assert generator.converged_


def test_as_many_factors_as_columns_are_the_gaussian_copula(two_factors):
    X = np.exp(two_factors[0] / 5)
    generator = LatentFactorGenerator(8).fit(X)
    scores = norm.ppf((rankdata(X, axis=0) - 0.5) / len(X))
    found = implied_covariance(generator)
    scale = np.sqrt(np.diag(found))
    # the scores of the least and largest values are a little further out
    assert_allclose(found / np.outer(scale, scale), np.corrcoef(scores.T), atol=0.01)


def test_auto_finds_the_number_of_factors(two_factors):
    X, _ = two_factors
    generator = LatentFactorGenerator(random_state=0).fit(X)
    assert generator.n_components_ == 2
    scores = generator.validation_scores_
    assert list(scores) == [0, 1, 2, 4]
    assert max(scores, key=scores.get) == 2
    independent = np.random.default_rng(0).normal(size=(400, 4))
    generator = LatentFactorGenerator(random_state=0).fit(independent)
    assert generator.n_components_ == 0
    assert generator.transform(independent).shape == (400, 0)


def test_a_number_that_is_too_large_is_cut():
    X, _ = mixed_rows(100, np.random.default_rng(0))
    generator = LatentFactorGenerator(10, categorical_features=[0], max_iter=3)
    # two numbers, and three categories less one
    assert generator.fit(X).n_components_ == 4
    assert LatentFactorGenerator(3).fit(X[:, :1]).n_components_ == 0


def test_features_are_the_factors():
    rng = np.random.default_rng(0)
    X, f = mixed_rows(600, rng)
    X[rng.random(X.shape) < 0.2] = np.nan
    generator = LatentFactorGenerator(1, categorical_features=[0]).fit(X)
    features = generator.transform(X)
    assert abs(np.corrcoef(features[:, 0], f)[0, 1]) > 0.9
    assert_allclose(features.mean(), 0, atol=0.1)
    assert_array_equal(generator.transform(np.full((2, 3), np.nan)), 0)
    assert_array_equal(generator.get_feature_names_out(), ["latentfactorgenerator0"])


def test_features_in_a_pipeline():
    pytest.importorskip("pandas")
    X, f = mixed_rows(600, np.random.default_rng(0))
    y = f > 0
    generator = LatentFactorGenerator(1, categorical_features=[0], random_state=0)
    pipeline = make_pipeline(generator, LogisticRegression())
    pipeline.fit(X[:400], y[:400])
    assert pipeline.score(X[400:], y[400:]) > 0.85
    frame = generator.set_output(transform="pandas").fit_transform(X)
    assert list(frame.columns) == ["latentfactorgenerator0"]


def test_imputed_numbers_follow_the_normal_conditional(two_factors):
    X, _ = two_factors
    generator = LatentFactorGenerator(2, marginals="linear", random_state=0).fit(X)
    n = 4000
    rows = np.repeat(X[:1], n, axis=0)
    rows[:, 0] = np.nan
    drawn = generator.impute(rows)[:, 0]
    covariance = implied_covariance(generator)
    u = (X[0] - X.mean(axis=0)) / X.std(axis=0) - generator.mean_
    weights = np.linalg.solve(covariance[1:, 1:], covariance[1:, 0])
    mean = X[:, 0].mean() + X[:, 0].std() * (generator.mean_[0] + weights @ u[1:])
    deviation = X[:, 0].std() * np.sqrt(covariance[0, 0] - weights @ covariance[1:, 0])
    # five standard errors each: a false-alarm rate of 1e-6
    assert abs(drawn.mean() - mean) < 5 * deviation / np.sqrt(n)
    assert abs(drawn.std() / deviation - 1) < 5 / np.sqrt(2 * n)


def test_draws_keep_what_columns_share():
    X, _ = mixed_rows(1000, np.random.default_rng(0))
    generator = LatentFactorGenerator(2, random_state=0, categorical_features=[0]).fit(
        X
    )
    drawn = generator.sample(20_000)
    for k in range(3):
        found, truth = drawn[drawn[:, 0] == k], X[X[:, 0] == k]
        assert abs(len(found) / 20_000 - len(truth) / 1000) < 0.05
        assert_allclose(found[:, 1:].mean(axis=0), truth[:, 1:].mean(axis=0), atol=0.15)


def test_linear_draws_stay_in_range_without_piling_up_at_its_ends():
    X = np.random.default_rng(0).uniform(size=(500, 2))
    generator = LatentFactorGenerator(1, marginals="linear", random_state=0).fit(X)
    drawn = generator.sample(5000)
    assert (drawn >= X.min(axis=0)).all()
    assert (drawn <= X.max(axis=0)).all()
    assert np.isin(drawn, [X.min(axis=0), X.max(axis=0)]).mean() < 0.001


@pytest.mark.slow
def test_many_categories_are_separated():
    rng = np.random.default_rng(0)
    level = rng.integers(500, size=1500)
    X = np.column_stack([level, level / 100 + rng.normal(size=1500)])
    generator = LatentFactorGenerator(
        1, categorical_features=[0], max_iter=5, random_state=0
    ).fit(X)
    drawn = generator.sample(1500)
    assert np.corrcoef(drawn[:, 0], drawn[:, 1])[0, 1] > 0.3


def test_few_rows_are_drawn_independently_with_a_warning():
    X = np.random.default_rng(0).normal(size=(6, 2))
    with pytest.warns(UserWarning, match="6 rows are fewer than the 10"):
        generator = LatentFactorGenerator().fit(X)
    assert generator.n_components_ == 0


class _StopAfter:
    """Stops the fit after some steps."""

    def __init__(self, n_steps):
        self.n_steps = n_steps
        self.names = []

    def setup(self, estimator, context):
        pass

    def teardown(self, estimator, context):
        pass

    def on_fit_task_begin(self, estimator, context):
        self.names.append(context.task_name)

    def on_fit_task_end(self, estimator, context):
        return len(self.names) > self.n_steps


def test_a_callback_sees_every_step_and_may_stop_the_fit(two_factors):
    X, _ = two_factors
    watch = _StopAfter(1000)
    LatentFactorGenerator(max_iter=5).set_callbacks(watch).fit(X)
    sizes = [f"{size} components" for size in (0, 1, 2, 4)]
    assert watch.names == ["fit", *sizes, *(f"iteration {i}" for i in range(1, 6))]
    generator = LatentFactorGenerator(2).set_callbacks(_StopAfter(3)).fit(X)
    assert generator.n_iter_ == 3
    assert not generator.converged_
    assert generator.sample(4).shape == (4, 8)


@pytest.mark.slow
def test_a_column_may_have_no_score_in_a_fold():
    # two values only that are not repeated: where both are held out, none is left
    rng = np.random.default_rng(0)
    for seed in range(8):
        X = rng.normal(size=(10, 3)).cumsum(axis=1)
        X[:8, 1] = 0.0
        generator = LatentFactorGenerator(random_state=seed).fit(X)
        assert np.isfinite(generator.score(X))
        assert np.isfinite(generator.sample(5)).all()
