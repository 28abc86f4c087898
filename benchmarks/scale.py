"""Time and memory on one machine as rows, columns and cores grow.

Protocol. Every run is a fresh process that fits ``AutoregressiveGenerator`` with its
defaults and draws the number of rows it was given. "cpu s" is the processor time of the
process and its workers, on which other users of the machine have less influence than on
"s"; "peak MB" is the largest sum of their resident memory without what they share
(Pss, of Linux), read five times a second, with the table and the interpreters in it.

rows
    Rows of Adult chosen with replacement, each number that is not zero moved by a
    normal of a fiftieth of its column's standard deviation and rounded: 15 columns.
    100,000, 300,000 and 1,000,000 rows with two jobs.
columns
    The tables of ``wide``, 2,000 rows of 200, 632 and 2,000 columns. (A column is
    learned from at most 50 others, so that below 50 columns time grows with their
    square.)
jobs
    Adult with one job and one thread, with one job and one thread per core, which
    boosting takes from 50,000 rows on only, and with two jobs in processes, which have
    been started before, and in threads; median of fits in one process after a first
    small one. The rows that are drawn afterwards must be the same. On a machine that
    others use, "times as fast" depends on them, too.
enough
    Mean log-density of 20,000 held-out rows of ``make_customers`` as more rows are
    learned from, beside what it lacks of that of the largest number. Money is in whole
    cents, which are counted: as decimals, those that repeat have a probability and
    others a density, and the more rows, the more of them repeat.

The exponent is the slope of the logarithm of seconds (of the processor) on that of the
size: 1 is linear, 2 quadratic.
"""

import hashlib
import os
import threading
import time
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd
from joblib import parallel_config

from benchmarks._data import load
from benchmarks._measure import in_fresh_process
from benchmarks._report import RESULTS, format_table, write_result
from benchmarks.wide import make_wide
from skgen import AutoregressiveGenerator
from skgen.datasets import make_customers

ROWS = (100_000, 300_000, 1_000_000)
COLUMNS = (200, 632, 2_000)
ROWS_OF_WIDE = 2_000
ENOUGH = (3_000, 10_000, 30_000, 100_000, 300_000)
HELD_OUT = 20_000
JOBS = (
    ("one job, one thread", 1, "loky", False),
    ("one job, all threads", 1, "loky", True),
    ("two jobs, processes", 2, "loky", True),
    ("two jobs, threads", 2, "threading", True),
)


def make_long(n_rows, *, seed=0):
    """Return rows of Adult, chosen with replacement, with noise on the numbers."""
    table, _ = load("adult")
    rng = np.random.default_rng(seed)
    table = table.iloc[rng.integers(len(table), size=n_rows)].reset_index(drop=True)
    for name in table.select_dtypes("number"):
        z = table[name].to_numpy()
        moved = np.rint(z + rng.normal(0, 0.02 * z.std(), n_rows)).astype(z.dtype)
        table[name] = np.where(z == 0, z, moved)
    return table


def measure(kind, size, n_jobs):
    """Fit and sample one table, in this process and its workers."""
    table = make_long(size) if kind == "rows" else make_wide(size, n_rows=ROWS_OF_WIDE)
    generator = AutoregressiveGenerator(n_jobs=n_jobs, random_state=0)
    with _Watch() as fit:
        generator.fit(table)
    with _Watch() as sample:
        rows = generator.sample(len(table))
    assert rows.shape == table.shape
    return {
        kind: size,
        "fit s": fit.seconds,
        "sample s": sample.seconds,
        "fit cpu s": fit.processor,
        "sample cpu s": sample.processor,
        "peak MB": max(fit.peak, sample.peak),
    }


def measure_jobs(backend, n_jobs, n_rows, repeats):
    """Median seconds of fits of Adult, and a digest of the rows drawn afterwards."""
    table = load("adult")[0].iloc[:n_rows]
    generator = AutoregressiveGenerator(n_jobs=n_jobs, random_state=0)
    watches = []
    with parallel_config(backend=backend):
        generator.fit(table.iloc[:500])
        for _ in range(repeats):
            with _Watch() as watch:
                generator.fit(table)
            watches.append(watch)
        rows = generator.sample(1_000)
    digest = hashlib.sha256(pd.util.hash_pandas_object(rows).to_numpy().tobytes())
    return {
        "fit s": median(watch.seconds for watch in watches),
        "fit cpu s": median(watch.processor for watch in watches),
        "rows": digest.hexdigest()[:12],
    }


class _Watch:
    """Seconds, processor seconds and peak memory of a process and its children."""

    def __enter__(self):
        self.peak, self._done = 0.0, threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()
        self._start = time.perf_counter(), _processor_seconds()
        return self

    def __exit__(self, *error):
        self.seconds = time.perf_counter() - self._start[0]
        self.processor = _processor_seconds() - self._start[1]
        self._done.set()
        self._thread.join()

    def _look(self):
        while not self._done.wait(0.2):
            self.peak = max(self.peak, sum(map(_own_megabytes, _family())))


def _family():
    """This process and those that it, or they, started."""
    family = [os.getpid()]
    for pid in family:
        for task in Path(f"/proc/{pid}/task").glob("*/children"):
            try:
                family += map(int, task.read_text().split())
            except OSError:  # it has ended
                continue
    return family


def _own_megabytes(pid):
    """Resident memory, of what several processes share only a share."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:  # it has ended
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def _processor_seconds():
    """Seconds of the processor that this process and its workers have had."""
    ticks = 0
    for pid in _family():
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:  # it has ended
            continue
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def measure_enough(n_rows, most):
    """Mean log-density of held-out customers, learned from some of the others."""
    customers, _ = make_customers(most + HELD_OUT, random_state=0)
    for name in ("monthly_fee", "total_paid", "refunds"):
        customers[name] = (100 * customers[name]).round().astype("Int64")
    generator = AutoregressiveGenerator(n_jobs=2, random_state=0)
    generator.fit(customers.iloc[:n_rows])
    return generator.score(customers.iloc[-HELD_OUT:])


def run_growth(kind, sizes, *, n_jobs=2):
    """Return what each size costs, one dict per size."""
    found = []
    for size in sizes:
        row, *_ = in_fresh_process(measure, kind, size, n_jobs, all_threads=True)
        found.append(row)
        print(format_table([row]), flush=True)
    return found


def run_jobs(*, n_rows=None, repeats=3):
    """Return seconds of a fit by jobs and threads, one dict per way."""
    found = []
    for name, n_jobs, backend, all_threads in JOBS:
        row, *_ = in_fresh_process(
            measure_jobs, backend, n_jobs, n_rows, repeats, all_threads=all_threads
        )
        found.append({"way": name, **row})
    digests = [row.pop("rows") for row in found]
    for row, digest in zip(found, digests, strict=True):
        row["times as fast"] = found[0]["fit s"] / row["fit s"]
        row["same rows"] = digest == digests[0]
    return found


def run_enough(sizes):
    """Return held-out log-densities, one dict per number of rows."""
    scores = [
        in_fresh_process(measure_enough, size, max(sizes), all_threads=True)[0]
        for size in sizes
    ]
    return [
        {"learned from": size, "log-density": score, "nats lost": scores[-1] - score}
        for size, score in zip(sizes, scores, strict=True)
    ]


def exponent(rows, kind):
    """Return the slope of log processor seconds on log size."""
    sizes = [row[kind] for row in rows]
    seconds = [row["fit cpu s"] + row["sample cpu s"] for row in rows]
    return float(np.polyfit(np.log(sizes), np.log(seconds), deg=1)[0])


def plot(parts, path):
    """Plot processor seconds, logarithmic, and memory on the sizes."""
    import matplotlib.pyplot as plt

    size = (4 * len(parts), 6)
    figure, axes = plt.subplots(2, len(parts), figsize=size, squeeze=False)
    for (kind, rows), (above, below) in zip(parts.items(), axes.T, strict=True):
        sizes = [row[kind] for row in rows]
        for name in ("fit cpu s", "sample cpu s"):
            above.loglog(sizes, [row[name] for row in rows], "o-", label=name)
        below.plot(sizes, [row["peak MB"] for row in rows], "o-", label="peak MB")
        below.set_ylim(bottom=0)
        above.set_title(f"{kind}: exponent {exponent(rows, kind):.2f}")
        below.set_xlabel(kind)
        for axis in (above, below):
            axis.set_xticks(sizes, [f"{size:,}" for size in sizes])
            axis.set_xticks([], minor=True)
            axis.legend(frameon=False)
            axis.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(path, dpi=120)


def add_arguments(parser):
    """Declare the options of the command line."""
    parser.add_argument("--parts", default="rows,columns,jobs,enough")
    parser.add_argument("--shrink", type=float, default=1.0, help="divides all sizes")
    parser.add_argument("--repeats", type=int, default=3)


def main(arguments):
    """Run, print the tables, and write the record and the plot."""
    found, wanted = {}, arguments.parts.split(",")

    def shrunk(sizes):
        return [int(size / arguments.shrink) for size in sizes]

    if "rows" in wanted:
        found["rows"] = run_growth("rows", shrunk(ROWS))
    if "columns" in wanted:
        found["columns"] = run_growth("columns", shrunk(COLUMNS))
    slopes = {kind: exponent(rows, kind) for kind, rows in found.items()}
    if found:
        name = "scale.png" if arguments.shrink == 1 else "scale-shrunk.png"
        plot(found, RESULTS / name)
    if "jobs" in wanted:
        [n_rows] = shrunk([len(load("adult")[0])])
        found["jobs"] = run_jobs(n_rows=n_rows, repeats=arguments.repeats)
    if "enough" in wanted:
        found["enough"] = run_enough(shrunk(ENOUGH))
    for part, rows in found.items():
        print(f"\n{part}\n{format_table(rows)}")
    for kind, slope in slopes.items():
        print(f"\nseconds grow with the {kind} to the power of {slope:.2f}")
    protocol = {"shrink": arguments.shrink, "repeats": arguments.repeats, **slopes}
    rows = [{"part": part, **row} for part, rows in found.items() for row in rows]
    write_result("scale" if arguments.shrink == 1 else "scale-shrunk", protocol, rows)
