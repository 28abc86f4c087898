"""A report as one HTML page that loads nothing, and as a fragment for notebooks."""

from html import escape
from importlib.resources import files

import numpy as np
from sklearn.utils._optional_dependencies import check_matplotlib_support

from skgen.metrics._registry import reported
from skgen.report._rules import rules_fragment, rules_section
from skgen.report._text import NOTHING, figure, sizes, with_error
from skgen.report._verdicts import FAIR, GOOD, POOR, QUESTIONS, UNSURE

_SIGNS = {GOOD: "✓", FAIR: "~", POOR: "✗", UNSURE: "?"}
_CLASSES = {GOOD: "good", FAIR: "fair", POOR: "poor", UNSURE: "unsure"}
# The browser loads nothing, whatever the name of a column.
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    "img-src data:"
)
_SQUARE = 'width="8" height="8"'
_MARKS = (
    ('<circle class="value" cx="10" cy="10" r="4.5"/>', "synthetic rows"),
    (f'<rect class="floor" x="6" y="6" {_SQUARE}/>', "independent columns"),
    ('<polygon class="ceiling" points="10,2 18,10 10,18 2,10"/>', "other real rows"),
)
_NAMES = {"fidelity": "Fidelity", "utility": "Utility", "privacy": "Privacy"}


def page(report, title):
    """The whole page, as text."""
    check_matplotlib_support("ComparisonReport.to_html")
    from skgen.report._plots import plots

    asset = files(__package__).joinpath
    name = escape(title)
    parts = [
        f"<h1>{name}</h1>",
        f'<p class="soft">{escape(sizes(report))}</p>',
        "<main>",
        _verdicts(report),
        _notices(report),
        _summary(report),
        _columns(report),
        rules_section(report),
        plots(report),
        _reading(),
        "</main>",
    ]
    head = (
        '<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{name}</title>\n"
        f"<style>\n{asset('page.css').read_text(encoding='utf-8')}</style>"
    )
    script = asset("page.js").read_text(encoding="utf-8")
    body = "\n".join(parts)
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n{head}\n</head>\n<body>\n{body}\n'
        f"<script>\n{script}</script>\n</body>\n</html>\n"
    )


# --- verdicts -----------------------------------------------------------------------


def pill(level):
    """A level as a word with a sign, so that colour is not needed."""
    return f'<span class="pill {_CLASSES[level]}">{_SIGNS[level]} {level}</span>'


def prose(words):
    """Words for a page: escaped, and no line broken before a per cent sign."""
    return escape(words).replace(" %", "&nbsp;%")


def _verdicts(report):
    single = len(report.verdicts) == 1
    cards = [
        f'<section class="table" aria-label="Verdict on {escape(name)}"><header>'
        f"<h3>{escape(name)} {pill(verdicts.overall.level)}</h3>"
        f"<p>{prose(verdicts.overall.words)}</p>{_leak(report, name)}</header>"
        f'<div class="groups">{_group_cards(verdicts, single)}</div></section>'
        for name, verdicts in report.verdicts.items()
    ]
    return "<h2>Verdict</h2>\n" + "\n".join(cards)


def _leak(report, name):
    """What to do about the columns that give rows away, if there are any."""
    leak = report.leaks.get(name)
    return "" if leak is None else f"<p>{prose(leak.advice)}</p>"


def _group_cards(verdicts, with_questions):
    questions = {
        group: f'<p class="soft">{question}</p>' if with_questions else ""
        for group, question in QUESTIONS.items()
    }
    return "".join(
        f"<div><h4>{_NAMES[group]} {pill(verdict.level)}</h4>"
        f"{questions[group]}<p>{prose(verdict.words)}</p></div>"
        for group, verdict in verdicts.groups().items()
    )


def _notices(report):
    return "\n".join(f'<p class="notice">{escape(n)}</p>' for n in report.notices)


# --- the summary --------------------------------------------------------------------


def _summary(report):
    names = list(report.verdicts)
    single = len(names) == 1
    heads = ["Independent columns", *names, "Other real rows", "Ideal"]
    head = '<th scope="col">Metric</th>' + "".join(
        f'<th scope="col" class="figure">{escape(name)}</th>' for name in heads
    )
    if single:
        head += '<th scope="col">Worse to better</th><th scope="col">Verdict</th>'
    lines = []
    for group in QUESTIONS:
        rows = [row for row in report.summary if row.group == group]
        if rows:
            # the heads of the whole table are far away from its later groups
            again = [] if single or not lines else heads
            lines.append(_group_line(group, again, len(heads) + (3 if single else 1)))
        lines += [_summary_line(row, heads) for row in rows]
    return (
        f"<h2>Metrics</h2>\n{_introduction(single)}\n"
        '<div class="scroll" tabindex="0" role="region" aria-label="Metrics">'
        f'<table class="summary"><thead><tr>{head}</tr></thead>\n<tbody>\n'
        + "\n".join(lines)
        + "\n</tbody></table></div>"
    )


def _group_line(group, heads, n_cells):
    """The question of a group, followed by the heads again if there are any."""
    names = "".join(f'<td class="figure soft">{escape(name)}</td>' for name in heads)
    return (
        f'<tr class="group"><th colspan="{n_cells - len(heads)}" scope="rowgroup">'
        f"{_NAMES[group]}: {QUESTIONS[group]}</th>{names}</tr>"
    )


def _introduction(single):
    words = (
        "<p>Each figure has its standard error, and stands beside two others. "
        "<em>Independent columns</em> are real columns, each shuffled by itself: they "
        "keep their values and lose their relations, so fidelity and utility must be "
        "better than theirs. <em>Other real rows</em> are real rows in the place of "
        "the synthetic ones: no generator can be expected to do better.</p>"
    )
    if not single:
        return words
    marks = "".join(
        f'<span><svg viewBox="0 0 20 20" width="20" height="20" class="ruler mark" '
        f'aria-hidden="true">{shape}</svg>{text}</span>'
        for shape, text in _MARKS
    )
    return f'{words}\n<p class="key soft">{marks}</p>'


def _summary_line(row, heads):
    metric = reported()[row.key]
    estimates = [row.floor, *row.synthetic.values(), row.ceiling]
    cells = [f"<span>{with_error(estimate)}</span>" for estimate in estimates]
    cells.append(f"<span>{row.ideal:g}</span>")
    single = len(row.synthetic) == 1
    if not single:
        for at, verdict in enumerate(row.verdicts.values(), start=1):
            cells[at] = f"<span>{cells[at]}<br>{pill(verdict.level)}</span>"
    sentence = f'<span class="soft">{escape(metric.sentence)}</span>'
    line = f'<th scope="row">{escape(row.measure)}{sentence}</th>'
    for name, cell in zip(heads, cells, strict=True):
        line += f'<td class="figure" data-label="{escape(name)}">{cell}</td>'
    if single:
        line += _verdict_cells(metric, row)
    return f"<tr>{line}</tr>"


def _verdict_cells(metric, row):
    ((name, verdict),) = row.verdicts.items()
    words = verdict.words[0].upper() + verdict.words[1:]
    advice = row.advice[name]
    return (
        f"<td>{_ruler(metric, row, row.synthetic[name])}</td>"
        f'<td class="words">{pill(verdict.level)} {prose(words)}.'
        + (f'<br><span class="soft">{prose(advice)}</span>' if advice else "")
        + "</td>"
    )


def _ruler(metric, row, estimate):
    """Where a figure lies between the ideal and what is poor, or worse."""
    if np.isnan(estimate.value):
        return ""
    values = {"value": estimate.value}
    for name, other in (("floor", row.floor), ("ceiling", row.ceiling)):
        if not np.isnan(other.value):
            values[name] = other.value
    losses = {name: metric.loss(value) for name, value in values.items()}
    # a difference within the thresholds must look small
    high = max(*losses.values(), metric.poor)
    at = {name: 140 - 130 * loss / high for name, loss in losses.items()}
    marks = ""
    if "floor" in at:
        marks += f'<rect class="floor" x="{at["floor"] - 4:.1f}" y="6" {_SQUARE}/>'
    if "ceiling" in at:
        x = at["ceiling"]
        points = f"{x:.1f},2 {x + 8:.1f},10 {x:.1f},18 {x - 8:.1f},10"
        marks += f'<polygon class="ceiling" points="{points}"/>'
    marks += f'<circle class="value" cx="{at["value"]:.1f}" cy="10" r="4.5"/>'
    return (
        '<svg class="ruler" viewBox="0 0 150 20" role="img" aria-label="where the '
        'figure lies"><line class="axis" x1="10" x2="140" y1="10" y2="10"/>'
        f"{marks}</svg>"
    )


# --- columns ------------------------------------------------------------------------


def _columns(report):
    names = list(report.verdicts)
    heads, single = [("Column", False), ("Kind", False)], len(names) == 1
    for title, numeric in (
        ("Error", True),
        ("Error of its pairs", True),
        ("Weight in detection", True),
        ("Guessed beyond chance", True),
        ("Worst with", False),
    ):
        heads += [(title if single else f"{title}: {n}", numeric) for n in names]
        if title.startswith("Error"):
            heads.append((f"{title}: other real rows", True))
    # rows come sorted by the first figure
    head = "".join(
        f'<th scope="col"{" class=figure" if numeric else ""}'
        f"{' aria-sort=descending' if at == 2 else ''}>"
        f'<button type="button">{escape(text)}</button></th>'
        for at, (text, numeric) in enumerate(heads)
    )
    lines = "\n".join(_column_line(row) for row in report.columns)
    return (
        '<h2 id="columns">Columns</h2>\n'
        "<p>The column that differs most comes first; a click on a heading sorts by "
        "it. The error of a column, and the mean error of its pairs, are between 0 "
        "(equal) and 1 (nothing in common). The weight in detection is the ROC AUC "
        "that the classifier loses without the column. Guessed beyond chance is the "
        "risk that a cell is guessed from the other cells of a training row.</p>\n"
        '<div class="scroll tall" tabindex="0" role="region" aria-label="Columns">'
        f'<table class="columns sortable"><thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{lines}\n</tbody></table></div>"
    )


def _column_line(row):
    figures = [*row.error.values(), row.ceiling]
    figures += [*row.relations.values(), row.relations_ceiling]
    figures += [*row.importance.values(), *row.risk.values()]
    partners = [
        NOTHING if partner is None else escape(str(partner))
        for partner in row.partner.values()
    ]
    cells = [f'<th scope="row">{escape(str(row.name))}</th>', f"<td>{row.kind}</td>"]
    cells += map(_sortable, figures)
    cells += [f'<td class="name">{partner}</td>' for partner in partners]
    return f"<tr>{''.join(cells)}</tr>"


def _sortable(value):
    key = "" if np.isnan(value) else repr(float(value))
    return f'<td class="figure" data-value="{key}">{figure(value)}</td>'


# --- how to read it -----------------------------------------------------------------


def _reading():
    lines = "\n".join(
        f'<tr><th scope="row">{escape(m.title)}</th><td>{escape(m.sentence)}</td>'
        f'<td class="figure">{m.ideal:g}</td><td class="figure">{m.fair:g}</td>'
        f'<td class="figure">{m.poor:g}</td></tr>'
        for group in QUESTIONS
        for m in reported().values()
        if m.group == group
    )
    return (
        "<details><summary>How verdicts are made</summary>\n"
        "<p>A figure is compared with that of other real rows, or with the ideal if "
        "there are none or the figure is an excess over unseen rows itself. The "
        "difference is <em>good</em> below the first threshold, <em>fair</em> below "
        "the second, else <em>poor</em>. A difference in fidelity or utility of less "
        "than three standard errors counts as none. Privacy is <em>not known</em> if a "
        "poor figure is within two standard errors. A group is as good as its worst "
        "metric, and copies are never good.</p>\n"
        '<div class="scroll" tabindex="0" role="region" aria-label="Thresholds"><table>'
        '<thead><tr><th scope="col">Metric</th><th scope="col">What it measures</th>'
        '<th scope="col" class="figure">Ideal</th>'
        '<th scope="col" class="figure">Fair from</th>'
        '<th scope="col" class="figure">Poor from</th></tr></thead>'
        f"<tbody>\n{lines}\n</tbody></table></div></details>"
    )


# --- notebooks ----------------------------------------------------------------------

_FRAGMENT_STYLE = (
    ".skgen-report td,.skgen-report th{text-align:left;vertical-align:top;"
    "padding:.25em .6em}.skgen-report table{border-collapse:collapse}"
)


def fragment(report):
    """Verdicts and figures, without a script and without plots."""
    names = list(report.verdicts)
    lines = []
    for name, verdicts in report.verdicts.items():
        lines.append(
            f"<p><b>{escape(name)}</b>: {escape(verdicts.overall.words)}</p><ul>"
        )
        lines += [
            f"<li>{_NAMES[group]} ({verdict.level}): {escape(verdict.words)}</li>"
            for group, verdict in verdicts.groups().items()
        ]
        lines.append(f"</ul>{_leak(report, name)}")
    heads = ["Metric", "Independent columns", *names, "Other real rows", "Ideal"]
    metrics = reported()
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    body = "".join(
        f'<tr><th scope="row" title="{escape(metrics[row.key].sentence)}">'
        f"{escape(row.measure)}</th><td>{with_error(row.floor)}</td>"
        + "".join(
            f"<td>{with_error(row.synthetic[name])} ({row.verdicts[name].level})</td>"
            for name in names
        )
        + f"<td>{with_error(row.ceiling)}</td><td>{row.ideal:g}</td></tr>"
        for row in report.summary
    )
    notes = "".join(f"<p>{escape(notice)}</p>" for notice in report.notices)
    return (
        f'<div class="skgen-report"><style>{_FRAGMENT_STYLE}</style>'
        f"<p>{escape(sizes(report))}</p>{''.join(lines)}<table><thead><tr>{head}</tr>"
        f"</thead><tbody>{body}</tbody></table>{rules_fragment(report)}{notes}</div>"
    )
