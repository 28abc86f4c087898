"""Scorers of generators, for cross-validation and searches, made from metrics."""

from functools import partial
from inspect import signature
from numbers import Integral, Real

import numpy as np
from sklearn.pipeline import Pipeline
from sklearn.utils._param_validation import Interval, validate_params

from skgen._math.statistics.auc import equal_rows
from skgen._table.containers.tables import as_table
from skgen._table.joint_tables import read_tables
from skgen._table.rows import n_rows, take_rows
from skgen._utils.estimators import draw_rows
from skgen._utils.random import make_rng
from skgen.metrics._detection import detection_auc
from skgen.metrics._fidelity import marginal_error
from skgen.metrics._pairwise import pairwise_error
from skgen.metrics._repeats import repeat_share


@validate_params(
    {
        "metric": [callable],
        "greater_is_better": ["boolean"],
        "ideal": [Real, None],
        "n_samples": [Interval(Integral, 1, None, closed="left"), None],
        "real": "no_validation",
        "random_state": [Interval(Integral, 0, None, closed="left"), None],
    },
    prefer_skip_nested_validation=True,
)
def make_generation_scorer(
    metric,
    *,
    greater_is_better=True,
    ideal=None,
    n_samples=None,
    real=None,
    random_state=0,
    **metric_params,
):
    """Make a scorer of generators from a metric of synthetic tables.

    The scorer draws rows from the fitted generator and compares them with the rows that
    it gets, which :class:`~sklearn.model_selection.GridSearchCV` or
    :func:`~sklearn.model_selection.cross_validate` have held out.

    Parameters
    ----------
    metric : callable
        Called as ``metric(real=X, synthetic=drawn, **metric_params)``, and with
        ``random_state`` if it has this parameter. It returns a number, or a tuple with
        a field ``value``, as the metrics of this package do.
    greater_is_better : bool, default=True
        Whether larger values are better. If not, the score is minus the value.
    ideal : float, default=None
        Best value of the metric, if larger and smaller values are both worse: .5 for
        :func:`nearest_record_share`. The score is then minus the distance from it, and
        `greater_is_better` is ignored.
    n_samples : int, default=None
        Number of rows to draw; None for the number of held-out rows.
    real : table, default=None
        The whole table that is searched, for metrics that compare training rows with
        held-out rows. The scorer then calls
        ``metric(real=rest, synthetic=drawn, holdout=X, **metric_params)``, where
        ``rest`` are the rows of `real` that are not held out.
    random_state : int or None, default=0
        Seed of the rows that are drawn and of the metric. With an int, all candidates
        of a search are scored with the same random numbers; with None, they differ from
        call to call.
    **metric_params
        Passed to the metric.

    Returns
    -------
    scorer : callable
        ``scorer(generator, X, y=None)`` gives a float, larger being better. `y` is
        ignored.

    Raises
    ------
    ValueError
        If `metric` needs a holdout and `real` is None, or has no parameter `holdout`
        and `real` is given. By the scorer: if `real` lacks rows that are scored.
    TypeError
        By the scorer: if the generator has no ``sample``, or the metric returns neither
        a number nor a tuple with a ``value``.

    See Also
    --------
    detection_scorer, fidelity_scorer, privacy_scorer : Scorers with defaults.

    Notes
    -----
    A generator is an object with ``sample(n_samples)``, or a pipeline whose only step
    is one. The likelihood needs no scorer: it is the ``score`` of generators that have
    one, and ``None`` in a dict of scorers.

    With `real`, rows are identified by their cells. Training scores
    (``return_train_score=True``) are then meaningless, as training and held-out rows
    are swapped.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.model_selection import GridSearchCV
    >>> from skgen import GaussianMixtureGenerator
    >>> from skgen.metrics import copy_rate, make_generation_scorer, pairwise_error
    >>> X = np.random.default_rng(0).normal(size=(200, 2))
    >>> X[::2] += 9
    >>> scoring = {
    ...     "likelihood": None,
    ...     "pairs": make_generation_scorer(pairwise_error, greater_is_better=False),
    ...     "copies": make_generation_scorer(copy_rate, ideal=0.0, real=X),
    ... }
    >>> search = GridSearchCV(
    ...     GaussianMixtureGenerator(random_state=0),
    ...     {"n_components": [1, 2]},
    ...     scoring=scoring,
    ...     refit="pairs",
    ...     cv=2,
    ... ).fit(X)
    >>> search.best_params_
    {'n_components': 2}
    >>> bool((search.cv_results_["mean_test_copies"] == 0).all())
    True
    """
    _check_holdout(metric, real)
    return _GenerationScorer(
        metric, greater_is_better, ideal, n_samples, real, random_state, metric_params
    )


class _Scorer:
    """Draws tables from a generator and evaluates them on held-out rows."""

    def __init__(self, n_samples, random_state):
        self.n_samples = n_samples
        self.random_state = random_state

    def __call__(self, generator, X, y=None):
        size = n_rows(X) if self.n_samples is None else self.n_samples
        rng = make_rng(self.random_state)
        return self._evaluate(
            partial(draw_rows, _drawn_from(generator), size, rng), X, rng
        )

    def _accept_sample_weight(self):
        # searches that are given weights ask every scorer
        return False


class _GenerationScorer(_Scorer):
    def __init__(
        self,
        metric,
        greater_is_better=True,
        ideal=None,
        n_samples=None,
        real=None,
        random_state=0,
        metric_params=None,
        name=None,
    ):
        super().__init__(n_samples, random_state)
        self.metric = metric
        self.greater_is_better = greater_is_better
        self.ideal = ideal
        self.real = real
        self.metric_params = metric_params or {}
        self.name = name

    def _evaluate(self, draw, X, rng):
        tables = {"real": X, "synthetic": draw()}
        if self.real is not None:
            tables |= {"real": _rest(self.real, X, self.metric_params), "holdout": X}
        params = dict(self.metric_params)
        if "random_state" in signature(self.metric).parameters:
            params["random_state"] = int(rng.integers(2**31))
        value = _value(self.metric, self.metric(**tables, **params))
        if self.ideal is not None:
            return -abs(value - self.ideal)
        return value if self.greater_is_better else -value

    def __repr__(self):
        if self.name:
            return self.name
        given = {
            "greater_is_better": (self.greater_is_better, True),
            "ideal": (self.ideal, None),
            "n_samples": (self.n_samples, None),
            "random_state": (self.random_state, 0),
        }
        shown = [f"{k}={v!r}" for k, (v, default) in given.items() if v != default]
        # the user's rows may be confidential
        shown += ["real=..."] if self.real is not None else []
        shown += [f"{k}={v!r}" for k, v in self.metric_params.items()]
        return f"make_generation_scorer({', '.join([_name(self.metric), *shown])})"


class _PrivacyScorer(_Scorer):
    """One minus the share of rows that a generator repeats from draw to draw.

    Two draws of the number of held-out rows are compared. The score is one minus the
    share of drawn rows that come again, exactly or nearly so, beyond chance: from 0 to
    1, the best. It needs no training rows. A generator that draws n rows from m
    training rows has about ``exp(-n / m)``, so repeats are easier to see if more rows
    are held out, such as with two folds.

    Near repeats are found by the ratio of the distances to the nearest and the second
    nearest row, compared with that among held-out rows, so that a bad fit does not
    count as memory. Not found are a few memorised rows among many, rows that repeat
    training rows only in some columns, and training rows that equal other real rows:
    this is a birthday test [1]_ for searches, and no proof of privacy.

    References
    ----------
    .. [1] Arora & Zhang (2017), "Do GANs actually learn the distribution? An empirical
       study", arXiv:1706.08224.
    """

    def _evaluate(self, draw, X, rng):
        if n_rows(X) < 3:
            raise ValueError(
                f"X has {n_rows(X)} rows; privacy_scorer needs at least 3. Hold out "
                "more, with fewer folds."
            )
        # two calls: rows of one call may be drawn without replacement
        tables = read_tables({"X": X, "first draw": draw(), "second draw": draw()})
        real, first, second = tables.matrices
        return 1.0 - repeat_share(tables.columns, first, second, real, rng)

    def __repr__(self):
        return "privacy_scorer"


def _check_holdout(metric, real):
    holdout = signature(metric).parameters.get("holdout")
    if real is None and holdout is not None and holdout.default is holdout.empty:
        raise ValueError(
            f"real: {_name(metric)} compares the rows that the generator was fitted to "
            "with held-out rows. Pass the whole table that is searched as `real`."
        )
    if real is not None and holdout is None:
        raise ValueError(
            f"real: {_name(metric)} has no parameter `holdout`, so it cannot use the "
            "training rows. Leave `real` out."
        )


def _drawn_from(generator):
    """The generator, or the only step of a pipeline."""
    if isinstance(generator, Pipeline) and len(generator.steps) == 1:
        generator = generator.steps[0][1]
    if not hasattr(generator, "sample"):
        raise TypeError(
            f"generator: {type(generator).__name__} has no method `sample`. Score a "
            "generator, or a pipeline whose only step is one."
        )
    return generator


def _value(metric, result):
    value = getattr(result, "value", result)
    if not isinstance(value, Real):
        raise TypeError(
            f"metric: {_name(metric)} returned {type(result).__name__}; expected a "
            "number, or a tuple with a field `value`."
        )
    return float(value)


def _name(metric):
    return getattr(metric, "__name__", None) or repr(metric)


def _rest(real, X, metric_params):
    """Rows of the whole table without those that are held out, found by their cells."""
    categorical = metric_params.get("categorical_features", "from_dtype")
    tables = {"real": real, "X": X}
    Z, Z_held = read_tables(tables, categorical_features=categorical).matrices
    key = equal_rows(np.vstack([Z, Z_held]))
    key, held = key[: len(Z)], np.bincount(key[len(Z) :], minlength=key.max() + 1)
    order = np.argsort(key, kind="stable")
    first = np.searchsorted(key[order], key[order])
    # of equal rows, the number that is held out is removed
    rest = np.sort(order[np.arange(len(Z)) - first >= held[key[order]]])
    n_missing = len(rest) + len(Z_held) - len(Z)
    if n_missing:
        raise ValueError(
            f"real: {n_missing} of the {len(Z_held)} rows that are scored are not in "
            "it. Pass the whole table that is searched."
        )
    return take_rows(as_table(real)[1], rest)


def _undetected(real, synthetic, random_state):
    auc = detection_auc(real, synthetic, random_state=random_state).value
    return 1.0 - 2.0 * abs(auc - 0.5)


def _likeness(real, synthetic, random_state):
    errors = [marginal_error(real, synthetic, random_state=random_state).value]
    if as_table(real)[1].shape[1] > 1:
        error = pairwise_error(real, synthetic, random_state=random_state).value
        errors.append(error)
    return 1.0 - np.mean(errors)


detection_scorer = _GenerationScorer(_undetected, name="detection_scorer")
detection_scorer.__doc__ = """One minus how well a classifier detects drawn rows.

It is ``1 - 2 * abs(AUC - 0.5)`` of :func:`detection_auc`, from 0 to 1, the best. Copies
of training rows score like fresh rows: use `privacy_scorer` or a metric of training
rows, too.
"""

fidelity_scorer = _GenerationScorer(_likeness, name="fidelity_scorer")
fidelity_scorer.__doc__ = """One minus the mean error of columns and of their pairs.

It is one minus the mean of :func:`marginal_error` and :func:`pairwise_error`, or one
minus `marginal_error` for a single column: from 0 to 1, the best. Rows of the same
distribution score below 1, too.
"""

privacy_scorer = _PrivacyScorer(None, 0)
