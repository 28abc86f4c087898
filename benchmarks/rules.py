"""Measure how often generated rows break rules between columns, and what that costs.

Protocol. At most 10,000 random rows of a table are cut into random halves. The
generator is fitted with its defaults to one half, with ``rules=None`` and with
``rules="auto"``, and draws the same number of rows, in a fresh process on one core.
Rules are those that `skgen.rules.find_rules` finds in the training half. Of drawn rows:

- broken: share of rows that break any of these rules, in per cent; beside it the same
  of the unseen half, which need not keep all that was found in the other one.
- detection: ROC AUC of gradient boosting, drawn against unseen rows, 0.5 is best; with
  rules, the judge also sees how far each row is from each rule
  (`skgen.metrics.detection_auc`).
- nearest: share of drawn rows nearer to training than to unseen rows; attack: ROC AUC
  of telling training from unseen rows by the distance to the nearest drawn row; 0.5 is
  best (`_privacy`, missing numbers filled by the median, dates as days).
- seconds of fit.

Two lines need no generator. "fresh rows" are one part of the unseen half, against the
other: what a perfect generator gets. The floor is the model of independent columns.

Beside the figures stand the rules that were found, and how many are found where every
column of the table is shuffled by itself: there, each one is a false alarm.

Figures are means over repeats, which differ in rows, halves and all seeds.
"""

import inspect
import warnings

import numpy as np
import pandas as pd
from pandas.api.types import is_datetime64_any_dtype
from sklearn.base import clone

from benchmarks._data import load
from benchmarks._measure import in_fresh_process, seconds
from benchmarks._models import CHAMPION, chosen
from benchmarks._privacy import dcr_shares, membership
from benchmarks._protocol import encode, is_number
from benchmarks._report import format_table, write_result
from benchmarks._ruled_tables import cities, shop_orders
from benchmarks.generators import FLOOR, fit_and_sample
from skgen.metrics import detection_auc, rule_violations
from skgen.rules import find_rules

SIMULATED = {"shop_orders": shop_orders, "cities": cities}
TABLES = (
    *("steel_plates", "news_subset", "heloc", "kc_house", "telco_churn"),
    *("hotel_rates", "nycflights_sub", "lending", *SIMULATED),
)
FRESH = "fresh rows"
MAX_ROWS, QUICK_ROWS = 10_000, 2_000


def halves(name, max_rows, seed):
    """Return random halves of at most `max_rows` rows of a table."""
    table = SIMULATED[name]() if name in SIMULATED else load(name)[0]
    order = np.random.default_rng(seed).permutation(len(table))[:max_rows]
    parts = np.array_split(order, 2)
    return [table.iloc[part].reset_index(drop=True) for part in parts]


def variants(models):
    """Return {name: generator}: the floor, and each model without and with rules."""
    found = {FLOOR: _with_rules(chosen(FLOOR)[FLOOR], None)}
    for name, generator in chosen(models).items():
        for rules in (None, "auto"):
            found[f"{name}, rules={rules!r}"] = _with_rules(generator, rules)
    return {name: generator for name, generator in found.items() if generator}


def _with_rules(generator, rules):
    """Copy of a generator; None if it cannot keep the rules."""
    if "rules" in inspect.signature(type(generator)).parameters:
        return clone(generator).set_params(rules=rules)
    return generator if rules is None else None


def score(rows, train, unseen, rules, seed):
    """Return the figures of rows that need no model."""
    broken = rule_violations(train, rows, holdout=unseen, rules=rules)
    plain = detection_auc(unseen, rows, random_state=seed)
    seen = detection_auc(unseen, rows, rules=rules, random_state=seed)
    encoded = _encode(rows, train, unseen)
    return {
        "broken %": 100 * broken.value,
        "broken %, unseen rows": 100 * broken.holdout.value,
        "detection": plain.value,
        "detection with rules": seen.value,
        "nearest": dcr_shares(*encoded, seed=seed)[1],
        "attack": membership(*encoded, seed=seed)[0],
    }


def _encode(rows, train, unseen):
    """Return tables for measures of distance, which take no dates or missing cells."""
    tables = []
    for table in (rows, train, unseen):
        table = table.copy()
        for name in table:
            if is_datetime64_any_dtype(train[name]):
                table[name] = (table[name] - train[name].min()) / pd.Timedelta(days=1)
        tables.append(table)
    categorical = [name for name in rows if not is_number(tables[1][name])]
    numeric = tables[1].drop(columns=categorical)
    middle = numeric.median().fillna(0)
    filled = [table.fillna(middle.to_dict()) for table in tables]
    return encode(filled, categorical)


def run(name, models, *, repeats=2, max_rows=MAX_ROWS):
    """Score generators on one table.

    Parameters
    ----------
    name : str
        One of `TABLES`, or of the catalog.
    models : str
        Names of generators, by commas.
    repeats : int, default=2
        The number of seeds.
    max_rows : int, default=10_000
        Largest number of rows of both halves.

    Returns
    -------
    lines : list of dict
        The figures of fresh rows, the floor and each generator.
    facts : dict
        The rules that were found in each training half, the seconds of that, and the
        number of rules found in shuffled columns.
    """
    scores, facts = {}, {"rules": [], "seconds to find": [], "rules by chance": []}
    for seed in range(repeats):
        train, unseen = halves(name, max_rows, seed)
        found, elapsed = seconds(find_rules, train)
        facts["rules"].append(str(found).splitlines())
        facts["seconds to find"].append(elapsed)
        facts["rules by chance"].append(len(find_rules(_shuffled(train, seed))))
        fresh, rest = unseen.iloc[::2], unseen.iloc[1::2]
        scores.setdefault(FRESH, []).append(
            score(fresh, train, rest, list(found), seed)
        )
        for label, generator in variants(models).items():
            answer, _, _ = in_fresh_process(fit_and_sample, generator, train, seed)
            rows, fit_seconds, _ = answer
            figures = score(rows, train, unseen, list(found), seed)
            figures["fit s"] = fit_seconds
            scores.setdefault(label, []).append(figures)
    lines = [
        {"table": name, "rows": label, **pd.DataFrame(runs).mean().to_dict()}
        for label, runs in scores.items()
    ]
    return lines, facts


def _shuffled(table, seed):
    rng = np.random.default_rng(seed)
    columns = {c: table[c].array[rng.permutation(len(table))] for c in table}
    return pd.DataFrame(columns)


def add_arguments(parser):
    """Declare the options of the command line."""
    parser.add_argument("--data", default=",".join(TABLES), help="names, by commas")
    parser.add_argument("--models", default=CHAMPION, help="names, by commas")
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--max-rows", type=int, default=MAX_ROWS)
    parser.add_argument(
        "--quick",
        action="store_true",
        help=f"{QUICK_ROWS:,} rows, once; writes no record",
    )


def main(arguments):
    """Run table by table; print and write the records."""
    quick = arguments.quick
    options = {
        "repeats": 1 if quick else arguments.repeats,
        "max_rows": QUICK_ROWS if quick else arguments.max_rows,
    }
    for name in arguments.data.split(","):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            lines, facts = run(name, arguments.models, **options)
        print(format_table(lines))
        elapsed = np.mean(facts["seconds to find"])
        for found in facts["rules"]:
            print(f"\nrules of {name}:", *found, sep="\n  ")
        print(
            f"\nfound in {elapsed:.2f} s; in shuffled columns: "
            f"{facts['rules by chance']} rules\n",
            flush=True,
        )
        if not quick:
            write_result(f"rules-{name}", {"data": name, **options, **facts}, lines)
