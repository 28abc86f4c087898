"""Score classifiers trained after oversampling, samplers and baselines side by side.

Protocol. Tables of one suite of the catalog; "binary" are all binary tables of
imbalanced_zenodo, imbalanced_keel and imbalanced_mixed; "regimes" are tables at full
size, up to 20,000 rows, beside small ones, twice halved. The rarer of two classes is
positive. Of more than two, those of fewer than 8 rows are left out up front. Of a table
of more than ``--max-rows`` rows (2000) a stratified random subset takes the place, the
same in every run, with at least 10 rows of a class, or all it has. 5 x 2 stratified
cross-validation with fixed seeds: rows are split first and only training rows
resampled, once for all classifiers: logistic regression, 5 nearest neighbours and an
SVM with the RBF kernel (standardised by the resampled rows), a tree of depth 8, a
forest of 100 trees, histogram gradient boosting; all else at scikit-learn's defaults.

Classifiers see numbers: missing numeric cells become the median, dates days and
categories one-hot columns, learned from the real training rows of the fold. Tables of
more than 2,500 rows have three: logistic regression, forest and boosting. skgen and
random copies ("ros") get the raw table, the others these numbers; "smotenc" gets an
imputed table (median, most frequent category) and is SMOTENC, SMOTEN or SMOTE as
columns are mixed, categories or numbers, and its real rows stay as they are. "smoothed"
is the smoothed bootstrap at full bandwidth. "class_weight" is balanced class weights of
real rows; neighbours have none. Five samplers of the optional package smote-variants
take part on binary tables. Numbers of neighbours shrink to the smallest class less one.

Failures are counted, of all resamplings, and their reasons recorded: a peer that raises
or adds no row, which leaves the real rows, and a class of one row, which is filled up
by copies where a sampler needs neighbours. skgen is never rescued; its warnings are
recorded.

Scores are means over folds, then over tables and classifiers:

- ROC AUC, average precision: of the rarer class; of more classes, each against the
  rest, averaged over the classes of the test part. The SVM is ranked by its decisions.
- balanced accuracy: at probability one half (of more classes, the most probable; SVM:
  the sign, or the largest, of its decisions).
- F1 and balanced accuracy tuned: of two classes, each at the threshold that is best on
  out-of-fold scores of an inner, stratified 2-fold cross-validation of the training
  rows, resampled inside. Of more classes F1 is macro F1, without a threshold.
- shift: mean over encoded columns of the largest distance between the distribution
  functions of the real and of the drawn rows of a class; of missing cells, the mean
  difference of their shares. By regime: the number of rare training rows.
- log-loss, Brier score and expected calibration error in ten bins of equal width: of
  the probability of the rarer class; of more classes the Brier score is a sum over
  classes and the error that of the most probable. The SVM has none of them.
  "corrected": with probabilities moved back from the class shares of the resampled (or
  weighted) rows to those of the training rows. Probabilities are clipped to [2.2e-16, 1
  - 2.2e-16], as scikit-learn's log_loss does, before they are moved and by the
  log-loss.

Ranks are those of all samplers and baselines within a table and classifier, 1 the best,
ties shared. Friedman's test and Nemenyi's critical difference (.05) take tables x
classifiers as blocks, and again, more strictly, tables. Differences come with the
standard error of the mean of per-table differences. Seconds are per outer fold: those
of resampling alone, and those of all classifiers, which fit and predict.
"""

import sys
import time
import warnings
from collections import Counter
from functools import partial

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import StratifiedKFold

from benchmarks import _imbalance_report as report
from benchmarks._imbalance_data import (
    SEED,
    cost,
    is_multiclass,
    is_numeric,
    make_case,
    table_names,
)
from benchmarks._imbalance_models import METRICS, names_for, score_fold
from benchmarks._imbalance_plot import draw
from benchmarks._imbalance_regimes import MAX_ROWS, REPEATS, by_regime
from benchmarks._imbalance_samplers import (
    MAKERS,
    Encoded,
    Nominal,
    Variant,
    Weighted,
    is_own,
    named_samplers,
)
from benchmarks._report import (
    RESULTS,
    append_entry,
    format_table,
    read_entries,
    source_fingerprint,
    write_result,
)

__all__ = ["Encoded", "Nominal", "Variant", "Weighted", "named_samplers", "run"]

KEYS = ("table", "sampler", "repeats", "max_rows", "threshold")
N_FOLDS = 2
SHIFTS = ["shift", "missing shift"]


def run(
    samplers,
    *,
    tables,
    repeats=5,
    max_rows=2000,
    threshold=True,
    resume=None,
    n_jobs=1,
):
    """Score samplers on tables.

    Parameters
    ----------
    samplers : dict of {str: sampler}
        Anything with ``fit_resample`` for raw tables, `Encoded` around a sampler for
        numbers, `Nominal`, `Variant`, `Weighted`, or None for no resampling.
    tables : list of str
        Names of tables of the catalog.
    repeats : int, default=5
        How often the rows are halved.
    max_rows : int or None, default=2000
        About how many rows of a table to use. None and 0 use all.
    threshold : bool, default=True
        Whether to tune thresholds, which about doubles the time. If not, F1 of two
        classes and the tuned balanced accuracy are missing.
    resume : path, default=None
        A file of JSON lines, one per table and sampler: what is in it, for the same
        settings, is not run again, and new ones are added. A sampler is known by its
        name; one of skgen is run again if the source of skgen has changed. Use another
        file, or delete its lines, once the code of another one has changed.
    n_jobs : int, default=1
        The number of tables x samplers at a time.

    Returns
    -------
    entries : list of dict
        One per table and sampler, with the scores by classifier; see `frame`.
    """
    settings = (repeats, max_rows or None, bool(threshold))
    # Read once, at the start: the source may change while this runs.
    source = source_fingerprint()
    known = _read(resume, samplers, source)
    _refuse_variants(samplers, tables)
    missing = [
        (table, name)
        for table in tables
        for name in samplers
        if (table, name, *settings) not in known
    ]
    shared = [pair for pair in missing if _is_smote(*pair, samplers)]
    work = [pair for pair in missing if pair not in shared]
    work.sort(key=lambda pair: -cost(pair[0], settings[1]))
    progress = _Progress(work, settings[1])
    parallel = Parallel(n_jobs=n_jobs, return_as="generator_unordered")
    for entry in parallel(
        delayed(_score_table)(table, name, samplers[name], settings, source)
        for table, name in work
    ):
        known[tuple(entry[key] for key in KEYS)] = entry
        append_entry(resume, entry)
        progress.report(entry)
    for table, name in shared:
        entry = known[table, "smote", *settings] | {"sampler": name}
        known[table, name, *settings] = entry
        append_entry(resume, entry)
    return [known[table, name, *settings] for table in tables for name in samplers]


def _read(path, samplers, source):
    """Return known entries without those of an older skgen."""
    own = {name for name, sampler in samplers.items() if is_own(sampler)}
    return {
        key: entry
        for key, entry in read_entries(path, KEYS).items()
        if entry["sampler"] not in own or entry["skgen source"] == source
    }


def _refuse_variants(samplers, tables):
    variants = [n for n, sampler in samplers.items() if isinstance(sampler, Variant)]
    many = [table for table in tables if is_multiclass(table)]
    if variants and many:
        raise ValueError(f"{variants} need two classes, but {many} have more.")


def _is_smote(table, name, samplers):
    """Return whether a sampler only repeats SMOTE, all columns being numbers."""
    nominal = isinstance(samplers[name], Nominal)
    return nominal and "smote" in samplers and is_numeric(table)


class _Progress:
    """Lines on stderr: what is done, what is left."""

    def __init__(self, work, max_rows):
        self.n_total, self.n_done = len(work), 0
        self.costs = {table: cost(table, max_rows) for table, _ in work}
        self.total = sum(self.costs[table] for table, _ in work)
        self.done, self.start = 0, time.perf_counter()

    def report(self, entry):
        self.n_done += 1
        self.done += self.costs[entry["table"]]
        spent = time.perf_counter() - self.start
        left = spent * (self.total - self.done) / self.done
        n_failed = sum(entry["failures"].values())
        failed = f", failed {n_failed} of {entry['resamplings']}" if n_failed else ""
        print(
            f"[{self.n_done}/{self.n_total}] {entry['table']} {entry['sampler']}: "
            f"{entry['seconds']:.1f} s{failed}; about {left / 60:.1f} min left",
            file=sys.stderr,
            flush=True,
        )


def _score_table(table, name, sampler, settings, source):
    """Return the JSON record of one table and sampler."""
    repeats, max_rows, threshold = settings
    case, start = make_case(table, max_rows), time.perf_counter()
    parts, outer, resamplings, moved = [], [], [], []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for repeat in range(repeats):
            splitter = StratifiedKFold(
                N_FOLDS, shuffle=True, random_state=SEED + repeat
            )
            for part, (train, test) in enumerate(splitter.split(case.X, case.y)):
                seed = SEED + N_FOLDS * repeat + part
                scores, done, shift = score_fold(
                    case, sampler, train, test, seed, threshold
                )
                parts.append(scores)
                moved.append(shift)
                outer.append(done[0].seconds)
                resamplings += done
    notes = [str(w.message) for w in caught if w.category is not ConvergenceWarning]
    failures = [done.failure for done in resamplings if done.failure is not None]
    return {
        **dict(zip(KEYS, (table, name, *settings), strict=True)),
        "rows": len(case.y),
        "rows of the table": case.n_rows,
        "rare": int(np.bincount(case.y).min() * (1 - 1 / N_FOLDS)),
        "shift": _mean([shift for shift, _ in moved]),
        "missing shift": _mean([shift for _, shift in moved]),
        "classes": case.n_classes,
        "skgen source": source,
        "seconds": time.perf_counter() - start,
        "sampler_seconds": float(np.mean(outer)),
        "resamplings": len(resamplings),
        "failures": dict(Counter(failures)),
        "warnings": dict(Counter(notes)),
        "scores": {
            name: _means([part[name] for part in parts])
            for name in names_for(len(case.y))
        },
    }


def _mean(values):
    values = [value for value in values if value is not None]
    return float(np.mean(values)) if values else None


def _means(parts):
    """Return means over folds; a figure is missing in all folds or in none."""
    return {
        key: None if value is None else float(np.mean([part[key] for part in parts]))
        for key, value in parts[0].items()
    }


def frame(entries):
    """Return one row per table, sampler and classifier, with the metrics."""
    rows = []
    for entry in entries:
        shared = {k: entry[k] for k in ("table", "sampler", "sampler_seconds")}
        shared |= {"failures": sum(entry["failures"].values())}
        shared |= {"resamplings": entry["resamplings"]}
        shared |= {k: entry[k] for k in ("rare", "shift", "missing shift")}
        for classifier, scores in entry["scores"].items():
            rows.append({**shared, "classifier": classifier, **scores})
    return pd.DataFrame(rows).astype(dict.fromkeys([*METRICS, *SHIFTS], "float64"))


def add_arguments(parser):
    """Declare the options of the command line."""
    comma = partial(str.split, sep=",")
    parser.add_argument(
        "--suite", default="binary", help="one of the catalog, binary or regimes"
    )
    parser.add_argument("--tables", type=comma, help="only these, comma-separated")
    parser.add_argument("--samplers", type=comma, default=list(MAKERS))
    parser.add_argument("--repeats", type=int, help="5; of regimes 2")
    parser.add_argument("--max-rows", type=int, help="0: all; 2000; of regimes 20000")
    parser.add_argument(
        "--no-threshold", action="store_true", help="tune none, in half of the time"
    )
    parser.add_argument("--resume", help="file of JSON lines to read and add to")
    parser.add_argument("--n-jobs", type=int, default=1)


def main(arguments):
    """Run, print the tables, write the record and draw the ranks."""
    regimes = arguments.suite == "regimes"
    if arguments.repeats is None:
        arguments.repeats = REPEATS if regimes else 5
    if arguments.max_rows is None:
        arguments.max_rows = MAX_ROWS if regimes else 2_000
    tables = arguments.tables or table_names(arguments.suite)
    multiclass = any(map(is_multiclass, tables))
    samplers = named_samplers(arguments.samplers, multiclass=multiclass)
    entries = run(
        samplers,
        tables=tables,
        repeats=arguments.repeats,
        max_rows=arguments.max_rows,
        threshold=not arguments.no_threshold,
        resume=arguments.resume,
        n_jobs=arguments.n_jobs,
    )
    scores = frame(entries)
    rows = _report(scores)
    _print_failures(entries)
    print(f"\n{len(tables)} tables, {arguments.repeats} x 2 folds")
    if arguments.tables is None:
        name = f"imbalance-{arguments.suite}"
        write_result(name, _protocol(arguments, entries), rows | _notes(entries))
        if len(samplers) > 1:
            draw(scores, RESULTS / f"{name}.png")


def _report(scores):
    """Print and return all tables."""
    rows = {
        "by classifier": report.by_classifier(scores),
        "by regime": by_regime(scores),
        "samplers": report.summarise(scores),
        "mean ranks": report.mean_ranks(scores),
        "tests": report.tests(scores),
    }
    names = list(scores["sampler"].unique())
    if report.OWN in names:
        rows["differences"] = [
            row
            for name in names
            if name != report.OWN
            for row in report.differences(scores, report.OWN, name)
        ]
    rows["must hold"] = report.demands(scores)
    for name, part in rows.items():
        shown = [r for r in part if name != "differences" or r["classifier"] == "all"]
        print(f"\n{name}\n{format_table(shown)}" if shown else "")
    return rows


def _print_failures(entries):
    """Print why samplers failed, and on which tables they never worked.

    A sampler that never works is scored as no resampling is: more likely a mistake in
    how it is called than a weakness of the sampler.
    """
    rows = [
        {"sampler": name, "times": times, "failure": reason}
        for name, counts in _notes(entries)["failures"].items()
        for reason, times in counts.most_common()
    ]
    if rows:
        print(f"\nfailures\n{format_table(rows)}")
    for entry in entries:
        if sum(entry["failures"].values()) == entry["resamplings"]:
            print(f"{entry['sampler']} failed in every resampling of {entry['table']}")


def _protocol(arguments, entries):
    names = ("suite", "repeats", "max_rows", "no_threshold")
    protocol = {name: getattr(arguments, name) for name in names}
    used = {entry["table"]: entry for entry in entries}.values()
    return protocol | {
        "seed": SEED,
        "tables": {entry["table"]: entry["rows"] for entry in used},
        "thinned": [e["table"] for e in used if e["rows"] < e["rows of the table"]],
    }


def _notes(entries):
    """Return reasons of failures, and warnings, by sampler."""
    notes = {"failures": {}, "warnings": {}}
    for entry in entries:
        for kind, by_sampler in notes.items():
            counts = by_sampler.setdefault(entry["sampler"], Counter())
            counts.update(entry[kind])
    return notes
