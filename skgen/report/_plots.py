"""The plots of a report, as parts of a page."""

from html import escape

from skgen.displays import MarginalsDisplay
from skgen.displays._style import COLORS
from skgen.report._svg import svg_of

#: largest number of columns that are plotted: those with the largest errors
MAX_COLUMNS = 24
_TITLES = {
    "pairwise": (
        "Pairs of columns",
        "How far the relation of two columns is from that in real rows: bright is far.",
    ),
    "detection": (
        "Detection",
        "How well a classifier distinguishes synthetic rows from real ones, and by "
        "which columns. A curve on the diagonal is guessing.",
    ),
    "embedding": (
        "Rows",
        "Rows as points, in the two directions in which real rows differ most. "
        "Both clouds should have the same shape.",
    ),
    "privacy": (
        "Nearness and attacks",
        "Left, how near rows are to the closest training row: the line of synthetic "
        "rows must not rise before that of held-out ones. Right, attacks that "
        "recognise training rows: a line above the dotted one has found some.",
    ),
}


def plots(report):
    """All plots of all tables."""
    single = len(report.displays) == 1
    parts = ["<h2>Plots</h2>"]
    if not single:
        links = "".join(
            f'<li><a href="#plots-{at}">{escape(name)}</a></li>'
            for at, name in enumerate(report.displays)
        )
        parts.append(f'<nav aria-label="Plots"><ul>{links}</ul></nav>')
    for at, (name, displays) in enumerate(report.displays.items()):
        heading = "" if single else f'<h2 id="plots-{at}">Plots of {escape(name)}</h2>'
        parts.append(f"<section>{heading}")
        for key, display in displays.items():
            prefix = f"p{at}{key}"
            if key == "marginals":
                parts.append(_marginals(display, prefix))
            else:
                parts.append(_figure(key, display, prefix))
        parts.append("</section>")
    return "\n".join(parts)


def _figure(key, display, prefix):
    title, sentence = _TITLES[key]

    def plot():
        display.plot(**({"side_by_side": True} if key == "embedding" else {}))
        return display.figure_

    return (
        f"<h3>{title}</h3>\n<figure><figcaption>{sentence}</figcaption>"
        f'<div class="scroll wide" tabindex="0" role="region" aria-label="{title}">'
        f"{svg_of(plot, prefix, title)}</div></figure>"
    )


def _marginals(display, prefix):
    shown = display.marginals[:MAX_COLUMNS]
    of_all = (
        ""
        if len(shown) == len(display.marginals)
        else f" These are the {len(shown)} of {len(display.marginals)} columns with "
        "the largest errors."
    )
    key = "".join(
        f'<span><i style="background:{COLORS[name]}"></i>{name}</span>'
        for name in display.tables
    )
    panels = "\n".join(
        _panel(marginal, display.tables, f"{prefix}{at}")
        for at, marginal in enumerate(shown)
    )
    return (
        "<h3>Single columns</h3>\n<p>Shares of rows. The outermost bins of a number "
        "also hold what lies beyond them; values of fewer than 5 real rows are not "
        f'named.{of_all}</p>\n<p class="key">{key}</p>\n'
        f'<div class="panels">\n{panels}\n</div>'
    )


def _panel(marginal, tables, prefix):
    def plot():
        import matplotlib.pyplot as plt

        figure, axes = plt.subplots(figsize=(3.3, 2.7), layout="constrained")
        MarginalsDisplay((marginal,), tables).plot(axes)
        axes.get_legend().remove()
        return figure

    return svg_of(plot, prefix, f"Distribution of {escape(str(marginal.name))}")
