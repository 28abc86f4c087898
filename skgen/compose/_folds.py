"""Folds in which a resampling classifier is fitted again, to see its mistakes."""

from contextlib import contextmanager
from numbers import Integral

import numpy as np
from sklearn.model_selection import StratifiedKFold, check_cv

from skgen._math.probabilities.priors import class_shares
from skgen.compose._resampled_base import fit_parts

#: rows of the rarest class in a fold
MIN_HELD_OUT = 3


def calibration_folds(cv, X, labels, seed, params):
    """Positions of the rows to fit to and of those held out, for each fold.

    Parameters
    ----------
    cv : int, splitter, iterable or None
        A number of folds needs three rows of the rarest class in each: fewer tell
        little, and leave samplers too few to fit to.
    X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
    labels : ndarray of shape (n_samples,)
        Class of each row.
    seed : int
        Of stratified folds, if `cv` is their number.
    params : dict
        Passed to the ``split`` of a splitter.

    Returns
    -------
    folds : list of (ndarray, ndarray)
        Empty if `cv` is None, or a number and a class has too few rows.

    Raises
    ------
    ValueError
        If a class has no row to fit to in some fold.
    """
    if cv is None:
        return []
    classes, counts = np.unique(labels, return_counts=True)
    if isinstance(cv, Integral):
        if counts.min() < MIN_HELD_OUT * cv:
            return []
        cv = StratifiedKFold(cv, shuffle=True, random_state=seed)
    folds = list(check_cv(cv).split(X, labels, **params))
    for number, (train, _) in enumerate(folds, start=1):
        lost = np.setdiff1d(classes, labels[train])
        if len(lost):
            raise ValueError(
                f"calibration_cv: fold {number} has no row to fit to of the classes "
                f"{lost[:10].tolist()}. Use stratified folds, or set "
                "calibration_cv=None."
            )
    return folds


def fit_all(training, parts, task, whole):
    """Fit sampler and estimator to all rows.

    Parameters
    ----------
    training : Training
    parts : (sampler, estimator)
        Fitted in place.
    task : object
        Context of callbacks.
    whole : estimator or None
        What callbacks are told is fitted.

    Returns
    -------
    fitted : Fitted
    """
    data = {"estimator": whole, "X": training.X, "y": training.y}
    task.call_on_fit_task_begin(**data)
    fitted = fit_parts(training, parts, task, whole)
    task.call_on_fit_task_end(**data)
    return fitted


def fit_fold(number, X, training, parts, task, whole):
    """Fit to the rows of a fold, and predict those held out.

    Parameters
    ----------
    number : int
        Of the fold, as errors call it.
    X : {array-like, dataframe, sparse matrix} of shape (n_held_out, n_features)
    training, parts, task, whole
        As for `fit_all`.

    Returns
    -------
    proba : ndarray of shape (n_held_out, n_classes)
    shares : ndarray of shape (n_classes,)
        Of the classes in the (weighted) rows that the estimator was fitted to.
    """
    with explained(number):
        fitted = fit_all(training, parts, task, whole)
        proba = fitted.estimator.predict_proba(X)
    return proba, class_shares(fitted.groups, fitted.weights)[1]


@contextmanager
def explained(number):
    """Tell, of an error in the fit of a fold, that this is where it happened."""
    try:
        yield
    except ValueError as error:
        error.add_note(
            f"This happened in fold {number} of calibration_cv, in which classes have "
            "fewer rows. Set calibration_cv=None, or parameters of the sampler and the "
            "estimator that suit fewer rows."
        )
        raise
