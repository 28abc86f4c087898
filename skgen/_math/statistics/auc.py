"""The area under the ROC curve (AUC), its standard error, and folds to estimate it.

References
----------
.. [1] DeLong, DeLong & Clarke-Pearson (1988), "Comparing the Areas under Two or More
   Correlated Receiver Operating Characteristic Curves", Biometrics 44.
.. [2] Sun & Xu (2014), "Fast Implementation of DeLong's Algorithm", IEEE Signal
   Processing Letters 21.
.. [3] LeDell, Petersen & van der Laan (2015), "Computationally Efficient Confidence
   Intervals for Cross-validated Area under the ROC Curve Estimates", Electronic Journal
   of Statistics 9.
.. [4] Mann & Whitney (1947), "On a Test of Whether one of Two Random Variables is
   Stochastically Larger than the Other", Annals of Mathematical Statistics 18.
"""

import numpy as np
from scipy.stats import rankdata


def delong(label, score):
    """AUC and its standard error [1]_, computed from ranks [2]_.

    Parameters
    ----------
    label : ndarray of shape (n_samples,)
        0 and 1, each at least once.
    score : ndarray of shape (n_samples,)
        A pair of equal scores counts half.

    Returns
    -------
    auc : float
        Probability that a row of label 1 has a higher score than one of label 0.
    standard_error : float
        NaN if a label has a single row.
    """
    positive = label == 1
    n_positive, n_negative = positive.sum(), (~positive).sum()
    rank = rankdata(score)
    # for each row, the share of rows of the other label that it is ordered well with
    above = (rank[positive] - rankdata(score[positive])) / n_negative
    below = 1 - (rank[~positive] - rankdata(score[~positive])) / n_positive
    if min(n_positive, n_negative) < 2:
        return float(above.mean()), np.nan
    variance = above.var(ddof=1) / n_positive + below.var(ddof=1) / n_negative
    return float(above.mean()), float(np.sqrt(variance))


def chance_error(label, score):
    """Standard deviation of the AUC if scores are independent of the labels.

    It is that of the Mann-Whitney statistic [4]_ over all permutations of the labels,
    corrected for ties; 0 if all scores are equal.
    """
    n, n_positive = len(label), np.count_nonzero(label)
    _, ties = np.unique(score, return_counts=True)
    spread = n + 1 - (ties**3.0 - ties).sum() / (n * (n - 1))
    return float(np.sqrt(max(spread, 0.0) / (12 * n_positive * (n - n_positive))))


def cross_validated_auc(label, score, fold):
    """Mean of the AUCs of the folds, and its standard errors [3]_.

    Scores are compared within a fold only: each fold has its own classifier.

    Parameters
    ----------
    label, score, fold : ndarray of shape (n_samples,)
        Each fold holds both labels.

    Returns
    -------
    auc : float
    standard_error : float
        Estimated from the rows, as in `delong`.
    chance : float
        Standard error if scores were independent of the labels, as in `chance_error`.
    """
    folds = np.unique(fold)
    parts = [(label[fold == k], score[fold == k]) for k in folds]
    auc, error = np.transpose([delong(*part) for part in parts])
    chance = np.array([chance_error(*part) for part in parts])
    return (
        float(auc.mean()),
        float(np.sqrt(np.square(error).sum()) / len(folds)),
        float(np.sqrt(np.square(chance).sum()) / len(folds)),
    )


def equal_row_folds(X, label, n_folds, rng):
    """Make folds that balance both labels and keep equal rows together.

    A classifier trained on a row with one label is wrong about its copy with the other
    label, so both belong in one fold. Rows that are common rather than copied, such as
    those of a few categories, are stratified by label instead. A row is common if the
    table holds at least two of it for each fold, or if it makes up more than a fold's
    share of a label.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_columns)
        NaN is equal to NaN.
    label : ndarray of shape (n_samples,)
        0 and 1.
    n_folds : int
    rng : numpy.random.Generator

    Returns
    -------
    fold : ndarray of int of shape (n_samples,)
    """
    group = equal_rows(X)
    counts = np.array(
        [np.bincount(group[label == k], None, group.max() + 1) for k in (0, 1)]
    )
    share = (counts / counts.sum(axis=1, keepdims=True)).max(axis=0)
    common = (counts.sum(axis=0) >= 2 * n_folds) | (share > 1 / n_folds)
    fold_of_group = np.empty(counts.shape[1], dtype=np.intp)
    rare = rng.permutation(np.flatnonzero(~common))
    # groups with equal counts of both labels in turn, so that each fold gets its share
    rare = rare[np.lexsort(counts[:, rare])]
    fold_of_group[rare] = np.arange(len(rare)) % n_folds
    fold = fold_of_group[group]
    for value in (0, 1):
        rows = rng.permutation(np.flatnonzero(common[group] & (label == value)))
        rows = rows[np.argsort(group[rows], kind="stable")]
        fold[rows] = np.arange(len(rows)) % n_folds
    return fold


def equal_rows(X):
    """Number the groups of equal rows, and return that of each row; NaN equals NaN."""
    group = np.zeros(len(X), dtype=np.intp)
    for x in X.T:
        _, level = np.unique(x, return_inverse=True)
        _, group = np.unique(group * (level.max() + 1) + level, return_inverse=True)
    return group
