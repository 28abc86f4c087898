"""A schema in words: as lines of text, and as a table of HTML."""

from datetime import date, datetime, timedelta
from html import escape

import numpy as np

#: point masses and categories that are named
MAX_NAMED = 4
#: characters of a value that are shown
MAX_CHARACTERS = 30


def describe_column(column):
    """What is known of a column, beside its name and kind, in words.

    Parameters
    ----------
    column : ColumnSchema
    """
    parts = []
    if column.categories:
        parts += _categories(column)
    elif column.pattern is not None:
        parts.append(f"fresh: {column.pattern}")
    elif column.lower is not None:
        parts += _numbers(column)
    if column.written:
        form = column.written
        form = next(iter(form.values())) if isinstance(form, dict) else form
        parts.insert(0, f"written {form}" if isinstance(form, str) else "written")
    if column.other_texts:
        items = sorted(column.other_texts.items(), key=lambda item: -item[1])
        parts.append("or " + ", ".join(_with_share(*i) for i in items[:MAX_NAMED]))
    if column.missing:
        parts.append(f"missing in {_percent(column.missing)}")
    return ", ".join(parts)


def as_lines(schema):
    """One line for each column, with the words below each other, and for each rule."""
    lines = _column_lines(schema)
    if not schema.rules:
        return lines
    rules = "\n".join(f"  {line}" for line in _rule_lines(schema.rules))
    return f"{lines}\n\nrules:\n{rules}"


def _column_lines(schema):
    rows = [(str(c.name), c.kind, describe_column(c)) for c in schema.values()]
    if not rows:
        return "(no columns)"
    widths = [max(len(row[i]) for row in rows) for i in range(2)]
    return "\n".join(
        f"{name:<{widths[0]}}  {kind:<{widths[1]}}  {words}".rstrip()
        for name, kind, words in rows
    )


def as_html(schema):
    """A table of HTML with one row for each column, and a list of the rules."""
    rows = "".join(
        f'<tr><th scope="row">{escape(str(column.name))}</th>'
        f"<td>{escape(column.kind)}</td><td>{escape(describe_column(column))}</td></tr>"
        for column in schema.values()
    )
    head = "<tr><th>column</th><th>kind</th><th>what it holds</th></tr>"
    style = ' style="text-align: left"'
    columns = f"<table{style}><thead>{head}</thead><tbody>{rows}</tbody></table>"
    if not schema.rules:
        return columns
    items = "".join(f"<li>{escape(line)}</li>" for line in _rule_lines(schema.rules))
    return f"{columns}<p>rules</p><ul>{items}</ul>"


def _rule_lines(rules):
    """A line for each rule; a list of found ones says how often each was checked."""
    return str(rules).splitlines() if hasattr(rules, "to_dict") else map(str, rules)


def _categories(column):
    named = list(column.categories.items())
    if column.kind == "boolean" or column.ordered:
        order = " < " if column.ordered else ", "
    else:
        order = ", "
        named.sort(key=lambda item: -(item[1] or 0))
    words = [_with_share(*item) for item in named[:MAX_NAMED]]
    more = len(named) - MAX_NAMED
    listed = order.join(words) + (f", and {more} more" if more > 0 else "")
    if len(named) == 1:
        return [f"constant: {_shown(named[0][0])}"]
    return [listed] if len(named) <= MAX_NAMED else [f"{len(named)} levels: {listed}"]


def _numbers(column):
    masses = list(column.point_masses.items())
    if len(masses) == 1 and column.lower == column.upper:
        return [f"constant: {_shown(column.lower)}"]
    # without shares, the values that a user declares
    total = sum(share or 0 for _, share in masses)
    only = "only " if total > 1 - 1e-9 else ""
    if only and len(masses) <= 2 * MAX_NAMED:
        return [only + ", ".join(_with_share(*item) for item in masses)]
    parts = [f"from {_shown(column.lower)} to {_shown(column.upper)}"]
    if column.step is not None and not (column.kind == "integer" and column.step == 1):
        step = column.step if isinstance(column.step, str) else _shown(column.step)
        parts.insert(0, f"in steps of {step}")
    frequent = sorted(masses, key=lambda item: -(item[1] or 0))[:MAX_NAMED]
    frequent = [item for item in frequent if item[1] is None or item[1] >= 0.05]
    if only:
        parts.append(f"only {len(masses)} values")
    if frequent:
        parts.append("often " + ", ".join(_with_share(*item) for item in frequent))
    return parts


def _with_share(value, share):
    return _shown(value) if share is None else f"{_shown(value)} ({_percent(share)})"


def _percent(share):
    if 0 < share < 0.001:
        return "< 0.1 %"
    if 0.995 <= share < 1:
        return "> 99 %"
    return "100 %" if share == 1 else f"{100 * share:.2g} %"


def _shown(value):
    if isinstance(value, datetime) and value.timetz() == value.min.timetz():
        value = value.date()
    if isinstance(value, datetime | np.datetime64 | date | timedelta):
        text = str(value)
    elif isinstance(value, float):
        text = f"{value:.10g}"
    else:
        text = str(value)
    return text if len(text) <= MAX_CHARACTERS else text[: MAX_CHARACTERS - 1] + "…"
