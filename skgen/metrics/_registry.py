"""The registry of metrics, and the decorator that adds to it.

A metric is written once, as a *core*: a function of encoded matrices. `metric` makes
the public function of tables from it, and declares what `skgen.compare` needs to show
the metric in a report.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from inspect import Parameter, Signature, signature
from typing import NamedTuple

import numpy as np
from sklearn.utils._param_validation import validate_params

from skgen._math.statistics.jackknife import subsample
from skgen._table.joint_tables import read_tables
from skgen._utils.random import make_rng
from skgen.metrics._results import Estimate

#: public functions by their names
METRICS = {}
#: groups of metrics in the order of the work: first what can fail for lack of data
GROUPS = ("utility", "fidelity", "privacy")
#: models and guesses in a report learn from this many times `max_rows` rows
_LARGE = 5


class Inputs(NamedTuple):
    """Encoded rows that `compare` evaluates a metric on, and the user's choices."""

    columns: tuple  # of Column
    real: np.ndarray  # rows that the generator was fitted to
    synthetic: np.ndarray  # rows that are evaluated
    unseen: np.ndarray  # real rows to compare with: the holdout, or `real` without one
    holdout: np.ndarray | None
    target: object = None  # name of a column
    sensitive: list | None = None  # names of columns
    max_rows: int | None = None
    explain: bool = False  # whether the plots of these rows are shown
    tables: object = None  # Tables, for their units; its matrices are not used
    rules: tuple = ()  # of Rule: what columns have to do with each other in `real`

    def thinned(self, rows, rng):
        """At most ``5 * max_rows`` of the rows, at random."""
        return subsample(
            rows, None if self.max_rows is None else _LARGE * self.max_rows, rng
        )


class Result(NamedTuple):
    """An estimate, and what else a report shows of the metric."""

    estimate: Estimate
    detail: object = None


@dataclass(frozen=True, eq=False)
class Metric:
    """A metric as `compare` sees it; the fields are the parameters of `metric`."""

    name: str  # of the public function
    core: Callable
    key: str
    title: str
    group: str | None = None
    order: float = np.inf
    sentence: str = ""
    ideal: float = 0.0
    better: str = "lower"
    fair: float = 0.02
    poor: float = 0.05
    words: object = "{title}: {figures.value:.3f}"
    advice: str = ""
    calibrated: bool = False
    min_columns: int = 1
    needs_rules: bool = False
    of_training: bool = False
    in_report: Callable | None = None

    @property
    def needs_holdout(self):
        """Whether it cannot be computed without held-out rows."""
        return "Z_holdout" in _required(self.core)

    @property
    def of_unseen(self):
        """Whether a report compares with unseen rows, where there are some."""
        return self.group == "fidelity" and not self.of_training

    @property
    def needs_target(self):
        """Whether it cannot be computed without a target column."""
        return "target" in _required(self.core)

    def loss(self, value):
        """How far a value is on the wrong side of the ideal; 0 on the right one."""
        off = value - self.ideal if self.better == "lower" else self.ideal - value
        return max(off, 0.0)

    def evaluate(self, inputs, rng):
        """Estimate and detail for a report.

        Parameters
        ----------
        inputs : Inputs
        rng : numpy.random.Generator

        Returns
        -------
        result : Result
        """
        evaluate = self._call_core if self.in_report is None else self.in_report
        found = evaluate(inputs, rng)
        if isinstance(found, Result):
            return found
        value = getattr(found, "value", found)
        return Result(Estimate(value, getattr(found, "standard_error", np.nan)), found)

    def _call_core(self, inputs, rng):
        real = inputs.unseen if self.of_unseen else inputs.real
        known = {
            "Z_real": real,
            "Z_synthetic": inputs.synthetic,
            "rng": rng,
            "max_rows": inputs.max_rows,
            "target": inputs.target,
            "sensitive": inputs.sensitive,
            "tables": inputs.tables,
            "rules": inputs.rules,
        }
        if self.needs_holdout:
            known["Z_holdout"] = inputs.holdout
        taken = known.keys() & signature(self.core).parameters.keys()
        return self.core(inputs.columns, **{name: known[name] for name in taken})


def _required(core):
    parameters = signature(core).parameters.values()
    return {p.name for p in parameters if p.default is p.empty}


def metric(constraints=None, *, core=None, **declared):
    """Make a public metric from a function of encoded matrices, and register it.

    The decorated function, the core, is called as ``core(columns, Z_real=...,
    Z_synthetic=..., Z_holdout=..., rng=..., **parameters)``. The public function has
    tables ``real``, ``synthetic`` and ``holdout`` in place of the matrices,
    ``categorical_features``, ``random_state`` in place of ``rng``, and the keyword-only
    parameters of the core. `Z_holdout` and `rng` may be left out. A core that has a
    parameter ``tables`` gets the `Tables` that the matrices come from. The docstring is
    that of the public function.

    Parameters
    ----------
    constraints : dict, default=None
        Of the keyword-only parameters, as in `validate_params`.
    core : callable, default=None
        Where the metric needs tables as they are, the decorated function is the public
        one, and this is its core.
    group : {"fidelity", "utility", "privacy"}, default=None
        Part of the report that shows the metric; None for no part. Metrics of fidelity
        get unseen rows as `Z_real` where there are some, all others training rows.
    key : str, default=None
        Name in a report; that of the function by default.
    order : float, default=inf
        Place within the group. The first metric speaks for a group that is good. One
        without an order comes last and changes no figure of the others.
    title, sentence : str
        Name of the metric in plain words, and what it measures.
    ideal : float, default=0.0
        The best value.
    better : {"lower", "higher"}, default="lower"
    fair, poor : float
        A value is compared with that of other real rows. The excess is good below
        `fair`, and fair below `poor`.
    words : str, dict of {str: str}, or callable
        Verdict in words, by level: "good", "fair" and "poor". Fields are ``{value}`` in
        per cent, ``{others}`` (what the other real rows are called), ``{beside}``
        (their figure in brackets), ``{title}`` and ``{figures}``. A function gets the
        level, the figures and the fields.
    advice : str
        What to do where the value is not good.
    calibrated : bool, default=False
        Whether the value is an excess over unseen rows already, so that it is compared
        with the ideal.
    min_columns : int, default=1
    needs_rules : bool, default=False
        Whether a report leaves it out where no rules between columns are known.
    of_training : bool, default=False
        Whether a metric of fidelity compares with training rows all the same.
    in_report : callable, default=None
        ``in_report(inputs, rng)`` replaces the call of the core in a report. It returns
        what the core does, or a `Result`.

    Returns
    -------
    decorator : callable
        The public function has the attributes ``core`` and ``entries``, a dict of its
        `Metric` by the key in a report.
    """

    def decorate(function):
        name = function.__name__
        named = {"key": name, "title": name.replace("_", " ").capitalize()}
        declaration = Metric(name, core or function, **named | declared)
        if declaration.group not in (None, *GROUPS):
            raise ValueError(
                f"group must be one of {list(GROUPS)} or None; got "
                f"{declaration.group!r}."
            )
        public = function if core else _public(declaration)
        checked = {"random_state": ["random_state"], **(constraints or {})}
        known = signature(public).parameters
        public = validate_params(
            {key: check for key, check in checked.items() if key in known},
            prefer_skip_nested_validation=True,
        )(public)
        public.core, public.entries = declaration.core, {declaration.key: declaration}
        METRICS[name] = public
        return public

    return decorate


def report_also(public, **declared):
    """Show a metric in reports once more, evaluated with other parameters.

    Parameters
    ----------
    public : callable
        What `metric` made.
    **declared
        As for `metric`; `key` must be new, and `in_report` sets the parameters. What is
        left out is as declared before.
    """
    (first, *_) = public.entries.values()
    entry = replace(first, **declared)
    public.entries[entry.key] = entry


def reported():
    """Metrics that a report shows, by their keys and in the order of the work."""
    found = [entry for public in METRICS.values() for entry in public.entries.values()]
    found = [entry for entry in found if entry.group is not None]
    found.sort(key=lambda m: (GROUPS.index(m.group), m.order))
    return {m.key: m for m in found}


# --- from core to public function ---------------------------------------------------


def _public(metric):
    """Function of tables that calls the core of a metric."""
    core, parameters = metric.core, signature(metric.core).parameters
    names = [name.removeprefix("Z_") for name in parameters if name.startswith("Z_")]
    outer = _public_signature(parameters)

    @wraps(core)
    def public(*args, **kwargs):
        given = outer.bind(*args, **kwargs)
        given.apply_defaults()
        values = given.arguments
        tables = {name: values.pop(name) for name in names}
        if not metric.needs_holdout and tables.get("holdout") is None:
            tables.pop("holdout", None)
        read = read_tables(
            tables, categorical_features=values.pop("categorical_features")
        )
        _check_columns(core, read.columns, metric.min_columns)
        if "rng" in parameters:
            values["rng"] = make_rng(values.pop("random_state"))
        if "tables" in parameters:
            values["tables"] = read
        matrices = zip(tables, read.matrices, strict=True)
        return core(read.columns, **{f"Z_{name}": Z for name, Z in matrices}, **values)

    public.__signature__ = outer
    return public


def _public_signature(parameters):
    """Parameters of the public function, those of the core in their order."""

    def keyword(name, default):
        return Parameter(name, Parameter.KEYWORD_ONLY, default=default)

    own = [p for p in parameters.values() if p.kind is Parameter.KEYWORD_ONLY]
    own = [p for p in own if p.name not in ("rng", "Z_holdout")]
    if "Z_holdout" in parameters:
        own.insert(0, keyword("holdout", parameters["Z_holdout"].default))
    last = [p for p in own if p.name == "max_rows"]
    own = [p for p in own if p.name != "max_rows"]
    own = [*own, keyword("categorical_features", "from_dtype"), *last]
    if "rng" in parameters:
        own.append(keyword("random_state", None))
    tables = ("real", "synthetic")
    return Signature(
        [Parameter(name, Parameter.POSITIONAL_OR_KEYWORD) for name in tables] + own
    )


def _check_columns(core, columns, least):
    if len(columns) < least:
        raise ValueError(
            f"real has a single column, but {core.__name__} needs at least two "
            "columns: pass tables with more columns."
        )
