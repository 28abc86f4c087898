import numpy as np
import pandas as pd
import pytest
from imblearn import FunctionSampler
from imblearn.base import BaseSampler
from imblearn.combine import SMOTEENN
from imblearn.over_sampling import SMOTE, RandomOverSampler
from imblearn.pipeline import make_pipeline as make_imblearn_pipeline
from imblearn.under_sampling import RandomUnderSampler, TomekLinks
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
    RandomForestRegressor,
    StackingClassifier,
    StackingRegressor,
)
from sklearn.exceptions import UnsetMetadataPassedError
from sklearn.frozen import FrozenEstimator
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import log_loss
from sklearn.model_selection import (
    GridSearchCV,
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
from skgen.compose import ResampledClassifier, ResampledRegressor
from skgen.table import n_rows, take_rows

UNCHANGED = RandomOverSampler(sampling_strategy={})


class Twice(BaseSampler):
    """Every row twice, whatever y is."""

    _sampling_type = "bypass"

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
        ResampledClassifier(sampler=UNCHANGED),
        ResampledClassifier(DecisionTreeClassifier(), RandomUnderSampler()),
        ResampledRegressor(sampler=Twice()),
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
def test_probabilities_are_moved_back(three_classes, sampler):
    X, y = three_classes
    model = ResampledClassifier(sampler=sampler).fit(X, y)
    plain = make_imblearn_pipeline(sampler, LogisticRegression()).fit(X, y)
    prior = np.unique(y, return_counts=True)[1] / len(y)
    expected = corrected(plain.predict_proba(X), prior, np.full(3, 1 / 3))
    assert_array_equal(model.classes_, ["no", "some", "yes"])
    assert_allclose(model.class_prior_, prior)
    assert_allclose(model.resampled_class_prior_, 1 / 3)
    assert_allclose(model.predict_proba(X), expected)
    assert_allclose(np.exp(model.predict_log_proba(X)), expected)


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


def test_correction_saves_the_log_loss_and_the_ranking(binary):
    X, y = binary
    model = ResampledClassifier(random_state=0).fit(X, y)
    corrected, raw = model.predict_proba(X), model.estimator_.predict_proba(X)
    plain = log_loss(y, LogisticRegression().fit(X, y).predict_proba(X))
    assert log_loss(y, corrected) < 1.05 * plain < 1.2 * plain < log_loss(y, raw)
    # equal up to rounding is equal
    ranks = [rankdata(proba[:, 1].round(12)) for proba in (corrected, raw)]
    assert_array_equal(*ranks)


def test_tiny_probabilities(binary):
    X, y = binary
    model = ResampledClassifier(GaussianNB(), RandomOverSampler(random_state=0))
    model.fit(X, y)
    log_proba = model.predict_log_proba(1e3 * X)
    assert log_proba.min() < -1e4
    assert np.isfinite(log_proba).all()
    assert_array_equal(model.predict_proba(1e3 * X).sum(axis=1), 1.0)


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
    model = ResampledClassifier(sampler=sampler).fit(X, y)
    assert model.score(X, y) > 0.6
    assert sampler is model.sampler
    assert not hasattr(sampler, "n_features_in_")


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


def test_rows_without_weight_are_left_out(binary):
    X, y = binary
    weights = np.r_[np.zeros(100), np.ones(300)]
    model = ResampledClassifier(random_state=0)
    weighted = clone(model).fit(X, y, sample_weight=weights)
    plain = clone(model).fit(X[100:], y[100:])
    assert_allclose(weighted.predict_proba(X), plain.predict_proba(X))


def test_sampler_that_takes_weights_tells_those_of_its_rows(binary):
    X, y = binary
    weights = np.where(y == 1, 3.0, 1.0)
    model = ResampledClassifier(Consumer(), random_state=0)
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


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (ResampledClassifier(Ridge()), "expected a classifier, got Ridge"),
        (ResampledRegressor(GaussianNB()), "expected a regressor, got GaussianNB"),
    ],
)
def test_estimator_of_the_wrong_kind(model, message, binary):
    with pytest.raises(ValueError, match=message):
        model.fit(*binary)


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


@pytest.mark.parametrize("sampler", [None, GenerativeOverSampler()])
def test_two_outputs(sampler):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 3))
    Y = np.column_stack([X[:, 0] + X[:, 1], np.exp(X[:, 2])])
    forest = RandomForestRegressor(50, random_state=0)
    model = ResampledRegressor(forest, sampler, random_state=0).fit(X[:250], Y[:250])
    # the mean R2 is .88 without a sampler
    assert model.score(X[250:], Y[250:]) > 0.75
    model.fit(X[:250], Y[:250], sample_weight=np.linspace(1, 2, 250))
    assert model.predict(X[250:]).shape == (150, 2)


def test_methods_are_those_of_the_estimator():
    names = ["predict_proba", "predict_log_proba", "decision_function"]
    for estimator in (LinearSVC(), GaussianNB(), LogisticRegression()):
        model = ResampledClassifier(estimator)
        for name in names:
            assert hasattr(model, name) == hasattr(estimator, name)
    assert not hasattr(ResampledRegressor(), "predict_proba")


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


def test_parameters_of_the_defaults(binary):
    grid = {"sampler__sampling_strategy": [0.5, 1.0], "estimator__C": [1.0]}
    search = GridSearchCV(ResampledClassifier(random_state=0), grid, cv=2)
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


def test_metadata_needs_routing(binary):
    with pytest.raises(ValueError, match="enable_metadata_routing=True"):
        ResampledClassifier().fit(*binary, names=binary[1])


class Recording:
    """Callback that writes down which estimators and tasks it sees."""

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
    ]
    at = [seen.index(event) for event in order]
    assert at == sorted(at)


def test_progress_bar(binary, capsys):
    pytest.importorskip("rich")
    bar = ProgressBar(max_propagation_depth=None)
    model = ResampledClassifier(random_state=0).set_callbacks(bar)
    model.fit(*binary)
    out = capsys.readouterr().out
    assert "ResampledClassifier" in out
    assert "class 1" in out
    assert "100%" in out


def test_regressor():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 3))
    y = X @ [1.0, 2.0, 3.0] + rng.normal(size=60)
    model = ResampledRegressor(Ridge(alpha=0.1), Twice()).fit(X, y)
    plain = Ridge(alpha=0.1).fit(np.repeat(X, 2, axis=0), np.repeat(y, 2))
    assert_allclose(model.predict(X), plain.predict(X))
    weights = rng.exponential(size=60)
    model.fit(X, y, sample_weight=weights)
    plain = Ridge(alpha=0.05).fit(X, y, weights)
    assert_allclose(model.predict(X), plain.predict(X))
    stacked = StackingRegressor([("a", model)], cv=2).fit(X, y)
    assert stacked.score(X, y) > 0.8
    Y = np.column_stack([y, X[:, 0]])
    assert model.fit(X, Y).predict(X).shape == (60, 2)


def test_default_regressor():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 2))
    y = X @ [1.0, 2.0] + 0.3 * rng.normal(size=200)
    assert ResampledRegressor(random_state=0).fit(X, y).score(X, y) > 0.8


@pytest.mark.parametrize("routing", [True, False])
def test_parameters_of_predict(routing):
    X = np.arange(6.0)[:, None]
    process = GaussianProcessRegressor(alpha=0.1)
    with config_context(enable_metadata_routing=routing):
        if routing:
            process.set_predict_request(return_std=True)
        model = ResampledRegressor(process, Twice()).fit(X, X[:, 0])
        mean, std = model.predict(X, return_std=True)
    assert mean.shape == std.shape == (6,)


@config_context(enable_metadata_routing=True)
def test_parameters_of_predict_must_be_requested():
    X = np.arange(6.0)[:, None]
    process = GaussianProcessRegressor(alpha=0.1)
    model = ResampledRegressor(process, Twice()).fit(X, X[:, 0])
    with pytest.raises(UnsetMetadataPassedError, match="return_std"):
        model.predict(X, return_std=True)
