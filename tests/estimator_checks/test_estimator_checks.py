"""Each check of the contract is seen to fail on a generator that breaks its law."""

import copy
import subprocess
import sys
from unittest import SkipTest

import numpy as np
import pytest
from scipy.stats import norm
from sklearn.base import BaseEstimator
from sklearn.exceptions import SkipTestWarning

from skgen import AutoregressiveGenerator, IndependentGenerator
from skgen import estimator_checks as checks
from skgen._table.rows import take_rows
from skgen._utils.random import make_rng
from skgen.estimator_checks import (
    CHECKS,
    _runner,
    _tools,
    check_generator,
    parametrize_with_checks,
)

# --- containers and counts ----------------------------------------------------------


class GivesObjects(IndependentGenerator):
    def sample(self, n_samples=1, **kwargs):
        return super().sample(n_samples, **kwargs).astype(object)


class LosesTypesOfNoRows(IndependentGenerator):
    def sample(self, n_samples=1, **kwargs):
        drawn = super().sample(n_samples, **kwargs)
        return drawn if n_samples else drawn.astype(object)


class KeepsIndex(IndependentGenerator):
    def sample(self, n_samples=1, **kwargs):
        drawn = super().sample(n_samples, **kwargs)
        drawn.index = drawn.index + 1
        return drawn


class SwapsColumns(IndependentGenerator):
    def sample(self, n_samples=1, **kwargs):
        return super().sample(n_samples, **kwargs).iloc[:, ::-1]


class GivesPandas(IndependentGenerator):
    def sample(self, n_samples=1, **kwargs):
        return super().sample(n_samples, **kwargs).to_pandas()


class CastsPolars(IndependentGenerator):
    def sample(self, n_samples=1, **kwargs):
        drawn = super().sample(n_samples, **kwargs)
        return drawn.with_columns(drawn["Enum"].cast(str))


class DropsRows(IndependentGenerator):
    def sample(self, n_samples=1, **kwargs):
        return super().sample(n_samples, **kwargs)[: max(1, n_samples - 1)]


class SortsRows(IndependentGenerator):
    def sample(self, n_samples=1, **kwargs):
        drawn = super().sample(n_samples, **kwargs)
        return drawn.sort_values("plan", ignore_index=True)


class GroupsRows(IndependentGenerator):
    def sample(self, n_samples=1, **kwargs):
        drawn = super().sample(n_samples, **kwargs)
        order = np.concatenate(
            [
                start + np.argsort(drawn["spend"].to_numpy()[start : start + 20])
                for start in range(0, n_samples, 20)
            ]
        )
        return take_rows(drawn, order)


class TakesAnyColumns(IndependentGenerator):
    def score_samples(self, X):
        return super().score_samples(X.reindex(columns=self.feature_names_in_))


class FillsUnseen(IndependentGenerator):
    def impute(self, X, **kwargs):
        return super().impute(X.where(X != "platinum"), **kwargs)


class SkipsRowsOfUnseen(IndependentGenerator):
    def impute(self, X, **kwargs):
        return super().impute(X, **kwargs).where((X != "platinum").all(axis=1), X)


class PunishesUnseen(IndependentGenerator):
    def score_samples(self, X):
        return super().score_samples(X) - (X == "platinum").any(axis=1).to_numpy()


class DrawsGivenUnseen(IndependentGenerator):
    def sample(self, n_samples=1, *, given=None, random_state=None, return_ess=False):
        given = None if given == {"plan": "platinum"} else given
        return super().sample(n_samples, given=given, random_state=random_state)


class TakesUnseen(IndependentGenerator):
    def _encode(self, X, **kwargs):
        self.handle_unknown = "missing"
        return super()._encode(X, **kwargs)


class KeepsDtypesOfNothing(IndependentGenerator):
    def impute(self, X, **kwargs):
        filled = super().impute(X, **kwargs)
        return filled.astype(object) if X.isna().all(axis=None) else filled


class FillsNoEmptyRows(IndependentGenerator):
    def impute(self, X, **kwargs):
        return X if X.isna().all(axis=None) else super().impute(X, **kwargs)


class HidesColumnOfError(IndependentGenerator):
    def impute(self, X, **kwargs):
        try:
            return super().impute(X, **kwargs)
        except ValueError as error:
            raise ValueError("unknown category") from error


class TakesInfinity(IndependentGenerator):
    def fit(self, X, y=None, sample_weight=None):
        return super().fit(X.replace(-np.inf, 0.0), y, sample_weight)


class FitsNoRows(IndependentGenerator):
    def fit(self, X, y=None, sample_weight=None):
        return super().fit(X, y, sample_weight) if len(X) else self


# --- seeds and state ----------------------------------------------------------------


class IsUnseeded(IndependentGenerator):
    def _call_rng(self, random_state):
        return np.random.default_rng()


class ImputesUnseeded(IndependentGenerator):
    def impute(self, X, *, random_state=None):
        return super().impute(X, random_state=np.random.default_rng().integers(2**31))


class RepeatsItself(IndependentGenerator):
    def _call_rng(self, random_state):
        return make_rng(0 if random_state is None else random_state)


class IgnoresSeedOfCall(IndependentGenerator):
    def sample(self, n_samples=1, *, given=None, random_state=None):
        return super().sample(n_samples, given=given)


class CopiesRandomState(IndependentGenerator):
    def _call_rng(self, random_state):
        return super()._call_rng(copy.deepcopy(random_state))


class ScoresWithItsDraws(IndependentGenerator):
    def score_samples(self, X):
        self._call_rng(None)
        return super().score_samples(X)


class ScoresWithNoise(IndependentGenerator):
    def score_samples(self, X):
        scores = super().score_samples(X)
        return scores + 1e-6 * np.random.default_rng().normal(size=len(scores))


class SumsScores(IndependentGenerator):
    def score(self, X, y=None):
        return float(np.sum(self.score_samples(X)))


class SeedsGlobally(IndependentGenerator):
    def fit(self, X, y=None, sample_weight=None):
        np.random.seed(self.random_state)  # noqa: NPY002
        return super().fit(X, y, sample_weight)


class DrawsGlobally(IndependentGenerator):
    def sample(self, n_samples=1, **kwargs):
        np.random.random()  # noqa: NPY002
        return super().sample(n_samples, **kwargs)


class ChangesTable(IndependentGenerator):
    def fit(self, X, y=None, sample_weight=None):
        if hasattr(X, "iloc"):
            X.iloc[0, 1] = 99.0
        return super().fit(X, y, sample_weight)


class ChangesWeights(IndependentGenerator):
    def fit(self, X, y=None, sample_weight=None):
        if sample_weight is not None:
            sample_weight /= sample_weight.sum()
        return super().fit(X, y, sample_weight)


class ChangesArray(IndependentGenerator):
    def fit(self, X, y=None, sample_weight=None):
        if isinstance(X, np.ndarray):
            X -= X.mean(axis=0)
        return super().fit(X, y, sample_weight)


class SetsParameters(IndependentGenerator):
    def fit(self, X, y=None, sample_weight=None):
        self.max_bins = len(X) // 5
        return super().fit(X, y, sample_weight)


class ForgetsBeforeFit(IndependentGenerator):
    def fit(self, X, y=None, sample_weight=None):
        self.n_features_in_ = None
        return super().fit(X, y, sample_weight)


class Remembers(IndependentGenerator):
    def fit(self, X, y=None, sample_weight=None):
        super().fit(X, y, sample_weight)
        self._seen = getattr(self, "_seen", 0) + len(X)
        self._call_seed = self._call_seed + self._seen
        return self


class PrintsRows(IndependentGenerator):
    def fit(self, X, y=None, sample_weight=None):
        self._head = X[:3]
        return super().fit(X, y, sample_weight)

    def __repr__(self, N_CHAR_MAX=700):
        return f"PrintsRows({getattr(self, '_head', '')})"


class PicklesHalf(IndependentGenerator):
    def __getstate__(self):
        return {**super().__getstate__(), "_n_calls": 0}


class ClonesItself(IndependentGenerator):
    def __sklearn_clone__(self):
        return copy.copy(self)


class SeedsByJobs(AutoregressiveGenerator):
    def _fit(self, Z, *, sample_weight, rng, track):
        rng = rng.spawn(self.n_jobs)[-1]
        super()._fit(Z, sample_weight=sample_weight, rng=rng, track=track)


class ImputesByJobs(AutoregressiveGenerator):
    def _impute(self, Z, rng):
        return super()._impute(Z, rng.spawn(self.n_jobs)[-1])


# --- densities and draws ------------------------------------------------------------


class ScoresTooHigh(IndependentGenerator):
    def score_samples(self, X):
        return super().score_samples(X) + 0.03


class ScoresInOtherUnits(IndependentGenerator):
    """Forgets the Jacobian of standardisation."""

    def _score_samples(self, Z, rng):
        scores = super()._score_samples(Z, rng)
        for z, column in zip(Z.T, self.columns_, strict=True):
            if column.kind == "continuous":
                scores += np.where(np.isnan(z), 0, np.log(column.upper - column.lower))
        return scores


class SpreadsAtoms(IndependentGenerator):
    """Gives the value 0 a density instead of a probability."""

    def _score_samples(self, Z, rng):
        return super()._score_samples(Z, rng) - np.where(Z[:, 0] == 0, 3.0, 0.0)


class SpreadsIntegers(IndependentGenerator):
    """Gives whole numbers the density of a tenth of their own unit."""

    def _score_samples(self, Z, rng):
        integer_valued = [column.integer_valued for column in self.columns_]
        return super()._score_samples(Z, rng) + np.log(10) * np.sum(integer_valued)


class DrawsTheFrequent(IndependentGenerator):
    """Draws with sharpened frequencies, and scores without."""

    def _sample(self, known, rng):
        sharp = copy.copy(self)
        sharp._marginals = []
        for marginal in self._marginals:
            masses = marginal.masses**3
            marginal = marginal._replace(masses=masses / masses.sum())
            sharp._marginals.append(marginal)
        return IndependentGenerator._sample(sharp, known, rng)


class NeverDrawsAtoms(IndependentGenerator):
    def _sample(self, known, rng):
        Z = super()._sample(known, rng)
        return np.where(Z == 0, rng.normal(scale=30.0, size=Z.shape), Z)


class DrawsIndependently(AutoregressiveGenerator):
    """Scores dependent columns but draws independent ones."""

    def sample(self, n_samples=1, **kwargs):
        drawn = super().sample(n_samples, **kwargs)
        rng = make_rng(0)
        return drawn.apply(lambda column: rng.permutation(column.to_numpy()))


class ScoresTheLikeliest(IndependentGenerator):
    """Puts the commonest label in place of a missing one, to score it."""

    def score_samples(self, X):
        return super().score_samples(X.fillna({"plan": "basic", "member": "yes"}))


class ScoresHalfOfARow(IndependentGenerator):
    def _score_samples(self, Z, rng):
        return super()._score_samples(Z, rng) - 0.2 * np.isnan(Z).any(axis=1)


class ChangesKnownCells(IndependentGenerator):
    def impute(self, X, **kwargs):
        full = super().impute(X, **kwargs)
        return full.round(2) if hasattr(full, "round") else full


class ChangesSignOfZero(IndependentGenerator):
    def impute(self, X, **kwargs):
        full = super().impute(X, **kwargs)
        return full.assign(spend=full["spend"] + 0.0)


class ImputesSome(IndependentGenerator):
    def impute(self, X, **kwargs):
        full = super().impute(X, **kwargs)
        if isinstance(X, np.ndarray):
            return np.where(np.arange(len(X))[:, None] < len(X) // 2, full, X)
        return full.where(X.notna() | (np.arange(len(X)) < len(X) // 2)[:, None])


class ResetsIndex(IndependentGenerator):
    def impute(self, X, **kwargs):
        return super().impute(X, **kwargs).reset_index(drop=True)


class ImputesMarginally(AutoregressiveGenerator):
    """Fills missing cells by those of other rows that it draws."""

    def _impute(self, Z, rng):
        drawn = self._sample(np.full(Z.shape, np.nan), rng)
        return np.where(np.isnan(Z), drawn, Z)


class ImputesTheLikeliest(AutoregressiveGenerator):
    def impute(self, X, **kwargs):
        full = super().impute(X.fillna({"plan": "basic", "member": "yes"}), **kwargs)
        return full


class ImputesTheMean(AutoregressiveGenerator):
    def impute(self, X, **kwargs):
        return super().impute(X.fillna({"spend": 114.0}), **kwargs)


class IgnoresGivenCells(IndependentGenerator):
    def sample(self, n_samples=1, *, given=None, random_state=None):
        return super().sample(n_samples, random_state=random_state)


class IgnoresLimits(AutoregressiveGenerator):
    def sample(self, n_samples=1, *, given=None, **options):
        if isinstance(given, dict):
            given = {
                name: values
                for name, values in given.items()
                if not isinstance(values, tuple | set)
            }
        return super().sample(n_samples, given=given, **options)


class DropsRowsBeyondLimits(IgnoresLimits):
    """Draws once and keeps what is within."""

    def sample(self, n_samples=1, **kwargs):
        drawn, (low, high) = super().sample(n_samples), kwargs["given"]["spend"]
        return drawn[drawn["spend"].between(low, high)]


class ClampsToLimits(IgnoresLimits):
    """Moves whatever is drawn into the range."""

    def sample(self, n_samples=1, *, given=None, **kwargs):
        drawn = super().sample(n_samples, **kwargs)
        return drawn.assign(spend=drawn["spend"].clip(*given["spend"]))


class GivesZeroSampleSizes(IndependentGenerator):
    def _sample_particles(self, known, rng):
        return self._sample(known, rng), np.arange(1.0 * len(known))


class RepeatsTheFirstDraw(IndependentGenerator):
    def _impute_draws(self, Z, n_draws, rng):
        return [self._impute(Z, rng)] * n_draws


class GivesOneDrawMore(IndependentGenerator):
    def _impute_draws(self, Z, n_draws, rng):
        return super()._impute_draws(Z, n_draws + 1, rng)


class RoundsGivenCells(IndependentGenerator):
    def sample(self, n_samples=1, **kwargs):
        return super().sample(n_samples, **kwargs).round(1)


class GivesMarginally(AutoregressiveGenerator):
    """Writes the given cells over rows drawn without them."""

    def sample(self, n_samples=1, *, given=None, random_state=None):
        drawn = super().sample(n_samples, random_state=random_state)
        return drawn.assign(**(given or {}))


# --- what is learned ----------------------------------------------------------------


class LearnsNothing(IndependentGenerator):
    def _fit(self, Z, **kwargs):
        super()._fit(Z, **kwargs)
        self._marginals = [
            marginal._replace(masses=np.full(marginal.n_bins, 1 / marginal.n_bins))
            for marginal in self._marginals
        ]


class LeavesTheRange(IndependentGenerator):
    def sample(self, n_samples=1, **kwargs):
        drawn = super().sample(n_samples, **kwargs)
        return drawn.assign(float64=drawn["float64"] * 1.5)


class DrawsUnseenCategory(IndependentGenerator):
    def sample(self, n_samples=1, **kwargs):
        drawn = super().sample(n_samples, **kwargs)
        drawn.loc[drawn.index % 100 == 0, "category"] = "unused"
        return drawn


class ImputesUnseenNumber(IndependentGenerator):
    def impute(self, X, **kwargs):
        return super().impute(X.fillna({"float64": 100.0}), **kwargs)


class AddsNoise(IndependentGenerator):
    def sample(self, n_samples=1, **kwargs):
        drawn = super().sample(n_samples, **kwargs)
        columns = drawn.select_dtypes("float")
        noise = 1e-4 * np.random.default_rng(0).random(columns.shape)
        return drawn.assign(**(columns + noise))


class LearnsTheFirstRows(IndependentGenerator):
    def fit(self, X, y=None, sample_weight=None):
        return super().fit(X[: len(X) // 2], y, None)


class Memorises(IndependentGenerator):
    """Draws training rows."""

    jitter = 0.0

    def _fit(self, Z, **kwargs):
        super()._fit(Z, **kwargs)
        self.rows_ = Z

    def _sample(self, known, rng):
        rows = self.rows_[rng.integers(len(self.rows_), size=len(known))]
        rows = rows + self.jitter * (self.rows_.mean(axis=0) - rows)
        return np.where(np.isnan(known), rows, known)


class MemorisesWithNoise(Memorises):
    jitter = 1e-5


class NeverMisses(IndependentGenerator):
    def sample(self, n_samples=1, **kwargs):
        return self.impute(super().sample(n_samples, **kwargs))


class FillsWithZero(IndependentGenerator):
    def sample(self, n_samples=1, **kwargs):
        return super().sample(n_samples, **kwargs).fillna(0.0)


class IgnoresWeights(IndependentGenerator):
    def fit(self, X, y=None, sample_weight=None):
        return super().fit(X, y)


class IgnoresZeroWeights(IndependentGenerator):
    def fit(self, X, y=None, sample_weight=None):
        return super().fit(X, y, np.maximum(sample_weight, 1e-3))


class NeedsRows(IndependentGenerator):
    def fit(self, X, y=None, sample_weight=None):
        if len(X) < 2:
            raise ValueError("at least two rows are needed")
        return super().fit(X, y, sample_weight)


class NeedsNumbers(IndependentGenerator):
    def _fit(self, Z, **kwargs):
        if all(column.discrete for column in self.columns_):
            raise ValueError("at least one number is needed")
        super()._fit(Z, **kwargs)


class InvertsCovariance(IndependentGenerator):
    def _fit(self, Z, **kwargs):
        np.linalg.cholesky(np.atleast_2d(np.cov(Z.T)) - 1e-6 * np.eye(Z.shape[1]))
        super()._fit(Z, **kwargs)


# --- rules --------------------------------------------------------------------------


class IgnoresRules(IndependentGenerator):
    def fit(self, X, y=None, sample_weight=None):
        rules, self.rules = self.rules, None
        super().fit(X, y, sample_weight)
        self.rules = rules
        return self


class BreaksRulesOfGiven(IndependentGenerator):
    def sample(self, n_samples=1, *, given=None, **kwargs):
        drawn = super().sample(n_samples, **kwargs)
        return drawn if given is None else drawn.assign(**given)


class ImputesColumnsAlone(IndependentGenerator):
    def impute(self, X, **kwargs):
        filled = super().impute(X, **kwargs)
        return filled.assign(city=X["city"].fillna("c0"))


class CorrectsKnownCells(IndependentGenerator):
    def impute(self, X, **kwargs):
        filled = super().impute(X, **kwargs)
        return filled.assign(tax=0.5, total=(filled["net"] + 0.5).round(2))


# --- which check sees which ---------------------------------------------------------

BROKEN = [
    (IgnoresRules, checks.check_declared_rules_are_kept, "rows of sample break"),
    (BreaksRulesOfGiven, checks.check_declared_rules_are_kept, "sample given"),
    (ImputesColumnsAlone, checks.check_declared_rules_are_kept, "rows of impute break"),
    (CorrectsKnownCells, checks.check_declared_rules_are_kept, "changes known cells"),
    (GivesObjects, checks.check_pandas_in_pandas_out, "is drawn as object"),
    (LosesTypesOfNoRows, checks.check_pandas_in_pandas_out, "n_samples=0"),
    (KeepsIndex, checks.check_pandas_in_pandas_out, "index"),
    (SwapsColumns, checks.check_pandas_in_pandas_out, "columns"),
    (GivesPandas, checks.check_polars_in_polars_out, "for polars"),
    (CastsPolars, checks.check_polars_in_polars_out, "Enum"),
    (GivesObjects, checks.check_array_in_array_out, r"dtype\('O'\)"),
    (DropsRows, checks.check_sample_gives_exactly_n_rows, r"shape"),
    (SortsRows, checks.check_rows_come_in_random_order, "first half"),
    (GroupsRows, checks.check_rows_come_in_random_order, "neighbouring rows"),
    (TakesAnyColumns, checks.check_other_columns_are_refused, "score_samples"),
    (FillsUnseen, checks.check_unseen_category_is_kept, "Keep it"),
    (SkipsRowsOfUnseen, checks.check_unseen_category_is_kept, "Fill all"),
    (PunishesUnseen, checks.check_unseen_category_is_kept, "Sum it out"),
    (DrawsGivenUnseen, checks.check_unseen_category_is_kept, "nothing was raised"),
    (
        TakesUnseen,
        checks.check_unseen_category_is_refused_if_asked_for,
        "nothing was raised",
    ),
    (
        HidesColumnOfError,
        checks.check_unseen_category_is_refused_if_asked_for,
        "should name",
    ),
    (
        KeepsDtypesOfNothing,
        checks.check_columns_without_observed_cell_are_filled,
        "those at fit",
    ),
    (
        FillsNoEmptyRows,
        checks.check_columns_without_observed_cell_are_filled,
        "leaves some",
    ),
    (TakesInfinity, checks.check_infinity_is_refused, "nothing was raised"),
    (FitsNoRows, checks.check_table_without_rows_is_refused, "nothing was raised"),
    (SumsScores, checks.check_score_is_the_mean_log_density, "mean of score_samples"),
    (IsUnseeded, checks.check_seeded_fit_reproduces_all_draws, "call 1 of sample"),
    (ImputesUnseeded, checks.check_seeded_fit_reproduces_all_draws, "of impute"),
    (RepeatsItself, checks.check_calls_without_seed_differ, "same rows"),
    (IgnoresSeedOfCall, checks.check_seed_of_a_call_repeats_it, "other rows"),
    (CopiesRandomState, checks.check_seed_of_a_call_repeats_it, "not advance"),
    (ScoresWithItsDraws, checks.check_densities_do_not_shift_draws, "first sample"),
    (ScoresWithNoise, checks.check_densities_do_not_shift_draws, "call to call"),
    (SeedsGlobally, checks.check_global_random_state_is_untouched, "changed"),
    (DrawsGlobally, checks.check_global_random_state_is_untouched, "changed"),
    (ChangesTable, checks.check_input_is_not_changed, "table"),
    (ChangesWeights, checks.check_input_is_not_changed, "sample_weight"),
    (ChangesArray, checks.check_input_is_not_changed, "array"),
    (SetsParameters, checks.check_fit_keeps_parameters, "max_bins"),
    (ForgetsBeforeFit, checks.check_failed_fit_changes_nothing, "n_features_in_"),
    (Remembers, checks.check_refit_forgets, "second fit"),
    (PrintsRows, checks.check_repr_hides_cells, "Qwrtville"),
    (PicklesHalf, checks.check_pickle_keeps_draws_and_densities, "pickling"),
    (ClonesItself, checks.check_clone_is_unfitted, "codec_"),
    (SeedsByJobs, checks.check_n_jobs_changes_nothing, "n_jobs"),
    (ImputesByJobs, checks.check_n_jobs_changes_nothing, "n_jobs changes what impute"),
    (ScoresTooHigh, checks.check_density_of_a_number_integrates_to_one, "sums to 1.03"),
    (ScoresInOtherUnits, checks.check_density_of_a_number_integrates_to_one, "sums to"),
    (SpreadsAtoms, checks.check_density_with_a_point_mass_sums_to_one, "probability"),
    (ScoresTooHigh, checks.check_density_with_a_point_mass_sums_to_one, "sums to 1.03"),
    (ScoresTooHigh, checks.check_density_of_two_numbers_integrates_to_one, "sums to"),
    (ScoresTooHigh, checks.check_density_of_categories_sums_to_one, "sums to 1.03"),
    (SpreadsIntegers, checks.check_density_of_whole_numbers_sums_to_one, "sums to"),
    (SpreadsIntegers, checks.check_density_of_dates_sums_to_one, "sums to"),
    (
        ScoresInOtherUnits,
        checks.check_density_of_a_mixed_table_integrates_to_one,
        "sums to",
    ),
    (DrawsTheFrequent, checks.check_samples_of_a_mixed_table_follow_the_density, "chi"),
    (
        DrawsIndependently,
        checks.check_samples_of_a_mixed_table_follow_the_density,
        "rare cells",
    ),
    (NeverDrawsAtoms, checks.check_samples_of_a_number_follow_the_density, "integral"),
    (
        DrawsTheFrequent,
        checks.check_score_of_own_samples_is_the_negative_entropy,
        "p log p",
    ),
    (ScoresTheLikeliest, checks.check_missing_cell_is_summed_out, "nats more"),
    (ScoresHalfOfARow, checks.check_row_without_observed_cells_scores_zero, "not 0"),
    (ChangesKnownCells, checks.check_impute_fills_all_and_only_missing_cells, "known"),
    (ChangesSignOfZero, checks.check_impute_fills_all_and_only_missing_cells, "spend"),
    (ImputesSome, checks.check_impute_fills_all_and_only_missing_cells, "missing"),
    (ResetsIndex, checks.check_impute_fills_all_and_only_missing_cells, "index"),
    (
        ChangesKnownCells,
        checks.check_impute_of_an_array_fills_all_and_only_missing_cells,
        "known",
    ),
    (
        ImputesSome,
        checks.check_impute_of_an_array_fills_all_and_only_missing_cells,
        "leaves cells missing",
    ),
    (ImputesMarginally, checks.check_impute_of_a_category_follows_the_density, "'plan"),
    (ImputesTheLikeliest, checks.check_impute_of_a_category_follows_the_density, "chi"),
    (ImputesMarginally, checks.check_impute_of_a_number_follows_the_density, "spend"),
    (ImputesTheMean, checks.check_impute_of_a_number_follows_the_density, "spend"),
    (IgnoresGivenCells, checks.check_given_cells_are_kept, "category"),
    (RoundsGivenCells, checks.check_given_cells_are_kept, "number"),
    (GivesMarginally, checks.check_sample_given_cells_is_impute, "impute"),
    (IgnoresLimits, checks.check_ranges_and_sets_are_kept, "outside"),
    (DropsRowsBeyondLimits, checks.check_ranges_and_sets_are_kept, "rows within"),
    (ClampsToLimits, checks.check_rows_within_a_range_follow_the_model, "follow"),
    (ClampsToLimits, checks.check_impossible_conditions_are_refused, "given"),
    (
        GivesZeroSampleSizes,
        checks.check_effective_sample_sizes_come_with_the_rows,
        "sizes",
    ),
    (RepeatsTheFirstDraw, checks.check_many_draws_of_impute_differ, "the same"),
    (GivesOneDrawMore, checks.check_many_draws_of_impute_differ, "no list of 3"),
    (ScoresHalfOfARow, checks.check_missing_number_is_integrated_out, "on average"),
    (LearnsNothing, checks.check_columns_follow_the_training_rows, "plan"),
    (LeavesTheRange, checks.check_values_stay_within_those_observed, "out of range"),
    (DrawsUnseenCategory, checks.check_values_stay_within_those_observed, "unused"),
    (ImputesUnseenNumber, checks.check_values_stay_within_those_observed, "float64"),
    (AddsNoise, checks.check_decimals_are_kept, "decimal places"),
    (LearnsTheFirstRows, checks.check_order_of_training_rows_does_not_matter, "order"),
    (Memorises, checks.check_continuous_rows_are_not_copied, "are copies"),
    (MemorisesWithNoise, checks.check_continuous_rows_are_not_copied, "next to"),
    (Memorises, checks.check_discrete_rows_are_copied_no_more_than_by_chance, "unseen"),
    (NeverMisses, checks.check_missing_rates_are_reproduced, "'few'"),
    (IndependentGenerator, checks.check_missing_cells_depend_on_other_columns, "plan"),
    (FillsWithZero, checks.check_column_without_observed_cells_stays_missing, "from"),
    (IgnoresWeights, checks.check_weights_equal_repetition, "repeated rows"),
    (IgnoresZeroWeights, checks.check_zero_weight_removes_a_row, "zero weights"),
    (IgnoresWeights, checks.check_impossible_weights_are_refused, "negative"),
    (NeedsRows, checks.check_few_rows_suffice, "two rows"),
    (NeedsNumbers, checks.check_any_single_kind_of_column_suffices, "one number"),
    (AddsNoise, checks.check_constant_columns_stay_constant, "number"),
    (InvertsCovariance, checks.check_numbers_of_any_scale_suffice, "def"),
    (InvertsCovariance, checks.check_doubled_columns_and_wide_tables_suffice, "def"),
]


@pytest.mark.parametrize(
    ("broken", "check", "message"),
    BROKEN,
    ids=[f"{broken.__name__}-{check.__name__}" for broken, check, _ in BROKEN],
)
def test_broken_law_is_seen(broken, check, message):
    # a model that cannot learn a table raises errors of its own
    errors = (AssertionError, ValueError, np.linalg.LinAlgError)
    with pytest.raises(errors, match=message):
        check(broken.__name__, broken())


def test_every_check_is_seen_to_fail():
    assert {check for _, check, _ in BROKEN} == set(CHECKS)
    assert len(set(CHECKS)) == len(CHECKS)


def test_every_check_states_its_law():
    for check in CHECKS:
        law = check.__doc__.split("\n\n")[0]
        assert law.endswith("."), check
        assert getattr(checks, check.__name__) is check
        assert check.__name__ in checks.__all__


# --- running the checks -------------------------------------------------------------


class Bootstrap(BaseEstimator):
    """Draws training rows; knows nothing of skgen, and has no more than two methods."""

    def __init__(self, random_state=None):
        self.random_state = random_state

    def fit(self, X, y=None):
        if X.shape[0] == 0:
            raise ValueError("0 samples")
        self.rows_, self.rng_ = X, make_rng(self.random_state)
        return self

    def sample(self, n_samples=1, *, random_state=None):
        rng = self.rng_ if random_state is None else make_rng(random_state)
        rows = take_rows(self.rows_, rng.integers(self.rows_.shape[0], size=n_samples))
        return rows.reset_index(drop=True) if hasattr(rows, "reset_index") else rows


def test_any_generator_can_be_checked():
    results = check_generator(Bootstrap(), on_skip=None, on_fail=None)
    assert [result["check_name"] for result in results] == [c.__name__ for c in CHECKS]
    status = {result["check_name"]: result["status"] for result in results}
    assert status["check_pandas_in_pandas_out"] == "passed"
    assert status["check_polars_in_polars_out"] == "passed"
    assert status["check_columns_follow_the_training_rows"] == "passed"
    assert status["check_seed_of_a_call_repeats_it"] == "passed"
    assert status["check_missing_cells_depend_on_other_columns"] == "passed"
    assert status["check_continuous_rows_are_not_copied"] == "failed"
    assert status["check_given_cells_are_kept"] == "skipped"
    assert status["check_missing_cell_is_summed_out"] == "skipped"
    assert status["check_weights_equal_repetition"] == "skipped"
    assert status["check_n_jobs_changes_nothing"] == "skipped"
    exceptions = {result["check_name"]: result["exception"] for result in results}
    assert exceptions["check_pandas_in_pandas_out"] is None
    assert isinstance(exceptions["check_given_cells_are_kept"], SkipTest)
    found = exceptions["check_continuous_rows_are_not_copied"]
    assert "copies of training rows" in str(found)


def test_first_failure_is_raised():
    with pytest.raises(AssertionError, match="DropsRows"):
        check_generator(DropsRows(), on_skip=None)


def test_an_expected_failure_has_a_status_of_its_own(monkeypatch):
    law = checks.check_sample_gives_exactly_n_rows
    monkeypatch.setattr(_runner, "CHECKS", (law,))
    expected = {"check_sample_gives_exactly_n_rows": "rows are dropped"}
    (result,) = check_generator(DropsRows(), expected_failed_checks=expected)
    assert result["status"] == "xfail"
    assert result["expected_to_fail"] is True
    assert result["expected_to_fail_reason"] == "rows are dropped"
    (result,) = check_generator(IndependentGenerator(), expected_failed_checks=expected)
    assert result["status"] == "passed"


def test_skipped_check_warns(monkeypatch):
    monkeypatch.setattr(_runner, "CHECKS", (checks.check_n_jobs_changes_nothing,))
    with pytest.warns(SkipTestWarning, match="check_n_jobs.* IndependentGenerator"):
        (result,) = check_generator(IndependentGenerator())
    assert result["status"] == "skipped"


def test_generator_is_not_fitted(monkeypatch):
    monkeypatch.setattr(_runner, "CHECKS", (checks.check_sample_gives_exactly_n_rows,))
    generator = IndependentGenerator(random_state=7)
    check_generator(generator)
    assert not hasattr(generator, "codec_")
    assert generator.random_state == 7


def test_class_is_refused():
    with pytest.raises(TypeError, match=r"Pass IndependentGenerator\(\)"):
        check_generator(IndependentGenerator)
    with pytest.raises(TypeError, match=r"Pass IndependentGenerator\(\)"):
        parametrize_with_checks([IndependentGenerator])


def test_unknown_names_are_refused():
    with pytest.raises(ValueError, match="no check 'check_luck'"):
        check_generator(DropsRows(), expected_failed_checks={"check_luck": ""})
    with pytest.raises(ValueError, match="no check 'check_luck'"):
        parametrize_with_checks(
            [DropsRows()], expected_failed_checks=lambda generator: {"check_luck": ""}
        )
    with pytest.raises(ValueError, match="on_fail must be"):
        check_generator(DropsRows(), on_fail="warn")


def test_parametrize_with_checks_names_and_marks():
    def expected(generator):
        name = "check_sample_gives_exactly_n_rows"
        return {name: "drops rows"} if isinstance(generator, DropsRows) else {}

    generators = [IndependentGenerator(max_bins=9), DropsRows()]
    decorator = parametrize_with_checks(generators, expected_failed_checks=expected)
    names, params = decorator.mark.args
    assert names == ("generator", "check")
    assert len(params) == 2 * len(CHECKS)
    ids = [param.id for param in params]
    assert len(set(ids)) == len(ids)
    assert ids[0] == f"IndependentGenerator(max_bins=9)-{CHECKS[0].__name__}"
    (marked,) = [param for param in params if param.marks]
    generator, check = marked.values
    assert generator is generators[1]
    assert marked.marks[0].kwargs["reason"] == "drops rows"
    with pytest.raises(AssertionError, match="DropsRows"):
        check(generator)


@pytest.mark.slow
def test_pytest_is_not_needed():
    code = (
        "import sys; sys.modules['pytest'] = None\n"
        "from skgen.estimator_checks import check_generator, parametrize_with_checks"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


# --- the statistics themselves ------------------------------------------------------


def rejection_rate(assertion, monkeypatch, n_trials=400):
    """How often an assertion on fair draws fails at the level 0.05."""
    monkeypatch.setattr(_tools, "ALPHA", 0.05)
    n_rejected = 0
    for seed in range(n_trials):
        try:
            assertion(np.random.default_rng(seed))
        except AssertionError:
            n_rejected += 1
    return n_rejected / n_trials


def test_chi_square_keeps_its_level(monkeypatch):
    probabilities = np.array([0.5, 0.3, 0.15, 0.04, 0.006, 0.004])

    def assertion(rng):
        counts = rng.multinomial(1000, probabilities)
        _tools.assert_frequencies(counts, probabilities, 0.0, "")

    # 0.05 and four standard errors
    assert 0.01 <= rejection_rate(assertion, monkeypatch) <= 0.095


def test_chi_square_sees_an_impossible_cell():
    with pytest.raises(AssertionError, match="rare cells"):
        _tools.assert_frequencies([900, 100], [1.0, 1e-12], 0.001, "")
    _tools.assert_frequencies([1000, 0], [1.0, 1e-12], 0.001, "")


def test_band_of_a_distribution_function_keeps_its_level():
    def found(seed):
        u = np.sort(np.random.default_rng(seed).random(200))
        return np.abs(u - (np.arange(200) + 0.5) / 200).max() + 0.5 / 200

    bound = _tools.dkw_bound(200, 0.05)
    rate = np.mean([found(seed) > bound for seed in range(400)])
    assert 0.01 <= rate <= 0.095


def test_distance_of_samples_with_labels_and_missing_cells():
    values = np.array(["a", "a", "b", None], dtype=object)
    assert _tools.distance(values, values[::-1]) == 0.0
    other = np.array(["a", "b", "b", None], dtype=object)
    assert _tools.distance(values, other) == pytest.approx(0.25)
    holes = np.array([0.0, 1.0, np.nan, np.nan])
    assert _tools.distance(holes, np.array([0.0, 1.0])) == pytest.approx(0.5)


def test_quadrature_integrates_smooth_and_stepwise_densities():
    values = np.random.default_rng(0).normal(size=50)
    ends = _tools.interval_ends(values)
    nodes, weights = _tools.gauss_nodes(ends)
    assert (norm.pdf(nodes) * weights).sum() == pytest.approx(1.0, abs=1e-3)
    low, high = np.sort(values)[[3, 20]]
    steps = ((nodes > low) & (nodes < high)) / (high - low)
    assert (steps * weights).sum() == pytest.approx(1.0, abs=1e-9)


def test_same_table_compares_bits():
    X = _tools.every_kind(20)
    assert _tools.same_table(X, X.copy())
    assert not _tools.same_table(X, X.astype({"float32": float}))
    assert not _tools.same_table(X, X.set_axis(X.index + 1))
    zeros = np.zeros((2, 2))
    assert _tools.same_table(zeros, zeros.copy())
    assert not _tools.same_table(zeros, -zeros)
