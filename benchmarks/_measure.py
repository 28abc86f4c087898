"""What the benchmarks measure: seconds, peak memory, detection, copies."""

import os
import pickle
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_score

REPOSITORY = Path(__file__).resolve().parents[1]
ONE_CORE = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}
# The most categories that HistGradientBoostingClassifier takes in one column.
MAX_CATEGORIES = 255


def seconds(function, *args):
    """Return the result of `function` and the seconds it took."""
    start = time.perf_counter()
    result = function(*args)
    return result, time.perf_counter() - start


def processor_seconds(function, *args):
    """Return the result and processor seconds, on which others have less influence."""
    start = time.process_time()
    result = function(*args)
    return result, time.process_time() - start


def peak_megabytes():
    """Return the peak resident memory of this process so far, in MB.

    On Linux ``ru_maxrss`` survives ``exec``, so that a child would report the
    memory of a larger parent; ``VmHWM`` starts afresh there.
    """
    if sys.platform == "linux":
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024**2 if sys.platform == "darwin" else 1024)


def in_fresh_process(function, *args, all_threads=False):
    """Call `function` in a new interpreter, by default on one core.

    Parameters
    ----------
    function : callable
        A module-level function; it, its arguments and its result are pickled.
    *args : objects
        Its arguments.
    all_threads : bool, default=False
        Whether numerical libraries may use one thread per core.

    Returns
    -------
    result : object
        What the function returned.
    before, peak : float
        Peak resident memory in MB just before and after the call. The first
        holds the interpreter, the imports and the arguments.
    """
    path = os.pathsep.join(
        filter(None, [str(REPOSITORY), os.environ.get("PYTHONPATH")])
    )
    others = {k: v for k, v in os.environ.items() if k not in ONE_CORE}
    threads = {} if all_threads else ONE_CORE
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer.pickle"
        subprocess.run(
            [sys.executable, "-m", "benchmarks._measure", str(answer)],
            input=pickle.dumps((function, args)),
            env={**others, **threads, "PYTHONPATH": path},
            check=True,
        )
        return pickle.loads(answer.read_bytes())


def _answer(path):
    function, args = pickle.load(sys.stdin.buffer)
    before = peak_megabytes()
    result = function(*args)
    peak = peak_megabytes()
    Path(path).write_bytes(pickle.dumps((result, before, peak)))


def ordinal_codes(*tables):
    """Code tables of the same columns as float matrices that agree.

    Categories become ordinal codes of the levels of all tables together, dates
    become days, and missing cells stay missing (NaN).

    Returns
    -------
    matrices : list of ndarray of shape (n_rows of the table, n_columns)
    categorical : ndarray of shape (n_columns,)
        Whether a column holds categories, no more than 255 of them.
    """
    whole = pd.concat(tables, ignore_index=True)
    codes, categorical = zip(*(_column_codes(whole[c]) for c in whole), strict=True)
    # Adding 0.0 turns -0.0 into 0.0, which is the same value in a copied row.
    matrix = np.column_stack(codes) + 0.0
    ends = np.cumsum([len(table) for table in tables])[:-1]
    return np.split(matrix, ends), np.array(categorical)


def _column_codes(column):
    if pd.api.types.is_datetime64_any_dtype(column):
        return (column - column.min()) / pd.Timedelta(days=1), False
    if pd.api.types.is_bool_dtype(column) or pd.api.types.is_numeric_dtype(column):
        return column.to_numpy(dtype=np.float64, na_value=np.nan), False
    codes, levels = pd.factorize(column.astype(object), sort=True)
    return np.where(codes < 0, np.nan, codes), len(levels) <= MAX_CATEGORIES


def detection_auc(real, other, *, seed=0, folds=5):
    """Return the AUC of a classifier that distinguishes two samples of rows.

    The larger sample is thinned at random to the size of the smaller; the score
    is the mean ROC AUC of a gradient boosting with scikit-learn's defaults over
    stratified, shuffled folds: 0.5 if they cannot be distinguished.
    """
    rng = np.random.default_rng(seed)
    size = min(len(real), len(other))
    (real, other), categorical = ordinal_codes(real, other)
    rows = [Z[rng.choice(len(Z), size, replace=False)] for Z in (real, other)]
    judge = HistGradientBoostingClassifier(
        categorical_features=categorical, random_state=seed
    )
    split = StratifiedKFold(folds, shuffle=True, random_state=seed)
    Z, label = np.concatenate(rows), np.repeat([0, 1], size)
    return cross_val_score(judge, Z, label, cv=split, scoring="roc_auc").mean()


def utility_auc(train, test, target, *, seed=0):
    """Return the ROC AUC on `test` of a gradient boosting trained on `train`."""
    features = [c for c in train if c != target]
    (Z, Z_test), categorical = ordinal_codes(train[features], test[features])
    (y, y_test), _ = ordinal_codes(train[[target]], test[[target]])
    model = HistGradientBoostingClassifier(
        categorical_features=categorical, random_state=seed
    )
    model.fit(Z, y.ravel())
    return roc_auc_score(y_test.ravel(), model.predict_proba(Z_test)[:, 1])


def copy_rate(rows, train):
    """Return the share of `rows` that occur, cell for cell, in `train`."""
    codes, _ = ordinal_codes(rows, train)
    hashes = [pd.util.hash_pandas_object(pd.DataFrame(Z), index=False) for Z in codes]
    return hashes[0].isin(hashes[1]).mean()


if __name__ == "__main__":
    _answer(sys.argv[1])
