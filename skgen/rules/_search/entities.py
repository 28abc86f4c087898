"""Rows of the same entity, such as a person, which confirm a rule only once."""

import numpy as np

#: mean nats up to which an entity nearly determines a column
NEARLY = 0.1
#: mean number of rows of an entity
FEWEST_ROWS, MOST_ROWS = 3, 200
#: distinct values from which on a column may identify entities
FEWEST_ENTITIES = 15


def entities_of(table, columns):
    """Columns that may identify entities about which some columns are facts.

    Parameters
    ----------
    table : SearchTable
    columns : sequence of int
        Positions of columns.

    Returns
    -------
    entities : list of int
        Positions of columns that nearly determine all of them.
    """
    return [
        z
        for z in possible_entities(table)
        if z not in columns
        and all(table.surprise(z, at).mean() <= NEARLY for at in columns)
    ]


def possible_entities(table):
    """Columns whose values many rows share, and that take many values."""
    n_rows = len(table.codes)
    return [
        z
        for z in table.varied()
        if max(FEWEST_ENTITIES, n_rows / MOST_ROWS)
        <= table.n_distinct[z]
        <= n_rows / FEWEST_ROWS
    ]


def identifies(table, z, at):
    """Whether a column identifies entities about which another one is a fact."""
    return z in possible_entities(table) and table.surprise(z, at).mean() <= NEARLY


def share_of_entities(table, columns, rows):
    """Number of entities in some rows, as a share of the rows; 1 if there are none.

    Parameters
    ----------
    table : SearchTable
    columns : sequence of int
    rows : ndarray of int
    """
    share = 1.0
    for z in entities_of(table, columns):
        codes = table.codes[rows, z]
        n_entities = len(np.unique(codes[codes >= 0])) + (codes < 0).sum()
        share = min(share, n_entities / len(rows))
    return share


def evidence_of_entities(table, columns, cells, rows, surprise):
    """Nats of a dependency if rows of an entity confirm nothing about each other.

    Where a finer column z nearly determines both sides, a value of the determinants
    may identify an entity as well as z does: it is confirmed by other entities only.

    Parameters
    ----------
    table : SearchTable
    columns : list of int
        The determinants, then what they determine.
    cells : ndarray of int of shape (n_rows,)
        Codes of the values of the determinants.
    rows : ndarray of int
        Rows that confirm the dependency.
    surprise : ndarray
        Nats of each of them.
    """
    least = surprise.sum()
    known = np.flatnonzero((cells >= 0) & (table.codes[:, columns[-1]] >= 0))
    counts = np.bincount(cells[rows], minlength=cells.max() + 1)
    mean = np.bincount(cells[rows], weights=surprise, minlength=cells.max() + 1)
    mean = mean / np.maximum(counts, 1)
    n_cells = len(np.unique(cells[known]))
    for z in entities_of(table, columns):
        own = table.codes[known, z]
        if len(np.unique(own)) < n_cells + (len(columns) == 2):
            continue
        pairs = np.unique(np.stack([cells[known], own]), axis=1)[0]
        entities = np.bincount(pairs, minlength=len(mean))
        least = min(least, (np.maximum(entities - 1, 0) * mean).sum())
    return float(least)
