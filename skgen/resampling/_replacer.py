"""GenerativeReplacer: synthetic rows in place of the training rows."""

from collections.abc import Mapping
from numbers import Integral

import numpy as np
from sklearn.utils._param_validation import (
    HasMethods,
    Interval,
    RealNotInt,
    StrOptions,
)

from skgen.resampling._joint_rows import JointSampler, apportion
from skgen.resampling._targets import check_count
from skgen.table import Schema


class GenerativeReplacer(JointSampler):
    """Replace the training rows by synthetic ones.

    Rows are drawn class by class, or range by range if y holds numbers, as
    :class:`GenerativeOverSampler` draws them. A model that is fitted to the result,
    such as the next step of a pipeline, sees no row of X. Raw tables are supported:
    text, categories, booleans, dates and missing cells need no encoding, and every
    dtype is kept.

    Parameters
    ----------
    generator : object, default=None
        Any estimator with ``fit(X)`` and ``sample(n_samples)``, such as those of skgen
        or, for numeric arrays, :class:`~sklearn.neighbors.KernelDensity`. None stands
        for ``AutoregressiveGenerator(TreeConditional("auto", min_samples_leaf=5,
        smoothing=0.5))``, whose parameters can then be set as ``generator__...``.
    n_samples : "same", int or float, default="same"
        Number of rows to draw: "same" is the number of rows of X, and a float is a
        share of it, which may exceed 1. Leave it at "same" if `sampling_strategy` is a
        dict or a callable.
    sampling_strategy : None, "all", dict or callable, default=None
        Number of rows of each class.

        - None: the same share of all rows as in y, rounded to whole rows.
        - ``"all"``: the same number for all.
        - dict: classes mapped to their numbers of rows. Other classes keep the number
          that they have in y.
        - callable: takes the labels and returns such a dict.

    strategy : {"separate", "joint"}, default="separate"
        How X and y are learned.

        - ``"separate"``: each class has a generator of its own. In classes of fewer
          than 500 rows, half of the candidates come from a normal distribution and a
          classifier selects among them, as by default in `GenerativeOverSampler`.
          Numbers of y are divided into three groups of about the same size, fewer if
          there are few rows; within a group y is one more column.
        - ``"joint"``: one generator learns all rows, with y as the last column, or the
          first with a `sampling_strategy`.

        Several targets are always learned jointly, and so are classes if one has fewer
        than 10 rows, or than the ``n_samples_needed`` of the generator: its rows alone
        would be little more than copied.
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
        Classes mapped to the number of rows to draw. Only if y holds the classes of a
        single target.
    is_synthetic_ : ndarray of bool of shape (n_samples_new,)
        Which rows of the result are drawn: all.
    sample_weight_ : ndarray of shape (n_samples_new,)
        Weights of the drawn rows: the mean weight of their class, or of all rows if y
        holds numbers or several targets. Only if `sample_weight` was passed.
    groups_ : array-like of shape (n_samples_new,)
        Groups of the drawn rows, in the container and dtype of `groups`. Only if
        `groups` was passed.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns, if all are strings.

    See Also
    --------
    GenerativeOverSampler : Keeps the rows and adds to the rare classes.
    AutoregressiveGenerator : The default generator.

    Notes
    -----
    Replace training rows only: put the sampler into imbalanced-learn's ``Pipeline``,
    which skips it at prediction.

    Numeric y holds classes if all values are whole and there are at most ten of them,
    or at most the square root of the number of rows. Otherwise the generator learns
    numbers; whole ones, and those of few values, become observed ones. With a
    `sampling_strategy`, all whole numbers are classes.

    Models that are fitted to drawn rows lose less with ``"separate"``: a generator of X
    and y together blurs the dependence of y on X. With ``"joint"``, if parameters of
    the generator refer to columns by number, y is column ``n_features_in_``; and a
    generator that takes no tables with categories, or cannot draw rows given their
    class where a `sampling_strategy` needs that, is fitted to each class separately, or
    to X and y if y holds numbers.

    y of shape (n_samples, n_outputs) holds several targets, each of classes or numbers;
    indicators with a single 1 in each row are one target of classes. Several targets
    are learned together with X, so their combinations are kept approximately, not
    exactly. They allow no `sampling_strategy`, and a generator that takes no tables
    with categories supports them only if all are numbers.

    Drawn rows are learned from the rows of all groups, so grouping by `groups_` does
    not keep this information out of a test fold: split before resampling.

    ``generator__n_jobs`` or ``joblib.parallel_config`` sets the number of jobs.

    The fitted generator is not kept, so a stored pipeline contains none of it. But
    synthetic rows do not guarantee privacy: the generator has learned from each row. In
    tables of continuous columns a drawn row hardly ever equals one of X; in tables of
    few distinct values, rows repeat by chance.

    Columns of texts that are all distinct are taken for identifiers and refused; drop
    them.

    Examples
    --------
    >>> from imblearn.pipeline import make_pipeline
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skgen.resampling import GenerativeReplacer
    >>> X, y = load_iris(return_X_y=True)
    >>> replacer = GenerativeReplacer(random_state=0)
    >>> X_new, y_new = replacer.fit_resample(X, y)
    >>> X_new.shape, replacer.sampling_strategy_
    ((150, 4), {0: 50, 1: 50, 2: 50})
    >>> pipeline = make_pipeline(replacer, LogisticRegression(max_iter=1000))
    >>> pipeline.fit(X, y).score(X, y) > 0.9
    True
    """

    _parameter_constraints: dict = {
        "generator": [HasMethods(["fit", "sample"]), None],
        "n_samples": [
            StrOptions({"same"}),
            Interval(Integral, 1, None, closed="left"),
            Interval(RealNotInt, 0, None, closed="neither"),
        ],
        "sampling_strategy": [StrOptions({"all"}), dict, callable, None],
        "strategy": [StrOptions({"separate", "joint"})],
        "schema": [Schema, dict, None],
        "identifiers": [StrOptions({"fresh", "refuse", "learn"}), None],
        "random_state": ["random_state"],
    }

    _keeps_rows = False

    def __init__(
        self,
        generator=None,
        *,
        n_samples="same",
        sampling_strategy=None,
        strategy="separate",
        schema=None,
        identifiers=None,
        random_state=None,
    ):
        super().__init__(sampling_strategy=sampling_strategy)
        self.generator = generator
        self.n_samples = n_samples
        self.strategy = strategy
        self.schema = schema
        self.identifiers = identifiers
        self.random_state = random_state

    def _is_separate(self, target):
        if not super()._is_separate(target):
            return False
        smallest = np.bincount(target.levels).min() if target.is_class else np.inf
        return smallest >= self._n_needed()

    def _count_classes(self, target, counts, strategy):
        if strategy is None or isinstance(strategy, str):
            shares = counts if strategy is None else np.ones(len(counts))
            return apportion(self._n_rows(counts.sum()), shares)
        if not isinstance(self.n_samples, str):
            raise ValueError(
                f"n_samples: got {self.n_samples!r} together with a sampling_strategy "
                "that sets the number of rows of each class. Leave it at 'same'."
            )
        asked = strategy if isinstance(strategy, Mapping) else strategy(target.labels)
        if not isinstance(asked, Mapping):
            raise TypeError(
                "sampling_strategy: expected the callable to return a dict of classes "
                f"and their numbers of rows, got a {type(asked).__name__}."
            )
        classes = target.values.tolist()
        _check_strategy(asked, classes)
        kept = zip(classes, counts.tolist(), strict=True)
        return np.array([int(asked.get(label, n)) for label, n in kept])

    def _n_rows(self, n_samples):
        if isinstance(self.n_samples, str):
            return int(n_samples)
        if isinstance(self.n_samples, Integral):
            return int(self.n_samples)
        return max(1, round(self.n_samples * n_samples))


def _check_strategy(asked, classes):
    unknown = [label for label in asked if label not in classes]
    if unknown:
        raise ValueError(
            f"sampling_strategy: the class {unknown[0]!r} is not present in the data. "
            f"Use those in y, which are {classes[:10]}."
        )
    for label, n in asked.items():
        check_count(n, f"class {label!r}")
    if not any(asked.get(label, 1) for label in classes):
        raise ValueError("sampling_strategy: it asks for no row of any class.")
