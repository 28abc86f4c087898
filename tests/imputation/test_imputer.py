"""GenerativeImputer and pool: what they promise for any table and generator."""

import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from pandas.testing import assert_frame_equal
from scipy import stats
from sklearn import config_context
from sklearn.base import BaseEstimator, clone
from sklearn.callback import ProgressBar
from sklearn.exceptions import NotFittedError
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression
from sklearn.mixture import GaussianMixture
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks

from skgen.conditionals import TreeConditional
from skgen.generators import AutoregressiveGenerator, GaussianMixtureGenerator
from skgen.imputation import GenerativeImputer, pool

QUICK = AutoregressiveGenerator(TreeConditional())
SLOPE = 0.8
SPREAD = 0.6  # of the second column given the first


def make_normal(n_samples, seed=0):
    """Two columns, both of variance one."""
    first, noise = np.random.default_rng(seed).normal(size=(2, n_samples))
    return np.column_stack([first, SLOPE * first + SPREAD * noise])


def without_last(X):
    """The table with its last column missing."""
    X = X.copy()
    X[:, -1] = np.nan
    return X


def make_pandas(n_samples=80, seed=0):
    """A table of many dtypes, with missing cells where they can be."""
    rng = np.random.default_rng(seed)
    whole = rng.integers(-3, 40, size=n_samples)
    towns = rng.choice(["Oslo", "Rome", "Bern"], size=n_samples)
    days = np.datetime64("2020-01-01") + rng.integers(0, 900, size=n_samples)
    hidden = rng.random((10, n_samples)) < 0.2
    return pd.DataFrame(
        {
            "float": np.where(hidden[0], np.nan, rng.normal(size=n_samples)),
            "float32": pd.Series(whole, dtype="float32").mask(hidden[1]),
            "int": whole,
            "text": pd.Series(towns, dtype="str").mask(hidden[2]),
            "object": pd.Series(towns, dtype=object).mask(hidden[3], None),
            "category": pd.Series(towns, dtype="category").mask(hidden[4]),
            "Int64": pd.Series(whole, dtype="Int64").mask(hidden[5]),
            "boolean": pd.Series(whole > 9, dtype="boolean").mask(hidden[6]),
            "arrow": pd.Series(whole, dtype="int32[pyarrow]").mask(hidden[7]),
            "date": pd.Series(days).mask(hidden[8]),
            "zoned": pd.Series(days).dt.tz_localize("Europe/Oslo").mask(hidden[9]),
        }
    ).set_axis(rng.integers(0, 5, size=n_samples))


def make_polars():
    plain = ["float", "float32", "int", "text", "category", "date"]
    out = pl.from_pandas(make_pandas()[plain].reset_index(drop=True))
    return out.with_columns(
        pl.col("text").cast(pl.Enum(["Bern", "Oslo", "Paris", "Rome"])).alias("enum"),
        pl.when(pl.col("int") > 5).then(pl.col("int")).alias("some"),
    )


EMPTY = [0, 3]
COMPLETE = 4


def make_holed(n_samples=60):
    """Numbers with missing cells, columns without any, and empty columns."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n_samples, 5))
    X[rng.random(X.shape) < 0.2] = np.nan
    X[:, EMPTY], X[:, COMPLETE] = np.nan, rng.normal(size=n_samples)
    return X


class Fixed(BaseEstimator):
    """Imputes the tables that it is made with, whatever it is shown."""

    def __init__(self, tables):
        self.tables = tables

    def fit(self, X):
        return self

    def impute(self, X, *, n_draws=None, random_state=None):
        tables = self.tables[:n_draws]
        return tables[0] if n_draws is None else tables


@pytest.mark.filterwarnings("ignore:.*rows:UserWarning")
@parametrize_with_checks(
    [
        GenerativeImputer(),
        GenerativeImputer(QUICK, strategy="mean", add_indicator=True),
    ]
)
def test_sklearn_contract(estimator, check):
    check(estimator)


# --- draws and averages -------------------------------------------------------------


@pytest.fixture(scope="module")
def normal():
    return GenerativeImputer(GaussianMixtureGenerator(1), random_state=0).fit(
        make_normal(5000)
    )


def test_draws_follow_the_conditional(normal):
    X = make_normal(2000, seed=1)
    draws = np.stack([table[:, 1] for table in normal.multiple(without_last(X), 19)])
    inside = (draws.min(axis=0) < X[:, 1]) & (X[:, 1] < draws.max(axis=0))
    # 18 / 20 for an exact sampler; false alarms once in a thousand
    low, high = stats.binom.interval(0.999, 2000, 0.9)
    assert low <= inside.sum() <= high
    assert_allclose((draws - SLOPE * X[:, 0]).std(), SPREAD, rtol=0.1)


@pytest.mark.slow
def test_default_draws_are_neither_too_narrow_nor_too_wide():
    rng = np.random.default_rng(0)
    common, own = rng.normal(size=(1600, 1)), rng.normal(size=(1600, 6))
    X, new = np.split(common + own, [1000])
    imputer = GenerativeImputer(random_state=0).fit(X)
    draws = np.stack(
        [table[:, -1] for table in imputer.multiple(without_last(new), 19)]
    )
    inside = (draws.min(axis=0) < new[:, -1]) & (new[:, -1] < draws.max(axis=0))
    assert 0.85 < inside.mean() < 0.95


@pytest.mark.parametrize(("strategy", "error"), [("mean", 1.0), ("median", 1.25)])
def test_averages_are_close_to_the_centre_of_the_conditional(normal, strategy, error):
    X = make_normal(2000, seed=1)
    drawn = normal.transform(without_last(X))[:, 1]
    averaging = pickle.loads(pickle.dumps(normal))
    averaging.set_params(strategy=strategy, n_draws=40)
    averaged = averaging.transform(without_last(X))[:, 1]
    # the median of normal draws varies by about 1.25 times as much as their mean; over
    # 25 seeds, tolerances were 4 standard deviations of what they bound, or more
    expected = error * SPREAD / np.sqrt(40)
    assert_allclose((averaged - SLOPE * X[:, 0]).std(), expected, rtol=0.25)
    errors = [np.abs(filled - X[:, 1]).mean() for filled in (averaged, drawn)]
    assert_allclose(errors[0] / errors[1], np.sqrt(0.5), atol=0.07)


def test_categories_are_the_most_frequent_draw():
    rng = np.random.default_rng(0)
    side = rng.choice(["left", "right"], size=600)
    odd = rng.random(600) < 0.2
    X = pd.DataFrame({"side": side, "same": np.where(odd, side[::-1], side)})
    imputer = GenerativeImputer(QUICK, n_draws=61, random_state=0).fit(X)
    new = pd.DataFrame({"side": ["left", "right"] * 30, "same": [None] * 60})
    # a draw differs with probability 0.1; most of 61 do in none of 10**9 cells
    filled = imputer.set_params(strategy="mean").transform(new)
    assert filled["same"].tolist() == new["side"].tolist()
    drawn = imputer.set_params(strategy="draw").transform(new)
    assert drawn["same"].tolist() != new["side"].tolist()


def fixed_draws():
    """A table of one row, and three draws of its cells."""
    draws = pd.DataFrame(
        {
            "whole": [1.0, 2.0, 4.0],
            "Int64": pd.Series([1, 2, 5], dtype="Int64"),
            "decimal": [0.1, 0.2, 0.4],
            "text": ["a", "b", "b"],
            "tied": ["c", "a", "b"],
            "boolean": pd.Series([True, False, True], dtype="boolean"),
            "date": pd.to_datetime(["2024-01-01", "2024-01-02", "2024-01-09"]),
            "span": pd.to_timedelta([1, 2, 6], unit="h"),
        }
    )
    blank = draws[:1].copy()
    for name in blank:
        blank[name] = pd.Series([None], dtype=draws[name].dtype)
    return draws, blank, [draws[i : i + 1].set_axis([0]) for i in range(3)]


@pytest.mark.parametrize(
    ("strategy", "numbers", "modes", "times"),
    [
        # dtypes of whole numbers, steps of a day and of an hour are kept
        ("mean", [7 / 3, 3, 0.7 / 3], ["b", "c", True], ["2024-01-04", "3h"]),
        ("median", [2.0, 2, 0.2], ["b", "c", True], ["2024-01-02", "2h"]),
    ],
)
@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_each_kind_of_column_is_averaged_in_its_own_way(
    strategy, numbers, modes, times, library
):
    draws, blank, tables = fixed_draws()
    if library == "polars":
        draws, blank, *tables = map(pl.from_pandas, [draws, blank, *tables])
    imputer = GenerativeImputer(Fixed(tables), strategy=strategy, n_draws=3).fit(draws)
    filled = imputer.transform(blank)
    if library == "polars":
        assert filled.schema == draws.schema
        filled = filled.to_pandas()
    row = filled.iloc[0].tolist()
    assert row[:3] == pytest.approx(numbers)
    assert row[3:] == [*modes, pd.Timestamp(times[0]), pd.Timedelta(times[1])]


def test_the_number_of_averaged_draws_is_n_draws():
    draws, blank, tables = fixed_draws()
    imputer = GenerativeImputer(Fixed(tables), strategy="mean", n_draws=2).fit(draws)
    assert imputer.transform(blank)["whole"].item() == 1.5


@pytest.mark.slow
def test_new_rows_are_filled_from_the_training_rows_alone(normal):
    imputer = pickle.loads(pickle.dumps(normal))
    imputer.set_params(strategy="mean", n_draws=400)
    before = pickle.dumps(imputer)
    X = without_last(make_normal(50, seed=1))
    poison = make_normal(500, seed=2) * [1, -3] + [0, 4]
    alone = imputer.transform(X)
    among = imputer.transform(np.vstack([X, poison]))[:50]
    # equal but for the noise of two means; false alarms in 50 * 6e-5 of all cases
    assert np.abs(alone - among).max() < 4 * SPREAD * np.sqrt(2 / 400)
    assert pickle.dumps(imputer) == before


# --- tables -------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("strategy", ["draw", "mean"])
def test_pandas_cells_dtypes_and_index_are_kept(strategy):
    X = make_pandas()
    before = X.copy(deep=True)
    filled = GenerativeImputer(
        QUICK, strategy=strategy, n_draws=5, random_state=0
    ).fit_transform(X)
    assert_frame_equal(X, before)
    assert not filled.isna().any(axis=None)
    assert filled.index.equals(X.index)
    assert filled.dtypes.equals(X.dtypes)
    for name in X:
        observed = X[name].notna().to_numpy()
        assert filled[name][observed].equals(X[name][observed])


@pytest.mark.slow
@pytest.mark.parametrize("strategy", ["draw", "mean"])
def test_polars_cells_and_dtypes_are_kept(strategy):
    X = make_polars()
    filled = GenerativeImputer(
        QUICK, strategy=strategy, n_draws=5, random_state=0
    ).fit_transform(X)
    assert filled.schema == X.schema
    assert filled.null_count().sum_horizontal().item() == 0
    for name in X.columns:
        observed = X[name].is_not_null()
        assert filled[name].filter(observed).equals(X[name].filter(observed))


@pytest.mark.parametrize("dtype", ["float64", "float32", object])
def test_arrays_keep_their_dtype(dtype):
    X = make_normal(60).astype(dtype)
    X[::3, 0] = np.nan
    imputer = GenerativeImputer(QUICK, strategy="mean", random_state=0)
    filled = imputer.fit_transform(X)
    assert filled.dtype == dtype
    observed = ~np.isnan(X.astype(float))
    assert_array_equal(filled[observed], X[observed])
    assert np.isfinite(filled.astype(float)).all()
    # a column that was empty at fit has cells now
    wide = np.hstack([X, np.full((60, 1), np.nan, dtype=dtype)])
    imputer.set_params(keep_empty_features=True).fit(wide)
    wide[:, 2] = 1.0
    assert imputer.transform(wide).dtype == dtype


def test_cells_may_be_missing_where_none_was_at_fit():
    X = pd.DataFrame(
        {"count": np.arange(60) % 7, "plan": ["basic", "plus", "pro"] * 20}
    )
    imputer = GenerativeImputer(QUICK, add_indicator=True, random_state=0).fit(X)
    filled = imputer.transform(
        pd.DataFrame({"count": [np.nan, 4.0], "plan": ["pro", None]})
    )
    assert list(filled) == ["count", "plan"]
    assert filled["count"][0] in range(7)
    assert filled["plan"][1] in {"basic", "plus", "pro"}


@pytest.mark.slow
@pytest.mark.parametrize("library", ["pandas", "polars"])
@pytest.mark.parametrize("strategy", ["draw", "mean"])
def test_set_output(library, strategy):
    frame = make_polars()
    tables = [frame, frame.drop("category").to_pandas(), make_holed()[:, 1:3]]
    cls = pl.DataFrame if library == "polars" else pd.DataFrame
    for X in tables:
        imputer = GenerativeImputer(
            QUICK, strategy=strategy, n_draws=5, add_indicator=True, random_state=0
        ).set_output(transform=library)
        for filled in [imputer.fit_transform(X), *imputer.multiple(X, 2)]:
            assert type(filled) is cls
            assert list(filled.columns) == imputer.get_feature_names_out().tolist()
            assert "object" not in map(str, filled.dtypes)
            assert filled.shape[0] == len(X)


@pytest.mark.parametrize("strategy", ["draw", "mean"])
def test_unseen_category_is_kept_or_refused(strategy):
    X = pd.DataFrame({"plan": ["basic", "plus"] * 20, "fee": np.arange(40.0)})
    imputer = GenerativeImputer(QUICK, strategy=strategy, random_state=0).fit(X)
    new = pd.DataFrame({"plan": ["gold", None], "fee": [np.nan, 7.0]})
    filled = imputer.transform(new)
    assert filled["plan"][0] == "gold"
    assert filled["plan"][1] in {"basic", "plus"}
    assert filled.notna().all(axis=None)
    assert [table["plan"][0] for table in imputer.multiple(new, 2)] == ["gold"] * 2
    imputer.set_params(handle_unknown="error")
    match = "'plan' holds the category 'gold'.*handle_unknown='missing'"
    with pytest.raises(ValueError, match=match):
        imputer.transform(new)


# --- indicators and empty columns ---------------------------------------------------


def as_library(X, library):
    if library == "numpy":
        return X
    frame = pd.DataFrame(X, columns=list("abcde"))
    return frame if library == "pandas" else pl.from_pandas(frame, nan_to_null=True)


@pytest.mark.slow
@pytest.mark.parametrize("library", ["numpy", "pandas", "polars"])
@pytest.mark.parametrize("strategy", ["draw", "mean"])
@pytest.mark.parametrize("keep_empty_features", [False, True])
@pytest.mark.parametrize("add_indicator", [False, True])
@pytest.mark.filterwarnings("ignore:No cell is observed", "ignore:Skipping features")
def test_columns_are_those_of_simple_imputer(
    library, strategy, keep_empty_features, add_indicator
):
    options = {
        "keep_empty_features": keep_empty_features,
        "add_indicator": add_indicator,
    }
    X = as_library(make_holed(), library)
    # cells in a column that was empty at fit, and missing ones in a complete one
    new = make_holed()[::-1]
    new[:30, EMPTY], new[::7, COMPLETE] = 5.0, np.nan
    imputer = GenerativeImputer(
        QUICK, strategy=strategy, n_draws=5, random_state=0, **options
    ).fit(X)
    simple = SimpleImputer(**options).fit(make_holed())
    expected = simple.transform(new)
    names = list("abcde")
    assert_array_equal(
        imputer.get_feature_names_out(None if library != "numpy" else names),
        simple.get_feature_names_out(names),
    )
    filled = imputer.transform(as_library(new, library))
    if library != "numpy":
        assert list(filled.columns) == imputer.get_feature_names_out().tolist()
        indicator = "bool" if library == "pandas" else "boolean"
        kinds = [str(dtype).lower() for dtype in filled.dtypes]
        n_indicators = 4 if add_indicator else 0
        assert (
            kinds
            == ["float64"] * (len(kinds) - n_indicators) + [indicator] * n_indicators
        )
    filled = np.asarray(filled, dtype=float)
    # what SimpleImputer fills in are column means
    drawn = np.isnan(new)
    drawn[:, EMPTY] = False
    if not keep_empty_features:
        drawn = np.delete(drawn, EMPTY, axis=1)
    same = np.ones(expected.shape, dtype=bool)
    same[:, : drawn.shape[1]] = ~drawn
    assert_array_equal(filled[same], expected[same])
    assert np.isfinite(filled).all()
    assert (filled[~same] != expected[~same]).mean() > 0.9


def test_kept_empty_columns_of_other_kinds_stay_missing():
    X = pd.DataFrame(
        {"fee": np.arange(40.0), "note": pd.Series([None] * 40, dtype=str)}
    )
    X["agreed"] = pd.array([None] * 40, dtype="boolean")
    imputer = GenerativeImputer(QUICK, keep_empty_features=True, random_state=0)
    filled = imputer.fit_transform(X)
    assert filled.dtypes.equals(X.dtypes)
    assert filled["note"].isna().all()
    assert filled["agreed"].tolist() == [False] * 40


def test_dropped_columns_are_named():
    X = pd.DataFrame({"fee": np.arange(40.0), "note": [None] * 40})
    with pytest.warns(UserWarning, match=r"\['note'\]: they are dropped") as caught:
        GenerativeImputer(QUICK, random_state=0).fit(X)
    assert [warning.filename for warning in caught] == [__file__]


def test_indicators_beside_columns_whose_names_are_not_text():
    X = pd.DataFrame(make_holed()[:, 1:3])
    filled = GenerativeImputer(QUICK, add_indicator=True, random_state=0).fit_transform(
        X
    )
    assert list(filled) == ["x0", "x1", "missingindicator_x0", "missingindicator_x1"]
    # without indicators, names are left alone
    assert list(GenerativeImputer(QUICK, random_state=0).fit_transform(X)) == [0, 1]


def test_indicators_beside_text_and_dates_of_an_array():
    X = np.array([["a", "b"], ["b", None], ["a", "c"]] * 20, dtype=object)
    imputer = GenerativeImputer(QUICK, add_indicator=True, random_state=0).fit(X)
    assert imputer.transform([["a", "c"]]).tolist() == [["a", "c", False]]
    assert imputer.transform(np.array([["a", "c"]])).tolist() == [["a", "c", False]]
    X = np.arange(60).astype("M8[D]").reshape(-1, 1)
    X[0] = "NaT"
    imputer = GenerativeImputer(QUICK, add_indicator=True, random_state=0).fit(X)
    with pytest.raises(ValueError, match=r"leaves no room.*Pass a dataframe"):
        imputer.transform(X)


# --- seeds and state ----------------------------------------------------------------


def test_multiple_tables_differ_in_missing_cells_only(normal):
    X = without_last(make_normal(100, seed=1))
    tables = normal.multiple(X, 4)
    assert len(tables) == 4
    for i, table in enumerate(tables):
        assert_array_equal(table[:, 0], X[:, 0])
        for other in tables[:i]:
            assert (table[:, 1] != other[:, 1]).all()
    assert_array_equal(tables, normal.multiple(X, 4))


def test_transform_repeats_and_seeds_differ():
    X = make_holed()[:, 1:3]
    first, again, other = (
        GenerativeImputer(QUICK, random_state=seed).fit(X) for seed in (0, 0, 1)
    )
    assert_array_equal(first.transform(X), first.transform(X))
    assert_array_equal(first.transform(X), again.transform(X))
    assert (first.transform(X) != other.transform(X)).any()
    copy = pickle.loads(pickle.dumps(first))
    assert_array_equal(first.transform(X), copy.transform(X))
    with pytest.raises(NotFittedError):
        clone(first).transform(X)


def test_rows_passed_one_by_one_get_different_random_numbers(normal):
    X = without_last(make_normal(60, seed=1))
    drawn = np.vstack([normal.transform(row[None]) for row in X])
    # 60 independent draws; false alarms once in ten thousand
    quantiles = stats.chi2.ppf([5e-5, 1 - 5e-5], 59)
    low, high = SPREAD * np.sqrt(quantiles / 59)
    assert low < (drawn[:, 1] - SLOPE * X[:, 0]).std(ddof=1) < high


def test_weights_and_incomplete_rows_reach_the_generator():
    seen = []

    class Watched(Fixed):
        def fit(self, X, sample_weight=None):
            seen.append(sample_weight)
            return self

        def impute(self, X, *, n_draws=None, random_state=None):
            seen.append(X)
            empty = np.isnan(X).all(axis=0)
            return [np.where(np.isnan(X) & ~empty, 0.0, X)] * n_draws

    X = make_holed()
    weights = np.arange(1.0, 61.0)
    imputer = GenerativeImputer(
        Watched(None), strategy="mean", keep_empty_features=True
    )
    imputer.fit(X, sample_weight=weights).transform(X)
    assert_array_equal(seen[0], weights)
    rest = np.delete(X, EMPTY, axis=1)
    assert_array_equal(seen[1], X[np.isnan(rest).any(axis=1)])


def test_rows_without_weight_do_not_count():
    X = make_normal(200)
    X[::3, 1] = np.nan
    poison = np.vstack([X, X + 100])
    weights = np.repeat([1.0, 0.0], 200)
    imputer = GenerativeImputer(QUICK, random_state=0)
    plain = clone(imputer).fit(X).transform(X)
    assert_array_equal(imputer.fit(poison, sample_weight=weights).transform(X), plain)
    with config_context(enable_metadata_routing=True):
        imputer = GenerativeImputer(QUICK, random_state=0).set_fit_request(
            sample_weight=True
        )
        pipeline = Pipeline([("impute", imputer), ("model", LinearRegression())])
        pipeline[-1].set_fit_request(sample_weight=True)
        pipeline.fit(poison, poison[:, 0], sample_weight=weights)
    assert_array_equal(pipeline[0].transform(X), plain)


def test_a_column_may_be_empty_in_the_rows_that_have_weight():
    X = make_normal(60)
    X[:30, 0] = np.nan
    weights = np.repeat([1.0, 0.0], 30)[::-1]
    assert (
        GenerativeImputer(QUICK).fit(X, sample_weight=weights).transform(X).shape
        == X.shape
    )
    imputer = GenerativeImputer(QUICK, keep_empty_features=True)
    filled = imputer.fit(X, sample_weight=weights[::-1]).transform(X)
    assert (filled[:30, 0] == 0).all()
    assert_array_equal(filled[30:], X[30:])


@pytest.mark.slow
def test_pipeline_and_search():
    X = make_normal(150)
    y = X.sum(axis=1)
    X[::4, 1] = np.nan
    pipeline = Pipeline(
        [("impute", GenerativeImputer(random_state=0)), ("model", LinearRegression())]
    )
    grid = {
        "impute__strategy": ["draw", "mean", "median"],
        "impute__generator__conditional__n_trees": [1, 2],
    }
    search = GridSearchCV(pipeline, grid, cv=2, error_score="raise").fit(X, y)
    scores = search.cv_results_["mean_test_score"]
    assert len(set(scores)) == 6
    drawn = search.cv_results_["param_impute__strategy"] == "draw"
    assert scores[drawn].max() < scores[~drawn].min()
    assert search.predict(X).shape == (150,)


class Recording:
    """Callback that records which fits begin."""

    max_propagation_depth = None

    def __init__(self):
        self.begun = []

    def setup(self, estimator, context):
        pass

    def teardown(self, estimator, context):
        pass

    def on_fit_task_begin(self, estimator, context):
        self.begun.append((type(estimator).__name__, context.task_name))

    def on_fit_task_end(self, estimator, context):
        pass


def test_callbacks_reach_the_generator(capsys):
    recording = Recording()
    imputer = GenerativeImputer(QUICK)
    imputer.set_callbacks(recording).fit(make_normal(60))
    assert recording.begun == [
        ("GenerativeImputer", "fit"),
        ("AutoregressiveGenerator", "fit"),
        ("AutoregressiveGenerator", "column 0"),
        ("AutoregressiveGenerator", "column 1"),
    ]
    imputer.set_callbacks(ProgressBar()).fit(make_normal(60))
    assert "GenerativeImputer" in capsys.readouterr().out


# --- errors -------------------------------------------------------------------------


def test_generators_that_cannot_impute_raise_an_error():
    X = make_normal(40)
    with pytest.raises(TypeError, match=r"generator: GaussianMixture .*`impute`"):
        GenerativeImputer(GaussianMixture()).fit(X)
    imputer = GenerativeImputer(Fixed([X]))
    with pytest.raises(ValueError, match=r"sample_weight was passed.*Fixed"):
        imputer.fit(X, sample_weight=np.ones(40))


@pytest.mark.parametrize(
    "params", [{"n_draws": 0}, {"strategy": "mode"}, {"generator": 3}]
)
def test_impossible_parameters_raise_an_error(params):
    with pytest.raises(ValueError, match=f"'{next(iter(params))}' parameter"):
        GenerativeImputer(**params).fit(make_normal(40))


def test_a_number_of_tables_is_at_least_one(normal):
    with pytest.raises(ValueError, match="m == 0, must be >= 1"):
        normal.multiple(make_normal(40), 0)


def test_a_failed_fit_changes_nothing():
    imputer = GenerativeImputer(QUICK, random_state=0).fit(make_normal(40))
    X = without_last(make_normal(5))
    before = imputer.transform(X)
    with pytest.raises(ValueError, match="inf"):
        imputer.fit(np.full((40, 3), np.inf))
    assert_array_equal(imputer.transform(X), before)


@pytest.mark.slow
def test_intervals_of_a_mean_cover_as_they_should():
    covered = 0
    for seed in range(100):
        X = make_normal(100, seed)
        X[np.random.default_rng(seed + 1000).random(100) < 0.3, 1] = np.nan
        imputer = GenerativeImputer(QUICK, random_state=seed).fit(X)
        last = np.stack([table[:, 1] for table in imputer.multiple(X, 5)])
        pooled = pool(last.mean(axis=1), last.var(axis=1) / 99, complete_dof=99)
        low, high = pooled.confidence_interval()
        covered += low < 0 < high
    # of 100 intervals of 95 %, fewer than 88 cover once in 200 times
    assert covered >= 88
