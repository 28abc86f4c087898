"""List the rules that `skgen.rules.find_rules` finds in all tables of the catalog.

Each table is searched in at most 10,000 random rows. The list is there to be read: a
rule that no reader of the table would believe is an error of the search.
"""

import numpy as np

from benchmarks._data import load, names
from benchmarks._measure import seconds
from benchmarks._report import RESULTS
from skgen.rules import find_rules

MAX_ROWS = 10_000
#: implications of one table that are listed, since some tables have hundreds
MAX_IMPLICATIONS = 12


def describe(name, max_rows=MAX_ROWS, seed=0):
    """Return a heading and one line for each rule of a table."""
    table, _ = load(name)
    rows = np.random.default_rng(seed).permutation(len(table))[:max_rows]
    found, elapsed = seconds(find_rules, table.iloc[rows].reset_index(drop=True))
    lines = str(found).splitlines() if len(found) else []
    implications = [line for line in lines if " -> " in line and " is " in line]
    hidden = implications[MAX_IMPLICATIONS:]
    lines = [f"  {line}" for line in lines if line not in hidden]
    if hidden:
        lines.append(f"  and {len(hidden)} more implications")
    size = f"{len(rows):,} rows, {table.shape[1]} columns"
    return [f"{name}: {len(found)} rules ({size}, {elapsed:.1f} s)", *lines]


def add_arguments(parser):
    """Declare the options of the command line."""
    parser.add_argument("--data", default="", help="names, by commas; all by default")
    parser.add_argument("--max-rows", type=int, default=MAX_ROWS)


def main(arguments):
    """Print the rules of each table; write those of all tables to one text file."""
    chosen, blocks = arguments.data.split(",") if arguments.data else names(), []
    for name in chosen:
        blocks.append(describe(name, arguments.max_rows))
        print(*blocks[-1], sep="\n", flush=True)
    if not arguments.data:
        # tables without rules say that, in one line
        empty = [block[0].split(":")[0] for block in blocks if len(block) == 1]
        lines = [line for block in blocks if len(block) > 1 for line in block]
        lines += ["", f"No rules in {len(empty)} tables: {', '.join(empty)}"]
        RESULTS.mkdir(exist_ok=True)
        text = "\n".join(lines) + "\n"
        (RESULTS / "found_rules.txt").write_text(text, encoding="utf-8")
