"""Whether to draw the later column of an order within a range, or by its distance."""

import numpy as np

from skgen._math.columns.supports import Range
from skgen._plan.auxiliary import cells_column
from skgen._plan.checks import OrderCheck, directions
from skgen._plan.steps import BoundStep
from skgen.conditionals import TreeConditional
from skgen.conditionals._base import PredictorTable, fit_column_ranks

#: rows that are compared at most, and at least
_MOST_ROWS, _FEWEST_ROWS = 2_000, 100
#: trees of the conditionals that are compared
_N_TREES = 5
#: columns before that one which are predictors
_MOST_PREDICTORS = 30


def preferred_directions(units, Z, lower, upper, strict, orders):
    """Which of two ordered columns to describe by its distance from the other.

    The later one, if held-out rows are not less likely then than if it is drawn within
    the range that the earlier one leaves. Columns after these depend on both of them
    and their difference either way, so that the likelihood of nothing else differs.

    Parameters
    ----------
    units : Units
    Z : ndarray of shape (n_samples, n_features)
        Encoded rows.
    lower, upper : int
        Positions of the columns.
    strict : bool
        Whether they must differ.
    orders : dict
        From all pairs of ordered columns to whether these must differ.

    Returns
    -------
    targets : list of {"upper", "lower"}
        Empty if neither should be described so.
    """
    first, target = sorted((lower, upper))
    rows = np.flatnonzero(~np.isnan(Z[:, [first, target]]).any(axis=1))
    rng = np.random.default_rng(0)
    Z = Z[rng.permutation(rows)[:_MOST_ROWS]]
    described, is_upper = units.codec.columns_[target], target == lower
    on_grid = described.integer_valued
    # the distance would be the last column
    step = BoundStep(target, {first: strict}, Z.shape[1], on_grid, is_upper)
    known = ~np.isnan(step.measure(Z, units))
    Z = Z[known]
    if len(Z) < _FEWEST_ROWS:
        return directions(*(units.numbers(Z[:, at], at) for at in (lower, upper)))
    distance = step.measure(Z, units)
    support = _range_of_orders(Z, target, orders, units)
    ends = {target: (support.low, support.high)}
    near, far = step.limits_of_range(Z, step.distance, units, ends)
    columns = units.codec.columns_
    before = [j for j in range(target) if j != first and columns[j].modelled]
    predictors = [*before[-_MOST_PREDICTORS:], first]
    given = Z[:, predictors], [columns[j] for j in predictors]
    by_range = _held_out(*given, Z[:, target], described, support, rng)
    support = Range(np.minimum(near, distance), np.maximum(far, distance), support[2])
    described = cells_column("distance", distance, on_grid)
    by_distance = _held_out(*given, distance, described, support, rng)
    if by_distance < by_range:
        return []
    return ["lower" if is_upper else "upper"]


def _range_of_orders(Z, target, orders, units):
    """Range that the columns before one leave to it."""
    low, high = np.full(len(Z), -np.inf), np.full(len(Z), np.inf)
    for pair, strict in orders.items():
        if target in pair and max(pair) == target:
            first, last = OrderCheck(*pair, strict).limits(Z, target, units)
            low, high = np.maximum(low, first), np.minimum(high, last)
    # rows that break another order
    z = Z[:, target]
    low, high = np.minimum(low, z), np.maximum(high, z)
    return Range(low, high, np.empty((len(Z), 0)))


def _held_out(Z, columns, z, target, support, rng):
    """Mean log-density of each half of the rows by a model of the other one."""
    weights, every = np.ones(len(Z)), np.arange(len(columns))
    table = PredictorTable(Z, fit_column_ranks(Z, weights, columns))
    found = np.empty(len(Z))
    for half in (0, 1):
        fold = np.arange(len(Z)) % 2 == half
        train, test = np.flatnonzero(~fold), np.flatnonzero(fold)
        conditional = TreeConditional(_N_TREES).fit(
            table.take(train, every, ranked=True),
            z[train],
            predictors=columns,
            target=target,
            sample_weight=weights[train],
            rng=rng,
        )
        X = table.take(test, every, ranked=True)
        found[test] = conditional.log_prob_within(X, z[test], support.take(test))
    return found.mean()
