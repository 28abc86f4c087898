from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.testing import assert_array_equal

from skgen._utils.random import make_rng, reseeded


def test_a_seed_repeats_and_a_state_moves_on():
    draws = [make_rng(3).random() for _ in range(2)]
    assert draws[0] == draws[1]
    state = np.random.RandomState(3)
    assert make_rng(state).random() == draws[0]
    assert make_rng(state).random() != draws[0]


def test_a_reseeded_state_has_the_numbers_of_a_new_one():
    for seed in (5, 2**31 - 1, 5):
        expected = np.random.RandomState(seed).randint(2**31 - 1, size=700)
        assert_array_equal(reseeded(seed).randint(2**31 - 1, size=700), expected)


def test_each_thread_reseeds_a_state_of_its_own():
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(reseeded, 0).result() is not reseeded(0)
