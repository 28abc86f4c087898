"""Can a classifier distinguish synthetic rows from real ones?"""

from numbers import Integral
from typing import NamedTuple

import numpy as np
from scipy.stats import norm
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions

from skgen._discriminators import CellFeatures, set_categories
from skgen._math.statistics.auc import cross_validated_auc, delong, equal_row_folds
from skgen._utils.estimators import clone_seeded
from skgen._utils.mixins import refuse_class
from skgen.metrics._registry import Result, metric, report_also
from skgen.metrics._results import Estimate
from skgen.metrics._rules import known_rules, rule_features


class DetectionAUC(NamedTuple):
    """Area under the ROC curve of a classifier of synthetic against real rows."""

    value: float
    standard_error: float
    p_value: float  # of the rows having the same distribution


class Detection(NamedTuple):
    """Scores of rows by classifiers that were fitted to other rows."""

    label: np.ndarray  # (n_rows,), 1 for synthetic rows, which come last
    score: np.ndarray  # (n_rows,), higher for rows that look synthetic
    fold: np.ndarray  # (n_rows,), within which scores can be compared
    importance: np.ndarray | None  # (n_columns,), the area lost without each column


#: constraint of the parameter `classifier`
CLASSIFIER = [
    HasMethods(["fit", "predict_proba"]),
    HasMethods(["fit", "decision_function"]),
    None,
]


def _with_scores(inputs, rng):
    """For a report: the scores of the rows are plotted."""
    pair = thin_to_same_size(inputs.unseen, inputs.synthetic, rng, inputs.max_rows)
    found = detect(inputs.columns, *pair, rng, importance=inputs.explain)
    auc = area(found)
    return Result(Estimate(auc.value, auc.standard_error), found)


def _with_rules(inputs, rng):
    """For a report: the area if the classifier sees how far rows are from rules."""
    pair = thin_to_same_size(inputs.unseen, inputs.synthetic, rng, inputs.max_rows)
    columns, pair = _beside_rules(inputs.columns, pair, inputs.rules, inputs.tables)
    auc = area(detect(columns, *pair, rng))
    return Result(Estimate(auc.value, auc.standard_error))


@metric(
    {
        "classifier": CLASSIFIER,
        "cv": [Interval(Integral, 2, None, closed="left")],
        "rules": ["array-like", StrOptions({"auto"}), None],
        "max_rows": [Interval(Integral, 1, None, closed="left"), None],
    },
    group="fidelity",
    key="detection",
    order=1,
    title="Detection",
    sentence="How well gradient boosting distinguishes synthetic rows from real ones "
    "(ROC AUC): .5 is guessing, 1 is every time.",
    ideal=0.5,
    fair=0.05,
    poor=0.15,
    words={
        "good": "not distinguished from {others}",
        "fair": "distinguished from {others} a little better than by guessing",
        "poor": "distinguished from {others}",
    },
    advice="See which columns it goes by in the table of columns, and try a model that "
    "fits these better.",
    in_report=_with_scores,
)
def detection_auc(
    columns,
    Z_real,
    Z_synthetic,
    rng,
    tables=None,
    *,
    classifier=None,
    cv=5,
    rules=None,
    max_rows=10_000,
):
    """Area under the ROC curve of a classifier of synthetic against real rows.

    This is the classifier two-sample test [1]_. The area, averaged over the folds of a
    cross-validation, is the probability that the classifier ranks a synthetic row above
    a real one. Both tables are thinned to the same number of rows.

    Parameters
    ----------
    real, synthetic : {array-like, dataframe} of shape (n_samples_i, n_features)
        Tables of the same columns, in any container. Pass real rows that the generator
        has not seen: compared with training rows, copies of these look best.
    classifier : object, default=None
        Classifier with ``predict_proba`` or ``decision_function``; a clone is fitted.
        If it has a parameter `categorical_features` and supports missing values, it
        gets the cells as they are, otherwise normal scores of numbers and indicators of
        categories and of missing cells. None stands for
        ``HistGradientBoostingClassifier`` with 100 iterations of depth 6 and learning
        rate 0.3.
    cv : int, default=5
        Number of folds. Rows with few copies are kept in one fold with these: a
        classifier that has seen a row as real is wrong about its synthetic copy.
    rules : "auto", list of Rule or None, default=None
        Rules between columns. The classifier then also sees how far each row is from
        each rule: residuals of sums, products and other rules of numbers, differences
        of columns in an order, and whether any other rule is broken. "auto" finds the
        rules of `real`, as :func:`skgen.rules.find_rules` does.
    categorical_features : "from_dtype", None or array-like, default="from_dtype"
        Which columns are categories: those of a dtype that says so, or names, positions
        or a mask. See :class:`~skgen.TableCodec`.
    max_rows : int or None, default=10_000
        Largest number of rows of each table; None for all rows of the smaller one.
    random_state : int, RandomState instance or None, default=None
        Determines the rows, the folds and the classifiers.

    Returns
    -------
    value : float
        0.5, the best, if rows cannot be distinguished, and 1 if they always are. A
        value below 0.5 by more than its error occurs where rows of one table are
        near-copies of rows of the other.
    standard_error : float
        Over rows, given the classifiers [2]_; NaN if a fold has a single row of a
        table. Near 0.5, classifiers fitted to other rows vary up to 1.4 times as much.
    p_value : float
        Probability of a value that is at least this large for tables of the same
        distribution. It allows for rows that folds share, and is conservative.

    Raises
    ------
    TypeError, ValueError
        If a table cannot be read, the tables have different columns, they have too few
        different rows for `cv` folds, or a rule does not fit the columns.

    See Also
    --------
    rule_violations : Share of rows that break rules.

    Notes
    -----
    The value grows with the number of rows and the strength of the classifier. Compare
    only values of the same `max_rows`, classifier and rules. Trees see a broken sum
    only roughly, as they split by one column at a time; with `rules` they see it as a
    person does who adds up. Published scores [3]_ are ``2 * (1 - value)``, with the
    area of each fold at least 0.5.

    For orientation, a second real table has 0.5 within the error, and rows of an
    `IndependentGenerator` show what the dependence between columns alone gives away.

    References
    ----------
    .. [1] Lopez-Paz & Oquab (2017), "Revisiting Classifier Two-Sample Tests",
       International Conference on Learning Representations.
    .. [2] LeDell, Petersen & van der Laan (2015), "Computationally Efficient Confidence
       Intervals for Cross-validated Area under the ROC Curve Estimates", Electronic
       Journal of Statistics 9.
    .. [3] Zhang et al. (2024), "Mixed-Type Tabular Data Synthesis with Score-based
       Diffusion in Latent Space", International Conference on Learning Representations.

    Examples
    --------
    >>> from skgen.datasets import make_customers
    >>> from skgen.metrics import detection_auc
    >>> real, _ = make_customers(400, random_state=0)
    >>> other, _ = make_customers(400, random_state=1)
    >>> bool(detection_auc(real, other, random_state=0).p_value > 0.05)
    True
    >>> other["visits"] += 10
    >>> bool(detection_auc(real, other, random_state=0).value > 0.9)
    True
    """
    rules = known_rules(rules, tables, Z_real)
    pair = thin_to_same_size(Z_real, Z_synthetic, rng, max_rows)
    columns, pair = _beside_rules(columns, pair, rules, tables)
    return area(detect(columns, *pair, rng, classifier=classifier, cv=cv))


report_also(
    detection_auc,
    key="detection_with_rules",
    order=np.inf,
    title="Detection with rules",
    sentence="The same if it also sees how far each row is from the rules between "
    "columns (ROC AUC): .5 is guessing.",
    words={
        "good": "not distinguished from {others} by rules between columns",
        "fair": "distinguished from {others} a little by rules between columns",
        "poor": "distinguished from {others} by rules between columns",
    },
    advice="Fit the generator with rules='auto', or with a list of the rules that "
    "matter: then its rows keep them.",
    needs_rules=True,
    in_report=_with_rules,
)


def _beside_rules(columns, pair, rules, tables):
    """Columns and rows of two tables, with how far each row is from each rule."""
    if not rules:
        return columns, pair
    features, matrices = rule_features(rules, *map(tables.values, pair))
    pair = [np.hstack(both) for both in zip(pair, matrices, strict=True)]
    return (*columns, *features), pair


def area(detection):
    """Area, standard error and p-value of what `detect` returns."""
    auc, error, chance = cross_validated_auc(
        detection.label, detection.score, detection.fold
    )
    # folds share their rows: either row of a pair is trained on to score the other,
    # which at most doubles the variance
    chance *= np.sqrt(2)
    p_value = norm.sf((auc - 0.5) / chance) if chance > 0 else 1.0
    return DetectionAUC(auc, error, float(p_value))


def thin_to_same_size(Z_real, Z_synthetic, rng, max_rows=None):
    """The same number of random rows of two tables, at most `max_rows` of each."""
    n_rows = min(len(Z_real), len(Z_synthetic), *([max_rows] if max_rows else []))
    return [
        Z if len(Z) == n_rows else Z[rng.choice(len(Z), n_rows, replace=False)]
        for Z in (Z_real, Z_synthetic)
    ]


def detect(
    columns, Z_real, Z_synthetic, rng, *, classifier=None, cv=5, importance=False
):
    """Score each row by a classifier that was fitted to the rows of other folds.

    Parameters
    ----------
    columns : sequence of Column
    Z_real, Z_synthetic : ndarray of shape (n_samples_i, n_columns)
        NaN where a cell is missing; at least `cv` rows.
    rng : numpy.random.Generator
    classifier : object, default=None
        As in `detection_auc`.
    cv : int, default=5
        Number of folds.
    importance : bool, default=False
        Whether to compute the loss of area if a column is permuted within a fold.

    Returns
    -------
    detection : Detection
    """
    refuse_class("classifier", classifier)
    Z = np.vstack([Z_real, Z_synthetic])
    label = np.repeat([0, 1], [len(Z_real), len(Z_synthetic)])
    fold = _folds(Z, label, cv, rng)
    classifier = default_classifier() if classifier is None else classifier
    score, lost = np.empty(len(Z)), np.zeros((cv, len(columns)))
    for k in range(cv):
        rest, here = fold != k, fold == k
        detector = _Detector(classifier, columns, Z[rest], label[rest], rng)
        score[here] = detector.score(Z[here])
        if importance:
            lost[k] = _lost_area(detector, Z[here], label[here], rng)
    return Detection(label, score, fold, lost.mean(axis=0) if importance else None)


def default_classifier():
    """Gradient boosting that is as strong as published detectors."""
    return HistGradientBoostingClassifier(
        max_iter=100, learning_rate=0.3, max_depth=6, early_stopping=False
    )


class _Detector:
    """A fitted classifier of encoded rows, on cells or on features of these."""

    def __init__(self, classifier, columns, cells, label, rng):
        # not every classifier supports columns without known cells
        self.used = np.flatnonzero(~np.isnan(cells).all(axis=0))
        if not len(self.used):
            return
        columns, cells = [columns[j] for j in self.used], cells[:, self.used]
        classifier, native = set_categories(classifier, columns)
        self.features = (
            None if native else CellFeatures(columns, cells, np.ones(len(cells)))
        )
        X = cells if native else self.features.matrix(cells)
        self.fitted = clone_seeded(classifier, rng).fit(X, label)

    def score(self, cells):
        if not len(self.used):
            return np.zeros(len(cells))
        cells = cells[:, self.used]
        X = cells if self.features is None else self.features.matrix(cells)
        if hasattr(self.fitted, "decision_function"):
            return self.fitted.decision_function(X)
        return self.fitted.predict_proba(X)[:, 1]


def _lost_area(detector, cells, label, rng):
    """Permutation importance of each column: loss of area without it."""
    area, _ = delong(label, detector.score(cells))
    lost = np.zeros(cells.shape[1])
    for j in detector.used:
        permuted = cells.copy()
        permuted[:, j] = rng.permutation(cells[:, j])
        lost[j] = area - delong(label, detector.score(permuted))[0]
    return lost


def _folds(Z, label, cv, rng):
    fold = equal_row_folds(Z, label, cv, rng)
    held = np.zeros((2, cv), dtype=bool)
    held[label, fold] = True
    if not held.all():
        raise ValueError(
            f"cv={cv} folds need rows of both tables in each, copies of a row kept "
            f"together; got {np.sum(label == 0)} rows of real and {np.sum(label == 1)} "
            "of synthetic. Pass more distinct rows or fewer folds."
        )
    return fold
