import itertools

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import logsumexp
from scipy.stats import binomtest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier

from skgen import (
    AutoregressiveGenerator,
    BaseGenerator,
    IndependentGenerator,
    RefinedGenerator,
    TreeConditional,
)


def _ring(n_rows, seed=0):
    rng = np.random.default_rng(seed)
    angle = rng.uniform(0, 2 * np.pi, n_rows)
    radius = 1 + 0.15 * rng.normal(size=n_rows)
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


def _refine(generator=None, **parameters):
    """Two folds are enough here, and quick."""
    generator = IndependentGenerator() if generator is None else generator
    return RefinedGenerator(generator, n_folds=2, random_state=0, **parameters)


def _categories(n_rows=3000):
    rng = np.random.default_rng(0)
    a = rng.integers(0, 2, n_rows)
    b = np.where(rng.random(n_rows) < 0.8, a, rng.integers(0, 3, n_rows))
    c = (rng.random(n_rows) < np.array([0.1, 0.6, 0.9])[b]).astype(int)
    return np.column_stack([a, b, c]).astype(float)


def _independent():
    return IndependentGenerator(categorical_features=[0, 1, 2])


@pytest.mark.slow
def test_unseen_rows_are_harder_to_separate_from_refined_ones():
    """A paired sign test of a judge that sees none of the training rows.

    A judge fitted to unseen and unrefined rows names the real one of two rows. If
    refining changed nothing, either kind of drawn row would fool it more often with
    probability 1/2: the false-alarm rate is 1e-6.
    """
    generator = _refine()
    generator.fit(_ring(1500))
    before, after = generator.generator_.sample(4000), generator.sample(4000)
    judge = HistGradientBoostingClassifier(random_state=0).fit(
        np.vstack([_ring(2000, seed=1), before[:2000]]), np.repeat([1, 0], 2000)
    )
    rows = judge.decision_function(before[2000:]), judge.decision_function(after[2000:])
    n_better = np.count_nonzero(rows[1] > rows[0])
    assert binomtest(n_better, 2000, alternative="greater").pvalue < 1e-6
    assert generator.detection_auc_[0] > 0.65
    radius = np.hypot(*after.T)
    assert radius.std() < 0.75 * np.hypot(*before.T).std()


@pytest.mark.slow
def test_a_second_round_leaves_less_to_detect():
    generator = _refine(n_rounds=2, max_draws=100)
    first, second = generator.fit(_ring(1500)).detection_auc_
    assert second < first - 0.1


@pytest.mark.slow
def test_rows_are_drawn_no_nearer_to_training_rows_than_to_unseen_ones():
    train, unseen = _ring(1000), _ring(1000, seed=1)
    generator = _refine()
    drawn = generator.fit(train).sample(4000)
    near = [
        np.abs(drawn[:, None] - rows).sum(axis=2).min(axis=1)
        for rows in (train, unseen)
    ]
    # Hoeffding's bound of 4,000 draws at 1e-6 is 0.042; the rows themselves vary too
    assert np.mean(near[0] < near[1]) < 0.5 + 0.042 + 0.03


@pytest.mark.slow
def test_density_of_categories_sums_to_one_and_is_the_truth():
    X = _categories()
    generator = _refine(_independent()).fit(X)
    rows = np.array(list(itertools.product([0.0, 1.0], [0.0, 1.0, 2.0], [0.0, 1.0])))
    probability = np.exp(generator.score_samples(rows))
    assert_allclose(probability.sum(), 1.0)
    shares = np.array([(row == X).all(axis=1).mean() for row in rows])
    before = np.exp(generator.generator_.score_samples(rows))
    assert np.abs(probability - shares).sum() < 0.25 * np.abs(before - shares).sum()
    # mass of the floor is scored but never drawn
    drawn = generator.sample(5000)
    found = np.array([(drawn == row).all(axis=1).mean() for row in rows])
    assert np.abs(found - probability).max() < 0.03


@pytest.mark.slow
def test_imputed_cells_follow_the_conditional_and_missing_ones_are_summed_out():
    generator = _refine(_independent(), n_particles=100)
    generator.fit(_categories())
    levels = np.array([[0.0, 1.0, 1.0], [1.0, 1.0, 1.0]])
    log_prob = generator.score_samples(levels)
    blank = np.tile([np.nan, 1.0, 1.0], (1000, 1))
    assert_allclose(generator.score_samples(blank[:1]), logsumexp(log_prob), atol=0.1)
    expected = np.exp(log_prob - logsumexp(log_prob))[1]
    share = generator.impute(blank, random_state=0)[:, 0].mean()
    # five standard errors, and the bias of 100 particles
    assert abs(share - expected) < 5 * np.sqrt(0.25 / 1000) + 0.02


@pytest.mark.slow
def test_density_of_numbers_integrates_to_one():
    generator = _refine()
    generator.fit(_ring(600))
    axis = np.linspace(-3, 3, 301)
    grid = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    total = np.exp(generator.score_samples(grid)).sum() * 0.02**2
    assert_allclose(total, 1.0, atol=0.03)


@pytest.mark.slow
@pytest.mark.parametrize(
    "discriminator",
    [
        KNeighborsClassifier(1),
        DecisionTreeClassifier(),
        HistGradientBoostingClassifier(
            max_iter=300, learning_rate=0.5, early_stopping=False
        ),
    ],
)
def test_a_discriminator_that_memorises_is_refused(discriminator):
    generator = RefinedGenerator(discriminator=discriminator, random_state=0)
    name = type(discriminator).__name__
    with pytest.raises(ValueError, match=f"discriminator: {name} overfits"):
        generator.fit(_ring(300))


@pytest.mark.slow
@pytest.mark.parametrize("n_rows", [100, 400])
def test_the_default_discriminator_is_not_refused(n_rows):
    for seed in range(3):
        # columns that are independent: there is nothing to learn
        X = np.random.default_rng(seed).normal(size=(n_rows, 4))
        generator = RefinedGenerator(IndependentGenerator(), random_state=seed)
        generator.fit(X)
        assert 0.3 < generator.detection_auc_[0] < 0.7
        # and the calibrated odds stay close to one
        assert generator.acceptance_rate_ > 0.9


def test_a_linear_discriminator_sees_categories_and_missing_cells():
    X = _categories(1000).astype(object)
    X[:, 1] = np.array(["x", "y", "z"])[X[:, 1].astype(int)]
    X[X[:, 0] == 1, 2] = np.nan
    generator = RefinedGenerator(
        IndependentGenerator(),
        discriminator=LogisticRegression(max_iter=1000),
        random_state=0,
    ).fit(X)
    drawn = generator.sample(500)
    assert set(drawn[:, 1]) == {"x", "y", "z"}
    assert 0.3 < np.mean(drawn[:, 2] != drawn[:, 2]) < 0.7


def test_few_rows_are_left_as_the_generator_draws_them():
    X = _ring(99)
    generator = _refine()
    with pytest.warns(UserWarning, match="99 rows are fewer than the 100"):
        generator.fit(X)
    assert generator.acceptance_rate_ == 1.0
    assert len(generator.detection_auc_) == 0
    inner = generator.generator_
    assert_array_equal(generator.score_samples(X), inner.score_samples(X))


@pytest.mark.slow
def test_no_more_rows_are_drawn_than_allowed():
    for max_draws in (3, 10):
        generator = _refine(max_draws=max_draws).fit(_ring(500))
        assert generator.acceptance_rate_ >= 0.999 / max_draws


@pytest.mark.slow
def test_weights_decide_what_is_real():
    X = _categories()
    weight = np.where(X[:, 0] == X[:, 1], 1.0, 4.0)
    generator = _refine(_independent())
    drawn = generator.fit(X, sample_weight=weight).sample(5000)
    expected = np.average(X[:, 0] == X[:, 1], weights=weight)
    assert abs(np.mean(drawn[:, 0] == drawn[:, 1]) - expected) < 0.06


class _NoConditionals(BaseGenerator):
    """Draws rows of standard normal cells, and offers nothing else."""

    _impute = None

    def __init__(self, categorical_features=None, random_state=None):
        self.categorical_features = categorical_features
        self.random_state = random_state

    def _fit(self, Z, *, sample_weight, rng, track):
        pass

    def _sample(self, known, rng):
        return rng.standard_normal(known.shape)


@pytest.mark.slow
def test_what_the_generator_cannot_do_is_not_offered():
    generator = RefinedGenerator(_NoConditionals(), random_state=0)
    assert not hasattr(generator, "impute")
    assert not hasattr(generator, "score_samples")
    X = np.random.default_rng(0).normal(size=(2000, 2))
    assert generator.fit(X + 0.5).sample(3000).mean() > 0.3
    with pytest.raises(ValueError, match="cannot draw cells given others"):
        generator.sample(given={0: 0.0})
    assert hasattr(RefinedGenerator(), "score_samples")


def test_draws_follow_what_was_fitted():
    generator = _refine().fit(_ring(200))
    before = generator.sample(20, random_state=0)
    generator.set_params(generator=_NoConditionals())
    assert_array_equal(generator.sample(20, random_state=0), before)
    assert hasattr(generator, "impute")


def test_parameters_of_the_default_components_are_reachable():
    generator = RefinedGenerator()
    generator.set_params(discriminator__max_iter=7, generator__n_particles=50)
    assert generator.discriminator.max_iter == 7
    assert generator.discriminator.early_stopping
    assert generator.generator.n_particles == 50


@pytest.mark.slow
def test_steps_of_the_generator_and_rounds_are_reported():
    generator = RefinedGenerator(
        AutoregressiveGenerator(TreeConditional(min_samples_leaf=50)), n_rounds=2
    )
    watch = _Watch()
    generator.set_callbacks(watch).fit(_ring(200))
    assert watch.names == ["fit", "column 0", "column 1", "round 1", "round 2"]


class _Watch:
    """Notes the names of the steps."""

    def __init__(self):
        self.names = []

    def setup(self, estimator, context):
        pass

    def teardown(self, estimator, context):
        pass

    def on_fit_task_begin(self, estimator, context):
        self.names.append(context.task_name)

    def on_fit_task_end(self, estimator, context):
        return False
