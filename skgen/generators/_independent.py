"""Independent columns: the baseline of every comparison."""

from numbers import Integral

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions

from skgen._math.columns.marginals import (
    assign_bins,
    draw_values,
    fit_marginal,
    log_density_in_bin,
    mix_with_floor,
)
from skgen._math.copies import merge_copies
from skgen._math.sampling import even_choices
from skgen.base import BaseGenerator


class IndependentGenerator(BaseGenerator):
    """Draws every column from its own distribution, independently of the others.

    The baseline that a generator should beat: each column is right on its own, and no
    dependence between columns is learned.

    Parameters
    ----------
    max_bins : int or "auto", default="auto"
        Largest number of bins of a numeric column. Frequent values are point masses
        beside the bins. "auto" is twice the number of rows to the power of 2/5 [1]_.
    categorical_features : array-like or "from_dtype" or None, default="from_dtype"
        Columns to treat as categories, as in
        :class:`~sklearn.ensemble.HistGradientBoostingClassifier`.
    schema : Schema or dict, default=None
        What is known of the columns, or corrections of what is found, as in
        :func:`~skgen.describe`.
    rules : "auto", None, or list of Rule, default=None
        Rules between columns that drawn rows keep: those that `schema` holds, or else
        that are found in the rows at fit; none; or these. See :mod:`skgen.rules`.
    identifiers : {"fresh", "refuse", "learn"}, default="fresh"
        Treatment of columns whose texts or whole numbers identify the rows: "fresh"
        draws new values of the same pattern, "refuse" raises an error, "learn" models
        them like other columns.
    handle_unknown : {"missing", "error"}, default="missing"
        How new rows are treated where they hold a category that was not seen at fit:
        "missing" keeps the cell and treats it as missing, "error" raises an error.
    random_state : int, RandomState instance or None, default=None
        Seed.

    See Also
    --------
    AutoregressiveGenerator : Draws each column given those before it.

    References
    ----------
    .. [1] Mann & Wald (1942), "On the choice of the number of class intervals in the
       application of the chi square test", Annals of Mathematical Statistics 13(3).

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skgen import IndependentGenerator
    >>> X, _ = load_iris(return_X_y=True)
    >>> IndependentGenerator(random_state=0).fit(X).sample(5).shape
    (5, 4)
    """

    #: independent columns can be learned from any number of rows
    n_samples_needed = 1

    models_missing_indicators = True

    _parameter_constraints: dict = {
        **BaseGenerator._parameter_constraints,
        "max_bins": [
            Interval(Integral, 1, None, closed="left"),
            StrOptions({"auto"}),
        ],
    }

    def __init__(
        self,
        *,
        max_bins="auto",
        categorical_features="from_dtype",
        schema=None,
        rules=None,
        identifiers="fresh",
        handle_unknown="missing",
        random_state=None,
    ):
        self.max_bins = max_bins
        self.categorical_features = categorical_features
        self.schema = schema
        self.rules = rules
        self.identifiers = identifiers
        self.handle_unknown = handle_unknown
        self.random_state = random_state

    def _fit(self, Z, *, sample_weight, rng, track):
        Z, sample_weight = merge_copies(Z, sample_weight, self.columns_)
        self._marginals = []
        for z, column in zip(Z.T, self.columns_, strict=True):
            known = ~np.isnan(z)
            marginal = fit_marginal(
                z[known], sample_weight[known], column, max_bins=self.max_bins
            )
            self._marginals.append(marginal)

    def _sample(self, known, rng):
        Z = known.copy()
        for j, marginal in enumerate(self._marginals):
            rows = np.flatnonzero(np.isnan(Z[:, j]))
            bins = even_choices(marginal.masses, len(rows), rng)
            Z[rows, j] = draw_values(marginal, bins, rng)
        return Z

    def _score_samples(self, Z, rng):
        total = np.zeros(len(Z))
        for j, marginal in enumerate(self._marginals):
            rows = np.flatnonzero(~np.isnan(Z[:, j]))
            z = Z[rows, j]
            bins = assign_bins(marginal, z)
            with np.errstate(divide="ignore"):
                log_prob = np.log(marginal.masses[bins])
            log_prob = log_prob + log_density_in_bin(marginal, z, bins)
            total[rows] += mix_with_floor(marginal.floor, z, log_prob)
        return total
