"""Class probabilities for other prevalences of the classes.

A classifier has learned p(class | x) from rows in which the classes had certain shares.
Where they have others and the rows of each class are distributed alike, Bayes' rule
gives p'(class | x), in proportion to p(class | x) p'(class) / p(class) [1]_, [2]_.

References
----------
.. [1] Elkan (2001), "The foundations of cost-sensitive learning", IJCAI.
.. [2] Saerens, Latinne & Decaestecker (2002), "Adjusting the outputs of a classifier to
   new a priori probabilities: a simple procedure", Neural Computation 14(1).
"""

import numpy as np
from scipy.special import log_softmax


def class_shares(labels, weights=None):
    """Classes in sorted order, and their shares of the total weight.

    Parameters
    ----------
    labels : ndarray of shape (n_samples,)
    weights : ndarray of shape (n_samples,), default=None
        Positive. None counts the rows.

    Returns
    -------
    classes : ndarray of shape (n_classes,)
    shares : ndarray of shape (n_classes,)
        They sum to one.
    """
    classes, codes = np.unique(labels, return_inverse=True)
    totals = np.bincount(codes, weights)
    return classes, totals / totals.sum()


def shift_priors(log_proba, old, new):
    """Log-probabilities of the classes once their shares have changed.

    Parameters
    ----------
    log_proba : ndarray of shape (n_samples, n_classes)
        Finite for at least one class of each row.
    old : ndarray of shape (n_classes,)
        Shares, all positive, among the rows that `log_proba` was learned from.
    new : ndarray of shape (n_classes,)
        Shares, all positive, among the rows that it is to hold for.

    Returns
    -------
    log_proba : ndarray of shape (n_samples, n_classes)
        Normalised: the probabilities of each row sum to one.
    """
    return log_softmax(log_proba + (np.log(new) - np.log(old)), axis=1)
