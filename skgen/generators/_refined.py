"""Discriminator rejection sampling for any generator."""

from numbers import Integral, Real

import numpy as np
from scipy.special import logsumexp
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.utils._param_validation import HasMethods, Interval
from sklearn.utils.metaestimators import available_if

from skgen._discriminators import DensityRatio
from skgen._math.combinations import all_combinations, known_combinations
from skgen._math.copies import merge_copies
from skgen._math.probabilities.density_ratio import (
    clip_level,
    log_keep_probability,
    log_loss,
)
from skgen._math.sampling import (
    choose_one,
    effective_sample_size,
    log_mean_weight,
)
from skgen._utils.estimators import warn_of_few_rows
from skgen._utils.mixins import DefaultComponentsMixin
from skgen.base import BaseGenerator
from skgen.generators._autoregressive import AutoregressiveGenerator

_N_SAMPLES_NEEDED = 100
#: drawn rows for each training row that a discriminator is fitted to
_DRAWN_PER_ROW = 3
#: weights count like repeated rows up to this mean weight
_MAX_WEIGHT = 10
#: nats by which the log loss may exceed that of equal odds, well above chance
_MAX_EXCESS_LOSS = 0.1
#: rows of a block that is drawn
_BLOCK = 50_000
#: largest number of draws for the constant of the density, and its relative error
_MAX_CONSTANT_DRAWS = 50_000
_CONSTANT_ERROR = 1e-3
#: combinations of known cells up to which all are scored, and draws to do so
_MAX_COMBINATIONS, _COMBINATION_DRAWS = 200, 5_000


def _inner_has(*hooks):
    def check(self):
        # the fitted generator decides, even if the parameter has changed since
        inner = getattr(self, "generator_", None) or self._component("generator")
        return all(getattr(inner, hook, None) is not None for hook in hooks)

    return check


class RefinedGenerator(DefaultComponentsMixin, BaseGenerator):
    """Refines any generator by a discriminator: rows that look real are kept.

    A classifier learns to separate drawn rows from training rows. Its odds estimate the
    density ratio of the two [1]_. New rows are drawn from the generator and kept with a
    probability proportional to these odds [2]_, so that their density is
    p(x) = q(x) w(x) / E_q[w], where q is the generator's density and w the clipped
    odds.

    Parameters
    ----------
    generator : BaseGenerator, default=None
        The generator to refine. None stands for ``AutoregressiveGenerator()``.
    discriminator : object, default=None
        Classifier with ``predict_proba``. One with a parameter ``categorical_features``
        that accepts missing cells gets the cells as they are, any other the features
        described at :class:`~skgen.conditionals.EstimatorConditional`. None stands for
        ``HistGradientBoostingClassifier(early_stopping=True, n_iter_no_change=5)``.
    n_rounds : int, default=1
        Number of rounds. The discriminator of each further round is fitted to rows that
        those before have kept.
    n_folds : int, default=5
        Number of folds. In each, a discriminator is fitted to the rows of the others;
        those of all folds are averaged.
    max_draws : float, default=20
        Largest average number of rows drawn for each row kept, at least 1. Odds are
        clipped at the value for which this number is enough.
    n_particles : int, default=10
        Number of weighted draws from which a row with known cells is chosen.
    random_state : int, RandomState instance or None, default=None
        Seed. It replaces every ``random_state`` of the discriminator.

    Attributes
    ----------
    generator_ : BaseGenerator
        The fitted generator, not refined.
    detection_auc_ : ndarray of shape (n_rounds,)
        ROC AUC of each round's discriminator on rows it was not fitted to: 0.5 if it
        cannot separate training rows from rows drawn before this round. Empty if there
        are fewer than 100 rows.
    acceptance_rate_ : float
        Share of the generator's rows that are kept.

    Raises
    ------
    ValueError
        In `fit`, if the discriminator overfits: if its log loss on rows it was not
        fitted to exceeds log 2, that of equal odds, by more than 0.1 nats.

    Warns
    -----
    UserWarning
        In `fit`, if there are fewer than 100 rows: the generator is left unrefined.

    See Also
    --------
    AutoregressiveGenerator : The default generator.

    Notes
    -----
    Training rows are compared with rows of a generator that was fitted to them. If it
    repeats their neighbourhoods rather than their distribution, no discriminator can
    find out: a generator that underfits gains most, one that overfits gains nothing.

    Odds are calibrated before use: those of a discriminator that learned nothing are
    shrunk to one. New rows are weighted by the average of all discriminators, most of
    which were fitted to any given training row. This hardly brings drawn rows closer to
    training rows; :func:`~skgen.metrics.nearest_record_share` measures it.

    The constant E_q[w] of the density is a sum over all possible rows if there are at
    most 50,000 of them. Otherwise it is estimated from up to 50,000 draws, until its
    standard error is 0.1 %. Rows with missing cells are scored by an average over
    `n_particles` draws; where the known cells have few combinations, over more draws,
    and the probabilities of all combinations sum to one. Conditional draws are weighted
    in the same way, and exact as `n_particles` grows. Both are available if the
    generator has ``impute``.

    ``categorical_features``, ``schema``, ``identifiers``, ``handle_unknown`` and
    ``n_jobs`` are parameters of `generator`; ``joblib.parallel_config`` reaches it as
    well. Rounds are sequential, as each needs the one before.

    References
    ----------
    .. [1] Sugiyama, Suzuki & Kanamori (2012), "Density Ratio Estimation in Machine
       Learning", Cambridge University Press.
    .. [2] Azadi, Olsson, Darrell, Goodfellow & Odena (2019), "Discriminator Rejection
       Sampling", ICLR.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skgen import IndependentGenerator, RefinedGenerator
    >>> X, _ = load_iris(return_X_y=True)
    >>> generator = RefinedGenerator(IndependentGenerator(), random_state=0).fit(X)
    >>> generator.sample(5).shape
    (5, 4)
    >>> bool(generator.detection_auc_[0] > 0.8)
    True
    """

    _parameter_constraints: dict = {
        "generator": [BaseGenerator, None],
        "discriminator": [HasMethods(["fit", "predict_proba"]), None],
        "n_rounds": [Interval(Integral, 1, None, closed="left")],
        "n_folds": [Interval(Integral, 2, None, closed="left")],
        "max_draws": [Interval(Real, 1, None, closed="left")],
        "n_particles": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        generator=None,
        *,
        discriminator=None,
        n_rounds=1,
        n_folds=5,
        max_draws=20,
        n_particles=10,
        random_state=None,
    ):
        self.generator = generator
        self.discriminator = discriminator
        self.n_rounds = n_rounds
        self.n_folds = n_folds
        self.max_draws = max_draws
        self.n_particles = n_particles
        self.random_state = random_state

    @staticmethod
    def _default_components():
        return {
            "generator": AutoregressiveGenerator,
            "discriminator": _default_discriminator,
        }

    @property
    def categorical_features(self):
        """Columns to be taken as categories: the parameter of `generator`."""
        return self._component("generator").categorical_features

    @property
    def schema(self):
        """What is declared of the columns: the parameter of `generator`."""
        return self._component("generator").schema

    @property
    def identifiers(self):
        """Treatment of identifiers: the parameter of `generator`."""
        return self._component("generator").identifiers

    @property
    def handle_unknown(self):
        """Treatment of unseen categories: the parameter of `generator`."""
        return self._component("generator").handle_unknown

    @property
    def models_missing_indicators(self):
        """Whether the generator that is refined draws missing indicators itself."""
        return self._component("generator").models_missing_indicators

    @property
    def rules(self):
        """Rules between columns: the parameter of `generator`."""
        return self._component("generator").rules

    @property
    def computes_rules(self):
        """Whether the generator that is refined computes what rules determine."""
        return self._component("generator").computes_rules

    @property
    def n_samples_needed(self):
        """Least number of rows to fit a discriminator."""
        inner = getattr(self._component("generator"), "n_samples_needed", 1)
        return max(inner, _N_SAMPLES_NEEDED)

    def _n_steps(self):
        n_inner = self._unfitted_inner()._n_steps()
        return None if n_inner is None else n_inner + self.n_rounds

    def _fit(self, Z, *, sample_weight, rng, track):
        Z, sample_weight = merge_copies(Z, sample_weight, self.columns_)
        self.generator_ = self._unfitted_inner()
        self.generator_._fit(Z, sample_weight=sample_weight, rng=rng, track=track)
        self.generator_._call_seed = rng.integers(2**32, size=4)
        self.generator_._n_calls = 0
        self._ratios, aucs = [], []
        self.acceptance_rate_, self._log_constant = 1.0, 0.0
        n_rounds = self.n_rounds
        if len(Z) < _N_SAMPLES_NEEDED:
            warn_of_few_rows(
                len(Z),
                _N_SAMPLES_NEEDED,
                "a discriminator",
                ": the generator is not refined.",
            )
            n_rounds = 0
        names = [f"round {i + 1}" for i in range(n_rounds)]
        rounds = (self._fit_round(Z, sample_weight, rng) for _ in names)
        for ratio, auc, rate in track(rounds, names):
            self._ratios.append(ratio)
            aucs.append(auc)
            self.acceptance_rate_ *= rate
        self.detection_auc_ = np.array(aucs)
        if self._ratios and _inner_has("_impute", "_score_samples")(self):
            self._log_constant = self._estimate_constant(rng)

    def _unfitted_inner(self):
        inner = clone(self._component("generator"))
        for name in (
            "codec_",
            "columns_",
            "n_features_in_",
            "feature_names_in_",
            "_missing_pattern",
            "_n_rows",
            "_plan",
            "_seen_columns",
            "_wide_columns",
            "_indicated",
        ):
            if hasattr(self, name):
                setattr(inner, name, getattr(self, name))
        return inner

    def _fit_round(self, Z, sample_weight, rng):
        """Fit the density ratio of training to kept rows; also its AUC and rate."""
        total = sample_weight.sum()
        n_like = np.clip(total, len(Z), _MAX_WEIGHT * len(Z))
        n_drawn = int(_DRAWN_PER_ROW * n_like)
        cells = np.vstack([self._cells(Z), self._cells(self._draw(n_drawn, rng))])
        label = np.repeat([1, 0], [len(Z), n_drawn])
        weights = np.append(sample_weight, np.full(n_drawn, total / n_drawn))
        ratio = DensityRatio(
            self._component("discriminator"), self._values(), self.n_folds
        )
        odds = ratio.fit(cells, label, weights, rng)
        excess = log_loss(odds, label, weights) - np.log(2)
        if excess > _MAX_EXCESS_LOSS:
            name = type(ratio.discriminator).__name__
            raise ValueError(
                f"discriminator: {name} overfits. On rows it was not fitted to, its "
                f"log loss is {excess:.2f} nats above that of equal odds, at most "
                f"{_MAX_EXCESS_LOSS} is allowed. Use stronger regularisation or early "
                "stopping."
            )
        # rows that no discriminator was fitted to
        fresh = ratio.log_ratio(self._cells(self._draw(n_drawn, rng)))
        ratio.level = clip_level(fresh, self.max_draws ** (1 / self.n_rounds))
        rate = float(np.exp(log_keep_probability(fresh, ratio.level)).mean())
        return ratio, roc_auc_score(label, odds, sample_weight=weights), rate

    def _values(self):
        return [column for column in self.columns_ if column.indicator_of is None]

    def _cells(self, Z):
        """The cells of the table, NaN where an indicator or a rule says so."""
        Z = Z.copy()
        for j, column in enumerate(self.columns_):
            if column.indicator_of is not None:
                Z[Z[:, j] == 1.0, column.indicator_of] = np.nan
        for rule in self._rules_of_missing():
            rule.apply(Z, np.zeros(Z.shape, dtype=bool))
        return Z[:, : len(self._values())]

    def _rules_of_missing(self):
        """Rules of the plan about missing cells, by positions in ``columns_``."""
        place = {position: j for j, position in enumerate(self._seen_columns)}
        return [
            rule._replace(condition=place[rule.condition], target=place[rule.target])
            for rule in (() if self._plan is None else self._plan.missing)
            if rule.condition in place and rule.target in place
        ]

    def _log_keep(self, Z):
        """Log-probability of keeping each row of the generator."""
        total = np.zeros(len(Z))
        if not len(Z):
            return total
        cells = self._cells(Z)
        for ratio in self._ratios:
            total += log_keep_probability(ratio.log_ratio(cells), ratio.level)
        return total

    def _draw(self, n_rows, rng):
        """Draw rows without known cells, by rejection sampling."""
        blank = np.full((_BLOCK, len(self.columns_)), np.nan)
        parts, n_left = [blank[:0]], n_rows
        while n_left:
            n_proposed = n_left
            if self._ratios:
                # nearly always enough in the first attempt
                n_proposed = int(1.1 * n_left / self.acceptance_rate_) + 10
            Z = self.generator_._sample(blank[:n_proposed], rng)
            if self._ratios:
                Z = Z[rng.random(len(Z)) < np.exp(self._log_keep(Z))]
            parts.append(Z[:n_left])
            n_left -= len(parts[-1])
        return np.vstack(parts)

    def _sample(self, known, rng):
        return self._sample_particles(known, rng)[0]

    def _sample_particles(self, known, rng):
        Z, ess = known.copy(), np.full(len(known), np.inf)
        free = np.isnan(self._cells(known)).all(axis=1)
        Z[free] = self._draw(np.count_nonzero(free), rng)
        draw = self.generator_._sample
        Z[~free], _, ess[~free] = self._choose(draw, known[~free], rng)
        return Z, ess

    @available_if(_inner_has("_impute"))
    def _impute(self, Z, rng):
        return self._choose(self.generator_._impute, Z, rng)[0]

    @available_if(_inner_has("_impute", "_score_samples"))
    def _score_samples(self, Z, rng):
        if not self._ratios:
            return self.generator_._score_samples(Z, rng)
        log_prob, left = np.empty(len(Z)), np.ones(len(Z), dtype=bool)
        # first, so that rows with other cells do not change their random numbers
        for rows, values in known_combinations(Z, self._values(), _MAX_COMBINATIONS):
            log_prob[rows], left[rows] = self._log_shares(Z[rows], values, rng), False
        if left.any():
            log_prob[left] = self._log_density_by_draws(Z[left], rng)
        return log_prob

    def _log_density_by_draws(self, Z, rng):
        log_prob = self.generator_._score_samples(Z, rng)
        missing = np.isnan(self._cells(Z))
        complete, empty = ~missing.any(axis=1), missing.all(axis=1)
        some = ~complete & ~empty
        log_keep = np.full(len(Z), self._log_constant)
        log_keep[complete] = self._log_keep(Z[complete])
        log_keep[some] = self._choose(self.generator_._impute, Z[some], rng)[1]
        return log_prob + log_keep - self._log_constant

    def _log_shares(self, Z, values, rng):
        """Log-probabilities of rows, given all combinations that are possible."""
        log_prob = self.generator_._score_samples(values, rng)
        # rules may leave no other cells beside some combinations
        possible = ~np.isneginf(log_prob)
        values, log_prob = values[possible], log_prob[possible]
        n_draws = max(self.n_particles, _COMBINATION_DRAWS // len(values))
        Z_drawn = self.generator_._impute(np.repeat(values, n_draws, axis=0), rng)
        starts = np.arange(len(values)) * n_draws
        log_prob += log_mean_weight(self._log_keep(Z_drawn), starts)
        log_prob -= logsumexp(log_prob)
        # a combination for each row; there is none outside the observed range
        known = ~np.isnan(values[0])
        at = (Z[:, None, known] == values[:, known]).all(axis=2)
        found = log_prob[at.argmax(axis=1)]
        return np.where(at.any(axis=1), found, -np.inf)

    def _choose(self, draw, known, rng):
        """Choose one of several draws of each row; also log-mean weights and ESS."""
        chosen, log_mean = known.copy(), np.zeros(len(known))
        ess = np.full(len(known), np.inf)
        if not self._ratios or not len(known):
            return draw(known, rng), log_mean, ess
        size = max(1, _BLOCK // self.n_particles)
        for start in range(0, len(known), size):
            block = slice(start, start + size)
            Z = draw(np.repeat(known[block], self.n_particles, axis=0), rng)
            log_keep = self._log_keep(Z).reshape(-1, self.n_particles)
            first = np.arange(len(log_keep)) * self.n_particles
            chosen[block] = Z[first + choose_one(log_keep, rng)]
            log_mean[block] = log_mean_weight(log_keep.ravel(), first)
            ess[block] = effective_sample_size(log_keep.ravel(), first)
        return chosen, log_mean, ess

    def _estimate_constant(self, rng):
        """Logarithm of the mean weight of complete rows of the generator."""
        grid = all_combinations(self._values(), _MAX_CONSTANT_DRAWS)
        if grid is not None:
            Z = np.full((len(grid), len(self.columns_)), np.nan)
            Z[:, : grid.shape[1]] = grid
            log_prob = self.generator_._score_samples(Z, rng)
            return float(logsumexp(log_prob + self._log_keep(Z)))
        blank = np.full((_MAX_CONSTANT_DRAWS // 5, len(self.columns_)), np.nan)
        keep = np.empty(0)
        while len(keep) < _MAX_CONSTANT_DRAWS:
            drawn = self._log_keep(self.generator_._impute(blank, rng))
            keep = np.append(keep, np.exp(drawn))
            if keep.std() < _CONSTANT_ERROR * np.sqrt(len(keep)) * keep.mean():
                break
        return float(np.log(keep.mean()))


def _default_discriminator():
    return HistGradientBoostingClassifier(early_stopping=True, n_iter_no_change=5)
