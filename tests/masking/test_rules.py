"""Masked rows keep rules, and kept columns that give masked ones away are masked."""

import re
import warnings

import pytest

from skgen import (
    AutoregressiveGenerator,
    GaussianMixtureGenerator,
    GenerativeMasker,
    TreeConditional,
)

from .._plan.examples import RULES, broken, orders, with_missing

X = orders(150)
MISSING = with_missing(X, 0.1)
GENERATORS = {
    "trees": AutoregressiveGenerator(TreeConditional(2), rules=RULES),
    "mixture": GaussianMixtureGenerator(1, rules=RULES),
}
#: columns to mask, and those that are masked along
COLUMNS = [
    (["note"], []),
    (["city", "state"], []),
    (["state"], ["city"]),
    (["total"], ["net", "tax"]),
    (["half", "net", "tax", "total", "per_piece"], []),
    (["fahrenheit"], ["celsius"]),
    (["end"], []),
    (["middle"], []),
    (["lines"], []),
    (["amount", "price"], []),
]


def masked(masker, table):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        return masker.fit_transform(table), [str(w.message) for w in caught]


@pytest.mark.parametrize(
    "when", ["fit", pytest.param("always", marks=pytest.mark.slow)]
)
@pytest.mark.parametrize("name", GENERATORS)
@pytest.mark.parametrize(("columns", "along"), COLUMNS, ids=str)
def test_masked_rows_keep_rules(columns, along, name, when):
    for table in (X, MISSING):
        masker = GenerativeMasker(
            columns, generator=GENERATORS[name], when=when, n_folds=2, random_state=0
        )
        drawn, messages = masked(masker, table)
        assert broken(drawn) == {}
        changed = [c for c in X if not (drawn[c].eq(table[c]) | table[c].isna()).all()]
        named = " ".join(m for m in messages if "masked along" in m)
        assert set(changed) <= {*columns, *re.findall("'(\\w+)'", named)}
        for column in along:
            assert f"'{column}'" in named


@pytest.mark.parametrize("column", ["total", "state", "code"])
def test_columns_that_give_a_masked_one_away_are_named_or_kept(column):
    masker = GenerativeMasker(
        [column], generator=GENERATORS["trees"], determinants="refuse"
    )
    with pytest.raises(ValueError, match=f"columns: '{column}' is masked, but it foll"):
        masker.fit(X)
    masker.set_params(determinants="keep")
    assert broken(masker.fit_transform(X)) == {}


def test_rows_with_rounded_numbers_keep_rules():
    masker = GenerativeMasker(
        ["net", "tax", "total"],
        generator=GENERATORS["mixture"],
        min_count=3,
        random_state=0,
    )
    table = X.assign(net=X["net"].round(), tax=X["tax"].round())
    table["total"] = table["net"] + table["tax"]
    rules = [rule for rule in RULES if "total" in rule.columns]
    masker.generator = GaussianMixtureGenerator(1, rules=rules)
    drawn, _ = masked(masker, table)
    assert broken(drawn, rules) == {}
