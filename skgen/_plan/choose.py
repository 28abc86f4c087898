"""Which rules the generators of an estimator keep."""

import warnings
from dataclasses import replace

import numpy as np

from skgen._plan.fit import fit_plan
from skgen._utils.estimators import change_parameter
from skgen.rules import Dependency, FoundRule, RuleList, find_in_values, label_of


def choose_rules(rules, schema, codec, Z, sample_weight=None):
    """Rules that the parameter `rules` asks for.

    Parameters
    ----------
    rules : "auto", None, or iterable of Rule
    schema : Schema, dict or None
        Rules of a `Schema` are used in place of found ones.
    codec : TableCodec
        Fitted.
    Z : ndarray of shape (n_samples, n_features)
        Encoded rows, in which rules are found.
    sample_weight : ndarray of shape (n_samples,), default=None

    Returns
    -------
    rules : sequence of Rule
    """
    if rules is None:
        return ()
    if not isinstance(rules, str):
        return rules
    declared = getattr(schema, "rules", ())
    return declared or find_in_values(codec.values(Z), sample_weight)


def rules_of(generator):
    """Parameter `rules` of a generator, or of the one nested in it; () without it."""
    found = []
    change_parameter(generator, "rules", lambda rules: found.append(rules) or rules)
    return (found and found[0]) or ()


def warn_of_left(declared, plan, *, stacklevel=2):
    """Warn of declared rules that drawn rows may break.

    Parameters
    ----------
    declared : "auto", None, or iterable of Rule
        The parameter `rules`. Rules that were found are left without a warning.
    plan : Plan or None
        None if no rule is kept.
    stacklevel : int, default=2

    Warns
    -----
    UserWarning
        Names the rules.
    """
    if declared is None or isinstance(declared, str | RuleList):
        return
    kept = [] if plan is None else plan.kept
    left = [str(rule) for rule in declared if rule not in kept]
    if left:
        warnings.warn(
            f"rules: {', '.join(map(repr, left))} cannot be kept beside the others, or "
            "most rows break them: drawn rows may break them. Correct or leave out "
            "these rules.",
            UserWarning,
            stacklevel=stacklevel + 1,
        )


def as_found(rules, n_rows):
    """Rules as if they were found: no generator warns of those that it leaves.

    Parameters
    ----------
    rules : iterable of Rule
    n_rows : int
        Number of rows that they are known from.
    """
    return RuleList(FoundRule(rule, float("inf"), n_rows) for rule in rules)


def share_rules(generator, codec, Z, sample_weight=None):
    """Let a generator keep the rules of all rows, whichever it is fitted to.

    Parameters
    ----------
    generator : object
        Its parameter `rules`, or that of a nested generator, is changed in place.
    codec, Z, sample_weight
        As in `choose_rules`.
    """

    def choose(rules):
        chosen = choose_rules(rules, codec.schema, codec, Z, sample_weight)
        warn_of_left(rules, fit_plan(chosen, codec, Z), stacklevel=6)
        values = codec.values(Z)
        return as_found([_with_values(rule, values) for rule in chosen], len(Z))

    change_parameter(generator, "rules", choose)


def _with_values(rule, values):
    """A dependency with what it says of the rows; other rules as they are."""
    if not isinstance(rule, Dependency) or rule.values is not None:
        return rule
    positions = rule.validate(values.columns)
    columns = [positions[name] for name in (*rule.determinants, rule.column)]
    described = [values.columns[at] for at in columns]
    cells = values.numbers[:, columns]
    cells = cells[~np.isnan(cells).any(axis=1)]
    pairs, counts = np.unique(cells, axis=0, return_counts=True)
    # of several, the most frequent is written last
    listed = [
        [
            label_of(column, number)
            for column, number in zip(described, row, strict=True)
        ]
        for row in pairs[np.argsort(counts, kind="stable")]
    ]
    return replace(rule, values={tuple(key): value for *key, value in listed})
