"""GenerativeOverSampler: more rows of the rare classes, or rare values, of y."""

import warnings
from collections.abc import Mapping
from functools import reduce
from numbers import Real

import numpy as np
from imblearn.over_sampling.base import BaseOverSampler
from imblearn.utils import check_sampling_strategy
from sklearn.base import clone
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions

from skgen._plan.choose import rules_of
from skgen._plan.fit import fit_plan
from skgen._plan.free import FreeColumns
from skgen._table.numbers import refuse_extremes
from skgen._table.rows import concat_rows, take_rows
from skgen._utils.estimators import change_parameter, draw_rows, draws_given
from skgen.conditionals import TreeConditional
from skgen.generators import AutoregressiveGenerator
from skgen.resampling._base import BaseGenerativeSampler, check_positive_weight
from skgen.resampling._overlapping import read_overlapping
from skgen.resampling._per_class import (
    EncodedRows,
    draw_class,
    fit_scales,
    plan_class,
    pooled_share,
)
from skgen.resampling._target_bins import read_target_bins
from skgen.resampling._targets import (
    check_count,
    read_y,
    rows_of_classes,
    split_rows,
)
from skgen.table import Schema

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


class GenerativeOverSampler(BaseGenerativeSampler, BaseOverSampler):
    """Over-sample rare classes with rows drawn from a generator.

    y may also hold numbers, whose rare ranges then take the place of classes, or
    several targets, such as the labels of a multilabel problem.

    For each class that needs rows, a clone of the generator is fitted to the rows of
    that class. In a class of 500 rows or more, new rows follow the distribution of the
    class: the generator draws them all. Fewer rows do not show all of the class, so new
    ones reach beyond them: three candidates are drawn per row that is needed, half of
    them from a normal distribution (`gaussian_share`), and a classifier selects those
    that look like rows of the class (`accept`). Raw tables need no encoding, and every
    dtype is kept.

    Parameters
    ----------
    generator : object, default=None
        Any estimator with ``fit(X)`` and ``sample(n_samples)``, such as those of skgen
        or, for numeric arrays, :class:`~sklearn.neighbors.KernelDensity`. None stands
        for ``AutoregressiveGenerator(TreeConditional("auto", min_samples_leaf=5,
        smoothing=0.5))``, whose parameters can then be set as ``generator__...``.
    sampling_strategy : float, str, dict, callable or array-like, default="auto"
        Number of rows of each class in the result.

        - float: rows of the minority class over rows of the majority class, for binary
          targets.
        - str: the classes that are raised to the size of the majority class:
          ``"minority"``, ``"not minority"``, ``"not majority"``, ``"all"`` or
          ``"auto"``, which is ``"not majority"``.
        - dict: classes mapped to their numbers of rows in the result.
        - callable: takes the labels (y itself if there are several targets) and returns
          such a dict.
        - array-like: for y of numbers, the increasing edges of bins, all of which are
          raised to the size of the largest. Only the last includes its upper edge.

        If y holds numbers, a str or a float refers to six bins of equal width between
        the quantiles .01 and .99 of y; small bins are merged with their neighbours. A
        float is then the smallest size of a bin, as a share of the largest. A dict maps
        ranges ``(low, high)``, both ends included, to their numbers of rows. Nothing is
        drawn for rows outside of the given ranges or bins. For several targets, see
        Notes.
    gaussian_share : float or "auto", default="auto"
        Share of the candidates that come from a normal distribution instead of the
        generator; "auto" is 0.5, and 0 from 500 rows of the class on, not counting rows
        of weight 0. The distribution has the mean and covariance of the class, where numbers are normal
        scores among all rows; categories, missing cells and point masses are
        thresholded indicators. It extrapolates beyond the rows of the class, but draws
        values that the column can hold: on its grid, within the range of X, in no empty
        gap, and no others than those of a column that has few. It captures monotone
        dependence only. With 0, all candidates come from the generator.
    accept : {"auto", "plausible", "border"}, classifier or None, default="auto"
        Which candidates are kept. A classifier that separates the class from all other
        rows is fitted by cross-fitting.

        - ``"auto"``: ``"plausible"``, and None from 500 rows of the class on, not
          counting rows of weight 0.
        - ``"plausible"``: candidates are kept in proportion to their odds of belonging
          to the class. The classifier is six extremely randomised trees with leaves of
          at least three rows.
        - classifier: the same with this one, which needs ``predict_proba``. It gets
          normal scores of numbers, and indicators of categories and missing cells. If
          it has the parameter ``categorical_features``, it gets the cells themselves.
        - ``"border"``: in proportion to p (1 - p), where p is the probability of the
          class, which favours candidates near the decision boundary.
        - None: no more rows are drawn than needed, and all are kept.

        No classifier is used for classes of fewer than 6 rows.
    pooling : {"none", "partial", "full"}, default="none"
        Whether classes share information.

        - ``"none"``: each class has a generator of its own.
        - ``"full"``: candidates are copies of rows of the class in which two fifths of
          the columns, chosen at random, are redrawn given the others, by a generator
          fitted to all rows. Normal candidates have the mean of the class and the
          covariance of all other rows.
        - ``"partial"``: a share of 30 / (30 + n) as with ``"full"`` and the rest as
          with ``"none"``, for a class of n rows. Large classes thus depend on their own
          rows.

        To redraw columns, X needs more than one column and the generator ``impute`` and
        ``sample(given=...)``, which those of skgen have. Otherwise the generator is
        used as with ``"none"``.
    schema : Schema or dict, default=None
        What is known of the columns of X, or corrections of what is found, as in
        :func:`~skgen.describe`. None takes that of the generator.
    identifiers : {"fresh", "refuse", "learn"}, default=None
        Treatment of columns that identify the rows: new rows get fresh values of the
        same pattern, an error, or values that are learned. None takes that of the
        generator, which is "fresh".
    random_state : int, RandomState instance or None, default=None
        Seed. It replaces every ``random_state`` of the generator.

    Attributes
    ----------
    sampling_strategy_ : dict
        Classes, or bins ``(low, high)`` of y, mapped to the number of rows to draw. For
        several targets the keys are labels, or pairs of an output and its class or bin.
    is_synthetic_ : ndarray of bool of shape (n_samples_new,)
        Which rows of the result are drawn: those after the rows of X.
    sample_indices_ : ndarray of shape (n_samples,)
        Positions of the rows of X at the start of the result: all, in their order.
    sample_weight_ : ndarray of shape (n_samples_new,)
        Weights of the rows. A drawn row gets the mean weight of the class, label or bin
        that it was drawn for. Only if `sample_weight` was passed.
    groups_ : array-like of shape (n_samples_new,)
        Groups of the rows, in the container and dtype of `groups`. Only if `groups` was
        passed.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns, if all are strings.

    Warns
    -----
    UserWarning
        If a class that needs rows has fewer than 10 rows, or fewer than the
        ``n_samples_needed`` of the generator. Its generator candidates are then made as
        with ``pooling="full"``, where that is possible.

    See Also
    --------
    AutoregressiveGenerator : The default generator.
    imblearn.over_sampling.SMOTE : Interpolates between numeric rows.

    Notes
    -----
    Probabilities of a classifier fitted to resampled rows no longer match the original
    class frequencies; calibrate them if they matter. Compare with cheaper methods:
    ``class_weight="balanced"``, or a moved decision threshold
    (:class:`~sklearn.model_selection.TunedThresholdClassifierCV`). With a strong
    classifier either is often as good.

    Resample training rows only, after splitting: put the sampler into
    imbalanced-learn's ``Pipeline``, which skips it at prediction. That pipeline passes
    no callbacks on; set them on the sampler itself.

    Numeric y holds classes if all values are whole and there are at most ten of them,
    or at most the square root of the number of rows. Otherwise it holds numbers. But a
    dict with numbers as keys makes all whole numbers classes, and a dict of ranges
    makes them numbers. Numbers of y are learned as one more column; whole ones, and
    those of few values, become observed ones.

    More rows of rare numbers usually lower the error there and raise it elsewhere, by
    more than is gained. Leave y as it is if all errors count alike.

    **Several targets.** y of shape (n_samples, n_outputs) is multilabel if all cells
    are 0 or 1; otherwise its columns are outputs, each of classes or numbers.
    Indicators with a single 1 in each row are one target of classes. Rows are drawn for
    each label, or for each class or bin of an output, with the columns of y learned
    together with X. Rows drawn for one label also carry others. The rarest labels come
    first, and the labels that their rows are expected to carry are counted, so the
    numbers below are reached on average, and may be exceeded.

    - ``"auto"`` follows the mean imbalance ratio [1]_. The imbalance ratio of a label
      is the count of the most frequent label over its own. Labels are raised to the
      largest count over the mean ratio, which is the harmonic mean of the counts.
      Classes of an output are compared within this output.
    - A float is the smallest count of a label, as a share of the largest; other strings
      raise the labels that they name to the largest count.
    - A dict maps labels, by name in a dataframe and otherwise by position, to their
      numbers of rows. Keys of outputs are pairs ``(output, class)`` or
      ``(output, (low, high))``.

    Nothing is drawn for labels that no row has. A generator that takes no tables with
    categories supports several targets only if all are numbers.

    Rows with redrawn columns keep y and the group of the row that they are copied from.
    Other drawn rows are learned from the rows of all groups, so grouping by `groups_`
    does not keep this information out of a test fold: split before resampling.

    Classes are processed one after the other; ``generator__n_jobs`` or
    ``joblib.parallel_config`` sets the jobs of each fit. The fitted generators are not
    kept, so a stored pipeline contains no model of the rows.

    References
    ----------
    .. [1] Charte, Rivera, del Jesus & Herrera (2015), "Addressing imbalance in
       multilabel classification: measures and random oversampling algorithms",
       Neurocomputing 163.

    Examples
    --------
    >>> from collections import Counter
    >>> import pandas as pd
    >>> from skgen import GenerativeOverSampler
    >>> X = pd.DataFrame({
    ...     "income": [float(i) for i in range(90)],
    ...     "plan": ["basic", "plus", "pro"] * 30,
    ... })
    >>> y = pd.Series(["stayed"] * 60 + ["left"] * 30)
    >>> sampler = GenerativeOverSampler(random_state=0)
    >>> X_resampled, y_resampled = sampler.fit_resample(X, y)
    >>> sorted(Counter(y_resampled).items())
    [('left', 60), ('stayed', 60)]
    >>> X_resampled[:90].equals(X)
    True
    """

    _parameter_constraints: dict = {
        "sampling_strategy": [
            *BaseOverSampler._parameter_constraints["sampling_strategy"],
            list,
            tuple,
            np.ndarray,
        ],
        "schema": [Schema, dict, None],
        "identifiers": [StrOptions({"fresh", "refuse", "learn"}), None],
        "random_state": ["random_state"],
        "generator": [HasMethods(["fit", "sample"]), None],
        "gaussian_share": [
            StrOptions({"auto"}),
            Interval(Real, 0.0, 1.0, closed="both"),
        ],
        "accept": [
            StrOptions({"auto", "plausible", "border"}),
            HasMethods(["fit", "predict_proba"]),
            None,
        ],
        "pooling": [StrOptions({"none", "partial", "full"})],
    }

    def __init__(
        self,
        generator=None,
        *,
        sampling_strategy="auto",
        gaussian_share="auto",
        accept="auto",
        pooling="none",
        schema=None,
        identifiers=None,
        random_state=None,
    ):
        super().__init__(sampling_strategy=sampling_strategy)
        self.generator = generator
        self.gaussian_share = gaussian_share
        self.accept = accept
        self.pooling = pooling
        self.schema = schema
        self.identifiers = identifiers
        self.random_state = random_state

    @staticmethod
    def _default_components():
        return {"generator": _make_class_generator}

    def _read_target(self, y):
        target, strategy = read_y(y), self.sampling_strategy
        if callable(strategy):
            strategy = strategy(y if target.n_outputs > 1 else target.labels)
        if isinstance(strategy, Mapping):
            for key, n in strategy.items():
                check_count(n, repr(key))
        if target.is_whole and not isinstance(strategy, str | Real):
            # the keys decide whether whole numbers are classes
            of_classes = isinstance(strategy, Mapping) and not any(
                isinstance(key, tuple) for key in strategy
            )
            target = read_y(y, as_classes=of_classes)
        return target, strategy

    def _count_rows(self, target, strategy):
        if target.n_outputs > 1:
            return read_overlapping(target, strategy, self._n_needed())
        if not target.is_class:
            bins, wanted = read_target_bins(target.labels, strategy, self._n_needed())
            names = list(wanted)
            return dict(zip(names, split_rows(bins, len(names)), strict=True)), wanted
        if not isinstance(strategy, str | Real | Mapping):
            raise ValueError(
                "sampling_strategy: edges of bins were passed, but y holds classes, "
                "not numbers. Pass a dict {class: number of rows}."
            )
        wanted = check_sampling_strategy(strategy, target.labels, "over-sampling")
        return rows_of_classes(target), wanted

    def _draw(self, training, rng):
        # a class determines y; other rows need the columns of y
        table = training.table(with_target=not training.target.is_class)
        plans = self._plan(training)
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
        counts = [self.sampling_strategy_.get(name, 0) for name in training.classes]
        return reduce(concat_rows, new), np.repeat(np.arange(len(counts)), counts)

    def _plan(self, training):
        """Plan of each class that needs rows."""
        weights, counts = training.weights, self.sampling_strategy_
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
        generator = self._component("generator")
        return max(_MIN_CLASS_ROWS, getattr(generator, "n_samples_needed", 1))

    def _share_redrawn(self, classes):
        """Share of generator candidates with redrawn columns, for each class."""
        needed = self._n_needed()
        few = [name for name in classes if len(classes[name]) < needed]
        # the cells of a single column cannot be drawn given others
        can_redraw = draws_given(self._component("generator"))
        can_redraw &= self.n_features_in_ > 1
        if few:
            named = ", ".join(f"{name} ({len(classes[name])})" for name in few)
            warnings.warn(
                f"Classes of fewer than {needed} rows (with their sizes): {named}. "
                "Their rows are too few to learn how columns depend on each other: "
                f"{_POOLED if can_redraw else _ALONE}",
                UserWarning,
                stacklevel=7,
            )
        if not can_redraw:
            return dict.fromkeys(classes, 0.0)
        return {
            name: 1.0 if name in few else pooled_share(self.pooling, len(rows))
            for name, rows in classes.items()
        }


def _make_class_generator():
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
