"""`describe` with the rules between columns."""

import json

import pytest

from skgen import Schema, describe
from skgen.rules import FoundRule, Order, RuleList

from .metrics.ruled_tables import RULES, ruled

FOUND = RuleList([FoundRule(rule, 20.0, 100) for rule in RULES])


@pytest.mark.parametrize("rules", [FOUND, tuple(RULES)], ids=["found", "declared"])
def test_rules_are_part_of_a_schema(rules):
    X = ruled(60, 0)
    schema = describe(X, rules=rules)
    assert schema.rules == rules
    assert repr(schema).endswith("; 7 rules. print() shows them.>")
    back = Schema.from_dict(json.loads(json.dumps(schema.to_dict())))
    assert back == schema
    assert list(back.rules) == list(rules)
    assert type(back.rules) is type(rules)
    # they stay where columns are corrected, and where it is passed on
    assert schema.replace(city="categorical").rules == rules
    assert describe(X, schema=schema).rules == rules
    assert describe(X, schema=schema, rules=None).rules == ()
    assert back.with_rules(()) != schema
    assert back.with_rules(()).to_dict().keys() == {"columns"}


def test_rules_are_printed_below_the_columns():
    schema = describe(ruled(60, 0), rules=FOUND)
    columns, rules = str(schema).split("\n\nrules:\n")
    assert len(columns.splitlines()) == 15
    assert rules.splitlines()[1].split(maxsplit=3) == [
        "city",
        "->",
        "state",
        "holds in 100 of 100 rows, evidence 20",
    ]
    html = schema._repr_html_()
    assert html.startswith("<table")
    assert "<li>city -&gt; state" in html
    assert "rules" not in str(describe(ruled(60, 0), rules=None))
    plain = str(describe(ruled(60, 0), rules=RULES[:1]))
    assert plain.endswith("\n\nrules:\n  total = net + tax")


def test_rules_that_do_not_fit_are_named():
    with pytest.raises(ValueError, match="'start <= gone' names the column 'gone'"):
        describe(ruled(20, 0), rules=[Order(("start", "gone"))])
    with pytest.raises(ValueError, match="needs the column 'net'"):
        describe(ruled(20, 0), rules=[Order(("start", "net"))])
