"""Search of implications: values of one column that fix the value of another."""

from typing import NamedTuple

import numpy as np

from skgen._math.rules.evidence import needed_evidence
from skgen.rules._implication import Implication
from skgen.rules._labels import label_of
from skgen.rules._search.entities import identifies, share_of_entities
from skgen.rules._search.implied import closure, linked_columns

#: rows that must hold the condition
FEWEST_ROWS = 40
#: share of rows that a model without the rule would break, at least
FEWEST_BROKEN = 0.002
#: share of the rows that hold a number that is a code
FREQUENT = 0.02
#: distinct numbers up to which each may be a condition
FEW_NUMBERS = 10
#: share of the rows up to which negative numbers may be codes
FEW_NEGATIVE = 0.25
#: values of a column with more are no conditions
MOST_LABELS = 60
MOST_ITEMS = 600
#: factor by which a model without the rule may raise the odds of what follows
FORESEEN_ODDS = 12


class _Items(NamedTuple):
    """Values of columns, or missing cells, as conditions and consequences."""

    columns: np.ndarray
    codes: np.ndarray  # -1 for a missing cell
    counts: np.ndarray


def find_implications(table):
    """Add implications between single values to `table.found`.

    Those that follow from others, or from another rule, are left out.

    Parameters
    ----------
    table : SearchTable
    """
    items = _list_items(table)
    if len(items.columns) < 2:
        return
    together = _counts_together(table, items)
    holds = together == items.counts[:, None]
    holds &= items.columns[:, None] != items.columns
    n_rows = len(table.codes)
    second = table.codes[table.n_first :]
    n_second = (second[:, items.columns] == items.codes).sum(axis=0)
    nats = _evidence(items, n_second, n_rows)
    needed = needed_evidence(holds.size)
    holds &= nats >= needed
    share = items.counts / n_rows
    holds &= share[:, None] * (1 - share) >= FEWEST_BROKEN
    holds &= ~_follows(table, items)
    for a, b in np.argwhere(_reduced(holds, items)):
        rule = Implication(
            *_value(table, items, a),
            *_value(table, items, b),
        )
        rows = np.flatnonzero(second[:, items.columns[a]] == items.codes[a])
        columns = items.columns[[a, b]].tolist()
        share = share_of_entities(table, columns, rows + table.n_first)
        # that a fact is true of one entity only says nothing of others
        about_one = items.codes[b] >= 0 and identifies(table, columns[1], columns[0])
        if nats[a, b] * share >= needed and not about_one:
            table.add_if_exact(rule, float(nats[a, b] * share), len(rows))


def _value(table, items, at):
    position, code = items.columns[at], items.codes[at]
    number = np.nan if code < 0 else table.distinct[position][code]
    return table.names[position], label_of(table.columns[position], number)


def _list_items(table):
    """Values that are frequent, and missing cells, of all columns."""
    n_rows = len(table.codes)
    columns, codes, counts = [], [], []
    for at, column in enumerate(table.columns):
        if at in table.copies or column.kind == "none":
            continue
        own = np.append(table.counts[at], n_rows - table.counts[at].sum())
        usable = (own >= FEWEST_ROWS) & (own < n_rows)
        if not column.discrete and table.n_distinct[at] > FEW_NUMBERS:
            usable &= own >= FREQUENT * n_rows
            usable[:-1] &= _stand_for_themselves(table, at)
        found = np.flatnonzero(usable)
        if len(found) > MOST_LABELS:
            found = found[np.argsort(-own[found], kind="stable")[:MOST_LABELS]]
        columns += [at] * len(found)
        codes += [-1 if code == len(own) - 1 else int(code) for code in found]
        counts += own[found].tolist()
    arrays = [np.array(part, dtype=np.int64) for part in (columns, codes, counts)]
    kept = np.sort(np.argsort(-arrays[2], kind="stable")[:MOST_ITEMS])
    return _Items(*(part[kept] for part in arrays))


def _stand_for_themselves(table, at):
    """Which numbers may be codes: 0, the extremes, and a few negative ones."""
    values = table.distinct[at]
    special = values == 0
    special[[0, -1]] = True
    if table.counts[at][values < 0].sum() <= FEW_NEGATIVE * table.counts[at].sum():
        special |= values < 0
    return special


def _counts_together(table, items):
    """Number of rows that hold both of two items."""
    held = (table.codes[:, items.columns] == items.codes).astype(np.float32)
    return np.rint(held.T @ held).astype(np.int64)


def _evidence(items, n_second, n_rows):
    """Nats of each implication, from the rows of the second half.

    A model foresees a part of it from other columns, so that a value which is nearly
    always the same proves little.
    """
    odds = FORESEEN_ODDS * items.counts / (n_rows - items.counts)
    return n_second[:, None] * np.log1p(1 / odds)


def _follows(table, items):
    """Whether another rule holds the columns of two items together."""
    known = closure(table)
    out = np.zeros((len(items.columns),) * 2, dtype=bool)
    positions = np.unique(items.columns)
    for x in positions:
        for y in positions:
            ordered = _is_ordered(table, x, y) or linked_columns(table, x, y)
            # what determines the other has one value where it has one
            if ordered or y in known[x] or x in known[y]:
                of_pair = (items.columns[:, None] == x) & (items.columns == y)
                observed = (items.codes[:, None] >= 0) & (items.codes >= 0)
                out |= of_pair & observed
    return out


def _is_ordered(table, x, y):
    pair = {table.names[x], table.names[y]}
    return any(
        found.rule.kind == "order" and pair <= set(found.rule.columns)
        for found in table.found
    )


def _reduced(holds, items):
    """Implications that do not follow from two others.

    Items that imply each other are one: each of them implies the next one, around.
    """
    both = holds & holds.T
    first = np.array(
        [np.flatnonzero(row).min(initial=at) for at, row in enumerate(both)]
    )
    first = np.minimum(first, np.arange(len(first)))
    is_first = first == np.arange(len(first))
    between = holds & ~both & is_first[:, None] & is_first
    steps = between.astype(np.float32)
    out = between & ~((steps @ steps) > 0)
    for at in np.flatnonzero(~is_first):
        of = first[at]
        out[at, of] |= holds[at, of]
        out[of, at] |= holds[of, at]
    return out & ~_is_contrapositive(out, items)


def _is_contrapositive(out, items):
    """Implications that say again, of two columns of two values, what others say."""
    n_values = np.bincount(items.columns)
    twice = np.zeros_like(out)
    for a, b in np.argwhere(out):
        if n_values[items.columns[[a, b]]].max() > 2:
            continue
        not_a = np.flatnonzero(items.columns == items.columns[a])
        not_b = np.flatnonzero(items.columns == items.columns[b])
        if len(not_a) == len(not_b) == 2:
            not_a, not_b = not_a[not_a != a][0], not_b[not_b != b][0]
            if out[not_b, not_a] and not twice[not_b, not_a]:
                twice[a, b] = True
    return twice
