"""ResampledClassifier: resamples the training rows and fits a classifier to them."""

from functools import partial
from numbers import Integral
from operator import call

import numpy as np
from sklearn.base import ClassifierMixin, is_classifier
from sklearn.linear_model import LogisticRegression
from sklearn.utils import get_tags
from sklearn.utils.metadata_routing import MethodMapping
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_y, _num_samples, check_is_fitted

from skgen._math.probabilities.calibration import calibrate, fit_calibration
from skgen._math.probabilities.priors import class_shares, shift_priors
from skgen._table.rows import take_rows
from skgen._utils.callbacks import estimator_for_workers, parallel_tasks
from skgen._utils.parallel import in_parallel
from skgen.compose._folds import calibration_folds, fit_fold, fit_rows
from skgen.compose._resampled_base import BaseResampled, estimator_has
from skgen.resampling import GenerativeOverSampler


class ResampledClassifier(ClassifierMixin, BaseResampled):
    """Fit a classifier to resampled rows and correct its probabilities.

    Combines a sampler and a classifier, so that resampling works wherever scikit-learn
    takes a classifier: in its own pipelines, in stacking, calibration, threshold tuning
    and cross-validation. Only `fit` resamples. Probabilities are corrected for the
    class shares of the training rows, and calibrated on held-out rows.

    Parameters
    ----------
    estimator : classifier, default=None
        Fitted to the resampled rows; may be a pipeline with its own encoding. None
        means :class:`~sklearn.linear_model.LogisticRegression`.
    sampler : sampler, default=None
        Any over- or under-sampler of skgen or imbalanced-learn. Its rows must have the
        columns of X. None means :class:`GenerativeOverSampler`.
    prior_correction : bool, default=True
        Whether `predict_proba` and `predict_log_proba` are corrected for the shares of
        the classes in the training rows. `predict` and `decision_function` are never
        corrected.
    calibration_cv : int, splitter, iterable or None, default=3
        Folds in which sampler and estimator are fitted again, to calibrate
        probabilities on the held-out rows, at the cost of one more fit per fold. A
        number means stratified, shuffled folds, if each class has three rows for each
        of them. Otherwise, or with None, there are no folds and probabilities are
        corrected by the shares of the classes alone. There are no folds either if
        `prior_correction` is False or the estimator has no ``predict_proba``.
    n_jobs : int, default=None
        Number of fits, to all rows and in folds, that run in parallel. -1 uses all
        cores; None means 1, unless set by ``joblib.parallel_config``. With a
        `random_state`, the result does not depend on it. Other processes get copies of
        the callbacks, as in scikit-learn's searches.
    random_state : int, RandomState instance or None, default=None
        Seed. It replaces every ``random_state`` of the sampler and of the estimator,
        and shuffles the folds. None leaves the former unchanged, and the folds are
        always the same.

    Attributes
    ----------
    estimator_ : classifier
        The classifier fitted to the resampled rows.
    sampler_ : sampler
        The sampler after its ``fit_resample``.
    classes_ : ndarray of shape (n_classes,)
        The classes, as the estimator has them.
    class_prior_ : ndarray of shape (n_classes,)
        Shares of the classes in the (weighted) training rows, for a single target.
    resampled_class_prior_ : ndarray of shape (n_classes,)
        Shares of the classes in the (weighted) rows that the estimator was fitted to.
    calibration_ : Calibration or None
        The parameters learned in the folds: ``bound``, ``power`` and ``bias`` of each
        class. None without folds.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns, if all are strings.

    See Also
    --------
    ResampledRegressor : The same for regression.
    sklearn.model_selection.TunedThresholdClassifierCV : Tunes the decision threshold.

    Notes
    -----
    **Probabilities.** A classifier fitted to resampled rows overestimates rare classes.
    With `prior_correction` its probabilities are multiplied by
    ``class_prior_ / resampled_class_prior_`` and normalised [1]_, [2]_. This is exact
    if the sampler changes only the shares of the classes, not how the rows of a class
    are distributed. Prior correction cannot change probabilities of exactly 0 or 1,
    which trees and nearest neighbours predict, more often after resampling. The
    remaining error is learned in the folds of `calibration_cv`, in which only the
    training rows are resampled, from the log-loss on the held-out rows: a lower bound
    of log-probabilities (``bound``), a factor (``power``) and a shift (``bias``), with
    priors around the correction above. So classes with few rows are changed little.
    Weights count as numbers of rows.

    With two classes the rows keep their order, so ranking metrics do not change. A
    ``class_weight`` of the estimator distorts its probabilities as resampling does;
    only the folds correct that. If probabilities are calibrated from outside, set
    ``calibration_cv=None``.

    **Decisions.** `predict` is not corrected: it agrees with `decision_function` and
    with a pipeline of imbalanced-learn. The purpose of resampling is to predict rare
    classes more often, which predicting the most probable class would undo. So
    `predict` may differ from ``classes_[predict_proba(X).argmax(axis=1)]``, which has
    the smallest error rate. Tools that decide by probabilities (soft voting, stacking,
    :class:`~sklearn.model_selection.TunedThresholdClassifierCV`) use corrected ones.

    **Weights.** `sample_weight` is passed to the estimator, in a pipeline to its last
    step, and to the sampler if its ``fit_resample`` takes it, which then sets the
    weights of its rows (``sample_weight_``). Otherwise rows of X keep their weights,
    and a synthetic row gets the mean weight of the training rows of its class; for that
    the sampler must have ``sample_indices_`` or ``is_synthetic_`` or be an over-sampler
    of imbalanced-learn. Most samplers ignore weights: a row of weight 2 is one row to
    them. With ``enable_metadata_routing=True`` metadata goes where it is requested,
    such as ``groups`` to a splitter in `calibration_cv`; the estimator gets arrays
    other than weights only if the sampler takes them too or adds no synthetic rows.

    Several targets need ``prior_correction=False``, as the correction of one target
    depends on the others.

    To compare with no resampling in a grid search, use ``RandomOverSampler(
    sampling_strategy={})`` as one of the samplers.

    References
    ----------
    .. [1] Elkan (2001), "The foundations of cost-sensitive learning", IJCAI.
    .. [2] Saerens, Latinne & Decaestecker (2002), "Adjusting the outputs of a
       classifier to new a priori probabilities: a simple procedure", Neural
       Computation 14(1).

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from skgen.compose import ResampledClassifier
    >>> X, y = make_classification(
    ...     n_samples=300, weights=[0.9], flip_y=0, random_state=0
    ... )
    >>> classifier = ResampledClassifier(random_state=0)
    >>> model = make_pipeline(StandardScaler(), classifier).fit(X, y)
    >>> model[-1].class_prior_.round(2), model[-1].resampled_class_prior_
    (array([0.9, 0.1]), array([0.5, 0.5]))
    >>> model.predict(X).mean() > model.predict_proba(X)[:, 1].mean()
    np.True_
    """

    _parameter_constraints: dict = {
        **BaseResampled._parameter_constraints,
        "prior_correction": ["boolean"],
        "calibration_cv": ["cv_object"],
        "n_jobs": [Integral, None],
    }
    _kind, _is_of_kind = "classifier", staticmethod(is_classifier)
    _routed_methods = (
        "predict",
        "predict_proba",
        "predict_log_proba",
        "decision_function",
    )

    def __init__(
        self,
        estimator=None,
        sampler=None,
        *,
        prior_correction=True,
        calibration_cv=3,
        n_jobs=None,
        random_state=None,
    ):
        self.estimator = estimator
        self.sampler = sampler
        self.prior_correction = prior_correction
        self.calibration_cv = calibration_cv
        self.n_jobs = n_jobs
        self.random_state = random_state

    @staticmethod
    def _default_components():
        return {"estimator": LogisticRegression, "sampler": GenerativeOverSampler}

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        own = get_tags(self._component("estimator")).classifier_tags
        if own is not None:
            tags.classifier_tags.multi_class = own.multi_class
            tags.classifier_tags.poor_score = own.poor_score
        tags.target_tags.multi_output &= not self.prior_correction
        return tags

    @property
    def _read_groups(self):
        return partial(_read_classes, prior_correction=self.prior_correction)

    def _make_folds(self, training, components, rng, routed):
        """Folds for the calibration of probabilities; there may be none."""
        if not self.prior_correction or not hasattr(components[1], "predict_proba"):
            return []
        # a fit with seeded components repeats even if random_state is None
        seed = 0 if rng is None else int(rng.integers(2**31))
        X, labels = training.X, training.groups
        split_params = routed.splitter.split
        return calibration_folds(self.calibration_cv, X, labels, seed, split_params)

    def _compare_shares(self, training, fitted):
        """Set the shares of the classes before and after resampling."""
        if not self.prior_correction:
            return
        _, self.class_prior_ = class_shares(training.groups, training.weights)
        _, self.resampled_class_prior_ = class_shares(fitted.groups, fitted.weights)
        self.calibration_ = None

    def _fit_with_folds(self, training, components, folds, context, rng):
        """Fit to all rows and in folds, and calibrate on the held-out rows."""
        names = ["all rows", *(f"fold {k}" for k in range(1, len(folds) + 1))]
        tasks = parallel_tasks(context, names, max_subtasks=2)
        calls = self._calls(training, components, folds, tasks, rng)
        fitted, *held_out = in_parallel(call, calls, self.n_jobs)
        self._compare_shares(training, fitted)
        classes = np.unique(training.groups)
        log_shares = np.log(self.class_prior_)
        rows = np.concatenate([test for _, test in folds])
        self.calibration_ = fit_calibration(
            np.concatenate([_log(proba) for proba, _ in held_out]),
            np.concatenate(
                [np.tile(log_shares - np.log(s), (len(p), 1)) for p, s in held_out]
            ),
            np.searchsorted(classes, training.groups[rows]),
            None if training.weights is None else training.weights[rows],
        )
        return fitted

    def _calls(self, training, components, folds, tasks, rng):
        """Functions and their arguments: the fit to all rows, then those in folds."""
        reported = estimator_for_workers(self)
        rngs = [None] * len(folds) if rng is None else rng.spawn(len(folds))
        clones = [self._clone_components(rng_k) for rng_k in rngs]
        yield fit_rows, training, components, tasks[0], reported
        for number, (train, test) in enumerate(folds, start=1):
            held_out = take_rows(training.X, test)
            fold, fresh = training.take(train), clones[number - 1]
            yield fit_fold, number, held_out, fold, fresh, tasks[number], reported

    def get_metadata_routing(self):
        """Get the metadata routing of this estimator.

        Returns
        -------
        routing : MetadataRouter
            Metadata of `fit` goes to the sampler, the estimator and a splitter in
            `calibration_cv` if they request it, and ``sample_weight`` is used here as
            well. Metadata of other methods goes to the estimator.
        """
        of_splitter = MethodMapping().add(caller="fit", callee="split")
        router = super().get_metadata_routing()
        return router.add(splitter=self.calibration_cv, method_mapping=of_splitter)

    @property
    def classes_(self):
        """The classes, as the estimator has them."""
        check_is_fitted(self)
        return self.estimator_.classes_

    @available_if(estimator_has("predict_proba"))
    def predict_proba(self, X, **params):
        """Predict the probability of each class.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            Rows with the columns seen at fit.
        **params : dict
            Passed to the estimator's ``predict_proba``.

        Returns
        -------
        proba : ndarray of shape (n_samples, n_classes)
            In the order of `classes_`; with `prior_correction`, corrected for the
            shares of the classes in the training rows.
        """
        proba = self._delegate("predict_proba", X, params)
        if not self.prior_correction:
            return proba
        return np.exp(self._correct(_log(proba)))

    @available_if(estimator_has("predict_log_proba"))
    def predict_log_proba(self, X, **params):
        """Predict the log-probability of each class.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            Rows with the columns seen at fit.
        **params : dict
            Passed to the estimator's ``predict_log_proba``.

        Returns
        -------
        log_proba : ndarray of shape (n_samples, n_classes)
            Logarithm of `predict_proba`, precise for tiny probabilities.
        """
        log_proba = self._delegate("predict_log_proba", X, params)
        return self._correct(log_proba) if self.prior_correction else log_proba

    def _correct(self, log_proba):
        old, new = self.resampled_class_prior_, self.class_prior_
        if self.calibration_ is None:
            return shift_priors(log_proba, old, new)
        return calibrate(log_proba, np.log(new) - np.log(old), self.calibration_)

    @available_if(estimator_has("decision_function"))
    def decision_function(self, X, **params):
        """Decision function of the estimator, without correction.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            Rows with the columns seen at fit.
        **params : dict
            Passed to the estimator's ``decision_function``.

        Returns
        -------
        scores : ndarray of shape (n_samples,) or (n_samples, n_classes)
        """
        return self._delegate("decision_function", X, params)


def _log(proba):
    with np.errstate(divide="ignore"):
        return np.log(proba, dtype=np.float64)


def _read_classes(y, prior_correction):
    """Class of each row; zeros if there are several targets."""
    n_targets = np.asarray(y).shape[1:]
    if n_targets:
        _check_one_kind(np.asarray(y))
    y = y if n_targets else _check_y(y)
    check_classification_targets(y)
    if not n_targets:
        return y
    if prior_correction:
        raise ValueError(
            f"y: expected one target, got {n_targets[0]}. Set "
            "prior_correction=False, or fit one ResampledClassifier for each "
            "target (sklearn.multioutput.MultiOutputClassifier)."
        )
    return np.zeros(_num_samples(y), dtype=np.intp)


def _check_one_kind(targets):
    # scikit-learn cannot sort such classes
    if targets.dtype == object and len({isinstance(t, str) for t in targets.flat}) > 1:
        raise ValueError(
            "y: expected several targets that are all text or all numbers, got both. "
            "Convert all to text, or encode it by sklearn's OrdinalEncoder."
        )
