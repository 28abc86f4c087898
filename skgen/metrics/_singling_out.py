"""Whether synthetic rows tell what is true of exactly one person in the table."""

from numbers import Integral
from typing import NamedTuple

import numpy as np
from sklearn.utils._param_validation import Interval, validate_params

from skgen._math.privacy.predicates import count_matches, guess_predicates, single_out
from skgen._table.joint_tables import read_tables
from skgen._utils.random import make_rng
from skgen.metrics._attacks import attack_risk, draw_targets, surest

#: numbers of columns by default
_N_COLUMNS = (1, 3)


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


@validate_params(
    {
        "n_columns": [Interval(Integral, 1, None, closed="left"), "array-like", None],
        "n_attacks": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
    },
    prefer_skip_nested_validation=True,
)
def singling_out(
    real,
    synthetic,
    *,
    holdout,
    n_columns=None,
    n_attacks=500,
    categorical_features="from_dtype",
    random_state=None,
):
    """Risk that synthetic rows tell what is true of exactly one real person [1]_.

    The attacker looks for predicates that hold for exactly one synthetic row, such as
    "of the highest income", or "at least 81 years old, a widow and from Peru", and
    claims that they hold for exactly one person in `real`. The same claims about
    people in `holdout`, of whom no synthetic row was made, are the control: a predicate
    that is rare enough singles out somebody of any table now and then.

    Parameters
    ----------
    real : table of shape (n_real, n_features)
        The rows that the generator was fitted to.
    synthetic : table of shape (n_synthetic, n_features)
    holdout : table of shape (n_holdout, n_features)
        Rows of other people from the same population, best as many as in `real`.
    n_columns : int or array-like of int, default=None
        Number of columns that a predicate is about; of several each is an attack of its
        own. By default 1 and 3, or all columns where there are fewer.
    n_attacks : int, default=500
        Predicates of each number of columns. Fewer where no more are found.
    categorical_features : "from_dtype", None or array-like, default="from_dtype"
        As in :class:`TableCodec`.
    random_state : int, RandomState instance or None, default=None
        Determines the predicates, and the rows where `real` and `holdout` are not
        equally many.

    Returns
    -------
    risk : SinglingOut
        Of the number of columns whose risk is surely the largest: that with the highest
        lower bound, value - 1.96 standard_error.

        - value: the risk in [0, 1], best 0: (attack rate - control rate) / (1 - control
          rate), and 0 where the control succeeds more often;
        - standard_error: of that difference, by Wilson's intervals and the delta
          method, as if predicates were independent;
        - attack_rate, control_rate: shares of predicates that hold for exactly one row
          of `real` and of `holdout`, by the middles of Wilson's 95 % intervals;
        - baseline_rate: the same of `real` for predicates of random cells and
          relations, whether or not they single out a synthetic row;
        - n_attacks: predicates found; without any nothing is known of the rates, which
          are then 0.5 with the standard errors of not knowing;
        - informative: whether the 95 % interval of the attack rate is above the
          baseline. If not, the attack is too weak to tell anything: a small risk is
          then no evidence of privacy;
        - n_columns: the number of columns;
        - attacks: for every number of columns the same figures, without the last three;
        - n_rows: rows of each of `real` and `holdout` that predicates were tried on.

    Raises
    ------
    TypeError
        If a table cannot be read or columns hold cells of different sorts.
    ValueError
        If the tables do not have the same columns, or fewer than `n_columns`.

    Notes
    -----
    One column: the cell is the least or the largest number, the only missing cell, or
    equals a value that no other synthetic row has. Several: a random synthetic row and
    random columns; categories are equal to those of the row, numbers at least as far
    from the median on their side, missing cells missing; those are kept that no other
    row meets.

    How often a predicate singles out somebody depends on the number of people. So as
    many of the larger table as the smaller one has are drawn at random. With a small
    `holdout` most people in `real` are then left out, and their leaks not seen.

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
    tables = read_tables(
        {"real": real, "synthetic": synthetic, "holdout": holdout},
        categorical_features=categorical_features,
    )
    if n_columns is not None:
        n_columns = _read_numbers(n_columns, len(tables.columns))
    return _singling_out(
        tables.columns,
        *tables.matrices,
        make_rng(random_state),
        n_columns=n_columns,
        n_attacks=n_attacks,
    )


def _singling_out(
    columns,
    Z_real,
    Z_synthetic,
    Z_holdout,
    rng,
    *,
    n_columns=None,
    n_attacks=500,
):
    """`singling_out` of matrices; `n_columns` is a sequence of numbers."""
    if n_columns is None:
        n_columns = sorted({min(n, len(columns)) for n in _N_COLUMNS})
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
