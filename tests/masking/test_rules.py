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

from .._plan.examples import RULES, broken, orders

X = orders(150)
GENERATORS = {
    "trees": AutoregressiveGenerator(TreeConditional(2), rules=RULES),
    "mixture": GaussianMixtureGenerator(1, rules=RULES),
}
#: columns to mask, and those that are masked along
COLUMNS = [
    (["city", "state"], []),
    (["state"], ["city"]),
    (["total"], ["net", "tax"]),
    (["end"], []),
]


def masked(masker, table):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        return masker.fit_transform(table), [str(w.message) for w in caught]


@pytest.mark.slow
@pytest.mark.parametrize("when", ["fit", "always"])
@pytest.mark.parametrize("name", ["trees"])
@pytest.mark.parametrize(("columns", "along"), COLUMNS, ids=str)
def test_masked_rows_keep_rules(columns, along, name, when):
    masker = GenerativeMasker(
        columns,
        generator=GENERATORS[name],
        when=when,
        n_folds=2,
        min_count=1,
        random_state=0,
    )
    drawn, messages = masked(masker, X)
    assert broken(drawn) == {}
    changed = [c for c in X if not (drawn[c].eq(X[c]) | X[c].isna()).all()]
    named = " ".join(m for m in messages if "masked along" in m)
    assert set(changed) <= {*columns, *re.findall("'(\\w+)'", named)}
    for column in along:
        assert f"'{column}'" in named


@pytest.mark.slow
@pytest.mark.parametrize("column", ["total", "state", "code"])
def test_columns_that_give_a_masked_one_away_are_named_or_kept(column):
    masker = GenerativeMasker(
        [column],
        generator=GENERATORS["trees"],
        determinants="refuse",
        min_count=1,
        random_state=0,
    )
    with pytest.raises(ValueError, match=f"columns: '{column}' is masked, but it foll"):
        masker.fit(X)
    masker.set_params(determinants="keep")
    assert broken(masker.fit_transform(X)) == {}
