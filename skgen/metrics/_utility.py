"""What synthetic rows are worth to a model that is trained on them."""

from numbers import Integral
from typing import NamedTuple

import numpy as np
from sklearn.metrics import get_scorer_names
from sklearn.utils._param_validation import (
    HasMethods,
    Interval,
    StrOptions,
    validate_params,
)

from skgen._table.inputs import check_name
from skgen._table.joint_tables import Tables, read_tables
from skgen._table.rows import concat_rows
from skgen._utils.mixins import refuse_class
from skgen._utils.random import make_rng
from skgen.metrics._tasks import (
    Rows,
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
    "random_state": ["random_state"],
}


class Utility(NamedTuple):
    """How a model that was trained on synthetic rows does on unseen real ones."""

    value: float
    standard_error: float  # over test rows
    real: float  # the same model trained on real rows
    floor: float  # trained on real rows whose targets were shuffled


class AugmentationGain(NamedTuple):
    """What synthetic rows add to real ones in training."""

    value: float
    standard_error: float  # over test rows, of the difference
    real: float  # score of the model trained on real rows
    augmented: float  # trained on real and synthetic rows


@validate_params(_CONSTRAINTS, prefer_skip_nested_validation=True)
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
    """Score on unseen real rows of a model that was trained on synthetic ones.

    Beside it are the scores of the same model trained on real rows, which good
    synthetic rows come near to, and on real rows whose targets were shuffled, which is
    what rows teach whose target has nothing to do with the other columns.

    Parameters
    ----------
    real : table of shape (n_real, n_features)
        Rows that the generator was fitted to, with the target among the columns.
    synthetic : table of shape (n_synthetic, n_features)
    target : str or int
        Column to be predicted: its name, or its position in arrays. Text, categories
        and booleans are classes, and so are whole numbers of at most 10 values; other
        numbers are regressed, unless a classifier is given. Rows in which it is missing
        are neither trained on nor tested.
    holdout : table of shape (n_holdout, n_features), default=None
        Real rows that the generator has not seen. Without them a quarter of the real
        rows, stratified by the target, is held out. As the generator has seen these,
        it may look better than it is.
    estimator : classifier or regressor, default=None
        Fitted, as a clone whose seeds are set, to the tables without the target, in
        the container and dtypes of `real`: a pipeline with a
        :class:`~sklearn.compose.ColumnTransformer`, say. None stands for
        :class:`~sklearn.ensemble.HistGradientBoostingClassifier`, or the regressor,
        that is told of categories and missing cells, without early stopping.
    scoring : str or callable, default=None
        As in :func:`~sklearn.model_selection.cross_validate`; larger is better. None
        stands for the ROC AUC, averaged over the classes of the test rows, each against
        all others; for R² where the target is a number.
    categorical_features : "from_dtype", None or array-like, default="from_dtype"
        Columns of numbers that are categories, as in :class:`TableCodec`.
    max_rows : int or None, default=50_000
        Of a table with more rows, so many are used, drawn at random.
    random_state : int, RandomState instance or None, default=None
        Seed.

    Returns
    -------
    utility : Utility
        ``value``, its ``standard_error``, ``real`` and ``floor``. For the ROC AUC the
        best value is 1 and the floor about .5, for R² 1 and about 0. Compare ``value``
        with ``real``, not with 1.

    Raises
    ------
    ValueError
        If there is no such target or no other column, if tables have no row whose
        target is known, or the test rows a single class or value (and `scoring` is
        None); if the estimator does not suit the target.
    TypeError
        If the cells of a column are of another sort in one of the tables.

    See Also
    --------
    augmentation_gain : Synthetic rows beside real ones.

    Notes
    -----
    A class that synthetic rows lack is one that the model knows nothing of: in the mean
    ROC AUC it counts .5. If training rows are all of one class, that one is predicted
    throughout. Scorings of scikit-learn that ask for all classes, such as
    ``"neg_log_loss"``, refuse such models.

    The standard error is the jackknife's over groups of test rows, with the models as
    they are: it does not tell how much other synthetic rows would change them.
    Classes of fewer than 10 test rows are in every group.

    All synthetic rows are used, however many: pass as many as there are real ones to
    compare like with like.

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
    >>> utility.real > 0.9, utility.floor < 0.6, utility.value < 0.6
    (True, True, True)
    """
    rng = make_rng(random_state)
    task, tables = _read(
        real, synthetic, holdout, target, estimator, scoring, categorical_features
    )
    return _utility(task, *prepare_rows(task, tables, max_rows, rng), rng)


def _train_synthetic_test_real(columns, Z_real, Z_synthetic, Z_holdout, target, rng):
    """The same with defaults, of matrices; `target` is a position."""
    task, tables = _read_matrices(columns, (Z_real, Z_synthetic, Z_holdout), target)
    return _utility(task, *prepare_rows(task, tables, None, rng), rng)


@validate_params(_CONSTRAINTS, prefer_skip_nested_validation=True)
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
        As in :func:`train_synthetic_test_real`. Where real rows are held out, the
        generator has seen these, and the gain is overrated.

    Returns
    -------
    gain : AugmentationGain
        ``value``, the score of the model trained on real and synthetic rows
        (``augmented``) minus that of the model trained on real rows (``real``), and its
        ``standard_error``. Synthetic rows that only repeat what real ones say gain
        about 0, and bad ones less.

    Raises
    ------
    ValueError, TypeError
        As :func:`train_synthetic_test_real`.

    Notes
    -----
    Both models are tested on the same rows, so that the standard error of the
    difference is smaller than that of either score.

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
    task, tables = _read(
        real, synthetic, holdout, target, estimator, scoring, categorical_features
    )
    return _gain(task, *prepare_rows(task, tables, max_rows, rng), rng)


def _augmentation_gain(columns, Z_real, Z_synthetic, Z_holdout, target, rng):
    """The same with defaults, of matrices; `target` is a position."""
    task, tables = _read_matrices(columns, (Z_real, Z_synthetic, Z_holdout), target)
    return _gain(task, *prepare_rows(task, tables, None, rng), rng)


def _read(real, synthetic, holdout, target, estimator, scoring, categorical_features):
    """What is to be learnt, and the rows of each table whose target is known."""
    refuse_class("estimator", estimator)
    tables = {"real": real, "synthetic": synthetic}
    if holdout is not None:
        tables["holdout"] = holdout
    read = read_tables(tables, categorical_features=categorical_features)
    position = _position(target, [column.name for column in read.columns])
    if estimator is None:
        return read_matrix_task(read, position, scoring)
    return read_table_task(tables, read, position, estimator, scoring)


def _read_matrices(columns, matrices, position):
    matrices = tuple(Z for Z in matrices if Z is not None)
    levels = (None,) * len(columns)
    return read_matrix_task(Tables(columns, levels, (), matrices), position)


def _position(target, names):
    """Position of the column that the user calls the target."""
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
    both = Rows(
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
