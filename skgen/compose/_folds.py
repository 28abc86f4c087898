"""Folds in which sampler and classifier are fitted again, for calibration."""

from contextlib import contextmanager
from numbers import Integral

import numpy as np
from sklearn.model_selection import StratifiedKFold, check_cv

from skgen._math.probabilities.priors import class_shares
from skgen.compose._resampled_base import fit_components

#: smallest number of rows of the rarest class in a fold
MIN_HELD_OUT = 3


def calibration_folds(cv, X, labels, seed, params):
    """Split the rows into those to fit to and those held out, for each fold.

    Parameters
    ----------
    cv : int, splitter, iterable or None
        A number of folds needs ``MIN_HELD_OUT`` rows of the rarest class in each. Fewer
        say little, and leave samplers too few to fit to.
    X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
    labels : ndarray of shape (n_samples,)
        Class of each row.
    seed : int
        Shuffles the stratified folds if `cv` is a number.
    params : dict
        Passed to the ``split`` of a splitter.

    Returns
    -------
    folds : list of (ndarray, ndarray)
        Positions of rows. Empty if `cv` is None, or a number and a class has too few
        rows.

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
                f"calibration_cv: fold {number} has no training row of the classes "
                f"{lost[:10].tolist()}. Use stratified folds, or set "
                "calibration_cv=None."
            )
    return folds


def fit_rows(training, components, task, reported):
    """Fit sampler and estimator to rows; runs in a worker.

    Parameters
    ----------
    training : Training
    components : (sampler, estimator)
        Fitted in place.
    task : object
        Callback context of this fit.
    reported : estimator or None
        Estimator that is reported to callbacks.

    Returns
    -------
    fitted : Fitted
    """
    data = {"estimator": reported, "X": training.X, "y": training.y}
    task.call_on_fit_task_begin(**data)
    fitted = fit_components(training, components, task, reported)
    task.call_on_fit_task_end(**data)
    return fitted


def fit_fold(number, X, training, components, task, reported):
    """Fit to the training rows of a fold, and predict the rows held out.

    Parameters
    ----------
    number : int
        Number of the fold, for error messages.
    X : {array-like, dataframe, sparse matrix} of shape (n_held_out, n_features)
    training, components, task, reported
        As for `fit_rows`.

    Returns
    -------
    proba : ndarray of shape (n_held_out, n_classes)
    shares : ndarray of shape (n_classes,)
        Shares of the classes in the (weighted) rows that the estimator was fitted to.
    """
    with noting_fold(number):
        fitted = fit_rows(training, components, task, reported)
        proba = fitted.estimator.predict_proba(X)
    return proba, class_shares(fitted.groups, fitted.weights)[1]


@contextmanager
def noting_fold(number):
    """Add a note with the fold and remedies to an error raised in it."""
    try:
        yield
    except ValueError as error:
        error.add_note(
            f"This happened in fold {number} of calibration_cv, in which classes have "
            "fewer rows. Set calibration_cv=None, or parameters of the sampler and the "
            "estimator that suit fewer rows."
        )
        raise
