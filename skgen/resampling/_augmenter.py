"""GenerativeAugmenter: synthetic rows beside the training rows."""

from numbers import Real

import numpy as np
from imblearn.base import BaseSampler
from sklearn.base import _fit_context
from sklearn.utils._param_validation import HasMethods, Interval

from skgen._table.rows import concat_rows
from skgen._utils.mixins import keeps_state_on_error
from skgen.resampling._base import as_rows
from skgen.resampling._joint_rows import JointSamplerMixin, apportion, strata
from skgen.resampling._targets import flat


class GenerativeAugmenter(JointSamplerMixin, BaseSampler):
    """Add synthetic rows to the training rows, the class balance unchanged.

    A generator learns X and y together, y as one more column, and rows are drawn from
    it. Raw tables are welcome: text, categories, booleans, dates and missing cells are
    learned as they are, before anything is encoded, and every dtype is kept.

    Parameters
    ----------
    generator : object, default=None
        Any estimator with ``fit(X)`` and ``sample(n_samples)``, such as those of skgen
        or, for numeric arrays, :class:`~sklearn.neighbors.KernelDensity`. None stands
        for ``AutoregressiveGenerator()``, whose parameters can then be set as
        ``generator__...``.
    ratio : float, default=1.0
        How many rows to add, as a share of the number of rows of X; at least one row is
        added. The new rows are shared out among the classes of y in proportion to their
        sizes, by largest remainders.
    random_state : int, RandomState instance or None, default=None
        Seed. It replaces every ``random_state`` of the generator.

    Attributes
    ----------
    sampling_strategy_ : dict
        Classes mapped to the number of rows to add. Only where y holds
        classes of a single target.
    is_synthetic_ : ndarray of bool of shape (n_samples_new,)
        Which rows of the result are drawn: those after the rows of X.
    sample_indices_ : ndarray of shape (n_samples,)
        Positions of the rows of X that the result begins with: all, in their order.
    sample_weight_ : ndarray of shape (n_samples_new,)
        Weights of the rows. That of a drawn one is the mean weight of the rows of its
        class, or of all where y holds numbers or several targets. Only where
        `sample_weight` was passed.
    groups_ : array-like of shape (n_samples_new,)
        Groups of the rows, in the container and dtype of `groups`. Only where `groups`
        was passed.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns, where all are strings.

    See Also
    --------
    GenerativeOverSampler : Adds to the rare classes.
    GenerativeReplacer : Leaves the training rows out.

    Notes
    -----
    Drawn rows tell nothing that is not in the rows of X. They smooth: they can help a
    model that follows single rows too closely, and seldom help another one. Compare
    with doing nothing.

    Only training rows may be added to: put the sampler into imbalanced-learn's
    ``Pipeline``, which skips it at prediction.

    y may be the target of a regression. Its numbers are classes where all are whole and
    they have at most ten values, or at most as many as the square root of the number of
    rows; others are numbers to the generator, of which whole ones come back as observed
    values only. A generator that takes no tables with categories is fitted to each
    class on its own; where y holds numbers, to X and y.

    y of shape (n_samples, n_outputs) holds several targets, labels of a multilabel
    problem among them, each of classes or numbers; but indicators with a single 1 in
    each row are one target of classes. Several are learned with X as they occur
    together, and their mix is kept as far as the generator has learned it, not to the
    row. A generator that takes no tables with categories can learn numbers only.

    A drawn row has been learned from rows of all groups. So its group tells where it
    belongs, but does not keep it out of a test fold: split before.

    How many jobs share the work, ``generator__n_jobs`` or ``joblib.parallel_config``
    says.

    The fitted generator is not kept.

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
        "random_state": ["random_state"],
    }

    def __init__(self, generator=None, *, ratio=1.0, random_state=None):
        self.generator = generator
        self.ratio = ratio
        self.random_state = random_state

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.sampler_tags.sample_indices = True
        return tags

    @keeps_state_on_error
    @_fit_context(prefer_skip_nested_validation=False)
    def fit_resample(self, X, y, *, sample_weight=None, groups=None):
        """Add drawn rows to those of X and y.

        Parameters
        ----------
        X : {array-like, dataframe} of shape (n_samples, n_features)
            Table of numbers, categories, booleans and dates; cells may be missing.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Class or number of each row, indicators of its class or labels, or several
            targets.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows, with which the generator learns them; if it takes none,
            it sees each row about so often. They change no number of rows.
        groups : array-like of shape (n_samples,), default=None
            Group of each row, drawn with the rows as one more column.

        Returns
        -------
        X_resampled : {array-like, dataframe} of shape (n_samples_new, n_features)
            The rows of X, unchanged and in their order, then the drawn ones in random
            order; in the container and dtypes of X, with a fresh index in pandas.
        y_resampled : array-like of shape (n_samples_new,) or (n_samples_new, n_outputs)
            Their classes or numbers, in the container and dtypes of y.

        Raises
        ------
        TypeError
            If X is sparse.
        ValueError
            If y has one value only, or misses some; if X has a column that cannot be
            modelled; if the generator hardly ever draws a class, or takes no tables
            with categories and y has several targets, some of classes.
        """
        X = as_rows(X)
        target = self._check_X_y(X, y)
        metadata = self._check_metadata(X, sample_weight, groups)
        rows, drawn = self._fit_resample(X, target, metadata)
        n_samples = len(target.labels)
        rows = self._keep_record(
            metadata, groups, rows, *strata(target, drawn), n_kept=n_samples
        )
        y = flat(y)
        return concat_rows(X, rows), concat_rows(y, target.restore(y, drawn))

    def _count_rows(self, target):
        """Number of rows to draw of each class."""
        counts = np.bincount(target.codes)
        wanted = apportion(self._n_rows(counts.sum()), counts).tolist()
        return dict(zip(target.levels.tolist(), wanted, strict=True))

    def _n_rows(self, n_samples):
        return max(1, round(self.ratio * n_samples))
