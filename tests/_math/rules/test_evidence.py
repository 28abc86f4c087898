import numpy as np
import pytest

from skgen._math.rules.evidence import (
    conditional_share,
    equality_evidence,
    label_evidence,
    needed_evidence,
    share_within,
)


def test_share_within_counts_both_ends():
    ordered = np.array([1.0, 2.0, 2.0, 5.0])
    assert share_within(ordered, np.array([2.0, 4.0]), 1.0).tolist() == [0.75, 0.25]


def test_share_is_that_of_one_row_at_least():
    assert share_within(np.array([1.0, 2.0]), np.array([9.0]), 0.5).tolist() == [0.5]


def test_a_constant_is_no_evidence_and_distinct_numbers_are_log_n_each():
    assert equality_evidence(np.ones(9), np.ones(4), 0.0) == 0
    ordered = np.arange(20.0)
    found = equality_evidence(ordered, ordered[:5], 0.0)
    assert found == pytest.approx(5 * np.log(20))


def test_equality_evidence_against_simulation():
    """Probability that independent draws of the margin match all of few values."""
    rng = np.random.default_rng(0)
    margin = np.sort(rng.integers(0, 3, 50)).astype(float)
    rows = np.array([0.0, 1.0, 1.0])
    drawn = rng.choice(margin, (200_000, 3))
    share = (drawn == rows).all(axis=1).mean()
    # standard error of the logarithm is 0.01 or less
    assert equality_evidence(margin, rows, 0.0) == pytest.approx(
        -np.log(share), abs=0.05
    )


def test_label_evidence():
    assert label_evidence(np.array([0.5, 0.25])) == pytest.approx(np.log(8))


def test_needed_evidence_grows_by_the_logarithm_of_candidates():
    assert needed_evidence(1) == 9
    assert needed_evidence(1000) == pytest.approx(9 + np.log(1000))


@pytest.mark.parametrize("scale", [1, 10_000])
def test_conditional_share_against_counting(scale):
    rng = np.random.default_rng(0)
    x, y = rng.integers(-1, 4, (2, 200))
    x = np.where(x < 0, -1, x * scale)
    y = np.where(y < 0, -1, y * scale)
    share = conditional_share(x, y)
    for i in range(200):
        if x[i] < 0 or y[i] < 0:
            assert share[i] == 1
        else:
            same = (x == x[i]) & (y >= 0)
            assert share[i] == pytest.approx((y[same] == y[i]).mean())
