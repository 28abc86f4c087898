import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.optimize import brentq
from scipy.special import expit, logit

from skgen._math.probabilities.intercepts import LARGEST, group_intercepts


def test_equal_scores_have_a_closed_form():
    positive = np.array([1, 0, 0, 0, 1, 1, 0, 0], dtype=bool)
    group = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    found = group_intercepts(np.full(8, -2.0), group, positive, np.ones(8), 2)
    assert_allclose(found, [logit(0.25) + 2, logit(0.5) + 2], atol=1e-8)


@settings(deadline=None, derandomize=True, max_examples=60)
@given(seed=st.integers(0, 10**6), shift=st.floats(-4, 4), spread=st.floats(0, 5))
def test_predicted_shares_are_the_observed_ones(seed, shift, spread):
    rng = np.random.default_rng(seed)
    scores = shift + spread * rng.normal(size=400)
    group, weights = rng.integers(3, size=400), rng.exponential(size=400)
    positive = rng.random(400) < 0.1
    found = group_intercepts(scores, group, positive, weights, 3)
    for v, d in enumerate(found):
        f, w, y = (x[group == v] for x in (scores, weights, positive))

        def gap(d, f=f, w=w, y=y):
            return w @ (expit(f + d) - y)

        slow = brentq(gap, -60, 60)
        assert_allclose(d, np.clip(slow, -LARGEST, LARGEST), atol=1e-6)


@pytest.mark.parametrize("positive", [True, False])
def test_groups_of_one_class_and_without_rows(positive):
    found = group_intercepts(
        np.zeros(5), np.zeros(5, int), np.full(5, positive), np.ones(5), 2
    )
    assert found.tolist() == [LARGEST if positive else -LARGEST, 0]


def test_nothing_is_added_where_shares_agree():
    scores = np.array([1.0, -1.0])
    found = group_intercepts(scores, np.zeros(2, int), [True, False], np.ones(2), 1)
    assert_allclose(found, 0, atol=1e-12)
