"""The walks of a user: raw mixed tables through whole pipelines and searches."""

import warnings

import numpy as np
import pandas as pd
import pytest
from imblearn.pipeline import Pipeline, make_pipeline
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.compose import ColumnTransformer, make_column_transformer
from sklearn.datasets import load_breast_cancer, load_wine
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score, roc_auc_score
from sklearn.model_selection import GridSearchCV, cross_val_score, train_test_split
from sklearn.neighbors import KernelDensity
from sklearn.pipeline import make_pipeline as make_plain_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from skgen.datasets import make_customers
from skgen.generators import AutoregressiveGenerator
from skgen.resampling import GenerativeOverSampler

NUMBERS = ["income", "monthly_fee", "months", "total_paid", "visits", "refunds"]
DATES = ["signup", "last_visit"]


@pytest.fixture(scope="module")
def customers():
    X, y = make_customers(500, weights=[0.85, 0.15], random_state=0)
    return train_test_split(X, y, stratify=y, random_state=0)


def days(dates):
    columns = [np.asarray(dates[name], dtype="datetime64[D]") for name in DATES]
    ticks = np.column_stack(columns)
    return np.where(np.isnat(ticks), np.nan, ticks.astype(float))


def make_preparation():
    return ColumnTransformer(
        [
            (
                "numbers",
                make_plain_pipeline(SimpleImputer(), StandardScaler()),
                NUMBERS,
            ),
            (
                "dates",
                make_plain_pipeline(
                    FunctionTransformer(days), SimpleImputer(), StandardScaler()
                ),
                DATES,
            ),
            ("texts", OneHotEncoder(handle_unknown="ignore"), ["country", "plan"]),
            ("flags", "passthrough", ["newsletter"]),
        ]
    )


def make_churn_pipeline(**params):
    return Pipeline(
        [
            ("over", GenerativeOverSampler(random_state=0, **params)),
            ("prep", make_preparation()),
            ("clf", LogisticRegression(max_iter=1000)),
        ]
    )


@pytest.mark.parametrize(
    "container", ["pandas", pytest.param("polars", marks=pytest.mark.slow)]
)
def test_grid_search_over_a_mixed_table(customers, container):
    X, X_test, y, y_test = customers
    if container == "polars":
        pl = pytest.importorskip("polars")
        X, X_test = pl.from_pandas(X), pl.from_pandas(X_test)
    grid = {
        "over__generator__conditional__min_samples_leaf": [3, 12],
        "over__sampling_strategy": [0.5, "auto"],
    }
    search = GridSearchCV(
        make_churn_pipeline(),
        grid,
        scoring=["roc_auc", "balanced_accuracy"],
        refit="balanced_accuracy",
        cv=2,
        error_score="raise",
    ).fit(X, y)
    scores = search.cv_results_["mean_test_roc_auc"]
    # each parameter reaches the sampler
    assert len(set(scores)) == 4
    assert search.predict(X_test).shape == y_test.shape
    assert roc_auc_score(y_test, search.predict_proba(X_test)[:, 1]) > 0.75
    best = search.best_estimator_
    wanted = search.best_params_["over__generator__conditional__min_samples_leaf"]
    assert best["over"].generator.conditional.min_samples_leaf == wanted
    assert best["over"].sampling_strategy_[1] > 0
    # the balanced classes move the threshold
    plain = Pipeline(best.steps[1:])
    plain = clone(plain).fit(X, y)
    assert search.predict(X_test).mean() > plain.predict(X_test).mean()
    assert balanced_accuracy_score(y_test, search.predict(X_test)) > (
        balanced_accuracy_score(y_test, plain.predict(X_test))
    )


class Spy(GenerativeOverSampler):
    """Counts the calls of ``fit_resample``."""

    calls = 0

    def fit_resample(self, X, y):
        type(self).calls += 1
        return super().fit_resample(X, y)


def test_sampler_is_skipped_at_prediction(customers):
    X, X_test, y, _ = customers
    Spy.calls = 0
    pipeline = Pipeline(
        [
            ("over", Spy(random_state=0)),
            ("prep", make_preparation()),
            ("clf", DecisionTreeClassifier(random_state=0)),
        ]
    )
    pipeline.fit(X, y)
    assert Spy.calls == 1
    assert len(pipeline.predict(X_test)) == len(X_test)
    assert len(pipeline.predict_proba(X_test[:1])) == 1
    pipeline.score(X_test[:5], [0, 0, 0, 0, 1])
    assert Spy.calls == 1
    # the tree has seen the same number of rows of both classes
    seen = pipeline["clf"].tree_.n_node_samples[0]
    assert seen == 2 * (y == 0).sum()


@pytest.mark.slow
def test_held_out_rows_never_reach_the_generator(customers):
    X, _, y, _ = customers
    seen = []

    class Watching(AutoregressiveGenerator):
        def fit(self, X, y=None, sample_weight=None):
            seen.append(len(X))
            return super().fit(X)

    pipeline = make_churn_pipeline(generator=Watching(), pooling="partial")
    cross_val_score(pipeline, X, y, cv=3, error_score="raise")
    # in each fold, a model of the rare class and one of all training rows
    assert len(seen) == 6
    assert sum(seen) == 2 * (y.sum() + len(y))


def test_native_categories_reach_the_classifier(customers):
    X, X_test, y, y_test = customers
    X, X_test = (part.drop(columns=DATES).copy() for part in (X, X_test))
    for part in (X, X_test):
        part["country"] = pd.Categorical(part["country"], sorted(set(X["country"])))
    pipeline = make_pipeline(
        GenerativeOverSampler(random_state=0),
        HistGradientBoostingClassifier(
            categorical_features="from_dtype", max_iter=30, random_state=0
        ),
    ).fit(X, y)
    assert pipeline[-1].is_categorical_.tolist() == [
        isinstance(dtype, pd.CategoricalDtype) for dtype in X.dtypes
    ]
    assert roc_auc_score(y_test, pipeline.predict_proba(X_test)[:, 1]) > 0.6


@pytest.mark.slow
def test_search_over_generators_of_numbers():
    X, y = load_breast_cancer(return_X_y=True)
    rows = np.r_[np.flatnonzero(y == 1)[:150], np.flatnonzero(y == 0)[:60]]
    X, y = X[rows, :8], y[rows]
    pipeline = make_pipeline(
        StandardScaler(),
        GenerativeOverSampler(random_state=0),
        LogisticRegression(max_iter=1000),
    )
    grid = [
        {"generativeoversampler": ["passthrough"]},
        {
            "generativeoversampler__generator": [KernelDensity(bandwidth=0.3)],
            "generativeoversampler__generator__bandwidth": [0.1, 0.5],
        },
        {"generativeoversampler__generator__max_predictors": [2, 4]},
    ]
    search = GridSearchCV(
        pipeline, grid, cv=2, scoring="neg_log_loss", error_score="raise"
    ).fit(X, y)
    scores = search.cv_results_["mean_test_score"]
    assert np.isfinite(scores).all()
    assert len(set(scores)) == 5


def test_several_classes_of_text():
    X, y = load_wine(return_X_y=True, as_frame=True)
    y = pd.Series(np.array(["barolo", "grignolino", "barbera"])[y], dtype="category")
    rows = np.r_[:59, 59:89, 130:155]
    X, y = X.iloc[rows], y.iloc[rows]
    pipeline = make_pipeline(
        GenerativeOverSampler(random_state=0),
        make_column_transformer((StandardScaler(), X.columns)),
        LogisticRegression(max_iter=1000),
    ).fit(X, y)
    assert pipeline.classes_.tolist() == ["barbera", "barolo", "grignolino"]
    assert pipeline.score(X, y) > 0.95


def test_seeded_pipelines_repeat(customers):
    X, X_test, y, _ = customers
    first, second = (
        make_churn_pipeline().fit(X, y).predict_proba(X_test) for _ in range(2)
    )
    assert_array_equal(first, second)


@pytest.mark.slow
def test_small_minority_warns_in_every_fold(customers):
    X, _, y, _ = customers
    rows = np.r_[np.flatnonzero(y == 0)[:80], np.flatnonzero(y == 1)[:8]]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        scores = cross_val_score(
            make_churn_pipeline(), X.iloc[rows], y.iloc[rows], cv=2, error_score="raise"
        )
    assert len(scores) == 2
    assert [str(warning.message).count("1 (4)") for warning in caught] == [1, 1]


def test_callbacks_of_a_sampler_reach_its_generator_in_a_pipeline_of_imblearn(
    make_recording,
):
    X, y = load_breast_cancer(return_X_y=True)
    recording = make_recording()
    sampler = GenerativeOverSampler(random_state=0).set_callbacks(recording)
    make_pipeline(sampler, DecisionTreeClassifier()).fit(X[:, :3], y)
    begun = [event[1] for event in recording.events if event[0] == "begin"]
    # one task for each of the three columns
    assert begun == ["GenerativeOverSampler"] + 4 * ["AutoregressiveGenerator"]
