"""Which column each rule computes."""

from functools import partial
from itertools import pairwise

import numpy as np

from skgen._plan.arithmetic import FormStep, ProductStep
from skgen._plan.auxiliary import Group
from skgen._plan.checks import ImpliedCheck, OrderCheck
from skgen._plan.draft import Draft
from skgen._plan.free import FreeColumns
from skgen._plan.lookup import fit_lookup
from skgen._plan.plan import MissingRule
from skgen._plan.steps import ImpliedStep, MemberStep
from skgen._plan.units import Units
from skgen.rules import (
    Absolute,
    Copy,
    Dependency,
    Implication,
    Linear,
    OneHot,
    Order,
    Product,
)

#: parts of a constant of which the largest one is what is left
_FEWEST_PARTS = 3
#: rows of free cells in which a rule must hold that follows from others, and how often
#: so many are drawn at most, until enough of them pass the checks
_ROWS, _ROUNDS, _ENOUGH = 1_000, 10, 200
#: share of these in which rules are broken that are not kept
_MOST_BROKEN = 0.01
#: kinds of rules of numbers, and those that compute one column only
_ONE_WAY = Absolute, Product
_NUMERIC = Copy, Linear, Absolute, Product


def fit_plan(rules, codec, Z, *, directions=None, in_order=False):
    """Plan to draw rows that keep rules.

    Parameters
    ----------
    rules : iterable of Rule
        A rule to whose columns the others leave no freedom is not kept.
    codec : TableCodec
        Fitted.
    Z : ndarray of shape (n_samples, n_features)
        Encoded rows; NaN is a missing cell.
    directions : callable, default=None
        From the numbers of a lower and an upper column to which of them to describe by
        its distance from the other; None for `skgen._plan.checks.directions`.
    in_order : bool, default=False
        Whether columns are drawn one after the other, so that the point masses of sums
        can be drawn before the numbers that are added.

    Returns
    -------
    plan : Plan or None
        None if no rule can be kept.

    Raises
    ------
    TypeError
        If one of them is no rule.
    ValueError
        If a rule names a column that the table does not have, or one of another kind.
    """
    if not len(rules):
        return None
    draft, kinds = Draft(Units(codec), Z, directions), list(_ADD)
    for rule in rules:
        if type(rule) not in kinds:
            raise TypeError(
                f"rules: expected rules, such as skgen.rules.Order, got {rule!r}. Pass "
                "a list of rules, 'auto' or None."
            )
        rule.validate(draft.units.columns)
    draft.reserved = {
        draft.positions[rule.column] for rule in rules if isinstance(rule, _ONE_WAY)
    }
    for rule in sorted(rules, key=lambda rule: kinds.index(type(rule))):
        columns = [draft.positions[name] for name in rule.columns]
        kept = draft.is_usable(columns) and _ADD[type(rule)](draft, rule, *columns)
        (draft.kept if kept else draft.left).append(rule)
    plan = draft.finish(in_order=in_order)
    if plan is not None:
        _check_kept(plan, codec, Z)
    return plan


def _check_kept(plan, codec, Z):
    """Sort rules by whether rows of any free cells keep them.

    Some follow from others, without a step of their own. Numbers that are computed the
    other way round may be off the grid.
    """
    rng, free = np.random.default_rng(0), FreeColumns(codec, plan)
    known, passed, n_passed = free.select(Z), [], 0
    for _ in range(_ROUNDS):
        rows = free.join(_random_cells(known, rng))
        passed.append(rows[free.passes(rows)])
        n_passed += len(passed[-1])
        if n_passed >= _ENOUGH:
            break
    if not n_passed:
        return
    values = codec.values(np.vstack(passed))
    implied = [rule for rule in plan.left if rule.check(values).all()]
    broken = [
        rule
        for rule in plan.kept
        if isinstance(rule, _NUMERIC) and (~rule.check(values)).mean() > _MOST_BROKEN
    ]
    plan.kept = [rule for rule in plan.kept if rule not in broken] + implied
    plan.left = [rule for rule in plan.left if rule not in implied] + broken


def _random_cells(Z, rng):
    """Rows of known cells, each column drawn by itself; NaN where none is known."""
    drawn = np.full((_ROWS, Z.shape[1]), np.nan)
    for j, z in enumerate(Z.T):
        known = z[~np.isnan(z)]
        if len(known):
            drawn[:, j] = rng.choice(known, _ROWS)
    return drawn


def _add_dependency(draft, rule, target, *determinants):
    group = draft.group_of(target)
    if group is not None:
        return draft.look_group_up(group, determinants)
    return _add_lookup(draft, target, determinants, rule.values)


def _add_lookup(draft, target, determinants, values):
    """Look a column up; `values` are declared ones, by tuples of the determinants."""
    if not draft.is_free(target, determinants):
        return False
    if np.isnan(draft.Z[:, [target, *determinants]]).any(axis=1).all():
        return False
    kinds = {draft.units.columns[at].kind for at in (target, *determinants)}
    between = not kinds & {"level", "boolean"}
    columns, declared = (*determinants, target), None
    if values:
        declared = np.array(
            [
                [draft.number(*pair) for pair in zip(columns, row, strict=True)]
                for row in ((*key, value) for key, value in values.items())
            ]
        )
    step = fit_lookup(draft.Z, target, determinants, between=between, declared=declared)
    return draft.keep(step)


def _add_copy(draft, rule, target, of):
    if rule.values is None:
        terms = {target: -1.0, of: rule.factor}
        return _add_form(draft, terms, rule.offset, rule.tolerance)
    there = {(label,): image for label, image in rule.values.items()}
    back = {(image,): label for label, image in rule.values.items()}
    either = (target, (of,), there), (of, (target,), back)
    return any(_add_lookup(draft, *attempt) for attempt in either)


def _add_linear(draft, rule, target, *others):
    terms = dict(zip(others, rule.coefficients.values(), strict=True))
    return _add_form(draft, {target: -1.0, **terms}, rule.constant, rule.tolerance)


def _add_form(draft, terms, constant, tolerance):
    """Compute one of the columns whose sum, times their coefficients, is 0."""
    if _are_parts(draft, terms, constant):
        return draft.add_parts(tuple(terms), -constant / next(iter(terms.values())))
    targets = sorted(terms, key=partial(_rank_of_target, draft, terms))
    fine = [target for target in targets if not _is_coarse(draft, terms, target)]
    attempts = [(draft.try_exact, fine), (draft.try_mostly, fine)]
    if tolerance > 0:
        exact = [at for at in targets if _is_rounding(draft, terms, at, tolerance)]
        attempts.insert(0, (draft.try_exact, exact))
        attempts.insert(2, (draft.try_rounded, fine))
        # drawn as such, a column would lose that most of its cells are rounded, too
        attempts.insert(0, (draft.try_mostly_rounded, fine))
    for attempt, columns in [*attempts, (draft.try_mostly, targets)]:
        for target in columns:
            scale = -terms[target]
            others = {at: c / scale for at, c in terms.items() if at != target}
            step = FormStep(target, others, constant / scale)
            step.tolerance = tolerance / abs(scale)
            if attempt(step):
                draft.check_sign(target, others)
                return True
    return False


def _is_rounding(draft, terms, target, tolerance):
    """Whether a tolerance is that of rounding to the grid of a column."""
    step = draft.units.columns[target].step
    return step is not None and step / 2 <= tolerance / abs(terms[target]) * (1 + 1e-9)


def _are_parts(draft, terms, constant):
    """Whether columns are parts of a constant, none of which is the sum of others."""
    first, *others = terms.values()
    same = all(abs(c - first) <= 1e-9 * abs(first) for c in others)
    if len(terms) < _FEWEST_PARTS or not same or constant * first >= 0:
        return False
    if any(_is_coarse(draft, terms, target) for target in terms):
        return False
    # a sum that is given as a column has the constant 0
    return all(np.nanmin(draft.values(at)) >= 0 for at in terms)


def _is_coarse(draft, terms, target):
    """Whether sums of the other columns may lie between the values of a column."""
    steps = {at: draft.units.columns[at].step for at in terms}
    return any(
        not _is_multiple(steps[at] and steps[at] * coefficient, steps[target])
        for at, coefficient in terms.items()
        if at != target
    )


def _rank_of_target(draft, terms, target):
    """Sort key: a sum of positive parts first, then the largest spread.

    What other rules can compute in one way only comes last.
    """
    others = [at for at in terms if at != target]
    same_sign = all(terms[at] * terms[target] < 0 for at in others)
    parts = all(np.nanmin(draft.values(at)) >= 0 for at in others)
    spread = np.nanstd(draft.values(target))
    return target in draft.reserved, not (same_sign and parts), -spread


def _is_multiple(size, step):
    if step is None:
        return True
    if size is None:
        return False
    ratio = abs(size) / step
    return ratio > 0.5 and abs(ratio - round(ratio)) < 1e-6 * ratio


def _add_absolute(draft, rule, target, *others):
    terms = dict(zip(others, rule.coefficients.values(), strict=True))
    step = FormStep(target, terms, rule.constant, absolute=True)
    step.tolerance = rule.tolerance
    if draft.try_exact(step):
        return True
    if rule.tolerance > 0 and draft.try_rounded(step):
        return True
    return draft.try_mostly(step)


def _add_product(draft, rule, target, *others):
    n_factors = len(rule.factors)
    powers = {at: 1 if i < n_factors else -1 for i, at in enumerate(others)}
    step = ProductStep(target, powers, rule.coefficient)
    if draft.try_exact(step):
        return True
    for turned in others:
        if draft.units.step(turned):
            continue  # other rows have quotients between its values
        power = -powers[turned]
        rest = {at: p * power for at, p in powers.items() if at != turned}
        coefficient = rule.coefficient**power
        if draft.try_exact(ProductStep(turned, {**rest, target: -power}, coefficient)):
            return True
    step.tolerance = rule.tolerance
    step.rounding = {draft.positions[name]: e for name, e in rule.rounding.items()}
    return draft.try_rounded(step)


def _add_one_hot(draft, rule, *columns):
    if not all(draft.is_free(at, ()) for at in columns):
        return False
    zeros = [float(draft.units.encode(np.zeros(1), at)[0]) for at in columns]
    ones = [float(draft.units.encode(np.ones(1), at)[0]) for at in columns]
    if np.isnan([zeros, ones]).any():
        return False
    source = Group(columns, tuple(ones))
    group = draft.add_group(source)
    for level, at in enumerate(columns):
        draft.keep(MemberStep(at, group, level, zeros[level], ones[level], source))
    return True


def _add_order(draft, rule, *chain):
    kept = [draft.add_bound(*pair, rule.strict, rule) for pair in pairwise(chain)]
    for i, first in enumerate(chain):
        for place in range(i + 2, len(chain)):
            between = draft.Z[:, chain[i + 1 : place]]
            if np.isnan(between).all(axis=1).any():
                # what is missing does not keep those on its sides apart
                check = OrderCheck(first, chain[place], rule.strict)
                draft.checks.append(check)
    return all(kept)


def _add_implication(draft, rule, condition, target):
    value = np.nan if rule.value is None else draft.number(condition, rule.value)
    then = np.nan if rule.then is None else draft.number(target, rule.then)
    if rule.value is None or rule.then is None:
        draft.missing.append(MissingRule(condition, value, target, then))
        if rule.value is not None:
            draft.add_absent(ImpliedStep(target, condition, value, then))
        return True
    if np.isnan(value) or np.isnan(then):
        return False
    step = ImpliedStep(target, condition, value, then)
    if not draft.add_implied(step):
        draft.checks.append(ImpliedCheck(target, condition, value, then))
    return True


_ADD = {
    OneHot: _add_one_hot,
    Copy: _add_copy,
    Linear: _add_linear,
    Absolute: _add_absolute,
    Product: _add_product,
    Dependency: _add_dependency,
    Order: _add_order,
    Implication: _add_implication,
}
