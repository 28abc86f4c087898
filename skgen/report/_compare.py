"""Every metric of one or several synthetic tables: `compare`."""

import time
from collections.abc import Mapping
from contextlib import closing
from numbers import Integral

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions, validate_params

from skgen._table.joint_tables import read_tables
from skgen._utils.parallel import in_parallel
from skgen._utils.random import make_rng
from skgen.metrics._attacks import column_positions
from skgen.report._evaluator import Evaluator, evaluate
from skgen.report._leaks import advice_on, find_leak
from skgen.report._report import ColumnRow, ComparisonReport, SummaryRow, TableVerdicts
from skgen.report._rules import KEY as RULES
from skgen.report._rules import rule_rows
from skgen.report._verdicts import (
    QUESTIONS,
    Figures,
    Verdict,
    conclusion,
    overall,
    verdict_on,
)

#: with fewer rows, standard errors are too large for any verdict
MIN_ROWS = 20
#: names of the two references that are evaluated like synthetic tables
FLOOR, CEILING = "floor", "ceiling"


@validate_params(
    {
        "rules": ["array-like", StrOptions({"auto"}), None],
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
    schema=None,
    rules="auto",
    max_rows=10_000,
    n_jobs=None,
    random_state=None,
    progress=None,
):
    """Report the fidelity, utility and privacy of synthetic tables.

    Every metric is also computed for two references: rows whose columns are independent
    (the floor: each column of `real` permuted by itself), and other real rows in the
    place of the synthetic ones (the ceiling). Each value gets a verdict in words. With
    `holdout`, fidelity is measured by rows that the generator has not seen, as copies
    of training rows would always look real.

    Parameters
    ----------
    real : table of shape (n_real, n_features)
        The rows that the generator was fitted to. At least 20 rows here and in all
        other tables.
    synthetic : table of shape (n_synthetic, n_features), or dict of {str: table}
        Table of the same columns, in any container, or several tables by their names.
    holdout : table of shape (n_holdout, n_features), default=None
        Real rows that the generator has not seen; best of the size of `real`. Without
        them the report leaves out utility and most of privacy, fidelity is measured by
        training rows, and the ceiling compares two random halves of `real`.
    target : str or int, default=None
        Column that a model predicts, by name, or by position in arrays; None for a
        report without utility.
    sensitive : column name or list of them, default=None
        Columns that an attacker who knows all others guesses. None for every column in
        turn, except those that can be guessed of nearly anybody.
    categorical_features : "from_dtype", None or array-like, default="from_dtype"
        Columns of numbers that are categories, as in :class:`~skgen.TableCodec`.
    schema : Schema or dict, default=None
        Corrections of what is found in `real`, as in :class:`~skgen.TableCodec`. Pass
        what the generator was fitted with, so that columns are compared as learned.
    rules : "auto", list of Rule or None, default="auto"
        Rules between columns that rows should keep, such as a total that is a sum. The
        report shows the share of rows that break each, and how well a classifier that
        sees the rules distinguishes the rows. "auto" finds the rules of `real`, as
        :func:`skgen.rules.find_rules` does; None leaves this out.
    max_rows : int or None, default=10_000
        Largest number of rows, drawn at random, from which metrics train a classifier
        or for which they find nearest rows. Their standard errors include this choice.
        Nearest rows and copies are searched among all rows of `real`. Models of utility
        are trained on, and cells guessed from, at most ``5 * max_rows`` rows.
    n_jobs : int, default=None
        Number of jobs, each a metric of one table. The report depends neither on it nor
        on joblib's backend.
    random_state : int, RandomState instance or None, default=None
        Pass an int for a reproducible report.
    progress : callable, default=None
        Called as ``progress(step, n_done, n_steps)`` before each step, with its name,
        and once at the end. With several jobs, later steps may already be done.

    Returns
    -------
    report : ComparisonReport
        ``print(report)`` shows a text, ``report.to_html("report.html")`` writes a page
        with plots.

    Notes
    -----
    Where training rows are given away, nearest rows and membership are computed again
    without the columns that have many distinct texts or are keys, and the report names
    the columns that most of it comes from.

    Raises
    ------
    TypeError
        If a table or column cannot be read, or a column holds different types of cells
        in two tables.
    ValueError
        If tables have different columns or fewer than 20 rows; if `target` or
        `sensitive` names an unknown column, the target has a single value, or a rule
        does not fit the columns.

    See Also
    --------
    skgen.metrics : The metrics, with further parameters.
    skgen.displays : The plots.

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
    tables = read_tables(
        arguments, categorical_features=categorical_features, schema=schema
    )
    _check_rows(arguments, tables.matrices)
    evaluator = Evaluator(
        tables,
        holdout=tables.matrices[1] if n_given == 2 else None,
        target=_target(tables, target, n_given),
        sensitive=sensitive
        if sensitive is None
        else column_positions(tables.columns, sensitive, "sensitive"),
        rules=rules,
        max_rows=max_rows,
        rng=make_rng(random_state),
    )
    matrices = dict(zip(named, tables.matrices[n_given:], strict=True))
    found = _evaluate_all(evaluator, matrices, n_jobs, progress)
    return _report(evaluator, matrices, found, start, progress)


def _named_tables(synthetic):
    """The synthetic tables by their names."""
    if not isinstance(synthetic, Mapping):
        return {"synthetic": synthetic}
    taken = [name for name in synthetic if name in (FLOOR, CEILING)]
    if taken:
        raise ValueError(
            f"synthetic: the name {taken[0]!r} is that of rows that every report shows "
            "for comparison. Give the table another name."
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
                f"{name} has {len(Z)} rows: pass at least {MIN_ROWS}, which verdicts "
                "need."
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
                "there is nothing to predict. Name another column, or None."
            )
    if len(tables.columns) < 2:
        raise ValueError(
            f"target: {target!r} is the only column, so nothing can predict it. "
            "Pass tables with more columns, or None."
        )
    return position


def _evaluate_all(evaluator, matrices, n_jobs, progress):
    """Results of each metric: by its key, those of each table, floor and ceiling."""
    tables = matrices | {FLOOR: evaluator.floor, CEILING: None}
    steps = [(key, name) for key in evaluator.metrics for name in tables]
    jobs = (
        evaluator.ceiling(key)
        if name == CEILING
        else evaluator.job(key, tables[name], explain=name != FLOOR)
        for key, name in steps
    )
    found = {}
    with closing(in_parallel(evaluate, jobs, n_jobs)) as results:
        for n_done, (key, name) in enumerate(steps):
            if progress is not None:
                title = evaluator.metrics[key].title.lower()
                progress(f"{title}: {name}", n_done, len(steps) + 1)
            # without parallel jobs, the work is done here
            found.setdefault(key, {})[name] = next(results)
    return found


# --- the report ---------------------------------------------------------------------


def _report(evaluator, matrices, found, start, progress):
    names = list(matrices)
    metrics = evaluator.metrics
    verdicts = {
        key: _verdicts(metrics[key], results, names, evaluator.others)
        for key, results in found.items()
    }
    leaks = _find_leaks(evaluator, matrices, verdicts, progress)
    summary = [
        _summary_row(metrics[key], results, verdicts[key], leaks)
        for key, results in found.items()
    ]
    return ComparisonReport(
        summary=summary,
        verdicts={
            name: _table_verdicts(summary, metrics, name, leaks.get(name))
            for name in names
        },
        leaks=leaks,
        columns=_column_rows(evaluator, names, found),
        rules=rule_rows(
            found.get(RULES),
            names,
            None if evaluator.inputs.holdout is None else CEILING,
        ),
        notices=evaluator.notices(),
        n_rows=evaluator.n_rows() | {name: len(Z) for name, Z in matrices.items()},
        displays={
            name: evaluator.displays(Z, found, name) for name, Z in matrices.items()
        },
        seconds=time.perf_counter() - start,
    )


def _find_leaks(evaluator, matrices, verdicts, progress):
    """The columns that give rows away, by the names of the tables where some do."""
    n_steps = len(verdicts) * (len(matrices) + 2) + 1  # with floor and ceiling
    if progress is not None:
        progress("columns that give rows away", n_steps - 1, n_steps)
    leaks = {}
    for name, Z in matrices.items():
        levels = {key: of_tables[name].level for key, of_tables in verdicts.items()}
        leak = find_leak(evaluator, Z, levels)
        if leak is not None:
            leaks[name] = leak
    if progress is not None:
        progress("done", n_steps, n_steps)
    return leaks


def _verdicts(metric, results, names, others):
    """Verdict on one metric of each table."""
    floor, ceiling = results[FLOOR].estimate, results[CEILING].estimate
    figures = {
        name: Figures(*results[name].estimate, floor.value, *ceiling) for name in names
    }
    return {name: verdict_on(metric, these, others) for name, these in figures.items()}


def _summary_row(metric, results, verdicts, leaks):
    advice = {
        name: advice_on(metric, verdict.level, leaks.get(name))
        for name, verdict in verdicts.items()
    }
    return SummaryRow(
        metric.key,
        metric.group,
        metric.title,
        metric.ideal,
        results[FLOOR].estimate,
        {name: results[name].estimate for name in verdicts},
        results[CEILING].estimate,
        verdicts,
        advice,
    )


def _table_verdicts(summary, metrics, name, leak):
    verdicts = {metrics[row.key]: row.verdicts[name] for row in summary}
    copies = verdicts[metrics["copy_rate"]]
    groups = {}
    for group in QUESTIONS:
        of_group = {m: v for m, v in verdicts.items() if m.group == group}
        # without unseen rows, only copies are known
        if group == "privacy" and "membership" not in metrics:
            of_group = of_group if copies.level != "good" else {}
        groups[group] = overall(group, of_group, copies)
    if leak is not None:
        level, words = groups["privacy"]
        groups["privacy"] = Verdict(level, f"{words} {leak.words}")
    return TableVerdicts(conclusion(groups), **groups)


def _column_rows(evaluator, names, found):
    columns = evaluator.columns
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
    """Risk that the cells of a column are guessed; NaN if it was not attacked."""
    if found is None or column.name not in found.columns:
        return np.nan
    return found.columns[column.name].value


def _relations(errors):
    """Mean error of the pairs of one column, and the position of the largest error."""
    if errors is None or np.isnan(errors).all():
        return np.nan, None
    return float(np.nanmean(errors)), int(np.nanargmax(errors))
