"""How near are synthetic rows to the rows they were learned from?"""

from numbers import Integral, Real
from typing import NamedTuple

import numpy as np
from sklearn.utils._param_validation import Interval, validate_params

from skgen._math.statistics.auc import equal_rows
from skgen._math.statistics.gower import fit_gower, nearest
from skgen._math.statistics.jackknife import mean_with_error, thin
from skgen._table.joint_tables import read_tables
from skgen._utils.random import make_rng
from skgen.metrics._results import Estimate

_ROWS = {
    "max_rows": [Interval(Integral, 1, None, closed="left"), None],
    "random_state": ["random_state"],
}


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


@validate_params(_ROWS, prefer_skip_nested_validation=True)
def nearest_record_share(
    real,
    synthetic,
    *,
    holdout,
    categorical_features="from_dtype",
    max_rows=10_000,
    random_state=None,
):
    """How often the record nearest to a synthetic row is one it was learned from.

    Of every synthetic row the nearest training row and the nearest held-out row are
    found, among equally many of both. A generator that has learned the distribution,
    and no single rows, is as often nearer to the one as to the other. Known as the
    share of the distance to the closest record (DCR).

    Parameters
    ----------
    real : table of shape (n_real, n_features)
        The rows that the generator was fitted to.
    synthetic : table of shape (n_synthetic, n_features)
        Of any container, with the same columns.
    holdout : table of shape (n_holdout, n_features)
        Rows of the same population that the generator has not seen. The larger one of
        `real` and `holdout` is thinned at random to the rows of the other.
    categorical_features : "from_dtype", None or array-like, default="from_dtype"
        As in :class:`~skgen.table.TableCodec`.
    max_rows : int or None, default=10000
        Of more synthetic rows as many random ones are asked, about all others. Time
        grows with their number times that of the other rows, memory does not.
    random_state : int, RandomState instance or None, default=None
        Chooses the rows.

    Returns
    -------
    result : Estimate
        `value`, in [0, 1]: the share of synthetic rows whose nearest record is a
        training row, ties counted by half. 0.5 is best, 1 is what copies get.
        `standard_error` allows for rows that share their nearest record.

    Raises
    ------
    TypeError
        If a table or column cannot be read.
    ValueError
        If the tables have other columns.

    Notes
    -----
    Distances are Gower's: a category that differs counts as much as the whole range of
    a number. Figures published with two indicator columns per mismatch count it twice,
    and count ties as not nearer.

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
    tables = read_tables(
        {"real": real, "synthetic": synthetic, "holdout": holdout},
        categorical_features=categorical_features,
    )
    return _nearest_record_share(
        tables.columns, *tables.matrices, make_rng(random_state), max_rows=max_rows
    )


def _nearest_record_share(
    columns, Z_real, Z_synthetic, Z_holdout, rng, *, max_rows=10_000
):
    """Share of encoded rows whose nearest record is a training row."""
    gower = fit_gower(columns, Z_real)
    size = min(len(Z_real), len(Z_holdout))
    queries = thin(Z_synthetic, max_rows, rng)
    found = [nearest(gower, queries, thin(Z, size, rng)) for Z in (Z_real, Z_holdout)]
    return _share_of_nearest(*found)


def _share_of_nearest(to_real, to_holdout):
    """The same from distances and positions in two tables of equally many rows."""
    (a, real), (b, holdout) = ((d[:, 0], at[:, 0]) for d, at in (to_real, to_holdout))
    record = np.where(a <= b, real, -1 - holdout)
    return Estimate(*mean_with_error((a < b) + 0.5 * (a == b), record))


@validate_params(_ROWS, prefer_skip_nested_validation=True)
def nearest_record_ratio(
    real,
    synthetic,
    *,
    holdout=None,
    categorical_features="from_dtype",
    max_rows=10_000,
    random_state=None,
):
    """Distance to the nearest real row over that to the second nearest one.

    A small ratio means that synthetic rows sit on single people. How small is too small
    only held-out rows can tell: of the same population, they have the ratio that comes
    without any copying. Known as the nearest neighbour distance ratio (NNDR).

    Parameters
    ----------
    real : table of shape (n_real, n_features)
        The rows that the generator was fitted to, at least two.
    synthetic : table of shape (n_synthetic, n_features)
        Of any container, with the same columns.
    holdout : table of shape (n_holdout, n_features), default=None
        Rows of the same population that the generator has not seen.
    categorical_features : "from_dtype", None or array-like, default="from_dtype"
        As in :class:`~skgen.table.TableCodec`.
    max_rows : int or None, default=10000
        Of more synthetic or held-out rows as many random ones are asked, about all real
        rows. Time grows with their number times that of real rows, memory does not.
    random_state : int, RandomState instance or None, default=None
        Chooses the rows.

    Returns
    -------
    result : RecordRatio
        `value`, in [0, 1]: the mean ratio, in Gower's distance; 1 where two or more
        real rows are equal to the synthetic one. `holdout`: the same of held-out rows,
        an estimate with its own standard error, which is the best value; None
        without `holdout`.

    Raises
    ------
    TypeError
        If a table or column cannot be read.
    ValueError
        If the tables have other columns, or `real` has a single row.

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
    named = {"real": real, "synthetic": synthetic, "holdout": holdout}
    tables = read_tables(
        {name: X for name, X in named.items() if X is not None or name != "holdout"},
        categorical_features=categorical_features,
    )
    return _nearest_record_ratio(
        tables.columns,
        *tables.matrices,
        rng=make_rng(random_state),
        max_rows=max_rows,
    )


def _nearest_record_ratio(
    columns, Z_real, Z_synthetic, Z_holdout=None, *, rng, max_rows=10_000
):
    """Ratio of distances of encoded rows."""
    if len(Z_real) < 2:
        raise ValueError("real has a single row: pass at least two.")
    gower = fit_gower(columns, Z_real)
    found = [
        None
        if Z is None
        else nearest(gower, thin(Z, max_rows, rng), Z_real, n_neighbors=2)
        for Z in (Z_synthetic, Z_holdout)
    ]
    return _ratio_of_nearest(*found)


def _ratio_of_nearest(synthetic, holdout=None):
    """The same from distances and positions of at least the two nearest real rows."""
    estimates = [
        None if found is None else _mean_ratio(*found) for found in (synthetic, holdout)
    ]
    return RecordRatio(*estimates[0], estimates[1])


def _mean_ratio(distance, position):
    first, second = distance[:, 0], distance[:, 1]
    ratio = np.divide(first, second, out=np.ones_like(first), where=second > 0)
    return Estimate(*mean_with_error(ratio, position[:, 0]))


@validate_params(
    {"tolerance": [Interval(Real, 0, 1, closed="left")]},
    prefer_skip_nested_validation=True,
)
def copy_rate(
    real,
    synthetic,
    *,
    holdout=None,
    tolerance=0.0,
    categorical_features="from_dtype",
):
    """Share of synthetic rows that are equal to a real row in all cells.

    In tables of few distinct rows many are equal by chance: so are held-out rows, and
    what they have is no sign of copying.

    Parameters
    ----------
    real : table of shape (n_real, n_features)
        The rows that the generator was fitted to.
    synthetic : table of shape (n_synthetic, n_features)
        Of any container, with the same columns. A missing cell is equal to a missing
        cell only.
    holdout : table of shape (n_holdout, n_features), default=None
        Rows of the same population that the generator has not seen.
    tolerance : float, default=0.0
        Of the range of a number in `real`: numbers are first rounded to multiples of
        it. 0 compares them as they are.
    categorical_features : "from_dtype", None or array-like, default="from_dtype"
        As in :class:`~skgen.table.TableCodec`.

    Returns
    -------
    result : CopyRate
        `value`, in [0, 1], with its `standard_error`: the share; `holdout`: that of
        held-out rows, an estimate, which is the best value; None without `holdout`.

    Raises
    ------
    TypeError
        If a table or column cannot be read.
    ValueError
        If the tables have other columns.

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
    named = {"real": real, "synthetic": synthetic, "holdout": holdout}
    tables = read_tables(
        {name: X for name, X in named.items() if X is not None or name != "holdout"},
        categorical_features=categorical_features,
    )
    return _copy_rate(tables.columns, *tables.matrices, tolerance=tolerance)


def _copy_rate(columns, Z_real, Z_synthetic, Z_holdout=None, *, tolerance=0.0):
    """Share of encoded rows that are equal to a real row."""
    matrices = [Z for Z in (Z_real, Z_synthetic, Z_holdout) if Z is not None]
    if tolerance:
        gower = fit_gower(columns, Z_real)
        step = tolerance * gower.scale
        matrices = [np.where(gower.discrete, Z, np.round(Z / step)) for Z in matrices]
    ends = np.cumsum([len(Z) for Z in matrices])[:-1]
    keys = np.split(equal_rows(np.concatenate(matrices)), ends)
    # equal rows are copies together or not at all
    rates = [Estimate(*mean_with_error(np.isin(key, keys[0]), key)) for key in keys[1:]]
    return CopyRate(*rates[0], rates[1] if len(rates) > 1 else None)
