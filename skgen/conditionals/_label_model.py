"""Distributions of labels by classifiers."""

import numpy as np

from skgen._utils.estimators import fit_weighted

#: classes with fewer rows are pooled, so that each fold of a classifier has all classes
_MIN_CLASS_ROWS = 5


class LabelModel:
    """A classifier of groups of labels; within a group, labels have constant shares.

    Parameters
    ----------
    groups : ndarray of shape (n_labels,)
        The group of each label, any numbers. Groups of fewer than five rows are pooled.
    """

    def __init__(self, groups):
        self.groups = groups

    def fit(self, classifier, F, label, weights, rng):
        """Learn the probabilities of labels given the features."""
        mass = np.bincount(label, weights=weights, minlength=len(self.groups))
        # weights count like repeated rows, unless their mean is below one
        n_rows = mass * max(1.0, len(label) / weights.sum())
        self.class_of = pool_rare(self.groups, n_rows)
        total = np.bincount(self.class_of, weights=mass)
        self.prior = total / total.sum()
        with np.errstate(divide="ignore"):
            self.log_share = np.log(mass / total[self.class_of])
        self.by_class = np.argsort(self.class_of, kind="stable")
        self.cumulative = np.concatenate([[0.0], np.cumsum(mass[self.by_class])])
        self.fitted = None
        if len(total) > 1 and F.shape[1]:
            classes = self.class_of[label]
            self.fitted = fit_weighted(classifier, F, classes, weights, rng)
        return self

    def sample(self, F, rng):
        """Draw one label for each row."""
        below = np.cumsum(self._probability(F), axis=1)
        chosen = (below[:, :-1] <= rng.random((len(F), 1)) * below[:, -1:]).sum(axis=1)
        edges = np.searchsorted(
            self.class_of[self.by_class], np.arange(len(self.prior) + 1)
        )
        low, high = self.cumulative[edges[chosen]], self.cumulative[edges[chosen + 1]]
        place = np.searchsorted(
            self.cumulative, low + rng.random(len(F)) * (high - low), side="right"
        )
        # rounding may leave the class
        place = np.clip(place - 1, edges[chosen], edges[chosen + 1] - 1)
        return self.by_class[place]

    def log_prob(self, F, label):
        """Log-probability of each row's label."""
        probability = self._probability(F)[np.arange(len(F)), self.class_of[label]]
        with np.errstate(divide="ignore"):
            return np.log(probability) + self.log_share[label]

    def _probability(self, F):
        if self.fitted is None:
            return np.tile(self.prior, (len(F), 1))
        probability = np.zeros((len(F), len(self.prior)))
        probability[:, self.fitted.classes_] = self.fitted.predict_proba(F)
        return probability / probability.sum(axis=1, keepdims=True)


def frequent_groups(masses, max_groups):
    """Groups of labels: the most frequent ones alone, all others together."""
    groups = np.arange(len(masses))
    if np.count_nonzero(masses) > max_groups:
        rare = np.argsort(-masses, kind="stable")[max_groups - 1 :]
        groups[rare] = rare[0]
    return groups


def run_groups(values, masses, n_runs):
    """Groups of labels: runs of neighbours of about equal mass, heavy labels alone.

    Parameters
    ----------
    values, masses : ndarray of shape (n_labels,)
        Places of the labels on a line, and their shares.
    n_runs : int
        Labels with a share of ``1 / n_runs`` are heavy.
    """
    order = np.argsort(values, kind="stable")
    mass = masses[order]
    middle = np.cumsum(mass) - mass / 2
    run = np.minimum((middle * n_runs).astype(np.intp), n_runs - 1)
    heavy = mass >= 1 / n_runs
    starts = (np.diff(run, prepend=-1) != 0) | heavy
    starts[1:] |= heavy[:-1]
    groups = np.empty(len(mass), dtype=np.intp)
    groups[order] = np.cumsum(starts) - 1
    return groups


def pool_rare(groups, n_rows, min_rows=_MIN_CLASS_ROWS):
    """Number the groups from 0, with small groups pooled until they have enough rows.

    Parameters
    ----------
    groups, n_rows : ndarray of shape (n_labels,)
        Group and number of rows of each label.
    """
    groups = np.unique(groups, return_inverse=True)[1]
    size = np.bincount(groups, weights=n_rows)
    order = np.argsort(size, kind="stable")
    n_pooled = np.count_nonzero(size < min_rows)
    if n_pooled:
        enough = np.searchsorted(np.cumsum(size[order]), min_rows) + 1
        n_pooled = max(n_pooled, enough)
    place = np.arange(len(size))
    place[order[:n_pooled]] = order[0]
    return np.unique(place[groups], return_inverse=True)[1]
