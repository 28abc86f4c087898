"""How probable a density model finds rows that it has not seen."""

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

    Either that of a fitted generator, or, with `synthetic`, that of a clone which is
    fitted to these rows first: how much somebody who has seen nothing but the synthetic
    table knows of real rows. This way tables of any origin are compared by one density
    model.

    Parameters
    ----------
    generator : object
        Anything with ``score_samples``, such as a generator of skgen or scikit-learn's
        ``GaussianMixture``; fitted unless `synthetic` is given. It is left unchanged.
    X : {array-like, dataframe} of shape (n_samples, n_features)
        Real rows that neither the generator nor what made `synthetic` has seen. Missing
        cells are treated as ``score_samples`` does; skgen's generators sum them out.
    synthetic : {array-like, dataframe} of shape (n_synthetic, n_features), default=None
        Rows to fit the clone to, of the container and columns of X.
    categorical_features : "from_dtype", None or array-like, default="from_dtype"
        Which columns are categories, to find rows of X with a category that `synthetic`
        lacks: they are impossible. See :class:`~skgen.TableCodec`. The generator has a
        parameter of its own.

    Returns
    -------
    value : float
        In nats a row; higher is better, and only figures of the same rows in the same
        units can be compared. Minus infinity if any row is impossible.
    standard_error : float
        That of a mean of independent rows; NaN for a single row, or if any is
        impossible.
    n_impossible : int
        Number of rows of X of density zero.
    possible : float
        Mean of the other rows; NaN if there are none.

    Raises
    ------
    TypeError, ValueError
        If a table cannot be read, the tables have different columns, or the generator
        returns anything but one number a row, NaN among them.

    Notes
    -----
    What is good depends on the table. An `IndependentGenerator` fitted to the real
    training rows, or to `synthetic`, gives the floor: what is known without any
    dependence between columns. The ceiling with `synthetic` is the figure for the real
    training rows in its place.

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
        return _log_likelihood(_log_density(generator, X))
    tables = read_tables(
        {"synthetic": synthetic, "X": X}, categorical_features=categorical_features
    )
    seen = _seen_rows(tables.columns, *tables.matrices)
    log_density = np.full(len(seen), -np.inf)
    if seen.any():
        fitted = clone(generator).fit(synthetic)
        log_density[seen] = _log_density(fitted, take_rows(X, np.flatnonzero(seen)))
    return _log_likelihood(log_density)


def _log_likelihood(log_density):
    """`log_likelihood` of rows of known log-density."""
    n_rows = len(log_density)
    rest = log_density[log_density > -np.inf]
    n_impossible = n_rows - len(rest)
    possible = float(rest.mean()) if len(rest) else np.nan
    if n_impossible:
        return LogLikelihood(-np.inf, np.nan, n_impossible, possible)
    error = float(rest.std(ddof=1) / np.sqrt(n_rows)) if n_rows > 1 else np.nan
    return LogLikelihood(possible, error, 0, possible)


def _log_density(generator, X):
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
    """Which rows hold no category that the synthetic table lacks."""
    seen = np.ones(len(Z), dtype=bool)
    for column, drawn, z in zip(columns, Z_synthetic.T, Z.T, strict=True):
        if column.discrete and not np.isnan(drawn).all():
            seen &= np.isnan(z) | np.isin(z, drawn)
    return seen
