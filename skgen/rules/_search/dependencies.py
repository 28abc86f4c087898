"""Search of dependencies: columns that another one determines."""

import numpy as np

from skgen._math.rules.evidence import conditional_share, needed_evidence
from skgen.rules._copy import Copy
from skgen.rules._dependency import Dependency
from skgen.rules._labels import label_of
from skgen.rules._search.entities import evidence_of_entities
from skgen.rules._search.implied import computed_columns, linked_columns

#: rows of the second half that must hold a determinant seen in the first
FEWEST_CONFIRMED = 60
#: the same, as a share of the rows
CONFIRMED_SHARE = 0.3
#: share of the rows whose number a few rows hold, if it is to determine a column
FREQUENT_SHARE = 0.8
FEW = 3
#: distinct numbers up to which they count as labels
LABEL_LIKE = 10
#: the same of numbers on no grid, if they are to determine a column at all
MOST_OFF_GRID = 50
#: bins of other numbers, to which a model without the rule would know them
N_BINS = 8
N_QUICK = 400
#: share of the rows in which only one of two copies may be missing
FEW_MISSING = 0.01


def measure_dependencies(table):
    """Evidence of dependencies on one column, those of sums and products among them.

    Parameters
    ----------
    table : SearchTable

    Returns
    -------
    nats : ndarray of shape (n_columns, n_columns)
        That the column of the row determines that of the column; 0 if it does not.
    """
    varied = table.varied()
    determinants = [at for at in varied if is_determinant(table, at)]
    n_candidates = len(determinants) * len(varied)
    nats = np.zeros((len(table.columns),) * 2)
    for x in determinants:
        for y in _determined(table, x, varied):
            if x != y:
                nats[x, y] = _evidence(table, x, y, n_candidates)
    return nats


def find_one_to_one(table, nats):
    """Add columns that are one to one to `table.found`.

    Parameters
    ----------
    table : SearchTable
    nats : ndarray of shape (n_columns, n_columns)
        As `measure_dependencies` returns it.
    """
    for of, column in np.argwhere(nats > 0):
        if of in table.copies or column in table.copies:
            continue
        codes = table.codes[:, column], table.codes[:, of]
        differ = (table.observed[:, of] != table.observed[:, column]).mean()
        if differ > FEW_MISSING or confirmed_rows(*codes, table.n_first) is None:
            continue
        of, column = min(of, column), max(of, column)
        values = {key: y for (key,), y in values_of(table, [of], column).items()}
        rule = Copy(table.names[column], table.names[of], values=values)
        evidence = max(nats[of, column], nats[column, of])
        if table.verify(rule, lambda rows, nats=evidence: nats, 1, by_row=False):
            table.copies.add(int(column))


def find_dependencies(table, nats):
    """Add dependencies on one column to `table.found`.

    Those that follow from others are left out: of zip -> state -> region, zip ->
    region.

    Parameters
    ----------
    table : SearchTable
    nats : ndarray of shape (n_columns, n_columns)
        As `measure_dependencies` returns it.
    """
    holds = nats > 0
    copies = list(table.copies)
    holds[copies] = holds[:, copies] = False
    for x, y in np.argwhere(holds):
        holds[x, y] = not linked_columns(table, x, y)
    for x in np.flatnonzero(holds.any(axis=1)):
        computed = computed_columns(table, {x, *np.flatnonzero(holds[x])})
        holds[x, list(computed)] = False
    for x, y in np.argwhere(holds):
        if not (holds[x] & holds[:, y]).any():
            rule = Dependency(
                table.names[y], (table.names[x],), values=values_of(table, [x], y)
            )
            table.verify(rule, lambda rows, x=x, y=y: nats[x, y], 1, by_row=False)


def is_determinant(table, at):
    """Whether the values of a column repeat, so that they may determine others.

    Fine numbers are like keys of the rows: what they seem to determine is a row.
    """
    counts, column = table.counts[at], table.columns[at]
    n_observed = counts.sum()
    if column.discrete:
        return n_observed - len(counts) >= 2 * FEWEST_CONFIRMED
    if column.step is None and len(counts) > MOST_OFF_GRID:
        return False
    return counts[counts >= FEW].sum() >= FREQUENT_SHARE * n_observed


def _determined(table, x, columns):
    """Columns of which some are a function of another one in the first half."""
    codes = table.codes[: table.n_first, x]
    for n_rows in (N_QUICK, table.n_first):
        if len(columns):
            rows = np.flatnonzero(codes >= 0)[:n_rows]
            columns = determined(codes, table.first_codes, rows, columns)
    return columns


def determined(x, codes, rows, columns):
    """Columns that are a function of the codes x in some rows.

    Parameters
    ----------
    x : ndarray of int of shape (n_rows,)
        Not negative in these rows.
    codes : ndarray of int of shape (n_rows, n_columns)
        -1 where a cell is missing.
    rows : ndarray of int
    columns : ndarray of int
        Positions to choose from.
    """
    x, y = x[rows], codes[np.ix_(rows, columns)]
    image = np.zeros((x.max(initial=0) + 1, y.shape[1]), dtype=y.dtype)
    image[x] = y
    found = image[x]
    return columns[~((found != y) & (found >= 0) & (y >= 0)).any(axis=0)]


def confirmed_rows(x, y, n_first):
    """Rows of the second half in which y is what it is in the first at the same x.

    Parameters
    ----------
    x, y : ndarray of int of shape (n_rows,)
        Codes, -1 where a cell is missing.
    n_first : int

    Returns
    -------
    rows : ndarray of int or None
        Those with an x that occurs in the first half. None if y is no function of x.
    """
    known = np.flatnonzero((x >= 0) & (y >= 0))
    image = np.full(x.max(initial=0) + 1, -1, dtype=np.int64)
    image[x[known]] = y[known]
    if (image[x[known]] != y[known]).any():
        return None
    seen = np.zeros(len(image), dtype=bool)
    first, second = known[known < n_first], known[known >= n_first]
    seen[x[first]] = True
    return second[seen[x[second]]]


def _evidence(table, x, y, n_candidates):
    """Nats of a dependency of one column on another, 0 if there is none."""
    target = table.codes[:, y]
    rows = confirmed_rows(table.codes[:, x], target, table.n_first)
    if rows is None or not is_confirmed(table, rows, x):
        return 0.0
    surprise = -np.log(conditional_share(rough_codes(table, x), target)[rows])
    needed = needed_evidence(n_candidates)
    if surprise.sum() < needed:
        return 0.0
    nats = evidence_of_entities(table, [x, y], table.codes[:, x], rows, surprise)
    return nats if nats >= needed else 0.0


def rough_codes(table, at):
    """What a model without the rule would know of a determinant.

    Of labels, only that they are not missing; of numbers, one of a few bins, because
    those that are near each other are similar without any rule.
    """
    codes = table.codes[:, at]
    counts = table.counts[at]
    if table.columns[at].discrete or len(counts) <= LABEL_LIKE:
        return np.where(codes < 0, -1, 0)
    middle = (np.cumsum(counts) - counts / 2) / counts.sum()
    bins = (middle * N_BINS).astype(np.int64)
    return np.where(codes < 0, -1, bins[codes])


def is_confirmed(table, rows, *columns):
    """Whether enough rows confirm a dependency on some columns."""
    observed = table.observed[table.n_first :][:, list(columns)].all(axis=1)
    needed = max(FEWEST_CONFIRMED, CONFIRMED_SHARE * observed.sum())
    return len(rows) >= needed


def values_of(table, determinants, column):
    """Values of determinants mapped to that of a column, over all rows.

    Parameters
    ----------
    table : SearchTable
    determinants : list of int
    column : int

    Returns
    -------
    values : dict
        Of tuples of labels to labels, as rules hold them.
    """
    cells = table.values.numbers[:, [*determinants, column]]
    cells = cells[~np.isnan(cells).any(axis=1)]
    distinct = np.unique(cells, axis=0)
    columns = [table.columns[at] for at in (*determinants, column)]
    # few labels occur in many pairs
    labels = [
        {number: label_of(of, number) for number in np.unique(numbers).tolist()}
        for of, numbers in zip(columns, distinct.T, strict=True)
    ]
    rows = [
        tuple(known[number] for known, number in zip(labels, row, strict=True))
        for row in distinct.tolist()
    ]
    return {row[:-1]: row[-1] for row in rows}
