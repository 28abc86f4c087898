"""GenerativeOverSampler: more rows of the rare classes, or rare values, of y."""

from collections.abc import Mapping
from numbers import Real

import numpy as np
from imblearn.over_sampling.base import BaseOverSampler
from imblearn.utils import check_sampling_strategy
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions

from skgen.resampling._class_sampler import ClassSampler
from skgen.resampling._overlapping import read_overlapping
from skgen.resampling._target_bins import read_target_bins
from skgen.resampling._targets import (
    check_count,
    lists_classes,
    raised_classes,
    read_y,
    rows_of_classes,
    split_rows,
)
from skgen.table import Schema


class GenerativeOverSampler(ClassSampler, BaseOverSampler):
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
        - array-like: the classes that are raised to the size of the majority class. For
          y of numbers, the increasing edges of bins, all of which are raised to the
          size of the largest. Only the last includes its upper edge. Whole numbers, if
          there are at most ten of them in y, are classes.

        If y holds numbers, a str or a float refers to six bins of equal width between
        the quantiles .01 and .99 of y; small bins are merged with their neighbours. A
        float is then the smallest size of a bin, as a share of the largest. A dict maps
        ranges ``(low, high)``, both ends included, to their numbers of rows. Nothing is
        drawn for rows outside of the given ranges or bins. For several targets, see
        Notes.
    gaussian_share : float or "auto", default="auto"
        Share of the candidates that come from a normal distribution instead of the
        generator; "auto" is 0.5, and 0 from 500 rows of the class on, not counting rows
        of weight 0. The distribution has the mean and covariance of the class, where
        numbers are normal scores among all rows; categories, missing cells and point
        masses are thresholded indicators. It extrapolates beyond the rows of the class,
        but draws values that the column can hold: on its grid, within the range of X,
        in no empty gap, and no others than those of a column that has few. It captures
        monotone dependence only. With 0, all candidates come from the generator.
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
    categorical_features : array-like, "auto" or None, default=None
        Names or positions of the columns of X that hold categories, or a mask, as for
        :class:`~imblearn.over_sampling.SMOTENC`. Only needed for categories that are
        written as numbers; other columns go by their dtype, as all do with "auto".
        None takes the parameter of the generator.
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
        Positions of the rows of the result in X. Only if no row was drawn, as drawn
        rows have none.
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
    classifier either is often as good. New rows help most where a class has a few dozen
    rows. From some 500 rows of the class on, they improve the ranking of rows little,
    if at all.

    **How many rows.** With "auto", classes are balanced, and a classifier then weighs
    both kinds of errors alike at the probability one half: leave it so if you predict
    at this threshold. But balance costs linear models and forests average precision,
    whichever method makes it, class weights included: these rank the rare rows best if
    nothing is resampled. If rows are ranked, or the threshold is moved, fill up about a
    third of the way: for classes of 900 and 100 rows,
    ``sampling_strategy={rare: 367}``.

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
        "categorical_features": ["array-like", StrOptions({"auto"}), None],
    }

    def __init__(
        self,
        generator=None,
        *,
        sampling_strategy="auto",
        gaussian_share="auto",
        accept="auto",
        pooling="none",
        categorical_features=None,
        schema=None,
        identifiers=None,
        random_state=None,
    ):
        super().__init__(sampling_strategy=sampling_strategy)
        self.generator = generator
        self.gaussian_share = gaussian_share
        self.accept = accept
        self.pooling = pooling
        self.categorical_features = categorical_features
        self.schema = schema
        self.identifiers = identifiers
        self.random_state = random_state

    def _read_target(self, y):
        target, strategy = read_y(y), self.sampling_strategy
        if callable(strategy):
            strategy = strategy(y if target.n_outputs > 1 else target.labels)
        if isinstance(strategy, Mapping):
            for key, n in strategy.items():
                check_count(n, repr(key))
        listed = not isinstance(strategy, str | Real | Mapping)
        if listed and lists_classes(target, strategy):
            return target, raised_classes(target, strategy)
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
        wanted = check_sampling_strategy(strategy, target.labels, "over-sampling")
        return rows_of_classes(target), wanted

    def _draw(self, training, rng):
        return self._draw_classes(training, self.sampling_strategy_, rng)
