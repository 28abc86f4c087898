"""The template of conditionals that learn the probabilities of bins."""

from abc import abstractmethod

import numpy as np

from skgen._math.columns.marginals import (
    assign_bins,
    draw_values,
    log_density_in_bin,
)
from skgen.conditionals._base import BaseConditional


class BinnedConditional(BaseConditional):
    """Base class of conditionals that draw a bin, then a value in it.

    A subclass sets `_marginal` in `_fit`.
    """

    restricts_numbers = True

    @abstractmethod
    def draw_bins(self, X, rng):
        """Draw one bin for each row."""

    @abstractmethod
    def bin_log_prob(self, X, bins):
        """Log-probability of each row's bin; may be -inf."""

    @abstractmethod
    def restrict(self, X, support, rng=None):
        """Mass of what rows may have, and with `rng` values drawn from it.

        NaN stands for the value of a row without mass.
        """

    def _sample(self, X, rng):
        return draw_values(self._marginal, self.draw_bins(X, rng), rng)

    def _log_prob(self, X, z):
        bins = assign_bins(self._marginal, z)
        return self.bin_log_prob(X, bins) + log_density_in_bin(self._marginal, z, bins)

    def _log_mass(self, X, support):
        with np.errstate(divide="ignore"):
            return np.log(self.restrict(X, support)[0])

    def _sample_within(self, X, support, rng):
        mass, z = self.restrict(X, support, rng)
        lost = np.flatnonzero(mass == 0)
        z[lost] = self._sample(X[lost], rng)
        with np.errstate(divide="ignore"):
            return z, np.log(mass)
