"""Do synthetic rows reveal predicates that hold for exactly one person?"""

from numbers import Integral
from typing import NamedTuple

import numpy as np
from sklearn.utils._param_validation import Interval

from skgen._math.privacy.predicates import count_matches, guess_predicates, single_out
from skgen.metrics._attacks import attack_risk, draw_targets, surest
from skgen.metrics._registry import metric

_N_COLUMNS = (1, 3)
_N_ATTACKS = 500


class SinglingOut(NamedTuple):
    """What :func:`singling_out` returns."""

    value: float
    standard_error: float
    attack_rate: float
    control_rate: float
    baseline_rate: float
    n_attacks: int
    informative: bool
    n_columns: int  # number of columns of the predicates that these figures are of
    attacks: dict  # number of columns -> AttackRisk
    n_rows: int  # real rows, and rows held out, that predicates were tried on


def _few_attacks(inputs, rng):
    """For a report: the search in few rows for many predicates takes long."""
    return singling_out.core(
        inputs.columns,
        inputs.real,
        inputs.synthetic,
        inputs.holdout,
        rng,
        n_attacks=min(_N_ATTACKS, len(inputs.synthetic)),
    )


@metric(
    {
        "n_columns": [Interval(Integral, 1, None, closed="left"), "array-like", None],
        "n_attacks": [Interval(Integral, 1, None, closed="left")],
    },
    group="privacy",
    order=5,
    title="Singling out",
    sentence="Share of properties of a synthetic row that hold for exactly one "
    "training row, beyond that for unseen rows.",
    fair=0.05,
    poor=0.2,
    words={
        "good": "training rows are singled out hardly better than by chance",
        "fair": "training rows are singled out: {value} beyond chance",
        "poor": "training rows are singled out: {value} beyond chance",
    },
    advice="Single people can be pointed at: blur rare values and extremes before the "
    "generator learns them.",
    calibrated=True,
    in_report=_few_attacks,
)
def singling_out(
    columns,
    Z_real,
    Z_synthetic,
    Z_holdout,
    rng,
    *,
    n_columns=None,
    n_attacks=_N_ATTACKS,
):
    """Risk that synthetic rows single out one real person [1]_.

    The attacker finds predicates that hold for exactly one synthetic row, such as "of
    the highest income", or "at least 81 years old, a widow and from Peru", and claims
    that they hold for exactly one person in `real`. The control are the same claims
    about people in `holdout`, whom the generator has not seen: a rare predicate singles
    out somebody of any table now and then.

    Parameters
    ----------
    real : table of shape (n_real, n_features)
        The rows that the generator was fitted to.
    synthetic : table of shape (n_synthetic, n_features)
    holdout : table of shape (n_holdout, n_features)
        Rows of other people from the same population, best of the size of `real`.
    n_columns : int or array-like of int, default=None
        Number of columns of a predicate; each of several numbers is an attack of its
        own. By default 1 and 3, or all columns if there are fewer.
    n_attacks : int, default=500
        Largest number of predicates for each number of columns.
    categorical_features : "from_dtype", None or array-like, default="from_dtype"
        As in :class:`~skgen.TableCodec`.
    random_state : int, RandomState instance or None, default=None
        Determines the predicates, and the rows if `real` and `holdout` differ in size.

    Returns
    -------
    risk : SinglingOut
        Of the number of columns with the highest lower bound, value - 1.96
        standard_error.

        - value: the risk in [0, 1], best 0: (attack rate - control rate) / (1 - control
          rate), and 0 where the control succeeds more often;
        - standard_error: of the value, by Wilson's intervals and the delta method, as
          if predicates were independent;
        - attack_rate, control_rate: shares of predicates that hold for exactly one row
          of `real` and of `holdout`, as the centres of Wilson's 95 % intervals;
        - baseline_rate: the attack rate of predicates of random cells and relations,
          whether or not they single out a synthetic row;
        - n_attacks: predicates found; without any, the rates are 0.5 with large
          standard errors;
        - informative: whether the 95 % interval of the attack rate is above the
          baseline. If not, the attack is too weak: a small risk is then no evidence of
          privacy;
        - n_columns: the number of columns;
        - attacks: for every number of columns the same figures, without the last three;
        - n_rows: number of rows of each of `real` and `holdout` that are attacked.

    Raises
    ------
    TypeError
        If a table cannot be read, or a column holds different types of cells.
    ValueError
        If the tables do not have the same columns, or fewer than `n_columns`.

    Notes
    -----
    A predicate of one column says that the cell is the smallest or largest number, the
    only missing cell, or a value that no other synthetic row has. A predicate of
    several columns is made from a random synthetic row and random columns: categories
    equal those of the row, numbers are at least as far from the median on the same
    side, and missing cells are missing. It is kept if it holds for no other synthetic
    row.

    The chance of singling out somebody depends on the number of people, so the larger
    of `real` and `holdout` is thinned at random to the size of the other. With a small
    `holdout`, most people in `real` are therefore not attacked.

    References
    ----------
    .. [1] Giomi, Boenisch, Wehmeyer & Tasnadi (2023), "A Unified Framework for
       Quantifying Privacy Risk in Synthetic Data", Proceedings on Privacy Enhancing
       Technologies.

    Examples
    --------
    >>> from skgen.datasets import make_customers
    >>> from skgen.metrics import singling_out
    >>> X, _ = make_customers(1000, random_state=0)
    >>> train, holdout = X[:500], X[500:]
    >>> copies = singling_out(train, train, holdout=holdout, random_state=0)
    >>> print(f"{copies.value:.1f}")
    1.0
    """
    if n_columns is None:
        n_columns = sorted({min(n, len(columns)) for n in _N_COLUMNS})
    else:
        n_columns = _read_numbers(n_columns, len(columns))
    discrete = np.array([column.discrete for column in columns], dtype=bool)
    tables = draw_targets(Z_real, Z_holdout, None, rng)
    attacks = {}
    for n in n_columns:
        predicates = single_out(Z_synthetic, discrete, n, n_attacks, rng)
        found = len(predicates.column)
        guesses = guess_predicates(Z_synthetic, discrete, n, found, rng)
        attack, control = (np.sum(count_matches(Z, predicates) == 1) for Z in tables)
        naive = np.sum(count_matches(tables[0], guesses) == 1)
        attacks[n] = attack_risk(attack, control, found, n_baseline=naive)
    worst = surest(attacks)
    return SinglingOut(*attacks[worst], worst, attacks, len(tables[0]))


def _read_numbers(n_columns, n_features):
    numbers = np.atleast_1d(np.asarray(n_columns))
    whole = numbers.dtype.kind in "iu" and numbers.ndim == 1 and numbers.size > 0
    if not whole or numbers.min() < 1 or numbers.max() > n_features:
        raise ValueError(
            f"n_columns must be whole numbers from 1 to {n_features}, the number of "
            f"columns of the tables; got {n_columns!r}."
        )
    return np.unique(numbers).tolist()
