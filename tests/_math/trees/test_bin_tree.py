import numpy as np
import pytest
from numpy.testing import assert_allclose

from skgen._math.trees.bin_tree import build_levels, draw_leaves, find_nodes


@pytest.mark.parametrize("n_places", [1, 2, 3, 64, 100])
def test_masses_are_products_of_decisions(n_places):
    masses = np.random.default_rng(0).gamma(0.3, size=n_places)
    place = np.arange(n_places)
    share = np.ones(n_places)
    for level in build_levels(masses):
        rows, node = find_nodes(level, place)
        right = level.right[node]
        share[rows] *= np.where(place[rows] >= level.middle[node], right, 1 - right)
    assert_allclose(share, masses / masses.sum())


def test_equal_masses_need_as_many_levels_as_bits():
    assert len(build_levels(np.ones(64))) == 6
    assert len(build_levels(np.ones(65))) == 7
    assert build_levels(np.ones(1)) == []


def test_a_node_has_at_most_half_of_the_mass_unless_it_cannot_be_split():
    masses = np.random.default_rng(1).gamma(0.2, size=200)
    cumulative = np.concatenate([[0.0], np.cumsum(masses)])
    for level in build_levels(masses):
        largest = [
            masses[a:b].max() for a, b in zip(level.start, level.end, strict=True)
        ]
        mass = cumulative[level.end] - cumulative[level.start]
        share = np.maximum(level.right, 1 - level.right)
        assert (share * mass <= mass / 2 + np.array(largest)).all()


def test_places_without_a_node_are_left_out():
    levels = build_levels(np.array([8.0, 1.0, 1.0]))
    rows, node = find_nodes(levels[1], np.array([0, 1, 2, 0]))
    assert list(rows) == [1, 2]
    assert list(node) == [0, 0]


@pytest.mark.parametrize("seed", range(5))
def test_a_node_is_split_where_its_halves_differ_least(seed):
    # one place at either end of a node may outweigh all others
    masses = np.random.default_rng(seed).gamma(0.1, size=60) + 1e-6
    cumulative = np.concatenate([[0.0], np.cumsum(masses)])
    for level in build_levels(masses):
        for start, middle, end in zip(*level[:3], strict=True):
            half = (cumulative[start] + cumulative[end]) / 2
            inner = np.arange(start + 1, end)
            assert middle in inner
            distance = np.abs(cumulative[inner] - half)
            assert_allclose(abs(cumulative[middle] - half), distance.min())


def test_places_are_drawn_as_often_as_they_are_probable():
    rng = np.random.default_rng(2)
    probability = rng.dirichlet([0.3] * 5, size=4_000)
    # the same distribution in many rows, and one that has holes
    probability[:2_000] = [0.0, 0.2, 0.5, 0.0, 0.3]
    counts = np.zeros((2, 5))
    for _ in range(20):
        place = draw_leaves(probability, rng)
        counts += [
            np.bincount(part, minlength=5) for part in (place[:2_000], place[2_000:])
        ]
    # draws are even, so that counts vary less than independent ones
    assert_allclose(counts[0] / 40_000, probability[0], atol=0.002)
    assert_allclose(counts[1] / 40_000, probability[2_000:].mean(axis=0), atol=0.01)


def test_a_row_draws_no_place_of_its_own_probability_zero():
    rng = np.random.default_rng(3)
    probability = np.eye(6)[rng.integers(6, size=300)]
    assert (draw_leaves(probability, rng) == probability.argmax(axis=1)).all()
