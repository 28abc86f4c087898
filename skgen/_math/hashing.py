"""Hashes of numbers."""

import numpy as np


def mix(bits, salt=0):
    """Scramble 64-bit numbers one to one, by splitmix64 [1]_.

    References
    ----------
    .. [1] Steele, Lea & Flood (2014), "Fast Splittable Pseudorandom Number Generators",
       OOPSLA.
    """
    z = bits + np.uint64((0x9E3779B97F4A7C15 * (salt + 1)) % 2**64)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))
