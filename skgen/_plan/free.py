"""`FreeColumns`: what remains to be drawn if rules compute the other columns."""

import numpy as np


class FreeColumns:
    """Columns that no rule computes, auxiliary ones included.

    Parameters
    ----------
    codec : TableCodec
        Fitted.
    plan : Plan or None
        None if there are no rules.

    Attributes
    ----------
    columns : list of Column
    positions : ndarray of int
        Their positions in the table; those of auxiliary columns are higher.
    """

    def __init__(self, codec, plan):
        self.plan, self._n_features = plan, len(codec.columns_)
        wide, computed = list(codec.columns_), ()
        if plan is not None:
            wide += [auxiliary.column for auxiliary in plan.auxiliary]
            computed = plan.determined
        self._n_wide = len(wide)
        positions = [at for at in range(len(wide)) if at not in computed]
        self.positions = np.array(positions, dtype=np.intp)
        self.columns = [wide[at] for at in positions]

    @property
    def unclipped(self):
        """Columns of the table that follow from rules, whatever their range."""
        plan = self.plan
        return () if plan is None else {*plan.by_target, *plan.by_input}

    def passes(self, Z):
        """Rows of the table that keep the orders which no step guarantees."""
        if self.plan is None:
            return np.full(len(Z), True)
        return self.plan.passes(self._wide(Z))

    def select(self, Z):
        """Free cells of encoded rows.

        Parameters
        ----------
        Z : ndarray of shape (n_rows, n_features)

        Returns
        -------
        free : ndarray of shape (n_rows, n_free)
        """
        return self._wide(Z)[:, self.positions]

    def _wide(self, Z):
        wide = np.full((len(Z), self._n_wide), np.nan)
        wide[:, : self._n_features] = Z
        if self.plan is not None:
            self.plan.measure(wide)
        return wide

    def join(self, free):
        """Rows of the table: inverse of `select`, computed as rules say.

        Parameters
        ----------
        free : ndarray of shape (n_rows, n_free)
            NaN is a missing cell.

        Returns
        -------
        Z : ndarray of shape (n_rows, n_features)
        """
        wide = np.full((len(free), self._n_wide), np.nan)
        wide[:, self.positions] = free
        if self.plan is not None:
            blank = np.zeros(wide.shape, dtype=bool)
            blank[:, self.positions] = np.isnan(free)
            self.plan.complete(wide, known=blank)
            self._blank_unexplained(wide)
            wide = self.plan.blank(wide, np.zeros(wide.shape, dtype=bool))
        return wide[:, : self._n_features]

    def _blank_unexplained(self, wide):
        """Blank, in place, cells that break a rule because an auxiliary one is missing.

        Cells beside a missing one of the table are free.
        """
        for target in self.plan.computed - self.plan.determined:
            beside = [
                at
                for step in self.plan.by_target[target]
                for at in step.beside
                if at < self._n_features
            ]
            computed = self.plan.compute(wide, target)
            gone = np.isnan(computed) & ~np.isnan(wide[:, beside]).any(axis=1)
            wide[gone, target] = np.nan
