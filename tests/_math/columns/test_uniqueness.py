from itertools import combinations

import numpy as np
import pytest

from skgen._math.columns.uniqueness import (
    collision_probability,
    expected_tied_pairs,
    tied_pairs,
)


def counts_of(values):
    return np.unique(values, return_counts=True)[1]


def test_pairs_are_those_of_a_loop():
    values = np.random.default_rng(0).integers(0, 9, 40)
    pairs = list(combinations(values.tolist(), 2))
    tied = sum(a == b for a, b in pairs)
    assert tied_pairs(counts_of(values)) == tied
    assert collision_probability(counts_of(values)) == pytest.approx(tied / len(pairs))
    assert collision_probability([1]) == collision_probability([]) == 0


def test_collision_probability_does_not_depend_on_the_number_of_rows():
    rng = np.random.default_rng(0)
    p = rng.dirichlet(np.ones(50))
    found = {
        n: np.mean(
            [
                collision_probability(np.bincount(rng.choice(50, n, p=p)))
                for _ in range(1000)
            ]
        )
        for n in (5, 100)
    }
    # the standard errors of the means are below 4 %
    assert found[5] == pytest.approx((p**2).sum(), rel=0.2)
    assert found[100] == pytest.approx((p**2).sum(), rel=0.03)


@pytest.mark.parametrize(
    ("draw", "exact"),
    [
        (lambda rng, n: rng.integers(0, 5000, n), 1.0),
        (lambda rng, n: np.rint(rng.normal(0, 800, n)), 1.0),
        # bins are wide for the head of a heavy tail: rather too few than too many
        (lambda rng, n: np.rint(np.exp(rng.normal(7, 0.6, n))), 0.9),
    ],
)
def test_expected_ties_are_those_of_independent_draws(draw, exact):
    rng = np.random.default_rng(0)
    samples = [draw(rng, 1000) for _ in range(40)]
    seen = np.mean([tied_pairs(counts_of(z)) for z in samples])
    expected = np.mean([expected_tied_pairs(z) for z in samples])
    # some hundred pairs in each sample
    assert expected == pytest.approx(exact * seen, rel=0.1)


def test_expected_ties_of_a_permutation():
    assert expected_tied_pairs(np.arange(1000)) == pytest.approx(500, rel=0.05)
    assert expected_tied_pairs([3]) == expected_tied_pairs([]) == 0
    assert expected_tied_pairs([3, 3]) == 1
