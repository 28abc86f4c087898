import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import polars as pl
import pytest

from skgen.report import ComparisonReport, compare
from skgen.report._text import figure

from .conftest import HOSTILE

# elements that have no end in HTML
VOID = {"meta", "br", "img", "link", "hr", "input"}


class Outline(HTMLParser):
    """What is open, and what is wrong: ends that match nothing, ids used twice."""

    def __init__(self):
        super().__init__()
        self.open, self.faults, self.ids, self.tags = [], [], set(), set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name == "id":
                if value in self.ids:
                    self.faults.append(f"id {value} twice")
                self.ids.add(value)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}>")


def outline(text):
    parser = Outline()
    parser.feed(text)
    parser.close()
    return parser


@pytest.fixture(
    scope="module",
    params=[pytest.param("report", marks=pytest.mark.slow), "report_of_two"],
)
def page(request, tmp_path_factory):
    report = request.getfixturevalue(request.param)
    path = report.to_html(
        tmp_path_factory.mktemp("page") / "report.html", title="A & B"
    )
    return path.read_text(encoding="utf-8")


def test_page_is_well_formed(page):
    found = outline(page)
    assert found.faults == []
    assert found.open == []
    assert page.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert "<title>A &amp; B</title>" in page
    assert '<meta name="viewport"' in page


def test_page_loads_nothing(page):
    assert "default-src 'none'" in page
    assert found_urls(page) == []
    assert outline(page).tags.isdisjoint({"link", "iframe", "object", "img"})


def found_urls(page):
    """Addresses that a browser would follow: namespaces are only names."""
    text = re.sub(r'xmlns(:\w+)?="[^"]*"', "", page)
    links = re.findall(r'(?:href|src)="([^"#][^"]*)"', text)
    return [link for link in links if not link.startswith("data:image/png")] + (
        re.findall(r"url\((?!#)", text)
    )


def test_names_are_escaped(page):
    assert HOSTILE not in page
    assert "&lt;script&gt;document.title" in page
    assert page.count("<script") == 1


@pytest.mark.slow
def test_fragment_for_notebooks(report, report_of_two):
    for each in (report, report_of_two):
        found = outline(each._repr_html_())
        assert found.faults == found.open == []
        assert "script" not in found.tags
        assert HOSTILE not in each._repr_html_()
    assert "new &amp; fine" in report_of_two._repr_html_()


@pytest.mark.slow
def test_text(report, report_of_two):
    assert isinstance(report, ComparisonReport)
    text = str(report)
    assert max(map(len, text.splitlines())) <= 100
    for row in report.summary:
        assert row.measure in text
    detection = next(row for row in report.summary if row.key == "detection")
    assert f"{detection.synthetic['synthetic'].value:.3f} ± " in text
    assert "rows: 80 real, 80 held out, 80 synthetic" in text
    assert "copies: Do not hand these rows out" in str(report_of_two)
    assert "Note: No rows were held out." in str(report_of_two)
    assert repr(report).startswith("<ComparisonReport of 12 columns; synthetic: ")


def test_figures_as_text():
    assert figure(-0.0001) == "0.000"
    assert figure(np.nan) == "-"


@pytest.mark.parametrize("container", ["pandas", "polars"])
def test_frame(report_of_two, container):
    frame = report_of_two.to_frame(container)
    assert isinstance(frame, pd.DataFrame if container == "pandas" else pl.DataFrame)
    assert len(frame) == 2 * len(report_of_two.summary)
    first = report_of_two.summary[0]
    values = (
        dict(zip(frame.columns, frame.rows()[0], strict=True))
        if (container == "polars")
        else frame.iloc[0].to_dict()
    )
    assert values["table"] == "new & fine"
    assert values["measure"] == first.measure
    assert values["value"] == first.synthetic["new & fine"].value
    assert values["ceiling"] == first.ceiling.value
    assert values["level"] == first.verdicts["new & fine"].level


@pytest.mark.slow
def test_an_existing_file_is_kept(report, tmp_path):
    path = tmp_path / "report.html"
    path.write_text("mine")
    with pytest.raises(FileExistsError, match="overwrite=True"):
        report.to_html(path)
    assert path.read_text() == "mine"


@pytest.mark.slow
def test_page_shows_no_cell_of_a_few_rows(tmp_path):
    def rows(seed):
        rng = np.random.default_rng(seed)
        return pd.DataFrame(
            {
                "city": rng.choice(["Rome", "Oslo"], 100),
                "wage": rng.normal(3000, 100, 100).round(),
                "day": pd.Timestamp("2024-05-01")
                + pd.to_timedelta(rng.integers(0, 9, 100), "D"),
            }
        )

    real, holdout, synthetic = rows(0), rows(1), rows(2)
    for table, wage, city in (
        (real, 987654, "Zanzibar"),
        (holdout, 876543, "Yokohama"),
        (synthetic, 765432, "Xanten"),
    ):
        table.loc[3, ["city", "wage"]] = city, wage
        table.loc[3, "day"] = pd.Timestamp("1931-07-13")
    # four rows are still too few
    real.loc[:3, "city"] = "Zanzibar"
    report = compare(real, synthetic, holdout=holdout, random_state=0)
    page = report.to_html(tmp_path / "report.html").read_text(encoding="utf-8")
    texts = page + str(report) + repr(report) + report._repr_html_()
    assert "Rome" in page
    for secret in ("Zanzibar", "Yokohama", "Xanten", "987654", "876543", "765432"):
        assert secret not in texts
    assert "1931" not in texts
