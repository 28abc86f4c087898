"""The command line: ``python -m skgen COMMAND``, such as ``sample`` or ``compare``."""

import json
import sys
import warnings
from contextlib import contextmanager

import numpy as np

from skgen import (
    AutoregressiveGenerator,
    GenerativeImputer,
    GenerativeMasker,
    GenerativeOverSampler,
    __version__,
    describe,
)
from skgen._cli.arguments import make_parser
from skgen._cli.files import (
    check_output,
    import_matplotlib,
    import_pandas,
    replaced,
)
from skgen._cli.memory import TOO_LARGE, check_size
from skgen._cli.messages import Misuse, in_options
from skgen._cli.names import resolve_names
from skgen._cli.rules import of_generator, rules_for
from skgen._cli.schemas import read_schema, schema_for
from skgen._cli.tables import Reading, read_table, read_tables_alike, same_cells
from skgen._table.faults import faults_in


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
        print(f"skgen {args.command}: error: {error}", file=sys.stderr)
        return 2
    except (MemoryError, OverflowError):
        print(f"skgen {args.command}: error: {TOO_LARGE}", file=sys.stderr)
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


def _describe(args):
    if args.output is not None:
        suffixes = (".json",) if args.json else (".txt",)
        check_output(args.output, force=args.force, suffixes=suffixes)
    table, schema = _read(args)
    rules = rules_for(args.rules, args.schema, list(table.frame))
    with _refusals_as_misuse(table):
        found = describe(
            table.frame, schema=schema, identifiers=args.identifiers, **rules
        )
    text = str(found)
    if args.json:
        text = json.dumps(found.to_dict(), indent=1, ensure_ascii=False)
    if args.output is None:
        print(text)
        return
    with replaced(args.output) as unfinished:
        unfinished.write_text(text + "\n", encoding="utf-8")
    print(f"described {len(found)} columns: {args.output}", file=sys.stderr)


def _sample(args):
    check_output(args.output, force=args.force)
    table, schema = _read(args)
    check_size(args.n_samples, table.frame.shape[1])
    rules = rules_for(args.rules, args.schema, list(table.frame))
    generator = AutoregressiveGenerator(
        schema=schema,
        identifiers=args.identifiers,
        random_state=args.random_state,
        **rules,
    )
    with _refusals_as_misuse(table):
        rows = generator.fit(table.frame).sample(args.n_samples)
    table.write(rows, args.output)
    print(f"wrote {len(rows)} rows to {args.output}", file=sys.stderr)


def _oversample(args):
    check_output(args.output, force=args.force)
    table, schema = _read(args)
    (name,) = resolve_names([args.target], table.frame, args.input)
    target, predictors = table.target(name), table.frame.drop(columns=name)
    if target.isna().any():
        raise Misuse(
            f"{args.input}: target {name!r} has missing cells; remove these rows"
        )
    # scikit-learn does not accept all nullable dtypes as targets.
    plain = {"Int64": "int64", "boolean": "bool"}
    target = target.astype(plain.get(str(target.dtype), target.dtype))
    schema = {other: facts for other, facts in schema.items() if other != name}
    rules = rules_for(args.rules, args.schema, list(predictors))
    sampler = GenerativeOverSampler(
        sampling_strategy=args.sampling_strategy,
        schema=schema,
        identifiers=args.identifiers,
        random_state=args.random_state,
    )
    sampler.set_params(**of_generator(rules))
    with _refusals_as_misuse(table):
        rows, classes = sampler.fit_resample(predictors, target)
    rows.insert(table.frame.columns.get_loc(name), name, classes)
    table.write(rows, args.output, kept=np.ones(table.frame.shape, dtype=bool))
    n_old = len(table.frame)
    n_new = len(rows) - n_old
    print(f"wrote {n_old} + {n_new} rows to {args.output}", file=sys.stderr)


def _mask(args):
    check_output(args.output, force=args.force)
    table, schema = _read(args)
    kept = args.condition_on
    named = args.columns + (kept if isinstance(kept, list) else [])
    named = resolve_names(named, table.frame, args.input)
    rules = rules_for(args.rules, args.schema, list(table.frame))
    masker = GenerativeMasker(
        named[: len(args.columns)],
        condition_on=named[len(args.columns) :] if isinstance(kept, list) else kept,
        min_count=args.min_count,
        schema=schema,
        random_state=args.random_state,
    )
    masker.set_params(**of_generator(rules))
    with _refusals_as_misuse(table):
        rows = masker.fit_transform(table.frame)
    table.write(rows, args.output, kept=~masker.masked_cells_)
    n_cells = masker.masked_cells_.sum()
    print(f"masked {n_cells} cells of {len(rows)} rows: {args.output}", file=sys.stderr)


def _impute(args):
    check_output(args.output, force=args.force)
    table, schema = _read(args)
    rules = rules_for(args.rules, args.schema, list(table.frame))
    imputer = GenerativeImputer(
        strategy=args.strategy,
        keep_empty_features=True,
        schema=schema,
        random_state=args.random_state,
    )
    imputer.set_params(**of_generator(rules))
    with _refusals_as_misuse(table):
        rows = imputer.fit_transform(table.frame)
    kept = same_cells(table.frame, rows)
    table.write(rows, args.output, kept=kept)
    n_cells = int((~kept).sum())
    print(f"filled {n_cells} cells of {len(rows)} rows: {args.output}", file=sys.stderr)


def _compare(args):
    check_output(args.output, force=args.force, suffixes=(".html",))
    import_matplotlib()
    if len(set(args.synthetic)) < len(args.synthetic):
        raise Misuse("SYNTHETIC names a file twice; name each once")
    paths = [args.real, *args.synthetic]
    if args.holdout is not None:
        paths.append(args.holdout)
    declared, whole = read_schema(args.schema, args.categorical)
    tables = read_tables_alike(paths, _reading(args, declared))
    real, *others = (table.frame for table in tables)
    schema = schema_for(declared, whole, list(real), args.real, besides=args.drop)
    named = [args.target] * (args.target is not None) + (args.sensitive or [])
    named = resolve_names(named, real, args.real)
    target = None if args.target is None else named.pop(0)
    holdout = None if args.holdout is None else others.pop()
    # Imported here, because metrics and plots are slow to import.
    from skgen.report import compare

    with _refusals_as_misuse(tables[0]):
        report = compare(
            real,
            dict(zip(_short_names(args.synthetic), others, strict=True)),
            holdout=holdout,
            target=target,
            sensitive=named or None,
            schema=schema,
            **rules_for(args.rules, args.schema, list(real)),
            n_jobs=args.n_jobs,
            random_state=args.random_state,
            progress=_print_progress,
        )
    print(report)
    with replaced(args.output) as unfinished:
        report.to_html(unfinished)
    print(f"wrote {args.output}", file=sys.stderr)


def _read(args):
    """The table of a command, and the schema that the user declares for it."""
    declared, whole = read_schema(args.schema, args.categorical)
    table = read_table(args.input, _reading(args, declared))
    names = list(table.frame)
    return table, schema_for(declared, whole, names, args.input, besides=args.drop)


def _reading(args, declared):
    return Reading(
        missing=tuple(args.missing),
        drop=tuple(args.drop),
        separator=args.sep,
        encoding=args.encoding,
        decimal=args.decimal,
        kinds={
            name: facts["kind"] for name, facts in declared.items() if "kind" in facts
        },
    )


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
        print(f"skgen {command}: warning: {in_options(message)}", file=sys.stderr)

    with warnings.catch_warnings():
        warnings.simplefilter("always", UserWarning)
        warnings.showwarning = show
        yield


@contextmanager
def _refusals_as_misuse(table):
    """Turn errors about the data into errors of the user, without a traceback."""
    try:
        yield
    except (TypeError, ValueError) as error:
        problem, faults = faults_in(error)
        raise Misuse(
            f"{table.path}: {in_options(problem)}", map(in_options, faults)
        ) from error


COMMANDS = {
    "demo": _demo,
    "describe": _describe,
    "sample": _sample,
    "oversample": _oversample,
    "mask": _mask,
    "impute": _impute,
    "compare": _compare,
}

if __name__ == "__main__":
    sys.exit(main())
