"""Every generator draws rows that keep declared rules, whatever is known of them."""

import pickle
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_array_equal
from pandas.testing import assert_frame_equal
from sklearn.base import clone

from skgen import (
    AutoregressiveGenerator,
    ChainedGenerator,
    FlowMatchingGenerator,
    GaussianMixtureGenerator,
    IndependentGenerator,
    LatentFactorGenerator,
    RefinedGenerator,
    TreeConditional,
)
from skgen.rules import Dependency, Implication, Linear, OneHot, Order

from .._plan.examples import RULES, broken, orders, with_missing

TREES = TreeConditional(5)
MODELS = {
    "independent": IndependentGenerator(),
    "mixture": GaussianMixtureGenerator(2),
    "factors": LatentFactorGenerator(1),
    "flow": FlowMatchingGenerator().set_params(estimator__max_iter=3),
    "chained": ChainedGenerator(TREES),
    "trees": AutoregressiveGenerator(TREES),
    "refined mixture": RefinedGenerator(GaussianMixtureGenerator(2)),
    "refined trees": RefinedGenerator(AutoregressiveGenerator(TREES)),
}
QUICK = ("independent", "mixture", "trees")
SLOW = ("chained", "factors", "flow", "refined mixture", "refined trees")
each_model = pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=pytest.mark.slow if n in SLOW else ()) for n in MODELS],
)
quickest_model = pytest.mark.parametrize(
    "name",
    ["trees", *(pytest.param(n, marks=pytest.mark.slow) for n in QUICK[:2])],
)
X = orders()
SOME_MISSING = with_missing(X, 0.2)
#: rules about missing cells do not hold where all cells are filled
OF_FILLED = RULES[:-1]


def fitted(name, X, rules=RULES):
    model = clone(MODELS[name]).set_params(random_state=0)
    nested = "generator__" if "refined" in name else ""
    model.set_params(**{f"{nested}rules": rules})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a model may need more rows
        return model.fit(X)


@pytest.fixture(scope="module")
def models():
    """Fitted models by their names and whether cells were missing."""
    found = {}

    def get(name, missing=False):
        if (name, missing) not in found:
            found[name, missing] = fitted(name, SOME_MISSING if missing else X)
        return found[name, missing]

    return get


def test_the_table_keeps_its_rules():
    assert broken(X) == {}
    assert broken(SOME_MISSING) == {}


@pytest.mark.parametrize("missing", [False, True])
@each_model
def test_drawn_rows_keep_rules(name, missing, models):
    model = models(name, missing)
    drawn = model.sample(400, random_state=1)
    assert broken(drawn) == {}
    batches = model.sample_batches(90, 40, random_state=2)
    assert broken(pd.concat(batches, ignore_index=True)) == {}


@pytest.mark.parametrize("name", QUICK)
def test_drawn_cells_are_missing_as_often_as_in_the_table(name, models):
    # five standard errors
    drawn = models(name, True).sample(2000, random_state=0).isna().mean()
    share = SOME_MISSING.isna().mean()
    error = np.sqrt(share * (1 - share) * (1 / len(X) + 1 / 2000))
    assert (np.abs(drawn - share) < 5 * error + 0.02).all()


GIVEN = [
    {"state": "state 1"},
    {"tariff": (5, 6)},
    {"fahrenheit": 50.0},
    {"code": 2, "city": {"city 01", "city 05"}},
    {"end": "2024-05-05"},
    {"start": "2024-05-05", "lines": "one"},
    {"low": (-1, 0), "middle": (0, 1)},
    {"high": (1.0, 3.0)},
    {"net": 10.0, "total": 12.25},
    {"total": (10, 12), "half": 4.5},
    {"night": 0.2, "noon": (0.1, 0.5)},
    {"night": 0.3, "day": 0.2},
    {"gap": 3},
    {"gap": (0, 3), "first": 10},
    {"amount": 12.0},
    {"per_piece": 0.5, "pieces": 2},
    {"bus": 0, "car": 0},
    {"car": 0, "lines": "none"},
    {"since": 2000.0},
    {"member": "no"},
]


@pytest.mark.parametrize(
    "given",
    [
        # a third of them is enough for a quick look
        pytest.param(g, marks=() if i % 3 == 0 else pytest.mark.slow)
        for i, g in enumerate(GIVEN)
    ],
    ids=" ".join,
)
@quickest_model
def test_rows_keep_rules_and_what_is_given(name, given, models):
    for missing in (False, True):
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "given: the median effective")
            drawn = models(name, missing).sample(40, given=given, random_state=0)
        assert broken(drawn) == {}
        for column, cell in given.items():
            found = drawn[column]
            if isinstance(cell, tuple):
                assert found.between(*cell).all()
            elif isinstance(cell, set):
                assert set(found) <= cell
            else:
                assert (
                    found == (pd.Timestamp(cell) if column in DATES else cell)
                ).all()


DATES = ("start", "end")


@each_model
def test_given_rows_and_missing_cells(name, models):
    model, part = models(name), with_missing(X[:40], 0.3, seed=5)
    given = part[["state", "total", "end", "amount", "lines", "car", "middle"]]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "given: the median effective")
        drawn = model.sample(len(given), given=given, random_state=0)
    assert broken(drawn) == {}
    assert_array_equal(drawn[given.columns][given.notna()].isna(), given.isna())
    filled = model.impute(part, random_state=0)
    assert broken(filled, OF_FILLED) == {}
    assert not filled.isna().any(axis=None)
    assert_frame_equal(
        filled.where(part.notna(), np.nan).astype(object),
        part.where(part.notna(), np.nan).astype(object),
    )


@quickest_model
def test_several_tables_are_imputed(name, models):
    part = with_missing(X[:40], 0.3, seed=6)
    first, second = models(name).impute(part, n_draws=2, random_state=0)
    assert broken(first, OF_FILLED) == broken(second, OF_FILLED) == {}
    assert not first.equals(second)


@pytest.mark.parametrize("name", QUICK)
def test_models_are_cloned_and_pickled_with_their_rules(name, models):
    model = models(name)
    again = pickle.loads(pickle.dumps(model))
    first = model.sample(5, random_state=0)
    assert_frame_equal(first, again.sample(5, random_state=0))
    refitted = clone(model).fit(X)
    assert refitted.rules == RULES
    assert_frame_equal(first, refitted.sample(5, random_state=0))


NUMBERS = ["net", "tax", "total", "bus", "car", "bike", "first", "second", "gap"]
OF_NUMBERS = [rule for rule in RULES if set(rule.columns) <= set(NUMBERS)]


@pytest.mark.parametrize("name", QUICK)
def test_rules_of_arrays_and_polars(name):
    places = {column: at for at, column in enumerate(NUMBERS)}
    rules = [rule.renamed(places) for rule in OF_NUMBERS]
    array = X[NUMBERS].to_numpy(dtype=float)
    array[np.random.default_rng(0).random(array.shape) < 0.1] = np.nan
    model = fitted(name, array, rules)
    assert broken(model.sample(200), rules) == {}
    assert broken(model.sample(50, given={2: 30.5, 3: 0}), rules) == {}
    assert broken(model.impute(array), rules) == {}
    frame = pl.from_pandas(X)
    model = fitted(name, frame)
    assert broken(model.sample(200)) == {}
    assert broken(model.sample(50, given={"state": "state 1"})) == {}


# --- errors and warnings ------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ({"city": "city 01", "state": "state 3"}, "city -> state"),
        ({"total": 5.0, "net": 10.0, "tax": 1.0}, "total = net \\+ tax"),
        ({"phone": "no", "lines": "one"}, "phone is 'no' -> lines is 'none'"),
        ({"start": "2024-05-05", "end": "2024-05-04"}, "start <= end"),
        ({"low": 0.5, "high": 0.5}, "low < middle < high"),
        ({"bus": 1, "car": 1}, "exactly one of bus, car, bike"),
        ({"member": "no", "since": 2000.0}, "member is 'no' -> since is missing"),
        ({"celsius": 10.0, "fahrenheit": 51.8}, "fahrenheit = 1.8 celsius \\+ 32"),
        ({"first": 10, "second": 7, "gap": 4}, "gap = \\|first - second\\|"),
        ({"pieces": 2, "price": 3.5, "amount": 7.5}, "amount = pieces \\* price"),
        ({"grade": "good", "code": 2}, "code and grade are one to one"),
    ],
    ids=str,
)
@pytest.mark.parametrize("name", ["trees", "mixture"])
def test_contradictions_name_the_rule(name, given, rule, models):
    with pytest.raises(ValueError, match=f"given: .* contradict the rule .{rule}"):
        models(name).sample(5, given=given)


@pytest.mark.parametrize(
    ("rules", "error", "words"),
    [
        ([Order(("net", "gross"))], ValueError, "names the column 'gross'"),
        ([Linear("city", {"net": 1})], ValueError, "needs the column 'city' to be"),
        ([OneHot(("bus", "lines"))], ValueError, "needs the column 'lines' to be"),
        ("yes", ValueError, "The 'rules' parameter"),
        (["total = net + tax"], TypeError, "rules: expected rules, .* got 'total"),
        ([Order], TypeError, "rules: expected rules"),
    ],
    ids=str,
)
def test_what_is_no_rule_of_the_table_is_refused(rules, error, words):
    with pytest.raises(error, match=words):
        IndependentGenerator(rules=rules).fit(X)


@pytest.mark.parametrize(
    "rules",
    [
        [Linear("total", {"net": 1, "tax": 1}), Linear("net", {"total": 1, "tax": -1})],
        [Dependency("code", "grade"), Dependency("grade", "code")],
        [Order(("low", "middle")), Order(("middle", "high")), Order(("low", "high"))],
    ],
    ids=str,
)
def test_rules_that_follow_from_each_other_are_kept_without_a_warning(rules):
    model = IndependentGenerator(rules=rules, random_state=0).fit(X)
    assert broken(model.sample(300), rules) == {}


@pytest.mark.parametrize("name", QUICK)
def test_a_rule_that_cannot_be_kept_is_named(name):
    rules = [
        Linear("total", {"net": 1, "tax": 1}),
        Linear("total", {"net": 1, "gap": 1}),
    ]
    model = clone(MODELS[name]).set_params(rules=rules)
    with pytest.warns(UserWarning, match="cannot be kept") as caught:
        model.fit(X)
    [message] = [str(warning.message) for warning in caught]
    assert "'total = net + gap'" in message
    assert "'total = net + tax'" not in message


@pytest.mark.parametrize("name", ["trees", "mixture", "chained"])
def test_rows_that_break_rules_already_are_left_and_counted(name, models):
    part = X[:20].assign(note=None)
    part.loc[[2, 5], "total"] = 200.0
    part.loc[5, "state"] = "state 3"
    part.loc[7, ["bus", "car", "bike"]] = [1, 1, 0]
    with pytest.warns(UserWarning, match="^3 rows have known cells") as caught:
        filled = models(name).impute(part)
    assert len(caught) == 1
    drawn = ["note", "since"]
    assert_frame_equal(filled.drop(columns=drawn), part.drop(columns=drawn))
    assert not filled["note"].isna().any()
    known = part[["net", "tax", "total", "bus", "car"]]
    with pytest.warns(UserWarning, match="^3 rows have known cells"):
        drawn = models(name).sample(20, given=known)
    assert_frame_equal(drawn[known.columns], known)


def test_unseen_cells_break_no_rule(models):
    part = X[:20].assign(note=None)
    part.loc[3, "city"] = "elsewhere"
    filled = models("trees").impute(part)
    assert filled.loc[3, "city"] == "elsewhere"


def test_cells_are_not_missing_beside_given_ones_that_rule_it_out():
    rng = np.random.default_rng(0)
    member = rng.random(400) < 0.5
    table = pd.DataFrame(
        {
            "since": np.where(member, rng.integers(1990, 2000, 400), np.nan),
            "until": np.where(member, rng.integers(2000, 2010, 400), np.nan),
        }
    )
    rules = [Implication("since", None, "until", None)]
    for name in QUICK:
        drawn = fitted(name, table, rules).sample(200, given={"until": 2004.0})
        assert not drawn["since"].isna().any()
