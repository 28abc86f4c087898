"""Seed, weight, fit and call estimators and generators of any origin."""

import re
import warnings
from inspect import signature
from numbers import Real

import numpy as np
from sklearn import config_context
from sklearn.base import clone
from sklearn.utils import get_tags
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.validation import _check_sample_weight, has_fit_parameter

from skgen._table.numbers import float_array
from skgen._table.rows import n_rows, take_rows

#: constraint of the parameter of all estimators that meet new rows
HANDLE_UNKNOWN = [StrOptions({"missing", "error"})]
#: constraint of the parameter of all generators that keep rules between columns
RULES = ["array-like", StrOptions({"auto"}), None]
#: largest mean number of copies of a row, where copies replace weights
MAX_COPIES = 10
_INDEPENDENT = " to see how columns depend on each other: they are drawn independently."


def clone_seeded(estimator, rng):
    """Clone an estimator, with an integer from `rng` for every ``random_state``."""
    estimator = clone(estimator)
    seeds = {
        name: int(rng.integers(2**31))
        for name in sorted(estimator.get_params())
        if name.split("__")[-1] == "random_state"
    }
    return estimator.set_params(**seeds)


def check_regressor(name, estimator):
    """Raise an error if the value of parameter `name` is not a regressor."""
    found = get_tags(estimator).estimator_type
    if found not in ("regressor", None):
        raise TypeError(
            f"{name}: expected a regressor, got {type(estimator).__name__}, of the "
            f"type {found!r}. Pass a regressor; it is also used for categories."
        )


def fit_weighted(estimator, X, y, weights, rng):
    """Fit a seeded clone to weighted rows, with or without sample_weight support.

    Weights are passed as ``sample_weight``, to the last step of a pipeline. Without
    sample_weight support, rows are replicated in proportion to their weights; a
    fractional number of copies is rounded at random.

    Parameters
    ----------
    estimator : object
        Left unchanged.
    X : ndarray of shape (n_samples, n_features)
    y : ndarray of shape (n_samples,)
    weights : ndarray of shape (n_samples,)
        Positive.
    rng : numpy.random.Generator

    Returns
    -------
    estimator : object
        The fitted clone.
    """
    estimator = clone_seeded(estimator, rng)
    if (weights == 1.0).all():
        return estimator.fit(X, y)
    name = weight_parameter(estimator)
    if name is not None:
        # the metadata requests of users concern their own calls, not this one
        with config_context(enable_metadata_routing=False):
            return estimator.fit(X, y, **{name: weights})
    rows = copied_rows(weights, rng)
    return estimator.fit(X[rows], y[rows])


def cross_predict(estimator, X, y, weights, n_folds, rng):
    """Predict each row by a clone that is fitted to the other folds."""
    fold = rng.permutation(len(X)) % n_folds
    predicted = np.empty(len(X))
    for k in range(n_folds):
        rest, here = np.flatnonzero(fold != k), np.flatnonzero(fold == k)
        fitted = fit_weighted(estimator, X[rest], y[rest], weights[rest], rng)
        predicted[here] = predict_column(fitted, X[here])
    return predicted


def predict_column(estimator, X):
    """Predict one finite number for each row; an error if that fails."""
    predicted = np.asarray(estimator.predict(X), dtype=np.float64).reshape(len(X))
    if not np.isfinite(predicted).all():
        raise ValueError(
            f"{type(estimator).__name__}: expected finite predictions, got infinite or "
            "missing ones. Use another estimator, or change its parameters."
        )
    return predicted


def copied_rows(weights, rng):
    """Positions of rows, repeated by weight (fractions: by systematic sampling)."""
    total = weights.sum()
    n_rows = np.clip(total, len(weights), MAX_COPIES * len(weights))
    scaled = weights if n_rows == total else weights * (n_rows / total)
    ends = np.floor(np.cumsum(scaled) + rng.random()).astype(np.intp)
    return np.repeat(np.arange(len(weights)), np.diff(ends, prepend=0))


def weight_parameter(estimator):
    """Name of the parameter of `fit` that takes row weights, or None."""
    if has_fit_parameter(estimator, "sample_weight"):
        return "sample_weight"
    steps = getattr(estimator, "steps", None)
    if not steps:
        return None
    step, last = steps[-1]
    name = weight_parameter(last)
    return None if name is None else f"{step}__{name}"


def takes_tables(generator):
    """Whether a generator declares, by its tags, that it takes categories."""
    tagged = hasattr(generator, "__sklearn_tags__")
    return tagged and get_tags(generator).input_tags.categorical


def draws_given(generator):
    """Whether a generator can draw cells given other cells."""
    return (
        hasattr(generator, "impute")
        and "given" in signature(generator.sample).parameters
    )


def draw_rows(generator, n_samples, rng, **given):
    """Draw rows from a fitted generator, seeded if it takes a ``random_state``.

    Parameters
    ----------
    generator : object
        With ``sample(n_samples)``.
    n_samples : int
    rng : numpy.random.Generator
    **given
        Passed to ``sample``.

    Raises
    ------
    ValueError
        If the generator draws another number of rows.
    """
    if "random_state" in signature(generator.sample).parameters:
        given["random_state"] = int(rng.integers(2**31))
    with warnings.catch_warnings():
        # the user has not given these cells
        warnings.filterwarnings("ignore", "[0-9,]+ rows have known cells that rules")
        rows = generator.sample(n_samples, **given)
    if isinstance(rows, tuple):
        # mixtures of scikit-learn also return the component of each row
        rows = rows[0]
    if n_rows(rows) != n_samples:
        raise ValueError(
            f"generator: {type(generator).__name__} was asked for {n_samples} rows and "
            f"sampled {n_rows(rows)}. Its `sample(n)` must return n rows."
        )
    return rows


def change_parameter(generator, parameter, change):
    """Change a parameter of a generator, and of nested ones, in place where it exists.

    Parameters
    ----------
    generator : object
    parameter : str
    change : callable
        Takes the value and returns the new one.
    """
    for name, value in generator.get_params().items():
        if re.sub(r"^(generator__)*", "", name) == parameter:
            generator.set_params(**{name: change(value)})


def check_weights(sample_weight, X):
    """Check the weights of the rows of X; return an array of shape (n_samples,).

    Raises
    ------
    TypeError, ValueError
        If weights are not numeric or negative, or not one for each row.
    """
    if not isinstance(sample_weight, Real):
        sample_weight = float_array(sample_weight, "sample_weight")
    return _check_sample_weight(
        sample_weight, X, dtype=np.float64, ensure_non_negative=True
    )


def drop_weightless_rows(X, sample_weight):
    """Drop rows of weight zero; return the other rows and their weights.

    Parameters
    ----------
    X : {array-like, dataframe} of shape (n_samples, n_features)
    sample_weight : array-like of shape (n_samples,) or None

    Raises
    ------
    TypeError, ValueError
        As `check_weights`; also if no weight is positive.
    """
    if sample_weight is None:
        return X, None
    sample_weight = check_weights(sample_weight, X)
    kept = np.flatnonzero(sample_weight > 0)
    if len(kept) == len(sample_weight):
        return X, sample_weight
    return take_rows(X, kept), sample_weight[kept]


def warn_of_few_rows(n_samples, n_needed, needed_by, consequence=_INDEPENDENT):
    """Warn, from within the ``_fit`` of a generator, of fewer rows than it needs."""
    warnings.warn(
        f"{n_samples} rows are fewer than the {n_needed} that {needed_by} needs"
        f"{consequence}",
        UserWarning,
        stacklevel=5,
    )
