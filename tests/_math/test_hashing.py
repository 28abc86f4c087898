import numpy as np

from skgen._math.hashing import mix


def test_first_numbers_of_splitmix64():
    # of the reference implementation in C, seeded with 1234567
    seeds = np.uint64(1234567) + np.arange(3, dtype=np.uint64) * np.uint64(
        0x9E3779B97F4A7C15
    )
    expected = [6457827717110365317, 3203168211198807973, 9817491932198370423]
    assert mix(seeds).tolist() == expected


def test_salts_scramble_in_different_ways():
    numbers = np.arange(1000, dtype=np.uint64)
    first, second = mix(numbers), mix(numbers, 1)
    assert len(set(first.tolist())) == len(set(second.tolist())) == 1000
    assert not np.isin(first, second).any()
