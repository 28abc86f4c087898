"""``python -m skgen demo``: over-sampling methods compared by cross-validation."""

import sys
from contextlib import contextmanager
from itertools import count
from typing import NamedTuple

import numpy as np
from imblearn.over_sampling import SMOTE
from imblearn.pipeline import Pipeline
from sklearn.base import clone
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import RepeatedStratifiedKFold, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from threadpoolctl import threadpool_limits

from skgen.datasets import make_customers
from skgen.resampling import GenerativeOverSampler

METRICS = {
    "ROC AUC": "roc_auc",
    "avg. precision": "average_precision",
    "balanced acc.": "balanced_accuracy",
    "log-loss": "neg_log_loss",
}
METHODS = ("nothing", "class weights", "SMOTE", "skgen")
CLASSIFIERS = (
    LogisticRegression(max_iter=1000),
    # Few bins: with class weights, binning is slow.
    HistGradientBoostingClassifier(
        max_iter=40, max_leaf_nodes=8, max_bins=64, random_state=0
    ),
)
N_MALIGNANT = 30
N_CUSTOMERS = 2000
HOW_TO_READ = """\
How to read it: mean (standard deviation) over test folds, which are never resampled;
higher is better, except for log-loss. Resampling and class weights shift the predicted
probabilities: that worsens log-loss, and improves balanced accuracy much like another
threshold than 0.5. So only ROC AUC and average precision show whether the ranking is
better, and only if the gain is large compared with the standard deviation. New rows
help most where few rows are rare; from some 500 on, expect little. Full balance often
lowers average precision, whichever method makes it: to rank rows, fill up about a third
of the way, with sampling_strategy."""


class Problem(NamedTuple):
    """A table with a rare class, and a transformer that makes it numeric."""

    title: str
    X: object
    y: object
    prepare: object


def run_demo(*, n_repeats=1, random_state=0):
    """Print scores of resampling methods under cross-validation, on two tables.

    Parameters
    ----------
    n_repeats : int, default=1
        Repetitions of stratified 5-fold cross-validation.
    random_state : int, default=0
        Seed of the data, the folds and the resampling.
    """
    folds = RepeatedStratifiedKFold(
        n_splits=5, n_repeats=n_repeats, random_state=random_state
    )
    problems = (make_tumours(random_state), make_churn(random_state))
    n_steps = len(problems) * len(CLASSIFIERS) * len(METHODS)
    # Such small tables gain nothing from threads, and lose much if other processes
    # compete for the cores.
    with threadpool_limits(limits=1), report_progress(n_steps) as advance:
        blocks = [
            evaluate_block(problem, classifier, folds, random_state, advance)
            for problem in problems
            for classifier in CLASSIFIERS
        ]
    print("\n\n".join([*blocks, HOW_TO_READ]))


def make_tumours(random_state):
    """Breast-cancer data of scikit-learn, without most of the malignant tumours."""
    X, target = load_breast_cancer(return_X_y=True)
    rng = np.random.default_rng(random_state)
    malignant = rng.permutation(np.flatnonzero(target == 0))[:N_MALIGNANT]
    rows = np.sort(np.concatenate([np.flatnonzero(target == 1), malignant]))
    y = (target[rows] == 0).astype(int)
    return Problem("Breast cancer", X[rows], y, StandardScaler())


def make_churn(random_state):
    """Simulated customers: the raw table, and a transformer that makes it numeric."""
    X, y = make_customers(N_CUSTOMERS, random_state=random_state)
    fill = make_pipeline(SimpleImputer(), StandardScaler())
    prepare = make_column_transformer(
        (
            make_pipeline(FunctionTransformer(count_days), fill),
            make_column_selector(dtype_include="datetime"),
        ),
        (fill, make_column_selector(dtype_include="number")),
        (OneHotEncoder(handle_unknown="ignore"), ["country", "plan"]),
        ("passthrough", ["newsletter"]),
        sparse_threshold=0,
    )
    return Problem("Customers", X, y, prepare)


def count_days(dates):
    """Days since 1970 of each date in a table; NaN where missing."""
    days = dates.to_numpy().astype("datetime64[D]")
    return np.where(np.isnat(days), np.nan, days.astype(np.float64))


def make_pipelines(problem, classifier, random_state):
    """One pipeline per name in `METHODS`."""
    prepare = ("prepare", problem.prepare)
    classify = ("classify", classifier)
    balanced = clone(classifier).set_params(class_weight="balanced")
    smote = ("over", SMOTE(random_state=random_state))
    # The generator learns from the raw table, with mixed columns and missing cells.
    skgen = ("over", GenerativeOverSampler(random_state=random_state))
    steps = (
        [prepare, classify],
        [prepare, ("classify", balanced)],
        [prepare, smote, classify],
        [skgen, prepare, classify],
    )
    return {name: Pipeline(part) for name, part in zip(METHODS, steps, strict=True)}


def evaluate_block(problem, classifier, folds, random_state, advance):
    """Lines of the report for one table and one classifier."""
    name = type(classifier).__name__
    lines = [
        f"{problem.title}, {sum(problem.y)} of {len(problem.y)} rows rare, {name}",
        " ".join([f"{'':14}", *(f"{metric:>15}" for metric in METRICS)]),
    ]
    for method, pipeline in make_pipelines(problem, classifier, random_state).items():
        advance(f"{problem.title}, {name}, {method}")
        scores = cross_validate(
            pipeline,
            problem.X,
            problem.y,
            cv=folds,
            scoring=list(METRICS.values()),
            error_score="raise",
        )
        cells = [format_scores(scores[f"test_{key}"]) for key in METRICS.values()]
        lines.append(" ".join([f"{method:14}", *cells]))
    return "\n".join(lines)


def format_scores(scores):
    """Format mean and standard deviation over the folds as one cell of the report."""
    return f"{abs(scores.mean()):6.3f} ({scores.std():.3f})".rjust(15)


@contextmanager
def report_progress(n_steps):
    """Provide a function that reports on stderr which of `n_steps` begins."""
    try:
        from rich.console import Console
        from rich.progress import Progress
    except ImportError:
        Progress = None
    begun = count()
    if Progress is None or not sys.stderr.isatty():
        yield lambda text: print(
            f"[{next(begun) + 1}/{n_steps}] {text}", file=sys.stderr, flush=True
        )
    else:
        with Progress(console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("", total=n_steps)
            yield lambda text: bar.update(task, completed=next(begun), description=text)
