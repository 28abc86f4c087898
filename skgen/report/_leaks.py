"""Which column gives training rows away.

A column with a value of its own in most rows, such as a name, is a key to the row: a
model that has learned it copies the cells beside it. No other model helps as much as
leaving the column out.
"""

from typing import NamedTuple

import numpy as np

from skgen._table.identifiers.recognition import is_key
from skgen.metrics._results import percent
from skgen.report._verdicts import FAIR, GOOD, POOR, UNSURE

#: metrics by which a column is found, the cheaper one first
MEASURES = ("nearest_record_share", "membership")
#: share of distinct values, and number of them, from which a column is suspected
SUSPECT_SHARE, SUSPECT_VALUES = 0.05, 20
#: columns that are left out one by one
MAX_SUSPECTS = 5
#: a leak comes from columns without which less than this share of it is left
LEFT = 0.4


class Leak(NamedTuple):
    """Columns that most of what training rows give away comes from."""

    columns: tuple  # names
    measure: str  # key of the metric
    value: float
    without: float  # the same without the columns
    distinct: float  # share of distinct values of the first column

    @property
    def named(self):
        """The columns in words."""
        *most, last = [f"'{name}'" for name in self.columns]
        return f"{', '.join(most)} and {last}" if most else last

    @property
    def words(self):
        """Where it comes from, as a sentence."""
        these = "that column" if len(self.columns) == 1 else "those columns"
        if self.measure == "membership":
            figures = f"the ROC AUC is {self.without:.2f}, not {self.value:.2f}"
        else:
            figures = (
                f"{percent(self.without)} of rows are nearer to training rows, not "
                f"{percent(self.value)}"
            )
        return f"Most of it comes from {self.named}: without {these}, {figures}."

    @property
    def advice(self):
        """What to do about it."""
        if len(self.columns) == 1:
            it, why = "it", f"{percent(self.distinct)} of its values are distinct"
        else:
            it, why = "them", "Their values are distinct in many rows"
        return (
            f"Begin with {self.named}: leave {it} out before you fit, or make {it} "
            f"coarser. {why}, and a model copies them together with the cells beside "
            "them. Compare again before you try another model."
        )


def suspects(columns, Z):
    """Columns whose values may be keys to their rows.

    Categories of which there are many, and whole numbers that are keys. Quantities are
    left out: they lie close to real ones in any good table.

    Parameters
    ----------
    columns : sequence of Column
    Z : ndarray of shape (n_samples, n_columns)
        The rows that the generator was fitted to.

    Returns
    -------
    shares : dict of {int: float}
        For at most five positions the share of distinct values, the largest first.
    """
    shares = {}
    for j, column in enumerate(columns):
        known = Z[~np.isnan(Z[:, j]), j]
        values = np.unique(known)
        if len(values) < max(SUSPECT_VALUES, SUSPECT_SHARE * len(known)):
            continue
        whole = column.integer_valued and column.kind == "integer"
        if column.discrete or (whole and is_key(known, name=column.name)):
            shares[j] = len(values) / len(known)
    return dict(sorted(shares.items(), key=lambda pair: -pair[1])[:MAX_SUSPECTS])


def find_leak(evaluator, Z, levels):
    """Find the columns that rows are given away by.

    All suspects are left out together. If that closes most of the leak, they are put
    back one after the other, and those that open it again are named.

    Parameters
    ----------
    evaluator : Evaluator
    Z : ndarray of shape (n_samples, n_columns)
        Synthetic rows.
    levels : dict of {str: str}
        Level of each metric, by its key.

    Returns
    -------
    leak : Leak or None
        None if nothing is given away, or by no such columns.
    """
    measure = next((key for key in MEASURES if levels.get(key) in (FAIR, POOR)), None)
    columns = evaluator.columns
    shares = {} if measure is None else suspects(columns, evaluator.inputs.real)
    if not 0 < len(shares) < len(columns):
        return None
    metric = evaluator.metrics[measure]

    def estimate_without(positions):
        return evaluator.without(measure, Z, positions)

    everything = estimate_without([])
    allowed = LEFT * metric.loss(everything.value)

    def closes(estimate):
        return metric.loss(estimate.value) - estimate.standard_error <= allowed

    left_out = list(shares)
    without = estimate_without(left_out)
    if not closes(without):
        return None
    for position in reversed(list(shares)):
        fewer = [j for j in left_out if j != position]
        found = estimate_without(fewer) if fewer else everything
        if closes(found):
            left_out, without = fewer, found
    if not left_out:
        return None
    names = tuple(columns[j].name for j in left_out)
    values = everything.value, without.value
    return Leak(names, measure, *values, shares[left_out[0]])


def advice_on(metric, level, leak=None):
    """What to do about a metric of a table; empty if it is good.

    Parameters
    ----------
    metric : Metric
    level : str
    leak : Leak or None, default=None
        Comes before what the metric advises about the model.
    """
    if level == GOOD:
        return ""
    if level == UNSURE:
        return "Too few rows to be sure: pass more."
    return leak.advice if leak and metric.key in MEASURES else metric.advice
