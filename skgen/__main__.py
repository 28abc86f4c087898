"""The command line: ``python -m skgen COMMAND``, such as ``sample`` or ``compare``."""

import argparse
import re
import sys
import warnings
from contextlib import contextmanager
from pathlib import Path

from skgen import (
    AutoregressiveGenerator,
    GenerativeImputer,
    GenerativeMasker,
    GenerativeOverSampler,
    __version__,
)
from skgen._cli import (
    Misuse,
    check_column,
    check_output,
    import_matplotlib,
    import_pandas,
    one_line,
    read_table,
    read_tables_alike,
    write_table,
)

STRATEGIES = ("auto", "minority", "not minority", "not majority", "all")


class _Parser(argparse.ArgumentParser):
    """A parser whose errors take one line, as all others of this command."""

    def error(self, message):
        self.exit(2, f"{self.prog}: error: {message}\n")


def main(argv=None):
    """Run the command line.

    Parameters
    ----------
    argv : list of str, default=None
        Arguments; by default those of the process.

    Returns
    -------
    status : int
        0, or 2 for misuse, or 130 when interrupted. (Wrong arguments and
        ``--help`` leave by ``SystemExit``, as always with argparse.)
    """
    args = _make_parser().parse_args(argv)
    try:
        with _warnings_in_one_line(args.command):
            args.run(args)
    except Misuse as error:
        print(f"skgen {args.command}: error: {one_line(error)}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"skgen {args.command}: interrupted", file=sys.stderr)
        return 130
    return 0


def _make_parser():
    parser = _Parser(prog="skgen", description="Generate rows of tables.")
    parser.add_argument("--version", action="version", version=__version__)
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
    parser.set_defaults(run=_demo)


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
    parser.set_defaults(run=_sample)


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
    parser.set_defaults(run=_oversample)


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
        "--keep-relations",
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
    parser.set_defaults(run=_mask)


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
    parser.set_defaults(run=_impute)


def _add_compare(commands):
    parser = commands.add_parser(
        "compare", help="write a page that judges synthetic rows beside real ones"
    )
    for name, words in (
        ("real", "table that the synthetic rows were learned from"),
        ("synthetic", "table to judge; several are put side by side"),
    ):
        parser.add_argument(
            name,
            type=Path,
            metavar=name.upper(),
            nargs="+" if name == "synthetic" else None,
            help=f"{words}: .csv or .parquet",
        )
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        required=True,
        metavar="OUT",
        help="page to write: .html",
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
    _add_reading_arguments(parser)
    parser.set_defaults(run=_compare)


def _add_file_arguments(parser):
    parser.add_argument(
        "input", type=Path, metavar="IN", help="table to learn from: .csv or .parquet"
    )
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        required=True,
        metavar="OUT",
        help="file to write: .csv or .parquet",
    )
    _add_reading_arguments(parser)


def _add_reading_arguments(parser):
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


def _demo(args):
    import_pandas()
    # Only the demo pays for importing the classifiers.
    from skgen._demo import run_demo

    run_demo(n_repeats=args.repeats, random_state=args.random_state)


def _sample(args):
    check_output(args.output, force=args.force)
    table, spellings = read_table(args.input, missing=args.missing, drop=args.drop)
    generator = AutoregressiveGenerator(random_state=args.random_state)
    with _refusals_as_misuse(args.input):
        rows = generator.fit(table).sample(args.n_samples)
    write_table(rows, args.output, spellings)
    print(f"wrote {len(rows)} rows to {args.output}", file=sys.stderr)


def _oversample(args):
    check_output(args.output, force=args.force)
    table, spellings = read_table(args.input, missing=args.missing, drop=args.drop)
    check_column(table, args.target, args.input)
    target = table[args.target]
    if target.isna().any():
        raise Misuse(f"{args.input}: target {args.target!r} has missing cells")
    # Nullable dtypes, needed only for missing cells, are not all known as targets.
    plain = {"Int64": "int64", "boolean": "bool"}
    target = target.astype(plain.get(str(target.dtype), target.dtype))
    sampler = GenerativeOverSampler(
        sampling_strategy=args.sampling_strategy, random_state=args.random_state
    )
    with _refusals_as_misuse(args.input):
        rows, classes = sampler.fit_resample(table.drop(columns=args.target), target)
    rows.insert(table.columns.get_loc(args.target), args.target, classes)
    write_table(rows, args.output, spellings)
    n_new = len(rows) - len(table)
    print(f"wrote {len(table)} + {n_new} rows to {args.output}", file=sys.stderr)


def _mask(args):
    check_output(args.output, force=args.force)
    table, spellings = read_table(args.input, missing=args.missing, drop=args.drop)
    kept = args.keep_relations
    for name in args.columns + (kept if isinstance(kept, list) else []):
        check_column(table, name, args.input)
    masker = GenerativeMasker(
        args.columns,
        keep_relations=kept,
        min_count=args.min_count,
        random_state=args.random_state,
    )
    with _refusals_as_misuse(args.input):
        rows = masker.fit_transform(table)
    write_table(rows, args.output, spellings)
    n_cells = masker.masked_cells_.sum()
    print(f"masked {n_cells} cells of {len(rows)} rows: {args.output}", file=sys.stderr)


def _impute(args):
    check_output(args.output, force=args.force)
    table, spellings = read_table(args.input, missing=args.missing, drop=args.drop)
    imputer = GenerativeImputer(
        strategy=args.strategy, keep_empty_features=True, random_state=args.random_state
    )
    with _refusals_as_misuse(args.input):
        rows = imputer.fit_transform(table)
    write_table(rows, args.output, spellings)
    n_cells = int(table.isna().to_numpy().sum() - rows.isna().to_numpy().sum())
    print(f"filled {n_cells} cells of {len(rows)} rows: {args.output}", file=sys.stderr)


def _compare(args):
    check_output(args.output, force=args.force, suffixes=(".html",))
    import_matplotlib()
    paths = [args.real, *args.synthetic]
    if args.holdout is not None:
        paths.append(args.holdout)
    real, *others = read_tables_alike(paths, missing=args.missing, drop=args.drop)
    for name in (args.sensitive or []) + [args.target] * (args.target is not None):
        check_column(real, name, args.real)
    holdout = None if args.holdout is None else others.pop()
    # Only this command pays for importing the judges.
    from skgen.report import compare

    with _refusals_as_misuse(args.real):
        report = compare(
            real,
            dict(zip(_short_names(args.synthetic), others, strict=True)),
            holdout=holdout,
            target=args.target,
            sensitive=args.sensitive,
            n_jobs=args.n_jobs,
            random_state=args.random_state,
            progress=_tell_progress,
        )
    print(report)
    try:
        report.to_html(args.output, overwrite=args.force)
    except OSError as error:
        raise Misuse(f"cannot write {args.output}: {one_line(error)}") from error
    print(f"wrote {args.output}", file=sys.stderr)


def _short_names(paths):
    """Names of files without folder and suffix, where these tell them apart."""
    names = [path.stem for path in paths]
    return names if len(set(names)) == len(names) else list(map(str, paths))


def _tell_progress(step, n_done, n_steps):
    """One line that is written over, or a line for each step where none can be."""
    line = f"{n_done}/{n_steps} {step}"
    if not sys.stderr.isatty():
        print(line, file=sys.stderr)
    else:
        end = "\n" if n_done == n_steps else ""
        print(f"\r\x1b[K{line}", end=end, file=sys.stderr, flush=True)


@contextmanager
def _warnings_in_one_line(command):
    """What the user should know, without the line of code that said so."""

    def tell(message, *_, **__):
        print(f"skgen {command}: warning: {one_line(message)}", file=sys.stderr)

    with warnings.catch_warnings():
        warnings.simplefilter("always", UserWarning)
        warnings.showwarning = tell
        yield


@contextmanager
def _refusals_as_misuse(path):
    """Data that a model refuses are the user's to mend: no traceback."""
    try:
        yield
    except (TypeError, ValueError) as error:
        raise Misuse(f"{path}: {one_line(error)}") from error


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


if __name__ == "__main__":
    sys.exit(main())
