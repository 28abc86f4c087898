"""Whether a classifier can tell synthetic rows from real ones."""

from numbers import Integral
from typing import NamedTuple

import numpy as np
from scipy.stats import norm
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.utils._param_validation import HasMethods, Interval, validate_params

from skgen._discriminators.features import CellFeatures, tell_categories
from skgen._math.statistics.auc import cross_validated_auc, delong, equal_row_folds
from skgen._table.joint_tables import read_tables
from skgen._utils.estimators import clone_seeded
from skgen._utils.mixins import refuse_class
from skgen._utils.random import make_rng


class DetectionAUC(NamedTuple):
    """Area under the ROC curve of a classifier of synthetic against real rows."""

    value: float
    standard_error: float
    p_value: float  # of the rows having the same distribution


class Detection(NamedTuple):
    """What a classifier says of each row, having been fitted to other rows."""

    label: np.ndarray  # (n_rows,), 1 for synthetic rows, which come last
    score: np.ndarray  # (n_rows,), higher for rows that look synthetic
    fold: np.ndarray  # (n_rows,), within which scores can be compared
    importance: np.ndarray | None  # (n_columns,), the area lost without each column


#: what can tell rows apart
CLASSIFIER = [
    HasMethods(["fit", "predict_proba"]),
    HasMethods(["fit", "decision_function"]),
    None,
]


@validate_params(
    {
        "classifier": CLASSIFIER,
        "cv": [Interval(Integral, 2, None, closed="left")],
        "max_rows": [Interval(Integral, 1, None, closed="left"), None],
        "random_state": ["random_state"],
    },
    prefer_skip_nested_validation=True,
)
def detection_auc(
    real,
    synthetic,
    *,
    classifier=None,
    cv=5,
    categorical_features="from_dtype",
    max_rows=10_000,
    random_state=None,
):
    """How well a classifier tells synthetic rows from real ones.

    The classifier two-sample test [1]_: the mean over the folds of a cross-validation
    of the area under the ROC curve, that is the probability that of a synthetic and a
    real row the classifier holds the synthetic one for it. Both tables are thinned to
    the same number of rows.

    Parameters
    ----------
    real, synthetic : {array-like, dataframe} of shape (n_samples_i, n_features)
        Tables of the same columns, of any container. The real rows should be ones that
        the generator has not seen: beside those it was fitted to, copies of them look
        the best.
    classifier : object, default=None
        Any with ``predict_proba`` or ``decision_function``; it is left unchanged. One
        that has `categorical_features` and takes missing cells sees the cells as they
        are, any other normal scores of the numbers and indicators of categories and of
        missing cells. None stands for a strict one: 100 iterations of
        ``HistGradientBoostingClassifier`` of depth 6 and learning rate 0.3.
    cv : int, default=5
        Number of folds. Equal rows of a few copies are kept in one fold: a classifier
        that has seen a row as a real one is wrong about its synthetic copy.
    categorical_features : "from_dtype", None or array-like, default="from_dtype"
        Which columns are categories: those of a dtype that says so, or names, positions
        or a mask. See :class:`~skgen.TableCodec`.
    max_rows : int or None, default=10_000
        Largest number of rows of each table; None for as many as the smaller one has.
    random_state : int, RandomState instance or None, default=None
        Determines the rows, the folds and the classifiers.

    Returns
    -------
    value : float
        0.5 is the best: not told apart. 1 is told apart without fail. It is reported as
        it is: below 0.5 by more than its error, the classifier has learned the opposite
        of what holds for other rows, as where rows of one table are near-copies of rows
        of the other.
    standard_error : float
        Of the rows that were judged, given the classifiers [2]_; NaN where a fold has
        a single row of a table. Near 0.5 the value of another classifier, fitted to
        other rows, varies up to 1.4 times as much.
    p_value : float
        Probability of at least this value for tables of the same distribution. It
        allows for what the folds share, and is rather too large.

    Raises
    ------
    TypeError, ValueError
        If a table cannot be read, the tables have different columns, or they have too
        few different rows for as many folds.

    Notes
    -----
    The value grows with the number of rows and the strength of the classifier, so that
    only figures of the same `max_rows` and classifier can be compared. Published scores
    [3]_ are ``2 * (1 - value)``, with the area of each fold floored at 0.5.

    A second real table gives 0.5 within the error, and an `IndependentGenerator` what
    is told apart by the dependence between columns: 0.506 and 0.991 on 10,000 rows of
    the Adult table.

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
    tables = read_tables(
        {"real": real, "synthetic": synthetic},
        categorical_features=categorical_features,
    )
    return _detection_auc(
        tables.columns,
        *tables.matrices,
        make_rng(random_state),
        classifier=classifier,
        cv=cv,
        max_rows=max_rows,
    )


def _detection_auc(
    columns, Z_real, Z_synthetic, rng, *, classifier=None, cv=5, max_rows=10_000
):
    """`detection_auc` of encoded tables."""
    Z_real, Z_synthetic = thin_to_same_size(Z_real, Z_synthetic, rng, max_rows)
    found = detect(columns, Z_real, Z_synthetic, rng, classifier=classifier, cv=cv)
    return area(found)


def area(detection):
    """Area, standard error and p-value of what `detect` returns."""
    auc, error, chance = cross_validated_auc(
        detection.label, detection.score, detection.fold
    )
    # folds share their rows: each pair of rows counts twice, as one tells of the other
    # and the other of it, which at most doubles the variance
    chance *= np.sqrt(2)
    p_value = norm.sf((auc - 0.5) / chance) if chance > 0 else 1.0
    return DetectionAUC(auc, error, float(p_value))


def thin_to_same_size(Z_real, Z_synthetic, rng, max_rows=None):
    """Random rows of two tables, equally many and at most `max_rows` of each."""
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
        Whether to measure the loss of area where a column is permuted among the rows of
        a fold.

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
        judge = _Judge(classifier, columns, Z[rest], label[rest], rng)
        score[here] = judge.score(Z[here])
        if importance:
            lost[k] = _lost_area(judge, Z[here], label[here], rng)
    return Detection(label, score, fold, lost.mean(axis=0) if importance else None)


def default_classifier():
    """Gradient boosting as strict as published judges, on cells as they are."""
    return HistGradientBoostingClassifier(
        max_iter=100, learning_rate=0.3, max_depth=6, early_stopping=False
    )


class _Judge:
    """A fitted classifier of cells, whatever it sees of them."""

    def __init__(self, classifier, columns, cells, label, rng):
        # a column without cells tells nothing, and not every classifier takes it
        self.used = np.flatnonzero(~np.isnan(cells).all(axis=0))
        if not len(self.used):
            return
        columns, cells = [columns[j] for j in self.used], cells[:, self.used]
        classifier, native = tell_categories(classifier, columns)
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


def _lost_area(judge, cells, label, rng):
    """Loss of area where the cells of a column, of each one in turn, are permuted."""
    area, _ = delong(label, judge.score(cells))
    lost = np.zeros(cells.shape[1])
    for j in judge.used:
        permuted = cells.copy()
        permuted[:, j] = rng.permutation(cells[:, j])
        lost[j] = area - delong(label, judge.score(permuted))[0]
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
