"""Simulated tables whose true distribution is known."""

from numbers import Integral

import numpy as np
from scipy.special import expit
from sklearn.utils._param_validation import Interval, validate_params

from skgen._table.numbers import float_array
from skgen._table.rows import table_from_columns
from skgen._utils.random import make_rng

COUNTRIES = np.array(["DE", "ES", "FR", "IT", "NL", "PT"], dtype=object)
COUNTRY_SHARES = np.array([0.35, 0.15, 0.25, 0.15, 0.07, 0.03])
COUNTRY_LOG_INCOMES = np.array([10.6, 10.2, 10.4, 10.3, 10.7, 10.0])
PLANS = np.array(["basic", "plus", "pro"], dtype=object)
FULL_FEES = np.array([999, 1999, 4999])
REDUCED_FEES = np.array([799, 1599, 3999])
TODAY = np.datetime64("2026-01-01", "D")


@validate_params(
    {
        "n_samples": [Interval(Integral, 1, None, closed="left")],
        "weights": ["array-like", None],
        "random_state": ["random_state"],
    },
    prefer_skip_nested_validation=True,
)
def make_customers(n_samples=1000, *, weights=None, random_state=None):
    """Simulate customers of a subscription service and which of them leave.

    The mixed table has what generators often get wrong: a heavy tail, a point mass
    at zero, counts, ordered and unordered categories, a boolean, dates, cells that
    are missing not at random, an exact identity and an inequality. The rare target
    depends on the features; ranking rows by the true probability of churn gives a
    ROC AUC of about 0.89.

    Parameters
    ----------
    n_samples : int, default=1000
        Number of rows.
    weights : array-like of shape (2,) or (1,), default=None
        Proportions of the classes 0 and 1, or of class 0 alone. Exactly
        ``round(n_samples * weights[1])`` rows are then of class 1;
        p(features | class) does not change. By default the target is drawn for
        each row, which gives about 8 % of class 1.
    random_state : int, RandomState instance or None, default=None
        Determines the draws. Pass an int for the same table at every call.

    Returns
    -------
    X : pandas.DataFrame of shape (n_samples, 11)
        The features, in the order of the notes below.
    y : pandas.Series of shape (n_samples,)
        ``churned``, 1 for customers who left, else 0 (int64).

    Raises
    ------
    ValueError
        If `weights` are not one or two non-negative proportions with sum 1.

    Notes
    -----
    Rows are independent. With :math:`\\sigma` the logistic function, all draws
    independent unless an earlier column is named, and ``today`` 2026-01-01:

    - ``country`` (string): DE .35, ES .15, FR .25, IT .15, NL .07, PT .03.
    - ``income`` (float, a year): exp(m + 0.6 N(0, 1)), with m = 10.6, 10.2, 10.4,
      10.3, 10.7, 10.0 for the countries in this order.
    - ``plan`` (ordered category basic < plus < pro): with
      u = 1.5 (log income - 10.4) + Logistic(0, 1), basic for u <= 0.2, pro for
      u > 1.8, else plus.
    - ``monthly_fee`` (float, two decimals): 9.99, 19.99, 49.99 by plan, or with
      probability 0.3 the reduced 7.99, 15.99, 39.99.
    - ``months`` (int64): min(1 + floor(18 Exponential(1)), 60).
    - ``total_paid`` (float, two decimals): ``monthly_fee * months`` to the cent.
    - ``newsletter`` (bool): true with probability :math:`\\sigma`\\ (-0.6 + 0.5 k),
      k = 0, 1, 2 for the plans in order.
    - ``visits`` (int64, of the first month): Poisson(exp(0.9 + 0.3 newsletter +
      0.25 k)).
    - ``refunds`` (float, two decimals): 0, but with probability
      :math:`\\sigma`\\ (-2 + 0.6 reduced fee + 0.3 k) the amount
      exp(2.5 + 0.9 N(0, 1)), rounded to the cent and at least 0.01.
    - ``signup`` (date): ``today`` - (30 months + UniformInteger{0, ..., 29}) days.
    - ``last_visit`` (date): ``signup <= last_visit <= today``;
      floor(Beta(1, 4 + 2 visits) (today - signup)) days before ``today``, but where
      ``visits`` is 0 with probability 0.4 the very day of ``signup``.

    ``churned`` is 1 with probability :math:`\\sigma(\\eta)`,

    .. math:: \\eta = -3.8 + 1.5 [r > 0] + 0.5 \\log(1 + r) - 0.45\\, visits
        + 1.3 [months \\le 3] + 0.5 \\min(idle / 30, 6) + 0.8\\, burden
        - 0.7\\, newsletter

    with r = ``refunds``, idle = ``today - last_visit`` in days, and burden =
    1200 ``monthly_fee / income``, the fee in per cent of the income.

    Then cells go missing. ``income`` by its own value (not at random), with
    probability :math:`\\sigma(-3 + 1.5 (\\log income - 10.4))`; ``last_visit`` by
    another column (at random), with probability 0.5 where ``visits`` is 0, else
    never. The target and the other columns depend on the values before removal.

    Examples
    --------
    >>> from skgen.datasets import make_customers
    >>> X, y = make_customers(1000, weights=[0.9, 0.1], random_state=0)
    >>> X.shape, int(y.sum())
    ((1000, 11), 100)
    >>> bool(((X["monthly_fee"] * X["months"]).round(2) == X["total_paid"]).all())
    True
    """
    rng = make_rng(random_state)
    if weights is None:
        columns, churned = _draw_customers(n_samples, rng)
    else:
        n_churned = round(n_samples * _churned_share(weights))
        columns, churned = _draw_classes(n_samples - n_churned, n_churned, rng)
    columns["plan"] = columns["plan"], PLANS
    X = table_from_columns(columns, container="pandas")
    y = table_from_columns({"churned": churned}, container="pandas")["churned"]
    return X, y


def _churned_share(weights):
    """Proportion of class 1 in `weights`, given as (w0, w1) or (w0,)."""
    shares = float_array(weights, "weights")
    if shares.shape == (1,):
        shares = np.append(shares, 1 - shares)
    if shares.shape != (2,) or not (shares >= 0).all() or abs(shares.sum() - 1) > 1e-9:
        raise ValueError(
            "weights: expected the proportions of the classes 0 and 1 (or of class 0 "
            f"alone), not negative and with sum 1; got {weights!r}."
        )
    return shares[1]


def _draw_classes(n_stayed, n_churned, rng):
    """Rows with exactly these class counts, each class from its own p(x | y)."""
    wanted = np.array([n_stayed, n_churned])
    pools, found = [], np.zeros(2, dtype=int)
    while (found < wanted).any():
        # the rarer class makes up about a twelfth of what is drawn
        size = int(max(wanted[0] - found[0], 12 * (wanted[1] - found[1]), 50) * 1.1)
        pools.append(_draw_customers(size, rng))
        found += np.bincount(pools[-1][1], minlength=2)
    churned = np.concatenate([target for _, target in pools])
    rows = np.concatenate(
        [np.flatnonzero(churned == label)[: wanted[label]] for label in (0, 1)]
    )
    rows = rng.permutation(rows)
    columns = {
        name: np.concatenate([table[name] for table, _ in pools])[rows]
        for name in pools[0][0]
    }
    return columns, churned[rows]


def _draw_customers(n, rng):
    """Columns and target of `n` customers, by the equations of the docstring."""
    country = rng.choice(len(COUNTRIES), size=n, p=COUNTRY_SHARES)
    log_income = COUNTRY_LOG_INCOMES[country] + 0.6 * rng.standard_normal(n)
    latent = 1.5 * (log_income - 10.4) + rng.logistic(size=n)
    plan = np.searchsorted([0.2, 1.8], latent)
    reduced = rng.random(n) < 0.3
    cents = np.where(reduced, REDUCED_FEES[plan], FULL_FEES[plan])
    months = np.minimum(1 + np.floor(18 * rng.standard_exponential(n)), 60)
    months = months.astype(np.int64)
    newsletter, visits, refunds = _draw_behaviour(plan, reduced, rng)
    age = 30 * months + rng.integers(0, 30, size=n)
    idle = np.floor(age * rng.beta(1, 4 + 2 * visits)).astype(np.int64)
    idle = np.where((visits == 0) & (rng.random(n) < 0.4), age, idle)
    burden = 12 * cents / np.exp(log_income)
    eta = _churn_logit(refunds, visits, months, idle, burden, newsletter)
    churned = (rng.random(n) < expit(eta)).astype(np.int64)
    hidden = rng.random(n) < expit(-3 + 1.5 * (log_income - 10.4))
    lost = (visits == 0) & (rng.random(n) < 0.5)
    columns = {
        "country": COUNTRIES[country],
        "income": np.where(hidden, np.nan, np.exp(log_income)),
        "plan": PLANS[plan],
        "monthly_fee": cents / 100,
        "months": months,
        # whole cents, so that the identity holds exactly
        "total_paid": cents * months / 100,
        "newsletter": newsletter,
        "visits": visits,
        "refunds": refunds,
        "signup": TODAY - age,
        "last_visit": np.where(lost, np.datetime64("NaT", "D"), TODAY - idle),
    }
    return columns, churned


def _draw_behaviour(plan, reduced, rng):
    """Newsletter, visits and refunds of customers on `plan` (0, 1 or 2)."""
    n = len(plan)
    newsletter = rng.random(n) < expit(-0.6 + 0.5 * plan)
    visits = rng.poisson(np.exp(0.9 + 0.3 * newsletter + 0.25 * plan))
    refunded = rng.random(n) < expit(-2 + 0.6 * reduced + 0.3 * plan)
    cents = np.rint(100 * np.exp(2.5 + 0.9 * rng.standard_normal(n)))
    return newsletter, visits, np.where(refunded, np.maximum(cents, 1), 0) / 100


def _churn_logit(refunds, visits, months, idle, burden, newsletter):
    """Log-odds of churn; `idle` in days, `burden` in per cent of the income."""
    return (
        -3.8
        + 1.5 * (refunds > 0)
        + 0.5 * np.log1p(refunds)
        - 0.45 * visits
        + 1.3 * (months <= 3)
        + 0.5 * np.minimum(idle / 30, 6)
        + 0.8 * burden
        - 0.7 * newsletter
    )
