"""Time and memory of over-sampling to balance, beside SMOTE in the same run.

Protocol. ``make_classification`` tables of 20 columns, one row in ten, or three in ten,
of the rarer class. Both samplers have their defaults, and are timed in turn on one
core; ratios are medians over pairs. Peak memory is that of one
call in a fresh process, less what was there before it.
"""

from statistics import median

import numpy as np
from imblearn.over_sampling import SMOTE
from sklearn.datasets import make_classification

from benchmarks._measure import in_fresh_process, seconds
from benchmarks._report import format_table, write_result
from skgen import GenerativeOverSampler

ROWS = (5_000, 10_000, 20_000, 40_000)
RARE_SHARES = (0.1, 0.3)
N_COLUMNS = 20


def make_table(n_rows, rare_share):
    """Return a numeric table and its two classes."""
    return make_classification(
        n_rows,
        N_COLUMNS,
        n_informative=10,
        weights=[1 - rare_share],
        random_state=0,
    )


def resample(sampler, n_rows, rare_share):
    """Resample such a table, and return nothing."""
    sampler.fit_resample(*make_table(n_rows, rare_share))


def run(*, rows=ROWS, repeats=5):
    """Return medians of seconds and ratios, and memory, one dict per table."""
    found = []
    for rare_share in RARE_SHARES:
        for n_rows in rows:
            X, y = make_table(n_rows, rare_share)
            pairs = []
            for seed in range(repeats):
                samplers = (SMOTE(random_state=seed), GenerativeOverSampler())
                samplers[1].set_params(random_state=seed)
                pairs.append([seconds(s.fit_resample, X, y)[1] for s in samplers])
            smote, own = np.array(pairs).T
            _, before, peak = in_fresh_process(
                resample, GenerativeOverSampler(random_state=0), n_rows, rare_share
            )
            found.append(
                {
                    "rows": n_rows,
                    "rare": rare_share,
                    "SMOTE s": median(smote.tolist()),
                    "skgen s": median(own.tolist()),
                    "ratio": median((own / smote).tolist()),
                    "MB": peak - before,
                }
            )
    return found


def add_arguments(parser):
    """Declare the options of the command line."""
    parser.add_argument("--repeats", type=int, default=5)


def main(arguments):
    """Run, print the table and write the record."""
    rows = run(repeats=arguments.repeats)
    print(format_table(rows))
    for rare_share in RARE_SHARES:
        part = [row for row in rows if row["rare"] == rare_share]
        sizes = np.log([row["rows"] for row in part])
        slopes = {
            name: np.polyfit(sizes, np.log([row[name] for row in part]), 1)[0]
            for name in ("skgen s", "MB")
        }
        print(
            f"\nrare {rare_share}: seconds grow with the rows to the power of "
            f"{slopes['skgen s']:.2f}, memory {slopes['MB']:.2f}"
        )
    protocol = {"columns": N_COLUMNS, "repeats": arguments.repeats}
    write_result("resampling_speed", protocol, rows)
