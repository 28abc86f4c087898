"""Utility of synthetic rows for training a model."""

from numbers import Integral
from typing import NamedTuple

import numpy as np
from sklearn.metrics import get_scorer_names
from sklearn.utils._param_validation import (
    HasMethods,
    Interval,
    StrOptions,
)

from skgen._table.inputs import check_name
from skgen._table.joint_tables import Tables, read_tables
from skgen._table.rows import concat_rows
from skgen._utils.mixins import refuse_class
from skgen._utils.random import make_rng
from skgen.metrics._registry import metric
from skgen.metrics._tasks import (
    LabelledRows,
    fit_model,
    prepare_rows,
    read_matrix_task,
    read_table_task,
    score_function,
    score_with_error,
)

_CONSTRAINTS = {
    "estimator": [HasMethods(["fit", "predict"]), None],
    "scoring": [StrOptions(set(get_scorer_names())), callable, None],
    "max_rows": [Interval(Integral, 2, None, closed="left"), None],
}


class Utility(NamedTuple):
    """Score on real rows of a model that was trained on synthetic rows."""

    value: float
    standard_error: float  # over test rows
    real: float  # the same model trained on real rows
    floor: float  # trained on real rows whose targets were shuffled


class AugmentationGain(NamedTuple):
    """Gain by adding synthetic rows to the training rows."""

    value: float
    standard_error: float  # over test rows, of the difference
    real: float  # score of the model trained on real rows
    augmented: float  # trained on real and synthetic rows


def _utility_of_matrices(columns, Z_real, Z_synthetic, Z_holdout, target, rng):
    """`train_synthetic_test_real` with defaults."""
    return _utility(
        *_prepare_matrices(columns, target, rng, Z_real, Z_synthetic, Z_holdout), rng
    )


def _gain_of_matrices(columns, Z_real, Z_synthetic, Z_holdout, target, rng):
    """`augmentation_gain` with defaults."""
    return _gain(
        *_prepare_matrices(columns, target, rng, Z_real, Z_synthetic, Z_holdout), rng
    )


def _prepare_matrices(columns, target, rng, *matrices):
    matrices = tuple(Z for Z in matrices if Z is not None)
    nothing = (None,) * len(columns)
    tables = Tables(columns, nothing, nothing, (), matrices)
    task, rows = read_matrix_task(tables, _position(target, columns))
    return task, *prepare_rows(task, rows, None, rng)


def _thinned(inputs, rng):
    """For a report: with a limit of its own on the rows."""
    tables = inputs.real, inputs.synthetic, inputs.holdout
    tables = [inputs.thinned(rows, rng) for rows in tables]
    return _utility_of_matrices(inputs.columns, *tables, inputs.target, rng)


@metric(
    _CONSTRAINTS,
    core=_utility_of_matrices,
    group="utility",
    key="utility",
    order=1,
    title="Training",
    sentence="Score on unseen real rows of gradient boosting trained on synthetic rows "
    "(ROC AUC, or R² where the target is a number).",
    ideal=1.0,
    better="higher",
    fair=0.02,
    poor=0.05,
    words="a model trained on these rows scores {figures.value:.3f}, on real rows "
    "{figures.ceiling:.3f}",
    advice="The relation of the target to other columns is lost in part: train on real "
    "rows where you can, or try another model.",
    in_report=_thinned,
)
def train_synthetic_test_real(
    real,
    synthetic,
    *,
    target,
    holdout=None,
    estimator=None,
    scoring=None,
    categorical_features="from_dtype",
    max_rows=50_000,
    random_state=None,
):
    """Score on unseen real rows of a model that was trained on synthetic rows [1]_.

    The result also has the score of the same model trained on real rows, which good
    synthetic rows come near to, and of the model trained on real rows with a shuffled
    target, which is the score if the target does not depend on the other columns.

    Parameters
    ----------
    real : table of shape (n_real, n_features)
        Rows that the generator was fitted to, with the target among the columns.
    synthetic : table of shape (n_synthetic, n_features)
    target : str or int
        Column to predict: its name, or its position in arrays. Text, categories and
        booleans are classes, and so are whole numbers with at most 10 values; other
        numbers are regressed, unless `estimator` is a classifier. Rows with a missing
        target are used neither for training nor for the test.
    holdout : table of shape (n_holdout, n_features), default=None
        Real rows that the generator has not seen. Without them a quarter of the real
        rows, stratified by the target, is held out. As the generator has seen these,
        the score may be too good.
    estimator : classifier or regressor, default=None
        A seeded clone is fitted to the tables without the target, in the container and
        dtypes of `real`. It may be a pipeline with a
        :class:`~sklearn.compose.ColumnTransformer`. None stands for
        :class:`~sklearn.ensemble.HistGradientBoostingClassifier`, or the regressor,
        with categorical features and without early stopping.
    scoring : str or callable, default=None
        As in :func:`~sklearn.model_selection.cross_validate`; larger is better. None
        stands for the ROC AUC, averaged over the classes of the test rows, each against
        all others, and for R² if the target is a number.
    categorical_features : "from_dtype", None or array-like, default="from_dtype"
        Columns of numbers that are categories, as in :class:`~skgen.TableCodec`.
    max_rows : int or None, default=50_000
        Larger tables are thinned to this number of rows at random.
    random_state : int, RandomState instance or None, default=None
        Determines the rows, the folds and the models.

    Returns
    -------
    utility : Utility
        ``value``, its ``standard_error``, ``real`` (trained on real rows) and ``floor``
        (on a shuffled target). The floor is about .5 for the ROC AUC and about 0 for
        R². Compare ``value`` with ``real``, not with 1.

    Raises
    ------
    ValueError
        If there is no such target or no other column; if a table has no row with a
        known target; if `scoring` is None and the test rows have a single class or
        value; if the estimator does not suit the target.
    TypeError
        If a column holds different types of cells in two tables.

    See Also
    --------
    augmentation_gain : Synthetic rows beside real ones.

    Notes
    -----
    A class that synthetic rows lack counts as .5 in the mean ROC AUC. If all training
    rows are of one class, a constant model is fitted. Scorings of scikit-learn that
    need all classes, such as ``"neg_log_loss"``, raise an error for such models.

    The standard error is that of the jackknife over groups of test rows, given the
    models: it does not include the variation over synthetic tables. Classes of fewer
    than 10 test rows are in every group.

    To compare with real rows, pass the same number of synthetic rows.

    References
    ----------
    .. [1] Esteban, Hyland & Rätsch (2017), "Real-valued (medical) time series
       generation with recurrent conditional GANs", arXiv:1706.02633.

    Examples
    --------
    >>> from skgen import IndependentGenerator
    >>> from skgen.datasets import make_customers
    >>> from skgen.metrics import train_synthetic_test_real
    >>> real, _ = make_customers(200, random_state=0)
    >>> synthetic = IndependentGenerator(random_state=0).fit(real).sample(200)
    >>> holdout, _ = make_customers(400, random_state=1)
    >>> utility = train_synthetic_test_real(
    ...     real, synthetic, target="plan", holdout=holdout, random_state=0
    ... )
    >>> utility.real > 0.9, utility.floor < 0.7, utility.value < 0.7
    (True, True, True)
    """
    rng = make_rng(random_state)
    task, tables = _read_all(
        real, synthetic, holdout, target, estimator, scoring, categorical_features
    )
    return _utility(task, *prepare_rows(task, tables, max_rows, rng), rng)


@metric(_CONSTRAINTS, core=_gain_of_matrices)
def augmentation_gain(
    real,
    synthetic,
    *,
    target,
    holdout=None,
    estimator=None,
    scoring=None,
    categorical_features="from_dtype",
    max_rows=50_000,
    random_state=None,
):
    """Score gained by training on synthetic rows beside the real ones.

    Parameters
    ----------
    real : table of shape (n_real, n_features)
        Rows that the generator was fitted to, with the target among the columns.
    synthetic : table of shape (n_synthetic, n_features)
        Added to the real rows.
    target, holdout, estimator, scoring, categorical_features, max_rows, random_state
        As in :func:`train_synthetic_test_real`. Without `holdout` the generator has
        seen the test rows, and the gain is too large.

    Returns
    -------
    gain : AugmentationGain
        ``value``, the score of the model trained on real and synthetic rows
        (``augmented``) minus that of the model trained on real rows (``real``), and its
        ``standard_error``. The gain is about 0 if synthetic rows add no information,
        and negative if they are bad.

    Raises
    ------
    ValueError, TypeError
        As :func:`train_synthetic_test_real`.

    Notes
    -----
    Both models are tested on the same rows, so the standard error of the difference is
    smaller than that of either score.

    Examples
    --------
    >>> from skgen import IndependentGenerator
    >>> from skgen.datasets import make_customers
    >>> from skgen.metrics import augmentation_gain
    >>> real, _ = make_customers(200, random_state=0)
    >>> synthetic = IndependentGenerator(random_state=0).fit(real).sample(2000)
    >>> holdout, _ = make_customers(400, random_state=1)
    >>> gain = augmentation_gain(
    ...     real, synthetic, target="plan", holdout=holdout, random_state=0
    ... )
    >>> gain.value < 0
    True
    """
    rng = make_rng(random_state)
    task, tables = _read_all(
        real, synthetic, holdout, target, estimator, scoring, categorical_features
    )
    return _gain(task, *prepare_rows(task, tables, max_rows, rng), rng)


def _read_all(
    real, synthetic, holdout, target, estimator, scoring, categorical_features
):
    """The task, and the rows of each table whose target is known."""
    refuse_class("estimator", estimator)
    tables = {"real": real, "synthetic": synthetic}
    if holdout is not None:
        tables["holdout"] = holdout
    read = read_tables(tables, categorical_features=categorical_features)
    position = _position(target, read.columns)
    if estimator is None:
        return read_matrix_task(read, position, scoring)
    return read_table_task(tables, read, position, estimator, scoring)


def _position(target, columns):
    """Position of the target column."""
    names = [column.name for column in columns]
    check_name("target", target)
    if target in names:
        return names.index(target)
    numbered = names == list(range(len(names)))
    if numbered and isinstance(target, Integral) and -len(names) <= target < 0:
        return len(names) + int(target)
    known = ", ".join(map(repr, names[:10])) + (", ..." if len(names) > 10 else "")
    raise ValueError(
        f"target: there is no column {target!r} in real, whose columns are {known}."
    )


def _utility(task, train, synthetic, test, rng):
    seed = int(rng.integers(2**31))
    shuffled = train._replace(y=rng.permutation(train.y))
    score, score_real, score_floor = (
        score_function(task, fit_model(task, rows, seed), test)
        for rows in (synthetic, train, shuffled)
    )
    value, error = score_with_error(score, test, task, rng)
    every = np.arange(len(test.y))
    return Utility(
        float(value), float(error), float(score_real(every)), float(score_floor(every))
    )


def _gain(task, train, synthetic, test, rng):
    seed = int(rng.integers(2**31))
    both = LabelledRows(
        concat_rows(train.X, synthetic.X), np.concatenate([train.y, synthetic.y])
    )
    score_real, score_both = (
        score_function(task, fit_model(task, rows, seed), test)
        for rows in (train, both)
    )

    def scores(rows):
        of_real, of_both = score_real(rows), score_both(rows)
        return np.array([of_both - of_real, of_real, of_both])

    values, errors = score_with_error(scores, test, task, rng)
    return AugmentationGain(
        float(values[0]), float(errors[0]), float(values[1]), float(values[2])
    )
