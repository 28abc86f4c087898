"""A mixture of normal distributions for mixed tables."""

from contextlib import contextmanager
from itertools import tee
from numbers import Integral, Real

import numpy as np
from scipy.special import logsumexp
from sklearn.utils._param_validation import Interval, StrOptions

from skgen._math.columns.mixed import (
    Split,
    fit_mixed,
    join_mixed,
    log_derivative,
    outside_range,
    split_mixed,
)
from skgen._math.mixture.density import (
    Prior,
    collect_statistics,
    component_covariance,
    draw_codes,
    draw_components,
    log_joint,
    maximize,
    objective,
    sort_parts,
    sort_rows,
)
from skgen._math.mixture.em import add_up, fit_mixture, fit_single, n_parameters
from skgen._math.mixture.gaussian import conditional_draw, group_rows
from skgen._utils.parallel import in_parallel
from skgen.base import BaseGenerator
from skgen.generators._incremental_em import PassesMixin
from skgen.generators._mixture_start import (
    cluster_rows,
    search_sizes,
    start_features,
)

#: rows that are drawn or scored at once
_BLOCK = 50_000
#: the same where nothing is known, so that they stay in the processor's cache
_FREE_BLOCK = 10_000
#: times that a row outside the observed range is drawn again
_MAX_REDRAWS = 20
#: observed cells that "bic" wants for each parameter
_CELLS_PER_PARAMETER = 4


class GaussianMixtureGenerator(PassesMixin, BaseGenerator):
    """Draws rows from a mixture: normal numbers times independent categories.

    In each component the numeric columns are normal together, and the categories and
    marks of missing cells are independent of them and of each other; what depends on
    what across kinds is told by the component. Densities, marginals and conditionals
    are in closed form, so `impute` and `sample` given cells draw from the exact
    conditional distribution whatever is known. Missing cells need no filling in: EM
    takes expectations given the observed ones [1]_.

    A numeric column becomes a coordinate: its standardised value, or its normal
    score. Values that hold a twentieth of the rows or more, like the zeros of a
    zero-inflated column, are categories of their own; other repeated values and whole
    numbers are cells of coordinates.

    Parameters
    ----------
    n_components : int or "bic", default="bic"
        Number of components. With "bic", numbers up to `max_components` are tried,
        doubled until the Bayesian information criterion [2]_ gets worse, then between
        the best ones; at least four cells are wanted for each parameter.
    covariance_type : {"full", "tied", "diag", "spherical"}, default="full"
        Shape of the covariance matrices, as in
        :class:`~sklearn.mixture.GaussianMixture`.
    marginals : {"quantile", "linear"}, default="quantile"
        Coordinate of a numeric column: its normal score, or its standardised value.
        Normal scores gave unseen rows of four real tables 0.2 to 0.9 nats more, and
        those of a fifth 0.1 less. Standardised values suit clusters that are normal.
    max_components : int, default=32
        Largest number that "bic" tries.
    shrinkage : float, default=1.0
        Weight of the prior [3]_, in rows: each component counts this many rows more,
        which have the covariance of the whole table, narrowed as if the components
        shared its volume. That of the whole table is shrunk to its diagonal, as much as
        the data call for [4]_. With 0, nothing is shrunk.
    code_smoothing : float, default=1.0
        Weight, in rows, of the overall shares of the categories in each component.
    reg_covar : float, default=1e-6
        Added to the variances of the coordinates, which are near one.
    n_init : int, default=1
        Number of starts for each number of components; the best is kept. A start is a
        clustering of the rows by k-means.
    max_iter : int, default=100
        Largest number of EM iterations.
    tol : float, default=1e-3
        EM stops when it gains less than this, in nats per row.
    categorical_features : array-like or "from_dtype" or None, default="from_dtype"
        Columns to be taken as categories, as in
        :class:`~sklearn.ensemble.HistGradientBoostingClassifier`.
    n_jobs : int, default=None
        Number of starts, and of blocks of 100,000 rows that are drawn or scored, at
        once. The result does not depend on it.
    random_state : int, RandomState instance or None, default=None
        Seed.

    Attributes
    ----------
    n_components_ : int
        Number of components.
    weights_ : ndarray of shape (n_components_,)
        Share of each component.
    coordinates_ : ndarray of shape (n_coordinates,)
        Positions in ``columns_`` of the columns that have a coordinate.
    means_ : ndarray of shape (n_components_, n_coordinates)
        In units of the coordinates.
    covariances_ : ndarray
        In units of the coordinates. Its shape depends on `covariance_type`, as in
        :class:`~sklearn.mixture.GaussianMixture`.
    bics_ : dict of int to float
        Bayesian information criterion of each number of components that was tried, in
        nats of the coordinates; lower is better.
    lower_bound_ : float
        Mean log-likelihood of the rows, in nats of the coordinates, plus that of the
        parameters, in the last iteration.
    converged_ : bool
        Whether EM gained less than `tol` at last.
    n_iter_ : int
        Number of EM iterations.
    pass_bounds_ : list of float
        As `lower_bound_`, of all rows before each pass over them; only after passes of
        :func:`~skgen.distributed.fit_dask`.

    Raises
    ------
    ValueError
        If `n_components` exceeds the number of rows, or if a covariance matrix is not
        positive definite, which a larger `reg_covar` or `shrinkage` prevents.

    Notes
    -----
    A known whole number, or repeated value, tells of other columns as the point would
    at which it lies in its cell. Where cells are wide beside what the other columns
    leave open, the probabilities of rows and the shares drawn differ a little.

    Rows with a number outside the observed range are drawn again, up to 20 times;
    what is then still outside is moved to its end.

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
            StrOptions({"bic"}),
        ],
        "covariance_type": [StrOptions({"full", "tied", "diag", "spherical"})],
        "marginals": [StrOptions({"linear", "quantile"})],
        "max_components": [Interval(Integral, 1, None, closed="left")],
        "shrinkage": [Interval(Real, 0.0, None, closed="left")],
        "code_smoothing": [Interval(Real, 0.0, None, closed="neither")],
        "reg_covar": [Interval(Real, 0.0, None, closed="left")],
        "n_init": [Interval(Integral, 1, None, closed="left")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "tol": [Interval(Real, 0.0, None, closed="left")],
        "n_jobs": [Integral, None],
    }

    def __init__(
        self,
        n_components="bic",
        *,
        covariance_type="full",
        marginals="quantile",
        max_components=32,
        shrinkage=1.0,
        code_smoothing=1.0,
        reg_covar=1e-6,
        n_init=1,
        max_iter=100,
        tol=1e-3,
        categorical_features="from_dtype",
        n_jobs=None,
        random_state=None,
    ):
        self.n_components = n_components
        self.covariance_type = covariance_type
        self.marginals = marginals
        self.max_components = max_components
        self.shrinkage = shrinkage
        self.code_smoothing = code_smoothing
        self.reg_covar = reg_covar
        self.n_init = n_init
        self.max_iter = max_iter
        self.tol = tol
        self.categorical_features = categorical_features
        self.n_jobs = n_jobs
        self.random_state = random_state

    def _fit(self, Z, *, sample_weight, rng, track):
        self._mixed = fit_mixed(
            Z, sample_weight, self.columns_, marginals=self.marginals
        )
        self._covariance_type = self.covariance_type
        parts, order = sort_parts(self._split(Z), self._mixed.n_codes)
        weights = sample_weight[order]
        single, prior = self._fit_single(parts, weights)
        self.bics_, best = {}, None
        names, sizes = tee(self._sizes(Z.shape, weights.sum(), prior))
        names = (f"{size} components" for size in names)
        for fit in track(self._fits(parts, weights, sizes, single, prior, rng), names):
            size = len(fit.mixture.weights)
            n_free = n_parameters(size, prior, self._covariance_type)
            self.bics_[size] = n_free * np.log(weights.sum()) - 2 * fit.log_likelihood
            if self.bics_[size] == min(self.bics_.values()):
                best = fit
        self._prior = best.prior
        self._keep(best.mixture, best.lower_bounds[-1])
        self.converged_ = best.converged
        self.n_iter_ = len(best.lower_bounds)

    def _sizes(self, shape, total, prior):
        """Numbers of components to try, given the `bics_` of those tried before."""
        n_rows, n_columns = shape
        if self.n_components == "bic":
            # fewer cells could not tell whether the parameters are worth their number
            most = total * n_columns / _CELLS_PER_PARAMETER
            fitting = [
                size
                for size in range(1, min(self.max_components, n_rows) + 1)
                if n_parameters(size, prior, self._covariance_type) <= most
            ]
            return search_sizes(self.bics_, max(fitting, default=1))
        if self.n_components > n_rows:
            raise ValueError(
                f"n_components: {self.n_components} components need as many rows, but "
                f"X has {n_rows}. Choose fewer, or 'bic'."
            )
        return iter([self.n_components])

    def _fit_single(self, parts, weights):
        prior = Prior(
            self.shrinkage, None, self.code_smoothing, None, None, self.reg_covar
        )
        n_codes = self._mixed.n_codes
        with _explained_singularity():
            return fit_single(parts, weights, prior, n_codes, **self._em_options())

    def _fits(self, parts, weights, sizes, single, prior, rng):
        """Fit a mixture of each size."""
        features = start_features(parts)
        for size in sizes:
            if size == 1:
                yield single
                continue
            # not in the jobs: k-means rounds by its number of threads
            starts = [
                cluster_rows(features, weights, size, rng) for _ in range(self.n_init)
            ]
            jobs = [(parts, weights, start, prior) for start in starts]
            fits = in_parallel(self._fit_start, jobs, self.n_jobs)
            yield max(fits, key=lambda fit: fit.lower_bounds[-1])

    def _fit_start(self, parts, weights, start, prior):
        with _explained_singularity():
            return fit_mixture(parts, weights, start, prior, **self._em_options())

    def _em_options(self):
        return {
            "covariance_type": self._covariance_type,
            "max_iter": self.max_iter,
            "tol": self.tol,
        }

    def _keep(self, mixture, lower_bound):
        self._mixture = mixture
        self.n_components_ = len(mixture.weights)
        self.coordinates_ = self._mixed.real
        self.weights_ = mixture.weights
        self.means_ = mixture.means
        self.covariances_ = mixture.covariances
        self.lower_bound_ = lower_bound

    def _sum_rows(self, Z, first):
        parts, _ = sort_parts(self._split(Z), self._mixed.n_codes)
        model = self._mixture, self._covariance_type
        return add_up(collect_statistics, parts, np.ones(len(Z)), *model)

    def _maximize(self, statistics):
        model = self._mixture, self._prior, self._covariance_type
        bound = objective(statistics, *model)
        with _explained_singularity():
            self._keep(maximize(statistics, *model), bound)
        return bound

    def _n_steps(self):
        # how many numbers "bic" tries is seen only on the way
        return None if self.n_components == "bic" else 1

    def _sample(self, known, rng):
        return self._draw_blocks(known, rng, blank=True)

    def _impute(self, Z, rng):
        return self._draw_blocks(Z, rng, blank=False)

    def _score_samples(self, Z, rng):
        out = log_derivative(self._mixed, Z)
        for block in _blocks(len(Z), _BLOCK):
            out[block] += logsumexp(self._log_joint(self._split(Z[block])), axis=1)
        return out

    def _split(self, Z):
        return split_mixed(self._mixed, Z)

    def _log_joint(self, split):
        rows = sort_rows(split, self._mixed.n_codes, scored=True)
        out = np.empty((len(split.u), self.n_components_))
        out[rows.patterns.order] = log_joint(rows, self._mixture, self._covariance_type)
        return out

    def _draw_blocks(self, known, rng, *, blank):
        """Fill unknown cells; with `blank`, those marked missing may hold anything."""
        Z = known.copy()
        size = _FREE_BLOCK if np.isnan(Z).all() else _BLOCK
        for block in _blocks(len(Z), size):
            Z[block] = self._draw_within_range(Z[block], rng, blank)
        return Z

    def _draw_within_range(self, known, rng, blank):
        split = self._split(known)
        log_joint = np.log(self._mixture.weights)[None]
        if not np.isnan(known).all():
            log_joint = self._log_joint(split)
        u, code = self._draw(split, log_joint, rng)
        for _ in range(_MAX_REDRAWS):
            again = self._outside(known, u, code, blank)
            if not len(again):
                break
            part = log_joint if len(log_joint) == 1 else log_joint[again]
            u[again], code[again] = self._draw(_rows_of(split, again), part, rng)
        return join_mixed(self._mixed, known, u, code)

    def _draw(self, split, log_joint, rng):
        """Coordinates and codes given the known ones."""
        component = draw_components(log_joint, len(split.u), rng)
        shares, n_codes = self._mixture.code_shares, self._mixed.n_codes
        code = draw_codes(split.code, component, shares, n_codes, rng)
        u = np.empty(split.u.shape)
        for k in range(self.n_components_):
            rows = np.flatnonzero(component == k)
            u[rows] = self._draw_coordinates(split.u[rows], k, rng)
        return u, code

    def _draw_coordinates(self, u, k, rng):
        mean = self._mixture.means[k]
        covariance = component_covariance(self._mixture, k, self._covariance_type)
        if covariance.ndim < 2:
            # independent coordinates: nothing known tells of the others
            drawn = mean + np.sqrt(covariance) * rng.standard_normal(u.shape)
            return np.where(np.isnan(u), drawn, u)
        return conditional_draw(u, mean, covariance, group_rows(~np.isnan(u)), rng)

    def _outside(self, known, u, code, blank):
        """Rows of which a cell that was drawn lies outside the observed range."""
        drawn = np.isnan(known[:, self._mixed.real])
        place = {j: i for i, j in enumerate(self._mixed.coded)}
        real = {j: i for i, j in enumerate(self._mixed.real)}
        for j, column in enumerate(self.columns_):
            if blank and column.indicator_of in real:
                drawn[:, real[column.indicator_of]] &= code[:, place[j]] == 0.0
        return np.flatnonzero(outside_range(self._mixed, u, code, drawn))


@contextmanager
def _explained_singularity():
    try:
        yield
    except np.linalg.LinAlgError as error:
        raise ValueError(
            "reg_covar: the covariance matrix of a component is not positive definite. "
            "Increase reg_covar or shrinkage, or use fewer components."
        ) from error


def _rows_of(split, rows):
    return Split(*(part[rows] for part in split))


def _blocks(n_rows, size):
    return [slice(start, start + size) for start in range(0, n_rows, size)]
