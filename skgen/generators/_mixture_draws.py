"""Draws of the unknown cells of rows from a Gaussian mixture."""

import numpy as np

from skgen._math.columns.mixed import draw_within_range, split_mixed
from skgen._math.mixture.density import draw_components, draw_levels, draw_scores

#: rows of a block
_BLOCK = 50_000
#: the same where no cell is known, so that the block stays in the processor's cache
_FREE_BLOCK = 10_000
#: number of times that a row outside the observed range is drawn
_N_ROUNDS = 21


class MixtureDrawsMixin:
    """Draws rows from a fitted mixture.

    A subclass has `columns_`, `_scores`, `_mixture`, `_covariance_type`,
    `n_components_`, and ``_log_joint(split)``: log-density of each row and component.
    """

    def _sample(self, known, rng):
        return self._draw_blocks(known, rng, blank=True)

    def _impute(self, Z, rng):
        return self._draw_blocks(Z, rng, blank=False)

    def _draw_blocks(self, known, rng, *, blank):
        """Draw unknown cells; with `blank`, those drawn as missing may be anything."""
        Z = known.copy()
        size = _FREE_BLOCK if np.isnan(Z).all() else _BLOCK
        for block in blocks(len(Z), size):
            Z[block] = self._draw_within_range(Z[block], rng, blank)
        return Z

    def _draw_within_range(self, known, rng, blank):
        split = split_mixed(self._scores, known)
        unknown = np.isnan(known[:, self._scores.score_columns])
        log_joint = np.log(self._mixture.weights)[None]
        if not np.isnan(known).all():
            log_joint = self._log_joint(split)

        def draw(rows):
            part = log_joint if len(log_joint) == 1 else log_joint[rows]
            return self._draw(split.take(rows), part, rng)

        def is_drawn(rows, level):
            return self._is_drawn(unknown[rows], level, blank)

        return draw_within_range(self._scores, known, draw, is_drawn, _N_ROUNDS)

    def _draw(self, split, log_joint, rng):
        """Draw scores and levels given the known ones."""
        component = draw_components(log_joint, len(split.u), rng)
        shares, n_levels = self._mixture.level_shares, self._scores.n_levels
        level = draw_levels(split.level, component, shares, n_levels, rng)
        model = self._mixture, self._covariance_type
        u = np.empty(split.u.shape)
        for k in range(self.n_components_):
            rows = np.flatnonzero(component == k)
            u[rows] = draw_scores(split.u[rows], *model, k, rng)
        return u, level

    def _is_drawn(self, unknown, level, blank):
        """Which unknown scores are drawn as a number that is kept."""
        drawn = unknown.copy()
        place = {j: i for i, j in enumerate(self._scores.level_columns)}
        real = {j: i for i, j in enumerate(self._scores.score_columns)}
        for j, column in enumerate(self.columns_):
            if blank and column.indicator_of in real:
                drawn[:, real[column.indicator_of]] &= level[:, place[j]] == 0.0
        return drawn


def blocks(n_rows, size):
    """Slices of at most `size` rows."""
    return [slice(start, start + size) for start in range(0, n_rows, size)]
