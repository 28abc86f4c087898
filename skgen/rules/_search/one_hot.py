"""Search of one-hot groups."""

import numpy as np

from skgen._math.rules.evidence import equality_evidence
from skgen.rules._one_hot import OneHot

FEWEST_COLUMNS = 3


def find_one_hot(table):
    """Add groups of columns of 0 and 1 of which exactly one is 1 to `table.found`.

    Parameters
    ----------
    table : SearchTable
    """
    columns = [
        at
        for at in table.numeric()
        if table.n_distinct[at] == 2 and set(table.ordered[at][[0, -1]]) == {0.0, 1.0}
    ]
    columns = [at for at in columns if table.observed[:, at].all()]
    grouped = set()
    for start, at in enumerate(columns):
        if at in grouped:
            continue
        group = _extend(
            table, at, [c for c in columns[start + 1 :] if c not in grouped]
        )
        if group and _verify(table, group, len(columns) ** 2):
            grouped |= set(group)


def _extend(table, start, others):
    """Columns that are 1 where no earlier one of them is, in table order."""
    group, covered = [start], table.first[:, start] == 1
    for at in others:
        is_one = table.first[:, at] == 1
        if not (is_one & covered).any():
            group.append(at)
            covered = covered | is_one
        if covered.all():
            return group if len(group) >= FEWEST_COLUMNS else None
    return None


def _verify(table, group, n_candidates):
    def evidence(rows):
        ordered = (table.ordered[at] for at in group)
        cells = (table.cells[rows, at] for at in group)
        # of the column that says least, beside the most frequent one
        nats = [
            equality_evidence(sorted_, own, np.zeros(len(own)))
            for sorted_, own in zip(ordered, cells, strict=True)
        ]
        return max(nats)

    return table.verify(
        OneHot(tuple(table.names[at] for at in group)), evidence, n_candidates
    )
