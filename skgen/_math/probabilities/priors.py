"""Prior correction: class probabilities after a change of the class shares.

If the shares of the classes change, but not the distribution of the rows of each class,
Bayes' rule gives p'(class | x) in proportion to p(class | x) p'(class) / p(class)
[1]_, [2]_.

References
----------
.. [1] Elkan (2001), "The foundations of cost-sensitive learning", IJCAI, Theorem 2.
.. [2] Saerens, Latinne & Decaestecker (2002), "Adjusting the outputs of a classifier to
   new a priori probabilities: a simple procedure", Neural Computation 14(1).
"""

import numpy as np
from scipy.special import log_softmax


def class_shares(labels, weights=None):
    """Sorted classes and their shares of the total weight.

    Parameters
    ----------
    labels : ndarray of shape (n_samples,)
    weights : ndarray of shape (n_samples,), default=None
        Positive. If None, 1.

    Returns
    -------
    classes : ndarray of shape (n_classes,)
    shares : ndarray of shape (n_classes,)
        They sum to one.
    """
    classes, levels = np.unique(labels, return_inverse=True)
    totals = np.bincount(levels, weights)
    return classes, totals / totals.sum()


def shift_priors(log_proba, old, new):
    """Correct log-probabilities of classes for a change of the class shares.

    Parameters
    ----------
    log_proba : ndarray of shape (n_samples, n_classes)
        Finite for at least one class of each row.
    old : ndarray of shape (n_classes,)
        Positive shares of the classes in the training rows of the classifier.
    new : ndarray of shape (n_classes,)
        Positive shares of the classes in the rows to predict.

    Returns
    -------
    log_proba : ndarray of shape (n_samples, n_classes)
        The probabilities of each row sum to one.
    """
    return log_softmax(log_proba + (np.log(new) - np.log(old)), axis=1)
