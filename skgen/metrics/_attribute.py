"""Whether synthetic rows tell a sensitive cell of people of whom others are known."""

from numbers import Integral, Real
from typing import NamedTuple

import numpy as np
from sklearn.utils._param_validation import Interval, validate_params

from skgen._math.statistics.gower import fit_gower, nearest
from skgen._table.joint_tables import read_tables
from skgen._utils.random import make_rng
from skgen.metrics._attacks import attack_risk, column_positions, draw_targets, surest

#: quantiles of a column between which its range is taken, whatever its outliers
_RANGE = (0.01, 0.99)
#: what rounding may add to a difference that is as large as the tolerance
_ROUNDING = 1e-9


class AttributeInference(NamedTuple):
    """What :func:`attribute_inference` returns."""

    value: float
    standard_error: float
    attack_rate: float
    control_rate: float
    baseline_rate: float
    n_attacks: int
    informative: bool
    column: object  # name of the sensitive column that these figures are of
    columns: dict  # name of each sensitive column -> AttackRisk


@validate_params(
    {
        "tolerance": [Interval(Real, 0, 1, closed="both")],
        "n_attacks": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
    },
    prefer_skip_nested_validation=True,
)
def attribute_inference(
    real,
    synthetic,
    *,
    holdout,
    sensitive=None,
    known=None,
    tolerance=0.05,
    n_attacks=2000,
    categorical_features="from_dtype",
    random_state=None,
):
    """Risk that synthetic rows tell a sensitive cell of people in the table [1]_.

    The attacker knows other cells of a person, looks up the synthetic row that is
    nearest by these, and guesses that the sensitive cell is the one of that row. The
    same attack on people in `holdout`, of whom no synthetic row was made, is the
    control: it tells what can be guessed because columns are related, which holds of
    anybody and is no leak.

    Parameters
    ----------
    real : table of shape (n_real, n_features)
        The rows that the generator was fitted to.
    synthetic : table of shape (n_synthetic, n_features)
    holdout : table of shape (n_holdout, n_features)
        Rows of other people from the same population.
    sensitive : column name or list of them, default=None
        What is guessed, one column at a time: names, or positions in arrays. By default
        every column that is not in `known`, in turn.
    known : column name or list of them, default=None
        What the attacker knows: by default all columns but the one that is guessed,
        other sensitive ones among them.
    tolerance : float, default=0.05
        How far a guess of a number, date or duration may be off, as a share of the
        range of the middle 98 % of real cells. 0 asks for the very number. A category
        must be equal; a missing cell is guessed by a missing one alone.
    n_attacks : int, default=2000
        People attacked in each of `real` and `holdout`, drawn at random. Fewer where
        one of them has fewer rows.
    categorical_features : "from_dtype", None or array-like, default="from_dtype"
        As in :class:`TableCodec`.
    random_state : int, RandomState instance or None, default=None
        Determines the people, and which one of equally near rows is found.

    Returns
    -------
    risk : AttributeInference
        Of the sensitive column whose risk is surely the largest: that with the highest
        lower bound, value - 1.96 standard_error. The largest of several figures is
        above 0 by chance already; compare it with its standard error.

        - value: the risk in [0, 1], best 0: (attack rate - control rate) / (1 - control
          rate), and 0 where the control succeeds more often;
        - standard_error: of that difference, by Wilson's intervals and the delta
          method; large where the control succeeds nearly always;
        - attack_rate, control_rate: shares of right guesses about people in `real` and
          in `holdout`, by the middles of Wilson's 95 % intervals;
        - baseline_rate: share of people in `real` about whom the best single guess for
          all is right, the most frequent synthetic cell;
        - n_attacks: people attacked in each table;
        - informative: whether the 95 % interval of the attack rate is above the
          baseline. If not, the attack is too weak to tell anything: a small risk is
          then no evidence of privacy;
        - column: name of the column;
        - columns: for every sensitive column the same figures, by name.

    Raises
    ------
    TypeError
        If a table cannot be read or columns hold cells of different sorts.
    ValueError
        If the tables do not have the same columns; if `sensitive` or `known` names one
        that they lack; if no column is sensitive, or none known.

    Notes
    -----
    Nearest in Gower's distance: the mean over columns of 0 or 1 for categories and of
    the share of the range between numbers. Time grows with the number of sensitive
    columns times that of synthetic rows.

    References
    ----------
    .. [1] Giomi, Boenisch, Wehmeyer & Tasnadi (2023), "A Unified Framework for
       Quantifying Privacy Risk in Synthetic Data", Proceedings on Privacy Enhancing
       Technologies.

    Examples
    --------
    >>> from skgen.datasets import make_customers
    >>> from skgen.metrics import attribute_inference
    >>> X, _ = make_customers(1000, random_state=0)
    >>> train, holdout = X[:500], X[500:]
    >>> copies = attribute_inference(
    ...     train, train, holdout=holdout, sensitive="country", random_state=0
    ... )
    >>> print(f"{copies.attack_rate:.1f} {copies.control_rate:.1f}")
    1.0 0.3
    """
    tables = read_tables(
        {"real": real, "synthetic": synthetic, "holdout": holdout},
        categorical_features=categorical_features,
    )
    columns = tables.columns
    if known is not None:
        known = column_positions(columns, known, "known")
    if sensitive is not None:
        sensitive = column_positions(columns, sensitive, "sensitive")
    return _attribute_inference(
        columns,
        *tables.matrices,
        make_rng(random_state),
        sensitive=sensitive,
        known=known,
        tolerance=tolerance,
        n_attacks=n_attacks,
    )


def _attribute_inference(
    columns,
    Z_real,
    Z_synthetic,
    Z_holdout,
    rng,
    *,
    sensitive=None,
    known=None,
    tolerance=0.05,
    n_attacks=2000,
):
    """`attribute_inference` of matrices; `sensitive` and `known` are positions."""
    everything = range(len(columns))
    if sensitive is None:
        sensitive = [j for j in everything if known is None or j not in known]
    evidence = {
        j: [at for at in (everything if known is None else known) if at != j]
        for j in sensitive
    }
    _check_evidence(columns, evidence)
    # of equally near rows the first is found: not by how the table is sorted
    Z_synthetic = rng.permutation(Z_synthetic)
    both = np.concatenate(draw_targets(Z_real, Z_holdout, n_attacks, rng))
    n = len(both) // 2
    risks = {}
    for j, at in evidence.items():
        width = 0.0 if columns[j].discrete else tolerance * _middle_range(Z_real[:, j])
        gower = fit_gower([columns[i] for i in at], Z_real[:, at])
        z = Z_synthetic[:, j]
        nearest_row = nearest(gower, both[:, at], Z_synthetic[:, at])[1][:, 0]
        right = _agree(z[nearest_row], both[:, j], width)
        naive = _agree(_best_constant(z, width), both[:n, j], width)
        risk = attack_risk(right[:n].sum(), right[n:].sum(), n, n_baseline=naive.sum())
        risks[columns[j].name] = risk
    worst = surest(risks)
    return AttributeInference(*risks[worst], worst, risks)


def _agree(guess, truth, width):
    """Whether cells differ by no more than a width, or both are missing."""
    close = np.abs(guess - truth) <= width * (1 + _ROUNDING)
    return close | (np.isnan(guess) & np.isnan(truth))


def _best_constant(z, width):
    """The cell that agrees with the most cells, NaN if the missing ones are more."""
    known = np.sort(z[~np.isnan(z)])
    if len(known) == 0:
        return np.nan
    reach = width * (1 + _ROUNDING)
    n_close = np.searchsorted(known, known + reach, side="right") - np.searchsorted(
        known, known - reach, side="left"
    )
    best = n_close.argmax()
    return known[best] if n_close[best] >= len(z) - len(known) else np.nan


def _middle_range(z):
    known = z[~np.isnan(z)]
    return float(np.ptp(np.quantile(known, _RANGE))) if len(known) else 0.0


def _check_evidence(columns, evidence):
    if not evidence:
        raise ValueError(
            "No column is sensitive: known names all of them. Leave one out of known, "
            "or name it in sensitive."
        )
    for j, at in evidence.items():
        if not at:
            raise ValueError(
                f"The attacker knows nothing but the column {columns[j].name!r} that "
                "is to be guessed: pass tables with more columns, or name others in "
                "known."
            )
