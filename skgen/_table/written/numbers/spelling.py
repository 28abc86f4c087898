"""How many decimals the numbers in a column of texts have."""

import re

import numpy as np

from skgen._table.written.numbers.digits import MOST_DECIMALS, Decimals, Exponent

NEARLY_ALL = 0.995
_EXPONENT = re.compile(r"([eE])([-+]?)([0-9]+)")


def spell(numbers, exponents, counts, point, scaled):
    """Digits in which most of some written numbers come back as they are.

    Parameters
    ----------
    numbers, exponents : list of str
        Unsigned numbers such as "1,234.50", and exponents such as "E+11" or "".
    counts : ndarray
        Rows that hold each.
    point : str
        Decimal point.
    scaled : bool
        Whether they stand in one of several units, where 9.2M is followed by 10M.
    """
    parts = [number.partition(point) for number in numbers]
    shown = np.array([len(decimals) for _, _, decimals in parts])
    has_exponent = np.array([exponent != "" for exponent in exponents])
    if counts[has_exponent].sum() * 2 > counts.sum():
        return _spell_exponents(exponents, shown, counts)
    needed = np.array([len(decimals.rstrip("0")) for _, _, decimals in parts])
    whole = np.array([sum(map(str.isdigit, whole)) for whole, _, _ in parts])
    most = _nearly_largest(shown, counts)
    choices = [Decimals(fewest, most) for fewest in range(most, -1, -1)]
    if scaled:
        choices += [
            Decimals(fewest, most, significant)
            for significant in (2, 3, 4)
            for fewest in (most, 0)
        ]
    shares = [
        counts[_predicted(digits, needed, whole) == shown].sum() for digits in choices
    ]
    return choices[int(np.argmax(shares))]


def _predicted(digits, needed, whole):
    """Decimals that are written, given those that the numbers need."""
    most = digits.most
    if digits.significant is not None:
        most = np.clip(digits.significant - whole, 0, most)
    return np.minimum(np.maximum(needed, digits.fewest), most)


def _nearly_largest(shown, counts):
    """Decimals that hold all numbers, or nearly all if others have those of floats."""
    if shown.max() <= MOST_DECIMALS:
        return int(shown.max())
    order = np.argsort(shown)
    shares = np.cumsum(counts[order]) / counts.sum()
    return int(shown[order][np.searchsorted(shares, NEARLY_ALL)])


def _spell_exponents(exponents, shown, counts):
    written = [_EXPONENT.fullmatch(exponent) for exponent in exponents]
    most = _nearly_largest(shown, counts)
    mark = next(found[1] for found in written if found)
    plus = not any(found[2] == "" for found in written if found)
    width = min(len(found[3]) for found in written if found)
    return Exponent(most, mark, plus, width)


def starts_of(values, counts, sizes):
    """Smallest value that is written in each of several units, in ascending order.

    Each is placed where fewest rows of the unit are below it, and fewest rows of the
    unit before it are not; at the size of the unit if that is such a place.

    Parameters
    ----------
    values : list of ndarray
        Values that are written in each unit, without signs.
    counts : list of ndarray
        Rows that hold each.
    sizes : list of float
        Sizes of the units.
    """
    starts = [0.0]
    for at in range(1, len(values)):
        lower, upper = values[at - 1], values[at]
        never = max(lower.max(), upper.max()) * 2
        choices = np.array([sizes[at], *np.unique(upper), never])
        kept = _rows_below(lower, counts[at - 1], choices)
        lost = _rows_below(upper, counts[at], choices)
        start = float(choices[np.argmax(kept - lost)])
        starts.append(max(start, starts[-1]))
    return starts


def _rows_below(values, counts, limits):
    order = np.argsort(values)
    total = np.append(0, np.cumsum(counts[order]))
    return total[np.searchsorted(values[order], limits)]
