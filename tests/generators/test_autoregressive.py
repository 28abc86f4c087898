import itertools

import numpy as np
import pandas as pd
import pytest
from joblib import parallel_config
from numpy.testing import assert_allclose, assert_array_equal
from pandas.testing import assert_frame_equal
from scipy.special import logsumexp

from skgen import (
    AutoregressiveGenerator,
    BoostedConditional,
    StackedConditional,
    TreeConditional,
)
from skgen._utils import parallel
from skgen.datasets import make_customers


@pytest.fixture
def categories():
    """Three dependent columns of 2, 3 and 2 levels."""
    rng = np.random.default_rng(0)
    a = rng.integers(0, 2, 3000)
    b = np.where(rng.random(3000) < 0.8, a, rng.integers(0, 3, 3000))
    c = (rng.random(3000) < np.array([0.1, 0.6, 0.9])[b]).astype(int)
    return np.column_stack([a, b, c]).astype(float)


def _fitted(X, **parameters):
    generator = AutoregressiveGenerator(
        categorical_features=[0, 1, 2], random_state=0, **parameters
    )
    return generator.fit(X)


def test_density_is_the_product_of_the_conditionals(categories):
    generator = _fitted(categories)
    Z = generator.codec_.encode(categories[:20])
    parts = [
        conditional.log_prob(Z[:, :j], Z[:, j])
        for j, conditional in enumerate(generator.conditionals_)
    ]
    assert_allclose(generator.score_samples(categories[:20]), np.sum(parts, axis=0))


@pytest.mark.parametrize("hidden", [[0], [1], [0, 1], [2], [0, 2]])
def test_missing_cells_are_summed_out(categories, hidden):
    generator = _fitted(categories, n_particles=4000)
    row = np.array([1.0, 1.0, 0.0])
    levels = [(0.0, 1.0), (0.0, 1.0, 2.0), (0.0, 1.0)]
    complete = np.array(
        [
            [cell if j not in hidden else filled[j] for j, cell in enumerate(row)]
            for filled in itertools.product(*levels)
        ]
    )
    complete = np.unique(complete, axis=0)
    expected = logsumexp(generator.score_samples(complete))
    row[hidden] = np.nan
    # 4,000 particles: relative standard error below 2 %, so five of them
    assert_allclose(generator.score_samples(row[None])[0], expected, atol=0.1)


def test_rows_without_evidence_after_unknown_columns_need_no_particles(categories):
    a, b = _fitted(categories, n_particles=1), _fitted(categories, n_particles=50)
    X = categories[:30].copy()
    X[::2, 2] = np.nan
    X[::3, 1:] = np.nan
    assert_array_equal(a.score_samples(X), b.score_samples(X))


def test_imputed_cells_follow_the_conditional(categories):
    generator = _fitted(categories, n_particles=200)
    levels = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 1.0]])
    log_prob = generator.score_samples(levels)
    expected = np.exp(log_prob - logsumexp(log_prob))[1]
    X = np.tile([np.nan, 0.0, 1.0], (4000, 1))
    share = generator.impute(X, random_state=0)[:, 0].mean()
    # binomial, five standard errors
    assert abs(share - expected) < 5 * np.sqrt(expected * (1 - expected) / 4000)


def test_given_columns_come_first(categories):
    generator = _fitted(categories, given=[2])
    assert_array_equal(generator.order_, [2, 0, 1])
    assert len(generator.predictors_[2]) == 0


def test_order_may_be_named(categories):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(categories, columns=["a", "b", "c"])
    generator = AutoregressiveGenerator(order=["c", "a", "b"], given=["a"]).fit(frame)
    assert_array_equal(generator.order_, [0, 2, 1])


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"order": [0, 1]}, "order: expected each of the 3 columns once, got 2"),
        ({"order": [0, 1, 1]}, "order: every column may be named only once"),
        ({"given": ["x"]}, "given: 'x' is not a column of X"),
        ({"given": [3]}, "given: 3 is not a column of X"),
    ],
)
def test_wrong_columns_are_named(categories, parameters, message):
    with pytest.raises(ValueError, match=message):
        _fitted(categories, **parameters)


def test_missing_exactly_where_another_column_says_so():
    rng = np.random.default_rng(0)
    tenure = rng.integers(0, 12, 600).astype(float)
    charges = np.where(tenure == 0, np.nan, 20 * tenure + rng.normal(size=600))
    X = np.column_stack([tenure, charges])
    drawn = AutoregressiveGenerator(random_state=0).fit(X).sample(2000)
    missing = np.isnan(drawn[:, 1])
    assert 0.05 < missing.mean() < 0.12
    assert_array_equal(missing, drawn[:, 0] == 0)


def test_missing_cells_predict_the_columns_after_them():
    rng = np.random.default_rng(0)
    tenure = rng.integers(0, 12, 600).astype(float)
    charges = np.where(tenure == 0, np.nan, 20 * tenure + rng.normal(size=600))
    X = np.column_stack([charges, tenure])
    drawn = AutoregressiveGenerator(TreeConditional(smoothing=0), random_state=0)
    drawn = drawn.fit(X).sample(2000)
    # trees may leave a leaf at the edge mixed
    assert (np.isnan(drawn[:, 0]) != (drawn[:, 1] == 0)).mean() < 0.005


@pytest.mark.slow
def test_a_rare_rule_for_missing_cells_is_found():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(3000, 8))
    X[:, 3] = rng.integers(0, 73, 3000)
    X[:, 3] = np.where(np.arange(3000) < 8, 0, np.maximum(X[:, 3], 1))
    X[X[:, 3] == 0, 6] = np.nan
    drawn = AutoregressiveGenerator(random_state=0).fit(X).sample(20_000)
    zero = drawn[:, 3] == 0
    assert zero.sum() > 20
    assert (np.isnan(drawn[:, 6]) == zero).all()


def test_max_predictors_keeps_the_strongest():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 12))
    X[:, 11] = X[:, 3] + 0.1 * rng.normal(size=400)
    generator = AutoregressiveGenerator(max_predictors=2, random_state=0).fit(X)
    assert max(len(p) for p in generator.predictors_) == 2
    assert 3 in generator.predictors_[11]
    drawn = generator.sample(2000)
    assert np.corrcoef(drawn[:, 3], drawn[:, 11])[0, 1] > 0.9


class _Unranked(TreeConditional):
    ranked_predictors = False


def test_a_parameter_set_after_the_fit_changes_no_draw():
    X = np.random.default_rng(0).normal(size=(200, 3)) * 100
    generator = AutoregressiveGenerator(random_state=0).fit(X)
    before = generator.sample(50, random_state=1)
    generator.set_params(conditional=_Unranked())
    assert_array_equal(generator.sample(50, random_state=1), before)


def test_the_conditional_is_chosen_by_the_size_of_the_table():
    X = np.random.default_rng(0).normal(size=(1000, 2))
    X[0, 1] = np.nan
    boosted, stack, mark = AutoregressiveGenerator(random_state=0).fit(X).conditionals_
    assert isinstance(boosted, BoostedConditional)
    assert isinstance(stack, StackedConditional)
    # marks of missing cells may follow an exact rule
    assert isinstance(mark, TreeConditional)

    wide = AutoregressiveGenerator(random_state=0).fit(np.ones((1000, 101)))
    assert isinstance(wide.conditionals_[0], TreeConditional)

    weight = np.full(1000, 2.0)
    both = AutoregressiveGenerator(random_state=0).fit(X, sample_weight=weight)
    assert isinstance(both.conditionals_[1], BoostedConditional)


def test_few_rows_are_drawn_independently_with_a_warning():
    X = np.random.default_rng(0).normal(size=(6, 2))
    with pytest.warns(UserWarning, match="6 rows are fewer than the 20"):
        AutoregressiveGenerator().fit(X)


def test_every_column_is_a_step_of_the_fit(categories, make_recording):
    watch = make_recording()
    AutoregressiveGenerator(random_state=0).set_callbacks(watch).fit(categories)
    begun = [event[2] for event in watch.events if event[0] == "begin"]
    assert begun == ["fit", "column 0", "column 1", "column 2"]


def test_given_columns_are_left_to_trees_only_by_auto():
    X = np.random.default_rng(0).normal(size=(1000, 2))
    auto = AutoregressiveGenerator(given=[1], random_state=0).fit(X)
    kinds = [type(conditional).__name__ for conditional in auto.conditionals_]
    assert kinds == ["BoostedConditional", "TreeConditional"]
    asked = AutoregressiveGenerator(BoostedConditional(4, max_iter=1), given=[1])
    kinds = {type(conditional) for conditional in asked.fit(X).conditionals_}
    assert kinds == {BoostedConditional}


@pytest.mark.slow
def test_processes_change_no_bit(monkeypatch):
    monkeypatch.setattr(parallel, "BLOCK_ROWS", 300)
    X, _ = make_customers(1100, random_state=0)
    X = X.iloc[:, :4]
    generator = AutoregressiveGenerator(BoostedConditional(max_iter=5), random_state=0)
    found = []
    for generator.n_jobs in (1, 2):
        with parallel_config(backend="loky"):
            generator.fit(X)
            found.append((generator.sample(700), generator.score_samples(X)))
    assert_frame_equal(found[0][0], found[1][0])
    assert_array_equal(found[0][1], found[1][1])


@pytest.mark.parametrize("n_samples", [400, pytest.param(3000, marks=pytest.mark.slow)])
def test_a_rare_label_that_depends_on_other_columns_keeps_its_share(n_samples):
    rng = np.random.default_rng(5)
    X = rng.normal(size=(n_samples, 4))
    score = X[:, :3].sum(axis=1) + 0.5 * rng.normal(size=n_samples)
    rare = score > np.quantile(score, 0.97)
    table = pd.DataFrame(X, columns=list("abcd")).assign(label=rare)
    generator = AutoregressiveGenerator(random_state=0).fit(table)
    drawn = generator.sample(20_000)
    assert abs(drawn["label"].mean() / rare.mean() - 1) < 0.01
    real, new = (
        rows.groupby("label")["a"].mean().diff().iloc[-1] for rows in (table, drawn)
    )
    assert 0.6 < new / real < 1.4


def test_rare_values_come_first_unless_the_order_is_given():
    rng = np.random.default_rng(6)
    table = np.column_stack(
        [rng.normal(size=60), np.arange(60) == 9, np.arange(60) < 9]
    )
    table = np.column_stack([table, np.arange(60) % 2])
    orders = [
        AutoregressiveGenerator(random_state=0, rules=None, **options).fit(table).order_
        for options in ({}, {"order": range(4)}, {"given": [3]})
    ]
    assert_array_equal(orders[0], [1, 0, 2, 3])
    assert_array_equal(orders[1], [0, 1, 2, 3])
    assert_array_equal(orders[2], [3, 1, 0, 2])
