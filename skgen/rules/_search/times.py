"""Search of durations: numbers that count the time between two others."""

from itertools import permutations

import numpy as np

from skgen._math.rules.nice_numbers import simplest_number
from skgen.rules._linear import Linear
from skgen.rules._search.sums import FEWEST_OBSERVED, verify_equality

#: seconds of the units in which numbers may count
UNITS = (1.0, 60.0, 3_600.0, 86_400.0, 604_800.0)
FEWEST_DISTINCT = 4


def find_durations(table):
    """Add the rules end = start + unit * number to `table.found`.

    Parameters
    ----------
    table : SearchTable
    """
    times = table.numeric(kinds=("time",))
    others = table.numeric(fewest=FEWEST_DISTINCT, kinds=("number", "duration"))
    n_candidates = len(UNITS) * len(times) ** 2 * len(others)
    done = set()
    for start, end in permutations(times, 2):
        for at in others:
            if frozenset((start, end, at)) in done:
                continue
            is_number = table.columns[at].kind == "number"
            for unit in UNITS if is_number else UNITS[:1]:
                rule = _fit(table, start, end, at, unit)
                if rule is not None and verify_equality(table, rule, n_candidates):
                    done.add(frozenset((start, end, at)))
                    break


def _fit(table, start, end, at, unit):
    """The rule of some columns, None if the first half breaks it."""
    first = table.first
    rest = first[:, end] - first[:, start] - unit * first[:, at]
    rest = rest[~np.isnan(rest)]
    if len(rest) < FEWEST_OBSERVED:
        return None
    roundoff = 4 * (table.roundoff[[start, end]].sum() + unit * table.roundoff[at])
    exact = unit * table.noise[at]
    # a number of whole hours or days may have been rounded down
    step = (table.columns[at].step or 0.0) * unit
    for tolerance in (exact, exact + step / 2):
        width = tolerance + roundoff
        low, high = rest.max() - width, rest.min() + width
        if low <= high:
            constant = simplest_number(low, high)
            if tolerance > exact and constant:
                tolerance += max(constant - low, high - constant)
            coefficients = {table.names[start]: 1.0, table.names[at]: unit}
            return Linear(
                table.names[end],
                coefficients,
                constant=float(constant),
                tolerance=float(tolerance),
            )
    return None
