"""What new rows may hold that nothing was learned of, in every estimator.

Categories that were not seen at fit are kept and count as missing; columns without an
observed cell are filled in the dtype that they had at fit, whatever it is in new rows.
"""

import datetime as dt
import inspect
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

import skgen
from skgen import (
    AutoregressiveGenerator,
    BaseGenerator,
    ChainedGenerator,
    FlowMatchingGenerator,
    GaussianMixtureGenerator,
    GenerativeClassifier,
    GenerativeImputer,
    GenerativeMasker,
    GenerativeRegressor,
    IndependentGenerator,
    LatentFactorGenerator,
    RefinedGenerator,
    TreeConditional,
)
from skgen.table import TableCodec

N = 60
TREES = TreeConditional(n_trees=2)
ALONE = IndependentGenerator(random_state=0)
GENERATORS = {
    "independent": ALONE,
    "trees": AutoregressiveGenerator(TREES, random_state=0),
    "chained": ChainedGenerator(TREES, random_state=0),
    "refined": RefinedGenerator(ALONE, random_state=0),
    "mixture": GaussianMixtureGenerator(1, max_iter=5, random_state=0),
    "factors": LatentFactorGenerator(1, max_iter=5, random_state=0),
    "flows": FlowMatchingGenerator(Ridge(), n_steps=2, n_noise=1, random_state=0),
}
IMPUTERS = {
    "imputer": GenerativeImputer(ALONE, random_state=0),
    "means": GenerativeImputer(ALONE, strategy="mean", n_draws=3, random_state=0),
    "medians": GenerativeImputer(ALONE, strategy="median", n_draws=3, random_state=0),
}
PREDICTORS = {
    "classifier": GenerativeClassifier(ALONE, random_state=0),
    "separate": GenerativeClassifier(ALONE, strategy="separate", random_state=0),
    "regressor": GenerativeRegressor(ALONE, n_draws=3, random_state=0),
}
# what the independent columns and the imputer do not show already
SLOW = {*GENERATORS, "medians", "separate"} - {"independent"}


def each(table):
    return [
        pytest.param(entry, id=name, marks=[pytest.mark.slow] * (name in SLOW))
        for name, entry in table.items()
    ]


def fill(estimator, X):
    return (
        estimator.impute(X) if hasattr(estimator, "impute") else estimator.transform(X)
    )


def fitted(estimator, X, *args):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # few rows, few epochs
        return estimator.fit(X, *args)


# --- tables ---------------------------------------------------------------------------


def columns(n=N):
    rng = np.random.default_rng(0)
    return {
        "town": rng.choice(["a", "b"], n).tolist(),
        "size": rng.normal(size=n).tolist(),
        "count": rng.integers(5, size=n).tolist(),
        "member": [False] * n,
        "since": [dt.datetime(2024, 1, 1 + day) for day in rng.integers(9, size=n)],
    }


def as_pandas(cells):
    return pd.DataFrame(cells)


def as_categories(cells):
    return pd.DataFrame(cells).astype({"town": "category", "member": "category"})


def as_nullable(cells):
    return pd.DataFrame(cells).convert_dtypes()


def as_polars(cells):
    return pl.DataFrame(cells, strict=False)


def as_polars_categories(cells):
    return as_polars(cells).cast({"town": pl.Categorical})


def as_array(cells):
    return np.array(list(cells.values()), dtype=object).T


CONTAINERS = [
    as_pandas,
    as_categories,
    as_nullable,
    as_polars,
    as_polars_categories,
    as_array,
]
SLOW_CONTAINERS = {as_categories, as_nullable, as_polars_categories}


def each_of(containers):
    params = [
        pytest.param(each, marks=[pytest.mark.slow] * (each in SLOW_CONTAINERS))
        for each in containers
    ]
    return pytest.mark.parametrize("container", params)


each_container = each_of(CONTAINERS)


def to_cells(X):
    """Lists of Python objects, None where a cell is missing."""
    if isinstance(X, np.ndarray):
        X = pd.DataFrame(X.astype(object), columns=list(columns(1)))
    if isinstance(X, pd.DataFrame):
        found = {name: X[name].tolist() for name in X}
    else:
        found = X.to_dict(as_series=False)
    return {
        name: [None if pd.isna(cell) else cell for cell in cells]
        for name, cells in found.items()
    }


def rows_with_unseen():
    """Rows with a new category, a new boolean, and missing cells beside them."""
    cells = {name: values[:6] for name, values in columns().items()}
    cells["town"][:3] = ["rare", None, "rare"]
    cells["member"][1] = True
    cells["size"][0] = cells["count"][1] = cells["since"][2] = None
    return cells


def assert_only_missing_cells_are_filled(filled, cells):
    for name, values in to_cells(filled).items():
        assert None not in values, name
        for new, old in zip(values, cells[name], strict=True):
            assert old is None or (new == old and isinstance(new, type(old))), name


# --- unseen categories ----------------------------------------------------------------


@each_container
@pytest.mark.parametrize("estimator", each(GENERATORS | IMPUTERS))
def test_unseen_categories_are_kept_beside_filled_cells(estimator, container):
    cells = rows_with_unseen()
    filled = fill(fitted(estimator, container(columns())), container(cells))
    assert_only_missing_cells_are_filled(filled, cells)


@each_container
@pytest.mark.parametrize("generator", each(GENERATORS))
def test_unseen_categories_are_summed_out(generator, container):
    if not hasattr(generator, "score_samples"):
        pytest.skip("has no density")
    fitted(generator, container(columns()))
    cells = rows_with_unseen()
    scores = generator.score_samples(container(cells))
    cells["town"] = [None if town == "rare" else town for town in cells["town"]]
    cells["member"] = [None if member else member for member in cells["member"]]
    assert np.isfinite(scores).all()
    np.testing.assert_allclose(scores, generator.score_samples(container(cells)))
    assert np.isfinite(generator.score(container(cells)))


@each_container
@pytest.mark.parametrize("predictor", each(PREDICTORS))
def test_predictions_take_unseen_categories_as_missing(predictor, container):
    y = np.arange(N) % 2
    fitted(predictor, container(columns()), y)
    cells = rows_with_unseen()
    found = predictor.predict(container(cells))
    cells["town"] = [None if town == "rare" else town for town in cells["town"]]
    cells["member"] = [None if member else member for member in cells["member"]]
    np.testing.assert_array_equal(found, predictor.predict(container(cells)))
    if hasattr(predictor, "predict_proba"):
        assert np.isfinite(predictor.predict_proba(container(cells))).all()


@each_container
def test_masker_keeps_unseen_categories_and_replaces_those_of_masked_columns(container):
    names = [*columns()]
    where = names.index if container is as_array else str
    cells = {name: values[:6] for name, values in columns().items()}
    cells["town"][:2], cells["member"][4] = ["rare", "rare"], True
    for masked in (["town"], ["member", "size"], names):
        masker = GenerativeMasker(
            [where(name) for name in masked], when="always", generator=ALONE
        )
        X = container(cells)
        new = to_cells(fitted(masker, container(columns())).transform(X))
        for name, values in new.items():
            if name in masked:
                assert seen_in(columns(), name, values)
            else:
                assert values == cells[name]


@pytest.mark.parametrize(
    "estimator", each(GENERATORS | IMPUTERS | PREDICTORS | {"masker": None})
)
def test_error_names_column_category_and_remedy(estimator):
    if estimator is None:
        estimator = GenerativeMasker("size", when="always", generator=ALONE)
    # of the estimator itself, or else of the generator that it refines
    names = [n for n in estimator.get_params() if n.endswith("handle_unknown")]
    name = min(names, key=len)
    y = [np.arange(N) % 2] if hasattr(estimator, "predict") else []
    fitted(estimator, as_pandas(columns()), *y)
    methods = [
        getattr(estimator, method)
        for method in ("impute", "score_samples", "score", "transform", "predict")
        if hasattr(estimator, method) and not (method == "score" and y)
    ]
    value = estimator.get_params()[name]
    try:
        estimator.set_params(**{name: "error"})
        for method in methods:
            with pytest.raises(
                ValueError, match=r"'town' holds .*'rare'.*handle_unknown='missing'"
            ):
                method(as_pandas(rows_with_unseen()))
    finally:
        estimator.set_params(**{name: value})


def test_masked_columns_raise_no_error_for_categories_that_were_rare():
    X = as_pandas(columns()).assign(member="no")
    X.loc[0, "town"] = "rare"  # fewer rows than min_count
    options = {"when": "always", "generator": ALONE, "handle_unknown": "error"}
    masker = GenerativeMasker("town", **options).fit(X)
    assert set(masker.transform(X)["town"]) == {"a", "b"}
    masker = GenerativeMasker("member", **options).fit(X[1:])
    with pytest.raises(ValueError, match="'town' holds the category 'rare'"):
        masker.transform(X)


@pytest.mark.parametrize("generator", each(GENERATORS))
def test_drawing_rows_given_an_unseen_category_is_an_error(generator):
    fitted(generator, as_pandas(columns()))
    for given in ({"town": "rare"}, {"town": {"a", "rare"}}, {"member": True}):
        with pytest.raises(ValueError, match=r"not seen at fit.*out of given"):
            generator.sample(2, given=given)


@pytest.mark.parametrize("estimator", each(GENERATORS | IMPUTERS))
def test_columns_that_are_of_another_type_are_no_unseen_categories(estimator):
    fitted(estimator, as_pandas(columns()))
    X = as_pandas(columns())
    for other in ({"town": 1}, {"town": True}, {"member": "no"}):
        with pytest.raises(TypeError, match=r"Cast it to the type it had at fit"):
            fill(estimator, X.assign(**other))


@each_container
@pytest.mark.parametrize("estimator", each(GENERATORS | IMPUTERS))
def test_cells_of_a_column_without_any_at_fit_are_kept(estimator, container):
    cells = columns()
    for name in ("town", "count"):
        cells[name] = [None] * N
    estimator = clone(estimator)
    if hasattr(estimator, "keep_empty_features"):
        estimator.set_params(keep_empty_features=True)
    fitted(estimator, container(cells))
    new = rows_with_unseen()
    new["town"], new["count"] = ["rare"] * 6, [3] * 6
    assert_only_missing_cells_are_filled(fill(estimator, container(new)), new)
    if hasattr(estimator, "score_samples"):
        assert np.isfinite(estimator.score_samples(container(new))).all()


# --- folds ----------------------------------------------------------------------------


def with_one_rare_row(n=150):
    X = pd.DataFrame(columns(n)).assign(member=np.arange(n) % 2 == 0)
    X.loc[5, "town"], X.loc[::6, "size"] = "rare", np.nan
    return X, np.arange(n) % 2


@pytest.mark.parametrize("generator", each(GENERATORS))
def test_no_fold_is_lost_to_a_rare_category(generator):
    X, _ = with_one_rare_row()
    if hasattr(generator, "score"):
        assert np.isfinite(cross_val_score(generator, X, cv=3)).all()


@pytest.mark.parametrize("predictor", each(PREDICTORS))
def test_no_fold_of_a_predictor_is_lost_to_a_rare_category(predictor):
    X, y = with_one_rare_row()
    assert np.isfinite(cross_val_score(predictor, X, y, cv=3)).all()


@pytest.mark.parametrize("imputer", each(IMPUTERS))
def test_no_fold_behind_an_imputer_is_lost_to_a_rare_category(imputer):
    X, y = with_one_rare_row()
    encode = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore", sparse_output=False), ["town"]),
        ("drop", ["since"]),
        remainder="passthrough",
    )
    model = make_pipeline(imputer, encode, LogisticRegression())
    assert np.isfinite(cross_val_score(model, X, y, cv=3)).all()


def test_no_candidate_of_a_search_is_lost_to_a_rare_category():
    X, _ = with_one_rare_row()
    grid = {"conditional__min_samples_leaf": [2, 20]}
    search = GridSearchCV(AutoregressiveGenerator(TREES, random_state=0), grid, cv=3)
    found = search.fit(X).cv_results_["mean_test_score"]
    assert np.isfinite(found).all()


# --- columns without an observed cell -------------------------------------------------

NOTHING = {
    as_pandas: [
        lambda n: np.full(n, np.nan),
        lambda n: pd.Series([None] * n, dtype=object),
        lambda n: pd.array([None] * n, dtype="string"),
        lambda n: pd.array([None] * n, dtype="Int64"),
        lambda n: pd.array([None] * n, dtype="boolean"),
        lambda n: pd.Categorical([None] * n),
        lambda n: np.full(n, "NaT", dtype="M8[ns]"),
        lambda n: np.full(n, "NaT", dtype="m8[s]"),
    ],
    as_polars: [
        lambda n: pl.repeat(None, n, dtype=pl.Null, eager=True),
        lambda n: pl.repeat(None, n, dtype=pl.Float64, eager=True),
        lambda n: pl.repeat(np.nan, n, dtype=pl.Float64, eager=True),
        lambda n: pl.repeat(None, n, dtype=pl.String, eager=True),
        lambda n: pl.repeat(None, n, dtype=pl.Boolean, eager=True),
        lambda n: pl.repeat(None, n, dtype=pl.Date, eager=True),
        lambda n: pl.repeat(None, n, dtype=pl.Categorical, eager=True),
    ],
}
NOTHING[as_categories] = NOTHING[as_nullable] = NOTHING[as_pandas]
NOTHING[as_polars_categories] = NOTHING[as_polars]


each_container_of_nothing = each_of(NOTHING)


def with_columns_of_nothing(container, n_rows=5):
    """Tables with nothing in all columns but one; each column in each dtype once."""
    dtypes, names = NOTHING[container], [*columns(1)]
    for shift in range(len(dtypes)):
        X, known = container(columns())[:n_rows], names[shift % len(names)]
        for j, name in enumerate(names):
            nothing = dtypes[(j + shift) % len(dtypes)](n_rows)
            if name == known:
                continue
            if isinstance(X, pd.DataFrame):
                X = X.assign(**{name: nothing})
            else:
                X = X.with_columns(nothing.alias(name))
        yield X, known


def seen_in(cells, name, values):
    if name in ("size", "count"):  # which a mean may leave between two values
        return min(cells[name]) <= min(values) <= max(values) <= max(cells[name])
    return set(values) <= set(cells[name])


@each_container_of_nothing
@pytest.mark.parametrize("estimator", each(GENERATORS | IMPUTERS))
def test_columns_of_nothing_are_filled_in_the_dtype_at_fit(estimator, container):
    at_fit = container(columns())
    fitted(estimator, at_fit)
    for X, known in with_columns_of_nothing(container):
        filled = fill(estimator, X)
        for name, values in to_cells(filled).items():
            assert None not in values, name
            assert seen_in(columns(), name, values), name
        assert list(filled.dtypes) == list(at_fit.dtypes)
        assert filled[known].equals(X[known])


@each_container_of_nothing
def test_masked_columns_of_nothing_have_the_dtype_at_fit(container):
    at_fit = container(columns())
    masker = GenerativeMasker(when="always", generator=ALONE, random_state=0)
    fitted(masker, at_fit)
    for X, _ in with_columns_of_nothing(container):
        new = masker.transform(X)
        assert all(seen_in(columns(), *item) for item in to_cells(new).items())
        assert list(new.dtypes) == list(at_fit.dtypes)
    for X, known in with_columns_of_nothing(container):
        masker = GenerativeMasker([known], when="always", generator=ALONE)
        new = fitted(masker, at_fit).transform(X)
        rest = [name for name in columns() if name != known]
        assert new[rest].equals(X[rest])
        assert list(new.dtypes) == list(X.dtypes)


@each_container_of_nothing
@pytest.mark.parametrize("estimator", each(GENERATORS | PREDICTORS))
def test_columns_of_nothing_are_accepted_where_nothing_is_filled(estimator, container):
    is_predictor = hasattr(estimator, "predict")
    y = [np.arange(N) % 2] * is_predictor
    fitted(estimator, container(columns()), *y)
    for X, _ in with_columns_of_nothing(container):
        if is_predictor:
            assert np.isfinite(estimator.predict(X)).all()
        elif hasattr(estimator, "score_samples"):
            assert np.isfinite(estimator.score_samples(X)).all()


@pytest.mark.parametrize("estimator", each(GENERATORS | IMPUTERS))
def test_arrays_of_nothing_are_filled(estimator):
    fitted(estimator, as_array(columns()))
    floats = np.full((4, 5), np.nan)
    half = floats.copy()
    half[:, 1], half[:, 2] = 0.5, [1, 2, 3, np.nan]
    objects = np.full((4, 5), None)
    for X in (floats, half, objects):
        filled = fill(estimator, X)
        assert filled.dtype == object
        known = X == X if X.dtype == float else X != None  # noqa: E711
        assert (filled[known] == X[known]).all()
        for name, values in to_cells(filled).items():
            assert None not in values
            if name not in ("size", "count"):
                assert set(values) <= set(columns()[name])


@pytest.mark.parametrize("dtype", ["M8[ns]", "M8[us]", "m8[s]", "U4", "?", "i8", "f4"])
def test_arrays_of_one_dtype_are_filled_from_arrays_of_nothing(dtype):
    X = np.array([[1000, 0], [0, 1000], [1000, 1000]]).astype(dtype)
    generator = ALONE.fit(X)
    filled = generator.impute(np.full((4, 2), np.nan))
    assert X.flat[1] <= min(filled.flat) <= max(filled.flat) <= X.flat[0]
    # an array of floats can hold numbers, and is not cast
    assert filled.dtype == (X.dtype if X.dtype.kind in "mMU" else float)
    masker = GenerativeMasker([1], when="always", generator=ALONE, min_count=1)
    new = masker.fit(X).transform(np.full((4, 2), np.nan))
    assert np.isnan(new[:, 0].astype(float)).all()
    new = new[:, 1].astype(X.dtype)
    assert X.flat[1] <= min(new) <= max(new) <= X.flat[0]


# --- columns that pandas casts because of missing cells -------------------------------


@pytest.mark.parametrize("strategy", ["draw", "mean"])
@pytest.mark.parametrize(
    ("dtype", "cast"),
    [
        ("int64", "float64"),
        ("uint8", "float64"),
        ("int16", "float64"),
        ("bool", object),
    ],
)
def test_casts_for_missing_cells_are_undone(dtype, cast, strategy):
    X = pd.DataFrame({"a": np.arange(40) % 2, "x": np.arange(40.0)}).astype(
        {"a": dtype}
    )
    imputer = GenerativeImputer(ALONE, strategy=strategy, random_state=0).fit(X)
    new = X[:6].copy()
    new["a"] = new["a"].where(np.arange(6) != 3, None).astype(cast)
    assert new["a"].isna().sum() == 1
    filled = imputer.transform(new)
    assert filled["a"].dtype == dtype
    assert filled["a"].drop(3).equals(X["a"][:6].drop(3))
    # a column that lacks nothing stays what it is
    whole = X[:6].astype({"a": cast})
    assert imputer.transform(whole).dtypes.equals(whole.dtypes)
    whole.loc[2, "x"] = np.nan
    assert imputer.transform(whole)["a"].dtype == cast


@pytest.mark.parametrize(("dtype", "other"), [("int64", 0.5), ("uint8", 300.0)])
def test_a_cast_stays_where_the_fitted_dtype_cannot_hold_a_cell(dtype, other):
    X = pd.DataFrame({"a": np.arange(40) % 2}).astype(dtype)
    filled = ALONE.fit(X).impute(pd.DataFrame({"a": [other, np.nan]}))
    assert filled["a"].dtype == float
    assert filled["a"][0] == other


def test_huge_integers_come_back_exactly_in_a_column_of_nothing():
    X = pd.DataFrame({"a": np.int64(2**62) + np.arange(9)})
    filled = ALONE.fit(X).impute(pd.DataFrame({"a": [np.nan] * 50}))
    assert filled["a"].dtype == "int64"
    assert set(filled["a"]) <= set(X["a"])
    assert (filled["a"] % 2 == 1).any()


# --- missing cells that numpy has written as text -------------------------------------


@pytest.mark.parametrize("text", ["nan", "None", "NaT", "<NA>"])
def test_missing_cells_that_numpy_made_text_are_refused(text):
    X = np.array([["a", "1"], ["b", text]])
    match = f"Column 1 holds the text '{text}'.*dtype=object"
    for attempt in (
        lambda: TableCodec().fit(X),
        lambda: ALONE.fit(X),
        lambda: GenerativeImputer(ALONE).fit(X),
        lambda: GenerativeMasker(generator=ALONE).fit_transform(X),
        lambda: GenerativeClassifier(ALONE).fit(X, [0, 1]),
        lambda: ALONE.fit(X[:1]).score_samples(X),
    ):
        with pytest.raises(ValueError, match=match):
            attempt()
    # what was meant, and the same texts where they are meant
    assert ALONE.fit(X.astype(object)).score_samples(X.astype(object)).shape == (2,)
    ALONE.fit(np.array([["a", "nan-like"], ["b", "no"]]))


def test_these_are_the_texts_that_numpy_writes():
    with pytest.raises(ValueError, match="as numpy writes missing"):
        ALONE.fit(np.array([["a", np.nan], ["b", "c"]]))
    for missing in (None, np.nan, pd.NA, pd.NaT):
        X = np.array([["a", missing], ["b", "c"]], dtype=object)
        ALONE.fit(X)
        with pytest.raises(ValueError, match="as numpy writes missing"):
            ALONE.fit(X.astype(str))


# --- the parameter --------------------------------------------------------------------


def test_every_estimator_that_meets_new_rows_documents_the_parameter_alike():
    found = {
        getattr(skgen, name)
        for name in skgen.__all__
        if inspect.isclass(getattr(skgen, name))
    }
    takes = {
        cls for cls in found if "handle_unknown" in inspect.signature(cls).parameters
    }
    generators = {
        cls
        for cls in found
        if issubclass(cls, BaseGenerator) and not inspect.isabstract(cls)
    }
    wrappers = {
        GenerativeClassifier,
        GenerativeImputer,
        GenerativeMasker,
        GenerativeRegressor,
    }
    # which takes that of the generator that it refines
    assert takes == (generators | wrappers) - {RefinedGenerator}
    texts = set()
    for cls in takes:
        parameter = inspect.signature(cls).parameters["handle_unknown"]
        assert parameter.default == "missing"
        with pytest.raises(ValueError, match="handle_unknown"):
            cls(handle_unknown="ignore").fit(as_pandas(columns()), np.arange(N) % 2)
        rest = inspect.getdoc(cls).split("\nhandle_unknown : ")[1]
        texts.add(rest.split("\n")[0] + rest.split("\n")[1] + rest.split("\n")[2])
    assert len(texts) == 1


def test_generators_without_the_parameter_keep_unseen_categories():
    class Plain(IndependentGenerator):
        def __init__(self, *, random_state=None):
            self.max_bins, self.categorical_features = "auto", "from_dtype"
            self.random_state = random_state

    generator = Plain(random_state=0).fit(as_pandas(columns()))
    assert "handle_unknown" not in generator.get_params()
    cells = rows_with_unseen()
    filled = generator.impute(as_pandas(cells))
    assert_only_missing_cells_are_filled(filled, cells)
