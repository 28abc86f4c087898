"""Passes over all rows of a table, of which a sample was fitted."""

from functools import reduce
from operator import add

import numpy as np

from skgen._table.rows import take_rows

#: rows that are encoded and summed up at once
_BLOCK = 100_000


class PassesMixin:
    """Goes on from a fit by steps of EM over rows that no memory holds together.

    `skgen.distributed.fit_dask` asks for ``_collect_statistics`` of each part of the
    rows, adds them up, and passes the sum to ``_improve``, until ``converged_``. A
    subclass has a `tol` and two hooks:

    ``_sum_rows(Z, first)``
        Statistics of the rows of the model's matrix, numbered from `first`; ``+`` makes
        those of two parts those of both.
    ``_maximize(statistics)``
        Take the parameters that these lead to; return the objective of the present
        ones, a mean in nats per row.
    """

    def _collect_statistics(self, X, first):
        """Sums over the rows of a table that the model's next step needs."""
        rows = np.arange(len(X))
        blocks = (rows[i : i + _BLOCK] for i in range(0, len(rows), _BLOCK))
        parts = (
            self._sum_rows(self._fitted_cells(take_rows(X, block)), first + block[0])
            for block in blocks
        )
        return reduce(add, parts)

    def _fitted_cells(self, X):
        """The model's matrix of a table, of what was seen at the fit."""
        Z = self.codec_.encode(X, unseen="missing")
        ends = np.array([[c.lower, c.upper] for c in self.codec_.columns_]).T
        # rows that are drawn do not leave the range of the fitted ones either
        Z = np.clip(Z, *np.where(np.isnan(ends), [[-np.inf], [np.inf]], ends))
        return self._model_matrix(Z, missing=1.0, known=0.0)

    def _improve(self, statistics):
        """Take one step, given the sums over all rows."""
        fresh = self._frozen()
        bounds = [*getattr(self, "pass_bounds_", ()), fresh._maximize(statistics)]
        fresh.pass_bounds_ = bounds
        fresh.n_iter_ += 1
        fresh.converged_ = len(bounds) > 1 and bounds[-1] - bounds[-2] < self.tol
        before = vars(self)
        self._take_fitted_state(
            {
                name: value
                for name, value in vars(fresh).items()
                if name.endswith("_") or value is not before.get(name)
            }
        )
