import numpy as np
import pytest

from skgen._math.rules.order import (
    expected_violations,
    independent_violations,
    quantile_bins,
)


def test_expected_violations_against_shuffles():
    rng = np.random.default_rng(0)
    b = rng.integers(0, 40, 500).astype(float)
    a = b - rng.integers(0, 6, 500)
    bins, above, equal = quantile_bins(b), [], []
    for _ in range(400):
        drawn = a.copy()
        for k in np.unique(bins):
            drawn[bins == k] = rng.permutation(a[bins == k])
        above.append((drawn > b).mean())
        equal.append((drawn == b).mean())
    found = expected_violations(a, b)
    # four standard errors
    assert found[0] == pytest.approx(np.mean(above), abs=4 * np.std(above) / 20)
    assert found[1] == pytest.approx(np.mean(equal), abs=4 * np.std(equal) / 20)


def test_levels_far_apart_are_never_broken():
    rng = np.random.default_rng(0)
    age, income = rng.integers(18, 80, 900), rng.integers(20_000, 90_000, 900)
    assert expected_violations(age * 1.0, income * 1.0)[0] == 0


def test_independent_violations():
    assert independent_violations(np.array([1.0, 3.0]), np.array([2.0, 4.0])) == 0.25


def test_zero_and_repeated_extremes_have_bins_of_their_own():
    rng = np.random.default_rng(0)
    x = np.concatenate([np.zeros(50), [-9.0] * 40, rng.random(2000), [7.0] * 3])
    bins = quantile_bins(x)
    for value in (0.0, -9.0, 7.0):
        own = bins[x == value]
        assert len(np.unique(own)) == 1
        assert (bins == own[0]).sum() == len(own)
    counts = np.bincount(bins[(x > 0) & (x < 1)])
    assert len(counts) == 16
    assert counts.min() > 100
