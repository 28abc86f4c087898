"""Standard normal points of rows, of which draws are made.

Each function here gives a function of positions of rows and a number of draws, which
returns an array of shape (n_rows, n_draws, n_factors), with one row if all share it.
"""

import numpy as np
from scipy.special import ndtri
from scipy.stats import qmc


def fixed_nodes(n_factors):
    """Quasi-random nodes, the same for each row; a single one is zero."""

    def nodes(rows, n_draws):
        if n_draws == 1 or not n_factors:
            return np.zeros((1, n_draws, n_factors))
        # the seed only has to be the same in every call
        points = qmc.Sobol(n_factors, rng=np.random.default_rng(0)).random(n_draws)
        return ndtri(np.clip(points, 1e-9, 1 - 1e-9))[None]

    return nodes


def random_nodes(n_factors, rng):
    """Independent nodes of each row, in pairs on either side of the origin."""

    def nodes(rows, n_draws):
        shape = len(rows), -(-n_draws // 2), n_factors
        return _in_pairs(rng.standard_normal(shape))[:, :n_draws]

    return nodes


def numbered_nodes(n_factors, number, seed):
    """`random_nodes` that are the same for a row wherever its number is met.

    Parameters
    ----------
    n_factors : int
    number : ndarray of int of shape (n_rows,)
    seed : int
    """

    def nodes(rows, n_draws):
        shape = -(-n_draws // 2), n_factors
        return _in_pairs(_numbered_normal(number[rows], shape, seed))[:, :n_draws]

    return nodes


def _numbered_normal(number, shape, seed):
    """Standard normal numbers from a counter (SplitMix64, Steele, Lea & Flood 2014)."""
    size = int(np.prod(shape))
    start = np.random.default_rng(seed).integers(2**64, dtype=np.uint64)
    bits = number.astype(np.uint64)[:, None] * np.uint64(size)
    bits = bits + np.arange(size, dtype=np.uint64)
    bits *= np.uint64(0x9E3779B97F4A7C15)
    bits += start
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 1)):
        bits ^= bits >> np.uint64(shift)
        bits *= np.uint64(factor)
    # 53 bits, as a float64 holds, in the middle of their intervals
    uniform = ((bits >> np.uint64(11)) + 0.5) * 2.0**-53
    return ndtri(uniform).reshape(len(number), *shape)


def _in_pairs(half):
    n_rows, n_pairs, n_factors = half.shape
    pairs = np.stack([half, -half], axis=2)
    return pairs.reshape(n_rows, 2 * n_pairs, n_factors)
