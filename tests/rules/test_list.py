import json

from skgen.rules import FoundRule, Linear, Order, RuleList


def rules():
    return RuleList(
        [
            FoundRule(Order(("a", "b")), 30.4, 120),
            FoundRule(Linear("t", {"a": 1.0, "b": 1.0}), 512.0, 1000, 0.998),
        ]
    )


def test_it_is_a_sequence_of_rules():
    assert len(rules()) == 2
    assert next(iter(rules())) == Order(("a", "b"))
    assert rules()[1:] == RuleList(rules().found[1:])
    assert Order(("a", "b")) in rules()


def test_text_is_a_table():
    assert str(rules()).splitlines() == [
        "a <= b     holds in 120 of 120 rows, evidence 30",
        "t = a + b  holds in 998 of 1,000 rows, evidence 512",
    ]
    assert str(RuleList()) == "no rules"


def test_repr_tells_nothing_of_the_rows():
    assert repr(rules()) == "<RuleList of 2 rules. print() shows them.>"


def test_round_trip_through_json():
    assert RuleList.from_dict(json.loads(json.dumps(rules().to_dict()))) == rules()
