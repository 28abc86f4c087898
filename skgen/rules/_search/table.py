"""`SearchTable`: what the searches of rules know of a table."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from skgen._math.rules.evidence import conditional_share, needed_evidence, share_within
from skgen._table.values import Values
from skgen.rules._list import FoundRule
from skgen.rules._search.entities import share_of_entities
from skgen.rules._search.rows import halves

#: rows in which columns are compared before all of the first half are
N_QUICK = 16
#: rounding errors of floats on a grid, relative to the largest number of the column
ROUNDOFF = 1e-13
#: errors of computed numbers in columns on no grid, relative to the largest number
NOISE = 1e-10
#: the same, relative to the standard deviation, where numbers had few digits
NARROW_NOISE = 1e-6
#: standard deviation, in steps, from which on a grid may be that of rounded numbers
FINE = 15
FEWEST_ROWS = 8


@dataclass
class SearchTable:
    """Cells of a table, and rules that were found in it so far.

    Parameters
    ----------
    values : Values
    sample_weight : ndarray of shape (n_samples,), default=None

    Attributes
    ----------
    cells : ndarray of shape (n_rows, n_columns)
        Numbers of the rows that are searched, those of the first half first. NaN in
        columns that cannot be added.
    n_first : int
        Number of rows of the first half.
    found : list of FoundRule
    copies : set of int
        Positions of columns that are copies of others.
    """

    values: Values
    sample_weight: np.ndarray | None = None
    found: list = field(default_factory=list)
    copies: set = field(default_factory=set)

    def __post_init__(self):
        first, second, self.others = halves(self.values, self.sample_weight)
        self.n_first = len(first)
        self.rows = self.values.take(np.concatenate([first, second]))
        self.columns, self._surprise = self.values.columns, {}
        self.names = [column.name for column in self.columns]
        self.position = {name: at for at, name in enumerate(self.names)}
        self.cells = np.full(self.rows.numbers.shape, np.nan, order="F")
        for at, column in enumerate(self.columns):
            if column.is_numeric:
                self.cells[:, at] = self.rows.as_numbers(at)
        first = self.cells[: self.n_first]
        self.first = np.asfortranarray(first)
        self.observed = ~np.isnan(self.rows.numbers)

    @cached_property
    def codes(self):
        """Distinct values of each column as 0, 1, ..., of shape (n_rows, n_columns).

        -1 where a cell is missing; see `shares` for how often each value occurs.
        """
        out = np.full(self.rows.numbers.shape, -1, dtype=np.int64, order="F")
        for at, observed in enumerate(self.observed.T):
            cells = self.rows.numbers[observed, at]
            _, codes = np.unique(cells, return_inverse=True)
            out[observed, at] = codes.reshape(-1)
        return out

    @cached_property
    def first_codes(self):
        """Codes of the first half, row by row."""
        return np.ascontiguousarray(self.codes[: self.n_first], dtype=np.int32)

    def surprise(self, x, y):
        """Nats of the value of y given that of x, in each row of the second half.

        Parameters
        ----------
        x, y : int
            Positions of columns.
        """
        if (x, y) not in self._surprise:
            share = conditional_share(self.codes[:, x], self.codes[:, y])
            self._surprise[x, y] = -np.log(share[self.n_first :]).astype(np.float32)
        return self._surprise[x, y]

    @cached_property
    def counts(self):
        """Number of rows that hold each distinct value, one array for each column."""
        return [np.bincount(codes[codes >= 0]) for codes in self.codes.T]

    @cached_property
    def distinct(self):
        """Distinct values of each column, sorted, in the numbers of `rows`."""
        return [
            np.unique(self.rows.numbers[observed, at])
            for at, observed in enumerate(self.observed.T)
        ]

    @cached_property
    def n_distinct(self):
        """Number of distinct values of each column."""
        return np.array([len(counts) for counts in self.counts], dtype=np.int64)

    @cached_property
    def ordered(self):
        """Sorted numbers of each column that can be added."""
        return [np.sort(cells[~np.isnan(cells)]) for cells in self.cells.T]

    @cached_property
    def noise(self):
        """Largest error of computed numbers, for each column: 0 on grids."""
        out = np.zeros(len(self.columns))
        for at, ordered in enumerate(self.ordered):
            column = self.columns[at]
            if len(ordered) and column.kind == "number" and column.step is None:
                largest = max(-ordered[0], ordered[-1])
                out[at] = max(NOISE * largest, NARROW_NOISE * ordered.std())
        return out

    @cached_property
    def roundoff(self):
        """Largest rounding error of floats, for each column."""
        ends = [np.abs(o[[0, -1]]).max() if len(o) else 0.0 for o in self.ordered]
        return ROUNDOFF * np.array(ends)

    @cached_property
    def half_steps(self):
        """Largest error of rounded numbers, for each column: 0 on coarse grids."""
        out = np.zeros(len(self.columns))
        for at, column in enumerate(self.columns):
            step, ordered = column.step, self.ordered[at]
            if column.kind == "number" and step and len(ordered):
                out[at] = step / 2 if ordered.std() > FINE * step else 0.0
        return out

    def numeric(self, *, fewest=2, kinds=("number", "duration", "level", "boolean")):
        """Positions of columns of numbers that vary and are no copies."""
        return np.array(
            [
                at
                for at, column in enumerate(self.columns)
                if column.is_numeric
                and column.kind in kinds
                and at not in self.copies
                and self.n_distinct[at] >= fewest
            ],
            dtype=np.intp,
        )

    def varied(self):
        """Positions of columns of any kind that vary and are no copies."""
        return np.array(
            [
                at
                for at, column in enumerate(self.columns)
                if column.kind != "none"
                and at not in self.copies
                and self.n_distinct[at] > 1
            ],
            dtype=np.intp,
        )

    @cached_property
    def telling_rows(self):
        """Rows of the first half in which most columns are observed and not usual."""
        first = self.codes[: self.n_first]
        usual = np.array([c.argmax() if len(c) else -1 for c in self.counts])
        score = ((first >= 0) & (first != usual)).sum(axis=1)
        return np.argsort(-score, kind="stable")

    def share_within(self, at, cells, width):
        """Share of the numbers of a column within a width of each of some cells."""
        return share_within(self.ordered[at], cells, width)

    def verify(self, rule, evidence, n_candidates, *, fewest=1.0, by_row=True):
        """Add a rule to those found if it holds in all rows, and is surprising.

        Parameters
        ----------
        rule : Rule
        evidence : callable
            From positions in `rows`, of the second half and with all cells of the rule
            observed, to nats.
        n_candidates : int
            Number of rules among which it was chosen.
        fewest : float, default=1.0
            Share of the rows in which it must hold.
        by_row : bool, default=True
            Whether evidence is counted by rows, so that it is to be counted by
            entities where the columns are facts about these.

        Returns
        -------
        added : bool
        """
        positions = [self.position[name] for name in rule.columns]
        needed = self.observed[:, positions].all(axis=1)
        second = np.flatnonzero(needed[self.n_first :]) + self.n_first
        if len(second) < FEWEST_ROWS:
            return False
        holds, share = self.holds(rule, fewest)
        if share < fewest:
            return False
        second = second[holds[second]]
        nats = evidence(second)
        if by_row:
            nats *= share_of_entities(self, positions, second)
        if nats < needed_evidence(n_candidates):
            return False
        self.found.append(FoundRule(rule, float(nats), len(second), float(share)))
        return True

    def add_if_exact(self, rule, evidence, n_rows):
        """Add a rule to those found if it holds in all rows, with missing cells or not.

        Parameters
        ----------
        rule : Rule
        evidence : float
            Nats, which are enough.
        n_rows : int
            Number of rows of the second half that it says something about.
        """
        if self.holds(rule)[1] == 1:
            self.found.append(FoundRule(rule, evidence, n_rows))

    def holds(self, rule, fewest=1.0):
        """Whether a rule holds in each row that is searched, and in which share of all.

        The share is that of rows that count and have all cells of the rule observed;
        0 if it is less than `fewest` in one of the parts.
        """
        positions = [self.position[name] for name in rule.columns]
        columns = tuple(self.columns[at] for at in positions)
        holds, n_held, n_all = None, 0, 0
        for values in (self.rows, self.values.take(self.others)):
            numbers = values.numbers[:, positions]
            found = rule.check(Values(numbers, columns))
            holds = found if holds is None else holds
            observed = ~np.isnan(numbers).any(axis=1)
            held = found[observed].sum()
            if held < fewest * observed.sum() or not found[~observed].all():
                return holds, 0.0
            n_held, n_all = n_held + held, n_all + observed.sum()
        return holds, n_held / n_all if n_all else 1.0
