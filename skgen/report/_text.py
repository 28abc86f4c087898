"""A report as text."""

import textwrap

import numpy as np

from skgen.report._rules import rules_advice, rules_lines
from skgen.report._verdicts import QUESTIONS

WIDTH = 88
NOTHING = "-"


def figure(value):
    """A figure with three decimals."""
    if np.isnan(value):
        return NOTHING
    # no minus sign before a rounded zero
    return f"{round(value, 3) + 0.0:.3f}"


def with_error(estimate):
    """A figure and its standard error; a dash where there is none."""
    if estimate is None or np.isnan(estimate.value):
        return NOTHING
    if np.isnan(estimate.standard_error):
        return figure(estimate.value)
    return f"{figure(estimate.value)} ± {figure(estimate.standard_error)}"


def sizes(report):
    """Numbers of rows and columns that were compared."""
    rows = ", ".join(f"{n:,} {name}" for name, n in report.n_rows.items())
    return f"{len(report.columns)} columns; rows: {rows}"


def report_text(report):
    """Verdicts, a table of figures, rules, and notices."""
    parts = [f"Comparison of {sizes(report)}"]
    for name, verdicts in report.verdicts.items():
        lines = [f"{name}: {verdicts.overall.words}"]
        for group, verdict in verdicts.groups().items():
            lines.append(_wrapped(f"  {group:<9} {verdict.level:<9} ", verdict.words))
        if name in report.leaks:
            lines.append(_wrapped("  Advice: ", report.leaks[name].advice))
        parts.append("\n".join(lines))
    parts.append(_table(report))
    if report.rules:
        lines = rules_lines(report)
        lines += [_wrapped("  Advice: ", words) for words in rules_advice(report)]
        parts.append("\n".join(lines))
    parts += [_wrapped("Note: ", notice) for notice in report.notices]
    return "\n\n".join(parts)


def _wrapped(start, words):
    return textwrap.fill(
        words, WIDTH, initial_indent=start, subsequent_indent=" " * len(start)
    )


def _table(report):
    names = list(report.verdicts)
    head = ["", "independent", *names, "real rows", "ideal"]
    lines = []
    for group in QUESTIONS:
        for row in report.summary:
            if row.group == group:
                estimates = [row.floor, *row.synthetic.values(), row.ceiling]
                cells = [with_error(estimate) for estimate in estimates]
                lines.append([row.measure, *cells, f"{row.ideal:g}"])
    single = len(names) == 1
    if single:
        head.append("verdict")
        by_title = {row.measure: row.verdicts[names[0]] for row in report.summary}
        for line in lines:
            line.append(by_title[line[0]].level)
    widths = [max(map(len, cells)) for cells in zip(head, *lines, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width)
            if at == 0 or (single and at == len(widths) - 1)
            else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in [head, *lines]
    )
