"""Whether the probabilities of ResampledClassifier are as honest as without resampling.

Protocol. The binary tables of ``imbalance``, thinned as there to ``--max-rows``; one
stratified half to train on, the other to test, with a fixed seed. Left out are tables
with fewer than 4 rare training rows, of which SMOTE could not be fitted in folds. The
classifiers of ``imbalance`` but for the SVM, of which each gets the same numbers.
`ResampledClassifier` resamples by skgen's default sampler (the raw table), by SMOTE
(the numbers; no more neighbours than its folds allow), or not at all. From one
fit come the probabilities of the estimator ("uncorrected"), those of the prior shift
alone ("formula", as with ``calibration_cv=None``) and its own ("learned", the default).
"none, uncorrected" is the classifier without resampling.

Log-loss (probabilities clipped by machine epsilon, as scikit-learn's log_loss does),
Brier score, expected calibration error, ROC AUC and average precision are means over
tables, then over classifiers. "tables x classifiers" is the share of both in which the
log-loss is at most 2 % above that of "none, uncorrected". Must hold: with the default,
mean log-loss and mean Brier score of each classifier and of all are at most 2 % above
it, and the mean ROC AUC and average precision are those of "uncorrected".
"""

import sys
import time
import warnings
from functools import partial

import numpy as np
import pandas as pd
from imblearn.over_sampling import SMOTE, RandomOverSampler
from sklearn.base import clone
from sklearn.metrics import average_precision_score, log_loss, roc_auc_score
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline

from benchmarks._imbalance_data import (
    SEED,
    cost,
    make_case,
    make_encoder,
    table_names,
)
from benchmarks._imbalance_models import CLASSIFIERS, calibration_error
from benchmarks._report import format_table, write_result
from skgen import GenerativeOverSampler, ResampledClassifier
from skgen._math.probabilities.priors import shift_priors

METRICS = ("log_loss", "brier", "ece", "roc_auc", "average_precision")
LOSSES, RANKING = METRICS[:2], METRICS[3:]
REFERENCE = ("none", "uncorrected")
SAMPLERS = ("none", "skgen", "smote")
KINDS = ("uncorrected", "formula", "learned")
MIN_RARE_ROWS = 4
SLACK = 1.02


def make_model(sampler, classifier, n_rare):
    """Return a resampling classifier of raw tables.

    Parameters
    ----------
    sampler : {"none", "skgen", "smote"}
    classifier : estimator
        Of encoded tables.
    n_rare : int
        Number of training rows of the rarer class.
    """
    if sampler == "skgen":
        pipeline = make_pipeline(make_encoder(), clone(classifier))
        return ResampledClassifier(pipeline, GenerativeOverSampler(), random_state=SEED)
    made = RandomOverSampler(sampling_strategy={})
    if sampler == "smote":
        folds = ResampledClassifier().calibration_cv
        made = SMOTE(k_neighbors=min(5, n_rare - -(-n_rare // folds) - 1))
    model = ResampledClassifier(clone(classifier), made, random_state=SEED)
    return make_pipeline(make_encoder(), model)


def probabilities(model, X):
    """Return the probabilities of the rarer class, by kind."""
    learned = model.predict_proba(X)
    if hasattr(model, "steps"):
        model, X = model[-1], model[:-1].transform(X)
    raw = model.estimator_.predict_proba(X)
    with np.errstate(divide="ignore"):
        log_raw = np.log(raw, dtype=np.float64)
    old, new = model.resampled_class_prior_, model.class_prior_
    formula = np.exp(shift_priors(log_raw, old, new))
    return dict(zip(KINDS, (raw[:, 1], formula[:, 1], learned[:, 1]), strict=True))


def scores(table, *, samplers, max_rows):
    """Return one dict per classifier, sampler and kind; none of a table left out."""
    case = make_case(table, max_rows)
    halves = StratifiedKFold(2, shuffle=True, random_state=SEED)
    train, test = next(halves.split(case.X, case.y))
    X, y, truth = case.X.iloc[train], case.y[train], case.y[test]
    if y.sum() < MIN_RARE_ROWS:
        return []
    found = []
    for name, classifier in CLASSIFIERS.items():
        if name == "svm":
            continue
        for sampler in samplers:
            model = make_model(sampler, classifier, int(y.sum())).fit(X, y)
            for kind, p in probabilities(model, case.X.iloc[test]).items():
                figures = (
                    log_loss(truth, p, labels=[0, 1]),
                    np.mean((p - truth) ** 2),
                    calibration_error(p, truth),
                    roc_auc_score(truth, p),
                    average_precision_score(truth, p),
                )
                figures = dict(zip(METRICS, map(float, figures), strict=True))
                keys = {"table": table, "classifier": name}
                found.append({**keys, "sampler": sampler, "kind": kind, **figures})
    return found


def run(samplers=SAMPLERS, *, tables, max_rows=1000):
    """Score probabilities on tables.

    Parameters
    ----------
    samplers : sequence of {"none", "skgen", "smote"}
        "none" is what others are compared with.
    tables : list of str
        Names of binary tables of the catalog.
    max_rows : int or None, default=1000
        About how many rows of a table to use.

    Returns
    -------
    found : DataFrame
        One row per table, classifier, sampler and kind.
    """
    found, start = [], time.perf_counter()
    for table in sorted(tables, key=lambda name: cost(name, max_rows)):
        found += scores(table, samplers=samplers, max_rows=max_rows)
        spent = time.perf_counter() - start
        print(f"{table}: {spent:.0f} s in all", file=sys.stderr, flush=True)
    return pd.DataFrame(found)


def summarise(found):
    """Return mean figures, one dict per sampler, kind and classifier, and of all."""
    keys = ["sampler", "kind", "classifier"]
    means = found.groupby(keys, sort=False)[list(METRICS)].mean()
    overall = means.groupby(keys[:2], sort=False).mean()
    overall["classifier"] = "all"
    wide = found.pivot(index=keys[:2], columns=["table", "classifier"])["log_loss"]
    share = (wide <= SLACK * wide.loc[REFERENCE]).mean(axis=1)
    overall["tables x classifiers"] = share
    rows = [overall.reset_index(), means.reset_index()]
    rows = pd.concat(rows)[[*keys, *METRICS, "tables x classifiers"]]
    rows = rows.astype(object).where(rows.notna(), None)
    return rows.to_dict("records")


def demands(rows):
    """Return what must hold of the default: asked, measured and whether it does."""
    figures = {(r["sampler"], r["kind"], r["classifier"]): r for r in rows}
    for (sampler, kind, classifier), row in figures.items():
        if kind != "learned" or sampler == "none":
            continue
        for metric in LOSSES:
            most = SLACK * figures[(*REFERENCE, classifier)][metric]
            yield {
                "must hold": f"{metric}, {sampler}, {classifier}: of none + 2 %",
                "asked": f"<= {most:.4f}",
                "measured": f"{row[metric]:.4f}",
                "holds": row[metric] <= most,
            }
        for metric in RANKING:
            before = figures[sampler, "uncorrected", classifier][metric]
            yield {
                "must hold": f"{metric}, {sampler}, {classifier}: as uncorrected",
                "asked": f"{before:.6f}",
                "measured": f"{row[metric]:.6f}",
                "holds": bool(np.isclose(row[metric], before, atol=1e-6)),
            }


def add_arguments(parser):
    """Declare the options of the command line."""
    comma = partial(str.split, sep=",")
    parser.add_argument("--tables", type=comma, help="only these, comma-separated")
    parser.add_argument("--samplers", type=comma, default=list(SAMPLERS))
    parser.add_argument("--max-rows", type=int, default=1000, help="0: all")


def main(arguments):
    """Run, print the tables and write the record."""
    tables = arguments.tables or table_names("binary")
    max_rows = arguments.max_rows or None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = run(arguments.samplers, tables=tables, max_rows=max_rows)
    rows = summarise(found)
    must_hold = list(demands(rows))
    print(f"{format_table(rows)}\n\n{format_table(must_hold)}")
    used = found["table"].nunique()
    print(f"\n{used} tables, one half to train on, five classifiers")
    if arguments.tables is None:
        protocol = {"max_rows": max_rows, "seed": SEED, "tables": used}
        result = {"figures": rows, "must hold": must_hold}
        write_result("probabilities", protocol, result)
