"""Score classifiers trained after oversampling, one sampler beside another.

Protocol. Binary tables of one suite of the catalog; the rarer class is positive.
Stratified, shuffled folds with a fixed seed. In every fold each sampler resamples
the training rows once and five classifiers are fitted on the same resampled rows:
logistic regression and 5 nearest neighbours (standardised), a tree of depth 8, a
forest of 100 trees, histogram gradient boosting; all else at scikit-learn's
defaults. The held-out rows are never resampled.

Classifiers see numbers: missing numeric cells become the median and categories
one-hot columns, both learned from the real training rows of the fold. Samplers get
the raw table, except those wrapped in `Encoded`, such as SMOTE, which get the
numbers. SMOTE uses 5 neighbours, or all others where a class has fewer rows.

Scores are means over folds of ROC AUC, average precision, balanced accuracy (at
probability one half) and log-loss; then over tables and classifiers. Differences
come with the standard error of the mean of the per-table differences. Ranks are
those of the samplers within a table and classifier, 1 the best. Seconds are those
of the resampling alone, per fold.
"""

import json
import sys
import warnings
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from imblearn.over_sampling import SMOTE, RandomOverSampler
from joblib import Parallel, delayed
from sklearn.base import clone
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    average_precision_score,
    balanced_accuracy_score,
    log_loss,
    roc_auc_score,
)
from sklearn.model_selection import StratifiedKFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from benchmarks._data import load, suite
from benchmarks._measure import seconds
from benchmarks._report import format_table, source_fingerprint, write_result

CLASSIFIERS = {
    "logistic": make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)),
    "neighbors": make_pipeline(StandardScaler(), KNeighborsClassifier()),
    "tree": DecisionTreeClassifier(max_depth=8, random_state=0),
    "forest": RandomForestClassifier(random_state=0),
    "boosting": HistGradientBoostingClassifier(random_state=0),
}
# Whether more is better.
METRICS = {
    "roc_auc": True,
    "average_precision": True,
    "balanced_accuracy": True,
    "log_loss": False,
}
SEED = 0


@dataclass(frozen=True)
class Encoded:
    """A sampler that needs numbers: it gets the encoded rows, not the table."""

    sampler: object


def named_samplers(names):
    """Return {name: sampler} for names of the command line."""
    makers = {
        "none": lambda: None,
        "ros": RandomOverSampler,
        "smote": lambda: Encoded(SMOTE()),
        "skgen": _generative,
    }
    unknown = set(names) - set(makers)
    if unknown:
        raise ValueError(f"Unknown samplers {sorted(unknown)}; known: {list(makers)}.")
    return {name: makers[name]() for name in names}


def _generative():
    from skgen import GenerativeOverSampler

    return GenerativeOverSampler()


def run(samplers, *, tables, folds=4, resume=None, n_jobs=1):
    """Score samplers on tables.

    Parameters
    ----------
    samplers : dict of {str: sampler}
        Anything with ``fit_resample`` for raw tables, `Encoded` around a sampler
        for numbers, or None for no resampling.
    tables : list of str
        Names of binary tables of the catalog.
    folds : int, default=4
        The number of stratified folds.
    resume : path, default=None
        A file of JSON lines, one per table and sampler: the pairs in it are not
        run again and new ones are added. A sampler is known by its name alone: use
        another file, or another name, once its code has changed.
    n_jobs : int, default=1
        The number of tables at a time.

    Returns
    -------
    scores : DataFrame
        One row per table, sampler and classifier with the metrics,
        ``sampler_seconds`` and ``classifier_seconds``, means over the folds.
    """
    known = _read_resumed(resume, folds)
    missing = [
        (table, name, sampler)
        for table in tables
        for name, sampler in samplers.items()
        if (table, name) not in known
    ]
    parallel = Parallel(n_jobs=n_jobs, return_as="generator_unordered")
    records = parallel(delayed(_score_table)(*work, folds) for work in missing)
    for done, entry in enumerate(records, 1):
        known[entry["table"], entry["sampler"]] = entry
        if resume is not None:
            with Path(resume).open("a", encoding="utf-8") as lines:
                lines.write(json.dumps(entry) + "\n")
        print(
            f"[{done}/{len(missing)}] {entry['table']} {entry['sampler']}: "
            f"{entry['sampler_seconds']:.2f} s a fold",
            file=sys.stderr,
            flush=True,
        )
    return _flatten([known[table, name] for table in tables for name in samplers])


def _read_resumed(resume, folds):
    if resume is None or not Path(resume).exists():
        return {}
    lines = Path(resume).read_text(encoding="utf-8").splitlines()
    entries = [json.loads(line) for line in lines]
    other = {entry["folds"] for entry in entries} - {folds}
    if other:
        raise ValueError(
            f"{str(resume)!r} holds scores of {sorted(other)} folds, but folds="
            f"{folds} was asked for; use another file."
        )
    return {(entry["table"], entry["sampler"]): entry for entry in entries}


def _flatten(entries):
    rows = []
    for entry in entries:
        shared = {key: value for key, value in entry.items() if key != "scores"}
        for classifier, scores in entry["scores"].items():
            rows.append({**shared, "classifier": classifier, **scores})
    return pd.DataFrame(rows)


def _score_table(table_name, sampler_name, sampler, folds):
    """Return the JSON record of one table and sampler."""
    table, target = load(table_name)
    X, y = table.drop(columns=target), _rarer_class(table[target])
    splitter = StratifiedKFold(folds, shuffle=True, random_state=SEED)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        parts = [
            _score_fold(sampler, X, y, train, test, seed)
            for seed, (train, test) in enumerate(splitter.split(X, y))
        ]
    notes = {str(w.message) for w in caught if w.category is not ConvergenceWarning}
    return {
        "table": table_name,
        "sampler": sampler_name,
        "folds": folds,
        "skgen source": source_fingerprint(),
        "sampler_seconds": float(np.mean([part["sampler_seconds"] for part in parts])),
        "warnings": sorted(notes),
        "scores": {
            classifier: {
                key: float(np.mean([part["scores"][classifier][key] for part in parts]))
                for key in (*METRICS, "classifier_seconds")
            }
            for classifier in CLASSIFIERS
        },
    }


def _rarer_class(target):
    """Return 1 for the rows of the rarer class and 0 for the others."""
    counts = target.value_counts()
    if len(counts) != 2:
        raise ValueError(f"Expected two classes in {target.name!r}, got {len(counts)}.")
    return (target == counts.index[-1]).astype(int)


def _score_fold(sampler, X, y, train, test, seed):
    encoder = _encoder().fit(X.iloc[train])
    (rows, labels), spent = seconds(
        _resample, sampler, encoder, X.iloc[train], y.iloc[train], seed
    )
    held_out = encoder.transform(X.iloc[test])
    return {
        "sampler_seconds": spent,
        "scores": {
            name: _score_classifier(classifier, rows, labels, held_out, y.iloc[test])
            for name, classifier in CLASSIFIERS.items()
        },
    }


def _encoder():
    """Return the transformer from a table to the numbers of the classifiers."""
    return make_column_transformer(
        (
            OneHotEncoder(handle_unknown="ignore", sparse_output=False),
            make_column_selector(dtype_include=["category", "boolean"]),
        ),
        remainder=SimpleImputer(strategy="median"),
    )


def _resample(sampler, encoder, X, y, seed):
    """Return encoded resampled rows and their classes."""
    if sampler is None:
        return encoder.transform(X), y
    if isinstance(sampler, Encoded):
        fitted = _prepared(sampler.sampler, y, seed)
        return fitted.fit_resample(encoder.transform(X), y)
    rows, labels = _prepared(sampler, y, seed).fit_resample(X, y)
    return encoder.transform(rows), labels


def _prepared(sampler, y, seed):
    """Return a seeded clone whose number of neighbours the classes allow."""
    sampler = clone(sampler).set_params(random_state=seed)
    neighbors = sampler.get_params().get("k_neighbors")
    if neighbors is not None:
        sampler.set_params(k_neighbors=min(neighbors, int(y.value_counts().min()) - 1))
    return sampler


def _score_classifier(classifier, rows, labels, held_out, truth):
    model, spent = seconds(clone(classifier).fit, rows, labels)
    probability = model.predict_proba(held_out)[:, 1]
    return {
        "roc_auc": roc_auc_score(truth, probability),
        "average_precision": average_precision_score(truth, probability),
        "balanced_accuracy": balanced_accuracy_score(truth, probability > 0.5),
        "log_loss": log_loss(truth, probability, labels=[0, 1]),
        "classifier_seconds": spent,
    }


def summarise(scores):
    """Return mean metrics, mean ranks and seconds, one dict per sampler."""
    ranks = _ranks(scores)
    rows = []
    for name in scores["sampler"].unique():
        own = scores[scores["sampler"] == name]
        row = {"sampler": name, **own[list(METRICS)].mean()}
        row |= {f"rank {m}": float(ranks.loc[own.index, m].mean()) for m in METRICS}
        per_table = own.groupby("table")[["sampler_seconds", "classifier_seconds"]]
        row |= {"sampler s": per_table.first().mean()["sampler_seconds"]}
        row |= {"classifiers s": per_table.sum().mean()["classifier_seconds"]}
        rows.append(row)
    return rows


def _ranks(scores):
    """Return the rank of each row among the samplers, 1 the best, ties shared."""
    groups = scores.groupby(["table", "classifier"])
    return pd.DataFrame({m: groups[m].rank(ascending=not METRICS[m]) for m in METRICS})


def differences(scores, sampler, baseline):
    """Return mean differences `sampler` - `baseline` with paired standard errors.

    One dict per classifier and one for their mean. A standard error is that of the
    mean over tables of the per-table difference.
    """
    wide = scores.pivot(index=["table", "classifier"], columns="sampler")
    gaps = pd.DataFrame({m: wide[m][sampler] - wide[m][baseline] for m in METRICS})
    parts = {name: gaps.xs(name, level="classifier") for name in CLASSIFIERS}
    parts["all five"] = gaps.groupby("table").mean()
    rows = []
    for name, part in parts.items():
        error = part.std() / np.sqrt(len(part))
        cells = {m: f"{part[m].mean():+.4f} ± {error[m]:.4f}" for m in METRICS}
        rows.append({f"{sampler} - {baseline}": name, **cells})
    return rows


def by_classifier(scores):
    """Return mean metrics, one dict per classifier and sampler."""
    keys = ["classifier", "sampler"]
    means = scores.groupby(keys, sort=False)[list(METRICS)].mean()
    return means.reset_index().to_dict("records")


def add_arguments(parser):
    """Declare the options of the command line."""
    comma = partial(str.split, sep=",")
    parser.add_argument("--suite", default="imbalanced_keel")
    parser.add_argument("--tables", type=comma, help="only these, comma-separated")
    parser.add_argument("--samplers", type=comma, default="none,ros,smote,skgen")
    parser.add_argument("--folds", type=int, default=4)
    parser.add_argument("--resume", help="file of JSON lines to read and add to")
    parser.add_argument("--n-jobs", type=int, default=1)


def main(arguments):
    """Run, print the tables and write the record."""
    samplers = named_samplers(arguments.samplers)
    tables = arguments.tables or suite(arguments.suite)
    scores = run(
        samplers,
        tables=tables,
        folds=arguments.folds,
        resume=arguments.resume,
        n_jobs=arguments.n_jobs,
    )
    summary = summarise(scores)
    print(f"{len(tables)} tables, {arguments.folds} folds, five classifiers\n")
    print(format_table(summary), format_table(by_classifier(scores)), sep="\n\n")
    gaps = []
    if "skgen" in samplers:
        for baseline in [name for name in samplers if name != "skgen"]:
            gaps.append(differences(scores, "skgen", baseline))
            print("\n" + format_table(gaps[-1]))
    if arguments.tables is None:
        protocol = {"suite": arguments.suite, "folds": arguments.folds, "seed": SEED}
        rows = {"samplers": summary, "differences": gaps}
        write_result(f"oversampling-{arguments.suite}", protocol, rows)
