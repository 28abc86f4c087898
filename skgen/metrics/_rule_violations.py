"""Do synthetic rows break rules between columns that real rows keep?"""

from typing import NamedTuple

from sklearn.utils._param_validation import StrOptions

from skgen._math.statistics.auc import equal_rows
from skgen._math.statistics.jackknife import clustered_mean
from skgen.metrics._registry import metric
from skgen.metrics._results import Estimate, percent
from skgen.metrics._rules import broken_rows, known_rules


class BrokenRule(NamedTuple):
    """A rule, and the share of the rows of each table that break it."""

    rule: object  # Rule
    real: float
    synthetic: float
    holdout: float | None


class RuleViolations(NamedTuple):
    """What `rule_violations` returns."""

    value: float  # share of synthetic rows that break any rule
    standard_error: float
    real: Estimate  # the same of real rows
    holdout: Estimate | None
    rules: tuple  # of BrokenRule, the one that synthetic rows break most first

    def __repr__(self):
        return _table_of(self)


#: a share of rows that break a rule, in words
_SOME = "{value} of rows break a rule between columns{beside}"


@metric(
    {"rules": ["array-like", StrOptions({"auto"})]},
    group="fidelity",
    title="Broken rules",
    sentence="Share of rows that break a rule between columns, such as a total that is "
    "no sum: 0 is best.",
    fair=0.01,
    poor=0.05,
    words={"good": "rules between columns hold", "fair": _SOME, "poor": _SOME},
    advice="Fit the generator with rules='auto', or with a list of the rules that "
    "matter: then its rows keep them.",
    needs_rules=True,
    of_training=True,
)
def rule_violations(
    columns, Z_real, Z_synthetic, tables, *, rules="auto", Z_holdout=None
):
    """Share of synthetic rows that break rules between the columns of real ones.

    A rule says what columns have to do with each other: a total is the sum of its
    parts, an end does not come before its start, a city lies in one state.

    Parameters
    ----------
    real : table of shape (n_real, n_features)
        The rows that the generator was fitted to.
    synthetic : table of shape (n_synthetic, n_features)
        Of any container, with the same columns.
    holdout : table of shape (n_holdout, n_features), default=None
        Rows of the same population that the generator has not seen.
    rules : "auto" or list of Rule, default="auto"
        The rules. "auto" finds those of `real`, as :func:`skgen.rules.find_rules` does.
    categorical_features : "from_dtype", None or array-like, default="from_dtype"
        As in :class:`~skgen.TableCodec`.

    Returns
    -------
    result : RuleViolations
        `value`, in [0, 1], with its `standard_error`: the share of synthetic rows that
        break at least one rule; 0 is best. `real` and, with `holdout`, `holdout`: the
        same of these rows. `rules`: for each `rule` the shares of rows that break it,
        `real`, `synthetic` and `holdout`; the worst rule comes first.

    Raises
    ------
    TypeError
        If a table or column cannot be read, or an item of `rules` is no rule.
    ValueError
        If the tables have different columns, or a rule does not fit them.

    See Also
    --------
    skgen.rules.find_rules : Find the rules of a table.

    Notes
    -----
    A row in which a cell that a rule needs is missing keeps the rule. If no rule is
    found, `value` is 0. Rules found in some rows hold in nearly all others: compare
    `value` with `holdout`.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from skgen.metrics import rule_violations
    >>> from skgen.rules import Order
    >>> start = np.arange(100)
    >>> real = pd.DataFrame({"start": start, "end": start + 5})
    >>> shuffled = real.assign(end=real["end"].to_numpy()[::-1])
    >>> rule_violations(real, shuffled, rules=[Order(("start", "end"))])
    rows that break a rule: real 0 %, synthetic 47 %
    real  synthetic
     0 %       47 %  start <= end
    """
    found = known_rules(rules, tables, Z_real)
    return _violations(found, tables, (Z_real, Z_synthetic, Z_holdout))


def _violations(rules, tables, matrices):
    """Shares of rows that break rules, of real, synthetic and held-out rows."""
    broken = [
        None if Z is None else broken_rows(rules, tables.values(Z)) for Z in matrices
    ]
    real, synthetic, holdout = (
        None if Z is None else _estimate(rows, Z)
        for rows, Z in zip(broken, matrices, strict=True)
    )
    shares = [
        [None] * len(rules) if rows is None else rows.mean(axis=0).tolist()
        for rows in broken
    ]
    of_rules = [BrokenRule(*one) for one in zip(rules, *shares, strict=True)]
    of_rules.sort(key=lambda one: -one.synthetic)
    return RuleViolations(*synthetic, real, holdout, tuple(of_rules))


def _estimate(broken, Z):
    """Share of rows that break any rule; equal rows are not independent."""
    return Estimate(*clustered_mean(broken.any(axis=1), equal_rows(Z)))


# --- as text ------------------------------------------------------------------------


def _table_of(violations):
    """The shares of all rows, and a line for each rule."""
    tables = {"real": violations.real, "synthetic": violations}
    if violations.holdout is not None:
        tables["holdout"] = violations.holdout
    whole = [f"{name} {percent(of.value)}" for name, of in tables.items()]
    lines = [f"rows that break a rule: {', '.join(whole)}"]
    if not violations.rules:
        return f"{lines[0]}; there are no rules"
    cells = [
        [percent(getattr(one, name)) for name in tables] for one in violations.rules
    ]
    widths = [max(map(len, column)) for column in zip(tables, *cells, strict=True)]
    texts = ["", *(str(one.rule) for one in violations.rules)]
    for row, text in zip([list(tables), *cells], texts, strict=True):
        shown = [cell.rjust(width) for cell, width in zip(row, widths, strict=True)]
        lines.append("  ".join([*shown, text]).rstrip())
    return "\n".join(lines)
