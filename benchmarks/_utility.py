"""Train on synthetic rows, test on real ones, with XGBoost as published."""

import numpy as np
from sklearn.metrics import roc_auc_score, root_mean_squared_error
from sklearn.model_selection import ParameterGrid
from xgboost import XGBClassifier, XGBRegressor

from benchmarks._fidelity import indicator_matrix

PUBLISHED_GRID = {
    "n_estimators": [10, 50, 100],
    "min_child_weight": [1, 10],
    "max_depth": [5, 10, 20],
    "gamma": [0.0, 1.0],
}
# The corner of the published grid that is used unless the whole is asked for.
SMALL_GRID = {
    "n_estimators": [50, 100],
    "min_child_weight": [10],
    "max_depth": [5, 10],
    "gamma": [0.0],
}
VALIDATION_SHARE = 9
# Targets are clipped to these values before their logarithm is taken.
TARGET_RANGE = (1, 20_000)


def utility(train, test, labels, *, regression, grid=False, seed=0):
    """Return how well XGBoost predicts real targets after training on `train`.

    Parameters
    ----------
    train, test : Rows
        The features, without the target, encoded together.
    labels : pair of ndarray
        The targets of both: 0 and 1, or numbers.
    regression : bool
        Whether targets are numbers.
    grid : bool, default=False
        Whether to search the published grid of 36 points, in the published way: for
        regression its validation compares predicted logarithms with the targets
        themselves. Otherwise a corner of four points is searched, the targets of
        validation being logarithms too.
    seed : int, default=0
        Of the ninth of the training rows that is set aside to choose.

    Returns
    -------
    figure : float
        ROC AUC, or the root of the mean squared error of log targets.
    """
    X, X_test = (indicator_matrix(_transformed(rows, train)) for rows in (train, test))
    y, y_test = labels
    order = np.random.default_rng(seed).permutation(len(y))
    valid, rest = np.split(order, [len(y) // VALIDATION_SHARE])
    fits = []
    for parameters in ParameterGrid(PUBLISHED_GRID if grid else SMALL_GRID):
        if regression:
            model = XGBRegressor(n_jobs=1, tree_method="hist", **parameters)
            model.fit(X[rest], _log(y[rest]))
            expected = y[valid] if grid else _log(y[valid])
            loss = root_mean_squared_error(expected, model.predict(X[valid]))
        else:
            model = XGBClassifier(n_jobs=1, tree_method="hist", **parameters)
            model.fit(X[rest], y[rest])
            loss = -roc_auc_score(y[valid], model.predict_proba(X[valid])[:, 1])
        fits.append((loss, model))
    best = min(fits, key=lambda fit: fit[0])[1]
    if regression:
        return float(root_mean_squared_error(_log(y_test), best.predict(X_test)))
    return float(roc_auc_score(y_test, best.predict_proba(X_test)[:, 1]))


def _transformed(rows, train):
    """Rows as the published code has them.

    The range of the first numeric column decides for all whether logarithms are taken,
    in which all that is below 0.01 becomes the same. Its other transforms only rescale,
    which trees do not see.
    """
    first = train.numeric[:, 0]
    if first.min() >= 0 and first.max() >= 1e3:
        return rows._replace(numeric=np.log(np.maximum(rows.numeric, 1e-2)))
    return rows


def _log(y):
    return np.log(np.clip(y, *TARGET_RANGE))
