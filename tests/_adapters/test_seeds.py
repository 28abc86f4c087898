import numpy as np

from skgen._adapters.seeds import make_rng


def test_a_seed_repeats_and_a_state_moves_on():
    draws = [make_rng(3).random() for _ in range(2)]
    assert draws[0] == draws[1]
    state = np.random.RandomState(3)
    assert make_rng(state).random() == draws[0]
    assert make_rng(state).random() != draws[0]
