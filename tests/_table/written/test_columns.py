"""Columns of text that hold numbers or dates in a written form."""

import re

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skgen import (
    AutoregressiveGenerator,
    IndependentGenerator,
    TreeConditional,
    describe,
)
from skgen.table import TableCodec

N = 300
RNG = np.random.default_rng(0)
NUMBERS = np.exp(RNG.normal(9, 0.5, N))
DAYS = pd.Series(pd.date_range("2017-01-03", periods=N, freq="31h"))
FORMS = {
    "money": (
        [f"${x:,.2f}" for x in NUMBERS],
        r"\$\d{1,3}(,\d{3})*\.\d\d",
        "continuous",
    ),
    "percent": ([f"{x % 100:.0f}%" for x in NUMBERS], r"\d{1,3}%", "integer"),
    "engine": ([f"{x // 10:.0f} CC" for x in NUMBERS], r"\d+ CC", "integer"),
    "comma": ([f"{x:.1f}".replace(".", ",") for x in NUMBERS], r"\d+,\d", "continuous"),
    "blanks": ([f" {x:.2f} " for x in NUMBERS], r" \d+\.\d\d ", "continuous"),
    "iso": (DAYS.dt.strftime("%Y-%m-%d").tolist(), r"\d{4}-\d\d-\d\d", "datetime"),
    "day first": (
        DAYS.dt.strftime("%d/%m/%Y").tolist(),
        r"\d\d/\d\d/\d{4}",
        "datetime",
    ),
    "names": (
        DAYS.dt.strftime("%B %d, %Y").tolist(),
        r"[A-Z][a-z]+ \d{1,2}, \d{4}",
        "datetime",
    ),
    "clock": (DAYS.dt.strftime("%H:%M:%S").tolist(), r"\d\d:\d\d:\d\d", "timedelta"),
}
MODELS = [
    IndependentGenerator(random_state=0),
    AutoregressiveGenerator(TreeConditional(n_trees=5), random_state=0),
]


@pytest.mark.parametrize("name", FORMS)
def test_written_forms_are_learned_and_come_back(name):
    texts, pattern, kind = FORMS[name]
    X = pd.DataFrame({"a": texts, "x": NUMBERS})
    codec = TableCodec().fit(X)
    assert codec.columns_[0].kind == kind
    assert codec.columns_[0].integer_valued
    assert codec.decode(codec.encode(X)).equals(X)
    for model in MODELS:
        drawn = model.fit(X).sample(200)["a"]
        assert drawn.map(lambda text: bool(re.fullmatch(pattern, text))).all()
        assert drawn.nunique() > 20


@pytest.mark.parametrize("container", ["object", "string", "str", "array", "polars"])
def test_written_forms_in_any_container(container):
    texts = FORMS["money"][0]
    if container == "array":
        X = np.array([texts, NUMBERS.tolist()], dtype=object).T
    elif container == "polars":
        X = pytest.importorskip("polars").DataFrame({"a": texts, "x": NUMBERS})
    else:
        X = pd.DataFrame({"a": pd.Series(texts, dtype=container), "x": NUMBERS})
    drawn = IndependentGenerator(random_state=0).fit(X).sample(50)
    cells = drawn[:, 0].tolist() if container == "array" else list(drawn["a"])
    assert all(re.fullmatch(FORMS["money"][1], text) for text in cells)


def test_other_texts_are_point_masses():
    texts = np.array([f"{x % 100:.0f}M" for x in NUMBERS], dtype=object)
    texts[:60] = "Varies with device"
    X = pd.DataFrame({"size": texts, "x": NUMBERS})
    column = describe(X)["size"]
    assert column.other_texts == {"Varies with device": 0.2}
    assert column.kind == "integer"
    for model in MODELS:
        drawn = model.fit(X).sample(2000)["size"]
        is_other = drawn == "Varies with device"
        # three standard errors
        assert is_other.mean() == pytest.approx(0.2, abs=0.03)
        assert drawn[~is_other].str.fullmatch(r"\d+M").all()


def test_cells_that_are_not_drawn_keep_their_spelling():
    texts = [f"{x:.2f}" for x in NUMBERS]
    texts[0], texts[1], texts[2] = "4.3", "0081.20", None
    X = pd.DataFrame({"a": texts, "x": NUMBERS, "y": NUMBERS[::-1] / 7})
    X.loc[5:9, "y"] = np.nan
    filled = AutoregressiveGenerator(random_state=0).fit(X).impute(X)
    assert filled["a"][[*range(2), *range(3, N)]].equals(X["a"].drop(2))
    assert re.fullmatch(r"\d+\.\d\d", filled["a"][2])


def test_ambiguous_dates_are_said_and_not_guessed():
    texts = [f"{1 + i % 12:02}/{1 + i % 11:02}/2018" for i in range(N)]
    X = pd.DataFrame({"date": texts})
    with pytest.warns(UserWarning, match=r"Column 'date'.*Declare .*category"):
        codec = TableCodec().fit(X)
    assert codec.columns_[0].kind == "categorical"
    for form, day in (("%d/%m/%Y", "2018-02-01"), ("%m/%d/%Y", "2018-01-02")):
        for schema in (
            {"date": {"written": form}},
            {"date": {"written": {"date": form}}},
        ):
            codec = TableCodec(schema=schema).fit(X)
            assert codec.columns_[0].kind == "datetime"
            assert codec.decode(codec.encode(X)).equals(X)
            given = {"date": ["01/02/2018"]}
            z = codec.read_given(given, 1).matrix()[:, 0]
            start = np.datetime64(codec.schema_["date"].lower, "D")
            assert start + np.timedelta64(int(z[0]), "D") >= np.datetime64(day)


def test_a_declared_form_that_no_cell_has_is_an_error():
    X = pd.DataFrame({"date": FORMS["iso"][0]})
    with pytest.raises(ValueError, match="Column 'date' has the written form"):
        TableCodec(schema={"date": {"written": "%d.%m.%y"}}).fit(X)
    with pytest.raises(ValueError, match="Column 'date' has a schema that says"):
        TableCodec(schema={"date": {"written": {"form": 1}}}).fit(X)


def test_ranges_and_numbers_can_be_given():
    X = pd.DataFrame({"wage": FORMS["money"][0], "x": NUMBERS})
    generator = IndependentGenerator(random_state=0).fit(X)
    drawn = generator.sample(50, given={"wage": (8000, "$9,000.00")})["wage"]
    wages = drawn.str.replace(r"[$,]", "", regex=True).astype(float)
    assert wages.between(8000, 9000).all()


def test_scores_are_those_of_the_numbers():
    X = pd.DataFrame({"wage": FORMS["money"][0]})
    numbers = X["wage"].str.replace(r"[$,]", "", regex=True).astype(float).to_frame()
    generator = IndependentGenerator(random_state=0)
    scores = generator.fit(X).score_samples(X)
    assert_allclose(scores, generator.fit(numbers).score_samples(numbers))


def test_unknown_texts_are_unknown():
    X = pd.DataFrame({"wage": FORMS["money"][0], "x": NUMBERS})
    codec = TableCodec().fit(X)
    new = pd.DataFrame({"wage": ["$1,234.50", "a lot", None], "x": [1.0, 2.0, 3.0]})
    Z, unknown = codec.encode(new, handle_unknown="missing", return_unknown=True)
    assert_array_equal(np.isnan(Z[:, 0]), [False, True, True])
    assert_array_equal(unknown[:, 0], [False, True, False])
    with pytest.raises(ValueError, match="Column 'wage' holds the text 'a lot'"):
        codec.encode(new)


def test_schema_comes_back():
    X = pd.DataFrame({name: texts for name, (texts, _, _) in FORMS.items()})
    schema = describe(X)
    assert describe(X, schema=schema) == schema
