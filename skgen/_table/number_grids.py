"""Grids of numbers: decimals, fractions such as thirds, and steps of any size."""

from decimal import Decimal
from fractions import Fraction
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
MIN_NOISY = 4
#: share of the rows that may hold odd numbers off the grid
MAX_ODD = 0.002
#: share of the distinct values that these may make up
MAX_ODD_VALUES = 0.1
#: steps that are tried beside the greatest common divisor, largest first
ROUND_STEPS = sorted((f * 10**e for f in (1, 5, 25) for e in range(7)), reverse=True)
MAX_NOISY_DECIMALS = 6
#: parts of 1 that are tried: means of three, minutes as hours, days as years
MAX_PARTS = 400


class NumberGrid(NamedTuple):
    """The numbers ``(first + step * k) / 10**decimals / parts`` for whole k.

    Floats that were computed differ from these in their last digit. Those at `exact_at`
    are known; of the others, `product` says how they are computed.
    """

    step: int = 1
    first: int = 0  # in range(step)
    decimals: int = 0  # 0 if there are parts
    parts: int = 1  # 3 for thirds
    product: bool = False  # k * (step / 10**decimals), which rounds differently
    exact_at: np.ndarray = np.empty(0)  # k, sorted,
    exact: np.ndarray = np.empty(0)  # of numbers that are not computed exactly

    @property
    def size(self):
        """Distance of neighbouring numbers."""
        return self.step if self.per_one == 1 else self.step / self.per_one

    @property
    def per_one(self):
        """What makes the numbers whole."""
        return 10**self.decimals * self.parts

    def index(self, values):
        """k of numbers as float64, a fraction for numbers between two of the grid."""
        x = np.asarray(values).astype(np.float64)
        if self.decimals:
            # the shortest decimals of narrow floats
            x = np.round(x, self.decimals) if values.dtype.itemsize < 8 else x
            x = x * 10.0**self.decimals
        error = np.finfo(np.float64).eps
        if self.parts > 1:
            error = np.finfo(values.dtype).eps if values.dtype.kind == "f" else error
            x = x * self.parts
        if self.first:
            x = x - self.first
        z = x / self.step if self.step > 1 else x
        whole = np.rint(z)
        near = NEAR + 2 * error * np.abs(x) / self.step
        return np.where(np.abs(z - whole) < near, whole, z)

    def between(self, z):
        """Numbers for k that need not be whole, as float64."""
        return (z * self.step + self.first) / float(self.per_one)

    def values(self, k):
        """Numbers of whole k, as float64."""
        if self.product:
            return k * self.size
        x = k * self.step + self.first if self.step > 1 else k
        x = x / float(self.per_one) if self.per_one > 1 else x
        if len(self.exact_at):
            at = np.minimum(np.searchsorted(self.exact_at, k), len(self.exact_at) - 1)
            x = np.where(self.exact_at[at] == k, self.exact[at], x)
        return x


def find_number_grid(values, counts, *, step="auto", name=None):
    """The coarsest grid that holds the numbers of a column, None if there is none.

    Up to two in a thousand rows may hold numbers between two of the grid, or halves of
    a table would be on different grids for the sake of one odd cell.

    Parameters
    ----------
    values : ndarray of int64 or floats of shape (n_values,)
        Distinct finite numbers, sorted. The dtype of floats decides which numbers count
        as equal.
    counts : ndarray of int of shape (n_values,)
        Number of rows that hold each.
    step : float, None or "auto", default="auto"
        Distance between the numbers of the grid, None for no grid, or "auto" to find
        it.
    name : hashable, default=None
        Name of the column, for errors.
    """
    if step != "auto":
        return _declared_grid(values, step, name)
    if values.dtype.kind != "f":
        return _coarsen(NumberGrid(), values, counts)
    if len(values) == 0:
        return None
    found = count_decimals(values, counts)
    if found is None:
        return _find_noisy(values)
    decimals, on_grid = found
    whole = np.rint(values[on_grid].astype(np.float64) * 10.0**decimals)
    if np.abs(whole).max() >= EXACT:
        return None
    grid = NumberGrid(decimals=decimals)
    return _coarsen(grid, whole.astype(np.int64), counts[on_grid])


def _declared_grid(values, step, name):
    whole = values.dtype.kind != "f"
    if step is None:
        return NumberGrid() if whole else None
    some = _as_written(values[:: max(1, len(values) // 1000)])
    grids = [_begin(grid, some) for grid in _grids_of(step, some)]
    found = [grid.index(values) for grid in grids]
    off = [(k != np.rint(k)).sum() for k in found]
    grid, k = grids[np.argmin(off)], found[np.argmin(off)]
    between = k != np.rint(k)
    if between.sum() > len(k) / 2:
        raise column_error(
            name,
            f"has the step {step!r} in its schema, but holds {values[0]} and "
            f"{values[between][0]}. Correct the step, or round the column.",
        )
    off = (grid.values(k).astype(values.dtype) != values) & ~between
    return grid._replace(exact_at=k[off], exact=values[off].astype(np.float64))


def _grids_of(step, values):
    """Grids of a step, which may begin between two multiples of it."""
    fraction = Fraction(step).limit_denominator(MAX_PARTS)
    if _places(step) > MAX_DECIMALS and float(fraction) == step:
        finer, parts = fraction.numerator, fraction.denominator
        return [NumberGrid(finer * 10**d, parts=parts * 10**d) for d in range(3)]
    places = [_places(round(value, MAX_DECIMALS)) for value in values[:100].tolist()]
    decimals = max(_places(step), int(np.median(places or [0])))
    return [NumberGrid(round(step * 10**decimals), 0, decimals)]


def _begin(grid, values):
    """A grid that begins where most of some values are."""
    if not len(values):
        return grid
    offsets = np.rint(values * float(grid.per_one)) % grid.step
    found, counts = np.unique(offsets, return_counts=True)
    return grid._replace(first=int(found[counts.argmax()]))


def _as_written(values):
    """Numbers as float64, narrow floats by their shortest decimals."""
    narrow = values.dtype.kind == "f" and values.dtype.itemsize < 8
    return (values.astype(str) if narrow else values).astype(np.float64)


def _places(number):
    """Decimal places of a number as Python writes it."""
    exponent = Decimal(repr(float(number))).normalize().as_tuple().exponent
    return max(0, -exponent)


def _nearly_all(holds, counts):
    """Whether something holds for all values but a few odd ones, in few rows."""
    few = counts[~holds].sum() <= MAX_ODD * counts.sum()
    return few and (~holds).sum() <= MAX_ODD_VALUES * len(holds)


def _coarsen(grid, whole, counts):
    """The grid with the largest step that chance does not explain.

    Two numbers show a step f. That n - 2 others agree modulo f has probability
    f**(2 - n) by chance.
    """
    if len(whole) < 3:
        return grid
    step = int(np.gcd.reduce(np.diff(whole)))
    lowest, every = whole[0], max(1, len(whole) // 1000)
    for round_step in ROUND_STEPS if MAX_ODD * counts.sum() >= 1 else ():
        if round_step <= step:
            break
        if (whole[::every] % round_step != 0).mean() > MAX_ODD_VALUES:
            continue
        if _nearly_all(whole % round_step == 0, counts):
            step, lowest = round_step, 0
            break
    if (len(whole) - 2) * np.log(step) < np.log(MIN_EVIDENCE):
        return grid
    first, decimals = int(lowest) % step, grid.decimals
    while decimals and step % 10 == 0 and first % 10 == 0:
        step, first, decimals = step // 10, first // 10, decimals - 1
    return grid._replace(step=step, first=first, decimals=decimals)


def _find_noisy(values):
    """Grid of numbers that differ from it by rounding errors of a computation."""
    if len(values) < MIN_NOISY:
        return None
    decimals = MAX_NOISY_DECIMALS + 1 if values.dtype.itemsize == 8 else 0
    per_one = 10 ** np.arange(decimals), np.arange(3, MAX_PARTS + 1)
    per_one = np.concatenate(per_one).astype(np.float64)
    spread = np.linspace(0, len(values) - 1, min(len(values), 20)).astype(np.intp)
    left = np.arange(len(per_one))
    for part in values[spread], values[:: max(1, len(values) // 1000)]:
        left = left[_are_near(part, per_one[left])]
    near = (k for k in left if _are_near(values, per_one[[k]])[0])
    k = next(near, None)
    if k is None:
        return None
    if k < decimals:
        grid = NumberGrid(decimals=int(k))
    else:
        grid = NumberGrid(parts=int(per_one[k]))
    whole = np.rint(values.astype(np.float64) * grid.per_one)
    if (np.diff(whole) == 0).any():
        return None
    grid = _coarsen(grid, whole.astype(np.int64), np.ones(len(whole)))
    if grid.first == 0:
        product = grid._replace(product=True)
        if np.array_equal(product.values(product.index(values)), values):
            return product
    k = grid.index(values)
    off = grid.values(k).astype(values.dtype) != values
    return grid._replace(exact_at=k[off], exact=values[off].astype(np.float64))


def _are_near(values, per_one):
    """Whether numbers times each of `per_one` are whole, but for rounding errors."""
    with np.errstate(over="ignore"):
        x = values.astype(np.float64)[:, None] * per_one
    size = np.abs(x)
    error = 1e-12 if values.dtype.itemsize == 8 else np.finfo(values.dtype).eps
    # some digits must be left for rounding errors to show
    shows = size.max(axis=0) * error <= 1e-2
    with np.errstate(invalid="ignore"):  # products too large for a float
        return shows & (np.abs(x - np.rint(x)) <= error * size).all(axis=0)


def count_decimals(values, counts):
    """Number of decimal places of floats, and which of them have no more.

    A grid is recognised only if it is at least twice as coarse as the spacing of the
    floats, which lie on every finer one.

    Parameters
    ----------
    values : ndarray of shape (n_values,)
        Distinct finite numbers, at least one. Their float dtype decides which numbers
        count as equal.
    counts : ndarray of int of shape (n_values,)

    Returns
    -------
    decimals : int
    on_grid : ndarray of bool of shape (n_values,)
        All are true but for a few odd numbers. None is returned in place of both if
        numbers are on no such grid.
    """
    with np.errstate(over="ignore"):  # at the largest float, in older numpy
        spacing = np.spacing(np.abs(values).max()).astype(np.float64)
    step = max(1, len(values) // 1000)
    for decimals in range(MAX_DECIMALS + 1):
        if spacing * 2 > 10.0**-decimals:
            return None
        if (~_on_grid(values[::step], decimals)).mean() > MAX_ODD_VALUES:
            continue
        on_grid = _on_grid(values, decimals)
        if _nearly_all(on_grid, counts):
            return decimals, on_grid
    return None


def _on_grid(values, decimals):
    return np.round(values.astype(np.float64), decimals).astype(values.dtype) == values
