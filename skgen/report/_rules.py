"""The rules between columns in a report: figures, text and a table of HTML."""

from html import escape
from typing import NamedTuple

import numpy as np

from skgen.metrics._results import percent
from skgen.report._verdicts import FAIR, POOR

#: key of the metric that the figures come from
KEY = "rule_violations"
#: rules in the text and in notebooks, and characters of each
MAX_RULES, MAX_CHARACTERS = 10, 44
TITLE = "Rules between columns"


class RuleRow(NamedTuple):
    """One rule between columns, and the shares of rows that break it.

    It holds the words of the rule only, as the rule itself may list rare values.
    """

    rule: str
    columns: tuple  # names
    real: float
    synthetic: dict  # of each synthetic table's name
    ceiling: float  # of held-out rows; NaN without these

    @property
    def worst(self):
        """The largest share of the rows of a synthetic table that break it."""
        return max(self.synthetic.values())


def rule_rows(results, names, ceiling):
    """One `RuleRow` for each rule, the one that is broken most first.

    Parameters
    ----------
    results : dict of {str: Result} or None
        Of the metric of rules, by table; None without rules.
    names : list of str
        The synthetic tables.
    ceiling : str or None
        Name of held-out rows in `results`; None without these.
    """
    if results is None:
        return []
    shares = {
        name: {one.rule: one.synthetic for one in results[name].detail.rules}
        for name in [*names, *([ceiling] if ceiling else [])]
    }
    rows = [
        RuleRow(
            str(one.rule),
            one.rule.columns,
            one.real,
            {name: shares[name][one.rule] for name in names},
            shares[ceiling][one.rule] if ceiling else np.nan,
        )
        for one in results[names[0]].detail.rules
    ]
    return sorted(rows, key=lambda row: -row.worst)


def rules_advice(report):
    """What to do about broken rules; nothing where too few rows are."""
    texts = [
        row.advice[name]
        for row in report.summary
        for name, verdict in row.verdicts.items()
        if row.key == KEY and verdict.level in (FAIR, POOR)
    ]
    return list(dict.fromkeys(texts))


def rules_lines(report):
    """Lines of text: a heading, a line for each of the worst rules, and the rest."""
    heads, cells = _heads(report), [_shares(row) for row in report.rules[:MAX_RULES]]
    texts = [_short(row.rule) for row in report.rules[:MAX_RULES]]
    width = max(map(len, [TITLE, *texts]))
    widths = [max(map(len, column)) for column in zip(heads, *cells, strict=True)]
    lines = [
        "  ".join([text.ljust(width), *map(str.rjust, row, widths)])
        for text, row in zip([TITLE, *texts], [heads, *cells], strict=True)
    ]
    return lines + [f"({rest})" for rest in _rest(report)]


def rules_table(report, *, whole=True):
    """Table of HTML: the rules, and the shares of rows that break each.

    Parameters
    ----------
    report : ComparisonReport
    whole : bool, default=True
        Whether all rules are shown, in a table that a click sorts.
    """
    rows = report.rules if whole else report.rules[:MAX_RULES]
    head = "".join(
        f'<th scope="col" class="figure"><button type="button">{escape(name)}</button>'
        "</th>"
        if whole
        else f'<th scope="col">{escape(name)}</th>'
        for name in _heads(report)
    )
    button = '<button type="button">Rule</button>' if whole else "Rule"
    head = f'<th scope="col">{button}</th>{head}'
    body = "\n".join(_line(row) for row in rows)
    kind = ' class="columns sortable"' if whole else ""
    return (
        f"<table{kind}><thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n"
        "</tbody></table>"
    )


def rules_section(report):
    """Part of the page about rules; empty without any."""
    if not report.rules:
        return ""
    return (
        f'<h2 id="rules">{TITLE}</h2>\n'
        "<p>What columns have to do with each other in the real rows, and the share of "
        "rows that break it. The rule that synthetic rows break most comes first; a "
        "click on a heading sorts by it.</p>\n"
        + "".join(f"<p>{escape(text)}</p>\n" for text in rules_advice(report))
        + '<div class="scroll tall" tabindex="0" role="region" '
        f'aria-label="{TITLE}">{rules_table(report)}</div>'
    )


def rules_fragment(report):
    """The worst rules for a notebook; empty without any."""
    if not report.rules:
        return ""
    rest = "".join(f"<p>{escape(words)}</p>" for words in _rest(report))
    advice = "".join(f"<p>{escape(text)}</p>" for text in rules_advice(report))
    return (
        f"<p><b>{TITLE}</b>: share of rows that break them</p>"
        f"{rules_table(report, whole=False)}{rest}{advice}"
    )


def _heads(report):
    held = [] if np.isnan(report.rules[0].ceiling) else ["other real rows"]
    return ["real", *report.rules[0].synthetic, *held]


def _figures(row):
    held = [] if np.isnan(row.ceiling) else [row.ceiling]
    return [row.real, *row.synthetic.values(), *held]


def _shares(row):
    return [percent(share) for share in _figures(row)]


def _line(row):
    cells = "".join(
        f'<td class="figure" data-value="{share!r}">{percent(share)}</td>'
        for share in map(float, _figures(row))
    )
    return f'<tr><th scope="row">{escape(row.rule)}</th>{cells}</tr>'


def _rest(report):
    """Words on the rules that are not shown; none if all are."""
    rest = report.rules[MAX_RULES:]
    if rest:
        n_broken = sum(row.worst > 0 for row in rest)
        broken = f"{n_broken} of them broken" if n_broken else "none of them broken"
        yield f"and {len(rest)} more, {broken}"


def _short(text):
    if len(text) <= MAX_CHARACTERS:
        return text
    return text[: MAX_CHARACTERS - 1] + "…"
