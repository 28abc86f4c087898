"""Rows and targets drawn together, from one generator."""

from functools import reduce

import numpy as np
from imblearn.utils import check_sampling_strategy
from sklearn.base import _fit_context

from skgen._table.columns import add_columns, select_columns
from skgen._table.containers import as_table
from skgen._table.rows import concat_rows, n_rows, take_rows
from skgen._table.text_columns import declare_categories, text_columns
from skgen._utils.estimators import clone_seeded
from skgen._utils.generators import (
    change_parameter,
    draw_rows,
    draws_given,
    takes_tables,
)
from skgen._utils.mixins import keeps_state_on_error
from skgen._utils.random import make_rng
from skgen.generators import AutoregressiveGenerator
from skgen.resampling._base import (
    GenerativeSamplerMixin,
    as_rows,
    list_categories,
)
from skgen.resampling._targets import read_y, split_rows

#: Rows are drawn so often before a class is said to be missing among them.
_MAX_CALLS = 50
#: and at least so many at once
_MIN_ROWS = 100


class JointSamplerMixin(GenerativeSamplerMixin):
    """A sampler whose generator learns y as one more column."""

    _sampling_type = "bypass"

    #: what a class that has no such parameter does: it keeps the class balance
    sampling_strategy = None

    @staticmethod
    def _default_components():
        return {"generator": AutoregressiveGenerator}

    @keeps_state_on_error
    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y):
        """Check X and y, and count the rows to draw; `fit_resample` draws them.

        Parameters
        ----------
        X : {array-like, dataframe} of shape (n_samples, n_features)
            Table of numbers, categories, booleans and dates; cells may be missing.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Class or number of each row, indicators of its class or labels, or several
            targets.

        Returns
        -------
        self : object
            The sampler.
        """
        self._check_X_y(as_rows(X), y)
        return self

    def _check_X_y(self, X, y):
        given = self.sampling_strategy is not None
        target = read_y(y, as_classes=given or None)
        if given and target.n_outputs > 1:
            raise ValueError(
                f"sampling_strategy: y holds {target.n_outputs} targets, which are "
                f"drawn as they occur together; got {self.sampling_strategy!r}. Leave "
                "it at None."
            )
        self._check_X(X, target)
        # one class only is an error to all samplers
        check_sampling_strategy(None, target.labels, self._sampling_type)
        vars(self).pop("sampling_strategy_", None)
        if target.is_class:
            self.sampling_strategy_ = self._count_rows(target)
        return target

    def _fit_resample(self, X, target, metadata):
        """Drawn rows, with their groups, and the codes of their classes or numbers."""
        generator = self._component("generator")
        given = self.sampling_strategy is not None
        with_tables = takes_tables(generator)
        apart = target.is_class and not (
            with_tables and (draws_given(generator) or not given)
        )
        wanted = np.array(list(getattr(self, "sampling_strategy_", {}).values()), int)
        context = self._init_callback_context(
            task_name="fit_resample",
            max_subtasks=np.count_nonzero(wanted) if apart else 1,
        )
        context.call_on_fit_task_begin(estimator=self, X=X, y=target.labels)
        rng = make_rng(self.random_state)
        if apart:
            table = metadata.beside(X)
            table = declare_categories(table) if with_tables else table
            weights = metadata.weights
            rows, drawn = self._draw_apart(table, target, wanted, weights, context, rng)
        else:
            rows, drawn = self._draw_jointly(X, target, wanted, metadata, context, rng)
        context.call_on_fit_task_end(
            estimator=self, X=X, y=target.labels, reconstruction_attributes=dict
        )
        order = rng.permutation(len(drawn))
        return take_rows(rows, order), drawn[order]

    def _draw_apart(self, X, target, wanted, weights, context, rng):
        """Rows of each class from a generator of its own."""
        parts = []
        texts = text_columns(X) if takes_tables(self._component("generator")) else {}
        n_extra = as_table(X)[1].shape[1] - self.n_features_in_
        for code in np.flatnonzero(wanted):
            generator = clone_seeded(self._component("generator"), rng)
            list_categories(generator, n_extra, texts)
            here = target.codes == code
            of_class = None if weights is None else weights[here]
            name = f"class {target.levels[code]}"
            self._fit_generator(
                context, name, generator, take_rows(X, here), of_class, rng
            )
            parts.append(draw_rows(generator, int(wanted[code]), rng))
        return reduce(concat_rows, parts), np.repeat(np.arange(len(wanted)), wanted)

    def _draw_jointly(self, X, target, wanted, metadata, context, rng):
        """Rows from one generator, to which only groups come after the columns of y."""
        _, X = as_table(X)
        n_features = X.shape[1]
        table = add_columns(X, target.columns)
        container, _ = as_table(table)
        of_y = np.arange(n_features, table.shape[1])
        name = container.names(table)[-1]
        table = metadata.beside(table)
        given = self.sampling_strategy is not None
        generator = clone_seeded(self._component("generator"), rng)
        list_categories(generator, table.shape[1] - n_features)
        if given:
            # what is always given comes first, which makes draws exact
            change_parameter(generator, "given", lambda v: [name] if v is None else v)
        weights = metadata.weights
        self._fit_generator(context, "all rows", generator, table, weights, rng)
        if given:
            codes = np.repeat(np.arange(len(wanted)), wanted)
            column = {name: target.names[codes].tolist()}
            rows = draw_rows(generator, len(codes), rng, given=column)
        elif target.is_class:
            rows = _draw_counts(generator, target, n_features, wanted, rng)
        else:
            rows = draw_rows(generator, self._n_rows(n_rows(X)), rng)
        drawn = target.read(rows, n_features)
        others = np.delete(np.arange(table.shape[1]), of_y)
        return select_columns(rows, others), drawn


def strata(target, drawn):
    """Rows of the classes, and the class of each drawn row; else all are alike."""
    if target.is_class:
        return split_rows(target.codes, len(target.levels)), drawn
    return [slice(None)], np.zeros(len(drawn), dtype=np.intp)


def _draw_counts(generator, target, position, wanted, rng):
    """Rows with the wanted number of each class: of all drawn ones, the first."""
    missing, n_drawn, parts = wanted.copy(), 0, []
    n_next = wanted.sum()
    for _ in range(_MAX_CALLS):
        rows = draw_rows(generator, int(n_next), rng)
        codes = target.read(rows, position)
        kept = _rank_in_class(codes) < missing[codes]
        parts.append(take_rows(rows, kept))
        missing -= np.bincount(codes[kept], minlength=len(wanted))
        n_drawn += len(codes)
        if not missing.any():
            return reduce(concat_rows, parts)
        # about twice as many as the rarest class calls for
        lacking = missing > 0
        n_next = 2 * wanted.sum() * np.max(missing[lacking] / wanted[lacking])
        n_next = np.clip(n_next, _MIN_ROWS, max(_MIN_ROWS, wanted.sum()))
    rarest = np.argmax(missing)
    label = target.levels.tolist()[rarest]
    raise ValueError(
        f"generator: {type(generator).__name__} drew {n_drawn} rows, but fewer than "
        f"the {wanted[rarest]} wanted of class {label!r}. Pass the "
        "number of rows of each class as sampling_strategy, so that rows are drawn "
        "given their class, or use another generator."
    )


def _rank_in_class(codes):
    """How many rows of its class stand before each row."""
    order = np.argsort(codes, kind="stable")
    counts = np.bincount(codes)
    starts = np.cumsum(counts) - counts
    rank = np.empty(len(codes), dtype=np.intp)
    rank[order] = np.arange(len(codes)) - np.repeat(starts, counts)
    return rank


def apportion(total, shares):
    """Whole numbers in proportion to shares, by the largest remainders."""
    exact = total * shares / shares.sum()
    counts = np.floor(exact).astype(np.intp)
    order = np.argsort(counts - exact, kind="stable")
    counts[order[: total - counts.sum()]] += 1
    return counts
