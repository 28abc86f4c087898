"""The arguments of the command line."""

import argparse
import codecs
import re
from pathlib import Path

from skgen._cli.names import split_names

STRATEGIES = ("auto", "minority", "not minority", "not majority", "all")


class _Parser(argparse.ArgumentParser):
    """A parser whose errors take one line, like all errors of the command line."""

    def error(self, message):
        self.exit(2, f"{self.prog}: error: {message}\n")


def make_parser(version):
    """Make the parser; ``args.command`` is the name of the command."""
    parser = _Parser(prog="skgen", description="Generate, mask and impute table rows.")
    parser.add_argument("--version", action="version", version=version)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    _add_demo(commands)
    _add_describe(commands)
    _add_sample(commands)
    _add_oversample(commands)
    _add_mask(commands)
    _add_impute(commands)
    _add_compare(commands)
    return parser


def _add_demo(commands):
    parser = commands.add_parser(
        "demo", help="compare over-sampling methods by cross-validation on two tables"
    )
    parser.add_argument(
        "--repeats",
        type=_positive,
        default=1,
        metavar="R",
        help="repetitions of 5-fold cross-validation (default 1)",
    )
    seed = "seed of the demo (default 0)"
    parser.add_argument(
        "--random-state", type=_seed, default=0, metavar="SEED", help=seed
    )


def _add_describe(commands):
    parser = commands.add_parser(
        "describe",
        help="print what the columns of a file hold, and the rules between them",
    )
    _add_table(parser, "input", "IN", "table to describe")
    parser.add_argument(
        "--json",
        action="store_true",
        help="print the schema as JSON, to be corrected and passed to --schema",
    )
    text = "file to write instead of printing"
    parser.add_argument("-o", "--output", type=Path, metavar="OUT", help=text)
    _add_force(parser)
    _add_reading_arguments(parser)
    _add_rules(parser)
    _add_identifiers(parser)


def _add_sample(commands):
    parser = commands.add_parser(
        "sample", help="write synthetic rows that look like those of a file"
    )
    _add_file_arguments(parser)
    _add_identifiers(parser)
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
        "oversample", help="write the rows of a file and new rows of rare classes"
    )
    _add_file_arguments(parser)
    _add_identifiers(parser)
    parser.add_argument(
        "--target",
        required=True,
        metavar="COLUMN",
        help="column of classes, or of numbers, of which rare values are added",
    )
    parser.add_argument(
        "--sampling-strategy",
        type=_strategy,
        default="auto",
        metavar="S",
        help="ratio of minority to majority class in (0, 1], or one of "
        f"{', '.join(STRATEGIES)} (default auto: all classes as large as the largest)",
    )


def _add_mask(commands):
    parser = commands.add_parser(
        "mask", help="write the rows of a file, with new values in some columns"
    )
    _add_file_arguments(parser)
    parser.add_argument(
        "--columns",
        type=split_names,
        required=True,
        metavar="A,B",
        help="columns to mask, separated by commas",
    )
    parser.add_argument(
        "--condition-on",
        type=_names_or_word,
        default="all",
        metavar="A,B",
        help="columns that the new values depend on: names, 'all' or 'none' (default "
        "all; with fewer, less is kept and less is disclosed)",
    )
    parser.add_argument(
        "--min-count",
        type=_positive,
        default=5,
        metavar="N",
        help="values of fewer than N rows are never written (default 5)",
    )


def _add_impute(commands):
    parser = commands.add_parser(
        "impute", help="write the rows of a file, with missing cells filled"
    )
    _add_file_arguments(parser)
    parser.add_argument(
        "--strategy",
        choices=("draw", "mean"),
        default="draw",
        help="fill with a draw given the other cells of the row, or with the mean or "
        "most frequent value of several draws (default draw)",
    )


def _add_compare(commands):
    parser = commands.add_parser(
        "compare", help="write a page that compares synthetic rows with real ones"
    )
    _add_table(parser, "real", "REAL", "training rows of the generator")
    _add_table(parser, "synthetic", "SYNTHETIC", "synthetic rows", nargs="+")
    unseen = "real rows that the generator has not seen, for privacy metrics"
    _add_table(parser, "--holdout", "FILE", unseen)
    parser.add_argument(
        "--target",
        metavar="COLUMN",
        help="column for a model to predict, to measure utility",
    )
    parser.add_argument(
        "--sensitive",
        type=split_names,
        metavar="A,B",
        help="columns that an attacker would like to know (default: any)",
    )
    parser.add_argument(
        "--n-jobs",
        type=_jobs,
        metavar="N",
        help="number of metrics computed in parallel; -1 uses all cores (default 1)",
    )
    _add_common_arguments(parser, output="page to write: .html")


def _add_file_arguments(parser):
    _add_table(parser, "input", "IN", "table to learn from")
    _add_common_arguments(parser, output="file to write: .csv, .tsv or .parquet")


def _add_table(parser, name, metavar, text, **options):
    text = f"{text}: .csv or .tsv, perhaps with .gz behind, or .parquet"
    parser.add_argument(name, type=Path, metavar=metavar, help=text, **options)


def _add_common_arguments(parser, output):
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="OUT", help=output
    )
    _add_force(parser)
    _add_reading_arguments(parser)
    _add_rules(parser)
    parser.add_argument(
        "--random-state",
        type=_seed,
        default=None,
        metavar="SEED",
        help="whole number that makes the result reproducible (default: random)",
    )


def _add_force(parser):
    parser.add_argument(
        "--force", action="store_true", help="overwrite OUT if it exists"
    )


def _add_reading_arguments(parser):
    parser.add_argument(
        "--schema",
        type=Path,
        metavar="FILE.json",
        help="what the columns hold, as describe --json writes it, or corrections of "
        'what is found: {"zip": "categorical", "price": {"step": 0.05}}',
    )
    parser.add_argument(
        "--categorical",
        action="extend",
        type=split_names,
        default=[],
        metavar="A,B",
        help="columns of codes, which are read as text and treated as categories",
    )
    parser.add_argument(
        "--drop",
        action="append",
        default=[],
        metavar="COLUMN",
        help="column to leave out, such as an identifier (repeatable)",
    )
    parser.add_argument(
        "--missing",
        action="append",
        default=[],
        metavar="TEXT",
        help="text of missing cells in a CSV file, in addition to empty cells; NA, ? "
        "and the like need it only in columns of text (repeatable)",
    )
    found = "of CSV files (default: found in the file)"
    parser.add_argument(
        "--sep", type=_separator, metavar="S", help=f"what separates cells {found}"
    )
    parser.add_argument(
        "--encoding", type=_encoding, metavar="NAME", help=f"encoding {found}"
    )
    parser.add_argument(
        "--decimal", choices=(".", ","), metavar="P", help=f"decimal point {found}"
    )


def _add_rules(parser):
    parser.add_argument(
        "--rules",
        type=_rules,
        metavar="R",
        help="rules between columns that rows keep, such as a total that is a sum: "
        "auto finds them, none ignores them, or a .json file of rules, as describe "
        "--json writes it (default: those of --schema, if it has some, else auto)",
    )


def _add_identifiers(parser):
    parser.add_argument(
        "--identifiers",
        choices=("fresh", "refuse", "learn"),
        default="fresh",
        help="columns that identify the rows, as keys and names do: new rows get fresh "
        "ones of the same pattern (default), or refuse such a table, or learn them "
        "like other columns",
    )


def _positive(text):
    """Argument type: a positive integer."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number > 0, got {text!r}")
    return int(text)


def _rules(text):
    """Argument type: 'none', 'auto' or a JSON file."""
    if text in ("none", "auto"):
        return text
    if not text.endswith(".json"):
        raise argparse.ArgumentTypeError(
            f"expected none, auto or a .json file, got {text!r}"
        )
    return Path(text)


def _separator(text):
    """Argument type: a character that separates cells."""
    text = {"tab": "\t", "\\t": "\t"}.get(text, text)
    if len(text) != 1 or text in '"\r\n':
        raise argparse.ArgumentTypeError(
            f"expected one character, such as ';', or the word tab; got {text!r}"
        )
    return text


def _encoding(text):
    """Argument type: name of an encoding of text."""
    try:
        name = codecs.lookup(text).name.removesuffix("-sig")
        "".encode(name)
    except LookupError:
        raise argparse.ArgumentTypeError(
            f"unknown encoding {text!r}; use one such as utf-8, latin-1, cp1252 or "
            "utf-16"
        ) from None
    return name


def _jobs(text):
    """Argument type: a number of jobs, as in joblib."""
    if not re.fullmatch(r"-?[1-9][0-9]*", text):
        raise argparse.ArgumentTypeError(
            f"expected a whole number other than 0, got {text!r}"
        )
    return int(text)


def _seed(text):
    """Argument type: a seed of `numpy.random.RandomState`."""
    if not text.isdecimal() or int(text) >= 2**32:
        raise argparse.ArgumentTypeError(
            f"expected a whole number from 0 to 2**32 - 1, got {text!r}"
        )
    return int(text)


def _names_or_word(text):
    """Argument type: names separated by commas, 'all' or 'none'."""
    return text if text in ("all", "none") else split_names(text)


def _strategy(text):
    """Argument type: name of a strategy of imbalanced-learn, or a ratio."""
    if text in STRATEGIES:
        return text
    if not re.fullmatch(r"1(\.0*)?|0?\.[0-9]*[1-9][0-9]*", text):
        raise argparse.ArgumentTypeError(
            f"expected a ratio in (0, 1] or one of {', '.join(STRATEGIES)}; "
            f"got {text!r}"
        )
    return float(text)
