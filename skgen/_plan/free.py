"""`FreeColumns`: what remains to be drawn if rules compute the other columns."""

from copy import copy

import numpy as np

from skgen._plan.auxiliary import indicator_column


class FreeColumns:
    """Columns that no rule computes, auxiliary ones included.

    Where there are rules, missing cells are columns of their own: what a rule computes
    from a cell is then drawn whether or not that cell is missing.

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
        Their positions in the table; those of auxiliary columns and of missing
        indicators are higher.
    """

    def __init__(self, codec, plan):
        self.plan, self._n_features = plan, len(codec.columns_)
        wide, computed, self._incomplete = list(codec.columns_), (), []
        if plan is not None:
            if not plan.rejects_backward:
                # columns are not drawn one after the other
                self.plan = copy(plan)
                self.plan.reject_backward()
            wide += [auxiliary.column for auxiliary in plan.auxiliary]
            computed = plan.determined
            self._incomplete = [
                at
                for at, c in enumerate(codec.columns_)
                if c.modelled and c.has_missing
            ]
        self._n_wide = len(wide)
        wide += [indicator_column(wide[at], at) for at in self._incomplete]
        positions = [at for at in range(len(wide)) if at not in computed]
        self.positions = np.array(positions, dtype=np.intp)
        self.columns = [wide[at] for at in positions]

    @property
    def draws_missing(self):
        """Whether a missing cell is drawn as such, not by an indicator."""
        return self.plan is None

    @property
    def unclipped(self):
        """Columns of the table that follow from rules, whatever their range."""
        plan = self.plan
        return () if plan is None else {*plan.by_target, *plan.by_input}

    def passes(self, Z):
        """Rows of the table that keep what no step guarantees."""
        if self.plan is None:
            return np.full(len(Z), True)
        wide = np.full((len(Z), self._n_wide), np.nan)
        wide[:, : self._n_features] = Z
        return self.plan.passes(wide)

    def select(self, Z):
        """Free cells of encoded rows.

        Parameters
        ----------
        Z : ndarray of shape (n_rows, n_features)
            NaN is a missing cell.

        Returns
        -------
        free : ndarray of shape (n_rows, n_free)
            NaN is a cell that is not known, and a missing one if `draws_missing`.
        """
        wide = np.full((len(Z), self._n_wide + len(self._incomplete)), np.nan)
        wide[:, : self._n_features] = Z
        if self.plan is not None:
            self._write_indicators(Z, wide)
            inner = wide[:, : self._n_wide]
            self.plan.measure(inner)
            self.plan.deduce(inner)
        return wide[:, self.positions]

    def _write_indicators(self, Z, wide):
        for j, of in enumerate(self._incomplete, self._n_wide):
            wide[:, j] = np.isnan(Z[:, of])
            follows = self.plan.is_missing(Z, of)
            if follows is not None:
                # only what rules leave open is drawn
                wide[follows, j] = np.nan

    def join(self, free):
        """Rows of the table: inverse of `select`, computed as rules say.

        Parameters
        ----------
        free : ndarray of shape (n_rows, n_free)

        Returns
        -------
        Z : ndarray of shape (n_rows, n_features)
            NaN is a missing cell.
        """
        wide = np.full((len(free), self._n_wide + len(self._incomplete)), np.nan)
        wide[:, self.positions] = free
        if self.plan is None:
            return wide
        inner = wide[:, : self._n_wide]
        self.plan.complete(inner)
        for j, of in enumerate(self._incomplete, self._n_wide):
            inner[wide[:, j] == 1.0, of] = np.nan
        for rule in self.plan.missing:
            rule.apply(inner, np.zeros(inner.shape, dtype=bool))
        return inner[:, : self._n_features]
