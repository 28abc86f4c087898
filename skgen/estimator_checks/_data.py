"""Checks of what is learned: values, missing cells, weights, and no copies of rows."""

from unittest import SkipTest

import numpy as np
from sklearn.neighbors import NearestNeighbors
from sklearn.utils.validation import has_fit_parameter

from skgen._table.rows import take_rows
from skgen.estimator_checks._tools import (
    ALPHA,
    N_DRAWN,
    PLANS,
    assert_same_distribution,
    assert_within,
    cells,
    dkw_bound,
    every_kind,
    fitted,
    frame,
    missing,
    mixed,
    mixed_columns,
    names_of,
    names_of_checks,
    numbers,
    refused,
    with_missing,
)

# Tolerance for the distance of two fits, or of a model and its training rows.
MODEL_ERROR = 0.05


# --- values -------------------------------------------------------------------------


def check_columns_follow_the_training_rows(name, generator):
    """Each drawn column has the distribution of the training rows.

    Kolmogorov-Smirnov distance with a tolerance of 0.05 for smoothing; false-alarm rate
    1e-6 per column.
    """
    X = with_missing(1000)
    drawn = fitted(generator, X).sample(N_DRAWN)
    message = f"{name}: samples do not follow the training rows"
    _assert_same_shares(X, drawn, MODEL_ERROR, message)


def check_values_stay_within_those_observed(name, generator):
    """Numbers and dates are drawn within their observed range, and no new category."""
    X = every_kind(200)
    generator = fitted(generator, X)
    tables = [generator.sample(3000)]
    if hasattr(generator, "impute"):
        blank = every_kind(300, seed=1)
        for column in ("float64", "float32", "datetime", "text", "Int64", "boolean"):
            blank.loc[blank.index % 3 == 0, column] = None
        tables.append(generator.impute(blank)[blank.index % 3 == 0])
    for drawn in tables:
        for j, column in enumerate(X.columns):
            if drawn is not tables[0] and not blank[column].isna().any():
                continue
            assert_within(cells(drawn, j), cells(X, j), f"{name}: column {column!r}")


def check_decimals_are_kept(name, generator):
    """Drawn numbers have no more decimal places than the training rows.

    This includes whole numbers in columns of floats, and columns with missing cells.
    """
    rng = np.random.default_rng(0)
    price = np.round(rng.lognormal(3, 1, size=300), 2)
    price[::11] = np.nan
    whole = rng.poisson(30, size=300).astype(float)
    whole[::13] = np.nan
    X = frame(price=price, whole=whole, tenth=np.round(rng.normal(size=300), 1))
    generator = fitted(generator, X)
    tables = [generator.sample(1000)]
    if hasattr(generator, "impute"):
        tables.append(generator.impute(X))
    for drawn in tables:
        for j, places in enumerate((2, 0, 1)):
            values = cells(drawn, j)
            values = values[~missing(values)]
            assert np.array_equal(values, np.round(values, places)), (
                f"{name}: {values[values != np.round(values, places)][0]} is drawn in "
                f"column {X.columns[j]!r} of at most {places} decimal places. Round it."
            )


def check_order_of_training_rows_does_not_matter(name, generator):
    """The distribution of samples does not depend on the order of the training rows.

    Kolmogorov-Smirnov distance with a tolerance of 0.05 for the noise of a fit;
    false-alarm rate 1e-6 per column.
    """
    X = mixed(600).sort_values(["plan", "spend"], ignore_index=True)
    drawn = [
        fitted(generator, take_rows(X, rows)).sample(N_DRAWN)
        for rows in (np.arange(600), np.random.default_rng(0).permutation(600))
    ]
    message = f"{name}: training rows in another order give other samples"
    assert_same_distribution(*drawn, MODEL_ERROR, message)


# --- copies -------------------------------------------------------------------------


def check_continuous_rows_are_not_copied(name, generator):
    """Drawn rows of continuous columns are not copies of training rows.

    They are within a thousandth of a standard deviation of a training row no more often
    than unseen rows. Tolerance: 0.02 and Hoeffding's bound (false-alarm rate 1e-6).
    """
    X, unseen = numbers(1000, 2), numbers(N_DRAWN, 2, seed=1)
    search = NearestNeighbors(n_neighbors=1).fit(X / X.std(axis=0))
    drawn = fitted(generator, X).sample(N_DRAWN)
    far, chance = (
        search.kneighbors(rows / X.std(axis=0))[0][:, 0] for rows in (drawn, unseen)
    )
    n_copies = np.sum((drawn[:, None, 0] == X[:, 0]).any(axis=1) & (far < 1e-12))
    assert n_copies == 0, (
        f"{name}: {n_copies} of {N_DRAWN} drawn rows are copies of training rows. Draw "
        "from a density."
    )
    _assert_no_more_often(np.mean(far < 1e-3), np.mean(chance < 1e-3), name)


def check_discrete_rows_are_copied_no_more_than_by_chance(name, generator):
    """Drawn rows of discrete columns are training rows as rarely as unseen rows.

    Tolerance: 0.02 and Hoeffding's bound (false-alarm rate 1e-6).
    """
    X = _discrete_rows(1000)
    drawn = fitted(generator, X).sample(N_DRAWN)
    share, chance = (
        _share_within(rows, X) for rows in (drawn, _discrete_rows(N_DRAWN, seed=1))
    )
    _assert_no_more_often(share, chance, name)


# --- missing cells ------------------------------------------------------------------


def check_missing_rates_are_reproduced(name, generator):
    """Drawn columns have the missing rates of the training rows: 0, 5, 90 and 100 %.

    Tolerance: 0.02 and Hoeffding's bound (false-alarm rate 1e-6 per column); none for
    rates of 0 and 100 %.
    """
    rng = np.random.default_rng(0)
    rates = {"none": 0.0, "few": 0.05, "most": 0.9, "all": 1.0}
    X = frame(**{column: rng.normal(size=600) for column in rates})
    X["label"] = mixed_columns(600)["plan"]
    for column, rate in rates.items():
        X.loc[rng.permutation(600)[: round(600 * rate)], column] = np.nan
    X.loc[rng.permutation(600)[:180], "label"] = None
    rates["label"] = 0.3
    drawn = fitted(generator, X).sample(N_DRAWN)
    for j, (column, rate) in enumerate(rates.items()):
        found = missing(cells(drawn, j)).mean()
        bound = 0.02 + dkw_bound(N_DRAWN) if 0 < rate < 1 else 0.0
        assert abs(found - rate) <= bound, (
            f"{name}: column {column!r} is missing in {found:.3f} of the drawn rows, "
            f"expected {rate:.3f} as in training. Draw which cells are missing, too."
        )


def check_missing_cells_depend_on_other_columns(name, generator):
    """Whether a cell is missing depends on other columns as in the training rows.

    A column before and one after the other column are checked. Tolerance: 0.05 and
    Hoeffding's bound (false-alarm rate 1e-6) for joint shares.
    """
    columns = mixed_columns(600)
    rng = np.random.default_rng(2)
    idle = columns["plan"] == "basic"
    before, after = rng.normal(size=(2, 600))
    before[idle], after[~idle] = np.nan, np.nan
    X = frame(before=before, plan=columns["plan"], after=after)
    drawn = fitted(generator, X).sample(N_DRAWN)
    bound = MODEL_ERROR + dkw_bound(N_DRAWN)
    for j, column in ((0, "before"), (2, "after")):
        for holds in (True, False):
            share, truth = (
                np.mean(
                    missing(cells(table, j)) & ((cells(table, 1) == "basic") == holds)
                )
                for table in (drawn, X)
            )
            where = "basic" if holds else "another"
            assert abs(share - truth) <= bound, (
                f"{name}: in {share:.3f} of the drawn rows {column!r} is missing and "
                f"plan is {where}, not {truth:.3f} as in training. Draw missing cells "
                "given the other columns."
            )


def check_column_without_observed_cells_stays_missing(name, generator):
    """A column without observed cells is missing in samples and after `impute`."""
    X = mixed(100).assign(nothing=np.nan)
    generator = fitted(generator, X)
    drawn = [generator.sample(20)]
    if hasattr(generator, "impute"):
        drawn.append(generator.impute(X))
    for table in drawn:
        assert names_of(table) == names_of(X), (
            f"{name}: the columns are {names_of(table)}. Return those of fit."
        )
        assert missing(cells(table, 3)).all(), (
            f"{name}: cells are drawn from a column without any. Leave them missing."
        )
    if hasattr(generator, "score_samples"):
        with_column = generator.score_samples(X)
        without = fitted(generator, X[names_of(X)[:3]]).score_samples(
            X[names_of(X)[:3]]
        )
        assert abs(with_column.mean() - without.mean()) <= 0.5, (
            f"{name}: a column without observed cells changes the density. Ignore it."
        )


# --- weights ------------------------------------------------------------------------


def check_weights_equal_repetition(name, generator):
    """A row of weight w counts like w copies of the row.

    Kolmogorov-Smirnov distance with a tolerance of 0.05 for the noise of a fit;
    false-alarm rate 1e-6 per column.
    """
    _need_weights(generator)
    X = with_missing(600)
    weight = np.where(cells(X, 1) > 120, 4, 1) * (cells(X, 0) != "team")
    weighted = fitted(generator, X, sample_weight=weight)
    repeated = fitted(generator, take_rows(X, np.repeat(np.arange(600), weight)))
    message = f"{name}: weights do not count like repeated rows"
    _assert_same_shares(
        weighted.sample(N_DRAWN), repeated.sample(N_DRAWN), MODEL_ERROR, message
    )
    if hasattr(generator, "score_samples"):
        found, expected = weighted.score(X[weight > 0]), repeated.score(X[weight > 0])
        assert abs(found - expected) <= 0.5, (
            f"{name}: rows score {found:.3f} after a weighted fit, but {expected:.3f} "
            "after a fit to repeated rows. Weigh densities, too."
        )


def check_zero_weight_removes_a_row(name, generator):
    """Rows of zero weight are ignored: their values are not drawn."""
    _need_weights(generator)
    X = mixed(300)
    gone = (cells(X, 0) == "team") | (cells(X, 1) > 130)
    generator = fitted(generator, X, sample_weight=np.where(gone, 0.0, 1.0))
    drawn, kept = generator.sample(3000), X[~gone]
    for j, column in enumerate(X.columns):
        message = f"{name}: zero weights: column {column!r}"
        assert_within(cells(drawn, j), cells(kept, j), message)


def check_impossible_weights_are_refused(name, generator):
    """Negative, all-zero or missing weights and those of another shape are an error."""
    _need_weights(generator)
    X, ones = numbers(50), np.ones(50)
    negative, nan = ones.copy(), ones.copy()
    negative[3], nan[3] = -1.0, np.nan
    impossible = {
        "negative": negative,
        "all zero": 0 * ones,
        "missing": nan,
        "too few": ones[1:],
        "two-dimensional": ones[:, None] * [1, 1],
    }
    for what, weight in impossible.items():
        with refused(ValueError, "weight", by=f"{name}: fit with weights {what}"):
            fitted(generator, X, sample_weight=weight)


# --- small and simple tables --------------------------------------------------------


def check_few_rows_suffice(name, generator):
    """Tables of one to three rows or a single column are supported."""
    for X in (mixed(1), mixed(2), mixed(3), mixed(50)[["spend"]], mixed(50)[["plan"]]):
        _assert_works(f"{name} on {X.shape}", generator, X)
    for shape in ((1, 1), (2, 3), (50, 1)):
        _assert_works(f"{name} on array {shape}", generator, numbers(*shape))


def check_any_single_kind_of_column_suffices(name, generator):
    """Tables of booleans, categories, dates or durations alone are supported."""
    X = every_kind(60)
    kinds = (
        ["bool"],
        ["bool", "boolean"],
        ["text", "category", "ordered"],
        ["int8", "int64", "Int64"],
        ["datetime", "zoned"],
        ["timedelta"],
    )
    for columns in kinds:
        _assert_works(f"{name} on {columns}", generator, X[columns])


def check_constant_columns_stay_constant(name, generator):
    """A column that holds one value is drawn with that value."""
    day = np.datetime64("2024-05-17", "s")
    X = frame(
        number=np.full(60, 2.5),
        whole=np.full(60, 7),
        text=np.full(60, "only", dtype=object),
        boolean=np.ones(60, dtype=bool),
        day=np.full(60, day),
        free=np.random.default_rng(0).normal(size=60),
    )
    generator = fitted(generator, X)
    _assert_works(name, generator, X)
    drawn = generator.sample(40)
    for j in range(5):
        assert (cells(drawn, j) == cells(X, j)[0]).all(), (
            f"{name}: the constant column {X.columns[j]!r} varies. Repeat its value."
        )
    alone = np.full((30, 2), -3.25)
    assert (fitted(generator, alone).sample(9) == alone[:9]).all(), (
        f"{name}: a constant array varies. Repeat its value."
    )


def check_doubled_columns_and_wide_tables_suffice(name, generator):
    """Duplicated columns, and more columns than rows, are supported."""
    X = numbers(40, 2)
    _assert_works(f"{name} on doubled columns", generator, np.hstack([X, X]))
    _assert_works(f"{name} on wide rows", generator, numbers(12, 30))


def check_numbers_of_any_scale_suffice(name, generator):
    """Tiny, huge, skewed and adjacent floats are supported."""
    X = np.random.default_rng(0).normal(size=(300, 2))
    tables = {
        "tiny": 1e-200 * X,
        "huge": 1e200 * X,
        "skewed": np.exp(50 * X),
        "adjacent": 1e8 + np.spacing(1e8) * (X.argsort(axis=0) + 1),
    }
    for scale, table in tables.items():
        _assert_works(f"{name} on {scale} numbers", generator, table)


# --- parts --------------------------------------------------------------------------


def _assert_works(name, generator, X):
    """Fit, then check that draws and scores are possible values."""
    generator = fitted(generator, X)
    drawn = generator.sample(25)
    assert drawn.shape == (25, X.shape[1]), (
        f"{name}: sample(25) returns the shape {drawn.shape}. Draw 25 rows."
    )
    for j, column in enumerate(names_of(X)):
        assert_within(cells(drawn, j), cells(X, j), f"{name}: column {column!r}")
    if hasattr(generator, "impute"):
        shape = generator.impute(X).shape
        assert shape == X.shape, (
            f"{name}: impute returns the shape {shape}. Keep that of X, {X.shape}."
        )
    if hasattr(generator, "score_samples"):
        scores = generator.score_samples(X)
        wrong = scores[~np.isfinite(scores)]
        assert not len(wrong), (
            f"{name}: {len(wrong)} training rows score {wrong[0]}. Add a floor."
        )


def _assert_same_shares(X, other, tolerance, message):
    """Compare the distributions of each column, and the share of each plan."""
    assert_same_distribution(X, other, tolerance, message)
    bound = tolerance + dkw_bound(X.shape[0]) + dkw_bound(other.shape[0])
    for plan in PLANS:
        found, expected = (np.mean(cells(table, 0) == plan) for table in (X, other))
        assert abs(found - expected) <= bound, (
            f"{message}: shares {found:.3f} and {expected:.3f} of plan {plan!r} differ "
            f"by more than {bound:.3f}."
        )


def _assert_no_more_often(share, chance, name):
    bound = chance + 0.02 + 2 * dkw_bound(N_DRAWN, ALPHA / 2)
    assert share <= bound, (
        f"{name}: {share:.3f} of drawn rows are training rows or next to them, more "
        f"than {bound:.3f} (unseen rows: {chance:.3f}). Smooth the model."
    )


def _need_weights(generator):
    if not has_fit_parameter(generator, "sample_weight"):
        raise SkipTest(f"{type(generator).__name__}.fit has no sample_weight.")


def _discrete_rows(n_samples, *, seed=0):
    """Array of eight dependent columns of small whole numbers."""
    rng = np.random.default_rng(seed)
    codes = rng.integers(4, size=(n_samples, 8))
    for j in range(1, 8):
        same = rng.random(n_samples) < 0.3
        codes[same, j] = codes[same, j - 1]
    return codes


def _share_within(rows, table):
    known = set(map(bytes, np.ascontiguousarray(table)))
    return np.mean([bytes(row) in known for row in np.ascontiguousarray(rows)])


__all__ = names_of_checks(globals())
