"""Checks of the interface: tables in and out, and invalid input."""

from unittest import SkipTest

import numpy as np
from sklearn.base import clone

from skgen._table.rows import take_rows
from skgen.estimator_checks._tools import (
    ALPHA,
    N_DRAWN,
    assert_same_distribution,
    cells,
    codes_of,
    dkw_bound,
    every_kind,
    fitted,
    frame,
    library,
    mixed,
    names_of_checks,
    need,
    numbers,
    refused,
    same_table,
)


def check_pandas_in_pandas_out(name, generator):
    """`sample` returns the columns, dtypes and categories of the fitted dataframe.

    The index is a new RangeIndex, whatever the index at fit.
    """
    pd = library("pandas")
    X = every_kind(80)
    X.index = X.index[::-1] + 5
    generator = fitted(generator, X)
    for n_samples in (0, 1, 30):
        drawn = generator.sample(n_samples)
        assert isinstance(drawn, pd.DataFrame), (
            f"{name}: sample returns {type(drawn)} for pandas. Return a dataframe."
        )
        assert drawn.columns.equals(X.columns), (
            f"{name}: sample returns the columns {drawn.columns}. Return those of fit."
        )
        for column, dtype in X.dtypes.items():
            assert drawn[column].dtype == dtype, (
                f"{name}: column {column!r} of dtype {dtype} is drawn as "
                f"{drawn[column].dtype} (n_samples={n_samples}). Cast it back."
            )
        assert drawn.index.equals(pd.RangeIndex(n_samples)), (
            f"{name}: sample returns the index {drawn.index}. Return a new RangeIndex."
        )


def check_polars_in_polars_out(name, generator):
    """`sample` returns the columns and dtypes of the fitted polars dataframe."""
    pl = library("polars")
    rng = np.random.default_rng(0)
    sizes = np.array(["s", "m", "l"])[rng.integers(3, size=60)].tolist()
    days = np.datetime64("2024-01-01", "us") + rng.integers(60, size=60) * (
        np.timedelta64(1, "D")
    )
    X = pl.DataFrame(
        {
            "Float64": rng.normal(size=60),
            "Float32": pl.Series(rng.normal(size=60), dtype=pl.Float32),
            "Int8": pl.Series(rng.integers(-5, 6, size=60), dtype=pl.Int8),
            "Int64": [None, *rng.integers(50, size=59).tolist()],
            "Boolean": (rng.random(60) < 0.5).tolist(),
            "String": [None, *sizes[1:]],
            "Enum": pl.Series(sizes, dtype=pl.Enum(["xl", "l", "m", "s"])),
            "Date": pl.Series(days).cast(pl.Date),
            "Datetime": days,
        }
    )
    generator = fitted(generator, X)
    for n_samples in (0, 1, 30):
        drawn = generator.sample(n_samples)
        assert isinstance(drawn, pl.DataFrame), (
            f"{name}: sample returns {type(drawn)} for polars. Return its dataframe."
        )
        found, expected = (drawn.height, drawn.schema), (n_samples, X.schema)
        assert found == expected, f"{name}: sample returns {found}, not {expected}."
    if hasattr(generator, "impute"):
        full = generator.impute(X)
        assert full.schema == X.schema, (
            f"{name}: impute returns {full.schema}. Cast to that of X: {X.schema}."
        )
        assert full.null_count().sum_horizontal().item() == 0, (
            f"{name}: impute leaves cells of a polars dataframe missing. Fill all."
        )


def check_array_in_array_out(name, generator):
    """`sample` returns an array of the dtype of the fitted array."""
    rng = np.random.default_rng(0)
    X = numbers(60)
    labels = np.array(["s", "m", "l"])[rng.integers(3, size=(60, 2))]
    days = np.datetime64("2024-01-01") + rng.integers(60, size=(60, 2))
    tables = (
        X,
        X.astype(np.float32),
        X.astype(np.int16),
        X > 300,
        labels,
        labels.astype(object),
        days,
    )
    for table in tables:
        model = fitted(generator, table)
        for n_samples in (0, 1, 30):
            drawn = model.sample(n_samples)
            assert isinstance(drawn, np.ndarray), (
                f"{name}: sample returns {type(drawn)} for an array. Return an array."
            )
            found, expected = (drawn.shape, drawn.dtype), ((n_samples, 2), table.dtype)
            assert found == expected, f"{name}: sample returns {found}, not {expected}."


def check_sample_gives_exactly_n_rows(name, generator):
    """`sample(n)` returns exactly n rows, by default one; an invalid n is an error."""
    generator = fitted(generator, numbers(100))
    for arguments in ((), (0,), (1,), (7,), (1000,)):
        found, (n_samples,) = generator.sample(*arguments).shape, arguments or (1,)
        assert found == (n_samples, 2), (
            f"{name}: sample({n_samples}) returns the shape {found}. Draw n rows."
        )
    for n_samples, error in ((-1, ValueError), (2.5, TypeError)):
        with refused(error, "n_samples", by=f"{name}: sample({n_samples})"):
            generator.sample(n_samples)


def check_rows_come_in_random_order(name, generator):
    """Rows are in random order: no trend along the sample, no runs of similar rows.

    Bounds of Dvoretzky, Kiefer & Wolfowitz and of Hoeffding; false-alarm rate 1e-6 per
    column.
    """
    drawn = fitted(generator, mixed(400)).sample(N_DRAWN)
    half = N_DRAWN // 2
    assert_same_distribution(
        take_rows(drawn, np.arange(half)),
        take_rows(drawn, np.arange(half, N_DRAWN)),
        0.0,
        f"{name}: the first half of the rows differs from the second (shuffle them)",
    )
    for j in range(3):
        (codes,) = codes_of(cells(drawn, j))
        low = codes <= np.median(codes[codes < codes.max()])
        alike = np.mean(low[::2] == low[1::2])
        expected = low.mean() ** 2 + (1 - low.mean()) ** 2
        bound = expected + dkw_bound(half, ALPHA) + 2 * dkw_bound(N_DRAWN, ALPHA)
        assert alike <= bound, (
            f"{name}: {alike:.3f} of neighbouring rows are alike in column {j}, more "
            f"than {bound:.3f}. Shuffle the rows."
        )


def check_other_columns_are_refused(name, generator):
    """Missing, additional or reordered columns are an error after fit."""
    X = mixed(100)
    generator = fitted(generator, X)
    methods = [m for m in ("impute", "score_samples") if hasattr(generator, m)]
    if not methods:
        need(generator, "impute")
    swapped = X[["spend", "plan", "member"]]
    for method in methods:
        for other in (swapped, X[["plan", "spend"]], X.assign(extra=1.0)):
            with refused(ValueError, by=f"{name}: {method}({list(other.columns)})"):
                getattr(generator, method)(other)
    if hasattr(generator, "impute"):
        with refused(ValueError, "colour", by=f"{name}: sample(given=unknown)"):
            generator.sample(given={"colour": 1})


def check_score_is_the_mean_log_density(name, generator):
    """`score_samples` returns one float per row, and `score` returns their mean."""
    need(generator, "score_samples", "score")
    X = mixed(100)
    generator = fitted(generator, X)
    scores, score = generator.score_samples(X), generator.score(X)
    assert (scores.shape, scores.dtype) == ((100,), np.float64), (
        f"{name}: score_samples of 100 rows returns the shape {scores.shape} and dtype "
        f"{scores.dtype}. Return one float64 per row."
    )
    assert np.isfinite(scores).all(), (
        f"{name}: score_samples of training rows is not finite. Mix the density with a "
        "floor."
    )
    assert isinstance(score, float), (
        f"{name}: score is a {type(score)}. Return a float."
    )
    assert np.isclose(score, scores.mean(), rtol=1e-12), (
        f"{name}: score is {score}. Return the mean of score_samples, {scores.mean()}."
    )


def check_unseen_category_is_kept(name, generator):
    """A category that was unseen at fit stays, and counts as a missing cell.

    `impute` fills the other cells of its row, and the row has the density of its other
    cells. To draw rows given such a category is an error that names it.
    """
    need(generator, "impute")
    generator = fitted(generator, mixed(100))
    known = mixed(20).astype({"plan": object})
    known.loc[3, "spend"] = np.nan
    unseen, blank = known.copy(), known.copy()
    unseen.loc[3, "plan"], blank.loc[3, "plan"] = "platinum", None
    filled = generator.impute(unseen)
    assert filled["plan"].tolist() == unseen["plan"].tolist(), (
        f"{name}: impute changes a category unseen at fit. Keep it."
    )
    assert filled["spend"].notna().all(), (
        f"{name}: impute fills no cell beside a category unseen at fit. Fill all."
    )
    with refused(ValueError, "plan", "platinum", by=f"{name}: sample given it"):
        generator.sample(2, given={"plan": "platinum"})
    if hasattr(generator, "score_samples"):
        scores, expected = map(generator.score_samples, (unseen, blank))
        assert np.allclose(scores, expected), (
            f"{name}: the density of a row with a category unseen at fit is "
            f"{scores[3]}. Sum it out like a missing cell: {expected[3]}."
        )


def check_unseen_category_is_refused_if_asked_for(name, generator):
    """With ``handle_unknown="error"`` it is an error that names column and value."""
    need(generator, "impute")
    generator = clone(generator)
    names = [n for n in generator.get_params() if n.split("__")[-1] == "handle_unknown"]
    if not names:
        raise SkipTest(f"{type(generator).__name__} has no handle_unknown.")
    generator.set_params(**dict.fromkeys(names, "error"))
    generator = fitted(generator, mixed(100))
    X = mixed(20).astype({"plan": object})
    X.loc[3, "plan"] = "platinum"
    words = "plan", "platinum", "handle_unknown"
    with refused(ValueError, *words, by=f"{name}: impute of an unseen category"):
        generator.impute(X)
    if hasattr(generator, "score_samples"):
        with refused(ValueError, *words, by=f"{name}: score_samples"):
            generator.score_samples(X)


def check_columns_without_observed_cell_are_filled(name, generator):
    """`impute` fills a column of rows that all miss it, whatever its dtype is there.

    The column has the dtype that it had at fit.
    """
    need(generator, "impute")
    X = mixed(100)
    generator = fitted(generator, X)
    nothing = [np.nan] * 9
    for dtypes in (
        {"plan": float, "spend": object, "member": float},
        {"plan": "datetime64[ns]", "spend": "category", "member": "Int64"},
    ):
        empty = frame(**dict.fromkeys(X.columns, nothing)).astype(dtypes)
        filled = generator.impute(empty)
        assert filled.notna().all(axis=None), (
            f"{name}: impute of columns of missing cells leaves some. Fill all."
        )
        assert filled.dtypes.equals(X.dtypes), (
            f"{name}: impute gives columns of missing cells the dtypes "
            f"{filled.dtypes.to_dict()}. Give those at fit: {X.dtypes.to_dict()}."
        )
        if hasattr(generator, "score_samples"):
            assert np.allclose(generator.score_samples(empty), 0.0), (
                f"{name}: rows without a known cell have a density. Return 0."
            )


def check_infinity_is_refused(name, generator):
    """Infinite cells are an error that names the column, in every method."""
    X = mixed(100)
    infinite = X.copy()
    infinite.loc[7, "spend"] = -np.inf
    with refused(ValueError, "spend", "infinit", by=f"{name}: fit"):
        fitted(generator, infinite)
    generator = fitted(generator, X)
    for method in ("impute", "score_samples"):
        if hasattr(generator, method):
            with refused(ValueError, "spend", "infinit", by=f"{name}: {method}"):
                getattr(generator, method)(infinite)


def check_table_without_rows_is_refused(name, generator):
    """`fit` refuses a table without rows; other methods return an empty result."""
    X = mixed(100)
    with refused(ValueError, "0 sample", by=f"{name}: fit"):
        fitted(generator, X.iloc[:0])
    generator = fitted(generator, X)
    if hasattr(generator, "impute"):
        assert same_table(generator.impute(X.iloc[:0]), X.iloc[:0]), (
            f"{name}: impute changes a table without rows. Return it unchanged."
        )
    if hasattr(generator, "score_samples"):
        scores = generator.score_samples(X.iloc[:0])
        assert scores.shape == (0,), (
            f"{name}: score_samples of no rows returns {scores}. Return an empty array."
        )


__all__ = names_of_checks(globals())
