"""Gaussian mixtures of mixed tables."""

from functools import partial
from itertools import tee
from numbers import Integral, Real

import numpy as np
from scipy.special import logsumexp
from sklearn.utils._param_validation import Interval, StrOptions

from skgen._math.columns.mixed import (
    fit_mixed,
    log_derivative,
    split_mixed,
)
from skgen._math.copies import merge_copies
from skgen._math.mixture.density import (
    Prior,
    collect_statistics,
    log_joint,
    maximize_mixture,
    mixture_objective,
    sort_parts,
    sort_rows,
)
from skgen._math.mixture.em import (
    add_up,
    fit_single,
    n_parameters,
    search_sizes,
    start_features,
)
from skgen._math.mixture.marginal import mixture_curves
from skgen.base import BaseGenerator
from skgen.generators._component_number import (
    held_out_log_likelihood,
    make_folds,
    sizes_to_try,
)
from skgen.generators._components import ComponentsMixin
from skgen.generators._factor_number import names_while_better
from skgen.generators._incremental_em import IncrementalEMMixin
from skgen.generators._mixture_draws import MixtureDrawsMixin, blocks
from skgen.generators._mixture_starts import explain_singularity, fit_from_clusters
from skgen.generators._own_marginals import OwnMarginalsMixin

#: rows of a block that is scored
_BLOCK = 50_000
#: `tol` times this ends EM where numbers of components are compared
_COMPARE_TOL = 5
#: least number of cells for each parameter, for "bic"
_CELLS_PER_PARAMETER = 4


class GaussianMixtureGenerator(
    ComponentsMixin,
    MixtureDrawsMixin,
    IncrementalEMMixin,
    OwnMarginalsMixin,
    BaseGenerator,
):
    """Mixture of normal distributions and independent categories, for mixed tables.

    Within a component, numeric columns are jointly normal; categories and missing
    indicators are independent of them and of each other, so that dependence between
    these is a matter of components. Densities, marginals and conditionals have closed
    forms: `impute`, and `sample` with `given`, draw from the exact conditional
    distribution. Missing cells are not filled in for the fit: EM takes expectations
    given the observed cells [1]_.

    A numeric column becomes a normal score or is standardised. Values that a twentieth
    of the rows or more hold, like the zeros of a zero-inflated column, are point masses
    and become categories; other repeated values and whole numbers stand for intervals
    of scores.

    Parameters
    ----------
    n_components : int, "auto" or "bic", default="auto"
        Number of components. "auto" compares 1, 2, 4, 8, ... components by the
        likelihood of held-out rows, until it falls, with twenty rows or more for each
        component. "bic" doubles the number until the Bayesian information criterion
        [2]_ gets worse, then tries numbers between the best ones, as long as there are
        four cells for each parameter: fewer components, for a description of the table
        rather than for rows like its own.
    covariance_type : {"full", "tied", "diag", "spherical"}, default="full"
        Shape of the covariance matrices, as in
        :class:`~sklearn.mixture.GaussianMixture`.
    marginals : {"quantile", "linear"}, default="quantile"
        Whether a numeric column becomes its normal score or its standardised value.
        Normal scores fit skewed columns better, standardised values normal clusters.
    max_components : int, default=64
        Largest number of components that "auto" and "bic" try.
    validation_fraction : float, default=0.2
        Share of rows held out by "auto", which uses 10,000 rows at most. Further folds
        are held out until there are about 300 held-out rows.
    shrinkage : float, default=1.0
        Weight of the prior of the covariances [3]_, in rows added to each component for
        each numeric column. These have the geometric mean of the covariances of all
        components [5]_. The covariance of a single
        component is shrunk to its diagonal by an estimated amount [4]_. 0 stands for no
        shrinkage.
    level_smoothing : float, default=1.0
        Weight of the prior of the shares of categories, in rows added to each
        component. These have the overall shares.
    reg_covar : float, default=1e-6
        Added to the variances of the scores, which are about one.
    n_init : int, default=1
        Number of k-means clusterings to start from, for each number of components; the
        best fit is kept.
    max_iter : int, default=100
        Largest number of EM iterations.
    tol : float, default=1e-3
        EM stops when the gain of an iteration is smaller, in nats per row.
    categorical_features : array-like or "from_dtype" or None, default="from_dtype"
        Columns to treat as categories, as in
        :class:`~sklearn.ensemble.HistGradientBoostingClassifier`.
    schema : Schema or dict, default=None
        What is known of the columns, or corrections of what is found, as in
        :func:`~skgen.describe`.
    rules : "auto", None, or list of Rule, default="auto"
        Rules between columns that drawn rows keep: those that `schema` holds, or else
        that are found in the rows at fit; none; or these. See :mod:`skgen.rules`.
    identifiers : {"fresh", "refuse", "learn"}, default="fresh"
        Treatment of columns whose texts or whole numbers identify the rows: "fresh"
        draws new values of the same pattern, "refuse" raises an error, "learn" models
        them like other columns.
    handle_unknown : {"missing", "error"}, default="missing"
        How new rows are treated where they hold a category that was not seen at fit:
        "missing" keeps the cell and treats it as missing, "error" raises an error.
    n_jobs : int, default=None
        Number of starts to fit, and of blocks of rows to draw or score, in parallel.
        The result does not depend on it.
    random_state : int, RandomState instance or None, default=None
        Seed.

    Attributes
    ----------
    n_components_ : int
        Number of components.
    weights_ : ndarray of shape (n_components_,)
        Weight of each component.
    numeric_columns_ : ndarray of shape (n_scores,)
        Positions in ``columns_`` of the columns that have a score.
    means_ : ndarray of shape (n_components_, n_scores)
        Means of the scores.
    covariances_ : ndarray
        Covariances of the scores. The shape depends on `covariance_type`, as in
        :class:`~sklearn.mixture.GaussianMixture`.
    bics_ : dict of int to float
        Bayesian information criterion of the scores for each number of components that
        was tried with all rows, in nats; lower is better.
    validation_scores_ : dict of int to float
        Mean log-likelihood of the scores and categories of held-out rows, for each
        number of components that "auto" tried; empty otherwise, and where there are too
        few rows for two components.
    lower_bound_ : float
        Mean log-likelihood of the rows, in nats of the scores, plus the log-prior of
        the parameters, in the last iteration.
    converged_ : bool
        Whether the last EM iteration gained less than `tol`.
    n_iter_ : int
        Number of EM iterations.
    lower_bounds_ : list of float
        `lower_bound_` of each EM iteration over all rows; only after
        :func:`~skgen.distributed.fit_dask` with `n_passes`.

    Raises
    ------
    ValueError
        If `n_components` exceeds the number of rows, or if a covariance matrix is not
        positive definite, which a larger `reg_covar` or `shrinkage` prevents.

    Notes
    -----
    Given a whole number or repeated value, other columns are drawn as given a point in
    its interval. Where intervals are wide compared with the variation left by other
    columns, the probabilities of rows and the shares in drawn rows differ slightly.

    With quantile marginals, drawn columns have their own distributions, tails included,
    but for columns that nearly determine each other. With linear ones they have those
    of the mixture: rows with a number outside the observed range are drawn again, up to
    20 times, and numbers still outside are moved to the end of the range.

    References
    ----------
    .. [1] Ghahramani & Jordan (1994), "Supervised learning from incomplete data via an
       EM approach", Advances in Neural Information Processing Systems 6.
    .. [2] Schwarz (1978), "Estimating the dimension of a model", Annals of Statistics
       6(2).
    .. [3] Fraley & Raftery (2007), "Bayesian regularization for normal mixture
       estimation and model-based clustering", Journal of Classification 24.
    .. [4] Chen, Wiesel, Eldar & Hero (2010), "Shrinkage algorithms for MMSE covariance
       estimation", IEEE Transactions on Signal Processing 58(10).
    .. [5] Friedman (1989), "Regularized discriminant analysis", Journal of the American
       Statistical Association 84.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skgen import GaussianMixtureGenerator
    >>> X, _ = load_iris(return_X_y=True)
    >>> generator = GaussianMixtureGenerator(3, random_state=0).fit(X)
    >>> generator.sample(5).shape
    (5, 4)
    >>> generator.sample(2, given={0: 5.1})[:, 0]
    array([5.1, 5.1])
    """

    models_missing_indicators = True

    _parameter_constraints: dict = {
        **BaseGenerator._parameter_constraints,
        "n_components": [
            Interval(Integral, 1, None, closed="left"),
            StrOptions({"auto", "bic"}),
        ],
        "covariance_type": [StrOptions({"full", "tied", "diag", "spherical"})],
        "marginals": [StrOptions({"linear", "quantile"})],
        "max_components": [Interval(Integral, 1, None, closed="left")],
        "validation_fraction": [Interval(Real, 0.0, 1.0, closed="neither")],
        "shrinkage": [Interval(Real, 0.0, None, closed="left")],
        "level_smoothing": [Interval(Real, 0.0, None, closed="neither")],
        "reg_covar": [Interval(Real, 0.0, None, closed="left")],
        "n_init": [Interval(Integral, 1, None, closed="left")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "tol": [Interval(Real, 0.0, None, closed="left")],
        "n_jobs": [Integral, None],
    }

    def __init__(
        self,
        n_components="auto",
        *,
        covariance_type="full",
        marginals="quantile",
        max_components=64,
        validation_fraction=0.2,
        shrinkage=1.0,
        level_smoothing=1.0,
        reg_covar=1e-6,
        n_init=1,
        max_iter=100,
        tol=1e-3,
        categorical_features="from_dtype",
        schema=None,
        rules="auto",
        identifiers="fresh",
        handle_unknown="missing",
        n_jobs=None,
        random_state=None,
    ):
        self.n_components = n_components
        self.covariance_type = covariance_type
        self.marginals = marginals
        self.max_components = max_components
        self.validation_fraction = validation_fraction
        self.shrinkage = shrinkage
        self.level_smoothing = level_smoothing
        self.reg_covar = reg_covar
        self.n_init = n_init
        self.max_iter = max_iter
        self.tol = tol
        self.categorical_features = categorical_features
        self.schema = schema
        self.rules = rules
        self.identifiers = identifiers
        self.handle_unknown = handle_unknown
        self.n_jobs = n_jobs
        self.random_state = random_state

    def _fit(self, Z, *, sample_weight, rng, track):
        Z, sample_weight = merge_copies(Z, sample_weight, self.columns_)
        self._is_own = None
        self._mixed = fit_mixed(
            Z, sample_weight, self.columns_, marginals=self.marginals
        )
        self._covariance_type = self.covariance_type
        split = split_mixed(self._mixed, Z)
        parts, order = sort_parts(split, self._mixed.n_levels)
        weights = sample_weight[order]
        features, single, prior = self._prepare(parts, weights)
        self.bics_, self.validation_scores_, best = {}, {}, None
        if self.n_components == "auto":
            size, is_stopped = self._choose_size(split, sample_weight, rng, track)
            sizes, track = iter([size]), _untracked if is_stopped else track
        else:
            sizes = self._sizes(Z.shape, weights.sum(), prior)
        names, sizes = tee(sizes)
        names = (f"{size} components" for size in names)
        data = parts, weights, features, single, prior
        fits = (self._fit_size(*data, size, rng) for size in sizes)
        for fit in track(fits, names):
            size = len(fit.mixture.weights)
            n_free = n_parameters(size, prior, self._covariance_type)
            self.bics_[size] = n_free * np.log(weights.sum()) - 2 * fit.log_likelihood
            if self.bics_[size] == min(self.bics_.values()):
                best = fit
        self._prior = best.prior
        self._keep(best.mixture, best.lower_bounds[-1])
        self._choose_own_marginals(Z, sample_weight)
        self.converged_ = best.converged
        self.n_iter_ = len(best.lower_bounds)

    def _sizes(self, shape, total, prior):
        """Numbers of components to try, given the `bics_` of those tried before."""
        n_rows, n_columns = shape
        if self.n_components == "bic":
            # with fewer cells the criterion is unreliable
            most = total * n_columns / _CELLS_PER_PARAMETER
            fitting = [
                size
                for size in range(1, min(self.max_components, n_rows) + 1)
                if n_parameters(size, prior, self._covariance_type) <= most
            ]
            return search_sizes(self.bics_, max(fitting, default=1))
        if self.n_components > n_rows:
            raise ValueError(
                f"n_components: got {self.n_components}, more than the number of rows, "
                f"{n_rows}. Choose fewer components, or 'auto'."
            )
        return iter([self.n_components])

    def _choose_size(self, split, sample_weight, rng, track):
        """Choose the number of components by held-out likelihood.

        Returns
        -------
        size : int
        is_stopped : bool
            Whether a callback ended the search.
        """
        n_fitted = round(len(split.u) * (1 - self.validation_fraction))
        sizes = sizes_to_try(n_fitted, self.max_components)
        if len(sizes) == 1:
            return 1, False
        options = self.validation_fraction, rng, self._prepare
        folds = list(make_folds(split, sample_weight, self._mixed.n_levels, *options))
        scores = self.validation_scores_

        def fit(size, fold):
            options = {"tol": _COMPARE_TOL * self.tol}
            found = self._fit_size(*fold[:5], size, rng, **options)
            return found.mixture, self._covariance_type

        compared = (
            held_out_log_likelihood(folds, partial(fit, size)) for size in sizes
        )
        # `track` comes first in zip, so that its last step is completed
        names = names_while_better(sizes, scores)
        tracked = track(compared, names)
        for score, size in zip(tracked, sizes, strict=False):
            scores[size] = score
        return max(scores, key=scores.get, default=1), next(names, None) is not None

    def _prepare(self, parts, weights):
        """Features to be clustered, fit of one component, and prior of several."""
        prior = Prior(
            self.shrinkage, None, self.level_smoothing, None, None, self.reg_covar
        )
        n_levels = self._mixed.n_levels
        # clusters are of the values of rows, not of what is missing in them
        indicates = [
            self.columns_[j].indicator_of is not None for j in self._mixed.level_columns
        ]
        features = start_features(parts, ~np.repeat(indicates, n_levels).astype(bool))
        with explain_singularity():
            single, prior = fit_single(
                parts, weights, prior, n_levels, **self._em_options()
            )
        return features, single, prior

    def _fit_size(self, parts, weights, features, single, prior, size, rng, **options):
        """Fit a mixture of this size."""
        if size == 1:
            return single
        return fit_from_clusters(
            parts,
            weights,
            features,
            size,
            prior,
            rng,
            n_init=self.n_init,
            n_jobs=self.n_jobs,
            **(self._em_options() | options),
        )

    def _em_options(self):
        return {
            "covariance_type": self._covariance_type,
            "max_iter": self.max_iter,
            "tol": self.tol,
        }

    def _keep(self, mixture, lower_bound):
        self._mixture = mixture
        self.n_components_ = len(mixture.weights)
        self.numeric_columns_ = self._mixed.score_columns
        self.weights_ = mixture.weights
        self.means_ = mixture.means
        self.covariances_ = mixture.covariances
        self.lower_bound_ = lower_bound
        self._set_scores()

    def _curves(self, conditions):
        model = self._mixture, self._covariance_type
        return mixture_curves(*model, self._mixed.n_levels, conditions)

    def _sum_rows(self, Z, first):
        parts, _ = sort_parts(split_mixed(self._mixed, Z), self._mixed.n_levels)
        model = self._mixture, self._covariance_type
        return add_up(collect_statistics, parts, np.ones(len(Z)), *model)

    def _maximize(self, statistics):
        model = self._mixture, self._prior, self._covariance_type
        bound = mixture_objective(statistics, *model)
        # all rows decide the marginals, not those of the first fit
        self._is_own = None
        with explain_singularity():
            self._keep(maximize_mixture(statistics, *model), bound)
        return bound

    def _n_steps(self):
        # the number of sizes that are tried is not known in advance
        return None if isinstance(self.n_components, str) else 1

    def _score_samples(self, Z, rng):
        out = log_derivative(self._scores, Z)
        for block in blocks(len(Z), _BLOCK):
            out[block] += logsumexp(
                self._log_joint(split_mixed(self._scores, Z[block])), axis=1
            )
        return out

    def _log_joint(self, split):
        rows = sort_rows(split, self._scores.n_levels, scored=True)
        out = np.empty((len(split.u), self.n_components_))
        out[rows.patterns.order] = log_joint(rows, self._mixture, self._covariance_type)
        return out


def _untracked(steps, names):
    return steps
