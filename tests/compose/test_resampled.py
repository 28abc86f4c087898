import os
from uuid import uuid4

import numpy as np
import pandas as pd
import pytest
from imblearn import FunctionSampler
from imblearn.base import BaseSampler
from imblearn.combine import SMOTEENN
from imblearn.over_sampling import SMOTE, RandomOverSampler
from imblearn.pipeline import make_pipeline as make_imblearn_pipeline
from imblearn.under_sampling import RandomUnderSampler, TomekLinks
from joblib import effective_n_jobs, parallel_config
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from scipy.stats import rankdata
from sklearn import config_context
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.callback import ProgressBar
from sklearn.compose import make_column_transformer
from sklearn.datasets import make_classification, make_multilabel_classification
from sklearn.ensemble import (
    RandomForestClassifier,
    StackingClassifier,
)
from sklearn.exceptions import ConvergenceWarning, UnsetMetadataPassedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import log_loss
from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
    StratifiedKFold,
    TunedThresholdClassifierCV,
    cross_validate,
)
from sklearn.multioutput import MultiOutputClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import parametrize_with_checks

from skgen import (
    GenerativeAugmenter,
    GenerativeOverSampler,
    GenerativeReplacer,
    IndependentGenerator,
)
from skgen._math.probabilities.calibration import calibrate, fit_calibration
from skgen._math.probabilities.priors import shift_priors
from skgen._table.rows import n_rows, take_rows
from skgen.compose import ResampledClassifier

UNCHANGED = RandomOverSampler(sampling_strategy={})
#: where the model behind the sampler does not matter
QUICK = GenerativeOverSampler(IndependentGenerator(), accept=None)


class Twice(BaseSampler):
    """Every row twice, whatever y is."""

    _sampling_type = "bypass"

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags

    def fit_resample(self, X, y):
        self.sample_indices_ = np.repeat(np.arange(n_rows(X)), 2)
        return take_rows(X, self.sample_indices_), take_rows(y, self.sample_indices_)

    def _fit_resample(self, X, y):
        raise NotImplementedError


class Consumer(GaussianNB):
    """Remembers what its fit got."""

    def fit(self, X, y, sample_weight=None, names=None):
        self.got_ = sample_weight, names
        return super().fit(X, y, sample_weight)


@pytest.fixture(scope="module")
def binary():
    return make_classification(
        n_samples=400, weights=[0.85], class_sep=0.7, random_state=0
    )


@pytest.fixture(scope="module")
def three_classes():
    X, y = make_classification(
        n_samples=500, n_informative=4, n_classes=3, weights=[0.7, 0.2], random_state=1
    )
    return X, np.array(["no", "some", "yes"])[y]


def corrected(proba, prior, new_prior):
    shifted = proba * (prior / new_prior)
    return shifted / shifted.sum(axis=1, keepdims=True)


@parametrize_with_checks(
    [
        # decisions are those of the most probable class only without calibration
        ResampledClassifier(sampler=UNCHANGED, calibration_cv=None),
        ResampledClassifier(DecisionTreeClassifier(), RandomUnderSampler()),
        ResampledClassifier(DecisionTreeClassifier(), Twice(), prior_correction=False),
    ],
    expected_failed_checks=lambda estimator: {
        name: "the sampler counts rows"
        for name in [
            "check_sample_weight_equivalence_on_dense_data",
            "check_sample_weight_equivalence_on_sparse_data",
        ]
        if isinstance(estimator.sampler, RandomUnderSampler)
    },
)
def test_sklearn_contract(estimator, check):
    check(estimator)


@pytest.mark.parametrize(
    "sampler", [SMOTE(random_state=0), RandomUnderSampler(random_state=0)]
)
def test_probabilities_are_corrected_for_the_class_shares(three_classes, sampler):
    X, y = three_classes
    model = ResampledClassifier(sampler=sampler, calibration_cv=None).fit(X, y)
    plain = make_imblearn_pipeline(sampler, LogisticRegression()).fit(X, y)
    prior = np.unique(y, return_counts=True)[1] / len(y)
    expected = corrected(plain.predict_proba(X), prior, np.full(3, 1 / 3))
    assert_array_equal(model.classes_, ["no", "some", "yes"])
    assert_allclose(model.class_prior_, prior)
    assert_allclose(model.resampled_class_prior_, 1 / 3)
    assert_allclose(model.predict_proba(X), expected)
    assert_allclose(np.exp(model.predict_log_proba(X)), expected)
    assert model.calibration_ is None


def test_decisions_and_scores_are_those_of_the_estimator(three_classes):
    X, y = three_classes
    sampler = SMOTE(random_state=0)
    model = ResampledClassifier(sampler=sampler).fit(X, y)
    plain = make_imblearn_pipeline(sampler, LogisticRegression()).fit(X, y)
    assert_array_equal(model.predict(X), plain.predict(X))
    assert_array_equal(model.decision_function(X), plain.decision_function(X))
    most_probable = model.classes_[model.predict_proba(X).argmax(axis=1)]
    assert (model.predict(X) != most_probable).any()


def test_without_correction(binary):
    X, y = binary
    sampler = SMOTE(random_state=0)
    model = ResampledClassifier(sampler=sampler, prior_correction=False).fit(X, y)
    plain = make_imblearn_pipeline(sampler, LogisticRegression()).fit(X, y)
    assert_array_equal(model.predict_proba(X), plain.predict_proba(X))
    assert_array_equal(model.predict_log_proba(X), plain.predict_log_proba(X))
    assert not hasattr(model, "class_prior_")
    assert not hasattr(model, "calibration_")


@pytest.mark.slow
def test_correction_saves_the_log_loss_and_the_ranking(binary):
    X, y = binary
    model = ResampledClassifier(random_state=0).fit(X, y)
    corrected, raw = model.predict_proba(X), model.estimator_.predict_proba(X)
    plain = log_loss(y, LogisticRegression().fit(X, y).predict_proba(X))
    assert log_loss(y, corrected) < 1.05 * plain < 1.2 * plain < log_loss(y, raw)
    # equality is up to rounding
    ranks = [rankdata(proba[:, 1].round(12)) for proba in (corrected, raw)]
    assert_array_equal(*ranks)


def log(proba):
    with np.errstate(divide="ignore"):
        return np.log(proba)


def fit_folds_by_hand(folds, sampler, estimator, X, y):
    """Slow: the map learned from the rows that folds hold out."""
    prior, log_proba, ratio = np.bincount(y) / len(y), [], []
    for train, test in folds:
        X_new, y_new = clone(sampler).fit_resample(X[train], y[train])
        model = clone(estimator).fit(X_new, y_new)
        log_proba.append(log(model.predict_proba(X[test])))
        ratio += [np.log(prior / (np.bincount(y_new) / len(y_new)))] * len(test)
    rows = np.concatenate([test for _, test in folds])
    return fit_calibration(np.vstack(log_proba), np.array(ratio), y[rows])


@pytest.mark.parametrize("n_classes", [2, 3])
def test_calibration_is_learned_from_real_rows_that_were_held_out(n_classes):
    X, y = make_classification(
        n_samples=300, n_informative=4, n_classes=n_classes, weights=[0.7, 0.2]
    )
    folds = list(StratifiedKFold(2).split(X, y))
    sampler, tree = SMOTE(random_state=0), DecisionTreeClassifier(random_state=0)
    model = ResampledClassifier(tree, sampler, calibration_cv=StratifiedKFold(2))
    model.fit(X, y)
    expected = fit_folds_by_hand(folds, sampler, tree, X, y)
    for found, by_hand in zip(model.calibration_, expected, strict=True):
        assert_allclose(found, by_hand)
    log_proba = log(model.estimator_.predict_proba(X))
    ratio = np.log(model.class_prior_ / model.resampled_class_prior_)
    proba = np.exp(calibrate(log_proba, ratio, expected))
    assert_allclose(model.predict_proba(X), proba)
    with np.errstate(divide="ignore"):  # the tree's own logarithm of zero
        assert_allclose(np.exp(model.predict_log_proba(X)), proba)


def test_weights_equal_repetition_in_given_folds(binary):
    X, y = binary
    weights = np.random.default_rng(0).integers(1, 4, size=400)
    folds = list(StratifiedKFold(2).split(X, y))
    model = ResampledClassifier(GaussianNB(), UNCHANGED, calibration_cv=folds)
    weighted = clone(model).fit(X, y, sample_weight=weights).calibration_
    again = np.repeat(np.arange(400), weights)
    model.calibration_cv = [
        [np.flatnonzero(np.isin(again, part)) for part in fold] for fold in folds
    ]
    repeated = clone(model).fit(X[again], y[again]).calibration_
    for one, other in zip(weighted, repeated, strict=True):
        assert_allclose(one, other, rtol=1e-3, atol=1e-4)
    plain = clone(model).set_params(calibration_cv=folds).fit(X, y).calibration_
    assert abs(plain.bound - weighted.bound) > 0.1


@pytest.mark.parametrize(
    "estimator",
    [
        LogisticRegression(),
        KNeighborsClassifier(),
        DecisionTreeClassifier(random_state=0),
        RandomForestClassifier(30, random_state=0),
    ],
    ids=lambda estimator: type(estimator).__name__,
)
def test_calibration_improves_on_the_formula(estimator):
    X, y = make_classification(
        n_samples=1500, weights=[0.88], class_sep=0.7, flip_y=0.05, random_state=2
    )
    train, test = slice(0, 500), slice(500, None)
    model = ResampledClassifier(estimator, SMOTE(random_state=0), random_state=0)
    model.fit(X[train], y[train])
    proba, raw = model.predict_proba(X[test]), model.estimator_.predict_proba(X[test])
    prior, new_prior = model.class_prior_, model.resampled_class_prior_
    formula = np.exp(shift_priors(log(raw), new_prior, prior))
    sure = isinstance(estimator, KNeighborsClassifier | DecisionTreeClassifier)
    share = 0.5 if sure else 1.05
    assert log_loss(y[test], proba) < share * log_loss(y[test], formula)
    errors = [np.mean((p[:, 1] - y[test]) ** 2) for p in (proba, formula)]
    assert errors[0] < (0.8 if sure else 1.05) * errors[1]
    # equality is up to rounding
    ranks = [rankdata(p[:, 1].round(12)) for p in (proba, raw)]
    assert_array_equal(*ranks)


@pytest.mark.slow
def test_folds_leave_the_estimator_as_it_is(binary):
    X, y = binary
    models = [
        ResampledClassifier(calibration_cv=cv, random_state=0).fit(X, y)
        for cv in (None, 2)
    ]
    coefficients = [model.estimator_.coef_ for model in models]
    assert_array_equal(*coefficients)


class Counting(RandomOverSampler):
    """Counts its fits."""

    n_fits = 0

    def fit_resample(self, X, y, **params):
        type(self).n_fits += 1
        return super().fit_resample(X, y, **params)


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, 4),
        ({"calibration_cv": 2}, 3),
        ({"calibration_cv": None}, 1),
        ({"prior_correction": False}, 1),
        ({"estimator": LinearSVC()}, 1),
    ],
)
def test_number_of_fits(binary, params, expected, monkeypatch):
    monkeypatch.setattr(Counting, "n_fits", 0)
    ResampledClassifier(sampler=Counting()).set_params(**params).fit(*binary)
    assert Counting.n_fits == expected


def test_a_class_of_one_row_is_corrected_by_the_formula(binary):
    X, y = binary
    rows = np.r_[np.flatnonzero(y == 0), np.flatnonzero(y == 1)[:1]]
    model = ResampledClassifier(sampler=RandomOverSampler(random_state=0))
    model.fit(X[rows], y[rows])
    assert model.calibration_ is None
    formula = clone(model).set_params(calibration_cv=None).fit(X[rows], y[rows])
    assert_array_equal(model.predict_proba(X), formula.predict_proba(X))


def test_an_error_in_a_fold_has_a_remedy(binary):
    X, y = binary
    rows = np.r_[np.flatnonzero(y == 0), np.flatnonzero(y == 1)[:10]]
    model = ResampledClassifier(sampler=SMOTE(k_neighbors=8))
    with pytest.raises(ValueError, match="n_neighbors") as caught:
        model.fit(X[rows], y[rows])
    assert "fold 1 of calibration_cv" in caught.value.__notes__[0]
    model.set_params(calibration_cv=None).fit(X[rows], y[rows])


@pytest.mark.slow
def test_tables_are_split(binary):
    polars = pytest.importorskip("polars")
    X, y = binary
    names = [f"x{i}" for i in range(X.shape[1])]
    model = ResampledClassifier(sampler=QUICK, random_state=0)
    expected = model.fit(pd.DataFrame(X, columns=names), pd.Series(y)).calibration_
    found = model.fit(polars.DataFrame(X, schema=names), polars.Series(y)).calibration_
    assert_allclose(found.bias, expected.bias, atol=1e-6)


@pytest.mark.parametrize("calibration_cv", [None, 3])
def test_tiny_probabilities(binary, calibration_cv):
    X, y = binary
    sampler = RandomOverSampler(random_state=0)
    model = ResampledClassifier(GaussianNB(), sampler, calibration_cv=calibration_cv)
    model.fit(X, y)
    log_proba = model.predict_log_proba(1e3 * X)
    assert (log_proba.min() < -1e4) == (calibration_cv is None)
    assert np.isfinite(log_proba).all()
    assert_allclose(model.predict_proba(1e3 * X).sum(axis=1), 1.0)
    if calibration_cv:
        assert_allclose(model.predict_proba(1e3 * X), np.exp(log_proba), rtol=0.2)


@pytest.mark.parametrize(
    "sampler",
    [
        RandomOverSampler(),
        SMOTE(),
        RandomUnderSampler(),
        TomekLinks(),
        SMOTEENN(),
        FunctionSampler(func=lambda X, y: (X[::2], y[::2])),
        GenerativeOverSampler(IndependentGenerator()),
    ],
    ids=lambda sampler: type(sampler).__name__,
)
def test_samplers(binary, sampler):
    X, y = binary
    model = ResampledClassifier(sampler=sampler, random_state=0).fit(X, y)
    assert model.score(X, y) > 0.6
    assert sampler is model.sampler
    assert not hasattr(sampler, "n_features_in_")


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["str", "category", "object"])
def test_raw_table(dtype):
    rng = np.random.default_rng(0)
    X = pd.DataFrame(
        {
            "size": rng.normal(size=200),
            "town": pd.Series(rng.choice(["Oslo", "Rome"], 200), dtype=dtype),
        }
    )
    y = pd.Series(np.where(rng.random(200) < 0.2, "left", "stayed"), dtype=dtype)
    y[X["size"] > 1.5] = "left"
    encode = make_column_transformer(
        (OneHotEncoder(), ["town"]), remainder="passthrough"
    )
    pipeline = make_pipeline(encode, LogisticRegression())
    model = ResampledClassifier(pipeline, random_state=0).fit(X, y)
    assert_array_equal(model.feature_names_in_, ["size", "town"])
    assert set(model.predict(X)) == {"left", "stayed"}
    assert_allclose(model.resampled_class_prior_, 0.5)
    model.fit(X, y, sample_weight=np.ones(200))
    assert_allclose(model.class_prior_, y.value_counts(normalize=True).sort_index())


@pytest.mark.parametrize("dtype", ["boolean", "Int64", "int8", "bool"])
def test_dtypes_of_y(binary, dtype):
    X, y = binary
    y = pd.Series(y).astype(dtype)
    model = ResampledClassifier(sampler=UNCHANGED).fit(X, y)
    plain = LogisticRegression().fit(X, y)
    assert_array_equal(model.predict(X), plain.predict(X))
    model.set_params(calibration_cv=None).fit(X, y)
    assert_allclose(model.predict_proba(X), plain.predict_proba(X))


def drop_ones(X, y):
    return X[y != 1], y[y != 1]


@pytest.mark.parametrize(
    ("func", "message"),
    [
        (drop_ones, r"dropped: \[1\]"),
        (lambda X, y: (X, np.r_[7, y[1:]]), r"added: \[7\]"),
    ],
)
@pytest.mark.parametrize("prior_correction", [True, False])
def test_sampler_must_keep_the_classes(binary, func, message, prior_correction):
    model = ResampledClassifier(
        sampler=FunctionSampler(func=func), prior_correction=prior_correction
    )
    with pytest.raises(ValueError, match=f"sampler: FunctionSampler .*{message}"):
        model.fit(*binary)


def test_sample_weight(binary):
    X, y = binary
    weights = np.random.default_rng(0).exponential(size=len(y))
    model = ResampledClassifier(Consumer(), SMOTE(random_state=0))
    model.fit(X, y, sample_weight=weights)
    got, _ = model.estimator_.got_
    assert_array_equal(got[: len(y)], weights)
    assert_allclose(got[len(y) :], weights[y == 1].mean())
    shares = np.bincount(y, weights) / weights.sum()
    assert_allclose(model.class_prior_, shares)
    new = weights[y == 0].sum(), weights[y == 1].mean() * (y == 0).sum()
    assert_allclose(model.resampled_class_prior_, new / np.sum(new))


@pytest.mark.slow
def test_rows_without_weight_are_left_out(binary):
    X, y = binary
    weights = np.r_[np.zeros(100), np.ones(300)]
    model = ResampledClassifier(sampler=QUICK, random_state=0)
    weighted = clone(model).fit(X, y, sample_weight=weights)
    plain = clone(model).fit(X[100:], y[100:])
    assert_allclose(weighted.predict_proba(X), plain.predict_proba(X))


@pytest.mark.slow
def test_sampler_that_takes_weights_sets_those_of_its_rows(binary):
    X, y = binary
    weights = np.where(y == 1, 3.0, 1.0)
    model = ResampledClassifier(Consumer(), QUICK, random_state=0)
    model.fit(X, y, sample_weight=weights)
    assert_array_equal(model.estimator_.got_[0], model.sampler_.sample_weight_)
    assert_allclose(model.class_prior_, np.bincount(y, weights) / weights.sum())


def test_weights_go_to_the_last_step_of_a_pipeline(binary):
    X, y = binary
    weights = np.where(y == 1, 3.0, 1.0)
    pipeline = make_pipeline(StandardScaler(), Consumer())
    model = ResampledClassifier(pipeline, UNCHANGED).fit(X, y, sample_weight=weights)
    assert_array_equal(model.estimator_[-1].got_[0], weights)


def test_estimator_must_take_weights(binary):
    X, y = binary
    model = ResampledClassifier(KNeighborsClassifier(), UNCHANGED)
    with pytest.raises(ValueError, match="KNeighborsClassifier, does not take it"):
        model.fit(X, y, sample_weight=np.ones(len(y)))


def test_estimator_must_be_a_classifier(binary):
    with pytest.raises(ValueError, match="expected a classifier, got Ridge"):
        ResampledClassifier(Ridge()).fit(*binary)


def test_several_targets(binary):
    X, y = binary
    Y = np.column_stack([y, X[:, 0] > 0]).astype(int)
    model = ResampledClassifier(KNeighborsClassifier(), Twice())
    with pytest.raises(ValueError, match="y: expected one target, got 2"):
        model.fit(X, Y)
    model.set_params(prior_correction=False).fit(X, Y)
    assert model.predict(X).shape == Y.shape
    each = MultiOutputClassifier(ResampledClassifier(sampler=SMOTE())).fit(X, Y)
    assert each.predict(X).shape == Y.shape


@pytest.mark.parametrize(
    "make_sampler", [GenerativeOverSampler, GenerativeAugmenter, GenerativeReplacer]
)
@pytest.mark.parametrize(
    "make_classifier",
    [lambda: RandomForestClassifier(20, random_state=0), KNeighborsClassifier],
)
def test_labels(make_classifier, make_sampler):
    X, Y = make_multilabel_classification(300, 8, n_classes=4, random_state=0)
    model = ResampledClassifier(
        make_classifier(), make_sampler(), prior_correction=False, random_state=0
    ).fit(X[:200], Y[:200])
    # .58 with constant guesses, about .75 without a sampler
    assert (model.predict(X[200:]) == Y[200:]).mean() > 0.64
    assert len(model.classes_) == 4
    weights = np.linspace(1, 2, 200)
    if make_classifier is not KNeighborsClassifier:
        model.fit(X[:200], Y[:200], sample_weight=weights)
        assert (model.predict(X[200:]) == Y[200:]).mean() > 0.64


def test_targets_of_several_dtypes(binary):
    X, y = binary
    Y = pd.DataFrame({"left": np.where(y == 1, "yes", "no"), "size": y})
    model = ResampledClassifier(KNeighborsClassifier(), Twice(), prior_correction=False)
    with pytest.raises(ValueError, match="y: expected several targets that are all"):
        model.fit(X, Y)
    predicted = model.fit(X, Y.astype(str)).predict(X)
    assert_array_equal(np.unique(predicted[:, 0]), ["no", "yes"])
    assert_array_equal(np.unique(predicted[:, 1]), ["0", "1"])


def test_methods_are_those_of_the_estimator():
    names = ["predict_proba", "predict_log_proba", "decision_function"]
    for estimator in (LinearSVC(), GaussianNB(), LogisticRegression()):
        model = ResampledClassifier(estimator)
        for name in names:
            assert hasattr(model, name) == hasattr(estimator, name)


def test_tags():
    takes_nan = DecisionTreeClassifier()
    for model, expected in [
        (ResampledClassifier(takes_nan, RandomOverSampler()), (True, True)),
        (ResampledClassifier(takes_nan, SMOTE()), (True, False)),
        (ResampledClassifier(takes_nan), (False, True)),
        (ResampledClassifier(), (False, False)),
    ]:
        tags = get_tags(model).input_tags
        assert (tags.sparse, tags.allow_nan) == expected


@pytest.mark.parametrize("estimator", [KNeighborsClassifier(), GaussianNB()])
def test_several_targets_are_a_tag_without_correction(estimator):
    for prior_correction in (True, False):
        model = ResampledClassifier(estimator, prior_correction=prior_correction)
        expected = get_tags(estimator).target_tags.multi_output and not prior_correction
        assert get_tags(model).target_tags.multi_output == expected


def test_sparse(binary):
    X, y = binary
    model = ResampledClassifier(sampler=SMOTE(random_state=0))
    dense = model.fit(X, y).predict_proba(X)
    X = sparse.csr_array(X)
    assert_allclose(model.fit(X, y).predict_proba(X), dense, rtol=1e-3)


def test_random_state(binary):
    X, y = binary
    keeps = ResampledClassifier(sampler=SMOTE(random_state=3)).fit(X, y)
    assert keeps.sampler_.random_state == 3
    seeded = ResampledClassifier(sampler=SMOTE(random_state=3), random_state=0)
    first = seeded.fit(X, y).predict_proba(X)
    assert seeded.sampler_.random_state != 3
    assert_array_equal(seeded.fit(X, y).predict_proba(X), first)
    assert (seeded.set_params(random_state=1).fit(X, y).predict_proba(X) != first).any()


@pytest.mark.slow
@pytest.mark.parametrize(
    "wrap",
    [
        lambda model: make_pipeline(StandardScaler(), model),
        lambda model: make_pipeline(make_pipeline(StandardScaler(), model)),
        lambda model: StackingClassifier([("a", model)], cv=2),
        lambda model: CalibratedClassifierCV(model, cv=2),
        lambda model: TunedThresholdClassifierCV(model, cv=2),
        lambda model: GridSearchCV(
            model, {"sampler__k_neighbors": [3, 5], "estimator__C": [0.1, 1.0]}, cv=2
        ),
        lambda model: ResampledClassifier(model, RandomUnderSampler(random_state=0)),
    ],
    ids=["pipeline", "nested", "stacking", "calibrated", "threshold", "grid", "itself"],
)
def test_inside_others(binary, wrap):
    model = ResampledClassifier(sampler=SMOTE(random_state=0))
    scores = cross_validate(
        wrap(model), *binary, cv=2, scoring=["neg_log_loss", "roc_auc"]
    )
    assert scores["test_roc_auc"].min() > 0.7
    assert scores["test_neg_log_loss"].min() > -0.6


def test_frozen(binary):
    X, y = binary
    model = ResampledClassifier(sampler=SMOTE(random_state=0)).fit(X, y)
    frozen = CalibratedClassifierCV(FrozenEstimator(model)).fit(X, y)
    assert_array_equal(FrozenEstimator(model).predict_proba(X), model.predict_proba(X))
    assert log_loss(y, frozen.predict_proba(X)) < 0.5


@pytest.mark.slow
def test_parameters_of_the_defaults(binary):
    grid = {"sampler__sampling_strategy": [0.5, 1.0], "estimator__C": [1.0]}
    model = ResampledClassifier(calibration_cv=None, random_state=0)
    search = GridSearchCV(model, grid, cv=2)
    search.fit(*binary)
    assert len(search.cv_results_["params"]) == 2
    # what was not set stays the default
    assert ResampledClassifier().estimator is None


@config_context(enable_metadata_routing=True)
def test_metadata_routing(binary):
    X, y = binary
    weights, names = np.where(y == 1, 2.0, 1.0), np.arange(len(y))
    sampler = RandomUnderSampler(random_state=0)
    model = ResampledClassifier(Consumer(), sampler)
    with pytest.raises(UnsetMetadataPassedError, match="sample_weight"):
        model.fit(X, y, sample_weight=weights)
    consumer = Consumer().set_fit_request(sample_weight=True, names=True)
    model = ResampledClassifier(consumer, sampler).set_fit_request(sample_weight=True)
    scaler = StandardScaler().set_fit_request(sample_weight=False)
    pipeline = make_pipeline(scaler, model)
    pipeline.fit(X, y, sample_weight=weights, names=names)
    got_weights, got_names = pipeline[-1].estimator_.got_
    assert_array_equal(got_names, pipeline[-1].sampler_.sample_indices_)
    assert_array_equal(got_weights, weights[got_names])
    # metadata of other rows is left out with them
    model.fit(X, y, sample_weight=np.r_[0.0, weights[1:]], names=names)
    assert len(model.estimator_.got_[1]) == 2 * (y[1:] == 1).sum()


@config_context(enable_metadata_routing=True)
def test_weights_that_the_estimator_does_not_request(binary):
    X, y = binary
    weights = np.where(y == 1, 2.0, 1.0)
    consumer = Consumer().set_fit_request(sample_weight=False)
    model = ResampledClassifier(consumer, SMOTE(random_state=0))
    model.fit(X, y, sample_weight=weights)
    assert model.estimator_.got_[0] is None
    assert_allclose(model.resampled_class_prior_, 0.5)
    assert_allclose(model.class_prior_[1], weights[y == 1].sum() / weights.sum())


@config_context(enable_metadata_routing=True)
def test_metadata_of_folds(binary):
    X, y = binary
    weights, names = np.where(y == 1, 2.0, 1.0), np.arange(len(y))
    got = []

    class Witness(Consumer):
        def fit(self, X, y, sample_weight=None, names=None):
            got.append((X, sample_weight, names))
            return super().fit(X, y, sample_weight)

    witness = Witness().set_fit_request(sample_weight=True, names=True)
    sampler = RandomUnderSampler(random_state=0)
    model = ResampledClassifier(witness, sampler, calibration_cv=GroupKFold(4))
    model.set_fit_request(sample_weight=True)
    model.fit(X, y, sample_weight=weights, names=names, groups=names % 4)
    assert len(got) == 5
    for rows, row_weights, row_names in got:
        assert_array_equal(rows, X[row_names])
        assert_array_equal(row_weights, weights[row_names])
    seen = [set(row_names % 4) for _, _, row_names in got]
    assert [len(groups) for groups in seen] == [4, 3, 3, 3, 3]


def test_metadata_needs_routing(binary):
    with pytest.raises(ValueError, match="enable_metadata_routing=True"):
        ResampledClassifier().fit(*binary, names=binary[1])


class Recording:
    """Callback that records which estimators and tasks it sees."""

    max_propagation_depth = None

    def __init__(self):
        self.seen = []

    def setup(self, estimator, context):
        self.seen.append("setup")

    def teardown(self, estimator, context):
        self.seen.append("teardown")

    def on_fit_task_begin(self, estimator, context):
        name = context.source_task_name or context.task_name
        self.seen.append((type(estimator).__name__, name))

    def on_fit_task_end(self, estimator, context):
        pass


@pytest.mark.slow
def test_callbacks_reach_the_generator_and_the_estimator(binary):
    recording = Recording()
    sampler = GenerativeOverSampler(pooling="none", random_state=0)
    model = ResampledClassifier(sampler=sampler)
    pipeline = make_pipeline(StandardScaler(), model).set_callbacks(recording)
    pipeline.fit(*binary)
    seen = recording.seen
    assert seen[0] == "setup"
    assert seen[-1] == "teardown"
    assert seen.count("setup") == 1
    order = [
        ("ResampledClassifier", "fit-final-estimator"),
        ("GenerativeOverSampler", "sampler"),
        ("AutoregressiveGenerator", "class 1"),
        ("AutoregressiveGenerator", "column 0"),
        ("LogisticRegression", "estimator"),
        ("ResampledClassifier", "fold 1"),
        ("ResampledClassifier", "fold 3"),
    ]
    at = [seen.index(event) for event in order]
    assert at == sorted(at)
    assert seen.count(("GenerativeOverSampler", "sampler")) == 4
    assert seen.count(("LogisticRegression", "estimator")) == 4


@pytest.mark.slow
def test_progress_bar(binary, capsys, monkeypatch):
    pytest.importorskip("rich")
    monkeypatch.setenv("COLUMNS", "120")
    bar = ProgressBar(max_propagation_depth=None)
    model = ResampledClassifier(random_state=0).set_callbacks(bar)
    model.fit(*binary)
    out = capsys.readouterr().out
    assert "ResampledClassifier" in out
    assert "class 1" in out
    assert "100%" in out


# --- jobs ---------------------------------------------------------------------------


def make_witness(folder):
    """A classifier that records its process and its number of jobs."""

    # by value: processes do not find the modules of tests
    class Witness(LogisticRegression):
        def fit(self, X, y, sample_weight=None):
            (folder / f"{os.getpid()} {effective_n_jobs(None)} {uuid4()}").touch()
            return super().fit(X, y, sample_weight)

    return Witness()


@pytest.mark.slow
def test_the_result_depends_neither_on_jobs_nor_backend(three_classes):
    X, y = three_classes
    weights = np.random.default_rng(0).random(len(X))
    found = []
    for backend, n_jobs in [("loky", 1), ("threading", 2), ("loky", 2)]:
        tree = DecisionTreeClassifier(max_depth=3)
        model = ResampledClassifier(tree, QUICK, random_state=0)
        with parallel_config(backend=backend):
            model.set_params(n_jobs=n_jobs).fit(X, y, sample_weight=weights)
        found.append(model.predict_proba(X))
    for others in found[1:]:
        assert_array_equal(others, found[0])


@pytest.mark.slow
def test_fits_happen_in_several_processes(binary, tmp_path):
    with parallel_config(n_jobs=2):
        model = ResampledClassifier(make_witness(tmp_path), RandomOverSampler())
        model.fit(*binary)
    noted = [path.name.split()[:2] for path in tmp_path.iterdir()]
    assert len(noted) == 4
    assert str(os.getpid()) not in [pid for pid, _ in noted]
    # each fit has one job, so their number in parallel is n_jobs
    assert {n_jobs for _, n_jobs in noted} == {"1"}
    assert model.calibration_ is not None


@pytest.mark.slow
def test_workers_get_neither_the_estimator_nor_its_old_state(binary):
    class Reduced(ResampledClassifier):
        def __reduce__(self):
            raise AssertionError

    model = Reduced(sampler=UNCHANGED, n_jobs=2, random_state=0).fit(*binary)
    assert model.fit(*binary).calibration_ is not None


@pytest.mark.slow
def test_large_tables_reach_workers(binary):
    y = binary[1]
    # joblib maps arrays above 1 MiB into workers, where they cannot be written to
    X = np.random.default_rng(0).normal(size=(len(y), 340))
    assert X.nbytes > 2**20
    model = ResampledClassifier(
        GaussianNB(), GenerativeAugmenter(IndependentGenerator()), calibration_cv=2
    )
    alone, together = (
        clone(model).set_params(n_jobs=n_jobs, random_state=0).fit(X, y)
        for n_jobs in (1, 2)
    )
    assert_array_equal(alone.predict_proba(X), together.predict_proba(X))


@pytest.mark.slow
def test_errors_of_workers_name_the_fold(binary):
    X, y = binary
    rows = np.r_[np.flatnonzero(y == 0), np.flatnonzero(y == 1)[:10]]
    model = ResampledClassifier(sampler=SMOTE(k_neighbors=8), n_jobs=2)
    with pytest.raises(ValueError, match="n_neighbors") as caught:
        model.fit(X[rows], y[rows])
    assert "of calibration_cv" in caught.value.__notes__[0]
    assert not hasattr(model, "estimator_")


def test_warnings_of_workers_are_issued(binary):
    estimator = LogisticRegression(max_iter=1, random_state=0)
    model = ResampledClassifier(estimator, UNCHANGED, n_jobs=2)
    with pytest.warns(ConvergenceWarning) as caught:
        model.fit(*binary)
    assert len(caught) == 4


def test_metadata_and_settings_reach_workers(binary):
    X, y = binary
    weights = np.random.default_rng(0).random(len(X))
    with config_context(enable_metadata_routing=True):
        estimator = GaussianNB().set_fit_request(sample_weight=True)
        sampler = RandomUnderSampler(random_state=0)
        alone, together = (
            ResampledClassifier(estimator, sampler, n_jobs=n_jobs)
            .fit(X, y, sample_weight=weights)
            .predict_proba(X)
            for n_jobs in (1, 2)
        )
    assert_array_equal(alone, together)
