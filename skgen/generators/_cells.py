"""What the generators that are made of conditionals share."""

import warnings

import numpy as np

from skgen._math.columns.marginals import fit_ranks, interpolate


class Cells:
    """Encoded cells, and beside them the ranks that some conditionals want."""

    def __init__(self, Z, ranks):
        self.Z = Z
        self.ranks = ranks
        self.ranked = np.full(Z.shape, np.nan, dtype=np.float32)
        # columns that are yet to be drawn have no ranks
        for j in np.flatnonzero(~np.isnan(Z).all(axis=0)):
            self.ranked[:, j] = self._rank(j, Z[:, j])

    def _rank(self, j, z):
        return z if self.ranks[j] is None else interpolate(z, *self.ranks[j])

    def take(self, rows, columns, *, ranked):
        """What a conditional on some columns is shown of some rows, in their order."""
        cells = self.ranked if ranked else self.Z
        if len(rows) < len(cells):
            # whole rows first: half the time of all cells at once
            cells = cells.take(rows, axis=0)
        return cells.take(columns, axis=1)

    def put(self, j, rows, z):
        """Write cells of one column."""
        self.Z[rows, j] = z
        self.ranked[rows, j] = self._rank(j, z)

    def copy_rows(self, rows, source):
        """Overwrite rows by other rows."""
        self.Z[rows] = self.Z[source]
        self.ranked[rows] = self.ranked[source]


def fit_column_ranks(Z, sample_weight, columns):
    """How the observed cells of each numeric column rank; None for discrete ones."""
    ranks = []
    for z, column in zip(Z.T, columns, strict=True):
        known = ~np.isnan(z)
        discrete = column.discrete
        ranks.append(None if discrete else fit_ranks(z[known], sample_weight[known]))
    return ranks


def fit_column(conditional, X, z, predictors, target, sample_weight, rng):
    """Fit a conditional, by position: for workers, which get nothing else."""
    return conditional.fit(
        X,
        z,
        predictors=predictors,
        target=target,
        sample_weight=sample_weight,
        rng=rng,
    )


def wants_ranks(conditional):
    """Whether a conditional wants the ranks of numeric cells."""
    return getattr(conditional, "ranked_predictors", False)


def warn_of_few_rows(conditional, n_samples, n_needed):
    """Warn, from within ``_fit``, of fewer rows than a conditional needs."""
    warnings.warn(
        f"{n_samples} rows are fewer than the {n_needed} that "
        f"{type(conditional).__name__} needs to see how columns depend on each "
        "other: they are drawn independently.",
        UserWarning,
        stacklevel=5,
    )
