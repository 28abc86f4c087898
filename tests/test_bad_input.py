"""The catalogue of bad input: every public door, and everything one might push in.

Each input gives the documented result, or a ValueError or TypeError which skgen or the
validation of scikit-learn raises on purpose: it names what is wrong and what to do. No
input is changed, and an estimator whose fit fails is as it was.

Cases are what is passed, entries are where; a test is one of each. `pairs` leaves out
those of which another one finds the same.
"""

import datetime
import decimal
import dis
import enum
import fractions
import pickle
import re
import uuid
import warnings
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from scipy import sparse
from sklearn.linear_model import LogisticRegression, Ridge

from skgen import (
    AutoregressiveGenerator,
    BoostedConditional,
    ChainedGenerator,
    EstimatorConditional,
    FlowMatchingGenerator,
    GaussianMixtureGenerator,
    GenerativeAugmenter,
    GenerativeClassifier,
    GenerativeImputer,
    GenerativeMasker,
    GenerativeOverSampler,
    GenerativeRegressor,
    GenerativeReplacer,
    IndependentGenerator,
    LatentFactorGenerator,
    RefinedGenerator,
    ResampledClassifier,
    ResampledRegressor,
    TableCodec,
    TreeConditional,
    metrics,
)
from skgen.datasets import make_customers
from skgen.displays import DetectionDisplay, MarginalsDisplay
from skgen.imputation import pool
from skgen.report import compare

N_ROWS = 30
UTC = datetime.UTC


def people(n=N_ROWS):
    """The good table: numbers, whole ones, text, booleans, dates and missing cells."""
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "income": np.where(np.arange(n) % 7 == 3, np.nan, rng.normal(50, 9, n)),
            "visits": rng.integers(0, 9, n),
            "plan": np.array(["basic", "plus", "pro"], dtype=object)[np.arange(n) % 3],
            "paid": np.arange(n) % 4 < 2,
            "since": np.datetime64("2024-01-01", "s")
            + rng.integers(0, 300, n).astype("m8[D]"),
        }
    )


def numbers(n=N_ROWS):
    return np.random.default_rng(1).normal(size=(n, 3))


def classes(n=N_ROWS):
    return (np.arange(n) % 3 == 0).astype(int)


def targets(n=N_ROWS):
    return np.random.default_rng(2).normal(size=n)


# --- what must hold of an error, of inputs and of estimators --------------------------

# where input is validated on purpose; "raise" must be what the code says there
VALIDATION = re.compile(
    r"skgen\.|sklearn\.utils\.(validation|_param_validation|multiclass)$"
    r"|imblearn\.utils\._validation$"
)
# what to do, or what was expected, from which that follows
REMEDY = re.compile(
    r"\b(Cast|Drop|drop|Use|use|Set|set|Give|give|Pass|pass|Convert|convert|Reshape"
    r"|Choose|Encode|Leave|Widen|Write|Read|Rename|rename|Fill|Split|split|collect|fit"
    r"|read|Round|cast|Multiply|Divide|expecting|must|should|expected|Expected|required|need|needs|supported|requires|Valid"
    r"|minimum|columns (of X )?are|without)\b",
)


def deepest(error):
    """The frame that raised, and whether it did so by a `raise` of its own."""
    trace = error.__traceback__
    while trace.tb_next is not None:
        trace = trace.tb_next
    code = trace.tb_frame.f_code
    on_purpose = dis.opname[code.co_code[trace.tb_lasti]] == "RAISE_VARARGS"
    return trace.tb_frame.f_globals["__name__"], on_purpose


def assert_helpful(error, expected):
    """An error is raised on purpose, names the culprit and offers a remedy."""
    module, on_purpose = deepest(error)
    message = str(error)
    assert isinstance(error, ValueError | TypeError), repr(error)
    assert VALIDATION.match(module), f"raised in {module}: {error!r}"
    assert on_purpose, f"not raised on purpose in {module}: {error!r}"
    assert re.search(expected, message), f"not {expected!r}: {message}"
    if module.startswith("skgen"):
        assert REMEDY.search(message), f"no remedy: {message}"


def picture(value):
    """All that a value is, to be compared with what it is later."""
    if isinstance(value, tuple | list):
        return [type(value), *map(picture, value)]
    if isinstance(value, pd.DataFrame | pd.Series):  # which pickle their caches
        columns = value.items() if value.ndim == 2 else [(value.name, value)]
        cells = [(name, str(c.dtype), pickle.dumps(c.tolist())) for name, c in columns]
        labels = [repr(axis) for axis in value.axes]
        return type(value), repr(cells), labels, str(value.flags), repr(value.attrs)
    if isinstance(value, np.ndarray):
        storage = value.dtype, value.shape, value.strides, str(value.flags)
        return type(value), storage, pickle.dumps(value)
    try:
        return pickle.dumps(value)
    except (TypeError, AttributeError, pickle.PicklingError, pl.exceptions.PolarsError):
        return repr(value)  # of generators, functions and objects in polars


def learned(estimator):
    """What an estimator is, but for how often it has drawn."""
    state = {} if estimator is None else vars(estimator)
    return {name: picture(state[name]) for name in {*state} - {"_n_calls", "_rng"}}


def attempt(call, inputs, expected, estimator=None):
    """Call; an error must be as expected, and nothing but the result may be new."""
    before, state, error = picture(inputs), learned(estimator), None
    with warnings.catch_warnings():
        # documented ones; those of numpy and pandas stay errors
        warnings.simplefilter("ignore", UserWarning)
        try:
            call()
        except Exception as raised:
            error = raised
    if expected:
        assert error is not None, "bad input was accepted"
        assert_helpful(error, expected)
        assert learned(estimator) == state, "a failed call changed the estimator"
    elif error is not None:
        raise error
    assert picture(inputs) == before, "an input was changed"


class Case(NamedTuple):
    """An input, and what comes of it."""

    name: str
    make: object  # called without arguments
    expected: str = ""  # pattern of the error's message; it works where empty
    at: dict = {}  # the same for some entries or kinds of entries


class Entry(NamedTuple):
    """A public method, of an estimator fitted to good rows, and what it is for."""

    name: str
    estimator: object
    call: object  # (estimator, X, y) -> None
    kind: str = ""
    target: object = classes


def own_outcomes(case, entry):
    return [
        expected
        for key, expected in case.at.items()
        if re.fullmatch(key, entry.name) or key == entry.kind
    ]


def outcome(case, entry):
    return [*own_outcomes(case, entry), case.expected][0]


# Two generators, and the codec that all of them share, meet every case.
ALWAYS = {"Independent", "Autoregressive-tree", "TableCodec"}


def finds_new(i, case, turn, entry):
    """Whether a case may find at an entry what no other pair of a test finds.

    Generators share one boundary, `BaseGenerator`, which refuses input before a model
    sees it: a refused case meets one in five of the others, an accepted one all of
    them, as each has to work with it. Wrappers share their checks within a family and
    leave the rest to a generator: a case meets every third of them, so that a family
    of three meets all cases. Where the outcome is the entry's own, both always meet.
    """
    if entry.name in ALWAYS or case.name == "good" or own_outcomes(case, entry):
        return True
    if entry.kind == "generator":
        return not case.expected or (i + turn) % 5 == 0
    return (i + turn) % 3 == 0


def pair(case, entry, slow=False):
    """Parameters of a test."""
    marks = [pytest.mark.slow] * slow
    return pytest.param(case, entry, id=f"{entry.name}-{case.name}", marks=marks)


def pairs(cases, entries):
    """Parameters of a test: cases at entries, without those that find nothing new.

    The fast run tries every second of those that need not meet always.
    """
    return [
        pair(case, entry, slow=entry.name not in ALWAYS and (i + turn) % 2 == 1)
        for turn, entry in enumerate(entries)
        for i, case in enumerate(cases)
        if finds_new(i, case, turn, entry)
    ]


# --- entries --------------------------------------------------------------------------


def quick():
    return AutoregressiveGenerator(TreeConditional(n_trees=1), random_state=0)


def alone():
    return IndependentGenerator(random_state=0)


GENERATORS = {
    "Independent": alone(),
    "Autoregressive-tree": quick(),
    "Chained": ChainedGenerator(
        TreeConditional(n_trees=1), n_fit_sweeps=1, n_sweeps=1, random_state=0
    ),
    "GaussianMixture": GaussianMixtureGenerator(1, max_iter=5, random_state=0),
    "LatentFactor": LatentFactorGenerator(1, max_iter=5, random_state=0),
    "FlowMatching": FlowMatchingGenerator(
        Ridge(), n_steps=2, n_noise=1, random_state=0
    ),
    "Refined": RefinedGenerator(alone(), n_folds=2, random_state=0),
}
CONDITIONALS = {
    "Autoregressive-boosted": AutoregressiveGenerator(
        BoostedConditional(max_iter=2), random_state=0
    ),
    "Autoregressive-estimator": AutoregressiveGenerator(
        EstimatorConditional(n_folds=2), random_state=0
    ),
}
SAMPLERS = {
    "OverSampler": GenerativeOverSampler(alone(), accept=None, random_state=0),
    "Augmenter": GenerativeAugmenter(alone(), ratio=0.2, random_state=0),
    "Replacer": GenerativeReplacer(alone(), n_samples=9, random_state=0),
}
PREDICTORS = {
    "GenerativeClassifier": GenerativeClassifier(alone(), random_state=0),
    "GenerativeClassifier-separate": GenerativeClassifier(
        alone(), strategy="separate", random_state=0
    ),
    "ResampledClassifier": ResampledClassifier(
        GenerativeClassifier(alone()),
        GenerativeAugmenter(alone(), ratio=0.2),
        calibration_cv=None,
        random_state=0,
    ),
    "GenerativeRegressor": GenerativeRegressor(alone(), n_draws=2, random_state=0),
    "ResampledRegressor": ResampledRegressor(
        GenerativeRegressor(alone(), n_draws=2),
        GenerativeAugmenter(alone(), ratio=0.2),
        random_state=0,
    ),
}
TRANSFORMERS = {
    "Masker": GenerativeMasker(generator=alone(), n_folds=2, min_count=1),
    "Masker-always": GenerativeMasker(
        generator=alone(), fraction=0.2, n_folds=2, min_count=1, when="always"
    ),
    "Imputer": GenerativeImputer(alone()),
    "Imputer-mean": GenerativeImputer(
        alone(), strategy="mean", n_draws=2, add_indicator=True
    ),
}


def assert_like(new, X):
    """A table has the columns, and for dataframes the dtypes, of another one."""
    assert new.shape[1] == np.shape(X)[1]
    if isinstance(X, pd.DataFrame):
        pd.testing.assert_index_equal(new.columns, X.columns)
        assert new.dtypes.tolist() == X.dtypes.tolist()
    elif isinstance(X, pl.DataFrame):
        assert new.schema == X.schema


def assert_filled_like(new, X):
    """The same, except for columns of X without an observed cell."""
    assert new.shape == np.shape(X)
    if isinstance(X, pd.DataFrame):
        some = X.notna().any().to_numpy() | (len(X) == 0)
        assert_like(new.loc[:, some], X.loc[:, some])
    elif isinstance(X, pl.DataFrame):
        some = [name for name in X.columns if not X[name].is_null().all()]
        assert_like(new[some], X[some])


def use_generator(generator, X, y):
    if hasattr(generator, "impute"):
        assert_filled_like(generator.impute(X), X)
    if hasattr(generator, "score_samples"):
        scores = generator.score_samples(X)
        assert scores.shape == (len(X),)
        assert not np.isnan(scores).any()


def learn_generator(generator, X, y):
    use_generator(generator.fit(X), X, y)
    assert_like(generator.sample(3), X)


def resample(sampler, X, y):
    X_new, y_new = sampler.fit_resample(X, y)
    is_list = isinstance(X_new, list)
    assert_like(np.array(X_new, dtype=object) if is_list else X_new, X)
    assert len(X_new) == len(y_new)


def learn_predictor(predictor, X, y):
    predictor.fit(X, y)
    use_predictor(predictor, X, y)


def use_predictor(predictor, X, y):
    assert len(predictor.predict(X)) == len(X)
    if hasattr(predictor, "predict_proba"):
        assert np.isfinite(predictor.predict_proba(X)).all()


def learn_transformer(transformer, X, y):
    transformer.fit_transform(X, y)
    use_transformer(transformer, X, y)


def use_transformer(transformer, X, y):
    assert len(transformer.transform(X)) == len(X)


def learn_codec(codec, X, y):
    use_codec(codec.fit(X), X, y)

    assert_like(codec.decode(codec.encode(X)), X)


def use_codec(codec, X, y):
    Z = codec.encode(X)
    assert codec.decode(np.nan_to_num(Z)).shape == Z.shape
    assert_like(codec.replace(X, Z, ~np.isnan(Z)), X)


def target_of(name):
    return targets if "Regressor" in name else classes


def entries_of(table, call, kind):
    return [Entry(n, e, call, kind, target_of(n)) for n, e in table.items()]


LEARN = [
    *entries_of(GENERATORS, learn_generator, "generator"),
    *entries_of(SAMPLERS, resample, "sampler"),
    *entries_of(PREDICTORS, learn_predictor, "predictor"),
    *entries_of(TRANSFORMERS, learn_transformer, "transformer"),
    Entry("TableCodec", TableCodec(), learn_codec, "codec"),
]
USE = [
    *entries_of(GENERATORS | CONDITIONALS, use_generator, "generator"),
    *entries_of(PREDICTORS, use_predictor, "predictor"),
    *entries_of(TRANSFORMERS, use_transformer, "transformer"),
    Entry("TableCodec", TableCodec(), use_codec, "codec"),
]
# by their names; where both have one, the entry that learns
ENTRIES = {entry.name: entry for entry in [*USE, *LEARN]}
_FITTED = {}


def fitted(entry):
    """A copy of the estimator of an entry, fitted to good rows."""
    if entry.name not in _FITTED:
        X, y = people(), entry.target()
        estimator = pickle.loads(pickle.dumps(entry.estimator))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            if entry.kind == "sampler":
                estimator.fit_resample(X, y)
            elif entry.kind == "transformer":
                estimator.fit(X)
            else:
                estimator.fit(X, y)
        _FITTED[entry.name] = pickle.dumps(estimator)
    return pickle.loads(_FITTED[entry.name])


# --- no tables at all -----------------------------------------------------------------

FLAT = r"Expected 2D array, got (1D|scalar) array|Expected a 2-dimensional container"


def holding(*cells, n=N_ROWS, name="a"):
    """A column of these cells in turn, beside a good one."""
    column = np.empty(n, dtype=object)
    for i in range(n):
        column[i] = cells[i % len(cells)]
    column = pd.Series(column, dtype=object)  # not the one that pandas infers
    return pd.DataFrame({"good": numbers(n)[:, 0], name: column})


def with_column(values, name="a"):
    return pd.DataFrame({"good": numbers(len(values))[:, 0], name: values})


def polars_column(values, dtype=None):
    n = len(values)
    return pl.DataFrame(
        {"good": numbers(n)[:, 0], "a": pl.Series("a", values, dtype=dtype)}
    )


def a_function(X):
    return X


def a_matrix():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        return np.asmatrix(numbers())


class Ragged:
    """What numpy tries to stack, such as a pandas GroupBy."""

    def __len__(self):
        return 2

    def __getitem__(self, i):
        return [[1.0], [2.0, 3.0]][i]


STRUCTURED = np.zeros(N_ROWS, dtype=[("a", "f8"), ("b", "i4")])

# where a second real table may be left out
OPTIONAL = "(copy_rate|nearest_record_ratio|train_synth.*|augment.*|compare)-holdout"

NOT_TABLES = [
    Case("None", lambda: None, "X is None", {OPTIONAL: ""}),
    Case("number", lambda: 5.0, "X is a float"),
    Case("string", lambda: "customers.csv", r"X is a str.*read"),
    Case("bytes", lambda: b"1,2", r"X is a bytes"),
    Case("path", lambda: Path("customers.csv"), r"X is a \w*Path.*read"),
    Case("generator", lambda: (row for row in [[1.0], [2.0]]), r"X is a generator"),
    Case("iterator", lambda: map(list, [[1.0], [2.0]]), r"X is a map"),
    Case(
        "dict",
        lambda: {"a": [1.0, 2.0]},
        r"X is a dict.*DataFrame",
        {"compare": r"synthetic\['a'\]: Expected 2D array"},
    ),
    Case("set", lambda: {1.0, 2.0}, r"X is a set"),
    Case("function", lambda: a_function, r"X is a function"),
    Case("class", lambda: pd.DataFrame, r"X is a type"),
    Case("estimator", lambda: TableCodec(), r"X is a TableCodec"),
    Case("list of dicts", lambda: [{"a": 1}] * N_ROWS, r"X.*dict.*DataFrame"),
    Case("list of tables", lambda: [people(), people()], "X is a list of dataframes"),
    Case(
        "table and target", lambda: (people(), classes()), "X is a tuple of dataframes"
    ),
    Case("ragged sequence", lambda: Ragged(), "X is a Ragged.*pass a dataframe"),
    Case("list of numbers", lambda: [1.0, 2.0, 3.0], FLAT),
    Case("list of texts", lambda: ["a", "b", "c"], FLAT),
    Case("empty list", list, FLAT, {"GenerativeRegressor": "y|0 sample"}),
    Case("ragged list", lambda: [[1.0, 2.0], [3.0]], "different numbers of cells"),
    Case("range", lambda: range(5), FLAT),
    Case("pandas Series", lambda: people()["income"], FLAT),
    Case("pandas Index", lambda: people().index, FLAT),
    Case("polars Series", lambda: pl.Series([1.0, 2.0]), FLAT),
    Case("polars LazyFrame", lambda: pl.LazyFrame({"a": [1]}), "LazyFrame.*collect"),
    Case("arrow table", lambda: pa.table({"a": [1.0, 2.0]}), "pyarrow.*convert"),
    Case("scalar array", lambda: np.array(5.0), FLAT),
    Case("1-D array", lambda: numbers()[:, 0], FLAT),
    Case("3-D array", lambda: numbers()[None], "array with dim 3"),
    Case("nested lists", lambda: [[[1.0], [2.0]]] * 5, "array with dim 3"),
    Case("sparse matrix", lambda: sparse.csr_matrix(numbers()), "Sparse data"),
    Case("sparse array", lambda: sparse.coo_array(numbers()), "Sparse data"),
    Case("numpy matrix", a_matrix, "matrix.*convert"),
    Case("masked array", lambda: np.ma.masked_less(numbers(), 0), "Masked.*convert"),
    Case("structured array", lambda: STRUCTURED, "structured array.*DataFrame"),
    Case("record array", lambda: STRUCTURED.view(np.recarray), "structured array"),
    Case("no columns", lambda: people()[[]], "0 feature"),
    Case("no columns, array", lambda: np.empty((9, 0)), "0 feature"),
    Case("nothing", pd.DataFrame, "0 (feature|sample)"),
    Case("ragged arrays", lambda: [np.ones((2, 2)), np.ones((2, 3))], "different num"),
]

# --- tables to learn from -------------------------------------------------------------


class Frame(pd.DataFrame):
    """A subclass that keeps its type, as that of geopandas."""

    @property
    def _constructor(self):
        return Frame


class Array(np.ndarray):
    """A subclass of arrays that keeps its type."""


class Convertible:
    """What numpy can read."""

    def __len__(self):
        return N_ROWS

    def __array__(self, dtype=None, copy=None):
        return numbers()


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


def read_only(array):
    array.flags.writeable = False
    return array


def renamed(*names):
    X = people().iloc[:, : len(names)]
    X.columns = pd.Index(names, tupleize_cols=False)
    return X


def reindexed(index):
    return people().set_axis(index)


def repeated_column():
    X = people()
    return pd.concat([X, X[["visits"]]], axis=1)


def stamps(*texts, **options):
    return [pd.Timestamp(text, **options) for text in texts]


def categories(values, **options):
    return with_column(pd.Categorical(np.resize(values, N_ROWS), **options))


def strict_labels():
    return people().set_flags(allows_duplicate_labels=False)


EVEN = np.arange(N_ROWS) % 2
HUGE = np.iinfo(np.int64).max
SUPPORTED = r"'?a'?.*(Cast|cast|drop)"
ONE_ROW = {
    "OverSampler|Augmenter|Replacer|Resampled.*": "y.*more than 1 class",
    "Masker.*": "minimum of 2",
}
EMPTY = r"0 sample\(s\)|minimum of 1|Found array with 0"

TABLES = [
    Case("good", people),
    # sizes
    Case("no rows", lambda: people().iloc[:0], EMPTY, {"codec": ""}),
    Case("no rows, array", lambda: numbers()[:0], EMPTY, {"codec": ""}),
    Case("one row", lambda: people(1), "", ONE_ROW),
    Case("one column", lambda: people()[["visits"]]),
    Case("one constant cell", lambda: np.ones((1, 1)), "", ONE_ROW),
    # values
    Case("infinity", lambda: holding(1.0, np.inf), "'a' holds infinity"),
    Case("infinity, array", lambda: np.where(numbers() > 2, 1, np.inf), "0 .*infinity"),
    Case("infinity, float32", lambda: np.float32([[1.0, -np.inf]] * 9), "1 .*infinity"),
    Case(
        "infinity, nullable",
        lambda: with_column(pd.array([1.0, np.inf, None] * 10, dtype="Float64")),
        "'a' holds infinity",
    ),
    Case("infinity, polars", lambda: polars_column([1.0, np.inf]), "'a' holds inf"),
    Case(
        "largest floats",
        lambda: with_column(np.where(EVEN, 1.7e308, -1.7e308)),
        "'a' holds numbers beyond.*Divide",
        {"codec": ""},
    ),
    Case(
        "smallest floats",
        lambda: with_column(np.where(EVEN, 5e-324, 1e-310)),
        "'a' spans less.*Multiply",
        {"codec": ""},
    ),
    Case("a small float", lambda: with_column(np.where(EVEN, 5e-324, numbers()[:, 1]))),
    Case("negative zero", lambda: with_column(np.where(EVEN, -0.0, 0.0))),
    Case("huge integers", lambda: with_column(HUGE - EVEN)),
    Case("huge spread", lambda: with_column(np.where(EVEN, HUGE, 0)), "'a'.*2\\*\\*53"),
    Case("beyond 64 bits", lambda: holding(10**30, 1), "'a'.*2\\*\\*53"),
    Case("unsigned", lambda: with_column(np.uint64(2**64 - 1) - EVEN.astype("u8"))),
    Case("nothing observed", lambda: with_column(np.full(N_ROWS, np.nan))),
    Case(
        "all missing",
        lambda: np.full((N_ROWS, 2), np.nan),
        "",
        {
            "GenerativeClassifier-separate": "needs a column",
        },
    ),
    Case(
        "constant",
        lambda: np.full((N_ROWS, 2), 7.5),
        # whose classes have densities of their own
        at={"GenerativeClassifier-separate": ""},
    ),
    Case("constant texts", lambda: holding("same")),
    Case(
        "identifiers",
        lambda: with_column([f"id {i}" for i in range(N_ROWS)]),
    ),
    Case(
        "identifiers, array",
        lambda: np.arange(N_ROWS).astype(str)[:, None],
    ),
    # text
    Case("empty texts", lambda: holding("", " ")),
    Case("unicode texts", lambda: holding("é", "e\u0301", "日本", "\U0001f600")),
    Case("control characters", lambda: holding("a\x00", "a", "\n")),
    Case("lone surrogates", lambda: holding("\ud800", "b")),
    Case("long texts", lambda: holding("x" * 10**5, "y")),
    Case("texts of numbers", lambda: holding("1", "2", "nan")),
    Case("numpy texts", lambda: holding(np.str_("a"), np.str_("b"))),
    # Python objects
    Case("lists", lambda: holding([1], [2]), "'a'.*list.*Cast"),
    Case("tuples", lambda: holding((1,), (2,)), "'a'.*tuple.*Cast"),
    Case("dicts", lambda: holding({"k": 1}), "'a'.*dict.*Cast"),
    Case("sets", lambda: holding({1}), "'a'.*set.*Cast"),
    Case("arrays", lambda: holding(np.ones(2)), "'a'.*ndarray.*Cast"),
    Case("frames", lambda: holding(people(2)), "'a'.*DataFrame.*Cast"),
    Case("Decimals", lambda: holding(decimal.Decimal("1.5")), "'a'.*Decimal.*Cast"),
    Case("fractions", lambda: holding(fractions.Fraction(1, 3)), "'a'.*Fraction.*Cast"),
    Case("complex", lambda: with_column(np.full(N_ROWS, 1j)), "'a'.*[Cc]omplex"),
    Case("complex cells", lambda: holding(1j), "'a'.*[Cc]omplex"),
    Case("complex array", lambda: numbers() * 1j, "0 .*[Cc]omplex"),
    Case("bytes cells", lambda: holding(b"x"), "'a'.*bytes.*Cast"),
    Case("bytes array", lambda: np.full((N_ROWS, 2), b"x"), "0 .*S1.*Cast"),
    Case("void array", lambda: np.zeros((N_ROWS, 2), "V4"), "0 .*V4.*Cast"),
    Case("UUIDs", lambda: holding(uuid.UUID(int=1)), "'a'.*UUID.*Cast"),
    Case("functions", lambda: holding(a_function), "'a'.*function.*Cast"),
    Case("classes", lambda: holding(int), "'a'.*type.*Cast"),
    Case("enums", lambda: holding(*Colour), "'a'.*Colour.*Cast"),
    Case("integer enums", lambda: holding(*Level)),
    Case("times of day", lambda: holding(datetime.time(9)), "'a'.*time.*Cast"),
    Case("numbers and texts", lambda: holding(1, "x"), "'a'.*mixes.*Cast"),
    Case("booleans and numbers", lambda: holding(True, 2), "'a'.*mixes.*Cast"),
    Case(
        "dates and texts",
        lambda: holding(datetime.date(2024, 1, 1), "x"),
        "'a'.*mixes.*Cast",
    ),
    Case("missing of all kinds", lambda: holding(1.5, None, np.nan, pd.NA, pd.NaT, 2)),
    Case("Python integers", lambda: holding(1, 2, None)),
    Case("numpy numbers", lambda: holding(np.int8(1), np.float32(2.5))),
    # dates
    Case(
        "zones mixed",
        lambda: holding(
            *stamps("2024-01-01", tz="UTC"), *stamps("2024-02-01", tz="Asia/Tokyo")
        ),
        "'a'.*(time zone|datetime dtype)",
    ),
    Case(
        "zones and none",
        lambda: holding(*stamps("2024-01-01"), *stamps("2024-02-01", tz="UTC")),
        "'a'.*mixes.*time zone",
    ),
    Case(
        "out of bounds",
        lambda: holding(datetime.datetime(1, 1, 1), datetime.datetime(9999, 12, 31)),
    ),
    Case("days out of bounds", lambda: holding(datetime.date(1, 1, 1))),
    Case(
        "earliest ticks",
        lambda: with_column(
            np.array([np.iinfo(np.int64).min + 1, HUGE] * 15).view("M8[ns]")
        ),
        "'a'.*2\\*\\*53",
    ),
    Case("years", lambda: np.array([["2001"], ["2002"]], "M8[Y]"), "0 .*Cast"),
    Case("generic time steps", lambda: np.array([[1], [2]], "m8"), "0 .*Cast"),
    Case("odd time steps", lambda: np.array([[1], [2]], "m8[25s]"), "0 .*Cast"),
    Case("negative durations", lambda: with_column(-EVEN.astype("m8[s]"))),
    Case(
        "numpy durations",
        lambda: holding(np.timedelta64(1, "s")),
        "'a'.*timedelta.*Cast",
    ),
    Case(
        "array of dates",
        lambda: np.full((N_ROWS, 2), "2024-01-01", "M8[D]"),
        "",
        {"ResampledR.*|Masker.*": "no room.*Pass a dataframe"},
    ),
    # dtypes of pandas
    Case(
        "periods",
        lambda: with_column(pd.period_range("2024", periods=N_ROWS)),
        "'a'.*period.*Cast",
    ),
    Case(
        "intervals",
        lambda: with_column(pd.interval_range(0, N_ROWS)),
        "'a'.*interval.*Cast",
    ),
    Case(
        "sparse dtype",
        lambda: with_column(pd.arrays.SparseArray(EVEN)),
        "'a'.*Sparse.*Cast",
    ),
    Case(
        "nested arrow",
        lambda: with_column(
            pd.array([[1], [2]] * 15, dtype=pd.ArrowDtype(pa.list_(pa.int64())))
        ),
        "'a'.*list.*Cast",
    ),
    Case(
        "arrow decimals",
        lambda: with_column(
            pd.array(
                [decimal.Decimal("1.5")] * 30, dtype=pd.ArrowDtype(pa.decimal128(5, 2))
            )
        ),
        "'a'.*decimal.*Cast",
    ),
    Case(
        "arrow texts",
        lambda: with_column(pd.array(["x", "y", None] * 10, dtype="string[pyarrow]")),
    ),
    Case("nullable", lambda: with_column(pd.array([1, 2, None] * 10, dtype="Int64"))),
    Case(
        "nullable booleans",
        lambda: with_column(pd.array([True, False, None] * 10, dtype="boolean")),
    ),
    Case("unused categories", lambda: categories(["x", "y"], categories=list("zyxw"))),
    Case("empty category", lambda: with_column(pd.Categorical([None] * N_ROWS))),
    Case("categories of intervals", lambda: with_column(pd.cut(np.arange(N_ROWS), 3))),
    Case("categories of dates", lambda: categories(stamps("2024-01-01", "2024-01-02"))),
    Case(
        "categories of tuples",
        lambda: with_column(pd.Categorical([(1, 2), (3, 4)] * 15)),
    ),
    Case(
        "mixed categories",
        lambda: categories(np.array([1, "x"], dtype=object), categories=[1, "x"]),
    ),
    Case("ordered categories", lambda: categories([3, 1], ordered=True)),
    # dtypes of polars
    Case("polars lists", lambda: polars_column([[1], [2]]), "'a'.*List.*Cast"),
    Case("polars structs", lambda: polars_column([{"k": 1}] * 9), "'a'.*Struct.*Cast"),
    Case(
        "polars decimals",
        lambda: polars_column([decimal.Decimal("1.5")] * 9),
        "'a'.*Decimal.*Cast",
    ),
    Case(
        "polars times", lambda: polars_column([datetime.time(9)] * 9), "'a'.*Time.*Cast"
    ),
    Case("polars binary", lambda: polars_column([b"x"] * 9), "'a'.*Binary.*Cast"),
    Case(
        "polars objects",
        lambda: polars_column([{1}] * 9, pl.Object),
        "'a'.*Object.*Cast",
    ),
    Case("polars nulls", lambda: polars_column([None] * N_ROWS)),
    Case("polars", lambda: pl.from_pandas(people())),
]
# the same for all generators, which share all that knows tables
FORMS = [
    # names
    Case("two columns of a name", repeated_column, "'visits'.*rename"),
    Case("numbered columns", lambda: renamed(0, 1, 2)),
    Case("names and numbers", lambda: renamed("a", 1), "[Ff]eature names.*string"),
    Case("unicode names", lambda: renamed("größe", "日本", "\U0001f600")),
    Case("empty name", lambda: renamed("", " ")),
    Case("None for a name", lambda: renamed(None, 1), "no name.*give"),
    Case("NaN for a name", lambda: renamed(np.nan, 1.0), "no name.*give"),
    Case("tuples for names", lambda: renamed(("a", 1), ("a", 2))),
    Case("dates for names", lambda: renamed(*stamps("2024-01-01", "2024-01-02"))),
    Case(
        "levels of columns",
        lambda: people()[["income", "visits"]].set_axis(
            pd.MultiIndex.from_tuples([("a", "x"), ("a", "y")], names=["u", "v"]),
            axis=1,
        ),
    ),
    Case("named axis of columns", lambda: people().rename_axis(columns="kind")),
    Case("names of our own", lambda: renamed("y0", "y1", "target")),
    # indexes and flags
    Case("repeated index", lambda: reindexed(np.zeros(N_ROWS, dtype=int))),
    Case(
        "levels of the index",
        lambda: reindexed(pd.MultiIndex.from_product([range(6), list("abcde")])),
    ),
    Case("index of dates", lambda: reindexed(pd.date_range("2024", periods=N_ROWS))),
    Case("index with gaps", lambda: reindexed(np.append(np.arange(29.0), np.nan))),
    Case("unique labels", strict_labels),
    Case("attrs", lambda: with_attrs()),
    # storage
    Case("read-only array", lambda: read_only(numbers())),
    Case("Fortran order", lambda: np.asfortranarray(numbers())),
    Case("strided array", lambda: np.repeat(numbers(), 2, axis=0)[::2, ::-1]),
    Case("broadcast array", lambda: np.broadcast_to(numbers()[:, :1], (N_ROWS, 2))),
    Case("swapped bytes", lambda: numbers().astype(">f8")),
    Case(
        "swapped bytes, integers",
        lambda: np.resize([[1, 2]], (N_ROWS, 2)).astype(">i4"),
    ),
    Case("float16", lambda: numbers().astype(np.float16)),
    Case("long doubles", lambda: numbers().astype(np.longdouble)),
    Case(
        "too long doubles",
        lambda: numbers().astype(np.longdouble) / 3,
        "0 .*digits.*cast",
    ),
    Case("int8", lambda: np.resize([[1, -128]], (N_ROWS, 2)).astype(np.int8)),
    Case("booleans", lambda: numbers() > 0),
    Case("object array", lambda: people().to_numpy(dtype=object)),
    Case("array of texts", lambda: np.resize([["x", "y"], ["z", "y"]], (N_ROWS, 2))),
    Case("array subclass", lambda: numbers().view(Array)),
    Case("frame subclass", lambda: Frame(people())),
    Case("list of lists", lambda: numbers().tolist()),
    Case("mixed lists", lambda: people().to_numpy(dtype=object).tolist()),
    Case("tuple of tuples", lambda: tuple(map(tuple, numbers().tolist()))),
    Case("__array__", Convertible),
]


def with_attrs():
    X = people()
    X.attrs["source"] = "a file"
    return X


FEW = [entry for entry in LEARN if entry.name not in {*GENERATORS} - ALWAYS]


def rows_of(X):
    try:
        return len(X)
    except TypeError:
        return N_ROWS


@pytest.mark.parametrize(
    ("case", "entry"),
    [*pairs(TABLES, LEARN), *pairs(FORMS, FEW)],
)
def test_tables_to_learn_from(case, entry):
    X, estimator = case.make(), fitted(entry)
    y = entry.target(rows_of(X))
    attempt(
        lambda: entry.call(estimator, X, y), (X, y), outcome(case, entry), estimator
    )


def test_plausible_rows_of_nothing():
    sampler = GenerativeOverSampler(alone(), accept="plausible", random_state=0)
    X, y = np.full((N_ROWS, 2), np.nan), classes()
    attempt(lambda: resample(sampler, X, y), (X, y), "")


# --- tables that come later -----------------------------------------------------------


def later(**columns):
    return people().assign(**columns)


def nothing_known():
    return people().astype(object).mask(np.ones((N_ROWS, 5), dtype=bool))


LATER = [
    Case("good", people),
    Case("no rows", lambda: people().iloc[:0]),
    Case("one row", lambda: people().iloc[:1]),
    Case(
        "other order",
        lambda: people()[["visits", "income", "plan", "paid", "since"]],
        "[Ff]eature names.*order",
    ),
    Case("missing column", lambda: people().drop(columns="plan"), "plan"),
    Case("extra column", lambda: later(more=1.0), "more"),
    Case(
        "renamed column", lambda: people().rename(columns={"plan": "tariff"}), "tariff"
    ),
    Case("repeated column", repeated_column, "'visits'.*rename"),
    Case(
        "numbered columns",
        lambda: people().set_axis(range(5), axis=1),
        "names of the columns should match",
        {"Masker": ""},
    ),
    Case("array", lambda: people().to_numpy(dtype=object)),
    Case("list", lambda: people().to_numpy(dtype=object).tolist()),
    Case("narrow array", numbers, "3 features.*5"),
    Case("polars", lambda: pl.from_pandas(people())),
    Case("objects", lambda: people().astype(object)),
    Case(
        "new category",
        lambda: later(plan=["free"] * N_ROWS),
        "",
        {"codec": "'plan' holds the category 'free'.*handle_unknown='missing'"},
    ),
    Case(
        "one new category",
        lambda: later(plan=["free", "pro", *people()["plan"][2:]]),
        "",
        {"codec": "'plan' holds the category 'free'.*handle_unknown='missing'"},
    ),
    Case(
        "wider category dtype",
        lambda: later(
            plan=people()["plan"].astype(
                pd.CategoricalDtype(["free", "pro", "plus", "basic"])
            )
        ),
    ),
    Case(
        "numbers for texts",
        lambda: later(plan=1),
        "'plan' is categorical .*holds numbers.*Cast",
        {"Masker": ""},
    ),
    Case(
        "dates for texts",
        lambda: later(plan=people()["since"]),
        "'plan'.*Cast",
        {"Masker": ""},
    ),
    Case(
        "texts for numbers",
        lambda: later(income="high"),
        "'income' is continuous.*Cast",
        {"Masker": ""},
    ),
    Case(
        "texts of numbers",
        lambda: later(visits="3"),
        "'visits' is integer.*Cast",
        {"Masker": ""},
    ),
    Case(
        "texts for dates",
        lambda: later(since="2024-01-01"),
        "'since' is datetime.*Cast",
        {"Masker": ""},
    ),
    Case(
        "numbers for dates",
        lambda: later(since=5),
        "'since' is datetime.*Cast",
        {"Masker": ""},
    ),
    Case(
        "durations for dates",
        lambda: later(since=EVEN.astype("m8[s]")),
        "'since' is datetime.*Cast",
        {"Masker": ""},
    ),
    Case(
        "texts for booleans",
        lambda: later(paid="yes"),
        "'paid' is boolean .*holds text.*Cast",
        {"Masker": ""},
    ),
    Case("numbers for booleans", lambda: later(paid=EVEN)),
    Case(
        "booleans for numbers",
        lambda: later(visits=EVEN == 1),
        "",
        {"Masker-always": "'visits' is of dtype bool.*Cast"},
    ),
    Case("fractions for integers", lambda: later(visits=2.5)),
    Case("small integers", lambda: later(visits=people()["visits"].astype("int8"))),
    Case("numbers out of range", lambda: later(income=1e300, visits=10**9)),
    Case(
        "dates with a zone",
        lambda: later(since=people()["since"].dt.tz_localize("UTC")),
        "'since' has a time zone",
        {"Masker": ""},
    ),
    Case("other time unit", lambda: later(since=people()["since"].astype("M8[ns]"))),
    Case("infinity", lambda: later(income=-np.inf), "'income' holds infinity"),
    Case("lists in cells", lambda: later(plan=[[1]] * N_ROWS), "'plan'.*list.*Cast"),
    Case("complex", lambda: later(income=1j), "'income'.*[Cc]omplex"),
    Case("nothing known", nothing_known, ""),
    Case(
        "missing texts of a nullable dtype",
        lambda: later(plan=pd.array([None] * N_ROWS, dtype="Int64")),
    ),
    Case(
        "missing numbers of a text dtype",
        lambda: later(income=pd.array([None] * N_ROWS, dtype="string")),
    ),
    Case(
        "missing numbers of a category dtype",
        lambda: later(visits=pd.Categorical([None] * N_ROWS)),
    ),
    Case(
        "missing dates of a nullable dtype",
        lambda: later(since=pd.array([None] * N_ROWS, dtype="Float64")),
    ),
    Case(
        "missing booleans of arrow's null",
        lambda: later(paid=pd.array([None] * N_ROWS, dtype=pd.ArrowDtype(pa.null()))),
    ),
    Case(
        "missing texts of a number dtype, polars",
        lambda: pl.from_pandas(people()).with_columns(plan=pl.lit(None, pl.Int64)),
    ),
    Case(
        "missing numbers of a text dtype, polars",
        lambda: pl.from_pandas(people()).with_columns(visits=pl.lit(None, pl.String)),
    ),
    Case(
        "missing dates of nulls, polars",
        lambda: pl.from_pandas(people()).with_columns(since=pl.lit(None)),
    ),
    Case("repeated index", lambda: reindexed(np.zeros(N_ROWS, dtype=int))),
    Case("unique labels", strict_labels),
    Case("frame subclass", lambda: Frame(people())),
]


@pytest.mark.parametrize(("case", "entry"), pairs(LATER, USE))
def test_tables_that_come_later(case, entry):
    X, estimator = case.make(), fitted(entry)
    attempt(
        lambda: entry.call(estimator, X, None), (X,), outcome(case, entry), estimator
    )


# --- targets --------------------------------------------------------------------------

REGRESSORS = ".*Regressor"
# as skgen puts it, or scikit-learn
NO_TARGET = (
    r"\by\b|^Unknown label type|inconsistent numbers of samples|with dim 3"
    r"|^Support for labels"
)
CLASSIFIERS = ".*Classifier.*"


def y_with(value, at=3):
    y = classes().astype(object)
    y[at] = value
    return y


TARGETS = [
    Case("good", classes),
    Case("list", lambda: classes().tolist()),
    Case("Series of another index", lambda: pd.Series(classes(), index=EVEN)),
    Case("polars Series", lambda: pl.Series("y", classes())),
    Case("one column", lambda: pd.DataFrame({"y": classes()})),
    Case("column vector", lambda: classes()[:, None]),
    Case("read-only", lambda: read_only(classes())),
    Case("booleans", lambda: classes() == 1, ""),
    Case("int8", lambda: classes().astype(np.int8)),
    Case("float16", lambda: classes().astype(np.float16)),
    Case("huge integers", lambda: HUGE - classes(), ""),
    Case("nothing", lambda: None, NO_TARGET, {"Masker": ""}),
    Case("string", lambda: "target", NO_TARGET),
    Case("number", lambda: 3, NO_TARGET),
    Case("generator", lambda: (i for i in range(N_ROWS)), NO_TARGET),
    Case("dict", lambda: {"y": classes()}, NO_TARGET),
    Case("too short", lambda: classes(29), "inconsistent numbers of samples.*29"),
    Case("too long", lambda: classes(31), "inconsistent numbers of samples.*31"),
    Case("empty", lambda: classes(0), "inconsistent numbers|0 sample|y"),
    Case("3-D", lambda: classes()[:, None, None], NO_TARGET),
    Case(
        "NaN",
        lambda: np.where(EVEN, np.nan, classes()),
        r"\by contains NaN",
        {"Masker": ""},
    ),
    Case("None in it", lambda: y_with(None), NO_TARGET, {"Masker": ""}),
    Case(
        "NA in it",
        lambda: pd.Series(classes(), dtype="Int64").mask(EVEN == 1),
        NO_TARGET,
        {"Masker": ""},
    ),
    Case("ragged", lambda: [[1], [2, 3]] * 15, NO_TARGET),
    Case("infinity", lambda: np.where(EVEN, np.inf, classes()), "y.*inf"),
    Case(
        "one value",
        lambda: np.zeros(N_ROWS, dtype=int),
        "y.*more than 1 class",
        {"GenerativeClassifier.*": "", "GenerativeRegressor": "", "Masker": ""},
    ),
    Case("texts", lambda: np.where(EVEN, "no", "yes"), "", {REGRESSORS: NO_TARGET}),
    Case(
        "Index",
        lambda: pd.Index(np.where(EVEN, "no", "yes")),
        "",
        {REGRESSORS: NO_TARGET},
    ),
    Case(
        "categories",
        lambda: pd.Series(
            pd.Categorical(
                np.where(EVEN, "no", "yes"), categories=["yes", "no", "unused"]
            )
        ),
        "",
        {REGRESSORS: NO_TARGET},
    ),
    Case("texts and numbers", lambda: y_with("yes"), NO_TARGET),
    Case("bytes", lambda: np.where(EVEN, b"no", b"yes"), NO_TARGET),
    Case("complex", lambda: classes() * 1j, "y|[Cc]omplex"),
    Case("lists", lambda: y_with([1]), NO_TARGET),
    Case("dicts", lambda: y_with({"a": 1}), NO_TARGET),
    Case("dates", lambda: people()["since"].iloc[EVEN], "", {REGRESSORS: NO_TARGET}),
    Case("sparse", lambda: sparse.csr_matrix(classes()[:, None]), "y|[Ss]parse"),
    Case("structured", lambda: STRUCTURED, NO_TARGET),
    Case("fractions for classes", targets, "", {CLASSIFIERS: "Unknown label type"}),
    Case("masked", lambda: np.ma.masked_equal(classes(), 1), NO_TARGET),
]

WITH_Y = [
    entry
    for entry in LEARN
    if entry.kind in ("sampler", "predictor") or entry.name == "Masker"
]


def learn_y(entry, estimator, y):
    if entry.kind == "sampler":
        resample(estimator, people(), y)
    elif entry.kind == "predictor":
        estimator.fit(people(), y).predict(people())
    else:
        estimator.fit_transform(people(), y)


@pytest.mark.parametrize(("case", "entry"), pairs(TARGETS, WITH_Y))
def test_targets(case, entry):
    y, estimator = case.make(), fitted(entry)
    attempt(lambda: learn_y(entry, estimator, y), (y,), outcome(case, entry), estimator)


# --- weights --------------------------------------------------------------------------


def weights_with(value):
    return np.append(np.ones(N_ROWS - 1), value)


WEIGHTS = [
    Case("good", lambda: np.ones(N_ROWS)),
    Case("a number", lambda: 2.0),
    Case("list", lambda: [1] * N_ROWS),
    Case("Series of another index", lambda: pd.Series(np.ones(N_ROWS), index=EVEN)),
    Case("some zero", lambda: weights_with(0.0)),
    Case("tiny", lambda: np.full(N_ROWS, 1e-300)),
    Case("huge", lambda: np.full(N_ROWS, 1e9)),
    Case("negative", lambda: weights_with(-1.0), "[Nn]egative.*sample_weight"),
    Case("NaN", lambda: weights_with(np.nan), "sample_weight contains NaN"),
    Case("infinite", lambda: weights_with(np.inf), "sample_weight contains inf"),
    Case("all zero", lambda: np.zeros(N_ROWS), "[Ss]ample.weight"),
    Case("too short", lambda: np.ones(29), "sample_weight"),
    Case("2-D", lambda: np.ones((N_ROWS, 2)), "[Ss]ample weights must be 1D"),
    Case("texts", lambda: ["heavy"] * N_ROWS, "sample_weight"),
    Case("Nones", lambda: [None] * N_ROWS, "sample_weight"),
    Case("string", lambda: "balanced", "sample_weight"),
    Case("complex", lambda: np.ones(N_ROWS) * 1j, "sample_weight|[Cc]omplex"),
    Case("dict", lambda: {0: 1.0}, "sample_weight"),
]

WEIGHTED = [
    entry
    for entry in ENTRIES.values()
    if entry.kind in ("generator", "sampler", "predictor") or entry.name == "Imputer"
]


def learn_weighted(entry, estimator, weights):
    X, y = people(), entry.target()
    if entry.kind == "sampler":
        estimator.fit_resample(X, y, sample_weight=weights)
    else:
        estimator.fit(X, y, sample_weight=weights)


@pytest.mark.parametrize(("case", "entry"), pairs(WEIGHTS, WEIGHTED))
def test_weights(case, entry):
    w, estimator = case.make(), fitted(entry)
    attempt(
        lambda: learn_weighted(entry, estimator, w),
        (w,),
        outcome(case, entry),
        estimator,
    )


# --- what is given --------------------------------------------------------------------


def frame_of(**columns):
    return pd.DataFrame(columns)


GIVEN = [
    Case("nothing", dict),
    Case("None", lambda: None),
    Case("missing value", lambda: {"plan": None}),
    Case("timestamp", lambda: {"since": pd.Timestamp("2024-03-01")}),
    Case("date", lambda: {"since": datetime.date(2024, 3, 1)}),
    Case("numpy value", lambda: {"visits": np.int8(3)}),
    Case("frame", lambda: frame_of(plan=["pro"] * 3)),
    Case("polars frame", lambda: pl.DataFrame({"plan": ["pro"] * 3})),
    Case(
        "Series of another index", lambda: {"plan": pd.Series(["pro"] * 3, [7, 7, 8])}
    ),
    Case("unknown column", lambda: {"tariff": "pro"}, "'tariff'.*columns are"),
    Case("unknown column of a frame", lambda: frame_of(a=[1] * 3), "'a'.*columns are"),
    Case("position", lambda: {0: 1.0}, "0.*columns are"),
    Case("new category", lambda: {"plan": "free"}, "'plan' holds.*'free'"),
    Case("text for a number", lambda: {"income": "high"}, "'income'.*Cast"),
    Case("number for a date", lambda: {"since": 5}, "'since'.*Cast"),
    Case("no date", lambda: {"since": "soon"}, "'since'.*'soon'.*ISO"),
    Case("a zone", lambda: {"since": "2024-03-01T00:00Z"}, "'since'.*ISO.*without"),
    Case("too few", lambda: {"plan": ["pro"] * 2}, "'plan' is given for 2 rows.*3"),
    Case("frame of too many", lambda: frame_of(plan=["pro"] * 4), "'plan'.*4 rows.*3"),
    Case("out of range", lambda: {"income": 1e6}, "'income'.*outside the range"),
    Case("fraction for an integer", lambda: {"visits": 2.5}, "'visits'.*whole numbers"),
    Case("whole number as a float", lambda: {"visits": 3.0}),
    Case(
        "noon",
        lambda: {"since": "2024-03-01T12:00"},
        "'since'.*times in steps of day.*Round",
    ),
    Case("infinity", lambda: {"income": np.inf}, "'income' holds infinity"),
    Case("complex", lambda: {"income": 1j}, "'income'.*[Cc]omplex"),
    Case("lists as cells", lambda: {"plan": [["pro"]] * 3}, "'plan'.*list"),
    Case("dict as cell", lambda: {"plan": [{"a": 1}] * 3}, "'plan'.*dict"),
    Case("2-D values", lambda: {"income": np.ones((3, 2))}, "'income'.*ndarray"),
    Case("dict of dicts", lambda: {"income": {"a": 1.0}}, "'income'"),
    Case("generator", lambda: {"income": (i for i in range(3))}, "'income'.*generator"),
    Case("range of one", lambda: {"income": (40,)}, "'income'.*tuple of 1.*range is"),
    Case("range of three", lambda: {"income": (1, 2, 3)}, "'income'.*tuple of 3"),
    Case("range upside down", lambda: {"income": (60, 40)}, "'income'.*above its"),
    Case("range beyond", lambda: {"income": (1e6, 2e6)}, "'income'.*Widen"),
    Case("range of texts", lambda: {"income": ("a", "b")}, "'income'.*Cast"),
    Case("range of NaN", lambda: {"income": (np.nan, 1)}, "'income'.*missing value"),
    Case(
        "range without order", lambda: {"plan": ("a", "b")}, "'plan'.*without an order"
    ),
    Case("empty set", lambda: {"plan": set()}, "'plan' is given an empty set"),
    Case("set of new categories", lambda: {"plan": {"free"}}, "'plan' holds.*'free'"),
    Case("set of None", lambda: {"plan": {None, "pro"}}, "'plan'.*missing value"),
    Case("mixed set", lambda: {"visits": {1, "x"}}, "'visits'.*mixes.*Cast"),
    Case("set of fractions", lambda: {"visits": {2.5, 3}}, "'visits'.*whole numbers"),
    Case("array", lambda: numbers(3), "given must be a dict.*dataframe"),
    Case("list", lambda: [1.0, 2.0], "given must be a dict.*dataframe"),
    Case("string", lambda: "plan", "given must be a dict.*dataframe"),
    Case("number", lambda: 5, "given must be a dict.*dataframe"),
    Case("Series", lambda: pd.Series({"plan": "pro"}), "given must be a dict"),
    Case("lazy frame", lambda: pl.LazyFrame({"plan": ["pro"] * 3}), "given|LazyFrame"),
    Case(
        "repeated columns",
        lambda: pd.DataFrame([["pro", "pro"]] * 3, columns=["plan", "plan"]),
        "'plan'.*rename",
    ),
]
DRAWING = [
    entry
    for entry in USE
    if entry.kind == "generator" and not entry.name.startswith("Flow")
]


@pytest.mark.parametrize(("case", "entry"), pairs(GIVEN, DRAWING))
def test_given_cells(case, entry):
    given, generator = case.make(), fitted(entry)
    attempt(
        lambda: generator.sample(3, given=given, random_state=0),
        (given,),
        outcome(case, entry),
        generator,
    )


# --- parameters -----------------------------------------------------------------------

SEEDS = [{"random_state": seed} for seed in (-1, 1.5, "0", [0])]
LISTS = [
    ({"categorical_features": ["tariff"]}, "categorical_features.*'tariff'.*columns"),
    ({"categorical_features": [9]}, "categorical_features.*positions"),
    ({"categorical_features": [-1]}, "categorical_features.*positions"),
    ({"categorical_features": [True]}, "categorical_features.*mask.*one for each"),
    ({"categorical_features": [[0, 1]]}, "categorical_features.*one-dimensional"),
    ({"categorical_features": [[0], [0, 1]]}, "categorical_features.*a list of names"),
    ({"categorical_features": {"plan"}}, "categorical_features.*a list of names"),
    ({"categorical_features": "all"}, "'categorical_features' parameter"),
    ({"categorical_features": 5}, "'categorical_features' parameter"),
    ({"categorical_features": ["since"]}, "'since'.*categorical_features"),
    ({"categorical_features": [1.5]}, "categorical_features"),
]


def each(name, *values, expected=None):
    """Values of a parameter, each refused by its name."""
    return [({name: value}, expected or f"{name}") for value in values]


# with the class, and what to pass in place of it
AN_INSTANCE = r"Expected an estimator instance, got the class (\w+)\. Pass \1\(\)"
NO_COUNTS = [
    {1: n} for n in ("x", "25", None, [25], 25.5, 50.0, np.nan, pd.NA, np.inf, True, -1)
]
ABSURD = {
    "Independent": [*LISTS, *each("max_bins", 0, 1.5, "many", None)],
    "Autoregressive-tree": [
        *LISTS,
        *each("order", ["income"], "sideways", [0, 1, 2, 3, 9]),
        *each("given", "tariff", ["tariff"], [9], people()["plan"]),
        *each("given", [["plan"]], expected="given: expected the name of a column"),
        *each("given", [True, False], expected="given:.*a mask of booleans"),
        *each("order", [True] * 5, expected="order:.*a mask of booleans"),
        *each("n_particles", 0, 1.5),
        *each("max_predictors", -1, "many"),
        *each("conditional", "forest", 5),
        *each("conditional", TreeConditional, expected=AN_INSTANCE),
        *each("conditional__n_trees", 0, 1.5, expected="n_trees"),
        *each("conditional__min_samples_leaf", 0, "few", expected="min_samples_leaf"),
        *each("n_jobs", "all", 1.5),
    ],
    "Autoregressive-boosted": each(
        "conditional__max_iter", 0, "x", expected="max_iter"
    ),
    "Autoregressive-estimator": [
        *each("conditional__n_folds", 0, 1, expected="n_folds"),
        *each("conditional__estimator", Ridge, expected=AN_INSTANCE),
        *each("conditional__classifier", LogisticRegression, expected=AN_INSTANCE),
    ],
    "Chained": [
        *LISTS,
        *each("n_sweeps", 0, 1.5),
        *each("n_fit_sweeps", -1, "x"),
        *each("max_samples", 0),
        *each("conditional", "auto", 5),
        *each("conditional", TreeConditional, expected=AN_INSTANCE),
        *each("conditional", TreeConditional("few"), expected="n_trees"),
    ],
    "GaussianMixture": [
        *LISTS,
        *each("n_components", 0, "aic", 1.5),
        *each("covariance_type", "round", None),
        *each("reg_covar", -1.0, np.nan),
        *each("tol", -1.0, "small"),
        *each("max_iter", 0),
    ],
    "LatentFactor": [
        *LISTS,
        *each("n_components", "all", -1),
        *each("validation_fraction", 0.0, 1.5),
    ],
    "FlowMatching": [
        *LISTS,
        *each("n_steps", 0),
        *each("n_noise", 0, "x"),
        *each("n_jobs", "all", 1.5),
        *each("estimator", "ridge", 5),
        *each("estimator", Ridge, expected=AN_INSTANCE),
        *each("estimator", GenerativeClassifier(), expected="estimator: .*regressor"),
    ],
    "Refined": [
        *each("generator", "tree", IndependentGenerator, 5),
        *each("n_folds", 1),
        *each("n_rounds", 0),
        *each("max_draws", 0, 0.5),
        *each("discriminator", Ridge(), "logistic"),
        *each("discriminator", LogisticRegression, expected=AN_INSTANCE),
    ],
    "OverSampler": [
        *each("generator", "tree", IndependentGenerator, Ridge()),
        *each("generator", IndependentGenerator(max_bins=0), expected="max_bins"),
        *each("sampling_strategy", "many", -1.0, 2.0, np.nan),
        *each("sampling_strategy", *NO_COUNTS),
        # as imbalanced-learn puts it
        ({"sampling_strategy": {9: 50}}, r"\{9\} target class is/are not present"),
        ({"sampling_strategy": {1: 1}}, "number of samples in a class should be"),
        *each("gaussian_share", -0.1, 2.0, "half"),
        *each("accept", "all", 0),
        *each("accept", LogisticRegression, expected=AN_INSTANCE),
        *each("pooling", "some", 5),
    ],
    "Augmenter": [
        *each("generator", "tree", IndependentGenerator),
        *each("ratio", -1.0, "x", np.nan, np.inf),
    ],
    "Replacer": [
        *each("n_samples", 0, -5, "all", np.nan),
        *each("sampling_strategy", "minority", {1: 20}),  # with n_samples
        *(
            ({"n_samples": "same", "sampling_strategy": strategy}, "^sampling_strategy")
            for strategy in ({9: 50}, *NO_COUNTS, lambda y: None, lambda y: [1, 2])
        ),
    ],
    "Masker": [
        *each("columns", "tariff", ["tariff"], [99], [], slice(0, 0), {"a": 1}, 2.5),
        *each("columns", lambda X: None, lambda X: ["tariff"], [True], [1.5], [None]),
        *each("fraction", 0, 1.5, np.nan, "half", -1),
        *each("condition_on", "some", ["tariff"], None, [99]),
        *each("min_count", 0, 1.5, np.inf),
        ({"min_count": 1000}, "min_count"),
        *each("n_folds", 1, "x"),
        *each("when", "never", None),
        *each("n_jobs", "all", 1.5),
        *each("generator", "tree", IndependentGenerator, Ridge()),
    ],
    "Imputer": [
        *each("strategy", "mode", None),
        *each("n_draws", 0, 1.5),
        *each("add_indicator", "yes"),
        *each("generator", "tree", IndependentGenerator, Ridge()),
    ],
    "ResampledClassifier": [
        *each("estimator", "tree", Ridge(), GenerativeClassifier),
        *each("sampler", "smote", Ridge(), GenerativeOverSampler),
        *each("prior_correction", "yes"),
        *each("calibration_cv", 1, "x", 1.5),
        *each("n_jobs", "all", 1.5),
    ],
    "ResampledRegressor": each("estimator", "tree", GenerativeClassifier()),
    "GenerativeClassifier": [
        *each("priors", [0.5], [0.7, 0.7], [-1, 2], [np.nan, 1], "equal", [["a"]]),
        *each("priors", ["a", "b"], [None, 1.0]),
        *each("strategy", "both"),
        *each("generator", "tree", Ridge(), IndependentGenerator),
    ],
    "GenerativeRegressor": [
        *each("n_draws", 0, 1.5, "many"),
        *each("generator", "tree", Ridge()),
    ],
    "TableCodec": [*LISTS, *each("extrapolate", "yes", None)],
}


def parameter_cases():
    cases = []
    for name, listed in ABSURD.items():
        if name != "TableCodec":
            listed = [*listed, *((seed, "random_state") for seed in SEEDS)]
        for number, (params, expected) in enumerate(listed):
            case = Case(f"{', '.join(params)} {number}", params.copy, expected)
            cases.append(pair(case, ENTRIES[name]))
    return cases


@pytest.mark.parametrize(("case", "entry"), parameter_cases())
def test_parameters(case, entry):
    estimator, params = fitted(entry), case.make()
    estimator.set_params(**params)
    X, y = people(), entry.target()

    def learn():
        if entry.kind == "generator":
            estimator.fit(X)
        else:
            entry.call(estimator, X, y)

    attempt(learn, (params,), case.expected, estimator)


# --- arguments of other methods -------------------------------------------------------


CALLS = [
    *(
        (f"sample {n!r}", "Independent", lambda g, n=n: g.sample(n), "n_samples")
        for n in (-1, 2.5, "3", None, np.nan, [3])
    ),
    *(
        (
            f"sample seed {s!r}",
            "Independent",
            lambda g, s=s: g.sample(2, random_state=s),
            "random_state",
        )
        for s in (-1, "0", 1.5)
    ),
    *(
        (
            f"sample_batches {n!r}",
            "Independent",
            lambda g, n=n: g.sample_batches(10, n),
            "batch_size",
        )
        for n in (0, -1, 2.5, "3", None)
    ),
    *(
        (
            f"impute {n!r}",
            "Independent",
            lambda g, n=n: g.impute(people(), n_draws=n),
            "n_draws",
        )
        for n in (0, 2.5, "3")
    ),
    *(
        (f"multiple {m!r}", "Imputer", lambda i, m=m: i.multiple(people(), m), "m ")
        for m in (0, 2.5, "3", None)
    ),
    (
        "names of other features",
        "Imputer",
        lambda i: i.get_feature_names_out(["a"]),
        "input_features",
    ),
    *(
        (
            f"quantiles {q!r}",
            "GenerativeRegressor",
            lambda r, q=q: r.predict_quantiles(people(), q),
            "quantiles",
        )
        for q in (2.0, [1.5], [-0.1], [np.nan], "median", [["a"]], [None])
    ),
    *(
        (
            f"sample_y {n!r}",
            "GenerativeRegressor",
            lambda r, n=n: r.sample_y(people(), n),
            "n_samples",
        )
        for n in (0, 2.5, "3")
    ),
    ("decode too narrow", "TableCodec", lambda c: c.decode([[1.0]]), "Z must be of"),
    ("decode 1-D", "TableCodec", lambda c: c.decode([1.0]), "Z must be of"),
    (
        "decode infinity",
        "TableCodec",
        lambda c: c.decode([[np.inf, 0, 0, 0, 0]]),
        "'income' is infinite in Z",
    ),
    (
        "decode missing",
        "TableCodec",
        lambda c: c.decode([[0, np.nan, 0, 0, 0]]),
        "'visits'.*missing",
    ),
    ("decode texts", "TableCodec", lambda c: c.decode([["a"] * 5]), r"\bZ\b"),
    ("decode None", "TableCodec", lambda c: c.decode(None), r"\bZ\b"),
    ("decode a ragged list", "TableCodec", lambda c: c.decode([[1], [1, 2]]), r"\bZ\b"),
    (
        "replace other shape",
        "TableCodec",
        lambda c: c.replace(people(), np.zeros((30, 5)), np.ones((30, 4), bool)),
        "cells",
    ),
    (
        "replace no mask",
        "TableCodec",
        lambda c: c.replace(people(), np.zeros((30, 5)), np.ones((30, 5))),
        "cells",
    ),
    (
        "replace by too few",
        "TableCodec",
        lambda c: c.replace(people(), np.zeros((3, 5)), np.ones((30, 5), bool)),
        r"\bZ\b",
    ),
    *(
        (
            f"customers {n!r}",
            "TableCodec",
            lambda c, n=n: make_customers(n),
            "n_samples",
        )
        for n in (0, -1, 2.5, "3", None)
    ),
    *(
        (
            f"customers weighted {w!r}",
            "TableCodec",
            lambda c, w=w: make_customers(9, weights=w),
            "weights",
        )
        for w in (
            [0.5, 0.6],
            [-1, 2],
            [1, 2, 3],
            0.5,
            "equal",
            [np.nan, 1],
            ["a", "b"],
            [[0.5, 0.5]],
            [None, 1],
        )
    ),
    (
        "customers seeded",
        "TableCodec",
        lambda c: make_customers(9, random_state="0"),
        "random_state",
    ),
]


@pytest.mark.parametrize(
    ("name", "call", "expected"),
    [pytest.param(*rest, id=case) for case, *rest in CALLS],
)
def test_arguments(name, call, expected):
    estimator = fitted(ENTRIES[name])
    attempt(lambda: call(estimator), (), expected, estimator)


@pytest.mark.parametrize("entry", USE, ids=lambda entry: entry.name)
def test_estimators_that_are_not_fitted(entry):
    estimator = pickle.loads(pickle.dumps(entry.estimator))
    attempt(
        lambda: entry.call(estimator, people(), None), (), "not fitted yet", estimator
    )


# --- metrics and reports --------------------------------------------------------------

METRIC_TABLES = [
    Case("no rows", lambda: people().iloc[:0], "no rows"),
    Case("missing column", lambda: people().drop(columns="plan"), "lacks.*'plan'"),
    Case("extra column", lambda: later(more=1.0), "also has.*'more'"),
    Case(
        "renamed column",
        lambda: people().rename(columns={"plan": "tariff"}),
        "lacks.*'plan'",
    ),
    Case("repeated column", repeated_column, "'visits'.*rename"),
    Case("narrow array", numbers, "3 columns.*5"),
    Case("texts for numbers", lambda: later(income="high"), "'income' holds text"),
    Case("numbers for texts", lambda: later(plan=1), "'plan' holds numbers"),
    Case(
        "dates for numbers",
        lambda: later(visits=people()["since"]),
        "'visits' holds datetimes",
    ),
    Case("infinity", lambda: later(income=np.inf), "'income' holds infinity"),
    Case("lists in cells", lambda: later(plan=[[1]] * N_ROWS), "'plan'.*list.*Cast"),
    Case("complex", lambda: later(income=1j), "'income'.*[Cc]omplex"),
    Case(
        "dates with a zone",
        lambda: later(since=people()["since"].dt.tz_localize("UTC")),
        "'since'.*time zone",
    ),
]
WITH_HOLDOUT = {
    "attribute_inference": {},
    "copy_rate": {},
    "linkability": {},
    "membership_inference": {},
    "nearest_record_ratio": {},
    "nearest_record_share": {},
    "rule_violations": {},
    "singling_out": {},
    "train_synthetic_test_real": {"target": "paid"},
    "augmentation_gain": {"target": "paid"},
}
WITHOUT_HOLDOUT = [
    "coverage",
    "detection_auc",
    "marginal_error",
    "pairwise_error",
    "precision_recall",
    "wasserstein_error",
]


def metric_entries():
    for name in WITHOUT_HOLDOUT:
        metric = getattr(metrics, name)
        yield Entry(name, None, lambda _, X, y, m=metric: m(people(), X), "synthetic")
    for name, options in [*WITH_HOLDOUT.items(), ("compare", {})]:
        metric = compare if name == "compare" else getattr(metrics, name)

        def synthetic(_, X, y, metric=metric, options=options):
            metric(people(), X, holdout=people(), **options)

        def holdout(_, X, y, metric=metric, options=options):
            metric(people(), people(), holdout=X, **options)

        yield Entry(name, None, synthetic, "synthetic")
        yield Entry(f"{name}-holdout", None, holdout, "holdout")


METRICS = list(metric_entries())


@pytest.mark.parametrize(("case", "entry"), pairs(METRIC_TABLES, METRICS))
def test_metrics(case, entry):
    X = case.make()
    attempt(lambda: entry.call(None, X, None), (X,), outcome(case, entry))


def measured(metric, **options):
    return metric(people(), people(), **options)


# what describes the tables, or looks at them
MEASURING = [
    (
        "target cells",
        lambda: measured(compare, target=people()["paid"]),
        "^target: .*name",
    ),
    (
        "target of a model",
        lambda: measured(metrics.train_synthetic_test_real, target=classes()),
        "^target: .*name of a column, got a ndarray",
    ),
    (
        "sensitive cells",
        lambda: measured(compare, holdout=people(), sensitive=people()["income"]),
        "^sensitive: .*name of a column, got a Series",
    ),
    (
        "model class",
        lambda: measured(
            metrics.train_synthetic_test_real,
            target="paid",
            estimator=LogisticRegression,
        ),
        f"^estimator: {AN_INSTANCE}",
    ),
    (
        "classifier class",
        lambda: measured(metrics.detection_auc, classifier=LogisticRegression),
        f"^classifier: {AN_INSTANCE}",
    ),
    (
        "displayed classifier class",
        lambda: measured(DetectionDisplay.from_tables, classifier=LogisticRegression),
        f"^classifier: {AN_INSTANCE}",
    ),
    (
        "displayed regressor",
        lambda: measured(DetectionDisplay.from_tables, classifier=Ridge()),
        "'classifier' parameter",
    ),
    (
        "displayed column",
        lambda: measured(MarginalsDisplay.from_tables, columns="tariff"),
        "'tariff' is no column",
    ),
    (
        "generator class",
        lambda: metrics.log_likelihood(IndependentGenerator, people()),
        f"^generator: {AN_INSTANCE}",
    ),
    ("pooled texts", lambda: pool(["a", "b"], [1.0, 1.0]), "^estimates: expected"),
    (
        "pooled freedom",
        lambda: pool([1.0, 2.0], [1.0, 1.0], complete_dof="many"),
        "^complete_dof: expected",
    ),
]


@pytest.mark.parametrize(
    ("call", "expected"), [pytest.param(*rest, id=case) for case, *rest in MEASURING]
)
def test_arguments_of_measures(call, expected):
    attempt(call, (), expected)


def test_a_case_meets_two_wrappers():
    for cases, entries in [
        (TABLES, LEARN),
        (FORMS, FEW),
        (LATER, USE),
        (TARGETS, WITH_Y),
        (WEIGHTS, WEIGHTED),
        (METRIC_TABLES, METRICS),
    ]:
        for i, case in enumerate(cases):
            met = [e for k, e in enumerate(entries) if finds_new(i, case, k, e)]
            wrappers = [e for e in met if e.kind not in ("generator", "codec")]
            assert len(wrappers) >= 2, case.name


# --- no tables at all, anywhere -------------------------------------------------------


@pytest.mark.parametrize(
    ("i", "case"),
    [pytest.param(i, case, id=case.name) for i, case in enumerate(NOT_TABLES)],
)
@pytest.mark.parametrize(
    "entries",
    [
        pytest.param(LEARN, id="fit"),
        pytest.param(USE, id="use", marks=pytest.mark.slow),
        pytest.param(METRICS, id="metrics"),
    ],
)
def test_no_tables(i, case, entries):
    for turn, entry in enumerate(entries):
        if not finds_new(i, case, turn, entry):
            continue
        X, estimator = case.make(), fitted(entry) if entry.estimator else None
        y = entry.target(rows_of(X))
        try:
            attempt(
                lambda: entry.call(estimator, X, y),  # noqa: B023
                (X, y),
                outcome(case, entry),
                estimator,
            )
        except Exception as error:
            error.add_note(f"This happened in {entry.name}.")
            raise
