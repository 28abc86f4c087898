"""Point masses of columns that are computed as sums, such as a balance of 0.

Drawn from numbers, the sum would hardly ever be exactly such a value. So which point
mass it is, if any, is drawn first, and where it is one, an input follows from it.
"""

from dataclasses import dataclass

import numpy as np

from skgen._plan.checks import Check
from skgen._plan.steps import Step, equal

#: share, and number, of the rows that a point mass needs to be drawn as such
_SHARE, _N_ROWS = 0.01, 20
#: share of its rows from which on an input is at a point mass of its own there
_MOSTLY = 0.8


@dataclass
class PointMass:
    """Which point mass a column holds, as a level; the first one is for none."""

    target: int
    values: tuple  # encoded cells

    def measure(self, Z, units):
        """Levels; NaN where the cell is missing."""
        z = Z[:, self.target]
        level = sum(
            (i * equal(z, np.array(v)) for i, v in enumerate(self.values, 1)),
            np.zeros(len(z)),
        )
        return np.where(np.isnan(z), np.nan, level)


@dataclass
class PointMassStep(Step):
    """An input of a sum, where that is a point mass."""

    target: int
    form: Step  # computes the sum
    source: PointMass
    level: int  # position of the level of the point mass

    @property
    def inputs(self):
        others = [at for at in self.form.terms if at != self.target]
        return (*others, self.level)

    def compute(self, Z, units):
        tried = Z.copy()
        tried[:, self.form.target] = self._values(Z)
        tried[:, self.target] = np.nan
        return self.form.solve(tried, self.target, units)

    def _values(self, Z):
        """The point mass of each row, NaN for none."""
        known = np.nan_to_num(Z[:, self.level]).astype(np.intp)
        return np.array([np.nan, *self.source.values])[known]


@dataclass(frozen=True)
class PointMassCheck(Check):
    """A sum is at the point mass that was drawn for it, and at none elsewhere.

    What follows from a point mass is within the observed range.
    """

    step: PointMassStep
    ends: tuple  # least and greatest cell of the target of the step

    @property
    def columns(self):
        """Its columns."""
        return self.step.form.target, self.step.level, self.step.target

    @property
    def fault(self):
        """The column that is at fault where it is broken."""
        return self.step.form.target

    def holds(self, Z, units):
        """Rows that keep it; all in which a cell is missing do."""
        found, level = self.step.source.measure(Z, units), Z[:, self.step.level]
        z = Z[:, self.step.target]
        outside = (level > 0) & ((z < self.ends[0]) | (z > self.ends[1]))
        return ~outside & (np.isnan(found) | np.isnan(level) | (found == level))

    def excluded(self, Z, position, units):
        """Cells of the input that would make a point mass where there is none.

        An array of shape (n_rows, n_values).
        """
        if position != self.step.target:
            return None
        others = [at for at in self.step.inputs if at != self.step.level]
        possible = (Z[:, self.step.level] == 0) & ~np.isnan(Z[:, others]).any(axis=1)
        found = []
        for level in range(1, len(self.step.source.values) + 1):
            tried = Z.copy()
            tried[:, self.step.level] = level
            found.append(np.where(possible, self.step.compute(tried, units), np.nan))
        return np.column_stack(found)


def lost_point_masses(form, draft, position):
    """Point masses of a sum that one of its inputs does not have; encoded cells.

    Parameters
    ----------
    form : FormStep
    draft : Draft
    position : int
        The input that is drawn last.
    """
    columns, z = draft.units.codec.columns_, draft.Z[:, form.target]
    own = np.asarray(columns[position].atoms, dtype=np.float64)
    least = max(_N_ROWS, _SHARE * (~np.isnan(z)).sum())
    computed = form.compute(draft.Z, draft.units)
    lost = []
    for value in np.asarray(columns[form.target].atoms, dtype=np.float64):
        here = equal(z, np.array(value)) & equal(computed, np.array(value))
        at_own = np.isin(draft.Z[here, position], own)
        if here.sum() >= least and at_own.mean() < _MOSTLY:
            lost.append(float(value))
    return tuple(lost)
