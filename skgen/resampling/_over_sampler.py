"""GenerativeOverSampler: more rows of the rare classes."""

import warnings
from functools import reduce

import numpy as np
from imblearn.over_sampling.base import BaseOverSampler
from imblearn.utils import check_sampling_strategy
from sklearn.base import _fit_context
from sklearn.utils import _safe_indexing, check_consistent_length
from sklearn.utils._param_validation import HasMethods, StrOptions

from skgen._adapters.estimators import clone_seeded
from skgen._adapters.generators import draw_rows, draws_given
from skgen.base import make_rng
from skgen.conditionals import TreeConditional
from skgen.generators import AutoregressiveGenerator
from skgen.resampling._base import (
    GenerativeSamplerMixin,
    refuse_sparse,
    takes_tables,
)
from skgen.resampling._targets import check_labels, flat
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


class GenerativeOverSampler(GenerativeSamplerMixin, BaseOverSampler):
    """Over-sample by drawing rows of the rare classes from a generator.

    For each class that needs rows, a clone of the generator is fitted on the rows of
    that class and rows are drawn from it; small classes also borrow from the others
    (`pooling`). Raw tables are welcome: text, categories, booleans, dates and missing
    cells are resampled as they are, before anything is encoded, and every dtype is
    kept.

    Parameters
    ----------
    generator : object, default=None
        Any estimator with ``fit(X)`` and ``sample(n_samples)``, such as those of skgen
        or, for numeric arrays, :class:`~sklearn.neighbors.KernelDensity`. None stands
        for ``AutoregressiveGenerator(TreeConditional(min_samples_leaf=5,
        smoothing=0.5))``, whose parameters can then be set as ``generator__...``.
    sampling_strategy : float, str, dict or callable, default="auto"
        How many rows the classes are to have.

        - float: rows of the minority class over rows of the majority class, for binary
          targets.
        - str: the classes to be made as large as the majority class: ``"minority"``,
          ``"not minority"``, ``"not majority"``, ``"all"`` or ``"auto"``, which is
          ``"not majority"``.
        - dict: the number of rows that each class is to have.
        - callable: takes the labels and returns such a dict.
    pooling : {"none", "partial", "full"}, default="partial"
        Whether classes lend each other what they have in common.

        - ``"none"``: the rows of a class are drawn from a generator of this class.
        - ``"full"``: they are rows of the class in which two fifths of the columns,
          chosen at random, are drawn anew given the others, from a generator fitted on
          all rows of X.
        - ``"partial"``: a share of 30 / (30 + n) of them as with ``"full"``, the others
          as with ``"none"``, where n is the number of rows of the class. So large
          classes keep to themselves.

        It needs a generator that draws cells given others (skgen's do: they have
        ``impute`` and ``sample(given=...)``) and a table of more than one column. Where
        these are missing, it is ``"none"``.
    random_state : int, RandomState instance or None, default=None
        Seed. It replaces every ``random_state`` of the generator.

    Attributes
    ----------
    sampling_strategy_ : dict
        Classes mapped to the number of rows to generate.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns, where all are strings.

    Warns
    -----
    UserWarning
        If a class that needs rows has fewer than 10, or than the ``n_samples_needed``
        of the generator to learn how columns depend on each other. Its rows are then
        made as with ``pooling="full"``, where that is possible.

    See Also
    --------
    AutoregressiveGenerator : The default generator.
    imblearn.over_sampling.SMOTE : Interpolates between numeric rows.

    Notes
    -----
    Resampling changes how often the classifier sees each class, so its probabilities no
    longer fit the data; calibrate it afterwards where they matter. Compare with what
    costs less: ``class_weight="balanced"``, or a moved decision threshold
    (:class:`~sklearn.model_selection.TunedThresholdClassifierCV`). With a strong
    classifier either is often as good.

    Only training rows may be resampled: put the sampler into imbalanced-learn's
    ``Pipeline``, which skips it at prediction, and never resample before a split.

    The fitted generators are not kept, so a pipeline that is stored or deployed carries
    no model of the rows of a class.

    Identifier-like columns, of texts that are all distinct, are refused; drop them.

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
        **BaseOverSampler._parameter_constraints,
        "generator": [HasMethods(["fit", "sample"]), None],
        "pooling": [StrOptions({"none", "partial", "full"})],
    }

    def __init__(
        self,
        generator=None,
        *,
        sampling_strategy="auto",
        pooling="partial",
        random_state=None,
    ):
        super().__init__(sampling_strategy=sampling_strategy)
        self.generator = generator
        self.pooling = pooling
        self.random_state = random_state

    @staticmethod
    def _default_components():
        return {"generator": _default_generator}

    @_fit_context(prefer_skip_nested_validation=False)
    def fit_resample(self, X, y):
        """Add generated rows to the classes that lack them.

        Parameters
        ----------
        X : {array-like, dataframe} of shape (n_samples, n_features)
            Table of numbers, categories, booleans and dates; cells may be missing.
        y : array-like of shape (n_samples,)
            Class of each row; or of shape (n_samples, n_classes), its indicators.

        Returns
        -------
        X_resampled : {array-like, dataframe} of shape (n_samples_new, n_features)
            The rows of X, unchanged and in their order, then the generated ones; in
            the container and dtypes of X, with a fresh index in pandas.
        y_resampled : array-like of shape (n_samples_new,) or (n_samples_new, n_classes)
            Their classes, in the container and dtype of y.

        Raises
        ------
        ValueError
            If y has one class only or is no classification target; if
            `sampling_strategy` asks for fewer rows than there are; if X has a column
            that cannot be modelled.
        """
        X, labels, _ = self._check_X_y(X, y)
        self.sampling_strategy_ = check_sampling_strategy(
            self.sampling_strategy, labels, self._sampling_type
        )
        y = flat(y)
        # a copy with a fresh index, even where nothing is to be added
        X_resampled = concat_rows(X, take_rows(X, []))
        y_resampled = concat_rows(y, take_rows(y, []))
        for label, new in self._fit_resample(X, labels).items():
            # refused if the dtypes of X cannot hold it without loss
            X_resampled = concat_rows(X_resampled, new)
            same_class = np.full(n_rows(new), np.argmax(labels == label))
            y_resampled = concat_rows(y_resampled, take_rows(y, same_class))
        return X_resampled, y_resampled

    def _check_X_y(self, X, y):
        refuse_sparse(X)
        labels, one_vs_all = check_labels(y)
        self._check_X(X)
        check_consistent_length(X, labels)
        return X, labels, one_vs_all

    def _fit_resample(self, X, labels):
        """Generated rows of each class that needs some."""
        generator = self._component("generator")
        wanted = {label: n for label, n in self.sampling_strategy_.items() if n > 0}
        rows = {label: np.flatnonzero(labels == label) for label in wanted}
        shared = self._count_shared(rows, wanted)
        alone = [label for label in wanted if shared[label] < wanted[label]]
        context = self._init_callback_context(
            task_name="fit_resample",
            max_subtasks=len(alone) + any(shared.values()),
        )
        context.call_on_fit_task_begin(estimator=self, X=X, y=labels)
        rng = make_rng(self.random_state)
        rngs = dict(zip(wanted, rng.spawn(len(wanted)), strict=True))
        # so that a few rows of distinct texts are not taken for identifiers
        table = declare_categories(X) if takes_tables(generator) else X
        new = {label: [] for label in wanted}
        for label in alone:
            seeded = clone_seeded(generator, rngs[label])
            of_class = take_rows(table, rows[label])
            fitted = self._fit_generator(context, f"class {label}", seeded, of_class)
            n_alone = wanted[label] - shared[label]
            new[label].append(draw_rows(fitted, n_alone, rngs[label]))
        if any(shared.values()):
            seeded = clone_seeded(generator, rng)
            fitted = self._fit_generator(context, "all classes", seeded, table)
            codec = self._make_codec().fit(table)
        for label in wanted:
            # every row of the class serves equally often
            order = rngs[label].permutation(shared[label]) % len(rows[label])
            of_class = take_rows(table, rows[label][order])
            if shared[label]:
                new[label].append(_redraw_columns(fitted, codec, of_class, rngs[label]))
        context.call_on_fit_task_end(
            estimator=self, X=X, y=labels, reconstruction_attributes=dict
        )
        return {label: reduce(concat_rows, parts) for label, parts in new.items()}

    def _count_shared(self, rows, wanted):
        """How many new rows of each class the model of all classes is to make.

        The cells of a single column cannot be drawn given others.
        """
        generator = self._component("generator")
        needed = max(_MIN_CLASS_ROWS, getattr(generator, "n_samples_needed", 1))
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


def _default_generator():
    """Follows the few rows of a class closer than the default for a whole table."""
    return AutoregressiveGenerator(TreeConditional(min_samples_leaf=5, smoothing=0.5))


def _redraw_columns(generator, codec, X, rng):
    """Rows of X with a part of their columns drawn anew, given the others."""
    n_samples, n_features = n_rows(X), codec.n_features_in_
    n_redrawn = min(max(1, round(_REDRAWN_SHARE * n_features)), n_features - 1)
    parts = []
    for rows in np.array_split(np.arange(n_samples), min(n_samples, _N_CHOICES)):
        redrawn = np.isin(
            np.arange(n_features), rng.permutation(n_features)[:n_redrawn]
        )
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
