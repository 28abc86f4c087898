"""EM over all rows of a table that exceeds memory, after a fit to some of them."""

from functools import reduce
from operator import add

import numpy as np

from skgen._table.rows import take_rows

#: rows of a block that is encoded and summed up
_BLOCK = 100_000


class IncrementalEMMixin:
    """Continues a fit by EM iterations over rows that do not fit into memory together.

    `skgen.distributed.fit_dask` calls ``_collect_statistics`` for each part of the
    rows, adds up the results, and passes the sum to ``_em_iteration``, until
    ``converged_``. A subclass has a `tol` and two hooks:

    ``_sum_rows(Z, first)``
        E-step: statistics of the rows of the model's matrix, numbered from `first`;
        ``+`` combines those of two parts.
    ``_maximize(statistics)``
        M-step: update the parameters; return the objective of those before, a mean in
        nats per row.
    """

    def _collect_statistics(self, X, first):
        """E-step for a table: sums over its rows."""
        rows = np.arange(len(X))
        blocks = (rows[i : i + _BLOCK] for i in range(0, len(rows), _BLOCK))
        parts = (
            self._sum_rows(self._fitted_cells(take_rows(X, block)), first + block[0])
            for block in blocks
        )
        return reduce(add, parts)

    def _fitted_cells(self, X):
        """The model's matrix of a table, limited to fitted categories and ranges."""
        Z = self.codec_.encode(X, handle_unknown="missing")
        ends = np.array([[c.lower, c.upper] for c in self.codec_.columns_]).T
        # drawn rows do not leave the fitted range either
        Z = np.clip(Z, *np.where(np.isnan(ends), [[-np.inf], [np.inf]], ends))
        return self._model_matrix(Z, missing=1.0, known=0.0)

    def _em_iteration(self, statistics):
        """M-step, given the sums over all rows."""
        fresh = self._frozen()
        bounds = [*getattr(self, "lower_bounds_", ()), fresh._maximize(statistics)]
        fresh.lower_bounds_ = bounds
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
