"""Time generators as the number of columns grows.

Protocol. Tables of 5,000 rows and 50, 100 and 200 columns, made from five normal
factors: of every ten columns six are continuous, two are counts, two are
categorical with five levels. Each generator is fitted with its defaults and draws
5,000 rows, in a fresh process on one core. The exponent is the slope of log
seconds (fit and sample) on log columns: 1 is linear, 2 quadratic.
"""

from statistics import median

import numpy as np
import pandas as pd

from benchmarks._measure import in_fresh_process
from benchmarks._report import format_table, write_result
from benchmarks.generators import fit_and_sample, public_generators

COLUMNS = (50, 100, 200)
N_ROWS = 5_000
N_FACTORS = 5


def make_wide(n_columns, *, n_rows=N_ROWS, seed=0):
    """Return a table of continuous, count and categorical columns."""
    rng = np.random.default_rng(seed)
    factors = rng.standard_normal((n_rows, N_FACTORS))
    loadings = rng.standard_normal((N_FACTORS, n_columns)) / np.sqrt(N_FACTORS)
    noise = rng.standard_normal((n_rows, n_columns))
    values = factors @ loadings + 0.5 * noise
    return pd.DataFrame(
        {f"x{i}": _column(i % 10, values[:, i], rng) for i in range(n_columns)}
    )


def _column(place, values, rng):
    if place < 6:
        return values
    if place < 8:
        return rng.poisson(np.exp(values))
    levels = np.digitize(values, [-1.0, -0.3, 0.3, 1.0])
    return pd.Categorical.from_codes(levels, list("abcde"))


def run(models, *, columns=COLUMNS, repeats=1):
    """Return seconds per number of columns and the exponent, one dict per model.

    Parameters
    ----------
    models : dict of {str: generator}
        Unfitted generators that can be pickled.
    columns : sequence of int, default=(50, 100, 200)
        The numbers of columns.
    repeats : int, default=1
        The number of runs of each; medians are taken.
    """
    rows = []
    for name, generator in models.items():
        row, totals = {"generator": name}, []
        for n_columns in columns:
            fit, sample, peak = _costs(generator, n_columns, repeats)
            totals.append(fit + sample)
            row |= {f"fit s {n_columns}": fit, f"sample s {n_columns}": sample}
        slope = np.polyfit(np.log(columns), np.log(totals), deg=1)[0]
        rows.append(row | {"peak MB": peak, "exponent": float(slope)})
    return rows


def _costs(generator, n_columns, repeats):
    """Return median fit seconds, sample seconds and peak MB."""
    table, costs = make_wide(n_columns), []
    for seed in range(repeats):
        answer, _, peak = in_fresh_process(fit_and_sample, generator, table, seed)
        costs.append((*answer[1:], peak))
    return [median(part) for part in zip(*costs, strict=True)]


def add_arguments(parser):
    """Declare the options of the command line."""
    parser.add_argument("--models", help="names, comma-separated; default: all public")
    parser.add_argument("--repeats", type=int, default=1)


def main(arguments):
    """Run, print the table and write the record."""
    models = public_generators()
    if arguments.models is not None:
        models = {name: models[name] for name in arguments.models.split(",")}
    rows = run(models, repeats=arguments.repeats)
    print(format_table(rows))
    protocol = {"rows": N_ROWS, "columns": COLUMNS, "repeats": arguments.repeats}
    write_result("wide", protocol, rows)
