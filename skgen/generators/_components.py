"""Components of rows, and criteria of their number, as in scikit-learn's mixtures."""

import numpy as np
from scipy.special import logsumexp
from sklearn.utils.validation import check_is_fitted

from skgen._math.columns.mixed import split_mixed
from skgen._math.mixture.em import n_parameters
from skgen.generators._mixture_draws import blocks

#: rows of a block
_BLOCK = 50_000


class ComponentsMixin:
    """Methods of a fitted mixture that :class:`~sklearn.mixture.GaussianMixture` has.

    A subclass has `_scores`, `_prior`, `_covariance_type`, `n_components_`, and
    ``_log_joint(split)``: log-density of each row and component.
    """

    def predict_proba(self, X):
        """Probability of each component given the observed cells of each row.

        Parameters
        ----------
        X : {array-like, dataframe} of shape (n_samples, n_features)
            Rows of the kind that was fitted; cells may be missing.

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_components_)
            The rows sum to one; those of a row without observed cells are `weights_`.

        Raises
        ------
        ValueError
            If columns differ from those at fit; with ``handle_unknown="error"``, if a
            category was not seen at fit.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from skgen import GaussianMixtureGenerator
        >>> X, _ = load_iris(return_X_y=True)
        >>> generator = GaussianMixtureGenerator(3, random_state=0).fit(X)
        >>> generator.predict_proba(X).shape
        (150, 3)
        """
        check_is_fitted(self)
        frozen = self._frozen()
        Z = frozen._model_matrix(frozen._encode(X))
        probabilities = np.empty((len(Z), frozen.n_components_))
        for block in blocks(len(Z), _BLOCK):
            joint = frozen._log_joint(split_mixed(frozen._scores, Z[block]))
            joint -= logsumexp(joint, axis=1, keepdims=True)
            probabilities[block] = np.exp(joint)
        return probabilities

    def predict(self, X):
        """Most probable component of each row given its observed cells.

        Parameters
        ----------
        X : {array-like, dataframe} of shape (n_samples, n_features)
            Rows of the kind that was fitted; cells may be missing.

        Returns
        -------
        labels : ndarray of int of shape (n_samples,)
            Positions of components in `weights_`.

        Raises
        ------
        ValueError
            As `predict_proba`.
        """
        return self.predict_proba(X).argmax(axis=1)

    def bic(self, X):
        """Bayesian information criterion of rows; lower is better.

        Parameters
        ----------
        X : {array-like, dataframe} of shape (n_samples, n_features)
            Rows of the kind that was fitted; cells may be missing.

        Returns
        -------
        bic : float
            In nats, of the density of `score_samples`: only mixtures of the same table
            compare. `bics_` is that of the scores.

        Raises
        ------
        ValueError
            As `predict_proba`.
        """
        log_density = self.score_samples(X)
        return float(
            self._n_parameters() * np.log(len(log_density)) - 2 * log_density.sum()
        )

    def aic(self, X):
        """Akaike information criterion of rows; lower is better.

        Parameters
        ----------
        X : {array-like, dataframe} of shape (n_samples, n_features)
            Rows of the kind that was fitted; cells may be missing.

        Returns
        -------
        aic : float
            In nats, of the density of `score_samples`, as `bic`.

        Raises
        ------
        ValueError
            As `predict_proba`.
        """
        log_density = self.score_samples(X)
        return float(2 * self._n_parameters() - 2 * log_density.sum())

    def _n_parameters(self):
        return n_parameters(self.n_components_, self._prior, self._covariance_type)
