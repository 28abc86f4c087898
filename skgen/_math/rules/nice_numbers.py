"""The simplest number in an interval."""

from fractions import Fraction

import numpy as np

MOST_DECIMALS = 15
#: decimals of a number that a fraction with a small denominator does not replace
FEW_DECIMALS = 3
LARGEST_DENOMINATOR = 60


def simplest_number(low, high):
    """The number with the fewest decimals in an interval, or a small fraction.

    Parameters
    ----------
    low, high : float
        Ends of the interval, which belong to it.

    Returns
    -------
    number : float
        Of the multiples of the largest power of ten that has one in the interval, the
        one nearest to its middle; or a fraction with a denominator of up to 60, if that
        is in the interval and the decimal number has more than 3 decimals.

    Examples
    --------
    >>> from skgen._math.rules.nice_numbers import simplest_number
    >>> simplest_number(1.79, 1.81), simplest_number(0.3332, 0.3334)
    (1.8, 0.3333333333333333)
    """
    middle = (low + high) / 2
    if low <= 0 <= high or not np.isfinite(middle):
        return 0.0
    largest = int(np.ceil(np.log10(max(abs(low), abs(high)))))
    for decimals in range(-largest, MOST_DECIMALS):
        number = _nearest(middle, decimals)
        if low <= number <= high:
            break
    else:
        number = middle
    if decimals > FEW_DECIMALS:
        fraction = Fraction(middle).limit_denominator(LARGEST_DENOMINATOR)
        if fraction and low <= float(fraction) <= high:
            return float(fraction)
    return number


def _nearest(value, decimals):
    if decimals <= 0:
        size = 10.0**-decimals
        return round(value / size) * size
    return round(value, decimals)
