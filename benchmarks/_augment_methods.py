"""Ways to add rows to a few training rows: each returns encoded rows and labels."""

from functools import partial

import numpy as np
import pandas as pd
from imblearn.over_sampling import SMOTE, RandomOverSampler

from benchmarks._imbalance_samplers import Resampled
from skgen import GenerativeAugmenter, GenerativeReplacer

N_NEIGHBORS = 5


def apportion(total, counts):
    """Return whole numbers in proportion to counts, by largest remainders."""
    exact = total * counts / counts.sum()
    whole = np.floor(exact).astype(int)
    order = np.argsort(whole - exact, kind="stable")
    whole[order[: total - whole.sum()]] += 1
    return whole


def unchanged(encoder, X, y, n_new, seed):
    """Real rows alone."""
    return encoder.transform(X), y


def peer(make, encoder, X, y, n_new, seed):
    """Real rows, and those that a sampler of imbalanced-learn adds to each class."""
    counts = np.bincount(y)
    totals = dict(enumerate((counts + apportion(n_new, counts)).tolist()))
    sampler = make(int(counts.min()), sampling_strategy=totals, random_state=seed)
    return sampler.fit_resample(encoder.transform(X), y)


def _smote(smallest, **params):
    # a class of one row has no neighbour of its class
    if smallest == 1:
        return RandomOverSampler(**params)
    return SMOTE(k_neighbors=min(N_NEIGHBORS, smallest - 1), **params)


def _copies(smallest, *, shrinkage=None, **params):
    return RandomOverSampler(shrinkage=shrinkage, **params)


def own(sampler, encoder, X, y, n_new, seed):
    """Rows of a sampler of skgen, which gets the raw table and classes as text."""
    labels = pd.Series(y.astype(str), index=X.index)
    rows, labels = sampler(n_new, len(y), seed).fit_resample(X, labels)
    return encoder.transform(rows), np.asarray(labels).astype(int)


def _augmenter(n_new, n_rows, seed, **params):
    return GenerativeAugmenter(ratio=n_new / n_rows, random_state=seed, **params)


def _replacer(n_new, n_rows, seed, **params):
    return GenerativeReplacer(n_samples=n_new, random_state=seed, **params)


#: classes have balanced weights in place of new rows
WEIGHTED = "class_weight"
METHODS = {
    "none": unchanged,
    WEIGHTED: unchanged,
    "ros": partial(peer, _copies),
    "smote": partial(peer, _smote),
    # the full width of the rule of thumb, as in ROSE
    "smoothed": partial(peer, partial(_copies, shrinkage=1.0)),
    "skgen": partial(own, _augmenter),
    "skgen joint": partial(own, partial(_augmenter, strategy="joint")),
    "replacer": partial(own, _replacer),
    "replacer joint": partial(own, partial(_replacer, strategy="joint")),
}


def add_rows(name, encoder, X, y, n_new, seed):
    """Return what a method of `METHODS` makes of training rows.

    Parameters
    ----------
    name : str
    encoder : transformer
        Fitted to X.
    X : DataFrame
    y : ndarray of int
    n_new : int
    seed : int

    Returns
    -------
    resampled : Resampled
        Without the seconds.
    """
    rows, labels = METHODS[name](encoder, X, y, n_new, seed)
    return Resampled(rows, labels, 0.0, None)
