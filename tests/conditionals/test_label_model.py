import numpy as np
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import chisquare
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from skgen.conditionals._label_model import (
    LabelModel,
    frequent_groups,
    pool_rare,
    run_groups,
)

ALPHA = 1e-6


def test_groups_of_few_rows_become_one_that_has_enough():
    groups = pool_rare(np.array([7, 7, 3, 5, 9]), np.array([50, 10, 2, 1, 6]), 5)
    # two rare groups hold three rows, so the next smallest joins them
    assert groups[0] == groups[1]
    assert groups[2] == groups[3] == groups[4] != groups[0]
    assert set(groups) == {0, 1}
    alone = pool_rare(np.arange(3), np.array([5, 5, 5]), 5)
    assert_array_equal(np.sort(alone), [0, 1, 2])


def test_the_most_frequent_labels_stay_alone():
    groups = frequent_groups(np.array([0.1, 0.4, 0.05, 0.3, 0.15]), 3)
    assert len(set(groups)) == 3
    assert groups[0] == groups[2] == groups[4]
    assert len(set(frequent_groups(np.full(3, 1 / 3), 3))) == 3


def test_runs_are_of_neighbours_and_heavy_labels_are_alone():
    values = np.array([9.0, 1.0, 2.0, 3.0, 4.0, 5.0])
    masses = np.array([0.1, 0.1, 0.1, 0.5, 0.1, 0.1])
    groups = run_groups(values, masses, 4)
    assert np.count_nonzero(groups == groups[3]) == 1
    ordered = groups[np.argsort(values)]
    assert (np.diff(ordered) >= 0).all()
    assert 3 <= len(set(groups)) <= 6


def test_probabilities_sum_to_one_and_draws_follow_them():
    rng = np.random.default_rng(0)
    F = rng.normal(size=(600, 1))
    label = rng.binomial(6, 1 / (1 + np.exp(-F[:, 0])))
    label[:3] = 8
    groups = frequent_groups(np.bincount(label, minlength=10) / 600, 4)
    model = LabelModel(groups).fit(LogisticRegression(), F, label, np.ones(600), rng)
    row = np.full((10, 1), 0.4)
    probability = np.exp(model.log_prob(row, np.arange(10)))
    assert_allclose(probability.sum(), 1.0)
    assert probability[7] == probability[9] == 0.0
    drawn = model.sample(np.full((20_000, 1), 0.4), rng)
    counts = np.bincount(drawn, minlength=10)
    seen = probability > 0
    assert (counts[~seen] == 0).all()
    assert chisquare(counts[seen], 20_000 * probability[seen]).pvalue > ALPHA


def test_probabilities_follow_the_features():
    rng = np.random.default_rng(0)
    F = rng.normal(size=(2000, 1))
    label = (rng.random(2000) < 1 / (1 + np.exp(-2 * F[:, 0]))).astype(int)
    model = LabelModel(np.arange(2))
    model.fit(LogisticRegression(), F, label, np.ones(2000), rng)
    at = np.array([[-1.0], [1.0]])
    found = np.exp(model.log_prob(at, np.ones(2, dtype=int)))
    assert_allclose(found, 1 / (1 + np.exp([2.0, -2.0])), atol=0.05)


def test_without_features_labels_have_their_shares():
    label = np.repeat([0, 1, 2], [10, 20, 70])
    model = LabelModel(np.arange(3)).fit(
        DecisionTreeClassifier(), np.empty((100, 0)), label, np.ones(100), None
    )
    found = np.exp(model.log_prob(np.empty((3, 0)), np.arange(3)))
    assert_allclose(found, [0.1, 0.2, 0.7])
