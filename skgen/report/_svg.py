"""Plots as SVG elements of a page, with text in the colour of the page."""

import io
import re

# a colour that no plot uses, which is replaced in the output of matplotlib
_INK = "#010203"
_STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "skgen",
    "font.size": 10.0,
    "text.color": _INK,
    "axes.labelcolor": _INK,
    "axes.edgecolor": _INK,
    "axes.titlecolor": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "legend.framealpha": 0.0,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
}


def svg_of(plot, prefix, label, *, dpi=110):
    """A plot as an ``svg`` element.

    Parameters
    ----------
    plot : callable
        Returns a figure of pyplot, which is then closed.
    prefix : str
        Prefix of the ids in the element, which makes them unique in the page.
    label : str
        Escaped description, for screen readers.
    dpi : int, default=110
        Resolution of rasterized parts.

    Returns
    -------
    svg : str
    """
    import matplotlib.pyplot as plt

    with plt.ioff(), plt.style.context(["default", _STYLE]):
        figure = plot()
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", dpi=dpi, metadata={"Date": None})
        plt.close(figure)
    return _embedded(buffer.getvalue(), prefix, label)


def _embedded(svg, prefix, label):
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    # it would apply to the whole page
    svg = re.sub(r"<style type=\"text/css\">.*?</style>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<!--.*?-->\n?", "", svg, flags=re.DOTALL)
    svg = re.sub(r'\bid="', f'id="{prefix}-', svg)
    svg = svg.replace("url(#", f"url(#{prefix}-")
    svg = svg.replace('xlink:href="#', f'xlink:href="#{prefix}-')
    svg = svg.replace(_INK, "currentColor")
    # a hundredth of a point is invisible
    svg = re.sub(r' d="[^"]*"', lambda path: _rounded(path[0]), svg)
    width, height = re.search(r'viewBox="0 0 ([0-9.]+) ([0-9.]+)"', svg).groups()
    head = (
        f'<svg class="plot" role="img" aria-label="{label}" '
        f'viewBox="0 0 {width} {height}" style="--w:{float(width) * 96 / 72:.0f}px" '
        'xmlns:xlink="http://www.w3.org/1999/xlink">'
    )
    return head + re.sub(r"\s*\n\s*", "\n", svg[svg.index(">") + 1 :]).strip()


def _rounded(path):
    return re.sub(r"(\.[0-9]{2})[0-9]+", r"\1", path)
