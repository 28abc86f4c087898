"""Rules that the user declares on the command line."""

import json

import pytest

from skgen._cli.messages import Misuse
from skgen._cli.rules import of_generator, rules_for
from skgen.rules import FoundRule, Order, RuleList

RULE = Order(("start", "end"))
FOUND = RuleList([FoundRule(RULE, 20.0, 100)])
WHOLE = {"columns": [], **FOUND.to_dict()}


def write(path, content):
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


@pytest.mark.parametrize(
    "content", [[RULE.to_dict()], FOUND.to_dict(), FOUND.to_dict()["rules"], WHOLE]
)
def test_rules_of_a_file(tmp_path, content):
    path = write(tmp_path / "r.json", content)
    (rules,) = rules_for(path, None, ["start", "end"]).values()
    assert list(rules) == [RULE]
    assert isinstance(rules, RuleList) == ("evidence" in json.dumps(content))


def test_words():
    assert rules_for("none", None, []) == {"rules": None}
    assert rules_for("auto", None, []) == {"rules": "auto"}
    assert rules_for(None, None, []) == {}


def test_a_schema_may_hold_rules(tmp_path):
    path = write(tmp_path / "s.json", WHOLE)
    assert rules_for(None, path, ["start", "end"]) == {"rules": FOUND}
    # a table may have fewer columns
    assert rules_for(None, path, ["start"]) == {"rules": RuleList()}
    declared = write(tmp_path / "d.json", {"columns": [], "rules": [RULE.to_dict()]})
    assert rules_for(None, declared, ["start", "end"]) == {"rules": (RULE,)}
    assert rules_for(None, declared, ["start"]) == {"rules": ()}
    assert rules_for("none", path, ["start", "end"]) == {"rules": None}
    # a column may have that name
    path = write(tmp_path / "s.json", {"rules": "categorical"})
    assert rules_for(None, path, ["rules"]) == {}
    assert rules_for(None, write(path, {"columns": []}), []) == {}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "is no JSON"),
        ([1], "has no rules: rules must be a list of dicts"),
        ({"zip": "categorical"}, "has no rules: .*'kind' must be one of"),
        ([{"kind": "order", "column": "a"}], "has no rules: .* has no 'column'"),
        ([{"kind": "linear", "column": "a"}], "has no rules: .*coefficients"),
    ],
)
def test_other_files_are_refused(tmp_path, content, words):
    with pytest.raises(Misuse, match=words):
        rules_for(write(tmp_path / "r.json", content), None, [])
    with pytest.raises(Misuse, match="No such file"):
        rules_for(tmp_path / "gone.json", None, [])


def test_an_estimator_gets_them_for_its_generator():
    assert of_generator({"rules": None}) == {"generator__rules": None}
    assert of_generator({}) == {}
