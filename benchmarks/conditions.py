"""Measure rows that are drawn given two columns of Adult: time, and how real they are.

Protocol. Adult is cut into two random halves; a generator is fitted to one. Then 10,000
rows are drawn for each of four conditions, chosen before any result was seen: two
values, two values of which few rows have both, a range and a value, a range and a set.
The judge is the detection AUC of histogram gradient boosting (stratified 5-fold, equal
numbers) against the rows of the other half that satisfy the condition; columns given by
one value are left out. With fewer drawn or real rows the AUC is a mean over random
parts of the larger sample. 0.5 is indistinguishable; few real rows make it noisy, and
the judge weak, so compare each line with its neighbours:

- "given": rows drawn by ``sample(10_000, given=...)``. "exact %" is the share of rows
  whose effective sample size is infinite, "least 1 % ESS" the first percentile of it.
- "given at fit": the same by a generator with ``given`` set to the two columns before
  it was fitted, where there is such a parameter.
- "kept": rows drawn without a condition, those that satisfy it kept: what the generator
  thinks of the condition, without an error of conditioning.
- "training rows" that satisfy the condition: what real rows get.

The first lines are of rows without a condition. Seconds are of the processor,
on one core.
"""

import numpy as np
from sklearn.base import clone

from benchmarks._data import load
from benchmarks._measure import detection_auc, processor_seconds
from benchmarks._models import CHAMPION, chosen
from benchmarks._report import format_table, write_result
from benchmarks.generators import split

DATA = "adult"
N_ROWS = 10_000
N_UNCONDITIONAL = 200_000
CONDITIONS = (
    {"hours_per_week": 40, "income": ">50K"},
    {"native_country": "Mexico", "income": "<=50K"},
    {"age": (18, 30), "income": ">50K"},
    {
        "hours_per_week": (20, 40),
        "native_country": {"Germany", "Mexico", "Philippines", "Puerto-Rico"},
    },
)
# Samples are judged in up to ten random parts of at least this number of rows.
JUDGED_ROWS = 10_000
MAX_PARTS = 10


def satisfies(table, given):
    """Return which rows of a table satisfy a condition.

    Parameters
    ----------
    table : DataFrame
    given : dict of {str: value, (low, high) or set}
    """
    within = np.ones(len(table), dtype=bool)
    for name, wanted in given.items():
        if isinstance(wanted, tuple):
            within &= table[name].between(*wanted).to_numpy()
        else:
            values = wanted if isinstance(wanted, set) else [wanted]
            within &= table[name].isin(values).to_numpy()
    return within


def judge(rows, real, given):
    """Return the mean detection AUC of random parts, given columns left out."""
    fixed = [c for c, wanted in given.items() if not isinstance(wanted, (tuple, set))]
    rows, real = rows.drop(columns=fixed), real.drop(columns=fixed)
    n_parts = min(MAX_PARTS, max(1, JUDGED_ROWS // min(len(rows), len(real))))
    aucs = [detection_auc(real, rows, seed=seed) for seed in range(n_parts)]
    return float(np.mean(aucs))


def run(generator, seed=0):
    """Score one generator under all conditions.

    Parameters
    ----------
    generator : generator
        Unfitted.
    seed : int, default=0
        Of the halves and of the generator.

    Returns
    -------
    rows : list of dict
        One per condition and way to get rows.
    """
    table, _ = load(DATA)
    train, unseen = split(table, DATA, "half", seed)
    generator = clone(generator).set_params(random_state=seed)
    _, fit_seconds = processor_seconds(generator.fit, train)
    drawn, spent = processor_seconds(generator.sample, N_UNCONDITIONAL)
    line = {"condition": "none", "real rows": len(unseen)}
    rows = [
        {
            **line,
            "rows": "drawn",
            "fit s": fit_seconds,
            "sample s": spent * N_ROWS / N_UNCONDITIONAL,
            "AUC": judge(drawn[:N_ROWS], unseen, {}),
        },
        {**line, "rows": "training rows", "AUC": judge(train[:N_ROWS], unseen, {})},
    ]
    for given in CONDITIONS:
        real = unseen[satisfies(unseen, given)]
        line = {"condition": _label(given), "real rows": len(real)}
        rows.append({**line, "rows": "given", **_conditional(generator, given, real)})
        if "given" in generator.get_params():
            early = clone(generator).set_params(given=list(given))
            _, fit_seconds = processor_seconds(early.fit, train)
            figures = {"fit s": fit_seconds, **_conditional(early, given, real)}
            rows.append({**line, "rows": "given at fit", **figures})
        for name, sample in (("kept", drawn), ("training rows", train)):
            sample = sample[satisfies(sample, given)][:N_ROWS]
            rows.append({**line, "rows": name, "AUC": judge(sample, real, given)})
    return rows


def _conditional(generator, given, real):
    """Return the figures of rows drawn under a condition."""
    (drawn, ess), spent = processor_seconds(
        lambda: generator.sample(N_ROWS, given=given, return_ess=True)
    )
    # percentiles between infinite values would not be numbers
    least = float(np.percentile(ess, 1, method="lower"))
    return {
        "sample s": spent,
        "AUC": judge(drawn, real, given),
        "satisfied": len(drawn) == N_ROWS and bool(satisfies(drawn, given).all()),
        "exact %": 100 * float(np.isinf(ess).mean()),
        "least 1 % ESS": least if np.isfinite(least) else None,
    }


def _label(given):
    words = []
    for name, wanted in given.items():
        if isinstance(wanted, tuple):
            words.append(f"{name} {wanted[0]}-{wanted[1]}")
        elif isinstance(wanted, set):
            words.append(f"{name} {'/'.join(sorted(wanted))}")
        else:
            words.append(f"{name} {wanted}")
    return ", ".join(words)


def add_arguments(parser):
    """Declare the options of the command line."""
    parser.add_argument("--models", default=CHAMPION, help="names, by commas")
    parser.add_argument("--repeats", type=int, default=1)


def main(arguments):
    """Run, print the table and write the record."""
    rows = []
    for name, generator in chosen(arguments.models).items():
        for seed in range(arguments.repeats):
            lines = run(generator, seed)
            lines = [{"generator": name, "seed": seed, **line} for line in lines]
            print(format_table(lines), end="\n\n", flush=True)
            rows += lines
    protocol = {"data": DATA, "rows": N_ROWS, "repeats": arguments.repeats}
    write_result("conditions", protocol, rows)
