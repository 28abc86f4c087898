"""Shared parts of the checks: tables, capabilities and statistical tests.

Every statistical assertion rejects a generator within the stated tolerance with a
probability of at most ``ALPHA``, whatever its distribution.
"""

import warnings
from contextlib import contextmanager
from importlib import import_module
from unittest import SkipTest

import numpy as np
from scipy.stats import binom, ncx2
from sklearn.base import clone

#: false-alarm rate of each statistical assertion
ALPHA = 1e-6
#: number of rows below which a model may warn that it needs more
FEW_ROWS = 200
#: number of rows drawn to compare distributions
N_DRAWN = 10_000
#: expected count below which the classes of a chi-square test are pooled
MIN_EXPECTED = 20

PLANS = np.array(["basic", "plus", "team"], dtype=object)
MEMBERS = np.array(["no", "yes"], dtype=object)


# --- generators ---------------------------------------------------------------------


def fitted(generator, X, *, seed=0, **fit_params):
    """A clone of the generator, seeded if it can be, fitted to X."""
    generator = clone(generator)
    if "random_state" in generator.get_params():
        generator.set_params(random_state=seed)
    with warnings.catch_warnings():
        if X.shape[0] < FEW_ROWS:
            # a model may warn that it needs more rows
            warnings.simplefilter("ignore", UserWarning)
        return generator.fit(X, **fit_params)


def need(generator, *methods):
    """Skip the check if the generator does not have all methods."""
    for method in methods:
        if not hasattr(generator, method):
            raise SkipTest(f"{type(generator).__name__} has no {method}.")


@contextmanager
def refused(error, *words, by):
    """Expect an error whose message contains all words, in any case."""
    try:
        yield
    except error as caught:
        message = str(caught)
        lacking = [word for word in words if word.lower() not in message.lower()]
        if lacking:
            raise AssertionError(
                f"{by}: the error should name {lacking}, but its text is: {message}"
            ) from caught
    else:
        raise AssertionError(
            f"{by}: expected {error}, but nothing was raised. Validate the input."
        )


def names_of_checks(module):
    """Names of the checks that a module defines, given its globals, in their order."""
    return [
        name
        for name, value in module.items()
        if name.startswith("check_") and value.__module__ == module["__name__"]
    ]


# --- tables -------------------------------------------------------------------------


def library(name):
    """Import a dataframe library, or skip the check if it is not installed."""
    try:
        return import_module(name)
    except ImportError:
        raise SkipTest(f"{name} is not installed.") from None


def frame(**columns):
    """A pandas dataframe."""
    return library("pandas").DataFrame(columns)


def numbers(n_samples, n_columns=2, *, seed=0):
    """Array of correlated continuous columns, far from unit scale."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(size=(n_samples, n_columns))
    return 50.0 * (noise + noise[:, :1]) + 300.0


def mixed_columns(n_samples, *, seed=0):
    """Columns 'plan', 'spend' given plan, and 'member' given both."""
    rng = np.random.default_rng(seed)
    plan = rng.choice(3, size=n_samples, p=[0.5, 0.3, 0.2])
    spend = 100.0 + 20.0 * plan + 15.0 * rng.normal(size=n_samples)
    chance = 1 / (1 + np.exp(-(spend - 120.0) / 15.0 - (plan == 1)))
    member = (rng.random(n_samples) < chance).astype(int)
    return {"plan": PLANS[plan], "spend": spend, "member": MEMBERS[member]}


def mixed(n_samples, *, seed=0):
    """The dataframe of `mixed_columns`."""
    return frame(**mixed_columns(n_samples, seed=seed))


def with_missing(n_samples, *, seed=0):
    """The table of `mixed_columns` with a tenth of its cells missing."""
    columns = mixed_columns(n_samples, seed=seed)
    rng = np.random.default_rng([seed, 1])
    for name, nothing in (("plan", None), ("spend", np.nan), ("member", None)):
        columns[name][rng.random(n_samples) < 0.1] = nothing
    return frame(**columns)


def every_kind(n_samples, *, seed=0):
    """Dataframe with a column of each dtype that a generator must return."""
    pd = library("pandas")
    rng = np.random.default_rng(seed)
    code = rng.integers(3, size=n_samples)
    days = np.datetime64("2024-01-01", "ns") + rng.integers(90, size=n_samples) * (
        np.timedelta64(1, "D")
    )
    sizes = pd.CategoricalDtype(["small", "medium", "large", "huge"], ordered=True)
    nullable = pd.array(rng.integers(100, size=n_samples), dtype="Int64")
    nullable[::7] = pd.NA
    booleans = pd.array(rng.random(n_samples) < 0.3, dtype="boolean")
    booleans[1::9] = pd.NA
    columns = {
        "float64": rng.normal(size=n_samples),
        "float32": rng.normal(size=n_samples).astype(np.float32),
        "int8": rng.integers(-5, 6, size=n_samples).astype(np.int8),
        "int64": rng.poisson(3, size=n_samples),
        "Int64": nullable,
        "bool": rng.random(n_samples) < 0.7,
        "boolean": booleans,
        "text": PLANS[code],
        "category": pd.Categorical(PLANS[code], categories=[*PLANS[::-1], "unused"]),
        "ordered": pd.Categorical.from_codes(code, dtype=sizes),
        "datetime": days,
        "zoned": pd.Series(days).dt.tz_localize("UTC"),
        "timedelta": days - np.datetime64("2024-01-01", "ns"),
    }
    return pd.DataFrame(columns)


def cells(X, column):
    """Cells of the column at a position, as an array."""
    if not hasattr(X, "columns"):
        return np.asarray(X)[:, column]
    values = X[X.columns[column]]
    if getattr(values.dtype, "tz", None) is not None:
        values = values.dt.tz_convert(None)
    return values.to_numpy()


def names_of(X):
    """Names of the columns, or their positions."""
    return list(X.columns) if hasattr(X, "columns") else list(range(X.shape[1]))


def missing(values):
    """Which cells of a one-dimensional array of any dtype are missing."""
    if values.dtype.kind in "fmM":
        return values != values
    if values.dtype.kind != "O":
        return np.zeros(len(values), dtype=bool)
    names = {"NoneType", "NAType", "NaTType"}
    return np.array(
        [type(v).__name__ in names or bool(v != v) for v in values], dtype=bool
    )


def same_table(X, other):
    """Whether two tables have equal types, columns, dtypes, index and cells."""
    if type(X) is not type(other) or X.shape != other.shape:
        return False
    if not hasattr(X, "columns"):
        same = X.dtype == other.dtype
    elif hasattr(X, "index"):
        same = X.dtypes.equals(other.dtypes) and X.index.equals(other.index)
        same &= X.columns.equals(other.columns)
    else:
        same = X.schema == other.schema
    return bool(same) and all(
        same_cells(cells(X, j), cells(other, j)) for j in range(X.shape[1])
    )


def same_cells(values, other):
    """Whether two one-dimensional arrays are equal bit for bit, or as objects."""
    if values.dtype != other.dtype:
        return False
    if values.dtype.kind != "O":
        return values.tobytes() == other.tobytes()
    nothing = missing(values)
    return bool(
        np.array_equal(nothing, missing(other))
        and np.array_equal(values[~nothing], other[~nothing])
    )


def assert_within(values, observed, message):
    """Check that values are within the observed range, or among observed labels."""
    values, observed = values[~missing(values)], observed[~missing(observed)]
    if observed.dtype.kind in "fiumM":
        outside = (values < observed.min()) | (values > observed.max())
        assert not outside.any(), (
            f"{message}: {values[outside][0]} is out of range. Clip it."
        )
    else:
        unseen = set(values.tolist()) - set(observed.tolist())
        assert not unseen, f"{message}: {unseen} was never observed. Draw seen labels."


# --- statistics ---------------------------------------------------------------------


def dkw_bound(n, alpha=ALPHA):
    """Bound of the distance between an empirical distribution function and the truth.

    With n draws, it is exceeded with a probability of at most alpha (Massart, 1990,
    "The tight constant in the Dvoretzky-Kiefer-Wolfowitz inequality"). It also holds
    for a share (Hoeffding, 1963).
    """
    return np.sqrt(np.log(2 / alpha) / (2 * n))


def codes_of(*arrays):
    """Encode arrays as numbers in the order of their values; missing cells are inf."""
    pooled = np.concatenate([np.asarray(values) for values in arrays])
    nothing = missing(pooled)
    codes = np.full(len(pooled), np.inf)
    codes[~nothing] = np.unique(pooled[~nothing], return_inverse=True)[1]
    return np.split(codes, np.cumsum([len(values) for values in arrays])[:-1])


def distance(values, other):
    """Kolmogorov-Smirnov distance of two samples; labels are in sorted order."""
    values, other = codes_of(values, other)
    at = np.unique(np.concatenate([values, other]))
    first = np.searchsorted(np.sort(values), at, side="right") / len(values)
    second = np.searchsorted(np.sort(other), at, side="right") / len(other)
    return np.abs(first - second).max()


def assert_same_distribution(X, other, tolerance, message):
    """Check the Kolmogorov-Smirnov distance of each column of two tables."""
    n, m = X.shape[0], other.shape[0]
    bound = tolerance + dkw_bound(n, ALPHA / 2) + dkw_bound(m, ALPHA / 2)
    for j, column in enumerate(names_of(X)):
        found = distance(cells(X, j), cells(other, j))
        assert found <= bound, (
            f"{message}: the Kolmogorov-Smirnov distance of column {column!r} is "
            f"{found:.3f}, expected at most {bound:.3f}."
        )


def assert_frequencies(counts, probabilities, tolerance, message):
    """Check counts against probabilities by a chi-square test with a tolerance.

    Classes of low expected count are pooled and checked by a binomial test. `tolerance`
    is a divergence, sum (p - q)**2 / q.
    """
    counts, probabilities = np.ravel(counts), np.ravel(probabilities)
    n = counts.sum()
    probabilities = probabilities / probabilities.sum()
    rare = n * probabilities < MIN_EXPECTED
    n_rare, share = counts[rare].sum(), probabilities[rare].sum()
    share = min(1.0, share + np.sqrt(tolerance * share))
    assert binom.sf(n_rare - 1, n, share) >= ALPHA / 2, (
        f"{message}: rare cells together hold {n_rare} of {n} rows, expected about "
        f"{n * share:.3g}."
    )
    counts, expected = counts[~rare], n * probabilities[~rare]
    statistic = np.sum((counts - expected) ** 2 / expected)
    bound = ncx2.isf(ALPHA / 2, len(counts), max(n * tolerance, 1e-9))
    assert statistic <= bound, (
        f"{message}: the chi-square statistic of {len(counts)} cells is "
        f"{statistic:.1f}, expected at most {bound:.1f}."
    )


# --- integrals ----------------------------------------------------------------------


def interval_ends(values, *, n_even=100, n_tail=40):
    """Ends of intervals for quadrature, finer where there are more values.

    They contain the values and their midpoints, where a density may have steps, and
    reach a thousand ranges beyond the values.
    """
    values = np.unique(values[~np.isnan(values)])
    width = values[-1] - values[0]
    tail = width * np.geomspace(1e-3, 1e3, n_tail)
    return np.unique(
        np.concatenate(
            [
                values[0] - tail,
                values,
                values[:-1] + np.diff(values) / 2,
                np.linspace(values[0], values[-1], n_even),
                values[-1] + tail,
            ]
        )
    )


def gauss_nodes(ends, order=2):
    """Nodes and weights of Gauss-Legendre quadrature for each interval.

    Returns
    -------
    nodes, weights : ndarray of shape (n_intervals, order)
    """
    at, weight = np.polynomial.legendre.leggauss(order)
    half = np.diff(ends)[:, None] / 2
    return ends[:-1, None] + half * (1 + at), half * weight
