import numpy as np
from numpy.testing import assert_array_equal
from scipy.stats import kstest

from skgen._math.factor_analysis.nodes import fixed_nodes, numbered_nodes, random_nodes

ROWS = np.arange(4000)


def test_numbered_nodes_depend_on_number_and_seed_alone():
    number = np.random.default_rng(0).permutation(10**9 + ROWS)
    nodes = numbered_nodes(3, number, seed=5)
    some = ROWS[7:90]
    assert_array_equal(nodes(some, 6), nodes(ROWS, 6)[some])
    again = numbered_nodes(3, number[::-1], seed=5)
    assert_array_equal(again(ROWS[::-1], 6), nodes(ROWS, 6))
    assert not np.isclose(
        numbered_nodes(3, number, seed=6)(some, 6), nodes(some, 6)
    ).any()


def test_numbered_nodes_are_independent_and_normal():
    z = numbered_nodes(3, ROWS, seed=0)(ROWS, 6)
    assert z.shape == (4000, 6, 3)
    half = z[:, ::2].reshape(4000, 9)
    # false alarms of 1e-6; correlations of 4,000 rows stay within 5 standard errors
    assert kstest(half.ravel(), "norm").pvalue > 1e-6
    neighbours = np.hstack([half[1:], half[:-1]])
    off = np.corrcoef(neighbours.T) - np.eye(18)
    assert np.abs(off).max() < 5 / np.sqrt(4000)


def test_random_nodes_come_in_pairs():
    for nodes in (
        random_nodes(2, np.random.default_rng(0)),
        numbered_nodes(2, ROWS, seed=0),
    ):
        z = nodes(ROWS[:5], 7)
        assert z.shape == (5, 7, 2)
        assert_array_equal(z[:, 1:6:2], -z[:, 0:6:2])


def test_fixed_nodes_are_spread_evenly_and_single_ones_are_zero():
    z = fixed_nodes(2)(ROWS, 256)
    assert z.shape == (1, 256, 2)
    # far closer to normal than independent points, whose error would be 0.06
    assert np.abs(z[0].mean(axis=0)).max() < 0.02
    assert np.abs(z[0].var(axis=0) - 1).max() < 0.05
    assert_array_equal(fixed_nodes(2)(ROWS, 1), np.zeros((1, 1, 2)))
