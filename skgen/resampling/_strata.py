"""Rows drawn for each class of labels, or region of numbers, on its own."""

import warnings
from functools import reduce
from typing import NamedTuple

import numpy as np
from sklearn.utils import _safe_indexing

from skgen._adapters.estimators import clone_seeded
from skgen._adapters.generators import draw_rows, draws_given, takes_tables
from skgen._table.columns import text_columns
from skgen.base import make_rng
from skgen.resampling._base import (
    GenerativeSamplerMixin,
    check_weighty,
    list_categories,
)
from skgen.table import concat_rows, declare_categories, n_rows, take_rows

#: A class of fewer rows is small, whatever the generator's ``n_samples_needed``.
_MIN_CLASS_ROWS = 10
#: Share of the columns of a row of a small class that are drawn anew. On seven tables
#: with 2 to 8 rows of the class, 0.2 to 0.5 rank held-out rows equally well by ROC AUC;
#: less gives more copies, more drags the new rows to the other classes.
_REDRAWN_SHARE = 0.4
#: How many choices of these columns there are at most; each costs a call of `sample`.
_N_CHOICES = 16
#: With partial pooling, the other classes count like so many rows of a class. Chosen on
#: 34 imbalanced tables: pooling helps classes of up to some 60 rows, not larger ones.
_PRIOR_ROWS = 30
_DONE_GIVEN = (
    "each new row is a row of the class in which a random part of the columns is drawn "
    "anew, given the others, by a generator fitted on all classes."
)
_DONE_ALONE = "the generator is fitted on these few rows alone."


class _Training(NamedTuple):
    """What all generators of one call are fitted with."""

    context: object  # of the callbacks
    X: object  # table of shape (n_samples, n_features + n_extra)
    weights: np.ndarray | None  # (n_samples,)
    n_extra: int
    texts: list  # columns that an array cannot declare to be categories


class StrataSamplerMixin(GenerativeSamplerMixin):
    """A sampler that draws so many rows of each stratum: a class or a region of y."""

    def _n_needed(self):
        """Strata of fewer rows are small."""
        generator = self._component("generator")
        return max(_MIN_CLASS_ROWS, getattr(generator, "n_samples_needed", 1))

    def _fit_resample(self, X, y, strata, weights, n_extra):
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

        Returns
        -------
        rows : table of shape (n_new, n_features_in_ + n_extra)
        new_codes : ndarray of shape (n_new,)
            Positions of the strata in `strata`.
        """
        generator = self._component("generator")
        counts = {level: self.sampling_strategy_.get(level, 0) for level in strata}
        wanted = {level: n for level, n in counts.items() if n > 0}
        rows = {level: strata[level] for level in wanted}
        shared = self._count_shared(rows, wanted)
        alone = {level: wanted[level] - shared[level] for level in wanted}
        n_fits = np.count_nonzero(list(alone.values())) + any(shared.values())
        context = self._init_callback_context(
            task_name="fit_resample", max_subtasks=n_fits
        )
        context.call_on_fit_task_begin(estimator=self, X=X, y=y)
        rng = make_rng(self.random_state)
        rngs = dict(zip(wanted, rng.spawn(len(wanted)), strict=True))
        # so that a few rows of distinct texts are not taken for identifiers
        table = declare_categories(X) if takes_tables(generator) else X
        texts = text_columns(table) if takes_tables(generator) else []
        training = _Training(context, table, weights, n_extra, texts)
        parts = {level: [take_rows(table, [])] for level in wanted}
        for level, n in alone.items():
            if n > 0:
                rng_level = rngs[level]
                name = f"class {level}"
                fitted = self._fit_rows(training, name, rows[level], rng_level)
                parts[level].append(draw_rows(fitted, n, rng_level))
        if any(shared.values()):
            everywhere = np.arange(n_rows(X))
            fitted = self._fit_rows(training, "all classes", everywhere, rng)
            codec = self._make_codec(n_extra).fit(table)
        for level, n in shared.items():
            if n > 0:
                parents = _choose_parents(rows[level], weights, n, rngs[level])
                of_class = take_rows(table, parents)
                redrawn = _redraw_columns(
                    fitted, codec, of_class, rngs[level], self.n_features_in_
                )
                parts[level].append(redrawn)
        context.call_on_fit_task_end(
            estimator=self, X=X, y=y, reconstruction_attributes=dict
        )
        drawn = [reduce(concat_rows, of_level) for of_level in parts.values()]
        new_codes = np.repeat(np.arange(len(strata)), list(counts.values()))
        return reduce(concat_rows, drawn, take_rows(table, [])), new_codes

    def _fit_rows(self, training, name, rows, rng):
        """A seeded generator fitted to some rows."""
        generator = clone_seeded(self._component("generator"), rng)
        list_categories(generator, training.n_extra, training.texts)
        weights = None if training.weights is None else training.weights[rows]
        X = take_rows(training.X, rows)
        return self._fit_generator(training.context, name, generator, X, weights, rng)

    def _count_shared(self, rows, wanted):
        """How many new rows of each class the model of all classes is to make.

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
                stacklevel=5,
            )
        counts = {}
        for label, n in wanted.items():
            share = {
                "none": 0.0,
                "partial": _PRIOR_ROWS / (_PRIOR_ROWS + len(rows[label])),
                "full": 1.0,
            }[self.pooling]
            share = 1.0 if label in few else share
            counts[label] = round(share * n) if shares else 0
        return counts


def _choose_parents(rows, weights, n_samples, rng):
    """So many of some rows, each as often as the others, or as its weight says."""
    order = rng.permutation(n_samples)
    check_weighty(None if weights is None else weights[rows], "a class or region of y")
    # equal weights tell no more than none
    if weights is None or np.ptp(weights[rows]) == 0:
        return rows[order % len(rows)]
    ends = np.cumsum(weights[rows])
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
