"""Prediction of one column from the others: data, models and test scores."""

from typing import NamedTuple

import numpy as np
from sklearn.base import is_classifier, is_regressor
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
)
from sklearn.metrics import check_scoring, roc_auc_score

from skgen._math.statistics.jackknife import jackknife
from skgen._table.cells import column_error
from skgen._table.columns import select_columns
from skgen._table.containers.numpy_tables import NumpyTables
from skgen._table.containers.tables import as_table
from skgen._table.rows import concat_rows, take_rows
from skgen._utils.estimators import clone_seeded

#: largest number of categories that gradient boosting supports
_NATIVE_CATEGORIES = 255
#: a column of whole numbers with at most this number of values holds classes
_MAX_CLASSES = 10
#: groups of test rows that are left out in turn
_N_GROUPS = 10
#: one of four real rows is a test row if there is no holdout
_ONE_IN = 4


class Task(NamedTuple):
    """The estimator to fit, and its score."""

    name: object  # of the target
    estimator: object
    scorer: object  # None for the mean ROC AUC, or R²
    is_class: bool
    encoded: bool  # whether X is a matrix of encoded cells


class LabelledRows(NamedTuple):
    """Features and target of rows."""

    X: object  # a table or matrix
    y: np.ndarray

    def take(self, rows):
        return LabelledRows(take_rows(self.X, rows), self.y[rows])


# --- tables -------------------------------------------------------------------------


def read_matrix_task(tables, position, scoring=None):
    """Task of gradient boosting on encoded cells, and the rows of each table.

    Parameters
    ----------
    tables : Tables
    position : int
        Of the target.
    scoring : str, callable or None

    Returns
    -------
    task : Task
    rows : list of LabelledRows
        Those whose target is known.
    """
    columns, matrices = tables.columns, tables.matrices
    features = [
        j for j, column in enumerate(columns) if j != position and column.modelled
    ]
    is_class = _is_class(columns[position], matrices[0][:, position])
    model = (
        HistGradientBoostingClassifier if is_class else HistGradientBoostingRegressor
    )
    native = [
        columns[j].discrete and columns[j].n_categories <= _NATIVE_CATEGORIES
        for j in features
    ]
    # early stopping holds out rows, stratified, which a class of one row prevents
    estimator = model(categorical_features=native, early_stopping=False)
    frames = [Z[:, features] for Z in matrices]
    task, rows = _task_and_rows(tables, position, frames, estimator, scoring, is_class)
    return task._replace(encoded=True), rows


def read_table_task(tables, read, position, estimator, scoring):
    """Task of the user's estimator on tables in the dtypes of the first one.

    Parameters
    ----------
    tables : dict of {str: table}
    read : Tables
        The same tables, encoded.
    position, scoring
        As in `read_matrix_task`.
    estimator : classifier or regressor
    """
    names = [column.name for column in read.columns]
    target = read.columns[position]
    is_class = _is_class(target, read.matrices[0][:, position])
    if is_class and is_regressor(estimator) and target.discrete:
        raise column_error(
            target.name,
            f"holds classes, but {type(estimator).__name__} is a regressor: pass a "
            "classifier as `estimator`.",
        )
    if is_classifier(estimator) or is_regressor(estimator):
        is_class = is_classifier(estimator)
    features = [j for j in range(len(names)) if j != position]
    _check_features(target.name, features)
    frames = _same_dtypes(tables, names, features)
    return _task_and_rows(read, position, frames, estimator, scoring, is_class)


def _task_and_rows(tables, position, frames, estimator, scoring, is_class):
    column = tables.columns[position]
    _check_features(column.name, frames[0].shape[1])
    targets = _targets(tables, position, is_class)
    rows = [
        LabelledRows(X, y).take(np.flatnonzero(~np.isnan(Z[:, position])))
        for X, y, Z in zip(frames, targets, tables.matrices, strict=True)
    ]
    scorer = None if scoring is None else check_scoring(estimator, scoring)
    _check_responses(estimator, scorer, is_class)
    return Task(column.name, estimator, scorer, is_class, False), rows


def _is_class(column, z):
    """Whether a column holds classes."""
    known = z[~np.isnan(z)]
    if not column.modelled:
        raise column_error(
            column.name, "is the target, but has no observed cell in real."
        )
    # a count of many values is a number, and slow to fit as classes
    few = column.kind == "integer" and len(np.unique(known)) <= _MAX_CLASSES
    return column.discrete or few


def _targets(tables, position, is_class):
    """Labels of classes, or numbers, of the rows of each table."""
    column, categories = tables.columns[position], tables.categories[position]
    targets = [Z[:, position] for Z in tables.matrices]
    if not is_class:
        return targets
    if categories is not None:
        # rows with a missing cell are dropped later, whatever their label
        labels = np.array(categories.tolist())
        return [labels[np.nan_to_num(z).astype(np.intp)] for z in targets]
    if any((z[~np.isnan(z)] % 1).any() for z in targets):
        raise column_error(
            column.name,
            "is predicted by a classifier, but holds numbers that are not whole: pass "
            "a regressor, or round them.",
        )
    return [np.nan_to_num(z).astype(np.int64) for z in targets]


def _same_dtypes(tables, names, features):
    """Features of each table in the order and dtypes of the first one."""
    frames = []
    for argument, X in tables.items():
        container, X = as_table(X)
        own = container.names(X)
        by_name = container is not NumpyTables and set(own) == set(names)
        places = [own.index(names[j]) for j in features] if by_name else features
        X = select_columns(X, places)
        if frames:
            try:
                X = concat_rows(take_rows(frames[0], []), X)
            except ValueError as error:
                raise ValueError(f"{argument}: {error}") from error
        frames.append(X)
    return frames


def _check_features(name, n_features):
    if not n_features:
        raise column_error(
            name, "is the target, and no other column has an observed cell in real."
        )


def _check_responses(estimator, scorer, is_class):
    responses = ("predict_proba", "decision_function")
    if scorer is not None or not is_class:
        return
    if not any(hasattr(estimator, response) for response in responses):
        raise ValueError(
            f"estimator: {type(estimator).__name__} has neither predict_proba nor "
            "decision_function, which the ROC AUC needs. Pass another one, or "
            "scoring='balanced_accuracy'."
        )


def prepare_rows(task, rows, max_rows, rng):
    """Training rows, synthetic rows and test rows.

    Parameters
    ----------
    task : Task
    rows : list of LabelledRows
        Real, synthetic and held-out ones. Without held-out rows, some real rows are
        used for the test.
    max_rows : int or None
        Larger tables are thinned to this number of rows at random.
    rng : numpy.random.Generator
    """
    rows = [_subsample_task(part, max_rows, rng) for part in rows]
    if len(rows) == 2:
        train, test = _split(rows[0], rng)
        rows = [train, rows[1], test]
    for argument, part in zip(("real", "synthetic", "holdout"), rows, strict=True):
        if len(part.y) == 0:
            raise column_error(
                task.name, f"is the target, but has no observed cell in {argument}."
            )
    test = rows[2]
    if task.scorer is None and (test.y == test.y[0]).all():
        score = "ROC AUC of a single class" if task.is_class else "R² of a single value"
        raise column_error(
            task.name,
            f"has the same value in all {len(test.y)} test rows, and there is no "
            f"{score}. Hold out more rows, or choose another `scoring`.",
        )
    return rows


def _subsample_task(rows, max_rows, rng):
    if max_rows is None or len(rows.y) <= max_rows:
        return rows
    return rows.take(rng.choice(len(rows.y), max_rows, replace=False))


def _split(rows, rng):
    """Training and test rows, stratified by y."""
    _, level = np.unique(rows.y, return_inverse=True)
    order = np.lexsort((rng.random(len(level)), level))
    if len(order) < 2 * _ONE_IN:
        raise ValueError(
            f"real has {len(order)} rows whose target is known, too few to hold out "
            "some: pass `holdout`."
        )
    is_test = np.zeros(len(order), dtype=bool)
    is_test[order[rng.integers(_ONE_IN) :: _ONE_IN]] = True
    return rows.take(np.flatnonzero(~is_test)), rows.take(np.flatnonzero(is_test))


# --- models and their scores --------------------------------------------------------


def fit_model(task, rows, seed):
    """The estimator, fitted to rows with the same seeds in each call."""
    if task.is_class and (rows.y == rows.y[0]).all():
        return DummyClassifier().fit(rows.X, rows.y)
    estimator = clone_seeded(task.estimator, np.random.default_rng(seed))
    X = rows.X
    if task.encoded:
        # gradient boosting needs a known cell in each column
        X = np.where(np.isnan(X).all(axis=0), 0.0, X)
    return estimator.fit(X, rows.y)


def score_function(task, model, test):
    """Function of positions of test rows that returns the score of a model on these."""
    if task.scorer is not None:
        return lambda rows: task.scorer(model, *test.take(rows))
    if not task.is_class:
        predicted = model.predict(test.X)
        return lambda rows: _r_squared(test.y[rows], predicted[rows])
    scores, classes = _class_scores(model, test.X), model.classes_
    return lambda rows: _mean_auc(test.y[rows], scores[rows], classes)


def _class_scores(model, X):
    """Scores of the classes of a model, of shape (n_rows, n_classes)."""
    if hasattr(model, "predict_proba"):
        return model.predict_proba(X)
    scores = model.decision_function(X)
    return np.column_stack([-scores, scores]) if scores.ndim == 1 else scores


def _mean_auc(y, scores, classes):
    """Mean ROC AUC of each class of y against all others; NaN for a single class."""
    present = np.unique(y).tolist()
    if len(present) < 2:
        return np.nan
    unknown = np.zeros(len(y))
    column = dict(zip(classes.tolist(), scores.T, strict=True))
    return np.mean([roc_auc_score(y == c, column.get(c, unknown)) for c in present])


def _r_squared(y, predicted):
    """Coefficient of determination; NaN if y is constant."""
    total = np.square(y - np.mean(y)).sum()
    return 1 - np.square(y - predicted).sum() / total if total > 0 else np.nan


def score_with_error(score, test, task, rng):
    """Score of all test rows, and its standard error over these.

    Parameters
    ----------
    score : callable
        Takes positions of test rows, returns a float or an array.
    test : LabelledRows
    task : Task
    rng : numpy.random.Generator
    """
    rows = np.arange(len(test.y))
    rare = np.zeros(len(rows), dtype=bool)
    if task.is_class:
        _, level, count = np.unique(test.y, return_inverse=True, return_counts=True)
        # no class may disappear with a group
        rare = count[level] < _N_GROUPS
    return jackknife(
        lambda some: score(np.concatenate([rows[rare], some])),
        [rows[~rare]],
        rng,
        n_groups=_N_GROUPS,
    )
