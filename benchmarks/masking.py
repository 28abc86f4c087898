"""Measure what masking two columns of Adult costs, and what it gives away.

Protocol. Adult is cut into two random halves, training and held-out people.
GenerativeMasker masks occupation and marital_status of the training half
(``fit_transform(X, y)``, y being income) with ``condition_on`` at "all", at a list
(age, sex, education, hours_per_week) and at "none". Histogram gradient boosting at
scikit-learn's defaults is student and attacker.

Utility: the ROC AUC, on held-out rows as they are, of students trained on masked rows;
means over five seeds of the student. The ceiling is the training rows as they are,
floors are those without the two columns, and with the cells of each shuffled. "rare"
counts masked cells with a value that fewer than ``min_count`` training rows hold.

Disclosure: an attacker guesses the occupation, or marital status, of victims: a random
half of the training people, less those whose original cell is missing. All attackers
know the columns that are not masked, income among them. Figures are accuracies, in
percent:

- "copy": of the masked cell itself; "stranger": of a cell drawn by a masker that was
  fitted to the held-out people, income being one of their columns.
- "table": of a classifier that learns masked cells from the known columns of the
  victims; "linked": of one that learns originals from the known columns and both
  masked cells of the other half of the training people.
- "control": of a classifier that learns from the known columns of equally many held-out
  people, never having seen the masked table. "gain" is the larger of "table" and
  "linked" less this, in points.

Standard errors are over victims. The cells that were shuffled show what chance does.
Seconds are those of ``fit_transform`` on one core. Figures are means over repeats,
which differ in halves and seeds.
"""

import json
import sys

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier

from benchmarks._data import load
from benchmarks._measure import ordinal_codes, processor_seconds, utility_auc
from benchmarks._report import (
    append_entry,
    format_table,
    read_entries,
    source_fingerprint,
    write_result,
)
from benchmarks.generators import split
from skgen.masking import GenerativeMasker

DATA = "adult"
COLUMNS = ["occupation", "marital_status"]
KEPT = {
    "all": "all",
    "list": ["age", "sex", "education", "hours_per_week"],
    "none": "none",
}
REAL, DROPPED, SHUFFLED = "nothing masked", "columns dropped", "columns shuffled"
STUDENTS = 5


def run(*, variants=tuple(KEPT), repeats=1, resume=None):
    """Score ways of masking.

    Parameters
    ----------
    variants : sequence of str, default=("all", "list", "none")
        Keys of `KEPT`.
    repeats : int, default=1
        The number of seeds.
    resume : path, default=None
        A file of JSON lines, one per seed and way: those in it are not run again and
        new ones are added. Use another file once the code has changed.

    Returns
    -------
    entries : list of dict
        One per seed and way.
    """
    known = read_entries(resume, ("seed", "masked"))
    table, target = load(DATA)
    entries = []
    for seed in range(repeats):
        train, held_out = split(table, DATA, "half", seed)
        for name in (REAL, DROPPED, SHUFFLED, *variants):
            entry = known.get((seed, name))
            if entry is None:
                entry = {"seed": seed, "masked": name}
                entry |= score(name, train, held_out, target, seed)
                _report(entry, resume)
            entries.append(entry)
    return entries


def _report(entry, resume):
    append_entry(resume, entry)
    print(json.dumps(entry), file=sys.stderr, flush=True)


def score(name, train, held_out, target, seed):
    """Return the figures of one way of masking."""
    masked, spent, rare = mask(name, train, target, seed)
    tested = held_out[masked.columns]
    students = [utility_auc(masked, tested, target, seed=s) for s in range(STUDENTS)]
    entry = {
        "skgen source": source_fingerprint(),
        "utility AUC": float(np.mean(students)),
        "seconds": spent,
        "rare": rare,
    }
    if name not in (REAL, DROPPED):
        strange = strangers(name, train, held_out, seed)
        entry["disclosure"] = {
            column: attack(column, train, held_out, masked, strange, seed)
            for column in COLUMNS
        }
    return entry


def mask(name, train, target, seed):
    """Return masked training rows, the seconds, and the number of rare cells."""
    if name == DROPPED:
        return train.drop(columns=COLUMNS), None, None
    masked, spent, rare = train.copy(), None, None
    if name == SHUFFLED:
        masked = _shuffle(train, train, seed)
    if name in KEPT:
        masker = _masker(name, seed)
        X, spent = processor_seconds(
            masker.fit_transform, train.drop(columns=target), train[target]
        )
        masked[COLUMNS] = X[COLUMNS]
        counts = {column: train[column].value_counts() for column in COLUMNS}
        rare = {c: n.index[n < masker.min_count] for c, n in counts.items()}
        rare = sum(int(masked[c].isin(rare[c]).sum()) for c in COLUMNS)
    return masked, spent, rare


def strangers(name, train, held_out, seed):
    """Return the training rows with cells drawn by a masker of held-out people."""
    if name == SHUFFLED:
        return _shuffle(train, held_out, seed)
    return _masker(name, seed, when="always").fit(held_out).transform(train)


def _masker(name, seed, **parameters):
    return GenerativeMasker(
        COLUMNS, condition_on=KEPT[name], random_state=seed, **parameters
    )


def _shuffle(rows, source, seed):
    """Return rows whose cells in `COLUMNS` are those of `source` at random."""
    rng = np.random.default_rng(seed)
    out = rows.copy()
    for column in COLUMNS:
        cells = source[column].iloc[rng.permutation(len(source))[: len(rows)]]
        out[column] = cells.to_numpy()
    return out.astype(rows.dtypes)


def attack(column, train, held_out, masked, strange, seed):
    """Return the accuracies of attacks on one column, in percent: see the module."""
    order = np.random.default_rng(seed).permutation(len(train))
    victims, others = np.split(order, [len(order) // 2])
    victims = victims[train[column].iloc[victims].notna()]
    known = train.drop(columns=COLUMNS)
    linked = known.join(masked[COLUMNS])
    truth = train[column].iloc[victims].astype(object)
    asked, own = known.iloc[victims], masked[column].iloc[victims]
    guesses = {
        "copy": own,
        "stranger": strange[column].iloc[victims],
        "table": _guess(asked, own, asked, seed),
        "linked": _guess(
            linked.iloc[others], train[column].iloc[others], linked.iloc[victims], seed
        ),
        "control": _guess(
            held_out[known.columns].iloc[: len(others)],
            held_out[column].iloc[: len(others)],
            asked,
            seed,
        ),
    }
    hits = {
        name: 100.0 * (np.asarray(guess, dtype=object) == truth.to_numpy())
        for name, guess in guesses.items()
    }
    best = max(("table", "linked"), key=lambda name: hits[name].mean())
    figures = {name: float(hit.mean()) for name, hit in hits.items()}
    figures["copy gain"], figures["± copy"] = _gap(hits["copy"], hits["stranger"])
    figures["gain"], figures["± gain"] = _gap(hits[best], hits["control"])
    return figures


def _guess(rows, cells, asked, seed):
    """Return what a classifier of the cells of `rows` guesses for the rows `asked`."""
    # its early stopping needs two rows of every class
    learned = (cells.map(cells.value_counts()).astype(float) >= 2).to_numpy()
    (Z, Z_asked), categorical = ordinal_codes(rows[learned], asked)
    model = HistGradientBoostingClassifier(
        categorical_features=categorical, random_state=seed
    )
    return model.fit(Z, cells[learned].astype(object)).predict(Z_asked)


def _gap(hits, control):
    gap = hits - control
    return float(gap.mean()), float(gap.std() / np.sqrt(len(gap)))


def utility_table(entries):
    """Return utility, loss against the ceiling and costs, one dict per way."""
    frame = pd.DataFrame(entries).set_index(["seed", "masked"])
    figures = frame[["utility AUC", "rare", "seconds"]].astype("float64")
    ceiling = figures["utility AUC"].xs(REAL, level="masked")
    figures.insert(1, "loss", ceiling - figures["utility AUC"])
    means = figures.groupby(level="masked", sort=False).mean()
    return _records(means)


def disclosure_table(entries):
    """Return accuracies of the attacks, one dict per way and column."""
    rows = [
        {"masked": entry["masked"], "column": column, **figures}
        for entry in entries
        for column, figures in (entry.get("disclosure") or {}).items()
    ]
    means = pd.DataFrame(rows).groupby(["masked", "column"], sort=False).mean()
    # errors of independent repeats
    errors = [c for c in means if c.startswith("±")]
    means[errors] /= np.sqrt(len({entry["seed"] for entry in entries}))
    return _records(means)


def _records(means):
    rows = means.reset_index().astype(object)
    return rows.where(rows.notna(), None).to_dict("records")


def add_arguments(parser):
    """Declare the options of the command line."""
    parser.add_argument("--variants", default=",".join(KEPT), help="comma-separated")
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--resume", help="file of JSON lines to read and add to")


def main(arguments):
    """Run, print the tables and write the record."""
    variants = arguments.variants.split(",")
    entries = run(variants=variants, repeats=arguments.repeats, resume=arguments.resume)
    tables = utility_table(entries), disclosure_table(entries)
    print(*map(format_table, tables), sep="\n\n")
    if set(variants) == set(KEPT):
        protocol = {"data": DATA, "columns": COLUMNS, "kept": KEPT}
        protocol |= {"repeats": arguments.repeats, "students": STUDENTS}
        rows = dict(zip(("utility", "disclosure"), tables, strict=True))
        write_result("masking", protocol, rows | {"entries": entries})
