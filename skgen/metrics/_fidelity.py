"""Errors of single columns: distances of their distributions."""

from typing import NamedTuple

import numpy as np

from skgen._math.statistics.distances import (
    joint_levels,
    kolmogorov_smirnov,
    leave_out_shares,
    scaled_wasserstein,
    total_variation,
)
from skgen._math.statistics.jackknife import jackknife_error, row_groups
from skgen.metrics._registry import metric


class ColumnErrors(NamedTuple):
    """Mean error of the columns of a table, and the error of each one."""

    value: float
    standard_error: float
    columns: dict  # of each column's name, its error


@metric(
    group="fidelity",
    order=2,
    title="Single columns",
    sentence="How far the shares of values in a column are from the real ones, on "
    "average over columns: 0 is equal, 1 is nothing in common.",
    fair=0.02,
    poor=0.05,
    words={
        "good": "columns look as in real rows",
        "fair": "some columns are off",
        "poor": "columns are far off",
    },
    advice="Look at the plots of the worst columns: values may be cut off, rounded or "
    "missing.",
)
def marginal_error(columns, Z_real, Z_synthetic, rng):
    """Mean distance of the distributions of single columns.

    The distance is the Kolmogorov-Smirnov distance for numbers, dates and durations,
    and the total variation for categories and booleans. Without missing cells, this is
    the published error of "column shapes" [1]_. Missing cells are part of the
    distribution: a category of their own, or, beside numbers, a further share next to
    those of cells below and above any value, of which the largest difference is taken.

    Parameters
    ----------
    real, synthetic : {array-like, dataframe} of shape (n_samples_i, n_features)
        Tables of the same columns, in any container.
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
    Rows of the same distribution have an error above 0: two samples of n rows differ by
    about ``0.9 * sqrt(2 / n)`` in a continuous column. A second real table of the size
    of the synthetic one shows the best error that can be expected. Columns that are
    drawn independently of each other reach it too: the metric ignores dependence.

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
    return _column_errors(
        columns, Z_real, Z_synthetic, rng, lambda p, q, _: kolmogorov_smirnov(p, q)
    )


@metric()
def wasserstein_error(columns, Z_real, Z_synthetic, rng):
    """Mean 1-Wasserstein distance of the distributions of single columns.

    The distance of numbers, dates and durations is how far cells must be moved on
    average to follow the other distribution [1]_, in units of the mean absolute
    deviation of the real column from its median. The best constant has distance 1. A
    missing cell is one unit away from every value. For categories and booleans, and for
    a real column of a single value, the distance is the total variation.

    Parameters
    ----------
    real, synthetic : {array-like, dataframe} of shape (n_samples_i, n_features)
        Tables of the same columns, in any container.
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
    `marginal_error` measures how many rows are in the wrong place, and this metric also
    how far away they are, so that only it shows a few absurd values. Compare with a
    second real table, whose error independent columns reach, too.

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
    return _column_errors(columns, Z_real, Z_synthetic, rng, scaled_wasserstein)


def _column_errors(columns, Z_real, Z_synthetic, rng, distance_of_numbers):
    groups, n_groups = row_groups([len(Z_real), len(Z_synthetic)], rng)
    errors = []
    for column, *cells in zip(columns, Z_real.T, Z_synthetic.T, strict=True):
        values, levels = joint_levels(*cells)
        p, q = (
            leave_out_shares(c, len(values) + 1, group, n_groups)
            for c, group in zip(levels, groups, strict=True)
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
    return ColumnErrors(*mean_of_leave_outs(errors), of_column)


def mean_of_leave_outs(errors):
    """Mean of the errors of all rows, and its jackknife standard error.

    Parameters
    ----------
    errors : ndarray of shape (n_errors, n_groups + 1)
        Of all rows, and without each group. Without errors, NaN is returned.
    """
    if not len(errors):
        return np.nan, np.nan
    means = errors.mean(axis=0)
    return float(means[0]), float(jackknife_error(means[1:]))
