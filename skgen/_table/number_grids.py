"""Grids of numbers: decimals, and steps of any size."""

from decimal import Decimal
from typing import NamedTuple

import numpy as np

from skgen._table.cells import column_error

EXACT = 2**53  # float64 holds every whole number up to here
MAX_DECIMALS = 10
#: by how much a number may miss the grid, in steps, because of rounding errors
NEAR = 1e-6
#: a coarser step is accepted if chance would show it once in this number of columns
MIN_EVIDENCE = 1000
#: distinct values from which on numbers with rounding errors show a grid
MIN_NOISY = 20
MAX_NOISY_DECIMALS = 6


class NumberGrid(NamedTuple):
    """The numbers ``(first + step * k) / 10**decimals`` for whole k.

    Floats that were computed differ from these in their last digit. Those at `exact_at`
    are known; of the others, `product` says how they are computed.
    """

    step: int = 1
    first: int = 0  # in range(step)
    decimals: int = 0
    product: bool = False  # k * (step / 10**decimals), which rounds differently
    exact_at: np.ndarray = np.empty(0)  # k, sorted,
    exact: np.ndarray = np.empty(0)  # of numbers that are not computed exactly

    @property
    def size(self):
        """Distance of neighbouring numbers."""
        return self.step / 10**self.decimals if self.decimals else self.step

    def index(self, values):
        """k of numbers as float64, a fraction for numbers between two of the grid."""
        x = np.asarray(values).astype(np.float64)
        if self.decimals:
            # the shortest decimals of narrow floats
            x = np.round(x, self.decimals) if values.dtype.itemsize < 8 else x
            x = x * 10.0**self.decimals
        if self.first:
            x = x - self.first
        z = x / self.step if self.step > 1 else x
        whole = np.rint(z)
        return np.where(np.abs(z - whole) < NEAR, whole, z)

    def between(self, z):
        """Numbers for k that need not be whole, as float64."""
        return (z * self.step + self.first) / 10.0**self.decimals

    def values(self, k):
        """Numbers of whole k, as float64."""
        if self.product:
            return k * (self.step / 10**self.decimals)
        x = k * self.step + self.first if self.step > 1 else k
        x = x / 10.0**self.decimals if self.decimals else x
        if len(self.exact_at):
            at = np.minimum(np.searchsorted(self.exact_at, k), len(self.exact_at) - 1)
            x = np.where(self.exact_at[at] == k, self.exact[at], x)
        return x


def find_number_grid(values, *, step="auto", name=None):
    """The coarsest grid that holds all numbers of a column, None if there is none.

    Parameters
    ----------
    values : ndarray of int64 or floats of shape (n_values,)
        Distinct finite numbers, sorted. The dtype of floats decides which numbers count
        as equal.
    step : float, None or "auto", default="auto"
        Distance between the numbers of the grid, None for no grid, or "auto" to find
        it.
    name : hashable, default=None
        Name of the column, for errors.
    """
    if step != "auto":
        return _declared_grid(values, step, name)
    if values.dtype.kind != "f":
        return _coarsen(NumberGrid(), values)
    if len(values) == 0:
        return None
    decimals = count_decimals(values)
    if decimals is not None:
        whole = np.rint(values.astype(np.float64) * 10.0**decimals)
        if np.abs(whole).max() >= EXACT:
            return None
        return _coarsen(NumberGrid(decimals=decimals), whole.astype(np.int64))
    return _find_noisy(values) if values.dtype.itemsize == 8 else None


def _declared_grid(values, step, name):
    whole = values.dtype.kind != "f"
    if step is None:
        return NumberGrid() if whole else None
    decimals = max(0, -Decimal(repr(float(step))).normalize().as_tuple().exponent)
    size = round(step * 10**decimals)
    if not len(values):
        return NumberGrid(size, 0, decimals)
    first = round(float(values[0]) * 10**decimals) % size
    grid = NumberGrid(size, first, decimals)
    k = grid.index(values)
    between = k != np.rint(k)
    if between.any():
        raise column_error(
            name,
            f"has the step {step!r} in its schema, but holds {values[0]} and "
            f"{values[between][0]}. Correct the step, or round the column.",
        )
    off = grid.values(k) != values
    return grid._replace(exact_at=k[off], exact=values[off].astype(np.float64))


def _coarsen(grid, whole):
    """The grid with the largest step that chance does not explain.

    Two numbers show a step f. That n - 2 others agree modulo f has probability
    f**(2 - n) by chance.
    """
    if len(whole) < 3:
        return grid
    lowest = whole[0]
    step = int(np.gcd.reduce(np.diff(whole)))
    if (len(whole) - 2) * np.log(step) < np.log(MIN_EVIDENCE):
        return grid
    return grid._replace(step=step, first=int(lowest) % step)


def _find_noisy(values):
    """Grid of numbers that differ from it by rounding errors of a computation."""
    if len(values) < MIN_NOISY:
        return None
    some = values[:: max(1, len(values) // 1000)]
    for decimals in range(MAX_NOISY_DECIMALS + 1):
        if _is_near(some, decimals) and _is_near(values, decimals):
            break
    else:
        return None
    whole = np.rint(values * 10.0**decimals)
    if (np.diff(whole) == 0).any():
        return None
    grid = _coarsen(NumberGrid(decimals=decimals), whole.astype(np.int64))
    if grid.first == 0:
        product = grid._replace(product=True)
        if np.array_equal(product.values(product.index(values)), values):
            return product
    k = grid.index(values)
    off = grid.values(k) != values
    return grid._replace(exact_at=k[off], exact=values[off])


def _is_near(values, decimals):
    """Whether numbers are within rounding errors of so many decimals."""
    x = values * 10.0**decimals
    # some digits must be left for rounding errors to show
    if np.abs(x).max() > 1e10:
        return False
    return bool((np.abs(x - np.rint(x)) <= 1e-12 * np.abs(x)).all())


def count_decimals(values):
    """Number of decimal places of an array of floats, None if it is on no such grid.

    A grid is recognised only if it is at least twice as coarse as the spacing of the
    floats, which lie on every finer one.

    Parameters
    ----------
    values : ndarray of shape (n,)
        Finite numbers. Their float dtype decides which numbers count as equal.
    """
    if len(values) == 0:
        return None
    with np.errstate(over="ignore"):  # at the largest float, in older numpy
        spacing = np.spacing(np.abs(values).max()).astype(np.float64)
    some = values[:: max(1, len(values) // 1000)]
    for decimals in range(MAX_DECIMALS + 1):
        if spacing * 2 > 10.0**-decimals:
            return None
        if _on_grid(some, decimals) and _on_grid(values, decimals):
            return decimals
    return None


def _on_grid(values, decimals):
    rounded = np.round(values.astype(np.float64), decimals).astype(values.dtype)
    return np.array_equal(rounded, values)
