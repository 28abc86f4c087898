"""What attacks on synthetic tables share: targets, control and the risk."""

from typing import NamedTuple

import numpy as np

from skgen._math.statistics.proportions import Z_95, excess_share, wilson_share
from skgen._table.inputs import check_name


class AttackRisk(NamedTuple):
    """Risk of an attack on people in a table, beyond chance."""

    value: float
    standard_error: float
    attack_rate: float
    control_rate: float
    baseline_rate: float
    n_attacks: int
    informative: bool


def attack_risk(n_success, n_control, n_attacks, *, n_baseline=None, chance=None):
    """Risk from the successes of attacks and of the same number of control attacks.

    Parameters
    ----------
    n_success, n_control : int
        Successes against people in the real table, and against others.
    n_attacks : int
        Number of attacks, and of control attacks.
    n_baseline : int, default=None
        Successes of `n_attacks` naive guesses.
    chance : float, default=None
        Probability that a naive guess succeeds, where it is known.

    Returns
    -------
    risk : AttackRisk
    """
    attack, control = (wilson_share(n, n_attacks) for n in (n_success, n_control))
    excess = excess_share(attack, control)
    if chance is None:
        chance = wilson_share(n_baseline, n_attacks).value
    return AttackRisk(
        value=min(max(excess.value, 0.0), 1.0),
        standard_error=excess.standard_error,
        attack_rate=attack.value,
        control_rate=control.value,
        baseline_rate=chance,
        n_attacks=n_attacks,
        informative=attack.lower > chance,
    )


def surest(risks):
    """Key of the risk with the highest lower confidence bound.

    The largest value would often be one whose control succeeds nearly always: its
    standard error is large.
    """
    return max(
        risks, key=lambda key: risks[key].value - Z_95 * risks[key].standard_error
    )


def draw_targets(Z_real, Z_holdout, n_attacks, rng):
    """The same number of random rows of both tables.

    Parameters
    ----------
    n_attacks : int or None
        At most the rows of the smaller table, which None stands for.

    Returns
    -------
    Z_real, Z_holdout : ndarray of shape (n_targets, n_columns)
    """
    n = min(len(Z_real), len(Z_holdout))
    n = n if n_attacks is None else min(n, n_attacks)
    return tuple(Z[rng.permutation(len(Z))[:n]] for Z in (Z_real, Z_holdout))


def column_positions(columns, names, parameter):
    """Positions of the columns that a parameter names.

    Parameters
    ----------
    columns : sequence of Column
    names : hashable, or list, tuple or ndarray of them
        Positions where the table is an array.
    parameter : str
        Its name, for errors.

    Returns
    -------
    positions : list of int

    Raises
    ------
    TypeError
        If a name is no valid column name, such as a list of cells.
    ValueError
        If no column is named, one is named twice, or the table lacks one.
    """
    own = [column.name for column in columns]
    single = not isinstance(names, list | tuple | np.ndarray)
    names = [names] if single else list(names)
    for name in names:
        check_name(parameter, name)
    unknown = [name for name in names if name not in own]
    if unknown:
        raise ValueError(
            f"{parameter} names the column {unknown[0]!r}, which the tables do not "
            f"have. Their columns are {own[:10]}."
        )
    positions = [own.index(name) for name in names]
    if not positions or len(set(positions)) < len(positions):
        raise ValueError(
            f"{parameter} must name at least one column, and each one once; got "
            f"{names}."
        )
    return positions
