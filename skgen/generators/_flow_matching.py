"""Flow matching with any regressor."""

import sys
import warnings
from numbers import Integral

import numpy as np
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPRegressor
from sklearn.utils import get_tags
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions

from skgen._math.columns.flow_columns import FlowColumns
from skgen._math.copies import merge_copies
from skgen._math.flow_matching import (
    HIDDEN,
    draw_digits,
    flow_features,
    flow_targets,
    interpolant,
    reveal_steps,
    reveal_times,
    rotate,
    rows_by_weight,
    undecided_outputs,
)
from skgen._utils.estimators import check_regressor, clone_seeded, warn_of_few_rows
from skgen._utils.mixins import DefaultComponentsMixin
from skgen._utils.parallel import in_blocks, in_parallel
from skgen.base import BaseGenerator

#: share of the pairs in which some cells are known
_KNOWN_SHARE = 0.5
#: least number of pairs in an epoch, and in all for an estimator that is fitted once
_EPOCH_PAIRS, _PAIRS = 1000, 50_000
#: cells of a block of pairs, and of a block of rows that are drawn: small blocks are no
#: slower, and leave more of them to run in parallel
_BLOCK, _DRAWN_CELLS = 2**23, 2**20
#: rows that are drawn to see the marginals of the flow: least and largest number
_DRAWN_ROWS = 1_000, 5_000


class FlowMatchingGenerator(DefaultComponentsMixin, BaseGenerator):
    """Flow matching for mixed tables: a regressor learns to turn noise into rows.

    Noise x0 and a row x1 are joined by a path. A regressor sees points x_t on many such
    paths, with their times t, and learns the velocity [1]_ [2]_. A new row starts from
    new noise and follows the predicted velocity in `n_steps` steps. Numbers become
    normal scores and move along a quarter of a circle,
    ``x_t = cos(pi t / 2) x0 + sin(pi t / 2) x1`` [3]_, so that a regressor that has
    learned nothing draws each column from its own distribution. Categories, numbers
    with few values, and values that a twentieth of the rows hold are hidden until a
    random time, then drawn from predicted probabilities [4]_.

    In half of the training pairs, some cells are known from the start. So the regressor
    learns conditional distributions as well: `impute`, and `sample` with `given`, hold
    the known cells fixed from the first step on.

    Parameters
    ----------
    estimator : regressor, default=None
        Learns the velocity. None stands for ``MLPRegressor(hidden_layer_sizes=(128,
        64), activation="relu", solver="adam", max_iter=100, batch_size=32,
        learning_rate_init=0.001)``. A regressor with several outputs, ``partial_fit``
        and ``max_iter`` is trained for that many epochs, each on new noise and times.
        Any other is fitted once. A regressor with a single output, such as
        :class:`~sklearn.ensemble.HistGradientBoostingRegressor` (trees: [5]_), is
        fitted once for each output. Each of its ``random_state`` is set.
    n_steps : int, default=50
        Number of steps from noise to row. The time to draw is proportional to it.
    n_noise : int or "auto", default="auto"
        Number of pairs, each with new noise and a new time, made of a row: in each
        epoch, or in all where the estimator is fitted once. "auto" makes at least 1,000
        pairs an epoch or 50,000 in all, and one of each row.
    categorical_features : array-like or "from_dtype" or None, default="from_dtype"
        Columns to treat as categories, as in
        :class:`~sklearn.ensemble.HistGradientBoostingClassifier`.
    schema : Schema or dict, default=None
        What is known of the columns, or corrections of what is found, as in
        :func:`~skgen.describe`.
    rules : "auto", None, or list of Rule, default="auto"
        Rules between columns that drawn rows keep: those that `schema` holds, or else
        that are found in the rows at fit; none; or these. See :mod:`skgen.rules`.
    identifiers : {"fresh", "refuse", "learn"}, default="fresh"
        Treatment of columns whose texts or whole numbers identify the rows: "fresh"
        draws new values of the same pattern, "refuse" raises an error, "learn" models
        them like other columns.
    handle_unknown : {"missing", "error"}, default="missing"
        How new rows are treated where they hold a category that was not seen at fit:
        "missing" keeps the cell and treats it as missing, "error" raises an error.
    n_jobs : int, default=None
        Number of jobs: of regressors fitted in parallel if each output has its own, and
        of blocks of rows drawn in parallel. The result does not depend on it or on
        joblib's backend.
    random_state : int, RandomState instance or None, default=None
        Seed.

    Attributes
    ----------
    estimators_ : list of regressors
        The fitted estimator, or one for each output. Empty if no column varies.

    Warns
    -----
    UserWarning
        In `fit`, if there are fewer than 50 rows, which are nearly memorised.

    See Also
    --------
    AutoregressiveGenerator : Faster and closer to the data, with a density.

    Notes
    -----
    There is no `score_samples`, because the density of the drawn rows is not known.

    The marginals of a learned flow are nearly those of the columns. What they lack is
    measured on rows drawn at the end of `fit`, and corrected in all draws.

    The time to fit is proportional to the number of rows. Larger batches with a higher
    learning rate, such as ``estimator__batch_size=256`` with
    ``estimator__learning_rate_init=0.005``, are faster and slightly less accurate;
    wider layers and a larger `n_noise` are more accurate and slower.

    Conditional draws are learned, not exact; their error grows with the strength of the
    dependence.

    Rows are paired in proportion to their weights, so that any regressor can be used.

    References
    ----------
    .. [1] Lipman, Chen, Ben-Hamu, Nickel & Le (2023), "Flow matching for generative
       modeling", ICLR.
    .. [2] Liu, Gong & Liu (2023), "Flow straight and fast: learning to generate and
       transfer data with rectified flow", ICLR.
    .. [3] Albergo & Vanden-Eijnden (2023), "Building normalizing flows with stochastic
       interpolants", ICLR.
    .. [4] Gat, Remez, Shaul, Kreuk, Chen, Synnaeve, Adi & Lipman (2024), "Discrete flow
       matching", NeurIPS.
    .. [5] Jolicoeur-Martineau, Fatras & Kachman (2024), "Generating and imputing
       tabular data via diffusion and flow-based gradient-boosted trees", AISTATS.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skgen import FlowMatchingGenerator
    >>> X, _ = load_iris(return_X_y=True)
    >>> generator = FlowMatchingGenerator(random_state=0)
    >>> generator = generator.set_params(estimator__max_iter=20).fit(X)
    >>> generator.sample(5).shape
    (5, 4)
    >>> generator.sample(2, given={0: 5.1})[:, 0]
    array([5.1, 5.1])
    """

    #: fewer rows than this are nearly memorised
    n_samples_needed = 50

    models_missing_indicators = True
    # `_sample` makes blocks of its own
    _max_rows = sys.maxsize

    _parameter_constraints: dict = {
        **BaseGenerator._parameter_constraints,
        "estimator": [HasMethods(["fit", "predict"]), None],
        "n_steps": [Interval(Integral, 1, None, closed="left")],
        "n_noise": [Interval(Integral, 1, None, closed="left"), StrOptions({"auto"})],
        "n_jobs": [Integral, None],
    }

    def __init__(
        self,
        estimator=None,
        *,
        n_steps=50,
        n_noise="auto",
        categorical_features="from_dtype",
        schema=None,
        rules="auto",
        identifiers="fresh",
        handle_unknown="missing",
        n_jobs=None,
        random_state=None,
    ):
        self.estimator = estimator
        self.n_steps = n_steps
        self.n_noise = n_noise
        self.categorical_features = categorical_features
        self.schema = schema
        self.rules = rules
        self.identifiers = identifiers
        self.handle_unknown = handle_unknown
        self.n_jobs = n_jobs
        self.random_state = random_state

    @staticmethod
    def _default_components():
        return {"estimator": _default_regressor}

    def _n_steps(self):
        return _n_epochs(self._component("estimator")) or 1

    def _fit(self, Z, *, sample_weight, rng, track):
        Z, sample_weight = merge_copies(Z, sample_weight, self.columns_)
        check_regressor("estimator", self._component("estimator"))
        if len(Z) < self.n_samples_needed:
            warn_of_few_rows(
                len(Z),
                self.n_samples_needed,
                type(self).__name__,
                ": they are nearly memorised. Use more rows or another generator.",
            )
        estimator = clone_seeded(self._component("estimator"), rng)
        # an output for each value of a digit is costly where each output is a model
        multi_output = _has_many_outputs(estimator)
        self._flow_columns = FlowColumns(multi_output=multi_output)
        split = self._flow_columns.fit(Z, sample_weight, self.columns_)
        self.estimators_, self._shift = [], np.float32(0.0)
        if not self._flow_columns.layout.n_outputs:
            return
        draw_pairs = self._pairs(Z, split, sample_weight, rng)
        with warnings.catch_warnings():
            # the number of epochs is a budget
            warnings.simplefilter("ignore", ConvergenceWarning)
            if _n_epochs(estimator):
                self._fit_in_epochs(estimator, draw_pairs, len(Z), track)
            else:
                names = ["regression"]
                for _ in track(names, names):
                    self._fit_once(estimator, draw_pairs, len(Z), multi_output)
        n_drawn = int(np.clip(2 * len(Z), *_DRAWN_ROWS))
        blank = np.full((n_drawn, Z.shape[1]), np.nan)
        drawn = self._flow(self._flow_columns.split(blank), rng)
        self._flow_columns.fit_model_marginals(*drawn, self.columns_)

    def _pairs(self, Z, split, sample_weight, rng):
        """A function that draws pairs: features, targets and which of these count."""
        columns, layout = self._flow_columns, self._flow_columns.layout
        all_digits, observed = columns.digits(split.level), ~np.isnan(Z)
        owner = np.repeat(columns.mixed.level_columns, np.diff(layout.first))

        def draw_pairs(n):
            rows = rows_by_weight(sample_weight, n, rng)
            noise, data = rng.standard_normal((2, n, layout.n_scores))
            u = columns.normal_scores(split.take(rows), rng)
            # a number without a score is pure noise: there is nothing to learn
            data = np.where(np.isnan(u), data, u)
            digits = all_digits[rows]
            nothing = np.broadcast_to(0.0, (n, layout.n_outputs))
            draw_digits(layout, digits, digits == HIDDEN, nothing, rng)
            given = self._draw_given(n, rng) & observed[rows]
            known = given[:, columns.mixed.score_columns] & ~np.isnan(u)
            t = ((rng.permutation(n) + rng.random(n)) / n)[:, None]
            hidden = (reveal_times(layout, n, rng) > t) & ~given[:, owner]
            x, velocity = interpolant(noise, data, t)
            X = flow_features(
                layout,
                np.where(known, data, x),
                known,
                np.where(hidden, HIDDEN, digits),
                t,
            )
            Y = flow_targets(layout, velocity, digits)
            return X, Y, undecided_outputs(layout, known, hidden)

        return draw_pairs

    def _draw_given(self, n, rng):
        """Choose the cells that are known from the start: none, or a random share."""
        share = rng.random((n, 1)) * (rng.random((n, 1)) < _KNOWN_SHARE)
        given = rng.random((n, len(self.columns_))) < share
        for j, column in enumerate(self.columns_):
            if column.indicator_of is not None:
                # a known cell shows that it is not missing; whether it is known must
                # not depend on that
                given[:, j] |= given[:, column.indicator_of]
        return given

    def _n_pairs(self, n_rows, at_least):
        n_noise = self.n_noise
        if n_noise == "auto":
            n_noise = -(-at_least // n_rows)
        return n_noise * n_rows

    def _fit_in_epochs(self, estimator, draw_pairs, n_rows, track):
        """Train an estimator on new pairs in each epoch, block by block."""
        n_pairs = self._n_pairs(n_rows, _EPOCH_PAIRS)
        n_blocks = -(-n_pairs // self._block_size(_BLOCK))
        sizes = np.diff(np.linspace(0, n_pairs, n_blocks + 1).astype(int))
        names = [f"epoch {i + 1}" for i in range(_n_epochs(estimator))]
        for _ in track(names, names):
            for size in sizes:
                X, Y, undecided = draw_pairs(size)
                # decided outputs keep their predictions, so that they have no gradient
                predicted = self._predict(X) if self.estimators_ else np.float32(0.0)
                Y = np.where(undecided, Y, predicted)
                estimator.partial_fit(X, Y.ravel() if Y.shape[1] == 1 else Y)
                self.estimators_ = [estimator]
        X, Y, undecided = draw_pairs(sizes[0])
        error = np.where(undecided, Y - self._predict(X), 0.0).sum(axis=0)
        self._shift = (error / np.maximum(1, undecided.sum(axis=0))).astype(np.float32)

    def _fit_once(self, estimator, draw_pairs, n_rows, multi_output):
        """Fit an estimator, or one for each output, to all pairs at once."""
        X, Y, undecided = draw_pairs(self._n_pairs(n_rows, _PAIRS))
        if multi_output:
            Y = np.where(undecided, Y, np.float32(0.0))
            estimator.fit(X, Y.ravel() if Y.shape[1] == 1 else Y)
            self.estimators_ = [estimator]
            return
        # with few pairs, an output can be decided in all of them
        chosen = (rows if rows.any() else ~rows for rows in undecided.T)
        jobs = (
            (clone(estimator), X[rows], y[rows])
            for y, rows in zip(Y.T, chosen, strict=True)
        )
        self.estimators_ = list(in_parallel(_fit, jobs, self.n_jobs))

    def _predict(self, X):
        outputs = [estimator.predict(X) for estimator in self.estimators_]
        return np.column_stack(outputs) + self._shift

    def _impute(self, Z, rng):
        Z = Z.copy()
        Z[:, [column.indicator_of is not None for column in self.columns_]] = 0.0
        return self._sample(Z, rng)

    def _sample(self, known, rng):
        size = self._block_size(_DRAWN_CELLS)
        return np.concatenate(
            list(in_blocks(self._sample_block, known, rng, self.n_jobs, size))
        )

    def _sample_block(self, known, rng):
        split = self._flow_columns.split(known)
        x, digits = self._flow(split, rng)
        return self._flow_columns.join(known, x, digits)

    def _block_size(self, n_cells):
        layout = self._flow_columns.layout
        return max(1, n_cells // (2 * layout.n_scores + layout.n_outputs + 2))

    def _flow(self, split, rng):
        """Turn noise into normal scores and digits; those of known cells stay."""
        columns, layout = self._flow_columns, self._flow_columns.layout
        x = columns.normal_scores(split, rng)
        digits = columns.digits(split.level)
        known = ~np.isnan(x)
        x = np.where(known, x, rng.standard_normal(x.shape))
        n_steps = max([self.n_steps, *np.diff(layout.first)])
        steps = reveal_steps(layout, len(x), n_steps, rng)
        steps[digits != HIDDEN] = n_steps
        for step in range(n_steps if layout.n_outputs else 0):
            t = np.full((len(x), 1), step / n_steps)
            predicted = self._predict(flow_features(layout, x, known, digits, t))
            draw_digits(layout, digits, steps == step, predicted, rng)
            moved = rotate(x, predicted[:, : layout.n_scores], np.pi / 2 / n_steps)
            x = np.where(known, x, moved)
        return x, digits


def _fit(estimator, X, y):
    return estimator.fit(X, y)


def _default_regressor():
    return MLPRegressor(
        hidden_layer_sizes=(128, 64),
        activation="relu",
        solver="adam",
        max_iter=100,
        batch_size=32,
        learning_rate_init=0.001,
    )


def _has_many_outputs(estimator):
    # scikit-learn 1.9 does not tag MLPRegressor, which has several outputs
    tagged = get_tags(estimator).target_tags.multi_output
    return tagged or isinstance(estimator, MLPRegressor)


def _n_epochs(estimator):
    """Number of epochs of an estimator that is trained in epochs, else 0."""
    stops = getattr(estimator, "early_stopping", False)
    in_epochs = hasattr(estimator, "partial_fit") and _has_many_outputs(estimator)
    return getattr(estimator, "max_iter", 0) if in_epochs and not stops else 0
