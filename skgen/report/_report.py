"""The result of `compare`: `ComparisonReport`."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from skgen._table.rows import table_from_columns
from skgen.metrics._results import Estimate
from skgen.report._verdicts import QUESTIONS


class SummaryRow(NamedTuple):
    """One metric of every synthetic table and of the references."""

    key: str
    group: str  # "fidelity", "utility" or "privacy"
    measure: str
    ideal: float
    floor: Estimate | None  # of independent columns
    synthetic: dict  # of each synthetic table's name, its Estimate
    ceiling: Estimate | None  # of other real rows in the place of synthetic ones
    verdicts: dict  # of each synthetic table's name, its Verdict
    advice: dict  # of each synthetic table's name, what to do; empty if it is good


class ColumnRow(NamedTuple):
    """One column of every synthetic table."""

    name: object
    kind: str
    error: dict  # of each synthetic table's name, the error of the column by itself
    ceiling: float  # the same of other real rows
    relations: dict  # mean error of the pairs that the column is in
    relations_ceiling: float
    partner: dict  # the column with which it has the largest error, or None
    importance: dict  # area that a classifier loses without it
    risk: dict  # risk that its cells are guessed; NaN if not attacked


class TableVerdicts(NamedTuple):
    """Verdicts on one synthetic table."""

    overall: object  # Verdict
    fidelity: object
    utility: object
    privacy: object

    def groups(self):
        """Name and verdict of each group of metrics."""
        return {group: getattr(self, group) for group in QUESTIONS}


class ComparisonReport:
    """Figures, verdicts and plots of synthetic tables; made by `skgen.compare`.

    Attributes
    ----------
    summary : list of SummaryRow
        One for each metric: ``group``, ``measure`` (its name), ``floor`` (of
        independent columns), ``synthetic`` (by table), ``ceiling`` (of other real
        rows), ``ideal``, ``verdicts`` and ``advice`` (by table). Figures are pairs of
        ``value`` and ``standard_error``.
    verdicts : dict of {str: TableVerdicts}
        For each synthetic table ``overall``, ``fidelity``, ``utility`` and ``privacy``,
        each with a ``level``, one of "good", "fair", "poor" and "not known", and
        ``words``.
    leaks : dict of {str: Leak}
        For each synthetic table that gives training rows away by some columns their
        names ``columns``, the key of the ``measure``, its ``value``, the same
        ``without`` them, and what to say: ``words`` and ``advice``.
    columns : list of ColumnRow
        One for each column, that with the largest error first.
    rules : list of RuleRow
        One for each rule between columns, the one that synthetic rows break most first:
        ``rule`` in words, its ``columns``, and the shares of rows that break it,
        ``real``, ``synthetic`` (by table) and ``ceiling`` (of held-out rows). Empty
        where no rule is known.
    notices : list of str
        What the report leaves out, and how to include it.
    n_rows : dict of {str: int}
        Rows of each table.
    displays : dict of {str: dict of {str: display}}
        For each synthetic table, displays of `skgen.displays`, ready to plot.
    seconds : float
        Duration of the comparison.

    Notes
    -----
    A report holds figures of whole tables and of groups of at least 5 rows, but no row.
    So it may be shown where the table may not. Plots need matplotlib, and `to_frame`
    needs pandas or polars.
    """

    def __init__(
        self,
        *,
        summary,
        verdicts,
        leaks,
        columns,
        rules,
        notices,
        n_rows,
        displays,
        seconds,
    ):
        self.summary = summary
        self.verdicts = verdicts
        self.leaks = leaks
        self.columns = columns
        self.rules = rules
        self.notices = notices
        self.n_rows = n_rows
        self.displays = displays
        self.seconds = seconds

    def __repr__(self):
        tables = ", ".join(
            f"{name}: {verdicts.overall.level}"
            + (f" by {self.leaks[name].named}" if name in self.leaks else "")
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
        """The summary as a dataframe, a row for each metric of each table.

        Parameters
        ----------
        container : {"pandas", "polars"}, default="pandas"
            Library of the dataframe.

        Returns
        -------
        frame : dataframe
            Columns ``table``, ``group``, ``measure``, ``value``, ``standard_error``,
            ``floor``, ``ceiling``, ``ideal``, ``level``, ``verdict`` and ``advice``;
            NaN for unknown figures.

        Raises
        ------
        ImportError
            If the library is not installed.
        """
        cells = [
            (
                *(name, row.group, row.measure, *row.synthetic[name]),
                *(_shown_value(row.floor), _shown_value(row.ceiling), row.ideal),
                *(*row.verdicts[name], row.advice[name]),
            )
            for name in self.verdicts
            for row in self.summary
        ]
        names = ("table", "group", "measure", "value", "standard_error", "floor")
        names += ("ceiling", "ideal", "level", "verdict", "advice")
        columns = [np.array(column) for column in zip(*cells, strict=True)]
        return table_from_columns(dict(zip(names, columns, strict=True)), container)

    def to_html(
        self, path, *, title="Synthetic rows beside real ones", overwrite=False
    ):
        """Write a page with all figures, verdicts and plots.

        The page is a single file that loads nothing from elsewhere.

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
            If the file exists and `overwrite` is false.
        ImportError
            Without matplotlib.
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


def _shown_value(estimate):
    return np.nan if estimate is None else estimate.value
