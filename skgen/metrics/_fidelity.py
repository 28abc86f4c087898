"""How far the single columns of a synthetic table are from those of a real one."""

from typing import NamedTuple

import numpy as np
from sklearn.utils._param_validation import validate_params

from skgen._math.statistics.distances import (
    joint_codes,
    kolmogorov_smirnov,
    leave_out_shares,
    scaled_wasserstein,
    total_variation,
)
from skgen._math.statistics.jackknife import jackknife_error, row_groups
from skgen._table.joint_tables import read_tables
from skgen._utils.random import make_rng


class ColumnErrors(NamedTuple):
    """Mean error of the columns of a table, and the error of each one."""

    value: float
    standard_error: float
    columns: dict  # of each column's name, its error


@validate_params({"random_state": ["random_state"]}, prefer_skip_nested_validation=True)
def marginal_error(
    real, synthetic, *, categorical_features="from_dtype", random_state=None
):
    """Mean distance of the distributions of single columns.

    The distance is that of Kolmogorov and Smirnov for numbers, dates and durations,
    and the total variation for categories and booleans. Where no cell is missing, this
    is the published error of "column shapes" [1]_. Missing cells are part of the
    distribution here: a category of their own, and beside numbers the largest
    difference of shares is taken over the cells below any value, above any value, and
    the missing ones.

    Parameters
    ----------
    real, synthetic : {array-like, dataframe} of shape (n_samples_i, n_features)
        Tables of the same columns, of any container.
    categorical_features : "from_dtype", None or array-like, default="from_dtype"
        Which columns are categories: those of a dtype that says so, or names, positions
        or a mask. See :class:`~skgen.TableCodec`.
    random_state : int, RandomState instance or None, default=None
        Determines the groups of rows behind the standard error.

    Returns
    -------
    value : float
        Between 0, the best, and 1.
    standard_error : float
        By the jackknife; NaN where a table has a single row.
    columns : dict of {name: float}
        The error of each column.

    Raises
    ------
    TypeError, ValueError
        If a table cannot be read, or the tables have different columns.

    Notes
    -----
    The error of rows of the very same distribution is not 0: two samples of n rows
    differ by about ``0.9 * sqrt(2 / n)`` in a continuous column. A second real table
    of the size of the synthetic one tells what can be reached. Columns that are drawn
    independently of each other reach it too: this says nothing of how columns depend
    on one another.

    References
    ----------
    .. [1] Zhang et al. (2024), "Mixed-Type Tabular Data Synthesis with Score-based
       Diffusion in Latent Space", International Conference on Learning Representations.

    Examples
    --------
    >>> import numpy as np
    >>> from skgen.metrics import marginal_error
    >>> real = np.arange(100.0).reshape(-1, 1)
    >>> error = marginal_error(real, real + 25, random_state=0)
    >>> round(error.value, 3)
    0.25
    """
    tables = read_pair(real, synthetic, categorical_features)
    return _marginal_error(tables.columns, *tables.matrices, make_rng(random_state))


@validate_params({"random_state": ["random_state"]}, prefer_skip_nested_validation=True)
def wasserstein_error(
    real, synthetic, *, categorical_features="from_dtype", random_state=None
):
    """Mean 1-Wasserstein distance of the distributions of single columns.

    The distance of numbers, dates and durations is how far their cells have to be moved
    on average to follow the other distribution, in units of the mean absolute deviation
    of the real column from its median. So 1 is the distance of the constant that comes
    nearest, and neither units nor outliers set the scale alone, as they would for the
    range. A missing cell counts as one unit away from every value. For categories and
    booleans, and for a real column of a single value, it is the total variation.

    Parameters
    ----------
    real, synthetic : {array-like, dataframe} of shape (n_samples_i, n_features)
        Tables of the same columns, of any container.
    categorical_features : "from_dtype", None or array-like, default="from_dtype"
        Which columns are categories: those of a dtype that says so, or names, positions
        or a mask. See :class:`~skgen.TableCodec`.
    random_state : int, RandomState instance or None, default=None
        Determines the groups of rows behind the standard error.

    Returns
    -------
    value : float
        At least 0, the best; without an upper bound.
    standard_error : float
        By the jackknife; NaN where a table has a single row.
    columns : dict of {name: float}
        The error of each column.

    Raises
    ------
    TypeError, ValueError
        If a table cannot be read, or the tables have different columns.

    Notes
    -----
    `marginal_error` asks how many rows are in the wrong place, this one also how far
    away they are: a few absurd values show here alone. As there, compare with a second
    real table; independent columns reach its error too.

    References
    ----------
    .. [1] Villani (2009), "Optimal Transport: Old and New", Springer.

    Examples
    --------
    >>> import numpy as np
    >>> from skgen.metrics import wasserstein_error
    >>> real = np.arange(100.0).reshape(-1, 1)  # 25 from its median on average
    >>> error = wasserstein_error(real, real + 5, random_state=0)
    >>> round(error.value, 3)
    0.2
    """
    tables = read_pair(real, synthetic, categorical_features)
    return _wasserstein_error(tables.columns, *tables.matrices, make_rng(random_state))


def read_pair(real, synthetic, categorical_features):
    return read_tables(
        {"real": real, "synthetic": synthetic},
        categorical_features=categorical_features,
    )


def _marginal_error(columns, Z_real, Z_synthetic, rng):
    """`marginal_error` of encoded tables."""
    return _column_errors(
        columns, Z_real, Z_synthetic, rng, lambda p, q, _: kolmogorov_smirnov(p, q)
    )


def _wasserstein_error(columns, Z_real, Z_synthetic, rng):
    """`wasserstein_error` of encoded tables."""
    return _column_errors(columns, Z_real, Z_synthetic, rng, scaled_wasserstein)


def _column_errors(columns, Z_real, Z_synthetic, rng, distance_of_numbers):
    groups, n_groups = row_groups([len(Z_real), len(Z_synthetic)], rng)
    errors = []
    for column, *cells in zip(columns, Z_real.T, Z_synthetic.T, strict=True):
        values, codes = joint_codes(*cells)
        p, q = (
            leave_out_shares(c, len(values) + 1, group, n_groups)
            for c, group in zip(codes, groups, strict=True)
        )
        of_categories = column.discrete
        errors.append(
            total_variation(p, q)
            if of_categories
            else distance_of_numbers(p, q, values)
        )
    errors = np.array(errors)
    of_column = {
        column.name: float(error)
        for column, error in zip(columns, errors[:, 0], strict=True)
    }
    return ColumnErrors(*mean_with_error(errors), of_column)


def mean_with_error(errors):
    """Mean of errors of all rows, and its standard error by those of leave-outs.

    Parameters
    ----------
    errors : ndarray of shape (n_errors, n_groups + 1)
        NaN is returned where there are none.
    """
    if not len(errors):
        return np.nan, np.nan
    means = errors.mean(axis=0)
    return float(means[0]), float(jackknife_error(means[1:]))
