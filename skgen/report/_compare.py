"""Every measure of one or several synthetic tables: `compare`."""

import time
from collections.abc import Mapping
from contextlib import closing
from numbers import Integral

import numpy as np
from sklearn.utils._param_validation import Interval, validate_params

from skgen._table.joint_tables import read_tables
from skgen._utils.parallel import in_parallel
from skgen._utils.random import make_rng
from skgen.metrics._attacks import column_positions
from skgen.report._judge import Judge, measure
from skgen.report._measures import BY_KEY
from skgen.report._report import ColumnRow, ComparisonReport, SummaryRow, TableVerdicts
from skgen.report._verdicts import Figures, conclusion, judge, overall

#: with fewer, hardly any figure says anything
MIN_ROWS = 20
#: names of what is put in the place of a synthetic table
FLOOR, CEILING = "floor", "ceiling"


@validate_params(
    {
        "max_rows": [Interval(Integral, MIN_ROWS, None, closed="left"), None],
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
        "progress": [callable, None],
    },
    prefer_skip_nested_validation=True,
)
def compare(
    real,
    synthetic,
    *,
    holdout=None,
    target=None,
    sensitive=None,
    categorical_features="from_dtype",
    max_rows=10_000,
    n_jobs=None,
    random_state=None,
    progress=None,
):
    """Judge synthetic rows: do they look real, are they useful, what do they give away?

    Every measure is also taken of rows whose columns are independent (the floor: each
    column of `real` permuted by itself) and of other real rows in the place of the
    synthetic ones (the ceiling), and is put into words. With `holdout`, synthetic rows
    are compared with rows that the generator has not seen, as copies of those that it
    has seen would always look real.

    Parameters
    ----------
    real : table of shape (n_real, n_features)
        The rows that the generator was fitted to. At least 20 rows here and in all
        other tables.
    synthetic : table of shape (n_synthetic, n_features), or dict of {str: table}
        What is judged: a table of the same columns, in any container, or several of
        them to be put side by side, by their names.
    holdout : table of shape (n_holdout, n_features), default=None
        Real rows that the generator has not seen; best as many as in `real`. Without
        them utility, and most of privacy, are left out, fidelity is judged by the rows
        that the generator has seen, and the ceiling is that of one random half of
        `real` beside the other.
    target : str or int, default=None
        Column that a model is to predict, by name, or by position in arrays; None for
        no measure of utility.
    sensitive : column name or list of them, default=None
        Columns that an attacker who knows all others tries to guess; None for every
        column in turn, those that are guessed of nearly anybody left aside.
    categorical_features : "from_dtype", None or array-like, default="from_dtype"
        Columns of numbers that are categories, as in
        :class:`~skgen.table.TableCodec`.
    max_rows : int or None, default=10_000
        Measures that train a classifier or look for nearest rows take so many rows of a
        larger table, drawn at random; their standard errors say what that costs. Among
        `real` rows all are searched for copies and neighbours. Models of utility are
        trained on up to 5 times as many, and cells guessed by as many.
    n_jobs : int, default=None
        Number of measures of single tables taken at once. The report depends neither on
        it nor on joblib's backend.
    random_state : int, RandomState instance or None, default=None
        Makes the report repeatable.
    progress : callable, default=None
        Called as ``progress(step, n_done, n_steps)`` before each step, with its name,
        and once more at the end. With several jobs, later steps may be done already.

    Returns
    -------
    report : ComparisonReport
        ``print(report)`` for a text, ``report.to_html("report.html")`` for a page with
        plots.

    Raises
    ------
    TypeError
        If a table or column cannot be read, or a column holds cells of another sort
        than in `real`.
    ValueError
        If tables have other columns or fewer than 20 rows; if `target` or `sensitive`
        names a column that they lack, or the target has a single value.

    See Also
    --------
    skgen.metrics : Each measure by itself, with further parameters.
    skgen.displays : Each plot by itself.

    Notes
    -----
    On one core, 10,000 rows of 15 columns take about 40 seconds, and 100,000 less than
    5 minutes: of the searches for neighbours, the time still grows with the rows.

    Examples
    --------
    >>> from skgen import IndependentGenerator, compare
    >>> from skgen.datasets import make_customers
    >>> real, _ = make_customers(300, random_state=0)
    >>> holdout, _ = make_customers(300, random_state=1)
    >>> synthetic = IndependentGenerator(random_state=0).fit(real).sample(300)
    >>> report = compare(real, synthetic, holdout=holdout, random_state=0)
    >>> report.verdicts["synthetic"].fidelity.level
    'poor'
    >>> path = report.to_html("report.html")  # doctest: +SKIP
    """
    start = time.perf_counter()
    named = _named_tables(synthetic)
    arguments = {"real": real}
    if holdout is not None:
        arguments["holdout"] = holdout
    n_given = len(arguments)
    single = not isinstance(synthetic, Mapping)
    for name, table in named.items():
        arguments[name if single else f"synthetic[{name!r}]"] = table
    tables = read_tables(arguments, categorical_features=categorical_features)
    _check_rows(arguments, tables.matrices)
    subject = Judge(
        tables,
        holdout=tables.matrices[1] if n_given == 2 else None,
        target=_target(tables, target, n_given),
        sensitive=sensitive
        if sensitive is None
        else column_positions(tables.columns, sensitive, "sensitive"),
        max_rows=max_rows,
        rng=make_rng(random_state),
    )
    matrices = dict(zip(named, tables.matrices[n_given:], strict=True))
    found = _measure(subject, matrices, n_jobs, progress)
    return _report(subject, matrices, found, start)


def _named_tables(synthetic):
    """The tables that are judged, by their names."""
    if not isinstance(synthetic, Mapping):
        return {"synthetic": synthetic}
    taken = [name for name in synthetic if name in (FLOOR, CEILING)]
    if taken:
        raise ValueError(
            f"synthetic: the name {taken[0]!r} is that of rows that every report shows "
            "beside the tables. Give the table another name."
        )
    wrong = [name for name in synthetic if not isinstance(name, str)]
    if wrong or not synthetic:
        raise ValueError(
            "synthetic must be a table, or a dict of at least one table by its name; "
            f"got {f'the name {wrong[0]!r}' if wrong else 'an empty dict'}."
        )
    return dict(synthetic)


def _check_rows(names, matrices):
    for name, Z in zip(names, matrices, strict=True):
        if len(Z) < MIN_ROWS:
            raise ValueError(
                f"{name} has {len(Z)} rows: pass at least {MIN_ROWS}, or nothing can "
                "be said."
            )


def _target(tables, target, n_given):
    """Position of the target, which must vary in all real rows."""
    if target is None:
        return None
    (position,) = column_positions(tables.columns, target, "target")
    for name, Z in zip(("real", "holdout"), tables.matrices[:n_given], strict=False):
        known = Z[~np.isnan(Z[:, position]), position]
        if len(np.unique(known)) < 2:
            raise ValueError(
                f"target: column {target!r} of {name} holds fewer than two values, so "
                "that there is nothing to predict. Name another column, or None."
            )
    if len(tables.columns) < 2:
        raise ValueError(
            f"target: {target!r} is the only column, so that nothing can predict it. "
            "Pass tables with more columns, or None."
        )
    return position


def _measure(subject, matrices, n_jobs, progress):
    """Results of each measure: by its key, those of each table, floor and ceiling."""
    tables = matrices | {FLOOR: subject.floor, CEILING: None}
    steps = [(key, name) for key in subject.measures() for name in tables]
    jobs = (
        subject.ceiling(key)
        if name == CEILING
        else subject.job(key, tables[name], explain=name != FLOOR)
        for key, name in steps
    )
    found = {}
    with closing(in_parallel(measure, jobs, n_jobs)) as results:
        for n_done, (key, name) in enumerate(steps):
            if progress is not None:
                progress(f"{BY_KEY[key].title.lower()}: {name}", n_done, len(steps))
            # the work of the step may be done right here
            found.setdefault(key, {})[name] = next(results)
    if progress is not None:
        progress("done", len(steps), len(steps))
    return found


# --- what was found -----------------------------------------------------------------


def _report(subject, matrices, found, start):
    names = list(matrices)
    summary = [
        _summary_row(BY_KEY[key], results, names, subject.others(key))
        for key, results in found.items()
    ]
    return ComparisonReport(
        summary=summary,
        verdicts={name: _table_verdicts(summary, name) for name in names},
        columns=_column_rows(subject, names, found),
        notices=subject.notices(),
        n_rows=subject.n_rows() | {name: len(Z) for name, Z in matrices.items()},
        displays={
            name: subject.displays(Z, found, name) for name, Z in matrices.items()
        },
        seconds=time.perf_counter() - start,
    )


def _summary_row(measure, results, names, others):
    floor, ceiling = results[FLOOR].estimate, results[CEILING].estimate
    estimates = {name: results[name].estimate for name in names}
    verdicts = {
        name: judge(measure, Figures(*estimate, floor.value, *ceiling), others)
        for name, estimate in estimates.items()
    }
    return SummaryRow(
        measure.key,
        measure.group,
        measure.title,
        measure.ideal,
        floor,
        estimates,
        ceiling,
        verdicts,
    )


def _table_verdicts(summary, name):
    by_measure = {BY_KEY[row.key]: row.verdicts[name] for row in summary}
    copies = by_measure[BY_KEY["copy_rate"]]
    # without unseen rows, copies are all that is known of privacy
    known = {measure.key for measure in by_measure}
    groups = {}
    for group in ("fidelity", "utility", "privacy"):
        of_group = {m: v for m, v in by_measure.items() if m.group == group}
        if group == "privacy" and "membership" not in known:
            of_group = of_group if copies.level != "good" else {}
        groups[group] = overall(group, of_group, copies)
    return TableVerdicts(conclusion(groups), **groups)


def _column_rows(subject, names, found):
    columns = subject.columns
    marginal, pairs = found["marginal_error"], found.get("pairwise_error")
    guessed = found.get("attribute_inference")
    importance = {name: found["detection"][name].detail.importance for name in names}
    rows = []
    for j, column in enumerate(columns):
        of_pairs = {
            name: _relations(pairs and pairs[name].detail.pairs[j])
            for name in [*names, CEILING]
        }
        rows.append(
            ColumnRow(
                column.name,
                column.kind,
                {name: marginal[name].detail.columns[column.name] for name in names},
                marginal[CEILING].detail.columns[column.name],
                {name: of_pairs[name][0] for name in names},
                of_pairs[CEILING][0],
                {
                    name: None if at is None else columns[at].name
                    for name, (_, at) in of_pairs.items()
                    if name != CEILING
                },
                {name: float(importance[name][j]) for name in names},
                {
                    name: _risk(guessed and guessed[name].detail, column)
                    for name in names
                },
            )
        )
    return sorted(rows, key=lambda row: -np.nan_to_num(row.error[names[0]]))


def _risk(found, column):
    """Risk that the cells of a column are guessed, NaN where it was not attacked."""
    if found is None or column.name not in found.columns:
        return np.nan
    return found.columns[column.name].value


def _relations(errors):
    """Mean of the errors of the pairs of one column, and where the largest is."""
    if errors is None or np.isnan(errors).all():
        return np.nan, None
    return float(np.nanmean(errors)), int(np.nanargmax(errors))
