"""Rows drawn for each class of labels, or region of numbers, on its own."""

import warnings
from functools import reduce
from typing import NamedTuple

import numpy as np
from scipy.special import expit
from sklearn.utils import _safe_indexing

from skgen._math.gaussian_resampling import draw_normal, fit_normal, fold_back
from skgen._math.sampling.systematic import choose_in_proportion
from skgen._table.rows import concat_rows, n_rows, take_rows
from skgen._table.text_columns import declare_categories, text_columns
from skgen._utils.estimators import clone_seeded
from skgen._utils.generators import (
    change_parameter,
    draw_rows,
    draws_given,
    takes_tables,
)
from skgen._utils.random import make_rng
from skgen.resampling._acceptance import (
    MIN_ROWS,
    default_classifier,
    n_candidates,
    plausibility,
)
from skgen.resampling._base import (
    GenerativeSamplerMixin,
    check_weighty,
    list_categories,
)
from skgen.table import TableCodec

#: A class of fewer rows is small, whatever the generator's ``n_samples_needed``.
_MIN_CLASS_ROWS = 10
#: Share of the columns of a row of a small class that are drawn anew. On seven tables
#: with 2 to 8 rows of the class, 0.2 to 0.5 rank held-out rows equally well by ROC AUC;
#: less gives more copies, more drags the new rows to the other classes.
_REDRAWN_SHARE = 0.4
#: Trees of the model that draws them, in place of "auto": cells given others are
#: weighed by the density, which is the mean of that of the trees, in large tables, too.
_TREES_GIVEN = 5
#: How many choices of these columns there are at most; each costs a call of `sample`.
_N_CHOICES = 16
#: With partial pooling, the other classes count like so many rows of a class. Chosen on
#: 34 imbalanced tables: pooling helps classes of up to some 60 rows, not larger ones.
_PRIOR_ROWS = 30
_DONE_GIVEN = (
    "what the generator draws is a row of the class in which a random part of the "
    "columns is drawn anew, given the others, by a generator fitted on all classes."
)
_DONE_ALONE = "the generator is fitted on these few rows alone."


class _Training(NamedTuple):
    """What all generators of one call are fitted with."""

    context: object  # of the callbacks
    X: object  # table of shape (n_samples, n_features + n_extra)
    Z: np.ndarray  # the same, encoded
    codec: TableCodec
    weights: np.ndarray | None  # (n_samples,)
    n_extra: int
    texts: dict  # columns of categories of which no dtype tells so


class _Plan(NamedTuple):
    """How many rows to draw for a stratum, and from what."""

    rows: np.ndarray  # positions of its rows
    n_inside: int  # those of them that have a weight
    wanted: int
    alone: int  # from a generator of this stratum
    shared: int  # by redrawing columns
    normal: int
    judged: bool  # whether only plausible ones are kept


class StrataSamplerMixin(GenerativeSamplerMixin):
    """A sampler that draws so many rows of each stratum: a class or a region of y."""

    def _n_needed(self):
        """Strata of fewer rows are small."""
        generator = self._component("generator")
        return max(_MIN_CLASS_ROWS, getattr(generator, "n_samples_needed", 1))

    def _fit_resample(self, X, y, strata, weights, n_extra, codec=None):
        """Drawn rows of the strata that need some, and which each was drawn for.

        Parameters
        ----------
        X : table of shape (n_samples, n_features_in_ + n_extra)
            The last columns, which stand for y and groups, are kept in pooled rows.
        y : ndarray of shape (n_samples,)
            For callbacks.
        strata : dict
            Names of the strata mapped to the positions of their rows, which they may
            share.
        weights : ndarray of shape (n_samples,) or None
        n_extra : int
        codec : TableCodec, default=None
            Fitted to X, if it is.

        Returns
        -------
        rows : table of shape (n_new, n_features_in_ + n_extra)
        new_codes : ndarray of shape (n_new,)
            Positions of the strata in `strata`.
        """
        counts = {level: self.sampling_strategy_.get(level, 0) for level in strata}
        wanted = {level: n for level, n in counts.items() if n > 0}
        weighty = np.ones(n_rows(X), dtype=bool) if weights is None else weights > 0
        plans = self._plan(strata, wanted, weighty)
        context = self._init_callback_context(
            task_name="fit_resample",
            max_subtasks=sum(plan.alone > 0 for plan in plans.values())
            + any(plan.shared for plan in plans.values()),
        )
        context.call_on_fit_task_begin(estimator=self, X=X, y=y)
        rng = make_rng(self.random_state)
        rngs = dict(zip(wanted, rng.spawn(len(wanted)), strict=True))
        training = self._prepare(context, X, weights, n_extra, codec)
        fitted = None
        if any(plan.shared for plan in plans.values()):
            everywhere = np.arange(n_rows(X))
            fitted = self._fit_rows(
                training, "all classes", everywhere, rng, _TREES_GIVEN
            )
        drawn = [
            self._draw(training, fitted, level, plans[level], rngs[level])
            for level in wanted
        ]
        context.call_on_fit_task_end(
            estimator=self, X=X, y=y, reconstruction_attributes=dict
        )
        new_codes = np.repeat(np.arange(len(strata)), list(counts.values()))
        return reduce(concat_rows, drawn, take_rows(training.X, [])), new_codes

    def _prepare(self, context, X, weights, n_extra, codec):
        """The table as all generators see it."""
        with_tables = takes_tables(self._component("generator"))
        # so that a few rows of distinct texts are not taken for identifiers
        table = declare_categories(X) if with_tables else X
        texts = text_columns(table) if with_tables else {}
        if codec is None or table is not X:
            codec = self._make_codec(n_extra).fit(table)
        Z = codec.encode(table)
        return _Training(context, table, Z, codec, weights, n_extra, texts)

    def _plan(self, strata, wanted, weighty):
        """How many rows to draw for each stratum, and from what."""
        shared = self._share_pooled({level: strata[level] for level in wanted})
        plans = {}
        for level, n in wanted.items():
            n_inside = weighty[strata[level]].sum()
            judged = min(n_inside, weighty.sum() - n_inside) >= MIN_ROWS
            judged &= self.accept is not None
            n_drawn = n_candidates(n_inside) * n if judged else n
            normal = round(self.gaussian_share * n_drawn) if n_inside > 1 else 0
            pooled = round(shared[level] * (n_drawn - normal))
            alone = n_drawn - normal - pooled
            plans[level] = _Plan(
                strata[level], n_inside, n, alone, pooled, normal, judged
            )
        return plans

    def _draw(self, training, fitted, level, plan, rng):
        """New rows of one stratum."""
        rows, parts = plan.rows, [take_rows(training.X, [])]
        weights = None if training.weights is None else training.weights[rows]
        check_weighty(weights, f"class {level}")
        if plan.alone:
            generator = self._fit_rows(training, f"class {level}", rows, rng)
            parts.append(draw_rows(generator, plan.alone, rng))
        if plan.shared:
            parents = _choose_parents(rows, weights, plan.shared, rng)
            of_class = take_rows(training.X, parents)
            parts.append(
                _redraw_columns(
                    fitted, training.codec, of_class, rng, self.n_features_in_
                )
            )
        if plan.normal:
            parts.append(self._draw_normal(training, plan, rng))
        drawn = reduce(concat_rows, parts)
        if not plan.judged:
            return drawn
        return take_rows(drawn, self._choose(training, plan, drawn, rng))

    def _draw_normal(self, training, plan, rng):
        """Random linear combinations of the rows of a stratum."""
        Z, rows = training.Z, plan.rows
        weights = np.ones(len(Z)) if training.weights is None else training.weights
        others = np.delete(np.arange(len(Z)), rows)
        pooled = self._borrowed(len(rows)) if weights[others].any() else 0.0
        normal = fit_normal(
            Z[rows],
            [column.discrete for column in training.codec.columns_],
            weights[rows],
            others=Z[others] if pooled else None,
            other_weights=weights[others],
            pooled=pooled,
        )
        drawn = draw_normal(normal, plan.normal, rng)
        # what tells y stays what it is in this stratum
        drawn[:, self.n_features_in_ :] = fold_back(
            drawn[:, self.n_features_in_ :], Z[rows, self.n_features_in_ :]
        )
        return training.codec.decode(drawn)

    def _choose(self, training, plan, drawn, rng):
        """Positions of the drawn rows that are kept."""
        plausible = self.accept in ("plausible", "border")
        n_features = self.n_features_in_
        log_odds = plausibility(
            default_classifier(plan.n_inside) if plausible else self.accept,
            training.codec.columns_[:n_features],
            training.Z[:, :n_features],
            plan.rows,
            training.weights,
            training.codec.encode(drawn)[:, :n_features],
            rng,
        )
        if self.accept == "border":
            weights = expit(log_odds) * expit(-log_odds)
        else:
            weights = np.exp(log_odds)
        return choose_in_proportion(weights, plan.wanted, rng)

    def _fit_rows(self, training, name, rows, rng, n_trees="auto"):
        """A seeded generator fitted to some rows, with trees in place of "auto"."""
        generator = clone_seeded(self._component("generator"), rng)
        change_parameter(
            generator, "conditional__n_trees", lambda n: n_trees if n == "auto" else n
        )
        list_categories(generator, training.n_extra, training.texts)
        weights = None if training.weights is None else training.weights[rows]
        X = take_rows(training.X, rows)
        return self._fit_generator(training.context, name, generator, X, weights, rng)

    def _share_pooled(self, rows):
        """Share of the new rows of each stratum that the model of all is to make.

        The cells of a single column cannot be drawn given others.
        """
        generator = self._component("generator")
        needed = self._n_needed()
        few = [label for label in rows if len(rows[label]) < needed]
        shares = draws_given(generator) and self.n_features_in_ > 1
        if few:
            named = ", ".join(f"{label} ({len(rows[label])})" for label in few)
            warnings.warn(
                f"Classes of fewer than {needed} rows (with their sizes): {named}. So "
                "few do not tell how columns depend on each other: "
                f"{_DONE_GIVEN if shares else _DONE_ALONE}",
                UserWarning,
                stacklevel=7,
            )
        if not shares:
            return dict.fromkeys(rows, 0.0)
        return {
            label: 1.0 if label in few else self._borrowed(len(rows[label]))
            for label in rows
        }

    def _borrowed(self, n_rows):
        """Share that a stratum of so many rows borrows from the others."""
        partial = _PRIOR_ROWS / (_PRIOR_ROWS + n_rows)
        return {"none": 0.0, "partial": partial, "full": 1.0}[self.pooling]


def _choose_parents(rows, weights, n_samples, rng):
    """So many of some rows, each as often as the others, or as its weight says."""
    order = rng.permutation(n_samples)
    # equal weights tell no more than none
    if weights is None or np.ptp(weights) == 0:
        return rows[order % len(rows)]
    ends = np.cumsum(weights)
    ends /= ends[-1]
    return rows[np.searchsorted(ends, (order + rng.random()) / n_samples, "right")]


def _redraw_columns(generator, codec, X, rng, n_features):
    """Rows of X with a part of their first columns drawn anew, given the others."""
    n_samples, n_columns = n_rows(X), codec.n_features_in_
    n_redrawn = min(max(1, round(_REDRAWN_SHARE * n_features)), n_features - 1)
    parts = []
    for rows in np.array_split(np.arange(n_samples), min(n_samples, _N_CHOICES)):
        redrawn = np.isin(np.arange(n_columns), rng.permutation(n_features)[:n_redrawn])
        of_class = take_rows(X, rows)
        given = _select_columns(of_class, np.flatnonzero(~redrawn))
        drawn = codec.encode(draw_rows(generator, len(rows), rng, given=given))
        # what is kept stays as it is, missing cells included
        cells = np.tile(redrawn, (len(rows), 1))
        parts.append(codec.replace(of_class, drawn, cells))
    return reduce(concat_rows, parts)


def _select_columns(X, columns):
    """Some columns of a table, as `sample` takes given cells."""
    if hasattr(X, "columns"):
        return _safe_indexing(X, columns, axis=1)
    cells = X if isinstance(X, np.ndarray) else np.array(X, dtype=object)
    return {int(j): cells[:, j] for j in columns}
