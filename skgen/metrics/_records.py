"""How near are synthetic rows to the rows that a generator was fitted to?"""

from numbers import Integral, Real
from typing import NamedTuple

import numpy as np
from sklearn.utils._param_validation import Interval

from skgen._math.statistics.auc import equal_rows
from skgen._math.statistics.gower import fit_gower, nearest
from skgen._math.statistics.jackknife import clustered_mean, subsample
from skgen.metrics._registry import metric
from skgen.metrics._results import Estimate

_ROWS = {
    "max_rows": [Interval(Integral, 1, None, closed="left"), None],
}
_NEARER = "{value} of rows are nearer to training rows than to unseen ones{beside}"


class RecordRatio(NamedTuple):
    """What `nearest_record_ratio` returns."""

    value: float
    standard_error: float
    holdout: Estimate | None


class CopyRate(NamedTuple):
    """What `copy_rate` returns."""

    value: float
    standard_error: float
    holdout: Estimate | None


@metric(
    _ROWS,
    group="privacy",
    order=2,
    title="Nearest rows",
    sentence="Share of synthetic rows that are nearer to a training row than to an "
    "unseen row: .5 is best.",
    ideal=0.5,
    fair=0.03,
    poor=0.1,
    words={
        "good": "no nearer to training rows than to unseen ones",
        "fair": _NEARER,
        "poor": _NEARER,
    },
    advice="The rows keep close to those they were learned from: use a smoother model, "
    "or more training rows.",
)
def nearest_record_share(
    columns, Z_real, Z_synthetic, Z_holdout, rng, *, max_rows=10_000
):
    """Share of synthetic rows that are nearer to a training row than to a held-out row.

    The nearest rows are found among the same number of training and held-out rows. The
    share is one half if the generator has learned the distribution but no single rows.
    It is known as the share of the distance to the closest record (DCR).

    Parameters
    ----------
    real : table of shape (n_real, n_features)
        The rows that the generator was fitted to.
    synthetic : table of shape (n_synthetic, n_features)
        In any container, with the same columns.
    holdout : table of shape (n_holdout, n_features)
        Rows of the same population that the generator has not seen. The larger of
        `real` and `holdout` is thinned at random to the size of the other.
    categorical_features : "from_dtype", None or array-like, default="from_dtype"
        As in :class:`~skgen.TableCodec`.
    max_rows : int or None, default=10000
        Largest number of synthetic rows whose nearest rows are found, chosen at random.
        Time grows with their number times the number of real rows, memory does not.
    random_state : int, RandomState instance or None, default=None
        Determines the rows.

    Returns
    -------
    result : Estimate
        `value`, in [0, 1]: the share of synthetic rows whose nearest row is a training
        row; a tie counts one half. 0.5 is best, and copies have 1. The
        `standard_error` allows for rows that share their nearest row.

    Raises
    ------
    TypeError
        If a table or column cannot be read.
    ValueError
        If the tables have different columns.

    Notes
    -----
    Distances are Gower's: a different category counts as much as the whole range of a
    number. Published figures that use indicator columns count it twice, and ties as not
    nearer.

    References
    ----------
    .. [1] Platzer & Reutterer (2021), "Holdout-Based Empirical Assessment of Mixed-Type
       Synthetic Data", Frontiers in Big Data.

    Examples
    --------
    >>> from skgen.datasets import make_customers
    >>> from skgen.metrics import nearest_record_share
    >>> X, _ = make_customers(900, random_state=0)
    >>> train, holdout, other = X[:300], X[300:600], X[600:]
    >>> round(nearest_record_share(train, other, holdout=holdout).value, 1)
    0.5
    >>> nearest_record_share(train, train, holdout=holdout).value
    1.0
    """
    gower = fit_gower(columns, Z_real)
    size = min(len(Z_real), len(Z_holdout))
    queries = subsample(Z_synthetic, max_rows, rng)
    found = [
        nearest(gower, queries, subsample(Z, size, rng)) for Z in (Z_real, Z_holdout)
    ]
    return _share_of_nearest(*found)


def _share_of_nearest(to_real, to_holdout):
    """The share from distances to and positions in two tables of the same size."""
    (a, real), (b, holdout) = ((d[:, 0], at[:, 0]) for d, at in (to_real, to_holdout))
    record = np.where(a <= b, real, -1 - holdout)
    return Estimate(*clustered_mean((a < b) + 0.5 * (a == b), record))


@metric(_ROWS)
def nearest_record_ratio(
    columns, Z_real, Z_synthetic, Z_holdout=None, *, rng, max_rows=10_000
):
    """Mean ratio of the distances to the nearest and second nearest real row.

    A small ratio means that synthetic rows are copies of single real rows, or nearly
    so. Compare it with the ratio of held-out rows, which are no copies. It is known as
    the nearest neighbour distance ratio (NNDR) [1]_.

    Parameters
    ----------
    real : table of shape (n_real, n_features)
        The rows that the generator was fitted to, at least two.
    synthetic : table of shape (n_synthetic, n_features)
        In any container, with the same columns.
    holdout : table of shape (n_holdout, n_features), default=None
        Rows of the same population that the generator has not seen.
    categorical_features : "from_dtype", None or array-like, default="from_dtype"
        As in :class:`~skgen.TableCodec`.
    max_rows : int or None, default=10000
        Largest number of synthetic, and of held-out rows whose nearest rows are found,
        chosen at random. Time grows with their number times the number of real rows,
        memory does not.
    random_state : int, RandomState instance or None, default=None
        Determines the rows.

    Returns
    -------
    result : RecordRatio
        `value`, in [0, 1], with its `standard_error`: the mean ratio of Gower's
        distances. The ratio is 1 if at least two real rows equal the synthetic one.
        `holdout`: estimate of the same for held-out rows, which is the best value; None
        without `holdout`.

    Raises
    ------
    TypeError
        If a table or column cannot be read.
    ValueError
        If the tables have different columns, or `real` has a single row.

    References
    ----------
    .. [1] Zhao, Kunar, Birke & Chen (2021), "CTAB-GAN: Effective Table Data
       Synthesizing", ACML.

    Examples
    --------
    >>> from skgen.datasets import make_customers
    >>> from skgen.metrics import nearest_record_ratio
    >>> X, _ = make_customers(900, random_state=0)
    >>> train, holdout, other = X[:300], X[300:600], X[600:]
    >>> result = nearest_record_ratio(train, other, holdout=holdout)
    >>> round(result.value, 1), round(result.holdout.value, 1)
    (0.7, 0.7)
    >>> nearest_record_ratio(train, train).value  # copies
    0.0
    """
    if len(Z_real) < 2:
        raise ValueError("real has a single row: pass at least two.")
    gower = fit_gower(columns, Z_real)
    found = [
        None
        if Z is None
        else nearest(gower, subsample(Z, max_rows, rng), Z_real, n_neighbors=2)
        for Z in (Z_synthetic, Z_holdout)
    ]
    return _ratio_of_nearest(*found)


def _ratio_of_nearest(synthetic, holdout=None):
    """The ratios from distances and positions of the two nearest real rows."""
    estimates = [
        None if found is None else _mean_ratio(*found) for found in (synthetic, holdout)
    ]
    return RecordRatio(*estimates[0], estimates[1])


def _mean_ratio(distance, position):
    first, second = distance[:, 0], distance[:, 1]
    ratio = np.divide(first, second, out=np.ones_like(first), where=second > 0)
    return Estimate(*clustered_mean(ratio, position[:, 0]))


def _words_on_copies(level, figures, fields):
    if figures.value == 0:
        return "no row is a copy of a training row{beside}".format(**fields)
    return "{value} of rows are copies of training rows{beside}".format(**fields)


@metric(
    {"tolerance": [Interval(Real, 0, 1, closed="left")]},
    group="privacy",
    order=1,
    title="Copies",
    sentence="Share of synthetic rows that equal a training row in every cell.",
    fair=0.005,
    poor=0.05,
    words=_words_on_copies,
    advice="Do not hand these rows out. Use a model that repeats no training row.",
)
def copy_rate(columns, Z_real, Z_synthetic, Z_holdout=None, *, tolerance=0.0):
    """Share of synthetic rows that are equal to a real row in all cells.

    If a table has few distinct rows, many are equal by chance. Compare the share with
    that of held-out rows, which are no copies.

    Parameters
    ----------
    real : table of shape (n_real, n_features)
        The rows that the generator was fitted to.
    synthetic : table of shape (n_synthetic, n_features)
        Of any container, with the same columns. A missing cell is equal only to a
        missing cell.
    holdout : table of shape (n_holdout, n_features), default=None
        Rows of the same population that the generator has not seen.
    tolerance : float, default=0.0
        Numbers are first rounded to multiples of this share of their range in `real`.
        With 0 they are compared as they are.
    categorical_features : "from_dtype", None or array-like, default="from_dtype"
        As in :class:`~skgen.TableCodec`.

    Returns
    -------
    result : CopyRate
        `value`, in [0, 1], with its `standard_error`: the share of copies. `holdout`:
        estimate of the same for held-out rows, which is the best value; None without
        `holdout`.

    Raises
    ------
    TypeError
        If a table or column cannot be read.
    ValueError
        If the tables have different columns.

    Examples
    --------
    >>> from skgen.datasets import make_customers
    >>> from skgen.metrics import copy_rate
    >>> X, _ = make_customers(300, random_state=0)
    >>> copy_rate(X[:200], X[100:200]).value
    1.0
    >>> copy_rate(X[:200], X[200:]).value
    0.0
    """
    matrices = [Z for Z in (Z_real, Z_synthetic, Z_holdout) if Z is not None]
    if tolerance:
        gower = fit_gower(columns, Z_real)
        step = tolerance * gower.scale
        matrices = [np.where(gower.discrete, Z, np.round(Z / step)) for Z in matrices]
    ends = np.cumsum([len(Z) for Z in matrices])[:-1]
    keys = np.split(equal_rows(np.concatenate(matrices)), ends)
    # equal rows are not independent
    rates = [Estimate(*clustered_mean(np.isin(key, keys[0]), key)) for key in keys[1:]]
    return CopyRate(*rates[0], rates[1] if len(rates) > 1 else None)
