"""Rules of tables that are compared: which ones, and how far rows are from them."""

from dataclasses import replace
from functools import singledispatch
from itertools import pairwise

import numpy as np

from skgen._table.cells import Column
from skgen.rules import (
    Absolute,
    Copy,
    Dependency,
    Linear,
    Order,
    Product,
    Rule,
    find_in_values,
)
from skgen.rules._labels import label_of

#: a residual below this share of its terms is a rounding error of floats
_ROUNDING = 1e-9


def known_rules(rules, tables, Z):
    """Rules between the columns of tables.

    Parameters
    ----------
    rules : {"auto"}, sequence of Rule, or None
        "auto" finds them.
    tables : Tables
    Z : ndarray of shape (n_samples, n_columns)
        Real rows, encoded as in `tables`: rules are found in them, and a declared
        dependency takes its values from them.

    Returns
    -------
    rules : tuple of Rule

    Raises
    ------
    TypeError
        If an item of `rules` is no rule.
    ValueError
        If a rule does not fit the columns.
    """
    if rules is None:
        return ()
    values = tables.values(Z)
    if isinstance(rules, str):
        return tuple(find_in_values(values))
    return tuple(_settled(rule, values) for rule in rules)


def _settled(rule, values):
    """A declared rule, checked, and with what it takes from the real rows."""
    if not isinstance(rule, Rule):
        raise TypeError(
            "rules: expected 'auto', None or a list of rules, as find_rules returns "
            f"it; got {rule!r} in it."
        )
    positions = rule.validate(values.columns)
    if not isinstance(rule, Dependency) or rule.values is not None:
        return rule
    columns = [positions[name] for name in (*rule.determinants, rule.column)]
    described = [values.columns[at] for at in columns]
    cells = values.numbers[:, columns]
    # each value of the determinants once, with its most frequent image
    rows = rule.check(values) & ~np.isnan(cells).any(axis=1)
    labels = [
        [label_of(column, cell) for column, cell in zip(described, row, strict=True)]
        for row in np.unique(cells[rows], axis=0)
    ]
    return replace(rule, values={tuple(key): image for *key, image in labels})


def broken_rows(rules, values):
    """Which rows break which rule.

    Parameters
    ----------
    rules : sequence of Rule
    values : Values

    Returns
    -------
    broken : ndarray of bool of shape (n_samples, n_rules)
    """
    broken = np.zeros((len(values.numbers), len(rules)), dtype=bool)
    for k, rule in enumerate(rules):
        broken[:, k] = ~rule.check(values)
    return broken


def rule_features(rules, *values):
    """How far rows are from rules, as columns of a classifier.

    Parameters
    ----------
    rules : sequence of Rule
    *values : Values
        One for each table.

    Returns
    -------
    columns : tuple of Column
        Residuals of rules of numbers, differences of neighbours in an order, and
        whether a row breaks any other rule. Those that are the same in all rows are
        left out.
    matrices : list of ndarray of shape (n_samples_i, n_features)
    """
    found = [_features_of(rules, table) for table in values]
    whole = np.concatenate(found)
    known = np.where(np.isnan(whole), np.inf, whole)
    varies = (known != known[:1]).any(axis=0)
    columns = tuple(
        Column(f"rule feature {k}", "continuous") for k in np.flatnonzero(varies)
    )
    return columns, [matrix[:, varies] for matrix in found]


def _features_of(rules, values):
    features = [feature for rule in rules for feature in _deviations(rule, values)]
    if not features:
        return np.empty((len(values.numbers), 0))
    return np.column_stack(features)


@singledispatch
def _deviations(rule, values):
    """List of arrays: how far each row is from a rule."""
    return [(~rule.check(values)).astype(np.float64)]


@_deviations.register
def _of_order(rule: Order, values):
    return [
        _cells(values, after) - _cells(values, before)
        for before, after in pairwise(rule.columns)
    ]


@_deviations.register
def _of_copy(rule: Copy, values):
    if rule.values is not None or _is_of_levels(rule, values):
        return [(~rule.check(values)).astype(np.float64)]
    expected = rule.factor * _cells(values, rule.of) + rule.offset
    return [_residual(_cells(values, rule.column), expected, abs(rule.offset))]


@_deviations.register
def _of_linear(rule: Linear, values):
    form, scale = _linear_form(rule, values)
    return [_residual(_cells(values, rule.column), form, scale)]


@_deviations.register
def _of_absolute(rule: Absolute, values):
    form, scale = _linear_form(rule, values)
    return [_residual(_cells(values, rule.column), np.abs(form), scale)]


@_deviations.register
def _of_product(rule: Product, values):
    with np.errstate(all="ignore"):
        product, _ = rule.product(values)
    # a row whose divisor is 0 is judged by no quotient
    product = np.where(np.isfinite(product), product, np.nan)
    return [_residual(_cells(values, rule.column), product, 0.0)]


def _linear_form(rule, values):
    """Value of a linear form, and the size of its terms, in each row."""
    form = np.full(len(values.numbers), float(rule.constant))
    scale = np.abs(form)
    for name, coefficient in rule.coefficients.items():
        term = coefficient * _cells(values, name)
        form, scale = form + term, scale + np.abs(term)
    return form, scale


def _residual(cells, expected, scale):
    """Differences, 0 where they are rounding errors of terms of some size."""
    residual = cells - expected
    small = _ROUNDING * (np.abs(cells) + np.abs(expected) + scale)
    return np.where(np.abs(residual) <= small, 0.0, residual)


def _is_of_levels(rule, values):
    positions = rule.validate(values.columns)
    return values.columns[positions[rule.column]].kind == "level"


def _cells(values, name):
    """Numbers of a column, those of a boolean one 0 and 1."""
    return values.as_numbers([column.name for column in values.columns].index(name))
