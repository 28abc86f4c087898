"""Draw X and y: class by class, or from one generator that learns y as a column."""

from functools import reduce

import numpy as np

from skgen._table.containers.tables import as_table
from skgen._table.rows import concat_rows, n_rows, take_rows
from skgen._utils.estimators import (
    change_parameter,
    draw_rows,
    draws_given,
    takes_tables,
)
from skgen.resampling._class_sampler import ClassSampler
from skgen.resampling._target_bins import cut_groups
from skgen.resampling._targets import read_y, rows_of_classes, split_rows

#: number of calls of `sample` after which a class is reported missing
_MAX_CALLS = 50
#: smallest number of rows per call, after the first
_MIN_ROWS = 100


class JointSampler(ClassSampler):
    """A sampler that draws rows of all classes.

    A subclass has the parameter `strategy`, defines `_n_rows`, and may define
    `_count_classes`. If X and y are learned jointly, rows are drawn given their class
    if it has a `sampling_strategy` other than None.
    """

    _sampling_type = "bypass"
    sampling_strategy = None

    def _read_target(self, y):
        given = self.sampling_strategy is not None
        target = read_y(y, as_classes=given or None)
        if given and target.n_outputs > 1:
            raise ValueError(
                f"sampling_strategy: y holds {target.n_outputs} targets, which are "
                f"drawn as they occur together; got {self.sampling_strategy!r}. Leave "
                "it at None."
            )
        return target, self.sampling_strategy

    def _is_separate(self, target):
        return self.strategy == "separate" and target.n_outputs == 1

    def _count_rows(self, target, strategy):
        classes = rows_of_classes(target)
        if not target.is_class:
            return classes, None
        counts = np.bincount(target.levels)
        wanted = self._count_classes(target, counts, strategy).tolist()
        return classes, dict(zip(classes, wanted, strict=True))

    def _count_classes(self, target, counts, strategy):
        """Array of the number of rows to draw of each class."""
        return apportion(self._n_rows(counts.sum()), counts)

    def _draw(self, training, rng):
        generator, given = self._generator(), self.sampling_strategy
        learns_classes = takes_tables(generator) and (
            given is None or draws_given(generator)
        )
        if self._is_separate(training.target):
            new, drawn_for = self._draw_classes(*self._separate(training), rng)
            if not training.target.is_class:
                drawn_for = np.zeros_like(drawn_for)
        elif training.target.is_class and not learns_classes:
            new, drawn_for = self._draw_per_class(training, rng)
        else:
            new, drawn_for = self._draw_jointly(training, rng)
        order = rng.permutation(len(drawn_for))
        return take_rows(new, order), drawn_for[order]

    def _wanted(self):
        return np.array(list(getattr(self, "sampling_strategy_", {}).values()), int)

    def _separate(self, training):
        """Training rows by class, or by range of y, and the rows that each needs."""
        target = training.target
        if target.is_class:
            return training, self.sampling_strategy_
        groups, bounds = cut_groups(target.labels, self._n_needed())
        counts = apportion(self._n_rows(len(groups)), np.bincount(groups)).tolist()
        rows = split_rows(groups, len(bounds))
        training = training._replace(classes=dict(zip(bounds, rows, strict=True)))
        return training, dict(zip(bounds, counts, strict=True))

    def _draw_per_class(self, training, rng):
        """Rows of each class from a generator of its own."""
        X, wanted, weights, parts = training.X, self._wanted(), training.weights, []
        table = training.table(with_target=False)
        generator, _ = self._prepare(training, table)
        with self._reporting(X, training, np.count_nonzero(wanted)) as context:
            for (label, rows), n in zip(training.classes.items(), wanted, strict=True):
                if n == 0:
                    continue
                of_class = None if weights is None else weights[rows]
                name, inside = f"class {label}", take_rows(table, rows)
                fitted = self._fit_generator(
                    context, name, generator, inside, of_class, rng
                )
                parts.append(draw_rows(fitted, int(n), rng))
        return reduce(concat_rows, parts), np.repeat(np.arange(len(wanted)), wanted)

    def _draw_jointly(self, training, rng):
        """Rows from one generator, given their class if a strategy is set."""
        target, at, wanted = training.target, self.n_features_in_, self._wanted()
        table = training.table(with_target=True)
        generator, _ = self._prepare(training, table)
        name = as_table(table)[0].names(table)[at]
        given = self.sampling_strategy is not None
        if given:
            # a column that is always given comes first, which makes draws exact
            change_parameter(generator, "given", lambda v: [name] if v is None else v)
        with self._reporting(training.X, training, 1) as context:
            fitted = self._fit_generator(
                context, "all rows", generator, table, training.weights, rng
            )
            if given:
                levels = np.repeat(np.arange(len(wanted)), wanted)
                column = {name: target.names[levels].tolist()}
                new = draw_rows(fitted, len(levels), rng, given=column)
            elif target.is_class:
                new = _draw_counts(fitted, target, at, wanted, rng)
            else:
                new = draw_rows(fitted, self._n_rows(n_rows(training.X)), rng)
        if target.is_class:
            return new, target.read(new, at)
        return new, np.zeros(n_rows(new), dtype=np.intp)


def _draw_counts(generator, target, position, wanted, rng):
    """Draw rows until each class has its number; the first ones are kept."""
    missing, n_drawn, parts = wanted.copy(), 0, []
    n_next = wanted.sum()
    for _ in range(_MAX_CALLS):
        rows = draw_rows(generator, int(n_next), rng)
        levels = target.read(rows, position)
        kept = _rank_in_class(levels) < missing[levels]
        parts.append(take_rows(rows, kept))
        missing -= np.bincount(levels[kept], minlength=len(wanted))
        n_drawn += len(levels)
        if not missing.any():
            return reduce(concat_rows, parts)
        # about twice the number that the rarest class needs
        lacking = missing > 0
        n_next = 2 * wanted.sum() * np.max(missing[lacking] / wanted[lacking])
        n_next = np.clip(n_next, _MIN_ROWS, max(_MIN_ROWS, wanted.sum()))
    rarest = np.argmax(missing)
    label = target.values.tolist()[rarest]
    raise ValueError(
        f"generator: {type(generator).__name__} drew {n_drawn} rows, but fewer than "
        f"the {wanted[rarest]} wanted of class {label!r}. Pass the "
        "number of rows of each class as sampling_strategy, so that rows are drawn "
        "given their class, or use another generator."
    )


def _rank_in_class(levels):
    """Number of earlier rows of the same class, for each row."""
    order = np.argsort(levels, kind="stable")
    counts = np.bincount(levels)
    starts = np.cumsum(counts) - counts
    rank = np.empty(len(levels), dtype=np.intp)
    rank[order] = np.arange(len(levels)) - np.repeat(starts, counts)
    return rank


def apportion(total, shares):
    """Whole numbers in proportion to shares, by the largest-remainder method."""
    exact = total * shares / shares.sum()
    counts = np.floor(exact).astype(np.intp)
    order = np.argsort(counts - exact, kind="stable")
    counts[order[: total - counts.sum()]] += 1
    return counts
