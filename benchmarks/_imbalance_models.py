"""Classifiers trained on resampled rows, and what is measured of them."""

import time

import numpy as np
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    average_precision_score,
    balanced_accuracy_score,
    f1_score,
    log_loss,
    roc_auc_score,
)
from sklearn.model_selection import StratifiedKFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from benchmarks._imbalance_data import make_encoder
from benchmarks._imbalance_samplers import Weighted, resample
from benchmarks._imbalance_shift import shifts
from skgen._math.probabilities.priors import class_shares, shift_priors

CLASSIFIERS = {
    "logistic": make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)),
    "neighbors": make_pipeline(StandardScaler(), KNeighborsClassifier()),
    "tree": DecisionTreeClassifier(max_depth=8, random_state=0),
    "forest": RandomForestClassifier(random_state=0),
    "boosting": HistGradientBoostingClassifier(random_state=0),
    "svm": make_pipeline(StandardScaler(), SVC()),
}
PROBABILITY = ("log_loss", "brier", "ece")
CORRECTED = tuple(f"{name}_corrected" for name in PROBABILITY)
# Whether more is better.
METRICS = {
    "roc_auc": True,
    "average_precision": True,
    "balanced_accuracy": True,
    "balanced_accuracy_tuned": True,
    "f1": True,
    **dict.fromkeys(PROBABILITY + CORRECTED, False),
}
# As log_loss of scikit-learn clips.
EPSILON = np.finfo(np.float64).eps
N_BINS = 10
#: of tables of more rows than this, others take too long
LARGE_CLASSIFIERS = ("logistic", "forest", "boosting")
MANY_ROWS = 2_500
N_INNER = 2


class Fitted:
    """A classifier, fitted to resampled rows."""

    def __init__(self, classifier, resampled, weighted):
        start = time.perf_counter()
        self.model = clone(classifier)
        final = self.model[-1] if isinstance(self.model, Pipeline) else self.model
        weights = weighted and "class_weight" in final.get_params()
        if weights:
            final.set_params(class_weight="balanced")
        _, self.shares = class_shares(resampled.labels)
        if weights:
            self.shares = np.full_like(self.shares, 1 / len(self.shares))
        self.model.fit(resampled.rows, resampled.labels)
        self.seconds = time.perf_counter() - start

    @property
    def has_probabilities(self):
        """Whether the classifier gives probabilities."""
        return hasattr(self.model, "predict_proba")

    def scores(self, rows):
        """Return one column per class; of two classes, only that of the rarer."""
        if self.has_probabilities:
            scores = self.model.predict_proba(rows).astype(np.float64)
        else:
            scores = self.model.decision_function(rows)
            scores = scores if scores.ndim == 2 else np.column_stack([-scores, scores])
        return scores[:, 1:] if scores.shape[1] == 2 else scores

    def decide(self, scores):
        """Return the classes that the scores speak for."""
        if scores.shape[1] > 1:
            return scores.argmax(axis=1)
        return (scores[:, 0] > (0.5 if self.has_probabilities else 0.0)).astype(int)


def score_fold(case, sampler, train, test, seed, threshold):
    """Resample the training rows, fit all classifiers and score the test rows.

    Returns
    -------
    scores : dict of {str: dict}
        By classifier; what is not defined is None.
    resampled : list of Resampled
        Of all training rows first, then of inner ones.
    shift : tuple of float or None
        Of columns and of missing cells of the drawn rows.
    """
    fitted, resampled, encoder = _fit(case, sampler, train, seed)
    resamplings = [resampled]
    tuned = dict.fromkeys(fitted)
    X, y = case.X.iloc[train], case.y[train]
    done = resampled.rows, resampled.labels, resampled.table
    shift = shifts(X, encoder.transform(X), y, *done)
    if threshold and case.n_classes == 2:
        tuned, inner = _tune(case, sampler, train, seed)
        resamplings += inner
    held_out, truth = encoder.transform(case.X.iloc[test]), case.y[test]
    _, prior = class_shares(case.y[train])
    scores = {}
    for name, model in fitted.items():
        start = time.perf_counter()
        S = model.scores(held_out)
        spent = model.seconds + time.perf_counter() - start
        scores[name] = {
            **dict.fromkeys(METRICS),
            **figures(model, S, truth, prior),
            **_tuned_figures(tuned[name], S, truth),
            "classifier_seconds": spent,
        }
    return scores, resamplings, shift


def names_for(n_rows):
    """Return the names of the classifiers for a table of `n_rows` rows."""
    return LARGE_CLASSIFIERS if n_rows > MANY_ROWS else tuple(CLASSIFIERS)


def _fit(case, sampler, train, seed):
    X, y = case.X.iloc[train], case.y[train]
    encoder = make_encoder().fit(X)
    resampled = resample(sampler, encoder, X, y, seed)
    weighted = isinstance(sampler, Weighted)
    fitted = {
        name: Fitted(CLASSIFIERS[name], resampled, weighted)
        for name in names_for(len(case.y))
    }
    return fitted, resampled, encoder


def _tune(case, sampler, train, seed):
    """Return the thresholds for F1 and balanced accuracy, by classifier."""
    splitter = StratifiedKFold(N_INNER, shuffle=True, random_state=seed)
    scores = {name: np.empty(len(train)) for name in names_for(len(case.y))}
    resamplings = []
    for inner, outer in splitter.split(train, case.y[train]):
        fitted, resampled, encoder = _fit(case, sampler, train[inner], seed)
        resamplings.append(resampled)
        rows = encoder.transform(case.X.iloc[train[outer]])
        for name, model in fitted.items():
            scores[name][outer] = model.scores(rows)[:, 0]
    tuned = {name: thresholds(s, case.y[train]) for name, s in scores.items()}
    return tuned, resamplings


def thresholds(scores, truth):
    """Return the thresholds of the best F1 and of the best balanced accuracy.

    A threshold lies halfway between two scores that occur; rows at or above it are
    said to be of class 1, and of several best ones it is the largest.

    Parameters
    ----------
    scores : ndarray of shape (n_rows,)
    truth : ndarray of shape (n_rows,)
        Classes 0 and 1.

    Returns
    -------
    f1, balanced_accuracy : float
    """
    order = np.argsort(-scores, kind="stable")
    scores, truth = scores[order], truth[order]
    last = np.flatnonzero(np.append(np.diff(scores) < 0, True))
    hits = np.cumsum(truth)[last]
    false_alarms = last + 1 - hits
    n_rare = truth.sum()
    f1 = 2 * hits / (hits + false_alarms + n_rare)
    balanced = hits / n_rare - false_alarms / (len(truth) - n_rare)
    values = scores[last]
    middle = (values + np.append(values[1:], values[-1])) / 2
    return tuple(float(middle[np.argmax(figure)]) for figure in (f1, balanced))


def figures(model, S, truth, prior):
    """Return what needs no threshold of its own; no losses without a `prior`."""
    labels = [1] if S.shape[1] == 1 else np.unique(truth)
    columns = [(truth == label, S[:, min(label, S.shape[1] - 1)]) for label in labels]
    decided = model.decide(S)
    figures = {
        "roc_auc": np.mean([roc_auc_score(*column) for column in columns]),
        "average_precision": np.mean([average_precision_score(*c) for c in columns]),
        "balanced_accuracy": balanced_accuracy_score(truth, decided),
    }
    if S.shape[1] > 1:
        figures["f1"] = f1_score(truth, decided, average="macro", zero_division=0.0)
    if model.has_probabilities and prior is not None:
        P = np.column_stack([1 - S, S]) if S.shape[1] == 1 else S
        # Moved as ResampledClassifier does, but from no farther than log_loss sees.
        log_proba = np.log(P.clip(EPSILON, 1 - EPSILON))
        corrected = np.exp(shift_priors(log_proba, model.shares, prior))
        figures |= dict(zip(PROBABILITY, _losses(P, truth), strict=True))
        figures |= dict(zip(CORRECTED, _losses(corrected, truth), strict=True))
    return {name: float(value) for name, value in figures.items()}


def _losses(P, truth):
    """Return log-loss, Brier score and expected calibration error."""
    n_classes = P.shape[1]
    squares = ((P - np.eye(n_classes)[truth]) ** 2).sum(axis=1)
    if n_classes == 2:
        brier, ece = squares.mean() / 2, calibration_error(P[:, 1], truth == 1)
    else:
        brier = squares.mean()
        ece = calibration_error(P.max(axis=1), P.argmax(axis=1) == truth)
    return log_loss(truth, P, labels=np.arange(n_classes)), brier, ece


def calibration_error(probability, happened):
    """Return the expected calibration error over ten bins of equal width."""
    bins = np.minimum((probability * N_BINS).astype(int), N_BINS - 1)
    gaps = np.bincount(bins, weights=probability - happened, minlength=N_BINS)
    return np.abs(gaps).sum() / len(probability)


def _tuned_figures(tuned, S, truth):
    if tuned is None:
        return {}
    for_f1, for_balanced = ((S[:, 0] >= t).astype(int) for t in tuned)
    return {
        "f1": float(f1_score(truth, for_f1, zero_division=0.0)),
        "balanced_accuracy_tuned": float(balanced_accuracy_score(truth, for_balanced)),
    }
