"""GenerativeAugmenter: synthetic rows beside the training rows."""

from numbers import Real

from sklearn.utils._param_validation import HasMethods, Interval, StrOptions

from skgen.resampling._joint_rows import JointSampler
from skgen.table import Schema


class GenerativeAugmenter(JointSampler):
    """Add synthetic rows to the training rows, the class balance unchanged.

    Rows are drawn class by class, as :class:`GenerativeOverSampler` draws them, so that
    they look like rows of their class and not of another one. Numbers of y are divided
    into groups that take the place of classes. Raw tables are supported: text,
    categories, booleans, dates and missing cells need no encoding, and every dtype is
    kept.

    Parameters
    ----------
    generator : object, default=None
        Any estimator with ``fit(X)`` and ``sample(n_samples)``, such as those of skgen
        or, for numeric arrays, :class:`~sklearn.neighbors.KernelDensity`. None stands
        for ``AutoregressiveGenerator(TreeConditional("auto", min_samples_leaf=5,
        smoothing=0.5))``, whose parameters can then be set as ``generator__...``.
    ratio : float, default=1.0
        Number of rows to add, as a share of the rows of X; at least one row is added.
        The classes of y get new rows in proportion to their sizes, by the
        largest-remainder method.
    strategy : {"separate", "joint"}, default="separate"
        How X and y are learned.

        - ``"separate"``: each class has a generator of its own. In classes of fewer
          than 500 rows, half of the candidates come from a normal distribution and a
          classifier selects among them, as by default in `GenerativeOverSampler`.
          Numbers of y are divided into three groups of about the same size, fewer if
          there are few rows; within a group y is one more column.
        - ``"joint"``: one generator learns all rows, with y as the last column.

        Several targets are always learned jointly.
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
        Classes mapped to the number of rows to add. Only if y holds the classes of a
        single target.
    is_synthetic_ : ndarray of bool of shape (n_samples_new,)
        Which rows of the result are drawn: those after the rows of X.
    sample_indices_ : ndarray of shape (n_samples,)
        Positions of the rows of the result in X. Only if no row was drawn, as drawn
        rows have none.
    sample_weight_ : ndarray of shape (n_samples_new,)
        Weights of the rows. A drawn row gets the mean weight of its class, or of all
        rows if y holds numbers or several targets. Only if `sample_weight` was passed.
    groups_ : array-like of shape (n_samples_new,)
        Groups of the rows, in the container and dtype of `groups`. Only if `groups` was
        passed.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns, if all are strings.

    See Also
    --------
    GenerativeOverSampler : Adds to the rare classes.
    GenerativeReplacer : Leaves the training rows out.

    Notes
    -----
    Drawn rows contain no information beyond that in X. They act as smoothing, which
    helps flexible models, boosting most of all, that are fitted to a few dozen to a few
    hundred rows. With many rows, or a model that does not overfit, nothing is gained.
    Compare with doing nothing.

    A generator of X and y together blurs the dependence of y on X, which the model is
    then to learn: ``"joint"`` usually does harm.

    Resample training rows only: put the sampler into imbalanced-learn's ``Pipeline``,
    which skips it at prediction.

    Numeric y holds classes if all values are whole and there are at most ten of them,
    or at most the square root of the number of rows. Otherwise it holds numbers; whole
    ones, and those of few values, become observed ones. With ``"joint"``, a generator
    that takes no tables with categories is fitted to each class separately.

    y of shape (n_samples, n_outputs) holds several targets, each of classes or numbers;
    indicators with a single 1 in each row are one target of classes. Several targets
    are learned together with X, so their combinations are kept approximately, not
    exactly. A generator that takes no tables with categories supports them only if all
    are numbers.

    Drawn rows are learned from the rows of all groups, so grouping by `groups_` does
    not keep this information out of a test fold: split before resampling.

    ``generator__n_jobs`` or ``joblib.parallel_config`` sets the number of jobs. The
    fitted generator is not kept.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skgen.resampling import GenerativeAugmenter
    >>> X, y = load_iris(return_X_y=True)
    >>> augmenter = GenerativeAugmenter(ratio=0.5, random_state=0)
    >>> X_new, y_new = augmenter.fit_resample(X, y)
    >>> X_new.shape, augmenter.sampling_strategy_
    ((225, 4), {0: 25, 1: 25, 2: 25})
    >>> bool((X_new[~augmenter.is_synthetic_] == X).all())
    True
    """

    _parameter_constraints: dict = {
        "generator": [HasMethods(["fit", "sample"]), None],
        "ratio": [Interval(Real, 0, None, closed="neither")],
        "strategy": [StrOptions({"separate", "joint"})],
        "schema": [Schema, dict, None],
        "identifiers": [StrOptions({"fresh", "refuse", "learn"}), None],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        generator=None,
        *,
        ratio=1.0,
        strategy="separate",
        schema=None,
        identifiers=None,
        random_state=None,
    ):
        self.generator = generator
        self.ratio = ratio
        self.strategy = strategy
        self.schema = schema
        self.identifiers = identifiers
        self.random_state = random_state

    def _n_rows(self, n_samples):
        return max(1, round(self.ratio * n_samples))
