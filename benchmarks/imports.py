"""Time ``import skgen`` beside ``import imblearn``.

Protocol. Every import runs in an interpreter of its own, which times it itself, so
that the start of the interpreter is not counted; both take turns, and the first
turn, which may write bytecode, is dropped. Medians.
"""

import subprocess
import sys
from statistics import median

from benchmarks._measure import REPOSITORY
from benchmarks._report import format_table, write_result

PACKAGES = ("skgen", "imblearn")
TIMED_IMPORT = (
    "from time import perf_counter; start = perf_counter(); import {}; "
    "print(perf_counter() - start)"
)


def import_seconds(package):
    """Return the seconds one import takes in a new interpreter."""
    command = [sys.executable, "-c", TIMED_IMPORT.format(package)]
    answer = subprocess.run(
        command, check=True, capture_output=True, text=True, cwd=REPOSITORY
    )
    return float(answer.stdout)


def run(repeats=11):
    """Return the median seconds of each package and skgen's ratio to imblearn."""
    turns = [[import_seconds(p) for p in PACKAGES] for _ in range(repeats + 1)][1:]
    medians = {
        package: median(times)
        for package, times in zip(PACKAGES, zip(*turns, strict=True), strict=True)
    }
    return medians | {"ratio": median(ours / theirs for ours, theirs in turns)}


def add_arguments(parser):
    """Declare the options of the command line."""
    parser.add_argument("--repeats", type=int, default=11)


def main(arguments):
    """Run, print the table and write the record."""
    row = run(arguments.repeats)
    print(format_table([row]))
    write_result("imports", {"repeats": arguments.repeats}, [row])
