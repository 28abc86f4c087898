"""Log-likelihood of held-out rows under a density model."""

from typing import NamedTuple

import numpy as np
from sklearn.base import clone
from sklearn.utils._param_validation import HasMethods, validate_params

from skgen._table.joint_tables import read_tables
from skgen._table.rows import take_rows
from skgen._utils.mixins import refuse_class


class LogLikelihood(NamedTuple):
    """Mean log-density of rows, in nats."""

    value: float
    standard_error: float
    n_impossible: int  # rows that the model holds impossible
    possible: float  # mean of the other rows


@validate_params(
    {"generator": [HasMethods(["score_samples"])]}, prefer_skip_nested_validation=True
)
def log_likelihood(generator, X, *, synthetic=None, categorical_features="from_dtype"):
    """Mean log-density of held-out rows.

    By default the density is that of a fitted generator. With `synthetic`, a clone of
    the generator is fitted to these rows first [1]_: the result says how well a model
    of the synthetic table describes real rows, and compares tables of any origin.

    Parameters
    ----------
    generator : object
        Estimator with ``score_samples``, such as a generator of skgen or scikit-learn's
        ``GaussianMixture``; fitted unless `synthetic` is given. It is left unchanged.
    X : {array-like, dataframe} of shape (n_samples, n_features)
        Real rows that neither the generator nor the model of `synthetic` has seen.
        Missing cells are passed to ``score_samples``; skgen's generators sum them out.
    synthetic : {array-like, dataframe} of shape (n_synthetic, n_features), default=None
        Rows to fit the clone to, with the container and columns of `X`.
    categorical_features : "from_dtype", None or array-like, default="from_dtype"
        Which columns are categories, as in :class:`~skgen.TableCodec`. Rows of `X` with
        a category that `synthetic` lacks are impossible. This parameter is not passed
        to the generator.

    Returns
    -------
    value : float
        In nats per row. Higher is better, and only values of the same rows in the same
        units can be compared. Minus infinity if any row is impossible.
    standard_error : float
        Of a mean of independent rows; NaN for a single row, or if any row is
        impossible.
    n_impossible : int
        Number of rows of `X` with density zero.
    possible : float
        Mean of the other rows; NaN if there are none.

    Raises
    ------
    TypeError, ValueError
        If a table cannot be read, the tables have different columns, or the generator
        does not return one finite number or minus infinity per row.

    Notes
    -----
    What is a good value depends on the table. An `IndependentGenerator` fitted to the
    real training rows, or to `synthetic`, gives a lower reference, without dependence
    between columns. With `synthetic`, the real training rows in its place give an upper
    reference.

    References
    ----------
    .. [1] Theis, van den Oord & Bethge (2016), "A Note on the Evaluation of Generative
       Models", International Conference on Learning Representations.

    Examples
    --------
    >>> from skgen import AutoregressiveGenerator, IndependentGenerator
    >>> from skgen.datasets import make_customers
    >>> from skgen.metrics import log_likelihood
    >>> X, y = make_customers(600, random_state=0)
    >>> X = X[["plan", "monthly_fee", "visits"]]
    >>> joint = AutoregressiveGenerator(random_state=0).fit(X[:400])
    >>> alone = IndependentGenerator(random_state=0).fit(X[:400])
    >>> log_likelihood(joint, X[400:]).value > log_likelihood(alone, X[400:]).value
    True
    """
    refuse_class("generator", generator)
    if synthetic is None:
        return _mean_score(_row_scores(generator, X))
    tables = read_tables(
        {"synthetic": synthetic, "X": X}, categorical_features=categorical_features
    )
    seen = _seen_rows(tables.columns, *tables.matrices)
    log_density = np.full(len(seen), -np.inf)
    if seen.any():
        fitted = clone(generator).fit(synthetic)
        log_density[seen] = _row_scores(fitted, take_rows(X, np.flatnonzero(seen)))
    return _mean_score(log_density)


def _mean_score(log_density):
    """`log_likelihood` of rows of known log-density."""
    n_rows = len(log_density)
    rest = log_density[log_density > -np.inf]
    n_impossible = n_rows - len(rest)
    possible = float(rest.mean()) if len(rest) else np.nan
    if n_impossible:
        return LogLikelihood(-np.inf, np.nan, n_impossible, possible)
    error = float(rest.std(ddof=1) / np.sqrt(n_rows)) if n_rows > 1 else np.nan
    return LogLikelihood(possible, error, 0, possible)


def _row_scores(generator, X):
    log_density = np.asarray(generator.score_samples(X), dtype=np.float64)
    finite = log_density < np.inf
    if log_density.shape != (len(X),) or not finite.all():
        raise ValueError(
            f"generator: expected {type(generator).__name__}.score_samples to return "
            f"one log-density for each of {len(X)} rows; got the shape "
            f"{log_density.shape} and {np.sum(~finite)} values that are NaN or "
            "infinite. Use another generator, or fill missing cells."
        )
    return log_density


def _seen_rows(columns, Z_synthetic, Z):
    """Mask of rows without a category that the synthetic table lacks."""
    seen = np.ones(len(Z), dtype=bool)
    for column, drawn, z in zip(columns, Z_synthetic.T, Z.T, strict=True):
        if column.discrete and not np.isnan(drawn).all():
            seen &= np.isnan(z) | np.isin(z, drawn)
    return seen
