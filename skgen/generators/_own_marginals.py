"""Scores whose marginals are the columns' own, where that costs no likelihood.

A model of normal scores gives each of them a marginal that is not quite normal. With
`with_model_marginals`, what it draws has the columns' own marginals none the less. This
bends the scores of each column a little, and so would blur columns that determine each
other: such columns are left as the model has them.
"""

import numpy as np

from skgen._math.columns.mixed import score_conditions, with_model_marginals

#: loss of the mean log-density, in nats, above which a column is left as it is; that of
#: all columns together above which each is looked at
_TOLERANCE, _MOST = 0.01, 0.1
#: rows that show it, and numbers of a score that are computed for them in all
_ROWS, _NUMBERS = (100, 500), 5e8


class OwnMarginalsMixin:
    """Chooses the columns that are drawn with their own marginals.

    A subclass has `_mixed`, and these hooks:

    ``_curves(conditions)``
        For each score its curve, see `skgen._math.columns.model_marginal`.
    ``_log_density_of_scores(Z)``
        Log-density of rows, using `_scores`; by default ``_score_samples``.
    """

    _is_own = None

    def _choose_own_marginals(self, Z, sample_weight):
        """Set `_scores`, in which drawn columns have their own marginals."""
        n_scores = len(self._mixed.score_columns)
        if n_scores == 0 or not self._mixed.within_range:
            return
        n_rows = int(np.clip(_NUMBERS / n_scores**3, *_ROWS))
        rows = np.arange(0, len(Z), -(-len(Z) // n_rows))
        weights = sample_weight[rows] / sample_weight[rows].sum()

        curves = self._curves(score_conditions(self._mixed, self.columns_))

        def log_density(own):
            self._is_own = own
            self._set_scores(curves)
            return weights @ self._log_density_of_scores(Z[rows])

        before = log_density(None)
        lost = before - log_density(np.ones(n_scores, dtype=bool))
        if lost > min(_TOLERANCE * n_scores, _MOST):
            each = np.eye(n_scores, dtype=bool)
            least = before - _TOLERANCE
            self._is_own = np.array([log_density(one) >= least for one in each])
            self._set_scores(curves)

    def _set_scores(self, curves=None):
        """Scores under the current parameters, with the marginals that were chosen."""
        self._scores = self._mixed
        if self._is_own is None:
            return
        if curves is None:
            curves = self._curves(score_conditions(self._mixed, self.columns_))
        pairs = zip(curves, self._is_own, strict=True)
        chosen = [curve if is_own else () for curve, is_own in pairs]
        self._scores = with_model_marginals(self._mixed, chosen)

    def _log_density_of_scores(self, Z):
        return self._score_samples(Z, None)
