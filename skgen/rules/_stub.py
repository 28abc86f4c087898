"""Stands in for the search until it is there."""

from skgen.rules._list import RuleList


def find_in_values(values, sample_weight=None, rng=None):
    return RuleList()


def find_rules(X, *, schema=None, identifiers="fresh", random_state=0):
    return RuleList()
