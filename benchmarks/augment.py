"""Classifiers trained on a few rows and on rows added to them.

Protocol, after TabEBM (Margeloiu, Jiang, Simidjievski & Jamnik, NeurIPS 2024). Of each
of 12 tables, N = 20, 50, 100, 200 and 500 real rows are drawn, stratified, with five
seeds, and up to 2,000 other rows, stratified, are the test rows. 500 rows are added,
the class shares kept: copies ("ros"), SMOTE, the smoothed bootstrap at full bandwidth
("smoothed"), `GenerativeAugmenter` ("skgen") and the same with one model of X and y
("skgen joint"). "class_weight" is balanced class weights of the real rows; neighbours
and the neural network have none. "replacer" is 500 rows of `GenerativeReplacer`,
without real ones, "replacer joint" the same with one model. skgen gets the raw table;
the others get the numbers that classifiers see: missing cells become the median and
categories one-hot columns, learned from the N rows.

Six predictors: logistic regression, 5 nearest neighbours, a neural network of one layer
of 100 units, a forest of 100 trees, histogram gradient boosting, an SVM with the RBF
kernel; all else at scikit-learn's defaults, numbers standardised where that matters.
Of more than two classes, ROC AUC is that of each class against the rest, averaged.

Figures are means over seeds, predictors and tables; ranks are those within a table, N
and predictor, 1 the best. Differences to no added rows come with the standard error
over tables. ``--quick``: four tables, N = 50 and 200, two seeds.
"""

import sys
import time
import warnings

import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks._augment_methods import METHODS, WEIGHTED, add_rows
from benchmarks._imbalance_data import make_case, make_encoder
from benchmarks._imbalance_models import CLASSIFIERS, Fitted, figures
from benchmarks._ranks import block_ranks
from benchmarks._report import (
    append_entry,
    format_table,
    read_entries,
    source_fingerprint,
    write_result,
)

TABLES = (
    "german_credit",
    "heloc",
    "keel_pima",
    "churn_modelling",
    "telco_churn",
    "magic",
    "compas",
    "cardio",
    "adult",
    "hmeq",
    "student_dropout",
    "mc_contraceptive",
)
SIZES = (20, 50, 100, 200, 500)
N_SEEDS = 5
QUICK = {"tables": TABLES[:4], "sizes": (50, 200), "seeds": 2}
N_ADDED = 500
MAX_TEST_ROWS = 2_000
MEASURES = ("balanced_accuracy", "roc_auc")
KEYS = ("table", "n", "seed", "method")
BLOCKS = ["table", "n", "predictor"]
PREDICTORS = {name: CLASSIFIERS[name] for name in CLASSIFIERS if name != "tree"}
PREDICTORS["network"] = make_pipeline(StandardScaler(), MLPClassifier(random_state=0))


def run(methods, *, tables=TABLES, sizes=SIZES, seeds=N_SEEDS, resume=None):
    """Score predictors after each method.

    Parameters
    ----------
    methods : list of str
        Names in `METHODS`.
    tables : sequence of str
    sizes : sequence of int
        Numbers of real rows.
    seeds : int
        Number of draws of the real rows.
    resume : path, default=None
        A file of JSON lines: what is in it is not run again, unless it is of another
        version of skgen's source, and new entries are added.

    Returns
    -------
    entries : list of dict
    """
    source = source_fingerprint()
    known = {
        key: entry
        for key, entry in read_entries(resume, KEYS).items()
        if "skgen source" not in entry or entry["skgen source"] == source
    }
    found = []
    for table in tables:
        case, start = make_case(table, None), time.perf_counter()
        for n in sizes:
            for seed in range(seeds):
                for name in methods:
                    key = table, n, seed, name
                    if key not in known:
                        known[key] = dict(zip(KEYS, key, strict=True))
                        known[key] |= score(case, n, seed, name)
                        if name.startswith(("skgen", "replacer")):
                            known[key]["skgen source"] = source
                        append_entry(resume, known[key])
                    found.append(known[key])
        spent = time.perf_counter() - start
        print(f"{table}: {spent:.0f} s", file=sys.stderr, flush=True)
    return found


def score(case, n, seed, name):
    """Return the figures of all predictors after one method, and its seconds."""
    train, test = train_test_split(
        np.arange(len(case.y)),
        train_size=n,
        test_size=min(MAX_TEST_ROWS, len(case.y) - n),
        stratify=case.y,
        random_state=seed,
    )
    X, y = case.X.iloc[train].reset_index(drop=True), case.y[train]
    encoder = make_encoder().fit(X)
    held_out, truth = encoder.transform(case.X.iloc[test]), case.y[test]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        start = time.perf_counter()
        resampled = add_rows(name, encoder, X, y, N_ADDED, seed)
        spent = time.perf_counter() - start
        scores = {}
        for predictor, classifier in PREDICTORS.items():
            model = Fitted(classifier, resampled, name == WEIGHTED)
            measured = figures(model, model.scores(held_out), truth, None)
            scores[predictor] = {m: measured[m] for m in MEASURES}
    return {"seconds": spent, "scores": scores}


def frame(entries):
    """Return one row per entry and predictor."""
    rows = [
        {key: entry[key] for key in (*KEYS, "seconds")} | {"predictor": name} | scores
        for entry in entries
        for name, scores in entry["scores"].items()
    ]
    return pd.DataFrame(rows)


def ranks_of(scores, measure):
    """Return ranks of the methods within each table, N and predictor."""
    means = scores.groupby([*BLOCKS, "method"])[measure].mean().unstack()
    return block_ranks(means, descending=True)


def summarise(scores):
    """Return means, mean ranks and seconds, one dict per method."""
    ranks = {measure: ranks_of(scores, measure).mean() for measure in MEASURES}
    return [
        {
            "method": name,
            **{m: float(part[m].mean()) for m in MEASURES},
            **{f"rank {m}": float(ranks[m][name]) for m in MEASURES},
            "s": float(part["seconds"].mean()),
        }
        for name, part in scores.groupby("method", sort=False)
    ]


def gains(scores, by, measure="roc_auc"):
    """Return mean differences to no added rows by N, table or predictor."""
    wide = scores.pivot(index=[*BLOCKS, "seed"], columns="method", values=measure)
    gaps = wide.sub(wide["none"], axis=0).drop(columns="none")
    rows = []
    for value, part in gaps.groupby(level=by, sort=False):
        tables = part.groupby(level="table").mean()
        row = {f"{measure} - none": value}
        for name in tables:
            row[name] = f"{tables[name].mean():+.4f}"
            if len(tables) > 1:
                row[name] += f" ± {tables[name].std() / np.sqrt(len(tables)):.4f}"
        rows.append(row)
    return rows


def add_arguments(parser):
    """Declare the options of the command line."""
    parser.add_argument("--tables", type=lambda text: text.split(","))
    parser.add_argument("--methods", type=lambda text: text.split(","))
    parser.add_argument("--quick", action="store_true", help="a twentieth of the work")
    parser.add_argument("--resume", help="file of JSON lines to read and add to")


def main(arguments):
    """Run, print the tables and write the record."""
    protocol = QUICK if arguments.quick else {}
    protocol = {"tables": TABLES, "sizes": SIZES, "seeds": N_SEEDS} | protocol
    if arguments.tables:
        protocol["tables"] = arguments.tables
    methods = arguments.methods or list(METHODS)
    scores = frame(run(methods, resume=arguments.resume, **protocol))
    rows = {"methods": summarise(scores)}
    if "none" in methods:
        for measure in MEASURES:
            for by in ("n", "predictor", "table"):
                rows[f"{measure} by {by}"] = gains(scores, by, measure)
    for name, part in rows.items():
        print(f"\n{name}\n{format_table(part)}")
    if not (arguments.quick or arguments.tables or arguments.methods):
        write_result("augment", protocol | {"added": N_ADDED}, rows)
