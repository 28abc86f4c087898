"""The template of conditional distributions, and the predictors that they see."""

from abc import ABCMeta, abstractmethod

import numpy as np
from sklearn.base import BaseEstimator

from skgen._math.columns.marginals import (
    fast_interp,
    fit_floor,
    fit_ranks,
    mix_with_floor,
)
from skgen._math.columns.supports import LevelSet, floor_mass
from skgen._math.sampling import choose_one
from skgen._utils.mixins import CheckedComponentsMixin


class BaseConditional(CheckedComponentsMixin, BaseEstimator, metaclass=ABCMeta):
    """Base class of conditional distributions p(z | X) of one column.

    Generators such as :class:`AutoregressiveGenerator` clone a conditional for each
    column z and fit it to the columns X that the column is predicted from. A subclass
    implements the hooks ``_fit(X, z, *, predictors, target, sample_weight, rng)``,
    ``_sample(X, rng)`` and ``_log_prob(X, z)``, with the arguments of the public
    methods. ``_log_prob`` may return -inf.

    A subclass follows scikit-learn's rules for estimators: ``__init__`` only stores
    parameters, which are checked by ``_parameter_constraints`` before ``_fit``.

    Attributes
    ----------
    ranked_predictors : bool, default=False
        Class attribute: whether the numeric columns of X are ranks between 0 and 1, or
        encoded cells.
    n_samples_needed : int, default=1
        Class attribute or property: number of rows that are needed to learn how z
        depends on X. Generators warn when there are fewer.
    restricts_numbers : bool, default=False
        Class attribute: whether the hooks ``_log_mass(X, support)`` and
        ``_sample_within(X, support, rng)`` restrict numbers to ranges. Categories are
        restricted to sets of levels without these hooks. If False, rows that break an
        order of columns are drawn again.

    See Also
    --------
    skgen.marginals : Distributions of single columns, to build conditionals from.

    Examples
    --------
    Numbers that are normal around a linear prediction:

    >>> import numpy as np
    >>> from skgen import AutoregressiveGenerator, BaseConditional
    >>> class LinearConditional(BaseConditional):
    ...     def _fit(self, X, z, *, predictors, target, sample_weight, rng):
    ...         X = np.column_stack([np.ones(len(X)), X])
    ...         self._coef = np.linalg.lstsq(X, z)[0]
    ...         self._spread = np.std(z - X @ self._coef)
    ...     def _mean(self, X):
    ...         return self._coef[0] + X @ self._coef[1:]
    ...     def _sample(self, X, rng):
    ...         return rng.normal(self._mean(X), self._spread)
    ...     def _log_prob(self, X, z):
    ...         u = (z - self._mean(X)) / self._spread
    ...         return -0.5 * u**2 - np.log(self._spread * np.sqrt(2 * np.pi))
    >>> X = np.random.default_rng(0).normal(size=(300, 2))
    >>> generator = AutoregressiveGenerator(LinearConditional(), random_state=0).fit(X)
    >>> generator.sample(3).shape
    (3, 2)
    """

    ranked_predictors = False
    n_samples_needed = 1
    restricts_numbers = False
    _parameter_constraints: dict = {}

    def fit(self, X, z, *, predictors, target, sample_weight, rng):
        """Learn p(z | X).

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_predictors)
            Encoded columns; numeric ones as ranks if ``ranked_predictors``. NaN where a
            cell is missing.
        z : ndarray of shape (n_samples,)
            Encoded target, without missing cells.
        predictors : sequence of Column
            Describes the columns of X.
        target : Column
            Describes z.
        sample_weight : ndarray of shape (n_samples,)
            Positive weights.
        rng : numpy.random.Generator
            Source of randomness.

        Returns
        -------
        self : BaseConditional
        """
        self._validate_params()
        self._floor = fit_floor(z, sample_weight, target)
        self._fit(
            X,
            z,
            predictors=predictors,
            target=target,
            sample_weight=sample_weight,
            rng=rng,
        )
        return self

    def sample(self, X, rng):
        """Draw one value of the target for each row of X.

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_predictors)
        rng : numpy.random.Generator

        Returns
        -------
        z : ndarray of shape (n_samples,)
        """
        return self._sample(X, rng) if len(X) else np.empty(0)

    def log_prob(self, X, z):
        """Log-density of each value of the target given its row of X.

        A small share of a wide density is mixed in, so that no value has density zero.

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_predictors)
        z : ndarray of shape (n_samples,)

        Returns
        -------
        log_prob : ndarray of shape (n_samples,)
        """
        if not len(z):
            return np.empty(0)
        return mix_with_floor(self._floor, z, self._log_prob(X, z))

    def sample_within(self, X, support, rng):
        """Draw one value of the target for each row of X, within a set of values.

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_predictors)
        support : Range or LevelSet
            The values that each row may have; a `Range` needs ``restricts_numbers``.
        rng : numpy.random.Generator

        Returns
        -------
        z : ndarray of shape (n_samples,)
            Any value where those of the set have no density.
        log_mass : ndarray of shape (n_samples,)
            Logarithm of the probability of the set; -inf where a range has none. A
            set of levels has at least its share of the wide density of `log_prob`.
        """
        if not len(X):
            return np.empty(0), np.empty(0)
        z, log_mass = self._sample_within(X, support, rng)
        lost = np.flatnonzero(np.isneginf(log_mass))
        if isinstance(support, LevelSet) and len(lost):
            # no level that is possible is more likely than another
            allowed = support.allowed[lost]
            z[lost] = choose_one(np.where(allowed, 0.0, -np.inf), rng)
        return z, self._with_floor(log_mass, support)

    def log_mass(self, X, support):
        """Logarithm of the probability of a set of values of each row of X."""
        if not len(X):
            return np.empty(0)
        return self._with_floor(self._log_mass(X, support), support)

    def _with_floor(self, log_mass, support):
        """Masses of sets of levels, of which none is impossible."""
        if not isinstance(support, LevelSet) or not np.isneginf(log_mass).any():
            return log_mass
        floor = np.log(self._floor.share * floor_mass(self._floor, support))
        return np.where(np.isneginf(log_mass), floor, log_mass)

    def log_prob_within(self, X, z, support):
        """Log-density of each value among a set of values of each row of X.

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_predictors)
        z : ndarray of shape (n_samples,)
        support : Range or LevelSet

        Returns
        -------
        log_prob : ndarray of shape (n_samples,)
            -inf outside the set.
        """
        if not len(z):
            return np.empty(0)
        log_mass, floor = self._log_mass(X, support), floor_mass(self._floor, support)
        log_prob, inside = self._log_prob(X, z), support.holds(z)
        with np.errstate(divide="ignore", invalid="ignore"):
            log_prob = np.where(np.isneginf(log_mass), -np.inf, log_prob - log_mass)
            if isinstance(support, LevelSet):
                even = -np.log(support.allowed.sum(axis=1))
                log_prob = np.where(np.isneginf(log_mass), even, log_prob)
            found = mix_with_floor(self._floor, z, log_prob, floor)
        return np.where(inside, found, -np.inf)

    @abstractmethod
    def _fit(self, X, z, *, predictors, target, sample_weight, rng):
        """Learn p(z | X)."""

    @abstractmethod
    def _sample(self, X, rng):
        """Draw one value for each row."""

    @abstractmethod
    def _log_prob(self, X, z):
        """Log-density of each value given its row; may be -inf."""

    def _log_mass(self, X, support):
        """Logarithm of the probability of a set of values of each row."""
        log_prob = self._log_prob_of_levels(X, support.allowed)
        with np.errstate(divide="ignore"):
            return np.log(np.exp(log_prob).sum(axis=1))

    def _sample_within(self, X, support, rng):
        """Draw one value of a set for each row; the logarithms of its probability."""
        log_prob = self._log_prob_of_levels(X, support.allowed)
        with np.errstate(divide="ignore"):
            log_mass = np.log(np.exp(log_prob).sum(axis=1))
        return choose_one(log_prob, rng).astype(np.float64), log_mass

    def _log_prob_of_levels(self, X, wanted):
        """Log-probabilities of the wanted levels of each row, -inf for others."""
        out = np.full(wanted.shape, -np.inf)
        for level in np.flatnonzero(wanted.any(axis=0)):
            rows = np.flatnonzero(wanted[:, level])
            z = np.full(len(rows), float(level))
            out[rows, level] = self._log_prob(X[rows], z)
        return out


class PredictorTable:
    """Encoded cells, and the ranks of numeric cells, as predictors of conditionals."""

    def __init__(self, Z, ranks):
        self.Z = Z
        self.ranks = ranks
        self.ranked = np.full(Z.shape, np.nan, dtype=np.float32)
        # columns without any cell, which are drawn later, have no ranks
        for j in np.flatnonzero(~np.isnan(Z).all(axis=0)):
            self.ranked[:, j] = self._rank(j, Z[:, j])

    def _rank(self, j, z):
        return z if self.ranks[j] is None else fast_interp(z, *self.ranks[j])

    def take(self, rows, columns, *, ranked):
        """Predictor matrix of these rows and columns, as ranks or raw cells."""
        cells = self.ranked if ranked else self.Z
        if len(rows) < len(cells):
            # taking whole rows first needs half the time
            cells = cells.take(rows, axis=0)
        return cells.take(columns, axis=1)

    def put(self, j, rows, z):
        """Write cells of one column."""
        self.Z[rows, j] = z
        self.ranked[rows, j] = self._rank(j, z)

    def repeated(self, rows):
        """A table of these rows, each as often as it is named."""
        table = object.__new__(PredictorTable)
        table.ranks, table.Z, table.ranked = (
            self.ranks,
            self.Z[rows],
            self.ranked[rows],
        )
        return table

    def copy_rows(self, rows, source):
        """Overwrite rows by other rows."""
        self.Z[rows] = self.Z[source]
        self.ranked[rows] = self.ranked[source]


def fit_column_ranks(Z, sample_weight, columns):
    """Fit the ranks of the observed cells of each numeric column; None for others."""
    ranks = []
    for z, column in zip(Z.T, columns, strict=True):
        known = ~np.isnan(z)
        discrete = column.discrete
        ranks.append(None if discrete else fit_ranks(z[known], sample_weight[known]))
    return ranks


def fit_conditional(conditional, X, z, predictors, target, sample_weight, rng):
    """Fit a conditional with positional arguments, which workers pass."""
    return conditional.fit(
        X,
        z,
        predictors=predictors,
        target=target,
        sample_weight=sample_weight,
        rng=rng,
    )
