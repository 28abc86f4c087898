"""What a comparison found: `ComparisonReport`."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from skgen._table.rows import table_from_columns
from skgen.metrics._results import Estimate
from skgen.report._verdicts import QUESTIONS


class SummaryRow(NamedTuple):
    """One measure of every synthetic table, and what to compare it with."""

    key: str
    group: str  # "fidelity", "utility" or "privacy"
    measure: str
    ideal: float
    floor: Estimate | None  # of independent columns
    synthetic: dict  # of each synthetic table's name, its Estimate
    ceiling: Estimate | None  # of other real rows in the place of synthetic ones
    verdicts: dict  # of each synthetic table's name, its Verdict


class ColumnRow(NamedTuple):
    """One column of every synthetic table."""

    name: object
    kind: str
    error: dict  # of each synthetic table's name, the error of the column by itself
    ceiling: float  # the same of other real rows
    relations: dict  # mean error of the pairs that the column is in
    relations_ceiling: float
    partner: dict  # the column with which it has the largest error, or None
    importance: dict  # what a classifier loses that must do without it
    risk: dict  # how far its cells are guessed beyond chance; NaN if not attacked


class TableVerdicts(NamedTuple):
    """What the figures of one synthetic table come to."""

    overall: object  # Verdict
    fidelity: object
    utility: object
    privacy: object

    def groups(self):
        """Name and verdict of each group of measures."""
        return {group: getattr(self, group) for group in QUESTIONS}


class ComparisonReport:
    """Figures, verdicts and plots of synthetic tables; made by `skgen.compare`.

    Attributes
    ----------
    summary : list of SummaryRow
        One for each measure: ``group``, ``measure``, ``floor`` (what independent
        columns get), ``synthetic`` (by table), ``ceiling`` (what other real rows get),
        ``ideal`` and ``verdicts`` (by table). Figures are pairs of ``value`` and
        ``standard_error``.
    verdicts : dict of {str: TableVerdicts}
        For each synthetic table ``overall``, ``fidelity``, ``utility`` and ``privacy``,
        each with a ``level``, one of "good", "fair", "poor" and "not known", and
        ``words``.
    columns : list of ColumnRow
        One for each column, that with the largest error first.
    notices : list of str
        What was left out, and how to have it.
    n_rows : dict of {str: int}
        Rows of each table.
    displays : dict of {str: dict of {str: display}}
        For each synthetic table, displays of `skgen.displays`, ready to plot.
    seconds : float
        How long the comparison took.

    Notes
    -----
    A report holds figures of whole tables and of groups of at least 5 rows, never a
    row, so that it may be shown where the table may not. Plots need matplotlib,
    `to_frame` pandas or polars.
    """

    def __init__(
        self, *, summary, verdicts, columns, notices, n_rows, displays, seconds
    ):
        self.summary = summary
        self.verdicts = verdicts
        self.columns = columns
        self.notices = notices
        self.n_rows = n_rows
        self.displays = displays
        self.seconds = seconds

    def __repr__(self):
        tables = ", ".join(
            f"{name}: {verdicts.overall.level}"
            for name, verdicts in self.verdicts.items()
        )
        return f"<ComparisonReport of {len(self.columns)} columns; {tables}>"

    def __str__(self):
        from skgen.report._text import report_text

        return report_text(self)

    def _repr_html_(self):
        from skgen.report._page import fragment

        return fragment(self)

    def to_frame(self, container="pandas"):
        """The summary as a dataframe, a row for each measure of each table.

        Parameters
        ----------
        container : {"pandas", "polars"}, default="pandas"
            Library of the dataframe.

        Returns
        -------
        frame : dataframe
            Columns ``table``, ``group``, ``measure``, ``value``, ``standard_error``,
            ``floor``, ``ceiling``, ``ideal``, ``level`` and ``verdict``; NaN where a
            figure is not known.

        Raises
        ------
        ImportError
            If the library is not installed.
        """
        cells = [
            (
                *(name, row.group, row.measure, *row.synthetic[name]),
                *(_value(row.floor), _value(row.ceiling), row.ideal),
                *row.verdicts[name],
            )
            for name in self.verdicts
            for row in self.summary
        ]
        names = ("table", "group", "measure", "value", "standard_error", "floor")
        names += ("ceiling", "ideal", "level", "verdict")
        columns = [np.array(column) for column in zip(*cells, strict=True)]
        return table_from_columns(dict(zip(names, columns, strict=True)), container)

    def to_html(
        self, path, *, title="Synthetic rows beside real ones", overwrite=False
    ):
        """Write one page that holds everything: figures, words and plots.

        Nothing is loaded from elsewhere, so the page can be opened, sent and kept as
        any file.

        Parameters
        ----------
        path : str or Path
            File to write, such as ``"report.html"``.
        title : str, default="Synthetic rows beside real ones"
            Heading of the page.
        overwrite : bool, default=False
            Whether an existing file may be replaced.

        Returns
        -------
        path : Path

        Raises
        ------
        FileExistsError
            If there is such a file and `overwrite` is false.
        ImportError
            Without matplotlib, which draws the plots.
        """
        from skgen.report._page import page

        path = Path(path)
        if path.exists() and not overwrite:
            raise FileExistsError(
                f"path: {path} exists. Pass overwrite=True to replace it, or another "
                "path."
            )
        path.write_text(page(self, title), encoding="utf-8")
        return path


def _value(estimate):
    return np.nan if estimate is None else estimate.value
