"""The arguments of the command line."""

import argparse
import re
from pathlib import Path

STRATEGIES = ("auto", "minority", "not minority", "not majority", "all")


class _Parser(argparse.ArgumentParser):
    """A parser whose errors take one line, as all others of this command."""

    def error(self, message):
        self.exit(2, f"{self.prog}: error: {message}\n")


def make_parser(version):
    """Parser of the commands, whose names are in ``args.command``."""
    parser = _Parser(prog="skgen", description="Generate rows of tables.")
    parser.add_argument("--version", action="version", version=version)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    _add_demo(commands)
    _add_sample(commands)
    _add_oversample(commands)
    _add_mask(commands)
    _add_impute(commands)
    _add_compare(commands)
    return parser


def _add_demo(commands):
    parser = commands.add_parser(
        "demo", help="compare oversamplers by cross-validation on two tables"
    )
    parser.add_argument(
        "--repeats",
        type=_positive,
        default=1,
        metavar="R",
        help="repetitions of 5-fold cross-validation (default 1)",
    )
    parser.add_argument("--random-state", type=_seed, default=0, metavar="SEED")


def _add_sample(commands):
    parser = commands.add_parser(
        "sample", help="write synthetic rows that look like those of a file"
    )
    _add_file_arguments(parser)
    parser.add_argument(
        "-n",
        "--n-samples",
        type=_positive,
        required=True,
        metavar="N",
        help="number of rows to write",
    )


def _add_oversample(commands):
    parser = commands.add_parser(
        "oversample", help="write the rows of a file and new ones of rare classes"
    )
    _add_file_arguments(parser)
    parser.add_argument(
        "--target",
        required=True,
        metavar="COLUMN",
        help="the column of the classes, or of numbers, whose rare regions are filled",
    )
    parser.add_argument(
        "--sampling-strategy",
        type=_strategy,
        default="auto",
        metavar="S",
        help="a ratio of minority to majority in (0, 1], or one of "
        f"{', '.join(STRATEGIES)} (default auto: all classes as large as the largest)",
    )


def _add_mask(commands):
    parser = commands.add_parser(
        "mask", help="write the rows of a file, some columns of them drawn anew"
    )
    _add_file_arguments(parser)
    parser.add_argument(
        "--columns",
        type=_names,
        required=True,
        metavar="A,B",
        help="columns to mask, with commas between their names",
    )
    parser.add_argument(
        "--condition-on",
        type=_relations,
        default="all",
        metavar="A,B",
        help="columns that the drawn cells are to go with: names, 'all' or 'none' "
        "(default all; fewer keep less, and tell less)",
    )
    parser.add_argument(
        "--min-count",
        type=_positive,
        default=5,
        metavar="N",
        help="values that fewer rows hold are never written (default 5)",
    )


def _add_impute(commands):
    parser = commands.add_parser(
        "impute", help="write the rows of a file, their missing cells filled"
    )
    _add_file_arguments(parser)
    parser.add_argument(
        "--strategy",
        choices=("draw", "mean"),
        default="draw",
        help="fill by a draw given the other cells of the row, or by the mean or "
        "commonest of several (default draw)",
    )


def _add_compare(commands):
    parser = commands.add_parser(
        "compare", help="write a page that judges synthetic rows beside real ones"
    )
    parser.add_argument(
        "real",
        type=Path,
        metavar="REAL",
        help="table that the synthetic rows were learned from: .csv or .parquet",
    )
    parser.add_argument(
        "synthetic",
        type=Path,
        nargs="+",
        metavar="SYNTHETIC",
        help="table to judge; several are put side by side: .csv or .parquet",
    )
    parser.add_argument(
        "--holdout",
        type=Path,
        metavar="FILE",
        help="real rows that the generator has not seen; without them most of privacy "
        "is not judged",
    )
    parser.add_argument(
        "--target",
        metavar="COLUMN",
        help="column that a model is to predict, to judge utility",
    )
    parser.add_argument(
        "--sensitive",
        type=_names,
        metavar="A,B",
        help="columns that an attacker would like to know (default: any)",
    )
    parser.add_argument(
        "--n-jobs",
        type=_jobs,
        default=None,
        metavar="N",
        help="number of measures taken at once; -1 takes all cores (default 1)",
    )
    _add_common_arguments(parser, output="page to write: .html")


def _add_file_arguments(parser):
    parser.add_argument(
        "input", type=Path, metavar="IN", help="table to learn from: .csv or .parquet"
    )
    _add_common_arguments(parser, output="file to write: .csv or .parquet")


def _add_common_arguments(parser, output):
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="OUT", help=output
    )
    parser.add_argument(
        "--force", action="store_true", help="overwrite OUT if it exists"
    )
    parser.add_argument(
        "--drop",
        action="append",
        default=[],
        metavar="COLUMN",
        help="leave this column out, such as an identifier (repeatable)",
    )
    parser.add_argument(
        "--missing",
        action="append",
        default=[],
        metavar="WORD",
        help="cells of a CSV file that read WORD are missing, as empty ones always "
        "are; by default NA or None are words like any other (repeatable)",
    )
    parser.add_argument(
        "--random-state",
        type=_seed,
        default=None,
        metavar="SEED",
        help="whole number that makes the result repeatable (default: new draws)",
    )


def _positive(text):
    """Argument type: a whole number of at least 1."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number > 0, got {text!r}")
    return int(text)


def _jobs(text):
    """Argument type: a number of jobs as joblib has it."""
    if not re.fullmatch(r"-?[1-9][0-9]*", text):
        raise argparse.ArgumentTypeError(
            f"expected a whole number other than 0, got {text!r}"
        )
    return int(text)


def _seed(text):
    """Argument type: a seed of numpy's legacy generators, below 2**32."""
    if not text.isdecimal() or int(text) >= 2**32:
        raise argparse.ArgumentTypeError(
            f"expected a whole number from 0 to 2**32 - 1, got {text!r}"
        )
    return int(text)


def _names(text):
    """Argument type: names with commas between them."""
    return text.split(",")


def _relations(text):
    """Argument type: names with commas between them, or 'all' or 'none'."""
    return text if text in ("all", "none") else _names(text)


def _strategy(text):
    """Argument type: imbalanced-learn's name of a strategy, or a ratio."""
    if text in STRATEGIES:
        return text
    if not re.fullmatch(r"1(\.0*)?|0?\.[0-9]*[1-9][0-9]*", text):
        raise argparse.ArgumentTypeError(
            f"expected a ratio in (0, 1] or one of {', '.join(STRATEGIES)}; "
            f"got {text!r}"
        )
    return float(text)
