"""Rules as JSON holds them."""

import json

import pytest

from skgen.rules import Dependency, FoundRule, Order, RuleList, read_rules

RULES = (
    Order(("start", "end")),
    Dependency("state", "city", values={("Reno",): "NV", ("Waco",): "TX"}),
)
FOUND = RuleList([FoundRule(rule, 12.5, 40) for rule in RULES])


def through_json(content):
    return json.loads(json.dumps(content))


def test_there_and_back():
    described = [rule.to_dict() for rule in RULES]
    assert read_rules(through_json(described)) == RULES
    assert read_rules(through_json(FOUND.to_dict())) == FOUND
    assert read_rules(through_json(FOUND.to_dict()["rules"])) == FOUND
    # some found, some declared
    mixed = [FOUND.to_dict()["rules"][0], described[1]]
    assert read_rules(through_json(mixed)) == RULES
    assert read_rules([]) == ()


@pytest.mark.parametrize("content", [3, "auto", ["city -> state"], None])
def test_what_describes_no_rule_is_named(content):
    with pytest.raises(TypeError, match="rules must be a list of dicts"):
        read_rules(content)
    with pytest.raises(ValueError, match="describes no rule"):
        read_rules({"columns": []})
