"""The command line: ``python -m skgen COMMAND``, such as ``sample`` or ``compare``."""

import sys
import warnings
from contextlib import contextmanager

from skgen import (
    AutoregressiveGenerator,
    GenerativeImputer,
    GenerativeMasker,
    GenerativeOverSampler,
    __version__,
)
from skgen._cli.arguments import make_parser
from skgen._cli.files import (
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


def main(argv=None):
    """Run the command line.

    Parameters
    ----------
    argv : list of str, default=None
        Arguments; by default those of the process.

    Returns
    -------
    status : int
        0 on success, 2 on an error of the user, 130 if interrupted. Invalid arguments
        and ``--help`` raise ``SystemExit``, as usual with argparse.
    """
    args = make_parser(__version__).parse_args(argv)
    try:
        with _warnings_in_one_line(args.command):
            COMMANDS[args.command](args)
    except Misuse as error:
        print(f"skgen {args.command}: error: {one_line(error)}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"skgen {args.command}: interrupted", file=sys.stderr)
        return 130
    return 0


def _demo(args):
    import_pandas()
    # Imported here, because classifiers are slow to import.
    from skgen._cli.demo import run_demo

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
        raise Misuse(
            f"{args.input}: target {args.target!r} has missing cells; remove these rows"
        )
    # scikit-learn does not accept all nullable dtypes as targets.
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
    kept = args.condition_on
    for name in args.columns + (kept if isinstance(kept, list) else []):
        check_column(table, name, args.input)
    masker = GenerativeMasker(
        args.columns,
        condition_on=kept,
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
    if len(set(args.synthetic)) < len(args.synthetic):
        raise Misuse("SYNTHETIC names a file twice; name each once")
    paths = [args.real, *args.synthetic]
    if args.holdout is not None:
        paths.append(args.holdout)
    real, *others = read_tables_alike(paths, missing=args.missing, drop=args.drop)
    for name in (args.sensitive or []) + [args.target] * (args.target is not None):
        check_column(real, name, args.real)
    holdout = None if args.holdout is None else others.pop()
    # Imported here, because metrics and plots are slow to import.
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
            progress=_print_progress,
        )
    print(report)
    try:
        report.to_html(args.output, overwrite=args.force)
    except OSError as error:
        raise Misuse(f"cannot write {args.output}: {one_line(error)}") from error
    print(f"wrote {args.output}", file=sys.stderr)


def _short_names(paths):
    """Names of files without folder and suffix if these differ, else whole paths."""
    names = [path.stem for path in paths]
    return names if len(set(names)) == len(names) else list(map(str, paths))


def _print_progress(step, n_done, n_steps):
    """Print progress in one line of a terminal, or one line per step elsewhere."""
    line = f"{n_done}/{n_steps} {step}"
    if not sys.stderr.isatty():
        print(line, file=sys.stderr)
    else:
        end = "\n" if n_done == n_steps else ""
        print(f"\r\x1b[K{line}", end=end, file=sys.stderr, flush=True)


@contextmanager
def _warnings_in_one_line(command):
    """Print warnings for users in one line, without the line of code."""

    def show(message, *_, **__):
        print(f"skgen {command}: warning: {one_line(message)}", file=sys.stderr)

    with warnings.catch_warnings():
        warnings.simplefilter("always", UserWarning)
        warnings.showwarning = show
        yield


@contextmanager
def _refusals_as_misuse(path):
    """Turn errors about the data into errors of the user, without a traceback."""
    try:
        yield
    except (TypeError, ValueError) as error:
        raise Misuse(f"{path}: {one_line(error)}") from error


COMMANDS = {
    "demo": _demo,
    "sample": _sample,
    "oversample": _oversample,
    "mask": _mask,
    "impute": _impute,
    "compare": _compare,
}

if __name__ == "__main__":
    sys.exit(main())
