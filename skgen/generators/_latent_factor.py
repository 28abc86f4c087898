"""Latent factor models: factor analysis of mixed tables."""

from functools import partial
from numbers import Integral, Real

import numpy as np
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from skgen._math.columns.mixed import (
    draw_within_range,
    fit_mixed,
    log_derivative,
    split_mixed,
)
from skgen._math.copies import merge_copies
from skgen._math.factor_analysis.em import expect, factor_objective, fit_factors
from skgen._math.factor_analysis.marginal import factor_curve
from skgen._math.factor_analysis.model import (
    level_ranges,
    maximize_factors,
    rotate_factors,
    sort_factor_rows,
    start_factors,
    whiten_factors,
)
from skgen._math.factor_analysis.posterior import (
    expected_factors,
    gather_evidence,
    log_row_density,
    random_nodes,
    weighted_factors,
)
from skgen._math.sampling import choose_one
from skgen._utils.estimators import warn_of_few_rows
from skgen._utils.parallel import in_parallel
from skgen.base import BaseGenerator
from skgen.generators._factor_number import (
    HELD_OUT_DRAWS,
    held_out_log_likelihood,
    hold_out,
    names_while_better,
    numbers_to_try,
)
from skgen.generators._incremental_em import IncrementalEMMixin
from skgen.generators._own_marginals import OwnMarginalsMixin

#: draws of the factors of each row in EM: to compare sizes, and in the final fit
_COMPARE_DRAWS, _FIT_DRAWS = 8, 16
#: draws of the factors of each row, to score and to sample
_SCORE_DRAWS, _SAMPLE_DRAWS = 512, 48
#: number of times that a row outside the observed range is drawn
_N_ROUNDS = 10


class LatentFactorGenerator(
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
    IncrementalEMMixin,
    OwnMarginalsMixin,
    BaseGenerator,
):
    """Factor analysis of mixed tables: all columns share a few normal factors.

    The model is p(x) = int p(x | f) p(f) df with standard normal factors f. Given the
    factors, the cells of a row are independent: numeric columns, as normal scores, are
    normal with means linear in f, and categories have probabilities softmax(a + B f).
    This is factor analysis [1]_ of a mixed table [2]_. On numeric tables, with quantile
    marginals and one factor for each column, it is the Gaussian copula; with fewer
    factors, a copula with simpler correlations.

    Tables of continuous columns are fitted by exact EM, with missing cells summed out;
    their densities and conditional draws are exact. With categories, the factors of a
    row are weighted draws from a proposal near their mode, in fits (Monte Carlo EM
    [3]_), scores and conditional draws.

    Parameters
    ----------
    n_components : int or "auto", default="auto"
        Number of factors; at most the number of numeric columns and of categories, less
        one category of each column. "auto" compares 0, 1, 2, 4, 8, ... factors by the
        likelihood of held-out rows, until it falls.
    marginals : {"quantile", "linear"}, default="quantile"
        Whether a numeric column becomes its normal score or its standardised value, as
        in :class:`~sklearn.decomposition.FactorAnalysis`.
    max_components : int, default=32
        Largest number of factors that "auto" tries.
    max_iter : int, default=100
        Largest number of EM iterations.
    tol : float, default=1e-4
        EM stops when the gain of an iteration is smaller, in nats per row.
    validation_fraction : float, default=0.2
        Share of rows held out by "auto", which uses 5,000 rows at most. Further folds
        are held out until there are about 1,000 held-out rows.
    categorical_features : array-like or "from_dtype" or None, default="from_dtype"
        Columns to treat as categories, as in
        :class:`~sklearn.ensemble.HistGradientBoostingClassifier`.
    schema : Schema or dict, default=None
        What is known of the columns, or corrections of what is found, as in
        :func:`~skgen.describe`.
    identifiers : {"fresh", "refuse", "learn"}, default="fresh"
        Treatment of columns whose texts or whole numbers identify the rows: "fresh"
        draws new values of the same pattern, "refuse" raises an error, "learn" models
        them like other columns.
    handle_unknown : {"missing", "error"}, default="missing"
        How new rows are treated where they hold a category that was not seen at fit:
        "missing" keeps the cell and treats it as missing, "error" raises an error.
    n_jobs : int, default=None
        Number of folds that "auto" holds out in parallel. The result does not depend on
        it.
    random_state : int, RandomState instance or None, default=None
        Seed.

    Attributes
    ----------
    n_components_ : int
        Number of factors.
    components_ : ndarray of shape (n_components_, n_scores)
        Loadings of the scores; a score has about unit variance.
    mean_ : ndarray of shape (n_scores,)
        Mean of each score.
    noise_variance_ : ndarray of shape (n_scores,)
        Variance of each score given the factors.
    numeric_columns_ : ndarray of shape (n_scores,)
        Positions in ``columns_`` of the columns that have a score: numeric ones, unless
        they hold a few repeated values only.
    n_iter_ : int
        Number of EM iterations; `max_iter` if EM has not converged.
    converged_ : bool
        Whether the last EM iteration gained less than `tol`.
    lower_bounds_ : list of float
        Mean log-likelihood of the scores and categories of all rows plus the log-prior
        of the parameters, before each EM iteration over all rows; only after
        :func:`~skgen.distributed.fit_dask` with `n_passes`.
    validation_scores_ : dict of int to float
        Mean log-likelihood of the scores and categories of held-out rows, for each
        number of factors that was tried; empty if the number was given.

    Warns
    -----
    UserWarning
        In `fit`, if there are fewer than 10 rows with "auto": columns are then drawn
        independently.

    See Also
    --------
    sklearn.decomposition.FactorAnalysis : The same model for numeric rows.
    AutoregressiveGenerator : Draws each column given those before it.

    Notes
    -----
    Scores of rows are exact where all observed cells are points: numbers of many steps.
    Coarser whole numbers, repeated values and categories are scored with 512
    quasi-random draws of the factors: an estimate, whose error grows with the number of
    such cells and with what they reveal about the factors. Where categories reveal
    little, the probabilities of all their combinations sum to one exactly.

    With quantile marginals, drawn columns have their own distributions, tails included,
    but for columns that nearly determine each other. With linear ones, rows outside the
    observed range are drawn again.

    References
    ----------
    .. [1] Rubin & Thayer (1982), "EM algorithms for ML factor analysis",
       Psychometrika 47(1).
    .. [2] Khan, Marlin, Bouchard & Murphy (2010), "Variational bounds for mixed-data
       factor analysis", NeurIPS 23.
    .. [3] Wei & Tanner (1990), "A Monte Carlo implementation of the EM algorithm and
       the poor man's data augmentation algorithms", Journal of the American
       Statistical Association 85.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skgen import LatentFactorGenerator
    >>> X, _ = load_iris(return_X_y=True)
    >>> generator = LatentFactorGenerator(n_components=2, random_state=0).fit(X)
    >>> generator.sample(5).shape
    (5, 4)
    >>> generator.transform(X).shape
    (150, 2)
    """

    #: least number of rows of which "auto" can hold some out
    n_samples_needed = 10

    models_missing_indicators = True

    _parameter_constraints: dict = {
        **BaseGenerator._parameter_constraints,
        "n_components": [
            Interval(Integral, 0, None, closed="left"),
            StrOptions({"auto"}),
        ],
        "marginals": [StrOptions({"quantile", "linear"})],
        "max_components": [Interval(Integral, 0, None, closed="left")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "tol": [Interval(Real, 0.0, None, closed="left")],
        "validation_fraction": [Interval(Real, 0.0, 1.0, closed="neither")],
        "n_jobs": [Integral, None],
    }

    def __init__(
        self,
        n_components="auto",
        *,
        marginals="quantile",
        max_components=32,
        max_iter=100,
        tol=1e-4,
        validation_fraction=0.2,
        categorical_features="from_dtype",
        schema=None,
        identifiers="fresh",
        handle_unknown="missing",
        n_jobs=None,
        random_state=None,
    ):
        self.n_components = n_components
        self.marginals = marginals
        self.max_components = max_components
        self.max_iter = max_iter
        self.tol = tol
        self.validation_fraction = validation_fraction
        self.categorical_features = categorical_features
        self.schema = schema
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
        split = split_mixed(self._mixed, Z)
        table = split.u, self._labels(split.level), sample_weight
        n_level_columns, n_scores = len(self._mixed.level_columns), split.u.shape[1]
        # a single column has nothing to share
        rank = n_scores + int(self._mixed.n_levels.sum()) - n_level_columns
        rank = rank if n_scores + n_level_columns > 1 else 0
        self.validation_scores_ = {}
        if self.n_components == "auto":
            n_components = self._choose_size(table, rank, rng, track)
        else:
            n_components = min(self.n_components, rank)
        self.n_components_ = n_components
        self.numeric_columns_ = self._mixed.score_columns
        self._em_seed = int(rng.integers(2**31))
        model, history, self.converged_ = self._fit_factors(
            table, n_components, rng, self._em_seed, n_draws=_FIT_DRAWS, track=track
        )
        self.n_iter_ = len(history)
        self._keep(model)
        self._choose_own_marginals(Z, sample_weight)

    def _keep(self, model):
        self._model = rotate_factors(model)
        self.components_ = self._model.loadings.T
        self.mean_ = self._model.mean
        self.noise_variance_ = self._model.noise
        self._set_scores()

    def _curves(self, conditions):
        return [
            factor_curve(self._model, i, levels) for i, levels in enumerate(conditions)
        ]

    def _log_density_of_scores(self, Z):
        density = log_row_density(self._model, self._evidence(Z), HELD_OUT_DRAWS)
        return density + log_derivative(self._scores, Z)

    def _sum_rows(self, Z, first):
        split = split_mixed(self._mixed, Z)
        rows = sort_factor_rows(
            split.u, self._labels(split.level), np.ones(len(Z)), first
        )
        options = {"n_draws": _FIT_DRAWS, "seed": self._em_seed}
        return expect(self._model, rows, **options)[0]

    def _maximize(self, moments):
        bound = factor_objective(self._model, moments)
        # all rows decide the marginals, not those of the first fit
        self._is_own = None
        self._keep(whiten_factors(maximize_factors(self._model, moments), moments)[0])
        return bound

    def _n_steps(self):
        if self.n_components != "auto":
            return self.max_iter
        return self.max_iter + len(numbers_to_try(self.max_components))

    @property
    def _n_features_out(self):
        return self.n_components_

    def transform(self, X):
        """Expected factors of each row given its observed cells.

        Parameters
        ----------
        X : {array-like, dataframe} of shape (n_samples, n_features)
            Rows of the kind that was fitted; cells may be missing.

        Returns
        -------
        X_new : ndarray of shape (n_samples, n_components_)
            Expected factors; zeros, their mean over all rows, if no cell is observed.

        Raises
        ------
        ValueError
            If columns differ from those at fit; with ``handle_unknown="error"``, if a
            category was not seen at fit.
        """
        check_is_fitted(self)
        frozen = self._frozen()
        evidence = frozen._evidence(frozen._model_matrix(frozen._encode(X)))
        return expected_factors(frozen._model, evidence, _SCORE_DRAWS)

    def _choose_size(self, table, rank, rng, track):
        """Choose the number of factors by held-out likelihood."""
        n_rows = len(table[0])
        if n_rows < self.n_samples_needed and rank:
            warn_of_few_rows(
                n_rows,
                self.n_samples_needed,
                "n_components='auto'",
                ": columns are drawn independently. Set n_components to a number to "
                "fit factors nevertheless.",
            )
            rank = 0
        sizes = numbers_to_try(min(rank, self.max_components))
        if len(sizes) == 1:
            return 0
        rows, folds = hold_out(n_rows, self.validation_fraction, rng)
        seed = int(rng.integers(2**31))
        compared = (self._compare(table, rows, folds, size, seed) for size in sizes)
        scores = self.validation_scores_
        # `track` comes first in zip, so that its last step is completed
        tracked = track(compared, names_while_better(sizes, scores))
        for score, size in zip(tracked, sizes, strict=False):
            scores[size] = score
        return max(scores, key=scores.get, default=0)

    def _compare(self, table, rows, folds, size, seed):
        """Mean log-likelihood of held-out rows."""
        fit = partial(self._fit_factors, n_draws=_COMPARE_DRAWS)
        jobs = [(fit, table, rows, fold, size, seed) for fold in folds]
        found = list(in_parallel(held_out_log_likelihood, jobs, self.n_jobs))
        weights, totals = (sum(part) for part in zip(*found, strict=True))
        return float(totals / weights)

    def _fit_factors(self, table, n_components, rng, seed, *, n_draws, track=None):
        """Fitted model, the objective before each step of EM, whether it converged."""
        rows = sort_factor_rows(*table)
        return fit_factors(
            start_factors(rows, self._mixed.n_levels, n_components, rng),
            rows,
            n_draws=n_draws,
            seed=seed,
            max_iter=self.max_iter,
            tol=self.tol,
            track=track,
        )

    def _sample(self, known, rng):
        split, evidence = split_mixed(self._scores, known), self._evidence(known)

        def draw(rows):
            drawn = self._draw_cells(evidence.take(rows), rng)
            found = split.u[rows], split.level[rows]
            return [
                np.where(np.isnan(cells), new, cells)
                for cells, new in zip(found, drawn, strict=True)
            ]

        def is_drawn(rows, _):
            return np.isnan(split.u[rows])

        return draw_within_range(self._scores, known, draw, is_drawn, _N_ROUNDS)

    def _score_samples(self, Z, rng):
        log_prob = log_row_density(self._model, self._evidence(Z), _SCORE_DRAWS)
        return log_prob + log_derivative(self._scores, Z)

    def _evidence(self, Z):
        split = split_mixed(self._scores, Z)
        label = self._labels(split.level)
        return gather_evidence(self._model, *split[:3], label)

    def _labels(self, level):
        """Position of each level among those of all columns, -1 where missing."""
        starts = np.cumsum(self._mixed.n_levels) - self._mixed.n_levels
        return np.where(np.isnan(level), -1, level + starts).astype(np.intp)

    def _draw_cells(self, evidence, rng):
        """Draw scores and levels of each row, after factors given its evidence."""
        model = self._model
        nodes = random_nodes(self.n_components_, rng)
        u = np.empty(evidence.center.shape)
        level = np.empty(evidence.label.shape)
        for draws in weighted_factors(
            model, evidence, nodes, _SAMPLE_DRAWS, adapt=True
        ):
            chosen = choose_one(draws.log_weight, rng)
            f = draws.f[np.arange(len(chosen)), chosen]
            noise = rng.standard_normal((len(f), u.shape[1]))
            expected = model.mean + f @ model.loadings.T
            u[draws.rows] = expected + noise * np.sqrt(model.noise)
            for column, (i, j) in enumerate(level_ranges(model)):
                logits = f @ model.slopes[i:j].T + model.bias[i:j]
                level[draws.rows, column] = choose_one(logits, rng)
        return u, level
