"""Do synthetic rows reveal a sensitive cell of people whose other cells are known?"""

from numbers import Integral, Real
from typing import NamedTuple

import numpy as np
from sklearn.utils._param_validation import Interval

from skgen._math.statistics.gower import fit_gower, nearest
from skgen.metrics._attacks import attack_risk, column_positions, draw_targets, surest
from skgen.metrics._registry import Result, metric
from skgen.metrics._results import Estimate

#: quantiles of a column that bound its range, so that outliers do not stretch it
_RANGE = (0.01, 0.99)
#: relative rounding error of a difference that equals the tolerance
_ROUNDING = 1e-9
#: standard error above which the risk of a column says nothing in a report
_MAX_ERROR = 0.05


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


def _largest_known_risk(inputs, rng):
    """For a report: columns that can be guessed of anybody are left out."""
    rows = inputs.thinned(inputs.synthetic, rng), inputs.holdout, rng
    risk = attribute_inference.core(
        inputs.columns, inputs.real, *rows, sensitive=inputs.sensitive
    )
    risks = risk.columns
    if inputs.sensitive is None:
        # where nearly all control attacks succeed, the risk is not known
        known = {
            name: each
            for name, each in risks.items()
            if each.standard_error <= _MAX_ERROR
        }
        risks = known or risks
    worst = risks[surest(risks)]
    return Result(Estimate(worst.value, worst.standard_error), risk)


@metric(
    {
        "tolerance": [Interval(Real, 0, 1, closed="both")],
        "n_attacks": [Interval(Integral, 1, None, closed="left")],
    },
    group="privacy",
    order=4,
    title="Guessing cells",
    sentence="Share of training rows of which a cell is guessed from the other cells, "
    "beyond that of unseen rows; for the column with the largest risk.",
    fair=0.05,
    poor=0.2,
    words={
        "good": "cells of training rows are guessed hardly better than by chance",
        "fair": "cells of training rows are guessed: {value} beyond chance",
        "poor": "cells of training rows are guessed: {value} beyond chance",
    },
    advice="Cells of training rows can be guessed: name these columns as sensitive, "
    "and see whether the risk is in one that matters.",
    calibrated=True,
    min_columns=2,
    in_report=_largest_known_risk,
)
def attribute_inference(
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
    """Risk that synthetic rows reveal a sensitive cell of people in the table [1]_.

    The attacker knows the other cells of a person, finds the synthetic row that is
    nearest in these cells, and guesses that the sensitive cell is the one of that row.
    The control is the same attack on people in `holdout`, whom the generator has not
    seen: it measures what can be guessed of anybody because columns are related, which
    is no leak.

    Parameters
    ----------
    real : table of shape (n_real, n_features)
        The rows that the generator was fitted to.
    synthetic : table of shape (n_synthetic, n_features)
    holdout : table of shape (n_holdout, n_features)
        Rows of other people from the same population.
    sensitive : column name or list of them, default=None
        Columns that are guessed, one at a time: names, or positions in arrays. By
        default every column that is not in `known`.
    known : column name or list of them, default=None
        Columns that the attacker knows. By default all columns but the one that is
        guessed, including other sensitive ones.
    tolerance : float, default=0.05
        Largest error of a right guess of a number, date or duration, as a share of the
        range of the middle 98 % of real cells. With 0 the guess must be exact. A guess
        of a category must be equal, and a missing cell is guessed only by a missing
        cell.
    n_attacks : int, default=2000
        Number of people attacked in each of `real` and `holdout`, drawn at random;
        at most the rows of the smaller table.
    categorical_features : "from_dtype", None or array-like, default="from_dtype"
        As in :class:`~skgen.TableCodec`.
    random_state : int, RandomState instance or None, default=None
        Determines the people, and which of equally near rows is found.

    Returns
    -------
    risk : AttributeInference
        Of the sensitive column with the highest lower bound, value - 1.96
        standard_error. As the largest of several risks, it may be above 0 by chance;
        compare it with its standard error.

        - value: the risk in [0, 1], best 0: (attack rate - control rate) / (1 - control
          rate), and 0 where the control succeeds more often;
        - standard_error: of the value, by Wilson's intervals and the delta method;
          large where the control succeeds nearly always;
        - attack_rate, control_rate: shares of right guesses about people in `real` and
          in `holdout`, as the centres of Wilson's 95 % intervals;
        - baseline_rate: share of right guesses about people in `real` if the most
          frequent synthetic cell is guessed of all;
        - n_attacks: people attacked in each table;
        - informative: whether the 95 % interval of the attack rate is above the
          baseline. If not, the attack is too weak: a small risk is then no evidence of
          privacy;
        - column: name of the column;
        - columns: for every sensitive column the same figures, by name.

    Raises
    ------
    TypeError
        If a table cannot be read, or a column holds different types of cells.
    ValueError
        If the tables do not have the same columns; if `sensitive` or `known` names an
        unknown column; if no column is sensitive, or none is known.

    Notes
    -----
    Rows are nearest in Gower's distance, the mean over columns of 0 or 1 for categories
    and of the difference of numbers as a share of the range. Time grows with the number
    of sensitive columns times the number of synthetic rows.

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
    if known is not None:
        known = column_positions(columns, known, "known")
    if sensitive is not None:
        sensitive = column_positions(columns, sensitive, "sensitive")
    everything = range(len(columns))
    if sensitive is None:
        sensitive = [j for j in everything if known is None or j not in known]
    evidence = {
        j: [at for at in (everything if known is None else known) if at != j]
        for j in sensitive
    }
    _check_evidence(columns, evidence)
    # the first of equally near rows is found, which must not depend on their order
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
    """The cell that agrees with most cells; NaN if more cells are missing."""
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
                f"The attacker knows nothing but the column {columns[j].name!r}, which "
                "is guessed: pass tables with more columns, or name others in known."
            )
