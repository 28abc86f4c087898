"""ClassSampler: rows drawn class by class, each class from models of its own."""

import warnings
from functools import reduce

import numpy as np
from sklearn.base import clone

from skgen._plan.choose import rules_of
from skgen._plan.fit import fit_plan
from skgen._plan.free import FreeColumns
from skgen._table.numbers import refuse_extremes
from skgen._table.rows import concat_rows, take_rows
from skgen._utils.estimators import change_parameter, draw_rows, draws_given
from skgen.conditionals import TreeConditional
from skgen.generators import AutoregressiveGenerator
from skgen.resampling._base import BaseGenerativeSampler, check_positive_weight
from skgen.resampling._per_class import (
    EncodedRows,
    draw_class,
    fit_scales,
    plan_class,
    pooled_share,
)

#: a class of fewer rows is small, whatever the generator's ``n_samples_needed``
_MIN_CLASS_ROWS = 10
#: Trees that redraw columns, in place of "auto": cells given others are weighted by the
#: mean density of the trees, and one tree is too coarse for that, in large tables too.
_TREES_GIVEN = 5
_POOLED = (
    "copies of its rows are made, with a random part of the columns redrawn given the "
    "others by a generator fitted to all classes."
)
_ALONE = "the generator is fitted to these few rows alone."


class ClassSampler(BaseGenerativeSampler):
    """A sampler that draws the rows of each class, or group of rows, apart."""

    #: of samplers without these parameters
    gaussian_share = accept = "auto"
    pooling = "none"

    @staticmethod
    def _default_components():
        return {"generator": make_class_generator}

    def _draw_classes(self, training, wanted, rng):
        """Draw rows of classes; `wanted` maps these to their numbers of rows."""
        # a class determines y; other rows need the columns of y
        table = training.table(with_target=not training.target.is_class)
        plans = self._plan(training, wanted)
        n_fits = sum(plan.n_own > 0 for plan in plans)
        n_fits += any(plan.n_redrawn for plan in plans)
        with self._reporting(table, training, n_fits) as context:
            class_rngs = rng.spawn(len(plans))
            X, (generator, codec) = table, self._prepare(training, table)
            refuse_extremes(codec.columns_)
            weights, whole = training.weights, None
            Z, normal = codec.encode(X), ()
            if any(plan.n_gaussian for plan in plans):
                rules = rules_of(generator)
                free = FreeColumns(codec, fit_plan(rules, codec, Z))
                normal = free, fit_scales(free.select(Z), free.columns, weights)
            encoded = EncodedRows(X, Z, codec, weights, self.n_features_in_, *normal)
            if any(plan.n_redrawn for plan in plans):
                forest = _with_few_trees(generator)
                whole = self._fit_generator(
                    context, "all classes", forest, X, weights, rng
                )
            new = [take_rows(X, [])]
            for plan, class_rng in zip(plans, class_rngs, strict=True):
                name, own = f"class {plan.name}", []
                of_class = None if weights is None else weights[plan.rows]
                check_positive_weight(of_class, name)
                if plan.n_own:
                    rows = take_rows(X, plan.rows)
                    fitted = self._fit_generator(
                        context, name, generator, rows, of_class, class_rng
                    )
                    own = [draw_rows(fitted, plan.n_own, class_rng)]
                new.append(draw_class(encoded, plan, own, whole, class_rng))
        counts = [wanted.get(name, 0) for name in training.classes]
        return reduce(concat_rows, new), np.repeat(np.arange(len(counts)), counts)

    def _plan(self, training, counts):
        """Plan of each class that needs rows."""
        weights = training.weights
        classes = {
            name: rows
            for name, rows in training.classes.items()
            if counts.get(name, 0) > 0
        }
        n_samples = len(training.target.labels)
        weighted = np.ones(n_samples, dtype=bool) if weights is None else weights > 0
        redrawn = self._share_redrawn(classes)
        return [
            plan_class(
                name,
                rows,
                counts[name],
                weighted,
                redrawn=redrawn[name],
                pooled=pooled_share(self.pooling, len(rows)),
                gaussian_share=self.gaussian_share,
                accept=self.accept,
            )
            for name, rows in classes.items()
        ]

    def _n_needed(self):
        """Number of rows below which a class is small."""
        generator = self._generator()
        return max(_MIN_CLASS_ROWS, getattr(generator, "n_samples_needed", 1))

    def _share_redrawn(self, classes):
        """Share of generator candidates with redrawn columns, for each class."""
        needed = self._n_needed()
        few = [name for name in classes if len(classes[name]) < needed]
        # the cells of a single column cannot be drawn given others
        can_redraw = draws_given(self._generator())
        can_redraw &= self.n_features_in_ > 1
        if few:
            named = ", ".join(f"{name} ({len(classes[name])})" for name in few)
            warnings.warn(
                f"Classes of fewer than {needed} rows (with their sizes): {named}. "
                "Their rows are too few to learn how columns depend on each other: "
                f"{_POOLED if can_redraw else _ALONE}",
                UserWarning,
                stacklevel=8,
            )
        if not can_redraw:
            return dict.fromkeys(classes, 0.0)
        return {
            name: 1.0 if name in few else pooled_share(self.pooling, len(rows))
            for name, rows in classes.items()
        }


def make_class_generator():
    """Default generator; follows few rows more closely than that for whole tables."""
    return AutoregressiveGenerator(
        TreeConditional("auto", min_samples_leaf=5, smoothing=0.5)
    )


def _with_few_trees(generator):
    generator = clone(generator)
    change_parameter(
        generator, "conditional__n_trees", lambda n: _TREES_GIVEN if n == "auto" else n
    )
    return generator
