"""Rubin's rules: one estimate from those of several completed tables."""

from numbers import Real
from typing import NamedTuple

import numpy as np
from scipy.stats import t as student_t
from sklearn.utils import check_scalar

from skgen._table.numbers import float_array


class PooledEstimate(NamedTuple):
    """Pooled estimates of several completed tables, returned by `pool`.

    Parameters
    ----------
    estimate : float or ndarray
        Mean of the estimates.
    variance : float or ndarray
        Its total variance: ``within + (1 + 1 / m) * between``.
    within : float or ndarray
        Within-imputation variance: mean of the variances.
    between : float or ndarray
        Between-imputation variance: variance of the estimates, due to missing cells.
    degrees_of_freedom : float or ndarray
        Of Student's t distribution of the estimate. Infinite if the tables agree.
    relative_increase : float or ndarray
        Relative increase of the variance due to missing cells, in units of `within`.
    missing_information : float or ndarray
        Fraction of missing information on the estimate, between 0 and 1.
    """

    estimate: float
    variance: float
    within: float
    between: float
    degrees_of_freedom: float
    relative_increase: float
    missing_information: float

    @property
    def standard_error(self):
        """Square root of the total variance."""
        return np.sqrt(self.variance)

    def confidence_interval(self, level=0.95):
        """Confidence interval of the estimate.

        Parameters
        ----------
        level : float, default=0.95
            Confidence level, between 0 and 1.

        Returns
        -------
        low, high : float or ndarray
        """
        check_scalar(
            level, "level", Real, min_val=0, max_val=1, include_boundaries="neither"
        )
        quantile = student_t.ppf(0.5 + level / 2, self.degrees_of_freedom)
        reach = quantile * self.standard_error
        return self.estimate - reach, self.estimate + reach


def pool(estimates, variances, *, complete_dof=None):
    """Combine the estimates of several completed tables by Rubin's rules.

    Parameters
    ----------
    estimates : array-like of shape (m,) or (m, n_estimates)
        One or several estimates from each of m completed tables, m >= 2.
    variances : array-like of the same shape
        Variance of each estimate: the squared standard error from the analysis of its
        table, as if this had no missing cells.
    complete_dof : float or array-like of shape (n_estimates,), default=None
        Degrees of freedom of the analysis with complete data, such as the number of
        rows minus the number of coefficients of a regression. They bound the degrees of
        freedom of the result [2]_. None means infinite.

    Returns
    -------
    pooled : PooledEstimate
        Named tuple of floats, or of arrays of shape (n_estimates,).

    Raises
    ------
    ValueError
        If there are fewer than two tables, the shapes differ, a number is not finite,
        or a variance is negative.

    References
    ----------
    .. [1] Rubin (1987), "Multiple Imputation for Nonresponse in Surveys", Wiley.
    .. [2] Barnard & Rubin (1999), "Small-sample degrees of freedom with multiple
       imputation", Biometrika 86(4).

    Examples
    --------
    >>> from skgen.imputation import pool
    >>> pooled = pool([1.0, 2.0, 3.0], [0.5, 0.5, 0.5])
    >>> float(pooled.estimate), round(float(pooled.variance), 3)
    (2.0, 1.833)
    """
    estimates, variances = _check_estimates(estimates, variances)
    m = len(estimates)
    within, between = variances.mean(axis=0), estimates.var(axis=0, ddof=1)
    added = (1 + 1 / m) * between
    total = within + added
    with np.errstate(divide="ignore", invalid="ignore"):
        # nothing is missing where nothing varies
        share = np.where(total > 0, added / total, 0.0)
        increase = np.where(total > 0, added / within, 0.0)
        dof = (m - 1) / share**2
    missing_information = share + (1 - share) * 2 / (dof + 3)
    if complete_dof is not None:
        complete = _check_dof(complete_dof)
        observed = (complete + 1) / (complete + 3) * complete * (1 - share)
        with np.errstate(divide="ignore"):
            dof = 1 / (1 / dof + 1 / observed)
    return PooledEstimate(
        estimates.mean(axis=0),
        total,
        within,
        between,
        dof,
        increase[()],
        missing_information,
    )


def _check_estimates(estimates, variances):
    estimates = float_array(estimates, "estimates")
    variances = float_array(variances, "variances")
    if estimates.shape != variances.shape or estimates.ndim not in (1, 2):
        raise ValueError(
            "estimates and variances: expected two arrays of the same shape, (m,) or "
            f"(m, n_estimates) for m tables; got {estimates.shape} and "
            f"{variances.shape}."
        )
    if len(estimates) < 2:
        raise ValueError(
            f"estimates: expected those of at least 2 completed tables, got "
            f"{len(estimates)}. A single one does not show the uncertainty due to "
            "missing cells: complete the table again by GenerativeImputer.multiple."
        )
    if not np.isfinite(estimates).all() or not np.isfinite(variances).all():
        raise ValueError("estimates and variances must be finite numbers.")
    if (variances < 0).any():
        raise ValueError(
            f"variances must not be negative; got {variances.min()}. Pass squares of "
            "standard errors."
        )
    return estimates, variances


def _check_dof(complete_dof):
    complete = float_array(complete_dof, "complete_dof")
    if not np.isfinite(complete).all() or (complete <= 0).any():
        raise ValueError(
            f"complete_dof must be positive and finite, got {complete_dof!r}. Use None "
            "for a large table."
        )
    return complete
